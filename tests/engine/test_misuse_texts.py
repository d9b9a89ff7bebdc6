"""What is said to who uses a cloud, its clock or its handlers otherwise than they can be used: word for word."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud

NOW = "2026-01-01T00:00:00+00:00"


class Odd:
    """A clock that does not tell the time."""

    def time_ns(self) -> Any:
        return "noon"


def poll_without_a_loop(cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    call = cloud.async_client("sqs").receive_message(QueueUrl="q", WaitTimeSeconds=20)
    try:
        while True:
            call.send(None)
    finally:
        call.close()


def share_a_clock(_: minicloud.Cloud) -> None:
    clock = minicloud.VirtualClock()
    minicloud.Cloud(clock=clock)
    minicloud.Cloud(clock=clock)


WAITS_WITHOUT_A_LOOP = (
    "waiting in the cloud's time needs a running asyncio event loop: under trio or another loop wait in a thread, with "
    "the sync client, cloud.sleep(), cloud.run_until() or cloud.run_until_idle()"
)


def late_without_a_loop(cloud: minicloud.Cloud) -> None:
    cloud.faults.delay(5, operation="ListQueues")
    cloud.async_client("sqs").list_queues().send(None)


def patch_real_time(_: minicloud.Cloud) -> None:
    clock = minicloud.RealClock(Still())
    with minicloud.Cloud(clock=clock) as cloud, cloud.patch_time():
        pass


class Still:
    """A clock of the application's that stands."""

    def time_ns(self) -> int:
        return 1_767_225_600_000_000_000


def patch_two_times(cloud: minicloud.Cloud) -> None:
    with cloud.patch_time(), minicloud.Cloud(clock="virtual") as other, other.patch_time():
        pass


def post_to(answer: Any) -> Callable[[minicloud.Cloud], object]:
    """A subscription of an endpoint that answers its confirmation so."""

    def subscribe(cloud: minicloud.Cloud) -> None:
        cloud.http_endpoint("http://shop.example/", lambda _: answer)
        sns = cloud.client("sns", "us-east-1")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://shop.example/")

    return subscribe


def work(event: Any, context: Any) -> None:
    """A handler."""


