"""Tags of alarms."""

from __future__ import annotations

from ....core.operation import operation
from .. import constraints, errors, shapes
from ..constraints import check
from ..state import CloudWatchState

__all__ = ["TagOperations"]


class TagOperations(CloudWatchState):
    """The operations on tags."""

    @operation("ListTagsForResource")
    def list_tags_for_resource(
        self, now: int, *, ResourceARN: shapes.AmazonResourceName
    ) -> shapes.ListTagsForResourceOutput:
        """The tags of an alarm. O(tags). Raises ResourceNotFoundException."""
        tags = self._tags(ResourceARN)
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    @operation("TagResource")
    def tag_resource(
        self, now: int, *, ResourceARN: shapes.AmazonResourceName, Tags: shapes.TagList
    ) -> shapes.TagResourceOutput:
        """Give an alarm tags, beside those that it has. O(tags). Raises ResourceNotFoundException."""
        for number, tag in enumerate(Tags, 1):
            check(
                (f"tags.{number}.member.key", constraints.TAG_KEY, tag["Key"]),
                (f"tags.{number}.member.value", constraints.TAG_VALUE, tag["Value"]),
            )
        tags = self._tags(ResourceARN)
        self.set_tags(ResourceARN, tags | {tag["Key"]: tag["Value"] for tag in Tags})
        return {}

    @operation("UntagResource")
    def untag_resource(
        self, now: int, *, ResourceARN: shapes.AmazonResourceName, TagKeys: shapes.TagKeyList
    ) -> shapes.UntagResourceOutput:
        """Take tags from an alarm; those that it has not do no harm. O(tags). Raises ResourceNotFoundException."""
        tags = self._tags(ResourceARN)
        self.set_tags(ResourceARN, {key: value for key, value in tags.items() if key not in TagKeys})
        return {}

    def _tags(self, arn: str) -> dict[str, str]:
        check(("resourceARN", constraints.ARN, arn))
        if not arn.startswith("arn:"):
            raise errors.arn_invalid(arn)
        tags = self.tags_of(arn)
        if tags is None:
            raise errors.resource_not_found()
        return tags
