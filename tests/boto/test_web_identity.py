"""Web identities in botocore's own chain of credentials: a token in a file, and the role that it stands for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession
from botocore.exceptions import ClientError

import minicloud
from tests.boto.calls import ID_TOKEN
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3", "aiobotocore")

ROLE = "arn:aws:iam::000000000042:role/my-role"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(ID_TOKEN)
    return path


@pytest.fixture
def profile(tmp_path: Path, token_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    config = tmp_path / "config"
    config.write_text(
        f"[profile web]\nregion = eu-west-1\nrole_arn = {ROLE}\nweb_identity_token_file = {token_file}\n"
        "role_session_name = me\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return "web"


@pytest.fixture
def environment(token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token_file))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "me")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def assert_acts_for_the_role(sqs: Any, sts: Any) -> None:
    assert "/000000000042/" in sqs.create_queue(QueueName="q")["QueueUrl"]
    assert sts.get_caller_identity()["Arn"] == "arn:aws:sts::000000000042:assumed-role/my-role/me"


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_a_profile_with_a_web_identity(profile: str, path: str) -> None:
    with minicloud.mock_aws():
        session = boto3.Session(profile_name=profile)
        sqs, sts = session.client("sqs"), session.client("sts")
        if path == "full-pipeline":
            take_full_pipeline(sqs), take_full_pipeline(sts)
        assert_acts_for_the_role(sqs, sts)


def test_a_profile_with_a_web_identity_in_aiobotocore(profile: str) -> None:
    async def ask() -> Any:
        async with AioSession(profile=profile).create_client("sts") as client:
            return await client.get_caller_identity()

    with minicloud.mock_aws():
        assert asyncio.run(ask())["Arn"] == "arn:aws:sts::000000000042:assumed-role/my-role/me"


@pytest.mark.usefixtures("environment")
def test_clients_from_before_the_mock_bear_the_token_of_the_environment() -> None:
    session = boto3.Session()
    sqs, sts = session.client("sqs"), session.client("sts")
    with minicloud.mock_aws():
        assert_acts_for_the_role(sqs, sts)


@pytest.mark.usefixtures("environment")
def test_inside_the_mocks_own_credentials_come_first() -> None:
    with minicloud.mock_aws() as cloud:
        assert boto3.Session().client("sts").get_caller_identity()["Account"] == cloud.account_id


def test_a_file_without_a_token(profile: str, token_file: Path) -> None:
    token_file.write_text("nonsense")
    with minicloud.mock_aws():
        with pytest.raises(ClientError) as caught:
            boto3.Session(profile_name=profile).client("sqs").list_queues()
        assert caught.value.operation_name == "AssumeRoleWithWebIdentity"
        assert caught.value.response["Error"]["Code"] == "InvalidIdentityToken"


def test_an_identity_provider_that_is_not_reached_is_asked_again() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        cloud.faults.refuse(("IDPCommunicationError", "No answer"), service="sts", first=1)
        made = boto3.client("sts").assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=ID_TOKEN
        )
        assert made["ResponseMetadata"]["RetryAttempts"] == 1
