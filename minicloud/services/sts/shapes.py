"""The structures of AWS STS: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum

# --- scalars with a minimum, which the client checks ----------------------------------------------------------------

AccessKeyId: TypeAlias = Annotated[str, Minimum(16)]
Arn: TypeAlias = Annotated[str, Minimum(20)]
DurationSeconds: TypeAlias = Annotated[int, Minimum(900)]
ExternalId: TypeAlias = Annotated[str, Minimum(2)]
Policy: TypeAlias = Annotated[str, Minimum(1)]
ProviderId: TypeAlias = Annotated[str, Minimum(4)]
MinimumSessionTokenSize: TypeAlias = Annotated[int, Minimum(0)]
RoleSessionName: TypeAlias = Annotated[str, Minimum(2)]
SerialNumber: TypeAlias = Annotated[str, Minimum(9)]
SourceIdentity: TypeAlias = Annotated[str, Minimum(2)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TokenCode: TypeAlias = Annotated[str, Minimum(6)]
WebIdentityToken: TypeAlias = Annotated[str, Minimum(4)]

# --- parts of requests ----------------------------------------------------------------------------------------------


class PolicyDescriptorType(TypedDict, total=False):
    """A managed policy by its ARN."""

    arn: Arn


class Tag(TypedDict):
    """A tag of a session."""

    Key: TagKey
    Value: str


class ProvidedContext(TypedDict, total=False):
    """A context assertion from a trusted provider."""

    ProviderArn: Arn
    ContextAssertion: Annotated[str, Minimum(4)]


ProvidedContexts: TypeAlias = Annotated[Sequence[ProvidedContext], Minimum(1)]

# --- parts of answers -----------------------------------------------------------------------------------------------


class Credentials(TypedDict):
    """What a client signs with, and until when."""

    AccessKeyId: str
    SecretAccessKey: str
    SessionToken: str
    Expiration: datetime


class AssumedRoleUser(TypedDict):
    """Who a client with the credentials is."""

    AssumedRoleId: str
    Arn: str


class OriginIdentity(TypedDict, total=False):
    """The end user on whose behalf a session acts."""

    Subject: str
    SubjectType: str
    Issuer: str
    FederatedProviderArn: str


class TransactionContext(TypedDict, total=False):
    """What an identity provider says more."""

    IdentityProvider: Mapping[str, str]


class TrustedIdentityPropagationContext(TypedDict, total=False):
    """What AWS sets in sessions through a context provider of an identity provider; here there is none."""

    OriginIdentity: OriginIdentity
    TransactionContext: TransactionContext


# --- answers --------------------------------------------------------------------------------------------------------


class AssumeRoleResponse(Answer):
    """The credentials of a role's session."""

    Credentials: Credentials
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: NotRequired[int]
    SourceIdentity: NotRequired[str]
    SessionTokenUtilization: NotRequired[int]
    SessionTokenSize: NotRequired[int]


class AssumeRoleWithWebIdentityResponse(Answer):
    """The credentials of a role's session, and whose token they were given for."""

    Credentials: Credentials
    SubjectFromWebIdentityToken: str
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: NotRequired[int]
    Provider: str
    Audience: str
    SourceIdentity: NotRequired[str]
    SessionTokenUtilization: NotRequired[int]
    SessionTokenSize: NotRequired[int]
    TrustedIdentityPropagationContext: NotRequired[TrustedIdentityPropagationContext]


class GetAccessKeyInfoResponse(Answer):
    """Whose key it is."""

    Account: str


class GetCallerIdentityResponse(Answer):
    """Who is calling."""

    UserId: str
    Account: str
    Arn: str


class GetSessionTokenResponse(Answer):
    """The credentials of a session of the caller's own."""

    Credentials: Credentials
    SessionTokenUtilization: NotRequired[int]
    SessionTokenSize: NotRequired[int]
