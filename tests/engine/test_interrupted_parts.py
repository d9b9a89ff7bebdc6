"""Functions of the engine that are there for interruptions, or have a clause for them: one comes into each place.

What ``test_interruptions`` goes through at large and by default only touches is gone through here, function by
function.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import UsageError
from minicloud.core.effects import Deliver, Depart
from minicloud.core.errands import Post
from minicloud.engine import aio_driver
from minicloud.engine.aio_driver import LoopDriver, resolve
from minicloud.engine.aio_turns import _go_on_soon, _see_to_its_end
from minicloud.engine.blocking import alarm
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.state import State
from minicloud.engine.turns import Turn
from tests.support.strikes import Row, Struck
from tests.support.strikes_within import struck_within, wrong_places_within

from .interrupted import Waits
from .test_interruptions import ROWS, is_open_or_closed, with_retries

pytestmark = [
    pytest.mark.stress,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]


# --- each place of a function -----------------------------------------------------------------------------------------


def with_targets(w: Waits) -> None:
    """A rule of a bus that leads to a queue, to another bus, and to a topic with a function and a queue."""
    events, sns = w.cloud.client("events"), w.cloud.client("sns")
    events.create_event_bus(Name="other")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=w.cloud.queue("q").arn)
    w.function("f")
    role = "arn:aws:iam::123456789012:role/r"
    bus = f"arn:aws:events:{w.cloud.region_name}:123456789012:event-bus/other"
    for name, arns in ((None, (w.cloud.queue("q").arn, topic, bus)), ("other", (w.cloud.queue("q").arn,))):
        where: Any = {} if name is None else {"EventBusName": name}
        events.put_rule(Name="all", EventPattern=json.dumps({"source": ["shop"]}), **where)
        targets = [{"Id": str(number), "Arn": arn, "RoleArn": role} for number, arn in enumerate(arns)]
        events.put_targets(Rule="all", Targets=targets, **where)


def put(w: Waits) -> None:
    entry = {"Source": "shop", "DetailType": "d", "Detail": "{}", "Time": "2026-01-01T00:00:00Z"}
    w.cloud.client("events").put_events(Entries=[entry])


def with_a_destination(w: Waits) -> None:
    """A function that fails once and for all, of which a queue is told."""
    w.function("f", ValueError("no"), ValueError("no"))
    w.cloud.client("lambda").put_function_event_invoke_config(
        FunctionName="f",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": w.cloud.queue("q").arn}},
    )


def fail(w: Waits) -> None:
    w.publish()
    w.cloud.clock.advance(600)


def is_closed_at_all(w: Waits) -> Any:
    """Whether a cloud is open or closed, and no view takes it for the other."""
    before = w.cloud.closed_at
    was = is_open_or_closed(w)
    return was if before is None or was == "closed" else f"{was}, and closed at {before}"


def with_a_schedule(w: Waits) -> None:
    w.cloud.client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression="at(2026-01-01T00:01:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": w.cloud.queue("q").arn, "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": "scheduled"},
    )


def counted(w: Waits) -> Any:
    """How many messages came by which way, and who was called; without the ids in their bodies."""
    seen = w.picture()
    bodies = [body for body in seen["left"] if body != "probe"]
    return len(bodies), sum('"Type"' in body for body in bodies), seen["called"]


STATE = tuple(
    f"State.{name}"
    for name in ("change", "settled", "settle", "_run_due", "drain", "mend", "_mend", "take_back", "_take_back")
)
ENGINE = ("Engine._deliver", "Engine._deliver_to_queue", "Engine._carry_out", "Engine._go_on", "Recorder.follow")
PUBLISHING = ("SnsState._publish", "Deliveries.fan_out", "Deliveries.deliver", "EventsState._take", "accept")
RUNNER = tuple(f"ErrandRunner.{name}" for name in ("run", "perform_all", "_perform", "complete", "take"))
COMPLETE = ("ErrandRunner.complete", "ErrandRunner._perform", "ErrandRunner._keep", "Invoke.complete")
TASKS = ("start", "_see_to_its_end", "_await", "_ended", "_perform_by_itself", "_go_on", "_go_on_soon", "run")
PARTS: dict[str, tuple[Row[Waits], tuple[str, ...]]] = {
    "a poll": (ROWS["a poll that expires"], ("receive_message", "Sleepers.wait", "State.interrupted", *STATE)),
    "a poll that waits": (ROWS["a poll that waits for a delay"], ("Sleepers._sleep", "Sleepers._jump", *STATE)),
    "a sleep": (ROWS["a sleep"], ("alarm", "alarm.<locals>.begin", "Sleepers.wait", "Engine.sleep", *STATE)),
    "handlers": (ROWS["handlers that fail"], RUNNER),
    "failures": (Row(with_a_destination, fail, judge=counted), (*COMPLETE, "State.drain", "Engine.to_queue")),
    "tasks": (ROWS["an application with async handlers"], TASKS),
    "a schedule": (
        Row(with_a_schedule, lambda w: w.cloud.clock.advance(60)),
        ("State.drain", "State._run_due", "State.settle", "Engine.to_queue", "Engine._deliver", "Engine._go_on"),
    ),
    "a close": (
        Row(with_retries, lambda w: w.cloud.close(), judge=is_closed_at_all),
        ("Engine.close", "Engine._end", "World.carry_through", "Engine.end_polls", "State.refuse"),
    ),
    "targets": (Row(with_targets, put, judge=counted), ("put_events", "State.drain", *ENGINE, *PUBLISHING)),
    "targets, traced": (
        Row(with_targets, put, judge=counted, options={"trace": True}),
        ("State.drain", "Engine._deliver", "Recorder.follow", *PUBLISHING),
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_wherever_it_comes_into_a_function(name: str) -> None:
    row, functions = PARTS[name]
    wrong = wrong_places_within(row, Waits, functions)
    assert not wrong, "\n".join(wrong)


# --- what comes into the mending --------------------------------------------------------------------------------------


async def polls(w: Waits) -> None:
    await w.cloud.async_client("sqs").receive_message(QueueUrl=w.url, WaitTimeSeconds=20)


async def sleeps(w: Waits) -> None:
    await w.cloud.async_sleep(20)


def interrupted(*_: object) -> None:
    raise Struck("into what mends")


@pytest.mark.parametrize("act", [polls, sleeps])
@pytest.mark.parametrize("into", ["take_back", "mend"])
def test_a_task_whose_taking_back_is_interrupted_is_taken_back_by_the_next_call(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[Waits], Any], into: str
) -> None:
    w = Waits(clock="real")

    async def main() -> None:
        task = asyncio.create_task(act(w))
        for _ in range(5):
            await asyncio.sleep(0)
        assert w.cloud.world.waiters
        with monkeypatch.context() as patched:
            patched.setattr(State, into, interrupted)
            task.cancel()
            await asyncio.wait([task])
            assert isinstance(task.exception(), Struck)
        w.send("m")
        assert w.cloud.queue("q").counts.visible == 1
        assert not w.cloud.world.waiters
        assert not w.cloud.forsaken

    asyncio.run(main())


@pytest.mark.parametrize("functions", [("Sleepers.wait",), ("Engine.pause",), ("receive_message",)])
def test_a_thread_whose_taking_back_is_interrupted_is_taken_back_by_the_next_call(
    monkeypatch: pytest.MonkeyPatch, functions: tuple[str, ...]
) -> None:
    def act(w: Waits) -> object:
        return w.poll() if functions != ("Engine.pause",) else w.cloud.sleep(20)

    def passed(n: int) -> int:
        w = Waits()
        with monkeypatch.context() as patched:
            if n:
                patched.setattr(State, "take_back", interrupted)
            places, _ = struck_within(lambda: act(w), functions, n)
        w.send("m")
        assert w.cloud.queue("q").counts.visible == 1, n
        assert not w.cloud.world.waiters, n
        return places

    act(Waits())
    for n in range(1, passed(0) + 1):
        passed(n)


def test_a_task_that_is_interrupted_between_its_alarm_and_its_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def passed(n: int) -> int:
        w = Waits()
        with monkeypatch.context() as patched:
            if n:
                patched.setattr(State, "take_back", interrupted)
            places, _ = struck_within(lambda: asyncio.run(sleeps(w)), ("sleep",), n)
        w.send("m")
        assert w.cloud.queue("q").counts.visible == 1, n
        assert not w.cloud.world.waiters, n
        return places

    sleeping = passed(0)
    assert sleeping > 3
    for n in range(1, sleeping + 1):
        passed(n)


@pytest.mark.parametrize("is_interrupted_again", [False, True])
def test_a_change_that_is_interrupted_is_mended_by_the_next_call(
    monkeypatch: pytest.MonkeyPatch, is_interrupted_again: bool
) -> None:
    w = Waits()
    with monkeypatch.context() as patched:
        patched.setattr(State, "drain", interrupted)
        if is_interrupted_again:
            patched.setattr(State, "interrupted", interrupted)
        w.cloud.effects.append(cast("Any", SimpleNamespace(is_due=False)))
        with pytest.raises(Struck):
            alarm(w.cloud, 20)
    assert (w.cloud.timeline.torn, w.cloud.timeline.next_due) == (-1, -1)
    assert len(w.cloud.world.waiters) == 1
    w.send("m")
    assert w.cloud.effects == []
    assert not w.cloud.world.waiters
    assert not w.cloud.forsaken
    assert w.cloud.timeline.torn == 0
    assert w.cloud.queue("q").bodies == ["m"]


def test_what_a_call_has_led_to_is_carried_out_wherever_that_is_interrupted() -> None:
    """Once that has begun, the call is over: nothing of it is lost, and nothing comes twice."""

    def struck_at(n: int) -> int:
        w = Waits()
        cloud = w.cloud
        arn, bodies = cloud.queue("q").arn, ["first", "second"]

        def make(_: int) -> None:
            cloud.effects.extend(Deliver(arn, body, cause=None) for body in bodies)

        places, _ = struck_within(lambda: cloud.change("a call", make), ("State.drain", "Engine._deliver_to_queue"), n)
        is_over = cloud.carried >= 0 or not cloud.effects
        w.send("probe")
        assert cloud.queue("q").bodies == [*(bodies if is_over else ()), "probe"], n
        return places

    places = struck_at(0)
    assert places > 5
    for n in range(1, places + 1):
        struck_at(n)


def test_what_is_interrupted_while_it_is_taken_back_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, as nobody knows how far it had come; and inside of another call nothing is taken back yet."""
    w = Waits()
    timeline = w.cloud.timeline
    waiter = alarm(w.cloud, 20)
    w.cloud.forsaken[waiter] = None
    timeline.torn, timeline.next_due = 1, -1
    with w.cloud.gate("another call"):
        w.cloud.take_back()
        assert list(w.cloud.forsaken) == [waiter]
    with monkeypatch.context() as patched:
        patched.setattr(State, "_take_back", interrupted)
        with pytest.raises(Struck):
            w.cloud.take_back()
    assert (timeline.torn, timeline.next_due) == (-1, -1)
    w.send("m")
    assert (timeline.torn, w.cloud.forsaken, len(w.cloud.world.waiters)) == (0, {}, 0)


