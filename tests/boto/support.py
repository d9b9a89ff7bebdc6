"""Calls of all services, answers made comparable, and a client that is made to take the full pipeline."""

from __future__ import annotations

import datetime
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from botocore import xform_name
from botocore.session import Session

from minicloud.core.operation import operations_of
from minicloud.services.registry import SERVICE_NAMES, load_service
from tests.boto.lambda_calls import lambda_script
from tests.boto.s3_calls import s3_script

BIG = "é<&>\"'\r\n\t" + "x" * 50
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}'
ID_TOKEN = ".".join(
    urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b"{}", b'{"iss":"https://ci.example","sub":"job","aud":"sts.amazonaws.com","exp":99999999999}', b"x")
)

Call = tuple[str, str, dict[str, Any]]


OPERATIONS = {(name, method) for name in SERVICE_NAMES for method in operations_of(load_service(name).api)}
KNOWN = {
    (name, xform_name(operation))
    for name in SERVICE_NAMES
    for operation in Session().get_service_model(name).operation_names
}
"""What this release of botocore knows, by service and method."""
IS_FULL = OPERATIONS <= KNOWN
"""Whether that is all that minicloud has. Older releases know fewer parameters and members, too."""


def script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    calls: Any = all_calls()
    call = next(calls)
    while True:
        service, method, _ = call
        answer = (yield call) if service == "wait" or (service, method) in KNOWN else {}
        try:
            call = calls.send(answer)
        except StopIteration:
            return


def all_calls() -> Iterator[Call]:
    yield "sts", "get_caller_identity", {}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "me"}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::11:role/r-of-nobody", "RoleSessionName": "me"}
    for token in (ID_TOKEN, ID_TOKEN.replace(".", "", 1)):
        yield (
            "sts",
            "assume_role_with_web_identity",
            {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "me", "WebIdentityToken": token},
        )
    key = (yield "sts", "get_session_token", {"DurationSeconds": 900})["Credentials"]["AccessKeyId"]
    yield "sts", "get_access_key_info", {"AccessKeyId": key}
    yield from lambda_script()
    yield from s3_script()
    yield from stand_ins()
    yield from metrics()
    yield from schedules()
    yield from pipes()
    yield from delivery_streams()
    yield from events_script()
    yield from scaling()
    yield from sqs_script()
    yield from sns_script()
    yield from rest_of_sqs()
    yield from rest_of_sns()
    yield from rest_of_kinesis()
    yield from queues_on_streams()
    yield from kinesis_script()


def events_script() -> Iterator[Call]:
    place = "us-east-1:123456789012"
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    bus, default = {"EventBusName": "é".encode().hex()}, f"arn:aws:events:{place}:event-bus/default"
    yield "events", "create_event_bus", {"Name": "c3a9", "Description": "<é>", "Tags": [{"Key": "a", "Value": ""}]}
    yield "events", "create_event_bus", {"Name": "default"}
    yield "events", "update_event_bus", {"Name": "c3a9", "LogConfig": {"Level": "INFO"}}
    yield "events", "describe_event_bus", {"Name": "c3a9"}
    yield "events", "list_event_buses", {"Limit": 1}
    yield "events", "list_event_buses", {"NextToken": "x"}
    allowed = {"Action": "events:PutEvents", "Principal": "*", "StatementId": "s"}
    when = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}
    yield "events", "put_permission", {**bus, **allowed, "Condition": when}
    yield "events", "remove_permission", {"StatementId": "x"}
    yield "events", "put_rule", {"Name": "r", "EventPattern": '{"source": ["é"]}', **bus}
    yield "events", "put_rule", {"Name": "s", "ScheduleExpression": "rate(5 minutes)", "Description": "<é>"}
    yield "events", "put_rule", {"Name": "bad", "EventPattern": '{"source": "é"}'}
    yield "events", "put_rule", {"Name": "b/d", "ScheduleExpression": "at(x)", "State": "?"}
    queue = {"Id": "1", "Arn": f"arn:aws:sqs:{place}:no", "RetryPolicy": {"MaximumRetryAttempts": 0}}
    transformer = {"InputPathsMap": {"x": "$.detail"}, "InputTemplate": '{"é": <x>}'}
    other = {"Id": "2", "Arn": f"arn:aws:sns:{place}:t", "InputTransformer": transformer}
    yield "events", "put_targets", {"Rule": "r", **bus, "Targets": [queue, other]}
    yield "events", "put_targets", {"Rule": "r", **bus, "Targets": [{**other, "Input": "{}"}]}
    yield "events", "list_targets_by_rule", {"Rule": "r", **bus, "Limit": 1}
    yield "events", "list_rule_names_by_target", {"TargetArn": queue["Arn"], **bus}
    put = {"Source": "é", "DetailType": "<&>", "Detail": '{"é": 1}', "Time": moment, "Resources": ["r"]}
    yield "events", "put_events", {"Entries": [{**put, **bus}, {"Source": "a"}, {**put, "Detail": "[]"}]}
    yield "events", "put_events", {"Entries": [put] * 11}
    yield "events", "test_event_pattern", {"EventPattern": '{"a": ["é"]}', "Event": "{}"}
    yield "events", "describe_rule", {"Name": "r", **bus}
    yield "events", "describe_rule", {"Name": "no"}
    yield "events", "list_rules", {"NamePrefix": "s"}
    yield "events", "disable_rule", {"Name": "s"}
    yield "events", "enable_rule", {"Name": "s"}
    rule = {"ResourceARN": f"arn:aws:events:{place}:rule/s"}
    yield "events", "tag_resource", {**rule, "Tags": [{"Key": "é", "Value": "v"}]}
    yield "events", "list_tags_for_resource", rule
    yield "events", "untag_resource", {**rule, "TagKeys": ["é"]}
    yield "events", "create_archive", {"ArchiveName": "a", "EventSourceArn": default, "RetentionDays": 1}
    yield "events", "update_archive", {"ArchiveName": "a", "EventPattern": '{"a": ["é"]}'}
    yield "events", "describe_archive", {"ArchiveName": "a"}
    yield "events", "list_archives", {"EventSourceArn": default}
    archive = f"arn:aws:events:{place}:archive/a"
    times = {"EventStartTime": moment, "EventEndTime": moment + datetime.timedelta(hours=1)}
    replay = {"ReplayName": "p", "EventSourceArn": archive, "Destination": {"Arn": default}, **times}
    yield "events", "start_replay", replay
    yield "events", "describe_replay", {"ReplayName": "p"}
    yield "events", "list_replays", {"State": "COMPLETED"}
    yield "events", "cancel_replay", {"ReplayName": "p"}
    yield "events", "delete_archive", {"ArchiveName": "a"}
    yield "events", "remove_targets", {"Rule": "r", **bus, "Ids": ["1", "2", "3"]}
    yield "events", "delete_rule", {"Name": "r", **bus}
    yield "events", "delete_rule", {"Name": "s"}
    yield "events", "delete_event_bus", {"Name": "c3a9"}


