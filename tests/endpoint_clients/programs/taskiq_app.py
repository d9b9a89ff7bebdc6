"""A taskiq application over SQS, with aiobotocore."""

import os
from pathlib import Path

from taskiq_aio_sqs import SQSBroker

broker = SQSBroker(
    endpoint_url=os.environ["AWS_ENDPOINT_URL"],
    sqs_queue_name="taskiq",
    region_name=os.environ["AWS_REGION"],
    aws_access_key_id="minicloud",
    aws_secret_access_key="minicloud",
    wait_time_seconds=5,
)


@broker.task
async def note(number: int) -> None:
    with Path("taskiq.txt").open("a", encoding="utf-8") as file:
        file.write(f"{number}\n")


async def main() -> None:
    await broker.startup()
    for number in range(3):
        await note.kiq(number)
    await broker.shutdown()
