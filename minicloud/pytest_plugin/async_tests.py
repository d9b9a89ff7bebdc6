"""Async tests on the cloud's time.

An ``async def`` test that asks for one of minicloud's fixtures, or has the marker ``minicloud``, runs as
``minicloud.run`` does: on an event loop whose time is that of its cloud. Tests that another plugin runs are left alone:
those marked for pytest-asyncio, anyio or trio, those of pytest-asyncio's auto mode, and those with anyio's fixture.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

__all__ = ["pytest_itemcollected", "pytest_pyfunc_call"]

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
    if isinstance(item, pytest.Function) and _runs_here(item) and "cloud" not in item.fixturenames:
        item.fixturenames.append("cloud")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """Run an async test on the loop of its cloud."""
    if not _runs_here(pyfuncitem):
        return None
    from ..cloud import Cloud
    from ..core.shown import shown
    from ..event_loop import run

    cloud = pyfuncitem.funcargs["cloud"]
    if not isinstance(cloud, Cloud):
        pytest.fail(f"the fixture cloud of an async test must be a minicloud.Cloud, not {shown(cloud)}", pytrace=False)
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    run(pyfuncitem.obj(**arguments), cloud=cloud)
    return True
