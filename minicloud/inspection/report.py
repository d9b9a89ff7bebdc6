"""What a failed test is told of a cloud: first what became of its messages, then what happened, in order of time.

Made from events alone, so it can also be made from a file of them (``jsonl``). Its parts, where there is something to
say: one sentence on all messages; the story of each that had a hard time; those that nobody received; what was made and
never used; and the timeline.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from .bodies import WIDTH, bodies_of, excerpt
from .buckets_told import told_of_nothing
from .filters_told import wanted_nothing
from .jumps import remark
from .ledger import Ledger
from .message_ledger import DONE, IN_FLIGHT, MessageLedger
from .not_asked_for import not_asked_for
from .other_clock import asked_of_other_clock
from .plots import lines_of, plots_of
from .real_time import waited_in_vain
from .rendering import timeline, worth_telling
from .rules_told import events_without_a_bus, rules_without_events
from .runs import disabled_mappings, failed_runs, runs_of_namesakes, slow_runs
from .still_to_come import still_to_come
from .stream_stories import stories_of_streams
from .text import describe, short_id
from .times import clock_time
from .trace import Trace

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["report", "section"]

_LINES = 30
"""Of the timeline."""
_MOST_STORIES = 8
_MOST_WAITING = 5
"""Of a queue's messages that nobody received, so many get a line; more are counted."""
_MOST_NAMED = 5


def section(
    engine: Engine, events: Sequence[TraceEvent], width: int = WIDTH, *, real_seconds: float = 0.0
) -> tuple[str, str]:
    """Title and text of what is told of a cloud, of which ``events`` are what is of interest.

    ``real_seconds`` is how long the test has taken, where that is known.
    """
    trace = Trace(engine)
    total = f"{counted(len(worth_telling(events)), 'event')}{', earlier ones forgotten' if trace.dropped else ''}"
    title = f"minicloud: seed={shown(engine.seed, 2_000)}, {engine.clock.now():%Y-%m-%d %H:%M:%S} on its clock, {total}"
    if not events:
        return title, "nothing happened" if trace.is_on else "nothing was recorded: the trace is off"
    text = report(events, trace, users=trace.users(), width=width)
    slow = slow_runs(engine, events) or [waited_in_vain(engine, events, real_seconds)]
    more = [
        asked_of_other_clock(engine, events),
        still_to_come(engine),
        *slow,
        *runs_of_namesakes(engine, events),
        lines_of(plots_of(engine)),
    ]
    return title, "\n\n".join([text, *(part for part in more if part)])


def report(
    events: Sequence[TraceEvent],
    everything: Iterable[TraceEvent] | None = None,
    *,
    users: Collection[str] | None = None,
    width: int = WIDTH,
    lines: int = _LINES,
) -> str:
    """The text.

    ``events``      what it is about: all that happened, or what did since a test began.
    ``everything``  all that happened in the cloud, when it is older than the test.
    ``users``       the names of the threads and tasks that have used the cloud and have not ended, where that is known.
    ``width``       how many characters of a body are shown.
    ``lines``       how many lines the timeline has at most.
    """
    if not events:
        return "nothing happened"
    before = events if everything is None else list(everything)
    bodies = bodies_of(before, width)
    first = events[0].number
    ledger = Ledger(before, users)
    concerned = [one for one in ledger if one.events[-1].number >= first or one.sequence >= first]
    accounts = [account for account in concerned if not account.is_of_stream]
    for account in accounts:
        account.excerpt = bodies.get(account.message_id)
    waiting = [account for account in accounts if _waits(account)]
    told, left_out = _stories([account for account in accounts if not _waits(account)])
    parts = [remark(events), _sum(accounts), *told]
    if left_out:
        parts.append(f"… and {counted(left_out, 'more message')} like {'this' if left_out == 1 else 'these'}")
    parts += _never_received(waiting)
    unread = [one for one in concerned if one.is_of_stream and not one.deliveries and not one.is_gone]
    parts += disabled_mappings(before, {account.arn for account in [*waiting, *unread]})
    parts += stories_of_streams(ledger._streams, {one.identity for one in concerned}, events)
    parts += _reached_nobody(events, bodies)
    parts += _failed_for_good(events, bodies)
    parts += told_of_nothing(before, events)
    parts += events_without_a_bus(before, events)
    parts += rules_without_events(before, events)
    parts += wanted_nothing(before, events)
    parts += not_asked_for(before, events, bodies)
    parts += _never_used(events)
    head = "\n".join(part for part in parts if part)
    happened = timeline(events, lines, bodies)
    parts = [head, happened and f"what happened:\n{happened}", failed_runs(events)]
    return "\n\n".join(part for part in parts if part)


