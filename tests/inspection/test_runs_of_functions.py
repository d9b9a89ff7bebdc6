"""What the record, the ledger, a failed test's report and its page say of runs of functions."""

from __future__ import annotations

import io
import json
import sys
import types
import zipfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from minicloud import Cloud
from minicloud.engine import function_runs
from minicloud.inspection.jsonl import lines_of, read
from minicloud.inspection.report import report, section
from minicloud.inspection.verdicts import judge


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(clock="virtual", seed=1, trace=True)


def bill(event: Any, context: Any) -> Any:
    failed = [one["messageId"] for one in event["Records"] if not one["body"].isdecimal()]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def three_orders(cloud: Cloud, handler: Any = bill, **settings: Any) -> str:
    """A queue with a dead-letter queue, mapped to ``bill``, and three messages, one of which is bad."""
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="orders-dlq")
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue("orders-dlq").arn, "maxReceiveCount": 3})
    attributes = {"VisibilityTimeout": "30", "RedrivePolicy": redrive}
    url = sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    cloud.function("bill", handler, timeout=5, **settings)
    cloud.event_source_mapping(url, "bill", FunctionResponseTypes=["ReportBatchItemFailures"])
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(["7", "bad", "9"])]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]
    return url


def clicks(cloud: Cloud) -> None:
    """A stream with a bad record, whose function fails until that is given up, and a destination."""
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.client("sqs").create_queue(QueueName="given-up")

    def count(event: Any, context: Any) -> None:
        if b"bad" in [b64decode(record["kinesis"]["data"]) for record in event["Records"]]:
            raise ValueError("no number")

    cloud.function("count", count)
    cloud.event_source_mapping(
        "clicks",
        "count",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": cloud.queue("given-up").arn}},
    )
    records = [{"Data": data, "PartitionKey": "p"} for data in (b"1", b"2", b"bad", b"4")]
    cloud.client("kinesis").put_records(StreamName="clicks", Records=records)  # type: ignore[arg-type]


def test_a_run_is_one_line_between_what_it_got_and_what_came_of_that(cloud: Cloud) -> None:
    three_orders(cloud)
    cloud.run_until_idle()
    lines = cloud.trace.render().splitlines()
    ids = {message.body: message_id[:8] for message_id in _ids(cloud) for message in [cloud.ledger[message_id]]}
    assert lines[2:] == [
        "00:00:00.000  bill        function created",
        "00:00:00.000  orders      mapped to the function bill",
        *(f'00:00:00.000  orders      {ids[body]} "{body}": sent' for body in ("7", "bad", "9")),
        *(
            f'00:00:00.000  orders      {ids[body]} "{body}": received (1st time) by bill, hidden for 30 s'
            for body in ("7", "bad", "9")
        ),
        "00:00:00.000  bill        run 1 with 3 messages of orders: 1 reported as failed",
        f'00:00:00.000  orders      {ids["7"]} "7": deleted',
        f'00:00:00.000  orders      {ids["9"]} "9": deleted',
        f'00:00:30.000  orders      {ids["bad"]} "bad": visible again, as it was not deleted in time',
        f'00:00:30.000  orders      {ids["bad"]} "bad": received (2nd time) by bill, hidden for 30 s',
        "00:00:30.000  bill        run 2 with 1 message of orders: 1 reported as failed",
        f'00:01:00.000  orders      {ids["bad"]} "bad": visible again, as it was not deleted in time',
        f'00:01:00.000  orders      {ids["bad"]} "bad": received (3rd time) by bill, hidden for 30 s',
        "00:01:00.000  bill        run 3 with 1 message of orders: 1 reported as failed",
        f'00:01:30.000  orders      {ids["bad"]} "bad": visible again, as it was not deleted in time',
        f'00:01:30.000  orders      {ids["bad"]} "bad": moved to orders-dlq after 3 receives',
    ]
    (bad,) = (cloud.ledger[message_id] for message_id in _ids(cloud) if cloud.ledger[message_id].body == "bad")
    assert [delivery.by for delivery in bad.deliveries] == ["bill"] * 3
    assert str(bad).splitlines()[1:] == [
        "  00:00:00.000  sent",
        "  00:00:00.000 to 00:01:30.000  received 3 times (1st to 3rd) by bill, never deleted in time",
        "  00:00:00.000 to 00:01:00.000  runs 1, 2 and 3 of bill: reported as failed",
        "  00:01:30.000  moved to orders-dlq after 3 receives",
    ]
    assert cloud.check_history()


