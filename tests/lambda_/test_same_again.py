"""The same seed and the same calls lead to the same record; so do those after a snapshot that was restored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicloud import Cloud, UsageError
from minicloud.inspection.jsonl import lines_of
from tests.support.depth import deep

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 9)),
        st.tuples(st.just("put"), st.integers(0, 9)),
        st.tuples(st.just("publish"), st.integers(0, 9)),
        st.tuples(st.just("invoke"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.sampled_from([1, 7, 60, 200])),
        st.tuples(st.just("switch"), st.booleans()),
        st.tuples(st.just("reserve"), st.sampled_from([1, 2, 50])),
    ),
    max_size=8,
)


class Shop:
    """A queue, a stream and a topic, all of which lead to one function, which fails at times, and lasts."""

    def __init__(self, delivery: Any) -> None:
        self.cloud = cloud = Cloud(clock="virtual", seed="shop", delivery=delivery, trace=True)
        self.sqs, self.kinesis, self.sns, self.functions = (
            cloud.client("sqs"),
            cloud.client("kinesis"),
            cloud.client("sns"),
            cloud.client("lambda"),
        )
        self.seen: dict[str, int] = {}
        dlq = self.sqs.create_queue(QueueName="dlq")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": cloud.queue(dlq).arn, "maxReceiveCount": 3})
        attributes = {"VisibilityTimeout": "40", "RedrivePolicy": redrive}
        self.url = self.sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
        self.kinesis.create_stream(StreamName="clicks", ShardCount=2)
        self.topic = self.sns.create_topic(Name="news")["TopicArn"]
        arn = cloud.function("work", self.work, timeout=20, takes=lambda event: len(str(event)) % 5)
        self.mapping = cloud.event_source_mapping(self.url, "work", MaximumBatchingWindowInSeconds=2)
        destination = {"OnFailure": {"Destination": cloud.queue(dlq).arn}}
        cloud.event_source_mapping(
            "clicks",
            "work",
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=2,
            ParallelizationFactor=2,
            DestinationConfig=destination,
        )
        self.sns.subscribe(TopicArn=self.topic, Protocol="lambda", Endpoint=arn)
        self.functions.put_function_event_invoke_config(FunctionName="work", DestinationConfig=destination)

    def work(self, event: Any, context: Any) -> None:
        """By what it gets alone: a handler is no part of a snapshot."""
        if sum(map(ord, json.dumps(event, sort_keys=True))) % 3 == 0:
            raise ValueError(context.aws_request_id)

    def go(self, steps: Sequence[tuple[str, Any]]) -> None:
        for what, value in steps:
            if what == "send":
                self.sqs.send_message(QueueUrl=self.url, MessageBody=str(value))
            elif what == "put":
                self.kinesis.put_record(StreamName="clicks", Data=str(value).encode(), PartitionKey=str(value % 3))
            elif what == "publish":
                self.sns.publish(TopicArn=self.topic, Message=str(value))
            elif what == "invoke":
                self.functions.invoke(FunctionName="work", InvocationType="Event", Payload=str(value).encode())
            elif what == "wait":
                self.cloud.clock.advance(value)
            elif what == "switch":
                (self.mapping.enable if value else self.mapping.disable)()
            else:
                self.functions.put_function_concurrency(FunctionName="work", ReservedConcurrentExecutions=value)
        self.cloud.clock.advance(1_000)

    def begin(self) -> None:
        """Something that lasts, something that waits, and something that is late."""
        for number in range(3):
            self.sqs.send_message(QueueUrl=self.url, MessageBody=str(number))
            self.kinesis.put_record(StreamName="clicks", Data=b"%d" % number, PartitionKey=str(number))
            self.functions.invoke(FunctionName="work", InvocationType="Event", Payload=str(number).encode())
        self.cloud.clock.advance(3)

    def told(self) -> list[str]:
        """All that there is to be seen."""
        runs = [
            f"{run!r} {run.request_id} {run.duration} {run.log} {run.event} {run.result}"
            for run in self.cloud.invocations
        ]
        return [*lines_of(self.cloud.trace), *runs, repr(self.mapping), str(self.mapping.in_flight)]


@given(delivery=st.sampled_from(["readable", "aws"]), before=STEPS, after=STEPS)
@settings(max_examples=deep(60))
def test_going_on_is_the_same_after_a_restore_and_with_the_same_seed(delivery: Any, before: Any, after: Any) -> None:
    shop = Shop(delivery)
    shop.go(before)
    shop.begin()
    snapshot = shop.cloud.snapshot()
    shop.go(after)
    first = shop.told()
    for _ in range(2):
        shop.cloud.restore(snapshot)
        shop.go(after)
        assert shop.told() == first
    again = Shop(delivery)
    again.go(before)
    again.begin()
    again.go(after)
    assert again.told() == first


def test_a_snapshot_has_functions_and_mappings_and_their_handlers_by_reference() -> None:
    cloud = Cloud(clock="virtual", seed=1, trace=True)
    url = cloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    ran: list[str] = []
    cloud.function("work", lambda *_: ran.append("first"), takes=5, timeout=10)
    mapping = cloud.event_source_mapping("jobs", "work")
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    snapshot = cloud.snapshot()  # while the run lasts
    assert (ran, mapping.in_flight) == (["first"], 1)

    cloud.function("work", lambda *_: ran.append("second"))
    mapping.delete()
    cloud.client("lambda").delete_function(FunctionName="work")
    cloud.clock.advance(60)
    cloud.restore(snapshot)
    assert (mapping.state, mapping.in_flight, cloud.invocations.last.outcome) == ("Enabled", 1, "running")
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    cloud.run_until_idle()
    assert ran == ["first", "first"]
    assert [run.outcome for run in cloud.invocations] == ["success", "success"]
    assert not cloud.queue(url).messages
    assert cloud.check_history()


def test_a_snapshot_is_refused_while_a_handler_is_under_way() -> None:
    cloud = Cloud(clock="virtual", seed=1)
    refusals: list[str] = []

    def work(event: Any, context: Any) -> None:
        try:
            cloud.snapshot()
        except UsageError as error:
            refusals.append(str(error))

    cloud.function("work", work)
    cloud.client("lambda").invoke(FunctionName="work")
    assert len(refusals) == 1
    assert "run_until_idle() lets it" in refusals[0]
    with cloud.hold_handlers():
        cloud.client("lambda").invoke(FunctionName="work", InvocationType="Event")
        with pytest.raises(UsageError, match="waits or is under way"):
            cloud.snapshot()
    cloud.snapshot()


def test_reset_forgets_functions_and_mappings_and_close_ends_them() -> None:
    cloud = Cloud(clock="virtual", seed=1, trace=True)
    url = cloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    cloud.function("work", lambda *_: None, takes=5, timeout=10)
    cloud.event_source_mapping("jobs", "work")
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    cloud.reset()
    assert cloud.client("lambda").list_functions()["Functions"] == []
    assert cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert not cloud.invocations
    assert cloud.run_until_idle().total_seconds() == 0
    url = cloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert cloud.queue(url).counts.visible == 1

    cloud.function("work", lambda *_: None, takes=5, timeout=10)
    mapping = cloud.event_source_mapping("jobs", "work")
    assert cloud.invocations.last.outcome == "running"
    cloud.close()
    assert (cloud.invocations.last.outcome, mapping.in_flight) == ("running", 1)  # as it was at the close
    with pytest.raises(UsageError):
        mapping.disable()
