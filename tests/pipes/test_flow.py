"""What goes through a pipe: filters, batches, enrichments, templates, targets; what fails, and comes back."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from minicloud.inspection.verdicts import judge

from .support import FUNCTION, PIPE, PLACE, ROLE, SOURCE, STREAM, TARGET, filters, queues, sent


@pytest.fixture
def urls(cloud: minicloud.Cloud) -> dict[str, str]:
    return queues(cloud)


def test_messages_that_are_wanted_go_through(cloud: minicloud.Cloud, pipes: Any, urls: dict[str, str]) -> None:
    sent(cloud, {"n": 1}, {"n": 2}, "text")
    no_attributes = {"md5OfMessageAttributes": [{"exists": False}]}  # which a mapping with a window says of all
    pattern = {"body": {"n": [{"numeric": [">", 1]}]}, **no_attributes}
    pipes.create_pipe(**PIPE, SourceParameters=filters(pattern))
    (record,) = map(json.loads, cloud.queue("bills").bodies)
    assert (json.loads(record["body"]), record["eventSource"], record["eventSourceARN"]) == (
        {"n": 2},
        "aws:sqs",
        SOURCE,
    )
    assert cloud.queue("orders").bodies == []
    sent(cloud, {"n": 3})
    assert len(cloud.queue("bills").bodies) == 2
    assert cloud.run_until_idle() == timedelta()
    pipes.stop_pipe(Name="billing")
    sent(cloud, {"n": 4})
    assert cloud.queue("orders").counts.visible == 1
    pipes.start_pipe(Name="billing")
    assert len(cloud.queue("bills").bodies) == 3
    pipes.delete_pipe(Name="billing")
    sent(cloud, {"n": 5})
    assert len(cloud.queue("bills").bodies) == 3


TEMPLATES = [
    ('{"id": <$.body.id>, "all": <$.body>}', '{"id": "a\\"b", "all": {"id":"a\\"b","n":[1,2]}}'),
    ('{"text": "<$.body.id> of <aws.pipes.pipe-name>"}', '{"text": "a\\"b of billing"}'),
    ('{"none": <$.nowhere>, "blank": "<$.nowhere>"}', '{"none": null, "blank": ""}'),
    ("order <$.body.id>, <$.body.n[1]>: <$.body>", 'order a"b, 2: {id:a\\b,n:[1,2]}'),
    ('"<$.body.n>"', '"[1,2]"'),
    ("<aws.pipes.source-arn> <aws.pipes.event.ingestion-time>", f"{SOURCE} 2026-01-01T00:00:00Z"),
    ("static", "static"),
    ("<aws.pipes.pipe-arn> <aws.pipes.target-arn>", f"arn:aws:pipes:{PLACE}:pipe/billing {TARGET}"),
    ('["<aws.pipes.enrichment-arn>", "\\"<$.body.n[0]>\\"", <$.body.n[1]>]', '["", "\\"1\\"", 2]'),
    (' "<$.body.n>, <$.body.id>"', ' "[1,2], a\\"b"'),
    ("<$.messageAttributes> <$.body.none.x> <$.eventSource>", "{}  aws:sqs"),
]


@pytest.mark.parametrize(("template", "expected"), TEMPLATES)
def test_input_templates(cloud: minicloud.Cloud, urls: dict[str, str], template: str, expected: str) -> None:
    cloud.client("pipes").create_pipe(**PIPE, TargetParameters={"InputTemplate": template})
    sent(cloud, {"id": 'a"b', "n": [1, 2]})
    assert cloud.queue("bills").bodies == [expected]


@pytest.mark.parametrize("name", ["aws.pipes.event", "aws.pipes.event.json"])
def test_the_record_itself_in_a_template(cloud: minicloud.Cloud, urls: dict[str, str], name: str) -> None:
    cloud.client("pipes").create_pipe(**PIPE, TargetParameters={"InputTemplate": f'{{"it": <{name}>}}'})
    sent(cloud, {"n": 1})
    (record,) = (json.loads(body)["it"] for body in cloud.queue("bills").bodies)
    assert (record["body"], record["eventSourceARN"]) == ('{"n": 1}', SOURCE)


def test_events_of_a_bus(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """Paths in parameters, what they are by default; what is no event comes back."""
    pipes, events = cloud.client("pipes"), cloud.client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"account": ["123456789012"]}))
    bus: Any = {**PIPE, "Target": f"arn:aws:events:{PLACE}:event-bus/default"}
    pipes.create_pipe(**bus)
    sent(cloud, {"n": 1})
    own: Any = {"Resources": ["$.body.list", "$.body.none", "plain", "$.["], "DetailType": "$.body.list[0]"}
    shaped: Any = {"EventBridgeEventBusParameters": own, "InputTemplate": "<$.body.text>"}
    pipes.update_pipe(Name="billing", RoleArn=ROLE, TargetParameters=shaped)
    sent(cloud, {"list": [1, "a"], "text": '{"is": "JSON"}'}, {"list": ["b"], "text": "none"})
    first, second = cloud.rule("all").matched
    assert (first["source"], first["detail-type"], first["resources"]) == ("Pipe billing", "Event from aws:sqs", [])
    assert first["detail"]["body"] == '{"n": 1}'
    assert (second["detail"], second["detail-type"]) == ({"is": "JSON"}, "1")
    assert second["resources"] == ['[1,"a"]', "", "plain", "$.["]
    assert cloud.queue("orders").counts.in_flight == 1


def test_each_kind_of_target(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    pipes, sns = cloud.client("pipes"), cloud.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.client("sqs").create_queue(
        QueueName="bills.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    )
    cloud.function("later", lambda *_: None)
    bus, logs = f"arn:aws:events:{PLACE}:event-bus/default", f"arn:aws:logs:{PLACE}:log-group:clicks"
    events, groups = cloud.client("events"), cloud.client("logs")
    events.put_rule(Name="all", EventPattern='{"source": ["k"]}')
    groups.create_log_group(logGroupName="clicks")
    fire = {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    for arn, parameters in [
        (topic, {}),
        (STREAM, {"KinesisStreamParameters": {"PartitionKey": "$.body.key"}}),
        (f"{TARGET}.fifo", {"SqsQueueParameters": {"MessageGroupId": "$.body.key"}}),
        (f"{FUNCTION}later", fire),
        (f"arn:aws:firehose:{PLACE}:deliverystream/d", {}),
        (bus, {"EventBridgeEventBusParameters": {"DetailType": "click", "Source": "$.body.key"}}),
        (logs, {}),
    ]:
        template = '{"text": <$.body.text>}' if arn == bus else "<$.body.text>"
        shaped = {"InputTemplate": template} if "later" not in arn else {}
        given = {**PIPE, "Target": arn, "TargetParameters": {**shaped, **parameters}}
        pipes.create_pipe(**given)
        sent(cloud, {"key": "k", "text": "hello"})
        assert cloud.queue("orders").bodies == []
        pipes.delete_pipe(Name="billing")
    assert [one.message for one in cloud.topic("news").published] == ["hello"]
    (record,) = cloud.stream("clicks").records
    assert (record.data, record.partition_key) == (b"hello", "k")
    (message,) = cloud.queue("bills.fifo").messages
    assert (message.body, message.group_id) == ("hello", "k")
    assert [(one.protocol, one.body) for one in cloud.outbox] == [("firehose", "hello")]
    (event,) = cloud.rule("all").matched
    assert (event["source"], event["detail-type"], event["detail"]) == ("k", "click", {"text": "hello"})
    assert [one["message"] for one in groups.filter_log_events(logGroupName="clicks")["events"]] == ["hello"]
    run = cloud.invocations.last
    assert run.trigger == "pipe:billing"
    assert [json.loads(one["body"])["text"] for one in run.event] == ["hello"]


def test_a_delivery_stream_that_is_there_has_what_comes(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """What is for another one comes back: that is not there."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="lake")
    hints = {"SizeInMBs": 1, "IntervalInSeconds": 60}
    lake: Any = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake", "BufferingHints": hints}
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=lake)
    hose = f"arn:aws:firehose:{PLACE}:deliverystream/"
    for name in ("d", "e"):
        given: Any = {**PIPE, "Target": hose + name, "TargetParameters": {"InputTemplate": "<$.body>"}}
        cloud.client("pipes").create_pipe(**given)
        sent(cloud, f"to {name}")
        cloud.clock.advance(60)
        cloud.client("pipes").delete_pipe(Name="billing")
    (key,) = [one["Key"] for one in s3.list_objects_v2(Bucket="lake")["Contents"]]
    assert s3.get_object(Bucket="lake", Key=key)["Body"].read() == b"to d"
    assert cloud.outbox.of("firehose") == []
    assert (cloud.queue("orders").bodies, cloud.queue("given-up").bodies) == (["to e"], [])


