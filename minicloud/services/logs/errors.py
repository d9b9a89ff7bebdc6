"""Every error of CloudWatch Logs: its name and its exact text, in one table; and what minicloud does not do.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.group_not_found()``. No text of an error stands anywhere else in the service, but for the constraints of
members (``constraints``).

There is no recording to hold these to. Behind each stands what it rests on: ``[known]`` is what AWS's users and tools
quote of AWS, ``[inferred]`` is in the manner of the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...core.shown import shown
from ...exceptions import AwsError, UsageError

EXCEPTIONS: Final = (
    "AccessDeniedException",
    "ConflictException",
    "DataAlreadyAcceptedException",
    "InternalServerException",
    "InternalStreamingException",
    "InvalidOperationException",
    "InvalidParameterException",
    "InvalidSequenceTokenException",
    "LimitExceededException",
    "MalformedQueryException",
    "OperationAbortedException",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ServiceUnavailableException",
    "SessionStreamingException",
    "SessionTimeoutException",
    "ThrottlingException",
    "TooManyTagsException",
    "UnrecognizedClientException",
    "ValidationException",
)
"""The modelled exceptions, in the order of the model."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Message": error.message, "Code": error.code}}


def _error(code: str, message: str) -> AwsError:
    return AwsError(code, message, shape=code)


_invalid = partial(ErrorText, _error, "InvalidParameterException")
_not_found = partial(ErrorText, _error, "ResourceNotFoundException")


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [known]"""
    return _error("InvalidParameterException", report(violations))


group_exists = ErrorText(  # [known]
    _error, "ResourceAlreadyExistsException", "The specified log group already exists"
)
group_not_found = _not_found("The specified log group does not exist.")  # [known]
stream_exists = ErrorText(  # [known]
    _error, "ResourceAlreadyExistsException", "The specified log stream already exists"
)
events_unordered = _invalid("Log events in a single PutLogEvents request must be in chronological order.")  # [known]
events_too_far_apart = _invalid(  # [known]
    "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
)
events_too_large = _invalid("Upload too large: {} bytes exceeds limit of {}")  # [known]
stream_not_found = _not_found("The specified log stream does not exist.")  # [known]
token_invalid = _invalid("The specified nextToken is invalid.")  # [known]
name_reserved = _invalid("Log group names cannot start with 'aws/'.")  # [inferred]
one_of_two = _invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.")  # [inferred]
prefix_and_pattern = _invalid(  # [known]
    "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
)
identifiers_and_more = _invalid(  # [inferred]
    "logGroupIdentifiers and other filters of log groups are mutually exclusive parameters."
)
names_and_prefix = _invalid(  # [inferred]
    "logStreamNames and logStreamNamePrefix are mutually exclusive parameters."
)
prefix_by_time = _invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")  # [known]
latest_first_too_early = _invalid(  # [inferred]
    "startFromHead can be false only when startTime is on or after Jan 1, 2024 00:00:00 UTC."
)
term_invalid = _invalid("Invalid character(s) in term '{}'")  # [known]
quote_open = _invalid("Unclosed quotation mark in filter pattern.")  # [inferred]
group_protected = ErrorText(  # [inferred]
    _error, "ValidationException", "The log group {} has deletion protection enabled and cannot be deleted."
)


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def pattern_not_read(pattern: str, what: str) -> UsageError:
    """A filter pattern of a kind that minicloud does not read."""
    return UsageError(
        f"filterPattern={shown(pattern)} {what}, which minicloud does not read: filter by plain terms and quoted "
        'phrases (ERROR, "not found", ?one ?other, -without), or read all events and filter them in the test'
    )


def entity_not_kept() -> UsageError:
    """What to say of an entity that events are related to."""
    return UsageError(
        "logs.PutLogEvents was given an entity, and minicloud relates log events to nothing: leave it out in the test"
    )


def accounts_not_linked() -> UsageError:
    """What to say of other accounts' log groups."""
    return UsageError(
        "logs.DescribeLogGroups was asked for log groups of linked accounts, and no account of a Cloud monitors "
        "another one: ask with a client of that account (cloud.client('logs', account_id=...)), and leave out "
        "includeLinkedAccounts and accountIdentifiers"
    )
