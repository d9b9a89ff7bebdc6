"""A mapping of a queue among others who send, receive and delete: nothing is lost, and groups keep their order.

The machine knows of each message what has to become of it in the end: handled, filtered, deleted by somebody else, in
the dead-letter queue, or still in the queue. Where exactly it is meanwhile is the queue's affair.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import minicloud
import minicloud.typing
from minicloud.exceptions import ClientError
from tests.support.depth import deep
from tests.support.strikes import by_profile

GROUPS = st.lists(st.sampled_from("abc"), min_size=1, max_size=10)
VISIBILITY = 30
TIMEOUT = 20


class Mappings(RuleBasedStateMachine):
    """A queue, its dead-letter queue, a function that does as it is told, and a mapping."""

    @initialize(fifo=st.booleans(), receives=st.sampled_from([2, 5]), second=st.booleans())
    def make(self, fifo: bool, receives: int, second: bool) -> None:
        self.cloud = minicloud.Cloud(clock="frozen", seed=1, trace=True)
        self.sqs, self.lambda_ = self.cloud.client("sqs"), self.cloud.client("lambda")
        self.fifo = fifo
        self.suffix = ".fifo" if fifo else ""
        own = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        dead = self.sqs.create_queue(QueueName=f"dead{self.suffix}", Attributes=own)["QueueUrl"]
        self.dead = self.cloud.queue(dead)
        redrive = json.dumps({"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": receives})
        attributes = {**own, "VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": redrive}
        self.url = self.sqs.create_queue(QueueName=f"q{self.suffix}", Attributes=attributes)["QueueUrl"]
        self.queue = self.cloud.queue(self.url)
        self.sent: dict[str, tuple[int, str]] = {}
        """By id: its number, and its group."""
        self.count = 0
        self.done: set[str] = set()
        """Handled, filtered, or deleted by somebody else."""
        self.lasting: list[tuple[float, list[str]]] = []
        """What runs, and is done when that time comes."""
        self.handles: list[tuple[str, str]] = []
        self.mode, self.takes = "fine", 0.0
        self.interrupted = False
        self.problems: list[str] = []
        self.map(reserved=None)
        self.mappings = [
            self.cloud.event_source_mapping(self.url, name, FunctionResponseTypes=["ReportBatchItemFailures"])
            for name in ("f", "g")[: 1 + second]
        ]

    def map(self, reserved: int | None) -> None:
        for name in ("f", "g"):
            self.cloud.function(
                name, self.handle, timeout=TIMEOUT, takes=lambda _: self.takes, reserved_concurrency=reserved
            )

    @property
    def now(self) -> float:
        return self.cloud.clock.time_ns() / 1e9

    def handle(self, event: dict[str, Any], context: Any) -> Any:
        records = event["Records"]
        ids = [record["messageId"] for record in records]
        for record in records:
            self.know(record["messageId"], record["body"])
        if len(set(ids)) < len(ids) and self.fifo:
            self.problems.append(f"twice in one batch: {ids}")
        self.check_order(ids)
        failed = [message_id for message_id in ids if self.mode == "some" and self.sent[message_id][0] % 3 == 0]
        if self.mode == "boom":
            raise RuntimeError("boom")
        if self.takes < TIMEOUT:
            self.lasting.append((self.now + self.takes, [one for one in ids if one not in failed]))
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def check_order(self, ids: list[str]) -> None:
        """Nothing of a group is given to the function before all that came earlier is out of the queue."""
        if not self.fifo:
            return
        there = self.look()
        for place, message_id in enumerate(ids):
            number, group = self.sent[message_id]
            earlier = {one for one in there if self.sent[one][1] == group and self.sent[one][0] < number}
            if not earlier <= set(ids[:place]):
                self.problems.append(f"{number} of {group} before {[self.sent[one] for one in earlier]}")

    # --- what others do ----------------------------------------------------------------------------------------------

    def know(self, message_id: str, body: str) -> None:
        """A message is somewhere: its send may not have returned, or been interrupted."""
        known = json.loads(body)
        self.sent.setdefault(message_id, (known["n"], known["kind"]))

    def look(self) -> set[str]:
        """The ids of the messages in the queue."""
        there = self.queue.messages
        for message in there:
            self.know(message.message_id, message.body)
        return {message.message_id for message in there}

    def entries(self, groups: list[str], delay: int) -> list[dict[str, Any]]:
        entries = []
        for group in groups:
            body = json.dumps({"n": self.count, "kind": group})
            own = {"MessageGroupId": group} if self.fifo else {"DelaySeconds": delay}
            entries.append({"Id": str(self.count), "MessageBody": body, **own})
            self.count += 1
        return entries

    @rule(groups=GROUPS, delay=st.sampled_from([0, 0, 0, 3]))
    def send(self, groups: list[str], delay: int) -> None:
        entries = self.entries(groups, delay)
        answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        for entry, one in zip(entries, answer["Successful"], strict=True):
            self.know(one["MessageId"], entry["MessageBody"])

    @rule(n=st.integers(1, 900), groups=GROUPS)
    def interrupt_send(self, n: int, groups: list[str]) -> None:
        """What has come is in the queue, or was handled or filtered already."""
        entries = self.entries(groups, 0)
        by_profile(lambda: self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries), n)
        self.interrupted = True
        self.look()
        for message in self.dead.messages:
            self.know(message.message_id, message.body)

    @rule(maximum=st.sampled_from([1, 3, 10]))
    def receive(self, maximum: int) -> None:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=maximum)
        self.handles += [(one["MessageId"], one["ReceiptHandle"]) for one in answer.get("Messages", [])]

    @precondition(lambda self: self.handles)
    @rule(pick=st.integers(0, 99))
    def delete(self, pick: int) -> None:
        message_id, handle = self.handles.pop(pick % len(self.handles))
        before = {message.message_id for message in self.queue.messages}
        with suppress(ClientError):
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)
        if message_id in before and message_id not in {message.message_id for message in self.queue.messages}:
            self.done.add(message_id)

    @precondition(lambda self: self.handles)
    @rule(pick=st.integers(0, 99), seconds=st.sampled_from([0, 5, 60]))
    def change_visibility(self, pick: int, seconds: int) -> None:
        _, handle = self.handles[pick % len(self.handles)]
        with suppress(ClientError):
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=seconds)

    # --- what becomes of the mapping ---------------------------------------------------------------------------------

    @rule(mode=st.sampled_from(["fine", "fine", "boom", "some"]), takes=st.sampled_from([0.0, 0.0, 4.0, 25.0]))
    def behave(self, mode: str, takes: float) -> None:
        self.mode, self.takes = mode, takes

    @rule(reserved=st.sampled_from([None, 0, 1]))
    def reserve(self, reserved: int | None) -> None:
        if reserved is None:
            with suppress(AttributeError):
                for name in ("f", "g"):
                    self.lambda_.delete_function_concurrency(FunctionName=name)
            return
        self.map(reserved)

    @rule(pick=st.integers(0, 1), enabled=st.booleans())
    def enable(self, pick: int, enabled: bool) -> None:
        view = self.mappings[pick % len(self.mappings)]
        (view.enable if enabled else view.disable)()

    @rule(pick=st.integers(0, 1), size=st.sampled_from([1, 2, 10]), window=st.sampled_from([0, 0, 7, 40]))
    def resize(self, pick: int, size: int, window: int) -> None:
        view = self.mappings[pick % len(self.mappings)]
        own = {} if self.fifo else {"MaximumBatchingWindowInSeconds": window}
        self.lambda_.update_event_source_mapping(UUID=view.uuid, BatchSize=size, **own)

    @rule(pick=st.integers(0, 1), filters=st.booleans())
    def filter(self, pick: int, filters: bool) -> None:
        view = self.mappings[pick % len(self.mappings)]
        criteria = {"Filters": [{"Pattern": '{"body": {"kind": ["a", "b"]}}'}]} if filters else {}
        self.lambda_.update_event_source_mapping(UUID=view.uuid, FilterCriteria=criteria)

    # --- time --------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 4, 7, 20, 29, 30, 31, 90]))
    def advance(self, seconds: int) -> None:
        self.cloud.clock.advance(seconds)

    @rule(n=st.integers(1, 400), seconds=st.sampled_from([4, 30]))
    def interrupt_advance(self, n: int, seconds: int) -> None:
        """A handler that was running may have been taken for one that has failed."""
        by_profile(lambda: self.cloud.clock.advance(seconds), n)
        self.interrupted = True

    # --- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.sqs.list_queues()  # runs what waits to be run after an interruption
        there = [message.message_id for message in self.queue.messages]
        dead = [message.message_id for message in self.dead.messages]
        self.note_what_ended(set(there), set(dead))
        assert not self.problems
        assert len(set(there)) == len(there)
        assert not self.done & set(there), "it was done, and is there again"
        missing = set(self.sent) - self.done - set(there) - set(dead)
        assert not missing, [self.sent[one] for one in missing]
        in_flight = self.queue.counts.in_flight
        assert sum(view.in_flight for view in self.mappings) <= in_flight + 1_000

    def note_what_ended(self, there: set[str], dead: set[str]) -> None:
        """What was handled and is out of the queue is done; what was filtered, too."""
        left = []
        for due, ids in self.lasting:
            if due <= self.now:
                self.done.update(one for one in ids if one not in there)
            left.append((due, [one for one in ids if due > self.now or one in there]))
        self.lasting = [entry for entry in left if entry[1]]
        for fact in self.cloud.trace:
            if fact.kind == "mapping.filtered":
                self.done.update(one for one in fact.details["message_ids"] if one not in there)
        self.done -= dead
        self.cloud.trace.clear()

    def teardown(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.mode, self.takes = "fine", 0.0
        self.map(reserved=1_000)
        for view in self.mappings:
            view.enable()
        self.cloud.clock.advance(10_000)
        self.nothing_is_lost()
        assert self.queue.counts == minicloud.typing.QueueCounts(0, 0, 0)
        assert all(view.in_flight == 0 for view in self.mappings)
        if not self.interrupted:
            assert set(self.sent) == self.done | {message.message_id for message in self.dead.messages}


TestMappings = Mappings.TestCase
TestMappings.settings = settings(max_examples=deep(200), stateful_step_count=30)
