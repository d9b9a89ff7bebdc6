"""A FIFO queue does exactly what the plainest one does: order, locks of groups, deduplication to the instant."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import rule

from tests.support.depth import deep
from tests.support.strikes import by_profile

from .interruptions import PLACES, InterruptedMachine
from .machine import EARLY, QUEUES, SOON
from .models import FifoModel, Message, QueueModel

GROUPS = st.sampled_from(["red", "red", "green"])
BODIES = st.sampled_from(["one", "two", "three"])
IDS = st.sampled_from(["new", "new", "new", "new", "1", "2", sha256(b"one").hexdigest(), None])
"""None: the id comes from the body."""


class FifoQueue(InterruptedMachine):
    suffix = ".fifo"

    def __init__(self) -> None:
        super().__init__()
        self.latest: dict[str, str] = {}
        """The last sequence number of each queue."""
        self.ids = 0

    models: dict[str, FifoModel]

    def new_queue(self, name: str, in_flight_limit: int, variant: bool) -> tuple[QueueModel, dict[str, str]]:
        scope = "messageGroup" if variant else "queue"
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "DeduplicationScope": scope}
        return FifoModel(name, in_flight_limit, scope=scope, look_ahead=self.look_ahead), attributes

    @rule(queue=QUEUES, group=GROUPS, body=BODIES, deduplication_id=IDS)
    def send(self, queue: str, group: str, body: str, deduplication_id: str | None) -> None:
        parameters = self.parameters(group, body, deduplication_id)
        self.sent(queue, self.sqs.send_message(QueueUrl=self.urls[queue], **parameters), parameters)

    @rule(queue=QUEUES, entries=st.lists(st.tuples(GROUPS, BODIES, IDS), min_size=1, max_size=10))
    def send_batch(self, queue: str, entries: list[tuple[str, str, str | None]]) -> None:
        parameters = [self.parameters(*entry) for entry in entries]
        answer = self.sqs.send_message_batch(
            QueueUrl=self.urls[queue], Entries=[{"Id": str(place), **entry} for place, entry in enumerate(parameters)]
        )
        for entry, sent in zip(parameters, answer["Successful"], strict=True):
            self.sent(queue, sent, entry)

    @rule(n=PLACES, queue=QUEUES, entries=st.lists(st.tuples(GROUPS, BODIES, IDS), min_size=1, max_size=3))
    def interrupt_send(self, n: int, queue: str, entries: list[tuple[str, str, str | None]]) -> None:
        """Those that are there have been sent, and each that is sent again then is a duplicate if it was."""
        url = self.urls[queue]
        parameters = [self.parameters(*entry) for entry in entries]
        if len(parameters) == 1:
            by_profile(lambda: self.sqs.send_message(QueueUrl=url, **parameters[0]), n)
        else:
            batch = [{"Id": str(place), **entry} for place, entry in enumerate(parameters)]
            by_profile(lambda: self.sqs.send_message_batch(QueueUrl=url, Entries=batch), n)
        there = self.sent_since(queue)
        for entry in parameters:
            if not there:
                break
            if self.is_known(queue, entry):
                continue
            message = there.pop(0)
            assert message.body == entry["MessageBody"]
            self.sent(queue, {"MessageId": message.message_id, "SequenceNumber": message.sequence_number}, entry)
        assert there == []
        for entry in parameters:
            self.sent(queue, self.sqs.send_message(QueueUrl=url, **entry), entry)

    def is_known(self, queue: str, entry: dict[str, str]) -> bool:
        deduplication_id = entry.get("MessageDeduplicationId") or sha256(entry["MessageBody"].encode()).hexdigest()
        return self.models[queue].original(self.now, entry["MessageGroupId"], deduplication_id) is not None

    def parameters(self, group: str, body: str, deduplication_id: str | None) -> dict[str, str]:
        if deduplication_id == "new":
            self.ids += 1
            deduplication_id = f"new-{self.ids}"
        given = {} if deduplication_id is None else {"MessageDeduplicationId": deduplication_id}
        return {"MessageBody": body, "MessageGroupId": group, **given}

    def sent(self, queue: str, answer: dict[str, Any], parameters: dict[str, str]) -> None:
        model = self.models[queue]
        group, body = parameters["MessageGroupId"], parameters["MessageBody"]
        deduplication_id = parameters.get("MessageDeduplicationId") or sha256(body.encode()).hexdigest()
        original = model.original(self.now, group, deduplication_id)
        if original is None:
            message = Message(
                answer["MessageId"], body, sent=self.now, place=0, group=group, sequence_number=answer["SequenceNumber"]
            )
            assert answer["SequenceNumber"] > self.latest.get(queue, "")
            self.latest[queue] = answer["SequenceNumber"]
            model.accept(self.now, message, deduplication_id)
        else:
            assert (answer["MessageId"], answer["SequenceNumber"]) == original

    @rule(queue=QUEUES, early=EARLY, attempt=st.sampled_from("ab"))
    def repeat_just_when_a_message_ends(self, queue: str, early: int, attempt: str) -> None:
        """A receive with the id of an earlier one, as what that got expires or becomes visible."""
        model = self.models[queue]
        if attempt in model.attempts:
            ends = [message.kept_from + model.retention for message, *_ in model.attempts[attempt][2]]
            ends += [until for *_, until in model.attempts[attempt][2] if until is not None]
            self.go_to(min((end for end in ends if self.now < end <= self.now + SOON), default=self.now) - early)
        self.receive(queue, 10, None, attempt)

    @rule(queue=QUEUES, seconds=st.sampled_from([0, 0, 2, 10]))
    def set_delay(self, queue: str, seconds: int) -> None:
        self.models[queue].set_delay(self.now, seconds * 1000)
        self.set_attribute(queue, "DelaySeconds", seconds)


TestFifoQueue = FifoQueue.TestCase
TestFifoQueue.settings = settings(max_examples=deep(200), stateful_step_count=50, deadline=None)
