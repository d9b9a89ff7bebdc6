"""Policy documents: what IAM refuses in one. Nobody evaluates them here, so only their outline is looked at.

An *identity policy* is part of a role or attached to one, so its statements have resources and no principal. A *trust
policy* says who may assume a role. AWS checks its outline, too; here any text will do, because code that was written
for other mocks makes a role before a function, with whatever text as its trust policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn
from urllib.parse import quote

from . import errors

__all__ = ["check_identity_policy", "document_of", "size_of", "trust_policy_of"]

_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_WHITESPACE: Final = dict.fromkeys(map(ord, " \t\n\r"))


def document_of(text: str) -> dict[str, Any]:
    """A document that was stored, as boto3 shows it: a dict of the caller's own."""
    document: dict[str, Any] = json.loads(text)
    return document


def trust_policy_of(text: str) -> Any:
    """A trust policy as boto3 shows it: a dict of the caller's own; else the text as the wire has it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return quote(text, safe="")


def size_of(text: str) -> int:
    """The size of a document against IAM's quotas: whitespace does not count. [IAM user guide: quotas]"""
    return len(text.translate(_WHITESPACE))


def check_identity_policy(text: str) -> None:
    """Raise MalformedPolicyDocument for what is not a policy of an identity."""
    for statement in _statements(text):
        if {"Principal", "NotPrincipal"} & statement.keys():
            raise errors.principal_not_allowed()
        if not {"Action", "NotAction"} & statement.keys():
            raise errors.actions_missing()
        if not {"Resource", "NotResource"} & statement.keys():
            raise errors.resources_missing()


def _statements(text: str) -> Iterator[dict[str, Any]]:
    """The statements of a document. Raises MalformedPolicyDocument for what has none. [inferred which text for what]"""
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise errors.json_invalid() from None
    if not isinstance(document, dict) or document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise errors.syntax()
    found = document.get("Statement")
    statements = [found] if isinstance(found, dict) else found
    if not isinstance(statements, list) or not statements:
        raise errors.syntax()
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise errors.syntax()
        yield statement


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and infinity are no JSON
