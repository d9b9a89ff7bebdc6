"""A cloud's state by itself: what is carried out and mended, who is told, what is recorded, what a settler does."""

from __future__ import annotations

import gc
import threading
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest

from minicloud import Cloud, UsageError, VirtualClock
from minicloud.core.effects import Effect
from minicloud.core.timeline import SECOND
from minicloud.engine import forks, patched_time, settler, state, turns, waits
from minicloud.engine.blocking import alarm
from minicloud.engine.state import State
from minicloud.engine.weak import WeakSet
from tests.support.clouds import make_queue, receive, send
from tests.support.threads import Worker

from .broken import Source, Stop, interrupted

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


def test_what_has_happened_does_not_happen_again_after_an_interruption() -> None:
    """Of another call, later on; what was happening when something came in does."""
    cloud = Cloud(clock="virtual")
    happened: list[str] = []
    ahead = [Stop]

    def happen(_: int) -> None:
        happened.append("interrupted" if ahead else "whole")
        if ahead:
            raise ahead.pop()

    cloud.timeline.schedule(cloud.time_ns(), lambda _: happened.append("before"))
    cloud.look("a look", lambda now: now)
    cloud.timeline.schedule(cloud.time_ns(), happen)
    with pytest.raises(Stop):
        cloud.look("a look", lambda now: now)
    cloud.look("a look", lambda now: now)
    with pytest.raises(Stop):
        cloud.change("a change", interrupted)
    cloud.look("a look", lambda now: now)
    assert happened == ["before", "interrupted", "whole"]


def test_an_effect_is_carried_out_as_the_nearest_of_its_bases_is() -> None:
    class Kind(Noted):
        """One of these."""

    class Other(Kind):
        """One of these, too."""

    table = state.EffectTable()
    with pytest.raises(TypeError, match=r"^no way to carry out Other$"):
        table[Other]
    told: list[str] = []
    table.set(Noted, lambda *_: told.append("noted"))
    table[Other](0, Other(1))
    table.set(Kind, lambda *_: told.append("kind"))
    for kind in (Other, Kind, Noted):
        table[kind](0, kind(1))
    table.set(Noted, lambda *_: told.append("anew"))
    table[Other](0, Other(1))
    assert told == ["noted", "kind", "kind", "noted", "anew"]


def test_of_an_interrupted_first_call_nothing_is_carried_out() -> None:
    """But for what it has done already."""
    done: list[int] = []
    cloud = a_cloud_that_notes(done)
    assert not cloud.was_interrupted

    def stop(_: int) -> None:
        effects: list[Any] = [Noted(number) for number in range(1, 4)]
        effects[0].is_due = effects[2].is_due = False
        cloud.effects.extend(effects)
        raise Stop

    with pytest.raises(Stop):
        cloud.change("a change", stop)
    cloud.look("a look", lambda now: now)
    assert (done, cloud.effects, cloud.was_interrupted) == ([2], [], True)


def test_a_look_at_a_closed_cloud_mends_nothing_that_is_whole() -> None:
    cloud = Cloud(clock="virtual")
    cloud.close()
    cloud.look("a look", lambda now: now)
    assert not cloud.was_interrupted


def test_a_change_may_be_made_of_a_closed_cloud_too() -> None:
    """If it says so; nothing is settled then."""
    cloud = Cloud(clock="virtual")
    done: list[int] = []
    cloud.timeline.schedule(cloud.time_ns(), done.append)
    assert cloud.change("a change", lambda now: now + 1, also_when_closed=True) == cloud.time_ns() + 1
    assert len(done) == 1
    cloud.close()
    assert cloud.change("a change", lambda now: now + 1, also_when_closed=True) == cloud.time_ns() + 1
    with pytest.raises(UsageError, match="closed"):
        cloud.change("a change", done.append)
    assert len(done) == 1


def test_what_goes_on_without_a_name_is_another_call() -> None:
    cloud = Cloud(clock="virtual")
    with cloud.gate("a call"):
        cloud.settled()
        with pytest.raises(UsageError, match=r"^a second one was called from inside of another call of the same Cloud"):
            cloud.gate("a second one")


