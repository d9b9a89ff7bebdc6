"""``Cloud``: an emulated AWS account's messaging services, and every public method of it on one page.

A face: what a method does is in the engine, the clients, ``faults`` and ``inspection``, and is loaded when it is first
asked for. State and logic have no place in this file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import cached_property

from ..clients.maker import ClientMaker
from ..core.shown import shown
from ..engine import new_clouds, other_distribution
from ..engine.clock import started
from ..engine.forks import renew_properties
from ..exceptions import UsageError

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from datetime import timedelta
    from types import TracebackType
    from typing import Any, Literal, Self, TypeVar

    from ..core.argument_types import LimitsName
    from ..core.chaos import Chaos, DeliveryName
    from ..core.limits import Limits
    from ..engine.argument_types import ClockName, HandlersName, TimeSource
    from ..engine.clock import Clock
    from ..engine.held_handlers import Holding
    from ..engine.patched_time import PatchedTime
    from ..faults import Faults
    from ..inspection.assertions import Part, Sent, Wanted
    from ..inspection.history import HistoryReport
    from ..inspection.invocations import Invocation, Invocations, Outcome
    from ..inspection.ledger import Ledger
    from ..inspection.snapshot import Snapshot
    from ..inspection.trace import Trace
    from ..inspection.views.alarms import AlarmView
    from ..inspection.views.buckets import BucketView
    from ..inspection.views.buses import BusView, RuleView
    from ..inspection.views.mappings import MappingView
    from ..inspection.views.metrics import Metrics, MetricView
    from ..inspection.views.queues import QueueView
    from ..inspection.views.scaling import OnChange, ScalingTargetView
    from ..inspection.views.schedules import ScheduleView
    from ..inspection.views.streams import StreamView
    from ..inspection.views.topics import TopicView
    from ..server.aio_serving import AsyncServer
    from ..server.aio_thread import Server
    from ..services.cloudwatch.alarms import AlarmChange

    T = TypeVar("T")

__all__ = ["Cloud"]


__unittest = True  # the runner of unittest leaves the frames of this file out

other_distribution.warn_of(other_distribution.find())

_SAID_OF_TESTS = ("account_id", "region_name", "clock", "limits", "delivery", "handlers", "trace")
"""The arguments that a test's marker, or the ini file, may give in place of the maker."""

ANYTHING: Any = ...
"""In an assertion, stands for whatever there is; None is a value like any other."""

_OF_THE_ENGINE = frozenset(
    {
        *("account_id", "clock", "closed", "limits", "outbox", "region_name", "reset", "seed", "sleep"),
        *("async_client", "client", "resource", "session"),
    }
)
"""What a user has of the engine, and of what makes clients; all else is the machinery's, and not shown by ``dir``."""


