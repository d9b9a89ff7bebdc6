"""An application that is annotated with the types of boto3-stubs and types-aiobotocore, and its tests with minicloud.

Type checkers read this file where these are installed; see ``any_environment.py``.
"""

from __future__ import annotations

from mypy_boto3_kinesis import KinesisClient
from mypy_boto3_sns import SNSClient
from mypy_boto3_sqs import SQSClient
from mypy_boto3_sts import STSClient
from types_aiobotocore_kinesis import KinesisClient as AioKinesisClient
from types_aiobotocore_sns import SNSClient as AioSNSClient
from types_aiobotocore_sqs import SQSClient as AioSQSClient
from types_aiobotocore_sts import STSClient as AioSTSClient

import minicloud
from minicloud.typing import SqsClient


def application(sqs: SQSClient, sns: SNSClient, kinesis: KinesisClient, sts: STSClient) -> None:
    for message in sqs.receive_message(QueueUrl="").get("Messages", []):
        sns.publish(TopicArn="", Message=message.get("Body", ""))


async def service(sqs: AioSQSClient, sns: AioSNSClient, kinesis: AioKinesisClient, sts: AioSTSClient) -> None:
    await sqs.delete_queue(QueueUrl="")


def consumer(sqs: SQSClient) -> None: ...


def test_application(cloud: minicloud.Cloud, sqs: SqsClient) -> None:
    application(cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis"), cloud.client("sts"))
    application(cloud.client("sqs"), cloud.client("sqs"), cloud.client("kinesis"), cloud.client("sts"))  # wrong
    application(sqs, minicloud.client("sns"), minicloud.client("kinesis"), minicloud.client("sts"))
    consumer(cloud.async_client("sqs"))  # wrong
    consumer(cloud)  # wrong


async def test_service(cloud: minicloud.Cloud) -> None:
    await service(
        cloud.async_client("sqs"), cloud.async_client("sns"), cloud.async_client("kinesis"), cloud.async_client("sts")
    )
    async with cloud.async_client("sqs") as client:
        await service(client, client, cloud.async_client("kinesis"), cloud.async_client("sts"))  # wrong


def test_fixture_of_ones_own(sqs: SQSClient) -> None:
    """Annotated with the stubs' type, a fixture of minicloud's is that."""
    sqs.send_message(QueueUrl="", MessageBody="")
    sqs.send_mesage(QueueUrl="", MessageBody="")  # wrong
