"""A record, and how answers show it.

A record is immutable and knows neither its shard nor its stream: snapshots, traces and readers all hold the same one.
"""

from __future__ import annotations

from typing import Any

from ...core.timestamps import datetime_to_the_millisecond
from . import shapes

__all__ = ["Record", "as_answers", "size_of"]


class Record:
    """A record of a shard; never changed, never copied."""

    __slots__ = ("arrival", "data", "encrypted", "end", "kept_from", "partition_key", "sequence_number")

    def __init__(
        self,
        sequence_number: str,
        arrival: int,
        kept_from: int,
        data: bytes,
        partition_key: str,
        end: int,
        encrypted: bool,
    ) -> None:
        self.sequence_number = sequence_number
        self.arrival = arrival
        """When it was put, in nanoseconds."""
        self.kept_from = kept_from
        """When its retention began: the same, but never earlier than that of the record before it."""
        self.data = data
        self.partition_key = partition_key
        self.end = end
        """Bytes that the shard had taken with it: the size of any run of records is a difference."""
        self.encrypted = encrypted
        """Whether the stream was encrypted when it was put."""


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
        if record.encrypted:
            answer["EncryptionType"] = "KMS"
        append(answer)
    return answers
