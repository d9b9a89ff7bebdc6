"""Time that passes until nothing is owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

LIMIT = timedelta(hours=1)


def until_idle(cloud: Any) -> timedelta:
    """Let time pass from one due event to the next until no service owes anything; how long that took."""
    if hasattr(cloud, "run_until_idle"):
        passed: timedelta = cloud.run_until_idle()
        return passed
    began = cloud.clock.now()
    while owed := [text for service in cloud.services() for text in service.owed(cloud.clock.time_ns())]:
        wait = (cloud.timeline.next_due - cloud.clock.time_ns()) / 1e9
        assert cloud.clock.now() - began + timedelta(seconds=wait) < LIMIT, owed
        cloud.clock.advance(max(wait, 0))
    return cloud.clock.now() - began  # type: ignore[no-any-return]
