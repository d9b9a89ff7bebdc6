"""What SNS sends: the JSON around a message, its HTTP headers, its Lambda event.

Everything that does not depend on the subscriber is written once a publish. The JSON envelope differs between
subscribers in nothing but the subscription's ARN at the end of ``UnsubscribeURL``, which the signature does not
cover, so an ``Envelope`` is the text before that ARN and the text after it, and a subscriber costs one
concatenation. The text depends on the message the protocol gets (a publish with ``MessageStructure="json"`` may have
several), so a ``Notification`` keeps one envelope for each distinct text, made when first asked for. It is signed when
its text is first looked at, as all signatures have one length, and a queue only has to know how long a body is.

Most of what a queue gets is not even written then (``publication.UnwrittenEnvelope``). A queue has to know that a body
has no character that SQS does not carry, and is not too long; an ASCII text in JSON is always the former, and at most
six times as long. Where that much fits into the queue, the first receiver has the text written, and finds the same as
if it had been there. What of an envelope may change afterwards (the topic's signature version, its ARN when it is
gone) the publication has kept.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from ...core.shared_text import SharedText
from .shapes import MessageAttributeValue
from .signature import ROOM, service_url, sign, signing_cert_url, string_to_sign

__all__ = [
    "END",
    "Envelope",
    "Notification",
    "confirm_url",
    "http_headers",
    "subscription_confirmation",
    "timestamp_text",
    "unsubscribe_confirmation",
    "unsubscribe_link",
    "unsubscribe_url",
    "with_links",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""In UTC, but without saying so, for it would say so in texts."""
_USER_AGENT = "Amazon Simple Notification Service Agent"
END = '"\n}'
"""What follows the subscription's ARN where there are no attributes."""
DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8"


