"""STS: roles, and what it refuses. Who a client with a role's credentials is: ``tests/boto/test_sts.py``."""

from __future__ import annotations

import json
import re
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
    for size in ("SessionTokenSize", "SessionTokenUtilization"):
        made.pop(size, None)  # older releases of botocore do not know them
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


@pytest.mark.parametrize(
    ("provider", "subject", "audience"),
    [
        ("www.amazon.com", r"amzn1\.account\.[A-Z2-7]{28}", r"amzn1\.application-oa2-client\.[0-9a-f]{32}"),
        ("graph.facebook.com", "[1-9]{15}", "[1-9]{15}"),
    ],
)
def test_access_tokens(sts: Any, provider: str, subject: str, audience: str) -> None:
    first, again, other = (assume(sts, token, ProviderId=provider) for token in ("Atza|1", "Atza|1", "Atza|2"))
    assert first["Provider"] == provider
    assert first["SubjectFromWebIdentityToken"] == again["SubjectFromWebIdentityToken"]
    assert first["SubjectFromWebIdentityToken"] != other["SubjectFromWebIdentityToken"]
    for number in range(8):
        made = assume(sts, f"Atza|{number}", ProviderId=provider)
        assert re.fullmatch(subject, made["SubjectFromWebIdentityToken"])
        assert re.fullmatch(audience, made["Audience"])


def test_issuers_that_aws_knows_by_themselves(cloud: minicloud.Cloud, sts: Any) -> None:
    for issuer in ("accounts.google.com", "cognito-identity.amazonaws.com"):
        for claim in (issuer, f"https://{issuer}"):
            assert assume(sts, token_of(claims_at(cloud, iss=claim)))["Provider"] == issuer


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
    with pytest.raises(sts.exceptions.InvalidIdentityTokenException) as caught:
        assume(sts, token)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp"])
def test_a_token_that_lacks_a_claim(cloud: minicloud.Cloud, sts: Any, claim: str) -> None:
    for nothing in (None, "", []):
        token = token_of(claims_at(cloud, **{claim: nothing}))
        assert refusal(assume, sts=sts, token=token) == ("InvalidIdentityToken", f"Missing a required claim: {claim}")


@pytest.mark.parametrize("end", [True, "2030-01-01", [1]])
def test_the_end_of_a_token_is_a_number(cloud: minicloud.Cloud, sts: Any, end: object) -> None:
    token = token_of(claims_at(cloud, exp=end))
    assert refusal(assume, sts=sts, token=token) == ("InvalidIdentityToken", "Missing a required claim: exp")


def test_another_provider(sts: Any) -> None:
    assert refusal(assume, sts=sts, token="Atza|1", ProviderId="www.example.com") == (
        "ValidationError",
        "Unsupported ProviderId: www.example.com",
    )


OF_IDENTITIES: list[tuple[dict[str, Any], str, str | None, str]] = [
    ({"RoleArn": "r" * 2049}, "roleArn", "r" * 2049, "have length less than or equal to 2048"),
    ({"RoleSessionName": "a b"}, "roleSessionName", "a b", r"satisfy regular expression pattern: [\w+=,.@-]*"),
    ({"RoleSessionName": "n" * 65}, "roleSessionName", "n" * 65, "have length less than or equal to 64"),
    # A token is a secret: it is not shown.
    ({"WebIdentityToken": "t" * 20_001}, "webIdentityToken", None, "have length less than or equal to 20000"),
    ({"ProviderId": "p" * 2049}, "providerId", "p" * 2049, "have length less than or equal to 2048"),
    (
        {"PolicyArns": [{"arn": "a" * 2049}]},
        "policyArns.1.member.arn",
        "a" * 2049,
        "have length less than or equal to 2048",
    ),
    (
        {"Policy": "\u20ac" * 9},  # no control characters: XML cannot hold them
        "policy",
        "\u20ac" * 9,
        r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+",
    ),
    ({"Policy": "p" * 2049}, "policy", "p" * 2049, "have length less than or equal to 2048"),
    ({"DurationSeconds": 43_201}, "durationSeconds", "43201", "have value less than or equal to 43200"),
]


