"""Input templates: what an enrichment or a target gets of a record, in the words of whoever has made the pipe.

    template = read_template('{"order": <$.body.id>, "by": "<aws.pipes.pipe-name>"}')    # raises TemplateError
    template.render(record, reserved)                                                    # a text

A placeholder is a path into the record, whose ``body`` is taken apart where it is JSON; or one of the names that Pipes
reserves. Where a value stands in a template is what decides how it is written: outside of quotes as JSON, inside as
text. A template that is no JSON is text from end to end, and there objects and arrays lose their quotes. [EventBridge
user guide: Pipes input transformation] A path that leads nowhere is an empty text inside of quotes and in text, and
``null`` outside. [inferred]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any, Final

from ...core.json_path import MISSING, JsonPath, PathError, read_path

__all__ = ["RESERVED", "Template", "TemplateError", "as_json", "read_template", "value_of"]

RESERVED: Final = frozenset(
    {
        "aws.pipes.enrichment-arn",
        "aws.pipes.event",
        "aws.pipes.event.ingestion-time",
        "aws.pipes.event.json",
        "aws.pipes.pipe-arn",
        "aws.pipes.pipe-name",
        "aws.pipes.source-arn",
        "aws.pipes.target-arn",
    }
)
_PLACEHOLDER: Final = re.compile(r"<(\$[^<>]*|aws\.pipes\.[^<>]*)>")


class TemplateError(Exception):
    """It is not a template."""


class Template:
    """A template, read."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[tuple[str, str, JsonPath | str]]) -> None:
        self._parts = parts
        """A text, how what follows is written (``"json"``, ``"inside"``, ``"text"``), and what that is."""

    def render(self, record: Any, reserved: Mapping[str, Any]) -> str:
        """The text for a record. O(it)."""
        return "".join(self._rendered(record, reserved))

    def _rendered(self, record: Any, reserved: Mapping[str, Any]) -> Iterator[str]:
        for text, how, what in self._parts:
            yield text
            if isinstance(what, JsonPath):
                yield _written(what.find(record), how)
            elif what:
                yield _written(
                    record if what.startswith("aws.pipes.event") and what not in reserved else reserved[what], how
                )


def read_template(text: str) -> Template:
    """The template of a text. O(text). Raises ``TemplateError``."""
    is_json = text.lstrip()[:1] in ("{", "[", '"')
    parts: list[tuple[str, str, JsonPath | str]] = []
    end, is_inside = 0, False
    for found in _PLACEHOLDER.finditer(text):
        between = text[end : found.start()]
        if is_json:
            is_inside ^= _has_odd_quotes(between)
        how = "text" if not is_json else "inside" if is_inside else "json"
        parts.append((between, how, _read(found[1])))
        end = found.end()
    parts.append((text[end:], "", ""))
    return Template(parts)


def _has_odd_quotes(text: str) -> bool:
    return len(re.findall(r'(?<!\\)(?:\\\\)*"', text)) % 2 == 1


def _read(placeholder: str) -> JsonPath | str:
    if placeholder in RESERVED:
        return placeholder
    try:
        return read_path(placeholder)
    except PathError as error:
        raise TemplateError(f"{placeholder}: {error}") from None


def _written(value: Any, how: str) -> str:
    if how == "json":
        return "null" if value is MISSING else as_json(value)
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return as_json(value)[1:-1] if how == "inside" else value
    text = as_json(value)
    return text.replace('"', "")


def as_json(value: Any) -> str:
    """JSON, compact."""
    return dumps(value, separators=(",", ":"), ensure_ascii=False)


def value_of(text: str, record: Any) -> str:
    """A parameter of a target that is a path into the record (``$.body.customer``), or stands for itself."""
    if not text.startswith("$"):
        return text
    try:
        found = read_path(text).find(record)
    except PathError:
        return text
    return "" if found is MISSING else found if isinstance(found, str) else as_json(found)
