"""Places where few calls come: who is let go of and told, what is carried out, waits that something comes into."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.chaos import Chaos
from minicloud.core.errands import Errand
from minicloud.engine import (
    aio_blocking,
    aio_driver,
    aio_holders,
    aio_tasks,
    aio_turns,
    blocking,
    engine,
    event_loop,
)
from minicloud.engine.chaotic_delivery import ChaoticDelivery
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.holders import Patience
from minicloud.engine.turns import Execution, Turn
from tests.support.clouds import make_queue

from .broken import SECOND, Stop, a_runner, interrupted
from .test_turns import subscribe

# --- who is let go of, and who is told --------------------------------------------------------------------------------


def test_loops_that_are_closed_are_forgotten() -> None:
    cloud: Any = Cloud(clock="virtual")
    closed, open_ = asyncio.new_event_loop(), asyncio.new_event_loop()
    cloud.sleepers.drivers.update({closed: "one", open_: "other"})
    closed.close()
    cloud.sleepers.forget_closed_loops()
    assert cloud.sleepers.drivers == {open_: "other"}
    cloud.sleepers.drivers.clear()
    open_.close()


@pytest.mark.parametrize("has_driver", [False, True])
def test_what_those_await_who_poll_on_a_loop_of_another_thread(
    monkeypatch: pytest.MonkeyPatch, has_driver: bool
) -> None:
    cloud: Any = Cloud(clock="virtual")
    loop, frame = object(), object()
    asked: list[Any] = []
    monkeypatch.setattr(aio_holders, "Tasks", lambda *arguments: asked.append(arguments) or "its tasks")
    if has_driver:
        cloud.sleepers.drivers[loop] = SimpleNamespace(waiters={1: "a future"})
    assert cloud.sleepers._look_at_loop(loop, frame) == "its tasks"
    assert asked == [(loop, ["a future"] if has_driver else [], frame)]
    cloud.sleepers.drivers.clear()


@pytest.mark.parametrize(
    ("error", "is_the_turn_s", "passes"),
    [(Stop(), True, False), (Stop(), False, True), (KeyboardInterrupt(), True, True), (ValueError(), False, False)],
)
def test_what_comes_into_a_turn_that_goes_on_by_itself(error: BaseException, is_the_turn_s: bool, passes: bool) -> None:
    """What the turn has raised is kept already, and the loop is told of the rest; what it had not performed stays."""
    left: list[Turn] = []
    kept: list[BaseException] = []

    def perform(turn: Turn) -> None:
        turn.error = error if is_the_turn_s else None
        raise error

    runner = a_runner(perform_all=perform, leave=left.append, keep=kept.append)
    turn = Turn(runner)
    working = aio_turns._perform_by_itself(runner, turn)
    with pytest.raises(type(error) if passes else StopIteration):
        working.send(None)
    assert left == [turn]
    assert kept == ([error] if isinstance(error, ValueError) else [])


def test_a_loop_that_comes_late_performs_what_has_come_due(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    performed: list[bool] = []
    monkeypatch.setattr(ErrandRunner, "perform_due", lambda _: performed.append(True))
    cloud.timeline.schedule(cloud.clock.time_ns(), print)
    assert loop.idle(SimpleNamespace()) == []
    assert performed == [True]
    loop.close()


def test_who_sleeps_performs_what_is_held_and_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    waiter = blocking.alarm(cloud, 5)
    performed = [True, False]
    others: Any = SimpleNamespace(are_running=lambda *_: False)
    held: Any = cloud.errand_runner.held
    held.line.append(object())
    monkeypatch.setattr(ErrandRunner, "run_waiting", lambda _: performed.pop(0))
    lock = threading.Lock()
    lock.acquire()
    for left, is_done in (([False], False), ([], True)):
        cloud.sleepers._sleep(waiter, lock, others, Patience())
        assert (performed, waiter.done) == (left, is_done)
    held.line.clear()


def test_a_handler_that_moves_the_clock_counts_as_waiting() -> None:
    """And so do those that run in tasks when somebody moves it."""
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    runner: Any = cloud.errand_runner

    def work(_: Any, __: Any) -> None:
        (errand,) = runner.taken
        errand.waits = lambda _: told.append("waits")
        cloud.clock.advance(1)

    topic = subscribe(cloud, "jobs", work)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert told == ["waits"]
    errand = SimpleNamespace(waits=lambda now: told.append(f"at {now - begun}"))
    begun = cloud.clock.time_ns()
    runner.in_tasks[1] = SimpleNamespace(has_waited=False, ended=False, errand=errand, task=None)
    cloud.clock.advance(1)
    assert told == ["waits", "at 0"]
    runner.in_tasks.clear()


def test_only_on_a_real_clock_somebody_settles_when_nobody_calls() -> None:
    for clock, has_one in (("virtual", False), ("frozen", False), ("real", True)):
        cloud = Cloud(clock=cast("Any", clock))
        cloud.keep_settling()
        settler = cloud.errand_runner._settler
        assert (settler is not None) is has_one
        cloud.keep_settling()
        assert cloud.errand_runner._settler is settler
        cloud.close()


def test_who_pokes_the_driver_of_a_clock_that_is_moved_sets_no_timer() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    driver.poke()
    driver._turn = turn = loop.call_later(60, print)
    driver.poke()
    assert (driver._turn, driver._turns) == (turn, 0)
    loop.close()


def test_after_its_end_an_executor_takes_nothing_more() -> None:
    loop = minicloud.EventLoop(Cloud(clock="virtual"))

    async def main() -> None:
        await asyncio.to_thread(len, "")
        await loop.shutdown_default_executor()
        with pytest.raises(RuntimeError, match="shutdown"):
            await asyncio.to_thread(len, "")

    loop.run_until_complete(main())
    loop.close()


def test_a_loop_of_a_handler_s_own_waits_for_who_performs_there() -> None:
    ended: list[str] = []

    async def perform() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append("performed")

    async def main() -> None:
        task = asyncio.create_task(perform())
        aio_turns._performers.add(task)
        task.add_done_callback(aio_turns._performers.discard)
        await aio_turns._until_others_have_ended(a_runner())
        assert ended == ["performed"]

    asyncio.run(main())


@pytest.mark.parametrize("count", [1, 2])
def test_of_as_many_places_as_are_told_none_is_left_out(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(aio_tasks, "_MOST", 1)

    async def one() -> None:
        await asyncio.Event().wait()

    async def other() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        tasks = [asyncio.create_task(place()) for place in (one, other)[: count - 1]]
        await asyncio.sleep(0)
        told = aio_tasks.suspended_tasks(asyncio.get_running_loop()).splitlines()
        assert len(told) == 1 + count  # and this task is one of them
        for task in tasks:
            task.cancel()

    asyncio.run(main())


# --- what is carried out ----------------------------------------------------------------------------------------------


def test_a_delivery_that_is_refused_has_happened() -> None:
    cloud: Any = Cloud(clock="virtual")
    failed: list[Any] = []
    cloud.world.refusals = lambda now, _: f"refused at {now}"
    effect = SimpleNamespace(
        begun=None, happened=False, may_be_refused=True, fail=lambda *given: failed.append(given), target_arn=""
    )
    cloud._deliver(7, effect)
    assert (failed, effect.happened) == ([(7, "refused at 7")], True)


def test_what_something_came_into_is_mended_before_an_errand_is_completed() -> None:
    cloud: Any = Cloud(clock="virtual")
    runner = cloud.errand_runner
    turn = Turn(runner)
    seen: list[Any] = []
    errand: Any = Errand.__new__(Errand)
    errand.complete = lambda *_: seen.append((cloud.timeline.torn, runner.completing))
    cloud.timeline.torn = cloud.timeline.next_due = -1
    runner.complete(errand, None, None, turn)
    assert seen == [(0, turn)]  # what follows from it is that turn's
    assert runner.completing is None


def test_who_wants_to_know_is_told_of_a_reset() -> None:
    cloud: Any = Cloud(clock="virtual")
    told: list[str] = []
    cloud.on_reset = [lambda: told.append("reset")]
    cloud.reset()
    assert told == ["reset"]


def test_a_delivery_is_made_once_unless_chance_has_it_otherwise() -> None:
    cloud = Cloud(clock="virtual", delivery=Chaos(lambda _: 0), trace=True)
    make_queue(cloud, "q")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert len(cloud.queue("q").messages) == 1
    assert list(cloud.trace.of("chaos")) == []


def test_a_delivery_that_comes_again_is_not_under_way_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does when something came into it; a queue that is exact has it once, and at once."""
    cloud = Cloud(clock="virtual", delivery=Chaos(lambda count: count - 1))
    arrived: list[int] = []
    chaotic = ChaoticDelivery(cloud, lambda now, _: arrived.append(now))
    begun = cloud.clock.time_ns()
    subscription = SimpleNamespace(topic=SimpleNamespace(name="t"))
    for queue, times in (("q", 2), ("q.fifo", 1)):
        delivery: Any = SimpleNamespace(queue_arn=queue, subscription=subscription, origin="")
        if times > 1:
            with monkeypatch.context() as patched:
                patched.setattr(type(cloud.timeline), "schedule", interrupted)
                with pytest.raises(Stop):
                    chaotic.deliver(begun, delivery)
        for _ in range(times):
            chaotic.deliver(begun, delivery)
    assert arrived == [begun]
    cloud.clock.advance(60)
    assert arrived == [begun, begun + SECOND, begun + SECOND]


