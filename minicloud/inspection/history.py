"""Proofs and refutations: whether a run kept what the services promise, judged from the ledger.

===============  ======================================================================================================
at_least_once    each message that was accepted has been delivered, or is still there to be
no_loss          none went without a consumer having deleted it, each queue got what its topics and rules had for it,
                 and whoever was to be told by S3 was told
group_order      a FIFO queue delivered each group in order, and its consumers finished it in order
visibility       no message was delivered while it was hidden because of an earlier delivery
exactly_once     no message was finished by two deliveries, or delivered after it had been deleted, and no send with the
                 same deduplication id was stored twice
shard_order      a reader of a shard got its records in the order in which the shard took them
no_skips         no reader passed records over: between two reads of a chain of iterators, or when it went on with
                 another iterator or subscription
parents_first    a child shard was not read before the records of its parents had been; a reader at LATEST may
mapped           each message or record that a mapping took was handled with success, or filtered, or went to a
                 dead-letter queue or a destination, or is still there
===============  ======================================================================================================

A consumer finishes a message by deleting it, or by trying to: a delete that comes too late counts, for the work was
done. What somebody purged, and what went with a deleted queue, was thrown away on purpose and is no loss. The same is
asked of the records of queues on streams, which consumers acknowledge, in each queue for itself.

The three before the last are about streams. A reader is a thread or task with its iterators of a shard, or a consumer
with its subscriptions; one that begins again before the place that it had come to counts as another.

The promises of a standard queue are weaker: AWS may deliver twice, and a consumer that is too slow makes it do so. A
refutation is a fact about the run, not always a mistake of the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from .bodies import excerpt
from .ledger import Ledger
from .message_ledger import MessageLedger
from .text import describe, ordinal, short_id, short_record_id
from .times import clock_time
from .trace import Trace
from .views.queues import all_queues
from .views.stream_queues import all_stream_queues
from .views.streams import find_queue_or_stream
from .work import Works

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent
    from .work import Work

__all__ = ["CHECKS", "HistoryReport", "Violation", "check_history"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOW = 300
"""Seconds for which a FIFO queue remembers deduplication ids."""


class Violation:
    """A promise that was not kept."""

    def __init__(self, check: str, queue: str, message_id: str, time_ns: int, text: str) -> None:
        self.check = check
        """The name of the check: ``"no_loss"``, ``"group_order"`` ..."""
        self.queue = queue
        """The name of the queue; of a shard, the stream's with its number: ``clicks/0``."""
        self.message_id = message_id
        """Empty where it is about a reader of a stream."""
        self.time_ns = time_ns
        """When it happened, in nanoseconds since the epoch."""
        self.text = escaped(text, 1_000)
        """What happened, in words."""

    @property
    def time(self) -> datetime:
        """When it happened, or was found out."""
        return datetime_of(self.time_ns)

    def __str__(self) -> str:
        return f"{self.check}: {self.time:%m-%d} {clock_time(self.time_ns)} {escaped(self.queue, 80)}: {self.text}"

    def __repr__(self) -> str:
        return f"<violation of {self}>"


class HistoryReport:
    """The outcome of ``check_history``: true when all checks hold. ``str()`` lists what does not."""

    def __init__(
        self,
        checks: Collection[str],
        messages: int,
        deliveries: int,
        violations: list[Violation],
        *,
        records: int = 0,
        reads: int = 0,
        mapped: int = 0,
    ) -> None:
        self.checks = tuple(checks)
        """The checks that were made."""
        self.messages = messages
        """How many messages were looked at."""
        self.deliveries = deliveries
        """How many deliveries they had."""
        self.records = records
        """How many records of streams were looked at."""
        self.reads = reads
        """How often they were read."""
        self._mapped = mapped
        """How many messages and records mappings have taken."""
        self.violations = violations
        """In the order of their times."""

    def of(self, check: str) -> list[Violation]:
        """The violations of one check."""
        return [violation for violation in self.violations if violation.check == check]

    def __bool__(self) -> bool:
        return not self.violations

    def __str__(self) -> str:
        scope = []
        if self.messages or not self.records:
            scope.append(f"{counted(self.messages, 'message')}, {counted(self.deliveries, 'delivery', 'deliveries')}")
        if self.records:
            scope.append(f"{counted(self.records, 'record')} of streams, read {counted(self.reads, 'time')}")
        verdicts = [f"  {check}: {_verdict(len(self.of(check)))}" for check in self.checks if self._has_looked(check)]
        return "\n".join(["; ".join(scope), *verdicts, *(f"- {violation}" for violation in self.violations)])

    def _has_looked(self, check: str) -> bool:
        """Whether there was something for a check to look at; where nothing at all was, messages were looked for."""
        if len(self.checks) < len(CHECKS) or self.of(check):
            return True
        if check == "mapped":
            return bool(self._mapped)
        return bool(self.records) if check in _OF_STREAMS else bool(self.messages or not self.records)

    def __repr__(self) -> str:
        looked = [counted(self.messages, "message")] if self.messages or not self.records else []
        looked += [counted(self.records, "record")] if self.records else []
        return f"<history of {' and '.join(looked)}: {_verdict(len(self.violations))}>"


