"""A cloud's state by itself: what is carried out and mended, who is told, what is recorded, what a settler does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest

from minicloud import Cloud, UsageError, VirtualClock
from minicloud.core.effects import Effect
from minicloud.core.timeline import SECOND
from minicloud.engine import forks, settler, state, turns, waits
from minicloud.engine.blocking import alarm
from minicloud.engine.state import State
from tests.support.clouds import make_queue, receive, send
from tests.support.threads import Worker

from .broken import Source, Stop

# --- effects ----------------------------------------------------------------------------------------------------------


class Noted(Effect):
    """An effect of this test's, with its number."""

    is_due = True

    def __init__(self, number: int) -> None:
        self.number = number


def a_cloud_that_notes(done: list[int], stops_at: int = 0) -> Cloud:
    """Carries out these effects; the one of that number is interrupted once, before it is carried out."""
    cloud = Cloud(clock="virtual")
    ahead = [Stop] * bool(stops_at)

    def note(_: int, effect: Any) -> None:
        if effect.number == stops_at and ahead:
            raise ahead.pop()
        done.append(effect.number)

    cloud.perform.set(Noted, note)
    return cloud


def test_what_was_carried_out_before_an_interruption_is_not_carried_out_again() -> None:
    done: list[int] = []
    cloud = a_cloud_that_notes(done, stops_at=3)
    with pytest.raises(Stop):
        cloud.change("a change", lambda _: cloud.effects.extend(map(Noted, range(1, 5))))
    assert done == [1, 2]
    cloud.look("a look", lambda now: now)
    assert (done, cloud.effects, cloud.carried) == ([1, 2, 3, 4], [], -1)


def test_what_a_look_at_a_closed_cloud_causes_is_carried_out() -> None:
    """It brings up to date what it looks at."""
    done: list[int] = []
    cloud = a_cloud_that_notes(done)
    cloud.close()
    assert cloud.look("a look", lambda now: cloud.effects.append(Noted(1)) or now) == cloud.closed_at
    assert (done, cloud.effects) == ([1], [])


# --- calls that nobody waits for any more -----------------------------------------------------------------------------


def test_to_take_back_what_another_one_has_taken_back_is_no_interruption() -> None:
    """Two tasks that are cancelled at once: the first one sees to both."""
    cloud = Cloud(clock="virtual")
    cloud.take_back()
    assert not cloud.was_interrupted
    waiter = alarm(cloud, 5)
    cloud.timeline.torn = 1
    cloud.forsaken[waiter] = None
    cloud.take_back()
    assert not cloud.was_interrupted
    assert (cloud.timeline.torn, cloud.forsaken) == (0, {})


def test_a_call_that_is_interrupted_has_those_who_sleep_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And gives up what its own thread has begun to wait for, and does not sleep for yet."""
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    monkeypatch.setattr(type(cloud), "look_again", lambda _: told.append("look"))
    own, asleep, another_s = (alarm(cloud, 5) for _ in range(3))
    asleep.wake = lambda: None
    cloud.world.waiters[another_s] = -5
    errand: Any = object()

    def stop(_: int) -> None:
        cloud.errands.add(threading.get_ident(), errand)
        raise Stop

    with pytest.raises(Stop):
        cloud.change("a change", stop)
    assert (told, list(cloud.forsaken)) == (["look"], [own])
    assert [owner for owner in cloud.errands if isinstance(owner, int) and owner < 0] == list(cloud.errands)
    cloud.errands.clear()


def test_what_a_caller_that_has_gone_leaves_is_performed_by_whoever_comes_next() -> None:
    cloud = Cloud(clock="virtual")
    errand: Any = object()
    cloud.errands.add(threading.get_ident(), errand)
    cloud.take_back()
    (owner,) = cloud.errands
    assert isinstance(owner, int)
    assert owner < 0
    cloud.errands.clear()


@pytest.mark.parametrize("name", ["run_errands", "disown", "keep_settling", "recorded", "listen", "has_sleepers"])
def test_a_state_alone_performs_nothing(name: str) -> None:
    """That is the engine's."""
    with pytest.raises(NotImplementedError):
        getattr(State, name)(None)


@pytest.mark.parametrize("name", ["wake_all", "look_again"])
def test_a_state_alone_wakes_nobody(name: str) -> None:
    with pytest.raises(NotImplementedError):
        getattr(State, name)(None)


