"""What is due next in a cloud, in words: an event of its timeline, or what ends by itself and is no event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..core.timeline import FOREVER

if TYPE_CHECKING:
    from .state import State

__all__ = ["next_due", "words_of_deliveries"]

_SOMETHING: Final = "something in the cloud is due"
_HELD_BACK: Final = "a delivery arrives that a fault holds back"
_LATE: Final = "a delivery arrives that is late"
_POLL_OVER: Final = "a receive has waited for as long as it may"
_WORDS: Final = {
    "Attempt.": "a delivery is tried again",
    "Changing.": "a stream, or what belongs to one, changes its state",
    "ChannelDelivery.": "a channel of a stream puts an object",
    "CloudLoop.": "a timer of the event loop goes off",
    "DeliveryStream.": "a buffer of a delivery stream is delivered",
    "MoveTaskOperations.": "a move task goes on",
    "Postpone.": _HELD_BACK,
    "PollLine.": _POLL_OVER,
    "Cursor.": "a pipe goes on",
    "Put.": "an object of a delivery stream is put once more",
    "QueueReader.": "a pipe goes on",
    "QueueMapping.": "a mapping of a queue goes on",
    "Queue._watched_due": "a message's retention period is over",
    "Reorder.": _HELD_BACK,
    "SchedulerState.": "a schedule is due",
    "ShardSubscription.": "a subscription to a shard goes on",
    "SubscriptionOperations.": "a subscription ends that nobody has confirmed",
    "Transform.": "a function of a delivery stream runs once more",
    "Waiter.finish": "a sleep is over",
    "_Copy.": _LATE,
}
"""By the beginning of a callback's name."""


def next_due(state: State, now: int) -> tuple[int, str] | None:
    """When it is due, and what it is; None when nothing is. Called under the lock, everything up to ``now`` settled."""
    due, callback = state.first_at_close or state.timeline.first()
    what = ""
    if due < FOREVER:
        what = _SOMETHING if callback is None else _words(callback)
    for service in state.services():
        found = service.next_due(now)
        # At one moment, what says which message it is about says more.
        if found is not None and found[0] <= due:
            due, what = found
    return (due, what) if due < FOREVER else None


def words_of_deliveries(state: State) -> list[str]:
    """The deliveries that are under way, in words. Called under the lock. O(events)."""
    callbacks = [event.callback for event in state.timeline.heap if event.callback is not None]
    return [words for callback in callbacks if (words := _words(callback)) in (_HELD_BACK, _LATE)]


def _words(callback: Callable[..., Any]) -> str:
    name = getattr(getattr(callback, "func", callback), "__qualname__", "")  # of a partial, what it calls
    return next((words for beginning, words in _WORDS.items() if name.startswith(beginning)), _SOMETHING)
