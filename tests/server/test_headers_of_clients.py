"""The headers that minicloud's own clients tell of an answer are those that the endpoint sends, for each service."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.server.support import Raw, call, form, request

JSON = "application/x-amz-json-1.1"
SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261125/us-east-1/{}/aws4_request,SignedHeaders=host,Signature=0"
ROLE = "a" * 20


def signed(service: str, method: str, path: str, **headers: str) -> bytes:
    signature = {"Authorization": SCOPE.format(service), "X-Amz-Date": "20261125T000000Z"}
    return request(method, path, {**signature, **headers})


# Service, a method of its client, parameters, the same as a request.
ANSWERS: list[tuple[str, str, dict[str, Any], bytes]] = [
    (
        "application-autoscaling",
        "describe_scaling_policies",
        {"ServiceNamespace": "ecs"},
        call("AnyScaleFrontendService.DescribeScalingPolicies", {"ServiceNamespace": "ecs"}, JSON),
    ),
    ("cloudwatch", "list_metrics", {}, call("GraniteServiceVersion20100801.ListMetrics", {})),
    ("events", "list_rules", {}, call("AWSEvents.ListRules", {}, JSON)),
    ("firehose", "list_delivery_streams", {}, call("Firehose_20150804.ListDeliveryStreams", {}, JSON)),
    ("iam", "list_roles", {}, form("Action=ListRoles&Version=2010-05-08")),
    ("kinesis", "list_streams", {}, call("Kinesis_20131202.ListStreams", {}, JSON)),
    (
        "kinesis",
        "add_tags_to_stream",
        {"StreamName": "s", "Tags": {"a": "b"}},
        call("Kinesis_20131202.AddTagsToStream", {"StreamName": "s", "Tags": {"a": "b"}}, JSON),
    ),
    ("lambda", "list_functions", {}, signed("lambda", "GET", "/2015-03-31/functions/")),
    ("logs", "describe_log_groups", {}, call("Logs_20140328.DescribeLogGroups", {}, JSON)),
    ("pipes", "list_pipes", {}, signed("pipes", "GET", "/v1/pipes")),
    ("s3", "list_buckets", {}, signed("s3", "GET", "/")),
    ("s3", "list_objects_v2", {"Bucket": "bucket"}, signed("s3", "GET", "/bucket?list-type=2&encoding-type=url")),
    (
        "s3",
        "get_object",
        {"Bucket": "bucket", "Key": "k"},
        signed("s3", "GET", "/bucket/k", **{"x-amz-checksum-mode": "ENABLED"}),
    ),
    (
        "s3",
        "get_object",
        {"Bucket": "bucket", "Key": "k", "Range": "bytes=0-1"},
        signed("s3", "GET", "/bucket/k", Range="bytes=0-1"),
    ),
    ("s3", "delete_object", {"Bucket": "bucket", "Key": "x"}, signed("s3", "DELETE", "/bucket/x")),
    ("scheduler", "list_schedules", {}, signed("scheduler", "GET", "/schedules")),
    ("sns", "list_topics", {}, form("Action=ListTopics&Version=2010-03-31")),
    (
        "sns",
        "unsubscribe",
        {"SubscriptionArn": "arn:aws:sns:us-east-1:123456789012:t:5f4b2a1c-0000-4000-8000-000000000000"},
        form(
            "Action=Unsubscribe&Version=2010-03-31&SubscriptionArn="
            "arn:aws:sns:us-east-1:123456789012:t:5f4b2a1c-0000-4000-8000-000000000000"
        ),
    ),
    ("sqs", "list_queues", {}, call("AmazonSQS.ListQueues", {})),
    ("sts", "get_caller_identity", {}, form("Action=GetCallerIdentity&Version=2011-06-15")),
]
ERRORS: list[tuple[str, str, dict[str, Any], bytes]] = [
    (
        "application-autoscaling",
        "delete_scheduled_action",
        {
            "ServiceNamespace": "ecs",
            "ScheduledActionName": "a",
            "ResourceId": "service/c/s",
            "ScalableDimension": "ecs:service:DesiredCount",
        },
        call(
            "AnyScaleFrontendService.DeleteScheduledAction",
            {
                "ServiceNamespace": "ecs",
                "ScheduledActionName": "a",
                "ResourceId": "service/c/s",
                "ScalableDimension": "ecs:service:DesiredCount",
            },
            JSON,
        ),
    ),
    (
        "cloudwatch",
        "set_alarm_state",
        {"AlarmName": "x", "StateValue": "OK", "StateReason": "r"},
        call("GraniteServiceVersion20100801.SetAlarmState", {"AlarmName": "x", "StateValue": "OK", "StateReason": "r"}),
    ),
    ("events", "describe_rule", {"Name": "x"}, call("AWSEvents.DescribeRule", {"Name": "x"}, JSON)),
    (
        "firehose",
        "describe_delivery_stream",
        {"DeliveryStreamName": "x"},
        call("Firehose_20150804.DescribeDeliveryStream", {"DeliveryStreamName": "x"}, JSON),
    ),
    ("iam", "get_role", {"RoleName": "x"}, form("Action=GetRole&Version=2010-05-08&RoleName=x")),
    (
        "kinesis",
        "describe_stream",
        {"StreamName": "x"},
        call("Kinesis_20131202.DescribeStream", {"StreamName": "x"}, JSON),
    ),
    ("lambda", "get_function", {"FunctionName": "x"}, signed("lambda", "GET", "/2015-03-31/functions/x")),
    (
        "logs",
        "delete_log_group",
        {"logGroupName": "x"},
        call("Logs_20140328.DeleteLogGroup", {"logGroupName": "x"}, JSON),
    ),
    ("pipes", "describe_pipe", {"Name": "x"}, signed("pipes", "GET", "/v1/pipes/x")),
    ("s3", "list_objects_v2", {"Bucket": "nobody"}, signed("s3", "GET", "/nobody?list-type=2")),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "x"}, signed("s3", "GET", "/bucket/x")),
    ("scheduler", "get_schedule", {"Name": "x"}, signed("scheduler", "GET", "/schedules/x")),
    (
        "sns",
        "get_topic_attributes",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:x"},
        form("Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:123456789012:x"),
    ),
    ("sqs", "get_queue_url", {"QueueName": "x"}, call("AmazonSQS.GetQueueUrl", {"QueueName": "x"})),
    (
        "sts",
        "assume_role",
        {"RoleArn": ROLE, "RoleSessionName": "xx"},
        form(f"Action=AssumeRole&Version=2011-06-15&RoleArn={ROLE}&RoleSessionName=xx"),
    ),
]
IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amz-id-2")
OF_CONNECTIONS = ("connection", "server")
"""What AWS's servers say of themselves, and minicloud's endpoint does not."""


def test_they_are_the_same(cloud: minicloud.Cloud) -> None:
    cloud.clock.advance(31 * 86_400 + 3661)
    s3 = cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"hello", ContentType="text/plain", Metadata={"a": "b"})
    cloud.client("kinesis", "us-east-1").create_stream(StreamName="s", ShardCount=1)
    differing = []
    with cloud.serve() as server:
        raw = Raw(server.url)
        for service, method, params, sent in [*ANSWERS, *ERRORS]:
            try:
                response = getattr(cloud.client(service, "us-east-1"), method)(**params)
            except minicloud.exceptions.ClientError as error:
                response = error.response
            metadata: Any = response["ResponseMetadata"]
            told = dict(metadata["HTTPHeaders"])
            answer = raw.send(sent).answer()
            found = dict(answer.headers)
            for names in (told, found):
                for name in OF_CONNECTIONS:
                    names.pop(name, None)
                for name in IDS:
                    if name in names:
                        names[name] = str(len(names[name]))
            if answer.status == 204:
                del told["content-length"]  # AWS sends one all the same, against HTTP's own rule
            ours, theirs = (metadata["HTTPStatusCode"], told), (answer.status, found)
            if ours != theirs:
                differing.append((service, method, ours, theirs, answer.body))
        raw.close()
    assert differing == [], "which service's row it is, and what its client and its endpoint say"


def test_each_service_has_both() -> None:
    for name, rows in (("ANSWERS", ANSWERS), ("ERRORS", ERRORS)):
        assert {row[0] for row in rows} == set(SERVICE_NAMES), (
            f"{name} of this file has a row of each service: a call by its client, and the same as a request, "
            "which comes after it on the same cloud"
        )


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (call("Kinesis_20131202.Nothing", {}, JSON), 400),
        (call("Kinesis_20131202.Nothing", {}, "application/x-amz-cbor-1.1"), 400),
        (request(headers={"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": JSON}), 400),
        (call("Kinesis_20131202.ListStreams", {}, "text/plain"), 404),
        (
            request(
                headers={
                    "X-Amz-Target": "Kinesis_20131202.ListStreams",
                    "Content-Type": JSON,
                    "Authorization": "AWS4-HMAC-SHA256 Credential=a",
                },
                body=b"{}",
            ),
            400,
        ),
    ],
)
def test_what_kinesis_refuses_at_its_door_has_both_ids_too(cloud: minicloud.Cloud, sent: bytes, status: int) -> None:
    """[seen on AWS, 2013 to 2020]"""
    with cloud.serve() as server:
        answer = Raw(server.url).send(sent).answer()
    assert answer.status == status
    assert list(answer.headers)[:3] == ["x-amzn-requestid", "x-amz-id-2", "date"]
    assert len(answer.headers["x-amz-id-2"]) == 96


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (call("AmazonSQS.Nothing", {}), 400),
        (call("Kinesis_20131202.ListStreams", {"Foo": 1}, JSON), 501),
    ],
)
def test_other_refusals_have_one(cloud: minicloud.Cloud, sent: bytes, status: int) -> None:
    with cloud.serve() as server:
        answer = Raw(server.url).send(sent).answer()
    assert (answer.status, "x-amz-id-2" in answer.headers) == (status, False)
