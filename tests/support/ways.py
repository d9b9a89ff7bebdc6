"""The ways into a cloud, so that a contract test runs once through each. It takes clients from fixtures and knows
nothing of the way:

=============  ======================================================================================================
native         ``cloud.client``
asyncio        ``cloud.async_client``
boto3          a real boto3 client, where it is installed
full-pipeline  the same with a handler that sees its calls, which so take botocore's full pipeline
resource       calls go through the actions of boto3's resources, where there is one
own-resource   the same with ``cloud.resource``
aiobotocore    a client of aiobotocore
aioboto3       a client of aioboto3
query, cbor    as boto3, but that CloudWatch's speaks this protocol: that of other releases of botocore
endpoint       a real boto3 client of a server: requests go over a socket
endpoint-query, endpoint-cbor: the same in these protocols
=============  ======================================================================================================

The first three are there by default (``aiobotocore`` where it is installed and boto3 is not), and the tests are dealt
out to them: a way for each test, and for each case of one that has parameters, so that none is missing and all ways
are gone. In the CI, in the profile ``deep``, and where ``MINICLOUD_WAYS`` names the ways (any of them:
``MINICLOUD_WAYS="resource aiobotocore"``), each goes through each; ``MINICLOUD_DEAL_OUT=1`` deals them out even so.

``make_client("sns", "eu-west-1", account_id=...)`` makes clients of the test's way; folders of tests build fixtures
like ``sns`` on it. What is left to a client of one way only takes ``cloud.client(...)``.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import threading
from asyncio import AbstractEventLoop
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from io import BytesIO
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, TypeAlias
from zlib import crc32

import pytest

import minicloud
from minicloud.core.hosts import dns_suffix_of
from tests.support.depth import is_deep
from tests.support.needs import ALL_HAVE_TO_RUN, is_installed
from tests.support.protocols import client_of_protocol

__all__ = ["OVER_A_SOCKET", "REAL", "MakeClient", "RealClients", "Synchronous", "client_maker", "error_class"]

MakeClient: TypeAlias = Callable[..., Any]

WAYS = ["native", "asyncio"]
if is_installed("boto3") or ALL_HAVE_TO_RUN:
    WAYS.append("boto3")
elif is_installed("aiobotocore"):
    WAYS.append("aiobotocore")
NAMED = os.environ.get("MINICLOUD_WAYS", "").split()
WAYS = NAMED or WAYS
DEALS_OUT = os.environ.get("MINICLOUD_DEAL_OUT") == "1"

OVER_A_SOCKET = ("endpoint", "endpoint-query", "endpoint-cbor")
REAL = ("boto3", "full-pipeline", "query", "cbor", "resource", "aiobotocore", "aioboto3", *OVER_A_SOCKET)
"""The ways of real clients, which refuse some calls before they send anything."""
ALL = ("native", "asyncio", "own-resource", *REAL)
_PROTOCOLS = {"query": "query", "cbor": "smithy-rpc-v2-cbor"}

USER_AGENT = "tests"
"""What real clients say they are: what botocore says of itself is made anew for each request, and costs a twentieth."""

_Key: TypeAlias = tuple[str, str, str]


def pytest_configure(config: pytest.Config) -> None:
    """Say once of a way that cannot be gone what each of thousands of tests would fail of."""
    for way in NAMED:
        if way not in ALL:
            raise pytest.UsageError(
                f"MINICLOUD_WAYS names {way!r}, which is no way into a cloud: name some of {' '.join(ALL)}, with "
                "spaces between them"
            )
        package = _package_of(way)
        if package and not is_installed(package):
            raise pytest.UsageError(
                f"MINICLOUD_WAYS names {way!r}, which needs {package}: `{sys.executable} -m pip install {package}`, or "
                "name other ways"
            )


def _package_of(way: str) -> str:
    """What has to be installed for a way; nothing for minicloud's own clients."""
    if way not in REAL:
        return ""
    return way if way in ("aiobotocore", "aioboto3") else "boto3"


