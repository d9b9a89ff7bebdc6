"""How often an account may call some operations; looked at under strict limits only."""

from __future__ import annotations

from .._timeline import SECOND
from ..exceptions import AwsError
from . import messages

__all__ = ["Rates"]

_LISTS = 30
_CHANGES = 100
_TAGS = 10
CALLS_PER_SECOND = {
    "ListEndpointsByPlatformApplication": _LISTS,
    "ListPlatformApplications": 15,
    "ListSubscriptions": _LISTS,
    "ListSubscriptionsByTopic": _LISTS,
    "ListTopics": _LISTS,
    "ListTagsForResource": _TAGS,
    "Subscribe": _CHANGES,
    "TagResource": _TAGS,
    "Unsubscribe": _CHANGES,
    "UntagResource": _TAGS,
}
"""Of one account in one region. [API reference]"""


class Rates:
    """The calls of the current second. Every operation is O(1)."""

    __slots__ = ("_calls", "_second")

    def __init__(self) -> None:
        self._second = -1
        self._calls: dict[str, int] = {}

    def count(self, now: int, action: str) -> None:
        """One more call. Raises ``Throttling`` when there were enough in this second."""
        second = now // SECOND
        if second != self._second:
            self._second = second
            self._calls.clear()
        calls = self._calls.get(action, 0)
        if calls >= CALLS_PER_SECOND[action]:
            raise AwsError("Throttling", messages.RATE, 400)
        self._calls[action] = calls + 1
