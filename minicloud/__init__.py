"""minicloud: Amazon SQS, SNS and Kinesis Data Streams inside your Python process, for tests.

``minicloud.Cloud()`` is an emulated account; ``cloud.client("sqs")`` makes boto3-like clients of it, and
``minicloud.mock_aws()`` has real boto3 clients answered by one. For quick starts the module stands in for boto3:
``import minicloud as boto3`` gives ``client``, ``resource`` and ``Session`` on one default cloud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import exceptions as exceptions
from .cloud import Cloud as Cloud
from .core.limits import Limits as Limits
from .engine.clock import FrozenClock as FrozenClock
from .engine.clock import RealClock as RealClock
from .engine.clock import VirtualClock as VirtualClock
from .exceptions import UsageError as UsageError

if TYPE_CHECKING:
    from .boto.mock import mock_aws as mock_aws
    from .clients.session import Session as Session
    from .event_loop import run as run
    from .services.sns.filter.explain import explain_filter as explain_filter

__version__ = "0.1.0"

__all__ = [
    "Cloud",
    "FrozenClock",
    "Limits",
    "RealClock",
    "Session",
    "UsageError",
    "VirtualClock",
    "client",
    "default_cloud",
    "exceptions",
    "explain_filter",
    "mock_aws",
    "resource",
    "run",
]

_LAZY = {
    "Session": ".clients.session",
    "explain_filter": ".services.sns.filter.explain",
    "kinesis": ".kinesis",
    "mock_aws": ".boto.mock",
    "run": ".event_loop",
}

_default_cloud: Cloud | None = None


def default_cloud() -> Cloud:
    """The one cloud behind ``minicloud.client`` and ``minicloud.resource``, made when it is first asked for.

    The only state that minicloud keeps in a module. ``minicloud.default_cloud().reset()`` empties it.
    """
    global _default_cloud  # noqa: PLW0603  # the one module-level state there is
    if _default_cloud is None:
        _default_cloud = Cloud()
    return _default_cloud


def client(service_name: str, region_name: str | None = None, **options: Any) -> Any:
    """A client on the default cloud, as ``boto3.client`` makes one; see ``Cloud.client``."""
    return default_cloud().client(service_name, region_name, **options)


def resource(service_name: str, region_name: str | None = None, **options: Any) -> Any:
    """A service resource on the default cloud, as ``boto3.resource`` makes one; see ``Cloud.resource``."""
    return default_cloud().resource(service_name, region_name, **options)


def __getattr__(name: str) -> Any:
    # What few imports need is loaded when it is asked for: importing minicloud costs a test run milliseconds.
    if name in _LAZY:
        from importlib import import_module

        module = import_module(_LAZY[name], __name__)
        value = module if _LAZY[name] == f".{name}" else getattr(module, name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
