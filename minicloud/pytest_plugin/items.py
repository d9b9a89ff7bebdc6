"""What the plugin keeps of a test, and asks of it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["clouds_of_fixtures", "is_of_hypothesis", "may_use_minicloud", "nearest"]

clouds_of_fixtures: pytest.StashKey[list[Cloud]] = pytest.StashKey()
"""The clouds that the plugin's own fixture has made for a test."""

_FIXTURES = frozenset({"cloud", "sqs", "sns", "kinesis", "mock_aws"})


def nearest(item: pytest.Item, name: str, default: Any) -> Any:
    """What the nearest marker ``minicloud`` says under this name."""
    for marker in item.iter_markers("minicloud"):
        if marker.kwargs.get(name) is not None:
            return marker.kwargs[name]
    return default


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
