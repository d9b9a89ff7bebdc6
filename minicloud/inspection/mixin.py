"""What a test asks of a cloud beside its clients: looking, asserting, judging, and going back in time.

The methods are thin; each loads the file that does the work when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .assertions import Sent
    from .history import HistoryReport
    from .ledger import Ledger
    from .snapshot import Snapshot
    from .views.queues import QueueView

__all__ = ["Inspection"]

ANYTHING: Any = ...
"""Stands for whatever there is; None is a value of its own."""

Wanted = str | Mapping[str, Any] | list[Any] | Callable[[Any], object]
"""A text, what the JSON text has to be once parsed, or a predicate that takes the text."""


class Inspection:
    """The tester's side of ``Cloud``."""

    # --- looking ----------------------------------------------------------------------------------------------------

    def queues(self) -> list[QueueView]:
        """Views of all queues, of every account and region, in the order of their making."""
        from .views.queues import all_queues

        return all_queues(cast("Cloud", self))

    @property
    def ledger(self) -> Ledger:
        """What became of each message so far, delivery by delivery: a mapping by message id. O(events).

        Needs the trace; raises ``UsageError`` when it never was on.
        """
        from .ledger import ledger_of

        return ledger_of(cast("Cloud", self))

    # --- asserting --------------------------------------------------------------------------------------------------

    def assert_sent(
        self,
        queue: str,
        body: Wanted = ANYTHING,
        *,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = ANYTHING,
        deduplication_id: str | None = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a message was sent to a queue, by a call or from a topic; return those that were.

        ``body``        a string; a dict or list, compared to the parsed JSON; or a predicate that takes the string.
        ``attributes``  message attributes that it has to have, by name: plain values, or ``{"DataType": …}`` in full.
        ``times``       how many such messages; at least one when None.

        What a topic delivered in an envelope also matches by the message inside. Messages that have been consumed
        count, duplicates that the queue did not store do not, nor does what a move task put back. The
        ``AssertionError`` lists what was sent, the nearest first, with the fields that differ. Raises ``UsageError``
        when the trace is off or there is no such queue.
        """
        from . import assertions

        __tracebackhide__ = True
        return assertions.assert_sent(
            cast("Cloud", self),
            queue,
            body,
            attributes=attributes,
            group_id=group_id,
            deduplication_id=deduplication_id,
            times=times,
        )

    def assert_published(
        self,
        topic: str,
        message: Wanted = ANYTHING,
        *,
        subject: str | Callable[[Any], object] | None = ANYTHING,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = ANYTHING,
        deduplication_id: str | None = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a message was published to a topic; return those that were. See ``assert_sent``."""
        from . import assertions

        __tracebackhide__ = True
        return assertions.assert_published(
            cast("Cloud", self),
            topic,
            message,
            subject=subject,
            attributes=attributes,
            group_id=group_id,
            deduplication_id=deduplication_id,
            times=times,
        )

    def assert_put(
        self,
        stream: str,
        data: Wanted | bytes = ANYTHING,
        *,
        partition_key: str | Callable[[Any], object] = ANYTHING,
        shard_id: str = ANYTHING,
        times: int | None = None,
    ) -> list[Sent]:
        """Assert that such a record was put into a stream; return those that were. See ``assert_sent``.

        ``data`` as bytes is compared to the record's; anything else to the text that the record's bytes are.
        """
        from . import assertions

        __tracebackhide__ = True
        return assertions.assert_put(
            cast("Cloud", self), stream, data, partition_key=partition_key, shard_id=shard_id, times=times
        )

    def assert_empty(self, queue: str) -> None:
        """Assert that no message is in a queue, neither visible nor delayed nor in flight. Needs no trace."""
        from . import assertions

        __tracebackhide__ = True
        assertions.assert_empty(cast("Cloud", self), queue)

    def assert_drained(self, *, ignoring: Collection[str] = ()) -> None:
        """Assert that all queues are empty, but for those to be ignored (a dead-letter queue, say). Needs no trace."""
        from . import assertions

        __tracebackhide__ = True
        assertions.assert_drained(cast("Cloud", self), ignoring)

    # --- judging ----------------------------------------------------------------------------------------------------

    def check_history(self, queue: str | None = None, *, checks: Collection[str] | None = None) -> HistoryReport:
        """Prove from the trace that the run kept what SQS and SNS promise; falsy when it did not, with violations.

        ``queue``   only the messages of this queue (name, URL or ARN).
        ``checks``  some of ``minicloud.history.CHECKS``; all by default.

        Raises ``UsageError`` when the trace is off, or has forgotten events.
        """
        from .history import check_history

        return check_history(cast("Cloud", self), queue, checks)

    # --- going back -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Remember everything that is in the cloud; ``restore`` goes back to it, as often as one likes.

        Clients, views and resources stay valid through both. O(objects), at a fraction of what it took to make them.
        Raises ``UsageError`` while a call waits in the cloud or an errand is under way.
        """
        from .snapshot import take

        return take(cast("Cloud", self))

    def restore(self, snapshot: Snapshot) -> None:
        """Make the cloud what it was when ``snapshot`` was taken from it: state, ids, trace, and a manual clock's time.

        A real clock goes on. Faults stay as they are. Calls that wait end with a ``UsageError``.
        """
        from .snapshot import put_back

        put_back(cast("Cloud", self), snapshot)
