"""Data protection policies of topics: checked, kept and returned; messages are not inspected."""

from __future__ import annotations

import re
from typing import Any

from ...core.json_text import parse_object
from . import errors

__all__ = ["check_data_protection_policy"]

_LONGEST = 30_720
_MOST_OWN_IDENTIFIERS = 10
_LONGEST_REGEX = 200
_OWN_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check_data_protection_policy(text: str) -> None:
    """Raise ``InvalidParameter`` for what is not a data protection policy. An empty text means none."""
    if not text:
        return
    if len(text) > _LONGEST:
        raise errors.data_protection_long()
    try:
        policy = parse_object(text)
    except ValueError:
        raise errors.data_protection_json() from None
    _known(policy, ("Name", "Description", "Version", "Statement", "Configuration"))
    if not isinstance(policy.get("Name"), str):
        raise errors.data_protection_member(member="Name")
    if policy.get("Version") != "2021-06-01":
        raise errors.data_protection_member(member="Version")
    _check_configuration(policy.get("Configuration", {}))
    statements = policy.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise errors.data_protection_member(member="Statement")
    audits = 0
    for statement in statements:
        if not isinstance(statement, dict):
            raise errors.data_protection_member(member="Statement")
        audits += _check_statement(statement)
    if audits > 1:
        raise errors.data_protection_audits()


def _check_configuration(configuration: Any) -> None:
    """Check the identifiers that the policy brings along."""
    if not isinstance(configuration, dict):
        raise errors.data_protection_member(member="Configuration")
    _known(configuration, ("CustomDataIdentifier",))
    identifiers = configuration.get("CustomDataIdentifier", [])
    if not isinstance(identifiers, list) or len(identifiers) > _MOST_OWN_IDENTIFIERS:
        raise errors.data_protection_member(member="Configuration CustomDataIdentifier")
    names = set()
    for identifier in identifiers:
        if not isinstance(identifier, dict):
            raise errors.data_protection_member(member="Configuration CustomDataIdentifier")
        _known(identifier, ("Name", "Regex"))
        name, regex = identifier.get("Name"), identifier.get("Regex")
        if not isinstance(name, str) or not _OWN_NAME.fullmatch(name) or name in names:
            raise errors.data_protection_member(member="Configuration CustomDataIdentifier Name")
        if not isinstance(regex, str) or not 1 <= len(regex) <= _LONGEST_REGEX:
            raise errors.data_protection_member(member="Configuration CustomDataIdentifier Regex")
        names.add(name)


def _check_statement(statement: dict[str, Any]) -> int:
    """Check a statement; 1 when it is an audit, else 0."""
    _known(statement, ("Sid", "DataDirection", "Principal", "NotPrincipal", "DataIdentifier", "Operation"))
    if statement.get("DataDirection") not in ("Inbound", "Outbound"):
        raise errors.data_protection_direction()
    principals = statement.get("Principal", statement.get("NotPrincipal"))
    if not isinstance(principals, list | str) or not principals:
        raise errors.data_protection_member(member="Statement Principal")
    identifiers = statement.get("DataIdentifier")
    if not isinstance(identifiers, list) or not identifiers:
        raise errors.data_protection_member(member="Statement DataIdentifier")
    for identifier in identifiers:
        # Which ones AWS knows is not established, so none is refused by its spelling.
        if not isinstance(identifier, str) or not identifier:
            raise errors.data_protection_member(member="Statement DataIdentifier")
    operation = statement.get("Operation")
    if not isinstance(operation, dict) or len(operation) != 1:
        raise errors.data_protection_member(member="Statement Operation")
    kind, details = next(iter(operation.items()))
    check = _OPERATIONS.get(kind)
    if check is None or not isinstance(details, dict):
        raise errors.data_protection_member(member="Statement Operation")
    check(details)
    return int(kind == "Audit")


def _check_audit(details: dict[str, Any]) -> None:
    _known(details, ("SampleRate", "FindingsDestination", "NoFindingsDestination"))
    rate = details.get("SampleRate")
    if isinstance(rate, str) and rate.isascii() and rate.isdigit() and len(rate) < 4:
        rate = int(rate)
    if not isinstance(rate, int) or isinstance(rate, bool) or not 0 <= rate <= 99:
        raise errors.data_protection_member(member="Statement Operation Audit SampleRate")
    for outcome in ("FindingsDestination", "NoFindingsDestination"):
        path = f"Statement Operation Audit {outcome}"
        destinations = details.get(outcome, {})
        if not isinstance(destinations, dict):
            raise errors.data_protection_member(member=path)
        _known(destinations, tuple(_DESTINATIONS))
        for destination, parameters in destinations.items():
            member, start = _DESTINATIONS[destination]
            name = parameters.get(member) if isinstance(parameters, dict) else None
            if not isinstance(name, str) or not name or not name.startswith(start):
                raise errors.data_protection_member(member=f"{path} {destination} {member}")


def _check_deidentification(details: dict[str, Any]) -> None:
    _known(details, ("MaskConfig", "RedactConfig"))
    if len(details) != 1:
        raise errors.data_protection_member(member="Statement Operation Deidentify")
    ((kind, configuration),) = details.items()
    if not isinstance(configuration, dict):
        raise errors.data_protection_member(member=f"Statement Operation Deidentify {kind}")
    _known(configuration, ("MaskWithCharacter",) if kind == "MaskConfig" else ())
    mask = configuration.get("MaskWithCharacter", "*")
    if not isinstance(mask, str) or len(mask) != 1 or not " " <= mask <= "~":
        raise errors.data_protection_member(member="Statement Operation Deidentify MaskConfig MaskWithCharacter")


def _check_denial(details: dict[str, Any]) -> None:
    _known(details, ())


_OPERATIONS = {"Audit": _check_audit, "Deidentify": _check_deidentification, "Deny": _check_denial}
_DESTINATIONS = {
    "CloudWatchLogs": ("LogGroup", "/aws/vendedlogs/"),
    "Firehose": ("DeliveryStream", ""),
    "S3": ("Bucket", ""),
}
"""Where findings can go: the member that names it, and how the name has to begin."""


def _known(structure: dict[str, Any], members: tuple[str, ...]) -> None:
    for member in structure:
        if member not in members:
            raise errors.data_protection_unknown(member=member)
