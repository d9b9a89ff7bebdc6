"""Every error of AWS STS: its name, its HTTP status and its exact text, in one table.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.claim_missing("exp")``. No text of an error
stands anywhere else in the service, but for the constraints of members (``constraints``).
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...exceptions import AwsError

EXCEPTIONS: Final = {
    "ExpiredTokenException": ("ExpiredTokenException", 400),
    "ExpiredTradeInTokenException": ("ExpiredTradeInTokenException", 400),
    "IDPCommunicationError": ("IDPCommunicationErrorException", 400),
    "IDPRejectedClaim": ("IDPRejectedClaimException", 403),
    "InsufficientSessionLifetime": ("InsufficientSessionLifetimeException", 400),
    "InvalidAuthorizationMessageException": ("InvalidAuthorizationMessageException", 400),
    "InvalidContextAssertion": ("InvalidContextAssertionException", 400),
    "InvalidIdentityToken": ("InvalidIdentityTokenException", 400),
    "InvalidSubjectCredentials": ("InvalidSubjectCredentialsException", 400),
    "JWTPayloadSizeExceededException": ("JWTPayloadSizeExceededException", 400),
    "MalformedPolicyDocument": ("MalformedPolicyDocumentException", 400),
    "OutboundWebIdentityFederationDisabledException": ("OutboundWebIdentityFederationDisabledException", 403),
    "PackedPolicyTooLarge": ("PackedPolicyTooLargeException", 400),
    "RegionDisabledException": ("RegionDisabledException", 403),
    "SessionDurationEscalationException": ("SessionDurationEscalationException", 403),
}
"""The modelled exceptions by their codes: shape and HTTP status. In the order of the model."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Type": error.fault, "Code": error.code, "Message": error.message}}


def _error(code: str, message: str) -> AwsError:
    shape, status = EXCEPTIONS.get(code, (None, 403 if code == "AccessDenied" else 400))
    return AwsError(code, message, status, shape=shape)


_denied = partial(ErrorText, _error, "AccessDenied")
_invalid = partial(ErrorText, _error, "ValidationError")
_invalid_token = partial(ErrorText, _error, "InvalidIdentityToken")


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``)."""
    return _error("ValidationError", report(violations))


# --- roles and sessions -----------------------------------------------------------------------------------------------

role_arn_invalid = _invalid("Request ARN is invalid")
chained_session_too_long = _invalid(
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
)
second_factor_incomplete = _denied(
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
)
session_token_for_session = _denied("Cannot call GetSessionToken with session credentials")
policy_malformed = ErrorText(_error, "MalformedPolicyDocument", "This policy contains invalid Json")
policy_too_large = ErrorText(
    _error, "PackedPolicyTooLarge", "Packed policy consumes {}% of allotted space, please use smaller policy."
)

# --- web identities ---------------------------------------------------------------------------------------------------

id_token_invalid = _invalid_token(
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)
claim_missing = _invalid_token("Missing a required claim: {}")
id_token_expired = ErrorText(
    _error, "ExpiredTokenException", "Token expired: current date/time {} must be before the expiration date/time {}"
)
provider_not_supported = _invalid("Unsupported ProviderId: {}")  # not AWS's known text
