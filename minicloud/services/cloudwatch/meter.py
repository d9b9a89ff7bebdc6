"""The meter of a cloud: what happens in its services becomes metrics of CloudWatch.

There is none before CloudWatch is first used, so a cloud that never asks pays nothing. Then what the trace has recorded
so far is counted once, and from there on the meter hears each fact that services tell. Hearing is one step: a fact is
put into ``heard`` as it comes. Rows are made of facts (``counted``), and written to the metrics, when somebody asks,
when a full minute comes, or when there are very many.

**What was interrupted.** A service tells a fact before the step that makes it true. So after an interruption some of
the facts may be of what has not happened: before they are written, services say which (``ServiceState.not_so``).

**Gauges** are sampled at full minutes, and what they are then is of the minute that ends: of the one that is under way
they are what they are now (``present``). The meter has an event on the timeline at the next one. It sleeps when nothing
can change: nothing was told since the last minute, and nothing in a service ends by itself before the next. While it
sleeps there is no event; what the minutes between had is known then from the last sample, of which only ages grow, and
is written when somebody asks or when something happens. So an idle cloud's timeline empties.

True are ``heard``, ``sampled`` and ``until``; what is being written is ``_taken``, as in ``CloudWatchState.put``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from ...core.timeline import SECOND, Event
from .counted import counts_of
from .gauges import Measured, measured
from .metric import MINUTE, Key, Metric, Samples, single
from .rows import Fact

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["Meter"]

_MEASURED: Final = ("sqs", "sns", "kinesis", "lambda", "application-autoscaling")
_IDLE: Final = 6 * 3600 * SECOND
"""How long after the last thing that happened to it an empty queue still has gauges. [SQS developer guide: metrics]"""
_MOST_HEARD: Final = 20_000
"""How many facts are kept at most before the older half of them is written."""


class Meter:
    """Counts and measures for all accounts and regions of a cloud."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.heard: list[Fact] = []
        """What has happened and is not in the metrics yet."""
        self.until = 0
        """The full minute up to which gauges are written."""
        self.sampled: list[Measured] = []
        """What the gauges were when they were last sampled, at ``until`` or before."""
        self.touched: dict[str, int] = {}
        """When something last happened to what has an ARN."""
        self._has_news = False
        """Whether something was told since gauges were last sampled."""
        self._is_doubtful = False
        """Whether something was interrupted since facts were last written."""
        self._tick: Event | None = None
        self._taken: _Taken | None = None
        """What is being written."""

    def begin(self, now: int) -> None:
        """Count what is recorded, and all that is told from now on. O(record)."""
        self.heard = list(self._world.peers.recorded())
        self._is_doubtful = self._world.peers.was_interrupted
        self.until = now - now % MINUTE
        self._world.meter = self
        self._world.peers.listen()
        self._write(now)
        self._sample(now)
        self._keep_ticking(now)

    def reset(self) -> None:
        """Forget what was heard; gauges are sampled again from the next use on."""
        self.heard = []
        self.sampled = []
        self.touched = {}
        self._is_doubtful = False
        self._taken = None
        self._tick = None
        self.until = 0

    def mend(self, now: int) -> None:
        """Finish what was being written; have the event at the next minute on the timeline."""
        self._is_doubtful = True
        self._finish()
        self._has_news = True
        self._keep_ticking(now)

    # --- counts -------------------------------------------------------------------------------------------------------

    def fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """Hear a fact, as ``World.trace`` tells it."""
        self.hear(now, kind, resource, details)

    def hear(self, now: int, kind: str, resource: str, details: dict[str, Any]) -> None:
        """Hear a fact. O(1)."""
        heard = self.heard
        heard.append((now, kind, resource, details))
        if not self._has_news:
            self.notice(now)
        if len(heard) >= _MOST_HEARD:
            self._write(self.until, _MOST_HEARD // 2)  # the latest may be of a call that has not ended

    def notice(self, now: int) -> None:
        """What is measured may have changed: have it sampled at the next full minute. O(log events)."""
        self._has_news = True
        if self._tick is None or self._tick.callback is None or self._tick.due > now - now % MINUTE + MINUTE:
            self._schedule(now - now % MINUTE + MINUTE)

    def catch_up(self, now: int) -> None:
        """Have everything in the metrics that happened until now, and gauges of the minute that is under way.

        O(what was heard since, and minutes since).
        """
        if not self.until:
            self.until = now - now % MINUTE
            self._sample(now)
        self._write(now)
        if self._has_news:
            self._keep_ticking(now)

    def present(self, now: int) -> Iterator[tuple[tuple[str, str], Key, int, str, Samples]]:
        """What gauges are at this moment, for the minute that is under way: whose, and the sample."""
        for one in self._gauges(now):
            yield one.place, one.key, now - now % MINUTE, one.unit, single(one.value_at(now))

    # --- gauges -------------------------------------------------------------------------------------------------------

    def _gauges(self, now: int) -> Iterator[Measured]:
        touched = self.touched
        for service in self._services():
            service.catch_up(now)
            for gauge in service.gauges(now):
                if gauge.is_idle and now - touched.setdefault(gauge.arn, now) > _IDLE:
                    continue
                yield measured(gauge)

    def _services(self) -> Iterator[Any]:
        for name in _MEASURED:
            yield from self._world.services(name)

    def _sample(self, now: int) -> None:
        self.sampled = list(self._gauges(now))
        self._has_news = False

    def _on_minute(self, now: int) -> None:
        """A full minute has come."""
        self._tick = None
        self._write(now - 1)  # what nobody has sampled since the last time, was as then
        self._sample(now)
        self._write(now)
        self._keep_ticking(now)
        for service in self._world.services("cloudwatch"):
            service.alarms.wake(now)

    def is_due(self, now: int) -> bool:
        """Whether gauges are still to be sampled at this moment."""
        tick = self._tick
        return tick is not None and tick.callback is not None and tick.due <= now

    def rests(self, account_id: str, region_name: str, key: Key) -> bool:
        """Whether a gauge goes on as it is, or as its age grows, until something happens. O(gauges)."""
        if self._has_news:
            return False
        place = account_id, region_name
        return any(one.key == key and not one.is_idle and one.place == place for one in self.sampled)

    def _keep_ticking(self, now: int) -> None:
        """Have the event at the next full minute on the timeline at which gauges may have changed, if there is one."""
        minute = now - now % MINUTE + MINUTE
        if not self._has_news:
            due = min((found[0] for service in self._services() if (found := service.next_due(now))), default=None)
            if due is None:
                return
            minute = max(minute, -(-due // MINUTE) * MINUTE)
        tick = self._tick
        if tick is None or tick.callback is None or tick.due > minute:
            self._schedule(minute)

    def _schedule(self, due: int) -> None:
        timeline = self._world.timeline
        if self._tick is not None:
            timeline.cancel(self._tick)
        self._tick = timeline.schedule(due, self._on_minute)

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, now: int, most: int | None = None) -> None:
        """Write what was heard, or so many of the oldest facts, and gauges of the minutes up to now as last sampled."""
        self._finish()
        upto = now - now % MINUTE
        heard = self.heard
        if not heard and upto <= self.until:
            return
        count = len(heard) if most is None else most
        touched = self.touched
        for moment, _, _, details in heard[:count]:
            arn = details.get("arn")
            if arn is not None:
                touched[arn] = moment
        found = counts_of(self._so(heard, count))
        for minute in range(self.until + MINUTE, upto + 1, MINUTE):
            for one in self.sampled:
                if one.is_idle and minute - touched.get(one.arn, minute) > _IDLE:
                    continue
                samples = found.setdefault(one.place, {})
                samples.setdefault((one.key, minute - MINUTE, one.unit), {})[one.value_at(minute)] = 1.0
        staged = []
        for place, values in found.items():
            service = self._world.find_service("cloudwatch", *place)
            staged.append((service, service.stage(values)))
        self._taken = _Taken(staged, heard, count, max(upto, self.until), is_all=most is None)
        self._finish()

    def _so(self, heard: list[Fact], count: int) -> list[Fact]:
        """Those of the oldest facts that have happened."""
        if not self._is_doubtful:
            return heard[:count]
        places: dict[tuple[str, str, str], None] = {}
        for _, kind, _, details in heard:
            arn = details.get("arn", "").split(":", 5)
            if len(arn) == 6:
                places[kind.partition(".")[0], arn[4], arn[3]] = None
        wrong: set[int] = set()
        for name, account_id, region_name in places:
            service = self._world.known_service(name, account_id, region_name) if name in _MEASURED else None
            if service is not None:
                wrong.update(service.not_so(heard))
        return [fact for number, fact in enumerate(heard[:count]) if number not in wrong]

    def _finish(self) -> None:
        taken = self._taken
        if taken is None:
            return
        for service, staged in taken.staged:
            service.write(staged)
        if self.heard is taken.heard:
            self.heard = taken.heard[taken.count :]
            if taken.is_all:
                self._is_doubtful = False
        self.until = taken.until
        self._taken = None


class _Taken:
    """What is being written: samples, and the facts of which they are."""

    __slots__ = ("count", "heard", "is_all", "staged", "until")

    def __init__(
        self,
        staged: list[tuple[Any, list[tuple[Metric, int, str, Samples]]]],
        heard: list[Fact],
        count: int,
        until: int,
        *,
        is_all: bool,
    ) -> None:
        self.staged = staged
        self.heard = heard
        self.count = count
        """How many of the facts, from the oldest on."""
        self.until = until
        self.is_all = is_all
