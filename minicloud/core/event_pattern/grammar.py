"""The grammar of event patterns: text to a tree of clauses, with AWS's complaint about whatever is not allowed.

The pattern is read as JSON first, which finds what is no JSON at all. Then its tokens are walked as AWS's parser does,
in the order of checks of AWS's rule library, which decides the complaint where there is more than one; columns count in
the text as it was put. The walk never looks at the tree that JSON made, for the library does not either: a key may come
twice, and then the *path* decides, the last clause for it in the order of the text being the one that counts, across
nested objects, dotted keys and ``$or`` (``_Scope``).

The ``operand`` of a condition is an atom (``equals``), a string (``prefix``, ``suffix``, ``wildcard``,
``equals-ignore-case``), a nested condition (``prefix`` and ``suffix`` of any case, ``anything-but``), a frozenset of
atoms (``anything-but``), a tuple of nested conditions (``anything-but`` with a list), a ``(low, low_open, high,
high_open)`` of numbers or None (``numeric``), ``(width, low, high)`` (``cidr``) or a boolean (``exists``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

from ..conditions.clauses import AllOf, AnyOf, Atom, Clause, Condition, Node
from ..conditions.tokens import Tokens as JsonTokens
from ..conditions.tokens import without_blanks
from ..conditions.values import Complaint, check_wildcard, read_block
from ..json_text import find_fault, line_and_column, located, quoted_source
from . import errors
from .errors import EventPatternError
from .values import FALSE, NULL, TRUE, number_atom

__all__ = ["ALL_OPERATORS", "MAPPING_OPERATORS", "read_pattern"]

T = TypeVar("T")

NESTED = "an operator inside of another"
"""In a set of operators: whether ``prefix``, ``suffix`` and ``anything-but`` may hold one."""

MAPPING_OPERATORS = frozenset({"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"})
"""What a filter of an event source mapping may use beside plain values and ``$or``: what Lambda's guide lists. That
others are refused there, and in EventBridge's words, is [inferred]. [Lambda developer guide: event filtering]"""

ALL_OPERATORS = MAPPING_OPERATORS | {"wildcard", "cidr", "exactly", NESTED}
"""What a rule may use."""

_RESERVED = frozenset(
    {
        "exactly",
        "equals-ignore-case",
        "prefix",
        "suffix",
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
        "date-after",
        "date-on-or-after",
        "date-before",
        "date-on-or-before",
        "in-date-range",
        "ip-address-in-range",
        "ip-address-not-in-range",
    }
)
"""Names that no field of an alternative of ``$or`` may have."""

_LITERALS: dict[str, Atom] = {"true": TRUE, "false": FALSE, "null": NULL}
_MOST_STARS = 5
"""Of a wildcard. AWS measures what a wildcard may cost, by a threshold that is not known; six stars were refused
(``*:*:*:*:*:event-bus/*``), two and one were taken. [inferred]"""
_MOST_COMBINATIONS = 1_000
"""Of the alternatives of all ``$or``, each of which AWS makes a rule of its own; its limit is not known. [inferred]"""


def read_pattern(text: str, operators: frozenset[str] = ALL_OPERATORS) -> AllOf:
    """Read and check a pattern; returns its tree. Raises ``EventPatternError``. O(length of the pattern)."""
    fault = find_fault(text, quoted_source(text))
    if fault is not None:
        reason, *location = fault.partition("\n")
        raise EventPatternError(reason, "".join(location))
    try:
        return _Parser(_Tokens(text), operators).pattern()
    except RecursionError:
        raise EventPatternError(errors.too_complex) from None


class _Tokens(JsonTokens):
    """The tokens of a pattern, and how EventBridge shows where its parser stands."""

    __slots__ = ()

    def refuse(self, error: str, /, **blanks: object) -> NoReturn:
        """Raise an error of the table, with the place where the parser stands."""
        raise EventPatternError(error.format(**blanks), self.location)

    def refuse_in_list(self, error: str, /, **blanks: object) -> NoReturn:
        """The same in a list of anything-but, where AWS's parser catches its own error and shows the place again."""
        raise EventPatternError(error.format(**blanks), self.location * 2)

    @property
    def location(self) -> str:
        """Where the parser stands, as it follows a reason."""
        line, column = line_and_column(self.source, self.consumed)
        return located("", column, line, quoted_source(self.source))


