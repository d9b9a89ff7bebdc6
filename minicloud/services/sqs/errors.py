"""Every error of Amazon SQS: its codes, its HTTP status and its exact text, in one table.

An error has two names. The *shape* is what the JSON protocol says (``QueueDoesNotExist``), and picks the exception
class; the *code* is the older query protocol's (``AWS.SimpleQueueService.NonExistentQueue``), which the header
``x-amzn-query-error`` carries and which boto3 shows as ``Error.Code``. ``CODES`` maps the one to the other.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.too_many_entries(11)``. The texts are AWS's, with its own full stops and their absence;
which ones are not known from AWS is on the page ``docs/explanation/fidelity/sqs.md``.
"""

from __future__ import annotations

from typing import Any, Final

from ...core.error_text import ErrorText
from ...exceptions import AwsError

EXCEPTIONS: Final = (
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidAddress",
    "InvalidAttributeName",
    "InvalidAttributeValue",
    "InvalidBatchEntryId",
    "InvalidIdFormat",
    "InvalidMessageContents",
    "InvalidSecurity",
    "KmsAccessDenied",
    "KmsDisabled",
    "KmsInvalidKeyUsage",
    "KmsInvalidState",
    "KmsNotFound",
    "KmsOptInRequired",
    "KmsThrottled",
    "MessageNotInflight",
    "OverLimit",
    "PurgeQueueInProgress",
    "QueueDeletedRecently",
    "QueueDoesNotExist",
    "QueueNameExists",
    "ReceiptHandleIsInvalid",
    "RequestThrottled",
    "ResourceNotFoundException",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
)
"""The modelled exceptions, in the order of the model."""

_LEGACY = "AWS.SimpleQueueService."

CODES: Final[dict[str, tuple[str, int]]] = {
    "BatchEntryIdsNotDistinct": (f"{_LEGACY}BatchEntryIdsNotDistinct", 400),
    "BatchRequestTooLong": (f"{_LEGACY}BatchRequestTooLong", 400),
    "EmptyBatchRequest": (f"{_LEGACY}EmptyBatchRequest", 400),
    "InvalidAddress": ("InvalidAddress", 404),
    "InvalidAttributeName": ("InvalidAttributeName", 400),
    "InvalidAttributeValue": ("InvalidAttributeValue", 400),
    "InvalidBatchEntryId": (f"{_LEGACY}InvalidBatchEntryId", 400),
    "InvalidIdFormat": ("InvalidIdFormat", 400),
    "InvalidMessageContents": ("InvalidMessageContents", 400),
    "InvalidSecurity": ("InvalidSecurity", 403),
    "KmsAccessDenied": ("KMS.AccessDeniedException", 400),
    "KmsDisabled": ("KMS.DisabledException", 400),
    "KmsInvalidKeyUsage": ("KMS.InvalidKeyUsageException", 400),
    "KmsInvalidState": ("KMS.InvalidStateException", 400),
    "KmsNotFound": ("KMS.NotFoundException", 400),
    "KmsOptInRequired": ("KMS.OptInRequired", 403),
    "KmsThrottled": ("KMS.ThrottlingException", 400),
    "MessageNotInflight": (f"{_LEGACY}MessageNotInflight", 400),
    "OverLimit": ("OverLimit", 403),
    "PurgeQueueInProgress": (f"{_LEGACY}PurgeQueueInProgress", 403),
    "QueueDeletedRecently": (f"{_LEGACY}QueueDeletedRecently", 400),
    "QueueDoesNotExist": (f"{_LEGACY}NonExistentQueue", 400),
    "QueueNameExists": ("QueueAlreadyExists", 400),
    "ReceiptHandleIsInvalid": ("ReceiptHandleIsInvalid", 404),
    "RequestThrottled": ("RequestThrottled", 403),
    "ResourceNotFoundException": ("ResourceNotFoundException", 404),
    "TooManyEntriesInBatchRequest": (f"{_LEGACY}TooManyEntriesInBatchRequest", 400),
    "UnsupportedOperation": (f"{_LEGACY}UnsupportedOperation", 400),
    # Errors without a modelled exception: boto3 raises a plain ClientError.
    "InvalidParameterValueException": ("InvalidParameterValue", 400),
    "MissingRequiredParameterException": ("MissingParameter", 400),
    "SerializationException": ("MalformedInput", 400),
    # Only ever the code of one entry of a batch, which has no shape.
    "EmptyValue": ("EmptyValue", 400),
}
"""Shape to (code, HTTP status)."""

