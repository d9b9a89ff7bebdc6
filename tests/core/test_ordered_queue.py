"""The ordered queue of SQS against ``sorted()``."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from minicloud.core.ordered import OrderedQueue
from tests.support.depth import deep

KEYS = st.integers(0, 6)


class OrderedQueueMachine(RuleBasedStateMachine):
    """Entries are pairs, so that there are different ones of one key, and the same one may come twice."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: OrderedQueue[tuple[int, int]] = OrderedQueue()
        self.model: list[tuple[int, int]] = []

    @rule(entries=st.lists(st.tuples(KEYS, st.integers(0, 3)), min_size=1, max_size=4))
    def push(self, entries: list[tuple[int, int]]) -> None:
        for entry in entries:
            self.queue.push(entry)
        self.model = sorted(self.model + entries)

    @precondition(lambda self: self.model)
    @rule()
    def pop(self) -> None:
        assert self.queue.pop() == self.model.pop(0)

    @rule(key=KEYS)
    def pop_until(self, key: int) -> None:
        due = [entry for entry in self.model if entry[0] <= key]
        assert self.queue.pop_until(key) == due
        self.model = self.model[len(due) :]

    @rule(gone=st.sets(KEYS))
    def keep(self, gone: set[int]) -> None:
        """What is there twice is so once afterwards: of a message that moved on and came back, one is stale."""
        self.queue.keep(lambda entry: entry[0] not in gone)
        self.model = sorted({entry for entry in self.model if entry[0] not in gone})

    @invariant()
    def the_smallest_is_at_the_head(self) -> None:
        assert self.queue.head() == (self.model[0] if self.model else None)
        assert len(self.queue) == len(self.model)


TestOrderedQueue = OrderedQueueMachine.TestCase
TestOrderedQueue.settings = settings(max_examples=deep(160), stateful_step_count=30, deadline=None)


@given(st.lists(st.tuples(KEYS), max_size=30))
def test_what_went_in_comes_out_sorted(entries: list[tuple[int]]) -> None:
    queue: OrderedQueue[tuple[int]] = OrderedQueue()
    for entry in entries:
        queue.push(entry)
    assert [queue.pop() for _ in entries] == sorted(entries)
    assert queue.head() is None


def test_what_comes_in_order_costs_no_heap() -> None:
    queue: OrderedQueue[tuple[int]] = OrderedQueue()
    for key in (1, 2, 2, 3):
        queue.push((key,))
    assert queue.rest == []


def test_an_entry_that_lies_in_the_run_and_in_the_heap_is_kept_once() -> None:
    queue: OrderedQueue[tuple[int]] = OrderedQueue()
    queue.push((2,))
    queue.push((1,))  # out of order
    queue.keep(lambda entry: entry[0] != 2)
    queue.push((1,))  # in order, for nothing is left of the run
    assert len(queue) == 2
    queue.keep(lambda _: True)
    assert [queue.pop() for _ in range(len(queue))] == [(1,)]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("is_heap", [False, True])
def test_of_two_entries_that_are_equal_the_live_one_is_kept(first: int, *, is_heap: bool) -> None:
    """Whoever is asked may tell them apart: a group's place in its line is one very tuple."""
    stale, live = (tuple(range(count)) for count in (2, 2))
    assert stale is not live
    queue: OrderedQueue[tuple[tuple[int, ...]]] = OrderedQueue()
    if is_heap:
        queue.push(((2, 0),))
    for key in (live, stale) if first else (stale, live):
        queue.push((key,))
    queue.keep(lambda entry: entry[0] is live, tells_apart=True)
    assert len(queue) == 1
    head = queue.head()
    assert head is not None
    assert head[0] is live
