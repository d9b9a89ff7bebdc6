"""What the record says of queues and channels on streams: each fact with all of its details."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, dead_letters, make_queue, receive, receive_dead

SHARD = "shardId-000000000002"  # to which the key goes


class Told:
    """A cloud, a client, and what has been told since somebody looked last."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.kinesis: Any = cloud.client("kinesis", "us-east-1")
        self.kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.seen = 0

    def news(self) -> list[tuple[str, str | None, dict[str, Any]]]:
        """Kind, what it is about, and details without those that are None."""
        events = list(self.cloud.trace)[self.seen :]
        self.seen += len(events)
        return [
            (one.kind.removeprefix("kinesis."), one.resource, {k: v for k, v in one.details.items() if v is not None})
            for one in events
            if one.kind.startswith("kinesis.")
        ]

    def put(self, data: bytes) -> str:
        number: str = self.kinesis.put_record(StreamName="s", Data=data, PartitionKey="p")["SequenceNumber"]
        return number


@pytest.fixture
def told(cloud: minicloud.Cloud) -> Told:
    return Told(cloud)


def test_the_life_of_a_queue_and_its_records(told: Told) -> None:
    kinesis, clock = told.kinesis, told.cloud.clock
    made = {"shards": 4, "on_demand": True, "arn": f"{ARN}s"}
    assert told.news() == [("stream.created", "s", made)]
    since = clock.time_ns()
    queue = make_queue(kinesis, QueueAttributes=dead_letters(2, 10))
    of = {"arn": queue}
    assert told.news() == [("queue.created", "q", {"stream": "s", "since": since, "stream_arn": f"{ARN}s", **of})]

    number = told.put(b"a")
    put = {"shard_id": SHARD, "partition_key": "p", "data": b"a", "position": 0, "arn": f"{ARN}s"}
    call = ["PutRecord", 1, 0, 1]
    assert told.news() == [("record.put", "s", {**put, "sequence_number": number, "call": call})]

    def received(record: Any, count: int, seconds: int = 10, **more: Any) -> tuple[str, str, dict[str, Any]]:
        details = {
            "receive_count": count,
            "visibility_seconds": seconds,
            "handle": record["ReceiptHandle"],
            **of,
            **more,
        }
        return "record.received", "q", {"record_id": record_id, **details}

    [record] = receive(kinesis, queue)
    news = told.news()
    record_id = news[0][2]["record_id"]
    one = {"record_id": record_id, **of}
    assert news == [received(record, 1)]
    handle = record["ReceiptHandle"]
    change = [{"ReceiptHandle": handle, "VisibilityTimeoutSeconds": 5}]
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=change)
    assert told.news() == [("record.visibility_changed", "q", {**one, "seconds": 5, "handle": handle})]
    clock.advance(5)
    [record] = receive(kinesis, queue)
    assert told.news() == [("record.visible", "q", one), received(record, 2)]
    clock.advance(10)
    [dead] = receive_dead(kinesis, queue)
    assert told.news() == [
        ("record.dead_lettered", "q", {**one, "receive_count": 2}),
        received(dead, 3, is_dead_letter=True),
    ]
    kinesis.acknowledge_queue_records(QueueARN=queue, Entries=[{"ReceiptHandle": handle}])
    assert told.news() == [("record.acknowledged_in_vain", "q", {"handle": handle, **of})]
    kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=[{"ReceiptHandle": dead["ReceiptHandle"]}])
    assert told.news() == [("record.restored", "q", one)]
    [record] = receive(kinesis, queue, VisibilityTimeoutSeconds=0)
    assert told.news() == [received(record, 1, 0)]
    [record] = receive(kinesis, queue)
    kinesis.acknowledge_queue_records(QueueARN=queue, Entries=[{"ReceiptHandle": record["ReceiptHandle"]}])
    gone = {**one, "handle": record["ReceiptHandle"]}
    assert told.news() == [received(record, 2), ("record.acknowledged", "q", gone)]

    assert receive(kinesis, queue) == []
    assert told.news() == [
        ("poll.began", "q", {"poll": 1, "wait_seconds": 1, **of}),
        ("poll.ended_empty", "q", {"poll": 1, **of}),
    ]
    told.put(b"b")
    receive(kinesis, queue)
    other = told.news()[-1][2]["record_id"]
    clock.advance(24 * 3600)
    receive(kinesis, queue)
    assert told.news()[0] == ("record.expired", "q", {"record_id": other, **of})
    kinesis.update_queue(QueueARN=queue, QueueAttributes=dead_letters(3))
    assert told.news() == [("queue.updated", "q", {"max_receive_count": 3, "visibility_seconds": 30, **of})]
    kinesis.delete_queue(QueueARN=queue)
    assert told.news() == [("queue.deleted", "q", of)]


