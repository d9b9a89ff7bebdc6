"""minicloud: Amazon SQS, SNS and Kinesis Data Streams inside your Python process, for tests.

``minicloud.Cloud()`` is an emulated account; ``cloud.client("sqs")`` makes boto3-like clients of it, and
``minicloud.mock_aws()`` has real boto3 clients answered by one. For quick starts the module stands in for boto3:
``import minicloud as boto3`` gives ``client``, ``resource`` and ``Session`` on one default cloud.
"""

# Nothing may be imported here, of the library or of Python's: everything loads when it is asked for. pytest imports
# this package in every run of everybody who has it installed, for the plugin that is inside of it.

from __future__ import annotations

TYPE_CHECKING = False  # typing's own, to type checkers; its import takes ten times as long as all the rest here
if TYPE_CHECKING:
    from typing import Any

    from . import exceptions as exceptions
    from . import kinesis as kinesis
    from . import verdicts as verdicts
    from .boto.current import current_cloud as current_cloud
    from .boto.mock import mock_aws as mock_aws
    from .cloud import Cloud as Cloud
    from .cloud.event_loop import EventLoop as EventLoop
    from .cloud.event_loop import loop_factory as loop_factory
    from .cloud.event_loop import run as run
    from .core.event_pattern.explain import explain_pattern as explain_pattern
    from .core.limits import Limits as Limits
    from .default import Session as Session
    from .default import client as client
    from .default import default_cloud as default_cloud
    from .default import resource as resource
    from .engine.clock import FrozenClock as FrozenClock
    from .engine.clock import RealClock as RealClock
    from .engine.clock import VirtualClock as VirtualClock
    from .exceptions import UsageError as UsageError
    from .inspection.comparing import matching as matching
    from .services.sns.filter.explain import explain_filter as explain_filter

__version__ = "0.2.0.dev0"

__all__ = [
    "Cloud",
    "EventLoop",
    "FrozenClock",
    "Limits",
    "RealClock",
    "Session",
    "UsageError",
    "VirtualClock",
    "client",
    "current_cloud",
    "default_cloud",
    "exceptions",
    "explain_filter",
    "explain_pattern",
    "loop_factory",
    "matching",
    "mock_aws",
    "resource",
    "run",
]

_MODULES = ("exceptions", "kinesis", "verdicts")
"""Are attributes without having been imported."""

_HOMES = {
    "Cloud": ".cloud",
    "EventLoop": ".cloud.event_loop",
    "FrozenClock": ".engine.clock",
    "Limits": ".core.limits",
    "RealClock": ".engine.clock",
    "Session": ".default",
    "UsageError": ".exceptions",
    "VirtualClock": ".engine.clock",
    "client": ".default",
    "current_cloud": ".boto.current",
    "default_cloud": ".default",
    "explain_filter": ".services.sns.filter.explain",
    "explain_pattern": ".core.event_pattern.explain",
    "loop_factory": ".cloud.event_loop",
    "matching": ".inspection.comparing",
    "mock_aws": ".boto.mock",
    "resource": ".default",
    "run": ".cloud.event_loop",
}
"""The module that each name is from."""


if not TYPE_CHECKING:  # so that a misspelt name is an error to a type checker, this is hidden from it

    def __getattr__(name: str) -> Any:
        if name not in _HOMES and name not in _MODULES:
            import sys

            # With these Python shows a name that is near.
            here = sys.modules[__name__]
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=here)
        # Not by importlib, which would have to be imported, and warnings with it.
        home = f"{__name__}.{name}" if name in _MODULES else f"{__name__}{_HOMES[name]}"
        module = __import__(home, fromlist=("",))
        if name in _MODULES:
            return module
        value = globals()[name] = getattr(module, name)
        return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES, *(name for name in globals() if name.startswith("__"))})
