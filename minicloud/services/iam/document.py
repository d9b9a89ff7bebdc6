"""Policy documents: what IAM refuses in one. Nobody evaluates them here, so only their outline is looked at.

A *trust policy* says who may assume a role, so its statements have a principal and no resource; an *identity policy* is
part of a role or attached to one, so its statements have resources and no principal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from . import errors

__all__ = ["check_identity_policy", "check_trust_policy", "document_of", "size_of"]

_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_WHITESPACE: Final = dict.fromkeys(map(ord, " \t\n\r"))


def document_of(text: str) -> dict[str, Any]:
    """A document that was stored, as boto3 shows it: a dict of the caller's own."""
    document: dict[str, Any] = json.loads(text)
    return document


def size_of(text: str) -> int:
    """The size of a document against IAM's quotas: whitespace does not count. [IAM user guide: quotas]"""
    return len(text.translate(_WHITESPACE))


def check_trust_policy(text: str) -> None:
    """Raise MalformedPolicyDocument for what is not the trust policy of a role."""
    for statement in _statements(text):
        for name in ("Resource", "NotResource"):
            if name in statement:
                raise errors.prohibited_field(name)
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise errors.field_missing("Principal")
        if not {"Action", "NotAction"} & statement.keys():
            raise errors.field_missing("Action")


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
