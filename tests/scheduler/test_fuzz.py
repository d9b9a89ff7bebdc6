"""Whatever is thrown at Scheduler is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.scheduler.service import Scheduler
from tests.support.depth import deep

from .support import QUEUE, ROLE, SCHEDULE

OPERATIONS = operations_of(Scheduler)
PLACE = "us-east-1:123456789012"
STRINGS: dict[str, Any] = {
    "ActionAfterCompletion": st.sampled_from(["NONE", "DELETE", "GO"]),
    "Arn": st.sampled_from(
        [
            *(QUEUE, f"{QUEUE}.fifo", f"arn:aws:lambda:{PLACE}:function:f", f"arn:aws:sns:{PLACE}:t"),
            *("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "arn:aws:scheduler:::aws-sdk:sns:createTopic"),
            *(f"arn:aws:kinesis:{PLACE}:stream/s", "arn:aws:states:eu-west-1:1:x", "", "x", "arn:::::::"),
        ]
    ),
    "GroupName": st.sampled_from(["default", "apps", "nobody", ""]),
    "Input": st.sampled_from(
        ["x", "{}", '{"Name": "t"}', "[1", "\ud800", "\0", "<aws.scheduler.execution-id>", "1" * 70_000]
    ),
    "Mode": st.sampled_from(["OFF", "FLEXIBLE", "on"]),
    "Name": st.sampled_from(["nightly", "other", "default", "apps", "a b", "x" * 65]),
    "ResourceArn": st.sampled_from(
        [f"arn:aws:scheduler:{PLACE}:schedule-group/{name}" for name in ("apps", "default", "nobody")] + ["x"]
    ),
    "RoleArn": st.sampled_from([ROLE, ROLE, "r"]),
    "ScheduleExpression": st.sampled_from(
        [
            *("rate(1 minute)", "rate(7 days)", "cron(0 3 * * ? *)", "cron(*/7 * ? * MON#1 *)", "at(2026-01-01T00:05)"),
            *("cron(0 0 30 2 ? *)", "at(1970-01-01T00:00)", "at(9999-12-31T23:59:59)", "cron(* * * * ? 9999)", "never"),
        ]
    ),
    "ScheduleExpressionTimezone": st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "Mars", "../x", "\0"]),
    "State": st.sampled_from(["ENABLED", "DISABLED", "x"]),
}
strings = st.sampled_from(["nightly", "apps", "", "\ud800", "x" * 300, QUEUE, "k"])


def values_of(shape: Any, name: str = "") -> Any:
    kind = shape.kind
    if kind == "string":
        return STRINGS.get(name, strings)
    simple: dict[str, Any] = {
        "integer": st.sampled_from([-1, 0, 1, 60, 100, 185, 86_400, 100_000]),
        "boolean": st.booleans(),
        "timestamp": st.sampled_from([0, 1_767_225_600, 1_767_226_000, 1_767_300_000, 253_402_300_799]),
    }
    if kind in simple:
        return simple[kind]
    if kind == "list":
        return st.lists(values_of(shape.member), max_size=2)
    if kind == "map":
        return st.dictionaries(strings, values_of(shape.member), max_size=2)
    members = {name: values_of(member, name) for name, member in shape.members.items()}
    required = {name: members.pop(name) for name in shape.required}
    some = st.lists(st.sampled_from(sorted(members)), max_size=2, unique=True) if members else st.just([])
    return some.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: members[name] for name in names}}))


calls = st.one_of([st.tuples(st.just(name), values_of(operation.input)) for name, operation in OPERATIONS.items()])


def everything(client: Any) -> str:
    """All that can be seen of schedules and groups."""
    schedules = client.list_schedules()["Schedules"]
    seen: list[Any] = [client.get_schedule(Name=one["Name"], GroupName=one["GroupName"]) for one in schedules]
    for one in client.list_schedule_groups()["ScheduleGroups"]:
        seen += [one, client.list_tags_for_resource(ResourceArn=one["Arn"])]
    plain = [{name: value for name, value in one.items() if name != "ResponseMetadata"} for one in seen]
    return json.dumps(plain, default=str)


@settings(max_examples=deep(400), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=5))
def test_a_call_is_answered_or_refused_as_a_whole(made: list[tuple[str, dict[str, Any]]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        client: Any = cloud.client("scheduler")
        cloud.client("sqs").create_queue(QueueName="runs")
        client.create_schedule_group(Name="apps")
        client.create_schedule(**SCHEDULE)
        for name, params in made:
            before = everything(client)
            try:
                answer = getattr(client, name)(**params)
            except (ClientError, ParamValidationError, minicloud.UsageError):
                assert everything(client) == before
            else:
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        before = everything(client)
        snapshot = cloud.snapshot()
        cloud.clock.advance(timedelta(hours=2))
        cloud.restore(snapshot)
        assert everything(client) == before