@pytest.mark.parametrize("name", ["keep_for_the_test", "is_carried_out"])
def test_a_state_alone_knows_nothing_of(name: str) -> None:
    with pytest.raises(NotImplementedError):
        getattr(State, name)(None, None)


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_a_fresh_seed_is_one_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which a test prints, and somebody types: of fifteen digits at most."""
    assert state._fresh_seed() != state._fresh_seed()
    monkeypatch.setattr("os.urandom", lambda count: b"\x01" + b"\xff" * (count - 1))
    assert state._fresh_seed() == 0x01FFFFFFFFFF


# --- the background settler -------------------------------------------------------------------------------------------


def test_what_a_settler_is_called_from_is_told() -> None:
    cloud = Cloud(clock="virtual")
    told = r"^the background settler was called from inside of a look of the same Cloud, "
    with pytest.raises(UsageError, match=told):
        cloud.look("a look", lambda _: settler._settle_once(cloud))


def test_what_a_settler_calls_is_told_to_be_called_from_it() -> None:
    """A clock that asks its cloud for something, for one."""
    calls: list[Any] = []

    class Asking(Source):
        def time_ns(self) -> Any:
            return [call() for call in calls] or self.now

    cloud = Cloud(clock=Asking())
    calls.append(cloud.client("sqs").list_queues)
    told = r"^ListQueues was called from inside of the background settler of the same Cloud, "
    with pytest.raises(UsageError, match=told):
        settler._settle_once(cloud)


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_refused_call_leaves_nothing_to_the_next_one() -> None:
    """What it had told is not told of the call that is answered at the same moment."""
    cloud = Cloud(clock="virtual", trace=True)
    cloud.client("sqs").list_queues()
    recorder, now = cloud.recorder, cloud.time_ns()
    _, _, operation, service, values, *_ = recorder.entries[-1]
    error: Any = type("Refusal", (), {"code": "Code", "message": "no"})()
    recorder._fact(now, "sqs.queue.purged", "q")
    recorder.refused(operation, service, {}, now, error)
    recorder.answered(operation, service, values, now)
    assert recorder.entries[-1][-1] is False
    recorder._fact(now, "sqs.queue.purged", "q")
    recorder.answered(operation, service, values, now)
    assert recorder.entries[-1][-1] is True


def test_in_the_first_moment_that_a_clock_can_tell_a_call_that_tells_nothing_is_shown() -> None:
    cloud = Cloud(clock=VirtualClock(datetime(1970, 1, 1, tzinfo=UTC)), trace=True)
    error: Any = type("Refusal", (), {"code": "Code", "message": "no"})()
    sqs = cloud.client("sqs")
    for _ in range(2):
        sqs.list_queues()
        assert cloud.recorder.entries[-1][-1] is False
    make_queue(cloud, "q")
    assert cloud.recorder.entries[-1][-1] is True
    sqs.list_queues()
    assert cloud.recorder.entries[-1][-1] is False
    cloud.recorder.refused(cloud.recorder.entries[-1][2], "sqs", {}, 0, error)
    sqs.list_queues()
    assert (cloud.recorder.entries[-1][-1], cloud.time_ns()) == (False, 0)


def test_a_trace_that_is_cleared_knows_still_who_waits() -> None:
    cloud = Cloud(clock="frozen", trace=True)
    url = make_queue(cloud, "q")
    worker = Worker(lambda: receive(cloud, url, WaitTimeSeconds=20))
    while not cloud.world.waiters:
        pass
    cloud.trace.clear()
    send(cloud, url, "m")
    assert [one["Body"] for one in worker.result()] == ["m"]
    actors = {event.kind: event.actor for event in cloud.trace}
    assert actors["sqs.poll.filled"] == actors["sqs.message.received"] == worker.name
    assert actors["sqs.message.sent"] == threading.current_thread().name


# --- turns and waits --------------------------------------------------------------------------------------------------


def test_a_handler_that_waits_is_told_once() -> None:
    told: list[int] = []
    errand: Any = type("Waiting", (), {"waits": lambda _, now: told.append(now)})()
    execution = turns.Execution(turns.Turn(object()), errand, None)
    assert not execution.has_waited
    turns.tell_that_it_waits(execution, 7)
    assert (told, execution.has_waited) == ([7], True)


def test_who_waits_in_a_thread_that_nobody_knows_is_some_thread() -> None:
    cloud = Cloud(clock="virtual")
    waiter = alarm(cloud, 5)
    cloud.world.waiters[waiter] = -5
    assert waits.who_waits(cloud) == "a thread: sleep(), 5 s"
    cloud.world.waiters[waiter] = None
    assert waits.who_waits(cloud) == "a thread: sleep(), 5 s"
    waiter.deadline += SECOND
    assert waits.who_waits(cloud) == "a thread: sleep(), 6 s"


# --- forks ------------------------------------------------------------------------------------------------------------


def test_the_locks_of_cached_properties_are_made_anew_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.11 has one in each, later ones have none."""
    actions: list[Any] = []
    monkeypatch.setattr(forks, "in_forked_processes", actions.append)

    class Owner:
        @cached_property
        def locked(self) -> int:
            return 1

        @cached_property
        def free(self) -> int:
            return 1

    forks.renew_properties(Owner)
    locked, free = vars(Owner)["locked"], vars(Owner)["free"]
    before = locked.lock = threading.RLock()
    vars(free).pop("lock", None)
    (renew,) = actions
    renew()
    assert locked.lock is not before
    assert isinstance(locked.lock, type(before))
    assert not hasattr(free, "lock")
