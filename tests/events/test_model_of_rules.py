"""Rules, targets, retries and dead letters against an obvious model, whatever is done in whatever order.

The model has a table of what each pattern wants, and keeps each delivery that has failed with the time of its next
attempt. What is in the queues at any time is what it says, by the ids of events.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import minicloud
from tests.support.depth import deep

from .support import PLACE

QUEUES = ("one", "two", "missing")
"""The last one is not there."""
RULES = ("a", "b", "c")
BUSES = ("default", "other")
PATTERNS: dict[str, tuple[str, tuple[int, ...]]] = {
    '{"source": ["app"]}': ("app", (0, 1, 2, 3)),
    '{"source": ["app", "shop"], "detail-type": ["t"]}': ("app shop", (0, 1, 2, 3)),
    '{"detail": {"n": [{"numeric": [">", 2]}]}}': ("app shop", (3,)),
    '{"source": ["shop"], "detail": {"n": [1, 3]}}': ("shop", (1, 3)),
}
"""Which sources and which numbers a pattern wants."""
POLICIES = ({}, {"MaximumRetryAttempts": 0}, {"MaximumRetryAttempts": 2}, {"MaximumEventAgeInSeconds": 60})


class Rule:
    """A rule of the model."""

    def __init__(self) -> None:
        self.pattern = ""
        self.is_enabled = True
        self.period = 0
        self.due = 0
        self.targets: dict[str, tuple[str, bool, dict[str, int]]] = {}
        """Queue, whether there is a dead-letter queue, and the retry policy, by id."""


class Rules(RuleBasedStateMachine):
    """Two buses, three rules on each, two queues and one that is not there."""

    @initialize(seed=st.integers(0, 3))
    def make(self, seed: int) -> None:
        self.cloud: Any = minicloud.Cloud(clock="virtual", seed=seed, region_name="us-east-1")
        self.events = self.cloud.client("events")
        self.events.create_event_bus(Name="other")
        for name in ("one", "two", "dlq"):
            self.cloud.client("sqs").create_queue(QueueName=name)
        self.now = 0
        self.rules: dict[tuple[str, str], Rule] = {}
        self.down: dict[str, Any] = {}
        """The faults of queues that refuse what comes."""
        self.pending: list[list[Any]] = []
        """When, event, queue, attempt, when it began, dead-letter queue, policy."""
        self.expected: dict[str, Counter[Any]] = {name: Counter() for name in ("one", "two", "dlq")}

    # --- what is done -------------------------------------------------------------------------------------------------

    @rule(
        bus=st.sampled_from(BUSES),
        name=st.sampled_from(RULES),
        pattern=st.sampled_from([*PATTERNS, ""]),
        minutes=st.sampled_from([0, 0, 1, 7]),
        is_enabled=st.booleans(),
    )
    def put_rule(self, bus: str, name: str, pattern: str, minutes: int, is_enabled: bool) -> None:
        minutes = minutes if bus == "default" else 0
        if not pattern and not minutes:
            return
        unit = "minute" if minutes == 1 else "minutes"
        given = {"ScheduleExpression": f"rate({minutes} {unit})"} if minutes else {}
        given |= {"EventPattern": pattern} if pattern else {}
        state = "ENABLED" if is_enabled else "DISABLED"
        self.events.put_rule(Name=name, EventBusName=bus, State=state, **given)
        one = self.rules.setdefault((bus, name), Rule())
        goes_on = one.is_enabled and one.period == minutes * 60 and one.due
        one.pattern, one.is_enabled, one.period = pattern, is_enabled, minutes * 60
        if not minutes or not is_enabled:
            one.due = 0
        elif not goes_on:
            one.due = self.now + one.period

    @rule(
        bus=st.sampled_from(BUSES),
        name=st.sampled_from(RULES),
        target_id=st.sampled_from("12"),
        queue=st.sampled_from(QUEUES),
        has_dlq=st.booleans(),
        policy=st.sampled_from(POLICIES),
    )
    def put_target(
        self, bus: str, name: str, target_id: str, queue: str, has_dlq: bool, policy: dict[str, int]
    ) -> None:
        if (bus, name) not in self.rules:
            return
        given: dict[str, Any] = {"Id": target_id, "Arn": f"arn:aws:sqs:{PLACE}:{queue}", "RetryPolicy": policy}
        if has_dlq:
            given["DeadLetterConfig"] = {"Arn": f"arn:aws:sqs:{PLACE}:dlq"}
        self.events.put_targets(Rule=name, EventBusName=bus, Targets=[given])
        self.rules[bus, name].targets[target_id] = queue, has_dlq, policy

    @rule(bus=st.sampled_from(BUSES), name=st.sampled_from(RULES))
    def remove_all(self, bus: str, name: str) -> None:
        one = self.rules.pop((bus, name), None)
        if one is not None and one.targets:
            self.events.remove_targets(Rule=name, EventBusName=bus, Ids=list(one.targets))
        self.events.delete_rule(Name=name, EventBusName=bus)

    @rule(
        entries=st.lists(
            st.tuples(st.sampled_from(BUSES), st.sampled_from(["app", "shop"]), st.integers(0, 3)),
            min_size=1,
            max_size=3,
        )
    )
    def put_events(self, entries: list[tuple[str, str, int]]) -> None:
        made = [
            {"Source": source, "DetailType": "t", "Detail": json.dumps({"n": n}), "EventBusName": bus}
            for bus, source, n in entries
        ]
        answer = self.events.put_events(Entries=made)
        for (bus, source, n), one in zip(entries, answer["Entries"], strict=True):
            for (on, _), wanted in self.rules.items():
                sources, numbers = PATTERNS.get(wanted.pattern, ("", ()))
                if on == bus and wanted.is_enabled and source in sources and n in numbers:
                    self.deliver(one["EventId"], wanted)

    @rule(queue=st.sampled_from(["one", "two"]))
    def break_or_repair(self, queue: str) -> None:
        fault = self.down.pop(queue, None)
        if fault is not None:
            self.cloud.faults.remove(fault)
        else:
            fault = self.cloud.faults.refuse("InternalError", operation="SendMessage", resource=queue, optional=True)
            self.down[queue] = fault

    @rule(seconds=st.sampled_from([1, 2, 13, 60, 400]))
    def advance(self, seconds: int) -> None:
        until = self.now + seconds
        self.cloud.clock.advance(seconds)
        while True:
            ticks = [(one.due, key) for key, one in self.rules.items() if one.due]
            due = min([time for time, _ in ticks] + [entry[0] for entry in self.pending], default=until + 1)
            if due > until:
                break
            self.now = due
            for time, key in ticks:
                if time == due:
                    one = self.rules[key]
                    self.deliver((key[1], due), one)
                    one.due = due + one.period
            for entry in [entry for entry in self.pending if entry[0] == due]:
                self.pending.remove(entry)
                self.attempt(*entry[1:])
        self.now = until

    # --- the model ----------------------------------------------------------------------------------------------------

    def deliver(self, event: Any, one: Rule) -> None:
        for queue, has_dlq, policy in one.targets.values():
            self.attempt(event, queue, 1, self.now, has_dlq, policy)

    def attempt(self, event: Any, queue: str, number: int, begun: int, has_dlq: bool, policy: dict[str, int]) -> None:
        ends = begun + policy.get("MaximumEventAgeInSeconds", 86_400)
        if queue == "missing":
            self.give_up(event, has_dlq, 0, None)
        elif number > 1 and self.now >= ends:
            self.give_up(event, has_dlq, number - 2, "MaximumEventAgeInSeconds")
        elif queue not in self.down:
            self.expected[queue][event] += 1
        elif number > policy.get("MaximumRetryAttempts", 185):
            self.give_up(event, has_dlq, number - 1, "MaximumRetryAttempts")
        else:
            due = min(self.now + min(2 ** (number - 1), 480), ends)
            self.pending.append([due, event, queue, number + 1, begun, has_dlq, policy])

    def give_up(self, event: Any, has_dlq: bool, retries: int, condition: str | None) -> None:
        if has_dlq:
            self.expected["dlq"][event, retries, condition] += 1

    # --- what holds ---------------------------------------------------------------------------------------------------

    def identity(self, body: str) -> Any:
        """The id of an event, or the rule and the time of one that a schedule has made."""
        event = json.loads(body)
        if event["source"] != "aws.events":
            return event["id"]
        seconds = int(seconds_of(event["time"]))
        return event["resources"][0].rpartition("/")[2], seconds

    @invariant()
    def queues_have_what_they_should(self) -> None:
        if not hasattr(self, "cloud"):
            return
        for name in ("one", "two"):
            found = Counter(map(self.identity, self.cloud.queue(name).bodies))
            assert found == self.expected[name], name
        letters: Counter[Any] = Counter()
        for message in self.cloud.queue("dlq").messages:
            told = {key: value["StringValue"] for key, value in message.message_attributes.items()}
            condition = told.get("EXHAUSTED_RETRY_CONDITION")
            letters[self.identity(message.body), int(told["RETRY_ATTEMPTS"]), condition] += 1
        assert letters == self.expected["dlq"]

    @invariant()
    def what_is_owed_is_what_is_tried_again(self) -> None:
        if hasattr(self, "cloud"):
            owed = [text for service in self.cloud.services("events") for text in service.owed(0)]
            assert len(owed) == len(self.pending)
            for service in self.cloud.services("events"):
                service.check()


def seconds_of(time: str) -> float:
    """Seconds since the beginning of a virtual clock."""
    return (datetime.fromisoformat(time) - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()


TestRules = Rules.TestCase
TestRules.settings = settings(max_examples=deep(200), stateful_step_count=30)
