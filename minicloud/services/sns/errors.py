"""Every error of Amazon SNS: its code, its modelled exception, its HTTP status and its exact text, in one table.

A text is called with the values of its blanks, by name, and makes the error to raise: ``raise errors.topic_missing()``,
``raise errors.protocol_unknown(protocol="fax")``. Where AWS says which parameter an error is about before it says what
is wrong, the caller passes that as ``prefix``: ``errors.display_name(prefix=AT_CREATION)``. The texts are AWS's, with
its own full stops and their absence; which ones are not known from AWS is on the page
``docs/explanation/fidelity/sns.md``. Those of filter policies are in ``filter/errors.py``. No text of an error stands
anywhere else.
"""

from __future__ import annotations

from typing import Any, Final

from ...core.error_text import ErrorText
from ...exceptions import AwsError

__all__ = ["AT_CHANGE", "AT_CREATION", "EXCEPTIONS", "INVALID_PARAMETER", "aws_error"]

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

INVALID_PARAMETER: Final = "Invalid parameter: "
"""What every text of code ``InvalidParameter`` begins with, but for a few."""
AT_CREATION: Final = "Attributes Reason: "
"""The prefix of errors in the attributes of a call that makes something."""
AT_CHANGE: Final = ""
"""The prefix of the same errors where a single attribute is set."""


def aws_error(code: str, message: str, **members: Any) -> AwsError:
    """The error with this modelled code."""
    shape, status = EXCEPTIONS[code]
    fault = "Receiver" if status >= 500 else "Sender"
    return AwsError(code, message, status, shape=shape, fault=fault, members=members)


def _unmodelled(code: str, message: str) -> AwsError:
    return AwsError(code, message, 400)


def _text(code: str, template: str) -> ErrorText:
    return ErrorText(aws_error, code, template)


def _invalid(template: str) -> ErrorText:
    return ErrorText(aws_error, "InvalidParameter", template, INVALID_PARAMETER)


def _constraint(template: str) -> ErrorText:
    """``ValidationError``, which the model does not know: the constraints of members."""
    lead = "1 validation error detected: "
    return ErrorText(_unmodelled, "ValidationError", template, lead)


# --- ARNs and callers ------------------------------------------------------------------------------------------------

arn_elements = _invalid("{parameter} Reason: An ARN must have at least 6 elements, not {count}")
arn_slashes = _invalid("{parameter} Reason: Wrong number of slashes in relative portion of the ARN.")
endpoint_id = _invalid(
    "{parameter} Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 characters."
)
parameter_wrong = _invalid("{parameter}")
subscription_id = _invalid("SubscriptionId")
not_authorized = _text(
    "AuthorizationError",
    "User: {user} is not authorized to perform: SNS:{action} on resource: {resource} "
    "because no resource-based policy allows the SNS:{action} action",
)
rate_exceeded = ErrorText(_unmodelled, "Throttling", "Rate exceeded")

# --- missing things --------------------------------------------------------------------------------------------------

topic_missing = _text("NotFound", "Topic does not exist")
subscription_missing = _text("NotFound", "Subscription does not exist")
application_missing = _text("NotFound", "PlatformApplication does not exist")
endpoint_missing = _text("NotFound", "Endpoint does not exist")
resource_missing = _text("ResourceNotFound", "Resource does not exist")

# --- constraints of the model ----------------------------------------------------------------------------------------

member_null = _constraint("Value null at '{path}' failed to satisfy constraint: Member must not be null")
member_long = _constraint(
    "Value '{value}' at '{path}' failed to satisfy constraint: Member must have length less than or equal to {maximum}"
)
member_short = _constraint(
    "Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must have length greater than or equal to {minimum}"
)
member_large = _constraint(
    "Value '{value}' at '{path}' failed to satisfy constraint: Member must have value less than or equal to {maximum}"
)
member_pattern = _constraint(
    "Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: {pattern}"
)
member_enum = _constraint(
    "Value '{value}' at '{path}' failed to satisfy constraint: Member must satisfy enum value set: [{values}]"
)

# --- topics ----------------------------------------------------------------------------------------------------------

