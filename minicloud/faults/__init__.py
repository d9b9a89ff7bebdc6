"""Faults on request: calls that fail, answers that get lost, deliveries that go astray. ``cloud.faults`` takes them."""

from .effects import CrashCaller, Delay, Disconnect, Drop, Duplicate, FailEntries, LoseAnswer, Postpone, Refuse, Reorder
from .faults import Fault, Faults, When
from .invocations import Crash, Throttle, TimeOut

__all__ = [
    "Crash",
    "CrashCaller",
    "Delay",
    "Disconnect",
    "Drop",
    "Duplicate",
    "FailEntries",
    "Fault",
    "Faults",
    "LoseAnswer",
    "Postpone",
    "Refuse",
    "Reorder",
    "Throttle",
    "TimeOut",
    "When",
]
