"""The constraints that AWS's models put on members, and how services report those that are broken.

botocore checks types, required members and minimums before it sends; what is left to the service are patterns, upper
bounds and lists of values (and minimums, for a client that was told not to check). A service has a table of its
members' constraints, and one ``check``, which raises its own error with a ``report`` of all that are broken. This file
knows no member and no error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from .unset import UNSET

__all__ = [
    "Choice",
    "Constraint",
    "Length",
    "Member",
    "Number",
    "Table",
    "TagMap",
    "Text",
    "TextList",
    "members_by_table",
    "members_of",
    "report",
    "violation",
    "violations_of_members",
]

_MOST_VIOLATIONS = 10
"""AWS looks no further."""


class Constraint(Protocol):
    """What a member's value has to be like."""

    def holds(self, value: Any) -> bool:
        """Whether ``value`` breaks nothing."""

    def broken(self, value: Any) -> Iterator[str]:
        """What it breaks, in AWS's words."""

    def shown(self, value: Any) -> str:
        """How the report begins: ``Value 'x'``, or ``Value`` alone where it is secret or long."""


Member = tuple[str, Constraint, Any]
"""A member's path, its constraint, and its value; UNSET breaks nothing."""


Table: TypeAlias = Mapping[str, Any]
"""A constraint for each member of a request, by AWS's names. Inside of a structure it goes on with a table, inside of a
list with ``(constraint of the list, what its items are held to)``."""


class Text:
    """A string of so many characters, of a pattern.

    The pattern is Java's, as the report shows it; ``regex`` is Python's form of it where that differs.
    """

    __slots__ = ("_is_shown", "_maximum", "_minimum", "_pattern", "_regex")

    def __init__(
        self,
        minimum: int = 0,
        maximum: int | None = None,
        pattern: str | None = None,
        regex: str | None = None,
        *,
        is_shown: bool = True,
    ) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._pattern = pattern
        source = pattern if regex is None else regex
        self._regex = None if source is None else re.compile(source, re.ASCII)
        self._is_shown = is_shown

    def holds(self, value: str) -> bool:
        """Whether ``value`` breaks nothing."""
        return (
            self._minimum <= len(value)
            and (self._maximum is None or len(value) <= self._maximum)
            and (self._regex is None or self._regex.fullmatch(value) is not None)
        )

    def broken(self, value: str) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        if self._regex is not None and self._regex.fullmatch(value) is None:
            yield f"Member must satisfy regular expression pattern: {self._pattern}"
        yield from _length(value, self._minimum, self._maximum)

    def shown(self, value: str) -> str:
        """The value in quotes, where it is shown."""
        return f"Value '{value}'" if self._is_shown else "Value"


class Number:
    """A number between two bounds."""

    __slots__ = ("_maximum", "_minimum")

    def __init__(self, minimum: int, maximum: int | None = None) -> None:
        self._minimum = minimum
        self._maximum = maximum

    def holds(self, value: int) -> bool:
        """Whether ``value`` lies between them."""
        return self._minimum <= value and (self._maximum is None or value <= self._maximum)

    def broken(self, value: int) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        if value < self._minimum:
            yield f"Member must have value greater than or equal to {self._minimum}"
        if self._maximum is not None and value > self._maximum:
            yield f"Member must have value less than or equal to {self._maximum}"

    def shown(self, value: int) -> str:
        """The value in quotes."""
        return f"Value '{value}'"


class Choice:
    """One of a few words."""

    __slots__ = ("_choices",)

    def __init__(self, *choices: str) -> None:
        self._choices = choices

    def holds(self, value: str) -> bool:
        """Whether it is one of them."""
        return value in self._choices

    def broken(self, value: str) -> Iterator[str]:
        """The constraint that ``value`` breaks."""
        if value not in self._choices:
            yield f"Member must satisfy enum value set: [{', '.join(self._choices)}]"

    def shown(self, value: str) -> str:
        """The value in quotes."""
        return f"Value '{value}'"


class Length:
    """A list of so many items, which is not shown."""

    __slots__ = ("_maximum", "_minimum")

    def __init__(self, minimum: int, maximum: int) -> None:
        self._minimum = minimum
        self._maximum = maximum

    def holds(self, value: Sequence[Any]) -> bool:
        """Whether ``value`` breaks nothing."""
        return self._minimum <= len(value) <= self._maximum

    def broken(self, value: Sequence[Any]) -> Iterator[str]:
        """The constraint that ``value`` breaks."""
        yield from _length(value, self._minimum, self._maximum)

    def shown(self, value: Sequence[Any]) -> str:
        """Nothing of it."""
        return "Value"


