"""The folders of docs/examples have what whoever copies one needs. The CI's step `examples` runs them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FOLDERS = sorted(path for path in (DOCS / "examples").iterdir() if path.is_dir() and path.name != "__pycache__")
LINES = 80


def programs(folder: Path, tests: bool) -> list[Path]:
    """The files of the tests, or of the application: of Python, or of a shell."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".sh"))
    return [path for path in files if path.name.startswith(("test_", "conftest")) == tests]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    if path.suffix == ".sh":
        return found
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_gallery_shows_all_of_them() -> None:
    gallery = (DOCS / "examples" / "index.md").read_text(encoding="utf-8")
    assert FOLDERS
    assert [folder.name for folder in FOLDERS if f"({folder.name}/README.md)" not in gallery] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
class TestExample:
    def test_it_is_small(self, folder: Path) -> None:
        for tests in (False, True):
            lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in programs(folder, tests))
            assert 0 < lines <= LINES

    def test_its_application_does_not_know_minicloud(self, folder: Path) -> None:
        assert [path.name for path in programs(folder, tests=False) if "minicloud" in imports(path)] == []

    def test_it_says_what_it_is_and_needs(self, folder: Path) -> None:
        readme = (folder / "README.md").read_text(encoding="utf-8").splitlines()
        assert readme[0].startswith("# ")
        assert len([line for line in readme if line]) == 5
        assert "pytest" in readme[-1]
        assert (folder / "requirements.txt").read_text(encoding="utf-8").strip()
