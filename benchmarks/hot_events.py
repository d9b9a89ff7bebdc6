"""More operations whose instructions are counted: functions that are run, metrics, and events with their patterns."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import minicloud
from minicloud.core.event_pattern.matcher import compile_pattern, document_of

from .hot_operations import BODY, REPEATS, Task, new_cloud

__all__ = ["THEMES"]


def pattern_tasks(stack: ExitStack) -> dict[str, Task]:
    """Event patterns: an event is flattened once, and each rule looks at what came of it."""
    event = {
        **dict.fromkeys(("version", "id", "account", "time", "region"), "0"),
        "detail-type": "Order Placed",
        "source": "shop",
        "resources": [],
        "detail": {"state": "paid", "total": 12.5, "customer": {"id": "c1", "tier": "gold"}},
    }
    paid: Any = {"source": ["shop"], "detail": {"state": ["paid"], "total": [{"numeric": [">", 10]}]}}
    matching = compile_pattern(json.dumps(paid))
    other = compile_pattern(json.dumps({**paid, "source": ["bank"]}))
    document = document_of(event)

    def flatten() -> None:
        for _ in range(REPEATS):
            document_of(event)

    def match() -> None:
        for _ in range(REPEATS):
            matching.accepts(document)

    def miss() -> None:
        for _ in range(REPEATS):
            other.accepts(document)

    return {
        "event pattern: an event flattened": Task(REPEATS, flatten),
        "event pattern: matches": Task(REPEATS, match),
        "event pattern: does not match": Task(REPEATS, miss),
    }


def function_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages and records through mappings to a handler that does nothing; a publish to a function."""
    cloud = new_cloud(stack)
    sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
    url, backlog = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("mapped", "backlog"))
    kinesis.create_stream(StreamName="records", ShardCount=1)
    topic = sns.create_topic(Name="topic")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("handle", lambda *_: None))
    for source in (url, "records"):
        cloud.event_source_mapping(source, "handle")
    mapping = cloud.event_source_mapping(backlog, "handle", Enabled=False)
    entries: Any = [{"Id": str(place), "MessageBody": BODY} for place in range(10)]

    def send() -> None:
        for _ in range(REPEATS):
            sqs.send_message(QueueUrl=url, MessageBody=BODY)

    def send_ten() -> None:
        for _ in range(REPEATS // 10):
            sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def fill_and_enable() -> None:
        mapping.disable()
        for _ in range(10):
            sqs.send_message_batch(QueueUrl=backlog, Entries=entries)
        mapping.enable()

    def put() -> None:
        for _ in range(REPEATS):
            kinesis.put_record(StreamName="records", Data=BODY.encode(), PartitionKey="device")

    def publish() -> None:
        for _ in range(REPEATS):
            sns.publish(TopicArn=topic, Message="a text")

    return {
        "function: a message sent, handled, deleted": Task(REPEATS, send),
        "function: a batch of 10 sent, handled, deleted, a message": Task(REPEATS, send_ten),
        "function: 100 messages sent, and a mapping enabled, a message": Task(100, fill_and_enable),
        "function: a record put and handled": Task(REPEATS, put),
        "function: a publish handled": Task(REPEATS, publish),
    }


def metric_tasks(stack: ExitStack) -> dict[str, Task]:
    """Sends that are counted, with a record beside it and without; what was heard is written in the same time."""
    tasks = {}
    for traced in (False, True):
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=traced))
        tasks[f"metrics: a send{', traced,' if traced else ''} that is counted"] = _counted_send(cloud)
    return tasks


def _counted_send(cloud: minicloud.Cloud) -> Task:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="counted")["QueueUrl"]
    cloud.metrics.start()

    def send() -> None:
        for _ in range(REPEATS):
            sqs.send_message(QueueUrl=url, MessageBody=BODY)
        cloud.metrics.start()  # has what was heard written

    return Task(REPEATS, send)


def event_tasks(stack: ExitStack) -> dict[str, Task]:
    """Events that are put on a bus: one of whose rules wants them, or none of many."""
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits(events_rules=1_000)))
    events, sqs = cloud.client("events"), cloud.client("sqs")
    sqs.create_queue(QueueName="orders")
    for bus in ("empty", "one", "looks-inside", "many"):
        events.create_event_bus(Name=bus)
    inside = {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}
    patterns = {"one": {"source": ["shop"]}, "looks-inside": inside}
    for bus, pattern in patterns.items():
        events.put_rule(Name="r", EventBusName=bus, EventPattern=json.dumps(pattern))
        target: Any = {"Id": "1", "Arn": cloud.queue("orders").arn}
        events.put_targets(Rule="r", EventBusName=bus, Targets=[target])
    for number in range(1_000):
        other = {**inside, "detail": {"total": [{"numeric": [">", 1_000 + number]}]}}
        events.put_rule(Name=f"r{number}", EventBusName="many", EventPattern=json.dumps(other))

    def put_on(bus: str, repeats: int = REPEATS) -> Callable[[], None]:
        detail = json.dumps({"order": "4711", "total": 120, "customer": {"id": "c1"}})

        def put() -> None:
            for _ in range(repeats):
                events.put_events(
                    Entries=[{"Source": "shop", "DetailType": "order", "Detail": detail, "EventBusName": bus}]
                )

        return put

    put_on("many")()  # makes the index of the rules
    return {
        "events: an event put, and no rule": Task(REPEATS, put_on("empty")),
        "events: an event put, one rule, one queue": Task(REPEATS, put_on("one")),
        "events: the same, the rule looks into the detail": Task(REPEATS, put_on("looks-inside")),
        "events: one of 1,000 rules that do not match": Task(1_000, put_on("many", 1)),
    }


THEMES = (pattern_tasks, function_tasks, metric_tasks, event_tasks)
