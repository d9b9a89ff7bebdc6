"""The structures of EventBridge: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

import datetime
from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum, Timestamp
from .target_shapes import DeadLetterConfig, Tag, Target

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

Name: TypeAlias = Annotated[str, Minimum(1)]
"""Of a bus (or its ARN), a rule, an archive, a replay, a statement; an ARN; a token."""
Limit: TypeAlias = Annotated[int, Minimum(1)]
RetentionDays: TypeAlias = Annotated[int, Minimum(0)]
Targets: TypeAlias = Annotated[Sequence[Target], Minimum(1)]
TargetIds: TypeAlias = Annotated[Sequence[Annotated[str, Minimum(1)]], Minimum(1)]
TagList: TypeAlias = Sequence[Tag]
TagKeyList: TypeAlias = Sequence[Annotated[str, Minimum(1)]]

RuleState: TypeAlias = Literal["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]
ArchiveState: TypeAlias = Literal["ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"]
ReplayState: TypeAlias = Literal["STARTING", "RUNNING", "CANCELLING", "COMPLETED", "CANCELLED", "FAILED"]


class PutEventsRequestEntry(TypedDict, total=False):
    """An event that is put."""

    Time: Timestamp
    Source: str
    Resources: Sequence[str]
    DetailType: str
    Detail: str
    EventBusName: Annotated[str, Minimum(1)]
    TraceHeader: Annotated[str, Minimum(1)]


PutEventsRequestEntries: TypeAlias = Annotated[Sequence[PutEventsRequestEntry], Minimum(1)]


class PutEventsResultEntry(TypedDict, total=False):
    """What became of an event that was put."""

    EventId: str
    ErrorCode: str
    ErrorMessage: str


class PutEventsResponse(Answer):
    """What became of each entry."""

    FailedEntryCount: NotRequired[int]
    Entries: NotRequired[list[PutEventsResultEntry]]


class TestEventPatternResponse(Answer):
    """Whether an event matches."""

    Result: NotRequired[bool]


class LogConfig(TypedDict, total=False):
    """What a bus logs."""

    IncludeDetail: Literal["NONE", "FULL"]
    Level: Literal["OFF", "ERROR", "INFO", "TRACE"]


class CreateEventBusResponse(Answer):
    """The new bus."""

    EventBusArn: NotRequired[str]
    Description: NotRequired[str]
    KmsKeyIdentifier: NotRequired[str]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    LogConfig: NotRequired[LogConfig]


class DescribeEventBusResponse(Answer):
    """A bus."""

    Name: NotRequired[str]
    Arn: NotRequired[str]
    Description: NotRequired[str]
    KmsKeyIdentifier: NotRequired[str]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    Policy: NotRequired[str]
    LogConfig: NotRequired[LogConfig]
    CreationTime: NotRequired[datetime.datetime]
    LastModifiedTime: NotRequired[datetime.datetime]
    ManagedBy: NotRequired[str]


class EventBus(TypedDict, total=False):
    """A bus, in a list."""

    Name: str
    Arn: str
    Description: str
    Policy: str
    CreationTime: datetime.datetime
    LastModifiedTime: datetime.datetime
    ManagedBy: str


class ListEventBusesResponse(Answer):
    """A page of buses."""

    EventBuses: NotRequired[list[EventBus]]
    NextToken: NotRequired[str]


class UpdateEventBusResponse(Answer):
    """The bus as it is now."""

    Arn: NotRequired[str]
    Name: NotRequired[str]
    KmsKeyIdentifier: NotRequired[str]
    Description: NotRequired[str]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    LogConfig: NotRequired[LogConfig]


class PutRuleResponse(Answer):
    """The rule's ARN."""

    RuleArn: NotRequired[str]


class DescribeRuleResponse(Answer):
    """A rule."""

    Name: NotRequired[str]
    Arn: NotRequired[str]
    EventPattern: NotRequired[str]
    ScheduleExpression: NotRequired[str]
    State: NotRequired[RuleState]
    Description: NotRequired[str]
    RoleArn: NotRequired[str]
    ManagedBy: NotRequired[str]
    EventBusName: NotRequired[str]
    CreatedBy: NotRequired[str]


class Rule(TypedDict, total=False):
    """A rule, in a list."""

    Name: str
    Arn: str
    EventPattern: str
    State: RuleState
    Description: str
    ScheduleExpression: str
    RoleArn: str
    ManagedBy: str
    EventBusName: str


class ListRulesResponse(Answer):
    """A page of rules."""

    Rules: NotRequired[list[Rule]]
    NextToken: NotRequired[str]


class PutTargetsResultEntry(TypedDict, total=False):
    """A target that was not put."""

    TargetId: str
    ErrorCode: str
    ErrorMessage: str


