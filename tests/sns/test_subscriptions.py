"""Subscriptions: endpoints, confirmation, subscribing again, ending, listing."""

from __future__ import annotations

import json

import pytest

from .subscribed import ACCOUNT, DAY, FUNCTION, OTHER_ACCOUNT, QUEUE, ROLE, STREAM, attributes_of, token_in

# --- endpoints -------------------------------------------------------------------------------------------------------

AT_ONCE = [
    ("sqs", QUEUE),
    ("sqs", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:elsewhere"),
    ("lambda", FUNCTION),
    ("lambda", f"{FUNCTION}:live"),
    ("lambda", f"{FUNCTION}:$LATEST"),
    ("sms", "+1234567890"),
    ("sms", "+12/34-567.890"),
    ("sms", "123"),
    ("firehose", STREAM),
]


@pytest.mark.parametrize(("protocol", "endpoint"), AT_ONCE)
def test_endpoints_that_are_subscribed_at_once(sns, topic, protocol, endpoint):
    attributes = {"SubscriptionRoleArn": ROLE} if protocol == "firehose" else {}
    arn = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)["SubscriptionArn"]
    assert arn.startswith(f"{topic}:")
    assert len(arn.rpartition(":")[2]) == 36
    shown = attributes_of(sns, arn)
    assert shown["PendingConfirmation"] == "false"
    assert shown["ConfirmationWasAuthenticated"] == "true"
    assert (shown["Protocol"], shown["Endpoint"]) == (protocol, endpoint)


TO_BE_CONFIRMED = [
    ("http", "http://example.com/path?query=1"),
    ("http", "http://localhost:8080"),
    ("https", "https://user:password@example.com/"),
    ("email", "someone@example.com"),
    ("email-json", "someone@example.com"),
    ("sqs", f"arn:aws:sqs:us-east-1:{OTHER_ACCOUNT}:theirs"),
    ("lambda", f"arn:aws:lambda:us-east-1:{OTHER_ACCOUNT}:function:theirs"),
]


