"""``--minicloud-report``: the run ends with a table of the behaviours that the suite exercised.

``--minicloud-fail-under-behaviours=redelivery,...``: it fails when one of them was never met.

Under pytest-xdist the counts travel with the tests' reports. Loaded only in a run that asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from ..exceptions import UsageError
from ..inspection.coverage import BEHAVIOURS, count_behaviours, named_behaviours

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .clouds import CloudsOfTests, Use

__all__ = ["BehaviourCoverage"]

_COUNTS = "minicloud_behaviours"


class BehaviourCoverage:
    """Adds up what the tests exercised, and shows it at the end. A plugin of its own, made for one run."""

    def __init__(self, clouds: CloudsOfTests, *, shows_table: bool, required: str | None) -> None:
        """``required``: names of behaviours, with commas between them, without which the run fails."""
        self._shows_table = shows_table
        names = [name.strip() for name in (required or "").split(",")]
        try:
            self._required = named_behaviours(filter(None, names))
        except UsageError as error:
            raise pytest.UsageError(f"--minicloud-fail-under-behaviours: {error}") from error
        self._clouds = clouds
        clouds.when_let_go.append(self._count)
        self._of_test: Counter[str] = Counter()
        self._times: Counter[str] = Counter()
        self._tests: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """A test begins."""
        self._of_test.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the counts to the last report of a test."""
        report = yield
        if call.when == "teardown":
            for cloud, use in self._clouds.uses().items():
                self._count(cloud, use)
            setattr(report, _COUNTS, dict(self._of_test))  # an attribute of a report travels with it
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part of a test has ended."""
        counts: dict[str, int] = getattr(report, _COUNTS, {})
        for name, times in counts.items():
            self._times[name] += times
            self._tests[name] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the table, and what the run had to exercise and has not."""
        if self._shows_table:
            self._show_table(terminalreporter)
        missing = self._missing()
        if missing:
            terminalreporter.section("minicloud: behaviours that had to be exercised", red=True)
            for name in missing:
                terminalreporter.write_line(f"no test has met: {name}", red=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The run fails for what it had to exercise and has not; under xdist, that of the controller."""
        is_worker = hasattr(session.config, "workerinput")
        if session.exitstatus == pytest.ExitCode.OK and not is_worker and self._missing():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _missing(self) -> list[str]:
        """The names that were required, none of whose behaviours has occurred."""
        return [name for name, ones in self._required.items() if not any(self._times[one] for one in ones)]

    def _show_table(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("minicloud: behaviours exercised")
        width = max(map(len, BEHAVIOURS))
        for name in BEHAVIOURS:
            if self._times[name]:
                times, tests = self._times[name], self._tests[name]
                often = f"{times:>6} {'time ' if times == 1 else 'times'}"
                in_tests = f"{tests:>4} {'test' if tests == 1 else 'tests'}"
                terminalreporter.write_line(f"{name:<{width}}  {often} in {in_tests}")
        missing = [name for name in BEHAVIOURS if not self._times[name]]
        if missing:
            terminalreporter.write_line("")
            terminalreporter.write_line("never:")
            for name in missing:
                terminalreporter.write_line(f"  {name}")

    def _count(self, cloud: Cloud, use: Use) -> None:
        self._of_test += count_behaviours(use.new_events(cloud))
