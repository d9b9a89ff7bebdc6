"""Places of clouds and their clocks where few calls come: resets, servers, a wait that is over, what is due."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from minicloud import Cloud, RealClock
from minicloud.core.effects import NO_SUCH_THING, ToQueue
from minicloud.engine import engine

from .broken import SECOND, Source
from .test_turns import subscribe

# --- the life of a cloud ----------------------------------------------------------------------------------------------


def test_a_reset_forgets_what_is_due_whoever_has_set_it() -> None:
    cloud = Cloud(clock="virtual")
    happened: list[int] = []
    cloud.timeline.schedule(cloud.clock.time_ns() + SECOND, happened.append)
    cloud.reset()
    assert cloud.clock.next_due is None
    cloud.clock.advance(5)
    assert happened == []


def test_links_lead_to_the_latest_of_several_servers() -> None:
    cloud = Cloud(clock="virtual")
    links: list[str] = []
    for url in ("first", "second", "third"):
        cloud.begin_to_serve(url)
        links.append(cloud.world.links)
    for url in ("first", "third", "second"):
        cloud.end_serving(url)
        links.append(cloud.world.links)
    assert links == ["first", "second", "third", "third", "second", ""]


def test_what_was_due_when_something_was_torn_is_performed_by_who_moves_the_clock() -> None:
    """Before the move has come to its end, though nothing else is due on the way."""
    cloud = Cloud(clock="virtual")
    called: list[float] = []

    def work(_: Any, __: Any) -> None:
        called.append(cloud.clock.time())
        if len(called) == 1:
            raise ValueError("not yet")

    topic = subscribe(cloud, "jobs", work)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert len(called) == 1
    again = cloud.timeline.next_due
    cloud.clock.set(again)
    cloud.timeline.torn = cloud.timeline.next_due = -1
    cloud.clock.advance(0)
    assert called[1:] == [again / SECOND]


# --- deliveries -------------------------------------------------------------------------------------------------------


def test_a_delivery_to_a_queue_that_could_not_be_made_has_led_to_what_follows() -> None:
    """That stands behind it where it was interrupted."""
    cloud: Any = Cloud(clock="virtual")
    effect, other = (ToQueue.__new__(ToQueue) for _ in range(2))
    for one in (effect, other):
        one.queue_arn = "arn:aws:sqs:us-east-1:123456789012:none"
    assert cloud.is_carried_out(effect) is False
    cloud.effects.append(SimpleNamespace())
    cloud.effects.append(SimpleNamespace(cause=other))
    assert cloud.is_carried_out(effect) is False
    assert cloud.is_carried_out(other) is True
    cloud.effects.clear()


def test_a_delivery_that_leads_to_a_queue_has_happened_when_that_is_there() -> None:
    cloud: Any = Cloud(clock="virtual")
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    effect = SimpleNamespace(
        begun=None, happened=False, may_be_refused=False, target_arn=arn, to_queue=lambda: "what is sent"
    )
    cloud._deliver(7, effect)
    assert (cloud.effects, effect.happened) == (["what is sent"], True)
    cloud.effects.clear()


@pytest.mark.parametrize("trace", [False, True])
@pytest.mark.parametrize("arn", ["arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:us-east-1:1:t", "t"])
def test_a_delivery_has_happened_when_its_target_has_it_or_it_has_failed(trace: bool, arn: str) -> None:
    cloud: Any = Cloud(clock="virtual", trace=trace)
    taken: list[Any] = []
    failed: list[Any] = []
    service = SimpleNamespace(target=lambda _: lambda *given: taken.append(given))
    cloud.services_by_place["sns", "123456789012", "us-east-1"] = service
    effect = SimpleNamespace(
        begun=None,
        happened=False,
        may_be_refused=False,
        origin="",
        target_arn=arn,
        fail=lambda *given: failed.append(given),
    )
    cloud._deliver(7, effect)
    is_there = arn.endswith(":123456789012:t")
    assert taken == ([(7, effect)] if is_there else [])
    assert failed == ([] if is_there else [(7, NO_SUCH_THING)])
    assert effect.happened
    assert cloud.effects == []


def test_which_service_an_arn_leads_to() -> None:
    for arn, expected in (
        ("arn:aws:sqs:us-east-1:123456789012:q", ("sqs", "123456789012", "us-east-1")),
        ("arn:aws:events:us-east-1:123456789012:event-bus/a:b", ("events", "123456789012", "us-east-1")),
        ("arn:aws:sqs:us-east-1:123456789012", None),
        ("arn", None),
        ("urn:aws:sqs:us-east-1:123456789012:q", None),
        ("", None),
    ):
        assert engine._place_of(arn) == expected


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_when_a_real_wait_is_over_it_is_as_late_as_it_was_to_last() -> None:
    """Also where something holds the clock still, or has turned it back; or later."""
    for held in (False, True):
        source = Source()
        clock = RealClock(source)
        since = source.now
        source.now += 0 if held else 2 * SECOND
        assert clock.waited(since, since + SECOND) == since + SECOND * (1 if held else 2)
        assert clock.time_ns() == since + SECOND * (1 if held else 2)
        assert clock.waited(since, since + 3 * SECOND) == since + 3 * SECOND  # a timer that went off early
        assert clock.time_ns() == since + SECOND * (1 if held else 2)
