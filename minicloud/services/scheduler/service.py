"""EventBridge Scheduler as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from ...core.service import REST_JSON, Pagination, Service
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.groups import GroupOperations
from .operations.schedules import ScheduleOperations
from .operations.tags import TagOperations

__all__ = ["SERVICE", "Scheduler"]


class Scheduler(GroupOperations, ScheduleOperations, TagOperations):
    """EventBridge Scheduler of one account in one region."""


SERVICE = Service(
    name="scheduler",
    service_id="Scheduler",
    api_version="2021-06-30",
    api=Scheduler,
    content_type=REST_JSON,
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    paginators={
        "list_schedule_groups": Pagination("NextToken", "NextToken", "MaxResults", ("ScheduleGroups",)),
        "list_schedules": Pagination("NextToken", "NextToken", "MaxResults", ("Schedules",)),
    },
)
