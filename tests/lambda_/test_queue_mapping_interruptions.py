"""Calls that lead to mappings of queues, or change them, into which an exception comes.

They have happened as a whole, or not at all, at whatever place it was; a message that was being taken is taken, or has
never been. A batch whose handler was running counts as failed: it comes back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.support import strikes
from tests.support.strikes import FORMS, Form, Row

pytestmark = pytest.mark.stress

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class World(strikes.World):
    """A cloud with a queue, a dead-letter queue, a function, and mappings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sqs: Any = self.cloud.client("sqs")
        self.lambda_: Any = self.cloud.client("lambda")
        self.handled: list[str] = []
        self.urls: dict[str, str] = {}

    def queue(self, name: str = "q") -> str:
        fifo = ".fifo" if name.endswith(".fifo") else ""
        own = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        self.sqs.create_queue(QueueName=f"dead{fifo}", Attributes=own)
        redrive = {"deadLetterTargetArn": self.cloud.queue(f"dead{fifo}").arn, "maxReceiveCount": 4}
        attributes = {**own, "RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "30"}
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.urls[name] = url
        return url

    def function(self, name: str = "f", **settings: Any) -> None:
        def handle(event: Any, context: Any) -> Any:
            bodies = [record["body"] for record in event["Records"]]
            self.handled.extend(f"{name}: {body}" for body in bodies)
            if "boom" in bodies:
                raise RuntimeError("boom")
            bad = [record["messageId"] for record in event["Records"] if record["body"].startswith("bad")]
            return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}

        self.cloud.function(name, handle, timeout=20, **settings)

    def mapped(self, name: str = "q", **params: Any) -> str:
        url = self.queue(name)
        self.function()
        self.function("g")
        self.map(name, **params)
        return url

    def map(self, name: str = "q", function: str = "f", **params: Any) -> None:
        params = {"FunctionResponseTypes": ["ReportBatchItemFailures"], **params}
        self.cloud.event_source_mapping(self.cloud.queue(name).arn, function, **params)

    @property
    def uuid(self) -> str:
        uuid: str = self.lambda_.list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
        return uuid

    def picture(self) -> dict[str, Any]:
        seen = super().picture()
        return {**seen, "handled": sorted(set(self.handled))}

    def look(self) -> Any:
        self.sqs.list_queues()  # runs what was mended and waits to be run
        self.sqs.list_queues()
        queues = {queue.name: sorted(queue.bodies) for queue in self.cloud.queues()}
        mappings = [
            {name: one[name] for name in one if name != "LastModified"}
            for one in self.lambda_.list_event_source_mappings()["EventSourceMappings"]
        ]
        return queues, _IDS.sub("#", repr(mappings))


Act = Callable[[World], Any]


def send(*bodies: str, queue: str = "q") -> Act:
    def act(w: World) -> None:
        group = {"MessageGroupId": "g"} if queue.endswith(".fifo") else {}
        entries = [{"Id": str(n), "MessageBody": body, **group} for n, body in enumerate(bodies)]
        w.sqs.send_message_batch(QueueUrl=w.urls[queue], Entries=entries)

    return act


def then(*acts: Act) -> Act:
    return lambda w: [act(w) for act in acts] and None


def mapped(name: str = "q", **params: Any) -> Act:
    return lambda w: (w.mapped(name, **params), None)[1]


def slow(takes: float, **params: Any) -> Act:
    def make(w: World) -> None:
        w.queue()
        w.function(takes=takes)
        w.map(**params)

    return make


def waiting(*bodies: str, name: str = "q") -> Act:
    """Messages in a queue that nobody reads yet."""

    def make(w: World) -> None:
        w.queue(name)
        w.function()
        send(*bodies, queue=name)(w)

    return make


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def update(**params: Any) -> Act:
    return lambda w: w.lambda_.update_event_source_mapping(UUID=w.uuid, **params)


def aside(w: World) -> None:
    """A call that concerns no mapping: where it is interrupted, all that a mapping derives is derived anew."""
    w.sqs.send_message(QueueUrl=w.urls["aside"], MessageBody="m")


def beside(make: Act) -> Act:
    return lambda w: (make(w), w.queue("aside"))[0]


def runs_in_the_end(w: World) -> Any:
    """When runs began, and how they ended."""
    later = w.later()
    return {"runs": [(run.started.timestamp(), run.outcome) for run in w.cloud.invocations], "later": later}


def backlog(w: World) -> Any:
    """Five messages before a mapping that has begun with one batch at a time, and may have one more each minute."""
    w.urls["q"] = w.sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "900"})["QueueUrl"]
    w.cloud.function("f", lambda *_: None, takes=890, timeout=900)
    mapping = w.cloud.event_source_mapping(w.cloud.queue("q").arn, "f", BatchSize=1)
    send(*"12345")(w)
    w.cloud.clock.advance(30)
    return mapping


