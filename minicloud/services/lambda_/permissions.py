"""The policy of a function, a version or an alias: statements are stored, as AWS writes them, and grant nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from . import errors

__all__ = ["Policy", "make_statement"]

_MOST: Final = 20_480
"""Bytes. [Lambda quotas: resource-based policy]"""
_SERVICE = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com|amazonaws\.com\.cn|amazon\.com|aws\.internal)")


class Policy:
    """Statements by their ids. It never changes; another one is put in its place."""

    __slots__ = ("revision_id", "statements")

    def __init__(self, statements: Mapping[str, Mapping[str, Any]], revision_id: str) -> None:
        self.statements = statements
        self.revision_id = revision_id

    def text(self) -> str:
        """As GetPolicy answers it."""
        document = {"Version": "2012-10-17", "Id": "default", "Statement": list(self.statements.values())}
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False)

    def check_size(self) -> None:
        """Raise ``PolicyLengthExceededException`` when it is too long."""
        size = len(self.text().encode("utf-8", "surrogatepass"))
        if size > _MOST:
            raise errors.policy_too_long(size, _MOST)


def make_statement(partition: str, resource: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A statement of the parameters of AddPermission, those that were given.

    Raises ``InvalidParameterValueException`` for a principal that is none.
    """
    statement: dict[str, Any] = {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(partition, given["Principal"]),
        "Action": given["Action"],
        "Resource": resource,
    }
    texts = {
        "lambda:FunctionUrlAuthType": given.get("FunctionUrlAuthType"),
        "AWS:SourceAccount": given.get("SourceAccount"),
        "lambda:EventSourceToken": given.get("EventSourceToken"),
        "aws:PrincipalOrgID": given.get("PrincipalOrgID"),
    }
    equals = {key: value for key, value in texts.items() if value}
    conditions: dict[str, Any] = {"StringEquals": equals} if equals else {}
    if "InvokedViaFunctionUrl" in given:
        conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": str(given["InvokedViaFunctionUrl"]).lower()}
    if given.get("SourceArn"):
        conditions["ArnLike"] = {"AWS:SourceArn": given["SourceArn"]}
    if conditions:
        statement["Condition"] = conditions
    return statement


def _principal(partition: str, principal: str) -> Any:
    if principal == "*":
        return "*"
    if principal.isdecimal() and len(principal) == 12:
        return {"AWS": f"arn:{partition}:iam::{principal}:root"}
    if principal.startswith("arn:"):
        return {"AWS": principal}
    if _SERVICE.fullmatch(principal):
        return {"Service": principal}
    raise errors.principal_invalid()
