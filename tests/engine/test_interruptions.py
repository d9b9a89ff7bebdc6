"""Waits, moves of the clock and handlers into which an exception comes: they have happened in full, or not at all.

An exception may come in wherever CPython looks for one. Here one comes at these places in turn
(``tests.support.strikes``), and afterwards nobody waits for what has happened, nothing is lost, and nobody who has gone
stays in line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from tests.support.strikes import FORMS, Form, Row, is_where_handlers_are_called

from .interrupted import HOUR, Waits, has_an_end, quietly

pytestmark = [
    pytest.mark.stress,
    # What comes into a finalizer, or ends a coroutine before it began, is told of as a warning.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
Make = Any


def nothing(_: Waits) -> None:
    pass


def delayed(w: Waits) -> None:
    w.send("m", DelaySeconds=5)


def in_flight(w: Waits) -> None:
    w.send()
    w.poll(0, VisibilityTimeout=8)


def with_retries(w: Waits) -> None:
    """Two functions and a web server that are to be called again, and a message that is late."""
    w.function("f", ValueError("not yet"), ValueError("not yet"))
    w.function("g", ValueError("not yet"))
    w.endpoint("https://example.com", ValueError("not yet"))
    w.publish()
    delayed(w)


def failing(error: type[BaseException]) -> Make:
    def make(w: Waits) -> None:
        w.function("f", error())
        w.endpoint("https://example.com", error())
        w.function("g")

    return make


def publish(w: Waits) -> None:
    quietly(w.publish)
    quietly(lambda: w.cloud.clock.advance(1))  # who was not called yet


def with_a_chain(w: Waits) -> None:
    """A function that publishes and sleeps, and one that is called for that, and for what another one does."""
    w.function("f", then=lambda: (w.publish("u"), w.cloud.sleep(3)))
    w.function("g", ValueError("not yet"), topic="u", then=lambda: w.publish("v"))
    w.function("h", topic="v")


def hold(w: Waits) -> None:
    with w.cloud.hold_handlers():
        w.publish()
        w.publish("v")


def while_held(act: Callable[[Waits], object]) -> Make:
    """Something that lets time pass while handlers are held."""

    def hold_and_act(w: Waits) -> None:
        with w.cloud.hold_handlers():
            w.publish()
            act(w)

    return hold_and_act


def with_snapshot(w: Waits) -> None:
    w.send("before")
    w.send("also before", DelaySeconds=30)
    w.kept = w.cloud.snapshot()
    w.send("after")


def application(w: Waits) -> None:
    """Two tasks on a loop in the cloud's time."""
    import asyncio

    client = w.cloud.async_client("sqs")

    async def consume() -> None:
        await client.receive_message(QueueUrl=w.url, WaitTimeSeconds=20)

    async def main() -> None:
        consumer = asyncio.create_task(consume())
        await asyncio.sleep(3)
        await client.send_message(QueueUrl=w.url, MessageBody="m")
        await asyncio.wait_for(consumer, 10)

    minicloud.run(main, cloud=w.cloud)


def with_async_handlers(w: Waits) -> None:
    async def handle(event: Any, _: object) -> None:
        w.called.append("begun")
        await w.cloud.async_sleep(2)  # in the cloud's time also where it is called again without a loop
        w.called.append("ended")

    topic = w.sns.create_topic(Name="t")["TopicArn"]
    w.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=w.cloud.function("f", handle))


def application_with_handlers(w: Waits) -> None:
    client = w.cloud.async_client("sns")

    async def main() -> None:
        await client.publish(TopicArn=w.cloud.topic("t").arn, Message="m")
        await w.cloud.async_sleep(10)

    minicloud.run(main, cloud=w.cloud)


def sent(w: Waits) -> None:
    w.send()


def without_counts(w: Waits) -> dict[str, Any]:
    """Who was called, and not how often: the test's own exception may have ended a handler."""
    seen = w.picture()
    return {**seen, "called": set(seen["called"])}


