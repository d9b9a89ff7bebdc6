"""The control API's functions, their runs and mappings, and alarms."""

from __future__ import annotations

from typing import Any, Final

from ..core.shown import shown
from ..inspection.invocations import Invocation, Invocations
from ..inspection.jsonl import time_text
from ..inspection.views.alarms import AlarmView
from ..inspection.views.contents import all_alarms, all_functions, all_mappings
from .control_ask import NAME, Ask, Refused, Routes
from .control_messages import moment, plain

__all__ = ["ROUTES"]

_OUTCOMES: Final = ("running", "success", "error", "timeout", "throttled")
_LOG: Final = 200
"""So many lines of a run's log are shown, the last."""


def _functions(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"functions": [_function_of(ask, function) for function in all_functions(ask.cloud)]}


def _function(ask: Ask) -> dict[str, Any]:
    ask.given()
    [wanted] = ask.named
    region, _, rest = wanted.partition("/")
    account, _, bare = rest.partition("/")
    known = all_functions(ask.cloud)
    for function in known:
        place = function.state.region_name, function.state.account_id
        if wanted in (function.name, function.arn) or (bare == function.name and place == (region, account)):
            return _function_of(ask, function)
    names = ", ".join(function.name for function in known) or "none"
    raise Refused(404, f"there is no function {shown(wanted)}; there are: {names}")


def _function_of(ask: Ask, function: Any) -> dict[str, Any]:
    latest = function.latest
    mappings = [one for one in all_mappings(ask.cloud) if one.resolved.function is function]
    return {
        "name": function.name,
        "arn": function.arn,
        "runtime": latest.runtime,
        "handler": latest.handler,
        "timeout": latest.timeout,
        "memory": latest.memory,
        "reserved_concurrency": function.reserved_concurrency,
        "versions": list(function.versions),
        "aliases": list(function.aliases),
        "mappings": [
            {
                "uuid": one.uuid,
                "source_arn": one.source_arn,
                "state": one.status,
                "last_result": one.last_result,
                "in_flight": one.in_flight,
            }
            for one in mappings
        ],
    }


def _invocations(ask: Ask) -> dict[str, Any]:
    known = ("function", "outcome", "limit")
    function, outcome = ask.text("function", *known), ask.choice("outcome", _OUTCOMES, *known)
    limit = ask.count("limit", *known)
    runs = Invocations(ask.cloud)
    wanted = [one for one in (runs.of(function) if function else runs) if outcome in ("", one.outcome)]
    return {
        "invocations": [_run_of(one) for one in (wanted if limit is None else wanted[max(len(wanted) - limit, 0) :])]
    }


def _run_of(run: Invocation) -> dict[str, Any]:
    return {
        "request_id": run.request_id,
        "function": run.function,
        "arn": run.arn,
        "version": run.version,
        "trigger": run.trigger,
        "attempt": run.attempt,
        "outcome": run.outcome,
        "event": plain(run.event),
        "result": plain(run.result),
        "error": None if run.error is None else shown(run.error, 1_000),
        "started": moment(run.started),
        "duration": run.duration,
        "log": run.log[-_LOG:],
    }


def _alarms(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"alarms": [_alarm_of(alarm) for alarm in all_alarms(ask.cloud)]}


def _alarm_of(alarm: AlarmView) -> dict[str, Any]:
    history = [
        {"time": moment(one.time), "state": one.state, "old_state": one.old_state, "reason": one.reason}
        for one in alarm.history
    ]
    return {
        "name": alarm.name,
        "arn": alarm.arn,
        "state": alarm.state,
        "reason": alarm.reason,
        "since": time_text(alarm._alarm.state.transitioned),
        "history": history,
    }


ROUTES: Routes = (
    (("functions",), {"GET": _functions}),
    (("functions", NAME), {"GET": _function}),
    (("invocations",), {"GET": _invocations}),
    (("alarms",), {"GET": _alarms}),
)
