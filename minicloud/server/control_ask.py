"""What is asked of the control API, and the words in which it answers: what all parts of it share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from ..core.near import did_you_mean
from ..core.shown import shown
from ..wire.headers import http_date_of
from ..wire.protocol import Answer
from .http_request import HttpRequest

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..faults.faults import Fault
    from ..inspection.snapshot import Snapshot

__all__ = ["ID", "NAME", "Ask", "Handler", "Memory", "Refused", "Routes", "answer_of", "number_of"]

NAME: Final = "{name}"
"""Stands in a route for what a name, ``region/account/name``, an ARN or a URL means."""
ID: Final = "{id}"
_MOST_SHOWN: Final = 200
_DIGITS = re.compile("[0-9]{1,18}")


class Refused(Exception):
    """A request to the control API that is refused, with a sentence that says what to do."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = dict(headers or {})


class Memory:
    """What the control API of one server remembers."""

    def __init__(self) -> None:
        self.snapshots: dict[str, Snapshot] = {}
        """By their ids."""
        self.next_snapshot = count(1).__next__
        self.fault_ids: dict[Fault, str] = {}
        self.next_fault = count(1).__next__
        """Gives out ids, to requests in any thread."""


class Ask:
    """What is asked for."""

    def __init__(self, cloud: Engine, memory: Memory, request: HttpRequest, named: list[str], base_url: str) -> None:
        self.cloud = cloud
        self.memory = memory
        self.request = request
        self.named = named
        """What the parts of the path are that a route leaves open."""
        self.base_url = base_url
        """Where the request came from, as a URL that ends in a slash."""
        self._given: dict[str, Any] | None = None

    def given(self, *known: str) -> dict[str, Any]:
        """The parameters of the query string, and those of a body of JSON, which win. Raises ``Refused``."""
        if self._given is None:
            self._given = {**dict(parse_qsl(self.request.query, keep_blank_values=True)), **self._body()}
            self._given = {name: value for name, value in self._given.items() if value is not None}
        for name in self._given:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise Refused(400, f"there is no parameter {shown(name)} here{did_you_mean(name, known)}; {takes}")
        return self._given

    def _body(self) -> dict[str, Any]:
        if not self.request.body.strip():
            return {}
        try:
            body = json.loads(self.request.body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise Refused(400, f"the body is not JSON: {shown(self.request.body, _MOST_SHOWN)}") from None
        if not isinstance(body, dict):
            raise Refused(400, f'the body is no object of JSON: give one such as {{"seconds": 30}}, not {shown(body)}')
        return body

    def text(self, name: str, *known: str, default: str = "") -> str:
        """A parameter that is a text."""
        value = self.given(*known).get(name, default)
        if not isinstance(value, str):
            raise Refused(400, f"{name}={shown(value)} is not a text: give a string")
        return value

    def count(self, name: str, *known: str, default: int | None = None) -> int | None:
        """A parameter that is a whole number, zero or more."""
        value = self.given(*known).get(name, default)
        if value is None:
            return None
        number = int(value) if type(value) is int or (isinstance(value, str) and _DIGITS.fullmatch(value)) else -1
        if number < 0:
            raise Refused(400, f"{name}={shown(value)} is not a count: give a whole number")
        return number

    def choice(self, name: str, choices: Collection[str], *known: str) -> str:
        """A parameter that is one of some words, or empty."""
        value = self.text(name, *known)
        if value and value not in choices:
            raise Refused(400, f"{name}={shown(value)} is not one of {', '.join(choices)}")
        return value

    @property
    def page_headers(self) -> dict[str, str]:
        """What goes with a page, so that no other page shows it, and it asks nobody else for anything."""
        return {
            "content-security-policy": "default-src 'self' 'unsafe-inline'; img-src data:",
            "x-frame-options": "DENY",
        }

    def answer(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer that is not JSON."""
        return answer_of(self.cloud, status, content_type, body, headers)


Handler = Callable[[Ask], Any]
Routes = tuple[tuple[tuple[str, ...], dict[str, Handler]], ...]
"""Patterns of paths, and who answers which method there."""


def answer_of(
    cloud: Engine, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer with the headers that all of them have."""
    made = {
        "date": http_date_of(cloud.time_ns())[2],
        "content-type": content_type,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **(headers or {}),
    }
    return Answer(status, made, body)


def number_of(value: Any) -> float | None:
    """The number that a parameter is, of JSON or of a query string; None if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return value


def _no_number(text: str) -> Any:
    raise ValueError(text)
