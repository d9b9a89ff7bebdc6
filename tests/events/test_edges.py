"""Where what EventBridge keeps and tries begins and ends, and what it says of itself to who looks closely."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import AwsError
from minicloud.services.events.event import Event
from minicloud.services.events.replay import _Step
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
        with pytest.raises(AssertionError, match=r"\] and not \[.*'z'"):
            state.check()
        state.check()  # it has been derived anew
        del items["z"]
        with pytest.raises(AssertionError, match=r"'z'.*\] and not \["):
            state.check()
    rule = rules.items["often"]
    timer, rule.timer = rule.timer, None
    assert timer is not None
    with pytest.raises(AssertionError, match=r"<rule often: ENABLED> is due at .* and has None"):
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


def test_of_how_many_kinds_of_events_a_bus_knows_its_rules(cloud: minicloud.Cloud, events: Any) -> None:
    rule_to(events, f"arn:aws:sqs:{PLACE}:q", pattern={"source": [{"prefix": "app"}]})
    bus = state_of(cloud).default_bus
    for number in range(256):
        events.put_events(Entries=[entry(source=f"app{number}")])
    assert len(bus._known) == 256
    events.put_events(Entries=[entry(source="app0"), entry(source="other")])
    assert [*bus._known] == [("other", "t")]
    events.put_events(Entries=[entry(source="app0")])
    assert len(cloud.rule("r").matched) == 256 + 2
    assert len(bus._known) == 2


def test_what_is_tried_again_is_owed_as_long_as_it_is(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    queue = cloud.queue("q").arn
    rule_to(events, queue)
    state = state_of(cloud)
    assert list(state.owed(0)) == []
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=2)
    events.put_events(Entries=[entry()])
    assert list(state.owed(0)) == [f"a delivery of events:r to {queue}"]
    cloud.clock.advance(1)
    assert list(state.owed(0)) == [f"a delivery of events:r to {queue}"]
    cloud.clock.advance(2)
    assert (list(state.owed(0)), len(cloud.queue("q").bodies)) == ([], 1)


NEVER: Any = SimpleNamespace(happened=False)


def interrupted(cause: Any) -> Event:
    return Event("x", "app", "t", "{}", 0, 0, cause)


def test_what_an_interrupted_replay_has_put_is_put_once(cloud: minicloud.Cloud, events: Any) -> None:
    """Its event is taken back before the count would have it happen."""
    rule_to(events, f"arn:aws:sqs:{PLACE}:q")
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    events.put_events(Entries=[entry()])
    state: Any = state_of(cloud)
    given = {"ReplayName": "p", "EventSourceArn": state.archives.items["a"].arn, "Destination": {"Arn": DEFAULT_BUS}}
    type(state).start_replay.handler(state, 0, **given, **HOUR)
    replay, bus = state.replays.items["p"], state.default_bus
    rule = bus.rules.items["r"]
    for events_of in (bus.events, rule.events):
        events_of.extend([interrupted(NEVER), interrupted(_Step(replay, 0))])
    cloud.run_until_idle()
    for events_of in (bus.events, rule.events):
        assert [(event.event_id == "x", event.happened) for event in events_of] == [(False, True)] * 2
    assert len(cloud.bus().events) == 2


def test_what_an_interrupted_tick_has_made_is_made_once(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")
    state = state_of(cloud)
    rule = state.default_bus.rules.items["r"]
    due = rule.due
    assert due is not None
    state.schedules._tick(rule, due - 1)  # which it has made
    assert (list(rule.events), rule.due) == ([], due)
    rule.events.extend([interrupted(NEVER), interrupted(NEVER)])
    state.schedules._tick(rule, due)
    assert [event.happened for event in rule.events] == [True]
    assert rule.due == due + 60 * 10**9
    state.schedules._tick(rule, rule.due)
    assert [event.happened for event in rule.events] == [True, True]


def test_a_rule_that_is_deleted_matches_no_more(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
    events.put_events(Entries=[entry()])
    events.delete_rule(Name="r")
    events.put_events(Entries=[entry()])
    assert [one.details["rules"] for one in cloud.trace.of("event.put")] == [["r"], []]


@pytest.mark.parametrize("asks_more", [False, True])
def test_rules_match_in_the_order_in_which_they_were_made(cloud: minicloud.Cloud, events: Any, asks_more: bool) -> None:
    """Whatever they ask for: by both of what there is a look-up for they are not sorted."""
    more = {"detail": {"n": [1]}} if asks_more else {}
    every = {"account": ["123456789012"]} if asks_more else {"source": [{"prefix": ""}]}
    patterns: list[dict[str, Any]] = [every, {"detail-type": ["t"]}, {"source": ["app"]}]
    patterns.append({"source": ["app"], "detail-type": ["t"]})
    for number, pattern in enumerate([*patterns, *reversed(patterns)]):
        events.put_rule(Name=str(number), EventPattern=json.dumps({**pattern, **more}))
    events.put_events(Entries=[entry({"n": 1})])
    (told,) = cloud.trace.of("event.put")
    assert told.details["rules"] == [str(number) for number in range(8)]


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("events", "event-bus/b"),
        ("firehose", "deliverystream/d"),
        ("kinesis", "stream/s"),
        ("lambda", "function:f"),
        ("logs", "log-group:/aws/events/l"),
        ("sns", "t.fifo"),
        ("sqs", "q-1_x"),
    ],
)
def test_what_the_arn_of_each_kind_of_target_ends_in(kind: str, resource: str) -> None:
    given = {"Id": "1", "Arn": f"arn:aws:{kind}:{PLACE}:{resource}", "RoleArn": "arn:aws:iam::123456789012:role/r"}
    target = Target(given)
    assert (target.kind, target.arn, target.is_plain) == (kind, given["Arn"], kind == "sqs")
    event = interrupted(NEVER)
    assert target.body_for(event, "") == event.text
    for wrong in ("x/y/z", "x:y:z", resource.replace(":", "/")[:-1] if ":" in resource else "a b"):
        with pytest.raises(AwsError, match=r"ValidationException|not valid"):
            Target({**given, "Arn": f"arn:aws:{kind}:{PLACE}:{wrong}"})


def test_why_a_delivery_was_given_up_is_told(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    rule_to(events, cloud.queue("q").arn, RetryPolicy={"MaximumRetryAttempts": 0})
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=1)
    events.put_events(Entries=[entry()])
    (told,) = cloud.trace.of("event.failed")
    assert told.details["reason"] == "ThrottlingException: Rate exceeded (MaximumRetryAttempts)"


def test_what_is_said_of_endpoints(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.UsageError) as caught:
        cloud.client("events").put_events(Entries=[entry()], EndpointId="e.x")  # type: ignore[list-item]
    assert str(caught.value) == (
        "events.PutEvents was given EndpointId: there are no global endpoints here: leave it out"
    )


def test_a_bus_is_as_old_as_it_is_however_often_it_is_changed(cloud: minicloud.Cloud, events: Any) -> None:
    events.create_event_bus(Name="orders")
    for seconds in (10, 30):
        cloud.clock.advance(10 if seconds == 10 else 20)
        events.update_event_bus(Name="orders", Description=str(seconds))
        found = events.describe_event_bus(Name="orders")
        times = found["CreationTime"], found["LastModifiedTime"]
        assert times == (BEGIN, BEGIN + timedelta(seconds=seconds))


def test_the_rule_of_an_archive_names_that_very_archive(cloud: minicloud.Cloud, events: Any) -> None:
    arn = events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)["ArchiveArn"]
    (target,) = events.list_targets_by_rule(Rule="Events-Archive-a")["Targets"]
    assert target["InputTransformer"]["InputTemplate"] == (
        f'{{"archive-arn": "{arn}:{state_of(cloud).archives.items["a"].id}", "event": <aws.events.event.json>, '
        '"ingestion-time": <aws.events.event.ingestion-time>}'
    )


def test_a_page_has_a_hundred_buses_and_a_hundred_replays() -> None:
    with minicloud.Cloud(clock="virtual", region_name="us-east-1", limits=minicloud.Limits(events_buses=200)) as cloud:
        events: Any = cloud.client("events")
        events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
        arn = events.describe_archive(ArchiveName="a")["ArchiveArn"]
        for number in range(101):
            events.create_event_bus(Name=f"b{number:03}")
            events.start_replay(
                ReplayName=f"b{number:03}", EventSourceArn=arn, Destination={"Arn": DEFAULT_BUS}, **HOUR
            )
        for operation, member in ((events.list_event_buses, "EventBuses"), (events.list_replays, "Replays")):
            first = operation(NamePrefix="b")
            rest = operation(NamePrefix="b", NextToken=first["NextToken"])
            assert (len(first[member]), len(rest[member]), "NextToken" in rest) == (100, 1, False), member


def test_for_which_bus_an_entry_was_that_is_not_put(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_events(Entries=[entry(EventBusName="own") | {"Detail": "{"}, entry(source="aws.x"), entry(source="")])
    assert [(one.resource, one.details["entry"]) for one in cloud.trace.of("event.refused")] == [
        ("own", 1),
        ("default", 2),
        ("default", 3),
    ]


def test_a_page_that_holds_all_there_is_is_the_last(cloud: minicloud.Cloud, events: Any) -> None:
    arn = f"arn:aws:sqs:{PLACE}:q"
    for number in range(2):
        events.create_event_bus(Name=f"b{number}")
        archive = events.create_archive(ArchiveName=f"b{number}", EventSourceArn=DEFAULT_BUS)["ArchiveArn"]
        destination = {"Arn": DEFAULT_BUS}
        events.start_replay(ReplayName=f"b{number}", EventSourceArn=archive, Destination=destination, **HOUR)
        rule_to(events, arn, arn, name=f"b{number}")
    for call, member, given in (
        (events.list_event_buses, "EventBuses", {"NamePrefix": "b"}),
        (events.list_archives, "Archives", {"NamePrefix": "b"}),
        (events.list_replays, "Replays", {"NamePrefix": "b"}),
        (events.list_rules, "Rules", {"NamePrefix": "b"}),
        (events.list_rule_names_by_target, "RuleNames", {"TargetArn": arn}),
        (events.list_targets_by_rule, "Targets", {"Rule": "b0"}),
    ):
        for limit, size, has_more in ((1, 1, True), (2, 2, False), (3, 2, False)):
            page = call(**given, Limit=limit)
            assert (len(page[member]), "NextToken" in page) == (size, has_more), (member, limit)


def test_a_name_may_have_colons_behind_what_kind_it_is(events: Any) -> None:
    arn = f"arn:aws:events:{PLACE}:rule/x:y"
    missing = ("ResourceNotFoundException", "Rule x:y does not exist on EventBus default.")
    assert refused(events.list_tags_for_resource, ResourceARN=arn) == missing


def test_what_is_answered_when_a_replay_begins(cloud: minicloud.Cloud, events: Any) -> None:
    arn = events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)["ArchiveArn"]
    cloud.clock.advance(1)
    answer = events.start_replay(ReplayName="p", EventSourceArn=arn, Destination={"Arn": DEFAULT_BUS}, **HOUR)
    del answer["ResponseMetadata"]
    assert answer == {
        "ReplayArn": f"arn:aws:events:{PLACE}:replay/p",
        "State": "STARTING",
        "ReplayStartTime": BEGIN + timedelta(seconds=1),
    }


def test_each_event_of_a_moment_says_what_it_is_itself(cloud: minicloud.Cloud, events: Any) -> None:
    """However like the one before it is."""
    said = [("a", "t"), ("a", "t"), ("a", "u"), ("b", "u"), ("b", "t"), ("a", "t")]
    events.put_events(Entries=[entry(source=source, detail_type=detail_type) for source, detail_type in said])
    late = entry(source="a", Time=BEGIN + timedelta(seconds=1))
    events.put_events(Entries=[late, entry(source="a"), {**late, "DetailType": "u"}])
    found = [(one["source"], one["detail-type"], one["time"][-3:]) for one in cloud.bus().events]
    expected = [(source, detail_type, "00Z") for source, detail_type in said]
    assert found == [*expected, ("a", "t", "01Z"), ("a", "t", "00Z"), ("a", "u", "01Z")]


@pytest.mark.parametrize("how", ["delete", "disable", "as a pattern"])
def test_what_is_due_no_more_is_not_on_the_timeline(cloud: minicloud.Cloud, events: Any, how: str) -> None:
    events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")
    rule = state_of(cloud).default_bus.rules.items["r"]
    timer = rule.timer
    assert timer is not None
    assert timer.due == rule.due
    if how == "delete":
        events.delete_rule(Name="r")
    elif how == "disable":
        events.disable_rule(Name="r")
    else:
        events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
    assert (rule.due, rule.timer, timer.callback) == (None, None, None)
    assert cloud.clock.advance_to_next() is None


@pytest.mark.parametrize("resource", ["events:event-bus/b", "firehose:deliverystream/d", "kinesis:stream/s"])
def test_what_is_reached_by_a_role_needs_one(resource: str) -> None:
    kind, _, name = resource.partition(":")
    with pytest.raises(AwsError, match="RoleArn"):
        Target({"Id": "1", "Arn": f"arn:aws:{kind}:{PLACE}:{name}"})