def test_batches_wait_for_their_window(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    sizes: list[int] = []
    target = cloud.function("count", lambda event, _: sizes.append(len(event)))
    parameters = {"SqsQueueParameters": {"BatchSize": 25, "MaximumBatchingWindowInSeconds": 20}}
    cloud.client("pipes").create_pipe(**{**PIPE, "Target": target}, SourceParameters=parameters)
    for _ in range(3):
        sent(cloud, *["x"] * 10)
    assert sizes == [25]
    cloud.clock.advance(19)
    assert sizes == [25]
    cloud.clock.advance(1)
    assert sizes == [25, 5]
    assert cloud.queue("orders").bodies == []


def test_an_enrichment_answers_with_what_goes_on(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    answers: list[Any] = [[{"a": 1}, {"a": 2}], [], "", {"a": 3}, "text", None]
    seen = []

    def enrich(event: Any, context: Any) -> Any:
        seen.append(event)
        return answers[len(seen) - 1]

    function = cloud.function("enrich", enrich)
    asked = {"InputTemplate": '{"only": <$.body.n>}'}
    cloud.client("pipes").create_pipe(**PIPE, Enrichment=function, EnrichmentParameters=asked)
    for number in range(6):
        sent(cloud, {"n": number})
    assert seen == [[{"only": number}] for number in range(6)] == [run.event for run in cloud.invocations]
    assert cloud.queue("bills").bodies == ['{"a":1}', '{"a":2}', '{"a":3}', "text"]
    assert cloud.queue("orders").bodies == []


def test_what_fails_comes_back_and_ends_in_the_dead_letter_queue(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    tried: list[list[str]] = []

    def bill(event: Any, context: Any) -> Any:
        tried.append([one["body"] for one in event])
        bad = [one["messageId"] for one in event if one["body"] == '"bad"']
        return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}

    cloud.client("pipes").create_pipe(**{**PIPE, "Target": cloud.function("bill", bill)})
    sent(cloud, "7", '"bad"', "9")
    assert cloud.queue("orders").counts.in_flight == 1
    assert cloud.run_until_idle() == timedelta(seconds=90)
    assert tried == [["7", '"bad"', "9"], ['"bad"'], ['"bad"']]
    assert cloud.queue("given-up").bodies == ['"bad"']
    assert "3 messages through to bill: 1 failed" in cloud.trace.render()


def test_a_target_that_is_not_there_or_refuses(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    pipes = cloud.client("pipes")
    pipes.create_pipe(**{**PIPE, "Target": f"{TARGET}-2"})
    sent(cloud, "1")
    cloud.clock.advance(29)
    cloud.client("sqs").create_queue(QueueName="bills-2")
    cloud.clock.advance(1)
    assert len(cloud.queue("bills-2").bodies) == 1
    pipes.update_pipe(Name="billing", RoleArn=ROLE, Target=f"{FUNCTION}nobody")
    sent(cloud, "2")
    with pytest.raises(AssertionError, match="for the pipe billing"):
        cloud.run_until_idle(limit=10)
    cloud.function("nobody", lambda *_: None)
    cloud.run_until_idle()
    assert [json.loads(json.dumps(run.event))[0]["body"] for run in cloud.invocations] == ["2"]


@pytest.mark.parametrize("is_enriched", [False, True])
def test_what_goes_through_a_pipe_comes_from_a_message(
    cloud: minicloud.Cloud, urls: dict[str, str], is_enriched: bool
) -> None:
    """Or from the pipe as a whole, where a function has made something of all of them."""
    cloud.trace.start()
    more = {"Enrichment": cloud.function("enrich", lambda event, _: event)} if is_enriched else {}
    cloud.client("pipes").create_pipe(**PIPE, **more)
    sent(cloud, {"n": 1}, {"n": 2})
    ids = [one.message_id for one in cloud.ledger if one.queue == "orders"]
    origins = [one.origin for one in cloud.ledger if one.queue == "bills"]
    assert origins == (["pipe:billing"] * 2 if is_enriched else [f"pipe:billing/{one}" for one in ids])


def test_an_enrichment_that_lasts(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    cloud.function("enrich", lambda event, _: event, takes=10, timeout=20)
    cloud.client("pipes").create_pipe(**PIPE, Enrichment=f"{FUNCTION}enrich")
    sent(cloud, "1")
    before = cloud.queue("orders").counts.in_flight
    snapshot = cloud.snapshot()
    assert cloud.run_until_idle() == timedelta(seconds=10)
    assert (before, len(cloud.queue("bills").bodies), cloud.queue("orders").counts.in_flight) == (1, 1, 0)
    cloud.restore(snapshot)
    assert cloud.queue("bills").bodies == []
    cloud.run_until_idle()
    assert len(cloud.queue("bills").bodies) == 1
    cloud.reset()
    assert cloud.client("pipes").list_pipes()["Pipes"] == []


# --- streams ----------------------------------------------------------------------------------------------------------


class Clicks:
    """A stream, and a pipe from it."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.kinesis: Any = cloud.client("kinesis")
        self.kinesis.create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(30)

    def put(self, *data: bytes, key: str = "k") -> None:
        records = [{"Data": one, "PartitionKey": key} for one in data]
        self.kinesis.put_records(StreamName="clicks", Records=records)

    def pipe(self, target: str, start: str = "TRIM_HORIZON", **more: Any) -> None:
        stream = {"StartingPosition": start, **more.pop("stream", {})}
        parameters = {"KinesisStreamParameters": stream, **more.pop("source", {})}
        given = {**PIPE, "Source": STREAM, "Target": target, "SourceParameters": parameters}
        self.cloud.client("pipes").create_pipe(**given, **more)


def test_records_of_a_stream_go_through_in_order(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    clicks = Clicks(cloud)
    clicks.put(b'{"n": 1}', b'{"n": 2}', b"\xff")
    wanted = filters({"data": {"n": [{"numeric": [">", 1]}]}})
    clicks.pipe(TARGET, source=wanted, TargetParameters={"InputTemplate": "<$.data.n> of <$.partitionKey>"})
    assert cloud.queue("bills").bodies == ["2 of k"]
    clicks.put(b'{"n": 3}', b'{"n": 0}')
    assert cloud.queue("bills").bodies == ["2 of k", "3 of k"]
    assert cloud.run_until_idle() == timedelta()
    pipes = cloud.client("pipes")
    pipes.stop_pipe(Name="billing")
    clicks.put(b'{"n": 4}')
    pipes.start_pipe(Name="billing")
    assert cloud.queue("bills").bodies[2:] == ["4 of k"]
    shard = clicks.kinesis.list_shards(StreamName="clicks")["Shards"][0]
    half = str(int(shard["HashKeyRange"]["EndingHashKey"]) // 2)
    clicks.kinesis.split_shard(StreamName="clicks", ShardToSplit=shard["ShardId"], NewStartingHashKey=half)
    cloud.clock.advance(30)
    for number in range(5, 15):
        clicks.put(b'{"n": %d}' % number, key=str(number))
    cloud.run_until_idle()
    assert [body.split()[0] for body in cloud.queue("bills").bodies[3:]] == [str(number) for number in range(5, 15)]


def test_a_bad_record_is_given_up_alone(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    counted: list[bytes] = []

    def count(event: Any, context: Any) -> None:
        data = [b64decode(one["data"]) for one in event]
        if b"bad" in data:
            raise ValueError("bad")
        counted.extend(data)

    clicks = Clicks(cloud)
    clicks.put(b"1", b"2", b"bad", b"4")
    stream = {
        "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
        "MaximumRetryAttempts": 2,
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{PLACE}:given-up"},
    }
    clicks.pipe(cloud.function("count", count), stream=stream)
    cloud.run_until_idle()
    assert counted == [b"1", b"2", b"4"]
    (told,) = map(json.loads, cloud.queue("given-up").bodies)
    assert told["context"] == {
        "partnerResourceArn": f"arn:aws:pipes:{PLACE}:pipe/billing",
        "condition": "RetryAttemptsExhausted",
    }
    assert (told["KinesisBatchInfo"]["batchSize"], told["KinesisBatchInfo"]["streamArn"]) == (1, STREAM)
    assert "1 record given up (RetryAttemptsExhausted), given-up is told" in cloud.trace.render()


def test_retries_of_a_stream_end_with_the_age_of_records(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    tries = []

    def fail(event: Any, context: Any) -> Any:
        tries.append([b64decode(one["data"]) for one in event])
        if len(tries) == 1:
            return {"batchItemFailures": [{"itemIdentifier": event[1]["eventID"]}]}
        raise ValueError("no")

    clicks = Clicks(cloud)
    window = {"MaximumBatchingWindowInSeconds": 5, "BatchSize": 3, "MaximumRecordAgeInSeconds": 60}
    clicks.pipe(cloud.function("fail", fail), start="LATEST", stream=window)
    clicks.put(b"1", b"2")
    assert tries == []
    cloud.clock.advance(5)
    assert tries == [[b"1", b"2"]]
    cloud.clock.advance(1)
    assert tries[1:] == [[b"2"]]
    with pytest.raises(AssertionError, match="1 record for the pipe billing"):
        cloud.run_until_idle(limit=1)
    cloud.run_until_idle()
    assert 5 < len(tries) < 12
    assert "1 record given up (RecordAgeExceeded)" in cloud.trace.render()
    clicks.put(b"3", b"4", b"5")
    assert tries[-1] == [b"3", b"4", b"5"]  # it is full


def test_batches_are_as_large_as_a_function_takes(cloud: minicloud.Cloud, pipes: Any, urls: dict[str, str]) -> None:
    """A batch never outgrows what a call of a function may carry; what waits in one is told, and errors by header."""
    sizes = []
    cloud.function("f", lambda event, _: sizes.append(len(json.dumps(event))))
    batching = {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 20}
    pipes.create_pipe(**{**PIPE, "Target": f"{FUNCTION}f"}, SourceParameters={"SqsQueueParameters": batching})
    for _ in range(8):
        cloud.client("sqs").send_message(QueueUrl=urls["orders"], MessageBody="x" * 10**6)
    assert "1 batch of the pipe billing" in judge(cloud, ["nothing_owed"])
    cloud.clock.advance(20)
    assert sum(sizes) > 8 * 10**6
    assert max(sizes) < cloud.limits.lambda_payload_sync
    cloud.assert_drained()

    records: list[Any] = []
    cloud.function("g", lambda event, _: records.extend(event))
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    start: Any = {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON"}}
    given = {"Name": "s", "Source": STREAM, "Target": f"{FUNCTION}g", "RoleArn": ROLE}
    pipes.create_pipe(**given, SourceParameters=start)
    number = kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="p")["SequenceNumber"]
    cloud.run_until_idle()
    (record,) = records
    assert abs(record.pop("approximateArrivalTimestamp") - cloud.clock.time()) < 1
    assert record == {
        "kinesisSchemaVersion": "1.0", "partitionKey": "p", "sequenceNumber": number, "data": "YQ==",
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": f"shardId-000000000000:{number}",
        "eventName": "aws:kinesis:record", "invokeIdentityArn": ROLE, "awsRegion": "us-east-1",
        "eventSourceARN": STREAM,
    }  # fmt: skip

    with pytest.raises(ClientError) as caught:
        cloud.client("pipes").describe_pipe(Name="none")
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == "NotFoundException"
    native = cloud.client("pipes")
    ten, eleven = ({"SqsQueueParameters": {**batching, "BatchSize": size}} for size in (10, 11))
    native.create_pipe(**{**PIPE, "Name": "ten"}, SourceParameters=ten)  # type: ignore[arg-type]
    with pytest.raises(ClientError, match="BatchSize of 11 exceeds the target's limit of 10"):
        native.create_pipe(**{**PIPE, "Name": "eleven"}, SourceParameters=eleven)  # type: ignore[arg-type]
