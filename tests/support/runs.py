"""Runs of pytest with minicloud's plugin, inside of this process or in one of their own.

Inside is an order of magnitude faster. pytester forgets the modules that such a run has imported, which must be none of
minicloud's, nor one of those that it hooks into: this process would then have them twice. So all are imported here.
What leaves threads behind, or starts workers, runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from pkgutil import walk_packages

import pytest

import minicloud
import minicloud.default
import minicloud.pytest_plugin

ROOT = Path(__file__).parents[2]

_INSTALLED = bool(entry_points(group="pytest11", name="minicloud"))
_PLAINLY = ("-p", "no:cacheprovider", "-p", "no:randomly")

for module in walk_packages(minicloud.__path__, "minicloud."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
import_module("unittest.async_case")  # which unittest itself imports where it is first asked for
for package in ("botocore", "aiobotocore"):
    if find_spec(package) is not None:
        import_module(f"{package}.client")


def run_inside(pytester: pytest.Pytester, *arguments: str | PathLike[str]) -> pytest.RunResult:
    """Run the tests in pytester's folder inside of this process, with a default cloud of their own."""
    with _the_same_everywhere() as patch:
        patch.setattr(minicloud.default, "_default_cloud", None)
        plugins = [] if _INSTALLED else [minicloud.pytest_plugin]
        return pytester.runpytest_inprocess(*_PLAINLY, *arguments, plugins=plugins)


def run_apart(pytester: pytest.Pytester, *arguments: str | PathLike[str]) -> pytest.RunResult:
    """Run the tests in pytester's folder in a process of its own, with the plugins that the arguments name."""
    with _the_same_everywhere() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # to load what is installed here takes half of such a run
        return pytester.runpytest_subprocess("-p", "minicloud.pytest_plugin", *_PLAINLY, *arguments)


@contextmanager
def _the_same_everywhere() -> Iterator[pytest.MonkeyPatch]:
    """Where what a run shows does not depend on where this one runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        for name in ("CI", "BUILD_NUMBER"):  # with these, pytest repeats whole messages in its summary
            patch.delenv(name, raising=False)
        yield patch