def _verdict(violations: int) -> str:
    return counted(violations, "violation") if violations else "holds"


class _Case:
    """What the checks look at."""

    def __init__(self, engine: Engine, ledger: Ledger, arn: str | None) -> None:
        self.ledger = ledger
        self.arn = arn
        found = list(ledger) if arn is None else ledger.of(arn)
        self.accounts = [account for account in found if not account.is_of_stream]
        self.records = [account for account in found if account.is_of_stream]
        self.streams = ledger._streams
        self.shards = [shard for shard in ledger._streams.shards if arn in (None, shard.arn)]
        self.readers = [reader for shard in self.shards for reader in shard.readers]
        self.now = engine.seen_ns()
        trace = Trace(engine)
        self.present = {message.message_id for view in all_queues(engine) for message in view.messages}
        self.present |= {
            f"{view.arn}/{record.record_id}" for view in all_stream_queues(engine) for record in view.records
        }
        self.fan_outs = trace.of(facts.SNS_MESSAGE_FANNED_OUT)
        self.failures = trace.of(facts.SNS_DELIVERY_FAILED)
        self.rescued = {
            (event.details["message_id"], event.details["subscription"])
            for event in trace.of(facts.SNS_MESSAGE_DEAD_LETTERED)
        }
        self.matches = trace.of(facts.EVENT_MATCHED)
        self.not_taken = {
            (event.details["event_id"], event.details["target"]): event for event in trace.of(facts.EVENT_FAILED)
        }
        """What targets did not take, by event and target: the latest of each."""
        self.untold = trace.of(facts.NOTIFICATION_FAILED)
        """Whom S3 could not tell of its objects; it does not try again."""
        self.losses = trace.of(facts.SNS_MESSAGE_LOST)
        self.duplicates = trace.of(facts.SQS_MESSAGE_DEDUPLICATED)
        self.works = Works(trace)
        self.deletes = [event for event in trace.of(facts.CALL) if event.resource in _DELETES]


def _arn_of(engine: Engine, queue: str) -> str:
    """The ARN that a name, URL or ARN of a queue or a stream stands for."""
    if isinstance(queue, str) and ":kinesis:" in queue and ":stream/" not in queue:
        return queue
    arn: str = find_queue_or_stream(engine, queue).arn
    return arn


def check_history(engine: Engine, queue: str | None = None, checks: Collection[str] | None = None) -> HistoryReport:
    """``Cloud.check_history``. O(events), and O(n²) in the messages of a group that overlap."""
    chosen = CHECKS if checks is None else (checks,) if isinstance(checks, str) else tuple(checks)
    for check in chosen:
        if check not in _CHECKS:
            raise UsageError(f"{shown(check)} is not a history check: give one of {', '.join(CHECKS)}")
    arn = None if queue is None else _arn_of(engine, queue)
    ledger = Trace(engine).ledger()
    dropped = Trace(engine).dropped
    if dropped:
        raise UsageError(
            f"the trace has forgotten {counted(dropped, 'event')}, so nothing can be proved: call "
            "cloud.trace.start(limit=None) before the run"
        )
    case = _Case(engine, ledger, arn)
    violations = [violation for check in chosen for violation in _CHECKS[check](case)]
    violations.sort(key=lambda violation: violation.time_ns)
    deliveries = sum(len(account.deliveries) for account in case.accounts)
    records, reads = len(case.records), sum(len(record.deliveries) for record in case.records)
    mapped = sum(work.kind != "event" for work in case.works.all.values())
    return HistoryReport(
        chosen, len(case.accounts), deliveries, violations, records=records, reads=reads, mapped=mapped
    )


