"""Tasks and threads that wait while an exception comes into them, into those who wake them, or into an event loop's
callbacks: the wait ends as it would have, or the exception reaches somebody. Nobody waits for ever."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from minicloud import UsageError
from minicloud.engine import aio_driver
from tests.support.clouds import bodies
from tests.support.depth import is_deep
from tests.support.source import PACKAGE, source_files, tree_of
from tests.support.strikes import SHALLOW, STRIDE, WAYS, Struck, by_profile, stop_watching
from tests.support.threads import Worker

from .interrupted import Waits, has_an_end

pytestmark = [
    pytest.mark.stress,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a loop's watch would see after a second it sees soon."""
    monkeypatch.setattr(aio_driver, "WATCH", 0.02)
    monkeypatch.setattr(aio_driver, "STALL", 0.2)


# --- tasks -----------------------------------------------------------------------------------------------------------

Scenario = Callable[[Waits], Any]
"""``await scenario(world)``: what is to come of it."""


async def poll(w: Waits, wait: int = 20) -> list[str]:
    answer: Any = await w.cloud.async_client("sqs").receive_message(QueueUrl=w.url, WaitTimeSeconds=wait)
    return bodies(answer)


async def that_expires(w: Waits) -> Any:
    return await poll(w, 20 if w.cloud.clock.manual else 1)


async def that_waits_for_a_delay(w: Waits) -> Any:
    w.send("m", DelaySeconds=1)
    return await poll(w)


async def that_is_filled(w: Waits) -> Any:
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    try:
        await w.cloud.async_client("sqs").send_message(QueueUrl=w.url, MessageBody="m")
    except Struck:
        w.cloud.clock.advance(30)  # it may not have happened
        return await polling, "struck"
    return await polling


async def that_is_filled_by_a_thread(w: Waits) -> Any:
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    threading.Thread(target=w.send, daemon=True).start()
    return await polling


async def that_is_beside_a_sleep(w: Waits) -> Any:
    async def sleep() -> None:
        await w.cloud.async_sleep(2)

    sleeping = asyncio.create_task(sleep())
    w.send("m", DelaySeconds=1)
    return await poll(w), await sleeping


async def that_is_cancelled(w: Waits) -> Any:
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    polling.cancel()
    try:
        return await polling
    except asyncio.CancelledError:
        return await poll(w, 0)


async def that_is_cancelled_when_it_was_filled(w: Waits) -> Any:
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    w.send()
    polling.cancel()
    try:
        return await polling
    except asyncio.CancelledError:
        return await poll(w, 0)


async def that_nobody_ends(w: Waits) -> Any:
    try:
        return await poll(w)
    except UsageError as error:
        return "frozen" in str(error)


async def that_a_move_of_the_clock_ends(w: Waits) -> Any:
    w.send("m", DelaySeconds=5)
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    w.cloud.clock.advance(6)
    return await polling


async def that_is_closed(w: Waits) -> Any:
    polling = asyncio.create_task(poll(w))
    await asyncio.sleep(0)
    w.cloud.reset()
    try:
        return await polling
    except UsageError:
        return "reset"


SCENARIOS: list[tuple[Scenario, tuple[str, ...]]] = [
    (that_expires, ("virtual", "real")),
    (that_waits_for_a_delay, ("virtual", "real")),
    (that_is_filled, ("virtual", "real", "frozen")),
    (that_is_filled_by_a_thread, ("virtual", "real", "frozen")),
    (that_is_beside_a_sleep, ("virtual",)),
    (that_is_cancelled, ("virtual", "real", "frozen")),
    (that_is_cancelled_when_it_was_filled, ("virtual", "real", "frozen")),
    (that_nobody_ends, ("frozen",)),
    (that_a_move_of_the_clock_ends, ("virtual", "frozen", "real")),
    (that_is_closed, ("virtual", "real")),
]
MOST_PLACES = {(that_expires, "real"): 10, (that_waits_for_a_delay, "real"): 10, (that_nobody_ends, "frozen"): 50}
"""Of what takes a second of a real clock, or a part of one."""
CASES = [
    pytest.param(scenario, clock, way, id=f"{scenario.__name__}-{clock}-{way}")
    for scenario, clocks in SCENARIOS
    for clock in clocks
    for way in WAYS
    # A profiler sees one thread, and instructions are those of all.
    if way == "by profile" or scenario is not that_is_filled_by_a_thread
]


