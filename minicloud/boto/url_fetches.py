"""What applications fetch from AWS's own hosts without a client: links in messages, presigned URLs, signed calls.

While a mock is active the cloud answers them (``fetch_answers``), however they are fetched: ``urllib.request``,
``http.client``, ``urllib3`` and ``requests``, ``httpx``, ``aiohttp``. Hooks stand where each of these would open a
connection, beneath all wrappers, from when the library is imported. A library with sockets of its own is refused when
it looks up the name of such a host. Connections to other hosts are none of this module's business.
"""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ..core.hosts import read_host
from ..exceptions import UsageError
from ..wire.protocol import Answer
from .code_patch import patch_code
from .import_hooks import when_imported
from .refusals import refuse_connection, sockets_are_doubles
from .url_answers import Request, answer, answer_async, bytes_of, is_ours, request_of

__all__ = ["install_fetch"]


def install_fetch() -> None:
    """Put the hooks in, where the libraries are imported or when they will be."""
    when_imported("http.client", lambda: _hook_connect("http.client"))
    when_imported("urllib3.connection", lambda: _hook_connect("urllib3.connection"))
    when_imported("httpx", lambda: _hook_httpx("httpx"))
    when_imported("httpx2", lambda: _hook_httpx("httpx2"))  # the same under the name of those who go on with it
    when_imported("aiohttp.connector", _hook_aiohttp)
    _hook_names()


# --- who has sockets of his own --------------------------------------------------------------------------------------


def _hook_names() -> None:
    function: Any = socket.getaddrinfo
    if isinstance(function, FunctionType) and function.__module__ == "socket":  # else it is somebody's double
        patch_code(function, "host, port, family, type, proto, flags", _make_names_hook)


def _make_names_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *rest: Any) -> Any:
        if isinstance(host, str) and is_ours(host) and not sockets_are_doubles():
            found = read_host(host)
            raise UsageError(
                f"a connection to {host} was about to be opened by a library that speaks HTTP with sockets of its own, "
                "which mock_aws() does not answer: point the library at a server (with cloud.serve() as server: "
                "server.url, or the command python3 -m minicloud serve), or let it through with "
                f"mock_aws(passthrough=({found.service_name if found is not None else 's3'!r},))"
            )
        return original(host, *rest)

    return getaddrinfo


# --- http.client and urllib3 -----------------------------------------------------------------------------------------


class _Socket:
    """What a connection writes a request into and reads its answer from."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._request = b""

    def sendall(self, data: Any) -> None:
        """Take a part of the request."""
        self._request += bytes(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """The answer."""
        return io.BufferedReader(_Received(self._host, self._request))

    def close(self) -> None:
        """Nothing to release."""

    def settimeout(self, timeout: Any) -> None:
        """Nothing takes time."""

    setsockopt = shutdown = lambda *_: None


class _Received(io.RawIOBase):
    """What comes back: the request is answered when somebody reads, for that is where connections break."""

    def __init__(self, host: str, request: bytes) -> None:
        self._host = host
        self._request = request
        self._answer: io.BytesIO | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes of the answer."""
        if self._answer is None:
            request = request_of(self._host, self._request)
            self._answer = io.BytesIO(b"" if request is None else bytes_of(answer(request)))
        return self._answer.readinto(buffer)


def _hook_connect(module_name: str) -> None:
    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: Any) -> Any:
            if not is_ours(self.host) or getattr(self, "_tunnel_host", None):
                refuse_connection(getattr(self, "_tunnel_host", None) or self.host)
                return original(self)
            self.sock = _Socket(self.host)
            if hasattr(self, "is_verified"):
                self.is_verified = True
            return None

        return connect

    module = sys.modules[module_name]
    for name in ("HTTPConnection", "HTTPSConnection"):
        _patch(getattr(module, name, None), "connect", "self", make_hook)


def _patch(owner: Any, name: str, parameters: str, make_hook: Callable[..., Any]) -> None:
    function = vars(owner).get(name) if isinstance(owner, type) else None
    if isinstance(function, FunctionType):
        patch_code(function, parameters, make_hook)


# --- httpx -----------------------------------------------------------------------------------------------------------


def _hook_httpx(module_name: str) -> None:
    httpx: Any = sys.modules[module_name]

    def read(request: Any, content: bytes) -> Request:
        return Request(request.method, str(request.url), dict(request.headers), content)

    def made(found: Answer, request: Any) -> Any:
        return httpx.Response(found.status, headers=found.headers, content=found.body, request=request)

    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        def handle_request(self: Any, request: Any) -> Any:
            if not is_ours(request.url.host):
                refuse_connection(request.url.host)
                return original(self, request)
            try:
                return made(answer(read(request, request.read())), request)
            except ConnectionResetError as error:
                raise httpx.ReadError(str(error), request=request) from None

        return handle_request

    def make_async_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_async_request(self: Any, request: Any) -> Any:
            if not is_ours(request.url.host):
                refuse_connection(request.url.host)
                return await original(self, request)
            try:
                return made(await answer_async(read(request, await request.aread())), request)
            except ConnectionResetError as error:
                raise httpx.ReadError(str(error), request=request) from None

        return handle_async_request

    _patch(httpx.HTTPTransport, "handle_request", "self, request", make_hook)
    _patch(httpx.AsyncHTTPTransport, "handle_async_request", "self, request", make_async_hook)


# --- aiohttp ---------------------------------------------------------------------------------------------------------


def _hook_aiohttp() -> None:
    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        async def _create_connection(self: Any, req: Any, traces: Any, patience: Any) -> Any:
            if not is_ours(req.url.host):
                refuse_connection(req.url.host or "")
                return await original(self, req, traces, patience)
            protocol = self._factory()
            protocol.connection_made(_Transport(protocol, self._loop, req.url.host))
            return protocol

        return _create_connection

    connector = sys.modules["aiohttp.connector"]
    _patch(connector.TCPConnector, "_create_connection", "self, req, traces, timeout", make_hook)


class _Transport:
    """An asyncio transport: what is written into it is a request, and its answer is received."""

    def __init__(self, protocol: Any, loop: Any, host: str) -> None:
        self._protocol = protocol
        self._loop = loop
        self._host = host
        self._request = b""
        self._answering: Any = None
        """The task that answers, which somebody has to hold."""
        self._closing = False

    def write(self, data: Any) -> None:
        """Take a part of the request; it is answered when it is whole."""
        if self._answering is None:
            self._request += bytes(data)
            request = request_of(self._host, self._request)
            if request is not None:
                self._answering = self._loop.create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        try:
            data = bytes_of(await answer_async(request))
        except Exception as error:  # noqa: BLE001  # whatever it is, who waits has to hear of it
            self._closing = True
            self._protocol.connection_lost(error)
        else:
            if not self._closing:
                self._protocol.data_received(data)

    def writelines(self, parts: Any) -> None:
        """Take several."""
        self.write(b"".join(parts))

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self._closing

    def close(self) -> None:
        """End the connection."""
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nothing is known of a connection that is none."""
        return default

    def pause_reading(self) -> None:
        """What comes is there already."""

    resume_reading = pause_reading

    def is_reading(self) -> bool:
        """Always."""
        return True

    def set_protocol(self, protocol: Any) -> None:
        """Have another protocol receive the answer."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Who receives the answer."""
        return self._protocol

    def can_write_eof(self) -> bool:
        """No."""
        return False
