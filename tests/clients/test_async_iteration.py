"""What ``async for`` goes over may be left anywhere: it is no asynchronous generator, which its loop has to close."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError

pytestmark = pytest.mark.minicloud(region_name="us-east-1")  # elsewhere create_bucket() has to say where


async def of_each_kind(cloud: Any) -> list[AsyncIterator[Any]]:
    """An iterator over two items or more, of each kind that clients give."""
    sqs, kinesis, s3 = cloud.async_client("sqs"), cloud.async_client("kinesis"), cloud.async_client("s3")
    for number in range(3):
        await sqs.create_queue(QueueName=f"q{number}")
    pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    await kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    arn = (await kinesis.describe_stream_summary(StreamName="s"))["StreamDescriptionSummary"]["StreamARN"]
    consumer = (await kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c"))["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    answer = await kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"}
    )
    await s3.create_bucket(Bucket="files")
    await s3.put_object(Bucket="files", Key="k", Body=b"a\nb\n" * 1000)

    async def body() -> Any:
        return (await s3.get_object(Bucket="files", Key="k"))["Body"]

    return [
        aiter(pages),
        aiter(answer["EventStream"]),
        aiter(await body()),
        (await body()).iter_chunks(7),
        (await body()).iter_lines(),
    ]


def test_what_is_left_before_its_end_leaves_nothing_to_close(cloud: Any) -> None:
    begun: list[Any] = []

    async def main() -> list[Any]:
        iterators = await of_each_kind(cloud)
        sys.set_asyncgen_hooks(firstiter=begun.append)  # the loop puts back what was there before it
        found = []
        for iterator in iterators:
            async for item in iterator:
                found.append(item)
                break
        return found

    page, event, chunk, piece, line = asyncio.run(main())
    assert len(page["QueueUrls"]) == 2
    assert event["SubscribeToShardEvent"]["Records"] == []
    assert (chunk, piece, line) == ((b"a\nb\n" * 256), b"a\nb\na\nb", b"a")
    assert begun == []


@pytest.mark.needs("jmespath")
def test_nor_does_a_search_that_is_left(cloud: Any) -> None:
    import jmespath  # noqa: F401  # an application that searches has it loaded

    begun: list[Any] = []

    async def main() -> Any:
        sqs = cloud.async_client("sqs")
        urls = [(await sqs.create_queue(QueueName=f"q{number}"))["QueueUrl"] for number in range(3)]
        sys.set_asyncgen_hooks(firstiter=begun.append)
        found = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2}).search("QueueUrls")
        async for url in found:
            assert url == urls[0]
            break
        # It goes on where it was left, from one page to the next.
        assert [url async for url in found] == urls[1:]

    asyncio.run(main())
    assert begun == []


def test_what_is_closed_gives_no_more(cloud: Any) -> None:
    async def main() -> None:
        for iterator in await of_each_kind(cloud):
            async with aclosing(iterator) as open_one:
                assert await anext(open_one)
            assert [item async for item in iterator] == []

    asyncio.run(main())


def test_after_an_error_there_are_no_more_pages(cloud: Any) -> None:
    async def main() -> None:
        sqs = cloud.async_client("sqs")
        for number in range(3):
            await sqs.create_queue(QueueName=f"q{number}")
        pages = aiter(sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2}))
        assert len((await anext(pages))["QueueUrls"]) == 2
        cloud.faults.refuse("ServiceUnavailable", operation="ListQueues", first=1)
        with pytest.raises(ClientError):
            await anext(pages)
        assert [page async for page in pages] == []

    asyncio.run(main())


def test_the_items_of_each_result_key_are_of_one_run(cloud: Any) -> None:
    async def main() -> tuple[list[str], list[str], int]:
        s3 = cloud.async_client("s3")
        await s3.create_bucket(Bucket="files")
        for key in ("a/1", "b", "c/1", "d", "e"):
            await s3.put_object(Bucket="files", Key=key, Body=b"")
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket="files", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        calls = cloud.faults.delay(1, operation="ListObjectsV2")  # so that one task asks while the other comes
        objects, folders = pages.result_key_iters()

        async def all_of(items: AsyncIterator[Any], name: str) -> list[str]:
            return [item[name] async for item in items]

        found = await asyncio.gather(all_of(objects, "Key"), all_of(folders, "Prefix"))
        return *found, calls.fired

    assert minicloud.run(main(), cloud=cloud) == (["b", "d", "e"], ["a/", "c/"], 3)


def test_the_items_of_a_result_key_may_be_left(cloud: Any) -> None:
    begun: list[Any] = []

    async def main() -> None:
        sqs = cloud.async_client("sqs")
        urls = [(await sqs.create_queue(QueueName=f"q{number}"))["QueueUrl"] for number in range(3)]
        sys.set_asyncgen_hooks(firstiter=begun.append)
        (found,) = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2}).result_key_iters()
        async for url in found:
            assert url == urls[0]
            break
        assert [url async for url in found] == urls[1:]

    asyncio.run(main())
    assert begun == []
