"""A standard queue whose messages have groups does what the plainest fair queue does, who looks at all of them always.

And, without a model: whatever the limits, every message is delivered, quiet groups wait for nobody's backlog, and where
nobody is noisy the order is that of a queue that knows no groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import rule

import minicloud
from tests.support.depth import deep

from .machine import QUEUES, QueueMachine
from .models import Message, QueueModel

SILENCE = 300_000
GROUPS = st.sampled_from(["red", "red", "red", "green", "blue", None])
DELAYS = st.sampled_from([None, None, None, 1, 5])


class FairModel(QueueModel):
    def __init__(self, name: str, in_flight_limit: int, noisy_in_flight: int, noisy_percent: int) -> None:
        super().__init__(name, in_flight_limit)
        self.noisy_in_flight, self.noisy_percent = noisy_in_flight, noisy_percent
        self.seen: set[Message] = set()
        """What could be received once."""
        self.last_sent: dict[str | None, int] = {}
        self.remembered: set[str | None] = set()

    def of(self, group: str | None, state: str) -> list[Message]:
        return [message for message in self.messages if message.group == group and message.state == state]

    def see(self) -> None:
        """Notice what has become visible."""
        self.seen &= set(self.messages)
        for message in self.messages:
            if message.state == "visible" and message not in self.seen:
                self.seen.add(message)
                before = self.last_sent.get(message.group, -SILENCE)
                if message.sent - before >= SILENCE:
                    self.remembered.discard(message.group)
                self.last_sent[message.group] = max(before, message.sent)

    def has_too_much(self, group: str | None) -> bool:
        own, everybody = len(self.of(group, "in_flight")), self.count("in_flight")
        return own >= self.noisy_in_flight and own > everybody * self.noisy_percent / 100

    def noisy(self, now: int) -> list[str]:
        found = {one.group for one in self.messages if one.group is not None}
        recent = {group for group in found if now - self.last_sent.get(group, -SILENCE) < SILENCE}
        backlog = {group for group in recent & self.remembered if self.of(group, "visible")}
        return sorted(str(group) for group in recent if group in backlog or self.has_too_much(group))

    def take(self, now: int, maximum: int, visibility: int | None, attempt: str | None = None) -> list[Message]:
        self.refresh(now)
        self.see()
        for group in list(self.last_sent):
            if not self.of(group, "visible"):
                self.remembered.discard(group)
                if not self.of(group, "in_flight"):
                    del self.last_sent[group]
            if now - self.last_sent.get(group, now) >= SILENCE:
                self.remembered.discard(group)
        self.aside = self.noisy(now)
        taken = super().take(now, maximum, visibility, attempt)
        self.see()
        for group in {message.group for message in taken}:
            if not self.of(group, "visible"):
                self.remembered.discard(group)
            elif self.has_too_much(group) and now - self.last_sent[group] < SILENCE:
                self.remembered.add(group)
        return taken

    def available(self, but: Sequence[Message] = ()) -> list[Message]:
        return sorted(super().available(but), key=lambda message: message.group in self.aside)

    def move(self, now: int, message: Message) -> None:
        self.seen.discard(message)
        super().move(now, message)

    def purge(self, now: int) -> bool:
        purged = super().purge(now)
        if purged:
            self.last_sent.clear()
            self.remembered.clear()
        return purged


class FairQueue(QueueMachine):
    models: dict[str, FairModel]

    def new_limits(self, **limits: int) -> minicloud.Limits:
        # What a FIFO queue looks ahead means nothing here, and is as good as a draw of its own.
        in_flight = {1: 1, 4: 2}.get(limits["sqs_fifo_look_ahead"], 3)
        percent = 40 if limits["sqs_in_flight_standard"] > 3 else 10
        self.noisy_limits = {"sqs_noisy_group_in_flight": in_flight, "sqs_noisy_group_percent": percent}
        return super().new_limits(**limits, **self.noisy_limits)

    def new_queue(self, name: str, in_flight_limit: int, variant: bool) -> tuple[QueueModel, dict[str, str]]:
        return FairModel(name, in_flight_limit, *self.noisy_limits.values()), {}

    @rule(queue=QUEUES, group=GROUPS, delay=DELAYS)
    def send(self, queue: str, group: str | None, delay: int | None) -> None:
        options: dict[str, Any] = {} if group is None else {"MessageGroupId": group}
        if delay is not None:
            options["DelaySeconds"] = delay
        body = f"message {self.now}"
        answer = self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=body, **options)
        self.sent(queue, answer["MessageId"], body, group, delay)

    @rule(queue=QUEUES, groups=st.lists(GROUPS, min_size=2, max_size=10))
    def send_batch(self, queue: str, groups: list[str | None]) -> None:
        entries = [
            {"Id": str(place), "MessageBody": f"entry {place}"} | ({} if group is None else {"MessageGroupId": group})
            for place, group in enumerate(groups)
        ]
        answer = self.sqs.send_message_batch(QueueUrl=self.urls[queue], Entries=entries)
        for entry, sent, group in zip(entries, answer["Successful"], groups, strict=True):
            self.sent(queue, sent["MessageId"], entry["MessageBody"], group, None)

    def sent(self, queue: str, message_id: str, body: str, group: str | None, delay: int | None) -> None:
        message = Message(message_id, body, sent=self.now, place=0, group=group)
        self.models[queue].send(self.now, message, 0 if delay is None else delay * 1000)

    @rule(queue=QUEUES)
    def look_who_is_noisy(self, queue: str) -> None:
        model = self.models[queue]
        model.refresh(self.now)
        model.see()
        view = self.cloud.queue(self.urls[queue])
        noisy = model.noisy(self.now)
        assert view.noisy_groups == noisy
        model.aside = noisy
        assert [one.message_id for one in view.peek()] == [one.message_id for one in model.available()[:10]]


TestFairQueue = FairQueue.TestCase
TestFairQueue.settings = settings(max_examples=deep(200), stateful_step_count=50, deadline=None)


# --- what has to hold whatever the rule ------------------------------------------------------------------------------

FLOODS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 12)), min_size=1, max_size=12)
"""Who sends how many, one after the other."""


class Shop:
    """A queue, and who works it off."""

    def __init__(self, limits: minicloud.Limits) -> None:
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, limits=limits)
        self.sqs: Any = self.cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]

    def send(self, floods: list[tuple[str, int]], *, groups: bool = True) -> list[str]:
        bodies = [f"{group}{number}-{place}" for place, (group, count) in enumerate(floods) for number in range(count)]
        for body in bodies:
            self.sqs.send_message(
                QueueUrl=self.url, MessageBody=body, **({"MessageGroupId": body[0]} if groups else {})
            )
        return bodies

    def receive(self, maximum: int) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=maximum, VisibilityTimeout=1000
        ).get("Messages", [])
        return messages

    def delete(self, message: dict[str, Any]) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@given(floods=FLOODS, in_flight=st.integers(0, 9), percent=st.integers(0, 100), data=st.data())
@settings(max_examples=deep(200), deadline=None)
def test_every_message_is_delivered_and_quiet_groups_wait_for_nobody(
    floods: list[tuple[str, int]], in_flight: int, percent: int, data: st.DataObject
) -> None:
    shop = Shop(minicloud.Limits(sqs_noisy_group_in_flight=in_flight, sqs_noisy_group_percent=percent))
    sent = shop.send(floods)
    view = shop.cloud.queue("q")
    received: list[str] = []
    under_way: list[dict[str, Any]] = []
    while True:
        noisy = view.noisy_groups
        waiting = [message.body for message in view.messages if message.state == "visible"]
        quiet = [body for body in waiting if body[0] not in noisy]
        messages = shop.receive(data.draw(st.integers(1, 10), label="maximum"))
        if not messages:
            break
        bodies = [message["Body"] for message in messages]
        assert bodies == [*quiet, *(body for body in waiting if body[0] in noisy)][: len(bodies)]
        received += bodies
        under_way += messages
        for _ in range(data.draw(st.integers(0, len(under_way)), label="done")):
            shop.delete(under_way.pop(0))
    assert sorted(received) == sorted(sent)


@given(floods=FLOODS, maxima=st.lists(st.integers(1, 10), min_size=1, max_size=5))
@settings(max_examples=deep(100), deadline=None)
def test_where_nobody_is_noisy_groups_change_nothing(floods: list[tuple[str, int]], maxima: list[int]) -> None:
    orders = []
    for groups in (True, False):
        shop = Shop(minicloud.Limits(sqs_noisy_group_in_flight=1_000_000))
        sent = shop.send(floods, groups=groups)
        order: list[str] = []
        while messages := shop.receive(maxima[len(order) % len(maxima)]):
            order += [message["Body"] for message in messages]
            for message in messages[::2]:
                shop.delete(message)
        orders.append(order)
    assert orders[0] == orders[1] == sent
