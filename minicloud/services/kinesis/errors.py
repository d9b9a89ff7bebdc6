"""Every error of Amazon Kinesis: its name, its HTTP status and its exact text, in one table.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.stream_not_found("orders", "123456789012")``. The texts are AWS's, with its own full stops and their
absence; where AWS's text is not known the text says what is wrong in AWS's manner (marked so). No text of an error
stands anywhere else in the service, but for the constraints of members (``constraints``).
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report, violation
from ...core.error_text import ErrorText
from ...core.timestamps import datetime_of
from ...exceptions import AwsError

EXCEPTIONS: Final = (
    "AccessDeniedException",
    "DryRunOperationException",
    "ExpiredIteratorException",
    "ExpiredNextTokenException",
    "InternalFailureException",
    "InvalidArgumentException",
    "KMSAccessDeniedException",
    "KMSDisabledException",
    "KMSInvalidStateException",
    "KMSNotFoundException",
    "KMSOptInRequired",
    "KMSThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "ValidationException",
)
"""The modelled exceptions, in the order of the model."""


_JAVA_CLASSES: Final = {
    "STRING_VALUE": "class java.lang.String",
    "NUMBER_VALUE": "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
    "TRUE_VALUE": "class java.lang.Boolean",
    "FALSE_VALUE": "class java.lang.Boolean",
}
"""What Kinesis calls a value of a wrong type, by what newer services call it."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    message = error.message
    if error.code == "SerializationException":
        kind, _, rest = message.partition(" ")
        if kind in _JAVA_CLASSES:
            message = f"{_JAVA_CLASSES[kind]} {rest.replace(' a String', ' an String')}"
        elif kind == "Unable":  # to read it at all, of which Kinesis says nothing
            message = ""
    answer: dict[str, Any] = {"Error": {"Message": message, "Code": error.code}}
    if error.code in EXCEPTIONS:
        answer["message"] = error.message
    return answer


def _error(name: str, message: str) -> AwsError:
    return AwsError(name, message, shape=name)


_invalid = partial(ErrorText, _error, "InvalidArgumentException")
_in_use = partial(ErrorText, _error, "ResourceInUseException")
_not_found = partial(ErrorText, _error, "ResourceNotFoundException")
_over_limit = partial(ErrorText, _error, "LimitExceededException")
_refused = partial(ErrorText, _error, "ValidationException")


def internal_failure() -> AwsError:
    """AWS's own failure, which it answers with to numbers it cannot place. It has no text and no modelled class."""
    return AwsError("InternalFailure", "", 500)


dry_run_succeeded = ErrorText(  # not AWS's known text
    _error,
    "DryRunOperationException",
    "The request would have succeeded, and nothing was done, because the DryRun parameter was specified.",
)
throttled = ErrorText(_error, "ThrottlingException", "Rate exceeded for stream {} under account {}.")  # not AWS's text


