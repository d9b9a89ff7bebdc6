"""Event loops whose time is a cloud's: ``minicloud.EventLoop``, and ``minicloud.run``, which runs one."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from ..core.shown import shown
from ..engine import new_clouds
from ..engine.engine import Engine
from ..engine.event_loop import CloudLoop
from ..engine.weak import WeakSet
from ..exceptions import UsageError
from . import Cloud

__all__ = ["EventLoop", "followers", "loop_factory", "run"]

T = TypeVar("T")

_made_without_cloud: WeakSet[EventLoop] = WeakSet()


class EventLoop(CloudLoop):
    """An asyncio event loop whose time is a cloud's: ``asyncio.sleep``, timeouts and ``call_later`` follow its clock.

        asyncio.Runner(loop_factory=minicloud.EventLoop)

    Without a ``cloud`` it is on the time of a mock that begins on it, and in a pytest test on that of the mock that is
    active, or else of the test's cloud; with none of these, on that of a new one on a virtual clock, which is closed
    with the loop. ``loop.cloud`` is that cloud.
    ``patience`` is how many seconds of real time an open socket may be silent before time jumps. Raises ``UsageError``
    for what is not a cloud or a number of seconds.
    """

    def __init__(self, cloud: Cloud | None = None, patience: float = 1.0) -> None:
        _check_options(cloud, patience)
        self._cloud = cloud
        self._made: Cloud | None = None
        self._between: Engine | None = None
        """Whose time it is while there is no cloud."""
        if cloud is not None:
            super().__init__(cloud, patience)
            return
        self._between = Engine("123456789012", "us-east-1", "virtual", 0, None, "readable")
        super().__init__(self._between, patience)
        _made_without_cloud.add(self)
        if new_clouds.listeners:
            self.follow(new_clouds.listeners[-1].cloud_for_loop())

    @property
    def cloud(self) -> Cloud:
        """The cloud whose time it is. A loop that has none makes one when it is first asked."""
        if self._cloud is None:
            if self._made is None:
                self._made = Cloud(clock="virtual")
                # It goes on where the loop's time is.
                self._made.clock.advance(max(self.time() - self._made.clock.time(), 0))
            self.bind(self._made)
            self._cloud = self._made
        return self._cloud

    def follow(self, cloud: Cloud | None) -> None:
        """Be on the time of this cloud from now on, or, with None, of the loop's own. For loops that follow tests."""
        self._cloud = cloud or self._made
        target: Any = self._cloud or self._between
        if target is not None:
            self.bind(target)

    def mock_has_begun(self, cloud: Cloud) -> None:
        """A loop that is on no cloud's time is on that of the mock from now on."""
        if self._between is not None and (self._cloud is None or self._cloud.closed):
            self.follow(cloud)

    def leave_closed_cloud(self) -> bool:
        """Tasks that outlive the cloud of a test go on in a time of the loop's own."""
        if self._between is None or self.made_its_cloud:
            return False
        self.follow(None)
        return True

    def follows(self, cloud: Cloud) -> bool:
        """Whether it is on this cloud's time."""
        return self._cloud is cloud

    @property
    def made_its_cloud(self) -> bool:
        """Whether it has been asked for a cloud, and has one of its own, on whose time it stays."""
        return self._made is not None

    def close(self) -> None:
        """Close the loop, and the cloud that it has made, if it has."""
        super().close()
        _made_without_cloud.discard(self)
        if self._made is not None:
            self._made.close()


def loop_factory(cloud: Cloud | None = None, patience: float = 1.0) -> Callable[[], EventLoop]:
    """A function without arguments that makes an ``EventLoop``, for those who ask for a loop factory.

    They are ``asyncio.Runner``, pytest-asyncio's hook ``pytest_asyncio_loop_factories``, and anyio's option
    ``loop_factory``. Raises ``UsageError`` as ``EventLoop`` does.
    """
    _check_options(cloud, patience)
    return partial(EventLoop, cloud, patience)


def followers() -> list[EventLoop]:
    """The loops of this thread that were made without a cloud, and follow the cloud of the pytest test that runs."""
    return [
        loop
        for loop in _made_without_cloud
        if loop.owner == threading.get_ident() and not (loop.is_closed() or loop.made_its_cloud)
    ]


def _check_options(cloud: object, patience: object) -> None:
    if cloud is not None and not isinstance(cloud, Cloud):
        raise UsageError(f"{shown(cloud)} is not a cloud: give a minicloud.Cloud")
    if isinstance(patience, bool) or not isinstance(patience, int | float) or not patience >= 0:
        raise UsageError(f"patience={shown(patience)} is not a duration: give seconds of real time, such as 0.1")


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
        _check_options(cloud, patience)
        if cloud is not None:
            if clock is not None or options:
                raise UsageError("run(cloud=...) takes an existing cloud: give its options to Cloud() instead")
            try:
                return _run(main, cloud, patience, debug)
            finally:
                cloud.tell_at_the_end()
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
    with asyncio.Runner(debug=debug, loop_factory=loop_factory(cloud, patience)) as runner:
        result: T = runner.run(started)
        return result


def _takes_a_parameter(function: Callable[..., Any]) -> bool:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(parameter.kind in positional for parameter in inspect.signature(function).parameters.values())
