"""Comparing what was sent with what was asked for: which places differ, and which of many is the nearest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from ..core.predicates import said
from ..core.shown import escaped, shown
from ..exceptions import UsageError

__all__ = ["Difference", "Matching", "compare", "compare_part", "matching", "name_of"]


class Difference(NamedTuple):
    """A place where a message is not as it should be."""

    distance: float
    """In how many of the places that were compared it differs; less than 1 for a value that is near."""
    text: str
    is_other_kind: bool = False
    """Whether it is not even JSON, or another sort of it."""


class Matching:
    """Equal to all that has at least what is asked for: what ``matching()`` makes."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: Any) -> None:
        self.expected = expected

    def __eq__(self, other: object) -> bool:
        return _matches(self.expected, other.expected if isinstance(other, Matching) else other)

    def __repr__(self) -> str:
        return f"matching({self.expected!r})"


def matching(expected: Mapping[str, Any] | list[Any]) -> Any:
    """Stands for every dict or list that has at least what ``expected`` has, all the way down.

    Of a dict, the keys that are given count, and it may have others; a list has to be as long, and each of its items to
    match. For ``assert_sent`` and its sisters, inside of what they are given too, and for ``==``. Raises ``UsageError``
    for something else, which can be compared as it is.
    """
    if not isinstance(expected, Mapping | list):
        raise UsageError(f"matching({shown(expected)}): give a dict or a list; other values are compared as they are")
    return Matching(expected)


def _matches(expected: Any, actual: Any) -> bool:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return all(key in actual and _matches(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_matches, expected, actual))
    return bool(expected == actual)


def compare(name: str, expected: Any, actual: Any, *, is_text: bool = False) -> list[Difference]:
    """Where a value differs; of a text, a dict or list is what it has to be once parsed."""
    if is_text and isinstance(actual, bytes) and not isinstance(expected, bytes):
        try:
            actual = actual.decode()
        except UnicodeDecodeError:
            return [Difference(1.0, f"{name}: is not text: {_shown(actual)}", is_other_kind=True)]
    if callable(expected) and not isinstance(expected, type):
        agrees = said(expected(actual), f"{name}=", "give a plain function")
        return [] if agrees else [Difference(0.5, f"{name}: {name_of(expected)} says no to {_shown(actual)}")]
    if is_text and isinstance(expected, Mapping | list | Matching):
        try:
            actual = json.loads(actual)
        except (RecursionError, ValueError):
            return [Difference(1.0, f"{name}: is not JSON: {_shown(actual)}", is_other_kind=True)]
    found = list(_deep(name, expected, actual))
    # Of two with one difference each, the one of which more is as it should be is nearer.
    leaves = _leaves(expected, actual)
    return [Difference(distance / leaves, text) for distance, text, _ in found]


def compare_part(expected: Any, actual: str | bytes) -> list[Difference]:
    """Where a text lacks what it has to contain: a text, bytes, or a part of the dict or list that it is in JSON."""
    if isinstance(expected, Mapping | list | Matching):
        return compare("body", expected if isinstance(expected, Matching) else Matching(expected), actual, is_text=True)
    if isinstance(expected, bytes):
        is_there = expected in (actual.encode("utf-8", "surrogatepass") if isinstance(actual, str) else actual)
    elif isinstance(expected, str):
        is_there = expected in (actual.decode("utf-8", "backslashreplace") if isinstance(actual, bytes) else actual)
    else:
        raise UsageError(
            f"contains={shown(expected)}: give a text, or a part of the dict or list that the body is in JSON"
        )
    return [] if is_there else [Difference(1.0, f"body: has no {_shown(expected)} in it: {_shown(actual)}")]


def _deep(path: str, expected: Any, actual: Any, *, partial: bool = False) -> Iterator[Difference]:
    """The places where two values differ; ``partial``: what is not asked for may be there."""
    if isinstance(expected, Matching):
        yield from _deep(path, expected.expected, actual, partial=True)
    elif _matches(expected, actual) if partial else expected == actual:
        return
    elif isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key, value in expected.items():
            if key in actual:
                yield from _deep(f"{path}[{shown(key)}]", value, actual[key], partial=partial)
            else:
                text = f"{path}[{shown(key)}]: expected {_shown(value)}, and there is none"
                yield Difference(_leaves(value, None), text)
        for key, value in () if partial else actual.items():
            if key not in expected:
                yield Difference(1.0, f"{path}[{shown(key)}]: not expected, is {_shown(value)}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for place, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _deep(f"{path}[{place}]", one, other, partial=partial)
    elif actual is None:
        yield Difference(1.0, f"{path}: expected {_shown(expected)}, and there is none")
    else:
        yield Difference(_distance(expected, actual), f"{path}: expected {_shown(expected)}, is {_shown(actual)}")


def _leaves(expected: Any, actual: Any, *, partial: bool = False) -> int:
    """In how many places two values could differ; at least one."""
    if isinstance(expected, Matching):
        return _leaves(expected.expected, actual, partial=True)
    if isinstance(expected, Mapping):
        other = actual if isinstance(actual, Mapping) else {}
        count = sum(_leaves(value, other.get(key), partial=partial) for key, value in expected.items())
        return max(1, count + (0 if partial else sum(key not in expected for key in other)))
    if isinstance(expected, list):
        others = actual if isinstance(actual, list) and len(actual) == len(expected) else [None] * len(expected)
        return max(1, sum(_leaves(one, other, partial=partial) for one, other in zip(expected, others, strict=True)))
    return 1


def _distance(expected: Any, actual: Any) -> float:
    if type(expected) is not type(actual) or isinstance(expected, Mapping | list):
        return float(_leaves(expected, None))
    if isinstance(expected, str | bytes):
        matcher = SequenceMatcher(None, expected[:500], actual[:500], autojunk=False)
        return 1.0 - 0.9 * matcher.ratio()
    return 0.7


def _shown(value: Any) -> str:
    return shown(value, 120)


def name_of(predicate: Any) -> str:
    """What a predicate is called."""
    name = getattr(predicate, "__name__", None)
    return escaped(name, 80) if isinstance(name, str) else shown(predicate, 80)
