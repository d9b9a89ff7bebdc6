"""A queue's policy: its validation, and the statements that AddPermission and RemovePermission write.

A policy is checked and kept, and shown as it was set; nothing is refused because of it (``policy_evaluation`` tells
what AWS would refuse).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...core.arns import is_account_id, is_identity_arn
from ...core.shown import shown
from . import errors
from .message_content import is_valid_entry_id
from .redrive import compact_json, parse_json_object

GRANTABLE: Final = frozenset(
    {
        "*",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
        "ReceiveMessage",
        "SendMessage",
    }
)
"""The actions that AddPermission can allow; each covers its batch form."""

FOR_OWNER_ONLY: Final = frozenset(
    {
        "AddPermission",
        "CancelMessageMoveTask",
        "CreateQueue",
        "DeleteQueue",
        "ListMessageMoveTasks",
        "ListQueues",
        "ListQueueTags",
        "RemovePermission",
        "SetQueueAttributes",
        "StartMessageMoveTask",
        "TagQueue",
        "UntagQueue",
    }
)
"""The actions that no policy can give to another account."""

_ACTIONS: Final = {action.lower(): action for action in GRANTABLE | FOR_OWNER_ONLY}
"""The actions by their names in lower case: policies do not care for case."""

_PRINCIPAL_KINDS = ("AWS", "CanonicalUser", "Federated", "Service")
_VERSIONS = ("2008-10-17", "2012-10-17")
_MAXIMUM_BYTES = 8192
_MAXIMUM_STATEMENTS = 20
_MAXIMUM_PRINCIPALS = 50
_MAXIMUM_ACTIONS = 7
_MAXIMUM_CONDITIONS = 10


def add_permission(
    policy_text: str | None, queue_arn: str, label: str, accounts: Sequence[str], actions: Sequence[str]
) -> str:
    """The policy with one more statement, which lets the accounts do the actions. Raises for what AWS refuses."""
    if not is_valid_entry_id(label):
        raise errors.label_invalid(label)
    if not accounts:
        raise errors.account_unverifiable("")
    if len(actions) > _MAXIMUM_ACTIONS:
        raise errors.too_many_actions(len(actions))
    for action in actions:
        if action in FOR_OWNER_ONLY:
            raise errors.action_only_for_owner(action)
        if action not in GRANTABLE:
            raise errors.action_unknown(action)
    for account in accounts:
        if not is_account_id(account):
            raise errors.principal_unverifiable(account)
    policy = _read(policy_text)
    if policy is None:
        policy = {"Version": _VERSIONS[0], "Id": f"{queue_arn}/SQSDefaultPolicy", "Statement": []}
    statements = _statements(policy)
    if any(statement.get("Sid") == label for statement in statements):
        raise errors.label_exists(label)
    if len(statements) >= _MAXIMUM_STATEMENTS:
        raise errors.too_many_statements(len(statements) + 1)
    partition = queue_arn.split(":")[1]
    statement = {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": _one_or_many([f"arn:{partition}:iam::{account}:root" for account in accounts])},
        "Action": _one_or_many([f"SQS:{action}" for action in actions]),
        "Resource": queue_arn,
    }
    return compact_json({**policy, "Statement": [*statements, statement]})


def remove_permission(policy_text: str | None, label: str) -> str | None:
    """The policy without the statement of that label, or None when no statement is left."""
    policy = _read(policy_text)
    if policy is None:
        raise errors.label_not_found(label)
    statements = _statements(policy)
    remaining = [statement for statement in statements if statement.get("Sid") != label]
    if len(remaining) == len(statements):
        raise errors.label_not_in_policy(label)
    return compact_json({**policy, "Statement": remaining}) if remaining else None


def check_policy(text: str, account_id: str) -> str:
    """``text`` when it is a policy that a queue of that account can have; raises otherwise."""
    if len(text.encode(errors="replace")) > _MAXIMUM_BYTES:
        raise errors.policy_too_long()
    policy = parse_json_object(text)
    if policy is None:
        raise errors.invalid_attribute_value("Policy")
    if policy.get("Version", _VERSIONS[0]) not in _VERSIONS or not isinstance(policy.get("Id", ""), str):
        raise errors.invalid_attribute_value("Policy")
    statements = policy.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if (
        not isinstance(statements, list)
        or not statements
        or not all(_is_statement(statement) for statement in statements)
    ):
        raise errors.invalid_attribute_value("Policy")
    labels = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(labels) != len(set(labels)):
        raise errors.invalid_attribute_value("Policy")
    if len(statements) > _MAXIMUM_STATEMENTS:
        raise errors.too_many_statements_in_policy(len(statements))
    for statement in statements:
        actions = _as_list(statement.get("Action", statement.get("NotAction")))
        if len(actions) > _MAXIMUM_ACTIONS:
            raise errors.too_many_actions_in_policy(len(actions))
        for action in _as_list(statement.get("Action", [])):
            if "*" not in action and "?" not in action:
                _check_action(action, statement, account_id)
        for name in _identities(statement):
            if not _can_be_there(name):
                note = f"nobody can be {shown(name)}: a principal is an account, or the ARN of a user, role or session"
                raise errors.invalid_attribute_value("Policy").noting(note)
    principals = sum(_count_principals(statement) for statement in statements)
    if principals > _MAXIMUM_PRINCIPALS:
        raise errors.too_many_principals(principals)
    conditions = sum(_count_conditions(statement) for statement in statements)
    if conditions > _MAXIMUM_CONDITIONS:
        raise errors.too_many_conditions(conditions)
    return text


def _is_statement(statement: object) -> bool:
    """Whether a statement has the parts that the policy language asks for, each in a form that it allows."""
    if not isinstance(statement, dict):
        return False
    principals = [statement[key] for key in ("Principal", "NotPrincipal") if key in statement]
    actions = [statement[key] for key in ("Action", "NotAction") if key in statement]
    resources = [statement[key] for key in ("Resource", "NotResource") if key in statement]
    return (
        statement.get("Effect") in ("Allow", "Deny")
        and isinstance(statement.get("Sid", ""), str)
        and isinstance(statement.get("Condition", {}), dict)
        and len(principals) == 1
        and _is_principal(principals[0])
        and len(actions) == 1
        and _is_texts(actions[0])
        and all(action == "*" or action.lower().startswith("sqs:") for action in _as_list(actions[0]))
        and len(resources) <= 1
        and all(_is_texts(resource) for resource in resources)
    )


def _check_action(action: str, statement: dict[str, Any], account_id: str) -> None:
    """Raise for an action that no policy can name, and for one that is never another account's."""
    known = _ACTIONS.get(action.partition(":")[2].lower())
    if known is None:
        raise errors.action_of_policy_unknown(action)
    # Whether AWS lets a policy give these to everybody or to a service is not known; a Deny to everybody it does.
    if known in FOR_OWNER_ONLY and any(account != account_id for account in _accounts(statement)):
        raise errors.invalid_attribute_value("Policy")


