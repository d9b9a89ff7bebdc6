"""The grammar of filter policies: text to a tree of clauses, with AWS's complaint about whatever is not allowed.

AWS walks the policy with a streaming parser, and an error shows where that parser stood: the column after the last
character it had consumed of the policy, written without blanks. So the policy is read into a tree first, which finds
errors of JSON itself; the tree is flattened into tokens that know their columns in the compact text; and the grammar
consumes the tokens. A parser that stands on a name has looked at the value behind it already, of which a number, a
literal or a bracket is consumed whole and a string only to its opening quote.

The result is a tree of three kinds of nodes: a ``Clause`` (a path and the conditions of which one must hold), an
``AllOf`` (an object: every part must hold) and an ``AnyOf`` (``$or``). Nested objects leave no trace but longer paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from . import filter_messages as messages
from .errors import invalid
from .filter_values import FALSE, LIMIT, NULL, TRUE, Atom, ip_number, is_address, number_atom
from .json_text import JsonTextError, NumberText, located, read_json

__all__ = ["ANYTHING_BUT_OPERATORS", "AllOf", "AnyOf", "Clause", "Condition", "PolicyTree", "read_policy"]

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


@dataclass(frozen=True, slots=True)
class Condition:
    """One element of a policy's array.

    ``operand`` is an atom (``equals``), a string (``prefix``, ``suffix``, ``wildcard``, ``equals-ignore-case``), a
    frozenset of atoms or a nested condition (``anything-but``), a ``(low, low_open, high, high_open)`` of atoms or
    None (``numeric``), ``(width, low, high)`` (``cidr``) or a boolean (``exists``).
    """

    operator: str
    operand: Any
    text: str
    """As it stands in the policy, without blanks."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The values at ``path`` must meet one of the conditions."""

    path: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``$or``."""

    alternatives: tuple[AllOf, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """An object of a policy."""

    parts: tuple[Clause | AnyOf | AllOf, ...]


@dataclass(frozen=True, slots=True)
class PolicyTree:
    """A policy that passed every check."""

    root: AllOf
    combinations: int


def read_policy(
    text: str, scope: str, coat: str = "", anything_but: frozenset[str] = ANYTHING_BUT_OPERATORS
) -> PolicyTree:
    """Read and check a policy. Raises ``InvalidParameter`` with ``coat`` before the text. O(length of the policy)."""

    def refuse(reason: str) -> NoReturn:
        raise invalid(f"{coat}FilterPolicy: {reason}")

    if len(text.encode("utf-8", "surrogatepass")) > _MAXIMUM_SIZE:
        refuse(messages.SIZE)
    try:
        tree = read_json(text)
    except JsonTextError as error:
        refuse(messages.JSON.format(reason=error))
    try:
        parser = _Parser(_Tokens(tree), anything_but)
        root, combinations = parser.policy(by_depth=scope == "MessageBody")
    except _Refusal as refusal:
        refuse(refusal.text)
    if parser.nested and scope != "MessageBody":
        raise invalid(coat + messages.NESTED)
    if len(tree) > _MAXIMUM_KEYS:
        refuse(messages.KEYS)
    if combinations > _MAXIMUM_COMBINATIONS:
        refuse(messages.COMPLEX)
    return PolicyTree(root, combinations)


class _Refusal(Exception):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _compact(value: Any) -> str:
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{_compact(name)}:{_compact(member)}" for name, member in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([_compact(member) for member in value]) + "]"
    return json.dumps(value, ensure_ascii=False)


Token = tuple[str, str, Any]
"""Kind (a bracket, ``name``, ``string``, ``number``, ``literal``), text, and the tree's value at an opening bracket."""


class _Tokens:
    """The tokens of a tree, with the column that AWS's parser shows at each."""

    def __init__(self, tree: Any) -> None:
        self._tokens: list[Token] = []
        self._ends: list[int] = []
        self._starts: list[int] = []
        column = 1
        for token, width in _tokens_of(tree):
            self._tokens.append(token)
            self._starts.append(column)
            column += width
            self._ends.append(column)
        self._index = -1
        self._text_read = False
        self.kind = ""
        self.value: Any = None

    def next(self) -> str:
        """Step to the next token and return its kind."""
        self._index += 1
        self._text_read = False
        self.kind, self._text, self.value = self._tokens[self._index]
        return self.kind

    def text(self) -> str:
        """The current token's text; a string is consumed by this."""
        self._text_read = True
        return self._text

    def column(self) -> int:
        """The column of the next character that AWS's parser would consume."""
        index = self._index
        if self.kind == "name":
            index += 1
        elif self._text_read:
            return self._ends[index] - self._trailing(index)
        if self._tokens[index][0] == "string":
            return self._starts[index] + 1
        return self._ends[index] - self._trailing(index)

    def _trailing(self, index: int) -> int:
        return 0

    def refuse(self, text: str, **details: Any) -> NoReturn:
        """Raise with the place where the parser stands."""
        column = self.column()
        raise _Refusal(located(text.format(**details) if details else text, column))
