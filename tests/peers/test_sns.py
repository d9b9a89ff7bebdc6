"""SNS"""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.services.sns.signature import string_to_sign, verify
from minicloud.typing import HttpRequest

from .issues import issue

BOOKS = json.dumps({"kind": ["book"]})


def kind(value: str) -> dict[str, Any]:
    return {"kind": {"DataType": "String", "StringValue": value}}


def assert_signed(cloud: minicloud.Cloud, message: dict[str, Any]) -> None:
    assert cloud.signing_certificate(message["SigningCertURL"]).startswith(b"-----BEGIN CERTIFICATE-----")
    assert verify(string_to_sign(message), message["Signature"], message["SignatureVersion"])


@pytest.fixture
def topic(sns: Any) -> str:
    arn: str = sns.create_topic(Name="topic")["TopicArn"]
    return arn


@pytest.fixture
def fifo_topic(sns: Any) -> str:
    attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}
    arn: str = sns.create_topic(Name="topic.fifo", Attributes=attributes)["TopicArn"]
    return arn


@issue("fauxqs#263", symptom="The group id does not pass a standard topic.")
def test_group_ids_pass_a_standard_topic(sns: Any, sqs: Any, topic: str, subscribed: Any) -> None:
    """A standard topic hands the message group id on to standard queues, for fair queues."""
    url = subscribed(topic, "queue")
    sns.publish(TopicArn=topic, Message="x", MessageGroupId="tenant-1")
    (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "tenant-1"


@issue(
    "floci#171", "moto#6254", symptom="The deduplication id does not reach the queue, and messages are lost in silence."
)
def test_deduplication_ids_reach_the_queue(sns: Any, sqs: Any, fifo_topic: str, subscribed: Any) -> None:
    """A FIFO topic hands both ids on; a message with the same text and another id is another message."""
    url = subscribed(fifo_topic, "queue.fifo")
    for once in ("1", "2"):
        sns.publish(TopicArn=fifo_topic, Message="x", MessageGroupId="g", MessageDeduplicationId=once)
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])["Messages"]
    assert [message["Attributes"]["MessageDeduplicationId"] for message in found] == ["1", "2"]


