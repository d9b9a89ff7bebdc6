"""Time that passes until nothing is owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


def until_idle(cloud: Any) -> timedelta:
    """Let time pass until nothing is owed; how long that took."""
    passed: timedelta = cloud.run_until_idle()
    return passed
