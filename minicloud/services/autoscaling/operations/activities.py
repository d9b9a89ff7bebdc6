"""What happened to targets."""

from __future__ import annotations

from typing import Any

from ....core.operation import operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from .. import errors, shapes
from ..constraints import check, key_members
from ..state import KEPT, AutoScalingState
from ..target import Activity

__all__ = ["ActivityOperations"]


class ActivityOperations(AutoScalingState):
    """The operation on activities."""

    @operation("DescribeScalingActivities")
    def describe_scaling_activities(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text = UNSET,
        ScalableDimension: shapes.ScalableDimension = UNSET,
        MaxResults: int = UNSET,
        NextToken: str = UNSET,
        IncludeNotScaledActivities: bool = UNSET,
    ) -> shapes.DescribeScalingActivitiesOutput:
        """What happened in the last six weeks to targets of a namespace, newest first, up to 50 a page. O(activities).

        With ``IncludeNotScaledActivities`` also why nothing was scaled, once as long as nothing else happens. Raises
        ValidationException and InvalidNextTokenException.
        """
        check(*key_members(ServiceNamespace, ResourceId, ScalableDimension))
        if ScalableDimension is not UNSET and ResourceId is UNSET:
            raise errors.resource_id_missing()
        found = [
            one
            for one in reversed(self.activities)
            if one.moment >= now - KEPT
            and one.key[0] == ServiceNamespace
            and ResourceId in (UNSET, one.key[1])
            and ScalableDimension in (UNSET, one.key[2])
            and (one.reason is None or IncludeNotScaledActivities)
        ]
        page, token = self.page("activities", now, found, MaxResults, 50, NextToken)
        answer: shapes.DescribeScalingActivitiesOutput = {"ScalingActivities": [_shown(one) for one in page]}
        if token is not None:
            answer["NextToken"] = token
        return answer


def _shown(activity: Activity) -> shapes.ScalingActivity:
    namespace, resource_id, dimension = activity.key
    when = datetime_to_the_millisecond(activity.moment)
    shown: shapes.ScalingActivity = {
        "ActivityId": activity.id,
        "ServiceNamespace": namespace,
        "ResourceId": resource_id,
        "ScalableDimension": dimension,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": when,
        "EndTime": when,
        "StatusCode": activity.status,
    }
    if activity.message is not None:
        shown["StatusMessage"] = activity.message
    if activity.reason is not None:
        reason: Any = dict(activity.reason)
        shown["NotScaledReasons"] = [reason]
    return shown
