"""``cloud.async_run_until``: the same as ``until``, for a task of an event loop."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..core.timeline import SECOND
from ..engine.aio_blocking import need_a_loop, sleep
from ..engine.aio_tasks import ended_by_errors
from ..engine.aio_turns import letting_go, run
from ..engine.blocking import QUIET, STALL
from ..engine.event_loop import CloudLoop
from .until import LOOK, Limit, is_waited_for

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace import Trace

__all__ = ["TURNS", "next_timer", "run_until"]

T = TypeVar("T")

TURNS = 5
"""How many turns of the loop other tasks have before time passes: one that was woken makes its next call in them."""


async def run_until(engine: Engine, trace: Trace, predicate: Callable[[], T | Awaitable[T]], limit: float) -> T:
    """``Cloud.async_run_until``."""
    __tracebackhide__ = True
    until = Limit(engine, trace, predicate, limit)
    tasks: set[asyncio.Task[Any]] = set()
    until.remark = partial(ended_by_errors, tasks)
    engine.tell_what_is_kept()
    held = await _ask(predicate)
    if not held:
        need_a_loop()
        tasks.update(asyncio.all_tasks())
        with letting_go(engine.errand_runner):
            held = await _run(engine, until, predicate)
        engine.tell_what_is_kept()
    return held


async def _ask(predicate: Callable[[], T | Awaitable[T]]) -> T:
    held: Any = predicate()
    if inspect.isawaitable(held):
        held = await held
    return cast("T", held)


async def _run(engine: Engine, until: Limit, predicate: Callable[[], T | Awaitable[T]]) -> T:
    __tracebackhide__ = True
    hoped = 0.0
    while True:
        if engine.errands:
            await run(engine.errand_runner)
        for _ in range(TURNS):
            held = await _ask(predicate)
            if held:
                return held
            await asyncio.sleep(0)
        engine.tell_what_is_kept()
        seen = engine.sleepers.activity
        due = until.next_due(next_timer())
        if due is None:
            if hoped >= STALL:
                until.fail("nothing is due any more, and nobody is there to do something")
            await asyncio.to_thread(threading.Event().wait, QUIET)  # real time, whatever the loop's is
            hoped = hoped + QUIET if engine.sleepers.activity == seen else 0.0
            continue
        seconds = max(due - engine.time_ns(), 0) / SECOND
        if is_waited_for(engine.clock):
            await sleep(engine, min(seconds, LOOK))
        elif engine.clock.autojump:
            await sleep(engine, seconds)
        else:
            engine.clock.advance(seconds)


def next_timer() -> int | None:
    """When the next timer of the loop goes off, if its time is a cloud's."""
    loop = asyncio.get_running_loop()
    return loop.next_timer() if isinstance(loop, CloudLoop) else None
