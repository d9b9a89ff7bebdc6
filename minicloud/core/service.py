"""What a client has to know of a service beside its operations: names, error form, paginators, waiters.

Each service package has one ``SERVICE`` of this kind; clients, resources, ``mock_aws()`` and the parity tests read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, Protocol

from ..exceptions import AwsError
from .value import Value
from .world import World

__all__ = [
    "REST_JSON",
    "REST_XML",
    "Acceptor",
    "Api",
    "Pagination",
    "Service",
    "WaiterModel",
    "of_error",
    "of_status",
    "of_value",
]

REST_JSON = "application/json"
"""The content type of services that speak REST-JSON, and of no other."""


REST_XML = "application/xml"
"""That of services that speak REST-XML."""


class Api(Protocol):
    """One service of one account in one region: state, and the operations on it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None: ...

    def reset(self) -> None:
        """Forget everything, as if just made."""

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn: derive anew what can be derived from what is taken for true.

        Bears to be interrupted and begun again, and to be called when nothing is torn. O(everything).
        """

    def next_due(self, now: int) -> tuple[int, str] | None:
        """When the next thing ends by itself that is no event of the timeline, and what it is, in words.

        That is what ``catch_up`` would notice, without the ends of retention periods. None when nothing does.
        """

    def flights(self, until: int) -> Iterable[Any]:
        """The messages or records that somebody has received and that come back by ``until``, unless he is done."""

    def catch_up(self, now: int) -> None:
        """Notice what has ended by itself and was not looked at since. Called before somebody reads the record."""

    def owed(self, now: int) -> Iterable[str]:
        """What this service will still do if time passes and nobody calls, in words: retries, runs that last.

        What goes on forever, or ends by itself without anything being done, is not owed. Errands are the engine's to
        tell. O(what is owed, and what it has to look at).
        """


class Pagination(Value):
    """How an operation is paged, in the words of botocore's paginator models."""

    input_token: str | tuple[str, ...]
    """One parameter, or several."""
    output_token: str | tuple[str, ...]
    limit_key: str | None
    result_keys: tuple[str, ...]
    more_results: str | None = None
    non_aggregate_keys: tuple[str, ...] = ()
    """What ``build_full_result`` takes from the first page, beside the lists."""


class Acceptor(Value):
    """Ends a waiter, in ``state``, when ``matches(result, error)`` holds; one of the two arguments is None."""

    state: Literal["success", "failure", "retry"]
    matches: Callable[[dict[str, Any] | None, AwsError | None], bool]
    explanation: str = ""
    """What botocore says of one that does not end it in success."""


def of_status(status: int) -> str:
    """What botocore says of an acceptor of an HTTP status."""
    return f"Matched expected HTTP status code: {status}"


def of_error(code: str) -> str:
    """What botocore says of an acceptor of an error."""
    return f"Matched expected service error code: {code}"


def of_value(path: str, value: str) -> str:
    """What botocore says of an acceptor of a value in the answer."""
    return f'For expression "{path}" we matched expected path: "{value}"'


class WaiterModel(Value):
    """A waiter: which operation it polls, how often (seconds, attempts), and what ends it."""

    operation: str
    delay: int
    max_attempts: int
    acceptors: tuple[Acceptor, ...]


class Service(Value):
    """A service as its clients see it."""

    name: str
    """boto3's name: ``"sqs"``."""
    service_id: str
    """The name in event names and in the model: ``"SQS"``."""
    api_version: str
    api: type[Api]
    content_type: str
    """Of a successful answer on the wire."""
    exceptions: tuple[str, ...]
    """Names of the modelled exceptions, which ``client.exceptions`` has as classes."""
    error_response: Callable[[AwsError], dict[str, Any]]
    """The answer of an error, without ``ResponseMetadata``: ``Error``, and the exception's own members."""
    error_headers: Callable[[AwsError], dict[str, str]] = lambda _: {}
    """HTTP headers that only an error's answer has."""
    paginators: Mapping[str, Pagination] = MappingProxyType({})
    """By the operation's method name."""
    waiters: Mapping[str, WaiterModel] = MappingProxyType({})
    """By boto3's waiter name (``"stream_exists"``)."""
    is_partial: bool = False
    """Whether there are operations of AWS's that minicloud does not have, whatever the release of botocore."""
    refused: Mapping[str, str] = MappingProxyType({})
    """For operations that it does not have, by AWS's name: what to do instead."""
    endpoint_prefix: str = ""
    """How the service's hosts begin, where that is not its name."""
    is_global: bool = False
    """Whether it is one for all regions of a partition; it is found in that of ``hosts.global_region_of``."""
