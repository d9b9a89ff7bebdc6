"""Messages above 256 KiB: what a topic's MaximumMessageSize allows, whom it may have as subscribers, what arrives.

[SNS API, 2026: CreateTopic, SetTopicAttributes, GetTopicAttributes, Publish, PublishBatch]
"""

from __future__ import annotations

import json

import pytest

STANDARD = 262_144
LARGEST = 1_048_576
TOO_LONG = "Invalid parameter: Message too long"
BATCH_TOO_LONG = "The length of all the messages put together is more than the limit."
SUBSCRIPTIONS = (
    "Invalid parameter: MaximumMessageSize: a topic with a value above 262144 can have at most 100 subscriptions, "
    "with the protocols sqs, lambda and firehose only"
)
ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
STREAM = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/d"
ROLE = {"SubscriptionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}
SIZES = [1024, STANDARD, STANDARD + 1, LARGEST]


def queue_arn(number):
    """Of a queue that nobody looks for before there is something to deliver."""
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:q{number}"


@pytest.fixture
def set_size(sns, topic):
    def set_size(size, arn=topic):
        sns.set_topic_attributes(TopicArn=arn, AttributeName="MaximumMessageSize", AttributeValue=str(size))

    return set_size


@pytest.fixture
def publish(sns, topic):
    return lambda message, arn=topic, **params: sns.publish(TopicArn=arn, Message=message, **params)


@pytest.fixture
def batch(sns, topic):
    def batch(*messages, arn=topic, **more):
        entries = [{"Id": str(number), "Message": message, **more} for number, message in enumerate(messages)]
        return sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)

    return batch


# --- the attribute ---------------------------------------------------------------------------------------------------


def test_it_is_shown_only_when_it_was_set(sns, topic, set_size):
    def shown():
        return sns.get_topic_attributes(TopicArn=topic)["Attributes"].get("MaximumMessageSize")

    assert shown() is None
    # Up and down at any time, also to the number that holds anyway.
    for size in (LARGEST, 1024, STANDARD):
        set_size(size)
        assert shown() == str(size)


def test_a_topic_is_found_again_with_the_same_size_only(sns, refused):
    arn = sns.create_topic(Name="t", Attributes={"MaximumMessageSize": "300000"})["TopicArn"]
    assert sns.create_topic(Name="t", Attributes={"MaximumMessageSize": "300000"})["TopicArn"] == arn
    text = "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
    refused(sns.create_topic, "InvalidParameter", text, Name="t", Attributes={"MaximumMessageSize": "300001"})


# --- publishing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("created", [False, True])
def test_text_and_attributes_count_together(sns, publish, refused, size, created):
    attributes = {"MaximumMessageSize": str(size)}
    topic = sns.create_topic(Name="t", Attributes=attributes if created else {})["TopicArn"]
    if not created:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="MaximumMessageSize", AttributeValue=str(size))
    given = {"a": {"DataType": "Binary", "BinaryValue": b"x" * 7}}  # 14 bytes
    publish("x" * size, topic)
    publish("é" * (size // 2), topic)
    publish("x" * (size - 14), topic, MessageAttributes=given)
    for message, more in (("x" * (size + 1), {}), ("x" * (size - 13), {"MessageAttributes": given})):
        refused(sns.publish, "InvalidParameter", TOO_LONG, TopicArn=topic, Message=message, **more)


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_may_have_altogether_what_one_message_may(batch, set_size, refused, size):
    set_size(size)
    assert len(batch("x" * size)["Successful"]) == 1
    half = "x" * (size // 2)
    assert len(batch(half, half)["Successful"]) == 2
    given = {"MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}}}  # 8 bytes, for each
    assert len(batch(half[8:], half[8:], **given)["Successful"]) == 2

    def too_long(*messages, **more):
        refused(lambda: batch(*messages, **more), "BatchRequestTooLong", BATCH_TOO_LONG)

    too_long("x" * (size + 1))
    too_long(half, half, "xx")
    too_long(half[8:], half[8:], "xx", **given)


def test_a_fifo_topic(sns, fifo_topic, batch, publish, set_size, subscribed, refused):
    received = subscribed(fifo_topic, "q.fifo", RawMessageDelivery="true")
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "1"}
    large = "x" * (STANDARD + 1)
    refused(sns.publish, "InvalidParameter", TOO_LONG, TopicArn=fifo_topic, Message=large, **ids)
    set_size(LARGEST, fifo_topic)
    publish(large, fifo_topic, **ids)
    batch("x" * 500_000, arn=fifo_topic, MessageGroupId="g", MessageDeduplicationId="2")
    assert [len(message["Body"]) for message in received()] == [STANDARD + 1, 500_000]


def test_the_size_comes_before_the_rest_of_a_message(sns, topic, fifo_topic, refused):
    for more in ({"Subject": "two\nlines"}, {"MessageStructure": "json"}, {"MessageDeduplicationId": "d"}):
        message = "x" * (STANDARD + 1)
        refused(sns.publish, "InvalidParameter", TOO_LONG, TopicArn=topic, Message=message, **more)
    refused(sns.publish, "InvalidParameter", TOO_LONG, TopicArn=fifo_topic, Message=message)


def test_a_number_has_no_topic_whose_size_would_hold(sns, set_size, refused):
    set_size(LARGEST)
    message = "x" * (STANDARD + 1)
    refused(sns.publish, "InvalidParameter", TOO_LONG, PhoneNumber="+15550100", Message=message)


# --- subscriptions ---------------------------------------------------------------------------------------------------


def test_queues_functions_and_delivery_streams_may_subscribe(sns, topic, set_size):
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(0))
    set_size(LARGEST)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(1))
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=STREAM, Attributes=ROLE)
    set_size(STANDARD + 1)
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 4


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("email", "a@example.com"),
        ("email-json", "a@example.com"),
        ("http", "http://example.com/"),
        ("https", "https://example.com/"),
        ("sms", "+15550100"),
    ],
)
def test_others_may_not(sns, topic, set_size, refused, protocol, endpoint):
    asked = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
    set_size(STANDARD + 1)
    refused(sns.subscribe, "InvalidParameter", SUBSCRIPTIONS, **asked)
    assert sns.list_subscriptions()["Subscriptions"] == []
    set_size(STANDARD)
    sns.subscribe(**asked)
    # Pending or not.
    large = {"AttributeName": "MaximumMessageSize", "AttributeValue": str(STANDARD + 1)}
    refused(sns.set_topic_attributes, "InvalidParameter", SUBSCRIPTIONS, TopicArn=topic, **large)
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["MaximumMessageSize"] == str(STANDARD)
    set_size(1024)


