"""Credentials that expire or come from elsewhere, under every clock: nothing fails, and nobody outside is asked."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

import minicloud
from tests.boto.credentials import ACCOUNT, CLOCKS, MARK, OUTSIDE, WITH_ROLE, write_profiles
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_profiles(tmp_path, monkeypatch)
    return tmp_path


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
@pytest.mark.parametrize("profile", [*WITH_ROLE, *OUTSIDE])
def test_profiles(profile: str, path: str, clock: str, profiles: Path) -> None:
    with minicloud.mock_aws(clock=clock) as cloud:
        session = boto3.Session(profile_name=profile)
        sqs = session.client("sqs")
        if path == "full-pipeline":
            take_full_pipeline(sqs)
        account = ACCOUNT if profile in WITH_ROLE else cloud.account_id
        assert f"/{account}/" in sqs.create_queue(QueueName="q")["QueueUrl"]
        cloud.clock.advance(2 * 3600)  # they have expired
        assert len(sqs.list_queues()["QueueUrls"]) == 1
        assert session.client("sts").get_caller_identity()["Account"] == account
        cloud.clock.advance(365 * 24 * 3600)
        sqs.list_queues()
    assert not (profiles / MARK).exists()


@pytest.mark.parametrize("clock", CLOCKS)
def test_credentials_of_a_session(clock: str) -> None:
    with minicloud.mock_aws(clock=clock) as cloud:
        for profile in ("process", "container"):
            credentials = boto3.Session(profile_name=profile).get_credentials()
            assert credentials is not None
            assert credentials.access_key == "testing"
            assert credentials.get_frozen_credentials().secret_key == "testing"
        credentials = boto3.Session(profile_name="role").get_credentials()
        assert credentials is not None
        first = credentials.access_key
        assert credentials.access_key == first
        cloud.clock.advance(3600)
        assert credentials.access_key != first


def test_clients_made_before_a_mock() -> None:
    """Credentials that a cloud has given are of no use when it is gone, however long they were to last."""
    clients = {profile: boto3.Session(profile_name=profile).client("sqs") for profile in ("role", "sso", "sso-role")}
    for _ in range(2):
        with minicloud.mock_aws():
            for profile, sqs in clients.items():
                account = ACCOUNT if profile in WITH_ROLE else "123456789012"
                assert f"/{account}/" in take_full_pipeline(sqs).create_queue(QueueName="q")["QueueUrl"]
    credentials: Any = clients["role"]._request_signer._credentials
    assert credentials._is_expired()


def test_a_credential_process_is_run_when_its_client_is_used_outside(profiles: Path) -> None:
    with minicloud.mock_aws():
        session = boto3.Session(profile_name="process")
        sqs = session.client("sqs")
        sqs.list_queues()
        assert not (profiles / MARK).exists()
    assert sqs._request_signer._credentials.get_frozen_credentials().access_key == "AKPROCESS"
    assert session.get_credentials().access_key == "AKPROCESS"  # type: ignore[union-attr]
    assert (profiles / MARK).exists()
    with minicloud.mock_aws(clock="virtual") as cloud:
        cloud.clock.advance_to(datetime(2100, 1, 1, tzinfo=UTC))
        before = boto3.Session(profile_name="process")
        take_full_pipeline(before.client("sqs")).list_queues()
        take_full_pipeline(sqs).list_queues()
    assert sqs._request_signer._credentials.get_frozen_credentials().access_key == "AKPROCESS"


def test_no_cache_of_the_applications_sees_what_a_cloud_gives() -> None:
    import botocore.session
    from botocore.credentials import create_credential_resolver

    cache: dict[str, Any] = {}
    inner = botocore.session.Session(profile="role")
    inner.register_component("credential_provider", create_credential_resolver(inner, cache=cache))
    with minicloud.mock_aws(clock="virtual"):
        boto3.Session(botocore_session=inner).client("sqs").list_queues()
    assert cache == {}


def test_an_environment_whose_credentials_have_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2001-01-01T00:00:00Z")
    with minicloud.mock_aws(clock="virtual"):
        take_full_pipeline(boto3.Session(region_name="us-east-1").client("sqs")).list_queues()
    assert os.environ["AWS_CREDENTIAL_EXPIRATION"] == "2001-01-01T00:00:00Z"
