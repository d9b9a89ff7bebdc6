"""``mock_aws``: real boto3 clients answered by a cloud, for the length of a test.

    with minicloud.mock_aws() as cloud: ...          # also ``async with``

    @minicloud.mock_aws                              # or @minicloud.mock_aws(clock="virtual")
    def test_orders(): ...                           # also async, generator functions, classes, unittest.TestCase

Nested and concurrent uses share the outermost cloud; its state ends with the outermost exit.
"""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, ClassVar, ParamSpec, TypeVar, cast, overload

from ..cloud import Cloud
from ..core.chaos import Chaos
from ..core.limits import Limits
from ..core.shown import escaped, shown
from ..engine.clock import Clock, TimeSource
from ..engine.forks import in_forked_processes
from ..exceptions import UsageError
from . import fake_boto3
from .accounts import forget_credentials
from .activation import FAKE_KEY, Activation, state
from .decorate import decorate_class, decorate_function
from .hooks import install

__all__ = ["MockAws", "mock_aws"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": FAKE_KEY,
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_SECURITY_TOKEN": "testing",
}


_OPTIONS = frozenset({"account_id", "clock", "delivery", "limits", "region_name", "seed", "trace"})
"""Arguments of ``Cloud`` that a mock takes; with ``cloud`` and ``passthrough``, all there are."""


class _Outermost:
    """The mock that is active: which uses share it, and what to restore after the last one."""

    lock = threading.Lock()
    uses: ClassVar[list[MockAws]] = []
    owned = False
    before: tuple[Activation | None, str | None] = (None, None)
    """The activation and the injected region to go back to: those of the copied mock, in a forked process."""
    environment: ClassVar[dict[str, str | None]] = {}  # replaced whole, never changed in place


@in_forked_processes
def _start_over() -> None:
    # The copied cloud goes on to answer, with a refusal, so that no call gets out; a mock of this process replaces it.
    _Outermost.lock = threading.Lock()
    _Outermost.uses = []


class MockAws:
    """One use of ``mock_aws``: a context manager, a decorator, and ``start()`` / ``stop()``."""

    def __init__(self, options: dict[str, Any], cloud: Cloud | None, passthrough: Iterable[str]) -> None:
        self._options = options
        self._cloud = cloud
        self._passthrough = frozenset(passthrough)
        self._depth = 0

    def start(self) -> Cloud:
        """Begin to answer; returns the cloud that does. Each start needs its stop."""
        with _Outermost.lock:
            if not _Outermost.uses:
                cloud = self._begin()
            elif self._cloud is not None and self._cloud is not state.cloud:
                raise UsageError(
                    "mock_aws(cloud=...) inside another mock: nested mocks share the outermost cloud, so give the "
                    "cloud to the outermost mock"
                )
            else:
                assert state.cloud is not None
                cloud = state.cloud
            _Outermost.uses.append(self)
            self._depth += 1
            _renew(cloud)
            return cloud

    def stop(self) -> None:
        """End this use; the last one ends the cloud's state. Raises ``UsageError`` without a start."""
        with _Outermost.lock:
            if not self._depth:
                raise UsageError("mock_aws().stop() was called without start(): call it once for each start()")
            self._depth -= 1
            cloud = state.cloud
            if self not in _Outermost.uses:  # a forked process leaves a mock of its parent's
                _Outermost.before = (None, None)
            else:
                _Outermost.uses.remove(self)
            if cloud is None:
                return
            if _Outermost.uses:
                _renew(cloud)
                return
            state.activation, state.injected_region = _Outermost.before
            _restore_environment(_Outermost.environment)
            fake_boto3.remove()
            forget_credentials(_CREDENTIALS["AWS_ACCESS_KEY_ID"])
            owned = _Outermost.owned
        if owned:
            cloud.close()

    def _begin(self) -> Cloud:
        """The outermost use. Called under the lock."""
        install()
        cloud = Cloud(**self._options) if self._cloud is None else self._cloud
        _Outermost.owned = self._cloud is None
        _Outermost.before = state.activation, state.injected_region
        _Outermost.environment, state.injected_region = _enter_environment(cloud.region_name)
        fake_boto3.put_in_place()
        return cloud

    def __enter__(self) -> Cloud:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Cloud:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: T) -> T:
        """Decorate a function or class: each call, or each test of the class, gets a fresh cloud."""
        if inspect.isclass(decorated):
            return cast("T", decorate_class(decorated, self._again))
        if callable(decorated):
            return cast("T", decorate_function(decorated, self._again))
        raise UsageError(f"mock_aws cannot decorate {shown(decorated)}: give it a function or a class")

    def _again(self) -> MockAws:
        return MockAws(self._options, self._cloud, self._passthrough)