class _Parser:
    """Consumes the tokens by the rules of AWS's rule library, in its order of checks."""

    def __init__(self, tokens: _Tokens, operators: frozenset[str]) -> None:
        self.tokens = tokens
        self.operators = operators

    def pattern(self) -> AllOf:
        """The whole pattern."""
        if self.tokens.next() != "{":
            self.tokens.refuse(errors.not_an_object)
        scope = _Scope()
        self.fields(scope, "")
        return scope.node()

    def fields(self, scope: _Scope, prefix: str, *, in_or: bool = False) -> None:
        """From behind an opening bracket to the closing one."""
        tokens = self.tokens
        is_empty = True
        while tokens.next() != "}":
            is_empty = False
            name = tokens.text
            if name == "$or":
                scope.add(self.alternatives(prefix))
                continue
            if in_or and name in _RESERVED:
                tokens.refuse(errors.or_reserved, name=name)
            kind = tokens.next()
            if kind == "{":
                self.fields(scope, prefix + name + ".")
            elif kind == "[":
                scope.add(Clause(prefix + name, self.conditions()))
            else:
                tokens.refuse(errors.object_or_array, name=name)
        if is_empty:
            tokens.refuse(errors.empty_object)

    def alternatives(self, prefix: str) -> AnyOf:
        """What is behind ``$or``: an array of objects, at least two."""
        tokens = self.tokens
        if tokens.next() != "[":
            tokens.refuse(errors.or_array)
        alternatives = []
        while (kind := tokens.next()) != "]":
            if kind != "{":
                tokens.refuse(errors.or_member)
            scope = _Scope()
            self.fields(scope, prefix, in_or=True)
            alternatives.append(scope.node())
        if len(alternatives) < 2:
            tokens.refuse(errors.or_members)
        return AnyOf(tuple(alternatives))

    def conditions(self) -> tuple[Condition, ...]:
        """From behind an opening bracket to the closing one."""
        tokens = self.tokens
        conditions = []
        while (kind := tokens.next()) != "]":
            start = tokens.start
            operand: object
            if kind == "{":
                operator, operand = self.expression()
            elif kind == "string":
                operator, operand = "equals", tokens.text
            elif kind == "number":
                operator, operand = "equals", number_atom(tokens.text)
            elif kind in _LITERALS:
                operator, operand = "equals", _LITERALS[kind]
            else:
                tokens.refuse(errors.match_value)
            conditions.append(Condition(operator, operand, without_blanks(tokens.since(start))))
        if not conditions:
            tokens.refuse(errors.empty_array)
        return tuple(conditions)

    def expression(self) -> tuple[str, object]:
        """An object inside of an array: one operator and its operand."""
        tokens = self.tokens
        if tokens.next() != "name":
            tokens.refuse(errors.name_not_found)
        operator = tokens.text
        if operator not in self.operators:
            tokens.refuse(errors.unrecognized, operator=operator)
        operand: object
        if operator == "exactly":
            operand = self.string("exact")
        elif operator == "equals-ignore-case":
            operand = self.string(operator)
        elif operator in ("prefix", "suffix"):
            operand = self.affix(operator)
        elif operator == "wildcard":
            operand = self.wildcard()
        elif operator == "anything-but":
            operand = self.anything_but()
        elif operator == "numeric":
            operand = self.numeric()
        elif operator == "exists":
            if tokens.next() not in ("true", "false"):
                tokens.refuse(errors.exists)
            operand = tokens.kind == "true"
        else:
            # AWS's library says "prefix" here.
            operand = self.read(read_block, self.string("prefix"), located=False)
        self.end_of_expression()
        return operator, operand

    def end_of_expression(self) -> None:
        """A closing bracket, and nothing else."""
        if self.tokens.next() != "}":
            self.tokens.refuse(errors.one_key)

    def read(self, reader: Callable[[str], T], text: str, *, located: bool) -> T:
        """What a reader of ``core/conditions/values`` makes of a text."""
        try:
            return reader(text)
        except Complaint as complaint:
            error: str = getattr(errors, complaint.name)
            if located:
                self.tokens.refuse(error, **complaint.blanks)
            raise EventPatternError(error.format(**complaint.blanks)) from None

    def string(self, operator: str) -> str:
        """The next token, which must be a string."""
        if self.tokens.next() != "string":
            self.tokens.refuse(errors.string_operand, operator=operator)
        return self.tokens.text

    def wildcard(self) -> str:
        """The next token, which must be a wildcard."""
        return self.checked_wildcard(self.string("wildcard"))

    def checked_wildcard(self, text: str) -> str:
        """A wildcard that has been read."""
        pattern = self.read(check_wildcard, text, located=True)
        if pattern.replace("\\\\", "").replace("\\*", "").count("*") > _MOST_STARS:
            raise EventPatternError(errors.too_complex)
        return pattern

    def affix(self, operator: str) -> object:
        """What ``prefix`` or ``suffix`` is given: a string, or one of which case does not matter."""
        tokens = self.tokens
        kind = tokens.next()
        if kind == "{" and NESTED in self.operators:
            start = tokens.start
            named = operator.capitalize()
            if tokens.next() != "name":
                tokens.refuse(errors.affix_name, operator=named)
            if tokens.text != "equals-ignore-case":
                tokens.refuse(errors.affix_operator, operator=operator, inner=tokens.text)
            text = self.string("equals-ignore-case")
            self.end_of_expression()
            return Condition("equals-ignore-case", text, without_blanks(tokens.since(start)))
        if kind != "string":
            tokens.refuse(errors.string_operand, operator=operator)
        return tokens.text

    # --- anything-but ------------------------------------------------------------------------------------------------

    def anything_but(self) -> object:
        """What ``anything-but`` is given."""
        tokens = self.tokens
        kind = tokens.next()
        if kind == "{":
            return self.nested_anything_but()
        if kind == "string":
            return frozenset([tokens.text])
        if kind == "number":
            return frozenset([number_atom(tokens.text)])
        if kind != "[":
            tokens.refuse(errors.anything_but_value)
        values: set[Atom] = set()
        kinds = set()
        while (kind := tokens.next()) != "]":
            if kind == "string":
                values.add(tokens.text)
            elif kind == "number":
                values.add(number_atom(tokens.text))
            else:
                tokens.refuse_in_list(errors.anything_but_member)
            kinds.add(kind)
        if len(kinds) != 1:
            # The library makes this check after the loop whose errors it catches.
            tokens.refuse(errors.anything_but_mixed)
        return frozenset(values)

    def nested_anything_but(self) -> tuple[Condition, ...]:
        """An operator inside of ``anything-but``, with a string or an array of strings: a condition for each."""
        tokens = self.tokens
        if tokens.next() != "name":
            tokens.refuse(errors.anything_but_name)
        operator = tokens.text
        if operator not in ("prefix", "suffix", "wildcard", "equals-ignore-case") or NESTED not in self.operators:
            tokens.refuse(errors.anything_but_operator, operator=operator)
        kind = tokens.next()
        conditions = []
        if kind == "[":
            while tokens.next() != "]":
                conditions.append(self.excluded(operator, in_list=True))
            if not conditions:
                self.no_string(operator, tokens.refuse)
        else:
            if kind in ("{", "true", "false", "null") and operator != "equals-ignore-case":
                tokens.refuse(errors.anything_but_value)
            conditions.append(self.excluded(operator, in_list=False))
        self.end_of_expression()
        return tuple(conditions)

    def excluded(self, operator: str, *, in_list: bool) -> Condition:
        """What the current token, which must be a string, excludes under an operator inside of ``anything-but``."""
        tokens = self.tokens
        refuse = tokens.refuse_in_list if in_list else tokens.refuse
        if tokens.kind != "string":
            self.no_string(operator, refuse)
        start = tokens.start
        text = tokens.text
        if operator == "wildcard":
            self.checked_wildcard(text)
        elif not text and operator != "equals-ignore-case":
            refuse(errors.anything_but_empty)
        return Condition(operator, text, f'{{"{operator}":{without_blanks(tokens.since(start))}}}')

    def no_string(self, operator: str, refuse: Callable[..., NoReturn]) -> NoReturn:
        """Refuse the current token where a string has to stand."""
        if operator == "equals-ignore-case":
            refuse(errors.anything_but_case_member)
        refuse(errors.string_operand, operator="wildcard" if operator == "wildcard" else "prefix/suffix")

    # --- numeric -----------------------------------------------------------------------------------------------------

    def numeric(self) -> tuple[float | None, bool, float | None, bool]:
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
        value, inexact = self.bound("equals" if operator == "=" else operator)
        tokens.next()
        if operator in ("=", "<", "<="):
            if tokens.kind != "]":
                tokens.refuse(errors.numeric_elements)
            self.refuse_inexact(inexact)
            return (value if operator == "=" else None), False, value, operator == "<"
        if tokens.kind == "]":
            self.refuse_inexact(inexact)
            return value, operator == ">", None, False
        if tokens.kind != "string":
            tokens.refuse(errors.numeric_second_value, token=tokens.text)
        second = tokens.text
        if second not in ("<", "<="):
            tokens.refuse(errors.numeric_second_operator, operator=second)
        tokens.next()
        top, inexact_top = self.bound(second)
        if tokens.next() != "]":
            tokens.refuse(errors.numeric_terms)
        self.refuse_inexact(inexact or inexact_top)
        if not value < top:
            tokens.refuse(errors.numeric_order)
        return value, operator == ">", top, second == "<"

    def bound(self, operator: str) -> tuple[float, str]:
        """The number of the current token, and its text if no double is exactly that; AWS looks at this at the end."""
        tokens = self.tokens
        if tokens.kind != "number":
            tokens.refuse(errors.numeric_value, operator=operator)
        atom = number_atom(tokens.text)
        return (atom, "") if isinstance(atom, float) else (0.0, tokens.text)

    def refuse_inexact(self, token: str) -> None:
        """Refuse a number that cannot be compared."""
        if token:
            self.tokens.refuse(errors.numeric_inexact, token=token)


