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

import inspect
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from .boto.mock import mock_aws
from .boto.real_clients import open_async_client, real_client
from .cloud import Cloud
from .cloud.event_loop import run as run_async
from .core import facts
from .core.chaos import Chaos
from .core.shown import counted, escaped, shown
from .engine import new_clouds
from .engine.turns import inside
from .exceptions import Crash, UsageError
from .faults import CrashCaller, Fault
from .faults.effects import Call
from .inspection.bodies import excerpt
from .inspection.explanations import leave_our_lines_out
from .inspection.text import describe, subject_of
from .inspection.times import clock_time
from .inspection.trace import TraceEvent

if TYPE_CHECKING:
    from .boto.mock import MockAws

__all__ = ["ConsumerMachine", "Crash", "clouds"]

leave_our_lines_out()

_FOLD_AT = 4
"""How often the same has to happen at the same moment for no more of it to be noted."""
_EMPTY = 2
"""After so many receives in a row that found nothing, a consumer that asks once more would do so for ever: no queue
that has messages is empty twice in a row."""
_CALLS = 1_000
"""After so many calls in one run, a consumer is ended as well: it goes round in a circle."""
_RUNS = 30
"""So often it is run in the end without a message less; a third as often where each run goes round in a circle."""


@st.composite
def clouds(draw: st.DrawFn, /, **options: Any) -> Cloud:
    """A strategy: clouds on a virtual clock that reorder, repeat, delay and withhold as hypothesis chooses.

    ``options`` are arguments of ``Cloud``, all but ``delivery``; the test's marker and the ini file say the others. Ids
    are the same in every example unless ``seed`` is drawn. Shrinks towards a cloud that does everything in order, once,
    and at once.
    """
    if "delivery" in options:
        raise UsageError(
            f"clouds(delivery={shown(options['delivery'])}): hypothesis says how it delivers, leave it out"
        )
    random = draw(st.randoms(use_true_random=False))
    _warm_up()
    return _cloud(random, options, "aws")


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
        cloud.function("warm", _nothing)
        cloud.event_source_mapping(url, "warm")
        sqs.send_message(QueueUrl=url, MessageBody="m")
        cloud.run_until_idle()
    _collect_constants()


def _nothing(event: Any, context: Any) -> None:
    """A handler."""


def _collect_constants() -> None:
    """Have hypothesis read the constants of all modules, which it likes to draw, now and not in the midst of a call.

    It reads them when it first draws one: 0.06 s for minicloud's own modules, and more for those of a large project.
    No public function does that; where this one is gone, examples are as they would be without.
    """
    with suppress(ImportError, AttributeError):
        from hypothesis.internal.conjecture import providers

        providers._get_local_constants()


