"""Tags of delivery streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from ....core.operation import operation
from ....core.shapes import Minimum
from ....core.unset import UNSET
from .. import errors, shapes
from ..constraints import TAGGED, check
from ..state import FirehoseState

__all__ = ["MOST_TAGS", "TagOperations", "tags_of"]

MOST_TAGS: Final = 50


def tags_of(given: Sequence[shapes.Tag]) -> dict[str, str]:
    """Tags by key; one without a value has an empty one."""
    return {one["Key"]: one.get("Value", "") for one in given}


class TagOperations(FirehoseState):
    """The operations on tags."""

    @operation("ListTagsForDeliveryStream")
    def list_tags_for_delivery_stream(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        ExclusiveStartTagKey: shapes.TagKey = UNSET,
        Limit: shapes.ListTagsForDeliveryStreamInputLimit = UNSET,
    ) -> shapes.ListTagsForDeliveryStreamOutput:
        """The tags of a delivery stream, by key. O(tags). Raises ResourceNotFoundException."""
        given = {"DeliveryStreamName": DeliveryStreamName, "ExclusiveStartTagKey": ExclusiveStartTagKey, "Limit": Limit}
        check(given, TAGGED)
        tags = self.stream(DeliveryStreamName).tags
        keys = [key for key in sorted(tags) if key > (ExclusiveStartTagKey or "")]
        size = Limit or MOST_TAGS
        page: list[shapes.Tag] = [{"Key": key, "Value": tags[key]} for key in keys[:size]]
        return {"Tags": page, "HasMoreTags": len(keys) > size}

    @operation("TagDeliveryStream")
    def tag_delivery_stream(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        Tags: Annotated[Sequence[shapes.Tag], Minimum(1)],
    ) -> shapes.TagDeliveryStreamOutput:
        """Give a delivery stream tags, beside those that it has. O(tags).

        Raises ResourceNotFoundException, LimitExceededException.
        """
        check({"DeliveryStreamName": DeliveryStreamName, "Tags": Tags}, TAGGED)
        stream = self.stream(DeliveryStreamName)
        tags = {**stream.tags, **tags_of(Tags)}
        if len(tags) > MOST_TAGS:
            raise errors.too_many_tags(MOST_TAGS)
        stream.tags = tags
        answer: Any = {}
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("UntagDeliveryStream")
    def untag_delivery_stream(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        TagKeys: Annotated[Sequence[shapes.TagKey], Minimum(1)],
    ) -> shapes.UntagDeliveryStreamOutput:
        """Take tags from a delivery stream; those that it has not do no harm. O(tags).

        Raises ResourceNotFoundException.
        """
        check({"DeliveryStreamName": DeliveryStreamName, "TagKeys": TagKeys}, TAGGED)
        stream = self.stream(DeliveryStreamName)
        stream.tags = {key: value for key, value in stream.tags.items() if key not in TagKeys}
        answer: Any = {}
        return answer  # type: ignore[no-any-return]  # what the client adds is missing
