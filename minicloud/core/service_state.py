"""What the state of any service has, and the answers that most of them give.

A service is reached in two ways beside its operations: something is delivered to what it has (``target``), and
something reads from what it has (``source``). Both are found by ARN, of the service, account and region that the ARN
names, so nobody keeps a register that an interruption could tear. This file has no state of its own and knows no
service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from .effects import Deliver, ToLog
from .gauges import Gauges
from .sources import Source
from .world import World

__all__ = ["ServiceState", "Target"]

Target: TypeAlias = Callable[[int, Deliver], object]
"""``target(now, delivery)``: takes a delivery, or calls its ``fail``. Called under the lock.

It may be called again for the same delivery when that was interrupted. Of what it had put into the outbox, that is left
then whose cause has happened.
"""


class ServiceState:
    """One service of one account in one region."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self.reset()

    def reset(self) -> None:
        """Forget everything, as if just made."""

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn."""

    def next_due(self, now: int) -> tuple[int, str] | None:
        """When the next thing ends by itself that is no event of the timeline; None: nothing does."""
        return None

    def flights(self, until: int) -> Iterable[Any]:
        """What somebody has received and that comes back by ``until``, unless he is done with it: nothing."""
        return ()

    def catch_up(self, now: int) -> None:
        """Notice what has ended by itself: nothing does."""

    def owed(self, now: int) -> Iterable[str]:
        """What this service will still do if time passes, in words: nothing."""
        return ()

    def target(self, arn: str) -> Target | None:
        """What takes deliveries to an ARN of this account and region; None when there is no such thing."""
        return None

    def logged(self) -> Iterable[tuple[int, ToLog]]:
        """What was logged here so far, and when, for logs that are first looked at now: nothing."""
        return ()

    def not_so(self, told: Sequence[tuple[int, str, str, dict[str, Any]]]) -> Iterable[int]:
        """Of facts, oldest first, the numbers of those that were told and have not happened: none.

        A fact is told before the step that makes it true, so an interruption may come between them. O(facts, and what
        they are about).
        """
        return ()

    def gauges(self, now: int, arn: str | None = None) -> Iterable[Gauges]:
        """What there is to measure here at this moment, of all things or of the one that has an ARN: nothing."""
        return ()

    def source(self, arn: str) -> Source | None:
        """What a mapping of Lambda can read from by an ARN of this account and region; None when nothing is."""
        return None
