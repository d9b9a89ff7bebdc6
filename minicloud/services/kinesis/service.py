"""Amazon Kinesis Data Streams: the 57 operations of one account in one region, and what its clients know of it.

Nothing is done here: the operations are in ``operations/``, a file a noun, what they work on is in ``state``.
"""

from __future__ import annotations

from typing import Any, Literal

from ...core.service import Acceptor, Pagination, Service, WaiterModel, of_value
from ...exceptions import AwsError
from .errors import EXCEPTIONS, error_response
from .operations.channels import ChannelOperations
from .operations.consumers import ConsumerOperations
from .operations.deliveries import Deliveries
from .operations.queue_records import QueueRecordOperations
from .operations.queues import QueueOperations
from .operations.settings import SettingsOperations
from .operations.shards import ShardOperations
from .operations.tags import TagOperations
from .status import ACTIVE, CREATING, DELETING, UPDATING

__all__ = ["SERVICE", "Kinesis"]


class Kinesis(
    ChannelOperations,
    ConsumerOperations,
    Deliveries,
    QueueOperations,
    QueueRecordOperations,
    SettingsOperations,
    ShardOperations,
    TagOperations,
):
    """The Kinesis of one account in one region."""


def _is_active(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return result is not None and result["StreamDescription"]["StreamStatus"] == ACTIVE


def _is_gone(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return error is not None and error.code == "ResourceNotFoundException"


def _of_channel(state: Literal["success", "failure", "retry"], status: str) -> Acceptor:
    def matches(result: dict[str, Any] | None, error: AwsError | None) -> bool:
        return result is not None and result["ChannelDescription"]["ChannelStatus"] == status

    return Acceptor(state, matches, of_value("ChannelDescription.ChannelStatus", status))


SERVICE = Service(
    name="kinesis",
    service_id="Kinesis",
    api_version="2013-12-02",
    api=Kinesis,
    content_type="application/x-amz-json-1.1",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    paginators={
        "describe_stream": Pagination(
            "ExclusiveStartShardId",
            "StreamDescription.Shards[-1].ShardId",
            "Limit",
            ("StreamDescription.Shards",),
            "StreamDescription.HasMoreShards",
            (
                "StreamDescription.StreamARN",
                "StreamDescription.StreamName",
                "StreamDescription.StreamStatus",
                "StreamDescription.RetentionPeriodHours",
                "StreamDescription.EnhancedMonitoring",
                "StreamDescription.EncryptionType",
                "StreamDescription.KeyId",
                "StreamDescription.StreamCreationTimestamp",
            ),
        ),
        "list_channels": Pagination("NextToken", "NextToken", "MaxResults", ("ChannelSummaries",)),
        "list_queues": Pagination("NextToken", "NextToken", "MaxResults", ("QueueSummaries",)),
        "list_shards": Pagination("NextToken", "NextToken", "MaxResults", ("Shards",)),
        "list_stream_consumers": Pagination("NextToken", "NextToken", "MaxResults", ("Consumers",)),
        "list_streams": Pagination(
            "NextToken", "NextToken", "Limit", ("StreamNames", "StreamSummaries"), "HasMoreStreams"
        ),
    },
    waiters={
        "channel_active": WaiterModel(
            "describe_channel",
            10,
            18,
            (
                _of_channel("success", ACTIVE),
                _of_channel("retry", CREATING),
                _of_channel("retry", UPDATING),
                _of_channel("failure", DELETING),
                _of_channel("failure", "FAILED"),
            ),
        ),
        "stream_exists": WaiterModel("describe_stream", 10, 18, (Acceptor("success", _is_active),)),
        "stream_not_exists": WaiterModel("describe_stream", 10, 18, (Acceptor("success", _is_gone),)),
    },
)
