"""Tags of alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ....core.operation import operation
from .. import constraints, errors, shapes
from ..constraints import check
from ..state import CloudWatchState

__all__ = ["TagOperations", "tags_in"]

_MOST: Final = 50
"""[CloudWatch API: TagResource]"""


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
        """Give an alarm tags, beside those that it has. O(tags).

        Raises ResourceNotFoundException, and InvalidParameterValue for keys of AWS's, and for more than 50.
        """
        given = tags_in(Tags)
        tags = self._tags(ResourceARN) | given
        _check_count(tags)
        self.set_tags(ResourceARN, tags)
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


def tags_in(given: Sequence[shapes.Tag]) -> dict[str, str]:
    """The tags of a request. Raises ValidationError, and InvalidParameterValue for keys of AWS's and too many tags."""
    for number, tag in enumerate(given or (), 1):
        check(
            (f"tags.{number}.member.key", constraints.TAG_KEY, tag["Key"]),
            (f"tags.{number}.member.value", constraints.TAG_VALUE, tag["Value"]),
        )
        if tag["Key"].lower().startswith("aws:"):
            raise errors.tag_reserved(tag["Key"])
    tags = {tag["Key"]: tag["Value"] for tag in given or ()}
    _check_count(tags)
    return tags


def _check_count(tags: dict[str, str]) -> None:
    if len(tags) > _MOST:
        raise errors.too_many_tags()
