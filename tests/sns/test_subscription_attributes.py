"""Attributes of subscriptions: what is taken, what is refused, what is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

from .subscribed import ACCOUNT, DAY, FUNCTION, QUEUE, ROLE, STREAM, attributes_of

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