class PutTargetsResponse(Answer):
    """The targets that were not put."""

    FailedEntryCount: NotRequired[int]
    FailedEntries: NotRequired[list[PutTargetsResultEntry]]


class RemoveTargetsResultEntry(TypedDict, total=False):
    """A target that was not removed."""

    TargetId: str
    ErrorCode: str
    ErrorMessage: str


class RemoveTargetsResponse(Answer):
    """The targets that were not removed."""

    FailedEntryCount: NotRequired[int]
    FailedEntries: NotRequired[list[RemoveTargetsResultEntry]]


class ListTargetsByRuleResponse(Answer):
    """A page of targets."""

    Targets: NotRequired[list[Target]]
    NextToken: NotRequired[str]


class ListRuleNamesByTargetResponse(Answer):
    """A page of names of rules."""

    RuleNames: NotRequired[list[str]]
    NextToken: NotRequired[str]


class Condition(TypedDict):
    """What a permission depends on."""

    Type: str
    Key: str
    Value: str


class ListTagsForResourceResponse(Answer):
    """The tags of a bus or a rule."""

    Tags: NotRequired[list[Tag]]


class CreateArchiveResponse(Answer):
    """The new archive."""

    ArchiveArn: NotRequired[str]
    State: NotRequired[ArchiveState]
    StateReason: NotRequired[str]
    CreationTime: NotRequired[datetime.datetime]


class DescribeArchiveResponse(Answer):
    """An archive."""

    ArchiveArn: NotRequired[str]
    ArchiveName: NotRequired[str]
    EventSourceArn: NotRequired[str]
    Description: NotRequired[str]
    EventPattern: NotRequired[str]
    State: NotRequired[ArchiveState]
    StateReason: NotRequired[str]
    KmsKeyIdentifier: NotRequired[str]
    RetentionDays: NotRequired[int]
    SizeBytes: NotRequired[int]
    EventCount: NotRequired[int]
    CreationTime: NotRequired[datetime.datetime]


class Archive(TypedDict, total=False):
    """An archive, in a list."""

    ArchiveName: str
    EventSourceArn: str
    State: ArchiveState
    StateReason: str
    RetentionDays: int
    SizeBytes: int
    EventCount: int
    CreationTime: datetime.datetime


class ListArchivesResponse(Answer):
    """A page of archives."""

    Archives: NotRequired[list[Archive]]
    NextToken: NotRequired[str]


class UpdateArchiveResponse(Answer):
    """The archive as it is now."""

    ArchiveArn: NotRequired[str]
    State: NotRequired[ArchiveState]
    StateReason: NotRequired[str]
    CreationTime: NotRequired[datetime.datetime]


class ReplayDestination(TypedDict):
    """Where events are replayed to."""

    Arn: Annotated[str, Minimum(1)]
    FilterArns: NotRequired[Sequence[Annotated[str, Minimum(1)]]]


class StartReplayResponse(Answer):
    """The replay that has begun."""

    ReplayArn: NotRequired[str]
    State: NotRequired[ReplayState]
    StateReason: NotRequired[str]
    ReplayStartTime: NotRequired[datetime.datetime]


class DescribeReplayResponse(Answer):
    """A replay."""

    ReplayName: NotRequired[str]
    ReplayArn: NotRequired[str]
    Description: NotRequired[str]
    State: NotRequired[ReplayState]
    StateReason: NotRequired[str]
    EventSourceArn: NotRequired[str]
    Destination: NotRequired[ReplayDestination]
    EventStartTime: NotRequired[datetime.datetime]
    EventEndTime: NotRequired[datetime.datetime]
    EventLastReplayedTime: NotRequired[datetime.datetime]
    ReplayStartTime: NotRequired[datetime.datetime]
    ReplayEndTime: NotRequired[datetime.datetime]


class Replay(TypedDict, total=False):
    """A replay, in a list."""

    ReplayName: str
    EventSourceArn: str
    State: ReplayState
    StateReason: str
    EventStartTime: datetime.datetime
    EventEndTime: datetime.datetime
    EventLastReplayedTime: datetime.datetime
    ReplayStartTime: datetime.datetime
    ReplayEndTime: datetime.datetime


class ListReplaysResponse(Answer):
    """A page of replays."""

    Replays: NotRequired[list[Replay]]
    NextToken: NotRequired[str]


class CancelReplayResponse(Answer):
    """The replay that ends."""

    ReplayArn: NotRequired[str]
    State: NotRequired[ReplayState]
    StateReason: NotRequired[str]


class TagResourceResponse(Answer):
    """Nothing."""


class UntagResourceResponse(Answer):
    """Nothing."""


class DeleteArchiveResponse(Answer):
    """Nothing."""
