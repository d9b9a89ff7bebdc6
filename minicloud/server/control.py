"""The control API: what is asked and said under ``/_minicloud/``, which is about the cloud itself and not AWS's.

A request becomes an ``Ask``. One table, ``_routes``, says who answers which path and method; what they return is the
answer's JSON, or an ``Answer`` of another kind, and what is wrong with the request they raise as ``Refused``. All of it
is plain code, which may take the cloud's lock and may run handlers: ``aio_control`` has it run in a thread, for a
handler may be a client of this very server. Looking consumes nothing and moves nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from ..core.arns import is_account_id
from ..core.near import did_you_mean
from ..core.shown import escaped, shown
from ..exceptions import UsageError
from ..wire.headers import http_date_of
from ..wire.protocol import Answer
from .http_request import HttpRequest
from .routing import REGION

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..faults.faults import Fault
    from ..inspection.snapshot import Snapshot

__all__ = ["ALIASES", "PREFIX", "Ask", "Control", "Refused", "is_control"]

PREFIX: Final = "/_minicloud"
ALIASES: Final = ("/_aws/", "/_localstack/", "/moto-api/", "/health")
"""Where programs look that know other emulators."""
NAME: Final = "{name}"
"""Stands in a route for what a name, ``region/account/name``, an ARN or a URL means."""
ID: Final = "{id}"
_MOST_SHOWN: Final = 200
_DIGITS = re.compile("[0-9]{1,18}")


def is_control(path: str) -> bool:
    """Whether a path is the control API's."""
    if path == PREFIX or path.startswith(PREFIX + "/"):
        return True
    return any(path == alias or (alias.endswith("/") and path.startswith(alias)) for alias in ALIASES)


class Refused(Exception):
    """A request to the control API that is refused, with a sentence that says what to do."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = dict(headers or {})


class Ask:
    """What is asked for."""

    def __init__(self, control: Control, request: HttpRequest, named: list[str], base_url: str) -> None:
        self.control = control
        self.cloud = control.cloud
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
            raise Refused(400, f"the body is no JSON: {shown(self.request.body, _MOST_SHOWN)}") from None
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
        return {"content-security-policy": "default-src 'self' 'unsafe-inline'", "x-frame-options": "DENY"}

    def answer(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer that is not JSON."""
        return self.control.answer_of(status, content_type, body, headers)


Handler = Callable[[Ask], Any]


class Control:
    """The control API of one server."""

    def __init__(self, cloud: Engine) -> None:
        self.cloud = cloud
        self.snapshots: dict[str, Snapshot] = {}
        """By their ids."""
        self.fault_ids: dict[Fault, str] = {}
        self.faults_named = 0
        """How many ids faults were given."""

    def answer(self, request: HttpRequest, base_url: str) -> Answer:
        """The answer to a request. May take its time: whoever calls it is in a thread of its own."""
        try:
            if self.cloud.closed:
                raise Refused(503, "this Cloud is closed: start a server for another one")
            handler, named = self._find(request)
            found = handler(Ask(self, request, named, base_url))
        except Refused as refused:
            return self._json(refused.status, {"error": str(refused)}, refused.headers)
        except UsageError as misuse:
            status = 503 if self.cloud.closed else 400
            return self._json(status, {"error": escaped(str(misuse), 2_000)})
        if isinstance(found, Answer):
            return found
        if isinstance(found, tuple):
            return self._json(*found)
        return self._json(200, found)

    def _find(self, request: HttpRequest) -> tuple[Handler, list[str]]:
        raw, _, _ = request.target.partition("?")
        aliased = not (raw == PREFIX or raw.startswith(PREFIX + "/"))
        parts = [unquote(part) for part in (raw if aliased else raw[len(PREFIX) :]).split("/")[1:]] or [""]
        routes = _routes(aliased)
        for in_pieces in (False, True):
            for pattern, methods in routes:
                named = _match(pattern, parts, in_pieces)
                if named is not None:
                    return _handler(methods, request.method), named
        shown_path = escaped("/" + "/".join(parts), _MOST_SHOWN)
        known = sorted({pattern[0] for pattern, _ in _routes(False) if pattern[0]})
        raise Refused(404, f"the control API has nothing at {shown_path}: it has {', '.join(known)}")

    def _json(self, status: int, found: Any, headers: Mapping[str, str] | None = None) -> Answer:
        return self.answer_of(status, "application/json", json.dumps(found).encode() + b"\n", headers)

    def answer_of(
        self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An answer with the headers that all of them have."""
        made = {
            "date": http_date_of(self.cloud.time_ns())[2],
            "content-type": content_type,
            "content-length": str(len(body)),
            "cache-control": "no-store",
            **(headers or {}),
        }
        return Answer(status, made, body)


def _handler(methods: Mapping[str, Handler], method: str) -> Handler:
    handler = methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])}))
        raise Refused(405, f"{method} means nothing here: use {allowed}", {"allow": allowed})
    return handler


def _match(pattern: tuple[str, ...], parts: list[str], in_pieces: bool) -> list[str] | None:
    """What the open parts of a pattern are in a path; None when it is another path.

    ``in_pieces``: also where the slashes of a name are those of the path. Of several patterns the longest counts.
    """
    more = len(parts) - len(pattern)
    if more and (more < 0 or not in_pieces or NAME not in pattern):
        return None
    named: list[str] = []
    place = 0
    for part in pattern:
        if part == NAME:
            name = _name(parts[place : place + 1 + more])
            if name is None:
                return None
            named.append(name)
            place += more
        elif part == ID:
            named.append(parts[place])
        elif part != parts[place]:
            return None
        place += 1
    return named


def _name(parts: list[str]) -> str | None:
    """A name that may have slashes: ``region/account/name``, or an ARN or a URL that nobody has encoded."""
    if len(parts) == 1 or parts[0].startswith(("arn:", "http:", "https:")):
        return "/".join(parts) or None
    if len(parts) == 3 and REGION.fullmatch(parts[0]) and is_account_id(parts[1]) and parts[2]:
        return "/".join(parts)
    return None


def _no_number(text: str) -> Any:
    raise ValueError(text)


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


Routes = tuple[tuple[tuple[str, ...], dict[str, Handler]], ...]


def _routes(aliased: bool) -> Routes:
    # Loaded when the first one asks: whoever only serves AWS's protocols pays for none of it.
    if aliased:
        from .control_aliases import ROUTES

        return ROUTES
    return _own_routes()


def _own_routes() -> Routes:
    from . import control_clock, control_faults, control_life, control_messages, control_runs, control_trace

    rooms = (control_life, control_clock, control_messages, control_runs, control_faults, control_trace)
    return tuple(sorted((route for room in rooms for route in room.ROUTES), key=lambda route: -len(route[0])))
