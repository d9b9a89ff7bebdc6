"""Channels: making, changing, deleting, describing and listing them.

``cloud.stream(...).channels`` shows what is delivered, and would be if there were such a bucket. Buckets, tables,
roles, schemas and keys are not looked up.
"""

from __future__ import annotations

from typing import Any

from ....core.operation import operation
from ....core.unset import UNSET
from .. import channel_shapes as shapes
from .. import errors, facts, notes
from ..channel import Channel
from ..channel_constraints import CREATE_CHANNEL, UPDATE_CHANNEL, members_in
from ..constraints import CHANNEL_ARN, CONFIGURATIONS, NEXT_TOKEN, PAGE_LIMIT, STREAM_ARN, check
from ..shapes import NextToken, PageLimit, TagMap
from ..state import KinesisState, stream_filter
from ..status import ACTIVE, CREATING, DELETING, UPDATING
from ..tags import check_tag_texts
from ..transition import Step

__all__ = ["ChannelOperations"]

_PAGE = 100
_LEAST_FRESHNESS = 300
_MOST_FRESHNESS = 900
_KEY_TEMPLATE = (
    "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/"
    "!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}"
)
_ERROR_PREFIX = "errors/"
"""That there is one is AWS's word; how it reads is not known."""
_FORMATS = {"S3": ("JSON", "STRING", "BYTE_ARRAY"), "S3_TABLES": ("JSON", "GSR_JSON")}