_SHAPES: Final = {code: shape for shape, (code, _) in CODES.items()}


def aws_error(shape: str, message: str) -> AwsError:
    """The error of that shape, with the code and the status that belong to it."""
    code, status = CODES[shape]
    return AwsError(code, message, status, shape=shape)


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``.

    An error that does not come from this table (the core's, an injected fault's) may be named by its shape or by its
    code; one that is known by neither shows what it says.
    """
    shape, code = _names(error)
    answer: dict[str, Any] = {
        "Error": {"Message": error.message, "Code": code, "QueryErrorCode": shape, "Type": error.fault}
    }
    if code in EXCEPTIONS and code != "InvalidIdFormat":
        # botocore finds the modelled members by the code: only where that is a shape's name as well. The shape
        # InvalidIdFormat has none.
        answer["message"] = error.message
    return answer


def error_headers(error: AwsError) -> dict[str, str]:
    """The HTTP headers of an error's answer."""
    return {"x-amzn-query-error": f"{_names(error)[1]};{error.fault}"}


def _names(error: AwsError) -> tuple[str, str]:
    """The shape and the code of ``error``."""
    shape = error.shape or _SHAPES.get(error.code, error.code)
    code = CODES[shape][0] if shape in CODES else error.code
    return shape, code


def _error(shape: str, text: str) -> ErrorText:
    return ErrorText(aws_error, shape, text)


def _invalid(text: str) -> ErrorText:
    return _error("InvalidParameterValueException", text)


def _invalid_value(parameter: str, reason: str) -> ErrorText:
    """A text that begins with the refused value."""
    return _invalid(f"Value {{}} for parameter {parameter} is invalid. Reason: {reason}")


def _of_any_service(code: str, text: str) -> AwsError:
    """An error that is not in ``CODES``: a fault that names it means what every service answers."""
    return AwsError(code, text, 403, shape=f"{code}Exception")


# --- any operation -------------------------------------------------------------------------------------------------

missing_parameter = _error("MissingRequiredParameterException", "The request must contain the parameter {}.")
queue_does_not_exist = _error("QueueDoesNotExist", "The specified queue does not exist.")
queue_not_accessible = _error(
    "QueueDoesNotExist", "The specified queue does not exist or you do not have access to it."
)
invalid_address = _error("InvalidAddress", "The address {} is not valid for this endpoint.")
unknown_attribute = _error("InvalidAttributeName", "Unknown Attribute {}.")
access_denied = ErrorText(
    _of_any_service,
    "AccessDenied",
    "User: {caller} is not authorized to perform: sqs:{action} on resource: {resource} because no resource-based "
    "policy allows the sqs:{action} action",
)
request_throttled = _error("RequestThrottled", "Request is throttled.")

# --- listings ------------------------------------------------------------------------------------------------------

invalid_max_results = _invalid(
    "Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000."
)
max_results_required = _invalid("MaxResults is a mandatory parameter when you provide a value for NextToken.")
next_token_of_other_request = _invalid(
    "Invalid NextToken value. If you are passing in NextToken, you must not change the other request parameters."
)
invalid_next_token = _invalid("Invalid or expired next token.")

# --- queues --------------------------------------------------------------------------------------------------------

