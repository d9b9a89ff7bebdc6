"""A FIFO queue does exactly what the plainest possible one does: order, locks of groups, deduplication to the instant."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import rule

from .machine import QUEUES, QueueMachine
from .models import FifoModel, Message, QueueModel

GROUPS = st.sampled_from(["red", "green", "blue"])
BODIES = st.sampled_from(["one", "two", "three"])
IDS = st.one_of(
    st.none(), st.sampled_from(["1", "2", "3", sha256(b"one").hexdigest()]), st.integers(10, 10**6).map(str)
)
"""None: the id comes from the body."""


class FifoQueue(QueueMachine):
    suffix = ".fifo"

    def __init__(self) -> None:
        super().__init__()
        self.latest: dict[str, str] = {}
        """The last sequence number of each queue."""

    models: dict[str, FifoModel]  # type: ignore[assignment]

    def new_queue(self, name: str, in_flight_limit: int, variant: bool) -> tuple[QueueModel, dict[str, str]]:
        scope = "messageGroup" if variant else "queue"
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "DeduplicationScope": scope}
        return FifoModel(name, in_flight_limit, scope=scope), attributes

    @rule(queue=QUEUES, group=GROUPS, body=BODIES, deduplication_id=IDS)
    def send(self, queue: str, group: str, body: str, deduplication_id: str | None) -> None:
        parameters = self.parameters(group, body, deduplication_id)
        answer = self.sqs.send_message(QueueUrl=self.urls[queue], **parameters)
        self.sent(queue, answer, group, body, deduplication_id)

    @rule(queue=QUEUES, entries=st.lists(st.tuples(GROUPS, BODIES, IDS), min_size=1, max_size=10))
    def send_batch(self, queue: str, entries: list[tuple[str, str, str | None]]) -> None:
        answer = self.sqs.send_message_batch(
            QueueUrl=self.urls[queue],
            Entries=[{"Id": str(place), **self.parameters(*entry)} for place, entry in enumerate(entries)],
        )
        for entry, sent in zip(entries, answer["Successful"], strict=True):
            self.sent(queue, sent, *entry)

    @staticmethod
    def parameters(group: str, body: str, deduplication_id: str | None) -> dict[str, str]:
        given = {} if deduplication_id is None else {"MessageDeduplicationId": deduplication_id}
        return {"MessageBody": body, "MessageGroupId": group, **given}

    def sent(self, queue: str, answer: dict[str, Any], group: str, body: str, deduplication_id: str | None) -> None:
        model = self.models[queue]
        deduplication_id = deduplication_id or sha256(body.encode()).hexdigest()
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

    @rule(queue=QUEUES, seconds=st.sampled_from([0, 0, 2, 10]))
    def set_delay(self, queue: str, seconds: int) -> None:
        self.models[queue].set_delay(self.now, seconds * 1000)
        self.set_attribute(queue, "DelaySeconds", seconds)


TestFifoQueue = FifoQueue.TestCase
TestFifoQueue.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
