"""What the plugin says about tests: why one failed, what a test left behind, and what the suite has exercised.

* The report of a failed test gets a section with what happened in each cloud that it used, and the accounts of the
  messages that had a hard time. ``--minicloud-html=DIR`` also writes it as a page.
* ``--minicloud-report`` ends the run with a table of the behaviours that the suite exercised. Under pytest-xdist the
  counts travel with the tests' reports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .clouds import CloudsOfTests, Use, clouds_of_tests, has_not_passed

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "configure",
    "pytest_addoption",
    "pytest_runtest_makereport",
]

_COUNTS = "minicloud_behaviours"
_LAST_LINES = 30
_MOST_ACCOUNTS = 8
_MOST_CLOUDS = 5
"""Get a section: the latest ones."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the ini file."""
    group = parser.getgroup("minicloud")
    group.addoption(
        "--minicloud-report",
        action="store_true",
        help="end with a table of the AWS behaviours (redelivery, throttling ...) that the tests exercised",
    )
    group.addoption(
        "--minicloud-html",
        metavar="DIR",
        help="write what happened in the clouds of each failed test to DIR, as pages to open in a browser",
    )
    parser.addini(
        "minicloud_trace",
        "whether clouds are traced that tests make themselves, so that a failed test can tell what happened in them",
        type="bool",
        default=True,
    )
    parser.addini(
        "minicloud_verdicts",
        "what has to hold of a test's clouds at their end, unless its marker says verdicts=...",
        type="args",
        default=[],
    )


def configure(config: pytest.Config) -> None:
    """Have an eye on clouds, and add up behaviours where that was asked for."""
    config.pluginmanager.register(CloudsOfTests(config), "minicloud-clouds")
    if config.getoption("minicloud_report", False):
        config.pluginmanager.register(SuiteReport(), "minicloud-report")


# --- a failed test ---------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened to the report of a failure, and the counts of behaviours to the last one of a test."""
    report = yield
    clouds = clouds_of_tests(item.config)
    if report.failed or call.excinfo is not None:
        item.stash[has_not_passed] = True
    if report.failed:
        uses = clouds.uses_of(item)
        shown = uses[-_MOST_CLOUDS:]
        report.sections += [_section(item, cloud, use, number) for number, (cloud, use) in enumerate(shown)]
        if len(shown) < len(uses):
            report.sections.append(("minicloud", f"{len(uses) - len(shown)} clouds used before these are left out"))
    if report.when == "teardown" and item.config.getoption("minicloud_report", False):
        setattr(report, _COUNTS, dict(clouds.behaviours(item)))  # an attribute of a report travels with it
    return report


def _section(item: pytest.Item, cloud: Cloud, use: Use, number: int) -> tuple[str, str]:
    from ..inspection.text import render, worth_telling

    trace = cloud.trace
    events = use.events(cloud)
    count = len(worth_telling(events))
    total = f"{count} {'event' if count == 1 else 'events'}{', earlier ones forgotten' if trace.dropped else ''}"
    title = f"minicloud: seed={cloud.seed!r}, {cloud.clock.now():%Y-%m-%d %H:%M:%S} on its clock, {total}"
    if not events:
        return title, "nothing happened" if trace.is_on else "nothing was recorded: the trace is off"
    parts = [render(events, _LAST_LINES)]
    accounts = _accounts(cloud, events[0].number)
    if accounts:
        parts.append(f"\nmessages that were not simply received and deleted:\n{accounts}")
    folder = item.config.getoption("minicloud_html", None)
    if folder:
        path = Path(folder) / f"{_file_name(item.nodeid)}{f'-{number}' if number else ''}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        trace.to_html(path)
        parts.append(f"\nas a page: {path}")
    return title, "\n".join(parts)


def _accounts(cloud: Cloud, first: int) -> str:
    """The accounts of the messages with the hardest time, in the order of their sending.

    Of a cloud that is older than the test, only of messages to which something happened from event ``first`` on.
    """
    from ..inspection.ledger import Ledger

    accounts = [account for account in Ledger(cloud.trace) if account.events[-1].number >= first]
    chosen = sorted(accounts, key=lambda account: account.trouble, reverse=True)[:_MOST_ACCOUNTS]
    shown = {id(account) for account in chosen if account.trouble}
    left_out = sum(account.trouble > 0 for account in accounts) - len(shown)
    lines = [str(account) for account in accounts if id(account) in shown]
    if left_out > 0:
        lines.append(f"… and {left_out} more messages like these")
    return "\n".join(lines)


def _file_name(nodeid: str) -> str:
    return re.sub(r"[^\w.-]+", "_", nodeid).strip("_")[-150:]


# --- the suite -------------------------------------------------------------------------------------------------------


class SuiteReport:
    """Adds up what the tests exercised, and shows it at the end. A plugin of its own, made for one run."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part of a test has ended."""
        counts: dict[str, int] = getattr(report, _COUNTS, {})
        for name, times in counts.items():
            self._times[name] += times
            self._tests[name] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the table."""
        from ..inspection.coverage import BEHAVIOURS

        terminalreporter.section("minicloud: behaviours exercised")
        width = max(map(len, BEHAVIOURS))
        for name in BEHAVIOURS:
            if self._times[name]:
                terminalreporter.write_line(
                    f"{name:<{width}}  {self._times[name]:>6} times in {self._tests[name]:>4} tests"
                )
        missing = [name for name in BEHAVIOURS if not self._times[name]]
        if missing:
            terminalreporter.write_line("")
            terminalreporter.write_line("never:")
            for name in missing:
                terminalreporter.write_line(f"  {name}")
