"""Errors as SNS raises them: a code, its modelled exception, its HTTP status."""

from __future__ import annotations

from typing import Any

from ...exceptions import AwsError

__all__ = ["EXCEPTIONS", "aws_error", "invalid", "missing", "validation_error"]

EXCEPTIONS: dict[str, tuple[str, int]] = {
    "AuthorizationError": ("AuthorizationErrorException", 403),
    "BatchEntryIdsNotDistinct": ("BatchEntryIdsNotDistinctException", 400),
    "BatchRequestTooLong": ("BatchRequestTooLongException", 400),
    "ConcurrentAccess": ("ConcurrentAccessException", 400),
    "EmptyBatchRequest": ("EmptyBatchRequestException", 400),
    "EndpointDisabled": ("EndpointDisabledException", 400),
    "FilterPolicyLimitExceeded": ("FilterPolicyLimitExceededException", 403),
    "InternalError": ("InternalErrorException", 500),
    "InvalidBatchEntryId": ("InvalidBatchEntryIdException", 400),
    "InvalidParameter": ("InvalidParameterException", 400),
    "ParameterValueInvalid": ("InvalidParameterValueException", 400),
    "InvalidSecurity": ("InvalidSecurityException", 403),
    "InvalidState": ("InvalidStateException", 400),
    "KMSAccessDenied": ("KMSAccessDeniedException", 400),
    "KMSDisabled": ("KMSDisabledException", 400),
    "KMSInvalidState": ("KMSInvalidStateException", 400),
    "KMSNotFound": ("KMSNotFoundException", 400),
    "KMSOptInRequired": ("KMSOptInRequired", 403),
    "KMSThrottling": ("KMSThrottlingException", 400),
    "NotFound": ("NotFoundException", 404),
    "OptedOut": ("OptedOutException", 400),
    "PlatformApplicationDisabled": ("PlatformApplicationDisabledException", 400),
    "ReplayLimitExceeded": ("ReplayLimitExceededException", 403),
    "ResourceNotFound": ("ResourceNotFoundException", 404),
    "StaleTag": ("StaleTagException", 400),
    "SubscriptionLimitExceeded": ("SubscriptionLimitExceededException", 403),
    "TagLimitExceeded": ("TagLimitExceededException", 400),
    "TagPolicy": ("TagPolicyException", 400),
    "Throttled": ("ThrottledException", 429),
    "TooManyEntriesInBatchRequest": ("TooManyEntriesInBatchRequestException", 400),
    "TopicLimitExceeded": ("TopicLimitExceededException", 403),
    "UserError": ("UserErrorException", 400),
    "ValidationException": ("ValidationException", 400),
    "VerificationException": ("VerificationException", 400),
}
"""Error code to the modelled exception's name and the HTTP status, in the order of the model."""


def aws_error(code: str, message: str, **members: Any) -> AwsError:
    """The error with this modelled code."""
    shape, status = EXCEPTIONS[code]
    fault = "Receiver" if status >= 500 else "Sender"
    return AwsError(code, message, status, shape=shape, fault=fault, members=members)


def invalid(text: str, **details: Any) -> AwsError:
    """``InvalidParameter`` with AWS's prefix; ``text`` is filled in with ``details``."""
    return aws_error("InvalidParameter", "Invalid parameter: " + (text.format(**details) if details else text))


def missing(text: str) -> AwsError:
    """``NotFound``, 404."""
    return aws_error("NotFound", text)


def validation_error(text: str, **details: Any) -> AwsError:
    """``ValidationError``, which the model does not know: the constraints of members."""
    return AwsError("ValidationError", text.format(**details), 400)
