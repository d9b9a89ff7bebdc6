"""The structures of a rule's targets, members in the order of AWS's model. Most are of targets that are refused."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from ...core.shapes import Minimum


class DeadLetterConfig(TypedDict, total=False):
    """Where what cannot be delivered goes."""

    Arn: Annotated[str, Minimum(1)]


class Tag(TypedDict):
    """A tag."""

    Key: Annotated[str, Minimum(1)]
    Value: str


class InputTransformer(TypedDict):
    """What a target gets instead of the event: a template, and what stands for its variables."""

    InputPathsMap: NotRequired[Mapping[Annotated[str, Minimum(1)], str]]
    InputTemplate: Annotated[str, Minimum(1)]


class KinesisParameters(TypedDict):
    """What a stream gets beside the event."""

    PartitionKeyPath: str


class RunCommandTarget(TypedDict):
    """Instances by a tag."""

    Key: Annotated[str, Minimum(1)]
    Values: Annotated[Sequence[Annotated[str, Minimum(1)]], Minimum(1)]


class RunCommandParameters(TypedDict):
    """For Systems Manager."""

    RunCommandTargets: Annotated[Sequence[RunCommandTarget], Minimum(1)]


class AwsVpcConfiguration(TypedDict):
    """For ECS: a network."""

    Subnets: Sequence[str]
    SecurityGroups: NotRequired[Sequence[str]]
    AssignPublicIp: NotRequired[Literal["ENABLED", "DISABLED"]]


class NetworkConfiguration(TypedDict, total=False):
    """For ECS: the network of a task."""

    awsvpcConfiguration: AwsVpcConfiguration


class CapacityProviderStrategyItem(TypedDict):
    """For ECS: a capacity provider."""

    capacityProvider: Annotated[str, Minimum(1)]
    weight: NotRequired[Annotated[int, Minimum(0)]]
    base: NotRequired[Annotated[int, Minimum(0)]]


class PlacementConstraint(TypedDict, total=False):
    """For ECS: where a task may be."""

    type: Literal["distinctInstance", "memberOf"]
    expression: str


class PlacementStrategy(TypedDict, total=False):
    """For ECS: where a task should be."""

    type: Literal["random", "spread", "binpack"]
    field: str


class EcsParameters(TypedDict):
    """For ECS."""

    TaskDefinitionArn: Annotated[str, Minimum(1)]
    TaskCount: NotRequired[Annotated[int, Minimum(1)]]
    LaunchType: NotRequired[Literal["EC2", "FARGATE", "EXTERNAL"]]
    NetworkConfiguration: NotRequired[NetworkConfiguration]
    PlatformVersion: NotRequired[str]
    Group: NotRequired[str]
    CapacityProviderStrategy: NotRequired[Sequence[CapacityProviderStrategyItem]]
    EnableECSManagedTags: NotRequired[bool]
    EnableExecuteCommand: NotRequired[bool]
    PlacementConstraints: NotRequired[Sequence[PlacementConstraint]]
    PlacementStrategy: NotRequired[Sequence[PlacementStrategy]]
    PropagateTags: NotRequired[Literal["TASK_DEFINITION"]]
    ReferenceId: NotRequired[str]
    Tags: NotRequired[Sequence[Tag]]


class BatchArrayProperties(TypedDict, total=False):
    """For Batch: how many."""

    Size: int


class BatchRetryStrategy(TypedDict, total=False):
    """For Batch: how often."""

    Attempts: int


class BatchParameters(TypedDict):
    """For Batch."""

    JobDefinition: str
    JobName: str
    ArrayProperties: NotRequired[BatchArrayProperties]
    RetryStrategy: NotRequired[BatchRetryStrategy]


class SqsParameters(TypedDict, total=False):
    """What a queue gets beside the event."""

    MessageGroupId: str


class HttpParameters(TypedDict, total=False):
    """For API Gateway."""

    PathParameterValues: Sequence[str]
    HeaderParameters: Mapping[str, str]
    QueryStringParameters: Mapping[str, str]


class RedshiftDataParameters(TypedDict):
    """For Redshift."""

    SecretManagerArn: NotRequired[Annotated[str, Minimum(1)]]
    Database: Annotated[str, Minimum(1)]
    DbUser: NotRequired[Annotated[str, Minimum(1)]]
    Sql: NotRequired[Annotated[str, Minimum(1)]]
    StatementName: NotRequired[Annotated[str, Minimum(1)]]
    WithEvent: NotRequired[bool]
    Sqls: NotRequired[Sequence[Annotated[str, Minimum(1)]]]


class SageMakerPipelineParameter(TypedDict):
    """For SageMaker: a name and a value."""

    Name: Annotated[str, Minimum(1)]
    Value: str


class SageMakerPipelineParameters(TypedDict, total=False):
    """For SageMaker."""

    PipelineParameterList: Sequence[SageMakerPipelineParameter]


class RetryPolicy(TypedDict, total=False):
    """How long a delivery is tried."""

    MaximumRetryAttempts: Annotated[int, Minimum(0)]
    MaximumEventAgeInSeconds: Annotated[int, Minimum(60)]


class AppSyncParameters(TypedDict, total=False):
    """For AppSync."""

    GraphQLOperation: Annotated[str, Minimum(1)]


class Target(TypedDict):
    """What a rule delivers to."""

    Id: Annotated[str, Minimum(1)]
    Arn: Annotated[str, Minimum(1)]
    RoleArn: NotRequired[Annotated[str, Minimum(1)]]
    Input: NotRequired[str]
    InputPath: NotRequired[str]
    InputTransformer: NotRequired[InputTransformer]
    KinesisParameters: NotRequired[KinesisParameters]
    RunCommandParameters: NotRequired[RunCommandParameters]
    EcsParameters: NotRequired[EcsParameters]
    BatchParameters: NotRequired[BatchParameters]
    SqsParameters: NotRequired[SqsParameters]
    HttpParameters: NotRequired[HttpParameters]
    RedshiftDataParameters: NotRequired[RedshiftDataParameters]
    SageMakerPipelineParameters: NotRequired[SageMakerPipelineParameters]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    RetryPolicy: NotRequired[RetryPolicy]
    AppSyncParameters: NotRequired[AppSyncParameters]
