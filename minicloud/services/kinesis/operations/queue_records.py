"""Records of queues, and dead letters: receiving and acknowledging them, hiding them for longer, restoring them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from ....core.constraints import Constraint, members_of
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import errors, facts
from .. import queue_shapes as shapes
from ..constraints import (
    QUEUE_ARN,
    QUEUE_ENTRIES,
    RECEIPT_HANDLE,
    RECEIVE_LIMIT,
    VISIBILITY_SECONDS,
    WAIT_SECONDS,
    check,
)
from ..queue import QueuePoll, RecordQueue
from ..queue_record import DEAD_IN_FLIGHT, IN_FLIGHT, QueueRecord
from ..state import KinesisState

__all__ = ["QueueRecordOperations"]

_LIMIT = 10
_WAIT_SECONDS = 9

_ENTRY: Final[Mapping[str, Constraint]] = {
    "ReceiptHandle": RECEIPT_HANDLE,
    "VisibilityTimeoutSeconds": VISIBILITY_SECONDS,
}

_Act = Callable[[int, RecordQueue, QueueRecord, Mapping[str, Any]], None]


class QueueRecordOperations(KinesisState):
    """The operations on what queues deliver: once for records, once for dead letters."""

    # --- receiving ----------------------------------------------------------------------------------------------------

    @operation("ReceiveQueueRecords", blocking=True)
    def receive_queue_records(
        self,
        now: int,
        *,
        QueueARN: shapes.QueueArn,
        Limit: shapes.ReceiveLimit = UNSET,
        WaitTimeSeconds: shapes.WaitTime = UNSET,
        VisibilityTimeoutSeconds: shapes.VisibilityTimeout = UNSET,
    ) -> shapes.ReceiveQueueRecordsOutput:
        """Receive up to ten records and hide them from others; the oldest first. O(log n) for each.

        Waits for up to ``WaitTimeSeconds`` (nine) of the cloud's clock while there is none, and returns as soon as
        there is one. Raises ResourceNotFoundException also for a queue that is CREATING or DELETING.
        """
        return self._receive(now, QueueARN, Limit, WaitTimeSeconds, VisibilityTimeoutSeconds, dead=False)

    @operation("ReceiveDeadLetterQueueRecords", blocking=True)
    def receive_dead_letter_queue_records(
        self,
        now: int,
        *,
        QueueARN: shapes.QueueArn,
        Limit: shapes.ReceiveLimit = UNSET,
        WaitTimeSeconds: shapes.WaitTime = UNSET,
        VisibilityTimeoutSeconds: shapes.VisibilityTimeout = UNSET,
    ) -> shapes.ReceiveQueueRecordsOutput:
        """The same of the queue's dead letters, which stay dead letters however often they are received."""
        return self._receive(now, QueueARN, Limit, WaitTimeSeconds, VisibilityTimeoutSeconds, dead=True)

    def _receive(
        self, now: int, arn: str, limit: int, wait_seconds: int, visibility_seconds: int, *, dead: bool
    ) -> shapes.ReceiveQueueRecordsOutput:
        if (
            arn not in self.queues_by_arn
            or limit is not UNSET
            or wait_seconds is not UNSET
            or visibility_seconds is not UNSET
        ):
            check(
                ("queueARN", QUEUE_ARN, arn),
                ("limit", RECEIVE_LIMIT, limit),
                ("waitTimeSeconds", WAIT_SECONDS, wait_seconds),
                ("visibilityTimeoutSeconds", VISIBILITY_SECONDS, visibility_seconds),
            )
        queue = self.delivering_queue(arn)
        most = _LIMIT if limit is UNSET else limit
        visibility_ns = None if visibility_seconds is UNSET else visibility_seconds * SECOND
        # All that there is, up to the limit: AWS may return fewer. [inferred: allowed]
        records = queue.receive(now, most, visibility_ns, dead=dead)
        if records:
            return {"QueueRecords": records}
        wait_ns = (_WAIT_SECONDS if wait_seconds is UNSET else wait_seconds) * SECOND
        poll = QueuePoll(most, visibility_ns, is_dead=dead)
        return cast("shapes.ReceiveQueueRecordsOutput", queue.poll(now, poll, wait_ns))

    # --- deliveries ---------------------------------------------------------------------------------------------------

    @operation("AcknowledgeQueueRecords")
    def acknowledge_queue_records(
        self, now: int, *, QueueARN: shapes.QueueArn, Entries: shapes.QueueRecordsRequestEntryList
    ) -> shapes.QueueRecordsOutput:
        """Have done with up to ten records, for this queue alone. A bad handle fails only its entry. O(entries).

        The handle of the latest delivery is good also after its timeout.
        """
        return self._each(now, QueueARN, Entries, self._acknowledge, dead=False)

    @operation("AcknowledgeDeadLetterQueueRecords")
    def acknowledge_dead_letter_queue_records(
        self, now: int, *, QueueARN: shapes.QueueArn, Entries: shapes.QueueRecordsRequestEntryList
    ) -> shapes.QueueRecordsOutput:
        """Discard up to ten dead letters. A bad handle fails only its entry. O(entries)."""
        return self._each(now, QueueARN, Entries, self._acknowledge, dead=True)

    @operation("RestoreDeadLetterQueueRecords")
    def restore_dead_letter_queue_records(
        self, now: int, *, QueueARN: shapes.QueueArn, Entries: shapes.QueueRecordsRequestEntryList
    ) -> shapes.QueueRecordsOutput:
        """Have up to ten dead letters received again, as if they never had been. O(entries)."""
        return self._each(now, QueueARN, Entries, self._restore, dead=True)

    @operation("UpdateQueueRecordsVisibility")
    def update_queue_records_visibility(
        self, now: int, *, QueueARN: shapes.QueueArn, Entries: shapes.QueueRecordsVisibilityRequestEntryList
    ) -> shapes.QueueRecordsOutput:
        """Hide up to ten records in flight for so many seconds from now on, or show them at once (0). O(entries)."""
        return self._each(now, QueueARN, Entries, self._change_visibility, dead=False)

    @operation("UpdateDeadLetterQueueRecordsVisibility")
    def update_dead_letter_queue_records_visibility(
        self, now: int, *, QueueARN: shapes.QueueArn, Entries: shapes.QueueRecordsVisibilityRequestEntryList
    ) -> shapes.QueueRecordsOutput:
        """The same for dead letters in flight."""
        return self._each(now, QueueARN, Entries, self._change_visibility, dead=True)

    def _each(self, now: int, arn: str, entries: Sequence[Any], act: _Act, *, dead: bool) -> shapes.QueueRecordsOutput:
        """Do something with each delivery, in order; what fails, fails alone.

        Bounds are checked before that, those inside of entries too, and fail the call. [inferred]
        """
        check(
            ("queueARN", QUEUE_ARN, arn),
            ("entries", QUEUE_ENTRIES, entries),
            *members_of("entries", entries, _ENTRY),
        )
        queue = self.delivering_queue(arn)
        queue.refresh(now)
        successful: list[shapes.QueueRecordsResultEntry] = []
        failed: list[shapes.QueueRecordsErrorEntry] = []
        for entry in entries:
            handle = entry["ReceiptHandle"]
            try:
                act(now, queue, _delivery(queue, handle, dead=dead), entry)
            except AwsError as error:
                trace = self.world.trace
                if trace is not None and act == self._acknowledge and error.code == errors.handle_is_spent.name:
                    facts.record_acknowledged_in_vain(trace, now, queue, handle)
                failed.append({"ReceiptHandle": handle, "ErrorCode": error.code, "ErrorMessage": error.message})
            else:
                successful.append({"ReceiptHandle": handle})
        queue.offer(now)
        return {"Successful": successful, "Failed": failed}

    def _acknowledge(self, now: int, queue: RecordQueue, held: QueueRecord, entry: Mapping[str, Any]) -> None:
        trace = self.world.trace
        if trace is not None:
            facts.record_acknowledged(trace, now, queue, held)
        if not queue.survives(now, held):
            queue.remove(held)

    def _restore(self, now: int, queue: RecordQueue, held: QueueRecord, entry: Mapping[str, Any]) -> None:
        trace = self.world.trace
        if trace is not None:
            facts.record_restored(trace, now, queue, held)
        queue.restore(held)

    def _change_visibility(self, now: int, queue: RecordQueue, held: QueueRecord, entry: Mapping[str, Any]) -> None:
        if held.state not in (IN_FLIGHT, DEAD_IN_FLIGHT):
            raise errors.handle_is_of_no_flight()
        seconds = entry["VisibilityTimeoutSeconds"]
        trace = self.world.trace
        if trace is not None:
            facts.record_visibility_changed(trace, now, queue, held, seconds)
        queue.change_visibility(now, held, seconds * SECOND)


# Which handle is good for what. All of it is [inferred] but that the handle of a flight that lasts, on the path that it
# came by, is good.


def _delivery(queue: RecordQueue, handle: str, *, dead: bool) -> QueueRecord:
    """The record that a handle stands for. Raises what its entry fails with."""
    held = queue.handles.get(handle)
    if not handle.startswith(queue.prefixes[dead]):
        raise errors.handle_is_foreign()
    if held is None:
        # Received again since, acknowledged, restored, or expired.
        raise errors.handle_is_spent()
    return held
