"""Calls of EventBridge, CloudWatch, Firehose, Pipes, Scheduler, Application Auto Scaling, IAM and Logs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from .calls import BIG, Call


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
    yield "logs", "create_log_stream", {**group, "logStreamName": "s"}
    yield "logs", "create_log_stream", {**group, "logStreamName": "s"}
    told = [{"timestamp": 1_767_225_600_000, "message": BIG}, {"timestamp": 1_767_225_600_001, "message": "a"}]
    yield "logs", "put_log_events", {**group, "logStreamName": "s", "logEvents": told}
    yield "logs", "put_log_events", {**group, "logStreamName": "none", "logEvents": told}
    yield "logs", "put_retention_policy", {**group, "retentionInDays": 3}
    yield "logs", "put_retention_policy", {**group, "retentionInDays": 2}
    yield "logs", "delete_retention_policy", group
    yield "logs", "filter_log_events", {**group, "filterPattern": "a"}
    yield "logs", "filter_log_events", {**group, "filterPattern": "a.b"}
    yield "logs", "get_log_events", {**group, "logStreamName": "s"}
    yield "logs", "delete_log_stream", {**group, "logStreamName": "s"}
    yield "logs", "delete_log_stream", {**group, "logStreamName": "s"}
    yield "logs", "delete_log_group", group
    yield "logs", "delete_log_group", group
