"""Parts of the engine by themselves: who waits for another thread, who is told of new clouds, how a clock starts."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import pkgutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent import futures
from datetime import UTC, datetime
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine import due, new_clouds
from minicloud.engine.clock import FrozenClock, VirtualClock, check_start, started
from minicloud.engine.holders import _idle_loop, _inside
from minicloud.engine.idle_threads import waits_as_long, waits_for_another
from minicloud.engine.new_clouds import Listener
from tests.support.threads import Worker

# --- which threads wait for others ------------------------------------------------------------------------------------


class Awaited:
    """What threads may wait for, and its end."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.future: futures.Future[int] = futures.Future()
        self.queue: Queue[int] = Queue()
        self.thread = threading.Thread(target=self.event.wait)
        self.thread.start()

    def end(self) -> None:
        self.event.set()
        self.future.set_result(1)
        self.queue.put(1)
        self.thread.join()


WAYS: dict[str, tuple[Callable[[Awaited], object], bool]] = {
    "joins a thread": (lambda one: one.thread.join(), True),
    "joins a thread with a limit": (lambda one: one.thread.join(60), True),
    "a result": (lambda one: one.future.result(), True),
    "a result with a limit": (lambda one: one.future.result(60), True),
    "a failure with a limit": (lambda one: one.future.exception(60), True),
    "one of several with a limit": (lambda one: next(futures.as_completed([one.future], 60)), True),
    "all of several with a limit": (lambda one: futures.wait([one.future], 60), True),
    "an event": (lambda one: one.event.wait(), True),
    "an event with a limit": (lambda one: one.event.wait(60), False),
    "a queue": (lambda one: one.queue.get(), True),
    "a queue with a limit": (lambda one: one.queue.get(timeout=60), False),
}


@pytest.mark.parametrize("name", WAYS)
def test_who_waits_for_another_thread(name: str) -> None:
    """A limit of time counts as waiting only where nothing but the other one can be meant."""
    wait, expected = WAYS[name]
    awaited = Awaited()
    worker = Worker(lambda: wait(awaited))
    try:
        ident = worker.ident or 0
        end = time.monotonic() + 60
        while (frame := sys._current_frames()[ident]).f_globals["__name__"] != "threading" or (
            frame.f_code.co_name not in ("wait", "join", "_wait_for_tstate_lock") or not is_there(frame)
        ):
            assert time.monotonic() < end
            time.sleep(0.001)
        assert waits_for_another(frame) == expected
    finally:
        awaited.end()
        worker.result()


def is_there(frame: Any) -> bool:
    """Whether a thread has come to where it waits, in a function of ``threading``."""
    names = frame.f_locals
    if frame.f_code.co_name != "wait":
        return True
    return "waiter" in names and names["waiter"] in names["self"]._waiters


def frame(module: str, name: str, back: Any = None, **names: Any) -> Any:
    """Where a thread stands."""
    code = SimpleNamespace(co_name=name)
    return SimpleNamespace(f_globals={"__name__": module}, f_code=code, f_locals=names, f_back=back)


def test_who_has_been_woken_waits_for_nobody() -> None:
    """Though it has not run yet. And a wait of another's that only looks like one is none."""
    result = frame("concurrent.futures._base", "result")
    lock = object()
    waiting, woken = (SimpleNamespace(_waiters=waiters) for waiters in ([lock], []))
    for module, name, condition, waits in (
        ("threading", "wait", waiting, True),
        ("threading", "wait", woken, False),
        ("others", "wait", waiting, False),
    ):
        limited = frame(module, name, result, self=condition, waiter=lock, timeout=5)
        assert waits_for_another(limited) is waits, (module, name)
        lengths = [waits_as_long(limited, seconds) for seconds in (4.9, 5, 5.1)]
        assert lengths == [waits, waits, False], (module, name)
    assert not waits_as_long(frame("threading", "wait", self=waiting, waiter=lock, timeout=None), 5)


def test_at_the_last_step_only_texts_are_looked_at() -> None:
    """Those of an object's own attributes too, but not what lies in a list's dicts."""

    class Held:
        pass

    held = Held()
    held.__dict__.update(text="own", inner=["deeper"])
    listed = ["text", {"key": "value"}]
    assert all(one in listed for one in _inside(listed, 7))
    assert len(list(_inside(listed, 7))) == 2
    assert list(_inside(listed, 8)) == ["text"]
    assert all(type(one) is str for one in _inside(threading.local(), 0))  # which leads to whatever a thread has
    assert [text for text in _inside(held, 8) if text not in ("text", "inner")] == ["own"]


def test_a_loop_is_idle_while_it_waits_for_what_may_come() -> None:
    """Not between two waits, when it may be about to have something ready."""
    idle, ready = SimpleNamespace(_ready=[]), SimpleNamespace(_ready=["a callback"])
    for loop in (idle, ready):
        once = frame("asyncio.base_events", "_run_once", self=loop)
        assert _idle_loop(frame("selectors", "select", once)) is (loop if loop is idle else None)
        assert _idle_loop(once) is None
    assert _idle_loop(None) is None


# --- new clouds -------------------------------------------------------------------------------------------------------


