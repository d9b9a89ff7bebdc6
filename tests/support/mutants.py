"""Which mistakes in the code no test would tell: a developer's tool, and no test. ::

    python -m tests.support.mutants 300                     # of all that is listed in NEAR
    python -m tests.support.mutants 50 services/sqs core    # of these
    python -m tests.support.mutants --seed 7 300 --only 3   # the third of that sample again, with what pytest says

A *mutant* is the code with one small mistake: a comparison that is off by one, a statement that is gone, a text with a
letter too many (``mistakes``). The sample is drawn evenly from all there could be, the same for the same seed. The
tests of the same area are run until the first fails, through minicloud's own clients and through others: those of the
service, not all of the suite's.

It is quick, as little is done twice. One process collects the tests of an area. Which lines each of them runs is
found out once, and kept in the folder for temporary files, beside compiled code, until the package or these tests
change; nothing else is written anywhere. A mutant is made in a fork of that process, which gives the function its
other code and runs the tests that come to the line, the shortest first. What is no function's, or has run before the
first test, is loaded anew with the mistake in it, in a fork of a process that has imported nothing of minicloud: there
a few files of tests are run first, then those that compare with botocore's models, and then all of the area's, those
first that come to a use of the name that is given another value.

What lives is printed. It is either *equivalent* (nobody could tell: a faster path, a bound that nothing can reach), or
there is a test to write. Needs Python 3.12; the tests that compare with botocore's models need the newest botocore.
"""

from __future__ import annotations

import argparse
import ast
import ctypes
import gc
import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import pickle
import pkgutil
import random
import re
import resource
import signal
import sys
import sysconfig
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from multiprocessing import Pipe
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

os.environ["CI"] = "1"  # before hypothesis is imported: the same examples each time

import hypothesis.stateful
import pytest

from tests.support.live_code import Functions, Lines, is_of_functions
from tests.support.mistakes import ROOT, Mutant, mutant, sites
from tests.support.needs import is_installed

NEAR = {
    "core": "core sqs sns kinesis property events pipes scheduler engine/test_chaotic_delivery.py "
    "inspection/test_shown_texts.py inspection/test_ledger.py boto/test_dates_as_texts.py",
    "engine": "engine property core sqs inspection lambda_/test_function_code.py lambda_/test_logs.py "
    "lambda_/test_invocations.py lambda_/test_overlapping_runs.py sns/test_deliveries.py sns/test_fan_out.py "
    "sns/test_real_posts.py flows/test_stories.py",
    "wire": "server boto clients/test_headers.py clients/test_errors.py s3/test_objects.py s3/test_buckets.py",
    "server": "server",
    "services/sts": "clients boto",
    "services/kinesis": "kinesis property inspection engine/test_chaotic_delivery.py cloudwatch/test_counts.py "
    "lambda_/test_stream_mappings.py core/test_target_deliveries.py",
    "services/sqs": "sqs property inspection engine/test_chaotic_delivery.py cloudwatch/test_counts.py "
    "lambda_/test_queue_mapping_readers.py",
    "services/sns": "sns core/test_rates.py",
    "services/lambda_": "lambda_ cloudwatch/test_counts.py faults/test_invocations.py pipes/test_flow.py",
    "services/cloudwatch": "cloudwatch autoscaling inspection/test_plots.py",
    "services/events": "events",
    "services/scheduler": "scheduler",
    "services/s3": "s3 server/test_s3_requests.py",
    "services/pipes": "pipes",
    "services/firehose": "firehose",
    "services/autoscaling": "autoscaling",
    "services/logs": "logs",
    "services/iam": "iam",
}
"""Folders of the package, and the folders of tests that are theirs."""
MODELS = [
    "tests/clients/test_models_parity.py",
    "tests/clients/test_models_bounds.py",
    "tests/server/test_protocols.py",
]
"""Tests that compare all services with botocore's models: run this with a botocore that is new enough for them."""


OPTIONS = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
OPTIONS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is there before pytest
WAYS = f"native {'boto3' if is_installed('boto3') else 'asyncio'}"

KEPT = Path(tempfile.gettempdir()) / f"minicloud-mutants-{os.getuid()}"
SECONDS = 60.0
"""At most so long are the tests that are tried on one mutant, as they took when the lines were recorded."""
FEW = 4
"""Files of tests that are tried first on what has to be loaded anew."""
MEMORY = 4 << 30
"""Bytes of addresses that a mutant may have: some never stop to collect."""


# --- a process for a mutant ------------------------------------------------------------------------------------------


