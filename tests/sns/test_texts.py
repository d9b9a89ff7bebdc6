"""What SNS says where it refuses topics' and subscriptions' policies, applications and numbers, word for word.

Where AWS's words are not known they are minicloud's own, and people read them all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.support.answers import refusal

pytestmark = pytest.mark.minicloud(region_name="us-east-1")  # as the clients here

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
POINT = {"PointType": "Timestamp", "StartingPoint": "2026-01-01T00:00:00Z"}

Call = Callable[[Any], Any]


def topic(name: str, attribute: str, value: str) -> Call:
    return lambda sns: sns.set_topic_attributes(TopicArn=TOPIC + name, AttributeName=attribute, AttributeValue=value)


def delivery(policy: str, **members: Any) -> Call:
    return topic("t", "DeliveryPolicy", json.dumps({"http": {policy: members}}))


def replay(value: Any, name: str = "archived.fifo") -> Call:
    given = {"ReplayPolicy": value if isinstance(value, str) else json.dumps(value)}
    queue = QUEUE + ("q.fifo" if name.endswith(".fifo") else "q")
    return lambda sns: sns.subscribe(TopicArn=TOPIC + name, Protocol="sqs", Endpoint=queue, Attributes=given)


def application(platform: str, **attributes: str) -> Call:
    return lambda sns: sns.create_platform_application(Name="a", Platform=platform, Attributes=attributes)


def endpoint(**attributes: str) -> Call:
    def call(sns: Any) -> Any:
        (made,) = sns.list_platform_applications()["PlatformApplications"]
        (device,) = sns.list_endpoints_by_platform_application(**application_arn(made))["Endpoints"]
        return sns.set_endpoint_attributes(EndpointArn=device["EndpointArn"], Attributes=attributes)

    return call


def application_arn(made: Any) -> dict[str, str]:
    return {"PlatformApplicationArn": made["PlatformApplicationArn"]}


EVENTS = ("EndpointCreated", "EndpointDeleted", "EndpointUpdated", "DeliveryFailure")
REPLAYABLE = "ReplayPolicy: only subscriptions to a FIFO topic with an ArchivePolicy can be replayed"
RETRIES = "defaultHealthyRetryPolicy"
OF_TOPICS: dict[str, list[tuple[Call, str]]] = {}
OF_TOPICS["FifoThroughputScope"] = [
    (topic("t.fifo", "FifoThroughputScope", "x"), "Invalid value [x]. Must be Topic or MessageGroup."),
    (topic("t.fifo", "FifoThroughputScope", "Topic"), "cannot be changed from MessageGroup to Topic"),
]
OF_TOPICS["ArchivePolicy"] = [
    (topic("t.fifo", "ArchivePolicy", "x"), "failed to parse JSON"),
    (topic("t.fifo", "ArchivePolicy", '{"a":1}'), "invalid JSON. Attribute a is unknown."),
    *(
        (topic("t.fifo", "ArchivePolicy", json.dumps({"MessageRetentionPeriod": days})), text)
        for text in ("MessageRetentionPeriod value is invalid",)
        for days in ("0", "366", "x", 0, 366)
    ),
]
OF_TOPICS["DeliveryPolicy"] = [
    (topic("t", "DeliveryPolicy", "x"), "failed to parse JSON"),
    (topic("t", "DeliveryPolicy", '{"a":1}'), "invalid JSON. Attribute a is unknown."),
    (topic("t", "DeliveryPolicy", '{"http":{"a":1}}'), "invalid JSON. Attribute http.a is unknown."),
    (
        topic("t", "DeliveryPolicy", '{"http":{"disableSubscriptionOverrides":1}}'),
        "http.disableSubscriptionOverrides must be a boolean",
    ),
    (delivery(RETRIES, a=1), f"invalid JSON. Attribute http.{RETRIES}.a is unknown."),
    (
        delivery(RETRIES, numRetries=3, numNoDelayRetries=2, numMinDelayRetries=1, numMaxDelayRetries=1),
        f"http.{RETRIES}.numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries "
        "and numMaxDelayRetries",
    ),
    (
        delivery(RETRIES, backoffFunction="x"),
        f"http.{RETRIES}.backoffFunction the value [x] is not a valid backoff function",
    ),
    (delivery(RETRIES, numRetries="x"), f"http.{RETRIES}.numRetries must be an integer"),
    (delivery(RETRIES, numRetries=101), f"http.{RETRIES}.numRetries must be less than or equal to 100"),
    (delivery(RETRIES, minDelayTarget=0), f"http.{RETRIES}.minDelayTarget must be greater than or equal to 1"),
    (delivery(RETRIES, maxDelayTarget=3601), f"http.{RETRIES}.maxDelayTarget must be less than or equal to 3600"),
    (
        delivery("defaultThrottlePolicy", maxReceivesPerSecond=0),
        "http.defaultThrottlePolicy.maxReceivesPerSecond must be >= 1",
    ),
    (
        delivery("defaultRequestPolicy", headerContentType="x"),
        "http.defaultRequestPolicy.headerContentType must be a supported content type",
    ),
]
OF_ATTRIBUTES: list[tuple[Call, str]] = [
    (replay(POINT, "t"), REPLAYABLE),
    (replay(POINT, "t.fifo"), REPLAYABLE),
    (replay("x"), "ReplayPolicy: failed to parse JSON"),
    (replay({**POINT, "a": 1}), "ReplayPolicy: invalid JSON. Attribute a is unknown."),
    (replay({**POINT, "PointType": "x"}), "ReplayPolicy: PointType must be Timestamp"),
    (replay({"PointType": "Timestamp"}), "ReplayPolicy: StartingPoint value is invalid"),
    (replay({**POINT, "EndingPoint": "x"}), "ReplayPolicy: EndingPoint value is invalid"),
    (
        replay({**POINT, "EndingPoint": POINT["StartingPoint"]}),
        "ReplayPolicy: EndingPoint must be later than StartingPoint",
    ),
    (
        application("ADM", PlatformCredential="x"),
        "PlatformCredential attribute provided without PlatformPrincipal",
    ),
    (
        application("ADM", PlatformPrincipal="x"),
        "PlatformPrincipal attribute provided without PlatformCredential",
    ),
    (application("GCM", PlatformCredential="x", x="y"), "Invalid attribute name: x"),
    *(
        (application("GCM", **{"PlatformCredential": "x", name: value}), f"Invalid value for attribute: {name}: {text}")
        for name, value, text in (
            ("SuccessFeedbackSampleRate", "101", "101 value provided is not an integer between 0-100"),
            *((f"Event{one}", f"{TOPIC}x", f"{TOPIC}x is not the ARN of an existing topic") for one in EVENTS),
            ("Enabled", "x", "must be true or false"),
            ("PlatformCredential", "", "cannot be empty"),
        )
    ),
    *(
        (endpoint(**{name: value}), f"Invalid value for attribute: {name}: {text}")
        for name, value, text in (
            ("Enabled", "x", "must be true or false"),
            ("Token", "", "cannot be empty"),
            ("Token", "é" * 4096 + "x", "must be at most 8192 bytes long in UTF-8 encoding"),
            ("CustomUserData", "é" * 1024 + "x", "must be at most 2048 bytes long in UTF-8 encoding"),
        )
    ),
    (endpoint(x="y"), "Invalid attribute name: x"),
]
"""Of attributes, which the text says."""
OTHERS: list[tuple[Call, str, str]] = [
    (
        lambda sns: sns.publish(
            TopicArn=f"{TOPIC}t.fifo", Message="m", MessageGroupId="g", MessageDeduplicationId="x" * 129
        ),
        "InvalidParameter",
        "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
        "is not valid: it must be 1 to 128 alphanumeric or punctuation characters",
    ),
    (application("X"), "InvalidParameter", "Invalid parameter: Platform Reason: X is not supported"),
    (
        lambda sns: sns.create_platform_endpoint(
            **application_arn(sns.list_platform_applications()["PlatformApplications"][0]), Token="é" * 4096 + "x"
        ),
        "InvalidParameter",
        "Invalid parameter: Token Reason: must be at most 8192 bytes long in UTF-8 encoding",
    ),
    (lambda sns: sns.set_sms_attributes(attributes={"x": "y"}), "InvalidParameter", "x is not a valid attribute"),
    (
        lambda sns: sns.set_sms_attributes(attributes={"DefaultSMSType": "x"}),
        "InvalidParameter",
        "DefaultSMSType is invalid",
    ),
    (
        lambda sns: sns.create_sms_sandbox_phone_number(PhoneNumber="+15550000000"),
        "OptedOut",
        "The destination phone number +15550000000 is opted out",
    ),
    (
        lambda sns: sns.delete_sms_sandbox_phone_number(PhoneNumber="+15551111111"),
        "UserError",
        "A destination phone number can be deleted 24 hours after its verification at the earliest",
    ),
]


@pytest.mark.minicloud(region_name="us-east-1")  # whose numbers opt out
def test_refusals(cloud: minicloud.Cloud) -> None:
    """All at one cloud, of which nothing changes."""
    sns, sqs = cloud.client("sns", "us-east-1"), cloud.client("sqs", "us-east-1")
    sqs.create_queue(QueueName="q")
    sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})
    fifo = {"FifoTopic": "true", "FifoThroughputScope": "MessageGroup"}
    sns.create_topic(Name="t")
    sns.create_topic(Name="t.fifo", Attributes=fifo)
    sns.create_topic(Name="archived.fifo", Attributes={**fifo, "ArchivePolicy": '{"MessageRetentionPeriod":"365"}'})
    plain = {
        "SuccessFeedbackRoleArn": "arn:aws:iam::123456789012:role/r",
        "FailureFeedbackRoleArn": "arn:aws:iam::123456789012:role/s",
        "SuccessFeedbackSampleRate": "100",
        "ApplePlatformTeamID": "team",
        "ApplePlatformBundleID": "bundle",
        **{f"Event{one}": f"{TOPIC}t" for one in EVENTS},
    }
    given = {"PlatformCredential": "x", **plain}
    made = sns.create_platform_application(Name="app", Platform="GCM", Attributes=given)
    kept = sns.get_platform_application_attributes(PlatformApplicationArn=made["PlatformApplicationArn"])["Attributes"]
    assert {name: kept.get(name) for name in given} == {"PlatformCredential": None, **plain}
    device = sns.create_platform_endpoint(PlatformApplicationArn=made["PlatformApplicationArn"], Token="é" * 4096)
    longest = {"Token": "ü" * 4096, "CustomUserData": "é" * 1024}
    sns.set_endpoint_attributes(EndpointArn=device["EndpointArn"], Attributes=longest)
    cloud.opt_out("+15550000000")
    sns.create_sms_sandbox_phone_number(PhoneNumber="+15551111111")
    shown = sns.get_topic_attributes(TopicArn=f"{TOPIC}archived.fifo")["Attributes"]
    assert shown["BeginningArchiveTime"] == "2026-01-01T00:00:00.000Z"

    for name, rows in OF_TOPICS.items():
        for call, text in rows:
            assert refusal(call, sns=sns) == ("InvalidParameter", f"Invalid parameter: {name}: {text}")
    for call, text in OF_ATTRIBUTES:
        told = f"Invalid parameter: Attributes Reason: {text}"
        assert refusal(call, sns=sns) == ("InvalidParameter", told)
    for call, code, text in OTHERS:
        assert refusal(call, sns=sns) == (code, text)
    assert sns.get_topic_attributes(TopicArn=f"{TOPIC}archived.fifo")["Attributes"] == shown
    assert len(sns.list_subscriptions()["Subscriptions"]) == 0
    assert sns.get_endpoint_attributes(EndpointArn=device["EndpointArn"])["Attributes"] == {
        "Enabled": "true",
        **longest,
    }
