"""The record of what happened in a cloud: bounded, ordered, off unless somebody wants it.

Two sorts of facts arrive here: calls, with their outcome, from the clients, and what the services did, for a call or on
their own (a message became visible again, moved to a dead-letter queue, was taken for a duplicate). Everything that
explains a run is made from this record: its text and its page (``timeline_text``, ``timeline_page``), the ledger of
each message (``ledger``), the assertions and the verdicts.

A queue notices that a timeout has ended when it is next used, so a fact may be older than the one before it. Before
somebody reads the record, ``catch_up`` has every queue notice what has happened so far.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from threading import current_thread, local
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..core.unset import UNSET
from ..engine.interception import with_watcher
from ..exceptions import AwsError, UsageError

if TYPE_CHECKING:
    from os import PathLike

    from ..cloud import Cloud
    from ..core.operation import Operation

__all__ = ["LIMIT", "Recorder", "TraceEvent"]

LIMIT = 10_000
"""How many events are kept when nobody says otherwise."""

_POLLS = frozenset({facts.SQS_POLL_BEGAN, facts.SQS_POLL_FILLED, facts.SQS_POLL_ENDED_EMPTY})
_COME_ACROSS = facts.BY_THEMSELVES - {
    facts.KINESIS_SHARD_SPLIT,
    facts.KINESIS_SHARDS_MERGED,
    facts.KINESIS_STREAM_DELETED,
    facts.KINESIS_STREAM_SCALED,
    facts.KINESIS_STREAM_UPDATED,
}
"""What no call does: a stream that changes at once has done so for the call."""
_SPECIAL = _COME_ACROSS | _POLLS
_FILLING = 32
"""Within how many entries before it stands what filled a poll."""

Entry = tuple[Any, ...]
"""What is recorded, as bare as it comes: (number, time, kind, resource, details, actor) of a fact, and (number, time,
operation, service, values of its parameters, actor, told) of a call that was answered. Events are made of it when
somebody reads: far more is recorded than read."""


class TraceEvent:
    """One fact: ``kind`` says what (``"sqs.message.received"``, ``"call"``), ``resource`` to what."""

    __slots__ = ("actor", "details", "kind", "number", "resource", "time_ns", "told")

    def __init__(
        self,
        time_ns: int,
        kind: str,
        resource: str,
        details: Mapping[str, Any],
        actor: str = "",
        number: int = 0,
        told: bool = False,
    ) -> None:
        self.number = number
        """Its place in the record, which is the true order of the events of one message or stream."""
        self.time_ns = time_ns
        """When, in nanoseconds since the epoch."""
        self.kind = kind
        self.resource = resource
        self.details = details
        """More about it, by name; of a call, the parameters that were given."""
        self.actor = actor
        """The name of the task or thread that was at work: the caller's, or the poller's that was waiting."""
        self.told = told
        """Whether it is a call of which other events say what it did."""

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime_of(self.time_ns)

    def __repr__(self) -> str:
        return f"<TraceEvent {self}>"

    def __str__(self) -> str:
        details = " ".join(
            f"{name}={_short(value)}"
            for name, value in self.details.items()
            if value is not None and name not in facts.FOR_PROGRAMS
        )
        time = f"{self.time:%Y-%m-%d %H:%M:%S}.{self.time_ns % SECOND // 1_000_000:03d}"
        return f"{time}  {self.kind:<28} {self.resource}  {details}"


class Recorder:
    """``cloud.trace``: the latest events, oldest first. Iterate it, ``render()`` it as text, or ``to_html()``."""

    # Set when it is started, for making a cloud is to cost little: a test makes one, and most are not traced.
    _since: int | None = None
    _mine: _Mine
    _append: Callable[[Entry], None]
    _running_loop: Any = None
    _current_task: Any = None
    """asyncio's functions of these names, once asyncio is there."""

    def __init__(self, cloud: Cloud, limit: int | None = LIMIT) -> None:
        self._cloud = cloud
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._number = count(1).__next__
        self._pollers: dict[tuple[str, int], str] = {}
        """Who waits in which poll of which queue."""
        self._users: dict[int, Any] = {}

    # --- on and off -------------------------------------------------------------------------------------------------

    def start(self, limit: int | None = LIMIT) -> None:
        """Record from now on, the latest ``limit`` events (None: all). While off, tracing costs a call one test."""
        if limit != self._entries.maxlen:
            self._entries = deque(self._entries, limit)
        self._append = self._entries.append
        if self._since is None:
            self._since = self._cloud.time_ns()
            self._mine = _Mine()
        self._cloud.world.trace = self._fact
        self._cloud.probe = with_watcher(self._cloud.probe, self)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        self._cloud.world.trace = None
        self._cloud.probe = with_watcher(self._cloud.probe, None)

    def clear(self) -> None:
        """Forget what was recorded."""
        self._entries.clear()
        self._number = count(1).__next__
        self._pollers.clear()

    @property
    def is_on(self) -> bool:
        """Whether it records."""
        return self._cloud.world.trace is not None

    @property
    def dropped(self) -> int:
        """How many events were forgotten because there were more than the limit."""
        return self._entries[0][0] - 1 if self._entries else 0

    def mark(self) -> tuple[object, int]:
        """Stands for how far the record has come; for ``since``."""
        return self._number, self._entries[-1][0] if self._entries else 0

    def demand(self, purpose: str) -> None:
        """Have the record brought up to date. Raises ``UsageError`` when nothing was recorded since it never began."""
        if self._since is None:
            raise UsageError(
                f"{purpose} needs the trace, which is off: make the cloud with Cloud(trace=True), or call "
                "cloud.trace.start() before the code under test runs (the pytest fixtures have it on)"
            )
        self.catch_up()

    def catch_up(self) -> None:
        """Have everything noticed that is due, and every queue notice whose timeouts have ended. O(queues)."""
        cloud = self._cloud
        with cloud.lock:
            if cloud.closed or self._since is None:
                return
            now = cloud.time_ns()
            if now >= cloud.timeline.next_due:
                cloud.settle(now)
            for (name, _, _), service in cloud._services.items():
                if name == "sqs":
                    for queue in service.queues.values():
                        queue.refresh(now)

    # --- reading ----------------------------------------------------------------------------------------------------

    def of(self, *kinds: str) -> list[TraceEvent]:
        """The events of some kinds, oldest first. O(n)."""
        return [_event(entry) for entry in self._read() if ("call" if len(entry) == 7 else entry[2]) in kinds]

    def since(self, mark: tuple[object, int]) -> list[TraceEvent]:
        """The events from after ``mark``, oldest first; all there are when it was cleared since. O(n)."""
        self.catch_up()
        first = mark[1] + 1 if mark[0] == self._number else 0
        return [_event(entry) for entry in self._read() if entry[0] >= first]

    def render(self, last: int | None = None) -> str:
        """What happened, as text: a line per event in order of time, what repeats folded.

        ``last`` keeps the last so many lines. A call is left out where what it did is told anyway.
        """
        from .text import render

        self.catch_up()
        return render(list(self), last)

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write what happened as one page that needs nothing else: open it in a browser.

        Lanes per queue, topic, shard and consumer over the cloud's time, with zoom and search.
        """
        from .html import write

        self.catch_up()
        write(self._cloud, list(self), path, self.dropped)

    def save(self) -> tuple[Any, ...]:
        """What a snapshot of the cloud has to remember of it; for ``load``."""
        entries = list(self._entries)
        return entries, entries[-1][0] if entries else 0, dict(self._pollers)

    def load(self, saved: tuple[Any, ...]) -> None:
        """Be as it was when it was saved."""
        entries, last, pollers = saved
        self._entries.clear()
        self._entries.extend(entries)
        self._number = count(last + 1).__next__
        self._pollers = dict(pollers)

    def users(self) -> list[Any]:
        """The threads and tasks that have used the cloud since ``start`` and are not finished."""
        found = []
        for reference in list(self._users.values()):
            user = reference()
            if user is None:
                continue
            if user.is_alive() if hasattr(user, "is_alive") else not user.done():
                found.append(user)
        return found

    def __iter__(self) -> Iterator[TraceEvent]:
        return map(_event, self._read())

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<trace of {len(self._entries)} events, {'on' if self.is_on else 'off'}>"

    def _read(self) -> list[Entry]:
        """What is recorded; what a poll got is put down to who waited in it, not to who filled it."""
        entries = list(self._entries)
        for place, entry in enumerate(entries):
            if entry[2] == facts.SQS_POLL_FILLED:
                handles = entry[4]["handles"]
                for before in range(max(place - _FILLING, 0), place):
                    fact = entries[before]
                    if fact[2] == facts.SQS_MESSAGE_RECEIVED and fact[4]["handle"] in handles:
                        entries[before] = (*fact[:5], entry[5])
        return entries

    # --- called by clients and services: every line here is paid for by every call that is traced ---------------------

    def _fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        who = self._mine.who
        running_loop = self._running_loop
        actor = who.name if running_loop is not None and running_loop() is None else ""
        if not actor:
            actor = self._actor(who)
        if kind in _SPECIAL:
            if kind in _COME_ACROSS:
                self._append((self._number(), now, kind, resource, details, actor))
                return
            poller = self._poller(kind, details, actor)
            self._append((self._number(), now, kind, resource, details, poller))
        else:
            self._append((self._number(), now, kind, resource, details, actor))
        who.at_work = now
        who.actor = actor

    def answered(self, operation: Operation[..., Any], service: str, values: tuple[Any, ...], now: int) -> None:
        """A call was answered."""
        who = self._mine.who
        if who.at_work == now:
            who.at_work = -1
            self._append((self._number(), now, operation, service, values, who.actor, True))
        else:
            self._append((self._number(), now, operation, service, values, self._actor(who), False))

    def refused(
        self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int, error: AwsError
    ) -> None:
        """A call was answered with an error."""
        who = self._mine.who
        who.at_work = -1
        details = {"error": error.code, "message": error.message, **_given(params.items())}
        resource = f"{service}.{operation.name}"
        self._append((self._number(), now, facts.CALL_REFUSED, resource, details, self._actor(who)))

    def _poller(self, kind: str, details: Mapping[str, Any], actor: str) -> str:
        """Who waits in a poll that begins or ends."""
        key = details["arn"], details["poll"]
        if kind == facts.SQS_POLL_BEGAN:
            self._pollers[key] = actor
            return actor
        return self._pollers.pop(key, actor)

    def _actor(self, who: _Who) -> str:
        """The name of who is at work."""
        running_loop = self._running_loop
        if running_loop is None:
            asyncio = sys.modules.get("asyncio")  # never imported for this
            if asyncio is not None:
                running_loop = self._running_loop = asyncio._get_running_loop
                self._current_task = asyncio.current_task
        loop = None if running_loop is None else running_loop()
        task = None if loop is None else self._current_task(loop)
        if task is not None:
            if who.task is None or who.task() is not task:
                who.task = self._users[id(task)] = _ref(task)
            name: str = task.get_name()
            return name
        if not who.name:
            thread = current_thread()
            who.name = thread.name
            self._users[id(thread)] = _ref(thread)
        return who.name


class _Who:
    """What a recorder knows of a thread."""

    __slots__ = ("actor", "at_work", "name", "task")

    def __init__(self) -> None:
        self.name = ""
        self.task: Any = None
        """The task that was last seen here."""
        self.at_work = -1
        """When the latest fact was of a call that has not ended."""
        self.actor = ""
        """Whose fact that was."""


def _ref(one: Any) -> Any:
    from weakref import ref  # only who traces needs it

    return ref(one)


class _Mine(local):
    """The thread's own."""

    def __init__(self) -> None:
        self.who = _Who()


def _event(entry: Entry) -> TraceEvent:
    if len(entry) == 7:
        number, now, operation, service, values, actor, told = entry
        details = _given(zip(operation.input.members, values, strict=True))
        return TraceEvent(now, "call", f"{service}.{operation.name}", details, actor, number, told)
    number, now, kind, resource, details, actor = entry
    return TraceEvent(now, kind, resource, details, actor, number)


def _given(params: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in params if value is not UNSET}


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
