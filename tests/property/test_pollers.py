"""Any number of tasks may wait on a queue, and be cancelled at any moment: each message goes to the task it should.

The clock is frozen, so that only a rule moves time; the event loop runs between the rules. The model has the same polls
in line as the queue, and says of each of them what it gets and when.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import initialize, precondition, rule

import minicloud
from tests.support.depth import deep

from .machine import MAXIMA, PICKS, VISIBILITIES, refusal_of
from .models import FifoModel, Message, Poll, QueueModel
from .transitions import WatchedMachine

TICKS = 5
"""How often the loop turns after each rule: more than it takes a task to come to its end."""


class Pollers(WatchedMachine):
    """One queue, the tasks that wait for its messages, and the model of both."""

    @initialize(fifo=st.booleans(), in_flight_limit=st.sampled_from([2, 120_000]))
    def make(self, fifo: bool, in_flight_limit: int) -> None:
        limits = minicloud.Limits(sqs_in_flight_standard=in_flight_limit, sqs_in_flight_fifo=in_flight_limit)
        self.cloud = minicloud.Cloud(clock="frozen", seed=1, limits=limits)
        self.sqs, self.aio = self.cloud.client("sqs"), self.cloud.async_client("sqs")
        attributes = {"FifoQueue": "true"} if fifo else {}
        self.model: QueueModel = (FifoModel if fifo else QueueModel)("queue", in_flight_limit)
        self.url = self.sqs.create_queue(QueueName="queue.fifo" if fifo else "queue", Attributes=attributes)["QueueUrl"]
        self.loop = asyncio.new_event_loop()
        self.started = self.cloud.clock.time_ns() // 1_000_000
        self.now = 0
        self.ids = 0
        self.handles: list[str] = []
        self.tasks: dict[asyncio.Task[Any], Poll] = {}

    # --- polls come and go --------------------------------------------------------------------------------------------

    @rule(maximum=MAXIMA, visibility=VISIBILITIES, wait=st.sampled_from([1, 2, 5, 20]))
    def start(self, maximum: int, visibility: int | None, wait: int) -> None:
        visible = None if visibility is None else visibility * 1000
        options = {} if visibility is None else {"VisibilityTimeout": visibility}
        call = self.aio.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=maximum, WaitTimeSeconds=wait, AttributeNames=["All"], **options
        )
        self.tasks[self.loop.create_task(call)] = self.model.join(self.now, maximum, visible, wait * 1000)
        self.turn()

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        self.cancel_task(pick)
        self.turn()

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, groups=st.lists(st.sampled_from("ab"), min_size=1, max_size=3), early=st.booleans())
    def send_and_cancel(self, pick: int, groups: list[str], early: bool) -> None:
        """Cancel a task that has been given its message and has not run since, or just before it is given one."""
        task, poll = list(self.tasks.items())[pick % len(self.tasks)]
        if early:
            task.cancel()
        self.send_messages(groups)
        task.cancel()
        del self.tasks[task]
        self.model.cancel(self.now, poll)
        self.turn()
        assert task.cancelled()

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, milliseconds=st.sampled_from([1000, 1000, 2000, 5000]))
    def advance_and_cancel(self, pick: int, milliseconds: int) -> None:
        self.advance_clock(milliseconds)
        self.cancel_task(pick)
        self.turn()

    # --- what fills them ----------------------------------------------------------------------------------------------

    @rule(groups=st.lists(st.sampled_from("ab"), min_size=1, max_size=3), delay=st.sampled_from([0, 0, 1, 3]))
    def send(self, groups: list[str], delay: int) -> None:
        self.send_messages(groups, delay)
        self.turn()

    @precondition(lambda self: self.handles)
    @rule(pick=PICKS)
    def delete(self, pick: int) -> None:
        handle = self.handles[-1 - pick % len(self.handles)]
        refusal = refusal_of(lambda: self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle))
        assert (refusal is None) == self.model.delete(self.now, handle)
        self.turn()

    @precondition(lambda self: self.handles)
    @rule(pick=PICKS, seconds=st.sampled_from([0, 0, 1, 10]))
    def change_visibility(self, pick: int, seconds: int) -> None:
        handle = self.handles[-1 - pick % len(self.handles)]
        refusal = refusal_of(
            lambda: self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=seconds
            )
        )
        assert (refusal is None) == self.model.change_visibility(self.now, handle, seconds * 1000)
        self.turn()

    @rule(milliseconds=st.sampled_from([1, 999, 1000, 1000, 2000, 5000, 20_000]))
    def advance(self, milliseconds: int) -> None:
        self.advance_clock(milliseconds)
        self.turn()

    # --- between the rules --------------------------------------------------------------------------------------------

    def send_messages(self, groups: list[str], delay: int = 0) -> None:
        for group in groups:
            self.ids += 1
            body = str(self.ids)
            if self.model.fifo:
                options: dict[str, Any] = {"MessageGroupId": group, "MessageDeduplicationId": body}
                delay = 0
            else:
                options = {"DelaySeconds": delay}
            answer = self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **options)
            message = Message(answer["MessageId"], body, sent=self.now, place=0)
            message.group = group if self.model.fifo else None
            self.model.send(self.now, message, delay * 1000)

    def advance_clock(self, milliseconds: int) -> None:
        self.cloud.clock.advance(timedelta(milliseconds=milliseconds))
        self.now += milliseconds
        self.model.advance(self.now)

    def cancel_task(self, pick: int) -> None:
        task, poll = list(self.tasks.items())[pick % len(self.tasks)]
        task.cancel()
        del self.tasks[task]
        self.model.cancel(self.now, poll)

    def turn(self) -> None:
        """Let the tasks run, and see that each has what it should."""
        self.turn_loop()
        for task, poll in list(self.tasks.items()):
            assert task.done() == (poll.answer is not None)
            if poll.answer is not None:
                del self.tasks[task]
                self.compare(task.result().get("Messages", []), poll.answer, poll.counts)

    def turn_loop(self) -> None:
        async def turns() -> None:
            for _ in range(TICKS):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turns())

    def compare(self, answers: list[dict[str, Any]], expected: list[Message], counts: list[int]) -> None:
        assert [answer["Body"] for answer in answers] == [message.body for message in expected]
        for answer, message, count in zip(answers, expected, counts, strict=True):
            assert answer["Attributes"]["ApproximateReceiveCount"] == str(count)
            first_received = int(answer["Attributes"]["ApproximateFirstReceiveTimestamp"]) - self.started
            assert first_received == message.first_received
            message.handles.append(answer["ReceiptHandle"])
            self.handles.append(answer["ReceiptHandle"])

    def teardown(self) -> None:
        super().teardown()
        if not hasattr(self, "loop"):
            return
        for task, poll in self.tasks.items():
            task.cancel()
            self.model.cancel(self.now, poll)
        self.turn_loop()
        self.loop.close()
        self.model.refresh(self.now)
        messages = [(message.body, message.state) for message in self.cloud.queue(self.url).messages]
        self.cloud.close()
        assert messages == [(message.body, message.state) for message in self.model.messages]


TestPollers = Pollers.TestCase
TestPollers.settings = settings(max_examples=deep(200), stateful_step_count=40, deadline=None)
