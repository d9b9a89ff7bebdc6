"""Every error of AWS Lambda: its name, its HTTP status and its exact text, in one table.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.function_not_found(arn)``. No text of an error stands anywhere else in the service, but for the
constraints of members (``constraints``).

An error of the model also answers with the members of its exception: ``Type``, and the text a second time, under the
name that the model has for it (``Message`` of some, ``message`` of others). Others (``ValidationException``,
``AccessDeniedException``) have neither.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...exceptions import AwsError

_CAPITAL, _SMALL = "Message", "message"
_TYPES: Final = {"Sender": "User", "Receiver": "Service"}
"""What ``Type`` says of whose fault it is."""

_EXCEPTIONS: Final = {
    "AliasLimitExceededException": (400, _SMALL),
    "CallbackTimeoutException": (400, _CAPITAL),
    "CapacityProviderLimitExceededException": (400, _SMALL),
    "CodeArtifactUserDeletedException": (409, _SMALL),
    "CodeArtifactUserFailedException": (409, _SMALL),
    "CodeArtifactUserPendingException": (409, _SMALL),
    "CodeSigningConfigNotFoundException": (404, _CAPITAL),
    "CodeStorageExceededException": (400, _SMALL),
    "CodeVerificationFailedException": (400, _CAPITAL),
    "DurableExecutionAlreadyStartedException": (409, _CAPITAL),
    "EC2AccessDeniedException": (502, _CAPITAL),
    "EC2ThrottledException": (502, _CAPITAL),
    "EC2UnexpectedException": (502, _CAPITAL),
    "EFSIOException": (410, _CAPITAL),
    "EFSMountConnectivityException": (408, _CAPITAL),
    "EFSMountFailureException": (403, _CAPITAL),
    "EFSMountTimeoutException": (408, _CAPITAL),
    "ENILimitReachedException": (502, _CAPITAL),
    "ENINotReadyException": (502, _CAPITAL),
    "FunctionVersionsPerCapacityProviderLimitExceededException": (400, _SMALL),
    "InvalidCodeSignatureException": (400, _CAPITAL),
    "InvalidParameterValueException": (400, _SMALL),
    "InvalidRequestContentException": (400, _SMALL),
    "InvalidRuntimeException": (502, _CAPITAL),
    "InvalidSecurityGroupIDException": (502, _CAPITAL),
    "InvalidSubnetIDException": (502, _CAPITAL),
    "InvalidZipFileException": (502, _CAPITAL),
    "KMSAccessDeniedException": (502, _CAPITAL),
    "KMSDisabledException": (502, _CAPITAL),
    "KMSInvalidStateException": (502, _CAPITAL),
    "KMSNotFoundException": (502, _CAPITAL),
    "ModeNotSupportedException": (400, _SMALL),
    "NoPublishedVersionException": (400, _CAPITAL),
    "PolicyLengthExceededException": (400, _SMALL),
    "PreconditionFailedException": (412, _SMALL),
    "ProvisionedConcurrencyConfigNotFoundException": (404, _SMALL),
    "PublicPolicyException": (400, _CAPITAL),
    "RecursiveInvocationException": (400, _CAPITAL),
    "RequestTooLargeException": (413, _SMALL),
    "ResourceConflictException": (409, _SMALL),
    "ResourceInUseException": (400, _CAPITAL),
    "ResourceNotFoundException": (404, _CAPITAL),
    "ResourceNotReadyException": (502, _SMALL),
    "RuntimeAliasDeletedException": (409, _SMALL),
    "RuntimeVersionDeletedException": (409, _SMALL),
    "S3FilesMountConnectivityException": (408, _CAPITAL),
    "S3FilesMountFailureException": (403, _CAPITAL),
    "S3FilesMountTimeoutException": (408, _CAPITAL),
    "SerializedRequestEntityTooLargeException": (413, _SMALL),
    "ServiceException": (500, _CAPITAL),
    "ServiceQuotaExceededException": (402, _CAPITAL),
    "SnapStartException": (400, _CAPITAL),
    "SnapStartNotReadyException": (409, _CAPITAL),
    "SnapStartRegenerationFailureException": (409, _CAPITAL),
    "SnapStartTimeoutException": (408, _CAPITAL),
    "SubnetIPAddressLimitReachedException": (502, _CAPITAL),
    "TooManyRequestsException": (429, _SMALL),
    "UnsupportedMediaTypeException": (415, _SMALL),
}
"""The modelled exceptions: the status, and what the member is called that has the text."""

EXCEPTIONS: Final = tuple(_EXCEPTIONS)
"""The modelled exceptions, in the order of the alphabet."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Message": error.message, "Code": error.code}, **(error.members or {})}


