"""What is told of other threads, by themselves: who is parked, who runs, what a callback has had of the processor."""

from __future__ import annotations

import threading
import weakref
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.engine import frames, holders, idle_threads
from minicloud.engine.idle_threads import OtherThreads, count_running, is_idle, is_parked, waits_for_another

from . import test_small_parts

SETTLER = "minicloud.engine.settler"


def frame(module: str, name: str, back: Any = None, **names: Any) -> Any:
    """Where a thread stands, in code that names nothing of its module."""
    made = test_small_parts.frame(module, name, back, **names)
    made.f_code.co_names = ()
    return made


def waiting(
    module: str = "threading", name: str = "wait", back: Any = None, *, woken: bool = False, **names: Any
) -> Any:
    """The frame of a thread that waits for a condition; ``woken`` if somebody has notified it."""
    waiter = object()
    condition = SimpleNamespace(_waiters=[] if woken else [waiter])
    return frame(module, name, back, **{"self": condition, "waiter": waiter, "timeout": None, **names})


def a_worker(*, is_busy: bool = False, module: str = "concurrent.futures.thread", name: str = "_worker") -> Any:
    """The frame of a worker of a pool."""
    executor = SimpleNamespace(_idle_semaphore=SimpleNamespace(_value=1), _threads={1})
    queue = SimpleNamespace(empty=lambda: not is_busy)
    return frame(module, name, work_queue=queue, executor_reference=lambda: executor)


# --- who is parked ----------------------------------------------------------------------------------------------------


def test_who_is_parked() -> None:
    """What is not known to be parked counts as running."""
    for parked, expected in (
        (waiting(), True),
        (waiting(woken=True), False),
        (waiting(timeout=5), False),
        (waiting(timeout=0), False),
        (waiting("others"), False),
        (waiting(name="notify"), False),
        (frame("threading", "wait", timeout=None), False),  # it has not come to its wait
        (frame("threading", "wait"), False),
        (a_worker(), True),
        (a_worker(is_busy=True), False),
        (frame("concurrent.futures.thread", "_worker"), False),
        (frame("threading", "join", self=threading.current_thread(), timeout=None), True),
        (frame("threading", "_wait_for_tstate_lock", self=threading.current_thread(), block=True, timeout=-1), True),
        (None, False),
    ):
        assert is_parked(parked) is expected


def test_a_settler_that_sleeps_until_something_is_due_is_parked() -> None:
    """It waits for an event, that for a condition; until it has been woken."""
    for module, name, woken, expected in (
        (SETTLER, "_settle_forever", False, True),
        (SETTLER, "_settle_forever", True, False),
        (SETTLER, "_settle_once", False, False),
        ("others", "_settle_forever", False, False),
    ):
        event = frame("threading", "wait", frame(module, name))
        assert is_parked(waiting(back=event, timeout=60, woken=woken)) is expected
    assert is_parked(waiting(timeout=60)) is False
    assert is_parked(waiting(back=frame("threading", "wait"), timeout=60)) is False
    assert is_parked(waiting(back=frame(SETTLER, "_settle_forever"), timeout=60)) is False


def test_which_thread_is_an_idle_worker_of_a_pool() -> None:
    assert is_idle(a_worker()) is True
    assert is_idle(a_worker(is_busy=True)) is False
    assert is_idle(waiting()) is False


def test_who_waits_for_another_with_a_limit() -> None:
    """For the end of a thread that lives, or for what a pool computes, up to two calls above."""
    alive, ended = threading.current_thread(), threading.Thread()
    result = frame("concurrent.futures._base", "result")
    for one, expected in (
        (frame("threading", "join", self=alive, timeout=5), True),
        (frame("threading", "join", self=ended, timeout=5), False),
        (frame("threading", "_wait_for_tstate_lock", self=alive, block=True, timeout=5), True),
        (frame("threading", "_wait_for_tstate_lock", self=ended, block=True, timeout=5), False),
        (waiting(back=result, timeout=5), True),
        (waiting(back=frame("threading", "wait", result), timeout=5), True),
        (waiting(back=frame("threading", "wait", frame("others", "f", result)), timeout=5), False),
        (waiting(back=frame("others", "result"), timeout=5), False),
        (waiting(back=result, timeout=5, woken=True), False),
        (waiting(timeout=5), False),
        (waiting(), True),
    ):
        assert waits_for_another(one) is expected


