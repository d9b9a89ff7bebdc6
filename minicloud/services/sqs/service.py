"""Amazon SQS: the 23 operations of one account in one region, and what clients have to know beside them."""

from __future__ import annotations

from ...core.service import Pagination, Service
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.batches import BatchOperations
from .operations.move_tasks import MoveTaskOperations
from .operations.queues import QueueOperations

__all__ = ["SERVICE", "Sqs"]


class Sqs(QueueOperations, BatchOperations, MoveTaskOperations):
    """The SQS of one account in one region."""


SERVICE = Service(
    name="sqs",
    service_id="SQS",
    api_version="2012-11-05",
    api=Sqs,
    content_type="application/x-amz-json-1.0",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    paginators={
        "list_queues": Pagination("NextToken", "NextToken", "MaxResults", ("QueueUrls",)),
        "list_dead_letter_source_queues": Pagination("NextToken", "NextToken", "MaxResults", ("queueUrls",)),
    },
)
