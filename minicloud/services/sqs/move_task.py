"""A message move task: which queue it empties into which, and how far it has come.

The task does nothing by itself: ``operations/move_tasks`` takes its steps, and ``SqsState`` keeps it.
"""

from __future__ import annotations

from typing import Any, Final, cast

from .queue import Queue
from .shapes import ListMessageMoveTasksResultEntry

__all__ = ["KEPT_TASKS", "MoveTask"]

KEPT_TASKS: Final = 10
"""How many of the tasks that empty a queue can be listed. [SQS API: ListMessageMoveTasks]"""


class MoveTask:
    """One task: what it moves, and how far it is."""

    __slots__ = ("_waiting", "destination_arn", "failure", "handle", "moved", "rate", "source", "started", "status")

    def __init__(
        self, handle: str, source: Queue, destination_arn: str | None, rate: int | None, started: int, waiting: int
    ) -> None:
        self.handle = handle
        self.source = source
        self.destination_arn = destination_arn
        self.rate = rate
        self.started = started
        self._waiting = waiting
        self.moved = 0
        self.status = "RUNNING"
        self.failure: str | None = None

    @property
    def total(self) -> int:
        """How many messages there were to move when it started, or more if more came."""
        return max(self._waiting, self.moved)

    @property
    def is_active(self) -> bool:
        """Whether it has not come to its end."""
        return self.status in ("RUNNING", "CANCELLING")

    def as_result(self) -> ListMessageMoveTasksResultEntry:
        """The task as ListMessageMoveTasks shows it."""
        result: dict[str, Any] = {}  # filled in the model's order
        if self.status == "RUNNING":
            result["TaskHandle"] = self.handle
        result["Status"] = self.status
        result["SourceArn"] = self.source.arn
        if self.destination_arn is not None:
            result["DestinationArn"] = self.destination_arn
        if self.rate is not None:
            result["MaxNumberOfMessagesPerSecond"] = self.rate
        result["ApproximateNumberOfMessagesMoved"] = self.moved
        result["ApproximateNumberOfMessagesToMove"] = self.total
        if self.failure is not None:
            result["FailureReason"] = self.failure
        result["StartedTimestamp"] = self.started // 1_000_000
        return cast("ListMessageMoveTasksResultEntry", result)
