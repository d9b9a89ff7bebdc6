"""Every error of CloudWatch: its code and its exact text, in one table; and what minicloud does not do.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.namespace_reserved("AWS/SQS")``. No text of an error stands anywhere else in the service, but for the
constraints of members (``constraints``).

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

CODES: Final = {
    "ConcurrentModificationException": ("ConcurrentModificationException", 429),
    "ConflictException": ("ConflictException", 409),
    "DashboardInvalidInputError": ("InvalidParameterInput", 400),
    "DashboardNotFoundError": ("ResourceNotFound", 404),
    "InternalServiceFault": ("InternalServiceError", 500),
    "InvalidFormatFault": ("InvalidFormat", 400),
    "InvalidNextToken": ("InvalidNextToken", 400),
    "InvalidParameterCombinationException": ("InvalidParameterCombination", 400),
    "InvalidParameterValueException": ("InvalidParameterValue", 400),
    "KmsAccessDeniedException": ("KmsAccessDeniedException", 400),
    "KmsKeyDisabledException": ("KmsKeyDisabledException", 400),
    "KmsKeyNotFoundException": ("KmsKeyNotFoundException", 400),
    "LimitExceededException": ("LimitExceededException", 400),
    "LimitExceededFault": ("LimitExceeded", 400),
    "MissingRequiredParameterException": ("MissingParameter", 400),
    "ResourceConflict": ("ResourceConflict", 409),
    "ResourceNotFound": ("ResourceNotFound", 404),
    "ResourceNotFoundException": ("ResourceNotFoundException", 404),
    "ValidationException": ("ValidationError", 400),
}
"""The modelled exceptions, in the order of the model: code and HTTP status."""
EXCEPTIONS: Final = tuple(CODES)
_WITHOUT_MESSAGE: Final = frozenset(
    {
        "ConcurrentModificationException",
        "ConflictException",
        "InternalServiceFault",
        "KmsAccessDeniedException",
        "KmsKeyDisabledException",
        "KmsKeyNotFoundException",
        "LimitExceededException",
        "ResourceNotFoundException",
    }
)
"""Those whose model has no member ``message``, which botocore would show beside the error."""
_SHAPES: Final = {code: shape for shape, (code, _) in reversed(CODES.items())}


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    shape, code = _names(error)
    answer: dict[str, Any] = {
        "Error": {"Message": error.message, "Code": code, "QueryErrorCode": shape, "Type": error.fault}
    }
    if shape in CODES and shape not in _WITHOUT_MESSAGE and error.message:
        answer["message"] = error.message
    return answer


def error_headers(error: AwsError) -> dict[str, str]:
    """The HTTP headers of an error's answer."""
    return {"x-amzn-query-error": f"{_names(error)[1]};{error.fault}"}


def _names(error: AwsError) -> tuple[str, str]:
    """The shape and the code of ``error``."""
    shape = error.shape or _SHAPES.get(error.code, error.code)
    return shape, CODES[shape][0] if shape in CODES else error.code


def make_error(shape: str, message: str) -> AwsError:
    """A modelled error by the name of its exception."""
    code, status = CODES[shape]
    return AwsError(code, message, status, shape=shape)