def test_what_an_event_has_led_to_comes_once_wherever_that_is_interrupted() -> None:
    """The event happens again only if nothing of what it leads to has been done."""

    def struck_at(n: int) -> int:
        w = Waits()
        cloud = w.cloud
        arn = cloud.queue("q").arn

        def happen(_: int) -> None:
            cloud.effects.extend(Deliver(arn, body, cause=None) for body in ("first", "second"))

        cloud.timeline.schedule(cloud.time_ns() + 10**9, happen)
        functions = ("State.drain", "Engine._deliver_to_queue")
        places, _ = struck_within(lambda: cloud.clock.advance(1), functions, n)
        cloud.clock.advance(1)
        assert cloud.queue("q").bodies == ["first", "second"], n
        return places

    places = struck_at(0)
    assert places > 5
    for n in range(1, places + 1):
        struck_at(n)


def test_what_is_taken_back_of_a_closed_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll that was going to sleep as the cloud was closed."""
    w = Waits()
    waiter = alarm(w.cloud, 20)
    w.cloud.forsaken[waiter] = None
    w.cloud.close()
    assert not w.cloud.world.waiters
    other = Waits()
    waiter = alarm(other.cloud, 20)
    other.cloud.close()
    with pytest.raises(UsageError, match="closed"):
        other.cloud.wait(waiter)
    other.cloud.forsaken[waiter] = None
    other.cloud.take_back()
    assert other.cloud.forsaken == {}
    other.cloud.forsaken[waiter] = None
    with monkeypatch.context() as patched:
        patched.setattr(State, "_take_back", interrupted)
        with pytest.raises(Struck):
            other.cloud.take_back()
    other.cloud.take_back()
    assert other.cloud.forsaken == {}


# --- loops ------------------------------------------------------------------------------------------------------------


def test_what_a_loop_that_hides_its_callbacks_lets_out_is_not_repaired() -> None:
    """It has futures of its own, in C, where nothing comes in: each callback is called once."""
    called: list[Any] = []
    context = object()

    class Future:
        _callbacks = ((called.append, context),)
        is_done = False

        def done(self) -> bool:
            return self.is_done

        def set_result(self, _: None) -> None:
            self.is_done = self.ends
            raise Struck("behind it")

        def __init__(self, *, ends: bool) -> None:
            self.ends = ends

    def call_soon(callback: Any, *arguments: Any, context: Any) -> None:
        callback((*arguments, context))

    hidden: Any = SimpleNamespace(call_soon=call_soon)
    plain: Any = SimpleNamespace(call_soon=call_soon, _ready=[])
    known: Any = SimpleNamespace(call_soon=call_soon, _ready=[SimpleNamespace(_callback=Future._callbacks[0][0])])
    for loop, ends, calls in ((hidden, True, 0), (plain, False, 0), (known, True, 0), (plain, True, 1)):
        future: Any = Future(ends=ends)
        called.clear()
        with pytest.raises(Struck):
            resolve(loop, future)
        assert len(called) == calls
    assert called == [(future, context)]


def test_who_pokes_a_loop_is_told_of_what_comes_in_unless_the_loop_is_closed() -> None:
    cloud = minicloud.Cloud(clock="real")
    loop = asyncio.new_event_loop()
    driver = LoopDriver(cloud, loop)
    driver._turn = loop.call_later(60, print)
    driver._thread = threading.get_ident() + 1

    def overflow(_: object) -> None:
        raise RecursionError

    loop.call_soon_threadsafe = overflow  # type: ignore[method-assign,assignment]
    with pytest.raises(RecursionError):
        driver.poke()
    assert driver._turn is not None
    loop.close()
    driver.poke()
    assert driver._turn is None


def test_a_watch_is_set_anew_when_it_is_overdue() -> None:
    cloud = minicloud.Cloud(clock="real")
    loop = asyncio.new_event_loop()
    driver = LoopDriver(cloud, loop)
    driver._keep_watch()
    first = driver._watch
    assert first is not None
    driver._keep_watch()
    assert driver._watch is first
    overdue: Any = SimpleNamespace(when=lambda: loop.time() - 2 * aio_driver.WATCH)
    driver._watch = overdue
    driver._keep_watch()
    assert driver._watch is not overdue
    late: Any = SimpleNamespace(when=lambda: loop.time() - aio_driver.WATCH / 2)
    driver._watch = late
    driver._keep_watch()
    assert driver._watch is late
    loop.close()


def test_a_task_that_nobody_has_told_of_its_answer_is_told_by_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio_driver, "WATCH", 0.02)
    monkeypatch.setattr(aio_driver, "STALL", 3600)
    w = Waits(clock="frozen")

    async def main() -> None:
        polling = asyncio.create_task(polls(w))
        for _ in range(5):
            await asyncio.sleep(0)
        [waiter] = w.cloud.world.waiters
        waiter.wake = int
        w.send()
        await asyncio.wait_for(polling, 20)

    asyncio.run(main())


def test_a_turn_of_a_loop_that_is_closed_is_left_to_whoever_comes_next() -> None:
    """A handler in a thread causes something for the loop, which has ended meanwhile."""
    cloud = minicloud.Cloud(clock="virtual")
    runner: ErrandRunner = cloud.errand_runner
    loop = asyncio.new_event_loop()
    loop.close()
    turn = Turn(runner)
    errand: Any = object()
    cloud.errands.add(turn, errand)
    _go_on_soon(runner, turn, loop, 0)
    assert turn not in cloud.errands
    assert cloud.errands.all() == [errand]
    cloud.errands.clear()


@pytest.mark.parametrize("error", [KeyboardInterrupt, UsageError, ValueError])
def test_what_a_handler_raises_that_a_loop_performs_by_itself(error: type[BaseException]) -> None:
    """Ctrl-C ends the loop; a mistake is kept for the test, and a failure is the run's own."""
    cloud = minicloud.Cloud(clock="virtual")
    ran: list[str] = []

    def work(_: object, __: object) -> None:
        ran.append("work")
        if len(ran) == 1:
            raise error

    async def main() -> None:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "900"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=2)
        cloud.function("f", work)
        cloud.event_source_mapping("jobs", "f")
        await cloud.async_sleep(6)

    if error is ValueError:
        asyncio.run(main())
    else:
        with pytest.raises(error):
            asyncio.run(main())
    assert ran == ["work"]


