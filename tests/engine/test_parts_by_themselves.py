"""Parts of the engine by themselves: who is at work, whose line it is, what loops and threads tell of themselves."""

from __future__ import annotations

import asyncio
import gc
import inspect
import io
import json
import os
import socket
import sys
import threading
import time
import warnings
import zipfile
from functools import partial
from math import inf
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.errands import Errand
from minicloud.engine import aio_driver, aio_holders, due, event_loop, frames, idle_threads, run_capture, waits
from minicloud.engine.blocking import alarm, stalled
from minicloud.engine.handler_errors import HandlerErrors
from minicloud.engine.holders import Patience
from minicloud.engine.idle_threads import OtherThreads
from minicloud.engine.recorder import _details_as_one, _told_to_both
from minicloud.engine.turns import Lines, Turn
from tests.support.clouds import make_queue, send
from tests.support.threads import Worker
from tests.support.words import Words

from .test_async_handlers import on_a_plain_loop, publish
from .test_turns import subscribe, text_of

# --- threads ----------------------------------------------------------------------------------------------------------


class Processor:
    """What the system says of a thread's use of the processor."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.used = 0
        self.wants = True
        monkeypatch.setattr(idle_threads, "_processor", lambda _: (self.used, self.wants))


@pytest.fixture
def beside() -> Any:
    """Beside a thread that may go on by itself, and one that is parked."""
    end = threading.Event()
    threads = [Worker(lambda: end.wait(60)), Worker(end.wait)]
    while len([frame for frame in frames.frames_of_others().values() if frame.f_code.co_name == "wait"]) < 2:
        pass
    yield threads
    end.set()
    for thread in threads:
        thread.result()


@pytest.mark.usefixtures("beside")
def test_a_thread_that_wants_the_processor_is_waited_for_until_it_has_had_its_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processor, others = Processor(monkeypatch), OtherThreads()
    seen = []
    # Of what it uses between two looks no more counts than half of its share.
    for used in (7_000_000, 9_000_000, 109_000_000, 109_499_999, 109_500_000, 109_500_001):
        processor.used = used
        seen.append(others.are_running("a"))
    assert seen == [True, True, True, True, False, False]
    seen.clear()
    for used in (200_000_000, 202_000_000, 204_000_000, 204_999_999, 205_000_000):  # in steps that all count
        processor.used = used
        seen.append(others.are_running("in steps"))
    assert seen == [True, True, True, True, False]
    assert others.are_running("b")  # somebody has made a call: it begins anew
    processor.wants = False
    assert not others.are_running("b")  # it does not move either
    monkeypatch.setattr(idle_threads, "_processor", lambda _: None)
    assert not OtherThreads().are_running("c")


def test_one_that_has_moved_on_or_reads_a_module_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    others = OtherThreads()
    code = compile("pass", "x", "exec")
    frame = SimpleNamespace(f_code=code, f_lasti=1, f_globals={"__name__": "x"}, f_locals={}, f_back=None)
    other = SimpleNamespace(ident=1, native_id=7)
    green = SimpleNamespace(ident=2, native_id=None)
    gone = SimpleNamespace(ident=3, native_id=8)
    unknown = SimpleNamespace(ident=4, native_id=9)
    monkeypatch.setattr(idle_threads, "_processor", lambda number: None if number == 9 else (0, False))
    monkeypatch.setattr(idle_threads.threading, "enumerate", lambda: [gone, green, unknown, other])
    monkeypatch.setattr(idle_threads, "frames_of_others", lambda: {1: frame, 2: frame, 4: frame})
    assert not others.are_running("a")
    assert not others.are_running("a")
    frame.f_lasti = 2
    assert others.are_running("a")
    assert not others.are_running("a")
    frame.f_globals["__name__"] = "importlib._bootstrap"
    assert not others.are_running("a")
    for name in ("importlib._bootstrap_external", "_frozen_importlib_external"):
        frame.f_globals["__name__"] = name
        assert others.are_running("a")


def test_which_workers_of_a_pool_are_parked() -> None:
    idle = SimpleNamespace(_idle_semaphore=SimpleNamespace(_value=2), _threads={1, 2})
    busy = SimpleNamespace(_idle_semaphore=SimpleNamespace(_value=1), _threads={1, 2})
    for executor, waits_there, has_item, expected in (
        (idle, False, False, True),
        (idle, True, False, False),
        (idle, False, True, False),
        (idle, True, True, False),
        (busy, False, False, False),
        (None, False, False, False),
    ):
        queue = SimpleNamespace(empty=lambda waits_there=waits_there: not waits_there)
        names: dict[str, Any] = {"work_queue": queue, "executor_reference": lambda executor=executor: executor}
        if has_item:
            names["work_item"] = object()
        assert idle_threads._in_pool(names) is expected


def test_who_joins_a_thread_is_parked_as_long_as_it_lives() -> None:
    alive, ended = threading.current_thread(), threading.Thread()
    for names, expected in (
        ({"self": alive, "timeout": None}, True),
        ({"self": alive, "timeout": 5}, False),
        ({"self": alive, "timeout": 0}, False),
        ({"self": alive}, False),
        ({"self": ended, "timeout": None}, False),
    ):
        assert idle_threads._in_join(cast("dict[str, Any]", names)) is expected
    for names, expected in (
        ({"self": alive, "block": True, "timeout": -1}, True),
        ({"self": alive, "block": True, "timeout": 0}, False),
        ({"self": alive, "block": True, "timeout": 5}, False),
        ({"self": alive, "block": True}, False),
        ({"self": alive, "block": False, "timeout": -1}, False),
        ({"self": alive, "timeout": -1}, False),
        ({"self": ended, "block": True, "timeout": -1}, False),
    ):
        assert idle_threads._in_join_by_lock(cast("dict[str, Any]", names)) is expected


# --- whose line it is -------------------------------------------------------------------------------------------------


def test_in_whose_lines_a_turn_finds_what_it_performs() -> None:
    errand = cast("Errand", object())
    runner: Any = SimpleNamespace()
    one, other, third = (Turn(runner) for _ in range(3))

    def lines(*owners: object) -> Lines:
        made = Lines()
        for owner in owners:
            made.add(owner, errand)
        return made

    assert lines(one).owner_of_next(None, 5) is None
    assert lines(one).owner_of_next(None, 5, other) is None
    assert lines(one, other).owner_of_next(None, 5, other) is other
    assert lines(one, other).owner_of_next(one, 5, other) is one
    assert lines(other, one).owner_of_next(one, 5, other) is other
    assert lines(one, 5, other).owner_of_next(one, 5, other) == 5  # the thread's own comes before a turn's
    assert lines(one, -1, 5).owner_of_next(one, 5) == -1  # and what is nobody's before all
    assert lines(5, -1).owner_of_next(one, 5) == -1
    assert lines(0, third).owner_of_next(one, 5) is None
    assert lines(-1).owner_of_next(None, 5) == -1
    assert lines(6, third).owner_of_next(one, 5, other) is None


def test_what_an_async_handler_leaves_behind_is_not_inside_of_it() -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []
    left: list[asyncio.Task[None]] = []

    async def go_on() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await publish(cloud, "others", "left behind")
        assert ran == ["first", "left behind"]

    async def work(event: Any, _: Any) -> None:
        ran.append(text_of(event))
        left.append(asyncio.create_task(go_on()))

    def other(event: Any, _: Any) -> None:
        ran.append(text_of(event))

    async def main() -> None:
        await publish(cloud, "jobs", "first")
        await left[0]

    subscribe(cloud, "jobs", work)
    subscribe(cloud, "others", other)
    on_a_plain_loop(cloud, main())
    assert ran == ["first", "left behind"]


def test_a_handler_that_is_cancelled_before_it_began_is_closed() -> None:
    """Of what nobody will await any more Python would warn."""
    cloud = Cloud(clock="virtual")
    made: list[str] = []

    async def work(event: Any, _: Any) -> None:
        made.append(text_of(event))

    async def cancel_others(than: set[Any]) -> None:
        for task in asyncio.all_tasks() - than - {asyncio.current_task()}:
            task.cancel()

    async def main() -> None:
        canceller = asyncio.create_task(cancel_others(asyncio.all_tasks()))
        await publish(cloud, "jobs", "0")
        await canceller

    subscribe(cloud, "jobs", work)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        on_a_plain_loop(cloud, main())
        cloud.run_until_idle()
        gc.collect()
    assert [str(one.message) for one in warned if "never awaited" in str(one.message)] == []
    assert made == ["0"]


# --- loops ------------------------------------------------------------------------------------------------------------


def test_a_loop_beside_guests_waits_for_what_is_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as its patience says, in small waits; without anything outside not at all."""
    with Cloud(clock="virtual") as cloud:
        loop = minicloud.EventLoop(cloud)
        waited: list[float] = []
        selector: Any = SimpleNamespace(select=lambda seconds: waited.append(seconds) or [])
        outside = event_loop._Outside(0.0, 0.0, 0.0)
        held = [False]
        monkeypatch.setattr(type(loop), "_outside", lambda *_: outside)
        monkeypatch.setattr(type(loop), "_is_held", lambda *_: held[0])

        def moved() -> float:
            begun = cloud.clock.time()
            loop.beside_guests(selector)
            return cloud.clock.time() - begun

        loop.call_at(loop.time() + 60, print, "")
        assert (moved(), waited) == (0, [])  # it sees for the first time that nobody does anything
        assert (moved(), waited) == (60, [])
        loop._scheduled.clear()
        loop.call_at(loop.time() + 60, print, "")
        assert moved() == 0
        outside = event_loop._Outside(2 * event_loop.QUIET, 1.0, 1.0)
        assert (moved(), moved(), waited) == (0, 0, [event_loop.QUIET] * 2)
        held[0] = True
        assert (moved(), len(waited)) == (0, 3)
        held[0] = False
        assert (moved(), len(waited)) == (60, 3)
        assert isinstance(loop._held_beside, Patience)
        loop.close()