@pytest.mark.parametrize(("protocol", "endpoint"), TO_BE_CONFIRMED)
def test_endpoints_that_have_to_confirm(sns, topic, protocol, endpoint):
    answer = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert answer["SubscriptionArn"] == "pending confirmation"
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed == sns.list_subscriptions()["Subscriptions"]
    assert listed == [
        {
            "SubscriptionArn": "PendingConfirmation",
            "Owner": ACCOUNT,
            "Protocol": protocol,
            "Endpoint": endpoint,
            "TopicArn": topic,
        }
    ]
    arn = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True)
    shown = attributes_of(sns, arn["SubscriptionArn"])
    assert (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"]) == ("true", "false")


REFUSED = [
    ("sqs", "queue", "Invalid parameter: SQS endpoint ARN"),
    ("sqs", f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/queue", "Invalid parameter: SQS endpoint ARN"),
    ("sqs", f"arn:aws:sns:us-east-1:{ACCOUNT}:queue", "Invalid parameter: SQS endpoint ARN"),
    ("sqs", "", "Invalid parameter: SQS endpoint ARN"),
    (
        "sqs",
        f"{QUEUE}.fifo",
        "Invalid parameter: Invalid parameter: Endpoint Reason: "
        "FIFO SQS Queues can not be subscribed to standard SNS topics",
    ),
    ("lambda", "handler", "Invalid parameter: Lambda endpoint ARN"),
    ("lambda", QUEUE, "Invalid parameter: Lambda endpoint ARN"),
    ("firehose", QUEUE, "Invalid parameter: Firehose endpoint ARN"),
    (
        "firehose",
        STREAM,
        "Invalid parameter: Delivery protocol firehose can only be subscribed with subscription role arn",
    ),
    ("application", QUEUE, f"Invalid parameter: Application endpoint arn invalid:{QUEUE}"),
    ("http", "https://example.com", "Invalid parameter: Endpoint must match the specified protocol"),
    ("https", "http://example.com", "Invalid parameter: Endpoint must match the specified protocol"),
    ("http", "example.com", "Invalid parameter: Endpoint must match the specified protocol"),
    ("http", "", "Invalid parameter: Endpoint must match the specified protocol"),
    ("http", "http://", "Invalid parameter: Unreachable Endpoint"),
    ("http", "http://exa mple.com", "Invalid parameter: Unreachable Endpoint"),
    ("http", "http://example.com:99999", "Invalid parameter: Unreachable Endpoint"),
    ("http", "http://[::1", "Invalid parameter: Unreachable Endpoint"),
    ("email", "nobody", "Invalid parameter: Email address"),
    ("email-json", "@", "Invalid parameter: Email address"),
    *[
        ("sms", number, f"Invalid SMS endpoint: {number}")
        for number in (
            "invalid-number",
            "NAA+15551234567",
            "/+15551234567",
            "+15551234567.",
            "+15--551234567",
            "",
            "+",
            "٣٣٣",
        )
    ],
    ("carrier-pigeon", "x", "Invalid parameter: Amazon SNS does not support this protocol string: carrier-pigeon"),
    ("", "x", "Invalid parameter: Amazon SNS does not support this protocol string: "),
    ("SQS", QUEUE, "Invalid parameter: Amazon SNS does not support this protocol string: SQS"),
]


@pytest.mark.parametrize(("protocol", "endpoint", "text"), REFUSED)
def test_endpoints_that_are_refused(sns, topic, refused, protocol, endpoint, text):
    refused(sns.subscribe, "InvalidParameter", text, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_missing_endpoint_is_refused(sns, topic, refused):
    text = "Invalid parameter: SQS endpoint ARN"
    refused(sns.subscribe, "InvalidParameter", text, TopicArn=topic, Protocol="sqs")


def test_the_topic_has_to_exist_before_the_endpoint_is_looked_at(sns, refused):
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere"
    refused(sns.subscribe, "NotFound", "Topic does not exist", TopicArn=arn, Protocol="sqs", Endpoint="asdf")


@pytest.mark.parametrize("protocol", ["http", "email", "sms", "lambda", "application", "firehose"])
def test_fifo_topics_have_queues_only(sns, fifo_topic, refused, protocol):
    text = f"Invalid parameter: Invalid protocol type: {protocol}"
    refused(sns.subscribe, "InvalidParameter", text, TopicArn=fifo_topic, Protocol=protocol, Endpoint="x")


@pytest.mark.parametrize("name", ["queue", "queue.fifo"])
def test_fifo_topics_have_queues_of_both_kinds(sns, fifo_topic, name):
    endpoint = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    arn = sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]
    assert attributes_of(sns, arn)["PendingConfirmation"] == "false"


# --- confirmation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [("http", "http://example.com/"), ("email", "a@example.com"), ("email-json", "a@example.com")],
)
def test_confirming_with_the_token_that_was_sent(sns, topic, outbox, protocol, endpoint):
    pending = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True)
    arn = pending["SubscriptionArn"]
    (departure,) = outbox.to(endpoint)
    token = token_in(departure)
    assert token.startswith("2336412f37")
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == arn
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == arn
    shown = attributes_of(sns, arn)
    assert (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"]) == ("false", "true")
    assert sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"] == arn
    assert sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)["SubscriptionArn"] == arn
    assert len(outbox) == 1


def test_nothing_is_delivered_before_the_confirmation(sns, topic, outbox):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    sns.publish(TopicArn=topic, Message="too early")
    sns.confirm_subscription(TopicArn=topic, Token=token_in(outbox[0]))
    sns.publish(TopicArn=topic, Message="in time")
    assert [departure.body for departure in outbox[1:]] == ["in time"]


def test_subscribing_again_sends_another_token_and_both_are_good(sns, topic, outbox):
    for _ in range(2):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    first, second = map(token_in, outbox)
    assert first != second
    arns = {sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] for token in (first, second)}
    assert len(arns) == 1


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("invalidToken", "Invalid token"),  # [seen on AWS, 2023]
        *[(token, "Invalid parameter: Token") for token in ("", "0f" * 16, "2336412f37" + "0" * 214)],  # [others]
    ],
)
@pytest.mark.parametrize("name", ["topic", "nowhere"])
def test_tokens_that_confirm_nothing(sns, topic, refused, token, text, name):
    """Whether there is such a topic is not looked at. [another emulator, modelled on AWS]"""
    arn = topic.replace(":topic", f":{name}")
    refused(sns.confirm_subscription, "InvalidParameter", text, TopicArn=arn, Token=token)


