"""Subscriptions: endpoints, confirmation, subscribing again, attributes, ending, listing."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:handler"
STREAM = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/stream"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/firehose"
OTHER_ACCOUNT = "111111111111"
DAY = 86_400


def attributes_of(sns, arn):
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def token_in(departure):
    return departure.body.split("Token=")[1].split('"')[0].split()[0]


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


# --- attributes ------------------------------------------------------------------------------------------------------


def test_the_attributes_of_a_plain_subscription(sns, topic):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    assert attributes_of(sns, arn) == {
        "ConfirmationWasAuthenticated": "true",
        "Endpoint": QUEUE,
        "Owner": ACCOUNT,
        "PendingConfirmation": "false",
        "Protocol": "sqs",
        "RawMessageDelivery": "false",
        "SubscriptionArn": arn,
        "SubscriptionPrincipal": f"arn:aws:iam::{ACCOUNT}:user/minicloud",
        "TopicArn": topic,
    }


def test_the_effective_delivery_policy_of_a_web_server(sns, topic):
    arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://example.com", ReturnSubscriptionArn=True)[
        "SubscriptionArn"
    ]
    default = {
        "healthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "sicklyRetryPolicy": None,
        "throttlePolicy": None,
        "requestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        "guaranteed": False,
    }

    def shown() -> Any:
        return json.loads(attributes_of(sns, arn)["EffectiveDeliveryPolicy"])

    assert shown() == default
    text = '{"healthyRetryPolicy": {"numRetries": 7}, "throttlePolicy": {"maxReceivesPerSecond": 5}}'
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="DeliveryPolicy", AttributeValue=text)
    assert attributes_of(sns, arn)["DeliveryPolicy"] == text
    expected = default | {
        "healthyRetryPolicy": default["healthyRetryPolicy"] | {"numRetries": 7},
        "throttlePolicy": {"maxReceivesPerSecond": 5},
    }
    assert shown() == expected
    sns.set_topic_attributes(
        TopicArn=topic,
        AttributeName="DeliveryPolicy",
        AttributeValue='{"http":{"defaultHealthyRetryPolicy":{"numRetries":1},"disableSubscriptionOverrides":true}}',
    )
    assert shown()["healthyRetryPolicy"]["numRetries"] == 1


SETTABLE = [
    ("RawMessageDelivery", "TrUe", {"RawMessageDelivery": "true"}),
    ("RawMessageDelivery", "false", {}),
    ("FilterPolicy", '{"a": ["b"]}', {"FilterPolicy": '{"a": ["b"]}', "FilterPolicyScope": "MessageAttributes"}),
    ("FilterPolicyScope", "MessageBody", {}),
    (
        "RedrivePolicy",
        json.dumps({"deadLetterTargetArn": QUEUE}),
        {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})},
    ),
    ("FilterPolicy", "", {}),
    ("FilterPolicy", "{}", {}),
    ("FilterPolicy", " { } ", {}),
]


@pytest.mark.parametrize(("name", "value", "shown"), SETTABLE)
def test_attributes_at_subscribe_and_later(sns, topic, name, value, shown):
    plain = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    before = attributes_of(sns, plain)
    sns.set_subscription_attributes(SubscriptionArn=plain, AttributeName=name, AttributeValue=value)
    assert attributes_of(sns, plain) == before | shown
    given = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}2", Attributes={name: value})
    arn = given["SubscriptionArn"]
    assert attributes_of(sns, arn) == before | shown | {"SubscriptionArn": arn, "Endpoint": f"{QUEUE}2"}


@pytest.mark.parametrize(
    ("value", "text"), [("", "failed to parse JSON."), ("{}", "Missing deadLetterTargetArn attribute")]
)
def test_redrive_policies_that_are_empty(sns, topic, refused, value, text):
    """Only a missing value unsets one. [that "" is refused, and the text for {}: seen on AWS]"""
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})}
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, Attributes=policy)["SubscriptionArn"]
    given = {"SubscriptionArn": arn, "AttributeName": "RedrivePolicy"}
    with pytest.raises(sns.exceptions.InvalidParameterException, match=f"Invalid parameter: RedrivePolicy: {text}"):
        sns.set_subscription_attributes(**given, AttributeValue=value)
    with pytest.raises(sns.exceptions.InvalidParameterException, match=f"Attributes Reason: RedrivePolicy: {text}"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}2", Attributes={"RedrivePolicy": value})
    assert attributes_of(sns, arn)["RedrivePolicy"] == policy["RedrivePolicy"]
    sns.set_subscription_attributes(**given)
    assert "RedrivePolicy" not in attributes_of(sns, arn)


@pytest.mark.parametrize(
    "arn", ["arn:aws:sns:eu-west-1:123456789012:topic:x", "arn:aws:sqs:us-east-1:123456789012:q:x"]
)
def test_subscription_arns_of_elsewhere(sns, refused, arn):
    """[inferred, as recorded for topics]"""
    for method, params in (
        (sns.get_subscription_attributes, {}),
        (sns.set_subscription_attributes, {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}),
        (sns.unsubscribe, {}),
    ):
        refused(method, "InvalidParameter", "Invalid parameter: SubscriptionArn", SubscriptionArn=arn, **params)


def test_a_pending_subscription_cannot_be_unsubscribed(cloud, sns, topic, refused):
    """[seen on AWS, 2016 to 2026]"""
    given = {"TopicArn": topic, "Protocol": "email", "Endpoint": "a@example.com"}
    arn = sns.subscribe(**given, ReturnSubscriptionArn=True)["SubscriptionArn"]
    text = "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation"
    refused(sns.unsubscribe, "InvalidParameter", text, SubscriptionArn=arn)
    assert attributes_of(sns, arn)["PendingConfirmation"] == "true"
    cloud.clock.advance(3 * DAY)
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_scope_is_remembered_until_there_is_a_policy(sns, topic):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, Attributes={"FilterPolicyScope": "MessageBody"})
    arn = arn["SubscriptionArn"]
    assert "FilterPolicyScope" not in attributes_of(sns, arn)
    policy = '{"a":{"b":["c"]}}'
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy)
    shown = attributes_of(sns, arn)
    assert (shown["FilterPolicy"], shown["FilterPolicyScope"]) == (policy, "MessageBody")
    with pytest.raises(sns.exceptions.ClientError, match="does not support nested filter policy"):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName="FilterPolicyScope", AttributeValue="MessageAttributes"
        )
    assert attributes_of(sns, arn) == shown
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy")
    assert "FilterPolicyScope" not in attributes_of(sns, arn)


def test_the_order_of_scope_and_policy_does_not_matter(sns, topic):
    attributes = {"FilterPolicy": '{"a":{"b":["c"]}}', "FilterPolicyScope": "MessageBody"}
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, Attributes=attributes)["SubscriptionArn"]
    shown = attributes_of(sns, arn)
    assert {name: shown[name] for name in attributes} == attributes


INVALID_DEAD_LETTER_ARN = "RedrivePolicy: deadLetterTargetArn is an invalid arn"
WRONG = [
    ("RawMessageDelivery", "maybe", "RawMessageDelivery: Invalid value [maybe]. Must be true or false."),
    ("RawMessageDelivery", "", "RawMessageDelivery: Invalid value []. Must be true or false."),
    (
        "FilterPolicyScope",
        "messagebody",
        "FilterPolicyScope: Invalid value [messagebody]. Please use either MessageBody or MessageAttributes",
    ),
    (
        "FilterPolicyScope",
        "",
        "FilterPolicyScope: Invalid value []. Please use either MessageBody or MessageAttributes",
    ),
    ("RedrivePolicy", '{"deadLetterTargetArn":"queue"}', "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", f'{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:{ACCOUNT}"}}', INVALID_DEAD_LETTER_ARN),
    ("RedrivePolicy", f'{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:{ACCOUNT}:a b"}}', INVALID_DEAD_LETTER_ARN),
    ("RedrivePolicy", f'{{"deadLetterTargetArn":"aws:arn:sqs:us-east-1:{ACCOUNT}:q"}}', INVALID_DEAD_LETTER_ARN),
    ("RedrivePolicy", '{"deadLetterTargetArn":""}', "RedrivePolicy: Missing deadLetterTargetArn attribute"),
    ("RedrivePolicy", "[]", "RedrivePolicy: Missing deadLetterTargetArn attribute"),
    ("RedrivePolicy", '{"deadLetterTargetArn":7}', "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", '{"deadLetterTargetArn":null}', "RedrivePolicy: Missing deadLetterTargetArn attribute"),
    (
        "RedrivePolicy",
        json.dumps({"deadLetterTargetArn": QUEUE, "maxReceiveCount": 3}),
        "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.",
    ),
    (
        "RedrivePolicy",
        json.dumps({"deadLetterTargetArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"}),
        "RedrivePolicy: deadLetterTargetArn must be a SQS queue",
    ),
    (
        "RedrivePolicy",
        json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"}),
        "RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription",
    ),
    ("FilterPolicy", '{"a":[]}', None),
    ("FilterPolicy", "   ", None),
    ("DeliveryPolicy", '{"healthyRetryPolicy":{"numRetries":101}}', None),
    ("DeliveryPolicy", '{"http":{}}', None),
    ("ReplayPolicy", '{"PointType":"Timestamp"}', None),
    ("SubscriptionRoleArn", "role", None),
]


@pytest.mark.parametrize(("name", "value", "text"), WRONG)
def test_wrong_values_with_both_prefixes(sns, topic, name, value, text):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    before = attributes_of(sns, arn)
    with pytest.raises(sns.exceptions.ClientError) as change:
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    with pytest.raises(sns.exceptions.ClientError) as creation:
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}2", Attributes={name: value})
    inner = change.value.response["Error"]["Message"].removeprefix("Invalid parameter: ")
    assert text is None or inner == text
    prefixed = creation.value.response["Error"]["Message"]
    assert prefixed == f"Invalid parameter: Attributes Reason: {inner}"
    assert attributes_of(sns, arn) == before
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


def test_a_redrive_policy_that_is_no_json(sns, topic, refused):
    text = (
        "Invalid parameter: Attributes Reason: RedrivePolicy: failed to parse JSON. Unexpected character "
        "('i' (code 105)): was expecting double-quote to start field name\n at [Source: REDACTED "
        "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"
    )
    attributes = {"RedrivePolicy": "{invalidjson}"}
    refused(
        sns.subscribe,
        "InvalidParameter",
        text,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=QUEUE,
        Attributes=attributes,
    )


def test_a_fifo_queue_on_a_fifo_topic_has_a_fifo_queue_for_its_dead_letters(sns, fifo_topic, refused):
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})}
    text = (
        "Invalid parameter: Attributes Reason: RedrivePolicy: "
        "must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."
    )
    given = {"TopicArn": fifo_topic, "Protocol": "sqs", "Attributes": policy}
    refused(sns.subscribe, "InvalidParameter", text, Endpoint=f"{QUEUE}.fifo", **given)
    sns.subscribe(Endpoint=f"{QUEUE}2", **given)


@pytest.mark.parametrize("protocol", ["email", "email-json", "sms", "lambda"])
def test_raw_delivery_is_not_for_all_protocols(sns, topic, refused, protocol):
    endpoint = {"sms": "+1234567890", "lambda": FUNCTION}.get(protocol, "a@example.com")
    given = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
    text = (
        f"Invalid parameter: Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery."
    )
    refused(sns.subscribe, "InvalidParameter", text, **given, Attributes={"RawMessageDelivery": "true"})
    sns.subscribe(**given, Attributes={"RawMessageDelivery": "false"})


def test_unknown_attributes(sns, topic, refused):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    for name in ("Nonsense", "Owner", "PendingConfirmation", ""):
        refused(
            sns.set_subscription_attributes,
            "InvalidParameter",
            "Invalid parameter: AttributeName",
            SubscriptionArn=arn,
            AttributeName=name,
            AttributeValue="true",
        )
    refused(
        sns.subscribe,
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Unknown attribute Nonsense",
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"{QUEUE}2",
        Attributes={"Nonsense": "1"},
    )


def test_a_firehose_subscription_keeps_its_role(sns, topic):
    attributes = {"SubscriptionRoleArn": ROLE}
    arn = sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=STREAM, Attributes=attributes)["SubscriptionArn"]
    assert attributes_of(sns, arn)["SubscriptionRoleArn"] == ROLE
    with pytest.raises(sns.exceptions.ClientError):
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="SubscriptionRoleArn", AttributeValue="")


FULL = "Topic limit exceeded for number of "


@pytest.mark.minicloud(limits="strict")
def test_strict_limits_hold_the_quota_of_filter_policies(cloud, sns, topic):
    attributes = {"FilterPolicy": '{"a":["b"]}'}
    for number in range(200):
        cloud.clock.advance(0.02)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}{number}", Attributes=attributes)
    plain = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}-more", Attributes=attributes)
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        sns.set_subscription_attributes(
            SubscriptionArn=plain, AttributeName="FilterPolicy", AttributeValue='{"a":["b"]}'
        )


@pytest.mark.minicloud(limits="strict")
def test_strict_limits_hold_the_quota_of_fifo_subscriptions(cloud, sns, fifo_topic):
    for number in range(100):
        cloud.clock.advance(0.02)
        sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=f"{QUEUE}{number}")
    with pytest.raises(sns.exceptions.SubscriptionLimitExceededException, match=FULL + "subscriptions$"):
        sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=QUEUE)


@pytest.mark.minicloud(limits=minicloud.Limits(sns_subscriptions=2, sns_filter_policies=1))
def test_quotas_of_subscriptions_that_a_test_chose_always_hold(sns, topic):
    attributes = {"FilterPolicy": '{"a":["b"]}'}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}1", Attributes=attributes)
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}2", Attributes=attributes)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}2")
    with pytest.raises(sns.exceptions.SubscriptionLimitExceededException, match=FULL + "subscriptions$"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}3")


@pytest.mark.minicloud(limits=minicloud.Limits(sns_filter_policies=1))
def test_a_filter_policy_that_went_makes_room_for_another(sns, topic):
    def filtered(name):
        arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}-{name}", Attributes=attributes)
        return {"SubscriptionArn": arn["SubscriptionArn"], "AttributeName": "FilterPolicy"}

    attributes = {"FilterPolicy": '{"a":["b"]}'}
    first = filtered("first")
    for policy in ('{"a":["c"]}', '{"a":["d"]}'):  # another policy in its place takes no more room
        sns.set_subscription_attributes(**first, AttributeValue=policy)
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        filtered("second")
    sns.set_subscription_attributes(**first, AttributeValue="{}")
    second = filtered("second")
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        sns.set_subscription_attributes(**first, AttributeValue='{"a":["b"]}')
    sns.unsubscribe(SubscriptionArn=second["SubscriptionArn"])
    sns.set_subscription_attributes(**first, AttributeValue='{"a":["b"]}')
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        filtered("second")


@pytest.mark.minicloud(limits=minicloud.Limits(sns_filter_policies=1))
def test_a_pending_subscription_takes_the_room_of_its_filter_policy(cloud, sns, topic):
    given = {"TopicArn": topic, "Protocol": "email", "Attributes": {"FilterPolicy": '{"a":["b"]}'}}
    sns.subscribe(**given, Endpoint="a@example.com")
    with pytest.raises(sns.exceptions.FilterPolicyLimitExceededException, match=FULL + "filter policies$"):
        sns.subscribe(**given, Endpoint="b@example.com")
    cloud.clock.advance(3 * 86_400 + 1)
    sns.subscribe(**given, Endpoint="b@example.com")


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
