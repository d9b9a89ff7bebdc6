"""Managed policies, and which roles they are attached to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud
from tests.support.answers import refusal
from tests.support.ways import error_class

from .support import LAMBDA, POLICY, TRUST, policy

OURS = "arn:aws:iam::123456789012:policy/"


@pytest.fixture
def role(iam: Any) -> str:
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    return "r"


def attached(iam: Any, role: str, **params: Any) -> list[str]:
    return [
        found["PolicyArn"] for found in iam.list_attached_role_policies(RoleName=role, **params)["AttachedPolicies"]
    ]


def test_a_policy_as_two_calls_show_it(iam: Any, role: str) -> None:
    tags = [{"Key": "team", "Value": "billing"}]
    made = iam.create_policy(PolicyName="p", Path="/a/b/", PolicyDocument=POLICY, Description="sends", Tags=tags)[
        "Policy"
    ]
    date = datetime(2026, 1, 1, tzinfo=UTC)
    assert made == {
        "PolicyName": "p",
        "PolicyId": made["PolicyId"],
        "Arn": f"{OURS}a/b/p",
        "Path": "/a/b/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": date,
        "UpdateDate": date,
        "Tags": tags,
    }
    assert re.fullmatch("ANPA[A-Z0-9]{17}", made["PolicyId"])
    iam.attach_role_policy(RoleName=role, PolicyArn=made["Arn"])
    iam.create_role(RoleName="s", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=made["Arn"])
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"] == {
        **made,
        "Description": "sends",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 1,
    }


def test_attaching_and_detaching(iam: Any, role: str) -> None:
    own = iam.create_policy(PolicyName="p", Path="/app/", PolicyDocument=POLICY)["Policy"]["Arn"]
    for arn in (LAMBDA, own, own):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == [
        {"PolicyName": "p", "PolicyArn": own},
        {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": LAMBDA},
    ]
    assert attached(iam, role, PathPrefix="/service-role/") == [LAMBDA]
    paginator = iam.get_paginator("list_attached_role_policies")
    pages = list(paginator.paginate(RoleName=role, PaginationConfig={"PageSize": 1}))
    assert [page["AttachedPolicies"][0]["PolicyArn"] for page in pages] == [own, LAMBDA]
    assert refusal(iam.list_roles, Marker=pages[0]["Marker"]) == ("ValidationError", "Invalid Marker.")
    assert refusal(iam.delete_policy, PolicyArn=own) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    assert refusal(iam.delete_role, RoleName=role) == (
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    iam.detach_role_policy(RoleName=role, PolicyArn=own)
    iam.delete_policy(PolicyArn=own)
    assert attached(iam, role) == [LAMBDA]
    assert refusal(iam.detach_role_policy, RoleName=role, PolicyArn=own) == (
        "NoSuchEntity",
        f"Policy {own} was not found.",
    )


def test_policies_of_aws(cloud: minicloud.Cloud, iam: Any, role: str) -> None:
    iam.attach_role_policy(RoleName=role, PolicyArn=LAMBDA)
    found = iam.get_policy(PolicyArn=LAMBDA)["Policy"]
    assert found == {
        "PolicyName": "AWSLambdaBasicExecutionRole",
        "PolicyId": found["PolicyId"],
        "Arn": LAMBDA,
        "Path": "/service-role/",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
    }
    with pytest.raises(error_class("ClientError")) as caught:
        iam.delete_policy(PolicyArn=LAMBDA)
    response: Any = getattr(caught.value, "response", None)
    error, status = response["Error"], response["ResponseMetadata"]["HTTPStatusCode"]
    assert (error["Code"], error["Message"], status) == ("AccessDenied", "Policy is outside your own account.", 403)
    cloud.client("iam").get_waiter("policy_exists").wait(PolicyArn=LAMBDA)
    other = LAMBDA.replace("arn:aws:", "arn:aws-cn:")
    assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn=other)[0] == "NoSuchEntity"


def test_the_eleventh(iam: Any, role: str) -> None:
    for number in range(10):
        iam.attach_role_policy(RoleName=role, PolicyArn=f"arn:aws:iam::aws:policy/P{number}")
    assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn="arn:aws:iam::aws:policy/another") == (
        "LimitExceeded",
        "Cannot exceed quota for PoliciesPerRole: 10",
    )
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/P3")


def test_what_there_is_not(iam: Any, role: str) -> None:
    arn = f"{OURS}none"
    missing = ("NoSuchEntity", f"Policy {arn} was not found.")
    assert refusal(iam.get_policy, PolicyArn=arn) == missing
    assert refusal(iam.delete_policy, PolicyArn=arn) == missing
    assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn=arn) == (
        "NoSuchEntity",
        f"Policy {arn} does not exist or is not attachable.",
    )
    for wrong in ("arn:aws:iam::123456789012:role/r", "x" * 20, f"{OURS}a//b"):
        refused = ("InvalidInput", f"ARN {wrong} is not valid.")
        assert refusal(iam.get_policy, PolicyArn=wrong) == refused
        assert refusal(iam.delete_policy, PolicyArn=wrong) == refused
        assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn=wrong) == refused
        assert refusal(iam.detach_role_policy, RoleName=role, PolicyArn=wrong) == refused


def test_names_and_sizes(iam: Any) -> None:
    iam.create_policy(PolicyName="P", PolicyDocument=policy(6144) + " " * 9)
    assert refusal(iam.create_policy, PolicyName="p", Path="/x/", PolicyDocument=POLICY) == (
        "EntityAlreadyExists",
        "A policy called p already exists. Duplicate names are not allowed.",
    )
    assert refusal(iam.create_policy, PolicyName="q", PolicyDocument=policy(6145)) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )
    assert refusal(iam.create_policy, PolicyName="q", Path="/é/", PolicyDocument=POLICY)[0] == "ValidationError"
    first = iam.get_policy(PolicyArn=f"{OURS}P")["Policy"]["PolicyId"]
    iam.delete_policy(PolicyArn=f"{OURS}P")
    assert iam.create_policy(PolicyName="P", PolicyDocument=POLICY)["Policy"]["PolicyId"] != first


def test_faults_know_iams_errors(cloud: minicloud.Cloud, iam: Any) -> None:
    cloud.faults.refuse("ServiceFailure", service="iam", operation="CreateRole", resource="worker", first=1)
    cloud.faults.refuse("LimitExceededException", service="iam", operation="CreatePolicy", first=1)
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(iam.exceptions.ServiceFailureException) as caught:
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.create_policy(PolicyName="p", PolicyDocument=POLICY)
