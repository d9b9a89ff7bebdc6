"""Who has which message in hand, on a clock that jumps.

A virtual clock that jumped past the end of a visibility timeout while a thread is at work on the message would give the
message to somebody else, which real time would not have done. So at such a clock each message keeps who received it
last (``receiver``), and before time passes the end of a flight this file says whether somebody is still at it:

* the thread that received the message, as long as it lives and is awake, whatever it waits for; if it waits for another
  thread (it joins it, or waits for its result), as long as another one is awake;
* else a thread that the message was handed to: one that is awake, or waits in that way, and in whose frames there is
  the receipt handle, or an object that leads to it in a few steps.

Nobody is at it who sleeps in a call of this cloud, is an idle worker of a pool, or has ended. All of this is looked at
only when time would pass such an end, and only then is anything of it paid for but what a message keeps.

Of green threads (gevent, eventlet) there are no frames to look at: there it is the one that received the message, until
it has ended or sleeps in a call of this cloud, unless it is the main one, which as a rule waits for the others.
"""

from __future__ import annotations

import gc
import sys
import threading
from _weakref import ReferenceType, ref  # where `weakref` has them from, whose own half takes long to import
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType

from .frames import caller_of, frames_of_others, names_in
from .idle_threads import is_idle, threads_are_green, waits_as_long, waits_for_another

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Final, Protocol

    from ..core.waiter import Waiter
    from .state import State
else:
    Protocol = object

__all__ = [
    "RECEIVER",
    "Delivered",
    "Holder",
    "Patience",
    "TasksOfLoop",
    "find_holder",
    "flights",
    "handles_in",
    "sleeps",
    "wakes",
]

_MOST_FRAMES: Final = 64
_MOST_OBJECTS: Final = 4_000
"""Looked at in one thread; and how many frames."""
_MOST_STEPS: Final = 8
_WITHOUT_END: Final = float("inf")
_OF_LOOPS: Final = frozenset({"selectors", "asyncio.base_events", __name__.replace("holders", "event_loop")})
"""Where a loop waits, with nothing to run: asyncio's own, and one in a cloud's time."""
_BARREN: Final = (
    *(bool, bytes, bytearray, complex, float, int, type(None)),
    *(BuiltinFunctionType, CodeType, FrameType, ModuleType, type),
)
"""What leads to no message, or to everything there is."""
_LEAD_EVERYWHERE: Final = frozenset(
    {"minicloud", "boto3", "botocore", "aiobotocore", "aioboto3", "threading", "_thread"}
)
"""Packages whose objects lead to clouds, and so to all messages: only what they hold themselves is looked at."""


class Delivered(Protocol):
    """A message or a record, as far as who holds it matters."""

    due: int
    """When its flight ends."""
    receiver: object
    """Who received it last."""

    @property
    def handle(self) -> str | None:
        """The receipt handle of its latest delivery."""

    @property
    def identity(self) -> str:
        """Its id."""


class TasksOfLoop(Protocol):
    """The tasks of an event loop (``aio_holders``)."""

    @property
    def are_awake(self) -> bool:
        """Whether one of them waits for what comes from outside of the cloud."""

    def holder(self, held: list[Delivered], is_another_awake: bool) -> Holder | None:
        """One that holds one of these messages, while a thread or a task of another loop is awake or is not."""


class Holder:
    """A thread that has a message in hand."""

    __slots__ = ("due", "handle", "held", "thread")

    def __init__(self, thread: str, held: Delivered, due: int, handle: str | None) -> None:
        self.thread = thread
        """Its name."""
        self.held = held
        self.due = due
        """When the flight ends."""
        self.handle = handle


class _Receiver(threading.local):
    """The thread itself, as one that outlives it remembers it."""

    def __init__(self) -> None:
        self.who = _green_thread() if threads_are_green() else _thread_of(threading.get_ident())

    def of(self, waiter: Waiter) -> object:
        """Who sleeps for the waiter."""
        return _green_sleepers.get(waiter) or _thread_of(waiter.caller)


