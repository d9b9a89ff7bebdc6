"""The header ``X-Amzn-Trace-Id`` of a request that sends messages to SQS, or publishes them with SNS.

Tracing libraries set it, and so does botocore itself in a function of Lambda. SQS makes it the AWSTraceHeader of every
message that has none of its own, and says nothing of it in the answer. SNS passes it on to queues
(``services.sns.tracing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["add", "hide", "is_read", "read"]

_OPERATIONS: Final = frozenset(
    {("sns", "Publish"), ("sns", "PublishBatch"), ("sqs", "SendMessage"), ("sqs", "SendMessageBatch")}
)


def is_read(service_name: str, operation_name: str) -> bool:
    """Whether an operation looks at the header."""
    return (service_name, operation_name) in _OPERATIONS


def read(service_name: str, operation_name: str, headers: Mapping[str, Any]) -> str | None:
    """The header of a request; None where there is none, or where it means nothing."""
    if not is_read(service_name, operation_name):
        return None
    header: Any = headers.get("X-Amzn-Trace-Id") or headers.get("x-amzn-trace-id")
    text: str | None = header.decode() if isinstance(header, bytes) else header
    return text or None


def add(operation_name: str, params: dict[str, Any], header: str) -> frozenset[str | None]:
    """Add the header to the messages that ``params`` send: which ones got it, entries by their id, else None."""
    sends = [params]
    if operation_name == "SendMessageBatch":
        sends = [entry for entry in params.get("Entries", ()) if isinstance(entry, dict)]
    added = [send for send in sends if not send.get("MessageSystemAttributes")]
    for send in added:
        send["MessageSystemAttributes"] = {"AWSTraceHeader": {"StringValue": header, "DataType": "String"}}
    return frozenset(send.get("Id") for send in added)


def hide(added: frozenset[str | None], answer: dict[str, Any]) -> None:
    """Take out of the answer what only a trace header of the message's own is told."""
    for result in answer.get("Successful", [answer]):
        if result.get("Id") in added:
            result.pop("MD5OfMessageSystemAttributes", None)
