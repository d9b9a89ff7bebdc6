"""STS: who is calling, with the credentials of a role."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3", "aiobotocore")

ROLE = "arn:aws:iam::000000000042:role/team/my-role"
SEEN_AS = "arn:aws:sts::000000000042:assumed-role/my-role/me"


def keys_of(credentials: dict[str, Any]) -> dict[str, str]:
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


@pytest.mark.parametrize("kind", ["fast-path", "full-pipeline", "native", "session", "aiobotocore"])
@pytest.mark.parametrize("region_name", ["us-east-1", "eu-west-1"])
def test_who_is_calling_with_a_roles_credentials(kind: str, region_name: str) -> None:
    with minicloud.mock_aws() as cloud:
        made = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")
        keys = keys_of(made["Credentials"])
        where = {"region_name": region_name}
        if kind == "aiobotocore":

            async def ask() -> Any:
                async with get_session().create_client("sts", **where, **keys) as client:  # type: ignore[call-overload]
                    return await client.get_caller_identity()

            identity = asyncio.run(ask())
        elif kind == "native":
            identity = cloud.client("sts", **where, **keys).get_caller_identity()
        elif kind == "session":
            identity = boto3.Session(**where, **keys).client("sts").get_caller_identity()
        else:
            client = boto3.client("sts", **where, **keys)
            identity = (take_full_pipeline(client) if kind == "full-pipeline" else client).get_caller_identity()
        user_id = identity["UserId"]
        assert user_id == made["AssumedRoleUser"]["AssumedRoleId"]
        assert user_id.startswith("AROA")
        assert user_id.endswith(":me")
        assert identity["Arn"] == made["AssumedRoleUser"]["Arn"] == SEEN_AS
        assert identity["Account"] == "000000000042"


def test_a_role_of_the_own_account_and_one_role_from_another() -> None:
    with minicloud.mock_aws() as cloud:
        sts = boto3.client("sts")
        own = sts.assume_role(RoleArn=f"arn:aws:iam::{cloud.account_id}:role/r", RoleSessionName="one")
        first = boto3.client("sts", **keys_of(own["Credentials"]))
        second = boto3.client("sts", **keys_of(first.assume_role(RoleArn=ROLE, RoleSessionName="two")["Credentials"]))
        named = [client.get_caller_identity()["Arn"] for client in (sts, first, second)]
        assert named[0].startswith("arn:aws:iam::")
        assert named[1:] == [f"arn:aws:sts::{cloud.account_id}:assumed-role/r/one", SEEN_AS.removesuffix("me") + "two"]


def test_a_users_own_session_is_the_users() -> None:
    with minicloud.mock_aws():
        sts = boto3.client("sts")
        session = boto3.client("sts", **keys_of(sts.get_session_token()["Credentials"]))
        assert session.get_caller_identity()["Arn"] == sts.get_caller_identity()["Arn"]


def test_sessions_with_the_longest_names() -> None:
    with minicloud.mock_aws():
        role = "arn:aws:iam::000000000042:role/" + "p" * 400 + "/" + "r" * 64
        made = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="s" * 64)
        identity = boto3.client("sts", **keys_of(made["Credentials"])).get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::000000000042:assumed-role/{'r' * 64}/{'s' * 64}"


def test_native_clients_act_for_the_account_of_their_keys(cloud: minicloud.Cloud) -> None:
    keys = keys_of(dict(cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]))
    for maker in (cloud.session(**keys), cloud):
        options = {} if maker is not cloud else keys
        assert "/000000000042/" in maker.client("sqs", **options).create_queue(QueueName="q")["QueueUrl"]
        assert "/000000000042/" in maker.resource("sqs", **options).create_queue(QueueName="q").url


@pytest.mark.parametrize("token", ["", "x", "IQoJb3JpZ2luX2Vj", "IQoJb3JpZ2luX2Vj" + "A" * 340, "IQoJb3JpZ2luX2Vjé"])
def test_a_token_from_elsewhere_says_nothing(cloud: minicloud.Cloud, token: str) -> None:
    client = cloud.client("sts", aws_access_key_id="a", aws_secret_access_key="b", aws_session_token=token)
    assert client.get_caller_identity()["Arn"] == cloud.client("sts").get_caller_identity()["Arn"]
