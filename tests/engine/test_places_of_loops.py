"""Places of loops in a cloud's time, where few calls come: beside guests, while they wait, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.engine import aio_driver, event_loop
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.idle_threads import OtherThreads

from .broken import SECOND, Stop


@pytest.fixture
def _nothing_is_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of whoever runs these tests is waited for."""
    monkeypatch.setattr(event_loop.CloudLoop, "_outside", lambda *_: event_loop._Outside(0.0, 0.0, 0.0))


# --- loops beside guests ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_nothing_is_outside")
def test_a_loop_beside_guests_that_nothing_is_due_for_leaves_time_alone() -> None:
    """Else it would seem to the guests that somebody does something."""
    cloud = Cloud(clock="virtual", trace=True)
    loop: Any = minicloud.EventLoop(cloud)
    before = cloud.sleepers.activity
    for _ in range(3):
        assert loop.beside_guests(SimpleNamespace()) == []
    assert cloud.sleepers.activity == before
    assert list(cloud.trace.of("clock.jumped")) == []
    loop.close()


@pytest.mark.usefixtures("_nothing_is_outside")
def test_a_loop_beside_guests_says_why_time_jumps_and_performs_what_comes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = Cloud(clock="virtual", trace=True)
    loop: Any = minicloud.EventLoop(cloud)
    happened: list[str] = []
    cloud.timeline.schedule(cloud.clock.time_ns() + 60 * SECOND, lambda _: happened.append("due"))
    monkeypatch.setattr(ErrandRunner, "perform_due", lambda _: happened.append("performed"))
    for _ in range(2):
        loop.beside_guests(SimpleNamespace())
    assert happened == ["performed", "performed", "due", "performed"]
    (jump,) = cloud.trace.of("clock.jumped")
    assert (jump.details["why"], jump.details["to_ns"] - jump.details["from_ns"]) == ("every task waits", 60 * SECOND)
    loop.close()


# --- loops that wait --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("patience", "asked"), [(0.0, 0), (event_loop.QUIET, 4)])
def test_before_time_jumps_other_threads_are_asked_where_something_may_come_from_outside(
    monkeypatch: pytest.MonkeyPatch, patience: float, asked: int
) -> None:
    """And as long as one runs time stands."""
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    running = [True, True, True, False]
    looked: list[object] = []
    waited: list[float] = []
    monkeypatch.setattr(event_loop.CloudLoop, "_outside", lambda *_: event_loop._Outside(patience, 9.0, 9.0))
    monkeypatch.setattr(OtherThreads, "are_running", lambda _, seen: looked.append(seen) or running.pop(0))
    monkeypatch.setattr(type(cloud.sleepers), "is_held", lambda *_: False)
    begun = cloud.clock.time_ns()
    cloud.timeline.schedule(begun + SECOND, print)
    selector: Any = SimpleNamespace(select=lambda seconds: waited.append(seconds) or [])
    seen = cloud.sleepers.activity
    assert loop._idle_on_manual_clock(selector, seen) == []
    assert looked == [seen] * asked
    assert waited == [event_loop.QUIET] * max(asked - 1, 0)
    assert cloud.clock.time_ns() == begun + SECOND
    loop.close()


