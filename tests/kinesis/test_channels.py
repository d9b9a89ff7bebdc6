"""Channels, and what they deliver."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN
from tests.support.answers import answer, refusal
from tests.support.ways import error_class

pytestmark = pytest.mark.modelled("kinesis.CreateChannel")

ROLE = f"arn:aws:iam::{ACCOUNT}:role/delivery"
BUCKET = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": ACCOUNT}
STORAGE = {**BUCKET, "CompressionType": "GZIP"}
TABLE = {
    "TableBucketARN": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/tables",
    "Namespace": "n",
    "TableName": "t",
    "CompressionType": "ZSTD",
}
SCHEMA = f"arn:aws:glue:us-east-1:{ACCOUNT}:schema/registry/schema"


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s")
    return "s"


def to_bucket(name: str = "c", stream: str = "s", **params: Any) -> dict[str, Any]:
    """What a channel to a bucket is made with."""
    return {
        "ChannelName": name,
        "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [
            {"StreamARN": f"{ARN}{stream}", "RecordConfiguration": {"RecordFormatType": "STRING"}}
        ],
        "S3DestinationConfiguration": {"StorageConfiguration": STORAGE},
        **params,
    }


def to_table(name: str = "t", stream: str = "s", **params: Any) -> dict[str, Any]:
    """What a channel to a table is made with."""
    record = {"RecordFormatType": "JSON", "GSRSchemaARN": SCHEMA}
    return {
        "ChannelName": name,
        "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [{"StreamARN": f"{ARN}{stream}", "RecordConfiguration": record}],
        "S3TablesDestinationConfiguration": {
            "DeadLetterQueueS3Configuration": BUCKET,
            "S3TablesConfigurationList": [TABLE],
        },
        **params,
    }


def described(kinesis: Any, arn: str) -> Any:
    return kinesis.describe_channel(ChannelARN=arn)["ChannelDescription"]


def test_a_channel_to_a_bucket(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    now = cloud.clock.now()
    made = answer(kinesis.create_channel(**to_bucket(Tags={"a": "b"})))["ChannelDescription"]
    arn, identity = made["ChannelARN"], made["ChannelId"]
    assert arn == f"arn:aws:kinesis:us-east-1:{ACCOUNT}:channel/{identity}"
    assert identity.isalnum()
    template = made["S3DestinationConfiguration"]["StorageConfiguration"].pop("OutputKeyTemplate")
    assert template.startswith("kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/")
    prefix = made["S3DestinationConfiguration"]["DeadLetterQueueS3Configuration"].pop("ErrorOutputPrefix")
    assert prefix
    assert made == {
        "ChannelName": "c",
        "ChannelARN": arn,
        "ChannelId": identity,
        "ChannelStatus": "CREATING",
        "ChannelCreationTimestamp": now,
        "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [
            {
                "StreamARN": f"{ARN}s",
                "StreamCreationTimestamp": now,
                "RecordConfiguration": {"RecordFormatType": "STRING"},
            }
        ],
        "S3DestinationConfiguration": {
            "DataFreshnessInSeconds": 300,
            "DeadLetterQueueS3Configuration": BUCKET,
            "StorageConfiguration": {**STORAGE, "StorageClass": "STANDARD"},
        },
        "LoggingConfiguration": {
            "CloudWatchLogs": {
                "Enabled": False,
                "LogGroupName": f"/aws/kinesis/c/{identity}",
                "LogStreamName": "DestinationDelivery",
            }
        },
    }
    kinesis.get_waiter("channel_active").wait(ChannelARN=arn)
    assert described(kinesis, arn)["ChannelStatus"] == "ACTIVE"
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    kinesis.tag_resource(ResourceARN=arn, Tags={"c": "d"})
    assert len(kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]) == 2


def backwards(value: Any) -> Any:
    """The same with the members of every structure the other way round: answers have them as the model has."""
    if isinstance(value, dict):
        return {name: backwards(value[name]) for name in reversed(value)}
    return [backwards(one) for one in value] if isinstance(value, list) else value


def test_a_channel_to_a_table(kinesis: Any, stream: str) -> None:
    encryption = {"EncryptionType": "KMS", "KeyId": "alias/k"}
    spec = {"PartitionFields": [{"Transform": "TIME_HOUR", "SourceName": "at"}]}
    logs = {"CloudWatchLogs": {"Enabled": True, "LogGroupName": "/g"}}
    params = to_table(EncryptionConfiguration=encryption, LoggingConfiguration=logs)
    destination = params["S3TablesDestinationConfiguration"]
    destination |= {"S3TablesConfigurationList": [{**TABLE, "PartitionSpec": spec}], "DataFreshnessInSeconds": 900}
    made = kinesis.create_channel(**backwards(params))["ChannelDescription"]
    shown = made["S3TablesDestinationConfiguration"]
    assert shown == destination
    in_order = {
        "DataFreshnessInSeconds": None,
        "DeadLetterQueueS3Configuration": ["BucketARN", "ExpectedBucketOwner"],
        "S3TablesConfigurationList": None,
    }
    assert list(shown) == list(in_order)
    assert list(shown["DeadLetterQueueS3Configuration"]) == in_order["DeadLetterQueueS3Configuration"]
    [table] = shown["S3TablesConfigurationList"]
    assert list(table) == ["TableBucketARN", "Namespace", "TableName", "CompressionType", "PartitionSpec"]
    assert list(table["PartitionSpec"]["PartitionFields"][0]) == ["Transform", "SourceName"]
    assert "S3DestinationConfiguration" not in made
    assert made["EncryptionConfiguration"] == encryption
    assert made["LoggingConfiguration"]["CloudWatchLogs"] == {
        "Enabled": True,
        "LogGroupName": "/g",
        "LogStreamName": "DestinationDelivery",
    }


def test_one_of_each_kind(kinesis: Any, stream: str) -> None:
    bucket = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    assert refusal(kinesis.create_channel, **to_bucket("d"))[0] == "LimitExceededException"
    table = kinesis.create_channel(**to_table())["ChannelDescription"]["ChannelARN"]
    assert refusal(kinesis.create_channel, **to_table("u"))[0] == "LimitExceededException"
    summary = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
    assert summary["ChannelCount"] == 2
    limits = kinesis.describe_limits()
    assert (limits["ChannelCount"], limits["ChannelCountLimit"]) == (2, 100)
    assert refusal(kinesis.delete_stream, StreamName="s")[0] == "ResourceInUseException"
    for channel in (bucket, table):
        assert answer(kinesis.delete_channel(ChannelARN=channel)) == {}
        assert refusal(kinesis.describe_channel, ChannelARN=channel)[0] == "ResourceNotFoundException"
    kinesis.delete_stream(StreamName="s")


def test_what_a_channel_cannot_be_made_with(kinesis: Any, stream: str) -> None:
    kinesis.create_stream(StreamName="p", ShardCount=1)

    def code(params: Any) -> str:
        return refusal(kinesis.create_channel, **params)[0]

    neither = to_bucket()
    del neither["S3DestinationConfiguration"]
    assert code(neither) == "ValidationException"
    assert code({**to_table(), **to_bucket()}) == "ValidationException"
    assert code(to_bucket(stream="x")) == "ResourceNotFoundException"
    assert code(to_bucket(stream="p")) == "ValidationException"
    two = to_bucket()
    two["StreamConfigurationList"] *= 2
    assert code(two) == "ValidationException"
    for make, kind in ((to_bucket, "GSR_JSON"), (to_table, "STRING"), (to_table, "BYTE_ARRAY"), (to_bucket, "X")):
        params = make()
        params["StreamConfigurationList"][0]["RecordConfiguration"]["RecordFormatType"] = kind
        assert code(params) == "ValidationException"
    for seconds in (299, 901):
        params = to_bucket()
        params["S3DestinationConfiguration"]["DataFreshnessInSeconds"] = seconds
        assert code(params) == "ValidationException"
    for name, wrong in (("BucketARN", "b"), ("ExpectedBucketOwner", "x" * 12), ("CompressionType", "SNAPPY")):
        params = to_bucket(S3DestinationConfiguration={"StorageConfiguration": {**STORAGE, name: wrong}})
        found, text = refusal(kinesis.create_channel, **params)
        assert found == "ValidationException"
        assert f"'s3DestinationConfiguration.storageConfiguration.{name[0].lower()}{name[1:]}'" in text
    tables = to_table()
    tables["S3TablesDestinationConfiguration"]["S3TablesConfigurationList"] = [TABLE, TABLE]
    assert code(tables) == "ValidationException"
    assert code(to_bucket(ServiceExecutionRoleARN="r")) == "ValidationException"
    assert code(to_bucket("a b")) == "ValidationException"
    with pytest.raises(error_class("ParamValidationError")):
        kinesis.create_channel(**to_bucket(S3DestinationConfiguration={}))
    assert kinesis.list_channels()["ChannelSummaries"] == []
    kinesis.create_channel(**to_bucket())
    assert code(to_table("c")) == "ResourceInUseException"


def test_changing_a_channel(kinesis: Any, stream: str) -> None:
    arn = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    logs = {"CloudWatchLogs": {"Enabled": True}}
    updated = kinesis.update_channel(
        ChannelARN=arn, S3DestinationConfiguration={"DataFreshnessInSeconds": 600}, LoggingConfiguration=logs
    )["ChannelDescription"]
    assert updated["ChannelStatus"] == "UPDATING"
    shown = described(kinesis, arn)
    assert shown["ChannelStatus"] == "ACTIVE"
    assert shown["S3DestinationConfiguration"]["DataFreshnessInSeconds"] == 600
    assert shown["LoggingConfiguration"]["CloudWatchLogs"]["Enabled"] is True
    for wrong in (
        {"S3DestinationConfiguration": {"DataFreshnessInSeconds": 10}},
        {"S3TablesDestinationConfiguration": {"DataFreshnessInSeconds": 600}},
    ):
        assert refusal(kinesis.update_channel, ChannelARN=arn, **wrong)[0] == "ValidationException"
    assert refusal(kinesis.update_channel, ChannelARN=f"{arn}0")[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("make", "name"), [(to_bucket, "S3DestinationConfiguration"), (to_table, "S3TablesDestinationConfiguration")]
)
def test_an_update_leaves_alone_what_it_does_not_name(kinesis: Any, stream: str, make: Any, name: str) -> None:
    logs = {"Enabled": True, "LogGroupName": "/g"}
    params = backwards(make(LoggingConfiguration={"CloudWatchLogs": logs}))
    params[name] = {"DataFreshnessInSeconds": 700, **params[name]}
    arn = kinesis.create_channel(**params)["ChannelDescription"]["ChannelARN"]

    def seen(shown: Any = None) -> tuple[int, dict[str, Any]]:
        shown = shown or described(kinesis, arn)
        return shown[name]["DataFreshnessInSeconds"], shown["LoggingConfiguration"]["CloudWatchLogs"]

    given = {**logs, "LogStreamName": "DestinationDelivery"}
    assert seen() == (700, given)
    assert list(seen()[1]) == list(given)
    quiet = {"CloudWatchLogs": {"Enabled": False}}
    answered = kinesis.update_channel(ChannelARN=arn, LoggingConfiguration=quiet)["ChannelDescription"]
    assert seen(answered) == (700, given)  # as it was
    assert seen() == (700, {**given, "Enabled": False})
    before = described(kinesis, arn)
    kinesis.update_channel(ChannelARN=arn, **{name: {"DataFreshnessInSeconds": 301}})
    assert seen() == (301, {**given, "Enabled": False})
    before[name]["DataFreshnessInSeconds"] = 301
    assert described(kinesis, arn) == before
    named = {"CloudWatchLogs": {"Enabled": True, "LogStreamName": "other"}}
    kinesis.update_channel(ChannelARN=arn, LoggingConfiguration=named)
    assert seen() == (301, {"Enabled": True, "LogGroupName": "/g", "LogStreamName": "other"})


def test_a_channel_takes_its_time(limited: Any) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s")
    cloud.clock.advance(30)
    arn = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    kinesis.put_record(StreamName="s", Data=b"too early", PartitionKey="k")
    assert refusal(kinesis.update_channel, ChannelARN=arn)[0] == "ResourceInUseException"
    kinesis.get_waiter("channel_active").wait(ChannelARN=arn)
    kinesis.put_record(StreamName="s", Data=b"in time", PartitionKey="k")
    kinesis.update_channel(ChannelARN=arn)
    kinesis.put_record(StreamName="s", Data=b"meanwhile", PartitionKey="k")
    kinesis.get_waiter("channel_active").wait(ChannelARN=arn)
    kinesis.delete_channel(ChannelARN=arn)
    assert described(kinesis, arn)["ChannelStatus"] == "DELETING"
    with pytest.raises(error_class("WaiterError")):
        kinesis.get_waiter("channel_active").wait(ChannelARN=arn)
    assert refusal(kinesis.delete_channel, ChannelARN=arn)[0] == "ResourceInUseException"
    kinesis.put_record(StreamName="s", Data=b"too late", PartitionKey="k")
    [view] = cloud.stream("s").channels
    assert [record.data for record in view.records] == [b"in time", b"meanwhile"]
    cloud.clock.advance(30)
    assert cloud.stream("s").channels == []


def test_lists(kinesis: Any, stream: str) -> None:
    kinesis.create_stream(StreamName="t")
    kinesis.create_channel(**to_bucket("b"))
    kinesis.create_channel(**to_bucket("a", "t"))
    kinesis.create_channel(**to_table("c"))
    found = [(one["ChannelName"], one["ChannelDestinationType"]) for one in kinesis.list_channels()["ChannelSummaries"]]
    assert found == [("a", "S3"), ("b", "S3"), ("c", "S3_TABLES")]
    first = kinesis.list_channels()["ChannelSummaries"][0]
    shown = described(kinesis, first["ChannelARN"])
    assert first == {
        **{name: shown[name] for name in ("ChannelName", "ChannelARN", "ChannelId", "ChannelStatus")},
        "ChannelCreationTimestamp": shown["ChannelCreationTimestamp"],
        "ChannelDestinationType": "S3",
        "Streams": [{"StreamARN": f"{ARN}t", "StreamCreationTimestamp": shown["ChannelCreationTimestamp"]}],
    }
    of_s = [{"StreamARN": f"{ARN}s"}]
    pages = kinesis.get_paginator("list_channels").paginate(StreamFilter=of_s, PaginationConfig={"PageSize": 1})
    assert [[one["ChannelName"] for one in page["ChannelSummaries"]] for page in pages] == [["b"], ["c"]]


@pytest.mark.minicloud(limits="strict")
def test_five_calls_a_second_where_rates_are_enforced(kinesis: Any) -> None:
    for _ in range(5):
        kinesis.list_channels()
    assert refusal(kinesis.list_channels)[0] == "LimitExceededException"


def test_records_outlive_the_stream_s_retention(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    kinesis.put_record(StreamName="s", Data=b"before", PartitionKey="k")
    kinesis.create_channel(**to_bucket())
    kinesis.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": str(place)} for place in range(3)])
    cloud.clock.advance(25 * 3600)
    kinesis.put_record(StreamName="s", Data=b"y", PartitionKey="k")
    view = cloud.stream("s")
    [channel] = view.channels
    assert [record.data for record in channel.records] == [b"x", b"x", b"x", b"y"]
    assert [record.data for record in view.records] == [b"y"]
    assert (channel.name, channel.destination, channel.status) == ("c", "arn:aws:s3:::bucket", "ACTIVE")


def test_what_is_put_comes_into_the_bucket_in_time(cloud: minicloud.Cloud) -> None:
    kinesis, s3 = cloud.client("kinesis", "us-east-1"), cloud.client("s3", "us-east-1")
    for name in ("bucket", "letters"):
        s3.create_bucket(Bucket=name)
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(60)
    dead = {**BUCKET, "BucketARN": "arn:aws:s3:::letters", "ErrorOutputPrefix": "bad/"}
    channels: Any = {
        "text": ("STRING", "NONE", b"1\n[2]\n?\n"),
        "json": ("JSON", "GZIP", b"1\n[2]\n"),
    }
    for name, (kind, compression, content) in channels.items():
        storage = {**BUCKET, "CompressionType": compression, "OutputKeyTemplate": "!{channel-name}/!{HH}-!{mm}"}
        destination = {"StorageConfiguration": storage, "DeadLetterQueueS3Configuration": dead}
        record = [{"StreamARN": f"{ARN}s", "RecordConfiguration": {"RecordFormatType": kind}}]
        arn = kinesis.create_channel(
            **to_bucket(name, StreamConfigurationList=record, S3DestinationConfiguration=destination)
        )["ChannelDescription"]["ChannelARN"]
        cloud.clock.advance(60)
        cloud.faults.refuse("SlowDown", operation="PutObject", resource="bucket", first=1)
        for data in (b"1", b"[2]", b"?"):
            kinesis.put_record(StreamName="s", Data=data, PartitionKey="k")
        cloud.clock.advance(299)
        assert not [one for one in s3.list_objects_v2(Bucket="bucket").get("Contents", ()) if name in one["Key"]]
        assert str(cloud.run_until_idle()) == "0:00:02"  # the last second, and that before it is tried again
        (found,) = [one for one in s3.list_objects_v2(Bucket="bucket")["Contents"] if name in one["Key"]]
        body = s3.get_object(Bucket="bucket", Key=found["Key"])["Body"].read()
        assert (gzip.decompress(body) if compression == "GZIP" else body) == content
        assert found["Key"].startswith(f"{name}/00-")
        kinesis.delete_channel(ChannelARN=arn)
        cloud.clock.advance(60)
    (letter,) = s3.list_objects_v2(Bucket="letters")["Contents"]
    assert letter["Key"].startswith("bad/json/00-")


def test_keys_and_contents_of_objects(cloud: minicloud.Cloud) -> None:
    """The parts of a key are those of the oldest record's arrival; each format and compression has its extension."""
    kinesis, s3 = cloud.client("kinesis", "us-east-1"), cloud.client("s3", "us-east-1")
    for name in ("bucket", "letters"):
        s3.create_bucket(Bucket=name)
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance((datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC) - cloud.clock.now()).total_seconds())
    parts = "!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/!{mm}"
    dead = {**BUCKET, "BucketARN": "arn:aws:s3:::letters", "ErrorOutputPrefix": "bad/"}
    for kind, compression, template, ending, content in (
        ("STRING", "NONE", parts, ".txt", b"1\n?\n"),
        ("JSON", "GZIP", f"{parts}/!{{extension}}", ".json.gz", b"1\n"),
        ("BYTE_ARRAY", "GZIP", f"!{{extension}}-{parts}", ".bin.gz", b"1?"),
    ):
        storage = {**BUCKET, "CompressionType": compression, "OutputKeyTemplate": template}
        destination = {"StorageConfiguration": storage, "DeadLetterQueueS3Configuration": dead}
        record = [{"StreamARN": f"{ARN}s", "RecordConfiguration": {"RecordFormatType": kind}}]
        made = kinesis.create_channel(
            **to_bucket("c", StreamConfigurationList=record, S3DestinationConfiguration=destination)
        )["ChannelDescription"]
        arrived = cloud.clock.now()
        kinesis.put_record(StreamName="s", Data=b"1", PartitionKey="k")
        cloud.clock.advance(61)
        bad = cloud.clock.now()
        kinesis.put_record(StreamName="s", Data=b"?", PartitionKey="k")
        cloud.run_until_idle()
        ((key, body),) = taken(s3, "bucket").items()

        def pattern(arrived: datetime, template: str = template, ending: str = ending, made: Any = made) -> str:
            whole = template if "!{extension}" in template else template + "!{extension}"
            path = f"c/{made['ChannelId']}/{arrived:%Y/%m/%d/%H/%M}"
            return whole.replace(parts, path).replace("!{extension}", rf"-[0-9a-f-]{{36}}{re.escape(ending)}")

        assert re.fullmatch(pattern(arrived), key)
        assert (gzip.decompress(body) if compression == "GZIP" else body) == content
        letters = [re.fullmatch(f"bad/{pattern(bad)}", name) is not None for name in taken(s3, "letters")]
        assert letters == ([True] if kind == "JSON" else [])
        kinesis.delete_channel(ChannelARN=made["ChannelARN"])


