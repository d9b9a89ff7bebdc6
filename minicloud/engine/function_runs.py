"""Performs the runs of functions: finds what is to be called, calls it as Lambda does, and says how that ended.

Called without the lock, in the thread or task that performs errands. What a run changes of the process while it lasts
(its environment, its modules, where its output goes) is undone when it ends, whichever way.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from ..core.errands import Invoke
from ..core.shown import escaped, shown
from ..exceptions import UsageError
from ..services.lambda_.names import parse_name
from ..services.lambda_.results import Killed
from .lambda_context import LambdaContext
from .overlays import Overlays
from .run_capture import RunCapture
from .turns import ENDS_AN_ERRAND

if TYPE_CHECKING:
    from ..services.lambda_.function import FunctionVersion
    from ..services.lambda_.invocation import Run
    from .function_code import FunctionCode
    from .state import State

__all__ = ["FunctionRuns", "register"]

_LONGEST_NAME: Final = 64
_LONGEST_TIMEOUT: Final = 900
_OURS: Final = __file__.rpartition("engine")[0]
_environment = Overlays(os.environ)


def register(state: State, name: str, handler: Callable[..., Any], **settings: Any) -> str:
    """``Cloud.function``: have a handler run as a function; its ARN, or what was given if that is one."""
    if not callable(handler):
        raise UsageError(
            f"{shown(handler)} cannot be the handler of function {shown(name)}: give a callable that takes (event, "
            "context)"
        )
    if not isinstance(name, str):
        raise UsageError(f"{shown(name)} is not the name of a function: give a name or an ARN as a string")
    account_id, region_name, bare = state.account_id, state.region_name, name
    if name.startswith("arn:"):
        parts = name.split(":")
        if len(parts) not in (7, 8) or parts[2] != "lambda" or parts[5] != "function" or not (parts[3] and parts[4]):
            raise UsageError(
                f"{shown(name)} is not a function: give a name, or an ARN such as arn:aws:lambda:…:function:name"
            )
        region_name, account_id, bare = parts[3], parts[4], parts[6]
    if parse_name(bare) != (bare, None, None, None) or len(bare) > _LONGEST_NAME:
        raise UsageError(
            f"{shown(name)} is not the name of a function: it has up to 64 letters, digits, hyphens and underscores"
        )
    _check_settings(name, settings)

    def add(now: int) -> str:
        service = state.find_service("lambda", account_id, region_name)
        made: str = service.register(now, bare, handler, **settings)
        return made

    made = state.change("function()", add)
    if state.errands:  # what waited for a function of that name
        state.run_errands()
    return name if name.startswith("arn:") else made


def _check_settings(name: str, settings: dict[str, Any]) -> None:
    what = f"of the function {shown(name)}"
    timeout, takes, assertions = settings.get("timeout"), settings.get("takes", 0), settings.get("assertions", "fail")
    if timeout is not None and not (_is_number(timeout) and 0 < timeout <= _LONGEST_TIMEOUT):
        raise UsageError(f"timeout={shown(timeout)} {what}: give seconds, up to {_LONGEST_TIMEOUT}")
    if not callable(takes) and not (_is_number(takes) and takes >= 0):
        raise UsageError(f"takes={shown(takes)} {what}: give seconds, or a callable that takes the event")
    memory, reserved = settings.get("memory"), settings.get("reserved_concurrency")
    if memory is not None and not (isinstance(memory, int) and memory > 0):
        raise UsageError(f"memory={shown(memory)} {what}: give megabytes")
    if reserved is not None and not (isinstance(reserved, int) and reserved >= 0):
        raise UsageError(f"reserved_concurrency={shown(reserved)} {what}: give a number of runs")
    if assertions not in ("fail", "retry"):
        raise UsageError(f'assertions={shown(assertions)} {what}: give "fail" or "retry"')
    environment = settings.get("environment")
    if environment is not None and not (
        isinstance(environment, Mapping) and all(isinstance(one, str) for pair in environment.items() for one in pair)
    ):
        raise UsageError(f"environment={shown(environment)} {what}: give names and values as strings")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class FunctionRuns:
    """Performs the runs of one cloud's functions."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._codes: dict[FunctionVersion, tuple[FunctionCode, Run]] = {}
        """The code of archives that have been run, each with its latest run."""

    def clear(self) -> None:
        """Forget what was imported."""
        self._codes.clear()

    def perform(self, invoke: Invoke) -> Any:
        """Run the handler; the JSON of what it returned, or an awaitable of that. What it raises is written down.

        When something has come into this after the handler had ended, it goes on from there.
        """
        run: Any = invoke.run
        around = _Around(self._state, run)
        try:
            if invoke.came is None:
                run.begin(self._state.time_ns())
                result = self._call(invoke, around)
            else:
                result = self._go_on(invoke, around)
            if result is None and not run.crashes:
                return "null"
            if _is_awaitable(result) and around.code is None:
                return self._await(invoke, result, around)
            return _marshalled(run, result)
        except BaseException as error:
            around.tell(error)
            raise
        finally:
            around.end()
            run.left = self._state.time_ns()
            run.real_seconds = perf_counter() - around.called if around.called else 0.0

    def _call(self, invoke: Invoke, around: _Around) -> Any:
        run: Any = invoke.run
        version = run.version
        if version is None:
            raise TypeError("a run that has not started cannot be performed")
        handler = version.code.callable
        if handler is None:
            around.code = self._code(version, run)
        if version.environment is not None or around.code is not None:
            around.environment = _variables(run, version)
        event = run.make_event()
        if version.code.takes or run.delay or run.times_out:
            run.plan(event)
        context = LambdaContext(run, self._state.time_ns)
        around.begin()
        if around.code is not None:
            handler = around.code.handler()
        if handler is None:
            raise TypeError("nothing to call")
        if run.crashes == "before":
            raise Killed
        around.called = perf_counter()
        try:
            run.is_called = True
            invoke.came = came = handler(event, context), None  # in one step with its end
        except ENDS_AN_ERRAND as error:
            invoke.came = None, error
            raise
        return came[0]

    def _go_on(self, invoke: Invoke, around: _Around) -> Any:
        """What the handler has returned or raised, after which something had come into this."""
        run: Any = invoke.run
        if run.version.code.callable is None:
            around.code = self._code(run.version, run)
        result, failure = invoke.came or (None, None)
        if failure is not None:
            raise failure
        return result

    async def _await(self, invoke: Invoke, awaitable: Awaitable[Any], around: _Around) -> str:
        run: Any = invoke.run
        try:
            around.begin()
            invoke.came = None  # it runs again, and is not known to have ended
            invoke.came = await awaitable, None
            return _marshalled(run, invoke.came[0])
        except BaseException as error:
            around.tell(error)
            raise
        finally:
            around.end()
            run.left = self._state.time_ns()
            run.real_seconds = perf_counter() - around.called if around.called else 0.0

    def _code(self, version: FunctionVersion, run: Run) -> FunctionCode:
        """The code of a version with its modules, as the latest run left them unless that ended its environment."""
        known = self._codes.get(version)
        if known is not None:
            code, latest = known
            if latest.outcome != "timeout" and not isinstance(latest.error, (SystemExit, Killed)):
                self._codes[version] = code, run
                return code
        _check(version)
        from .function_code import FunctionCode

        for other in [other for other in self._codes if other.function.version(other.version) is not other]:
            del self._codes[other]  # no run will be of these any more
        code = FunctionCode(version)
        self._codes[version] = code, run
        return code


