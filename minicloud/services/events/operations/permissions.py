"""Policies of buses: kept and shown, and never enforced."""

from __future__ import annotations

from typing import Any, Final

from ....core.hosts import partition_of
from ....core.json_text import compact, parse_object
from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check
from ..state import EventsState

__all__ = ["PermissionOperations"]

_LONGEST_POLICY: Final = 10_240
_ACTION: Final = "events:PutEvents"


class PermissionOperations(EventsState):
    """The operations on permissions."""

    @operation("PutPermission")
    def put_permission(
        self,
        now: int,
        *,
        EventBusName: shapes.Name = UNSET,
        Action: shapes.Name = UNSET,
        Principal: shapes.Name = UNSET,
        StatementId: shapes.Name = UNSET,
        Condition: shapes.Condition = UNSET,
        Policy: str = UNSET,
    ) -> None:
        """Put a statement into a bus's policy, in the place of one with its id, or a whole policy. O(statements).

        Raises ResourceNotFoundException for the bus, PolicyLengthExceededException, ValidationException.
        """
        check(
            ("eventBusName", constraints.OWN_BUS_NAME, EventBusName),
            ("action", constraints.ACTION, Action),
            ("principal", constraints.PRINCIPAL, Principal),
            ("statementId", constraints.STATEMENT_ID, StatementId),
        )
        bus = self.bus(EventBusName)
        if Policy is not UNSET:
            given = {"Action": Action, "Principal": Principal, "StatementId": StatementId, "Condition": Condition}
            for name, value in given.items():
                if value is not UNSET:
                    raise errors.policy_and(name)
            statements = _statements(Policy)
        else:
            statement = self._statement(bus.arn, Action, Principal, StatementId, Condition)
            others = [one for one in bus.statements if one.get("Sid") != StatementId]
            statements = [*others, statement]
        if len(compact(statements)) > _LONGEST_POLICY:
            raise errors.policy_too_long()
        bus.statements = statements

    def _statement(
        self, bus_arn: str, action: str, principal: str, statement_id: str, condition: shapes.Condition
    ) -> dict[str, Any]:
        for name, value in (("StatementId", statement_id), ("Principal", principal), ("Action", action)):
            if value is UNSET:
                raise errors.parameter_missing(name)
        if action != _ACTION:
            raise errors.action_unsupported()
        partition = partition_of(self.region_name)
        who: Any = principal if principal == "*" else {"AWS": f"arn:{partition}:iam::{principal}:root"}
        statement = {"Sid": statement_id, "Effect": "Allow", "Principal": who, "Action": action, "Resource": bus_arn}
        if condition is not UNSET:
            statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
        return statement

    @operation("RemovePermission")
    def remove_permission(
        self,
        now: int,
        *,
        StatementId: shapes.Name = UNSET,
        RemoveAllPermissions: bool = UNSET,
        EventBusName: shapes.Name = UNSET,
    ) -> None:
        """Take a statement from a bus's policy, or all of them. O(statements).

        Raises ResourceNotFoundException for the bus or the statement, ValidationException when neither is asked for.
        """
        check(
            ("statementId", constraints.STATEMENT_ID, StatementId),
            ("eventBusName", constraints.OWN_BUS_NAME, EventBusName),
        )
        bus = self.bus(EventBusName)
        if RemoveAllPermissions is not UNSET and RemoveAllPermissions:
            bus.statements = []
            return
        if StatementId is UNSET:
            raise errors.statement_id_missing()
        rest = [one for one in bus.statements if one.get("Sid") != StatementId]
        if len(rest) == len(bus.statements):
            raise errors.statement_not_found()
        bus.statements = rest


def _statements(policy: str) -> list[dict[str, Any]]:
    """The statements of a policy that was put as a whole."""
    try:
        statements = parse_object(policy)["Statement"]
    except (ValueError, KeyError):
        raise errors.policy_not_json() from None
    listed = statements if isinstance(statements, list) else [statements]
    if not all(isinstance(one, dict) for one in listed):
        raise errors.policy_not_json()
    return listed
