"""``mock_aws`` on functions and classes.

A wrapped function is of the same kind as it was (plain, coroutine, generator, asynchronous generator) and keeps its
name, its docstring and its signature, by which pytest finds its fixtures. What a mock is, is not known here: decorators
are given a callable that makes one, a context manager that yields the cloud.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest import TestCase

from ..engine import new_clouds
from ..exceptions import UsageError
from .activation import state
from .loops_of_tests import run_on_loop_of
from .unittest_notes import noting

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..inspection.snapshot import Snapshot

__all__ = ["decorate_class", "decorate_function"]

__unittest = True  # the runner of unittest leaves the frames of this file out

MakeMock: TypeAlias = Callable[[], "AbstractContextManager[Cloud]"]

_SPANNED = ("setup_method", "teardown_method", "setup_class", "teardown_class")


def decorate_function(function: Callable[..., Any], make_mock: MakeMock) -> Callable[..., Any]:
    """``function``, with a mock around each of its calls."""
    wrapper: Callable[..., Any]
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def call_async(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                return await function(*args, **kwargs)

        wrapper = call_async
    elif inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def generate_async(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                generator = function(*args, **kwargs)
                try:
                    item = await anext(generator)
                    while True:
                        try:
                            sent = yield item
                        except GeneratorExit:
                            raise
                        except BaseException as error:  # noqa: BLE001  # it is the inner generator's to handle
                            item = await generator.athrow(error)
                        else:
                            item = await generator.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    await generator.aclose()

        wrapper = generate_async
    elif inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generate(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                return (yield from function(*args, **kwargs))

        wrapper = generate
    else:

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                return function(*args, **kwargs)

        wrapper = call
    wrapper.__dict__["minicloud_mock"] = make_mock  # the pytest plugin looks for it, on what else is put around, too
    return wrapper


def decorate_class(cls: type, make_mock: MakeMock) -> type:
    """``cls`` itself, with a mock around each of its tests, what sets them up included, and those of classes in it."""
    for member in list(vars(cls).values()):
        if inspect.isclass(member) and member.__qualname__.startswith(cls.__qualname__ + "."):
            decorate_class(member, make_mock)
    if issubclass(cls, TestCase):
        on_its_loop = run_on_loop_of if hasattr(cls, "_setupAsyncioRunner") else _as_it_is
        for name in ("run", "debug"):
            setattr(cls, name, _around(getattr(cls, name), make_mock, on_its_loop))
        _span_test_case(cls, make_mock)
        return cls
    for name, member in _tests(cls).items():
        if isinstance(member, staticmethod | classmethod):
            mocked: Any = type(member)(decorate_function(member.__func__, make_mock))
        elif inspect.isfunction(member):
            mocked = decorate_function(member, make_mock)
        else:
            continue
        if name in vars(cls):
            delattr(cls, name)  # so that it comes after what is inherited
        setattr(cls, name, mocked)
    _span_method(cls, make_mock)
    _span_class(cls, make_mock)
    return cls


def _tests(cls: type) -> dict[str, Any]:
    """The methods that get a mock each: the tests, those of undecorated bases too, in the order of pytest.

    Helpers get none, for one that goes on in the background would keep the cloud of its test. But a class without tests
    is one of helpers, or its tests have names of the project's own: there it is every public method.
    """
    own = {name: member for name, member in vars(cls).items() if not name.startswith("_")}
    names = [name for base in reversed(cls.__mro__[1:]) for name in vars(base) if name not in own]
    names += own
    tests = {name: inspect.getattr_static(cls, name) for name in names if name.startswith("test")}
    if tests:
        return tests
    return {
        name: member
        for name, member in own.items()
        if name not in _SPANNED and not hasattr(member, "_pytestfixturefunction")
    }


def _around(
    method: Callable[..., Any], make_mock: MakeMock, prepare: Callable[[Any, Cloud], object]
) -> functools.partialmethod[Any]:
    """``method`` inside a mock, with the test prepared for its cloud.

    It is no function, so that a decorator of all functions of the class passes it over. moto's is one: around ``run``
    as well, it would take each test for a nested use, and never reset its own services.
    """

    @functools.wraps(method)
    def inside(test: TestCase, *args: Any, **kwargs: Any) -> Any:
        arguments = list(args)
        with noting(test, arguments, kwargs), make_mock() as cloud:
            if new_clouds.shared_by_tests and not any(one.rolls_back for one in new_clouds.listeners):
                _begin_test(type(test))
            prepare(test, cloud)
            return method(test, *arguments, **kwargs)

    return functools.partialmethod(inside)


def _as_it_is(test: TestCase, cloud: Cloud) -> None:
    """Nothing depends on the cloud."""


def _begin_test(owner: type) -> None:
    for one in new_clouds.shared_by_tests:
        if isinstance(one, _ClassMock) and one.owner is owner:
            one.begin_test()


class _TestMock:
    """The mock of one test with its set-up."""

    def __init__(self, mock: AbstractContextManager[Cloud]) -> None:
        self._mocked = _inside(mock)

    def start(self) -> None:
        """Begin the mock."""
        next(self._mocked)

    def set_up(self) -> None:
        """The set-up is over; the mock goes on."""

    def stop(self) -> None:
        """End the mock, if it has begun and not ended yet."""
        self._mocked.close()


def _inside(mock: AbstractContextManager[Cloud]) -> Generator[Cloud, None, None]:
    with mock as cloud:
        yield cloud


class _ClassMock(_TestMock):
    """The mock of a class whose set-up makes calls: each of its tests begins with what they lead to.

    Where the set-up makes none (clients only, for instance), it ends here, and each test has a fresh cloud. In a cloud
    that is not the class's own, because another mock is around it, nothing is taken back.
    """

    owner: type | None = None
    """The class of unittest that it is of."""

    def start(self) -> None:
        """Begin the mock."""
        self._is_own = state.activation is None
        self._snapshot: Snapshot | None = None
        self.cloud = next(self._mocked)
        self._position = self.cloud.request_ids.position

    def set_up(self) -> None:
        """The class has been set up."""
        if self.cloud.request_ids.position == self._position:
            self.stop()
        elif self._is_own:
            new_clouds.shared_by_tests.add(self)  # which does not hold it: that it ends is for the class to say

    def keep(self) -> None:
        """Have each test begin with what is in the cloud now."""
        if self._is_own and not self.cloud.closed:
            try:
                self._snapshot = self.cloud.snapshot()
            except UsageError:  # a consumer waits in it, and would not live through going back
                self._is_own, self._snapshot = False, None

    def roll_back(self) -> None:
        """Make the cloud what the set-up left."""
        snapshot = self._snapshot
        if snapshot is not None and not self.cloud.closed:
            self.keep()
            if self._snapshot is not None:  # nobody waits
                self._snapshot = snapshot
                self.cloud.restore(snapshot)

    def begin_test(self) -> None:
        """A test begins that nobody else says anything of: it is run by unittest itself."""
        if self._snapshot is None:
            self.keep()
        else:
            self.roll_back()


def _span_test_case(cls: Any, make_mock: MakeMock) -> None:
    plain: Any = TestCase.setUpClass
    set_up_class = cls.setUpClass.__func__
    if set_up_class is plain.__func__:
        return

    @functools.wraps(set_up_class)
    def set_up_mocked(owner: type[TestCase]) -> None:
        class_mock = _ClassMock(make_mock())
        class_mock.owner = owner
        owner.addClassCleanup(class_mock.stop)
        class_mock.start()
        set_up_class(owner)
        class_mock.set_up()

    cls.setUpClass = classmethod(set_up_mocked)


def _span_method(cls: type, make_mock: MakeMock) -> None:
    """Let pytest's ``setup_method`` and ``teardown_method`` see the cloud of the test between them."""
    _span(cls, "setup_method", "teardown_method", "_minicloud_mock", lambda: _TestMock(make_mock()))


