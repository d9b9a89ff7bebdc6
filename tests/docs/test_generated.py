"""Pages that list what the code has say what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import minicloud

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_supported_operations_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "_tools" / "make_operations.py"))["page"]
    checked_in = (DOCS / "reference" / "operations.md").read_text(encoding="utf-8")
    assert page() == checked_in, "docs/reference/operations.md is stale: run python3 docs/_tools/make_operations.py"


def test_the_page_of_issues_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "_tools" / "make_issues.py"))["page"]
    checked_in = (DOCS / "reference" / "issues-you-will-not-have.md").read_text(encoding="utf-8")
    assert page() == checked_in, "docs/reference/issues-you-will-not-have.md: run python3 docs/_tools/make_issues.py"


@pytest.mark.parametrize("name", vars(minicloud.Limits()))
def test_every_limit_is_on_its_page_with_its_default(name: str) -> None:
    default = getattr(minicloud.Limits(), name)
    shown = f"{default:,}" if type(default) is int else f"`{default}`"
    assert f"| `{name}` | {shown} |" in (DOCS / "reference" / "limits.md").read_text(encoding="utf-8")
