"""Application Auto Scaling as its clients see it: scalable targets of an account in a region, policies, schedules."""

from __future__ import annotations

from ...core.service import Pagination, Service
from .errors import EXCEPTIONS, error_response
from .operations.activities import ActivityOperations
from .operations.policies import PolicyOperations
from .operations.scheduled_actions import ScheduledActionOperations
from .operations.tags import TagOperations
from .operations.targets import TargetOperations

__all__ = ["SERVICE", "AutoScaling"]


class AutoScaling(TargetOperations, PolicyOperations, ScheduledActionOperations, ActivityOperations, TagOperations):
    """The Application Auto Scaling of one account in one region."""


def _by_token(*result_keys: str) -> Pagination:
    return Pagination("NextToken", "NextToken", "MaxResults", result_keys)


SERVICE = Service(
    name="application-autoscaling",
    service_id="Application Auto Scaling",
    api_version="2016-02-06",
    api=AutoScaling,
    content_type="application/x-amz-json-1.1",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    paginators={
        "describe_scalable_targets": _by_token("ScalableTargets"),
        "describe_scaling_activities": _by_token("ScalingActivities"),
        "describe_scaling_policies": _by_token("ScalingPolicies"),
        "describe_scheduled_actions": _by_token("ScheduledActions"),
    },
    is_partial=True,
    refused={
        "GetPredictiveScalingForecast": (
            "predictive scaling is a model that AWS trains: take the call out of the test, or let the service through "
            "with mock_aws(passthrough=('application-autoscaling',)) where something else answers it"
        ),
    },
)
