"""Deliveries to a web server against a model: who is tried when, whatever else happens at that very moment."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import minicloud
from tests.support.depth import deep
from tests.support.strikes import by_profile

URL = "http://example.com/hook"
RETRIES = 3
APART = 20
"""Seconds between the attempts of a web server's default policy."""
CALLS_THE_SERVER = ("minicloud/engine/errands.py",)
"""Where how a request ended may get lost, which counts as a failure then."""
STEPS = st.sampled_from([0, 1, APART - 1, APART, 3 * APART, 299, 300])


class Deliveries(RuleBasedStateMachine):
    """A topic, a queue that is subscribed to it, and a web server that comes and goes and fails at times."""

    def __init__(self) -> None:
        super().__init__()
        self.cloud = minicloud.Cloud(clock="virtual", seed=1)
        self.start = self.cloud.clock.time()
        self.sns, self.sqs = self.cloud.client("sns"), self.cloud.client("sqs")
        self.answers: list[int] = []
        self.asked: list[tuple[int, str]] = []
        """What reached the server: when, and which message."""
        self.token = ""
        """Of the last confirmation that it was sent."""

        self.model_answers: list[int] = []
        self.now = 0
        self.expected: list[tuple[int, str]] = []
        self.in_queue: list[str] = []
        self.due: list[tuple[int, int, str, int, int]] = []
        """The attempts to come: when, in which order, which message, how many come after it, of which subscription."""
        self.order = 0
        self.subscription: str | None = None
        self.subscriptions = 0
        self.count = 0

    @initialize()
    def make(self) -> None:
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]
        self.sqs.create_queue(QueueName="q")
        self.cloud.http_endpoint(URL, self.serve)
        raw = {"RawMessageDelivery": "true"}
        arn = self.cloud.queue("q").arn
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes=raw)

    def serve(self, request: Any) -> int:
        if request.headers["x-amz-sns-message-type"] != "Notification":
            self.token = request.json()["Token"]
            return 200
        self.asked.append((round(self.cloud.clock.time() - self.start), request.json()["Message"]))
        return self.answers.pop(0) if self.answers else 200

    # --- the model ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Whatever is due by now, one after the other."""
        while self.due and min(self.due)[0] <= self.now:
            self.due.remove(first := min(self.due))
            due, _, message, left, subscription = first
            self.attempt(due, message, left, subscription)

    def attempt(self, now: int, message: str, left: int, subscription: int) -> None:
        if self.subscription is None or subscription != self.subscriptions:
            return
        self.expected.append((now, message))
        answer = self.model_answers.pop(0) if self.model_answers else 200
        if answer == 500 and left:
            self.order += 1
            self.due.append((now + APART, self.order, message, left - 1, subscription))

    # --- what happens -------------------------------------------------------------------------------------------------

    @rule(answers=st.lists(st.sampled_from([200, 404, 500, 500, 500]), max_size=6))
    def the_server_will_answer(self, answers: list[int]) -> None:
        self.answers = answers.copy()
        self.model_answers = answers.copy()

    @rule(step=STEPS, batch=st.integers(0, 3))
    def publish(self, step: int, batch: int) -> None:
        """At a moment at which a retry may be due."""
        self.move(step)
        messages = [f"m{self.count + number}" for number in range(max(batch, 1))]
        self.count += len(messages)
        for message in messages:
            self.in_queue.append(message)
            self.attempt(self.now, message, RETRIES, self.subscriptions)
        if batch:
            entries = [{"Id": message, "Message": message} for message in messages]
            self.sns.publish_batch(TopicArn=self.topic, PublishBatchRequestEntries=entries)
        else:
            self.sns.publish(TopicArn=self.topic, Message=messages[0])
        self.compare()

    @precondition(lambda self: self.subscription is None)
    @rule(step=STEPS)
    def subscribe(self, step: int) -> None:
        self.move(step)
        arn = self.sns.subscribe(TopicArn=self.topic, Protocol="http", Endpoint=URL, ReturnSubscriptionArn=True)[
            "SubscriptionArn"
        ]
        self.sns.confirm_subscription(TopicArn=self.topic, Token=self.token)
        self.subscription = arn
        self.subscriptions += 1
        self.compare()

    @precondition(lambda self: self.subscription is not None)
    @rule(step=STEPS)
    def unsubscribe(self, step: int) -> None:
        """At the very moment of a retry: that one was before it; the others never come."""
        self.move(step)
        self.sns.unsubscribe(SubscriptionArn=self.subscription)
        self.subscription = None
        self.compare()

    @rule(step=STEPS)
    def wait(self, step: int) -> None:
        self.move(step)
        self.compare()

    @rule(n=st.integers(1, 250), step=STEPS)
    def interrupt_publish(self, n: int, step: int) -> None:
        """An exception comes into it, but not where the server is asked: it reaches everybody, or nobody."""
        self.move(step)
        message = f"m{self.count}"
        self.count += 1
        by_profile(lambda: self.sns.publish(TopicArn=self.topic, Message=message), n, passes_by=CALLS_THE_SERVER)
        self.sns.list_topics()  # whoever comes first mends, and does what was left to do
        if message in self.cloud.queue("q").bodies:
            self.in_queue.append(message)
            self.attempt(self.now, message, RETRIES, self.subscriptions)
        self.compare()

    @precondition(lambda self: self.subscription is not None)
    @rule(n=st.integers(1, 60))
    def interrupt_unsubscribe(self, n: int) -> None:
        by_profile(lambda: self.sns.unsubscribe(SubscriptionArn=self.subscription), n)
        arns = [one["SubscriptionArn"] for one in self.sns.list_subscriptions()["Subscriptions"]]
        if self.subscription not in arns:
            self.subscription = None
        self.compare()

    @rule(n=st.integers(1, 250), step=STEPS)
    def interrupt_wait(self, n: int, step: int) -> None:
        """So far as time has come, all has happened."""
        by_profile(lambda: self.cloud.clock.advance(step), n, passes_by=CALLS_THE_SERVER)
        self.sns.list_topics()
        self.now = round(self.cloud.clock.time() - self.start)
        self.settle()
        self.compare()

    # --- between the rules --------------------------------------------------------------------------------------------

    def move(self, seconds: int) -> None:
        """What is due until then has happened, each attempt at its own moment."""
        self.cloud.clock.advance(seconds)
        self.now += seconds
        self.settle()

    def compare(self) -> None:
        assert self.asked == self.expected
        assert self.cloud.queue("q").bodies == self.in_queue

    def teardown(self) -> None:
        self.cloud.close()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=deep(100), stateful_step_count=30, deadline=None)
