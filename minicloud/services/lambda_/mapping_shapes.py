"""The structures of event source mappings: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum
from .shapes import DestinationConfig

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

BatchSize: TypeAlias = Annotated[int, Minimum(1)]
CollectionName: TypeAlias = Annotated[str, Minimum(1)]
DatabaseName: TypeAlias = Annotated[str, Minimum(1)]
Endpoint: TypeAlias = Annotated[str, Minimum(1)]
MaximumBatchingWindowInSeconds: TypeAlias = Annotated[int, Minimum(0)]
MaximumConcurrency: TypeAlias = Annotated[int, Minimum(2)]
MaximumNumberOfPollers: TypeAlias = Annotated[int, Minimum(1)]
MaximumRecordAgeInSeconds: TypeAlias = Annotated[int, Minimum(-1)]
MaximumRetryAttemptsEventSourceMapping: TypeAlias = Annotated[int, Minimum(-1)]
MinimumNumberOfPollers: TypeAlias = Annotated[int, Minimum(1)]
ParallelizationFactor: TypeAlias = Annotated[int, Minimum(1)]
Queue: TypeAlias = Annotated[str, Minimum(1)]
SchemaRegistryUri: TypeAlias = Annotated[str, Minimum(1)]
Topic: TypeAlias = Annotated[str, Minimum(1)]
TumblingWindowInSeconds: TypeAlias = Annotated[int, Minimum(0)]
URI: TypeAlias = Annotated[str, Minimum(1)]
UUIDString: TypeAlias = Annotated[str, Minimum(36)]
EndpointLists: TypeAlias = Annotated[Sequence[Endpoint], Minimum(1)]
Queues: TypeAlias = Annotated[Sequence[Queue], Minimum(1)]
Topics: TypeAlias = Annotated[Sequence[Topic], Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class Filter(TypedDict, total=False):
    """A pattern of events."""

    Pattern: str


class FilterCriteria(TypedDict, total=False):
    """Patterns of which an event has to match one."""

    Filters: Sequence[Filter]


class EventSourceMappingMetricsConfig(TypedDict, total=False):
    """What is measured of a mapping."""

    Metrics: Sequence[str]


class EventSourceMappingLoggingConfig(TypedDict, total=False):
    """What is logged of a mapping."""

    SystemLogLevel: str


class ScalingConfig(TypedDict, total=False):
    """How many runs a mapping may have at a time."""

    MaximumConcurrency: MaximumConcurrency


class SourceAccessConfiguration(TypedDict, total=False):
    """How a broker is logged in to."""

    Type: str
    URI: URI


class SelfManagedEventSource(TypedDict, total=False):
    """A cluster of Kafka that is not of AWS."""

    Endpoints: Annotated[Mapping[str, EndpointLists], Minimum(1)]


class KafkaSchemaRegistryAccessConfig(TypedDict, total=False):
    """How a registry of schemas is logged in to."""

    Type: str
    URI: str


class KafkaSchemaValidationConfig(TypedDict, total=False):
    """What of a record is held to its schema."""

    Attribute: str


class KafkaSchemaRegistryConfig(TypedDict, total=False):
    """The registry of the schemas of records."""

    SchemaRegistryURI: SchemaRegistryUri
    EventRecordFormat: str
    AccessConfigs: Sequence[KafkaSchemaRegistryAccessConfig]
    SchemaValidationConfigs: Sequence[KafkaSchemaValidationConfig]


class AmazonManagedKafkaEventSourceConfig(TypedDict, total=False):
    """Settings of a topic of MSK."""

    ConsumerGroupId: URI
    SchemaRegistryConfig: KafkaSchemaRegistryConfig


class SelfManagedKafkaEventSourceConfig(TypedDict, total=False):
    """Settings of a topic of Kafka."""

    ConsumerGroupId: URI
    SchemaRegistryConfig: KafkaSchemaRegistryConfig
    ConsumptionMode: str


class DocumentDBEventSourceConfig(TypedDict, total=False):
    """Settings of a change stream of DocumentDB."""

    DatabaseName: DatabaseName
    CollectionName: CollectionName
    FullDocument: str


class ProvisionedPollerConfig(TypedDict, total=False):
    """How many pollers a mapping has."""

    MinimumPollers: MinimumNumberOfPollers
    MaximumPollers: MaximumNumberOfPollers
    PollerGroupName: str


class FilterCriteriaError(TypedDict, total=False):
    """Why the patterns could not be read."""

    ErrorCode: str
    Message: str


class EventSourceMappingConfiguration(TypedDict):
    """A mapping from a source to a function."""

    UUID: str
    StartingPosition: NotRequired[str]
    StartingPositionTimestamp: NotRequired[Annotated[datetime, "timestamp"]]
    BatchSize: int
    MaximumBatchingWindowInSeconds: NotRequired[int]
    ParallelizationFactor: NotRequired[int]
    EventSourceArn: str
    FilterCriteria: NotRequired[FilterCriteria]
    FilterCriteriaError: NotRequired[FilterCriteriaError]
    KMSKeyArn: NotRequired[str]
    MetricsConfig: NotRequired[EventSourceMappingMetricsConfig]
    LoggingConfig: NotRequired[EventSourceMappingLoggingConfig]
    ScalingConfig: NotRequired[ScalingConfig]
    FunctionArn: str
    LastModified: Annotated[datetime, "timestamp"]
    LastProcessingResult: NotRequired[str]
    State: str
    StateTransitionReason: str
    DestinationConfig: NotRequired[DestinationConfig]
    Topics: NotRequired[list[str]]
    Queues: NotRequired[list[str]]
    SourceAccessConfigurations: NotRequired[list[SourceAccessConfiguration]]
    SelfManagedEventSource: NotRequired[SelfManagedEventSource]
    MaximumRecordAgeInSeconds: NotRequired[int]
    BisectBatchOnFunctionError: NotRequired[bool]
    MaximumRetryAttempts: NotRequired[int]
    TumblingWindowInSeconds: NotRequired[int]
    FunctionResponseTypes: NotRequired[list[str]]
    AmazonManagedKafkaEventSourceConfig: NotRequired[AmazonManagedKafkaEventSourceConfig]
    SelfManagedKafkaEventSourceConfig: NotRequired[SelfManagedKafkaEventSourceConfig]
    DocumentDBEventSourceConfig: NotRequired[DocumentDBEventSourceConfig]
    EventSourceMappingArn: str
    ProvisionedPollerConfig: NotRequired[ProvisionedPollerConfig]


class EventSourceMappingConfigurationAnswer(EventSourceMappingConfiguration, Answer, total=False):
    """The same as the answer of an operation."""


class ListEventSourceMappingsResponse(Answer):
    """A page of mappings."""

    NextMarker: NotRequired[str]
    EventSourceMappings: list[EventSourceMappingConfiguration]
