"""A managed policy, which roles attach."""

from __future__ import annotations

from datetime import datetime

from . import shapes

__all__ = ["Policy"]


class Policy:
    """A policy that was made here. It does not change: operations that make versions are not here."""

    __slots__ = ("arn", "created", "description", "document", "generation", "name", "path", "policy_id", "tags")

    def __init__(
        self,
        name: str,
        path: str,
        policy_id: str,
        arn: str,
        created: datetime,
        document: str,
        description: str,
        tags: list[tuple[str, str]],
        generation: int,
    ) -> None:
        self.name = name
        self.path = path
        self.policy_id = policy_id
        self.arn = arn
        self.created = created
        self.document = document
        self.description = description
        self.tags = tags
        self.generation = generation
        """How many policies of its ARN there were before."""

    def shown(self, attached: int, bounds: int, *, is_whole: bool) -> shapes.Policy:
        """As answers show it: attached to so many roles, and the boundary of so many.

        CreatePolicy leaves out the description. [IAM API: Policy]
        """
        shown: shapes.Policy = {
            "PolicyName": self.name,
            "PolicyId": self.policy_id,
            "Arn": self.arn,
            "Path": self.path,
            "DefaultVersionId": "v1",
            "AttachmentCount": attached,
            "PermissionsBoundaryUsageCount": bounds,
            "IsAttachable": True,
        }
        if is_whole and self.description:
            shown["Description"] = self.description
        shown["CreateDate"] = shown["UpdateDate"] = self.created
        if self.tags:
            shown["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags]
        return shown
