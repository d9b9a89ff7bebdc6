"""Schedules: made, shown, listed, changed, deleted; what is refused, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.answers import answer
from tests.support.ways import error_class

from .support import OFF, QUEUE, SCHEDULE, flexible, target

ARN = "arn:aws:scheduler:us-east-1:123456789012:schedule"


def refused(call: Any, **params: Any) -> tuple[str, str, int]:
    with pytest.raises(error_class("ClientError")) as caught:
        call(**params)
    response: Any = getattr(caught.value, "response", None)
    error = response["Error"]
    assert response["Message"] == error["Message"]
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == error["Code"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_schedule_is_shown_as_it_was_set(cloud: minicloud.Cloud, scheduler: Any) -> None:
    now = cloud.clock.now()
    assert answer(scheduler.create_schedule(**SCHEDULE)) == {"ScheduleArn": f"{ARN}/default/nightly"}
    shown = answer(scheduler.get_schedule(Name="nightly"))
    retries = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    assert shown == {
        "ActionAfterCompletion": "NONE",
        "Arn": f"{ARN}/default/nightly",
        "CreationDate": now,
        "FlexibleTimeWindow": OFF,
        "GroupName": "default",
        "LastModificationDate": now,
        "Name": "nightly",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "ScheduleExpressionTimezone": "UTC",
        "State": "ENABLED",
        "Target": {**SCHEDULE["Target"], "RetryPolicy": retries},
    }
    cloud.clock.advance(60)
    start, end = now + timedelta(days=1), now + timedelta(days=9)
    more = {
        "ActionAfterCompletion": "DELETE",
        "Description": "d",
        "EndDate": end,
        "FlexibleTimeWindow": flexible(15),
        "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k",
        "ScheduleExpression": "rate(5 minutes)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartDate": start,
        "State": "DISABLED",
        "Target": target(RetryPolicy={"MaximumRetryAttempts": 0}),
    }
    assert scheduler.update_schedule(Name="nightly", **more)["ScheduleArn"] == f"{ARN}/default/nightly"
    shown = answer(scheduler.get_schedule(Name="nightly", GroupName="default"))
    assert shown["Target"]["RetryPolicy"] == {**retries, "MaximumRetryAttempts": 0}
    assert {name: shown[name] for name in more} == {**more, "Target": shown["Target"]}
    assert (shown["CreationDate"], shown["LastModificationDate"]) == (now, now + timedelta(minutes=1))
    # All that is not given goes to its default.
    scheduler.update_schedule(**SCHEDULE)
    last = answer(scheduler.get_schedule(Name="nightly"))
    assert not {"Description", "StartDate", "EndDate", "KmsKeyArn"} & set(last)
    assert (last["State"], last["ActionAfterCompletion"], last["ScheduleExpressionTimezone"]) == (
        "ENABLED",
        "NONE",
        "UTC",
    )
    scheduler.delete_schedule(Name="nightly")
    missing = ("ResourceNotFoundException", "Schedule nightly does not exist.", 404)
    for call in (scheduler.get_schedule, scheduler.delete_schedule):
        assert refused(call, Name="nightly") == missing
    assert refused(scheduler.update_schedule, **SCHEDULE) == missing
    assert scheduler.list_schedules()["Schedules"] == []


def test_schedules_are_listed_in_pages(cloud: minicloud.Cloud, scheduler: Any) -> None:
    scheduler.create_schedule_group(Name="apps")
    for number in range(5):
        state = "DISABLED" if number % 2 else "ENABLED"
        scheduler.create_schedule(**{**SCHEDULE, "Name": f"b{number}", "State": state})
        scheduler.create_schedule(**{**SCHEDULE, "Name": f"a{number}", "GroupName": "apps"})
    pages = scheduler.get_paginator("list_schedules").paginate(PaginationConfig={"PageSize": 3})
    names = [[one["GroupName"] + "/" + one["Name"] for one in page["Schedules"]] for page in pages]
    assert [len(page) for page in names] == [3, 3, 3, 1]
    assert [one for page in names for one in page] == [f"apps/a{number}" for number in range(5)] + [
        f"default/b{number}" for number in range(5)
    ]

    def found(**asked: Any) -> list[str]:
        return [one["Name"] for one in scheduler.list_schedules(**asked)["Schedules"]]

    assert found(GroupName="default", State="DISABLED") == ["b1", "b3"]
    assert found(NamePrefix="a3") == found(GroupName="apps", NamePrefix="a3") == ["a3"]
    first = scheduler.list_schedules(MaxResults=1)
    assert first["Schedules"] == [
        {
            "Arn": f"{ARN}/apps/a0",
            "CreationDate": cloud.clock.now(),
            "GroupName": "apps",
            "LastModificationDate": cloud.clock.now(),
            "Name": "a0",
            "State": "ENABLED",
            "Target": {"Arn": QUEUE},
        }
    ]
    invalid = ("ValidationException", "Invalid NextToken.", 400)
    assert refused(scheduler.list_schedules, NextToken="x") == invalid
    assert refused(scheduler.list_schedule_groups, NextToken=first["NextToken"]) == invalid
    cloud.clock.advance(timedelta(days=1))
    assert scheduler.list_schedules(NextToken=first["NextToken"])["Schedules"]
    cloud.clock.advance(1)
    assert refused(scheduler.list_schedules, NextToken=first["NextToken"]) == invalid
    gone = ("ResourceNotFoundException", "Schedule group nobody does not exist.", 404)
    assert refused(scheduler.list_schedules, GroupName="nobody") == gone


def test_a_page_has_a_hundred(scheduler: Any) -> None:
    for number in range(101):
        scheduler.create_schedule(**{**SCHEDULE, "Name": f"s{number:03}"})
        scheduler.create_schedule_group(Name=f"g{number:03}")
    for operation, member, rest in (
        (scheduler.list_schedules, "Schedules", ["s100"]),
        (scheduler.list_schedule_groups, "ScheduleGroups", ["g099", "g100"]),  # after the default one
    ):
        first = operation()
        assert (len(first[member]), len(operation(MaxResults=100)[member])) == (100, 100)
        second = operation(NextToken=first["NextToken"])
        assert [one["Name"] for one in second[member]] == rest
        assert "NextToken" not in second


def test_a_token_is_good_for_a_day(cloud: minicloud.Cloud, scheduler: Any) -> None:
    scheduler.create_schedule(**SCHEDULE)
    scheduler.create_schedule(**{**SCHEDULE, "Name": "other"})
    scheduler.create_schedule_group(Name="apps")
    for operation, other in (
        (scheduler.list_schedules, scheduler.list_schedule_groups),
        (scheduler.list_schedule_groups, scheduler.list_schedules),
    ):
        token = operation(MaxResults=1)["NextToken"]
        invalid = ("ValidationException", "Invalid NextToken.", 400)
        assert refused(other, NextToken=token) == refused(operation, NextToken="x") == invalid
        cloud.clock.advance(timedelta(days=1))
        assert "NextToken" not in operation(NextToken=token)
        cloud.clock.advance(1)
        assert refused(operation, NextToken=token) == invalid


def test_tags_of_a_group_are_two_hundred_at_most(scheduler: Any) -> None:
    tags = [{"Key": f"k{number:03}", "Value": "v"} for number in range(201)]
    arn = scheduler.create_schedule_group(Name="apps", Tags=tags[:199])["ScheduleGroupArn"]
    scheduler.tag_resource(ResourceArn=arn, Tags=tags[198:200])
    before = scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert before == tags[:200]
    found = refused(scheduler.tag_resource, ResourceArn=arn, Tags=tags[200:])
    assert found[1] == "The number of tags exceeds the limit of 200."
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == before
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    missing = ("ResourceNotFoundException", "Schedule group apps does not exist.", 404)
    assert refused(scheduler.list_tags_for_resource, ResourceArn=elsewhere) == missing


def test_groups_have_tags_and_take_their_schedules_with_them(cloud: minicloud.Cloud, scheduler: Any) -> None:
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/apps"
    tags = [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}]
    assert scheduler.create_schedule_group(Name="apps", Tags=tags)["ScheduleGroupArn"] == arn
    dates = {"CreationDate": cloud.clock.now(), "LastModificationDate": cloud.clock.now()}
    group = {"Arn": arn, **dates, "Name": "apps", "State": "ACTIVE"}
    assert answer(scheduler.get_schedule_group(Name="apps")) == group
    default = {**group, "Arn": arn.replace("apps", "default"), "Name": "default"}
    assert scheduler.list_schedule_groups()["ScheduleGroups"] == [group, default]
    assert scheduler.list_schedule_groups(NamePrefix="d", MaxResults=1)["ScheduleGroups"] == [default]
    scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "c"}, {"Key": "new", "Value": "d"}])
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["team", "nobody"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "cost", "Value": "c"},
        {"Key": "new", "Value": "d"},
    ]
    scheduler.create_schedule(**SCHEDULE, GroupName="apps")
    scheduler.create_schedule(**SCHEDULE)
    scheduler.delete_schedule_group(Name="apps")
    assert [one["GroupName"] for one in scheduler.list_schedules()["Schedules"]] == ["default"]
    gone = ("ResourceNotFoundException", "Schedule group apps does not exist.", 404)
    for call in (scheduler.get_schedule_group, scheduler.delete_schedule_group):
        assert refused(call, Name="apps") == gone
    assert refused(scheduler.list_tags_for_resource, ResourceArn=arn) == gone
    assert refused(scheduler.create_schedule, **SCHEDULE, GroupName="apps") == gone
    never = ("ValidationException", "This operation cannot be performed on schedule group default.", 400)
    for call in (scheduler.create_schedule_group, scheduler.delete_schedule_group):
        assert refused(call, Name="default") == never
    scheduler.create_schedule_group(Name="apps", ClientToken="t")
    assert scheduler.create_schedule_group(Name="apps", ClientToken="t")["ScheduleGroupArn"] == arn
    taken = ("ConflictException", "Schedule group apps already exists.", 409)
    assert refused(scheduler.create_schedule_group, Name="apps", ClientToken="u") == taken


def test_a_repeated_request_is_known_by_its_token(scheduler: Any) -> None:
    first = scheduler.create_schedule(**SCHEDULE, ClientToken="one")
    assert scheduler.create_schedule(**SCHEDULE, ClientToken="one")["ScheduleArn"] == first["ScheduleArn"]
    taken = ("ConflictException", "Schedule nightly already exists.", 409)
    assert refused(scheduler.create_schedule, **SCHEDULE, ClientToken="two") == taken
    assert refused(scheduler.create_schedule, **SCHEDULE) == taken
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule(**SCHEDULE)


NO_WINDOW = "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE."
WINDOW = "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF."
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
SDK = "arn:aws:scheduler:::aws-sdk:"
OF_BUS = {"DetailType": "t", "Source": "app"}
PATTERN = "[0-9a-zA-Z-_.]+"
READ_ONLY = [
    *("getItem", "describeTable", "listTables", "pollForJobs", "searchItems", "scan", "query", "selectRows", "readJob"),
    *("lookupEvents", "discoverInstances", "validateIt", "batchGetItem", "batchDescribeIt", "batchReadIt"),
    *("transactGetItems", "adminGetUser", "adminListGroups", "testMigration", "retrieveIt", "testConnection"),
    *("translateDocument", "isAuthorized", "invokeModel"),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, NO_WINDOW),
    ({"FlexibleTimeWindow": {**flexible(5), "Mode": "OFF"}}, WINDOW),
    ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Invalid ScheduleExpressionTimezone Mars/Olympus."),
    (
        {"StartDate": datetime(2026, 2, 1, tzinfo=UTC), "EndDate": datetime(2026, 2, 1, tzinfo=UTC)},
        "The StartDate you specify must come before the EndDate.",
    ),
    (
        {"StartDate": datetime(2025, 12, 31, 23, 54, 59, tzinfo=UTC)},
        "The StartDate you specify cannot be earlier than 5 minutes ago.",
    ),
    ({"Target": target("nothing")}, "Provided Arn is not in correct format."),
    ({"Target": target("arn:aws:sqs:us-east-1:123456789012:")}, "Provided Arn is not in correct format."),
    ({"Target": target("arn:aws:lambda:us-east-1:123456789012:layer:x")}, "Provided Arn is not in correct format."),
    ({"Target": target("arn:aws:s3:::b")}, "s3 is not a supported service for a target."),
    (
        {"Target": target("arn:aws:scheduler:us-east-1:123456789012:aws-sdk:sqs:sendMessage")},
        "scheduler is not a supported service for a target.",
    ),
    (
        {"Target": target(QUEUE.replace("us-east-1", "eu-west-1"))},
        "The target ARN provided does not match the current region us-east-1.",
    ),
    (
        {"Target": target(KinesisParameters={"PartitionKey": "k"})},
        "Parameters KinesisParameters not supported for the target.",
    ),
    ({"Target": target(STREAM)}, "Parameters KinesisParameters must be specified."),
    ({"Target": target(BUS, "{}")}, "Parameters EventBridgeParameters must be specified."),
    ({"Target": target(f"{QUEUE}.fifo")}, "Parameters SqsParameters must be specified."),
    ({"Target": target(f"{QUEUE}.fifo", SqsParameters={})}, "Parameters SqsParameters must be specified."),
    (
        {"Target": target(SqsParameters={"MessageGroupId": "g"})},
        "Parameters MessageGroupId not valid for the target.",
    ),
    ({"Target": target(FUNCTION, "{")}, "JSON syntax error in input for the target."),
    ({"Target": target(BUS, "no", EventBridgeParameters=OF_BUS)}, "JSON syntax error in input for the target."),
    (
        {"Target": target(f"{SDK}sqs:sendMessage", None)},
        "You must provide an input to set this target for your schedule.",
    ),
    (
        {"Target": target(f"{SDK}sqs:receiveMessage", "{}")},
        "receiveMessage API is not supported by EventBridge Scheduler.",
    ),
    *(
        ({"Target": target(f"{SDK}dynamodb:{api}", "{}")}, f"{api} API is not supported by EventBridge Scheduler.")
        for api in READ_ONLY
    ),
    *(
        ({"Target": target(FUNCTION, "{}", **{name: value})}, f"Parameters {name} not supported for the target.")
        for name, value in (
            ("EcsParameters", {"TaskDefinitionArn": "a"}),
            ("EventBridgeParameters", OF_BUS),
            ("SageMakerPipelineParameters", {}),
            ("SqsParameters", {}),
        )
    ),
    (
        {"Target": target(f"{SDK}sqs:sendMessage", "{}", SqsParameters={"MessageGroupId": "g"})},
        "Parameters SqsParameters not supported for the target.",
    ),
    (
        {"Name": "a b", "State": "ON"},
        f"2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy "
        f"regular expression pattern: {PATTERN}; Value 'ON' at 'state' failed to satisfy constraint: Member must "
        "satisfy enum value set: [ENABLED, DISABLED]",
    ),
    (
        {"Target": target(RetryPolicy={"MaximumRetryAttempts": 186})},
        "1 validation error detected: Value '186' at 'target.retryPolicy.maximumRetryAttempts' failed to satisfy "
        "constraint: Member must have value less than or equal to 185",
    ),
]
EXPRESSIONS = [
    *("cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)", "cron()"),
    *("cron(71 8 1 * ? *)", "rate(10 seconds)", "rate(10 years)", "rate()", "rate(10)", "rate(10 minutess)"),
    *("rate(foo minutes)", "rate(-10 minutes)", "rate( 10 minutes )", " rate(10 minutes)", "rate(0 minutes)"),
    *("at(2021-12-31T23:59:59Z)", "at(2021-12-31)", "cron(0 0 ? * 2#0 *)", "cron(0 0 ? * 2#6 *)"),
]
NOT_HERE = [
    (target("arn:aws:states:us-east-1:123456789012:stateMachine:m", "{}"), "no state machines of Step Functions"),
    (target(f"{SDK}dynamodb:putItem", "{}"), "no service 'dynamodb'"),
    (
        target(f"{SDK}lambda:createFunctionUrlConfig", "{}"),
        "does not have createFunctionUrlConfig of lambda, so no schedule can call it: invoke a function in its place, "
        "which does in the test what the operation would do$",
    ),
    (
        target("arn:aws:states:us-east-1:123456789012:stateMachine:m", "{}"),
        "for a schedule to invoke: its targets here are queues, topics, functions, streams, buses, delivery streams, "
        r"and operations of services; a function that stands in for it \(cloud.function\(name, handler\)\) can be the "
        "target in the test$",
    ),
    *(
        (target(f"arn:aws:{kind}:us-east-1:123456789012:x", "{}"), f"minicloud has no {what} for a schedule to invoke")
        for kind, what in {
            "codebuild": "projects of CodeBuild",
            "codepipeline": "pipelines of CodePipeline",
            "ecs": "tasks of ECS",
            "inspector": "assessments of Inspector",
            "sagemaker": "pipelines of SageMaker",
        }.items()
    ),
]


def test_what_is_refused_has_changed_nothing(cloud: minicloud.Cloud, scheduler: Any) -> None:
    for changed, text in REFUSED:
        assert refused(scheduler.create_schedule, **{**SCHEDULE, **changed}) == ("ValidationException", text, 400)
    for expression in EXPRESSIONS:
        text = f"Invalid Schedule Expression {expression}."
        # Before the target is looked at.
        params = {**SCHEDULE, "ScheduleExpression": expression, "Target": target("nothing")}
        assert refused(scheduler.create_schedule, **params) == ("ValidationException", text, 400)
    for wrong, text in NOT_HERE:
        with pytest.raises(minicloud.UsageError, match=text):
            scheduler.create_schedule(**{**SCHEDULE, "Target": wrong})
    assert scheduler.list_schedules()["Schedules"] == []
    scheduler.create_schedule(**SCHEDULE)
    before = answer(scheduler.get_schedule(Name="nightly"))
    for changed, text in REFUSED:
        if "Name" not in changed:
            assert refused(scheduler.update_schedule, **{**SCHEDULE, **changed})[1] == text
    assert answer(scheduler.get_schedule(Name="nightly")) == before
    due = cloud.schedule("nightly").next_due
    assert due == datetime(2026, 1, 1, 3, tzinfo=UTC)


def test_buses_of_the_newer_kind_are_no_targets(cloud: minicloud.Cloud) -> None:
    scheduler: Any = cloud.client("scheduler")  # older releases of botocore do not know them
    for name, value in (
        ("EventBridgePutEventsV2Parameters", OF_BUS),
        ("EventBridgePutRawEventsParameters", {"Metadata": {}}),
    ):
        with pytest.raises(minicloud.UsageError, match=r"no buses of the newer kind \(EventBridge v2\)"):
            scheduler.create_schedule(**{**SCHEDULE, "Target": target(**{name: value})})


def test_what_a_refusal_does_not_say_is_noted(cloud: minicloud.Cloud) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="apps")
    scheduler.create_schedule(**SCHEDULE, GroupName="apps")
    wrong = {**SCHEDULE, "ScheduleExpression": "rate(0 days)"}
    early = {**SCHEDULE, "StartDate": datetime(2025, 12, 31, tzinfo=UTC)}
    for call, params, note in [
        (scheduler.get_schedule, {"Name": "nightly"}, "there is one in apps: give GroupName"),
        (scheduler.get_schedule, {"Name": "nigthly", "GroupName": "apps"}, "there is a schedule 'nightly'"),
        (scheduler.get_schedule_group, {"Name": "app"}, "there is a schedule group 'apps'"),
        (scheduler.create_schedule, wrong, "a rate is at least 1"),
        (scheduler.create_schedule, early, "it is 2026-01-01T00:00:00Z on this cloud's clock"),
    ]:
        with pytest.raises(ClientError) as caught:
            call(**params)
        assert any(note in one for one in caught.value.__notes__), caught.value.__notes__


def test_views(cloud: minicloud.Cloud, scheduler: Any) -> None:
    scheduler.create_schedule_group(Name="apps")
    scheduler.create_schedule(**SCHEDULE, GroupName="apps", State="DISABLED")
    schedule = cloud.schedule("nightly", group="apps")
    assert (schedule.name, schedule.group, schedule.arn) == ("nightly", "apps", f"{ARN}/apps/nightly")
    assert (schedule.expression, schedule.state, schedule.targets) == ("cron(0 3 * * ? *)", "DISABLED", [QUEUE])
    assert schedule.next_due is None
    assert repr(schedule) == f"<schedule apps/nightly: cron(0 3 * * ? *) -> {QUEUE}, DISABLED>"
    scheduler.update_schedule(**SCHEDULE, GroupName="apps")
    assert schedule.next_due == datetime(2026, 1, 1, 3, tzinfo=UTC)
    assert cloud.schedule(schedule.arn).name == "nightly"
    for name, text in [("nightly", "there are: apps/nightly"), (f"{ARN}/apps/other", "there is no schedule")]:
        with pytest.raises(minicloud.UsageError, match=text):
            cloud.schedule(name)
    scheduler.delete_schedule(Name="nightly", GroupName="apps")
    assert (schedule.state, schedule.next_due, schedule.expression) == ("DELETED", None, "cron(0 3 * * ? *)")
    with pytest.raises(minicloud.UsageError, match="is not the name of a schedule"):
        cloud.schedule("x", group=5)  # type: ignore[arg-type]
