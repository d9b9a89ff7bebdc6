"""What is noted of errors of SQS beside AWS's texts: the reason, as far as the cloud knows it, and a way out.

Nothing is decided here. Every function is called where an error is made, and only then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ...core.arns import is_account_id
from ...core.hosts import Host
from ...core.notes import at, none_of_that_name, of_region, seconds, ways_past
from ...core.shown import counted, shown
from ...core.timeline import SECOND
from ...core.world import World
from .message import VISIBLE, Message
from .move_task import MoveTask
from .queue import Queue


class State(Protocol):
    """The SQS of one account in one region, as notes look at it."""

    account_id: str
    region_name: str
    world: World
    deleted_at: dict[str, int]

    @property
    def queues(self) -> Mapping[str, Queue]:
        """By name."""

    def queue_by_arn(self, arn: str) -> Queue | None:
        """The queue of this account and region with that ARN."""


_RESOLUTION = "receive it again, and use the new handle"


# --- queues ----------------------------------------------------------------------------------------------------------


def no_queue(state: State, name: str) -> list[str]:
    """There is no queue of that name."""
    deleted_at = state.deleted_at.get(name)
    notes = [] if deleted_at is None else [f"a queue of this name was deleted {at(deleted_at)}"]
    others = none_of_that_name("queue", name, state, state.world.services("sqs"), lambda one: one.queues)
    return notes + (others if deleted_at is None else [])


def no_queue_at_url(state: State, url: str, name: str) -> list[str]:
    """There is no queue of that URL, or name in its place."""
    account_id = url.rstrip("/").rpartition("/")[0].rpartition("/")[2]
    if account_id == state.account_id or not is_account_id(account_id) or name not in state.queues:
        return no_queue(state, name)
    return [
        f"this URL is of account {account_id}, and the queue of this name is of {state.account_id}: take "
        "the URL that get_queue_url() returns, or give the cloud the account by account_id="
    ]


def no_queue_at(state: State, arn: str) -> list[str]:
    """There is no queue of that ARN, in this account and region."""
    parts = arn.split(":")
    if len(parts) != 6:
        return []
    if parts[3] != state.region_name:
        return [of_region(parts[3], state.region_name)]
    if parts[4] != state.account_id:
        return [f"it is of account {parts[4]}, and this call was made for account {state.account_id}"]
    return no_queue(state, parts[5])


def arn_for_url(state: State, arn: str) -> str:
    """An ARN stands where a URL has to."""
    queue = state.queue_by_arn(arn)
    url = f"this queue's is {queue.url}" if queue is not None else "get_queue_url() finds it by the queue's name"
    return f"an ARN is not a QueueUrl: {url}"


def url_of_other_region(state: State, host: Host) -> str:
    """A URL is of another region."""
    return of_region(host.region_name, state.region_name)


def deleted_recently(name: str, now: int, deleted_at: int, limit: int) -> str:
    """A queue of that name was deleted less than a minute ago."""
    return f"{shown(name)} was deleted {seconds(now - deleted_at)} ago on this cloud's clock; " + ways_past(
        deleted_at + limit - now
    )


def purged_recently(now: int, purged_at: int, limit: int) -> str:
    """A queue was purged less than a minute ago."""
    return f"it was purged {seconds(now - purged_at)} ago on this cloud's clock; " + ways_past(purged_at + limit - now)


def other_attribute(queue: Queue, name: str, requested: Any) -> str:
    """A queue that is asked for has another value of an attribute."""
    has, wants = (attributes.as_text_map().get(name) for attributes in (queue.attributes, requested))
    return (
        f"the queue's {name} is {shown(has)}, and this call asks for {shown(wants)}: "
        "set_queue_attributes() changes that of a queue which is there"
    )


def of_other_account(queue: Queue, account_id: str) -> str:
    """The queue belongs to somebody else."""
    owner = queue.arn.split(":")[4]
    return f"the queue is of account {owner}, which alone may do this, and this call was made for account {account_id}"


def no_sources(queue: Queue) -> str:
    """The source of a move task is no dead-letter queue."""
    return f"no queue of this account and region has a RedrivePolicy that names {queue.name}"


def move_under_way(now: int, task: MoveTask) -> str:
    """Another move task empties the queue."""
    rate = f", at {task.rate} a second" if task.rate else ""
    return (
        f"it was started {seconds(now - task.started)} ago on this cloud's clock, and has moved {task.moved} of "
        f"{counted(task.total, 'message')}{rate}: cloud.clock.advance() lets it go on, CancelMessageMoveTask ends it"
    )


# --- messages ---------------------------------------------------------------------------------------------------------


def needs_deduplication(queue: Queue) -> str:
    """A FIFO queue is to be told of duplicates by whoever sends."""
    return f"ContentBasedDeduplication of {queue.name} is false: set it to true, or give a MessageDeduplicationId"


def needs_group(queue: Queue) -> str:
    """A message of a FIFO queue has no group."""
    return f"{queue.name} is a FIFO queue: each of its messages has a group, inside of which order is kept"


def is_standard(queue: Queue) -> str:
    """What only FIFO queues know."""
    return f"{queue.name} is a standard queue, which knows no duplicates: leave it out, or send to a FIFO queue"


def delays_as_a_whole(queue: Queue) -> str:
    """A single message of a FIFO queue is to be delayed."""
    return f"{queue.name} is a FIFO queue, which delays all messages alike: set its attribute DelaySeconds"


def sizes(size: int, attributes: int) -> str:
    """What is too long."""
    return f"it has {counted(size + attributes, 'byte')}: {size} of the body and {attributes} of message attributes"


def many_in_flight(queue: Queue) -> str:
    """Nothing more can be in flight."""
    return f"{queue.name} has {counted(queue.in_flight, 'message')} in flight, of {queue.in_flight_limit} that may be"


def received_long_ago(now: int, message: Message) -> str:
    """A message cannot be hidden for so long any more."""
    since = now - message.received_at
    most = max(-(-(43_200 * SECOND - since) // SECOND) - 1, 0)
    return f"it was received {seconds(since)} ago on this cloud's clock: {most} s from now on is the most"


def handle_is_stale(queue: Queue, now: int, message: Message, handle: str) -> str:
    """A FIFO queue takes only the handle of the latest receive, as long as the message is in flight."""
    if message.handle != handle:
        return (
            f"the message was received again {at(message.received_at)} ({counted(message.receive_count, 'receive')} "
            "by now): only the handle of that receive is good"
        )
    if message.state == VISIBLE:
        ended = f"{seconds(now - message.due)} ago on this cloud's clock, " if message.due <= now else ""
        return (
            f"its visibility timeout ended {ended}{seconds(message.due - message.received_at)} after the receive: "
            f"{_RESOLUTION}, hide it for longer (VisibilityTimeout), or extend it in time (ChangeMessageVisibility)"
        )
    return f"the message is not in flight: {_RESOLUTION}"


MESSAGE_GONE = (
    "the message has gone: it was deleted, purged, moved to a dead-letter queue, or its retention period is over"
)
"""Nothing is known any more under a handle that the queue has issued."""


def handle_of_other(other: Queue, queue: Queue) -> str:
    """The handle was issued by another queue."""
    return f"this receipt handle is of {other.name}, and the call is about {queue.name}"


def no_handle(state: State, handle: str, prefix_length: int) -> list[str]:
    """A handle that no queue here has issued."""
    for service in state.world.services("sqs"):
        other = service.by_handle_prefix.get(handle[:prefix_length])
        if other is not None and service is not state:
            return [f"it is of the queue {other.name} in {service.region_name} of account {service.account_id}"]
    if len(handle) == 36 and handle.count("-") == 4:
        return ["this is a MessageId: the handle of a received message is message['ReceiptHandle']"]
    return ["no queue of this cloud has issued it: it is of another cloud, of a deleted queue, or not a handle at all"]
