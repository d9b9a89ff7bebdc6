"""The ledger: what became of each message, delivery by delivery.

Made from the trace whenever it is asked for, in one pass over the events in the order in which they were recorded; a
message's own events are in their true order there, for its queue records them all.

A message keeps its id when it moves to a dead-letter queue, so its account goes on there. A move task gives it a new
id and so opens a new account, which names the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from ..services.kinesis.record import record_id_of
from .text import clock_time, describe, excerpt, ordinal, short_id, short_record_id

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["DONE", "Delivery", "Ledger", "MessageLedger", "Move", "identity_of"]

IN_FLIGHT = "in flight"
DONE = ("acknowledged", "deleted")
"""How what a consumer has finished ends."""

_RECEIVES = (facts.KINESIS_RECORD_RECEIVED, facts.SQS_MESSAGE_RECEIVED)
_RETURNS = (facts.KINESIS_RECORD_VISIBLE, facts.SQS_MESSAGE_VISIBLE)
_FINISHES = (facts.KINESIS_RECORD_ACKNOWLEDGED, facts.SQS_MESSAGE_DELETED)


class Delivery:
    """One time that a message was received."""

    def __init__(self, number: int, queue: str, time_ns: int, by: str, handle: str, visibility_seconds: int) -> None:
        self.number = number
        """The receive count it came with."""
        self.queue = queue
        """The name of the queue."""
        self.time_ns = time_ns
        self.by = by
        """The name of the thread or task that received it."""
        self.handle = handle
        """The receipt handle."""
        self.visibility_seconds = visibility_seconds
        """For how long it was hidden; what a later ChangeMessageVisibility said, if one did."""
        self.hidden_until_ns = time_ns + visibility_seconds * SECOND
        self.sequence = 0
        """The place of the receive in the trace."""
        self.overlaps = False
        """Whether the message was hidden from others when it was received."""
        self.after_delete = False
        """Whether the message had been deleted when it was received."""
        self.outcome = IN_FLIGHT if visibility_seconds else "left visible"
        """What ended it: ``"deleted"``, ``"visibility expired"``, ``"given up"`` (its timeout was set to 0),
        ``"returned"`` (its receiver was cancelled), ``"received by another"`` (although it was hidden),
        ``"deleted by an earlier receiver"``, ``"expired"`` (the retention period), ``"purged"``, ``"queue deleted"``;
        of a record, ``"acknowledged"`` and ``"restored"`` (it was a dead letter);
        ``"in flight"`` while nothing has, ``"left visible"`` when it was never hidden."""
        self.ended_ns: int | None = None
        self.delete_attempts: list[int] = []
        """When its handle was used to delete, in nanoseconds: in vain and refused attempts count."""

    @property
    def time(self) -> datetime:
        """When it was received."""
        return datetime_of(self.time_ns)

    @property
    def ended(self) -> datetime | None:
        """When its outcome came; None while it is in flight."""
        return None if self.ended_ns is None else datetime_of(self.ended_ns)

    def __repr__(self) -> str:
        who = escaped(self.by, 80)
        return (
            f"<delivery {self.number} from {escaped(self.queue, 80)} at {self.time:%H:%M:%S} by {who}: {self.outcome}>"
        )


class Move:
    """A message went from one queue to its dead-letter queue."""

    def __init__(self, time_ns: int, source: str, destination: str, sequence: int = 0) -> None:
        self.time_ns = time_ns
        self.sequence = sequence
        """The place of the move in the trace."""
        self.source = source
        self.destination = destination

    @property
    def time(self) -> datetime:
        """When."""
        return datetime_of(self.time_ns)

    def __repr__(self) -> str:
        source, destination = escaped(self.source, 80), escaped(self.destination, 80)
        return f"<moved from {source} to {destination} at {self.time:%H:%M:%S}>"


class MessageLedger:
    """What became of one message. ``str()`` tells it, a line per event."""

    def __init__(self, message_id: str, queue: str, arn: str, sent: TraceEvent | None) -> None:
        details: Mapping[str, Any] = {} if sent is None else sent.details
        self.message_id = message_id
        self.queue = queue
        """The name of the queue that it is in, or was in last."""
        self.arn = arn
        """That queue's ARN."""
        self.identity = message_id
        """Tells it from all others; a record has one in each queue of its stream."""
        self.is_dead_letter = False
        """Whether it is a dead letter of a queue on a stream."""
        self.sent_to = queue
        """The name of the queue that it was sent to."""
        self.sent_ns = None if sent is None else sent.time_ns
        self.sent_by = "" if sent is None else sent.actor
        self.body: str | None = details.get("body")
        """None when it was sent before the trace began."""
        self.attributes: Mapping[str, Any] = details.get("attributes") or {}
        self.group_id: str | None = details.get("group_id")
        self.deduplication_id: str | None = details.get("deduplication_id")
        self.origin: str | None = details.get("origin")
        """The id of the publication that it came from."""
        self.redriven_from: str | None = details.get("redriven_from")
        """The id that it had in the dead-letter queue from which a move task took it."""
        self.deliveries: list[Delivery] = []
        self.moves: list[Move] = []
        """Its ways to dead-letter queues."""
        self.duplicates = 0
        """How many sends were taken for duplicates of it."""
        self.fate = "delayed" if details.get("delay_seconds") else "visible"
        """Where it stands: ``"visible"``, ``"delayed"``, ``"in flight"``, ``"deleted"``, ``"expired"`` (the retention
        period), ``"purged"``, ``"queue deleted"``, ``"redriven"`` (a move task gave it a new id); a record of a queue
        on a stream also ``"acknowledged"`` and ``"dead letter"``."""
        self.gone_ns: int | None = None
        self.gone_sequence = 0
        """The place in the trace where it went."""
        self.sequence = 0 if sent is None else sent.number
        """The place of the send in the trace."""
        self.events: list[TraceEvent] = []
        """Its part of the trace."""

    @property
    def sent(self) -> datetime | None:
        """When it was sent; None when that was before the trace began."""
        return None if self.sent_ns is None else datetime_of(self.sent_ns)

    @property
    def receive_count(self) -> int:
        """How often it was received, as far as the trace knows."""
        return len(self.deliveries)

    @property
    def is_gone(self) -> bool:
        """Whether it is in no queue any more."""
        return self.gone_ns is not None

    @property
    def trouble(self) -> int:
        """How far it is from having been received once and deleted: 0 for such a message, and for one that waits."""
        points = 8 * (len(self.moves) + self.is_dead_letter) + 2 * max(0, len(self.deliveries) - 1) + self.duplicates
        points += {"expired": 8, IN_FLIGHT: 2, "delayed": 1, "purged": 1, "queue deleted": 1}.get(self.fate, 0)
        return points + sum(delivery.outcome not in DONE for delivery in self.deliveries)

    @property
    def title(self) -> str:
        """The message in a few words."""
        body = "" if self.body is None else f" {excerpt(self.body)}"
        return f"{self.name}{body} in {escaped(self.queue, 80)}, {self.fate}"

    @property
    def name(self) -> str:
        """What it is, and its id, as far as that is shown."""
        is_record = self.identity != self.message_id
        return f"record {short_record_id(self.message_id)}" if is_record else f"message {short_id(self.message_id)}"

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {line}" for line in self.lines())])

    def lines(self) -> list[str]:
        """Its events, a line each; a cycle of redeliveries is folded."""
        told = [event for event in self.events if event.kind != facts.SQS_MESSAGE_SENT or event.details]
        actors = {delivery.by for delivery in self.deliveries}
        lines: list[str] = []
        place = 0
        while place < len(told):
            end = _end_of_cycle(told, place)
            if end is not None:
                cycle = told[place:end]
                receives = sum(event.kind in _RECEIVES for event in cycle)
                first = cycle[0].details["receive_count"]
                finished = "deleted" if cycle[0].kind == facts.SQS_MESSAGE_RECEIVED else "acknowledged"
                lines.append(
                    f"{clock_time(cycle[0].time_ns)} to {clock_time(cycle[-1].time_ns)}  received {receives} times "
                    f"({ordinal(first)} to {ordinal(first + receives - 1)}), never {finished} in time"
                )
                place = end
                continue
            event = told[place]
            who = f"  [{escaped(event.actor, 80)}]" if len(actors) > 1 and event.kind in _RECEIVES else ""
            lines.append(f"{clock_time(event.time_ns)}  {describe(event)}{who}")
            place += 1
        return lines

    def __repr__(self) -> str:
        return f"<ledger of {self.title}, {counted(len(self.deliveries), 'delivery', 'deliveries')}>"

    @property
    def available(self) -> str:
        """Where it stands when it can be received."""
        return "dead letter" if self.is_dead_letter else "visible"

    # --- bookkeeping ------------------------------------------------------------------------------------------------

    def end_delivery(self, outcome: str, time_ns: int) -> None:
        """The current delivery has come to its end."""
        if self.deliveries and self.deliveries[-1].outcome == IN_FLIGHT:
            self.deliveries[-1].outcome = outcome
            self.deliveries[-1].ended_ns = time_ns

    def end(self, fate: str, event: TraceEvent) -> None:
        """The message has gone."""
        self.end_delivery(fate, event.time_ns)
        self.fate = fate
        self.gone_ns = event.time_ns
        self.gone_sequence = event.number