topic_name = _invalid("Topic Name")
topic_has_other_attributes = _invalid("Topic already exists with different attributes")
topic_has_other_tags = _invalid("Tags Reason: Topic already exists with different tags")
topic_archived = _text("InvalidState", "Invalid state: Cannot delete a topic with an ArchivePolicy")
topic_limit = _text("TopicLimitExceeded", "Account limit exceeded for number of topics")
tags_characters = _invalid("Tags Reason: The given tag(s) contain invalid characters")
# The sentence is AWS's; what stands before it is not established.
tags_reserved = _invalid("Tags Reason: aws: prefixed tag key names are not allowed for external use.")
tags_duplicated = _invalid("Duplicated keys are not allowed.")
tag_limit = _text("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded")

attribute_unknown = _invalid("Unknown attribute {name}")
attribute_name = _invalid("AttributeName")
boolean = _invalid("{name}: Invalid value [{value}]. Must be true or false.")
display_name = _invalid("DisplayName")
signature_version = _invalid("SignatureVersion: Invalid value. Must be 1 or 2.")
tracing_config = _invalid("Invalid tracing config value: {value}")
feedback_sample_rate = _invalid("{name}: {value} value provided is not an integer between 0-100")
throughput_scope = _invalid("FifoThroughputScope: Invalid value [{value}]. Must be Topic or MessageGroup.")
throughput_scope_back = _invalid("FifoThroughputScope: cannot be changed from MessageGroup to Topic")
maximum_message_size = _invalid("MaximumMessageSize: {value} value provided is not an integer between 1024-1048576")
maximum_message_size_subscriptions = _invalid(
    "MaximumMessageSize: a topic with a value above 262144 can have at most 100 subscriptions, "
    "with the protocols sqs, lambda and firehose only"
)
archive_retention = _invalid("ArchivePolicy: MessageRetentionPeriod value is invalid")
archive_json = _invalid("ArchivePolicy: failed to parse JSON")
archive_unknown = _invalid("ArchivePolicy: invalid JSON. Attribute {name} is unknown.")

# --- delivery policies -----------------------------------------------------------------------------------------------

delivery_json = _invalid("DeliveryPolicy: failed to parse JSON")
delivery_unknown = _invalid("DeliveryPolicy: invalid JSON. Attribute {member} is unknown.")
delivery_type = _invalid("DeliveryPolicy: {path} must be {kind}")
delivery_at_least = _invalid("DeliveryPolicy: {path} must be greater than or equal to {bound}")
delivery_at_most = _invalid("DeliveryPolicy: {path} must be less than or equal to {bound}")
delivery_phases = _invalid(
    "DeliveryPolicy: {path}.numRetries must be greater than or equal to total of "
    "numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries"
)
delivery_backoff = _invalid("DeliveryPolicy: {path} the value [{value}] is not a valid backoff function")
delivery_receives = _invalid("DeliveryPolicy: {path} must be >= 1")

# --- access policies -------------------------------------------------------------------------------------------------

policy_malformed = _invalid("Policy Error: null")
policy_principal = _invalid("Policy Error: PrincipalNotFound")
policy_action = _invalid("Policy statement action out of service scope!")
account_invalid = _invalid("A provided account ID is not valid")
statement_exists = _invalid("Statement already exists")

# --- data protection policies ----------------------------------------------------------------------------------------

data_protection_direction = _invalid(
    "DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound"
)
data_protection_json = _invalid("DataProtectionPolicy Reason: failed to parse JSON")
data_protection_long = _invalid("DataProtectionPolicy Reason: policy must be at most 30720 characters long")
data_protection_fifo = _invalid(
    "DataProtectionPolicy Reason: data protection policies are not supported for FIFO topics"
)
data_protection_member = _invalid("DataProtectionPolicy Reason: {member} is missing or invalid")
data_protection_audits = _invalid("DataProtectionPolicy Reason: only one statement may have an Audit operation")
data_protection_unknown = _invalid("DataProtectionPolicy Reason: {member} is unknown")

# --- subscriptions ---------------------------------------------------------------------------------------------------

