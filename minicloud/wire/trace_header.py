"""The header ``X-Amzn-Trace-Id`` of a request that sends messages to SQS.

Tracing libraries set it. SQS makes it the AWSTraceHeader of every message that has none of its own, and says nothing of
it in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["add", "hide"]


def add(operation_name: str, params: dict[str, Any], headers: Mapping[str, Any]) -> frozenset[str | None]:
    """Add the header to the messages that ``params`` send: which ones got it, entries by their id, else None."""
    if operation_name == "SendMessage":
        sends = [params]
    elif operation_name == "SendMessageBatch":
        sends = [entry for entry in params.get("Entries", ()) if isinstance(entry, dict)]
    else:
        return frozenset()
    header: Any = headers.get("X-Amzn-Trace-Id")
    if not header:
        return frozenset()
    text = header.decode() if isinstance(header, bytes) else header
    added = [send for send in sends if not send.get("MessageSystemAttributes")]
    for send in added:
        send["MessageSystemAttributes"] = {"AWSTraceHeader": {"StringValue": text, "DataType": "String"}}
    return frozenset(send.get("Id") for send in added)


def hide(added: frozenset[str | None], answer: dict[str, Any]) -> None:
    """Take out of the answer what only a trace header of the message's own is told."""
    for result in answer.get("Successful", [answer]):
        if result.get("Id") in added:
            result.pop("MD5OfMessageSystemAttributes", None)
