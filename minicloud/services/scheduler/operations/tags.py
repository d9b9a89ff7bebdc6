"""Tags, which groups have and schedules do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....core.operation import operation
from .. import constraints, errors, shapes
from ..constraints import check
from ..group import Group
from ..state import SchedulerState

__all__ = ["TagOperations"]

_MOST: Final = 200
"""[Scheduler API: TagList]"""


class TagOperations(SchedulerState):
    """The operations on tags."""

    @operation("ListTagsForResource")
    def list_tags_for_resource(
        self, now: int, *, ResourceArn: shapes.TagResourceArn
    ) -> shapes.ListTagsForResourceOutput:
        """The tags of a group. O(tags). Raises ResourceNotFoundException."""
        check({"ResourceArn": ResourceArn}, constraints.TAGGED)
        tags = self._group_of(ResourceArn).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    @operation("TagResource")
    def tag_resource(
        self, now: int, *, ResourceArn: shapes.TagResourceArn, Tags: Sequence[shapes.Tag]
    ) -> shapes.TagResourceOutput:
        """Give a group tags, beside those that it has. O(tags). Raises ResourceNotFoundException."""
        check({"ResourceArn": ResourceArn, "Tags": Tags}, constraints.TAGGED)
        group = self._group_of(ResourceArn)
        tags = {**group.tags, **{tag["Key"]: tag["Value"] for tag in Tags}}
        if len(tags) > _MOST:
            raise errors.too_many_tags(_MOST)
        group.tags = tags
        return {}

    @operation("UntagResource")
    def untag_resource(
        self, now: int, *, ResourceArn: shapes.TagResourceArn, TagKeys: Sequence[shapes.TagKey]
    ) -> shapes.UntagResourceOutput:
        """Take tags from a group; those that it has not do no harm. O(tags). Raises ResourceNotFoundException."""
        check({"ResourceArn": ResourceArn, "TagKeys": TagKeys}, constraints.TAGGED)
        group = self._group_of(ResourceArn)
        group.tags = {key: value for key, value in group.tags.items() if key not in TagKeys}
        return {}

    def _group_of(self, arn: str) -> Group:
        name = arn.rpartition("/")[2]
        if arn != self.group_arn(name):
            raise errors.group_missing(name)
        return self.group(name)
