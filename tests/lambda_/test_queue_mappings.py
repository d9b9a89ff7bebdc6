"""What a mapping does with the messages of its queue: batches, results, retries, windows, filters."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

from .queue_stage import QUEUE, Stage, boom, failing

# --- one batch -------------------------------------------------------------------------------------------------------


def test_a_batch_has_run_when_the_send_returns() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    mapping = s.cloud.event_source_mapping("q", "f")
    s.send(url, "1", "2", "3")
    assert s.batches == [["1", "2", "3"]]
    s.sqs.send_message(QueueUrl=url, MessageBody="4")
    assert s.batches[1:] == [["4"]]
    assert (s.counts(), mapping.last_result, mapping.in_flight) == ((0, 0, 0), "OK", 0)
    s.sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=7)
    assert mapping.last_result == "OK"
    s.cloud.clock.advance(7)
    assert (s.batches[2:], s.times[2:]) == ([["later"]], [7.0])


def test_what_lies_in_the_queue_is_taken_when_the_mapping_is_made_oldest_first() -> None:
    s = Stage()
    url = s.queue()
    s.send(url, *map(str, range(57)))
    s.function()
    s.cloud.event_source_mapping(url, "f", BatchSize=9)
    assert [body for batch in s.batches for body in batch] == list(map(str, range(57)))
    assert [len(batch) for batch in s.batches] == [9, 9, 9, 9, 9, 9, 3]


def test_the_event_has_awss_form() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    s.cloud.event_source_mapping(url, "f")
    attributes = {
        "k": {"DataType": "String", "StringValue": "v"},
        "b": {"DataType": "Binary", "BinaryValue": b"\0\1"},
    }
    header = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
    sent = s.sqs.send_message(
        QueueUrl=url, MessageBody='{"a": 1}', MessageAttributes=attributes, MessageSystemAttributes=header
    )
    (record,) = s.events[0]["Records"]
    handle = record.pop("receiptHandle")
    assert handle
    system = record["attributes"]
    assert list(system) == [
        "ApproximateReceiveCount",
        "AWSTraceHeader",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    ]
    assert system["ApproximateReceiveCount"] == "1"
    assert system["SentTimestamp"] == system["ApproximateFirstReceiveTimestamp"] == str(s.begun // 1_000_000)
    empty = {"stringListValues": [], "binaryListValues": []}
    assert record == {
        "messageId": sent["MessageId"],
        "body": '{"a": 1}',
        "attributes": system,
        "messageAttributes": {
            "k": {"stringValue": "v", **empty, "dataType": "String"},
            "b": {"binaryValue": "AAE=", **empty, "dataType": "Binary"},
        },
        "md5OfMessageAttributes": sent["MD5OfMessageAttributes"],
        "md5OfBody": sent["MD5OfMessageBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": "us-east-1",
    }
    s.send(url, "plain")
    assert list(s.events[1]["Records"][0]) == [
        "messageId",
        "receiptHandle",
        "body",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    ]
    fifo = s.queue("q.fifo")
    s.cloud.event_source_mapping(fifo, "f")
    s.send(fifo, "in order", MessageGroupId="g")
    assert {"SequenceNumber", "MessageGroupId", "MessageDeduplicationId"} < set(s.events[2]["Records"][0]["attributes"])
    windowed = s.queue("w")
    s.cloud.event_source_mapping(windowed, "f", MaximumBatchingWindowInSeconds=1)
    s.send(windowed, "m")
    s.cloud.clock.advance(1)
    assert s.events[3]["Records"][0]["md5OfMessageAttributes"] is None


def test_a_handler_may_do_with_its_event_what_it_likes() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)

    def spoil(event: dict[str, Any]) -> None:
        for record in event["Records"]:
            record["attributes"].clear()
            record.clear()
        raise RuntimeError

    s.function(spoil)
    s.cloud.event_source_mapping(url, "f")
    s.send(url, "m")
    s.cloud.clock.advance(30)
    assert s.batches == [["m"], ["m"]]


# --- how a run ends --------------------------------------------------------------------------------------------------


def test_a_poison_message_ends_in_the_dead_letter_queue() -> None:
    s = Stage()
    url = s.with_dlq(3, VisibilityTimeout=30)
    s.function(failing("bad"), timeout=5)
    s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    s.send(url, "7", "bad", "9")
    assert (s.batches, s.counts()) == ([["7", "bad", "9"]], (0, 0, 1))
    s.cloud.clock.advance(90)
    assert (s.cloud.queue("dlq").bodies, s.counts()) == (["bad"], (0, 0, 0))
    assert (s.batches[1:], s.times) == ([["bad"], ["bad"]], [0, 30, 60])
    ids = {event["Records"][-1]["messageId"] for event in s.events[1:]}
    assert len(ids) == 1
    assert [event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in s.events] == ["1", "2", "3"]
    assert len({event["Records"][0]["receiptHandle"] for event in s.events[1:]}) == 2


@pytest.mark.parametrize("way", ["raises", "takes too long", "answers nothing that can be understood"])
def test_a_batch_that_fails_comes_back_as_a_whole(way: str) -> None:
    s = Stage()
    url = s.with_dlq(2, VisibilityTimeout=30)
    if way == "takes too long":
        s.function(timeout=5, takes=6)
    else:
        s.function(boom if way == "raises" else "what?")
    mapping = s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    s.send(url, "1", "2")
    s.cloud.clock.advance(29)
    assert (s.counts(), mapping.last_result) == ((0, 0, 2), "PROBLEM: Function call failed")
    s.cloud.clock.advance(31)
    assert (s.batches, s.times) == ([["1", "2"]] * 2, [0, 30])
    assert s.cloud.queue("dlq").bodies == ["1", "2"]


@pytest.mark.parametrize(
    "answer",
    [None, "", [], {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"statusCode": 200}],
)
def test_answers_that_mean_that_all_went_well(answer: Any) -> None:
    s = Stage()
    url = s.queue()
    s.function(answer)
    s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    s.send(url, "1", "2")
    assert s.counts() == (0, 0, 0)


@pytest.mark.parametrize(
    "items",
    [
        [{"itemIdentifier": ""}],
        [{"itemIdentifier": None}],
        [{"itemIdentifier": "00000000-0000-4000-8000-000000000000"}],
        [{"itemIdentifier": 1}],
        [{"itemIdentifier": []}],
        [{"foo": "notvalid"}],
        ["what"],
        {"itemIdentifier": "x"},
    ],
)
def test_reports_that_fail_the_whole_batch(items: Any) -> None:
    s = Stage()
    url = s.queue()

    def answer(event: dict[str, Any]) -> Any:
        real = [{"itemIdentifier": event["Records"][0]["messageId"]}]
        return {"batchItemFailures": real + items if isinstance(items, list) else items}

    s.function(answer)
    s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    s.send(url, "1", "2")
    assert s.counts() == (0, 0, 2)


def test_reports_are_ignored_unless_they_were_asked_for() -> None:
    s = Stage()
    url = s.queue()
    s.function(failing("1"))
    s.cloud.event_source_mapping(url, "f")
    s.send(url, "1", "2")
    assert s.counts() == (0, 0, 0)


def test_work_that_lasts_longer_than_the_visibility_timeout_is_done_twice() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=45, timeout=60)
    mapping = s.cloud.event_source_mapping(url, "f")
    s.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
    s.send(url, "slow")
    assert mapping.in_flight == 1
    s.cloud.clock.advance(44)
    assert (s.times, s.counts()) == ([0, 30], (0, 0, 1))
    s.cloud.clock.advance(1)
    assert (s.times, s.counts(), mapping.in_flight) == ([0, 30], (0, 0, 0), 1)
    s.cloud.clock.advance(60)
    assert (s.times, mapping.in_flight) == ([0, 30], 0)


# --- windows and sizes -----------------------------------------------------------------------------------------------


def test_a_window_collects_until_it_is_over_or_the_batch_is_full() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function()
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=25, MaximumBatchingWindowInSeconds=20)
    s.send(url, *map(str, range(8)))
    s.cloud.clock.advance(12)
    s.send(url, *map(str, range(8, 14)))
    assert (s.batches, mapping.in_flight) == ([], 14)
    s.cloud.clock.advance(8)
    assert (s.batches, s.times) == ([list(map(str, range(14)))], [20])
    s.send(url, *map(str, range(30)))
    assert s.batches[1:] == [list(map(str, range(25)))]
    s.cloud.clock.advance(20)
    assert s.batches[2:] == [list(map(str, range(25, 30)))]
    # A window longer than the visibility timeout: messages are taken again before it is over.
    s.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "15"})
    s.send(url, "again")
    s.cloud.clock.advance(20)
    assert s.batches[3:] == [["again", "again"]]
    assert s.counts() == (0, 0, 0)


def test_an_event_has_no_more_than_six_megabytes() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=120)
    s.function()
    s.cloud.event_source_mapping(url, "f", BatchSize=10)
    mapping = s.lambda_.list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
    s.lambda_.update_event_source_mapping(UUID=mapping, Enabled=False)
    for _ in range(9):
        s.sqs.send_message(QueueUrl=url, MessageBody="x" * 1_000_000)
    s.lambda_.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert [len(batch) for batch in s.batches] == [6, 3]
    assert max(len(json.dumps(event)) for event in s.events) < 6_291_556
    s.batches.clear()
    s.lambda_.update_event_source_mapping(UUID=mapping, BatchSize=100, MaximumBatchingWindowInSeconds=60)
    for _ in range(9):
        s.sqs.send_message(QueueUrl=url, MessageBody="ü" * 500_000)
    assert [len(batch) for batch in s.batches] == [6]
    s.cloud.clock.advance(60)
    assert [len(batch) for batch in s.batches] == [6, 3]


@pytest.mark.parametrize(
    ("changed", "runs"),
    [
        ({"BatchSize": 4}, False),
        ({"BatchSize": 3}, True),
        ({"BatchSize": 2}, True),
        ({"MaximumBatchingWindowInSeconds": 0}, True),
    ],
)
def test_a_batch_that_is_open_closes_by_the_settings_that_there_are_now(changed: dict[str, int], runs: bool) -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=120)
    s.function()
    mapping = s.cloud.event_source_mapping(url, "f", MaximumBatchingWindowInSeconds=60)
    s.send(url, "1", "2", "3")
    s.lambda_.update_event_source_mapping(UUID=mapping.uuid, **changed)
    assert s.batches == ([["1", "2", "3"]] if runs else [])
    s.cloud.clock.advance(60)
    assert s.batches == [["1", "2", "3"]]


def test_no_event_is_larger_than_the_limit_however_few_its_messages_are() -> None:
    s = Stage(limits=minicloud.Limits(lambda_payload_sync=3_000))
    url = s.queue()
    for size in (1, 2_000, 2_000, 1, 2_900):
        s.send(url, "x" * size)
    s.function()
    s.cloud.event_source_mapping(url, "f")
    assert max(len(json.dumps(event, separators=(",", ":"))) for event in s.events[:-1]) <= 3_000
    assert sorted(len(body) for batch in s.batches for body in batch) == [1, 1, 2_000, 2_000, 2_900]
    assert not any("md5OfMessageAttributes" in record for event in s.events for record in event["Records"])


def test_ten_messages_are_taken_at_a_time() -> None:
    s = Stage()
    url = s.queue()
    s.send(url, *map(str, range(25)))
    s.function()
    s.cloud.event_source_mapping(url, "f", BatchSize=25, MaximumBatchingWindowInSeconds=1)
    assert [len(fact.details["message_ids"]) for fact in s.cloud.trace.of("mapping.taken")] == [10, 10, 5]
    assert [len(batch) for batch in s.batches] == [25]


@pytest.mark.parametrize("way", ["full", "disabled", "disabled when throttled"])
def test_nothing_is_due_for_what_waits_no_more(way: str) -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(reserved_concurrency=0 if way == "disabled when throttled" else None)
    window = {} if way == "disabled when throttled" else {"MaximumBatchingWindowInSeconds": 20}
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=2, **window)
    s.send(url, "1")
    if way == "full":
        s.send(url, "2")
        assert s.batches == [["1", "2"]]
    else:
        mapping.disable()
    s.cloud.clock.advance_to_next()
    assert s.now >= 30  # what is next is of the queue: neither the end of a window, nor another try


# --- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["the function is deleted", "another is made", "disabled", "deleted"])
def test_what_becomes_of_a_batch_that_waits_for_its_turn(way: str) -> None:
    """It was taken and not let run: its messages come back when their time is over, or another function has them."""
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(reserved_concurrency=0)
    mapping = s.cloud.event_source_mapping(url, "f")
    s.send(url, "m")
    assert (s.batches, s.counts()) == ([], (0, 0, 1))
    if way == "disabled":
        mapping.disable()
    elif way == "deleted":
        s.lambda_.delete_event_source_mapping(UUID=mapping.uuid)
    else:
        s.lambda_.delete_function(FunctionName="f")
    if way == "another is made":
        s.function()
    s.cloud.clock.advance(29)
    assert s.batches == ([["m"]] if way == "another is made" else [])
    if way == "the function is deleted":
        assert (mapping.last_result, mapping.in_flight) == ("PROBLEM: Function not found", 0)
    s.cloud.clock.advance(1)
    assert s.counts() == ((0, 0, 0) if way == "another is made" else (1, 0, 0))


def test_what_the_filters_do_not_want_is_deleted_unseen() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    patterns = [
        {"body": {"kind": ["a", {"prefix": "b"}]}},
        {"body": ["plain"]},
        {"body": {"kind": [{"prefix": "d"}], "gone": [{"exists": False}]}},
        {"body": {"all": [{"exists": False}], "kind": [{"exists": False}], "n": [{"exists": False}]}},
        {"messageAttributes": {"t": {"stringValue": ["x"]}}},
    ]
    criteria = {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}
    mapping = s.cloud.event_source_mapping(url, "f", FilterCriteria=criteria)
    wanted = ['{"kind": "a"}', '{"kind": "bc", "n": 1}', "plain"]
    s.send(url, *wanted, '{"kind": "c"}', "other", '"plain"', "{", "[1]")
    s.send(url, "whatever", MessageAttributes={"t": {"DataType": "String", "StringValue": "x"}})
    assert s.batches == [wanted, ["whatever"]]
    s.send(url, "nothing", "of", "it")
    assert (len(s.batches), s.counts(), mapping.in_flight) == (2, (0, 0, 0), 0)
    filtered = [fact.details["message_ids"] for fact in s.cloud.trace if fact.kind == "mapping.filtered"]
    assert [len(ids) for ids in filtered] == [5, 3]


@pytest.mark.parametrize("window", [0, 1])
def test_a_filter_sees_a_message_without_attributes_as_one(window: int) -> None:
    """Also through a window, whose events say ``null`` there."""
    s = Stage()
    url = s.queue()
    s.function()
    pattern = '{"md5OfMessageAttributes": [{"exists": false}]}'
    filters = {"Filters": [{"Pattern": pattern}]}
    s.cloud.event_source_mapping(url, "f", FilterCriteria=filters, MaximumBatchingWindowInSeconds=window)
    s.send(url, "none")
    s.send(url, "some", MessageAttributes={"t": {"DataType": "String", "StringValue": "x"}})
    s.cloud.clock.advance(1)
    assert s.batches == [["none"]]


def test_whatever_a_body_holds_a_filter_only_says_yes_or_no() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    pattern = '{"body": {"n": [1e400, 12345678901234567890, {"exists": false}]}}'
    s.cloud.event_source_mapping(url, "f", FilterCriteria={"Filters": [{"Pattern": pattern}]})
    wanted = ['{"n": 1e400}', '{"n": 12345678901234567890}', '{"m": ' + "7" * 5_000 + "}", "{}"]
    too_deep = '{"m":' * 100_000 + "1" + "}" * 100_000
    s.send(url, *wanted, '{"n": 1e401}', '{"n": 12345678901234567891}', '{"m": NaN}', too_deep)
    assert (s.batches, s.counts()) == ([wanted], (0, 0, 0))
