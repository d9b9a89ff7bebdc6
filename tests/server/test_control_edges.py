"""How much the control API and the commands show of what is long, and what they take that comes seldom."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.core.shown import cut
from minicloud.server import commands, control_faults
from minicloud.server.control import Control
from minicloud.server.control_ask import Memory
from minicloud.server.control_clock import span_of
from minicloud.server.http_request import HttpRequest
from tests.server.support import Raw, call, request

from .controlled import ACCOUNT, Controlled, fill
from .test_control_commands import something_else

MORE = "\u2026"

# --- so much is shown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 1])
def test_so_much_is_shown_of_what_is_no_json_no_kind_no_path(control: Controlled, more: int) -> None:
    """200 characters, with the quotes around them."""
    body = b"{" + b"x" * (196 + more)
    answer = control.raw.send(request("POST", "/_minicloud/clock/advance", {}, body)).answer()
    assert answer.json == {"error": f"the body is not JSON: {cut(repr(body), 200)}"}
    kind = "x" * (198 + more)
    text = control.error("GET", f"trace?kind={kind}")[1]
    assert text.startswith(f"no event is of the kind {cut(repr(kind), 200)}: there are ")
    path = "x" * (199 + more)
    text = control.error("GET", path)[1]
    assert text.startswith(f"the control API has nothing at {cut(f'/{path}', 200)}: it has ")


@pytest.mark.parametrize("length", [2_000, 2_001])
def test_so_much_is_said_of_a_misuse(
    cloud: minicloud.Cloud, control: Controlled, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    def fail(_: Any) -> None:
        raise minicloud.UsageError("m" * length)

    monkeypatch.setattr(Control, "_find", lambda *_: (fail, []))
    shown = "m" * 2_000 if length == 2_000 else f"{'m' * 1_999}{MORE} (2,001 characters)"
    assert control.error("GET", "queues") == (400, shown)


def test_a_cloud_that_is_closed_while_it_is_asked_is_said_to_be(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(_: Any) -> Any:
        cloud.close()
        return cloud.client("sqs").list_queues()

    monkeypatch.setattr(Control, "_find", lambda *_: (close, []))
    answer = Control(cloud).answer(HttpRequest("GET", "/_minicloud/queues", {}, True), "http://localhost/")
    assert (answer.status, "closed" in json.loads(answer.body)["error"]) == (503, True)


@pytest.mark.parametrize("length", [1_000, 1_001])
def test_so_much_is_shown_of_a_fault(length: int) -> None:
    class Long:
        seen = fired = 0

        def __repr__(self) -> str:
            return "f" * length

    ask: Any = SimpleNamespace(memory=Memory())
    made: Any = Long()
    assert control_faults._fault_of(ask, made) == {
        "id": "1",
        "seen": 0,
        "fired": 0,
        "fault": "f" * 1_000 if length == 1_000 else f"{'f' * 999}{MORE} (1,001 characters)",
    }


def test_the_faults_that_there_are_are_told_one_after_the_other(cloud: minicloud.Cloud, control: Controlled) -> None:
    for _ in range(3):
        control.post("faults", {"drop": True}, 201)
    assert control.error("GET", "faults/9") == (404, "there is no fault '9'; there are: 1, 2, 3")
    cloud.faults.clear()


def test_what_there_is_is_told_one_after_the_other(cloud: minicloud.Cloud, control: Controlled) -> None:
    """Where something has no such name."""
    none = "there is no function 'nobody'; there are: none"
    assert control.error("GET", "functions/nobody") == (404, none)
    for name in ("first", "second"):
        cloud.function(name, lambda *_: None)
        control.post("snapshot", status=201)
    assert control.error("GET", "functions/nobody") == (404, "there is no function 'nobody'; there are: first, second")
    kept = "there is no snapshot '7'; there are: 1, 2 (the latest 100 are kept)"
    assert control.error("POST", "restore", {"id": "7"}) == (404, kept)


@pytest.mark.parametrize("count", [200, 201])
def test_so_many_lines_of_a_log_are_shown_of_a_run(cloud: minicloud.Cloud, control: Controlled, count: int) -> None:
    """The last ones."""
    cloud.function("f", lambda *_: sys.stdout.write("".join(f"line {number}\n" for number in range(count))))
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    [run] = control.get("invocations")["invocations"]
    whole = cloud.invocations.last.log
    assert len(whole) >= count
    assert run["log"] == list(whole)[-200:]
    assert len(run["log"]) == 200


def test_of_a_group_of_logs_so_many_lines_are_shown(cloud: minicloud.Cloud, control: Controlled) -> None:
    """The latest, of one stream or of all; another number where it is asked for."""
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="g")
    for name in ("a", "b"):
        logs.create_log_stream(logGroupName="g", logStreamName=name)
        now = cloud.time_ns() // 10**6
        lines: Any = [{"timestamp": now + number, "message": f"{name}{number}"} for number in range(60)]
        logs.put_log_events(logGroupName="g", logStreamName=name, logEvents=lines)
    assert len(control.get("logs/g")["events"]) == 100
    assert len(control.get("logs/g?limit=101")["events"]) == 101
    assert [one["message"] for one in control.get("logs/g?stream=a&limit=2")["events"]] == ["a58", "a59"]
    assert control.error("GET", "logs/g?stream=c") == (404, "'g' has no stream 'c'; there are: a, b")
    logs.create_log_group(logGroupName="bare")
    assert control.error("GET", "logs/bare?stream=c") == (404, "'bare' has no stream 'c'; there are: none")
    for number in range(101):
        logs.create_log_stream(logGroupName="bare", logStreamName=f"{number}")
    _, text = control.error("GET", "logs/bare?stream=c")
    assert text.partition("there are: ")[2].split(", ") == [str(number) for number in range(100)]


def test_of_a_metric_so_many_minutes_are_shown(cloud: minicloud.Cloud, control: Controlled) -> None:
    put = cloud.client("cloudwatch").put_metric_data
    for value in range(61):
        put(Namespace="app", MetricData=[{"MetricName": "m", "Value": float(value)}])
        cloud.clock.advance(60)
    [metric] = control.get("metrics?name=m")["metrics"]
    assert [point["Sum"] for point in metric["points"]] == [float(value) for value in range(1, 61)]
    [metric] = control.get("metrics?name=m&limit=61")["metrics"]
    assert len(metric["points"]) == 61


def test_the_latest_of_what_a_bucket_told_is_shown(cloud: minicloud.Cloud, control: Controlled) -> None:
    s3 = cloud.client("s3")
    cloud.client("sqs").create_queue(QueueName="q")
    s3.create_bucket(Bucket="lake")
    told: Any = {"QueueConfigurations": [{"QueueArn": cloud.queue("q").arn, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(
        Bucket="lake", NotificationConfiguration=told, SkipDestinationValidation=True
    )
    for number in range(101):
        s3.put_object(Bucket="lake", Key=f"k{number:03}", Body=b"")
    bucket = control.get("buckets/lake")
    assert bucket["events_count"] == 101
    assert [event["key"] for event in bucket["events"]] == [f"k{number:03}" for number in range(1, 101)]


@pytest.mark.parametrize("more", [0, 1])
def test_so_much_of_a_text_or_of_bytes_is_in_the_trace(cloud: minicloud.Cloud, control: Controlled, more: int) -> None:
    """Of a text 1,000 characters; of base64 as many, which are 750 bytes, and can be read by themselves."""
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="b" * (1_000 + more))
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", Data=b"d" * (750 + more), PartitionKey="k")
    events = [json.loads(line) for line in control("GET", "trace").body.splitlines()]
    [sent] = [event for event in events if event["kind"] == "sqs.message.sent"]
    assert sent["details"]["body"] == ("b" * 999 + f"{MORE} (1,001 characters)" if more else "b" * 1_000)
    data = [value for event in events for value in _encoded(event["details"])]
    assert data
    assert all(value == "ZGRk" * 250 for value in data)


def _encoded(value: Any) -> list[str]:
    """All in base64 that is in a value."""
    if isinstance(value, dict):
        return (
            [value["$base64"]] if "$base64" in value else [one for inside in value.values() for one in _encoded(inside)]
        )
    return [one for inside in value for one in _encoded(inside)] if isinstance(value, list) else []


# --- what comes seldom ------------------------------------------------------------------------------------------------


def test_what_is_no_fault(control: Controlled) -> None:
    no_error = "is not an error: give its name, or [code, message, status]"
    bodies: list[tuple[Any, str]] = [
        ({"refuse": ["a", "b", 400, "c"]}, f"refuse: ['a', 'b', 400, 'c'] {no_error}"),
        ({"refuse": ["a", 5]}, f"refuse: ['a', 5] {no_error}"),
        *[
            ({"drop": True, name: 5}, f"{name}=5 is not a text: give a string")
            for name in ("service", "operation", "resource", "function")
        ],
        ({"drop": True, "nth": 1.5}, "nth=1.5: give a whole number, counted from 1, or a list of them"),
        ({"drop": True, "optional": "false"}, "optional='false' is neither true nor false"),
        ({"drop": True, "optional": 1}, "optional=1 is neither true nor false"),
    ]
    for body, text in bodies:
        assert control.error("POST", "faults", body) == (400, text)
    for probability in ("x", "", "-1", "nan", "1.1"):
        status, text = control.error("POST", f"faults?drop=true&probability={probability}")
        assert (status, "probability" in text) == (400, True), text


def test_an_error_that_entries_fail_with_may_be_of_several_parts(cloud: minicloud.Cloud, control: Controlled) -> None:
    made = control.post("faults", {"fail_entries": [0], "error": ["Broken", "It is.", 500]}, 201)["fault"]
    assert made.startswith("Fault(FailEntries(entries=(0,), error=('Broken', 'It is.', 500)))")
    cloud.faults.clear()


def test_a_fault_need_not_happen_if_that_is_said(cloud: minicloud.Cloud, control: Controlled) -> None:
    for said, is_so in (("true", True), ("1", True), (True, True), (False, False), (None, False)):
        control.post("faults", {"drop": True, "optional": said}, 201)
        if isinstance(said, str):
            control.post(f"faults?drop=true&optional={said}", status=201)
        assert [fault.optional for fault in cloud.faults] == [is_so] * (1 + isinstance(said, str)), said
        cloud.faults.clear()


def test_a_message_of_json_is_explained_as_its_text_is(cloud: minicloud.Cloud, control: Controlled) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    cloud.client("sqs").create_queue(QueueName="q")
    policy = {"FilterPolicy": json.dumps({"store": ["books"]}), "FilterPolicyScope": "MessageBody"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn, Attributes=policy)
    for store, gets_it in (("books", True), ("toys", False)):
        for message in ({"store": store}, json.dumps({"store": store})):
            [one] = control.post("topics/t/explain", {"message": message})["subscriptions"]
            assert one["gets_it"] is gets_it, message
        [one] = control.post(f"topics/t/explain?message={quote(json.dumps({'store': store}))}")["subscriptions"]
        assert one["gets_it"] is gets_it


def test_a_pipe_that_was_stopped_is_said_to_be(cloud: minicloud.Cloud, control: Controlled) -> None:
    for name in ("from", "to"):
        cloud.client("sqs").create_queue(QueueName=name)
    arns = [f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}" for name in ("from", "to")]
    pipes = cloud.client("pipes")
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    pipes.create_pipe(Name="on", Source=arns[0], Target=arns[1], RoleArn=role, DesiredState="STOPPED")
    cloud.clock.advance(300)
    assert [pipe["state"] for pipe in control.get("pipes")["pipes"]] == ["STOPPED"]
    pipes.start_pipe(Name="on")
    cloud.clock.advance(300)
    assert [pipe["state"] for pipe in control.get("pipes")["pipes"]] == ["RUNNING"]


def test_messages_are_asked_of_as_other_emulators_clients_do(cloud: minicloud.Cloud, control: Controlled) -> None:
    """Who puts the words of a call into the query means it no other way."""
    url = fill(cloud)
    query = f"QueueUrl={quote(url)}&Action=ReceiveMessage&Version=2012-11-05&ShowInvisible=0&ShowDelayed=false"
    answer = control.raw.send(request("GET", f"/_aws/sqs/messages?{query}")).answer()
    assert (answer.status, answer.body.count(b"<Message>")) == (200, 1)
    answer = control.raw.send(request("GET", f"/_aws/sqs/messages?{query}&Other=1")).answer()
    assert answer.status == 400


def test_what_programs_know_of_other_emulators_is_said_of_this_one(control: Controlled) -> None:
    def ask(path: str) -> Any:
        return control.raw.send(request("GET", path)).answer().json

    version = minicloud.__version__
    assert ask("/_localstack/info") == {
        "version": version,
        "edition": "community",
        "is_license_activated": False,
        "minicloud": True,
    }
    services = control.get("health")["services"]
    assert set(services.values()) == {"running"}
    for path in ("/health", "/_localstack/health"):
        assert ask(path) == {"services": services, "edition": "community", "version": version}


def test_how_messages_that_are_not_visible_are_asked_for(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    for said in ("true", "TRUE", "1", "yes", "0", "false", ""):
        for name, body in (("ShowInvisible", "first"), ("ShowDelayed", "later")):
            path = f"/_aws/sqs/messages?QueueUrl={url}&{name}={said}"
            answer = control.raw.send(request("GET", path, {"Accept": "application/json"})).answer()
            result = answer.json["ReceiveMessageResponse"]["ReceiveMessageResult"]
            more = [body] if said.lower() in ("true", "1") else []
            assert sorted(message["Body"] for message in result["Message"]) == sorted(["caf\u00e9", *more]), said


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("PT0S", 0),
        ("P1D", 86_400 * 10**9),
        ("PT1H", 3_600 * 10**9),
        ("0.000000001s", 1),
        ("1ms1s", 1_001_000_000),
        ("999999999999s", 999_999_999_999 * 10**9),
    ],
)
def test_durations_at_their_edges(text: str, nanoseconds: int) -> None:
    assert span_of(text) == nanoseconds


def test_the_latest_moment_there_is_and_the_first_there_is_not(cloud: minicloud.Cloud, control: Controlled) -> None:
    late = "the clock cannot go beyond the year 9998: give an earlier moment"
    assert control.error("POST", "clock/advance_to", {"time": "9999-01-01T00:00:00Z"}) == (400, late)
    left = 253_370_764_800 - int(cloud.clock.time())
    late = "the clock cannot go beyond the year 9998: give a shorter time"
    assert control.error("POST", "clock/advance", {"seconds": left}) == (400, late)
    moved = control.post("clock/advance", {"seconds": left - 2})
    assert moved["now"] == "9998-12-31T23:59:58.000000Z"
    moved = control.post("clock/advance_to", {"time": "9998-12-31T23:59:59Z"})
    assert moved["now"] == "9998-12-31T23:59:59.000000Z"


# --- the server -------------------------------------------------------------------------------------------------------


def test_a_certificate_is_at_its_path_and_nowhere_near(cloud: minicloud.Cloud, control: Controlled) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    cloud.client("sqs").create_queue(QueueName="q")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    sns.publish(TopicArn=topic, Message="m")
    url = json.loads(cloud.queue("q").bodies[0])["SigningCertURL"]
    path = url.partition("amazonaws.com")[2]
    answer = control.raw.send(request("GET", path)).answer()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/x-pem-file")
    assert answer.headers["date"].endswith(" GMT")
    assert answer.body == cloud.signing_certificate(url)
    for wrong, status in ((path.removesuffix(".pem"), 403), (path.replace("/", "/x"), 403), (f"{path[:-5]}.pem", 404)):
        answer = control.raw.send(request("GET", wrong)).answer()
        assert (answer.status, answer.body == b"Not Found") == (status, status == 404), wrong


def test_a_caller_that_crashes_has_no_answer(cloud: minicloud.Cloud) -> None:
    """Before its call or behind it, at the first time or on the short way."""
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with cloud.serve() as server:
        for when, sent in (("before", 0), ("after", 1)):
            cloud.faults.crash(when, operation="SendMessage", first=1)  # type: ignore[arg-type]
            raw = Raw(server.url).send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "m"}))
            assert raw.rest() == b""
            assert len(cloud.queue("q")) == sent


def test_handlers_run_no_more_when_the_server_has_ended(cloud: minicloud.Cloud) -> None:
    with cloud.serve() as server:
        threads = server._listener.calls._threads
        threads.submit(int).result()
    with pytest.raises(RuntimeError, match="shutdown"):
        threads.submit(int)


# --- the commands -----------------------------------------------------------------------------------------------------


def test_who_interrupts_a_command_has_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_ask", interrupt)
    assert main(["clock"]) == 0


@pytest.mark.parametrize("more", [0, 1])
def test_so_much_is_printed_of_a_message(
    cloud: minicloud.Cloud, cloud_server: Any, capsys: pytest.CaptureFixture[str], more: int
) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody="b" * (1_000 + more), MessageGroupId="g" * (80 + more), MessageDeduplicationId="1"
    )
    assert main(["messages", "q.fifo"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(f", group {'g' * 79}{MORE}" if more else f", group {'g' * 80}")
    body = f"{'b' * 999}{MORE} (1,001 characters)" if more else "b" * 1_000
    assert second == f"    {body}"


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("code", [404, 502])
def test_so_much_is_printed_of_what_another_server_says(
    capsys: pytest.CaptureFixture[str], code: int, more: int
) -> None:
    with something_else("x" * (200 + more), code) as url:
        assert main(["queues", "--url", url]) == 1
    shown = f"{'x' * 199}{MORE}" if more else "x" * 200
    assert capsys.readouterr().err.endswith(f": {shown}\n")


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(("code", "before", "behind"), [(404, "listens at ", " has no"), (502, ": ", " answers 502: ")])
def test_so_much_is_printed_of_where_another_server_is(
    capsys: pytest.CaptureFixture[str], code: int, before: str, behind: str, more: int
) -> None:
    with something_else("", code) as url:
        where = f"{url}/".ljust(200 + more, "u")
        assert main(["queues", "--url", where]) == 1
    shown = f"{where[:199]}{MORE}" if more else where
    assert f"{before}{shown}{behind}" in capsys.readouterr().err


@pytest.mark.parametrize("more", [0, 1])
def test_so_much_is_printed_of_why_nobody_is_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: int
) -> None:
    class Opener:
        def open(self, *_: Any, **__: Any) -> Any:
            raise URLError("r" * (200 + more))

    monkeypatch.setattr("urllib.request.build_opener", lambda *_: Opener())
    assert main(["queues", "--url", "http://h"]) == 1
    shown = f"{'r' * 199}{MORE}" if more else "r" * 200
    told = (
        f"minicloud queues: no server can be reached at http://h ({shown}): start one with python3 -m minicloud serve"
    )
    assert capsys.readouterr().err == f"{told}, or say where it is by --url or AWS_ENDPOINT_URL\n"


def test_what_a_server_says_that_is_no_text_is_shown_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    with something_else("caf\u00e9 \ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), 502) as url:
        assert main(["queues", "--url", url]) == 1
    assert capsys.readouterr().err.startswith(f"minicloud queues: {url} answers 502: ")
