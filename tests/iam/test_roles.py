"""Roles and the policies that are part of them: what is kept, what is refused, and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient, error_class

from .support import LAMBDA, POLICY, TRUST, document, policy

LONG_NAME = "r" * 65
NO_NAME = "is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
NO_PATH = "is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."


def make(iam: Any, name: str = "r", **params: Any) -> Any:
    return iam.create_role(**{"RoleName": name, "AssumeRolePolicyDocument": TRUST, **params})["Role"]


def test_a_role_as_three_calls_show_it(cloud: minicloud.Cloud, iam: Any) -> None:
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=POLICY)["Policy"]["Arn"]
    tags = [{"Key": "team", "Value": "billing"}, {"Key": "empty", "Value": ""}]
    cloud.clock.advance(1.5)
    made = make(
        iam,
        Path="/app/",
        Description="runs the bills",
        MaxSessionDuration=7200,
        PermissionsBoundary=boundary,
        Tags=tags,
    )
    outline = {
        "Path": "/app/",
        "RoleName": "r",
        "RoleId": made["RoleId"],
        "Arn": f"arn:aws:iam::{cloud.account_id}:role/app/r",
        "CreateDate": datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
        "AssumeRolePolicyDocument": json.loads(TRUST),
    }
    said = {"Description": "runs the bills", "MaxSessionDuration": 7200}
    rest = {
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary},
        "Tags": tags,
    }
    assert made == {**outline, **rest}
    assert iam.get_role(RoleName="r")["Role"] == {**outline, **said, **rest, "RoleLastUsed": {}}
    assert iam.list_roles()["Roles"] == [{**outline, **said}]
    assert made["RoleId"].startswith("AROA")
    assert len(made["RoleId"]) == 21


@pytest.mark.modelled("iam.CreateRole.MaxSigninSessionDuration")
def test_how_long_who_signs_in_may_stay(iam: Any) -> None:
    make(iam, MaxSigninSessionDuration=7_776_000)
    assert iam.get_role(RoleName="r")["Role"]["MaxSigninSessionDuration"] == 7_776_000
    assert refusal(make, iam=iam, name="s", MaxSigninSessionDuration=7_776_001)[0] == "ValidationError"


def test_what_is_not_said_of_a_role(iam: Any) -> None:
    make(iam)
    found = iam.get_role(RoleName="r")["Role"]
    assert (found["Path"], found["MaxSessionDuration"]) == ("/", 3600)
    assert not {"Description", "Tags", "PermissionsBoundary", "MaxSigninSessionDuration"} & found.keys()


def test_an_answer_is_the_callers_own(iam: Any) -> None:
    make(iam)
    iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"].clear()
    assert iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)


def test_a_role_is_of_all_regions_and_of_one_account(make_client: MakeClient) -> None:
    make(make_client("iam", "eu-west-1"))
    assert make_client("iam", "us-east-1").get_role(RoleName="r")["Role"]["RoleName"] == "r"
    assert make_client("iam", "eu-west-1", account_id="210987654321").list_roles()["Roles"] == []


def test_partitions(cloud: minicloud.Cloud) -> None:
    make(cloud.client("iam", "us-east-1"))
    china = make(cloud.client("iam", "cn-north-1"), PermissionsBoundary="arn:aws-cn:iam::aws:policy/PowerUserAccess")
    assert china["Arn"] == f"arn:aws-cn:iam::{cloud.account_id}:role/r"
    assert len(cloud.client("iam", "cn-northwest-1").list_roles()["Roles"]) == 1
    assert cloud.client("iam", "eusc-de-east-1").list_roles()["Roles"] == []


def test_whoever_assumes_a_role_has_its_id(make_client: MakeClient, iam: Any) -> None:
    role = make(iam, Path="/app/")
    assumed = make_client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")
    assert assumed["AssumedRoleUser"]["AssumedRoleId"] == f"{role['RoleId']}:me"


def test_a_role_that_is_made_again_is_another_one(iam: Any) -> None:
    ids = []
    for _ in range(3):
        ids.append(make(iam)["RoleId"])
        iam.delete_role(RoleName="r")
    assert len({*ids}) == 3


def test_reset_forgets_roles_and_starts_ids_over(cloud: minicloud.Cloud) -> None:
    iam = cloud.client("iam")
    first = make(iam)["RoleId"]
    iam.create_policy(PolicyName="p", PolicyDocument=POLICY)
    cloud.reset()
    assert iam.list_roles()["Roles"] == []
    assert make(iam)["RoleId"] == first
    iam.create_policy(PolicyName="p", PolicyDocument=POLICY)


def test_a_snapshot_brings_roles_back(cloud: minicloud.Cloud) -> None:
    iam = cloud.client("iam")
    make(iam)
    before = cloud.snapshot()
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=POLICY)
    iam.attach_role_policy(RoleName="r", PolicyArn=LAMBDA)
    second = make(iam, "s")
    cloud.restore(before)
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["r"]
    iam.delete_role(RoleName="r")
    assert make(iam, "s") == second


def test_the_waiter(cloud: minicloud.Cloud) -> None:
    iam = cloud.client("iam")
    with pytest.raises(error_class("WaiterError"), match="RoleExists failed: Max attempts exceeded"):
        iam.get_waiter("role_exists").wait(RoleName="r", WaiterConfig={"MaxAttempts": 3})
    assert cloud.clock.now() - datetime(2026, 1, 1, tzinfo=UTC) == timedelta(seconds=2)
    make(iam)
    iam.get_waiter("role_exists").wait(RoleName="r")


# --- pages -----------------------------------------------------------------------------------------------------------


def test_pages(iam: Any) -> None:
    for number in range(7):
        make(iam, f"r{number}", Path="/a/" if number % 2 else "/b/c/")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert names == [f"r{number}" for number in range(7)]
    paginator = iam.get_paginator("list_roles")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 3}))
    assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [names[:3], names[3:6], names[6:]]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert "Marker" not in pages[-1]
    whole = paginator.paginate(PathPrefix="/b", PaginationConfig={"PageSize": 1}).build_full_result()
    assert [role["RoleName"] for role in whole["Roles"]] == names[::2]
    for role in whole["Roles"]:
        iam.delete_role(RoleName=role["RoleName"])
    assert [role["RoleName"] for role in iam.list_roles(Marker=pages[0]["Marker"])["Roles"]] == ["r3", "r5"]
    assert refusal(iam.list_roles, Marker="nonsense") == ("ValidationError", "Invalid Marker.")


def test_a_page_has_a_hundred(iam: Any) -> None:
    """By default. [IAM API: ListRoles]"""
    names = [f"r{number:03}" for number in range(101)]
    for name in names:
        make(iam, name)
    first = iam.list_roles()
    assert [role["RoleName"] for role in first["Roles"]] == names[:100]
    last = iam.list_roles(Marker=first["Marker"])
    assert ([role["RoleName"] for role in last["Roles"]], last["IsTruncated"]) == (names[100:], False)
    iam.delete_role(RoleName=names[0])
    assert answer(iam.list_roles(MaxItems=100))["IsTruncated"] is False
    assert "Marker" not in iam.list_roles()


# --- refusals --------------------------------------------------------------------------------------------------------


def test_names_differ_by_more_than_case(iam: Any) -> None:
    make(iam, "Role")
    assert refusal(make, iam=iam, name="rOLE") == ("EntityAlreadyExists", "Role with name rOLE already exists.")
    missing = ("NoSuchEntity", "The role with name role cannot be found.")
    assert refusal(iam.get_role, RoleName="role") == refusal(iam.delete_role, RoleName="role") == missing
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException) as caught:
        make(iam, "Role", Path="/other/")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_what_there_is_not(iam: Any) -> None:
    missing = ("NoSuchEntity", "The role with name none cannot be found.")
    make(iam)
    calls: list[tuple[Any, dict[str, str]]] = [
        (iam.get_role, {}),
        (iam.delete_role, {}),
        (iam.get_role_policy, {"PolicyName": "p"}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": POLICY}),
        (iam.delete_role_policy, {"PolicyName": "p"}),
        (iam.attach_role_policy, {"PolicyArn": LAMBDA}),
        (iam.detach_role_policy, {"PolicyArn": LAMBDA}),
        (iam.list_attached_role_policies, {}),
    ]
    for call, params in calls:
        assert refusal(call, RoleName="none", **params) == missing
    for call in (iam.get_role_policy, iam.delete_role_policy):
        assert refusal(call, RoleName="r", PolicyName="p") == (
            "NoSuchEntity",
            "The role policy with name p cannot be found.",
        )
    with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
        iam.get_role(RoleName="none")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    scope = "arn:aws:iam::123456789012:policy/none"
    assert refusal(make, iam=iam, name="s", PermissionsBoundary=scope) == (
        "NoSuchEntity",
        f"Scope ARN: {scope} does not exist or is not attachable.",
    )


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (
            {"RoleName": LONG_NAME, "MaxSessionDuration": 43_201},
            f"2 validation errors detected: Value '{LONG_NAME}' at 'roleName' failed to satisfy constraint: Member "
            "must have length less than or equal to 64; Value '43201' at 'maxSessionDuration' failed to satisfy "
            "constraint: Member must have value less than or equal to 43200",
        ),
        ({"RoleName": "a b"}, f"The specified value for roleName {NO_NAME}"),
        ({"Path": "app"}, f"The specified value for path {NO_PATH}"),
        ({"Path": "/app"}, f"The specified value for path {NO_PATH}"),
        (
            {"AssumeRolePolicyDocument": "{☃}"},
            "The specified value for assumeRolePolicyDocument is invalid. It must contain only printable ASCII "
            "characters.",
        ),
        (
            {"Description": "☃"},
            "1 validation error detected: Value '☃' at 'description' failed to satisfy constraint: Member must satisfy "
            r"regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
        ),
        (
            {"Tags": [{"Key": "k", "Value": "v"}] * 51},
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less "
            "than or equal to 50",
        ),
    ],
)
def test_constraints(iam: Any, params: dict[str, Any], text: str) -> None:
    given = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, **params}
    assert refusal(iam.create_role, **given) == ("ValidationError", text)
    assert iam.list_roles()["Roles"] == []


def test_tags(iam: Any) -> None:
    twice = [{"Key": "Team", "Value": ""}, {"Key": "team", "Value": ""}]
    assert refusal(make, iam=iam, Tags=twice) == (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
    assert refusal(make, iam=iam, Tags=[{"Key": "aws:x", "Value": ""}])[0] == "InvalidInput"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("some policy", "some%20policy"), ("{}", {}), ("[1]", [1]), ('{"Statement": []}', {"Statement": []})],
)
def test_any_text_will_do_as_a_trust_policy(iam: Any, text: str, shown: Any) -> None:
    """AWS refuses what is no policy. Code that was written for other mocks makes roles of any text."""
    assert make(iam, AssumeRolePolicyDocument=text)["AssumeRolePolicyDocument"] == shown
    assert iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"] == shown


def test_one_statement_needs_no_list(iam: Any) -> None:
    statement = {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": "sts:TagSession"}
    made = make(iam, AssumeRolePolicyDocument=json.dumps({"Statement": statement}))
    assert made["AssumeRolePolicyDocument"] == {"Statement": statement}


def test_the_largest_documents(iam: Any) -> None:
    """[IAM user guide: quotas]"""
    trust = document(Principal="*", Action="x")
    size = len("".join(trust.split()))
    for spaces in ("", " \t\r\n" * 100):
        trust = document(Principal="*", Action="x" * (2049 - size)) + spaces
        make(iam, "trusts", AssumeRolePolicyDocument=trust)
        iam.delete_role(RoleName="trusts")
        assert refusal(make, iam=iam, AssumeRolePolicyDocument=f"{trust}x") == (
            "LimitExceeded",
            "Cannot exceed quota for ACLSizePerRole: 2048",
        )
    make(iam)
    put = iam.put_role_policy
    put(RoleName="r", PolicyName="one", PolicyDocument=policy(8000))
    put(RoleName="r", PolicyName="two", PolicyDocument=policy(2240) + " " * 1000)
    too_much = ("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role r")
    assert refusal(put, RoleName="r", PolicyName="two", PolicyDocument=policy(2241)) == too_much
    assert refusal(put, RoleName="r", PolicyName="three", PolicyDocument=POLICY) == too_much
    put(RoleName="r", PolicyName="one", PolicyDocument=policy(7999))


# --- the policies of a role ------------------------------------------------------------------------------------------


def test_policies_of_a_role(iam: Any) -> None:
    make(iam)
    name = {"RoleName": "r", "PolicyName": "send"}
    iam.put_role_policy(**name, PolicyDocument=POLICY)
    assert answer(iam.get_role_policy(**name)) == {**name, "PolicyDocument": json.loads(POLICY)}
    other = document(Action="*", Resource="arn:aws:s3:::b/☃".replace("☃", "é"))
    iam.put_role_policy(**name, PolicyDocument=other)
    assert iam.get_role_policy(**name)["PolicyDocument"] == json.loads(other)
    assert refusal(iam.delete_role, RoleName="r") == (
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    )
    iam.delete_role_policy(**name)
    iam.delete_role(RoleName="r")


def test_identity_policies_that_are_taken(iam: Any) -> None:
    make(iam)
    statement = {"Effect": "Allow", "NotAction": "*", "NotResource": "*"}
    for number, taken in enumerate(
        (
            {"Statement": statement},
            {"Version": "2008-10-17", "Statement": [statement, {**statement, "Effect": "Deny"}]},
            {"Version": "2012-10-17", "Id": "x", "Statement": [statement]},
        )
    ):
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(taken))
        assert iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"] == taken
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(taken))


def test_characters_that_are_taken(iam: Any) -> None:
    """[botocore: the model's patterns]"""
    name, documents = "aZ09_+=,.@-", '{"Statement":{"Effect":"Allow","Action":"\u00a0\u00ff","Resource":"*"}}\t\r\n'
    role = make(iam, name, Path="/!~/x/", AssumeRolePolicyDocument=documents)
    assert role["Arn"].endswith(f":role/!~/x/{name}")
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=documents)
    assert iam.get_role_policy(RoleName=name, PolicyName=name)["PolicyDocument"] == json.loads(documents)
    arn = iam.create_policy(PolicyName=name, Path="/a.,+@=_-/0/", PolicyDocument=documents)["Policy"]["Arn"]
    assert arn.endswith(f":policy/a.,+@=_-/0/{name}")
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName=name, PathPrefix="/a.")["AttachedPolicies"]
    assert attached == [{"PolicyName": name, "PolicyArn": arn}]
    assert [one["RoleName"] for one in iam.list_roles(PathPrefix="/!~")["Roles"]] == [name]