def test_a_token_of_a_topic_that_was_deleted(sns, topic, outbox, refused):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    sns.delete_topic(TopicArn=topic)
    given = {"TopicArn": topic, "Token": token_in(outbox[0])}
    refused(sns.confirm_subscription, "InvalidParameter", "Invalid parameter: Token", **given)
    sns.create_topic(Name="topic")
    refused(sns.confirm_subscription, "InvalidParameter", "Invalid parameter: Token", **given)


def test_a_token_with_another_topic_or_none(sns, topic, outbox, refused):
    for arn in ("", "randomstring", "arn:aws:sns:us-east-1:random"):  # [another emulator, modelled on AWS]
        refused(sns.confirm_subscription, "InvalidParameter", "Invalid parameter: Topic", TopicArn=arn, Token="x")
    other = sns.create_topic(Name="other")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    token = token_in(outbox[0])
    refused(sns.confirm_subscription, "InvalidParameter", "Invalid parameter: Topic", TopicArn=other, Token=token)


def test_a_token_is_good_for_two_days_and_a_pending_subscription_for_three(cloud, sns, topic, outbox, refused):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    cloud.clock.advance(2 * DAY + 1)
    token = token_in(outbox[0])
    refused(sns.confirm_subscription, "InvalidParameter", "Invalid parameter: Token", TopicArn=topic, Token=token)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1
    cloud.clock.advance(DAY)
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "0"


def test_a_token_is_good_until_the_two_days_are_over(cloud, sns, topic, outbox):
    """Also where another one is made at that moment."""
    subscribed = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True)
    cloud.clock.advance(2 * DAY)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="b@example.com")
    answer = sns.confirm_subscription(TopicArn=topic, Token=token_in(outbox[0]))
    assert answer["SubscriptionArn"] == subscribed["SubscriptionArn"]


def test_a_confirmed_subscription_stays(cloud, sns, topic, outbox):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    sns.confirm_subscription(TopicArn=topic, Token=token_in(outbox[0]))
    cloud.clock.advance(30 * DAY)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


def test_a_queue_of_another_account_confirms_with_what_it_received(make_client, sns, topic, subscribed):
    received = subscribed(topic, "theirs", account_id=OTHER_ACCOUNT)
    sns.publish(TopicArn=topic, Message="too early")
    (message,) = received()
    body = json.loads(message["Body"])
    assert body["Type"] == "SubscriptionConfirmation"
    theirs = make_client("sns", account_id=OTHER_ACCOUNT)
    arn = theirs.confirm_subscription(TopicArn=topic, Token=body["Token"])["SubscriptionArn"]
    assert arn == received.subscription_arn
    sns.publish(TopicArn=topic, Message="in time")
    assert [json.loads(message["Body"])["Message"] for message in received()] == ["in time"]


def test_an_account_that_subscribes_its_own_queue_to_anothers_topic(make_client, sns, topic):
    theirs = make_client("sns", account_id=OTHER_ACCOUNT)
    endpoint = f"arn:aws:sqs:us-east-1:{OTHER_ACCOUNT}:theirs"
    arn = theirs.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]
    assert arn.startswith(f"{topic}:")
    assert sns.list_subscriptions()["Subscriptions"] == []
    (listed,) = theirs.list_subscriptions()["Subscriptions"]
    assert listed["Owner"] == OTHER_ACCOUNT
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [listed]
    sns.unsubscribe(SubscriptionArn=arn)
    assert theirs.list_subscriptions()["Subscriptions"] == []


