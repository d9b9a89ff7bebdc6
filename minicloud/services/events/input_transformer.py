"""Input transformers: a template whose variables are filled in from an event.

    transformer = Transformer({"id": "$.detail.id"}, '{"order": <id>}')
    transformer.render(event, rule_arn)          # the text for the target; raises NotRendered

There are two kinds of templates, and AWS treats them differently [recorded, but where said otherwise]:

| a template that  | outside of quotes a variable is | inside of quotes a variable is                               |
|------------------|---------------------------------|--------------------------------------------------------------|
| is a JSON object | the JSON of its value           | a string as it is, else JSON, whose quotes break those of it |
| is quoted lines  | not there                       | a string as it is, else JSON without its quotes              |

Nothing is escaped. An object that is no JSON when it is filled in is not delivered at all, nor is a template that is
neither of the two; that this is so for quoted lines, too, is inferred. No variable can be a key, or part of one
[EventBridge user guide]: nothing is delivered then [inferred]. A path that finds nothing is an empty text, as a value
of an object an empty string [inferred]. An object is delivered without blanks, lines as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ...core.json_path import MISSING, JsonPath, read_path
from ...core.json_text import compact, parse_json
from ...core.timestamps import iso_seconds

if TYPE_CHECKING:
    from .event import Event

__all__ = ["EVENT_JSON", "PREDEFINED", "NotRendered", "Transformer"]

EVENT_JSON: Final = "aws.events.event.json"

_VARIABLE: Final = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_COLON: Final = re.compile(r"\s*:")
_PIECE: Final = re.compile(r'(?P<escape>\\.)|(?P<quote>")|<(?P<variable>[A-Za-z0-9_.\-]+)>', re.DOTALL)


class NotRendered(Exception):
    """What an event makes of a template is not JSON: AWS delivers nothing."""


def _without_detail(event: Event) -> dict[str, Any]:
    members = event.members
    return {
        "id": members["id"],
        "account": members["account"],
        "detailType": members["detail-type"],
        "time": iso_seconds(event.arrived),
        "source": members["source"],
        "region": members["region"],
        "resources": members["resources"],
        "version": members["version"],
    }


PREDEFINED: Final[Mapping[str, Callable[[Event, str], Any]]] = {
    "aws.events.rule-arn": lambda _, arn: arn,
    "aws.events.rule-name": lambda _, arn: arn.rpartition("/")[2],
    "aws.events.event.ingestion-time": lambda event, _: iso_seconds(event.arrived),
    "aws.events.event": lambda event, _: _without_detail(event),
    EVENT_JSON: lambda event, _: event.members,
}
"""What a template may name without a path."""


class Transformer:
    """A template with the paths of its variables."""

    __slots__ = ("_paths", "is_object", "template")

    def __init__(self, paths: Mapping[str, str], template: str) -> None:
        self._paths: dict[str, JsonPath] = {name: read_path(path) for name, path in paths.items()}
        self.template = template
        self.is_object = template.lstrip().startswith("{")

    @property
    def variables(self) -> list[str]:
        """The names in the template, in their order."""
        return _VARIABLE.findall(self.template)

    def unknown(self) -> str | None:
        """The first name in the template that stands for nothing."""
        return next((name for name in self.variables if name not in self._paths and name not in PREDEFINED), None)

    def render(self, event: Event, rule_arn: str) -> str:
        """What the target gets. Raises ``NotRendered``. O(template and values)."""

        def value_of(name: str) -> Any:
            path = self._paths.get(name)
            return PREDEFINED[name](event, rule_arn) if path is None else path.find(event.members)

        if self.is_object:
            return self._object(value_of)
        return "\n".join(_line(line, value_of) for line in self.template.split("\n"))

    def _object(self, value_of: Callable[[str], Any]) -> str:
        pieces, position, is_quoted, has_variable = [], 0, False, False
        for match in _PIECE.finditer(self.template):
            pieces.append(self.template[position : match.start()])
            position = match.end()
            name, is_quote = match["variable"], match["quote"] is not None
            has_variable = name is not None or (has_variable and not (is_quote and not is_quoted))
            if has_variable and (is_quote or not is_quoted) and _COLON.match(self.template, position):
                raise NotRendered("a variable cannot be a key")
            if name is None:
                pieces.append(match[0])
                is_quoted = is_quoted is not is_quote
                continue
            value = value_of(name)
            if is_quoted:
                pieces.append("" if value is MISSING else value if isinstance(value, str) else compact(value))
            else:
                pieces.append('""' if value is MISSING else compact(value))
        pieces.append(self.template[position:])
        return compact(_json("".join(pieces), dict))


def _line(line: str, value_of: Callable[[str], Any]) -> str:
    """A quoted line, filled in."""

    def text_of(match: re.Match[str]) -> str:
        value = value_of(match[1])
        if value is MISSING:
            return ""
        return value if isinstance(value, str) else compact(value).replace('"', "")

    filled = _VARIABLE.sub(text_of, line)
    if line.strip():
        _json(filled, str)
    return filled


def _json(text: str, kind: type) -> Any:
    try:
        value = parse_json(text)
    except ValueError as error:
        raise NotRendered(f"the input is not JSON when it is filled in: {error}") from None
    if not isinstance(value, kind):
        raise NotRendered("the template is neither a JSON object nor quoted text")
    return value


def is_json(text: str) -> bool:
    """Whether a text is JSON, a scalar included."""
    try:
        parse_json(text)
    except ValueError:
        return False
    return True