def test_a_new_cloud_knows_no_second_s_date() -> None:
    begin, end, _ = Cloud(clock="virtual").http_date
    assert begin == end  # no moment lies between them


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


def test_who_was_given_up_first_is_taken_back_first() -> None:
    cloud = Cloud(clock="virtual")
    taken: list[int] = []
    for number in range(3):
        waiter = alarm(cloud, 5)
        waiter.on_abandon = lambda _, number=number: taken.append(number)
        cloud.forsaken[waiter] = None
    cloud.take_back()
    assert (taken, cloud.forsaken, cloud.world.waiters) == ([0, 1, 2], {}, {})


def test_what_a_caller_that_has_gone_leaves_is_performed_by_whoever_comes_next() -> None:
    cloud = Cloud(clock="virtual")
    errand: Any = object()
    cloud.errands.add(threading.get_ident(), errand)
    cloud.take_back()
    (owner,) = cloud.errands
    assert isinstance(owner, int)
    assert owner < 0
    cloud.errands.clear()


def test_a_call_that_finds_a_close_half_done_is_refused() -> None:
    """It brings that to its end, and nothing else is mended."""
    cloud = Cloud(clock="virtual")
    closes: list[int] = []

    def close() -> None:
        closes.append(1)
        cloud.refuse("it is closed")

    effect: Any = object()
    cloud.effects.append(effect)
    cloud.world.redo = close
    cloud.timeline.torn = cloud.timeline.next_due = -1
    for _ in range(2):
        with pytest.raises(UsageError, match=r"^it is closed$"):
            cloud.change("a change", lambda now: now)
    assert (closes, cloud.world.redo, cloud.effects) == ([1], None, [effect])
    cloud.effects.clear()


@pytest.mark.parametrize("torn", [0, -1])
def test_a_waiter_that_came_to_be_while_the_lock_was_let_go_of_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, torn: int
) -> None:
    """By whoever comes next: everything is due from then on."""
    cloud = Cloud(clock="virtual")

    class Gate:
        def __enter__(self) -> None:
            cloud.lock.acquire()

        def __exit__(self, *_: object) -> None:
            cloud.lock.release()
            cloud.timeline.torn = torn  # another thread's call may have been interrupted meanwhile
            raise Stop

    waiter = alarm(cloud, 5)
    with monkeypatch.context() as patched:
        patched.setattr(type(cloud), "gate", lambda *_: Gate())
        with pytest.raises(Stop):
            cloud.change("a change", lambda _: waiter)
    assert (cloud.timeline.torn, cloud.timeline.next_due, list(cloud.forsaken)) == (torn or 1, -1, [waiter])
    cloud.look("a look", lambda now: now)
    assert (waiter.done, cloud.forsaken, cloud.was_interrupted) == (True, {}, torn == -1)


def test_who_is_given_up_by_others_while_a_cloud_is_mended_is_left_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do so without the lock."""
    cloud = Cloud(clock="virtual")
    with monkeypatch.context() as patched:
        patched.setattr(type(cloud), "_take_back", lambda *_: cloud.forsaken.update({waiter: None}))
        waiter = alarm(cloud, 5)
        cloud.mend(cloud.time_ns())
    assert (cloud.timeline.torn, cloud.timeline.next_due) == (1, -1)
    cloud.mend(cloud.time_ns())
    assert (cloud.timeline.torn, cloud.forsaken) == (0, {})


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


def test_how_long_a_settler_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sleeps in the cloud until then has a moment to see to it first; a minute at most."""
    cloud = Cloud(clock=Source())
    assert settler._settle_once(cloud) == 60
    slept: list[float | None] = []
    for seconds in (90, 60, 5):
        cloud.timeline.schedule(cloud.time_ns() + seconds * SECOND, print)
        slept.append(settler._settle_once(cloud))
    assert slept == [60, 60, 5]
    monkeypatch.setattr(type(cloud), "has_sleepers", lambda _: True)
    assert settler._settle_once(cloud) == pytest.approx(5.1)
    cloud.close()
    assert (settler._settle_once(cloud), settler._settle_once(None)) == (None, None)


