"""``cloud.bus``, ``cloud.rule``; the trace, the report, histories, verdicts and snapshots of EventBridge."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import report
from minicloud.inspection.verdicts import judge

PLACE = "us-east-1:123456789012"
QUEUE = {"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:orders"}
LARGE = {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True, region_name="us-east-1") as made:
        sqs, events = made.client("sqs"), made.client("events")
        sqs.create_queue(QueueName="orders")
        events.put_rule(Name="large", EventPattern=json.dumps(LARGE))
        events.put_targets(Rule="large", Targets=[QUEUE])
        yield made


def put(cloud: minicloud.Cloud, *totals: int) -> None:
    cloud.client("events").put_events(
        Entries=[{"Source": "shop", "DetailType": "order", "Detail": json.dumps({"total": total})} for total in totals]
    )


def test_views(cloud: minicloud.Cloud) -> None:
    bus, rule = cloud.bus(), cloud.rule("large")
    assert (bus.name, bus.arn) == ("default", f"arn:aws:events:{PLACE}:event-bus/default")
    assert (bus.events, bus.unmatched, rule.matched) == ([], [], [])
    assert [one.name for one in bus.rules] == ["large"]
    assert (rule.pattern, rule.expression, rule.state, rule.next_due) == (LARGE, None, "ENABLED", None)
    assert rule.targets == [QUEUE]
    assert cloud.rule(rule.arn).arn == rule.arn == f"arn:aws:events:{PLACE}:rule/large"
    put(cloud, 99, 101)
    assert [event["detail"]["total"] for event in bus.events] == [99, 101]
    assert rule.matched == bus.events[1:]
    assert bus.unmatched == bus.events[:1]
    bus.events[0]["detail"].clear()  # a copy
    assert bus.events[0]["detail"] == {"total": 99}
    assert repr(bus) == "<event bus default: 1 rules>"
    assert repr(rule) == "<rule large: ENABLED>"
    cloud.close()
    assert len(rule.matched) == 1


def test_what_there_is_not(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.UsageError, match="there is no rule 'larg'; did you mean 'large'"):
        cloud.rule("larg")
    with pytest.raises(minicloud.UsageError, match="there is no rule 'large'"):
        cloud.rule("large", bus="other")
    with pytest.raises(minicloud.UsageError, match=r"there is no event bus 'shop'; there are: default"):
        cloud.bus("shop")
    assert minicloud.Cloud().bus().events == []


def test_the_trace_in_words(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    missing = {"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:no", "DeadLetterConfig": {"Arn": QUEUE["Arn"]}}
    events.put_targets(Rule="hourly", Targets=[missing])
    put(cloud, 99, 101)
    cloud.faults.refuse("InternalError", operation="SendMessage", resource="orders", nth=1)
    put(cloud, 102)
    entry = {"Source": "shop", "DetailType": "order", "Detail": "{}", "EventBusName": "nobody"}
    events.put_events(Entries=[entry, {**entry, "EventBusName": "default", "Detail": "no"}])
    cloud.clock.advance(3600)
    told = [line.split(maxsplit=1)[1] for line in cloud.trace.render().splitlines()]
    lines = [line for line in told if line.startswith(("default", "large", "hourly", "orders", "nobody"))]
    ids = [event["id"][:8] for event in (*cloud.bus().events, *cloud.rule("hourly").matched)]

    def words(name: str, what: str) -> str:
        (found,) = (line for line in lines if line.startswith(name) and what in line)
        return found

    assert f"{ids[0]} " in words("default", '"total": 99')
    assert words("default", '"total": 99').endswith(": shop 'order' put: matched by no rule")
    assert words("default", '"total": 101').endswith(": shop 'order' put: matched by large")
    assert "orders did not take it (InternalError" in words("large", "did not take it")
    assert words("large", "did not take it").endswith(": again at 00:00:01.000")
    assert words("hourly", "its schedule has made").endswith("its schedule has made an event, for no")
    assert words("hourly", "did not take it").endswith("(AWS.SimpleQueueService.NonExistentQueue): moved to orders")
    assert words("nobody", "").endswith(": shop 'order' put on a bus that there is not: it goes nowhere")
    refusal = "entry 2 of a call refused: MalformedDetail: Detail is malformed."
    assert words("default", "entry").endswith(refusal)
    delivered = [line for line in lines if "delivered from event" in line]
    assert [any(name in line for line in delivered) for name in ids] == [False, True, True, False]


def test_the_report_says_why_a_rule_has_matched_nothing(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="off", EventPattern='{"source": ["shop"]}', State="DISABLED")
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    events.create_event_bus(Name="other")
    events.put_rule(Name="there", EventBusName="other", EventPattern='{"source": ["shop"]}')
    put(cloud, 98, 99)
    lines = [line for line in report(list(cloud.trace)).splitlines() if line.startswith("rule ")]
    assert lines == [
        'rule large matched none of 2 events: "detail.total" is 99, which does not meet [{"numeric":[">",100]}]',
        "rule off matched none of 2 events: it is disabled",
    ]
    put(cloud, 101)
    lines = [line for line in report(list(cloud.trace)).splitlines() if line.startswith("rule ")]
    assert lines == ["rule off matched none of 3 events: it is disabled"]


def test_histories_follow_events_to_queues(cloud: minicloud.Cloud) -> None:
    put(cloud, 101)
    assert cloud.check_history()
    (account,) = cloud.ledger.of("orders")
    assert account.origin == f"event:{cloud.bus().events[0]['id']}"
    cloud.faults.drop(resource="orders")
    put(cloud, 102)
    (violation,) = cloud.check_history().violations
    short = cloud.bus().events[1]["id"][:8]
    assert violation.text == f"event {short}, matched by the rule large, did not arrive"
    cloud.faults.clear()
    cloud.client("sqs").delete_queue(QueueUrl=cloud.queue("orders").url)
    put(cloud, 103)
    assert "NonExistentQueue" in cloud.check_history().violations[-1].text


def test_what_is_tried_again_is_owed(cloud: minicloud.Cloud) -> None:
    cloud.faults.refuse("InternalError", operation="SendMessage", resource="orders", nth=1)
    put(cloud, 101)
    assert cloud.check_history()  # it may still arrive
    assert f"a delivery of events:large to {QUEUE['Arn']}" in judge(cloud, ("nothing_owed",))
    assert cloud.run_until_idle().total_seconds() == 1
    assert not judge(cloud, ("nothing_owed",))
    assert len(cloud.queue("orders").bodies) == 1


def test_snapshots_and_resets(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    put(cloud, 101)
    cloud.clock.advance(90)
    before = cloud.snapshot()

    def story() -> Any:
        cloud.clock.advance(60)
        put(cloud, 102)
        return cloud.rule("often").matched, cloud.bus().events, cloud.queue("orders").bodies

    first = story()
    events.delete_rule(Name="often")
    events.remove_targets(Rule="large", Ids=["1"])
    cloud.restore(before)
    assert story() == first
    assert [len(one) for one in first] == [2, 2, 2]
    cloud.reset()
    cloud.clock.advance(3600)
    assert (cloud.bus().events, cloud.bus().rules) == ([], [])
    assert events.list_event_buses()["EventBuses"][0]["Name"] == "default"


def test_the_same_seed_tells_the_same_story() -> None:
    def story(delivery: Any) -> str:
        cloud = minicloud.Cloud(clock="virtual", seed=3, trace=True, region_name="us-east-1", delivery=delivery)
        cloud.client("sqs").create_queue(QueueName="orders")
        events = cloud.client("events")
        events.put_rule(Name="large", EventPattern=json.dumps(LARGE), ScheduleExpression="rate(1 minute)")
        events.put_targets(Rule="large", Targets=[QUEUE])
        for number in range(101, 110):
            put(cloud, number)
        cloud.clock.advance(300)
        return cloud.trace.render()

    assert story("readable") == story("readable")
    assert story("aws") == story("aws")
    assert "as AWS may do: delivered twice" in story("aws")
    assert "delivered twice" not in story("readable")
