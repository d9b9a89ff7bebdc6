"""What functions were given to do, and how far each has come with it, as a record tells.

A piece of *work* is a message or a record that a mapping has taken for a function, or an event. It is taken, run
(perhaps several times), and done, filtered or given up. Made from events alone, in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..core import facts
from ..core.shown import counted, cut, escaped
from .text import describe
from .trace_event import TraceEvent

__all__ = ["Work", "Works"]


class Work:
    """Something for one function to do."""

    __slots__ = ("event", "function", "is_done", "kind", "name", "reason", "run", "state")

    def __init__(self, function: str, name: str, kind: str) -> None:
        self.function = function
        """The name of the function."""
        self.name = name
        """The id of the message, the number of the record, the id of the request."""
        self.kind = kind
        """``"message"``, ``"record"`` or ``"event"``."""
        self.state = "taken"
        """``"taken"``, ``"running"``, ``"failing"``, ``"done"``, ``"filtered"`` or ``"given up"``."""
        self.reason = ""
        """Why it fails, or was given up."""
        self.run: int | None = None
        """The latest run that it was in."""
        self.event: TraceEvent
        """What has happened to it last."""
        self.is_done = False
        """Whether a run has ever been done with it, or its filters did not want it."""


class Works:
    """All the work that some events tell of."""

    def __init__(self, events: Iterable[TraceEvent]) -> None:
        self.all: dict[tuple[str, str], Work] = {}
        """By function and name, in the order in which they were met."""
        self.lost: list[TraceEvent] = []
        """What tells that a destination was not told, or that records went before they were read."""
        self.discarded: list[TraceEvent] = []
        """What tells that records were given up."""
        self._in_run: dict[str, list[Work]] = {}
        for event in events:
            post = _POSTINGS.get(event.kind)
            if post is not None:
                post(self, event)

    def of(self, name: str) -> list[Work]:
        """What a message or a record was to the functions that it was taken for. O(work)."""
        return [work for work in self.all.values() if work.name == name]

    def _works(self, event: TraceEvent, function: str) -> list[Work]:
        details = event.details
        if "message_ids" in details:
            kind, names = "message", details["message_ids"]
        elif "numbers" in details:
            kind, names = "record", details["numbers"]
        else:
            kind, names = "event", [details["request_id"]]
        found = []
        for name in names:
            work = self.all.get((function, name))
            if work is None:
                work = self.all[function, name] = Work(function, name, kind)
            work.event = event
            found.append(work)
        return found

    def _set(self, works: Iterable[Work], state: str, reason: str = "") -> None:
        for work in works:
            work.state, work.reason = state, reason
            work.is_done = work.is_done or state in ("done", "filtered")

    def _taken(self, event: TraceEvent) -> None:
        self._set(self._works(event, event.details["function"]), "taken")

    def _filtered(self, event: TraceEvent) -> None:
        self._set(self._works(event, event.details["function"]), "filtered")

    def _begun(self, event: TraceEvent) -> None:
        works = self._works(event, event.resource)
        self._in_run[event.details["request_id"]] = works
        for work in works:
            work.run = event.details.get("run")
            work.state = "running"

    def _throttled(self, event: TraceEvent) -> None:
        self._set(self._works(event, event.resource), "failing", f"throttled ({event.details['reason']})")

    def _failed(self, event: TraceEvent) -> None:
        reason = "timed out" if event.kind == facts.LAMBDA_TIMED_OUT else event.details["reason"]
        self._set(self._works(event, event.resource), "failing", reason)

    def _succeeded(self, event: TraceEvent) -> None:
        works = self._works(event, event.resource)
        if any(work.kind == "event" for work in works):
            self._set(works, "done")

    def _handled(self, event: TraceEvent) -> None:
        failed = set(event.details["failed"])
        for work in self._in_run.pop(event.details["request_id"], ()):
            if work.name not in failed:
                self._set([work], "done")
            elif work.state == "running":
                self._set([work], "failing", "reported as failed")

    def _discarded(self, event: TraceEvent) -> None:
        self.discarded.append(event)
        if "numbers" in event.details:
            self._set(self._works(event, event.details["function"]), "given up", event.details["why"])

    def _given_up(self, event: TraceEvent) -> None:
        reason = event.details.get("reason")
        condition = event.details["condition"]
        self._set(self._works(event, event.resource), "given up", f"{condition}: {reason}" if reason else condition)

    def _lost(self, event: TraceEvent) -> None:
        self.lost.append(event)

    # --- what is not as it should be --------------------------------------------------------------------------------

    def complaints(self) -> list[str]:
        """What was given up, lost or left failing, what is alike on one line."""
        alike: dict[tuple[str, str, str, str], list[Work]] = {}
        for work in self.all.values():
            if work.state in ("failing", "given up"):
                source = work.event.details.get("trigger") or work.event.resource
                alike.setdefault((work.function, source, work.state, work.reason), []).append(work)
        told = [_complaint(*key, works) for key, works in alike.items()]
        told += [
            f"{escaped(event.resource, 80)}: {describe(event)}"
            for event in [*(event for event in self.discarded if "numbers" not in event.details), *self.lost]
        ]
        return told


def _complaint(function: str, source: str, state: str, reason: str, works: list[Work]) -> str:
    name, first = escaped(function, 80), works[0]
    why = cut(reason, 160)
    run = f", run {works[-1].run}" if works[-1].run is not None else ""
    if first.kind == "event":
        count = counted(len(works), "event")
        verb = "has failed at" if state == "failing" else "has given up"
        return f"{name} {verb} {count} of {escaped(source, 120)} ({why}{run})"
    what = f"{counted(len(works), first.kind)} of {escaped(source.rpartition(':')[2], 120)}"
    if state == "given up":
        return f"{name} has given up {what} ({why}{run})"
    return (
        f"{name} has failed at {what}, and not been done with {'it' if len(works) == 1 else 'them'} since ({why}{run})"
    )


_POSTINGS: dict[str, Callable[[Works, TraceEvent], Any]] = {
    facts.LAMBDA_FAILED: Works._failed,
    facts.LAMBDA_GIVEN_UP: Works._given_up,
    facts.LAMBDA_INVOKED: Works._begun,
    facts.LAMBDA_LOST: Works._lost,
    facts.LAMBDA_SUCCEEDED: Works._succeeded,
    facts.LAMBDA_THROTTLED: Works._throttled,
    facts.LAMBDA_TIMED_OUT: Works._failed,
    facts.MAPPING_DESTINATION_FAILED: Works._lost,
    facts.MAPPING_DISCARDED: Works._discarded,
    facts.MAPPING_FILTERED: Works._filtered,
    facts.MAPPING_HANDLED: Works._handled,
    facts.MAPPING_TAKEN: Works._taken,
}
