"""Log groups, their streams, and the events in these.

The id of an event says its order: its time, and which event of the service it is. So streams keep events by their ids,
a place between two events is a number, and the events of several streams are merged by comparing numbers. AWS's ids
look the same: 56 digits that begin with the time. [known]
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from ...core.listing import Listing
from . import shapes

__all__ = ["LogEvent", "LogGroup", "LogStream", "event_id", "first_id_at", "in_order"]

_EVENT_OVERHEAD: Final = 26
"""Bytes that an event counts beside its text. [CloudWatch Logs API: PutLogEvents]"""
_TIME_SHIFT: Final = 144
_SERIAL_SHIFT: Final = 96
_by_id: Final = attrgetter("id")


def event_id(milliseconds: int, serial: int) -> int:
    """The id of an event at this time, the one of that number."""
    return milliseconds << _TIME_SHIFT | serial << _SERIAL_SHIFT


def first_id_at(milliseconds: int) -> int:
    """No event of this time has a lower id, and none of an earlier time a higher one."""
    return milliseconds << _TIME_SHIFT


def in_order(events: Iterable[LogEvent]) -> list[LogEvent]:
    """Events by their ids."""
    return sorted(events, key=_by_id)


class LogEvent:
    """A line that was logged. It does not change."""

    __slots__ = ("id", "ingested", "message", "serial", "size", "timestamp")

    def __init__(self, timestamp: int, serial: int, message: str, ingested: int) -> None:
        self.id = event_id(timestamp, serial)
        self.timestamp = timestamp
        """When it was logged, in milliseconds."""
        self.ingested = ingested
        """When it came here."""
        self.serial = serial
        self.message = message
        self.size = len(message.encode("utf-8", "surrogatepass")) + _EVENT_OVERHEAD

    def shown(self) -> shapes.OutputLogEvent:
        """As GetLogEvents shows it."""
        return {"timestamp": self.timestamp, "message": self.message, "ingestionTime": self.ingested}


class LogStream:
    """The events of one source, in the order of their ids."""

    __slots__ = ("arn", "created", "events", "last_ingested", "name", "size")

    def __init__(self, name: str, arn: str, created: int, events: list[LogEvent]) -> None:
        self.name = name
        self.arn = arn
        self.created = created
        """In milliseconds."""
        self.events = events
        self.mend()

    def mend(self) -> None:
        """Derive anew its size, and when something came last. O(events)."""
        self.size = sum(event.size for event in self.events)
        self.last_ingested = max((event.ingested for event in self.events), default=0)

    def append(self, events: list[LogEvent]) -> None:
        """Take in events, which are in order. O(them, and those that are later than the first of them)."""
        if self.events and events[0].id < self.events[-1].id:
            place = self.place_of(events[0].id)
            self.events[place:] = in_order([*self.events[place:], *events])
        else:
            self.events.extend(events)
        self.size += sum(event.size for event in events)
        self.last_ingested = max(self.last_ingested, events[0].ingested)

    def place_of(self, id_: int) -> int:
        """How many events have a lower id. O(log n)."""
        return bisect_left(self.events, id_, key=_by_id)

    def shown(self) -> shapes.LogStream:
        """As DescribeLogStreams shows it. Streams have no size of their own. [CloudWatch Logs API: LogStream]"""
        shown: shapes.LogStream = {"logStreamName": self.name, "creationTime": self.created}
        if self.events:
            shown["firstEventTimestamp"] = self.events[0].timestamp
            shown["lastEventTimestamp"] = self.events[-1].timestamp
            shown["lastIngestionTime"] = self.last_ingested
        shown["arn"] = self.arn
        shown["storedBytes"] = 0
        return shown


class LogGroup:
    """A group of streams. What was said of it when it was made does not change, but for its retention."""

    __slots__ = ("arn", "created", "is_protected", "kms_key_id", "log_class", "name", "retention", "streams")

    def __init__(
        self,
        name: str,
        arn: str,
        created: int,
        *,
        kms_key_id: str = "",
        log_class: str = "STANDARD",
        is_protected: bool = False,
    ) -> None:
        self.name = name
        self.arn = arn
        self.created = created
        """In milliseconds."""
        self.kms_key_id = kms_key_id
        self.log_class = log_class
        self.is_protected = is_protected
        self.retention: int | None = None
        """In days; None: for ever."""
        self.streams: Listing[str, LogStream] = Listing()

    def mend(self) -> None:
        """Derive anew the order of its streams, and their sizes. O(events)."""
        self.streams.mend()
        for stream in self.streams.items.values():
            stream.mend()

    def shown(self) -> shapes.LogGroup:
        """As DescribeLogGroups shows it. O(streams)."""
        shown: shapes.LogGroup = {
            "logGroupName": self.name,
            "creationTime": self.created,
        }
        if self.retention is not None:
            shown["retentionInDays"] = self.retention
        shown["metricFilterCount"] = 0
        shown["arn"] = f"{self.arn}:*"
        shown["storedBytes"] = sum(stream.size for stream in self.streams.items.values())
        if self.kms_key_id:
            shown["kmsKeyId"] = self.kms_key_id
        shown["logGroupClass"] = self.log_class
        shown["logGroupArn"] = self.arn
        shown["deletionProtectionEnabled"] = self.is_protected
        return shown

    def outline(self) -> shapes.LogGroup:
        """As DescribeLogGroups shows it to who asks with a pattern. [CloudWatch Logs API: DescribeLogGroups]"""
        return {"logGroupName": self.name, "creationTime": self.created, "arn": f"{self.arn}:*"}
