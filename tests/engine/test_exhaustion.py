"""Calls for which the stack or the memory does not suffice: they have happened as a whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sns import interrupted as sns
from tests.sqs import interrupted as sqs
from tests.support.strikes import Form, Row, World, by_memory, by_recursion

pytestmark = [
    pytest.mark.stress,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class KinesisWorld(World):
    """A stream, and what is read from it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kinesis: Any = self.cloud.client("kinesis")

    def look(self) -> Any:
        read: list[tuple[bytes, str]] = []
        for number in range(2):
            iterator = self.iterator(number)
            answer = self.kinesis.get_records(ShardIterator=iterator)
            read += [(record["Data"], record["PartitionKey"]) for record in answer["Records"]]
        assert sorted(data for data, _ in read) == sorted(one.data for one in self.cloud.stream("s").records)
        return read

    def iterator(self, number: int) -> str:
        answer: str = self.kinesis.get_shard_iterator(
            StreamName="s", ShardId=f"shardId-{number:012}", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return answer


def stream(w: KinesisWorld) -> str:
    w.kinesis.create_stream(StreamName="s", ShardCount=2)
    w.cloud.clock.advance(60)
    put(*"xyz")(w)
    return w.iterator(0)


def put(*keys: str) -> Any:
    records = [{"Data": key.encode(), "PartitionKey": key} for key in keys]
    return lambda w: w.kinesis.put_records(StreamName="s", Records=records)


def queue(name: str, *bodies: str) -> Any:
    return lambda w: (w.queue(name, VisibilityTimeout="30"), *(w.send(body, name) for body in bodies))


def came_back(name: str) -> Any:
    return lambda w: (queue(name, *"abc")(w), w.receive(name), w.cloud.clock.advance(30))


def topic(suffix: str = "") -> Any:
    def make(w: sns.World) -> str:
        arn = w.topic(f"t{suffix}")
        for name in ("a", "b", "c"):
            w.subscribe(arn, "sqs", w.queue(f"{name}{suffix}"), RawMessageDelivery="true")
        return arn

    return make


F = "q.fifo"
SQS: dict[str, Row[sqs.World]] = {
    "send": Row(queue("q", "a"), lambda w: w.send("m")),
    "send, FIFO": Row(queue(F, "a"), lambda w: w.send("m", F)),
    "send, FIFO, and again": Row(queue(F, "a"), lambda w: w.send("m", F), again=True),
    "receive": Row(
        queue("q", *"abc"), lambda w: w.receive(), (lambda w: w.receive("q", 1), lambda w: w.receive("q", 2))
    ),
    "receive, FIFO": Row(
        queue(F, *"abc"), lambda w: w.receive(F), (lambda w: w.receive(F, 1), lambda w: w.receive(F, 2))
    ),
    "receive what came back": Row(
        came_back("q"), lambda w: w.receive(), (lambda w: w.receive("q", 1), lambda w: w.receive("q", 2))
    ),
    "receive what came back, FIFO": Row(
        came_back(F), lambda w: w.receive(F), (lambda w: w.receive(F, 1), lambda w: w.receive(F, 2))
    ),
    "wait": Row(
        lambda w: (w.queue(), w.send("m", DelaySeconds=5)),
        lambda w: w.receive(WaitTimeSeconds=20),
        (lambda w: w.cloud.clock.advance(5),),
    ),
}
SNS: dict[str, Row[sns.World]] = {
    "publish": Row(topic(), lambda w: w.sns.publish(TopicArn=w.kept, Message="m")),
    "publish, FIFO": Row(topic(".fifo"), lambda w: w.sns.publish(TopicArn=w.kept, Message="m", MessageGroupId="g")),
    "publish, FIFO, and again": Row(
        topic(".fifo"), lambda w: w.sns.publish(TopicArn=w.kept, Message="m", MessageGroupId="g"), again=True
    ),
}
KINESIS: dict[str, Row[KinesisWorld]] = {
    "put_record": Row(stream, lambda w: w.kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="a")),
    "put_records": Row(stream, put(*"abc"), (put("a"), put("a", "b"))),
    "get_records": Row(stream, lambda w: w.kinesis.get_records(ShardIterator=w.kept)),
}
ROWS: dict[str, tuple[Any, Any]] = {
    **{name: (row, sqs.World) for name, row in SQS.items()},
    **{name: (row, sns.World) for name, row in SNS.items()},
    **{name: (row, KinesisWorld) for name, row in KINESIS.items()},
}


@pytest.mark.parametrize("form", [Form(by_recursion), Form(by_recursion, trace=True), Form(by_memory)], ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_a_call_that_exhausts_something_has_happened_or_has_not(name: str, form: Form) -> None:
    row, world_type = ROWS[name]
    wrong = form.wrong_places(row, world_type)
    assert not wrong, "\n".join(wrong)
