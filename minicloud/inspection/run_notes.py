"""What the accounts of messages and records say of the runs of functions that they were in.

An account has a *note* for each run, among the events of its message: which run it was, and what came of it for this
message. A run that lasts has two, where it begins and where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from ..core import facts
from ..core.shown import cut, escaped
from ..core.timeline import SECOND
from .text import ordinal
from .trace_event import TraceEvent

__all__ = ["Account", "Note", "RunNotes"]

_LONGEST = 500


class Account(Protocol):
    """Of a message or a record."""

    events: list[TraceEvent]


class Note(TraceEvent):
    """Something that a function or its mapping did with a message or a record, or that it follows from."""

    __slots__ = ("how",)

    def __init__(self, event: TraceEvent, how: str) -> None:
        super().__init__(event.time_ns, event.kind, event.resource, event.details, event.actor, event.number)
        self.how = how
        """What came of it; empty while nothing has."""

    @property
    def text(self) -> str:
        """It in words."""
        details = self.details
        if not self.kind.startswith("lambda."):
            return escaped(self.how, _LONGEST)
        number = f"run {details['run']}" if details.get("run") else "a run"
        attempt = details.get("attempt") or 1
        again = f", {ordinal(attempt)} attempt" if attempt > 1 and details.get("run") else ""
        run = f"{number} of {escaped(self.resource, 80)}{again}"
        return escaped(f"{run}: {self.how}", _LONGEST) if self.how else f"{run} begins"


class _Part:
    """What one message is of a run."""

    def __init__(self, name: str, account: Account, note: Note) -> None:
        self.name = name
        """In the facts of the run."""
        self.account = account
        self.note = note


class RunNotes:
    """Puts notes into accounts, as the facts of runs come along."""

    def __init__(self) -> None:
        self._runs: dict[str, list[_Part]] = {}
        """By request id, those that are not over."""

    def begin(self, event: TraceEvent, accounts: Mapping[str, Account]) -> None:
        """A run begins, or is throttled. ``accounts`` are those of what it is about, by id or sequence number."""
        how = "throttled" if event.kind == facts.LAMBDA_THROTTLED else ""
        parts = [_Part(name, account, _add(account, event, how)) for name, account in accounts.items()]
        if not how:
            self._runs[event.details["request_id"]] = parts

    def end(self, event: TraceEvent) -> None:
        """A run has ended."""
        how = _outcome(event)
        for part in self._runs.get(event.details.get("request_id", ""), ()):
            if event.time_ns == part.note.time_ns and part.account.events[-1] is part.note:
                part.note.how = how
            else:
                part.note = _add(part.account, event, how)

    def handled(self, event: TraceEvent) -> None:
        """A mapping has judged what came of a run."""
        failed = set(event.details["failed"])
        for part in self._runs.pop(event.details["request_id"], ()):
            if part.name in failed and part.note.how.startswith("succeeded"):
                part.note.how = "reported as failed" if "message_ids" in event.details else "not done"

    @staticmethod
    def tell(event: TraceEvent, accounts: Iterable[Account], how: str) -> None:
        """A mapping has decided something else about messages or records."""
        for account in accounts:
            _add(account, event, how)


def _add(account: Account, event: TraceEvent, how: str) -> Note:
    note = Note(event, how)
    account.events.append(note)
    return note


def _outcome(event: TraceEvent) -> str:
    lasted = event.details.get("lasted") or 0
    after = f" after {lasted / SECOND:g} s" if lasted else ""
    if event.kind == facts.LAMBDA_SUCCEEDED:
        return f"succeeded{after}"
    if event.kind == facts.LAMBDA_TIMED_OUT:
        return f"timed out{after}"
    return f"failed{after} ({cut(event.details['reason'], 160)})"