def test_a_hundred_may_and_no_more(sns, topic, set_size, refused):
    for number in range(99):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(number))
    set_size(LARGEST)
    last = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(99))["SubscriptionArn"]
    more = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue_arn(100)}
    refused(sns.subscribe, "InvalidParameter", SUBSCRIPTIONS, **more)
    # One that is there already is no further one.
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(99))["SubscriptionArn"] == last
    sns.unsubscribe(SubscriptionArn=last)
    sns.subscribe(**more)
    set_size(STANDARD)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(99))
    large = {"AttributeName": "MaximumMessageSize", "AttributeValue": str(STANDARD + 1)}
    refused(sns.set_topic_attributes, "InvalidParameter", SUBSCRIPTIONS, TopicArn=topic, **large)


def test_a_web_server_cannot_come_back_to_a_topic_of_large_messages(cloud, sns, topic, set_size):
    posts = []
    cloud.http_endpoint("https://example.com/", lambda request: posts.append(request.json()) or 200)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    cloud.visit(posts.pop()["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="x")
    cloud.visit(posts.pop()["UnsubscribeURL"])
    link = posts.pop()["SubscribeURL"]
    set_size(LARGEST)
    with pytest.raises(sns.exceptions.ClientError, match="at most 100 subscriptions"):
        cloud.visit(link)
    assert sns.list_subscriptions()["Subscriptions"] == []
    set_size(STANDARD)
    cloud.visit(link)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


# --- what arrives ----------------------------------------------------------------------------------------------------


def test_the_largest_message_arrives_raw(publish, topic, set_size, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true")
    set_size(LARGEST)
    given = {"a": {"DataType": "String", "StringValue": "b"}}  # 8 bytes
    publish("x" * (LARGEST - 8), MessageAttributes=given)
    (message,) = received()
    assert len(message["Body"]) == LARGEST - 8
    assert message["MessageAttributes"] == given


def test_an_envelope_counts_at_the_queue(publish, topic, set_size, subscribed, queue):
    """A message that only fits without its envelope is refused there, and what cannot be delivered is a dead letter."""
    dead_arn, dead = queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn})
    received = subscribed(topic, "q", RedrivePolicy=redrive)
    set_size(LARGEST)
    publish("x" * (LARGEST - 2000))
    (message,) = received()
    assert len(json.loads(message["Body"])["Message"]) == LARGEST - 2000
    publish("x" * LARGEST)
    assert received() == []
    assert dead() == []  # in the same envelope it is too long there as well


def test_a_queue_has_a_size_of_its_own(cloud, sqs, publish, topic, set_size, subscribed, queue):
    dead_arn, dead = queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn})
    small = subscribed(topic, "small", RawMessageDelivery="true", RedrivePolicy=redrive)
    lost = subscribed(topic, "lost", RawMessageDelivery="true")
    large = subscribed(topic, "large", RawMessageDelivery="true")
    for one in (small, lost):
        sqs.set_queue_attributes(QueueUrl=one.queue_url, Attributes={"MaximumMessageSize": str(STANDARD)})
    set_size(LARGEST)
    cloud.trace.start()
    publish("x" * (STANDARD + 1))
    publish("fits")
    # The publisher hears nothing of it, and the others get theirs.
    assert [len(message["Body"]) for message in large()] == [STANDARD + 1, 4]
    assert [message["Body"] for message in small()] == [message["Body"] for message in lost()] == ["fits"]
    assert [len(message["Body"]) for message in dead()] == [STANDARD + 1]
    assert cloud.trace.render().count("failed for good (InvalidParameterValue)") == 2
