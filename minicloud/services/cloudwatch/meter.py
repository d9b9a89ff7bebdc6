"""The meter of a cloud: what happens in its services becomes metrics of CloudWatch.

There is none before CloudWatch is first used, so a cloud that never asks pays nothing. Then what the trace has recorded
so far is counted once, and from there on the meter hears each fact that services tell. Hearing is one step: a fact is
put into ``heard`` as it comes. Rows are made of facts (``counted``), and written to the metrics, when somebody asks,
when a full minute comes, or when there are very many.

**What was interrupted.** A service tells a fact before the step that makes it true. So after an interruption some of
the facts may be of what has not happened: before they are written, services say which (``ServiceState.not_so``).

**Gauges** are measured at full minutes, and what they are then is of the minute that ends: of the one that is under way
they are what they are now. The meter has an event on the timeline at the next one. It sleeps when nothing can change:
nothing was told since the last minute, and nothing in a service ends by itself before the next. While it sleeps there
is no event, so an idle cloud's timeline empties. What has not changed costs nothing: it is a span of minutes that is
still open (``gauges``), and lasts to ``until``.

True are ``heard``, ``measured``, ``open`` and ``until``; what is being written is ``_taken``, as in
``CloudWatchState.put``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ...core.gauges import Gauges
from ...core.timeline import Event
from .counted import counts_of
from .gauges import OpenSpan, Whose, compare, opened, place_of
from .metric import MINUTE, Key, Span
from .rows import Fact

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["Meter"]

_MEASURED: Final = ("sqs", "sns", "kinesis", "lambda", "application-autoscaling")
Thing: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
"""What is measured: its ARN, and dimensions."""


class Meter:
    """Counts and measures for all accounts and regions of a cloud."""

    most_heard: Final = 20_000
    """How many facts are kept at most before the older half of them is written."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.heard: list[Fact] = []
        """What has happened and is not in the metrics yet."""
        self.until = 0
        """The full minute up to which gauges are written."""
        self.measured: dict[Thing, Gauges] = {}
        """What the gauges were when they were measured last, at ``until`` or before."""
        self.open: dict[Whose, OpenSpan] = {}
        """Since when they are that, by metric."""
        self.touched: dict[str, int] = {}
        """When something last happened to what has an ARN."""
        self.has_news = False
        """Whether something was told since gauges were measured last."""
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
        self._begin_measuring(now)
        self._keep_ticking(now)

    def reset(self) -> None:
        """Forget what was heard; gauges are measured again from the next use on."""
        self.heard = []
        self.measured = {}
        self.open = {}
        self.touched = {}
        self._is_doubtful = False
        self._taken = None
        self._tick = None
        self.until = 0

    def mend(self, now: int) -> None:
        """Finish what was being written; have the event at the next minute on the timeline."""
        self._is_doubtful = True
        self._finish()
        self.has_news = True
        self._keep_ticking(now)

    # --- counts -------------------------------------------------------------------------------------------------------

    def fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """Hear a fact, as ``World.trace`` tells it. O(1). Where there is a record, too, its side does the same."""
        heard = self.heard
        heard.append((now, kind, resource, details))
        if not self.has_news or len(heard) >= self.most_heard:
            self.notice(now)

    def notice(self, now: int) -> None:
        """What is measured may have changed: have it measured at the next full minute. O(log events).

        Also called when very much was heard, which is written then.
        """
        if not self.has_news:
            self.has_news = True
            if self._tick is None or self._tick.callback is None or self._tick.due > now - now % MINUTE + MINUTE:
                self._schedule(now - now % MINUTE + MINUTE)
        if len(self.heard) >= self.most_heard:
            self._write(self.until, self.most_heard // 2)  # the latest may be of a call that has not ended

    def unwritten(self) -> dict[tuple[str, str], dict[tuple[Key, int, str], dict[float, float]]]:
        """What was heard and is not in the metrics: how often each value came. Changes nothing. O(what was heard)."""
        return counts_of(list(self.heard))

    def catch_up(self, now: int) -> None:
        """Have everything in the metrics that happened until now, and gauges of the minute that is under way.

        O(what was heard since, and minutes since).
        """
        if not self.until:
            self.until = now - now % MINUTE
            self._begin_measuring(now)
        self._write(now)
        if self.has_news:
            self._keep_ticking(now)

    # --- gauges -------------------------------------------------------------------------------------------------------

    def spans(self, place: tuple[str, str], key: Key, now: int | None = None) -> list[Span]:
        """What a gauge is, that is in no metric yet; with what it is now, in the minute that is under way. O(1).

        O(gauges) where it was not measured yet.
        """
        span = self.open.get((place, key))
        found = [] if span is None else [span.until(self.until)]
        if now is None or not key[0].startswith(("AWS/", "ECS/")):
            return found
        minute = now - now % MINUTE
        for gauges in self._gauges(now, None if span is None else span.arn):
            there = opened(gauges, minute, self.touched.get(gauges.arn, now)).get((place, key))
            if there is not None and there.until(minute + MINUTE).end > minute:
                found.insert(0, Span(minute, minute + MINUTE, there.unit, there.value_at(now), None))
        return found

    def latest(self, place: tuple[str, str], key: Key) -> int:
        """The latest full minute of which a gauge is, as far as it is in no metric; -1 when there is none. O(1)."""
        span = self.open.get((place, key))
        end = -1 if span is None else span.until(self.until).end
        return -1 if span is None or end <= span.first else end - MINUTE

    def rests(self, place: tuple[str, str], key: Key) -> bool:
        """Whether a gauge goes on as it is, or as its age grows, until something happens. O(1)."""
        span = None if self.has_news else self.open.get((place, key))
        return span is not None and not span.is_idle

    def _gauges(self, now: int, arn: str | None = None) -> Iterator[Gauges]:
        for service in self._services():
            if arn is None or place_of(arn) == (service.account_id, service.region_name):
                service.catch_up(now)
                yield from service.gauges(now, arn)

    def _services(self) -> Iterator[Any]:
        for name in _MEASURED:
            yield from self._world.services(name)

    def _begin_measuring(self, now: int) -> None:
        """Have all spans begin with the minute that is under way."""
        minute, measured, spans = now - now % MINUTE, {}, {}
        for gauges in self._gauges(now):
            measured[gauges.arn, gauges.dimensions] = gauges
            spans.update(opened(gauges, minute, self.touched.setdefault(gauges.arn, now)))
        made = []
        for place in dict.fromkeys(place for place, _ in spans):
            service = self._world.find_service("cloudwatch", *place)
            made.append((service, service.stage({}, {}, [key for whose, key in spans if whose == place])))
        self._taken = _Taken(made, self.heard, 0, self.until, measured, spans)
        self.has_news = False
        self._finish()

    def _on_minute(self, now: int) -> None:
        """A full minute has come."""
        self._tick = None
        self._write(now, measures=True)
        self._keep_ticking(now)
        for service in self._world.services("cloudwatch"):
            service.alarms.wake(now)

    def is_due(self, now: int) -> bool:
        """Whether gauges are still to be measured at this moment."""
        tick = self._tick
        return tick is not None and tick.callback is not None and tick.due <= now

    def _keep_ticking(self, now: int) -> None:
        """Have the event at the next full minute on the timeline at which gauges may have changed, if there is one."""
        minute = now - now % MINUTE + MINUTE
        if not self.has_news:
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

    def _write(self, now: int, most: int | None = None, *, measures: bool = False) -> None:
        """Write what was heard, or so many of the oldest facts; ``measures`` the gauges, too, at a full minute."""
        self._finish()
        minute = now - now % MINUTE
        upto = self.until if most is not None else max(minute, self.until)
        measured, spans = self.measured, self.open
        # What services notice now, they tell; so they are looked at before that is taken.
        gauges = list(self._gauges(now)) if measures else []
        heard = self.heard
        if not heard and not measures:
            self.until = upto
            return
        count = len(heard) if most is None else most
        touched = self.touched
        touched.update({details["arn"]: moment for moment, _, _, details in heard[:count] if "arn" in details})
        found: dict[tuple[str, str], Any] = counts_of(self._so(heard, count))
        ended: dict[Whose, list[Span]] = {}
        if measures:
            over, measured, spans = self._compared(gauges, minute)
            for whose, open_span in over.items():
                span = open_span.until(minute - MINUTE)
                if span.end - span.start == MINUTE:
                    (value,) = span.at(span.start).values
                    counts = found.setdefault(whose[0], {}).setdefault((whose[1], span.start, span.unit), {})
                    counts[value] = counts.get(value, 0.0) + 1.0
                elif span.end > span.start:
                    ended.setdefault(whose, []).append(span)
        staged = []
        places = dict.fromkeys((*found, *(place for place, _ in ended), *self._new_places(spans)))
        for place in places:
            service = self._world.find_service("cloudwatch", *place)
            own = {key: some for (whose, key), some in ended.items() if whose == place}
            made = [key for whose, key in spans.keys() - self.open.keys() if whose == place]
            staged.append((service, service.stage(found.get(place, {}), own, made)))
        self._taken = _Taken(staged, heard, count, upto, measured, spans, is_all=most is None)
        if measures:
            self.has_news = False
        self._finish()

    def _new_places(self, spans: dict[Whose, OpenSpan]) -> set[tuple[str, str]]:
        return set() if spans is self.open else {place for place, _ in spans.keys() - self.open.keys()}

    def _compared(
        self, gauges: list[Gauges], minute: int
    ) -> tuple[dict[Whose, OpenSpan], dict[Thing, Gauges], dict[Whose, OpenSpan]]:
        """Which spans are over at the end of a minute, what was measured, and which spans are open now."""
        before, known, touched = self.measured, self.open, self.touched
        measured: dict[Thing, Gauges] = {}
        over: dict[Whose, OpenSpan] = {}
        new: dict[Whose, OpenSpan] = {}
        for one in gauges:
            thing = one.arn, one.dimensions
            measured[thing] = one
            was = before.get(thing)
            moment = touched.setdefault(one.arn, minute)
            if was != one or (one.is_idle and moment >= minute - MINUTE):
                ended, begun = compare(was, one, known, minute - MINUTE, moment)
                over |= ended
                new |= begun
        for thing in before.keys() - measured.keys():
            over |= compare(before[thing], None, known, minute, 0)[0]
        if not over and not new:
            return over, measured, known
        return over, measured, {**{whose: span for whose, span in known.items() if whose not in over}, **new}

    def _so(self, heard: list[Fact], count: int) -> list[Fact]:
        """Those of the oldest facts that have happened."""
        if not self._is_doubtful:
            return heard[:count]
        places: dict[tuple[str, str, str], None] = {}
        for _, kind, _, details in heard:
            if "arn" in details:
                places[kind.partition(".")[0], *place_of(details["arn"])] = None
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
        self.measured = taken.measured
        self.open = taken.open
        self._taken = None


class _Taken:
    """What is being written: samples and spans, and the facts of which they are."""

    __slots__ = ("count", "heard", "is_all", "measured", "open", "staged", "until")

    def __init__(
        self,
        staged: list[tuple[Any, Any]],
        heard: list[Fact],
        count: int,
        until: int,
        measured: dict[Thing, Gauges],
        spans: dict[Whose, OpenSpan],
        *,
        is_all: bool = False,
    ) -> None:
        self.staged = staged
        self.heard = heard
        self.count = count
        """How many of the facts, from the oldest on."""
        self.until = until
        self.measured = measured
        self.open = spans
        self.is_all = is_all
