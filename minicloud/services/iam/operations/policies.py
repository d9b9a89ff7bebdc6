"""Managed policies, and which roles they are attached to.

AWS has policies of its own, ``arn:aws:iam::aws:policy/...``, and nobody else knows which. So all of them are there, as
far as that can be: a role can attach each, and GetPolicy says what is in its ARN, and neither a version nor a date.
"""

from __future__ import annotations

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, check_characters, check_tags, tag_members
from ..document import check_identity_policy, size_of
from ..policy import Policy
from ..state import PAGE_SIZE, IamState

__all__ = ["PolicyOperations"]

_LARGEST_POLICY = 6144
_MOST_ATTACHED = 10
"""To a role, unless AWS has raised it. [IAM user guide: quotas]"""


class PolicyOperations(IamState):
    """The operations on managed policies."""

    @operation("CreatePolicy")
    def create_policy(
        self,
        now: int,
        *,
        PolicyName: shapes.PolicyName,
        Path: shapes.Path = UNSET,
        PolicyDocument: shapes.PolicyDocument,
        Description: str = UNSET,
        Tags: shapes.Tags = UNSET,
    ) -> shapes.CreatePolicyResponse:
        """Make a policy, which is kept and has no effect. O(log n).

        Raises EntityAlreadyExists for a name that there is, in whatever case and path; MalformedPolicyDocument,
        LimitExceeded for a document.
        """
        check(
            ("policyName", constraints.POLICY_NAME, PolicyName),
            ("path", constraints.PATH, Path),
            ("policyDocument", constraints.DOCUMENT, PolicyDocument),
            ("description", constraints.DESCRIPTION, Description),
            *tag_members(Tags),
        )
        check_characters("policyName", PolicyName)
        check_characters("policyPath", Path)
        check_characters("policyDocument", PolicyDocument)
        check_tags(Tags)
        check_identity_policy(PolicyDocument)
        if size_of(PolicyDocument) > _LARGEST_POLICY:
            raise errors.policy_too_large(_LARGEST_POLICY)
        if PolicyName.lower() in self.policies.items:
            raise errors.policy_exists(PolicyName)
        path = Path or "/"
        arn = f"{self.arn_prefix}policy{path}{PolicyName}"
        policy_id, generation = self.new_id("ANPA", arn)
        tags = [(tag["Key"], tag["Value"]) for tag in Tags or ()]
        policy = Policy(
            PolicyName, path, policy_id, arn, self.date(now), PolicyDocument, Description or "", tags, generation
        )
        answer: shapes.CreatePolicyResponse = {"Policy": policy.shown(0, 0, is_whole=False)}
        self.policies.add(PolicyName.lower(), policy)
        self.made[arn] = generation + 1
        return answer

    @operation("GetPolicy")
    def get_policy(self, now: int, *, PolicyArn: shapes.Arn) -> shapes.GetPolicyResponse:
        """A policy. O(roles), for they say how often it is attached. Raises NoSuchEntity, InvalidInput."""
        check(("policyArn", constraints.ARN, PolicyArn))
        policy = self.find_policy(PolicyArn)
        attached, bounds = self._uses_of(PolicyArn)
        if policy is not None:
            return {"Policy": policy.shown(attached, bounds, is_whole=True)}
        if not PolicyArn.startswith(self.managed_prefix):
            raise errors.policy_not_found(PolicyArn)
        return {
            "Policy": {
                "PolicyName": self.policy_name(PolicyArn),
                "PolicyId": self.world.ids.iam_id("ANPA", f"policy/{PolicyArn}"),
                "Arn": PolicyArn,
                "Path": self.policy_path(PolicyArn),
                "AttachmentCount": attached,
                "PermissionsBoundaryUsageCount": bounds,
                "IsAttachable": True,
            }
        }

    @operation("DeletePolicy")
    def delete_policy(self, now: int, *, PolicyArn: shapes.Arn) -> None:
        """Delete a policy that no role has. O(roles).

        Raises NoSuchEntity, DeleteConflict, InvalidInput, and AccessDenied for one of AWS's own.
        """
        check(("policyArn", constraints.ARN, PolicyArn))
        policy = self.find_policy(PolicyArn)
        if policy is None:
            if PolicyArn.startswith(self.managed_prefix):
                raise errors.policy_of_others()
            raise errors.policy_not_found(PolicyArn)
        if any(self._uses_of(PolicyArn)):
            raise errors.policy_in_use()
        self.policies.remove(policy.name.lower())

    @operation("AttachRolePolicy")
    def attach_role_policy(self, now: int, *, RoleName: shapes.RoleName, PolicyArn: shapes.Arn) -> None:
        """Attach a policy to a role; again changes nothing. O(1).

        Raises NoSuchEntity, InvalidInput, and LimitExceeded for the eleventh.
        """
        self._check(RoleName, PolicyArn)
        role = self.role(RoleName)
        if not self.is_attachable(PolicyArn):
            raise errors.policy_not_attachable(PolicyArn)
        if PolicyArn not in role.attached and len(role.attached) >= _MOST_ATTACHED:
            raise errors.too_many_attachments(_MOST_ATTACHED)
        role.attached[PolicyArn] = None

    @operation("DetachRolePolicy")
    def detach_role_policy(self, now: int, *, RoleName: shapes.RoleName, PolicyArn: shapes.Arn) -> None:
        """Detach a policy from a role. O(1). Raises NoSuchEntity, also when it is not attached; InvalidInput."""
        self._check(RoleName, PolicyArn)
        role = self.role(RoleName)
        self.policy_name(PolicyArn)
        if PolicyArn not in role.attached:
            raise errors.policy_not_found(PolicyArn)
        del role.attached[PolicyArn]

    @operation("ListAttachedRolePolicies")
    def list_attached_role_policies(
        self,
        now: int,
        *,
        RoleName: shapes.RoleName,
        PathPrefix: shapes.Path = UNSET,
        Marker: shapes.Marker = UNSET,
        MaxItems: shapes.MaxItems = UNSET,
    ) -> shapes.ListAttachedRolePoliciesResponse:
        """The policies that are attached to a role, in the order of their ARNs [inferred]. O(them).

        Raises NoSuchEntity, and ValidationError for a wrong marker.
        """
        check(
            ("roleName", constraints.ROLE_NAME, RoleName),
            ("pathPrefix", constraints.PATH, PathPrefix),
            ("marker", constraints.MARKER, Marker),
            ("maxItems", constraints.MAX_ITEMS, MaxItems),
        )
        check_characters("roleName", RoleName)
        check_characters("pathPrefix", PathPrefix)
        role = self.role(RoleName)
        after = self.place_of("attached", Marker) or ""
        prefix, size = PathPrefix or "/", MaxItems or PAGE_SIZE
        arns = sorted(arn for arn in role.attached if arn > after and self.policy_path(arn).startswith(prefix))
        shown, marker = self.page("attached", now, arns, size)
        answer: shapes.ListAttachedRolePoliciesResponse = {
            "AttachedPolicies": [{"PolicyName": self.policy_name(arn), "PolicyArn": arn} for arn in shown],
            "IsTruncated": marker is not None,
        }
        if marker is not None:
            answer["Marker"] = marker
        return answer

    def _check(self, role_name: str, arn: str) -> None:
        check(("roleName", constraints.ROLE_NAME, role_name), ("policyArn", constraints.ARN, arn))
        check_characters("roleName", role_name)

    def _uses_of(self, arn: str) -> tuple[int, int]:
        """How many roles it is attached to, and how many it bounds."""
        roles = self.roles.items.values()
        return sum(arn in role.attached for role in roles), sum(role.boundary == arn for role in roles)
