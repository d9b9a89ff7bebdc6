"""What may have to hold of a cloud when a test is over; each verdict is a list of complaints, empty when it holds.

The pytest plugin asks those that a marker or the ini file names, of each cloud of the test before it is closed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from ..core.shown import counted, escaped, shown
from ..exceptions import UsageError
from .bodies import excerpt
from .history import check_history
from .text import short_id
from .trace import Trace
from .views.queues import all_queues
from .views.stream_queues import all_stream_queues

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["VERDICTS", "check_verdicts", "judge"]


def _no_in_flight(engine: Engine) -> list[str]:
    return [
        f"{short_id(message.message_id)} {excerpt(message.body)} is still in flight in {view.name}"
        for view in all_queues(engine)
        for message in view.messages
        if message.state == "in_flight"
    ] + [
        f"{record!r} is still in flight in {view.name}"
        for view in all_stream_queues(engine)
        for record in view.records
        if record.state.endswith("in_flight")
    ]


def _left_in(views: list[Any]) -> list[str]:
    return [
        f"{short_id(message.message_id)} {excerpt(message.body)} is left in {view.name}, "
        f"received {counted(message.receive_count, 'time')}"
        for view in views
        for message in view.messages
    ]


def _dlqs_empty(engine: Engine) -> list[str]:
    return _left_in([view for view in all_queues(engine) if view.is_dead_letter_queue]) + [
        f"{record!r} is left in {view.name}" for view in all_stream_queues(engine) for record in view.dead_letters
    ]


def _queues_empty(engine: Engine) -> list[str]:
    return _left_in(all_queues(engine)) + [
        f"{record!r} is left in {view.name}" for view in all_stream_queues(engine) for record in view.records
    ]


def _no_blocked_pollers(engine: Engine) -> list[str]:
    with engine.lock:
        blocked = sum(waiter not in engine.forsaken for waiter in engine.world.waiters)
    return [f"{counted(blocked, 'call is', 'calls are')} still waiting in the cloud"] if blocked else []


def _no_users_left(engine: Engine) -> list[str]:
    Trace(engine).demand("the verdict no_users_left")
    own = {threading.current_thread(), threading.main_thread(), _current_task()}
    return [
        f"{user.name if hasattr(user, 'name') else user.get_name()} has used the cloud and has not ended"
        for user in engine.recorder.users()
        if user not in own and not getattr(user, "name", "").startswith("minicloud")
    ]


def _current_task() -> object:
    """The task that asks, which may be the one that closes the cloud."""
    asyncio = sys.modules.get("asyncio")  # never imported for this
    return None if asyncio is None or asyncio._get_running_loop() is None else asyncio.current_task()


def _faults_fired(engine: Engine) -> list[str]:
    return [f"{fault!r} never fired" for fault in engine.unused_faults()]


def _history_holds(engine: Engine) -> list[str]:
    return [str(violation) for violation in check_history(engine).violations]


_JUDGES: dict[str, Callable[[Engine], list[str]]] = {
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
            raise UsageError(f"{shown(name)} is not a verdict: give one of {', '.join(VERDICTS)}")
    return chosen


def judge(engine: Engine, names: Collection[str]) -> str:
    """The complaints about a cloud as text, by verdict; empty when all hold."""
    lines = []
    for name in check_verdicts(names):
        try:
            complaints = _JUDGES[name](engine)
        except UsageError as error:  # what it needs is not there: the trace, for instance
            complaints = [str(error)]
        if complaints:
            lines.append(f"{name}:")
            lines += [f"  {escaped(complaint, 1_000)}" for complaint in complaints]
    return "\n".join(lines)
