"""Verdicts with a number: what a test may have taken at most. ``minicloud.verdicts`` has them for users.

They look at all that happened, not at the end alone, and so need the trace, whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..exceptions import UsageError
from .bodies import excerpt
from .ledger import Ledger
from .message_ledger import MessageLedger
from .times import clock_time
from .trace import Trace
from .views.queues import find_queue

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["MAKERS", "Verdict", "max_age", "max_messages", "max_receives", "no_empty_polls_over", "whole_trace"]


class Verdict:
    """Something that has to hold of a cloud at a test's end."""

    def __init__(self, name: str, judge: Callable[[Engine], list[str]], *values: object) -> None:
        self.name = name
        """How the report of a failed test calls it."""
        self.judge = judge
        """The complaints about a cloud; empty when it holds."""
        self._values = values

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(shown, self._values))})" if self._values else self.name

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and (self.name, self._values) == (other.name, other._values)

    def __hash__(self) -> int:
        return hash((self.name, self._values))


def max_receives(limit: int) -> Verdict:
    """No message was received more than ``limit`` times from one queue. Raises ``UsageError`` for what is no count."""
    _check_count("max_receives", limit)

    def judge(engine: Engine) -> list[str]:
        complaints = []
        for account in _accounts(engine, "max_receives"):
            for queue, times in Counter(delivery.queue for delivery in account.deliveries).items():
                if times > limit:
                    last = account.deliveries[-1]
                    complaints.append(
                        f"{_named(account)} was received {counted(times, 'time')} from {queue}, and not {limit} at "
                        f"most; last at {clock_time(last.time_ns)} by {last.by}: {last.outcome}"
                    )
        return complaints

    return Verdict("max_receives", judge, limit)


def max_age(seconds: float) -> Verdict:
    """No message was older than ``seconds`` when it was finished or moved to a dead-letter queue, or is at the end.

    Raises ``UsageError`` for what is no number of seconds.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise UsageError(f"max_age({shown(seconds)}) is not a number of seconds: give 60, say")

    def judge(engine: Engine) -> list[str]:
        complaints = []
        for account in _accounts(engine, "max_age"):
            if account.sent_ns is None:
                continue
            ends = [move.time_ns for move in account.moves] + [account.gone_ns or engine.seen_ns()]
            age = min(ends) - account.sent_ns
            if age > seconds * SECOND:
                complaints.append(
                    f"{_named(account)} of {account.sent_to} was {age / SECOND:g} s old, and not {seconds:g} at most: "
                    f"sent at {clock_time(account.sent_ns)}, {account.fate}"
                )
        return complaints

    return Verdict("max_age", judge, seconds)


def max_messages(queue: str, limit: int) -> Verdict:
    """A queue (by name, URL or ARN) never had more than ``limit`` messages at once, in whatever state.

    Raises ``UsageError`` for what is no count.
    """
    _check_count("max_messages", limit)

    def judge(engine: Engine) -> list[str]:
        name = find_queue(engine, queue).name
        changes: list[tuple[int, int, int]] = []
        for account in _accounts(engine, "max_messages"):
            if account.is_record:
                continue
            stays = [(account.sent_to, account.sent_ns or 0, account.sequence)]
            stays += [(move.destination, move.time_ns, move.sequence) for move in account.moves]
            ends = [(time, number) for _, time, number in stays[1:]]
            if account.gone_ns is not None:
                ends.append((account.gone_ns, account.gone_sequence))
            changes += [(time, number, 1) for place, time, number in stays if place == name]
            changes += [(*end, -1) for (place, _, _), end in zip(stays, ends, strict=False) if place == name]
        most, at, there = 0, 0, 0
        for time, _, change in sorted(changes):
            there += change
            if there > most:
                most, at = there, time
        if most <= limit:
            return []
        return [f"{name} had {counted(most, 'message')} at {clock_time(at)}, and not {limit} at most"]

    return Verdict("max_messages", judge, queue, limit)


def no_empty_polls_over(limit: int) -> Verdict:
    """Not more than ``limit`` receives found nothing, in all queues. Raises ``UsageError`` for what is no count."""
    _check_count("no_empty_polls_over", limit)

    def judge(engine: Engine) -> list[str]:
        trace = whole_trace(engine, "no_empty_polls_over")
        empty = trace.of(facts.SQS_RECEIVE_EMPTY, facts.SQS_POLL_ENDED_EMPTY, facts.KINESIS_POLL_ENDED_EMPTY)
        if len(empty) <= limit:
            return []
        queues = Counter(event.resource for event in empty).most_common(3)
        where = ", ".join(f"{number} of {escaped(name, 80)}" for name, number in queues)
        return [
            f"{len(empty)} receives found nothing, and not {limit} at most ({where}): "
            "WaitTimeSeconds=20 asks less often"
        ]

    return Verdict("no_empty_polls_over", judge, limit)


MAKERS: dict[str, Callable[..., Verdict]] = {
    "max_receives": max_receives,
    "max_age": max_age,
    "max_messages": max_messages,
    "no_empty_polls_over": no_empty_polls_over,
}
"""What makes them, by name: the ini file has them as text."""


def _check_count(name: str, limit: Any) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise UsageError(f"{name}({shown(limit)}) is not a count: give 0, 1, 2 …")


def whole_trace(engine: Engine, name: str) -> Trace:
    """The trace, when it has all that happened. Raises ``UsageError`` otherwise."""
    trace = Trace(engine)
    trace.demand(f"the verdict {name}")
    if trace.dropped:
        raise UsageError(
            f"the verdict {name} needs all of the trace, which has forgotten {counted(trace.dropped, 'event')}: call "
            "cloud.trace.start(limit=None)"
        )
    return trace


def _accounts(engine: Engine, name: str) -> list[MessageLedger]:
    """The accounts of messages and of the records of queues; a record of a stream is never finished."""
    return [account for account in Ledger(whole_trace(engine, name)) if not account.is_of_stream]


def _named(account: MessageLedger) -> str:
    return account.name if account.body is None else f"{account.name} {excerpt(account.body)}"
