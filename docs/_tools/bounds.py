"""The tables of constraints of a service (``constraints.py``) as lines of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from minicloud.core.constraints import Choice, Length, Number, TagMap, Text, TextList

__all__ = ["bounds_in"]


def bounds_in(names: Mapping[str, Any]) -> Iterator[str]:
    """Of everything public in a module: a line for a constraint, a list for a table."""
    for name, value in names.items():
        if name.startswith("_") or not name.isupper():
            continue
        words = name.lower().replace("_", " ")
        if isinstance(value, Mapping):
            rows = list(_rows(value, ""))
            if rows:
                yield f"- {words}:"
                yield from (f"  - {row}" for row in rows)
        elif _is_constraint(value):
            yield f"- {words}: {_words(value)}"


def _is_constraint(value: Any) -> bool:
    return not isinstance(value, type) and hasattr(value, "holds") and hasattr(value, "broken")


def _rows(table: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, held_to in table.items():
        path = f"{before}{name}"
        if isinstance(held_to, Mapping):
            yield from _rows(held_to, f"{path}.")
        elif isinstance(held_to, tuple):
            of_list, of_items = held_to
            yield f"`{path}`: {_words(of_list)}"
            if isinstance(of_items, Mapping):
                yield from _rows(of_items, f"{path}[].")
            elif _is_constraint(of_items):
                yield f"`{path}[]`: {_words(of_items)}"
        elif _is_constraint(held_to):
            yield f"`{path}`: {_words(held_to)}"


def _words(constraint: Any) -> str:
    """What a constraint holds to, in words."""
    if isinstance(constraint, Choice):
        return "one of " + ", ".join(f"`{choice}`" for choice in constraint._choices)
    if isinstance(constraint, Text):
        parts = []
        if constraint._minimum or constraint._maximum is not None:
            parts.append(f"{_between(constraint._minimum, constraint._maximum)} characters")
        if constraint._pattern:
            ticks = "``" if "`" in constraint._pattern else "`"
            parts.append(f"{ticks}{constraint._pattern}{ticks}")
        return ", ".join(parts) or "any text"
    if isinstance(constraint, Number):
        return _between(constraint._minimum, constraint._maximum)
    if isinstance(constraint, TextList):
        items = f" of 1 to {constraint._longest:,} characters" if constraint._longest else ""
        choices = f", of {', '.join(f'`{one}`' for one in constraint._choices)}" if constraint._choices else ""
        return f"{_between(constraint._minimum, constraint._maximum)} items{items}{choices}"
    if isinstance(constraint, TagMap):
        return f"1 to {constraint._maximum:,} tags, keys of 1 to 128 characters, values of up to 256"
    if isinstance(constraint, Length):
        return f"{_between(constraint._minimum, constraint._maximum)} items"
    key = getattr(constraint, "_key", None)
    if key is not None:  # a map whose keys are held to something
        return f"keys of {_words(key)}"
    if type(constraint).__name__ == "_Weights":
        return "shares of 1 by the numbers of versions"
    raise TypeError(f"no words for {constraint!r}")


def _between(least: int, most: int | None) -> str:
    if most is None:
        return f"{least:,} or more"
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
