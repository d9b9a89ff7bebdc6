"""The ways into a cloud, so that a contract test runs once through each: a native client, an asyncio client and, where
botocore is installed, a real boto3 client. Such a test takes clients from fixtures and knows nothing of the way.

``make_client("sns", "eu-west-1", account_id=...)`` makes clients of the test's way; folders of tests build fixtures
like ``sns`` on it. What is left to a client of one way only takes ``cloud.client(...)``.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest

import minicloud

__all__ = ["MakeClient", "Synchronous", "client_maker", "error_class"]

MakeClient: TypeAlias = Callable[..., Any]

WAYS = ["native", "asyncio"]
if importlib.util.find_spec("botocore") is not None or os.environ.get("MINICLOUD_REQUIRE_BOTO") == "1":
    WAYS.append("boto3")


# --- fixtures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def loop() -> Iterator[AbstractEventLoop]:
    """The event loop that asyncio clients run on."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def real_clients() -> dict[tuple[str, str], Any]:
    """Real clients by service and region, kept as applications keep them: the test's cloud answers each time."""
    return {}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """The way in."""
    way: str = request.param
    return way


@pytest.fixture
def make_client(
    way: str, cloud: minicloud.Cloud, loop: AbstractEventLoop, real_clients: dict[tuple[str, str], Any]
) -> Iterator[MakeClient]:
    """Makes clients of this way on the test's cloud: ``make_client(service_name, region_name, account_id=...)``."""
    with client_maker(way, cloud, loop, real_clients) as make:
        yield make


@contextmanager
def client_maker(
    way: str, cloud: minicloud.Cloud, loop: AbstractEventLoop, real_clients: dict[tuple[str, str], Any]
) -> Iterator[MakeClient]:
    """The same for any cloud. Real clients are answered by one cloud at a time.

    A mock answers for one account: clients of other accounts are native ones, whatever the way.
    """

    def native(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        return cloud.client(service_name, region_name, **options)

    def asynchronous(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        return Synchronous(cloud.async_client(service_name, region_name, **options), loop)

    def real(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        import boto3
        from botocore.config import Config

        if options.get("account_id", cloud.account_id) != cloud.account_id:
            return native(service_name, region_name, **options)
        key = service_name, region_name
        if key not in real_clients:
            # Without botocore's retries: what the service answers is what is looked at.
            config = Config(retries={"total_max_attempts": 1})
            real_clients[key] = boto3.client(service_name, region_name=region_name, config=config)
        return real_clients[key]

    if way == "boto3":
        with minicloud.mock_aws(cloud=cloud):
            yield real
    else:
        yield native if way == "native" else asynchronous


def error_class(name: str) -> type[Exception]:
    """What clients of every way raise: botocore's class where botocore is loaded, as native errors are of it too."""
    found: type[Exception] = getattr(sys.modules.get("botocore.exceptions", minicloud.exceptions), name)
    return found


# --- asyncio clients for tests that block ----------------------------------------------------------------------------


class Synchronous:
    """An asyncio client that tests can use as a blocking one: each call runs to its end on one event loop."""

    def __init__(self, client: Any, loop: AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not inspect.iscoroutinefunction(found):
            return found

        def call(*args: Any, **params: Any) -> Any:
            response = self._loop.run_until_complete(found(*args, **params))
            if name == "subscribe_to_shard":
                response["EventStream"] = SynchronousEvents(response["EventStream"], self._loop)
            return response

        return call

    def get_paginator(self, operation_name: str) -> Any:
        paginator = self._client.get_paginator(operation_name)
        return SimpleNamespace(paginate=lambda **params: SynchronousPages(paginator.paginate(**params), self._loop))

    def get_waiter(self, waiter_name: str) -> Any:
        waiter = self._client.get_waiter(waiter_name)
        return SimpleNamespace(wait=lambda **params: self._loop.run_until_complete(waiter.wait(**params)))


class SynchronousPages:
    """The same for the pages of an asyncio paginator."""

    def __init__(self, pages: Any, loop: AbstractEventLoop) -> None:
        self._pages = pages
        self._loop = loop

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return _iterate(self._pages, self._loop)

    def build_full_result(self) -> dict[str, Any]:
        result: dict[str, Any] = self._loop.run_until_complete(self._pages.build_full_result())
        return result


class SynchronousEvents:
    """The same for an event stream."""

    def __init__(self, events: Any, loop: AbstractEventLoop) -> None:
        self._events = events
        self._loop = loop

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return _iterate(self._events, self._loop)

    def close(self) -> None:
        self._events.close()


_END: Any = object()


def _iterate(source: Any, loop: AbstractEventLoop) -> Iterator[dict[str, Any]]:
    iterator = aiter(source)
    try:
        while (item := loop.run_until_complete(_next(iterator))) is not _END:
            yield item
    finally:
        loop.run_until_complete(iterator.aclose())


async def _next(iterator: Any) -> Any:
    return await anext(iterator, _END)
