"""The event loops of tests: which one an async test and its fixtures run on, and whose time that follows.

A test that the plugin runs has a loop of its own, made when the first async fixture, or the test, needs one, and closed
after the last of them is over. Its time is that of the test's cloud. Async fixtures of wider scopes (a module's, a
session's) outlive tests, and a fixture has to run on the loop of those who use it: all tests that have such a one run
on one loop, which lives as long as any of these fixtures does, and follows the cloud of the test that runs. Between
tests it has a time of its own; who sleeps on it sleeps as long as it would have.

Other plugins run their tests on loops of their own making. Where they ask what to make (pytest-asyncio's hook, anyio's
option) they get one that follows the test's cloud. Where they do not, the report of a failure says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ..engine.weak import WeakSet
from .async_fixtures import (
    a_loop_runs,
    as_sync,
    asks_for_backend,
    bound,
    closest,
    is_async_fixture,
    is_of_pytest_asyncio,
    mode_is_auto,
    needs,
    raiser,
    refuse_fixtures_of_others,
)
from .async_items import (
    cloud_of,
    definitions,
    is_of_others,
    mock_of,
    name_of_cloud,
    runs_here,
    uses_minicloud,
)
from .clouds import clouds_of_tests
from .items import clouds_of_fixtures, fixtures_of_minicloud
from .loop_notes import real_time
from .options import option

if TYPE_CHECKING:
    import asyncio

    from ..cloud import Cloud
    from ..cloud.event_loop import EventLoop

__all__ = ["Loops", "loops_of", "note_of"]

_this = pytest.StashKey["Loops"]()
_loop = pytest.StashKey["LoopOfTests"]()
_note = pytest.StashKey[str]()

_loops_of_tests: WeakSet[EventLoop] = WeakSet()
"""Those that the plugin runs tests on; the others that follow tests run there for other plugins."""


class LoopOfTests:
    """An event loop, and who needs it."""

    def __init__(self, event_loop: EventLoop) -> None:
        import asyncio

        _loops_of_tests.add(event_loop)
        self.event_loop = event_loop
        self.users = 0
        """Async fixtures that are set up."""
        self.is_open = True
        self._runner = asyncio.Runner(loop_factory=lambda: event_loop)

    def run(self, coroutine: Coroutine[Any, Any, Any], context: Context) -> Any:
        """What the coroutine returns."""
        return self._runner.run(coroutine, context=context)

    def release(self) -> None:
        """One of its fixtures has been torn down."""
        self.users -= 1
        self.close_if_unused()

    def close_if_unused(self) -> None:
        """End its tasks, and close it, when nobody needs it any more."""
        if self.users <= 0 and self.is_open:
            self.is_open = False
            self._runner.close()
            if not self.event_loop.is_closed():  # the runner had nothing to run, and has not made it its own
                self.event_loop.close()


class Loops:
    """The loops of one run of pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._clouds = clouds_of_tests(config)
        self._shared: LoopOfTests | None = None
        """The one for tests that have async fixtures of wider scopes."""
        self._offer = _Offer(self)
        self._clouds.cloud_for_loops = self.cloud_of_running_test
        self.has_followed = False
        """Whether the loop of another plugin's test is on the time of its cloud."""

    # --- fixtures ---------------------------------------------------------------------------------------------------

    @contextmanager
    def running(self, fixturedef: Any, request: Any) -> Iterator[None]:
        """While an async fixture is set up: it runs on the loop of the test, if it is the plugin's to run."""
        item = request._pyfuncitem
        asks_for_backend(item)  # before anyio adds it to a fixture's arguments
        original = fixturedef.func
        try:
            if self._is_ours(fixturedef, item):
                loop = self._loop_for(item, fixturedef)
                loop.users += 1
                request.addfinalizer(loop.release)  # before what the fixture itself adds, so that it comes last
                fixturedef.func = as_sync(bound(original, request.instance), loop.run)
            else:
                refuse_fixtures_of_others(item, (fixturedef,))
        except pytest.fail.Exception as failure:
            fixturedef.func = raiser(failure)  # for pytest has to see the fixture fail
        try:
            yield
        finally:
            fixturedef.func = original

    def has_set_up(self, fixturedef: Any, item: Any, value: object) -> None:
        """The fixture ``cloud`` has been set up: a loop that was made before it follows it, until it is torn down."""
        follow(value, item)
        fixturedef.addfinalizer(partial(_stop_following, value))

    def _is_ours(self, fixturedef: Any, item: Any) -> bool:
        if is_of_others(item) or is_of_pytest_asyncio(fixturedef) or mode_is_auto(self._config, "asyncio"):
            return False
        return uses_minicloud(item) or self._own_cloud(item, fixturedef) is not None

    def _is_of_minicloud(self, item: Any) -> bool:
        return uses_minicloud(item) or cloud_of(item) is not None

    def _own_cloud(self, item: Any, fixturedef: Any) -> Cloud | None:
        """The project's own fixture ``cloud``, if it is a cloud; set up on the spot, unless it needs this fixture."""
        if "cloud" not in definitions(item) or needs(item, "cloud", fixturedef.argname):
            return None
        if definitions(item)["cloud"][-1].cached_result is None and fixturedef.scope == "function":
            item._request.getfixturevalue("cloud")
        return cloud_of(item)

    def _loop_for(self, item: Any, fixturedef: Any = None) -> LoopOfTests:
        """The loop of a test, made if there is none yet."""
        if fixturedef is not None and a_loop_runs():
            pytest.fail(
                f"the async fixture {fixturedef.argname!r} was asked for by getfixturevalue() while an event loop "
                "runs: name it among the arguments of the test, or of the fixture that needs it",
                pytrace=False,
            )
        is_wide = fixturedef is not None and fixturedef.scope != "function"
        loop: LoopOfTests | None = item.stash.get(_loop, None)
        if loop is not None and loop.is_open:
            if is_wide and loop is not self._shared:
                pytest.fail(
                    f"the async fixture {fixturedef.argname!r} has the scope of a {fixturedef.scope}, and was asked "
                    "for by getfixturevalue() when the test had a loop already: name it among the test's arguments",
                    pytrace=False,
                )
            return loop
        if is_wide or any(is_async_fixture(last) and last.scope != "function" for last in closest(item)):
            if self._shared is None or not self._shared.is_open:
                self._shared = LoopOfTests(_event_loop(item))
            loop = self._shared
            if not is_wide:
                loop.event_loop.follow(self.cloud_for(item))
        else:
            loop = LoopOfTests(_event_loop(item))
            loop.event_loop.follow(self.cloud_for(item))
        item.stash[_loop] = loop
        return loop

    def cloud_for(self, item: Any) -> Cloud | None:
        """The cloud on whose time a test's loop is to be, set up if it is minicloud's own fixture; None: not yet."""
        name = name_of_cloud(item)
        if name and (name not in definitions(item) or name in fixtures_of_minicloud(item)):
            item._request.getfixturevalue(name)
        return cloud_of(item)

    # --- tests ------------------------------------------------------------------------------------------------------

    @contextmanager
    def running_test(self, item: Any) -> Iterator[None]:
        """While an async test is called: it runs on its loop; or, if another plugin runs it, that loop is seen to."""
        with ExitStack() as stack:
            loop = self._loop_for(item) if runs_here(item) else None
            if loop is not None:
                stack.callback(loop.close_if_unused)  # after the mock has ended, whose cloud tasks may still use
            cloud = cloud_of(item)
            make_mock = mock_of(item)
            if cloud is None and make_mock is not None:
                cloud = stack.enter_context(make_mock())
            if loop is not None:
                loop.event_loop.follow(cloud or _made_for(item))
                stack.enter_context(_called_on(loop, item))
            elif is_of_others(item):
                cloud = cloud or self.cloud_of_running_test()  # of a mock that a fixture of the project's has begun
                if cloud is not None:
                    stack.enter_context(self._running_elsewhere(item, cloud))
            yield

    @contextmanager
    def _running_elsewhere(self, item: Any, cloud: Cloud) -> Iterator[None]:
        from ..engine.event_loop import CloudLoop

        self.has_followed = follow(cloud, item) or any(isinstance(loop, CloudLoop) for loop in cloud.sleepers.drivers)
        try:
            with self._offered_to_anyio(item.funcargs, item):
                yield
        finally:
            if not self.has_followed and cloud.clock.manual:
                item.stash[_note] = real_time(item)

    def check(self, item: Any) -> None:
        """Fail a test of ours with async fixtures that would run on another plugin's loop."""
        refuse_fixtures_of_others(item, closest(item))

    # --- loops that other plugins make ------------------------------------------------------------------------------

    @contextmanager
    def offered(self, metafunc: pytest.Metafunc) -> Iterator[None]:
        """While pytest-asyncio looks at a test: it finds a hook that offers a loop on the time of the test's cloud.

        No other test finds it, for to pytest-asyncio a hook says what loops all tests run on. Nor does one whose loop,
        or the loop of one of whose fixtures, lives longer than the test: other tests would have to share it.
        """
        config = metafunc.config
        if not option(config, None, "minicloud_event_loop") or not self._has_a_loop_of_its_own(metafunc.definition):
            yield
            return
        manager = config.pluginmanager
        manager.register(self._offer)
        try:
            yield
        finally:
            manager.unregister(self._offer)

    def _has_a_loop_of_its_own(self, definition: Any) -> bool:
        marker = definition.get_closest_marker("asyncio")
        options = {} if marker is None else marker.kwargs
        scopes = {options.get("loop_scope") or options.get("scope") or self._ini("asyncio_default_test_loop_scope")}
        default = self._ini("asyncio_default_fixture_loop_scope")
        is_auto = mode_is_auto(self._config, "asyncio")
        for fixturedef in closest(definition):
            if is_of_pytest_asyncio(fixturedef) or (is_auto and is_async_fixture(fixturedef)):
                chosen = getattr(fixturedef.func, "_loop_scope", None) or default
                scopes.add(fixturedef.scope if chosen in (None, "", "fixture-scope") else chosen)
        return scopes <= {"function"}

    @contextmanager
    def offered_to_anyio_for_fixture(self, fixturedef: Any, request: Any) -> Iterator[None]:
        """While anyio sets up an async fixture of a test: a loop that it makes for it is on the time of the cloud."""
        item = request._pyfuncitem
        run = fixturedef.func
        is_run_by_anyio = {"anyio_backend", "request"} <= set(fixturedef.argnames)
        if fixturedef.scope != "function" or not is_run_by_anyio or not self._is_of_minicloud(item):
            yield
            return
        self.cloud_for(item)

        def with_offer(**arguments: Any) -> Generator[Any, None, None]:
            with self._offered_to_anyio(arguments, item):
                yield from run(**arguments)

        fixturedef.func = with_offer
        try:
            yield
        finally:
            fixturedef.func = run

    @contextmanager
    def _offered_to_anyio(self, arguments: dict[str, Any], item: Any) -> Iterator[None]:
        """While anyio runs something: of asyncio's loops it makes one that follows the cloud, if it is to make one.

        Not where the test or the fixture itself asks what its backend is, nor where the project has chosen a loop.
        """
        backend = arguments.get("anyio_backend")
        name, options = backend if isinstance(backend, tuple) else (backend, {})
        if (
            name != "asyncio"
            or {"loop_factory", "use_uvloop"} & options.keys()
            or asks_for_backend(item)
            or not option(self._config, None, "minicloud_event_loop")
        ):
            yield
            return
        arguments["anyio_backend"] = name, {**options, "loop_factory": partial(_event_loop, item)}
        try:
            yield
        finally:
            arguments["anyio_backend"] = backend

    def _ini(self, name: str) -> Any:
        try:
            return self._config.getini(name)
        except (KeyError, ValueError):
            return None

    def make_for_running_test(self) -> EventLoop:
        """A loop of pytest-asyncio's making, for the test that runs."""
        item = self._clouds.test
        loop = _event_loop(item)
        loop.follow(None if item is None else self.cloud_for(item))
        return loop

    def cloud_of_running_test(self) -> Cloud | None:
        """Whose time a loop follows that somebody makes without a cloud."""
        item = self._clouds.test
        activation: Any = sys.modules.get("minicloud.boto.activation")
        cloud = None if activation is None else activation.state.cloud
        if cloud is None and item is not None:
            cloud = cloud_of(item)
        self.has_followed = self.has_followed or cloud is not None
        return cloud


