"""The archive of a FIFO topic, and replays from it.

While a topic has an ArchivePolicy it keeps what is published, for so many days. A subscription's ReplayPolicy sends
the messages of a span of that time again. What is in the past is sent at once, in order; what the span still has
ahead of it reaches the subscription as it is published. Once a span with an end is over, the subscription rests until
it gets another ReplayPolicy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ...core.json_text import parse_object
from ...core.timeline import SECOND
from ...core.timestamps import nanoseconds_of
from . import errors
from .envelope import timestamp_text

if TYPE_CHECKING:
    from .publication import Publication

__all__ = ["Archive", "Replay", "read_replay_policy"]

_DAY = 86_400 * SECOND


class Archive:
    """What a topic keeps, oldest first."""

    __slots__ = ("_kept", "_since", "days")

    def __init__(self, now: int, days: int) -> None:
        self.days = days
        self._since = now
        self._kept: deque[Publication] = deque()

    def beginning(self, now: int) -> int:
        """The moment from which on messages can be replayed."""
        return max(self._since, now - self.days * _DAY)

    def beginning_text(self, now: int) -> str:
        """``beginning`` as SNS writes it."""
        return timestamp_text(self.beginning(now))

    def keep(self, now: int, publication: Publication) -> None:
        """Take in a message. O(1) amortised."""
        self._kept.append(publication)
        kept, beginning = self._kept, self.beginning(now)
        while kept[0].time < beginning:
            kept.popleft()

    def mend(self) -> None:
        """Let go of what was not published in the end. O(kept)."""
        self._kept = deque([publication for publication in self._kept if publication.happened])

    def between(self, now: int, start: int, end: int | None) -> Iterator[Publication]:
        """The messages published from ``start`` to ``end`` (both included) that are still kept. O(kept)."""
        start = max(start, self.beginning(now))
        for publication in self._kept:
            if publication.time >= start and (end is None or publication.time <= end):
                yield publication


class Replay:
    """A subscription's ReplayPolicy: from when to when, in nanoseconds; without an end it goes on forever."""

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int | None) -> None:
        self.text = text
        self.start = start
        self.end = end

    def includes(self, now: int) -> bool:
        """Whether a message that is published now still belongs to the span."""
        return self.end is None or now <= self.end

    def status(self, now: int) -> str:
        """The ReplayStatus."""
        return "In progress" if self.end is not None and now <= self.end else "Completed"


def read_replay_policy(text: str, archived: bool, prefix: str) -> Replay | None:
    """Check a ReplayPolicy of a topic, ``archived`` or not; None for an empty one, which ends it.

    Raises ``InvalidParameter``.
    """
    if text in ("", "{}"):
        return None
    if not archived:
        raise errors.replay_topic(prefix=prefix)
    try:
        policy = parse_object(text)
    except ValueError:
        raise errors.replay_json(prefix=prefix) from None
    for name in policy:
        if name not in ("PointType", "StartingPoint", "EndingPoint"):
            raise errors.replay_unknown(prefix=prefix, name=name)
    if policy.get("PointType") != "Timestamp":
        raise errors.replay_type(prefix=prefix)
    start = _moment(policy.get("StartingPoint"))
    if start is None:
        raise errors.replay_point(prefix=prefix, name="StartingPoint")
    end = None
    if policy.get("EndingPoint") is not None:
        end = _moment(policy["EndingPoint"])
        if end is None:
            raise errors.replay_point(prefix=prefix, name="EndingPoint")
        if end <= start:
            raise errors.replay_order(prefix=prefix)
    return Replay(text, start, end)


def _moment(value: object) -> int | None:
    """Nanoseconds since the epoch for an ISO 8601 text with a zone; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else nanoseconds_of(moment)
