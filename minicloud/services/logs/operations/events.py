"""Events: put, read from one stream, and searched for in a group."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice, pairwise
from typing import Final

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, list_members
from ..filter_pattern import compile_pattern
from ..group import LogEvent, LogGroup, LogStream, event_id, first_id_at
from ..state import LogsState

__all__ = ["EventOperations"]

_MOST_EVENTS: Final = 10_000
_MOST_BYTES: Final = 1 << 20
"""In one page [CloudWatch Logs API: GetLogEvents], and in one batch [PutLogEvents]."""
_MILLISECOND: Final = 1_000_000
_DAY: Final = 24 * 3600 * 1000
_OLDEST: Final = 14 * _DAY
_NEWEST: Final = 2 * 3600 * 1000
"""How long ago, and how far ahead, the time of an event that is put may be. [CloudWatch Logs API: PutLogEvents]"""
_STREAM_TOKEN: Final = re.compile(r"([fb])/(\d{56})/s")
"""Forward or backward, and the id of an event: what lies behind it, or before it. [known]"""
_LATEST_FIRST_SINCE: Final = 1_704_067_200_000
"""2024-01-01 in UTC. [CloudWatch Logs API: FilterLogEvents]"""


class EventOperations(LogsState):
    """The operations on events."""

    @operation("PutLogEvents")
    def put_log_events(
        self,
        now: int,
        *,
        logGroupName: shapes.LogGroupName,
        logStreamName: shapes.LogStreamName,
        logEvents: shapes.InputLogEvents,
        sequenceToken: shapes.NextToken = UNSET,
        entity: shapes.Entity = UNSET,
    ) -> shapes.PutLogEventsResponse:
        """Log events, which are in order of time. They can be read at once. O(events).

        Not taken in are those of more than two hours to come, older than 14 days, or than the group keeps them; the
        answer says which, by their places. ``sequenceToken`` means nothing, as on AWS. Raises
        ResourceNotFoundException, and InvalidParameterException for events that are not in order, more than 24 hours
        apart, or over 1 MiB; ``UsageError`` for an ``entity``.
        """
        check(
            ("logGroupName", constraints.GROUP_NAME, logGroupName),
            ("logStreamName", constraints.STREAM_NAME, logStreamName),
            ("logEvents", constraints.EVENTS, logEvents),
            *constraints.event_members(logEvents),
            ("sequenceToken", constraints.NEXT_TOKEN, sequenceToken),
        )
        if entity is not UNSET:
            raise errors.entity_not_kept()
        milliseconds, serial = now // _MILLISECOND, self.next_serial
        events = [
            LogEvent(one["timestamp"], number, one["message"], milliseconds)
            for number, one in enumerate(logEvents, serial)
        ]
        if any(later.timestamp < event.timestamp for event, later in pairwise(events)):
            raise errors.events_unordered()
        size = sum(event.size for event in events)
        if size > _MOST_BYTES:
            raise errors.events_too_large(size, _MOST_BYTES)
        group = self.group(logGroupName)
        stream = self.stream(group, logStreamName)
        times = [event.timestamp for event in events]
        begin = bisect_left(times, milliseconds - _OLDEST)
        end = bisect_right(times, milliseconds + _NEWEST)
        rejected: shapes.RejectedLogEventsInfo = {}
        if end < len(events):
            rejected["tooNewLogEventStartIndex"] = end
        if begin:
            rejected["tooOldLogEventEndIndex"] = begin
        if group.retention is not None:
            expired = bisect_left(times, milliseconds - group.retention * _DAY)
            if expired:
                rejected["expiredLogEventEndIndex"] = expired
                begin = max(begin, expired)
        taken = events[begin:end]
        if taken and taken[-1].timestamp - taken[0].timestamp > _DAY:
            raise errors.events_too_far_apart()
        if taken:
            stream.append(taken)
            self.next_serial = serial + len(events)
        answer: shapes.PutLogEventsResponse = {"nextSequenceToken": f"{event_id(milliseconds, self.next_serial):056}"}
        if rejected:
            answer["rejectedLogEventsInfo"] = rejected
        return answer

    @operation("GetLogEvents")
    def get_log_events(
        self,
        now: int,
        *,
        logGroupName: shapes.LogGroupName = UNSET,
        logGroupIdentifier: shapes.LogGroupIdentifier = UNSET,
        logStreamName: shapes.LogStreamName,
        startTime: shapes.Timestamp = UNSET,
        endTime: shapes.Timestamp = UNSET,
        nextToken: shapes.NextToken = UNSET,
        limit: shapes.Limit = UNSET,
        startFromHead: bool = UNSET,
        unmask: bool = UNSET,
    ) -> shapes.GetLogEventsResponse:
        """A page of a stream, oldest event first: the latest, or with ``startFromHead`` the first. O(log n + page).

        There is always a token for either direction; at the end it is the one that was given. Tokens are good forever
        here. ``unmask`` changes nothing, as nothing is masked. Raises ResourceNotFoundException, and
        InvalidParameterException for two names of a group or none, and for a wrong token.
        """
        check(
            *constraints.group_members(logGroupName, logGroupIdentifier),
            ("logStreamName", constraints.STREAM_NAME, logStreamName),
            ("startTime", constraints.TIMESTAMP, startTime),
            ("endTime", constraints.TIMESTAMP, endTime),
            ("nextToken", constraints.NEXT_TOKEN, nextToken),
            ("limit", constraints.EVENTS_LIMIT, limit),
        )
        identifier = constraints.check_one_of(logGroupName, logGroupIdentifier)
        is_forward, id_ = bool(startFromHead), None
        if nextToken is not UNSET:
            found = _STREAM_TOKEN.fullmatch(nextToken)
            if found is None:
                raise errors.token_invalid()
            is_forward, id_ = found[1] == "f", int(found[2])
        stream = self.stream(self.group(identifier), logStreamName)
        begin = 0 if startTime is UNSET else stream.place_of(first_id_at(startTime))
        # Those at the end of the time are not included; FilterLogEvents includes them.
        end = len(stream.events) if endTime is UNSET else stream.place_of(first_id_at(endTime))
        if id_ is not None and is_forward:
            begin = max(begin, stream.place_of(id_ + 1))
        elif id_ is not None:
            end = min(end, stream.place_of(id_))
        size = limit or _MOST_EVENTS
        if is_forward:
            page = _fitting(islice(stream.events, begin, max(begin, end)), size)
        else:
            page = _fitting(reversed(stream.events[max(begin, end - size) : end]), size)[::-1]
        first, last = _ends_of(page, id_, is_forward=is_forward)
        return {
            "events": [event.shown() for event in page],
            "nextForwardToken": f"f/{last:056}/s",
            "nextBackwardToken": f"b/{first:056}/s",
        }

    @operation("FilterLogEvents")
    def filter_log_events(
        self,
        now: int,
        *,
        logGroupName: shapes.LogGroupName = UNSET,
        logGroupIdentifier: shapes.LogGroupIdentifier = UNSET,
        logStreamNames: shapes.LogStreamNames = UNSET,
        logStreamNamePrefix: shapes.LogStreamName = UNSET,
        startTime: shapes.Timestamp = UNSET,
        endTime: shapes.Timestamp = UNSET,
        filterPattern: str = UNSET,
        nextToken: shapes.NextToken = UNSET,
        limit: shapes.Limit = UNSET,
        startFromHead: bool = UNSET,
        interleaved: bool = UNSET,
        unmask: bool = UNSET,
    ) -> shapes.FilterLogEventsResponse:
        """The events of a group that match, of all its streams by time: oldest first, unless ``startFromHead=False``.

        O(events that are looked at). There is a token if and only if there are more. ``interleaved`` changes nothing,
        as on AWS, and ``unmask`` neither, as nothing is masked. Raises ResourceNotFoundException, and
        InvalidParameterException for a wrong pattern or token, for two names of a group or none, and for two ways to
        choose streams; ``UsageError`` for a pattern that minicloud does not read (``filter_pattern``).
        """
        check(
            *constraints.group_members(logGroupName, logGroupIdentifier),
            *list_members("logStreamNames", constraints.STREAM_NAME, logStreamNames, 100),
            ("logStreamNamePrefix", constraints.STREAM_NAME, logStreamNamePrefix),
            ("startTime", constraints.TIMESTAMP, startTime),
            ("endTime", constraints.TIMESTAMP, endTime),
            ("filterPattern", constraints.FILTER_PATTERN, filterPattern),
            ("nextToken", constraints.NEXT_TOKEN, nextToken),
            ("limit", constraints.EVENTS_LIMIT, limit),
        )
        identifier = constraints.check_one_of(logGroupName, logGroupIdentifier)
        if logStreamNames is not UNSET and logStreamNamePrefix is not UNSET:
            raise errors.names_and_prefix()
        is_forward = startFromHead is UNSET or startFromHead
        if not is_forward and (startTime is UNSET or startTime < _LATEST_FIRST_SINCE):
            raise errors.latest_first_too_early()
        matches = compile_pattern(filterPattern or "")
        place = self.read_token("events", now, nextToken)
        low = first_id_at(startTime or 0)
        high = None if endTime is UNSET else first_id_at(endTime + 1)
        if place is not None:
            is_forward = place[0] == "forward"
            id_ = int(place[1])
            low = max(low, id_ + 1) if is_forward else low
            high = high if is_forward else min(id_, id_ if high is None else high)
        streams = self._streams_of(self.group(identifier), logStreamNames, logStreamNamePrefix or "")
        found = (
            (event, stream)
            for event, stream in _merged(streams, low, high, is_forward=is_forward)
            if matches(event.message)
        )
        page, has_more = _page_of(found, limit or _MOST_EVENTS)
        answer: shapes.FilterLogEventsResponse = {
            "events": [
                {"logStreamName": stream.name, **event.shown(), "eventId": f"{event.id:056}"} for event, stream in page
            ],
            "searchedLogStreams": [],
        }
        if has_more:
            direction = "forward" if is_forward else "backward"
            answer["nextToken"] = self.tokens.make("events", now, direction, page[-1][0].id)
        return answer

    def _streams_of(self, group: LogGroup, names: shapes.LogStreamNames, prefix: str) -> list[LogStream]:
        """The streams that are asked for. Raises ResourceNotFoundException for one that there is not."""
        if names:
            return [self.stream(group, name) for name in dict.fromkeys(names)]
        return [stream for name, stream in group.streams.items.items() if name.startswith(prefix)]


def _fitting(events: Iterable[LogEvent], most: int) -> list[LogEvent]:
    """As many of them as a page holds."""
    page: list[LogEvent] = []
    room = _MOST_BYTES
    for event in events:
        room -= event.size
        if page and (room < 0 or len(page) == most):
            break
        page.append(event)
    return page


def _ends_of(page: list[LogEvent], id_: int | None, *, is_forward: bool) -> tuple[int, int]:
    """The ids for the tokens backward and forward of a page; ``id_`` is that of the token which led to it.

    An empty page is between two events: at the token that was given, or, without one, at the beginning.
    """
    if page:
        return page[0].id, page[-1].id
    if id_ is None:
        return 0, 0
    return (id_ + 1, id_) if is_forward else (id_, max(id_ - 1, 0))


def _merged(
    streams: list[LogStream], low: int, high: int | None, *, is_forward: bool
) -> Iterator[tuple[LogEvent, LogStream]]:
    """The events of several streams from one id on and below another, by their ids, each with its stream."""

    def of(stream: LogStream) -> Iterator[tuple[LogEvent, LogStream]]:
        begin = stream.place_of(low)
        end = len(stream.events) if high is None else stream.place_of(high)
        places = range(begin, end) if is_forward else range(end - 1, begin - 1, -1)
        return ((stream.events[place], stream) for place in places)

    return merge(*map(of, streams), key=lambda pair: pair[0].id, reverse=not is_forward)


def _page_of(found: Iterator[tuple[LogEvent, LogStream]], most: int) -> tuple[list[tuple[LogEvent, LogStream]], bool]:
    """As many as a page holds, and whether there are more."""
    page: list[tuple[LogEvent, LogStream]] = []
    room = _MOST_BYTES
    for pair in found:
        room -= pair[0].size
        if page and (room < 0 or len(page) == most):
            return page, True
        page.append(pair)
    return page, False
