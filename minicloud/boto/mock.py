"""``mock_aws``: real boto3 clients answered by a cloud, for the length of a test.

    with minicloud.mock_aws() as cloud: ...          # also ``async with``

    @minicloud.mock_aws                              # or @minicloud.mock_aws(clock="virtual")
    def test_orders(): ...                           # also async, generator functions, classes, unittest.TestCase

Nested and concurrent uses share the outermost cloud; its state ends with the outermost exit.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast, overload

from ..cloud import Cloud
from ..core.argument_types import LimitsName
from ..core.chaos import Chaos, DeliveryName
from ..core.limits import Limits
from ..core.near import did_you_mean
from ..core.shown import escaped, shown
from ..engine import new_clouds
from ..engine.argument_types import ClockName, HandlersName, TimeSource
from ..engine.clock import Clock
from ..exceptions import UsageError
from .decorate import decorate_class, decorate_function
from .hooks import install
from .moto_config import read_config
from .other_mocks import check_other
from .shared_cloud import caller, check_alike
from .unittest_notes import traced_in_a_test
from .uses import ExitMethods, LeftToOthers, Use, begin, end, end_latest, hold

__all__ = ["MockAws", "check_passthrough", "mock_aws"]

__unittest = True  # the runner of unittest leaves the frames of this file out

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


_OPTIONS = frozenset({"account_id", "clock", "delivery", "handlers", "limits", "region_name", "seed", "trace"})
"""Arguments of ``Cloud`` that a mock takes; with ``cloud`` and ``passthrough``, all there are."""


def _leave(mock: MockAws, statement: Any, *_: object) -> None:
    """What a ``with`` statement calls when it is left."""
    if statement.use is None:  # it has looked the method up and begun nothing
        mock.stop()
    else:
        end(statement.use)


def _leave_async(mock: MockAws, statement: Any, *_: object) -> Coroutine[Any, Any, None]:
    _leave(mock, statement)
    return _nothing()


async def _nothing() -> None:
    """What is left to await: everything is over by then."""


def _stop(mock: MockAws, *_: object) -> None:
    mock.stop()


async def _stop_async(mock: MockAws, *_: object) -> None:
    mock.stop()


class MockAws:
    """One use of ``mock_aws``: a context manager, a decorator, and ``start()`` / ``stop()``."""

    place: str | None = None
    """Where it was begun, where that is not whoever calls."""

    def __init__(
        self, options: dict[str, Any], cloud: Cloud | None, beside: LeftToOthers, decorated: Any = None
    ) -> None:
        self._options = options
        self._cloud = cloud
        self._beside = beside
        self._decorated = decorated
        self._has_begun = False
        self._ways_out: dict[int, Any] = {}
        """By thread, the way out that its ``with`` statement has looked up before it enters."""

    def start(self) -> Cloud:
        """Begin to answer; returns the cloud that does. Each start needs its stop."""
        return begin(self._use(by_start=True), self._prepare, self._cloud, self._options)

    def stop(self) -> None:
        """End this use; the last one ends the cloud's state. Raises ``UsageError`` without a start.

        ``mock_aws().stop()``, of a mock that has begun nothing, ends the latest use that ``start()`` has begun.
        """
        end_latest(self if self._has_begun else None)

    def _use(self, *, by_start: bool = False) -> Use:
        """A use that may begin."""
        if self._decorated is not None:
            module, name = (getattr(self._decorated, name, "?") for name in ("__module__", "__qualname__"))
            place = f"the decorator of {module}.{name}"
        else:
            place = self.place or caller()
        self._has_begun = True
        passthrough, other, puts_credentials = self._beside
        passthrough = passthrough or frozenset(new_clouds.option("passthrough") or ())
        beside = LeftToOthers(passthrough, other or new_clouds.option("other"), puts_credentials)
        return Use(self, beside, place, by_start=by_start)

    def _prepare(self) -> tuple[bool, Cloud]:
        """The cloud of an outermost use, and whether it is the mock's own."""
        install()
        if self._cloud is not None:
            return False, self._cloud
        # A test that is decorated and has the fixture has one cloud, not two.
        has_fixture, cloud = (False, None) if self._decorated is None else new_clouds.cloud_of_test(self._decorated)
        if cloud is not None:
            check_alike(
                cloud,
                self._options,
                "mock_aws({}) on a test with the fixture cloud",
                "they are one cloud; give the option to @pytest.mark.minicloud()",
            )
            return False, cloud
        with traced_in_a_test():
            made = Cloud._where_boto3_is("mock_aws()", self._options, clock="virtual" if has_fixture else None)
        if has_fixture:
            new_clouds.share_with_fixture(made)
        return True, made

    def __enter__(self) -> Cloud:
        use = self._use()
        hold(use, self._ways_out.pop(threading.get_ident(), None))
        return begin(use, self._prepare, self._cloud, self._options)

    async def __aenter__(self) -> Cloud:
        return self.__enter__()

    if TYPE_CHECKING:

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
        ) -> None: ...
        async def __aexit__(
            self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
        ) -> None: ...

    else:
        __exit__ = ExitMethods(_leave, _stop)
        __aexit__ = ExitMethods(_leave_async, _stop_async)

    def __call__(self, decorated: T) -> T:
        """Decorate a function or class: each call, or each test of the class, gets a fresh cloud."""
        if inspect.isclass(decorated):
            return cast("T", decorate_class(decorated, partial(self._again, decorated)))
        if callable(decorated):
            return cast("T", decorate_function(decorated, partial(self._again, decorated)))
        raise UsageError(f"mock_aws cannot decorate {shown(decorated)}: give it a function or a class")

    def _again(self, decorated: Any) -> MockAws:
        return MockAws(self._options, self._cloud, self._beside, decorated)


