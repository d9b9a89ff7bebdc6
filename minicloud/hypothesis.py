"""For hypothesis: clouds whose every choice is hypothesis's own, and a machine that puts a consumer through them.

Imported only on request, and only where hypothesis is installed:

    from minicloud.hypothesis import ConsumerMachine, clouds

    @given(clouds())
    def test_consumer(cloud): ...

Such a cloud does what AWS reserves the right to do (as ``Cloud(delivery="aws")``), and hypothesis says when. A test
that fails is brought down to the shortest schedule of reorderings and redeliveries that breaks it; what happened in
the cloud is in minicloud's section of pytest's report; without pytest, or without the trace, it is noted line by line,
and so printed with the failing example.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from .cloud import Cloud
from .core.chaos import Chaos
from .core.shown import escaped
from .engine import new_clouds
from .inspection.bodies import excerpt
from .inspection.text import clock_time, describe, subject_of
from .inspection.trace import TraceEvent

__all__ = ["ConsumerMachine", "clouds"]

_FOLD_AT = 4
"""How often the same has to happen at the same moment for no more of it to be noted."""


@st.composite
def clouds(draw: st.DrawFn, /, **options: Any) -> Cloud:
    """Clouds on a virtual clock that reorder, repeat, delay and withhold as hypothesis chooses.

    ``options`` are arguments of ``Cloud``, all but ``delivery``; the test's marker and the ini file say the others. Ids
    are the same in every example unless ``seed`` is drawn. Shrinks towards a cloud that does everything in order, once,
    and at once.
    """
    random = draw(st.randoms(use_true_random=False))
    _warm_up()
    return _cloud(random, options)


@cache
def _warm_up() -> None:
    """Load and compile what the first example would have to: hypothesis wants examples to take the same time.

    Called while an example is drawn, which does not count.
    """
    with Cloud(clock="virtual", trace=False) as cloud:
        cloud.on_closing = None  # it is none of the test's, to be judged
        sqs, sns, _ = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
        url = sqs.create_queue(QueueName="warm")["QueueUrl"]
        topic = sns.create_topic(Name="warm")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("warm").arn)
        sns.publish(TopicArn=topic, Message="m")
        sqs.send_message(QueueUrl=url, MessageBody="m")
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    _collect_constants()


def _collect_constants() -> None:
    """Have hypothesis read the constants of all modules, which it likes to draw, now and not in the midst of a call.

    It reads them when it first draws one: 0.06 s for minicloud's own modules, and more for those of a large project.
    No public function does that; where this one is gone, examples are as they would be without.
    """
    with suppress(ImportError, AttributeError):
        from hypothesis.internal.conjecture import providers

        providers._get_local_constants()


def _cloud(random: Any, options: dict[str, Any]) -> Cloud:
    seed = new_clouds.option("seed")
    said = new_clouds.said({"seed": 0 if seed is None else seed, **options})
    cloud = Cloud(**{"clock": "virtual", **said, "delivery": Chaos(random.randrange)})
    if not (new_clouds.listeners and cloud.recorder.is_on):  # under pytest the section of the failed test tells it
        cloud.world.trace = _Notes(cloud).take
    return cloud


class _Notes:
    """Notes what happens in a cloud, and hands it on to whoever was told before."""

    def __init__(self, cloud: Cloud) -> None:
        self._onward = cloud.world.trace
        self._bodies: dict[str, str] = {}
        self._last: tuple[Any, ...] = ()
        self._times = 0
        """How often the last one has come, one after the other."""

    def take(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """A fact has come about."""
        if self._onward is not None:
            self._onward(now, kind, resource, **details)
        if "body" in details:
            self._bodies[details["message_id"]] = details["body"]
        fact = now, kind, resource, details
        self._times = self._times + 1 if fact == self._last else 1
        self._last = fact
        if self._times < _FOLD_AT:
            note(_Line(now, kind, resource, details, self._bodies))
        elif self._times == _FOLD_AT:
            note("    ⋮ and so on")


class _Line:
    """A line of the timeline; written only when it is shown, which is in one example of a hundred."""

    def __init__(self, now: int, kind: str, resource: str, details: dict[str, Any], bodies: dict[str, str]) -> None:
        self._fact = (now, kind, resource, details)
        self._bodies = bodies

    def __repr__(self) -> str:
        now, kind, resource, details = self._fact
        event = TraceEvent(now, kind, resource, details)
        body = self._bodies.get(details.get("message_id", ""))
        subject = subject_of(event, {} if body is None else {details["message_id"]: excerpt(body)})
        text = f"{subject}: {describe(event)}" if subject else describe(event)
        return f"{clock_time(event.time_ns)}  {escaped(event.resource, 80)}  {text}"

    __str__ = __repr__


class ConsumerMachine(RuleBasedStateMachine):
    """Puts a consumer of a queue through sends, deliveries, crashes and time, in any order.

    Say in a child what it does with a message, and what has to hold in the end::

        class Orders(ConsumerMachine):
            def __init__(self):
                super().__init__()
                self.shipped = []

            def consume(self, message):
                self.shipped.append(message["Body"])

            def check(self, sent):
                assert sorted(self.shipped) == sorted(sent)

        TestOrders = Orders.TestCase

    Bodies are ``"message 1"``, ``"message 2"``, ... (``body`` says so), one for each send. At the end of each example
    the queue is consumed until nothing is left; then ``check`` is called. A message that is consumed is deleted, unless
    the consumer raises or the machine lets it crash. More rules, invariants and an ``__init__`` can be added, as with
    any machine of hypothesis; ``self.cloud``, ``self.sqs`` and ``self.queue_url`` are there once it has begun.
    """

    queue_name: ClassVar[str] = "jobs"
    queue_attributes: ClassVar[dict[str, str]] = {}
    """As for CreateQueue."""
    cloud_options: ClassVar[dict[str, Any]] = {}
    """Arguments of ``Cloud``."""
    batch_size: ClassVar[int] = 10
    """How many messages the consumer asks for."""
    cloud: Cloud
    sqs: Any
    queue_url: str

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        """The bodies that were sent."""

    # --- to be said in a child --------------------------------------------------------------------------------------

    def consume(self, message: dict[str, Any]) -> None:
        """What the consumer does with a message, as ``receive_message`` gives it."""
        raise NotImplementedError

    def check(self, sent: list[str]) -> None:
        """What has to hold once everything is consumed; ``sent`` are the bodies that were sent, in order."""

    def body(self, number: int) -> str:
        """The body of the message of that number, counted from 1."""
        return f"message {number}"

    # --- what happens -----------------------------------------------------------------------------------------------

    @initialize(random=st.randoms(use_true_random=False))
    def begin(self, random: Any) -> None:
        """A fresh cloud with the queue."""
        self.cloud = _cloud(random, self.cloud_options)
        self.sqs = self.cloud.client("sqs")
        created = self.sqs.create_queue(QueueName=self.queue_name, Attributes=self.queue_attributes)
        self.queue_url = created["QueueUrl"]

    @rule()
    def send(self) -> None:
        """A message more."""
        number = len(self.sent) + 1
        body = self.body(number)
        parameters = {"MessageGroupId": "group", "MessageDeduplicationId": str(number)} if self._is_fifo else {}
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body, **parameters)
        self.sent.append(body)

    @precondition(lambda self: self.sent)
    @rule()
    def receive(self) -> None:
        """The consumer looks once, and consumes and deletes what it finds."""
        self._receive()

    @precondition(lambda self: self.sent)
    @rule()
    def crash(self) -> None:
        """The consumer consumes what it finds, and crashes before it can delete it."""
        for message in self._look():
            self.consume(message)

    @precondition(lambda self: self.sent)
    @rule(seconds=st.sampled_from([1, 30, 300]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.cloud.clock.advance(seconds)

    def teardown(self) -> None:
        """Consume the rest, and check."""
        if not hasattr(self, "cloud"):
            return
        try:
            while self._holds_messages():
                if not self._receive():
                    self.cloud.clock.advance(60)
            self.check(list(self.sent))
        finally:
            self.cloud.close()

    @property
    def _is_fifo(self) -> bool:
        return self.queue_name.endswith(".fifo")

    def _holds_messages(self) -> bool:
        return bool(self.cloud.queue(self.queue_name).messages)

    def _look(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=self.batch_size)
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _receive(self) -> bool:
        found = self._look()
        for message in found:
            self.consume(message)
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bool(found)
