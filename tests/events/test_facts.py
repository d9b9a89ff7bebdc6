"""What the record says of events: each fact with all of its details."""

from __future__ import annotations

import json
from typing import Any

import minicloud

from .support import DEFAULT_BUS, PLACE, entry, rule_to

RULE = f"arn:aws:events:{PLACE}:rule/r"
GONE, LOST = (f"arn:aws:sqs:{PLACE}:{name}" for name in ("gone", "lost"))
MISSING = "AWS.SimpleQueueService.NonExistentQueue"


def told(cloud: minicloud.Cloud) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The facts of events, without the texts of events."""
    facts = []
    for one in cloud.trace:
        if one.kind.startswith("event."):
            details = dict(one.details)
            text = details.pop("body", None)
            assert text is None or f'"id":"{details["event_id"]}"' in text
            facts.append((one.kind, one.resource, details))
    return facts


def test_events_and_their_targets(cloud: minicloud.Cloud) -> None:
    events, sqs = cloud.client("events"), cloud.client("sqs")
    sqs.create_queue(QueueName="q")
    queue = cloud.queue("q").arn
    rule_to(events, GONE, DeadLetterConfig={"Arn": LOST})
    events.put_targets(Rule="r", Targets=[{"Id": "2", "Arn": queue, "InputPath": "$.detail.no"}])
    entries = [entry(), {**entry(), "Detail": "{"}, entry(source="x"), entry(source="x", EventBusName="nobody")]
    answers = events.put_events(Entries=entries)["Entries"]
    first, other, lost = (answers[number]["EventId"] for number in (0, 2, 3))
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=1)
    events.remove_targets(Rule="r", Ids=["1", "2"])
    events.put_targets(Rule="r", Targets=[{"Id": "3", "Arn": queue}])
    begin = round(cloud.clock.time())
    last = events.put_events(Entries=[entry()])["Entries"][0]["EventId"]
    cloud.run_until_idle()

    def put(event_id: str, source: str, *rules: str) -> tuple[str, str, dict[str, Any]]:
        details = {"source": source, "detail_type": "t", "rules": [*rules]}
        return "event.put", "default", {"event_id": event_id, **details, "arn": DEFAULT_BUS}

    def matched(event_id: str, *targets: str) -> tuple[str, str, dict[str, Any]]:
        details = {"targets": [*targets], "is_scheduled": False, "arn": RULE}
        return "event.matched", "r", {"event_id": event_id, **details}

    def failed(event_id: str, target: str, reason: str, due: int | None = None, is_lost: bool = False) -> Any:
        details = {"target": target, "reason": reason, "retries": 0, "due": due, "dead_letter_arn": None}
        details["is_lost"] = is_lost
        return "event.failed", "r", {"event_id": event_id, **details, "arn": RULE}

    assert told(cloud) == [
        put(first, "app", "r"),
        matched(first, GONE, queue),
        failed(first, queue, "the event has nothing at $.detail.no"),
        ("event.refused", "default", {"entry": 2, "code": "MalformedDetail", "reason": "Detail is malformed."}),
        put(other, "x"),
        ("event.lost", "nobody", {"event_id": lost, "source": "x", "detail_type": "t"}),
        failed(first, GONE, MISSING),
        failed(first, GONE, f"its dead-letter queue did not take it: {MISSING}", is_lost=True),
        put(last, "app", "r"),
        matched(last, queue),
        failed(last, queue, "ThrottlingException: Rate exceeded", due=(begin + 1) * 10**9),
    ]


def test_what_a_schedule_makes(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    cloud.client("sqs").create_queue(QueueName="q")
    queue = cloud.queue("q").arn
    events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": queue}])
    cloud.clock.advance(60)
    (body,) = cloud.queue("q").bodies
    event_id = json.loads(body)["id"]
    details = {"event_id": event_id, "targets": [queue], "is_scheduled": True, "arn": RULE}
    assert told(cloud) == [("event.matched", "r", details)]
