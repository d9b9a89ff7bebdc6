"""Which attributes a receive asks for, by the names that it gives."""

from __future__ import annotations

from functools import lru_cache

from ...core.notes import meant
from . import errors
from .attributes import READABLE_NAMES
from .message import Selection

__all__ = ["selection_of"]

_SYSTEM_NAMES = frozenset(
    {
        "All",
        "SenderId",
        "SentTimestamp",
        "ApproximateReceiveCount",
        "ApproximateFirstReceiveTimestamp",
        "SequenceNumber",
        "MessageDeduplicationId",
        "MessageGroupId",
        "AWSTraceHeader",
        "DeadLetterQueueSourceArn",
        "SqsManagedSseEnabled",  # which no message has [SQS API: ReceiveMessage]
    }
)


@lru_cache(256)  # programs ask for the same again and again
def selection_of(attribute_names: tuple[str, ...], system_names: tuple[str, ...], names: tuple[str, ...]) -> Selection:
    """What is asked for by the two parameters for system attributes, and by the one for the user's."""
    wanted = set()
    for name in system_names:
        if name not in _SYSTEM_NAMES:
            raise errors.unknown_attribute(name).noting(meant(name, _SYSTEM_NAMES))
        wanted.add(name)
    for name in attribute_names:
        # The older parameter also takes the names of queue attributes, and ignores them.
        if name in _SYSTEM_NAMES:
            wanted.add(name)
        elif name not in READABLE_NAMES:
            raise errors.unknown_attribute(name).noting(meant(name, _SYSTEM_NAMES))
    return Selection(frozenset(wanted), names)
