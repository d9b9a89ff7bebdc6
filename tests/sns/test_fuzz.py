"""Whatever is thrown at SNS is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.sns.service import Sns
from tests.support.depth import deep

ACCOUNT = "123456789012"
START = f"arn:aws:sns:us-east-1:{ACCOUNT}:"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
OPERATIONS = operations_of(Sns)

ARNS = [f"{START}topic", f"{START}topic.fifo", f"{START}nowhere", f"{START}app/GCM/app", QUEUE, f"{QUEUE}.fifo"]
ATTRIBUTES = [
    *("DisplayName", "Policy", "DeliveryPolicy", "FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope"),
    *("ArchivePolicy", "SignatureVersion", "TracingConfig", "MaximumMessageSize", "SQSSuccessFeedbackSampleRate"),
    *("RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "ReplayPolicy"),
    *("SubscriptionRoleArn", "Enabled", "Token", "CustomUserData", "PlatformCredential", "DefaultSMSType"),
    *("MonthlySpendLimit", "HTTPFailureFeedbackRoleArn", "Nonsense"),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("http", "defaultHealthyRetryPolicy", "numRetries", "Statement", "Action", "Principal", "Effect"),
                    *("Resource", "deadLetterTargetArn", "MessageRetentionPeriod", "PointType", "StartingPoint"),
                    *("$or", "prefix", "numeric", "exists", "anything-but", "default", "sqs", "healthyRetryPolicy"),
                    *("throttlePolicy", "maxReceivesPerSecond", "Name", "Version", "DataDirection", "Operation", "a"),
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
strings = st.one_of(
    st.sampled_from(ARNS),
    st.sampled_from(["sqs", "http", "email", "sms", "json", "topic", "topic.fifo", "true", "false", "GCM", "Topic"]),
    st.sampled_from(["http://example.com", "a@example.com", "+15551234567", "MessageGroup", "MessageBody", "1", "2"]),
    st.sampled_from(ATTRIBUTES),
    st.sampled_from(["", "pending confirmation", "\ud800", "x" * 257, "[" * 5000, '{"a":["b"]}', "{}", "g", "d"]),
    st.builds(json.dumps, json_values),
    st.text(st.characters(codec=None), max_size=20),
)


def values_of(shape):
    kind = shape.kind
    if kind == "string":
        return strings
    if kind == "integer":
        return st.integers(1, 200)
    if kind == "boolean":
        return st.booleans()
    if kind == "blob":
        return st.binary(max_size=5)
    if kind == "list":
        return st.lists(values_of(shape.member), max_size=3)
    if kind == "map":
        return st.dictionaries(st.sampled_from(ATTRIBUTES) | strings, values_of(shape.member), max_size=3)
    required = {name: values_of(shape.members[name]) for name in shape.required}
    optional = {name: values_of(member) for name, member in shape.members.items() if name not in shape.required}
    return st.fixed_dictionaries(required, optional=optional)


calls = st.one_of(
    [
        st.tuples(st.just(name), values_of(operation.input))
        for name, operation in OPERATIONS.items()
        if operation.input.members
    ]
)


def prepared():
    """A cloud with one of everything, and its clients."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    for name in ("queue", "queue.fifo"):
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if name.endswith(".fifo") else {})
    topic = sns.create_topic(Name="topic", Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    fifo = {"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod":"3"}', "ContentBasedDeduplication": "true"}
    fifo_topic = sns.create_topic(Name="topic.fifo", Attributes=fifo)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://example.com")
    sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=f"{QUEUE}.fifo")
    sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "key"})
    sns.create_platform_endpoint(PlatformApplicationArn=f"{START}app/GCM/app", Token="token")
    return cloud, sns


