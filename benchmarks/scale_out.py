"""More than one process: pytest-xdist's workers, forks, processes of multiprocessing; each has clouds of its own.

Figures are processor time of all processes together, so that it does not matter how many cores there are: work that
is spread costs what it costs in one process, or somebody waits for somebody. Every wait is bounded, and a child that
does not answer is ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import minicloud

from .calls import has
from .children import cycle, first_message, nothing
from .report import Options, Progress, Row, at_most, ratio

__all__ = ["forks", "forks_steps", "workers", "workers_steps"]

ROOT = Path(__file__).parents[1]
PATIENCE = 300
"""Seconds of real time after which a process that has not answered is stuck."""
GROWTH = at_most(1.3)

# --- workers of pytest-xdist -----------------------------------------------------------------------------------------

WORKERS = (1, 2, 4)
FILES = 8
MESSAGES = 100
"""Of each test: enough that what pytest does around it is not all that there is."""

_CONFTEST = """\
import json, os, pathlib, time

ids = {}
began = []

def pytest_runtest_logfinish():
    # A worker's first test finds nothing loaded.
    began or began.append(time.process_time_ns())

def pytest_sessionfinish():
    if began and (name := os.environ.get("PYTEST_XDIST_WORKER")):
        took = time.process_time_ns() - began[0]
        pathlib.Path(os.environ["FIGURES"], name).write_text(json.dumps([took, ids]))
"""

_TESTS = """\
import conftest, pytest

