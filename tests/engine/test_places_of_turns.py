"""Places of turns and errands where few calls come: calls that have gone, ends that were not noted, what is held."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.errands import Errand
from minicloud.engine import aio_driver, aio_turns, errands
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.turns import Execution, Turn
from tests.support.threads import Worker

from .broken import Stop, a_runner, interrupted
from .test_async_handlers import Run, on_a_plain_loop, on_its_loop, publish
from .test_turns import subscribe


@pytest.fixture(params=[on_its_loop, on_a_plain_loop])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


# --- calls that have gone ---------------------------------------------------------------------------------------------


def test_a_mistake_that_comes_after_its_call_was_cancelled_is_kept_for_the_test(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    goes_on: list[asyncio.Event] = []

    async def work(event: Any, context: Any) -> None:
        calls[0].cancel()
        await goes_on[0].wait()
        raise UsageError("a mistake")

    async def main() -> None:
        goes_on.append(asyncio.Event())
        calls.append(asyncio.create_task(publish(cloud, "jobs")))
        with pytest.raises(asyncio.CancelledError):
            await calls[0]
        goes_on[0].set()
        for _ in range(5):
            await asyncio.sleep(0)
        with pytest.raises(UsageError, match=r"^a mistake$"):
            cloud.clock.advance(0)

    calls: list[Any] = []
    subscribe(cloud, "jobs", work)
    run(cloud, main())


# --- ends that were not noted -----------------------------------------------------------------------------------------


def test_how_an_async_handler_has_ended_is_known_when_something_comes_into_the_note_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So it is not called once more, and whoever performs next takes note of that end."""
    cloud = Cloud(clock="virtual")
    called: list[str] = []

    async def work(event: Any, context: Any) -> None:
        called.append("work")

    async def main() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(ErrandRunner, "complete", interrupted)
            with pytest.raises(Stop):
                await publish(cloud, "jobs")
        assert cloud.invocations.last.outcome == "running"
        cloud.run_until_idle()

    subscribe(cloud, "jobs", work)
    asyncio.run(main())
    assert called == ["work"]
    assert cloud.invocations.last.outcome == "success"


@pytest.mark.parametrize("error", [None, ValueError("no"), Stop("it ends")])
def test_with_what_a_handler_has_ended_is_there_before_it_is_noted(error: BaseException | None) -> None:
    noted: list[Any] = []
    errand = SimpleNamespace(came=None, ending=None)
    execution: Any = SimpleNamespace(errand=errand, turn="the turn", ended=False)
    runner = a_runner(
        complete=lambda *given: noted.append((execution.ended, errand.ending, *given)), pass_through=lambda *_: None
    )

    async def work() -> str:
        if error is not None:
            raise error
        return "an answer"

    with pytest.raises(Stop if isinstance(error, Stop) else StopIteration):
        aio_turns._await(runner, execution, work()).send(None)
    ((ended, ending, one, outcome, failure, turn),) = noted
    assert (ended, one, turn) == (True, errand, "the turn")
    assert ending == (outcome, failure)
    assert outcome == ("an answer" if error is None else None)
    assert failure is error or isinstance(failure, RuntimeError)


# --- who waits for handlers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clock", "is_plain"), [("virtual", False), ("virtual", True), ("real", False)])
def test_a_call_waits_for_its_handlers_in_real_time_unless_its_loop_is_on_a_clock_that_is_moved(
    clock: Any, is_plain: bool
) -> None:
    """There the loop itself sees that there is a lull."""
    cloud = Cloud(clock=clock)
    delays: list[float] = []

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(0)

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        plain = loop.call_later

        def call_later(delay: float, callback: Any, *arguments: Any, **options: Any) -> Any:
            if callback is aio_turns._release:
                delays.append(delay)
            return plain(delay, callback, *arguments, **options)

        loop.call_later = call_later
        await publish(cloud, "jobs")

    subscribe(cloud, "jobs", work)
    (on_a_plain_loop if is_plain else on_its_loop)(cloud, main())
    assert delays == ([] if (clock, is_plain) == ("virtual", False) else [aio_driver.LULL])


