"""Which cloud answers while which mock is active, and what call is on its way: all that hooks ask."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "FAKE_KEY",
    "FAKE_KEYS",
    "GUARDED_SERVICES",
    "LEFTOVER",
    "Activation",
    "Guard",
    "GuardedCall",
    "PassthroughCall",
    "UnansweredCall",
    "current_call",
    "goes_out",
    "is_let_through",
    "state",
]

FAKE_KEY = "testing"
"""The access key that a mock puts into the environment."""

FAKE_KEYS = (FAKE_KEY, "FOOBARKEY")
"""Ours, and that of moto's mock."""


class Activation:
    """A time in which the same cloud answers the same services."""

    __slots__ = ("cloud", "other", "passthrough")

    def __init__(self, cloud: Cloud, passthrough: frozenset[str], other: Any = None) -> None:
        self.cloud = cloud
        self.passthrough = passthrough
        """The services whose calls go where they would go without minicloud."""
        self.other = other
        """What answers for services that minicloud does not have (``other_mocks``)."""

    def is_named(self, service_name: str) -> bool:
        """Whether ``passthrough`` has the service; moto's names have no hyphens."""
        return service_name in self.passthrough or service_name.replace("-", "") in self.passthrough

    def lets_through(self, service_name: str) -> bool:
        """Whether calls of the service are not answered by the cloud."""
        return self.is_named(service_name) or (self.other is not None and self.other.has(service_name))


GUARDED_SERVICES = frozenset({"kinesis", "sns", "sqs"})


class Guard(NamedTuple):
    """A time in which no call of ``GUARDED_SERVICES`` goes to AWS, though no mock is active."""

    fixtures: tuple[str, ...]
    """Those of minicloud's fixtures that the test has; none where the ini file says it for all tests."""

    def refusal(self, what: str, would: str) -> UsageError:
        """What to say of something that would leave the process."""
        if not self.fixtures:
            why, cure = "minicloud_block_network = all", "put mock_aws() around it, or ask for the fixture mock_aws"
        else:
            some = "fixtures" if len(self.fixtures) > 1 else "fixture"
            why = f"this test has minicloud's {some} {', '.join(self.fixtures)}"
            cure = "ask for the fixture mock_aws as well"
            if "mock_aws" in self.fixtures:
                cure = "it is made outside of the mock, so have the fixture that makes it ask for mock_aws"
        return UsageError(
            f"{why}, and {what} would {would}: {cure}, or mark the test @pytest.mark.minicloud(network=True)"
        )


class _State:
    """What hooks ask."""

    activation: Activation | None = None
    """None outside of any mock."""
    injected_region: str | None = None
    """The default region, where the environment had none before the mock."""
    guard: Guard | None = None
    """What calls are held to that are made outside of any mock."""

    @property
    def cloud(self) -> Cloud | None:
        """Which cloud answers; None outside of any mock."""
        activation = self.activation
        return None if activation is None else activation.cloud


state = _State()


class PassthroughCall(NamedTuple):
    """A call of a service that is let through."""

    service_name: str
    operation_name: str
    other: Any
    """What answers it; None where it goes where it would go without minicloud."""


class GuardedCall(NamedTuple):
    """A call outside of any mock, in a test where none may go to AWS."""

    name: str


class UnansweredCall(NamedTuple):
    """A call that minicloud does not answer, which a handler of the application's may answer before it is sent."""

    refusal: Exception
    """What it is refused with where it would be sent."""


LEFTOVER = object()
"""Stands for a call of a client that a mock has answered before, made when none is active."""

current_call: ContextVar[Any] = ContextVar("minicloud_current_call", default=None)
"""The ``HttpCall`` that is in botocore's pipeline in this thread or task, or which other kind of call is."""


def goes_out() -> bool:
    """Whether a call is on its way in this thread or task that may leave the process."""
    call = current_call.get()
    return isinstance(call, PassthroughCall) and call.other is None


def is_let_through() -> bool:
    """Whether a call of a service that is let through is on its way in this thread or task."""
    return isinstance(current_call.get(), PassthroughCall)
