"""How a request is answered without a task: most of them never wait, and a task costs as much as all of the rest.

A request is a coroutine all the same. It takes its first step at once, when its last byte has come, and nearly always
that is the only one. Before something waits, it says ``await as_a_task()``: that suspends the coroutine, and whoever
has taken the step makes a task of it, which goes on from there. So nothing may be awaited in a first step that can
suspend in any other way.

During the step the ``Step`` stands for the task: it is what ``asyncio.current_task()`` returns, and says who asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

__all__ = ["Step", "as_a_task"]


class Step:
    """Takes first steps."""

    __slots__ = ()

    def get_name(self) -> str:
        """Who asks, as a task's name would say it."""
        raise NotImplementedError

    def done(self) -> bool:
        """Whether nobody asks anything at the moment."""
        raise NotImplementedError

    def take(self, work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None] | None:
        """Take the first step of some work; the task that does the rest of it, if there is any."""
        asyncio.tasks._enter_task(loop, self)  # type: ignore[arg-type]
        try:
            awaited = work.send(None)
        except StopIteration:
            return None
        finally:
            asyncio.tasks._leave_task(loop, self)  # type: ignore[arg-type]
        if awaited is not None:
            work.close()
            raise RuntimeError(f"a request waits for {awaited!r} and is no task: see as_a_task()")
        return loop.create_task(work, name=self.get_name())


@coroutine
def as_a_task() -> Generator[None, None, None]:
    """Go on as a task, if this is none yet."""
    if isinstance(asyncio.current_task(), Step):
        yield
