"""What a queue takes in that no client has sent, and what it refuses: by the reason that who delivers is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.core.effects import ToQueue
from tests.sqs.consistency import check

FIFO = {"FifoQueue": "true"}
LARGE = 1_048_576
TEXT = {"DataType": "String", "StringValue": "v"}


class Queues:
    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.sqs: Any = cloud.client("sqs")
        self.failures: list[tuple[int, str]] = []

    def deliver(self, name: str, body: str, *, listens: bool = True, **params: Any) -> ToQueue:
        """Have a queue take that in."""
        engine: Any = self.cloud
        queue = next(iter(engine.services("sqs"))).queues[name]
        tell = (lambda now, reason: self.failures.append((now, reason))) if listens else None
        effect = ToQueue(queue.arn, body, on_failure=tell, **params)
        engine.change("delivering", lambda now: queue.ingest(now, effect))
        return effect

    def bodies(self, name: str) -> list[str]:
        return self.cloud.queue(name).bodies


@pytest.fixture(params=[False, True], ids=["not recorded", "recorded"])
def queues(request: pytest.FixtureRequest) -> Iterator[Queues]:
    with minicloud.Cloud(clock="virtual", trace=request.param, region_name="us-east-1") as cloud:
        made = Queues(cloud)
        made.sqs.create_queue(QueueName="q")
        made.sqs.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})
        made.sqs.create_queue(QueueName="q.fifo", Attributes=FIFO)
        made.sqs.create_queue(QueueName="by-content.fifo", Attributes={**FIFO, "ContentBasedDeduplication": "true"})
        yield made
        check(cloud)


GROUP = {"group_id": "g"}
REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "nothing": ("q", "", {}, "MissingParameter"),
    "nothing, FIFO": ("by-content.fifo", "", GROUP, "MissingParameter"),
    "what no message carries": ("q", "a\0", {}, "InvalidMessageContents"),
    "what no message carries, not in ASCII": ("q", "ä\uffff", {}, "InvalidMessageContents"),
    "too much": ("small", "x" * 1025, {}, "InvalidParameterValue"),
    "too much, in bytes": ("small", "ä" * 513, {}, "InvalidParameterValue"),
    "too much with its attributes": ("small", "x" * 1017, {"attributes": {"n": TEXT}}, "InvalidParameterValue"),
    "an attribute of no type": ("q", "m", {"attributes": {"n": {**TEXT, "DataType": "Text"}}}, "InvalidParameterValue"),
    "no group": ("by-content.fifo", "m", {}, "MissingParameter"),
    "no id": ("q.fifo", "m", GROUP, "InvalidParameterValue"),
    "a group that is none": ("by-content.fifo", "m", {"group_id": "a b"}, "InvalidParameterValue"),
    "a group that is too long": ("by-content.fifo", "m", {"group_id": "x" * 129}, "InvalidParameterValue"),
    "an empty group": ("by-content.fifo", "m", {"group_id": ""}, "InvalidParameterValue"),
    "a group that is none, standard": ("q", "m", {"group_id": "a b"}, "InvalidParameterValue"),
    "an id that is none": ("q.fifo", "m", {**GROUP, "deduplication_id": "ä"}, "InvalidParameterValue"),
    "an id that is too long": ("q.fifo", "m", {**GROUP, "deduplication_id": "x" * 129}, "InvalidParameterValue"),
    "an empty id": ("q.fifo", "m", {**GROUP, "deduplication_id": ""}, "InvalidParameterValue"),
}


@pytest.mark.parametrize("listens", [True, False])
@pytest.mark.parametrize("row", REFUSED)
def test_what_is_refused(queues: Queues, row: str, *, listens: bool) -> None:
    """Who delivers is told why; who does not want to know is not."""
    name, body, params, reason = REFUSED[row]
    effect = queues.deliver(name, body, listens=listens, **params)
    assert queues.failures == ([(queues.cloud.clock.time_ns(), reason)] if listens else [])
    assert effect.message is None
    assert queues.bodies(name) == []


TAKEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a text": ("q", "m", {}),
    "a text that is not ASCII": ("q", "ä", {}),
    "as much as there may be": ("small", "x" * 1024, {}),
    "as much as there may be, in bytes": ("small", "ä" * 512, {}),
    "as much as there may be with its attributes": ("small", "x" * 1016, {"attributes": {"n": TEXT}}),
    "a group": ("q", "m", GROUP),
    "a long group": ("q", "m", {"group_id": "x" * 128}),
    "a group of one that no id is needed for": ("by-content.fifo", "m", GROUP),
    "an id": ("q.fifo", "m", {**GROUP, "deduplication_id": "x" * 128}),
    "another sender": ("q", "m", {"sender_id": "AIDAOTHER"}),
    "a trace header": ("q", "m", {"trace_header": "Root=1-5759e988-bd862e3fe1be46a994272793"}),
}


@pytest.mark.parametrize("row", TAKEN)
def test_what_is_taken_in(queues: Queues, row: str) -> None:
    name, body, params = TAKEN[row]
    effect = queues.deliver(name, body, **params)
    assert queues.failures == []
    assert queues.bodies(name) == [body]
    url = queues.cloud.queue(name).url
    [message] = queues.sqs.receive_message(
        QueueUrl=url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]
    )["Messages"]
    kept: Any = effect.message
    assert message["MessageId"] == kept.message_id
    shown = message["Attributes"]
    assert shown.get("MessageGroupId") == params.get("group_id")
    assert shown.get("AWSTraceHeader") == params.get("trace_header")
    assert shown["SenderId"] == params.get("sender_id", shown["SenderId"])
    assert message.get("MessageAttributes", {}) == params.get("attributes", {})
    if "deduplication_id" in params:
        assert shown["MessageDeduplicationId"] == params["deduplication_id"]


@pytest.mark.parametrize("name", ["q", "small"])
def test_what_is_taken_in_has_the_delay_of_the_queue(queues: Queues, name: str) -> None:
    url = queues.cloud.queue(name).url
    queues.sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    for body, params in (("plain", {}), ("grouped", GROUP), ("with more", {"attributes": {"n": TEXT}})):
        queues.deliver(name, body, **params)
    assert queues.cloud.queue(name).counts.delayed == 3
    queues.cloud.clock.advance(5)
    assert queues.cloud.queue(name).counts.visible == 3
