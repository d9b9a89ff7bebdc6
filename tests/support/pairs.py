"""Calls in which every two values of any two parameters come together.

A failure that takes one rare value is met by chance; one that takes two of them, with everything else as it should be,
is not. So what a random search leaves to chance is enumerated here, from the operation's own declaration: each of its
parameters has a few values that are good or nearly so, and may be ``ABSENT`` where it may be left out; the members of
structures are parameters of their own.

``few_calls`` packs as many pairs into a call as a greedy search finds. A value that is refused hides what the others
would have done, so ``plain_calls`` makes one call for each pair, with nothing else in it than has to be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Any, TypeAlias, TypeVar

from minicloud.core.shapes import Shape
from tests.support.depth import is_deep
from tests.support.ways import OVER_A_SOCKET

__all__ = ["ABSENT", "Path", "few_calls", "plain_calls", "rows"]

K = TypeVar("K")

SPARSELY = 4
"""Of the calls every how many-th is made unless all is gone through."""
NAMES_WAYS = bool(set(os.environ.get("MINICLOUD_WAYS", "").split()) - set(OVER_A_SOCKET))
"""Whether the run is about certain ways in, which runs that go deep do not take. Not those over a socket: what comes
together in a request is botocore's affair, whose full pipeline is a way, too."""

ABSENT: Any = object()
"""The parameter is not given."""

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value; ``[]`` is the only item of a list."""


def few_calls(shape: Shape, values: Callable[[Path, Shape], Any], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Parameters of calls. ``values`` has those of a member: a list of them, or by name those inside a map.

    ``given`` are values, by name, that the others are to meet in every call. The first call, and each fourth after it,
    unless the profile in force goes deep, or the run is about its ways in (NAMES_WAYS).
    """
    for row in islice(rows(_parameters(shape, values, given)), 0, None, 1 if is_deep() or NAMES_WAYS else SPARSELY):
        yield _call(row)


def plain_calls(
    shape: Shape, values: Callable[[Path, Shape], Any], given: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The same, each pair in a call of its own beside the first value of what is required and what is given.

    Each fourth of them, unless the profile in force goes deep.
    """
    parameters = _parameters(shape, values, given)
    usual = {path: choices[0] for path, choices in parameters.items() if choices[0] is not ABSENT}
    usual |= {path: given[path[-1]] for path in parameters if path[-1] in given}
    yield _call(usual)
    pairs = (
        (one, value, other, other_value)
        for (one, ones), (other, others) in combinations(parameters.items(), 2)
        for value in ones
        for other_value in others
    )
    for one, value, other, other_value in islice(pairs, 0, None, 1 if is_deep() else SPARSELY):
        yield _call({**usual, one: value, other: other_value})


def _parameters(
    shape: Shape, values: Callable[[Path, Shape], Any], given: Mapping[str, Any]
) -> dict[Path, Sequence[Any]]:
    return {path: [given[path[-1]]] if path[-1] in given else found for path, found in _leaves((), shape, values)}


def _call(row: Mapping[Path, Any]) -> dict[str, Any]:
    call: dict[str, Any] = {}
    for path, value in row.items():
        if value is not ABSENT:
            _put(call, path, value)
    return call


def _leaves(path: Path, shape: Shape, values: Callable[[Path, Shape], Any]) -> Iterator[tuple[Path, list[Any]]]:
    for name, member in shape.members.items():
        here = (*path, name)
        found = values(here, member)
        if isinstance(found, Mapping):
            for key, inner in found.items():
                yield (*here, key), [ABSENT, *inner]
        elif found is not None:
            yield here, [*found] if name in shape.required else [ABSENT, *found]
        elif member.kind == "boolean":
            yield here, [True, False] if name in shape.required else [ABSENT, True, False]
        elif member.kind == "structure":
            yield from _leaves(here, member, values)
        elif member.kind == "list" and member.member.kind == "structure":
            yield from _leaves((*here, "[]"), member.member, values)
        else:
            raise LookupError(f"no values for {'.'.join(here)}")


def _put(call: dict[str, Any], path: Path, value: Any) -> None:
    place: Any = call
    for name, following in zip(path, (*path[1:], ""), strict=True):
        if name == "[]":
            place = place[0]
        elif following == "":
            place[name] = value
        else:
            place = place.setdefault(name, [{}] if following == "[]" else {})


def rows(parameters: Mapping[K, Sequence[Any]]) -> Iterator[dict[K, Any]]:
    """Choices of a value for each parameter, until every two values of any two parameters were chosen together."""
    paths = list(parameters)
    sizes = [len(parameters[path]) for path in paths]
    missing = {
        (first, one, second, other)
        for first, second in combinations(range(len(paths)), 2)
        for one in range(sizes[first])
        for other in range(sizes[second])
    }
    if len(paths) == 1:
        yield from ({paths[0]: value} for value in parameters[paths[0]])
    elif not paths:
        yield {}
    while missing:
        first, one, second, other = min(missing)
        chosen = {first: one, second: other}
        for index in range(len(paths)):
            if index not in chosen:
                gains = [sum(_pair(index, at, *old) in missing for old in chosen.items()) for at in range(sizes[index])]
                chosen[index] = gains.index(max(gains))
        missing -= {_pair(*one, *other) for one, other in combinations(chosen.items(), 2)}
        yield {paths[index]: parameters[paths[index]][at] for index, at in sorted(chosen.items())}


def _pair(index: int, at: int, other: int, other_at: int) -> tuple[int, int, int, int]:
    return (index, at, other, other_at) if index < other else (other, other_at, index, at)
