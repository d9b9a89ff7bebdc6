"""Which packages a test needs, beside pytest and hypothesis, is said by a marker::

    pytestmark = pytest.mark.needs("boto3")  # a whole file; it may import boto3 at its top


    @pytest.mark.needs("httpx")  # one test
    def test_...

Names are those of imports, with dots for a module that only some releases of a package have. What needs a package that
is not here is skipped. A file's marker is read before the file is imported: it has to be written out, as above, alone
or in a list.

``MINICLOUD_REQUIRE_BOTO=1`` says that everything has to run, as a check that skips in silence is none: then whatever
skips, for this reason or another, fails; but for want of what ``MINICLOUD_MAY_LACK`` names, because it is there in
another environment.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

ALL_HAVE_TO_RUN = os.environ.get("MINICLOUD_REQUIRE_BOTO") == "1"
MAY_LACK = os.environ.get("MINICLOUD_MAY_LACK", "").split()


@cache
def is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the package of this module is not
        return False


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*packages): skip where one of the packages is not installed.")


class FileThatLacks(pytest.Module):
    """A file that is not imported, as a package that it needs is not installed."""

    lacking: list[str]

    def collect(self) -> NoReturn:
        _skip_without(self.lacking)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    lacking = _lacking(_needs_of(module_path))
    if not lacking:
        return None
    module: FileThatLacks = FileThatLacks.from_parent(parent, path=module_path)
    module.lacking = lacking
    return module


def pytest_runtest_setup(item: pytest.Item) -> None:
    lacking = _lacking(name for marker in item.iter_markers("needs") for name in marker.args)
    if lacking:
        _skip_without(lacking)


def _needs_of(path: Path) -> Iterator[str]:
    """What the file's ``pytestmark`` names."""
    source = path.read_text(encoding="utf-8")
    if "mark.needs(" not in source:
        return
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
                for node in ast.walk(value):
                    match node:
                        case ast.Call(func=ast.Attribute(attr="needs"), args=names):
                            yield from map(ast.literal_eval, names)


def _lacking(names: Iterator[str]) -> list[str]:
    return [name for name in names if not is_installed(name)]


def _skip_without(lacking: list[str]) -> NoReturn:
    """Skip, for the sake of a package that may not lack if there is one; said from here, reports fold into one line."""
    pytest.skip(f"{min(lacking, key=MAY_LACK.__contains__)} is not installed", allow_module_level=True)


# --- where everything has to run -------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _no_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _no_skip(report)


def _no_skip(report: Any) -> Any:
    if ALL_HAVE_TO_RUN and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr)
        if not any(re.search(rf"\b{re.escape(name)}\b", reason) for name in MAY_LACK):
            report.outcome = "failed"
            report.longrepr = f"skipped, where everything has to run: {reason}"
    return report