# --- fixtures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def loop() -> Iterator[AbstractEventLoop]:
    """The event loop that asyncio clients run on."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class RealClients(dict[_Key, Any]):
    """Real clients by way, service and region, kept as applications keep them: the test's cloud answers each time."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.open = AsyncExitStack()
        self.server_url = ""
        """The server that the clients over a socket send to: that of the test."""

    def get_or_make(self, way: str, service_name: str, region_name: str) -> Any:
        """The client of that way."""
        key = way, service_name, region_name
        if key not in self:
            self[key] = _MAKERS[way](self, service_name, region_name)
        return self[key]

    def get_or_make_served(self, way: str, service_name: str, region_name: str, account_id: str) -> Any:
        """The client of that account over a socket. It takes longer to make one than to serve a cloud."""
        key = f"{way} {account_id}", service_name, region_name
        if key not in self:
            made_with = self.server_url
            self[key] = client = client_of(made_with, service_name, region_name, account_id, way)

            def send_to_the_server_of_now(request: Any, **_: Any) -> None:
                request.url = request.url.replace(made_with, self.server_url, 1)

            client.meta.events.register("before-send", send_to_the_server_of_now)
        self[key].meta._endpoint_url = self.server_url
        return self[key]


@pytest.fixture(scope="session")
def real_clients(loop: AbstractEventLoop) -> Iterator[RealClients]:
    """The real clients of all tests."""
    clients = RealClients(loop)
    yield clients
    loop.run_until_complete(clients.open.aclose())


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """The way in."""
    way: str = request.param
    return way


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what takes a way in, to be told from what is the same whatever the ways: ``-m way``."""
    if "way" in getattr(item, "fixturenames", ()):
        item.add_marker("way")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the tests out to the ways, where not all have to go through all of them."""
    if not DEALS_OUT and (NAMED or ALL_HAVE_TO_RUN or is_deep()):
        return
    tests: dict[str, dict[str, list[tuple[int, pytest.Item]]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        call = getattr(item, "callspec", None)
        if call and call.params.get("way") in WAYS:
            test, _, parameters = item.nodeid.partition("[")
            way = call.params["way"]
            case = f"-{parameters[:-1]}-".replace(f"-{way}-", "-", 1)
            tests[test][case].append((WAYS.index(way), item))
    others = set()
    for test, cases in tests.items():
        for number, case in enumerate(sorted(cases), crc32(test.encode())):
            found = sorted(cases[case], key=itemgetter(0))
            found.pop(number % len(found))
            others.update(item for _, item in found)
    if others:
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]


@pytest.fixture
def make_client(
    way: str, cloud: minicloud.Cloud, loop: AbstractEventLoop, real_clients: RealClients
) -> Iterator[MakeClient]:
    """Makes clients of this way on the test's cloud: ``make_client(service_name, region_name, account_id=...)``."""
    with client_maker(way, cloud, loop, real_clients) as make:
        yield make


@contextmanager
def client_maker(
    way: str, cloud: minicloud.Cloud, loop: AbstractEventLoop, real_clients: RealClients
) -> Iterator[MakeClient]:
    """The same for any cloud. Real clients are answered by one cloud at a time.

    A mock answers for one account: clients of other accounts are native ones, whatever the way.
    """

    def native(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        return cloud.client(service_name, region_name, **options)

    def asynchronous(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        return Synchronous(cloud.async_client(service_name, region_name, **options), loop)

    def resourceful(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        client = native(service_name, region_name, **options)
        if service_name not in ("sqs", "sns"):
            return client
        return Resourceful(client, cloud.resource(service_name, region_name, **options))

    def real(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
        if options.get("account_id", cloud.account_id) != cloud.account_id:
            return native(service_name, region_name, **options)
        return real_clients.get_or_make(way, service_name, region_name)

    if way in OVER_A_SOCKET:
        with cloud.serve() as server, moving_time(cloud):
            before, real_clients.server_url = real_clients.server_url, server.url

            def served(service_name: str, region_name: str = "us-east-1", **options: Any) -> Any:
                account_id = options.get("account_id", cloud.account_id)
                if service_name == "s3":  # whose links nothing is sent for
                    return client_of(server.url, service_name, region_name, account_id, way)
                return real_clients.get_or_make_served(way, service_name, region_name, account_id)

            yield served
            real_clients.server_url = before
    elif way in REAL:
        with minicloud.mock_aws(cloud=cloud):
            yield real
    else:
        yield {"native": native, "asyncio": asynchronous, "own-resource": resourceful}[way]


def _boto3_client(clients: RealClients, service_name: str, region_name: str) -> Any:
    import boto3
    from botocore.config import Config

    # Without botocore's retries: what the service answers is what is looked at. In the mode that newer releases begin
    # with each error is told to be the last of so many, where a call goes through all of botocore.
    config = Config(retries={"total_max_attempts": 1, "mode": "legacy"}, user_agent=USER_AGENT)
    return boto3.client(service_name, region_name=region_name, config=config)


def _full_pipeline_client(clients: RealClients, service_name: str, region_name: str) -> Any:
    client = _boto3_client(clients, service_name, region_name)
    client.meta.events.register("before-send", lambda **_: None)
    return client


def _client_of(protocol: str) -> Callable[[RealClients, str, str], Any]:
    def make(clients: RealClients, service_name: str, region_name: str) -> Any:
        from botocore.config import Config

        if service_name != "cloudwatch":
            return _boto3_client(clients, service_name, region_name)
        return client_of_protocol(protocol, region_name, config=Config(retries={"total_max_attempts": 1}))

    return make


def _boto3_resource(clients: RealClients, service_name: str, region_name: str) -> Any:
    import boto3
    from botocore.config import Config

    if service_name not in ("sqs", "sns"):
        return _boto3_client(clients, service_name, region_name)
    config = Config(retries={"total_max_attempts": 1})
    resource = boto3.resource(service_name, region_name=region_name, config=config)
    return Resourceful(resource.meta.client, resource)


def _async_client(clients: RealClients, service_name: str, region_name: str, session: Any) -> Any:
    from aiobotocore.config import AioConfig

    make = getattr(session, "create_client", None) or session.client
    made = make(service_name, region_name=region_name, config=AioConfig(retries={"total_max_attempts": 1}))
    return Synchronous(clients.loop.run_until_complete(clients.open.enter_async_context(made)), clients.loop)


def _aiobotocore_client(clients: RealClients, service_name: str, region_name: str) -> Any:
    from aiobotocore.session import get_session

    return _async_client(clients, service_name, region_name, get_session())


def _aioboto3_client(clients: RealClients, service_name: str, region_name: str) -> Any:
    import aioboto3

    return _async_client(clients, service_name, region_name, aioboto3.Session())


@contextmanager
def moving_time(cloud: minicloud.Cloud) -> Iterator[None]:
    """Moves a virtual clock while calls wait in it, and botocore's waiters: for clients outside nobody else does."""
    import botocore.waiter

    ended = threading.Event()

    def move() -> None:
        before: object = None
        while not ended.wait(0.002):
            polls = sum(waiter.call[0] != "SubscribeToShard" for waiter in list(cloud.world.waiters))
            now = (cloud.request_ids.position, cloud.time_ns(), polls)
            if now == before and polls and not cloud.closed:
                due = cloud.next_due()
                if due is not None and cloud.world.waiters:
                    cloud.clock.advance(max(0, due[0] - cloud.time_ns()) / 1_000_000_000)
            before = now

    thread = threading.Thread(target=move, name="moves-time", daemon=True)
    if cloud.clock.autojump:
        thread.start()
    real_time = botocore.waiter.time
    if cloud.clock.manual:
        botocore.waiter.time = SimpleNamespace(sleep=cloud.clock.advance)
    try:
        yield
    finally:
        botocore.waiter.time = real_time
        ended.set()
        if thread.is_alive():
            thread.join()


def client_of(url: str, service_name: str, region_name: str, account_id: str, way: str = "endpoint") -> Any:
    """A client of a server, for an account: with an access key of twelve digits that account is meant."""
    import boto3
    from botocore.config import Config

    protocol = _PROTOCOLS.get(way.removeprefix("endpoint-"))
    options: dict[str, Any] = {
        "endpoint_url": url,
        "aws_access_key_id": account_id,
        "aws_secret_access_key": "secret",
        "config": Config(retries={"total_max_attempts": 1}, user_agent=USER_AGENT),
    }
    if protocol is not None and service_name == "cloudwatch":
        return _as_at_aws(client_of_protocol(protocol, region_name, **options))
    return _as_at_aws(boto3.client(service_name, region_name=region_name, **options))


def _as_at_aws(client: Any) -> Any:
    """A client whose requests say that they go to AWS's own host, so that the URLs of queues are AWS's.

    What minicloud does not have is a 501, and a misuse to tests.
    """
    name, region = client.meta.service_model.endpoint_prefix, client.meta.region_name

    def address(request: Any, **_: Any) -> None:
        request.headers["Host"] = f"{name}.{region}.{dns_suffix_of(region)}"
        request.headers["X-Forwarded-Proto"] = "https"

    def refuse(http_response: Any, parsed: Any, **_: Any) -> None:
        if http_response.status_code == 501 and parsed["Error"]["Code"] == "UnsupportedOperation":
            raise minicloud.UsageError(parsed["Error"]["Message"])

    client.meta.events.register("before-send", address)
    client.meta.events.register("after-call", refuse)
    return client


_MAKERS: dict[str, Callable[[RealClients, str, str], Any]] = {
    "boto3": _boto3_client,
    "full-pipeline": _full_pipeline_client,
    **{way: _client_of(protocol) for way, protocol in _PROTOCOLS.items()},
    "resource": _boto3_resource,
    "aiobotocore": _aiobotocore_client,
    "aioboto3": _aioboto3_client,
}


def error_class(name: str) -> type[Exception]:
    """What clients of every way raise: botocore's class where botocore is loaded, as native errors are of it too."""
    found: type[Exception] = getattr(sys.modules.get("botocore.exceptions", minicloud.exceptions), name)
    return found


# --- resources for tests that know clients ----------------------------------------------------------------------------

_ACTIONS = {
    "add_permission": ("Topic", "TopicArn", "add_permission"),
    "delete_topic": ("Topic", "TopicArn", "delete"),
    "publish": ("Topic", "TopicArn", "publish"),
    "set_topic_attributes": ("Topic", "TopicArn", "set_attributes"),
    "unsubscribe": ("Subscription", "SubscriptionArn", "delete"),
    "set_subscription_attributes": ("Subscription", "SubscriptionArn", "set_attributes"),
    "delete_platform_application": ("PlatformApplication", "PlatformApplicationArn", "delete"),
    "set_platform_application_attributes": ("PlatformApplication", "PlatformApplicationArn", "set_attributes"),
    "delete_endpoint": ("PlatformEndpoint", "EndpointArn", "delete"),
    "set_endpoint_attributes": ("PlatformEndpoint", "EndpointArn", "set_attributes"),
    "delete_queue": ("Queue", "QueueUrl", "delete"),
    "delete_message_batch": ("Queue", "QueueUrl", "delete_messages"),
    "change_message_visibility_batch": ("Queue", "QueueUrl", "change_message_visibility_batch"),
    "purge_queue": ("Queue", "QueueUrl", "purge"),
    "remove_permission": ("Queue", "QueueUrl", "remove_permission"),
    "send_message": ("Queue", "QueueUrl", "send_message"),
    "send_message_batch": ("Queue", "QueueUrl", "send_messages"),
    "set_queue_attributes": ("Queue", "QueueUrl", "set_attributes"),
}
"""The operations whose plain answer an action of a resource returns: the resource, what names it, the action."""


class Resourceful:
    """A client whose calls go through a resource's actions, where there is one that returns the plain answer."""

    def __init__(self, client: Any, resource: Any) -> None:
        self._client = client
        self._resource = resource

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        kind, identifier, action = _ACTIONS.get(name, ("", "", ""))
        if not hasattr(self._resource, kind):
            return method

        def call(*args: Any, **params: Any) -> Any:
            known_by = params.get(identifier)
            if args or not isinstance(known_by, str) or not known_by:
                return method(*args, **params)  # there is no such resource: the client says why
            rest = {key: value for key, value in params.items() if key != identifier}
            return getattr(getattr(self._resource, kind)(known_by), action)(**rest)

        return call


# --- asyncio clients for tests that block ----------------------------------------------------------------------------


class Synchronous:
    """An asyncio client that tests can use as a blocking one: each call runs to its end on one event loop."""

    def __init__(self, client: Any, loop: AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not inspect.ismethod(found):
            return found

        def call(*args: Any, **params: Any) -> Any:
            response = found(*args, **params)
            if not inspect.isawaitable(response):
                return response
            response = self._loop.run_until_complete(response)
            if name == "subscribe_to_shard":
                response["EventStream"] = SynchronousEvents(response["EventStream"], self._loop)
            stream = {"invoke": "Payload", "get_object": "Body"}.get(name)
            if stream is not None:
                response[stream] = BytesIO(self._loop.run_until_complete(response[stream].read()))
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
        # Else this is the garbage collector, during another call, of this loop or of a loop of somebody else's.
        if asyncio._get_running_loop() is None and not loop.is_closed():
            loop.run_until_complete(iterator.aclose())


async def _next(iterator: Any) -> Any:
    return await anext(iterator, _END)
