"""Twenty workers of aiobotocore in one process, which wait for jobs side by side."""

import asyncio

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session


async def main() -> None:
    done: list[str] = []
    async with get_session().create_client("sqs", config=AioConfig(max_pool_connections=50)) as sqs:
        jobs = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        async def work() -> None:
            answer = await sqs.receive_message(QueueUrl=jobs, WaitTimeSeconds=20)
            [message] = answer["Messages"]
            await sqs.delete_message(QueueUrl=jobs, ReceiptHandle=message["ReceiptHandle"])
            done.append(message["Body"])

        workers = [asyncio.create_task(work()) for _ in range(20)]
        await asyncio.gather(*(sqs.send_message(QueueUrl=jobs, MessageBody=str(number)) for number in range(20)))
        await asyncio.wait_for(asyncio.gather(*workers), 20)
    print(sorted(map(int, done)) == list(range(20)))


asyncio.run(main())