def test_a_turn_is_told_twice_to_go_on_in_the_thread_of_its_loop_or_from_another() -> None:
    """What comes into the first is only logged. It runs in no context of whoever tells it."""
    told: list[Any] = []
    loop: Any = SimpleNamespace(
        is_closed=lambda: False,
        call_soon=lambda *given, context: told.append(("own", *given, list(context))),
        call_soon_threadsafe=lambda *given, context: told.append(("other", *given, list(context))),
    )
    runner: Any = a_runner()
    turn = Turn(runner)
    own = threading.get_ident()
    for thread in (own, own + 1):
        aio_turns._go_on_soon(runner, turn, loop, thread)
    expected = (aio_turns._go_on, runner, turn, loop, [])
    assert told == [("own", *expected)] * 2 + [("other", *expected)] * 2


# --- what is held -----------------------------------------------------------------------------------------------------


def test_the_end_of_a_hold_performs_what_was_held_if_it_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    runner = cloud.errand_runner
    performed: list[str] = []
    monkeypatch.setattr(ErrandRunner, "run", lambda _: performed.append("performed"))
    for holders, is_something_held, expected in (
        (("one",), True, ["performed"]),
        (("one", "other"), True, []),
        (("one",), False, []),
        (("one", "other"), False, []),
    ):
        performed.clear()
        for who in holders:
            runner.hold(who)
        if is_something_held:
            runner.held.line.append(cast("Any", object()))
        runner.hold_no_more("one")
        assert performed == expected, (holders, is_something_held)
        assert runner.held.holders == set(holders[1:])
        runner.held.line.clear()
        runner.held.holders.clear()


def test_who_lets_go_performs_also_what_is_held_meanwhile() -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []

    def publish_on(name: str) -> None:
        cloud.client("sns").publish(TopicArn=cloud.topic(name).arn, Message="m")

    def work(event: Any, context: Any) -> None:
        ran.append("work")
        if len(ran) == 1:
            Worker(lambda: publish_on("others")).result()
            assert ran == ["work"]

    def other(event: Any, context: Any) -> None:
        ran.append("other")

    subscribe(cloud, "jobs", work)
    subscribe(cloud, "others", other)
    with cloud.hold_handlers():
        publish_on("jobs")
        assert ran == []
        with cloud.letting_go():
            assert cloud.errand_runner.run() is True
            assert ran == ["work", "other"]


# --- what is performed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_performs_errands_first_mends_what_something_came_into(is_closed: bool) -> None:
    """Of a closed cloud nothing is mended any more."""
    cloud = Cloud(clock="virtual")
    seen: list[int] = []

    def work(_: object) -> None:
        seen.append(cloud.timeline.torn)

    errand: Any = Errand.__new__(Errand)
    errand.target, errand.came, errand.ending = work, None, None
    errand.complete = lambda *_: None
    if is_closed:
        cloud.close()
    cloud.errands.add(threading.get_ident(), errand)
    cloud.timeline.torn = cloud.timeline.next_due = -1
    assert cloud.errand_runner.run() is True
    assert seen == [-1 if is_closed else 0]
    assert cloud.was_interrupted is not is_closed
    cloud.errands.clear()
    cloud.errand_runner.taken.clear()


def test_who_waits_inside_of_a_handler_is_told_whether_anything_was_performed() -> None:
    cloud = Cloud(clock="virtual")
    performed: list[bool] = []
    ran: list[str] = []

    def work(event: Any, context: Any) -> None:
        performed.append(cloud.errand_runner.run_waiting())
        cloud.client("sns").publish(TopicArn=cloud.topic("others").arn, Message="m")
        performed.extend(cloud.errand_runner.run_waiting() for _ in range(2))

    def other(event: Any, context: Any) -> None:
        ran.append("other")

    subscribe(cloud, "others", other)
    topic = subscribe(cloud, "jobs", work)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert (performed, ran) == ([False, True, False], ["other"])
    assert cloud.errand_runner.run() is False


def test_an_async_handler_that_a_loop_waits_for_runs_in_a_thread_that_says_so() -> None:
    cloud = Cloud(clock="virtual")
    names: list[str] = []

    async def work(event: Any, context: Any) -> None:
        names.append(threading.current_thread().name)

    async def main() -> None:
        cloud.client("lambda").invoke(FunctionName="work", Payload=b"{}")

    cloud.function("work", work)
    asyncio.run(main())
    assert names == ["minicloud-handler_0"]


