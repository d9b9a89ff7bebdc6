# ruff: noqa: T201 - handlers print
"""Invoke and InvokeAsync: what a function gets, what becomes of what it returns or raises, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import os
import sys
from decimal import Decimal

import pytest

import minicloud
from tests.support.clocks import SettableClock

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"
SECOND = 1_000_000_000


@pytest.fixture
def invoke(lambda_):
    """Invokes ``bill``: the answer, its payload parsed."""

    def run(event=None, **params):
        answer = lambda_.invoke(FunctionName="bill", Payload=json.dumps(event), **params)
        return answer, json.loads(answer["Payload"].read())

    return run


def test_an_answer_is_what_the_handler_returns(lambda_, invoke, cloud):
    seen = []
    assert cloud.function("bill", lambda event, context: seen.append((event, context)) or {"ok": ["ü", 1.5]}) == ARN
    answer, payload = invoke({"order": 7})
    assert payload == {"ok": ["ü", 1.5]}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert "LogResult" not in answer
    ((event, context),) = seen
    assert event == {"order": 7}
    assert (context.function_name, context.function_version, context.invoked_function_arn) == ("bill", "$LATEST", ARN)
    assert (context.memory_limit_in_mb, context.log_group_name) == ("128", "/aws/lambda/bill")
    assert context.log_stream_name.startswith("2026/01/01/[$LATEST]")
    assert len(context.log_stream_name) == 52
    assert context.client_context is None
    assert context.identity.cognito_identity_id is None
    assert "aws_request_id=" in repr(context)
    # Without a payload the event is empty, and a qualifier is part of the ARN.
    assert lambda_.invoke(FunctionName=ARN, Qualifier="$LATEST")["StatusCode"] == 200
    assert (seen[1][0], seen[1][1].invoked_function_arn) == ({}, f"{ARN}:$LATEST")
    run = cloud.invocations.last
    assert (run.trigger, run.outcome, run.result) == ("invoke", "success", {"ok": ["ü", 1.5]})
    assert (run.request_id, run.attempt, run.duration) == (seen[1][1].aws_request_id, 1, 0)


def test_the_id_of_a_call_is_that_of_its_runs(lambda_, cloud):
    seen = []

    def bill(event, context):
        seen.append(context.aws_request_id)
        raise ValueError(event["n"])

    cloud.function("bill", bill)
    answers = [
        lambda_.invoke(FunctionName="bill", Payload=b'{"n":1}'),
        lambda_.invoke(FunctionName="bill", Payload=b'{"n":2}', InvocationType="Event"),
        lambda_.invoke_async(FunctionName="bill", InvokeArgs=b'{"n":3}'),
    ]
    ids = [answer["ResponseMetadata"]["RequestId"] for answer in answers]
    assert ids == seen == [answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] for answer in answers]
    assert len(set(ids)) == 3
    cloud.run_until_idle()
    assert seen[3:] == [ids[1], ids[2]] * 2  # all attempts have it
    assert all("RequestId" not in answer for answer in answers)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ({"a": [1, True]}, '{"a": [1, true]}'),
        (Decimal("1.10"), "1.10"),
        ({"sum": Decimal("12345678901234567890.5"), "ö": "ü"}, '{"sum": 12345678901234567890.5, "ö": "ü"}'),
    ],
)
def test_results_are_json_as_the_runtime_writes_it(lambda_, cloud, value, text):
    cloud.function("bill", lambda *_: value)
    assert lambda_.invoke(FunctionName="bill")["Payload"].read().decode() == text


def test_what_is_not_json_is_an_error_of_the_function(invoke, cloud):
    for value, text in (
        ({1, 2}, "Object of type set is not JSON serializable"),
        ({"a": b"x"}, "Object of type bytes is not JSON serializable"),
        ([float("nan")], "Out of range float values are not JSON compliant"),
        ([Decimal("-Infinity")], "Out of range float values are not JSON compliant"),
    ):
        cloud.function("bill", lambda *_, value=value: value)
        answer, payload = invoke()
        assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
        assert payload["errorType"] == "Runtime.MarshalError"
        assert payload["errorMessage"].startswith(f"Unable to marshal response: {text}")
        assert payload["stackTrace"] == []
    assert isinstance(cloud.invocations.last.error, ValueError)


def test_an_error_of_a_handler_is_an_answer(invoke, cloud):
    def bill(event, context):
        raise KeyError("no such order")

    cloud.function("bill", bill)
    answer, payload = invoke()
    run = cloud.invocations.last
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    assert list(payload) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert (payload["errorMessage"], payload["errorType"]) == ("'no such order'", "KeyError")
    assert payload["requestId"] == run.request_id
    (line,) = payload["stackTrace"]
    assert line.startswith(f'  File "{__file__}", line ')
    assert line.endswith('in bill\n    raise KeyError("no such order")\n')
    assert (run.outcome, type(run.error), run.result) == ("error", KeyError, payload)
    assert run.error.__traceback__ is not None
    assert cloud.invocations.failed == [run] or cloud.invocations.failed[0].request_id == run.request_id


def test_half_of_a_character_is_an_answer(lambda_, cloud):
    cloud.function("bill", lambda *_: "\ud800")
    assert lambda_.invoke(FunctionName="bill")["Payload"].read() == b'"\xed\xa0\x80"'


def test_an_error_that_cannot_say_what_it_is(invoke, cloud):
    class Mute(Exception):
        def __str__(self):
            raise KeyError("text")

    def bill(event, context):
        raise Mute

    cloud.function("bill", bill)
    _, payload = invoke()
    assert (payload["errorType"], payload["errorMessage"]) == ("Mute", "<KeyError in the __str__ of Mute>")


def test_a_handler_that_exits(invoke, cloud):
    for code, how in ((None, "without providing a reason"), (3, "with error: exit status 3")):
        cloud.function("bill", lambda *_, code=code: sys.exit(code))
        answer, payload = invoke()
        assert answer["FunctionError"] == "Unhandled"
        request_id = cloud.invocations.last.request_id
        text = f"RequestId: {request_id} Error: Runtime exited {how}"
        assert payload == {"errorType": "Runtime.ExitError", "errorMessage": text}


def test_a_result_that_is_too_large(lambda_, cloud):
    cloud.function("bill", lambda *_: "x" * 6_291_555)
    answer = lambda_.invoke(FunctionName="bill")
    assert json.loads(answer["Payload"].read()) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert answer["FunctionError"] == "Unhandled"
    cloud.function("bill", lambda *_: "x" * 6_291_554)
    assert len(lambda_.invoke(FunctionName="bill")["Payload"].read()) == 6_291_556


def test_the_log_of_a_run(lambda_, cloud, capsys):
    def bill(event, context):
        print("one", end=" ")
        print("line\nand another")
        logging.getLogger("app").warning("%s left", 3)
        print("no end", file=sys.stderr, end="")
        raise ValueError("over")

    cloud.function("bill", bill)
    answer = lambda_.invoke(FunctionName="bill", LogType="Tail")
    run = cloud.invocations.last
    start, *lines, end, report = run.log
    assert start == f"START RequestId: {run.request_id} Version: $LATEST"
    assert lines[:3] == ["one line", "and another", f"[WARNING]\t2026-01-01T00:00:00.000Z\t{run.request_id}\t3 left"]
    assert lines[3:6] == ["no end", "[ERROR] ValueError: over", "Traceback (most recent call last):"]
    assert lines[6].startswith("\xa0\xa0File ")
    assert lines[7] == '\xa0\xa0\xa0\xa0raise ValueError("over")'
    assert end == f"END RequestId: {run.request_id}"
    assert report == (
        f"REPORT RequestId: {run.request_id}\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\t"
    )
    assert base64.b64decode(answer["LogResult"]).decode().splitlines() == run.log
    out, err = capsys.readouterr()
    assert (out, err) == ("one line\nand another\n", "no end")
    print("not of the run")
    assert "not of the run" not in run.log
    assert not [one for one in logging.root.handlers if type(one).__name__ == "RunLogHandler"]


def test_what_a_handler_sets_up_for_its_log_stays(cloud, lambda_, monkeypatch):
    """A handler of the root logger, and streams of its own: of the process there is only one."""
    own, mine = logging.NullHandler(), io.StringIO()
    handlers, streams = list(logging.root.handlers), (sys.stdout, sys.stderr)

    def adds(event, context):
        logging.root.addHandler(own)
        logging.getLogger("app").warning("added")

    def replaces(event, context):
        monkeypatch.setattr(sys, "stdout", mine)
        print("mine")

    cloud.function("adds", adds)
    try:
        lambda_.invoke(FunctionName="adds")
        assert logging.root.handlers == [*handlers, own]
        assert (sys.stdout, sys.stderr) == streams
        assert [line.rpartition("\t")[2] for line in cloud.invocations.last.log[1:2]] == ["added"]
    finally:
        logging.root.removeHandler(own)
    cloud.function("replaces", replaces)
    lambda_.invoke(FunctionName="replaces")
    assert (sys.stdout, sys.stderr, mine.getvalue()) == (mine, streams[1], "mine\n")
    monkeypatch.undo()
    lambda_.invoke(FunctionName="adds")
    logging.root.removeHandler(own)
    assert (sys.stdout, sys.stderr, logging.root.handlers) == (*streams, handlers)


def test_what_is_billed_is_rounded_up_to_a_millisecond(cloud, lambda_):
    for takes, duration, billed in (
        (0, "0.00", 1),
        (0.0001, "0.10", 1),
        (1, "1000.00", 1000),
        (1.00001, "1000.01", 1001),
    ):
        cloud.function("bill", lambda *_: None, takes=takes)
        lambda_.invoke(FunctionName="bill")
        assert f"\tDuration: {duration} ms\tBilled Duration: {billed} ms\t" in cloud.invocations.last.log[-1]


def test_the_tail_of_a_log_has_four_kilobytes(lambda_, cloud):
    cloud.function("bill", lambda *_: print("x" * 5_000))
    log = base64.b64decode(lambda_.invoke(FunctionName="bill", LogType="Tail")["LogResult"])
    assert len(log) == 4_096
    assert log.endswith(b"MB\t\n")


def test_a_client_context(lambda_, cloud):
    seen = []
    cloud.function("bill", lambda _, context: seen.append(context.client_context))
    given = {"client": {"app_title": "shop"}, "custom": {"a": "b"}, "env": {"locale": "de"}}
    lambda_.invoke(FunctionName="bill", ClientContext=base64.b64encode(json.dumps(given).encode()).decode())
    (context,) = seen
    assert (context.client.app_title, context.client.installation_id) == ("shop", None)
    assert (context.custom, context.env) == ({"a": "b"}, {"locale": "de"})


def test_the_application_of_a_client_context_has_so_many_names(lambda_, cloud):
    seen = []
    cloud.function("bill", lambda _, context: seen.append(context.client_context.client))
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    given = {"client": {name: f"of {name}" for name in names}}
    lambda_.invoke(FunctionName="bill", ClientContext=base64.b64encode(json.dumps(given).encode()).decode())
    assert [getattr(seen[0], name) for name in names] == [f"of {name}" for name in names]


def test_a_function_that_another_invokes_has_none_of_its_variables(cloud, monkeypatch):
    monkeypatch.setenv("STAGE", "of the test")
    names = ("STAGE", "ONLY", "AWS_LAMBDA_FUNCTION_NAME")
    client, seen = cloud.client("lambda"), {}

    def handler(after):
        def handle(event, context):
            before = [os.environ.get(name) for name in names]
            if after:
                client.invoke(FunctionName=after)
            seen[context.function_name] = before
            assert [os.environ.get(name) for name in names] == before

        return handle

    cloud.function("bill", handler("ship"), environment={"STAGE": "dev", "ONLY": "bill"})
    cloud.function("ship", handler("tell"))
    cloud.function("tell", handler("file"), environment={"STAGE": "prod"})
    cloud.function("file", handler(None))
    client.invoke(FunctionName="bill")
    outside = ["of the test", None, os.environ.get("AWS_LAMBDA_FUNCTION_NAME")]
    assert seen == {
        "bill": ["dev", "bill", "bill"],
        "ship": outside,
        "tell": ["prod", None, "tell"],
        "file": outside,
    }
    assert [os.environ.get(name) for name in names] == outside
    client.invoke(FunctionName="ship")
    assert seen["ship"] == outside


def test_a_dry_run_and_an_asynchronous_one(lambda_, cloud):
    seen = []
    cloud.function("bill", lambda event, _: seen.append(event))
    answer = lambda_.invoke(FunctionName="bill", InvocationType="DryRun")
    assert (answer["StatusCode"], answer["Payload"].read(), seen) == (204, b"", [])
    answer = lambda_.invoke(FunctionName="bill", InvocationType="Event", Payload='{"a": 1}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert "ExecutedVersion" not in answer
    assert lambda_.invoke_async(FunctionName="bill", InvokeArgs=b'{"a": 2}')["Status"] == 202
    assert seen == [{"a": 1}, {"a": 2}]
    assert [run.trigger for run in cloud.invocations] == ["invoke-async", "invoke-async"]


@pytest.mark.parametrize(
    ("payload", "what", "source", "column"),
    [
        (
            b"[NaN]",
            "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
            '"[NaN]"',
            5,
        ),
        (
            b"{",
            'Unexpected end-of-input: expected close marker for Object (start marker at [Source: (byte[])"{"',
            '"{"',
            2,
        ),
        (b"{'n': 7}", "Unexpected character (''' (code 39)): was expecting double-quote", '''"{'n': 7}"''', 2),
        (b'"\xc3\xbc\xff"', "Invalid UTF-8 start byte 0xff", '""\u00fc\ufffd""', 5),
        (b'"\xc3\xbc\xc3', "Unexpected end-of-input", '""\u00fc\ufffd"', 5),
        (b"1" * 600 + b":", "Unexpected character (':' (code 58))", '"' + "1" * 500 + '"[truncated 101 bytes]', 601),
    ],
)
def test_a_payload_that_is_no_json(lambda_, cloud, payload, what, source, column):
    cloud.function("bill", lambda *_: None)
    with pytest.raises(lambda_.exceptions.InvalidRequestContentException) as caught:
        lambda_.invoke(FunctionName="bill", Payload=payload)
    told = caught.value.response["Error"]["Message"]
    assert told.startswith(f"Could not parse request body into json: Could not parse payload into json: {what}")
    assert told.endswith(f"\n at [Source: (byte[]){source}; line: 1, column: {column}]")


def test_what_is_refused(lambda_, refused, cloud):
    cloud.function("bill", lambda *_: None)
    wrong = "InvalidRequestContentException"
    text = (
        "Could not parse request body into json: Could not parse payload into json: Unrecognized token 'order': was "
        "expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n"
        ' at [Source: (byte[])"order 7"; line: 1, column: 6]'
    )
    for kind in ("RequestResponse", "Event"):
        refused(lambda_.invoke, wrong, text, FunctionName="bill", InvocationType=kind, Payload="order 7")
    refused(lambda_.invoke_async, wrong, text, FunctionName="bill", InvokeArgs="order 7")
    large = "RequestTooLargeException"
    for kind, size in (("RequestResponse", 6_291_556), ("Event", 1_048_576)):
        text = f"Request must be smaller than {size} bytes for the InvokeFunction operation"
        payload = json.dumps("x" * (size - 1))
        refused(lambda_.invoke, large, text, FunctionName="bill", InvocationType=kind, Payload=payload)
    for name, missing in (("other", "other"), ("bill:live", "bill:live"), (f"{ARN}:7", "bill:7")):
        text = f"Function not found: {ARN.removesuffix('bill')}{missing}"
        refused(lambda_.invoke, "ResourceNotFoundException", text, FunctionName=name)
    text = (
        "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must "
        "satisfy enum value set: [Event, RequestResponse, DryRun]"
    )
    refused(lambda_.invoke, "ValidationException", text, FunctionName="bill", InvocationType="Later")
    assert len(cloud.invocations) == 0


def test_no_more_runs_than_are_reserved(lambda_, refused, cloud):
    cloud.function("bill", lambda *_: None, reserved_concurrency=0)
    code = "TooManyRequestsException"
    answer = refused(lambda_.invoke, code, "Rate Exceeded.", FunctionName="bill")
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    run = cloud.invocations.last
    assert (run.outcome, run.trigger, run.duration) == ("throttled", "invoke", 0)
    # What lasts counts, whoever had it run.
    cloud.function("bill", lambda *_: None, reserved_concurrency=1, takes=2)
    lambda_.invoke(FunctionName="bill", InvocationType="Event")
    refused(lambda_.invoke, code, "Rate Exceeded.", FunctionName="bill")
    cloud.clock.advance(2)
    assert lambda_.invoke(FunctionName="bill")["StatusCode"] == 200


def test_a_run_that_was_throttled_has_no_log(lambda_, cloud):
    cloud.function("bill", lambda *_: None, reserved_concurrency=0)
    with pytest.raises(lambda_.exceptions.TooManyRequestsException):
        lambda_.invoke(FunctionName="bill")
    assert (cloud.invocations.last.outcome, cloud.invocations.last.log) == ("throttled", [])


def test_no_more_runs_than_an_account_may_have(make_client_of):
    cloud, lambda_ = make_client_of(limits=minicloud.Limits(lambda_concurrency=2), clock="virtual")
    cloud.function("bill", lambda *_: None, takes=1)
    cloud.function("own", lambda *_: None, takes=1, reserved_concurrency=1)
    lambda_.invoke(FunctionName="bill", InvocationType="Event")
    with pytest.raises(lambda_.exceptions.TooManyRequestsException) as caught:
        lambda_.invoke(FunctionName="bill")
    assert caught.value.response["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert lambda_.invoke(FunctionName="own")["StatusCode"] == 200


def test_what_is_reserved_no_more_is_everybody_s_again(make_client_of):
    """A function's reserve is its own, whether it runs or not; without one its runs count among all others'."""
    cloud, lambda_ = make_client_of(limits=minicloud.Limits(lambda_concurrency=2), clock="virtual")
    reason = "ConcurrentInvocationLimitExceeded"

    def begin(name):
        try:
            lambda_.invoke(FunctionName=name, InvocationType="Event")
            return cloud.invocations.last.outcome
        finally:
            cloud.clock.advance(0.001)

    def is_throttled(name):
        with pytest.raises(lambda_.exceptions.TooManyRequestsException) as caught:
            lambda_.invoke(FunctionName=name)
        return caught.value.response["Reason"] == reason

    cloud.function("bill", lambda *_: None, takes=100, timeout=200)
    cloud.function("own", lambda *_: None, takes=100, timeout=200, reserved_concurrency=1)
    assert begin("own") == "running"
    lambda_.delete_function_concurrency(FunctionName="own")
    assert begin("bill") == "running"
    assert is_throttled("bill")
    assert is_throttled("own")
    cloud.clock.advance(150)
    # A reserve of nothing takes nothing away from others.
    cloud.function("none", lambda *_: None, reserved_concurrency=0)
    assert [begin("bill"), begin("bill")] == ["running", "running"]
    assert is_throttled("bill")


def test_what_is_reserved_is_taken_from_all_others_at_once(make_client_of):
    cloud, lambda_ = make_client_of(limits=minicloud.Limits(lambda_concurrency=101), clock="virtual")
    cloud.function("bill", lambda *_: None, takes=100, timeout=200)
    cloud.function("own", lambda *_: None)
    for _ in range(100):
        lambda_.invoke(FunctionName="bill", InvocationType="Event")
    lambda_.put_function_concurrency(FunctionName="own", ReservedConcurrentExecutions=1)
    with pytest.raises(lambda_.exceptions.TooManyRequestsException):
        lambda_.invoke(FunctionName="bill")
    assert lambda_.invoke(FunctionName="own")["StatusCode"] == 200


@pytest.fixture
def make_client_of():
    clouds = []

    def make(**options):
        clouds.append(minicloud.Cloud(**options))
        return clouds[-1], clouds[-1].client("lambda")

    yield make
    for cloud in clouds:
        cloud.close()


def test_how_long_a_run_lasts(lambda_, cloud):
    cloud.function("bill", lambda *_: "done", timeout=5, takes=lambda event: event["seconds"])
    began = cloud.clock.time_ns()
    answer = lambda_.invoke(FunctionName="bill", Payload='{"seconds": 4.5}')
    assert answer["Payload"].read() == b'"done"'
    assert cloud.clock.time_ns() - began == 4.5 * SECOND
    assert cloud.invocations.last.duration == 4.5
    answer = lambda_.invoke(FunctionName="bill", Payload='{"seconds": 60}')
    run = cloud.invocations.last
    assert json.loads(answer["Payload"].read()) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {run.request_id} Error: Task timed out after 5.00 seconds",
    }
    assert answer["FunctionError"] == "Unhandled"
    assert (run.outcome, run.duration) == ("timeout", 5)
    assert cloud.clock.time_ns() - began == 9.5 * SECOND
    assert f"2026-01-01T00:00:09.500Z {run.request_id} Task timed out after 5.00 seconds" in run.log
    assert run.log[-1].endswith("Status: timeout")


@pytest.mark.parametrize("lasts", [-1, float("nan"), "1", None])
def test_how_long_a_run_lasts_is_a_time(lasts):
    cloud = minicloud.Cloud(clock="virtual")
    cloud.function("bill", lambda *_: None, takes=lambda _: lasts)
    with pytest.raises(minicloud.UsageError) as caught:  # over a socket nobody could tell it to whoever calls
        cloud.client("lambda").invoke(FunctionName="bill")
    assert str(caught.value).startswith(f"takes= of the function 'bill' returned {lasts!r}: have it return seconds")


@pytest.mark.parametrize("raises", [False, True])
def test_a_run_whose_time_was_over_when_its_handler_ended(raises):
    """On a clock that goes by itself its deadline is told when the handler is back, whatever that answers."""
    clock = SettableClock()
    with minicloud.Cloud(clock=clock, seed=1) as cloud:

        def bill(event, context):
            clock.move(10)
            if raises:
                raise ValueError("too late")
            return "too late"

        cloud.function("bill", bill, timeout=3)
        answer = cloud.client("lambda").invoke(FunctionName="bill")
        assert json.loads(answer["Payload"].read())["errorType"] == "Sandbox.Timedout"
        run = cloud.invocations.last
        assert (run.outcome, run.duration) == ("timeout", 3)
        assert [line for line in run.log if "Task timed out after 3.00 seconds" in line] == run.log[-3:-2]


def test_what_is_printed_when_a_run_is_over_is_nobody_s(lambda_, cloud):
    def bill(event, context):
        print("in time")
        cloud.sleep(4)
        print("too late")

    cloud.function("bill", bill, timeout=3)
    lambda_.invoke(FunctionName="bill")
    assert [line for line in cloud.invocations.last.log if line in ("in time", "too late")] == ["in time"]


def test_a_handler_that_waits_has_the_cloud_s_time(lambda_, cloud):
    left = []

    def bill(event, context):
        left.append(context.get_remaining_time_in_millis())
        cloud.sleep(event)
        left.append(context.get_remaining_time_in_millis())
        return event

    cloud.function("bill", bill, timeout=3)
    assert lambda_.invoke(FunctionName="bill", Payload="2")["Payload"].read() == b"2"
    assert left == [3_000, 1_000]
    answer = lambda_.invoke(FunctionName="bill", Payload="10")
    assert json.loads(answer["Payload"].read())["errorType"] == "Sandbox.Timedout"
    assert left[3] == 0
    assert (cloud.invocations.last.outcome, cloud.invocations.last.duration) == ("timeout", 3)


def test_a_function_that_has_another_one_run(lambda_, cloud):
    def outer(event, context):
        return json.loads(inner.invoke(FunctionName="inner", Payload=json.dumps(event))["Payload"].read())

    inner = cloud.client("lambda")
    cloud.function("inner", lambda event, _: [event])
    cloud.function("bill", outer)
    assert lambda_.invoke(FunctionName="bill", Payload="7")["Payload"].read() == b"[7]"
    assert [(run.function, run.outcome) for run in cloud.invocations] == [("bill", "success"), ("inner", "success")]


def test_a_call_that_is_cancelled_waits_no_more(cloud):
    """Its run goes on all the same."""

    async def main():
        client = cloud.async_client("lambda")
        call = asyncio.create_task(client.invoke(FunctionName="bill"))
        await asyncio.sleep(1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        cloud.snapshot()  # which no call may wait beside

    cloud.function("bill", lambda *_: None, takes=2)
    minicloud.run(main(), cloud=cloud)
    cloud.clock.advance(1)
    assert [run.outcome for run in cloud.invocations] == ["success"]


def test_an_asynchronous_handler(lambda_, cloud):
    async def bill(event, context):
        print("inside")
        await cloud.async_sleep(2)
        return event

    cloud.function("bill", bill)
    assert lambda_.invoke(FunctionName="bill", Payload="7")["Payload"].read() == b"7"
    assert cloud.invocations.last.duration == 2
    assert cloud.invocations.last.log[1] == "inside"
