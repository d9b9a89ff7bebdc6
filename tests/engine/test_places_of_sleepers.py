"""Threads that sleep where time jumps: how long they wait for others first, and why they have it jump."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import pytest

from minicloud import Cloud, UsageError
from minicloud.engine import blocking
from minicloud.engine.blocking import alarm
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.holders import RECEIVER, Patience
from minicloud.engine.idle_threads import OtherThreads


class Sleeper:
    """A thread that sleeps for a while, what it asks and finds, and why time has jumped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: Any = "virtual", *, alone: bool = False) -> None:
        self.cloud = Cloud(clock=clock)
        self.waiter = alarm(self.cloud, 20)
        self.sleepers: Any = self.cloud.sleepers
        self.patience = Patience()
        self.others: Any = OtherThreads()
        self.loops = {7: 0.5}
        self.seen: list[Any] = []
        self.waits: list[float] = []
        self.running = [True, False]
        self.alone = [alone, alone]
        self.woken = [False, False]
        self.is_held = False
        self.jumps: list[Any] = []
        self.meanwhile: Any = lambda: None
        monkeypatch.setattr(
            OtherThreads, "are_running", lambda _, *given: self.seen.append(given) or self.running.pop(0)
        )
        sleepers = type(self.sleepers)
        monkeypatch.setattr(sleepers, "_is_alone", lambda _: self.alone.pop(0))
        monkeypatch.setattr(sleepers, "_threads_of_loops", lambda _: self.loops)
        monkeypatch.setattr(sleepers, "is_held", lambda _, *given: self.seen.append(given) or self.is_held)
        monkeypatch.setattr(sleepers, "_jump", lambda _, *given: self.jumps.append(given))
        monkeypatch.setattr(blocking, "threads_are_green", lambda: False)

    def acquire(self, timeout: float) -> bool:
        self.waits.append(timeout)
        self.meanwhile()
        return self.woken.pop(0)

    def sleep(self) -> list[Any]:
        """How time has jumped."""
        self.sleepers._sleep(self.waiter, cast("Any", self), self.others, self.patience)
        return self.jumps


def test_beside_others_that_do_nothing_time_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = Sleeper(monkeypatch)
    activity = sleeper.cloud.sleepers.activity
    assert sleeper.sleep() == [("others are awake, and made no call", sleeper.patience)]
    assert sleeper.waits == [blocking.QUIET]
    assert sleeper.seen == [(activity, sleeper.loops)] * 2 + [(sleeper.patience, blocking.QUIET)]
    assert sleeper.alone == [False]


def test_while_somebody_has_a_message_in_hand_the_looks_are_further_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = Sleeper(monkeypatch)
    sleeper.patience.holder = cast("Any", object())
    sleeper.is_held = True
    assert sleeper.sleep() == []
    assert sleeper.waits == [blocking.PAUSE]
    assert sleeper.seen[-1] == (sleeper.patience, blocking.PAUSE)