def key_missing(paths: list[str]) -> AwsError:
    """The error for records without a partition key, in a stream that needs one.

    In these words while the model still required it. AWS may say InvalidArgumentException today. [inferred]
    """
    return validation_failed([violation(path, "Member must not be null", "Value null") for path in paths])


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``)."""
    return _error("ValidationException", report(violations))


# --- naming a stream ------------------------------------------------------------------------------------------------

stream_not_found = _not_found("Stream {} under account {} not found.")
stream_exists = _in_use("Stream {} under account {} already exists.")
stream_not_active = _in_use("Stream {} under account {} not ACTIVE, instead in state {}")
access_denied = ErrorText(
    _error,
    "AccessDeniedException",
    "User: {0} is not authorized to perform: kinesis:{1} on resource: {2} because no resource-based policy allows the "
    "kinesis:{1} action",
)
name_or_arn_required = _invalid("Either StreamName or StreamARN should be provided.")  # not AWS's known text
region_differs = _invalid("The region specified in the ARN '{}' does not match the endpoint region")
name_contradicts_arn = _invalid("StreamName {} does not match StreamARN {}.")  # not AWS's known text

# --- streams --------------------------------------------------------------------------------------------------------

too_many_shards = _over_limit(
    "This request would exceed the shard limit for the account {} in {}. Current shard count for the account: {}. "
    "Limit: {}. Number of additional shards that would have resulted from this request: {}. Refer to the AWS Service "
    "Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to "
    "request higher limits."
)
too_many_changing = _over_limit(  # the words are AWS's
    "This request would have exceed the limit on the number  of streams that can simultaneously be in CREATING or "
    "DELETING for the account {}. Limit: {}."
)
too_many_on_demand = _over_limit(
    "This request would exceed the limit on the number of On-Demand streams for the account {} in {}. "
    "Current On-Demand streams count: {}. Limit: {}."
)
shard_count_with_on_demand = _refused("ShardCount is not expected when StreamMode=ON_DEMAND")
consumers_registered = _in_use(
    "DeleteStream can't delete {} because there are consumers associated with this data stream. To delete {} anyway, "
    "set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated "
    "with it."
)
distribution_of_provisioned = _invalid(  # not AWS's known text
    "RecordDistributionStrategy AUTO is only supported for streams in On-Demand mode."
)
stream_is_on_demand = _refused("Request is invalid. Stream {} under account {} is in On-Demand mode.")

# --- settings -------------------------------------------------------------------------------------------------------

retention_too_short = _invalid(
    "Minimum allowed retention period is 24 hours. Requested retention period ({} hours) is too short."
)
retention_too_long = _invalid(
    "Maximum allowed retention period is 8760 hours. Requested retention period ({} hours) is too long."
)
retention_not_increased = _invalid(
    "Requested retention period ({} hours) for stream {} can not be shorter than existing retention period "
    "({} hours). Use DecreaseRetentionPeriod API."
)
retention_not_decreased = _invalid(
    "Requested retention period ({} hours) for stream {} can not be longer than existing retention period "
    "({} hours). Use IncreaseRetentionPeriod API."
)
key_of_other_region = ErrorText(_error, "KMSNotFoundException", "Invalid arn {}")
encryption_type_not_kms = _invalid("EncryptionType must be KMS.")  # not AWS's known text
too_many_key_changes = _over_limit(  # not AWS's known text
    "Stream {} under account {} has reached the limit of {} key changes per 24 hours."
)
too_many_mode_switches = _over_limit(  # not AWS's known text
    "Stream {} under account {} has reached the limit of {} capacity mode changes per 24 hours."
)
warm_throughput_and_shards = _refused("Either 'warmThroughputMiBps' or 'shardCount' can be set but not both")
warm_throughput_of_provisioned = _refused(
    "WarmThroughputMiBps cannot be set while creating stream in Provisioned StreamMode"
)
warm_throughput_not_on_demand = _refused(  # not AWS's known text
    "Warm throughput is only supported for streams in On-Demand mode."
)
warm_throughput_without_commitment = _refused(  # not AWS's known text
    "Warm throughput requires MinimumThroughputBillingCommitment to be enabled for the account {}."
)
warm_throughput_too_high = _refused(  # not AWS's known text
    "WarmThroughputMiBps {} exceeds the limit of 10240 MiBps."
)

# --- shards ---------------------------------------------------------------------------------------------------------

could_not_find_shard = _not_found("Could not find shard {} in stream {} under account {}.")
shard_does_not_exist = _not_found("Shard {} in stream {} under account {} does not exist")
shard_closed = _invalid(
    "Shard {} in stream {} under account {} has already been merged or split, and thus is not eligible for merging or "
    "splitting."
)
bad_split_point = _invalid(
    "NewStartingHashKey {} used in SplitShard() on shard {} in stream {} under account {} is not both greater than one "
    "plus the shard's StartingHashKey {} and less than the shard's EndingHashKey {}."
)
shards_not_adjacent = _invalid(
    "Shards {} and {} in stream {} under account {} are not an adjacent pair of shards eligible for merging"
)
target_too_high = _over_limit(
    "UpdateShardCount cannot scale up over double your current open shard count. "
    "Current open shard count: {} Target shard count: {}"
)
target_too_low = _over_limit(
    "UpdateShardCount cannot scale down below half your current open shard count. "
    "Current open shard count: {}, Target shard count: {}"
)
target_over_limit = _over_limit(
    "Target shard count or number of open shards cannot be greater than {}. "
    "Current open shard count: {}, Target shard count: {}"
)
too_many_scalings = _over_limit(  # not AWS's known text
    "Stream {} under account {} has reached the limit of {} UpdateShardCount calls per 24 hours."
)

list_shards_needs_stream = _invalid("Either NextToken or StreamName should be provided.")
next_token_excludes = _invalid("NextToken and {} cannot be provided together.")
shard_filter_needs = _invalid("{} is required for a ShardFilter of type {}.")  # not AWS's known text
shard_filter_in_future = _invalid(  # not AWS's known text
    "The Timestamp of a ShardFilter cannot be greater than the current time. Timestamp: {}, current time: {}"
)
invalid_next_token = _invalid("Invalid NextToken.")  # not AWS's known text

# --- records --------------------------------------------------------------------------------------------------------

hash_key_too_high = _invalid(
    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {}"
)
ordering_of_distributed = _invalid(  # not AWS's known text
    "SequenceNumberForOrdering is not supported for stream {} under account {}, which distributes records itself."
)
number_for_ordering_invalid = _invalid(
    "ExclusiveMinimumSequenceNumber {} used in PutRecord on stream {} under account {} is invalid."
)
records_too_large = _invalid("Records size exceeds {} MB limit")
shard_rate_exceeded = ErrorText(
    _error, "ProvisionedThroughputExceededException", "Rate exceeded for shard {} in stream {} under account {}."
)
rate_exceeded = _over_limit("Rate exceeded for stream {} under account {}.")
account_rate_exceeded = _over_limit("Rate exceeded for account {}.")  # not AWS's known text

_POSITION = (
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
    "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {} and "
)
position_lacks_number = _invalid(_POSITION + "no StartingSequenceNumber.")
position_has_number = _invalid(_POSITION + "also a StartingSequenceNumber.")
position_lacks_time = _invalid(
    "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp "
    "parameter."
)
position_in_future = _invalid(
    "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {}, "
    "currentTimestampInMillis: {}"
)
number_of_other_shard = _invalid(
    "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with {}"
)
number_invalid = _invalid("StartingSequenceNumber {} used in {} on shard {} in stream {} under account {} is invalid.")
number_of_other_stream = _invalid(
    "StartingSequenceNumber {} used in {} on shard {} in stream {} under account {} is invalid because it did not come "
    "from this stream."
)
invalid_iterator = _invalid("Invalid ShardIterator.")
iterator_of_other_stream = _invalid("StreamARN {} does not match the stream of the ShardIterator.")  # not AWS's text

_EXPIRED = (
    " The {} was created at time {} while right now it is {} which is further in the future than the tolerated delay "
    "of 300000 milliseconds."
)


def expired_iterator(created: int, now: int) -> AwsError:
    """The error for an iterator older than five minutes."""
    text = "Iterator expired." + _EXPIRED.format("iterator", _java_date(created), _java_date(now))
    return _error("ExpiredIteratorException", text)


def expired_next_token(created: int, now: int) -> AwsError:
    """The error for a token older than five minutes. Not AWS's known text."""
    text = "NextToken expired." + _EXPIRED.format("token", _java_date(created), _java_date(now))
    return _error("ExpiredNextTokenException", text)


