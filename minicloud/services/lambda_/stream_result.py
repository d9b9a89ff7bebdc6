"""What a function's answer says of a batch of a stream: which record failed first, and the state of a tumbling window.

Which answers mean that all went well, and which that nothing did, was recorded from AWS; what is not among the recorded
ones is marked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["MOST_STATE", "first_failed", "window_state"]

MOST_STATE: Final = 1024 * 1024
"""Bytes of a tumbling window's state, above which it ends early. [Lambda developer guide: tumbling windows]"""


def first_failed(answer: Any, numbers: Sequence[str]) -> int | None:
    """Which record of a batch is the first that has to come again, by ``batchItemFailures``; None: none has.

    0, the whole batch, also for an answer that says nothing that can be understood: a number that is not in the batch,
    none, or another name for it. [recorded] Other answers than objects, but for those that are empty: the same.
    [inferred] O(n) in the batch.
    """
    if answer is None or answer in ("", [], {}):
        return None
    if not isinstance(answer, dict):
        return 0
    failures = answer.get("batchItemFailures")
    if failures is None or failures == []:
        return None
    if not isinstance(failures, list):
        return 0
    places = {number: place for place, number in enumerate(numbers)}
    first = len(numbers)
    for failure in failures:
        number = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        place = places.get(number) if isinstance(number, str) else None
        if place is None:
            return 0
        first = min(first, place)
    return first


def window_state(answer: Any) -> str | None:
    """The state that an answer has for its window, as JSON text; None where it has none, which is a failed run."""
    if not isinstance(answer, dict) or answer.get("state") is None:
        return None
    return json.dumps(answer["state"], separators=(",", ":"))
