"""Paths into JSON documents, ``$.detail.items[0].id``: what input paths, transformers and pipes find things by.

    path = read_path("$.detail.items[*].id")     # raises PathError
    path.find(document)                          # of what json.loads makes; MISSING where it leads nowhere

A path is ``$``, and names and places behind it: ``.name`` (letters, digits, dashes, underscores, blanks: whatever holds
no dot and no bracket), ``[n]`` of an array, ``*`` or ``[*]`` for all that an object or an array has, which makes a list
of what is found. Names in quoted brackets are none of AWS's here. [EventBridge user guide: target input; measured]
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

__all__ = ["MISSING", "JsonPath", "PathError", "read_path"]

MISSING: Final = object()
"""What is found where a path leads nowhere: ``null`` is something."""

_EVERY: Final = object()
_STEP: Final = re.compile(r"\.(?P<name>[^.\[\]'\"*]+)|\[(?P<place>[0-9]{1,9})\]|(?P<every>\.\*|\[\*\])")
Step: TypeAlias = str | int | object


class PathError(ValueError):
    """It is not a path."""


class JsonPath:
    """A path, read."""

    __slots__ = ("_steps", "text")

    def __init__(self, text: str, steps: tuple[Step, ...]) -> None:
        self.text = text
        self._steps = steps

    def __repr__(self) -> str:
        return f"<JsonPath {self.text}>"

    def find(self, document: Any) -> Any:
        """What it leads to, or ``MISSING``. O(steps), where it has a ``*`` O(what that stands for)."""
        return _find(document, self._steps)


def _find(value: Any, steps: tuple[Step, ...]) -> Any:
    for number, step in enumerate(steps):
        if step is _EVERY:
            parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            found = [_find(part, steps[number + 1 :]) for part in parts]
            return [one for one in found if one is not MISSING] or MISSING
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return MISSING
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return MISSING
            value = value[step]
    return value


def read_path(text: str) -> JsonPath:
    """The path of a text. Raises ``PathError``."""
    if not text.startswith("$"):
        raise PathError("it does not begin with $")
    steps: list[Step] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise PathError(f"it is not a path at {text[position : position + 20]!r}")
        name, place = match["name"], match["place"]
        steps.append(name if name is not None else int(place) if place is not None else _EVERY)
        position = match.end()
    return JsonPath(text, tuple(steps))
