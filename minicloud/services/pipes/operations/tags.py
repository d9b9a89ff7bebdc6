"""Tags of pipes."""

from __future__ import annotations

from collections.abc import Sequence

from ....core.operation import operation
from .. import constraints, shapes
from ..constraints import check
from ..state import PipesState

__all__ = ["TagOperations"]


class TagOperations(PipesState):
    """The operations on tags."""

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, now: int, *, resourceArn: shapes.PipeArn) -> shapes.ListTagsForResourceResponse:
        """The tags of a pipe. O(tags). Raises NotFoundException."""
        check({"resourceArn": resourceArn}, constraints.TAGGED)
        return {"tags": dict(self.pipe_of(resourceArn).tags)}

    @operation("TagResource")
    def tag_resource(self, now: int, *, resourceArn: shapes.PipeArn, tags: shapes.TagMap) -> shapes.TagResourceResponse:
        """Give a pipe tags, beside those that it has. O(tags). Raises NotFoundException."""
        check({"resourceArn": resourceArn, "tags": tags}, constraints.TAGGED)
        pipe = self.pipe_of(resourceArn)
        pipe.tags = {**pipe.tags, **tags}
        return {}

    @operation("UntagResource")
    def untag_resource(
        self, now: int, *, resourceArn: shapes.PipeArn, tagKeys: Sequence[shapes.TagKey]
    ) -> shapes.UntagResourceResponse:
        """Take tags from a pipe; those that it has not do no harm. O(tags). Raises NotFoundException."""
        check({"resourceArn": resourceArn, "tagKeys": tagKeys}, constraints.TAGGED)
        pipe = self.pipe_of(resourceArn)
        pipe.tags = {key: value for key, value in pipe.tags.items() if key not in tagKeys}
        return {}
