"""What is put, when it is delivered, and as which objects; functions, failures, backups; what other services put."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.answers import answer

from .support import BUCKET, PLACE, ROLE, STREAM, by_function, from_stream, objects, to_bucket, upper

LOGS = {"DeliveryStreamName": "logs"}


@pytest.fixture(autouse=True)
def _bucket(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")


def put(firehose: Any, *contents: bytes) -> None:
    """Put records into ``logs``, in one call."""
    firehose.put_record_batch(**LOGS, Records=[{"Data": one} for one in contents])


def test_a_buffer_is_delivered_when_its_first_record_has_waited(cloud: minicloud.Cloud, firehose: Any) -> None:
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    ids = []
    for content in (b"a", b"b", b"c"):
        told = answer(firehose.put_record(**LOGS, Record={"Data": content}))
        ids.append(told.pop("RecordId"))
        assert told == {"Encrypted": False}
        cloud.clock.advance(10)
    cloud.clock.advance(29)
    assert objects(cloud) == {}
    cloud.clock.advance(1)
    assert objects(cloud) == {"2026/01/01/00/logs-1@01-01-00-00-00": b"abc"}
    assert len(set(ids)) == 3
    told = answer(firehose.put_record_batch(**LOGS, Records=[{"Data": b"d"}, {"Data": b"e"}]))
    assert (told["FailedPutCount"], told["Encrypted"]) == (0, False)
    assert [list(one) for one in told["RequestResponses"]] == [["RecordId"]] * 2
    assert len({*ids, *(one["RecordId"] for one in told["RequestResponses"])}) == 5
    assert str(cloud.run_until_idle()) == "0:01:00"
    assert objects(cloud)["2026/01/01/00/logs-1@01-01-00-01-00"] == b"de"


def test_or_when_it_is_large_enough(cloud: minicloud.Cloud, firehose: Any) -> None:
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    put(firehose, *[bytes(300_000)] * 9)
    assert [len(content) for content in objects(cloud).values()] == [2_400_000]  # two objects of one second
    assert len(cloud.client("s3").list_objects_v2(Bucket="lake")["Contents"]) == 2
    cloud.clock.advance(60)
    assert sum(map(len, objects(cloud).values())) == 2_700_000


PREFIXES = [
    ("", "", "2026/01/01/00/logs-1", "processing-failed/2026/01/01/00/logs-1"),
    ("app", "", "app2026/01/01/00/logs-1", "appprocessing-failed/2026/01/01/00/logs-1"),
    ("p/", "e/", "p/2026/01/01/00/logs-1", "e/processing-failed/2026/01/01/00/logs-1"),
    (
        "y=!{timestamp:yyyy}/m=!{timestamp:MM'!'dd}/",
        "e/!{firehose:error-output-type}/!{timestamp:HH}/",
        "y=2026/m=01!01/logs-1",
        "e/processing-failed/00/logs-1",
    ),
]


@pytest.mark.parametrize(("prefix", "errors", "key", "failed"), PREFIXES)
def test_keys(cloud: minicloud.Cloud, prefix: str, errors: str, key: str, failed: str) -> None:
    firehose = cloud.client("firehose")
    cloud.function("upper", upper)
    settings = to_bucket(Prefix=prefix, ErrorOutputPrefix=errors, **by_function("upper"))
    firehose.create_delivery_stream(**LOGS, **settings)
    put(firehose, b"a", b"fail")
    cloud.clock.advance(180)
    assert sorted(name.partition("@")[0] for name in objects(cloud)) == sorted([key, failed])


def test_compression_delimiters_and_another_destination(cloud: minicloud.Cloud, firehose: Any) -> None:
    lines = {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": []}]}
    firehose.create_delivery_stream(**LOGS, **to_bucket(CompressionFormat="GZIP", ProcessingConfiguration=lines))
    put(firehose, b"a", b"b")
    cloud.clock.advance(60)
    ((key, content),) = objects(cloud).items()
    assert key.endswith(".gz")
    assert gzip.decompress(content) == b"a\nb\n"
    put(firehose, b"c")
    firehose.update_destination(
        **LOGS,
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"CompressionFormat": "ZIP", "Prefix": "zipped/", "FileExtension": ".archive"},
    )
    cloud.clock.advance(60)
    (key,) = [one for one in objects(cloud) if one.startswith("zipped/")]
    assert key.startswith("zipped/2026/01/01/00/logs-2@")
    assert key.endswith(".archive")
    with zipfile.ZipFile(io.BytesIO(objects(cloud)[key])) as archive:
        (name,) = archive.namelist()
        assert name.startswith("logs-2-2026-01-01-00-01-00-")
        assert archive.read(name) == b"c\n"


def test_a_function_transforms_drops_and_fails(cloud: minicloud.Cloud, firehose: Any) -> None:
    events: list[Any] = []

    def transform(event: Any, context: Any) -> Any:
        events.append(event)
        return upper(event, context)

    cloud.function("transform", transform)
    firehose.create_delivery_stream(
        **LOGS,
        **to_bucket(
            S3BackupMode="Enabled",
            S3BackupConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET, "Prefix": "raw/"},
            CloudWatchLoggingOptions={"Enabled": True, "LogGroupName": "hose", "LogStreamName": "errors"},
            **by_function("transform", BufferIntervalInSeconds="5"),
        ),
    )
    cloud.clock.advance(1)
    put(firehose, b"one", b"drop me", b"fail me")
    cloud.clock.advance(5)
    (event,) = events
    assert list(event) == ["invocationId", "deliveryStreamArn", "region", "records"]
    assert [b64decode(one["data"]) for one in event["records"]] == [b"one", b"drop me", b"fail me"]
    assert event["records"][0]["approximateArrivalTimestamp"] == 1767225601000
    cloud.clock.advance(300)
    found = objects(cloud)
    assert found.pop("2026/01/01/00/logs-1@01-01-00-00-01") == b"ONE"
    assert found.pop("raw/2026/01/01/00/logs-1@01-01-00-00-01") == b"onedrop mefail me"
    ((key, content),) = found.items()
    assert key == "processing-failed/2026/01/01/00/logs-1@01-01-00-00-01"
    (line,) = map(json.loads, content.splitlines())
    assert (line["attemptsMade"], line["arrivalTimestamp"], line["attemptEndingTimestamp"]) == (
        1,
        1767225601000,
        1767225606000,
    )
    assert b64decode(line["rawData"]) == b"fail me"
    assert line["errorCode"] == "Lambda.ProcessingFailedStatus"
    (entry,) = cloud.client("logs").get_log_events(logGroupName="hose", logStreamName="errors")["events"]
    assert json.loads(entry["message"])["errorCode"] == "Lambda.ProcessingFailedStatus"


def test_a_run_that_fails_is_tried_again(cloud: minicloud.Cloud, firehose: Any) -> None:
    def transform(event: Any, context: Any) -> Any:
        if len(cloud.invocations) < 3:
            raise ConnectionError("down")
        return upper(event, context)

    cloud.function("transform", transform)
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("transform")))
    put(firehose, b"a")
    cloud.run_until_idle()
    assert list(objects(cloud).values()) == [b"A"]
    assert [run.outcome for run in cloud.invocations] == ["error", "error", "success"]
    assert {run.trigger for run in cloud.invocations} == {"firehose:logs"}


ANSWERS = [
    (lambda _: None, "Lambda.JsonProcessingException"),
    (lambda _: {"records": []}, "Lambda.MissingRecordId"),
    (lambda records: {"records": records * 2}, "Lambda.DuplicatedRecordId"),
    (lambda records: {"records": [{**records[0], "result": "Ok", "data": "?"}]}, "Lambda.JsonProcessingException"),
]


@pytest.mark.parametrize(("reply", "code"), ANSWERS)
def test_answers_that_are_none(cloud: minicloud.Cloud, reply: Any, code: str) -> None:
    firehose = cloud.client("firehose")
    cloud.function("wrong", lambda event, _: reply(event["records"]))
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("wrong")))
    put(firehose, b"a")
    cloud.run_until_idle()
    ((key, content),) = objects(cloud).items()
    assert key.startswith("processing-failed/")
    assert json.loads(content)["errorCode"] == code


def test_partitions_by_what_a_function_says(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")

    def transform(event: Any, _: Any) -> Any:
        return {
            "records": [
                {**one, "result": "Ok", "metadata": {"partitionKeys": {"who": json.loads(b64decode(one["data"]))}}}
                for one in event["records"]
            ]
        }

    cloud.function("transform", transform)
    by_lines = by_function("transform")
    by_lines["ProcessingConfiguration"]["Processors"].append({"Type": "AppendDelimiterToRecord", "Parameters": []})
    firehose.create_delivery_stream(
        **LOGS,
        **to_bucket(
            Prefix="who=!{partitionKeyFromLambda:who}/",
            ErrorOutputPrefix="errors/",
            BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
            DynamicPartitioningConfiguration={"Enabled": True},
            **by_lines,
        ),
    )
    put(firehose, b'"ada"', b'"bob"', b'"ada"', b"null")
    cloud.run_until_idle()
    found = {key.partition("/")[0]: content for key, content in objects(cloud).items()}
    assert (found["who=ada"], found["who=bob"]) == (b'"ada"\n"ada"\n', b'"bob"\n')
    assert b"DynamicPartitioning.MetadataExtractionFailed" in found["errors"]


def test_a_stream_is_read_from_now_on(cloud: minicloud.Cloud) -> None:
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    events: list[Any] = []

    def transform(event: Any, context: Any) -> Any:
        events.append(event)
        return upper(event, context)

    cloud.function("transform", transform)
    kinesis.put_record(StreamName="clicks", Data=b"before", PartitionKey="k")
    firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket(**by_function("transform")))
    put = kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="k")
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    cloud.clock.advance(30)
    packed = minicloud.kinesis.aggregate([("x", b"b"), ("y", b"c")])
    kinesis.put_record(StreamName="clicks", Data=packed, PartitionKey="k")
    cloud.run_until_idle()
    assert b"".join(objects(cloud).values()) == b"ABC"
    (event,) = events
    assert event["sourceKinesisStreamArn"] == STREAM
    places = [one["kinesisRecordMetadata"] for one in event["records"]]
    assert [(one["partitionKey"], one["subsequenceNumber"]) for one in places] == [("k", 0), ("x", 0), ("y", 1)]
    assert (places[0]["shardId"], places[0]["sequenceNumber"]) == ("shardId-000000000000", put["SequenceNumber"])
    assert places[1]["sequenceNumber"] == places[2]["sequenceNumber"] > places[0]["sequenceNumber"]
    times = [one["kinesisRecordMetadata"]["approximateArrivalTimestamp"] for one in event["records"]]
    assert times == [one["approximateArrivalTimestamp"] for one in event["records"]]
    assert [time - times[0] for time in times] == [0, 30_000, 30_000]
    assert len({one["recordId"] for one in event["records"]}) == 3


def test_a_stream_is_read_once_when_shards_are_merged(cloud: minicloud.Cloud) -> None:
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    cloud.clock.advance(30)
    firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket())
    shards = [one["ShardId"] for one in kinesis.list_shards(StreamName="clicks")["Shards"]]
    for number in range(8):
        kinesis.put_record(StreamName="clicks", Data=f"{number},".encode(), PartitionKey=str(number))
    kinesis.merge_shards(StreamName="clicks", ShardToMerge=shards[0], AdjacentShardToMerge=shards[1])
    cloud.clock.advance(30)
    for number in range(8, 10):
        kinesis.put_record(StreamName="clicks", Data=f"{number},".encode(), PartitionKey="k")
    cloud.run_until_idle()
    assert b"".join(objects(cloud).values()) == b"0,1,2,3,4,5,6,7,8,9,"


def test_records_have_ids_of_their_own(cloud: minicloud.Cloud) -> None:
    """Whoever puts them: the function that transforms them gets those that the calls were answered."""
    firehose, sns = cloud.client("firehose"), cloud.client("sns")
    given: list[str] = []

    def transform(event: Any, context: Any) -> Any:
        given.extend(one["recordId"] for one in event["records"])
        return upper(event, context)

    cloud.function("transform", transform)
    arn = firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("transform")))["DeliveryStreamARN"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes={"SubscriptionRoleArn": ROLE})
    answered = []
    for _ in range(2):
        answered.append(firehose.put_record(**LOGS, Record={"Data": b"x"})["RecordId"])
        sns.publish(TopicArn=topic, Message="m")
        answered.append("")  # nobody is told
        batch = firehose.put_record_batch(**LOGS, Records=[{"Data": b"y"}] * 2)
        answered += [one["RecordId"] for one in batch["RequestResponses"]]
    cloud.run_until_idle()
    assert len({*given}) == len(given) == 8
    assert given == sorted(given)
    assert [one or given[number] for number, one in enumerate(answered)] == given


def test_without_its_bucket_it_goes_to_the_outbox_and_faults_are_outlived(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket(BucketARN="arn:aws:s3:::nobody", CompressionFormat="GZIP"))
    put(firehose, b"a", b"b")
    cloud.run_until_idle()
    (left,) = cloud.outbox.of("firehose")
    assert left.body == "ab"
    assert left.endpoint.startswith("arn:aws:s3:::nobody/2026/01/01/00/logs-1-")
    firehose.create_delivery_stream(DeliveryStreamName="lake", **to_bucket())
    cloud.faults.refuse("SlowDown", operation="PutObject", resource="lake", first=2)
    firehose.put_record(DeliveryStreamName="lake", Record={"Data": b"c"})
    assert str(cloud.run_until_idle()) == "0:01:03"
    assert list(objects(cloud).values()) == [b"c"]


def test_what_cannot_be_put_is_tried_as_long_as_its_stream_keeps_it(cloud: minicloud.Cloud) -> None:
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.increase_stream_retention_period(StreamName="clicks", RetentionPeriodHours=72)
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    firehose.create_delivery_stream(DeliveryStreamName="kept", **from_stream(), **to_bucket())
    cloud.faults.refuse("SlowDown", operation="PutObject")
    put(firehose, b"put")
    kinesis.put_record(StreamName="clicks", Data=b"of a stream", PartitionKey="k")
    cloud.clock.advance(timedelta(hours=48))
    cloud.faults.clear()
    cloud.clock.advance(timedelta(hours=1))
    assert list(objects(cloud).values()) == [b"of a stream"]
    (given_up,) = [one for one in cloud.trace.of("delivery_stream.put_failed") if one.details["given_up"]]
    assert given_up.resource == "logs"


def test_what_topics_rules_schedules_and_pipes_put(cloud: minicloud.Cloud) -> None:
    firehose, sns, events = cloud.client("firehose"), cloud.client("sns"), cloud.client("events")
    arn = firehose.create_delivery_stream(**LOGS, **to_bucket())["DeliveryStreamARN"]
    topic = sns.create_topic(Name="news")["TopicArn"]
    for raw in ("true", "false"):
        other = firehose.create_delivery_stream(DeliveryStreamName=raw, **to_bucket(Prefix=f"{raw}/"))
        attributes = {"SubscriptionRoleArn": ROLE, "RawMessageDelivery": raw}
        endpoint = other["DeliveryStreamARN"]
        sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=endpoint, Attributes=attributes)
    dead = f"arn:aws:sqs:{PLACE}:dead"
    cloud.client("sqs").create_queue(QueueName="dead")
    lost = {"SubscriptionRoleArn": ROLE, "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=f"{arn}-nobody", Attributes=lost)
    sns.publish(TopicArn=topic, Message="hello")
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn, "RoleArn": ROLE, "InputPath": "$.detail"}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "d", "Detail": '{"a":1}'}])
    cloud.client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression="at(2026-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": ROLE, "Input": "scheduled"},
    )
    url = cloud.client("sqs").create_queue(QueueName="piped")["QueueUrl"]
    template: Any = {"InputTemplate": "<$.body>"}
    cloud.client("pipes").create_pipe(
        Name="p", Source=cloud.queue("piped").arn, Target=arn, RoleArn=ROLE, TargetParameters=template
    )
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="piped")
    cloud.run_until_idle()
    found = {key.partition("/")[0]: content for key, content in objects(cloud).items()}
    assert (found["2026"], found["true"]) == (b'{"a":1}scheduledpiped', b"hello")
    assert json.loads(found["false"])["Message"] == "hello"
    assert found["false"].endswith(b"}\n")
    assert len(cloud.queue("dead").bodies) == 1
    assert not cloud.outbox.of("firehose")


def test_whoever_watches_the_bucket_is_told(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")
    keys: list[str] = []
    cloud.function("watch", lambda event, _: keys.append(event["Records"][0]["s3"]["object"]["key"]))
    told = [{"LambdaFunctionArn": f"arn:aws:lambda:{PLACE}:function:watch", "Events": ["s3:ObjectCreated:*"]}]
    configuration: Any = {"LambdaFunctionConfigurations": told}
    cloud.client("s3").put_bucket_notification_configuration(
        Bucket="lake", NotificationConfiguration=configuration, SkipDestinationValidation=True
    )
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    put(firehose, b"a")
    before = cloud.snapshot()
    for _ in range(2):
        cloud.run_until_idle()
        assert len(keys) == 1
        cloud.restore(before)
        keys.clear()
    cloud.reset()
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


def test_what_is_told_of_deliveries(cloud: minicloud.Cloud) -> None:
    """Keys to the second, what the record says of runs and puts, and that a put is given up after a day."""
    s3, firehose = cloud.client("s3"), cloud.client("firehose")
    cloud.function("upper", upper)
    firehose.create_delivery_stream(DeliveryStreamName="d", **to_bucket(**by_function("upper")))
    for content in (b"a", b"drop", b"fail"):
        firehose.put_record(DeliveryStreamName="d", Record={"Data": content})
    cloud.clock.advance(200)
    key, failures = (one["Key"] for one in s3.list_objects_v2(Bucket="lake")["Contents"])
    assert re.fullmatch("2026/01/01/00/d-1-2026-01-01-00-00-00-[0-9a-f-]{36}", key)
    told = {
        event.kind: {name: value for name, value in event.details.items() if name != "arn"} for event in cloud.trace
    }
    assert told["delivery_stream.transformed"] == {
        "count": 3, "dropped": 1, "failed": 1, "reason": "Lambda.ProcessingFailedStatus",
    }  # fmt: skip
    assert told["delivery_stream.delivered"] == {"bucket": "lake", "key": failures, "count": 1, "what": "failures"}
    cloud.client("lambda").put_function_concurrency(FunctionName="upper", ReservedConcurrentExecutions=0)
    firehose.put_record(DeliveryStreamName="d", Record={"Data": b"x"})
    cloud.clock.advance(3600)
    failed = objects(cloud)["processing-failed/2026/01/01/00/d-1@01-01-00-03-20"]
    assert json.loads(failed)["errorMessage"] == (
        "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit."
    )

    cloud.faults.refuse("SlowDown", operation="PutObject", resource="lake")
    firehose.create_delivery_stream(DeliveryStreamName="e", **to_bucket())
    firehose.put_record(DeliveryStreamName="e", Record={"Data": b"lost"})
    cloud.clock.advance(60)
    first = cloud.clock.time()
    cloud.clock.advance(25 * 3600)
    tried = cloud.trace.of("delivery_stream.put_failed")
    assert [event.details["given_up"] for event in tried] == [False] * (len(tried) - 1) + [True]
    assert [round(event.time_ns / 10**9 - first) for event in tried[:4]] == [0, 1, 3, 7]
    assert 24 * 3600 - 480 < tried[-1].time_ns / 10**9 - first <= 24 * 3600
    with pytest.raises(ClientError) as caught:
        firehose.describe_delivery_stream(DeliveryStreamName="none")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(minicloud.UsageError, match="DataFormatConversionConfiguration"):
        firehose.create_delivery_stream(
            DeliveryStreamName="f", **to_bucket(DataFormatConversionConfiguration={"SchemaConfiguration": {}})
        )
    without = {"DataFormatConversionConfiguration": {"Enabled": False}}
    firehose.create_delivery_stream(DeliveryStreamName="f", **to_bucket(**without))
