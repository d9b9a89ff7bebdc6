"""What applications fetch from SNS's own host: the signing certificate, and the URLs that confirm and unsubscribe.

    https://sns.<region>.amazonaws.com/SimpleNotificationService-....pem
    https://sns.<region>.amazonaws.com/?Action=ConfirmSubscription&TopicArn=...&Token=...
    https://sns.<region>.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=...

While a mock is active the cloud answers them, however they are fetched: ``urllib.request``, ``http.client``,
``urllib3`` and ``requests``, ``httpx``, ``aiohttp``. Hooks stand where each of these would open a connection, beneath
all wrappers, from when the library is imported. Connections to other hosts are none of this module's business.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from ..exceptions import ClientError, UsageError
from .beneath import put_beneath
from .imports import when_imported
from .state import state

__all__ = ["install_fetch"]

_HOST = re.compile(r"sns\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def install_fetch() -> None:
    """Put the hooks in, where the libraries are imported or when they will be."""
    when_imported("http.client", lambda: _hook_connect("http.client"))
    when_imported("urllib3.connection", lambda: _hook_connect("urllib3.connection"))
    when_imported("httpx", _hook_httpx)
    when_imported("aiohttp.connector", _hook_aiohttp)


# --- the answer ------------------------------------------------------------------------------------------------------


def _is_ours(host: str | None) -> bool:
    return state.era is not None and host is not None and _HOST.fullmatch(host) is not None


def _fetch(url: str) -> tuple[int, str, bytes]:
    """Status, content type and body of what is at ``url``."""
    cloud = state.cloud
    assert cloud is not None
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.hostname or "")
    assert host is not None
    if parts.path.endswith(".pem"):
        try:
            return 200, "application/x-pem-file", cloud.signing_certificate(url)
        except UsageError:
            return 404, "text/plain", b"Not Found"
    action = parse_qs(parts.query).get("Action", [""])[-1]
    try:
        arn = cloud.visit(url)
    except UsageError:
        text = "Request is missing Authentication Token"
        return 403, "text/xml", _error("MissingAuthenticationToken", text, "Sender", "")
    except ClientError as error:
        details, metadata = error.response["Error"], error.response["ResponseMetadata"]
        body = _error(details["Code"], details["Message"], details["Type"], metadata["RequestId"])
        return metadata["HTTPStatusCode"], "text/xml", body
    with cloud.lock:
        request_id = cloud.request_ids.next()
    result = ""
    if action == "ConfirmSubscription":
        result = f"<{action}Result><SubscriptionArn>{escape(arn)}</SubscriptionArn></{action}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return 200, "text/xml", f'<{action}Response xmlns="{_NAMESPACE}">{result}{metadata}</{action}Response>'.encode()


def _error(code: str, message: str, kind: str, request_id: str) -> bytes:
    details = f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error>{details}</Error><RequestId>{request_id}</RequestId>'
        "</ErrorResponse>"
    ).encode()


def _http(host: str, request: bytes) -> bytes:
    """The bytes that answer a request's bytes."""
    _, target, *_ = request.split(b"\r\n", 1)[0].decode().split(" ")
    status, content_type, body = _fetch(target if "://" in target else f"https://{host}{target}")
    head = f"HTTP/1.1 {status} \r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return f"{head}\r\n".encode() + body


# --- http.client and urllib3 -----------------------------------------------------------------------------------------


class _Socket:
    """What a connection writes a request into and reads its answer from."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._request = b""

    def sendall(self, data: Any) -> None:
        """Take a part of the request."""
        self._request += bytes(data)

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        """The answer."""
        return io.BytesIO(_http(self._host, self._request))

    def close(self) -> None:
        """Nothing to release."""

    def settimeout(self, timeout: Any) -> None:
        """Nothing takes time."""

    setsockopt = shutdown = lambda *_: None


def _hook_connect(module_name: str) -> None:
    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: Any) -> Any:
            if not _is_ours(self.host) or getattr(self, "_tunnel_host", None):
                return original(self)
            self.sock = _Socket(self.host)
            if hasattr(self, "is_verified"):
                self.is_verified = True
            return None

        return connect

    module = sys.modules[module_name]
    for name in ("HTTPConnection", "HTTPSConnection"):
        _put_beneath(getattr(module, name, None), "connect", "self", make_hook)


def _put_beneath(owner: Any, name: str, parameters: str, make_hook: Callable[..., Any]) -> None:
    function = vars(owner).get(name) if isinstance(owner, type) else None
    if isinstance(function, FunctionType):
        put_beneath(function, parameters, make_hook)


# --- httpx -----------------------------------------------------------------------------------------------------------


def _hook_httpx() -> None:
    httpx: Any = sys.modules["httpx"]

    def respond(request: Any) -> Any:
        status, content_type, body = _fetch(str(request.url))
        return httpx.Response(status, headers={"content-type": content_type}, content=body, request=request)

    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        def handle_request(self: Any, request: Any) -> Any:
            return respond(request) if _is_ours(request.url.host) else original(self, request)

        return handle_request

    def make_async_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_async_request(self: Any, request: Any) -> Any:
            return respond(request) if _is_ours(request.url.host) else await original(self, request)

        return handle_async_request

    _put_beneath(httpx.HTTPTransport, "handle_request", "self, request", make_hook)
    _put_beneath(httpx.AsyncHTTPTransport, "handle_async_request", "self, request", make_async_hook)


# --- aiohttp ---------------------------------------------------------------------------------------------------------


def _hook_aiohttp() -> None:
    def make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
        async def _create_connection(self: Any, req: Any, traces: Any, patience: Any) -> Any:
            if not _is_ours(req.url.host):
                return await original(self, req, traces, patience)
            protocol = self._factory()
            protocol.connection_made(_Transport(protocol, self._loop, req.url.host))
            return protocol

        return _create_connection

    connector = sys.modules["aiohttp.connector"]
    _put_beneath(connector.TCPConnector, "_create_connection", "self, req, traces, timeout", make_hook)


class _Transport:
    """An asyncio transport: what is written into it is a request, and its answer is received."""

    def __init__(self, protocol: Any, loop: Any, host: str) -> None:
        self._protocol = protocol
        self._loop = loop
        self._host = host
        self._request = b""
        self._closing = False

    def write(self, data: Any) -> None:
        """Take a part of the request; it is whole with its headers, for nothing here has a body."""
        was_whole = b"\r\n\r\n" in self._request
        self._request += bytes(data)
        if not was_whole and b"\r\n\r\n" in self._request:
            self._loop.call_soon(self._protocol.data_received, _http(self._host, self._request))

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
