"""Event buses: made, listed, changed, deleted."""

from __future__ import annotations

from typing import Any, Final

from ....core.operation import operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..bus import DEFAULT, Bus
from ..constraints import check, list_members, tag_members, tags_of
from ..state import EventsState
from ..target import check_dead_letter_arn
from ..target_shapes import DeadLetterConfig

__all__ = ["BusOperations"]

_PAGE: Final = 100


class BusOperations(EventsState):
    """The operations on buses."""

    @operation("CreateEventBus")
    def create_event_bus(
        self,
        now: int,
        *,
        Name: shapes.Name,
        EventSourceName: shapes.Name = UNSET,
        Description: str = UNSET,
        KmsKeyIdentifier: str = UNSET,
        DeadLetterConfig: DeadLetterConfig = UNSET,
        LogConfig: shapes.LogConfig = UNSET,
        Tags: shapes.TagList = UNSET,
    ) -> shapes.CreateEventBusResponse:
        """Make a bus. O(log n). Key, dead-letter queue and log settings are kept and have no effect.

        Raises ResourceAlreadyExistsException, LimitExceededException, ValidationException; ``UsageError``
        for a partner's bus.
        """
        check(
            ("name", constraints.BUS_NAME, Name),
            *_settings(Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig),
            *tag_members(Tags),
        )
        tags = tags_of(Tags)
        if EventSourceName is not UNSET:
            raise errors.not_done(
                "CreateEventBus",
                "EventSourceName",
                "no partner sends events here, so make a bus without it, and put the partner's events with put_events",
            )
        if "/" in Name:
            raise errors.bus_name_has_slash()
        self._check_dead_letters(DeadLetterConfig)
        if Name in self.buses.items:
            raise errors.bus_exists(Name)
        if len(self.buses.items) >= self.world.limits.events_buses:
            raise errors.limit_exceeded()
        bus = Bus(Name, f"{self.arn_prefix}event-bus/{Name}", now)
        bus.tags = tags
        _set(bus, Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig)
        self.buses.add(Name, bus)
        answer: Any = {"EventBusArn": bus.arn, **_kept(bus)}
        return answer  # type: ignore[no-any-return]

    @operation("DescribeEventBus")
    def describe_event_bus(self, now: int, *, Name: shapes.Name = UNSET) -> shapes.DescribeEventBusResponse:
        """A bus; the default one when none is named. O(statements). Raises ResourceNotFoundException."""
        check(("name", constraints.BUS, Name))
        bus = self.bus(Name)
        answer: Any = {"Name": bus.name, "Arn": bus.arn, **_kept(bus)}
        if bus.policy is not None:
            log = answer.pop("LogConfig", None)
            answer["Policy"] = bus.policy
            if log is not None:
                answer["LogConfig"] = log
        answer |= _times(now, bus)
        return answer  # type: ignore[no-any-return]

    @operation("ListEventBuses")
    def list_event_buses(
        self,
        now: int,
        *,
        NamePrefix: shapes.Name = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListEventBusesResponse:
        """Buses in the order of their names. O(log n + page). Raises ValidationException."""
        check(("namePrefix", constraints.BUS_NAME, NamePrefix), *list_members(Limit, NextToken))
        prefix, size = NamePrefix or "", Limit or _PAGE
        after = self.read_token("buses", now, NextToken)
        names = [name for name in self.buses.page(size + 1, after=after, since=prefix) if name.startswith(prefix)]
        answer: Any = {"EventBuses": [_outline(now, self.buses.items[name]) for name in names[:size]]}
        if len(names) > size:
            answer["NextToken"] = self.tokens.make("buses", now, names[size - 1])
        return answer  # type: ignore[no-any-return]

    @operation("UpdateEventBus")
    def update_event_bus(
        self,
        now: int,
        *,
        Name: shapes.Name = UNSET,
        KmsKeyIdentifier: str = UNSET,
        Description: str = UNSET,
        DeadLetterConfig: DeadLetterConfig = UNSET,
        LogConfig: shapes.LogConfig = UNSET,
    ) -> shapes.UpdateEventBusResponse:
        """Change what is given of a bus; the default one when none is named. O(1). Raises ResourceNotFoundException."""
        check(
            ("name", constraints.BUS_NAME, Name),
            *_settings(Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig),
        )
        self._check_dead_letters(DeadLetterConfig)
        bus = self.bus(Name)

        def change() -> None:
            _set(bus, Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig)
            bus.times = now if bus.times is None else bus.times[0], now

        self.world.carry_through(change)
        kept: Any = _kept(bus)
        ordered = {name: kept[name] for name in ("KmsKeyIdentifier", "Description") if name in kept}
        answer: Any = {"Arn": bus.arn, "Name": bus.name, **ordered, **kept}
        return answer  # type: ignore[no-any-return]

    @operation("DeleteEventBus")
    def delete_event_bus(self, now: int, *, Name: shapes.Name) -> None:
        """Delete a bus; one that there is not does no harm. O(log n).

        Raises ValidationException for the default one, and for one with rules.
        """
        check(("name", constraints.BUS_NAME, Name))
        bus = self.find_bus(Name)
        if bus is None:
            return
        if bus.name == DEFAULT:
            raise errors.bus_is_default()
        if bus.rules.items:
            raise errors.bus_has_rules(bus.name)
        self.buses.remove(bus.name)

    def _check_dead_letters(self, config: DeadLetterConfig) -> None:
        if config is not UNSET and "Arn" in config:
            check_dead_letter_arn(config["Arn"], self.region_name)


def _settings(description: str, key: str, config: DeadLetterConfig, log: shapes.LogConfig) -> list[Any]:
    letters: Any = {} if config is UNSET else config
    logs: Any = {} if log is UNSET else log
    return [
        ("description", constraints.BUS_DESCRIPTION, description),
        ("kmsKeyIdentifier", constraints.KMS_KEY, key),
        ("deadLetterConfig.arn", constraints.DEAD_LETTER_ARN, letters.get("Arn", UNSET)),
        ("logConfig.includeDetail", constraints.INCLUDE_DETAIL, logs.get("IncludeDetail", UNSET)),
        ("logConfig.level", constraints.LEVEL, logs.get("Level", UNSET)),
    ]


def _set(bus: Bus, description: str, key: str, config: DeadLetterConfig, log: shapes.LogConfig) -> None:
    """Set what is given. Doing it again changes nothing."""
    if description is not UNSET:
        bus.description = description
    if key is not UNSET:
        bus.kms_key = key
    if config is not UNSET:
        bus.dead_letter_config = dict(config)
    if log is not UNSET:
        bus.log_config = dict(log)


def _kept(bus: Bus) -> dict[str, Any]:
    """What a bus is set to, as it is answered: what was never given is left out."""
    kept = {
        "Description": bus.description,
        "KmsKeyIdentifier": bus.kms_key,
        "DeadLetterConfig": bus.dead_letter_config,
        "LogConfig": bus.log_config,
    }
    return {name: value for name, value in kept.items() if value is not None}


def _times(now: int, bus: Bus) -> dict[str, Any]:
    if bus.times is None:
        bus.times = now, now
    created, modified = bus.times
    return {
        "CreationTime": datetime_to_the_millisecond(created),
        "LastModifiedTime": datetime_to_the_millisecond(modified),
    }


def _outline(now: int, bus: Bus) -> dict[str, Any]:
    answer: dict[str, Any] = {"Name": bus.name, "Arn": bus.arn}
    if bus.description is not None:
        answer["Description"] = bus.description
    if bus.policy is not None:
        answer["Policy"] = bus.policy
    return {**answer, **_times(now, bus)}