class Cloud(ClientMaker):
    """An emulated AWS account's messaging services, inside this process.

    ``account_id``   the twelve digits that ARNs and URLs carry; ``"123456789012"`` by default.
    ``region_name``  the region of clients that are made without one; ``"us-east-1"`` by default.
    ``clock``        ``"real"`` (default), ``"virtual"``, ``"frozen"``, or an object with ``time_ns()``.
    ``seed``         what ids, receipt handles and choices follow from; a fresh one is drawn when it is None.
    ``limits``       ``"aws"`` (default), ``"strict"``, ``"relaxed"`` or a ``minicloud.Limits``.
    ``delivery``     ``"readable"`` (default): oldest first, once, at once; ``"aws"``: all that AWS may do.
    ``handlers``     ``"at_once"`` (default), or ``"held"``: functions and endpoints run when the test lets time pass.
    ``trace``        whether to record what happens from the start; ``cloud.trace.start()`` does so later. When it is
                     None (default), a cloud is traced while pytest runs with minicloud's plugin.

    Under pytest, what is not given is what the test's marker or the ini file says. Threads and event loops may share a
    cloud. Used as a context manager it is closed at the end.
    """

    _region_is_said = True
    """Whether the region is somebody's choice for this cloud, and not what boto3 would take anyway."""
    _made_by = "minicloud.Cloud()"
    """Where a test that has several finds it."""
    on_closing: Callable[[Cloud], object] | None = None
    """Is told when this one is about to be closed, and still answers. The pytest plugin's, of verdicts."""

    def __init__(
        self,
        account_id: str | None = None,
        region_name: str | None = None,
        clock: ClockName | Clock | TimeSource | None = None,
        seed: int | str | None = None,
        limits: LimitsName | Limits | None = None,
        *,
        delivery: DeliveryName | Chaos | None = None,
        handlers: HandlersName | None = None,
        trace: bool | None = None,
    ) -> None:
        if new_clouds.listeners:
            given = (account_id, region_name, clock, limits, delivery, handlers, trace)
            said = new_clouds.said(dict(zip(_SAID_OF_TESTS, given, strict=True)))
            account_id, region_name, clock, limits, delivery, handlers, trace = map(said.get, _SAID_OF_TESTS)
            seed = new_clouds.seed_of_the_next() if seed is None else seed
            clock = started(clock, new_clouds.option("minicloud_clock_start"))
        super().__init__(account_id, region_name, clock, seed, limits, delivery, handlers)
        if region_name is None:
            self._region_is_said = False
        for listener in new_clouds.listeners[-1:]:
            listener.made(self)
        if trace:
            self.trace.start()

    @classmethod
    def _where_boto3_is(cls, made_by: str, options: Mapping[str, Any], clock: str | None = None) -> Self:
        """A cloud in the region that boto3 would take, and on this clock, unless somebody says otherwise.

        The way in which mocks, fixtures and the default cloud are made (``made_by`` says which in texts). ``options``
        are what their maker was given.
        """
        from ..clients.default_region import default_region

        said = {"clock": clock, **new_clouds.said(options)}
        is_said = "region_name" in said
        if not is_said:
            said["region_name"] = default_region()
        made = cls(**said)
        made._region_is_said = is_said
        made._made_by = made_by
        return made

    # --- ways in ----------------------------------------------------------------------------------------------------

    # --- the world outside ------------------------------------------------------------------------------------------

    def function(
        self,
        name: str,
        handler: Callable[..., Any],
        *,
        timeout: float | None = None,
        memory: int | None = None,
        environment: Mapping[str, str] | None = None,
        reserved_concurrency: int | None = None,
        takes: float | Callable[[Any], float] = 0,
        assertions: Literal["fail", "retry"] = "fail",
    ) -> str:
        """Register ``handler(event, context)``, plain or ``async def``, as a Lambda function; returns its ARN.

        ``timeout``      seconds of the cloud's clock that a run may take; 3 when nothing is said, as on AWS.
        ``memory``       megabytes, for the context: 128. Nothing is measured.
        ``environment``  variables that ``os.environ`` has while it runs.
        ``reserved_concurrency``  so many runs at a time, which nobody else can have.
        ``takes``        how long a run lasts on the cloud's clock: seconds, or a callable of the event. The code runs
                         at the start, and its outcome counts so much later.
        ``assertions``   ``"fail"``: an ``AssertionError`` of the handler is kept, and fails the test; ``"retry"``: it
                         is an error like any other.

        It runs in the thread (or task) whose call led to it, after that call has done its work and never under the
        cloud's lock. What it raises is a failed invocation, never an error of the caller's. A name that there is (made
        by ``create_function``, say) gets this handler, and what is not given stays as it is.
        """
        from ..engine.function_runs import register

        return register(
            self,
            name,
            handler,
            timeout=timeout,
            memory=memory,
            environment=environment,
            reserved_concurrency=reserved_concurrency,
            takes=takes,
            assertions=assertions,
        )

    def event_source_mapping(self, source: str, function: str, **parameters: Any) -> MappingView:
        """Have a function run with the messages of a queue, or the records of a stream; returns a view of the mapping.

        ``source`` is a name, an ARN, or the URL of a queue. Parameters and errors are those of
        CreateEventSourceMapping; ``StartingPosition`` of a stream is ``TRIM_HORIZON`` unless it is given. What there is
        has been handled when the call returns.
        """
        from ..inspection.views.mappings import make_mapping

        return make_mapping(self, self.client, source, function, parameters)

    def alarm(self, name: str) -> AlarmView:
        """An alarm of CloudWatch, by name or ARN: ``.state``, ``.reason``, ``.history``.

        Raises ``UsageError`` when there is none.
        """
        from ..inspection.views.alarms import find_alarm

        return find_alarm(self, name)

    def bus(self, name: str = "default") -> BusView:
        """An event bus of EventBridge, by name or ARN: ``.events``, ``.rules``, ``.unmatched``.

        Events are dicts, as targets get them. Raises ``UsageError`` when there is no such bus.
        """
        from ..inspection.views.buses import find_bus

        return find_bus(self, name)

    def rule(self, name: str, bus: str = "default") -> RuleView:
        """A rule of EventBridge, by name or ARN: ``.pattern``, ``.expression``, ``.targets``, ``.matched`` and more.

        ``.state``, and ``.next_due`` of one with a schedule. Raises ``UsageError`` when there is none.
        """
        from ..inspection.views.buses import find_rule

        return find_rule(self, name, bus)

    def bucket(self, name: str) -> BucketView:
        """A bucket of S3, by name or ARN: ``.keys``, ``.objects``, ``.events``.

        Raises ``UsageError`` when there is none.
        """
        from ..inspection.views.buckets import find_bucket

        return find_bucket(self, name)

    def s3_event(self, bucket: str, key: str, name: str = "ObjectCreated:Put", **members: Any) -> None:
        """Have a bucket tell of an event that no call causes: a restore that is done, an object that has expired.

        It goes by the bucket's notification configuration, with or without ``s3:`` before its name. ``members`` are
        those of the record's object that are to be other than the object's own: ``size``, ``eTag``, ``versionId``;
        and ``sourceIPAddress``, ``storageClass``, ``glacierEventData``. Whoever is told has been when it returns.
        Raises ``UsageError`` for an event that there is not.
        """
        from ..inspection.views.buckets import cause_event

        cause_event(self, bucket, key, name, members)

    def on_alarm(self, name: str, listener: Callable[[AlarmChange], object]) -> None:
        """Have ``listener(change)`` called, plain or ``async def``, whenever an alarm goes to another state.

        ``change`` has ``.name``, ``.state``, ``.old_state``, ``.reason`` and ``.time``. It is called as a function's
        handler is: after the call that led to it has done its work, never under the cloud's lock. An ``AssertionError``
        that it raises fails the test; the alarm need not be there yet. ``reset()`` forgets it.
        """
        from ..inspection.views.alarms import listen

        listen(self, name, listener)

    def scaling_target(
        self, name: str, *, minimum: int, maximum: int, desired: int | None = None, on_change: OnChange | None = None
    ) -> ScalingTargetView:
        """Have something scaled, between two bounds: ``.desired`` is how many there are to be; nothing is started.

        ``name``       of a service of ECS: alone, of the cluster ``default``, or ``service/cluster/name``.
        ``desired``    how many there are to be at first: the minimum unless given.
        ``on_change``  is called as a function's handler is, plain or ``async def``, with the old and the new number.

        ``.step(metric, {above: change})``, ``.track(metric, per_worker)`` and ``.schedule(expression, minimum,
        maximum)`` say how. A client of ``"application-autoscaling"`` sees the same target; one that there is gets these
        bounds, and keeps its number.
        """
        from ..inspection.views.scaling import make_target

        return make_target(self, self, name, minimum, maximum, desired, on_change)

    def http_endpoint(self, url: str, handler: Callable[..., Any]) -> None:
        """Have posts to ``url`` call ``handler(request)`` (``request.url``, ``.headers``, ``.body``, ``.json()``).

        It returns a status, ``(status, body)``, or None for 200; raising is a failed connection. Posts to a loopback
        URL without a handler are really posted there; any other goes to ``cloud.outbox``.
        """
        self.need_open()
        self.handlers.add_endpoint(url, handler)

    def signing_certificate(self, url: str) -> bytes:
        """The certificate, in PEM, behind a message's ``SigningCertURL``. Raises ``UsageError`` for another URL."""
        from ..services.sns.signature import certificate_pem, is_signing_cert_url

        if not is_signing_cert_url(url):
            raise UsageError(f"{shown(url)} is not a SigningCertURL of SNS: give the one from a message")
        return certificate_pem()

    def visit(self, url: str) -> str:
        """Follow the SubscribeURL or UnsubscribeURL of a message, as a person or an endpoint would.

        Confirms or ends the subscription and returns its ARN. Raises ``ClientError`` where AWS refuses (an expired
        token), ``UsageError`` for another URL.
        """
        from ..clients.links import visit

        return visit(self, url)

    def opt_out(self, phone_number: str, region_name: str | None = None) -> None:
        """Have a telephone number answer STOP: it gets no more text messages from this account, until it opts in.

        Opting out is by region. Raises ``UsageError`` for something that is not a number.
        """
        from ..clients.links import opt_out

        opt_out(self, phone_number, region_name)

    def run_until(self, predicate: Callable[[], T], limit: float = 3600.0) -> T:
        """Have time pass, from one thing that is due to the next, until ``predicate()`` is true; return what it is.

        Looks before the first step and after each. Other threads run on meanwhile: on a virtual clock time moves when
        they all wait. A real clock really waits, and looks again and again. When ``limit`` seconds of the cloud's clock
        have passed, or nothing is due any more, it raises ``AssertionError``, which says what was due and what happened
        last.
        """
        from ..inspection.until import run_until

        __tracebackhide__ = True
        return run_until(self, self.trace, predicate, limit)

    async def async_run_until(self, predicate: Callable[[], T | Awaitable[T]], limit: float = 3600.0) -> T:
        """The same in a task of an event loop, for whose other tasks time passes; the predicate may be a coroutine."""
        from ..inspection.aio_until import run_until

        __tracebackhide__ = True
        return await run_until(self, self.trace, predicate, limit)

    def run_until_idle(self, limit: float = 3600.0) -> timedelta:
        """Have time pass, from one thing that is due to the next, until nothing is owed; return how much has.

        Owed are handlers that wait, are held or run, runs that last, events and deliveries that are tried again, and
        what an event source mapping has not worked off; not what lies in a queue that nobody reads. A real clock really
        waits. After ``limit`` seconds of the cloud's clock, or when nothing is due any more, it raises
        ``AssertionError``, which names what is still owed. Raises ``UsageError`` inside of a handler.
        """
        from ..inspection.until_idle import run_until_idle

        __tracebackhide__ = True
        return run_until_idle(self, limit)

    async def async_run_until_idle(self, limit: float = 3600.0) -> timedelta:
        """The same in a task of an event loop, for whose other tasks, and ``async def`` handlers, time passes."""
        from ..inspection.aio_until_idle import run_until_idle

        __tracebackhide__ = True
        return await run_until_idle(self, limit)

    def hold_handlers(self) -> Holding:
        """For ``with``: functions and endpoints do not run inside of the block, but when it has come to its end.

        Or when the test lets time pass: ``clock.advance()``, ``sleep()``, ``run_until_idle()``. For an application that
        makes calls while it holds a lock, or inside of a transaction. What somebody waits for (Invoke) runs at once.
        """
        from ..engine.held_handlers import Holding

        self.need_open()
        return Holding(self.errand_runner)

    def patch_time(self) -> PatchedTime:
        """For ``with``: the application's time is this cloud's. ``time.sleep`` waits on its clock, as ``sleep`` does.

        With time-machine or freezegun installed, ``time.time``, ``datetime.now`` and the like say its time as well. For
        the whole process, whichever thread; not for what had imported ``sleep`` itself. Raises ``UsageError`` on a real
        clock, and while another cloud's time is the application's.
        """
        from ..engine.patched_time import PatchedTime

        self.need_open()
        return PatchedTime(self)

    async def async_sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of the cloud's clock, as ``sleep`` does, in a task of an event loop."""
        from ..engine.aio_turns import sleep

        __tracebackhide__ = True
        await sleep(self.errand_runner, seconds)

    # --- what may go wrong ------------------------------------------------------------------------------------------

    @cached_property
    def faults(self) -> Faults:
        """The faults of this cloud: calls that fail on request, deliveries that go astray (``minicloud.faults``)."""
        from ..faults.faults import Faults

        return Faults(self)

    # --- for other processes ----------------------------------------------------------------------------------------

    def serve(self, port: int = 0, host: str = "127.0.0.1", **options: Any) -> Server:
        """Serve this cloud to other processes and languages, over HTTP, on a thread of its own; for ``with``.

        ``port``  where it listens; any that is free when it is 0. The server says which (``.port``, ``.url``), and has
                  the environment in which clients find it (``.environ``).
        ``host``  whoever reaches the port can read and change everything: this machine alone by default.

        ``options`` are ``allow_hosts``, ``allow_origins`` (names beside this machine's own), ``most_of_a_body``,
        ``most_connections``, and ``control=False``: no control API, and no page, at ``/_minicloud/``. On a virtual or
        frozen clock nobody moves time for other processes but the test. Raises ``UsageError`` when the port cannot be
        had.
        """
        from ..server.aio_thread import Server

        self.need_open()
        return Server.started(self, port=port, host=host, **options)

    def serve_async(self, port: int = 0, host: str = "127.0.0.1", **options: Any) -> AsyncServer:
        """The same on the running event loop, for ``async with``. Takes the arguments of ``serve``."""
        from ..server.aio_serving import AsyncServer

        self.need_open()
        return AsyncServer(self, port=port, host=host, **options)

    # --- looking without touching -----------------------------------------------------------------------------------

    def queue(self, queue: str) -> QueueView:
        """A read-only view of an SQS queue, by name, URL or ARN.

        A name is looked for in the cloud's own region and account first, then in all that the cloud has. Looking
        consumes nothing and counts as no receive. Raises ``UsageError`` when there is no such queue, and when several
        regions have one of that name.
        """
        from ..inspection.views.queues import find_queue

        return find_queue(self, queue)

    def topic(self, topic: str) -> TopicView:
        """A read-only view of an SNS topic, by name or ARN; finds and raises as ``queue``."""
        from ..inspection.views.topics import find_topic

        return find_topic(self, topic)

    def stream(self, stream: str) -> StreamView:
        """A read-only view of a Kinesis stream, by name or ARN; finds and raises as ``queue``."""
        from ..inspection.views.streams import find_stream

        return find_stream(self, stream)

    def schedule(self, name: str, group: str = "default") -> ScheduleView:
        """A schedule of EventBridge Scheduler, by name or ARN: ``.expression``, ``.state``, ``.targets``.

        ``.next_due`` is when its target is invoked next. Raises ``UsageError`` when there is none.
        """
        from ..inspection.views.schedules import find_schedule

        return find_schedule(self, name, group)

    def metric(self, namespace: str, name: str, **dimensions: str) -> MetricView:
        """A metric of CloudWatch: ``.latest``, ``.total`` and ``.points(stat="Sum", period=60)``.

        ``cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="orders")``. Of the cloud's account and region;
        there need not be any sample of it yet. What services count is in it from the beginning of the trace on.
        """
        from ..inspection.views.metrics import MetricView

        return MetricView(self, namespace, name, dimensions)

    @cached_property
    def metrics(self) -> Metrics:
        """Whether what happens is counted for CloudWatch: ``cloud.metrics.start()`` does so from now on."""
        from ..inspection.views.metrics import Metrics

        return Metrics(self)

    @cached_property
    def trace(self) -> Trace:
        """The record of what happened: iterate it, ``render()`` it as text, or write it ``to_html()``."""
        from ..inspection.trace import Trace

        return Trace(self)

    def queues(self) -> list[QueueView]:
        """Views of all queues, of every account and region, in the order of their making."""
        from ..inspection.views.queues import all_queues

        return all_queues(self)

    @cached_property
    def invocations(self) -> Invocations:
        """The runs of functions so far, oldest first: a sequence with ``of(function)``, ``failed``, ``last`` and more.

        Needs no trace. The latest 10,000 are kept.
        """
        from ..inspection.invocations import Invocations

        return Invocations(self)

    @property
    def ledger(self) -> Ledger:
        """What became of each message so far, delivery by delivery: a mapping by message id. O(events).

        Records of streams are in it by their sequence numbers, with who has read them.

        Needs the trace; raises ``UsageError`` when it never was on.
        """
        from ..inspection.views.streams import find_queue_or_stream

        return self.trace.ledger(lambda name: find_queue_or_stream(self, name))

    # --- asserting --------------------------------------------------------------------------------------------------

    def assert_sent(
        self,
        queue: str,
        body: Wanted = ANYTHING,
        *,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = ANYTHING,
        deduplication_id: str | None = ANYTHING,
        contains: Part = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a message was sent to a queue, by a call or from a topic; return those that were.

        ``body``        a string; a dict or list, compared to the parsed JSON, or ``minicloud.matching()`` one, of which
                        that much has to be there; or a predicate that takes the string.
        ``attributes``  message attributes that it has to have, by name: plain values, or ``{"DataType": …}`` in full.
        ``contains``    what has to be in it: a text, or a part of the dict or list that it is in JSON.
        ``times``       how many such messages; at least one when None.

        What a topic delivered in an envelope also matches by the message and the attributes inside. Messages that have
        been consumed count, duplicates that the queue did not store do not, nor does what a move task put back. The
        ``AssertionError`` lists what was sent, the nearest first, with the fields that differ. Raises ``UsageError``
        when the trace is off or there is no such queue.
        """
        from ..inspection import assertions

        __tracebackhide__ = True
        self.tell_what_is_kept()
        return assertions.assert_sent(
            self,
            queue,
            body,
            attributes=attributes,
            group_id=group_id,
            deduplication_id=deduplication_id,
            contains=contains,
            times=times,
        )

    def assert_published(
        self,
        topic: str,
        message: Wanted = ANYTHING,
        *,
        subject: str | Callable[[Any], object] | None = ANYTHING,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = ANYTHING,
        deduplication_id: str | None = ANYTHING,
        contains: Part = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a message was published to a topic; return those that were. See ``assert_sent``."""
        from ..inspection import assertions

        __tracebackhide__ = True
        self.tell_what_is_kept()
        return assertions.assert_published(
            self,
            topic,
            message,
            subject=subject,
            attributes=attributes,
            group_id=group_id,
            deduplication_id=deduplication_id,
            contains=contains,
            times=times,
        )

    def assert_put(
        self,
        stream: str,
        data: Wanted | bytes = ANYTHING,
        *,
        partition_key: str | Callable[[Any], object] = ANYTHING,
        shard_id: str = ANYTHING,
        contains: Part = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a record was put into a stream; return those that were. See ``assert_sent``.

        ``data`` as bytes is compared to the record's; anything else to the text that the record's bytes are.
        """
        from ..inspection import assertions

        __tracebackhide__ = True
        self.tell_what_is_kept()
        return assertions.assert_put(
            self, stream, data, partition_key=partition_key, shard_id=shard_id, contains=contains, times=times
        )

    def assert_invoked(
        self,
        function: str,
        event: Any = ANYTHING,
        *,
        outcome: Outcome | Callable[[Any], object] = ANYTHING,
        times: int | None = None,
    ) -> list[Invocation]:
        """Assert that a function was run, with such an event; return the runs that were like that. Needs no trace.

        ``event``    what the handler got: a dict or a list, ``minicloud.matching()`` one, or a predicate.
        ``outcome``  ``"success"``, ``"error"``, ``"timeout"``, ``"throttled"`` or ``"running"``.
        ``times``    how many such runs; at least one when None. Attempts at one event count one by one.

        The ``AssertionError`` lists what was run, the nearest first. Raises ``UsageError`` when there is no such
        function.
        """
        from ..inspection import invocations

        __tracebackhide__ = True
        self.tell_what_is_kept()
        return invocations.assert_invoked(self, function, event, outcome=outcome, times=times)

    def assert_empty(self, queue: str) -> None:
        """Assert that no message is in a queue, neither visible nor delayed nor in flight. Needs no trace.

        Raises ``UsageError`` for a stream, which keeps a record when it was read: see ``stream(...).readers``.
        """
        from ..inspection import assertions

        __tracebackhide__ = True
        self.tell_what_is_kept()
        assertions.assert_empty(self, queue)

    def assert_drained(self, *, ignoring: Collection[str] = ()) -> None:
        """Assert that all queues are empty, but for those to be ignored (a dead-letter queue, say). Needs no trace.

        Queues on streams count, streams do not: the verdict ``streams_read`` asks whether their records were read.
        """
        from ..inspection import assertions

        __tracebackhide__ = True
        self.tell_what_is_kept()
        assertions.assert_drained(self, ignoring)

    # --- judging ----------------------------------------------------------------------------------------------------

    def check_history(self, queue: str | None = None, *, checks: Collection[str] | None = None) -> HistoryReport:
        """Prove from the trace that the run kept what the services promise; falsy when it did not, with violations.

        ``queue``   only the messages of this queue (name, URL or ARN), or the records and readers of this stream.
        ``checks``  the names of those to be made: ``"no_loss"``, ``"group_order"`` ...; all by default.

        Raises ``UsageError`` when the trace is off, or has forgotten events.
        """
        from ..inspection.history import check_history

        return check_history(self, queue, checks)

    # --- going back -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Remember everything that is in the cloud; ``restore`` goes back to it, as often as one likes.

        Clients, views and resources stay valid through both. O(objects), at a fraction of what it took to make them.
        Raises ``UsageError`` while a call waits in the cloud or an errand is under way.
        """
        from ..inspection.snapshot import take

        return take(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Make the cloud what it was when ``snapshot`` was taken from it: state, ids, trace, and a manual clock's time.

        A real clock goes on. Faults stay as they are. Calls that wait end with a ``UsageError``.
        """
        from ..inspection.snapshot import put_back

        put_back(self, snapshot)

    # --- life -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the cloud: blocked polls and later calls raise ``UsageError``. Closing twice is fine.

        Raises in the end what a handler has asserted in vain, if no other call of the test has.
        """
        __tracebackhide__ = True
        if self.on_closing is not None and not self.closed:
            self.on_closing(self)
        super().close()
        self.tell_at_the_end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.close()

    def __dir__(self) -> list[str]:
        mine = (kind for kind in type(self).__mro__ if issubclass(kind, Cloud))
        names = {name for kind in mine for name in vars(kind) if name[0] != "_"}
        return sorted(names - {"on_closing"} | _OF_THE_ENGINE | set(dir(object)))

    def __repr__(self) -> str:
        state = "closed, " if self.closed else ""
        seed, clock = shown(self.seed), shown(self.clock)
        return f"<minicloud.Cloud {self.account_id} {self.region_name}, {state}seed={seed}, {clock}>"


renew_properties(Cloud)
