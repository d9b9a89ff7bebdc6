"""Who waits in a cloud, and in which call: for the texts of what never ends."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from ..core.shown import counted, escaped
from ..core.timeline import SECOND

if TYPE_CHECKING:
    from .state import State

__all__ = ["who_waits"]

_MOST_NAMED = 5


def who_waits(state: State) -> str:
    """The threads and tasks that wait, with call and rest of the time: ``consumer-0: ReceiveMessage on jobs, 20 s``.

    Empty when nobody does. Called under the lock, or where nobody else is. O(calls that wait + tasks).
    """
    tasks = _tasks(state)
    threads = {thread.ident: thread.name for thread in threading.enumerate()}
    now = state.time_ns()
    told = []
    for waiter, caller in list(state.world.waiters.items()):
        if waiter.done or waiter in state.forsaken:
            continue
        name = tasks.get(waiter) or threads.get(caller if isinstance(caller, int) else None, "a thread")
        call, resource = waiter.call
        where = f" on {escaped(resource, 80)}" if resource else ""
        told.append(f"{escaped(name, 80)}: {call}{where}, {max(waiter.deadline - now, 0) / SECOND:g} s")
    more = len(told) - _MOST_NAMED
    return "; ".join([*told[:_MOST_NAMED], *([f"and {counted(more, 'more call')}"] if more > 0 else [])])


def _tasks(state: Any) -> dict[Any, str]:
    """The names of the tasks that wait, as far as their loops tell."""
    names: dict[Any, str] = {}
    for loop, driver in list(state.sleepers.drivers.items()):
        sleeping = _sleeping_tasks(loop)
        asleep = list(driver.waiters.items())
        names.update((waiter, sleeping[future]) for waiter, future in asleep if future in sleeping)
    return names


def _sleeping_tasks(loop: Any) -> dict[Any, str]:
    """The names of a loop's tasks, by what they wait for."""
    asyncio: Any = sys.modules.get("asyncio")  # it is there if a loop is
    try:
        tasks = asyncio.all_tasks(loop)
    except RuntimeError:  # it runs in another thread, and makes some
        return {}
    return {getattr(task, "_fut_waiter", None): task.get_name() for task in tasks}
