"""Functions in clouds that do what AWS reserves the right to do, and in those of hypothesis."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any, ClassVar

from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import initialize

from minicloud import Cloud
from minicloud.hypothesis import ConsumerMachine, clouds
from tests.support.depth import deep

EARLY = re.compile(r"a batch of (\d+) messages? before its window is over")
QUIETLY = settings(database=InMemoryExampleDatabase(), deadline=None, max_examples=200)


def choices(cloud: Cloud) -> list[str]:
    return [event.details["choice"] for event in cloud.trace.of("chaos")]


def bill(cloud: Cloud, orders: int = 3, **parameters: Any) -> list[list[str]]:
    """A function that is run with a queue's messages until nothing is owed; what it got, run by run."""
    got: list[list[str]] = []
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    cloud.function("bill", lambda event, _: got.append([record["body"] for record in event["Records"]]))
    cloud.event_source_mapping(url, "bill", **parameters)
    for number in range(orders):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    cloud.run_until_idle()
    assert {body for batch in got for body in batch} == set(map(str, range(orders)))
    assert not cloud.queue("orders").messages
    return got


def test_a_window_may_end_early() -> None:
    sizes, seen, early = set(), set(), 0
    for seed in range(4):
        with Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            got = bill(cloud, 12, MaximumBatchingWindowInSeconds=20, BatchSize=10)
            sizes |= {len(batch) for batch in got}
            seen |= set(choices(cloud))
            assert cloud.check_history(checks=["mapped", "no_loss"])
            closed = [int(told[1]) for one in choices(cloud) if (told := EARLY.fullmatch(one))]
            assert set(closed) <= sizes
            early += len(closed)
    assert sizes >= {1, 2, 3}
    assert 0 < early < 4 * 12 / 2  # mostly, a message closes no window
    assert "deleted, and still there" in seen  # although its run has succeeded


def test_batches_of_a_stream_may_be_smaller_and_may_come_again() -> None:
    """Both are told, of which stream and shard."""
    seen, repeated = set(), 0
    for seed in range(4):
        got: list[list[str]] = []
        with Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            kinesis = cloud.client("kinesis")
            kinesis.create_stream(StreamName="s", ShardCount=1)
            for number in range(12):
                kinesis.put_record(StreamName="s", Data=b"%d" % number, PartitionKey="k")
            cloud.function("f", lambda event, _, got=got: got.append([_number(one) for one in event["Records"]]))
            cloud.event_source_mapping("s", "f", BatchSize=10)
            cloud.run_until_idle()
            told = [one.details for one in cloud.trace.of("chaos") if "shard_id" in one.details]
            assert {(one["shard_id"], one["arn"]) for one in told} <= {("shardId-000000000000", cloud.stream("s").arn)}
        made = [one["choice"] for one in told]
        again = made.count("a batch that was handled comes again")
        assert len(got) - len({tuple(batch) for batch in got}) == again
        assert {number for batch in got for number in batch} == {str(number) for number in range(12)}
        smaller = [re.fullmatch(r"a batch of (\d+) of (\d+) records", one) for one in made if "comes again" not in one]
        sizes = {len(batch) for batch in got}
        assert all(one and int(one[1]) in sizes and int(one[1]) < int(one[2]) <= 10 for one in smaller)
        seen |= {bool(smaller)}
        repeated += again
    assert (True in seen, repeated > 0) == (True, True)


def _number(record: Any) -> str:
    return b64decode(record["kinesis"]["data"]).decode()


def test_an_event_may_be_handled_once_more() -> None:
    """With the same request id; and what is told to a destination is told once."""
    got: list[tuple[int, str]] = []
    with Cloud(clock="virtual", seed=1, delivery="aws", trace=True) as cloud:
        topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
        url = cloud.client("sqs").create_queue(QueueName="done")["QueueUrl"]
        arn = cloud.function(
            "f", lambda event, context: got.append((event["Records"][0]["Sns"]["Message"], context.aws_request_id))
        )
        cloud.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        cloud.client("lambda").put_function_event_invoke_config(
            FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": cloud.queue(url).arn}}
        )
        for number in range(20):
            cloud.client("sns").publish(TopicArn=topic, Message=str(number))
        cloud.run_until_idle()
        assert {message for message, _ in got} == set(map(str, range(20)))
        again = choices(cloud).count("an event is handled once more")
        assert len(got) == 20 + again > 20
        assert len(set(got)) == 20
        assert [run.attempt for run in cloud.invocations] == [1] * len(got)
        records = [json.loads(body)["requestContext"]["requestId"] for body in cloud.queue(url).bodies]
        assert len(records) == len(set(records)) == 20


def test_hypothesis_finds_the_one_choice_that_a_function_cannot_cope_with() -> None:
    found = find(clouds(trace=True), lambda cloud: sum(map(len, bill(cloud))) > 3, settings=QUIETLY)
    assert len(choices(found)) == 1
    assert choices(find(clouds(trace=True), lambda cloud: bool(bill(cloud)), settings=QUIETLY)) == []


class Relay(ConsumerMachine):
    """A consumer whose messages a function gets in the end, and which may die at any of its calls; the function not."""

    cloud_options: ClassVar[dict[str, Any]] = {"trace": True}

    @initialize(random=st.randoms(use_true_random=False))
    def begin(self, random: Any) -> None:
        super().begin(random)
        self.bills = self.sqs.create_queue(QueueName="bills")["QueueUrl"]
        self.archive = self.sqs.create_queue(QueueName="archive")["QueueUrl"]
        self.cloud.function("bill", self.bill)
        self.cloud.event_source_mapping("bills", "bill")

    def bill(self, event: Any, context: Any) -> None:
        for record in event["Records"]:
            self.sqs.send_message(QueueUrl=self.archive, MessageBody=record["body"])

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        while True:
            for message in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20).get("Messages", []):
                sqs.send_message(QueueUrl=self.bills, MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    def check(self, sent: list[str]) -> None:
        self.cloud.run_until_idle()
        assert {one.body for one in self.cloud.queue("archive").messages} == set(sent)
        assert not self.cloud.invocations.failed
        assert self.cloud.check_history("bills", checks=["mapped", "no_loss", "at_least_once"])


TestRelay = Relay.TestCase
TestRelay.settings = settings(max_examples=deep(60), stateful_step_count=8, deadline=None)
