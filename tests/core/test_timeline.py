"""The timeline against a plain list that is looked through from end to end."""

from __future__ import annotations

from dataclasses import dataclass, field

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from minicloud.core.timeline import FOREVER, SECOND, Event, Timeline
from tests.support.depth import deep

MOMENTS = st.integers(0, 9)


@dataclass(eq=False)
class Plan:
    """What should happen, as plainly as it goes."""

    due: int
    event: Event = field(init=False)
    """What the timeline made of it."""

    def __call__(self, now: int) -> None: ...


class TimelineMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.timeline = Timeline()
        self.timeline.earlier = self.note_earlier
        self.plans: list[Plan] = []
        """In the order of scheduling: sorting by due time alone is stable."""
        self.others: list[Plan] = []
        """What has happened, was cancelled or cleared: cancelling it once more changes nothing."""
        self.alarms = 0

    def note_earlier(self) -> None:
        self.alarms += 1

    def in_order(self) -> list[Plan]:
        return sorted(self.plans, key=lambda plan: plan.due)

    @rule(due=MOMENTS, count=st.sampled_from([1, 1, 1, 2, 100]))
    def schedule(self, due: int, count: int) -> None:
        for _ in range(count):
            alarms = self.alarms
            is_first = all(due < plan.due for plan in self.plans)
            plan = Plan(due)
            plan.event = self.timeline.schedule(due, plan)
            self.plans.append(plan)
            assert self.alarms - alarms == is_first

    @precondition(lambda self: self.plans)
    @rule(start=st.integers(0), count=st.sampled_from([1, 1, 2, 80]))
    def cancel(self, start: int, count: int) -> None:
        for number in range(min(count, len(self.plans))):
            plan = self.plans.pop((start + number) % len(self.plans))
            self.others.append(plan)
            self.timeline.cancel(plan.event)

    @precondition(lambda self: self.others)
    @rule(pick=st.integers(0))
    def cancel_again(self, pick: int) -> None:
        """What was cancelled or forgotten already."""
        self.timeline.cancel(self.others[pick % len(self.others)].event)

    @rule(now=MOMENTS)
    def pop_due(self, now: int) -> None:
        expected = [plan for plan in self.in_order() if plan.due <= now]
        while (found := self.timeline.pop_due(now)) is not None:
            due, callback = found
            plan = expected.pop(0)
            assert (due, callback) == (plan.due, plan)
            self.plans.remove(plan)
        assert expected == []

    @rule()
    def clear(self) -> None:
        self.timeline.clear()
        self.others += self.plans
        self.plans.clear()

    @invariant()
    def the_next_due_time_is_known(self) -> None:
        assert self.timeline.next_due == min((plan.due for plan in self.plans), default=FOREVER)

    @invariant()
    def what_was_cancelled_does_not_prevail(self) -> None:
        assert len(self.timeline.heap) <= 3 * len(self.plans) + 65


TestTimeline = TimelineMachine.TestCase
TestTimeline.settings = settings(max_examples=deep(160), stateful_step_count=30, deadline=None)


@given(st.lists(MOMENTS, max_size=20))
def test_what_is_due_comes_in_order_of_due_time_and_of_scheduling_where_that_is_the_same(dues: list[int]) -> None:
    timeline = Timeline()
    happened: list[tuple[int, int]] = []
    for number, due in enumerate(dues):
        timeline.schedule(due, lambda now, number=number: happened.append((now, number)))
    while (found := timeline.pop_due(9)) is not None:
        found[1](found[0])
    assert happened == sorted((due, number) for number, due in enumerate(dues))


def test_an_event_may_schedule_the_next_one_of_a_chain() -> None:
    timeline = Timeline()
    happened: list[int] = []

    def again(now: int) -> None:
        happened.append(now)
        timeline.schedule(now + 3, again)

    timeline.schedule(1, again)
    while (found := timeline.pop_due(10)) is not None:
        found[1](found[0])
    assert happened == [1, 4, 7, 10]
    assert timeline.next_due == 13


def test_what_has_happened_can_be_cancelled_without_an_effect_on_others() -> None:
    timeline = Timeline()
    first = timeline.schedule(1, lambda _: None)
    timeline.schedule(2, lambda _: None)
    assert timeline.pop_due(1) is not None
    timeline.cancel(first)
    assert timeline.next_due == 2
    assert timeline.pop_due(2) is not None


@pytest.mark.parametrize("due", [SECOND, FOREVER - 1])
def test_nothing_is_due_before_its_time(due: int) -> None:
    timeline = Timeline()
    timeline.schedule(due, lambda _: None)
    assert timeline.pop_due(due - 1) is None
    assert timeline.next_due == due


def test_events_that_were_being_cancelled_when_something_came_into_that_do_not_happen() -> None:
    """Before their place was noted, or behind it."""
    timeline = Timeline()
    happened: list[int] = []
    events = [timeline.schedule(due, happened.append) for due in (1, 2, 3)]
    for event in events[:2]:
        event.callback = None
        timeline._hollow += 1
    popped = timeline.pop_due(9)
    assert popped is not None
    assert (popped[0], timeline._hollow, timeline.heap) == (3, 0, [])
    assert timeline.pop_due(9) is None
    assert (timeline.next_due, timeline._hollow) == (FOREVER, 0)


def test_what_is_mended_counts_anew() -> None:
    """What was cancelled has gone, what was happening happens once more, and nothing is counted twice."""
    timeline = Timeline()
    happened: list[int] = []
    events = [timeline.schedule(due, happened.append) for due in range(1, 6)]
    timeline.cancel(events[3])
    assert timeline._hollow == 1
    popped = timeline.pop_due(1)
    assert popped is not None
    assert timeline.running is events[0]
    for _ in range(2):
        timeline.mend()
        assert (timeline._hollow, timeline.running) == (0, None)
        assert sorted(event.due for event in timeline.heap) == [1, 2, 3, 5]
    assert [timeline.pop_due(9)[0] for _ in range(4)] == [1, 2, 3, 5]  # type: ignore[index]
    assert timeline._hollow == 0


def test_what_is_cleared_counts_from_nothing() -> None:
    timeline = Timeline()
    happened: list[int] = []
    events = [timeline.schedule(due, happened.append) for due in (1, 2, 3)]
    timeline.cancel(events[1])
    assert timeline._hollow == 1
    timeline.clear()
    assert (timeline._hollow, timeline.heap, timeline.next_due, timeline.running) == (0, [], FOREVER, None)
    assert timeline.pop_due(9) is None
    timeline.cancel(events[0])
    assert timeline._hollow == 0
