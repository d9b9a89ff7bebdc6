"""The structures of IAM: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum

# --- scalars with a minimum, which the client checks ----------------------------------------------------------------

Arn: TypeAlias = Annotated[str, Minimum(20)]
Marker: TypeAlias = Annotated[str, Minimum(1)]
MaxItems: TypeAlias = Annotated[int, Minimum(1)]
Path: TypeAlias = Annotated[str, Minimum(1)]
PolicyDocument: TypeAlias = Annotated[str, Minimum(1)]
PolicyName: TypeAlias = Annotated[str, Minimum(1)]
RoleName: TypeAlias = Annotated[str, Minimum(1)]
SessionDuration: TypeAlias = Annotated[int, Minimum(3600)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]

Document: TypeAlias = dict[str, Any]
"""A policy document in an answer. On the wire it is encoded as in a URL; boto3 makes a dict of it."""

# --- parts of requests and answers ----------------------------------------------------------------------------------


class Tag(TypedDict):
    """A tag of a role or a policy."""

    Key: TagKey
    Value: str


class AttachedPermissionsBoundary(TypedDict, total=False):
    """The policy that bounds what a role may do."""

    PermissionsBoundaryType: str
    PermissionsBoundaryArn: str


class RoleLastUsed(TypedDict, total=False):
    """When a role was used, which minicloud does not note: it is empty, as of a role that never was."""

    LastUsedDate: datetime
    Region: str


class SourceRoleTemplate(TypedDict):
    """What a role was made from by AcquireRole, which minicloud does not have."""

    TemplateArn: str
    TemplateMinorVersion: int


class Role(TypedDict):
    """A role. Which of the optional members there are differs by operation."""

    Path: str
    RoleName: str
    RoleId: str
    Arn: str
    CreateDate: datetime
    AssumeRolePolicyDocument: NotRequired[Document]
    Description: NotRequired[str]
    MaxSessionDuration: NotRequired[int]
    MaxSigninSessionDuration: NotRequired[int]
    PermissionsBoundary: NotRequired[AttachedPermissionsBoundary]
    Tags: NotRequired[list[Tag]]
    RoleLastUsed: NotRequired[RoleLastUsed]
    SourceRoleTemplate: NotRequired[SourceRoleTemplate]


class Policy(TypedDict, total=False):
    """A managed policy."""

    PolicyName: str
    PolicyId: str
    Arn: str
    Path: str
    DefaultVersionId: str
    AttachmentCount: int
    PermissionsBoundaryUsageCount: int
    IsAttachable: bool
    Description: str
    CreateDate: datetime
    UpdateDate: datetime
    Tags: list[Tag]


class AttachedPolicy(TypedDict, total=False):
    """A managed policy that is attached to a role."""

    PolicyName: str
    PolicyArn: str


# --- answers --------------------------------------------------------------------------------------------------------


class CreateRoleResponse(Answer):
    """The role that was made."""

    Role: Role


class GetRoleResponse(Answer):
    """The role."""

    Role: Role


class ListRolesResponse(Answer):
    """A page of roles."""

    Roles: list[Role]
    IsTruncated: NotRequired[bool]
    Marker: NotRequired[str]


class ListAttachedRolePoliciesResponse(Answer):
    """A page of the policies that are attached to a role."""

    AttachedPolicies: NotRequired[list[AttachedPolicy]]
    IsTruncated: NotRequired[bool]
    Marker: NotRequired[str]


class GetRolePolicyResponse(Answer):
    """A policy that is part of a role."""

    RoleName: str
    PolicyName: str
    PolicyDocument: Document


class CreatePolicyResponse(Answer):
    """The policy that was made."""

    Policy: NotRequired[Policy]


class GetPolicyResponse(Answer):
    """The policy."""

    Policy: NotRequired[Policy]


Tags: TypeAlias = Sequence[Tag]
