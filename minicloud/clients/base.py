"""What sync and asyncio clients have in common: identity, errors, and the words boto3's clients know."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias

from ..core.hosts import dns_suffix_of, global_host_of, partition_of
from ..core.near import near_name
from ..core.operation import Operation, operations_of
from ..core.service import Service
from ..core.shown import escaped, shown
from ..core.unset import UNSET
from ..engine.forks import renew_properties
from ..exceptions import AwsError, UnknownOperationError, UsageError, pass_notes_on, visible
from ..exceptions import ClientError as _ClientError
from ..wire.headers import metadata_of_error, request_id_for

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["BaseClient", "ClientExceptions", "ClientMeta", "ErrorMaker", "Validator", "assume_nothing"]

Validator: TypeAlias = Callable[..., list[Any]]
"""``validator(operation, args, unknown, *values)`` returns a call's parameters as the service gets them, in the order
of the model. It is called when the fast check is in doubt. Raises an ``AwsError``, or what the caller is to see."""

ErrorMaker: TypeAlias = Callable[[Operation[..., Any], Exception], Exception]
"""Makes what a caller gets to see of an ``AwsError``, or of the exception for a lost request or answer."""


class ClientExceptions:
    """``client.exceptions``: the modelled exceptions of a service as classes, ``ClientError`` beside them."""

    ClientError = _ClientError
    """The base of all of them, for errors that have no class of their own, too."""

    def __init__(self, service: Service) -> None:
        self._classes: dict[str, type[_ClientError]] = {
            name: type(name, (_ClientError,), {"__module__": "minicloud.exceptions"}) for name in service.exceptions
        }

    def from_code(self, code: str) -> type[_ClientError]:
        """The class of a modelled exception by its name; ``ClientError`` for any other code."""
        return self._classes.get(code, _ClientError)

    if not TYPE_CHECKING:
        # Type checkers know the names of each service (``declared.pyi``), so a misspelt one is an error to them.

        def __getattr__(self, name: str) -> type[_ClientError]:
            if name.startswith("__"):
                raise AttributeError(name)
            try:
                return self._classes[name]
            except KeyError:
                valid = ", ".join(self._classes)
                message = f"{self!r} object has no attribute {name}. Valid exceptions are: {valid}"
                raise AttributeError(message) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._classes]


_INSIDE = frozenset({"checksum_algorithm", "checksum_mode", "is_async", "service"})
"""Attributes of a client for minicloud's own use."""

_TRANSFERS = {
    "upload_file": "put_object(Body=...) with what is in the file",
    "upload_fileobj": "put_object(Body=file)",
    "download_file": "get_object(), and write what its Body reads",
    "download_fileobj": "get_object(), and write what its Body reads",
    "copy": "copy_object()",
    "generate_presigned_post": "put_object()",
}
"""What boto3 adds to its clients of S3, and what to call in its place."""

_exceptions: dict[str, ClientExceptions] = {}


def client_exceptions(service: Service) -> ClientExceptions:
    """The one set of exception classes of a service: all clients raise the same."""
    found = _exceptions.get(service.name)
    if found is None:
        found = _exceptions[service.name] = ClientExceptions(service)
    return found


class InertEvents:
    """``client.meta.events`` of a native client: takes registrations, and there is no request to see.

    Handlers of botocore's events run with the real clients, under ``mock_aws()``.
    """

    def register(self, event_name: str, handler: Callable[..., Any], unique_id: str | None = None) -> None:
        """Accepted, never called."""

    register_first = register_last = unregister = register


_HOST_OF_ALL_REGIONS = ("s3", "us-east-1")
"""The one service and region of which clients still go to the host of S3's first years. [endpoint rules of S3, botocore
1.44.8]"""


class ClientMeta:
    """``client.meta``."""

    def __init__(self, service: Service, region_name: str, endpoint_url: str | None) -> None:
        host = f"{service.endpoint_prefix or service.name}.{region_name}.{dns_suffix_of(region_name)}"
        if service.is_global or (service.name, region_name) == _HOST_OF_ALL_REGIONS:
            host = global_host_of(service.name, region_name)
        self.region_name = region_name
        """The region of the client."""
        self.partition = partition_of(region_name)
        """``"aws"``, ``"aws-cn"`` or ``"aws-us-gov"``, by the region."""
        self.endpoint_url = endpoint_url or f"https://{host}"
        """What was given as ``endpoint_url``, or AWS's own of the service and region. Nothing is sent there."""
        self.events = InertEvents()
        """Takes handlers, as botocore's does, and calls none: there is no request."""
        self.config = SimpleNamespace(region_name=region_name)
        """Has ``region_name``."""
        self.service_model = SimpleNamespace(
            service_name=service.name,
            service_id=service.service_id,
            api_version=service.api_version,
            operation_names=sorted(operation.name for operation in operations_of(service.api).values()),
        )
        """Has ``service_name``, ``service_id``, ``api_version`` and ``operation_names``."""
        self.method_to_api_mapping = {name: operation.name for name, operation in operations_of(service.api).items()}
        """The operation of each method: ``{"send_message": "SendMessage"}`` and so on."""

    @property
    def service_name(self) -> str:
        """boto3's name of the service."""
        name: str = self.service_model.service_name
        return name


