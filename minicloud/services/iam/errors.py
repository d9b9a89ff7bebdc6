"""Every error of IAM: its name, its HTTP status and its exact text, in one table.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.role_not_found("worker")``. No text of an error stands anywhere else in the service, but for the
constraints of members (``constraints``).

There is no recording to hold these to. Behind each stands what it rests on: ``[known]`` is what AWS's users and tools
quote of AWS, ``[inferred]`` is in the manner of the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...exceptions import AwsError

EXCEPTIONS: Final = {
    "AccountNotManagementOrDelegatedAdministratorException": (
        "AccountNotManagementOrDelegatedAdministratorException",
        400,
    ),
    "CallerIsNotManagementAccountException": ("CallerIsNotManagementAccountException", 400),
    "ConcurrentModification": ("ConcurrentModificationException", 409),
    "ReportExpired": ("CredentialReportExpiredException", 410),
    "ReportNotPresent": ("CredentialReportNotPresentException", 410),
    "ReportInProgress": ("CredentialReportNotReadyException", 404),
    "DeleteConflict": ("DeleteConflictException", 409),
    "DuplicateCertificate": ("DuplicateCertificateException", 409),
    "DuplicateSSHPublicKey": ("DuplicateSSHPublicKeyException", 400),
    "EntityAlreadyExists": ("EntityAlreadyExistsException", 409),
    "EntityTemporarilyUnmodifiable": ("EntityTemporarilyUnmodifiableException", 409),
    "FeatureDisabled": ("FeatureDisabledException", 404),
    "FeatureEnabled": ("FeatureEnabledException", 409),
    "InvalidAuthenticationCode": ("InvalidAuthenticationCodeException", 403),
    "InvalidCertificate": ("InvalidCertificateException", 400),
    "InvalidInput": ("InvalidInputException", 400),
    "InvalidPublicKey": ("InvalidPublicKeyException", 400),
    "InvalidUserType": ("InvalidUserTypeException", 400),
    "KeyPairMismatch": ("KeyPairMismatchException", 400),
    "LimitExceeded": ("LimitExceededException", 409),
    "MalformedCertificate": ("MalformedCertificateException", 400),
    "MalformedPolicyDocument": ("MalformedPolicyDocumentException", 400),
    "NameConflict": ("NameConflictException", 409),
    "NoSuchEntity": ("NoSuchEntityException", 404),
    "OpenIdIdpCommunicationError": ("OpenIdIdpCommunicationErrorException", 400),
    "OrganizationNotFoundException": ("OrganizationNotFoundException", 400),
    "OrganizationNotInAllFeaturesModeException": ("OrganizationNotInAllFeaturesModeException", 400),
    "PasswordPolicyViolation": ("PasswordPolicyViolationException", 400),
    "PolicyEvaluation": ("PolicyEvaluationException", 500),
    "PolicyNotAttachable": ("PolicyNotAttachableException", 400),
    "ReportGenerationLimitExceeded": ("ReportGenerationLimitExceededException", 409),
    "RoleModified": ("RoleModifiedException", 409),
    "RoleTemplateDisabled": ("RoleTemplateDisabledException", 400),
    "ServiceAccessNotEnabledException": ("ServiceAccessNotEnabledException", 400),
    "ServiceFailure": ("ServiceFailureException", 500),
    "NotSupportedService": ("ServiceNotSupportedException", 404),
    "UnmodifiableEntity": ("UnmodifiableEntityException", 400),
    "UnrecognizedPublicKeyEncoding": ("UnrecognizedPublicKeyEncodingException", 400),
}
"""The modelled exceptions by their codes: shape and HTTP status. In the order of the model."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Type": error.fault, "Code": error.code, "Message": error.message}}


def _error(code: str, message: str) -> AwsError:
    shape, status = EXCEPTIONS.get(code, (None, 403 if code == "AccessDenied" else 400))
    return AwsError(code, message, status, shape=shape)


_already_exists = partial(ErrorText, _error, "EntityAlreadyExists")
_conflict = partial(ErrorText, _error, "DeleteConflict")
_invalid = partial(ErrorText, _error, "InvalidInput")
_limit = partial(ErrorText, _error, "LimitExceeded")
_malformed = partial(ErrorText, _error, "MalformedPolicyDocument")
_not_found = partial(ErrorText, _error, "NoSuchEntity")
_wrong = partial(ErrorText, _error, "ValidationError")


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``)."""
    return _error("ValidationError", report(violations))


# --- members ----------------------------------------------------------------------------------------------------------

name_invalid = _wrong(  # [known]
    "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
)
path_invalid = _wrong(  # [known]
    "The specified value for {} is invalid. It must begin and end with / and contain only alphanumeric characters "
    "and/or / characters."
)
document_invalid = _wrong(  # [known]
    "The specified value for {} is invalid. It must contain only printable ASCII characters."
)
marker_invalid = _wrong("Invalid Marker.")  # [inferred]
tags_twice = _invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")  # [known]
tag_reserved = _invalid("aws: prefixed tag key names are not allowed for external use.")  # [inferred]
arn_invalid = _invalid("ARN {} is not valid.")  # [known]

# --- documents --------------------------------------------------------------------------------------------------------

json_invalid = _malformed("This policy contains invalid Json")  # [known]
syntax = _malformed("Syntax errors in policy.")  # [known]
principal_not_allowed = _malformed("Policy document should not specify a principal.")  # [known]
actions_missing = _malformed("Policy statement must contain actions.")  # [known]
resources_missing = _malformed("Policy statement must contain resources.")  # [known]
trust_policy_too_large = _limit("Cannot exceed quota for ACLSizePerRole: {}")  # [known]
inline_policies_too_large = _limit("Maximum policy size of {} bytes exceeded for role {}")  # [known]
policy_too_large = _limit("Cannot exceed quota for PolicySize: {}")  # [known]

# --- roles ------------------------------------------------------------------------------------------------------------

role_exists = _already_exists("Role with name {} already exists.")  # [known]
role_not_found = _not_found("The role with name {} cannot be found.")  # [known]
role_has_policies = _conflict("Cannot delete entity, must delete policies first.")  # [known]
role_has_attachments = _conflict("Cannot delete entity, must detach all policies first.")  # [known]
role_policy_not_found = _not_found("The role policy with name {} cannot be found.")  # [known]
boundary_not_found = _not_found("Scope ARN: {} does not exist or is not attachable.")  # [known]
too_many_attachments = _limit("Cannot exceed quota for PoliciesPerRole: {}")  # [known]

# --- policies ---------------------------------------------------------------------------------------------------------

policy_exists = _already_exists("A policy called {} already exists. Duplicate names are not allowed.")  # [known]
policy_not_found = _not_found("Policy {} was not found.")  # [known]
policy_not_attachable = _not_found("Policy {} does not exist or is not attachable.")  # [known]
policy_in_use = _conflict("Cannot delete a policy attached to entities.")  # [known]
policy_of_others = ErrorText(_error, "AccessDenied", "Policy is outside your own account.")  # [known]
