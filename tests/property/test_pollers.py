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
from tests.support.strikes import by_profile

from .interruptions import PLACES, messages_of
from .machine import ATTEMPTS, EARLY, MAXIMA, PICKS, SOON, VISIBILITIES, WAITS, refusal_of
from .models import FifoModel, Message, Poll, QueueModel
from .transitions import WatchedMachine

TICKS = 5
"""How often the loop turns after each rule: more than it takes a task to come to its end."""


class Pollers(WatchedMachine):
    """One queue, the tasks that wait for its messages, and the model of both."""

    @initialize(
        fifo=st.booleans(),
        in_flight_limit=st.sampled_from([2, 120_000]),
        retention=st.sampled_from([60, 345_600]),
    )
    def make(self, fifo: bool, in_flight_limit: int, retention: int) -> None:
        limits = minicloud.Limits(sqs_in_flight_standard=in_flight_limit, sqs_in_flight_fifo=in_flight_limit)
        self.cloud = minicloud.Cloud(clock="frozen", seed=1, limits=limits)
        self.sqs, self.aio = self.cloud.client("sqs"), self.cloud.async_client("sqs")
        attributes = {"MessageRetentionPeriod": str(retention)} | ({"FifoQueue": "true"} if fifo else {})
        self.model: QueueModel = (FifoModel if fifo else QueueModel)("queue", in_flight_limit)
        self.model.retention = retention * 1000
        self.url = self.sqs.create_queue(QueueName="queue.fifo" if fifo else "queue", Attributes=attributes)["QueueUrl"]
        self.loop = asyncio.new_event_loop()
        self.started = self.cloud.clock.time_ns() // 1_000_000
        self.now = 0
        self.ids = 0
        self.handles: list[str] = []
        self.tasks: dict[asyncio.Task[Any], Poll] = {}

    # --- polls come and go --------------------------------------------------------------------------------------------

    @rule(maximum=MAXIMA, visibility=VISIBILITIES, wait=WAITS, attempt=ATTEMPTS)
    def start(self, maximum: int, visibility: int | None, wait: int, attempt: str | None) -> None:
        visible = None if visibility is None else visibility * 1000
        options: dict[str, Any] = {} if visibility is None else {"VisibilityTimeout": visibility}
        if attempt is not None:
            options["ReceiveRequestAttemptId"] = attempt
        call = self.aio.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=maximum, WaitTimeSeconds=wait, AttributeNames=["All"], **options
        )
        self.tasks[self.loop.create_task(call)] = self.model.join(self.now, maximum, visible, wait * 1000, attempt)
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

    @precondition(lambda self: self.tasks)
    @rule(pick=PICKS, early=EARLY)
    def advance_to_an_end_and_cancel(self, pick: int, early: int) -> None:
        """As a message becomes visible or expires, or at the deadline of a poll."""
        self.go_to_an_end(early)
        self.cancel_task(pick)
        self.turn()

    # --- what fills them ----------------------------------------------------------------------------------------------

    @rule(groups=st.lists(st.sampled_from("ab"), min_size=1, max_size=3), delay=st.sampled_from([0, 0, 1, 3]))
    def send(self, groups: list[str], delay: int) -> None:
        self.send_messages(groups, delay)
        self.turn()

    @rule(n=PLACES, group=st.sampled_from("ab"), delay=st.sampled_from([0, 0, 1]))
    def interrupt_send(self, n: int, group: str, delay: int) -> None:
        """If the message is there, whoever it was for gets it."""
        if self.shows_at_once():
            return
        self.ids += 1
        body = str(self.ids)
        options: dict[str, Any] = {"DelaySeconds": delay}
        if self.model.fifo:
            options = {"MessageGroupId": group, "MessageDeduplicationId": body}
            delay = self.model.delay // 1000
        by_profile(lambda: self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **options), n)
        for message in messages_of(self.cloud, self.url.rpartition("/")[2]):
            if message.body == body:
                sent = Message(message.message_id, body, sent=self.now, place=0)
                sent.group = group if self.model.fifo else None
                self.model.send(self.now, sent, delay * 1000)
        self.turn()

    @rule(n=PLACES, milliseconds=st.sampled_from([1000, 2000, 5000, 20_000]))
    def interrupt_advance(self, n: int, milliseconds: int) -> None:
        """So far as time has come, all has happened."""
        if self.shows_at_once():
            return
        by_profile(lambda: self.cloud.clock.advance(timedelta(milliseconds=milliseconds)), n)
        self.sqs.list_queues()  # whoever comes first mends
        self.now = self.cloud.clock.time_ns() // 1_000_000 - self.started
        self.model.advance(self.now)
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

    @rule(milliseconds=st.sampled_from([1, 999, 1000, 1000, 2000, 5000, 20_000, 61_000]))
    def advance(self, milliseconds: int) -> None:
        self.advance_clock(milliseconds)
        self.turn()

    @rule(early=EARLY)
    def advance_to_an_end(self, early: int) -> None:
        self.go_to_an_end(early)
        self.turn()

    @precondition(lambda self: self.handles)
    @rule(pick=PICKS, early=EARLY)
    def delete_just_when_something_ends(self, pick: int, early: int) -> None:
        self.go_to_an_end(early)
        self.delete(pick)

    def shows_at_once(self) -> bool:
        """Whether somebody waits who hides nothing: a delivery that was interrupted and made again counts twice."""
        timeouts = [poll.visibility for poll in self.model.polls]
        return 0 in [self.model.visibility if timeout is None else timeout for timeout in timeouts]

    # --- attributes that change while tasks wait ----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([60, 345_600]), cancelled=st.none() | PICKS)
    def set_retention(self, seconds: int, cancelled: int | None) -> None:
        self.model.set_retention(self.now, seconds * 1000)
        self.set_attribute("MessageRetentionPeriod", seconds, cancelled)

    @rule(seconds=st.sampled_from([0, 0, 2, 10]), cancelled=st.none() | PICKS)
    def set_delay(self, seconds: int, cancelled: int | None) -> None:
        self.model.set_delay(self.now, seconds * 1000)
        self.set_attribute("DelaySeconds", seconds, cancelled)

    @rule(seconds=st.sampled_from([0, 1, 30, 600]), cancelled=st.none() | PICKS)
    def set_visibility(self, seconds: int, cancelled: int | None) -> None:
        """Holds for what tasks that wait already are given from now on."""
        self.model.visibility = seconds * 1000
        self.set_attribute("VisibilityTimeout", seconds, cancelled)

    @rule(cancelled=st.none() | PICKS)
    def purge(self, cancelled: int | None) -> None:
        if self.model.purged_at is None:  # once: it empties the rules' playground
            self.model.purge(self.now)
            self.sqs.purge_queue(QueueUrl=self.url)
            self.may_cancel(cancelled)

    # --- between the rules --------------------------------------------------------------------------------------------

    def send_messages(self, groups: list[str], delay: int = 0) -> None:
        for group in groups:
            self.ids += 1
            body = str(self.ids)
            if self.model.fifo:
                options: dict[str, Any] = {"MessageGroupId": group, "MessageDeduplicationId": body}
                delay = self.model.delay // 1000
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

    def go_to_an_end(self, early: int) -> None:
        """Advance to the next moment, if it is near, at which something happens by itself."""
        ends = self.model.ends() + [poll.deadline for poll in self.model.polls]
        step = min((end for end in ends if self.now < end <= self.now + SOON), default=self.now) - early - self.now
        if step > 0:
            self.advance_clock(step)

    def set_attribute(self, name: str, value: int, cancelled: int | None) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={name: str(value)})
        self.may_cancel(cancelled)

    def may_cancel(self, pick: int | None) -> None:
        """Cancel a task that may have been given messages a moment ago, and has not run since."""
        if pick is not None and self.tasks:
            self.cancel_task(pick)
        self.turn()

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
                self.compare(task.result().get("Messages", []), poll)

    def turn_loop(self) -> None:
        async def turns() -> None:
            for _ in range(TICKS):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turns())

    def compare(self, answers: list[dict[str, Any]], poll: Poll) -> None:
        assert poll.answer is not None
        assert [answer["Body"] for answer in answers] == [message.body for message in poll.answer]
        for answer, message, count in zip(answers, poll.answer, poll.counts, strict=True):
            assert answer["Attributes"]["ApproximateReceiveCount"] == str(count)
            first_received = int(answer["Attributes"]["ApproximateFirstReceiveTimestamp"]) - self.started
            assert first_received == message.first_received
            if poll.repeats:
                assert answer["ReceiptHandle"] == message.handles[-1]
                continue
            message.handles.append(answer["ReceiptHandle"])
            message.is_answered = True
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
