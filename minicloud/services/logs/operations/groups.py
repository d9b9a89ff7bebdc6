"""Log groups and their streams: made, listed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Final, Literal

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, list_members
from ..group import LogGroup, LogStream
from ..state import LogsState

__all__ = ["GroupOperations"]

_PAGE_SIZE: Final = 50
_MILLISECOND: Final = 1_000_000

LogGroupClass = Literal["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"]


class GroupOperations(LogsState):
    """The operations on groups and streams."""

    @operation("CreateLogGroup")
    def create_log_group(
        self,
        now: int,
        *,
        logGroupName: shapes.LogGroupName,
        kmsKeyId: str = UNSET,
        tags: shapes.Tags = UNSET,
        logGroupClass: LogGroupClass = UNSET,
        deletionProtectionEnabled: bool = UNSET,
    ) -> None:
        """Make a log group, whose events do not expire. O(log n).

        The key is kept and shown, the tags are taken, and neither has an effect. Raises ResourceAlreadyExistsException.
        """
        check(
            ("logGroupName", constraints.GROUP_NAME, logGroupName),
            ("kmsKeyId", constraints.KMS_KEY_ID, kmsKeyId),
            ("tags", constraints.TAGS, tags),
            ("logGroupClass", constraints.GROUP_CLASS, logGroupClass),
        )
        if logGroupName.startswith("aws/"):
            raise errors.name_reserved()
        if logGroupName in self.groups.items:
            raise errors.group_exists()
        group = LogGroup(
            logGroupName,
            f"{self.arn_prefix}{logGroupName}",
            now // _MILLISECOND,
            kms_key_id=kmsKeyId or "",
            log_class=logGroupClass or "STANDARD",
            is_protected=bool(deletionProtectionEnabled),
        )
        self.groups.add(logGroupName, group)

    @operation("DeleteLogGroup")
    def delete_log_group(self, now: int, *, logGroupName: shapes.LogGroupName) -> None:
        """Delete a group with all that is in it. O(log n).

        Raises ResourceNotFoundException, and ValidationException for one with deletion protection.
        """
        check(("logGroupName", constraints.GROUP_NAME, logGroupName))
        group = self.groups.items.get(logGroupName)
        if group is None:
            raise errors.group_not_found()
        if group.is_protected:
            raise errors.group_protected(logGroupName)
        self.groups.remove(logGroupName)

    @operation("DescribeLogGroups")
    def describe_log_groups(
        self,
        now: int,
        *,
        accountIdentifiers: shapes.AccountIds = UNSET,
        logGroupNamePrefix: shapes.LogGroupName = UNSET,
        logGroupNamePattern: str = UNSET,
        nextToken: shapes.NextToken = UNSET,
        limit: shapes.Limit = UNSET,
        includeLinkedAccounts: bool = UNSET,
        logGroupClass: LogGroupClass = UNSET,
        logGroupIdentifiers: shapes.LogGroupIdentifiers = UNSET,
    ) -> shapes.DescribeLogGroupsResponse:
        """Groups in the order of their names. O(log n + page + what it passes by).

        Raises InvalidParameterException for filters that exclude each other, and for a wrong token.
        """
        check(
            *list_members("accountIdentifiers", constraints.ACCOUNT_ID, accountIdentifiers, 20, 0),
            ("logGroupNamePrefix", constraints.GROUP_NAME, logGroupNamePrefix),
            ("logGroupNamePattern", constraints.GROUP_NAME_PATTERN, logGroupNamePattern),
            ("nextToken", constraints.NEXT_TOKEN, nextToken),
            ("limit", constraints.DESCRIBE_LIMIT, limit),
            ("logGroupClass", constraints.GROUP_CLASS, logGroupClass),
            *list_members("logGroupIdentifiers", constraints.GROUP_IDENTIFIER, logGroupIdentifiers, 50),
        )
        if includeLinkedAccounts or accountIdentifiers:
            raise errors.accounts_not_linked()
        if logGroupNamePrefix and logGroupNamePattern:
            raise errors.prefix_and_pattern()
        if logGroupIdentifiers and (logGroupNamePrefix or logGroupNamePattern or logGroupClass):
            raise errors.identifiers_and_more()
        size, prefix = limit or _PAGE_SIZE, logGroupNamePrefix or ""
        place = self.read_token("groups", now, nextToken)
        names = self.groups.page(
            size + 1,
            after=None if place is None else place[0],
            since=prefix or None,
            accept=self._accepts(logGroupNamePattern or "", logGroupClass, logGroupIdentifiers),
        )
        names = list(takewhile(lambda name: name.startswith(prefix), names))
        groups = [self.groups.items[name] for name in names[:size]]
        answer: shapes.DescribeLogGroupsResponse = {
            "logGroups": [group.outline() if logGroupNamePattern else group.shown() for group in groups]
        }
        if len(names) > size:
            answer["nextToken"] = self.tokens.make("groups", now, names[size - 1])
        return answer

    @operation("PutRetentionPolicy")
    def put_retention_policy(self, now: int, *, logGroupName: shapes.LogGroupName, retentionInDays: int) -> None:
        """Say for how many days a group keeps events. O(1).

        It is shown, and what is older is not taken in; what is there stays. Raises ResourceNotFoundException, and
        InvalidParameterException for a number that AWS does not offer.
        """
        check(
            ("logGroupName", constraints.GROUP_NAME, logGroupName),
            ("retentionInDays", constraints.RETENTION, str(retentionInDays)),
        )
        self.group(logGroupName).retention = retentionInDays

    @operation("DeleteRetentionPolicy")
    def delete_retention_policy(self, now: int, *, logGroupName: shapes.LogGroupName) -> None:
        """Have a group keep events for ever. O(1). Raises ResourceNotFoundException."""
        check(("logGroupName", constraints.GROUP_NAME, logGroupName))
        self.group(logGroupName).retention = None

    # --- streams -----------------------------------------------------------------------------------------------------

    @operation("CreateLogStream")
    def create_log_stream(
        self, now: int, *, logGroupName: shapes.LogGroupName, logStreamName: shapes.LogStreamName
    ) -> None:
        """Make a stream of a group, with nothing in it. O(log n).

        Raises ResourceNotFoundException, ResourceAlreadyExistsException.
        """
        check(
            ("logGroupName", constraints.GROUP_NAME, logGroupName),
            ("logStreamName", constraints.STREAM_NAME, logStreamName),
        )
        group = self.group(logGroupName)
        if logStreamName in group.streams.items:
            raise errors.stream_exists()
        arn = f"{group.arn}:log-stream:{logStreamName}"
        group.streams.add(logStreamName, LogStream(logStreamName, arn, now // _MILLISECOND, []))

    @operation("DeleteLogStream")
    def delete_log_stream(
        self, now: int, *, logGroupName: shapes.LogGroupName, logStreamName: shapes.LogStreamName
    ) -> None:
        """Delete a stream with its events. O(log n). Raises ResourceNotFoundException."""
        check(
            ("logGroupName", constraints.GROUP_NAME, logGroupName),
            ("logStreamName", constraints.STREAM_NAME, logStreamName),
        )
        group = self.group(logGroupName)
        self.stream(group, logStreamName)
        group.streams.remove(logStreamName)

    @operation("DescribeLogStreams")
    def describe_log_streams(
        self,
        now: int,
        *,
        logGroupName: shapes.LogGroupName = UNSET,
        logGroupIdentifier: shapes.LogGroupIdentifier = UNSET,
        logStreamNamePrefix: shapes.LogStreamName = UNSET,
        orderBy: Literal["LogStreamName", "LastEventTime"] = UNSET,
        descending: bool = UNSET,
        nextToken: shapes.NextToken = UNSET,
        limit: shapes.Limit = UNSET,
    ) -> shapes.DescribeLogStreamsResponse:
        """The streams of a group, in the order of their names or of their last events. O(streams · log streams).

        Raises ResourceNotFoundException, and InvalidParameterException for a prefix with an order by time, for two
        names of a group or none, and for a wrong token.
        """
        check(
            *constraints.group_members(logGroupName, logGroupIdentifier),
            ("logStreamNamePrefix", constraints.STREAM_NAME, logStreamNamePrefix),
            ("orderBy", constraints.ORDER, orderBy),
            ("nextToken", constraints.NEXT_TOKEN, nextToken),
            ("limit", constraints.DESCRIBE_LIMIT, limit),
        )
        identifier = constraints.check_one_of(logGroupName, logGroupIdentifier)
        if orderBy == "LastEventTime" and logStreamNamePrefix is not UNSET:
            raise errors.prefix_by_time()
        streams = self.group(identifier).streams.items
        by_time, size, prefix = orderBy == "LastEventTime", limit or _PAGE_SIZE, logStreamNamePrefix or ""

        def key(stream: LogStream) -> tuple[int, str]:
            return (stream.events[-1].timestamp if by_time and stream.events else 0), stream.name

        found = sorted(
            (stream for name, stream in streams.items() if name.startswith(prefix)), key=key, reverse=bool(descending)
        )
        place = self.read_token("streams", now, nextToken)
        if place is not None:
            last = int(place[0]), place[1]
            found = [stream for stream in found if (key(stream) < last if descending else key(stream) > last)]
        answer: shapes.DescribeLogStreamsResponse = {"logStreams": [stream.shown() for stream in found[:size]]}
        if len(found) > size:
            answer["nextToken"] = self.tokens.make("streams", now, *key(found[size - 1]))
        return answer

    def _accepts(
        self, pattern: str, log_class: str, identifiers: shapes.LogGroupIdentifiers
    ) -> Callable[[LogGroup], bool] | None:
        """Whether a group is asked for; None where all are."""
        if not (pattern or log_class or identifiers):
            return None
        if identifiers:
            wanted = [self.find_group(identifier) for identifier in identifiers]
            return lambda group: any(group is one for one in wanted)
        return lambda group: pattern in group.name and log_class in (UNSET, group.log_class)
