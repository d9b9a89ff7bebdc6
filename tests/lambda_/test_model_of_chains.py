"""A chain of services and functions under whatever may happen to it: all that was published is at its end.

A topic fans out to a queue; a FIFO topic to a FIFO queue. A plain function passes on what is in the first to a stream,
an ``async def`` one what is in the second; a third counts what is in the stream. What any of them does once may be done
again (at least once), so the last one knows by a number what it has seen. Each link by itself has a machine of its own;
here is what joins them.
"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import minicloud
from tests.support.depth import deep

VISIBILITY = 30
TIMEOUT = 20
NAMES = ("pass-on", "keep-order", "count")


class Chain(RuleBasedStateMachine):
    """Two topics, two queues, a stream, three functions."""

    @initialize(takes=st.sampled_from([0, 5, 19]), seed=st.integers(0, 3))
    def make(self, takes: float, seed: int) -> None:
        self.cloud = cloud = minicloud.Cloud(clock="virtual", seed=seed)
        self.sqs, self.sns, self.kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
        self.sent: dict[str, list[int]] = {"a": [], "b": [], "plain": []}
        self.seen: dict[str, list[int]] = {"a": [], "b": [], "plain": []}
        """The first time that each number was seen, by group: a group's order is that of its numbers."""
        self.kept: Any = None
        self.kinesis.create_stream(StreamName="counted", ShardCount=2)
        fifo = {"FifoTopic": "true"}
        self.topics = {
            "": self.sns.create_topic(Name="orders")["TopicArn"],
            ".fifo": self.sns.create_topic(Name="orders.fifo", Attributes=fifo)["TopicArn"],
        }
        for suffix, topic in self.topics.items():
            attributes = {"VisibilityTimeout": str(VISIBILITY), **({"FifoQueue": "true"} if suffix else {})}
            url = self.sqs.create_queue(QueueName=f"orders{suffix}", Attributes=attributes)["QueueUrl"]
            raw = {"RawMessageDelivery": "true"}
            self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(url).arn, Attributes=raw)

        def pass_on(event: Any, _: Any) -> None:
            for record in event["Records"]:
                self.put(record["body"])

        async def keep_order(event: Any, _: Any) -> None:
            await cloud.async_sleep(1)
            for record in event["Records"]:
                self.put(record["body"])

        def count(event: Any, _: Any) -> None:
            for record in event["Records"]:
                group, number = json.loads(b64decode(record["kinesis"]["data"]))
                if number not in self.seen[group]:
                    self.seen[group].append(number)

        cloud.function("pass-on", pass_on, timeout=TIMEOUT, takes=takes)
        cloud.function("keep-order", keep_order, timeout=TIMEOUT)
        cloud.function("count", count, timeout=TIMEOUT, takes=takes)
        sources = ("orders", "orders.fifo", "counted")
        self.mappings = [cloud.event_source_mapping(*pair) for pair in zip(sources, NAMES, strict=True)]

    def put(self, body: str) -> None:
        group, _ = json.loads(body)
        self.kinesis.put_record(StreamName="counted", PartitionKey=group, Data=body.encode())

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(groups=st.lists(st.sampled_from(["a", "b", "plain"]), min_size=1, max_size=6))
    def publish(self, groups: list[str]) -> None:
        for group in groups:
            number = len(self.sent[group])
            body = json.dumps([group, number])
            if group == "plain":
                self.sns.publish(TopicArn=self.topics[""], Message=body)
            else:
                self.sns.publish(
                    TopicArn=self.topics[".fifo"],
                    Message=body,
                    MessageGroupId=group,
                    MessageDeduplicationId=f"{group}-{number}",
                )
            self.sent[group].append(number)

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from(["before", "after", "time out", "throttle"]))
    def go_wrong(self, name: str, what: str) -> None:
        faults = self.cloud.faults
        if what == "throttle":
            faults.throttle(function=name, first=1)
        elif what == "time out":
            faults.time_out(function=name, first=1)
        elif what == "before":
            faults.crash("before", function=name, first=1)
        else:
            faults.crash("after", function=name, first=1)

    @rule(pick=st.integers(0, 2), on=st.booleans())
    def switch(self, pick: int, on: bool) -> None:
        if on:
            self.mappings[pick].enable()
        else:
            self.mappings[pick].disable()

    @rule(seconds=st.sampled_from([1, 5, 29, 31, 120]))
    def advance(self, seconds: int) -> None:
        self.cloud.clock.advance(seconds)

    @rule(groups=st.lists(st.sampled_from(["a", "plain"]), min_size=1, max_size=3))
    def publish_while_held(self, groups: list[str]) -> None:
        with self.cloud.hold_handlers():
            self.publish(groups)

    @rule()
    def keep(self) -> None:
        numbers = [{group: list(seen) for group, seen in one.items()} for one in (self.sent, self.seen)]
        self.kept = self.cloud.snapshot(), *numbers

    @precondition(lambda self: self.kept is not None)
    @rule()
    def go_back(self) -> None:
        snapshot, sent, seen = self.kept
        self.cloud.restore(snapshot)
        self.sent = {group: list(numbers) for group, numbers in sent.items()}
        self.seen = {group: list(numbers) for group, numbers in seen.items()}

    # --- what holds --------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "mappings"):
            return
        self.cloud.faults.clear()
        for mapping in self.mappings:
            mapping.enable()
        self.cloud.run_until_idle(limit=24 * 3600)
        assert {group: sorted(numbers) for group, numbers in self.seen.items()} == self.sent
        assert (self.seen["a"], self.seen["b"]) == (self.sent["a"], self.sent["b"]), "a group is out of order"
        self.cloud.assert_empty("orders")
        self.cloud.assert_empty("orders.fifo")
        assert self.cloud.run_until_idle().total_seconds() == 0


TestChain = Chain.TestCase
TestChain.settings = settings(max_examples=deep(100), stateful_step_count=25)
