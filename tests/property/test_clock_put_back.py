"""A clock that is put back, as freezegun does to the wall clock: what has happened stays so, and nothing is lost.

Whoever looks at a queue sees what has happened until then. So the queues are looked at before the clock is put back,
and from there on the plainest queue says what there is. (Nobody waits here: on such a clock that takes real time.)
"""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import rule

from tests.support.clocks import SettableClock
from tests.support.depth import deep

from .machine import QueueMachine
from .test_fifo_queue import FifoQueue
from .test_standard_queue import StandardQueue

HALF = settings(max_examples=deep(100), stateful_step_count=50, deadline=None)


class PutBack(QueueMachine):
    """The rule that puts the clock back."""

    def new_clock(self) -> Any:
        self.clock = SettableClock()
        return self.clock

    @rule(milliseconds=st.sampled_from([1, 1000, 5000, 30_000, 3_600_000]))
    def put_back(self, milliseconds: int) -> None:
        for queue in self.models:
            self.look(queue)
        self.clock.move(-milliseconds / 1000)
        self.now -= milliseconds


class StandardQueuePutBack(PutBack, StandardQueue):
    pass


class FifoQueuePutBack(PutBack, FifoQueue):
    def parameters(self, group: str, body: str, deduplication_id: str | None) -> dict[str, str]:
        """What is remembered of ids, and for how long, is nobody's affair on such a clock."""
        return super().parameters(group, body, "new")

    def attempt_id(self, attempt: str | None) -> str | None:
        """For the same reason each receive has an id of its own."""
        self.receives += 1
        return attempt and str(self.receives)

    receives = 0


TestStandardQueuePutBack = StandardQueuePutBack.TestCase
TestStandardQueuePutBack.settings = HALF
TestFifoQueuePutBack = FifoQueuePutBack.TestCase
TestFifoQueuePutBack.settings = HALF
