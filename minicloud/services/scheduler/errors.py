"""Every error of EventBridge Scheduler: its name, its HTTP status and its exact text, in one table.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.schedule_missing(name)``. No text of an error stands anywhere else in the service, but for the
constraints of members (``constraints``). The text stands a second time in the answer, as the member ``Message``.

Behind each stands what it rests on: ``[measured]`` and ``[recorded]`` of AWS, ``[peer]`` is what others say of it,
``[inferred]`` is in the manner of the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...core.shown import escaped
from ...exceptions import AwsError, UsageError

_STATUS: Final = {
    "ConflictException": 409,
    "InternalServerException": 500,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
    "ThrottlingException": 429,
    "ValidationException": 400,
}

EXCEPTIONS: Final = tuple(_STATUS)
"""The modelled exceptions, in the order of the alphabet."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Message": error.message, "Code": error.code}, **(error.members or {})}


def error_headers(error: AwsError) -> dict[str, str]:
    """The header that an error's answer has: its name."""
    return {"x-amzn-errortype": error.code}


def make_error(name: str, message: str) -> AwsError:
    """The error of a name and a text."""
    status = _STATUS[name]
    fault = "Sender" if status < 500 else "Receiver"
    return AwsError(name, message, status, shape=name, fault=fault, members={"Message": message})


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [inferred]"""
    return make_error("ValidationException", report(violations))


_invalid = partial(ErrorText, make_error, "ValidationException")
_missing = partial(ErrorText, make_error, "ResourceNotFoundException")
_conflict = partial(ErrorText, make_error, "ConflictException")

schedule_exists = _conflict("Schedule {} already exists.")  # [peer]
group_exists = _conflict("Schedule group {} already exists.")  # [inferred]
schedule_missing = _missing("Schedule {} does not exist.")  # [peer]
group_missing = _missing("Schedule group {} does not exist.")  # [peer]
group_default = _invalid("This operation cannot be performed on schedule group default.")  # [measured for create]
token_invalid = _invalid("Invalid NextToken.")  # [inferred]
too_many_tags = ErrorText(  # [inferred]
    make_error, "ServiceQuotaExceededException", "The number of tags exceeds the limit of {}."
)

expression_invalid = _invalid("Invalid Schedule Expression {}.")  # [recorded]
zone_unknown = _invalid("Invalid ScheduleExpressionTimezone {}.")  # [inferred]
window_missing = _invalid(  # [measured]
    "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE."
)
window_unwanted = _invalid(  # [measured]
    "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF."
)
start_after_end = _invalid("The StartDate you specify must come before the EndDate.")  # [measured]
start_too_early = _invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")  # [peer]

arn_malformed = _invalid("Provided Arn is not in correct format.")  # [inferred from that of rules]
service_unsupported = _invalid("{} is not a supported service for a target.")  # [measured of scheduler itself]
target_elsewhere = _invalid("The target ARN provided does not match the current region {}.")  # [measured]
parameters_unwanted = _invalid("Parameters {} not supported for the target.")  # [measured of KinesisParameters]
parameters_missing = _invalid("Parameters {} must be specified.")  # [measured of SqsParameters]
group_id_unwanted = _invalid("Parameters MessageGroupId not valid for the target.")  # [measured]
input_not_json = _invalid("JSON syntax error in input for the target.")  # [measured]
input_missing = _invalid("You must provide an input to set this target for your schedule.")  # [measured]
api_unsupported = _invalid("{} API is not supported by EventBridge Scheduler.")  # [measured but for the end]


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def target_not_here(what: str, has: str) -> UsageError:
    """A target of AWS's that minicloud does not have."""
    return UsageError(
        f"minicloud has no {escaped(what, 200)} for a schedule to invoke: {has}; a function that stands in for it "
        "(cloud.function(name, handler)) can be the target in the test"
    )
