"""Archives and replays."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud

from .support import DEFAULT_BUS, PLACE, entry, refused, rule_to

VALIDATION, NOT_FOUND, EXISTS = "ValidationException", "ResourceNotFoundException", "ResourceAlreadyExistsException"
ARCHIVE = f"arn:aws:events:{PLACE}:archive/a"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = {"EventStartTime": BEGIN, "EventEndTime": BEGIN + timedelta(hours=1)}
REPLAY: dict[str, Any] = {"EventSourceArn": ARCHIVE, "Destination": {"Arn": DEFAULT_BUS}, **HOUR}


def bare(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "CreationTime")}


def test_an_archive(cloud: minicloud.Cloud, events: Any) -> None:
    made = events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    assert bare(made) == {"ArchiveArn": ARCHIVE, "State": "ENABLED"}
    outline = {"ArchiveName": "a", "EventSourceArn": DEFAULT_BUS, "State": "ENABLED", "RetentionDays": 0}
    empty = {"SizeBytes": 0, "EventCount": 0}
    assert bare(events.describe_archive(ArchiveName="a")) == {"ArchiveArn": ARCHIVE, **outline, **empty}
    assert [bare(one) for one in events.list_archives()["Archives"]] == [{**outline, **empty}]
    half = {**entry(), "Detail": '{"half of a character": "\\ud800"}'}
    events.put_events(Entries=[half, entry({"n": 2}, source="other")])
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 2
    pattern = '{"source": ["app"]}'
    changed = events.update_archive(ArchiveName="a", EventPattern=pattern, Description="d", RetentionDays=1)
    assert bare(changed) == {"ArchiveArn": ARCHIVE, "State": "ENABLED"}
    cloud.clock.advance(60)
    events.put_events(Entries=[entry({"n": 3}), entry({"n": 4}, source="other")])
    found = events.describe_archive(ArchiveName="a")
    assert (found["EventPattern"], found["Description"], found["EventCount"]) == (pattern, "d", 3)
    assert found["SizeBytes"] > 500
    cloud.clock.advance(24 * 3600 - 30)
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1
    bus = events.create_event_bus(Name="orders")["EventBusArn"]
    events.create_archive(ArchiveName="ab", EventSourceArn=bus)
    assert [one["ArchiveName"] for one in events.list_archives(Limit=1)["Archives"]] == ["a"]
    for given, names in (
        ({"NamePrefix": "ab"}, ["ab"]),
        ({"NamePrefix": "x"}, []),
        ({"EventSourceArn": bus}, ["ab"]),
        ({"State": "ENABLED"}, ["a", "ab"]),
        ({"State": "DISABLED"}, []),
    ):
        assert [one["ArchiveName"] for one in events.list_archives(**given)["Archives"]] == names
    assert bare(events.delete_archive(ArchiveName="a")) == {}
    missing = NOT_FOUND, "Archive a does not exist."
    assert refused(events.delete_archive, ArchiveName="a") == missing
    assert refused(events.describe_archive, ArchiveName="a") == missing


def test_members_of_archives_and_replays_come_in_the_models_order(cloud: minicloud.Cloud, events: Any) -> None:
    key = f"arn:aws:kms:{PLACE}:key/k"
    given = {"Description": "d", "EventPattern": '{"source": ["app"]}', "KmsKeyIdentifier": key}
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS, **given)
    events.put_events(Entries=[entry()])
    events.start_replay(ReplayName="r", Description="d", **REPLAY)
    cloud.run_until_idle()
    times = ["EventStartTime", "EventEndTime", "EventLastReplayedTime", "ReplayStartTime", "ReplayEndTime"]
    counts = ["RetentionDays", "SizeBytes", "EventCount", "CreationTime"]
    described = ["ArchiveArn", "ArchiveName", "EventSourceArn", "Description", "EventPattern", "State"]
    for answer, names in (
        (events.describe_archive(ArchiveName="a"), [*described, "KmsKeyIdentifier", *counts, "ResponseMetadata"]),
        (events.list_archives()["Archives"][0], ["ArchiveName", "EventSourceArn", "State", *counts]),
        (
            events.describe_replay(ReplayName="r"),
            [
                *("ReplayName", "ReplayArn", "Description", "State", "EventSourceArn", "Destination"),
                *(*times, "ResponseMetadata"),
            ],
        ),
        (events.list_replays()["Replays"][0], ["ReplayName", "EventSourceArn", "State", *times]),
    ):
        assert list(answer) == names


def test_rules_of_archives(cloud: minicloud.Cloud, events: Any) -> None:
    bus = events.create_event_bus(Name="orders")["EventBusArn"]
    for name, where, pattern in (
        ("a", DEFAULT_BUS, None),
        ("b", DEFAULT_BUS, {"source": ["app"], "replay-name": ["x"]}),
        ("c", bus, {"detail-type": ["t"], "source": ["other"]}),
    ):
        given = {} if pattern is None else {"EventPattern": json.dumps(pattern)}
        events.create_archive(ArchiveName=name, EventSourceArn=where, **given)
    for name in ("A", "Z"):
        events.put_rule(Name=name, EventPattern='{"source": ["app"]}')
    listed = events.list_rules()["Rules"]
    a, b = "Events-Archive-a", "Events-Archive-b"
    assert [one["Name"] for one in listed] == ["A", a, b, "Z"]
    shown = {"Name": a, "Arn": f"arn:aws:events:{PLACE}:rule/{a}", "State": "ENABLED", "EventBusName": "default"}
    managed = {"ManagedBy": "prod.vhs.events.aws.internal", "EventPattern": '{"replay-name":[{"exists":false}]}'}
    assert (listed[1], "ManagedBy" in listed[0]) == ({**shown, **managed}, False)
    assert json.loads(listed[2]["EventPattern"]) == {"source": ["app"], "replay-name": [{"exists": False}]}
    described = bare(events.describe_rule(Name=a))
    assert described == {**shown, **managed, "CreatedBy": "123456789012"}
    (other,) = events.list_rules(EventBusName="orders", NamePrefix="Events-")["Rules"]
    assert other["Arn"] == f"arn:aws:events:{PLACE}:rule/orders/Events-Archive-c"
    pages = [events.list_rules(Limit=2)]
    pages.append(events.list_rules(Limit=2, NextToken=pages[0]["NextToken"]))
    assert [[one["Name"] for one in page["Rules"]] for page in pages] == [["A", a], [b, "Z"]]
    assert "NextToken" not in pages[1]
    (target,) = events.list_targets_by_rule(Rule=a)["Targets"]
    assert (target["Id"], target["Arn"]) == (a, "arn:aws:events:us-east-1:::")
    assert target["InputTransformer"]["InputPathsMap"] == {}
    template = target["InputTransformer"]["InputTemplate"]
    assert template.startswith(f'{{"archive-arn": "{ARCHIVE}:')
    assert template.endswith('"event": <aws.events.event.json>, "ingestion-time": <aws.events.event.ingestion-time>}')
    for call, params in (
        (events.put_rule, {"Name": a, "EventPattern": '{"source": ["app"]}'}),
        (events.disable_rule, {"Name": a}),
        (events.enable_rule, {"Name": a}),
        (events.delete_rule, {"Name": a}),
        (events.put_targets, {"Rule": a, "Targets": [{"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}]}),
        (events.remove_targets, {"Rule": a, "Ids": [a]}),
    ):
        text = f"Rule {a} is managed by prod.vhs.events.aws.internal and cannot be changed."
        assert refused(call, **params) == ("ManagedRuleException", text), params
    for operation, call, params in (
        ("DeleteRule", events.delete_rule, {"Name": a}),
        ("RemoveTargets", events.remove_targets, {"Rule": a, "Ids": [a]}),
    ):
        with pytest.raises(minicloud.UsageError) as caught:
            call(**params, Force=True)
        assert str(caught.value) == (
            f"events.{operation} was given Force for the rule of an archive: delete the archive"
        )
    assert events.list_rules()["Rules"] == listed
    assert [one.name for one in cloud.bus("default").rules] == ["A", "Z"]
    events.delete_archive(ArchiveName="a")
    assert [one["Name"] for one in events.list_rules()["Rules"]] == ["A", b, "Z"]
    assert refused(events.describe_rule, Name=a) == (NOT_FOUND, f"Rule {a} does not exist on EventBus default.")
    events.put_rule(Name=a, EventPattern='{"source": ["app"]}')
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    assert "ManagedBy" not in events.describe_rule(Name=a)


def test_what_archives_refuse(events: Any) -> None:
    create = events.create_archive
    create(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    assert refused(create, ArchiveName="a", EventSourceArn=DEFAULT_BUS) == (EXISTS, "Archive a already exists.")
    other = DEFAULT_BUS.replace("us-east-1", "eu-west-1")
    for bus in (f"arn:aws:events:{PLACE}:event-bus/no", other):
        gone = NOT_FOUND, f"Event bus {bus.rpartition('/')[2]} does not exist."
        assert refused(create, ArchiveName="b", EventSourceArn=bus) == gone
        assert refused(events.list_archives, EventSourceArn=bus) == gone
    assert refused(events.update_archive, ArchiveName="no") == (
        VALIDATION,
        "At least one of EventPattern, RetentionDays or Description must be provided.",
    )
    pattern = {"EventSourceArn": DEFAULT_BUS, "EventPattern": "{"}
    assert refused(create, ArchiveName="b", **pattern)[0] == "InvalidEventPatternException"
    assert refused(events.list_archives, NamePrefix="a", State="ENABLED") == (
        VALIDATION,
        "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
    )


def test_a_replay_to_one_rule(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    for name in ("x", "y"):
        sqs.create_queue(QueueName=name)
        rule_to(events, cloud.queue(name).arn, name=name)
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS, EventPattern='{"source": ["app"]}')
    for number in range(5):
        events.put_events(Entries=[entry({"n": number}), entry(source="other")])
        cloud.clock.advance(60)
    late = entry({"n": 5}, Time=BEGIN + timedelta(hours=2))
    events.put_events(Entries=[late])
    only = {"Arn": DEFAULT_BUS, "FilterArns": [f"arn:aws:events:{PLACE}:rule/x"]}
    begun = events.start_replay(ReplayName="p", **{**REPLAY, "Destination": only}, Description="d")
    assert (begun["State"], begun["ReplayArn"]) == ("STARTING", f"arn:aws:events:{PLACE}:replay/p")
    found = events.describe_replay(ReplayName="p")
    assert bare(found) == {
        "ReplayName": "p",
        "ReplayArn": f"arn:aws:events:{PLACE}:replay/p",
        "Description": "d",
        "State": "COMPLETED",
        "EventSourceArn": ARCHIVE,
        "Destination": only,
        **HOUR,
        "EventLastReplayedTime": BEGIN + timedelta(minutes=4),
        "ReplayStartTime": BEGIN + timedelta(minutes=5),
        "ReplayEndTime": BEGIN + timedelta(minutes=5),
    }
    put, again = cloud.queue("x").bodies[:6], cloud.queue("x").bodies[6:]
    assert [json.loads(body) for body in again] == [{**json.loads(body), "replay-name": "p"} for body in put[:5]]
    assert len(cloud.queue("y").bodies) == 6
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 6
    (listed,) = events.list_replays(NamePrefix="p")["Replays"]
    assert listed == {
        name: found[name]
        for name in found
        if name not in ("ResponseMetadata", "ReplayArn", "Description", "Destination")
    }
    assert events.list_replays(State="RUNNING")["Replays"] == []
    assert events.list_replays(EventSourceArn=ARCHIVE)["Replays"] == [listed]
    over = "IllegalStatusException", "Replay p is not in a valid state for this operation."
    assert refused(events.cancel_replay, ReplayName="p") == over


def test_a_replay_is_of_what_came_between_its_times(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    rule_to(events, cloud.queue("q").arn, name="r")
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    for number in range(5):
        events.put_events(Entries=[entry({"n": number})])
        cloud.clock.advance(1)
    put = len(cloud.queue("q").bodies)
    second = timedelta(seconds=1)
    for name, begin, end, want in (
        ("one", 1, 3, [1, 2, 3]),
        ("two", 0, 1, [0, 1]),
        ("three", 4, 9, [4]),
        ("four", 5, 9, []),
    ):
        times = {"EventStartTime": BEGIN + begin * second, "EventEndTime": BEGIN + end * second}
        events.start_replay(ReplayName=name, **{**REPLAY, **times})
        cloud.run_until_idle()
        again = [json.loads(body) for body in cloud.queue("q").bodies[put:]]
        assert [one["detail"]["n"] for one in again if one["replay-name"] == name] == want, name


def test_what_replays_refuse(cloud: minicloud.Cloud, events: Any) -> None:
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    start = events.start_replay
    for given, text in (
        ({"EventSourceArn": f"{ARCHIVE}b"}, "EventSourceArn is not valid. Reason: Archive ab does not exist."),
        (
            {"EventEndTime": BEGIN},
            "EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
        ),
        (
            {"Destination": {"Arn": f"{DEFAULT_BUS}2"}},
            "Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
        ),
        (
            {"Destination": {"Arn": f"arn:aws:sqs:{PLACE}:q"}},
            "Destination.Arn is not valid. Reason: Must contain an event bus ARN.",
        ),
    ):
        assert refused(start, ReplayName="p", **{**REPLAY, **given}) == (VALIDATION, f"Parameter {text}")
    events.create_event_bus(Name="own")
    events.put_rule(Name="x", EventBusName="own", EventPattern='{"source": ["app"]}')
    for rule in ("x", "own/x"):  # none of the archive's bus
        nobody = {"Arn": DEFAULT_BUS, "FilterArns": [f"arn:aws:events:{PLACE}:rule/{rule}"]}
        assert refused(start, ReplayName="p", **{**REPLAY, "Destination": nobody}) == (
            VALIDATION,
            "Parameter FilterArns is not valid. Reason: Rule x does not exist.",
        )
    start(ReplayName="p", **REPLAY)  # there is nothing to put
    assert events.describe_replay(ReplayName="p")["State"] == "COMPLETED"
    assert refused(start, ReplayName="p", **REPLAY) == (EXISTS, "Replay p already exists.")
    missing = NOT_FOUND, "Replay no does not exist."
    for operation in (events.describe_replay, events.cancel_replay):
        assert refused(operation, ReplayName="no") == missing


def test_replays_are_listed(cloud: minicloud.Cloud, events: Any) -> None:
    events.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    events.create_archive(ArchiveName="b", EventSourceArn=DEFAULT_BUS)
    for name in ("p3", "p1", "q", "p2"):
        events.start_replay(ReplayName=name, **REPLAY)
    events.start_replay(ReplayName="b", **{**REPLAY, "EventSourceArn": ARCHIVE[:-1] + "b"})

    def listed(**asked: Any) -> list[str]:
        return [one["ReplayName"] for one in events.list_replays(**asked)["Replays"]]

    assert listed() == ["b", "p1", "p2", "p3", "q"]
    assert listed(NamePrefix="p") == ["p1", "p2", "p3"]
    assert listed(EventSourceArn=ARCHIVE[:-1] + "b") == ["b"]
    assert (len(listed(State="COMPLETED")), listed(State="FAILED")) == (5, [])
    first = events.list_replays(NamePrefix="p", Limit=2)
    second = events.list_replays(NamePrefix="p", Limit=2, NextToken=first["NextToken"])
    names = [one["ReplayName"] for one in first["Replays"] + second["Replays"]]
    assert (names, "NextToken" in second) == (["p1", "p2", "p3"], False)
    assert refused(events.list_replays, NextToken="x") == (VALIDATION, "Parameter NextToken is not valid.")
    for given in (
        {"NamePrefix": "a", "State": "FAILED"},
        {"NamePrefix": "a", "EventSourceArn": ARCHIVE},
        {"EventSourceArn": ARCHIVE, "State": "FAILED"},
    ):
        assert refused(events.list_replays, **given) == (
            VALIDATION,
            "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.",
        )


def test_archives_are_listed_in_pages(events: Any) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    for name in ("c", "a", "b"):
        events.create_archive(ArchiveName=name, EventSourceArn=DEFAULT_BUS, RetentionDays=2, KmsKeyIdentifier=key)
    first = events.list_archives(Limit=2)
    second = events.list_archives(Limit=2, NextToken=first["NextToken"])
    assert [one["ArchiveName"] for one in first["Archives"] + second["Archives"]] == ["a", "b", "c"]
    assert "NextToken" not in second
    assert refused(events.list_archives, NextToken="x") == (VALIDATION, "Parameter NextToken is not valid.")
    found = events.describe_archive(ArchiveName="a")
    assert (found["KmsKeyIdentifier"], found["RetentionDays"]) == (key, 2)
    events.update_archive(ArchiveName="a", KmsKeyIdentifier=f"{key}2")
    found = events.describe_archive(ArchiveName="a")
    assert (found["KmsKeyIdentifier"], found["RetentionDays"]) == (f"{key}2", 2)
