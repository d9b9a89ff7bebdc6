"""What the property tests of both kinds of queue share: a cloud, two queues and their models, and the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, precondition, rule

import minicloud
from minicloud.exceptions import ClientError

from .models import Message, QueueModel
from .transitions import WatchedMachine

SOON = 70_000
"""Milliseconds: a short retention is within it."""

QUEUES = st.sampled_from(["main", "main", "dead"])
MAXIMA = st.sampled_from([1, 1, 2, 3, 10])
VISIBILITIES = st.sampled_from([None, 0, 0, 1, 2, 5])
ATTEMPTS = st.sampled_from([None, None, "a", "b"])
"""The id of a receive, which repeats an earlier one on a FIFO queue and means nothing on a standard one."""
WAITS = st.sampled_from([1, 2, 5, 20])
EARLY = st.sampled_from([0, 0, 1])
"""Milliseconds before the moment at which something happens by itself."""
PICKS = st.integers(0, 6)
"""Which of the handles so far, from the latest back."""


def refusal_of(call: Callable[[], Any]) -> str | None:
    """The code of the error a call was answered with."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


class QueueMachine(WatchedMachine):
    """A queue, its dead-letter queue, and a model of each; nothing between them is left to chance."""

    suffix = ""

    def new_queue(self, name: str, in_flight_limit: int, variant: bool) -> tuple[QueueModel, dict[str, str]]:
        """The model of a queue, and the attributes to make it with."""
        raise NotImplementedError

    def new_limits(self, **limits: int) -> minicloud.Limits:
        """The limits of the cloud: these, and what a kind of queue has beside them."""
        return minicloud.Limits(**limits)

    def new_clock(self) -> Any:
        """The clock of the cloud."""
        return "virtual"

    @initialize(
        redrive=st.sampled_from(["none", "dead", "dead", "itself", "each other"]),
        max_receives=st.integers(1, 3),
        retention=st.sampled_from([60, 345_600, 345_600]),
        in_flight_limit=st.sampled_from([3, 120_000]),
        look_ahead=st.sampled_from([1, 4, 120_000]),
        variant=st.booleans(),
    )
    def make(
        self, redrive: str, max_receives: int, retention: int, in_flight_limit: int, look_ahead: int, variant: bool
    ) -> None:
        limits = self.new_limits(
            sqs_in_flight_standard=in_flight_limit, sqs_in_flight_fifo=in_flight_limit, sqs_fifo_look_ahead=look_ahead
        )
        self.look_ahead = look_ahead
        self.cloud = minicloud.Cloud(clock=self.new_clock(), seed=1, limits=limits)
        self.start = self.cloud.clock.time_ns() // 1_000_000
        self.now = 0
        self.sqs = self.cloud.client("sqs")
        self.models: dict[str, QueueModel] = {}
        self.urls: dict[str, str] = {}
        self.handles: list[tuple[str, str]] = []
        for name in ("dead", "main"):
            self.models[name], attributes = self.new_queue(name, in_flight_limit, variant)
            self.models[name].retention = retention * 1000
            attributes["MessageRetentionPeriod"] = str(retention)
            self.urls[name] = self.sqs.create_queue(QueueName=name + self.suffix, Attributes=attributes)["QueueUrl"]
        if redrive != "none":
            self.redrive("main", "main" if redrive == "itself" else "dead", max_receives)
        if redrive == "each other":
            self.redrive("dead", "main", max_receives)

    def redrive(self, source: str, target: str, max_receives: int) -> None:
        arn = self.cloud.queue(self.urls[target]).arn
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": max_receives}) if max_receives else ""
        self.sqs.set_queue_attributes(QueueUrl=self.urls[source], Attributes={"RedrivePolicy": policy})
        self.models[source].dead_letters = self.models[target]
        self.models[source].max_receives = max_receives

    # --- receiving ----------------------------------------------------------------------------------------------------

    @rule(queue=QUEUES, maximum=MAXIMA, visibility=VISIBILITIES, attempt=ATTEMPTS)
    def receive(self, queue: str, maximum: int, visibility: int | None, attempt: str | None) -> None:
        model = self.models[queue]
        attempt = self.attempt_id(attempt)
        timeout = None if visibility is None else visibility * 1000
        expected, repeats = model.receive(self.now, maximum, timeout, attempt)
        if not expected and not model.fifo and model.count("in_flight") >= model.in_flight_limit:
            code = refusal_of(lambda: self.receive_message(queue, maximum, visibility, attempt))
            assert code == "OverLimit"
        else:
            self.compare(queue, self.receive_message(queue, maximum, visibility, attempt), expected, repeats)

    @precondition(lambda self: self.cloud.clock.manual)
    @rule(queue=QUEUES, maximum=MAXIMA, visibility=VISIBILITIES, wait=WAITS, attempt=ATTEMPTS)
    def poll(self, queue: str, maximum: int, visibility: int | None, wait: int, attempt: str | None) -> None:
        """A call that waits moves time to the moment at which it has its answer, and no further."""
        model = self.models[queue]
        attempt = self.attempt_id(attempt)
        timeout = None if visibility is None else visibility * 1000
        expected = model.poll(self.now, maximum, timeout, wait * 1000, attempt)
        answer = self.receive_message(queue, maximum, visibility, attempt, WaitTimeSeconds=wait)
        self.now = expected.done_at
        assert self.cloud.clock.time_ns() // 1_000_000 - self.start == self.now
        assert expected.answer is not None
        self.compare(queue, answer, expected.answer, expected.repeats)

    def attempt_id(self, attempt: str | None) -> str | None:
        """The id to use for the receive."""
        return attempt

    def receive_message(
        self, queue: str, maximum: int, visibility: int | None, attempt: str | None, **options: Any
    ) -> list[dict[str, Any]]:
        if visibility is not None:
            options["VisibilityTimeout"] = visibility
        if attempt is not None:
            options["ReceiveRequestAttemptId"] = attempt
        answer = self.sqs.receive_message(
            QueueUrl=self.urls[queue], MaxNumberOfMessages=maximum, AttributeNames=["All"], **options
        )
        assert answer.get("Messages") != []
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def compare(self, queue: str, answers: list[dict[str, Any]], expected: list[Message], repeats: bool) -> None:
        assert [answer["MessageId"] for answer in answers] == [message.message_id for message in expected]
        for answer, message in zip(answers, expected, strict=True):
            attributes = answer["Attributes"]
            assert answer["Body"] == message.body
            assert attributes["ApproximateReceiveCount"] == str(message.count)
            assert attributes["SentTimestamp"] == str(self.start + message.sent)
            assert message.first_received is not None
            assert attributes["ApproximateFirstReceiveTimestamp"] == str(self.start + message.first_received)
            assert attributes.get("MessageGroupId") == message.group
            if message.sequence_number is not None:
                assert attributes["SequenceNumber"] == message.sequence_number
            source = attributes.get("DeadLetterQueueSourceArn", "").rpartition(":")[2].removesuffix(self.suffix)
            assert source == (message.source or "")
            handle = answer["ReceiptHandle"]
            if repeats:
                assert handle == message.handles[-1]
                continue
            assert handle not in {earlier for _, earlier in self.handles}
            message.handles.append(handle)
            message.is_answered = True
            self.handles.append((queue, handle))

    # --- by handle ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.handles)
    @rule(picks=st.lists(PICKS, min_size=1, max_size=3), batch=st.booleans())
    def delete(self, picks: list[int], batch: bool) -> None:
        """With handles old and new, of messages that are there, gone, or elsewhere by now."""
        for queue, handles in self.pick(picks).items():
            expected = [self.models[queue].delete(self.now, handle) for handle in handles]
            assert self.delete_messages(queue, handles, batch) == expected

    def delete_messages(self, queue: str, handles: list[str], batch: bool) -> list[bool]:
        url = self.urls[queue]
        if batch:
            entries = [{"Id": str(place), "ReceiptHandle": handle} for place, handle in enumerate(handles)]
            answer = self.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            return self.successes(answer, len(handles))
        codes = [
            refusal_of(lambda handle=handle: self.sqs.delete_message(QueueUrl=url, ReceiptHandle=handle))
            for handle in handles
        ]
        assert set(codes) <= {None, "InvalidParameterValue"}
        return [code is None for code in codes]

    @precondition(lambda self: self.handles)
    @rule(
        picks=st.lists(PICKS, min_size=1, max_size=3),
        seconds=st.sampled_from([0, 0, 1, 3, 30, 43_195, 43_200]),
        batch=st.booleans(),
    )
    def change_visibility(self, picks: list[int], seconds: int, batch: bool) -> None:
        for queue, handles in self.pick(picks).items():
            model = self.models[queue]
            expected = [model.change_visibility(self.now, handle, seconds * 1000) for handle in handles]
            assert self.change_visibilities(queue, handles, seconds, batch) == expected

    def change_visibilities(self, queue: str, handles: list[str], seconds: int, batch: bool) -> list[bool]:
        if batch:
            entries = [
                {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                for place, handle in enumerate(handles)
            ]
            answer = self.sqs.change_message_visibility_batch(QueueUrl=self.urls[queue], Entries=entries)
            return self.successes(answer, len(handles))
        codes = [
            refusal_of(
                lambda handle=handle: self.sqs.change_message_visibility(
                    QueueUrl=self.urls[queue], ReceiptHandle=handle, VisibilityTimeout=seconds
                )
            )
            for handle in handles
        ]
        assert set(codes) <= {None, "InvalidParameterValue"}
        return [code is None for code in codes]

    def pick(self, picks: list[int]) -> dict[str, list[str]]:
        chosen: dict[str, list[str]] = {}
        for pick in picks:
            queue, handle = self.handles[-1 - pick % len(self.handles)]
            chosen.setdefault(queue, []).append(handle)
        return chosen

    @staticmethod
    def successes(answer: dict[str, Any], count: int) -> list[bool]:
        good = {entry["Id"] for entry in answer.get("Successful", [])}
        bad = {entry["Id"]: entry["Code"] for entry in answer.get("Failed", [])}
        assert good | set(bad) == {str(place) for place in range(count)}
        assert not good & set(bad)
        assert set(bad.values()) <= {"InvalidParameterValue"}
        return [str(place) in good for place in range(count)]

    # --- two things at one instant: nobody looks at the queue between the end of something and the call ---------------

    def go_to(self, moment: int) -> None:
        if moment > self.now:
            self.advance(moment - self.now)

    def next_end(self, queue: str) -> int:
        """When something happens in a queue by itself, soon; now, if nothing does."""
        ends = [end for end in self.models[queue].ends() if self.now < end <= self.now + SOON]
        return min(ends, default=self.now)

    @precondition(lambda self: self.handles)
    @rule(pick=PICKS, early=EARLY, batch=st.booleans(), seconds=st.sampled_from([None, None, 0, 5]))
    def use_a_handle_just_when_its_message_ends(self, pick: int, early: int, batch: bool, seconds: int | None) -> None:
        """Delete the message (None), or hide it anew, as it expires or becomes visible."""
        queue, handle = self.handles[-1 - pick % len(self.handles)]
        model = self.models[queue]
        message = model.find(handle)
        if message is not None:
            ends = [message.kept_from + model.retention, message.hidden_until or 0]
            self.go_to(min((end for end in ends if self.now < end <= self.now + SOON), default=self.now) - early)
        if seconds is None:
            assert self.delete_messages(queue, [handle], batch) == [model.delete(self.now, handle)]
        else:
            expected = [model.change_visibility(self.now, handle, seconds * 1000)]
            assert self.change_visibilities(queue, [handle], seconds, batch) == expected

    @rule(queue=QUEUES, early=EARLY, maximum=MAXIMA, visibility=VISIBILITIES, attempt=ATTEMPTS)
    def receive_just_when_something_ends(
        self, queue: str, early: int, maximum: int, visibility: int | None, attempt: str | None
    ) -> None:
        self.go_to(self.next_end(queue) - early)
        self.receive(queue, maximum, visibility, attempt)

    @precondition(lambda self: self.cloud.clock.manual)
    @rule(queue=QUEUES, early=EARLY, maximum=MAXIMA, visibility=VISIBILITIES, wait=WAITS, attempt=ATTEMPTS)
    def poll_until_something_ends(
        self, queue: str, early: int, maximum: int, visibility: int | None, wait: int, attempt: str | None
    ) -> None:
        """What becomes available at the very end of the wait is in time, a millisecond later it is too late."""
        self.go_to(self.next_end(queue) - early - wait * 1000)
        self.poll(queue, maximum, visibility, wait, attempt)

    # --- the queue as a whole -----------------------------------------------------------------------------------------

    @rule(milliseconds=st.sampled_from([1, 999, 1000, 1000, 2000, 5000, 5000, 29_999, 30_000, 299_999, 300_000]))
    def advance(self, milliseconds: int) -> None:
        self.cloud.clock.advance(timedelta(milliseconds=milliseconds))
        self.now += milliseconds

    @rule(queue=QUEUES, again=st.sampled_from([False, False, False, True]))
    def purge(self, queue: str, again: bool) -> None:
        if self.models[queue].purged_at is not None and not again:
            return  # purging empties the rules' playground
        code = refusal_of(lambda: self.sqs.purge_queue(QueueUrl=self.urls[queue]))
        expected = None if self.models[queue].purge(self.now) else "AWS.SimpleQueueService.PurgeQueueInProgress"
        assert code == expected

    @rule(queue=QUEUES, seconds=st.sampled_from([0, 1, 10, 30]))
    def set_visibility(self, queue: str, seconds: int) -> None:
        self.models[queue].refresh(self.now)
        self.models[queue].visibility = seconds * 1000
        self.set_attribute(queue, "VisibilityTimeout", seconds)

    @rule(queue=QUEUES, max_receives=st.sampled_from([0, 1, 5]))
    def set_max_receives(self, queue: str, max_receives: int) -> None:
        """None at all (0): what was received too often may be received again."""
        model = self.models[queue]
        if model.dead_letters is not None:
            self.redrive(queue, model.dead_letters.name, max_receives)

    @rule(queue=QUEUES, seconds=st.sampled_from([60, 345_600, 345_600]))
    def set_retention(self, queue: str, seconds: int) -> None:
        self.models[queue].set_retention(self.now, seconds * 1000)
        self.set_attribute(queue, "MessageRetentionPeriod", seconds)

    def set_attribute(self, queue: str, name: str, value: int) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.urls[queue], Attributes={name: str(value)})

    @rule(queue=QUEUES)
    def look(self, queue: str) -> None:
        """Nothing is lost, nothing is there twice, and the counters are exact. Looking changes nothing."""
        model = self.models[queue]
        model.refresh(self.now)
        view = self.cloud.queue(self.urls[queue])
        assert (view.counts.visible, view.counts.delayed, view.counts.in_flight) == (
            model.count("visible"),
            model.count("delayed"),
            model.count("in_flight"),
        )
        assert [(message.message_id, message.state, message.receive_count) for message in view.messages] == [
            (message.message_id, message.state, message.count) for message in model.messages
        ]
        shown = self.sqs.get_queue_attributes(QueueUrl=self.urls[queue], AttributeNames=["All"])["Attributes"]
        assert shown["ApproximateNumberOfMessages"] == str(model.count("visible"))
        assert shown["ApproximateNumberOfMessagesDelayed"] == str(model.count("delayed"))
        assert shown["ApproximateNumberOfMessagesNotVisible"] == str(model.count("in_flight"))

    def teardown(self) -> None:
        if hasattr(self, "cloud"):
            for queue in self.models:
                self.look(queue)
            self.cloud.close()
        super().teardown()
