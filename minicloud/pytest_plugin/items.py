"""What the plugin keeps of a test, and asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["clouds_of_fixtures", "is_of_hypothesis", "nearest"]

clouds_of_fixtures: pytest.StashKey[list[Cloud]] = pytest.StashKey()
"""The clouds that the plugin's own fixture has made for a test."""


def nearest(item: pytest.Item, name: str, default: Any) -> Any:
    """What the nearest marker ``minicloud`` says under this name."""
    for marker in item.iter_markers("minicloud"):
        if marker.kwargs.get(name) is not None:
            return marker.kwargs[name]
    return default


def is_of_hypothesis(item: pytest.Item) -> bool:
    """Whether it runs for many examples."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))
