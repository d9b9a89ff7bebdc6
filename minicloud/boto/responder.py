"""What answers one real client.

Every method of a botocore client ends in ``_make_api_call(operation_name, api_params)``, where a hook asks the client's
seat. There are two ways from there to the operation, with one result:

*the fast one*   straight to a native client: no request is built, signed, sent or parsed.
*the whole road* botocore does all it does for a real call, and the request is answered where it would be sent
                 (``road``). A call goes that way when something is there that could see the difference: a handler that
                 is not botocore's own on one of the events of a call, a recorded history, a wrapped step of the road,
                 an operation that streams; and an error that botocore may try again.

What is registered is looked up once per operation, and again when an emitter's registrations have changed. An emitter
forgets its own table of lookups with every change, so one comparison of identities tells.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation, operations_of
from ..exceptions import AwsError, UsageError
from ..services.registry import SERVICE_NAMES, load_service
from ..wire.protocol import PROTOCOLS
from .event_handlers import Watched
from .operation_models import Reading, reading_of
from .param_checks import ClientSide, is_text

if TYPE_CHECKING:
    from ..clients.base import BaseClient
    from .activation import Era

__all__ = ["SEAT", "Refused", "Seat"]

SEAT = "_minicloud_seat"
"""Where a client keeps its seat."""

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
)
"""Parts of the codes that botocore may try again, and of some that it does not: the road knows."""


class Refused(Exception):
    """A call failed: what a native client of a seat raises instead of an error of botocore's.

    ``error`` is an ``AwsError``, or what is to be raised where the request or its answer was lost.
    """

    def __init__(self, operation: Operation[..., Any], error: Exception) -> None:
        super().__init__(operation.name)
        self.operation = operation
        self.error = error


class Seat:
    """What answers one real client, for an era."""

    __slots__ = (
        "_client",
        "_credentials",
        "_make",
        "_native",
        "_region_name",
        "_service_id",
        "_watched",
        "_wire",
        "cloud",
        "emitter",
        "era",
        "fast",
        "lookups",
        "protocol",
        "service_name",
    )

    def __init__(self, client: Any, era: Era, credentials: dict[str, str | None], *, is_async: bool) -> None:
        meta = client.meta
        service_model = meta.service_model
        cloud = era.cloud
        self.era = era
        self.cloud = cloud
        self.emitter: Any = getattr(meta.events, "_emitter", meta.events)
        self.lookups: object = None
        """What the emitter's table of lookups was when it was last seen (``handlers.Watched``)."""
        self.fast: dict[str, Callable[..., Any]] = {}
        """The operations that take the fast way, by AWS's name; filled as they are used."""
        self.service_name: str = service_model.service_name
        self.protocol: str = getattr(service_model, "resolved_protocol", None) or service_model.metadata["protocol"]
        self._client = client
        self._service_id: str = service_model.service_id.hyphenize()
        self._credentials = credentials
        self._region_name = meta.region_name or cloud.region_name
        self._make = cloud.async_client if is_async else cloud.client
        self._native: BaseClient | None = None
        self._wire: BaseClient | None = None
        before: Seat | None = client.__dict__.get(SEAT)
        self._watched: Watched | None = None if before is None else before._watched

    @property
    def native(self) -> BaseClient:
        """Answers the calls that take the fast way."""
        if self._native is None:
            native = self._native = self._make_native()
            native.__dict__["_judge"] = ClientSide(native).judge
        return self._native

    @property
    def wire(self) -> BaseClient:
        """Answers requests from the wire, where no client may have checked the parameters."""
        if self._wire is None:
            self._wire = self._make_native()
        return self._wire

    def _make_native(self) -> BaseClient:
        native: BaseClient = self._make(self.service_name, self._region_name, **self._credentials)
        native.__dict__["_error"] = native.__dict__["_broken"] = Refused
        return native

    def way(self, operation_name: str, seen: bool) -> Callable[..., Any] | None:
        """What performs an operation the fast way; None when the call is to take the whole road, also if it is seen.

        Raises ``UsageError`` for an operation that minicloud does not have.
        """
        operation = self.operation(operation_name)
        watched = self._watched
        if watched is None or self.emitter._lookup_cache is not watched.lookups:
            watched = self._watched = Watched(self.emitter, self._service_id)
        if watched.lookups is not self.lookups:
            self.fast = {}
            self.lookups = watched.lookups
        if (
            operation.streaming
            or self.protocol != PROTOCOLS[self.service_name]
            or self._client._endpoint._response_parser_factory._defaults  # parsers of the application's own
            or watched.is_limited
            or watched.includes(operation_name)
            or (reading := self._reading(operation)).is_older
        ):
            return None
        method = self.fast[operation_name] = reading.method(
            getattr(self.native, operation.method_name), self.native.is_async
        )
        return None if seen else method

    def call_ends(self) -> None:
        """A call has taken the whole road, and the client may have begun to limit its rate."""
        if self.fast and self._watched is not None and self._watched.is_limited:
            self.fast = {}

    def _reading(self, operation: Operation[..., Any]) -> Reading:
        return reading_of(operation, self._client.meta.service_model, self.protocol)

    def operation(self, operation_name: str) -> Operation[..., Any]:
        """The operation of that name. Raises ``UsageError`` when minicloud does not have it."""
        operation = _operations(self.service_name).get(operation_name)
        if operation is None:
            raise UsageError(
                f"minicloud does not answer {self.service_name}.{operation_name}, and while mock_aws() is active no "
                f"call reaches the network: let it through with mock_aws(passthrough=({self.service_name!r},)) where "
                "something else answers it, or take the call out of the test"
            )
        return operation

    def may_be_retried(self, refused: Refused, api_params: dict[str, Any]) -> bool:
        """Whether what happens after this error is for botocore to say."""
        error = refused.error
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

    def exception(self, refused: Refused) -> Exception:
        """The real client's own exception for a refusal."""
        error = refused.error
        assert isinstance(error, AwsError)
        response = self.native._error_response(error)
        exceptions = self._client.exceptions
        found = exceptions.from_code(response["Error"]["Code"])
        if found is exceptions.ClientError and error.shape is not None:
            found = exceptions.from_code(error.shape)
        made: Exception = found(response, refused.operation.name)
        return made


@cache
def _operations(service_name: str) -> dict[str, Operation[..., Any]]:
    """The operations of a service by AWS's name; none of a service that minicloud does not have."""
    if service_name not in SERVICE_NAMES:
        return {}
    return {operation.name: operation for operation in operations_of(load_service(service_name).api).values()}