def _span_class(cls: type, make_mock: MakeMock) -> None:
    """Let what pytest's ``setup_class`` makes be there in the tests."""
    _span(cls, "setup_class", "teardown_class", "_minicloud_class_mock", lambda: _ClassMock(make_mock()))


def _span(cls: type, first: str, last: str, place: str, make: Callable[[], _TestMock]) -> None:
    set_up = inspect.getattr_static(cls, first, None)
    if set_up is None:
        return
    tear_down = inspect.getattr_static(cls, last, None)
    is_class_method = isinstance(set_up, classmethod)

    def set_up_mocked(owner: Any, *args: Any) -> Any:
        mock = make()
        setattr(owner, place, mock)
        try:
            mock.start()
            result = _bound(set_up, owner)(*args)
            mock.set_up()
        except BaseException:
            mock.stop()
            raise
        return result

    def tear_down_mocked(owner: Any, *args: Any) -> Any:
        try:
            return None if tear_down is None else _bound(tear_down, owner)(*args)
        finally:
            getattr(owner, place).stop()

    for name, mocked, original in ((first, set_up_mocked, set_up), (last, tear_down_mocked, tear_down)):
        made = _as_taken(mocked, original)
        setattr(cls, name, classmethod(made) if is_class_method else made)


def _as_taken(mocked: Callable[..., Any], original: Any) -> Callable[..., Any]:
    """``mocked`` with as many parameters as ``original`` has, for pytest counts them and passes the test or not."""
    function = getattr(original, "__func__", original)
    if function is not None and function.__code__.co_argcount > 1:

        def with_test(owner: Any, test: Any) -> Any:
            return mocked(owner, test)

        return functools.update_wrapper(with_test, function)
    return mocked if function is None else functools.update_wrapper(mocked, function)


def _bound(method: Any, owner: Any) -> Any:
    """A method as its class has it, for an instance or, where it is a class method, for the class."""
    if isinstance(owner, type):
        if inspect.isfunction(method):  # pytest passes the class to a plain one that takes it
            return functools.partial(method, owner) if method.__code__.co_argcount else method
        return method.__get__(None, owner)
    return method.__get__(owner, type(owner))
