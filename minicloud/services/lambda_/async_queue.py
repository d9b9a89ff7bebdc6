"""A function's asynchronous events: each is tried until it has succeeded or is given up.

What a function's code fails at is tried again after one minute, and after two more; what is throttled, after 1 s,
2 s, 4 s and so on up to 5 minutes, until the event is too old. What is given up goes to the dead-letter queue and to
the destination on failure, what succeeded to that on success. The request id is the same on all attempts.
[Lambda developer guide: asynchronous invocation]

**Steps.** Which events there are is true, and of each how many steps of its life are behind it. A step puts its
effects into the outbox, or the next step on the timeline, and only then counts itself; so one that was interrupted is
made again from its start, and one that is asked for twice happens once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ...core.effects import Cause, Deliver
from ...core.shown import escaped
from ...core.timeline import SECOND
from . import facts
from .destination_record import EVENT_AGE_EXCEEDED, NO_CONCURRENCY, RETRIES_EXHAUSTED, SUCCESS, destination_record
from .function import LATEST, InvokeConfig, Resolved
from .invocation import Run

if TYPE_CHECKING:
    from .function import Function

__all__ = ["AsyncEvent", "AsyncQueue", "accept"]

_MOST_RETRIES: Final = 2
_WAITS: Final = (60 * SECOND, 120 * SECOND)
_LONGEST_AGE: Final = 6 * 3600
_FIRST_BACKOFF: Final = SECOND
_LONGEST_BACKOFF: Final = 300 * SECOND
_LONGEST_MESSAGE: Final = 1024
"""Bytes of an error's text that a dead letter has. [Lambda developer guide: dead-letter queues]"""
_DEFAULT: Final = InvokeConfig(0)


def accept(now: int, delivery: Deliver, *, resolved: Resolved) -> None:
    """Take an event for a function, and try it at once."""
    function = resolved.function
    if function.events is None:
        function.events = AsyncQueue(function)
    event = function.events.pending.get(delivery)  # it is there when this was interrupted
    if event is None:
        event = function.events.pending[delivery] = AsyncEvent(function.events, resolved, delivery, now)
    event.go_on(0, now)


class AsyncQueue:
    """The events of one function that are not done with."""

    __slots__ = ("function", "pending")

    def __init__(self, function: Function) -> None:
        self.function = function
        self.pending: dict[Deliver, AsyncEvent] = {}
        """By what brought them, in order."""

    def owed(self) -> Iterator[str]:
        """What is still to be done, in words."""
        name = escaped(self.function.name, 120)
        for event in self.pending.values():
            yield f"an event of {name} from {escaped(event.delivery.trigger, 120)}, {event.so_far}"


class Step:
    """A step in the life of an event, as the cause of what follows from it."""

    __slots__ = ("_event", "number")

    def __init__(self, event: AsyncEvent, number: int) -> None:
        self._event = event
        self.number = number

    @property
    def happened(self) -> bool:
        """Whether it has been made."""
        return self._event.steps > self.number


