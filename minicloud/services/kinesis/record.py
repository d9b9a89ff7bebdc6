"""A record, and how answers show it.

A record is immutable and knows neither its shard nor its stream: snapshots, traces and readers all hold the same one.
"""

from __future__ import annotations

from typing import Any, Final

from ...core.timestamps import datetime_to_the_millisecond
from . import shapes

__all__ = ["ENCRYPTED", "KEYLESS", "Record", "as_answers", "record_id_of", "size_of"]

ENCRYPTED: Final = 1
KEYLESS: Final = 2


class Record:
    """A record of a shard; never changed, never copied."""

    __slots__ = ("arrival", "data", "end", "kept_from", "marks", "partition_key", "sequence_number")

    def __init__(
        self,
        sequence_number: str,
        arrival: int,
        kept_from: int,
        data: bytes,
        partition_key: str,
        end: int,
        marks: int,
    ) -> None:
        self.sequence_number = sequence_number
        self.arrival = arrival
        """When it was put, in nanoseconds."""
        self.kept_from = kept_from
        """When its retention began: the same, but never earlier than that of the record before it."""
        self.data = data
        self.partition_key = partition_key
        """Empty when it was put without one."""
        self.end = end
        """Bytes that the shard had taken with it: the size of any run of records is a difference."""
        self.marks = marks
        """``ENCRYPTED`` when the stream was encrypted, ``KEYLESS`` when it was put without a partition key; 0 when
        neither, as most are."""


def record_id_of(sequence_number: str) -> str:
    """The RecordId under which queues deliver a record: the same in every queue of its stream. [inferred]"""
    return f"{int(sequence_number):x}"


def size_of(record: Record) -> int:
    """Its bytes, those of its partition key included."""
    return len(record.data) + len(record.partition_key.encode("utf-8", "surrogatepass"))


def as_answers(records: list[Record]) -> list[shapes.Record]:
    """The dicts of a run of records. Linear in their number; data is not copied."""
    answers: list[shapes.Record] = []
    append = answers.append
    arrival: int | None = None
    moment: Any = None
    for record in records:
        if record.arrival is not arrival:
            # Records of one call share the very number, and their shard's readers the datetime made of it.
            arrival = record.arrival
            moment = datetime_to_the_millisecond(arrival)
        answer: shapes.Record = {
            "SequenceNumber": record.sequence_number,
            "ApproximateArrivalTimestamp": moment,
            "Data": record.data,
            "PartitionKey": record.partition_key,
        }
        if record.marks:
            if record.marks & KEYLESS:
                del answer["PartitionKey"]
            if record.marks & ENCRYPTED:
                answer["EncryptionType"] = "KMS"
        append(answer)
    return answers
