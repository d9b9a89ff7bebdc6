"""Message move tasks: a dead-letter queue is emptied into another queue, or back to where its messages came from.

A task takes the visible messages one by one, oldest first. With a rate it moves one every 1/rate seconds of the cloud's
clock; without one it moves all of them at once. Moved messages are new ones: new id, new send time, receive count zero.
[SQS guide: dead-letter queue redrive; that the count begins anew: inferred]

A cancelled task is CANCELLING, and moves nothing more, until its next step would have been due; then it is CANCELLED.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from json import loads

from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, notes
from ..message import DetailedMessage, Message
from ..move_task import MoveTask
from ..queue import Queue
from ..redrive import compact_json
from ..shapes import (
    CancelMessageMoveTaskResult,
    ListMessageMoveTasksResult,
    StartMessageMoveTaskResult,
)
from ..state import SqsState


class MoveTaskOperations(SqsState):
    """Operations on message move tasks."""

    @operation("StartMessageMoveTask")
    def start_message_move_task(
        self, now: int, *, SourceArn: str, DestinationArn: str = UNSET, MaxNumberOfMessagesPerSecond: int = UNSET
    ) -> StartMessageMoveTaskResult:
        """Start to move a dead-letter queue's messages to a queue, or each to the queue it came from.

        O(1) with a rate, which moves them in steps on the clock; O(messages) without one. One task a source at a time.
        """
        source = self._queue_at(SourceArn, "SourceArn")
        if DestinationArn is not UNSET:
            _check_arn(DestinationArn, "DestinationArn")
            if DestinationArn == SourceArn:
                raise errors.move_arns_equal()
            destination = self.queue_by_arn(DestinationArn)
            if destination is None:
                error = errors.move_resource_missing("DestinationArn")
                raise error.noting(*notes.no_queue_at(self, DestinationArn))
            if destination.is_fifo != source.is_fifo:
                raise errors.move_type_differs()
        if MaxNumberOfMessagesPerSecond is not UNSET and not 1 <= MaxNumberOfMessagesPerSecond <= 500:
            raise errors.move_rate_invalid()
        if not self.sources_of(SourceArn).items:
            raise errors.move_source_not_dead_letter_queue().noting(notes.no_sources(source))
        active = self.active_tasks = [task for task in self.active_tasks if task.is_active]
        earlier = self.move_tasks.get(SourceArn)
        if earlier and earlier[-1].is_active:
            raise errors.move_already_running().noting(notes.move_under_way(now, earlier[-1]))
        limit = self.world.limits.sqs_move_tasks
        if len(active) >= limit:
            raise errors.too_many_move_tasks(limit)

        task_id = self.world.ids.uuids("sqs/move task").next()
        handle = urlsafe_b64encode(compact_json({"taskId": task_id, "sourceArn": SourceArn}).encode()).decode()
        source.refresh(now)
        task = MoveTask(
            handle,
            source,
            DestinationArn or None,
            MaxNumberOfMessagesPerSecond or None,
            now,
            source.size - source.delayed - source.in_flight,
        )
        self.tasks[task_id] = task  # from now on it is there; the rest can be derived
        active.append(task)
        self.list_task(task)
        self._step(now, task, 0)
        return {"TaskHandle": handle}

    @operation("ListMessageMoveTasks")
    def list_message_move_tasks(
        self, now: int, *, SourceArn: str, MaxResults: int = UNSET
    ) -> ListMessageMoveTasksResult:
        """The tasks of a source, newest first: one, or up to MaxResults (10 at the most). O(page)."""
        self._queue_at(SourceArn, "SourceArn")
        if MaxResults is not UNSET and not 1 <= MaxResults <= 10:
            raise errors.move_max_results_invalid()
        tasks = [task.as_result() for task in islice(reversed(self.move_tasks.get(SourceArn, [])), MaxResults or 1)]
        return {"Results": tasks} if tasks else {}

    @operation("CancelMessageMoveTask")
    def cancel_message_move_task(self, now: int, *, TaskHandle: str) -> CancelMessageMoveTaskResult:
        """Stop a running task at its next step; what it has moved stays moved. O(1)."""
        if not TaskHandle:
            raise errors.missing_parameter("TaskHandle")
        task_id, source_arn = _read_handle(TaskHandle)
        if self.queue_by_arn(source_arn) is None:
            raise errors.move_resource_missing("SourceArn").noting(*notes.no_queue_at(self, source_arn))
        task = self.tasks.get(task_id)
        if task is None or task.source.arn != source_arn:
            raise errors.move_task_missing()
        if task.status != "RUNNING":
            raise errors.move_task_not_active()
        task.status = "CANCELLING"
        return {"ApproximateNumberOfMessagesMoved": task.moved}

    def _queue_at(self, arn: str, parameter: str) -> Queue:
        _check_arn(arn, parameter)
        queue = self.queue_by_arn(arn)
        if queue is None:
            raise errors.move_resource_missing(parameter).noting(*notes.no_queue_at(self, arn))
        return queue

    def mend(self, now: int) -> None:
        """The same; tasks go on. A step that was scheduled already finds later that it has been taken."""
        super().mend(now)
        for task in self.active_tasks:
            self._schedule_step(now, task)

    def _schedule_step(self, now: int, task: MoveTask) -> None:
        number = task.moved
        # Step i is due i/rate seconds after the start: no rounding adds up.
        due = now if task.rate is None else task.started + number * SECOND // task.rate
        self.world.timeline.schedule(due, lambda moment: self._step(moment, task, number))

    def _step(self, now: int, task: MoveTask, number: int) -> None:
        """Move the message of that number, and what follows: all of them without a rate, one with it."""
        if number != task.moved:
            return
        if task.status == "CANCELLING":
            task.status = "CANCELLED"
        while task.status == "RUNNING":
            if now - task.started >= self.world.limits.sqs_move_task_seconds * SECOND:
                task.status, task.failure = "FAILED", "TaskTimedOut"
                return
            if self.queues.get(task.source.name) is not task.source:
                task.status, task.failure = "FAILED", "AWS.SimpleQueueService.NonExistentQueue"
                return
            message = task.source.take_one(now)
            if message is None:
                task.status = "COMPLETED"
                return
            failure = self._move(now, task, message)
            if failure is not None:
                task.source.put_back(message)
                task.status, task.failure = "FAILED", failure
                return
            if task.rate is not None:
                self._schedule_step(now, task)
                return

    def _move(self, now: int, task: MoveTask, message: Message) -> str | None:
        """Move one message and count it; the reason when that can't be done."""
        arn = task.destination_arn or message.dead_letter_source
        if arn is None:
            return "CouldNotDetermineMessageSource"
        target = self.queue_by_arn(arn)
        if target is None:
            return "AWS.SimpleQueueService.NonExistentQueue"
        moved = DetailedMessage.copy_of(message, now)
        moved.deduplication_id = message.deduplication_id
        if target.is_fifo:
            moved.sequence_number = self.sequence_number(target)
        has_polls = target.has_polls
        if has_polls:
            target.hold()
        self._moving = message, moved, target, task, task.moved + 1
        self.commit(now, target, moved, 0, redriven_from=message.message_id)
        task.source.remove(message)
        task.moved += 1
        self._moving = None
        if has_polls:
            target.offer(now)
        return None


def _check_arn(arn: str, parameter: str) -> None:
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or not all(parts):
        raise errors.move_arn_malformed(parameter)


def _read_handle(handle: str) -> tuple[str, str]:
    try:
        read = loads(urlsafe_b64decode(handle.encode()))
        task_id, source_arn = read["taskId"], read["sourceArn"]
    except (ValueError, KeyError, TypeError):
        raise errors.move_handle_invalid() from None
    if not isinstance(task_id, str) or not isinstance(source_arn, str):
        raise errors.move_handle_invalid()
    return task_id, source_arn
