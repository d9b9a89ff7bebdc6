"""Replays of archives: begun, listed, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any, Final

from ....core.operation import operation
from ....core.shapes import Timestamp
from ....core.timestamps import datetime_to_the_millisecond, nanoseconds_of
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, list_members
from ..replay import RUNNING, Replay
from ..state import EventsState

__all__ = ["ReplayOperations"]

_MOST_RUNNING: Final = 10
"""[recorded]"""
_PAGE: Final = 100


class ReplayOperations(EventsState):
    """The operations on replays."""

    @operation("StartReplay")
    def start_replay(
        self,
        now: int,
        *,
        ReplayName: shapes.Name,
        Description: str = UNSET,
        EventSourceArn: shapes.Name,
        EventStartTime: Timestamp,
        EventEndTime: Timestamp,
        Destination: shapes.ReplayDestination,
    ) -> shapes.StartReplayResponse:
        """Put the events of an archive on its bus once more, as soon as anything else happens. O(events).

        Raises ResourceAlreadyExistsException, LimitExceededException for the 11th that runs, ValidationException.
        """
        filters = Destination.get("FilterArns", ())
        check(
            ("replayName", constraints.REPLAY_NAME, ReplayName),
            ("description", constraints.DESCRIPTION, Description),
            ("eventSourceArn", constraints.EVENTS_ARN, EventSourceArn),
            ("destination.arn", constraints.ARN, Destination["Arn"]),
            *((f"destination.filterArns.{n}.member", constraints.ARN, one) for n, one in enumerate(filters, 1)),
        )
        start: Any = EventStartTime  # datetimes, whatever the caller gave
        end: Any = EventEndTime
        archive = self.archives.items.get(EventSourceArn.removeprefix(f"{self.arn_prefix}archive/"))
        if archive is None:
            raise errors.replay_of_no_archive(EventSourceArn.rpartition("/")[2])
        if ":event-bus/" not in Destination["Arn"]:
            raise errors.replay_to_no_bus()
        if Destination["Arn"] != archive.bus.arn:
            raise errors.replay_to_other_bus()
        for arn in filters:
            rule = self.find_rule(arn)
            if rule is None or rule.bus_name != archive.bus.name:
                raise errors.replay_to_no_rule(arn.rpartition("/")[2])
        if nanoseconds_of(end) <= nanoseconds_of(start):
            raise errors.replay_ends_first()
        if ReplayName in self.replays.items:
            raise errors.replay_exists(ReplayName)
        if sum(replay.state in RUNNING for replay in self.replays.items.values()) >= _MOST_RUNNING:
            raise errors.limit_exceeded()
        destination: dict[str, Any] = {"Arn": Destination["Arn"]}
        if "FilterArns" in Destination:
            destination["FilterArns"] = list(filters)
        arn = f"{self.arn_prefix}replay/{ReplayName}"
        replay = Replay(ReplayName, arn, archive, nanoseconds_of(start), nanoseconds_of(end), destination, now)
        replay.description = None if Description is UNSET else Description

        def begin() -> None:
            if ReplayName not in self.replays.items:
                self.replays.add(ReplayName, replay)
            replay.follow(self, now)

        self.world.carry_through(begin)
        return {"ReplayArn": arn, "State": "STARTING", "ReplayStartTime": datetime_to_the_millisecond(now)}

    @operation("DescribeReplay")
    def describe_replay(self, now: int, *, ReplayName: shapes.Name) -> shapes.DescribeReplayResponse:
        """A replay. O(1). Raises ResourceNotFoundException."""
        answer: Any = self._replay(ReplayName).shown()
        return answer  # type: ignore[no-any-return]

    @operation("ListReplays")
    def list_replays(
        self,
        now: int,
        *,
        NamePrefix: shapes.Name = UNSET,
        State: shapes.ReplayState = UNSET,
        EventSourceArn: shapes.Name = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListReplaysResponse:
        """Replays in the order of their names. O(log n + page). Raises ValidationException for more than one filter."""
        check(
            ("namePrefix", constraints.REPLAY_NAME, NamePrefix),
            ("state", constraints.REPLAY_STATE, State),
            ("eventSourceArn", constraints.EVENTS_ARN, EventSourceArn),
            *list_members(Limit, NextToken),
        )
        if sum(one is not UNSET for one in (NamePrefix, EventSourceArn, State)) > 1:
            raise errors.one_filter("ListReplays")
        accept: Callable[[Replay], bool] | None = None
        if EventSourceArn is not UNSET:
            accept = lambda replay: replay.archive.arn == EventSourceArn  # noqa: E731
        elif State is not UNSET:
            accept = lambda replay: replay.state == State  # noqa: E731
        prefix, size = NamePrefix or "", Limit or _PAGE
        after = self.read_token("replays", now, NextToken)
        page = self.replays.page(size + 1, after=after, since=prefix, accept=accept)
        names = list(takewhile(lambda name: name.startswith(prefix), page))
        answer: Any = {"Replays": [self.replays.items[name].outline() for name in names[:size]]}
        if len(names) > size:
            answer["NextToken"] = self.tokens.make("replays", now, names[size - 1])
        return answer  # type: ignore[no-any-return]

    @operation("CancelReplay")
    def cancel_replay(self, now: int, *, ReplayName: shapes.Name) -> shapes.CancelReplayResponse:
        """End a replay that runs: here it has ended before. O(1).

        Raises ResourceNotFoundException, and IllegalStatusException for one that is over.
        """
        raise errors.replay_over(self._replay(ReplayName).name)

    def _replay(self, name: str) -> Replay:
        check(("replayName", constraints.REPLAY_NAME, name))
        found = self.replays.items.get(name)
        if found is None:
            raise errors.replay_not_found(name)
        return found