def test_characters(iam: Any) -> None:
    make(iam)
    policy_name = {"RoleName": "r", "PolicyName": "a b", "PolicyDocument": POLICY}
    no_document = "The specified value for policyDocument is invalid. It must contain only printable ASCII characters."
    for call, params, text in (
        (iam.put_role_policy, policy_name, f"The specified value for policyName {NO_NAME}"),
        (iam.put_role_policy, {**policy_name, "PolicyName": "p", "PolicyDocument": "{☃}"}, no_document),
        (iam.create_policy, {"PolicyName": "p", "PolicyDocument": "{☃}"}, no_document),
        (iam.create_policy, {"PolicyName": "a b", "PolicyDocument": POLICY},
         f"The specified value for policyName {NO_NAME}"),
        (iam.create_policy, {"PolicyName": "p", "Path": "/é/", "PolicyDocument": POLICY},
         f"The specified value for path {NO_PATH}"),
        (iam.list_roles, {"PathPrefix": "a"}, f"The specified value for pathPrefix {NO_PATH}"),
        (iam.list_attached_role_policies, {"RoleName": "r", "PathPrefix": "a"},
         f"The specified value for pathPrefix {NO_PATH}"),
        *((call, {"RoleName": "a b", **more}, f"The specified value for roleName {NO_NAME}") for call, more in (
            (iam.get_role, {}), (iam.delete_role, {}), (iam.list_attached_role_policies, {}),
            (iam.get_role_policy, {"PolicyName": "p"}), (iam.delete_role_policy, {"PolicyName": "p"}),
            (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": POLICY}),
            (iam.attach_role_policy, {"PolicyArn": LAMBDA}), (iam.detach_role_policy, {"PolicyArn": LAMBDA}),
        )),
        *((call, {"RoleName": "r", "PolicyName": "a b"}, f"The specified value for policyName {NO_NAME}")
          for call in (iam.get_role_policy, iam.delete_role_policy)),
    ):  # fmt: skip
        assert refusal(call, **params) == ("ValidationError", text), params
    pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
    for tag, path, end in (({"Key": "a;", "Value": ""}, "key", "+"), ({"Key": "é a", "Value": "v;"}, "value", "*")):
        assert refusal(make, iam=iam, name="s", Tags=[tag]) == (
            "ValidationError",
            f"1 validation error detected: Value '{tag[path.capitalize()]}' at 'tags.1.member.{path}' failed to "
            f"satisfy constraint: Member must satisfy regular expression pattern: {pattern}{end}",
        )
    reserved = "aws: prefixed tag key names are not allowed for external use."
    for key in ("aws:x", "AWS:x"):
        assert refusal(make, iam=iam, name="s", Tags=[{"Key": key, "Value": ""}]) == ("InvalidInput", reserved)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", "This policy contains invalid Json"),
        (document(Principal="*", Action="*", Resource="*"), "Policy document should not specify a principal."),
        (document(Resource="*"), "Policy statement must contain actions."),
        (document(Action="*"), "Policy statement must contain resources."),
        (document(NotPrincipal="*", Action="*", Resource="*"), "Policy document should not specify a principal."),
        (document(NotAction="*"), "Policy statement must contain resources."),
        (document(NotResource="*"), "Policy statement must contain actions."),
        ('{"Statement": NaN}', "This policy contains invalid Json"),
        ("[" * 100_000, "This policy contains invalid Json"),
        *(
            (json.dumps(wrong), "Syntax errors in policy.")
            for wrong in (
                [],
                {},
                {"Statement": []},
                {"Statement": "x"},
                {"Statement": [1]},
                {"Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}},
                {"Statement": {"Action": "*", "Resource": "*"}},
                {"Version": "2012-10-18", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
            )
        ),
    ],
    ids=range(17),
)
def test_identity_policies(iam: Any, text: str, why: str) -> None:
    make(iam)
    refused = ("MalformedPolicyDocument", why)
    assert refusal(iam.put_role_policy, RoleName="r", PolicyName="p", PolicyDocument=text) == refused
    assert refusal(iam.create_policy, PolicyName="p", PolicyDocument=text) == refused


def test_what_is_refused_of_a_document_is_not_shown(iam: Any) -> None:
    long = " " * 131_072 + POLICY
    text = (
        "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must have length "
        "less than or equal to 131072"
    )
    make(iam)
    for call, params in (
        (iam.create_policy, {"PolicyName": "p"}),
        (iam.put_role_policy, {"RoleName": "r", "PolicyName": "p"}),
    ):
        assert refusal(call, **params, PolicyDocument=long) == ("ValidationError", text)
