"""STS: roles, and what it refuses. Who a client with a role's credentials is: ``tests/boto/test_sts.py``."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

import minicloud
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient, error_class

ROLE = "arn:aws:iam::000000000042:role/team/my-role"
ACCOUNT = "arn:aws:iam::000000000042:"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
NOT_A_TOKEN = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"


@pytest.fixture
def sts(make_client: MakeClient) -> Any:
    return make_client("sts")


def token_of(claims: object, header: object = None) -> str:
    """A JSON web token that nobody has signed."""
    parts = [header or {"alg": "RS256", "typ": "JWT"}, claims]
    texts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])


def claims_at(cloud: minicloud.Cloud, **changed: object) -> dict[str, object]:
    claims = {
        "iss": "https://oidc.eks.eu-west-1.amazonaws.com/id/0123",
        "sub": "system:serviceaccount:shop:orders",
        "aud": ["sts.amazonaws.com"],
        "exp": int(cloud.clock.time()) + 60,
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}


def assume(sts: Any, token: str, **params: Any) -> Any:
    return sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=token, **params)


# --- web identities --------------------------------------------------------------------------------------------------


def test_a_role_for_a_web_identity(cloud: minicloud.Cloud, sts: Any) -> None:
    made = answer(assume(sts, token_of(claims_at(cloud))))
    credentials, user = made.pop("Credentials"), made.pop("AssumedRoleUser")
    assert made == {
        "SubjectFromWebIdentityToken": "system:serviceaccount:shop:orders",
        "Provider": ACCOUNT + "oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123",
        "Audience": "sts.amazonaws.com",
    }
    assert user["Arn"] == "arn:aws:sts::000000000042:assumed-role/my-role/me"
    assert (
        user["AssumedRoleId"] == sts.assume_role(RoleArn=ROLE, RoleSessionName="me")["AssumedRoleUser"]["AssumedRoleId"]
    )
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert credentials["Expiration"].timestamp() == cloud.clock.time() + 3600
    bearer = cloud.client(
        "sts",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    assert bearer.get_caller_identity()["Arn"] == user["Arn"]


def test_what_a_token_says(cloud: minicloud.Cloud, sts: Any) -> None:
    claims = claims_at(
        cloud,
        iss="https://accounts.google.com",
        aud="app",
        exp=cloud.clock.time() + 0.5,
        **{"https://aws.amazon.com/source_identity": "ann"},
    )
    made = assume(sts, token_of(claims), Policy=POLICY, DurationSeconds=900)
    assert (made["Provider"], made["Audience"], made["SourceIdentity"]) == ("accounts.google.com", "app", "ann")
    assert made["PackedPolicySize"] == 3
    assert made["Credentials"]["Expiration"].timestamp() == cloud.clock.time() + 900


@pytest.mark.parametrize("provider", ["www.amazon.com", "graph.facebook.com"])
def test_access_tokens(sts: Any, provider: str) -> None:
    first, again, other = (assume(sts, token, ProviderId=provider) for token in ("Atza|1", "Atza|1", "Atza|2"))
    assert first["Provider"] == provider
    assert first["SubjectFromWebIdentityToken"] == again["SubjectFromWebIdentityToken"]
    assert first["SubjectFromWebIdentityToken"] != other["SubjectFromWebIdentityToken"]
    assert first["Audience"]


@pytest.mark.parametrize(
    "token",
    [
        "Atza|access",
        "aa.bb",
        "a.b.c",
        "a.b.c.d",
        "e30.W10.x",
        "é.é.é",
        "e30.eyJ9.x",
        f"{'W1tbW1tb' * 2000}.e30.x",
    ],
)
def test_what_is_no_token(sts: Any, token: str) -> None:
    assert refusal(assume, sts=sts, token=token) == ("InvalidIdentityToken", NOT_A_TOKEN)
    with pytest.raises(sts.exceptions.InvalidIdentityTokenException):
        assume(sts, token)


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp"])
def test_a_token_that_lacks_a_claim(cloud: minicloud.Cloud, sts: Any, claim: str) -> None:
    token = token_of(claims_at(cloud, **{claim: None}))
    assert refusal(assume, sts=sts, token=token) == ("InvalidIdentityToken", f"Missing a required claim: {claim}")


def test_a_token_whose_time_is_over(cloud: minicloud.Cloud, sts: Any) -> None:
    token = token_of(claims_at(cloud))
    end = int(cloud.clock.time()) + 60
    cloud.clock.advance(59)
    assume(sts, token)
    cloud.clock.advance(1)
    assert refusal(assume, sts=sts, token=token) == (
        "ExpiredTokenException",
        f"Token expired: current date/time {end} must be before the expiration date/time {end}",
    )
    with pytest.raises(sts.exceptions.ExpiredTokenException):
        assume(sts, token)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_every_broken_member_is_reported(sts: Any) -> None:
    assert refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="a b" * 22, DurationSeconds=43_201) == (
        "ValidationError",
        f"3 validation errors detected: Value '{'a b' * 22}' at 'roleSessionName' failed to satisfy constraint: Member "
        rf"must satisfy regular expression pattern: [\w+=,.@-]*; Value '{'a b' * 22}' at 'roleSessionName' failed to "
        "satisfy constraint: Member must have length less than or equal to 64; Value '43201' at 'durationSeconds' "
        "failed to satisfy constraint: Member must have value less than or equal to 43200",
    )


@pytest.mark.parametrize(
    ("params", "path", "constraint"),
    [
        ({"TokenCode": "1234567"}, "tokenCode", "have length less than or equal to 6"),
        ({"TokenCode": "12345x"}, "tokenCode", r"satisfy regular expression pattern: [\d]*"),
        ({"ExternalId": "a b"}, "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        ({"SourceIdentity": "a:b"}, "sourceIdentity", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        ({"PolicyArns": [{"arn": "a" * 2049}]}, "policyArns.1.member.arn", "have length less than or equal to 2048"),
        (
            {"Tags": [{"Key": "a", "Value": "b"}, {"Key": "é ß", "Value": "v" * 257}]},
            "tags.2.member.value",
            "have length less than or equal to 256",
        ),
        (
            {"TransitiveTagKeys": ["a;"]},
            "transitiveTagKeys.1.member",
            r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
    ],
)
def test_constraints(sts: Any, params: dict[str, Any], path: str, constraint: str) -> None:
    code, text = refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="me", **params)
    assert code == "ValidationError"
    assert text.startswith("1 validation error detected: Value '")
    assert text.endswith(f"' at '{path}' failed to satisfy constraint: Member must {constraint}")


def test_fifty_tags(sts: Any) -> None:
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    assert "PackedPolicySize" in sts.assume_role(RoleArn=ROLE, RoleSessionName="me", Tags=tags[:50])
    assert refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="me", Tags=tags)[1] == (
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: "
        "Member must have length less than or equal to 50"
    )


@pytest.mark.parametrize("policy", ["x", "[]", "{", '{"a":'])
def test_a_malformed_policy(cloud: minicloud.Cloud, sts: Any, policy: str) -> None:
    expected = ("MalformedPolicyDocument", "This policy contains invalid Json")
    assert refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="me", Policy=policy) == expected
    token = token_of(claims_at(cloud))
    assert refusal(assume, sts=sts, token=token, Policy=policy) == expected
    with pytest.raises(sts.exceptions.MalformedPolicyDocumentException):
        sts.assume_role(RoleArn=ROLE, RoleSessionName="me", Policy=policy)


def test_policies_that_are_too_large_and_tags_that_are_packed(sts: Any) -> None:
    long = json.dumps({"Version": "x" * 2048})
    assert refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="me", Policy=long) == (
        "PackedPolicyTooLarge",
        "Packed policy consumes 101% of allotted space, please use smaller policy.",
    )
    tags = [{"Key": f"k{number}", "Value": "v" * 256} for number in range(8)]
    assert sts.assume_role(RoleArn=ROLE, RoleSessionName="me", Tags=tags)["PackedPolicySize"] == 100


@pytest.mark.parametrize("params", [{"SerialNumber": "arn:aws:iam::1:mfa/me"}, {"TokenCode": "123456"}])
def test_half_a_second_factor(sts: Any, params: dict[str, str]) -> None:
    text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
    for call in (sts.get_session_token, lambda **more: sts.assume_role(RoleArn=ROLE, RoleSessionName="me", **more)):
        with pytest.raises(error_class("ClientError")) as caught:
            call(**params)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
        assert caught.value.response["Error"]["Message"] == text
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_what_a_roles_session_may_not(cloud: minicloud.Cloud) -> None:
    made = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me", DurationSeconds=43_200)["Credentials"]
    session = cloud.client(
        "sts", aws_access_key_id=made["AccessKeyId"], aws_session_token=made["SessionToken"], aws_secret_access_key="x"
    )
    assert refusal(session.get_session_token) == (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )
    session.assume_role(RoleArn=ROLE, RoleSessionName="you", DurationSeconds=3600)
    assert refusal(session.assume_role, RoleArn=ROLE, RoleSessionName="you", DurationSeconds=3601) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    )
