"""Every error of Application Auto Scaling: its name and its exact text; and what minicloud does not do.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.bounds_crossed()``. No text of an error stands anywhere else in the service, but for the constraints of
members (``constraints``).

Behind each stands what it rests on: ``[known]`` is what AWS's users and tools quote of AWS, ``[inferred]`` is in the
manner of the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...core.shown import shown
from ...exceptions import AwsError, UsageError

EXCEPTIONS: Final = (
    "ConcurrentUpdateException",
    "FailedResourceAccessException",
    "InternalServiceException",
    "InvalidNextTokenException",
    "LimitExceededException",
    "ObjectNotFoundException",
    "ResourceNotFoundException",
    "TooManyTagsException",
    "ValidationException",
)
"""The modelled exceptions, in the order of the model."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    answer: dict[str, Any] = {"Error": {"Message": error.message, "Code": error.code}}
    answer |= error.members or {}
    return answer


def make_error(code: str, message: str) -> AwsError:
    """A modelled error, whose text is a member of it, too."""
    return AwsError(code, message, 400, shape=code, members={"Message": message})


_invalid = partial(ErrorText, make_error, "ValidationException")
_not_found = partial(ErrorText, make_error, "ObjectNotFoundException")
_OF_TARGET: Final = "service namespace: {}, resource ID: {}, scalable dimension: {}"


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [known]"""
    return make_error("ValidationException", report(violations))


# --- targets ----------------------------------------------------------------------------------------------------------

not_supported = _invalid("Unsupported service namespace, resource type or scalable dimension")  # [known]
bounds_crossed = _invalid("Maximum capacity cannot be less than minimum capacity")  # [known]
bounds_missing = _invalid(
    "Both min and max capacity must be specified when registering a scalable target"
)  # [inferred]
capacity_below_zero = _invalid("{} capacity cannot be less than 0")  # [inferred]
target_not_registered = _not_found(f"No scalable target registered for {_OF_TARGET}")  # [known]
target_not_found = _not_found(f"No scalable target found for {_OF_TARGET}")  # [known]
resource_id_missing = _invalid("Resource ID must be specified when scalable dimension is specified")  # [inferred]
page_size_invalid = _invalid("Max results must be between 1 and {}")  # [inferred]
token_invalid = ErrorText(make_error, "InvalidNextTokenException", "The next token is invalid.")  # [inferred]

# --- policies ---------------------------------------------------------------------------------------------------------

policy_not_found = _not_found(f"No scaling policy found for {_OF_TARGET}, policy name: {{}}")  # [known]
steps_not_configured = _invalid("StepScaling policy configuration must be specified")  # [known]
tracking_not_configured = _invalid("TargetTrackingScaling policy configuration must be specified")  # [inferred]
configured_for_another = _invalid("{} policy configuration cannot be specified for policy type {}")  # [inferred]
adjustment_type_missing = _invalid("Adjustment type must be specified")  # [known]
steps_missing = _invalid("There must be at least one step adjustment")  # [known]
bounds_open = _invalid(  # [known]
    "Both lower and upper bounds of a step adjustment cannot be left unspecified"
)
lower_open_twice = _invalid("At most one step adjustment may have an unspecified lower bound")  # [known]
upper_open_twice = _invalid("At most one step adjustment may have an unspecified upper bound")  # [known]
bounds_out_of_order = _invalid("Lower bound must be less than upper bound for a step adjustment")  # [known]
steps_overlap = _invalid("Step adjustment intervals cannot overlap")  # [known]
steps_apart = _invalid("Step adjustment intervals cannot have gaps between them")  # [known]
lower_not_open = _invalid(  # [inferred]
    "There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative lower "
    "bound"
)
upper_not_open = _invalid(  # [inferred]
    "There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive upper "
    "bound"
)
exact_below_zero = _invalid(  # [known]
    "Scaling adjustment cannot be less than 0 when adjustment type is ExactCapacity"
)
cooldown_below_zero = _invalid("Cooldown cannot be less than 0")  # [inferred]
magnitude_not_positive = _invalid("Min adjustment magnitude must be greater than 0")  # [inferred]
target_not_positive = _invalid("Target value must be greater than 0")  # [inferred]
one_metric_missing = _invalid(  # [inferred]
    "Either a predefined metric or a customized metric must be specified, but not both"
)
metric_incomplete = _invalid("{} must be specified for a customized metric")  # [inferred]
metric_and_math = _invalid("{} and Metrics cannot be specified together for a customized metric")  # [inferred]
metric_refused = _invalid("The metric specification is invalid: {}")  # [inferred]

# --- scheduled actions ------------------------------------------------------------------------------------------------

action_not_found = _not_found(f"No scheduled action found for {_OF_TARGET}, scheduled action name: {{}}")  # [inferred]
schedule_missing = _invalid("Schedule must be specified")  # [inferred]
schedule_invalid = _invalid("Schedule expression is invalid: {}")  # [inferred]
zone_invalid = _invalid("Timezone is invalid: {}")  # [inferred]
action_without_bounds = _invalid(  # [known]
    "At least one of minimum capacity and maximum capacity should be provided"
)
times_out_of_order = _invalid("End time must be after start time")  # [inferred]

# --- tags -------------------------------------------------------------------------------------------------------------


def resource_not_found(arn: str) -> AwsError:
    """There is no target of that ARN. [inferred]"""
    message = f"The resource with ARN {arn} was not found"
    return AwsError(
        "ResourceNotFoundException",
        message,
        shape="ResourceNotFoundException",
        members={"Message": message, "ResourceName": arn},
    )


def too_many_tags(arn: str) -> AwsError:
    """More than 50. [inferred]"""
    message = "The number of tags exceeds the limit of 50"
    return AwsError(
        "TooManyTagsException",
        message,
        shape="TooManyTagsException",
        members={"Message": message, "ResourceName": arn},
    )


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def namespace_not_scaled(namespace: str) -> UsageError:
    """A service of AWS's whose resources are no numbers here."""
    return UsageError(
        f"minicloud scales services of ECS and custom resources, and nothing of {shown(namespace)}: register it as a "
        "custom resource in the test (ServiceNamespace='custom-resource'), or let the service through with "
        "mock_aws(passthrough=('application-autoscaling',)) where something else answers it"
    )


def metric_not_predefined(name: str) -> UsageError:
    """A metric that AWS measures and nobody here does."""
    return UsageError(
        f"PredefinedMetricType={shown(name)} is a metric that nothing measures here: give a "
        "CustomizedMetricSpecification, of a metric that the test puts, or of what minicloud measures"
    )


def predictive_not_done() -> UsageError:
    """Forecasts."""
    return UsageError(
        "predictive scaling is a model that AWS trains: give the target a step or a target tracking policy, or a "
        "scheduled action"
    )
