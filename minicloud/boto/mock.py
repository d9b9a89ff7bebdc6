"""``mock_aws``: real boto3 clients answered by a cloud, for the length of a test.

    with minicloud.mock_aws() as cloud: ...          # also ``async with``

    @minicloud.mock_aws                              # or @minicloud.mock_aws(clock="virtual")
    def test_orders(): ...                           # also async, generator functions, classes, unittest.TestCase

Nested and concurrent uses share the outermost cloud; its state ends with the outermost exit.
"""

from __future__ import annotations

import functools
import inspect
import os
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast, overload
from unittest import TestCase

from .._clock import Clock, TimeSource
from .._limits import Limits
from ..cloud import Cloud
from ..exceptions import UsageError
from .hooks import install
from .state import state

__all__ = ["MockAws", "mock_aws"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_SECURITY_TOKEN": "testing",
}


class _Outermost:
    """The mock that is active: how many uses share it, and what to restore after the last one."""

    lock = threading.Lock()
    uses = 0
    owned = False
    environment: dict[str, str | None] = {}  # noqa: RUF012  # replaced whole, never changed in place


class MockAws:
    """One use of ``mock_aws``: a context manager, a decorator, and ``start()`` / ``stop()``."""

    def __init__(self, options: dict[str, Any], cloud: Cloud | None, passthrough: Iterable[str]) -> None:
        self._options = options
        self._cloud = cloud
        self._passthrough = frozenset(passthrough)
        self._depth = 0

    def start(self) -> Cloud:
        """Begin to answer; returns the cloud that does. Each start needs its stop."""
        install()
        with _Outermost.lock:
            if _Outermost.uses and self._cloud is not None and self._cloud is not state.cloud:
                raise UsageError(
                    "mock_aws(cloud=...) inside another mock: nested mocks share the outermost cloud; give the cloud "
                    "to the outermost one"
                )
            if not _Outermost.uses:
                _Outermost.owned = self._cloud is None
                cloud = Cloud(**self._options) if self._cloud is None else self._cloud
                _Outermost.environment = _enter_environment(cloud.region_name)
                state.passthrough = self._passthrough
                state.cloud = cloud
            _Outermost.uses += 1
            self._depth += 1
            assert state.cloud is not None
            return state.cloud

    def stop(self) -> None:
        """End this use; the last one ends the cloud's state. Raises ``UsageError`` without a start."""
        with _Outermost.lock:
            if not self._depth:
                raise UsageError("mock_aws().stop() without start()")
            self._depth -= 1
            _Outermost.uses -= 1
            if _Outermost.uses:
                return
            cloud, state.cloud = state.cloud, None
            state.passthrough = frozenset()
            _restore_environment(_Outermost.environment)
            owned = _Outermost.owned
        if owned and cloud is not None:
            cloud.close()

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
            return cast("T", self._decorate_class(decorated))
        if callable(decorated):
            return cast("T", self._decorate_function(decorated))
        raise UsageError(f"mock_aws can't decorate {decorated!r}: give it a function or a class")

    def _again(self) -> MockAws:
        return MockAws(self._options, self._cloud, self._passthrough)

    def _decorate_function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        wrapper: Callable[..., Any]
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return await function(*args, **kwargs)

            wrapper = call_async
        elif inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            async def generate_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    async for item in function(*args, **kwargs):
                        yield item

            wrapper = generate_async
        elif inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generate(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return (yield from function(*args, **kwargs))

            wrapper = generate
        else:

            @functools.wraps(function)
            def call(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return function(*args, **kwargs)

            wrapper = call
        return wrapper

    def _decorate_class(self, cls: type) -> type:
        if issubclass(cls, TestCase):
            run = cls.run

            @functools.wraps(run)
            def run_mocked(test: Any, result: Any = None) -> Any:
                with self._again():
                    return run(test, result)

            setattr(cls, "run", run_mocked)  # noqa: B010  # an assignment would be a type error: the signatures differ
            return cls
        for name, member in list(vars(cls).items()):
            if name.startswith("test") and inspect.isfunction(member):
                setattr(cls, name, self._decorate_function(member))
        if "setup_method" in vars(cls):
            self._span_test(cls)
        return cls

    def _span_test(self, cls: type) -> None:
        """Let pytest's ``setup_method`` and ``teardown_method`` see the cloud of the test between them."""
        setup = vars(cls)["setup_method"]
        teardown = getattr(cls, "teardown_method", None)

        @functools.wraps(setup)
        def setup_mocked(test: Any, *args: Any) -> Any:
            test.__dict__["_minicloud_mock"] = mock = self._again()
            mock.start()
            try:
                return setup(test, *args)
            except BaseException:
                test.__dict__.pop("_minicloud_mock").stop()
                raise

        def teardown_mocked(test: Any, *args: Any) -> Any:
            try:
                if teardown is not None:
                    return teardown(test, *args)
            finally:
                test.__dict__.pop("_minicloud_mock").stop()
            return None

        if teardown is not None:
            functools.update_wrapper(teardown_mocked, teardown)
        setattr(cls, "setup_method", setup_mocked)  # noqa: B010  # unknown to the type checker
        setattr(cls, "teardown_method", teardown_mocked)  # noqa: B010


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
    trace: bool = ...,
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
    any other call that minicloud does not answer raises ``UsageError``. Needs boto3 (botocore) to be installed.
    """
    if cloud is not None and options:
        raise UsageError(f"mock_aws(cloud=...) takes an existing cloud: give {', '.join(options)} to Cloud() instead")
    if isinstance(passthrough, str):
        raise UsageError(f"passthrough takes a tuple of service names: passthrough=({passthrough!r},)")
    mock = MockAws(options, cloud, passthrough)
    return mock if decorated is None else mock(decorated)


def _enter_environment(region_name: str) -> dict[str, str | None]:
    wanted = dict(_CREDENTIALS)
    if "AWS_DEFAULT_REGION" not in os.environ:
        wanted["AWS_DEFAULT_REGION"] = os.environ.get("AWS_REGION", region_name)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    return before


def _restore_environment(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
