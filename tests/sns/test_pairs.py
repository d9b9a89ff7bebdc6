"""Every two parameters of every operation of SNS together, as values that are good or nearly so, through every way in.

A call is answered, or refused properly and without a trace; so is the same call once more.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator

import pytest

from tests.support.depth import is_deep
from tests.support.pairs import few_calls, plain_calls
from tests.support.ways import client_maker, error_class

from .subscribed import token_in
from .test_fuzz import OPERATIONS, QUEUE, START, everything, prepared

TOPIC, FIFO_TOPIC, APP = f"{START}topic", f"{START}topic.fifo", f"{START}app/GCM/app"
SUBSCRIPTION, ENDPOINT, TOKEN = "<subscription>", "<endpoint>", "<token>"
STATEMENT = {"Sid": "s", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": TOPIC}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
FEEDBACK = "arn:aws:iam::123456789012:role/feedback"

TOPIC_ATTRIBUTES = {
    "DisplayName": ["", "d"],
    "Policy": [POLICY],
    "DeliveryPolicy": ['{"http":{"defaultHealthyRetryPolicy":{"numRetries":3}}}'],
    "FifoTopic": ["true"],
    "ContentBasedDeduplication": ["true", "false"],
    "FifoThroughputScope": ["Topic", "MessageGroup"],
    "ArchivePolicy": ['{"MessageRetentionPeriod":"3"}', "{}"],
    "SignatureVersion": ["1", "2"],
    "TracingConfig": ["Active", "PassThrough"],
    "KmsMasterKeyId": ["", "alias/aws/sns"],
    "SQSSuccessFeedbackSampleRate": ["0", "100"],
    "SQSSuccessFeedbackRoleArn": ["", FEEDBACK],
}
SUBSCRIPTION_ATTRIBUTES = {
    "RawMessageDelivery": ["true", "false"],
    "FilterPolicy": ['{"n":["x"]}', "{}"],
    "FilterPolicyScope": ["MessageAttributes", "MessageBody"],
    "RedrivePolicy": [json.dumps({"deadLetterTargetArn": QUEUE}), json.dumps({"deadLetterTargetArn": f"{QUEUE}.fifo"})],
    "DeliveryPolicy": ['{"healthyRetryPolicy":{"numRetries":3}}'],
    "ReplayPolicy": ['{"PointType":"Timestamp","StartingPoint":"2026-01-01T00:00:00.000Z"}'],
    "SubscriptionRoleArn": [FEEDBACK],
}
ENDPOINT_ATTRIBUTES = {"Enabled": ["true", "false"], "CustomUserData": ["", "u"], "Token": ["token", "other"]}
APPLICATION_ATTRIBUTES = {
    "PlatformCredential": ["c"],
    "PlatformPrincipal": ["p"],
    "EventEndpointCreated": [TOPIC],
    "SuccessFeedbackSampleRate": ["0", "100"],
    "SuccessFeedbackRoleArn": [FEEDBACK],
}
NAMES_AND_VALUES = {
    "SetTopicAttributes": TOPIC_ATTRIBUTES,
    "SetSubscriptionAttributes": SUBSCRIPTION_ATTRIBUTES,
    "SetEndpointAttributes": ENDPOINT_ATTRIBUTES,
    "SetPlatformApplicationAttributes": APPLICATION_ATTRIBUTES,
    "CreateTopic": TOPIC_ATTRIBUTES,
    "Subscribe": SUBSCRIPTION_ATTRIBUTES,
    "CreatePlatformEndpoint": ENDPOINT_ATTRIBUTES,
    "CreatePlatformApplication": APPLICATION_ATTRIBUTES,
    "SetSMSAttributes": {
        "DefaultSenderID": ["s"],
        "DefaultSMSType": ["Promotional", "Transactional"],
        "DeliveryStatusSuccessSamplingRate": ["0", "100"],
        "MonthlySpendLimit": ["1"],
    },
}

VALUES = {
    "TopicArn": [TOPIC, FIFO_TOPIC, f"{START}nowhere"],
    "TargetArn": [TOPIC, ENDPOINT],
    "ResourceArn": [TOPIC, FIFO_TOPIC],
    "PhoneNumber": ["+15551234567", "1"],
    "phoneNumber": ["+15551234567", "+1"],
    "SubscriptionArn": [SUBSCRIPTION],
    "EndpointArn": [ENDPOINT],
    "PlatformApplicationArn": [APP, f"{START}app/GCM/none"],
    "Name": ["topic", "new", "new.fifo"],
    "Platform": ["GCM", "APNS", "ADM"],
    "Token": ["token", "other"],
    "CustomUserData": ["", "u"],
    "Label": ["s", "l"],
    "AWSAccountId": [["123456789012"], []],
    "ActionName": [["Publish"], []],
    "AuthenticateOnUnsubscribe": ["true", "false"],
    "AttributeValue": ["", "true", "1"],
    "attributes": [[], ["DefaultSMSType"]],
    "Protocol": ["sqs", "http", "email", "sms", "application", "lambda", "firehose"],
    "Endpoint": [QUEUE, f"{QUEUE}.fifo", "http://example.com/x", "a@example.com", "+15551234567", "arn:aws:x:::y"],
    "ReturnSubscriptionArn": [True, False],
    "NextToken": ["x"],
    "nextToken": ["x"],
    "MaxResults": [1, 30],
    "maxResults": [1, 30],
    "Message": ["x", '{"default":"x"}', "x" * 2000],
    "Subject": ["s", ""],
    "MessageStructure": ["json", "other"],
    "MessageGroupId": ["g", ""],
    "MessageDeduplicationId": ["d", "e"],
    "MessageAttributes": {
        "n": [{"DataType": "String", "StringValue": "x"}, {"DataType": "Binary", "BinaryValue": b"x"}],
        "x": [{"DataType": "Number", "StringValue": "1"}, {"DataType": "String.Array", "StringValue": "[1]"}],
    },
    "Id": ["a"],
    "DataProtectionPolicy": ["{}"],
    "Key": ["a", "b"],
    "Value": ["v", ""],
    "TagKeys": [["a"], ["x"], []],
    "LanguageCode": ["en-US", "xx"],
    "OneTimePassword": ["123456"],
}


def values(operation):
    def of(path, shape):
        known = NAMES_AND_VALUES.get(operation.name)
        if path[-1] in ("Attributes", "attributes") and shape.kind == "map":
            return known
        if path[-1] == "AttributeName":
            return [*known]
        if path == ("Token",) and operation.name == "ConfirmSubscription":
            return [TOKEN, "x"]
        return VALUES.get(path[-1])

    return of


def contexts(operation):
    """Values that much else depends on: everything is met beside each of them."""
    members = operation.input.members
    if operation.name == "CreateTopic":
        return [{"Name": "new"}, {"Name": "new.fifo"}, {"Name": "topic"}]
    if operation.name == "Publish":
        return [{"TopicArn": TOPIC}, {"TopicArn": FIFO_TOPIC, "MessageGroupId": "g"}, {}]
    if operation.name == "PublishBatch":
        return [{"TopicArn": TOPIC}, {"TopicArn": FIFO_TOPIC, "MessageGroupId": "g"}, {"TopicArn": FIFO_TOPIC}]
    if operation.name == "Subscribe":
        return [
            {"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": f"{QUEUE}"},
            {"TopicArn": FIFO_TOPIC, "Protocol": "sqs", "Endpoint": f"{QUEUE}.fifo"},
            {"TopicArn": TOPIC},
        ]
    if "AttributeName" in members:
        known = NAMES_AND_VALUES[operation.name]
        settings = [{"AttributeName": name, "AttributeValue": value} for name in known for value in [*known[name], ""]]
        return [{}, *settings]
    return [{}]


def calls(operation, way) -> Iterator[dict]:
    make = plain_calls if way == "native" and is_deep() else few_calls
    for context in contexts(operation):
        yield from make(operation.input, values(operation), context)


def filled_in(value, real):
    if isinstance(value, dict):
        return {name: filled_in(member, real) for name, member in value.items()}
    if isinstance(value, list):
        return [filled_in(item, real) for item in value]
    return real.get(value, value) if isinstance(value, str) else value


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_two_parameters_together(name: str, way, loop, real_clients) -> None:
    ahead = deque({repr(params): params for params in calls(OPERATIONS[name], way)}.values())
    at_first = None
    while ahead:
        cloud, native = prepared()
        with cloud, client_maker(way, cloud, loop, real_clients) as make:
            [endpoint] = native.list_endpoints_by_platform_application(PlatformApplicationArn=APP)["Endpoints"]
            real = {
                ENDPOINT: endpoint["EndpointArn"],
                SUBSCRIPTION: native.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"][0]["SubscriptionArn"],
                TOKEN: token_in(cloud.outbox[-1]),
            }
            call = getattr(make("sns"), OPERATIONS[name].method_name)
            seen = at_first = at_first or everything(cloud, native)
            is_answered = False
            while ahead and not is_answered:  # who is refused leaves no trace, so the next one finds what this one did
                params = filled_in(ahead.popleft(), real)
                for _ in range(2):
                    try:
                        status = call(**params)["ResponseMetadata"]["HTTPStatusCode"]
                    except error_class("ParamValidationError"):
                        status = 400
                    except error_class("ClientError") as error:
                        status = vars(error)["response"]["ResponseMetadata"]["HTTPStatusCode"]
                    assert status in (200, 400, 403, 404)
                    before, seen = seen, everything(cloud, native)
                    assert status == 200 or seen == before
                    is_answered |= status == 200
            if TOPIC in [topic["TopicArn"] for topic in native.list_topics()["Topics"]]:
                native.publish(TopicArn=TOPIC, Message="x")
            cloud.clock.advance(4000)
            everything(cloud, native)
