"""The structures of EventBridge Pipes that are of sources and targets which minicloud does not have."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Minimum

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

Arn: TypeAlias = Annotated[str, Minimum(1)]
ArnOrJsonPath: TypeAlias = Annotated[str, Minimum(1)]
BatchArraySize: TypeAlias = Annotated[int, Minimum(2)]
BatchRetryAttempts: TypeAlias = Annotated[int, Minimum(1)]
CapacityProvider: TypeAlias = Annotated[str, Minimum(1)]
CapacityProviderStrategyItemBase: TypeAlias = Annotated[int, Minimum(0)]
CapacityProviderStrategyItemWeight: TypeAlias = Annotated[int, Minimum(0)]
Database: TypeAlias = Annotated[str, Minimum(1)]
DbUser: TypeAlias = Annotated[str, Minimum(1)]
DimensionName: TypeAlias = Annotated[str, Minimum(1)]
DimensionValue: TypeAlias = Annotated[str, Minimum(1)]
EndpointString: TypeAlias = Annotated[str, Minimum(1)]
EphemeralStorageSize: TypeAlias = Annotated[int, Minimum(21)]
KafkaTopicName: TypeAlias = Annotated[str, Minimum(1)]
LimitMax10: TypeAlias = Annotated[int, Minimum(1)]
LimitMax10000: TypeAlias = Annotated[int, Minimum(1)]
LimitMin1: TypeAlias = Annotated[int, Minimum(1)]
MQBrokerQueueName: TypeAlias = Annotated[str, Minimum(1)]
MaximumBatchingWindowInSeconds: TypeAlias = Annotated[int, Minimum(0)]
MaximumRecordAgeInSeconds: TypeAlias = Annotated[int, Minimum(-1)]
MaximumRetryAttemptsESM: TypeAlias = Annotated[int, Minimum(-1)]
MeasureName: TypeAlias = Annotated[str, Minimum(1)]
MeasureValue: TypeAlias = Annotated[str, Minimum(1)]
MultiMeasureAttributeName: TypeAlias = Annotated[str, Minimum(1)]
MultiMeasureName: TypeAlias = Annotated[str, Minimum(1)]
SageMakerPipelineParameterName: TypeAlias = Annotated[str, Minimum(1)]
SecretManagerArn: TypeAlias = Annotated[str, Minimum(1)]
SecretManagerArnOrJsonPath: TypeAlias = Annotated[str, Minimum(1)]
SecurityGroup: TypeAlias = Annotated[str, Minimum(1)]
SecurityGroupId: TypeAlias = Annotated[str, Minimum(1)]
Sql: TypeAlias = Annotated[str, Minimum(1)]
StatementName: TypeAlias = Annotated[str, Minimum(1)]
Subnet: TypeAlias = Annotated[str, Minimum(1)]
SubnetId: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TimeValue: TypeAlias = Annotated[str, Minimum(1)]
TimestampFormat: TypeAlias = Annotated[str, Minimum(1)]
URI: TypeAlias = Annotated[str, Minimum(1)]
VersionValue: TypeAlias = Annotated[str, Minimum(1)]
SecurityGroupIds: TypeAlias = Annotated[Sequence[SecurityGroupId], Minimum(1)]
Sqls: TypeAlias = Annotated[Sequence[Sql], Minimum(1)]
SubnetIds: TypeAlias = Annotated[Sequence[SubnetId], Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class DeadLetterConfig(TypedDict, total=False):
    """Dead letter config."""

    Arn: Arn


class PipeSourceDynamoDBStreamParameters(TypedDict):
    """Of pipes from, or to, DynamoDB, which are refused."""

    BatchSize: NotRequired[LimitMax10000]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    OnPartialBatchItemFailure: NotRequired[str]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]
    MaximumRecordAgeInSeconds: NotRequired[MaximumRecordAgeInSeconds]
    MaximumRetryAttempts: NotRequired[MaximumRetryAttemptsESM]
    ParallelizationFactor: NotRequired[LimitMax10]
    StartingPosition: str


class MQBrokerAccessCredentials(TypedDict, total=False):
    """Of pipes from, or to, Amazon MQ, which are refused."""

    BasicAuth: SecretManagerArn


class PipeSourceActiveMQBrokerParameters(TypedDict):
    """Of pipes from, or to, Amazon MQ, which are refused."""

    Credentials: MQBrokerAccessCredentials
    QueueName: MQBrokerQueueName
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]


class PipeSourceRabbitMQBrokerParameters(TypedDict):
    """Of pipes from, or to, Amazon MQ, which are refused."""

    Credentials: MQBrokerAccessCredentials
    QueueName: MQBrokerQueueName
    VirtualHost: NotRequired[URI]
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]


class MSKAccessCredentials(TypedDict, total=False):
    """Of pipes from, or to, Kafka, which are refused."""

    SaslScram512Auth: SecretManagerArn
    ClientCertificateTlsAuth: SecretManagerArn


class PipeSourceManagedStreamingKafkaParameters(TypedDict):
    """Of pipes from, or to, Kafka, which are refused."""

    TopicName: KafkaTopicName
    StartingPosition: NotRequired[str]
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]
    ConsumerGroupID: NotRequired[URI]
    Credentials: NotRequired[MSKAccessCredentials]


class SelfManagedKafkaAccessConfigurationCredentials(TypedDict, total=False):
    """Of pipes from, or to, Kafka, which are refused."""

    BasicAuth: SecretManagerArn
    SaslScram512Auth: SecretManagerArn
    SaslScram256Auth: SecretManagerArn
    ClientCertificateTlsAuth: SecretManagerArn


class SelfManagedKafkaAccessConfigurationVpc(TypedDict, total=False):
    """Of pipes from, or to, Kafka, which are refused."""

    Subnets: SubnetIds
    SecurityGroup: SecurityGroupIds


class PipeSourceSelfManagedKafkaParameters(TypedDict):
    """Of pipes from, or to, Kafka, which are refused."""

    TopicName: KafkaTopicName
    StartingPosition: NotRequired[str]
    AdditionalBootstrapServers: NotRequired[Sequence[EndpointString]]
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]
    ConsumerGroupID: NotRequired[URI]
    Credentials: NotRequired[SelfManagedKafkaAccessConfigurationCredentials]
    ServerRootCaCertificate: NotRequired[SecretManagerArn]
    Vpc: NotRequired[SelfManagedKafkaAccessConfigurationVpc]


class PipeEnrichmentHttpParameters(TypedDict, total=False):
    """Of pipes from, or to, an API destination, which are refused."""

    PathParameterValues: Sequence[str]
    HeaderParameters: Mapping[str, str]
    QueryStringParameters: Mapping[str, str]


class PipeTargetStateMachineParameters(TypedDict, total=False):
    """Of pipes from, or to, Step Functions, which are refused."""

    InvocationType: str


class AwsVpcConfiguration(TypedDict):
    """Aws vpc configuration."""

    Subnets: Sequence[Subnet]
    SecurityGroups: NotRequired[Sequence[SecurityGroup]]
    AssignPublicIp: NotRequired[str]


class NetworkConfiguration(TypedDict, total=False):
    """Network configuration."""

    awsvpcConfiguration: AwsVpcConfiguration


class CapacityProviderStrategyItem(TypedDict):
    """Capacity provider strategy item."""

    capacityProvider: CapacityProvider
    weight: NotRequired[CapacityProviderStrategyItemWeight]
    base: NotRequired[CapacityProviderStrategyItemBase]


class PlacementConstraint(TypedDict, total=False):
    """Placement constraint."""

    type: str
    expression: str


class PlacementStrategy(TypedDict, total=False):
    """Placement strategy."""

    type: str
    field: str


class EcsEnvironmentVariable(TypedDict, total=False):
    """Of pipes from, or to, ECS, which are refused."""

    name: str
    value: str


class EcsEnvironmentFile(TypedDict):
    """Of pipes from, or to, ECS, which are refused."""

    type: str
    value: str


class EcsResourceRequirement(TypedDict):
    """Of pipes from, or to, ECS, which are refused."""

    type: str
    value: str


class EcsContainerOverride(TypedDict, total=False):
    """Of pipes from, or to, ECS, which are refused."""

    Command: Sequence[str]
    Cpu: int
    Environment: Sequence[EcsEnvironmentVariable]
    EnvironmentFiles: Sequence[EcsEnvironmentFile]
    Memory: int
    MemoryReservation: int
    Name: str
    ResourceRequirements: Sequence[EcsResourceRequirement]


class EcsEphemeralStorage(TypedDict):
    """Of pipes from, or to, ECS, which are refused."""

    sizeInGiB: EphemeralStorageSize


class EcsInferenceAcceleratorOverride(TypedDict, total=False):
    """Of pipes from, or to, ECS, which are refused."""

    deviceName: str
    deviceType: str


class EcsTaskOverride(TypedDict, total=False):
    """Of pipes from, or to, ECS, which are refused."""

    ContainerOverrides: Sequence[EcsContainerOverride]
    Cpu: str
    EphemeralStorage: EcsEphemeralStorage
    ExecutionRoleArn: ArnOrJsonPath
    InferenceAcceleratorOverrides: Sequence[EcsInferenceAcceleratorOverride]
    Memory: str
    TaskRoleArn: ArnOrJsonPath


class Tag(TypedDict):
    """Tag."""

    Key: TagKey
    Value: str


class PipeTargetEcsTaskParameters(TypedDict):
    """Of pipes from, or to, ECS, which are refused."""

    TaskDefinitionArn: ArnOrJsonPath
    TaskCount: NotRequired[LimitMin1]
    LaunchType: NotRequired[str]
    NetworkConfiguration: NotRequired[NetworkConfiguration]
    PlatformVersion: NotRequired[str]
    Group: NotRequired[str]
    CapacityProviderStrategy: NotRequired[Sequence[CapacityProviderStrategyItem]]
    EnableECSManagedTags: NotRequired[bool]
    EnableExecuteCommand: NotRequired[bool]
    PlacementConstraints: NotRequired[Sequence[PlacementConstraint]]
    PlacementStrategy: NotRequired[Sequence[PlacementStrategy]]
    PropagateTags: NotRequired[str]
    ReferenceId: NotRequired[str]
    Overrides: NotRequired[EcsTaskOverride]
    Tags: NotRequired[Sequence[Tag]]


class BatchArrayProperties(TypedDict, total=False):
    """Of pipes from, or to, AWS Batch, which are refused."""

    Size: BatchArraySize


class BatchRetryStrategy(TypedDict, total=False):
    """Of pipes from, or to, AWS Batch, which are refused."""

    Attempts: BatchRetryAttempts


class BatchEnvironmentVariable(TypedDict, total=False):
    """Of pipes from, or to, AWS Batch, which are refused."""

    Name: str
    Value: str


class BatchResourceRequirement(TypedDict):
    """Of pipes from, or to, AWS Batch, which are refused."""

    Type: str
    Value: str


class BatchContainerOverrides(TypedDict, total=False):
    """Of pipes from, or to, AWS Batch, which are refused."""

    Command: Sequence[str]
    Environment: Sequence[BatchEnvironmentVariable]
    InstanceType: str
    ResourceRequirements: Sequence[BatchResourceRequirement]


class BatchJobDependency(TypedDict, total=False):
    """Of pipes from, or to, AWS Batch, which are refused."""

    JobId: str
    Type: str


class PipeTargetBatchJobParameters(TypedDict):
    """Of pipes from, or to, AWS Batch, which are refused."""

    JobDefinition: str
    JobName: str
    ArrayProperties: NotRequired[BatchArrayProperties]
    RetryStrategy: NotRequired[BatchRetryStrategy]
    ContainerOverrides: NotRequired[BatchContainerOverrides]
    DependsOn: NotRequired[Sequence[BatchJobDependency]]
    Parameters: NotRequired[Mapping[str, str]]


class PipeTargetHttpParameters(TypedDict, total=False):
    """Of pipes from, or to, an API destination, which are refused."""

    PathParameterValues: Sequence[str]
    HeaderParameters: Mapping[str, str]
    QueryStringParameters: Mapping[str, str]


class PipeTargetRedshiftDataParameters(TypedDict):
    """Of pipes from, or to, Redshift, which are refused."""

    SecretManagerArn: NotRequired[SecretManagerArnOrJsonPath]
    Database: Database
    DbUser: NotRequired[DbUser]
    StatementName: NotRequired[StatementName]
    WithEvent: NotRequired[bool]
    Sqls: Sqls


class SageMakerPipelineParameter(TypedDict):
    """Of pipes from, or to, SageMaker, which are refused."""

    Name: SageMakerPipelineParameterName
    Value: str


class PipeTargetSageMakerPipelineParameters(TypedDict, total=False):
    """Of pipes from, or to, SageMaker, which are refused."""

    PipelineParameterList: Sequence[SageMakerPipelineParameter]


class DimensionMapping(TypedDict):
    """Dimension mapping."""

    DimensionValue: DimensionValue
    DimensionValueType: str
    DimensionName: DimensionName


class SingleMeasureMapping(TypedDict):
    """Single measure mapping."""

    MeasureValue: MeasureValue
    MeasureValueType: str
    MeasureName: MeasureName


class MultiMeasureAttributeMapping(TypedDict):
    """Multi measure attribute mapping."""

    MeasureValue: MeasureValue
    MeasureValueType: str
    MultiMeasureAttributeName: MultiMeasureAttributeName


class MultiMeasureMapping(TypedDict):
    """Multi measure mapping."""

    MultiMeasureName: MultiMeasureName
    MultiMeasureAttributeMappings: Annotated[Sequence[MultiMeasureAttributeMapping], Minimum(1)]


class PipeTargetTimestreamParameters(TypedDict):
    """Of pipes from, or to, Timestream, which are refused."""

    TimeValue: TimeValue
    EpochTimeUnit: NotRequired[str]
    TimeFieldType: NotRequired[str]
    TimestampFormat: NotRequired[TimestampFormat]
    VersionValue: VersionValue
    DimensionMappings: Annotated[Sequence[DimensionMapping], Minimum(1)]
    SingleMeasureMappings: NotRequired[Sequence[SingleMeasureMapping]]
    MultiMeasureMappings: NotRequired[Sequence[MultiMeasureMapping]]


class UpdatePipeSourceDynamoDBStreamParameters(TypedDict, total=False):
    """Of pipes from, or to, DynamoDB, which are refused."""

    BatchSize: LimitMax10000
    DeadLetterConfig: DeadLetterConfig
    OnPartialBatchItemFailure: str
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    MaximumRecordAgeInSeconds: MaximumRecordAgeInSeconds
    MaximumRetryAttempts: MaximumRetryAttemptsESM
    ParallelizationFactor: LimitMax10


class UpdatePipeSourceActiveMQBrokerParameters(TypedDict):
    """Of pipes from, or to, Amazon MQ, which are refused."""

    Credentials: MQBrokerAccessCredentials
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]


class UpdatePipeSourceRabbitMQBrokerParameters(TypedDict):
    """Of pipes from, or to, Amazon MQ, which are refused."""

    Credentials: MQBrokerAccessCredentials
    BatchSize: NotRequired[LimitMax10000]
    MaximumBatchingWindowInSeconds: NotRequired[MaximumBatchingWindowInSeconds]


class UpdatePipeSourceManagedStreamingKafkaParameters(TypedDict, total=False):
    """Of pipes from, or to, Kafka, which are refused."""

    BatchSize: LimitMax10000
    Credentials: MSKAccessCredentials
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds


class UpdatePipeSourceSelfManagedKafkaParameters(TypedDict, total=False):
    """Of pipes from, or to, Kafka, which are refused."""

    BatchSize: LimitMax10000
    MaximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds
    Credentials: SelfManagedKafkaAccessConfigurationCredentials
    ServerRootCaCertificate: SecretManagerArn
    Vpc: SelfManagedKafkaAccessConfigurationVpc
