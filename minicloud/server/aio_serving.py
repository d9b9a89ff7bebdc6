"""``AsyncServer``: an endpoint on the event loop of whoever asks, whose tasks and those of its clients take turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from .aio_server import Listener
from .aio_thread import environ_of

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..engine.engine import Engine

__all__ = ["AsyncServer"]


class AsyncServer:
    """An endpoint on the running event loop, for ``async with``; or ``await start()``, and ``await stop()``."""

    def __init__(self, cloud: Engine, **options: Any) -> None:
        self._cloud = cloud
        self._listener = Listener(cloud, **options)

    @property
    def port(self) -> int:
        """The port it listens at."""
        return self._listener.port

    @property
    def url(self) -> str:
        """What clients take as ``endpoint_url``."""
        return f"http://{self._listener.address}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a process that is to find the endpoint: add it to ``os.environ``."""
        return environ_of(self.url, self._cloud)

    async def start(self) -> None:
        """Listen. Raises ``UsageError`` when the port cannot be had, without a loop, or on one of a cloud's time."""
        loop = asyncio._get_running_loop()
        if loop is None:
            raise UsageError(
                "cloud.serve_async() needs a running asyncio event loop: under trio or another loop serve on a thread, "
                "with cloud.serve()"
            )
        if hasattr(loop, "cloud"):
            raise UsageError(
                "a server cannot wait for clients on an event loop whose time is the cloud's: serve on a thread, with "
                "cloud.serve()"
            )
        port = self._listener.port
        try:
            await self._listener.start()
        except OSError as error:
            raise UsageError(
                f"minicloud cannot listen at port {port}: {error.strerror or error}; give another port, or 0 for any"
            ) from None

    async def stop(self) -> None:
        """Listen no more: polls that wait are answered empty, then connections close. Stopping twice is fine."""
        await self._listener.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def __repr__(self) -> str:
        return f"<minicloud server {self.url}>"