# --- what is left -----------------------------------------------------------------------------------------------------


def test_what_a_turn_leaves_that_was_interrupted_is_nobody_s() -> None:
    cloud: Any = Cloud(clock="virtual")
    runner = cloud.errand_runner
    turn = Turn(runner)
    runner.taken.update({"taken": turn, "taken by another": "somebody"})
    cloud.errands.add(turn, "waits")
    cloud.errands.add(threading.get_ident(), "this thread's")
    cloud.errands.add(0, "another thread's")
    runner.leave(turn)
    assert turn.has_caller is False
    assert runner.taken == {"taken by another": "somebody"}
    owned = {errand: owner for owner, line in cloud.errands.items() for errand in line}
    assert owned.pop("another thread's") == 0
    assert {errand: owner < 0 for errand, owner in owned.items()} == dict.fromkeys(
        ("taken", "waits", "this thread's"), True
    )
    cloud.errands.clear()
    runner.taken.clear()


def test_what_was_taken_inside_of_a_turn_comes_first_there_again() -> None:
    """And once, if it had not left its line."""
    cloud: Any = Cloud(clock="virtual")
    runner = cloud.errand_runner
    turn = Turn(runner)
    runner.taken.update({"taken": "a handler", "in line": "a handler", "taken by another": "somebody"})
    for errand in ("in line", "the next"):
        cloud.errands.add(turn, errand)
    runner.give_back("a handler", turn)
    assert list(cloud.errands[turn]) == ["taken", "in line", "the next"]
    assert runner.taken == {"taken by another": "somebody"}
    runner.give_back_one("taken by another")
    ((nobody, line),) = [(owner, list(line)) for owner, line in cloud.errands.items() if owner is not turn]
    assert (nobody < 0, line, runner.taken) == (True, ["taken by another"], {})
    cloud.errands.clear()


class _Owed:
    def __init__(self, owed: str) -> None:
        self.owed = owed


def test_what_is_owed_and_whether_anything_is() -> None:
    cloud: Any = Cloud(clock="virtual", handlers="held")
    runner = cloud.errand_runner
    waits, held, none, under_way = (_Owed(name) for name in ("waits", "held", "none", "taken"))
    assert (runner.is_busy, runner.owed()) == (False, [])
    seen = []
    for put, take_away in (
        (lambda: runner.taken.update({"taken": 1}), runner.taken.clear),
        (lambda: cloud.errands.add(0, waits), cloud.errands.clear),
        (lambda: runner.held.line.append(held), runner.held.line.clear),
        (lambda: setattr(runner, "pending", 1), lambda: setattr(runner, "pending", 0)),
    ):
        put()
        seen.append(runner.is_busy)
        take_away()
        seen.append(runner.is_busy)
    assert seen == [True, False] * 4
    runner.taken[under_way] = 1
    cloud.errands.add(0, waits)
    runner.held.line.append(held)
    assert runner.owed() == ["taken", "waits", "held"]
    known = [waits, held, under_way, none]
    assert [runner.has(errand) for errand in known] == [True, True, True, False]
    runner.forget()
    assert [runner.has(errand) for errand in known] == [False, False, True, False]  # it is under way
    runner.taken.clear()


@pytest.mark.parametrize("has_caller", [True, False])
def test_who_is_told_what_a_handler_has_raised(has_caller: bool) -> None:
    """What is the test's own reaches whoever is there, the first of it; else it is kept, but for the end of a loop."""
    kept: list[BaseException] = []
    runner: Any = Cloud(clock="virtual").errand_runner
    runner.keep = kept.append
    turn = Turn(runner)
    turn.has_caller = has_caller
    errors = [Stop(), Stop(), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()]
    for error in errors:
        runner.pass_through(turn, error)
    assert turn.error is errors[0]
    assert kept == ([] if has_caller else [errors[0], errors[1], errors[4]])
    kept.clear()
    plain: Any = SimpleNamespace(keeps_assertions=False)
    keeps: Any = SimpleNamespace(keeps_assertions=True)
    misuse, assertion, failure = UsageError("a mistake"), AssertionError(), ValueError()
    for errand in (plain, keeps):
        turn.misuse = None
        for error in (failure, misuse, assertion, failure):
            runner._keep(errand, error, turn)
        assert turn.misuse is misuse
    told = [] if has_caller else [misuse]
    assert kept == [*told, *told, assertion]


