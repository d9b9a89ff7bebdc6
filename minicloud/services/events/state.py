"""The EventBridge of one account in one region: its buses with their rules, and how events get from one to the other.

True are the buses by name with their rules, what each rule is set to with its targets and when it is due next, the
archives with their events, and the replays with how far each has come. An event has happened when its cause has, or
when it is told so; what follows from it is in the outbox before that (``route``).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from functools import partial
from typing import Any, Final

from ...core.effects import Cause, Deliver
from ...core.event_pattern.errors import EventPatternError
from ...core.event_pattern.matcher import Pattern, compile_pattern
from ...core.hosts import partition_of
from ...core.json_text import compact, compact_loaded, parse_object
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.target_deliveries import retries_owed
from ...core.timeline import SECOND
from ...core.timestamps import iso_seconds
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors, facts
from .archive import Archive
from .bus import DEFAULT, Bus
from .delivery import EventDelivery, deliver
from .event import Event
from .managed import archive_of
from .replay import Replay
from .rule import Rule
from .schedules import Schedules

__all__ = ["EventsState"]

_BUS_ARN: Final = re.compile(r"arn:[^:]*:events:([^:]*):([^:]*):event-bus/(.+)", re.ASCII)
_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""


class EventsState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:events:{region_name}:{account_id}:"
        super().__init__(account_id, region_name, world)

    def reset(self) -> None:
        """Forget everything but the default bus."""
        self.buses: Listing[str, Bus] = Listing()
        self.default_bus = Bus(DEFAULT, f"{self.arn_prefix}event-bus/{DEFAULT}", None)
        self.buses.add(DEFAULT, self.default_bus)
        self.archives: Listing[str, Archive] = Listing()
        self.replays: Listing[str, Replay] = Listing()
        self.schedules = Schedules(self)
        self._head: tuple[int, str, str, str, str] = (-1, "", "", "", "")
        """Second, source and detail type of the latest event; the second as events show it; and what its text has of
        them: the next one is mostly alike."""
        self.event_ids = self.world.ids.uuids("events/event")
        self.archive_ids = self.world.ids.uuids("events/archive")
        self.tokens = TokenMaker(self.world.ids.digest("events/tokens"))

    def mend(self, now: int) -> None:
        """Derive anew what follows from what is true. O(rules)."""
        for listing in (self.buses, self.archives, self.replays):
            listing.mend()
        for bus in self.buses.items.values():
            bus.mend()
        self.schedules.mend(now)
        for replay in self.replays.items.values():
            replay.mend(now)

    def check(self) -> None:
        """Raise ``AssertionError`` unless all that is derived is what it would be if derived anew. For tests."""
        kept = self._derived()
        for listing in (self.buses, self.archives, self.replays):
            listing.mend()
        for bus in self.buses.items.values():
            bus.rules.mend()
        if kept != self._derived():
            raise AssertionError(f"{kept!r} and not {self._derived()!r}")
        self.schedules.check()

    def _derived(self) -> list[object]:
        buses = self.buses.items
        return [
            self.buses.page(len(buses) + 1),
            self.archives.page(len(self.archives.items) + 1),
            self.replays.page(len(self.replays.items) + 1),
            [bus.rules.page(len(bus.rules.items) + 1) for bus in buses.values()],
        ]

    def owed(self, now: int) -> Iterable[str]:
        """Deliveries that will be tried again. Schedules are not owed. O(events of the timeline)."""
        return list(retries_owed(self.world.timeline, self))

    # --- what there is ------------------------------------------------------------------------------------------------

    def find_bus(self, name_or_arn: str) -> Bus | None:
        """A bus of this account and region. O(1)."""
        match = _BUS_ARN.fullmatch(name_or_arn) if ":" in name_or_arn else None
        if match is None:
            return self.buses.items.get(name_or_arn)
        here = match[1] == self.region_name and match[2] == self.account_id
        return self.buses.items.get(match[3]) if here else None

    def bus(self, name_or_arn: str) -> Bus:
        """The same; the default bus where none is named. Raises ResourceNotFoundException."""
        found = self.find_bus(DEFAULT if name_or_arn is UNSET else name_or_arn)
        if found is None:
            raise errors.bus_not_found(name_or_arn.rpartition("event-bus/")[2])
        return found

    def rule(self, bus: Bus, name: str) -> Rule:
        """A rule of a bus. Raises ResourceNotFoundException; ManagedRuleException for an archive's."""
        found = bus.rules.items.get(name)
        if found is None:
            is_managed = self.managed(bus, name) is not None
            raise errors.rule_managed(name) if is_managed else errors.rule_not_found(name, bus.name)
        return found

    def managed(self, bus: Bus, name: str) -> Archive | None:
        """The archive of a bus whose rule is called so; a rule that somebody has put by this name goes before. O(1)."""
        archive_name = archive_of(name)
        archive = None if archive_name is None else self.archives.items.get(archive_name)
        return None if archive is None or archive.bus is not bus or name in bus.rules.items else archive

    def find_rule(self, arn: str) -> Rule | None:
        """A rule of this account and region by its ARN. O(1)."""
        kind, _, name = arn.removeprefix(self.arn_prefix).partition("/")
        if kind != "rule" or not arn.startswith(self.arn_prefix):
            return None
        bus_name, slash, rule_name = name.rpartition("/")
        bus = self.buses.items.get(bus_name if slash else DEFAULT)
        return None if bus is None else bus.rules.items.get(rule_name)

    def arn_of_rule(self, bus: Bus, name: str) -> str:
        """The ARN that a rule of a bus has."""
        return f"{self.arn_prefix}rule/{name if bus.name == DEFAULT else f'{bus.name}/{name}'}"

    def read_pattern(self, text: str) -> Pattern:
        """A pattern that was put. Raises InvalidEventPatternException."""
        try:
            return compile_pattern(text)
        except EventPatternError as error:
            raise errors.pattern_invalid(str(error)) from None

    def read_token(self, kind: str, now: int, token: str) -> str | None:
        """The name behind which a list goes on; None when no token is given. Raises ValidationException."""
        if token is UNSET:
            return None
        found = self.tokens.read(kind, token)
        if found is None or now - found[0] > _TOKEN_LIFETIME:
            raise errors.token_invalid()
        return found[1][0]

    # --- events -------------------------------------------------------------------------------------------------------

    def route(
        self, now: int, bus: Bus, event: Event, only: Container[str] | None = None, *, is_replayed: bool = False
    ) -> Sequence[Rule]:
        """Put all that follows from an event into the outbox, and note it: it is there as soon as it has happened.

        ``only`` are the ARNs of the rules that may get it, where not all do. Answers with the rules that it matches.
        O(rules that may match, and their targets).
        """
        rules, arns = bus.matching(event)
        if only is not None:
            rules = [rule for rule in rules if rule.arn in only]
            arns = tuple([rule.arn for rule in rules])
        event.matched = arns
        for rule in rules:
            self.deliver(now, rule, event)
        if self.archives.items and not is_replayed:
            for archive in self.archives.items.values():
                if archive.bus is bus and archive.wants(event):
                    archive.add(event)
        bus.events.append(event)
        event.release()
        return rules

    def deliver(self, now: int, rule: Rule, event: Event) -> None:
        """Have all targets of a rule get an event."""
        rule.events.append(event)
        world = self.world
        is_plain = world.chaos is None and world.refusals is None
        for target in rule.targets.values():
            if is_plain and target.is_plain:
                # What ``deliver`` would come to, with half of its instructions: 88 instead of 180 (CPython 3.11).
                world.outbox.append(EventDelivery(now, self, rule, target, event, event.text))
            elif not (event.is_forwarded and target.kind == "events"):  # it is not routed on to a third bus
                deliver(now, self, rule, target, event)

    def tell(self, now: int, bus: Bus, event: Event, rules: Iterable[Rule]) -> None:
        """Tell of an event that has happened."""
        trace = self.world.trace
        if trace is not None:
            rules = list(rules)
            facts.put(trace, now, bus, event, rules)
            for rule in rules:
                facts.matched(trace, now, rule, event)
            self.tell_not_rendered(now, event)

    def tell_not_rendered(self, now: int, event: Event) -> None:
        """Tell of an event that has happened which of its targets it is not delivered to."""
        trace = self.world.trace
        if trace is not None:
            for rule, target, reason in event.not_rendered:
                facts.failed(trace, now, rule, target, event, reason, retries=0, due=None, dead_letter_arn=None)

    # --- events of other services -------------------------------------------------------------------------------------

    def target(self, arn: str) -> Target | None:
        """A bus takes an event, whole (another rule's) or in parts.

        Parts are JSON with ``source``, ``detail-type``, ``detail`` and, where there are any, ``resources``, as services
        put them; the rest is the bus's to say.
        """
        bus = self.find_bus(arn)
        return None if bus is None else partial(self._take, bus)

    def _take(self, bus: Bus, now: int, delivery: Deliver) -> None:
        made: Any = getattr(delivery, "made", None)
        if made is not None and made.happened:
            return  # it was interrupted after that
        try:
            parts = parse_object(delivery.body)
            source, detail_type, detail = parts["source"], parts["detail-type"], parts["detail"]
        except (ValueError, KeyError):
            delivery.fail(now, "InvalidArgument: it is not an event")
            return
        if not (isinstance(source, str) and isinstance(detail_type, str) and isinstance(detail, dict)):
            delivery.fail(now, "MalformedDetail: it is not an event")
            return
        if "id" in parts:
            text = compact(parts)
            event = Event(parts["id"], source, detail_type, text, now, now, None, is_forwarded=True)
        else:
            try:
                event = self.make_event(now, now, source, detail_type, parts.get("resources", ()), detail, None)
            except ValueError:
                delivery.fail(now, "MalformedDetail: it is not an event")
                return
        delivery.made = event
        rules = self.route(now, bus, event)
        event.happen()
        self.tell(now, bus, event, rules)

    def make_event(
        self,
        now: int,
        time: int,
        source: str,
        detail_type: str,
        resources: Sequence[str],
        detail: dict[str, Any],
        cause: Cause | None,
    ) -> Event:
        """A new event of this account. O(its length). Raises ``ValueError`` for a number beyond all doubles (1e400)."""
        known_second, known_source, known_type, shown, head = self._head
        second = time // SECOND
        if known_second != second or known_source != source or known_type != detail_type:
            shown = iso_seconds(time)
            head = (
                f'"detail-type":{compact(detail_type)},"source":{compact(source)},"account":"{self.account_id}",'
                f'"time":"{shown}","region":"{self.region_name}","resources":'
            )
            self._head = second, source, detail_type, shown, head
        listed = compact(resources) if resources else "[]"
        shown_detail = compact_loaded(detail)
        pool = self.event_ids.pool
        event_id = pool.pop() if pool else self.event_ids.next()
        text = f'{{"version":"0","id":"{event_id}",{head}{listed},"detail":{shown_detail}}}'
        parts = self.account_id, shown, self.region_name, resources, detail
        return Event(event_id, source, detail_type, text, now, time, cause, parts)
