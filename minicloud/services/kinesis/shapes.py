"""The structures of Amazon Kinesis: parameters and answers, members in the order of AWS's model.

``StreamId`` is a member of every request and of the stream's summary; AWS reserves it for future use and ignores it.
Minimums are what clients check; other constraints are the service's (``constraints``).
"""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Blob, Minimum, Timestamp

# --- scalars with a minimum, which the client checks ----------------------------------------------------------------

ConsumerArn: TypeAlias = Annotated[str, Minimum(1)]
ConsumerName: TypeAlias = Annotated[str, Minimum(1)]
KeyId: TypeAlias = Annotated[str, Minimum(1)]
MaxRecordSize: TypeAlias = Annotated[int, Minimum(1024)]
MetricsNames: TypeAlias = Annotated[Sequence[str], Minimum(1)]
NaturalInteger: TypeAlias = Annotated[int, Minimum(0)]
NextToken: TypeAlias = Annotated[str, Minimum(1)]
PageLimit: TypeAlias = Annotated[int, Minimum(1)]
PartitionKey: TypeAlias = Annotated[str, Minimum(1)]
PositiveInteger: TypeAlias = Annotated[int, Minimum(1)]
ResourceArn: TypeAlias = Annotated[str, Minimum(1)]
ShardId: TypeAlias = Annotated[str, Minimum(1)]
ShardIterator: TypeAlias = Annotated[str, Minimum(1)]
ShardIteratorType: TypeAlias = Literal[
    "AFTER_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER", "AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"
]
StreamArn: TypeAlias = Annotated[str, Minimum(1)]
StreamId: TypeAlias = Annotated[str, Minimum(1)]
StreamName: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TagKeys: TypeAlias = Annotated[Sequence[TagKey], Minimum(1)]
TagMap: TypeAlias = Annotated[Mapping[TagKey, str], Minimum(1)]

# What answers carry; parameters are more permissive.
_Bytes: TypeAlias = Annotated[bytes, "blob"]
_Timestamp: TypeAlias = Annotated[datetime, "timestamp"]

# --- parts of requests ----------------------------------------------------------------------------------------------


class StreamModeDetails(TypedDict):
    """The capacity mode of a stream: ``PROVISIONED`` or ``ON_DEMAND``."""

    StreamMode: str


class PutRecordsRequestEntry(TypedDict):
    """One record to put."""

    Data: Blob
    ExplicitHashKey: NotRequired[str]
    PartitionKey: NotRequired[PartitionKey]


PutRecordsRequestEntries: TypeAlias = Annotated[Sequence[PutRecordsRequestEntry], Minimum(1)]


class ShardFilter(TypedDict):
    """Which shards to list."""

    Type: str
    ShardId: NotRequired[ShardId]
    Timestamp: NotRequired[Timestamp]


class StartingPosition(TypedDict):
    """Where in the shard a subscription begins."""

    Type: str
    SequenceNumber: NotRequired[str]
    Timestamp: NotRequired[Timestamp]


class MinimumThroughputBillingCommitmentInput(TypedDict):
    """The commitment that the account is to have."""

    Status: str


# --- parts of answers -----------------------------------------------------------------------------------------------


class HashKeyRange(TypedDict):
    """The hash keys of a shard, both ends included, as decimal numbers."""

    StartingHashKey: str
    EndingHashKey: str


class SequenceNumberRange(TypedDict):
    """The sequence numbers of a shard; the ending one exists once it is closed."""

    StartingSequenceNumber: str
    EndingSequenceNumber: NotRequired[str]


class Shard(TypedDict):
    """A shard as it is listed."""

    ShardId: str
    ParentShardId: NotRequired[str]
    AdjacentParentShardId: NotRequired[str]
    HashKeyRange: HashKeyRange
    SequenceNumberRange: SequenceNumberRange


class ChildShard(TypedDict):
    """A shard that took over from the one that ended."""

    ShardId: str
    ParentShards: Sequence[str]
    HashKeyRange: HashKeyRange


class Record(TypedDict):
    """A record as it is read; without ``PartitionKey`` when it was put without one."""

    SequenceNumber: str
    ApproximateArrivalTimestamp: NotRequired[_Timestamp]
    Data: _Bytes
    PartitionKey: NotRequired[str]
    EncryptionType: NotRequired[str]


