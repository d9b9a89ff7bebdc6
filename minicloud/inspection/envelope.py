"""The envelope in which a topic delivers a message to a queue, unless the delivery is raw: a JSON text around it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from ..core.shown import shown
from ..exceptions import UsageError
from .bodies import ENVELOPE, excerpt

__all__ = ["SnsEnvelope", "envelope_of", "sns_of"]


class SnsEnvelope:
    """A notification of SNS, as it lies in a queue."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.message: str = fields["Message"]
        """What was published."""
        self.message_id: str = fields.get("MessageId", "")
        """The id of the publication."""
        self.topic_arn: str = fields.get("TopicArn", "")
        """The topic that delivered it."""
        self.subject: str | None = fields.get("Subject")
        """The subject; None without one."""
        self.message_attributes: Mapping[str, Any] = {
            name: _attribute(value) for name, value in (fields.get("MessageAttributes") or {}).items()
        }
        """As boto3 gives them: ``{"kind": {"DataType": "String", "StringValue": "book"}}``."""

    def json(self) -> Any:
        """The message, parsed. Raises ``ValueError`` when it is not JSON."""
        return json.loads(self.message)

    def __repr__(self) -> str:
        topic = self.topic_arn.rpartition(":")[2]
        return f"<notification of {shown(topic, 80)[1:-1]}: {excerpt(self.message)}>"


def envelope_of(body: str | bytes) -> SnsEnvelope | None:
    """The envelope that a body is; None when it is something else."""
    if not isinstance(body, str) or not body.startswith(ENVELOPE):
        return None
    try:
        fields = json.loads(body)
        return SnsEnvelope(fields) if isinstance(fields["Message"], str) else None
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def sns_of(body: str | bytes) -> SnsEnvelope:
    """The same; raises ``UsageError`` when it is something else."""
    envelope = envelope_of(body)
    if envelope is None:
        raise UsageError(
            f"{shown(body, 80)} is not a notification of SNS: a message that was sent to the queue itself, or that was "
            "delivered raw, has no envelope: take its .body, or .json()"
        )
    return envelope


def _attribute(given: Mapping[str, Any]) -> dict[str, Any]:
    kind, value = given.get("Type", "String"), given.get("Value")
    if kind.startswith("Binary") and isinstance(value, str):
        return {"DataType": kind, "BinaryValue": b64decode(value)}
    return {"DataType": kind, "StringValue": value}