def _end_of_cycle(events: list[TraceEvent], place: int) -> int | None:
    """Where the run of received / visible again ends that begins here, if it goes round three times or more."""
    end = place
    while (
        end + 1 < len(events)
        and events[end].kind in _RECEIVES
        and events[end + 1].kind in _RETURNS
        and events[end].resource == events[place].resource
        and events[end].actor == events[place].actor
    ):
        end += 2
    return end if end - place >= 6 else None


class Ledger:
    """The accounts of all messages of the trace, in the order of their sending: a mapping by message id.

    A record that is put into a stream has an account in each queue on it: ``record``.
    """

    def __init__(self, events: Iterable[TraceEvent]) -> None:
        self._accounts: dict[str, MessageLedger] = {}
        self._handles: dict[str, tuple[MessageLedger, Delivery]] = {}
        self._puts: dict[str, list[TraceEvent]] = {}
        """What was put, by the ARN of the stream."""
        self._queues: dict[str, list[TraceEvent]] = {}
        """The queues that there are, by the ARN of their stream."""
        for event in events:
            post = _POSTINGS.get(event.kind)
            if post is not None:
                post(self, event)

    def of(self, queue: str) -> list[MessageLedger]:
        """The messages that were sent to a queue or came to it, by the queue's name or ARN."""
        return [
            account
            for account in self
            if queue in (account.queue, account.arn, account.sent_to)
            or any(queue == move.destination for move in account.moves)
        ]

    def record(self, queue: str, record_id: str) -> MessageLedger:
        """What became of a record in a queue on a stream, by the queue's ARN and the RecordId of its deliveries."""
        account = self._accounts.get(f"{queue}/{record_id}")
        if account is None:
            raise UsageError(
                f"the ledger has no record {shown(record_id)} of {shown(queue)}: give a RecordId that "
                "ReceiveQueueRecords returned after the trace was started"
            )
        return account

    def __getitem__(self, message_id: str) -> MessageLedger:
        try:
            return self._accounts[message_id]
        except KeyError:
            raise UsageError(
                f"the ledger has no message {shown(message_id)}: give a MessageId that SendMessage or ReceiveMessage "
                "returned after the trace was started (a record of a queue on a stream is "
                "cloud.stream(...).queue(...).ledger(record_id))"
            ) from None

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._accounts

    def __iter__(self) -> Iterator[MessageLedger]:
        return iter(list(self._accounts.values()))

    def __len__(self) -> int:
        return len(self._accounts)

    def __str__(self) -> str:
        return "\n".join(str(account) for account in self)

    def __repr__(self) -> str:
        return f"<ledger of {counted(len(self), 'message')}>"

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
        account.events.append(event)
        self._accounts[account.message_id] = account
        if account.redriven_from in self._accounts:
            former = self._accounts[account.redriven_from]
            former.end("redriven", event)
            former.events.append(event)

    def _received(self, event: TraceEvent) -> None:
        account, details = self._account(event), event.details
        handle = details["handle"]
        seconds = details["visibility_seconds"]
        delivery = Delivery(details["receive_count"], event.resource, event.time_ns, event.actor, handle, seconds)
        delivery.sequence = event.number
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
        account.fate = "visible"

    def _deduplicated(self, event: TraceEvent) -> None:
        self._account(event).duplicates += 1

    def _chaos(self, event: TraceEvent) -> None:
        account = self._accounts.get(identity_of(event))
        if account is not None:
            account.events.append(event)

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
