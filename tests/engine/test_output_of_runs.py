"""Where the output of runs goes: into the log of the run that writes it, and to where it would go anyway."""

from __future__ import annotations

import contextvars
import io
import logging
import sys
from types import ModuleType
from typing import Any

import pytest

from minicloud import Cloud
from minicloud.engine import run_capture


class ARun:
    """A run that is under way."""

    is_over = False


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_stream_that_is_replaced_between_two_runs_gets_what_the_second_prints(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Though the other one is as it was."""
    cloud = Cloud(clock="virtual")
    cloud.function("f", lambda *_: print("printed", file=getattr(sys, name)))
    invoke = cloud.client("lambda").invoke
    invoke(FunctionName="f", Payload=b"{}")
    other = io.StringIO()
    monkeypatch.setattr(sys, name, other)
    invoke(FunctionName="f", Payload=b"{}")
    assert getattr(sys, name) is other
    assert other.getvalue() == "printed\n"
    assert "printed" in [line.strip() for line in cloud.invocations.last.log]


def test_a_run_whose_end_was_interrupted_is_forgotten_with_the_next() -> None:
    """Else the streams would stay as they are during a run."""
    dead, run = ARun(), ARun()
    dead.is_over = True
    before = sys.stdout, sys.stderr
    try:
        run_capture._active.append(dead)  # type: ignore[arg-type]
        run_capture.begin(run)  # type: ignore[arg-type]
        assert run_capture._active == [run]
    finally:
        run_capture._active[:] = [run]  # type: ignore[list-item]
        run_capture.end(run)  # type: ignore[arg-type]
    assert (sys.stdout, sys.stderr) == before


def test_the_process_is_as_it_was_when_the_last_run_has_ended() -> None:
    """Whichever ends first; to end twice, or without having begun, is fine."""
    runs: list[Any] = [ARun() for _ in range(3)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 1, 0, 2)):
        before = sys.stdout, sys.stderr, list(logging.root.handlers)
        try:
            for run in runs:
                run_capture.begin(run)
            assert len(logging.root.handlers) == len(before[2]) + 1
            for place in order:
                assert type(sys.stdout) is type(sys.stderr) is run_capture._Tee
                run_capture.end(runs[place])
            assert (sys.stdout, sys.stderr, logging.root.handlers) == before
        finally:
            for run in runs:
                run_capture.end(run)


def test_what_a_run_adds_to_the_root_logger_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it gets what is logged; minicloud's own handler goes, wherever it is by then."""
    monkeypatch.setattr(logging.root, "handlers", [])
    other = logging.StreamHandler(io.StringIO())
    cloud = Cloud(clock="virtual")

    def work(*_: Any) -> None:
        logging.root.addHandler(other)
        logging.getLogger("application").warning("look out")

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert logging.root.handlers == [other]
    assert other.stream.getvalue() == "look out\n"
    (line,) = [line for line in cloud.invocations.last.log if "look out" in line]
    (run,) = cloud.invocations
    assert line.strip() == f"[WARNING]\t2026-01-01T00:00:00.000Z\t{run.request_id}\tlook out"


@pytest.mark.parametrize(("level", "is_printed"), [("info", False), ("warning", True), ("error", True)])
def test_what_logging_would_not_print_is_not_printed_in_a_run_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str, is_printed: bool
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    logger = logging.getLogger("application")
    monkeypatch.setattr(logger, "level", logging.DEBUG)
    cloud = Cloud(clock="virtual")
    cloud.function("f", lambda *_: getattr(logger, level)("look out"))
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert capsys.readouterr().err.count("look out") == is_printed
    assert sum("look out" in line for line in cloud.invocations.last.log) == 1


def test_an_entry_that_cannot_be_written_is_left_to_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is printed after it is taken as before."""
    failed: list[str] = []
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.Handler, "handleError", lambda _, record: failed.append(record.msg))
    cloud = Cloud(clock="virtual")

    def work(*_: Any) -> None:
        logging.root.error("%d", "no number")
        sys.stdout.write("printed\n")

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert "%d" in failed
    assert [line.strip() for line in cloud.invocations.last.log if "printed" in line] == ["printed"]


def test_what_is_printed_beside_a_run_is_not_its_own() -> None:
    cloud = Cloud(clock="virtual")
    outside = contextvars.copy_context()

    def work(*_: Any) -> None:
        outside.run(print, "outside")
        sys.stdout.writelines(["in", "side\n"])
        sys.stderr.write("of stderr\n")
        with pytest.raises(TypeError):
            sys.stdout.write(b"bytes")  # type: ignore[arg-type]

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert [line.strip() for line in cloud.invocations.last.log[1:-2]] == ["inside", "of stderr"]


def test_what_an_endpoint_prints_inside_of_a_run_is_the_run_s() -> None:
    cloud, other = Cloud(clock="virtual"), Cloud(clock="virtual")
    other.http_endpoint("https://example.com/", lambda _: sys.stdout.write("posted\n") and None)

    def work(*_: Any) -> None:
        sns = other.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert [line.strip() for line in cloud.invocations.last.log[1:-2]] == ["posted"]


def test_logging_that_is_not_there_yet_is_taken_from_the_next_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run that has it makes the handler; of a module that is being imported nothing is there."""
    monkeypatch.setattr(run_capture, "_handlers", [])
    monkeypatch.setattr(run_capture, "_root", [])
    cloud = Cloud(clock="virtual")
    logger = logging.getLogger("application")
    cloud.function("f", lambda *_: logger.warning("look out"))
    invoke = cloud.client("lambda").invoke
    told: list[int] = []
    for module in (None, ModuleType("logging"), logging):
        monkeypatch.setitem(sys.modules, "logging", module)
        invoke(FunctionName="f", Payload=b"{}")
        told.append(sum("look out" in line for line in cloud.invocations.last.log))
    assert told == [0, 0, 1]
    assert run_capture._root == [logging.root]
    assert len(run_capture._handlers) == 1


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_where_there_is_no_console_a_run_has_none_either(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also the first of all; what is printed goes nowhere. [sys.stdout: may be None]"""
    monkeypatch.setattr(run_capture, "_tees", [run_capture._Tee(None), run_capture._Tee(None)])
    cloud = Cloud(clock="virtual")
    seen: list[Any] = []

    def work(*_: Any) -> None:
        seen.append(getattr(sys, name))

    cloud.function("f", work)
    with monkeypatch.context() as patched:
        patched.setattr(sys, name, None)
        for _ in range(2):
            cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
        assert getattr(sys, name) is None
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert seen[:2] == [None, None]
    assert type(seen[2]) is run_capture._Tee
