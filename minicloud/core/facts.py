"""The register of facts: every kind of thing that the record of a cloud can hold, by a constant.

Services tell facts by the functions of their ``facts.py``, one function a kind, so that a fact has the same details
wherever it is told. Whoever reads the record (its text, the ledger, the coverage report, metrics) matches on these
constants: a kind that is misspelt is an error, not a line that never shows.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Final


# --- calls, told by clients ------------------------------------------------------------------------------------------

CALL: Final = "call"
CALL_REFUSED: Final = "call.refused"

# --- anything --------------------------------------------------------------------------------------------------------

CHAOS: Final = "chaos"
"""Something happened as AWS reserves the right to let it happen."""
CLOCK_JUMPED: Final = "clock.jumped"
"""A virtual clock moved by itself, as everybody waited."""
FAULT_FIRED: Final = "fault.fired"
POLICY_WOULD_REFUSE: Final = "policy.would_refuse"
"""Something happened that AWS would not let happen, by the policy of a resource."""

# --- SQS --------------------------------------------------------------------------------------------------------------

SQS_DELETE_IN_VAIN: Final = "sqs.delete.in_vain"
SQS_DELETE_REFUSED: Final = "sqs.delete.refused"
SQS_ENTRY_REFUSED: Final = "sqs.entry.refused"
SQS_MESSAGE_DEDUPLICATED: Final = "sqs.message.deduplicated"
SQS_MESSAGE_DELETED: Final = "sqs.message.deleted"
SQS_MESSAGE_EXPIRED: Final = "sqs.message.expired"
SQS_MESSAGE_MOVED_TO_DLQ: Final = "sqs.message.moved_to_dlq"
SQS_MESSAGE_RECEIVED: Final = "sqs.message.received"
SQS_MESSAGE_RETURNED: Final = "sqs.message.returned"
SQS_MESSAGE_SENT: Final = "sqs.message.sent"
SQS_MESSAGE_VISIBILITY_CHANGED: Final = "sqs.message.visibility_changed"
SQS_MESSAGE_VISIBLE: Final = "sqs.message.visible"
SQS_POLL_ABANDONED: Final = "sqs.poll.abandoned"
SQS_POLL_BEGAN: Final = "sqs.poll.began"
SQS_POLL_ENDED_EMPTY: Final = "sqs.poll.ended_empty"
SQS_POLL_FILLED: Final = "sqs.poll.filled"
SQS_QUEUE_CREATED: Final = "sqs.queue.created"
SQS_QUEUE_DELETED: Final = "sqs.queue.deleted"
SQS_QUEUE_PURGED: Final = "sqs.queue.purged"
SQS_RECEIVE_EMPTY: Final = "sqs.receive.empty"

# --- SNS --------------------------------------------------------------------------------------------------------------

SNS_CONFIRMATION_FAILED: Final = "sns.confirmation.failed"
SNS_DELIVERY_FAILED: Final = "sns.delivery.failed"
SNS_DELIVERY_RETRIED: Final = "sns.delivery.retried"
SNS_DELIVERY_SUCCEEDED: Final = "sns.delivery.succeeded"
SNS_DELIVERY_UNCONFIRMED: Final = "sns.delivery.unconfirmed"
SNS_MESSAGE_DEAD_LETTERED: Final = "sns.message.dead_lettered"
SNS_MESSAGE_DEDUPLICATED: Final = "sns.message.deduplicated"
SNS_MESSAGE_FANNED_OUT: Final = "sns.message.fanned_out"
SNS_MESSAGE_FILTERED: Final = "sns.message.filtered"
SNS_MESSAGE_LOST: Final = "sns.message.lost"
SNS_MESSAGE_PUBLISHED: Final = "sns.message.published"
SNS_SUBSCRIPTION_CONFIRMED: Final = "sns.subscription.confirmed"
SNS_SUBSCRIPTION_CREATED: Final = "sns.subscription.created"
SNS_SUBSCRIPTION_DELETED: Final = "sns.subscription.deleted"
SNS_TOPIC_CREATED: Final = "sns.topic.created"
SNS_TOPIC_DELETED: Final = "sns.topic.deleted"

# --- Kinesis ----------------------------------------------------------------------------------------------------------

KINESIS_CALL_THROTTLED: Final = "kinesis.call.throttled"
KINESIS_CHANNEL_CREATED: Final = "kinesis.channel.created"
KINESIS_CHANNEL_DELETED: Final = "kinesis.channel.deleted"
KINESIS_ITERATOR_EXPIRED: Final = "kinesis.iterator.expired"
KINESIS_ITERATOR_MADE: Final = "kinesis.iterator.made"
KINESIS_POLL_ABANDONED: Final = "kinesis.poll.abandoned"
KINESIS_POLL_BEGAN: Final = "kinesis.poll.began"
KINESIS_POLL_ENDED_EMPTY: Final = "kinesis.poll.ended_empty"
KINESIS_POLL_FILLED: Final = "kinesis.poll.filled"
KINESIS_QUEUE_CREATED: Final = "kinesis.queue.created"
KINESIS_QUEUE_DELETED: Final = "kinesis.queue.deleted"
KINESIS_QUEUE_UPDATED: Final = "kinesis.queue.updated"
KINESIS_READ_EMPTY: Final = "kinesis.read.empty"
KINESIS_RECORD_ACKNOWLEDGED: Final = "kinesis.record.acknowledged"
KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN: Final = "kinesis.record.acknowledged_in_vain"
KINESIS_RECORD_DEAD_LETTERED: Final = "kinesis.record.dead_lettered"
KINESIS_RECORD_EXPIRED: Final = "kinesis.record.expired"
KINESIS_RECORD_PUT: Final = "kinesis.record.put"
KINESIS_RECORD_RECEIVED: Final = "kinesis.record.received"
KINESIS_RECORD_RESTORED: Final = "kinesis.record.restored"
KINESIS_RECORD_RETURNED: Final = "kinesis.record.returned"
KINESIS_RECORD_THROTTLED: Final = "kinesis.record.throttled"
KINESIS_RECORD_VISIBILITY_CHANGED: Final = "kinesis.record.visibility_changed"
KINESIS_RECORD_VISIBLE: Final = "kinesis.record.visible"
KINESIS_RECORDS_COPIED: Final = "kinesis.records.copied"
KINESIS_RECORDS_PUSHED: Final = "kinesis.records.pushed"
KINESIS_RECORDS_READ: Final = "kinesis.records.read"
KINESIS_SHARD_SPLIT: Final = "kinesis.shard.split"
KINESIS_SHARD_SUBSCRIBED: Final = "kinesis.shard.subscribed"
KINESIS_SHARDS_MERGED: Final = "kinesis.shards.merged"
KINESIS_STREAM_CREATED: Final = "kinesis.stream.created"
KINESIS_STREAM_DELETED: Final = "kinesis.stream.deleted"
KINESIS_STREAM_SCALED: Final = "kinesis.stream.scaled"
KINESIS_STREAM_UPDATED: Final = "kinesis.stream.updated"
KINESIS_SUBSCRIPTION_REFUSED: Final = "kinesis.subscription.refused"

# --- CloudWatch -------------------------------------------------------------------------------------------------------

ALARM_CHANGED: Final = "alarm.changed"

# --- Application Auto Scaling -----------------------------------------------------------------------------------------

SCALING_CHANGED: Final = "scaling.changed"

# --- EventBridge ------------------------------------------------------------------------------------------------------

EVENT_FAILED: Final = "event.failed"
"""A target did not take an event, which is tried again, or given up."""
EVENT_LOST: Final = "event.lost"
"""An event was put on a bus that there is not."""
EVENT_MATCHED: Final = "event.matched"
"""A rule has matched an event, or its schedule has made one."""
EVENT_PUT: Final = "event.put"
EVENT_REFUSED: Final = "event.refused"
"""An entry of a call failed, while others may have been put."""

# --- S3 ---------------------------------------------------------------------------------------------------------------

BUCKET_CREATED: Final = "bucket.created"
BUCKET_DELETED: Final = "bucket.deleted"
NOTIFICATION_FAILED: Final = "notification.failed"
NOTIFICATION_SENT: Final = "notification.sent"
OBJECT_CREATED: Final = "object.created"
OBJECT_REMOVED: Final = "object.removed"

# --- Lambda -----------------------------------------------------------------------------------------------------------

LAMBDA_DEAD_LETTERED: Final = "lambda.dead_lettered"
"""An event, or the record of one, is on its way to a dead-letter queue or a destination."""
LAMBDA_FAILED: Final = "lambda.failed"
LAMBDA_FUNCTION_CHANGED: Final = "lambda.function.changed"
LAMBDA_FUNCTION_CREATED: Final = "lambda.function.created"
LAMBDA_FUNCTION_DELETED: Final = "lambda.function.deleted"
LAMBDA_VERSION_PUBLISHED: Final = "lambda.version.published"
LAMBDA_GIVEN_UP: Final = "lambda.given_up"
LAMBDA_INVOKED: Final = "lambda.invoked"
LAMBDA_LOST: Final = "lambda.lost"
"""A dead-letter queue or a destination does not exist, or refuses what it should have got."""
LAMBDA_RETRIED: Final = "lambda.retried"
LAMBDA_SUCCEEDED: Final = "lambda.succeeded"
LAMBDA_THROTTLED: Final = "lambda.throttled"
LAMBDA_TIMED_OUT: Final = "lambda.timed_out"

# --- Lambda: mappings -------------------------------------------------------------------------------------------------

MAPPING_BISECTED: Final = "mapping.bisected"
MAPPING_CHANGED: Final = "mapping.changed"
MAPPING_CREATED: Final = "mapping.created"
MAPPING_DELETED: Final = "mapping.deleted"
MAPPING_DESTINATION_FAILED: Final = "mapping.destination_failed"
MAPPING_DISCARDED: Final = "mapping.discarded"
MAPPING_FILTERED: Final = "mapping.filtered"
MAPPING_HANDLED: Final = "mapping.handled"
MAPPING_RETRIED: Final = "mapping.retried"
MAPPING_TAKEN: Final = "mapping.taken"

# --- Firehose ---------------------------------------------------------------------------------------------------------

DELIVERY_STREAM_CHANGED: Final = "delivery_stream.changed"
DELIVERY_STREAM_CREATED: Final = "delivery_stream.created"
DELIVERY_STREAM_DELETED: Final = "delivery_stream.deleted"
DELIVERY_STREAM_DELIVERED: Final = "delivery_stream.delivered"
DELIVERY_STREAM_PUT_FAILED: Final = "delivery_stream.put_failed"
DELIVERY_STREAM_TAKEN: Final = "delivery_stream.taken"
DELIVERY_STREAM_TRANSFORMED: Final = "delivery_stream.transformed"

# --- Pipes ------------------------------------------------------------------------------------------------------------

PIPE_CHANGED: Final = "pipe.changed"
PIPE_CREATED: Final = "pipe.created"
PIPE_DELETED: Final = "pipe.deleted"
PIPE_FILTERED: Final = "pipe.filtered"
PIPE_GIVEN_UP: Final = "pipe.given_up"
PIPE_HANDLED: Final = "pipe.handled"
PIPE_TAKEN: Final = "pipe.taken"

# --- Scheduler --------------------------------------------------------------------------------------------------------

SCHEDULE_CHANGED: Final = "schedule.changed"
SCHEDULE_CREATED: Final = "schedule.created"
SCHEDULE_DEAD_LETTER_LOST: Final = "schedule.dead_letter_lost"
SCHEDULE_DELETED: Final = "schedule.deleted"
SCHEDULE_FAILED: Final = "schedule.failed"
"""An invocation was given up."""
SCHEDULE_FIRED: Final = "schedule.fired"
SCHEDULE_RETRIED: Final = "schedule.retried"

KINDS: Final = frozenset(value for name, value in list(globals().items()) if name.isupper() and type(value) is str)
"""All of them."""

BY_THEMSELVES: Final = frozenset(
    {
        CLOCK_JUMPED,
        DELIVERY_STREAM_DELIVERED,
        DELIVERY_STREAM_PUT_FAILED,
        DELIVERY_STREAM_TRANSFORMED,
        EVENT_FAILED,
        EVENT_MATCHED,
        KINESIS_CHANNEL_DELETED,
        KINESIS_QUEUE_DELETED,
        KINESIS_QUEUE_UPDATED,
        KINESIS_RECORD_DEAD_LETTERED,
        KINESIS_RECORD_EXPIRED,
        KINESIS_RECORD_VISIBLE,
        KINESIS_RECORDS_COPIED,
        KINESIS_RECORDS_PUSHED,
        KINESIS_SHARD_SPLIT,
        KINESIS_SHARDS_MERGED,
        KINESIS_STREAM_DELETED,
        KINESIS_STREAM_SCALED,
        KINESIS_STREAM_UPDATED,
        MAPPING_BISECTED,
        MAPPING_DESTINATION_FAILED,
        MAPPING_DISCARDED,
        MAPPING_FILTERED,
        MAPPING_HANDLED,
        MAPPING_RETRIED,
        MAPPING_TAKEN,
        SCALING_CHANGED,
        NOTIFICATION_FAILED,
        NOTIFICATION_SENT,
        LAMBDA_DEAD_LETTERED,
        LAMBDA_FAILED,
        LAMBDA_GIVEN_UP,
        LAMBDA_INVOKED,
        LAMBDA_LOST,
        LAMBDA_RETRIED,
        LAMBDA_SUCCEEDED,
        LAMBDA_THROTTLED,
        LAMBDA_TIMED_OUT,
        PIPE_FILTERED,
        PIPE_GIVEN_UP,
        PIPE_HANDLED,
        PIPE_TAKEN,
        SCHEDULE_DEAD_LETTER_LOST,
        SCHEDULE_FAILED,
        SCHEDULE_FIRED,
        SCHEDULE_RETRIED,
        SNS_DELIVERY_FAILED,
        SNS_DELIVERY_RETRIED,
        SNS_DELIVERY_SUCCEEDED,
        SNS_MESSAGE_DEAD_LETTERED,
        SNS_MESSAGE_LOST,
        SQS_MESSAGE_EXPIRED,
        SQS_MESSAGE_MOVED_TO_DLQ,
        SQS_MESSAGE_VISIBLE,
    }
)
"""What no caller does: it happens when its time has come, or follows from something else."""

FOR_PROGRAMS: Final = frozenset(
    {
        "ShardIterator",
        "age",
        "arn",
        "call",
        "function_arn",
        "handle",
        "handles",
        "iterator",
        "message_ids",
        "next_iterator",
        "numbers",
        "queued",
        "queues",
        "refused",
        "run_id",
        "shard_metrics",
        "stack",
        "steps",
        "stream_arn",
        "under_way",
    }
)
"""Details that would make a line of text unreadable."""
