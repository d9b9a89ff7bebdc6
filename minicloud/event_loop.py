"""``minicloud.run``: an application on an event loop whose time is the cloud's."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .cloud import Cloud
from .core.shown import shown
from .engine import new_clouds
from .engine.event_loop import CloudLoop
from .exceptions import UsageError

__all__ = ["run"]

T = TypeVar("T")


def run(
    main: Callable[..., Coroutine[Any, Any, T]] | Coroutine[Any, Any, T],
    *,
    clock: Any = None,
    cloud: Cloud | None = None,
    patience: float = 1.0,
    debug: bool | None = None,
    **options: Any,
) -> T:
    """Run an async function, as ``asyncio.run`` does, on a loop whose time is a cloud's; return its result.

    ``main`` is called with the cloud if it takes a parameter; a coroutine is taken as well. The cloud is a new one on
    a virtual clock, closed in the end: ``clock`` and ``options`` are the arguments of ``Cloud``. Or it is ``cloud``,
    which stays open. ``patience`` is how many seconds of real time an open socket may be silent before time jumps.
    Raises ``UsageError`` when all tasks wait for something that cannot happen, and when a loop runs in this thread.
    """
    try:
        _check(main)
        if cloud is not None:
            if clock is not None or options:
                raise UsageError("run(cloud=...) takes an existing cloud: give its options to Cloud() instead")
            return _run(main, cloud, patience, debug)
        with Cloud(**{"clock": "virtual", **new_clouds.said({**options, "clock": clock})}) as made:
            return _run(main, made, patience, debug)
    finally:
        if inspect.iscoroutine(main):
            main.close()  # one that never ran would be warned of; to one that has ended this does nothing


def _check(main: object) -> None:
    """Raise ``UsageError`` for what cannot be run, or not here, before anything is made for it."""
    if not callable(main) and not inspect.iscoroutine(main):
        raise UsageError(f"minicloud.run() runs an async function or a coroutine, not {shown(main)}")
    if asyncio._get_running_loop() is not None:
        raise UsageError(
            "minicloud.run() cannot be called while an event loop runs in this thread, just as asyncio.run() cannot: "
            "await the coroutine there, or call minicloud.run() in another thread"
        )


def _run(
    main: Callable[..., Coroutine[Any, Any, T]] | Coroutine[Any, Any, T],
    cloud: Cloud,
    patience: float,
    debug: bool | None,
) -> T:
    started: Any = main
    if not inspect.iscoroutine(started):
        started = started(cloud) if _takes_a_parameter(started) else started()
    if not inspect.iscoroutine(started):
        raise UsageError(f"minicloud.run() runs an async function or a coroutine, not {shown(main)}")
    with asyncio.Runner(debug=debug, loop_factory=lambda: CloudLoop(cloud, patience)) as runner:
        result: T = runner.run(started)
        return result


def _takes_a_parameter(function: Callable[..., Any]) -> bool:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(parameter.kind in positional for parameter in inspect.signature(function).parameters.values())
