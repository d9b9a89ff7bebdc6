"""What a function's answer says of a batch of messages: which of them have failed.

Lambda's rules for streams are others (``stream_result``): there what follows a failed record counts as failed, too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

__all__ = ["failed_messages"]


def failed_messages(answer: Any, message_ids: Collection[str]) -> Collection[str]:
    """The ids of the messages that have failed, by an answer with ``batchItemFailures``. O(batch).

    None has failed: no answer or an empty one, no list or an empty one. All have: an answer that is not an object; an
    ``itemIdentifier`` that is empty, null, missing, or not the id of one of the messages.
    [Lambda developer guide: partial batch responses for SQS] A list that is not one counts like a wrong identifier.
    [inferred]
    """
    if answer is None or answer in ("", [], {}):
        return ()
    if not isinstance(answer, dict):
        return message_ids
    failures = answer.get("batchItemFailures")
    if failures is None or failures == []:
        return ()
    if not isinstance(failures, list):
        return message_ids
    failed = set()
    for failure in failures:
        message_id = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(message_id, str) or message_id not in message_ids:
            return message_ids
        failed.add(message_id)
    return failed
