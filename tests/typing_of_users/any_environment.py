"""A test as somebody writes it who has minicloud installed; type checkers read this file, nothing runs it.

Lines marked ``# wrong`` have to be told by each checker, others must not be. ``# wrong with stubs``: where boto3-stubs
and types-aiobotocore are installed; without them a client is also something that the checker does not know.
"""

from __future__ import annotations

import minicloud
from minicloud.typing import (
    AsyncSqsClient,
    ClockName,
    KinesisClient,
    MessageView,
    QueueAttributeName,
    ServiceName,
    SqsClient,
)


def clouds(name: ServiceName, clock: ClockName) -> None:
    minicloud.Cloud(clock=clock, limits="strict", delivery="aws").client(name)
    minicloud.Cloud(limits=minicloud.Limits(sqs_message_size=4_096))
    minicloud.Cloud(clock="virtuel")  # wrong
    minicloud.Cloud(limits="asw")  # wrong
    minicloud.Cloud(delivery="x")  # wrong
    minicloud.Cloud().client("s3")  # wrong
    minicloud.Cloud().async_client("s3")  # wrong
    minicloud.Cloud().resource("kinesis")  # wrong
    minicloud.Clowd()  # wrong
    with minicloud.mock_aws(clock="virtual", limits="relaxed") as cloud:
        cloud.qeues()  # wrong
    minicloud.mock_aws(clock="virtuel")  # wrong
    minicloud.mock_aws(regoin_name="eu-west-1")  # wrong
    minicloud.Cloud().qeue("jobs")  # wrong


def boto3s_twin() -> None:
    sqs = minicloud.client("sqs", region_name="eu-west-1", aws_access_key_id="x")
    sqs.send_message(QueueUrl="", MessageBodi="")  # wrong
    minicloud.resource("sqs").Qeue("url")  # wrong
    minicloud.client("s3")  # wrong
    session = minicloud.Session(region_name="eu-west-1")
    session.client("kinesis", "eu-west-1", endpoint_url="http://localhost").list_streams(Limit="1")  # wrong
    session.client("s3")  # wrong


def calls(sqs: SqsClient, attributes: dict[QueueAttributeName, str]) -> int:
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeut": "5"})  # wrong
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Al"])  # wrong
    sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["SentTimestmp"])  # wrong
    sqs.send_mesage(QueueUrl=url, MessageBody="x")  # wrong with stubs
    answer = sqs.send_message(QueueUrl=url, MessageBody="x")
    answer["MessageID"]  # wrong
    if answer["ResponseMetadata"]["RetryAttempts"] or not answer["ResponseMetadata"]["HTTPHeaders"]["date"]:
        return answer["ResponseMetadata"]["HTTPStatus"]  # wrong
    deleted = sqs.delete_message(QueueUrl=url, ReceiptHandle="x")
    return deleted["ResponseMetadata"]["HTTPStatusCode"]


async def awaited(sqs: AsyncSqsClient) -> int:
    await sqs.send_mesage(QueueUrl="", MessageBody="x")  # wrong with stubs
    await sqs.purge_queue()  # wrong
    return (await sqs.purge_queue(QueueUrl=""))["ResponseMetadata"]["HTTPStatusCode"]


def records(kinesis: KinesisClient) -> None:
    kinesis.get_shard_iterator(StreamName="clicks", ShardId="0", ShardIteratorType="LATEST")
    kinesis.get_shard_iterator(StreamName="clicks", ShardId="0", ShardIteratorType="LATES")  # wrong


def views(cloud: minicloud.Cloud, message: MessageView) -> bool:
    cloud.queue("jobs").message  # wrong  # noqa: B018
    states: tuple[str, ...] = ("visible", "delayed")
    return message.state in states or message.state == "in_flight"
