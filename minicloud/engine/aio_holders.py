"""Which task has a message in hand, on an event loop of asyncio's own beside a clock that jumps.

Such a task may wait in real time: for a timer, a socket, a subprocess, a function in an executor. A poll of another
task beside it would have the cloud's clock jump past the end of the message's visibility timeout, and receive it again.
So before time passes the end of a flight this file says whether a task is still at it: one

* in whose frames, from its coroutine to what it awaits in the end, there is the receipt handle, or an object that leads
  to it in a few steps (``holders``);
* and that is *awake*: what it waits for comes from outside of the cloud. Who waits for a lock, an event or a queue of
  asyncio's, without a limit, is woken by another task or by a thread (``call_soon_threadsafe``), and counts as long as
  another task, of whatever loop, or a thread is awake. Who waits for other tasks (``gather``, ``wait``, ``shield``, a
  group) is as awake as they are.

Nobody is at it who waits in a call of this cloud, be it an endpoint's for a client. What a future waits for is read
from what is there: the tasks that call it when they end, the timers of the loop that have it, the module in which the
innermost frame is. All of it is looked at only when time would pass such an end; and none of it on a loop whose time is
a cloud's: there tasks wait in that. Of a loop that runs in another thread, and has nothing ready, it is the same; and
that thread itself is at it as long as a task is awake, or may be woken by who is, where what it has in hand is outside
of the loop: a handler that calls ``asyncio.run()``.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from gc import get_referents
from types import CellType, CoroutineType, FrameType, FunctionType, MethodType
from typing import Any, Final

from .aio_tasks import by_number, frames_of_task
from .frames import caller_of, names_in
from .holders import Delivered, Holder, handles_in

__all__ = ["Tasks"]

_IN_CALL: Final = 0
"""It waits in a call of the cloud, or for a task that does."""
_WAITS: Final = 1
"""Only another task, or another thread, can wake it."""
_AWAKE: Final = 2

_OTHERS: Final = (asyncio.AbstractEventLoop, asyncio.Future)
"""What leads to other tasks, and so to what they have in hand."""
_TASKS: Final = (*_OTHERS, CoroutineType)
_ENDPOINT: Final = f"{__name__.partition('.')[0]}.server."
"""Its tasks wait for clients, and in the cloud for them."""
_PRIMITIVES: Final = frozenset({"asyncio.locks", "asyncio.queues"})
_MOST_STEPS: Final = 6
_MOST_OBJECTS: Final = 200
"""Looked at behind one callback."""


class Tasks:
    """Those of one loop, as they stand: who of them holds a message, and whether any is awake.

    The loop is this thread's, or that of the thread whose innermost ``frame`` is given. ``polls`` are what those await
    who wait in calls of the cloud. O(tasks).
    """

    def __init__(self, loop: Any, polls: Collection[Any], frame: FrameType | None = None) -> None:
        self._loop = loop
        self._frame = frame
        self._tasks = sorted((task for task in asyncio.all_tasks(loop) if not task.done()), key=by_number)
        self._states = _states(loop, self._tasks, polls)

    @property
    def are_awake(self) -> bool:
        """Whether one of them waits for what comes from outside of the cloud."""
        return _AWAKE in self._states.values()

    def holder(self, held: Sequence[Delivered], is_another_awake: bool) -> Holder | None:
        """A task that holds one of these messages, or the thread that runs the loop.

        ``is_another_awake`` is whether a thread, or a task of another loop, is there that may wake who waits. O(what
        lies in their frames).
        """
        if not (self.are_awake or (is_another_awake and _WAITS in self._states.values())):
            return None
        main = _main_task(self._frame or sys._getframe())
        for wanted in (_AWAKE, _WAITS):
            for task in self._tasks:
                if self._states[task] == wanted:
                    handles = set(handles_in(frames_of_task(task), task is main, _OTHERS))
                    for one in held:
                        if one.handle in handles:
                            return Holder(task.get_name(), one, one.due, one.handle)
        return None if self._frame is None else _thread_around(self._loop, held, self._frame)


def _thread_around(loop: Any, held: Sequence[Delivered], frame: FrameType) -> Holder | None:
    """The thread that runs the loop, if it holds one of these messages itself, and not a task."""
    thread = threading._active.get(getattr(loop, "_thread_id", None))  # type: ignore[attr-defined]
    if thread is None:
        return None
    handles = set(handles_in(_outside(frame), thread is threading.main_thread(), _TASKS))
    return next((Holder(thread.name, one, one.due, one.handle) for one in held if one.handle in handles), None)


def _outside(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames that have called the loop, but not those of asyncio, which know the task for which it runs."""
    while frame is not None and frame.f_code.co_name != "run_forever":
        frame = caller_of(frame)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith("asyncio."):
            yield frame
        frame = caller_of(frame)