_value = partial(ErrorText, make_error, "InvalidParameterValueException")
_combination = partial(ErrorText, make_error, "InvalidParameterCombinationException")
_missing = partial(ErrorText, make_error, "MissingRequiredParameterException")
_invalid = partial(ErrorText, make_error, "ValidationException")


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [known]"""
    return make_error("ValidationException", report(violations))


# --- putting metrics --------------------------------------------------------------------------------------------------

namespace_reserved = _value("The value {} for parameter Namespace is invalid.")  # [known]
data_missing = _missing("The parameter MetricData is required.")  # [inferred]
too_many_data = _value("The collection MetricData must not have a size greater than 1000.")  # [known]
name_missing = _missing("The parameter MetricData.member.{}.MetricName is required.")  # [inferred]
not_ascii = _value("The parameter {} must contain only printable ASCII characters.")  # [inferred]
blank = _value("The parameter {} must contain at least one character that is no whitespace.")  # [inferred]
both_given = _combination(  # [known]
    "The parameters MetricData.member.{0}.{1} and MetricData.member.{0}.{2} are mutually exclusive and you have "
    "specified both."
)
none_given = _missing(  # [known]
    "At least one of the parameters MetricData.member.{0}.Value, MetricData.member.{0}.Values or "
    "MetricData.member.{0}.StatisticValues must be specified."
)
value_invalid = _value("The value {} for parameter MetricData.member.{}.{} is invalid.")  # [known]
sizes_differ = _value(  # [known]
    "The parameters MetricData.member.{0}.Values and MetricData.member.{0}.Counts must be of the same size."
)
too_many_values = _value("The collection MetricData.member.{}.Values must not have a size greater than 150.")  # [known]
set_out_of_order = _value(  # [inferred]
    "The parameter MetricData.member.{0}.StatisticValues.Maximum must be greater than "
    "MetricData.member.{0}.StatisticValues.Minimum."
)
resolution_invalid = _value(  # [inferred]
    "The value {1} for parameter MetricData.member.{0}.StorageResolution is invalid: it must be 1 or 60."
)
timestamp_too_old = _value(  # [known]
    "The parameter MetricData.member.{}.Timestamp must specify a time within the past two weeks."
)
timestamp_too_new = _value(  # [known]
    "The parameter MetricData.member.{}.Timestamp must specify a time no more than two hours in the future."
)
dimension_twice = _value(  # [inferred]
    "The parameter {}Dimensions has the dimension {} more than once."
)

# --- asking for statistics --------------------------------------------------------------------------------------------

times_out_of_order = _value("The parameter StartTime must be less than the parameter EndTime.")  # [known]
statistics_missing = _combination("Must specify either Statistics or ExtendedStatistics")  # [field]
statistics_both = _combination(  # [inferred]
    "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both."
)
statistic_invalid = _value("The value {} for parameter ExtendedStatistics is not supported.")  # [known]
period_invalid = _value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")  # [inferred]
too_many_points = _combination(  # [known]
    "You have requested up to {:,} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints "
    "requested by increasing Period, or decreasing the time range."
)

# --- asking for metric data -------------------------------------------------------------------------------------------

data_times_out_of_order = _invalid("The parameter EndTime must be greater than StartTime.")  # [field]
data_times_equal = _invalid("The parameter StartTime must not equal parameter EndTime.")  # [field]
too_many_queries = _invalid("The collection MetricDataQueries must not have a size greater than 500.")  # [inferred]
no_query = _invalid("The collection MetricDataQueries must not be empty.")  # [inferred]
id_twice = _invalid("The values for parameter id in MetricDataQueries must be unique: {}.")  # [inferred]
id_invalid = _invalid(  # [inferred]
    "The value {} for parameter id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
)
neither_of_two = _invalid("The parameter MetricDataQueries.member.{}.MetricStat is required.\n")  # [field]
one_of_two = _invalid(  # [inferred]
    "Exactly one of the parameters MetricStat and Expression must be specified in MetricDataQueries.member.{}."
)
stat_invalid = _invalid("The value {} for parameter MetricDataQueries.member.{}.MetricStat.Stat is not supported.")
"""[inferred]"""
metric_without = _invalid(  # [inferred]
    "The parameter MetricDataQueries.member.{}.MetricStat.Metric.{} is required."
)
data_period_invalid = _invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")  # [inferred]
period_of_metric = _invalid(  # [inferred]
    "The parameter Period of MetricDataQueries.member.{} is for expressions: a metric has it in its MetricStat."
)
most_points_invalid = _invalid("The parameter MaxDatapoints must be between 1 and 100800.")  # [inferred]
nothing_returned = _invalid("At least one query must have ReturnData set to true.")  # [inferred]
expression_invalid = _invalid("Error in expression '{}': {}")  # [known]
token_invalid = ErrorText(make_error, "InvalidNextToken", "The value {} for parameter NextToken is invalid.")
"""[inferred]"""
list_token_invalid = _value("Request parameter NextToken is invalid.")  # [inferred]

# --- alarms -----------------------------------------------------------------------------------------------------------

alarm_not_found = ErrorText(make_error, "ResourceNotFound", "")  # [recorded]
alarms_too_many = _invalid(  # [inferred]
    "You can delete any number of metric alarms in one operation, but only one composite alarm."
)
alarms_unknown = ErrorText(make_error, "ResourceNotFound", "Alarm {} does not exist")  # [inferred]
alarm_in_circle = _invalid("Alarm {} cannot be deleted: it is part of a cycle of composite alarms")  # [inferred]
metric_or_metrics = _invalid(  # [inferred]
    "Exactly one of the parameters MetricName and Metrics must be specified."
)
metrics_and = _invalid("The parameter {} must not be specified together with Metrics.")  # [inferred]
alarm_needs = _missing("The parameter {} is required.")  # [inferred]
statistic_or_extended = _combination(  # [known]
    "Exactly one of Statistic and ExtendedStatistic must be specified."
)
alarm_statistic_invalid = _value("The value {} for parameter ExtendedStatistic is not supported.")  # [inferred]
alarm_period_invalid = _invalid("Period must be 10, 20, 30 or a multiple of 60")  # [known]
alarm_window_too_long = _invalid(  # [known]
    "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
)
alarm_week_too_long = _invalid(  # [inferred]
    "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800)."
)
to_alarm_invalid = _invalid(  # [inferred]
    "The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods."
)
treatment_invalid = _invalid(  # [known]
    "The value {} is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, "
    "ignore, missing]."
)
low_sample_invalid = _invalid(  # [field]
    "Option {} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and "
    "ignore."
)
low_sample_alone = _invalid("EvaluateLowSampleCountPercentile is for alarms on percentiles only.")  # [inferred]
alarm_metrics_too_many = _invalid("An alarm cannot be based on more than 10 metrics.")  # [inferred]
alarm_metrics_return = _invalid(  # [inferred]
    "Exactly one element of the Metrics list must have ReturnData set to true."
)
alarm_metrics_series = _invalid(  # [inferred]
    "The element of the Metrics list that has ReturnData set to true must be a single time series."
)
alarm_metrics_periods = _invalid("All metrics of the Metrics list must have the same Period.")  # [inferred]
action_invalid = _invalid("Invalid arn syntax: {}")  # [known]
data_not_json = ErrorText(  # [known]
    make_error, "InvalidFormatFault", "StateReasonData must be valid JSON."
)
alarm_of_other_type = _invalid("An alarm of another type with the name {} exists already.")  # [inferred]
rule_invalid = _invalid("AlarmRule is not valid: {}")  # [inferred]
rule_children = _invalid("AlarmRule must not refer to more than {} alarms.")  # [inferred]
rule_elements = _invalid("AlarmRule must not have more than {} elements.")  # [inferred]
rule_child_unknown = _invalid("Could not save the composite alarm as alarms [{}] in the alarm rule do not exist")
"""[known]"""
suppressor_unknown = _invalid("ActionsSuppressor [{}] does not exist")  # [inferred]
suppressor_itself = _invalid("A composite alarm must not be its own ActionsSuppressor")  # [inferred]
suppressor_needs = _invalid("{} is required when ActionsSuppressor is specified")  # [inferred]
suppressor_alone = _invalid("{} must not be specified without ActionsSuppressor")  # [inferred]
suppressor_period = _invalid("{} must not be negative")  # [inferred]
relatives_alone = _combination(  # [inferred]
    "{} must not be specified together with parameters other than MaxRecords and NextToken."
)
names_and_prefix = _combination("AlarmNames and AlarmNamePrefix are mutually exclusive.")  # [inferred]
alarm_token_invalid = ErrorText(make_error, "InvalidNextToken", "Invalid NextToken")  # [inferred]

# --- tags -------------------------------------------------------------------------------------------------------------

tag_reserved = _value("The tag key {} is reserved: it must not begin with aws:")  # [inferred]
too_many_tags = _value("The number of tags exceeds the limit of 50.")  # [inferred]
arn_invalid = _value("Invalid resource ARN: {}")  # [inferred]
resource_not_found = ErrorText(  # [inferred]
    make_error, "ResourceNotFoundException", "The named resource does not exist."
)


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def not_computed(what: str, instead: str) -> UsageError:
    """What metric math, or a statistic, is not computed."""
    return UsageError(f"minicloud's CloudWatch does not compute {what}: {instead}")


def statistic_not_computed(name: str) -> UsageError:
    """A statistic of AWS's that is not computed."""
    return not_computed(
        f"the statistic {shown(name)}",
        "ask for SampleCount, Average, Sum, Minimum, Maximum or a percentile (p99), or compute it in the test",
    )


