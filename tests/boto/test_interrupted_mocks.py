"""Mocks into whose beginning or end an exception comes, at each place where one may: active whole, or not at all."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

import boto3
import pytest

import minicloud
from minicloud.boto import activation, uses
from tests.support.depth import is_deep
from tests.support.strikes import SPARSELY, STRIDE

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_DEFAULT_REGION")


# Python only prints what strikes in the end of a generator, or in a callback of a weak reference.
pytestmark = [
    pytest.mark.needs("boto3"),
    pytest.mark.stress,
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:coroutine .* was never awaited"
    ),
]


class Late(BaseException): ...


def strike(call: Callable[[], object], n: int) -> str | None:
    """Run ``call``, struck at its n-th place; which that is, None when it has not so many."""
    seen = 0

    def look(frame: FrameType, event: str, arg: object) -> None:
        nonlocal seen
        file_name = frame.f_code.co_filename
        if event in ("call", "c_return") and ("minicloud" in file_name or "contextlib" in file_name):
            if file_name == __file__:
                return
            seen += 1
            if seen == n:
                sys.setprofile(None)
                raise Late(f"{file_name}:{frame.f_lineno}")

    sys.setprofile(look)
    try:
        call()
    except Late as struck:
        return str(struck)
    finally:
        sys.setprofile(None)
    return None if seen < n else "an exception that is not raised"


def struck(call: Callable[[], object], check: Callable[[str], None]) -> int:
    """Strike a call at each of its places, or at some of them, and check after each; about how many there are."""
    n, step = 1, STRIDE if is_deep() else SPARSELY
    while (place := strike(call, n)) is not None:
        check(f"{n}, {place}")
        n += step
    return n - step


@pytest.fixture(autouse=True)
def own_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
    with minicloud.mock_aws():  # so that hooks are in, and everything that is loaded
        boto3.client("sqs").list_queues()
    yield
    assert uses._uses == []


def is_off(place: str) -> None:
    assert uses._uses == [], place
    assert activation.state.activation is None, place
    assert activation.state.injected_region is None, place
    assert [os.environ.get(name) for name in KEYS] == ["own", None, None, None, None], place


def later_mocks_work(place: str) -> None:
    is_off(place)
    with minicloud.mock_aws(region_name="eu-north-1") as cloud:
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-north-1", place
        boto3.client("sqs", region_name="eu-north-1").create_queue(QueueName="q")
        assert cloud.queue("q").bodies == [], place
    is_off(place)


def test_start() -> None:
    assert struck(lambda: minicloud.mock_aws().start(), later_mocks_work) > 30
    for _ in range(len(uses._uses)):
        uses.end(uses._uses[-1])


def test_stop() -> None:
    mock = minicloud.mock_aws()

    def check(place: str) -> None:
        if uses._uses:
            assert activation.state.cloud is not None, place
            assert os.environ["AWS_ACCESS_KEY_ID"] == "testing", place
            mock.stop()
        later_mocks_work(place)

    def stop() -> None:
        sys.setprofile((look := sys.getprofile()) and None)
        mock.start()
        sys.setprofile(look)
        mock.stop()

    assert struck(stop, check) > 10


def test_with() -> None:
    clouds = []

    def use() -> None:
        with minicloud.mock_aws() as cloud:
            clouds.append(cloud)

    def check(place: str) -> None:
        assert all(cloud.closed for cloud in clouds), place
        clouds.clear()
        later_mocks_work(place)

    assert struck(use, check) > 40


def test_with_that_an_exception_leaves_anyway() -> None:
    def use() -> None:
        with suppress(ValueError), minicloud.mock_aws():
            raise ValueError

    assert struck(use, later_mocks_work) > 40


def test_async_with() -> None:
    async def use() -> None:
        async with minicloud.mock_aws():
            pass

    def run() -> None:
        with suppress(StopIteration):
            use().send(None)

    assert struck(run, later_mocks_work) > 40


@pytest.mark.parametrize("kind", ["function", "coroutine function", "generator function", "test case", "class"])
def test_decorated(kind: str) -> None:
    assert struck(decorated(kind), later_mocks_work) > 40


def decorated(kind: str) -> Callable[[], object]:
    if kind == "function":
        return minicloud.mock_aws(lambda: None)
    if kind == "coroutine function":

        @minicloud.mock_aws
        async def task() -> None: ...

        def run() -> None:
            with suppress(StopIteration):
                task().send(None)

        return run
    if kind == "generator function":

        @minicloud.mock_aws
        def generate() -> Iterator[int]:
            yield 1

        return lambda: list(generate())
    if kind == "test case":

        @minicloud.mock_aws
        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls) -> None:
                assert activation.state.cloud is not None
                activation.state.cloud.request_ids.next()  # as a call does

            def test(self) -> None: ...

        return lambda: set_up_and_clean_up(Case)

    @minicloud.mock_aws
    class Tests:
        def setup_method(self) -> None: ...

        def teardown_method(self) -> None: ...

        def test(self) -> None: ...

    def test() -> None:
        tests = Tests()
        tests.setup_method()
        try:
            tests.test()
        finally:
            tests.teardown_method()

    return test


def set_up_and_clean_up(case: type[unittest.TestCase]) -> None:
    try:
        case.setUpClass()
    finally:
        case.doClassCleanups()


def test_a_client_that_no_call_has_come_to_reaches_nobody_after_its_mock() -> None:
    os.environ.pop("AWS_ACCESS_KEY_ID")
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
    os.environ["AWS_ACCESS_KEY_ID"] = "own"
    with pytest.raises(minicloud.UsageError, match="fake credentials"):
        sqs.list_queues()


def test_nested() -> None:
    with minicloud.mock_aws() as outer:
        sqs = boto3.client("sqs")
        sqs.create_queue(QueueName="q")

        def use() -> None:
            with minicloud.mock_aws(passthrough=("s3",)) as first, minicloud.mock_aws(passthrough=("ec2",)) as second:
                assert first is second is outer

        def check(place: str) -> None:
            assert len(uses._uses) == 1, place
            assert activation.state.activation is not None
            assert activation.state.activation.passthrough == frozenset(), place
            assert len(sqs.list_queues()["QueueUrls"]) == 1, place

        assert struck(use, check) > 40
    is_off("at the end")


def test_a_use_that_began_by_hand_lasts_until_it_is_stopped() -> None:
    minicloud.mock_aws().__enter__()
    gc.collect()
    assert boto3.client("sqs", region_name="us-east-1").list_queues()
    uses._uses[0].owner.stop()  # type: ignore[attr-defined]
    is_off("")
    mock = minicloud.mock_aws()
    leave = mock.__exit__
    mock.__enter__()
    leave(None, None, None)
    is_off("")
    leave(None, None, None)
    with pytest.raises(minicloud.UsageError, match="without start"):
        mock.stop()


def test_two_threads_in_one_mock_leave_it_in_any_order() -> None:
    mock = minicloud.mock_aws()

    async def tasks() -> None:
        entered, left = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            async with mock:
                entered.set()
                await left.wait()
                boto3.client("sqs", region_name="us-east-1").list_queues()

        async def second() -> None:
            await entered.wait()
            async with mock:
                pass
            left.set()

        await asyncio.gather(first(), second())

    asyncio.run(tasks())
    is_off("")


def test_a_call_in_the_full_pipeline_has_happened_or_has_not() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.meta.events.register("before-send.sqs.SendMessage", lambda **_: None)
        seen: dict[str, Any] = {}

        def send() -> None:
            sqs.send_message(QueueUrl=url, MessageBody="m")

        def check(place: str) -> None:
            counts = cloud.queue("q").counts
            seen[place] = counts.visible
            assert counts.visible in (0, 1), place
            sqs.purge_queue(QueueUrl=url)
            cloud.clock.advance(61)
            assert activation.current_call.get() is None, place
            send()
            assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1, place
            cloud.clock.advance(61)
            sqs.purge_queue(QueueUrl=url)
            cloud.clock.advance(61)

        assert struck(send, check) > 40
        assert set(seen.values()) == {0, 1}
