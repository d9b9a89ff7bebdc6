"""Tags of scalable targets."""

from __future__ import annotations

from typing import Final

from ....core.operation import operation
from .. import constraints, errors, shapes
from ..constraints import check, tag_members
from ..state import AutoScalingState

__all__ = ["TagOperations"]

_MOST: Final = 50


class TagOperations(AutoScalingState):
    """The operations on tags."""

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, now: int, *, ResourceARN: shapes.Text) -> shapes.ListTagsForResourceOutput:
        """The tags of a target. O(targets). Raises ResourceNotFoundException."""
        check(("resourceARN", constraints.ARN, ResourceARN))
        return {"Tags": dict(self.tagged(ResourceARN).tags)}

    @operation("TagResource")
    def tag_resource(self, now: int, *, ResourceARN: shapes.Text, Tags: shapes.TagMap) -> shapes.TagResourceOutput:
        """Give a target tags, beside those that it has. O(targets).

        Raises ResourceNotFoundException, and TooManyTagsException for more than 50.
        """
        check(("resourceARN", constraints.ARN, ResourceARN), *tag_members(Tags))
        target = self.tagged(ResourceARN)
        tags = {**target.tags, **Tags}
        if len(tags) > _MOST:
            raise errors.too_many_tags(ResourceARN)
        target.tags = tags
        return {}

    @operation("UntagResource")
    def untag_resource(
        self, now: int, *, ResourceARN: shapes.Text, TagKeys: shapes.Texts
    ) -> shapes.UntagResourceOutput:
        """Take tags from a target; those that it has not do no harm. O(targets). Raises ResourceNotFoundException."""
        check(("resourceARN", constraints.ARN, ResourceARN), ("tagKeys", constraints.TAG_KEYS, TagKeys))
        target = self.tagged(ResourceARN)
        target.tags = {key: value for key, value in target.tags.items() if key not in TagKeys}
        return {}
