"""What a run of the suite leaves out or cannot do is said once (``tests/support/modelled.py`` and ``ways.py``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from minicloud.services.registry import KNOWN_RELEASE
from tests.support.ways import ALL

ROOT = Path(__file__).parents[1]
CONFTEST = f"""
import sys
import pytest

sys.path.insert(0, {str(ROOT)!r})
pytest_plugins = ["tests.support.needs", "tests.support.ways", "tests.support.modelled"]

@pytest.hookimpl(tryfirst=True)
def pytest_configure():
    from tests.support import modelled, ways
    modelled._is_older = lambda: True
    ways.is_installed = lambda name: False
"""
TESTS = """
import pytest

@pytest.mark.known_release
@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_of_a_release(name):
    pass

def test_of_any():
    pass
"""


@pytest.fixture(autouse=True)
def _by_itself(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINICLOUD_WAYS", "MINICLOUD_REQUIRE_BOTO", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers = way: takes a way")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)


def said(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "left out" in line]


@pytest.mark.needs("botocore")
@pytest.mark.parametrize("args", [[], pytest.param(["-p", "xdist", "-n", "2"], marks=pytest.mark.needs("xdist"))])
def test_how_many_compare_with_another_release(pytester: pytest.Pytester, args: list[str]) -> None:
    import botocore

    result = pytester.runpytest_subprocess(*args)
    there = f"and {botocore.__version__} is installed (docs/contributing.md says how to run them)"
    assert said(result) == [f"3 tests left out: they compare with botocore {KNOWN_RELEASE}, {there}"]
    result.assert_outcomes(passed=1, deselected=0 if args else 3)
    one = pytester.runpytest_subprocess(*args, "-k", "of_any or three")
    assert said(one) == [f"1 test left out: it compares with botocore {KNOWN_RELEASE}, {there}"]


def test_nothing_is_said_of_what_was_not_asked_for(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("-k", "of_any")
    assert said(result) == []
    result.assert_outcomes(passed=1, deselected=3)


@pytest.mark.parametrize(
    ("ways", "text"),
    [
        ("native nativ", f"MINICLOUD_WAYS names 'nativ', which is no way into a cloud: name some of {' '.join(ALL)},"),
        ("native,asyncio", "MINICLOUD_WAYS names 'native,asyncio', which is no way"),
        ("aioboto3", "MINICLOUD_WAYS names 'aioboto3', which needs aioboto3: `"),
        ("native endpoint-query", "MINICLOUD_WAYS names 'endpoint-query', which needs boto3: `"),
    ],
)
def test_ways_that_cannot_be_gone(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ways: str, text: str
) -> None:
    monkeypatch.setenv("MINICLOUD_WAYS", ways)
    result = pytester.runpytest_subprocess()
    (line,) = result.errlines[:1]
    assert line.startswith(f"ERROR: {text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
