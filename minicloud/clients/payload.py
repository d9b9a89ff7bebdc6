"""A body that is a stream of bytes, as boto3 gives that of ``Invoke``: ``answer["Payload"].read()``.

All of it is there when the answer is. What reads it sees what botocore's ``StreamingBody`` shows: bytes, once, and none
at the end. At a real client's seat it is botocore's own (``boto.raw_bodies``).
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from .async_items import AsyncItems

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

__all__ = ["AsyncPayload", "Payload"]

_CHUNK = 1024


class Payload:
    """A stream of bytes that is read once."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        """All of it, also when it was read."""
        self._rest = BytesIO(content)

    def read(self, amt: int | None = None) -> bytes:
        """The next ``amt`` bytes, or all that are left; none at the end."""
        return self._rest.read(amt)

    def readable(self) -> bool:
        """Whether it is open: it is, until it is closed."""
        return not self._rest.closed

    def readlines(self) -> list[bytes]:
        """The lines that are left, with their ends."""
        return self._rest.readlines()

    def tell(self) -> int:
        """How many bytes were read."""
        return self._rest.tell()

    def set_socket_timeout(self, timeout: float | None) -> None:
        """Nothing: all of it is there."""

    def iter_chunks(self, chunk_size: int = _CHUNK) -> Iterator[bytes]:
        """What is left, in pieces of ``chunk_size`` bytes."""
        while chunk := self.read(chunk_size):
            yield chunk

    def iter_lines(self, chunk_size: int = _CHUNK, keepends: bool = False) -> Iterator[bytes]:
        """The lines that are left, without their ends unless ``keepends``."""
        yield from self.read().splitlines(keepends)

    def close(self) -> None:
        """Let go of what is left."""
        self._rest.close()

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_chunks()

    def __next__(self) -> bytes:
        chunk = self.read(_CHUNK)
        if not chunk:
            raise StopIteration
        return chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncPayload:
    """The same for asyncio: what reads it is awaited, as in aiobotocore."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        """All of it, also when it was read."""
        self._rest = BytesIO(content)

    async def read(self, amt: int | None = None) -> bytes:
        """The next ``amt`` bytes, or all that are left; none at the end."""
        return self._rest.read(amt)

    async def readlines(self) -> list[bytes]:
        """The lines that are left, with their ends."""
        return self._rest.readlines()

    def tell(self) -> int:
        """How many bytes were read."""
        return self._rest.tell()

    def iter_chunks(self, chunk_size: int = _CHUNK) -> AsyncIterator[bytes]:
        """What is left, in pieces of ``chunk_size`` bytes."""

        async def next_chunk() -> bytes:
            if chunk := await self.read(chunk_size):
                return chunk
            raise StopAsyncIteration

        return AsyncItems(next_chunk)

    def iter_lines(self, chunk_size: int = _CHUNK, keepends: bool = False) -> AsyncIterator[bytes]:
        """The lines that are left, without their ends unless ``keepends``."""
        lines: Iterator[bytes] | None = None

        async def next_line() -> bytes:
            nonlocal lines
            if lines is None:
                lines = iter((await self.read()).splitlines(keepends))
            for line in lines:
                return line
            raise StopAsyncIteration

        return AsyncItems(next_line)

    def close(self) -> None:
        """Let go of what is left."""
        self._rest.close()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.iter_chunks()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
