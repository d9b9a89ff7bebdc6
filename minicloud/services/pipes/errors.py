"""Every error of EventBridge Pipes: its name, its HTTP status and its text, in one table; and what minicloud has not.

There is no recording to hold the texts to: all are in the manner of AWS's others. [inferred] Names, statuses and
members are the model's.
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
    "InternalException": 500,
    "NotFoundException": 404,
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


def make_error(name: str, message: str, **members: Any) -> AwsError:
    """The error of a name and a text; ``members`` are what its exception has beside the text."""
    status = _STATUS[name]
    fault = "Sender" if status < 500 else "Receiver"
    return AwsError(name, message, status, shape=name, fault=fault, members={"message": message, **members})


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``)."""
    return make_error("ValidationException", report(violations))


def pipe_exists(name: str) -> AwsError:
    """The error for a second pipe of a name."""
    text = f"Pipe {name} already exists."
    return make_error("ConflictException", text, resourceId=name, resourceType="pipe")


_invalid = partial(ErrorText, make_error, "ValidationException")

pipe_missing = ErrorText(make_error, "NotFoundException", "Pipe {} does not exist.")
token_invalid = _invalid("Invalid NextToken.")
arn_invalid = _invalid("{} is not a valid ARN.")
source_missing = _invalid("The source {} does not exist.")
parameters_unwanted = _invalid("{} is not valid for this {}.")
parameters_missing = _invalid("{} is required for this {}.")
pattern_invalid = _invalid("Invalid filter pattern definition.")
template_invalid = _invalid("Invalid InputTemplate: {}")
batch_too_large = _invalid("The source's BatchSize of {} exceeds the target's limit of {}.")
window_missing = _invalid("A BatchSize over 10 requires MaximumBatchingWindowInSeconds of at least 1.")
window_of_fifo = _invalid("MaximumBatchingWindowInSeconds is not valid for a FIFO queue.")
timestamp_wrong = _invalid(
    "StartingPositionTimestamp is for the StartingPosition AT_TIMESTAMP, and must not be in the future."
)


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def not_here(what: str, has: str) -> UsageError:
    """A source, an enrichment or a target of AWS's that minicloud does not have."""
    return UsageError(f"minicloud has no {escaped(what, 200)}: {has}")
