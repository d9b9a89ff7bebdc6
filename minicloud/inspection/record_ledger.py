"""What became of one record of a stream: who read it, and in which runs it was.

A record stays in its shard when it was read, so its account has reads and no end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.shown import escaped
from .bodies import excerpt
from .message_ledger import Delivery, MessageLedger
from .run_notes import Note
from .text import describe, shard_label, short_sequence_number
from .times import time_teller

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["PARTIAL_PUT_RETRIED", "RecordLedger"]

PARTIAL_PUT_RETRIED = "kinesis: partial put retried"


class RecordLedger(MessageLedger):
    """What became of one record of a stream. Its deliveries are the times that it was read. ``str()`` tells it."""

    def __init__(self, put: TraceEvent) -> None:
        details = put.details
        super().__init__(details["sequence_number"], put.resource, details["arn"], put)
        self.identity = f"{self.arn}/{self.message_id}"
        self.body = details["data"].decode("utf-8", "backslashreplace")
        self.partition_key: str | None = details["partition_key"]
        self.shard_id: str = details["shard_id"]
        self.position: int = details["position"]
        """How many records its shard had taken before."""
        self.fate = "unread"
        """``"unread"``, ``"read"`` or ``"stream deleted"``."""
        self.events.append(put)

    @property
    def is_of_stream(self) -> bool:
        """Whether it is a record of a stream, which stays there when it was read."""
        return True

    @property
    def trouble(self) -> int:
        """Nothing can go wrong with one record; it can with its readers."""
        return 0

    @property
    def name(self) -> str:
        """What it is, and the end of its sequence number."""
        return f"record {short_sequence_number(self.message_id)}"

    @property
    def title(self) -> str:
        """The record in a few words."""
        where = shard_label(self.queue, self.shard_id)
        return f"{self.name} {self.excerpt or excerpt(self.body or '')} in {where}, {self.fate}"

    def lines(self) -> list[str]:
        """Its events, a line each, with days where there are several."""
        gone = () if self.gone_ns is None else (self.gone_ns,)
        at = time_teller([*(event.time_ns for event in (*self._lead, *self.events)), *gone])
        lines = [f"{at(note.time_ns)}  {note.text}" for note in self._lead]
        lines.append(f"{at(self.events[0].time_ns)}  {describe(self.events[0])}")
        reads = {read.sequence: read for read in self.deliveries if not read.is_of_function}
        for event in self.events[1:]:
            if isinstance(event, Note):
                lines.append(f"{at(event.time_ns)}  {event.text}")
            elif event.number in reads:
                lines.append(f"{at(event.time_ns)}  read by {escaped(reads[event.number].by, 80)}")
        if self.gone_ns is not None:
            lines.append(f"{at(self.gone_ns)}  gone with its stream")
        return lines

    def read(self, event: TraceEvent, by: str, *, is_of_function: bool = False) -> None:
        """Somebody has read it."""
        delivery = Delivery(len(self.deliveries) + 1, self.queue, event.time_ns, by, "", 0)
        delivery.sequence, delivery.outcome, delivery.ended_ns = event.number, "read", event.time_ns
        delivery.is_of_function = is_of_function
        self.deliveries.append(delivery)
        self.events.append(event)
        self.fate = "read"