class _Scope:
    """The parts of an object with all that is nested in it, as they are read; the last clause for a path counts.

    AWS's library keeps, for each combination of alternatives, a map of paths to conditions, in which a later clause
    replaces an earlier one. So a clause takes its path away from all parts before it, and a ``$or`` draws those parts
    into its alternatives of which it replaces something in one of them.
    """

    def __init__(self, parts: Iterable[Node] = ()) -> None:
        self.parts: list[Node] = []
        for part in parts:
            self.add(part)

    def add(self, part: Node) -> None:
        """Another part, which comes later in the text."""
        if isinstance(part, Clause):
            without = [_without(earlier, part.path) for earlier in self.parts]
            self.parts = [earlier for earlier in without if earlier is not None]
        elif isinstance(part, AnyOf):
            paths = _paths(part)
            drawn = [earlier for earlier in self.parts if not paths.isdisjoint(_paths(earlier))]
            if drawn:
                self.parts = [earlier for earlier in self.parts if earlier not in drawn]
                _check_combinations([*drawn, part])
                part = AnyOf(tuple(_Scope([*drawn, *one.parts]).node() for one in part.alternatives))
        self.parts.append(part)
        _check_combinations(self.parts)

    def node(self) -> AllOf:
        """The object as a node of the tree."""
        return AllOf(tuple(self.parts))


