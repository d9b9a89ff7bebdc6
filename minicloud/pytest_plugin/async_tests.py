"""Async tests and async fixtures on the cloud's time.

An ``async def`` test that asks for one of minicloud's fixtures, has the marker ``minicloud``, or is decorated by
``mock_aws`` runs as ``minicloud.run`` does: on an event loop whose time is that of its cloud. So do the async fixtures
of tests that use minicloud in one of these ways. Tests that another plugin runs are left to it: those marked for
pytest-asyncio, anyio or trio, those of pytest-asyncio's auto mode, and those with anyio's fixture. Where that plugin
asks what loop to make, it is told of one on the time of the test's cloud.

Loaded in every run: what it takes to run something is in ``loops``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from .async_items import CLOUDS, is_async, is_cloud, mock_of, name_of_cloud, runs_here, uses_minicloud

if TYPE_CHECKING:
    from .loops import Loops

__all__ = [
    "pytest_fixture_setup",
    "pytest_fixture_setup_inside_of_anyio",
    "pytest_generate_tests",
    "pytest_itemcollected",
    "pytest_pyfunc_call",
    "pytest_runtest_setup",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """An async test gets its cloud although it does not ask for it: its loop needs one."""
    if not isinstance(item, pytest.Function) or name_of_cloud(item) or not uses_minicloud(item):
        return
    if mock_of(item) is None and inspect.iscoroutinefunction(item.obj):
        item.fixturenames.append("cloud")


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, None, None]:
    """While pytest-asyncio looks at a test of minicloud's, it finds a hook that says what loop to make."""
    hook = getattr(metafunc.config.hook, "pytest_asyncio_loop_factories", None)
    if hook is None or not is_async(metafunc.definition) or not uses_minicloud(metafunc.definition):
        return (yield)
    with _loops(metafunc.config).offered(metafunc):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Run an async fixture on the loop of the test's cloud; have loops follow a cloud that was set up."""
    function = fixturedef.func
    is_async_fixture = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    if is_async_fixture and _may_be_ours(request._pyfuncitem):
        with _loops(request.config).running(fixturedef, request):
            value = yield
    else:
        value = yield
    if fixturedef.argname in CLOUDS and is_cloud(value):
        _loops(request.config).has_set_up(fixturedef, request._pyfuncitem, value)
    return value


@pytest.hookimpl(specname="pytest_fixture_setup", wrapper=True, trylast=True)
def pytest_fixture_setup_inside_of_anyio(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Where anyio has put itself in the place of an async fixture, it is told what loop to make."""
    if getattr(fixturedef.func, "__module__", "") == "anyio.pytest_plugin" and _may_be_ours(request._pyfuncitem):
        with _loops(request.config).offered_to_anyio_for_fixture(fixturedef, request):
            return (yield)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An async test of ours cannot have fixtures on another plugin's loop."""
    if is_async(item) and runs_here(item):
        _loops(item.config).check(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run an async test on the loop of its cloud; or see to it that the loop of another plugin follows that."""
    if is_async(pyfuncitem) and (_may_be_ours(pyfuncitem) or "minicloud.cloud.event_loop" in sys.modules):
        with _loops(pyfuncitem.config).running_test(pyfuncitem):
            return (yield)
    return (yield)


def _may_be_ours(item: Any) -> bool:
    """Whether a test uses minicloud, or has a fixture of its own that may be a cloud: then what it takes is loaded."""
    return bool(name_of_cloud(item)) or uses_minicloud(item)


def _loops(config: pytest.Config) -> Loops:
    from .loops import loops_of

    return loops_of(config)
