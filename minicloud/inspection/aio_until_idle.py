"""``cloud.async_run_until_idle``: the same as ``until_idle``, for a task of an event loop."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

from ..engine.aio_blocking import need_a_loop, sleep
from ..engine.aio_tasks import ended_by_errors
from ..engine.aio_turns import letting_go, run
from ..engine.blocking import QUIET
from .aio_until import TURNS, next_timer
from .until import LOOK, is_waited_for
from .until_idle import Idleness

if TYPE_CHECKING:
    from datetime import timedelta

    from ..engine.engine import Engine

__all__ = ["run_until_idle"]


async def run_until_idle(engine: Engine, limit: float) -> timedelta:
    """``Cloud.async_run_until_idle``."""
    __tracebackhide__ = True
    need_a_loop()
    idleness = Idleness(engine, limit)
    idleness.remark = partial(ended_by_errors, asyncio.all_tasks())
    engine.tell_what_is_kept()
    with letting_go(engine.errand_runner):
        await _run(engine, idleness)
    engine.tell_what_is_kept()
    return idleness.passed


async def _run(engine: Engine, idleness: Idleness) -> None:
    __tracebackhide__ = True
    while True:
        if engine.errands:
            await run(engine.errand_runner)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        engine.tell_what_is_kept()
        seen = engine.sleepers.activity
        if idleness.is_idle():
            return
        if engine.errands:
            await run(engine.errand_runner)  # that look has settled what was due, and has left it to us
        seconds = idleness.wait(next_timer())
        if seconds is None:
            await asyncio.to_thread(threading.Event().wait, QUIET)  # real time, whatever the loop's is
            idleness.hope(seen, is_alone=False)
        elif is_waited_for(engine.clock):
            await sleep(engine, min(seconds, LOOK))
        elif engine.clock.autojump:
            await sleep(engine, seconds)
        else:
            engine.clock.advance(seconds)