def test_the_names_of_those_who_wait_at_one_place() -> None:
    listed = [aio_tasks._listed(list("abcde"[:count])) for count in range(1, 6)]
    assert listed == [
        "a waits",
        "a and b wait",
        "a, b and c wait",
        "a, b, c and 1 more wait",
        "a, b, c and 2 more wait",
    ]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_stack_that_is_full_is_told_of_those_who_wait_inside_of_each_other(depth: int) -> None:
    """One alone has filled it by itself."""
    runner: Any = Cloud(clock="virtual").errand_runner
    failures: list[Any] = []

    def fill(_: object) -> None:
        raise RecursionError

    errand: Any = Errand.__new__(Errand)
    errand.target = fill
    errand.complete = lambda _, __, failure: failures.append(type(failure))
    turn = Turn(runner)
    runner._perform(errand, turn, None if depth == 1 else Execution(turn, errand, None))
    assert failures == [RecursionError if depth == 1 else UsageError]


# --- waits that something comes into ----------------------------------------------------------------------------------


@pytest.mark.parametrize("was_torn", [False, True])
@pytest.mark.parametrize("way", ["a call", "a sleep", "a task's call", "a task's sleep"])
def test_who_is_interrupted_while_he_waits_is_taken_back_by_somebody(
    monkeypatch: pytest.MonkeyPatch, way: str, was_torn: bool
) -> None:
    """By the next call, where that was interrupted as well."""
    cloud: Any = Cloud(clock="virtual")
    waiter = blocking.alarm(cloud, 5)
    taken_back: list[bool] = []
    monkeypatch.setattr(type(cloud), "take_back", lambda _: taken_back.append(True))
    monkeypatch.setattr(type(cloud.sleepers), "_sleep_until_done", interrupted)
    monkeypatch.setattr(aio_blocking, "join", interrupted)
    monkeypatch.setattr(aio_blocking, "alarm", lambda *_: waiter)
    monkeypatch.setattr(engine, "alarm", lambda *_: waiter)
    if way.endswith("sleep"):
        monkeypatch.setattr(type(cloud), "wait", interrupted)
        monkeypatch.setattr(aio_blocking, "wait", interrupted)
    if was_torn:
        cloud.timeline.torn = -1
    ways: dict[str, Any] = {
        "a call": lambda: cloud.sleepers.wait(waiter),
        "a sleep": lambda: cloud.pause(5),
        "a task's call": lambda: asyncio.run(aio_blocking.wait(cloud, waiter)),
        "a task's sleep": lambda: asyncio.run(aio_blocking.sleep(cloud, 5)),
    }
    with pytest.raises(Stop):
        ways[way]()
    assert taken_back == [True]
    assert (cloud.timeline.torn, cloud.timeline.next_due) == (-1 if was_torn else 1, -1)
    assert list(cloud.forsaken) == [waiter]


