"""A published message, and the rules that make one.

A ``Publication`` is made once and shared by everything that comes of it: the queues' messages, retries, the archive,
the deduplication window. Its JSON forms are built by its ``Notification``, which is made when the first subscriber
needs one.

A publication that was accepted never changes, it only works things out once: a snapshot of a cloud does not look into
it, nor into its ``Notification`` and ``Candidate``. It knows its topic by ARN alone, as it may outlive it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...core.json_text import parse_json
from ...core.shared_text import SharedText
from . import errors
from .envelope import END, Notification, timestamp_text
from .filter.document import Candidate
from .shapes import MessageAttributeValue

if TYPE_CHECKING:
    from ...core.effects import Cause, Deliver

__all__ = [
    "Announcement",
    "Attributes",
    "DeliveredPublication",
    "Publication",
    "UnwrittenEnvelope",
    "check_attributes",
    "check_fifo_id",
    "check_message",
    "check_subject",
    "read_structure",
    "size_of_attributes",
]

Attributes = dict[str, MessageAttributeValue]

_FIFO_ID = re.compile(r"[!-~]{1,128}")
_ATTRIBUTE_NAME = re.compile(r"(?!aws\.|amazon\.)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.IGNORECASE | re.ASCII)
_ATTRIBUTE_CHARACTER = re.compile(r"[A-Za-z0-9_.-]")
_RESERVED_PREFIXES = ("aws.", "amazon.")
_OPEN_PREFIXES = ("AWS.SNS.", "AWS.MM.")
"""Reserved names that a publisher does set: what they mean depends on the protocol."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MOST_AROUND = 2_000
"""More than an envelope has around its message, but for the topic's ARN: a subject has a hundred characters at most."""
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Publication:
    """One message that SNS has accepted."""

    __slots__ = (
        "_candidates",
        "_notification",
        "_shared",
        "attributes",
        "deduplication_id",
        "group_id",
        "happened",
        "message",
        "message_id",
        "sequence_number",
        "signature_version",
        "structure",
        "subject",
        "time",
        "topic_arn",
    )

    trace_header: str | None = None
    """The X-Amzn-Trace-Id of the request (``tracing``)."""

    def __init__(
        self,
        topic_arn: str | None,
        signature_version: str,
        message_id: str,
        time: int,
        message: str,
        structure: Mapping[str, str] | None = None,
        subject: str | None = None,
        attributes: Attributes | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
    ) -> None:
        self.happened = False
        """Whether its topic has it, and with that everybody who is to get it."""
        self.topic_arn = topic_arn
        """None for what is published to a telephone number or an endpoint of its own."""
        self.signature_version = signature_version
        """That of the topic when it was published."""
        self.message_id = message_id
        self.time = time
        """Nanoseconds of the cloud's clock."""
        self.message = message
        """As it was published; with a structure, the whole JSON text."""
        self.structure = structure
        """Protocol to text, for MessageStructure ``json``."""
        self.subject = subject
        self.attributes = attributes
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.sequence_number: str | None = None
        """Given by a FIFO topic as it accepts the message; None for all others."""
        self._notification: Notification | None = None
        self._candidates: dict[str | None, Candidate] | None = None
        self._shared: SharedText | None = None

    def text_for(self, protocol: str) -> str:
        """What subscribers of a protocol (or a push platform) get."""
        structure = self.structure
        if structure is None:
            return self.message
        text = structure.get(protocol)
        return structure["default"] if text is None else text

    def shared_text(self, protocol: str) -> SharedText:
        """The same, in a form that the deliveries of a protocol share; kept for the latest protocol."""
        text = self.text_for(protocol)
        shared = self._shared
        if shared is None or shared.head is not text:
            shared = self._shared = SharedText(text)
        return shared

    def shared_envelope(self, protocol: str) -> SharedText:
        """The envelope that the deliveries of a protocol share; written at once only where a queue would look at it."""
        text = self.message if self.structure is None else self.text_for(protocol)
        subject = self.subject
        if (
            self.attributes is None
            and self.sequence_number is None
            and text.isascii()
            and (subject is None or subject.isascii())
        ):
            return UnwrittenEnvelope(self, text)
        return self.notification.envelope(text)

    def candidate(self, protocol: str) -> Candidate:
        """What the filter policies of a protocol's subscribers look at. O(1) from the second time."""
        candidates = self._candidates
        if candidates is None:
            candidates = self._candidates = {}
        key = None if self.structure is None else self.text_for(protocol)
        candidate = candidates.get(key)
        if candidate is None:
            candidate = candidates[key] = Candidate(self.attributes, self.message if key is None else key)
        return candidate

    @property
    def notification(self) -> Notification:
        """The maker of the message's JSON forms."""
        notification = self._notification
        if notification is None:
            topic_arn = self.topic_arn
            if topic_arn is None:
                raise TypeError("a message to a number or a device has no JSON form")
            notification = self._notification = Notification(
                message_id=self.message_id,
                topic_arn=topic_arn,
                timestamp=timestamp_text(self.time),
                subject=self.subject,
                attributes=self.attributes,
                sequence_number=self.sequence_number,
                signature_version=self.signature_version,
            )
        return notification


