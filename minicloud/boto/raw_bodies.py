"""Bodies of answers as what real clients read them from, in the words of urllib3, aiohttp and httpx."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any, Self

from ..wire import event_stream
from ..wire.protocol import Answer

__all__ = ["AsyncRaw", "Raw", "raw_of", "streaming_body"]


class _Connection:
    """What botocore finds on its way from a body to the socket, whose timeout means nothing: all is there.

    [botocore.compat: set_socket_timeout]
    """

    @property
    def fp(self) -> Self:
        """The next one inside."""
        return self

    raw = _sock = fp

    def settimeout(self, timeout: float | None) -> None:
        """Nothing."""


class Raw(io.BytesIO):
    """A body that is all there, or comes as events."""

    _fp = _Connection()

    def __init__(self, answer: Answer, shape: Any) -> None:
        super().__init__(answer.body)
        self._answer = answer
        self._shape = shape

    def stream(self, size: int = 0, **_: Any) -> Iterator[bytes]:
        """The body in pieces, waiting for them where they are events."""
        if self._answer.body:
            yield self.read()
        if self._answer.events is not None:
            yield from event_stream.frames(self._answer.events, self._shape)

    def release_conn(self) -> None:
        """End the stream, if it is one."""
        if self._answer.events is not None:
            close: Any = getattr(self._answer.events, "close", None)
            close()

    def close(self) -> None:
        """The same, and nothing is read any more."""
        self.release_conn()
        super().close()


class AsyncRaw:
    """The same in aiohttp's words, and in httpx's."""

    def __init__(self, answer: Answer, shape: Any) -> None:
        self._answer = answer
        self._shape = shape
        self.content = _AsyncContent(self, answer.body)
        self._read: bytes | None = None
        # aiobotocore 2 reads them here, of every answer.
        self.raw_headers = tuple((name.encode(), value.encode()) for name, value in answer.headers.items())

    async def read(self) -> bytes:
        """What of the body has not been read yet; again what this returned first, as both libraries keep it."""
        if self._read is None:
            self._read = await self.content.read()
        return self._read

    aread = read

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        """The body in pieces, waiting for them where they are events."""
        yield self._answer.body, True
        if self._answer.events is not None:
            async for frame in event_stream.frames_async(self._answer.events, self._shape):
                yield frame, True

    async def aiter_bytes(self, size: int | None = None) -> AsyncIterator[bytes]:
        """The same without a flag."""
        async for chunk, _ in self.iter_chunks():
            yield chunk

    aiter_raw = aiter_bytes

    def close(self) -> None:
        """End the stream, if it is one."""
        if self._answer.events is not None:
            close: Any = getattr(self._answer.events, "close", None)
            close()

    async def aclose(self) -> None:
        """The same."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class _AsyncContent:
    """The body as it is read piece by piece."""

    def __init__(self, raw: AsyncRaw, body: bytes) -> None:
        self.iter_chunks = raw.iter_chunks
        self._rest = io.BytesIO(body)
        self._size = len(body)

    async def read(self, size: int = -1) -> bytes:
        """The next bytes of it."""
        return self._rest.read(size)

    async def readinto(self, buffer: Any) -> int:
        """The next bytes of it, into a buffer."""
        return self._rest.readinto(buffer)

    def at_eof(self) -> bool:
        """Whether all of it was read."""
        return self._rest.tell() == self._size


def raw_of(body: bytes) -> Any:
    """A body that is all there, as what aiobotocore reads it from."""
    return AsyncRaw(Answer(200, {}, body), None)


def streaming_body(content: bytes, *, is_async: bool) -> Any:
    """A stream of bytes (``Invoke``'s ``Payload``) as botocore's clients answer with it, or aiobotocore's."""
    if not is_async:
        return _body_class()(io.BytesIO(content), len(content))
    from aiobotocore import response

    kind: Any = getattr(response, "AioStreamingBody", None) or response.StreamingBody
    return kind(raw_of(content), str(len(content)))


@cache
def _body_class() -> Any:
    """Botocore's class, but that it looks for no socket: a class of bytes which has one would cost each answer more."""
    from botocore.response import StreamingBody

    class Body(StreamingBody):  # type: ignore[misc]  # whose package has no types
        def set_socket_timeout(self, timeout: float | None) -> None:
            """Nothing: all is there."""

    Body.__name__, Body.__qualname__, Body.__module__ = "StreamingBody", "StreamingBody", StreamingBody.__module__
    return Body