def metrics() -> Iterator[Call]:
    place = {"Namespace": "app", "MetricName": "é <&>"}
    dimensions = [{"Name": "b", "Value": "+ "}, {"Name": "a", "Value": "é"}]
    datum = {"MetricName": "é <&>", "Dimensions": dimensions, "Unit": "Count"}
    moment, ten = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(minutes=10)
    begin, end = moment - ten, moment + ten
    times = {"StartTime": begin, "EndTime": end}
    values = {"Values": [1, 2.5], "Counts": [3, 1]}
    whole = {"SampleCount": 3, "Sum": 9, "Minimum": 1, "Maximum": 5.5}
    put = "put_metric_data"
    yield "cloudwatch", put, {"Namespace": "app", "MetricData": [{**datum, "Value": 1}, {**datum, **values}]}
    yield (
        "cloudwatch",
        put,
        {"Namespace": "app", "MetricData": [{**datum, "Timestamp": begin, "StatisticValues": whole}]},
    )
    yield "cloudwatch", put, {"Namespace": "app", "MetricData": [{"MetricName": "m", "Value": 1, "Values": [1]}]}
    yield "cloudwatch", put, {"Namespace": "AWS/SQS", "MetricData": [{"MetricName": "m", "Value": 1}]}
    yield "cloudwatch", put, {"Namespace": ":a", "MetricData": [{"MetricName": "m", "Value": 1, "Unit": "?"}]}
    yield "cloudwatch", "list_metrics", {"Namespace": "app", "Dimensions": [{"Name": "a"}]}
    yield "cloudwatch", "list_metrics", {"NextToken": "x"}
    asked = {**place, **times, "Period": 60, "Dimensions": dimensions}
    yield "cloudwatch", "get_metric_statistics", {**asked, "Statistics": ["Sum", "SampleCount", "Maximum"]}
    yield "cloudwatch", "get_metric_statistics", {**asked, "ExtendedStatistics": ["p50", "p99.9"]}
    yield "cloudwatch", "get_metric_statistics", {**asked, "Period": 1, "Statistics": ["Sum"], "EndTime": begin}
    stat = {"Metric": {**place, "Dimensions": dimensions}, "Period": 60, "Stat": "Sum"}
    queries = [{"Id": "a", "MetricStat": stat}, {"Id": "b", "Expression": "[a, a * 2]"}]
    yield "cloudwatch", "get_metric_data", {**times, "MetricDataQueries": queries, "MaxDatapoints": 3}
    yield "cloudwatch", "get_metric_data", {**times, "MetricDataQueries": [{"Id": "a", "Expression": "b + "}]}
    yield "cloudwatch", "get_metric_data", {**times, "MetricDataQueries": queries, "NextToken": "x"}
    yield from alarms(dimensions, stat)
    arn = {"ResourceARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:é"}
    yield "cloudwatch", "list_tags_for_resource", arn
    yield "cloudwatch", "tag_resource", {**arn, "Tags": [{"Key": "a", "Value": "b"}]}
    yield "cloudwatch", "untag_resource", {**arn, "TagKeys": ["a"]}