def _identities(statement: dict[str, Any]) -> list[str]:
    """The accounts, and what belongs to one, that the statement names as its principals."""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    return _as_list(principal.get("AWS", [])) if isinstance(principal, dict) else []


def _can_be_there(name: str) -> bool:
    """Whether there can be who is named so; whether there is, only AWS knows.

    Everybody, an account, the ARN or the unique id of an identity.
    """
    is_id = len(name) >= 8 and name.startswith("A") and name.isascii() and name.isalnum() and name == name.upper()
    return name == "*" or is_account_id(name) or is_id or is_identity_arn(name)


def _accounts(statement: dict[str, Any]) -> list[str]:
    """The accounts that the statement's principals name."""
    parts = [name.split(":") for name in _identities(statement)]
    accounts = [one[0] if len(one) == 1 else one[4] if len(one) > 4 else "" for one in parts]
    return [account for account in accounts if is_account_id(account)]


def _is_principal(principal: object) -> bool:
    if isinstance(principal, dict):
        return bool(principal) and all(
            kind in _PRINCIPAL_KINDS and _is_texts(value) for kind, value in principal.items()
        )
    return principal == "*"


def _is_texts(value: object) -> bool:
    """Whether it is a text, or a list of at least one text."""
    values = _as_list(value)
    return bool(values) and all(isinstance(item, str) for item in values)


def _count_principals(statement: dict[str, Any]) -> int:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(principal, dict):
        return sum(len(_as_list(value)) for value in principal.values())
    return 1


def _count_conditions(statement: dict[str, Any]) -> int:
    return sum(len(keys) if isinstance(keys, dict) else 1 for keys in statement.get("Condition", {}).values())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _read(policy_text: str | None) -> dict[str, Any] | None:
    return None if policy_text is None else parse_json_object(policy_text)


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return _as_list(policy.get("Statement", []))
