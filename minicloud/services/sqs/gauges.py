"""What a queue measures of itself, as CloudWatch shows it. [SQS developer guide: available CloudWatch metrics]

It only looks. The age of the oldest message leaves out, on standard queues, those received three times and more; in a
dead-letter queue it counts from the moment at which a message was moved there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ...core.gauges import Gauge
from .message import DELAYED, IN_FLIGHT, Message
from .queue import Queue

__all__ = ["gauges_of"]

_NAMESPACE: Final = "AWS/SQS"
_FORGOTTEN_AT: Final = 3


def gauges_of(queue: Queue, now: int) -> Iterator[Gauge]:
    """The gauges of a queue. O(1) for most queues; O(messages) for FIFO, fair and dead-letter queues."""
    arn, dimensions, is_idle = queue.arn, (("QueueName", queue.name),), not queue.size
    visible, delayed, in_flight = queue.counts_at(now)
    counts = [
        ("ApproximateNumberOfMessagesVisible", visible),
        ("ApproximateNumberOfMessagesNotVisible", in_flight),
        ("ApproximateNumberOfMessagesDelayed", delayed),
    ]
    noisy = set(queue.noisy_groups(now))
    quiet: list[Message] = []
    if queue.is_fifo:
        groups = {message.group_id for message in queue.all_messages() if message.state == IN_FLIGHT}
        counts.append(("ApproximateNumberOfGroupsWithInflightMessages", len(groups)))
    elif queue.is_fair:
        quiet = [message for message in queue.all_messages() if message.group_id not in noisy]
        states = [message.state for message in quiet]
        hidden = states.count(IN_FLIGHT), states.count(DELAYED)
        counts += [
            ("ApproximateNumberOfNoisyGroups", len(noisy)),
            ("ApproximateNumberOfMessagesVisibleInQuietGroups", len(quiet) - sum(hidden)),
            ("ApproximateNumberOfMessagesNotVisibleInQuietGroups", hidden[0]),
            ("ApproximateNumberOfMessagesDelayedInQuietGroups", hidden[1]),
        ]
    for name, value in counts:
        yield Gauge(arn, _NAMESPACE, name, dimensions, "Count", value, is_idle=is_idle)
    oldest = queue.oldest(0 if queue.is_fifo else _FORGOTTEN_AT)
    if oldest is not None:
        yield Gauge(arn, _NAMESPACE, "ApproximateAgeOfOldestMessage", dimensions, "Seconds", since=oldest)
    since = _oldest(quiet)
    if since is not None:
        yield Gauge(arn, _NAMESPACE, "ApproximateAgeOfOldestMessageInQuietGroups", dimensions, "Seconds", since=since)


def _oldest(messages: Iterable[Message]) -> int | None:
    return min((one.arrival for one in messages if one.receive_count < _FORGOTTEN_AT), default=None)
