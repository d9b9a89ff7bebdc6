"""What each service says of requests that lack what is required: clients that check it send none."""

from __future__ import annotations

import json
import re
from typing import Any

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.server.support import Answer, Raw, call, form, request

JSON = "application/x-amz-json-1.1"
XML = "The XML you provided was not well-formed or did not validate against our published schema"
MISSING = "com.amazon.coral.service#MissingRequiredParameterException"
PARAMETER = "The request must contain the parameter {}."


def null(*paths: str) -> str:
    """The report of members that are not there."""
    found = "; ".join(f"Value null at '{path}' failed to satisfy constraint: Member must not be null" for path in paths)
    return f"{len(paths)} validation error{'s' if len(paths) > 1 else ''} detected: {found}"


def rest(path: str, body: str, method: str = "POST") -> bytes:
    return request(method, path, {"Content-Type": "application/json"}, body.encode())


def attribute(value: str) -> str:
    entry = "MessageAttributes.entry.1"
    return f"Action=Publish&Version=2010-03-31&Message=m&{entry}.Name=n&{entry}.Value.{value}"


PUT = "Kinesis_20131202.PutRecords"
EVENT_SOURCES = "/2015-03-31/event-source-mappings"
# Service, request, the name of the error as this protocol shows it, text, and what tells the text in JSON.
ROWS: list[tuple[str, bytes, str, str, str]] = [
    (
        "application-autoscaling",
        call("AnyScaleFrontendService.PutScalingPolicy", {}, JSON),
        "ValidationException",
        null("policyName", "serviceNamespace", "resourceId", "scalableDimension"),
        "Message",
    ),
    (
        "cloudwatch",
        call("GraniteServiceVersion20100801.SetAlarmState", {"StateValue": "OK"}),
        "ValidationException",
        null("alarmName", "stateReason"),
        "message",
    ),
    (
        "cloudwatch",
        form("Action=SetAlarmState&Version=2010-08-01"),
        "ValidationError",
        null("alarmName", "stateValue", "stateReason"),
        "",
    ),
    ("events", call("AWSEvents.PutRule", {}, JSON), "ValidationException", null("name"), "message"),
    (
        "firehose",
        call("Firehose_20150804.PutRecord", {}, JSON),
        "ValidationException",
        null("deliveryStreamName", "record"),
        "message",
    ),
    (
        "iam",
        form("Action=CreateRole&Version=2010-05-08"),
        "ValidationError",
        null("roleName", "assumeRolePolicyDocument"),
        "",
    ),
    (
        "kinesis",
        call("Kinesis_20131202.SplitShard", {"StreamName": "s"}, JSON),
        "ValidationException",
        null("shardToSplit", "newStartingHashKey"),
        "message",
    ),
    (
        "kinesis",
        call(PUT, {"Records": [{"Data": ""}, {}, *[{"PartitionKey": "a"}] * 11]}, JSON),
        "ValidationException",
        null(*(f"records.{number}.member.data" for number in range(2, 12))),
        "message",
    ),
    ("lambda", rest(EVENT_SOURCES, "{}"), "ValidationException", null("functionName"), "message"),
    (
        "logs",
        call("Logs_20140328.CreateLogStream", {}, JSON),
        "InvalidParameterException",
        null("logGroupName", "logStreamName"),
        "message",
    ),
    ("pipes", rest("/v1/pipes/p", "{}"), "ValidationException", null("source", "target", "roleArn"), "message"),
    (
        "scheduler",
        rest("/schedules/p", '{"FlexibleTimeWindow": {}}'),
        "ValidationException",
        null("scheduleExpression", "target", "flexibleTimeWindow.mode"),
        "Message",
    ),
    ("s3", request("POST", "/bucket?delete", {}, b"<Delete/>"), "MalformedXML", XML, ""),
    ("sns", form("Action=Publish&Version=2010-03-31"), "ValidationError", null("message"), ""),
    (
        "sns",
        form(attribute("StringValue=x")),
        "ValidationError",
        null("messageAttributes.n.member.dataType"),
        "",
    ),
    (
        "sns",
        form("Action=GetTopicAttributes&Version=2010-03-31"),
        "InvalidParameter",
        "Invalid parameter: TopicArn Reason: no value for required parameter",
        "",
    ),
    (
        "sns",
        form("Action=SetTopicAttributes&Version=2010-03-31"),
        "ValidationError",
        null("attributeName"),
        "",
    ),
    ("sqs", form("Action=SendMessage", "/123456789012/q"), "MissingParameter", PARAMETER.format("MessageBody"), ""),
    (
        "sqs",
        call(
            "AmazonSQS.SendMessageBatch", {"QueueUrl": "q", "Entries": [{"Id": "1", "MessageBody": "a"}, {"Id": "2"}]}
        ),
        MISSING,
        PARAMETER.format("Entries.2.MessageBody"),
        "message",
    ),
    ("sqs", call("AmazonSQS.SendMessage", {}), MISSING, PARAMETER.format("QueueUrl"), "message"),
    ("sts", form("Action=AssumeRole&Version=2011-06-15"), "ValidationError", null("roleArn", "roleSessionName"), ""),
]


def told(answer: Answer, key: str) -> Any:
    """The name and the text of an error, where its protocol has them."""
    if key:
        content = json.loads(answer.body)
        name = content.get("__type") or answer.headers["x-amzn-errortype"]
        return name, content.get(key)
    text = answer.body.decode()
    return tuple(re.findall(rf"<{name}>([^<]*)</{name}>", text)[0] for name in ("Code", "Message"))


def test_what_is_said(cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    cloud.client("s3").create_bucket(Bucket="bucket")
    differing = []
    with cloud.serve() as server:
        raw = Raw(server.url)
        for service, sent, name, text, key in ROWS:
            answer = raw.send(sent).answer()
            found = answer.status, told(answer, key)
            if found != (400, (name, text)):
                differing.append((service, found, name, text))
        raw.close()
    assert differing == []


def test_each_service_has_a_row() -> None:
    assert {row[0] for row in ROWS} == set(SERVICE_NAMES), (
        "ROWS of this file has a request to each service that lacks what is required, and what is said of it; the text "
        "is made in minicloud/wire/required_members.py"
    )
