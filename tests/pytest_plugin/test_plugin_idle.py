"""What the plugin costs where minicloud is installed and not used: a few small modules, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.runs import ROOT

CONFTEST = """
import json
import sys
from pathlib import Path

def pytest_unconfigure():
    Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
"""
TESTS = """
import unittest

import pytest

@pytest.fixture
def number():
    return 1

def test_passes(number):
    assert number == 1

def test_fails(number):
    assert number == 2

def test_is_skipped():
    pytest.skip("for a reason")

@pytest.mark.xfail
def test_fails_as_expected():
    raise ZeroDivisionError

@pytest.fixture
async def later():
    return 1

async def test_is_run_by_nobody(later):
    assert later == 1

class TestOfUnittest(unittest.TestCase):
    def test_passes(self):
        self.assertTrue(True)
"""

LOADED = {
    "minicloud",
    "minicloud.engine",
    "minicloud.engine.forks",
    "minicloud.engine.new_clouds",
    "minicloud.engine.weak",
    "minicloud.engine.locks",
    "minicloud.pytest_plugin",
    "minicloud.pytest_plugin.async_items",
    "minicloud.pytest_plugin.async_tests",
    "minicloud.pytest_plugin.clouds",
    "minicloud.pytest_plugin.faults",
    "minicloud.pytest_plugin.items",
    "minicloud.pytest_plugin.network",
    "minicloud.pytest_plugin.options",
}


def modules_of_a_run(folder: Path, *arguments: str) -> set[str]:
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    # Without all other plugins, whose modules might hide what minicloud's loads.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 failed, 2 passed, 1 skipped, 1 xfailed" in finished.stdout, finished.stdout + finished.stderr
    return set(json.loads((folder / "modules.json").read_text(encoding="utf-8")))


def test_a_run_that_does_not_use_minicloud_loads_almost_nothing(tmp_path: Path) -> None:
    without = modules_of_a_run(tmp_path)
    added = modules_of_a_run(tmp_path, "-p", "minicloud.pytest_plugin") - without
    assert {name for name in added if name.partition(".")[0] == "minicloud"} == LOADED
    assert added - LOADED == set()
