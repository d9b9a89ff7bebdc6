"""What a type checker sees of resources, paginators and waiters; mypy reads this file, nothing runs it."""

from __future__ import annotations

from typing import assert_type

import minicloud
from minicloud.clients.paginate import AsyncPaginator, Paginator
from minicloud.clients.resources import Collection
from minicloud.clients.sns_resources import SnsResource, Subscription, Topic
from minicloud.clients.sqs_resources import Message, Queue, SqsResource
from minicloud.core.shapes import Answer
from minicloud.services.sns.shapes import ListTopicsResponse
from minicloud.services.sqs.shapes import MessageAttributeValue, SendMessageBatchResult, SendMessageResult
from minicloud.typing import AsyncKinesisClient, AsyncSnsClient, KinesisClient, SnsClient


def clients(cloud: minicloud.Cloud) -> None:
    assert_type(cloud.client("sns"), SnsClient)
    assert_type(cloud.async_client("sns"), AsyncSnsClient)
    assert_type(cloud.client("kinesis"), KinesisClient)
    assert_type(cloud.async_client("kinesis"), AsyncKinesisClient)
    assert_type(cloud.client("sns").get_paginator("list_topics"), Paginator[ListTopicsResponse])
    assert_type(cloud.async_client("sns").get_paginator("list_topics"), AsyncPaginator[ListTopicsResponse])
    cloud.sleep(2.5)
    cloud.sleep("2.5")  # type: ignore[arg-type]


def queues(cloud: minicloud.Cloud) -> None:
    sqs = cloud.resource("sqs")
    assert_type(sqs, SqsResource)
    queue = sqs.create_queue(QueueName="orders")
    assert_type(queue, Queue)
    assert_type(sqs.Queue("url"), Queue)
    assert_type(sqs.get_queue_by_name(QueueName="orders"), Queue)
    assert_type(queue.url, str)
    assert_type(queue.attributes, dict[str, str])
    assert_type(queue.send_message(MessageBody="1"), SendMessageResult)
    assert_type(queue.purge(), Answer)
    assert_type(queue.send_messages(Entries=[]), SendMessageBatchResult)
    for message in queue.receive_messages(WaitTimeSeconds=20):
        assert_type(message, Message)
        assert_type(message.body, str)
        assert_type(message.message_attributes, dict[str, MessageAttributeValue] | None)
        assert_type(message.Queue(), Queue)
        assert_type(message.delete(), Answer)
        message.acknowledge()  # type: ignore[attr-defined]
    assert_type(sqs.queues.filter(QueueNamePrefix="o").limit(3), Collection[Queue])
    for each in queue.dead_letter_source_queues.all():
        assert_type(each, Queue)
    queue.url = "other"  # type: ignore[misc]
    sqs.Queue()  # type: ignore[call-arg]


def topics(cloud: minicloud.Cloud) -> None:
    sns = cloud.resource("sns")
    assert_type(sns, SnsResource)
    topic = sns.create_topic(Name="news")
    assert_type(topic, Topic)
    assert_type(topic.subscribe(Protocol="sqs", Endpoint="arn"), Subscription)
    assert_type(list(topic.subscriptions.all()), list[Subscription])
    assert_type(topic.publish(Message="1")["MessageId"], str)
