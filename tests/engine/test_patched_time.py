"""Which time the application sees: ``cloud.patch_time()``, clocks that begin now, what AWS refuses as the future."""

from __future__ import annotations

import sys
import threading
import time
import types
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.exceptions import ClientError
from tests.support.clouds import make_queue, send
from tests.support.threads import run_python

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", trace=True)


LIBRARIES = [pytest.param(name, marks=pytest.mark.needs(name)) for name in ("time_machine", "freezegun")]


@pytest.fixture(params=[*LIBRARIES, "neither"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which library says what time it is; the others are not installed."""
    name: str = request.param
    for other in {"time_machine", "freezegun"} - {name}:
        monkeypatch.setitem(sys.modules, other, None)
    return name


def test_sleep_is_the_cloud_s(cloud: minicloud.Cloud, library: str) -> None:
    before = time.perf_counter() if library != "freezegun" else 0.0
    real = time.sleep
    with cloud.patch_time():
        time.sleep(3600)
        time.sleep(0)
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
    assert cloud.clock.now() == START + timedelta(hours=1)
    assert time.sleep is real
    if before:
        assert time.perf_counter() - before < 60


def test_what_only_lets_others_run_is_left_to_the_real_sleep(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so is what that refuses; what waits is the cloud's."""
    slept: list[Any] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with cloud.patch_time():
        for seconds in (0, 0.0, -1, "1", 0.25, 1):
            time.sleep(seconds)  # type: ignore[arg-type]
    assert slept == [0, 0.0, -1, "1"]
    assert cloud.clock.now() == START + timedelta(seconds=1.25)


@pytest.mark.parametrize("library", LIBRARIES, indirect=True)
def test_what_time_it_is_says_a_library(cloud: minicloud.Cloud, library: str) -> None:
    wall = time.time()
    with cloud.patch_time():
        assert time.time() == START.timestamp()
        cloud.clock.advance(90)
        assert datetime.now(UTC) == START + timedelta(seconds=90)
        time.sleep(0.5)
        assert time.time() == START.timestamp() + 90.5
        snapshot = cloud.snapshot()
        cloud.clock.advance(10)
        cloud.restore(snapshot)
        assert time.time() == START.timestamp() + 90.5
    assert abs(time.time() - wall) < 60
    cloud.clock.advance(1)
    assert abs(time.time() - wall) < 60


@pytest.mark.parametrize("library", LIBRARIES, indirect=True)
def test_a_consumer_that_drops_what_is_old(cloud: minicloud.Cloud, library: str) -> None:
    """It compares the time of day with that of the send, and sleeps between two polls."""
    url = make_queue(cloud)
    sqs = cloud.client("sqs")
    handled: list[str] = []

    def consume() -> None:
        for _ in range(3):
            answer = sqs.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp"])
            handled.extend(
                message["Body"]
                for message in answer.get("Messages", [])
                if time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000 < 3600
            )
            time.sleep(1800)

    with cloud.patch_time():
        send(cloud, url, "m", DelaySeconds=900)
        consume()
    assert handled == ["m"]
    assert cloud.clock.now() == START + timedelta(minutes=90)


def test_threads_share_it(cloud: minicloud.Cloud) -> None:
    woken: list[int] = []

    def sleep(seconds: int) -> None:
        time.sleep(seconds)
        woken.append(seconds)

    with cloud.patch_time():
        threads = [threading.Thread(target=sleep, args=(seconds,)) for seconds in (300, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(woken) == [100, 200, 300]
    assert cloud.clock.now() >= START + timedelta(seconds=300)


def test_once_more_inside(cloud: minicloud.Cloud) -> None:
    real = time.sleep
    outer, inner = cloud.patch_time(), cloud.patch_time()
    outer.__enter__()
    with inner as entered:
        assert entered is inner
        outer.__exit__(None, None, None)
        assert time.sleep is not real
        time.sleep(5)
    assert time.sleep is real
    assert cloud.clock.now() == START + timedelta(seconds=5)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whichever_of_several_ends_last_has_time_as_it_was(cloud: minicloud.Cloud, order: tuple[int, ...]) -> None:
    real = time.sleep
    blocks = [cloud.patch_time() for _ in order]
    for block in blocks:
        block.__enter__()
    for place in order:
        assert time.sleep is not real
        blocks[place].__exit__(None, None, None)
    assert time.sleep is real


def test_one_time_at_a_time(cloud: minicloud.Cloud) -> None:
    real = time.sleep
    other = minicloud.Cloud(clock="virtual")
    with cloud.patch_time(), pytest.raises(UsageError, match="of another cloud is in force"), other.patch_time():
        pass
    assert time.sleep is real
    with other.patch_time():
        time.sleep(1)
    assert other.clock.now() == START + timedelta(seconds=1)


def test_on_a_real_clock_there_is_nothing_to_patch() -> None:
    with pytest.raises(UsageError, match="needs a clock that stands or jumps"):
        minicloud.Cloud(clock="real").patch_time()


def test_on_a_closed_cloud_sleep_is_what_it_was(cloud: minicloud.Cloud) -> None:
    with cloud.patch_time():
        cloud.close()
        time.sleep(0.001)


# --- clocks that begin now --------------------------------------------------------------------------------------------


def test_a_clock_that_begins_now() -> None:
    now = datetime.now(UTC)
    cloud = minicloud.Cloud(clock=minicloud.VirtualClock(now))
    assert cloud.clock.now() == now
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.get_shard_iterator(
        StreamName="s",
        ShardId="shardId-000000000000",
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=now - timedelta(minutes=5),
    )


def test_what_is_refused_as_the_future_says_what_time_it_is(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    with pytest.raises(ClientError) as caught:
        kinesis.get_shard_iterator(
            StreamName="s",
            ShardId="shardId-000000000000",
            ShardIteratorType="AT_TIMESTAMP",
            Timestamp=START + timedelta(days=300),
        )
    assert "cannot be greater than the currentTimestampInMillis" in str(caught.value)
    assert "clock" not in str(caught.value)
    notes: Any = getattr(caught.value, "__notes__", [])
    assert notes[0].startswith("the cloud's clock stands at 2026-01-01 00:00:00: use cloud.clock.now()")


def test_what_cannot_be_patched_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that fails as it begins has been told to end, and the next block is as if there had been none."""
    told: list[str] = []

    class Fails:
        def start(self) -> None:
            told.append("start")
            raise RuntimeError("no time to travel")

        def stop(self) -> None:
            told.append("stop")

    real = time.sleep
    library: Any = types.ModuleType("time_machine")
    library.travel = lambda *_, **__: Fails()
    cloud, other = minicloud.Cloud(clock="frozen"), minicloud.Cloud(clock="frozen")
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "time_machine", library)
        with pytest.raises(RuntimeError, match="no time to travel"):
            cloud.patch_time().__enter__()
    assert (told, time.sleep) == (["start", "stop"], real)
    with other.patch_time():
        assert time.sleep is not real
    assert time.sleep is real


def test_a_library_is_told_of_each_move_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    class Travel:
        def __init__(self, at: datetime, *, tick: bool) -> None:
            told.append((at, tick))

        def start(self) -> Travel:
            return self

        def move_to(self, at: datetime) -> None:
            told.append(at)

        def stop(self) -> None:
            told.append("stop")

    library: Any = types.ModuleType("time_machine")
    library.travel = Travel
    cloud = minicloud.Cloud(clock="virtual")
    snapshot = cloud.snapshot()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "time_machine", library)
        with cloud.patch_time():
            cloud.clock.advance(10)
            with cloud.patch_time():
                time.sleep(5)
            cloud.restore(snapshot)
    cloud.clock.advance(1)
    later = [START + timedelta(seconds=seconds) for seconds in (10, 15, 0)]
    assert told == [(START, False), *later, "stop"]


def test_freezegun_is_to_let_event_loops_have_their_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop whose time stands still waits for ever; all else stands where the clock does."""
    told: list[Any] = []

    def freeze_time(at: datetime, **options: bool) -> Any:
        told.append((at, options))
        frozen = types.SimpleNamespace(move_to=told.append)
        return types.SimpleNamespace(start=lambda: frozen, stop=lambda: told.append("stop"))

    library: Any = types.ModuleType("freezegun")
    library.freeze_time = freeze_time
    cloud = minicloud.Cloud(clock="virtual")
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "time_machine", None)
        patched.setitem(sys.modules, "freezegun", library)
        with cloud.patch_time():
            cloud.clock.advance(10)
    assert told == [(START, {"tick": False, "real_asyncio": True}), START + timedelta(seconds=10), "stop"]


@pytest.mark.needs("freezegun")
@pytest.mark.parametrize("first", ["operation", "server"])
def test_what_is_first_looked_at_under_freezegun_has_its_times(first: str) -> None:
    """Python's datetime is another class then; what is a time is one for the rest of the process."""
    run_python(
        f"""
        from freezegun import freeze_time
        import minicloud
        if "{first}" == "server":
            import minicloud.wire.model
        with freeze_time("2026-01-01"):
            from minicloud.wire.model import declared_operation
            def kind():
                shape = declared_operation("sns", "ListOriginationNumbers", "query").output_shape
                return shape.members["PhoneNumbers"].member.members["CreatedAt"].type_name
            assert kind() == "timestamp", kind()
        assert kind() == "timestamp", kind()
        """
    )