def test_polls_of_a_queue(told: Told) -> None:
    queue = make_queue(told.kinesis)
    told.news()

    async def scenario() -> Any:
        client: Any = told.cloud.async_client("kinesis", "us-east-1")
        polls = [asyncio.create_task(client.receive_queue_records(QueueARN=queue, WaitTimeSeconds=9)) for _ in "12"]
        await asyncio.sleep(0)
        polls[0].cancel()
        await asyncio.gather(polls[0], return_exceptions=True)
        told.put(b"a")
        return (await polls[1])["QueueRecords"]

    [record] = asyncio.run(scenario())
    news = told.news()
    began = [("poll.began", "q", {"poll": number, "wait_seconds": 9, "arn": queue}) for number in (1, 2)]
    assert news[:2] == began
    assert news[2] == ("poll.abandoned", "q", {"poll": 1, "arn": queue})
    assert [what for what, _, _ in news[3:]] == ["record.put", "record.received", "poll.filled"]
    received = news[4][2]
    assert received["handle"] == record["ReceiptHandle"]
    filled = {"poll": 2, "arn": queue}
    assert {name: news[5][2][name] for name in filled} == filled


def test_the_life_of_a_channel(told: Told) -> None:
    storage = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": ACCOUNT, "CompressionType": "NONE"}
    formats = {"RecordFormatType": "STRING"}
    made = told.kinesis.create_channel(
        ChannelName="c",
        ServiceExecutionRoleARN=f"arn:aws:iam::{ACCOUNT}:role/r",
        StreamConfigurationList=[{"StreamARN": f"{ARN}s", "RecordConfiguration": formats}],
        S3DestinationConfiguration={"StorageConfiguration": storage},
    )
    arn = made["ChannelDescription"]["ChannelARN"]
    created = {"stream": "s", "destination": "S3", "arn": arn}
    assert told.news()[1:] == [("channel.created", "c", created)]
    for position in range(2):
        told.put(b"a")
        copied = {"shard_id": SHARD, "channel": "c", "position": position, "read": 1, "channel_arn": arn}
        assert told.news()[1:] == [("records.copied", "s", {**copied, "arn": f"{ARN}s"})]
    told.kinesis.delete_channel(ChannelARN=arn)
    assert told.news() == [("channel.deleted", "c", {"arn": arn})]


def test_what_nobody_received_expires_from_where_the_queue_begins(told: Told) -> None:
    clock = told.cloud.clock
    told.put(b"before")
    clock.advance(10)
    queue = make_queue(told.kinesis, kind="AT_TIMESTAMP", Timestamp=clock.now())
    told.put(b"at")
    clock.advance(10)
    told.put(b"after")
    clock.advance(25 * 3600)
    told.news()
    receive(told.kinesis, queue)
    expired = [details["arn"] for what, _, details in told.news() if what == "record.expired"]
    assert expired == [queue] * 2


# --- settings, readers ------------------------------------------------------------------------------------------------


def test_each_setting_is_told_under_its_name(told: Told) -> None:
    kinesis, s = told.kinesis, {"StreamARN": f"{ARN}s"}
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    told.news()
    key = {"EncryptionType": "KMS", "KeyId": "alias/k"}
    for setting, call, params in (
        ("RecordDistributionStrategy", kinesis.update_stream_record_distribution_strategy, {"to": "AUTO"}),
        ("WarmThroughput", kinesis.update_stream_warm_throughput, {"WarmThroughputMiBps": 5}),
        ("MaxRecordSizeInKiB", kinesis.update_max_record_size, {"MaxRecordSizeInKiB": 2048}),
        ("RetentionPeriodHours", kinesis.increase_stream_retention_period, {"RetentionPeriodHours": 48}),
        ("RetentionPeriodHours", kinesis.decrease_stream_retention_period, {"RetentionPeriodHours": 24}),
        ("EncryptionType", kinesis.start_stream_encryption, key),
        ("EncryptionType", kinesis.stop_stream_encryption, key),
        ("ShardLevelMetrics", kinesis.enable_enhanced_monitoring, {"ShardLevelMetrics": ["ALL"]}),
        ("ShardLevelMetrics", kinesis.disable_enhanced_monitoring, {"ShardLevelMetrics": ["IncomingBytes"]}),
        ("StreamMode", kinesis.update_stream_mode, {"StreamModeDetails": {"StreamMode": "PROVISIONED"}}),
    ):
        given: Any = {"RecordDistributionStrategy": params["to"]} if "to" in params else params
        call(**s, **given)
        assert told.news() == [("stream.updated", "s", {"setting": setting})]