class AsyncEvent:
    """One event: from its acceptance until it has succeeded, or is given up."""

    __slots__ = ("accepted", "again", "attempts", "backoff", "delivery", "queue", "request_id", "resolved", "steps")

    def __init__(self, queue: AsyncQueue, resolved: Resolved, delivery: Deliver, now: int) -> None:
        self.queue = queue
        self.resolved = resolved
        self.delivery = delivery
        """What brought it, and knows what the handler gets."""
        self.accepted = now
        self.request_id: str = delivery.request_id or queue.function.state.request_ids.next()
        self.attempts = 0
        """How often the function has been run with it, or is being run."""
        chaos = queue.function.state.world.chaos
        self.again = chaos is not None and chaos.is_repeated()
        """Whether it is run once more when it has succeeded, as AWS may: an event is handled at least once."""
        self.backoff = _FIRST_BACKOFF
        """How long it waits the next time it is throttled."""
        self.steps = 0
        """How many steps are behind it."""

    @property
    def trigger(self) -> str:
        """What brought it, as ``cloud.invocations`` names it."""
        return self.delivery.trigger

    def make_event(self) -> Any:
        """What the handler gets."""
        return self.delivery.event()

    def about(self) -> dict[str, Any]:
        """What facts say of it, and of its runs: since when it waits, and how many steps are behind it."""
        return {**self.delivery.about, "queued": self.accepted, "steps": self.steps}

    @property
    def so_far(self) -> str:
        """How far it is, in words."""
        return f"attempt {self.attempts}" if self.attempts else "not tried yet"

    # --- its life ---------------------------------------------------------------------------------------------------

    def go_on(self, step: int, now: int) -> None:
        """Try it, as its step of that number; the same step a second time is none."""
        function = self.queue.function
        if step != self.steps or function.state.functions.get(function.name) is not function:
            return
        cause = Step(self, step)
        config = self._config
        if function.reserved_concurrency == 0:
            self._give_up(now, NO_CONCURRENCY, None, cause)
        elif now >= self._too_old_at(config):
            self._give_up(now, EVENT_AGE_EXCEEDED, None, cause)
        else:
            self._try(now, step, cause, config)
            return
        self.steps = step + 1

    def _try(self, now: int, step: int, cause: Cause, config: InvokeConfig) -> None:
        number = self.attempts + 1
        run = Run(self.resolved, self, request_id=self.request_id, attempt=number, cause=cause)
        backoff = self.backoff
        try:
            starts = run.start(now)
        except LookupError:  # the version or the alias is no more
            self._give_up(now, RETRIES_EXHAUSTED, None, cause)
            self.steps = step + 1
            return
        if starts:
            self.attempts, self.backoff, self.steps = number, _FIRST_BACKOFF, step + 1
            return
        due = min(now + backoff, self._too_old_at(config))
        self._timeline.schedule(due, partial(self.go_on, step + 1))
        self.backoff, self.steps = min(2 * backoff, _LONGEST_BACKOFF), step + 1

    def ended(self, now: int, run: Run) -> None:
        """An attempt has ended. May be called again until the run has happened."""
        cause, step = run.cause, self.steps
        if not isinstance(cause, Step) or cause.number + 1 != step:
            return  # it was interrupted when the next attempt was on the timeline, which has been made since
        config = self._config
        if run.function_error is None and self.again:
            self._repeat(now, step)
            return
        if run.function_error is None:
            self._succeed(now, run, config)
            return
        most = _MOST_RETRIES if config.maximum_retries is None else config.maximum_retries
        if run.attempt > most:
            self._give_up(now, RETRIES_EXHAUSTED, run, run)
            return
        due = now + _WAITS[run.attempt - 1]
        if due >= self._too_old_at(config):
            self._give_up(now, EVENT_AGE_EXCEEDED, run, run)
            return
        self._timeline.schedule(due, partial(self.go_on, step))
        trace = self._world.trace
        if trace is not None:
            facts.retried(trace, now, self._name, due, run.reason, self.details)

    def _repeat(self, now: int, step: int) -> None:
        self.again = False
        self.attempts -= 1
        self.go_on(step, now)
        trace = self._world.trace
        if trace is not None:
            facts.chaos(trace, now, self._name, "an event is handled once more", self.queue.function.arn)

    def _succeed(self, now: int, run: Run, config: InvokeConfig) -> None:
        if config.on_success is not None:
            self._send_record(now, config.on_success, SUCCESS, run, run)
        self.queue.pending.pop(self.delivery, None)

    def _give_up(self, now: int, condition: str, run: Run | None, cause: Cause) -> None:
        version = self.resolved.function.latest if run is None or run.version is None else run.version
        trace = self._world.trace
        if trace is not None:
            facts.given_up(trace, now, self._name, condition, None if run is None else run.reason, self.details)
        dead_letter_arn = version.dead_letter_arn
        if dead_letter_arn is not None:
            self._send_dead_letter(now, dead_letter_arn, condition, run, cause)
        on_failure = self._config.on_failure
        if on_failure is not None:
            self._send_record(now, on_failure, condition, run, cause)
        self.queue.pending.pop(self.delivery, None)

    # --- what becomes of it -----------------------------------------------------------------------------------------

    def _send_dead_letter(self, now: int, arn: str, condition: str, run: Run | None, cause: Cause) -> None:
        text = condition if run is None else str(run.result.get("errorMessage", ""))
        encoded = text.encode("utf-8", "replace")[:_LONGEST_MESSAGE].decode("utf-8", "ignore")
        attributes: dict[str, dict[str, Any]] = {
            "RequestID": {"DataType": "String", "StringValue": self.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        }
        if encoded:  # an attribute of SQS is not empty
            attributes["ErrorMessage"] = {"DataType": "String", "StringValue": encoded}
        self._send(now, arn, self.delivery.body, "a dead letter", cause, attributes)

    def _send_record(self, now: int, arn: str, condition: str, run: Run | None, cause: Cause) -> None:
        event = self.delivery.event()
        response = None if run is None else (run.executed_version, run.function_error, run.result)
        record = destination_record(now, self.resolved, self.request_id, condition, self.attempts, event, response)
        self._send(now, arn, record, "a record", cause)

    def _send(
        self,
        now: int,
        arn: str,
        body: str,
        what: str,
        cause: Cause,
        attributes: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        function = self.resolved.function

        def lost(moment: int, reason: str) -> None:
            trace = self._world.trace
            if trace is not None:
                facts.lost(trace, moment, self._name, arn, what, reason, self.details)

        delivery = Deliver(
            arn,
            body,
            attributes=attributes,
            source_arn=function.arn,
            trigger=f"lambda:{function.name}",
            on_failure=lost,
            cause=cause,
        )
        delivery.origin = f"run:{self.request_id}"
        self._world.outbox.append(delivery)
        trace = self._world.trace
        if trace is not None:
            facts.dead_lettered(trace, now, self._name, arn, what, self.details)

    @property
    def details(self) -> dict[str, Any]:
        """Which event it is, for facts."""
        return {
            "function": self.resolved.arn,
            "request_id": self.request_id,
            "attempt": self.attempts,
            "trigger": self.delivery.trigger,
            **self.about(),
        }

    # --- shortcuts --------------------------------------------------------------------------------------------------

    @property
    def _config(self) -> InvokeConfig:
        """How events of what it is for are handled; it may change while the event waits."""
        resolved = self.resolved
        configs = resolved.function.invoke_configs
        return configs.get(resolved.qualifier or LATEST, _DEFAULT) if configs else _DEFAULT

    def _too_old_at(self, config: InvokeConfig) -> int:
        seconds = _LONGEST_AGE if config.maximum_age is None else config.maximum_age
        return self.accepted + seconds * SECOND

    @property
    def _name(self) -> str:
        return self.resolved.function.name

    @property
    def _world(self) -> Any:
        return self.queue.function.state.world

    @property
    def _timeline(self) -> Any:
        return self._world.timeline
