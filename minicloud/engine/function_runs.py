"""Performs the runs of functions: finds what is to be called, calls it as Lambda does, and says how that ended.

Called without the lock, in the thread or task that performs errands. What a run changes of the process while it lasts
(its environment, its modules, where its output goes) is undone when it ends, whichever way.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from ..core.shown import escaped, shown
from ..exceptions import UsageError
from ..services.lambda_.names import parse_name
from ..services.lambda_.results import Killed
from .lambda_context import LambdaContext
from .overlays import Overlays
from .run_capture import begin, end
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
_inside: ContextVar[_Around | None] = ContextVar("minicloud_function", default=None)
"""What the run in which this one happens has changed of the process."""


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
    timeout, takes, assertions = settings["timeout"], settings["takes"], settings["assertions"]
    if timeout is not None and not (_is_number(timeout) and 0 < timeout <= _LONGEST_TIMEOUT):
        raise UsageError(f"timeout={shown(timeout)} {what}: give seconds, up to {_LONGEST_TIMEOUT}")
    if not callable(takes) and not (_is_number(takes) and takes >= 0):
        raise UsageError(f"takes={shown(takes)} {what}: give seconds, or a callable that takes the event")
    memory, reserved = settings["memory"], settings["reserved_concurrency"]
    if memory is not None and not (isinstance(memory, int) and memory > 0):
        raise UsageError(f"memory={shown(memory)} {what}: give megabytes")
    if reserved is not None and not (isinstance(reserved, int) and reserved >= 0):
        raise UsageError(f"reserved_concurrency={shown(reserved)} {what}: give a number of runs")
    if assertions not in ("fail", "retry"):
        raise UsageError(f'assertions={shown(assertions)} {what}: give "fail" or "retry"')
    environment = settings["environment"]
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

    def perform(self, run: Any) -> Any:
        """Run the handler; the JSON of what it returned, or an awaitable of that. What it raises is written down.

        When something has come into this after the handler had ended, it goes on from there.
        """
        time_ns = self._state.time_ns
        version: FunctionVersion = run.version
        around: _Around | None = None
        called, crashes = 0.0, run.crashes
        try:
            if run.came is None:
                run.started = time_ns()
                handler = version.code.callable
                if handler is None or version.environment is not None or _environment.active:
                    around = run.around = self._around(run, version)
                event = run.work.make_event()
                if version.code.takes or run.delay or run.times_out:
                    run.plan(event)
                context = LambdaContext(run, time_ns)
                begin(run)
                if around is not None:
                    handler = around.begin()
                if crashes == "before":
                    raise Killed
                called = perf_counter()
                try:
                    run.is_called = True
                    run.came = came = handler(event, context), None  # type: ignore[misc]  # in one step with its end
                except ENDS_AN_ERRAND as error:
                    run.came = None, error
                    raise
                result = came[0]
            else:
                around = run.around  # its end may have been interrupted
                if around is None and version.code.callable is None:
                    around = self._around(run, version)  # which tells of the failure, and does not begin
                result = _what_came(run)
            if result is None and not crashes:
                return "null"
            if _is_awaitable(result) and version.code.callable is not None:
                return self._await(run, result, around, called)
            return _marshalled(run, result)
        except BaseException as error:
            self._tell(run, error, around)
            raise
        finally:
            end(run)
            if around is not None:
                around.end()
                run.around = None
            run.left = time_ns()
            if called:
                run.real_seconds = perf_counter() - called

    def _around(self, run: Run, version: FunctionVersion) -> _Around:
        return _Around(run, version, self._code(version, run) if version.code.callable is None else None)

    async def _await(self, run: Any, awaitable: Awaitable[Any], around: _Around | None, called: float) -> str:
        try:
            begin(run)
            if around is not None:
                run.around = around
                around.begin()
            run.came = None  # it runs again, and is not known to have ended
            run.came = await awaitable, None
            return _marshalled(run, run.came[0])
        except BaseException as error:
            self._tell(run, error, around)
            raise
        finally:
            end(run)
            if around is not None:
                around.end()
                run.around = None
            run.left = self._state.time_ns()
            run.real_seconds = perf_counter() - called if called else 0.0

    def _tell(self, run: Run, error: BaseException, around: _Around | None) -> None:
        """Write down what was raised."""
        if not isinstance(error, (Exception, SystemExit)):
            return  # something came into it
        if around is not None:
            around.show_sources()
            around.note_what_is_packed(error)
        run.raised(error, self._state.time_ns(), _OURS)

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
    """What is different in the process while a handler runs, if it has variables or is an archive's."""

    def __init__(self, run: Run, version: FunctionVersion, code: FunctionCode | None) -> None:
        self._code = code
        self._handler = version.code.callable
        has_variables = code is not None or version.environment is not None
        self._variables: dict[str, Any] = _variables(run, version) if has_variables else {}
        self._environment: dict[str, Any] = {}
        self._outer: _Around | None = None

    def begin(self) -> Callable[..., Any]:
        """From here on the handler runs; that. A run inside of another's has none of the variables of that one."""
        self._outer = outer = _inside.get()
        others = {} if outer is None else _environment.before(outer._environment)
        self._environment = {**others, **self._variables}
        _inside.set(self)
        _environment.lay(self._environment)
        if self._code is not None:
            self._code.enter()
        handler = self._code.handler() if self._code is not None else self._handler
        if handler is None:
            raise TypeError("nothing to call")
        return handler

    def end(self) -> None:
        """It does not any more. To have begun only half, or not at all, is fine."""
        if self._code is not None:
            self._code.leave()
        _environment.lift(self._environment)
        if _inside.get() is self:
            _inside.set(self._outer)

    def note_what_is_packed(self, error: BaseException) -> None:
        """Say of a file of an archive that was looked for on the disk how it can be read."""
        if self._code is not None:
            self._code.note_what_is_packed(error)

    def show_sources(self) -> None:
        """Have tracebacks show the lines of an archive."""
        if self._code is not None:
            self._code.show_sources()


def _what_came(run: Run) -> Any:
    """What the handler has returned or raised, after which something had come into its run."""
    result, failure = run.came or (None, None)
    if failure is not None:
        raise failure
    return result


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
    """The environment of a run. [Lambda developer guide: defined runtime environment variables]

    Two that AWS has are left out. ``TZ`` would outlast the run: who calls ``time.mktime`` meanwhile, in any thread, has
    the C library read it, which tells the process's local time by it from then on. [observed of glibc]
    ``_X_AMZN_TRACE_ID`` would be a trace that nobody has begun: the cloud knows of none, and botocore would send it on.
    """
    function = version.function
    region_name = function.state.region_name
    own = version.environment or {}
    reserved = {
        "AWS_REGION": region_name,
        "AWS_DEFAULT_REGION": region_name,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": version.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": run.log_stream,
        "_HANDLER": version.handler or "",
    }
    if version.code.callable is not None:
        return {**reserved, **own}  # a test may give its handler any; and its code does not lie where AWS has it
    if version.runtime is not None:
        reserved["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{version.runtime}"
    reserved |= {"LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime"}
    return {**own, **reserved}  # own ones of these names are from a handler that the archive has replaced


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
