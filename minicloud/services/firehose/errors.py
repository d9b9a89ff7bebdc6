"""Every error of Firehose: its name, its HTTP status and its text, in one table; and what minicloud has not.

Behind each text stands what it rests on: ``[field]`` is what users have reported of AWS, ``[peer]`` is what other
emulators say, ``[inferred]`` is in the manner of the others. Names, statuses and members are the model's.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...core.shown import escaped
from ...exceptions import AwsError, UsageError

EXCEPTIONS: Final = (
    "ConcurrentModificationException",
    "InvalidArgumentException",
    "InvalidKMSResourceException",
    "InvalidSourceException",
    "LimitExceededException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "ServiceUnavailableException",
)
"""The modelled exceptions, in the order of the alphabet."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    answer: dict[str, Any] = {"Error": {"Message": error.message, "Code": error.code}}
    if error.code in EXCEPTIONS:
        answer["message"] = error.message
    return answer


def make_error(code: str, message: str) -> AwsError:
    """An error by its name."""
    return AwsError(code, message, 400, shape=code)


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [inferred]"""
    return make_error("ValidationException", report(violations))


_invalid = partial(ErrorText, make_error, "InvalidArgumentException")

stream_missing = ErrorText(make_error, "ResourceNotFoundException", "Firehose {} under account {} not found.")  # [peer]
stream_exists = ErrorText(  # [peer]
    make_error, "ResourceInUseException", "Firehose {} under accountId {} already exists"
)
too_many_streams = ErrorText(  # [inferred]
    make_error, "LimitExceededException", "You have already consumed your firehose quota of {} hoses."
)
too_many_tags = ErrorText(make_error, "LimitExceededException", "A Firehose has at most {} tags.")  # [inferred]
not_direct = ErrorText(  # [inferred; that it is refused: the model]
    make_error,
    "InvalidSourceException",
    "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
)
version_differs = ErrorText(  # [inferred]
    make_error, "ConcurrentModificationException", "Cannot update firehose: {}. Current version id: {}, given: {}."
)
destination_missing = _invalid("Destination Id {} not found.")  # [inferred]
source_missing = _invalid(  # [field]
    "KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type."
)
no_such_source = ErrorText(
    make_error, "ResourceNotFoundException", "Stream {} under account {} not found."
)  # [inferred]
one_destination = _invalid("Exactly one destination configuration is supported for a Firehose.")  # [peer]
hints_incomplete = _invalid("Both SizeInMBs and IntervalInSeconds are required in BufferingHints.")  # [inferred]
batch_too_large = _invalid("Records size exceeds 4 MB limit")  # [field]
error_prefix_missing = _invalid(  # [field]
    "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"
)
expression_invalid = _invalid("{} contains an invalid expression: {}.")  # [inferred]
prefix_too_long = _invalid("{} evaluates to more than 512 characters.")  # [inferred]
backup_missing = _invalid("S3BackupConfiguration is required when S3BackupMode is Enabled.")  # [inferred]
function_missing = _invalid("LambdaArn is required for a processor of type Lambda.")  # [inferred]
processors_twice = _invalid("There can be at most one processor of type {}.")  # [inferred]
parameter_invalid = _invalid("The value {} of {} is not valid.")  # [inferred]
hints_of_partitions = _invalid(  # [inferred; that it is refused: documented]
    "SizeInMBs must be at least 64 when dynamic partitioning is enabled."
)


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def not_here(what: str, instead: str) -> UsageError:
    """Something of AWS's that minicloud does not have."""
    return UsageError(f"minicloud's Firehose has no {escaped(what, 200)}: {instead}")
