"""AWS STS: who is calling, and credentials of another account or for a while.

Credentials are made and nobody's rights are checked: whoever asks for a role gets it, also who shows a token of an
identity provider (``web_identity``). A client that is made with them acts for the role's account, as the role's
session: the credentials say so themselves (``keys``).
"""

# No ``from __future__ import annotations``: a TypedDict with postponed annotations forgets which members are required.

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NotRequired, TypedDict, cast

from ...core.arns import caller_arn, partition_of
from ...core.operation import operation
from ...core.shapes import Minimum
from ...core.timeline import SECOND
from ...core.unset import UNSET
from ...core.world import World
from ...exceptions import AwsError
from . import constraints
from .constraints import check
from .keys import Caller, account_of_key, key_for, token_for
from .web_identity import identity_of_access_token, identity_of_id_token

__all__ = ["AssumeRoleResponse", "AssumeRoleWithWebIdentityResponse", "Credentials", "GetCallerIdentityResponse", "Sts"]

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_PLAIN_SIZE: Final = 2048
"""How many characters the policies of a session may have; AWS packs them, and says how full that is."""
_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ID_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class GetCallerIdentityResponse(TypedDict):
    """Who is calling."""

    UserId: str
    Account: str
    Arn: str


class Credentials(TypedDict):
    """What a client signs with, and until when."""

    AccessKeyId: str
    SecretAccessKey: str
    SessionToken: str
    Expiration: datetime.datetime


class AssumedRoleUser(TypedDict):
    """Who a client with the credentials is."""

    AssumedRoleId: str
    Arn: str


class AssumeRoleResponse(TypedDict):
    """The credentials of a role's session."""

    Credentials: Credentials
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: NotRequired[int]
    SourceIdentity: NotRequired[str]


class AssumeRoleWithWebIdentityResponse(TypedDict):
    """The credentials of a role's session, and whose token they were given for."""

    Credentials: Credentials
    SubjectFromWebIdentityToken: str
    AssumedRoleUser: AssumedRoleUser
    PackedPolicySize: NotRequired[int]
    Provider: str
    Audience: str
    SourceIdentity: NotRequired[str]


class GetSessionTokenResponse(TypedDict):
    """The credentials of a session of the caller's own."""

    Credentials: Credentials


class GetAccessKeyInfoResponse(TypedDict):
    """Whose key it is."""

    Account: str


class PolicyDescriptorType(TypedDict, total=False):
    """A managed policy by its ARN."""

    arn: Annotated[str, Minimum(20)]


class Tag(TypedDict):
    """A tag of a session."""

    Key: Annotated[str, Minimum(1)]
    Value: str


class ProvidedContext(TypedDict, total=False):
    """A context assertion from a trusted provider."""

    ProviderArn: Annotated[str, Minimum(20)]
    ContextAssertion: Annotated[str, Minimum(4)]


class Sts:
    """The STS of one account in one region. All it remembers is how many credentials it has made."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self._partition = partition_of(region_name)
        self._caller: Caller | None = None
        """The role's session that the client acts as; None for the account's user."""
        self.reset()

    def catch_up(self, now: int) -> None:
        """Nothing of STS ends by itself."""

    def reset(self) -> None:
        """Start over with the seed."""
        self._random = self.world.ids.random(f"sts/{self.account_id}/{self.region_name}")
        self._salt = self._random.getrandbits(23)

    def acting_as(self, caller: Caller) -> "Sts":
        """What a client with a role's credentials sees. It makes credentials of its own."""
        seen = Sts(self.account_id, self.region_name, self.world)
        seen._caller = caller
        seen._random = self.world.ids.random(f"sts/{self.account_id}/{self.region_name}/{caller[1]}")
        seen._salt = seen._random.getrandbits(23)
        return seen

    @operation("AssumeRole")
    def assume_role(
        self,
        now: int,
        *,
        RoleArn: Annotated[str, Minimum(20)],
        RoleSessionName: Annotated[str, Minimum(2)],
        PolicyArns: Sequence[PolicyDescriptorType] = UNSET,
        Policy: Annotated[str, Minimum(1)] = UNSET,
        DurationSeconds: Annotated[int, Minimum(900)] = UNSET,
        Tags: Sequence[Tag] = UNSET,
        TransitiveTagKeys: Sequence[Annotated[str, Minimum(1)]] = UNSET,
        ExternalId: Annotated[str, Minimum(2)] = UNSET,
        SerialNumber: Annotated[str, Minimum(9)] = UNSET,
        TokenCode: Annotated[str, Minimum(6)] = UNSET,
        SourceIdentity: Annotated[str, Minimum(2)] = UNSET,
        ProvidedContexts: Annotated[Sequence[ProvidedContext], Minimum(1)] = UNSET,
    ) -> AssumeRoleResponse:
        """Credentials of a role, of this account or another. The role need not exist. Lasts an hour by default."""
        check(
            ("roleArn", constraints.ARN, RoleArn),
            ("roleSessionName", constraints.NAME, RoleSessionName),
            *_members("policyArns", PolicyArns, {"arn": constraints.ARN}),
            ("policy", constraints.POLICY, Policy),
            ("durationSeconds", constraints.DURATION, DurationSeconds),
            ("tags", constraints.TAGS, Tags),
            *_members("tags", Tags, {"Key": constraints.TAG_KEY, "Value": constraints.TAG_VALUE}),
            ("transitiveTagKeys", constraints.TAGS, TransitiveTagKeys),
            *(
                (f"transitiveTagKeys.{number}.member", constraints.TAG_KEY, key)
                for number, key in enumerate(TransitiveTagKeys or (), 1)
            ),
            ("externalId", constraints.EXTERNAL_ID, ExternalId),
            ("serialNumber", constraints.SERIAL_NUMBER, SerialNumber),
            ("tokenCode", constraints.TOKEN_CODE, TokenCode),
            ("sourceIdentity", constraints.NAME, SourceIdentity),
            ("providedContexts", constraints.CONTEXTS, ProvidedContexts),
            *_members(
                "providedContexts",
                ProvidedContexts,
                {"ProviderArn": constraints.ARN, "ContextAssertion": constraints.ASSERTION},
            ),
        )
        account_id, name = _role_of(RoleArn)
        _check_second_factor(SerialNumber, TokenCode)
        seconds = 3600 if DurationSeconds is UNSET else DurationSeconds
        if self._caller is not None and seconds > 3600:
            raise AwsError(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            )
        packed = _packed(Policy, PolicyArns, Tags)
        user, credentials = self._session(now, RoleArn, account_id, name, RoleSessionName, seconds)
        answer: AssumeRoleResponse = {"Credentials": credentials, "AssumedRoleUser": user}
        if packed:
            answer["PackedPolicySize"] = packed
        if SourceIdentity is not UNSET:
            answer["SourceIdentity"] = SourceIdentity
        return answer

    @operation("AssumeRoleWithWebIdentity")
    def assume_role_with_web_identity(
        self,
        now: int,
        *,
        RoleArn: Annotated[str, Minimum(20)],
        RoleSessionName: Annotated[str, Minimum(2)],
        WebIdentityToken: Annotated[str, Minimum(4)],
        ProviderId: Annotated[str, Minimum(4)] = UNSET,
        PolicyArns: Sequence[PolicyDescriptorType] = UNSET,
        Policy: Annotated[str, Minimum(1)] = UNSET,
        DurationSeconds: Annotated[int, Minimum(900)] = UNSET,
    ) -> AssumeRoleWithWebIdentityResponse:
        """Credentials of a role for who bears a token of an identity provider.

        The token is a JSON web token, whose signature is not looked at, or, with ``ProviderId``, any access token.
        Raises InvalidIdentityTokenException for another one, ExpiredTokenException when its time is over.
        """
        check(
            ("roleArn", constraints.ARN, RoleArn),
            ("roleSessionName", constraints.NAME, RoleSessionName),
            ("webIdentityToken", constraints.WEB_IDENTITY_TOKEN, WebIdentityToken),
            ("providerId", constraints.PROVIDER_ID, ProviderId),
            *_members("policyArns", PolicyArns, {"arn": constraints.ARN}),
            ("policy", constraints.IDENTITY_POLICY, Policy),
            ("durationSeconds", constraints.DURATION, DurationSeconds),
        )
        account_id, name = _role_of(RoleArn)
        if ProviderId is UNSET:
            account = f"arn:{self._partition}:iam::{account_id}:"
            identity = identity_of_id_token(WebIdentityToken, now // SECOND, account)
        else:
            identity = identity_of_access_token(WebIdentityToken, ProviderId, self.world.ids)
        packed = _packed(Policy, PolicyArns)
        seconds = 3600 if DurationSeconds is UNSET else DurationSeconds
        user, credentials = self._session(now, RoleArn, account_id, name, RoleSessionName, seconds)
        answer: dict[str, Any] = {  # filled in the model's order
            "Credentials": credentials,
            "SubjectFromWebIdentityToken": identity.subject,
            "AssumedRoleUser": user,
        }
        if packed:
            answer["PackedPolicySize"] = packed
        answer["Provider"] = identity.provider
        answer["Audience"] = identity.audience
        if identity.source_identity is not None:
            answer["SourceIdentity"] = identity.source_identity
        return cast("AssumeRoleWithWebIdentityResponse", answer)

    @operation("GetAccessKeyInfo")
    def get_access_key_info(self, now: int, *, AccessKeyId: Annotated[str, Minimum(16)]) -> GetAccessKeyInfoResponse:
        """The account of an access key: of one that this cloud's STS made, and the caller's own for any other."""
        check(("accessKeyId", constraints.ACCESS_KEY_ID, AccessKeyId))
        return {"Account": account_of_key(AccessKeyId) or self.account_id}

    @operation("GetCallerIdentity")
    def get_caller_identity(self, now: int) -> GetCallerIdentityResponse:
        """Whom the client acts as: the account's user, or, with credentials of AssumeRole, the role's session."""
        if self._caller is not None:
            arn, user_id = self._caller
            return {"UserId": user_id, "Account": self.account_id, "Arn": arn}
        return {
            "UserId": self.world.ids.user_id(self.account_id),
            "Account": self.account_id,
            "Arn": caller_arn(self.account_id, self.region_name),
        }

    @operation("GetSessionToken")
    def get_session_token(
        self,
        now: int,
        *,
        DurationSeconds: Annotated[int, Minimum(900)] = UNSET,
        SerialNumber: Annotated[str, Minimum(9)] = UNSET,
        TokenCode: Annotated[str, Minimum(6)] = UNSET,
    ) -> GetSessionTokenResponse:
        """Credentials of the caller's own account, for twelve hours by default.

        Raises AccessDenied for a role's session.
        """
        check(
            ("durationSeconds", constraints.SESSION_DURATION, DurationSeconds),
            ("serialNumber", constraints.SERIAL_NUMBER, SerialNumber),
            ("tokenCode", constraints.TOKEN_CODE, TokenCode),
        )
        if self._caller is not None:
            raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
        _check_second_factor(SerialNumber, TokenCode)
        seconds = 43_200 if DurationSeconds is UNSET else DurationSeconds
        return {"Credentials": self._credentials(now, self.account_id, seconds, None)}

    def _session(
        self, now: int, role_arn: str, account_id: str, name: str, session_name: str, seconds: int
    ) -> tuple[AssumedRoleUser, Credentials]:
        """A session of a role, and its credentials."""
        role_id = "AROA" + "".join(self.world.ids.random(f"role/{role_arn}").choices(_ID_CHARACTERS, k=17))
        arn = f"arn:{self._partition}:sts::{account_id}:assumed-role/{name}/{session_name}"
        user_id = f"{role_id}:{session_name}"
        credentials = self._credentials(now, account_id, seconds, (arn, user_id))
        return {"AssumedRoleId": user_id, "Arn": arn}, credentials

    def _credentials(self, now: int, account_id: str, seconds: int, caller: Caller | None) -> Credentials:
        self._salt += 1
        choices = self._random.choices
        return {
            "AccessKeyId": key_for(account_id, self._salt),
            "SecretAccessKey": "".join(choices(_CHARACTERS, k=40)),
            "SessionToken": token_for(caller, self._random.randbytes(255)),
            "Expiration": datetime.datetime.fromtimestamp(now // SECOND + seconds, datetime.UTC),
        }


def _members(
    path: str, items: Sequence[Mapping[str, Any]], members: Mapping[str, constraints.Constraint]
) -> list[tuple[str, constraints.Constraint, Any]]:
    """What there is to check of the structures in a list, by the names of their members, as errors spell them."""
    return [
        (f"{path}.{number}.member.{name[0].lower()}{name[1:]}", constraint, item.get(name, UNSET))
        for number, item in enumerate(items or (), 1)
        for name, constraint in members.items()
    ]


def _role_of(arn: str) -> tuple[str, str]:
    """The account and the name of a role. Raises ValidationError for what is no role's ARN."""
    role = _ROLE_ARN.fullmatch(arn)
    if role is None:
        raise AwsError("ValidationError", "Request ARN is invalid")
    return role[1], role[2]


def _check_second_factor(serial_number: str, code: str) -> None:
    """Raise AccessDenied for half of what a second factor takes. Which device it is, and its code, nobody looks at."""
    if (serial_number is UNSET) != (code is UNSET):
        raise AwsError(
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            403,
        )


def _packed(policy: str, arns: Sequence[PolicyDescriptorType], tags: Sequence[Tag] = ()) -> int:
    """How full a session is of its policies and tags, per cent. Raises an error when that is too much.

    AWS's packing is its own secret; that policies have 2,048 characters at most is not. Tags may well be packed closer
    than that, so they alone are never too much. Raises MalformedPolicyDocument, too.
    """
    if policy is not UNSET and not _is_policy(policy):
        text = "This policy contains invalid Json"
        raise AwsError("MalformedPolicyDocument", text, shape="MalformedPolicyDocumentException")
    policies = len(policy or "") + sum(len(each.get("arn", "")) for each in arns or ())
    if policies > _PLAIN_SIZE:
        packed = -(-policies * 100 // _PLAIN_SIZE)
        text = f"Packed policy consumes {packed}% of allotted space, please use smaller policy."
        raise AwsError("PackedPolicyTooLarge", text, shape="PackedPolicyTooLargeException")
    all_tags = sum(len(tag["Key"]) + len(tag["Value"]) for tag in tags or ())
    return min(-(-(policies + all_tags) * 100 // _PLAIN_SIZE), 100)


def _is_policy(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
