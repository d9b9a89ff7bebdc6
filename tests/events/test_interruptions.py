"""Calls of EventBridge into which an exception comes: as a whole or not at all; and schedules, retries and replays."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests.support import strikes
from tests.support.depth import is_deep
from tests.support.strikes import FORMS, Form

from .support import DEFAULT_BUS, PLACE, entry

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TIMES = {"EventStartTime": datetime(2025, 1, 1, tzinfo=UTC), "EventEndTime": datetime(2027, 1, 1, tzinfo=UTC)}
ORDERS = {"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:orders"}
MISSING = {
    "Id": "2",
    "Arn": f"arn:aws:sqs:{PLACE}:missing",
    "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{PLACE}:dlq"},
}
STREAM = {"Id": "3", "Arn": f"arn:aws:kinesis:{PLACE}:stream/s", "RoleArn": "arn:aws:iam::123456789012:role/r"}
BUS = {"Id": "4", "Arn": f"arn:aws:events:{PLACE}:event-bus/other", "RoleArn": "arn:aws:iam::123456789012:role/r"}
OTHER = {"EventBusName": "other"}


class World(strikes.World):
    """A cloud with buses and rules, and what can be seen of them."""

    LONG = 600

    def __init__(self, **options: Any) -> None:
        super().__init__(region_name="us-east-1", **options)
        self.client: Any = self.cloud.client("events")
        sqs = self.cloud.client("sqs")
        for name in ("orders", "dlq"):
            sqs.create_queue(QueueName=name)
        self.cloud.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        self.client.list_event_buses()  # the default bus is as old as the first look at it
        self.client.create_event_bus(Name="other")
        self.client.put_rule(Name="there", EventPattern='{"source": ["app"]}')
        self.client.put_targets(Rule="there", Targets=[ORDERS, MISSING, STREAM, BUS])
        self.client.put_rule(Name="again", EventPattern='{"source": ["app"]}', **OTHER)
        self.client.put_targets(Rule="again", Targets=[ORDERS], **OTHER)

    def check(self) -> None:
        engine: Any = self.cloud
        for service in engine.services("events"):
            service.check()

    def look(self) -> Any:
        client, cloud = self.client, self.cloud
        seen: list[Any] = [client.list_event_buses()["EventBuses"], client.list_archives()["Archives"]]
        seen.append(client.list_replays()["Replays"])
        for name in ("default", "other"):
            for rule in client.list_rules(EventBusName=name)["Rules"]:
                if "ManagedBy" in rule:  # an archive's
                    continue
                view = cloud.rule(rule["Arn"])
                tags = client.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
                seen.append((rule, view.targets, view.next_due, view.matched, tags))
            seen.append(cloud.bus(name).events)
        queues = [[(one.body, dict(one.message_attributes)) for one in cloud.queue(name).messages] for name in _QUEUES]
        return _IDS.sub("#", repr([*seen, queues, [one.data for one in cloud.stream("s").records]]))


_QUEUES = ("orders", "dlq")
Row = strikes.Row[World]


def nothing(_: World) -> None:
    pass


def scheduled(w: World) -> None:
    w.client.put_rule(Name="s", ScheduleExpression="rate(5 minutes)")
    w.client.put_targets(Rule="s", Targets=[ORDERS, STREAM])


def archived(w: World) -> None:
    w.client.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS)
    for number in range(2):
        w.client.put_events(Entries=[entry({"n": number})])


def tried_again(w: World) -> None:
    w.cloud.faults.refuse("InternalError", operation="SendMessage", resource="orders", first=2)
    w.client.put_events(Entries=[entry()])


def replay(w: World) -> None:
    archive = f"arn:aws:events:{PLACE}:archive/a"
    w.client.start_replay(ReplayName="p", EventSourceArn=archive, Destination={"Arn": DEFAULT_BUS}, **_TIMES)
    w.cloud.clock.advance(1)


ROWS: dict[str, Row] = {
    "create a bus": Row(nothing, lambda w: w.client.create_event_bus(Name="new", Tags=[{"Key": "a", "Value": "b"}])),
    "update a bus": Row(nothing, lambda w: w.client.update_event_bus(Name="other", Description="d")),
    "delete a bus": Row(
        lambda w: w.client.create_event_bus(Name="new"), lambda w: w.client.delete_event_bus(Name="new")
    ),
    "put a rule": Row(nothing, lambda w: w.client.put_rule(Name="new", EventPattern='{"source": ["app"]}')),
    "put a schedule": Row(nothing, lambda w: w.client.put_rule(Name="new", ScheduleExpression="rate(1 minute)")),
    "put it over another": Row(scheduled, lambda w: w.client.put_rule(Name="s", EventPattern='{"source": ["x"]}')),
    "disable a schedule": Row(scheduled, lambda w: w.client.disable_rule(Name="s")),
    "delete a rule": Row(
        lambda w: w.client.put_rule(Name="new", ScheduleExpression="rate(1 minute)"),
        lambda w: w.client.delete_rule(Name="new"),
    ),
    "put targets": Row(scheduled, lambda w: w.client.put_targets(Rule="s", Targets=[{**ORDERS, "Id": "9"}, MISSING])),
    "remove targets": Row(nothing, lambda w: w.client.remove_targets(Rule="there", Ids=["1", "2"])),
    "put an event": Row(nothing, lambda w: w.client.put_events(Entries=[entry()])),
    "a schedule is due": Row(scheduled, lambda w: w.cloud.clock.advance(300)),
    "a delivery is tried again": Row(tried_again, lambda w: w.cloud.clock.advance(3)),
    "permit": Row(
        nothing,
        lambda w: w.client.put_permission(Action="events:PutEvents", Principal="*", StatementId="s"),
    ),
    "tag": Row(
        nothing,
        lambda w: w.client.tag_resource(
            ResourceARN=f"arn:aws:events:{PLACE}:rule/there", Tags=[{"Key": "a", "Value": "b"}]
        ),
    ),
    "create an archive": Row(
        nothing, lambda w: w.client.create_archive(ArchiveName="a", EventSourceArn=DEFAULT_BUS, RetentionDays=1)
    ),
    "update an archive": Row(
        archived, lambda w: w.client.update_archive(ArchiveName="a", Description="d", RetentionDays=1)
    ),
    "delete an archive": Row(archived, lambda w: w.client.delete_archive(ArchiveName="a")),
    "put what is archived": Row(archived, lambda w: w.client.put_events(Entries=[entry()])),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)


def test_of_a_replay_that_is_interrupted_each_event_is_put_once() -> None:
    warm = World()
    archived(warm)
    replay(warm)
    for place in range(1, 10_000, 5 * strikes.STRIDE if is_deep() else 150):
        world = World()
        archived(world)
        _, struck = strikes.by_profile(partial(replay, world), place)
        if not struck:
            break
        world.cloud.clock.advance(60)
        world.check()
        names = [event.get("replay-name") for event in world.cloud.bus().events]
        assert names in ([None, None], [None, None, "p", "p"]), struck
        assert len(world.cloud.rule("there").matched) == len(names), struck
        numbers = sorted(json.loads(body)["detail"]["n"] for body in world.cloud.queue("orders").bodies)
        assert numbers in ([0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]), struck