def test_an_object_is_tried_again_later_and_later(cloud: minicloud.Cloud) -> None:
    kinesis, s3 = cloud.client("kinesis", "us-east-1"), cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    kinesis.create_channel(**to_bucket())
    kinesis.put_record(StreamName="s", Data=b"1", PartitionKey="k")
    cloud.faults.refuse("SlowDown", operation="PutObject", resource="bucket", first=11)
    start = cloud.clock.now()
    cloud.run_until_idle()
    waits = (1, 2, 4, 8, 16, 32, 64, 128, 256, 480, 480)
    assert (cloud.clock.now() - start).total_seconds() == 300 + sum(waits)
    assert len(taken(s3, "bucket")) == 1


def taken(s3: Any, bucket: str) -> dict[str, bytes]:
    """What is in a bucket, which then is empty."""
    found = {one["Key"]: b"" for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())}
    for key in found:
        found[key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        s3.delete_object(Bucket=bucket, Key=key)
    return found


def test_records_that_go_to_a_table_are_on_no_way_into_a_bucket(cloud: minicloud.Cloud) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.client("s3", "us-east-1").create_bucket(Bucket="bucket")
    kinesis.create_channel(**to_table())
    kinesis.put_record(StreamName="s", Data=b"{}", PartitionKey="k")
    [channel] = cloud.stream("s").channels
    assert [record.data for record in channel.records] == [b"{}"]
    assert cloud.clock.next_due is None
    start = cloud.clock.time()
    cloud.run_until_idle()
    assert cloud.clock.time() == start


def test_what_a_channel_owes_its_bucket_is_said_in_words(cloud: minicloud.Cloud) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    kinesis.create_channel(**to_bucket("clicks"))
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    assert cloud.run_until_idle() == timedelta(0)  # there is no such bucket
    cloud.client("s3", "us-east-1").create_bucket(Bucket="bucket")
    with pytest.raises(AssertionError, match=r"it still owes 1 record for the channel clicks"):
        cloud.run_until_idle(limit=100)
    cloud.faults.refuse("SlowDown", operation="PutObject", resource="bucket")
    kinesis.put_record(StreamName="s", Data=b"y", PartitionKey="k")
    with pytest.raises(AssertionError, match=r"it still owes 2 records for the channel clicks"):
        cloud.run_until_idle(limit=1000)  # some on their way
    kinesis.delete_channel(ChannelARN=kinesis.list_channels()["ChannelSummaries"][0]["ChannelARN"])
    assert cloud.run_until_idle() == timedelta(0)


def test_other_freshness_holds_for_what_waits_as_soon_as_more_is_put(cloud: minicloud.Cloud) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    s3: Any = cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    storage: Any = {"S3DestinationConfiguration": {"StorageConfiguration": STORAGE, "DataFreshnessInSeconds": 900}}
    arn = kinesis.create_channel(**to_bucket(**storage))["ChannelDescription"]["ChannelARN"]
    kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")
    cloud.clock.advance(100)
    kinesis.update_channel(ChannelARN=arn, S3DestinationConfiguration={"DataFreshnessInSeconds": 300})
    kinesis.put_record(StreamName="s", Data=b"b", PartitionKey="k")
    cloud.clock.advance(199)
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 0
    cloud.clock.advance(1)
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 1
    assert cloud.clock.next_due is None
    cloud.clock.advance(1000)
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 1


def test_a_compression_that_cannot_be_made_here_puts_nothing(cloud: minicloud.Cloud) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    s3: Any = cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    storage = {**STORAGE, "CompressionType": "ZSTD"}
    kinesis.create_channel(**to_bucket(S3DestinationConfiguration={"StorageConfiguration": storage}))
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    cloud.run_until_idle()
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 0
    [channel] = cloud.stream("s").channels
    assert [record.data for record in channel.records] == [b"x"]


@pytest.mark.modelled("kinesis.CreateQueue")
def test_arns_of_another_region(kinesis: Any, stream: str) -> None:
    arn = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    channel = arn.replace(":us-east-1:", ":eu-west-1:")
    queue = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:queue/q"
    for there, call, given in (
        (channel, kinesis.describe_channel, {"ChannelARN": channel}),
        (queue, kinesis.describe_queue, {"QueueARN": queue}),
    ):
        assert refusal(call, **given) == (
            "InvalidArgumentException",
            f"The region specified in the ARN '{there}' does not match the endpoint region",
        )
