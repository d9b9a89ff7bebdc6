"""A call takes the full pipeline while any step of it is wrapped, so that the wrapper sees all of it."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from aiobotocore.client import AioBaseClient
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import get_session
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.httpsession import URLLib3Session
from botocore.session import Session

import minicloud

pytestmark = pytest.mark.needs("aiobotocore", "botocore")

ROOT = Path(__file__).parents[2]
STEPS = [
    *[("client", name) for name in ("_emit_api_params", "_convert_to_request_dict", "_make_request")],
    *[("endpoint", name) for name in ("make_request", "prepare_request", "_send_request", "_get_response", "_send")],
    ("session", "send"),
]
SYNC: dict[str, Any] = {"client": BaseClient, "endpoint": Endpoint, "session": URLLib3Session}
ASYNC: dict[str, Any] = {"client": AioBaseClient, "endpoint": AioEndpoint, "session": AIOHTTPSession}


def plain(function: Callable[..., Any], seen: list[str]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        seen.append(function.__name__)
        return function(*args, **kwargs)

    return wrapper


def telling(function: Callable[..., Any], seen: list[str]) -> Any:
    return functools.wraps(function)(plain(function, seen))


class Proxy:
    """Pretends to be what it wraps, in what it is and in what it equals, as wrapt's wrappers do."""

    def __init__(self, function: Callable[..., Any], seen: list[str], owner: Any = None) -> None:
        self.__dict__.update(__wrapped__=function, seen=seen, owner=owner)

    def __get__(self, instance: Any, owner: type) -> Any:
        return Proxy(self.__wrapped__, self.seen, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.seen.append(self.__wrapped__.__name__)
        return self.__wrapped__(self.owner, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    @property
    def __class__(self) -> Any:
        return type(self.__wrapped__)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == other)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)


loaded = cache(Session), cache(get_session)
"""A session of each kind, which reads the models once."""

WRAPPERS = [plain, telling, Proxy]


@pytest.mark.parametrize(("owner", "name"), STEPS)
def test_a_wrapper_of_a_step_is_seen_when_it_comes_and_when_it_goes(owner: str, name: str) -> None:
    seen: list[str] = []
    original = getattr(SYNC[owner], name)
    with minicloud.mock_aws():
        sqs: Any = loaded[0]().create_client("sqs", region_name="us-east-1")
        sqs.list_queues()
        for number, wrap in enumerate(WRAPPERS):
            with mock.patch.object(SYNC[owner], name, wrap(original, seen)):
                sqs.create_queue(QueueName=f"q-{number}")
                assert seen == [name]
            assert len(sqs.list_queues()["QueueUrls"]) == number + 1
            assert seen == [name]
            seen.clear()
    assert getattr(SYNC[owner], name) is original


@pytest.mark.parametrize(("owner", "name"), STEPS)
def test_so_is_one_of_aiobotocores(owner: str, name: str) -> None:
    seen: list[str] = []
    original = getattr(ASYNC[owner], name)

    async def main() -> None:
        async with minicloud.mock_aws(), loaded[1]().create_client("sqs", region_name="us-east-1") as sqs:
            await sqs.list_queues()
            for number, wrap in enumerate(WRAPPERS):
                with mock.patch.object(ASYNC[owner], name, wrap(original, seen)):
                    await sqs.create_queue(QueueName=f"q-{number}")
                    assert seen == [name]
                assert len((await sqs.list_queues())["QueueUrls"]) == number + 1
                assert seen == [name]
                seen.clear()

    asyncio.run(main())
    assert getattr(ASYNC[owner], name) is original


def test_wrappers_from_before_the_first_mock_of_a_process() -> None:
    program = """
import asyncio
from tests.boto.test_wrapped_steps import *
seen = []
patches = [
    mock.patch.object(owners[owner], name, WRAPPERS[number % 3](getattr(owners[owner], name), seen))
    for owners in (SYNC, ASYNC) for number, (owner, name) in enumerate(STEPS)
]
for patch in patches:
    patch.start()
def call_all(count):
    sqs = Session().create_client("sqs", region_name="us-east-1")
    sqs.list_queues()
    assert len(seen) == count, seen
    seen.clear()
    async def main():
        async with get_session().create_client("sqs", region_name="us-east-1") as sqs:
            await sqs.list_queues()
    asyncio.run(main())
    assert len(seen) == count, seen
    seen.clear()
with minicloud.mock_aws():
    call_all(len(STEPS))
    for patch in reversed(patches):
        patch.stop()
    call_all(0)
    call_all(0)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


def test_a_step_that_somebody_replaced_answers_instead_of_the_cloud() -> None:
    answer = mock.Mock(status_code=200), {"QueueUrl": "mine"}
    with minicloud.mock_aws() as cloud:
        sqs: Any = loaded[0]().create_client("sqs", region_name="us-east-1")
        with mock.patch.object(Endpoint, "_send_request", return_value=answer):
            assert sqs.create_queue(QueueName="q") == {"QueueUrl": "mine"}
        assert "QueueUrls" not in cloud.client("sqs").list_queues()
