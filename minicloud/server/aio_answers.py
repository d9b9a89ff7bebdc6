"""What becomes of a request on any connection, in HTTP/1.1 or HTTP/2: its answer, whatever happens on the way."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from ..exceptions import UsageError
from ..wire.bodies import json_text
from ..wire.headers import second_id_of
from ..wire.protocol import Answer
from .aio_calls import Disconnected
from .http_request import HttpError, HttpRequest
from .unrouted import REQUEST_ID

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .aio_calls import Begun, Calls
    from .aio_plans import Plan
    from .guard import Guard
    from .http_known import KnownHead, KnownHeads

__all__ = ["HEARTBEAT", "PATIENCE", "Open", "Shared", "answer_to", "base_url_of", "refusal"]

PATIENCE: Final = {"head": 10.0, "body": 60.0, "": 120.0, "answer": 60.0}
"""Seconds of real time that a client may take: for a whole head, for more of a body, between requests, and to read."""
_OF_KINESIS: Final = "Kinesis_20131202."
"""How targets of Kinesis begin, all of whose answers have a second id. [seen on AWS, 2013 to 2020]"""
HEARTBEAT: Final = 5.0
"""Seconds of real time after which a stream of events that is silent says so."""


class Open(Protocol):
    """A connection, as the server sees it."""

    def stop(self) -> None:
        """The server ends: at once if nothing is asked, else with the answer."""

    def abort(self) -> None:
        """It has had its time."""


class Shared(Protocol):
    """What all connections of a server share."""

    address: str
    calls: Calls
    cloud: Engine
    ends: bool
    guard: Guard
    heads: KnownHeads
    most_of_a_body: int
    patience: Mapping[str, float]

    async def answer(self, request: HttpRequest, base_url: str) -> Answer:
        """The answer to a request. Raises ``HttpError``, and ``Disconnected`` where there is to be none."""

    def enter(self, connection: Open) -> bool:
        """Whether there is room for another connection."""

    def leave(self, connection: Open) -> None:
        """It is gone."""

    def request_id(self) -> str:
        """The id of a request that reached no operation."""

    def date(self) -> str:
        """The time of the cloud, as a header has it."""


async def answer_to(listener: Shared, request: HttpRequest, begun: tuple[Plan, Begun] | None = None) -> Answer | None:
    """The answer to a request; None where the connection is to go away without one.

    ``begun`` is as ``Calls.answer`` takes it.
    """
    known = request.known
    try:
        if begun is not None:
            base_url = base_url_of(listener, request) if begun[0].gives_urls else ""
            answer = await listener.calls.answer(request, base_url, begun)
        elif known is not None and known.plan is not None:  # it asks for an operation
            base_url = base_url_of(listener, request) if known.plan.gives_urls else ""
            answer = await listener.calls.answer(request, base_url)
        else:
            answer = await listener.answer(request, base_url_of(listener, request))
    except HttpError as error:
        target = request.headers.get("x-amz-target", "")
        answer = refusal(listener, error, has_second_id=error.status < 500 and target.startswith(_OF_KINESIS))
    except Disconnected:
        return None
    except UsageError as error:
        answer = _failure(listener, 503 if listener.cloud.closed else 500, str(error))
    except Exception as error:  # noqa: BLE001  # one request's failure is not the server's
        traceback.print_exception(error, file=sys.stderr)
        answer = _failure(listener, 500, "minicloud failed: see its standard error")
    if "origin" in request.headers:
        answer.headers.update(listener.guard.headers_for(request))
    return answer


def refusal(listener: Shared, error: HttpError, *, has_second_id: bool = False) -> Answer:
    """The answer to what reaches no operation."""
    request_id = listener.request_id()
    headers = {"x-amzn-requestid": request_id}
    if has_second_id:
        headers["x-amz-id-2"] = second_id_of(request_id)
    headers |= {"date": listener.date(), **error.headers}
    if error.content_type:
        headers["content-type"] = error.content_type
    body = error.body.replace(REQUEST_ID.encode(), request_id.encode())
    headers["content-length"] = str(len(body))
    if error.closes:
        headers["connection"] = "close"
    return Answer(error.status, headers, body)


def _failure(listener: Shared, status: int, text: str) -> Answer:
    error = HttpError(status, "", content_type="application/json", closes=False)
    error.body = json_text({"__type": "InternalFailure", "message": text[:2_000]})
    return refusal(listener, error)


def base_url_of(listener: Shared, request: HttpRequest | KnownHead) -> str:
    """Where a request came in, for the URLs in its answer."""
    scheme = "https" if request.headers.get("x-forwarded-proto", "").lower() == "https" else "http"
    return f"{scheme}://{request.host or listener.address}/"
