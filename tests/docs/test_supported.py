"""docs/supported.md says what the operations' signatures say."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_supported_operations_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "make_supported.py"))["page"]
    checked_in = (DOCS / "supported.md").read_text(encoding="utf-8")
    assert page() == checked_in, "docs/supported.md is stale: run python3 docs/make_supported.py"
