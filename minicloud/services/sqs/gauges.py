"""What a queue measures of itself, as CloudWatch shows it. [SQS developer guide: available CloudWatch metrics]

It only looks. The age of the oldest message leaves out, on standard queues, those received three times and more; in a
dead-letter queue it counts from the moment at which a message was moved there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...core.gauges import Gauges, Value
from .message import DELAYED, IN_FLIGHT, Message
from .queue import Queue

__all__ = ["gauges_of"]

_NAMESPACE: Final = "AWS/SQS"
_FORGOTTEN_AT: Final = 3


def gauges_of(queue: Queue, now: int) -> Gauges:
    """The gauges of a queue. O(1) for most queues; O(messages) for FIFO, fair and dead-letter queues."""
    visible, delayed, in_flight = queue.counts_at(now)
    values: list[Value] = [
        ("ApproximateNumberOfMessagesVisible", "Count", visible, None),
        ("ApproximateNumberOfMessagesNotVisible", "Count", in_flight, None),
        ("ApproximateNumberOfMessagesDelayed", "Count", delayed, None),
    ]
    quiet: list[Message] = []
    if queue.is_fifo:
        groups = {message.group_id for message in queue.all_messages() if message.state == IN_FLIGHT}
        values.append(("ApproximateNumberOfGroupsWithInflightMessages", "Count", len(groups), None))
    elif queue.is_fair:
        noisy = set(queue.noisy_groups(now))
        quiet = [message for message in queue.all_messages() if message.group_id not in noisy]
        states = [message.state for message in quiet]
        hidden = states.count(IN_FLIGHT), states.count(DELAYED)
        values += [
            ("ApproximateNumberOfNoisyGroups", "Count", len(noisy), None),
            ("ApproximateNumberOfMessagesVisibleInQuietGroups", "Count", len(quiet) - sum(hidden), None),
            ("ApproximateNumberOfMessagesNotVisibleInQuietGroups", "Count", hidden[0], None),
            ("ApproximateNumberOfMessagesDelayedInQuietGroups", "Count", hidden[1], None),
        ]
    oldest = queue.oldest(0 if queue.is_fifo else _FORGOTTEN_AT)
    if oldest is not None:
        values.append(("ApproximateAgeOfOldestMessage", "Seconds", 0, oldest))
    since = _oldest(quiet) if quiet else None
    if since is not None:
        values.append(("ApproximateAgeOfOldestMessageInQuietGroups", "Seconds", 0, since))
    return Gauges(queue.arn, _NAMESPACE, (("QueueName", queue.name),), tuple(values), not queue.size)


def _oldest(messages: Iterable[Message]) -> int | None:
    return min((one.arrival for one in messages if one.receive_count < _FORGOTTEN_AT), default=None)
