"""The files that design and contributing speak of are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "minicloud" / "services"
PLACES = (ROOT, ROOT / "minicloud", SERVICES, *SERVICES.iterdir())
NAMED = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`")


PAGES = (
    "explanation/design.md",
    "explanation/design/calls.md",
    "explanation/design/services.md",
    "contributing.md",
    "extending.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_files_and_folders_that_are_named_exist(page: str) -> None:
    named = set(NAMED.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
    if not (ROOT / ".ci").exists():  # a source distribution, which all the rest is in
        named = {path for path in named if not path.startswith(".ci/")}
    assert named
    assert [path for path in sorted(named) if not any((place / path).exists() for place in PLACES)] == []
