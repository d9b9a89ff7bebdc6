"""What answers one real client.

Every method of a botocore client ends in ``_make_api_call(operation_name, api_params)``, where a hook asks the client's
responder. There are two ways from there to the operation, with one result:

*fast path*      straight to a native client: no request is built, signed, sent or parsed.
*full pipeline*  botocore does all it does for a real call, and the request is answered where it would be sent
                 (``http_call``). A call takes it when something is there that could see the difference: a handler that
                 is not botocore's own on one of the events of a call, a recorded history, a wrapped step of the
                 pipeline, an operation that streams, a trace header that botocore adds; and an error that botocore may
                 try again.

What is registered is looked up once per operation, and again when an emitter's registrations have changed. An emitter
forgets its own table of lookups with every change, so one comparison of identities tells.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ..clients.base import assume_nothing
from ..clients.session import make_client
from ..core.operation import Operation, operations_of
from ..exceptions import AwsError, UsageError, pass_notes_on
from ..services.registry import SERVICE_NAMES, load_service
from ..wire import trace_header
from ..wire.protocol import PROTOCOLS
from .event_handlers import EventHandlers
from .newer_models import unknown_operation
from .operation_models import OperationModel, operation_model_of
from .param_checks import is_text, validate_call, validate_request

if TYPE_CHECKING:
    from ..clients.base import BaseClient, Validator
    from .activation import Activation

__all__ = ["RESPONDER", "CallFailed", "Responder"]

RESPONDER = "_minicloud_responder"
"""Where a client keeps its responder."""

_WORTH_A_RETRY = (
    "Throttl",
    "LimitExceeded",
    "ThroughputExceeded",
    "TooManyRequests",
    "RequestTimeout",
    "SlowDown",
    "PriorRequest",
    "Transient",
    "Unavailable",
    "IDPCommunication",
    "BadDigest",
)
"""Parts of the codes that botocore may try again, and of some that it does not: the full pipeline knows."""


class CallFailed(Exception):
    """What a responder's native clients raise in place of errors of botocore's.

    ``error`` is an ``AwsError``, or what is to be raised where the request or its answer was lost.
    """

    def __init__(self, operation: Operation[..., Any], error: Exception) -> None:
        super().__init__(operation.name)
        self.operation = operation
        self.error = error


_GLOBAL_REGION = "aws-global"
_FIRST_REGION = "us-east-1"
"""What botocore takes where none is said, for S3 with ``us_east_1_regional_endpoint="regional"``, and which it is."""


class Responder:
    """What answers one real client, for an activation."""

    __slots__ = (
        "_client",
        "_credentials",
        "_fast_client",
        "_handlers",
        "_is_async",
        "_pipeline_client",
        "_region_name",
        "_service_id",
        "activation",
        "cloud",
        "emitter",
        "fast_methods",
        "lookups",
        "protocol",
        "service_name",
    )

    def __init__(
        self, client: Any, activation: Activation, credentials: dict[str, str | None], *, is_async: bool
    ) -> None:
        meta = client.meta
        service_model = meta.service_model
        cloud = activation.cloud
        self.activation = activation
        self.cloud = cloud
        self.emitter: Any = getattr(meta.events, "_emitter", meta.events)
        self.lookups: object = None
        """What the emitter's table of lookups was when it was last seen (``EventHandlers``)."""
        self.fast_methods: dict[str, Callable[..., Any]] = {}
        """The operations that take the fast path, by AWS's name; filled as they are used."""
        self.service_name: str = service_model.service_name
        self.protocol: str = getattr(service_model, "resolved_protocol", None) or service_model.metadata["protocol"]
        self._client = client
        self._service_id: str = service_model.service_id.hyphenize()
        self._credentials = credentials
        self._region_name = meta.region_name or cloud.region_name
        if self._region_name == _GLOBAL_REGION and self.service_name != "iam":
            self._region_name = _FIRST_REGION  # whose endpoint it is
        self._is_async = is_async
        self._fast_client: BaseClient | None = None
        self._pipeline_client: BaseClient | None = None
        before: Responder | None = client.__dict__.get(RESPONDER)
        self._handlers: EventHandlers | None = None if before is None else before._handlers

    @property
    def fast_client(self) -> BaseClient:
        """The native client that answers calls on the fast path."""
        if self._fast_client is None:
            made = self._fast_client = self._make_client(validate_call)
            config = self._client.meta.config
            if getattr(config, "request_checksum_calculation", None) != "when_supported":
                assume_nothing(made, "checksum_algorithm")
            if getattr(config, "response_checksum_validation", None) != "when_supported":
                assume_nothing(made, "checksum_mode")
        return self._fast_client

    @property
    def pipeline_client(self) -> BaseClient:
        """The native client that answers requests at the end of the full pipeline."""
        if self._pipeline_client is None:
            made = self._make_client(partial(validate_request, self._client.meta.service_model))
            assume_nothing(made, "checksum_algorithm", "checksum_mode")  # botocore has done it, or has not
            self._pipeline_client = made
        return self._pipeline_client

    def traced_client(self, header: str) -> BaseClient:
        """The same of SNS for one request, which has a trace header."""
        from ..services.sns.tracing import TracedRequest

        client = self._make_client(partial(validate_request, self._client.meta.service_model))
        client._service = TracedRequest(client._service, header)
        return client

    def _make_client(self, validator: Validator) -> BaseClient:
        session = self.cloud.session(region_name=self._region_name, **self._credentials)
        made: BaseClient = make_client(
            session, self.service_name, self._is_async, validator=validator, make_error=CallFailed
        )
        return made

    def fast_method(self, operation_name: str) -> Callable[..., Any] | None:
        """What performs an operation on the fast path; None when the call has to take the full pipeline.

        Raises ``UsageError`` for an operation that minicloud does not have, unless somebody else may answer it: a
        handler of the application's, as botocore's ``Stubber`` is one.
        """
        operation = self.find_operation(operation_name)
        handlers = self._handlers
        if handlers is None or self.emitter._lookup_cache is not handlers.lookups:
            handlers = self._handlers = EventHandlers(self.emitter, self._service_id)
        if handlers.lookups is not self.lookups:
            self.fast_methods = {}
            self.lookups = handlers.lookups
        if operation is None:
            if handlers.may_answer(operation_name):
                return None
            raise self.refusal(operation_name)
        if (
            operation.streaming
            or self.protocol != PROTOCOLS[self.service_name]
            or self._client._endpoint._response_parser_factory._defaults  # parsers of the application's own
            or handlers.is_limited
            or (trace_header.is_read(self.service_name, operation_name) and _adds_trace_header())
            or handlers.see(operation_name)
            or (model := self._operation_model(operation)).knows_less
        ):
            return None
        client = self.fast_client
        method = model.method(getattr(client, operation.method_name), client.is_async)
        self.fast_methods[operation_name] = method
        return method

    def pipeline_ended(self) -> None:
        """A call has taken the full pipeline, and the client may have begun to limit its rate."""
        if self.fast_methods and self._handlers is not None and self._handlers.is_limited:
            self.fast_methods = {}

    def _operation_model(self, operation: Operation[..., Any]) -> OperationModel:
        return operation_model_of(operation, self._client.meta.service_model, self.protocol)

    def operation(self, operation_name: str) -> Operation[..., Any]:
        """The operation of that name. Raises ``UsageError`` when minicloud does not have it."""
        operation = self.find_operation(operation_name)
        if operation is None:
            raise self.refusal(operation_name)
        return operation

    def find_operation(self, operation_name: str) -> Operation[..., Any] | None:
        """The operation of that name; None when minicloud does not have it."""
        return _operations(self.service_name).get(operation_name)

    def refusal(self, operation_name: str) -> UsageError:
        """What to say of an operation that minicloud does not have."""
        return unknown_operation(self.service_name, operation_name, is_emulated=self.service_name in SERVICE_NAMES)

    def may_be_retried(self, failure: CallFailed, api_params: dict[str, Any]) -> bool:
        """Whether what happens after this error is for botocore to say."""
        error = failure.error
        return (
            not isinstance(error, AwsError)
            or error.status >= 500
            or error.status == 429
            or any(part in error.code for part in _WORTH_A_RETRY)
            # The rules of endpoints look into ARNs, and refuse some before anything is sent.
            or (self.service_name == "kinesis" and any(name.endswith("ARN") for name in api_params))
            # Half a character is refused where a form is written.
            or (self.protocol == "query" and not is_text(api_params))
        )

    def exception(self, failure: CallFailed) -> Exception:
        """The real client's own exception for a failed call."""
        error = failure.error
        assert isinstance(error, AwsError)
        response = self.fast_client._error_response(error)
        exceptions = self._client.exceptions
        found = exceptions.from_code(response["Error"]["Code"])
        if found is exceptions.ClientError and error.shape is not None:
            found = exceptions.from_code(error.shape)
        made: Exception = found(response, failure.operation.name)
        return pass_notes_on(error, made)


def _adds_trace_header() -> bool:
    """Whether botocore puts a trace header into requests: it does in a function of Lambda."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ and bool(os.environ.get("_X_AMZN_TRACE_ID"))


@cache
def _operations(service_name: str) -> dict[str, Operation[..., Any]]:
    """The operations of a service by AWS's name; none of a service that minicloud does not have."""
    if service_name not in SERVICE_NAMES:
        return {}
    return {operation.name: operation for operation in operations_of(load_service(service_name).api).values()}
