"""``cloud.patch_time()``: for a while, the application's own time is a cloud's.

``time.sleep`` is replaced in its module. What time it is says a library that does such things well, if one is there:
time-machine, or else freezegun. It is told of each move of the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..core.shown import shown
from ..exceptions import UsageError
from . import locks
from .clock import FrozenClock
from .forks import in_forked_processes

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from .engine import Engine

__all__ = ["PatchedTime"]

_changing = locks.lock()
_latest: list[PatchedTime] = []
"""Those that are in force, all of one cloud; the first of them holds what is to be undone."""


@in_forked_processes
def _start_over() -> None:
    global _changing  # noqa: PLW0603  # another thread may have held it, and was not copied
    _changing = locks.lock()


class PatchedTime:
    """The application's time is a cloud's, from ``with`` on to its end."""

    def __init__(self, engine: Engine) -> None:
        clock = engine.clock
        if not isinstance(clock, FrozenClock):
            raise UsageError(
                f"patch_time() needs a clock that stands or jumps, and this cloud has {shown(clock)}, on which time is "
                'the application\'s already: make it with Cloud(clock="virtual")'
            )
        self._engine = engine
        self._clock = clock
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        with _changing:
            if _latest and _latest[0]._engine is not self._engine:
                raise UsageError(
                    "patch_time() of another cloud is in force, and time can only be one of them: end it first"
                )
            if not _latest:
                try:
                    self._patch()
                except BaseException:
                    self._restore()
                    raise
            _latest.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with _changing:
            if self in _latest:
                first = _latest[0]
                _latest.remove(self)
                if not _latest:
                    first._restore()
                elif first is self:
                    _latest[0]._undo, self._undo = self._undo, []

    def _patch(self) -> None:
        clock = self._clock
        traveller = _traveller(clock)
        if traveller is not None:
            self._undo.append(traveller.stop)
            move_to = traveller.start().move_to
            for name in ("set", "rewind"):
                self._follow(name, move_to)
        real = time.sleep
        self._undo.append(lambda: setattr(time, "sleep", real))
        time.sleep = _sleep_of(self._engine, real)  # type: ignore[assignment]  # what else it takes, the real one gets

    def _follow(self, name: str, move_to: Callable[[Any], object]) -> None:
        """Have the library told after each call of this method of the clock."""
        clock = self._clock
        move = getattr(clock, name)

        def follow(now: int) -> None:
            move(now)
            move_to(clock.now())

        self._undo.append(lambda: vars(clock).pop(name, None))
        vars(clock)[name] = follow

    def _restore(self) -> None:
        while self._undo:
            self._undo.pop()()


def _sleep_of(engine: Engine, real: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        """Wait for ``seconds`` of the cloud's clock."""
        # What is refused, and what only lets others run, are as ever; so is all when the cloud is no more.
        if engine.closed or not isinstance(seconds, int | float) or not seconds > 0:
            real(seconds)
        else:
            engine.pause(seconds)

    return sleep


def _traveller(clock: FrozenClock) -> Any:
    """Something with ``start`` and ``stop`` that has the process see this time; None when no library is there."""
    try:
        return import_module("time_machine").travel(clock.now(), tick=False)
    except ImportError:
        pass
    try:
        freeze_time = import_module("freezegun").freeze_time
    except ImportError:
        return None
    return freeze_time(clock.now(), tick=False, real_asyncio=True)
