"""What the report of a failed async test says of its loop, where the time of its clouds was not that of the loop.

Loaded only when a test fails that has used a cloud, or that another plugin has run.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from .async_items import is_async, is_of_others
from .items import clouds_of_fixtures

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .clouds import Use

__all__ = ["note_of", "real_time"]

_CURES = {
    "pytest-asyncio": (
        "in conftest.py, let pytest_asyncio_loop_factories() return {'minicloud': minicloud.loop_factory()} (before "
        "pytest-asyncio 1.4: let a fixture event_loop_policy make minicloud.EventLoop())"
    ),
    "anyio": 'let the fixture anyio_backend return ("asyncio", {"loop_factory": minicloud.EventLoop})',
}


def real_time(item: pytest.Item) -> str:
    """For a test on another plugin's loop, which was on no cloud's time. Empty where it is not known whose that was.

    A test that is marked for a plugin which is not installed has not run: pytest says so itself.
    """
    has_plugin = item.config.pluginmanager.has_plugin
    if _is_on_trio(item):
        return (
            "this test ran on trio, whose time is real: trio.sleep did not move the cloud's clock, nor can an asyncio "
            'client wait there; run it on asyncio: let the fixture anyio_backend return ("asyncio", {"loop_factory": '
            "minicloud.EventLoop})"
        )
    if item.get_closest_marker("asyncio") is not None and has_plugin("asyncio"):
        plugin = "pytest-asyncio"
    elif "anyio_backend" in getattr(item, "fixturenames", ()) and has_plugin("anyio"):
        plugin = "anyio"
    else:
        return ""
    return (
        f"this test ran on {plugin}'s own loop: asyncio.sleep took real time, and did not move the cloud's clock; "
        f"{_CURES[plugin]}"
    )


def _is_on_trio(item: pytest.Item) -> bool:
    backend = getattr(item, "funcargs", {}).get("anyio_backend")
    return (backend[0] if isinstance(backend, tuple) else backend) == "trio"


def note_of(item: pytest.Item, uses: list[tuple[Cloud, Use]]) -> str:
    """The same for clouds that the test, or a fixture of its project, has made for itself. O(clouds)."""
    if not is_async(item):
        return ""
    of_fixtures = item.stash.get(clouds_of_fixtures, [])
    made = [cloud for cloud, use in uses if cloud not in of_fixtures and cloud.clock.manual and use.has_calls(cloud)]
    if not made:
        return ""
    idle = [cloud for cloud, use in uses if cloud in of_fixtures and not use.has_calls(cloud)]
    if idle and idle == of_fixtures:
        return (
            "the loop of this test is on the time of the plugin's cloud, in which nothing was called: asyncio.sleep "
            f"did not move the clock of the cloud with seed={made[-1].seed!r}; have one cloud: ask for the fixture "
            "cloud, or mock_aws, where mock_aws() or Cloud() is called now"
        )
    if not of_fixtures and not any(map(_is_on_a_loop, made)):
        if is_of_others(item):
            return real_time(item)
        if _is_isolated(item):
            from ..boto.loops_of_tests import REAL_TIME

            return REAL_TIME
    return ""


def _is_isolated(item: pytest.Item) -> bool:
    module = sys.modules.get("unittest.async_case")
    cls = getattr(item, "cls", None)
    return module is not None and cls is not None and issubclass(cls, module.IsolatedAsyncioTestCase)


def _is_on_a_loop(cloud: Cloud) -> bool:
    """Whether a loop is on this cloud's time, or may have been."""
    module = sys.modules.get("minicloud.cloud.event_loop")
    return bool(cloud.sleepers.drivers) or (module is not None and bool(module.followers()))
