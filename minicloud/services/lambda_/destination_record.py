"""The record of an asynchronous event that a destination gets: what was asked for, and what came of it.

Key by key as it was recorded from AWS. A queue gets it as the body of a message, a topic as the message, a function as
its event.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .run_log import iso_time

if TYPE_CHECKING:
    from .function import Resolved

__all__ = ["EVENT_AGE_EXCEEDED", "NO_CONCURRENCY", "RETRIES_EXHAUSTED", "SUCCESS", "destination_record"]

SUCCESS: Final = "Success"
RETRIES_EXHAUSTED: Final = "RetriesExhausted"
EVENT_AGE_EXCEEDED: Final = "EventAgeExceeded"
NO_CONCURRENCY: Final = "ZeroReservedConcurrency"
"""[inferred: the guide has the case, and no word for it]"""


def destination_record(
    now: int,
    resolved: Resolved,
    request_id: str,
    condition: str,
    attempts: int,
    event: Any,
    response: tuple[str, str | None, Any] | None,
) -> str:
    """The JSON text. ``response`` is of the latest run: which version, its error, what it returned. O(event)."""
    arn = resolved.arn if resolved.qualifier is not None else f"{resolved.arn}:$LATEST"
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": iso_time(now),
        "requestContext": {
            "requestId": request_id,
            "functionArn": arn,
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
    }
    if response is not None:
        version, error, result = response
        context: dict[str, Any] = {"statusCode": 200, "executedVersion": version}
        if error is not None:
            context["functionError"] = error
        record["responseContext"] = context
        record["responsePayload"] = result
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)
