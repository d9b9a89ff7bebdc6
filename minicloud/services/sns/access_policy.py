"""Access policies of topics: checked, kept and returned as AWS does, never enforced."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from ...core.arns import is_account_id, is_identity_arn
from ...core.json_text import compact, parse_object
from . import errors

__all__ = ["ACTIONS", "default_policy", "granting_statement", "read_policy"]

ACTIONS = (
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "Receive",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
)
"""The actions that a topic's policy may speak of."""

_LOWER_ACTIONS = tuple(action.lower() for action in ACTIONS)
_MAXIMUM_BYTES = 30 * 1024
_MAXIMUM_STATEMENTS = 100
_MAXIMUM_PRINCIPALS = 200
_STATEMENT_MEMBERS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition")
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


def default_policy(topic_arn: str, account_id: str) -> dict[str, Any]:
    """The policy of a topic that was given none."""
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    "SNS:GetTopicAttributes",
                    "SNS:SetTopicAttributes",
                    "SNS:AddPermission",
                    "SNS:RemovePermission",
                    "SNS:DeleteTopic",
                    "SNS:Subscribe",
                    "SNS:ListSubscriptionsByTopic",
                    "SNS:Publish",
                ],
                "Resource": topic_arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": account_id}},
            }
        ],
    }


def granting_statement(label: str, accounts: list[str], actions: list[str], topic_arn: str) -> dict[str, Any]:
    """The statement that AddPermission appends. Raises ``InvalidParameter`` for an account or action there is not."""
    for account in accounts:
        if not is_account_id(account):
            raise errors.account_invalid()
    for action in actions:
        if action not in ACTIONS:
            raise errors.policy_action()
    partition = topic_arn.split(":", 2)[1]
    principals = [f"arn:{partition}:iam::{account}:root" for account in accounts]
    granted = [f"SNS:{action}" for action in actions]
    return {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
        "Action": granted[0] if len(granted) == 1 else granted,
        "Resource": topic_arn,
    }


def read_policy(text: str, topic_arn: str, prefix: str) -> str:
    """Check a policy document for a topic and return it without blanks. Raises ``InvalidParameter``."""
    unusable = errors.policy_malformed(prefix=prefix)
    if len(text.encode("utf-8", "replace")) > _MAXIMUM_BYTES:
        raise unusable
    try:
        document = parse_object(text)
    except ValueError:
        raise unusable from None
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not 1 <= len(statements) <= _MAXIMUM_STATEMENTS:
        raise unusable
    if not set(document) <= {"Version", "Id", "Statement"}:
        raise unusable
    for statement in statements:
        if not isinstance(statement, dict) or not set(statement) <= set(_STATEMENT_MEMBERS):
            raise unusable
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise unusable
        if not isinstance(statement.get("Condition", {}), dict):
            raise unusable
        resources = _strings(statement.get("Resource"))
        if not resources or not all(fnmatchcase(topic_arn, resource.replace("[", "[[]")) for resource in resources):
            raise unusable
        if ("Principal" in statement) == ("NotPrincipal" in statement):
            raise unusable
        principals = _principals(statement.get("Principal", statement.get("NotPrincipal")))
        if principals is None or not 1 <= len(principals) <= _MAXIMUM_PRINCIPALS:
            raise unusable
        if ("Action" in statement) == ("NotAction" in statement):
            raise unusable
        actions = _strings(statement.get("Action", statement.get("NotAction")))
        if not actions:
            raise unusable
        if not all(map(_in_scope, actions)):
            raise errors.policy_action(prefix=prefix)
        for kind, principal in principals:
            if kind == "AWS" and not (principal == "*" or is_account_id(principal) or is_identity_arn(principal)):
                raise errors.policy_principal(prefix=prefix)
    return compact(document)


def _in_scope(action: str) -> bool:
    if action == "*":
        return True
    service, _, name = action.lower().partition(":")
    pattern = name.replace("[", "[[]")
    return service == "sns" and any(fnmatchcase(known, pattern) for known in _LOWER_ACTIONS)


def _strings(value: Any) -> list[str] | None:
    """A string or a list of strings as a list; None for anything else."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    return None


def _principals(value: Any) -> list[tuple[str, str]] | None:
    """The principals with their kinds; None when they are malformed."""
    if value == "*":
        return [("AWS", "*")]
    if not isinstance(value, dict):
        return None
    found: list[tuple[str, str]] = []
    for kind, names in value.items():
        listed = _strings(names)
        if kind not in _PRINCIPAL_KINDS or listed is None:
            return None
        found += [(kind, name) for name in listed]
    return found
