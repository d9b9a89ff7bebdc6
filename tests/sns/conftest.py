"""What the tests of SNS share: topics, queues that are subscribed to them, refusals."""

from __future__ import annotations

import pytest

from tests.support.clients import sns, sqs

__all__ = ["sns", "sqs"]


@pytest.fixture
def outbox(cloud):
    return cloud.outbox


@pytest.fixture
def refused(sns):
    """Calls a client's method that has to be refused, and checks code and message; the whole answer."""

    def check(method, code, message, **params):
        with pytest.raises(sns.exceptions.ClientError) as caught:
            method(**params)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (code, message)
        return caught.value.response

    return check


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="topic")["TopicArn"]


@pytest.fixture
def fifo_topic(sns):
    return sns.create_topic(Name="topic.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]


@pytest.fixture
def subscribed(sns, make_client):
    """Makes a queue, subscribes it to a topic, and returns a function that drains it."""

    def subscribe(topic_arn, name, region_name="us-east-1", account_id="123456789012", **attributes):
        sqs = make_client("sqs", region_name, account_id=account_id)
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        answer = sns.subscribe(
            TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes=attributes, ReturnSubscriptionArn=True
        )

        def received():
            found = []
            while True:
                messages = sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
                ).get("Messages", [])
                for message in messages:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found += messages
                if not messages:
                    return found

        received.subscription_arn = answer["SubscriptionArn"]
        received.queue_arn = arn
        received.queue_url = url
        return received

    return subscribe


@pytest.fixture
def queue(sqs):
    """Makes a queue, returns its ARN and a function that drains its bodies."""

    def make(name):
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

        def received():
            found = []
            while messages := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
            ).get("Messages", []):
                for message in messages:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found += messages
            return found

        return arn, received

    return make
