"""Where the tasks of an event loop wait, and by what they have ended, for whoever waits for them in vain."""

from __future__ import annotations

import asyncio
import linecache
import os
from collections.abc import Iterable
from gc import get_objects, get_referents
from pathlib import Path
from types import AsyncGeneratorType, FrameType
from typing import Any

from ..core.shown import counted, shown
from .frames import frame_of

__all__ = ["by_number", "ended_by_errors", "frames_of_task", "suspended_tasks", "tasks_of"]

_MOST = 10
"""Places that are told,"""
_MOST_NAMES = 3
"""and names at each."""
_PACKAGE = Path(__file__).parents[1]
_ASYNCIO = Path(asyncio.__file__).parent
_WAYS_ON = (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await"))
"""Of coroutines, generators and asynchronous generators: the frame, and what it awaits."""

_AWAIT_GENERATORS = ("anext_awaitable", "async_generator_asend", "async_generator_athrow")


def suspended_tasks(loop: asyncio.AbstractEventLoop) -> str:
    """Who has not ended, and the place in the application's code where they wait: a line for each place.

    Empty when there is none. O(tasks, and the coroutines in each).
    """
    names: dict[tuple[bool, str], list[str]] = {}
    for task in sorted(asyncio.all_tasks(loop), key=by_number):
        if not task.done():
            names.setdefault(_place(task), []).append(task.get_name())
    places = sorted(names, key=lambda place: not place[0])  # the application's own first
    lines = [f"\n  {_listed(names[place])}{place[1]}" for place in places[:_MOST]]
    if len(places) > _MOST:
        left_out = sum(len(names[place]) for place in places[_MOST:])
        lines.append(f"\n  … and {counted(left_out, 'more task')}")
    return ":" * bool(lines) + "".join(lines)


def tasks_of(loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any]]:
    """Those that somebody still has, the ended ones among them. O(objects of the process): for failures alone."""
    return [one for one in get_objects() if issubclass(type(one), asyncio.Task) and one.get_loop() is loop]


def ended_by_errors(tasks: Iterable[asyncio.Task[Any]], before: str = "; ") -> str:
    """Which of these have ended by an error, and by which, raised where: a line for each. Empty when none has."""
    failed = [task for task in tasks if task.done() and not task.cancelled() and task.exception() is not None]
    lines = [f"\n  {task.get_name()}{_raised(task.exception())}" for task in sorted(failed, key=by_number)[:_MOST]]
    if len(failed) > _MOST:
        lines.append(f"\n  … and {counted(len(failed) - _MOST, 'more task')}")
    return f"{before}of the other tasks have ended by an error:" * bool(lines) + "".join(lines)


def by_number(task: asyncio.Task[Any]) -> tuple[int, str]:
    """By name, as people count: Task-2 before Task-10."""
    return len(task.get_name()), task.get_name()


def frames_of_task(task: asyncio.Task[Any]) -> list[FrameType]:
    """From its own coroutine to what it awaits in the end."""
    return _frames(task.get_coro())


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} waits"
    shown, more = names[:_MOST_NAMES], len(names) - _MOST_NAMES
    if more > 0:
        return f"{', '.join(shown)} and {more} more wait"
    return f"{', '.join(shown[:-1])} and {shown[-1]} wait"


def _place(task: asyncio.Task[Any]) -> tuple[bool, str]:
    """Whether it is in the application's code, and the place itself."""
    frames = frames_of_task(task)
    if not frames:
        return False, ""
    frame = next((frame for frame in reversed(frames) if _is_of_application(frame)), None)
    if frame is None:
        called = frames[0]  # what the task was made of
        module = called.f_globals.get("__name__")
        return False, f" in {module + '.' if module else ''}{called.f_code.co_name}()"
    path, number, function = frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name
    line = linecache.getline(path, number, frame.f_globals).strip()
    return True, f" at {_short(path)}:{number} in {function}{': ' * bool(line)}{line}"


def _raised(error: BaseException | None) -> str:
    """An error, and the last place in the application's code that it came through."""
    traceback = None if error is None else error.__traceback__
    place = ""
    while traceback is not None:
        frame = traceback.tb_frame
        if _is_of_application(frame):
            place = f" at {_short(frame.f_code.co_filename)}:{traceback.tb_lineno} in {frame.f_code.co_name}"
        traceback = traceback.tb_next
    return f"{place}: {shown(error)}"


def _frames(awaited: Any) -> list[FrameType]:
    """From the task's own coroutine to what it awaits in the end."""
    frames: list[FrameType] = []
    while awaited is not None:
        for frame_name, next_name in _WAYS_ON:
            if hasattr(awaited, next_name):
                frame = frame_of(awaited, frame_name)
                if frame is not None:
                    frames.append(frame)
                awaited = getattr(awaited, next_name)
                break
        else:
            awaited = _generator_behind(awaited)
    return frames


def _generator_behind(awaited: object) -> Any:
    """The asynchronous generator whose next item, or end, this awaits, though it does not say so; None for others."""
    for referent in get_referents(awaited) if type(awaited).__name__ in _AWAIT_GENERATORS else ():
        if isinstance(referent, AsyncGeneratorType):
            return referent
        if type(referent).__name__ in _AWAIT_GENERATORS:
            return _generator_behind(referent)
    return None


def _is_of_application(frame: FrameType) -> bool:
    path = Path(frame.f_code.co_filename)
    is_of_library = path.is_relative_to(_PACKAGE) or path.is_relative_to(_ASYNCIO) or "site-packages" in path.parts
    return not is_of_library and not path.name.startswith("<minicloud")


def _short(path: str) -> str:
    try:
        short = os.path.relpath(path)
    except ValueError:  # it is on another drive
        return path
    return path if short.startswith("..") else short