protocol_unknown = _invalid("Amazon SNS does not support this protocol string: {protocol}")
protocol_of_fifo_topic = _invalid("Invalid protocol type: {protocol}")
endpoint_protocol = _invalid("Endpoint must match the specified protocol")
endpoint_unreachable = _invalid("Unreachable Endpoint")
endpoint_email = _invalid("Email address")
endpoint_sms = _text("InvalidParameter", "Invalid SMS endpoint: {endpoint}")
endpoint_sqs = _invalid("SQS endpoint ARN")
endpoint_lambda = _invalid("Lambda endpoint ARN")
endpoint_firehose = _invalid("Firehose endpoint ARN")
endpoint_firehose_role = _invalid("Delivery protocol firehose can only be subscribed with subscription role arn")
endpoint_application = _invalid("Application endpoint arn invalid:{endpoint}")
endpoint_application_missing = _invalid("Endpoint Reason: Endpoint does not exist for endpoint arn{endpoint}")
endpoint_fifo_queue = _invalid(
    "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
)
subscription_has_other_attributes = _invalid("Subscription already exists with different attributes")
subscription_limit = _text("SubscriptionLimitExceeded", "Topic limit exceeded for number of subscriptions")
filter_policy_limit = _text("FilterPolicyLimitExceeded", "Topic limit exceeded for number of filter policies")
subscription_pending = _invalid(
    "SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation"
)
token_malformed = _text("InvalidParameter", "Invalid token")
token_unknown = _invalid("Token")
token_of_other_topic = _invalid("Topic")
raw_protocol = _invalid("Delivery protocol [{protocol}] does not support raw message delivery.")
filter_scope = _invalid(
    "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
)
role_arn = _invalid("{name} Reason: An ARN must have at least 6 elements, not {count}")

redrive_json = _invalid("RedrivePolicy: failed to parse JSON. {reason}")
redrive_arn = _invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
redrive_missing = _invalid("RedrivePolicy: Missing deadLetterTargetArn attribute")
redrive_queue = _invalid("RedrivePolicy: deadLetterTargetArn must be a SQS queue")
redrive_region = _invalid("RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription")
redrive_unknown = _invalid("RedrivePolicy: invalid JSON. Attribute {name} is unknown.")
redrive_fifo = _invalid("RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.")

replay_topic = _invalid("ReplayPolicy: only subscriptions to a FIFO topic with an ArchivePolicy can be replayed")
replay_json = _invalid("ReplayPolicy: failed to parse JSON")
replay_unknown = _invalid("ReplayPolicy: invalid JSON. Attribute {name} is unknown.")
replay_type = _invalid("ReplayPolicy: PointType must be Timestamp")
replay_point = _invalid("ReplayPolicy: {name} value is invalid")
replay_order = _invalid("ReplayPolicy: EndingPoint must be later than StartingPoint")

# --- publishing ------------------------------------------------------------------------------------------------------

target_required = _invalid("TopicArn or TargetArn Reason: no value for required parameter")
targets_many = _invalid("Only one of TopicArn, TargetArn and PhoneNumber may be given")
target_missing = _invalid("TargetArn Reason: No endpoint found for the target arn specified")
phone_number_target = _invalid("PhoneNumber Reason: {number} is not valid to publish to")
endpoint_disabled = _text("EndpointDisabled", "Endpoint is disabled")
application_disabled = _text("PlatformApplicationDisabled", "Platform application is disabled")
message_empty = _invalid("Empty message")
message_long = _invalid("Message too long")
message_characters = _invalid("Message")
subject = _invalid("Subject")
structure = _invalid("MessageStructure")
structure_json = _invalid("Message Structure - JSON message body failed to parse")
structure_default = _invalid("Message Structure - No default entry in JSON message body")
group_required = _invalid("The MessageGroupId parameter is required for FIFO topics")
deduplication_required = _invalid(
    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)
deduplication_of_standard_topic = _invalid(
    "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
    "that is not valid for this topic type"
)
fifo_id = _invalid(
    "{parameter} Reason: The request includes {parameter} parameter that is not valid: "
    "it must be 1 to 128 alphanumeric or punctuation characters"
)

# --- message attributes ----------------------------------------------------------------------------------------------

_WRONG: Final = "ParameterValueInvalid"

message_attribute_type = _text(
    _WRONG,
    "The message attribute '{name}' has an invalid message attribute type, "
    "the set of supported type prefixes is Binary, Number, and String.",
)
message_attribute_empty = _text(
    _WRONG,
    "The message attribute '{name}' must contain non-empty message attribute value "
    "for message attribute type '{type}'.",
)
message_attribute_field = _text(_WRONG, "The message attribute '{name}' with type '{type}' must use field '{field}'.")
message_attribute_number = _text(_WRONG, "Could not cast message attribute '{name}' value to number.")
message_attribute_characters = _text(_WRONG, "The message attribute '{name}' contains invalid characters.")
message_attribute_name_long = _text(_WRONG, "Length of message attribute name must be less than 256 bytes.")
message_attribute_name_empty = _text(_WRONG, "The message attribute name must not be empty.")
message_attribute_name_start = _text(_WRONG, "Invalid message attribute name starting with character '.' was found.")
message_attribute_name_end = _text(_WRONG, "Invalid message attribute name ending with character '.' was found.")
message_attribute_name_dots = _text(_WRONG, "Message attribute name can not have successive '.' character.")
message_attribute_name_character = _text(
    _WRONG,
    "Invalid non-alphanumeric character '#x{code:X}' was found in the message attribute name. "
    "Can only include alphanumeric characters, hyphens, underscores, or dots.",
)
message_attribute_name_reserved = _text(
    _WRONG, "The message attribute name '{name}' starts with a reserved prefix, AWS. or Amazon."
)