def came_of(w: Waits, scenario: Scenario, strike: Callable[[Callable[[], object]], tuple[int, str]]) -> Any:
    """What came of a scenario that was struck: its result, or that the exception reached somebody; and the place."""
    outcome: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        outcome.append(await scenario(w))

    def act() -> None:
        outcome.clear()
        try:
            asyncio.run(main())
        except (Struck, asyncio.CancelledError):  # who waits for a task that was struck may see it cancelled
            outcome.append("it reached somebody")
            raise

    places, place = strike(act)
    return (outcome[0] if outcome else "it reached somebody"), places, place


def places_to_strike(places: int, most: int | None = None) -> range:
    """Those of a call; at most so many where each takes its time, and not all on a Python that need not show them."""
    count = SHALLOW if most is None else 1
    if is_deep():
        count = min(places, most or places) // STRIDE
    step = -(-places // max(1, count))
    return range(1 + places % step, places + 1, step)


def wrong_ends(scenario: Scenario, clock: str, trace: bool, strike: Any) -> list[str]:
    def world() -> Waits:
        return Waits(clock=clock, trace=trace)

    came_of(world(), scenario, lambda act: strike(act, 0))
    right, places, _ = came_of(world(), scenario, lambda act: strike(act, 0))
    wrong = []
    for n in places_to_strike(places, MOST_PLACES.get((scenario, clock))):
        w = world()
        try:
            with has_an_end(10):
                seen, _, place = came_of(w, scenario, lambda act, n=n: strike(act, n))
        except BaseException as error:
            wrong.append(f"{n}: {error!r}")
            continue
        if seen not in (right, "it reached somebody", (right, "struck"), ([], "struck")):
            wrong.append(f"{n}, {place}: {seen} and not {right}")
        try:
            w.look()
            w.check()
        except BaseException as error:
            wrong.append(f"{n}, {place}: afterwards {error!r}")
    return wrong


@pytest.mark.parametrize(("scenario", "clock", "way"), CASES)
def test_a_task_that_polls_ends_wherever_an_exception_comes_in(scenario: Scenario, clock: str, way: str) -> None:
    try:
        wrong = wrong_ends(scenario, clock, False, WAYS[way])
    finally:
        stop_watching()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_a_record_changes_nothing_of_that(clock: str) -> None:
    wrong = wrong_ends(that_a_move_of_the_clock_ends, clock, True, by_profile)
    assert not wrong, "\n".join(wrong)


# --- threads ---------------------------------------------------------------------------------------------------------

Strike = Callable[[Callable[[], object]], tuple[int, str]]


def when_somebody_waits(w: Waits, act: Callable[[], object], over: threading.Event) -> Worker:
    """A thread that acts as soon as somebody waits, or the struck call is over."""

    def wait_and_act() -> object:
        while not w.cloud.world.waiters and not over.wait(0.0005):
            pass
        return act()

    return Worker(wait_and_act)


def struck_while_it_polls(w: Waits, strike: Strike, helper: Callable[[Waits], object]) -> tuple[int, str]:
    """A thread polls, and is struck, while another one does something about it; nothing is lost or swallowed."""
    over = threading.Event()
    got: list[list[str]] = []
    other = when_somebody_waits(w, lambda: helper(w), over)
    try:
        seen, place = strike(lambda: got.append(w.poll()))
    except UsageError:
        seen, place = 0, "stuck"
    over.set()
    other.result()
    assert w.look() == ["m"], place  # received or not, it is there
    w.check()
    return seen, place


def send_later(w: Waits) -> None:
    w.send("m")


def struck_while_it_sends(w: Waits, strike: Strike) -> tuple[int, str]:
    """A thread polls, and the one that has something for it is struck."""
    poller = Worker(w.poll)
    while not w.cloud.sleepers.count:
        pass
    sent = []
    seen, place = strike(lambda: (w.send("m"), sent.append(True)))
    if not sent and not w.cloud.queue("q").bodies:
        w.send("m")  # it has not happened
    assert poller.result() == ["m"], place
    assert w.look() == ["m"], place
    w.check()
    return seen, place


def struck_while_it_moves_time(w: Waits, strike: Strike) -> tuple[int, str]:
    """A thread polls, and the one that moves the clock on which it does is struck."""
    w.send("m", DelaySeconds=5)
    poller = Worker(w.poll)
    while not w.cloud.sleepers.count:
        pass
    seen, place = strike(lambda: w.cloud.clock.advance(6))
    w.cloud.clock.advance(6)
    assert poller.result() == ["m"], place
    assert w.look() == ["m"], place
    w.check()
    return seen, place


THREADS: dict[str, tuple[str, Callable[[Waits, Strike], tuple[int, str]]]] = {
    "a poll that is filled, real": ("real", partial(struck_while_it_polls, helper=send_later)),
    "a poll that is filled, frozen": ("frozen", partial(struck_while_it_polls, helper=send_later)),
    "a send, real": ("real", struck_while_it_sends),
    "a send, frozen": ("frozen", struck_while_it_sends),
    "a move of the clock, real": ("real", struck_while_it_moves_time),
    "a move of the clock, frozen": ("frozen", struck_while_it_moves_time),
}


@pytest.mark.parametrize("name", THREADS)
def test_threads_that_poll_end_wherever_an_exception_comes_in(name: str) -> None:
    clock, run = THREADS[name]
    wrong = []
    run(Waits(clock=clock), lambda call: by_profile(call, 0))
    places, _ = run(Waits(clock=clock), lambda call: by_profile(call, 0))
    for n in places_to_strike(places):
        try:
            with has_an_end(10):
                run(Waits(clock=clock), lambda call, n=n: by_profile(call, n))  # of one thread, unlike instructions
        except BaseException as error:
            wrong.append(f"{n} of {places}: {error!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("way", WAYS)
def test_a_poll_that_is_given_up_swallows_nothing(way: str) -> None:
    """On a frozen clock that nobody moves a poll is a mistake; taking it back is interrupted, too."""
    wrong = []
    try:
        for n in range(200) if is_deep() else range(20, 80):
            w = Waits(clock="frozen")

            def give_up(w: Waits = w) -> None:
                with pytest.raises(UsageError, match="frozen"):
                    w.poll()

            give_up()
            _, place = WAYS[way](give_up, n + 1)
            w.send("m")
            if w.look() != ["m"]:
                wrong.append(place)
            w.check()
    finally:
        stop_watching()
    assert not wrong, "\n".join(wrong)


# --- what CPython loses ----------------------------------------------------------------------------------------------

HOLDERS = ("engine", "inspection", "faults", "services", "core", "clients", "boto")
LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp)
PARSERS = {
    "_holds_file",
    "parse_token",
    "generate_async",
    "frames",
    "frames_async",
    "__iter__",
    "__aiter__",
    "read_plainly",
}
"""They change nothing, and what they would catch are errors of what they read."""


def loops_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The loops, and comprehensions, directly in a ``try`` or ``with`` of their function."""
    left: list[tuple[ast.AST, bool, str]] = [(tree, False, "")]
    while left:
        node, inside, function = left.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside, function = False, node.name
        elif inside and isinstance(node, LOOPS):
            yield function, node.lineno
        elif not inside and isinstance(node, ast.expr):
            continue  # what could guard a loop is a statement
        guarded = node.body if isinstance(node, ast.With | ast.Try) else []
        left.extend((child, inside or child in guarded, function) for child in ast.iter_child_nodes(node))


def test_no_loop_stands_where_what_comes_into_it_may_pass_by() -> None:
    """On CPython 3.13 what comes into the jump back of a loop passes by the ``try`` and ``with`` that it stands in."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {function}"
        for path in source_files()
        if path.relative_to(PACKAGE).parts[0] in HOLDERS
        for function, line in loops_in(tree_of(path))
        if function not in PARSERS
    ]
    assert not found, "put the loop into a function of its own: " + ", ".join(found)