def test_on_a_clock_that_was_turned_back_a_loop_waits_for_its_timers_from_where_it_has_been() -> None:
    """But for what is due in the cloud from where the clock is now."""
    cloud = Cloud(clock="real")
    loop: Any = minicloud.EventLoop(cloud)
    waited: list[float] = []
    selector = SimpleNamespace(select=lambda seconds: waited.append(seconds) or ["something"])
    now = cloud.clock.time_ns()
    loop._floor = now + 500 * 10**9
    loop._set_alarm(now + 600 * 10**9)
    loop._idle_on_real_clock(selector)
    event = cloud.timeline.schedule(now + 550 * 10**9, print)
    loop._idle_on_real_clock(selector)
    cloud.timeline.cancel(event)
    cloud.timeline.schedule(now + 5_000 * 10**9, print)
    loop._set_alarm(event_loop.FOREVER)
    loop._idle_on_real_clock(selector)
    assert waited[2] == 3_600
    assert [round(seconds, -1) for seconds in waited[:2]] == [100, 550]
    assert loop.time() == loop._floor / 10**9
    loop.close()


def test_what_may_come_from_outside_of_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how long time does not jump for it, how long one hopes for it, and how long on a clock that stands."""
    stall, quiet = event_loop.STALL, event_loop.QUIET
    cloud = Cloud(clock="virtual")
    loop: Any = minicloud.EventLoop(cloud, patience=0.25)
    files: dict[int, Any] = {1: SimpleNamespace(fd=loop._ssock.fileno())}
    threads = {"there": 1, "running": 1, "asleep": 0}
    asked: list[list[int]] = []
    leads = [True]
    selector = SimpleNamespace(get_map=lambda: files)
    monkeypatch.setattr(event_loop.threading, "active_count", lambda: threads["there"])
    monkeypatch.setattr(event_loop, "count_running", lambda: threads["running"])
    monkeypatch.setattr(event_loop, "_lead_outside", lambda fds: asked.append(fds) or leads[0])
    monkeypatch.setattr(type(cloud.sleepers), "count", property(lambda _: threads["asleep"]))

    def outside() -> tuple[float, ...]:
        return tuple(loop._outside(selector))

    assert outside() == (0, 0, 0)
    threads["there"] = threads["running"] = 2
    assert outside() == (quiet, stall, stall)
    threads["asleep"] = 1  # a thread that sleeps in the cloud holds nobody up
    assert outside() == (0, 0, 0)
    threads["there"] = 3
    assert outside() == (0, 0, 0)
    threads["running"] = 3
    assert outside() == (quiet, stall, stall)
    loop._signal_handlers[2] = object()
    assert outside() == (quiet, inf, stall)
    loop._signal_handlers.clear()
    assert asked == []
    files[2] = SimpleNamespace(fd=1_000)
    assert outside() == (0.25, inf, stall)
    assert asked == [[1_000]]
    leads[0] = False
    assert outside() == (quiet, inf, stall)
    loop._jobs = 1
    assert outside() == (quiet, inf, stall)
    loop._jobs = 2
    assert outside() == (stall, inf, inf)
    loop._jobs = 0
    cloud.errand_runner.pending = 1
    assert outside() == (stall, inf, inf)
    cloud.errand_runner.pending = 0
    loop.close()


def test_which_files_lead_outside() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    one = socket.create_connection(server.getsockname())
    other, _ = server.accept()
    fresh = socket.socket()
    pair = socket.socketpair()
    reading, writing = os.pipe()
    try:
        for files, expected in (
            ([], False),
            ([server], False),
            ([one, other], False),
            ([server, one, other], False),
            ([one], True),
            ([other, server], True),
            ([fresh], True),
            ([server, fresh, one, other], True),
            ([*pair], pair[0].family.name == "AF_UNIX"),
        ):
            assert event_loop._lead_outside([file.fileno() for file in files]) is expected
        assert event_loop._lead_outside([server.fileno(), reading])
        one.sendall(b"x")
        assert other.recv(1) == b"x"  # they are as they were
    finally:
        for file in (server, one, other, fresh, *pair):
            file.close()
        os.close(reading)
        os.close(writing)


def test_when_a_driver_releases_who_waits_for_handlers() -> None:
    """At once where nothing else is there; beside other threads in a lull, or when the handlers sleep in the cloud."""
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()

    def driver_of(*waiters: Any) -> Any:
        made: Any = aio_driver.LoopDriver(cloud, loop)
        made.waiters = dict(waiters)
        return made

    def lull(*tasks: Any) -> tuple[Any, Any]:
        return aio_driver.Lull(tasks), object()

    awake, future = SimpleNamespace(_fut_waiter=object()), object()
    asleep = SimpleNamespace(_fut_waiter=future)
    assert driver_of()._releases(0.0) is False
    over = lull(awake)
    over[0].done = True
    assert driver_of(over)._releases(0.0) is False
    at_once = lull(awake)
    assert driver_of(at_once)._releases(0.0) is True
    assert at_once[0].is_released
    waits = lull(awake)
    driver = driver_of(waits)
    steps = 0
    while not waits[0].is_released:
        assert driver._releases(0.1) is True
        steps += 1
    assert steps == 3  # of a quarter of a second
    assert driver._releases(0.1) is False
    assert driver._lull == 0
    sleeper = cast("Any", aio_driver.Lull([]))
    sleeps = lull(asleep)
    driver = driver_of(sleeps, (sleeper, future))
    sleeper.done = True
    assert driver._releases(0.001) is True
    assert sleeps[0].is_released
    both = lull(asleep, awake)
    driver = driver_of(both, (sleeper, future))
    assert driver._releases(0.001) is True
    assert not both[0].is_released
    loop.close()


def test_a_loop_that_makes_tasks_meanwhile_does_not_tell_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def main() -> None:
        cloud = Cloud(clock="frozen")
        make_queue(cloud, "jobs")
        polling = asyncio.create_task(cloud.async_client("sqs").receive_message(QueueUrl="jobs", WaitTimeSeconds=20))
        polling.set_name("consumer")
        for _ in range(5):
            await asyncio.sleep(0)
        told.append(waits.who_waits(cloud))

        def changes(_: object) -> Any:
            raise RuntimeError("Set changed size during iteration")

        with monkeypatch.context() as patched:
            patched.setattr(asyncio, "all_tasks", changes)
            told.append(waits.who_waits(cloud))
        polling.cancel()

    asyncio.run(main())
    assert told == [f"{name}: ReceiveMessage on jobs, 20 s" for name in ("consumer", threading.current_thread().name)]


def test_a_callback_leads_to_all_of_its_futures() -> None:
    """Also behind what comes in it twice, or is too many steps away."""
    loop = asyncio.new_event_loop()
    futures = [loop.create_future() for _ in range(3)]
    same: list[Any] = []
    far: Any = [[[[[[[[[[[[[[[[[[[[[[[[loop.create_future()]]]]]]]]]]]]]]]]]]]]]]]]
    found = list(aio_holders._futures_behind((futures[0], same, same, futures[1], far, partial(print, futures[2]))))
    assert {id(one) for one in found} == {id(one) for one in futures}
    assert list(aio_holders._futures_behind(futures[0])) == []
    loop.close()


def test_what_timers_are_for() -> None:
    """Their arguments, and the task of a timeout, whose method they call; but not of those that are cancelled."""
    task, argument, cancelled = object(), object(), object()

    class Timeout:
        def __init__(self, task: object) -> None:
            self._task = task

        def end(self) -> None:
            """It is over."""

    def timer(callback: Any, *arguments: object, is_cancelled: bool = False) -> Any:
        return SimpleNamespace(_callback=callback, _args=arguments or None, cancelled=lambda: is_cancelled)

    timers = [timer(Timeout(cancelled).end, is_cancelled=True), timer(Timeout(task).end), timer(print, argument)]
    found = aio_holders._timed(SimpleNamespace(_scheduled=timers))
    assert {id(task), id(argument)} <= found
    assert id(cancelled) not in found
    assert aio_holders._timed(SimpleNamespace()) == set()


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_meter_is_told_that_there_is_something_and_when_it_is_much() -> None:
    noticed: list[int] = []
    recorded: list[Any] = []
    meter = SimpleNamespace(heard=[], has_news=False, most_heard=3, notice=noticed.append)
    tell = _told_to_both(meter, lambda *fact: recorded.append(fact))
    tell(1, "kind", "resource", detail="a")
    assert noticed == [1]
    meter.has_news = True
    for now in (2, 3, 4):
        tell(now, "kind", "resource")
    assert noticed == [1, 3, 4]
    assert recorded[0] == (1, "kind", "resource", {"detail": "a"})
    assert meter.heard[0] == (1, "kind", "resource", {"detail": "a"})
    assert len(recorded) == len(meter.heard) == 4


@pytest.mark.parametrize("follows", ["itself", "a delivery", "a run", "nothing"])
def test_what_a_fact_follows_from(follows: str) -> None:
    """What it says itself comes first, then the delivery that is made, then the run that the call is made in."""
    cloud = Cloud(clock="virtual", trace=True)
    recorder = cloud.recorder
    found: dict[str, Any] = {"origin": "its own"} if follows == "itself" else {}

    def link(*_: object) -> None:
        recorder._link(found)

    def work(_: object, context: Any) -> str:
        if follows in ("itself", "a delivery"):
            recorder.follow("the delivery", link, 0, None)
        else:
            link()
        return str(context.aws_request_id)

    if follows == "nothing":
        link()
        assert found == {}
        return
    cloud.function("f", work)
    answer = cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    run_id = json.loads(answer["Payload"].read())
    assert (
        found
        == {
            "itself": {"origin": "its own"},
            "a delivery": {"origin": "the delivery"},
            "a run": {"run_id": run_id},
        }[follows]
    )


# --- what handlers have raised ----------------------------------------------------------------------------------------


def test_of_what_handlers_have_raised_the_first_is_told_and_the_others_are_counted() -> None:
    for number, notes in (
        (1, []),
        (2, ["it is the first of those that handlers have raised; there is 1 more"]),
        (1_002, ["it is the first of those that handlers have raised; there are 1,001 more"]),
    ):
        kept = HandlerErrors()
        assert not kept
        errors = [AssertionError(f"{one}") for one in range(number)]
        for error in errors:
            kept.keep(error)
        kept.keep(errors[0])  # once more
        assert kept
        with pytest.raises(AssertionError, match=r"^0") as caught:
            kept.tell()
        assert caught.value is errors[0]
        assert getattr(errors[0], "__notes__", []) == notes
        assert not kept
        kept.tell()
        again = AssertionError("again")  # it counts anew
        for error in (again, AssertionError("another")):
            kept.keep(error)
        with pytest.raises(AssertionError, match=r"^again"):
            kept.tell()
        assert again.__notes__ == ["it is the first of those that handlers have raised; there is 1 more"]


def test_what_is_under_way_is_told_of_what_handlers_have_raised_by_a_note() -> None:
    kept = HandlerErrors()
    first = AssertionError("it\tis\nof two lines")
    under_way = KeyError("k")
    for error in (first, ValueError("second"), ValueError("third")):
        kept.keep(error)

    def tell() -> None:
        try:
            raise under_way
        except KeyError:
            kept.tell()

    tell()
    tell()
    assert under_way.__notes__ == ["a handler has raised AssertionError: it\\tis, and 2 others did so"]
    assert kept  # for that one may be caught
    kept.note(first)
    assert not hasattr(first, "__notes__")
    other = KeyError("other")
    kept.note(other)
    assert len(other.__notes__) == 1
    kept.forget()
    assert not kept
    kept.keep(ValueError("x" * 400))
    kept.note(under_way)
    assert len(under_way.__notes__[-1]) == len("a handler has raised ValueError: ") + 300
    with pytest.raises(ValueError, match="x"):
        kept.throw()
    kept.throw()


# --- what is due ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Attempt.settle", "a delivery is tried again"),
        ("Changing.end", "a stream, or what belongs to one, changes its state"),
        ("ChannelDelivery.put", "a channel of a stream puts an object"),
        ("CloudLoop._ring", "a timer of the event loop goes off"),
        ("DeliveryStream.deliver", "a buffer of a delivery stream is delivered"),
        ("MoveTaskOperations.go_on", "a move task goes on"),
        ("Postpone.deliver", "a delivery arrives that a fault holds back"),
        ("PollLine.end", "a receive has waited for as long as it may"),
        ("Cursor.read", "a pipe goes on"),
        ("Put.again", "an object of a delivery stream is put once more"),
        ("QueueReader.read", "a pipe goes on"),
        ("QueueMapping.read", "a mapping of a queue goes on"),
        ("Queue._watched_due", "a message's retention period is over"),
        ("Reorder.deliver", "a delivery arrives that a fault holds back"),
        ("SchedulerState.run", "a schedule is due"),
        ("ShardSubscription.go_on", "a subscription to a shard goes on"),
        ("SubscriptionOperations.end", "a subscription ends that nobody has confirmed"),
        ("Transform.again", "a function of a delivery stream runs once more"),
        ("Waiter.finish", "a sleep is over"),
        ("_Copy.deliver", "a delivery arrives that is late"),
        ("Somebody.else", "something in the cloud is due"),
    ],
)
def test_what_is_due_next_in_words(name: str, words: str) -> None:
    cloud = Cloud(clock="virtual")

    def happen(_: int, __: object = None) -> None:
        """It is due."""

    happen.__qualname__ = name
    assert due.next_due(cloud, 0) is None
    at = cloud.clock.time_ns() + 10**9
    cloud.timeline.schedule(at, partial(happen, 1) if name.startswith("Put") else happen)
    assert due.next_due(cloud, 0) == (at, words)
    late = words.startswith("a delivery arrives")
    assert due.words_of_deliveries(cloud) == ([words] if late else [])


def test_at_one_moment_a_message_is_what_is_due() -> None:
    cloud = Cloud(clock="virtual")
    send(cloud, make_queue(cloud, "q"), "m", DelaySeconds=5)
    at = cloud.clock.time_ns() + 5 * 10**9
    for later, is_message in ((1, True), (0, True), (-1, False)):
        event = cloud.timeline.schedule(at + later, print)
        found = cloud.next_due()
        assert found is not None
        assert found[0] == min(at, at + later)
        assert ("in q" in found[1] or "message" in found[1]) is is_message
        cloud.timeline.cancel(event)


# --- runs of functions ------------------------------------------------------------------------------------------------


def test_what_a_run_finds_in_its_environment() -> None:
    """[Lambda developer guide: defined runtime environment variables]"""
    cloud = Cloud(clock="virtual")
    found: dict[str, str] = {}
    cloud.function(
        "arn:aws:lambda:ap-south-2:111122223333:function:f",
        lambda _, __: found.update(os.environ),
        memory=256,
        environment={"OWN": "value"},
    )
    lambda_ = cloud.client("lambda", region_name="ap-south-2", account_id="111122223333")
    lambda_.invoke(FunctionName="f", Payload=b"{}")
    stream = found["AWS_LAMBDA_LOG_STREAM_NAME"]
    assert {
        "AWS_REGION": "ap-south-2",
        "AWS_DEFAULT_REGION": "ap-south-2",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "OWN": "value",
    }.items() <= found.items()
    assert stream.startswith("2026/01/01/[$LATEST]")
    assert "OWN" not in os.environ


# --- the cloud itself -------------------------------------------------------------------------------------------------


def test_after_something_was_mended_everybody_looks_again() -> None:
    cloud = Cloud(clock="virtual")
    looked: list[str] = []
    make_queue(cloud, "q")
    cloud.on_earlier = (lambda: looked.append("again"),)
    cloud.client("sqs").list_queues()
    assert looked == []
    cloud.timeline.torn = cloud.timeline.next_due = -1
    cloud.client("sqs").list_queues()
    assert looked == ["again"]
    assert cloud.was_interrupted


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_nobody_sleeps_when_the_calls_have_returned(clock: Any) -> None:
    cloud = Cloud(clock=clock)
    url = make_queue(cloud, "q")
    cloud.sleep(0.001)
    send(cloud, url, "m", DelaySeconds=1 if clock == "virtual" else 0)
    cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)
    assert not cloud.has_sleepers()
    assert cloud.sleepers.count == 0


def test_a_delivery_to_a_queue_that_there_is_not_fails_if_somebody_wants_to_know() -> None:
    cloud = Cloud(clock="virtual")
    told: list[Any] = []
    for on_failure in (None, lambda *arguments: told.append(arguments)):
        effect: Any = SimpleNamespace(queue_arn="arn:aws:sqs:us-east-1:123456789012:none", on_failure=on_failure)
        cloud.to_queue(7, effect)
    assert told == [(7, "AWS.SimpleQueueService.NonExistentQueue")]


def test_a_seed_of_too_many_digits_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        Cloud(seed=1 << 20_000)
    assert str(caught.value) == "seed is an integer of 20,001 bits: give a smaller one, or a string"
    with pytest.raises(UsageError) as caught:
        Cloud(seed=1.5)  # type: ignore[arg-type]
    assert str(caught.value) == "seed=1.5 is not a seed: give an integer or a string"


def test_beside_a_thread_that_may_go_on_time_jumps_for_the_same_reason(beside: Any) -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")

    async def main() -> None:
        await cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1)

    asyncio.run(main())
    cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1)
    reasons = [jump.details["why"] for jump in cloud.trace.of("clock.jumped")]
    assert reasons == ["every task waits", "others are awake, and made no call"]
    assert len(beside) == 2


def test_what_is_logged_is_taken_as_soon_as_there_is_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a module that is being loaded not all is there."""
    monkeypatch.setattr(run_capture, "_handlers", [])
    monkeypatch.setattr(run_capture, "_root", [])
    run: Any = SimpleNamespace(is_over=False)
    for logging in (None, SimpleNamespace()):
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, "logging", logging)
            run_capture.begin(run)
            assert run_capture._handlers == []
            run_capture.end(run)
    root = SimpleNamespace(handlers=[])
    loaded = SimpleNamespace(root=root, Handler=object)
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "logging", loaded)
        run_capture.begin(run)
        assert root.handlers == run_capture._handlers
        assert len(root.handlers) == 1
        run_capture.begin(run)
        assert len(root.handlers) == 1
        run_capture.end(run)
        assert len(root.handlers) == 1
        root.handlers.append(object())
        run_capture.end(run)
        assert len(root.handlers) == 1
        assert root.handlers != run_capture._handlers


