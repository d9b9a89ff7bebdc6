"""Every text that SNS says, exact. A name in braces is filled in where the error is raised.

The prefix ``Invalid parameter: `` is AWS's own and comes from ``errors.invalid``; what stands here is the rest, unless
the constant's comment says that the text is whole.
"""

from __future__ import annotations

# --- ARNs ------------------------------------------------------------------------------------------------------------
ARN_ELEMENTS = "{parameter} Reason: An ARN must have at least 6 elements, not {count}"
TOPIC_ARN = "TopicArn"
SUBSCRIPTION_ID = "SubscriptionId"
SLASHES = "{parameter} Reason: Wrong number of slashes in relative portion of the ARN."
ENDPOINT_ID = "{parameter} Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 characters."
NOT_AUTHORIZED = (  # whole
    "User: {user} is not authorized to perform: SNS:{action} on resource: {resource} "
    "because no resource-based policy allows the SNS:{action} action"
)
NEXT_TOKEN = "{parameter}"
RATE = "Rate exceeded"  # whole

# --- missing things (whole texts) ------------------------------------------------------------------------------------
NO_TOPIC = "Topic does not exist"
NO_SUBSCRIPTION = "Subscription does not exist"
NO_APPLICATION = "PlatformApplication does not exist"
NO_ENDPOINT = "Endpoint does not exist"
NO_RESOURCE = "Resource does not exist"

# --- constraints of the model (whole texts, code ValidationError) ----------------------------------------------------
MEMBER_NULL = (
    "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
)
MEMBER_LONG = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must have length less than or equal to {maximum}"
)
MEMBER_SHORT = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must have length greater than or equal to {minimum}"
)
MEMBER_LARGE = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must have value less than or equal to {maximum}"
)
MEMBER_PATTERN = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: {pattern}"
)
MEMBER_ENUM = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
    "Member must satisfy enum value set: [{values}]"
)

# --- topics ----------------------------------------------------------------------------------------------------------
TOPIC_NAME = "Topic Name"
TOPIC_DIFFERENT_ATTRIBUTES = "Topic already exists with different attributes"
TOPIC_DIFFERENT_TAGS = "Tags Reason: Topic already exists with different tags"
TOPIC_ARCHIVED = "Invalid state: Cannot delete a topic with an ArchivePolicy"  # whole
TOPIC_LIMIT = "Account limit exceeded for number of topics"  # whole
DUPLICATED_TAGS = "Duplicated keys are not allowed."
TAG_QUOTA = "Could not complete request: tag quota of per resource exceeded"  # whole

UNKNOWN_ATTRIBUTE = "Unknown attribute {name}"
ATTRIBUTE_NAME = "AttributeName"
BOOLEAN = "{name}: Invalid value [{value}]. Must be true or false."
DISPLAY_NAME = "DisplayName"
SIGNATURE_VERSION = "SignatureVersion: Invalid value. Must be 1 or 2."
TRACING_CONFIG = "Invalid tracing config value: {value}"
FEEDBACK_SAMPLE_RATE = "{name}: {value} value provided is not an integer between 0-100"
THROUGHPUT_SCOPE = "FifoThroughputScope: Invalid value [{value}]. Must be Topic or MessageGroup."
THROUGHPUT_SCOPE_BACK = "FifoThroughputScope: cannot be changed from MessageGroup to Topic"
MAXIMUM_MESSAGE_SIZE = "MaximumMessageSize: {value} value provided is not an integer between 1024-1048576"
MAXIMUM_MESSAGE_SIZE_SUBSCRIPTIONS = (
    "MaximumMessageSize: a topic with a value above 262144 can have at most 100 subscriptions, "
    "with the protocols sqs, lambda and firehose only"
)
ARCHIVE_RETENTION = "ArchivePolicy: MessageRetentionPeriod value is invalid"
ARCHIVE_JSON = "ArchivePolicy: failed to parse JSON"
ARCHIVE_UNKNOWN = "ArchivePolicy: invalid JSON. Attribute {name} is unknown."

# --- delivery policies -----------------------------------------------------------------------------------------------
POLICY_JSON = "{name}: failed to parse JSON"
POLICY_UNKNOWN = "{name}: invalid JSON. Attribute {member} is unknown."
POLICY_TYPE = "{name}: {path} must be {kind}"
POLICY_AT_LEAST = "{name}: {path} must be greater than or equal to {bound}"
POLICY_AT_MOST = "{name}: {path} must be less than or equal to {bound}"
POLICY_PHASES = (
    "{name}: {path}.numRetries must be greater than or equal to total of "
    "numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries"
)
POLICY_BACKOFF = "{name}: {path} the value [{value}] is not a valid backoff function"
POLICY_RECEIVES = "{name}: {path} must be >= 1"

