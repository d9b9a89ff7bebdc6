"""What a handler asserts in vain: a failed errand as any other, and the test is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError
from tests.support.clouds import make_queue
from tests.support.runs import run_inside

from .test_turns import publish, subscribe, text_of

Act = Callable[[Cloud], object]


def asserting(cloud: Cloud, **options: Any) -> list[str]:
    """Have a topic whose function asserts that nothing comes; what has come."""
    ran: list[str] = []

    def work(event: Any, context: Any) -> None:
        ran.append(text_of(event))
        assert not event, ran[-1]

    subscribe(cloud, "jobs", work)
    cloud.function("jobs-work", work, **options)
    make_queue(cloud, "q")
    return ran


ACTS: dict[str, Act] = {
    "advance": lambda cloud: cloud.clock.advance(5),
    "advance_to": lambda cloud: cloud.clock.advance_to(cloud.clock.now() + timedelta(seconds=5)),
    "sleep": lambda cloud: cloud.sleep(5),
    "async_sleep": lambda cloud: asyncio.run(cloud.async_sleep(5)),
    "run_until_idle": lambda cloud: cloud.run_until_idle(),
    "async_run_until_idle": lambda cloud: asyncio.run(cloud.async_run_until_idle()),
    "run_until": lambda cloud: cloud.run_until(lambda: True),
    "async_run_until": lambda cloud: asyncio.run(cloud.async_run_until(lambda: True)),
    "assert_invoked": lambda cloud: cloud.assert_invoked("jobs-work"),
    "assert_sent": lambda cloud: cloud.assert_sent("q"),
    "assert_empty": lambda cloud: cloud.assert_empty("q"),
    "close": lambda cloud: cloud.close(),
    "the end of a with": lambda cloud: cloud.__exit__(None, None, None),
    "the end of a mock": lambda cloud: minicloud.mock_aws(cloud=cloud)(lambda: None)(),
    "the end of a run": lambda cloud: minicloud.run(asyncio.sleep(0), cloud=cloud),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_next_call_that_only_a_test_makes_raises_it(act: str) -> None:
    cloud = Cloud(clock="virtual", trace=True)
    ran = asserting(cloud)
    publish(cloud, "jobs", "one")
    publish(cloud, "jobs", "two")
    publish(cloud, "jobs", "three")
    assert cloud.client("sqs").list_queues()  # an application makes it
    began = cloud.clock.now()
    with pytest.raises(AssertionError, match=r"^one\n") as caught:
        ACTS[act](cloud)
    assert cloud.clock.now() == began  # before it does anything
    assert caught.traceback[-1].name == "work"  # the original object
    assert caught.value.__notes__ == ["it is the first of those that handlers have raised; there are 2 more"]
    assert ran == ["one", "two", "three"]
    if not cloud.closed:
        cloud.sleep(0)  # once


@pytest.mark.parametrize(
    ("count", "note", "beside"),
    [
        (1, None, ""),
        (2, "there is 1 more", ", and 1 other did so"),
        (3, "there are 2 more", ", and 2 others did so"),
    ],
)
def test_the_others_are_counted(count: int, note: str | None, beside: str) -> None:
    cloud = Cloud(clock="virtual")
    asserting(cloud)
    for number in range(count):
        publish(cloud, "jobs", f"m{number}")
    under_way = LookupError("the test's own")
    with pytest.raises(LookupError), cloud:
        raise under_way
    assert under_way.__notes__ == [f"a handler has raised AssertionError: m0{beside}"]
    with pytest.raises(AssertionError, match=r"^m0\n") as caught:
        cloud.close()
    notes = getattr(caught.value, "__notes__", [])
    assert notes == ([] if note is None else [f"it is the first of those that handlers have raised; {note}"])


def test_it_is_a_failed_run_as_any_other() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    ran = asserting(cloud)
    publish(cloud, "jobs", "one")
    with pytest.raises(AssertionError):
        cloud.clock.advance(60)
    with pytest.raises(AssertionError, match=r"^one\n"):
        cloud.clock.advance(60)  # the retry asserts again
    assert ran == ["one", "one"]
    assert len(cloud.trace.of("lambda.failed")) == 2


def test_a_handler_that_validates_by_assert_is_retried_and_nothing_more() -> None:
    cloud = Cloud(clock="virtual")
    ran = asserting(cloud, assertions="retry")
    publish(cloud, "jobs", "one")
    cloud.clock.advance(3600)
    cloud.close()
    assert ran == ["one"] * 3


def test_a_handler_is_not_told_itself() -> None:
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    asserting(cloud)

    def other(event: Any, context: Any) -> None:
        publish(cloud, "jobs")
        cloud.sleep(1)
        cloud.clock.advance(1)
        told.append("nothing")

    subscribe(cloud, "others", other)
    publish(cloud, "others")
    assert told == ["nothing"]
    with pytest.raises(AssertionError):
        cloud.close()


def test_what_is_under_way_gets_a_note() -> None:
    with pytest.raises(LookupError) as caught, minicloud.mock_aws(clock="virtual") as cloud:
        fail_after_an_assertion(cloud)
    assert caught.value.__notes__ == ["a handler has raised AssertionError: one"]
    with pytest.raises(AssertionError, match=r"^one\n"):
        cloud.close()  # nobody may have seen the note, for the other one was caught


def fail_after_an_assertion(cloud: Cloud) -> None:
    asserting(cloud)
    publish(cloud, "jobs", "one")
    raise LookupError


def test_a_mistake_in_a_task_that_goes_on_alone_is_kept_as_well() -> None:
    cloud = Cloud(clock="virtual")

    async def work(event: Any, context: Any) -> None:
        await cloud.async_sleep(1)
        raise UsageError("a mistake")

    async def main() -> None:
        await cloud.async_client("sns").publish(TopicArn=cloud.topic("jobs").arn, Message="m")
        await asyncio.sleep(2)

    subscribe(cloud, "jobs", work)
    with pytest.raises(UsageError, match="a mistake"):
        minicloud.run(main(), cloud=cloud)
    cloud.close()


TESTS = """
    import minicloud, pytest

    def work(event, context):
        assert not event, "it came"

    def publish(cloud):
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="jobs")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("work", work))
        sns.publish(TopicArn=topic, Message="m")

    def test_at_its_end(cloud):
        publish(cloud)

    def test_with_a_cloud_of_its_own():
        publish(minicloud.Cloud(clock="virtual"))

    def test_that_fails_otherwise(cloud):
        publish(cloud)
        raise LookupError("otherwise")

    def test_that_expects_it(cloud):
        publish(cloud)
        with pytest.raises(AssertionError, match="it came"):
            cloud.sleep(1)

    @minicloud.mock_aws
    def test_decorated():
        publish(minicloud.current_cloud())
"""


def test_pytest_fails_a_test_that_was_not_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    result = run_inside(pytester)
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines_random(["E*AssertionError: it came", "E*LookupError: otherwise"])
    assert str(result.stdout).count("a handler has raised AssertionError: it came") == 1
