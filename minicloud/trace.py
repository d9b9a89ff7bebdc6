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
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import current_thread, local
from typing import TYPE_CHECKING, Any
from weakref import ref

from ._probe import with_watcher
from ._spec import UNSET
from ._timeline import SECOND
from .exceptions import AwsError, UsageError

if TYPE_CHECKING:
    from os import PathLike

    from ._spec import Operation
    from .cloud import Cloud

__all__ = ["LIMIT", "Recorder", "TraceEvent"]

LIMIT = 10_000
"""How many events are kept when nobody says otherwise."""

UNPRINTED = frozenset({"arn", "handle", "handles"})
"""Details that are for programs: they would make a line of text unreadable."""

_SETTLED = frozenset({"sqs.message.visible", "sqs.message.expired"})
"""What a call may only have come across."""


class TraceEvent:
    """One fact: ``kind`` says what (``"sqs.message.received"``, ``"call"``), ``resource`` to what."""

    __slots__ = ("_details", "_is_clean", "actor", "kind", "number", "resource", "time_ns", "told")

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
        self.actor = actor
        """The name of the task or thread that was at work: the caller's, or the poller's that was waiting."""
        self.told = told
        """Whether it is a call of which other events say what it did."""
        self._details = details
        self._is_clean = False

    @property
    def details(self) -> Mapping[str, Any]:
        """More about it, by name; of a call, the parameters that were given."""
        if not self._is_clean:
            self._details = {name: value for name, value in self._details.items() if value is not UNSET}
            self._is_clean = True
        return self._details

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.time_ns // 1000)

    def __repr__(self) -> str:
        return f"<TraceEvent {self}>"

    def __str__(self) -> str:
        details = " ".join(
            f"{name}={_short(value)}"
            for name, value in self.details.items()
            if value is not None and name not in UNPRINTED
        )
        time = f"{self.time:%Y-%m-%d %H:%M:%S}.{self.time_ns % SECOND // 1_000_000:03d}"
        return f"{time}  {self.kind:<28} {self.resource}  {details}"


class Recorder:
    """``cloud.trace``: the latest events, oldest first. Iterate it, ``render()`` it as text, or ``to_html()``."""

    def __init__(self, cloud: Cloud, limit: int | None = LIMIT) -> None:
        self._cloud = cloud
        self._events: deque[TraceEvent] = deque(maxlen=limit)
        self._numbers = count(1)
        self._mine = _Mine()
        self._received: deque[TraceEvent] = deque(maxlen=10)
        """The latest deliveries."""
        self._pollers: dict[tuple[str, int], str] = {}
        """Who waits in which poll of which queue."""
        self._users: dict[int, ref[Any]] = {}
        self._since: int | None = None

    # --- on and off -------------------------------------------------------------------------------------------------

    def start(self, limit: int | None = LIMIT) -> None:
        """Record from now on, the latest ``limit`` events (None: all). While off, tracing costs a call one test."""
        if limit != self._events.maxlen:
            self._events = deque(self._events, limit)
        if self._since is None:
            self._since = self._cloud.time_ns()
        self._cloud.world.trace = self._fact
        self._cloud.probe = with_watcher(self._cloud.probe, self)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        self._cloud.world.trace = None
        self._cloud.probe = with_watcher(self._cloud.probe, None)

    def clear(self) -> None:
        """Forget what was recorded."""
        self._events.clear()
        self._numbers = count(1)
        self._pollers.clear()

    @property
    def is_on(self) -> bool:
        """Whether it records."""
        return self._cloud.world.trace is not None

    @property
    def dropped(self) -> int:
        """How many events were forgotten because there were more than the limit."""
        return self._events[0].number - 1 if self._events else 0

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
        return [event for event in list(self._events) if event.kind in kinds]

    def render(self, last: int | None = None) -> str:
        """What happened, as text: a line per event in order of time, what repeats folded.

        ``last`` keeps the last so many lines. A call is left out where what it did is told anyway.
        """
        from .timeline_text import render

        self.catch_up()
        return render(list(self._events), last)

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write what happened as one page that needs nothing else: open it in a browser.

        Lanes per queue, topic, shard and consumer over the cloud's time, with zoom and search.
        """
        from .timeline_page import write

        self.catch_up()
        write(self._cloud, list(self._events), path, self.dropped)

    def save(self) -> tuple[Any, ...]:
        """What a snapshot of the cloud has to remember of it; for ``load``."""
        events = list(self._events)
        return events, events[-1].number if events else 0, dict(self._pollers)

    def load(self, saved: tuple[Any, ...]) -> None:
        """Be as it was when it was saved."""
        events, last, pollers = saved
        self._events.clear()
        self._events.extend(events)
        self._numbers = count(last + 1)
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
        return iter(list(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        return f"<trace of {len(self._events)} events, {'on' if self.is_on else 'off'}>"

    # --- called by clients and services -----------------------------------------------------------------------------

    def _fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        mine = self._mine
        event = TraceEvent(now, kind, resource, details, self._actor(mine), next(self._numbers))
        self._events.append(event)
        if kind not in _SETTLED:
            mine.at_work = True
        if kind == "sqs.message.received":
            self._received.append(event)
        elif kind.startswith("sqs.poll."):
            self._poll(event)

    def answered(self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int) -> None:
        """A call was answered."""
        mine = self._mine
        resource = f"{service}.{operation.name}"
        event = TraceEvent(now, "call", resource, params, self._actor(mine), next(self._numbers), mine.at_work)
        mine.at_work = False
        self._events.append(event)

    def refused(
        self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int, error: AwsError
    ) -> None:
        """A call was answered with an error."""
        mine = self._mine
        mine.at_work = False
        resource = f"{service}.{operation.name}"
        details = {"error": error.code, "message": error.message, **params}
        event = TraceEvent(now, "call.refused", resource, details, self._actor(mine), next(self._numbers))
        self._events.append(event)

    def _poll(self, event: TraceEvent) -> None:
        """A poll begins or ends: what it gets goes to who waits, not to who fills it."""
        key = event.details["arn"], event.details["poll"]
        if event.kind == "sqs.poll.began":
            self._pollers[key] = event.actor
            return
        event.actor = self._pollers.pop(key, event.actor)
        handles = event.details.get("handles", ())
        for delivery in self._received:
            if delivery.details["handle"] in handles:
                delivery.actor = event.actor

    def _actor(self, mine: _Mine) -> str:
        """The name of who is at work."""
        asyncio: Any = sys.modules.get("asyncio")  # never imported for this
        if asyncio is not None and asyncio._get_running_loop() is not None:
            task = asyncio.current_task()
            if task is not None:
                known = self._users.get(id(task))
                if known is None or known() is not task:
                    self._users[id(task)] = ref(task)
                name: str = task.get_name()
                return name
        if not mine.name:
            thread = current_thread()
            mine.name = thread.name
            self._users[id(thread)] = ref(thread)
        return mine.name


class _Mine(local):
    """What a recorder knows of the thread that asks."""

    name = ""
    at_work = False
    """Whether there are facts of its present call."""


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