ROWS: dict[str, Row[Waits]] = {
    "a poll that expires": Row(nothing, lambda w: w.poll()),
    "a poll that finds a message": Row(sent, lambda w: w.poll()),
    "a poll that waits for a delay": Row(delayed, lambda w: w.poll()),
    "a poll that waits for a timeout": Row(in_flight, lambda w: w.poll()),
    "a poll beside retries": Row(with_retries, lambda w: [w.poll() for _ in range(3)], stride=2),
    "a sleep": Row(delayed, lambda w: w.cloud.sleep(30)),
    "a sleep over retries": Row(with_retries, lambda w: w.cloud.sleep(HOUR), stride=3),
    "a move of the clock": Row(with_retries, lambda w: w.cloud.clock.advance(HOUR), stride=2),
    "a move by a timedelta": Row(delayed, lambda w: w.cloud.clock.advance(timedelta(seconds=7))),
    "a move to a moment": Row(
        with_retries, lambda w: w.cloud.clock.advance_to(w.cloud.clock.now() + timedelta(hours=1)), stride=5
    ),
    "handlers that fail": Row(failing(ValueError), publish),
    "handlers that exit": Row(failing(SystemExit), publish, stride=3),
    "handlers that are interrupted": Row(failing(KeyboardInterrupt), publish, judge=without_counts, stride=3),
    "handlers that are ended": Row(failing(GeneratorExit), publish, judge=without_counts, stride=5),
    "handlers that lead to each other": Row(with_a_chain, publish, judge=without_counts, stride=2),
    "handlers that are held": Row(with_a_chain, hold, judge=without_counts, stride=3),
    "a move of the clock while handlers are held": Row(
        with_a_chain, while_held(lambda w: w.cloud.clock.advance(HOUR)), judge=without_counts, stride=3
    ),
    "a sleep while handlers are held": Row(
        with_a_chain, while_held(lambda w: w.cloud.sleep(90)), judge=without_counts, stride=3
    ),
    "a run until nothing is owed": Row(with_retries, lambda w: w.cloud.run_until_idle(), stride=4),
    "an application with async handlers": Row(
        with_async_handlers, application_with_handlers, judge=without_counts, stride=2
    ),
    "an application": Row(nothing, application, (sent,)),
    "a snapshot": Row(with_snapshot, lambda w: w.cloud.snapshot(), stride=5),
    "a restore": Row(with_snapshot, lambda w: w.cloud.restore(w.kept), stride=2),
    "a reset": Row(with_retries, lambda w: w.cloud.reset()),
    "a record that is started and stopped": Row(sent, lambda w: w.cloud.trace.render()),
}


def is_called_there(place: str, seen: dict[str, Any], allowed: list[dict[str, Any]]) -> bool:
    """Whether a handler was called there, and ended before its first line: that one failed, and is called again.

    All other handlers are called as often as without an interruption.
    """
    if not is_where_handlers_are_called(place):
        return False
    return any({**one, "called": set(one["called"])} == {**seen, "called": set(seen["called"])} for one in allowed)


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_what_is_interrupted_has_happened_or_has_not(name: str, form: Form) -> None:
    with has_an_end(600):
        wrong = form.wrong_places(ROWS[name], Waits, is_called_there)
    assert not wrong, "\n".join(wrong)


def is_open_or_closed(w: Waits) -> str:
    """Whether a cloud is open, after something came into the closing of it; it can be closed."""
    try:
        w.send()
        was = "open"
    except UsageError:
        was = "closed"
        with pytest.raises(UsageError, match="closed"):
            w.poll(0)
    w.cloud.close()
    with pytest.raises(UsageError, match="closed"):
        w.send()
    engine: Any = w.cloud
    assert not engine.world.waiters
    return was


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_cloud_whose_closing_is_interrupted_is_open_or_closed(form: Form) -> None:
    row: Row[Waits] = Row(with_retries, lambda w: w.cloud.close(), judge=is_open_or_closed)
    wrong = form.wrong_places(row, Waits)
    assert not wrong, "\n".join(wrong)
