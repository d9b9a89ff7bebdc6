"""The suite on two cores (``tests/support/both_cores.py``): nothing that another process has to say is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.both_cores import WARM_UP

ROOT = Path(__file__).parents[1]
CONFTEST = """
import os, sys, time
from pathlib import Path
import pytest

sys.path.insert(0, ROOT)
pytest_plugins = ["tests.support.both_cores"]
FIRST = os.getpid()
FOLDER = Path(__file__).parent / "met"
FOLDER.mkdir(exist_ok=True)

def pytest_configure():
    from tests.support import both_cores
    both_cores.FEW, both_cores.PORTION = 20, 3
    os.sched_getaffinity = lambda process: {0, 1}

@pytest.fixture(scope="session")
def is_another():
    (FOLDER / str(os.getpid())).touch()
    while len(list(FOLDER.iterdir())) < 3:
        time.sleep(0.001)  # until all processes have a test
    return os.getpid() != FIRST
"""
TESTS = """
import os, warnings
import pytest

@pytest.mark.parametrize("number", range(20))
def test(number, is_another, tmp_path):
    warnings.warn(f"warning {number}")
    print(f"process {is_another}")
    (tmp_path / "a").touch()
    if number == 8:
        pytest.skip("a reason")
    assert not (FAILS)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there it forks")


@pytest.fixture(autouse=True)
def _by_itself(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINICLOUD_PROCESSES", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # hypothesis for one, which none of these runs uses
    pytester.makeconftest(CONFTEST.replace("ROOT", repr(str(ROOT))))


def outcome(pytester: pytest.Pytester, fails: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_one=TESTS.replace("FAILS", fails), test_two=TESTS.replace("FAILS", fails))
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rs", *options)


def test_all_of_each_process_is_reported(pytester: pytest.Pytester) -> None:
    result = outcome(pytester, "number == 7", "--junitxml=all.xml")
    result.assert_outcomes(passed=36, failed=2, skipped=2, warnings=40)
    assert (pytester.path / "all.xml").read_text().count("<testcase ") == 40
    result.stdout.fnmatch_lines(["*number = 7*", "*Captured stdout call*", "process *", "*a reason*"])


@pytest.mark.parametrize("which", ["is_another", "not is_another"])
def test_the_first_failure_of_any_ends_all(pytester: pytest.Pytester, which: str) -> None:
    result = outcome(pytester, which, "-x")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"process {which == 'is_another'}", "*stopping after 1 failures*"])


def test_a_process_that_is_gone_is_an_error(pytester: pytest.Pytester) -> None:
    result = outcome(pytester, "is_another and os._exit(0)")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["INTERNALERROR> RuntimeError: of 40 tests *"])
    result = outcome(pytester, "is_another and pytest.exit('enough')")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["INTERNALERROR> RuntimeError: process [23] of 3 has ended with *", "*enough*"])


def test_what_is_run_beside_a_first_collection_is_there() -> None:
    collected = [
        path.read_text(encoding="utf-8") for folder in ("sns", "sqs") for path in (ROOT / "tests" / folder).glob("*.py")
    ]
    for name in WARM_UP.split(" or "):
        assert sum(f"def {name}(" in text for text in collected) == 1