def _ids(cloud: Cloud) -> list[str]:
    return [event.details["message_id"] for event in cloud.trace.of("sqs.message.sent")]


def test_a_run_that_lasts_has_a_line_for_each_of_its_ends(cloud: Cloud, tmp_path: Path) -> None:
    three_orders(cloud, lambda *_: None, takes=lambda event: 2 if len(event["Records"]) == 3 else 9)
    cloud.client("lambda").invoke(FunctionName="bill", Payload=b'{"Records": []}')
    cloud.trace.to_html(tmp_path / "page.html")
    cloud.run_until_idle()
    runs = [line[14:] for line in cloud.trace.render().splitlines() if "  bill    " in line]
    assert runs == [
        "bill        function created",
        "bill        run 1 with 3 messages of orders begins",
        "bill        run 2 for invoke begins",
        "bill        run 1 with 3 messages of orders, after 2 s: succeeded",
        "bill        run 2 for invoke: timed out after 5 s",
    ]
    assert [line.strip() for line in str(cloud.ledger[_ids(cloud)[0]]).splitlines()[3:]] == [
        "00:00:00.000  run 1 of bill begins",
        "00:00:02.000  run 1 of bill: succeeded after 2 s",
        "00:00:02.000  deleted",
    ]
    cloud.trace.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert '{"group":"functions","name":"bill"}' in page
    assert '"text":"run 1 with 3 messages of orders"' in page