def _java_date(nanoseconds: int) -> str:
    """A time in Java's manner: ``Thu Jan 22 01:22:02 UTC 2015``."""
    date = datetime_of(nanoseconds)
    text = date.ctime()
    return f"{text[:8]}{date.day:02d}{text[10:19]} UTC {date.year}"


# --- tags and policies ----------------------------------------------------------------------------------------------

tags_with_bad_characters = _invalid(
    "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."
)
tags_with_illegal_characters = _invalid(
    "Failed to {} stream {} under account {} because some tags contained illegal characters. The allowed characters "
    "are Unicode letters, white-spaces, '_',',','/','=','+','-','@'."
)
# The sentence is that of other services of AWS.
tags_reserved = _invalid("aws: prefixed tag key names are not allowed for external use.")
too_many_tags = _invalid(
    "Failed to add tags to stream {} under account {} because a given stream cannot have more than {} tags associated "
    "with it."
)
policy_not_found = _not_found("No resource policy found for resource ARN {}.")
_POLICY = "Policy validation error: "
_STATEMENT = _POLICY + "Resource policy contains invalid statement at line {}, column {}: "
policy_malformed = _invalid(_POLICY + "The policy is not a valid JSON policy document.")  # not AWS's known text
policy_lacks_principal = _invalid(_POLICY + "Missing required field Principal")
policy_not_principal = _invalid(_POLICY + "Has prohibited field NotPrincipal")
policy_wildcard = _invalid(_POLICY + "Action field cannot contain invalid actions")  # AWS's from "cannot" on
policy_of_other_service = _invalid(
    _STATEMENT + "Action field includes AWS services that are inconsistent with specified vendor"
)
policy_of_other_resource = _invalid(_STATEMENT + "The resource policy's resource must be the same as the resource ARN.")