class _Offer:
    """What pytest-asyncio is told."""

    def __init__(self, loops: Loops) -> None:
        self._loops = loops

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_asyncio_loop_factories(self) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
        """The hook of pytest-asyncio 1.4 and later. A hook of the project's own comes first, and is the only one."""
        return {"minicloud": self._loops.make_for_running_test}


def loops_of(config: pytest.Config) -> Loops:
    """Those of this run."""
    found = config.stash.get(_this, None)
    if found is None:
        found = config.stash[_this] = Loops(config)
    return found


def note_of(item: pytest.Item) -> str:
    """What the report of a failed test should say of its loop, if anything."""
    return item.stash.get(_note, "")


def follow(cloud: Any, item: Any) -> bool:
    """Have the loop of a test, or those that others have made for it, be on this cloud's time. Whether there is one."""
    own = item.stash.get(_loop, None)
    if own is not None:
        loops = [own.event_loop] if own.is_open else []
    elif is_of_others(item):
        loops = [loop for loop in _followers() if loop not in _loops_of_tests and not loop.is_running()]
    else:
        return False
    for loop in loops:
        loop.follow(cloud)
    return bool(loops)


def _stop_following(cloud: Any) -> None:
    for loop in _followers():
        if loop.follows(cloud):
            loop.follow(None)


def _followers() -> list[EventLoop]:
    module = sys.modules.get("minicloud.cloud.event_loop")
    return [] if module is None else module.followers()


def _event_loop(item: Any) -> EventLoop:
    from ..cloud.event_loop import EventLoop

    patience = None if item is None else option(item.config, item, "patience")
    return EventLoop() if patience is None else EventLoop(patience=patience)


@contextmanager
def _called_on(loop: LoopOfTests, item: Any) -> Iterator[None]:
    """While a test is called: pytest finds a plain function, which runs it on the loop."""
    original = item.obj

    def call(**arguments: Any) -> None:
        __tracebackhide__ = True
        loop.run(original(**arguments), copy_context())

    item.obj = call
    try:
        yield
    finally:
        item.obj = original


def _made_for(item: Any) -> Cloud:
    """A cloud as the plugin's fixture makes them."""
    from ..cloud import Cloud

    cloud = Cloud._where_boto3_is("the cloud of an async test", {}, clock="virtual")
    item.stash[clouds_of_fixtures].append(cloud)
    item.addfinalizer(cloud.close)
    return cloud