class Ending(NamedTuple):
    """How the tests end on a mutant."""

    died: bool
    said: str
    text: str = ""
    """All that pytest says of what has failed."""
    cannot: bool = False
    """The function cannot be given this code."""


def _end_with_the_parent() -> None:
    """Have this process killed when the one that has forked it ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def forked(work: Callable[[Any], None], output: Path, limit: float) -> Ending:
    """Do that in a fork, which sends what it is at, how long it may take for it, and at last how it has ended."""
    receiving, sending = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            _end_with_the_parent()
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            for stream in (1, 2):
                os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            work(sending)
        except BaseException:
            sending.send(Ending(died=True, said=traceback.format_exc(limit=-1).splitlines()[-1]))
        finally:
            os._exit(0)
    sending.close()
    at = "the start"
    try:
        while receiving.poll(limit):
            message = receiving.recv()
            if isinstance(message, Ending):
                return message
            at, limit = message
    except EOFError:
        return Ending(died=True, said=f"the process ends: {at}")
    finally:
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        receiving.close()
    return Ending(died=True, said=f"does not end: {at}")


def run_until_one_fails(items: list[pytest.Item], record: Record, sending: Any) -> None:
    """Run these tests, and tell how they end."""
    failed: list[pytest.TestReport] = []

    class Reports:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report)

    items[0].config.pluginmanager.register(Reports())
    for item, following in zip(items, [*items[1:], None], strict=True):
        sending.send((item.nodeid, 10 + 10 * record.seconds[item.nodeid]))
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if failed:
            sending.send(Ending(died=True, said=failed[0].nodeid, text=failed[0].longreprtext))
            return
    sending.send(Ending(died=False, said=f"{len(items)} tests"))


# --- which tests come where ------------------------------------------------------------------------------------------


class Record(NamedTuple):
    """What the tests of an area do."""

    seconds: dict[str, float]
    """How long they take; those that fail without any mistake are not there."""
    tests: dict[tuple[str, int], list[str]]
    """Which come to a line of a file."""
    failed: set[str]
    """Which fail without any mistake."""

    def of(self, path: Path, lines: range, statement: range) -> list[str]:
        """The tests that come to these lines, or else to the statement that they are of; the shortest first."""
        for place in (lines, statement):
            found = {test for line in place for test in self.tests.get((str(path), line), ())}
            if found:
                break
        return sorted(found, key=self.seconds.__getitem__)

    def shortest(self, tests: Iterable[str]) -> list[str]:
        """The first of them that together take no longer than is allowed."""
        total, chosen = 0.0, []
        for test in tests:
            total += self.seconds[test]
            if total > SECONDS:
                break
            chosen.append(test)
        return chosen


def recorded(session: pytest.Session, folder: Path) -> Record:
    """Run all tests once, and write down what each does."""
    failed: set[str] = set()

    class Reports:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.add(report.nodeid)

    session.config.pluginmanager.register(Reports())
    lines = Lines(folder)
    record = Record({}, defaultdict(list), failed)
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        lines.take()
        start = time.perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds = time.perf_counter() - start
        if item.nodeid not in failed:
            record.seconds[item.nodeid] = seconds
            for place in lines.take():
                record.tests[place].append(item.nodeid)
    lines.stop()
    return record


def _digest(area: str, tests: list[str]) -> str:
    """What tells one state of the package and of these tests from another."""
    found = hashlib.sha256(f"{sys.version} {WAYS} {area} {tests}".encode())
    if is_installed("botocore"):
        found.update(importlib.import_module("botocore").__version__.encode())
    for name in ["minicloud", "tests/support", "tests/conftest.py", *tests]:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name not in ("mutants.py", "mistakes.py"):
                found.update(f"{file} ".encode() + file.read_bytes())
    return found.hexdigest()[:16]


# --- an area ---------------------------------------------------------------------------------------------------------


class Area:
    """The tests of an area, collected in a process of their own, and how they end on mutants."""

    def __init__(self, name: str, tests: list[str], output: Path) -> None:
        self.name = name
        self.tests = tests
        self.output = output
        self.folder = ROOT / "minicloud" / name
        self.kept = KEPT / _digest(name, tests)
        self.connection, other = Pipe()
        self.process = os.fork()
        if self.process == 0:
            try:
                _end_with_the_parent()
                self.connection.close()
                self.connection = other
                for stream in (1, 2):
                    os.dup2(os.open(output.with_name("collection"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
                self.lines = Lines(self.folder)
                pytest.main([*OPTIONS, *tests], plugins=[self])
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        other.close()
        try:
            self.record, self.loaded, modules = self.connection.recv()
        except EOFError:
            sys.exit(f"the tests of {name} cannot be collected:\n{output.with_name('collection').read_text()}")
        for test in sorted(self.record.failed):
            print(f"fails without any mistake, and is left out: {test}", flush=True)
        for module in modules:  # for those that load minicloud themselves
            try:
                importlib.import_module(module)
            except Exception:  # one that cannot be imported alone
                continue

    def close(self) -> None:
        """End the process."""
        self.connection.close()
        os.waitpid(self.process, 0)

    # --- in its process ----------------------------------------------------------------------------------------------

    def pytest_collection(self) -> None:
        """Load all of the area, as what is loaded later has no functions yet that could be changed."""
        for module in pkgutil.walk_packages([str(self.folder)], f"minicloud.{self.name.replace('/', '.')}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests, wait for mutants to run them on."""
        if session.testsfailed:
            return True
        loaded = self.lines.codes
        self.lines.stop()
        record = self._read_or_record(session)
        items = {item.nodeid: item for item in session.items}
        functions = Functions(self.folder)
        gc.collect()
        gc.freeze()
        self.connection.send((record, loaded, _modules_of_others()))
        while True:
            try:
                found, tests = self.connection.recv()
            except EOFError:
                return True
            self.connection.send(
                forked(self._work(functions, found, [items[test] for test in tests], record), self.output, 30)
            )

    @staticmethod
    def _work(functions: Functions, found: Mutant, items: list[pytest.Item], record: Record) -> Callable[[Any], None]:
        def work(sending: Any) -> None:
            try:
                functions.change(found.path, found.tree)
            except ValueError:
                sending.send(Ending(died=False, said="", cannot=True))
                return
            run_until_one_fails(items, record, sending)

        return work

    def _read_or_record(self, session: pytest.Session) -> Record:
        if not self.kept.exists():
            child = os.fork()
            if child == 0:
                try:
                    self.kept.with_suffix(".part").write_bytes(pickle.dumps(recorded(session, self.folder)))
                    self.kept.with_suffix(".part").rename(self.kept)
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
        record: Record = pickle.loads(self.kept.read_bytes())
        return record

    # --- outside of it -----------------------------------------------------------------------------------------------

    def end_of(self, found: Mutant) -> Ending:
        """How the tests end on that mutant."""
        touching = self.record.of(found.path, found.lines, found.statement)
        are_functions, codes = is_of_functions(found.path, found.tree)
        has_run = any((str(found.path), code) in self.loaded for code in codes)
        if are_functions:
            if not touching and not has_run:
                return Ending(died=False, said="no test comes here")
            tests = self.record.shortest(touching)
            if tests:
                self.connection.send((found, tests))
                ending: Ending = self.connection.recv()
                if not ending.cannot and (ending.died or not has_run):
                    left = len(touching) - len(tests)
                    return ending._replace(said=ending.said + f", {left} more have not been tried" * (left > 0))
        return self._loaded_anew(found, touching)

    def _loaded_anew(self, found: Mutant, touching: list[str]) -> Ending:
        """The same in a process that loads minicloud with the mistake: a few files of tests first, the models', all.

        Bounds, patterns and names of members are what is mostly loaded anew: the models tell, and in seconds.
        """
        users = self._users_of(found)
        of_file: dict[str, set[object]] = defaultdict(set)
        for test in users:
            of_file[test.partition("::")[0]].add(test)
        for (path, line), tests in self.record.tests.items():
            if path == str(found.path) and not users:
                for test in tests:
                    of_file[test.partition("::")[0]].add(line)
        few = sorted(of_file, key=lambda file: len(of_file[file]), reverse=True)[:FEW]
        models = [file for file in MODELS if file in self.tests and file not in few]
        first = {*touching, *(test for test in self.record.seconds if test.partition("::")[0] in few)}
        seconds = self.record.seconds
        order = sorted(seconds, key=lambda test: (test not in users, test not in first, seconds[test]))
        for files in (few, models):
            tests = [test for test in order if test.partition("::")[0] in files]
            if tests:
                ending = self._end_of_files(found, files, tests)
                if ending.died:
                    return ending
                tried = set(self.record.shortest(tests))
                order = [test for test in order if test not in tried]
        return self._end_of_files(found, self.tests, order)

    def _users_of(self, found: Mutant) -> set[str]:
        """The tests that come to where a name is used that the mistake gives another value; none if it gives none."""
        tree = ast.parse(found.path.read_text(encoding="utf-8"))
        names = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno in found.statement
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        if not names:
            return set()
        use = re.compile(rf"\b(?:{'|'.join(sorted(names))})\b")
        return {
            test
            for path in [found.path, *sorted(self.folder.rglob("*.py"))]
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if use.search(line)
            for test in self.record.tests.get((str(path), number), ())
        }

    def _end_of_files(self, found: Mutant, files: list[str], tests: list[str]) -> Ending:
        chosen = self.record.shortest(tests)

        def work(sending: Any) -> None:
            sys.meta_path.insert(0, _Finder(found))  # type: ignore[arg-type]
            pytest.main([*OPTIONS, *files], plugins=[_Chosen(chosen, self.record, sending)])
            sending.send(Ending(died=True, said="is not collected"))

        ending = forked(work, self.output, 120)
        left = len(tests) - len(chosen)
        return ending._replace(said=ending.said + f", {left} more have not been tried" * (left > 0 and not ending.died))


