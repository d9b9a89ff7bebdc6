"""One run of a function: from its start to the moment at which its outcome counts.

Whoever has a function run (the operation Invoke, an asynchronous event, a mapping) makes a ``Run`` of its ``Work`` and
starts it, under the lock. If it is not throttled, it is an errand then, in the outbox, and counts towards the
function's concurrency. Once the lock is released the engine performs it:

    run.started = now                   it runs from now on
    event = run.work.make_event()
    run.plan(event)                     how long it will have lasted (``takes``)
    run.returned(handler(event, context)), or run.raised(error)

and ``complete`` is told under the lock that it is over. Its outcome counts then, or, if it ``takes`` longer, later; or
at its deadline, and what the handler does afterwards is ignored. At that moment ``work.ended(now, run)`` is called: by
the house's rules, so it puts its effects into the outbox first (with the run as their cause) and bears to be called
again as long as the run has not ``happened``.

Nothing here runs a handler, and nothing knows what is done with the outcome.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.effects import Cause, ToLog
from ...core.errands import Abandon, Invoke
from ...core.shown import escaped, shown
from ...core.timeline import FOREVER, SECOND
from ...core.timestamps import datetime_of
from ...exceptions import UsageError
from . import facts
from .concurrency import reason_to_throttle, under_way
from .results import Failure, Killed, exit_failure, exit_of, failure_of, marshalled, timeout_payload, too_large
from .run_log import RunLog, end_lines, start_line, tail_of, timed_out_line

if TYPE_CHECKING:
    from .function import FunctionVersion, Resolved

__all__ = ["KEPT_RUNS", "Run", "Runs", "Work"]

KEPT_RUNS: Final = 10_000
"""So many runs are remembered for ``cloud.invocations``."""


class Work(Protocol):
    """What a function is run for, as a run sees it. It is remembered as long as the run is."""

    @property
    def trigger(self) -> str:
        """What led to it, as ``cloud.invocations`` names it: ``"sqs:orders"``, ``"invoke"``."""

    def make_event(self) -> Any:
        """What the handler gets, a fresh one each time. Called without the lock."""

    def about(self) -> Mapping[str, Any]:
        """What facts of the run say beside their own details: which messages it is about."""

    def ended(self, now: int, run: Run) -> object:
        """A run has ended. Called under the lock, again as long as the run has not ``happened``."""


class Runs(deque["Run"]):
    """What was run, of all accounts and regions of a cloud, oldest first: the latest."""

    def __init__(self) -> None:
        super().__init__(maxlen=KEPT_RUNS)
        self.on_start: Callable[[int, Run], object] | None = None
        """Is told of each run that starts, and may change what happens to it (faults)."""


class Run(Invoke):
    """One run of a function. It is the cause of what follows from its end."""

    # What most runs neither change nor are asked for is the class's.
    client_context: Mapping[str, Any] | None = None
    version: FunctionVersion | None = None
    """What is run; known when it starts."""
    executed_version = ""
    started = ended = 0
    payload = "null"
    """JSON of what it returned, or AWS's error object."""
    real_seconds = 0.0
    """How long its handler has taken by the clock on the wall; told to people alone."""
    around: Any = None
    """What is different in the process while its handler runs, if anything is, until that has been put back."""
    is_done_with_code = False
    """Whether its handler has ended, and its outcome counts later."""
    _deadline = FOREVER

    def __init__(
        self,
        resolved: Resolved,
        work: Work,
        *,
        request_id: str = "",
        attempt: int = 1,
        cause: Cause | None = None,
        client_context: Mapping[str, Any] | None = None,
        at_once: bool = False,
    ) -> None:
        self.resolved = resolved
        self.work = work
        """What it is for, and who is told of its end."""
        self.cause = cause
        self.request_id = request_id
        """The same on all attempts at an event. Drawn when it starts, unless it was given."""
        self.attempt = attempt
        if client_context is not None:
            self.client_context = client_context
        if at_once:
            self.at_once = True
        # An attribute of its own is read in a quarter of the time that one of the class takes (CPython 3.11).
        self.outcome = "running"
        """``"running"``, ``"success"``, ``"error"``, ``"timeout"`` or ``"throttled"``."""
        self.crashes = ""
        """Whether its process dies (a fault): ``"before"`` the handler has begun, or ``"after"`` it has ended."""
        self.times_out = False
        """Whether it takes too long, however long it takes (a fault)."""
        self.delay = self._takes = self.number = 0
        """So many nanoseconds it takes longer (a fault); so many it takes; 1 for the first run of its function, and so
        on, 0 as long as it is not sure to be run."""
        self.accepted = self.is_called = self.happened = self._told = False
        """Whether it is sure to be run; whether the handler has been called; whether its outcome counts, and all that
        follows from it has been seen to; whether its end was told."""
        self.came = self.ending = None
        self.left: int | None = None
        """When the handler ended; what it did counts from then on, or later."""
        self.error: BaseException | None = None
        """What the handler raised."""
        self.function_error: str | None = None
        """``"Unhandled"`` when it failed."""
        self.throttled_by: str | None = None
        """Why it was not run at all, if so."""
        self._log: RunLog | None = None

    # --- to look at -------------------------------------------------------------------------------------------------

    @property
    def log(self) -> RunLog:
        """What it has written; made when it writes something. Nobody keeps what is written after its end."""
        log = self._log
        if log is None:
            log = self._log = RunLog()
            log.is_over = self.is_over
        return log

    @property
    def trigger(self) -> str:
        """What led to it."""
        return self.work.trigger

    @property
    def result(self) -> Any:
        """What it returned, or AWS's error object, parsed: a fresh one each time."""
        return json.loads(self.payload)

    @property
    def reason(self) -> str:
        """Why it failed, in words: ``"ValueError: no such order"``."""
        found = self.result
        message = found.get("errorMessage")
        return f"{found.get('errorType')}: {message}" if message else str(found.get("errorType"))

    @property
    def is_over(self) -> bool:
        """Whether it has been run and its outcome counts."""
        return self.outcome not in ("running", "throttled")

    @property
    def details(self) -> dict[str, Any]:
        """Which run it is, for facts."""
        return {
            "function": self.resolved.arn,
            "request_id": self.request_id,
            "attempt": self.attempt,
            "trigger": self.trigger,
            "run": self.number or None,
            **self.work.about(),
        }

    def log_entries(self) -> list[tuple[int, str]]:
        """The log, with the lines that Lambda writes around what the handler does: when, and what. None of no run."""
        version = self.version
        if version is None or self.outcome == "throttled":
            return []
        entries = [(self.started, start_line(self.request_id, self.executed_version)), *self.log.entries]
        if self.is_over:
            lines = end_lines(self.request_id, self.ended - self.started, version.memory, self.outcome == "timeout")
            entries += [(self.ended, line) for line in lines]
        return entries

    @property
    def log_stream(self) -> str:
        """The log stream that it writes to: the same for all runs of a version on a day, by the seed."""
        function = self.resolved.function
        streams, key = function.state.log_streams, (function.arn, self.executed_version)
        digits = streams.get(key)
        if digits is None:
            purpose = f"lambda/log-stream/{function.arn}/{self.executed_version}"
            digits = streams[key] = function.state.world.ids.digest(purpose, 16).hex()
        return f"{datetime_of(self.started):%Y/%m/%d}/[{self.executed_version}]{digits}"

    def to_log(self) -> ToLog:
        """Its log, on the way to CloudWatch Logs."""
        state, version = self.resolved.function.state, self.version
        group = f"/aws/lambda/{self.name}" if version is None else version.log_group
        place = state.account_id, state.region_name
        return ToLog(*place, group, self.log_stream, self.log_entries(), cause=self)

    def log_tail(self) -> str:
        """The end of the log, as Invoke answers with it."""
        return tail_of(self.log_entries())

    @property
    def owed(self) -> str:
        """What it is, in words."""
        return f"a run of {escaped(self.resolved.function.name, 120)} for {escaped(self.trigger, 120)}"

    # --- its beginning: under the lock ------------------------------------------------------------------------------

    def start(self, now: int) -> bool:
        """Have it run, as soon as the lock is released; False when it is throttled, and nothing will run. O(1).

        Raises ``LookupError`` when the function, or its version or alias, is no more.
        """
        self.started = now
        function = self.resolved.function
        state = function.state
        version = self.resolved.version()
        if version is None or state.functions.get(function.name) is not function:
            raise LookupError(self.resolved.arn)
        if not self.request_id:
            self.request_id = state.request_ids.next()
        self.version = version
        self.executed_version = version.version
        if version.code.keeps_assertions:
            self.keeps_assertions = True
        reason = reason_to_throttle(function)
        if reason is not None:
            self.throttled_by = reason
        if state.runs.on_start is not None:
            state.runs.on_start(now, self)
        if self.throttled_by is not None:
            self._throttle(now)
            return False
        state.running[self] = function.running[self] = None
        state.world.outbox.append(self)
        return True

    def leave(self) -> None:
        """It is not under way any more."""
        function = self.resolved.function
        function.running.pop(self, None)
        function.state.running.pop(self, None)

    def _throttle(self, now: int) -> None:
        self.outcome, self.ended = "throttled", now
        runs = self.resolved.function.state.runs
        last = runs[-1] if runs else None
        if last is not None and (last.outcome, last.request_id, last.ended) == ("throttled", self.request_id, now):
            return  # it was interrupted, and is tried once more
        runs.append(self)
        trace = self.resolved.function.state.world.trace
        if trace is not None:
            facts.throttled(trace, now, self.name, self.throttled_by, self.details)

    def accept(self, now: int) -> bool:
        """What led to it has come to its end: it will run. May be called again when it was interrupted."""
        if self.accepted:
            return True
        function = self.resolved.function
        state = function.state
        if self not in state.running:
            state.running[self] = function.running[self] = None
        runs = state.runs
        if not runs or runs[-1] is not self:
            runs.append(self)
        if not self.number:
            self.number = function.runs_begun + 1
        function.runs_begun = self.number
        self.accepted = True
        trace = state.world.trace
        if trace is not None:
            facts.invoked(trace, now, self.name, self.executed_version, under_way(function), self.details)
        return True

    # --- its course: without the lock -------------------------------------------------------------------------------

    def plan(self, event: Any) -> None:
        """Find out how long it will have lasted on the cloud's clock. The test's own callable may raise.

        Raises ``UsageError`` when that returns what is no time.
        """
        takes = 0 if self.version is None else self.version.code.takes
        if callable(takes):
            takes = takes(event)
            if not isinstance(takes, int | float) or not takes >= 0:  # nor is it NaN
                raise UsageError(
                    f"takes= of the function {shown(self.name)} returned {shown(takes)}: have it return seconds"
                )
        self._takes = FOREVER if takes == inf else round(takes * SECOND)
        self._takes += self.delay
        if self.times_out:
            self._takes = FOREVER

    def returned(self, value: Any) -> str:
        """The JSON of what the handler returned. Raises ``Failure`` when there is none."""
        return marshalled(value)

    def raised(self, error: BaseException, now: int, ours: str) -> None:
        """Write down what the handler raised. ``ours`` is the beginning of the names of minicloud's own files."""
        if isinstance(error, SystemExit):
            self.payload = exit_failure(exit_of(error.code), self.request_id)
        elif isinstance(error, Killed):
            self.payload = exit_failure(str(error), self.request_id)
        else:
            self.payload, entry = failure_of(error, self.request_id, ours)
            self.log.add(now, entry)
        self.error, self.function_error = error, "Unhandled"

    # --- its end: under the lock ------------------------------------------------------------------------------------

    def waits(self, now: int) -> None:
        """The handler is about to wait on the cloud's clock: from now on its deadline comes by itself."""
        if self.outcome == "running" and self._deadline == FOREVER:
            self._deadline = self._due_at_the_latest()
            self._timeline.schedule(self._deadline, self._time_out)

    def complete(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """The handler has ended: ``outcome`` is the JSON that ``returned`` made; or it raised ``error``."""
        if self.outcome != "running":
            if not self.happened:
                self._finish(now, self.ended, self.outcome)  # that was interrupted
            return  # or it had taken too long
        if type(error) is RuntimeError and not self.is_called and self.error is None:
            self.ending = None
            self._world.outbox.append(self)  # it was ended before it had begun, by what is no error: once more
            return
        started, left = self.started, self.left
        due = now if left is None else left
        if self._takes and started + self._takes > due:
            due = started + self._takes
        if due > started:
            self.is_done_with_code = True
            latest = self._due_at_the_latest()
            if due > latest:
                self._take_too_long(now, latest)
                return
        if error is None:
            if outcome != "null":
                self._answers(outcome)
        elif error is not self.error:
            self.raised(error, now, "")  # it was ended, and not by what it raised itself
        if isinstance(error, Failure):
            self.error = error.__cause__ or error
        if due > now:
            self._timeline.schedule(due, self._end)
        else:
            self._finish(now, due, "success" if self.function_error is None else "error")

    def _answers(self, outcome: str) -> None:
        limit: int = self._world.limits.lambda_payload_sync
        if len(outcome) * 4 > limit and len(outcome.encode("utf-8", "surrogatepass")) > limit:
            self.payload, self.function_error = too_large(limit), "Unhandled"
        else:
            self.payload = outcome

    def _take_too_long(self, now: int, latest: int) -> None:
        if latest > now:
            self._timeline.schedule(latest, self._time_out)
        else:
            self._time_out(now, latest)

    def _time_out(self, now: int, ended: int | None = None) -> None:
        """Its time is over, whatever its handler does."""
        if self.happened or self.outcome not in ("running", "timeout"):
            return
        seconds = 0.0 if self.version is None else self.version.timeout
        self.payload, self.function_error = timeout_payload(self.request_id, seconds), "Unhandled"
        if not self._told:
            self.log.add(now, timed_out_line(ended or now, self.request_id, seconds))
        self._world.outbox.append(Abandon(self, self))
        self._finish(now, ended or now, "timeout")

    def _end(self, now: int, ended: int | None = None) -> None:
        """Its outcome counts from now on."""
        if not self.happened:
            self._finish(now, ended or now, "success" if self.function_error is None else "error")

    def _finish(self, now: int, ended: int, outcome: str) -> None:
        log = self._log
        if log is not None:
            log.flush(ended)
            log.is_over = True
        self.ended, self.outcome = ended, outcome
        function = self.resolved.function
        state = function.state
        function.running.pop(self, None)
        state.running.pop(self, None)
        world = state.world
        if not self._told:
            self._told = True
            if world.trace is not None:
                self._tell_end(now)
        if state.is_logged and world.known_service("logs", state.account_id, state.region_name) is not None:
            world.outbox.append(self.to_log())  # those that are made later ask for what there was (``logged``)
        self.work.ended(now, self)
        self.happened = True
        # It is remembered. What led to it is not, and may refer to it: it goes without the collector of garbage.
        self.cause = None

    def _tell_end(self, now: int) -> None:
        trace, lasted = self._world.trace, self.ended - self.started
        if self.outcome == "success":
            facts.succeeded(trace, now, self.name, lasted, self.details)
        elif self.outcome == "timeout":
            facts.timed_out(trace, now, self.name, lasted, self.reason, self.details)
        else:
            stack = self.result.get("stackTrace") or ()
            notes = tuple(map(str, getattr(self.error, "__notes__", ())))
            facts.failed(trace, now, self.name, lasted, self.reason, stack, notes, self.details)

    # --- shortcuts --------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The function's."""
        return self.resolved.function.name

    @property
    def _world(self) -> Any:
        return self.resolved.function.state.world

    @property
    def _timeline(self) -> Any:
        return self._world.timeline

    def _due_at_the_latest(self) -> int:
        version = self.version
        return FOREVER if version is None else self.started + round(version.timeout * SECOND)
