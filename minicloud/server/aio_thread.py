"""``Server``: an endpoint on a thread of its own, which serves a cloud of this process to other ones."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from .aio_server import Listener

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..engine.engine import Engine

__all__ = ["Server", "environ_of"]


def environ_of(url: str, cloud: Engine) -> dict[str, str]:
    """The environment in which nearly every client of AWS's finds the endpoint."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "minicloud",
        "AWS_SECRET_ACCESS_KEY": "minicloud",
        "AWS_REGION": cloud.region_name,
        "AWS_DEFAULT_REGION": cloud.region_name,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class Server:
    """An endpoint that serves a cloud, until ``stop()``; for ``with``."""

    def __init__(self, cloud: Engine, listener: Listener) -> None:
        self._listener = listener
        self._cloud = cloud
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def started(cls, cloud: Engine, **options: Any) -> Self:
        """One that listens. Raises ``UsageError`` when the port cannot be had."""
        server = cls(cloud, Listener(cloud, **options))
        begun = threading.Event()
        thread = threading.Thread(target=server._run, args=(begun,), name="minicloud-server", daemon=True)
        server._thread = thread
        thread.start()
        begun.wait()
        if server._error is not None:
            thread.join()
            port, why = options["port"], getattr(server._error, "strerror", None) or server._error
            raise UsageError(f"minicloud cannot listen at port {port}: {why}; give another port, or 0 for any")
        return server

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

    def stop(self) -> None:
        """Listen no more: polls that wait are answered empty, then connections close. Stopping twice is fine."""
        thread, loop, end = self._thread, self._loop, self._end
        if thread is None or not thread.is_alive() or loop is None or end is None:
            return
        loop.call_soon_threadsafe(end.set)
        if thread is not threading.current_thread():
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<minicloud server {self.url}>"

    def _run(self, begun: threading.Event) -> None:
        try:
            asyncio.run(self._serve(begun))
        except BaseException as error:  # noqa: BLE001  # whoever waits for the beginning is told
            self._error = error
        finally:
            begun.set()

    async def _serve(self, begun: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await self._listener.start()
        begun.set()
        try:
            await self._end.wait()
        finally:
            await self._listener.stop()