# --- links, and words -------------------------------------------------------------------------------------------------


def test_links_lead_to_the_latest_server_that_there_is() -> None:
    cloud = Cloud(clock="virtual")
    links: list[str] = []
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]

    def subscribed() -> str:
        url = f"https://example.com/{len(links)}"
        cloud.http_endpoint(url, lambda request: links.append(request.json()["SubscribeURL"]))
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=url)
        return links[-1].partition("?")[0]

    with cloud.serve() as first:
        assert subscribed() == f"{first.url}/"
        with cloud.serve() as second:
            assert subscribed() == f"{second.url}/"
        assert subscribed() == f"{first.url}/"
    assert subscribed() == f"https://sns.{cloud.region_name}.amazonaws.com/"


def test_what_calls_of_a_cloud_say_that_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the text of who calls the cloud from inside of it."""
    words = Words(monkeypatch)

    async def work(event: Any, _: Any) -> None:
        await cloud.async_sleep(1)

    async def main() -> None:
        sqs = cloud.async_client("sqs")
        await publish(cloud, "jobs")
        await sqs.receive_message(QueueUrl="q", WaitTimeSeconds=1)
        await cloud.async_sleep(2)

    for clock in ("virtual", "real"):
        cloud = Cloud(clock=clock)
        make_queue(cloud, "q")
        cloud.client("sqs").receive_message(QueueUrl="q", WaitTimeSeconds=1 if clock == "virtual" else 0)
        if clock == "virtual":
            subscribe(cloud, "jobs", work)
            asyncio.run(main())
            minicloud.run(main, cloud=cloud)
            cloud.clock.advance(5)
            cloud.sleep(1)
            cloud.restore(cloud.snapshot())
            assert cloud.trace.render()
            assert cloud.clock.next_due != ""
        else:
            asyncio.run(asyncio.wait_for(cloud.async_sleep(0.01), 20))
            cloud.sleep(0.001)
        cloud.reset()
        cloud.close()
    assert words.said == {
        "a call that waits",
        "a look at what is due next",
        "a move of the clock",
        "a view",
        "a wait inside of a handler",
        "an errand",
        "an event loop's timer",
        "an event loop's turn",
        "bringing the record up to date",
        "close()",
        "function()",
        "reset()",
        "restore()",
        "sleep()",
        "snapshot()",
    }


# --- the code of functions --------------------------------------------------------------------------------------------


def archive(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return made.getvalue()


def test_packages_with_and_without_a_file_of_their_own() -> None:
    cloud = Cloud(clock="virtual")
    files = {
        "app.py": "import plain, bare, bare.inner, plain.one\nfrom bare.inner.two import WORD\n"
        "def handle(event, context):\n"
        "    return [list(plain.__path__), list(bare.__path__), list(bare.inner.__path__), plain.one.WORD, WORD,\n"
        "            plain.__file__, getattr(bare, '__file__', None), bare.__spec__.has_location,\n"
        "            plain.__spec__.has_location, plain.__name__, plain.one.__spec__.submodule_search_locations]\n",
        "plain/__init__.py": "",
        "plain/one.py": "WORD = 'one'",
        "bare/inner/two.py": "WORD = 'two'",
    }
    lambda_ = cloud.client("lambda")
    lambda_.create_function(
        FunctionName="f",
        Role="arn:aws:iam::123456789012:role/r",
        Runtime="python3.13",
        Handler="app.handle",
        Code={"ZipFile": archive(files)},
    )
    cloud.clock.advance(10)
    answer = lambda_.invoke(FunctionName="f", Payload=b"{}")
    root = "/var/task/"
    assert json.loads(answer["Payload"].read()) == [
        [f"{root}plain"],
        [f"{root}bare"],
        [f"{root}bare/inner"],
        "one",
        "two",
        f"{root}plain/__init__.py",
        None,
        False,
        True,
        "plain",
        None,
    ]


def test_the_modules_of_an_archive_stay_as_the_latest_run_left_them() -> None:
    cloud = Cloud(clock="virtual")
    files = {
        "app.py": "def handle(event, context):\n    import counted\n    counted.runs += 1\n    return counted.runs\n",
        "counted.py": "runs = 0",
    }
    lambda_ = cloud.client("lambda")
    for name in ("f", "g"):
        lambda_.create_function(
            FunctionName=name,
            Role="arn:aws:iam::123456789012:role/r",
            Runtime="python3.13",
            Handler="app.handle",
            Code={"ZipFile": archive(files)},
        )
    cloud.clock.advance(10)
    runs = [json.loads(lambda_.invoke(FunctionName=name, Payload=b"{}")["Payload"].read()) for name in "ffgf"]
    assert runs == [1, 2, 1, 3]
    assert not {"app", "counted"} & set(sys.modules)


# --- who sleeps -------------------------------------------------------------------------------------------------------


def test_a_thread_moves_no_time_when_another_has_moved_it_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    waiter = alarm(cloud, 5)
    began = cloud.clock.time()
    lock = threading.Lock()
    lock.acquire()
    with monkeypatch.context() as patched:
        numbers = iter(range(100))
        patched.setattr(type(cloud.sleepers), "activity", property(lambda _: next(numbers)))
        cloud.sleepers._sleep(waiter, lock, OtherThreads(), Patience())
        assert cloud.clock.time() == began
    cloud.sleepers._sleep(waiter, lock, OtherThreads(), Patience())
    assert cloud.clock.time() == began + 5
    assert waiter.done


def test_on_a_frozen_clock_a_driver_waits_for_somebody_when_no_handlers_are_left() -> None:
    cloud = Cloud(clock="frozen")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    probed: list[bool] = []
    driver._go_on_probing(lambda: probed.append(True))
    assert (probed, driver._turns) == ([], 1)
    driver.waiters[aio_driver.Lull([])] = loop.create_future()
    driver._go_on_probing(lambda: probed.append(True))
    assert (probed, driver._turns) == ([True], 1)
    loop.close()


def test_whose_time_a_loop_has() -> None:
    cloud = Cloud(clock="virtual")
    loop = event_loop.CloudLoop(cloud)
    assert loop.cloud is cloud
    loop.close()


def test_a_look_at_a_closed_cloud_says_what_is_wrong_with_it() -> None:
    cloud = Cloud(clock="virtual")

    def misuse(_: int) -> None:
        raise UsageError("a mistake")

    for _ in range(2):
        with pytest.raises(UsageError, match=r"^a mistake$"):
            cloud.look("a view", misuse)
        cloud.close()
    assert not cloud._torn_by_a_look


def test_what_a_look_at_a_closed_cloud_has_torn_is_mended_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    cloud.close()
    mended: list[int] = []

    def end(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(cloud), "_mend", lambda _, now: mended.append(now))
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                cloud.look("a view", end)
        for _ in range(2):
            assert cloud.look("a view", lambda now: now) == cloud.closed_at
    assert mended == [cloud.closed_at] * 2


def test_whether_a_record_is_on_beside_a_meter() -> None:
    cloud = Cloud(clock="virtual", trace=False)
    meter: Any = SimpleNamespace(fact=lambda *_, **__: None)
    recorder = cloud.recorder
    assert not recorder.is_on
    recorder.start(None)
    assert recorder.is_on
    cloud.world.meter = meter
    recorder.connect(is_on=False)
    assert not recorder.is_on
    recorder.connect(is_on=True)
    assert recorder.is_on
    cloud.world.meter = None
    recorder.connect(is_on=True)
    assert recorder.is_on


def test_details_by_keyword_are_taken_as_one() -> None:
    """By the same code, but for what it takes."""

    def tell(self: object, now: int, /, **details: Any) -> Any:
        return self, now, details

    flat = _details_as_one(cast("Any", tell))
    assert flat(1, 2, {"a": 3}) == tell(1, 2, a=3)
    assert flat.__code__.co_flags == tell.__code__.co_flags & ~inspect.CO_VARKEYWORDS


def test_a_poll_on_a_clock_that_nobody_moves_says_how_long_it_would_wait() -> None:
    cloud = Cloud(clock="frozen")
    said = str(stalled(alarm(cloud, 20), cloud))
    assert said.startswith("this call waits for up to 20 more seconds on a frozen clock that nobody moves: call ")
    assert said.endswith(f" (waiting: {threading.current_thread().name}: sleep(), 20 s)")


def test_after_a_jump_a_driver_looks_twice_again() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    driver._idle_ticks = 2
    driver._jump("every task waits")
    assert driver._idle_ticks == 0
    loop.close()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells")
def test_how_much_of_the_processor_a_thread_has_had() -> None:
    number = threading.get_native_id()
    before = idle_threads._processor(number)
    assert before is not None
    begun = time.thread_time_ns()
    while time.thread_time_ns() - begun < 2_000_000:
        pass
    after = idle_threads._processor(number)
    assert after is not None
    assert after[0] - before[0] > 500_000  # nanoseconds, of which the system counts some only later
    assert after[1]  # it wants more: it is at it
    assert idle_threads._processor(1 << 30) is None
