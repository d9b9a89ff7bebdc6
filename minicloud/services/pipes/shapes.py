"""The structures of EventBridge Pipes: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum
from .other_shapes import (
    DeadLetterConfig,
    PipeEnrichmentHttpParameters,
    PipeSourceActiveMQBrokerParameters,
    PipeSourceDynamoDBStreamParameters,
    PipeSourceManagedStreamingKafkaParameters,
    PipeSourceRabbitMQBrokerParameters,
    PipeSourceSelfManagedKafkaParameters,
    PipeTargetBatchJobParameters,
    PipeTargetEcsTaskParameters,
    PipeTargetHttpParameters,
    PipeTargetRedshiftDataParameters,
    PipeTargetSageMakerPipelineParameters,
    PipeTargetStateMachineParameters,
    PipeTargetTimestreamParameters,
    UpdatePipeSourceActiveMQBrokerParameters,
    UpdatePipeSourceDynamoDBStreamParameters,
    UpdatePipeSourceManagedStreamingKafkaParameters,
    UpdatePipeSourceRabbitMQBrokerParameters,
    UpdatePipeSourceSelfManagedKafkaParameters,
)

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

Arn: TypeAlias = Annotated[str, Minimum(1)]
ArnOrJsonPath: TypeAlias = Annotated[str, Minimum(1)]
ArnOrUrl: TypeAlias = Annotated[str, Minimum(1)]
CloudwatchLogGroupArn: TypeAlias = Annotated[str, Minimum(1)]
EventBridgeDetailType: TypeAlias = Annotated[str, Minimum(1)]
EventBridgeEndpointId: TypeAlias = Annotated[str, Minimum(1)]
EventBridgeEventSource: TypeAlias = Annotated[str, Minimum(1)]
FirehoseArn: TypeAlias = Annotated[str, Minimum(1)]
JsonPath: TypeAlias = Annotated[str, Minimum(1)]
LimitMax10: TypeAlias = Annotated[int, Minimum(1)]
LimitMax100: TypeAlias = Annotated[int, Minimum(1)]
LimitMax10000: TypeAlias = Annotated[int, Minimum(1)]
LogStreamName: TypeAlias = Annotated[str, Minimum(1)]
MaximumBatchingWindowInSeconds: TypeAlias = Annotated[int, Minimum(0)]
MaximumRecordAgeInSeconds: TypeAlias = Annotated[int, Minimum(-1)]
MaximumRetryAttemptsESM: TypeAlias = Annotated[int, Minimum(-1)]
NextToken: TypeAlias = Annotated[str, Minimum(1)]
PipeArn: TypeAlias = Annotated[str, Minimum(1)]
PipeName: TypeAlias = Annotated[str, Minimum(1)]
ResourceArn: TypeAlias = Annotated[str, Minimum(1)]
RoleArn: TypeAlias = Annotated[str, Minimum(1)]
S3LogDestinationParametersBucketNameString: TypeAlias = Annotated[str, Minimum(3)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TagMap: TypeAlias = Annotated[Mapping[TagKey, str], Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class Filter(TypedDict, total=False):
    """Filter."""

    Pattern: str


class FilterCriteria(TypedDict, total=False):
    """Filter criteria."""

    Filters: Sequence[Filter]


class PipeSourceKinesisStreamParameters(TypedDict):
    """Pipe source kinesis stream parameters."""

    BatchSize: NotRequired[LimitMax10000]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    OnPartialBatchItemFailure: NotRequired[str]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]
    MaximumRecordAgeInSeconds: NotRequired[MaximumRecordAgeInSeconds]
    MaximumRetryAttempts: NotRequired[MaximumRetryAttemptsESM]
    ParallelizationFactor: NotRequired[LimitMax10]
    StartingPosition: str
    StartingPositionTimestamp: NotRequired[Annotated[datetime, "timestamp"]]


class PipeSourceSqsQueueParameters(TypedDict, total=False):
    """Pipe source sqs queue parameters."""

    BatchSize: LimitMax10000
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds


class PipeSourceParameters(TypedDict, total=False):
    """Pipe source parameters."""

    FilterCriteria: FilterCriteria
    KinesisStreamParameters: PipeSourceKinesisStreamParameters
    DynamoDBStreamParameters: PipeSourceDynamoDBStreamParameters
    SqsQueueParameters: PipeSourceSqsQueueParameters
    ActiveMQBrokerParameters: PipeSourceActiveMQBrokerParameters
    RabbitMQBrokerParameters: PipeSourceRabbitMQBrokerParameters
    ManagedStreamingKafkaParameters: PipeSourceManagedStreamingKafkaParameters
    SelfManagedKafkaParameters: PipeSourceSelfManagedKafkaParameters


class PipeEnrichmentParameters(TypedDict, total=False):
    """Pipe enrichment parameters."""

    InputTemplate: str
    HttpParameters: PipeEnrichmentHttpParameters


class PipeTargetLambdaFunctionParameters(TypedDict, total=False):
    """Pipe target lambda function parameters."""

    InvocationType: str


class PipeTargetKinesisStreamParameters(TypedDict):
    """Pipe target kinesis stream parameters."""

    PartitionKey: str


class PipeTargetSqsQueueParameters(TypedDict, total=False):
    """Pipe target sqs queue parameters."""

    MessageGroupId: str
    MessageDeduplicationId: str


class PipeTargetEventBridgeEventBusParameters(TypedDict, total=False):
    """Pipe target event bridge event bus parameters."""

    EndpointId: EventBridgeEndpointId
    DetailType: EventBridgeDetailType
    Source: EventBridgeEventSource
    Resources: Sequence[ArnOrJsonPath]
    Time: JsonPath


class PipeTargetCloudWatchLogsParameters(TypedDict, total=False):
    """Pipe target cloud watch logs parameters."""

    LogStreamName: LogStreamName
    Timestamp: JsonPath


class PipeTargetParameters(TypedDict, total=False):
    """Pipe target parameters."""

    InputTemplate: str
    LambdaFunctionParameters: PipeTargetLambdaFunctionParameters
    StepFunctionStateMachineParameters: PipeTargetStateMachineParameters
    KinesisStreamParameters: PipeTargetKinesisStreamParameters
    EcsTaskParameters: PipeTargetEcsTaskParameters
    BatchJobParameters: PipeTargetBatchJobParameters
    SqsQueueParameters: PipeTargetSqsQueueParameters
    HttpParameters: PipeTargetHttpParameters
    RedshiftDataParameters: PipeTargetRedshiftDataParameters
    SageMakerPipelineParameters: PipeTargetSageMakerPipelineParameters
    EventBridgeEventBusParameters: PipeTargetEventBridgeEventBusParameters
    CloudWatchLogsParameters: PipeTargetCloudWatchLogsParameters
    TimestreamParameters: PipeTargetTimestreamParameters


class S3LogDestinationParameters(TypedDict):
    """Where a pipe writes its log."""

    BucketName: S3LogDestinationParametersBucketNameString
    BucketOwner: str
    OutputFormat: NotRequired[str]
    Prefix: NotRequired[str]


class FirehoseLogDestinationParameters(TypedDict):
    """Where a pipe writes its log."""

    DeliveryStreamArn: FirehoseArn


class CloudwatchLogsLogDestinationParameters(TypedDict):
    """Where a pipe writes its log."""

    LogGroupArn: CloudwatchLogGroupArn


class PipeLogConfigurationParameters(TypedDict):
    """Where a pipe writes its log."""

    S3LogDestination: NotRequired[S3LogDestinationParameters]
    FirehoseLogDestination: NotRequired[FirehoseLogDestinationParameters]
    CloudwatchLogsLogDestination: NotRequired[CloudwatchLogsLogDestinationParameters]
    Level: str
    IncludeExecutionData: NotRequired[Sequence[str]]


class UpdatePipeSourceKinesisStreamParameters(TypedDict, total=False):
    """Update pipe source kinesis stream parameters."""

    BatchSize: LimitMax10000
    DeadLetterConfig: DeadLetterConfig
    OnPartialBatchItemFailure: str
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    MaximumRecordAgeInSeconds: MaximumRecordAgeInSeconds
    MaximumRetryAttempts: MaximumRetryAttemptsESM
    ParallelizationFactor: LimitMax10


class UpdatePipeSourceSqsQueueParameters(TypedDict, total=False):
    """Update pipe source sqs queue parameters."""

    BatchSize: LimitMax10000
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds


class UpdatePipeSourceParameters(TypedDict, total=False):
    """Update pipe source parameters."""

    FilterCriteria: FilterCriteria
    KinesisStreamParameters: UpdatePipeSourceKinesisStreamParameters
    DynamoDBStreamParameters: UpdatePipeSourceDynamoDBStreamParameters
    SqsQueueParameters: UpdatePipeSourceSqsQueueParameters
    ActiveMQBrokerParameters: UpdatePipeSourceActiveMQBrokerParameters
    RabbitMQBrokerParameters: UpdatePipeSourceRabbitMQBrokerParameters
    ManagedStreamingKafkaParameters: UpdatePipeSourceManagedStreamingKafkaParameters
    SelfManagedKafkaParameters: UpdatePipeSourceSelfManagedKafkaParameters


class CreatePipeResponse(Answer):
    """CreatePipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]


