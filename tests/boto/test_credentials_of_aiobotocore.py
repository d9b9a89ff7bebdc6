"""aiobotocore's credentials that expire or come from elsewhere, under every clock."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import AioSession

import minicloud
from tests.boto.credentials import ACCOUNT, CLOCKS, MARK, OUTSIDE, WITH_ROLE, write_profiles
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("aiobotocore")


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_profiles(tmp_path, monkeypatch)
    return tmp_path


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
@pytest.mark.parametrize("profile", [*WITH_ROLE, *OUTSIDE])
def test_profiles(profile: str, path: str, clock: str, profiles: Path) -> None:
    async def use(cloud: minicloud.Cloud) -> None:
        session: Any = AioSession(profile=profile)
        async with session.create_client("sqs") as sqs, session.create_client("sts") as sts:
            if path == "full-pipeline":
                take_full_pipeline(sqs)
            account = ACCOUNT if profile in WITH_ROLE else cloud.account_id
            assert f"/{account}/" in (await sqs.create_queue(QueueName="q"))["QueueUrl"]
            cloud.clock.advance(2 * 3600)
            assert len((await sqs.list_queues())["QueueUrls"]) == 1
            assert (await sts.get_caller_identity())["Account"] == account

    with minicloud.mock_aws(clock=clock) as cloud:
        asyncio.run(use(cloud))
    assert not (profiles / MARK).exists()


def test_a_credential_process_is_run_when_its_client_is_used_outside(profiles: Path) -> None:
    async def use() -> None:
        session: Any = AioSession(profile="process")
        with minicloud.mock_aws():
            credentials = await session.get_credentials()
            assert (await credentials.get_frozen_credentials()).access_key == "testing"
            assert await credentials.get_access_key() == "testing"
            assert not (profiles / MARK).exists()
        assert (await credentials.get_frozen_credentials()).access_key == "AKPROCESS"

    asyncio.run(use())