# --- who runs ---------------------------------------------------------------------------------------------------------


def test_who_is_started_while_threads_are_counted_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one whose frame was not there to be looked at nobody knows that it is parked."""
    threads = [SimpleNamespace(ident=ident) for ident in (1, 2, 3, None)]
    monkeypatch.setattr(idle_threads, "frames_of_others", lambda: {1: waiting(), 2: frame("others", "f")})
    monkeypatch.setattr(idle_threads.threading, "enumerate", lambda: threads)
    assert count_running() == 3


def test_threads_whose_locks_are_a_library_s_are_green(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lock:
        """As gevent puts it in the place of Python's own."""

    for module, are_green in (("gevent.thread", True), ("_thread", False)):
        Lock.__module__ = module
        monkeypatch.setattr(threading, "Lock", Lock)
        assert idle_threads.threads_are_green() is are_green


def test_the_caller_is_not_among_the_others() -> None:
    assert threading.get_ident() not in frames.frames_of_others()


class One:
    """One other thread, and what the system says of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.used = 0
        self.is_ready = False
        self.callback: Any = object()
        self.frame = frame("application", "f", frame("asyncio.events", "_run", self=self.callback))
        self.frame.f_lasti = 0
        thread = SimpleNamespace(ident=1, native_id=7)
        monkeypatch.setattr(idle_threads, "_processor", lambda _: (self.used, self.is_ready))
        monkeypatch.setattr(idle_threads, "frames_of_others", lambda: {1: self.frame})
        monkeypatch.setattr(idle_threads.threading, "enumerate", lambda: [thread])


def test_a_callback_of_a_loop_has_as_much_of_the_processor_as_the_loop_has_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, others = One(monkeypatch), OtherThreads()
    one.is_ready = True
    assert others.are_running("a", {1: 1.0})
    others._used[7] = 0, 5_000_000  # what any thread has it has had already
    for used, expected in ((1_000_000, True), (999_999_999, True), (1_000_000_000, False), (2_000_000_000, False)):
        one.used = used
        assert others.are_running("a", {1: 1.0}) is expected
    one.frame.f_back.f_locals["self"] = object()  # the next callback, which has all of it before it is known
    assert others.are_running("a", {1: 1.0}) is False
    one.used += 999_999_999
    assert others.are_running("a", {1: 1.0}) is True
    assert others.are_running("a", {2: 1.0}) is False  # another thread's loop


def test_a_callback_that_only_waits_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on where it has used the processor since the last look, or has moved, or wants it."""
    one, others = One(monkeypatch), OtherThreads()
    one.used = 10_000_000
    for _ in range(2):
        assert others.are_running("a", {1: 60.0}) is False
    one.used += 20_000_000  # more than its grace: as a thread alone it would be waited for no longer
    others._used[7] = 10_000_000, 5_000_000
    assert others.are_running("a", {1: 60.0}) is True
    assert others.are_running("a", {1: 60.0}) is False
    one.frame.f_lasti = 2
    assert others.are_running("a", {1: 60.0}) is True
    assert others.are_running("a", {1: 60.0}) is False


def test_what_a_callback_has_had_is_counted_since_it_was_first_seen() -> None:
    others, first, second = OtherThreads(), object(), object()

    def had(callback: object, used: int) -> float:
        inner = frame("asyncio.events", "_run", self=callback) if callback is not None else None
        return others._had_in_callback(7, frame("application", "f", inner), used)

    assert [had(first, 10), had(first, 15), had(first, 15)] == [inf, 5, 5]
    assert [had(second, 20), had(second, 30)] == [inf, 10]
    assert [had(None, 30), had(None, 31)] == [inf, inf]
    assert [had(first, 40), had(first, 42)] == [inf, 2]
    assert others._had_in_callback(8, frame("asyncio.events", "_run", self=first), 5) == inf  # another thread's


# --- who has a message in hand ----------------------------------------------------------------------------------------


