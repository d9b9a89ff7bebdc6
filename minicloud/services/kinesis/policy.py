"""Resource policies: what AWS refuses of them. A policy is kept and shown; nobody is refused anything because of it.

Where a statement is at fault AWS says at which line and column of the text it begins, so the text is read member by
member.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import errors

__all__ = ["check_policy"]

_BLANKS = " \t\n\r"


def check_policy(text: str, resource_arn: str) -> None:
    """Raise InvalidArgumentException unless ``text`` can be the policy of the stream or consumer. O(length)."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.policy_malformed() from None
    if not isinstance(policy, dict):
        raise errors.policy_malformed()
    statements = list(_statements(text)) if policy.get("Statement") else []
    if not statements:
        raise errors.policy_malformed()
    for start, statement in statements:
        if not isinstance(statement, dict):
            raise errors.policy_malformed()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        _check_statement(statement, resource_arn, (line, column))


def _check_statement(statement: dict[str, Any], resource_arn: str, place: tuple[int, int]) -> None:
    if "NotPrincipal" in statement:
        raise errors.policy_not_principal()
    if "Principal" not in statement:
        raise errors.policy_lacks_principal()
    actions = _texts(statement.get("Action"))
    if statement.get("Effect") not in ("Allow", "Deny") or not actions:
        raise errors.policy_malformed()
    for action in actions:
        if action != "*" and not action.lower().startswith("kinesis:"):
            raise errors.policy_of_other_service(*place)
    if any("*" in action or "?" in action for action in actions):
        raise errors.policy_wildcard()
    resources = _texts(statement.get("Resource"))
    if not resources or any(resource != resource_arn for resource in resources):
        raise errors.policy_of_other_resource(*place)


def _texts(value: object) -> list[str]:
    """A text or a list of texts as a list; empty for anything else."""
    values: list[Any] = value if isinstance(value, list) else [value]
    return values if all(isinstance(item, str) for item in values) else []


def _statements(text: str) -> Iterator[tuple[int, Any]]:
    """The statements of a policy, and where in the text, which is good JSON, each of them begins."""
    for name, start in _members(text):
        if name == "Statement":
            if text[start] != "[":
                yield start, _decode(text, start)[0]
                continue
            at = _skip(text, start + 1)
            while text[at] != "]":
                value, end = _decode(text, at)
                yield at, value
                at = _skip(text, end, ",")


def _members(text: str) -> Iterator[tuple[str, int]]:
    """The members of an object, and where in its text the value of each begins."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, end = _decode(text, at)
        start = _skip(text, end, ":")
        yield name, start
        at = _skip(text, _decode(text, start)[1], ",")


_decode = json.JSONDecoder().raw_decode


def _skip(text: str, at: int, sign: str = "") -> int:
    """Where the next part begins, after blanks and one sign."""
    while text[at] in _BLANKS or (sign and text[at] in sign):
        at += 1
    return at