def _named(account: MessageLedger) -> str:
    is_record = account.identity != account.message_id
    identity = short_record_id(account.message_id) if is_record else short_id(account.message_id)
    return identity + ("" if account.body is None else f" {excerpt(account.body)}")


def _at_least_once(case: _Case) -> Iterator[Violation]:
    for account in case.accounts:
        if account.fate == "expired" and not account.deliveries:
            text = f"{_named(account)} was dropped at the end of its retention period and never delivered"
        elif account.sent_ns is not None and not account.is_gone and account.identity not in case.present:
            text = f"{_named(account)} is in no queue any more, and nothing says why"
        else:
            continue
        time_ns = case.now if account.gone_ns is None else account.gone_ns
        yield Violation("at_least_once", account.queue, account.message_id, time_ns, text)


def _no_loss(case: _Case) -> Iterator[Violation]:
    for account in case.accounts:
        if account.fate == "expired" and account.gone_ns is not None:
            times = counted(account.receive_count, "delivery", "deliveries")
            text = f"{_named(account)} was dropped at the end of its retention period after {times}"
            yield Violation("no_loss", account.queue, account.message_id, account.gone_ns, text)
    arrived = {(account.origin, account.arn if not account.moves else None) for account in case.ledger}
    arrived |= {
        (event.details["origin"], event.details["arn"]) for event in case.duplicates if event.details.get("origin")
    }
    moved = {(account.origin, account.sent_to) for account in case.ledger if account.moves}
    failed = {(event.details["message_id"], event.details["endpoint"]): event for event in case.failures}
    expected = {(event.details["message_id"], arn): event for event in case.fan_outs for arn in event.details["queues"]}
    expected |= {pair: failure for pair, failure in failed.items() if ":sqs:" in pair[1]}
    for (publication, arn), event in expected.items():
        name = arn.rpartition(":")[2]
        if case.arn not in (None, arn) or (publication, arn) in arrived or (publication, name) in moved:
            continue
        failure = failed.get((publication, arn))
        if failure is not None and (publication, failure.details["subscription"]) in case.rescued:
            continue
        reason = "" if failure is None else f": {failure.details['reason']}"
        text = f"what {event.resource} published as {short_id(publication)} did not arrive{reason}"
        yield Violation("no_loss", name, publication, event.time_ns, text)
    yield from _events_lost(case, arrived, moved)
    for event in case.untold:
        to = event.details["to"]
        if case.arn in (None, to):
            text = f"{event.resource}: {describe(event)}"
            yield Violation("no_loss", to.rpartition(":")[2], event.details["origin"] or "", event.time_ns, text)
    for event in case.losses:
        arn = event.details["queue"]
        if case.arn in (None, arn):
            publication, name = event.details["message_id"], arn.rpartition(":")[2]
            text = f"{short_id(publication)} could not go to the dead-letter queue: {event.details['reason']}"
            yield Violation("no_loss", name, publication, event.time_ns, text)


def _events_lost(
    case: _Case, arrived: set[tuple[str | None, str | None]], moved: set[tuple[str | None, str]]
) -> Iterator[Violation]:
    """What a rule of EventBridge has matched, and one of its queues has not got."""
    expected = {
        (event.details["event_id"], arn): event
        for event in case.matches
        for arn in event.details["targets"]
        if ":sqs:" in arn
    }
    for (event_id, arn), event in expected.items():
        name, origin = arn.rpartition(":")[2], f"event:{event_id}"
        if case.arn not in (None, arn) or (origin, arn) in arrived or (origin, name) in moved:
            continue
        failure = case.not_taken.get((event_id, arn))
        if failure is not None and (failure.details["due"] is not None or failure.details["dead_letter_arn"]):
            continue  # it is tried again, or lies in a dead-letter queue
        reason = "" if failure is None else f": {failure.details['reason']}"
        text = f"event {short_id(event_id)}, matched by the rule {event.resource}, did not arrive{reason}"
        yield Violation("no_loss", name, event_id, event.time_ns, text)


