"""The end of botocore's whole road: where a request would be sent, it is answered.

A ``Road`` is one call on its way. It reads each request that botocore sends for it (a retry is another one), has the
operation performed, and writes the answer as AWS would have sent it.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.operation import Operation
from ..core.unset import UNSET
from ..exceptions import AwsError, UsageError
from ..wire import event_stream as wire_events
from ..wire import trace_header
from ..wire.headers import STREAM_TYPE, headers_of
from ..wire.protocol import Answer, wire_of
from ..wire.required_members import check_required
from .activation import FAKE_KEY
from .responder import Refused, Seat

if TYPE_CHECKING:
    from ..clients.base import BaseClient

__all__ = ["Road", "refuse_left_over", "refuse_request"]


class Road:
    """One call that takes the whole road."""

    def __init__(self, seat: Seat, client: Any, operation_name: str, first: Exception | None = None) -> None:
        self.http_session = client._endpoint.http_session
        """Where the call's requests come out; a request from another one is not the call's."""
        self._seat = seat
        self._operation = seat.operation(operation_name)
        self._model = client.meta.service_model.operation_model(operation_name)
        self._wire = wire_of(seat.protocol)
        self._first = first
        """What the first request is answered with, where the fast way has already performed it."""
        self._traced: frozenset[str | None] = frozenset()
        """The messages that have the request's trace header (``trace_header``)."""

    def answer(self, request: Any) -> Answer:
        """Answer a request; for sync clients, blocking as long as the operation does."""
        try:
            params = self._params(request)
            return self._written(self._method()(**params))
        except Refused as refused:
            return self._failure(refused.error)

    async def answer_async(self, request: Any) -> Answer:
        """The same for a task of an event loop."""
        try:
            params = self._params(request)
            return self._written(await self._method()(**params))
        except Refused as refused:
            return self._failure(refused.error)

    def raw(self, answer: Answer) -> Any:
        """The answer's body as what botocore reads it from."""
        return _Raw(answer, self._model.output_shape)

    def raw_async(self, answer: Answer) -> Any:
        """The answer's body as what aiobotocore reads it from."""
        return _AsyncRaw(answer, self._model.output_shape)

    def _params(self, request: Any) -> dict[str, Any]:
        first, self._first = self._first, None
        if first is not None:
            raise Refused(self._operation, first)
        try:
            params = self._wire.read(_body_of(request), request.url, self._model)
        except AwsError as error:
            raise Refused(self._operation, error) from None
        if self._seat.service_name == "sqs":
            self._traced = trace_header.give(self._operation.name, params, request.headers)
        return params

    def _method(self) -> Any:
        native = self._seat.wire
        if "_judge" not in native.__dict__:
            native.__dict__["_judge"] = _ServiceSide(native, self._seat.service_name).judge
        return getattr(native, self._operation.method_name)

    def _written(self, result: dict[str, Any]) -> Answer:
        if self._traced:
            trace_header.hide(self._traced, result)
        metadata = result.pop("ResponseMetadata")
        request_id = metadata["RequestId"]
        service, now = self._seat.wire.service, self._seat.cloud.time_ns()
        if self._operation.streaming:
            shape = self._model.output_shape
            stream = result[shape.event_stream_name]
            headers = headers_of(service, request_id, now, None, STREAM_TYPE)
            return Answer(200, headers, wire_events.initial_frame(result, shape, service.content_type), stream)
        content_type, body = self._wire.write(result, self._model, request_id)
        return Answer(200, headers_of(service, request_id, now, len(body), content_type), body)

    def _failure(self, error: Exception) -> Answer:
        if not isinstance(error, AwsError):
            raise _as_botocores(error) from None  # the connection broke: botocore knows what to do about it
        cloud, service = self._seat.cloud, self._seat.wire.service
        with cloud.lock:
            request_id = cloud.request_ids.next()
        more, content_type, body = self._wire.write_error(error, service, self._model, request_id)
        headers = headers_of(service, request_id, cloud.time_ns(), len(body), content_type, more)
        return Answer(error.status, headers, body)


class _ServiceSide:
    """Stands in for a native client's check of its parameters: what comes from the wire, the service checks."""

    def __init__(self, native: BaseClient, service_name: str) -> None:
        self._native = native
        self._service_name = service_name

    def judge(self, operation: Operation[..., Any], args: Any, unknown: dict[str, Any], *values: Any) -> list[Any]:
        """The parameters, or the refusal of a request that lacks some."""
        given = dict(zip(operation.input.members, values, strict=True))
        try:
            check_required(self._service_name, operation, {k: v for k, v in given.items() if v is not UNSET})
        except AwsError as error:
            raise Refused(operation, error) from None
        return list(values)


