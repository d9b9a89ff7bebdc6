"""What may have to hold of a cloud when a test is over; each verdict is a list of complaints, empty when it holds.

The pytest plugin asks those that a marker or the ini file names, of each cloud of the test before it is closed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from .text import excerpt, short_id

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["VERDICTS", "check_verdicts", "judge"]


def _no_in_flight(cloud: Cloud) -> list[str]:
    return [
        f"{short_id(message.message_id)} {excerpt(message.body)} is still in flight in {view.name}"
        for view in cloud.queues()
        for message in view.messages
        if message.state == "in_flight"
    ]


def _left_in(views: list[Any]) -> list[str]:
    return [
        f"{short_id(message.message_id)} {excerpt(message.body)} is left in {view.name}, "
        f"received {message.receive_count} times"
        for view in views
        for message in view.messages
    ]


def _dlqs_empty(cloud: Cloud) -> list[str]:
    return _left_in([view for view in cloud.queues() if view.is_dead_letter_queue])


def _queues_empty(cloud: Cloud) -> list[str]:
    return _left_in(cloud.queues())


def _no_blocked_pollers(cloud: Cloud) -> list[str]:
    with cloud.lock:
        blocked = len(cloud.world.waiters)
    return [f"{blocked} calls still wait in the cloud"] if blocked else []


def _no_users_left(cloud: Cloud) -> list[str]:
    cloud.trace.demand("the verdict no_users_left")
    own = {threading.current_thread(), threading.main_thread(), _current_task()}
    return [
        f"{user.name if hasattr(user, 'name') else user.get_name()} has used the cloud and has not ended"
        for user in cloud.trace.users()
        if user not in own and not getattr(user, "name", "").startswith("minicloud")
    ]


def _current_task() -> object:
    """The task that asks, which may be the one that closes the cloud."""
    asyncio = sys.modules.get("asyncio")  # never imported for this
    return None if asyncio is None or asyncio._get_running_loop() is None else asyncio.current_task()


def _faults_fired(cloud: Cloud) -> list[str]:
    if "faults" not in vars(cloud):
        return []
    return [f"{fault!r} never fired" for fault in cloud.faults.unused]


def _history_holds(cloud: Cloud) -> list[str]:
    return [str(violation) for violation in cloud.check_history().violations]


_JUDGES: dict[str, Callable[[Cloud], list[str]]] = {
    "no_in_flight": _no_in_flight,
    "dlqs_empty": _dlqs_empty,
    "queues_empty": _queues_empty,
    "no_blocked_pollers": _no_blocked_pollers,
    "no_users_left": _no_users_left,
    "faults_fired": _faults_fired,
    "history_holds": _history_holds,
}

VERDICTS = tuple(_JUDGES)
"""The names of the verdicts."""


def check_verdicts(names: Collection[str]) -> tuple[str, ...]:
    """The names as given; raises ``UsageError`` for one that there is not."""
    chosen = (names,) if isinstance(names, str) else tuple(names)
    for name in chosen:
        if name not in _JUDGES:
            raise UsageError(f"{name!r} is no verdict: there are {', '.join(VERDICTS)}")
    return chosen


def judge(cloud: Cloud, names: Collection[str]) -> str:
    """The complaints about a cloud as text, by verdict; empty when all hold."""
    lines = []
    for name in check_verdicts(names):
        try:
            complaints = _JUDGES[name](cloud)
        except UsageError as error:  # what it needs is not there: the trace, for instance
            complaints = [str(error)]
        if complaints:
            lines.append(f"{name}:")
            lines += [f"  {complaint}" for complaint in complaints]
    return "\n".join(lines)
