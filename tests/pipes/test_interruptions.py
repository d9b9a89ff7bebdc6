"""Calls of Pipes into which an exception comes, and what goes through pipes meanwhile: as a whole, or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form, is_where_handlers_are_called

from .support import FUNCTION, PIPE, PLACE, ROLE, STREAM, TARGET, filters, queues, sent

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ARN = f"arn:aws:pipes:{PLACE}:pipe/there"


class World(strikes.World):
    """A cloud with pipes of a queue and a stream, and functions that they run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        cloud = self.cloud
        queues(cloud)
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(30)
        cloud.function("enrich", lambda event, _: event)
        cloud.function("bill", self.bill)
        self.pipes: Any = cloud.client("pipes")
        self.billed: list[str] = []
        wanted = filters({"body": [{"anything-but": "unwanted"}]})
        self.pipes.create_pipe(**{**PIPE, "Name": "there"}, Tags={"k": "v"}, SourceParameters=wanted)
        stream = {"StartingPosition": "TRIM_HORIZON", "MaximumRetryAttempts": 1}
        source = {"KinesisStreamParameters": {**stream, "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{PLACE}:given-up"}}}
        self.pipes.create_pipe(
            Name="clicks",
            Source=STREAM,
            SourceParameters=source,
            Target=TARGET,
            RoleArn=ROLE,
            Enrichment=f"{FUNCTION}enrich",
        )

    def bill(self, event: Any, context: Any) -> None:
        self.billed += [one["body"] for one in event]
        if "bad" in self.billed[-1]:
            raise ValueError("bad")

    def look(self) -> Any:
        shown = []
        for one in self.pipes.list_pipes()["Pipes"]:
            described = self.pipes.describe_pipe(Name=one["Name"])
            shown.append({name: value for name, value in described.items() if not name.startswith("Resp")})
        told = [sorted(self.bodies(queue)) for queue in self.cloud.queues()]
        return shown, told, sorted(set(self.billed))

    def bodies(self, queue: Any) -> list[str]:
        """Without what a receive or a move of the clock that was interrupted makes another: handles, counts, moments.

        What a move of the clock has begun when it was interrupted is run by whoever moves it next, who may be later.
        """
        found = [body[-40:] if "receiptHandle" in body else body for body in queue.bodies]
        return [re.sub(r'"timestamp":"[^"]*"', "", body) for body in found]


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def stopped(w: World) -> None:
    w.pipes.stop_pipe(Name="there")
    sent(w.cloud, "1", "unwanted", "2")


def to_function(w: World) -> None:
    w.pipes.update_pipe(Name="there", RoleArn=ROLE, Target=f"{FUNCTION}bill", Enrichment=f"{FUNCTION}enrich")


def put(w: World) -> None:
    data = [{"Data": one, "PartitionKey": "k"} for one in (b"1", b"2")]
    w.cloud.client("kinesis").put_records(StreamName="clicks", Records=data)


def no_target(w: World) -> None:
    w.cloud.client("sqs").delete_queue(QueueUrl=w.cloud.queue("bills").url)
    put(w)
    sent(w.cloud, "1")


def an_hour(w: World) -> None:
    w.cloud.clock.advance_to(datetime(2026, 1, 1, 1, tzinfo=UTC))


ROWS: dict[str, Row] = {
    "create a pipe": Row(
        nothing, lambda w: w.pipes.create_pipe(**{**PIPE, "Name": "new", "Source": TARGET, "Target": PIPE["Source"]})
    ),
    "describe a pipe": Row(nothing, lambda w: w.pipes.describe_pipe(Name="there")),
    "list pipes": Row(nothing, lambda w: w.pipes.list_pipes(Limit=1)),
    "update a pipe": Row(nothing, to_function),
    "stop a pipe": Row(nothing, lambda w: w.pipes.stop_pipe(Name="there")),
    "delete a pipe": Row(nothing, lambda w: w.pipes.delete_pipe(Name="there")),
    "tag a pipe": Row(nothing, lambda w: w.pipes.tag_resource(resourceArn=ARN, tags={"a": "b"})),
    "untag a pipe": Row(nothing, lambda w: w.pipes.untag_resource(resourceArn=ARN, tagKeys=["k"])),
    "start a pipe with a backlog": Row(stopped, lambda w: w.pipes.start_pipe(Name="there")),
    "send through a pipe": Row(
        nothing, lambda w: w.cloud.client("sqs").send_message(QueueUrl=w.cloud.queue("orders").url, MessageBody="1")
    ),
    "send through functions": Row(
        to_function, lambda w: w.cloud.client("sqs").send_message(QueueUrl=w.cloud.queue("orders").url, MessageBody="1")
    ),
    "put through a pipe": Row(
        nothing, lambda w: w.cloud.client("kinesis").put_record(StreamName="clicks", Data=b"1", PartitionKey="k")
    ),
    "time passes, and there is no target": Row(no_target, an_hour, again=True),
    "reset": Row(stopped, lambda w: w.cloud.reset()),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    def excuse(place: str, seen: Any, allowed: list[Any]) -> bool:
        return is_where_handlers_are_called(place)

    wrong = form.wrong_places(ROWS[name], World, excuse)
    assert not wrong, "\n".join(wrong)
