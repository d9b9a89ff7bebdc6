"""A plain ``pytest`` of the whole suite runs on two cores, with nothing installed for it.

After the collection the process forks, twice: with one more than the cores, these have work while a test waits, of a
real clock or for processes of its own. All have all tests, and take the next few that nobody has taken, from a pipe
that holds their numbers. What another one has to report it appends to a file, which the first reads between two tests
of its own, and tells pytest, as if it had run them itself: the terminal, ``-x``, ``--durations`` and ``--junitxml``
know no difference. It counts: a test of which no report has come is an error, and so is another process that has ended
otherwise than it should.

While a new clone is collected for the first time, which takes longer than any later time, a process beside it compiles
what the collection comes to last, and for hypothesis reads the constants of the source and looks through all
characters, as each of them would have to.

One process runs all where there are few tests, one core, pytest-xdist's workers, or somebody who debugs; and where
``MINICLOUD_PROCESSES=1`` says so, as it does in the CI, whose steps run side by side.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

FEW = 2000
"""With fewer tests a fork does not pay: whoever looks for something has one process."""
PROCESSES = 3
"""Of which the first is one. More cores than two are not used."""
PORTION = 40
"""At most so many tests are taken at once, and never of two files."""
WARM_UP = "test_plausible_calls or test_any_text_survives"
"""What the process beside a first collection runs."""
_NUMBER = struct.Struct("=i")
_beside: list[subprocess.Popen[bytes]] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    root = config.rootpath
    if (
        _may_have_several(config)
        and config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not sys.dont_write_bytecode
        and not any((root / "tests" / "__pycache__").glob("test_*.pyc"))
    ):
        # It collects the second half of the folders from the end, and runs two tests of hypothesis's: one reads all
        # constants, the other has text of all characters.
        folders = sorted({str(path.parent) for path in (root / "tests").glob("*/test_*.py")}, reverse=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", WARM_UP]
        _beside.append(
            subprocess.Popen(
                [*command, *folders[: len(folders) // 2]],
                cwd=root,
                env={**os.environ, "MINICLOUD_PROCESSES": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )


def pytest_sessionfinish() -> None:
    for process in _beside:
        process.kill()
        process.wait()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if not _may_fork(session):
        return None
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        return None  # pytest says so, and ends
    _Processes(session).run()
    return True


def _may_fork(session: pytest.Session) -> bool:
    return _may_have_several(session.config) and len(session.items) >= FEW and threading.active_count() == 1


def _may_have_several(config: pytest.Config) -> bool:
    option = config.option
    return (
        sys.platform == "linux"
        and os.environ.get("MINICLOUD_PROCESSES") != "1"
        and len(os.sched_getaffinity(0)) > 1
        and not option.collectonly
        and option.capture != "no"
        and not option.usepdb
        and not getattr(option, "tx", None)
        and "PYTEST_XDIST_WORKER" not in os.environ
    )


class _Other:
    """Another process: its number, from 1 for the first, the file of what it reports, and whether it has ended."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number = number
        self.file = folder / f"reports-{number}"
        self.file.touch()
        self.incoming = self.file.open("rb")
        self.process = 0
        self.status: int | None = None
        self.latest = "none"
        """What it was at, and what has broken there."""

    def wait(self) -> int:
        if self.status is None:
            _, self.status = os.waitpid(self.process, 0)
        return self.status

    def end(self) -> None:
        """End it, if it has not ended by itself."""
        self.incoming.close()
        if self.process and self.status is None:
            os.kill(self.process, signal.SIGKILL)
            self.wait()


