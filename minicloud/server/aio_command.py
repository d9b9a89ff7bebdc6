"""``python3 -m minicloud serve``: a server in the foreground, until a signal or its command ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .aio_server import Listener, tell
from .aio_thread import environ_of

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["serve"]

_OTHER_FILES = 64
"""Files that are open beside connections."""


def serve(cloud: Engine, options: dict[str, Any], command: Sequence[str], *, quiet: bool = False) -> int:
    """Serve the cloud, until SIGINT or SIGTERM, or as long as ``command`` runs; returns the exit status.

    ``quiet``: nothing goes to standard error but what is wrong.
    """
    remark = _nothing if quiet else tell
    options["most_connections"] = _connections(options["most_connections"], remark)
    return asyncio.run(_serve(cloud, options, command, remark))


def _connections(wanted: int, remark: Callable[[str], object]) -> int:
    """How many connections there can be: the process may open as many files as that needs, if the system lets it."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        except (OSError, ValueError):
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if soft < needed:
            wanted = max(1, soft - _OTHER_FILES)
            remark(f"minicloud serve: the system's limit of open files ({soft}) lets {wanted} clients be connected")
    return wanted


def _nothing(_: str) -> None:
    """Say nothing."""


async def _serve(
    cloud: Engine, options: dict[str, Any], command: Sequence[str], remark: Callable[[str], object]
) -> int:
    listener = Listener(cloud, **options)
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, end.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end.set))
    try:
        await listener.start()
    except OSError as error:
        tell(f"minicloud serve: port {options['port']} cannot be had: {error.strerror or error}")
        return 2
    url = f"http://{listener.address}"
    sys.stdout.write(f"Listening on {url}\n")
    sys.stdout.flush()
    if options["host"] not in ("127.0.0.1", "::1", "localhost"):
        remark(f"minicloud serve: whoever reaches port {listener.port} can read and change everything in this cloud")
    try:
        if command:
            return await _run(command, environ_of(url, cloud), end)
        await end.wait()
        return 0
    finally:
        await listener.stop()


async def _run(command: Sequence[str], environ: dict[str, str], end: asyncio.Event) -> int:
    try:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environ})
    except OSError as error:
        tell(f"minicloud serve: {command[0]} cannot be run: {error.strerror or error}")
        return 127
    ended, told = asyncio.ensure_future(process.wait()), asyncio.ensure_future(end.wait())
    await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        process.terminate()
    told.cancel()
    status = await ended
    return status if status >= 0 else 128 - status