def alarms(dimensions: Any, stat: Any) -> Iterator[Call]:
    how = {"EvaluationPeriods": 2, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    of = {"Namespace": "app", "MetricName": "é <&>", "Dimensions": dimensions}
    topic = ["arn:aws:sns:us-east-1:123456789012:nobody"]
    one = {"AlarmName": "é", **of, **how, "Period": 60, "Statistic": "Sum", "AlarmActions": topic}
    math = [{"Id": "a", "MetricStat": stat, "ReturnData": False}, {"Id": "b", "Expression": "a * 2"}]
    yield "cloudwatch", "put_metric_alarm", {**one, "AlarmDescription": "<&>", "TreatMissingData": "breaching"}
    yield "cloudwatch", "put_metric_alarm", {"AlarmName": "math", **how, "Metrics": math, "Tags": []}
    yield "cloudwatch", "put_metric_alarm", {"AlarmName": "x", **how, "Period": 7}
    yield "cloudwatch", "put_composite_alarm", {"AlarmName": "c", "AlarmRule": 'OK("é") OR ALARM(math)'}
    yield "cloudwatch", "put_composite_alarm", {"AlarmName": "c", "AlarmRule": "OR"}
    state = {"AlarmName": "é", "StateValue": "ALARM", "StateReason": "<é>"}
    yield "cloudwatch", "set_alarm_state", {**state, "StateReasonData": "{}"}
    yield "cloudwatch", "set_alarm_state", {**state, "AlarmName": "nobody"}
    yield "cloudwatch", "describe_alarms", {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 2}
    yield "cloudwatch", "describe_alarms_for_metric", of
    yield "cloudwatch", "describe_alarm_history", {"AlarmName": "é", "ScanBy": "TimestampAscending"}
    yield "cloudwatch", "describe_alarm_history", {"NextToken": "x"}
    yield "cloudwatch", "disable_alarm_actions", {"AlarmNames": ["é"]}
    yield "cloudwatch", "enable_alarm_actions", {"AlarmNames": ["é"]}
    yield "cloudwatch", "delete_alarms", {"AlarmNames": ["math"]}
    yield "cloudwatch", "delete_alarms", {"AlarmNames": ["nobody"]}


def delivery_streams() -> Iterator[Call]:
    """Firehose, in JSON 1.1."""
    role = "arn:aws:iam::123456789012:role/r"
    name = {"DeliveryStreamName": "hose"}
    place: Any = {"RoleARN": role, "BucketARN": "arn:aws:s3:::nobody", "Prefix": "é/"}
    yield "firehose", "create_delivery_stream", {**name, "S3DestinationConfiguration": place, "Tags": [{"Key": "é"}]}
    yield "firehose", "create_delivery_stream", {**name, "ExtendedS3DestinationConfiguration": place}
    yield "firehose", "create_delivery_stream", {"DeliveryStreamName": "é", "S3DestinationConfiguration": place}
    yield "firehose", "describe_delivery_stream", name
    yield "firehose", "describe_delivery_stream", {"DeliveryStreamName": "nobody"}
    yield "firehose", "put_record", {**name, "Record": {"Data": b"\xff<"}}
    yield "firehose", "put_record", {**name, "Record": {"Data": "text"}}
    yield "firehose", "put_record_batch", {**name, "Records": [{"Data": b""}, {"Data": bytearray(b"b")}]}
    change = {**name, "DestinationId": "destinationId-000000000001"}
    yield "firehose", "update_destination", {**change, "CurrentDeliveryStreamVersionId": "9", "S3DestinationUpdate": {}}
    hints = {"S3DestinationUpdate": {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}}}
    yield "firehose", "update_destination", {**change, "CurrentDeliveryStreamVersionId": "1", **hints}
    yield "firehose", "list_delivery_streams", {"Limit": 1}
    yield "firehose", "tag_delivery_stream", {**name, "Tags": [{"Key": "a b", "Value": "<"}]}
    yield "firehose", "untag_delivery_stream", {**name, "TagKeys": ["é"]}
    yield "firehose", "list_tags_for_delivery_stream", name
    yield "firehose", "delete_delivery_stream", name
    yield "firehose", "delete_delivery_stream", name


def pipes() -> Iterator[Call]:
    """EventBridge Pipes, in REST-JSON."""
    role = "arn:aws:iam::123456789012:role/r"
    queue = "arn:aws:sqs:us-east-1:123456789012:"
    yield "sqs", "create_queue", {"QueueName": "piped"}
    source = {"FilterCriteria": {"Filters": [{"Pattern": '{"body": ["é"]}'}]}, "SqsQueueParameters": {"BatchSize": 5}}
    one = {"Name": "p.q", "Source": f"{queue}piped", "Target": f"{queue}nobody", "RoleArn": role}
    shaped = {"InputTemplate": "<$.body> é"}
    yield "pipes", "create_pipe", {**one, "SourceParameters": source, "TargetParameters": shaped, "Tags": {"é": "<"}}
    yield "pipes", "create_pipe", one
    yield "pipes", "create_pipe", {**one, "Name": "é"}
    yield "pipes", "create_pipe", {**one, "Name": "x", "Source": "x"}
    yield "pipes", "describe_pipe", {"Name": "p.q"}
    yield "pipes", "describe_pipe", {"Name": "nobody"}
    yield "pipes", "update_pipe", {"Name": "p.q", "RoleArn": role, "Description": "<é>", "DesiredState": "STOPPED"}
    yield "pipes", "list_pipes", {"Limit": 1, "NamePrefix": "p", "SourcePrefix": queue}
    yield "pipes", "list_pipes", {"NextToken": "x"}
    yield "pipes", "start_pipe", {"Name": "p.q"}
    yield "pipes", "stop_pipe", {"Name": "p.q"}
    arn = {"resourceArn": "arn:aws:pipes:us-east-1:123456789012:pipe/p.q"}
    yield "pipes", "tag_resource", {**arn, "tags": {"a b": "c"}}
    yield "pipes", "untag_resource", {**arn, "tagKeys": ["é", "z"]}
    yield "pipes", "list_tags_for_resource", arn
    yield "pipes", "delete_pipe", {"Name": "p.q"}
    yield "pipes", "delete_pipe", {"Name": "nobody"}


