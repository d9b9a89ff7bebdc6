"""``cloud.invocations``: the runs of functions, for a test to look at; and what it asserts of them.

They are kept whether the trace is on or not. An ``Invocation`` is a view of a run: what it says may still change while
the run goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from ..core.near import listed, near_name
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from .comparing import Difference, compare, name_of
from .handled_by import why_not_run
from .text import ordinal, short_id
from .times import clock_time

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..services.lambda_.invocation import Run

__all__ = ["Invocation", "Invocations", "assert_invoked"]

__unittest = True  # the runner of unittest leaves the frames of this file out

ANYTHING: Any = ...
"""Stands for whatever there is; None is a value like any other."""

Outcome: TypeAlias = Literal["running", "success", "error", "timeout", "throttled"]
_OUTCOMES = ("running", "success", "error", "timeout", "throttled")
_SHOWN = 5
_LONGEST_LINE = 1_000


class Invocation:
    """One run of a function, or one that was throttled and did not come to it."""

    __slots__ = ("_run",)

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def function(self) -> str:
        """The function's name."""
        return self._run.resolved.function.name

    @property
    def arn(self) -> str:
        """Its ARN, with the qualifier that it was run by."""
        return self._run.resolved.arn

    @property
    def version(self) -> str:
        """What was run: ``"$LATEST"``, or the number of a version."""
        return self._run.executed_version

    @property
    def event(self) -> Any:
        """What the handler got; made anew, so what it did with its own is not seen."""
        return self._run.work.make_event()

    @property
    def result(self) -> Any:
        """What it returned, once through JSON; of a run that failed AWS's error object. None while it runs."""
        return self._run.result

    @property
    def error(self) -> BaseException | None:
        """What the handler raised, with its traceback."""
        return self._run.error

    @property
    def outcome(self) -> Outcome:
        """``"success"``, ``"error"``, ``"timeout"``, ``"throttled"``, or ``"running"`` as long as it is not decided."""
        return self._run.outcome  # type: ignore[return-value]

    @property
    def trigger(self) -> str:
        """What led to it: ``"invoke"``, ``"invoke-async"``, ``"sns:orders"``, ``"sqs:orders"`` …"""
        return self._run.trigger

    @property
    def attempt(self) -> int:
        """1, or 2 and 3 where Lambda tries an asynchronous event again."""
        return self._run.attempt

    @property
    def request_id(self) -> str:
        """The context's ``aws_request_id``: the same on all attempts at an event."""
        return self._run.request_id

    @property
    def started(self) -> datetime:
        """When, on the cloud's clock, as an aware datetime in UTC."""
        return datetime_of(self._run.started)

    @property
    def duration(self) -> float:
        """Seconds of the cloud's clock that it took; 0 while it runs."""
        return max(self._run.ended - self._run.started, 0) / SECOND

    @property
    def log(self) -> list[str]:
        """The lines of its log: what it printed and logged, and what Lambda writes around that."""
        return [line for _, entry in self._run.log_entries() for line in entry.removesuffix("\n").split("\n")]

    def __repr__(self) -> str:
        run = self._run
        attempt = f", {ordinal(run.attempt)} time" if run.attempt > 1 else ""
        return (
            f"<{escaped(self.function, 120)} at {clock_time(run.started)} for {escaped(run.trigger, 120)}{attempt}: "
            f"{run.outcome}>"
        )