class _Processes:
    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.config = session.config
        self.portions = [
            range(start, min(start + PORTION, numbers[-1] + 1))
            for _, group in groupby(range(len(session.items)), key=lambda number: session.items[number].path)
            for numbers in [list(group)]
            for start in range(numbers[0], numbers[-1] + 1, PORTION)
        ]
        self.taking, giving = os.pipe()
        os.write(giving, b"".join(map(_NUMBER.pack, range(len(self.portions)))))
        os.close(giving)  # who reads after the last is told that there are no more
        self.done = 0

    def run(self) -> None:
        # Each has an output of its own to capture; folders of tests get their numbers in one place.
        capture: Any = self.config.pluginmanager.getplugin("capturemanager")
        self.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        with tempfile.TemporaryDirectory() as folder:
            others = [_Other(number, Path(folder)) for number in range(1, PROCESSES)]
            try:
                for other in others:
                    capture.stop_global_capturing()
                    sys.stdout.flush()
                    sys.stderr.flush()
                    other.process = os.fork()
                    capture.start_global_capturing()
                    capture.suspend_global_capture()
                    if other.process == 0:
                        self._be(other)
                self._first(others)
            finally:
                os.close(self.taking)
                for other in others:
                    other.end()

    # --- another -----------------------------------------------------------------------------------------------------

    def _be(self, other: _Other) -> NoReturn:
        status = 1
        with other.file.open("ab") as reports:
            sender = _Sender(self.config, reports)
            try:
                self.config.pluginmanager.unregister(name="terminalreporter")
                self.config.pluginmanager.register(sender)
                for item, following in self._pairs():
                    self.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                    if self.session.shouldfail or self.session.shouldstop:
                        break
                status = 0
            except BaseException:
                sender.send("broken", traceback.format_exc())
            finally:
                os._exit(status)

    # --- the first ---------------------------------------------------------------------------------------------------

    def _first(self, others: list[_Other]) -> None:
        for item, following in self._pairs():
            self.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.done += 1
            self._tell(others)
        for other in others:
            other.wait()
            self._tell(others)
        for other in others:
            if other.status:
                raise RuntimeError(
                    f"process {other.number + 1} of {PROCESSES} has ended with {other.status}; its latest test was "
                    f"{other.latest}"
                )
        if self.done != len(self.session.items):
            raise RuntimeError(f"of {len(self.session.items)} tests {self.done} have been run")

    def _tell(self, others: list[_Other]) -> None:
        """Tell pytest what the others have reported since, and stop if it should."""
        for other in others:
            self._tell_of(other)
            if self.session.shouldfail:
                raise self.session.Failed(self.session.shouldfail)
            if self.session.shouldstop:
                raise self.session.Interrupted(self.session.shouldstop)

    def _tell_of(self, other: _Other) -> None:
        """A line that is not whole yet comes next time."""
        hook, incoming = self.config.hook, other.incoming
        while line := incoming.readline():
            if not line.endswith(b"\n"):
                incoming.seek(-len(line), os.SEEK_CUR)
                break
            match pickle.loads(b64decode(line)):
                case ("start", node_id, location):
                    other.latest = node_id
                    hook.pytest_runtest_logstart(nodeid=node_id, location=location)
                case ("finish", node_id, location):
                    self.done += 1
                    hook.pytest_runtest_logfinish(nodeid=node_id, location=location)
                case ("warning", category, text, file_name, line_number, when, node_id):
                    message = warnings.WarningMessage(
                        pytest.PytestWarning(f"{category}: {text}"), pytest.PytestWarning, file_name, line_number
                    )
                    told = {"warning_message": message, "when": when, "nodeid": node_id, "location": None}
                    hook.pytest_warning_recorded.call_historic(kwargs=told)
                case ("broken", text):
                    other.latest += f"\n{text}"
                case ("report", data):
                    report = hook.pytest_report_from_serializable(config=self.config, data=data)
                    hook.pytest_runtest_logreport(report=report)

    # --- each --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
        """The tests that this process takes, each with the one that it takes next: fixtures of both are kept."""
        held: pytest.Item | None = None
        while taken := os.read(self.taking, _NUMBER.size):
            for number in self.portions[_NUMBER.unpack(taken)[0]]:
                item = self.session.items[number]
                if held is not None:
                    yield held, item
                held = item
        if held is not None:
            yield held, None


class _Sender:
    """Writes down what another process would have told the terminal, and others who listen."""

    def __init__(self, config: pytest.Config, reports: IO[bytes]) -> None:
        self.config = config
        self.reports = reports

    def send(self, *what: Any) -> None:
        self.reports.write(b64encode(pickle.dumps(what)) + b"\n")
        self.reports.flush()

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        self.send("start", nodeid, location)

    def pytest_runtest_logfinish(self, nodeid: str, location: Any) -> None:
        self.send("finish", nodeid, location)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.send("report", self.config.hook.pytest_report_to_serializable(config=self.config, report=report))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, when: str, nodeid: str) -> None:
        if when != "runtest":
            return  # the first process has told it: pytest tells all from the beginning to whom it gets to know
        category, text = warning_message.category.__name__, str(warning_message.message)
        self.send("warning", category, text, warning_message.filename, warning_message.lineno, when, nodeid)
