"""What the record says of delivery streams: each fact with all of its details."""

from __future__ import annotations

from typing import Any

import minicloud

from .support import BUCKET, PLACE, ROLE, STREAM, by_function, from_stream, to_bucket, upper


def told(cloud: minicloud.Cloud) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The facts of delivery streams, without the keys of objects."""
    facts = []
    for one in cloud.trace:
        kind, _, what = one.kind.partition(".")
        if kind == "delivery_stream":
            details = dict(one.details)
            assert details.pop("key", "2026/01/01/00/").startswith(("2026/01/01/00/", "processing-failed/"))
            assert details.pop("arn") == f"arn:aws:firehose:{PLACE}:deliverystream/{one.resource}"
            facts.append((what, one.resource, details))
    return facts


def test_what_becomes_of_records(cloud: minicloud.Cloud) -> None:
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    cloud.client("s3").create_bucket(Bucket="lake")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    cloud.function("upper", upper)
    firehose.create_delivery_stream(DeliveryStreamName="a", **to_bucket(**by_function("upper")))
    firehose.create_delivery_stream(DeliveryStreamName="b", **from_stream(), **to_bucket(BucketARN=f"{BUCKET}-2"))
    for data in (b"1", minicloud.kinesis.aggregate([("x", b"2"), ("y", b"3")])):
        kinesis.put_record(StreamName="clicks", Data=data, PartitionKey="k")
    firehose.put_record(DeliveryStreamName="a", Record={"Data": b"one"})
    firehose.put_record_batch(DeliveryStreamName="a", Records=[{"Data": b"drop"}, {"Data": b"fail"}])
    cloud.faults.refuse("SlowDown", service="s3", operation="PutObject", first=1)
    cloud.run_until_idle()
    firehose.update_destination(
        DeliveryStreamName="a",
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"Prefix": "p/"},
    )
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    arn = f"arn:aws:firehose:{PLACE}:deliverystream/a"
    attributes = {"SubscriptionRoleArn": ROLE}
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes=attributes)
    cloud.client("sns").publish(TopicArn=topic, Message="lost")
    firehose.put_record(DeliveryStreamName="a", Record={"Data": b"lost"})
    firehose.delete_delivery_stream(DeliveryStreamName="a")
    facts = told(cloud)
    reasons = [details.pop("reason") for what, _, details in facts if what == "put_failed"]
    assert len(reasons) == 1
    assert reasons[0].startswith("SlowDown: ")
    shard = {"by": STREAM, "shard_id": "shardId-000000000000"}
    assert sorted(facts, key=lambda fact: str(fact[1])) == [
        ("created", "a", {"source": "", "bucket": BUCKET}),
        ("taken", "a", {"count": 1, "by": "PutRecord"}),
        ("taken", "a", {"count": 2, "by": "PutRecordBatch"}),
        ("transformed", "a", {"count": 3, "dropped": 1, "failed": 1, "reason": "Lambda.ProcessingFailedStatus"}),
        ("put_failed", "a", {"count": 1, "given_up": False}),
        ("delivered", "a", {"bucket": "lake", "count": 1, "what": "failures"}),
        ("delivered", "a", {"bucket": "lake", "count": 1, "what": "data"}),
        ("changed", "a", {}),
        ("taken", "a", {"count": 1, "by": "sns:t"}),
        ("taken", "a", {"count": 1, "by": "PutRecord"}),
        ("deleted", "a", {"lost": 2}),
        ("created", "b", {"source": STREAM, "bucket": f"{BUCKET}-2"}),
        ("taken", "b", {**shard, "count": 1, "position": 0, "read": 1}),
        ("taken", "b", {**shard, "count": 2, "position": 1, "read": 1}),
        ("delivered", "b", {"bucket": "outbox", "count": 3, "what": "data"}),
    ]