def _group_order(case: _Case) -> Iterator[Violation]:
    grouped = [
        account
        for account in case.accounts
        if account.group_id is not None and account.sent_ns is not None and account.sent_to.endswith(".fifo")
    ]
    grouped.sort(key=lambda account: (account.sent_to, account.group_id or "", account.sequence))
    for (queue, _), members in groupby(grouped, key=lambda account: (account.sent_to, account.group_id)):
        open_ones: list[MessageLedger] = []
        for account in members:
            for earlier in open_ones:
                text = _out_of_order(earlier, account, queue)
                if text is not None:
                    time_ns = account.deliveries[0].time_ns
                    yield Violation("group_order", queue, account.message_id, time_ns, text)
                    break
            # Only what was still there when the next one was delivered can have been overtaken.
            begun = account.deliveries[0].sequence if account.deliveries else 0
            open_ones = [one for one in open_ones if not begun or _left(one, queue) > begun]
            open_ones.append(account)


def _left(account: MessageLedger, queue: str) -> float:
    """The place in the trace where a message left its first queue."""
    for move in account.moves:
        if move.source == queue:
            return move.sequence
    return account.gone_sequence if account.is_gone else float("inf")


def _out_of_order(earlier: MessageLedger, later: MessageLedger, queue: str) -> str | None:
    """How a message overtook an earlier one of its group; None when it did not."""
    later_ones = [delivery for delivery in later.deliveries if delivery.queue == queue]
    earlier_ones = [delivery for delivery in earlier.deliveries if delivery.queue == queue]
    if not later_ones:
        return None
    first = later_ones[0]
    left = _left(earlier, queue)
    if left > first.sequence:
        before = [delivery for delivery in earlier_ones if delivery.sequence < first.sequence]
        if not before:
            return f"{_named(later)} of group {later.group_id} was delivered before {_named(earlier)}, sent earlier"
        if before[-1].time_ns != first.time_ns or before[-1].by != first.by:
            return f"{_named(later)} of group {later.group_id} was delivered while {_named(earlier)} was not finished"
    if later.fate == "deleted" and later.gone_sequence < left and earlier_ones:
        return f"{_named(later)} of group {later.group_id} was finished before {_named(earlier)}, sent earlier"
    return None


def _visibility(case: _Case) -> Iterator[Violation]:
    for account in case.accounts:
        for earlier, delivery in zip(account.deliveries, account.deliveries[1:], strict=False):
            if delivery.overlaps:
                text = (
                    f"{_named(account)} was delivered to {delivery.by}, although the delivery of "
                    f"{clock_time(earlier.time_ns)} to {earlier.by} hid it until {clock_time(earlier.hidden_until_ns)}"
                )
                yield Violation("visibility", delivery.queue, account.message_id, delivery.time_ns, text)


def _exactly_once(case: _Case) -> Iterator[Violation]:
    accepted: dict[tuple[str, str | None, str], MessageLedger] = {}
    for account in case.accounts:
        finished = [delivery for delivery in account.deliveries if delivery.delete_attempts]
        if len(finished) > 1:
            last = finished[-1]
            who = " and ".join(f"{one.by} ({ordinal(one.number)} delivery)" for one in finished)
            text = f"{_named(account)} was finished {len(finished)} times: by {who}"
            yield Violation("exactly_once", last.queue, account.message_id, last.delete_attempts[0], text)
        for delivery in account.deliveries:
            if delivery.after_delete:
                text = f"{_named(account)} was delivered to {delivery.by} after it had been deleted"
                yield Violation("exactly_once", delivery.queue, account.message_id, delivery.time_ns, text)
        if account.deduplication_id is None or account.sent_ns is None or not account.sent_to.endswith(".fifo"):
            continue
        key = account.sent_to, account.group_id, account.deduplication_id
        earlier = accepted.get(key)
        accepted[key] = account
        if earlier is None or earlier.sent_ns is None:
            continue
        seconds = (account.sent_ns - earlier.sent_ns) // SECOND
        # By content, the same text later on is another message.
        by_content = account.deduplication_id == sha256((account.body or "").encode()).hexdigest()
        if seconds < _WINDOW or not by_content:
            text = (
                f"{_named(account)} was stored {seconds} s after {short_id(earlier.message_id)} with the same "
                f"deduplication id; a queue remembers one for {_WINDOW} s"
            )
            yield Violation("exactly_once", account.sent_to, account.message_id, account.sent_ns, text)


