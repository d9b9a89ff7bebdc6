"""The version is written down in three places, which agree."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import minicloud

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_package_and_the_distribution_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert minicloud.__version__ == project["version"]


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