# --- batches ---------------------------------------------------------------------------------------------------------

batch_empty = _text("EmptyBatchRequest", "The batch request doesn't contain any entries.")
batch_entries = _text("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
batch_ids = _text("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
batch_id_character = _text(
    "InvalidBatchEntryId", "The Id of a batch entry in the batch request contains an impermissible character: {id}"
)
batch_id_long = _text("InvalidBatchEntryId", "The Id of a batch entry in the batch request is too long: {id}")
batch_long = _text("BatchRequestTooLong", "The length of all the messages put together is more than the limit.")

# --- mobile push -----------------------------------------------------------------------------------------------------

application_name_long = _invalid("{name} Reason: must be at most 256 characters long")
application_name_empty = _invalid("{name} Reason: cannot be empty")
application_name_characters = _invalid(
    "{name} Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'"
)
application_platform = _invalid("Platform Reason: {platform} is not supported")
credential_without_principal = _invalid(
    "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal"
)
principal_without_credential = _invalid(
    "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential"
)
application_exists = _invalid("Name Reason: An application with the same name but different properties already exists")
token_empty = _invalid("Token Reason: cannot be empty")
token_long = _invalid("Token Reason: must be at most 8192 bytes long in UTF-8 encoding")
token_taken = _invalid(
    "Token Reason: Endpoint {endpoint} already exists with the same Token, but different attributes."
)
token_elsewhere = _invalid("This endpoint is already registered with a different token.")
# Attributes of applications and endpoints have the same prefix where they are created and where they are set.
push_attribute_unknown = _invalid("Attributes Reason: Invalid attribute name: {name}")
push_attribute_empty = _invalid("Attributes Reason: Invalid value for attribute: {name}: cannot be empty")
push_attribute_bytes = _invalid(
    "Attributes Reason: Invalid value for attribute: {name}: must be at most {maximum} bytes long in UTF-8 encoding"
)
push_attribute_rate = _invalid(
    "Attributes Reason: Invalid value for attribute: {name}: {value} value provided is not an integer between 0-100"
)
push_attribute_boolean = _invalid("Attributes Reason: Invalid value for attribute: {name}: must be true or false")
push_attribute_topic = _invalid(
    "Attributes Reason: Invalid value for attribute: {name}: {value} is not the ARN of an existing topic"
)

# --- SMS -------------------------------------------------------------------------------------------------------------

phone_number_format = _invalid("PhoneNumber Reason: input incorrectly formatted")
sms_attribute_unknown = _text("InvalidParameter", "{name} is not a valid attribute")
sms_attribute_value = _text("InvalidParameter", "{name} is invalid")
sms_sampling_rate = _text("InvalidParameter", "DeliveryStatusSuccessSamplingRate is not an integer between 0-100")
# The number is not repeated: it is private.
sandbox_number_long = _constraint(
    "Value at 'phoneNumber' failed to satisfy constraint: Member must have length less than or equal to {maximum}"
)
sandbox_number_pattern = _constraint(
    "Value at 'phoneNumber' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"
)
sandbox_number_missing = _text("ResourceNotFound", "No such destination phone number: {number}")
sandbox_full = _text("UserError", "The limit of 10 destination phone numbers in the SMS sandbox is reached")
sandbox_number_fresh = _text(
    "UserError", "A destination phone number can be deleted 24 hours after its verification at the earliest"
)
sandbox_number_opted_out = _text("OptedOut", "The destination phone number {number} is opted out")


def one_time_password(status: str) -> AwsError:
    """The password is another one; ``status`` is the number's, a member of the answer."""
    message = "The one-time password is not correct"
    return aws_error("VerificationException", message, Message=message, Status=status)
