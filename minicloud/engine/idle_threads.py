"""Which threads cannot go on by themselves, and which are running.

Before a virtual clock jumps, whoever may still be about to make a call must have had the chance to. A thread that is
parked, without a time limit, until another thread wakes it is nobody to wait for: an idle worker of a pool, a thread
that joins another, or that waits for an event, a condition, a queue or a future. Where a thread stands is read from its
innermost Python frame, and that nobody has woken it yet from the lock, queue or thread that it waits for. What is not
known to be parked counts as running. These are names of the standard library's own code: where they change, threads
count as running, and tests fail. The background settler of a cloud on a real clock (``settler``) is parked as well
while it sleeps until something of its own cloud comes due: another cloud's time is not to wait for that.

One that runs has a few milliseconds of real time, which on a busy machine may pass before it has run at all. Where
the system tells (Linux), a thread that wants the processor, or has moved on between two looks, is waited for until it
has had as much time *on the processor*. One that reads a module is on its way to what needs it, such as its first call:
it is waited for until the disk has answered. One that runs an event loop on the very time that is to be moved has, by
one and the same callback, as much of the processor as the loop has patience: what a task computes takes none of that
time, and it goes on to its next call or sleep.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from math import inf
from os import getpid
from types import FrameType, MappingProxyType

from .frames import caller_of, frames_of_others, names_in

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Final

__all__ = [
    "OtherThreads",
    "count_running",
    "is_idle",
    "is_parked",
    "threads_are_green",
    "waits_as_long",
    "waits_for_another",
]

_GRACE: Final = 5_000_000
"""Nanoseconds on the processor that a thread has to make its next call."""
_NO_LOOPS: Final[Mapping[Any, float]] = MappingProxyType({})
_AT_A_TIME: Final = _GRACE // 2
"""How much of it counts between two looks. What takes longer, and lets nobody look meanwhile, is a collection of
garbage, or another call into C: the thread is to have its turn after it."""


def count_running() -> int:
    """How many threads, the caller among them, are not parked: only another one can wake those. O(threads)."""
    # Where they stand is read before they are counted: who is started meanwhile runs, and who starts it is parked.
    frames = frames_of_others()
    return sum(not is_parked(frames.get(thread.ident)) for thread in threading.enumerate())


def threads_are_green() -> bool:
    """Whether the process's threads are gevent's or eventlet's."""
    return threading.Lock.__module__ != "_thread"


class OtherThreads:
    """The other threads, as one that is about to move time sees them."""

    def __init__(self) -> None:
        self._activity: object = None
        self._places: dict[int, tuple[object, int]] = {}
        self._used: dict[int, tuple[int, int]] = {}
        """How much of the processor they have had up to the last look, and how much of that counts."""
        self._callbacks: dict[int, tuple[object, int]] = {}
        """What an event loop's thread ran, and how much it had had of the processor when that was seen first."""

    def are_running(self, activity: object, loops: Mapping[Any, float] = _NO_LOOPS) -> bool:
        """Whether a thread goes on and has had little of the processor while ``activity`` was the same. O(threads).

        The first look only notes where they stand, and sees who wants the processor. ``loops`` are the threads, by
        their idents, that run event loops on the time in question, with the seconds on the processor that each
        callback may take.
        """
        if activity != self._activity:
            self._activity, self._places, self._used, self._callbacks = activity, {}, {}, {}
        before, self._places = self._places, {}
        frames = frames_of_others()
        found = False
        for thread in threading.enumerate():
            frame = frames.get(thread.ident)
            if frame is None or thread.native_id is None or is_parked(frame):
                continue
            # In a forked process CPython 3.11 takes the id of the main thread for what it was in the other one.
            known = getpid() if thread is threading.main_thread() else thread.native_id
            place = self._places[known] = (frame.f_code, frame.f_lasti)
            processor = _processor(known)
            if processor is None:
                continue
            used, is_ready = processor
            has_moved = before.get(known, place) != place
            last, counted = self._used.get(known, (used, 0))
            counted += min(used - last, _AT_A_TIME)
            self._used[known] = used, counted
            patience = loops.get(thread.ident)
            is_in_callback = patience is not None and self._had_in_callback(known, frame, used) < patience * 1e9
            goes_on = is_ready or has_moved or frame.f_globals.get("__name__") in _READERS_OF_MODULES
            if (counted < _GRACE and goes_on) or (is_in_callback and (goes_on or used > last)):
                found = True
        return found

    def _had_in_callback(self, known: int, frame: FrameType | None, used: int) -> float:
        """How much of the processor a callback of an event loop has had since it was first seen, in nanoseconds."""
        while frame is not None and _key(frame) != ("asyncio.events", "_run"):
            frame = caller_of(frame)
        callback = None if frame is None else names_in(frame).get("self")
        before, since = self._callbacks.get(known, (None, 0))
        if callback is not None and callback is before:
            return used - since
        self._callbacks[known] = callback, used
        return inf  # it has gone on to another one, as a task does that spins


