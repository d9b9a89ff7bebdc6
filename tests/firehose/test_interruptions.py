"""Calls of Firehose into which an exception comes, and what goes through meanwhile: as a whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form, is_where_handlers_are_called

from .support import BUCKET, ROLE, by_function, from_stream, to_bucket, upper

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LOGS = {"DeliveryStreamName": "logs"}


class World(strikes.World):
    """A cloud with delivery streams: of puts, of puts through a function, and of a stream."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        cloud = self.cloud
        cloud.client("s3").create_bucket(Bucket="lake")
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(30)
        cloud.function("upper", upper)
        self.firehose: Any = cloud.client("firehose")
        self.firehose.create_delivery_stream(**LOGS, **to_bucket(), Tags=[{"Key": "k"}])
        backup = {"RoleARN": ROLE, "BucketARN": BUCKET, "Prefix": "raw/"}
        settings = to_bucket(
            Prefix="shaped/",
            S3BackupMode="Enabled",
            S3BackupConfiguration=backup,
            CloudWatchLoggingOptions={"Enabled": True, "LogGroupName": "hose", "LogStreamName": "errors"},
            **by_function("upper", BufferSizeInMBs="0.2"),
        )
        self.firehose.create_delivery_stream(DeliveryStreamName="shaped", **settings)
        self.firehose.create_delivery_stream(DeliveryStreamName="clicks", **from_stream(), **to_bucket(Prefix="c/"))

    def look(self) -> Any:
        shown = []
        for name in self.firehose.list_delivery_streams()["DeliveryStreamNames"]:
            tags = self.firehose.list_tags_for_delivery_stream(DeliveryStreamName=name)["Tags"]
            described = self.firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
            shown.append((name, described["VersionId"], described["Destinations"], tags))
        s3, found = self.cloud.client("s3"), {}
        buckets = [one["Name"] for one in s3.list_buckets()["Buckets"]]
        for one in s3.list_objects_v2(Bucket="lake").get("Contents", ()) if buckets else ():
            place = one["Key"].partition("2026")[0]
            content = s3.get_object(Bucket="lake", Key=one["Key"])["Body"].read()
            found[place] = found.get(place, b"") + (b"failed;" if "failed" in place else content)
        logs, said = self.cloud.client("logs"), []
        for group in logs.describe_log_groups(logGroupNamePrefix="hose")["logGroups"]:
            said += [one["message"] for one in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]]
        return shown, found, said

    def put(self, name: str, *contents: bytes) -> None:
        self.firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": one} for one in contents])


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def gathered(w: World) -> None:
    w.put("logs", b"1", b"2")
    w.put("shaped", b"one", b"drop", b"fail")
    w.cloud.client("kinesis").put_record(StreamName="clicks", Data=b"1", PartitionKey="k")


def update(w: World) -> None:
    w.firehose.update_destination(
        **LOGS,
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"Prefix": "other/"},
    )


def time_passes(w: World) -> None:
    """In two steps: what a move has begun when it was interrupted is run by the next one, and gathered from then on."""
    for minute in (5, 30):
        moment = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
        if w.cloud.clock.now() < moment:
            w.cloud.clock.advance_to(moment)


def refused(w: World) -> None:
    """The bucket takes nothing at first."""
    gathered(w)
    w.cloud.faults.refuse("SlowDown", service="s3", operation="PutObject", first=2)


def throttled(w: World) -> None:
    """No run of the function may begin."""
    gathered(w)
    w.cloud.client("lambda").put_function_concurrency(FunctionName="upper", ReservedConcurrentExecutions=0)


def subscribed(w: World) -> None:
    sns = w.cloud.client("sns")
    sns.create_topic(Name="news")
    arn = w.firehose.describe_delivery_stream(**LOGS)["DeliveryStreamDescription"]["DeliveryStreamARN"]
    raw = {"SubscriptionRoleArn": ROLE, "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=w.cloud.topic("news").arn, Protocol="firehose", Endpoint=arn, Attributes=raw)


def published(w: World) -> None:
    w.cloud.client("sns").publish(TopicArn=w.cloud.topic("news").arn, Message="m")


ROWS: dict[str, Row] = {
    "create a delivery stream": Row(
        nothing, lambda w: w.firehose.create_delivery_stream(DeliveryStreamName="new", **from_stream(), **to_bucket())
    ),
    "describe a delivery stream": Row(nothing, lambda w: w.firehose.describe_delivery_stream(**LOGS)),
    "list delivery streams": Row(nothing, lambda w: w.firehose.list_delivery_streams(Limit=1)),
    "list tags": Row(nothing, lambda w: w.firehose.list_tags_for_delivery_stream(**LOGS)),
    "update a destination": Row(gathered, update),
    "delete a delivery stream": Row(gathered, lambda w: w.firehose.delete_delivery_stream(**LOGS)),
    "tag a delivery stream": Row(nothing, lambda w: w.firehose.tag_delivery_stream(**LOGS, Tags=[{"Key": "a"}])),
    "untag a delivery stream": Row(nothing, lambda w: w.firehose.untag_delivery_stream(**LOGS, TagKeys=["k"])),
    "put a record": Row(nothing, lambda w: w.firehose.put_record(**LOGS, Record={"Data": b"1"})),
    "put records": Row(nothing, lambda w: w.put("logs", b"1", b"2")),
    "put what fills a buffer": Row(nothing, lambda w: w.put("logs", bytes(900_000), bytes(200_000))),
    "put what fills a batch": Row(nothing, lambda w: w.put("shaped", b"fail" + bytes(180_000), b"x" * 40_000)),
    "put through a stream": Row(
        nothing, lambda w: w.cloud.client("kinesis").put_record(StreamName="clicks", Data=b"1", PartitionKey="k")
    ),
    "put through a topic": Row(subscribed, published),
    "time passes": Row(gathered, time_passes, again=True),
    "time passes, and the bucket refuses": Row(refused, time_passes, again=True),
    "time passes, and the function is throttled": Row(throttled, time_passes, again=True),
    "reset": Row(gathered, lambda w: w.cloud.reset()),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    def excuse(place: str, seen: Any, allowed: list[Any]) -> bool:
        return is_where_handlers_are_called(place)

    wrong = form.wrong_places(ROWS[name], World, excuse)
    assert not wrong, "\n".join(wrong)
