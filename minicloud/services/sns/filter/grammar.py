"""The grammar of filter policies: text to a tree of clauses, with AWS's complaint about whatever is not allowed.

The policy is read as JSON first, which finds what is no JSON at all; it is written again without blanks, as AWS does,
and the grammar consumes the tokens of that (``tokens``), in the order of checks of AWS's rule library, which
decides the complaint where there is more than one. What the grammar lets pass is then counted.

The result is a tree of clauses (``core/conditions/clauses``). The ``operand`` of a condition is an atom (``equals``), a
string (``prefix``, ``suffix``, ``wildcard``, ``equals-ignore-case``), a frozenset of atoms or a nested condition
(``anything-but``), a ``(low, low_open, high, high_open)`` of atoms or None (``numeric``), ``(width, low, high)``
(``cidr``) or a boolean (``exists``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ....core.conditions.clauses import AllOf, AnyOf, Atom, Clause, Condition, Node
from ....core.conditions.values import Complaint, check_wildcard, read_block
from ....core.error_text import ErrorText
from ....core.json_text import JsonTextError, read_json
from . import errors
from .tokens import Tokens, compact
from .values import FALSE, LIMIT, NULL, TRUE, number_atom

__all__ = ["ANYTHING_BUT_OPERATORS", "read_policy"]

T = TypeVar("T")

ANYTHING_BUT_OPERATORS = frozenset({"prefix", "suffix", "wildcard"})
"""What ``anything-but`` may hold. Until 2024 AWS took ``prefix`` alone; its library knows equals-ignore-case too."""

_RESERVED = frozenset(
    {
        "exactly",
        "prefix",
        "suffix",
        "equals-ignore-case",
        "anything-but",
        "exists",
        "wildcard",
        "numeric",
        "cidr",
        "=",
        "<",
        "<=",
        ">",
        ">=",
        "regex",
        "not-wildcard",
        "not-equals-ignore-case",
    }
)
"""Names that make ``$or`` an ordinary key when an alternative uses one of them."""

_LITERALS = {"true": TRUE, "false": FALSE, "null": NULL}
_MAXIMUM_SIZE = 256 * 1024
_MAXIMUM_KEYS = 5
_MAXIMUM_COMBINATIONS = 150


def read_policy(
    text: str, scope: str, prefix: str = "", anything_but: frozenset[str] = ANYTHING_BUT_OPERATORS
) -> tuple[AllOf, int]:
    """Read and check a policy; returns its tree and the number of its combinations.

    Raises ``InvalidParameter`` with ``prefix`` before the text. O(length of the policy).
    """
    if len(text.encode("utf-8", "surrogatepass")) > _MAXIMUM_SIZE:
        raise errors.size(prefix=prefix)
    try:
        tree = read_json(text)
    except JsonTextError as error:
        raise errors.json(prefix=prefix, reason=error) from None
    try:
        parser = _Parser(Tokens(compact(tree), prefix), anything_but, by_depth=scope == "MessageBody")
        root, combinations = parser.policy(tree)
    except RecursionError:
        # Hundreds of levels count as that many combinations.
        raise errors.too_complex(prefix=prefix) from None
    if parser.nested and scope != "MessageBody":
        raise errors.nested(prefix=prefix)
    if len(tree) > _MAXIMUM_KEYS:
        raise errors.keys(prefix=prefix)
    if combinations > _MAXIMUM_COMBINATIONS:
        raise errors.too_complex(prefix=prefix)
    return root, combinations


class _Parser:
    """Consumes the tokens by the rules of AWS's rule library, in its order of checks."""

    def __init__(self, tokens: Tokens, anything_but: frozenset[str], by_depth: bool) -> None:
        self.tokens = tokens
        self.anything_but = anything_but
        self.by_depth = by_depth
        self.nested = False

    def policy(self, tree: Any) -> tuple[AllOf, int]:
        """The whole policy: its tree and the number of combinations."""
        if self.tokens.next() != "{":
            self.tokens.refuse(errors.not_an_object)
        return self.object(tree, "", 1)

    def object(self, tree: dict[str, Any], prefix: str, depth: int) -> tuple[AllOf, int]:
        """From behind an opening bracket to the closing one."""
        tokens = self.tokens
        parts: list[Node] = []
        combinations = 1
        while tokens.next() != "}":
            name = tokens.text
            member = tree[name]
            part: Node
            if name == "$or" and _is_relationship(member):
                part, count = self.alternatives(member, prefix, depth)
            else:
                path = prefix + name
                kind = tokens.next()
                if kind == "{":
                    self.nested = True
                    part, count = self.object(member, path + ".", depth + 1)
                elif kind == "[":
                    conditions = self.conditions()
                    part, count = Clause(path, conditions), len(conditions) * (depth if self.by_depth else 1)
                else:
                    tokens.refuse(errors.object_or_array, name=name)
            parts.append(part)
            combinations *= count
        if not parts:
            tokens.refuse(errors.empty_object)
        return AllOf(tuple(parts)), combinations

    def alternatives(self, tree: list[Any], prefix: str, depth: int) -> tuple[AnyOf, int]:
        """The array behind ``$or``: objects, at least two."""
        tokens = self.tokens
        tokens.next()
        alternatives = []
        combinations = 0
        for member in tree:
            tokens.next()
            alternative, count = self.object(member, prefix, depth)
            alternatives.append(alternative)
            combinations += count
        tokens.next()
        return AnyOf(tuple(alternatives)), combinations

    def conditions(self) -> tuple[Condition, ...]:
        """From behind an opening bracket to the closing one."""
        tokens = self.tokens
        conditions = []
        while (kind := tokens.next()) != "]":
            start = tokens.start
            if kind == "{":
                operator, operand = self.expression()
            elif kind == "string":
                operator, operand = "equals", tokens.text
            elif kind == "number":
                operator, operand = "equals", _number_of(tokens.text)
            elif kind in _LITERALS:
                operator, operand = "equals", _LITERALS[kind]
            else:
                tokens.refuse(errors.match_value)
            conditions.append(Condition(operator, operand, tokens.since(start)))
        if not conditions:
            tokens.refuse(errors.empty_array)
        return tuple(conditions)

    def expression(self) -> tuple[str, Any]:
        """An object inside of an array: one operator and its operand."""
        tokens = self.tokens
        if tokens.next() != "name":
            tokens.refuse(errors.name_not_found)
        operator = tokens.text
        operand: Any
        if operator in ("prefix", "suffix", "equals-ignore-case"):
            operand = self.string(operator)
        elif operator == "wildcard":
            operand = _read(check_wildcard, self.string(operator), tokens.prefix)
        elif operator == "anything-but":
            operand = self.anything_but_operand()
        elif operator == "numeric":
            operand = self.numeric_operand()
        elif operator == "exists":
            if tokens.next() not in ("true", "false"):
                tokens.refuse(errors.exists)
            operand = tokens.kind == "true"
        elif operator == "cidr":
            # AWS's library says "prefix" here.
            operand = _read(read_block, self.string("prefix"), tokens.prefix)
        else:
            tokens.refuse(errors.unrecognized, operator=operator)
        self.end_of_expression()
        return operator, operand

    def end_of_expression(self) -> None:
        if self.tokens.next() != "}":
            self.tokens.refuse(errors.one_key)

    def string(self, operator: str) -> str:
        """The next token, which must be a string."""
        if self.tokens.next() != "string":
            self.tokens.refuse(errors.string_operand, operator=operator)
        return self.tokens.text

    def bound(self, operator: str) -> float:
        """The current token, which must be a number, behind an operator of ``numeric``."""
        if self.tokens.kind != "number":
            self.tokens.refuse(errors.numeric_value, operator=operator)
        return self.number()

    def number(self) -> float:
        """The number of the current token, of the range that AWS compares."""
        value = float(self.tokens.text)
        if not -LIMIT <= value <= LIMIT:
            self.tokens.refuse(errors.number_range)
        return value

    def anything_but_operand(self) -> frozenset[Atom] | Condition:
        tokens = self.tokens
        kind = tokens.next()
        if kind == "{":
            start = tokens.start
            if tokens.next() != "name":
                tokens.refuse(errors.anything_but_name)
            operator = tokens.text
            if operator not in self.anything_but:
                tokens.refuse(errors.anything_but_operator, operator=operator)
            operand = self.nested_operand(operator)
            self.end_of_expression()
            return Condition(operator, operand, tokens.since(start))
        if kind == "string":
            return frozenset([tokens.text])
        if kind == "number":
            return frozenset([number_atom(self.number())])
        if kind != "[":
            tokens.refuse(errors.anything_but_value)
        values: set[Atom] = set()
        kinds = set()
        while (kind := tokens.next()) != "]":
            if kind == "string":
                values.add(tokens.text)
            elif kind == "number":
                values.add(number_atom(self.number()))
            else:
                tokens.refuse(errors.anything_but_member)
            kinds.add(kind)
        if len(kinds) != 1:
            tokens.refuse(errors.anything_but_mixed)
        return frozenset(values)

    def nested_operand(self, operator: str) -> Any:
        """What an operator inside of ``anything-but`` is given."""
        tokens = self.tokens
        if operator == "equals-ignore-case":
            return self.ignored_cases()
        # The text for prefix is the recorded one; suffix came with a library that names both.
        named = "prefix/suffix" if operator == "suffix" else operator
        text = self.string(named)
        if not text:
            tokens.refuse(errors.anything_but_empty, operator=named)
        return _read(check_wildcard, text, tokens.prefix) if operator == "wildcard" else text

    def ignored_cases(self) -> frozenset[str]:
        tokens = self.tokens
        kind = tokens.next()
        if kind == "string":
            return frozenset([tokens.text.lower()])
        if kind != "[":
            tokens.refuse(errors.anything_but_value)
        values = set()
        while tokens.next() != "]":
            if tokens.kind != "string":
                tokens.refuse(errors.anything_but_case_member)
            values.add(tokens.text.lower())
        if not values:
            tokens.refuse(errors.anything_but_case_member)
        return frozenset(values)

    def numeric_operand(self) -> tuple[Atom | None, bool, Atom | None, bool]:
        """The bounds of a numeric condition and whether each is open; None is no bound."""
        tokens = self.tokens
        if tokens.next() != "[":
            tokens.refuse(errors.numeric_array)
        if tokens.next() != "string":
            tokens.refuse(errors.numeric_member, token=tokens.text)
        operator = tokens.text
        tokens.next()
        if operator not in ("=", "<", "<=", ">", ">="):
            tokens.refuse(errors.numeric_operator, operator=operator)
        value = self.bound("equals" if operator == "=" else operator)
        atom = number_atom(value)
        tokens.next()
        if operator in ("=", "<", "<="):
            if tokens.kind != "]":
                tokens.refuse(errors.numeric_elements)
            return (atom if operator == "=" else None), False, atom, operator == "<"
        if tokens.kind == "]":
            return atom, operator == ">", None, False
        if tokens.kind != "string":
            tokens.refuse(errors.numeric_second_value, token=tokens.text)
        second = tokens.text
        if second not in ("<", "<="):
            tokens.refuse(errors.numeric_second_operator, operator=second)
        tokens.next()
        top = self.bound(second)
        if tokens.next() != "]":
            tokens.refuse(errors.numeric_terms)
        if not value < top:
            tokens.refuse(errors.numeric_order)
        return atom, operator == ">", number_atom(top), second == "<"


def _is_relationship(member: Any) -> bool:
    """Whether the value of ``$or`` makes it the operator and not a key of that name."""
    return (
        isinstance(member, list)
        and len(member) >= 2
        and all(isinstance(alternative, dict) and _RESERVED.isdisjoint(alternative) for alternative in member)
    )


def _number_of(text: str) -> Atom:
    # Python reads no integers of thousands of digits; that far out a float does as well.
    return number_atom(int(text) if len(text) < 100 and text.lstrip("-").isdigit() else float(text))


def _read(reader: Callable[[str], T], text: str, prefix: str) -> T:
    """What a reader of ``core/conditions/values`` makes of a text. These errors carry no location."""
    try:
        return reader(text)
    except Complaint as complaint:
        error: ErrorText = getattr(errors, complaint.name)
        raise error(prefix=prefix, **complaint.blanks) from None
