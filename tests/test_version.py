"""The version is written down in one place, the package, and the changelog knows it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import minicloud

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_distribution_takes_its_version_from_the_package() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in pyproject["project"]["dynamic"]
    assert pyproject["tool"]["hatch"]["version"] == {"path": "minicloud/__init__.py"}
    source = (ROOT / "minicloud" / "__init__.py").read_text(encoding="utf-8")
    assert re.findall(r'^__version__ = "(.+)"$', source, re.MULTILINE) == [minicloud.__version__]


def test_the_changelog_knows_the_version() -> None:
    """A version under development is what comes after the newest release; another one has a section of its own."""
    sections = re.findall(r"^## \[(.+?)\](?: - (.+))?$", CHANGELOG, re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    releases = [tuple(int(part) for part in version.split(".")) for version, _ in sections[1:]]
    assert releases == sorted(releases, reverse=True)
    assert all(date.fromisoformat(day) for _, day in sections[1:])
    version, _, development = minicloud.__version__.partition(".dev")
    current = tuple(int(part) for part in version.split("."))
    assert current > releases[0] if development else current == releases[0]
