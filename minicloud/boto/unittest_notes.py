"""Under ``unittest`` alone: a failed test says what happened in the clouds of its mocks, by a note on its exception.

While no plugin of pytest's listens, the clouds that mocks make for a ``TestCase`` are traced, and whatever is reported
as a failure or an error of the test gets the section that pytest's report would have. ``unittest`` prints notes with
the traceback (Python 3.11 and later).
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ..engine import new_clouds
from .activation import state
from .loops_of_tests import REAL_TIME, in_real_time

if TYPE_CHECKING:
    from unittest import TestCase

__all__ = ["noting", "traced_in_a_test"]

__unittest = True  # the runner of unittest leaves the frames of this file out

_SET_UPS = ("setUpClass", "set_up_mocked")
"""Functions that set up a class of tests; the second is that of ``decorate``."""
_MOST_CLOUDS = 5
"""Get a section: the latest ones."""


class _Listener(new_clouds.Listener):
    """Has new clouds traced, and keeps the latest."""

    def __init__(self) -> None:
        self.latest: deque[Any] = deque(maxlen=_MOST_CLOUDS)

    def options(self, of_process: bool) -> Mapping[str, Any]:
        return {} if of_process else {"trace": True}

    def made(self, cloud: Any) -> None:
        self.latest.append(cloud)


class _Result:
    """A test result that adds notes to the exceptions it is told of; in all else, the one that it stands for."""

    def __init__(self, result: Any, listener: _Listener) -> None:
        self._minicloud = result, listener

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802  # unittest's name
        _note(self._minicloud[1], test, err)
        self._minicloud[0].addError(test, err)

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802  # unittest's name
        _note(self._minicloud[1], test, err)
        self._minicloud[0].addFailure(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802  # unittest's name
        if err is not None:
            _note(self._minicloud[1], test, err)
        self._minicloud[0].addSubTest(test, subtest, err)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._minicloud[0], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_minicloud":
            super().__setattr__(name, value)
        else:
            setattr(self._minicloud[0], name, value)


@contextmanager
def noting(test: TestCase, arguments: list[Any], named: dict[str, Any]) -> Iterator[None]:
    """While a decorated test runs or is debugged: the result among its arguments is replaced by one that adds notes."""
    if new_clouds.listeners:
        yield
        return
    listener = _Listener()
    if arguments and arguments[0] is not None:
        arguments[0] = _Result(arguments[0], listener)
    elif named.get("result") is not None:
        named["result"] = _Result(named["result"], listener)
    try:
        new_clouds.listeners.append(listener)
        yield
    except BaseException as error:
        _note(listener, test, (type(error), error, None))
        raise
    finally:
        if listener in new_clouds.listeners:
            new_clouds.listeners.remove(listener)


@contextmanager
def traced_in_a_test() -> Iterator[None]:
    """While a mock makes its cloud: in a test of ``unittest`` it is traced, and told of should the test fail."""
    test = None if new_clouds.listeners else _running_test()
    if test is None:
        yield
        return
    outcome = getattr(test, "_outcome", None)
    result = getattr(outcome, "result", None)
    listener = result._minicloud[1] if isinstance(result, _Result) else _Listener()
    if outcome is not None and result is not None and not isinstance(result, _Result):
        outcome.result = _Result(result, listener)
    try:
        new_clouds.listeners.append(listener)
        yield
    finally:
        if listener in new_clouds.listeners:
            new_clouds.listeners.remove(listener)


def _running_test() -> Any:
    """The test, or the class of tests that is set up, from which this is called; None outside of any."""
    unittest = sys.modules.get("unittest.case")  # never imported for this
    if unittest is None:
        return None
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if issubclass(type(first), unittest.TestCase) or (  # a mock of one may say that it is one
            code.co_name in _SET_UPS and isinstance(first, type) and issubclass(first, unittest.TestCase)
        ):
            return first
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _note(listener: _Listener, test: Any, err: Any) -> None:
    """Add what happened to an exception, once. Says nothing rather than that a test fails for another reason."""
    from ..inspection.near_attributes import note_missing_await, note_near_attribute
    from ..inspection.report import section

    error = err[1]
    if not isinstance(error, BaseException) or any(
        note.startswith("minicloud: ") for note in getattr(error, "__notes__", ())
    ):
        return
    note_near_attribute(error)
    note_missing_await(error)
    clouds = [*listener.latest]
    if state.cloud is not None and state.cloud not in clouds:
        clouds.append(state.cloud)  # that of the class
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    if getattr(method, "is_hypothesis_test", False):
        clouds = clouds[-1:]
    for cloud in clouds:
        with suppress(Exception):
            events = cloud.trace.since((None, 0))
            if events:
                title, text = section(cloud, events)
                error.add_note(f"{title}\n{text}")
                if cloud.clock.manual and in_real_time(test):
                    error.add_note(REAL_TIME)