class BaseClient:
    """A client of one service, for one account and region of a cloud.

    How it validates a call's parameters, and what it raises, is boto3's way, unless it is given a ``validator`` and a
    ``make_error``.
    """

    service: ClassVar[Service]
    is_async: ClassVar[bool] = False

    def __init__(
        self,
        cloud: Engine,
        account_id: str,
        region_name: str,
        endpoint_url: str | None = None,
        validator: Validator = Operation.validate_call,
        make_error: ErrorMaker | None = None,
    ) -> None:
        # One attribute, for each look at one takes 0.016 µs on CPython 3.11, where classes that have a ``__getattr__``
        # are looked into as a whole: a call looks once.
        self._bound_to: tuple[Engine, Any] = cloud, cloud.service(self.service.name, account_id, region_name)
        self._service_name = self.service.name
        self._region_name = region_name
        self._endpoint_url = endpoint_url
        self._validator = validator
        self._make_error = make_error

    @property
    def _cloud(self) -> Engine:
        return self._bound_to[0]

    @property
    def _service(self) -> Any:
        """What performs the operations: the service's state in the cloud, or what stands before it."""
        return self._bound_to[1]

    @_service.setter
    def _service(self, service: Any) -> None:
        self._bound_to = self._cloud, service

    @cached_property
    def meta(self) -> ClientMeta:
        """boto3's ``client.meta``: ``region_name``, ``endpoint_url``, ``service_model``, inert ``events``."""
        return ClientMeta(self.service, self._region_name, self._endpoint_url)

    @property
    def exceptions(self) -> ClientExceptions:
        """The service's modelled exceptions, as in boto3."""
        return client_exceptions(self.service)

    @property
    def waiter_names(self) -> list[str]:
        """The waiters of the service."""
        return sorted(self.service.waiters)

    def can_paginate(self, operation_name: str) -> bool:
        """Whether ``get_paginator(operation_name)`` works; the name is the method's."""
        return operation_name in self.service.paginators

    def generate_presigned_url(self, *args: Any, **params: Any) -> str:
        """Not here: raises ``UsageError``."""
        raise UsageError(
            "a URL signed for minicloud leads nowhere, as nothing listens on the network: call the operation itself, "
            "or take the URL from a real boto3 client, which signs without a network"
        )

    if not TYPE_CHECKING:
        # So that a misspelt operation is an error to a type checker, this is hidden from it.

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            refused = {_method_name(operation): why for operation, why in self.service.refused.items()}
            if name in refused:
                raise UnknownOperationError(
                    f"minicloud does not have {name} of {self.service.service_id}: {refused[name]}"
                )
            if self.service.name == "s3" and name in _TRANSFERS:
                raise UnknownOperationError(
                    f"{type(self).__name__} has no {name}(), which boto3 makes of S3's operations: call "
                    f"{_TRANSFERS[name]}, or use a client of boto3's under mock_aws()"
                )
            near = near_name(name, operations_of(self.service.api))
            raise UnknownOperationError(
                f"{type(self).__name__} has no operation {shown(name)}"
                + (f"; did you mean {near!r}?" if near else ": dir() and help() of the client show what it has")
            )

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name.startswith("__") or not (name in _INSIDE or name[0] == "_")]

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise UsageError(
            "a client cannot be pickled or copied, and neither can boto3's: pass the client itself on, or make another "
            "one; in another process, make it there, on a Cloud or under a mock_aws() of that process"
        )

    def __repr__(self) -> str:
        return f"<minicloud {self.service.name} client {escaped(self._region_name, 80)}>"

    def _validate(
        self, operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
    ) -> list[Any]:
        try:
            return self._validator(operation, args, unknown, *values)
        except AwsError as error:
            raise self._error(operation, error) from None

    def _error(self, operation: Operation[..., Any], error: Exception) -> Exception:
        """What the caller gets to see of a service's error, or of the exception for a lost request or answer."""
        if self._make_error is not None:
            return self._make_error(operation, error)
        if not isinstance(error, AwsError):
            return error
        response = self._error_response(error)
        code = error.shape or ""
        return pass_notes_on(error, visible(client_exceptions(self.service).from_code(code))(response, operation.name))

    def _error_response(self, error: AwsError) -> dict[str, Any]:
        cloud = self._cloud
        with cloud.lock:
            request_id = request_id_for(self.service, cloud.request_ids.next())
            now = cloud.time_ns()
        body = self.service.error_response(error)
        response = {"Error": body.pop("Error")}
        response["ResponseMetadata"] = metadata_of_error(self.service, error, request_id, now)
        response.update(body)
        return response


def assume_nothing(client: BaseClient, *attributes: str) -> None:
    """Have a client give no parameters by itself (``Operation.assumes``)."""
    for attribute in attributes:
        setattr(client, attribute, UNSET)


def _method_name(operation_name: str) -> str:
    """What boto3 calls the method of an operation."""
    from re import sub

    return sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation_name).lower()


renew_properties(BaseClient)
renew_properties(Operation)