def _states(loop: Any, tasks: list[asyncio.Task[Any]], polls: Collection[Any]) -> dict[asyncio.Task[Any], int]:
    callers, timed = _callers(tasks), _timed(loop)
    states: dict[asyncio.Task[Any], int] = {}
    behind: dict[asyncio.Task[Any], list[asyncio.Task[Any]]] = {}
    """By a task, those that wait for it."""
    for task in tasks:
        awaited = getattr(task, "_fut_waiter", None)
        others = [awaited] if isinstance(awaited, asyncio.Task) else callers.get(id(awaited), [])
        if awaited in polls or _place(task).startswith(_ENDPOINT):
            states[task] = _IN_CALL
        elif others:
            for other in others:
                behind.setdefault(other, []).append(task)
        elif _place(task) not in _PRIMITIVES:
            states[task] = _AWAKE
    _spread(_AWAKE, states, behind)
    _spread(_IN_CALL, states, behind)
    for task in tasks:
        if task not in states and (id(task) in timed or id(getattr(task, "_fut_waiter", None)) in timed):
            states[task] = _AWAKE
    _spread(_AWAKE, states, behind)
    return {task: states.get(task, _WAITS) for task in tasks}


def _spread(
    state: int, states: dict[asyncio.Task[Any], int], behind: dict[asyncio.Task[Any], list[asyncio.Task[Any]]]
) -> None:
    """Who waits for a task of this state has it, too, if he has none."""
    ahead = [task for task, known in states.items() if known == state]
    while ahead:
        for task in behind.get(ahead.pop(), ()):
            if task not in states:
                states[task] = state
                ahead.append(task)


def _place(task: asyncio.Task[Any]) -> str:
    """The module in which a task waits."""
    frames = frames_of_task(task)
    return str(frames[-1].f_globals.get("__name__")) if frames else ""


def _callers(tasks: list[asyncio.Task[Any]]) -> dict[int, list[asyncio.Task[Any]]]:
    """The tasks whose end is told to a future, by the id of the future."""
    callers: dict[int, list[asyncio.Task[Any]]] = {}
    for task in tasks:
        for callback, _ in getattr(task, "_callbacks", None) or ():
            for future in _futures_behind(callback):
                callers.setdefault(id(future), []).append(task)
    return callers


def _futures_behind(callback: Any) -> Iterator[Any]:
    """The futures that a callback leads to in a few steps, but not by what they lead to themselves."""
    ahead = [(callback, 0)]
    seen: dict[int, Any] = {}
    while ahead and len(seen) < _MOST_OBJECTS:
        one, steps = ahead.pop()
        if id(one) in seen or steps > _MOST_STEPS:
            continue
        seen[id(one)] = one
        if asyncio.isfuture(one):
            if steps:
                yield one
        else:
            ahead += [(inner, steps + 1) for inner in _inside(one)]


def _inside(one: Any) -> Iterable[Any]:
    if isinstance(one, FunctionType):
        return one.__closure__ or ()
    # A method's object has its future as an attribute: a group's, for instance.
    if isinstance(one, CellType | MethodType | partial | tuple | list | dict) or _is_of_library(one):
        return [inner for inner in get_referents(one) if not isinstance(inner, type)]
    return ()


def _is_of_library(one: object) -> bool:
    module = type(one).__module__
    return module in ("asyncio.taskgroups", "asyncio.timeouts") or module.startswith("anyio.")


def _timed(loop: Any) -> set[int]:
    """The ids of what the timers of a loop are for: their arguments, and the tasks of a timeout."""
    found: set[int] = set()
    for timer in getattr(loop, "_scheduled", ()):
        if not timer.cancelled():
            owner = getattr(timer._callback, "__self__", None)
            found.update(map(id, [*(timer._args or ()), getattr(owner, "_task", None)]))
    return found


def _main_task(frame: FrameType | None) -> object:
    """The task for which the loop runs; None when nobody tells."""
    while frame is not None:
        if frame.f_code.co_name == "run_until_complete":
            return names_in(frame).get("future")
        frame = caller_of(frame)
    return None