def growth(w: World) -> Any:
    """How many batches run when a minute has passed, counted from the call or from before it."""
    w.cloud.clock.advance(70)
    return w.kept.in_flight


FILTER = {"Filters": [{"Pattern": '{"body": [{"prefix": "bad"}]}'}]}

ROWS: dict[str, Row[World]] = {
    "send": Row(mapped(), lambda w: w.sqs.send_message(QueueUrl=w.urls["q"], MessageBody="m")),
    "send a batch": Row(mapped(), send("1", "bad", "3"), (send("1", "bad"), send("1"))),
    "send a batch, FIFO": Row(
        mapped("q.fifo"),
        send("1", "bad", "3", queue="q.fifo"),
        (send("1", "bad", queue="q.fifo"), send("1", queue="q.fifo")),
    ),
    "send what fails": Row(mapped(), send("boom")),
    "send what the filters drop": Row(mapped(FilterCriteria=FILTER), send("1", "bad"), (send("1"),)),
    "send into a window": Row(mapped(MaximumBatchingWindowInSeconds=9), send("1", "bad"), (send("1"),)),
    "a window ends": Row(then(mapped(MaximumBatchingWindowInSeconds=9), send("1", "bad")), wait(10)),
    "what failed comes back": Row(then(mapped(), send("1", "bad", "3")), wait(35)),
    "what lasts ends": Row(then(slow(10), send("1", "bad")), wait(11)),
    "what is throttled is tried again": Row(
        then(slow(5, BatchSize=1), lambda w: w.function(takes=5, reserved_concurrency=1), send("1", "2")),
        wait(12),
        (wait(5), wait(7)),
    ),
    "map a queue with messages": Row(waiting("1", "bad", "3"), World.map),
    "map a FIFO queue with messages": Row(waiting("1", "bad", name="q.fifo"), lambda w: w.map("q.fifo")),
    "update": Row(then(mapped(), send("bad")), update(BatchSize=3, FunctionName="g")),
    "update an open window": Row(
        then(mapped(MaximumBatchingWindowInSeconds=9), send("1", "bad")), update(MaximumBatchingWindowInSeconds=0)
    ),
    "disable": Row(then(slow(5, MaximumBatchingWindowInSeconds=9), send("1")), update(Enabled=False)),
    "enable": Row(then(mapped(Enabled=False), send("1", "bad")), update(Enabled=True)),
    "delete": Row(then(slow(5), send("1", "2")), lambda w: w.lambda_.delete_event_source_mapping(UUID=w.uuid)),
    "delete the queue": Row(then(slow(5), send("1")), lambda w: w.sqs.delete_queue(QueueUrl=w.urls["q"])),
    "beside a batch that is throttled": Row(
        beside(then(slow(5, BatchSize=1), lambda w: w.function(takes=5, reserved_concurrency=1), send("1", "2"))),
        aside,
        judge=runs_in_the_end,
    ),
    "beside a batch of a window that is throttled": Row(
        beside(
            then(
                slow(5, BatchSize=1, MaximumBatchingWindowInSeconds=9),
                lambda w: w.function(takes=5, reserved_concurrency=1),
                send("1", "2"),
            )
        ),
        aside,
        judge=runs_in_the_end,
    ),
    "beside an open window": Row(
        beside(then(mapped(MaximumBatchingWindowInSeconds=9), send("1"), wait(4))), aside, judge=runs_in_the_end
    ),
    "beside a run, and an open window": Row(
        beside(then(slow(15, MaximumBatchingWindowInSeconds=9, BatchSize=2), send("1", "2"), send("3"), wait(4))),
        aside,
        judge=runs_in_the_end,
    ),
    "beside a backlog": Row(
        beside(backlog),
        aside,
        judge=growth,
        options={"limits": minicloud.Limits(lambda_pollers_at_first=1, lambda_pollers_per_minute=1)},
    ),
    "delete the function": Row(mapped(), lambda w: w.lambda_.delete_function(FunctionName="f")),
}


def is_in_a_handler(place: str) -> bool:
    """Whether a handler may have been running: its batch has failed then."""
    ours = r"engine.\w+\.py|core.(effects|errands|message_records)\.py|lambda_.(function|invocation|run_log|results)"
    return bool(re.search(ours, place))


def failed_run(place: str, seen: Any, allowed: list[Any]) -> bool:
    """Nothing is lost: it is handled, or it is in one of the queues in the end."""
    if not is_in_a_handler(place):
        return False
    return any(seen["handled"] == one["handled"] and seen["later"][1] == one["later"][1] for one in allowed)


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World, failed_run)
    assert not wrong, "\n".join(wrong)
