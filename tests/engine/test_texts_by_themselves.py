"""What is told of runs without an end, of who waits, and of archives: up to where, and in which words."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud import Cloud, UsageError
from minicloud.core.errands import Invoke, Post
from minicloud.core.timeline import SECOND
from minicloud.engine import frames, function_runs, idle, waits
from minicloud.engine.blocking import alarm
from minicloud.engine.turns import Turn, name_of


def test_so_many_of_the_last_runs_of_a_circle_are_named() -> None:
    most = 60
    turn = Turn(object())
    for number in range(1, most + 1):
        turn.runs = number
        errand: Any = SimpleNamespace(owed=f"run {number}")
        turn.check(errand, most)
    assert turn.latest == tuple(f"run {number}" for number in range(11, most + 1))
    turn.runs = most + 1
    with pytest.raises(UsageError, match=rf"^{most} handlers have run for one call, .*: run 11, .* and run {most}\. "):
        turn.check(errand, most)


def test_what_is_called_while_somebody_looks_at_what_is_owed_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")

    def call(_: object) -> list[str]:
        cloud.client("sqs").list_queues()
        return []

    monkeypatch.setattr(idle, "words_of_deliveries", call)
    told = r"^ListQueues was called from inside of a look at what is owed of the same Cloud, by a finalizer, "
    with pytest.raises(UsageError, match=told):
        idle.what_is_owed(cloud)


def test_what_logging_writes_for_want_of_a_handler_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record is the run's, and printed as it would be anyway."""
    cloud = Cloud(clock="virtual")
    cloud.function("f", lambda *_: logging.getLogger("application").warning("look out"))
    monkeypatch.setattr(logging.root, "handlers", [])
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert sum("look out" in line for line in cloud.invocations.last.log) == 1
    assert capsys.readouterr().err.count("look out") == 1


