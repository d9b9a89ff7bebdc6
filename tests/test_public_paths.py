"""The public paths of docs/explanation/design.md can be imported, and have what they are said to have."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Public paths\n")[2].partition("\n## ")[0]
PATHS = dict(re.findall(r"^\| `(minicloud[\w.]*)` \| (.+) \|$", SECTION, re.MULTILINE))


def test_there_are_paths() -> None:
    assert {"minicloud", "minicloud.exceptions", "minicloud.typing"} <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_public_paths_can_be_imported(path: str) -> None:
    module = importlib.import_module(path)
    assert module.__doc__
    assert module.__all__
    named = [name for name in re.findall(r"`(\w+)`", PATHS[path]) if not hasattr(module, name)]
    assert named == []


def test_what_users_are_shown_comes_from_public_paths() -> None:
    """In the pages for users; design, contributing and extending are about the inside."""
    root = Path(__file__).parents[1]
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    shown = {
        module
        for page in pages
        if page.name not in ("design.md", "contributing.md", "extending.md")
        for module in re.findall(r"\b(?:from|import) (minicloud(?:\.\w+)*)", page.read_text(encoding="utf-8"))
    }
    assert shown - set(PATHS) == set()
