"""Timestamps in answers as botocore parses them: of the local time zone, where native clients have UTC.

To parse one takes botocore 20 µs, more than all the rest of a call. What is slow about it is to find the zone's offset,
which holds for a quarter of an hour at the least.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

from ..wire.bodies import scalar_text

__all__ = ["converter_of"]

Convert = Callable[[Any], Any]

_QUARTER = 900


def converter_of(shape: Any, protocol: str) -> Callable[[dict[str, Any]], None] | None:
    """What turns the timestamps in an answer of that shape (botocore's) into botocore's own, in place; or None.

    None for a shape without timestamps. O(answer).
    """
    if shape is None:
        return None
    return _in_place(shape, local_timestamp if protocol == "json" else _parsed_timestamp, ())


def _in_place(shape: Any, convert: Convert, above: tuple[str, ...]) -> Callable[[Any], None] | None:
    kind = shape.type_name
    if shape.name in above:
        return None
    if kind == "structure":
        members = {name: member for name, member in shape.members.items() if member.type_name == "timestamp"}
        # In a header the zone is written, and botocore keeps it.
        converters = {
            name: _in_utc if member.serialization.get("location") == "header" else convert
            for name, member in members.items()
        }
        inner = {name: _in_place(member, convert, (*above, shape.name)) for name, member in shape.members.items()}
        deeper = {name: change for name, change in inner.items() if change is not None}
        if not members and not deeper:
            return None

        def change_structure(value: Any) -> None:
            for name, convert_member in converters.items():
                if name in value:
                    value[name] = convert_member(value[name])
            for name, change in deeper.items():
                if name in value:
                    change(value[name])

        return change_structure
    if kind == "list" and shape.member.type_name == "timestamp":

        def change_moments(value: Any) -> None:
            value[:] = map(convert, value)

        return change_moments
    if kind == "list":
        change_item = _in_place(shape.member, convert, above)
        if change_item is None:
            return None

        def change_list(value: Any) -> None:
            for item in value:
                change_item(item)

        return change_list
    return None


class _Zone:
    """The local time zone as the C library had it, and its offsets by quarters of an hour since the epoch."""

    def __init__(self, known_by: tuple[Any, ...]) -> None:
        from botocore.compat import get_tzinfo_options

        self.known_by = known_by
        self.tzinfo: Any = get_tzinfo_options()[0]()
        self.offsets: dict[int, tuple[datetime.timedelta, int]] = {}

    def offset(self, moment: datetime.datetime, quarter: int) -> tuple[datetime.timedelta, int]:
        """How far the zone is ahead, and which of two equal times of a clock put back it is."""
        local = moment.astimezone(self.tzinfo)
        offset = local.replace(tzinfo=None) - moment.replace(tzinfo=None), local.fold
        if len(self.offsets) > 1000:
            self.offsets.clear()
        self.offsets[quarter] = offset
        return offset


_zone: _Zone | None = None
_last: tuple[datetime.datetime, datetime.datetime, _Zone] | None = None


def local_timestamp(moment: datetime.datetime) -> datetime.datetime:
    """A timestamp in UTC as botocore's parser has it: in the zone that the process is in at this time."""
    global _zone, _last  # noqa: PLW0603  # what is known of the process's time zone
    known_by = time.tzname, time.timezone, time.altzone
    zone = _zone
    if zone is None or zone.known_by != known_by:
        zone = _zone = _Zone(known_by)
    last = _last
    if last is not None and last[0] is moment and last[2] is zone:
        return last[1]  # the records of one call share their timestamp
    quarter = int(moment.timestamp()) // _QUARTER
    offset, fold = zone.offsets.get(quarter) or zone.offset(moment, quarter)
    local = (moment + offset).replace(tzinfo=zone.tzinfo, fold=fold)
    _last = moment, local, zone
    return local


def _parsed_timestamp(moment: datetime.datetime) -> datetime.datetime:
    from botocore.utils import parse_timestamp

    parsed: datetime.datetime = parse_timestamp(scalar_text(moment))
    return parsed


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    from botocore.utils import tzutc

    return moment.replace(tzinfo=tzutc())
