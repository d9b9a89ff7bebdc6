"""The constraints that the model of Kinesis puts on members, and the check of a request's members against them.

botocore checks types, required members and minimums before it sends; the rest is checked here, before anything else
that a request asks for is looked at.
"""

from __future__ import annotations

from typing import Final

from ...core.constraints import Choice, Length, Member, Number, TagMap, Text, TextList, violations_of_members
from ...core.unset import UNSET
from . import errors


def check(*members: Member) -> None:
    """Raise ValidationException when any of ``(path, constraint, value)`` is broken; UNSET breaks none.

    The order is that of the report. AWS's follows no rule; where it has been seen, the name of the stream is late.
    """
    for _, constraint, value in members:
        # Nearly always all hold, which costs a third of what looking for violations does.
        if value is not UNSET and not constraint.holds(value):
            raise errors.validation_failed(violations_of_members(members))


class _Number(Number):
    """A number of 32 bits: a higher one is shown as the highest."""

    __slots__ = ()

    def shown(self, value: int) -> str:
        """The value in quotes."""
        return super().shown(min(value, 2_147_483_647))


_NAME = r"[a-zA-Z0-9_.-]+"

STREAM_NAME: Final = Text(1, 128, _NAME)
SHARD_ID: Final = Text(1, 128, _NAME)
CONSUMER_NAME: Final = Text(1, 128, _NAME)
STREAM_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+")
RESOURCE_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+")
CONSUMER_ARN: Final = Text(
    1, 2048, r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+"
)
QUEUE_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:queue/\S+")
QUEUE_NAME: Final = Text(1, 128, _NAME)
CHANNEL_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:channel/\S+")
CHANNEL_NAME: Final = Text(1, 128, _NAME)
RECEIPT_HANDLE: Final = Text(1, 1024)
HASH_KEY: Final = Text(pattern=r"0|([1-9]\d{0,38})")
SEQUENCE_NUMBER: Final = Text(pattern=r"0|([1-9]\d{0,128})")
PARTITION_KEY: Final = Text(1, 256)
SHARD_ITERATOR: Final = Text(1, 512)
NEXT_TOKEN: Final = Text(1, 1_048_576)
KEY_ID: Final = Text(1, 2048)
TAG_KEY: Final = Text(1, 128)

ITERATOR_TYPE: Final = Choice("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
SHARD_FILTER_TYPE: Final = Choice(
    "AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"
)
STREAM_MODE: Final = Choice("PROVISIONED", "ON_DEMAND")
DISTRIBUTION_STRATEGY: Final = Choice("AUTO", "USER_PARTITION_KEY")
SCALING_TYPE: Final = Choice("UNIFORM_SCALING")
ENCRYPTION_TYPE: Final = Choice("NONE", "KMS")
COMMITMENT_STATUS: Final = Choice("ENABLED", "DISABLED")

POSITION_TYPE: Final = Choice("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")
TARGET_TYPE: Final = Choice("BUILT_IN", "NONE")

PAGE_LIMIT: Final = _Number(1, 10_000)
TAG_PAGE_LIMIT: Final = _Number(1, 50)
SHARD_COUNT: Final = _Number(1, 100_000)
TARGET_SHARD_COUNT: Final = _Number(1)
RETENTION_HOURS: Final = _Number(1)
MAX_RECORD_SIZE: Final = _Number(1024, 10_240)
RECEIVE_LIMIT: Final = _Number(1, 10)
WAIT_SECONDS: Final = _Number(1, 20)
VISIBILITY_SECONDS: Final = _Number(0, 43_200)
MAX_RECEIVE_COUNT: Final = _Number(1, 1000)
WARM_THROUGHPUT: Final = _Number(0)

METRICS: Final = (
    "IncomingBytes",
    "OutgoingRecords",
    "IteratorAgeMilliseconds",
    "IncomingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
    "OutgoingBytes",
)
"""The shard-level metrics, in the order in which AWS lists them; ``ALL`` stands for all of them."""
METRIC_NAMES: Final = TextList(1, 7, choices=(*METRICS, "ALL"))
QUEUE_ENTRIES: Final = Length(1, 10)
CONFIGURATIONS: Final = Length(1, 10_000)
TAG_KEYS: Final = TextList(1, 50, longest=128)
TAGS: Final = TagMap(200)