def schedules() -> Iterator[Call]:
    """EventBridge Scheduler, in REST-JSON."""
    role = "arn:aws:iam::123456789012:role/r"
    to = {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": role, "Input": "é<aws.scheduler.execution-id>"}
    begin = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    one = {"Name": "a.b", "FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "rate(1 hours)", "Target": to}
    yield "scheduler", "create_schedule_group", {"Name": "g", "Tags": [{"Key": "k", "Value": "é"}]}
    yield "scheduler", "create_schedule_group", {"Name": "g"}
    yield "scheduler", "create_schedule", {**one, "StartDate": begin, "ClientToken": "t", "Description": "<é>"}
    yield "scheduler", "create_schedule", {**one, "GroupName": "g", "State": "DISABLED"}
    yield "scheduler", "create_schedule", {**one, "Name": "é", "ScheduleExpression": "never"}
    yield "scheduler", "create_schedule", {**one, "Name": "x", "ScheduleExpression": "at(2026-01-01)"}
    yield "scheduler", "get_schedule", {"Name": "a.b"}
    yield "scheduler", "get_schedule", {"Name": "a.b", "GroupName": "g"}
    yield "scheduler", "get_schedule", {"Name": "nobody"}
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    yield "scheduler", "update_schedule", {**one, "EndDate": begin, "FlexibleTimeWindow": window}
    yield "scheduler", "list_schedules", {"MaxResults": 1, "NamePrefix": "a"}
    yield "scheduler", "list_schedules", {"GroupName": "g", "State": "DISABLED"}
    yield "scheduler", "list_schedules", {"NextToken": "x"}
    yield "scheduler", "get_schedule_group", {"Name": "g"}
    yield "scheduler", "list_schedule_groups", {"NamePrefix": "g"}
    arn = {"ResourceArn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/g"}
    yield "scheduler", "tag_resource", {**arn, "Tags": [{"Key": "a b", "Value": "c"}]}
    yield "scheduler", "untag_resource", {**arn, "TagKeys": ["k", "z"]}
    yield "scheduler", "list_tags_for_resource", arn
    yield "scheduler", "delete_schedule", {"Name": "a.b"}
    yield "scheduler", "delete_schedule_group", {"Name": "g"}
    yield "scheduler", "delete_schedule_group", {"Name": "default"}


def scaling() -> Iterator[Call]:
    service = "application-autoscaling"
    of = {"ServiceNamespace": "ecs", "ResourceId": "service/é/+ <&>", "ScalableDimension": "ecs:service:DesiredCount"}
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    arn = (yield service, "register_scalable_target", {**of, "MinCapacity": 1, "MaxCapacity": 5, "Tags": {"é": "+ "}})[
        "ScalableTargetARN"
    ]
    suspended = {"DynamicScalingInSuspended": True}
    yield service, "register_scalable_target", {**of, "MinCapacity": 2, "SuspendedState": suspended}
    yield service, "register_scalable_target", {**of, "MinCapacity": 9}
    yield service, "register_scalable_target", {**of, "ScalableDimension": "ecs:x"}
    yield service, "describe_scalable_targets", {"ServiceNamespace": "ecs", "MaxResults": 1}
    yield service, "describe_scalable_targets", {"ServiceNamespace": "ecs", "NextToken": "x"}
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    step = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps, "Cooldown": 60}
    policy = {**of, "PolicyName": "p", "StepScalingPolicyConfiguration": step}
    yield service, "put_scaling_policy", policy
    yield service, "put_scaling_policy", {**policy, "StepScalingPolicyConfiguration": {}}
    metric = {"Namespace": "app", "MetricName": "é", "Statistic": "Average"}
    tracking = {"TargetValue": 10, "CustomizedMetricSpecification": metric}
    tracked = {**of, "PolicyName": "t", "PolicyType": "TargetTrackingScaling"}
    yield service, "put_scaling_policy", {**tracked, "TargetTrackingScalingPolicyConfiguration": tracking}
    yield service, "describe_scaling_policies", {"ServiceNamespace": "ecs"}
    action = {**of, "ScheduledActionName": "s", "Schedule": "cron(0 8 * * ? *)", "Timezone": "UTC"}
    bounds = {"ScalableTargetAction": {"MinCapacity": 3}}
    yield service, "put_scheduled_action", {**action, **bounds, "StartTime": begin}
    yield service, "put_scheduled_action", {**action, "Schedule": "never"}
    yield service, "describe_scheduled_actions", {"ServiceNamespace": "ecs"}
    asked = {"ServiceNamespace": "ecs", "IncludeNotScaledActivities": True}
    yield service, "describe_scaling_activities", asked
    yield service, "tag_resource", {"ResourceARN": arn, "Tags": {"b": ""}}
    yield service, "list_tags_for_resource", {"ResourceARN": arn}
    yield service, "untag_resource", {"ResourceARN": arn, "TagKeys": ["b"]}
    yield service, "list_tags_for_resource", {"ResourceARN": arn[:-1] + "z"}
    yield service, "delete_scheduled_action", {**of, "ScheduledActionName": "s"}
    yield service, "delete_scaling_policy", {**of, "PolicyName": "p"}
    yield service, "delete_scaling_policy", {**of, "PolicyName": "p"}
    yield service, "deregister_scalable_target", of
    yield service, "deregister_scalable_target", of


def stand_ins() -> Iterator[Call]:
    trust = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Sid": "é<&>+ "}}'
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["a:b"],"Resource":"*"}]}'
    role = {"RoleName": "r"}
    tags = [{"Key": "a", "Value": "+ =é"}]
    whole = {"Path": "/p/", "Description": "d é", "MaxSessionDuration": 7200, "Tags": tags}
    yield "iam", "create_role", {**role, "AssumeRolePolicyDocument": trust, **whole}
    yield "iam", "create_role", {"RoleName": "R", "AssumeRolePolicyDocument": trust}
    yield "iam", "create_role", {"RoleName": "q", "AssumeRolePolicyDocument": "{"}
    made = yield "iam", "create_policy", {"PolicyName": "p", "PolicyDocument": policy, "Description": "d", "Tags": tags}
    arn = {"PolicyArn": made["Policy"]["Arn"]}
    bounded = {"RoleName": "s", "AssumeRolePolicyDocument": trust, "PermissionsBoundary": arn["PolicyArn"]}
    yield "iam", "create_role", bounded
    yield "iam", "attach_role_policy", {**role, **arn}
    yield "iam", "attach_role_policy", {**role, "PolicyArn": "arn:aws:iam::aws:policy/service-role/Basic"}
    yield "iam", "attach_role_policy", {**role, "PolicyArn": "arn:aws:iam::123456789012:policy/nobody"}
    yield "iam", "list_attached_role_policies", {**role, "MaxItems": 1}
    yield "iam", "put_role_policy", {**role, "PolicyName": "inline", "PolicyDocument": policy}
    yield "iam", "get_role_policy", {**role, "PolicyName": "inline"}
    yield "iam", "get_role_policy", {**role, "PolicyName": "nobody"}
    yield "iam", "get_role", {"RoleName": "s"}
    yield "iam", "get_role", role
    yield "iam", "get_role", {"RoleName": "?"}
    yield "iam", "list_roles", {}
    yield "iam", "get_policy", arn
    yield "iam", "delete_policy", arn
    yield "iam", "delete_role", role
    yield "iam", "delete_role_policy", {**role, "PolicyName": "inline"}
    yield "iam", "detach_role_policy", {**role, **arn}
    yield "iam", "delete_role", role
    group = {"logGroupName": "/g"}
    yield "logs", "create_log_group", {**group, "tags": {"a": "b"}, "kmsKeyId": "k", "logGroupClass": "DELIVERY"}
    yield "logs", "create_log_group", group
    yield "logs", "describe_log_groups", {"limit": 1}
    yield "logs", "describe_log_streams", group
    yield "logs", "filter_log_events", {**group, "filterPattern": "a"}
    yield "logs", "filter_log_events", {**group, "filterPattern": "a.b"}
    yield "logs", "get_log_events", {**group, "logStreamName": "s"}
    yield "logs", "delete_log_group", group
    yield "logs", "delete_log_group", group