def _green_thread() -> object:
    greenlet: Any = sys.modules.get("greenlet")  # it is there if a green thread is
    return None if greenlet is None else ref(greenlet.getcurrent())


def _thread_of(ident: object) -> ReferenceType[threading.Thread] | object:
    # Not by current_thread(), which would count a thread in that threading knows nothing of.
    thread = threading._active.get(ident)  # type: ignore[attr-defined]
    return ident if thread is None else ref(thread)


RECEIVER: Final = _Receiver()
"""Who receives, for ``World.receiver``: the same for all clouds."""
_green_sleepers: dict[Waiter, Any] = {}
"""The green threads that sleep, in whatever cloud, by what they sleep for."""


def sleeps(waiter: Waiter) -> None:
    """This thread, if it is a green one, is going to sleep for the waiter, until ``wakes`` is called with it."""
    if threads_are_green():
        _green_sleepers[waiter] = _green_thread()


def wakes(waiter: Waiter) -> None:
    """The thread, green or not, sleeps no more."""
    _green_sleepers.pop(waiter, None)


def flights(state: State, until: int) -> list[Delivered]:
    """What somebody has received whose flight would end by ``until``. O(queues, and as many). Called under the lock."""
    return [held for service in state.services() for held in service.flights(until)]


def find_holder(
    open_ones: list[Delivered],
    asleep: Collection[object],
    look_at_loop: Callable[[Any, FrameType], TasksOfLoop],
    own: TasksOfLoop | None = None,
    patience: float = _WITHOUT_END,
) -> Holder | None:
    """A thread, other than this one, that holds one of these messages, or a task.

    ``asleep`` are the idents of those that sleep in a call of the cloud. ``look_at_loop`` gives the tasks of an event
    loop on which nothing is ready, by the innermost frame of its thread; ``own`` are those of this thread's. Nobody is
    waited for longer than ``patience`` seconds. O(threads, and what lies in their frames).
    """
    if threads_are_green():
        found = _green_holder(open_ones, [one() for waiter, one in _green_sleepers.items() if not waiter.done])
        return own.holder(open_ones, False) if found is None and own is not None else found
    return _holder(open_ones, {threading.get_ident(), *asleep}, look_at_loop, own, patience)


def _holder(
    open_ones: list[Delivered],
    not_at_it: Collection[object],
    look_at_loop: Callable[[Any, FrameType], TasksOfLoop],
    own: TasksOfLoop | None,
    patience: float,
) -> Holder | None:
    frames = frames_of_others()
    threads = [one for one in threading.enumerate() if one.ident not in not_at_it and one.ident in frames]
    # One that has no frame yet will run; and tasks may wake a thread, as it may them.
    is_one_awake = bool(threading._limbo) or (own is not None and own.are_awake)  # type: ignore[attr-defined]
    if not is_one_awake and all(waits_for_another(frames[one.ident]) for one in threads):
        return None  # nobody is there to wake who waits
    at_work: dict[int | None, threading.Thread] = {}
    loops: list[TasksOfLoop] = []
    for one in threads:
        frame = frames[one.ident]
        loop = _idle_loop(frame)
        if loop is not None and not hasattr(loop, "cloud"):
            loops.append(look_at_loop(loop, frame))
        elif not is_idle(frame):
            at_work[one.ident] = one
            # A loop in a cloud's time, with nothing to run, waits in that.
            waits = loop is not None or waits_for_another(frame) or waits_as_long(frame, patience)
            is_one_awake = is_one_awake or not waits
    is_one_awake = is_one_awake or any(tasks.are_awake for tasks in loops)
    for tasks in loops:
        found = tasks.holder(open_ones, is_one_awake)
        if found is not None:
            return found
    for held in open_ones:
        thread = _alive(held.receiver)
        if thread is not None and thread.ident in at_work:
            return _made(thread, held)
    for ident, thread in at_work.items():
        handles = set(handles_in(_stack(frames[ident]), thread is threading.main_thread()))
        for held in open_ones:
            if held.handle in handles:
                return _made(thread, held)
    return None if own is None else own.holder(open_ones, is_one_awake)


