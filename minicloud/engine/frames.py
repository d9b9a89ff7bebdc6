"""What other threads are at, read from their frames.

Up to CPython 3.11 garbage is collected as soon as an object is made, in the middle of whatever makes it: the object for
a frame, or the dict for its names. What is collected may have code of its own, while which other threads go on: the
frame that is being read then is over, its place on its thread's stack has become another one's, and what comes back is
no object at all; the process ends by a segmentation fault. And the list of all threads' frames is made under a lock of
the interpreter's that the end of a ``threading.local`` takes, too: were one collected just then, the process would
stand still forever. So whoever reads another thread's frame does it by these functions, during which nothing is
collected. What needs no new object may be read as it is: a frame's globals, its code and how far that has come.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from operator import attrgetter
from types import FrameType

from . import locks
from .forks import in_forked_processes

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Final

__all__ = ["caller_of", "frame_of", "frames_of_others", "names_in"]

_looking = locks.rlock()  # again in a signal's handler, or in what the end of a value calls
_pauses_collection = False
"""Whether the collector is off for the length of a look, and no longer."""
_CALLER: Final = attrgetter("f_back")
_NAMES: Final = attrgetter("f_locals")


@in_forked_processes
def _start_over() -> None:
    global _looking, _pauses_collection  # noqa: PLW0603  # another thread may have been looking, and was not copied
    _looking = locks.rlock()
    if _pauses_collection:
        gc.enable()
    _pauses_collection = False


def frames_of_others() -> dict[Any, FrameType]:
    """The innermost frames of the other threads, by their idents. O(threads)."""
    try:
        frames: dict[Any, FrameType] = _undisturbed(sys._current_frames)
    except AttributeError:  # not CPython
        return {}
    frames.pop(threading.get_ident(), None)
    return frames


def caller_of(frame: FrameType) -> FrameType | None:
    """The frame that has called this one. O(1)."""
    caller: FrameType | None = _undisturbed(_CALLER, frame)
    return caller


def frame_of(awaited: object, attribute: str) -> FrameType | None:
    """The frame of a coroutine or a generator, which has it by that name. O(1)."""
    frame: FrameType | None = _undisturbed(getattr, awaited, attribute)
    return frame


def names_in(frame: FrameType) -> dict[str, Any]:
    """The local variables by their names. O(variables)."""
    names: dict[str, Any] = _undisturbed(_NAMES, frame)
    return names


def _undisturbed(read: Callable[..., Any], *of: object) -> Any:
    """``read(*of)``, during which nothing is collected."""
    global _pauses_collection  # noqa: PLW0603  # for who is forked meanwhile
    with _looking:
        is_inside = _pauses_collection
        try:
            _pauses_collection = is_inside or gc.isenabled()
            gc.disable()
            return read(*of)
        finally:
            if _pauses_collection and not is_inside:
                _pauses_collection = False
                gc.enable()