def _paths(node: Node) -> set[str]:
    if isinstance(node, Clause):
        return {node.path}
    parts = node.alternatives if isinstance(node, AnyOf) else node.parts
    return {path for part in parts for path in _paths(part)}


def _without(node: Node, path: str) -> Node | None:
    """A part that has lost its clauses for a path; None when nothing is left of it."""
    if isinstance(node, Clause):
        return None if node.path == path else node
    if path not in _paths(node):
        return node
    if isinstance(node, AnyOf):
        # An alternative of which nothing is left asks for nothing.
        return AnyOf(tuple(AllOf(tuple(_all_without(one.parts, path))) for one in node.alternatives))
    return AllOf(tuple(_all_without(node.parts, path)))


def _all_without(parts: Iterable[Node], path: str) -> Iterable[Node]:
    return [left for part in parts if (left := _without(part, path)) is not None]


def _check_combinations(parts: Iterable[Node]) -> None:
    product = 1
    for part in parts:
        product *= _combinations(part)
    if product > _MOST_COMBINATIONS:
        raise EventPatternError(errors.too_complex)


def _combinations(node: Node) -> int:
    if isinstance(node, Clause):
        return 1
    if isinstance(node, AnyOf):
        return sum(map(_combinations, node.alternatives))
    product = 1
    for part in node.parts:
        product *= _combinations(part)
    return product
