"""The README on the package index: no link of it leads nowhere, with an address of the repository and without one."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")


@pytest.fixture
def distribution() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "_tools" / "distribution.py"))


def checkout(folder: Path, repository: str) -> Path:
    """The two files that the description is made of, where the repository is at this address."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        re.sub(r'(?m)^repository = ".*"$', f'repository = "{repository}"', pyproject), encoding="utf-8"
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    more = "\n[here](#install) [there](docs/index.md#examples) [elsewhere](https://example.com)\n"
    (folder / "README.md").write_text(readme + more, encoding="utf-8")
    return folder


def test_without_an_address_only_the_texts_of_links_stay(distribution: dict[str, Any], tmp_path: Path) -> None:
    root = checkout(tmp_path, "")
    text = distribution["description"](root, "1.2.3")
    assert "\nhere there [elsewhere](https://example.com)\n" in text
    assert all(link.startswith("https://") for link in LINK.findall(text))
    assert text.endswith("in the source distribution, in the folder `docs`.\n")
    assert distribution["links"](root, "1.2.3") == {}


def test_with_one_they_lead_to_the_files_of_this_version(distribution: dict[str, Any], tmp_path: Path) -> None:
    root = checkout(tmp_path, "https://forge.example/minicloud")
    text = distribution["description"](root, "1.2.3")
    files = "https://forge.example/minicloud/blob/v1.2.3"
    assert f"\n[here](#install) [there]({files}/docs/index.md#examples) [elsewhere](https://example.com)\n" in text
    assert all(link.startswith(("https://", "#")) for link in LINK.findall(text))
    named = [link.removeprefix(f"{files}/") for link in LINK.findall(text) if link.startswith(files)]
    assert len(named) > 3
    assert [name for name in named if not (ROOT / name.partition("#")[0]).exists()] == []
    assert distribution["links"](root, "1.2.3") == {
        "Source": "https://forge.example/minicloud",
        "Documentation": f"{files}/docs/index.md",
        "Changelog": f"{files}/CHANGELOG.md",
        "Security": f"{files}/docs/SECURITY.md",
    }
