"""What ``async for`` goes over: events, pages, pieces of a body.

No asynchronous generators: one that is left before its end (``break``) has to be closed by its loop, later. Where that
does not run again, Python complains of a task that is still pending, or of an ``aclose()`` that nobody awaited.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Generic, NoReturn, TypeVar

__all__ = ["AsyncItems"]

T = TypeVar("T")


class AsyncItems(AsyncIterator[T], Generic[T]):
    """What a function gives, an item for each call, until it raises ``StopAsyncIteration``. May be left at any time."""

    def __init__(self, next_item: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._next_item = next_item

    def __anext__(self) -> Coroutine[Any, Any, T]:
        return self._next_item()

    async def aclose(self) -> None:
        """Give no more items, as an asynchronous generator that is closed."""
        self._next_item = _no_more


async def _no_more() -> NoReturn:
    raise StopAsyncIteration