# --- words ------------------------------------------------------------------------------------------------------------


def test_who_calls_while_an_errand_is_completed_is_told_so() -> None:
    cloud = Cloud(clock="virtual")
    errand: Any = Errand.__new__(Errand)
    errand.complete = lambda *_: cloud.client("sqs").list_queues()
    with pytest.raises(UsageError, match=r"^ListQueues was called from inside of an errand of the same Cloud, by "):
        cloud.errand_runner.complete(errand, None, None, Turn(cast("Any", cloud.errand_runner)))


def test_who_calls_while_a_clock_is_moved_is_told_so() -> None:
    told: list[str] = []

    class Meddles(minicloud.VirtualClock):
        def set(self, now: int) -> None:
            with pytest.raises(UsageError) as caught:
                cloud.client("sqs").list_queues()
            told.append(str(caught.value))
            super().set(now)

    cloud = Cloud(clock=Meddles())
    cloud.clock.advance(1)
    assert [text.partition(" of the same Cloud")[0] for text in told] == [
        "ListQueues was called from inside of a move of the clock"
    ]


def test_those_who_wait_inside_of_each_other_are_told_by_name() -> None:
    """Each once; not those of another cloud, whose call they were made in."""
    runner, other = object(), object()
    outermost = Execution(Turn(other), cast("Any", SimpleNamespace(owed="elsewhere")), None)
    inner: Execution = outermost
    turn = Turn(runner)
    for name in ("work", "answer", "work"):
        inner = Execution(turn, cast("Any", SimpleNamespace(owed=name)), inner)
    assert str(errands._too_deep(inner)) == (
        "3 handlers wait inside of each other, of answer, work: each waits for what the next one does. Have them not "
        "wait, or be async def"
    )


# --- the end of a handler's task --------------------------------------------------------------------------------------


class Ended:
    """A task that has ended: it was cancelled, or has raised something, or neither."""

    def __init__(self, error: BaseException | None = None, *, is_cancelled: bool = False) -> None:
        self.cancelled = lambda: is_cancelled
        self.exception = lambda: error


@pytest.mark.parametrize("has_error", [False, True])
@pytest.mark.parametrize("has_others", [False, True])
@pytest.mark.parametrize("has_poke", [False, True])
def test_who_sleeps_until_handlers_have_ended_is_told_by_the_last_or_of_an_error(
    has_error: bool, has_others: bool, has_poke: bool
) -> None:
    cloud = Cloud(clock="virtual")
    runner: Any = cloud.errand_runner
    turn = Turn(runner)
    told: list[str] = []
    task: Any = Ended()
    execution: Any = SimpleNamespace(turn=turn, errand=object())
    turn.add(task, execution)
    if has_others:
        turn.add("another", execution)
    turn.error = Stop() if has_error else None
    if has_poke:
        turn.poke = lambda: told.append("told")
    aio_turns._ended(runner, execution, None, None, task)
    assert told == ["told"] * (has_poke and (has_error or not has_others))
    assert list(turn.tasks) == ["another"] * has_others


@pytest.mark.parametrize("by", ["its task", "another", "nobody"])
def test_a_task_that_ends_before_it_has_begun_leaves_its_errand_to_whoever_comes_next(by: str) -> None:
    cloud: Any = Cloud(clock="virtual")
    runner = cloud.errand_runner
    closed: list[bool] = []
    errand, mark = object(), object()
    taken_by = None if by == "nobody" else mark
    runner.taken[errand] = {"its task": mark, "another": object(), "nobody": None}[by]
    execution: Any = SimpleNamespace(turn=Turn(runner), errand=errand)
    task: Any = Ended(is_cancelled=True)
    for awaitable in (SimpleNamespace(close=lambda: closed.append(True)), SimpleNamespace()):
        aio_turns._ended(runner, execution, awaitable, taken_by, task)
    assert closed == [True] * (by == "its task")
    assert cloud.errands.all() == [errand] * (by == "its task")
    assert (errand in runner.taken) is (by != "its task")
    cloud.errands.clear()
    runner.taken.clear()
