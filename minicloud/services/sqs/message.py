"""A message in a queue, and how it looks to who receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...core.md5 import md5
from ...core.shared_text import SharedText
from .message_content import attributes_digest, dicts_of, select_attributes, selects_all

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "DELAYED",
    "GONE",
    "IN_FLIGHT",
    "TAKEN",
    "TRANSITIONS",
    "VISIBLE",
    "DescribedMessage",
    "DetailedMessage",
    "GroupedMessage",
    "Message",
    "MovedMessage",
    "Selection",
    "SharedDetailedMessage",
    "SharedMessage",
]

VISIBLE: Final = 0
DELAYED: Final = 1
IN_FLIGHT: Final = 2
GONE: Final = 3
"""Deleted, expired, moved or purged; what still points to it is stale."""
TAKEN: Final = 4
"""Picked by the receive that is running, not delivered yet."""

TRANSITIONS: Final[dict[int, dict[int, str]]] = {
    VISIBLE: {
        DELAYED: "sent with a delay, or a FIFO queue's delay was made longer",
        TAKEN: "a receive picks it",
        GONE: "deleted, expired, purged, or moved to another queue",
    },
    DELAYED: {
        VISIBLE: "the delay is over",
        GONE: "expired or purged",
    },
    TAKEN: {
        IN_FLIGHT: "the receive delivers it",
        VISIBLE: "the receive was interrupted",
    },
    IN_FLIGHT: {
        VISIBLE: "the visibility timeout is over or 0, or the receiver was cancelled",
        GONE: "deleted, expired or purged",
    },
    GONE: {},
}
"""From each state the states that may follow, and what leads there; the property tests hold every message to it."""

_MILLISECOND = 1_000_000

# What only some messages have is missing: 9 fields fewer are 0.05 µs of a send (CPython 3.13), and 72 bytes. The tuple
# has a name so that mypy lets a FIFO queue, whose messages have more fields, set them on what it knows as a `Message`.
_FIELDS = (
    "body",
    "digest",
    "due",
    "first_received",
    "handles",
    "message_id",
    "receive_count",
    "received_at",
    "receiver",
    "sender_id",
    "sent",
    "sequence",
    "state",
)


class Message:
    """One message of one queue: a body and nothing else, which is what most are.

    Body and attributes are shared by reference, never changed, never copied. There is no constructor: whoever makes a
    message sets its fields one by one, which takes half the time (CPython 3.11: 0.09 instead of 0.18 µs).
    """

    __slots__ = _FIELDS

    @property
    def arrival(self) -> int:
        """When it came into the queue in which it is."""
        return self.sent

    sequence: int
    """The place in the order of its queue."""
    message_id: str
    body: str
    digest: bytes
    """The MD5 of the body. In hexadecimal it would take 32 bytes more, and is made in 0.03 µs (CPython 3.11)."""
    sent: int
    sender_id: str
    state: int
    receive_count: int
    first_received: int
    handles: str | list[str] | None
    """The receipt handle of its delivery from this queue, or those of all of them, the current one last."""
    due: int
    """When it becomes visible (again); set when it is hidden."""
    received_at: int
    """When it was last received; set then."""
    receiver: object
    """Who received it last, as ``World.receiver`` tells; set then."""
    visible_since: int
    """Since when it could be received; set in FIFO queues, where that decides an order."""
    turn: int
    """Its turn among those that are visible since the same moment; set where ``visible_since`` is."""

    attributes: dict[str, Any] | None = None
    attributes_md5: str | None = None
    trace_header: str | None = None
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    dead_letter_source: str | None = None
    """The ARN of the queue that it was moved from, having been received too often."""

    @property
    def handle(self) -> str | None:
        """The receipt handle of the latest delivery."""
        handles = self.handles
        return handles[-1] if isinstance(handles, list) else handles

    @property
    def is_in_flight(self) -> bool:
        """Whether it has been received, and is neither visible again nor gone."""
        return self.state == IN_FLIGHT

    @property
    def identity(self) -> str:
        """The id that a trace tells it by."""
        return self.message_id

    def system_attributes(self) -> dict[str, str]:
        """Every system attribute that the message has, by name; times are in milliseconds."""
        return {
            "SenderId": self.sender_id,
            "SentTimestamp": str(self.sent // _MILLISECOND),
            "ApproximateReceiveCount": str(self.receive_count),
            "ApproximateFirstReceiveTimestamp": str(self.first_received // _MILLISECOND),
        }


def _all_system_attributes(message: Message) -> dict[str, str]:
    """The same of a message that may have more: those that have not do not look for it, in their class."""
    values = {
        "SenderId": message.sender_id,
        "SentTimestamp": str(message.sent // _MILLISECOND),
        "ApproximateReceiveCount": str(message.receive_count),
        "ApproximateFirstReceiveTimestamp": str(message.first_received // _MILLISECOND),
    }
    if message.sequence_number is not None:
        values["SequenceNumber"] = message.sequence_number
    if message.deduplication_id is not None:
        values["MessageDeduplicationId"] = message.deduplication_id
    if message.group_id is not None:
        values["MessageGroupId"] = message.group_id
    if message.trace_header is not None:
        values["AWSTraceHeader"] = message.trace_header
    if message.dead_letter_source is not None:
        values["DeadLetterQueueSourceArn"] = message.dead_letter_source
    return values


class DescribedMessage(Message):
    """A message of a standard queue that is a body with plain attributes. Whoever makes one sets its fields."""

    __slots__ = ("attributes_md5", "plain_attributes")

    plain_attributes: tuple[tuple[str, str, str], ...]
    """Name, data type and text of each."""

    @property
    def attributes(self) -> dict[str, Any]:  # type: ignore[override]  # made when it is looked at
        """All of them, in new dicts. O(attributes)."""
        return dicts_of(self.plain_attributes)


class GroupedMessage(Message):
    """A message of a FIFO queue that is a body and nothing else. Whoever makes one sets its fields."""

    __slots__ = ("deduplication_id", "group_id", "sequence_number", "turn", "visible_since")

    system_attributes = _all_system_attributes


class DetailedMessage(Message):
    """A message that has, or may come to have, more than a body.

    ``sequence``, ``message_id`` and ``sequence_number`` are its queue's to give.
    """

    __slots__ = (
        "attributes",
        "attributes_md5",
        "deduplication_id",
        "group_id",
        "sequence_number",
        "trace_header",
        "turn",
        "visible_since",
    )

    def __init__(
        self,
        body: str,
        digest: bytes,
        sent: int,
        sender_id: str,
        attributes: dict[str, Any] | None,
        attributes_md5: str | None,
        trace_header: str | None,
        group_id: str | None,
        deduplication_id: str | None = None,
    ) -> None:
        # Field by field, as the classes above and below do it, and called by position: going through the constructor
        # above would be 0.2 µs of a send, keywords 0.5 µs (CPython 3.11; 0.15 and 0.25 µs on 3.13).
        self.body = body
        self.digest = digest
        self.sent = sent
        self.sender_id = sender_id
        self.attributes = attributes
        self.attributes_md5 = attributes_md5
        self.trace_header = trace_header
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.sequence_number = None
        self.state = VISIBLE
        self.receive_count = 0
        self.first_received = 0
        self.handles = None

    system_attributes = _all_system_attributes

    @classmethod
    def copy_of(cls, message: Message, sent: int) -> Self:
        """What was sent with a message, to be put into another queue."""
        return cls(
            message.body,
            message.digest,
            sent,
            message.sender_id,
            message.attributes,
            message.attributes_md5,
            message.trace_header,
            message.group_id,
        )


class MovedMessage(DetailedMessage):
    """A message that was received too often, in its dead-letter queue; whoever makes one sets its own fields."""

    __slots__ = ("dead_letter_source", "moved")

    moved: int
    """When it came there."""

    @property
    def arrival(self) -> int:
        """When it came into the queue in which it is."""
        return self.moved


class _Sharing:
    """The body and the digest of a message that shares most of its body with others: made when somebody looks."""

    __slots__ = ()

    shared: SharedText
    inset: str

    @property
    def body(self) -> str:
        """The whole body. One concatenation each time, none where all is shared."""
        return self.shared.body(self.inset)

    @property
    def digest(self) -> bytes:
        """Its MD5. O(what is not shared) from the second message on."""
        shared = self.shared
        if self.inset:
            if shared.hasher is None:
                shared.hasher = md5(shared.head.encode())
            hasher = shared.hasher.copy()
            hasher.update((self.inset + shared.tail).encode())
            made: bytes = hasher.digest()
            return made
        if shared.digest is None:
            shared.digest = md5(shared.head.encode()).digest()
        return shared.digest


class SharedMessage(_Sharing, Message):  # type: ignore[override]  # body and digest are made
    """A message of a standard queue that shares most of its body with others, and is nothing but that.

    Whoever makes one sets its fields, as those of a ``Message``.
    """

    __slots__ = ("inset", "shared")


class SharedDetailedMessage(_Sharing, DetailedMessage):  # type: ignore[override]  # the same
    """The same of a message that has more than its body."""

    __slots__ = ("inset", "shared")

    def __init__(
        self,
        shared: SharedText,
        inset: str,
        sent: int,
        sender_id: str,
        attributes: dict[str, Any] | None,
        attributes_md5: str | None,
        trace_header: str | None,
        group_id: str | None,
    ) -> None:
        self.shared = shared
        self.inset = inset
        self.sent = sent
        self.sender_id = sender_id
        self.attributes = attributes
        self.attributes_md5 = attributes_md5
        self.trace_header = trace_header
        self.group_id = group_id
        self.deduplication_id = None
        self.sequence_number = None
        self.state = VISIBLE
        self.receive_count = 0
        self.first_received = 0
        self.handles = None


class Selection:
    """Which attributes a receive asked for; None stands for one that asked for none."""

    __slots__ = ("is_of_all", "names", "system_names")

    def __init__(self, system_names: frozenset[str], names: tuple[str, ...]) -> None:
        self.system_names = system_names
        self.names = names
        self.is_of_all = selects_all(names)

    def decorate(self, message: Message, answer: dict[str, Any]) -> None:
        """Add the attributes that were asked for to the answer of a message, in the order of the model."""
        wanted = self.system_names
        if wanted:
            present = message.system_attributes()
            if "All" not in wanted:
                present = {name: value for name, value in present.items() if name in wanted}
            if present:
                answer["Attributes"] = present
        if message.attributes_md5 is not None and self.names:
            is_new = type(message) is DescribedMessage
            stored: Any = dicts_of(message.plain_attributes) if is_new else message.attributes  # type: ignore[attr-defined]
            selected = stored if self.is_of_all else select_attributes(stored, self.names)
            if selected:
                answer["MD5OfMessageAttributes"] = (
                    message.attributes_md5 if selected is stored else attributes_digest(selected)
                )
                if not is_new:
                    selected = {name: value.copy() for name, value in selected.items()}
                answer["MessageAttributes"] = selected