class Idle:
    """A loop that has nothing to run, how often it has waited, and what comes meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Any, *outside: float) -> None:
        self.cloud = Cloud(clock=clock)
        self.loop: Any = event_loop.CloudLoop(self.cloud)
        self.waits = 0
        self.come: Callable[[], list[Any]] = list
        monkeypatch.setattr(event_loop, "QUIET", 1.0)
        monkeypatch.setattr(event_loop, "LULL", 3.0)
        monkeypatch.setattr(event_loop, "suspended_tasks", lambda _: "")
        monkeypatch.setattr(event_loop.CloudLoop, "_outside", lambda *_: event_loop._Outside(*outside))
        monkeypatch.setattr(OtherThreads, "are_running", lambda *_: False)
        monkeypatch.setattr(type(self.cloud.sleepers), "is_held", lambda *_: False)

    def select(self, seconds: float) -> list[Any]:
        assert seconds == 1
        self.waits += 1
        return self.come()

    def idle(self) -> Any:
        """What it returns, or of what it tells."""
        selector: Any = SimpleNamespace(select=self.select)
        try:
            return self.loop._idle_on_manual_clock(selector, self.cloud.sleepers.activity)
        except UsageError as error:
            return str(error)
        finally:
            self.loop.close()

    def is_due_in(self, seconds: int) -> None:
        self.cloud.timeline.schedule(self.cloud.clock.time_ns() + seconds * SECOND, print)


@pytest.mark.parametrize(
    ("clock", "is_due", "waits", "told"),
    [
        ("virtual", True, 2, ""),
        ("virtual", False, 3, "all tasks wait for something that cannot happen"),
        ("frozen", True, 4, "all tasks wait for 5 more seconds on a frozen clock"),
        ("frozen", False, 3, "all tasks wait for something that cannot happen"),
    ],
)
def test_how_long_a_loop_waits_for_what_is_outside(
    monkeypatch: pytest.MonkeyPatch, clock: Any, is_due: bool, waits: int, told: str
) -> None:
    """Before time jumps, before nobody hopes any more, and before that on a clock that stands."""
    idle = Idle(monkeypatch, clock, 2.0, 3.0, 4.0)
    begun = idle.cloud.clock.time()
    if is_due:
        idle.is_due_in(5)
    found = idle.idle()
    assert found == [] if not told else found.startswith(told)
    assert idle.waits == waits
    assert idle.cloud.clock.time() - begun == (5 if not told else 0)


@pytest.mark.parametrize(("patience", "waits"), [(0.0, 0), (2.0, 2), (9.0, 3)])
@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_how_long_a_loop_waits_for_handlers(
    monkeypatch: pytest.MonkeyPatch, clock: Any, patience: float, waits: int
) -> None:
    """For a lull, or as long as there is something outside; then the call goes on, and time stands."""
    idle = Idle(monkeypatch, clock, patience, 9.0, 9.0)
    idle.is_due_in(5)
    begun = idle.cloud.clock.time()
    lull = aio_driver.Lull([])
    idle.loop.join(lull, None)
    assert idle.idle() == []
    assert (idle.waits, lull.is_released, lull.done) == (waits, True, True)
    assert idle.cloud.clock.time() == begun
    idle.loop.leave(lull)
    assert idle.loop._lulls == {}


@pytest.mark.parametrize("what", ["a file", "a call", "a callback"])
def test_a_loop_that_waits_sees_what_comes(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    idle = Idle(monkeypatch, "virtual", 9.0, 9.0, 9.0)
    idle.is_due_in(5)
    begun = idle.cloud.clock.time()

    def come() -> list[Any]:
        if idle.waits == 2:
            if what == "a file":
                return ["something"]
            if what == "a call":
                idle.cloud.client("sqs").list_queues()
            else:
                idle.loop.call_soon(print)
        return []

    idle.come = come
    assert idle.idle() == (["something"] if what == "a file" else [])
    assert idle.waits == 2
    assert idle.cloud.clock.time() == begun


def test_when_handlers_are_known_to_wait_their_loop_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """If something is due for that sooner."""
    told: list[int] = []
    for is_sooner in (True, False):
        idle = Idle(monkeypatch, "virtual", 0.0, 0.0, 0.0)
        idle.cloud.errand_runner.in_tasks[cast("Any", 1)] = cast("Any", object())

        def tell(_: object, now: int, idle: Idle = idle, is_sooner: bool = is_sooner) -> None:
            told.append(now)
            if is_sooner:
                idle.is_due_in(5)

        monkeypatch.setattr(ErrandRunner, "tell_those_in_tasks", tell)
        now = idle.cloud.clock.time_ns()
        found = idle.idle()
        assert found == [] if is_sooner else found.startswith("all tasks wait for something that cannot happen")
        assert told.pop() == now
        idle.cloud.errand_runner.in_tasks.clear()
    assert told == []


def test_while_an_executor_ends_time_does_not_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    loop: Any = minicloud.EventLoop(Cloud(clock="virtual"))
    jobs: list[int] = []

    async def end(*_: object) -> None:
        jobs.append(loop._jobs)
        raise Stop

    with monkeypatch.context() as patched:
        patched.setattr(asyncio.SelectorEventLoop, "shutdown_default_executor", end)
        with pytest.raises(Stop):
            loop.run_until_complete(loop.shutdown_default_executor())
    assert (jobs, loop._jobs) == ([1], 0)
    loop.close()


def test_what_a_loop_says_of_tasks_that_wait_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "suspended_tasks", lambda _: ": who waits")
    monkeypatch.setattr(event_loop, "ended_by_errors", lambda _, before: f"{before}who has ended")
    cloud = Cloud(clock="frozen")
    loop: Any = event_loop.CloudLoop(cloud)
    beginning = "all tasks wait for something that cannot happen any more: no timer is set, nothing is due in the cloud"
    end = ", and no socket, executor or other thread is there to wake them: who waits\nwho has ended"
    assert str(loop._stuck(False)) == beginning + end
    never = " but what goes on for ever, and that has woken nobody 10,000 times"
    assert str(loop._stuck(False, event_loop._IN_VAIN)) == beginning + never + end
    for seconds, words in ((1, "1 more second"), (1.5, "1.5 more seconds")):
        event = cloud.timeline.schedule(cloud.clock.time_ns() + int(seconds * SECOND), print)
        assert str(loop._stuck(True)) == (
            f"all tasks wait for {words} on a frozen clock that nobody moves: call cloud.clock.advance() from a task, "
            'or use minicloud.run(clock="virtual"), which moves by itself: who waits\nwho has ended'
        )
        cloud.timeline.cancel(event)
    loop.close()


# --- what is ready ----------------------------------------------------------------------------------------------------


def test_a_loop_has_only_guests_when_all_that_is_ready_moves_time_for_other_clouds() -> None:
    loop: Any = event_loop.CloudLoop(Cloud(clock="virtual"))
    driver = aio_driver.LoopDriver(Cloud(clock="virtual"), loop)
    guest, own = (SimpleNamespace(_callback=callback) for callback in (driver._probe, loop.time))
    plain = SimpleNamespace(_callback=print)
    before = loop._ready
    found = []
    for ready in ([], [guest], [guest, guest], [guest, own], [plain, guest], [own]):
        loop._ready = ready
        found.append(loop.has_only_guests())
    loop._ready = before
    assert found == [False, True, True, False, False, False]
    loop.close()


@pytest.mark.parametrize(
    ("timeout", "events", "has_only_guests", "expected"),
    [
        (None, [], True, "idle"),
        (None, ["something"], True, ["something"]),
        (5, [], True, "idle"),
        (0.1, [], False, "idle"),
        (0, [], False, []),
        (0, [], True, "beside guests"),
        (-1, [], True, "beside guests"),
        (0, ["something"], True, ["something"]),
    ],
)
def test_a_loop_looks_at_its_cloud_where_it_would_wait(
    timeout: float | None, events: list[str], has_only_guests: bool, expected: object
) -> None:
    """Or where nothing but guests is ready."""
    loop: Any = SimpleNamespace(
        has_only_guests=lambda: has_only_guests,
        beside_guests=lambda real: "beside guests" if real is selector._real else "",
        idle=lambda real: "idle" if real is selector._real else "",
    )
    selector: Any = event_loop._Selector(loop)
    selector._real.close()
    asked: list[float] = []
    selector._real = SimpleNamespace(select=lambda seconds: asked.append(seconds) or events)
    assert selector.select(timeout) == expected
    assert asked == [0]


def test_the_next_timer_of_a_loop_is_the_first_that_is_not_cancelled() -> None:
    cloud = Cloud(clock="virtual")
    loop = event_loop.CloudLoop(cloud)
    begun = cloud.clock.time_ns()
    assert loop.next_timer() is None
    later = loop.call_at(loop.time() + 7, print)
    first = loop.call_at(loop.time() + 5.000_001, print)
    assert loop.next_timer() == begun + 5_000_001_000
    first.cancel()
    assert loop.next_timer() == begun + 7 * SECOND
    later.cancel()
    assert loop.next_timer() is None
    loop.close()


@pytest.mark.parametrize(("is_own", "is_closed", "told"), [(True, False, 0), (False, False, 1), (False, True, 0)])
def test_a_loop_is_woken_from_another_thread_unless_it_is_closed(is_own: bool, is_closed: bool, told: int) -> None:
    """By who makes a call, or when its alarm rings, which is one no more."""
    cloud: Any = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    woken: list[str] = []
    loop._write_to_self = lambda: woken.append("woken")
    if not is_own:
        loop.owner += 1
    if is_closed:
        loop.close()
    loop.poke()
    assert len(woken) == told
    loop._alarm = object()
    loop._ring(0)
    assert (len(woken), loop._alarm) == (2 * told, None)
    loop.close()


def test_what_an_alarm_is_set_for_stands_on_the_timeline_once() -> None:
    cloud: Any = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    begun = cloud.clock.time_ns()
    for due in (begun + 5, begun + 3, begun + 9):
        loop._set_alarm(due)
        assert (cloud.timeline.next_due, loop._alarm.due) == (due, due)
    loop._set_alarm(event_loop.FOREVER)
    assert (cloud.timeline.next_due, loop._alarm) == (event_loop.FOREVER, None)
    loop._set_alarm(begun + 5)
    loop.close()
    assert (cloud.timeline.next_due, list(cloud.sleepers.drivers)) == (event_loop.FOREVER, [])
    cloud.close()
    loop._set_alarm(begun + 5)
    assert loop._alarm is None


def test_time_does_not_jump_while_an_executor_is_at_work() -> None:
    loop: Any = minicloud.EventLoop(Cloud(clock="virtual"))
    jobs: list[int] = []

    async def main() -> None:
        work = [loop.run_in_executor(None, abs, -number) for number in range(2)]
        jobs.append(loop._jobs)
        assert await asyncio.gather(*work) == [0, 1]
        jobs.append(loop._jobs)

    loop.run_until_complete(main())
    assert jobs == [2, 0]
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
