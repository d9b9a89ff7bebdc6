"""The listening side of an endpoint, on an event loop: who comes in, what all connections share, and the end of it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ..core.shown import shown
from ..exceptions import UsageError
from ..wire.headers import http_date_of
from ..wire.protocol import Answer
from .aio_answers import PATIENCE, Open
from .aio_calls import Calls
from .aio_connection import Connection
from .control import Control, is_control
from .guard import Guard
from .http_known import KnownHeads
from .http_request import HttpError, HttpRequest

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["Listener", "tell"]

_END: Final = 0.5
"""Seconds that calls which are being answered have when the server ends."""


class Listener:
    """Serves one cloud at one port."""

    def __init__(
        self,
        cloud: Engine,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: Collection[str] = (),
        allow_origins: Collection[str] = (),
        most_of_a_body: int = 16 * 1024 * 1024,
        most_connections: int = 4_000,
        control: bool = True,
    ) -> None:
        _check(port, most_of_a_body, most_connections, allow_origins)
        self.cloud = cloud
        self.calls = Calls(cloud)
        self.guard = Guard(allow_hosts, allow_origins)
        self.heads = KnownHeads()
        self.most_of_a_body = most_of_a_body
        self.patience: Mapping[str, float] = dict(PATIENCE)
        self.ends = False
        self.address = ""
        """Host and port, as a URL has them."""
        self.port = port
        self.control = Control(cloud) if control else None
        """Answers requests to ``/_minicloud/``, which are about the cloud itself; None where nobody is to."""
        self._host = host or "0.0.0.0"
        self._most_connections = most_connections
        self._connections: set[Open] = set()
        self._server: asyncio.Server | None = None
        self._empty = asyncio.Event()
        """Is set when the last connection has gone, while the server ends."""

    async def start(self) -> None:
        """Listen. Raises ``OSError`` when the port cannot be had."""
        self._server = await self._listen(self.port)
        ports = {socket.getsockname()[1] for socket in self._server.sockets}
        if len(ports) > 1:  # of a name with several addresses, each of which was given a port of its own
            self._server.close()
            self._server = await self._listen(min(ports))
        self.port = self._server.sockets[0].getsockname()[1]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.cloud.begin_to_serve(f"http://{self.address}/")

    async def _listen(self, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Connection(self), self._host, port, backlog=1024)

    async def stop(self) -> None:
        """Listen no more; polls that wait are answered empty, then connections close."""
        if self._server is None:
            return
        server, self._server = self._server, None
        self.ends = True
        self.cloud.end_serving(f"http://{self.address}/")
        self._empty = asyncio.Event()
        await _accept_no_more(server)
        server.close()
        self.calls.waits.end_all()
        await _turns(3)  # polls have their answers
        for connection in list(self._connections):
            connection.stop()
        if self._connections:
            with suppress(TimeoutError):  # they have had their time
                await asyncio.wait_for(self._empty.wait(), _END)
        for connection in list(self._connections):
            connection.abort()
        await _turns(3)
        self.calls.close()

    async def answer(self, request: HttpRequest, base_url: str) -> Answer:
        """The answer to a request. Raises ``HttpError``, and ``Disconnected`` where there is to be none."""
        if request.method == "OPTIONS":
            headers = {"date": self.date(), "content-length": "0", **self.guard.preflight(request)}
            return Answer(200, headers, b"")
        if is_control(request.path, is_signed=_is_signed(request)):
            return await self._controlled(request, base_url)
        if request.path.startswith("/SimpleNotificationService-") and request.path.endswith(".pem"):
            return self._certificate(request)
        return await self.calls.answer(request, base_url)

    async def _controlled(self, request: HttpRequest, base_url: str) -> Answer:
        if self.control is None:
            text = "this server has no control API: start it without --no-control\n"
            raise HttpError(404, text, closes=False)
        answer = await self.calls.run(self.control.answer, request, base_url)
        if answer.events is None:
            return answer
        from .aio_follow import TraceStream

        return TraceStream(answer, self)

    def _certificate(self, request: HttpRequest) -> Answer:
        from ..services.sns.signature import certificate_pem, is_signing_cert_url

        if not is_signing_cert_url(f"https://sns.us-east-1.amazonaws.com{request.path}"):
            raise HttpError(404, "Not Found", closes=False)
        body = certificate_pem()
        headers = {"date": self.date(), "content-type": "application/x-pem-file", "content-length": str(len(body))}
        return Answer(200, headers, body)

    # --- what connections ask -----------------------------------------------------------------------------------------

    def enter(self, connection: Open) -> bool:
        """Whether there is room for another connection."""
        if self.ends or len(self._connections) >= self._most_connections:
            return False
        self._connections.add(connection)
        return True

    def leave(self, connection: Open) -> None:
        """It is gone."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def request_id(self) -> str:
        """The id of a request that reached no operation."""
        with self.cloud.gate("an answer"):
            return self.cloud.request_ids.next()

    def date(self) -> str:
        """The time of the cloud, as a header has it."""
        return http_date_of(self.cloud.time_ns())[2]


def _is_signed(request: HttpRequest) -> bool:
    return "authorization" in request.headers or "Signature=" in request.query  # in either form of presigned URLs


def tell(text: str) -> None:
    """Write a line to standard error: standard output is what programs read."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


async def _turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def _accept_no_more(server: asyncio.Server) -> None:
    """Have those whom the system has let in become connections: asyncio leaves them open, once the server is closed."""
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        with suppress(NotImplementedError):  # Windows
            loop.remove_reader(listening.fileno())
    await _turns(3)


def _check(port: Any, most_of_a_body: Any, most_connections: Any, origins: Collection[str]) -> None:
    if not _is_count(port) or not 0 <= port <= 65535:
        raise UsageError(f"port={shown(port)} is not a port: give a number from 1 to 65535, or 0 for any that is free")
    for name, value in (("most_of_a_body", most_of_a_body), ("most_connections", most_connections)):
        if not _is_count(value) or value < 1:
            raise UsageError(f"{name}={shown(value)} lets nobody in: give a whole number from 1 on")
    for origin in origins:
        if re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]+/?", origin) is None:
            raise UsageError(
                f"{shown(origin)} is not the origin of a page: give its scheme, host and port, such as "
                "'https://app.example.com'"
            )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
