"""Following the trace over HTTP: what happens is told as it does, until the client or the server has had enough.

The record that a trace is made of tells nobody that it grows, for every call would pay for that. So it is looked at
here, ten times a second, by those who follow it alone: a look at a number, and at the events when that has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .aio_calls import EventStreamAnswer

if TYPE_CHECKING:
    from .aio_answers import Shared

__all__ = ["TraceStream"]

_LOOK: Final = 0.1
"""Seconds of real time between two looks whether there is news."""
_CATCH_UP: Final = 10
"""With so many looks one at what has ended by itself, which is not told unless somebody asks."""
_COMMENT: Final = 150
"""After so many looks without news the client is told that the connection is alive."""


class TraceStream(EventStreamAnswer):
    """The trace, as server-sent events."""

    def __init__(self, following: Any, listener: Shared) -> None:
        super().__init__(following.headers, following.body, self, None, "text/event-stream")
        self._following = following
        self._listener = listener

    def frames(self) -> AsyncIterator[bytes]:
        """The rest of it, piece by piece."""
        return self._pieces()

    def heartbeat(self) -> None:
        """It sees to that itself."""

    def close(self) -> None:
        """There is nothing to let go of."""

    async def _pieces(self) -> AsyncIterator[bytes]:
        following, looks, silent = self._following, 0, 0
        while not self._listener.ends and not self._listener.cloud.closed:
            looks += 1
            catches_up = looks % _CATCH_UP == 0
            if catches_up or following.has_news:
                text = await self._listener.calls.run(partial(following.more, catch_up=catches_up))
                if text:
                    silent = 0
                    yield text
            silent += 1
            if silent > _COMMENT:
                silent = 0
                yield b": nothing has happened\n\n"
            await asyncio.sleep(_LOOK)