def test_how_old_and_how_large_is_what_was_read(told: Told) -> None:
    """Of a reader that is behind; at the tip nothing has any age."""
    kinesis, clock, arn = told.kinesis, told.cloud.clock, f"{ARN}s"
    kinesis.enable_enhanced_monitoring(StreamName="s", ShardLevelMetrics=["IncomingBytes"])
    numbers = [told.put(data) for data in (b"1", b"22", b"333")]
    clock.advance(2000.0019)
    told.news()
    start = {"StreamName": "s", "ShardId": SHARD, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER"}
    place = kinesis.get_shard_iterator(**start, StartingSequenceNumber=numbers[0])["ShardIterator"]
    made = {"start": "AFTER_SEQUENCE_NUMBER", "position": 1, "before": 1, "left": 2}
    shard, monitored = {"shard_id": SHARD, "arn": arn}, {"shard_metrics": ["IncomingBytes"]}
    assert told.news() == [("iterator.made", "s", {**shard, **made, "iterator": place[12:32]})]
    for expected in (
        {"count": 1, "first": numbers[1], "last": numbers[1], "position": 1, "left": 1, "bytes": 2, "age": 2_000_001},
        {"count": 1, "first": numbers[2], "last": numbers[2], "position": 2, "left": 0, "bytes": 3, "age": 0},
    ):
        answer = kinesis.get_records(ShardIterator=place, Limit=1)
        signs = {"iterator": place[12:32], "next_iterator": answer["NextShardIterator"][12:32]}
        assert told.news() == [("records.read", "s", {**shard, **expected, **signs, **monitored})]
        place = answer["NextShardIterator"]


@pytest.mark.minicloud(limits="strict")
def test_how_old_and_how_large_is_what_was_pushed(told: Told) -> None:
    kinesis, clock, arn = told.kinesis, told.cloud.clock, f"{ARN}s"
    numbers = []
    for _ in range(3):
        numbers.append(told.put(bytes(900_000)))
        clock.advance(1)
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    told.news()
    position = {"Type": "TRIM_HORIZON"}
    subscribe = {"ConsumerARN": consumer, "ShardId": SHARD, "StartingPosition": position}
    events = iter(kinesis.subscribe_to_shard(**subscribe)["EventStream"])
    with pytest.raises(kinesis.exceptions.ResourceInUseException):
        kinesis.subscribe_to_shard(**subscribe)
    of = {"shard_id": SHARD, "consumer": "c", "arn": arn}
    assert told.news() == [
        ("shard.subscribed", "s", {**of, "start": "TRIM_HORIZON", "position": 0, "before": 0, "left": 3}),
        ("subscription.refused", "s", of),
    ]
    next(events)
    first = {"count": 2, "first": numbers[0], "last": numbers[1], "position": 0, "left": 1}
    assert told.news() == [("records.pushed", "s", {**of, **first, "bytes": 1_800_000, "age": 2000})]
    next(events)
    second = {"count": 1, "first": numbers[2], "last": numbers[2], "position": 2, "left": 0}
    assert told.news() == [("records.pushed", "s", {**of, **second, "bytes": 900_000, "age": 0})]


def test_an_iterator_that_expires_with_its_stream_is_no_fact(told: Told) -> None:
    kinesis = told.kinesis
    given = {"StreamName": "s", "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    place = kinesis.get_shard_iterator(**given)["ShardIterator"]
    kinesis.delete_stream(StreamName="s")
    for exists in (False, True):
        if exists:
            kinesis.create_stream(StreamName="s", ShardCount=4)
        told.cloud.clock.advance(301)
        told.news()
        with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
            kinesis.get_records(ShardIterator=place)
        assert told.news() == []