@overload
def mock_aws(decorated: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def mock_aws(
    *,
    cloud: Cloud | None = ...,
    passthrough: Iterable[str] = ...,
    account_id: str = ...,
    region_name: str = ...,
    clock: str | Clock | TimeSource | None = ...,
    seed: int | str | None = ...,
    limits: str | Limits | None = ...,
    delivery: str | Chaos = ...,
    trace: bool | None = ...,
) -> MockAws: ...
def mock_aws(
    decorated: Callable[..., Any] | None = None,
    /,
    *,
    cloud: Cloud | None = None,
    passthrough: Iterable[str] = (),
    **options: Any,
) -> Any:
    """Have real boto3 clients answered by a cloud, as decorator or context manager, with or without parentheses.

    Takes the keyword arguments of ``Cloud``, or an existing ``cloud``. Clients made before, inside, or kept from an
    earlier mock are answered; fake credentials and a default region are in the environment only inside.
    ``passthrough`` names services whose calls go where they would go without minicloud (another mock, for instance);
    any other call that minicloud does not answer raises ``UsageError``. Where boto3
    is not installed, ``import boto3`` inside gives a fake one, made of minicloud's own clients.
    """
    if cloud is not None and options:
        given = escaped(", ".join(options), 200)
        raise UsageError(f"mock_aws(cloud=...) takes an existing cloud: give {given} to Cloud() instead")
    if "config" in options:
        raise UsageError(
            "mock_aws() takes no config: name the services to let through with passthrough=('s3',); mock_credentials, "
            "reset_boto3_session and service_whitelist are not needed, and settings of other services belong to the "
            "mock that answers for them"
        )
    for name in options:
        if name not in _OPTIONS:
            raise UsageError(f"mock_aws() takes no {escaped(name, 80)}: it takes {', '.join(sorted(_OPTIONS))}")
    if cloud is not None and not isinstance(cloud, Cloud):
        raise UsageError(f"cloud={shown(cloud)} is not a cloud: give a minicloud.Cloud")
    if isinstance(passthrough, str):
        raise UsageError(f"passthrough takes a tuple of service names: passthrough=({shown(passthrough)},)")
    names = tuple(passthrough) if isinstance(passthrough, Iterable) else (passthrough,)
    if not all(isinstance(name, str) for name in names):
        raise UsageError(f"passthrough={shown(passthrough)}: give a tuple of service names, such as ('s3',)")
    mock = MockAws(options, cloud, names)
    return mock if decorated is None else mock(decorated)


def _renew(cloud: Cloud) -> None:
    """Begin another activation, if what is let through has changed. Called under the lock."""
    passthrough = frozenset[str]().union(*(use._passthrough for use in _Outermost.uses))
    if state.activation is None or state.activation.cloud is not cloud or state.activation.passthrough != passthrough:
        state.activation = Activation(cloud, passthrough)


def _enter_environment(region_name: str) -> tuple[dict[str, str | None], str | None]:
    """Put fake credentials, and a region where there is none, into the environment.

    Returns what was there before, and the region if it was put there.
    """
    wanted = dict(_CREDENTIALS)
    region = None
    if "AWS_DEFAULT_REGION" not in os.environ:
        region = wanted["AWS_DEFAULT_REGION"] = os.environ.get("AWS_REGION", region_name)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    return before, region


def _restore_environment(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