@pytest.mark.parametrize("what", ["it is woken", "another runs", "a call", "an answer", "somebody looks first"])
def test_what_keeps_a_sleeper_from_moving_time(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    sleeper = Sleeper(monkeypatch)
    if what == "it is woken":
        sleeper.woken = [True]
    elif what == "another runs":
        sleeper.running = [False, True]
    elif what == "a call":
        sleeper.meanwhile = sleeper.cloud.client("sqs").list_queues
    elif what == "an answer":
        sleeper.meanwhile = lambda: setattr(sleeper.waiter, "done", True)
    else:
        sleeper.sleepers.looked_after = time.monotonic() + 60
    assert sleeper.sleep() == []
    assert len(sleeper.waits) == 1


def test_who_is_looked_after_no_more_has_time_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = Sleeper(monkeypatch)
    sleeper.sleepers.looked_after = time.monotonic() - 1
    assert len(sleeper.sleep()) == 1


@pytest.mark.parametrize("blocks_a_loop", [False, True])
def test_a_sleeper_that_is_alone_has_time_jump_at_once(monkeypatch: pytest.MonkeyPatch, blocks_a_loop: bool) -> None:
    """Also while somebody else is to look first, as there is nobody."""
    sleeper = Sleeper(monkeypatch, alone=True)
    sleeper.sleepers.looked_after = time.monotonic() + 60
    if blocks_a_loop:

        async def main() -> None:
            sleeper.sleep()

        asyncio.run(main())
        assert sleeper.jumps == [("every thread waits, one in a call that blocks its event loop",)]
    else:
        assert sleeper.sleep() == [("every thread waits",)]
    assert (sleeper.waits, sleeper.seen) == ([], [])


@pytest.mark.parametrize("alone", [[True], [False, True], [False, False]])
def test_on_a_frozen_clock_a_sleeper_gives_up_at_once_when_it_is_alone(
    monkeypatch: pytest.MonkeyPatch, alone: list[bool]
) -> None:
    """Also if it has become so; beside others after a while."""
    sleeper = Sleeper(monkeypatch, "frozen")
    sleeper.alone = list(alone)
    with pytest.raises(UsageError, match="on a frozen clock that nobody moves"):
        sleeper.sleep()
    assert sleeper.alone == []
    assert sleeper.waits == [blocking.QUIET, blocking.STALL][: len(alone) - alone.count(True)]
    assert sleeper.jumps == []


def test_what_comes_of_a_jump_is_performed(monkeypatch: pytest.MonkeyPatch) -> None:
    performed: list[bool] = []
    monkeypatch.setattr(ErrandRunner, "run_waiting", lambda _: performed.append(True))
    monkeypatch.setattr(ErrandRunner, "wait_for_posts", lambda _: performed.append(False))
    for has_led_to_something in (False, True):
        sleeper = Sleeper(monkeypatch, alone=True)
        performed.clear()
        if has_led_to_something:
            sleeper.cloud.errands.add(0, cast("Any", object()))
        assert len(sleeper.sleep()) == 1
        assert performed == [False] + [True] * has_led_to_something
        sleeper.cloud.errands.clear()


def test_whether_a_thread_has_a_message_in_hand_is_asked_of_a_clock_that_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those messages whose timeouts a jump would end; and of the tasks of the thread's own loop, if it has one."""
    asked: list[Any] = []
    there: list[Any] = []

    def find(held: Any, asleep: Any, _: Any, own: Any, patience: float) -> Any:
        asked.append((held, asleep, own, patience))
        return "a holder"

    monkeypatch.setattr(blocking, "flights", lambda _, until: asked.append(until) or list(there))
    monkeypatch.setattr(blocking, "find_holder", find)
    monkeypatch.setattr(Patience, "holds", lambda _, holder, waited, most: (holder, waited, most))
    own: Any = "its tasks".__str__
    for clock in ("virtual", "frozen"):
        cloud: Any = Cloud(clock=cast("Any", clock))
        patience = cloud.clock.patience
        cloud.timeline.schedule(due := cloud.clock.time_ns() + 5, print)
        asked.clear()
        there[:] = []
        assert cloud.sleepers.is_held(Patience(), 0.5, own) == (None, 0.5, patience)
        there[:] = ["a message"]
        holder = "a holder" if clock == "virtual" else None
        assert cloud.sleepers.is_held(Patience(), 0.5, own) == (holder, 0.5, patience)
        assert cloud.sleepers.is_held(Patience(), 0.5) == (holder, 0.5, patience)
        looks = [due, due, (there, [], "its tasks", patience), due, (there, [], None, patience)]
        assert asked == (looks if clock == "virtual" else [])


def test_who_receives_is_noted_only_where_a_clock_jumps() -> None:
    for clock, is_noted in (("virtual", True), ("frozen", False), ("real", False)):
        cloud = Cloud(clock=cast("Any", clock))
        assert (cloud.world.receiver is RECEIVER) is is_noted
        cloud.close()
