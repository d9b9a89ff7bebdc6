"""A replay: the events of an archive from some minutes, put on its bus once more.

It is made when whatever comes next happens: a call, a move of the clock. True is how many events it has put (``done``);
each event that it puts is caused by that count, so one that was interrupted goes on behind the last that has happened.
Replayed events are what they were, with ``replay-name`` behind all else [where it stands: inferred], and are not
archived again. [EventBridge user guide]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ...core.json_text import compact
from ...core.timestamps import datetime_of, datetime_to_the_millisecond
from .event import Event

if TYPE_CHECKING:
    from ...core.timeline import Event as Due
    from .archive import Archive
    from .protocols import State

__all__ = ["Replay"]

RUNNING: Final = ("STARTING", "RUNNING")


class _Step:
    """That a replay has put its event of that number: a cause."""

    __slots__ = ("_number", "_replay")

    def __init__(self, replay: Replay, number: int) -> None:
        self._replay = replay
        self._number = number

    @property
    def happened(self) -> bool:
        """Whether it has."""
        return self._replay.done > self._number


class Replay:
    """A replay."""

    __slots__ = (
        "archive",
        "arn",
        "description",
        "destination",
        "done",
        "end",
        "ended",
        "events",
        "latest",
        "name",
        "start",
        "started",
        "state",
        "timer",
    )

    def __init__(
        self, name: str, arn: str, archive: Archive, start: int, end: int, destination: dict[str, Any], now: int
    ) -> None:
        self.name = name
        self.arn = arn
        self.archive = archive
        self.start = start
        self.end = end
        self.destination = destination
        self.started = now
        self.ended: int | None = None
        self.description: str | None = None
        self.state = "STARTING"
        self.events = sorted(
            (event for event in archive.kept(now) if start <= event.time <= end), key=lambda event: event.time
        )
        """What it has to put, and has put."""
        self.done = 0
        self.latest: int | None = None
        """The time of the last event that it has put."""
        self.timer: Due | None = None

    def follow(self, state: State, now: int) -> None:
        """Have it go on. May be done again."""
        if self.state in RUNNING and (self.timer is None or self.timer.callback is None):
            self.timer = state.world.timeline.schedule(now, partial(self._run, state))

    def mend(self, now: int) -> None:
        """Nothing: its event of the timeline is there until it has ended."""

    def _run(self, state: State, now: int) -> None:
        if self.state not in RUNNING:
            return
        self.state = "RUNNING"
        bus = self.archive.bus
        is_there = state.buses.items.get(bus.name) is bus
        only = self.destination.get("FilterArns") or None
        for events in (bus.events, *(rule.events for rule in bus.rules.items.values())):
            while events and not events[-1].happened:
                events.pop()  # of a step that was interrupted: with the count it would have happened, twice
        while is_there and self.done < len(self.events):
            original = self.events[self.done]
            members = {**original.members, "replay-name": self.name}
            event = Event(
                original.event_id,
                original.source,
                original.detail_type,
                compact(members),
                now,
                original.time,
                _Step(self, self.done),
            )
            rules = state.route(now, bus, event, only, is_replayed=True)
            self.latest = original.time
            self.done += 1
            state.tell(now, bus, event, rules)
        self.ended = now
        self.timer = None
        self.state = "COMPLETED"

    def outline(self) -> dict[str, Any]:
        """As it is listed."""
        answer: dict[str, Any] = {
            "ReplayName": self.name,
            "EventSourceArn": self.archive.arn,
            "State": self.state,
            "EventStartTime": datetime_of(self.start),
            "EventEndTime": datetime_of(self.end),
        }
        if self.latest is not None:
            answer["EventLastReplayedTime"] = datetime_of(self.latest)
        answer["ReplayStartTime"] = datetime_to_the_millisecond(self.started)
        if self.ended is not None:
            answer["ReplayEndTime"] = datetime_to_the_millisecond(self.ended)
        return answer

    def shown(self) -> dict[str, Any]:
        """As it is described."""
        outline = self.outline()
        answer: dict[str, Any] = {"ReplayName": self.name, "ReplayArn": self.arn}
        if self.description is not None:
            answer["Description"] = self.description
        answer["State"] = outline.pop("State")
        answer["EventSourceArn"] = outline.pop("EventSourceArn")
        answer["Destination"] = self.destination
        return {**answer, **outline}

    def __repr__(self) -> str:
        return f"<replay {self.name} of {self.archive.name}: {self.state}>"