@pytest.mark.parametrize("number", range({count}))
def test_messages(sqs, number, request):
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]
    for _ in range({messages}):
        sent = sqs.send_message(QueueUrl=url, MessageBody="x" * 100)
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert message["MessageId"] == sent["MessageId"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    conftest.ids[request.node.nodeid] = sent["MessageId"]
"""


def workers_steps(options: Options) -> int:
    """How many steps ``workers`` reports."""
    return _rounds(options) * len(WORKERS)


def _rounds(options: Options) -> int:
    return 1 if options.quick else 5


def workers(options: Options, progress: Progress) -> list[Row]:
    """Tests with a cloud each, dealt out to workers of pytest-xdist: what one costs, once each has run one.

    A message has the same id whichever worker its test goes to, and however many there are. Nothing where pytest or
    pytest-xdist is not installed.
    """
    if not has("pytest", "xdist"):
        return []
    each = 10 if options.quick else 150
    times: dict[int, list[float]] = {count: [] for count in WORKERS}
    known: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(_CONFTEST, encoding="utf-8")
        for number in range(FILES):
            text = _TESTS.format(count=each, messages=MESSAGES)
            (folder / f"test_{number}.py").write_text(text, encoding="utf-8")
        for _ in range(_rounds(options)):
            for count in WORKERS:
                took, ids = _run_workers(folder, count)
                if len(ids) != FILES * each or ids != (known := known or ids):
                    raise RuntimeError(f"{count} workers: messages of the same tests have other ids")
                times[count].append(took)
                progress.step(f"{count} workers")
    rows = [Row.of("a test, 1 worker", times[1])]
    for count in WORKERS[1:]:
        grown = ratio(times[count], times[1])
        rows.append(Row.of(f"a test, {count} workers", times[count], "ns", "1 worker", grown, GROWTH))
    return rows


def _run_workers(folder: Path, count: int) -> tuple[float, dict[str, str]]:
    """Processor time of a test, in all workers, but for the first one of each; the id of each test's last message."""
    with tempfile.TemporaryDirectory() as figures:
        environment = {**os.environ, "FIGURES": figures, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment["PYTHONPATH"] = os.pathsep.join((str(folder), str(ROOT)))
        plugins = ("-p", "xdist.plugin", "-p", "minicloud.pytest_plugin", "-p", "no:cacheprovider")
        command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, *plugins, "-n", str(count), str(folder)]
        _run(command, folder, environment)
        files = list(Path(figures).iterdir())
        took, ids = 0.0, {}
        for file in files:
            nanoseconds, those = json.loads(file.read_text(encoding="utf-8"))
            took += nanoseconds
            ids.update(those)
    return took / (len(ids) - len(files)), ids


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a command prints; it and all that it has started are ended when that takes too long."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=PATIENCE)
        except BaseException:
            _end_all(process)
            raise
    if process.returncode:
        raise RuntimeError(f"{command} has failed: {printed}")
    return printed


def _end_all(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


# --- forks -----------------------------------------------------------------------------------------------------------

METHODS = ("fork", "spawn")
FIRST = "a cloud, a queue, a message"
BUSY = 4
"""Threads that use the cloud while its process is forked."""

_PROGRAM = """\
import json, multiprocessing, resource, sys
from time import process_time_ns
from benchmarks import children
def waited_for():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)
def measure(action):
    context = multiprocessing.get_context(sys.argv[1])
    receiving, sending = context.Pipe(duplex=False)
    before = process_time_ns() + waited_for()
    process = context.Process(target=children.answer, args=(sending, action), daemon=True)
    process.start()
    sending.close()
    try:
        if not receiving.poll(float(sys.argv[2])):
            raise TimeoutError("a process does not answer")
        found = receiving.recv()
        process.join(float(sys.argv[2]))
    finally:
        process.kill()
    return [process_time_ns() + waited_for() - before, found]
if __name__ == "__main__":
    children.first_message()
    measure(children.nothing)
    print(json.dumps([[measure(one) for one in (children.nothing, children.first_message)] for _ in sys.argv[3]]))
"""


def forks_steps(options: Options) -> int:
    """How many steps ``forks`` reports."""
    return _fork_rounds(options) + len(METHODS)


def _fork_rounds(options: Options) -> int:
    return 5 if options.quick else 100


def forks(options: Options, progress: Progress) -> list[Row]:
    """Children with clouds of their own, of a process in which threads use another one; nothing on a system without."""
    if not hasattr(os, "fork"):
        return []
    acts: dict[str, Callable[[], Any]] = {
        "forked: nothing": nothing,
        f"forked: {FIRST}": first_message,
        "forked: a send, a receive and a delete": cycle,
    }
    times: dict[str, list[float]] = {name: [] for name in acts}
    expected = first_message()
    here = "in the process itself: a send, a receive and a delete"
    times[here] = []
    with _threads_at_work() as (cloud, client, url):

        def refused() -> str:
            """The child's copy of the parent's cloud answers nobody."""
            try:
                client.send_message(QueueUrl=url, MessageBody="x")
            except minicloud.UsageError:
                return "refused"
            return "sent"

        for _ in range(_fork_rounds(options)):
            for name, act in acts.items():
                took, found = _fork(act)
                if act is first_message and found != expected:
                    raise RuntimeError(f"a child's first message has the id {found}, its parent's {expected}")
                times[name].append(found if act is cycle else took)
            progress.step("forks")
        if (answer := _fork(refused)[1]) != "refused":
            raise RuntimeError(f"a child has {answer} a message to the copy of a cloud")
        before = cloud.queue(url).counts
    for _ in range(_fork_rounds(options)):
        times[here].append(cycle())
    if before.visible + before.in_flight > BUSY:
        raise RuntimeError(f"children have sent to the parent's cloud: {before}")
    floor, first, cycled = acts
    return [
        Row.of(floor, times[floor]),
        Row.of(first, times[first], "ns", floor, ratio(times[first], times[floor])),
        Row.of(here, times[here]),
        Row.of(cycled, times[cycled], "ns", "in the process itself", ratio(times[cycled], times[here]), GROWTH),
        *_by_multiprocessing(options, progress, expected),
    ]


@contextmanager
def _threads_at_work() -> Iterator[tuple[minicloud.Cloud, Any, str]]:
    """A cloud that threads use all the time: whoever is forked then finds its locks held."""
    over = threading.Event()
    with minicloud.Cloud(clock="virtual", seed=2, trace=True) as cloud:
        client: Any = cloud.client("sqs")
        url = client.create_queue(QueueName="busy")["QueueUrl"]

        def work() -> None:
            while not over.wait(0.0001):
                client.send_message(QueueUrl=url, MessageBody="x")
                for message in client.receive_message(QueueUrl=url).get("Messages", ()):
                    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        threads = [threading.Thread(target=work, daemon=True) for _ in range(BUSY)]
        for thread in threads:
            thread.start()
        try:
            yield cloud, client, url
        finally:
            over.set()
            for thread in threads:
                thread.join(PATIENCE)


def _fork(act: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of a child from its start to its end, and what ``act`` has returned there."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 and later warn of forks beside threads, which is what is tried.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(act()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        answer = os.read(reading, 10_000) if ready else b""
    finally:
        os.close(reading)
        if not ready:
            os.kill(child, signal.SIGKILL)
        _, _, usage = os.wait4(child, 0)
    if not answer:
        raise RuntimeError("a child that was forked has not answered")
    return (usage.ru_utime + usage.ru_stime) * 1e9, json.loads(answer)


def _by_multiprocessing(options: Options, progress: Progress, expected: str) -> list[Row]:
    """Processes that are forked, and some that are started afresh, where nothing of their parent is loaded."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.py"
        program.write_text(_PROGRAM, encoding="utf-8")
        # With compiled files at hand, as whoever has run minicloud once has them.
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for method in METHODS:
            rounds = "x" * (2 if options.quick else 25)
            command = [sys.executable, str(program), method, str(PATIENCE), rounds]
            pairs = json.loads(_run(command, ROOT, environment))
            progress.step(f"multiprocessing: {method}")
            if {found for _, (_, found) in pairs} != {expected}:
                raise RuntimeError(f"messages of processes of the method {method} have other ids")
            floors, firsts = ([pair[place][0] for pair in pairs] for place in (0, 1))
            floor, first = f"multiprocessing, {method}: nothing", f"multiprocessing, {method}: {FIRST}"
            rows += [Row.of(floor, floors), Row.of(first, firsts, "ns", floor, ratio(firsts, floors))]
    return rows