class PutRecordsResultEntry(TypedDict):
    """What became of one record: its place, or the error that kept it out."""

    SequenceNumber: NotRequired[str]
    ShardId: NotRequired[str]
    ErrorCode: NotRequired[str]
    ErrorMessage: NotRequired[str]


class EnhancedMetrics(TypedDict):
    """The shard-level metrics that are switched on."""

    ShardLevelMetrics: NotRequired[Sequence[str]]


class WarmThroughputObject(TypedDict):
    """The write throughput that an on-demand stream is kept ready for."""

    TargetMiBps: NotRequired[int]
    CurrentMiBps: NotRequired[int]


class StreamDescription(TypedDict):
    """A stream with a page of its shards."""

    StreamName: str
    StreamARN: str
    StreamStatus: str
    StreamModeDetails: NotRequired[StreamModeDetails]
    Shards: Sequence[Shard]
    HasMoreShards: bool
    RetentionPeriodHours: int
    StreamCreationTimestamp: _Timestamp
    EnhancedMonitoring: Sequence[EnhancedMetrics]
    EncryptionType: NotRequired[str]
    KeyId: NotRequired[str]


class StreamDescriptionSummary(TypedDict):
    """A stream without its shards."""

    StreamName: str
    StreamARN: str
    StreamId: NotRequired[str]
    StreamStatus: str
    StreamModeDetails: NotRequired[StreamModeDetails]
    RetentionPeriodHours: int
    StreamCreationTimestamp: _Timestamp
    EnhancedMonitoring: Sequence[EnhancedMetrics]
    EncryptionType: NotRequired[str]
    KeyId: NotRequired[str]
    OpenShardCount: int
    ConsumerCount: NotRequired[int]
    WarmThroughput: NotRequired[WarmThroughputObject]
    MaxRecordSizeInKiB: NotRequired[int]
    ChannelCount: NotRequired[int]
    RecordDistributionStrategy: NotRequired[str]
    QueueCount: NotRequired[int]


class StreamSummary(TypedDict):
    """A stream in a list."""

    StreamName: str
    StreamARN: str
    StreamStatus: str
    StreamModeDetails: NotRequired[StreamModeDetails]
    StreamCreationTimestamp: NotRequired[_Timestamp]


class Consumer(TypedDict):
    """A registered consumer in a list."""

    ConsumerName: str
    ConsumerARN: str
    ConsumerStatus: str
    ConsumerCreationTimestamp: _Timestamp


class ConsumerDescription(TypedDict):
    """A registered consumer with its stream."""

    ConsumerName: str
    ConsumerARN: str
    ConsumerStatus: str
    ConsumerCreationTimestamp: _Timestamp
    StreamARN: str


class Tag(TypedDict):
    """One tag."""

    Key: str
    Value: NotRequired[str]


class MinimumThroughputBillingCommitmentOutput(TypedDict):
    """The commitment that the account has."""

    Status: str
    StartedAt: NotRequired[_Timestamp]
    EndedAt: NotRequired[_Timestamp]
    EarliestAllowedEndAt: NotRequired[_Timestamp]


class StreamException(TypedDict):
    """An error that ends an event stream."""

    message: NotRequired[str]


class SubscribeToShardEvent(TypedDict):
    """Records that were pushed to a consumer."""

    Records: Sequence[Record]
    ContinuationSequenceNumber: str
    MillisBehindLatest: int
    ChildShards: NotRequired[Sequence[ChildShard]]


class SubscribeToShardEventStream(TypedDict):
    """One item of an event stream; the exceptions are raised while it is iterated."""

    SubscribeToShardEvent: SubscribeToShardEvent
    ResourceNotFoundException: NotRequired[StreamException]
    ResourceInUseException: NotRequired[StreamException]
    KMSDisabledException: NotRequired[StreamException]
    KMSInvalidStateException: NotRequired[StreamException]
    KMSAccessDeniedException: NotRequired[StreamException]
    KMSNotFoundException: NotRequired[StreamException]
    KMSOptInRequired: NotRequired[StreamException]
    KMSThrottlingException: NotRequired[StreamException]
    InternalFailureException: NotRequired[StreamException]


# --- answers --------------------------------------------------------------------------------------------------------


