"""A test as somebody writes it who has minicloud installed; type checkers read this file, nothing runs it.

Lines marked ``# wrong`` have to be told by each checker, others must not be. Where boto3-stubs and types-aiobotocore
are not installed, a client is to mypy also something that it does not know, and may have any method.
"""

from __future__ import annotations

import minicloud
from minicloud.typing import (
    AsyncSqsClient,
    ClockName,
    KinesisClient,
    MessageView,
    QueueAttributeName,
    ReceivedMessage,
    Record,
    ServiceName,
    SnsClient,
    SqsClient,
)


def clouds(name: ServiceName, clock: ClockName) -> None:
    minicloud.Cloud(clock=clock, limits="strict", delivery="aws").client(name)
    minicloud.Cloud(limits=minicloud.Limits(sqs_message_size=4_096))
    minicloud.Cloud(clock="virtuel")  # wrong
    minicloud.Cloud(limits="asw")  # wrong
    minicloud.Cloud(delivery="x")  # wrong
    minicloud.Cloud().client("ses")  # wrong
    minicloud.Cloud().async_client("ses")  # wrong
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
    minicloud.client("ses")  # wrong
    session = minicloud.Session(region_name="eu-west-1")
    session.client("kinesis", "eu-west-1", endpoint_url="http://localhost").list_streams(Limit="1")  # wrong
    session.client("ses")  # wrong


def functions() -> str:
    client = minicloud.client("lambda")
    client.get_waiter("function_activ")  # wrong
    client.invoke(FunctionNam="bill")  # wrong
    made = client.get_function(FunctionName="bill")
    made["Config"]  # wrong
    answer = client.invoke(FunctionName="bill", Payload=b"{}")
    text: bytes = answer["Payload"].read()
    return text.decode() + made["Configuration"].get("FunctionArn", "")


def calls(sqs: SqsClient, attributes: dict[QueueAttributeName, str]) -> int:
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeut": "5"})  # wrong
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Al"])  # wrong
    sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["SentTimestmp"])  # wrong
    sqs.send_mesage(QueueUrl=url, MessageBody="x")  # wrong, but to mypy with stubs alone
    answer = sqs.send_message(QueueUrl=url, MessageBody="x")
    answer["MessageID"]  # wrong
    if answer["ResponseMetadata"]["RetryAttempts"] or not answer["ResponseMetadata"]["HTTPHeaders"]["date"]:
        return answer["ResponseMetadata"]["HTTPStatus"]  # wrong
    deleted = sqs.delete_message(QueueUrl=url, ReceiptHandle="x")
    return deleted["ResponseMetadata"]["HTTPStatusCode"]


async def awaited(sqs: AsyncSqsClient) -> int:
    await sqs.send_mesage(QueueUrl="", MessageBody="x")  # wrong, but to mypy with stubs alone
    await sqs.purge_queue()  # wrong
    return (await sqs.purge_queue(QueueUrl=""))["ResponseMetadata"]["HTTPStatusCode"]


def exceptions(sqs: SqsClient, sns: SnsClient, aio: AsyncSqsClient) -> str:
    try:
        sqs.get_queue_url(QueueName="jobs")
    except sqs.exceptions.QueueDoesNotExist as error:
        return str(error)
    except (sqs.exceptions.ClientError, aio.exceptions.OverLimit, sns.exceptions.NotFoundException):
        return sns.exceptions.QueueDoesNotExist  # wrong
    except sqs.exceptions.QueueDoesNotExst:  # wrong
        return ""
    return aio.exceptions.Overlimit  # wrong


def pages(sqs: SqsClient, sns: SnsClient, kinesis: KinesisClient) -> list[str]:
    for page in sqs.get_paginator("list_queues").paginate(QueueNamePrefix="j", PaginationConfig={"PageSize": 10}):
        page["QueueURLs"]  # wrong
        for url in page.get("QueueUrls", []):
            url + 1  # wrong
    for part in kinesis.get_paginator("describe_stream").paginate(StreamName="clicks"):
        part["StreamDescription"]["Shards"][0]["ShardID"]  # wrong
    kinesis.get_waiter("stream_exists").wait(StreamName="clicks")
    kinesis.get_waiter("stream_exist")  # wrong
    sqs.get_paginator("list_queue")  # wrong
    return [
        topic.get("TopicArn", "") for page in sns.get_paginator("list_topics").paginate() for topic in page["Topics"]
    ]


async def async_pages(sqs: AsyncSqsClient) -> None:
    async for page in sqs.get_paginator("list_queues").paginate():
        page["QueueURLs"]  # wrong
    sqs.get_paginator("list_queue")  # wrong


def received(sqs: SqsClient, kinesis: KinesisClient) -> ReceivedMessage | None:
    for message in sqs.receive_message(QueueUrl="").get("Messages", []):
        take(message)
        return message
    for record in kinesis.get_records(ShardIterator="")["Records"]:
        keep(record)
    return sqs.receive_message(QueueUrl="")  # wrong


def take(message: ReceivedMessage) -> str:
    message["Bdoy"]  # wrong
    return message.get("Body", "")


def keep(record: Record) -> bytes:
    record["Daten"]  # wrong
    return record["Data"]


def twin_of_resources() -> int:
    queue = minicloud.resource("sqs").create_queue(QueueName="jobs")
    queue.send_message(MessageBody="x")["MessageID"]  # wrong
    queue.purge()["ResponseMetadata"]["HTTPStatus"]  # wrong
    queue.receive_messages()[0].boby  # wrong  # noqa: B018
    for message in queue.receive_messages():
        message.delete()["ResponseMetadata"]["RequestId"].upper()
        (message.message_attributes or {})["kind"]["StringValu"]  # wrong
    topic = minicloud.resource("sns").create_topic(Name="news")
    topic.subscribe(Protocol="sqs").delete()["ResponseMetadata"]["HTTPStatus"]  # wrong
    take_client(queue.meta.client, topic.meta.client)
    return topic.delete()["ResponseMetadata"]["HTTPStatusCode"]


def take_client(sqs: SqsClient, sns: SnsClient) -> None: ...


def records(kinesis: KinesisClient) -> None:
    kinesis.get_shard_iterator(StreamName="clicks", ShardId="0", ShardIteratorType="LATEST")
    kinesis.get_shard_iterator(StreamName="clicks", ShardId="0", ShardIteratorType="LATES")  # wrong


def views(cloud: minicloud.Cloud, message: MessageView) -> bool:
    cloud.queue("jobs").message  # wrong  # noqa: B018
    states: tuple[str, ...] = ("visible", "delayed")
    return message.state in states or message.state == "in_flight"