class Telling(Listener):
    """One that says its number to whatever it is asked."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.shared: list[Any] = []

    def options(self, of_process: bool) -> dict[str, Any]:
        return {"clock": self.number, "seed": of_process}

    def seed(self, of_process: bool) -> int:
        return self.number

    def option(self, name: str) -> Any:
        return name, self.number

    def marked(self) -> dict[str, Any]:
        return {"clock": self.number}

    def cloud_of_test(self, decorated: object) -> tuple[bool, Any]:
        return True, (decorated, self.number)

    def share_with_fixture(self, cloud: Any) -> None:
        self.shared.append(cloud)


def test_the_latest_listener_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of pytest inside of another one's test has clouds that are not that test's."""
    outer, inner = Telling(1), Telling(2)
    monkeypatch.setattr(new_clouds, "listeners", [outer, inner])
    assert new_clouds.said({"seed": None, "region": "r"}) == {"clock": 2, "seed": False, "region": "r"}
    assert new_clouds.said({"clock": "virtual"})["clock"] == "virtual"
    assert new_clouds.seed_of_the_next() == 2
    assert new_clouds.option("name") == ("name", 2)
    assert new_clouds.marked() == {"clock": 2}
    assert new_clouds.cloud_of_test("f") == (True, ("f", 2))
    new_clouds.share_with_fixture("cloud")
    assert (outer.shared, inner.shared) == ([], ["cloud"])
    monkeypatch.setattr(new_clouds, "makers_of_default", [threading.get_ident()])
    assert new_clouds.said({})["seed"] is True


def test_without_a_listener_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_clouds, "listeners", [])
    assert new_clouds.said({"seed": None, "clock": "real"}) == {"clock": "real"}
    answers = new_clouds.seed_of_the_next(), new_clouds.option("name"), new_clouds.marked()
    assert (answers, new_clouds.cloud_of_test(None)) == ((None, None, {}), (False, None))


def test_a_listener_has_nothing_to_say_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Listener()
    monkeypatch.setattr(new_clouds, "listeners", [plain])
    test_of_nothing = new_clouds.said({}), new_clouds.seed_of_the_next(), new_clouds.option("name"), new_clouds.marked()
    assert test_of_nothing == ({}, None, None, {})
    assert new_clouds.cloud_of_test(None) == (False, None)
    assert (plain.rolls_back, list(plain.clouds()), plain.cloud_for_loop()) == (False, [], None)


# --- words and starts -------------------------------------------------------------------------------------------------


def test_each_callback_that_has_words_is_there() -> None:
    names = set()
    for module in pkgutil.walk_packages(minicloud.__path__, "minicloud."):
        if module.name.startswith(("minicloud.services.", "minicloud.engine.", "minicloud.core.", "minicloud.faults")):
            for one in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(one):
                    names.update(f"{one.__name__}.{name}" for name in vars(one))
    assert [beginning for beginning in due._WORDS if not any(name.startswith(beginning) for name in names)] == []


def test_where_a_clock_starts() -> None:
    before = datetime.now(UTC)
    for kind, made in (("virtual", VirtualClock), ("frozen", FrozenClock)):
        now = started(kind, "now")
        assert type(now) is made
        assert before <= now.now() <= datetime.now(UTC)
        assert started(kind, "2026-01-31").now() == datetime(2026, 1, 31, tzinfo=UTC)
        assert started(kind, "2026-01-31T02:00+02:00").now() == datetime(2026, 1, 31, tzinfo=UTC)
    own = VirtualClock()
    for clock, start in (("real", "now"), ("virtual", None), ("virtual", ""), (own, "now"), (None, "now")):
        assert started(clock, start) is clock
    check_start("now")
    for wrong in ("soon", "2026-02-31", 5):
        text = f'{wrong!r} is not a point in time: give "now", or a date such as 2026-01-31'
        with pytest.raises(UsageError) as caught:
            check_start(wrong)
        assert str(caught.value) == text


# --- deliveries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_known", [False, True])
def test_a_delivery_to_a_bus_that_there_is_not_fails(is_known: bool) -> None:
    """Also where others are; the default bus of an account is there though nobody has looked at it."""
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    region = cloud.region_name
    buses = [f"arn:aws:events:{region}:111122223333:event-bus/{name}" for name in ("default", "nobody")]
    if is_known:
        cloud.client("events", account_id="111122223333").list_rules()
    events = cloud.client("events")
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    targets: Any = [
        {"Id": str(number), "Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/r"}
        for number, arn in enumerate(buses)
    ]
    events.put_targets(Rule="all", Targets=targets)
    events.put_events(Entries=[{"Source": "shop", "DetailType": "d", "Detail": json.dumps({})}])
    cloud.clock.advance(1)
    failed = [event for event in cloud.trace if event.details.get("reason") == "there is nothing of that ARN"]
    assert len(failed) == 1
    assert buses[1] in json.dumps(failed[0].details)


def test_who_has_used_a_cloud_and_goes_on() -> None:
    """Threads and tasks, for whoever asks what a test has left behind."""
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    over = threading.Event()
    called = threading.Event()

    def use() -> None:
        cloud.client("sqs").list_queues()
        called.set()
        over.wait()

    async def main() -> None:
        async def list_and_wait() -> None:
            await cloud.async_client("sqs").list_queues()
            await asyncio.Event().wait()

        waits = [asyncio.create_task(list_and_wait()) for _ in range(2)]
        ended = asyncio.create_task(cloud.async_client("sqs").list_queues())
        await ended
        worker = Worker(use)
        called.wait(60)
        users: Any = cloud.recorder.users()
        assert {id(one) for one in users} == {*map(id, waits), id(worker)}
        over.set()
        worker.result()
        for one in waits:
            one.cancel()

    asyncio.run(main())
