"""A call from inside of another one, by a clock that knows its cloud: both are named, whatever they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minicloud

REST = (
    " of the same Cloud, by a finalizer, a signal handler, a debugger or the clock: have a finalizer's work done in "
    "close() or a context manager, let a signal handler set a flag, and let a clock know nothing of its cloud"
)


def met_inside(cloud: minicloud.Cloud, outer: Callable[[Any], object], inner: Callable[[Any], object]) -> list[str]:
    """What is said to ``inner``, which the clock calls whenever it is asked for the time while ``outer`` is performed.

    What comes of it in the end is not looked at: some calls are broken by it, others go on.
    """
    tell, busy = cloud.time_ns, False
    met: list[str] = []

    def time_ns() -> int:
        nonlocal busy
        if not busy and cloud.inside is not None and cloud.lock._is_owned():
            busy = True
            try:
                inner(cloud)
            except minicloud.UsageError as error:
                met.append(str(error))
            finally:
                busy = False
        return tell()

    whole: Any = cloud
    clock = whole.manual_clock
    whole.time_ns, whole.manual_clock = time_ns, None
    try:
        outer(cloud)
    finally:
        whole.time_ns, whole.manual_clock = tell, clock
    return met


CALLS: dict[str, Callable[[Any], object]] = {
    "a look at what is due next": lambda cloud: cloud.clock.next_due,
    "a move of the clock": lambda cloud: cloud.clock.advance(1),
    "reset()": lambda cloud: cloud.reset(),
    "bringing the record up to date": lambda cloud: cloud.trace.render(),
    "snapshot()": lambda cloud: cloud.snapshot(),
    "sleep()": lambda cloud: cloud.sleep(1),
    "function()": lambda cloud: cloud.function("f", print),
    "clear()": lambda cloud: cloud.invocations.clear(),
    "a view": lambda cloud: cloud.queues(),
    "an event loop's turn": lambda cloud: minicloud.run(asyncio.sleep(1), cloud=cloud),
    "ListQueues": lambda cloud: cloud.client("sqs").list_queues(),
}
WITHOUT_A_LOOK = ("a move of the clock", "a view")
"""These ask no clock before they have what they want, or ask it for themselves."""


@pytest.fixture
def traced() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", trace=True) as made:
        yield made


@pytest.mark.parametrize("name", CALLS)
def test_what_is_called_from_inside_is_named(traced: minicloud.Cloud, name: str) -> None:
    said = met_inside(traced, CALLS["ListQueues"], CALLS[name])
    assert set(said) == {f"{name} was called from inside of ListQueues{REST}"}


@pytest.mark.parametrize("name", [name for name in CALLS if name not in WITHOUT_A_LOOK])
def test_what_it_is_called_from_inside_of_is_named(traced: minicloud.Cloud, name: str) -> None:
    said = met_inside(traced, CALLS[name], CALLS["ListQueues"])
    assert set(said) == {f"ListQueues was called from inside of {name}{REST}"}


def test_a_cloud_that_is_closed_from_inside_is_not(traced: minicloud.Cloud) -> None:
    closes: Callable[[Any], object] = lambda cloud: cloud.close()  # noqa: E731
    assert met_inside(traced, CALLS["ListQueues"], closes)
    assert traced.client("sqs").list_queues()["ResponseMetadata"]
    said = met_inside(traced, closes, CALLS["ListQueues"])
    assert f"ListQueues was called from inside of close(){REST}" in said


def test_a_clock_that_moves_itself_when_it_is_asked_is_told() -> None:
    """It waited for itself for ever."""
    told: list[str] = []

    class Source:
        def time_ns(self) -> int:
            if told == ["moves"]:
                told.clear()
                with pytest.raises(minicloud.UsageError) as caught:
                    cloud.clock.advance(1)
                told.append(str(caught.value))
            return 1_800_000_000 * 10**9

    cloud = minicloud.Cloud(clock=Source())
    told.append("moves")
    cloud.clock.advance(1)
    assert told == [f"advance() was called from inside of advance(){REST.removeprefix(' of the same Cloud')}"]
    before = cloud.clock.time_ns()
    cloud.clock.advance(1)
    assert cloud.clock.time_ns() - before == 10**9
