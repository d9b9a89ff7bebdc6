"""Rules: put, listed, enabled, deleted."""

from __future__ import annotations

from itertools import takewhile
from typing import Any, Final

from ....core.operation import operation
from ....core.schedule import RULES, Schedule, ScheduleError, read_schedule
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..bus import DEFAULT, Bus
from ..constraints import check, list_members, tag_members, tags_of
from ..managed import describe_managed, managed_name
from ..rule import Rule, Settings
from ..state import EventsState

__all__ = ["RuleOperations"]

_LONGEST_PATTERN: Final = 2048
"""Bytes. [measured: 2,015 were taken, 2,107 refused]"""
_PAGE: Final = 100


class RuleOperations(EventsState):
    """The operations on rules."""

    @operation("PutRule")
    def put_rule(
        self,
        now: int,
        *,
        Name: shapes.Name,
        ScheduleExpression: str = UNSET,
        EventPattern: str = UNSET,
        State: shapes.RuleState = UNSET,
        Description: str = UNSET,
        RoleArn: shapes.Name = UNSET,
        Tags: shapes.TagList = UNSET,
        EventBusName: shapes.Name = UNSET,
    ) -> shapes.PutRuleResponse:
        """Make a rule, or set one to this: what is left out is empty then, its targets stay, tags are ignored.

        O(length of the pattern). Raises InvalidEventPatternException, ResourceNotFoundException for the bus,
        ValidationException, LimitExceededException for more rules than ``Limits`` has for a bus.
        """
        check(
            ("name", constraints.RULE_NAME, Name),
            ("scheduleExpression", constraints.SCHEDULE, ScheduleExpression),
            ("eventPattern", constraints.PATTERN, EventPattern),
            ("state", constraints.RULE_STATE, State),
            ("description", constraints.DESCRIPTION, Description),
            ("roleArn", constraints.ROLE_ARN, RoleArn),
            *tag_members(Tags),
            ("eventBusName", constraints.BUS, EventBusName),
        )
        tags = tags_of(Tags)
        bus = self.bus(EventBusName)
        if not ScheduleExpression and (not EventPattern or EventPattern.strip() == "{}"):
            raise errors.rule_of_nothing()
        settings = Settings(
            pattern=self._pattern(Name, EventPattern),
            schedule=self._schedule(bus, ScheduleExpression),
            expression=ScheduleExpression or None,
            state=State or "ENABLED",
            description=None if Description is UNSET else Description,
            role_arn=RoleArn or None,
        )
        rule = bus.rules.items.get(Name)
        if rule is None:
            if self.managed(bus, Name) is not None:
                raise errors.rule_managed(Name)
            if len(bus.rules.items) >= self.world.limits.events_rules:
                raise errors.limit_exceeded()
            arn = self.arn_of_rule(bus, Name)
            rule = Rule(bus.name, Name, arn, tags)
        self._set(now, bus, rule, settings)
        return {"RuleArn": rule.arn}

    def _pattern(self, name: str, text: str) -> Any:
        if not text:
            return None
        if len(text.encode("utf-8", "replace")) > _LONGEST_PATTERN:
            raise errors.pattern_too_long(name)
        return self.read_pattern(text)

    def _schedule(self, bus: Bus, expression: str) -> Schedule | None:
        if not expression:
            return None
        if bus.name != DEFAULT:
            raise errors.schedule_on_custom_bus()
        try:
            return read_schedule(expression, RULES)
        except ScheduleError as problem:
            raise errors.schedule_invalid().noting(str(problem)) from None

    def _set(self, now: int, bus: Bus, rule: Rule, settings: Settings) -> None:
        """Have a rule be there, and be set to this."""
        begun, due = self.schedules.begin(now, rule, settings)

        def change() -> None:
            bus.rules_changed()
            rule.settings, rule.begun, rule.due = settings, begun, due
            if rule.name not in bus.rules.items:
                bus.rules.add(rule.name, rule)
            self.schedules.follow(rule)

        self.world.carry_through(change)

    @operation("DescribeRule")
    def describe_rule(
        self, now: int, *, Name: shapes.Name, EventBusName: shapes.Name = UNSET
    ) -> shapes.DescribeRuleResponse:
        """A rule. O(1). Raises ResourceNotFoundException."""
        check(("name", constraints.RULE_NAME, Name), ("eventBusName", constraints.BUS, EventBusName))
        bus = self.bus(EventBusName)
        archive = self.managed(bus, Name)
        answer = self.rule(bus, Name).shown() if archive is None else self._shown(bus, Name)
        ordered = ("Name", "Arn", "EventPattern", "ScheduleExpression", "State", "Description", "RoleArn", "ManagedBy")
        shown: Any = {name: answer[name] for name in (*ordered, "EventBusName") if name in answer}
        shown["CreatedBy"] = self.account_id
        return shown  # type: ignore[no-any-return]

    @operation("ListRules")
    def list_rules(
        self,
        now: int,
        *,
        NamePrefix: shapes.Name = UNSET,
        EventBusName: shapes.Name = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListRulesResponse:
        """The rules of a bus, in the order of their names; among them those of its archives, which are managed.

        O(log n + page + archives). Raises ResourceNotFoundException.
        """
        check(
            ("namePrefix", constraints.RULE_NAME, NamePrefix),
            ("eventBusName", constraints.BUS, EventBusName),
            *list_members(Limit, NextToken),
        )
        bus = self.bus(EventBusName)
        prefix, size = NamePrefix or "", Limit or _PAGE
        after = self.read_token("rules", now, NextToken)
        page = bus.rules.page(size + 1, after=after, since=prefix)
        names = list(takewhile(lambda name: name.startswith(prefix), page))
        if self.archives.items:
            managed = {managed_name(archive) for archive in self.archives.items.values() if archive.bus is bus}
            since = after or ""
            names = sorted({*names, *(name for name in managed if name.startswith(prefix) and name > since)})
        answer: Any = {"Rules": [self._shown(bus, name) for name in names[:size]]}
        if len(names) > size:
            answer["NextToken"] = self.tokens.make("rules", now, names[size - 1])
        return answer  # type: ignore[no-any-return]

    def _shown(self, bus: Bus, name: str) -> dict[str, Any]:
        archive = self.managed(bus, name)
        if archive is None:
            return bus.rules.items[name].shown()
        return describe_managed(archive, self.arn_of_rule(bus, name))

    @operation("EnableRule")
    def enable_rule(self, now: int, *, Name: shapes.Name, EventBusName: shapes.Name = UNSET) -> None:
        """Have a rule work again; a rate begins to count anew. O(1). Raises ResourceNotFoundException."""
        bus, rule = self._named(Name, EventBusName)
        if not rule.settings.is_enabled:
            self._set(now, bus, rule, rule.settings.replace(state="ENABLED"))

    @operation("DisableRule")
    def disable_rule(self, now: int, *, Name: shapes.Name, EventBusName: shapes.Name = UNSET) -> None:
        """Have a rule do nothing: what it has begun goes on. O(1). Raises ResourceNotFoundException."""
        bus, rule = self._named(Name, EventBusName)
        self._set(now, bus, rule, rule.settings.replace(state="DISABLED"))

    @operation("DeleteRule")
    def delete_rule(
        self, now: int, *, Name: shapes.Name, EventBusName: shapes.Name = UNSET, Force: bool = UNSET
    ) -> None:
        """Delete a rule; one that there is not does no harm. O(log n).

        Raises ValidationException for one with targets, ResourceNotFoundException for the bus, ManagedRuleException for
        an archive's; ``UsageError`` for that with ``Force``.
        """
        check(("name", constraints.RULE_NAME, Name), ("eventBusName", constraints.BUS, EventBusName))
        bus = self.bus(EventBusName)
        rule = bus.rules.items.get(Name)
        if rule is None:
            if self.managed(bus, Name) is not None:
                if Force:
                    raise errors.not_done("DeleteRule", "Force for the rule of an archive", "delete the archive")
                raise errors.rule_managed(Name)
            return
        if rule.targets:
            raise errors.rule_has_targets()

        def change() -> None:
            bus.rules_changed()
            bus.rules.remove(Name)
            rule.due = None
            self.schedules.follow(rule)

        self.world.carry_through(change)

    def _named(self, name: str, bus_name: str) -> tuple[Bus, Rule]:
        check(("name", constraints.RULE_NAME, name), ("eventBusName", constraints.BUS, bus_name))
        bus = self.bus(bus_name)
        return bus, self.rule(bus, name)