def everything(cloud, sns):
    """All that can be seen of a cloud."""

    def plain(answer):
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    topics = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    seen = [
        topics,
        [plain(sns.get_topic_attributes(TopicArn=arn)) for arn in topics],
        [plain(sns.list_tags_for_resource(ResourceArn=arn)) for arn in topics],
        [plain(sns.get_data_protection_policy(ResourceArn=arn)) for arn in topics],
        [plain(sns.list_subscriptions_by_topic(TopicArn=arn)) for arn in topics],
        plain(sns.list_subscriptions()),
        plain(sns.list_platform_applications()),
        plain(sns.get_sms_attributes()),
        plain(sns.list_sms_sandbox_phone_numbers()),
        len(cloud.outbox),
        cloud.queue("queue").bodies,
        cloud.queue("queue.fifo").bodies,
    ]
    arns = [subscription["SubscriptionArn"] for subscription in sns.list_subscriptions()["Subscriptions"]]
    seen += [plain(sns.get_subscription_attributes(SubscriptionArn=arn)) for arn in arns if arn.startswith("arn:")]
    for application in sns.list_platform_applications()["PlatformApplications"]:
        arn = application["PlatformApplicationArn"]
        seen.append(plain(sns.list_endpoints_by_platform_application(PlatformApplicationArn=arn)))
    return seen


@settings(max_examples=deep(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=8))
def test_any_call_is_answered_or_refused(sequence):
    cloud, sns = prepared()
    with cloud:
        for name, params in sequence:
            before = everything(cloud, sns)
            try:
                answer = getattr(sns, name)(**params)
            except (ClientError, ParamValidationError):
                assert everything(cloud, sns) == before
            else:
                assert "ResponseMetadata" in answer
        cloud.clock.advance(4000)


@settings(max_examples=deep(300))
@given(st.data())
def test_attributes_of_any_value_are_kept_or_refused(data):
    cloud, sns = prepared()
    name, value = data.draw(st.sampled_from(ATTRIBUTES)), data.draw(strings)
    arn = data.draw(st.sampled_from([f"{START}topic", f"{START}topic.fifo"]))
    subscriptions = [
        item["SubscriptionArn"]
        for item in sns.list_subscriptions()["Subscriptions"]
        if item["SubscriptionArn"].startswith("arn:")
    ]
    with cloud:
        for method, params in (
            (sns.set_topic_attributes, {"TopicArn": arn}),
            (sns.set_subscription_attributes, {"SubscriptionArn": data.draw(st.sampled_from(subscriptions))}),
        ):
            before = everything(cloud, sns)
            try:
                method(**params, AttributeName=name, AttributeValue=value)
            except ClientError:
                assert everything(cloud, sns) == before
            everything(cloud, sns)
        sns.publish(TopicArn=f"{START}topic", Message="x")
        sns.publish(TopicArn=f"{START}topic.fifo", Message="x", MessageGroupId="g", MessageDeduplicationId="d")


WRONG_TYPES = [None, 7, 1.5, b"bytes", [], {}, object(), ("tuple",), {"nested": {1: 2}}, [None], {1: "x"}]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_values_of_the_wrong_type_are_reported_as_botocore_does(name):
    cloud, sns = prepared()
    shape = OPERATIONS[name].input
    with cloud:
        before = everything(cloud, sns)
        good = {"string": "x", "integer": 1, "boolean": True, "map": {}, "list": []}
        required = {member: good[shape.members[member].kind] for member in shape.required}
        for member in shape.members:
            for value in WRONG_TYPES:
                try:
                    getattr(sns, name)(**(required | {member: value}))
                except (ClientError, ParamValidationError):
                    continue
                accepted = {"integer": int, "list": list | tuple, "map": dict, "structure": dict, "boolean": bool}
                assert isinstance(value, accepted[shape.members[member].kind]), (member, value)
        with pytest.raises(ParamValidationError):
            getattr(sns, name)(**required, Nonsense=1)
        if not required:
            return
        with pytest.raises(ParamValidationError):
            getattr(sns, name)()
        assert everything(cloud, sns)[5:7] == before[5:7]
