"""Paths into JSON documents."""

from __future__ import annotations

from typing import Any

import pytest

from minicloud.core.json_path import MISSING, PathError, read_path

EVENT: Any = {"detail-type": "t", "a b": None, "detail": {"x_1": [{"id": 1}, {"id": 2}, {}], "detail": {"y": [[7]]}}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", EVENT),
        ("$.detail-type", "t"),
        ("$.a b", None),
        ("$.detail.detail.y[0][0]", 7),
        ("$.detail.x_1[1].id", 2),
        ("$.detail.x_1[*].id", [1, 2]),
        ("$.detail.detail.*", [[[7]]]),
        ("$.detail.y", MISSING),
        ("$.detail.x_1[3]", MISSING),
        ("$.detail-type[0]", MISSING),
        ("$.detail.x_1.id", MISSING),
        ("$.detail.x_1[*].no", MISSING),
    ],
)
def test_what_is_found(path: str, found: Any) -> None:
    assert read_path(path).find(EVENT) == found


@pytest.mark.parametrize(
    "path", ["", "detail", "$detail", "$.", "$..a", "$.a['b']", '$["a"]', "$.a[", "$.a[-1]", "$[x]"]
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(PathError):
        read_path(path)
