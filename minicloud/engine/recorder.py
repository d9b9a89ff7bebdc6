"""The writing side of the trace: the record of what happened; bounded, ordered, off unless somebody wants it.

Two sorts of facts arrive here: calls, with their outcome, from the clients, and what the services did, for a call or on
their own (a message became visible again, moved to a dead-letter queue, was taken for a duplicate). Everything that
explains a run is made from this record by its reading side (``inspection.trace``).

Every line that is called by clients and services is paid for by every call that is traced: an entry is a bare tuple,
and nothing may be formatted, looked up or copied here that a reader could do later.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import count
from threading import current_thread, local
from types import FunctionType

from ..core import facts
from ..core.errands import Invoke
from ..core.unset import UNSET
from ..exceptions import AwsError
from .turns import current_execution

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, ClassVar, TypeAlias

    from ..core.operation import Operation
    from ..core.world import Trace
    from .state import State

__all__ = ["LIMIT", "Entry", "Recorder", "given"]

LIMIT = 10_000
"""How many events are kept when nobody says otherwise."""

CO_VARKEYWORDS = 0x08
"""Of a code object: that it takes any keywords. [inspect, which is dear to import]"""
_POLLS_BEGIN = frozenset({facts.KINESIS_POLL_BEGAN, facts.SQS_POLL_BEGAN})
_POLLS = _POLLS_BEGIN | {
    facts.KINESIS_POLL_ABANDONED,
    facts.KINESIS_POLL_ENDED_EMPTY,
    facts.KINESIS_POLL_FILLED,
    facts.SQS_POLL_ABANDONED,
    facts.SQS_POLL_ENDED_EMPTY,
    facts.SQS_POLL_FILLED,
}
_COME_ACROSS = facts.BY_THEMSELVES - {
    facts.KINESIS_CHANNEL_DELETED,
    facts.KINESIS_QUEUE_DELETED,
    facts.KINESIS_QUEUE_UPDATED,
    facts.KINESIS_SHARD_SPLIT,
    facts.KINESIS_SHARDS_MERGED,
    facts.KINESIS_STREAM_DELETED,
    facts.KINESIS_STREAM_SCALED,
    facts.KINESIS_STREAM_UPDATED,
}
"""What no call does: a stream that changes at once has done so for the call."""
_SPECIAL = _COME_ACROSS | _POLLS
_BEGINNINGS = frozenset(
    {
        facts.EVENT_PUT,
        facts.KINESIS_RECORD_PUT,
        facts.OBJECT_CREATED,
        facts.SNS_MESSAGE_PUBLISHED,
        facts.SQS_MESSAGE_SENT,
    }
)
"""What may follow from something else: facts of it say what from."""
Entry: TypeAlias = "tuple[Any, ...]"
"""What is recorded, as bare as it comes: (number, time, kind, resource, details, actor) of a fact, and (number, time,
operation, service, values of its parameters, actor, told) of a call that was answered. Events are made of it when
somebody reads: far more is recorded than read."""


class Recorder:
    """Keeps the latest entries, oldest first; made with each cloud, and cheap until it is started."""

    # Set when it is started, for a test makes a cloud, and most are not traced.
    _nothing: ClassVar[deque[Entry]] = deque(maxlen=0)
    entries = _nothing
    since: int | None = None
    """When it was first started; None if never."""
    _append: Callable[[Entry], None]
    _mine: _Mine
    _has_links = False
    """Whether facts may have to say what they follow from: there was a run of a function, or a delivery is made."""
    _has_runs = False
    _origin: str | None = None
    """What the delivery follows from that is made at the moment."""
    _pollers: dict[tuple[str, int], str]
    """Who waits in which poll of which queue."""
    _users: dict[int, Any]
    _running_loop: Any = None
    _current_task: Any = None
    """asyncio's functions of these names, once asyncio is there."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._number = count(1).__next__

    # --- on and off -------------------------------------------------------------------------------------------------

    def start(self, limit: int | None) -> None:
        """Record from now on, the latest ``limit`` entries (None: all)."""
        state = self._state
        if self.since is None:
            self.since = state.time_ns()
            self._mine = _Mine()
            self._pollers = {}
            self._users = {}
        if limit != self.entries.maxlen:
            self.entries = deque(self.entries, limit)
        self._append = self.entries.append
        self.connect(is_on=True)
        from .interception import with_observer

        state.interception = with_observer(state.interception, self)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        state = self._state
        self.connect(is_on=False)
        from .interception import with_observer

        state.interception = with_observer(state.interception, None)

    def clear(self) -> None:
        """Forget what was recorded; not who waits in a poll, which goes on."""
        if self.since is not None:
            self.entries.clear()
            self._number = count(1).__next__

    @property
    def is_on(self) -> bool:
        """Whether it records."""
        world = self._state.world
        return world.trace is not None and (world.meter is None or world.trace != world.meter.fact)

    def connect(self, *, is_on: bool) -> None:
        """Have services tell facts to this record, if it is on, and to the meter, if there is one."""
        world = self._state.world
        meter = world.meter
        if meter is None:
            world.trace = self._fact if is_on else None
        else:
            world.trace = _told_to_both(meter, _details_as_one(Recorder._fact).__get__(self)) if is_on else meter.fact

    def facts(self) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        """The facts that are recorded, oldest first: when, what, about which resource, and details. O(entries)."""
        for entry in list(self.entries):
            if len(entry) == 6:
                yield entry[1:5]

    def mark(self) -> tuple[object, int]:
        """Stands for how far the record has come: which record, and its latest number."""
        return self._number, self.entries[-1][0] if self.entries else 0

    def users(self) -> list[Any]:
        """The threads and tasks that have used the cloud since it was started and are not finished."""
        found = []
        for reference in list(self._users.values()) if self.since is not None else ():
            user = reference()
            if user is None:
                continue
            if user.is_alive() if hasattr(user, "is_alive") else not user.done():
                found.append(user)
        return found

    # --- snapshots --------------------------------------------------------------------------------------------------

    def save(self) -> tuple[Any, ...]:
        """What a snapshot of the cloud has to remember of it; for ``load``."""
        entries = list(self.entries)
        return entries, entries[-1][0] if entries else 0, dict(self._pollers) if self.since is not None else {}

    def load(self, saved: tuple[Any, ...]) -> None:
        """Be as it was when it was saved."""
        entries, last, pollers = saved
        self._number = count(last + 1).__next__
        if self.since is not None:
            self.entries.clear()
            self.entries.extend(entries)
            self._pollers = dict(pollers)

    # --- called by clients and services -----------------------------------------------------------------------------

    def _fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        who = self._mine.who
        running_loop = self._running_loop
        actor = who.name if running_loop is not None and running_loop() is None else ""
        if not actor:
            actor = self._actor(who)
        if kind in _SPECIAL:
            if kind in _COME_ACROSS:
                if kind == facts.LAMBDA_INVOKED:
                    self._has_links = self._has_runs = True
                self._append((self._number(), now, kind, resource, details, actor))
                return
            poller = self._poller(kind, details, actor)
            self._append((self._number(), now, kind, resource, details, poller))
        else:
            if self._has_links and kind in _BEGINNINGS:
                self._link(details)
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
        details = {"error": error.code, "message": error.message, **given(params.items())}
        notes = getattr(error, "__notes__", None)
        if notes:
            details["notes"] = notes
        resource = f"{service}.{operation.name}"
        self._append((self._number(), now, facts.CALL_REFUSED, resource, details, self._actor(who)))

    def _link(self, details: dict[str, Any]) -> None:
        """Have a fact say what it follows from: the delivery that is made, or the run that the call is made in."""
        if details.get("origin") is not None:
            return
        if self._origin is not None:
            details["origin"] = self._origin
            return
        execution = current_execution.get()
        while execution is not None:
            run = execution.errand
            if isinstance(run, Invoke) and execution.turn.runner is self._state.errand_runner:
                if not execution.ended:
                    details["run_id"] = run.request_id
                return
            execution = execution.outer

    def follow(self, origin: str | None, carry_out: Callable[[int, Any], object], now: int, effect: Any) -> None:
        """Carry out an effect, and have what is told of meanwhile say what it follows from."""
        try:
            self._has_links, self._origin = True, origin
            carry_out(now, effect)
        finally:
            self._has_links, self._origin = self._has_runs, None

    def _poller(self, kind: str, details: Mapping[str, Any], actor: str) -> str:
        """Who waits in a poll that begins or ends."""
        key = details["arn"], details["poll"]
        if kind in _POLLS_BEGIN:
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


def _told_to_both(meter: Any, record: Callable[..., object]) -> Trace:
    """Tells a fact to the meter, as its ``fact`` does, and to the record."""

    def tell(now: int, kind: str, resource: str, /, **details: Any) -> None:
        heard = meter.heard
        heard.append((now, kind, resource, details))
        if not meter.has_news or len(heard) >= meter.most_heard:
            meter.notice(now)
        record(now, kind, resource, details)

    return tell


@cache  # one code object for all clouds: it is what a tracer or a profiler knows a function by
def _details_as_one(function: FunctionType) -> Any:
    """A method that takes details by keyword, as one that takes the dict of them: the same code, with other arguments.

    To pack them twice, or to have one more call for every fact, costs as much as half of what is done with them.
    """
    code = function.__code__
    count = code.co_argcount + 1
    flat = code.replace(co_argcount=count, co_posonlyargcount=count, co_flags=code.co_flags & ~CO_VARKEYWORDS)
    return FunctionType(flat, function.__globals__, function.__name__)


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


def given(params: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The parameters that a call was given."""
    return {name: value for name, value in params if value is not UNSET}