def test_what_a_settler_performs_may_break_its_contract() -> None:
    """The test is told, and the settler looks again at once."""
    cloud = Cloud(clock=Source())
    misuse = UsageError("a handler's")
    kept: list[BaseException] = []

    def perform() -> None:
        cloud.errands.clear()
        raise misuse

    vars(cloud).update(run_errands=perform, keep_for_the_test=kept.append)
    errand: Any = object()
    cloud.errands.add(5, errand)
    assert (settler._settle_once(cloud), kept) == (0, [misuse])


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


def test_only_of_what_may_begin_something_the_run_is_told_that_did_it() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")

    def work(*_: object) -> None:
        send(cloud, url, "m")
        receive(cloud, url)

    cloud.function("f", work)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    kinds = {event.kind: "run_id" in event.details for event in cloud.trace if event.kind.startswith("sqs.message")}
    assert kinds == {"sqs.message.sent": True, "sqs.message.received": False}


def test_who_has_used_a_cloud_and_is_gone_hides_nobody() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    own = threading.current_thread()
    ended = threading.Thread()
    users: Any = {1: lambda: None, 2: lambda: ended, 3: lambda: None, 4: lambda: own}
    cloud.recorder._users = users
    assert cloud.recorder.users() == [own]
    assert Cloud(clock="virtual", trace=False).recorder.users() == []


def test_records_of_one_entry_are_each_of_one_cloud() -> None:
    clouds = [Cloud(clock="virtual", trace=False) for _ in range(2)]
    for cloud in clouds:
        cloud.trace.start(limit=1)
    make_queue(clouds[0], "q")
    assert [len(cloud.trace) for cloud in clouds] == [1, 0]


# --- turns and waits --------------------------------------------------------------------------------------------------


def test_what_a_new_turn_is_like() -> None:
    turn = turns.Turn(object())
    assert (turn.runs, turn.lets_go, turn.has_caller, turn.awaits, turn.latest) == (0, False, True, False, ())
    assert (turns.DEEPEST, turns.NAMED) == (50, 50)


def test_what_two_owners_leave_lies_in_two_lines() -> None:
    lines = turns.Lines()
    errands: list[Any] = [object(), object()]
    for owner, errand in enumerate(errands):
        lines.add(owner, errand)
        assert lines.disown(owner)
        assert not lines.disown(owner)
    assert [(isinstance(owner, int) and owner < 0, list(line)) for owner, line in lines.items()] == [
        (True, [errand]) for errand in errands
    ]


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
    cloud.forsaken[waiter] = None
    assert waits.who_waits(cloud) == ""
    cloud.forsaken.clear()
    waiter.done = True
    assert waits.who_waits(cloud) == ""


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


def test_all_that_live_are_told_that_they_are_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    class Living:
        def __init__(self, number: int) -> None:
            self.number = number

        def is_a_copy(self) -> None:
            told.append(self.number)

    monkeypatch.setattr(forks, "_living", WeakSet())
    first, second = Living(1), Living(2)
    forks.tell_in_forked_processes(first)
    forks.tell_in_forked_processes(second)
    del second
    gc.collect()
    for _ in range(2):  # a process that was forked itself is told again
        forks._tell_all()
    assert told == [1, 1]


def test_a_forked_process_waits_for_no_lock_of_patched_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = patched_time._changing
    monkeypatch.setattr(patched_time, "_changing", before)
    patched_time._start_over()
    assert patched_time._changing is not before


def test_what_is_to_be_done_in_a_forked_process_is_told_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr("os.register_at_fork", lambda **actions: told.append(actions), raising=False)
    assert forks.in_forked_processes(print) is print
    assert told == [{"after_in_child": print}]


def test_without_forks_nothing_is_to_be_done_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.delattr("os.register_at_fork", raising=False)
    forks.in_forked_processes(lambda: done.append(1))()
    assert done == [1]
