"""Runs of functions, as a record tells of them: what belongs to one run, put together for who reads lines.

A run is told of by several facts: its mapping has taken something, it begins, it ends, and its mapping says which of
the messages have failed. Where nothing else happened in between, that is one line.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from .trace_event import TraceEvent

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..services.lambda_.invocation import Run

__all__ = ["ENDS", "disabled_mappings", "failed_runs", "runs_joined", "runs_of_namesakes", "slow_runs"]

_MOST_ERRORS = 5
_MOST_LINES = 16
"""Of a traceback."""
_MOST_NUMBERS = 5
_LONGEST_LINE = 400
_SLOW = 0.05
"""Seconds of real time that a run may take without being noted."""

_INVOKES = ("lambda.Invoke", "lambda.InvokeAsync")
_BY_CALLS = ("invoke", "invoke-async")
ENDS = frozenset({facts.LAMBDA_FAILED, facts.LAMBDA_SUCCEEDED, facts.LAMBDA_TIMED_OUT})
"""How a run can end."""


def runs_joined(events: Sequence[TraceEvent]) -> list[TraceEvent]:
    """The events, without those of runs that others say, too. O(events)."""
    if not any(event.kind == facts.LAMBDA_INVOKED for event in events):
        return list(events)
    begun = {_run(event) for event in events if event.kind == facts.LAMBDA_INVOKED}
    ended = {event.details["request_id"] for event in events if event.kind in ENDS}
    received = {event.details["message_id"] for event in events if _is_for_function(event)}
    failed = {
        event.details["request_id"]: len(event.details["failed"])
        for event in events
        if event.kind == facts.MAPPING_HANDLED
    }
    asked = Counter(
        _moment(event)
        for event in events
        if event.kind == facts.LAMBDA_INVOKED and event.details.get("trigger") in _BY_CALLS
    )
    joined: list[TraceEvent] = []
    for event in events:
        details = event.details
        if event.kind == facts.CALL and event.resource in _INVOKES and asked[_moment(event)] > 0:
            asked[_moment(event)] -= 1  # its run says it
            continue
        if event.kind == facts.MAPPING_HANDLED and details["request_id"] in ended:
            continue
        if event.kind == facts.MAPPING_TAKEN and (
            received.issuperset(details["message_ids"])
            if "message_ids" in details
            else (details["request_id"], details["attempt"]) in begun
        ):
            continue
        if event.kind in ENDS:
            if joined and joined[-1].kind == facts.LAMBDA_INVOKED and _is_same_moment(joined[-1], event):
                joined.pop()
            reported = failed.get(details["request_id"])
            if reported and event.kind == facts.LAMBDA_SUCCEEDED:
                joined.append(_with(event, reported=reported))
                continue
        joined.append(event)
    return joined


def _moment(event: TraceEvent) -> tuple[str, int]:
    return event.actor, event.time_ns


def _is_for_function(event: TraceEvent) -> bool:
    return event.kind == facts.SQS_MESSAGE_RECEIVED and "function" in event.details


def _run(event: TraceEvent) -> tuple[str, int]:
    return event.details["request_id"], event.details["attempt"]


def _is_same_moment(begin: TraceEvent, end: TraceEvent) -> bool:
    return _run(begin) == _run(end) and begin.time_ns == end.time_ns


def _with(event: TraceEvent, **details: Any) -> TraceEvent:
    """The same with more to say."""
    return TraceEvent(
        event.time_ns, event.kind, event.resource, {**event.details, **details}, event.actor, event.number, event.told
    )


# --- what was not run ------------------------------------------------------------------------------------------------


def disabled_mappings(events: Iterable[TraceEvent], sources: Collection[str]) -> list[str]:
    """A line for each mapping of these sources that is disabled, and each pipe that is stopped. O(events)."""
    latest: dict[str, TraceEvent] = {}
    pipes: dict[str, tuple[Any, Any]] = {}
    """The source of each and its state."""
    for event in events:
        if event.kind in (facts.MAPPING_CREATED, facts.MAPPING_CHANGED):
            latest[event.details["mapping"]] = event
        elif event.kind == facts.MAPPING_DELETED:
            latest.pop(event.details["mapping"], None)
        elif event.kind == facts.CALL and event.resource == "pipes.CreatePipe":
            name, state = str(event.details.get("Name")), event.details.get("DesiredState", "RUNNING")
            pipes[name] = event.details.get("Source"), state
        elif event.kind == facts.PIPE_CHANGED:
            pipes[event.resource] = event.details["source"], event.details["state"]
        elif event.kind == facts.PIPE_DELETED:
            pipes.pop(event.resource, None)
    stopped = [
        f"the pipe {escaped(name, 80)} from {escaped(str(source).rpartition(':')[2], 80)} is stopped"
        for name, (source, state) in pipes.items()
        if str(state).startswith("STOP") and source in sources
    ]
    return stopped + [
        f"the mapping of {escaped(event.resource, 80)} to {escaped(event.details['function'], 80)} is disabled"
        for event in latest.values()
        if event.details["state"] == "Disabled" and event.details["arn"] in sources
    ]


# --- what failed -----------------------------------------------------------------------------------------------------


def failed_runs(events: Iterable[TraceEvent]) -> str:
    """The runs that failed, with one traceback for each different error; empty when there are none. O(events)."""
    errors: dict[tuple[Any, ...], list[TraceEvent]] = {}
    for event in events:
        if event.kind in (facts.LAMBDA_FAILED, facts.LAMBDA_TIMED_OUT):
            details = event.details
            error_type = details["reason"].partition(":")[0]
            errors.setdefault((details["function"], error_type, *details.get("stack", ())), []).append(event)
    if not errors:
        return ""
    lines = ["invocations that failed:"]
    for runs in list(errors.values())[:_MOST_ERRORS]:
        lines += [f"  {line}" for line in _error(runs)]
    if len(errors) > _MOST_ERRORS:
        lines.append(f"  … and {counted(len(errors) - _MOST_ERRORS, 'more error')}")
    return "\n".join(lines)


def _error(runs: Sequence[TraceEvent]) -> list[str]:
    """What some runs failed with, which is the same for all of them."""
    first = runs[0]
    details = first.details
    name, which = escaped(first.resource, 80), _numbers([event.details.get("run") for event in runs])
    if first.kind == facts.LAMBDA_TIMED_OUT:
        return [f"{name}, {which}: timed out after {details['lasted'] / SECOND:g} s"]
    frames = [
        escaped(line, _LONGEST_LINE) for frame in details.get("stack", ()) for line in frame.rstrip("\n").split("\n")
    ]
    if len(frames) > _MOST_LINES:
        frames = [*frames[:2], f"  … {counted(len(frames) - _MOST_LINES, 'more line')}", *frames[2 - _MOST_LINES :]]
    reasons = dict.fromkeys(event.details["reason"] for event in runs)
    others = f" (and {counted(len(reasons) - 1, 'other text')})" if len(reasons) > 1 else ""
    notes = [f"  {escaped(note, _LONGEST_LINE)}" for note in details.get("notes", ())]
    return [f"{name}, {which}:", *frames, f"  {escaped(details['reason'], _LONGEST_LINE)}{others}", *notes]


def _numbers(numbers: Sequence[int | None]) -> str:
    """``run 3``; ``runs 1, 2 and 5``; of many, the first ones."""
    known = [str(number) for number in numbers if number is not None]
    if len(known) < len(numbers):
        return counted(len(numbers), "run")
    if len(known) == 1:
        return f"run {known[0]}"
    if len(known) > _MOST_NUMBERS + 1:
        return f"runs {', '.join(known[:_MOST_NUMBERS])} and {len(known) - _MOST_NUMBERS} more"
    return f"runs {', '.join(known[:-1])} and {known[-1]}"


def runs_of_namesakes(engine: Engine, events: Sequence[TraceEvent]) -> list[str]:
    """A line for each function that has run its archive's code, where the test has a module of that name. O(functions).

    Who looks into that one finds nothing of what the function has done.
    """
    told = {event.resource for event in events if event.kind == facts.LAMBDA_INVOKED}
    lines = []
    for service in engine.services("lambda"):
        for function in list(service.functions.values()):
            version = function.latest
            path, _, name = (version.handler or "").rpartition(".")
            module = path.replace("/", ".")
            has_run_it = function.name in told and version.code.callable is None and version.code.archive is not None
            if has_run_it and module in sys.modules:
                lines.append(
                    f"{escaped(function.name, 80)} ran {escaped(path, 80)}.py of its archive, which is not the module "
                    f"{escaped(module, 80)} that the test has imported: cloud.function({shown(function.name, 80)}, "
                    f"{escaped(f'{module}.{name}', 160)}) has it run that one"
                )
    return lines[:_MOST_ERRORS]


def slow_runs(engine: Engine, events: Sequence[TraceEvent]) -> list[str]:
    """A line for each function of whose runs some took real time, and none of the cloud's. O(runs)."""
    told = {_run(event) for event in events if event.kind == facts.LAMBDA_INVOKED}
    slow: dict[str, list[Run]] = {}
    for service in engine.services("lambda"):
        for run in service.runs:
            in_vain = run.real_seconds > _SLOW and run.is_over and run.ended == run.started
            if in_vain and (run.request_id, run.attempt) in told:
                slow.setdefault(run.resolved.arn, []).append(run)
    lines = []
    for runs in slow.values():
        slowest = max(runs, key=lambda run: run.real_seconds)
        more = f" (and {counted(len(runs) - 1, 'more run')} of it)" if len(runs) > 1 else ""
        lines.append(
            f"{escaped(slowest.name, 80)}, run {slowest.number}{more}, took {slowest.real_seconds:.2g} s of real time "
            "and none of the cloud's: time.sleep() moves no clock; say how long it lasts by "
            "cloud.function(..., takes=), or wait by cloud.sleep()"
        )
    return lines
