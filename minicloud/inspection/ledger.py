"""The ledger: what became of each message, delivery by delivery.

Made from the trace whenever it is asked for, in one pass over the events in the order in which they were recorded; a
message's own events are in their true order there, for its queue records them all.

A message keeps its id when it moves to a dead-letter queue, so its account goes on there. A move task gives it a new
id and so opens a new account, which names the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..exceptions import UsageError
from ..services.kinesis.record import record_id_of
from .lineage import Lineage
from .message_ledger import DONE, IN_FLIGHT, Delivery, MessageLedger, Move
from .record_ledger import RecordLedger
from .run_notes import RunNotes
from .stream_accounts import StreamAccounts

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["Ledger", "identity_of"]

_FINISHES = (facts.KINESIS_RECORD_ACKNOWLEDGED, facts.SQS_MESSAGE_DELETED)


class Ledger:
    """The accounts of all messages of the trace, in the order of their sending: a mapping by message id.

    The records of streams come after them, by their sequence numbers: their deliveries are the times that they were
    read. A record has an account in each queue on its stream as well: ``record``.
    """

    def __init__(
        self,
        events: Iterable[TraceEvent],
        users: Collection[str] | None = None,
        find_queue: Callable[[str], object] | None = None,
    ) -> None:
        self._users = users
        """The names of the threads and tasks that have used the cloud and have not ended; None: nobody knows."""
        self._find_queue = find_queue
        self._accounts: dict[str, MessageLedger] = {}
        self._handles: dict[str, tuple[MessageLedger, Delivery]] = {}
        self._puts: dict[str, list[TraceEvent]] = {}
        """What was put, by the ARN of the stream."""
        self._queues: dict[str, list[TraceEvent]] = {}
        """The queues that there are, by the ARN of their stream."""
        self._lineage = Lineage(self._accounts)
        self._runs = RunNotes()
        self._streams = StreamAccounts()
        """What ``cloud.stream(...).readers`` has for users."""
        for event in events:
            post = _POSTINGS.get(event.kind)
            if post is not None:
                post(self, event)
            self._streams.post(event)
            self._lineage.post(event)
        self._records: dict[str, list[RecordLedger]] = {}
        """Those of streams, by their sequence numbers, which two streams may share."""
        for record in sorted(self._streams.records, key=lambda record: record.sequence):
            record._lead = self._lineage.before_record(record.sequence)
            self._records.setdefault(record.message_id, []).append(record)

    def of(self, queue: str) -> list[MessageLedger]:
        """The messages that were sent to a queue or came to it, by the queue's name, URL or ARN.

        Of a stream, by its name or ARN, the records that were put into it. Raises ``UsageError`` when neither the
        cloud nor the trace knows such a queue or stream.
        """
        arn = ""
        if self._find_queue is not None and not self._knows(queue):
            arn = getattr(self._find_queue(queue), "arn", "")
        return [
            account
            for account in self
            if queue in (account.queue, account.sent_to)
            or not {queue, arn}.isdisjoint(account.arns)
            or any(queue == move.destination for move in account.moves)
        ]

    def _knows(self, queue: str) -> bool:
        """Whether an account has been in a queue of this name or ARN."""
        return any(
            queue in (account.queue, account.sent_to, *account.arns)
            or any(queue == move.destination for move in account.moves)
            for account in self
        )

    def record(self, queue: str, record_id: str) -> MessageLedger:
        """What became of a record in a queue on a stream, by the queue's ARN and the RecordId of its deliveries.

        Of a record of a stream, by the stream's name or ARN and its sequence number.
        """
        account = self._accounts.get(f"{queue}/{record_id}")
        if account is None:
            for record in self._records.get(record_id, ()):
                if queue in (record.queue, record.arn):
                    return record
            raise UsageError(
                f"the ledger has no record {shown(record_id)} of {shown(queue)}: give a RecordId that "
                "ReceiveQueueRecords returned after the trace was started"
            )
        return account

    def __getitem__(self, message_id: str) -> MessageLedger:
        found: Sequence[MessageLedger] = self._records.get(message_id, ())
        if message_id in self._accounts:
            return self._accounts[message_id]
        if len(found) == 1:
            return found[0]
        if found:
            streams = " and ".join(escaped(record.queue, 80) for record in found)
            raise UsageError(
                f"{shown(message_id)} is the sequence number of records in {streams}: "
                "cloud.ledger.record(stream, sequence_number) has the one of a stream"
            )
        if isinstance(message_id, str) and message_id.isdecimal():
            raise UsageError(
                f"the ledger has no record {shown(message_id)}: give a SequenceNumber that PutRecord or PutRecords "
                "returned after the trace was started"
            )
        raise UsageError(
            f"the ledger has no message {shown(message_id)}: give a MessageId that SendMessage or ReceiveMessage "
            "returned after the trace was started (a record of a queue on a stream is "
            "cloud.stream(...).queue(...).ledger(record_id))"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_find_queue": None}  # a copy leads to no cloud

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._accounts or message_id in self._records

    def __iter__(self) -> Iterator[MessageLedger]:
        return iter([*self._accounts.values(), *(one for records in self._records.values() for one in records)])

    def __len__(self) -> int:
        return len(self._accounts) + sum(map(len, self._records.values()))

    def __str__(self) -> str:
        return "\n".join(str(account) for account in self)

    def __repr__(self) -> str:
        records = len(self) - len(self._accounts)
        of_streams = f" and {counted(records, 'record')}" if records else ""
        return f"<ledger of {counted(len(self._accounts), 'message')}{of_streams}>"

    # --- postings, one for each kind of event -----------------------------------------------------------------------

    def _account(self, event: TraceEvent) -> MessageLedger:
        identity = identity_of(event)
        account = self._accounts.get(identity)
        if account is None:
            account = self._open(identity, event)
        account.events.append(event)
        return account

    def _open(self, identity: str, event: TraceEvent) -> MessageLedger:
        details = event.details
        message_id = details.get("record_id") or details["message_id"]
        arn = details["arn"] if "record_id" in details else ""
        account = self._accounts[identity] = MessageLedger(message_id, event.resource, arn, None)
        account.identity = identity
        return account

    def _sent(self, event: TraceEvent) -> None:
        details = event.details
        account = MessageLedger(details["message_id"], event.resource, details["arn"], event)
        account._lead = self._lineage.before(event)
        account.events += [*account._lead, event]
        self._accounts[account.message_id] = account
        if account.redriven_from in self._accounts:
            former = self._accounts[account.redriven_from]
            former.end("redriven", event)
            former.events.append(event)

    def _received(self, event: TraceEvent) -> None:
        account, details = self._account(event), event.details
        handle = details["handle"]
        seconds = details["visibility_seconds"]
        by = details.get("function") or event.actor
        delivery = Delivery(details["receive_count"], event.resource, event.time_ns, by, handle, seconds)
        delivery.sequence = event.number
        delivery.is_of_function = "function" in details
        gone = self._users is not None and event.actor not in self._users
        delivery.receiver_has_ended = gone and not delivery.is_of_function
        if account.deliveries:
            former = account.deliveries[-1]
            delivery.overlaps = former.outcome == IN_FLIGHT and event.time_ns < former.hidden_until_ns
            account.end_delivery("received by another" if delivery.overlaps else "visibility expired", event.time_ns)
        if account.is_gone:
            delivery.after_delete = account.fate in DONE
            account.gone_ns = None
        account.deliveries.append(delivery)
        account.fate = IN_FLIGHT if seconds else "visible"
        self._handles[handle] = account, delivery

    def _visible(self, event: TraceEvent) -> None:
        account = self._account(event)
        account.end_delivery("visibility expired", event.time_ns)
        account.fate = account.available

    def _changed(self, event: TraceEvent) -> None:
        account, seconds = self._account(event), event.details["seconds"]
        if seconds:
            account.fate = IN_FLIGHT
            if account.deliveries:
                account.deliveries[-1].outcome = IN_FLIGHT
                account.deliveries[-1].ended_ns = None
                account.deliveries[-1].visibility_seconds = seconds
                account.deliveries[-1].hidden_until_ns = event.time_ns + seconds * SECOND
        else:
            account.end_delivery("given up", event.time_ns)
            account.fate = account.available

    def _returned(self, event: TraceEvent) -> None:
        account = self._account(event)
        account.end_delivery("returned", event.time_ns)
        account.fate = account.available

    def _deleted(self, event: TraceEvent) -> None:
        account = self._account(event)
        self._attempt(event)
        found = self._handles.get(event.details["handle"])
        if found is not None and account.deliveries and found[1] is not account.deliveries[-1]:
            account.end_delivery("deleted by an earlier receiver", event.time_ns)
        account.end("deleted" if event.kind == facts.SQS_MESSAGE_DELETED else "acknowledged", event)

    def _attempt(self, event: TraceEvent) -> None:
        found = self._handles.get(event.details["handle"])
        if found is not None:
            found[1].delete_attempts.append(event.time_ns)
            if event.kind not in _FINISHES:
                found[0].events.append(event)

    def _expired(self, event: TraceEvent) -> None:
        self._account(event).end("expired", event)

    def _moved(self, event: TraceEvent) -> None:
        account, details = self._account(event), event.details
        account.end_delivery("visibility expired", event.time_ns)
        account.moves.append(Move(event.time_ns, event.resource, details["dead_letter_queue"], event.number))
        account.queue, account.arn = details["dead_letter_queue"], details["arn"]
        account.arns.add(account.arn)
        account.fate = "visible"

    def _deduplicated(self, event: TraceEvent) -> None:
        self._account(event).duplicates += 1

    def _chaos(self, event: TraceEvent) -> None:
        account = self._accounts.get(identity_of(event))
        if account is not None:
            account.events.append(event)

    # --- runs of functions ------------------------------------------------------------------------------------------

    def _run_begun(self, event: TraceEvent) -> None:
        found = {name: self._accounts.get(name) for name in event.details.get("message_ids", ())}
        accounts = {name: account for name, account in found.items() if account is not None}
        if accounts:
            self._runs.begin(event, accounts)

    def _run_ended(self, event: TraceEvent) -> None:
        self._runs.end(event)

    def _run_handled(self, event: TraceEvent) -> None:
        self._runs.handled(event)

    def _filtered(self, event: TraceEvent) -> None:
        accounts = [self._accounts[name] for name in event.details.get("message_ids", ()) if name in self._accounts]
        self._runs.tell(event, accounts, f"not for {escaped(event.details['function'], 80)}, by its filters")

    # --- queues on streams ------------------------------------------------------------------------------------------

    def _put(self, event: TraceEvent) -> None:
        """A record belongs to each queue on its stream."""
        arn = event.details["arn"]
        self._puts.setdefault(arn, []).append(event)
        for queue in self._queues.get(arn, ()):
            self._belongs(event, queue)

    def _queue_created(self, event: TraceEvent) -> None:
        arn = event.details["stream_arn"]
        self._queues.setdefault(arn, []).append(event)
        if event.details["since"] is not None:
            for put in self._puts.get(arn, ()):
                self._belongs(put, event)

    def _belongs(self, put: TraceEvent, queue: TraceEvent) -> None:
        """A record that was put belongs to a queue, when it came late enough for that."""
        since, arn = queue.details["since"], queue.details["arn"]
        if since is not None and put.time_ns < since:
            return
        record_id = record_id_of(put.details["sequence_number"])
        account = MessageLedger(record_id, queue.resource, arn, None)
        account.identity = f"{arn}/{record_id}"
        account.sent_ns, account.sent_by, account.sequence = put.time_ns, put.actor, put.number
        account.body = put.details["data"].decode("utf-8", "backslashreplace")
        account.events.append(put)
        self._accounts[account.identity] = account

    def _queue_deleted(self, event: TraceEvent) -> None:
        arn = event.details["arn"]
        for queues in self._queues.values():
            queues[:] = [queue for queue in queues if queue.details["arn"] != arn]
        self._emptied(event)

    def _dead_lettered(self, event: TraceEvent) -> None:
        account = self._account(event)
        account.end_delivery("visibility expired", event.time_ns)
        account.is_dead_letter = True
        account.fate = account.available

    def _restored(self, event: TraceEvent) -> None:
        account = self._account(event)
        account.end_delivery("restored", event.time_ns)
        account.is_dead_letter = False
        account.fate = account.available

    def _emptied(self, event: TraceEvent) -> None:
        fate = "purged" if event.kind == facts.SQS_QUEUE_PURGED else "queue deleted"
        for account in self._accounts.values():
            if account.arn == event.details["arn"] and not account.is_gone:
                account.end(fate, event)
                account.events.append(event)


def identity_of(event: TraceEvent) -> str:
    """Which account an event belongs to; empty when to none."""
    details = event.details
    record_id = details.get("record_id")
    if record_id:
        return f"{details['arn']}/{record_id}"
    if event.kind == facts.KINESIS_RECORD_PUT and "sequence_number" in details:
        return f"{details['arn']}/{details['sequence_number']}"
    return details.get("message_id") or ""


_POSTINGS: dict[str, Callable[[Ledger, TraceEvent], None]] = {
    facts.CHAOS: Ledger._chaos,
    facts.KINESIS_QUEUE_CREATED: Ledger._queue_created,
    facts.KINESIS_QUEUE_DELETED: Ledger._queue_deleted,
    facts.KINESIS_RECORD_PUT: Ledger._put,
    facts.KINESIS_RECORD_RECEIVED: Ledger._received,
    facts.KINESIS_RECORD_VISIBLE: Ledger._visible,
    facts.KINESIS_RECORD_VISIBILITY_CHANGED: Ledger._changed,
    facts.KINESIS_RECORD_RETURNED: Ledger._returned,
    facts.KINESIS_RECORD_DEAD_LETTERED: Ledger._dead_lettered,
    facts.KINESIS_RECORD_RESTORED: Ledger._restored,
    facts.KINESIS_RECORD_ACKNOWLEDGED: Ledger._deleted,
    facts.KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN: Ledger._attempt,
    facts.KINESIS_RECORD_EXPIRED: Ledger._expired,
    facts.LAMBDA_FAILED: Ledger._run_ended,
    facts.LAMBDA_INVOKED: Ledger._run_begun,
    facts.LAMBDA_SUCCEEDED: Ledger._run_ended,
    facts.LAMBDA_THROTTLED: Ledger._run_begun,
    facts.LAMBDA_TIMED_OUT: Ledger._run_ended,
    facts.MAPPING_FILTERED: Ledger._filtered,
    facts.MAPPING_HANDLED: Ledger._run_handled,
    facts.SQS_MESSAGE_SENT: Ledger._sent,
    facts.SQS_MESSAGE_RECEIVED: Ledger._received,
    facts.SQS_MESSAGE_VISIBLE: Ledger._visible,
    facts.SQS_MESSAGE_VISIBILITY_CHANGED: Ledger._changed,
    facts.SQS_MESSAGE_RETURNED: Ledger._returned,
    facts.SQS_MESSAGE_DELETED: Ledger._deleted,
    facts.SQS_DELETE_IN_VAIN: Ledger._attempt,
    facts.SQS_DELETE_REFUSED: Ledger._attempt,
    facts.SQS_MESSAGE_EXPIRED: Ledger._expired,
    facts.SQS_MESSAGE_MOVED_TO_DLQ: Ledger._moved,
    facts.SQS_MESSAGE_DEDUPLICATED: Ledger._deduplicated,
    facts.SQS_QUEUE_PURGED: Ledger._emptied,
    facts.SQS_QUEUE_DELETED: Ledger._emptied,
}
