"""Credentials: of a role, for who may assume it (anybody may) or bears a token, and of the caller's own account."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final, cast

from ....core.constraints import members_of
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check
from ..state import StsState
from ..web_identity import identity_of_access_token, identity_of_id_token

__all__ = ["CredentialOperations"]

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_PLAIN_SIZE: Final = 2048
"""How many characters the policies of a session may have; AWS packs them, and says how full that is."""
_LONGEST_TOKEN: Final = 4096


class CredentialOperations(StsState):
    """The operations that make credentials."""

    @operation("AssumeRole")
    def assume_role(
        self,
        now: int,
        *,
        RoleArn: shapes.Arn,
        RoleSessionName: shapes.RoleSessionName,
        PolicyArns: Sequence[shapes.PolicyDescriptorType] = UNSET,
        Policy: shapes.Policy = UNSET,
        DurationSeconds: shapes.DurationSeconds = UNSET,
        Tags: Sequence[shapes.Tag] = UNSET,
        TransitiveTagKeys: Sequence[shapes.TagKey] = UNSET,
        ExternalId: shapes.ExternalId = UNSET,
        SerialNumber: shapes.SerialNumber = UNSET,
        TokenCode: shapes.TokenCode = UNSET,
        SourceIdentity: shapes.SourceIdentity = UNSET,
        ProvidedContexts: shapes.ProvidedContexts = UNSET,
        MinimumSessionTokenSize: shapes.MinimumSessionTokenSize = UNSET,
    ) -> shapes.AssumeRoleResponse:
        """Credentials of a role, of this account or another. The role need not exist. Lasts an hour by default.

        The session token has ``MinimumSessionTokenSize`` characters at the least.
        """
        check(
            ("roleArn", constraints.ARN, RoleArn),
            ("roleSessionName", constraints.NAME, RoleSessionName),
            *members_of("policyArns", PolicyArns, {"arn": constraints.ARN}),
            ("policy", constraints.POLICY, Policy),
            ("durationSeconds", constraints.DURATION, DurationSeconds),
            ("tags", constraints.TAGS, Tags),
            *members_of("tags", Tags, {"Key": constraints.TAG_KEY, "Value": constraints.TAG_VALUE}),
            ("transitiveTagKeys", constraints.TAGS, TransitiveTagKeys),
            *(
                (f"transitiveTagKeys.{number}.member", constraints.TAG_KEY, key)
                for number, key in enumerate(TransitiveTagKeys or (), 1)
            ),
            ("externalId", constraints.EXTERNAL_ID, ExternalId),
            ("serialNumber", constraints.SERIAL_NUMBER, SerialNumber),
            ("tokenCode", constraints.TOKEN_CODE, TokenCode),
            ("sourceIdentity", constraints.SOURCE_IDENTITY, SourceIdentity),
            ("providedContexts", constraints.CONTEXTS, ProvidedContexts),
            *members_of(
                "providedContexts",
                ProvidedContexts,
                {"ProviderArn": constraints.ARN, "ContextAssertion": constraints.ASSERTION},
            ),
            ("minimumSessionTokenSize", constraints.TOKEN_SIZE, MinimumSessionTokenSize),
        )
        account_id, name = _role_of(RoleArn)
        _check_second_factor(SerialNumber, TokenCode)
        seconds = 3600 if DurationSeconds is UNSET else DurationSeconds
        if self.caller is not None and seconds > 3600:
            raise errors.chained_session_too_long()
        packed = _packed(Policy, PolicyArns, Tags)
        least = MinimumSessionTokenSize or 0
        user, credentials = self._session(now, RoleArn, account_id, name, RoleSessionName, seconds, least)
        answer: shapes.AssumeRoleResponse = {"Credentials": credentials, "AssumedRoleUser": user}
        if packed:
            answer["PackedPolicySize"] = packed
        if SourceIdentity is not UNSET:
            answer["SourceIdentity"] = SourceIdentity
        answer.update(_size_of(credentials))  # type: ignore[typeddict-item]
        return answer

    @operation("AssumeRoleWithWebIdentity")
    def assume_role_with_web_identity(
        self,
        now: int,
        *,
        RoleArn: shapes.Arn,
        RoleSessionName: shapes.RoleSessionName,
        WebIdentityToken: shapes.WebIdentityToken,
        ProviderId: shapes.ProviderId = UNSET,
        PolicyArns: Sequence[shapes.PolicyDescriptorType] = UNSET,
        Policy: shapes.Policy = UNSET,
        DurationSeconds: shapes.DurationSeconds = UNSET,
        MinimumSessionTokenSize: shapes.MinimumSessionTokenSize = UNSET,
    ) -> shapes.AssumeRoleWithWebIdentityResponse:
        """Credentials of a role for who bears a token of an identity provider.

        The token is a JSON web token, whose signature is not looked at, or, with ``ProviderId``, any access token.
        Raises InvalidIdentityTokenException for another one, ExpiredTokenException when its time is over.
        """
        check(
            ("roleArn", constraints.ARN, RoleArn),
            ("roleSessionName", constraints.NAME, RoleSessionName),
            ("webIdentityToken", constraints.WEB_IDENTITY_TOKEN, WebIdentityToken),
            ("providerId", constraints.PROVIDER_ID, ProviderId),
            *members_of("policyArns", PolicyArns, {"arn": constraints.ARN}),
            ("policy", constraints.IDENTITY_POLICY, Policy),
            ("durationSeconds", constraints.DURATION, DurationSeconds),
            ("minimumSessionTokenSize", constraints.TOKEN_SIZE, MinimumSessionTokenSize),
        )
        account_id, name = _role_of(RoleArn)
        if ProviderId is UNSET:
            account = f"arn:{self.partition}:iam::{account_id}:"
            identity = identity_of_id_token(WebIdentityToken, now // SECOND, account)
        else:
            identity = identity_of_access_token(WebIdentityToken, ProviderId, self.world.ids)
        packed = _packed(Policy, PolicyArns)
        seconds = 3600 if DurationSeconds is UNSET else DurationSeconds
        least = MinimumSessionTokenSize or 0
        user, credentials = self._session(now, RoleArn, account_id, name, RoleSessionName, seconds, least)
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
        answer |= _size_of(credentials)
        return cast("shapes.AssumeRoleWithWebIdentityResponse", answer)

    @operation("GetSessionToken")
    def get_session_token(
        self,
        now: int,
        *,
        DurationSeconds: shapes.DurationSeconds = UNSET,
        SerialNumber: shapes.SerialNumber = UNSET,
        TokenCode: shapes.TokenCode = UNSET,
        MinimumSessionTokenSize: shapes.MinimumSessionTokenSize = UNSET,
    ) -> shapes.GetSessionTokenResponse:
        """Credentials of the caller's own account, for twelve hours by default.

        Raises AccessDenied for a role's session.
        """
        check(
            ("durationSeconds", constraints.SESSION_DURATION, DurationSeconds),
            ("serialNumber", constraints.SERIAL_NUMBER, SerialNumber),
            ("tokenCode", constraints.TOKEN_CODE, TokenCode),
            ("minimumSessionTokenSize", constraints.TOKEN_SIZE, MinimumSessionTokenSize),
        )
        if self.caller is not None:
            raise errors.session_token_for_session()
        _check_second_factor(SerialNumber, TokenCode)
        seconds = 43_200 if DurationSeconds is UNSET else DurationSeconds
        least = MinimumSessionTokenSize or 0
        credentials = self.make_credentials(now, self.account_id, seconds, None, least)
        return {"Credentials": credentials, **_size_of(credentials)}  # type: ignore[typeddict-item]

    def _session(
        self, now: int, role_arn: str, account_id: str, name: str, session_name: str, seconds: int, least: int
    ) -> tuple[shapes.AssumedRoleUser, shapes.Credentials]:
        """A session of a role, and its credentials."""
        role_id = self.world.ids.iam_id("AROA", f"role/{role_arn}")
        arn = f"arn:{self.partition}:sts::{account_id}:assumed-role/{name}/{session_name}"
        user_id = f"{role_id}:{session_name}"
        credentials = self.make_credentials(now, account_id, seconds, (arn, user_id), least)
        return {"AssumedRoleId": user_id, "Arn": arn}, credentials


def _size_of(credentials: shapes.Credentials) -> dict[str, int]:
    """How long a session's token is, and how much that is of the longest that there may be, per cent. [inferred]"""
    size = len(credentials["SessionToken"])
    return {"SessionTokenUtilization": -(-size * 100 // _LONGEST_TOKEN), "SessionTokenSize": size}


def _role_of(arn: str) -> tuple[str, str]:
    """The account and the name of a role. Raises ValidationError for what is not a role's ARN."""
    role = _ROLE_ARN.fullmatch(arn)
    if role is None:
        raise errors.role_arn_invalid()
    return role[1], role[2]


def _check_second_factor(serial_number: str, code: str) -> None:
    """Raise AccessDenied for half of what a second factor takes. Which device it is, and its code, nobody looks at."""
    if (serial_number is UNSET) != (code is UNSET):
        raise errors.second_factor_incomplete()


def _packed(policy: str, arns: Sequence[shapes.PolicyDescriptorType], tags: Sequence[shapes.Tag] = ()) -> int:
    """How full a session is of its policies and tags, per cent. Raises an error when that is too much.

    AWS's packing is its own secret; that policies have 2,048 characters at most is not. Tags may well be packed closer
    than that, so they alone are never too much. Raises MalformedPolicyDocument, too.
    """
    if policy is not UNSET and not _is_policy(policy):
        raise errors.policy_malformed()
    policies = len(policy or "") + sum(len(each.get("arn", "")) for each in arns or ())
    if policies > _PLAIN_SIZE:
        raise errors.policy_too_large(-(-policies * 100 // _PLAIN_SIZE))
    all_tags = sum(len(tag["Key"]) + len(tag["Value"]) for tag in tags or ())
    return min(-(-(policies + all_tags) * 100 // _PLAIN_SIZE), 100)


def _is_policy(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