class _Chosen:
    """Runs these tests of those that are collected."""

    def __init__(self, tests: list[str], record: Record, sending: Any) -> None:
        self.tests = tests
        self.record = record
        self.sending = sending

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        modelled = sys.modules["tests.support.modelled"]
        if not modelled._is_older():  # nothing is lacking: it takes long to see that
            modelled._lacks = lambda _: False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True  # a file of tests cannot be imported
        items = {item.nodeid: item for item in session.items}
        if lost := [test for test in self.tests if test not in items]:
            self.sending.send(Ending(died=True, said=f"is not collected: {lost[0]}"))
            return True
        gc.freeze()
        run_until_one_fails([items[test] for test in self.tests], self.record, self.sending)
        return True


class _Finder(importlib.machinery.SourceFileLoader):
    """Finds the one module that has the mistake, and loads it."""

    def __init__(self, mutated: Mutant) -> None:
        parts = mutated.path.relative_to(ROOT).with_suffix("").parts
        super().__init__(".".join(part for part in parts if part != "__init__"), str(mutated.path))
        self.mutated = mutated

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.mutated.tree, self.path, "exec")
        return code


def _modules_of_others() -> list[str]:
    """What the tests import of the standard library and of packages that are installed."""
    places = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
    return [
        name
        for name, module in list(sys.modules.items())
        if (getattr(module, "__file__", None) or "").startswith(places) and "__main__" not in name
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("areas", nargs="*", help="all of NEAR, if none is named", metavar="AREA")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="+", help="those of these numbers; of one, what pytest says")
    parser.add_argument("--tests", help="these folders or files, rather than those of the area")
    options = parser.parse_args()
    if unknown := [area for area in options.areas if area not in NEAR and not options.tests]:
        parser.error(f"{unknown[0]} is none of {', '.join(NEAR)}")
    if sys.version_info < (3, 12):
        parser.error("this needs Python 3.12, for sys.monitoring")
    os.chdir(ROOT)
    KEPT.mkdir(exist_ok=True)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(KEPT / "compiled")
    os.environ.update(MINICLOUD_WAYS=WAYS, MINICLOUD_PROCESSES="1")

    places = []
    for area in options.areas or NEAR:
        for path in sorted((ROOT / "minicloud" / area).rglob("*.py")):
            places.extend((area, path, number) for number in range(len(sites(path)[1])))
    chosen = random.Random(options.seed).sample(places, min(options.count, len(places)))
    print(f"{len(chosen)} of {len(places)}, seed {options.seed}", flush=True)
    of_areas: dict[str, list[tuple[int, Path, int]]] = defaultdict(list)
    for position, (name, path, number) in enumerate(chosen, 1):
        if not options.only or position in options.only:
            of_areas[name].append((position, path, number))

    died = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, mutants in of_areas.items():
            tests = options.tests.split() if options.tests else [f"tests/{folder}" for folder in NEAR[name].split()]
            if name.startswith("services/"):
                tests += MODELS
            if lost := [test for test in tests if not (ROOT / test).exists()]:
                parser.error(f"there is no {lost[0]}")
            at = Area(name, tests, Path(folder) / "output")
            for position, path, number in mutants:
                found = mutant(path, number)
                start = time.monotonic()
                ending = at.end_of(found)
                seconds = time.monotonic() - start
                died += ending.died
                tried += 1
                verdict = "dies " if ending.died else "LIVES"
                print(f"{position:4}  {verdict}  {found}   {ending.said[:110]}  ({seconds:.1f} s)", flush=True)
                if options.only and len(options.only) == 1:
                    print(ending.text or at.output.read_text(encoding="utf-8", errors="replace"))
            at.close()
    print(f"{died} of {tried} died")


# What the tests import anyway, once for all of them.
_IMPORTED = hypothesis.stateful

if __name__ == "__main__":
    main()
