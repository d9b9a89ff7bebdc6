"""The control API: what is asked and said under ``/_minicloud/``, which is about the cloud itself and not AWS's.

A request becomes an ``Ask``. One table, ``_routes``, says who answers which path and method; what they return is the
answer's JSON, or an ``Answer`` of another kind, and what is wrong with the request they raise as ``Refused``. All of it
is plain code, which may take the cloud's lock and may run handlers: the server has it run in a thread, for a
handler may be a client of this very server. Looking consumes nothing and moves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from ..core.arns import is_account_id
from ..core.shown import escaped
from ..exceptions import UsageError
from ..wire.protocol import Answer
from .control_ask import ID, NAME, Ask, Handler, Memory, Refused, Routes, answer_of
from .http_request import HttpRequest
from .routing import REGION

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["ALIASES", "PREFIX", "Control", "is_control"]

PREFIX: Final = "/_minicloud"
ALIASES: Final = ("/_aws/", "/_localstack/", "/moto-api/", "/health")
"""Where programs look that know other emulators."""
_MOST_SHOWN: Final = 200


def is_control(path: str, *, is_signed: bool = False) -> bool:
    """Whether a path is the control API's. What is signed goes to AWS: a bucket may be called ``health``."""
    if len(path) <= 1:
        return False  # most of all requests
    if path == PREFIX or path.startswith(PREFIX + "/"):
        return True
    return not is_signed and any(path == alias or (alias.endswith("/") and path.startswith(alias)) for alias in ALIASES)


class Control:
    """The control API of one server."""

    def __init__(self, cloud: Engine) -> None:
        self.cloud = cloud
        self._memory = Memory()

    def answer(self, request: HttpRequest, base_url: str) -> Answer:
        """The answer to a request. May take its time: whoever calls it is in a thread of its own."""
        try:
            if self.cloud.closed:
                raise Refused(503, "this Cloud is closed: start a server for another one")
            handler, named = self._find(request)
            found = handler(Ask(self.cloud, self._memory, request, named, base_url))
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
        return answer_of(self.cloud, status, "application/json", json.dumps(found).encode() + b"\n", headers)


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


def _routes(aliased: bool) -> Routes:
    # Loaded when the first one asks: whoever only serves AWS's protocols pays for none of it.
    if aliased:
        from .control_aliases import ROUTES

        return ROUTES
    return _own_routes()


def _own_routes() -> Routes:
    from . import (
        control_buckets,
        control_clock,
        control_faults,
        control_flows,
        control_life,
        control_messages,
        control_rules,
        control_runs,
        control_trace,
        control_watch,
    )

    rooms = (
        *(control_life, control_clock, control_messages, control_rules, control_runs),
        *(control_buckets, control_faults, control_flows, control_trace, control_watch),
    )
    return tuple(sorted((route for room in rooms for route in room.ROUTES), key=lambda route: -len(route[0])))
