"""The structures of Application Auto Scaling: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

import datetime
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum
from .predictive_shapes import PredictiveScalingPolicyConfiguration

Text: TypeAlias = Annotated[str, Minimum(1)]
Texts: TypeAlias = Sequence[Text]
TagMap: TypeAlias = Mapping[str, str]

ServiceNamespace: TypeAlias = Literal[
    "ecs",
    "elasticmapreduce",
    "ec2",
    "appstream",
    "dynamodb",
    "rds",
    "sagemaker",
    "custom-resource",
    "comprehend",
    "lambda",
    "cassandra",
    "kafka",
    "elasticache",
    "neptune",
    "workspaces",
]
ScalableDimension: TypeAlias = Literal[
    "ecs:service:DesiredCount",
    "ec2:spot-fleet-request:TargetCapacity",
    "elasticmapreduce:instancegroup:InstanceCount",
    "appstream:fleet:DesiredCapacity",
    "dynamodb:table:ReadCapacityUnits",
    "dynamodb:table:WriteCapacityUnits",
    "dynamodb:index:ReadCapacityUnits",
    "dynamodb:index:WriteCapacityUnits",
    "rds:cluster:ReadReplicaCount",
    "sagemaker:variant:DesiredInstanceCount",
    "custom-resource:ResourceType:Property",
    "comprehend:document-classifier-endpoint:DesiredInferenceUnits",
    "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits",
    "lambda:function:ProvisionedConcurrency",
    "cassandra:table:ReadCapacityUnits",
    "cassandra:table:WriteCapacityUnits",
    "kafka:broker-storage:VolumeSize",
    "elasticache:cache-cluster:Nodes",
    "elasticache:replication-group:NodeGroups",
    "elasticache:replication-group:Replicas",
    "neptune:cluster:ReadReplicaCount",
    "sagemaker:variant:DesiredProvisionedConcurrency",
    "sagemaker:inference-component:DesiredCopyCount",
    "workspaces:workspacespool:DesiredUserSessions",
]
PolicyType: TypeAlias = Literal[
    "StepScaling",
    "TargetTrackingScaling",
    "PredictiveScaling",
]
AdjustmentType: TypeAlias = Literal[
    "ChangeInCapacity",
    "PercentChangeInCapacity",
    "ExactCapacity",
]
MetricAggregationType: TypeAlias = Literal[
    "Average",
    "Minimum",
    "Maximum",
]
MetricStatistic: TypeAlias = Literal[
    "Average",
    "Minimum",
    "Maximum",
    "SampleCount",
    "Sum",
]
MetricType: TypeAlias = Literal[
    "DynamoDBReadCapacityUtilization",
    "DynamoDBWriteCapacityUtilization",
    "ALBRequestCountPerTarget",
    "RDSReaderAverageCPUUtilization",
    "RDSReaderAverageDatabaseConnections",
    "EC2SpotFleetRequestAverageCPUUtilization",
    "EC2SpotFleetRequestAverageNetworkIn",
    "EC2SpotFleetRequestAverageNetworkOut",
    "SageMakerVariantInvocationsPerInstance",
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    "AppStreamAverageCapacityUtilization",
    "ComprehendInferenceUtilization",
    "LambdaProvisionedConcurrencyUtilization",
    "CassandraReadCapacityUtilization",
    "CassandraWriteCapacityUtilization",
    "KafkaBrokerStorageUtilization",
    "ElastiCacheEngineCPUUtilization",
    "ElastiCacheDatabaseMemoryUsagePercentage",
    "ElastiCachePrimaryEngineCPUUtilization",
    "ElastiCacheReplicaEngineCPUUtilization",
    "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage",
    "NeptuneReaderAverageCPUUtilization",
    "SageMakerVariantProvisionedConcurrencyUtilization",
    "ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage",
    "SageMakerInferenceComponentInvocationsPerCopy",
    "WorkSpacesAverageUserSessionsCapacityUtilization",
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
    "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    "ECSServiceAverageCPUUtilizationHighResolution",
    "ECSServiceAverageMemoryUtilizationHighResolution",
]


class StepAdjustment(TypedDict):
    """By how much to scale where the metric lies between two distances from the threshold."""

    MetricIntervalLowerBound: NotRequired[float]
    MetricIntervalUpperBound: NotRequired[float]
    ScalingAdjustment: int


class StepScalingPolicyConfiguration(TypedDict, total=False):
    """How a step policy scales."""

    AdjustmentType: AdjustmentType
    StepAdjustments: Sequence[StepAdjustment]
    MinAdjustmentMagnitude: int
    Cooldown: int
    MetricAggregationType: MetricAggregationType


class PredefinedMetricSpecification(TypedDict):
    """A metric that AWS has a name for."""

    PredefinedMetricType: MetricType
    ResourceLabel: NotRequired[Text]


class MetricDimension(TypedDict):
    """A dimension of a metric."""

    Name: str
    Value: str


class TargetTrackingMetricDimension(TypedDict):
    """A dimension of a metric of metric math."""

    Name: Text
    Value: Text


class TargetTrackingMetric(TypedDict, total=False):
    """A metric of metric math."""

    Dimensions: Sequence[TargetTrackingMetricDimension]
    MetricName: Text
    Namespace: Text


class TargetTrackingMetricStat(TypedDict):
    """A statistic of a metric, of each minute."""

    Metric: TargetTrackingMetric
    Stat: str
    Unit: NotRequired[Text]


class TargetTrackingMetricDataQuery(TypedDict):
    """A metric, or an expression over metrics."""

    Expression: NotRequired[Text]
    Id: Text
    Label: NotRequired[str]
    MetricStat: NotRequired[TargetTrackingMetricStat]
    ReturnData: NotRequired[bool]


class CustomizedMetricSpecification(TypedDict, total=False):
    """A metric of the application, or an expression over metrics."""

    MetricName: str
    Namespace: str
    Dimensions: Sequence[MetricDimension]
    Statistic: MetricStatistic
    Unit: str
    Metrics: Sequence[TargetTrackingMetricDataQuery]


class TargetTrackingScalingPolicyConfiguration(TypedDict):
    """How a target tracking policy scales."""

    TargetValue: float
    PredefinedMetricSpecification: NotRequired[PredefinedMetricSpecification]
    CustomizedMetricSpecification: NotRequired[CustomizedMetricSpecification]
    ScaleOutCooldown: NotRequired[int]
    ScaleInCooldown: NotRequired[int]
    DisableScaleIn: NotRequired[bool]


class ScalableTargetAction(TypedDict, total=False):
    """New bounds: both, or one."""

    MinCapacity: int
    MaxCapacity: int


class SuspendedState(TypedDict, total=False):
    """Which scaling is suspended."""

    DynamicScalingInSuspended: bool
    DynamicScalingOutSuspended: bool
    ScheduledScalingSuspended: bool


# --- answers ----------------------------------------------------------------------------------------------------------


class DeleteScalingPolicyOutput(Answer):
    """Answer of DeleteScalingPolicy."""


class DeleteScheduledActionOutput(Answer):
    """Answer of DeleteScheduledAction."""


class DeregisterScalableTargetOutput(Answer):
    """Answer of DeregisterScalableTarget."""


class ScalableTarget(TypedDict):
    """A scalable target, in an answer."""

    ServiceNamespace: str
    ResourceId: str
    ScalableDimension: str
    MinCapacity: int
    MaxCapacity: int
    PredictedCapacity: NotRequired[int]
    RoleARN: str
    CreationTime: datetime.datetime
    SuspendedState: SuspendedState
    ScalableTargetARN: str


class DescribeScalableTargetsOutput(Answer):
    """Answer of DescribeScalableTargets."""

    ScalableTargets: list[ScalableTarget]
    NextToken: NotRequired[str]


class NotScaledReason(TypedDict):
    """Why nothing was scaled."""

    Code: str
    MaxCapacity: NotRequired[int]
    MinCapacity: NotRequired[int]
    CurrentCapacity: NotRequired[int]


class ScalingActivity(TypedDict):
    """What happened to a target, in an answer."""

    ActivityId: str
    ServiceNamespace: str
    ResourceId: str
    ScalableDimension: str
    Description: str
    Cause: str
    StartTime: datetime.datetime
    EndTime: NotRequired[datetime.datetime]
    StatusCode: str
    StatusMessage: NotRequired[str]
    Details: NotRequired[str]
    NotScaledReasons: NotRequired[list[NotScaledReason]]


class DescribeScalingActivitiesOutput(Answer):
    """Answer of DescribeScalingActivities."""

    ScalingActivities: list[ScalingActivity]
    NextToken: NotRequired[str]


class Alarm(TypedDict):
    """An alarm that a policy hears."""

    AlarmName: str
    AlarmARN: str


class ScalingPolicy(TypedDict):
    """A policy, in an answer."""

    PolicyARN: str
    PolicyName: str
    ServiceNamespace: str
    ResourceId: str
    ScalableDimension: str
    PolicyType: str
    StepScalingPolicyConfiguration: NotRequired[StepScalingPolicyConfiguration]
    TargetTrackingScalingPolicyConfiguration: NotRequired[TargetTrackingScalingPolicyConfiguration]
    PredictiveScalingPolicyConfiguration: NotRequired[PredictiveScalingPolicyConfiguration]
    Alarms: list[Alarm]
    CreationTime: datetime.datetime


class DescribeScalingPoliciesOutput(Answer):
    """Answer of DescribeScalingPolicies."""

    ScalingPolicies: list[ScalingPolicy]
    NextToken: NotRequired[str]


class ScheduledAction(TypedDict):
    """A scheduled action, in an answer."""

    ScheduledActionName: str
    ScheduledActionARN: str
    ServiceNamespace: str
    Schedule: str
    Timezone: NotRequired[str]
    ResourceId: str
    ScalableDimension: NotRequired[str]
    StartTime: NotRequired[datetime.datetime]
    EndTime: NotRequired[datetime.datetime]
    ScalableTargetAction: NotRequired[ScalableTargetAction]
    CreationTime: datetime.datetime


class DescribeScheduledActionsOutput(Answer):
    """Answer of DescribeScheduledActions."""

    ScheduledActions: list[ScheduledAction]
    NextToken: NotRequired[str]


class ListTagsForResourceOutput(Answer):
    """Answer of ListTagsForResource."""

    Tags: dict[str, str]


class PutScalingPolicyOutput(Answer):
    """Answer of PutScalingPolicy."""

    PolicyARN: str
    Alarms: list[Alarm]


class PutScheduledActionOutput(Answer):
    """Answer of PutScheduledAction."""


class RegisterScalableTargetOutput(Answer):
    """Answer of RegisterScalableTarget."""

    ScalableTargetARN: str


class TagResourceOutput(Answer):
    """Answer of TagResource."""


class UntagResourceOutput(Answer):
    """Answer of UntagResource."""