@overload
def mock_aws(decorated: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def mock_aws(
    *,
    cloud: Cloud | None = ...,
    passthrough: Iterable[str] = ...,
    other: Literal["moto"] | None = ...,
    config: Mapping[str, Any] | None = ...,
    account_id: str = ...,
    region_name: str = ...,
    clock: ClockName | Clock | TimeSource | None = ...,
    seed: int | str | None = ...,
    limits: LimitsName | Limits | None = ...,
    delivery: DeliveryName | Chaos = ...,
    handlers: HandlersName = ...,
    trace: bool | None = ...,
) -> MockAws: ...
def mock_aws(
    decorated: Callable[..., Any] | None = None,
    /,
    *,
    cloud: Cloud | None = None,
    passthrough: Iterable[str] = (),
    other: str | None = None,
    config: Mapping[str, Any] | None = None,
    **options: Any,
) -> Any:
    """Have real boto3 clients answered by a cloud, as decorator or context manager, with or without parentheses.

    Takes the keyword arguments of ``Cloud``, or an existing ``cloud``. The region, unless one is said, is boto3's own:
    what the environment or the profile says, else ``us-east-1``. Uses inside another share its cloud, and being given
    an option that this cloud does not have raises ``UsageError``. Clients made before, inside, or kept from an
    earlier mock are answered; fake credentials and the region are in the environment only inside.
    ``passthrough`` names services whose calls go where they would go without minicloud (another mock, for instance).
    With ``other="moto"``, moto's mock begins and ends with this one, and answers for the services that minicloud does
    not have. Any other call that minicloud does not answer raises ``UsageError``. ``config`` is read as moto's. Where
    boto3 is not installed, ``import boto3`` inside gives a fake one, made of minicloud's own clients.
    """
    if cloud is not None and options:
        given = escaped(", ".join(options), 200)
        raise UsageError(f"mock_aws(cloud=...) takes an existing cloud: give {given} to Cloud() instead")
    for name in options:
        if name not in _OPTIONS:
            meant = did_you_mean(name, _OPTIONS, "{}=") or f": it takes {', '.join(sorted(_OPTIONS))}"
            raise UsageError(f"mock_aws() takes no {escaped(name, 80)}={meant}")
    if cloud is not None and not isinstance(cloud, Cloud):
        raise UsageError(f"cloud={shown(cloud)} is not a cloud: give a minicloud.Cloud")
    services = check_passthrough(passthrough)
    puts_credentials = True
    if config is not None:
        more, puts_credentials = read_config(config)
        services += more
    check_other(other)
    mock = MockAws(options, cloud, LeftToOthers(frozenset(services), other, puts_credentials))
    return mock if decorated is None else mock(decorated)


def check_passthrough(passthrough: Any) -> tuple[str, ...]:
    """The services to let through; raises ``UsageError`` for what are no names of services."""
    if isinstance(passthrough, str):
        raise UsageError(f"passthrough takes a tuple of service names: passthrough=({shown(passthrough)},)")
    names = tuple(passthrough) if isinstance(passthrough, Iterable) else (passthrough,)
    if not all(isinstance(name, str) for name in names):
        raise UsageError(f"passthrough={shown(passthrough)}: give a tuple of service names, such as ('s3',)")
    return names


def _signature() -> inspect.Signature:
    """What ``mock_aws`` takes, with the options of ``Cloud`` written out."""
    own = inspect.signature(mock_aws)
    named = [parameter for parameter in own.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    options = [
        parameter.replace(kind=parameter.KEYWORD_ONLY)
        for name, parameter in inspect.signature(Cloud).parameters.items()
        if name in _OPTIONS
    ]
    return own.replace(parameters=named + options)


mock_aws.__signature__ = _signature()  # type: ignore[attr-defined]
