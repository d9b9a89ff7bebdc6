"""`.ci/run` itself: its list, one step by its name, and what it does when something fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LACKS = [name for name in ("bash", "git") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(
    bool(LACKS) or not (ROOT / ".git").exists(), reason=f"needs a clone, bash and git; lacks {LACKS}"
)

# A source distribution has no .ci, and then nothing here is run.
ORDER = (ROOT / ".ci" / "order").read_text(encoding="utf-8") if (ROOT / ".ci").exists() else ""
STEPS = [line.split()[0] for line in ORDER.splitlines() if not line.startswith("#")]


def run(*arguments: str, folder: Path = ROOT, real: bool = False) -> subprocess.CompletedProcess[str]:
    """A run in a folder; with the Pythons that are really here, or those of ``project``: no step of its runs one."""
    programs = folder.parent / "programs"
    path = os.environ["PATH"] if real else f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(folder / ".ci" / "run"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": path},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the runner, and three steps of its own; Python 3.11 and 3.13 are here, and no other."""
    folder = tmp_path / "project"
    (folder / ".ci" / "steps").mkdir(parents=True)
    for name in ("run", "lib.sh"):
        shutil.copy(ROOT / ".ci" / name, folder / ".ci" / name)
    steps = {
        "good": '# All is well.\necho "good on $version" | tee "$work/good-$version"\n',
        "bad": '# Nothing is well.\n. "$ci/lib.sh"\nls "$work"/good-*\nfalse\necho unreachable\n',
        "slow": "# Does not end by itself.\nsleep 600\n",
    }
    write(folder, steps, "# name runs cores\ngood each-python 1\nbad once 1\nslow once 1\n")
    for version in ("3.11", "3.12", "3.13", "3.14"):
        program(tmp_path, f"python{version}", 'echo "$0"' if version in ("3.11", "3.13") else "exit 1")
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def write(folder: Path, steps: dict[str, str], order: str) -> None:
    for name, text in steps.items():
        (folder / ".ci" / "steps" / f"{name}.sh").write_text(text, encoding="utf-8")
    (folder / ".ci" / "order").write_text(order, encoding="utf-8")


def program(folder: Path, name: str, script: str) -> None:
    file = folder / "programs" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, timeout=60)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "commit", "--quiet", "-m", "all")


def test_the_list_has_every_step_and_what_it_shows() -> None:
    listed = run("--list")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == STEPS
    assert all(len(line.split()) > 3 for line in listed.stdout.splitlines())
    assert set(STEPS) == {file.stem for file in (ROOT / ".ci" / "steps").iterdir()}


def test_one_step_by_its_name(project: Path) -> None:
    write(project, {}, "good once 1\nbad once 1\nslow once 1\n")
    commit(project)
    finished = run("good", folder=project, real=True)
    assert finished.returncode == 0, finished.stdout
    assert re.search(r"^ +\d+  good +ok\n +\d+  in all\neverything holds$", finished.stdout, re.MULTILINE)


def test_an_unknown_name_is_answered_with_the_list(project: Path) -> None:
    finished = run("good", "better", folder=project)
    assert finished.returncode == 2
    assert "no step is called better" in finished.stdout
    assert re.search(r"^ +slow +Does not end by itself\.$", finished.stdout, re.MULTILINE)
    assert "starts" not in finished.stdout


def test_a_python_that_is_not_here(project: Path) -> None:
    finished = run("good", "3.99", folder=project)
    assert finished.returncode == 2
    assert "no Python 3.99 is here" in finished.stdout


@pytest.mark.parametrize("there", [True, False])
def test_the_newest_python_comes_from_debian_for_the_steps_that_want_it(
    project: Path, tmp_path: Path, there: bool
) -> None:
    steps = {"bad": '# Is well today.\necho "also well on $version, and $newest is the newest"\n'}
    write(project, steps, "good also-debian 1\nbad each-python 1\nslow once 1\n")
    program(tmp_path, "apt-get", "exit 1")  # it is there, that is all
    program(tmp_path, "fetch", f'echo asked for "$1" >&2\n{"echo /of/debian" if there else "exit 1"}')
    shutil.copy(tmp_path / "programs" / "fetch", project / ".ci" / "debian_python")
    commit(project)

    finished = run("good", "bad", folder=project)
    assert finished.returncode == 0, finished.stdout
    assert finished.stdout.count("asked for 3.14") == 1
    assert ("good on 3.14" in finished.stdout) == (", and 3.14 of Debian" in finished.stdout) == there
    assert ("note: Debian's Python 3.14 could not be had" in finished.stdout) != there
    assert "well on 3.14" not in finished.stdout
    assert "3.14 is the newest" not in finished.stdout

    finished = run("bad", folder=project)
    assert "asked for" not in finished.stdout


