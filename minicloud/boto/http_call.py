"""The end of botocore's full pipeline: where a request would be sent, it is answered.

An ``HttpCall`` is one call on its way. It reads each request that botocore sends for it (a retry is another one), has
the operation performed, and writes the answer as AWS would have sent it.
"""

from __future__ import annotations

import zlib
from gzip import decompress
from typing import Any

from ..exceptions import AwsError
from ..wire import event_stream, trace_header
from ..wire.headers import STREAM_TYPE, headers_of, request_id_for
from ..wire.protocol import Answer, load_protocol
from .activation import UnansweredCall
from .raw_bodies import AsyncRaw, Raw
from .responder import CallFailed, Responder

__all__ = ["HttpCall", "call_in_pipeline"]


def call_in_pipeline(
    responder: Responder, client: Any, operation_name: str, error: Exception | None
) -> HttpCall | UnansweredCall:
    """A call that goes down the full pipeline, for ``current_call``; ``error`` is as in ``HttpCall``."""
    if responder.find_operation(operation_name) is None:
        return UnansweredCall(responder.refusal(operation_name))
    return HttpCall(responder, client, operation_name, error)


class HttpCall:
    """One call in the full pipeline."""

    def __init__(self, responder: Responder, client: Any, operation_name: str, error: Exception | None = None) -> None:
        self.http_session = client._endpoint.http_session
        """Where the call's requests come out; a request from another one is not the call's."""
        self._responder = responder
        self._operation = responder.operation(operation_name)
        self._model = client.meta.service_model.operation_model(operation_name)
        self._protocol = load_protocol(responder.protocol)
        self._error = error
        """What the first request is answered with, where the fast path has already performed it."""
        self.failure: Exception | None = None
        """What its latest request was answered with, if that was an error: it has the notes of what is raised."""
        self._trace_header: str | None = None
        """The request's, where it goes along with messages (``trace_header``)."""
        self._traced: frozenset[str | None] = frozenset()
        """The messages of SQS that it was added to."""

    @property
    def is_streaming(self) -> bool:
        """Whether the answer goes on as a stream of events."""
        return self._operation.streaming

    def answer(self, request: Any) -> Answer:
        """Answer a request; for sync clients, blocking as long as the operation does."""
        try:
            params = self._params(request, _sent(request))
            return self._written(self._method()(**params))
        except CallFailed as failure:
            return self._failure(failure.error)

    async def answer_async(self, request: Any) -> Answer:
        """The same for a task of an event loop."""
        try:
            sent = _sent(request)
            if hasattr(sent, "__await__"):  # aiobotocore has bodies that are read so
                sent = await sent
            params = self._params(request, sent)
            return self._written(await self._method()(**params))
        except CallFailed as failure:
            return self._failure(failure.error)

    def raw(self, answer: Answer) -> Any:
        """The answer's body as what botocore reads it from."""
        return Raw(answer, self._model.output_shape)

    def raw_async(self, answer: Answer) -> Any:
        """The answer's body as what aiobotocore reads it from."""
        return AsyncRaw(answer, self._model.output_shape)

    def _params(self, request: Any, sent: Any) -> dict[str, Any]:
        error, self._error = self._error, None
        self.failure = None
        if error is not None:
            raise CallFailed(self._operation, error)
        try:
            body = _body_of(request, sent, is_object=self._responder.service_name == "s3")
            params = self._protocol.read_request(body, request.url, request.headers, self._model)
        except AwsError as refusal:
            raise CallFailed(self._operation, refusal) from None
        self._trace_header = trace_header.read(self._responder.service_name, self._operation.name, request.headers)
        if self._trace_header is not None and self._responder.service_name == "sqs":
            self._traced = trace_header.add(self._operation.name, params, self._trace_header)
        return params

    def _method(self) -> Any:
        client = self._responder.pipeline_client
        if self._trace_header is not None and self._responder.service_name == "sns":
            client = self._responder.traced_client(self._trace_header)
        return getattr(client, self._operation.method_name)

    def _written(self, result: dict[str, Any]) -> Answer:
        if self._traced:
            trace_header.hide(self._traced, result)
        metadata = result.pop("ResponseMetadata")
        request_id = metadata["RequestId"]
        service, now = self._responder.pipeline_client.service, self._responder.cloud.time_ns()
        if self._operation.streaming:
            shape = self._model.output_shape
            stream = result[shape.event_stream_name]
            headers = headers_of(service, request_id, now, None, STREAM_TYPE)
            return Answer(200, headers, event_stream.initial_frame(result, shape, service.content_type), stream)
        payload = self._operation.http.payload
        if payload:
            result[payload] = result[payload].content
        more, content_type, body = self._protocol.write_answer(result, self._model, request_id)
        headers = headers_of(service, request_id, now, len(body), content_type, more)
        return Answer(metadata["HTTPStatusCode"], headers, body)

    def _failure(self, error: Exception) -> Answer:
        self.failure = error
        if not isinstance(error, AwsError):
            raise _as_botocores(error) from None  # the connection broke: botocore knows what to do about it
        cloud, service = self._responder.cloud, self._responder.pipeline_client.service
        with cloud.gate("an answer"):
            request_id = request_id_for(service, cloud.request_ids.next())
        more, content_type, body = self._protocol.write_error(error, service, self._model, request_id)
        headers = headers_of(service, request_id, cloud.time_ns(), len(body), content_type, more)
        return Answer(error.status, headers, body)


def _as_botocores(error: Exception) -> Exception:
    """What botocore itself raises for a lost request or answer, given minicloud's exception of the same name."""
    import botocore.exceptions

    name = next(cls.__name__ for cls in type(error).__mro__ if hasattr(botocore.exceptions, cls.__name__))
    made: Exception = getattr(botocore.exceptions, name)(**vars(error)["kwargs"])
    return made


def _sent(request: Any) -> Any:
    """What a request has for a body, read to its end where that is something to read."""
    body = request.body
    return body.read() if hasattr(body, "read") else body


def _body_of(request: Any, body: Any, *, is_object: bool) -> bytes:
    if body is None:
        return b""
    if not is_object and request.headers.get("content-encoding") in ("gzip", b"gzip"):
        try:
            return decompress(body)  # botocore compresses what is large, where the model says so
        except (EOFError, OSError, zlib.error):
            raise AwsError("SerializationException", "the body is no gzip", 400) from None
    return body.encode() if isinstance(body, str) else bytes(body)
