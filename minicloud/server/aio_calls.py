"""From a request to its answer: the protocol reads, an asyncio client of the cloud performs, the protocol writes.

Handlers and endpoints that a call leads to run in threads, never in the server's: they may be clients of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from urllib.parse import urlencode

from ..clients.base import assume_nothing
from ..clients.session import Session, make_client
from ..core.operation import Operation
from ..core.unset import UNSET
from ..exceptions import AwsError, ClientError, Crash, UsageError
from ..services.registry import SERVICE_NAMES, load_service, module_of
from ..wire import trace_header
from ..wire.headers import STREAM_TYPE, headers_of, http_date_of, request_id_for
from ..wire.model import DeclaredOperation, declared_operation
from ..wire.protocol import Answer, UnknownMember, load_protocol
from ..wire.required_members import missing_error, missing_members
from . import authorization
from .aio_plans import WITH_URLS, Plan, form_of, plan_of
from .aio_step import as_a_task
from .aio_waits import Waits
from .http_request import HttpRequest
from .routing import REGION, Route, route_of
from .unrouted import not_served, of_a_server, unsupported

if TYPE_CHECKING:
    from ..clients.base import BaseClient
    from ..engine.engine import Engine
    from ..engine.interception import Intervention
    from .http_known import KnownHead

__all__ = ["Calls", "Disconnected", "EventStreamAnswer", "WholeAnswer"]

T = TypeVar("T")
Begun: TypeAlias = Coroutine[Any, Any, tuple[str, dict[str, Any], int]]
"""A call: the request's id, the answer, and the time of it."""

_MOST_CLIENTS: Final = 1_000
_MOST_URLS: Final = 100
_MOST_THREADS: Final = 256
_LINKS: Final = frozenset({"ConfirmSubscription", "Unsubscribe"})
_NEWER: Final = "leave it out, or take a release of minicloud that has it"


class Disconnected(Exception):
    """A fault of the test's takes the connection away: before the call, or with its answer."""


class CallFailed(Exception):
    """What clients raise here: ``error`` is an ``AwsError``, or the exception for a lost request or answer."""

    def __init__(self, operation: Operation[..., Any], error: Exception) -> None:
        super().__init__(operation.name)
        self.error = error


class EventStreamAnswer(Answer):
    """An answer that goes on: its frames follow the body."""

    __slots__ = ("content_type", "shape", "stream")

    def __init__(self, headers: dict[str, str], body: bytes, stream: Any, shape: Any, content_type: str) -> None:
        super().__init__(200, headers, body, stream)
        self.stream = stream
        self.shape = shape
        self.content_type = content_type

    def frames(self) -> AsyncIterator[bytes]:
        """The rest of it, frame by frame."""
        from ..wire import event_stream

        return event_stream.frames_async(self.stream, self.shape, self.content_type)


class WholeAnswer(Answer):
    """An answer whose body is all that goes over the wire of HTTP/1.1: its head as well."""

    __slots__ = ()

    def __init__(self, data: bytes) -> None:
        self.body = data


