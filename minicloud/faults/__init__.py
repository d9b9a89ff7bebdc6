"""Faults on request: calls that fail, answers that get lost, deliveries that go astray. ``cloud.faults`` takes them."""

from .effects import Delay, Disconnect, Drop, Duplicate, FailEntries, LoseAnswer, Postpone, Refuse, Reorder
from .faults import Fault, Faults, When

__all__ = [
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
    "When",
]
