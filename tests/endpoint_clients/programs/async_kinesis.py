"""A pipe of async-kinesis: puts numbers into a stream, or takes them out of it."""

import asyncio
import os
import sys

from kinesis import Consumer, Producer

OPTIONS = {"stream_name": "numbers", "endpoint_url": os.environ["AWS_ENDPOINT_URL"]}


async def main() -> None:
    if sys.argv[1] == "put":
        async with Producer(**OPTIONS, create_stream=True, create_stream_shards=2, buffer_time=0.05) as producer:
            for number in range(50):
                await producer.put({"number": number})
            await producer.flush()
        return
    got = []
    async with Consumer(**OPTIONS, iterator_type="TRIM_HORIZON", sleep_time_no_records=0.05) as consumer:
        while len(got) < 50:
            async for item in consumer:
                got.append(item["number"])
    print(sorted(got) == list(range(50)))


asyncio.run(asyncio.wait_for(main(), 30))