@pytest.mark.parametrize("came", [None, ("what came", None)])
def test_a_handler_that_ends_with_its_loop_has_failed_unless_it_had_ended(came: Any) -> None:
    completed: list[Any] = []
    errand = SimpleNamespace(came=came, ending=None)
    execution: Any = SimpleNamespace(errand=errand, turn="the turn", ended=False)
    runner = a_runner(complete=lambda *given: completed.append(given))

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        aio_turns._await(runner, execution, cancelled()).send(None)
    assert execution.ended
    assert [(one, type(failure), turn) for one, _, failure, turn in completed] == (
        [(errand, RuntimeError, "the turn")] if came is None else []
    )


def test_a_turn_that_nobody_waits_for_any_more_is_cancelled() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver: Any = aio_driver.LoopDriver(cloud, loop)
    driver._turn = turn = loop.call_later(60, print)
    one, other = (blocking.alarm(cloud, 5) for _ in range(2))
    driver.waiters.update({one: loop.create_future(), other: loop.create_future()})
    driver.leave(one)
    assert (driver._turn, turn.cancelled()) == (turn, False)
    driver.leave(other)
    assert (driver._turn, turn.cancelled()) == (None, True)
    loop.close()


def test_where_nothing_is_held_nobody_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    runner: Any = Cloud(clock="virtual").errand_runner
    monkeypatch.setattr(type(runner.held), "letting_go", interrupted)
    with aio_turns.letting_go(runner):
        assert not runner.held.line