class TextList:
    """A list of strings; ``choices`` when they are words of a set, else strings of ``1..longest`` characters.

    Some services say of each of the words that it must not be null, too.
    """

    __slots__ = ("_choices", "_end", "_longest", "_maximum", "_minimum")

    def __init__(
        self,
        minimum: int,
        maximum: int,
        *,
        longest: int = 0,
        choices: tuple[str, ...] = (),
        tells_of_null: bool = False,
    ) -> None:
        self._end = ", Member must not be null" if tells_of_null else ""
        self._minimum = minimum
        self._maximum = maximum
        self._longest = longest
        self._choices = choices

    def holds(self, value: Sequence[str]) -> bool:
        """Whether ``value`` breaks nothing."""
        return not any(self.broken(value))

    def broken(self, value: Sequence[str]) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        yield from _length(value, self._minimum, self._maximum)
        if self._choices and any(item not in self._choices for item in value):
            words = ", ".join(self._choices)
            yield f"Member must satisfy constraint: [Member must satisfy enum value set: [{words}]{self._end}]"
        if self._longest and any(not 1 <= len(item) <= self._longest for item in value):
            yield f"Member must satisfy constraint: [{_between(1, self._longest)}]"

    def shown(self, value: Sequence[str]) -> str:
        """The strings as Java shows a list."""
        return f"Value '[{', '.join(value)}]'"


class TagMap:
    """Tags: up to so many keys of 1 to 128 characters, values of up to 256."""

    __slots__ = ("_maximum",)

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum

    def holds(self, value: Mapping[str, str]) -> bool:
        """Whether ``value`` breaks nothing."""
        return not any(self.broken(value))

    def broken(self, value: Mapping[str, str]) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        yield from _length(value, 1, self._maximum)
        if any(not 1 <= len(key) <= 128 for key in value):
            yield f"Map keys must satisfy constraint: [{_between(1, 128)}]"
        if any(len(item) > 256 for item in value.values()):
            yield f"Map value must satisfy constraint: [{_between(0, 256)}]"

    def shown(self, value: Mapping[str, str]) -> str:
        """The tags as Java shows a map."""
        return "Value '{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}'"


def members_of(path: str, items: Sequence[Mapping[str, Any]], constraints: Mapping[str, Constraint]) -> list[Member]:
    """What there is to check of the structures in a list at ``path``, by the names of their members."""
    spelt = [(f"{name[0].lower()}{name[1:]}", name, constraint) for name, constraint in constraints.items()]
    return [
        (f"{path}.{number}.member.{as_shown}", constraint, item.get(name, UNSET))
        for number, item in enumerate(items or (), 1)
        for as_shown, name, constraint in spelt
    ]


def members_by_table(given: Mapping[str, Any], table: Table, before: str = "") -> Iterator[Member]:
    """What there is to check of a request, or of a structure in it, whose members' paths begin with ``before``."""
    for name, held_to in table.items():
        value = given.get(name, UNSET)
        if value is not UNSET:
            yield from _by_table(f"{before}{name[0].lower()}{name[1:]}", held_to, value)


def _by_table(path: str, held_to: Any, value: Any) -> Iterator[Member]:
    if isinstance(held_to, Mapping):
        yield from members_by_table(value, held_to, f"{path}.")
    elif isinstance(held_to, tuple):
        of_list, of_items = held_to
        yield path, of_list, value
        for number, item in enumerate(value, 1):
            yield from _by_table(f"{path}.{number}.member", of_items, item)
    else:
        yield path, held_to, value


def violations_of_members(members: Iterable[Member]) -> list[str]:
    """All that is broken, in the order of ``members``."""
    return [
        violation(path, text, constraint.shown(value))
        for path, constraint, value in members
        if value is not UNSET
        for text in constraint.broken(value)
    ]


def violation(path: str, text: str, shown: str = "Value") -> str:
    """What is wrong with the member at ``path``, in the words of ``text``; ``shown`` is how it begins."""
    return f"{shown} at '{path}' failed to satisfy constraint: {text}"


def report(violations: Sequence[str]) -> str:
    """The message of the error for them."""
    seen = violations[:_MOST_VIOLATIONS]
    noun = "error" if len(seen) == 1 else "errors"
    return f"{len(seen)} validation {noun} detected: {'; '.join(seen)}"


def _length(value: str | Sequence[Any] | Mapping[str, str], minimum: int, maximum: int | None) -> Iterator[str]:
    if len(value) < minimum:
        yield f"Member must have length greater than or equal to {minimum}"
    if maximum is not None and len(value) > maximum:
        yield f"Member must have length less than or equal to {maximum}"


def _between(minimum: int, maximum: int) -> str:
    return (
        f"Member must have length less than or equal to {maximum}, "
        f"Member must have length greater than or equal to {minimum}"
    )
