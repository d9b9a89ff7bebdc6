"""Tags and policies of streams, consumers, queues and channels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ....core.operation import operation
from ....core.unset import UNSET
from .. import errors, notes, shapes
from ..channel import Channel
from ..constraints import RESOURCE_ARN, TAG_KEY, TAG_KEYS, TAG_PAGE_LIMIT, TAGS, check
from ..consumer import Consumer
from ..policy import check_policy
from ..queue import RecordQueue
from ..state import KinesisState
from ..status import ACTIVE
from ..stream import Stream
from ..tags import check_tag_texts

__all__ = ["TagOperations"]

Resource: TypeAlias = Stream | Consumer | RecordQueue | Channel


class TagOperations(KinesisState):
    """The operations on tags and resource policies."""

    # --- tags of a stream ---------------------------------------------------------------------------------------------

    @operation("AddTagsToStream")
    def add_tags_to_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        Tags: shapes.TagMap,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Add tags, or replace their values."""
        stream = self.named_stream(StreamName, StreamARN, "AddTagsToStream", ("tags", TAGS, Tags))
        self.pace(now, "AddTagsToStream", stream.name)
        self._add_tags(stream, stream, Tags)

    @operation("RemoveTagsFromStream")
    def remove_tags_from_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        TagKeys: shapes.TagKeys,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Remove tags by their keys; unknown keys are ignored."""
        stream = self.named_stream(StreamName, StreamARN, "RemoveTagsFromStream", ("tagKeys", TAG_KEYS, TagKeys))
        self.pace(now, "RemoveTagsFromStream", stream.name)
        self._remove_tags(stream, stream, TagKeys)

    @operation("ListTagsForStream")
    def list_tags_for_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ExclusiveStartTagKey: shapes.TagKey = UNSET,
        Limit: shapes.PageLimit = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.ListTagsForStreamOutput:
        """A stream's tags in the order of their keys."""
        stream = self.named_stream(
            StreamName,
            StreamARN,
            "ListTagsForStream",
            ("exclusiveStartTagKey", TAG_KEY, ExclusiveStartTagKey),
            ("limit", TAG_PAGE_LIMIT, Limit),
        )
        self.pace(now, "ListTagsForStream", stream.name)
        tags = stream.tags
        keys = sorted(tags)
        if ExclusiveStartTagKey is not UNSET:
            keys = keys[bisect_right(keys, ExclusiveStartTagKey) :]
        limit = len(keys) if Limit is UNSET else Limit
        return {"Tags": _tag_list(tags, keys[:limit]), "HasMoreTags": len(keys) > limit}

    # --- tags of any resource -----------------------------------------------------------------------------------------

    @operation("TagResource")
    def tag_resource(
        self,
        now: int,
        *,
        Tags: shapes.TagMap,
        ResourceARN: shapes.ResourceArn,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Add tags to a stream, consumer, queue or channel, or replace their values."""
        check(("tags", TAGS, Tags), ("resourceARN", RESOURCE_ARN, ResourceARN))
        self._add_tags(*self.find_resource(ResourceARN, "TagResource"), Tags)

    @operation("UntagResource")
    def untag_resource(
        self,
        now: int,
        *,
        TagKeys: shapes.TagKeys,
        ResourceARN: shapes.ResourceArn,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Remove tags from a stream, consumer, queue or channel by their keys; unknown keys are ignored."""
        check(("tagKeys", TAG_KEYS, TagKeys), ("resourceARN", RESOURCE_ARN, ResourceARN))
        self._remove_tags(*self.find_resource(ResourceARN, "UntagResource"), TagKeys)

    @operation("ListTagsForResource")
    def list_tags_for_resource(
        self, now: int, *, ResourceARN: shapes.ResourceArn, StreamId: shapes.StreamId = UNSET
    ) -> shapes.ListTagsForResourceOutput:
        """The tags of a stream, consumer, queue or channel in the order of their keys."""
        check(("resourceARN", RESOURCE_ARN, ResourceARN))
        _, resource = self.find_resource(ResourceARN, "ListTagsForResource")
        return {"Tags": _tag_list(resource.tags, sorted(resource.tags))}

    def _add_tags(self, stream: Stream, resource: Resource, tags: Mapping[str, str]) -> None:
        """Tag what has a stream, or the stream."""
        check_tag_texts("add tags to", tags, stream.name, stream.account_id)
        _require_existing(stream, resource)
        if len(resource.tags.keys() | tags.keys()) > self.limits.kinesis_tags:
            raise errors.too_many_tags(stream.name, stream.account_id, self.limits.kinesis_tags)
        resource.tags.update(tags)

    def _remove_tags(self, stream: Stream, resource: Resource, keys: Sequence[str]) -> None:
        check_tag_texts("remove tags from", keys, stream.name, stream.account_id)
        _require_existing(stream, resource)
        left = dict(resource.tags)
        for key in keys:
            left.pop(key, None)
        resource.tags = left

    # --- policies -----------------------------------------------------------------------------------------------------

    @operation("PutResourcePolicy")
    def put_resource_policy(
        self,
        now: int,
        *,
        ResourceARN: shapes.ResourceArn,
        StreamId: shapes.StreamId = UNSET,
        Policy: str,
    ) -> None:
        """Set the policy of a stream, consumer, queue or channel. It refuses nobody anything."""
        stream, resource = self._holder_of_policy(ResourceARN, "PutResourcePolicy")
        _require_existing(stream, resource)
        if isinstance(resource, Consumer) and resource.status != ACTIVE:
            error = errors.consumer_of_policy_not_active(
                resource.name, resource.created, stream.name, stream.account_id
            )
            raise error.noting(notes.changing(resource))
        check_policy(Policy, resource.arn)
        resource.policy = Policy

    @operation("GetResourcePolicy")
    def get_resource_policy(
        self, now: int, *, ResourceARN: shapes.ResourceArn, StreamId: shapes.StreamId = UNSET
    ) -> shapes.GetResourcePolicyOutput:
        """The policy of a stream, consumer, queue or channel, ``{}`` when it has none."""
        _, resource = self._holder_of_policy(ResourceARN, "GetResourcePolicy")
        return {"Policy": "{}" if resource.policy is None else resource.policy}

    @operation("DeleteResourcePolicy")
    def delete_resource_policy(
        self, now: int, *, ResourceARN: shapes.ResourceArn, StreamId: shapes.StreamId = UNSET
    ) -> None:
        """Remove the policy of a stream, consumer, queue or channel. Without one it is ResourceNotFoundException."""
        stream, resource = self._holder_of_policy(ResourceARN, "DeleteResourcePolicy")
        _require_existing(stream, resource)
        if resource.policy is None:
            raise errors.policy_not_found(ResourceARN)
        resource.policy = None

    def _holder_of_policy(self, arn: str, action: str) -> tuple[Stream, Resource]:
        check(("resourceARN", RESOURCE_ARN, arn))
        return self.find_resource(arn, action, arn)


def _require_existing(stream: Stream, resource: Resource) -> None:
    """Raise ResourceInUseException while a stream, or a queue, is CREATING or DELETING."""
    stream.require_existing()
    if isinstance(resource, RecordQueue) and not resource.delivers:
        error = errors.queue_not_active(resource.queue_id, resource.account_id, resource.status)
        raise error.noting(notes.changing(resource))


def _tag_list(tags: Mapping[str, str], keys: Sequence[str]) -> list[shapes.Tag]:
    return [{"Key": key, "Value": tags[key]} for key in keys]