class _Around:
    """What is different in the process while a handler runs."""

    def __init__(self, state: State, run: Run) -> None:
        self._time_ns = state.time_ns
        self._run = run
        self._capture = RunCapture(run, state.time_ns)
        self.code: FunctionCode | None = None
        self.environment: dict[str, str] | None = None
        self.called = 0.0
        """When the handler was called, by the clock on the wall."""

    def begin(self) -> None:
        """From here on the handler runs."""
        if self.environment is not None:
            _environment.lay(self.environment)
        if self.code is not None:
            self.code.enter()
        self._capture.begin()

    def end(self) -> None:
        """It does not any more. To have begun only half, or not at all, is fine."""
        self._capture.end()
        if self.code is not None:
            self.code.leave()
        if self.environment is not None:
            _environment.lift(self.environment)

    def tell(self, error: BaseException) -> None:
        """Write down what was raised."""
        if not isinstance(error, (Exception, SystemExit)):
            return  # something came into it
        if self.code is not None:
            self.code.show_sources()
        self._run.raised(error, self._time_ns(), _OURS)


def _marshalled(run: Run, result: Any) -> str:
    if run.crashes:
        raise Killed
    close: Callable[[], object] | None = getattr(result, "close", None) if _is_awaitable(result) else None
    try:
        return run.returned(result)
    finally:
        if close is not None:
            close()  # a coroutine that nobody awaits, as on AWS: without a warning beside the failure


def _is_awaitable(value: Any) -> bool:
    return hasattr(value, "__await__")


def _variables(run: Run, version: FunctionVersion) -> dict[str, str]:
    """The environment of a run. [Lambda developer guide: defined runtime environment variables]"""
    function = version.function
    region_name = function.state.region_name
    return {
        "AWS_REGION": region_name,
        "AWS_DEFAULT_REGION": region_name,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": version.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": run.log_stream,
        "_HANDLER": version.handler or "",
        **(version.environment or {}),
    }


def _check(version: FunctionVersion) -> None:
    """Raise ``UsageError`` for what cannot be run here."""
    name = version.function.name
    if version.code.image_uri is not None:
        what = f"is the image {escaped(version.code.image_uri, 120)}, and minicloud runs no containers"
    elif version.runtime is not None and not version.runtime.startswith("python"):
        what = f"is made for {escaped(version.runtime, 40)}, and minicloud runs Python"
    elif version.code.archive is None:
        what = "has no code here"
    else:
        return
    raise UsageError(
        f"the function {shown(name)} {what}: give it a handler with cloud.function({shown(name)}, handler)"
    )