def error_headers(error: AwsError) -> dict[str, str]:
    """The headers that an error's answer has: its name."""
    return {"x-amzn-errortype": error.code}


def make_error(name: str, message: str, **members: Any) -> AwsError:
    """The error of a name and a text; ``members`` are what its exception has beside ``Type`` and the text."""
    status, text = _EXCEPTIONS[name]
    fault = "Sender" if status < 500 else "Receiver"
    return AwsError(
        name, message, status, shape=name, fault=fault, members={"Type": _TYPES[fault], text: message, **members}
    )


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``)."""
    return AwsError("ValidationException", report(violations))


_invalid = partial(ErrorText, make_error, "InvalidParameterValueException")
_missing = partial(ErrorText, make_error, "ResourceNotFoundException")
_conflict = partial(ErrorText, make_error, "ResourceConflictException")
_stale = partial(ErrorText, make_error, "PreconditionFailedException")


def _denied(name: str, message: str) -> AwsError:
    return AwsError(name, message, 403)


# --- functions --------------------------------------------------------------------------------------------------------

function_not_found = _missing("Function not found: {}")
function_exists = _conflict("Function already exist: {}")
function_elsewhere = _missing("Functions from '{}' are not reachable in this region ('{}')")
function_of_other_account = ErrorText(
    _denied,
    "AccessDeniedException",
    "User: {user} is not authorized to perform: lambda:{action} on resource: {resource} because no resource-based "
    "policy allows the lambda:{action} action",
)
qualifiers_differ = _invalid("The derived qualifier from the function name does not match the specified qualifier.")
name_too_long = ErrorText(
    AwsError,
    "ValidationException",
    "1 validation error detected: Value '{}' at 'functionName' failed to satisfy constraint: "
    "Member must have length less than or equal to 64",
)
revision_differs = _stale(
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)
latest_not_deletable = _invalid("$LATEST version cannot be deleted without deleting the function.")
alias_not_deletable = _invalid("Deletion of aliases is not currently supported.")
version_has_aliases = _conflict("Version {} of the function is referenced by aliases: {}")  # not AWS's known text

# --- code and settings ------------------------------------------------------------------------------------------------

runtime_and_handler_missing = _invalid(
    "Runtime and Handler are mandatory parameters for functions created with deployment packages."
)
runtime_and_handler_of_image = _invalid("Runtime and Handler can not be specified for container images.")
image_uri_missing = _invalid("Please provide a valid ECR image URI.")  # not AWS's known text
unknown_runtime = _invalid(
    "Value {} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a valid ARN"
)
no_code = _invalid("Please provide a source for function code.")
code_not_got = _invalid(  # [known]
    "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
)
empty_archive = _invalid("Uploaded file must be a non-empty zip")
bad_archive = _invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
unzipped_too_large = _invalid("Unzipped size must be smaller than {} bytes")
environment_reserved = _invalid(
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}"
)
environment_too_large = _invalid(
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    "exceeded the 4KB limit. String measured: {}"
)
dead_letter_target = _invalid(
    "The dead-letter target {} is neither a standard queue nor a standard topic."
)  # not AWS's known text
bad_marker = _invalid("The marker is not valid.")  # not AWS's known text
zip_for_image = _invalid("Please provide ImageUri when updating a function with packageType Image.")
image_for_zip = _invalid("Please don't provide ImageUri when updating a function with packageType Zip.")

# --- versions and aliases ---------------------------------------------------------------------------------------------

code_differs = _invalid(
    "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the CodeSHA256 in "
    "$LATEST."
)
alias_exists = _conflict("Alias already exists: {}")
alias_missing = _missing("Cannot find alias arn: {}")
alias_to_update_missing = _missing("Alias not found: {}")
too_many_weights = _invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
weight_for_own_version = _invalid(
    "Invalid function version {0}. Function version {0} is already included in routing configuration."
)
weights_with_latest = _invalid("$LATEST is not supported for an alias pointing to more than 1 version")

# --- event source mappings --------------------------------------------------------------------------------------------

mapping_not_found = _missing("The resource you requested does not exist.")
unrecognized_source = _invalid("Unrecognized event source.")
parameter_not_for_source = _invalid("Unsupported {} parameter for given event source mapping type.")
window_on_fifo = _invalid("Batching window is not supported for FIFO queues")
window_missing = _invalid(
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
)
scaling_and_pollers = _invalid(
    "ScalingConfig and ProvisionedPollerConfig cannot both be specified."
)  # not AWS's known text
bad_pattern = _invalid("Invalid filter pattern definition.")  # not established
too_many_filters = _invalid("The number of filters must not be greater than {}.")  # not AWS's known text
starting_position_missing = _invalid(
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be "
    "null."
)
timestamp_missing = _invalid(
    "StartingPositionTimestamp must be specified for StartingPosition AT_TIMESTAMP."
)  # not AWS's known text
timestamp_in_the_future = _invalid("StartingPositionTimestamp must not be in the future.")  # not AWS's known text
timestamp_without_position = _invalid(
    "StartingPositionTimestamp is only valid with StartingPosition AT_TIMESTAMP."
)  # not AWS's known text
record_age_too_low = ErrorText(
    AwsError,
    "ValidationException",
    "1 validation error detected: Value '{}' at 'maximumRecordAgeInSeconds' failed to satisfy constraint: "
    "Member must have value greater than or equal to {}",
)  # not AWS's known text
function_of_mapping_missing = _invalid("Function does not exist")
queue_of_mapping_missing = _invalid(
    "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
    "SQS Error Message: The specified queue does not exist."
)  # [field]
stream_of_mapping_missing = _invalid("Stream not found: {}")  # recorded of DynamoDB
visibility_too_short = _invalid(
    "Queue visibility timeout: {} seconds is less than Function timeout: {} seconds"
)  # [field]
queue_is_mapped = _conflict(
    'An event source mapping with SQS arn (" {} ") and function (" {} ") already exists. Please update or delete the '
    "existing mapping with UUID {}"
)
stream_is_mapped = _conflict(
    'The event source arn (" {} ") and function (" {} ") provided mapping already exists. Please update or delete the '
    "existing mapping with UUID {}"
)

# --- what belongs to a function ---------------------------------------------------------------------------------------

unreserved_too_few = _invalid(
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
    "minimum value of [{}]."
)
only_for_functions = _invalid(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please "
    "specify either a function name or an unqualified function ARN."
)
config_empty = _invalid("You must specify at least one of error handling or destination setting.")
config_of_nothing = _missing("The function doesn't exist.")
config_missing = _missing("The function {} doesn't have an EventInvokeConfig")
destination_invalid = _invalid("The destination ARN {} is invalid.")
destinations_invalid = _invalid(
    "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid."
)
destination_is_itself = _invalid("You can't specify the function as a destination for itself.")
statement_exists = _conflict(
    "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing "
    "statement."
)
statement_missing = _missing("Statement {} is not found in resource policy.")
policy_missing = _missing("The resource you requested does not exist.")
no_policy_of = _missing("No policy found for: {}")
no_policy = _missing("No policy is associated with the given resource.")
policy_of_latest = _invalid("We currently do not support adding policies for $LATEST.")
principal_invalid = _invalid("The provided principal was invalid. Please check the principal and try again.")
policy_revision_differs = _stale(
    "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest "
    "Revision Id"
)
policy_too_long = ErrorText(
    make_error, "PolicyLengthExceededException", "The final policy size ({}) is bigger than the limit ({})."
)
tags_of_qualified = _invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")
too_many_tags = _invalid("Number of tags exceeds resource tag limit.")
mapping_missing = _missing("Event source mapping not found: {}")

# --- invocations ------------------------------------------------------------------------------------------------------

payload_not_json = ErrorText(
    make_error,
    "InvalidRequestContentException",
    "Could not parse request body into json: Could not parse payload into json: {}",
)
payload_too_large = ErrorText(
    make_error,
    "RequestTooLargeException",
    "Request must be smaller than {} bytes for the {} operation",
)
client_context_not_json = ErrorText(
    make_error, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
)  # not AWS's known text


def too_many_requests(reason: str) -> AwsError:
    """The error for a run that is throttled."""
    return make_error("TooManyRequestsException", "Rate Exceeded.", Reason=reason)