class Calls:
    """The calls of one server's clients."""

    def __init__(self, cloud: Engine) -> None:
        self.cloud = cloud
        self.waits = Waits(cloud)
        self._session = Session(cloud=cloud)
        self._clients: dict[tuple[str, str, str, str | None], Any] = {}
        self._threads = ThreadPoolExecutor(_MOST_THREADS, "minicloud-server-handlers")

    def close(self) -> None:
        """No handlers run from now on."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def read(self, known: KnownHead, body: bytes) -> tuple[Plan, Any, dict[str, Any]] | None:
        """The plan for a request of a kind that has come before, the client for it, and the parameters.

        None for what is not plainly right, and where a fault may intervene: ``answer`` sees to that.
        """
        interception = self.cloud.interception
        if interception is not None and interception.interceptor is not None:
            return None
        plan: Plan | None = known.plan
        try:
            if plan is not None:
                params = plan.read(body)
            else:
                form = form_of(body)
                plan = None if known.forms is None else known.forms.get(form["Action"])
                if plan is None or form.get("Version") != plan.version:
                    return None
                params = plan.read(form)
            if plan.takes_path:
                params.setdefault("QueueUrl", plan.route.queue_url)
        except Exception:  # noqa: BLE001  # whatever it is, ``answer`` will tell
            return None
        url = params.get("QueueUrl")
        client = plan.clients.get(url)
        if client is None:
            client = self._client(plan.route, params)
            if len(plan.clients) >= _MOST_URLS:
                plan.clients.clear()
            plan.clients[url] = client
        return plan, client, params

    async def with_errands(self, client: Any, result: tuple[str, dict[str, Any], int]) -> Any:
        """The result of a call that has led to errands, once these are performed."""
        await client._run_errands()
        return result

    def end(self, plan: Plan, result: tuple[str, dict[str, Any], int], base_url: str) -> bytes:
        """The answer to such a request, as it goes over the wire of HTTP/1.1."""
        request_id, members, now = result
        if plan.gives_urls:
            _localise(members, base_url)
        cloud = self.cloud
        begin, end, date = cloud.http_date
        if now < begin or now >= end:
            cloud.http_date = begin, end, date = http_date_of(now)
        return plan.whole_answer(request_id, members, date)

    async def answer(self, request: HttpRequest, base_url: str, begun: tuple[Plan, Begun] | None = None) -> Answer:
        """The answer to a request. Raises ``HttpError`` for what reaches no operation, and ``Disconnected``.

        ``begun`` is the plan of a request that was read by ``read``, and what is left of the call.
        """
        known = request.known
        plan: Plan | None = None if known is None else known.plan
        if begun is not None:
            plan = begun[0]
        if plan is None:
            route = route_of(request, self._is_bucket)
            if not route.is_signed and route.operation_name in _LINKS and request.method in ("GET", "HEAD"):
                link = await self._visited(route)
                if link is not None:
                    return link
            plan = plan_of(request, route)
        model, protocol = plan.model, plan.route.protocol
        try:
            if begun is not None:
                return WholeAnswer(self.end(plan, await begun[1], base_url))
            if not plan.is_kept:
                authorization.check(request, protocol)
                if known is not None:
                    plan.keep(known)
            if request.is_damaged:
                raise AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400)
            params = plan.params(request)
            client = self._client(plan.route, params)
            result = await self._perform(client, request, plan, params)
        except CallFailed as failure:
            if not isinstance(failure.error, AwsError):
                raise Disconnected from None
            return self._refusal(plan.protocol, model, failure.error)
        except AwsError as error:
            return self._refusal(plan.protocol, model, error)
        except UnknownMember as unknown:
            raise not_served(f"{unknown.what} (of {model.name})", protocol, _NEWER) from None
        except UsageError as misuse:
            if self.cloud.closed:
                raise
            service_id = load_service(plan.route.service_name).service_id
            raise unsupported(of_a_server(str(misuse), service_id), protocol) from None
        except Crash:
            raise Disconnected from None
        if plan.is_kept:
            request_id = result.pop("ResponseMetadata")["RequestId"]
            return WholeAnswer(self.end(plan, (request_id, result, self.cloud.time_ns()), base_url))
        return self._written(plan.protocol, model, result, base_url)

    def _is_bucket(self, name: str) -> bool:
        if not name:
            return False
        with self.cloud.gate("a request"):
            return _has_bucket(self.cloud, name)

    # --- reading ------------------------------------------------------------------------------------------------------

    def _client(self, route: Route, params: dict[str, Any]) -> BaseClient:
        region = _region_of(route, params) or self.cloud.region_name
        key = (route.service_name, region, route.account_id or route.access_key or "", route.token)
        client = self._clients.get(key)
        if client is None:
            if len(self._clients) >= _MOST_CLIENTS:
                self._clients.clear()
            client = self._clients[key] = self._new_client(route, region)
        return client  # type: ignore[no-any-return]

    def _new_client(self, route: Route, region: str) -> Any:
        client = make_client(
            self._session,
            route.service_name,
            True,
            region,
            None,
            None,
            route.account_id or None,
            (route.access_key, route.token),
            _validate,
            CallFailed,
        )

        assume_nothing(client, "checksum_algorithm", "checksum_mode")

        async def intervene(operation: Operation[..., Any], what: Intervention, params: dict[str, Any]) -> Any:
            await as_a_task()
            seconds, what.seconds = what.seconds, 0.0
            if seconds:
                await self.waits.sleep(seconds)
            from ..clients.interventions import intervene_async

            return await intervene_async(client, operation, what, params)

        client._let_others_run = _go_on  # each request comes in a turn of its own
        client._wait = self.waits.wait
        client._run_errands = self._run_errands
        client._intervene = intervene
        return client

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Have work done in a thread: it may lead to what is a client of this server.

        A client that goes away does not take back what it has led to.
        """
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._threads, work, *arguments)
        try:
            await as_a_task()
        except BaseException:
            done.add_done_callback(asyncio.Future.exception)  # nobody else will look
            raise
        return await asyncio.shield(done)

    async def _run_errands(self) -> None:
        self.cloud.disown()  # so that another thread may perform them
        await self.run(self._perform_errands)

    def _perform_errands(self) -> None:
        try:
            self.cloud.run_errands()
        except UsageError as misuse:
            self.cloud.keep_for_the_test(misuse)

    # --- performing ---------------------------------------------------------------------------------------------------

    async def _perform(self, client: Any, request: HttpRequest, plan: Plan, params: dict[str, Any]) -> dict[str, Any]:
        if plan.traces:
            header = trace_header.read(plan.model.service.name, plan.model.name, request.headers)
            if header is not None:
                return await self._perform_traced(client, plan, params, header)
        result: dict[str, Any] = await getattr(client, plan.method_name)(**params)
        return result

    async def _perform_traced(self, client: Any, plan: Plan, params: dict[str, Any], header: str) -> dict[str, Any]:
        traced: frozenset[str | None] = frozenset()
        if plan.model.service.name == "sqs":
            traced = trace_header.add(plan.model.name, params, header)
        elif plan.model.service.name == "sns":
            client = self._traced(client, header)
        result: dict[str, Any] = await getattr(client, plan.method_name)(**params)
        if traced:
            trace_header.hide(traced, result)
        return result

    def _traced(self, client: Any, header: str) -> Any:
        from copy import copy

        from ..services.sns.tracing import TracedRequest

        kind: Any = type(client)
        made = kind.__new__(kind)
        made.__dict__ = copy(client.__dict__)
        made._service = TracedRequest(client._service, header)
        return made

    async def _visited(self, route: Route) -> Answer | None:
        """The answer to a link of SNS's that somebody follows; None if it is none."""
        place = f"https://sns.{route.region_name}.amazonaws.com" if route.region_name else "http://localhost"
        try:
            arn = await self.run(_visit, self.cloud, f"{place}/?{urlencode(route.form)}")
        except UsageError:
            return None
        except ClientError as error:
            details = error.response["Error"]
            model = declared_operation("sns", route.operation_name, "query")
            refusal = AwsError(
                details["Code"], details["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            )
            return None if model is None else self._refusal(load_protocol("query"), model, refusal)
        model = declared_operation("sns", route.operation_name, "query")
        if model is None:
            return None
        result: dict[str, Any] = {} if model.output_shape is None else {"SubscriptionArn": arn}
        result["ResponseMetadata"] = {"RequestId": self._request_id(), "HTTPStatusCode": 200}
        return self._written(load_protocol("query"), model, result, "")

    # --- writing ------------------------------------------------------------------------------------------------------

    def _written(self, protocol: Any, model: DeclaredOperation, result: dict[str, Any], base_url: str) -> Answer:
        metadata = result.pop("ResponseMetadata")
        request_id = metadata["RequestId"]
        service, operation, now = model.service, model.operation, self.cloud.time_ns()
        if operation.streaming:
            from ..wire import event_stream
            from ..wire.cbor_protocol import CONTENT_TYPE as CBOR

            shape: Any = model.output_shape
            stream = result[shape.event_stream_name]
            content_type = CBOR if protocol.__name__.endswith("cbor_protocol") else "application/json"
            first = CBOR if content_type == CBOR else service.content_type
            headers = headers_of(service, request_id, now, None, STREAM_TYPE)
            body = event_stream.initial_frame(result, shape, first)
            return EventStreamAnswer(headers, body, stream, shape, content_type)
        if operation.http.payload:
            result[operation.http.payload] = result[operation.http.payload].content
        if service.name == "sqs" and operation.name in WITH_URLS:
            _localise(result, base_url)
        more, content_type, body = protocol.write_answer(result, model, request_id)
        headers = headers_of(service, request_id, now, len(body), content_type, more)
        return Answer(metadata["HTTPStatusCode"], headers, body)

    def _refusal(self, protocol: Any, model: DeclaredOperation, error: AwsError) -> Answer:
        request_id = request_id_for(model.service, self._request_id())
        more, content_type, body = protocol.write_error(error, model.service, model, request_id)
        headers = headers_of(model.service, request_id, self.cloud.time_ns(), len(body), content_type, more)
        return Answer(error.status, headers, body)

    def _request_id(self) -> str:
        with self.cloud.gate("an answer"):
            return self.cloud.request_ids.next()


async def _go_on() -> None:
    """Give nobody a turn."""


def _visit(cloud: Engine, url: str) -> str:
    from ..clients.links import visit  # which loads SNS

    return visit(cloud, url)


def _validate(
    operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
) -> list[Any]:
    """The parameters of a request as the service gets them: what is missing, the service itself says."""
    given = {name: value for name, value in zip(operation.input.members, values, strict=True) if value is not UNSET}
    missing = missing_members(operation, given)
    if missing:
        raise missing_error(_service_of(operation), missing)
    return list(values)


def _service_of(operation: Operation[..., Any]) -> str:
    folder = operation.handler.__module__.split(".services.")[1].split(".")[0]
    return next(name for name in SERVICE_NAMES if module_of(name) == folder)


def _has_bucket(cloud: Engine, name: str) -> bool:
    return any(name in service.buckets for service in cloud.services("s3"))


def _region_of(route: Route, params: dict[str, Any]) -> str:
    """The region: that of a queue URL's path, as other emulators have it there, else what the request says."""
    url = params.get("QueueUrl") if route.service_name == "sqs" else None
    parts = url.split("/") if isinstance(url, str) else []
    if len(parts) >= 4 and REGION.fullmatch(parts[-3]):
        return parts[-3]
    return route.region_name


def _localise(result: dict[str, Any], base_url: str) -> None:
    """Have the URLs of queues lead to where the request came from."""
    for name in ("QueueUrl", "QueueUrls", "queueUrls"):
        value = result.get(name)
        if isinstance(value, str):
            result[name] = base_url + value.split("://", 1)[1].partition("/")[2]
        elif value is not None:
            result[name] = [base_url + url.split("://", 1)[1].partition("/")[2] for url in value]