# --- access policies -------------------------------------------------------------------------------------------------
POLICY_ERROR = "Policy Error: null"
POLICY_PRINCIPAL = "Policy Error: PrincipalNotFound"
POLICY_ACTION = "Policy statement action out of service scope!"
STATEMENT_EXISTS = "Statement already exists"

# --- data protection policies ----------------------------------------------------------------------------------------
DATA_PROTECTION = "DataProtectionPolicy Reason: {reason}"
DATA_PROTECTION_DIRECTION = "Statement DataDirection must be either Inbound or Outbound"
DATA_PROTECTION_JSON = "failed to parse JSON"
DATA_PROTECTION_LONG = "policy must be at most 30720 characters long"
DATA_PROTECTION_FIFO = "data protection policies are not supported for FIFO topics"
DATA_PROTECTION_MEMBER = "{member} is missing or invalid"
DATA_PROTECTION_AUDITS = "only one statement may have an Audit operation"
DATA_PROTECTION_UNKNOWN = "{member} is unknown"

# --- subscriptions ---------------------------------------------------------------------------------------------------
PROTOCOL = "Amazon SNS does not support this protocol string: {protocol}"
PROTOCOL_TYPE = "Invalid protocol type: {protocol}"
ENDPOINT_PROTOCOL = "Endpoint must match the specified protocol"
ENDPOINT_UNREACHABLE = "Unreachable Endpoint"
ENDPOINT_EMAIL = "Email address"
ENDPOINT_SMS = "Invalid SMS endpoint: {endpoint}"  # whole
ENDPOINT_SQS = "SQS endpoint ARN"
ENDPOINT_LAMBDA = "Lambda endpoint ARN"
ENDPOINT_FIREHOSE = "Firehose endpoint ARN"
ENDPOINT_FIREHOSE_ROLE = "Delivery protocol firehose can only be subscribed with subscription role arn"
ENDPOINT_APPLICATION = "Application endpoint arn invalid:{endpoint}"
ENDPOINT_APPLICATION_MISSING = "Endpoint Reason: Endpoint does not exist for endpoint arn{endpoint}"
ENDPOINT_FIFO_QUEUE = "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
SUBSCRIPTION_DIFFERENT = "Subscription already exists with different attributes"
SUBSCRIPTION_LIMIT = "Topic limit exceeded for number of subscriptions"  # whole
FILTER_POLICY_LIMIT = "Topic limit exceeded for number of filter policies"  # whole
PENDING_CONFIRMATION = "pending confirmation"
PENDING_CONFIRMATION_LISTED = "PendingConfirmation"
INVALID_TOKEN = "Invalid token"  # whole; for what does not look like a token
UNKNOWN_TOKEN = "Token"
TOKEN_TOPIC = "Topic"
RAW_PROTOCOL = "Delivery protocol [{protocol}] does not support raw message delivery."
FILTER_SCOPE = "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
ROLE_ARN = "{name} Reason: An ARN must have at least 6 elements, not {count}"

REDRIVE_JSON = "RedrivePolicy: failed to parse JSON. {reason}"
REDRIVE_ARN = "RedrivePolicy: deadLetterTargetArn is an invalid arn"
REDRIVE_MISSING = "RedrivePolicy: Missing deadLetterTargetArn attribute"
REDRIVE_QUEUE = "RedrivePolicy: deadLetterTargetArn must be a SQS queue"
REDRIVE_REGION = "RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription"
REDRIVE_UNKNOWN = "RedrivePolicy: invalid JSON. Attribute {name} is unknown."
REDRIVE_FIFO = "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."

REPLAY_TOPIC = "ReplayPolicy: only subscriptions to a FIFO topic with an ArchivePolicy can be replayed"
REPLAY_JSON = "ReplayPolicy: failed to parse JSON"
REPLAY_UNKNOWN = "ReplayPolicy: invalid JSON. Attribute {name} is unknown."
REPLAY_TYPE = "ReplayPolicy: PointType must be Timestamp"
REPLAY_POINT = "ReplayPolicy: {name} value is invalid"
REPLAY_ORDER = "ReplayPolicy: EndingPoint must be later than StartingPoint"

