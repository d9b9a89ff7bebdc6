"""SQS as its clients see it."""

from __future__ import annotations

from ...core.service import Pagination, Service
from .api import Sqs
from .errors import EXCEPTIONS, error_headers, error_response

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
