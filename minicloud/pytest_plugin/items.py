"""What the plugin keeps of a test, and asks of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "clouds_of_fixtures",
    "fixtures_of_minicloud",
    "is_made_of",
    "is_of_hypothesis",
    "may_use_minicloud",
    "shared_cloud",
]

clouds_of_fixtures: pytest.StashKey[list[Cloud]] = pytest.StashKey()
"""The clouds that the plugin's own fixture has made for a test."""

shared_cloud: pytest.StashKey[Cloud | None] = pytest.StashKey()
"""The cloud of a decorator of a test, which began before the fixture was made: it is the fixture's, too."""

_FIXTURES = frozenset({"cloud", "cloud_module", "cloud_server", "cloud_session", "sqs", "sns", "kinesis", "mock_aws"})


def fixtures_of_minicloud(item: pytest.Item) -> set[str]:
    """The names of this plugin's fixtures that a test has, without those that are a project's own of that name."""
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    names = _FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return {name for name in names if _is_ours(name, definitions.get(name, ()))}


def _is_ours(name: str, definitions: Sequence[pytest.FixtureDef[object]]) -> bool:
    for one in reversed(definitions):
        if getattr(one.func, "__module__", None) == __package__:
            return True
        if name not in one.argnames:  # where it is, a project's own is made of the one that it stands before
            return False
    return False


def is_made_of(item: pytest.Item, decorated: object) -> bool:
    """Whether a function or class that was decorated is the test, or has it in it. O(depth)."""
    if isinstance(decorated, type):
        cls: Any = getattr(item, "cls", None)
        if cls is None:
            return False
        return issubclass(cls, decorated) or cls.__qualname__.startswith(f"{decorated.__qualname__}.")
    # Not the item's own function: while an async test runs, it has a plain one in that place.
    holder, name = getattr(item.parent, "obj", None), getattr(item, "originalname", item.name)
    function: Any = getattr(holder, name, None)
    function = getattr(function, "__func__", function)
    while function is not None and function is not decorated:
        function = getattr(function, "__wrapped__", None)
    return function is not None


def is_of_hypothesis(item: pytest.Item) -> bool:
    """Whether it runs for many examples."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def may_use_minicloud(item: pytest.Item) -> bool:
    """Whether its module has imported minicloud or something of it, or anybody in the process has used it. O(names)."""
    if "minicloud.cloud" in sys.modules:
        return True
    if not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
        return True
    values = list(getattr(getattr(item, "module", None), "__dict__", {}).values())
    names = [getattr(value, "__name__" if isinstance(value, ModuleType) else "__module__", None) for value in values]
    return any(isinstance(name, str) and name.partition(".")[0] == "minicloud" for name in names)
