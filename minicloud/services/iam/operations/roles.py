"""Roles, and the policies that are part of them."""

from __future__ import annotations

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, check_characters, check_tags, tag_members
from ..document import check_identity_policy, document_of, size_of
from ..role import Role
from ..state import PAGE_SIZE, IamState

__all__ = ["RoleOperations"]

_LARGEST_TRUST_POLICY = 2048
_LARGEST_INLINE_POLICIES = 10_240
"""Of all of a role's together. [IAM user guide: quotas]"""


class RoleOperations(IamState):
    """The operations on roles."""

    @operation("CreateRole")
    def create_role(
        self,
        now: int,
        *,
        Path: shapes.Path = UNSET,
        RoleName: shapes.RoleName,
        AssumeRolePolicyDocument: shapes.PolicyDocument,
        Description: str = UNSET,
        MaxSessionDuration: shapes.SessionDuration = UNSET,
        MaxSigninSessionDuration: shapes.SessionDuration = UNSET,
        PermissionsBoundary: shapes.Arn = UNSET,
        Tags: shapes.Tags = UNSET,
    ) -> shapes.CreateRoleResponse:
        """Make a role, which is kept and has no effect; any text will do as its trust policy (``document``). O(log n).

        Raises EntityAlreadyExists for a name that there is, in whatever case; LimitExceeded for a document that is too
        large; NoSuchEntity for a boundary that does not exist.
        """
        check(
            ("path", constraints.PATH, Path),
            ("roleName", constraints.ROLE_NAME, RoleName),
            ("assumeRolePolicyDocument", constraints.DOCUMENT, AssumeRolePolicyDocument),
            ("description", constraints.ROLE_DESCRIPTION, Description),
            ("maxSessionDuration", constraints.SESSION_DURATION, MaxSessionDuration),
            ("maxSigninSessionDuration", constraints.SIGNIN_SESSION_DURATION, MaxSigninSessionDuration),
            ("permissionsBoundary", constraints.ARN, PermissionsBoundary),
            *tag_members(Tags),
        )
        check_characters("path", Path)
        check_characters("roleName", RoleName)
        check_characters("assumeRolePolicyDocument", AssumeRolePolicyDocument)
        check_tags(Tags)
        if size_of(AssumeRolePolicyDocument) > _LARGEST_TRUST_POLICY:
            raise errors.trust_policy_too_large(_LARGEST_TRUST_POLICY)
        if RoleName.lower() in self.roles.items:
            raise errors.role_exists(RoleName)
        if PermissionsBoundary is not UNSET and not self.is_attachable(PermissionsBoundary):
            raise errors.boundary_not_found(PermissionsBoundary)
        path = Path or "/"
        arn = f"{self.arn_prefix}role{path}{RoleName}"
        role_id, generation = self.new_id("AROA", arn)
        role = Role(
            RoleName,
            path,
            role_id,
            arn,
            self.date(now),
            AssumeRolePolicyDocument,
            Description or "",
            MaxSessionDuration or 3600,
            MaxSigninSessionDuration or None,
            PermissionsBoundary or "",
            [(tag["Key"], tag["Value"]) for tag in Tags or ()],
            generation,
        )
        answer: shapes.CreateRoleResponse = {"Role": role.made()}
        self.roles.add(RoleName.lower(), role)
        self.made[arn] = generation + 1
        return answer

    @operation("GetRole")
    def get_role(self, now: int, *, RoleName: shapes.RoleName) -> shapes.GetRoleResponse:
        """A role, with all that is known of it. O(1). Raises NoSuchEntity."""
        return {"Role": self._named_role(RoleName).whole()}

    @operation("ListRoles")
    def list_roles(
        self,
        now: int,
        *,
        PathPrefix: shapes.Path = UNSET,
        Marker: shapes.Marker = UNSET,
        MaxItems: shapes.MaxItems = UNSET,
    ) -> shapes.ListRolesResponse:
        """The roles whose paths begin so, in the order of their names [inferred]. O(log n + page + what it passes by).

        Without tags, boundaries and last uses [IAM API: ListRoles]. Raises ValidationError for a wrong marker.
        """
        check(
            ("pathPrefix", constraints.PATH, PathPrefix),
            ("marker", constraints.MARKER, Marker),
            ("maxItems", constraints.MAX_ITEMS, MaxItems),
        )
        check_characters("pathPrefix", PathPrefix)
        prefix, size = PathPrefix or "/", MaxItems or PAGE_SIZE
        keys = self.roles.page(
            size + 1, after=self.place_of("roles", Marker), accept=lambda role: role.path.startswith(prefix)
        )
        shown, marker = self.page("roles", now, keys, size)
        answer: shapes.ListRolesResponse = {
            "Roles": [self.roles.items[key].listed() for key in shown],
            "IsTruncated": marker is not None,
        }
        if marker is not None:
            answer["Marker"] = marker
        return answer

    @operation("DeleteRole")
    def delete_role(self, now: int, *, RoleName: shapes.RoleName) -> None:
        """Delete a role that has no policies any more. O(log n). Raises NoSuchEntity, DeleteConflict."""
        role = self._named_role(RoleName)
        if role.attached:
            raise errors.role_has_attachments()
        if role.policies:
            raise errors.role_has_policies()
        self.roles.remove(RoleName.lower())

    @operation("PutRolePolicy")
    def put_role_policy(
        self,
        now: int,
        *,
        RoleName: shapes.RoleName,
        PolicyName: shapes.PolicyName,
        PolicyDocument: shapes.PolicyDocument,
    ) -> None:
        """Make a policy part of a role, in the place of one of the same name. O(the role's policies).

        Raises NoSuchEntity, MalformedPolicyDocument, LimitExceeded.
        """
        check(
            ("roleName", constraints.ROLE_NAME, RoleName),
            ("policyName", constraints.POLICY_NAME, PolicyName),
            ("policyDocument", constraints.DOCUMENT, PolicyDocument),
        )
        check_characters("roleName", RoleName)
        check_characters("policyName", PolicyName)
        check_characters("policyDocument", PolicyDocument)
        role = self.role(RoleName)
        check_identity_policy(PolicyDocument)
        if role.policies_size(PolicyName, PolicyDocument) > _LARGEST_INLINE_POLICIES:
            raise errors.inline_policies_too_large(_LARGEST_INLINE_POLICIES, RoleName)
        role.policies[PolicyName] = PolicyDocument

    @operation("GetRolePolicy")
    def get_role_policy(
        self, now: int, *, RoleName: shapes.RoleName, PolicyName: shapes.PolicyName
    ) -> shapes.GetRolePolicyResponse:
        """A policy that is part of a role. O(its document). Raises NoSuchEntity."""
        document = self._named_policy(RoleName, PolicyName).policies[PolicyName]
        return {"RoleName": RoleName, "PolicyName": PolicyName, "PolicyDocument": document_of(document)}

    @operation("DeleteRolePolicy")
    def delete_role_policy(self, now: int, *, RoleName: shapes.RoleName, PolicyName: shapes.PolicyName) -> None:
        """Delete a policy that is part of a role. O(1). Raises NoSuchEntity."""
        del self._named_policy(RoleName, PolicyName).policies[PolicyName]

    def _named_role(self, name: str) -> Role:
        check(("roleName", constraints.ROLE_NAME, name))
        check_characters("roleName", name)
        return self.role(name)

    def _named_policy(self, role_name: str, policy_name: str) -> Role:
        """The role that has a policy of that name."""
        check(("roleName", constraints.ROLE_NAME, role_name), ("policyName", constraints.POLICY_NAME, policy_name))
        check_characters("roleName", role_name)
        check_characters("policyName", policy_name)
        role = self.role(role_name)
        if policy_name not in role.policies:
            raise errors.role_policy_not_found(policy_name)
        return role
