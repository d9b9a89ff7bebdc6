"""The operations on tags, of functions and of event source mappings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ....core.operation import Http, operation
from ....exceptions import UsageError
from .. import constraints, errors, shapes
from ..constraints import check
from ..state import LambdaState

__all__ = ["TagOperations"]

_MOST: Final = 50
"""Tags of a resource. [AWS: tagging]"""


class TagOperations(LambdaState):
    """Tags."""

    @operation("TagResource", http=Http(status=204))
    def tag_resource(self, now: int, *, Resource: shapes.TaggableResource, Tags: Mapping[shapes.TagKey, str]) -> None:
        """Give tags to a function or a mapping; a value that there is under a key is replaced. O(tags).

        Raises ``ResourceNotFoundException``, and ``InvalidParameterValueException`` for versions, for aliases, and for
        more than 50 tags.
        """
        check({"Resource": Resource, "Tags": Tags}, constraints.TAGGED)
        tagged, assign = self._tagged(Resource, "TagResource")
        tags = {**tagged, **Tags}
        if len(tags) > _MOST:
            raise errors.too_many_tags()
        assign(tags)

    @operation("UntagResource", http=Http(status=204))
    def untag_resource(self, now: int, *, Resource: shapes.TaggableResource, TagKeys: Sequence[shapes.TagKey]) -> None:
        """Take tags from a function or a mapping; keys that there are not do not matter. O(tags)."""
        check({"Resource": Resource}, constraints.TAGGED)
        tagged, assign = self._tagged(Resource, "UntagResource")
        assign({key: value for key, value in tagged.items() if key not in TagKeys})

    @operation("ListTags")
    def list_tags(self, now: int, *, Resource: shapes.TaggableResource) -> shapes.ListTagsResponse:
        """The tags of a function or a mapping. O(tags). Raises as TagResource does."""
        check({"Resource": Resource}, constraints.TAGGED)
        return {"Tags": dict(self._tagged(Resource, "ListTags")[0])}

    def _tagged(self, arn: str, action: str) -> tuple[Mapping[str, str], Callable[[dict[str, str]], object]]:
        """The tags of what an ARN names, and what gives it others in one step."""
        kind = arn.split(":")[5]
        owner: Any
        if kind == "function":
            owner, qualifier = self.function_and_qualifier(arn, action=action)
            if qualifier is not None:
                raise errors.tags_of_qualified()
        elif kind == "event-source-mapping":
            owner = self.mapping_of(arn)
            if owner is None:
                raise errors.mapping_missing(arn)
        else:
            raise UsageError(f"minicloud has no {kind}s of Lambda to tag: it has functions and event source mappings")

        def assign(tags: dict[str, str]) -> None:
            owner.tags = tags

        return owner.tags, assign