def test_constraints_of_web_identities(sts: Any) -> None:
    given = {"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": "Atza|1", "ProviderId": "www.amazon.com"}
    for params, path, shown, constraint in OF_IDENTITIES:
        value = "" if shown is None else f" '{shown}'"
        assert refusal(sts.assume_role_with_web_identity, **{**given, **params}) == (
            "ValidationError",
            f"1 validation error detected: Value{value} at '{path}' failed to satisfy constraint: "
            f"Member must {constraint}",
        )
    longest = {"RoleSessionName": "n" * 64, "WebIdentityToken": "t" * 20_000, "DurationSeconds": 43_200}
    sts.assume_role_with_web_identity(**{**given, **longest})


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
    part_of_a_second = token_of(claims_at(cloud, exp=end + 0.5))
    assume(sts, part_of_a_second)
    cloud.clock.advance(1)
    assert refusal(assume, sts=sts, token=part_of_a_second)[1] == (
        f"Token expired: current date/time {end + 1} must be before the expiration date/time {end}"
    )


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


PLACES = {
    "ExternalId": ("e" * 1224, "externalId", 1224),
    "SourceIdentity": ("s" * 256, "sourceIdentity", 256),
    "RoleSessionName": ("n" * 64, "roleSessionName", 64),
    "RoleArn": (ROLE.ljust(2048, "r"), "roleArn", 2048),
}


@pytest.mark.parametrize("member", PLACES)
def test_the_longest_values(sts: Any, member: str) -> None:
    longest, path, maximum = PLACES[member]
    params = {"RoleArn": ROLE, "RoleSessionName": "me", member: longest}
    sts.assume_role(**params)
    code, text = refusal(sts.assume_role, **{**params, member: longest + "x"})
    assert code == "ValidationError"
    assert text == (
        f"1 validation error detected: Value '{longest}x' at '{path}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {maximum}"
    )


def test_the_longest_second_factor(sts: Any) -> None:
    session = sts.get_session_token
    session(SerialNumber="s" * 256, TokenCode="123456", DurationSeconds=129_600)
    text = (
        "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
        "Member must have {} than or equal to {}"
    )
    assert refusal(session, SerialNumber="s" * 257, TokenCode="123456") == (
        "ValidationError",
        text.format("s" * 257, "serialNumber", "length less", 256),
    )
    assert refusal(session, DurationSeconds=129_601) == (
        "ValidationError",
        text.format(129_601, "durationSeconds", "value less", 129_600),
    )


def test_the_times_of_sessions(cloud: minicloud.Cloud, sts: Any) -> None:
    """[STS API: GetSessionToken, AssumeRole: DurationSeconds]"""

    def lasts(call: Any, **params: Any) -> float:
        expiration: float = call(**params)["Credentials"]["Expiration"].timestamp()
        return expiration - cloud.clock.time()

    assert lasts(sts.get_session_token) == 43_200
    assert lasts(sts.get_session_token, DurationSeconds=900) == 900
    role = {"RoleArn": ROLE, "RoleSessionName": "me"}
    assert lasts(sts.assume_role, **role) == 3600
    assert lasts(sts.assume_role, **role, DurationSeconds=43_200) == 43_200


def test_the_source_identity_is_answered(sts: Any) -> None:
    made = sts.assume_role(RoleArn=ROLE, RoleSessionName="me", SourceIdentity="ann")
    assert made["SourceIdentity"] == "ann"
    assert "SourceIdentity" not in sts.assume_role(RoleArn=ROLE, RoleSessionName="me")


@pytest.mark.parametrize(
    "arn",
    ["arn:aws:iam::000000000042:user/my-role", "arn:aws:iam::42:role/my-role", "arn:aws:sts::000000000042:role/r"],
)
def test_what_is_no_role(sts: Any, arn: str) -> None:
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="me") == ("ValidationError", "Request ARN is invalid")


def test_the_account_of_a_key(make_client: MakeClient, sts: Any) -> None:
    other = make_client("sts", account_id="000000000042")
    key = other.assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == "000000000042"
    mine = sts.get_caller_identity()["Account"]
    changed = key[:-1] + ("A" if key[-1] != "A" else "B")
    for unknown in ("AKIA" + "A" * 16, key[:-1], key + "A", changed, key[:-1] + "1", "BSIA" + key[4:]):
        assert sts.get_access_key_info(AccessKeyId=unknown)["Account"] == mine
    assert refusal(sts.get_access_key_info, AccessKeyId="A" * 129) == (
        "ValidationError",
        f"1 validation error detected: Value '{'A' * 129}' at 'accessKeyId' failed to satisfy constraint: "
        "Member must have length less than or equal to 128",
    )


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


