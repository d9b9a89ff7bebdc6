"""``cloud.run_until``: time passes, from one thing that is due to the next, until something holds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..core.predicates import said
from ..core.shown import shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..engine.blocking import QUIET, STALL
from ..engine.idle_threads import OtherThreads, count_running, threads_are_green
from ..exceptions import UsageError
from .jumps import span

if TYPE_CHECKING:
    from ..engine.clock import Clock
    from ..engine.engine import Engine
    from .trace import Trace

__all__ = ["LOOK", "Limit", "blocking_a_loop", "is_waited_for", "let_others_run", "run_until"]

T = TypeVar("T")

_LAST_LINES = 10
_LOOK = 10 * QUIET
"""Seconds of real time that a thread has for a look at others, and at what is to hold, before one of these jumps."""
LOOK = 2 * QUIET
"""Seconds for which a real clock is waited on before the next look: others may make it so at any time."""


class Limit:
    """Until when something has to hold, and what is said when it does not."""

    def __init__(self, engine: Engine, trace: Trace, predicate: Callable[[], Any], limit: float) -> None:
        if not callable(predicate):
            raise UsageError(f"run_until() takes a function that says whether it is so, not {shown(predicate)}")
        if not isinstance(limit, int | float) or not 0 <= limit < 1e9:
            raise UsageError(f"limit={shown(limit)} is not a number of seconds: give zero or more")
        self._engine = engine
        self._trace = trace
        self._predicate = predicate
        self._limit = round(limit * SECOND)
        self._end = engine.time_ns() + self._limit
        self.remark: Callable[[], str] = str
        """What else to say, of tasks."""

    @staticmethod
    def ask(predicate: Callable[[], T]) -> T:
        """What the predicate says where nothing can be awaited."""
        return said(predicate(), "what run_until() asks", "await cloud.async_run_until(...), or give a plain function")

    def next_due(self, timer: int | None = None) -> int | None:
        """When the next thing is due; None when nothing is. Fails when that is after the end.

        ``timer`` is when an event loop's next one goes off.
        """
        __tracebackhide__ = True
        found = self._engine.next_due()
        if timer is not None and (found is None or timer < found[0]):
            found = timer, "a timer of the event loop goes off"
        if found is None:
            return None
        if found[0] > self._end:
            self.fail(f"next is due, {_at(found[0])}: {found[1]}")
        return found[0]

    def fail(self, why: str) -> NoReturn:
        """Raise ``AssertionError``."""
        __tracebackhide__ = True
        name = getattr(self._predicate, "__qualname__", None) or shown(self._predicate)
        passed = self._limit - max(self._end - self._engine.time_ns(), 0)
        text = (
            f"{name} does not hold after {span(passed)} ({_at(self._engine.time_ns())[3:]} now); {why}{self.remark()}"
        )
        if self._trace.is_on:
            last = self._trace.render(_LAST_LINES)
            text = f"{text}\nwhat happened last:\n{last}" if last else f"{text}\nnothing has happened in this cloud"
        raise AssertionError(text)


def run_until(engine: Engine, trace: Trace, predicate: Callable[[], T], limit: float) -> T:
    """``Cloud.run_until``."""
    __tracebackhide__ = True
    until = Limit(engine, trace, predicate, limit)
    until.remark = partial(blocking_a_loop, "run_until")
    engine.tell_what_is_kept()
    held = until.ask(predicate)
    if not held:
        with engine.letting_go():
            held = _run(engine, until, predicate)
        engine.tell_what_is_kept()
    return held


def _run(engine: Engine, until: Limit, predicate: Callable[[], T]) -> T:
    __tracebackhide__ = True
    runner, sleepers = engine.errand_runner, engine.sleepers
    hoped = 0.0
    while True:
        if engine.errands or runner.held.line:
            runner.run()
        held = until.ask(predicate)
        if held:
            return held
        seen = sleepers.activity
        if let_others_run(engine):
            held = until.ask(predicate)
            if held:
                return held
        due = until.next_due()
        sleepers.looked_after = 0.0
        if due is not None:
            _move_to(engine, due)
        elif hoped >= STALL or count_running() <= 1:
            until.fail("nothing is due any more, and nobody is there to do something")
        else:  # another thread may be going to
            threading.Event().wait(QUIET)
            hoped = hoped + QUIET if sleepers.activity == seen else 0.0


def _move_to(engine: Engine, due: int) -> None:
    clock = engine.clock
    seconds = max(due - engine.time_ns(), 0) / SECOND
    if is_waited_for(clock):
        engine.sleep(min(seconds, LOOK))
    elif clock.autojump and count_running() > 1:
        # Not past who has a message in hand.
        engine.sleep(seconds)
    else:
        clock.advance(seconds)


def is_waited_for(clock: Clock) -> bool:
    """Whether time passes by itself, so that others need as much of it as they take: a real clock that goes."""
    return not clock.manual and clock.lasts(1) < inf


def let_others_run(engine: Engine) -> bool:
    """Wait until the other threads wait for something, or make no calls; whether there were any that did not."""
    others = OtherThreads()
    sleepers = engine.sleepers
    waited = False
    while count_running() > 1 + (0 if threads_are_green() else sleepers.count):
        seen = sleepers.activity
        others.are_running(seen)
        sleepers.looked_after = time.monotonic() + _LOOK
        if not waited:  # who was just woken mostly sleeps again at once
            waited = True
            threading.Event().wait(QUIET / 10)
            continue
        threading.Event().wait(QUIET)
        if sleepers.activity == seen and not others.are_running(seen):
            break
    return waited


def blocking_a_loop(name: str) -> str:
    """What to say where a call of the cloud's holds up the event loop that runs in this thread, and it was in vain."""
    asyncio: Any = sys.modules.get("asyncio.events")
    if asyncio is None or asyncio._get_running_loop() is None:
        return ""
    return f"; {name}() blocks the event loop, whose tasks do not run meanwhile: await cloud.async_{name}()"


def _at(time_ns: int) -> str:
    return f"at {datetime_of(time_ns):%Y-%m-%d %H:%M:%S.%f}"[:-3]
