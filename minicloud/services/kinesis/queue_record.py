"""A record that a queue has begun to deliver: in which state it is for that queue, and how often it was received.

What the stream knows of the record is the stream's, and shared by all of its queues. A record that nobody has received
yet has no such object: it lies in the stream, from where the queue reads on.
"""

from __future__ import annotations

from typing import Final

from ...core.timestamps import datetime_to_the_millisecond
from . import queue_shapes as shapes
from .record import KEYLESS, Record, record_id_of

__all__ = [
    "DEAD",
    "DEAD_IN_FLIGHT",
    "GONE",
    "IN_FLIGHT",
    "STATE_NAMES",
    "TRANSITIONS",
    "VISIBLE",
    "QueueRecord",
]

VISIBLE: Final = 0
IN_FLIGHT: Final = 1
DEAD: Final = 2
"""A dead letter that can be received."""
DEAD_IN_FLIGHT: Final = 3
GONE: Final = 4
"""Acknowledged or expired; what still points to it is stale."""

STATE_NAMES: Final = ("visible", "in_flight", "dead_letter", "dead_letter_in_flight", "gone")

TRANSITIONS: Final[dict[int, dict[int, str]]] = {
    VISIBLE: {
        IN_FLIGHT: "a receive delivers it",
        GONE: "expired, or acknowledged by the handle of its last flight, which is over",
    },
    IN_FLIGHT: {
        VISIBLE: "the visibility timeout is over or 0, or the receiver was cancelled",
        DEAD: "the flight is over, and it has been received as often as it may be",
        GONE: "acknowledged or expired",
    },
    DEAD: {
        DEAD_IN_FLIGHT: "a receive of dead letters delivers it",
        VISIBLE: "restored by the handle of its last flight, which is over",
        GONE: "expired, or acknowledged by the handle of its last flight, which is over",
    },
    DEAD_IN_FLIGHT: {
        DEAD: "the visibility timeout is over or 0, or the receiver was cancelled",
        VISIBLE: "restored",
        GONE: "acknowledged or expired",
    },
    GONE: {},
}
"""From each state the states that may follow, and what leads there; the property tests hold every record to it."""


class QueueRecord:
    """A record of one queue."""

    __slots__ = (
        "deliveries",
        "due",
        "first_received",
        "former_handle",
        "handle",
        "position",
        "receive_count",
        "received_at",
        "receiver",
        "record",
        "serial",
        "shard_index",
        "state",
    )

    def __init__(self, serial: int, record: Record, shard_index: int, position: int) -> None:
        self.serial = serial
        """Of the records that the queue has begun to deliver, from 1."""
        self.record = record
        self.shard_index = shard_index
        self.position = position
        """Its position in its shard."""
        self.state = VISIBLE
        self.due = 0
        """When its flight ends."""
        self.receive_count = 0
        """How often it was received since it came, or was restored."""
        self.deliveries = 0
        """How often it was received in all."""
        self.first_received = 0
        self.received_at = 0
        self.receiver: object = None
        """Who received it last, as ``World.receiver`` tells."""
        self.handle: str | None = None
        """The receipt handle of the latest delivery, as long as it is good for anything."""
        self.former_handle: str | None = None
        """The one that was good for something before."""

    @property
    def key(self) -> tuple[int, int, int]:
        """Its place in the order of the queue: by arrival, then shard, then sequence number. [inferred]"""
        return self.record.arrival, self.shard_index, self.position

    @property
    def record_id(self) -> str:
        """The same in each delivery, and in each queue of the stream."""
        return record_id_of(self.record.sequence_number)

    @property
    def is_in_flight(self) -> bool:
        """Whether it has been received, and can neither be received again nor is gone."""
        return self.state in (IN_FLIGHT, DEAD_IN_FLIGHT)

    def deliver(self, now: int, due: int, handle: str, state: int) -> None:
        """Be in flight until ``due``. Nothing in here can be interrupted: it has happened, or it has not."""
        self.receive_count += 1
        self.deliveries += 1
        if not self.first_received:
            self.first_received = now
        self.received_at = now
        self.former_handle = self.handle
        self.handle = handle
        self.due = due
        self.state = state

    def undo_delivery(self) -> None:
        """Be as before the latest delivery. Nothing in here can be interrupted."""
        self.receive_count -= 1
        if self.first_received == self.received_at:
            self.first_received = 0
        self.handle = self.former_handle
        self.former_handle = None
        if self.state == IN_FLIGHT:
            self.state = VISIBLE
        elif self.state == DEAD_IN_FLIGHT:
            self.state = DEAD

    def restore(self) -> None:
        """Be a dead letter no more, and never received. Nothing in here can be interrupted."""
        self.receive_count = 0
        self.handle = self.former_handle = None
        self.state = VISIBLE

    def as_answer(self) -> shapes.QueueRecord:
        """The record as a receive shows it."""
        record = self.record
        answer: shapes.QueueRecord = {
            "ReceiptHandle": self.handle or "",
            "RecordId": record_id_of(record.sequence_number),
            "PartitionKey": record.partition_key,
            "Data": record.data,
            "ApproximateArrivalTimestamp": datetime_to_the_millisecond(record.arrival),
            "FirstReceiveTimestamp": datetime_to_the_millisecond(self.first_received),
            "ReceiveCount": self.receive_count,
        }
        if record.marks & KEYLESS:
            del answer["PartitionKey"]
        return answer
