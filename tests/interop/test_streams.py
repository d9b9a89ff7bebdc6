"""An application of aiobotocore's for Kinesis."""

from __future__ import annotations

import asyncio
from typing import Any

from kinesis import Consumer, Producer

import minicloud


def test_async_kinesis() -> None:
    async def main() -> list[Any]:
        seen: list[Any] = []
        async with minicloud.mock_aws() as cloud:
            kinesis = cloud.client("kinesis")
            kinesis.create_stream(StreamName="s", ShardCount=2)
            cloud.clock.advance(60)
            async with Producer(stream_name="s", region_name="us-east-1") as producer:
                for number in range(10):
                    await producer.put({"number": number})
                await producer.flush()
            async with Consumer(stream_name="s", region_name="us-east-1", sleep_time_no_records=0.01) as consumer:
                while len(seen) < 10:
                    seen += [item["number"] async for item in consumer]
                    await asyncio.sleep(0.05)
        return seen

    assert sorted(asyncio.run(asyncio.wait_for(main(), 30))) == list(range(10))