# --- subscribing again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        {"RawMessageDelivery": "true"},
        {"RawMessageDelivery": "True"},
        {},
        {"RawMessageDelivery": "true", "FilterPolicyScope": "MessageAttributes"},
        {"FilterPolicyScope": "MessageAttributes"},
        {"FilterPolicy": ""},
    ],
)
def test_subscribing_again_compares_what_is_in_effect(sns, topic, again):
    given = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE}
    arn = sns.subscribe(**given, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"]
    assert sns.subscribe(**given, Attributes=again)["SubscriptionArn"] == arn
    assert sns.subscribe(**given)["SubscriptionArn"] == arn
    assert attributes_of(sns, arn)["RawMessageDelivery"] == "true"
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


@pytest.mark.parametrize(
    "again",
    [
        {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageBody"},
        {"RawMessageDelivery": "false"},
        {"FilterPolicyScope": "MessageBody"},
        {"FilterPolicy": '{"a":["b"]}'},
        {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})},
        {"DeliveryPolicy": '{"guaranteed":false}'},
    ],
)
def test_subscribing_again_with_other_attributes(sns, topic, refused, again):
    given = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE}
    arn = sns.subscribe(**given, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"]
    before = attributes_of(sns, arn)
    text = "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    refused(sns.subscribe, "InvalidParameter", text, **given, Attributes=again)
    assert attributes_of(sns, arn) == before


def test_subscribing_a_delivery_stream_again_takes_the_same_role(sns, topic, refused):
    given = {"TopicArn": topic, "Protocol": "firehose", "Endpoint": STREAM}
    arn = sns.subscribe(**given, Attributes={"SubscriptionRoleArn": ROLE})["SubscriptionArn"]
    assert sns.subscribe(**given, Attributes={"SubscriptionRoleArn": ROLE})["SubscriptionArn"] == arn
    text = "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    refused(sns.subscribe, "InvalidParameter", text, **given, Attributes={"SubscriptionRoleArn": f"{ROLE}2"})
    assert attributes_of(sns, arn)["SubscriptionRoleArn"] == ROLE


# --- ending and listing ----------------------------------------------------------------------------------------------


def test_unsubscribing_can_be_repeated(sns, topic, refused):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    sns.unsubscribe(SubscriptionArn=arn)
    sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    given = {"SubscriptionArn": arn, "AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    refused(sns.set_subscription_attributes, "NotFound", "Subscription does not exist", **given)
    refused(sns.get_subscription_attributes, "NotFound", "Subscription does not exist", SubscriptionArn=arn)
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"] != arn


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("unsubscribe", {}),
        ("get_subscription_attributes", {}),
        ("set_subscription_attributes", {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}),
    ],
)
@pytest.mark.parametrize(
    ("arn", "count"), [("pending confirmation", 1), ("PendingConfirmation", 1), ("", 1), ("a:b:c:d:e", 5)]
)
def test_a_subscription_arn_needs_six_elements(sns, refused, method, params, arn, count):
    text = f"Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not {count}"
    refused(getattr(sns, method), "InvalidParameter", text, SubscriptionArn=arn, **params)


def test_unsubscribing_a_topic(sns, topic, refused):
    refused(sns.unsubscribe, "InvalidParameter", "Invalid parameter: SubscriptionId", SubscriptionArn=topic)


def test_a_subscription_of_strangers(make_client, sns, topic):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    stranger = make_client("sns", account_id=OTHER_ACCOUNT)
    for method in (stranger.unsubscribe, stranger.get_subscription_attributes):
        with pytest.raises(sns.exceptions.ClientError, match="is not authorized to perform"):
            method(SubscriptionArn=arn)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


def test_listing_goes_in_pages_of_a_hundred(sns, topic):
    other = sns.create_topic(Name="other")["TopicArn"]
    sns.subscribe(TopicArn=other, Protocol="sms", Endpoint="+10")
    numbers = [f"+1{number:04}" for number in range(150)]
    for number in numbers:
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=number)
    first = sns.list_subscriptions_by_topic(TopicArn=topic)
    second = sns.list_subscriptions_by_topic(TopicArn=topic, NextToken=first["NextToken"])
    assert [len(page["Subscriptions"]) for page in (first, second)] == [100, 50]
    assert "NextToken" not in second
    found = [item["Endpoint"] for page in (first, second) for item in page["Subscriptions"]]
    assert found == numbers
    whole = sns.list_subscriptions()
    rest = sns.list_subscriptions(NextToken=whole["NextToken"])
    assert [len(page["Subscriptions"]) for page in (whole, rest)] == [100, 51]
    with pytest.raises(sns.exceptions.ClientError):
        sns.list_subscriptions(NextToken=first["NextToken"])


@pytest.mark.minicloud(limits="strict")
def test_strict_limits_hold_the_rates_of_calls(cloud, sns, topic):
    for method, params, rate in (
        (sns.list_topics, {}, 30),
        (sns.list_subscriptions_by_topic, {"TopicArn": topic}, 30),
        (sns.list_platform_applications, {}, 15),
        (sns.list_tags_for_resource, {"ResourceArn": topic}, 10),
        (sns.subscribe, {"TopicArn": topic, "Protocol": "sms", "Endpoint": "+123"}, 100),
    ):
        for _ in range(2):
            for _ in range(rate):
                method(**params)
            with pytest.raises(sns.exceptions.ClientError) as caught:
                method(**params)
            assert caught.value.response["Error"]["Code"] == "Throttling"
            cloud.clock.advance(1)
