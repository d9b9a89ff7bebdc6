"""How long pages are that nobody has said the length of, and how long they are at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, make_queue


@pytest.fixture(scope="module")
def kinesis() -> Any:
    """A client on a cloud that has one more of everything than a page holds."""
    limits = minicloud.Limits.named("relaxed").replace(kinesis_on_demand_streams=200, kinesis_consumers=300)
    with minicloud.Cloud(clock="virtual", limits=limits, trace=False) as cloud:
        client: Any = cloud.client("kinesis", "us-east-1")
        client.create_stream(StreamName="s", ShardCount=1001)
        client.create_stream(StreamName="q", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        bucket = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": "123456789012", "CompressionType": "GZIP"}
        for number in range(101):
            client.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName=f"c{number}")
            make_queue(client, "q", f"q{number}")
            client.create_stream(StreamName=f"s{number}", StreamModeDetails={"StreamMode": "ON_DEMAND"})
            client.create_channel(
                ChannelName=f"c{number}",
                ServiceExecutionRoleARN="arn:aws:iam::123456789012:role/r",
                StreamConfigurationList=[
                    {"StreamARN": f"{ARN}s{number}", "RecordConfiguration": {"RecordFormatType": "STRING"}}
                ],
                S3DestinationConfiguration={"StorageConfiguration": bucket},
            )
        yield client


PAGES: list[tuple[int, str, dict[str, Any], str, Callable[[Any], list[Any]]]] = [
    (100, "list_streams", {}, "Limit", lambda page: page["StreamNames"]),
    (100, "list_channels", {}, "MaxResults", lambda page: page["ChannelSummaries"]),
    (100, "list_queues", {}, "MaxResults", lambda page: page["QueueSummaries"]),
    (100, "list_stream_consumers", {"StreamARN": f"{ARN}s"}, "MaxResults", lambda page: page["Consumers"]),
    (100, "describe_stream", {"StreamName": "s"}, "Limit", lambda page: page["StreamDescription"]["Shards"]),
    (1000, "list_shards", {"StreamName": "s"}, "MaxResults", lambda page: page["Shards"]),
]
"""As AWS documents them. [API reference; of queues: inferred from channels]"""


@pytest.mark.parametrize(("length", "name", "params", "limit", "items"), PAGES, ids=[row[1] for row in PAGES])
def test_pages(
    kinesis: Any, length: int, name: str, params: dict[str, Any], limit: str, items: Callable[[Any], list[Any]]
) -> None:
    call = getattr(kinesis, name)
    found = [len(items(call(**params, **more))) for more in ({}, {limit: 10_000}, {limit: length}, {limit: length - 1})]
    assert found == [length, length, length, length - 1]


FULL: list[tuple[str, dict[str, Any], str, Callable[[Any], list[Any]]]] = [
    *((name, params, limit, items) for _, name, params, limit, items in PAGES),
    ("list_tags_for_stream", {"StreamName": "s"}, "Limit", lambda page: page["Tags"]),
]


@pytest.mark.parametrize(("name", "params", "limit", "items"), FULL, ids=[row[0] for row in FULL])
def test_behind_a_full_page_that_is_the_last_is_nothing(
    name: str, params: dict[str, Any], limit: str, items: Callable[[Any], list[Any]]
) -> None:
    with minicloud.Cloud(clock="virtual", limits="relaxed", trace=False) as cloud:
        client: Any = cloud.client("kinesis", "us-east-1")
        client.create_stream(StreamName="s", ShardCount=2, Tags={"a": "", "b": ""})
        client.create_stream(StreamName="q", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        if name == "list_channels":
            bucket = {
                "BucketARN": "arn:aws:s3:::bucket",
                "ExpectedBucketOwner": "123456789012",
                "CompressionType": "GZIP",
            }
            client.create_stream(StreamName="r", StreamModeDetails={"StreamMode": "ON_DEMAND"})
            for stream in ("q", "r"):
                given = {"StreamARN": f"{ARN}{stream}", "RecordConfiguration": {"RecordFormatType": "STRING"}}
                client.create_channel(
                    ChannelName=stream,
                    ServiceExecutionRoleARN="arn:aws:iam::123456789012:role/r",
                    StreamConfigurationList=[given],
                    S3DestinationConfiguration={"StorageConfiguration": bucket},
                )
        for number in range(2):
            client.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName=f"c{number}")
            make_queue(client, "q", f"q{number}")

        def goes_on(page: Any) -> bool:
            found = page.get("StreamDescription", page)
            more = [value for key, value in found.items() if key.startswith("HasMore")]
            return any(more) or bool(page.get("NextToken"))

        call = getattr(client, name)
        whole, part = call(**params, **{limit: 2}), call(**params, **{limit: 1})
        assert [(len(items(page)), goes_on(page)) for page in (whole, part)] == [(2, False), (1, True)]
