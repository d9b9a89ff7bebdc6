"""A service that is let through goes to another mock, to an emulator, to AWS where that is meant, and else nowhere."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

import minicloud

pytestmark = pytest.mark.needs("boto3")

ONCE = {"retries": {"total_max_attempts": 1}}


def test_without_another_mock_it_does_not_reach_aws() -> None:
    with minicloud.mock_aws(passthrough=("s3", "dynamodb", "sqs")):
        for call in (
            boto3.client("s3").list_buckets,
            boto3.client("dynamodb").list_tables,
            boto3.client("sqs", region_name="cn-north-1").list_queues,
            boto3.client("s3", config=Config(signature_version="s3")).list_buckets,
            boto3.client("s3", config=Config(signature_version=UNSIGNED)).list_buckets,
            boto3.client("s3", aws_access_key_id="FOOBARKEY", aws_secret_access_key="s").list_buckets,
        ):
            with pytest.raises(minicloud.UsageError, match="nothing else answers it: it would reach AWS") as error:
                call()
            assert "is let through by mock_aws(passthrough=(" in str(error.value)
            assert "moto" in str(error.value)


def test_what_is_meant_for_elsewhere_goes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def connect(self: Any) -> None:
        seen.append(self.host)
        raise NewConnectionError(self, "mine")

    with minicloud.mock_aws(passthrough=("s3",)):
        clients = [
            boto3.client("s3", config=Config(**ONCE), aws_access_key_id="AKIDREAL", aws_secret_access_key="s"),
            boto3.client("s3", config=Config(**ONCE), endpoint_url="http://minio:9000"),
            boto3.client("s3", config=Config(**ONCE), endpoint_url="http://localhost:9000"),
        ]
        # Where a recorder of HTTP stands: above the sockets.
        monkeypatch.setattr(HTTPSConnection, "connect", connect)
        monkeypatch.setattr(HTTPConnection, "connect", connect)
        clients.append(boto3.client("s3", config=Config(**ONCE)))
        for client in clients:
            with pytest.raises(EndpointConnectionError):
                client.list_buckets()
    assert seen == ["s3.amazonaws.com", "minio", "localhost", "s3.amazonaws.com"]


@pytest.mark.needs("aiobotocore")
@pytest.mark.filterwarnings("ignore:.*legacy 'httpx' package:DeprecationWarning")
@pytest.mark.parametrize(
    "kind", ["aiohttp", pytest.param("httpx", marks=pytest.mark.needs("aiobotocore.httpxsession", "httpx"))]
)
def test_nor_does_aiobotocore(kind: str) -> None:
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    options: dict[str, Any] = {}
    if kind == "httpx":
        from aiobotocore.httpxsession import HttpxSession

        options["config"] = AioConfig(http_session_cls=HttpxSession)

    async def main() -> None:
        async with (
            minicloud.mock_aws(passthrough=("sqs",)),
            get_session().create_client("sqs", region_name="us-east-1", **options) as sqs,
        ):
            with pytest.raises(minicloud.UsageError, match="nothing else answers it: it would reach AWS"):
                await sqs.list_queues()

    asyncio.run(main())