class ChannelOperations(KinesisState):
    """The operations on channels."""

    @operation("CreateChannel")
    def create_channel(
        self,
        now: int,
        *,
        ChannelName: shapes.ChannelName,
        ServiceExecutionRoleARN: shapes.RoleArn,
        StreamConfigurationList: shapes.ChannelStreamConfigurationList,
        S3DestinationConfiguration: shapes.S3DestinationConfiguration = UNSET,
        S3TablesDestinationConfiguration: shapes.S3TablesDestinationConfiguration = UNSET,
        EncryptionConfiguration: shapes.ChannelEncryptionConfiguration = UNSET,
        Tags: TagMap = UNSET,
        LoggingConfiguration: shapes.ChannelLoggingConfiguration = UNSET,
    ) -> shapes.ChannelOutput:
        """Copy what is put into an on-demand stream to a bucket or a table. The answer says CREATING, as AWS's does.

        Raises ResourceInUseException for a name that is taken and a stream that is not ACTIVE, ValidationException for
        what does not go together, LimitExceededException for a second channel of the same kind on a stream. O(shards).
        """
        given = {
            "ChannelName": ChannelName,
            "ServiceExecutionRoleARN": ServiceExecutionRoleARN,
            "StreamConfigurationList": StreamConfigurationList,
            "S3DestinationConfiguration": S3DestinationConfiguration,
            "S3TablesDestinationConfiguration": S3TablesDestinationConfiguration,
            "EncryptionConfiguration": EncryptionConfiguration,
            "Tags": Tags,
            "LoggingConfiguration": LoggingConfiguration,
        }
        check(*members_in(CREATE_CHANNEL, given))
        self.pace(now, "CreateChannel")
        if (S3DestinationConfiguration is UNSET) is (S3TablesDestinationConfiguration is UNSET):
            raise errors.channel_destinations()
        if len(StreamConfigurationList) > 1:
            raise errors.channel_of_streams(len(StreamConfigurationList))
        configuration = StreamConfigurationList[0]
        to_tables = S3DestinationConfiguration is UNSET
        record = configuration["RecordConfiguration"]
        kind = "S3_TABLES" if to_tables else "S3"
        if record["RecordFormatType"] not in _FORMATS[kind]:
            raise errors.channel_format(record["RecordFormatType"], kind)
        if to_tables:
            tables = S3TablesDestinationConfiguration["S3TablesConfigurationList"]
            if len(tables) > 1:
                raise errors.channel_of_tables(len(tables))
            if record["RecordFormatType"] == "JSON" and "GSRSchemaARN" not in record:
                raise errors.channel_lacks_schema()
        destination: Any = S3TablesDestinationConfiguration if to_tables else S3DestinationConfiguration
        freshness = _freshness(destination)
        stream = self.find_stream(UNSET, configuration["StreamARN"], "CreateChannel")
        stream.require_active()
        if not stream.on_demand:
            raise errors.queue_of_provisioned(stream.name, stream.account_id)
        if ChannelName in self.channels:
            raise errors.channel_exists(ChannelName, self.account_id)
        if any(self.channels_by_arn[arn].is_to_tables is to_tables for arn in stream.channels):
            raise errors.too_many_channels(stream.name, stream.account_id, kind)
        tags: dict[str, str] = {} if Tags is UNSET else dict(Tags)
        check_tag_texts("add tags to", tags, stream.name, self.account_id)
        if len(tags) > self.limits.kinesis_tags:
            raise errors.too_many_tags(stream.name, self.account_id, self.limits.kinesis_tags)

        identity = self.channel_ids.next().replace("-", "")
        description: dict[str, Any] = {
            "ServiceExecutionRoleARN": ServiceExecutionRoleARN,
            "RecordConfiguration": _in_order(shapes.RecordConfiguration, record),
        }
        if to_tables:
            description["S3TablesDestinationConfiguration"] = _table(destination, freshness)
        else:
            description["S3DestinationConfiguration"] = _bucket(destination, freshness)
        if EncryptionConfiguration is not UNSET:
            encryption = _in_order(shapes.ChannelEncryptionConfiguration, EncryptionConfiguration)
            description["EncryptionConfiguration"] = encryption
        logs = {"Enabled": False} if LoggingConfiguration is UNSET else LoggingConfiguration["CloudWatchLogs"]
        description["LoggingConfiguration"] = _logging(logs, ChannelName, identity)
        channel = Channel(
            ChannelName,
            f"{self.channel_arn_prefix}{identity}",
            stream,
            self.world,
            self.object_ids,
            now,
            tags,
            description,
        )
        answer: shapes.ChannelOutput = {"ChannelDescription": channel.describe()}

        def add() -> None:
            self.channel_list.add(ChannelName, channel)
            self.channels_by_arn[channel.arn] = channel
            stream.channels[channel.arn] = channel

        seconds = self.limits.kinesis_transition_seconds
        channel.change(self.world, now, seconds, CREATING, channel.beginning, add)
        trace = self.world.trace
        if trace is not None:
            facts.channel_created(trace, now, channel, stream, kind)
        return answer

    @operation("UpdateChannel")
    def update_channel(
        self,
        now: int,
        *,
        ChannelARN: shapes.ChannelArn,
        S3DestinationConfiguration: shapes.DestinationUpdateInput = UNSET,
        S3TablesDestinationConfiguration: shapes.DestinationUpdateInput = UNSET,
        LoggingConfiguration: shapes.ChannelLoggingConfiguration = UNSET,
    ) -> shapes.ChannelOutput:
        """Change how fresh data is, or where deliveries are logged. The answer says UPDATING.

        Raises ResourceInUseException unless the channel is ACTIVE.
        """
        check(*members_in(UPDATE_CHANNEL, {"ChannelARN": ChannelARN, "LoggingConfiguration": LoggingConfiguration}))
        self.pace(now, "UpdateChannel")
        channel = self.find_channel(ChannelARN, "UpdateChannel")
        given = S3TablesDestinationConfiguration if channel.is_to_tables else S3DestinationConfiguration
        other = S3DestinationConfiguration if channel.is_to_tables else S3TablesDestinationConfiguration
        if other is not UNSET:
            raise errors.channel_destination_differs()
        freshness = channel.destination["DataFreshnessInSeconds"] if given is UNSET else _freshness(given)
        if channel.status != ACTIVE:
            error = errors.channel_not_active(channel.channel_id, self.account_id, channel.status)
            raise error.noting(notes.changing(channel))
        logging = channel.description["LoggingConfiguration"]
        if LoggingConfiguration is not UNSET:
            logs = {**logging["CloudWatchLogs"], **LoggingConfiguration["CloudWatchLogs"]}
            logging = _logging(logs, channel.name, channel.channel_id)

        def update() -> None:
            channel.status = ACTIVE
            channel.destination["DataFreshnessInSeconds"] = freshness
            channel.description["LoggingConfiguration"] = logging

        answer: shapes.ChannelOutput = {"ChannelDescription": {**channel.describe(), "ChannelStatus": UPDATING}}
        channel.change(self.world, now, self.limits.kinesis_transition_seconds, UPDATING, lambda _: update)
        return answer

    @operation("DeleteChannel")
    def delete_channel(self, now: int, *, ChannelARN: shapes.ChannelArn) -> None:
        """Delete a channel: it copies nothing any more. O(shards)."""
        check(("channelARN", CHANNEL_ARN, ChannelARN))
        self.pace(now, "DeleteChannel")
        channel = self.find_channel(ChannelARN, "DeleteChannel")
        if channel.status == DELETING:
            error = errors.channel_not_active(channel.channel_id, self.account_id, channel.status)
            raise error.noting(notes.changing(channel))

        def prepare(moment: int) -> Step:
            def drop() -> None:
                channel.status = DELETING
                channel.end()
                self.channel_list.remove(channel.name)
                self.channels_by_arn.pop(channel.arn, None)
                channel.stream.channels.pop(channel.arn, None)
                trace = self.world.trace
                if trace is not None:
                    facts.channel_deleted(trace, moment, channel)

            return drop

        channel.change(self.world, now, self.limits.kinesis_transition_seconds, DELETING, prepare, channel.end)

    @operation("DescribeChannel")
    def describe_channel(self, now: int, *, ChannelARN: shapes.ChannelArn) -> shapes.ChannelOutput:
        """A channel. O(1)."""
        check(("channelARN", CHANNEL_ARN, ChannelARN))
        self.pace(now, "DescribeChannel")
        return {"ChannelDescription": self.find_channel(ChannelARN, "DescribeChannel").describe()}

    @operation("ListChannels")
    def list_channels(
        self,
        now: int,
        *,
        StreamFilter: shapes.StreamFilterList = UNSET,
        MaxResults: PageLimit = UNSET,
        NextToken: NextToken = UNSET,
    ) -> shapes.ListChannelsOutput:
        """The account's channels by name, 100 at most in one answer; with ``StreamFilter`` those of some streams.

        O(page), and what the filter passes over.
        """
        check(
            ("streamFilter", CONFIGURATIONS, StreamFilter),
            *(
                (f"streamFilter.{number}.member.streamARN", STREAM_ARN, one["StreamARN"])
                for number, one in enumerate(StreamFilter or (), 1)
            ),
            ("maxResults", PAGE_LIMIT, MaxResults),
            ("nextToken", NEXT_TOKEN, NextToken),
        )
        self.pace(now, "ListChannels")
        after = "" if NextToken is UNSET else self.read_next_token("channels", now, NextToken)[0]
        limit = _PAGE if MaxResults is UNSET else min(MaxResults, _PAGE)
        accept = stream_filter(StreamFilter)
        names = self.channel_list.page(limit + 1, after=after, accept=accept)
        page = names[:limit]
        answer: shapes.ListChannelsOutput = {"ChannelSummaries": [self.channels[name].list_entry() for name in page]}
        if len(names) > limit:
            answer["NextToken"] = self.tokens.make("channels", now, page[-1])
        return answer


