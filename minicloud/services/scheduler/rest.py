"""Where requests to EventBridge Scheduler have what they say: the method and the path of each operation. [botocore]

What the path names is in the path. Of requests without a body (GET, DELETE) all else is in the query, under the names
that ``OF_QUERIES`` has for it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OF_HEADERS", "OF_QUERIES", "PATHS", "PAYLOADS"]

PATHS: Final = {
    "CreateSchedule": ("POST", "/schedules/{Name}"),
    "CreateScheduleGroup": ("POST", "/schedule-groups/{Name}"),
    "DeleteSchedule": ("DELETE", "/schedules/{Name}"),
    "DeleteScheduleGroup": ("DELETE", "/schedule-groups/{Name}"),
    "GetSchedule": ("GET", "/schedules/{Name}"),
    "GetScheduleGroup": ("GET", "/schedule-groups/{Name}"),
    "ListScheduleGroups": ("GET", "/schedule-groups"),
    "ListSchedules": ("GET", "/schedules"),
    "ListTagsForResource": ("GET", "/tags/{ResourceArn}"),
    "TagResource": ("POST", "/tags/{ResourceArn}"),
    "UntagResource": ("DELETE", "/tags/{ResourceArn}"),
    "UpdateSchedule": ("PUT", "/schedules/{Name}"),
}

OF_QUERIES: Final = {
    "DeleteSchedule.ClientToken": "clientToken",
    "DeleteSchedule.GroupName": "groupName",
    "DeleteScheduleGroup.ClientToken": "clientToken",
    "GetSchedule.GroupName": "groupName",
    "ListSchedules.GroupName": "ScheduleGroup",
}
"""Members that are called something else in the query, by operation."""

OF_HEADERS: Final[dict[str, dict[str, str]]] = {}
"""No member is in a header."""

PAYLOADS: Final[dict[str, str]] = {}
"""No member is the body itself."""
