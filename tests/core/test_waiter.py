"""A waiter ends in one of four ways, is in line until then, and wakes its caller once at the most."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from minicloud.core.waiter import Pending, Waiter
from tests.support.depth import deep

ERROR = RuntimeError("closed")


class WaiterMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.pending: Pending = Pending(lambda: None)
        self.waiting: list[Waiter] = []
        self.ended: dict[Waiter, tuple[object, Exception | None, int]] = {}
        """Result, error, and how often it should have woken its caller."""
        self.woken: dict[Waiter, int] = {}

    @rule(sleeps=st.booleans())
    def begin(self, sleeps: bool) -> None:
        """Until its caller sleeps a waiter has nobody to wake."""
        waiter = Waiter(5, lambda _: None, self.pending)
        assert (waiter.deadline, waiter.done, waiter.result, waiter.error) == (5, False, None, None)
        self.woken[waiter] = 0
        if sleeps:
            waiter.wake = lambda: self.wake(waiter)
        self.waiting.append(waiter)

    def wake(self, waiter: Waiter) -> None:
        """Whoever is woken finds the waiter done, and the result in it; it is in line until they were told."""
        assert waiter.done
        assert waiter in self.pending
        self.woken[waiter] += 1

    def take(self, pick: int) -> Waiter:
        return self.waiting.pop(pick % len(self.waiting))

    @precondition(lambda self: self.waiting)
    @rule(pick=st.integers(0), result=st.sampled_from([{}, {"Messages": []}, None]))
    def finish(self, pick: int, result: object) -> None:
        waiter = self.take(pick)
        waiter.finish(result)
        self.ended[waiter] = result, None, 1

    @precondition(lambda self: self.waiting)
    @rule(pick=st.integers(0))
    def fail(self, pick: int) -> None:
        waiter = self.take(pick)
        waiter.fail(ERROR)
        self.ended[waiter] = None, ERROR, 1

    @precondition(lambda self: self.waiting)
    @rule(pick=st.integers(0))
    def leave(self, pick: int) -> None:
        waiter = self.take(pick)
        waiter.leave()
        self.ended[waiter] = None, None, 0

    @invariant()
    def those_that_wait_are_in_line_in_order(self) -> None:
        assert list(self.pending) == self.waiting
        assert not any(waiter.done for waiter in self.waiting)

    @invariant()
    def those_that_ended_have_what_they_ended_with(self) -> None:
        for waiter, (result, error, wakes) in self.ended.items():
            assert waiter.done
            assert (waiter.result, waiter.error) == (result, error)
            assert self.woken[waiter] == (wakes if waiter.wake is not None else 0)


TestWaiter = WaiterMachine.TestCase
TestWaiter.settings = settings(max_examples=deep(160), stateful_step_count=30, deadline=None)


def test_the_cloud_can_be_closed_while_it_is_gone_through() -> None:
    pending: Pending = Pending(lambda: None)
    waiters = [Waiter(number, lambda _: None, pending) for number in range(3)]
    for waiter in list(pending):
        waiter.fail(ERROR)
    assert pending == {}
    assert all(waiter.error is ERROR for waiter in waiters)
