"""How asyncio tasks sleep in a cloud. Who moves time meanwhile is a driver of their loop (``aio_driver``)."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from ..core.waiter import Waiter
from ..exceptions import UsageError
from .aio_driver import LoopDriver, resolve
from .blocking import Driver, alarm

if TYPE_CHECKING:
    from .state import State

__all__ = ["join", "need_a_loop", "sleep", "take_a_turn", "wait"]


async def wait(engine: State, waiter: Waiter) -> Any:
    """Sleep until ``waiter`` is done; return its answer or raise its error.

    Cancelled, also at the moment when a message has just been handed over, the poll has taken nothing.
    """
    asleep = None
    try:
        await engine.errand_runner.before_waiting()
        with engine.gate("a call that waits"):
            asleep = None if waiter.done else join(engine, waiter)
        if asleep is not None:
            await asleep[1]
    except BaseException:
        engine.timeline.torn = engine.timeline.torn or 1  # as ``State.take_back`` tells
        engine.timeline.next_due = -1
        engine.forsaken[waiter] = None
        engine.take_back()
        raise
    finally:
        if asleep is not None:
            with engine.lock:
                asleep[0].leave(waiter)
    if waiter.error is not None:
        raise waiter.error
    return waiter.result


def join(engine: State, waiter: Waiter) -> tuple[Driver, asyncio.Future[None]]:
    """Count the waiter in with its loop's driver; what will be done when it is woken. Called under the lock."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise UsageError(
            "a long poll of an asyncio client needs a running asyncio event loop: under trio or another loop use "
            "the sync client in a thread, or poll with WaitTimeSeconds=0"
        ) from None
    driver = engine.sleepers.drivers.get(loop)
    if driver is None:
        engine.sleepers.forget_closed_loops()
        driver = engine.sleepers.drivers[loop] = LoopDriver(engine, loop)
    future = loop.create_future()
    waiter.wake = _waker(engine, loop, waiter, future)
    driver.join(waiter, future)
    return driver, future


async def take_a_turn() -> None:
    """Let what else is ready on this event loop run first. Without a loop of asyncio's there is nobody to wait for."""
    if asyncio._get_running_loop() is not None:
        await asyncio.sleep(0)


def need_a_loop() -> None:
    """Raise ``UsageError`` where no event loop of asyncio's runs, on which to wait."""
    if asyncio._get_running_loop() is None:
        raise UsageError(
            "waiting in the cloud's time needs a running asyncio event loop: under trio or another loop wait in a "
            "thread, with the sync client, cloud.sleep(), cloud.run_until() or cloud.run_until_idle()"
        )


async def sleep(engine: State, seconds: float) -> None:
    """Wait until ``seconds`` have passed on the cloud's clock, as ``Cloud.sleep`` does."""
    need_a_loop()
    await asyncio.sleep(0)  # a loop of polls without a delay lets others run, too
    waiter = None
    try:
        waiter = alarm(engine, seconds)
        await wait(engine, waiter)
    except BaseException:
        if waiter is not None:
            engine.timeline.torn = engine.timeline.torn or 1
            engine.timeline.next_due = -1
            engine.forsaken[waiter] = None
            engine.take_back()
        raise


def _waker(engine: State, loop: asyncio.AbstractEventLoop, waiter: Waiter, future: asyncio.Future[None]) -> Any:
    thread = threading.get_ident()

    def tell() -> None:
        resolve(loop, future)

    def wake() -> None:
        try:
            # Not at once: a future into whose set_result an exception comes is done, and its task sleeps on for good,
            # if the stack is full. The loop can be told again by whoever mends.
            call = loop.call_soon if threading.get_ident() == thread else loop.call_soon_threadsafe
            call(tell)
            call(tell)  # once more: what comes into the first is only logged
        except RuntimeError:
            if not loop.is_closed():
                raise  # a RecursionError, for instance
            # Its tasks were closed with it: nobody will take the answer.
            waiter.on_abandon(engine.time_ns())

    return wake