# --- in one sentence -------------------------------------------------------------------------------------------------


def _sum(accounts: Sequence[MessageLedger]) -> str:
    """How many messages there were, and what became of them."""
    if not accounts:
        return ""
    fates = Counter(_fate(account) for account in accounts)
    noun = "record" if all(account.is_record for account in accounts) else "message"
    if len(fates) == 1:
        (fate,) = fates
        return f"{counted(len(accounts), noun)}{', all' if len(accounts) > 1 else ','} {fate}"
    told = ", ".join(f"{number} {fate}" for fate, number in fates.most_common())
    return f"{counted(len(accounts), noun)}: {told}"


def _fate(account: MessageLedger) -> str:
    """What became of a message, in words that many may share."""
    if account.fate in DONE:
        return f"received once and {account.fate}" if account.trouble == 0 else f"{account.fate} at last"
    if account.moves:
        return f"moved to {escaped(account.moves[-1].destination, 80)}"
    if account.is_dead_letter:
        return f"a dead letter of {escaped(account.queue, 80)}"
    if account.is_gone:
        return {"expired": "dropped at the end of its retention period", "queue deleted": "gone with its queue"}.get(
            account.fate, account.fate
        )
    if account.fate == IN_FLIGHT:
        return "in flight"
    return "visible again" if account.deliveries else "never received"


# --- stories ---------------------------------------------------------------------------------------------------------


def _waits(account: MessageLedger) -> bool:
    """Whether it lies in its queue, and nobody has received it yet."""
    return not (account.deliveries or account.is_gone or account.moves or account.is_dead_letter)


def _stories(accounts: Sequence[MessageLedger]) -> tuple[list[str], int]:
    """The messages with the hardest time, in the order of their sending, and how many more there are.

    Before those that were finished at last come those that were not: they are what a test fails for.
    """
    by_trouble = sorted(accounts, key=lambda account: (account.fate not in DONE, account.trouble), reverse=True)
    chosen = [account for account in by_trouble if account.trouble][:_MOST_STORIES]
    told = {id(account) for account in chosen}
    left_out = sum(account.trouble > 0 for account in accounts) - len(told)
    return [str(account) for account in accounts if id(account) in told], left_out


def _never_received(accounts: Sequence[MessageLedger]) -> list[str]:
    """A line for each message that nobody received, or one for many of a queue."""
    lines = []
    by_queue: dict[str, list[MessageLedger]] = {}
    for account in accounts:
        by_queue.setdefault(account.queue, []).append(account)
    for name, those in by_queue.items():
        queue = escaped(name, 80)
        if len(those) <= _MOST_WAITING:
            lines += [f"{_title(account)} in {queue}: {_since(account)}" for account in those]
        else:
            bodies = f"{_body(those[0])} … {_body(those[-1])}"
            delayed = sum(account.fate == "delayed" for account in those)
            how = f", {delayed} of them still delayed" if delayed else ""
            lines.append(f"{counted(len(those), 'message')} in {queue}, never received{how}: {bodies}")
    return lines


def _title(account: MessageLedger) -> str:
    return f"{account.name} {_body(account)}"


def _body(account: MessageLedger) -> str:
    return account.excerpt or ("" if account.body is None else excerpt(account.body))


def _since(account: MessageLedger) -> str:
    sent = "" if account.sent_ns is None else f"sent at {clock_time(account.sent_ns)}, "
    if account.fate == "delayed" and account.sent_ns is not None:
        due = account.sent_ns + account.delay_seconds * SECOND
        return f"{sent}delayed until {clock_time(due)}, never received"
    return f"{sent}never received"


# --- what got nowhere ------------------------------------------------------------------------------------------------


