"""Records as answers show them."""

from __future__ import annotations

from typing import Any

from ...core.timestamps import datetime_to_the_millisecond
from .shapes import Record as RecordShape
from .shard import Record

__all__ = ["as_answers"]


def as_answers(records: list[Record]) -> list[RecordShape]:
    """The dicts of a run of records. Linear in their number; data is not copied."""
    answers: list[RecordShape] = []
    append = answers.append
    arrival: int | None = None
    moment: Any = None
    for record in records:
        if record.arrival is not arrival:
            # Records of one call share the very number, and their shard's readers the datetime made of it.
            arrival = record.arrival
            moment = datetime_to_the_millisecond(arrival)
        answer: RecordShape = {
            "SequenceNumber": record.sequence_number,
            "ApproximateArrivalTimestamp": moment,
            "Data": record.data,
            "PartitionKey": record.partition_key,
        }
        if record.encrypted:
            answer["EncryptionType"] = "KMS"
        append(answer)
    return answers
