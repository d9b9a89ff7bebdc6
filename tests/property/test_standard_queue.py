"""A standard queue does exactly what the plainest possible queue does, whatever the calls and whenever they come."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import rule

from tests.support.depth import deep
from tests.support.strikes import by_profile

from .interruptions import PLACES, InterruptedMachine
from .machine import QUEUES
from .models import Message, QueueModel

DELAYS = st.sampled_from([None, None, 0, 1, 5, 900])


class StandardQueue(InterruptedMachine):
    def new_queue(self, name: str, in_flight_limit: int, variant: bool) -> tuple[QueueModel, dict[str, str]]:
        return QueueModel(name, in_flight_limit), {}

    @rule(queue=QUEUES, delay=DELAYS)
    def send(self, queue: str, delay: int | None) -> None:
        body = f"message {self.now}"
        options = {} if delay is None else {"DelaySeconds": delay}
        answer = self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=body, **options)
        self.sent(queue, answer["MessageId"], body, delay)

    @rule(queue=QUEUES, delays=st.lists(DELAYS, min_size=1, max_size=10))
    def send_batch(self, queue: str, delays: list[int | None]) -> None:
        entries = [
            {"Id": str(place), "MessageBody": f"entry {place}"} | ({} if delay is None else {"DelaySeconds": delay})
            for place, delay in enumerate(delays)
        ]
        answer = self.sqs.send_message_batch(QueueUrl=self.urls[queue], Entries=entries)
        assert [entry["Id"] for entry in answer["Successful"]] == [entry["Id"] for entry in entries]
        for entry, sent, delay in zip(entries, answer["Successful"], delays, strict=True):
            self.sent(queue, sent["MessageId"], entry["MessageBody"], delay)

    @rule(n=PLACES, queue=QUEUES, delay=DELAYS, count=st.integers(1, 3))
    def interrupt_send(self, n: int, queue: str, delay: int | None, count: int) -> None:
        """A message, or some entries of a batch: as many as are there have been sent."""
        options = {} if delay is None else {"DelaySeconds": delay}
        entries = [{"Id": str(place), "MessageBody": f"entry {place}", **options} for place in range(count)]
        url = self.urls[queue]
        if count == 1:
            by_profile(lambda: self.sqs.send_message(QueueUrl=url, MessageBody="entry 0", **options), n)
        else:
            by_profile(lambda: self.sqs.send_message_batch(QueueUrl=url, Entries=entries), n)
        for place, message in enumerate(self.sent_since(queue)):
            assert message.body == f"entry {place}"
            self.sent(queue, message.message_id, message.body, delay)

    def sent(self, queue: str, message_id: str, body: str, delay: int | None) -> None:
        model = self.models[queue]
        delay_milliseconds = model.delay if delay is None else delay * 1000
        model.send(self.now, Message(message_id, body, sent=self.now, place=0), delay_milliseconds)

    @rule(queue=QUEUES, seconds=st.sampled_from([0, 0, 2, 10]))
    def set_delay(self, queue: str, seconds: int) -> None:
        self.models[queue].set_delay(self.now, seconds * 1000)
        self.set_attribute(queue, "DelaySeconds", seconds)


TestStandardQueue = StandardQueue.TestCase
TestStandardQueue.settings = settings(max_examples=deep(200), stateful_step_count=50, deadline=None)