class Invocations:
    """What was run so far, oldest first: a sequence of the latest 10,000."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, function: str) -> list[Invocation]:
        """The runs of one function, by name or ARN. Raises ``UsageError`` when there is no such function."""
        found = [one for one in self if function in (one.function, one.arn, one._run.resolved.function.arn)]
        if not found:
            self._check(function)
        return found

    @property
    def failed(self) -> list[Invocation]:
        """Those whose outcome is ``"error"`` or ``"timeout"``."""
        return [one for one in self if one.outcome in ("error", "timeout")]

    @property
    def last(self) -> Invocation:
        """The latest. Raises ``UsageError`` when nothing was run."""
        runs = self._runs()
        if not runs:
            raise UsageError("no function of this cloud has been run yet")
        return Invocation(runs[-1])

    def clear(self) -> None:
        """Forget them; what runs goes on."""

        def clear(_: int) -> None:
            for service in self._engine.services("lambda"):
                self._engine.find_service("logs", service.account_id, service.region_name)  # which keeps their logs
                service.runs.clear()

        self._engine.change("clear()", clear)

    def _runs(self) -> list[Run]:
        def copy(_: int) -> list[Run]:
            service = next(self._engine.services("lambda"), None)
            return [] if service is None else list(service.runs)

        return self._engine.look("a look at the invocations", copy)

    def _check(self, function: str) -> None:
        if not isinstance(function, str):
            raise UsageError(f"{shown(function)} is not the name of a function: give a name or an ARN as a string")
        names: list[str] = []
        for service in self._engine.services("lambda"):
            names += service.functions
            if any(function in (one.name, one.arn) for one in service.functions.values()):
                return
        near = near_name(function, names)
        hint = f"did you mean {shown(near)}?" if near else f"there are: {listed(names)}" if names else "there is none"
        raise UsageError(f"there is no function {shown(function)} in this cloud: {hint}")

    def __len__(self) -> int:
        return len(self._runs())

    def __iter__(self) -> Iterator[Invocation]:
        return map(Invocation, self._runs())

    @overload
    def __getitem__(self, index: int) -> Invocation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Invocation]: ...
    def __getitem__(self, index: int | slice) -> Invocation | list[Invocation]:
        return list(self)[index]

    def __repr__(self) -> str:
        service = next(self._engine.services("lambda"), None)
        count = 0 if service is None else len(service.runs)
        return f"<{counted(count, 'invocation')}>"


def assert_invoked(
    engine: Engine, function: str, event: Any = ANYTHING, *, outcome: Any = ANYTHING, times: int | None = None
) -> list[Invocation]:
    """``Cloud.assert_invoked``."""
    __tracebackhide__ = True
    if times is not None and (not isinstance(times, int) or times < 0):
        raise UsageError(f"times={shown(times)} is not a count: give 0, 1, 2 …, or None for at least once")
    if outcome is not ANYTHING and not callable(outcome) and outcome not in _OUTCOMES:
        raise UsageError(f"outcome={shown(outcome)} is not an outcome: give one of {listed(_OUTCOMES)}")
    runs = Invocations(engine).of(function)
    asked = {name: value for name, value in (("event", event), ("outcome", outcome)) if value is not ANYTHING}
    compared = [(run, _differences(run, asked)) for run in runs]
    matching = [run for run, differences in compared if not differences]
    if matching if times is None else len(matching) == times:
        return matching
    lines = [_complaint(compared, asked, matching, times, function)]
    if times is None or len(matching) < times:
        lines += [escaped(line, _LONGEST_LINE) for line in why_not_run(engine, function)]
    raise AssertionError("\n".join(lines))


def _differences(run: Invocation, asked: Mapping[str, Any]) -> list[Difference]:
    found: list[Difference] = []
    for name, value in asked.items():
        actual = getattr(run, name)
        if callable(value):
            if not value(actual):
                found.append(Difference(1, f"{name}: {name_of(value)} does not hold of {shown(actual, 200)}"))
        elif name == "outcome":
            found += compare(name, value, actual)
        else:
            # As text: a difference inside of the event is shown by its place.
            found += compare(name, value, json.dumps(actual), is_text=True)
    return found


def _complaint(
    compared: list[tuple[Invocation, list[Difference]]],
    asked: Mapping[str, Any],
    matching: list[Invocation],
    times: int | None,
    function: str,
) -> str:
    terms = ", ".join(
        f"{name}={name_of(value) if callable(value) else shown(value, 120)}" for name, value in asked.items()
    )
    with_terms = f" with {terms}" if terms else ""
    none_at_all = "" if compared else ": it has not been run at all"
    name = escaped(function, 200)
    if times is None:
        lines = [f"{name} was not run{with_terms}{none_at_all}"]
    else:
        were = "1 was" if len(matching) == 1 else f"{len(matching) or 'none'} were"
        runs = counted(times, "run")
        lines = [f"expected {runs} of {name}{with_terms}, {were if compared else 'it has not been run at all'}"]
    if matching:
        lines.append(f"{counted(len(matching), 'run')} like that:")
        lines += [f"  {_title(run)}" for run in matching[:_SHOWN]]
        if len(matching) > _SHOWN:
            lines.append(f"  … and {len(matching) - _SHOWN} more")
    others = sorted(
        ((run, differences) for run, differences in compared if differences),
        key=lambda pair: (sum(one.distance for one in pair[1]), pair[0]._run.started),
    )
    if others and (times is None or len(matching) < times):
        lines.append(f"{counted(len(others), 'run')} unlike it, the nearest first:")
        for run, differences in others[:_SHOWN]:
            lines.append(f"  {_title(run)}")
            lines += [f"      {difference.text}" for difference in differences[:8]]
        if len(others) > _SHOWN:
            lines.append(f"  … and {len(others) - _SHOWN} more")
    return "\n".join(escaped(line, _LONGEST_LINE) for line in lines)


def _title(run: Invocation) -> str:
    reason = f" ({shown(run.error, 160)})" if run.error is not None else ""
    attempt = f", {ordinal(run.attempt)} time" if run.attempt > 1 else ""
    return (
        f"{short_id(run.request_id)} at {clock_time(run._run.started)} for {run.trigger}{attempt}: "
        f"{run.outcome}{reason}, event {shown(run.event, 200)}"
    )