class _Raw:
    """A body that is all there, or comes as events."""

    def __init__(self, answer: Answer, shape: Any) -> None:
        self._answer = answer
        self._shape = shape
        self._body = io.BytesIO(answer.body)

    def read(self, size: int | None = None) -> bytes:
        """The next bytes of the body."""
        return self._body.read(-1 if size is None else size)

    def stream(self, size: int = 0, **_: Any) -> Iterator[bytes]:
        """The body in pieces, waiting for them where they are events."""
        if self._answer.body:
            yield self._body.read()
        if self._answer.events is not None:
            yield from wire_events.frames(self._answer.events, self._shape)

    def close(self) -> None:
        """End the stream, if it is one."""
        if self._answer.events is not None:
            close: Any = getattr(self._answer.events, "close", None)
            close()

    release_conn = close


class _AsyncRaw:
    """The same in aiohttp's words, and in httpx's."""

    def __init__(self, answer: Answer, shape: Any) -> None:
        self._answer = answer
        self._shape = shape
        self.content = self
        # aiobotocore 2 reads them here, of every answer.
        self.raw_headers = tuple((name.encode(), value.encode()) for name, value in answer.headers.items())

    async def read(self, size: int = -1) -> bytes:
        """The whole body."""
        return self._answer.body

    aread = read

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        """The body in pieces, waiting for them where they are events."""
        yield self._answer.body, True
        if self._answer.events is not None:
            async for frame in wire_events.frames_async(self._answer.events, self._shape):
                yield frame, True

    async def aiter_bytes(self, size: int | None = None) -> AsyncIterator[bytes]:
        """The same without a flag."""
        async for chunk, _ in self.iter_chunks():
            yield chunk

    aiter_raw = aiter_bytes

    def close(self) -> None:
        """End the stream, if it is one."""
        if self._answer.events is not None:
            close: Any = getattr(self._answer.events, "close", None)
            close()

    async def aclose(self) -> None:
        """The same."""
        self.close()


def _as_botocores(error: Exception) -> Exception:
    """What botocore itself raises for a lost request or answer, given minicloud's exception of the same name."""
    import botocore.exceptions

    name = next(cls.__name__ for cls in type(error).__mro__ if hasattr(botocore.exceptions, cls.__name__))
    made: Exception = getattr(botocore.exceptions, name)(**vars(error)["kwargs"])
    return made


def _body_of(request: Any) -> bytes:
    body = request.body
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body)


_METADATA_HOSTS = ("169.254.169.254", "fd00:ec2::254")
"""Where machines of EC2 find their role's credentials."""


def refuse_request(request: Any) -> Exception:
    """What to say of a request that belongs to no call that minicloud answers."""
    if urlsplit(request.url).hostname in _METADATA_HOSTS:
        from botocore.exceptions import EndpointConnectionError

        # No machine of EC2: who looks for credentials there goes on without.
        made: Exception = EndpointConnectionError(endpoint_url=request.url)
        return made
    return UsageError(
        f"{request.method} {request.url} was about to be sent around the client's methods, and while mock_aws() is "
        "active no request of botocore's reaches the network: call the client's method, or take the request out of "
        "the test"
    )


def refuse_left_over(request: Any) -> None:
    """Raise ``UsageError`` for a request to AWS that is signed with a mock's fake credentials, when no mock is active.

    Such a request comes from a consumer that was not stopped in time, and AWS could only reject it. The error is
    botocore's ``NoCredentialsError`` as well: what an application does about AWS's errors, it does about this one.
    """
    signature = request.headers.get("Authorization", b"")
    key = f"Credential={FAKE_KEY}/".encode()
    host = urlsplit(request.url).hostname or ""
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and key in _as_bytes(signature):
        from botocore.exceptions import NoCredentialsError

        made: Any = type("NoCredentialsError", (UsageError, NoCredentialsError), {"__init__": Exception.__init__})
        raise made(
            f"{request.method} {request.url} was about to be sent with the fake credentials of a mock_aws() that has "
            "ended: stop consumers and other threads or tasks of the application before the mock ends, and make new "
            "clients for what comes after it"
        )


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
