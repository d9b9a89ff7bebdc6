"""Rules: put, listed, enabled, deleted; and their schedules."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

from .support import PLACE, refused, rule_to

VALIDATION, NOT_FOUND = "ValidationException", "ResourceNotFoundException"
PATTERN = '{ "source": ["app"] }'


def test_a_rule_is_put_and_put_anew(events: Any) -> None:
    arn = f"arn:aws:events:{PLACE}:rule/r"
    role = "arn:aws:iam::123456789012:role/r"
    put = events.put_rule(Name="r", EventPattern=PATTERN, State="DISABLED", Description="d", RoleArn=role)
    assert put["RuleArn"] == arn
    shown = {"Name": "r", "Arn": arn, "EventPattern": PATTERN, "State": "DISABLED", "Description": "d", "RoleArn": role}
    found = events.describe_rule(Name="r")
    del found["ResponseMetadata"]
    assert found == {**shown, "EventBusName": "default", "CreatedBy": "123456789012"}
    assert events.list_rules()["Rules"] == [{**shown, "EventBusName": "default"}]
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}])
    events.put_rule(Name="r", ScheduleExpression="rate(5 minutes)")
    found = events.describe_rule(Name="r")
    del found["ResponseMetadata"]
    assert found == {
        "Name": "r",
        "Arn": arn,
        "ScheduleExpression": "rate(5 minutes)",
        "State": "ENABLED",
        "EventBusName": "default",
        "CreatedBy": "123456789012",
    }
    assert len(events.list_targets_by_rule(Rule="r")["Targets"]) == 1
    events.put_rule(Name="r", ScheduleExpression="rate(5 minutes)", EventPattern=PATTERN)
    assert {"EventPattern", "ScheduleExpression"} < set(events.describe_rule(Name="r"))


def test_rules_of_a_bus(events: Any) -> None:
    bus = events.create_event_bus(Name="orders")["EventBusArn"]
    names = [f"r{number:03}" for number in range(105)]
    for name in reversed(names):
        events.put_rule(Name=name, EventBusName=bus, EventPattern=PATTERN)
    first = events.list_rules(EventBusName="orders")
    second = events.list_rules(EventBusName=bus, NextToken=first["NextToken"])
    assert [rule["Name"] for rule in first["Rules"] + second["Rules"]] == names
    assert first["Rules"][0]["Arn"] == f"arn:aws:events:{PLACE}:rule/orders/r000"
    assert {rule["EventBusName"] for rule in first["Rules"]} == {"orders"}
    prefixed = events.list_rules(EventBusName="orders", NamePrefix="r00", Limit=10)
    assert [rule["Name"] for rule in prefixed["Rules"]] == names[:10]
    assert "NextToken" not in prefixed
    assert events.list_rules()["Rules"] == []
    assert refused(events.list_rules, NextToken="x")[0] == VALIDATION
    events.delete_rule(Name="r000", EventBusName="orders")
    events.delete_rule(Name="r000", EventBusName="orders")  # does no harm
    missing = NOT_FOUND, "Rule r000 does not exist on EventBus orders."
    assert refused(events.describe_rule, Name="r000", EventBusName=bus) == missing
    for operation in (events.enable_rule, events.disable_rule, events.describe_rule):
        assert refused(operation, Name="r") == (NOT_FOUND, "Rule r does not exist on EventBus default.")
    rule_to(events, f"arn:aws:sqs:{PLACE}:q")
    assert refused(events.delete_rule, Name="r") == (VALIDATION, "Rule can't be deleted since it has targets.")
    assert refused(events.delete_rule, Name="r", EventBusName="no") == (NOT_FOUND, "Event bus no does not exist.")


def test_what_is_refused(events: Any) -> None:
    put = events.put_rule
    nothing = VALIDATION, "Parameter(s) EventPattern or ScheduleExpression must be specified."
    assert refused(put, Name="r") == refused(put, Name="r", EventPattern="{}") == nothing
    events.create_event_bus(Name="orders")
    assert refused(put, Name="r", ScheduleExpression="rate(1 day)", EventBusName="orders") == (
        VALIDATION,
        "ScheduleExpression is supported only on the default event bus.",
    )
    for expression in ("rate(10 seconds)", "rate(1 minutes)", "cron(0 1 * * * *)", "at(2026-01-01T00:00:00)"):
        refusal = refused(put, Name="r", ScheduleExpression=expression)
        assert refusal[0] == VALIDATION
        assert refusal[1].startswith("Parameter ScheduleExpression is not valid.")
    code, text = refused(put, Name="r", EventPattern='{"source": ["a", {"exists": 1}]}')
    assert (code, text.split("\n")[0]) == (
        "InvalidEventPatternException",
        "Event pattern is not valid. Reason: exists match pattern must be either true or false.",
    )
    long = json.dumps({"source": ["x" * 2029]})
    assert len(long) == 2045
    put(Name="long", EventPattern=long)
    assert refused(put, Name="long", EventPattern=json.dumps({"source": ["x" * 2033]})) == (
        VALIDATION,
        "Parameter EventPattern for rule long exceeds limit of 2048.",
    )
    name = "é" * 65
    assert refused(put, Name=name, EventPattern=PATTERN) == (
        VALIDATION,
        f"2 validation errors detected: Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: [\.\-_A-Za-z0-9]+; "
        f"Value '{name}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64",
    )
    assert events.list_rules()["Rules"] == [events.list_rules(NamePrefix="long")["Rules"][0]]


@pytest.mark.parametrize("way_on", ["advance", "in steps"])
def test_schedules(cloud: minicloud.Cloud, events: Any, sqs: Any, way_on: str) -> None:
    sqs.create_queue(QueueName="orders")
    cloud.clock.advance(150)
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)")
    for name in ("often", "nightly"):
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": cloud.queue("orders").arn}])
    assert str(cloud.rule("often").next_due) == "2026-01-01 00:07:30+00:00"
    assert str(cloud.rule("nightly").next_due) == "2026-01-01 03:00:00+00:00"
    for _ in range(1 if way_on == "advance" else 10):
        cloud.clock.advance(1010 if way_on == "advance" else 101)

    def times(name: str) -> list[str]:
        return [event["time"] for event in cloud.rule(name).matched]

    assert times("often") == ["2026-01-01T00:07:30Z", "2026-01-01T00:12:30Z", "2026-01-01T00:17:30Z"]
    body = cloud.queue("orders").bodies[0]
    event_id = json.loads(body)["id"]
    assert body == (
        f'{{"version":"0","id":"{event_id}","detail-type":"Scheduled Event","source":"aws.events",'
        '"account":"123456789012","time":"2026-01-01T00:07:30Z","region":"us-east-1",'
        f'"resources":["arn:aws:events:{PLACE}:rule/often"],"detail":{{}}}}'
    )
    assert cloud.bus().events == []  # nobody put it
    assert cloud.run_until_idle().total_seconds() == 0  # a schedule is not owed

    events.disable_rule(Name="often")
    assert cloud.rule("often").next_due is None
    cloud.clock.advance(3600)
    assert events.describe_rule(Name="often")["State"] == "DISABLED"
    events.enable_rule(Name="often")  # begins to count anew
    assert events.describe_rule(Name="often")["State"] == "ENABLED"
    cloud.clock.advance(299)
    assert len(times("often")) == 3
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)", Description="goes on")
    cloud.clock.advance(1)
    assert len(times("often")) == 4
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    cloud.clock.advance(60)
    assert len(times("often")) == 5
    events.remove_targets(Rule="often", Ids=["1"])
    events.delete_rule(Name="often")
    cloud.clock.advance(3 * 24 * 3600)
    assert times("nightly") == [f"2026-01-0{day}T03:00:00Z" for day in (1, 2, 3)]
    # Its years are over: it stays, and makes no event.
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? 2002-2005)")
    assert cloud.rule("nightly").next_due is None
    assert cloud.rule("nightly").state == "ENABLED"


def test_a_schedule_with_a_pattern_does_both(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)", EventPattern=PATTERN)
    events.put_events(Entries=[{"Source": "app", "DetailType": "t", "Detail": "{}"}])
    cloud.clock.advance(24 * 3600)
    assert [event["source"] for event in cloud.rule("r").matched] == ["app", "aws.events"]


def test_what_a_scheduled_event_does_not_have_is_told(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")
    queue = cloud.queue("q").arn
    part = {"Id": "1", "Arn": queue, "InputPath": "$.detail.x"}
    events.put_targets(Rule="r", Targets=[part, {"Id": "2", "Arn": queue}])
    cloud.clock.advance(60)
    assert len(cloud.queue("q").bodies) == 1
    assert "the event has nothing at $.detail.x" in cloud.trace.render()
