"""Looks of a driver at its loop: when time jumps, why, and for how long nobody has made a call."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from minicloud import Cloud
from minicloud.engine import aio_driver
from minicloud.engine.blocking import alarm
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.idle_threads import OtherThreads

# --- looks at a loop --------------------------------------------------------------------------------------------------


class Probed:
    """A driver of a loop with something ready or not, its next turns, and how time has jumped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = Cloud(clock="virtual")
        self.ready: list[object] = []
        self.turns: list[Any] = []
        self.jumps: list[str] = []
        self.asked: list[float] = []
        self.is_held = self.is_running = self.releases = False
        loop: Any = SimpleNamespace(_ready=self.ready)
        self.driver: Any = aio_driver.LoopDriver(self.cloud, loop)
        self.driver.waiters[alarm(self.cloud, 20)] = object()
        self.driver._call = lambda delay, turn: self.turns.append((delay, turn))
        self.driver._schedule_probe = lambda: self.turns.append("a probe")
        self.driver._jump = lambda why, _: self.jumps.append(why)
        self.driver._is_held = self._held
        self.driver._releases = self._releases
        self.driver._note_activity()
        monkeypatch.setattr(OtherThreads, "are_running", lambda *_: self.is_running)

    def _held(self, waited: float) -> bool:
        self.asked.append(waited)
        return self.is_held

    def _releases(self, waited: float) -> bool:
        self.asked.append(waited)
        return self.releases

    def look(self, turn: str) -> str:
        """Why time has jumped; nothing, if it has not."""
        self.turns.clear()
        self.jumps.clear()
        self.asked.clear()
        getattr(self.driver, turn)(0)
        return "".join(self.jumps)


def test_looks_at_a_loop_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time jumps when nobody makes a call, runs, waits for handlers or has a message in hand."""
    probed = Probed(monkeypatch)
    quiet, again = aio_driver.QUIET, [(aio_driver.QUIET, probed.driver._probe_quietly)]

    def look() -> str:
        why = probed.look("_probe_quietly")
        assert probed.turns == again
        return why

    assert look() == "every task waits"
    assert probed.asked == [quiet, quiet]
    for name in ("is_held", "is_running", "releases"):
        setattr(probed, name, True)
        assert look() == ""
        setattr(probed, name, False)
        assert look() == "every task waits"
    probed.ready.append(object())
    probed.driver._left_alone = 0.0
    assert look() == ""
    probed.driver._left_alone = aio_driver.BUSY_QUIET
    probed.driver._note_activity = lambda: False
    assert look() == ""
    probed.driver._left_alone += 0.001
    assert look() == "every task waits"
    probed.driver._note_activity = lambda: True
    assert look() == ""


def test_looks_at_a_loop_that_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the second in a row at which it has nothing to run, or when it is busy for long without a call."""
    probed = Probed(monkeypatch)
    driver = probed.driver

    def look() -> str:
        why = probed.look("_probe")
        assert probed.turns == [(aio_driver.PAUSE, driver._probe)] if driver._pause else ["a probe"]
        return why

    assert [look(), probed.asked] == ["", []]
    assert [look(), probed.asked] == ["every task waits", [0.0, 0.0]]
    probed.is_held = True
    assert [look(), driver._pause, probed.asked] == ["", aio_driver.PAUSE, [0.0, 0.0]]
    assert [look(), driver._pause, probed.asked] == ["", aio_driver.PAUSE, [0.0, aio_driver.PAUSE]]
    probed.is_held = False
    assert [look(), driver._pause, probed.asked] == ["every task waits", 0.0, [0.0, aio_driver.PAUSE]]
    probed.releases = True
    assert [look(), probed.asked] == ["", [0.0]]
    probed.releases = False
    probed.ready.append(object())
    driver._note_activity = lambda: False
    driver._left_alone = aio_driver.BUSY_QUIET
    assert [look(), driver._idle_ticks] == ["", 0]
    driver._left_alone += 0.001
    assert [look(), driver._idle_ticks] == ["no task made a call", 0]
    driver._left_alone = 0.0
    probed.ready.clear()
    probed.cloud.errand_runner.pending = 1
    assert [look(), look(), driver._idle_ticks] == ["", "", 0]
    probed.cloud.errand_runner.pending = 0
    assert [look(), look()] == ["", "every task waits"]
    driver._note_activity = lambda: True
    assert [look(), driver._idle_ticks] == ["", 0]


def test_for_how_long_a_loop_has_been_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of processor time; of what one turn took no more counts than lets others have theirs."""
    cloud = Cloud(clock="virtual")
    driver = aio_driver.LoopDriver(cloud, cast("Any", SimpleNamespace()))
    used = [100.0, 100.004, 100.104, 100.106, 100.107]
    monkeypatch.setattr(time, "process_time", lambda: used.pop(0))
    alone = []
    for _ in range(3):
        driver._note_activity()
        alone.append(round(driver._left_alone, 6))
    assert alone == [0, 0.004, round(0.004 + 2 * aio_driver.QUIET, 6)]
    cloud.client("sqs").list_queues()
    for _ in range(2):
        driver._note_activity()
        alone.append(round(driver._left_alone, 6))
    assert alone[3:] == [0, 0.001]


@pytest.mark.parametrize(
    ("clock", "has_untold", "jumps"), [("virtual", False, True), ("virtual", True, False), ("frozen", False, False)]
)
def test_a_driver_has_time_jump_when_all_know_their_answers(
    monkeypatch: pytest.MonkeyPatch, clock: Any, has_untold: bool, jumps: bool
) -> None:
    """And notes what comes of it, as its own."""
    cloud = Cloud(clock=clock, trace=True)
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    waiter, future = alarm(cloud, 20), loop.create_future()
    driver.waiters[waiter] = future
    waiter.done = has_untold
    begun = cloud.clock.time()
    performed: list[bool] = []
    monkeypatch.setattr(ErrandRunner, "perform_due", lambda _: performed.append(True))
    driver._note_activity()
    driver._jump("every task waits")
    assert cloud.clock.time() - begun == (20 if jumps else 0)
    assert performed == [True] * jumps
    assert future.done() is has_untold
    assert [jump.details["why"] for jump in cloud.trace.of("clock.jumped")] == ["every task waits"] * jumps
    assert driver._note_activity() is False
    loop.close()
