"""The cloud: all state, one lock, one clock, and the one place where a service's effect meets another service.

Every call does the same four things under the lock, for microseconds: read the clock, ``settle`` what has become due,
run the operation, ``drain`` the effects it left behind. Foreign code (a Lambda handler, an HTTP endpoint) runs
as an errand after the lock is released (``carriers``). A call that has to wait gets a ``Waiter`` and sleeps outside of
the lock (``_blocking``).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from .core.arns import is_account_id
from .core.choices import Choices
from .core.deliveries import Depart
from .core.effects import Effect, Errand, ToQueue
from .core.ids import Identifiers
from .core.limits import AWS_LIMITS, Limits
from .core.timeline import Timeline
from .core.waiter import Waiter
from .core.world import World
from .engine import blocking as _blocking
from .engine.chaotic_delivery import ErraticDelivery, choices_for
from .engine.clock import Clock, TimeSource, make_clock
from .engine.errands import Carriers
from .engine.forks import tell_in_forked_processes
from .engine.interception import Probe
from .engine.outbox import Outbox
from .exceptions import UsageError
from .inspection.mixin import Inspection
from .inspection.trace import Recorder
from .services.registry import load_service

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from .clients.kinesis import AsyncKinesisClient, KinesisClient
    from .clients.session import Session
    from .clients.sns import AsyncSnsClient, SnsClient
    from .clients.sns_resources import SnsResource
    from .clients.sqs import AsyncSqsClient, SqsClient
    from .clients.sqs_resources import SqsResource
    from .clients.sts import AsyncStsClient, StsClient
    from .faults.faults import Faults
    from .inspection.views.queues import QueueView
    from .inspection.views.streams import StreamView
    from .inspection.views.topics import TopicView

__all__ = ["Cloud"]


class Cloud(Inspection):
    """An emulated AWS account's messaging services, inside this process.

    ``account_id``   the twelve digits that ARNs and URLs carry.
    ``region_name``  the region of clients that are made without one.
    ``clock``        ``"real"`` (default), ``"virtual"``, ``"frozen"``, or an object with ``time_ns()``.
    ``seed``         what ids, receipt handles and choices follow from; a fresh one is drawn when it is None.
    ``limits``       ``"aws"`` (default), ``"strict"``, ``"relaxed"`` or a ``minicloud.Limits``.
    ``delivery``     ``"readable"`` (default): oldest first, once, at once; ``"aws"``: all that AWS may do.
    ``trace``        whether to record what happens from the start; ``cloud.trace.start()`` does so later. When it is
                     None (default), a cloud is traced while pytest runs with minicloud's plugin.

    Threads and event loops may share a cloud. Used as a context manager it is closed at the end.
    """

    on_making: ClassVar[Callable[[Cloud], bool] | None] = None
    """Is told of each new cloud, and says whether it is traced when nobody else did. The pytest plugin's."""
    on_closing: Callable[[Cloud], object] | None = None
    """Is told when this one is about to be closed, and still answers. The pytest plugin's, of verdicts."""
    http_date: tuple[int, int, str] = (0, 0, "")
    """A second, its beginning and end in nanoseconds, as the headers of answers show it."""

    def __init__(
        self,
        account_id: str = "123456789012",
        region_name: str = "us-east-1",
        clock: str | Clock | TimeSource | None = None,
        seed: int | str | None = None,
        limits: str | Limits | None = None,
        *,
        delivery: str | Choices = "readable",
        trace: bool | None = None,
    ) -> None:
        if not is_account_id(account_id):
            raise UsageError(f"account_id={account_id!r} is not an AWS account: give twelve digits as a string")
        if not region_name:
            raise UsageError(f"region_name={region_name!r} is not a region: give a name such as 'eu-west-1'")
        self.account_id = account_id
        self.region_name = region_name
        self.limits = _limits(limits)
        self.seed = _fresh_seed() if seed is None else seed
        self.clock = make_clock(clock)
        self.clock.bind(self._advance_to)

        # What every call touches, as plain attributes.
        self.lock = threading.Lock()
        self.time_ns = self.clock.time_ns
        self.timeline = Timeline()
        self.errands: deque[Errand] = deque()
        self.probe: Probe | None = None
        """Watches calls and meddles with them; None, as long as nobody does, costs a call two tests of a local."""

        ids = Identifiers(str(self.seed))
        self.request_ids = ids.uuids("request")
        self.world = World(self.timeline, ids, self.limits, self._find_service)
        self._delivery = delivery
        self.world.choices = choices_for(delivery, ids)
        self.effects: list[Effect] = self.world.outbox
        self.deliver_plainly: Callable[[int, ToQueue], None] = self.to_queue
        """Delivers from other services to queues, as the cloud's ``delivery`` says."""
        if self.world.choices is not None:
            self.deliver_plainly = ErraticDelivery(self).deliver
        self.deliver: Callable[[int, ToQueue], None] = self.deliver_plainly
        """The same, and what faults make of it."""
        self.outbox = Outbox()
        """What left the cloud for people and systems outside."""
        self.carriers = Carriers(self)
        self.blocked = _blocking.Blocked(self)
        self.trace = Recorder(self)
        self._services: dict[tuple[str, str, str], Any] = {}
        self._closed = ""
        tell_in_forked_processes(self)
        on_making = Cloud.on_making
        if on_making is not None:
            wanted = on_making(self)
            trace = wanted if trace is None else trace
        if trace:
            self.trace.start()

    # --- ways in ----------------------------------------------------------------------------------------------------

    @overload
    def client(self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any) -> SqsClient: ...
    @overload
    def client(self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any) -> SnsClient: ...
    @overload
    def client(
        self, service_name: Literal["kinesis"], region_name: str | None = ..., **options: Any
    ) -> KinesisClient: ...
    @overload
    def client(self, service_name: Literal["sts"], region_name: str | None = ..., **options: Any) -> StsClient: ...
    @overload
    def client(self, service_name: str, region_name: str | None = ..., **options: Any) -> Any: ...
    def client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A boto3-like client of ``"sqs"``, ``"sns"``, ``"kinesis"`` or ``"sts"``.

        Takes boto3's keyword arguments of ``client()``; endpoints, TLS settings, and credentials that STS has not made
        have no meaning here. ``account_id`` makes a client of another account of the same cloud. Costs microseconds.
        Raises ``UsageError`` for a service that minicloud does not have.
        """
        return self.session(region_name=region_name).client(service_name, **options)

    @overload
    def async_client(
        self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any
    ) -> AsyncSqsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any
    ) -> AsyncSnsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["kinesis"], region_name: str | None = ..., **options: Any
    ) -> AsyncKinesisClient: ...
    @overload
    def async_client(
        self, service_name: Literal["sts"], region_name: str | None = ..., **options: Any
    ) -> AsyncStsClient: ...
    @overload
    def async_client(self, service_name: str, region_name: str | None = ..., **options: Any) -> Any: ...
    def async_client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """An aiobotocore-like client: the same methods, awaitable; also usable in ``async with``."""
        return self.session(region_name=region_name).async_client(service_name, **options)

    @overload
    def resource(self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any) -> SqsResource: ...
    @overload
    def resource(self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any) -> SnsResource: ...
    @overload
    def resource(self, service_name: str, region_name: str | None = ..., **options: Any) -> Any: ...
    def resource(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A boto3-like resource of ``"sqs"`` or ``"sns"``, with ``Queue``, ``Topic`` and the like.

        Takes the arguments of ``client``. Raises ``UsageError`` for another service.
        """
        return self.session(region_name=region_name).resource(service_name, **options)

    def session(self, **options: Any) -> Session:
        """A boto3-like ``Session`` on this cloud; takes ``region_name``, ``account_id`` and boto3's other arguments."""
        from .clients.session import Session

        return Session(cloud=self, **options)

    # --- the world outside ------------------------------------------------------------------------------------------

    def function(self, name: str, handler: Callable[..., Any]) -> str:
        """Register ``handler(event, context)``, plain or ``async def``, as a Lambda function; returns its ARN.

        It runs in the thread (or task) whose call led to it, after that call has done its work and never under the
        cloud's lock. What it raises is a failed invocation, never an error of the publisher's.
        """
        return self.carriers.add_function(name, handler)

    def http_endpoint(self, url: str, handler: Callable[..., Any]) -> None:
        """Have posts to ``url`` call ``handler(request)`` (``request.url``, ``.headers``, ``.body``, ``.json()``).

        It returns a status, ``(status, body)``, or None for 200; raising is a failed connection. Posts to a loopback
        URL without a handler are really posted there; any other goes to ``cloud.outbox``.
        """
        self.carriers.add_endpoint(url, handler)

    def signing_certificate(self, url: str) -> bytes:
        """The certificate, in PEM, behind a message's ``SigningCertURL``. Raises ``UsageError`` for another URL."""
        from .services.sns.signature import certificate_pem, is_signing_cert_url

        if not is_signing_cert_url(url):
            raise UsageError(f"{url!r} is no SigningCertURL of SNS: give the one from a message")
        return certificate_pem()

    def visit(self, url: str) -> str:
        """Follow the SubscribeURL or UnsubscribeURL of a message, as a person or an endpoint would.

        Confirms or ends the subscription and returns its ARN. Raises ``ClientError`` where AWS refuses (an expired
        token), ``UsageError`` for another URL.
        """
        from .clients.links import visit

        return visit(self, url)

    def opt_out(self, phone_number: str, region_name: str | None = None) -> None:
        """Have a telephone number answer STOP: it gets no more text messages from this account, until it opts in.

        Opting out is by region. Raises ``UsageError`` for what is no number.
        """
        from .clients.links import opt_out

        opt_out(self, phone_number, region_name)

    def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` have passed on the cloud's clock; what is due meanwhile happens.

        A real clock really waits, a virtual one jumps, a frozen one waits for ``advance`` in another thread: with
        nobody to call it, this is a ``UsageError``.
        """
        self.wait(_blocking.alarm(self, seconds))

    async def async_sleep(self, seconds: float) -> None:
        """The same for a task of an event loop."""
        from .engine.aio_blocking import sleep

        await sleep(self, seconds)

    # --- what may go wrong ------------------------------------------------------------------------------------------

    @cached_property
    def faults(self) -> Faults:
        """The faults of this cloud: calls that fail on request, deliveries that go astray (``minicloud.faults``)."""
        from .faults.faults import Faults

        return Faults(self)

    # --- looking without touching -----------------------------------------------------------------------------------

    def queue(self, queue: str) -> QueueView:
        """A read-only view of an SQS queue, by name (in the cloud's own region), URL or ARN.

        Looking consumes nothing and counts as no receive. Raises ``UsageError`` when there is no such queue.
        """
        from .inspection.views.queues import find_queue

        return find_queue(self, queue)

    def topic(self, topic: str) -> TopicView:
        """A read-only view of an SNS topic, by name (in the cloud's own region) or ARN; raises as ``queue``."""
        from .inspection.views.topics import find_topic

        return find_topic(self, topic)

    def stream(self, stream: str) -> StreamView:
        """A read-only view of a Kinesis stream, by name (in the cloud's own region) or ARN; raises as ``queue``."""
        from .inspection.views.streams import find_stream

        return find_stream(self, stream)

    # --- life -------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget all queues, topics, streams, faults and pending events; ids start over from the seed.

        Clients made before go on working, on the empty cloud. Blocked polls end with a ``UsageError``. The clock keeps
        its time.
        """
        with self.lock:
            self._end_polls("the cloud was reset while this call was waiting")
            self.timeline.clear()
            self.errands.clear()
            self.effects.clear()
            self.outbox.clear()
            self.carriers.clear()
            self.world.ids = Identifiers(str(self.seed))
            self.request_ids = self.world.ids.uuids("request")
            self.world.choices = choices_for(self._delivery, self.world.ids)
            if "faults" in self.__dict__:
                self.faults.forget()
            for service in self._services.values():
                service.reset()
            self.trace.clear()
            if self._closed:
                self.timeline.next_due = -1

    def close(self) -> None:
        """End the cloud: blocked polls and later calls raise ``UsageError``. Closing twice is fine."""
        if self.on_closing is not None and not self._closed:
            self.on_closing(self)
        if self.trace.is_on:
            self.trace.catch_up()
        with self.lock:
            if not self._closed:
                self._end_polls("the cloud was closed while this call was waiting")
                self._refuse("this Cloud is closed: make a new one, or keep it open while its clients are used")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed, " if self._closed else ""
        return f"<minicloud.Cloud {self.account_id} {self.region_name}, {state}seed={self.seed!r}, {self.clock!r}>"

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called, or this is the copy of a cloud in a forked process."""
        return bool(self._closed)

    def is_a_copy(self) -> None:
        """Refuse all calls from now on, because this is a process that was forked from the cloud's own."""
        # Other threads may have held it, or waited; they were not copied.
        self.lock = threading.Lock()
        self.world.waiters.clear()
        self._refuse(
            "this process was forked from the one in which this Cloud lives, and what it does here, nobody there would "
            "see: run the application's workers in threads of the test's process (or call their code there), or make a "
            "Cloud, or mock_aws(), in the process that uses it"
        )

    # --- the engine's side ------------------------------------------------------------------------------------------

    def service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The state of a service in an account and region, made when it is first asked for."""
        with self.lock:
            return self._find_service(service_name, account_id, region_name)

    def settle(self, now: int) -> None:
        """Run what is due at ``now``, each event at its own due time. Called under the lock."""
        if self._closed:
            raise UsageError(self._closed)
        pop_due = self.timeline.pop_due
        while (event := pop_due(now)) is not None:
            due, happen = event
            happen(due)
            if self.effects:
                self.drain(due)

    def drain(self, now: int) -> None:
        """Carry out what services want to happen, in order, and what that causes. Called under the lock."""
        effects = self.effects
        deliver = self.deliver
        for effect in effects:  # grows while it is walked
            if isinstance(effect, ToQueue):
                deliver(now, effect)
            elif isinstance(effect, Errand):
                self.carriers.take(now, effect)
            elif isinstance(effect, Depart):
                self.outbox.append(effect.departure)
            else:
                raise TypeError(f"no way to carry out {effect!r}")
        effects.clear()

    def run_errands(self) -> None:
        """Perform what has to run outside of the lock. Called without it."""
        self.carriers.run()

    def wait(self, waiter: Waiter) -> Any:
        """Sleep until the waiter is done and return its answer; for the sync clients."""
        return self.blocked.wait(waiter)

    def _find_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        key = (service_name, account_id, region_name)
        service = self._services.get(key)
        if service is None:
            service = self._services[key] = load_service(service_name).api(account_id, region_name, self.world)
        return service

    def to_queue(self, now: int, effect: ToQueue) -> None:
        """Put a message into its queue. Called under the lock."""
        sink = self.world.sinks.get(effect.queue_arn)
        if sink is not None:
            sink.ingest(now, effect)
        elif effect.on_failure is not None:
            effect.on_failure(now, "AWS.SimpleQueueService.NonExistentQueue")

    def _advance_to(self, target: int) -> None:
        while True:
            self.carriers.wait_for_posts()
            with self.lock:
                due = self.timeline.next_due
                if due > target:
                    self.clock.set(target)
                    break
                self.clock.set(due)
                self.settle(due)
            if self.errands:
                self.run_errands()
        if self.errands:
            self.run_errands()
            self.carriers.wait_for_posts()

    def _refuse(self, reason: str) -> None:
        self._closed = self._closed or reason
        self.timeline.clear()
        # Always due: the one comparison that each call makes leads to settle, which refuses.
        self.timeline.next_due = -1

    def _end_polls(self, reason: str) -> None:
        for waiter in list(self.world.waiters):
            waiter.fail(UsageError(f"{reason}: end its pollers before the test does"))


def _limits(limits: str | Limits | None) -> Limits:
    if limits is None:
        return AWS_LIMITS
    if isinstance(limits, Limits):
        return limits
    return Limits.named(limits)


def _fresh_seed() -> int:
    from os import urandom

    return int.from_bytes(urandom(6), "big")