def _freshness(destination: Any) -> int:
    """Raises ValidationException for what is out of range."""
    seconds: int = destination.get("DataFreshnessInSeconds", _LEAST_FRESHNESS)
    if not _LEAST_FRESHNESS <= seconds <= _MOST_FRESHNESS:
        raise errors.channel_freshness(seconds, _LEAST_FRESHNESS, _MOST_FRESHNESS)
    return seconds


def _bucket(destination: Any, freshness: int) -> dict[str, Any]:
    """A bucket as a destination, with the defaults."""
    given = destination["StorageConfiguration"]
    storage = {"OutputKeyTemplate": _KEY_TEMPLATE, "StorageClass": "STANDARD", **given}
    own = {"ErrorOutputPrefix": _ERROR_PREFIX, **given}
    dead_letters = destination.get("DeadLetterQueueS3Configuration") or own
    return {
        "DataFreshnessInSeconds": freshness,
        "DeadLetterQueueS3Configuration": _in_order(shapes.DeadLetterQueueS3Configuration, dead_letters),
        "StorageConfiguration": _in_order(shapes.S3StorageConfiguration, storage),
    }


def _table(destination: Any, freshness: int) -> dict[str, Any]:
    """A table as a destination."""
    tables = []
    for given in destination["S3TablesConfigurationList"]:
        table = _in_order(shapes.S3TablesConfiguration, given)
        if "PartitionSpec" in table:
            fields = table["PartitionSpec"]["PartitionFields"]
            table["PartitionSpec"] = {"PartitionFields": [_in_order(shapes.PartitionField, one) for one in fields]}
        tables.append(table)
    dead_letters = destination["DeadLetterQueueS3Configuration"]
    return {
        "DataFreshnessInSeconds": freshness,
        "DeadLetterQueueS3Configuration": _in_order(shapes.DeadLetterQueueS3Configuration, dead_letters),
        "S3TablesConfigurationList": tables,
    }


def _in_order(kind: Any, given: Any) -> dict[str, Any]:
    """A structure of a request as answers show it: its members in the order of the model, whatever the caller's."""
    return {name: given[name] for name in kind.__annotations__ if name in given}


def _logging(logs: Any, name: str, identity: str) -> dict[str, Any]:
    """Where deliveries are logged, with the defaults."""
    defaults = {"LogGroupName": f"/aws/kinesis/{name}/{identity}", "LogStreamName": "DestinationDelivery"}
    return {"CloudWatchLogs": _in_order(shapes.CloudWatchLogs, {**defaults, **logs})}
