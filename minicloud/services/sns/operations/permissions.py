"""The operations on what hangs on a topic: permissions, tags, the data protection policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ....core.json_text import compact
from ....core.operation import operation
from ....core.shapes import Minimum
from .. import errors, shapes
from ..access_policy import granting_statement
from ..arns import elements_of
from ..data_protection import check_data_protection_policy
from ..state import SnsState
from ..tags import check_tags, merged_tags
from ..topic import Topic

__all__ = ["PermissionOperations"]


class PermissionOperations(SnsState):
    """Permissions are kept and shown, and not enforced; so are data protection policies."""

    @operation("AddPermission")
    def add_permission(
        self, now: int, *, TopicArn: str, Label: str, AWSAccountId: Sequence[str], ActionName: Sequence[str]
    ) -> None:
        """Append a statement to a topic's policy. O(statements)."""
        topic = self.topic(TopicArn, "AddPermission")
        for value, path in ((AWSAccountId, "aWSAccountId"), (ActionName, "actionName")):
            if not value:
                raise errors.member_short(value="[]", path=path, minimum=1)
        if not Label:
            raise errors.member_short(value=Label, path="label", minimum=1)
        statement = granting_statement(Label, list(AWSAccountId), list(ActionName), topic.arn)
        policy = topic.current_policy()
        if any(other.get("Sid") == Label for other in policy["Statement"]):
            raise errors.statement_exists()
        policy["Statement"].append(statement)
        topic.assign("Policy", compact(policy))

    @operation("RemovePermission")
    def remove_permission(self, now: int, *, TopicArn: str, Label: str) -> None:
        """Take the statement with this label out of a topic's policy, if there is one. O(statements)."""
        topic = self.topic(TopicArn, "RemovePermission")
        policy = topic.current_policy()
        kept = [statement for statement in policy["Statement"] if statement.get("Sid") != Label]
        if len(kept) == len(policy["Statement"]):
            return
        if not kept:
            raise errors.policy_malformed()
        text = compact({**policy, "Statement": kept})
        topic.assign("Policy", "" if text == topic.default_policy_text() else text)

    # --- tags -------------------------------------------------------------------------------------------------------

    @operation("TagResource")
    def tag_resource(
        self, now: int, *, ResourceArn: Annotated[str, Minimum(1)], Tags: Sequence[shapes.Tag]
    ) -> shapes.Empty:
        """Add tags to a topic, or overwrite the values of those it has. O(tags)."""
        self.pace(now, "TagResource")
        topic = self._tagged(ResourceArn, "TagResource")
        topic.tags = merged_tags(topic.tags, check_tags(Tags))
        return {}

    @operation("UntagResource")
    def untag_resource(
        self,
        now: int,
        *,
        ResourceArn: Annotated[str, Minimum(1)],
        TagKeys: Sequence[Annotated[str, Minimum(1)]],
    ) -> shapes.Empty:
        """Remove tags from a topic; those it does not have are no mistake. O(tags)."""
        self.pace(now, "UntagResource")
        topic = self._tagged(ResourceArn, "UntagResource")
        for number, key in enumerate(TagKeys, 1):
            if len(key) > 128:
                path = f"tagKeys.{number}.member"
                raise errors.member_long(value=key, path=path, maximum=128)
        topic.tags = {key: value for key, value in topic.tags.items() if key not in TagKeys}
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(
        self, now: int, *, ResourceArn: Annotated[str, Minimum(1)]
    ) -> shapes.ListTagsForResourceResponse:
        """A topic's tags. O(tags)."""
        self.pace(now, "ListTagsForResource")
        topic = self._tagged(ResourceArn, "ListTagsForResource")
        return {"Tags": [{"Key": key, "Value": value} for key, value in topic.tags.items()]}

    def _tagged(self, arn: str, action: str) -> Topic:
        if len(arn) > 1011:
            raise errors.member_long(value=arn, path="resourceArn", maximum=1011)
        elements_of(arn, "ResourceArn")
        topic = self.owner_of(arn, action, "ResourceArn").topics.get(arn)
        if topic is None:
            raise errors.resource_missing()
        return topic

    # --- data protection --------------------------------------------------------------------------------------------

    @operation("GetDataProtectionPolicy")
    def get_data_protection_policy(self, now: int, *, ResourceArn: str) -> shapes.GetDataProtectionPolicyResponse:
        """A topic's data protection policy; empty when it has none. O(1)."""
        topic = self.topic(ResourceArn, "GetDataProtectionPolicy", "ResourceArn")
        return {"DataProtectionPolicy": topic.data_protection_policy}

    @operation("PutDataProtectionPolicy")
    def put_data_protection_policy(self, now: int, *, ResourceArn: str, DataProtectionPolicy: str) -> None:
        """Give a topic a data protection policy in place of the one it had; an empty one takes it away. O(length)."""
        topic = self.topic(ResourceArn, "PutDataProtectionPolicy", "ResourceArn")
        if topic.fifo and DataProtectionPolicy:
            raise errors.data_protection_fifo()
        check_data_protection_policy(DataProtectionPolicy)
        topic.data_protection_policy = DataProtectionPolicy
