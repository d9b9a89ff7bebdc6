"""Why a message passes a filter policy, or does not: the same clauses as in ``policy``, asked one by one.

The verdict is the compiled policy's own; the explanation walks the policy's tree beside it
(``core/conditions/explaining``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ....core.conditions.clauses import Atom, Document
from ....core.conditions.explaining import DIFFERENT_ELEMENTS, Explanation, Walk, clauses_of, hollow_paths, quoted
from ....core.shown import escaped, shown
from ....core.unset import UNSET
from ....exceptions import AwsError, UsageError
from ..shapes import MessageAttributeValue
from .document import Candidate
from .policy import FilterPolicy, compile_policy, predicate_of
from .values import LIMIT

__all__ = ["FilterExplanation", "attribute_of", "explain", "explain_filter", "explain_text"]

_FILTERED_TYPES = ("String", "Number", "String.Array")


class FilterExplanation(Explanation):
    """True when the message passes; ``str()`` says which clause of the policy decided, and why."""

    __slots__ = ()


def explain_filter(
    policy: str | Mapping[str, Any], *, attributes: Mapping[str, Any] = UNSET, body: str | Mapping[str, Any] = UNSET
) -> FilterExplanation:
    """Say whether SNS would let a message pass a filter policy, and which clause of the policy decides it.

    ``policy`` is the policy as a dict or as JSON text. With ``attributes`` it is applied to message attributes (scope
    ``MessageAttributes``), given as SNS takes them (``{"DataType": "String", "StringValue": "x"}``) or as plain
    values: a string, a number, bytes, or a list for ``String.Array``. With ``body`` it is applied to the message's
    text (scope ``MessageBody``), given as JSON text or as a dict.

    Raises ``UsageError`` for a policy that AWS would refuse, with AWS's text.

        >>> print(explain_filter({"store": ["books"]}, attributes={"store": "Books"}))
        no match: "store" is "Books", which does not meet ["books"] (upper and lower case differ)
    """
    if (attributes is UNSET) == (body is UNSET):
        raise UsageError("explain_filter() looks at attributes=... or at body=...: give one of the two")
    text = policy if isinstance(policy, str) else _dump("policy", policy)
    scope = "MessageAttributes" if body is UNSET else "MessageBody"
    try:
        compiled = compile_policy(text, scope, prefix="")
    except AwsError as error:
        raise UsageError(f"AWS refuses this filter policy: {escaped(error.message, 1_000)}") from None
    if body is UNSET:
        given = {name: attribute_of(name, value) for name, value in attributes.items()}
        return explain(compiled, given, "")
    return explain(compiled, None, body if isinstance(body, str) else _dump("body", body))


def _dump(what: str, value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"explain_filter(): {what} is not JSON: {escaped(str(error), 200)}") from None


def attribute_of(name: str, value: Any) -> MessageAttributeValue:
    """A message attribute for a plain value; structures of SNS's are passed on."""
    if isinstance(value, Mapping):
        kind = value.get("DataType")
        if isinstance(kind, str):
            if kind.startswith("Binary"):
                if "BinaryValue" in value:
                    return {"DataType": kind, "BinaryValue": value["BinaryValue"]}
            elif "StringValue" in value:
                return {"DataType": kind, "StringValue": value["StringValue"]}
        raise UsageError(
            f"explain_filter(): attribute {shown(name)} is a structure without DataType, StringValue or BinaryValue"
        )
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return {"DataType": "Number", "StringValue": str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"DataType": "Binary", "BinaryValue": bytes(value)}
    if isinstance(value, (list, tuple)):
        return {"DataType": "String.Array", "StringValue": _dump(f"attribute {shown(name)}", value)}
    raise UsageError(
        f"explain_filter(): attribute {shown(name)} is a {type(value).__name__}; "
        "a message attribute is a string, a number, bytes or a list of scalars"
    )


def explain(
    policy: FilterPolicy, attributes: Mapping[str, MessageAttributeValue] | None, body: str
) -> FilterExplanation:
    """Say why a message passes a compiled policy or does not. For people: far slower than ``policy.accepts``."""
    candidate = Candidate(attributes, body)
    by_body = policy.scope == "MessageBody"
    document = candidate.body_document if by_body else candidate.attribute_document
    if document.problem:
        hint = _scope_hint(policy, attributes, body)
        return FilterExplanation(False, f"{document.problem}; a filter policy never matches that{hint}")
    ignored = {
        name: value["DataType"]
        for name, value in (attributes or {}).items()
        if not by_body and value["DataType"] not in _FILTERED_TYPES
    }
    hollow = hollow_paths(json.loads(body)) if by_body else {}
    matched, reasons = _Walk(document, ignored, hollow).node(policy.root)
    if not matched:
        return FilterExplanation(False, reasons[0] + _scope_hint(policy, attributes, body))
    if not policy.accepts(candidate):
        return FilterExplanation(False, DIFFERENT_ELEMENTS.format(reasons="; ".join(reasons)))
    return FilterExplanation(True, "; ".join(reasons))


@lru_cache(maxsize=256)
def _compiled(policy: str, scope: str) -> FilterPolicy:
    return compile_policy(policy, scope, prefix="")


def explain_text(
    policy: str, scope: str, attributes: Mapping[str, MessageAttributeValue] | None, body: str
) -> FilterExplanation:
    """The same for a policy of a subscription, as it is told: its text, and its scope. An empty one passes all."""
    if not policy:
        return FilterExplanation(True, "the subscription has no filter policy")
    return explain(_compiled(policy, scope), attributes, body)


def _scope_hint(policy: FilterPolicy, attributes: Mapping[str, MessageAttributeValue] | None, body: str) -> str:
    """A remark where none of the policy's keys is where it looks, and one is where it does not."""
    by_body = policy.scope == "MessageBody"
    keys = {clause.path.partition(".")[0] if by_body else clause.path for clause in clauses_of(policy.root)}
    names = set(attributes or ())
    try:
        members = json.loads(body) if body.lstrip()[:1] == "{" else {}
    except (ValueError, RecursionError):
        members = {}
    if by_body:
        if names & keys and keys.isdisjoint(members):
            found = _are(names & keys)
            return f'; {found} among the message attributes: FilterPolicyScope="MessageAttributes" looks there'
    elif keys & members.keys() and keys.isdisjoint(names):
        return f'; {_are(keys & members.keys())} in the body: FilterPolicyScope="MessageBody" looks there'
    return ""


def _are(names: Iterable[str]) -> str:
    listed = [quoted(name) for name in sorted(names)]
    return f"{', '.join(listed)} {'is' if len(listed) == 1 else 'are'}"


class _Walk(Walk):
    """Also says of an attribute that its type is none that counts."""

    def __init__(self, document: Document, ignored: Mapping[str, str], hollow: dict[str, str]) -> None:
        super().__init__(document, predicate_of, _shown, hollow)
        self.ignored = ignored

    def near(self, path: str) -> str:
        if path in self.ignored:
            return f" for filters (its type is {self.ignored[path]}, and only {', '.join(_FILTERED_TYPES)} count)"
        return super().near(path)


def _shown(atom: Atom) -> str:
    """An atom as JSON shows it; a number as it is compared, to six decimals."""
    if isinstance(atom, str):
        return quoted(atom)
    if isinstance(atom, tuple):
        return atom[1]
    millionths = int(atom) - LIMIT * 1_000_000
    sign = "-" if millionths < 0 else ""
    whole, fraction = divmod(abs(millionths), 1_000_000)
    return f"{sign}{whole}.{fraction:06d}".rstrip("0").rstrip(".")