def sqs_script() -> Iterator[Call]:
    yield "sqs", "list_queues", {}
    url = (yield "sqs", "create_queue", {"QueueName": "q", "Attributes": {"DelaySeconds": "0"}, "tags": {"a": "b"}})[
        "QueueUrl"
    ]
    fifo = (yield "sqs", "create_queue", {"QueueName": "f.fifo", "Attributes": {"FifoQueue": "true"}})["QueueUrl"]
    yield "sqs", "list_queues", {"QueueNamePrefix": "q"}
    yield "sqs", "list_queue_tags", {"QueueUrl": url}
    yield "sqs", "get_queue_attributes", {"QueueUrl": url, "AttributeNames": ["All"]}
    attributes = {
        "s": {"DataType": "String", "StringValue": BIG.replace("\r", "")},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        "n": {"DataType": "Number", "StringValue": "1.5"},
    }
    yield "sqs", "send_message", {"QueueUrl": url, "MessageBody": BIG, "MessageAttributes": attributes}
    entries = [{"Id": "a", "MessageBody": "x"}, {"Id": "b", "MessageBody": "\x01"}]
    yield "sqs", "send_message_batch", {"QueueUrl": url, "Entries": entries}
    received = yield (
        "sqs",
        "receive_message",
        {"QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": ["All"]},
    )
    handle = received["Messages"][0]["ReceiptHandle"]
    yield "sqs", "change_message_visibility", {"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 9}
    yield "sqs", "delete_message", {"QueueUrl": url, "ReceiptHandle": handle}
    yield "sqs", "receive_message", {"QueueUrl": url}
    yield "sqs", "receive_message", {"QueueUrl": url, "WaitTimeSeconds": 3}
    yield "sqs", "send_message", {"QueueUrl": fifo, "MessageBody": "x"}
    yield (
        "sqs",
        "send_message",
        {"QueueUrl": fifo, "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "d"},
    )
    yield "sqs", "purge_queue", {"QueueUrl": url}
    yield "sqs", "purge_queue", {"QueueUrl": url}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Policy": POLICY}}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Policy": "{"}}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Nonsense": "{"}}
    yield "sqs", "add_permission", {"QueueUrl": url, "Label": "l", "AWSAccountIds": ["1" * 12], "Actions": ["*"]}
    yield "sqs", "get_queue_url", {"QueueName": "nobody"}
    yield "sqs", "delete_message", {"QueueUrl": url, "ReceiptHandle": "bad"}
    yield "sqs", "send_message_batch", {"QueueUrl": url, "Entries": []}
    yield "sqs", "start_message_move_task", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:q"}
    yield "sqs", "list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:nobody"}
    yield "sqs", "delete_queue", {"QueueUrl": fifo}
    yield "sqs", "create_queue", {"QueueName": "f.fifo", "Attributes": {"FifoQueue": "true"}}