def _idle_loop(frame: FrameType | None) -> Any:
    """The event loop of asyncio's that waits here, with nothing ready; None of a thread that does anything else."""
    if frame is None or frame.f_globals.get("__name__") != "selectors":
        return None
    while frame is not None and frame.f_globals.get("__name__") in _OF_LOOPS:
        if frame.f_code.co_name == "_run_once":
            loop = names_in(frame).get("self")
            return None if getattr(loop, "_ready", True) else loop
        frame = caller_of(frame)
    return None


def _green_holder(open_ones: list[Delivered], asleep: Collection[object]) -> Holder | None:
    for held in open_ones:
        green = _alive(held.receiver)
        if not getattr(green, "dead", True) and green.parent is not None and not any(green is one for one in asleep):
            return Holder(str(getattr(green, "name", "a green thread")), held, held.due, held.handle)
    return None


def _alive(who: object) -> Any:
    return who() if isinstance(who, ref) else None


def _made(thread: threading.Thread, held: Delivered) -> Holder:
    return Holder(thread.name, held, held.due, held.handle)


# --- what a thread has in hand ----------------------------------------------------------------------------------------


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = caller_of(frame)


def handles_in(frames: Iterable[FrameType], is_main: bool, barren: tuple[type, ...] = ()) -> Iterator[str]:
    """The receipt handles that the frames of a thread or a task lead to, and other texts.

    Of the main one, a test's, not what lies in lists and the like: tests collect there what was handled. Objects of the
    ``barren`` classes lead to nothing.
    """
    barren += _BARREN
    found: deque[tuple[Any, int]] = deque()
    for frame in islice(frames, _MOST_FRAMES):
        if not _leads_everywhere(frame.f_globals.get("__name__")):
            # Up to CPython 3.12 the frame keeps what was looked at until it ends: so it is done in no other case.
            names, known = frame.f_code.co_names, frame.f_globals
            values = [*names_in(frame).values(), *(known[name] for name in names if name in known)]
            found.extend((value, 0) for value in values if not is_main or _is_plain(value))
    seen: dict[int, Any] = {}
    while found and len(seen) < _MOST_OBJECTS:
        one, steps = found.popleft()
        kind = type(one)
        if kind is str:
            yield one
        elif not isinstance(one, barren) and id(one) not in seen:
            seen[id(one)] = one
            found.extend((inner, steps + 1) for inner in _inside(one, steps))


def _inside(one: Any, steps: int) -> Iterable[Any]:
    kind = type(one)
    if kind is FunctionType:
        return one.__closure__ or ()
    inside = gc.get_referents(one)  # no code of the object's own runs
    if steps >= _MOST_STEPS or _leads_everywhere(kind.__module__):
        texts = [inner for inner in inside if type(inner) is str]
        for inner in inside:
            if type(inner) is dict and kind.__module__ != "builtins":
                texts += [value for value in inner.values() if type(value) is str]
        return texts
    return inside


def _is_plain(value: Any) -> bool:
    return type(value) in (str, dict) or _leads_everywhere(type(value).__module__)


def _leads_everywhere(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in _LEAD_EVERYWHERE


# --- how long one waits for them --------------------------------------------------------------------------------------


class Patience:
    """How long one who would move time has waited for who holds a message, in seconds of real time.

    Counted in waits: something may hold every clock of the machine still (freezegun).
    """

    def __init__(self) -> None:
        self.holder: Holder | None = None
        """Whom it has waited for."""
        self.seconds = 0.0

    def holds(self, holder: Holder | None, waited: float, most: float) -> bool:
        """Whether to go on waiting, after ``waited`` more seconds, for this one; no longer than ``most`` in all."""
        before, self.holder = self.holder, holder
        if holder is None or before is None or (holder.held, holder.due) != (before.held, before.due):
            self.seconds = 0.0
        else:
            self.seconds += waited
        return holder is not None and self.seconds < most