# --- streams ---------------------------------------------------------------------------------------------------------


def _shard_order(case: _Case) -> Iterator[Violation]:
    for shard in case.shards:
        puts = sorted(shard.records.values(), key=lambda record: record.position)
        for earlier, later in pairwise(puts):
            if int(earlier.message_id) >= int(later.message_id):
                text = f"{later.name} lies behind {earlier.name}, whose sequence number is not lower"
                yield Violation("shard_order", shard.label, later.message_id, later.sent_ns or 0, text)
    for reader in case.readers:
        for place, first, event in reader.disorder:
            text = f"{reader.name} read {reader.label} from {first} on, where it had come to {place}"
            yield Violation("shard_order", reader.label, "", event.time_ns, text)


def _no_skips(case: _Case) -> Iterator[Violation]:
    for reader in case.readers:
        for first, end, start, event in reader.skipped():
            which = f"record {first}" if end - first == 1 else f"records {first}..{end - 1}"
            how = (
                f"as it began anew at {start}, while it had come to {first}"
                if start
                else "as the stream keeps them no longer: the reader was too slow"
            )
            text = f"{reader.name} has passed over {which} of {reader.label}, {how}"
            yield Violation("no_skips", reader.label, "", event.time_ns, text)


def _parents_first(case: _Case) -> Iterator[Violation]:
    for early in case.streams.early:
        if case.arn in (None, early.parent.arn):
            label = early.reader.label
            text = (
                f"{early.reader.name} read {label} while {counted(early.left, 'record')} of its parent "
                f"{early.parent.label} had not been read"
            )
            yield Violation("parents_first", label, "", early.event.time_ns, text)


# --- mappings --------------------------------------------------------------------------------------------------------


def _mapped(case: _Case) -> Iterator[Violation]:
    works: dict[str, list[Work]] = {}
    for work in case.works.all.values():
        works.setdefault(work.name, []).append(work)
    deleted = _deleted_by_calls(case.deletes)
    for account in case.accounts:
        mine = works.get(account.message_id, ())
        if not mine or not account.is_gone or account.moves or any(work.is_done for work in mine):
            continue
        handles = {delivery.handle for delivery in account.deliveries}
        if account.fate in ("purged", "queue deleted", "redriven") or not handles.isdisjoint(deleted):
            continue  # somebody has seen to that
        if not all(delivery.is_of_function for delivery in account.deliveries):
            continue
        who = " and ".join(escaped(work.function, 80) for work in mine)
        how = "dropped at the end of its retention period" if account.fate == "expired" else account.fate
        text = f"{_named(account)} was {how}, and {who} had not been done with it"
        yield Violation("mapped", account.queue, account.message_id, account.gone_ns or case.now, text)
    for event in case.works.discarded:
        details = event.details
        if case.arn in (None, details["arn"]) and (details.get("destination") is None or details["why"] == "expired"):
            told = "" if details["why"] == "expired" else ", and no destination was told"
            yield Violation("mapped", event.resource, "", event.time_ns, f"{describe(event)}{told}")
    for event in case.works.lost:
        if event.kind == facts.MAPPING_DESTINATION_FAILED and case.arn in (None, event.details["arn"]):
            yield Violation("mapped", event.resource, "", event.time_ns, describe(event))


def _deleted_by_calls(calls: Collection[TraceEvent]) -> set[str]:
    """The handles by which calls have deleted messages: a handler may do so itself."""
    found = set()
    for call in calls:
        for entry in [call.details, *(call.details.get("Entries") or ())]:
            handle = entry.get("ReceiptHandle") if isinstance(entry, Mapping) else None
            if isinstance(handle, str):
                found.add(handle)
    return found


_DELETES = ("sqs.DeleteMessage", "sqs.DeleteMessageBatch")

_CHECKS: dict[str, Callable[[_Case], Iterator[Violation]]] = {
    "at_least_once": _at_least_once,
    "no_loss": _no_loss,
    "group_order": _group_order,
    "visibility": _visibility,
    "exactly_once": _exactly_once,
    "shard_order": _shard_order,
    "no_skips": _no_skips,
    "parents_first": _parents_first,
    "mapped": _mapped,
}
_OF_STREAMS = ("shard_order", "no_skips", "parents_first")

CHECKS = tuple(_CHECKS)
"""The names of the checks."""
