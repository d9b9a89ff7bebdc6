"""Amazon SQS: the 23 operations of one account in one region."""

from __future__ import annotations

from .batch_operations import BatchOperations
from .move_tasks import MoveTaskOperations
from .queue_operations import QueueOperations

__all__ = ["Sqs"]


class Sqs(QueueOperations, BatchOperations, MoveTaskOperations):
    """The SQS of one account in one region."""
