"""Whatever is thrown at EventBridge is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.events.service import Events
from tests.support.depth import deep

from .support import DEFAULT_BUS, PLACE, entry, rule_to

OPERATIONS = operations_of(Events)
QUEUE = f"arn:aws:sqs:{PLACE}:q"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

strings = st.one_of(
    st.sampled_from(["r", "s", "a", "p", "default", "orders", "new", DEFAULT_BUS, f"arn:aws:events:{PLACE}:rule/r"]),
    st.sampled_from([QUEUE, f"{QUEUE}.fifo", f"arn:aws:events:{PLACE}:archive/a", "arn:aws:iam::123456789012:role/r"]),
    st.sampled_from(["rate(1 day)", "cron(0 3 * * ? *)", "ENABLED", "DISABLED", "events:PutEvents", "*", "1", "t"]),
    st.sampled_from(["{}", "[]", '"x"', '{"source": ["app"]}', '{"a": [{"prefix": 1}]}', "$.detail", '{"a": <b>}']),
    st.sampled_from(["", "\ud800", "x" * 300, "a b", "::", "arn:", "arn:aws:events:::", "<x>", "$", '"<a>"', "/"]),
    st.text(st.characters(codec=None), max_size=20),
)


def values_of(shape):
    kind = shape.kind
    simple = {
        "string": strings,
        "integer": st.integers(-1, 1000),
        "boolean": st.booleans(),
        "timestamp": st.integers(0, 2_000_000_000),
    }
    if kind in simple:
        return simple[kind]
    if kind == "list":
        return st.lists(values_of(shape.member), max_size=2)
    if kind == "map":
        return st.dictionaries(strings, values_of(shape.member), max_size=2)
    members = {name: values_of(member) for name, member in shape.members.items()}
    required = {name: members.pop(name) for name in shape.required}
    # Few at a time: most of many that are thrown are refused for one of them.
    some = st.lists(st.sampled_from(sorted(members)), max_size=3, unique=True) if members else st.just([])
    return some.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: members[name] for name in names}}))


calls = st.one_of([st.tuples(st.just(name), values_of(operation.input)) for name, operation in OPERATIONS.items()])


def prepared():
    """A cloud with one of everything, and its client."""
    cloud = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1")
    client = cloud.client("events")
    cloud.client("sqs").create_queue(QueueName="q")
    client.create_event_bus(Name="orders", Tags=[{"Key": "a", "Value": "b"}])
    client.put_permission(Action="events:PutEvents", Principal="*", StatementId="s")
    client.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    rule_to(client, QUEUE)
    client.put_rule(Name="s", ScheduleExpression="rate(1 minute)")
    client.put_events(Entries=[entry()])
    archive = f"arn:aws:events:{PLACE}:archive/a"
    replay = {"EventSourceArn": archive, "Destination": {"Arn": DEFAULT_BUS}}
    client.start_replay(ReplayName="p", EventStartTime=BEGIN, EventEndTime=datetime(2027, 1, 1, tzinfo=UTC), **replay)
    return cloud, client


def everything(cloud, client):
    """All that can be seen."""
    seen = [client.list_event_buses()["EventBuses"], client.list_archives()["Archives"]]
    seen.append(client.list_replays()["Replays"])
    for bus in client.list_event_buses()["EventBuses"]:
        seen.append(cloud.bus(bus["Arn"]).events)
        for rule in cloud.bus(bus["Arn"]).rules:
            tags = client.list_tags_for_resource(ResourceARN=rule.arn)["Tags"]
            seen.append([rule.pattern, rule.expression, rule.state, rule.targets, rule.next_due, rule.matched, tags])
    return json.dumps([seen, cloud.queue("q").bodies], default=str)


@settings(max_examples=deep(300), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=4))
def test_a_call_is_answered_or_refused_as_a_whole(made):
    cloud, client = prepared()
    for name, params in made:
        before = everything(cloud, client)
        try:
            answer = getattr(client, name)(**params)
        except (ClientError, ParamValidationError, minicloud.UsageError):
            assert everything(cloud, client) == before
        else:
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    cloud.clock.advance(60)
    for service in cloud.services("events"):
        service.check()


WRONG_TYPES = [None, 7, 1.5, b"bytes", [], {}, object(), ("tuple",), {"nested": {1: 2}}, [None], {1: "x"}]


def test_values_of_the_wrong_type_are_reported():
    _, client = prepared()
    good = {"string": "none", "integer": 1, "timestamp": 0, "map": {}, "list": [], "structure": {}}
    for name, operation in sorted(OPERATIONS.items()):
        shape = operation.input
        required = {member: good[shape.members[member].kind] for member in shape.required}
        for member in shape.members:
            for value in WRONG_TYPES:
                try:
                    getattr(client, name)(**(required | {member: value}))
                except (ClientError, ParamValidationError, minicloud.UsageError):
                    continue
                accepted = {"integer": int, "list": list | tuple, "map": dict, "structure": dict, "boolean": bool}
                assert isinstance(value, accepted[shape.members[member].kind]), (name, member, value)
        with pytest.raises(ParamValidationError):
            getattr(client, name)(**required, Nonsense=1)