def entities_not_kept() -> UsageError:
    """What to say of entities."""
    return UsageError(
        "cloudwatch.PutMetricData was given entities, which minicloud does not keep: give the metrics as MetricData, "
        "without EntityMetricData and StrictEntityValidation"
    )


def accounts_not_linked(operation: str) -> UsageError:
    """What to say of other accounts' metrics."""
    return UsageError(
        f"cloudwatch.{operation} was asked for metrics of another account, and no account of a Cloud monitors another "
        "one: ask with a client of that account (cloud.client('cloudwatch', account_id=...)), and leave out AccountId, "
        "OwningAccount and IncludeLinkedAccounts"
    )


def labels_not_dynamic(label: str) -> UsageError:
    """What to say of a label that is to be filled in."""
    return UsageError(
        f"Label={shown(label)} is to be filled in by CloudWatch, which minicloud does not do: give a plain label"
    )


def alarm_not_evaluated(what: str, instead: str) -> UsageError:
    """A way of evaluating an alarm that minicloud has not."""
    return UsageError(f"minicloud's CloudWatch does not evaluate alarms {what}: {instead}")


def action_not_done(arn: str) -> UsageError:
    """An action for which there is nothing here that could do it."""
    return UsageError(
        f"{shown(arn)} is an action that minicloud cannot take: give the ARN of a topic or of a function or, where the "
        "alarm is one on metrics, of a policy of Application Auto Scaling; or have cloud.on_alarm(name, callable) "
        "do in the test what it would do"
    )


def tags_not_propagated() -> UsageError:
    """What to say of ActionConfiguration."""
    return UsageError("minicloud tells no tags of alarms in notifications: leave ActionConfiguration out")