class Thread:
    def __init__(self, ident: int, name: str) -> None:
        self.ident = ident
        self.name = name


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes other threads: their frames, by ident; the first one is the main thread."""

    def make(**frames: Any) -> None:
        threads = [Thread(number, name) for number, name in enumerate(frames, 1)]
        alive = {thread.ident: frames[thread.name] for thread in threads if frames[thread.name] is not None}
        monkeypatch.setattr(holders, "frames_of_others", lambda: alive)
        monkeypatch.setattr(holders.threading, "enumerate", lambda: threads)
        monkeypatch.setattr(holders.threading, "main_thread", lambda: threads[0])
        make.threads = threads  # type: ignore[attr-defined]

    return make


class Received:
    """A message that somebody has received."""

    due = 5
    identity = "id"

    def __init__(self, receiver: object = None, handle: str = "the-handle") -> None:
        self.receiver = receiver
        self.handle = handle


class OfLoop:
    """The tasks of a loop: whether one is awake, who of them holds a message, and what was asked of them."""

    def __init__(self, holder: Any = None, *, are_awake: bool = False) -> None:
        self.are_awake = are_awake
        self.found = holder
        self.asked: list[tuple[list[Any], bool]] = []

    def holder(self, held: list[Any], is_another_awake: bool) -> Any:
        self.asked.append((held, is_another_awake))
        return self.found


def held_by(
    *held: Any,
    asleep: tuple[int, ...] = (),
    look_at_loop: Any = lambda *_: OfLoop(),
    own: Any = None,
    patience: float = 5.0,
) -> tuple[str, Any] | None:
    found = holders._holder(list(held), asleep, look_at_loop, own, patience)
    assert found is None or (found.due, found.handle) == (found.held.due, found.held.handle)
    return None if found is None else (found.thread, found.held)


def at_work(value: Any = None) -> Any:
    """The frame of a thread that has this in a local variable."""
    return frame("application", "work", value=value)


def test_of_the_main_thread_what_lies_in_lists_is_not_in_hand(machine: Any) -> None:
    """Tests collect there what was handled."""
    one, other = Received(), Received(handle="another")
    machine(main=at_work([one.handle]), worker=at_work())
    assert held_by(one) is None
    machine(main=at_work(one.handle), worker=at_work())
    assert held_by(other, one) == ("main", one)
    machine(main=at_work(), worker=at_work([one.handle]))
    assert held_by(other, one) == ("worker", one)
    assert held_by(one, asleep=(2,)) is None  # it sleeps in a call of the cloud


def test_who_has_received_it_has_it_before_others_to_whose_frames_it_leads(machine: Any) -> None:
    one, unknown = Received(), Received(receiver=7, handle="another")
    machine(main=at_work(), first=at_work([one.handle]), second=at_work())
    one.receiver = weakref.ref(machine.threads[2])
    assert held_by(unknown, one) == ("second", one)
    assert held_by(one, asleep=(3,)) == ("first", one)
    machine.threads[2].ident = 9  # one that has no frame has ended
    assert held_by(one) == ("first", one)


def test_where_all_wait_for_each_other_nobody_has_anything(machine: Any) -> None:
    one = Received()
    machine(main=waiting(), worker=a_worker())
    assert held_by(one) is None
    machine(main=waiting(back=at_work(one.handle)), worker=at_work())
    assert held_by(one) == ("main", one)  # another one is there to wake it
    machine(main=at_work(), worker=a_worker())
    one.receiver = weakref.ref(machine.threads[1])
    assert held_by(one) is None  # which has nothing to do any more


def idle_loop(handle: str, **of_loop: Any) -> tuple[Any, Any]:
    """A loop that has nothing to run, and the frame in which its thread waits, with a message's handle beneath."""
    loop = SimpleNamespace(_ready=[], **of_loop)
    return loop, frame("selectors", "select", frame("asyncio.base_events", "_run_once", self=loop, handle=handle))


def test_of_a_loop_that_waits_its_tasks_are_looked_at(machine: Any) -> None:
    """Not its thread, whoever has received the message; and first who is awake, so that each knows of the others."""
    one, asked = Received(), list[Any]()
    loop, select = idle_loop(one.handle)
    tasks = OfLoop()

    def look(found: Any, at: Any) -> Any:
        asked.append((found, at))
        return tasks

    machine(main=at_work(), looping=select)
    one.receiver = weakref.ref(machine.threads[1])
    assert held_by(one, look_at_loop=look) is None
    tasks.found = holders.Holder("a task", one, one.due, one.handle)  # type: ignore[arg-type]
    assert held_by(one, look_at_loop=look) == ("a task", one)
    assert (asked, tasks.asked) == ([(loop, select)] * 2, [([one], True)] * 2)


