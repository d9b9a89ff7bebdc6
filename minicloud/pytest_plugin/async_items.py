"""Whose an async test is: minicloud's, which runs it on the loop of its cloud, or another plugin's. O(fixtures)."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from .items import fixtures_of_minicloud

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "CLOUDS",
    "cloud_of",
    "definitions",
    "is_async",
    "is_cloud",
    "is_of_others",
    "mock_of",
    "name_of_cloud",
    "runs_here",
    "uses_minicloud",
]

CLOUDS = ("cloud", "cloud_module", "cloud_session")
"""The fixtures that are clouds."""
_MARKS_OF_OTHERS = ("asyncio", "anyio", "trio", "asyncio_cooperative", "twisted")
_FIXTURES_OF_OTHERS = frozenset({"event_loop", "io_loop", "nursery"})
_OTHERS = frozenset({"pytest_asyncio", "pytest_tornado", "pytest_tornasync", "pytest_trio"})
"""Whose they are: a project may call what it likes by these names. (anyio's it overrides, to choose a backend.)"""


def is_async(item: Any) -> bool:
    """Whether a test is ``async def``, also where another plugin has put something around it that is not."""
    function = getattr(item, "obj", None)
    return function is not None and inspect.iscoroutinefunction(inspect.unwrap(function))


def mock_of(node: Any) -> Callable[[], Any] | None:
    """What makes the mock of a test that ``mock_aws`` decorates."""
    made: Callable[[], Any] | None = getattr(getattr(node, "obj", None), "minicloud_mock", None)
    return made


def uses_minicloud(node: Any) -> bool:
    """Whether a test asks for one of minicloud's fixtures, has its marker, or is under ``mock_aws``. O(fixtures)."""
    if node.get_closest_marker("minicloud") is not None or mock_of(node) is not None:
        return True
    return bool(fixtures_of_minicloud(node))


def runs_here(item: pytest.Item) -> bool:
    """Whether it is an async test of minicloud's that nobody else runs."""
    # Of this very class: the methods of a TestCase, and what pytest-asyncio runs in its auto mode, are of others.
    if type(item) is not pytest.Function or not inspect.iscoroutinefunction(item.obj):
        return False
    # A project's own fixture of that name may be a cloud, or anything else of the project's.
    return not is_of_others(item) and (uses_minicloud(item) or cloud_of(item) is not None)


def is_of_others(item: pytest.Item) -> bool:
    """Whether another plugin runs an async test, or its async fixtures."""
    names = getattr(item, "fixturenames", ())
    if "anyio_backend" in names or any(_is_of_other(item, name) for name in _FIXTURES_OF_OTHERS.intersection(names)):
        return True
    return any(item.get_closest_marker(name) for name in _MARKS_OF_OTHERS)


def _is_of_other(item: Any, name: str) -> bool:
    modules = [getattr(found.func, "__module__", None) or "" for found in definitions(item).get(name, ())]
    return any(module.partition(".")[0] in _OTHERS for module in modules)


def definitions(node: Any) -> dict[str, Any]:
    """The fixtures that a test asks for, directly or by others: under each name, the one that holds comes last."""
    info = getattr(node, "_fixtureinfo", None)
    return {} if info is None else info.name2fixturedefs


def name_of_cloud(item: Any) -> str:
    """The name of the fixture on whose time a test is: of several clouds, that of the test itself. Empty: of none."""
    return next((name for name in CLOUDS if name in getattr(item, "fixturenames", ())), "")


def cloud_of(item: Any) -> Cloud | None:
    """The value of that fixture, if it has been set up and is a cloud."""
    name = name_of_cloud(item)
    value = getattr(item, "funcargs", {}).get(name)
    if value is None and name:
        for found in reversed(item._request._arg2fixturedefs.get(name, ())):
            if found.cached_result is not None:
                value = found.cached_result[0]
                break
    return value if is_cloud(value) else None


def is_cloud(value: object) -> bool:
    """Whether it is a ``minicloud.Cloud``, asked without importing that."""
    module = sys.modules.get("minicloud.cloud")
    return module is not None and isinstance(value, module.Cloud)