invalid_queue_name = _invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
invalid_fifo_queue_name = _invalid(
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
    "must end with .fifo suffix and be 1 to 80 in length."
)
queue_name_exists = _error(
    "QueueNameExists", "A queue already exists with the same name and a different value for attribute {}"
)
queue_deleted_recently = _error(
    "QueueDeletedRecently",
    "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
)
purge_in_progress = _error("PurgeQueueInProgress", "Only one PurgeQueue operation on {} is allowed every 60 seconds.")
invalid_attribute_value = _error("InvalidAttributeValue", "Invalid value for the parameter {}.")
only_for_fifo = _error("InvalidAttributeName", "You can specify the {} only when FifoQueue is set to true.")
throughput_limit_needs_scope = _error(
    "InvalidAttributeValue",
    "Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to "
    "perMessageGroupId, the DeduplicationScope must be messageGroup.",
)
queue_type_is_fixed = _error(
    "InvalidAttributeValue",
    "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
)
two_kinds_of_encryption = _error(
    "InvalidAttributeName",
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
)

# --- sending -------------------------------------------------------------------------------------------------------

_ALLOWED_CHARACTERS = (
    "the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]."
)
invalid_character = _error(
    "InvalidMessageContents",
    f"Invalid binary character '#x{{:X}}' was found in the message body, {_ALLOWED_CHARACTERS}",
)
# The code is AWS's, and another one than for a body; the wording is not established.
invalid_character_in_attribute = _invalid(
    f"Invalid binary character '#x{{:X}}' was found in the message attribute '{{}}' {{}}, {_ALLOWED_CHARACTERS}"
)
message_too_long = _invalid("One or more parameters are invalid. Reason: Message must be shorter than {} bytes.")
invalid_delay = _invalid_value("DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")
not_for_this_queue_type = _invalid(
    "Value {} for parameter {} is invalid. Reason: The request include parameter that is not valid for this queue type."
)
invalid_id = _invalid(
    "Value {0} for parameter {1} is invalid. Reason: {1} can only include alphanumeric and punctuation characters. "
    "1 to 128 in length."
)
"""Blanks: the value, and the parameter (MessageGroupId, MessageDeduplicationId or ReceiveRequestAttemptId)."""
deduplication_id_required = _invalid(
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)

# --- message attributes; the blank {kind} is "(user)" or "system" ----------------------------------------------------

too_many_message_attributes = _invalid("Number of message attributes [{}] exceeds the allowed maximum [10].")
reserved_attribute_name = _invalid(
    "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. "
    "These strings are reserved for internal use."
)
unknown_system_attribute = _invalid("Message system attribute name '{}' is invalid.")
list_values_unsupported = _error(
    "UnsupportedOperation", "Message attribute list values in SendMessage operation are not supported."
)
attribute_name_empty = _invalid("The request must contain non-empty message {} attribute names.")
attribute_name_too_long = _invalid("Message {} attribute name must be shorter than 256 bytes.")
attribute_name_starts_with_dot = _invalid("Message {} attribute name must not begin with character '.'.")
attribute_name_ends_with_dot = _invalid("Message {} attribute name must not end with character '.'.")
attribute_name_has_two_dots = _invalid("Message {} attribute name must not have successive '.' characters.")
attribute_name_invalid = _invalid(
    "The message attribute name '{}' is invalid. Attribute name can contain A-Z, a-z, 0-9, "
    "underscore (_), hyphen (-), and period (.) characters."
)
attribute_type_empty = _invalid("The message {} attribute '{}' must contain a non-empty message attribute type.")
attribute_type_too_long = _invalid("Message {} attribute type must be shorter than 256 bytes.")
attribute_type_invalid = _invalid(
    "The type of message {} attribute '{}' is invalid. You must use only the following supported type prefixes: {}."
)
attribute_value_missing = _invalid("The message {} attribute '{}' must contain a non-empty message attribute value.")
attribute_value_empty = _invalid("Message {} attribute '{}' must contain a non-empty value of type '{}'.")
attribute_field_wrong = _invalid("Message {} attribute '{}' with type '{}' must use field '{}'.")
attribute_value_not_single = _invalid("Message {} attribute '{}' must have a single value.")
attribute_not_a_number = _invalid("Can't cast the value of message {} attribute '{}' to a number.")

# --- receiving, deleting, visibility -------------------------------------------------------------------------------

