"""The structures of EventBridge Scheduler: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

CapacityProvider: TypeAlias = Annotated[str, Minimum(1)]
CapacityProviderStrategyItemBase: TypeAlias = Annotated[int, Minimum(0)]
CapacityProviderStrategyItemWeight: TypeAlias = Annotated[int, Minimum(0)]
ClientToken: TypeAlias = Annotated[str, Minimum(1)]
DeadLetterConfigArnString: TypeAlias = Annotated[str, Minimum(1)]
DetailType: TypeAlias = Annotated[str, Minimum(1)]
EventBridgeMetadataKey: TypeAlias = Annotated[str, Minimum(1)]
EventBridgeMetadataValue: TypeAlias = Annotated[str, Minimum(1)]
Group: TypeAlias = Annotated[str, Minimum(1)]
KmsKeyArn: TypeAlias = Annotated[str, Minimum(1)]
MaxResults: TypeAlias = Annotated[int, Minimum(1)]
MaximumEventAgeInSeconds: TypeAlias = Annotated[int, Minimum(60)]
MaximumRetryAttempts: TypeAlias = Annotated[int, Minimum(0)]
MaximumWindowInMinutes: TypeAlias = Annotated[int, Minimum(1)]
MessageGroupId: TypeAlias = Annotated[str, Minimum(1)]
Name: TypeAlias = Annotated[str, Minimum(1)]
NamePrefix: TypeAlias = Annotated[str, Minimum(1)]
NextToken: TypeAlias = Annotated[str, Minimum(1)]
PlatformVersion: TypeAlias = Annotated[str, Minimum(1)]
RoleArn: TypeAlias = Annotated[str, Minimum(1)]
SageMakerPipelineParameterName: TypeAlias = Annotated[str, Minimum(1)]
SageMakerPipelineParameterValue: TypeAlias = Annotated[str, Minimum(1)]
ScheduleExpression: TypeAlias = Annotated[str, Minimum(1)]
ScheduleExpressionTimezone: TypeAlias = Annotated[str, Minimum(1)]
ScheduleGroupName: TypeAlias = Annotated[str, Minimum(1)]
ScheduleGroupNamePrefix: TypeAlias = Annotated[str, Minimum(1)]
SecurityGroup: TypeAlias = Annotated[str, Minimum(1)]
Source: TypeAlias = Annotated[str, Minimum(1)]
Subnet: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TagResourceArn: TypeAlias = Annotated[str, Minimum(1)]
TagValue: TypeAlias = Annotated[str, Minimum(1)]
TargetArn: TypeAlias = Annotated[str, Minimum(1)]
TargetInput: TypeAlias = Annotated[str, Minimum(1)]
TargetPartitionKey: TypeAlias = Annotated[str, Minimum(1)]
TaskCount: TypeAlias = Annotated[int, Minimum(1)]
TaskDefinitionArn: TypeAlias = Annotated[str, Minimum(1)]
SecurityGroups: TypeAlias = Annotated[Sequence[SecurityGroup], Minimum(1)]
Subnets: TypeAlias = Annotated[Sequence[Subnet], Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class DeadLetterConfig(TypedDict, total=False):
    """The queue that gets what could not be delivered."""

    Arn: DeadLetterConfigArnString


class RetryPolicy(TypedDict, total=False):
    """For how long, and how often, an invocation that failed is tried again."""

    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds
    MaximumRetryAttempts: MaximumRetryAttempts


class AwsVpcConfiguration(TypedDict):
    """Where a task of ECS runs."""

    Subnets: Subnets
    SecurityGroups: NotRequired[SecurityGroups]
    AssignPublicIp: NotRequired[str]


class NetworkConfiguration(TypedDict, total=False):
    """The network of a task of ECS."""

    awsvpcConfiguration: AwsVpcConfiguration


class CapacityProviderStrategyItem(TypedDict):
    """What runs a task of ECS."""

    capacityProvider: CapacityProvider
    weight: NotRequired[CapacityProviderStrategyItemWeight]
    base: NotRequired[CapacityProviderStrategyItemBase]


class PlacementConstraint(TypedDict, total=False):
    """Where a task of ECS may be put."""

    type: str
    expression: str


class PlacementStrategy(TypedDict, total=False):
    """Where a task of ECS is put."""

    type: str
    field: str


class EcsParameters(TypedDict):
    """For a target that is a task of ECS."""

    TaskDefinitionArn: TaskDefinitionArn
    TaskCount: NotRequired[TaskCount]
    LaunchType: NotRequired[str]
    NetworkConfiguration: NotRequired[NetworkConfiguration]
    PlatformVersion: NotRequired[PlatformVersion]
    Group: NotRequired[Group]
    CapacityProviderStrategy: NotRequired[Sequence[CapacityProviderStrategyItem]]
    EnableECSManagedTags: NotRequired[bool]
    EnableExecuteCommand: NotRequired[bool]
    PlacementConstraints: NotRequired[Sequence[PlacementConstraint]]
    PlacementStrategy: NotRequired[Sequence[PlacementStrategy]]
    PropagateTags: NotRequired[str]
    ReferenceId: NotRequired[str]
    Tags: NotRequired[Sequence[Mapping[TagKey, TagValue]]]


class EventBridgeParameters(TypedDict):
    """For a target that is an event bus."""

    DetailType: DetailType
    Source: Source


class EventBridgePutEventsV2Parameters(TypedDict):
    """For a target that is a bus of the newer kind."""

    DetailType: DetailType
    Source: Source


class EventBridgePutRawEventsParameters(TypedDict, total=False):
    """For a target that is a bus of the newer kind, and gets events as they are."""

    Metadata: Mapping[EventBridgeMetadataKey, EventBridgeMetadataValue]


class KinesisParameters(TypedDict):
    """For a target that is a stream."""

    PartitionKey: TargetPartitionKey


class SageMakerPipelineParameter(TypedDict):
    """A parameter of a pipeline of SageMaker."""

    Name: SageMakerPipelineParameterName
    Value: SageMakerPipelineParameterValue


class SageMakerPipelineParameters(TypedDict, total=False):
    """For a target that is a pipeline of SageMaker."""

    PipelineParameterList: Sequence[SageMakerPipelineParameter]


class SqsParameters(TypedDict, total=False):
    """For a target that is a FIFO queue."""

    MessageGroupId: MessageGroupId


class Target(TypedDict):
    """What is invoked, and with what."""

    Arn: TargetArn
    RoleArn: RoleArn
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    RetryPolicy: NotRequired[RetryPolicy]
    Input: NotRequired[TargetInput]
    EcsParameters: NotRequired[EcsParameters]
    EventBridgeParameters: NotRequired[EventBridgeParameters]
    EventBridgePutEventsV2Parameters: NotRequired[EventBridgePutEventsV2Parameters]
    EventBridgePutRawEventsParameters: NotRequired[EventBridgePutRawEventsParameters]
    KinesisParameters: NotRequired[KinesisParameters]
    SageMakerPipelineParameters: NotRequired[SageMakerPipelineParameters]
    SqsParameters: NotRequired[SqsParameters]


class FlexibleTimeWindow(TypedDict):
    """Whether an invocation may come some minutes later."""

    Mode: str
    MaximumWindowInMinutes: NotRequired[MaximumWindowInMinutes]


class Tag(TypedDict):
    """A key and a value."""

    Key: TagKey
    Value: TagValue


class CreateScheduleOutput(Answer):
    """CreateSchedule answers this."""

    ScheduleArn: str


class CreateScheduleGroupOutput(Answer):
    """CreateScheduleGroup answers this."""

    ScheduleGroupArn: str


class DeleteScheduleOutput(Answer):
    """DeleteSchedule answers this."""


class DeleteScheduleGroupOutput(Answer):
    """DeleteScheduleGroup answers this."""


class GetScheduleOutput(Answer):
    """GetSchedule answers this."""

    Arn: NotRequired[str]
    GroupName: NotRequired[str]
    Name: NotRequired[str]
    ScheduleExpression: NotRequired[str]
    StartDate: NotRequired[datetime]
    EndDate: NotRequired[datetime]
    Description: NotRequired[str]
    ScheduleExpressionTimezone: NotRequired[str]
    State: NotRequired[str]
    CreationDate: NotRequired[datetime]
    LastModificationDate: NotRequired[datetime]
    KmsKeyArn: NotRequired[str]
    Target: NotRequired[Target]
    FlexibleTimeWindow: NotRequired[FlexibleTimeWindow]
    ActionAfterCompletion: NotRequired[str]


class GetScheduleGroupOutput(Answer):
    """GetScheduleGroup answers this."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    State: NotRequired[str]
    CreationDate: NotRequired[datetime]
    LastModificationDate: NotRequired[datetime]


class ScheduleGroupSummary(TypedDict, total=False):
    """A schedule group in a list."""

    Arn: str
    Name: str
    State: str
    CreationDate: datetime
    LastModificationDate: datetime


class ListScheduleGroupsOutput(Answer):
    """ListScheduleGroups answers this."""

    NextToken: NotRequired[str]
    ScheduleGroups: list[ScheduleGroupSummary]


class TargetSummary(TypedDict):
    """What is invoked."""

    Arn: str


class ScheduleSummary(TypedDict, total=False):
    """A schedule in a list."""

    Arn: str
    Name: str
    GroupName: str
    State: str
    CreationDate: datetime
    LastModificationDate: datetime
    Target: TargetSummary


class ListSchedulesOutput(Answer):
    """ListSchedules answers this."""

    NextToken: NotRequired[str]
    Schedules: list[ScheduleSummary]


class ListTagsForResourceOutput(Answer):
    """ListTagsForResource answers this."""

    Tags: NotRequired[list[Tag]]


class TagResourceOutput(Answer):
    """TagResource answers this."""


class UntagResourceOutput(Answer):
    """UntagResource answers this."""


class UpdateScheduleOutput(Answer):
    """UpdateSchedule answers this."""

    ScheduleArn: str
