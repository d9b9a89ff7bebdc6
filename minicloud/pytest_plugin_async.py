"""Async tests on the cloud's time, and faults that have to fire: the plugin's part of running a test.

An ``async def`` test that asks for one of minicloud's fixtures, or has the marker ``minicloud``, runs as
``minicloud.run`` does: on an event loop whose time is that of its cloud. Tests that another plugin runs are left alone:
those marked for pytest-asyncio, anyio or trio, those of pytest-asyncio's auto mode, and those with anyio's fixture.

A test that has passed fails when a fault of its cloud never fired, unless the fault is optional.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .cloud import Cloud

__all__ = ["pytest_itemcollected", "pytest_pyfunc_call", "pytest_runtest_call"]

_FIXTURES = frozenset({"cloud", "sqs", "sns", "kinesis", "mock_aws"})
_MARKS_OF_OTHERS = ("asyncio", "anyio", "trio", "asyncio_cooperative", "twisted")
_FIXTURES_OF_OTHERS = frozenset({"anyio_backend", "event_loop", "io_loop", "nursery"})


def _runs_here(item: pytest.Item) -> bool:
    """Whether it is an async test of minicloud's that nobody else runs."""
    # Of this very class: the methods of a TestCase, and what pytest-asyncio runs in its auto mode, are of others.
    if type(item) is not pytest.Function or not inspect.iscoroutinefunction(item.obj):
        return False
    names = set(item.fixturenames)
    if names & _FIXTURES_OF_OTHERS:
        return False
    if any(item.get_closest_marker(name) for name in _MARKS_OF_OTHERS):
        return False
    return bool(names & _FIXTURES) or item.get_closest_marker("minicloud") is not None


def pytest_itemcollected(item: pytest.Item) -> None:
    """An async test gets its cloud although it does not ask for it: its loop needs one."""
    if _runs_here(item):
        assert isinstance(item, pytest.Function)
        if "cloud" not in item.fixturenames:
            item.fixturenames.append("cloud")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """Run an async test on the loop of its cloud."""
    if not _runs_here(pyfuncitem):
        return None
    from .clients.aio_run import run
    from .cloud import Cloud

    cloud = pyfuncitem.funcargs["cloud"]
    if not isinstance(cloud, Cloud):
        pytest.fail(f"the fixture cloud of an async test has to be a minicloud.Cloud, not {cloud!r}", pytrace=False)
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    run(pyfuncitem.obj(**arguments), cloud=cloud)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A passed test fails when a fault never fired."""
    yield
    from .pytest_report import clouds_of

    clouds: list[Cloud] = item.stash.get(clouds_of, [])
    unused = [fault for cloud in clouds if "faults" in vars(cloud) for fault in cloud.faults.unused]
    if unused:
        lines = "\n".join(f"  {fault!r}" for fault in unused)
        pytest.fail(
            f"{len(unused)} of the test's faults never fired; say optional=True of those that may not:\n{lines}",
            pytrace=False,
        )
