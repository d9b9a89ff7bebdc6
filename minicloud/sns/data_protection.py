"""Data protection policies of topics: checked, kept and returned; messages are not inspected."""

from __future__ import annotations

from typing import Any

from . import messages
from .errors import invalid
from .json_values import parse_object

__all__ = ["check_data_protection_policy"]

_LONGEST = 30_720
_OPERATIONS = ("Audit", "Deidentify", "Deny")


def check_data_protection_policy(text: str) -> None:
    """Raise ``InvalidParameter`` for what is no data protection policy. An empty text means none."""
    if not text:
        return
    if len(text) > _LONGEST:
        raise _wrong(messages.DATA_PROTECTION_LONG)
    try:
        policy = parse_object(text)
    except ValueError:
        raise _wrong(messages.DATA_PROTECTION_JSON) from None
    _known(policy, ("Name", "Description", "Version", "Statement", "Configuration"))
    if not isinstance(policy.get("Name"), str):
        raise _member("Name")
    if policy.get("Version") != "2021-06-01":
        raise _member("Version")
    statements = policy.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise _member("Statement")
    audits = 0
    for statement in statements:
        if not isinstance(statement, dict):
            raise _member("Statement")
        audits += _check_statement(statement)
    if audits > 1:
        raise _wrong(messages.DATA_PROTECTION_AUDITS)


def _check_statement(statement: dict[str, Any]) -> int:
    """Check a statement; 1 when it is an audit, else 0."""
    _known(statement, ("Sid", "DataDirection", "Principal", "NotPrincipal", "DataIdentifier", "Operation"))
    if statement.get("DataDirection") not in ("Inbound", "Outbound"):
        raise _wrong(messages.DATA_PROTECTION_DIRECTION)
    principals = statement.get("Principal", statement.get("NotPrincipal"))
    if not isinstance(principals, list | str) or not principals:
        raise _member("Statement Principal")
    identifiers = statement.get("DataIdentifier")
    if not isinstance(identifiers, list) or not identifiers or not all(_is_arn(item) for item in identifiers):
        raise _member("Statement DataIdentifier")
    operation = statement.get("Operation")
    if not isinstance(operation, dict) or len(operation) != 1:
        raise _member("Statement Operation")
    kind, details = next(iter(operation.items()))
    if kind not in _OPERATIONS or not isinstance(details, dict):
        raise _member("Statement Operation")
    if kind != "Audit":
        return 0
    rate = details.get("SampleRate")
    if isinstance(rate, str) and rate.isascii() and rate.isdigit() and len(rate) < 4:
        rate = int(rate)
    if not isinstance(rate, int) or isinstance(rate, bool) or not 0 <= rate <= 99:
        raise _member("Statement Operation Audit SampleRate")
    return 1


def _is_arn(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("arn:")


def _known(structure: dict[str, Any], members: tuple[str, ...]) -> None:
    for member in structure:
        if member not in members:
            raise _wrong(messages.DATA_PROTECTION_UNKNOWN.format(member=member))


def _member(member: str) -> Exception:
    return _wrong(messages.DATA_PROTECTION_MEMBER.format(member=member))


def _wrong(reason: str) -> Exception:
    return invalid(messages.DATA_PROTECTION, reason=reason)