def test_a_handler_that_somebody_else_has_taken_meanwhile_is_closed() -> None:
    """Who had begun its task was interrupted, and has given it back."""
    closed: list[bool] = []
    runner: Any = SimpleNamespace(taken={}, in_tasks={})
    execution: Any = SimpleNamespace(errand=object(), turn=object())
    for awaitable in (SimpleNamespace(close=lambda: closed.append(True)), SimpleNamespace()):
        asyncio.run(_see_to_its_end(runner, execution, cast("Any", awaitable), object()))
    assert closed == [True]
    assert runner.in_tasks == runner.taken == {}


def test_what_comes_into_what_a_waiting_handler_performs_goes_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    w = Waits()
    raised: list[bool] = []

    def wait() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(ErrandRunner, "perform_all", interrupted)
            with pytest.raises(Struck):
                w.cloud.errand_runner.run_waiting()
        raised.append(True)

    w.function("f", then=wait)
    w.publish()
    assert raised == [True]
    assert w.called == ["f"]


def test_the_next_to_join_a_loop_has_a_turn_of_its_own() -> None:
    """Where all that slept there have their answers, and are about to leave."""
    cloud = minicloud.Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = LoopDriver(cloud, loop)
    waiter = alarm(cloud, 20)
    driver.join(waiter, loop.create_future())
    assert driver._turn is not None
    driver._probe(driver._turns)
    assert driver._turn is not None
    waiter.leave()
    driver._probe(driver._turns)
    assert driver._turn is None
    loop.close()


def test_which_effects_have_been_carried_out() -> None:
    """As a drain that was interrupted sees them."""
    cloud = minicloud.Cloud(clock="virtual")
    cloud.client("sns").publish(PhoneNumber="+15550100", Message="m")
    [departure] = cloud.outbox
    post: Any = Post.__new__(Post)
    for one, has_left in ((departure, True), (object(), False)):
        post.departure = one
        assert cloud.is_carried_out(post) is has_left
        assert cloud.is_carried_out(Depart(cast("Any", one), None)) is has_left
    for happened in (True, False):
        delivery: Any = Deliver.__new__(Deliver)
        delivery.happened = happened
        assert cloud.is_carried_out(delivery) is happened
