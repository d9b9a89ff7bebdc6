"""How many batches a mapping of a queue has at once: it grows while there is a backlog, and begins anew when idle."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud

from .queue_stage import Stage

SMALL = minicloud.Limits(lambda_pollers_at_first=2, lambda_pollers_per_minute=3)


class Growing(Stage):
    """A queue whose messages are handled one by one, each for as many seconds as it says."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(limits=SMALL)
        self.url = super().queue(VisibilityTimeout=10_000)
        self.function(takes=lambda event: float(event["Records"][0]["body"]), timeout=900)
        self.mapping = self.cloud.event_source_mapping(self.url, "f", BatchSize=1, **parameters)

    def put(self, *seconds: int) -> None:
        self.send(self.url, *map(str, seconds))

    def wait(self, seconds: float) -> None:
        self.cloud.clock.advance(seconds)

    @property
    def running(self) -> int:
        return self.mapping.in_flight


def test_what_has_grown_stays_as_long_as_anything_runs() -> None:
    g = Growing()
    g.put(*[100] * 4, 500, 500)
    assert g.running == 2
    g.wait(60)
    assert g.running == 5
    g.wait(150)
    assert g.running == 2  # the last two, and no backlog
    g.put(*[100] * 10)
    assert g.running == 5
    g.wait(60)
    assert g.running == 8
    g.wait(800)
    assert (g.running, g.counts()) == (0, (0, 0, 0))
    g.put(*[100] * 10)
    assert g.running == 2


def test_a_minute_of_backlog_counts_from_its_last_beginning() -> None:
    g = Growing()
    g.put(40, 40)
    g.wait(39)
    g.put(40)  # there is no room for it
    g.wait(1)
    assert g.running == 1  # and no backlog any more
    g.put(100, 100)
    g.wait(25)
    assert (g.running, len(g.batches)) == (2, 4)
    g.wait(34)
    g.put(100)
    assert (g.running, len(g.batches)) == (2, 5)
    g.wait(1)
    assert (g.running, len(g.batches)) == (3, 6)


def test_what_it_may_have_at_most_grows_no_further() -> None:
    g = Growing(ScalingConfig={"MaximumConcurrency": 3})
    g.put(*[500] * 9)
    seen = []
    for _ in range(3):
        seen.append(g.running)
        g.wait(60)
    assert seen == [2, 3, 3]


def test_what_has_as_many_as_it_may_have_waits_for_no_minute() -> None:
    g = Growing(ScalingConfig={"MaximumConcurrency": 2})
    g.put(500, 500, 500)
    g.cloud.clock.advance_to_next()
    assert g.now == 500


def test_a_minute_of_backlog_begins_anew_when_a_mapping_was_disabled() -> None:
    g = Growing()
    g.put(*[500] * 9)
    g.wait(30)
    g.mapping.disable()
    g.wait(20)
    g.mapping.enable()
    g.wait(59)
    assert g.running == 2
    g.wait(1)
    assert g.running == 5


def test_what_is_given_up_without_a_run_is_no_backlog() -> None:
    """Throttled batches are let go of, and their messages are the dead-letter queue's: nothing is left to grow for."""
    s = Stage(limits=SMALL)
    url = s.with_dlq(1, VisibilityTimeout=30)
    s.function(reserved_concurrency=0)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, "1", "2")
    assert mapping.in_flight == 2
    s.cloud.clock.advance(59)
    assert (mapping.in_flight, len(s.cloud.queue("dlq").bodies)) == (0, 2)
    s.cloud.clock.advance(1)
    s.function(takes=10, reserved_concurrency=100)
    s.send(url, *"34567")
    assert mapping.in_flight == 2


def test_a_mapping_has_a_thousand_batches_at_the_most() -> None:
    limits = minicloud.Limits(lambda_pollers_at_first=2_000, lambda_concurrency=2_000)
    s = Stage(limits=limits, trace=False)
    url = s.queue(VisibilityTimeout=900)
    s.cloud.function("f", lambda *_: None, takes=600, timeout=900)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1, Enabled=False)
    s.send(url, *["m"] * 1_010)
    mapping.enable()
    assert (mapping.in_flight, s.counts()) == (1_000, (10, 0, 1_000))


def test_what_is_throttled_is_tried_after_pauses_that_double_up_to_half_a_minute() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=120)
    s.function(reserved_concurrency=0)
    s.cloud.event_source_mapping(url, "f")
    s.send(url, "m")
    begun = s.cloud.clock.now()
    s.cloud.clock.advance(119)
    assert [(run.started - begun).total_seconds() for run in s.cloud.invocations] == [0, 1, 3, 7, 15, 31, 61, 91]


@pytest.mark.parametrize("limits", [minicloud.Limits(), minicloud.Limits(lambda_pollers_at_first=1)])
def test_a_handler_that_resets_its_cloud_leaves_nothing_that_reads(limits: minicloud.Limits) -> None:
    """Whether or not its mapping had room for more when it was forgotten."""
    s = Stage(limits=limits)
    url = s.queue()
    s.function(lambda _: s.cloud.reset())
    s.cloud.event_source_mapping(url, "f")
    s.send(url, "1", "2")
    s.queue()
    s.function()
    s.send(url, "nobody reads")
    assert s.batches == [["1", "2"]]
    assert s.counts() == (1, 0, 0)
