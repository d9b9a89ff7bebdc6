"""Where what EventBridge keeps and tries begins and ends, and what it says of itself to who looks closely."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import AwsError
from minicloud.services.events.state import EventsState
from minicloud.services.events.target import Target

from .support import DEFAULT_BUS, PLACE, entry, refused, rule_to

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR: dict[str, Any] = {"EventStartTime": BEGIN, "EventEndTime": BEGIN + timedelta(hours=1)}


def state_of(cloud: minicloud.Cloud) -> EventsState:
    (state,) = cloud.services("events")
    assert isinstance(state, EventsState)
    return state


@pytest.mark.parametrize("days", [1, 2, 30])
def test_an_event_is_kept_for_so_many_days_and_not_a_moment_longer(
    cloud: minicloud.Cloud, events: Any, days: int
) -> None:
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS, RetentionDays=days)
    events.put_events(Entries=[entry()])
    cloud.clock.advance(timedelta(days=days) - timedelta(microseconds=1))
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1
    cloud.clock.advance(timedelta(microseconds=1))
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 0


def test_an_archive_without_days_keeps_events_for_ever(cloud: minicloud.Cloud, events: Any) -> None:
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    events.put_events(Entries=[entry()])
    cloud.clock.advance(timedelta(days=10_000))
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1


def test_how_often_and_for_how_long_a_target_is_tried_that_says_nothing_of_it() -> None:
    """[EventBridge API: RetryPolicy]"""
    queue = {"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}
    for given, expected in (
        ({}, (185, 86_400)),
        ({"RetryPolicy": {}}, (185, 86_400)),
        ({"RetryPolicy": {"MaximumRetryAttempts": 0}}, (0, 86_400)),
        ({"RetryPolicy": {"MaximumEventAgeInSeconds": 60}}, (185, 60)),
    ):
        policy = Target({**queue, **given}).policy
        assert (policy.retries, policy.age) == expected, given


def test_whoever_checks_is_told_what_is_not_as_it_would_be_derived_anew(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    events.create_event_bus(Name="orders")
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    cloud.clock.advance(1)
    events.start_replay(ReplayName="p", EventSourceArn=events.describe_archive(ArchiveName="a")["ArchiveArn"],
                        Destination={"Arn": DEFAULT_BUS}, **HOUR)  # fmt: skip
    state = state_of(cloud)
    state.check()
    rules = state.default_bus.rules
    for listing in (state.buses, state.archives, state.replays, rules):
        items: dict[str, Any] = listing.items  # type: ignore[assignment]
        items["z"] = next(iter(items.values()))  # its order does not know of it
        with pytest.raises(AssertionError, match=r" and not .*'z'"):
            state.check()
        state.check()  # it has been derived anew
        del items["z"]
        with pytest.raises(AssertionError, match=r"'z'.* and not "):
            state.check()
    rule = rules.items["often"]
    timer, rule.timer = rule.timer, None
    assert timer is not None
    with pytest.raises(AssertionError, match="<rule often: ENABLED> is due at .* and has None"):
        state.check()
    rule.timer, rule.due = timer, timer.due + 1
    with pytest.raises(AssertionError, match="is due at"):
        state.check()
    rule.due = timer.due
    state.check()
    state.world.timeline.cancel(timer)
    with pytest.raises(AssertionError, match="is due at"):
        state.check()


def test_what_everything_is_called(cloud: minicloud.Cloud, events: Any) -> None:
    rule_to(events, f"arn:aws:sqs:{PLACE}:q")
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    events.put_events(Entries=[entry(source="x" * 90, detail_type="y" * 90), entry()])
    state = state_of(cloud)
    events.start_replay(ReplayName="p", EventSourceArn=state.archives.items["a"].arn,
                        Destination={"Arn": DEFAULT_BUS}, **HOUR)  # fmt: skip
    cloud.run_until_idle()
    bus = state.default_bus
    rule = bus.rules.items["r"]
    assert repr(bus) == "<event bus default>"
    assert repr(rule) == "<rule r: ENABLED>"
    assert repr(rule.targets["1"]) == f"<target 1: arn:aws:sqs:{PLACE}:q>"
    assert repr(state.archives.items["a"]) == "<archive a of default>"
    assert repr(state.replays.items["p"]) == "<replay p of a: COMPLETED>"
    long, short = list(bus.events)[:2]
    assert repr(short) == f"<event {short.event_id}: 'app' 't'>"
    assert repr(long).startswith(f"<event {long.event_id}: 'xxx")
    assert len(repr(long)) < 90 + 90 + len(long.event_id)
    assert json.loads(short.text)["id"] == short.event_id


def test_ten_replays_may_run_at_a_time(cloud: minicloud.Cloud, events: Any) -> None:
    """Each begins with what comes next, so that a client never finds so many: the service is asked itself."""
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    state: Any = state_of(cloud)
    arn = state.archives.items["a"].arn

    def start(name: str) -> None:
        given = {"ReplayName": name, "EventSourceArn": arn, "Destination": {"Arn": DEFAULT_BUS}}
        type(state).start_replay.handler(state, 0, **given, **HOUR)

    for number in range(10):
        start(str(number))
    with pytest.raises(AwsError, match="exceeds the maximum number allowed"):
        start("10")
    state.replays.items["3"].state = "RUNNING"  # which counts as well
    with pytest.raises(AwsError, match="exceeds the maximum number allowed"):
        start("10")
    state.replays.items["3"].state = "COMPLETED"
    start("10")


def test_what_is_mended_is_derived_anew(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    orders = events.create_event_bus(Name="orders")["EventBusArn"]
    rule_to(events, f"arn:aws:sqs:{PLACE}:q")
    events.put_rule(Name="r", EventBusName="orders", EventPattern='{"source": ["app"]}')
    events.create_archive(ArchiveName="a", EventSourceArn=orders)
    arn = events.describe_archive(ArchiveName="a")["ArchiveArn"]
    events.start_replay(ReplayName="p", EventSourceArn=arn, Destination={"Arn": orders}, **HOUR)
    events.put_events(Entries=[entry()])
    state = state_of(cloud)
    own = state.buses.items["orders"]
    for listing in (state.buses, state.archives, state.replays, state.default_bus.rules, own.rules):
        items: dict[str, Any] = listing.items  # type: ignore[assignment]
        item = items["z"] = next(iter(items.values()))
        state.mend(0)
        assert listing.page(10)[-1] == "z"
        del items["z"]
        state.mend(0)
        assert "z" not in listing.page(10)
        assert item in items.values()
    # What is known of a source and a detail type.
    rule = state.default_bus.rules.items["r"]
    assert rule.settings.is_enabled
    rule.settings = rule.settings.replace(state="DISABLED")
    state.mend(0)
    events.put_events(Entries=[entry()])
    assert len(list(rule.matched)) == 1
    # What is on the timeline: the one event that the rule says.
    often = state.default_bus.rules.items["often"]
    timer = often.timer
    assert timer is not None
    state.mend(0)
    assert often.timer is not None
    assert (timer.callback, often.timer.due) == (None, often.due)
    timer, often.due = often.timer, None
    state.mend(0)
    assert (timer.callback, often.timer) == (None, None)


def test_what_comes_from_another_bus_is_told(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    second = events.create_event_bus(Name="second")["EventBusArn"]
    rule_to(events, second, name="first", RoleArn="arn:aws:iam::123456789012:role/r")
    events.put_rule(Name="r", EventBusName="second", EventPattern='{"source": ["app"]}')
    events.put_targets(Rule="r", EventBusName="second", Targets=[{"Id": "1", "Arn": cloud.queue("q").arn}])
    events.put_events(Entries=[entry()])
    told = [(one.kind, one.resource, one.details.get("rules"), one.details.get("targets")) for one in cloud.trace]
    assert [one for one in told if one[0] in ("event.put", "event.matched")] == [
        ("event.put", "default", ["first"], None),
        ("event.matched", "first", None, [second]),
        ("event.put", "second", ["r"], None),
        ("event.matched", "r", None, [cloud.queue("q").arn]),
    ]


PARTS: dict[str, Any] = {"source": "app", "detail-type": "t", "detail": {}}
INVALID, MALFORMED = "InvalidArgument: it is not an event", "MalformedDetail: it is not an event"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", INVALID),
        ("[]", INVALID),
        *((json.dumps({name: value for name, value in PARTS.items() if name != left}), INVALID) for left in PARTS),
        *((json.dumps({**PARTS, name: 1}), MALFORMED) for name in PARTS),
        (json.dumps({**PARTS, "detail": []}), MALFORMED),
        (json.dumps({**PARTS, "detail": {"n": 0}}).replace("0", "1e400"), MALFORMED),
        (json.dumps(PARTS), None),
        (json.dumps({**PARTS, "resources": ["x"]}), None),
    ],
)
def test_what_a_bus_takes_of_what_others_deliver(
    cloud: minicloud.Cloud, events: Any, body: str, reason: str | None
) -> None:
    events.describe_event_bus()
    state = state_of(cloud)
    take = state.target(DEFAULT_BUS)
    assert take is not None
    failures: list[str] = []
    delivery: Any = SimpleNamespace(body=body, made=None, fail=lambda _, why: failures.append(why))
    take(0, delivery)
    assert failures == [one for one in (reason,) if one is not None]
    put = cloud.bus().events
    assert len(put) == (reason is None)
    if reason is None:
        assert put[0]["resources"] == json.loads(body).get("resources", [])
        take(0, delivery)  # it was interrupted behind that
        assert cloud.bus().events == put
    assert state.target(f"{DEFAULT_BUS}2") is None


TEMPLATE = {"InputTemplate": '"x"'}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"Id": "x" * 65}, "id"),
        ({"Arn": "x" * 1601}, "arn"),
        ({"RoleArn": "x" * 1601}, "roleArn"),
        ({"Input": "x" * 8193}, "input"),
        ({"InputPath": "$" * 257}, "inputPath"),
        (
            {"InputTransformer": {**TEMPLATE, "InputPathsMap": {f"a{number}": "$" for number in range(101)}}},
            "inputTransformer.inputPathsMap",
        ),
        ({"InputTransformer": {**TEMPLATE, "InputPathsMap": {"a b": "$"}}}, "inputTransformer.inputPathsMap.key"),
        (
            {"InputTransformer": {**TEMPLATE, "InputPathsMap": {"a": "$", "key": "$" * 257}}},
            "inputTransformer.inputPathsMap.key.member",
        ),
        ({"InputTransformer": {"InputTemplate": "x" * 8193}}, "inputTransformer.inputTemplate"),
        ({"KinesisParameters": {"PartitionKeyPath": "$" * 257}}, "kinesisParameters.partitionKeyPath"),
        ({"DeadLetterConfig": {"Arn": "x" * 1601}}, "deadLetterConfig.arn"),
        ({"RetryPolicy": {"MaximumRetryAttempts": 186}}, "retryPolicy.maximumRetryAttempts"),
        ({"RetryPolicy": {"MaximumEventAgeInSeconds": 86_401}}, "retryPolicy.maximumEventAgeInSeconds"),
    ],
)
def test_where_the_second_target_is_wrong_is_said(events: Any, given: dict[str, Any], path: str) -> None:
    events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
    queue = {"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}
    code, text = refused(events.put_targets, Rule="r", Targets=[queue, {**queue, "Id": "2", **given}])
    assert code == "ValidationException"
    assert text.startswith("1 validation error detected: ")
    assert f" at 'targets.2.member.{path}' failed to satisfy constraint: " in text
