"""`.ci/release`: what it refuses, in a repository where all else is as it should be; and the pins of the CI."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from minicloud.services.registry import KNOWN_RELEASE

ROOT = Path(__file__).parents[2]
UNRELEASED = "<!-- before the first release -->"
pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".ci").exists(), reason="needs git, and a clone of the repository"
)


def git(folder: Path, *arguments: str) -> None:
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=somebody",
        "-c",
        "user.email=somebody@example.com",
        *arguments,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def write(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    changed, count = re.subn(old, new, text, count=1)
    assert count == 1
    (folder / name).write_text(changed, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of the files that the script looks at, of which 9.9.9 can be released today."""
    folder = tmp_path / "project"
    for name in (".ci/release", "docs/_tools/distribution.py", "minicloud/__init__.py", "pyproject.toml", "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    today = datetime.now(UTC).date()
    readme = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(readme.replace(UNRELEASED, ""), encoding="utf-8")
    write(folder, "minicloud/__init__.py", '__version__ = ".*"', '__version__ = "9.9.9"')
    write(folder, "pyproject.toml", 'repository = ".*"', 'repository = "https://forge.example/minicloud"')
    # Otherwise these tests would fail half a year after somebody has compared.
    write(folder, "README.md", r"<!-- compared: .* -->", f"<!-- compared: {today} -->")
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## [Unreleased]\n\n## [9.9.9] - {today}\n\n### Added\n\n- All.\n", encoding="utf-8"
    )
    (folder / "docs" / "why.md").write_text(f"<!-- compared: {today} -->\n", encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")


def check(folder: Path, version: str = "9.9.9") -> list[str]:
    """What is missing."""
    command = [sys.executable, str(folder / ".ci" / "release"), version, "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if finished.returncode == 0:
        assert finished.stdout == f"{version} can be released\n"
        return []
    *complaints, last = finished.stderr.splitlines()
    assert finished.returncode == 1
    assert last == f"{version} cannot be released: see docs/releasing.md"
    return [complaint.removeprefix("- ") for complaint in complaints]


def test_what_can_be_released(project: Path) -> None:
    assert check(project) == []
    git(project, "tag", "v9.9.9")
    assert check(project) == ["there is a tag v9.9.9 already"]


def test_another_version_than_the_files_have(project: Path) -> None:
    today = datetime.now(UTC).date()
    assert check(project, "9.10") == [
        "'9.10' is not a version such as 0.2.0",
        "minicloud/__init__.py says 9.9.9",
        f"CHANGELOG.md has to go on with [9.10] - {today}, and not with [9.9.9] - {today}",
    ]


def test_all_that_is_missing_is_said_at_once(project: Path) -> None:
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    write(project, "CHANGELOG.md", r"\[Unreleased\]\n", "[Unreleased]\n\n- More.\n")
    write(project, "CHANGELOG.md", str(today), str(yesterday))
    write(project, "pyproject.toml", 'repository = ".*"', 'repository = ""')
    (project / "docs" / "why.md").write_text(f"<!-- compared: {today - timedelta(days=190)} -->\n", encoding="utf-8")
    git(project, "checkout", "--quiet", "-b", "other")
    assert check(project) == [
        "there are changes that are not committed",
        "releases are made of the branch main",
        "CHANGELOG.md has to begin with an [Unreleased] that is empty",
        f"CHANGELOG.md has to go on with [9.9.9] - {today}, and not with [9.9.9] - {yesterday}",
        'the repository\'s address is not known: fill in "repository" in [tool.minicloud] of pyproject.toml',
        f"docs/why.md compares with other emulators as of {today - timedelta(days=190)}: look at them again",
    ]


def test_a_comparison_without_a_date(project: Path) -> None:
    (project / "docs" / "why.md").write_text("As of today.\n", encoding="utf-8")
    write(project, "CHANGELOG.md", "### Added\n\n- All.\n", "")
    write(project, "README.md", r"(?s).+", "# minicloud\n")
    commit(project)
    assert check(project) == [
        "CHANGELOG.md says nothing of 9.9.9",
        "no comparison with other emulators says of which day it is",
    ]


def test_a_page_that_says_that_nothing_is_released(project: Path) -> None:
    (project / "docs" / "install.md").write_text(f"{UNRELEASED}\n\nFrom a clone.\n", encoding="utf-8")
    commit(project)
    assert check(project) == ["docs/install.md says that nothing is released yet"]


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / ".ci" / "constraints" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.partition(";")[0].strip().split("==") for line in lines if not line.startswith("#"))


def test_the_botocore_of_our_models_is_said_where_to_run_what_compares_with_it() -> None:
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    assert f" boto3=={KNOWN_RELEASE} botocore=={KNOWN_RELEASE}\n" in text


def test_what_the_ci_installs_is_pinned_once() -> None:
    """Also what pyproject.toml names: whoever raises a release there raises it here."""
    of_all, of_most = pins("all.txt"), pins("most.txt")
    assert of_all.keys() & of_most.keys() == set()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in [*extras["dev"], *extras["docs"], *extras["test"]]:
        name, _, release = requirement.partition("==")
        pinned = {**of_all, **of_most}[re.match(r"[\w-]+", name).group()]  # type: ignore[union-attr]
        assert release in {"", pinned}, requirement
    files = [file for folder in ("tests", "docs/examples") for file in (ROOT / folder).rglob("requirements.txt")]
    for file in files:
        for requirement in file.read_text(encoding="utf-8").splitlines():
            if requirement and not requirement.startswith("#"):
                assert re.match(r"[\w-]+", requirement).group() in {**of_all, **of_most}, (file, requirement)  # type: ignore[union-attr]
