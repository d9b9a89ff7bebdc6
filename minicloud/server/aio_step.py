"""How a request is answered without a task: most of them never wait, and a task costs as much as all of the rest.

A request is a coroutine all the same. It takes its first step at once, when its last byte has come, and nearly always
that is the only one. Before something waits, it says ``await as_a_task()``: that suspends the coroutine, and whoever
has taken the step makes a task of it, which goes on from there. So nothing may be awaited in a first step that can
suspend in any other way.

A request whose call is known before is not even that, as long as nobody wants to know who asks: a connection takes the
first step of the call alone, and what is left of it, if anything is, ``the_rest_of`` goes on with in a task.

During the step the ``Step`` stands for the task: it is what ``asyncio.current_task()`` returns, and says who asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any, ClassVar, Final, NoReturn, TypeVar

__all__ = ["Step", "as_a_task", "enter", "failing", "leave", "the_rest_of"]

T = TypeVar("T")


def _nothing(loop: asyncio.AbstractEventLoop, task: Any, /) -> None:
    """Where asyncio lacks it, nobody stands for a task."""


enter: Final[Callable[[asyncio.AbstractEventLoop, Any], None]] = getattr(asyncio.tasks, "_enter_task", _nothing)
leave: Final[Callable[[asyncio.AbstractEventLoop, Any], None]] = getattr(asyncio.tasks, "_leave_task", _nothing)
"""What asyncio has for those who make tasks of their own. [Python: extending asyncio]"""


class Step:
    """Takes first steps."""

    __slots__ = ()
    can_stand_for_a_task: ClassVar = hasattr(asyncio.tasks, "_enter_task") and hasattr(asyncio.tasks, "_leave_task")
    """Whether this asyncio lets it; where not, each request is a task, and the rest is the same."""

    def get_name(self) -> str:
        """Who asks, as a task's name would say it."""
        raise NotImplementedError

    def done(self) -> bool:
        """Whether nobody asks anything at the moment."""
        raise NotImplementedError

    def take(self, work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None] | None:
        """Take the first step of some work; the task that does the rest of it, if there is any."""
        if not self.can_stand_for_a_task:
            return loop.create_task(work, name=self.get_name())
        enter(loop, self)
        try:
            awaited = work.send(None)
        except StopIteration:
            return None
        finally:
            leave(loop, self)
        if awaited is not None:
            work.close()
            raise RuntimeError(f"a request waits for {awaited!r} and is no task: see as_a_task()")
        return loop.create_task(work, name=self.get_name())


@coroutine
def as_a_task() -> Generator[None, None, None]:
    """Go on as a task, if this is none yet."""
    task = asyncio.current_task()
    if task is None or isinstance(task, Step):
        yield


async def the_rest_of(work: Coroutine[Any, Any, T]) -> T:
    """What becomes of work that was suspended by ``as_a_task`` in its first step."""
    await as_a_task()
    return await _resumed(work)


async def failing(error: Exception) -> NoReturn:
    """What becomes of work that has raised something in its first step."""
    raise error


@coroutine
def _resumed(work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    begun: Any = work  # which ``await`` refuses
    return (yield from begun)  # type: ignore[no-any-return]
