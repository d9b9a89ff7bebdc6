"""CloudWatch Logs as its clients see it: groups, streams and events of an account in a region.

A stand-in: tests read here what functions printed, and what an application has logged. Events come from other services
of the cloud, by the effect ``ToLog``, and from clients.
"""

from __future__ import annotations

from ...core.service import Pagination, Service
from .errors import EXCEPTIONS, error_response
from .operations.events import EventOperations
from .operations.groups import GroupOperations

__all__ = ["SERVICE", "Logs"]


class Logs(GroupOperations, EventOperations):
    """The CloudWatch Logs of one account in one region."""


def _by_token(*result_keys: str) -> Pagination:
    return Pagination("nextToken", "nextToken", "limit", result_keys)


SERVICE = Service(
    name="logs",
    service_id="CloudWatch Logs",
    api_version="2014-03-28",
    api=Logs,
    content_type="application/x-amz-json-1.1",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    paginators={
        "describe_log_groups": _by_token("logGroups"),
        "describe_log_streams": _by_token("logStreams"),
        "filter_log_events": _by_token("events", "searchedLogStreams"),
    },
    is_partial=True,
)
