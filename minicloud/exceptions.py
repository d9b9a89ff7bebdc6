"""The errors a caller can meet, under botocore's names.

    Exception
    ├── UsageError                     minicloud was used wrongly; says what to do
    │   └── UnknownOperationError      also an AttributeError: the client has no such method
    └── BotoCoreError                  botocore's root for mistakes found before a request
        ├── ParamValidationError       parameters of the wrong name, type or minimum
        ├── WaiterError                a waiter gave up
        ├── PaginationError            a paginator was used wrongly
        ├── OperationNotPageableError  the operation has no paginator
        ├── ConnectionError            the request never arrived (a fault's doing)
        │   ├── ConnectTimeoutError
        │   └── EndpointConnectionError
        └── HTTPClientError            the answer never arrived (a fault's doing)
            ├── ConnectionClosedError
            └── ReadTimeoutError
    ClientError                        the service's answer was an error
        ├── EventStreamError           the same, in the middle of an event stream
        └── (modelled)                 ``client.exceptions.QueueDoesNotExist`` and the like
    BaseException
    └── Crash                          the caller's process is to have died at this call (a fault's doing)

Where botocore is already imported in the process, what is raised is an instance of botocore's class of the
same name as well (see ``visible``), so an application's ``except botocore.exceptions.ClientError`` catches it.
minicloud itself never imports botocore here.

Inside the services an error is an ``AwsError``: data, no class of its own; a client turns it into what its
caller expects. Where the cloud knows more of the reason than AWS says (there is such a queue, in another region), the
error has *notes* (``BaseException.add_note``): tracebacks show them, and AWS's text stays AWS's.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, TypeVar

    E = TypeVar("E", bound=Exception)

__all__ = [
    "BotoCoreError",
    "ClientError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "Crash",
    "EndpointConnectionError",
    "EventStreamError",
    "HTTPClientError",
    "OperationNotPageableError",
    "PaginationError",
    "ParamValidationError",
    "ReadTimeoutError",
    "UnknownOperationError",
    "UsageError",
    "WaiterError",
]


class UsageError(Exception):
    """minicloud was used in a way that cannot work; the text says what to do instead.

    Never an emulated AWS error: AWS would not have answered this, the test is mistaken.
    """


class UnknownOperationError(UsageError, AttributeError):
    """A client was asked for an operation that the service does not have."""


class Crash(BaseException):
    """The process of whoever made this call is to have died there: ``cloud.faults.crash()`` was asked for it.

    No ``Exception``, so that no ``except Exception`` of an application's goes on after its own end.
    """


class AwsError(Exception):
    """A service's error as data; stays inside minicloud, a client turns it into a ``ClientError``.

    ``shape`` is the name of the modelled exception (None: the code has no shape of its own), ``code`` what
    boto3 shows as ``Error.Code``, ``status`` the HTTP status, ``fault`` who is to blame (``"Sender"`` or
    ``"Receiver"``), ``members`` what the modelled exception carries beside its message.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        shape: str | None = None,
        fault: str = "Sender",
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.shape = shape
        self.fault = fault
        self.members = members

    def noting(self, *notes: str | None) -> AwsError:
        """Itself, with what the cloud knows of the reason beyond AWS's text; None is left out.

        Whoever gets to see the error finds them in ``__notes__`` (``BaseException.add_note``), which tracebacks show;
        ``str()`` and the answer stay AWS's.
        """
        for note in notes:
            if note:
                self.add_note(note)
        return self


def pass_notes_on(error: Exception, raised: E) -> E:
    """``raised``, with the notes of the ``error`` that it was made of."""
    for note in getattr(error, "__notes__", ()):
        raised.add_note(note)
    return raised


class BotoCoreError(Exception):
    """botocore's root class for errors that no service answered."""

    fmt = "An unspecified error occurred"

    def __init__(self, **kwargs: Any) -> None:
        # Not super(): in a ``visible`` child that would be botocore's class, with another signature.
        Exception.__init__(self, self.fmt.format(**kwargs))
        self.kwargs = kwargs

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (_native_name(type(self)), self.kwargs)


class ParamValidationError(BotoCoreError):
    """Parameters are missing, unknown, of the wrong type, or under a minimum; ``kwargs["report"]`` lists all."""

    fmt = "Parameter validation failed:\n{report}"


