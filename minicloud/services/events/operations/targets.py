"""Targets of rules: put, listed, removed."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, list_members, target_members
from ..managed import target_of_managed
from ..rule import Rule
from ..state import EventsState
from ..target import Target, check_dead_letter_arn

__all__ = ["TargetOperations"]

_MOST_TARGETS: Final = 5
"""Of a rule. [recorded]"""
_PAGE: Final = 100


class TargetOperations(EventsState):
    """The operations on targets."""

    @operation("PutTargets")
    def put_targets(
        self, now: int, *, Rule: shapes.Name, EventBusName: shapes.Name = UNSET, Targets: shapes.Targets
    ) -> shapes.PutTargetsResponse:
        """Give a rule targets; one with the id of another takes its place. All of them, or none. O(targets).

        Raises ResourceNotFoundException, LimitExceededException for a sixth, ValidationException for what is wrong with
        any of them; ``UsageError`` for targets that minicloud has not. Whether there is something of an ARN is not
        looked at.
        """
        check(
            ("rule", constraints.RULE_NAME, Rule),
            ("eventBusName", constraints.BUS, EventBusName),
            *target_members(Targets),
        )
        rule = self.rule(self.bus(EventBusName), Rule)
        targets = dict(rule.targets)
        ids: set[str] = set()
        for given in Targets:
            if given["Id"] in ids:
                raise errors.target_twice(given["Id"])
            ids.add(given["Id"])
            target = Target(given)
            if target.dead_letter_arn is not None:
                check_dead_letter_arn(target.dead_letter_arn, self.region_name)
            targets[target.target_id] = target
        if len(targets) > _MOST_TARGETS:
            raise errors.limit_exceeded()
        rule.targets = targets
        return {"FailedEntryCount": 0, "FailedEntries": []}

    @operation("RemoveTargets")
    def remove_targets(
        self,
        now: int,
        *,
        Rule: shapes.Name,
        EventBusName: shapes.Name = UNSET,
        Ids: shapes.TargetIds,
        Force: bool = UNSET,
    ) -> shapes.RemoveTargetsResponse:
        """Take targets from a rule; those that it has not do no harm. O(targets). Raises ResourceNotFoundException."""
        check(
            ("rule", constraints.RULE_NAME, Rule),
            ("eventBusName", constraints.BUS, EventBusName),
            ("ids", constraints.TARGETS, Ids),
            *((f"ids.{number}.member", constraints.TARGET_ID, one) for number, one in enumerate(Ids, 1)),
        )
        bus = self.bus(EventBusName)
        if Force and self.managed(bus, Rule) is not None:
            raise errors.not_done("RemoveTargets", "Force for the rule of an archive", "delete the archive")
        rule = self.rule(bus, Rule)
        rule.targets = {name: target for name, target in rule.targets.items() if name not in Ids}
        return {"FailedEntryCount": 0, "FailedEntries": []}

    @operation("ListTargetsByRule")
    def list_targets_by_rule(
        self,
        now: int,
        *,
        Rule: shapes.Name,
        EventBusName: shapes.Name = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListTargetsByRuleResponse:
        """The targets of a rule, in the order in which they were put. O(targets). Raises ResourceNotFoundException."""
        check(
            ("rule", constraints.RULE_NAME, Rule),
            ("eventBusName", constraints.BUS, EventBusName),
            *list_members(Limit, NextToken),
        )
        bus = self.bus(EventBusName)
        archive = self.managed(bus, Rule)
        if archive is not None:
            managed: Any = {"Targets": [target_of_managed(archive, self.region_name)]}
            return managed  # type: ignore[no-any-return]
        rule = self.rule(bus, Rule)
        place = self.read_token(f"targets of {rule.arn}", now, NextToken)
        begin, size = int(place or 0), Limit or _PAGE
        found = list(islice(rule.targets.values(), begin, begin + size))
        answer: Any = {"Targets": [dict(target.given) for target in found]}
        if begin + size < len(rule.targets):
            answer["NextToken"] = self.tokens.make(f"targets of {rule.arn}", now, begin + size)
        return answer  # type: ignore[no-any-return]

    @operation("ListRuleNamesByTarget")
    def list_rule_names_by_target(
        self,
        now: int,
        *,
        TargetArn: shapes.Name,
        EventBusName: shapes.Name = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListRuleNamesByTargetResponse:
        """The rules of a bus that have a target of this ARN, by name. O(rules). Raises ResourceNotFoundException."""
        check(
            ("targetArn", constraints.ARN, TargetArn),
            ("eventBusName", constraints.BUS, EventBusName),
            *list_members(Limit, NextToken),
        )
        bus = self.bus(EventBusName)
        kind, size = "rules of a target", Limit or _PAGE

        def delivers(rule: Rule) -> bool:
            return any(target.arn == TargetArn for target in rule.targets.values())

        names = bus.rules.page(size + 1, after=self.read_token(kind, now, NextToken), accept=delivers)
        answer: Any = {"RuleNames": names[:size]}
        if len(names) > size:
            answer["NextToken"] = self.tokens.make(kind, now, names[size - 1])
        return answer  # type: ignore[no-any-return]