anything: Any = work
ROWS: dict[str, tuple[Callable[[Any], object], str]] = {
    "an endpoint that is no text": (
        lambda cloud: cloud.http_endpoint(5, work),
        "5 is not an HTTP endpoint: give a URL that begins with http:// or https://",
    ),
    "an endpoint of another protocol": (
        lambda cloud: cloud.http_endpoint("ftp://x", work),
        "'ftp://x' is not an HTTP endpoint: give a URL that begins with http:// or https://",
    ),
    "the handler of an endpoint": (
        lambda cloud: cloud.http_endpoint("http://x/", 5),
        "5 cannot be the handler of 'http://x/': give a callable that takes (request)",
    ),
    "the answer of an endpoint": (
        post_to("yes"),
        "the handler of an HTTP endpoint returned 'yes': return a status, (status, body) or None",
    ),
    "a status in a pair": (
        post_to(("200", "")),
        "the handler of an HTTP endpoint returned '200': return a status, (status, body) or None",
    ),
    "the handler of a function": (
        lambda cloud: cloud.function("f", 5),
        "5 cannot be the handler of function 'f': give a callable that takes (event, context)",
    ),
    "a function that is no text": (
        lambda cloud: cloud.function(5, work),
        "5 is not the name of a function: give a name or an ARN as a string",
    ),
    "the ARN of something else": (
        lambda cloud: cloud.function("arn:aws:sqs:us-east-1:123456789012:q", work),
        "'arn:aws:sqs:us-east-1:123456789012:q' is not a function: give a name, or an ARN such as "
        "arn:aws:lambda:\u2026:function:name",
    ),
    "the ARN of nowhere": (
        lambda cloud: cloud.function("arn:aws:lambda::123456789012:function:f", work),
        "'arn:aws:lambda::123456789012:function:f' is not a function: give a name, or an ARN such as "
        "arn:aws:lambda:\u2026:function:name",
    ),
    "the ARN of nobody's": (
        lambda cloud: cloud.function("arn:aws:lambda:us-east-1::function:f", work),
        "'arn:aws:lambda:us-east-1::function:f' is not a function: give a name, or an ARN such as "
        "arn:aws:lambda:\u2026:function:name",
    ),
    "a name with a blank": (
        lambda cloud: cloud.function("a b", work),
        "'a b' is not the name of a function: it has up to 64 letters, digits, hyphens and underscores",
    ),
    "a name that is too long": (
        lambda cloud: cloud.function("a" * 65, work),
        f"'{'a' * 65}' is not the name of a function: it has up to 64 letters, digits, hyphens and underscores",
    ),
    "a timeout of nothing": (
        lambda cloud: cloud.function("f", work, timeout=0),
        "timeout=0 of the function 'f': give seconds, up to 900",
    ),
    "a timeout that is too long": (
        lambda cloud: cloud.function("f", work, timeout=900.5),
        "timeout=900.5 of the function 'f': give seconds, up to 900",
    ),
    "a memory of nothing": (
        lambda cloud: cloud.function("f", work, memory=0),
        "memory=0 of the function 'f': give megabytes",
    ),
    "assertions": (
        lambda cloud: cloud.function("f", work, assertions="x"),
        "assertions='x' of the function 'f': give \"fail\" or \"retry\"",
    ),
    "an environment of numbers": (
        lambda cloud: cloud.function("f", work, environment={"a": 1}),
        "environment={'a': 1} of the function 'f': give names and values as strings",
    ),
    "a sleep of less than nothing": (lambda cloud: cloud.sleep(-1), "cannot sleep for -1 seconds: give zero or more"),
    "a sleep of no number": (lambda cloud: cloud.sleep("1"), "cannot sleep for '1' seconds: give zero or more"),
    "a sleep without end": (
        lambda cloud: cloud.sleep(float("inf")),
        "cannot sleep for inf seconds: give zero or more",
    ),
    "a sleep of not a number": (
        lambda cloud: cloud.sleep(float("nan")),
        "cannot sleep for nan seconds: give zero or more",
    ),
    "a sleep beyond the calendar": (
        lambda cloud: cloud.sleep(1e12),
        "cannot sleep for 1000000000000.0 seconds: the clock cannot go beyond the year 9998",
    ),
    "a duration beyond the calendar": (
        lambda cloud: cloud.clock.advance(1e12),
        "the clock cannot go beyond the year 9998 (by 1000000000000.0): give a shorter time",
    ),
    "a moment beyond the calendar": (
        lambda cloud: cloud.clock.advance_to(datetime(9999, 1, 1, tzinfo=UTC)),
        "the clock cannot go beyond the year 9998 (to 9999-01-01T00:00:00+00:00): give an earlier moment",
    ),
    "no duration": (lambda cloud: cloud.clock.advance("x"), "'x' is not a duration: give seconds or a timedelta"),
    "a duration back": (
        lambda cloud: cloud.clock.advance(-1.5),
        "the clock cannot go back (by -1.5): make a new Cloud for an earlier time",
    ),
    "no moment": (
        lambda cloud: cloud.clock.advance_to("x"),
        "'x' is not a point in time: give a datetime, or call advance() with seconds",
    ),
    "a moment before": (
        lambda cloud: cloud.clock.advance_to(datetime(2025, 1, 1, tzinfo=UTC)),
        f"the clock cannot go back to 2025-01-01T00:00:00+00:00: it is {NOW} now",
    ),
    "no clock": (
        lambda _: minicloud.Cloud(clock="noon"),
        'clock=\'noon\' is not a clock: use "real", "virtual", "frozen" or an object with time_ns()',
    ),
    "the class of a clock": (
        lambda _: minicloud.Cloud(clock=minicloud.VirtualClock),  # type: ignore[arg-type]
        "clock=<class 'minicloud.engine.clock.VirtualClock'> is a class: give an object of it, such as VirtualClock()",
    ),
    "another cloud's clock": (
        share_a_clock,
        "this clock already belongs to another Cloud: give each Cloud a clock of its own",
    ),
    "no start": (
        lambda _: minicloud.VirtualClock("x"),  # type: ignore[arg-type]
        "'x' is not a point in time: give a datetime, such as datetime(2026, 1, 31) or datetime.now(timezone.utc)",
    ),
    "a clock that tells no time": (
        lambda _: minicloud.Cloud(clock=Odd()),
        "time_ns() of the cloud's clock returned 'noon': have it return nanoseconds since the epoch as an int, as "
        "time.time_ns() does",
    ),
    "no delivery": (
        lambda _: minicloud.Cloud(delivery="x"),  # type: ignore[arg-type]
        'delivery=\'x\' is not a kind of delivery: use "readable" (in order, once) or "aws" (all that AWS may do)',
    ),
    "no handling": (
        lambda _: minicloud.Cloud(handlers="x"),  # type: ignore[arg-type]
        'handlers=\'x\': give "at_once", or "held" until the test lets time pass',
    ),
    "time of two clouds": (
        patch_two_times,
        "patch_time() of another cloud is in force, and time can only be one of them: end it first",
    ),
    "pickle": (
        pickle.dumps,
        "a Cloud cannot be pickled or copied, nor can what leads to one (a client, a view, a trace): use snapshot() "
        "and restore() to go back to a state; in another process, make another Cloud or mock_aws()",
    ),
    "copy": (
        copy.copy,
        "a Cloud cannot be pickled or copied, nor can what leads to one (a client, a view, a trace): use snapshot() "
        "and restore() to go back to a state; in another process, make another Cloud or mock_aws()",
    ),
    "a sleep without a loop": (lambda cloud: cloud.async_sleep(1).send(None), WAITS_WITHOUT_A_LOOP),
    "a test that waits without a loop": (
        lambda cloud: cloud.async_run_until(lambda: False).send(None),
        WAITS_WITHOUT_A_LOOP,
    ),
    "a test that waits for an idle cloud without a loop": (
        lambda cloud: cloud.async_run_until_idle().send(None),
        WAITS_WITHOUT_A_LOOP,
    ),
    "a server without a loop": (
        lambda cloud: cloud.serve_async().start().send(None),
        "cloud.serve_async() needs a running asyncio event loop: under trio or another loop serve on a thread, with "
        "cloud.serve()",
    ),
    "a late call without a loop": (late_without_a_loop, WAITS_WITHOUT_A_LOOP),
    "a poll without a loop": (
        poll_without_a_loop,
        "a long poll of an asyncio client needs a running asyncio event loop: under trio or another loop use the sync "
        "client in a thread, or poll with WaitTimeSeconds=0",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_misuse(name: str) -> None:
    call, text = ROWS[name]
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        with pytest.raises(minicloud.UsageError) as caught:
            call(cloud)
        assert str(caught.value) == text
        assert cloud.clock.now() == datetime(2026, 1, 1, tzinfo=UTC)


def test_settings_at_their_bounds() -> None:
    with minicloud.Cloud(clock="virtual") as cloud:
        for number, settings in enumerate(
            (
                {"timeout": 0.001},
                {"timeout": 1},
                {"timeout": 900},
                {"takes": 0},
                {"takes": 0.5},
                {"memory": 1},
                {"reserved_concurrency": 0},
                {"assertions": "fail"},
                {"assertions": "retry"},
                {"environment": {}},
            )
        ):
            cloud.function(f"f{number}", work, **settings)  # type: ignore[arg-type]
        cloud.function("a" * 64, work)
        cloud.function("arn:aws:lambda:eu-west-1:111122223333:function:f", work)
        cloud.sleep(0)


def test_time_of_a_real_clock_is_not_patched() -> None:
    with pytest.raises(minicloud.UsageError, match="needs a clock that stands or jumps, and this cloud has <RealClock"):
        patch_real_time(anything)