def test_the_first_failure_ends_a_run_and_what_runs_beside_it(project: Path) -> None:
    # It fails when what began before it has ended, and was shown.
    wait = 'while ls -d "$work"/jobs/good-*; do sleep 0.01; done >/dev/null 2>&1'
    bad = f'# Nothing is well.\n. "$ci/lib.sh"\n{wait}\nls "$work"/good-*\nfalse\necho unreachable\n'
    write(project, {"bad": bad}, "good each-python 1\nslow once 1\nbad once 1\n")
    commit(project)
    finished = run(folder=project)
    assert finished.returncode == 1
    for version in ("3.11", "3.13"):
        assert re.search(rf"^good on {version}$", finished.stdout, re.MULTILINE)
        assert re.search(rf"good {version} +ok$", finished.stdout, re.MULTILINE)
    assert re.search(r"bad: failed after \d+ s\n/.*/good-3", finished.stdout)
    assert "failed: bad.sh, line 5: false\n" in finished.stdout
    assert re.search(r"bad +failed$", finished.stdout, re.MULTILINE)
    assert "slow               stopped" in finished.stdout
    assert "\nFAILED: bad; what ran beside it was stopped" in finished.stdout
    assert "unreachable" not in finished.stdout
    assert "everything holds" not in finished.stdout


def test_what_is_not_committed_does_not_count(project: Path) -> None:
    write(project, {"good": "# All is well.\nfalse\n"}, "good once 1\n")
    finished = run("good", folder=project)
    assert finished.returncode == 0, finished.stdout
    assert "uncommitted changes are left out" in finished.stdout


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ("good each-python 1\nbad once 1\n", ".ci/order lacks the step slow, so it would never run"),
        ("good sometimes 1\n", '"good sometimes 1" does not say how to run a file'),
        ("better once 1\n", '"better once 1" does not say how to run a file'),
        ("", ".ci/order lacks the step bad, so it would never run"),
    ],
)
def test_no_step_is_forgotten(project: Path, order: str, complaint: str) -> None:
    write(project, {}, order)
    commit(project)
    finished = run(folder=project)
    assert finished.returncode == 2
    assert complaint in finished.stdout


@pytest.mark.parametrize(
    ("reasons", "holds"),
    [
        (["tests/support/needs.py:91: boto3 is not installed", "tests/docs/test_reports.py:70: needs boto3"], True),
        (["tests/support/needs.py:91: boto3 is not installed", "tests/sqs/test_polls.py:7: no fork here"], False),
        (["tests/support/needs.py:91: on a busy machine"], False),
        ([], False),
    ],
    ids=["packages", "another reason", "another reason there", "nothing is told"],
)
def test_in_the_readme_step_tests_skip_for_packages_alone(project: Path, reasons: list[str], holds: bool) -> None:
    """What stands for the README's command here tells as pytest does what it has left out."""
    shutil.copy(ROOT / ".ci" / "steps" / "readme.sh", project / ".ci" / "steps")
    told = " ".join(f"'SKIPPED [1] {reason}'" for reason in reasons)
    (project / "README.md").write_text(f"<!-- test-command -->\n```sh\nprintf '%s\\n' all {told}\n```\n", "utf-8")
    write(project, {}, "readme once 1\ngood once 1\nbad once 1\nslow once 1\n")
    commit(project)
    finished = run("readme", folder=project, real=True)
    assert (finished.returncode == 0) == ("everything holds" in finished.stdout) == holds, finished.stdout
    assert ("these skip for another reason" in finished.stdout) == (not holds and reasons != [])
