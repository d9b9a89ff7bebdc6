"""Buses, their policies and tags."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import UsageError

from .support import DEFAULT_BUS, PLACE, refused

VALIDATION, NOT_FOUND, EXISTS = "ValidationException", "ResourceNotFoundException", "ResourceAlreadyExistsException"


def bare(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "CreationTime")}


def test_a_bus(cloud: minicloud.Cloud, events: Any) -> None:
    arn = f"arn:aws:events:{PLACE}:event-bus/orders"
    tags = [{"Key": "team", "Value": "a"}]
    made = events.create_event_bus(Name="orders", Description="of orders", Tags=tags)
    assert bare(made) == {"EventBusArn": arn, "Description": "of orders"}
    assert bare(events.create_event_bus(Name="plain")) == {"EventBusArn": f"arn:aws:events:{PLACE}:event-bus/plain"}
    cloud.clock.advance(60)
    letters = {"Arn": f"arn:aws:sqs:{PLACE}:dlq"}
    changed = events.update_event_bus(Name="orders", KmsKeyIdentifier="key", DeadLetterConfig=letters)
    known = {"Description": "of orders", "KmsKeyIdentifier": "key", "DeadLetterConfig": letters}
    assert bare(changed) == {"Arn": arn, "Name": "orders", **known}
    for name in ("orders", arn):
        found = events.describe_event_bus(Name=name)
        assert (found["Name"], found["Arn"], found["Description"]) == ("orders", arn, "of orders")
        assert (found["LastModifiedTime"] - found["CreationTime"]).total_seconds() == 60
        assert "Policy" not in found
    default = events.describe_event_bus()
    assert default["Arn"] == DEFAULT_BUS
    assert default["CreationTime"] == default["LastModifiedTime"] == cloud.clock.now()  # since somebody looks
    assert [one["Name"] for one in events.list_event_buses()["EventBuses"]] == ["default", "orders", "plain"]
    assert [one["Name"] for one in events.list_event_buses(NamePrefix="p")["EventBuses"]] == ["plain"]
    events.put_permission(EventBusName="plain", Action="events:PutEvents", Principal="*", StatementId="s")
    shown = [bare(one) for one in events.list_event_buses(NamePrefix="o")["EventBuses"]]
    times = {name: found[name] for name in ("CreationTime", "LastModifiedTime")}
    assert shown == [bare({"Name": "orders", "Arn": arn, "Description": "of orders", **times})]
    (plain,) = events.list_event_buses(NamePrefix="p")["EventBuses"]
    policy = events.describe_event_bus(Name="plain")["Policy"]
    assert (plain["Policy"], "Description" in plain) == (policy, False)
    log = {"IncludeDetail": "FULL", "Level": "INFO"}
    logged = events.update_event_bus(Name="plain", LogConfig=log)
    assert logged["LogConfig"] == events.describe_event_bus(Name="plain")["LogConfig"] == log
    page = events.list_event_buses(Limit=2)
    rest = events.list_event_buses(Limit=2, NextToken=page["NextToken"])
    assert [len(one["EventBuses"]) for one in (page, rest)] == [2, 1]
    assert "NextToken" not in rest
    # A token is of one list, and good for a day.
    invalid = (VALIDATION, "Parameter NextToken is not valid.")
    token = page["NextToken"]
    assert refused(events.list_rules, NextToken=token) == refused(events.list_archives, NextToken=token) == invalid
    cloud.clock.advance(24 * 3600)
    assert events.list_event_buses(NextToken=token)["EventBuses"]
    cloud.clock.advance(1)
    assert refused(events.list_event_buses, NextToken=token) == invalid
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    events.delete_event_bus(Name="orders")
    events.delete_event_bus(Name="orders")  # does no harm
    gone = NOT_FOUND, "Event bus orders does not exist."
    assert refused(events.describe_event_bus, Name=arn) == gone
    assert refused(events.list_tags_for_resource, ResourceARN=arn) == gone
    assert refused(events.put_rule, Name="r", EventBusName="orders", EventPattern='{"a": [1]}') == gone
    events.create_event_bus(Name="orders")
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_what_is_refused(cloud: minicloud.Cloud, events: Any) -> None:
    create = events.create_event_bus
    create(Name="orders")
    for name in ("orders", "default"):
        assert refused(create, Name=name) == (EXISTS, f"Event bus {name} already exists.")
    assert refused(create, Name="a/b") == (VALIDATION, "Event bus name must not contain '/'.")
    assert refused(create, Name="é") == (
        VALIDATION,
        "1 validation error detected: Value 'é' at 'name' failed to satisfy constraint: Member must satisfy regular "
        r"expression pattern: [/\.\-_A-Za-z0-9]+",
    )
    assert refused(events.delete_event_bus, Name="default") == (VALIDATION, "Cannot delete event bus default.")
    for arn, text in (
        (f"arn:aws:sns:{PLACE}:t", "sns is not supported as a dead letter resource"),
        (f"arn:aws:sqs:{PLACE}:q.fifo", "SQS FIFO is not supported by Dead Letter Queues"),
    ):
        assert refused(create, Name="x", DeadLetterConfig={"Arn": arn}) == (VALIDATION, text)
    events.put_rule(Name="r", EventBusName="orders", EventPattern='{"a": [1]}')
    rules = "Event bus orders can't be deleted since it has rules."
    assert refused(events.delete_event_bus, Name="orders") == (VALIDATION, rules)
    with pytest.raises(UsageError) as caught:
        create(Name="aws.partner/a/b", EventSourceName="aws.partner/a/b")
    assert str(caught.value) == (
        "events.CreateEventBus was given EventSourceName: no partner sends events here, so make a bus without it, and "
        "put the partner's events with put_events"
    )
    few: Any = minicloud.Cloud(limits=minicloud.Limits(events_buses=2, events_rules=1)).client("events")
    few.create_event_bus(Name="a")
    limit = "LimitExceededException", "The requested resource exceeds the maximum number allowed."
    assert refused(few.create_event_bus, Name="b") == limit
    few.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    few.put_rule(Name="r", ScheduleExpression="rate(2 days)")
    assert refused(few.put_rule, Name="s", ScheduleExpression="rate(1 day)") == limit


def test_a_page_has_a_hundred(events: Any) -> None:
    names, queue = [f"n{number:03}" for number in range(101)], f"arn:aws:sqs:{PLACE}:q"
    for name in names:
        events.create_archive(ArchiveName=name, EventSourceArn=DEFAULT_BUS)
        events.put_rule(Name=name, EventPattern='{"source": ["app"]}')
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": queue}])
    for operation, member, asked in (
        (events.list_archives, "Archives", {}),
        (events.list_rules, "Rules", {"NamePrefix": "n"}),
        (events.list_rule_names_by_target, "RuleNames", {"TargetArn": queue}),
    ):
        first = operation(**asked)
        second = operation(**asked, NextToken=first["NextToken"])
        assert (len(first[member]), len(second[member]), "NextToken" in second) == (100, 1, False), member
        assert len(operation(**asked, Limit=100)[member]) == 100
        last = operation(**asked, NextToken=first["NextToken"], Limit=1)
        assert (len(last[member]), "NextToken" in last) == (1, False), member


def test_permissions(events: Any) -> None:
    arn = events.create_event_bus(Name="orders")["EventBusArn"]

    def policy() -> Any:
        found = events.describe_event_bus(Name="orders").get("Policy")
        return None if found is None else json.loads(found)["Statement"]

    def statement(sid: str, account: str) -> Any:
        who = {"AWS": f"arn:aws:iam::{account}:root"}
        rest = {"Principal": who, "Action": "events:PutEvents", "Resource": arn}
        return {"Sid": sid, "Effect": "Allow", **rest}

    given = {"EventBusName": "orders", "Action": "events:PutEvents"}
    assert policy() is None
    events.put_permission(**given, Principal="111111111111", StatementId="a")
    events.put_permission(**given, Principal="222222222222", StatementId="b")
    events.put_permission(**given, Principal="333333333333", StatementId="a")
    assert policy() == [statement("b", "222222222222"), statement("a", "333333333333")]
    org = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}
    events.put_permission(**given, Principal="*", StatementId="c", Condition=org)
    assert policy()[2]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    unknown = NOT_FOUND, "Statement with the provided id does not exist."
    remove = events.remove_permission
    assert refused(remove, EventBusName="orders", StatementId="x") == unknown
    assert refused(remove, StatementId="x") == unknown
    remove(EventBusName="orders", StatementId="b")
    assert [one["Sid"] for one in policy()] == ["a", "c"]
    assert refused(remove, EventBusName="orders") == (VALIDATION, "Parameter StatementId is required.")
    remove(EventBusName="orders", RemoveAllPermissions=True)
    assert policy() is None
    put = events.put_permission
    whole = {"Version": "2012-10-17", "Statement": [statement("z", "111111111111")]}
    put(EventBusName="orders", Policy=json.dumps(whole))
    assert policy() == whole["Statement"]
    assert refused(put, **{**given, "EventBusName": "no"}, Principal="*", StatementId="s") == (
        NOT_FOUND,
        "Event bus no does not exist.",
    )
    assert refused(put, EventBusName="orders", Policy="{") == (VALIDATION, "This policy contains invalid Json")
    assert refused(put, **given, StatementId="s") == (VALIDATION, "Parameter Principal must be specified.")
    other = {**given, "Action": "events:Other"}
    unsupported = VALIDATION, "Provided value in parameter 'action' is not supported."
    assert refused(put, **other, Principal="*", StatementId="s") == unsupported
    for name, rest in (("StatementId", {"Principal": "*"}), ("Action", {"Principal": "*", "StatementId": "s"})):
        some = {**given, **rest}
        some.pop(name, None)
        assert refused(put, **some) == (VALIDATION, f"Parameter {name} must be specified.")
    for name, value in (("Action", "events:PutEvents"), ("Principal", "*"), ("StatementId", "s"), ("Condition", org)):
        beside = VALIDATION, f"Parameter Policy must not be specified together with {name}."
        assert refused(put, EventBusName="orders", Policy=json.dumps(whole), **{name: value}) == beside
    for wrong in ([], {}, {"Statement": [1]}, {"Statement": "x"}):
        assert refused(put, EventBusName="orders", Policy=json.dumps(wrong)) == (
            VALIDATION,
            "This policy contains invalid Json",
        )
    assert policy() == whole["Statement"]  # what is refused has changed nothing
    longest = {"Sid": "x" * (10_240 - len('[{"Sid":""}]'))}
    put(EventBusName="orders", Policy=json.dumps({"Statement": longest}))  # one statement needs no list
    assert policy() == [longest]
    long = {"Statement": [{"Sid": longest["Sid"] + "x"}]}
    assert refused(put, EventBusName="orders", Policy=json.dumps(long)) == (
        "PolicyLengthExceededException",
        "The policy exceeds the maximum length of 10240.",
    )


def test_tags(events: Any) -> None:
    arn = events.put_rule(Name="r", ScheduleExpression="rate(1 day)", Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    for tagged in (arn, DEFAULT_BUS):
        events.tag_resource(ResourceARN=tagged, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
        events.untag_resource(ResourceARN=tagged, TagKeys=["a", "none"])
        assert events.list_tags_for_resource(ResourceARN=tagged)["Tags"] == [{"Key": "b", "Value": ""}]
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    duplicated = VALIDATION, "Invalid parameter: Duplicated keys are not allowed."
    assert refused(events.tag_resource, ResourceARN=arn, Tags=twice) == duplicated
    for make, params in (
        (events.create_event_bus, {"Name": "twice"}),
        (events.put_rule, {"Name": "twice", "ScheduleExpression": "rate(1 day)"}),
        (events.put_rule, {"Name": "r", "ScheduleExpression": "rate(2 days)"}),
    ):
        assert refused(make, **params, Tags=twice) == duplicated
    assert [bus["Name"] for bus in events.list_event_buses()["EventBuses"]] == ["default"]
    assert [rule["ScheduleExpression"] for rule in events.list_rules()["Rules"]] == ["rate(1 day)"]
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)", Tags=[{"Key": "new", "Value": ""}])  # ignored
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    events.delete_rule(Name="r")
    missing = NOT_FOUND, "Rule r does not exist on EventBus default."
    assert refused(events.list_tags_for_resource, ResourceARN=arn) == missing
    for arn, missing in (
        (f"arn:aws:events:{PLACE}:rule/no/r", "Event bus no does not exist."),
        (f"arn:aws:events:{PLACE}:event-bus/no", "Event bus no does not exist."),
    ):
        assert refused(events.list_tags_for_resource, ResourceARN=arn) == (NOT_FOUND, missing)
    invalid = VALIDATION, "Parameter ResourceARN is not valid."
    for arn in ("arn:aws:sqs:x:y:z", "rule/r", "arn:aws:events:rule/r", f"arn:aws:events:{PLACE}:archive/a"):
        assert refused(events.tag_resource, ResourceARN=arn, Tags=[]) == invalid
