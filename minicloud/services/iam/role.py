"""A role: what was said of it when it was made, and the policies that are part of it or attached to it."""

from __future__ import annotations

from datetime import datetime

from . import shapes
from .document import size_of, trust_policy_of

__all__ = ["Role"]


class Role:
    """A role. Its policies are all that changes, each in one step."""

    __slots__ = (
        "arn",
        "attached",
        "boundary",
        "created",
        "description",
        "generation",
        "max_session_duration",
        "max_signin_session_duration",
        "name",
        "path",
        "policies",
        "role_id",
        "tags",
        "trust_policy",
    )

    def __init__(
        self,
        name: str,
        path: str,
        role_id: str,
        arn: str,
        created: datetime,
        trust_policy: str,
        description: str,
        max_session_duration: int,
        max_signin_session_duration: int | None,
        boundary: str,
        tags: list[tuple[str, str]],
        generation: int,
    ) -> None:
        self.name = name
        self.path = path
        self.role_id = role_id
        self.arn = arn
        self.created = created
        self.trust_policy = trust_policy
        self.description = description
        self.max_session_duration = max_session_duration
        self.max_signin_session_duration = max_signin_session_duration
        self.boundary = boundary
        """The ARN of a policy; empty when there is none."""
        self.tags = tags
        self.generation = generation
        """How many roles of its ARN there were before."""
        self.policies: dict[str, str] = {}
        """Documents of the policies that are part of it, by name."""
        self.attached: dict[str, None] = {}
        """ARNs of managed policies."""

    def policies_size(self, name: str, document: str) -> int:
        """The size of all policies that are part of it, once this one is. O(its policies)."""
        documents = {**self.policies, name: document}
        return sum(map(size_of, documents.values()))

    def listed(self) -> shapes.Role:
        """As ListRoles shows it."""
        shown = self._outline()
        if self.description:
            shown["Description"] = self.description
        shown["MaxSessionDuration"] = self.max_session_duration
        if self.max_signin_session_duration is not None:
            shown["MaxSigninSessionDuration"] = self.max_signin_session_duration
        return shown

    def made(self) -> shapes.Role:
        """As CreateRole shows it. [known: it leaves out the description and the longest session]"""
        shown = self._outline()
        self._add_rest(shown)
        return shown

    def whole(self) -> shapes.Role:
        """As GetRole shows it."""
        shown = self.listed()
        self._add_rest(shown)
        shown["RoleLastUsed"] = {}
        return shown

    def _outline(self) -> shapes.Role:
        return {
            "Path": self.path,
            "RoleName": self.name,
            "RoleId": self.role_id,
            "Arn": self.arn,
            "CreateDate": self.created,
            "AssumeRolePolicyDocument": trust_policy_of(self.trust_policy),
        }

    def _add_rest(self, shown: shapes.Role) -> None:
        if self.boundary:
            shown["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": self.boundary,
            }
        if self.tags:
            shown["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags]
