"""Verdicts: what has to hold of the clouds that a test has made.

Judged is each cloud that the test's own code made, in whatever form, or one of its fixtures of the scope of a function:
when it is closed, for afterwards it answers nothing, or else when the test is over. What outlives the test (the default
cloud, those of wider fixtures and of modules) is not judged, nor is a test that has not passed. All complaints are kept
until everything of the test has been torn down, and make it an error then. Loaded only when a test, or the ini file,
asks for verdicts.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from textwrap import indent
from typing import TYPE_CHECKING, Any

import pytest

from ..core.shown import shown
from ..default import is_default
from ..engine import locks
from ..engine.forks import tell_in_forked_processes
from ..inspection.verdicts import check_verdicts, judge
from .clouds import clouds_of_tests
from .items import is_of_hypothesis

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..inspection.measured_verdicts import Verdict
    from .clouds import CloudsOfTests

__all__ = ["Verdicts", "verdicts_of"]

_MOST_TOLD = 5
"""Of so many clouds the complaints are told: the latest ones."""

_NAME = "minicloud-verdicts"


def verdicts_of(config: pytest.Config) -> Verdicts:
    """The plugin of this run, registered when it is first asked for."""
    found: Verdicts | None = config.pluginmanager.get_plugin(_NAME)
    if found is None:
        found = Verdicts(clouds_of_tests(config))
        config.pluginmanager.register(found, _NAME)
    return found


class Verdicts:
    """Judges the clouds of the test that runs. A plugin of its own, made when the first test asks for verdicts."""

    def __init__(self, clouds: CloudsOfTests) -> None:
        self._checks: _ChecksOfTest | None = None
        self._scopes: list[str] = []
        """Of the fixtures that are being set up, the innermost last."""
        clouds.when_made.append(self._made)
        clouds.when_over.append(self._end)

    def begin(self, item: pytest.Item, names: Any) -> None:
        """A test begins that asks for verdicts. Fails for one that there is not."""
        self._checks = _ChecksOfTest(item, check_verdicts(names))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """A fixture is set up, which may make clouds."""
        self._scopes.append(fixturedef.scope)
        try:
            return (yield)
        finally:
            self._scopes.pop()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A part of the test has failed, as expected or not, or was skipped: there is nothing to judge."""
        report = yield
        if self._checks is not None and (report.failed or call.excinfo is not None):
            self._checks.are_off = True
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Everything of the test has been torn down, and nothing has failed."""
        result = yield
        if self._checks is not None and not self._checks.are_off:
            complaints = self._checks.complaints()
            if complaints:
                pytest.fail(complaints, pytrace=False)
        return result

    def _made(self, cloud: Cloud, while_body_runs: bool) -> None:
        its_own = self._scopes[-1] == "function" if self._scopes else while_body_runs
        if its_own and self._checks is not None:
            self._checks.made(cloud)

    def _end(self) -> None:
        if self._checks is not None:
            self._checks.are_off = True
        self._checks = None


class _ChecksOfTest:
    """What has to hold at the end of one test, and what there is to say against its clouds."""

    def __init__(self, item: pytest.Item, verdicts: tuple[Verdict, ...]) -> None:
        self.are_off = False
        """Whether no cloud is judged any more: the test is over, or it has not passed."""
        self._of_examples = is_of_hypothesis(item)
        # Of many examples, some may well do without the fault.
        self._verdicts = tuple(one for one in verdicts if not (self._of_examples and one.name == "faults_fired"))
        self._count = 0
        self._open: dict[Cloud, int] = {}
        """Those that are still to be judged when the test is over, and how many were made before."""
        self._complaints: list[str] = []
        self._lock = locks.lock()
        tell_in_forked_processes(self)

    def is_a_copy(self) -> None:
        """This is a forked process: another thread may have held the lock, and was not copied."""
        self._lock = locks.lock()

    def made(self, cloud: Cloud) -> None:
        """It is to be judged, too."""
        with self._lock:
            number = self._count = self._count + 1
            if not self._of_examples:  # an example that was given up does not close its clouds
                self._open[cloud] = number
        cloud.on_closing = lambda closing: self._closing(closing, number)

    def complaints(self) -> str:
        """What there is to say in the end; empty when nothing is."""
        for cloud, number in list(self._open.items()):
            if not cloud.closed and not is_default(cloud):
                self._judge(cloud, number)
        complaints = self._complaints
        if not complaints:
            return ""
        if self._count == 1:
            only = complaints[0].partition("\n")[2]
            return f"the test has passed, but its cloud is not as it should be\n{only}"
        are = "is not as it" if len(complaints) == 1 else "are not as they"
        lines = [f"the test has passed, but {len(complaints)} of its {self._count} clouds {are} should be"]
        if len(complaints) > _MOST_TOLD:
            lines.append(f"(only the latest {_MOST_TOLD} are shown)")
        return "\n".join(lines + [indent(text, "  ").removeprefix("  ") for text in complaints[-_MOST_TOLD:]])

    def _closing(self, cloud: Cloud, number: int) -> None:
        with self._lock:
            self._open.pop(cloud, None)
        if self.are_off:
            return
        if self._of_examples and sys.exc_info()[0] is not None:
            return  # of an example that fails, which is told anyway, or that hypothesis had given up
        self._judge(cloud, number)

    def _judge(self, cloud: Cloud, number: int) -> None:
        text = judge(cloud, self._verdicts)
        if text:
            with self._lock:
                self._complaints.append(f"cloud {number}, seed={shown(cloud.seed, 2_000)}:\n{text}")
