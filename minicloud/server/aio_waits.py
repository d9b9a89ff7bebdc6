"""How requests from outside wait in a cloud: a future each, and nobody moves time for them.

A task of the test's own process that waits on a virtual clock lets time jump, for the process knows whether anybody
could still make a call. Of other processes nobody knows. So a poll from outside is answered when a message comes, when
the test moves time past its end, or, if it does neither, empty after as many seconds of *real* time. On a real clock
the cloud's background settler sees to what comes due.

A poll whose client has gone has taken nothing, also when its answer could no longer be written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..core.timeline import SECOND
from ..core.waiter import Waiter
from ..engine.blocking import alarm
from ..exceptions import UsageError
from .aio_step import as_a_task

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["Waits"]

_NOTHING: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "ReceiveMessage": dict,
    "ReceiveQueueRecords": lambda: {"QueueRecords": []},
    "ReceiveDeadLetterQueueRecords": lambda: {"QueueRecords": []},
}
"""The answers of polls that found nothing."""


class Waits:
    """Who waits in a cloud for clients outside."""

    def __init__(self, cloud: Engine) -> None:
        self._cloud = cloud
        self._polls: dict[Waiter, asyncio.AbstractEventLoop] = {}
        self._waiting: set[asyncio.Task[Any] | None] = set()
        self.handed: dict[asyncio.Task[Any], Waiter] = {}
        """The polls that have their answer, by the task that is to write it."""

    async def wait(self, waiter: Waiter) -> Any:
        """Wait until the waiter is done; return its answer or raise its error."""
        cloud = self._cloud
        timer = None
        task = None
        try:
            await as_a_task()
            task = asyncio.current_task()
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            with cloud.gate("a call that waits"):
                is_done = waiter.done
                if not is_done:
                    waiter.wake = _waker(loop, future)
                    if not cloud.clock.manual:
                        cloud.keep_settling()
                    elif waiter.call[0] in _NOTHING:
                        seconds = max(0.0, (waiter.deadline - cloud.time_ns()) / SECOND)
                        timer = loop.call_later(seconds, self._end_empty, waiter)
            if not is_done:
                self._polls[waiter] = loop
                self._waiting.add(task)
                await future
        except BaseException:
            self.take_back(waiter)
            raise
        finally:
            self._polls.pop(waiter, None)
            self._waiting.discard(task)
            if timer is not None:
                timer.cancel()
        if waiter.error is not None:
            if isinstance(waiter.error, UsageError) and not cloud.closed and waiter.call[0] in _NOTHING:
                return _NOTHING[waiter.call[0]]()  # the cloud was reset, or restored: its next call says what there is
            raise waiter.error
        if task is not None and waiter.call[0] in _NOTHING and waiter.result:
            self.handed[task] = waiter
        return waiter.result

    async def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` have passed on the cloud's clock: a fault makes a call last so long."""
        await self.wait(alarm(self._cloud, seconds))

    def take_back(self, waiter: Waiter) -> None:
        """Nobody gets what this one was answered with: it goes back as if it had never been received."""
        cloud = self._cloud
        cloud.timeline.torn = cloud.timeline.torn or 1  # as ``State.take_back`` tells
        cloud.timeline.next_due = -1
        cloud.forsaken[waiter] = None
        cloud.take_back()

    def is_waiting(self, task: asyncio.Task[Any]) -> bool:
        """Whether a task waits for something that its client asked for."""
        return task in self._waiting

    def end_all(self) -> None:
        """Let every poll end empty, as the server does."""
        for waiter in list(self._polls):
            self._end_empty(waiter)

    def _end_empty(self, waiter: Waiter) -> None:
        nothing = _NOTHING.get(waiter.call[0])
        if nothing is None:
            return
        with self._cloud.gate("the end of a poll"):
            if waiter.done:
                return
            self._cloud.forsaken[waiter] = None
            waiter.on_abandon(self._cloud.time_ns())
            self._cloud.forsaken.pop(waiter, None)
            waiter.result = nothing()
            if waiter.wake is not None:
                waiter.wake()


def _waker(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> Callable[[], object]:
    def resolve() -> None:
        if not future.done():
            future.set_result(None)

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(resolve)
        except RuntimeError:
            if not loop.is_closed():
                raise

    return wake