class WaiterError(BotoCoreError):
    """A waiter met a failure state or ran out of attempts; ``last_response`` is the answer it stopped at."""

    fmt = "Waiter {name} failed: {reason}"

    def __init__(self, name: str, reason: str, last_response: Any) -> None:
        BotoCoreError.__init__(self, name=name, reason=reason)
        self.last_response = last_response

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, ("WaiterError", {**self.kwargs, "last_response": self.last_response})


class PaginationError(BotoCoreError):
    """A paginator cannot go on."""

    fmt = "Error during pagination: {message}"


class OperationNotPageableError(BotoCoreError):
    """The operation has no paginator."""

    fmt = "Operation cannot be paginated: {operation_name}"


class ConnectionError(BotoCoreError):  # noqa: A001  # botocore's name
    """The request did not reach the service: nothing has happened."""

    fmt = "An HTTP Client failed to establish a connection: {error}"


class EndpointConnectionError(ConnectionError):
    """There was nobody to connect to."""

    fmt = 'Could not connect to the endpoint URL: "{endpoint_url}"'


class ConnectTimeoutError(ConnectionError):
    """Connecting took too long."""

    fmt = 'Connect timeout on endpoint URL: "{endpoint_url}"'


class HTTPClientError(BotoCoreError):
    """There is no answer; whether the operation was performed is not known."""

    fmt = "An HTTP Client raised an unhandled exception: {error}"

    request = response = None


class ReadTimeoutError(HTTPClientError):
    """The answer took too long."""

    fmt = 'Read timeout on endpoint URL: "{endpoint_url}"'


class ConnectionClosedError(HTTPClientError):
    """The connection was closed before the answer came."""

    fmt = 'Connection was closed before we received a valid response from endpoint URL: "{endpoint_url}".'


class ClientError(Exception):
    """The service answered with an error.

    ``response`` is the whole answer (``response["Error"]["Code"]``, ``response["ResponseMetadata"]``),
    ``operation_name`` the operation in AWS's spelling (``"SendMessage"``).
    """

    MSG_TEMPLATE = (
        "An error occurred ({error_code}) when calling the {operation_name} operation{retry_info}: {error_message}"
    )

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        error = error_response.get("Error", {})
        metadata = error_response.get("ResponseMetadata", {})
        retry_info = ""
        if metadata.get("MaxAttemptsReached") and "RetryAttempts" in metadata:
            retry_info = f" (reached max retries: {metadata['RetryAttempts']})"
        Exception.__init__(
            self,
            self.MSG_TEMPLATE.format(
                error_code=error.get("Code", "Unknown"),
                error_message=error.get("Message", "Unknown"),
                operation_name=operation_name,
                retry_info=retry_info,
            ),
        )
        self.response = error_response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        # The modelled classes are made per service and have no importable name: a pickled one comes back
        # as its parent, as botocore's does.
        arguments = {"error_response": self.response, "operation_name": self.operation_name}
        notes = getattr(self, "__notes__", None)
        return (_revive, ("ClientError", arguments), {"__notes__": notes} if notes else None)


class EventStreamError(ClientError):
    """An event stream was ended by an error of the service."""


_visible: dict[type[Exception], type[Any]] = {}


def visible(cls: type[E]) -> type[E]:
    """The class to raise for ``cls``: itself, or a child of it and of botocore's class of the same name.

    O(1); botocore is looked up in ``sys.modules`` only, never imported.
    """
    botocore_exceptions = sys.modules.get("botocore.exceptions")
    if botocore_exceptions is None:
        return cls
    found = _visible.get(cls)
    if found is None:
        parent = next(
            (
                getattr(botocore_exceptions, ancestor.__name__)
                for ancestor in cls.__mro__
                if ancestor.__module__ == __name__ and hasattr(botocore_exceptions, ancestor.__name__)
            ),
            None,
        )
        found = cls
        if parent is not None:
            found = type(cls.__name__, (cls, parent), {"__module__": cls.__module__, "__doc__": cls.__doc__})
        _visible[cls] = found
    return found


def _native_name(cls: type[Exception]) -> str:
    """The name of the class of this module that ``cls`` is, or is a ``visible`` child of."""
    return next(ancestor.__name__ for ancestor in cls.__mro__ if ancestor.__name__ in __all__)


def _revive(name: str, kwargs: dict[str, Any]) -> Exception:
    """Unpickle an error: also one of botocore's where botocore is imported, as if it had been raised there."""
    cls: type[Exception] = globals()[name]
    return visible(cls)(**kwargs)
