"""kombu's own HTTP: with an event loop, its transport for SQS receives messages without boto3, through pycurl.

Its requests would go to AWS, and so they are refused while a mock is active, with the way to have kombu use boto3: a
worker of Celery's without an event loop. What it sends, it sends by boto3 anyway. [kombu 5.7.0]

Its connections outlive a test, with the URLs of queues that the next test's cloud has not: what is raised then says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ..exceptions import UsageError
from .activation import state
from .code_patch import patch_code
from .import_hooks import when_imported

__all__ = ["install_kombu"]

_MODULE = "kombu.asynchronous.aws.connection"
_TRANSPORT = "kombu.transport.SQS"
_MADE_WITH = {
    # The first is made for a queue, and needs pycurl; the second for each request.
    "AsyncConnection": "self, sqs_connection, http_client, **kwargs",
    "AsyncHTTPSConnection": "self, strict, timeout, http_client",
}
"""The parameters of their ``__init__``."""


def install_kombu() -> None:
    """Put the hooks in where kombu's module is imported, and have them put in when it will be."""
    when_imported(_MODULE, _hook_connections)
    when_imported(_TRANSPORT, _hook_channel)


def _hook_connections() -> None:
    for name, parameters in _MADE_WITH.items():
        function = getattr(getattr(sys.modules[_MODULE], name, None), "__init__", None)
        if isinstance(function, FunctionType):
            patch_code(function, parameters, _make_hook)


def _hook_channel() -> None:
    function = getattr(getattr(sys.modules[_TRANSPORT], "Channel", None), "_put", None)
    if isinstance(function, FunctionType):
        patch_code(function, "self, queue, message, **kwargs", _put_hook)


def _put_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def _put(*args: Any, **kwargs: Any) -> Any:
        try:
            return original(*args, **kwargs)
        except Exception as error:
            if state.activation is not None and type(error).__name__ == "QueueDoesNotExist":
                error.add_note(
                    "kombu keeps its connections, and the queues that they have seen, from one test to the next: begin "
                    "each test of a Celery app with app.pool.resize(10, force=True, reset=True), which drops them"
                )
            raise

    return _put


def _make_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def __init__(*args: Any, **kwargs: Any) -> None:  # noqa: N807
        what = "kombu's transport for SQS speaks HTTP by itself here, without boto3, as it does with an event loop, and"
        cure = (
            "start Celery's worker without one: start_worker(app, pool='solo', perform_ping_check=False, "
            "use_eventloop=False), or app.WorkController(use_eventloop=False)"
        )
        if state.activation is not None:
            raise UsageError(f"{what} would call AWS although a mock is active: {cure}")
        if state.guard is not None:
            raise UsageError(f"{what} would call AWS: put mock_aws() around it, and {cure}")
        original(*args, **kwargs)

    return __init__
