"""Mappings of streams: what functions get, when, and what becomes of what fails. The times are those of the cloud."""

from __future__ import annotations

import itertools
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
SHARD = "shardId-000000000000"


class Stream:
    """A stream with a function, and what it is run with."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.kinesis = cloud.client("kinesis")
        self.lambda_ = cloud.client("lambda")
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.client("sqs").create_queue(QueueName="given-up")
        self.began = cloud.clock.now()
        self.runs: list[tuple[float, list[bytes]]] = []
        """When it was run, in seconds, and the data of its records."""
        self.answer: Callable[[dict[str, Any], list[bytes]], Any] = lambda *_: None

    @property
    def seconds(self) -> float:
        return (self.cloud.clock.now() - self.began).total_seconds()

    def handle(self, event: Any, _: Any) -> Any:
        data = [b64decode(record["kinesis"]["data"]) for record in event["Records"]]
        self.runs.append((self.seconds, data))
        return self.answer(event, data)

    def map(self, source: str = "s", *, destination: bool = False, takes: float = 0, **parameters: Any) -> Any:
        self.cloud.function("f", self.handle, takes=takes, timeout=60)
        if destination:
            arn = self.cloud.queue("given-up").arn
            parameters["DestinationConfig"] = {"OnFailure": {"Destination": arn}}
        return self.cloud.event_source_mapping(source, "f", **parameters)

    def put(self, *data: bytes, key: str = "p") -> list[str]:
        """Put records; their sequence numbers."""
        entries = [{"Data": one, "PartitionKey": key} for one in data]
        answer = self.kinesis.put_records(StreamName="s", Records=entries)
        return [record["SequenceNumber"] for record in answer["Records"]]

    @property
    def handed(self) -> list[list[bytes]]:
        return [data for _, data in self.runs]

    @property
    def told(self) -> list[Any]:
        """What the destination was told."""
        return [json.loads(body) for body in self.cloud.queue("given-up").bodies]


@pytest.fixture
def stream(cloud: minicloud.Cloud) -> Stream:
    return Stream(cloud)


def fail(*_: Any) -> None:
    raise ValueError("no")


def answering(answer: Any) -> Callable[..., Any]:
    return lambda *_: answer


def failed(event: Any, index: int) -> dict[str, Any]:
    """An answer that says which record failed."""
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][index]["kinesis"]["sequenceNumber"]}]}


# --- what functions get -----------------------------------------------------------------------------------------------


def test_an_event_is_as_awss(stream: Stream) -> None:
    stream.cloud.clock.advance(0.125)
    (number,) = stream.put(b"\x00hello", key="k")
    consumer = stream.kinesis.register_stream_consumer(StreamARN=STREAM, ConsumerName="c")["Consumer"]["ConsumerARN"]
    stream.map()
    stream.cloud.function("g", stream.handle)
    mapping = stream.cloud.event_source_mapping(consumer, "g")
    one, other = stream.cloud.invocations
    arrival = stream.began.timestamp() + 0.125
    assert one.event == {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "k",
                    "sequenceNumber": number,
                    "data": "AGhlbGxv",
                    "approximateArrivalTimestamp": arrival,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{SHARD}:{number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": one.event["Records"][0]["invokeIdentityArn"],
                "awsRegion": "us-east-1",
                "eventSourceARN": STREAM,
            }
        ]
    }
    assert one.event["Records"][0]["invokeIdentityArn"].startswith("arn:aws:iam::123456789012:role/")
    assert other.event["Records"][0].pop("eventSourceARN") == consumer == mapping.source_arn
    assert one.trigger == other.trigger == "kinesis:s"
    assert mapping.last_result == "OK"
    stream.kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    stream.put(b"more")
    assert len(stream.cloud.invocations.of("g")) == 1


def test_where_reading_begins(stream: Stream) -> None:
    stream.put(b"1")
    stream.cloud.clock.advance(10)
    moment = stream.cloud.clock.now()
    stream.put(b"2")
    stream.cloud.clock.advance(10)
    got: dict[str, list[bytes]] = {}
    for kind in ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"):
        data = got[kind] = []

        def handle(event: Any, _: Any, data: list[bytes] = data) -> None:
            data += [b64decode(record["kinesis"]["data"]) for record in event["Records"]]

        stream.cloud.function(kind, handle)
        at = {"StartingPositionTimestamp": moment} if kind == "AT_TIMESTAMP" else {}
        stream.cloud.event_source_mapping("s", kind, StartingPosition=kind, **at)
    stream.put(b"3")
    assert got == {"TRIM_HORIZON": [b"1", b"2", b"3"], "LATEST": [b"3"], "AT_TIMESTAMP": [b"2", b"3"]}


def test_batches_close_by_number_by_size_and_at_the_end_of_the_window(stream: Stream) -> None:
    big = bytes(900_000)
    stream.map(BatchSize=10, MaximumBatchingWindowInSeconds=20)
    stream.put(b"a")
    stream.cloud.clock.advance(15)
    stream.put(b"b")
    stream.cloud.clock.advance(10)  # the window began with the first record
    assert stream.runs == [(20, [b"a", b"b"])]
    stream.put(*[b"%d" % number for number in range(12)])
    assert stream.handed[1:] == [[b"%d" % number for number in range(10)]]
    stream.cloud.clock.advance(20)
    assert stream.handed[2:] == [[b"10", b"11"]]
    for _ in range(2):
        stream.put(big, big, big)
    assert [len(data) for data in stream.handed[3:]] == [5]  # six would be more than 6 MB in base64
    stream.cloud.run_until_idle()
    assert [len(data) for data in stream.handed[3:]] == [5, 1]


def test_every_setting_is_shown(stream: Stream) -> None:
    given = {
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": stream.began,
        "BatchSize": 7,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": stream.cloud.queue("given-up").arn}},
        "FilterCriteria": {"Filters": [{"Pattern": '{"partitionKey":["a"]}'}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 3,
        "MaximumRecordAgeInSeconds": 61,
        "MaximumRetryAttempts": 4,
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 5,
    }
    lanes = {"StartingPosition": "LATEST", "ParallelizationFactor": 2}
    settled = {"StartingPosition": "TRIM_HORIZON"}
    defaults = {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "FunctionResponseTypes": [],
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0,
    }
    for function, asked, shown in (
        ("f", given, given),
        ("g", settled, {**defaults, **settled}),
        ("h", lanes, {**defaults, **lanes}),
    ):
        stream.cloud.function(function, stream.handle)
        made = stream.lambda_.create_event_source_mapping(FunctionName=function, EventSourceArn=STREAM, **asked)
        assert {name: made.get(name) for name in shown} == shown
        (listed,) = stream.lambda_.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        assert {name: listed.get(name) for name in shown} == shown
        assert (given.keys() - shown.keys()).isdisjoint(listed)


def test_filters_pass_over_records(stream: Stream) -> None:
    patterns = ['{"data": {"kind": ["click"]}}', '{"partitionKey": ["vip"]}']
    stream.map(BatchSize=2, FilterCriteria={"Filters": [{"Pattern": pattern} for pattern in patterns]})
    stream.put(b'{"kind": "click"}', b'{"kind": "view"}', b"plain", b"other", b"\xff\xfe", b'{"kind": "click", "n": 1}')
    numbers = stream.put(b"whatever", key="vip") + stream.put(b"last")
    assert stream.handed == [
        [b'{"kind": "click"}', b'{"kind": "click", "n": 1}'],
        [b"whatever"],
    ]
    (view,) = stream.lambda_.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]
    assert view["LastProcessingResult"] == "OK"
    assert stream.cloud.run_until_idle() == timedelta(0)
    assert len(numbers) == 2


def test_filters_pass_over_any_number_of_records(stream: Stream) -> None:
    """They are looked at by the thousand."""
    for _ in range(5):
        stream.put(*[b"no"] * 500)
    stream.put(b"click")
    pattern = '{"partitionKey": ["vip"]}'
    (number,) = stream.put(b"yes", key="vip")
    stream.map(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    assert stream.handed == [[b"yes"]]
    (checkpoint,) = stream.cloud.invocations[-1].event["Records"]
    assert checkpoint["kinesis"]["sequenceNumber"] == number


# --- what fails -------------------------------------------------------------------------------------------------------


def test_a_batch_comes_again_until_it_is_too_old(stream: Stream) -> None:
    """Recorded: with an age of 60 seconds, and retries without end, AWS made eight runs in about a minute."""
    stream.answer = fail
    mapping = stream.map(MaximumRecordAgeInSeconds=60, destination=True)
    stream.put(b"1", b"2")
    stream.cloud.run_until_idle()
    assert [when for when, _ in stream.runs] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]
    (told,) = stream.told
    context = told["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("RecordAgeExceeded", 8)
    assert "responseContext" not in told
    assert told["KinesisBatchInfo"]["batchSize"] == 2
    assert mapping.last_result == "PROBLEM: Function call failed"
    stream.answer = lambda *_: None
    stream.put(b"3")
    assert stream.handed[-1] == [b"3"]
    assert mapping.last_result == "OK"


def test_a_batch_waits_for_a_minute_at_the_most(stream: Stream) -> None:
    stream.answer = fail
    stream.map(MaximumRetryAttempts=10)
    stream.put(b"1")
    stream.cloud.run_until_idle()
    times = [when for when, _ in stream.runs]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_what_is_too_old_when_it_is_read_is_given_up_at_once(stream: Stream) -> None:
    (first,) = stream.put(b"old")
    stream.cloud.clock.advance(0.25)
    (last,) = stream.put(b"old")
    stream.cloud.clock.advance(61)
    stream.put(b"young")
    stream.map(MaximumRecordAgeInSeconds=60, destination=True)
    assert stream.handed == [[b"young"]]
    (told,) = stream.told
    assert told["requestContext"] == {
        "requestId": told["requestContext"]["requestId"],
        "functionArn": FUNCTION,
        "condition": "RecordAgeExceeded",
        "approximateInvokeCount": 1,
    }
    assert list(told) == ["requestContext", "version", "timestamp", "KinesisBatchInfo"]
    assert (told["version"], told["timestamp"]) == ("1.0", "2026-01-01T00:01:01.250Z")
    assert told["KinesisBatchInfo"] == {
        "shardId": SHARD,
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "approximateArrivalOfFirstRecord": "2026-01-01T00:00:00.000Z",
        "approximateArrivalOfLastRecord": "2026-01-01T00:00:00.250Z",
        "batchSize": 2,
        "streamArn": STREAM,
    }


def test_progress_restarts_the_count_of_retries(stream: Stream) -> None:
    """Recorded: (4, 5, 6) reporting 6 leaves 6, which is tried four times more with three retries."""
    stream.answer = lambda event, data: failed(event, data.index(b"6")) if b"6" in data else None
    stream.map(BatchSize=3, MaximumRetryAttempts=3, FunctionResponseTypes=["ReportBatchItemFailures"], destination=True)
    stream.put(*[b"%d" % number for number in range(1, 8)])
    stream.cloud.run_until_idle()
    assert stream.handed == [[b"1", b"2", b"3"], [b"4", b"5", b"6"], *[[b"6"]] * 4, [b"7"]]
    (told,) = stream.told
    assert told["requestContext"]["approximateInvokeCount"] == 4
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": None}
    assert told["KinesisBatchInfo"]["batchSize"] == 1


@pytest.mark.parametrize("bisects", [False, True])
def test_what_answers_mean(stream: Stream, bisects: bool) -> None:
    """Recorded, but for the answers of the last row of either: those are inferred."""
    well = ["", [], None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"else": 1}]
    badly = [
        *[{"batchItemFailures": [{"itemIdentifier": one}]} for one in ("123", 123, "", None)],
        *[{"batchItemFailures": [{"foo": 123}]}, {"batchItemFailures": [{"foo": None}]}],
        *["done", 7, [1], {"batchItemFailures": "x"}, {"batchItemFailures": ["x"]}],
    ]
    stream.map(
        BisectBatchOnFunctionError=bisects,
        MaximumRetryAttempts=0,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        destination=True,
    )
    for answer in well:
        stream.answer = answering(answer)
        stream.put(b"1", b"2")
    assert stream.handed == [[b"1", b"2"]] * len(well)
    assert not stream.told
    stream.runs.clear()
    for number, answer in enumerate(badly, 1):
        stream.answer = answering(answer)
        stream.put(b"1", b"2")
        stream.cloud.run_until_idle()
        assert len(stream.told) == number * (1 + bisects), answer
        assert len(stream.runs) == number * (1 + 2 * bisects), answer
    stream.runs.clear()
    stream.answer = lambda event, data: (
        {"batchItemFailures": [*failed(event, 2)["batchItemFailures"], *failed(event, 1)["batchItemFailures"]]}
        if len(data) == 4
        else None
    )
    stream.put(b"1", b"2", b"3", b"4")
    stream.cloud.run_until_idle()
    assert stream.handed == [[b"1", b"2", b"3", b"4"], [b"2", b"3", b"4"]], "the lowest number is the checkpoint"


def test_without_reports_an_answer_means_nothing(stream: Stream) -> None:
    stream.answer = lambda event, _: failed(event, 0)
    stream.map()
    stream.put(b"1", b"2")
    assert stream.cloud.run_until_idle() == timedelta(0)
    assert stream.handed == [[b"1", b"2"]]


def test_timeouts_count_and_throttled_runs_do_not(stream: Stream) -> None:
    stream.map(MaximumRetryAttempts=1, takes=70, destination=True)
    stream.lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    stream.put(b"1")
    stream.cloud.clock.advance(100)
    assert not stream.runs
    assert {run.outcome for run in stream.cloud.invocations} == {"throttled"}
    stream.lambda_.delete_function_concurrency(FunctionName="f")
    stream.cloud.run_until_idle()
    outcomes = [run.outcome for run in stream.cloud.invocations if run.outcome != "throttled"]
    assert outcomes == ["timeout", "timeout"]
    (first, _), (second, _) = stream.runs
    assert second - first == 60.5
    assert stream.told[0]["requestContext"]["approximateInvokeCount"] == 2
    assert stream.told[0]["responseContext"]["functionError"] == "Unhandled"


def test_a_topic_is_told_of_what_is_given_up(stream: Stream) -> None:
    cloud = stream.cloud
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="given-up")["TopicArn"]
    url = sqs.create_queue(QueueName="by-topic")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(url).arn)
    stream.answer = fail
    stream.map(MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": topic}})
    stream.put(b"1")
    (body,) = cloud.queue(url).bodies
    envelope = json.loads(body)
    assert json.loads(envelope["Message"])["KinesisBatchInfo"]["batchSize"] == 1
    assert "Subject" not in envelope


def test_a_destination_that_is_gone_is_not_told(stream: Stream) -> None:
    stream.answer = fail
    mapping = stream.map(MaximumRetryAttempts=0, destination=True)
    sqs = stream.cloud.client("sqs")
    sqs.delete_queue(QueueUrl=stream.cloud.queue("given-up").url)
    stream.put(b"1")
    assert [event.details["destination"] for event in stream.cloud.trace if event.kind == "mapping.destination_failed"]
    assert mapping.in_flight == 0


def test_records_go_from_under_a_shard_that_is_blocked(stream: Stream) -> None:
    stream.answer = fail
    mapping = stream.map(destination=True)
    stream.put(b"1", b"2")
    stream.cloud.clock.advance(3600)
    stream.put(b"3")
    stream.cloud.clock.advance(23.5 * 3600)
    assert stream.handed[-1] == [b"3"]
    assert not stream.told, "AWS is not known to tell of these"
    mapping.disable()
    stream.cloud.clock.advance(30 * 3600)
    stream.answer = lambda *_: None
    stream.runs.clear()
    stream.put(b"4")
    mapping.enable()
    assert stream.handed == [[b"4"]]
    discarded = [event.details for event in stream.cloud.trace if event.kind == "mapping.discarded"]
    assert [(one["records"], one["why"]) for one in discarded] == [(2, "expired"), (1, "expired")]


def test_what_goes_from_under_a_batch_is_part_of_it(stream: Stream) -> None:
    """The rest is tried again: what the stream keeps no longer, and what has got too old, is not."""
    stream.answer = fail
    stream.map(destination=True, MaximumBatchingWindowInSeconds=300)
    stream.put(b"1", b"2")
    stream.cloud.clock.advance(240)
    stream.put(b"3")
    stream.cloud.clock.advance(24 * 3600 - 240 - 1)
    assert stream.handed[-1] == [b"1", b"2", b"3"]
    stream.cloud.clock.advance(61)
    assert stream.handed[-1] == [b"3"]
    discarded = [event.details for event in stream.cloud.trace if event.kind == "mapping.discarded"]
    assert [(one["records"], one["why"]) for one in discarded] == [(2, "expired")]


def test_what_of_a_batch_has_got_too_old_is_given_up(stream: Stream) -> None:
    stream.answer = fail
    stream.map(destination=True, MaximumBatchingWindowInSeconds=60, MaximumRecordAgeInSeconds=60)
    first, second = stream.put(b"1", b"2")
    stream.cloud.clock.advance(59)
    (third,) = stream.put(b"3")
    stream.cloud.run_until_idle()
    told = [one["KinesisBatchInfo"] for one in stream.told]
    assert [one["batchSize"] for one in told] == [2, 1]
    numbers = [(one["startSequenceNumber"], one["endSequenceNumber"]) for one in told]
    assert numbers == [(first, second), (third, third)]
    assert [one["requestContext"]["condition"] for one in stream.told] == ["RecordAgeExceeded"] * 2
    assert [(when, len(data)) for when, data in stream.runs[:3]] == [(60, 3), (60.5, 3), (61.5, 1)]


# --- lanes ------------------------------------------------------------------------------------------------------------


def test_lanes_run_side_by_side_and_keep_the_order_of_a_key(stream: Stream) -> None:
    mapping = stream.map(ParallelizationFactor=10, BatchSize=1, takes=5)
    for number in range(3):
        for key in "abcdef":
            stream.put(key.encode() + b"%d" % number, key=key)
    first = [data for when, (data,) in stream.runs if when == 0]
    assert len(first) > 1
    assert mapping.in_flight == len(first)
    stream.cloud.run_until_idle()
    handed = [data for _, (data,) in stream.runs]
    assert sorted(handed) == sorted(key.encode() + b"%d" % number for number in range(3) for key in "abcdef")
    for key in b"abcdef":
        assert [data[1:] for data in handed if data[0] == key] == [b"0", b"1", b"2"]


@pytest.mark.parametrize("lanes", [2, 1])
def test_another_number_of_lanes_handles_nothing_twice(stream: Stream, lanes: int) -> None:
    stuck = {"on": True}

    def answer(event: Any, data: list[bytes]) -> None:
        if stuck["on"] and any(one.startswith(b"a") for one in data):
            raise ValueError("a is not to be handled yet")

    stream.answer = answer
    mapping = stream.map(ParallelizationFactor=7)
    for number in range(3):
        for key in "abcdef":
            stream.put(key.encode() + b"%d" % number, key=key)
    (checkpoint,) = mapping.positions.values()
    stream.lambda_.update_event_source_mapping(UUID=mapping.uuid, ParallelizationFactor=lanes)
    assert list(mapping.positions.values()) == [checkpoint]
    stuck["on"] = False
    stream.cloud.run_until_idle()
    good = [run for run in stream.cloud.invocations if run.outcome == "success"]
    handled = [b64decode(record["kinesis"]["data"]) for run in good for record in run.event["Records"]]
    assert sorted(handled) == sorted(key.encode() + b"%d" % number for number in range(3) for key in "abcdef")


def test_another_number_of_lanes_is_that_of_the_runs_side_by_side(stream: Stream) -> None:
    mapping = stream.map(BatchSize=1, takes=5)

    def running() -> int:
        for key in "abcdef":
            stream.put(b"1", key=key)
        in_flight = mapping.in_flight
        stream.cloud.run_until_idle()
        return in_flight

    assert running() == 1
    stream.lambda_.update_event_source_mapping(UUID=mapping.uuid, ParallelizationFactor=10)
    assert running() > 1
    stream.lambda_.update_event_source_mapping(UUID=mapping.uuid, ParallelizationFactor=1)
    assert running() == 1


# --- tumbling windows -------------------------------------------------------------------------------------------------


def test_what_is_owed_is_told(stream: Stream) -> None:
    stream.answer = answering({"state": {}})
    stream.map(BatchSize=2, TumblingWindowInSeconds=120, MaximumBatchingWindowInSeconds=20)

    def owed() -> str:
        said = judge(stream.cloud, ["nothing_owed"])
        return said.partition("the cloud still owes ")[2].partition("\n")[0]

    stream.put(b"1")
    assert owed() == "1 record of s for f"
    stream.put(b"2", b"3", b"4", b"5")
    stream.answer = fail
    stream.put(b"6")
    assert owed() == "2 records of s for f"
    stream.answer = answering({"state": {}})
    stream.cloud.clock.advance(20)
    assert owed() == "the end of a tumbling window of s for f"
    stream.cloud.clock.advance(100)
    assert owed() == ""


def test_tumbling_windows_hand_on_their_state(stream: Stream) -> None:
    events: list[Any] = []

    def answer(event: Any, data: list[bytes]) -> Any:
        events.append(event)
        return {"state": {"sum": event["state"].get("sum", 0) + sum(map(int, data))}}

    stream.answer = answer
    stream.map(BatchSize=2, TumblingWindowInSeconds=120)
    stream.put(b"1", b"2", b"3")
    stream.cloud.clock.advance(60)
    stream.put(b"4")
    stream.cloud.clock.advance(70)
    stream.put(b"5")
    assert stream.cloud.run_until_idle() == timedelta(seconds=110)
    shown = [
        (event["window"]["start"][14:], event["state"], data, event["isFinalInvokeForWindow"])
        for event, data in zip(events, stream.handed, strict=True)
    ]
    assert shown == [
        ("00:00Z", {}, [b"1", b"2"], False),
        ("00:00Z", {"sum": 3}, [b"3"], False),
        ("00:00Z", {"sum": 6}, [b"4"], False),
        ("00:00Z", {"sum": 10}, [], True),
        ("02:00Z", {}, [b"5"], False),
        ("02:00Z", {"sum": 5}, [], True),
    ]
    assert list(events[0])[1:] == [
        *("window", "state", "shardId", "eventSourceARN", "isFinalInvokeForWindow", "isWindowTerminatedEarly"),
    ]
    assert (events[3]["shardId"], events[3]["eventSourceARN"]) == (SHARD, STREAM)
    assert not any(event["isWindowTerminatedEarly"] for event in events)


def test_a_batch_whose_first_record_has_failed_hands_on_no_state(stream: Stream) -> None:
    states: list[Any] = []

    def answer(event: Any, data: list[bytes]) -> Any:
        states.append(event["state"])
        first = [] if len(states) > 1 else [{"itemIdentifier": event["Records"][0]["kinesis"]["sequenceNumber"]}]
        return {"state": {"runs": len(states)}, "batchItemFailures": first}

    stream.answer = answer
    stream.map(TumblingWindowInSeconds=60, FunctionResponseTypes=["ReportBatchItemFailures"])
    stream.put(b"1", b"2")
    stream.cloud.run_until_idle()
    assert states == [{}, {}, {"runs": 2}]


def test_a_window_whose_end_fails_is_given_up(stream: Stream) -> None:
    """There is no record that a destination could be told of, and the next window begins with nothing."""
    states: list[Any] = []

    def answer(event: Any, data: list[bytes]) -> Any:
        if event["isFinalInvokeForWindow"] and event["window"]["start"].endswith("00:00Z"):
            raise ValueError("no")
        states.append((event["state"], event["isFinalInvokeForWindow"]))
        return {"state": {"n": len(data)}}

    stream.answer = answer
    stream.map(TumblingWindowInSeconds=60, MaximumRetryAttempts=2, destination=True)
    stream.put(b"1")
    stream.cloud.clock.advance(65)
    stream.put(b"2", b"3")
    stream.cloud.run_until_idle()
    assert [when for when, data in stream.runs if not data] == [60, 60.5, 61.5, 120]
    assert states == [({}, False), ({}, False), ({"n": 2}, True)]
    assert stream.told == []
    (discarded,) = [event.details for event in stream.cloud.trace if event.kind == "mapping.discarded"]
    assert (discarded["records"], discarded["why"], discarded["destination"]) == (0, "RetryAttemptsExhausted", None)


def test_nothing_waits_longer_than_its_window(stream: Stream) -> None:
    stream.answer = answering({"state": {}})
    stream.map(TumblingWindowInSeconds=60, MaximumBatchingWindowInSeconds=300)
    stream.cloud.clock.advance(10)
    stream.put(b"1")
    stream.cloud.run_until_idle()
    assert stream.runs == [(60, [b"1"]), (60, [])]


def test_a_window_that_is_open_comes_to_its_end_whatever_the_settings_are_by_then(stream: Stream) -> None:
    ends: list[Any] = []

    def answer(event: Any, data: list[bytes]) -> Any:
        if event.get("isFinalInvokeForWindow"):
            ends.append((stream.seconds, event["state"]))
        return {"state": {"n": len(data)}}

    stream.answer = answer
    mapping = stream.map(TumblingWindowInSeconds=120)
    stream.put(b"1", b"2")
    stream.lambda_.update_event_source_mapping(UUID=mapping.uuid, TumblingWindowInSeconds=0, ParallelizationFactor=2)
    stream.cloud.run_until_idle()
    assert ends == [(120, {"n": 2})]
    stream.put(b"3", b"4")
    assert (len(ends), stream.handed[-1]) == (1, [b"3", b"4"])


def test_a_window_ends_early_when_its_state_is_too_large_or_its_shard_ends(stream: Stream) -> None:
    ends: list[tuple[int, bool, float]] = []

    def answer(event: Any, data: list[bytes]) -> Any:
        if event["isFinalInvokeForWindow"]:
            ends.append((len(event["state"]["text"]), event["isWindowTerminatedEarly"], stream.seconds))
        return {"state": {"text": "x" * 2**20 if b"large" in data else "x"}}

    stream.answer = answer
    stream.map(BatchSize=1, TumblingWindowInSeconds=900)
    stream.put(b"large", b"small")
    assert ends == [(2**20, True, 0)]
    stream.cloud.clock.advance(10)
    stream.kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    assert ends[1:] == [(1, False, 10)]
    stream.put(b"small")
    assert stream.handed[-1] == [b"small"]
    assert stream.cloud.run_until_idle() == timedelta(seconds=890)


def test_an_answer_without_a_state_is_a_failed_run(stream: Stream) -> None:
    stream.map(TumblingWindowInSeconds=60, MaximumRetryAttempts=1, destination=True)
    stream.put(b"1")
    stream.cloud.run_until_idle()
    assert stream.handed == [[b"1"], [b"1"]]
    assert [told["requestContext"]["condition"] for told in stream.told] == ["RetryAttemptsExhausted"]


# --- its life ---------------------------------------------------------------------------------------------------------


def test_a_mapping_that_is_disabled_goes_on_where_it_was(stream: Stream) -> None:
    mapping = stream.map(BatchSize=1, takes=10)
    stream.put(b"1", b"2", b"3")
    mapping.disable()
    assert mapping.in_flight == 1, "what runs comes to its end"
    stream.cloud.clock.advance(60)
    assert (stream.handed, mapping.in_flight) == ([[b"1"]], 0)
    assert stream.cloud.run_until_idle() == timedelta(0), "nothing is owed"
    mapping.enable()
    stream.cloud.run_until_idle()
    assert stream.handed == [[b"1"], [b"2"], [b"3"]]


def test_what_fails_while_a_mapping_is_disabled_is_tried_anew(stream: Stream) -> None:
    """As if it had not been tried: at once, and none of its retries is gone."""
    stream.answer = fail
    mapping = stream.map(takes=10, MaximumRetryAttempts=1, destination=True)
    stream.put(b"1")
    stream.cloud.clock.advance(9)
    mapping.disable()
    stream.cloud.clock.advance(1.25)
    mapping.enable()
    stream.cloud.run_until_idle()
    assert [when for when, _ in stream.runs] == [0, 10.25, 20.75]
    assert [one["requestContext"]["approximateInvokeCount"] for one in stream.told] == [2]


def test_settings_change_in_mid_flight(stream: Stream) -> None:
    stream.answer = fail
    mapping = stream.map(BatchSize=4, destination=True)
    stream.put(b"1", b"2", b"3", b"4")
    stream.cloud.clock.advance(10)
    stream.lambda_.update_event_source_mapping(
        UUID=mapping.uuid, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0
    )
    stream.cloud.run_until_idle()
    assert [told["KinesisBatchInfo"]["batchSize"] for told in stream.told] == [1, 1, 1, 1]
    assert [len(data) for data in stream.handed] == [4, 4, 4, 4, 4, 4, 2, 1, 1, 2, 1, 1]


def test_a_mapping_that_is_deleted_begins_nothing_more(stream: Stream) -> None:
    mapping = stream.map(BatchSize=1, takes=10)
    stream.put(b"1", b"2")
    mapping.delete()
    stream.cloud.clock.advance(60)
    stream.put(b"3")
    assert stream.handed == [[b"1"]]


def test_a_function_or_a_stream_may_go_and_come_again(stream: Stream) -> None:
    mapping = stream.map()
    stream.put(b"1")
    stream.lambda_.delete_function(FunctionName="f")
    stream.put(b"2")
    assert mapping.state == "Enabled"
    stream.cloud.function("f", stream.handle)
    stream.cloud.run_until_idle()
    assert stream.handed == [[b"1"], [b"2"]]
    stream.answer = fail
    stream.put(b"3")
    stream.kinesis.delete_stream(StreamName="s")
    assert stream.cloud.run_until_idle() <= timedelta(seconds=1), "the record is no more"
    stream.answer = lambda *_: None
    stream.kinesis.create_stream(StreamName="s", ShardCount=2)
    stream.runs.clear()
    stream.put(b"4")
    assert stream.handed == [[b"4"]]


def test_shards_that_were_closed_before_are_read_parents_first(stream: Stream) -> None:
    stream.put(b"1")
    stream.kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    stream.put(b"2")
    stream.kinesis.merge_shards(
        StreamName="s", ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002"
    )
    stream.put(b"3")
    mapping = stream.map(takes=10)
    assert {SHARD, "shardId-000000000003"} <= mapping.positions.keys()
    assert stream.handed == [[b"1"]]
    assert stream.cloud.run_until_idle() == timedelta(seconds=30)
    assert stream.handed == [[b"1"], [b"2"], [b"3"]]
    assert list(mapping.positions) == ["shardId-000000000003"]


def test_a_long_chain_of_shards_ends_in_one_go(stream: Stream) -> None:
    for number in range(0, 600, 3):
        first = f"shardId-{number:012d}"
        stream.kinesis.split_shard(StreamName="s", ShardToSplit=first, NewStartingHashKey=str(2**127))
        halves = [f"shardId-{number + half:012d}" for half in (1, 2)]
        stream.kinesis.merge_shards(StreamName="s", ShardToMerge=halves[0], AdjacentShardToMerge=halves[1])
    stream.put(b"1")
    stream.map()
    assert stream.handed == [[b"1"]]


def test_a_snapshot_holds_how_far_a_mapping_is(stream: Stream) -> None:
    stream.answer = fail
    mapping = stream.map(BatchSize=2, MaximumRetryAttempts=2, BisectBatchOnFunctionError=True, destination=True)
    stream.put(b"1", b"2")
    snapshot = stream.cloud.snapshot()
    seen = []
    for _ in range(2):
        stream.runs.clear()
        stream.cloud.run_until_idle()
        seen.append((stream.handed, len(stream.told), mapping.positions))
        stream.cloud.restore(snapshot)
    assert seen[0] == seen[1]
    assert seen[0][0] == [[b"1"]] * 3 + [[b"2"]] * 3


def test_a_snapshot_holds_a_run_that_lasts(stream: Stream) -> None:
    mapping = stream.map(BatchSize=1, takes=20)
    stream.put(b"1", b"2")
    stream.cloud.clock.advance(5)
    snapshot = stream.cloud.snapshot()
    for _ in range(2):
        assert mapping.in_flight == 1
        stream.cloud.run_until_idle()
        assert stream.handed == [[b"1"], [b"2"]]
        stream.put(b"more")
        stream.runs[1:] = []
        stream.cloud.restore(snapshot)


def test_async_handlers_of_lanes_overlap(cloud: minicloud.Cloud) -> None:
    ended: list[tuple[str, float]] = []

    async def main() -> None:
        kinesis = cloud.async_client("kinesis")
        await kinesis.create_stream(StreamName="s", ShardCount=1)
        began = cloud.clock.now()

        async def handle(event: Any, _: Any) -> None:
            await cloud.async_sleep(10)
            key = event["Records"][0]["kinesis"]["partitionKey"]
            ended.append((key, (cloud.clock.now() - began).total_seconds()))

        cloud.function("f", handle, timeout=60)
        cloud.event_source_mapping("s", "f", ParallelizationFactor=10, BatchSize=1)
        entries = [{"Data": b"x", "PartitionKey": key} for key in "abab"]
        await kinesis.put_records(StreamName="s", Records=entries)
        await cloud.async_sleep(60)

    minicloud.run(main(), cloud=cloud)
    assert sorted(ended) == [("a", 10), ("a", 20), ("b", 10), ("b", 20)]


def test_the_trace_says_what_became_of_records(stream: Stream) -> None:
    stream.cloud.trace.start()

    def answer(event: Any, data: list[bytes]) -> dict[str, Any]:
        if b"bad" in data:
            raise ValueError("no")
        return {"state": event["state"]}

    stream.answer = answer
    stream.map(
        destination=True,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        TumblingWindowInSeconds=60,
        FilterCriteria={"Filters": [{"Pattern": '{"partitionKey": ["p"]}'}]},
    )
    mark = stream.cloud.trace.mark()
    stream.put(b"unwanted", key="q")
    stream.put(b"good", b"bad")
    stream.cloud.client("sqs").delete_queue(QueueUrl=stream.cloud.queue("given-up").url)
    stream.cloud.run_until_idle()
    told = [event for event in stream.cloud.trace.since(mark) if event.kind.startswith("mapping.")]
    lines = [line.split("  s  ")[-1].strip() for line in stream.cloud.trace.render().splitlines() if "  s  " in line]
    assert [line for line in lines if "put into" not in line][2:] == [
        "1 record of s/0 not for f, by its filters",
        "2 records of s/0 divided, as f has failed: 1 and 1",
        "1 record of s/0 for f again at 00:00:01.000 (error)",
        "1 record of s/0 given up by f (RetryAttemptsExhausted), given-up is told",
        "given-up was not told of what f has given up (AWS.SimpleQueueService.NonExistentQueue)",
    ]
    runs = [line.split("  f  ")[-1].strip() for line in stream.cloud.trace.render().splitlines() if "  f  " in line]
    assert runs[-5:] == [
        "run 1 with 2 records of s/0: failed (ValueError: no)",
        "run 2 with 1 record of s/0: succeeded",
        "run 3 with 1 record of s/0: failed (ValueError: no)",
        "run 4 with 1 record of s/0, 2nd attempt: failed (ValueError: no)",
        "run 5 at the end of a tumbling window of s/0: succeeded",
    ]
    assert len(told) == 15


def test_aws_may_hand_out_fewer_records_and_a_batch_twice() -> None:
    sizes, repeats = set(), 0
    for seed in range(8):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws") as cloud:
            stream = Stream(cloud)
            stream.map(BatchSize=6)
            data = [b"%d" % number for number in range(12)]
            stream.put(*data)
            cloud.run_until_idle()
            got = [one for batch in stream.handed for one in batch]
            assert list(dict.fromkeys(got)) == data
            sizes |= {len(batch) for batch in stream.handed}
            repeats += len(got) - len(data)
    assert sizes == {1, 2, 3, 4, 5, 6}
    assert repeats