def sns_script() -> Iterator[Call]:
    topic = (yield "sns", "create_topic", {"Name": "t", "Tags": [{"Key": "a", "Value": "+"}]})["TopicArn"]
    yield "sns", "create_topic", {"Name": "t t"}
    yield "sns", "list_topics", {}
    yield "sns", "list_subscriptions", {}
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    subscription = (
        yield (
            "sns",
            "subscribe",
            {
                "TopicArn": topic,
                "Protocol": "sqs",
                "Endpoint": queue,
                "Attributes": {"FilterPolicy": '{"k":["v"]}', "RawMessageDelivery": "true"},
                "ReturnSubscriptionArn": True,
            },
        )
    )["SubscriptionArn"]
    yield "sns", "get_subscription_attributes", {"SubscriptionArn": subscription}
    yield "sns", "get_topic_attributes", {"TopicArn": topic}
    yield "sns", "get_topic_attributes", {"TopicArn": topic + "x"}
    yield "sns", "list_tags_for_resource", {"ResourceArn": topic}
    yield "sns", "tag_resource", {"ResourceArn": topic, "Tags": [{"Key": "c", "Value": ""}]}
    yield "sns", "tag_resource", {"ResourceArn": topic + "x", "Tags": [{"Key": "c", "Value": ""}]}
    attributes = {
        "k": {"DataType": "String", "StringValue": "v"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    yield "sns", "publish", {"TopicArn": topic, "Message": BIG, "Subject": "s", "MessageAttributes": attributes}
    yield "sns", "publish", {"TopicArn": topic, "Message": ""}
    yield "sns", "publish", {"PhoneNumber": "+1555", "Message": "x"}
    entries = [{"Id": "1", "Message": "m", "MessageAttributes": attributes}, {"Id": "2", "Message": ""}]
    yield "sns", "publish_batch", {"TopicArn": topic, "PublishBatchRequestEntries": entries}
    yield "sns", "publish_batch", {"TopicArn": topic, "PublishBatchRequestEntries": []}
    yield (
        "sqs",
        "receive_message",
        {
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
            "MessageAttributeNames": ["All"],
            "MaxNumberOfMessages": 10,
        },
    )
    yield "sns", "set_topic_attributes", {"TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "é"}
    yield "sns", "set_topic_attributes", {"TopicArn": topic, "AttributeName": "Nonsense", "AttributeValue": "é"}
    yield "sns", "subscribe", {"TopicArn": topic, "Protocol": "pigeon", "Endpoint": queue}
    yield "sns", "unsubscribe", {"SubscriptionArn": "x"}
    yield "sns", "unsubscribe", {"SubscriptionArn": subscription}
    yield "sns", "opt_in_phone_number", {"phoneNumber": "+15550100"}
    yield "sns", "check_if_phone_number_is_opted_out", {"phoneNumber": "+15550100"}
    yield "sns", "set_sms_attributes", {"attributes": {"DefaultSMSType": "Promotional"}}
    yield "sns", "get_sms_attributes", {"attributes": ["DefaultSMSType"]}
    yield "sns", "create_sms_sandbox_phone_number", {"PhoneNumber": "+15550100"}
    yield "sns", "verify_sms_sandbox_phone_number", {"PhoneNumber": "+15550100", "OneTimePassword": "00000"}
    yield "sns", "list_sms_sandbox_phone_numbers", {}
    yield "sns", "delete_topic", {"TopicArn": topic}


def kinesis_script() -> Iterator[Call]:
    yield "kinesis", "create_stream", {"StreamName": "s", "ShardCount": 2}
    yield "kinesis", "create_stream", {"StreamName": "s", "ShardCount": 2}
    yield "kinesis", "put_record", {"StreamName": "nobody", "Data": b"x", "PartitionKey": "k"}
    described = yield "kinesis", "describe_stream", {"StreamName": "s"}
    arn = described["StreamDescription"]["StreamARN"]
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_stream_summary", {"StreamARN": arn}
    yield "kinesis", "put_record", {"StreamName": "s", "Data": b"\x00\xff", "PartitionKey": "k"}
    records = [{"Data": "é", "PartitionKey": "k"}, {"Data": b"", "PartitionKey": "l", "ExplicitHashKey": "0"}]
    yield "kinesis", "put_records", {"StreamARN": arn, "Records": records}
    shard = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = (yield "kinesis", "get_shard_iterator", shard)["ShardIterator"]
    yield "kinesis", "get_records", {"ShardIterator": iterator}
    yield "kinesis", "get_records", {"ShardIterator": "nonsense"}
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    yield "kinesis", "get_shard_iterator", {**shard, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
    yield "kinesis", "get_shard_iterator", {**shard, "ShardId": "shardId-000000000009"}
    yield "kinesis", "get_shard_iterator", {**shard, "StreamName": "?"}
    yield "kinesis", "list_shards", {"StreamName": "s"}
    yield "kinesis", "list_streams", {}
    yield "kinesis", "describe_limits", {}
    yield "kinesis", "describe_stream", {"StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/nobody"}
    consumer = (yield "kinesis", "register_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"})["Consumer"]
    yield "kinesis", "describe_stream_consumer", {"ConsumerARN": consumer["ConsumerARN"]}
    yield "wait", "", {"seconds": 60}
    yield (
        "kinesis",
        "subscribe_to_shard",
        {
            "ConsumerARN": consumer["ConsumerARN"],
            "ShardId": "shardId-000000000001",
            "StartingPosition": {"Type": "TRIM_HORIZON"},
        },
    )
    yield "kinesis", "add_tags_to_stream", {"StreamName": "s", "Tags": {"a": "b"}}
    yield "kinesis", "list_tags_for_stream", {"StreamName": "s"}
    yield (
        "kinesis",
        "merge_shards",
        {
            "StreamName": "s",
            "ShardToMerge": "shardId-000000000000",
            "AdjacentShardToMerge": "shardId-000000000001",
        },
    )
    yield "kinesis", "delete_stream", {"StreamName": "s", "EnforceConsumerDeletion": True}
    # Real clients refuse it before they send anything. Last, as native ones have a number for the request.
    yield "kinesis", "describe_stream", {"StreamARN": "no arn at all"}


def queues_on_streams() -> Iterator[Call]:
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/on-demand"
    yield "kinesis", "create_stream", {"StreamName": "on-demand"}
    auto = {"StreamARN": stream, "RecordDistributionStrategy": "AUTO"}
    yield "kinesis", "update_stream_record_distribution_strategy", auto
    made = yield (
        "kinesis",
        "create_queue",
        {
            "QueueName": "q",
            "StreamConfigurationList": [{"StreamARN": stream}],
            "QueueAttributes": {"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 1}},
            "Tags": {"a": "b"},
        },
    )
    queue = {"QueueARN": made.get("QueueDescription", {}).get("QueueARN", "unknown")}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_queue", queue
    yield "kinesis", "update_queue", {**queue, "QueueAttributes": {"VisibilityTimeoutSeconds": 5}}
    yield "kinesis", "list_queues", {"StreamFilter": [{"StreamARN": stream}]}
    yield "wait", "", {"seconds": 60}
    for data in (b"\x00\xff", b""):
        yield "kinesis", "put_record", {"StreamName": "on-demand", "Data": data, "PartitionKey": "k"}

    def handles(answer: Any, **more: Any) -> dict[str, Any]:
        found = [record["ReceiptHandle"] for record in answer.get("QueueRecords", ())]
        return {**queue, "Entries": [{"ReceiptHandle": handle, **more} for handle in [*found, "nonsense"]]}

    hide = {"VisibilityTimeoutSeconds": 0}
    received = yield "kinesis", "receive_queue_records", {**queue, "Limit": 1}
    yield "kinesis", "acknowledge_queue_records", handles(received)
    received = yield "kinesis", "receive_queue_records", queue
    yield "kinesis", "update_queue_records_visibility", handles(received, **hide)
    yield "kinesis", "receive_queue_records", {**queue, "WaitTimeSeconds": 2}
    received = yield "kinesis", "receive_dead_letter_queue_records", queue
    yield "kinesis", "update_dead_letter_queue_records_visibility", handles(received, **hide)
    received = yield "kinesis", "receive_dead_letter_queue_records", queue
    yield "kinesis", "restore_dead_letter_queue_records", handles(received)
    yield "kinesis", "acknowledge_dead_letter_queue_records", handles(received)
    yield "kinesis", "receive_queue_records", {**queue, "Limit": 11}
    yield "kinesis", "delete_stream", {"StreamName": "on-demand"}
    yield "kinesis", "delete_queue", queue
    bucket = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": "123456789012"}
    made = yield (
        "kinesis",
        "create_channel",
        {
            "ChannelName": "c",
            "ServiceExecutionRoleARN": "arn:aws:iam::123456789012:role/r",
            "StreamConfigurationList": [{"StreamARN": stream, "RecordConfiguration": {"RecordFormatType": "JSON"}}],
            "S3DestinationConfiguration": {"StorageConfiguration": {**bucket, "CompressionType": "NONE"}},
        },
    )
    channel = {"ChannelARN": made.get("ChannelDescription", {}).get("ChannelARN", "unknown")}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_channel", channel
    yield "kinesis", "update_channel", {**channel, "LoggingConfiguration": {"CloudWatchLogs": {"Enabled": True}}}
    yield "kinesis", "list_channels", {}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "delete_channel", channel
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "delete_stream", {"StreamName": "on-demand"}


def rest_of_sqs() -> Iterator[Call]:
    """With what follows: every operation that the scripts before have not called."""
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    dead = (yield "sqs", "create_queue", {"QueueName": "dead"})["QueueUrl"]
    redrive = {"RedrivePolicy": f'{{"deadLetterTargetArn":"{arn}dead","maxReceiveCount":"1"}}'}
    url = (yield "sqs", "create_queue", {"QueueName": "source", "Attributes": redrive})["QueueUrl"]
    yield "sqs", "list_dead_letter_source_queues", {"QueueUrl": dead}
    yield "sqs", "tag_queue", {"QueueUrl": url, "Tags": {"a": "é", "b": ""}}
    yield "sqs", "untag_queue", {"QueueUrl": url, "TagKeys": ["a"]}
    yield "sqs", "add_permission", {"QueueUrl": url, "Label": "l", "AWSAccountIds": ["1" * 12], "Actions": ["*"]}
    yield "sqs", "remove_permission", {"QueueUrl": url, "Label": "l"}
    yield "sqs", "remove_permission", {"QueueUrl": url, "Label": "nobody's"}
    for body in ("one", "two"):
        yield "sqs", "send_message", {"QueueUrl": url, "MessageBody": body}
    received = yield "sqs", "receive_message", {"QueueUrl": url, "MaxNumberOfMessages": 10}
    entries = [
        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
        for place, message in enumerate(received["Messages"])
    ]
    yield (
        "sqs",
        "change_message_visibility_batch",
        {"QueueUrl": url, "Entries": [*entries[:1], {**entries[1], "VisibilityTimeout": -1}]},
    )
    bad = {"Id": "bad", "ReceiptHandle": "nonsense"}
    handles = [{name: entry[name] for name in ("Id", "ReceiptHandle")} for entry in entries]
    yield "sqs", "receive_message", {"QueueUrl": url}
    yield "sqs", "delete_message_batch", {"QueueUrl": url, "Entries": [handles[1], bad]}
    moving = yield "sqs", "start_message_move_task", {"SourceArn": f"{arn}dead", "MaxNumberOfMessagesPerSecond": 1}
    yield "sqs", "list_message_move_tasks", {"SourceArn": f"{arn}dead", "MaxResults": 10}
    yield "sqs", "cancel_message_move_task", {"TaskHandle": moving.get("TaskHandle", "none")}
    yield "sqs", "cancel_message_move_task", {"TaskHandle": "nonsense"}


def rest_of_sns() -> Iterator[Call]:
    topic = (yield "sns", "create_topic", {"Name": "rest"})["TopicArn"]
    account = {"TopicArn": topic, "Label": "l", "AWSAccountId": ["1" * 12], "ActionName": ["Publish"]}
    yield "sns", "add_permission", account
    yield "sns", "add_permission", account
    yield "sns", "remove_permission", {"TopicArn": topic, "Label": "l"}
    yield "sns", "tag_resource", {"ResourceArn": topic, "Tags": [{"Key": "k", "Value": "<&>"}]}
    yield "sns", "untag_resource", {"ResourceArn": topic, "TagKeys": ["k"]}
    yield "sns", "get_data_protection_policy", {"ResourceArn": topic}
    yield "sns", "put_data_protection_policy", {"ResourceArn": topic, "DataProtectionPolicy": "{"}
    pending = yield "sns", "subscribe", {"TopicArn": topic, "Protocol": "https", "Endpoint": "https://example.com/"}
    yield "sns", "confirm_subscription", {"TopicArn": topic, "Token": "nonsense"}
    queue = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:source"}
    made = (yield "sns", "subscribe", queue)["SubscriptionArn"]
    setting = {"SubscriptionArn": made, "AttributeName": "RawMessageDelivery"}
    yield "sns", "set_subscription_attributes", {**setting, "AttributeValue": "true"}
    yield "sns", "set_subscription_attributes", {**setting, "AttributeValue": "perhaps"}
    yield "sns", "list_subscriptions_by_topic", {"TopicArn": topic}
    yield "sns", "list_subscriptions_by_topic", {"TopicArn": topic, "NextToken": "nonsense"}
    yield "sns", "get_subscription_attributes", {"SubscriptionArn": pending["SubscriptionArn"]}
    yield "sns", "list_phone_numbers_opted_out", {}
    yield "sns", "get_sms_sandbox_account_status", {}
    yield "sns", "delete_sms_sandbox_phone_number", {"PhoneNumber": "+15550199"}
    yield "sns", "list_origination_numbers", {"MaxResults": 3}
    credentials = {"PlatformPrincipal": "p", "PlatformCredential": "c"}
    made = yield "sns", "create_platform_application", {"Name": "app", "Platform": "GCM", "Attributes": credentials}
    application = made["PlatformApplicationArn"]
    by_application = {"PlatformApplicationArn": application}
    yield (
        "sns",
        "set_platform_application_attributes",
        {**by_application, "Attributes": {"SuccessFeedbackSampleRate": "5"}},
    )
    yield "sns", "get_platform_application_attributes", by_application
    yield "sns", "list_platform_applications", {}
    made = yield "sns", "create_platform_endpoint", {**by_application, "Token": "t" * 20, "CustomUserData": '"é'}
    by_endpoint = {"EndpointArn": made["EndpointArn"]}
    yield "sns", "set_endpoint_attributes", {**by_endpoint, "Attributes": {"Enabled": "false"}}
    yield "sns", "get_endpoint_attributes", by_endpoint
    yield "sns", "list_endpoints_by_platform_application", by_application
    yield "sns", "publish", {"TargetArn": made["EndpointArn"], "Message": "x"}
    yield "sns", "delete_endpoint", by_endpoint
    yield "sns", "get_endpoint_attributes", by_endpoint
    yield "sns", "delete_platform_application", by_application


def rest_of_kinesis() -> Iterator[Call]:
    yield "kinesis", "create_stream", {"StreamName": "rest", "ShardCount": 1, "Tags": {"a": "b"}}
    yield "wait", "", {"seconds": 60}
    name = {"StreamName": "rest"}
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/rest"
    yield "kinesis", "remove_tags_from_stream", {**name, "TagKeys": ["a"]}
    yield "kinesis", "tag_resource", {"ResourceARN": arn, "Tags": {"c": "d"}}
    yield "kinesis", "list_tags_for_resource", {"ResourceARN": arn}
    yield "kinesis", "untag_resource", {"ResourceARN": arn, "TagKeys": ["c"]}
    yield (
        "kinesis",
        "put_resource_policy",
        {"ResourceARN": arn, "Policy": POLICY.replace("sqs", "kinesis").replace('"*"', f'"{arn}"')},
    )
    yield "kinesis", "get_resource_policy", {"ResourceARN": arn}
    yield "kinesis", "delete_resource_policy", {"ResourceARN": arn}
    yield "kinesis", "get_resource_policy", {"ResourceARN": arn}
    split = {**name, "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(2**127)}
    yield "kinesis", "split_shard", split
    yield "kinesis", "split_shard", {**split, "NewStartingHashKey": "0"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "update_shard_count", {**name, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "increase_stream_retention_period", {**name, "RetentionPeriodHours": 48}
    yield "kinesis", "decrease_stream_retention_period", {**name, "RetentionPeriodHours": 24}
    yield "kinesis", "decrease_stream_retention_period", {**name, "RetentionPeriodHours": 1}
    yield "kinesis", "start_stream_encryption", {**name, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "put_record", {**name, "Data": b"x", "PartitionKey": "k"}
    yield "kinesis", "stop_stream_encryption", {**name, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "enable_enhanced_monitoring", {**name, "ShardLevelMetrics": ["ALL"]}
    yield "kinesis", "disable_enhanced_monitoring", {**name, "ShardLevelMetrics": ["IncomingBytes"]}
    yield "kinesis", "update_stream_mode", {"StreamARN": arn, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "update_stream_warm_throughput", {**name, "WarmThroughputMiBps": 10}
    yield "kinesis", "update_max_record_size", {"StreamARN": arn, "MaxRecordSizeInKiB": 2048}
    yield "kinesis", "describe_account_settings", {}
    commitment = {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}
    yield "kinesis", "update_account_settings", commitment
    yield "kinesis", "update_stream_warm_throughput", {**name, "WarmThroughputMiBps": 10}
    yield "kinesis", "describe_account_settings", {}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "register_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"}
    yield "kinesis", "list_stream_consumers", {"StreamARN": arn}
    yield "kinesis", "deregister_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"}
    yield "kinesis", "list_streams", {"Limit": 1}
    # Older releases of botocore do not know the parameter, and refuse it.
    yield "kinesis", "describe_stream", {**name, "StreamId": "x" * 24}


def has_members_in_order(service: str) -> bool:
    """Whether the installed botocore has members in the order of the release that minicloud's models are of."""
    return service != "scheduler" or list(Session().get_service_model(service).shape_for("GetScheduleOutput").members)[
        :2
    ] == ["Arn", "GroupName"]


def comparable(answer: Any, *, in_order: bool = True) -> Any:
    """An answer with what ``==`` does not see: the order of dicts, and the zones of timestamps."""
    if isinstance(answer, dict):
        items = answer.items() if in_order else sorted(answer.items())
        return [(name, comparable(value, in_order=in_order)) for name, value in items]
    if isinstance(answer, list):
        return [comparable(item, in_order=in_order) for item in answer]
    if isinstance(answer, datetime.datetime):
        return answer, f"a moment in {answer.tzinfo!r}"
    return answer


def without_zones(seen: Any) -> Any:
    """The same without the zones of timestamps: native clients have UTC, where botocore has the local zone."""
    if isinstance(seen, str):
        return "a moment" if seen.startswith("a moment in") else seen
    if isinstance(seen, list | tuple):
        return [without_zones(item) for item in seen]
    return seen


def refusal(error: Exception) -> Any:
    """What an exception shows to the one who catches it."""
    response = getattr(error, "response", None)
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__.startswith(("botocore", "minicloud"))]
    return {"type": names[0], "str": str(error), **(response or {})}


def some_handler(**_: Any) -> None:
    """A handler that sees a call, and so makes it take the full pipeline."""


def take_full_pipeline(client: Any) -> Any:
    client.meta.events.register("before-send", some_handler)
    return client
