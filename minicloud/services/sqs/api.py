"""Amazon SQS: the 23 operations of one account in one region."""

from __future__ import annotations

from .operations.batches import BatchOperations
from .operations.move_tasks import MoveTaskOperations
from .operations.queues import QueueOperations

__all__ = ["Sqs"]


class Sqs(QueueOperations, BatchOperations, MoveTaskOperations):
    """The SQS of one account in one region."""
