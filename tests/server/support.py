"""Talking to an endpoint by raw bytes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def until(condition: Callable[[], object]) -> None:
    """Wait, in real time, until this holds."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


class Raw:
    """One connection."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self.url = url
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout)
        self._buffer = b""

    def send(self, data: bytes) -> Raw:
        self.socket.sendall(data)
        return self

    def answer(self, *, has_body: bool = True) -> Answer:
        """The next answer."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0)) if has_body else 0
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Answer(int(first.split(" ")[1]), headers, body)

    def rest(self) -> bytes:
        """All until the other side closes."""
        try:
            while data := self.socket.recv(65536):
                self._buffer += data
        except ConnectionResetError:
            pass
        return self._buffer

    def until(self, *parts: bytes) -> bytes:
        """What comes, until all these parts are in it."""
        while not all(part in self._buffer for part in parts):
            self._more()
        found, self._buffer = self._buffer, b""
        return found

    def close(self) -> None:
        if hasattr(self, "socket"):
            self.socket.close()

    __del__ = close

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError(f"closed after {self._buffer!r}")
        self._buffer += data


class Answer:
    """One answer."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request(
    method: str = "POST",
    path: str = "/",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    host: str = "localhost",
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def call(target: str, content: Any = None, content_type: str = "application/x-amz-json-1.0") -> bytes:
    """A call in JSON."""
    body = b"" if content is None else json.dumps(content).encode()
    return request(headers={"X-Amz-Target": target, "Content-Type": content_type}, body=body)


def form(text: str, path: str = "/", **headers: str) -> bytes:
    """A call in the query protocol."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(
        path=path, headers={"Content-Type": "application/x-www-form-urlencoded", **named}, body=text.encode()
    )