class DeletePipeResponse(Answer):
    """DeletePipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]


class S3LogDestination(TypedDict, total=False):
    """Where a pipe writes its log."""

    BucketName: str
    Prefix: str
    BucketOwner: str
    OutputFormat: str


class FirehoseLogDestination(TypedDict, total=False):
    """Where a pipe writes its log."""

    DeliveryStreamArn: FirehoseArn


class CloudwatchLogsLogDestination(TypedDict, total=False):
    """Where a pipe writes its log."""

    LogGroupArn: CloudwatchLogGroupArn


class PipeLogConfiguration(TypedDict, total=False):
    """Where a pipe writes its log."""

    S3LogDestination: S3LogDestination
    FirehoseLogDestination: FirehoseLogDestination
    CloudwatchLogsLogDestination: CloudwatchLogsLogDestination
    Level: str
    IncludeExecutionData: Sequence[str]


class DescribePipeResponse(Answer):
    """DescribePipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    Description: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    StateReason: NotRequired[str]
    Source: NotRequired[str]
    SourceParameters: NotRequired[PipeSourceParameters]
    Enrichment: NotRequired[str]
    EnrichmentParameters: NotRequired[PipeEnrichmentParameters]
    Target: NotRequired[str]
    TargetParameters: NotRequired[PipeTargetParameters]
    RoleArn: NotRequired[str]
    Tags: NotRequired[dict[str, str]]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]
    LogConfiguration: NotRequired[PipeLogConfiguration]
    KmsKeyIdentifier: NotRequired[str]


class Pipe(TypedDict, total=False):
    """Pipe."""

    Name: str
    Arn: str
    DesiredState: str
    CurrentState: str
    StateReason: str
    CreationTime: datetime
    LastModifiedTime: datetime
    Source: str
    Target: str
    Enrichment: str


class ListPipesResponse(Answer):
    """ListPipes answers this."""

    Pipes: NotRequired[list[Pipe]]
    NextToken: NotRequired[str]


class ListTagsForResourceResponse(Answer):
    """ListTagsForResource answers this."""

    tags: NotRequired[dict[str, str]]


class StartPipeResponse(Answer):
    """StartPipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]


class StopPipeResponse(Answer):
    """StopPipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]


class TagResourceResponse(Answer):
    """TagResource answers this."""


class UntagResourceResponse(Answer):
    """UntagResource answers this."""


class UpdatePipeResponse(Answer):
    """UpdatePipe answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    DesiredState: NotRequired[str]
    CurrentState: NotRequired[str]
    CreationTime: NotRequired[datetime]
    LastModifiedTime: NotRequired[datetime]
