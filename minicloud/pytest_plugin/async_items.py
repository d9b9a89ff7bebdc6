"""Whose an async test is: minicloud's, which runs it on the loop of its cloud, or another plugin's. O(fixtures)."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "cloud_of",
    "definitions",
    "is_async",
    "is_cloud",
    "is_minicloud_fixture",
    "is_of_others",
    "mock_of",
    "runs_here",
    "uses_minicloud",
]

_MARKS_OF_OTHERS = ("asyncio", "anyio", "trio", "asyncio_cooperative", "twisted")
_FIXTURES_OF_OTHERS = frozenset({"anyio_backend", "event_loop", "io_loop", "nursery"})


def is_async(item: Any) -> bool:
    """Whether a test is ``async def``, also where another plugin has put something around it that is not."""
    function = getattr(item, "obj", None)
    return function is not None and inspect.iscoroutinefunction(inspect.unwrap(function))


def is_minicloud_fixture(node: Any, name: str) -> bool:
    """Whether the fixture of that name is minicloud's, for this test, or one of the test's that builds on it."""
    for definition in reversed(definitions(node).get(name, ())):
        if str(getattr(definition.func, "__module__", "")).startswith("minicloud."):
            return True
        if name not in definition.argnames:
            return False
    return False


def mock_of(node: Any) -> Callable[[], Any] | None:
    """What makes the mock of a test that ``mock_aws`` decorates."""
    made: Callable[[], Any] | None = getattr(getattr(node, "obj", None), "minicloud_mock", None)
    return made


def uses_minicloud(node: Any) -> bool:
    """Whether a test asks for one of minicloud's fixtures, has its marker, or is under ``mock_aws``. O(fixtures)."""
    if node.get_closest_marker("minicloud") is not None or mock_of(node) is not None:
        return True
    return any(is_minicloud_fixture(node, name) for name in definitions(node))


def runs_here(item: pytest.Item) -> bool:
    """Whether it is an async test of minicloud's that nobody else runs."""
    # Of this very class: the methods of a TestCase, and what pytest-asyncio runs in its auto mode, are of others.
    if type(item) is not pytest.Function or not inspect.iscoroutinefunction(item.obj):
        return False
    # A project's own fixture of that name may be a cloud, or anything else of the project's.
    return not is_of_others(item) and (uses_minicloud(item) or cloud_of(item) is not None)


def is_of_others(item: pytest.Item) -> bool:
    """Whether another plugin runs an async test, or its async fixtures."""
    if not _FIXTURES_OF_OTHERS.isdisjoint(getattr(item, "fixturenames", ())):
        return True
    return any(item.get_closest_marker(name) for name in _MARKS_OF_OTHERS)


def definitions(node: Any) -> dict[str, Any]:
    """The fixtures that a test asks for, directly or by others: under each name, the one that holds comes last."""
    info = getattr(node, "_fixtureinfo", None)
    return {} if info is None else info.name2fixturedefs


def cloud_of(item: Any) -> Cloud | None:
    """The value of a test's fixture ``cloud``, if that has been set up and is a cloud."""
    value = getattr(item, "funcargs", {}).get("cloud")
    if value is None:
        for found in reversed(item._request._arg2fixturedefs.get("cloud", ())):
            if found.cached_result is not None:
                value = found.cached_result[0]
                break
    return value if is_cloud(value) else None


def is_cloud(value: object) -> bool:
    """Whether it is a ``minicloud.Cloud``, asked without importing that."""
    module = sys.modules.get("minicloud.cloud")
    return module is not None and isinstance(value, module.Cloud)