class UnwrittenEnvelope(SharedText):
    """The envelope of a publication that is in ASCII and has no attributes: written when somebody looks at it."""

    __slots__ = ("_head", "_message", "_publication")

    def __init__(self, publication: Publication, message: str) -> None:
        self.tail = END
        # JSON makes at most six characters of one. The rest of an envelope has some 800, its subject, and the topic's
        # ARN (of which the names of hosts have a part).
        self.size = 6 * len(message) + 3 * len(publication.topic_arn or "") + _MOST_AROUND
        self.hasher = self.digest = self.attributes = self._head = None
        self._publication = publication
        self._message = message
        """The text of the subscribers' protocol."""

    _head: str | None

    @property
    def head(self) -> str:  # type: ignore[override]  # written when it is looked at
        """The text before the ARN. Written and signed the first time, 8 µs."""
        head = self._head
        if head is None:
            head = self._head = self._publication.notification.envelope(self._message).head
        return head

    def counted(self) -> int:
        """The size. Has it written."""
        self.size = len(self._publication.notification.envelope(self._message).head_to_check()) + len(self.tail)
        return self.size


class Announcement(Publication):
    """A message by which SNS itself tells a topic of something: it happens as that does."""

    __slots__ = ("_cause",)

    def __init__(self, cause: Cause, *args: Any) -> None:
        self._cause = cause
        super().__init__(*args)

    @property
    def happened(self) -> bool:
        """Whether what it tells of has."""
        return self._cause.happened

    @happened.setter
    def happened(self, value: bool) -> None:
        """Nothing: it depends."""


class DeliveredPublication(Publication):
    """A message that another service delivers to a topic: it has happened when the delivery has."""

    __slots__ = ("_delivery",)

    def __init__(self, delivery: Deliver, *args: Any) -> None:
        self._delivery = delivery
        super().__init__(*args)

    @property
    def happened(self) -> bool:
        """Whether the delivery has."""
        return self._delivery.happened

    @happened.setter
    def happened(self, value: bool) -> None:
        """The topic has it, and with that it is delivered."""
        self._delivery.happened = value


# --- the rules -------------------------------------------------------------------------------------------------------


def check_message(message: str) -> int:
    """The message's size in bytes. Raises ``InvalidParameter`` for an empty one, and for U+0000.

    XML has no way to say the latter. [inferred, with its text]
    """
    if "\0" in message:
        raise errors.message_characters()
    if not message:
        raise errors.message_empty()
    if message.isascii():
        return len(message)
    try:
        return len(message.encode())
    except UnicodeEncodeError:
        raise errors.message_characters() from None


def check_subject(subject: str) -> None:
    """Raise ``InvalidParameter`` for what no email could have as its subject."""
    if not 1 <= len(subject) <= 100 or _LINE_BREAKS.search(subject) or not _is_unicode(subject):
        raise errors.subject()