def test_what_a_handler_does_stands_between_the_ends_of_its_run(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    other = sqs.create_queue(QueueName="other")["QueueUrl"]
    cloud.function("relay", lambda *_: sqs.send_message(QueueUrl=other, MessageBody="x") and None)
    cloud.client("lambda").invoke(FunctionName="relay")
    lines = [line[14:].split(": ", 1)[-1] for line in cloud.trace.render().splitlines()[-3:]]
    assert lines == ["relay  run 1 for invoke begins", "sent", "succeeded"]


def test_records_tell_in_which_runs_they_were_and_who_has_read_them(cloud: Cloud) -> None:
    clicks(cloud)
    cloud.run_until_idle()
    bad = next(one for one in cloud.ledger.of("clicks") if one.body == "bad")
    assert [line[16:] for line in str(bad).splitlines()[1:]] == [
        "put into shardId-000000000000, key 'p'",
        "run 1 of count: failed (ValueError: no number)",
        "run 3 of count: failed (ValueError: no number)",
        "run 4 of count: failed (ValueError: no number)",
        "run 5 of count, 2nd attempt: failed (ValueError: no number)",
        "given up by count (RetryAttemptsExhausted), given-up is told",
    ]
    assert [str(reader) for reader in cloud.stream("clicks").readers] == ["function count read clicks/0: 0..3"]
    assert judge(cloud, ["streams_read", "history_holds", "nothing_owed"]) == ""
    assert judge(cloud, ["invocations_ok"]).splitlines()[1] == (
        "  count has given up 1 record of clicks (RetryAttemptsExhausted, run 5)"
    )


def test_a_failed_test_is_shown_one_traceback_for_each_error(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_runs, "perf_counter", lambda: 1.0)  # a busy machine takes some, and is told of it
    clicks(cloud)

    def later(event: Any, context: Any) -> None:
        raise KeyError(event["id"])

    cloud.function("later", later)
    for number in range(3):
        cloud.client("lambda").invoke(
            FunctionName="later", InvocationType="Event", Payload=json.dumps({"id": number}).encode()
        )
    cloud.function("late", lambda *_: None, takes=4)
    cloud.client("lambda").invoke(FunctionName="late", InvocationType="Event")
    cloud.run_until_idle()
    text = section(cloud, list(cloud.trace))[1]
    shown = text[text.index("invocations that failed:") :].splitlines()
    here = Path(__file__)
    raised = 1 + here.read_text().splitlines().index('            raise ValueError("no number")')
    assert shown[:5] == [
        "invocations that failed:",
        "  count, runs 1, 3, 4 and 5:",
        f'    File "{here}", line {raised}, in count',
        '      raise ValueError("no number")',
        "    ValueError: no number",
    ]
    assert shown[5] == "  later, runs 1, 2, 3, 4, 5 and 4 more:"
    assert shown[8] == "    KeyError: 0 (and 2 other texts)"
    assert shown[9:] == ["  late, runs 1, 2 and 3: timed out after 3 s"]
    assert report(read(lines_of(cloud.trace)))[-600:] == text[-600:]  # also from a file


def test_a_run_that_takes_real_time_alone_is_noted(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [1.0]
    monkeypatch.setattr(function_runs, "perf_counter", lambda: passed[0])

    def compute(*_: Any) -> None:
        passed[0] += 0.06

    cloud.function("quick", lambda *_: None)
    cloud.function("slow", compute)
    for name in ("quick", "slow", "slow"):
        cloud.client("lambda").invoke(FunctionName=name)
    text = section(cloud, list(cloud.trace))[1]
    assert "(and 1 more run of it), took 0." in text
    assert "quick, run" not in text.rpartition("\n\n")[2]
    cloud.function("lasting", compute, takes=1)
    mark = cloud.trace.mark()
    cloud.client("lambda").invoke(FunctionName="lasting")
    assert "real time" not in section(cloud, cloud.trace.since(mark))[1]


def test_what_was_not_run_is_said(cloud: Cloud) -> None:
    clicks(cloud)
    cloud.function("idle", lambda *_: None)
    for source, name in (("given-up", "idle"), ("clicks", "idle")):
        cloud.event_source_mapping(source, name, Enabled=False)
    cloud.run_until_idle()
    head = section(cloud, list(cloud.trace))[1].partition("\n\n")[0].splitlines()
    assert "the mapping of given-up to idle is disabled" in head
    assert "the mapping of clicks to idle is disabled" not in head  # all has been read by another one
    assert head[-1] == "never run: idle"


def test_a_call_that_has_a_function_run_and_a_fault_of_a_run_are_told_with_the_run(cloud: Cloud) -> None:
    cloud.function("work", lambda *_: None)
    cloud.faults.time_out(function="work", nth=2)
    for kind in ("RequestResponse", "Event"):
        cloud.client("lambda").invoke(FunctionName="work", InvocationType=kind)
    cloud.run_until_idle()
    assert [line[14:] for line in cloud.trace.render().splitlines()[1:]] == [
        "work  run 1 for invoke: succeeded",
        "work  fault: TimeOut()",
        "work  run 2 for invoke-async begins",
        "work  run 2 for invoke-async: timed out after 3 s",
        "work  event of invoke-async is run again at 00:01:03.000",
        "work  run 3 for invoke-async, 2nd attempt: succeeded",
    ]


def test_what_a_cloud_knows_of_an_error_inside_a_function_is_told(cloud: Cloud) -> None:
    """Its notes: they are no part of AWS's text, and of the answer that the function gives."""
    cloud.client("sqs").create_queue(QueueName="orders")

    def ship(event: Any, context: Any) -> None:
        cloud.client("sqs").get_queue_url(QueueName="order")

    cloud.function("ship", ship)
    answer = json.loads(cloud.client("lambda").invoke(FunctionName="ship")["Payload"].read())
    note = "there is a queue 'orders': did you mean that one?"
    assert answer["errorMessage"].endswith("The specified queue does not exist.")
    assert note not in json.dumps(answer)
    events = list(cloud.trace)
    for text in (report(events), report(list(read(lines_of(events))))):
        shown = text[text.index("invocations that failed:") :].splitlines()
        assert shown[-2].endswith("The specified queue does not exist.")
        assert shown[-1] == f"    {note}"


def test_a_module_of_the_test_s_that_is_not_the_function_s_is_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shop", types.ModuleType("shop"))
    for name, module in (("bill", "shop"), ("ship", "other_shop"), ("idle", "shop")):
        cloud.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role="arn:aws:iam::123456789012:role/any",
            Handler=f"{module}.handler",
            Code={"ZipFile": zipped(module)},
        )

    def remarks() -> list[str]:
        lines = section(cloud, list(cloud.trace))[1].splitlines()
        return [line for line in lines if "of its archive" in line]

    for name in ("bill", "ship"):
        cloud.client("lambda").invoke(FunctionName=name)
    assert remarks() == [
        "bill ran shop.py of its archive, which is not the module shop that the test has imported: "
        "cloud.function('bill', shop.handler) has it run that one"
    ]
    cloud.function("bill", lambda *_: None)
    assert remarks() == []


def zipped(module: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{module}.py", "def handler(*_):\n    return 1\n")
    return content.getvalue()
