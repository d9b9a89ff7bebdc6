"""Lambda as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...core.service import REST_JSON, Acceptor, Pagination, Service, WaiterModel, of_error, of_value
from ...exceptions import AwsError
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.account import AccountOperations
from .operations.configs import ConfigOperations
from .operations.functions import FunctionOperations
from .operations.invocations import InvocationOperations
from .operations.mappings import MappingOperations
from .operations.permissions import PermissionOperations
from .operations.tags import TagOperations
from .operations.updates import UpdateOperations
from .operations.versions import VersionOperations
from .refused import REFUSED

__all__ = ["SERVICE", "Lambda"]


class Lambda(
    AccountOperations,
    ConfigOperations,
    FunctionOperations,
    InvocationOperations,
    MappingOperations,
    PermissionOperations,
    TagOperations,
    UpdateOperations,
    VersionOperations,
):
    """Lambda of one account in one region."""


def _listed(result_key: str) -> Pagination:
    return Pagination("Marker", "NextMarker", "MaxItems", (result_key,))


def _shows(path: tuple[str, ...], value: str) -> Callable[[dict[str, Any] | None, AwsError | None], bool]:
    """Whether an answer has this value at the end of a path."""

    def matches(result: dict[str, Any] | None, error: AwsError | None) -> bool:
        found: Any = result
        for name in path:
            found = None if found is None else found.get(name)
        return bool(found == value)

    return matches


def _until(operation: str, delay: int, attempts: int, words: tuple[str, str, str], *path: str) -> WaiterModel:
    """A waiter for the first of three words, which the second one ends in vain, while there is the third."""
    good, bad, pending = words
    acceptors = (
        Acceptor("success", _shows(path, good)),
        Acceptor("failure", _shows(path, bad), of_value(".".join(path), bad)),
        Acceptor("retry", _shows(path, pending), of_value(".".join(path), pending)),
    )
    return WaiterModel(operation, delay, attempts, acceptors)


_STATES: Final = ("Active", "Failed", "Pending")
_UPDATES: Final = ("Successful", "Failed", "InProgress")

SERVICE = Service(
    name="lambda",
    service_id="Lambda",
    api_version="2015-03-31",
    api=Lambda,
    content_type=REST_JSON,
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    is_partial=True,
    refused=REFUSED,
    paginators={
        "list_aliases": _listed("Aliases"),
        "list_event_source_mappings": _listed("EventSourceMappings"),
        "list_function_event_invoke_configs": _listed("FunctionEventInvokeConfigs"),
        "list_functions": _listed("Functions"),
        "list_versions_by_function": _listed("Versions"),
    },
    waiters={
        "function_active": _until("get_function_configuration", 5, 60, _STATES, "State"),
        "function_active_v2": _until("get_function", 1, 300, _STATES, "Configuration", "State"),
        "function_exists": WaiterModel(
            "get_function",
            1,
            20,
            (
                Acceptor("success", lambda result, _: result is not None),
                Acceptor(
                    "retry",
                    lambda _, error: error is not None and error.code == "ResourceNotFoundException",
                    of_error("ResourceNotFoundException"),
                ),
            ),
        ),
        "function_updated": _until("get_function_configuration", 5, 60, _UPDATES, "LastUpdateStatus"),
        "function_updated_v2": _until("get_function", 1, 300, _UPDATES, "Configuration", "LastUpdateStatus"),
        "published_version_active": _until("get_function_configuration", 5, 312, _STATES, "State"),
    },
)
