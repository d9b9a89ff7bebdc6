"""The event loop of an async test, where a mock comes to it: whose time it is on.

A class of ``unittest.IsolatedAsyncioTestCase`` that is decorated has each test on a loop in the time of its cloud.
Where the mock is begun in ``setUp``, unittest has made a loop of asyncio's own already, on which nothing has run: one
in the cloud's time takes its place. In ``asyncSetUp`` and in the test itself that loop runs: it stays what it is, and a
test that fails says so. A loop of ``minicloud.EventLoop`` follows a mock that is begun on it.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio
    from unittest import IsolatedAsyncioTestCase

    from ..cloud import Cloud

__all__ = ["REAL_TIME", "has_begun", "in_real_time", "run_on_loop_of"]

__unittest = True  # the runner of unittest leaves the frames of this file out

REAL_TIME: Final = (
    "this test ran on unittest's own loop: asyncio.sleep took real time, and did not move the cloud's clock; put "
    '@mock_aws(clock="virtual") on the class, or begin the mock in setUp: in asyncSetUp the loop runs already'
)


def has_begun(cloud: Cloud) -> None:
    """A mock of this cloud, inside of no other, has begun here: a loop that is here for a test follows it."""
    asyncio: Any = sys.modules.get("asyncio")  # it is there if a loop is
    if asyncio is None:
        return
    loop = asyncio._get_running_loop()
    if loop is None:
        test = _test_that_is_set_up()
        if test is None:
            return
        loop = test._asyncioRunner.get_loop()
        if cloud.clock.manual and _is_plain(test, loop) and not asyncio.all_tasks(loop):
            _replace_loop(test, cloud)
            return
    follow = getattr(loop, "mock_has_begun", None)
    if follow is not None:
        follow(cloud)


def run_on_loop_of(test: Any, cloud: Cloud) -> None:
    """Have an ``IsolatedAsyncioTestCase`` run on a loop in the cloud's time, if that is not real time anyway."""
    if not cloud.clock.manual or getattr(test, "loop_factory", None) is not None:
        return
    if hasattr(test, "loop_factory"):
        test.loop_factory = partial(_loop_of, cloud)
        return

    def set_up_runner() -> None:  # Python 3.11 and 3.12 have no attribute for it
        test._asyncioRunner = _runner_of(cloud)

    test._setupAsyncioRunner = set_up_runner


def in_real_time(test: object) -> bool:
    """Whether a test of unittest runs on a loop of asyncio's own."""
    runner = getattr(test, "_asyncioRunner", None)
    return runner is not None and _is_plain(test, runner.get_loop())


def _is_plain(test: Any, loop: Any) -> bool:
    """Whether nobody has chosen the loop."""
    return type(loop).__module__.startswith("asyncio.") and getattr(test, "loop_factory", None) is None


def _test_that_is_set_up() -> Any:
    """The ``IsolatedAsyncioTestCase`` whose ``setUp`` this is called from; None outside of any."""
    if "unittest.async_case" not in sys.modules:
        return None
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_callSetUp" and frame.f_globals.get("__name__") == "unittest.async_case":
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None


def _replace_loop(test: IsolatedAsyncioTestCase, cloud: Cloud) -> None:
    any_test: Any = test
    former, any_test._asyncioRunner = any_test._asyncioRunner, _runner_of(cloud)
    former.close()


def _runner_of(cloud: Cloud) -> asyncio.Runner:
    from asyncio import Runner

    return Runner(debug=True, loop_factory=partial(_loop_of, cloud))


def _loop_of(cloud: Cloud) -> asyncio.AbstractEventLoop:
    from ..engine.engine import Engine
    from ..engine.event_loop import CloudLoop

    class LoopOfTest(CloudLoop):
        """Tasks that outlive the mock, as clean-ups may, go on in a time of the loop's own."""

        def leave_closed_cloud(self) -> bool:
            self.bind(Engine("123456789012", "us-east-1", "virtual", 0, None, "readable"))
            return True

    return LoopOfTest(cloud)
