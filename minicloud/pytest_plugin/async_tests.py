"""Async tests on the cloud's time.

An ``async def`` test that asks for one of minicloud's fixtures, or has the marker ``minicloud``, runs as
``minicloud.run`` does: on an event loop whose time is that of its cloud. Tests that another plugin runs are left alone:
those marked for pytest-asyncio, anyio or trio, those of pytest-asyncio's auto mode, and those with anyio's fixture.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

import pytest

from .items import fixtures_of_minicloud
from .options import option

__all__ = ["pytest_itemcollected", "pytest_pyfunc_call"]

_MARKS_OF_OTHERS = ("asyncio", "anyio", "trio", "asyncio_cooperative", "twisted")
_FIXTURES_OF_OTHERS = frozenset({"anyio_backend", "event_loop", "io_loop", "nursery"})


def _runs_here(item: pytest.Item) -> bool:
    """Whether it is an async test of minicloud's that nobody else runs."""
    if not _is_nobodys(item):
        return False
    if fixtures_of_minicloud(item) or item.get_closest_marker("minicloud") is not None:
        return True
    # A project's own fixture of that name may be a cloud, or anything else of the project's.
    of_cloud = sys.modules.get("minicloud.cloud")
    return of_cloud is not None and isinstance(getattr(item, "funcargs", {}).get("cloud"), of_cloud.Cloud)


def _is_nobodys(item: pytest.Item) -> bool:
    # Of this very class: the methods of a TestCase, and what pytest-asyncio runs in its auto mode, are of others.
    if type(item) is not pytest.Function or not inspect.iscoroutinefunction(item.obj):
        return False
    names = set(item.fixturenames)
    if names & _FIXTURES_OF_OTHERS:
        return False
    return not any(item.get_closest_marker(name) for name in _MARKS_OF_OTHERS)


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
    patience = option(pyfuncitem.config, pyfuncitem, "patience")
    run(pyfuncitem.obj(**arguments), cloud=cloud, **({} if patience is None else {"patience": patience}))
    return True
