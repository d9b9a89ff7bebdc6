"""What EventBridge costs: an event that is put, with what follows, beside a send; and rules that do not match."""

from __future__ import annotations

import json
from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["events", "events_steps"]

RULES = 1_000
EVENTS = 1_000
DETAIL = {"order": "4711", "total": 120, "customer": {"id": "c1"}}
BY_SOURCE: dict[str, Any] = {"source": ["shop"]}
BY_DETAIL: dict[str, Any] = {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}


def events_steps(options: Options) -> int:
    """How many steps ``events`` reports."""
    return options.rounds + 1


def events(options: Options, progress: Progress) -> list[Row]:
    """Events put one by one: no rule, one rule and one queue, and a thousand rules that want others."""
    with ExitStack() as stack:
        limits = minicloud.Limits(events_rules=RULES)
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, limits=limits))
        sqs, client = cloud.client("sqs"), cloud.client("events")
        # What has been sent is forgotten at the next look, so that no round is dearer than the one before.
        url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
        target: Any = {"Id": "1", "Arn": cloud.queue(url).arn}
        body = "x" * 230  # as long as the event

        def bus(name: str, *patterns: dict[str, Any], targets: bool = True) -> str:
            client.create_event_bus(Name=name)
            for number, pattern in enumerate(patterns):
                client.put_rule(Name=f"r{number}", EventBusName=name, EventPattern=json.dumps(pattern))
                if targets:
                    client.put_targets(Rule=f"r{number}", EventBusName=name, Targets=[target])
            return name

        def send() -> float:
            started = thread_time_ns()
            for _ in range(EVENTS):
                sqs.send_message(QueueUrl=url, MessageBody=body)
            passed = thread_time_ns() - started
            cloud.clock.advance(61)
            return passed / EVENTS

        def put(on: str) -> Act:
            entry: Any = {"Source": "shop", "DetailType": "order", "Detail": json.dumps(DETAIL), "EventBusName": on}

            def run() -> float:
                started = thread_time_ns()
                for _ in range(EVENTS):
                    client.put_events(Entries=[entry])
                passed = thread_time_ns() - started
                cloud.clock.advance(61)
                return passed / EVENTS

            return run

        others = [{"source": [f"other{number}"]} for number in range(RULES)]
        inside = [{**BY_SOURCE, "detail": {"total": [{"numeric": [">", 1_000 + n]}]}} for n in range(RULES)]
        acts: dict[str, Act] = {
            "send": send,
            "an event put, and no rule": put(bus("empty")),
            "an event put, one rule, one queue": put(bus("one", BY_SOURCE)),
            "the same, the rule looks into the detail": put(bus("inside", BY_DETAIL)),
            f"an event put, {RULES:,} rules of other sources": put(bus("others", *others, targets=False)),
            f"an event put, {RULES:,} rules that look inside": put(bus("many", *inside, targets=False)),
        }
        times = take_turns(acts, options, progress, "events")
    reference, *rest = acts
    most = dict.fromkeys(rest, at_most(4)) | {rest[2]: at_most(6), rest[4]: at_most(RULES)}
    return [Row.of(reference, times[reference])] + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), most[name]) for name in rest
    ]
