"""The operations on policies: who may call a function. They are stored, and grant and refuse nothing."""

from __future__ import annotations

import json
from typing import Any

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import constraints, errors, notes, shapes
from ..constraints import check
from ..function import LATEST, Function, Resolved
from ..permissions import Policy, make_statement
from ..state import LambdaState

__all__ = ["PermissionOperations"]


class PermissionOperations(LambdaState):
    """Policies of functions, versions and aliases."""

    @operation("AddPermission", http=Http(status=201))
    def add_permission(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        StatementId: shapes.StatementId,
        Action: str,
        Principal: str,
        SourceArn: str = UNSET,
        FunctionUrlAuthType: str = UNSET,
        InvokedViaFunctionUrl: bool = UNSET,
        SourceAccount: str = UNSET,
        EventSourceToken: str = UNSET,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
        RevisionId: str = UNSET,
        PrincipalOrgID: shapes.PrincipalOrgID = UNSET,
    ) -> shapes.AddPermissionResponse:
        """Add a statement to the policy of a function, a version or an alias. Stored, without effect. O(statements).

        Raises ``ResourceNotFoundException``, ``ResourceConflictException`` when there is a statement of that id,
        ``InvalidParameterValueException`` for ``$LATEST`` and for what is no principal,
        ``PolicyLengthExceededException`` beyond 20 KB, ``PreconditionFailedException`` when the policy has been changed
        since ``RevisionId``.
        """
        given = {name: value for name, value in locals().items() if name[0].isupper() and value is not UNSET}
        check(given, constraints.PERMISSION)
        function, key = self._policed(FunctionName, Qualifier, "AddPermission")
        policy = function.policies.get(key)
        _check_revision(policy, RevisionId)
        resource = f"{function.arn}:{key}" if key else function.arn
        statement = make_statement(self.partition, resource, given)
        before = {} if policy is None else policy.statements
        if StatementId in before:
            raise errors.statement_exists(StatementId)
        changed = Policy({**before, StatementId: statement}, self.revision_ids.next())
        changed.check_size()
        function.policies[key] = changed
        return {"Statement": json.dumps(statement, separators=(",", ":"), ensure_ascii=False)}

    @operation("RemovePermission", http=Http(status=204))
    def remove_permission(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        StatementId: shapes.NamespacedStatementId,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
        RevisionId: str = UNSET,
    ) -> None:
        """Take a statement out of a policy; one without statements is none. O(statements).

        Raises ``ResourceNotFoundException``, also when there is no such statement, and as AddPermission does.
        """
        given = {"FunctionName": FunctionName, "StatementId": StatementId, "Qualifier": Qualifier}
        check(given, constraints.REMOVED_PERMISSION)
        name = self.parts_of(FunctionName, "RemovePermission").name
        if name not in self.functions:
            raise errors.no_policy_of(self.arn_of(name)).noting(*notes.no_function(self, name))
        function, key = self._policed(FunctionName, Qualifier, "RemovePermission")
        policy = function.policies.get(key)
        if policy is None:
            raise errors.no_policy()
        if StatementId not in policy.statements:
            raise errors.statement_missing(StatementId)
        _check_revision(policy, RevisionId)
        left = {name: one for name, one in policy.statements.items() if name != StatementId}
        if left:
            function.policies[key] = Policy(left, self.revision_ids.next())
        else:
            del function.policies[key]

    @operation("GetPolicy")
    def get_policy(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
    ) -> shapes.GetPolicyResponse:
        """The policy of a function, a version or an alias. O(statements).

        Raises ``ResourceNotFoundException`` when there is none.
        """
        check({"FunctionName": FunctionName, "Qualifier": Qualifier}, constraints.NAME_AND_QUALIFIER)
        found = self._policed_place(FunctionName, Qualifier, "GetPolicy")
        policy = found.function.policies.get(found.qualifier or "")
        if policy is None:
            raise errors.policy_missing()
        return {"Policy": policy.text(), "RevisionId": policy.revision_id}

    def _policed_place(self, FunctionName: str, Qualifier: str, action: str) -> Resolved:
        """What has a policy. Raises as ``resolve`` does, with another text for an alias that there is not."""
        function, qualifier = self.function_and_qualifier(FunctionName, Qualifier, action=action)
        found = Resolved(function, qualifier)
        if not found.exists and not str(qualifier).isdecimal():
            raise errors.alias_missing(found.arn).noting(notes.no_qualifier(function, str(qualifier)))
        return self.resolve(FunctionName, Qualifier, action=action)

    def _policed(self, FunctionName: str, Qualifier: str, action: str) -> tuple[Function, str]:
        """A function, and the qualifier that a policy is of, ``""`` when it is the function's."""
        found = self._policed_place(FunctionName, Qualifier, action)
        if found.qualifier == LATEST:
            raise errors.policy_of_latest()
        return found.function, found.qualifier or ""


def _check_revision(policy: Policy | None, revision_id: Any) -> None:
    if revision_id and (policy is None or policy.revision_id != revision_id):
        raise errors.policy_revision_differs()