def test_how_full_a_session_is(cloud: minicloud.Cloud, sts: Any) -> None:
    """Of 2,048 characters: policies may have all of them, and tags fill what there is, and are packed then."""
    arn, policy = "arn:aws:iam::aws:policy/ReadOnlyAccess", json.dumps({"V": "x" * 1000})

    def size(**params: Any) -> int | None:
        made: int | None = sts.assume_role(RoleArn=ROLE, RoleSessionName="me", **params).get("PackedPolicySize")
        return made

    tags = [{"Key": "k" * 10, "Value": "v" * 15}]
    whole = json.dumps({"V": "x" * (2048 - 9)})
    assert len(whole) == 2048
    assert size() is None
    assert size(Tags=[{"Key": "k", "Value": ""}]) == 1
    assert size(Tags=tags) == 2
    assert size(Policy=policy) == 50
    assert size(Policy=policy, Tags=tags) == 51
    assert size(PolicyArns=[{"arn": arn}]) == 2
    assert size(PolicyArns=[{"arn": arn}] * 3, Policy=policy) == 55
    assert size(Policy=whole) == 100
    assert size(Policy=whole, Tags=tags) == 100
    too_large = "Packed policy consumes {}% of allotted space, please use smaller policy."
    refused = ("PackedPolicyTooLarge", too_large.format(101))
    assert refusal(size, Policy=whole + " ") == refused
    assert refusal(size, Policy=whole, PolicyArns=[{"arn": "a" * 20}]) == refused
    assert refusal(size, Policy=whole, PolicyArns=[{"arn": arn}]) == ("PackedPolicyTooLarge", too_large.format(102))
    assert assume(sts, token_of(claims_at(cloud)), PolicyArns=[{"arn": arn}])["PackedPolicySize"] == 2
    assert "PackedPolicySize" not in assume(sts, token_of(claims_at(cloud)))


def test_credentials_are_other_ones_each_time_and_after_a_reset_the_same_again(cloud: minicloud.Cloud) -> None:
    def made() -> list[str]:
        credentials = cloud.client("sts").get_session_token()["Credentials"]
        return [credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]]

    first, second = made(), made()
    assert not set(first) & set(second)
    assert re.fullmatch("ASIA[A-Z2-7]{16}", first[0])
    assert re.fullmatch("[A-Za-z0-9+/]{40}", first[1])
    cloud.reset()
    assert [made(), made()] == [first, second]


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


def test_who_calls_without_a_role(sts: Any) -> None:
    caller = answer(sts.get_caller_identity())
    assert set(caller) == {"UserId", "Account", "Arn"}
    assert caller["Account"] == "123456789012"
    assert caller["Arn"] == "arn:aws:iam::123456789012:user/minicloud"
    assert caller["UserId"].startswith("AIDA")


# --- the size of session tokens ---------------------------------------------------------------------------------------


@pytest.mark.modelled("sts.AssumeRole.MinimumSessionTokenSize")
@pytest.mark.parametrize("least", [0, 100, 1000, 4093, 4096])
def test_a_session_token_of_some_size(cloud: minicloud.Cloud, sts: Any, least: int) -> None:
    calls = [
        lambda **more: sts.assume_role(RoleArn=ROLE, RoleSessionName="me", **more),
        lambda **more: assume(sts, token_of(claims_at(cloud)), **more),
        sts.get_session_token,
    ]
    for call in calls:
        made = call(MinimumSessionTokenSize=least)
        token = made["Credentials"]["SessionToken"]
        usual = len(call()["Credentials"]["SessionToken"])
        assert len(token) == made["SessionTokenSize"] == max(usual, -(-least // 4) * 4)
        assert made["SessionTokenUtilization"] == -(-len(token) * 100 // 4096)


@pytest.mark.modelled("sts.AssumeRole.MinimumSessionTokenSize")
def test_the_largest_session_token(sts: Any) -> None:
    assert refusal(sts.get_session_token, MinimumSessionTokenSize=4097) == (
        "ValidationError",
        "1 validation error detected: Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member "
        "must have value less than or equal to 4096",
    )
