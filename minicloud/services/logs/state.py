"""The CloudWatch Logs of one account in one region: what was logged, by services that say so with an effect.

True are the groups, their streams and the events of these. A group or a stream that is not there yet is made with its
first events in it, and comes into its listing in one step; events come into a stream in one step. Derived from them are
the order of names, sizes, and the number of the next event.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from ...core.effects import Deliver, ToLog
from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors
from .group import LogEvent, LogGroup, LogStream, in_order

__all__ = ["LogsState"]

_GROUP_ARN = re.compile(r"arn:[\w-]+:logs:([^:]*):(\d{12}):log-group:([^:*]+)", re.ASCII)
_MILLISECOND: Final = SECOND // 1000
_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[CloudWatch Logs API: FilterLogEvents]"""


class LogsState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:logs:{region_name}:{account_id}:log-group:"
        super().__init__(account_id, region_name, world)
        # Nobody writes logs that nobody has looked at: what is remembered is written now.
        functions = world.known_service("lambda", account_id, region_name)
        if functions is not None:
            for now, effect in functions.logged():
                self.ingest(now, effect)

    def reset(self) -> None:
        """Forget all groups."""
        self.groups: Listing[str, LogGroup] = Listing()
        self.next_serial = 0
        """The number of the next event."""
        self.tokens = TokenMaker(self.world.ids.digest("logs/tokens"))

    def mend(self, now: int) -> None:
        """Derive anew the order of names, sizes, and the number of the next event. O(events)."""
        self.groups.mend()
        for group in self.groups.items.values():
            group.mend()
            for stream in group.streams.items.values():
                highest = max((event.serial for event in stream.events), default=-1)
                self.next_serial = max(self.next_serial, highest + 1)

    # --- what is logged ----------------------------------------------------------------------------------------------

    def ingest(self, now: int, effect: ToLog) -> None:
        """Write what another service logs, into a group and a stream that are made if need be. O(lines)."""
        milliseconds, serial = now // _MILLISECOND, self.next_serial
        timed = [(now, message) if isinstance(message, str) else message for message in effect.messages]
        lines = [(time, message) for time, message in timed if message]
        if not lines:
            return
        events = in_order(
            LogEvent(time // _MILLISECOND, number, message, milliseconds)
            for number, (time, message) in enumerate(lines, serial)
        )
        effect.events = events
        group = self.groups.items.get(effect.log_group)
        stream = None if group is None else group.streams.items.get(effect.log_stream)
        if stream is not None:
            stream.append(events)
        else:
            arn = f"{self.arn_prefix}{effect.log_group}"
            stream = LogStream(effect.log_stream, f"{arn}:log-stream:{effect.log_stream}", milliseconds, events)
            if group is not None:
                group.streams.add(stream.name, stream)
            else:
                group = LogGroup(effect.log_group, arn, milliseconds)
                group.streams.add(stream.name, stream)
                self.groups.add(group.name, group)
        self.next_serial = serial + len(events)

    def has_ingested(self, effect: ToLog) -> bool:
        """Whether the lines of an effect have been written. O(n): asked only when that was interrupted."""
        group = self.groups.items.get(effect.log_group)
        stream = None if group is None else group.streams.items.get(effect.log_stream)
        return stream is not None and bool(effect.events) and any(one is effect.events[-1] for one in stream.events)

    def target(self, arn: str) -> Target | None:
        """What takes deliveries to a group, whose ARN may end in ``:*``: each gets a stream of its own. [inferred]"""
        group = self.find_group(arn.removesuffix(":*"))
        return None if group is None else partial(self._deliver, group)

    def _deliver(self, group: LogGroup, now: int, delivery: Deliver) -> None:
        # Nothing is drawn but from what is there, so what was interrupted and is done again gives the same name.
        bits = self.world.ids.random(f"logs/stream/{group.arn}/{self.next_serial}").getrandbits(128)
        name = f"{bits:032x}"
        name = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
        place = self.account_id, self.region_name
        self.world.outbox.append(ToLog(*place, group.name, name, [delivery.body], cause=delivery))

    # --- finding -----------------------------------------------------------------------------------------------------

    def find_group(self, identifier: str) -> LogGroup | None:
        """A group by its name, or by an ARN of this account and region. O(1)."""
        if identifier.startswith("arn:"):
            found = _GROUP_ARN.fullmatch(identifier)
            if found is None or found.group(1, 2) != (self.region_name, self.account_id):
                return None
            identifier = found[3]
        return self.groups.items.get(identifier)

    def group(self, identifier: str) -> LogGroup:
        """The same. Raises ResourceNotFoundException."""
        group = self.find_group(identifier)
        if group is None:
            raise errors.group_not_found()
        return group

    def stream(self, group: LogGroup, name: str) -> LogStream:
        """A stream of a group. Raises ResourceNotFoundException."""
        stream = group.streams.items.get(name)
        if stream is None:
            raise errors.stream_not_found()
        return stream

    # --- tokens ------------------------------------------------------------------------------------------------------

    def read_token(self, kind: str, now: int, token: str) -> list[str] | None:
        """What a nextToken of a list holds; None when none is given.

        Raises InvalidParameterException for one of another list, or of none, or after 24 hours.
        """
        if token is UNSET:
            return None
        found = self.tokens.read(kind, token)
        if found is None or now - found[0] > _TOKEN_LIFETIME:
            raise errors.token_invalid()
        return found[1]
