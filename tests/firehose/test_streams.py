"""Delivery streams: made, shown, listed, changed, deleted; tags; what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.support.answers import answer, refusal, told_instead

from .support import BUCKET, PLACE, ROLE, STREAM, by_function, from_stream, objects, to_bucket, upper

ARN = f"arn:aws:firehose:{PLACE}:deliverystream/logs"


def test_a_delivery_stream_is_shown_as_it_was_set(cloud: minicloud.Cloud, firehose: Any) -> None:
    now = cloud.clock.now()
    made = firehose.create_delivery_stream(DeliveryStreamName="logs", **to_bucket(Prefix="a/"), Tags=[{"Key": "k"}])
    assert answer(made) == {"DeliveryStreamARN": ARN}
    shown = firehose.describe_delivery_stream(DeliveryStreamName="logs")["DeliveryStreamDescription"]
    (destination,) = shown.pop("Destinations")
    assert shown == {
        "DeliveryStreamName": "logs",
        "DeliveryStreamARN": ARN,
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "CreateTimestamp": now,
        "HasMoreDestinations": False,
    }
    plain = {
        "RoleARN": ROLE,
        "BucketARN": BUCKET,
        "Prefix": "a/",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
    }
    extended = {**plain, "S3BackupMode": "Disabled", "DataFormatConversionConfiguration": {"Enabled": False}}
    assert destination == {
        "DestinationId": "destinationId-000000000001",
        "S3DestinationDescription": plain,
        "ExtendedS3DestinationDescription": extended,
    }
    changing = {"DeliveryStreamName": "logs", "DestinationId": destination["DestinationId"]}
    update = {"ExtendedS3DestinationUpdate": {"CompressionFormat": "GZIP", "Prefix": "b/"}}
    firehose.update_destination(**changing, CurrentDeliveryStreamVersionId="1", **update)
    code, _ = refusal(firehose.update_destination, **changing, CurrentDeliveryStreamVersionId="1", **update)
    assert code == "ConcurrentModificationException"
    shown = firehose.describe_delivery_stream(DeliveryStreamName="logs")["DeliveryStreamDescription"]
    (destination,) = shown["Destinations"]
    assert (shown["VersionId"], destination["S3DestinationDescription"]) == (
        "2",
        {**plain, "Prefix": "b/", "CompressionFormat": "GZIP"},
    )
    firehose.tag_delivery_stream(DeliveryStreamName="logs", Tags=[{"Key": "z", "Value": "1"}, {"Key": "a"}])
    firehose.untag_delivery_stream(DeliveryStreamName="logs", TagKeys=["k", "nobody"])
    tags = answer(firehose.list_tags_for_delivery_stream(DeliveryStreamName="logs", Limit=1))
    assert tags == {"Tags": [{"Key": "a", "Value": ""}], "HasMoreTags": True}
    rest = firehose.list_tags_for_delivery_stream(DeliveryStreamName="logs", ExclusiveStartTagKey="a")
    assert rest["Tags"] == [{"Key": "z", "Value": "1"}]


def test_lists_are_in_the_order_of_names(cloud: minicloud.Cloud, firehose: Any) -> None:
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    for name in ("c", "a", "b"):
        firehose.create_delivery_stream(DeliveryStreamName=name, **to_bucket())
    firehose.create_delivery_stream(DeliveryStreamName="k", **from_stream(), **to_bucket())
    assert answer(firehose.list_delivery_streams(Limit=2)) == {
        "DeliveryStreamNames": ["a", "b"],
        "HasMoreDeliveryStreams": True,
    }
    rest = firehose.list_delivery_streams(ExclusiveStartDeliveryStreamName="b", DeliveryStreamType="DirectPut")
    assert answer(rest) == {"DeliveryStreamNames": ["c"], "HasMoreDeliveryStreams": False}
    source = firehose.describe_delivery_stream(DeliveryStreamName="k")["DeliveryStreamDescription"]["Source"]
    described = source["KinesisStreamSourceDescription"]
    assert (described["KinesisStreamARN"], described["DeliveryStartTimestamp"]) == (STREAM, cloud.clock.now())
    firehose.delete_delivery_stream(DeliveryStreamName="k")
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["a", "b", "c"]


def test_what_was_not_delivered_goes_with_its_stream(cloud: minicloud.Cloud, firehose: Any) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose.create_delivery_stream(DeliveryStreamName="logs", **to_bucket())
    firehose.put_record(DeliveryStreamName="logs", Record={"Data": b"a"})
    firehose.delete_delivery_stream(DeliveryStreamName="logs")
    cloud.clock.advance(3600)
    assert objects(cloud) == {}
    assert refusal(firehose.put_record, DeliveryStreamName="logs", Record={"Data": b"a"}) == (
        "ResourceNotFoundException",
        "Firehose logs under account 123456789012 not found.",
    )


def test_what_was_under_way_goes_with_its_stream(cloud: minicloud.Cloud, firehose: Any) -> None:
    """A put that would be tried again, a batch whose function may not run, and a stream that is read."""
    cloud.client("s3").create_bucket(Bucket="lake")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.function("upper", upper)
    cloud.client("lambda").put_function_concurrency(FunctionName="upper", ReservedConcurrentExecutions=0)
    fault = cloud.faults.refuse("SlowDown", operation="PutObject", resource="lake")
    named = {name: {"DeliveryStreamName": name} for name in ("refused", "throttled", "clicks")}
    firehose.create_delivery_stream(**named["refused"], **to_bucket())
    firehose.create_delivery_stream(**named["throttled"], **to_bucket(**by_function("upper")))
    firehose.create_delivery_stream(**named["clicks"], **from_stream(), **to_bucket())
    for name in ("refused", "throttled"):
        firehose.put_record(**named[name], Record={"Data": b"a"})
    kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="k")
    cloud.clock.advance(61)
    invocations = len(cloud.invocations)
    for one in named.values():
        firehose.delete_delivery_stream(**one)
    cloud.faults.remove(fault)
    cloud.client("lambda").delete_function_concurrency(FunctionName="upper")
    kinesis.put_record(StreamName="clicks", Data=b"b", PartitionKey="k")
    cloud.clock.advance(3 * 3600)
    assert objects(cloud) == {}
    assert len(cloud.invocations) == invocations


def test_aws_refuses(cloud: minicloud.Cloud, firehose: Any) -> None:
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    firehose.create_delivery_stream(DeliveryStreamName="there", **to_bucket())
    firehose.create_delivery_stream(DeliveryStreamName="k", **from_stream(), **to_bucket())
    create, put = firehose.create_delivery_stream, firehose.put_record_batch
    new = {"DeliveryStreamName": "new"}
    invalid = "InvalidArgumentException"
    wanted: list[tuple[Any, dict[str, Any], str, str | None]] = [
        (
            create,
            {"DeliveryStreamName": "there", **to_bucket()},
            "ResourceInUseException",
            "Firehose there under accountId 123456789012 already exists",
        ),
        (create, new, invalid, None),
        (
            create,
            {**new, **to_bucket(), "DeliveryStreamType": "KinesisStreamAsSource"},
            invalid,
            "KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type.",
        ),
        (create, {**new, **to_bucket(), **from_stream(f"{STREAM}x")}, "ResourceNotFoundException", None),
        (
            create,
            {**new, **to_bucket(Prefix="!{timestamp:yyyy}/")},
            invalid,
            "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions",
        ),
        (create, {**new, **to_bucket(Prefix="!{nobody:x}", ErrorOutputPrefix="e")}, invalid, None),
        (create, {**new, **to_bucket(BufferingHints={"SizeInMBs": 1})}, invalid, None),
        (create, {**new, **to_bucket(S3BackupMode="Enabled")}, invalid, None),
        (create, {**new, **to_bucket(**by_function("f", NumberOfRetries="many"))}, invalid, None),
        (create, {**new, **to_bucket(BucketARN="lake")}, "ValidationException", None),
        (create, {"DeliveryStreamName": "é", **to_bucket()}, "ValidationException", None),
        (put, {"DeliveryStreamName": "k", "Records": [{"Data": b"a"}]}, "InvalidSourceException", None),
        (
            put,
            {"DeliveryStreamName": "there", "Records": [{"Data": bytes(1_024_000)}] * 5},
            invalid,
            "Records size exceeds 4 MB limit",
        ),
        (put, {"DeliveryStreamName": "there", "Records": [{"Data": bytes(1_024_001)}]}, "ValidationException", None),
        (put, {"DeliveryStreamName": "there", "Records": [{"Data": b""}] * 501}, "ValidationException", None),
    ]
    for call, params, code, message in wanted:
        refused = refusal(call, **params)
        assert refused[0] == code, params
        assert message in (None, refused[1])
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["k", "there"]


def test_operations_that_are_not_here(cloud: minicloud.Cloud) -> None:
    operations = ("start_delivery_stream_encryption", "stop_delivery_stream_encryption")
    assert told_instead(cloud.client("firehose"), *operations) == {
        "records are not encrypted here: take the call out of the test, or let the service through with "
        "mock_aws(passthrough=('firehose',)) where something else answers it"
    }


def test_minicloud_refuses_what_it_does_not_have(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")
    splunk = {"HECEndpoint": "https://x", "HECEndpointType": "Raw", "S3Configuration": {}}
    splunk["S3Configuration"] = to_bucket()["ExtendedS3DestinationConfiguration"]
    wanted: list[tuple[dict[str, Any], str]] = [
        (to_bucket(CompressionFormat="Snappy"), "use GZIP or ZIP"),
        (to_bucket(CustomTimeZone="Europe/Paris"), "times in keys are UTC"),
        (to_bucket(EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": "k"}}), "not encrypted"),
        (to_bucket(DataFormatConversionConfiguration={"Enabled": True}), "records stay as they are"),
        (to_bucket(Prefix="!{timestamp:QQ}", ErrorOutputPrefix="e"), "QQ in the pattern"),
        ({"SplunkDestinationConfiguration": splunk}, "delivery streams lead to buckets"),
        ({**to_bucket(), "DeliveryStreamType": "MSKAsSource"}, "come from a stream of Kinesis"),
        (
            {**to_bucket(), "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}},
            "records are not encrypted",
        ),
    ]
    for params, message in wanted:
        with pytest.raises(minicloud.UsageError, match=message):
            firehose.create_delivery_stream(DeliveryStreamName="new", **params)
    with pytest.raises((minicloud.UsageError, AttributeError)):
        firehose.start_delivery_stream_encryption(DeliveryStreamName="new")
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []
