"""AWS STS: who is calling, and credentials of another account or for a while.

Credentials are made and nobody's rights are checked: whoever asks for a role gets it. A client that is made with them
acts for the role's account, as the role's session: the credentials say so themselves (``keys``).
"""

# No ``from __future__ import annotations``: a TypedDict with postponed annotations forgets which members are required.

import datetime
import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, NotRequired, TypedDict

from .._spec import UNSET, Length, Minimum, operation
from .._timeline import SECOND
from .._world import World, partition_of
from ..exceptions import AwsError
from .keys import Caller, account_of_key, key_for, token_for

__all__ = ["AssumeRoleResponse", "Credentials", "GetCallerIdentityResponse", "Sts"]

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_NAME = r"[\w+=,.@-]*"
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


class GetSessionTokenResponse(TypedDict):
    """The credentials of a session of the caller's own."""

    Credentials: Credentials


class GetAccessKeyInfoResponse(TypedDict):
    """Whose key it is."""

    Account: str


class PolicyDescriptorType(TypedDict, total=False):
    """A managed policy by its ARN."""

    arn: Annotated[str, Length(20)]


class Tag(TypedDict):
    """A tag of a session."""

    Key: Annotated[str, Length(1)]
    Value: str


class ProvidedContext(TypedDict, total=False):
    """A context assertion from a trusted provider."""

    ProviderArn: Annotated[str, Length(20)]
    ContextAssertion: Annotated[str, Length(4)]


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
        RoleArn: Annotated[str, Length(20)],
        RoleSessionName: Annotated[str, Length(2)],
        PolicyArns: Sequence[PolicyDescriptorType] = UNSET,
        Policy: Annotated[str, Length(1)] = UNSET,
        DurationSeconds: Annotated[int, Minimum(900)] = UNSET,
        Tags: Sequence[Tag] = UNSET,
        TransitiveTagKeys: Sequence[Annotated[str, Length(1)]] = UNSET,
        ExternalId: Annotated[str, Length(2)] = UNSET,
        SerialNumber: Annotated[str, Length(9)] = UNSET,
        TokenCode: Annotated[str, Length(6)] = UNSET,
        SourceIdentity: Annotated[str, Length(2)] = UNSET,
        ProvidedContexts: Annotated[Sequence[ProvidedContext], Length(1)] = UNSET,
    ) -> AssumeRoleResponse:
        """Credentials of a role, of this account or another. The role need not exist. Lasts an hour by default."""
        seconds = _duration(DurationSeconds, 3600, 43_200)
        _check_name("roleSessionName", RoleSessionName)
        if SourceIdentity is not UNSET:
            _check_name("sourceIdentity", SourceIdentity)
        role = _ROLE_ARN.fullmatch(RoleArn)
        if role is None:
            raise AwsError("ValidationError", "Request ARN is invalid")
        account_id, name = role.groups()
        role_id = "AROA" + "".join(self.world.ids.random(f"role/{RoleArn}").choices(_ID_CHARACTERS, k=17))
        arn = f"arn:{self._partition}:sts::{account_id}:assumed-role/{name}/{RoleSessionName}"
        user_id = f"{role_id}:{RoleSessionName}"
        answer: AssumeRoleResponse = {
            "Credentials": self._credentials(now, account_id, seconds, (arn, user_id)),
            "AssumedRoleUser": {"AssumedRoleId": user_id, "Arn": arn},
        }
        packed = len(Policy or "") + sum(len(policy.get("arn", "")) for policy in PolicyArns or ())
        packed += sum(len(tag["Key"]) + len(tag["Value"]) for tag in Tags or ())
        if packed:
            answer["PackedPolicySize"] = -(-packed * 100 // 2048)
        if SourceIdentity is not UNSET:
            answer["SourceIdentity"] = SourceIdentity
        return answer

    @operation("GetAccessKeyInfo")
    def get_access_key_info(self, now: int, *, AccessKeyId: Annotated[str, Length(16)]) -> GetAccessKeyInfoResponse:
        """The account of an access key: of one that this cloud's STS made, and the caller's own for any other."""
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
            "Arn": f"arn:{self._partition}:iam::{self.account_id}:user/minicloud",
        }

    @operation("GetSessionToken")
    def get_session_token(
        self,
        now: int,
        *,
        DurationSeconds: Annotated[int, Minimum(900)] = UNSET,
        SerialNumber: Annotated[str, Length(9)] = UNSET,
        TokenCode: Annotated[str, Length(6)] = UNSET,
    ) -> GetSessionTokenResponse:
        """Credentials of the caller's own account, for twelve hours by default."""
        seconds = _duration(DurationSeconds, 43_200, 129_600)
        return {"Credentials": self._credentials(now, self.account_id, seconds, self._caller)}

    def _credentials(self, now: int, account_id: str, seconds: int, caller: Caller | None) -> Credentials:
        self._salt += 1
        choices = self._random.choices
        return {
            "AccessKeyId": key_for(account_id, self._salt),
            "SecretAccessKey": "".join(choices(_CHARACTERS, k=40)),
            "SessionToken": token_for(caller, self._random.randbytes(255)),
            "Expiration": datetime.datetime.fromtimestamp(now // SECOND + seconds, datetime.UTC),
        }


def _duration(given: Any, default: int, most: int) -> int:
    if given is UNSET:
        return default
    seconds: int = given
    if seconds > most:
        raise _constraint("durationSeconds", seconds, f"Member must have value less than or equal to {most}")
    return seconds


def _check_name(path: str, value: str) -> None:
    if len(value) > 64:
        raise _constraint(path, value, "Member must have length less than or equal to 64")
    if not re.fullmatch(_NAME, value, re.ASCII):
        raise _constraint(path, value, f"Member must satisfy regular expression pattern: {_NAME}")


def _constraint(path: str, value: object, rule: str) -> AwsError:
    text = f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {rule}"
    return AwsError("ValidationError", text)
