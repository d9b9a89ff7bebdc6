"""Work that lasts longer than the visibility timeout is begun twice, by a function as by workers that poll."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

CASES = [(30, [0, 30]), (60, [0])]


@pytest.mark.parametrize(("visibility", "begun"), CASES)
def test_a_function(cloud: minicloud.Cloud, make_client: MakeClient, visibility: int, begun: list[float]) -> None:
    sqs, start, runs = make_client("sqs"), cloud.clock.time_ns(), []

    def work(*_: Any) -> None:
        runs.append((cloud.clock.time_ns() - start) / 1e9)

    url = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    cloud.function("work", work, timeout=60, takes=45)
    make_client("lambda").create_event_source_mapping(EventSourceArn=cloud.queue(url).arn, FunctionName="work")
    # AWS refuses a mapping where that is less than the function's timeout.
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(visibility)})
    sqs.send_message(QueueUrl=url, MessageBody="long")
    cloud.clock.advance(44)
    assert len(cloud.queue(url).messages) == 1
    cloud.clock.advance(1)
    assert (runs, len(cloud.queue(url).messages)) == (begun, 0)
    cloud.clock.advance(600)
    assert runs == begun


@pytest.mark.parametrize(("visibility", "begun"), CASES)
def test_workers_that_poll(visibility: int, begun: list[float]) -> None:
    cloud = minicloud.Cloud(clock="virtual")
    runs: list[float] = []

    async def worker(url: str) -> None:
        sqs = cloud.async_client("sqs")
        while True:
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                runs.append(asyncio.get_running_loop().time() - start)
                await asyncio.sleep(45)
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    async def main() -> None:
        nonlocal start
        start = asyncio.get_running_loop().time()
        sqs = cloud.async_client("sqs")
        attributes = {"VisibilityTimeout": str(visibility)}
        url = (await sqs.create_queue(QueueName="work", Attributes=attributes))["QueueUrl"]
        workers = [asyncio.ensure_future(worker(url)) for _ in range(2)]
        await sqs.send_message(QueueUrl=url, MessageBody="long")
        await asyncio.sleep(200)
        for one in workers:
            one.cancel()
        assert len(cloud.queue(url).messages) == 0

    start = 0.0
    minicloud.run(main(), cloud=cloud)
    assert runs == begun
