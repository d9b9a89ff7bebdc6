"""The structures of CloudWatch Logs: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum

# --- scalars with a minimum, which the client checks ----------------------------------------------------------------

AccountId: TypeAlias = Annotated[str, Minimum(12)]
AccountIds: TypeAlias = Sequence[AccountId]
Limit: TypeAlias = Annotated[int, Minimum(1)]
LogGroupIdentifier: TypeAlias = Annotated[str, Minimum(1)]
LogGroupIdentifiers: TypeAlias = Annotated[Sequence[LogGroupIdentifier], Minimum(1)]
EventMessage: TypeAlias = Annotated[str, Minimum(1)]
LogGroupName: TypeAlias = Annotated[str, Minimum(1)]
LogStreamName: TypeAlias = Annotated[str, Minimum(1)]
LogStreamNames: TypeAlias = Annotated[Sequence[LogStreamName], Minimum(1)]
NextToken: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
Tags: TypeAlias = Annotated[Mapping[TagKey, str], Minimum(1)]
Timestamp: TypeAlias = Annotated[int, Minimum(0)]
"""Milliseconds since the epoch."""

# --- parts of requests ----------------------------------------------------------------------------------------------


class InputLogEvent(TypedDict):
    """An event that is put."""

    timestamp: Timestamp
    message: EventMessage


InputLogEvents: TypeAlias = Annotated[Sequence[InputLogEvent], Minimum(1)]


class Entity(TypedDict, total=False):
    """What events are related to."""

    keyAttributes: Annotated[Mapping[str, Annotated[str, Minimum(1)]], Minimum(2)]
    attributes: Mapping[str, Annotated[str, Minimum(1)]]


# --- parts of answers -----------------------------------------------------------------------------------------------


class LogGroup(TypedDict, total=False):
    """A log group."""

    logGroupName: str
    creationTime: int
    retentionInDays: int
    metricFilterCount: int
    arn: str
    storedBytes: int
    kmsKeyId: str
    dataProtectionStatus: str
    inheritedProperties: list[str]
    logGroupClass: str
    logGroupArn: str
    deletionProtectionEnabled: bool
    bearerTokenAuthenticationEnabled: bool
    retentionPolicyName: str


class LogStream(TypedDict, total=False):
    """A log stream."""

    logStreamName: str
    creationTime: int
    firstEventTimestamp: int
    lastEventTimestamp: int
    lastIngestionTime: int
    uploadSequenceToken: str
    arn: str
    storedBytes: int


class OutputLogEvent(TypedDict, total=False):
    """An event of a stream."""

    timestamp: int
    message: str
    ingestionTime: int


class FilteredLogEvent(TypedDict, total=False):
    """An event of a group."""

    logStreamName: str
    timestamp: int
    message: str
    ingestionTime: int
    eventId: str


class SearchedLogStream(TypedDict, total=False):
    """What AWS answers no more."""

    logStreamName: str
    searchedCompletely: bool


class RejectedLogEventsInfo(TypedDict, total=False):
    """Which events of a batch were not taken in."""

    tooNewLogEventStartIndex: int
    tooOldLogEventEndIndex: int
    expiredLogEventEndIndex: int


class RejectedEntityInfo(TypedDict):
    """Why an entity was not taken in."""

    errorType: str


# --- answers --------------------------------------------------------------------------------------------------------


class DescribeLogGroupsResponse(Answer):
    """A page of log groups."""

    logGroups: NotRequired[list[LogGroup]]
    nextToken: NotRequired[str]


class DescribeLogStreamsResponse(Answer):
    """A page of log streams."""

    logStreams: NotRequired[list[LogStream]]
    nextToken: NotRequired[str]


class PutLogEventsResponse(Answer):
    """What was not taken in, if anything."""

    nextSequenceToken: NotRequired[str]
    rejectedLogEventsInfo: NotRequired[RejectedLogEventsInfo]
    rejectedEntityInfo: NotRequired[RejectedEntityInfo]


class GetLogEventsResponse(Answer):
    """A page of a stream's events, and the ways to the pages before and behind it."""

    events: NotRequired[list[OutputLogEvent]]
    nextForwardToken: NotRequired[str]
    nextBackwardToken: NotRequired[str]


class FilterLogEventsResponse(Answer):
    """A page of events that match."""

    events: NotRequired[list[FilteredLogEvent]]
    searchedLogStreams: NotRequired[list[SearchedLogStream]]
    nextToken: NotRequired[str]