# --- queues and channels: no text of AWS's is known -------------------------------------------------------------------

queue_not_found = _not_found("Queue {} under account {} not found.")
queue_exists = _in_use("Queue {} under account {} already exists.")
queue_not_active = _in_use("Queue {} under account {} not ACTIVE, instead in state {}")
queue_of_streams = _refused("A queue has exactly one stream, and StreamConfigurationList has {}.")
queue_of_provisioned = _refused("Request is invalid. Stream {} under account {} is in Provisioned mode.")
queue_lacks_time = _refused("StartingPosition of type AT_TIMESTAMP requires a Timestamp.")
queue_has_time = _refused("StartingPosition of type {} does not take a Timestamp.")
queue_lacks_count = _refused("DeadLetterConfiguration of type BUILT_IN requires MaxReceiveCount.")
too_many_queues_changing = _over_limit(
    "This request would exceed the limit on the number of queues that can simultaneously be in CREATING or DELETING "
    "for the account {}. Limit: {}."
)
too_many_readers = _over_limit("Stream {} under account {} has reached the limit of {} consumers and queues.")
queues_on_stream = _in_use("{} can't be called on {} because there are queues associated with this data stream.")
channels_on_stream = _in_use("{} can't be called on {} because there are channels associated with this data stream.")
channel_not_found = _not_found("Channel {} under account {} not found.")
channel_exists = _in_use("Channel {} under account {} already exists.")
channel_not_active = _in_use("Channel {} under account {} not ACTIVE, instead in state {}")
channel_of_streams = _refused("A channel has exactly one stream, and StreamConfigurationList has {}.")
channel_of_tables = _refused("A channel has exactly one table, and S3TablesConfigurationList has {}.")
channel_destinations = _refused(
    "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be specified."
)
channel_destination_differs = _refused("The destination of the channel is of another type.")
channel_format = _refused("RecordFormatType {} is not supported for a destination of type {}.")
channel_lacks_schema = _refused("GSRSchemaARN is required for RecordFormatType JSON when the destination is a table.")
channel_freshness = _refused("DataFreshnessInSeconds {} is not between {} and {}.")
too_many_channels = _over_limit("Stream {} under account {} already has a channel with a destination of type {}.")
handle_is_foreign = _invalid("The receipt handle is not one of this operation and queue.")
handle_is_spent = _not_found("The receipt handle is not valid any more.")
handle_is_of_no_flight = _invalid("The visibility timeout of the receipt handle has ended.")

# --- consumers ------------------------------------------------------------------------------------------------------

consumer_not_found = _not_found("Consumer {}, account {} not found.")
consumer_exists = _in_use("Consumer {} under stream {} already exists for account {}.")
consumer_identifiers_missing = _invalid(  # not AWS's known text
    "Either ConsumerARN or both StreamARN and ConsumerName should be provided."
)
consumer_identifiers_conflict = _invalid(  # not AWS's known text
    "ConsumerARN {} does not match the given StreamARN or ConsumerName."
)
too_many_consumers = _over_limit(  # not AWS's known text
    "Stream {} under account {} has reached the limit of {} consumers."
)
too_many_consumers_creating = _over_limit(  # not AWS's known text
    "Stream {} under account {} has reached the limit of {} consumers in state CREATING."
)
consumer_not_active = _in_use(
    "Consumer {} with creation timestamp {} under stream: {} , account {} is not in ACTIVE status."
)
consumer_of_policy_not_active = _in_use(
    "Consumer {} with creation timestamp {} under stream {} and account {} is not in ACTIVE status."
)
subscription_exists = _in_use("Another active subscription exists for this consumer: {}:{}:{}:{}")