def _cloud(random: Any, options: dict[str, Any], delivery: str) -> Cloud:
    seed = new_clouds.option("seed")
    said = new_clouds.said({"seed": 0 if seed is None else seed, **options})
    delivery_of: Any = Chaos(random.randrange) if delivery == "aws" else delivery
    cloud = Cloud(**{"clock": "virtual", **said, "delivery": delivery_of})
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

    Give a child the consumer, and what has to hold in the end::

        class Orders(ConsumerMachine):
            def __init__(self):
                super().__init__()
                self.shipped = []

            def run_consumer(self, sqs, queue_url):
                while True:
                    for message in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20).get("Messages", []):
                        self.shipped.append(message["Body"])
                        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

            def check(self, sent):
                assert sorted(self.shipped) == sorted(sent)

        TestOrders = Orders.TestCase

    Bodies are ``"message 1"``, ``"message 2"``, ... (``body`` says so), one for each send. At the end of each example
    the consumer is run until nothing is left; then ``check`` is called. More rules, invariants and an ``__init__`` can
    be added, as with any machine of hypothesis; ``self.cloud``, ``self.sqs`` and ``self.queue_url`` are there once it
    has begun. Raises ``UsageError`` unless there is one of ``run_consumer`` and ``consume``.
    """

    queue_name: ClassVar[str] = "jobs"
    """One that ends with ``.fifo`` makes a FIFO queue."""
    queue_attributes: ClassVar[dict[str, str]] = {}
    """As for CreateQueue."""
    delivery: ClassVar[Literal["aws", "readable"]] = "aws"
    """As for ``Cloud``: ``"readable"`` has messages come in order, and again only after a crash."""
    cloud_options: ClassVar[dict[str, Any]] = {}
    """Arguments of ``Cloud``."""
    batch_size: ClassVar[int] = 10
    """How many messages are asked for where the consumer is ``consume``."""
    real_clients: ClassVar[bool] = False
    """Whether ``run_consumer`` gets a client of boto3's, or of aiobotocore's if it is async, under ``mock_aws``."""
    cloud: Cloud
    """The cloud of the example."""
    sqs: Any
    """A client of it."""
    queue_url: str
    """The URL of the queue."""
    _mock: MockAws | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # A rule that never applies would be drawn all the same, and dropped: examples would be longer for it.
        if _is_given(cls, "run_consumer") is not _is_given(cls, "consume"):
            hidden = "receive" if _is_given(cls, "run_consumer") else "run"
            if not _is_given(cls, hidden):
                setattr(cls, hidden, None)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        """The bodies that were sent."""
        given = [name for name in ("run_consumer", "consume") if _is_given(type(self), name)]
        if len(given) != 1:
            raise UsageError(
                f"{type(self).__name__} has {' and '.join(given) or 'no consumer'}: define one of run_consumer (a loop "
                "of your own) and consume (what is done with a message)"
            )
        if self.real_clients and not self._has_loop:
            raise UsageError(
                f"{type(self).__name__} has real_clients and consume: it is run_consumer that gets a client"
            )
        if self.delivery not in ("aws", "readable") or "delivery" in self.cloud_options:
            raise UsageError(f'{type(self).__name__}: say delivery = "aws" or "readable", in the class itself')

    # --- to be said in a child --------------------------------------------------------------------------------------

    def run_consumer(self, sqs: Any, queue_url: str) -> Any:
        """The consumer's own loop, given a client: ``def``, or ``async def``, which runs on a loop in the cloud's time.

        It ends by itself, or by ``Crash`` (a ``BaseException``): at any of its calls to the cloud, before or after that
        took effect; and where it would wait for ever, as two receives in a row have found nothing.
        """
        raise NotImplementedError

    def consume(self, message: dict[str, Any]) -> None:
        """In the place of a loop: what is done with a message, as ``receive_message`` gives it.

        The machine receives it before, and deletes it afterwards, unless this raises or the machine lets it crash.
        """
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
        # One for all crashes of an example, and not a parameter of the rule: what a step draws would otherwise depend
        # on what it does, and hypothesis could leave out few steps before it gives up.
        if self._has_loop:
            self._crash_place = random.randint(1, 12), ("before", "after")[random.randrange(2)]
        self.cloud = _cloud(random, self.cloud_options, self.delivery)
        self.sqs = self.cloud.client("sqs")
        attributes = {"FifoQueue": "true", **self.queue_attributes} if self._is_fifo else self.queue_attributes
        self.queue_url = self.sqs.create_queue(QueueName=self.queue_name, Attributes=attributes)["QueueUrl"]
        if self.real_clients:
            mock = mock_aws(cloud=self.cloud)
            mock.start()
            self._mock = mock

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
    def run(self) -> None:
        """The consumer runs until it ends by itself, or would wait for ever."""
        if self._messages():
            self._live(_Life())

    @precondition(lambda self: self.sent)
    @rule()
    def receive(self) -> None:
        """The consumer looks once, and consumes and deletes what it finds."""
        self._receive()

    @precondition(lambda self: self.sent)
    @rule()
    def crash(self) -> None:
        """The consumer consumes what it finds, and crashes before it can delete it; ``run_consumer`` at any call."""
        if self._has_loop:
            if self._messages():
                self._live(_Life(*self._crash_place))
            return
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
            if self._has_loop:
                self._run_to_the_end()
            else:
                while self._messages():
                    if not self._receive():
                        self.cloud.clock.advance(60)
            self.check(list(self.sent))
        finally:
            if self._mock is not None:
                self._mock.stop()
            self.cloud.close()

    @property
    def _has_loop(self) -> bool:
        return _is_given(type(self), "run_consumer")

    @property
    def _is_fifo(self) -> bool:
        return self.queue_name.endswith(".fifo")

    def _messages(self) -> list[Any]:
        return list(self.cloud.queue(self.queue_name).messages)

    # --- a consumer that is a loop ----------------------------------------------------------------------------------

    def _run_to_the_end(self) -> None:
        left, runs, patience = self._messages(), 0, _RUNS
        while left:
            if patience <= 0:
                raise AssertionError(
                    f"{counted(len(left), 'message')} of {self.queue_name} {'is' if len(left) == 1 else 'are'} left, "
                    f"and {runs} more runs of the consumer did not change that: "
                    + ", ".join(f"{excerpt(message.body)} (received {message.receive_count} times)" for message in left)
                )
            life = _Life()
            self._live(life)
            before, left = left, self._messages()
            if len(left) < len(before):
                runs, patience = 0, _RUNS
            else:
                runs, patience = runs + 1, patience - (_RUNS // 3 if life.calls > _CALLS else 1)
            if left and all(message.state != "visible" for message in left):
                self.cloud.clock.advance_to_next()

    def _live(self, life: _Life) -> None:
        """One run of the consumer, from its start to its end."""
        fault = self.cloud.faults.lead(Fault(life, optional=True))
        world = self.cloud.world
        life.onward, world.trace = world.trace, life.take
        life.runner = self.cloud.errand_runner
        try:
            if inspect.iscoroutinefunction(self.run_consumer):
                run_async(self._live_async(life), cloud=self.cloud)
            else:
                sqs = real_client("sqs", self.cloud.region_name) if self.real_clients else self.sqs
                self.run_consumer(sqs, self.queue_url)
        except BaseException as error:
            if not life.ended_by(error):
                raise
        finally:
            if world.trace == life.take:  # nobody has switched it on or off meanwhile
                world.trace = life.onward
            if fault in self.cloud.faults:  # its own reset() or clear() may have taken it away
                self.cloud.faults.remove(fault)

    async def _live_async(self, life: _Life) -> None:
        if self.real_clients:
            async with open_async_client("sqs", self.cloud.region_name) as sqs:
                await life.of_task(self.run_consumer(sqs, self.queue_url))
        else:
            await life.of_task(self.run_consumer(self.cloud.async_client("sqs"), self.queue_url))

    # --- a consumer of messages -------------------------------------------------------------------------------------

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


def _is_given(machine: type[ConsumerMachine], name: str) -> bool:
    return getattr(machine, name) is not getattr(ConsumerMachine, name)


class _Life(CrashCaller):
    """One run of a consumer as a process of its own: once it is over, it makes no calls.

    So whatever ``finally`` and ``except BaseException`` of its own want to call ends by the same exception.
    """

    def __init__(self, at_call: int | None = None, when: str = "before") -> None:
        super().__init__(when)
        self.onward: Any = None
        """Who else is told what happens in the cloud."""
        self.runner: Any = None
        """Who runs the functions of the cloud."""
        self._at_call = at_call
        self.calls = 0
        self._empty = 0
        """How many receives in a row have found nothing."""
        self._end: str | None = None
        """Why it is over."""
        self._cancel: Any = None

    def applies(self, call: Call) -> bool:
        """Whether it is the call to die at. What a function of the cloud calls is not the consumer's."""
        if self.runner is not None and inside(self.runner) is not None:
            return False
        if self._end is None:
            self.calls += 1
            if self._empty >= _EMPTY and call.operation_name == "ReceiveMessage":
                self._over("there is nothing for it to receive, and it asks again and again")
            elif self.calls > _CALLS:
                self._over(f"it has made {_CALLS} calls")
        if self._end is not None:
            raise Crash(f"the machine has ended the consumer: {self._end}")
        return self.calls == self._at_call

    def take(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """A fact has come about."""
        if kind == facts.SQS_MESSAGE_RECEIVED:
            self._empty = 0
        elif kind in (facts.SQS_RECEIVE_EMPTY, facts.SQS_POLL_ENDED_EMPTY):
            self._empty += 1
        if self.onward is not None:
            self.onward(now, kind, resource, **details)

    def decide(self, intervention: Any, call: Call) -> None:
        """Die there."""
        super().decide(intervention, call)
        name = f"{call.service}.{call.operation_name}"
        with suppress(InvalidArgument):  # in a thread of the consumer's own
            note(f"crash() ends the consumer at its call {self.calls}, {name}, {self.when} it takes effect")
        self._over("it has crashed")

    async def of_task(self, consumer: Any) -> None:
        """Run a coroutine, and end it when it is over, though another task of its own may have made the last call."""
        import asyncio

        def complain(loop: Any, context: dict[str, Any]) -> None:
            if not self.ended_by(context.get("exception") or Exception()):
                loop.default_exception_handler(context)

        task, loop = asyncio.ensure_future(consumer), asyncio.get_running_loop()
        loop.set_exception_handler(complain)  # a task that has died with the others is awaited by nobody
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        await task

    def ended_by(self, error: BaseException) -> bool:
        """Whether an exception is but the end that the machine has made."""
        if isinstance(error, BaseExceptionGroup):
            return all(self.ended_by(part) for part in error.exceptions)
        known = set()
        cause: BaseException | None = error
        while cause is not None and id(cause) not in known:
            known.add(id(cause))
            if isinstance(cause, Crash) or type(cause).__name__ == "CancelledError":
                return self._end is not None
            cause = cause.__cause__ or cause.__context__
        return False

    def _over(self, why: str) -> None:
        self._end = why
        if self._cancel is not None:
            self._cancel()