@issue("localstack#12276", symptom="A FIFO topic delivers in another order to each queue.")
def test_the_order_of_a_fifo_topic(sns: Any, fifo_topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """Every queue gets the same order, and the sequence of the topic."""
    for name in ("a.fifo", "b.fifo", "c.fifo"):
        subscribed(fifo_topic, name, RawMessageDelivery="true")
    for number in range(50):
        sns.publish(TopicArn=fifo_topic, Message=str(number), MessageGroupId="g")
    for name in ("a.fifo", "b.fifo", "c.fifo"):
        assert cloud.queue(name).bodies == [str(number) for number in range(50)]


@issue("localstack#10088", symptom="Only the first message of a FIFO topic arrives.")
def test_more_than_one_message(sns: Any, sqs: Any, fifo_topic: str, subscribed: Any) -> None:
    """Messages of one group follow each other, in one receive or in several."""
    url = subscribed(fifo_topic, "queue.fifo", RawMessageDelivery="true")
    for number in range(3):
        sns.publish(TopicArn=fifo_topic, Message=str(number), MessageGroupId="g")
    seen = []
    for _ in range(3):
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        seen.append(message["Body"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert seen == ["0", "1", "2"]


@issue("fakecloud#1910", symptom="`PublishBatch` passes by the filter policy.")
def test_batches_are_filtered(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """Each entry is filtered by its own attributes."""
    subscribed(topic, "books", FilterPolicy=BOOKS, RawMessageDelivery="true")
    entries = [{"Id": value, "Message": value, "MessageAttributes": kind(value)} for value in ("book", "shoe")]
    assert len(sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Successful"]) == 2
    assert cloud.queue("books").bodies == ["book"]


@issue("localstack#8486", symptom="`PublishBatch` with `MessageStructure=json` fails.")
def test_batches_with_structure(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """Each protocol gets its own text, in a batch too."""
    subscribed(topic, "queue", RawMessageDelivery="true")
    message = json.dumps({"default": "for all", "sqs": "for queues"})
    entries = [{"Id": "1", "Message": message, "MessageStructure": "json"}]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == ["1"]
    assert cloud.queue("queue").bodies == ["for queues"]


@issue(
    "floci#49", "kumo#710", "goaws#215", symptom="A filter policy is taken, or taken by `Subscribe`, and not applied."
)
def test_filters_are_applied(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """A policy holds at once, whether it came with Subscribe or after."""
    subscribed(topic, "with", FilterPolicy=BOOKS, RawMessageDelivery="true")
    subscribed(topic, "after", RawMessageDelivery="true")
    (arn,) = (
        found["SubscriptionArn"]
        for found in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if found["Endpoint"].endswith(":after")
    )
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=BOOKS)
    for value in ("shoe", "book"):
        sns.publish(TopicArn=topic, Message=value, MessageAttributes=kind(value))
    assert cloud.queue("with").bodies == cloud.queue("after").bodies == ["book"]


@issue("yulin#480", symptom="`cidr` in a filter policy is not known.")
def test_addresses_in_filters(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """Addresses are matched by network, of either family; `explain_filter` says why one was not."""
    policy = {"ip": [{"cidr": "10.0.0.0/24"}, {"cidr": "2001:db8::/32"}]}
    subscribed(topic, "queue", FilterPolicy=json.dumps(policy), RawMessageDelivery="true")
    for address in ("10.0.0.255", "10.0.1.0", "2001:db8::1", "2001:db9::1"):
        attributes = {"ip": {"DataType": "String", "StringValue": address}}
        sns.publish(TopicArn=topic, Message=address, MessageAttributes=attributes)
    assert cloud.queue("queue").bodies == ["10.0.0.255", "2001:db8::1"]
    assert not minicloud.explain_filter(policy, attributes={"ip": "10.0.1.0"})


@issue("moto#6087", symptom="A filter policy matches wrongly where it has several keys, or a list of operators.")
def test_keys_and_lists_of_a_filter() -> None:
    """All keys have to match, each by any of its conditions."""
    policy = {"kind": ["book", {"prefix": "maga"}], "price": [{"numeric": [">", 5, "<=", 10]}, 1]}
    matches = {
        (kind, price)
        for kind in ("book", "magazine", "shoe")
        for price in (1, 5, 5.01, 10, 11)
        if minicloud.explain_filter(policy, attributes={"kind": kind, "price": price})
    }
    assert matches == {(kind, price) for kind in ("book", "magazine") for price in (1, 5.01, 10)}


@issue(
    "localstack#881",
    "localstack#8118",
    "fakecloud#1829",
    "fakecloud#1778",
    symptom="A URL gets no confirmation message, or one that is signed wrongly, and is never pending.",
)
def test_confirmation(sns: Any, topic: str, cloud: minicloud.Cloud) -> None:
    """A URL is sent a signed confirmation, and is pending until its token comes back."""
    url = "https://orders.example.com/hook"
    answer = sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=url, ReturnSubscriptionArn=True)
    arn = answer["SubscriptionArn"]

    def pending() -> str:
        text: str = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"]
        return text

    (sent,) = cloud.outbox.to(url)
    message = json.loads(sent.body)
    assert message["Type"] == "SubscriptionConfirmation"
    assert_signed(cloud, message)
    assert pending() == "true"
    sns.confirm_subscription(TopicArn=topic, Token=message["Token"])
    assert pending() == "false"


@issue("fakecloud#1048", "fakecloud#976", symptom="A post to a URL that fails is not tried again.")
def test_posts_are_tried_again(sns: Any, topic: str, cloud: minicloud.Cloud) -> None:
    """AWS's default policy: three retries, 20 seconds apart."""
    url, times = "https://orders.example.com/hook", []

    def hook(request: HttpRequest) -> int:
        message = json.loads(request.body)
        if message["Type"] == "SubscriptionConfirmation":
            cloud.client("sns").confirm_subscription(TopicArn=topic, Token=message["Token"])
            return 200
        times.append((cloud.clock.now() - start).total_seconds())
        return 503

    cloud.http_endpoint(url, hook)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=url)
    start = cloud.clock.now()
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(3600)
    assert times == [0, 20, 40, 60]


@issue("kumo#833", "moto#2331", "localstack#11835", symptom="Raw delivery loses attributes that are numbers or binary.")
def test_attributes_of_raw_deliveries(sns: Any, sqs: Any, topic: str, subscribed: Any) -> None:
    """Each attribute arrives with its type and value."""
    url = subscribed(topic, "queue", RawMessageDelivery="true")
    attributes = {
        "number": {"DataType": "Number", "StringValue": "1.5"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        "text": {"DataType": "String", "StringValue": "x"},
    }
    sns.publish(TopicArn=topic, Message="x", MessageAttributes=attributes)
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["MessageAttributes"] == attributes


@issue("localstack#4458", symptom="Delivery in an envelope wrongly has the attributes of a message of SQS, too.")
def test_attributes_of_envelopes(sns: Any, sqs: Any, topic: str, subscribed: Any) -> None:
    """They are in the envelope alone."""
    url = subscribed(topic, "queue")
    sns.publish(TopicArn=topic, Message="x", MessageAttributes=kind("book"))
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert "MessageAttributes" not in message
    assert json.loads(message["Body"])["MessageAttributes"] == {"kind": {"Type": "String", "Value": "book"}}


@issue("localstack#9154", symptom="To subscribe again with the same attributes fails.")
def test_subscribing_again(sns: Any, topic: str, new_queue: Any, cloud: minicloud.Cloud, refused: Any) -> None:
    """The same attributes give the same subscription; only other ones are refused."""
    new_queue("queue")
    request = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": cloud.queue("queue").arn}
    arns = {sns.subscribe(**request, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"] for _ in range(2)}
    assert len(arns) == 1
    refused(sns.subscribe, "InvalidParameter", **request, Attributes={"RawMessageDelivery": "false"})


@issue("fakecloud#2000", symptom="`UnsubscribeURL` names the topic.")
def test_the_link_to_unsubscribe(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """It names the subscription, and following it ends that."""
    subscribed(topic, "queue")
    sns.publish(TopicArn=topic, Message="x")
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    link = json.loads(cloud.queue("queue").bodies[0])["UnsubscribeURL"]
    assert link.endswith(subscription["SubscriptionArn"])
    cloud.visit(link)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@issue("localstack#3670", symptom="Five messages to thirty queues take 20 seconds.")
def test_a_wide_fan_out(cloud: minicloud.Cloud) -> None:
    """A message is made once, and handed to each queue."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    for number in range(30):
        sqs.create_queue(QueueName=f"queue-{number}")
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(f"queue-{number}").arn)
    for _ in range(5):
        sns.publish(TopicArn=topic, Message="x")
    assert {len(cloud.queue(f"queue-{number}").bodies) for number in range(30)} == {5}


@issue(
    "moto#6198",
    "moto#3252",
    "moto#624",
    symptom="There is no way to see what was published, or sent by SMS, without a queue made for the purpose.",
)
def test_what_was_published(sns: Any, topic: str, cloud: minicloud.Cloud) -> None:
    """`cloud.topic(...).published`, `cloud.assert_published` and `cloud.outbox` have it."""
    sns.publish(TopicArn=topic, Message='{"order": 7}', Subject="new")
    sns.publish(PhoneNumber="+15551234567", Message="shipped")
    cloud.assert_published("topic", {"order": 7}, subject="new", times=1)
    assert [publication.message for publication in cloud.topic("topic").published] == ['{"order": 7}']
    assert [sms.body for sms in cloud.outbox.to("+15551234567")] == ["shipped"]


@issue("localstack#5454", "localstack#12143", symptom="Signatures of messages cannot be checked.")
def test_signatures(sns: Any, topic: str, subscribed: Any, cloud: minicloud.Cloud) -> None:
    """They are made over AWS's words; a changed message does not pass."""
    subscribed(topic, "queue")
    sns.publish(TopicArn=topic, Message="x")
    message = json.loads(cloud.queue("queue").bodies[0])
    assert_signed(cloud, message)
    with pytest.raises(AssertionError):
        assert_signed(cloud, {**message, "Message": "y"})
