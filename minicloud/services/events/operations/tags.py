"""Tags of buses and rules."""

from __future__ import annotations

from ....core.operation import operation
from .. import constraints, errors, shapes
from ..bus import Bus
from ..constraints import check, tag_members, tags_of
from ..rule import Rule
from ..state import EventsState

__all__ = ["TagOperations"]


class TagOperations(EventsState):
    """The operations on tags."""

    @operation("TagResource")
    def tag_resource(self, now: int, *, ResourceARN: shapes.Name, Tags: shapes.TagList) -> shapes.TagResourceResponse:
        """Give a bus or a rule tags, beside those that it has. O(tags).

        Raises ResourceNotFoundException, and ValidationException for a key that is given twice.
        """
        check(("resourceARN", constraints.ARN, ResourceARN), *tag_members(Tags))
        tags = tags_of(Tags)
        tagged = self._tagged(ResourceARN)
        tagged.tags = tagged.tags | tags
        return {}

    @operation("UntagResource")
    def untag_resource(
        self, now: int, *, ResourceARN: shapes.Name, TagKeys: shapes.TagKeyList
    ) -> shapes.UntagResourceResponse:
        """Take tags from a bus or a rule; those it has not do no harm. O(tags). Raises ResourceNotFoundException."""
        check(
            ("resourceARN", constraints.ARN, ResourceARN),
            *((f"tagKeys.{number}.member", constraints.TAG_KEY, key) for number, key in enumerate(TagKeys, 1)),
        )
        tagged = self._tagged(ResourceARN)
        tagged.tags = {key: value for key, value in tagged.tags.items() if key not in TagKeys}
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, now: int, *, ResourceARN: shapes.Name) -> shapes.ListTagsForResourceResponse:
        """The tags of a bus or a rule. O(tags). Raises ResourceNotFoundException."""
        check(("resourceARN", constraints.ARN, ResourceARN))
        tags = self._tagged(ResourceARN).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tagged(self, arn: str) -> Bus | Rule:
        kind, _, name = arn.split(":", 5)[-1].partition("/")
        if not arn.startswith("arn:") or arn.count(":") < 5 or kind not in ("event-bus", "rule"):
            raise errors.resource_invalid()
        if kind == "event-bus":
            return self.bus(arn)
        found = self.find_rule(arn)
        if found is None:
            bus_name, _, rule_name = name.rpartition("/")
            if bus_name:
                self.bus(bus_name)
            raise errors.rule_not_found(rule_name, bus_name or "default")
        return found
