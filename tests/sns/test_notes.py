"""What is noted of a refusal beside AWS's text: the reason that the cloud knows."""

from __future__ import annotations

import re

import minicloud


def arn_of(name, region_name="us-east-1", account_id="123456789012"):
    return f"arn:aws:sns:{region_name}:{account_id}:{name}"


def test_a_topic_that_is_elsewhere_or_has_another_name(sns, make_client, topic, noted):
    far = make_client("sns", "eu-west-1").create_topic(Name="orders")["TopicArn"]
    assert noted(sns.publish, "NotFound", TopicArn=arn_of("orders"), Message="x") == [
        "there is a topic of this name in eu-west-1, and this call went to us-east-1: make the client with "
        'region_name="eu-west-1"'
    ]
    assert noted(sns.publish, "InvalidParameter", TopicArn=far, Message="x") == [
        'it is of eu-west-1, and this call went to us-east-1: make the client with region_name="eu-west-1"'
    ]
    assert noted(sns.publish, "NotFound", TopicArn=arn_of("topics"), Message="x") == [
        "there is a topic 'topic': did you mean that one?"
    ]
    assert noted(sns.publish, "NotFound", TopicArn=arn_of("something"), Message="x") == [
        "there are, in us-east-1: topic"
    ]
    (note,) = noted(sns.publish, "InvalidParameter", TopicArn="arn:aws:sqs:us-east-1:123456789012:q", Message="x")
    assert note == "it is the ARN of something of sqs, not of SNS"
    subscription = f"{topic}:12345678-1234-1234-1234-123456789012"
    (note,) = noted(sns.publish, "InvalidParameter", TopicArn=subscription, Message="x")
    assert note == "it is the ARN of a subscription: that of its topic ends before the last colon"
    (note,) = noted(sns.publish, "AuthorizationError", TopicArn=arn_of("t", account_id="210987654321"), Message="x")
    assert note == "it is of account 210987654321, and this call was made for account 123456789012"


def test_topics_with_other_attributes(sns, topic, fifo_topic, noted):
    given = {"Name": "topic", "Attributes": {"DisplayName": "news"}}
    assert noted(sns.create_topic, "InvalidParameter", **given) == [
        "its DisplayName is not set, and this call asks for 'news': set_topic_attributes() changes it"
    ]
    (note,) = noted(sns.publish, "InvalidParameter", TopicArn=fifo_topic, Message="x", MessageGroupId="g")
    assert note == (
        "ContentBasedDeduplication of topic.fifo is false: set it to true, or give a MessageDeduplicationId"
    )
    attributes = {"a": {"DataType": "String", "StringValue": "bcdef"}}
    given = {"TopicArn": topic, "Message": "x" * 262_140, "MessageAttributes": attributes}
    assert noted(sns.publish, "InvalidParameter", **given) == [
        "it has 262152 bytes, 12 of them message attributes; this topic takes 262144"
    ]


def test_names_of_topics_and_attributes(sns, topic, fifo_topic, noted):
    code = "InvalidParameter"
    assert noted(sns.create_topic, code, Name="news.fifo") == [
        'a name that ends in .fifo is that of a FIFO topic: Attributes={"FifoTopic": "true"} makes one'
    ]
    given = {"Name": "news", "Attributes": {"DisplayNam": "x"}}
    assert noted(sns.create_topic, code, **given) == ["did you mean DisplayName?"]
    given["Attributes"] = {"ContentBasedDeduplication": "true"}
    assert noted(sns.create_topic, code, **given) == ["ContentBasedDeduplication is an attribute of FIFO topics"]
    given = {"TopicArn": fifo_topic, "AttributeName": "FifoTopic", "AttributeValue": "false"}
    assert noted(sns.set_topic_attributes, code, **given) == [
        "FifoTopic is given when a topic is made, and never changes"
    ]
    given = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:q"}
    assert noted(sns.subscribe, code, **given, Attributes={"FilterPolicyscope": "MessageBody"}) == [
        "did you mean FilterPolicyScope?"
    ]
    assert noted(sns.publish, code, TopicArn=fifo_topic, Message="m") == [
        "topic.fifo is a FIFO topic: each of its messages has a group, inside of which order is kept"
    ]
    assert noted(sns.publish, code, TopicArn=topic, Message="m", MessageDeduplicationId="1") == [
        "topic is a standard topic, which knows no duplicates: leave it out, or publish to a FIFO topic"
    ]