def test_a_run_writes_nowhere_where_there_are_no_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program without a console. [sys.stdout: may be None]"""
    cloud = Cloud(clock="virtual")
    cloud.function("f", lambda *_: [sys.stdout, sys.stderr])
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        patched.setattr(sys, "stderr", None)
        answers = [cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}") for _ in range(2)]
    assert [json.loads(answer["Payload"].read()) for answer in answers] == [[None, None]] * 2


def test_what_is_called_while_somebody_looks_at_a_closed_cloud_is_told_so() -> None:
    cloud = Cloud(clock="virtual")
    cloud.close()
    with pytest.raises(UsageError, match=r"^another look was called from inside of one look of the same Cloud, "):
        cloud.look("one look", lambda _: cloud.look("another look", lambda now: now))


@pytest.mark.parametrize("result", [None, 7])
def test_a_run_that_crashes_answers_nothing_whatever_its_handler_returns(result: Any) -> None:
    cloud = Cloud(clock="virtual")
    called: list[int] = []

    def handler(*_: Any) -> Any:
        called.append(1)
        return result

    cloud.function("f", handler)
    cloud.faults.crash("after", function="f", first=1)
    invoke = cloud.client("lambda").invoke
    answers = [invoke(FunctionName="f", Payload=b"{}") for _ in range(2)]
    assert ["FunctionError" in answer for answer in answers] == [True, False]
    assert json.loads(answers[1]["Payload"].read()) == result
    assert len(called) == 2


def test_what_a_run_does_inside_of_another_is_told_to_be_its_own() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]

    def outer(*_: Any) -> None:
        cloud.client("lambda").invoke(FunctionName="inner", Payload=b"{}")
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="outer")

    cloud.function("inner", lambda *_: cloud.client("sqs").send_message(QueueUrl=url, MessageBody="inner")["MessageId"])
    cloud.function("outer", outer)
    cloud.client("lambda").invoke(FunctionName="outer", Payload=b"{}")
    runs = {run.function: run.request_id for run in cloud.invocations}
    sent = [event for event in cloud.trace if event.kind == "sqs.message.sent"]
    assert [event.details["run_id"] for event in sent] == [runs["inner"], runs["outer"]]


def test_after_a_reset_nobody_listens_to_a_url() -> None:
    cloud = Cloud(clock="virtual")
    posted: list[Any] = []
    url = "https://example.com/hook"

    def subscribe() -> None:
        sns = cloud.client("sns")
        sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint=url)

    cloud.http_endpoint(url, posted.append)
    subscribe()
    assert (len(posted), len(cloud.outbox)) == (1, 0)
    cloud.reset()
    subscribe()
    assert (len(posted), len(cloud.outbox)) == (1, 1)


def test_after_a_restore_an_empty_trace_counts_from_one() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    snapshot = cloud.snapshot()
    for _ in range(2):
        cloud.client("sqs").create_queue(QueueName="q")
        assert next(iter(cloud.trace)).number == 1
        cloud.restore(snapshot)


def test_where_nobody_tells_of_frames_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "_current_frames")
    assert frames.frames_of_others() == {}


def test_what_a_context_lacks_is_lacking_before_and_after_the_first_look() -> None:
    cloud = Cloud(clock="virtual")

    def handler(_: Any, context: Any) -> Any:
        lacking = [hasattr(context, "__deepcopy__"), hasattr(context, "nothing")]
        return [*lacking, context.function_name, hasattr(context, "nothing"), hasattr(context, "__deepcopy__")]

    cloud.function("f", handler)
    answer = cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    assert json.loads(answer["Payload"].read()) == [False, False, "f", False, False]


def test_who_should_have_woken_waits_for_no_more() -> None:
    """Time has come so far, and nothing has happened yet."""
    cloud = Cloud(clock="virtual")
    waiter = alarm(cloud, 5)
    name = threading.current_thread().name
    call = waiter.call[0]
    assert waits.who_waits(cloud) == f"{name}: {call}, 5 s"
    for seconds, left in ((5, "0"), (6, "0"), (4.5, "0.5")):
        waiter.deadline = cloud.time_ns() + 5 * SECOND - int(seconds * SECOND)
        assert waits.who_waits(cloud) == f"{name}: {call}, {left} s"


@pytest.mark.parametrize(("length", "shown"), [(80, "n" * 80), (81, "n" * 79 + "\u2026")])
def test_so_much_of_a_name_is_told_of_who_waits(monkeypatch: pytest.MonkeyPatch, length: int, shown: str) -> None:
    cloud = Cloud(clock="virtual")
    waiter = alarm(cloud, 5)
    monkeypatch.setattr(threading.current_thread(), "name", "n" * length)
    waiter.call = ("ReceiveMessage", "n" * length)
    assert waits.who_waits(cloud) == f"{shown}: ReceiveMessage on {shown}, 5 s"


@pytest.mark.parametrize(("length", "shown"), [(120, "n" * 120), (121, "n" * 119 + "\u2026")])
def test_so_much_of_a_name_is_told_of_what_runs(length: int, shown: str) -> None:
    class Run(Invoke):
        name = "n" * length

    departure: Any = SimpleNamespace(endpoint="n" * length)
    post = Post(departure, lambda *_: None)
    assert [name_of(one) for one in (Run(), post)] == [shown, shown]
    image: Any = SimpleNamespace(
        function=SimpleNamespace(name="f"),
        code=SimpleNamespace(image_uri="n" * length, archive=None),
        runtime=None,
    )
    with pytest.raises(UsageError) as caught:
        function_runs._check(image)
    assert str(caught.value) == (
        f"the function 'f' is the image {shown}, and minicloud runs no containers: give it a handler with "
        "cloud.function('f', handler)"
    )


@pytest.mark.parametrize(("length", "shown"), [(40, "r" * 40), (41, "r" * 39 + "\u2026")])
def test_so_much_of_a_runtime_is_told(length: int, shown: str) -> None:
    version: Any = SimpleNamespace(
        function=SimpleNamespace(name="f"), code=SimpleNamespace(image_uri=None, archive=b""), runtime="r" * length
    )
    with pytest.raises(UsageError, match=f"^the function 'f' is made for {shown}, and minicloud runs Python: "):
        function_runs._check(version)


def _failure(files: dict[str, str | bytes], handler: str) -> tuple[dict[str, Any], list[str]]:
    """The answer of a function that fails, and what is said beside it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    cloud = Cloud(clock="virtual")
    lambda_ = cloud.client("lambda")
    lambda_.create_function(
        FunctionName="f",
        Role="arn:aws:iam::123456789012:role/r",
        Runtime="python3.13",
        Handler=handler,
        Code={"ZipFile": made.getvalue()},
    )
    cloud.clock.advance(10)
    answer = json.loads(lambda_.invoke(FunctionName="f", Payload=b"{}")["Payload"].read())
    error = cloud.invocations.last.error
    cause = error if getattr(error, "__notes__", None) else getattr(error, "__cause__", None)
    return answer, list(getattr(cause, "__notes__", ()))


@pytest.mark.parametrize(("files", "more"), [(4, ""), (5, ""), (6, " and 1 more")])
def test_so_many_files_of_an_archive_are_named(files: int, more: str) -> None:
    there = [f"m{number}.py" for number in range(files)]
    answer, notes = _failure(dict.fromkeys(there, ""), "app.handler")
    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert notes == [f"the archive has {', '.join(there[:5])}{more}"]


def test_of_several_files_of_a_name_the_first_is_told() -> None:
    _, notes = _failure({"b/app.py": "", "a/app.py": ""}, "app.handler")
    assert notes == ["the archive has a/app.py: Handler='a/app.handler', or put it at the archive's top"]


def test_where_code_is_no_python_is_told_as_the_runtime_does() -> None:
    """[awslambdaric, bootstrap: _get_handler]"""
    answer, _ = _failure({"app.py": "def f(:\n"}, "app.handler")
    assert answer["errorType"] == "Runtime.UserCodeSyntaxError"
    assert answer["stackTrace"] == ['  File "/var/task/app.py" Line 1\n    def f(:\n']


def test_a_line_that_is_not_in_utf_8_is_shown_as_far_as_it_is() -> None:
    source = "# -*- coding: latin-1 -*-\ndef handler(event, context):\n    raise ValueError('caf\xe9')\n"
    answer, _ = _failure({"app.py": source.encode("latin-1")}, "app.handler")
    assert (answer["errorType"], answer["errorMessage"]) == ("ValueError", "caf\xe9")
    assert answer["stackTrace"] == [
        "  File \"/var/task/app.py\", line 3, in handler\n    raise ValueError('caf\ufffd')\n"
    ]