class DescribeAccountSettingsOutput(Answer):
    """The answer of DescribeAccountSettings."""

    MinimumThroughputBillingCommitment: NotRequired[MinimumThroughputBillingCommitmentOutput]


class DescribeLimitsOutput(Answer):
    """The answer of DescribeLimits."""

    ShardLimit: int
    OpenShardCount: int
    OnDemandStreamCount: int
    OnDemandStreamCountLimit: int
    ChannelCount: NotRequired[int]
    ChannelCountLimit: NotRequired[int]


class DescribeStreamConsumerOutput(Answer):
    """The answer of DescribeStreamConsumer."""

    ConsumerDescription: ConsumerDescription


class DescribeStreamOutput(Answer):
    """The answer of DescribeStream."""

    StreamDescription: StreamDescription


class DescribeStreamSummaryOutput(Answer):
    """The answer of DescribeStreamSummary."""

    StreamDescriptionSummary: StreamDescriptionSummary


class EnhancedMonitoringOutput(Answer):
    """The answer of EnableEnhancedMonitoring and DisableEnhancedMonitoring."""

    StreamName: NotRequired[str]
    CurrentShardLevelMetrics: NotRequired[Sequence[str]]
    DesiredShardLevelMetrics: NotRequired[Sequence[str]]
    StreamARN: NotRequired[str]


class GetRecordsOutput(Answer):
    """The answer of GetRecords; without ``NextShardIterator`` when the shard has ended."""

    Records: Sequence[Record]
    NextShardIterator: NotRequired[str]
    MillisBehindLatest: NotRequired[int]
    ChildShards: NotRequired[Sequence[ChildShard]]


class GetResourcePolicyOutput(Answer):
    """The answer of GetResourcePolicy."""

    Policy: str


class GetShardIteratorOutput(Answer):
    """The answer of GetShardIterator."""

    ShardIterator: NotRequired[str]


class ListShardsOutput(Answer):
    """The answer of ListShards."""

    Shards: NotRequired[Sequence[Shard]]
    NextToken: NotRequired[str]


class ListStreamConsumersOutput(Answer):
    """The answer of ListStreamConsumers."""

    Consumers: NotRequired[Sequence[Consumer]]
    NextToken: NotRequired[str]


class ListStreamsOutput(Answer):
    """The answer of ListStreams."""

    StreamNames: Sequence[str]
    HasMoreStreams: bool
    NextToken: NotRequired[str]
    StreamSummaries: NotRequired[Sequence[StreamSummary]]


class ListTagsForResourceOutput(Answer):
    """The answer of ListTagsForResource."""

    Tags: NotRequired[Sequence[Tag]]


class ListTagsForStreamOutput(Answer):
    """The answer of ListTagsForStream."""

    Tags: Sequence[Tag]
    HasMoreTags: bool


class PutRecordOutput(Answer):
    """The answer of PutRecord."""

    ShardId: str
    SequenceNumber: str
    EncryptionType: NotRequired[str]


class PutRecordsOutput(Answer):
    """The answer of PutRecords; ``Records`` in the order of the request."""

    FailedRecordCount: NotRequired[int]
    Records: Sequence[PutRecordsResultEntry]
    EncryptionType: NotRequired[str]


class RegisterStreamConsumerOutput(Answer):
    """The answer of RegisterStreamConsumer."""

    Consumer: Consumer


class SubscribeToShardOutput(Answer):
    """The answer of SubscribeToShard."""

    EventStream: Iterable[SubscribeToShardEventStream]


class UpdateAccountSettingsOutput(Answer):
    """The answer of UpdateAccountSettings."""

    MinimumThroughputBillingCommitment: NotRequired[MinimumThroughputBillingCommitmentOutput]


class UpdateShardCountOutput(Answer):
    """The answer of UpdateShardCount."""

    StreamName: NotRequired[str]
    CurrentShardCount: NotRequired[int]
    TargetShardCount: NotRequired[int]
    StreamARN: NotRequired[str]


class UpdateStreamWarmThroughputOutput(Answer):
    """The answer of UpdateStreamWarmThroughput."""

    StreamARN: NotRequired[str]
    StreamName: NotRequired[str]
    WarmThroughput: NotRequired[WarmThroughputObject]
