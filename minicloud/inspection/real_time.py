"""That a test has waited in real time for what comes in a cloud's: told by who reports that it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core import facts
from ..core.timeline import SECOND

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["waited_in_vain"]

_WORTH_A_REMARK = 0.9
"""Seconds of real time; who sleeps at all sleeps for one."""


def waited_in_vain(engine: Engine, events: Sequence[TraceEvent], real_seconds: float) -> str:
    """What to say where the clock stood, and a receive missed what would have been there so many seconds later.

    Empty where nothing is to be said. O(events).
    """
    if real_seconds < _WORTH_A_REMARK or not engine.clock.manual or not events:
        return ""
    now = engine.time_ns()
    if events[0].time_ns != now:
        return ""
    until = now + round(real_seconds * SECOND)
    missed = any(
        event.kind == facts.SQS_RECEIVE_EMPTY and now < event.details.get("next_due_ns", 0) <= until for event in events
    )
    if not missed:
        return ""
    return (
        f"the test took {real_seconds:.2g} s of real time and none of the cloud's: time.sleep() moves no clock; "
        "cloud.clock.advance() does, and so does time.sleep() itself under @pytest.mark.minicloud(time=True)"
    )
