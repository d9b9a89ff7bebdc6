"""Where reading begins: the five types of starting positions, for iterators and subscriptions."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.notes import clock_stands
from ...core.timestamps import nanoseconds_of
from ...core.unset import UNSET
from . import errors
from .sequence import parse
from .shard import Shard, shard_id_of
from .stream import Stream

__all__ = ["Start", "start_position"]

_BY_NUMBER = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


class Start(NamedTuple):
    """What a request says of where to begin."""

    kind: str
    sequence_number: str
    """UNSET when not given."""
    timestamp: Any
    """An aware datetime; UNSET when not given."""
    operation: str
    """The operation's name, for its errors."""


def start_position(now: int, stream: Stream, shard: Shard, start: Start) -> int:
    """The position in ``shard`` that ``start`` means. O(log n) in its records.

    Raises InvalidArgumentException when what is given does not go with the type or is not of this shard.
    """
    stream.trim(now, shard)
    if start.sequence_number is not UNSET:
        if start.kind not in _BY_NUMBER and start.kind != "AT_TIMESTAMP":
            raise errors.position_has_number(start.kind)
        _check_number(stream, shard, start)
        if start.kind == "AT_SEQUENCE_NUMBER":
            return shard.position_at_number(start.sequence_number)
        if start.kind == "AFTER_SEQUENCE_NUMBER":
            return shard.position_after_number(start.sequence_number)
    elif start.kind in _BY_NUMBER:
        raise errors.position_lacks_number(start.kind)
    if start.kind == "AT_TIMESTAMP":
        return shard.position_at_time(_past_time(now, start))
    return shard.tip if start.kind == "LATEST" else shard.horizon


def _check_number(stream: Stream, shard: Shard, start: Start) -> None:
    text = start.sequence_number
    place = (text, start.operation, shard.shard_id, stream.name, stream.account_id)
    number = parse(text)
    if number is None:
        raise errors.number_invalid(*place)
    if number.shard_index != shard.index:
        raise errors.number_of_other_shard(shard_id_of(number.shard_index), shard.shard_id)
    if number.version == 0:
        raise errors.internal_failure()
    if number.version != 2 or number.created != shard.created:
        raise errors.number_of_other_stream(*place)


def _past_time(now: int, start: Start) -> int:
    if start.timestamp is UNSET:
        raise errors.position_lacks_time()
    moment = nanoseconds_of(start.timestamp)
    if moment > now:
        raise errors.position_in_future(moment // 1_000_000, now // 1_000_000).noting(clock_stands(now))
    return moment