def test_subscriptions(sns, topic, noted):
    given = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:q"}
    sns.subscribe(**given)
    (note,) = noted(sns.subscribe, "InvalidParameter", **given, Attributes={"RawMessageDelivery": "true"})
    assert note == (
        "the subscription of 'arn:aws:sqs:us-east-1:123456789012:q' has RawMessageDelivery 'false', and this call asks "
        "for 'true': set_subscription_attributes() changes it"
    )
    missing = f"{topic}:12345678-1234-1234-1234-123456789012"
    (note,) = noted(sns.get_subscription_attributes, "NotFound", SubscriptionArn=missing)
    assert note == "topic has 1 subscription, and none of this ARN (any more)"
    missing = missing.replace(":topic:", ":gone:")
    (note,) = noted(sns.get_subscription_attributes, "NotFound", SubscriptionArn=missing)
    assert note == "its topic is not there (any more), and with it go its subscriptions"


def test_a_topic_that_keeps_an_archive(sns, fifo_topic, noted):
    policy = '{"MessageRetentionPeriod": "1"}'
    sns.set_topic_attributes(TopicArn=fifo_topic, AttributeName="ArchivePolicy", AttributeValue=policy)
    assert noted(sns.delete_topic, "InvalidState", TopicArn=fifo_topic) == [
        "set_topic_attributes() with ArchivePolicy and the value {} ends the archive of topic.fifo"
    ]


def test_tokens(cloud, sns, topic, outbox, noted):
    given = {"TopicArn": topic, "Protocol": "email", "Endpoint": "a@example.com", "ReturnSubscriptionArn": True}
    pending = sns.subscribe(**given)["SubscriptionArn"]
    token = re.search("Token=([0-9a-f]+)", outbox[0].body)[1]
    assert noted(sns.confirm_subscription, "InvalidParameter", TopicArn=topic, Token="ab") == [
        "no subscription to a topic of this account waits for it; 1 are pending"
    ]
    (note,) = noted(sns.unsubscribe, "InvalidParameter", SubscriptionArn=pending)
    assert note == (
        "it is pending: ConfirmSubscription with the token that its endpoint was sent confirms it, and AWS takes it "
        "away by itself after 3 days"
    )
    cloud.clock.advance(2 * 86_400 + 1)
    (note,) = noted(sns.confirm_subscription, "InvalidParameter", TopicArn=topic, Token=token)
    assert note == "it was sent 172801 s ago on this cloud's clock, and is good for 172800 s"


def test_tokens_of_subscriptions_that_have_ended(cloud, sns, topic, outbox, noted):
    given = {"TopicArn": topic, "Protocol": "email", "Endpoint": "a@example.com"}
    sns.subscribe(**given)
    token = re.search("Token=([0-9a-f]+)", outbox[0].body)[1]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    (subscription,) = sns.list_subscriptions()["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    confirm = {"TopicArn": topic, "Token": token}
    assert noted(sns.confirm_subscription, "InvalidParameter", **confirm) == ["its subscription has been ended"]


def test_rates_are_strict_ones(noted):
    with minicloud.Cloud(limits="strict", clock="frozen") as cloud:
        sns = cloud.client("sns")
        (note,) = noted(lambda: [sns.list_topics() for _ in range(500)], "Throttling")
    assert note == 'limits="strict" enforces this rate, and AWS does; limits="aws", which is the default, does not'