def _processor(native_id: int) -> tuple[int, bool] | None:
    """How many nanoseconds of the processor a thread has had, and whether it wants more; None where nobody tells."""
    from pathlib import Path  # of which `import minicloud` has no need

    folder = Path("/proc/self/task", str(native_id))
    try:
        used = int((folder / "schedstat").read_bytes().split()[0])
        state = (folder / "stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, ValueError, IndexError):  # another system, or the thread has ended
        return None
    return used, state == b"R"


def is_parked(frame: FrameType | None) -> bool:
    """Whether a thread whose innermost frame this is waits until another one wakes it, which has not happened yet."""
    if frame is None:
        return False
    known = _WAITS.get(_key(frame))
    try:
        return known is not None and (known(names_in(frame)) or _is_settler_asleep(frame))
    except (AttributeError, KeyError):
        return False


def is_idle(frame: FrameType) -> bool:
    """Whether a thread is a worker of a pool that has nothing to do."""
    return _key(frame) == ("concurrent.futures.thread", "_worker") and is_parked(frame)


def waits_for_another(frame: FrameType) -> bool:
    """Whether a thread is parked, or waits so for a limited time: for the end of a thread, or what a pool computes.

    Who waits otherwise with a limit, for an event for instance, may just let time pass.
    """
    if is_parked(frame):
        return True
    names, key = names_in(frame), _key(frame)
    if key in (("threading", "join"), ("threading", "_wait_for_tstate_lock")):
        return _lives(names.get("self"))
    if key != ("threading", "wait") or not _waits(names):
        return False
    caller = caller_of(frame)
    callers = [caller, caller and caller_of(caller)]
    return any(caller is not None and _key(caller) in _OF_FUTURES for caller in callers)


def waits_as_long(frame: FrameType, seconds: float) -> bool:
    """Whether a thread waits for another one with a limit of at least so much: for an event, a queue, its own timer."""
    names = names_in(frame)
    limit = names.get("timeout")
    return _key(frame) == ("threading", "wait") and limit is not None and limit >= seconds and _waits(names)


def _key(frame: FrameType) -> tuple[str, str]:
    return frame.f_globals.get("__name__", ""), frame.f_code.co_name


def _in_condition(names: dict[str, Any]) -> bool:
    # Whoever notifies takes the waiter out of the list; to look at its lock would not do, for a thread that has been
    # woken has it before it runs.
    return names.get("timeout", 0) is None and _waits(names)


def _waits(names: dict[str, Any]) -> bool:
    return "waiter" in names and names["waiter"] in names["self"]._waiters


def _is_settler_asleep(frame: FrameType) -> bool:
    event = caller_of(frame)  # the settler waits for an event, and that for a condition
    settler = event and caller_of(event)
    return settler is not None and _key(settler) == _SETTLER and _waits(names_in(frame))


def _in_pool(names: dict[str, Any]) -> bool:
    if "work_item" in names or not names["work_queue"].empty():
        return False
    executor = names["executor_reference"]()
    # Python 3.13 hands an item to who waits for it, and the queue is empty before that one runs.
    return executor is not None and executor._idle_semaphore._value >= len(executor._threads)


def _in_join(names: dict[str, Any]) -> bool:
    """``Thread.join`` of Python 3.13 and later."""
    return names.get("timeout", 0) is None and _lives(names.get("self"))


def _in_join_by_lock(names: dict[str, Any]) -> bool:
    """``Thread.join`` of Python 3.11 and 3.12."""
    return bool(names.get("block")) and names.get("timeout", 0) < 0 and _lives(names.get("self"))


def _lives(thread: Any) -> bool:
    return thread in threading.enumerate()


_READERS_OF_MODULES: Final = frozenset({"importlib._bootstrap_external", "_frozen_importlib_external"})
"""Not ``importlib._bootstrap``, in which one thread waits for the module that another one loads."""
_SETTLER: Final = (__name__.replace("idle_threads", "settler"), "_settle_forever")
_OF_FUTURES: Final = frozenset(
    ("concurrent.futures._base", name) for name in ("as_completed", "exception", "result", "wait")
)
_WAITS: Final[dict[tuple[str, str], Callable[[dict[str, Any]], bool]]] = {
    ("threading", "wait"): _in_condition,
    ("concurrent.futures.thread", "_worker"): _in_pool,
    ("threading", "join"): _in_join,
    ("threading", "_wait_for_tstate_lock"): _in_join_by_lock,
}
