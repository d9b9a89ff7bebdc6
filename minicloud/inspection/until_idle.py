"""``cloud.run_until_idle``: time passes, from one thing that is due to the next, until nothing is owed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..engine.blocking import QUIET, STALL
from ..engine.idle import what_is_owed
from ..engine.idle_threads import count_running
from ..engine.turns import inside
from ..exceptions import UsageError
from .handled_by import why_not_done
from .jumps import span
from .until import LOOK, blocking_a_loop, is_waited_for, let_others_run

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["Idleness", "run_until_idle"]

_MOST_TOLD = 10


class Idleness:
    """Until when nothing may be owed any more, and what is said when something is."""

    def __init__(self, engine: Engine, limit: float) -> None:
        if not isinstance(limit, int | float) or not 0 <= limit < 1e9:
            raise UsageError(f"limit={shown(limit)} is not a number of seconds: give zero or more")
        if inside(engine.errand_runner) is not None:
            raise UsageError(
                "run_until_idle() inside of a handler waits for the end of that very handler: call it in the test"
            )
        self._engine = engine
        self._limit = limit
        self._began = engine.time_ns()
        self._end = self._began + round(limit * SECOND)
        self._hoped = 0.0
        self.owed: list[str] = []
        self.remark: Callable[[], str] = str
        """What else to say, of tasks."""

    @property
    def passed(self) -> timedelta:
        """How much time has passed."""
        return timedelta(microseconds=(self._engine.time_ns() - self._began) / 1_000)

    def is_idle(self) -> bool:
        """Whether nothing is owed."""
        self.owed = what_is_owed(self._engine)
        return not self.owed

    def wait(self, timer: int | None = None) -> float | None:
        """How many seconds there are until the next thing is due; None when only somebody else can go on.

        Fails when that is after the end. ``timer`` is when an event loop's next one goes off.
        """
        __tracebackhide__ = True
        found = self._engine.next_due()
        if timer is not None and (found is None or timer < found[0]):
            found = timer, "a timer of the event loop goes off"
        if found is None:
            return None
        due, what = found
        if due > self._end:
            self.fail(f"next is due, at {datetime_of(due):%Y-%m-%d %H:%M:%S}: {what}")
        self._hoped = 0.0
        return max(due - self._engine.time_ns(), 0) / SECOND

    def hope(self, seen: object, is_alone: bool) -> None:
        """Nothing is due, and another thread, or a task, may be going to do something. Fails when nobody does."""
        __tracebackhide__ = True
        if is_alone or self._hoped >= STALL:
            self.fail("nothing is due, and nobody is there to do something")
        self._hoped = self._hoped + QUIET if self._engine.sleepers.activity == seen else 0.0

    def fail(self, why: str) -> NoReturn:
        """Raise ``AssertionError``."""
        __tracebackhide__ = True
        owed = list(dict.fromkeys(self.owed))
        told = "; ".join(owed[:_MOST_TOLD])
        more = f"; and {counted(len(owed) - _MOST_TOLD, 'more thing')}" if len(owed) > _MOST_TOLD else ""
        passed = span(self._engine.time_ns() - self._began)
        error = AssertionError(
            f"the cloud is not idle after {passed} (limit={self._limit:g}): it still owes {told}{more}. "
            f"{why}{self.remark()}"
        )
        for line in why_not_done(self._engine):
            error.add_note(escaped(line, 1_000))
        raise error


def run_until_idle(engine: Engine, limit: float) -> timedelta:
    """``Cloud.run_until_idle``."""
    __tracebackhide__ = True
    idleness = Idleness(engine, limit)
    idleness.remark = partial(blocking_a_loop, "run_until_idle")
    engine.tell_what_is_kept()
    with engine.letting_go():
        _run(engine, idleness)
    engine.tell_what_is_kept()
    return idleness.passed


def _run(engine: Engine, idleness: Idleness) -> None:
    __tracebackhide__ = True
    runner, clock = engine.errand_runner, engine.clock
    while True:
        if engine.errands or runner.held.line:
            runner.run()
        seen = engine.sleepers.activity
        let_others_run(engine)
        runner.wait_for_posts()
        if idleness.is_idle():
            return
        if engine.errands and runner.run():
            continue  # that look has settled what was due, and has left it to us
        _check_loop(engine)
        seconds = idleness.wait()
        engine.sleepers.looked_after = 0.0
        if seconds is None:
            idleness.hope(seen, count_running() <= 1 and not runner.pending)
            threading.Event().wait(QUIET)
        elif is_waited_for(clock):
            engine.sleep(min(seconds, LOOK))
        elif clock.autojump and count_running() > 1:
            engine.sleep(seconds)  # not past who has a message in hand
        else:
            clock.advance(seconds)


def _check_loop(engine: Engine) -> None:
    asyncio: Any = sys.modules.get("asyncio.events")
    loop = None if asyncio is None else asyncio._get_running_loop()
    if loop is not None and any(run.task.get_loop() is loop for run in list(engine.errand_runner.in_tasks.values())):
        raise UsageError(
            "run_until_idle() blocks the event loop whose tasks it waits for: await cloud.async_run_until_idle()"
        )
