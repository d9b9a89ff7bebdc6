"""Faults on request."""

from .effects import Delay, Disconnect, Drop, Duplicate, FailEntries, LoseAnswer, Postpone, Refuse, Reorder
from .faults import Fault, Faults, When