def read_structure(message_structure: str, message: str, *, needs_default: bool = True) -> dict[str, str]:
    """The texts by protocol in a message with a MessageStructure. Raises ``InvalidParameter``."""
    if message_structure != "json":
        raise errors.structure()
    try:
        entries = parse_json(message)  # AWS takes repeated keys, other than its documentation has it
    except ValueError:
        entries = None
    if not isinstance(entries, dict):
        raise errors.structure_json()
    texts = {protocol: _unicode(text) for protocol, text in entries.items() if isinstance(text, str)}
    if needs_default and "default" not in texts:
        raise errors.structure_default()
    return texts


def check_fifo_id(parameter: str, value: str) -> None:
    """Raise ``InvalidParameter`` for what is no MessageGroupId or MessageDeduplicationId."""
    if not _FIFO_ID.fullmatch(value):
        raise errors.fifo_id(parameter=parameter)


def check_attributes(attributes: Mapping[str, MessageAttributeValue]) -> Attributes | None:
    """The message attributes as they are kept: a copy; None when there are none. Raises ``ParameterValueInvalid``."""
    return {name: _check_attribute(name, value) for name, value in attributes.items()} or None


def size_of_attributes(attributes: Attributes | None) -> int:
    """What attributes add to a message's size: names, types and values, in bytes."""
    size = 0
    for name, value in (attributes or {}).items():
        content: Any = value["BinaryValue"] if "BinaryValue" in value else value["StringValue"].encode()
        size += len(name) + len(value["DataType"].encode()) + len(content)
    return size


def _check_attribute(name: str, value: MessageAttributeValue) -> MessageAttributeValue:
    if not _ATTRIBUTE_NAME.fullmatch(name) or len(name) > 256:
        _check_attribute_name(name)
    data_type = value["DataType"]
    kind, dot, label = data_type.partition(".")
    if kind not in ("String", "Number", "Binary") or (dot and not label) or not _is_short_unicode(data_type):
        raise errors.message_attribute_type(name=name)
    field = "BinaryValue" if kind == "Binary" else "StringValue"
    text, data = value.get("StringValue"), value.get("BinaryValue")
    if not text and not data:
        raise errors.message_attribute_empty(name=name, type=data_type)
    if field == "BinaryValue":
        if not data or text is not None:
            raise errors.message_attribute_field(name=name, type=data_type, field="Binary")
        return {"DataType": data_type, "BinaryValue": data}
    if not text or data is not None:
        raise errors.message_attribute_field(name=name, type=data_type, field="String")
    if not _is_unicode(text):
        raise errors.message_attribute_characters(name=name)
    if kind == "Number" and not _is_number(text):
        raise errors.message_attribute_number(name=name)
    return {"DataType": data_type, "StringValue": text}


def _check_attribute_name(name: str) -> None:
    """Raise the error that says what is wrong with an attribute's name, if anything is."""
    if not name:
        raise errors.message_attribute_name_empty()
    if len(name) > 256:
        raise errors.message_attribute_name_long()
    if name[0] == ".":
        raise errors.message_attribute_name_start()
    if name[-1] == ".":
        raise errors.message_attribute_name_end()
    for character in name:
        if not _ATTRIBUTE_CHARACTER.fullmatch(character):
            raise errors.message_attribute_name_character(code=ord(character))
    if ".." in name:
        raise errors.message_attribute_name_dots()
    if name.lower().startswith(_RESERVED_PREFIXES) and not name.startswith(_OPEN_PREFIXES):
        raise errors.message_attribute_name_reserved(name=name)


def _is_number(text: str) -> bool:
    return len(text) <= 100 and _NUMBER.fullmatch(text) is not None


def _is_unicode(text: str) -> bool:
    """Whether the text has no half of a surrogate pair in it."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_short_unicode(text: str) -> bool:
    return _is_unicode(text) and len(text.encode()) <= 256


def _unicode(text: str) -> str:
    """``text`` with a question mark for each half of a surrogate pair, which JSON can spell and no wire can carry."""
    return text if _is_unicode(text) else text.encode("utf-8", "replace").decode()
