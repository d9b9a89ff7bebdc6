"""How a real botocore client's call reaches a cloud.

Every method of a botocore client ends in ``BaseClient._make_api_call(operation_name, api_params)``. A hook sits there
from the first use on; it asks whether a mock is active, and if so the call goes straight to the operation: no request
is built, signed, sent or parsed. The hook is never taken out again, so libraries that wrap the same function, before
or after, find what they left.

The answer comes from a native client with one difference: its errors are those of the real client's own
``exceptions``. It is kept with the real client, for as long as the same cloud answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._registry import SERVICE_NAMES
from .._spec import Operation, operations_of
from ..exceptions import AwsError, ParamValidationError, UsageError

if TYPE_CHECKING:
    from ..clients.base import BaseClient
    from ..cloud import Cloud

__all__ = ["Seat", "install", "state"]


class _State:
    """Which cloud answers; None outside of any mock."""

    cloud: Cloud | None = None
    passthrough: frozenset[str] = frozenset()


state = _State()
_installed: set[str] = set()


class Seat:
    """What answers one real client."""

    def __init__(self, client: Any, cloud: Cloud) -> None:
        self.cloud = cloud
        self.methods: dict[str, Callable[..., Any]] = {}
        """By the operation's name in AWS's spelling; filled as operations are used."""
        service_name: str = client.meta.service_model.service_name
        self._service_name = service_name
        self._native: BaseClient | None = None
        self._operations: dict[str, Operation[..., Any]] = {}
        if service_name in SERVICE_NAMES:
            native = cloud.client(service_name, client.meta.region_name or cloud.region_name)
            native._error = _errors_of(client, native)
            self._native = native
            self._operations = {
                operation.name: operation for operation in operations_of(native.service.api).values()
            }

    def method(self, operation_name: str) -> Callable[..., Any]:
        """What answers an operation. Raises ``UsageError`` for one that minicloud does not have."""
        operation = self._operations.get(operation_name)
        if operation is None or self._native is None:
            raise UsageError(
                f"minicloud does not answer {self._service_name}.{operation_name}, and while mock_aws() is active no "
                f"call reaches the network: let it through with mock_aws(passthrough=({self._service_name!r},)) where "
                "something else answers it, or take the call out of the test"
            )
        method: Callable[..., Any] = getattr(self._native, operation.method_name)
        self.methods[operation_name] = method
        return method

    def judge(self, operation_name: str, params: dict[str, Any]) -> None:
        """Raise the validation error with its lines in the order in which the parameters were given."""
        self._operations[operation_name].judge(params)


def _errors_of(client: Any, native: Any) -> Callable[[Operation[..., Any], AwsError], Exception]:
    """Makes the real client's own exceptions of the services' errors."""

    def error_of(operation: Operation[..., Any], error: AwsError) -> Exception:
        response = native._error_response(error)
        exceptions = client.exceptions
        found = exceptions.from_code(response["Error"]["Code"])
        if found is exceptions.ClientError and error.shape is not None:
            found = exceptions.from_code(error.shape)
        made: Exception = found(response, operation.name)
        return made

    return error_of


def install() -> None:
    """Put the hook into botocore, once per process. Imports botocore; raises ``ImportError`` where there is none."""
    if "botocore" in _installed:
        return
    _installed.add("botocore")
    from botocore.client import BaseClient

    original = BaseClient._make_api_call

    def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        cloud = state.cloud
        if cloud is None:
            return original(self, operation_name, api_params)
        seat = self.__dict__.get("_minicloud_seat")
        if seat is None or seat.cloud is not cloud:
            if self.meta.service_model.service_name in state.passthrough:
                return original(self, operation_name, api_params)
            seat = self.__dict__["_minicloud_seat"] = Seat(self, cloud)
        method = seat.methods.get(operation_name)
        if method is None:
            method = seat.method(operation_name)
        try:
            return method(**api_params)
        except ParamValidationError:
            seat.judge(operation_name, api_params)
            raise

    _make_api_call.__wrapped__ = original  # type: ignore[attr-defined]  # as functools.wraps leaves it
    BaseClient._make_api_call = _make_api_call