invalid_max_number_of_messages = _invalid_value("MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
invalid_wait_time = _invalid_value("WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")
invalid_receive_visibility = _invalid_value("VisibilityTimeout", "Must be >= 0 and <= 43200, if provided.")
invalid_visibility = _invalid_value("VisibilityTimeout", "Must be between 0 and 43200.")
invalid_entry_visibility = _invalid_value(
    "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200."
)
total_visibility_too_long = _invalid_value(
    "VisibilityTimeout", "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
)
too_many_in_flight = _error(
    "OverLimit",
    "Too many messages have been received without being deleted. Please delete your received messages or let them "
    "timeout before receiving more.",
)
invalid_receipt_handle = _error(
    "ReceiptHandleIsInvalid", 'The input receipt handle "{}" is not a valid receipt handle.'
)
receipt_handle_of_other_queue = _error("ReceiptHandleIsInvalid", 'The receipt handle "{}" is not valid for this queue.')
receipt_handle_expired = _invalid_value("ReceiptHandle", "The receipt handle has expired.")
message_not_available = _invalid_value(
    "ReceiptHandle", "Message does not exist or is not available for visibility timeout change."
)

# --- batches -------------------------------------------------------------------------------------------------------

empty_batch = _error("EmptyBatchRequest", "There should be at least one {} in the request.")
"""Blank: ``SendMessageBatchRequestEntry`` and the like."""
too_many_entries = _error(
    "TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent {}."
)
invalid_entry_id = _error(
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long.",
)
entry_id_repeated = _error("BatchEntryIdsNotDistinct", "Id {} repeated.")
batch_too_long = _error("BatchRequestTooLong", "Batch requests cannot be longer than {} bytes. You have sent {} bytes.")
entry_body_empty = _error(
    "EmptyValue", "The request must contain the parameter SendMessageBatchRequestEntry.{}.MessageBody."
)
entry_group_id_missing = _invalid("The request must contain the parameter MessageGroupId.")
entry_visibility_missing = _error(
    "MissingRequiredParameterException",
    "The request must contain the parameter ChangeMessageVisibilityBatchRequestEntry.{}.VisibilityTimeout.",
)

# --- dead-letter queues; the first blank is the policy as sent -----------------------------------------------------

redrive_not_a_map = _error(
    "InvalidAttributeValue",
    "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.",
)
redrive_lacks = _invalid_value("RedrivePolicy", "Redrive policy does not contain mandatory attribute: {}.")
redrive_has_other_keys = _invalid_value(
    "RedrivePolicy", "Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]."
)
redrive_count_invalid = _invalid_value(
    "RedrivePolicy", "Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both inclusive."
)
redrive_arn_malformed = _invalid_value("RedrivePolicy", "Dead-letter target ARN should be fully qualified ARN.")
redrive_arn_not_sqs = _invalid_value("RedrivePolicy", "Only SQS queues are valid resources for deadLetterTargetArn.")
redrive_owner_differs = _invalid_value("RedrivePolicy", "Dead-letter target owner should be same as the source.")
redrive_region_differs = _invalid_value("RedrivePolicy", "Dead-letter target must be in same region as the source.")
redrive_target_missing = _invalid_value("RedrivePolicy", "Dead letter target does not exist.")
redrive_type_differs = _invalid_value("RedrivePolicy", "Dead-letter queue must be same type of queue as the source..")
# AWS refuses this; its wording is not established.
redrive_not_allowed = _invalid_value(
    "RedrivePolicy", "The redrive allow policy of the dead-letter queue does not allow this source queue."
)

redrive_allow_malformed = _error(
    "InvalidAttributeValue",
    "Invalid value for the parameter RedriveAllowPolicy. Reason: Amazon SQS can't create the redrive allow policy, "
    "as it’s in an unsupported format.",
)
_CANNOT_ALLOW = "Amazon SQS can't create the redrive allow policy. "
redrive_allow_sources_need_by_queue = _invalid_value(
    "RedriveAllowPolicy",
    f"{_CANNOT_ALLOW}You can specify source queue ARNs only when the permission type is byQueue.",
)
redrive_allow_number_of_sources = _invalid_value(
    "RedriveAllowPolicy",
    f"{_CANNOT_ALLOW}When you specify the byQueue permission type, you must also specify between 1 and 10 source queue "
    "ARNs.",
)
redrive_allow_region_differs = _invalid_value(
    "RedriveAllowPolicy",
    f"{_CANNOT_ALLOW}All source queue ARNs must be in the same region as the current SQS queue.",
)

# --- message move tasks --------------------------------------------------------------------------------------------

move_already_running = _invalid(
    "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
)
# AWS refuses this; its wording is not established.
too_many_move_tasks = _invalid("There are too many active tasks. At most {} tasks can be active at a given time.")
move_resource_missing = _error(
    "ResourceNotFoundException", "The resource that you specified for the {} parameter doesn't exist."
)
"""Blank: SourceArn or DestinationArn."""
move_source_not_dead_letter_queue = _invalid("Source queue must be configured as a Dead Letter Queue.")
move_arn_malformed = _invalid(
    "You must use this format to specify the {}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
)
move_arns_equal = _invalid("Source queue arn and destination queue arn cannot be the same.")
move_type_differs = _invalid("The source queue and destination queue must be of the same queue type.")
move_rate_invalid = _invalid(
    "Value for parameter MaxNumberOfMessagesPerSecond is invalid. "
    "Reason: You must enter a number that's between 1 and 500."
)
move_max_results_invalid = _invalid(
    "Value for parameter MaxResults is invalid. Reason: You must enter a number that's between 1 and 10."
)
move_handle_invalid = _invalid("Value for parameter TaskHandle is invalid.")
move_task_missing = _error("ResourceNotFoundException", "Task does not exist.")
move_task_not_active = _invalid("Only active tasks can be cancelled.")

# --- permissions ---------------------------------------------------------------------------------------------------

label_invalid = _invalid_value(
    "Label", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
)
label_exists = _invalid_value("Label", "Already exists.")
label_not_found = _invalid_value("Label", "can't find label.")
label_not_in_policy = _invalid_value("Label", "can't find label on existing policy.")
action_only_for_owner = _invalid(
    "Value SQS:{} for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action."
)
action_unknown = _invalid(
    "Value SQS:{} for parameter ActionName is invalid. "
    "Reason: Please refer to the appropriate WSDL for a list of valid actions."
)
action_of_policy_unknown = _invalid(
    "Value {} for parameter ActionName is invalid. "
    "Reason: Please refer to the appropriate WSDL for a list of valid actions."
)
"""Blank: the action as the policy writes it."""
account_unverifiable = _invalid("Value [{}] for parameter PrincipalId is invalid. Reason: Unable to verify.")
principal_unverifiable = _invalid(
    "Value [{}] for parameter PrincipalId is invalid. Reason: Unable to verify principal."
)
too_many_actions = _error("OverLimit", "{} Actions were found, maximum allowed is 7.")
too_many_principals = _error("OverLimit", "{} Principals were found, maximum allowed is 50.")
too_many_conditions = _error("OverLimit", "{} Conditions were found, maximum allowed is 10.")
too_many_statements = _error("OverLimit", "{} Statements were found, maximum allowed is 20.")
policy_too_long = _error("OverLimit", "Submitted policy is over max allowed size.")
too_many_actions_in_policy = _error(
    "OverLimit", "{} actions were found in a statement from the submitted policy, max allowed is 7"
)
too_many_statements_in_policy = _error(
    "OverLimit", "{} statements were found in the submitted policy, max allowed is 20"
)

# --- tags ----------------------------------------------------------------------------------------------------------

too_many_tags = _invalid("Too many tags added for queue {}.")
tag_key_length = _invalid("Tag keys must be between 1 and 128 characters in length.")
tag_key_characters = _invalid(
    "Tag keys may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + - @"
)
tag_value_length = _invalid("Tag values must be between 0 and 256 characters in length.")
tag_value_characters = _invalid(
    "Tag values may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + - @"
)
tag_key_reserved = _invalid("Tag keys must not begin with the reserved prefix aws:.")