# --- publishing ------------------------------------------------------------------------------------------------------
PUBLISH_TARGET = "TopicArn or TargetArn Reason: no value for required parameter"
PUBLISH_TARGETS = "Only one of TopicArn, TargetArn and PhoneNumber may be given"
PHONE_NUMBER = "PhoneNumber Reason: {number} is not valid to publish to"
TARGET_MISSING = "TargetArn Reason: No endpoint found for the target arn specified"
ENDPOINT_DISABLED = "Endpoint is disabled"  # whole
APPLICATION_DISABLED = "Platform application is disabled"  # whole
EMPTY_MESSAGE = "Empty message"
MESSAGE_LONG = "Message too long"
MESSAGE_CHARACTERS = "Message"
SUBJECT = "Subject"
STRUCTURE = "MessageStructure"
STRUCTURE_JSON = "Message Structure - JSON message body failed to parse"
STRUCTURE_DEFAULT = "Message Structure - No default entry in JSON message body"
ATTRIBUTE_TYPE = (  # whole, as the others of message attributes
    "The message attribute '{name}' has an invalid message attribute type, "
    "the set of supported type prefixes is Binary, Number, and String."
)
ATTRIBUTE_EMPTY = (
    "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{type}'."
)
ATTRIBUTE_FIELD = "The message attribute '{name}' with type '{type}' must use field '{field}'."
ATTRIBUTE_NUMBER = "Could not cast message attribute '{name}' value to number."
ATTRIBUTE_CHARACTERS = "The message attribute '{name}' contains invalid characters."
ATTRIBUTE_NAME_LONG = "Length of message attribute name must be less than 256 bytes."
ATTRIBUTE_NAME_EMPTY = "The message attribute name must not be empty."
ATTRIBUTE_NAME_START = "Invalid message attribute name starting with character '.' was found."
ATTRIBUTE_NAME_END = "Invalid message attribute name ending with character '.' was found."
ATTRIBUTE_NAME_DOTS = "Message attribute name can not have successive '.' character."
ATTRIBUTE_NAME_CHARACTER = (
    "Invalid non-alphanumeric character '#x{code:X}' was found in the message attribute name. "
    "Can only include alphanumeric characters, hyphens, underscores, or dots."
)
ATTRIBUTE_NAME_RESERVED = "The message attribute name '{name}' starts with a reserved prefix, AWS. or Amazon."
GROUP_REQUIRED = "The MessageGroupId parameter is required for FIFO topics"
DEDUPLICATION_REQUIRED = (
    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)
DEDUPLICATION_STANDARD = (
    "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
    "that is not valid for this topic type"
)
FIFO_ID = (
    "{parameter} Reason: The request includes {parameter} parameter that is not valid: "
    "it must be 1 to 128 alphanumeric or punctuation characters"
)

# --- batches (whole texts) -------------------------------------------------------------------------------------------
BATCH_EMPTY = "The batch request doesn't contain any entries."
BATCH_ENTRIES = "The batch request contains more entries than permissible."
BATCH_IDS = "Two or more batch entries in the request have the same Id."
BATCH_ID_CHARACTER = "The Id of a batch entry in the batch request contains an impermissible character: {id}"
BATCH_ID_LONG = "The Id of a batch entry in the batch request is too long: {id}"
BATCH_LONG = "The length of all the messages put together is more than the limit."

# --- mobile push -----------------------------------------------------------------------------------------------------
APPLICATION_NAME_LONG = "{name} Reason: must be at most 256 characters long"
APPLICATION_NAME_EMPTY = "{name} Reason: cannot be empty"
APPLICATION_NAME_CHARACTERS = "{name} Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'"
APPLICATION_PLATFORM = "Platform Reason: {platform} is not a supported platform"
APPLICATION_EXISTS = "Name Reason: An application with the same name but different properties already exists"
# The coat of attribute errors is the same for Create and Set here.
ATTRIBUTE_NAME_INVALID = "Attributes Reason: Invalid attribute name: {name}"
ATTRIBUTE_VALUE_INVALID = "Attributes Reason: Invalid value for attribute: {name}: {reason}"
VALUE_EMPTY = "cannot be empty"
VALUE_BYTES = "must be at most {maximum} bytes long in UTF-8 encoding"
VALUE_RATE = "{value} value provided is not an integer between 0-100"
VALUE_BOOLEAN = "must be true or false"
VALUE_TOPIC = "{value} is not the ARN of an existing topic"
TOKEN_EMPTY = "Token Reason: cannot be empty"
TOKEN_LONG = "Token Reason: must be at most 8192 bytes long in UTF-8 encoding"
TOKEN_TAKEN = "Token Reason: Endpoint {endpoint} already exists with the same Token, but different attributes."
TOKEN_ELSEWHERE = "This endpoint is already registered with a different token."

# --- SMS -------------------------------------------------------------------------------------------------------------
PHONE_FORMAT = "PhoneNumber Reason: input incorrectly formatted"
SMS_ATTRIBUTE = "{name} is not a valid attribute"  # whole
SMS_VALUE = "{name} is invalid"  # whole
SANDBOX_MISSING = "No such destination phone number: {number}"  # whole
SANDBOX_FULL = "The limit of 10 destination phone numbers in the SMS sandbox is reached"  # whole
SANDBOX_FRESH = "A destination phone number can be deleted 24 hours after its verification at the earliest"  # whole
SANDBOX_OPTED_OUT = "The destination phone number {number} is opted out"  # whole
ONE_TIME_PASSWORD = "The one-time password is not correct"  # whole
