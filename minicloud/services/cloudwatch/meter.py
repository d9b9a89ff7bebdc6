"""The meter of a cloud: what happens in its services becomes metrics of CloudWatch.

There is none before CloudWatch is first used, so a cloud that never asks pays nothing. Then what the trace has recorded
so far is counted once, and from there on the meter hears each fact that services tell. Hearing is one step: a fact is
made rows (``counted``), and they are put into ``heard``. They are written to the metrics later, when somebody asks, or
when a full minute comes.

**Gauges** are sampled at full minutes, and what they are then is of the minute that ends: of the one that is under way
they are what they are now (``present``). The meter has an event on the timeline at the next one. It sleeps when nothing
can change: nothing was told since the last minute, and nothing in a service ends by itself before the next. While it
sleeps there is no event; what the minutes between had is known then from the last sample, of which only ages grow, and
is written when somebody asks or when something happens. So an idle cloud's timeline empties.

True are ``heard``, ``sampled`` and ``until``; what is being written is ``_staged``, as in ``CloudWatchState.put``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ...core.gauges import Gauge
from ...core.timeline import SECOND, Event
from .counted import Row, corrected, rows_of
from .gauges import sample_of
from .metric import MINUTE, Key, Metric, Samples

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["Meter"]

_MEASURED: Final = ("sqs", "sns", "kinesis", "lambda")
_IDLE: Final = 6 * 3600 * SECOND
"""How long after the last thing that happened to it an empty queue still has gauges. [SQS developer guide: metrics]"""


class Meter:
    """Counts and measures for all accounts and regions of a cloud."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.heard: list[Row] = []
        """What has happened and is not in the metrics yet."""
        self.until = 0
        """The full minute up to which gauges are written."""
        self.sampled: list[Gauge] = []
        """What the gauges were when they were last sampled, at ``until`` or before."""
        self.touched: dict[str, int] = {}
        """When something last happened to what has an ARN."""
        self._has_news = False
        """Whether something was told since gauges were last sampled."""
        self._tick: Event | None = None
        self._staged: list[tuple[Any, list[tuple[Metric, int, str, Samples]]]] = []
        self._taken: list[Row] | None = None
        """The rows that are being written."""
        self._staged_until = 0

    def begin(self, now: int) -> None:
        """Count what is recorded, and all that is told from now on. O(record)."""
        heard: list[Row] = []
        for moment, kind, resource, details in self._world.peers.recorded():
            _add(heard, rows_of(moment, kind, resource, details), corrected(kind, details))
        self.heard = heard
        self.until = now - now % MINUTE
        self._world.meter = self
        self._world.peers.listen()
        self._sample(now)
        self._keep_ticking(now)

    def reset(self) -> None:
        """Forget what was heard; gauges are sampled again from the next use on."""
        self.heard = []
        self.sampled = []
        self.touched = {}
        self._staged = []
        self._taken = None
        self._tick = None
        self.until = 0

    def mend(self, now: int) -> None:
        """Finish what was being written; have the event at the next minute on the timeline."""
        self._finish()
        self._has_news = True
        self._keep_ticking(now)

    # --- counts -------------------------------------------------------------------------------------------------------

    def fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """Hear a fact, as ``World.trace`` tells it."""
        self.hear(now, kind, resource, details)

    def hear(self, now: int, kind: str, resource: str, details: dict[str, Any]) -> None:
        """Hear a fact. O(1)."""
        rows = rows_of(now, kind, resource, details)
        if rows:
            _add(self.heard, rows, corrected(kind, details))
        arn = details.get("arn")
        if arn is not None:
            self.touched[arn] = now
        if not self._has_news:
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

    def present(self, now: int) -> Iterator[tuple[str, str, Key, int, str, Samples]]:
        """What gauges are at this moment, for the minute that is under way: account, region, and the sample."""
        for gauge in self._gauges(now):
            yield sample_of(gauge, now, now - now % MINUTE)

    # --- gauges -------------------------------------------------------------------------------------------------------

    def _gauges(self, now: int) -> Iterator[Gauge]:
        touched = self.touched
        for service in self._services():
            service.catch_up(now)
            for gauge in service.gauges(now):
                if gauge.is_idle and now - touched.setdefault(gauge.arn, now) > _IDLE:
                    continue
                yield gauge

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
        place = [region_name, account_id]
        return any(
            (one.namespace, one.name, one.dimensions) == key and not one.is_idle and one.arn.split(":")[3:5] == place
            for one in self.sampled
        )

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

    def _write(self, now: int) -> None:
        """Write what was heard, and gauges of the minutes up to now as they were last sampled."""
        self._finish()
        upto = now - now % MINUTE
        if not self.heard and upto <= self.until:
            return
        found: dict[tuple[str, str], list[tuple[Key, int, str, Samples]]] = {}
        for account_id, region_name, *sample in self._rows(upto):
            found.setdefault((account_id, region_name), []).append(tuple(sample))
        staged = []
        for place, samples in found.items():
            service = self._world.find_service("cloudwatch", *place)
            staged.append((service, service.stage(samples)))
        self._staged_until = max(upto, self.until)
        self._staged = staged
        self._taken = self.heard
        self._finish()

    def _rows(self, upto: int) -> Iterable[Any]:
        for arn, now, namespace, name, dimensions, unit, value, count, _ in self.heard:
            _, _, _, region_name, account_id, _ = arn.split(":", 5)
            samples = Samples({value: count})
            yield account_id, region_name, (namespace, name, dimensions), now - now % MINUTE, unit, samples
        for minute in range(self.until + MINUTE, upto + 1, MINUTE):
            for gauge in self.sampled:
                if gauge.is_idle and minute - self.touched.get(gauge.arn, minute) > _IDLE:
                    continue
                yield sample_of(gauge, minute, minute - MINUTE)

    def _finish(self) -> None:
        taken = self._taken
        if taken is None:
            return
        for service, staged in self._staged:
            service.write(staged)
        if self.heard is taken:
            self.heard = []
        self.until = self._staged_until
        self._staged = []
        self._taken = None


def _add(heard: list[Row], rows: list[Row], mark: object) -> None:
    """Add rows; the first takes the place of the one with that mark, where there is one. One step."""
    if mark is not None:
        for place in range(len(heard) - 1, -1, -1):
            if heard[place][-1] == mark:
                heard[place : place + 1] = rows
                return
    heard += rows