def _reached_nobody(events: Sequence[TraceEvent], bodies: Mapping[str, str]) -> list[str]:
    """A line for each publication that no subscription got, with the reason of each; or one for many of a topic."""
    nowhere: dict[str, dict[str, list[str]]] = {}
    for event in events:
        if event.kind == facts.SNS_MESSAGE_FANNED_OUT and not event.details.get("subscriptions", True):
            nowhere.setdefault(event.resource, {})[event.details["message_id"]] = []
    for event in events:
        reasons = nowhere.get(event.resource, {}).get(event.details.get("message_id", ""))
        if reasons is not None and event.kind not in (facts.SNS_MESSAGE_PUBLISHED, facts.SNS_MESSAGE_FANNED_OUT):
            reasons.append(describe(event))
    lines = []
    for topic, those in nowhere.items():
        for message_id, reasons in list(those.items())[:_MOST_WAITING]:
            subject = f"publication {short_id(message_id)} {bodies.get(message_id, '')}".rstrip()
            why = "; ".join(dict.fromkeys(reasons)) or "nobody has subscribed"
            lines.append(f"{subject} of {escaped(topic, 80)} reached nobody: {why}")
        if len(those) > _MOST_WAITING:
            lines.append(f"… and {counted(len(those) - _MOST_WAITING, 'more publication')} of {escaped(topic, 80)}")
    return lines


def _failed_for_good(events: Sequence[TraceEvent], bodies: Mapping[str, str]) -> list[str]:
    """A line for each of the first few deliveries that were given up, with the reason."""
    failed = [event for event in events if event.kind == facts.SNS_DELIVERY_FAILED]
    lines = []
    for event in failed[:_MOST_WAITING]:
        message_id = event.details["message_id"]
        subject = f"publication {short_id(message_id)} {bodies.get(message_id, '')}".rstrip()
        lines.append(f"{subject} of {escaped(event.resource, 80)}: {describe(event)}")
    if len(failed) > _MOST_WAITING:
        left_out = counted(len(failed) - _MOST_WAITING, "more delivery", "more deliveries")
        lines.append(f"… and {left_out} that failed for good")
    return lines


# --- what was not used -----------------------------------------------------------------------------------------------

_USES = {
    facts.SQS_QUEUE_CREATED: ("nothing was sent to", (facts.SQS_MESSAGE_SENT, facts.SQS_MESSAGE_DEDUPLICATED)),
    facts.SNS_TOPIC_CREATED: (
        "nothing was published to",
        (facts.SNS_MESSAGE_PUBLISHED, facts.SNS_MESSAGE_DEDUPLICATED),
    ),
    facts.KINESIS_STREAM_CREATED: (
        "nothing was put into",
        (facts.KINESIS_RECORD_PUT, facts.KINESIS_RECORD_THROTTLED),
    ),
}


def _never_used(events: Sequence[TraceEvent]) -> list[str]:
    """Queues, topics and streams into which nothing was put, no dead-letter queues; functions that were never run."""
    used = {
        event.details.get("arn") for event in events for _, kinds in _USES.values() if event.kind in kinds
    } | _dead_letter_queues(events)
    gone = {
        event.details.get("arn")
        for event in events
        if event.kind in (facts.SQS_QUEUE_DELETED, facts.SNS_TOPIC_DELETED, facts.KINESIS_STREAM_DELETED)
    }
    lines = []
    for kind, (what, _) in _USES.items():
        made = [event for event in events if event.kind == kind and event.details.get("arn") not in used | gone]
        names = list(dict.fromkeys(escaped(event.resource, 80) for event in made))
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            lines.append(f"{what} {', '.join(names[:_MOST_NAMED])}{more}")
    run = {event.resource for event in events if event.kind in (facts.LAMBDA_INVOKED, facts.LAMBDA_THROTTLED)}
    run |= {event.resource for event in events if event.kind == facts.LAMBDA_FUNCTION_DELETED}
    functions = [event.resource for event in events if event.kind == facts.LAMBDA_FUNCTION_CREATED]
    names = [escaped(name, 80) for name in dict.fromkeys(functions) if name not in run]
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        lines.append(f"never run: {', '.join(names[:_MOST_NAMED])}{more}")
    return lines


def _dead_letter_queues(events: Iterable[TraceEvent]) -> set[Any]:
    """The ARNs that redrive policies name in calls, and those to which messages were moved."""
    found: set[Any] = set()
    for event in events:
        if event.kind in (facts.SQS_MESSAGE_MOVED_TO_DLQ, facts.SNS_MESSAGE_DEAD_LETTERED):
            found |= {event.details.get("arn"), event.details.get("queue")}
        elif event.kind == facts.CALL:
            given = event.details.get("Attributes")
            values = [given.get("RedrivePolicy")] if isinstance(given, Mapping) else []
            if event.details.get("AttributeName") == "RedrivePolicy":
                values.append(event.details.get("AttributeValue"))
            for value in filter(None, values):
                with suppress(ValueError, TypeError, AttributeError):
                    found.add(json.loads(value)["deadLetterTargetArn"])
    return found - {None}
