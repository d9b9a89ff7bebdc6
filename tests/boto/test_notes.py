"""Notes of errors reach real clients on both of their paths, and once, however often botocore tries."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud

pytestmark = pytest.mark.needs("boto3")

NEAR = ["there is a queue 'jobs': did you mean that one?"]


def client(**options: Any) -> Any:
    import boto3

    return boto3.client("sqs", region_name="us-east-1", **options)


def notes_of(call: Any) -> list[str]:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call(QueueName="jbos")
    assert str(caught.value).endswith("GetQueueUrl operation: The specified queue does not exist.")
    return getattr(caught.value, "__notes__", [])


@minicloud.mock_aws
def test_on_the_fast_path_and_in_the_full_pipeline() -> None:
    sqs = client()
    sqs.create_queue(QueueName="jobs")
    assert notes_of(sqs.get_queue_url) == NEAR
    sqs.meta.events.register("before-send", lambda **_: None)
    assert notes_of(sqs.get_queue_url) == NEAR
    sqs.create_queue(QueueName="jbos")
    sqs.get_queue_url(QueueName="jbos")


def test_once_after_retries() -> None:
    with minicloud.mock_aws(clock="frozen", limits="strict"):
        import boto3
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 3})
        sns = boto3.client("sns", region_name="us-east-1", config=config)

        def exhaust() -> None:
            for _ in range(100):
                sns.list_subscriptions()

        with pytest.raises(sns.exceptions.ClientError) as caught:
            exhaust()
        assert len(caught.value.__notes__) == 1


@pytest.mark.needs("aiobotocore")
def test_of_aiobotocore() -> None:
    from aiobotocore.session import get_session

    async def main() -> None:
        async with get_session().create_client("sqs", region_name="us-east-1") as sqs:
            await sqs.create_queue(QueueName="jobs")
            for _ in range(2):
                with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
                    await sqs.get_queue_url(QueueName="jbos")
                assert caught.value.__notes__ == NEAR
                sqs.meta.events.register("before-send", lambda **_: None)

    with minicloud.mock_aws():
        asyncio.run(main())