def test_a_loop_in_a_cloud_s_time_that_waits_is_no_task_s_and_wakes_nobody(machine: Any) -> None:
    one, own = Received(), OfLoop()
    _, select = idle_loop(one.handle, cloud="a cloud")
    machine(main=at_work(), looping=select)
    assert held_by(one) == ("looping", one)
    machine(main=waiting(), looping=idle_loop("another", cloud="a cloud")[1])
    assert held_by(one, own=own) is None
    assert own.asked == [([one], False)]


@pytest.mark.parametrize("is_awake", [False, True])
def test_the_tasks_of_the_caller_s_own_loop_are_looked_at_last(machine: Any, is_awake: bool) -> None:
    """They are told whether anybody else is awake: a thread at work, or a task of another loop."""
    one = Received()
    own = OfLoop(holders.Holder("own", one, one.due, one.handle), are_awake=True)  # type: ignore[arg-type]
    other = OfLoop(are_awake=is_awake)
    machine(main=waiting(), looping=idle_loop(one.handle)[1])
    assert held_by(one, own=own, look_at_loop=lambda *_: other) == ("own", one)
    assert other.asked == [([one], True)]  # the own ones are awake
    machine(main=at_work(), looping=idle_loop(one.handle)[1])
    own.are_awake = False
    assert held_by(one, own=own, look_at_loop=lambda *_: other) == ("own", one)
    assert own.asked[-1] == ([one], True)
    machine(main=at_work(one.handle), worker=waiting())
    assert held_by(one, own=own) == ("main", one)
    assert len(own.asked) == 2


def test_which_loop_waits_with_nothing_ready() -> None:
    """One of asyncio's, in its selector; not one of which nobody knows what is ready."""
    idle = SimpleNamespace(_ready=[])
    in_clouds = SimpleNamespace(_ready=[], cloud="cloud")

    def once(loop: Any, module: str = "asyncio.base_events", back: Any = None) -> Any:
        return frame(module, "_run_once", back, self=loop)

    for standing, loop in (
        (frame("selectors", "select", once(idle)), idle),
        (frame("selectors", "select", frame("selectors", "wrapped", once(idle))), idle),
        (frame("selectors", "select", frame("asyncio.base_events", "inner", once(idle))), idle),
        (frame("selectors", "select", once(idle, back=once(in_clouds))), idle),
        (frame("selectors", "select", frame("others", "inner", once(idle))), None),
        (frame("selectors", "select", once(idle, "others")), None),
        (frame("selectors", "select", frame("asyncio.base_events", "inner")), None),
        (frame("selectors", "select", once(in_clouds)), in_clouds),
        (frame("selectors", "select", once(SimpleNamespace(_ready=["a callback"]))), None),
        (frame("selectors", "select", once(SimpleNamespace())), None),
        (frame("selectors", "select"), None),
        (frame("others", "select", once(idle)), None),
        (None, None),
    ):
        assert holders._idle_loop(standing) is loop


@pytest.mark.parametrize("name", ["minicloud", "boto3", "botocore", "aiobotocore", "aioboto3", "threading", "_thread"])
def test_what_leads_everywhere_is_not_gone_through(name: str) -> None:
    class Led:
        def __init__(self, inside: Any) -> None:
            self.inside = inside

    for module, leads in ((name, False), (f"{name}.inner", False), (f"{name}s", True)):
        Led.__module__ = module
        assert ("the-handle" in holders.handles_in([at_work(Led(["the-handle"]))], False)) is leads
        assert "the-handle" in holders.handles_in([at_work(Led("the-handle"))], False)


def test_who_receives_is_remembered_also_when_threading_knows_nothing_of_the_thread() -> None:
    own = threading.current_thread()
    reference: Any = holders._thread_of(own.ident)
    assert reference() is own
    assert holders._thread_of(-5) == -5