def timestamp_text(now: int) -> str:
    """``now`` (nanoseconds of the epoch) as messages carry it: ``2025-01-01T12:45:07.123Z``, UTC, rounded down."""
    seconds, milliseconds = divmod(now // 1_000_000, 1_000)
    return f"{_second_text(seconds)}.{milliseconds:03}Z"


@lru_cache(16)
def _second_text(seconds: int) -> str:
    # isoformat takes 0.7 µs, strftime 5 µs (CPython 3.11).
    return (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def _address(topic_arn: str) -> str:
    return service_url(topic_arn.split(":", 4)[3])


def unsubscribe_url(topic_arn: str, subscription_arn: str) -> str:
    """The URL that ends a subscription when it is visited."""
    return f"{_address(topic_arn)}?Action=Unsubscribe&SubscriptionArn={subscription_arn}"


def unsubscribe_link(topic_arn: str, subscription_arn: str, links: str) -> str:
    """The same where ``links`` is where that leads, if not to AWS."""
    if not links:
        return unsubscribe_url(topic_arn, subscription_arn)
    return f"{links}?Action=Unsubscribe&SubscriptionArn={subscription_arn}"


def confirm_url(topic_arn: str, token: str, links: str = "") -> str:
    """The URL that confirms a subscription when it is visited (SubscribeURL)."""
    return f"{links or _address(topic_arn)}?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"


def with_links(envelope: str, topic_arn: str, links: str) -> str:
    """An envelope whose UnsubscribeURL, which no signature covers, leads elsewhere; as it is where ``links`` is empty.

    No line of an envelope can begin like this inside of a member: JSON writes the end of a line in a text as an escape.
    """
    if not links:
        return envelope
    beginning = '\n  "UnsubscribeURL" : "'
    return envelope.replace(f"{beginning}{_address(topic_arn)}?", f"{beginning}{links}?", 1)


def _layout(members: Mapping[str, str]) -> str:
    """String members as AWS lays JSON out, without the closing brace."""
    return "{\n" + ",\n".join([f'  "{name}" : {quoted(value)}' for name, value in members.items()])


def _attribute_text(value: MessageAttributeValue) -> str:
    if "StringValue" in value:
        return value["StringValue"]
    data: Any = value["BinaryValue"]  # an operation hands blobs over as bytes, whatever it was given
    return b64encode(data).decode("ascii")


@lru_cache(256)
def _frame(topic_arn: str, signature_version: str | None) -> tuple[str, str, str]:
    """What the envelopes of a topic share: the text after the id, after the moment, and after the signature.

    The first two are one where there is no signature; the last one ends where the subscription's ARN is to follow.
    """
    links = f'"SigningCertURL" : "{signing_cert_url(topic_arn.split(":", 4)[3])}",\n  '
    address = f'"UnsubscribeURL" : "{unsubscribe_url(topic_arn, "")}'
    after_id = f'",\n  "TopicArn" : {quoted(topic_arn)},\n'
    if signature_version is None:
        return after_id, f'",\n  {address}', ""
    return after_id, f'",\n  "SignatureVersion" : "{signature_version}",\n  "Signature" : "', f'",\n  {links}{address}'


class Envelope(SharedText):
    """The JSON form of a notification, but for the subscription's ARN. Made once, shared by all subscribers."""

    __slots__ = ("_text",)

    def __init__(self, text: str | tuple[str, str, str, str], tail: str) -> None:
        self.tail = tail
        self.size = 0
        self.hasher = self.digest = self.attributes = None
        self._text = text
        """As long as it is not signed, the text before the signature and after it, what is to be signed, and how."""

    @property
    def head(self) -> str:  # type: ignore[override]  # signed when it is looked at
        """The text before the ARN. Signs it the first time, 3.5 µs."""
        text = self._text
        if isinstance(text, tuple):
            before, after, signed, version = text
            text = self._text = f"{before}{sign(signed, version)}{after}"
        return text

    def head_to_check(self) -> str:
        """The text before the ARN, signed or not."""
        text = self._text
        return text if isinstance(text, str) else f"{text[0]}{ROOM}{text[1]}"

    def for_subscription(self, subscription_arn: str) -> str:
        """The whole text for one subscriber. One concatenation."""
        return self.body(subscription_arn)


class Notification:
    """What one publish says to all subscribers; the same object serves every one of them.

    ``timestamp`` is the text of ``timestamp_text``. ``sequence_number`` is given for FIFO topics and for them alone:
    their messages carry it and are not signed.
    """

    __slots__ = (
        "_envelopes",
        "attributes",
        "message_id",
        "sequence_number",
        "signature_version",
        "subject",
        "timestamp",
        "topic_arn",
    )

    def __init__(
        self,
        *,
        message_id: str,
        topic_arn: str,
        timestamp: str,
        subject: str | None = None,
        attributes: Mapping[str, MessageAttributeValue] | None = None,
        sequence_number: str | None = None,
        signature_version: str = "1",
    ) -> None:
        self.message_id = message_id
        self.topic_arn = topic_arn
        self.timestamp = timestamp
        self.subject = subject
        self.attributes = attributes
        self.sequence_number = sequence_number
        self.signature_version = signature_version
        self._envelopes: dict[str, Envelope] = {}

    def envelope(self, message: str) -> Envelope:
        """The envelope around ``message``, the text that the subscriber's protocol gets. O(1) from the second time."""
        envelope = self._envelopes.get(message)
        if envelope is None:
            envelope = self._envelopes[message] = self._make_envelope(message)
        return envelope

    def _make_envelope(self, message: str) -> Envelope:
        version = self.signature_version if self.sequence_number is None else None
        after_id, after_moment, after_signature = _frame(self.topic_arn, version)
        number = "" if version is not None else f'",\n  "SequenceNumber" : "{self.sequence_number}'
        subject = "" if self.subject is None else f'  "Subject" : {quoted(self.subject)},\n'
        head = (
            f'{{\n  "Type" : "Notification",\n  "MessageId" : "{self.message_id}{number}{after_id}{subject}'
            f'  "Message" : {quoted(message)},\n  "Timestamp" : "{self.timestamp}{after_moment}'
        )
        tail = END
        if self.attributes:
            entries = [
                f'    {quoted(name)} : {{"Type":{quoted(value["DataType"])},"Value":{quoted(_attribute_text(value))}}}'
                for name, value in self.attributes.items()
            ]
            tail = '",\n  "MessageAttributes" : {\n' + ",\n".join(entries) + "\n  }\n}"
        if version is None:
            return Envelope(head, tail)
        return Envelope((head, after_signature, self._to_sign(message), version), tail)

    def _to_sign(self, message: str) -> str:
        fields = {
            "Type": "Notification",
            "MessageId": self.message_id,
            "TopicArn": self.topic_arn,
            "Message": message,
            "Timestamp": self.timestamp,
        }
        if self.subject is not None:
            fields["Subject"] = self.subject
        return string_to_sign(fields)

    def _signature(self, message: str) -> str:
        return sign(self._to_sign(message), self.signature_version)

    def lambda_event(self, message: str, subscription_arn: str) -> dict[str, Any]:
        """The event that a Lambda function gets, with its one record; a new dict each time."""
        attributes = {}
        for name, value in (self.attributes or {}).items():
            data_type = value["DataType"]
            # AWS hands numbers and arrays over as strings.
            kind = "String" if data_type.startswith(("Number", "String.Array")) else data_type
            attributes[name] = {"Type": kind, "Value": _attribute_text(value)}
        return {
            "Records": [
                {
                    "EventSource": "aws:sns",
                    "EventVersion": "1.0",
                    "EventSubscriptionArn": subscription_arn,
                    "Sns": {
                        "Type": "Notification",
                        "MessageId": self.message_id,
                        "TopicArn": self.topic_arn,
                        "Subject": self.subject,
                        "Message": message,
                        "Timestamp": self.timestamp,
                        # That of the topic. (In January 2024 it was recorded as "1" beside a signature of version 2.)
                        "SignatureVersion": self.signature_version,
                        "Signature": self._signature(message),
                        "SigningCertUrl": signing_cert_url(self.topic_arn.split(":", 4)[3]),
                        "UnsubscribeUrl": unsubscribe_url(self.topic_arn, subscription_arn),
                        "MessageAttributes": attributes,
                    },
                }
            ]
        }

    def firehose_record(self, message: str, subscription_arn: str) -> str:
        """The record that a Firehose stream gets: the envelope on one line, unsigned."""
        members = [("Type", "Notification"), ("MessageId", self.message_id), ("TopicArn", self.topic_arn)]
        if self.subject is not None:
            members.append(("Subject", self.subject))
        members += [
            ("Message", message),
            ("Timestamp", self.timestamp),
            ("UnsubscribeURL", unsubscribe_url(self.topic_arn, subscription_arn)),
        ]
        parts = [f'"{name}":{quoted(value)}' for name, value in members]
        if self.attributes:
            entries = [
                f'{quoted(name)}:{{"Type":{quoted(value["DataType"])},"Value":{quoted(_attribute_text(value))}}}'
                for name, value in self.attributes.items()
            ]
            parts.append('"MessageAttributes":{' + ",".join(entries) + "}")
        return "{" + ",".join(parts) + "}"


def _add_signature(members: dict[str, str], topic_arn: str, signature_version: str) -> None:
    """Sign the members given so far and add the three that say so."""
    signature = sign(string_to_sign(members), signature_version)
    members["SignatureVersion"] = signature_version
    members["Signature"] = signature
    members["SigningCertURL"] = signing_cert_url(topic_arn.split(":", 4)[3])


def _confirmation(
    kind: str,
    message: str,
    message_id: str,
    token: str,
    topic_arn: str,
    timestamp: str,
    signature_version: str,
    links: str,
) -> str:
    members = {
        "Type": kind,
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": message,
        "SubscribeURL": confirm_url(topic_arn, token, links),
        "Timestamp": timestamp,
    }
    _add_signature(members, topic_arn, signature_version)
    return _layout(members) + "\n}"


def subscription_confirmation(
    *, message_id: str, token: str, topic_arn: str, timestamp: str, signature_version: str = "1", links: str = ""
) -> str:
    """The JSON that asks an endpoint to confirm its subscription."""
    message = (
        f"You have chosen to subscribe to the topic {topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    return _confirmation(
        "SubscriptionConfirmation", message, message_id, token, topic_arn, timestamp, signature_version, links
    )


def unsubscribe_confirmation(
    *,
    message_id: str,
    token: str,
    topic_arn: str,
    subscription_arn: str,
    timestamp: str,
    signature_version: str = "1",
    links: str = "",
) -> str:
    """The JSON that tells an endpoint that its subscription was ended by the UnsubscribeURL."""
    message = (
        f"You have chosen to deactivate subscription {subscription_arn}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    )
    return _confirmation(
        "UnsubscribeConfirmation", message, message_id, token, topic_arn, timestamp, signature_version, links
    )


def _host_of(url: str) -> str:
    """Host and port in a URL, without credentials."""
    authority = url.partition("://")[2]
    for delimiter in "/?#":
        authority = authority.partition(delimiter)[0]
    return authority.rpartition("@")[2]


def http_headers(
    kind: str,
    url: str,
    body: bytes,
    *,
    message_id: str,
    topic_arn: str,
    subscription_arn: str | None = None,
    raw: bool = False,
    content_type: str = DEFAULT_CONTENT_TYPE,
) -> dict[str, str]:
    """The headers of a POST to an endpoint.

    ``kind`` is the message's Type; a SubscriptionConfirmation does not name the subscription, whatever is given.
    ``body`` is only measured. Credentials in the URL are no part of ``Host``.
    """
    headers = {
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": topic_arn,
    }
    if subscription_arn is not None and kind != "SubscriptionConfirmation":
        headers["x-amz-sns-subscription-arn"] = subscription_arn
    if raw:
        headers["x-amz-sns-rawdelivery"] = "true"
    headers["Content-Length"] = str(len(body))
    headers["Content-Type"] = content_type
    headers["Host"] = _host_of(url)
    headers["Connection"] = "Keep-Alive"
    headers["User-Agent"] = _USER_AGENT
    headers["Accept-Encoding"] = "gzip,deflate"
    return headers
