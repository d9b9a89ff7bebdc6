"""Two queues on one stream against an obvious model: each record ends acknowledged, dead, expired, or is still there,
and nobody ever has a record that somebody else has.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import minicloud
from minicloud.services.kinesis.queue_record import TRANSITIONS, VISIBLE, QueueRecord
from tests.kinesis.support import check_state, dead_letters, entries, make_queue
from tests.property.transitions import watched
from tests.support.depth import deep

RETENTION = 24 * 3_600_000
QUEUES = st.sampled_from(["q", "q", "r"])
DEAD = st.sampled_from([False, False, True])
PICKS = st.integers(0, 5)
"""Which of the handles so far, from the latest back."""
SECONDS = st.sampled_from([None, 0, 1, 2, 5, 60])
GONE = "gone"


class Held:
    """A record of one queue, in the model."""

    def __init__(self, data: bytes, key: tuple[int, str, str]) -> None:
        self.data = data
        self.key = key
        self.arrival = key[0]
        self.state = "visible"
        self.due = 0
        self.count = 0
        self.handle = ""


class Model:
    """A queue; times are milliseconds."""

    def __init__(self, visibility: int, most: int | None) -> None:
        self.visibility = visibility
        self.most = most
        self.records: list[Held] = []

    def at(self, now: int) -> None:
        """What has ended by itself until now."""
        for held in self.records:
            if held.arrival <= now - RETENTION:
                held.state = GONE
            elif held.state.endswith("in_flight") and held.due <= now:
                self.end_flight(held)

    def end_flight(self, held: Held) -> None:
        is_dead = held.state.startswith("dead") or (self.most is not None and held.count >= self.most)
        held.state = "dead_letter" if is_dead else "visible"

    def receive(self, now: int, limit: int, seconds: int | None, *, dead: bool) -> tuple[int, list[Held]]:
        """Who waits for a second at most: when it is answered, and with what."""
        wanted, end = "dead_letter" if dead else "visible", now + 1000
        while True:
            self.at(now)
            found = sorted((held for held in self.records if held.state == wanted), key=lambda held: held.key)[:limit]
            if found or now == end:
                break
            dues = [held.due for held in self.records if held.state.endswith("in_flight") and held.due <= end]
            now = min([*dues, end])
        hidden = (self.visibility if seconds is None else seconds) * 1000
        for held in found:
            held.count += 1
            held.state = "dead_letter_in_flight" if dead else "in_flight"
            held.due = now + hidden
        if not hidden:
            for held in found:
                self.end_flight(held)
        return now, found

    def act(self, now: int, held: Held | None, handle: str, *, came_dead: bool, dead: bool) -> str | None:
        """The code that an entry fails with; None when the handle is good."""
        self.at(now)
        if held is None or came_dead is not dead:
            return "InvalidArgumentException"
        if held.state == GONE or held.handle != handle:
            return "ResourceNotFoundException"
        return None


class Queues(RuleBasedStateMachine):
    """A stream, two queues, and a model of each."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.watch = self.stack.enter_context(watched(QueueRecord, TRANSITIONS, VISIBLE))
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
        self.cloud.trace.start(limit=None)
        self.kinesis = self.cloud.client("kinesis")
        self.kinesis.create_stream(StreamName="s")
        self.start = self.cloud.clock.time_ns() // 1_000_000
        self.now = 0
        self.put_so_far = 0
        self.handles: list[tuple[str, Held, str, bool]] = []
        self.acknowledged: set[tuple[str, bytes]] = set()

    @initialize(most=st.integers(1, 3), visibility=st.sampled_from([0, 1, 5, 5]), count=st.integers(0, 4))
    def make(self, most: int, visibility: int, count: int) -> None:
        self.models = {"q": Model(visibility, most), "r": Model(2, None)}
        self.arns = {
            "q": make_queue(self.kinesis, name="q", QueueAttributes=dead_letters(most, visibility)),
            "r": make_queue(self.kinesis, name="r", QueueAttributes=dead_letters(None, 2)),
        }
        self.put(count)

    @rule()
    def put_some(self) -> None:
        self.put(2)

    def put(self, count: int) -> None:
        for _ in range(count):
            self.put_so_far += 1
            data = str(self.put_so_far).encode()
            made = self.kinesis.put_record(StreamName="s", Data=data, PartitionKey=str(self.put_so_far % 7))
            for model in self.models.values():
                model.records.append(Held(data, (self.now, made["ShardId"], made["SequenceNumber"])))

    @rule(queue=QUEUES)
    def receive_all(self, queue: str) -> None:
        self.receive(queue, dead=False, limit=10, seconds=None)

    @rule(queue=QUEUES, dead=DEAD, limit=st.sampled_from([1, 2, 10]), seconds=SECONDS)
    def receive_some(self, queue: str, dead: bool, limit: int, seconds: int | None) -> None:
        self.receive(queue, dead=dead, limit=limit, seconds=seconds)

    def receive(self, queue: str, *, dead: bool, limit: int, seconds: int | None) -> None:
        operation = "receive_dead_letter_queue_records" if dead else "receive_queue_records"
        given = {} if seconds is None else {"VisibilityTimeoutSeconds": seconds}
        answer = getattr(self.kinesis, operation)(QueueARN=self.arns[queue], Limit=limit, WaitTimeSeconds=1, **given)
        self.now, expected = self.models[queue].receive(self.now, limit, seconds, dead=dead)
        found = answer["QueueRecords"]
        assert self.cloud.clock.time_ns() // 1_000_000 - self.start == self.now
        assert [(one["Data"], one["ReceiveCount"]) for one in found] == [(held.data, held.count) for held in expected]
        for one, held in zip(found, expected, strict=True):
            assert (queue, held.data) not in self.acknowledged
            held.handle = one["ReceiptHandle"]
            self.handles.append((queue, held, held.handle, dead))
        for other in self.models.values():
            other.at(self.now)

    def act(self, operation: str, queue: str, pick: int, *, dead: bool, **more: Any) -> tuple[Held, str | None] | None:
        """Use a handle; its record and how it failed, which is as the model has it."""
        if not self.handles:
            return None
        whose, held, handle, came_dead = self.handles[-1 - pick % len(self.handles)]
        answer = getattr(self.kinesis, operation)(QueueARN=self.arns[queue], Entries=entries(handle, **more))
        known = held if whose == queue else None
        code = self.models[queue].act(self.now, known, handle, came_dead=came_dead, dead=dead)
        if code is None and "visibility" in operation and not held.state.endswith("in_flight"):
            code = "InvalidArgumentException"
        assert [entry["ErrorCode"] for entry in answer["Failed"]] == ([code] if code else [])
        assert len(answer["Successful"]) == (code is None)
        return held, code

    @rule(queue=QUEUES, dead=DEAD, pick=PICKS)
    def acknowledge(self, queue: str, dead: bool, pick: int) -> None:
        operation = "acknowledge_dead_letter_queue_records" if dead else "acknowledge_queue_records"
        done = self.act(operation, queue, pick, dead=dead)
        if done is not None and done[1] is None:
            done[0].state = GONE
            self.acknowledged.add((queue, done[0].data))

    @rule(queue=QUEUES, pick=PICKS)
    def restore(self, queue: str, pick: int) -> None:
        done = self.act("restore_dead_letter_queue_records", queue, pick, dead=True)
        if done is not None and done[1] is None:
            held = done[0]
            held.state, held.count, held.handle = "visible", 0, ""

    @rule(queue=QUEUES, dead=DEAD, pick=PICKS, seconds=st.sampled_from([0, 1, 5, 60]))
    def hide(self, queue: str, dead: bool, pick: int, seconds: int) -> None:
        operation = "update_dead_letter_queue_records_visibility" if dead else "update_queue_records_visibility"
        done = self.act(operation, queue, pick, dead=dead, VisibilityTimeoutSeconds=seconds)
        if done is not None and done[1] is None:
            held = done[0]
            held.due = self.now + seconds * 1000
            if not seconds:
                self.models[queue].end_flight(held)

    @rule(queue=QUEUES, most=st.sampled_from([None, 1, 3]), visibility=st.sampled_from([0, 1, 5]))
    def update(self, queue: str, most: int | None, visibility: int) -> None:
        self.models[queue].at(self.now)  # what has ended has ended by the old measure
        self.kinesis.update_queue(QueueARN=self.arns[queue], QueueAttributes=dead_letters(most, visibility))
        self.models[queue].most, self.models[queue].visibility = most, visibility

    @rule(milliseconds=st.sampled_from([1, 999, 1000, 1000, 2000, 5000, 5000, 60_000, 60_000, RETENTION - 1000]))
    def advance(self, milliseconds: int) -> None:
        for model in self.models.values():
            model.at(self.now)
        self.cloud.clock.advance(timedelta(milliseconds=milliseconds))
        self.now += milliseconds

    @rule()
    def views_show_what_the_models_have(self) -> None:
        for name, model in getattr(self, "models", {}).items():
            model.at(self.now)
            there = sorted((held for held in model.records if held.state != GONE), key=lambda held: held.key)
            view = self.cloud.stream("s").queue(name)
            assert [(one.data, one.state, one.receive_count) for one in view.records] == [
                (held.data, held.state, held.count) for held in there
            ]

    @invariant()
    def everything_is_whole(self) -> None:
        assert self.watch.forbidden == []
        check_state(self.cloud)

    def teardown(self) -> None:
        if hasattr(self, "arns"):
            self.views_show_what_the_models_have()
            report = self.cloud.check_history(checks=("visibility",))
            assert report, str(report)
        self.cloud.close()
        self.stack.close()


TestQueues = Queues.TestCase
TestQueues.settings = settings(max_examples=deep(400), stateful_step_count=50, deadline=None)
