"""What became of one message: the account that a ledger keeps of it, and how that reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from .bodies import excerpt
from .run_notes import Note
from .text import describe, ordinal, short_id, short_record_id
from .times import time_teller

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["DONE", "IN_FLIGHT", "Delivery", "MessageLedger", "Move"]

IN_FLIGHT = "in flight"
DONE = ("acknowledged", "deleted")
"""How what a consumer has finished ends."""

_UNFINISHED = (IN_FLIGHT, "left visible", "received by another", "visibility expired")
"""How what a consumer has not finished ends, or goes on."""
_RECEIVES = (facts.KINESIS_RECORD_RECEIVED, facts.SQS_MESSAGE_RECEIVED)
_RETURNS = (facts.KINESIS_RECORD_VISIBLE, facts.SQS_MESSAGE_VISIBLE)


class Delivery:
    """One time that a message was received."""

    def __init__(self, number: int, queue: str, time_ns: int, by: str, handle: str, visibility_seconds: int) -> None:
        self.number = number
        """The receive count it came with."""
        self.queue = queue
        """The name of the queue."""
        self.time_ns = time_ns
        """When it was received, in nanoseconds since the epoch."""
        self.by = by
        """The name of the thread or task that received it, or of the function that its mapping received it for."""
        self.handle = handle
        """The receipt handle."""
        self.visibility_seconds = visibility_seconds
        """For how long it was hidden; what a later ChangeMessageVisibility said, if one did."""
        self.hidden_until_ns = time_ns + visibility_seconds * SECOND
        """When its visibility timeout ends, or would have ended."""
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
        ``"in flight"`` while nothing has, ``"left visible"`` when it was never hidden; of a record of a stream
        ``"read"``."""
        self.is_of_function = False
        """Whether it was received for a function, whose name is then that of the receiver."""
        self.receiver_has_ended = False
        """Whether the thread or task that received it is known to have ended."""
        self.ended_ns: int | None = None
        """When its outcome came; None while it is in flight."""
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
        """When, in nanoseconds since the epoch."""
        self.sequence = sequence
        """The place of the move in the trace."""
        self.source = source
        """The name of the queue that it went from."""
        self.destination = destination
        """The name of the dead-letter queue."""

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
        """Its id; of a record its sequence number, or its RecordId."""
        self.queue = queue
        """The name of the queue that it is in, or was in last."""
        self.arn = arn
        """That queue's ARN."""
        self.arns = {arn} - {""}
        """The ARNs of the queues in which it has been."""
        self.identity = message_id
        """Tells it from all others; a record has one in each queue of its stream."""
        self.is_dead_letter = False
        """Whether it is a dead letter of a queue on a stream."""
        self.sent_to = queue
        """The name of the queue that it was sent to."""
        self.sent_ns = None if sent is None else sent.time_ns
        """When it was sent, in nanoseconds since the epoch; None when that was before the trace began."""
        self.sent_by = "" if sent is None else sent.actor
        """The name of the thread or task that sent it."""
        self.body: str | None = details.get("body")
        """None when it was sent before the trace began."""
        self.attributes: Mapping[str, Any] = details.get("attributes") or {}
        """Its message attributes by name."""
        self.excerpt: str | None = None
        """How the body is shown beside those of other messages, when somebody has compared them."""
        self.group_id: str | None = details.get("group_id")
        """Its message group; None without one."""
        self.deduplication_id: str | None = details.get("deduplication_id")
        """The one that it was given; None without one."""
        self.origin: str | None = details.get("origin")
        """The id of the publication that it came from, or ``event:`` and that of the event; of what S3 tells, ``s3:``,
        the bucket, the request's id and the key, with slashes between; ``pipe:``, ``schedule:`` and ``alarm:`` with
        their names, ``run:`` with the id of the request where a function's queue or destination was told."""
        self._sent_event = sent
        self._lead: tuple[Note, ...] = ()
        """What happened before it was sent, as far as the trace tells that."""
        self.redriven_from: str | None = details.get("redriven_from")
        """The id that it had in the dead-letter queue from which a move task took it."""
        self.deliveries: list[Delivery] = []
        """The times that it was received, oldest first."""
        self.moves: list[Move] = []
        """Its ways to dead-letter queues."""
        self.duplicates = 0
        """How many sends were taken for duplicates of it."""
        self.delay_seconds: int = details.get("delay_seconds") or 0
        """For how long it was hidden when it was sent."""
        self.fate = "delayed" if self.delay_seconds else "visible"
        """Where it stands: ``"visible"``, ``"delayed"``, ``"in flight"``, ``"deleted"``, ``"expired"`` (the retention
        period), ``"purged"``, ``"queue deleted"``, ``"redriven"`` (a move task gave it a new id); a record of a queue
        on a stream also ``"acknowledged"`` and ``"dead letter"``."""
        self.gone_ns: int | None = None
        """When it went, in nanoseconds since the epoch; None while it is there."""
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
        body = "" if self.body is None else f" {self.excerpt or excerpt(self.body)}"
        # What has no receive left stays where it is until somebody looks for it once more.
        last = next((event for event in reversed(self.events) if not isinstance(event, Note)), None)
        moves_to = last.details.get("moves_to") if last is not None and not self.is_gone else None
        then = f"; moves to {escaped(moves_to, 80)} at the next receive" if moves_to else ""
        return f"{self.name}{body} in {escaped(self.queue, 80)}, {self.fate}{then}"

    @property
    def name(self) -> str:
        """What it is, and its id, as far as that is shown."""
        if self.is_record:
            return f"record {short_record_id(self.message_id)}"
        return f"message {short_id(self.message_id)}"

    @property
    def is_of_stream(self) -> bool:
        """Whether it is a record of a stream, which stays there when it was read."""
        return False

    @property
    def is_record(self) -> bool:
        """Whether it is a record, of a stream or of a queue on one."""
        return self.identity != self.message_id

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {line}" for line in self.lines())])

    def lines(self) -> list[str]:
        """Its events, a line each, with days where there are several; a cycle of redeliveries is folded."""
        told = [event for event in self.events if event.kind != facts.SQS_MESSAGE_SENT or event.details]
        at = time_teller(event.time_ns for event in told)
        actors = {delivery.by for delivery in self.deliveries if not delivery.is_of_function}
        lines: list[str] = []
        place = 0
        while place < len(told):
            end = _end_of_cycle(told, place)
            if end is not None:
                cycle = told[place:end]
                receives = sum(event.kind in _RECEIVES for event in cycle)
                first = cycle[0].details["receive_count"]
                finished = "deleted" if cycle[0].kind == facts.SQS_MESSAGE_RECEIVED else "acknowledged"
                by = list(dict.fromkeys(escaped(event.actor, 80) for event in cycle if _is_by_a_caller(event)))
                who = f"  [{', '.join(by[:3])}{', …' if len(by) > 3 else ''}]" if by and len(actors) > 1 else ""
                of = {event.details["function"] for event in cycle if _is_by_a_function(event)}
                by_whom = f" by {escaped(of.pop(), 80)}" if len(of) == 1 and not by else ""
                lines.append(
                    f"{at(cycle[0].time_ns)} to {at(cycle[-1].time_ns)}  received {receives} times "
                    f"({ordinal(first)} to {ordinal(first + receives - 1)}){by_whom}, never {finished} in time{who}"
                )
                lines += _runs_in(cycle, at)
                place = end
                continue
            event = told[place]
            what = event.text if isinstance(event, Note) else describe(event)
            lines.append(f"{at(event.time_ns)}  {what}{self._by_whom(event, len(actors) > 1)}")
            place += 1
        return lines

    def _by_whom(self, event: TraceEvent, several: bool) -> str:
        """Who received it, where there are several, or where that thread or task is no more."""
        if not _is_by_a_caller(event):
            return ""
        for delivery in self.deliveries[-1:]:
            if delivery.sequence == event.number and delivery.receiver_has_ended and delivery.outcome in _UNFINISHED:
                finishing = "acknowledging" if self.is_record else "deleting"
                return f", by {escaped(event.actor, 80)}, which ended without {finishing} it"
        return f"  [{escaped(event.actor, 80)}]" if several else ""

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
    end, rounds = place, 0
    while end < len(events) and events[end].kind in _RECEIVES and events[end].resource == events[place].resource:
        back = end + 1
        while back < len(events) and isinstance(events[back], Note):
            back += 1
        if back == len(events) or events[back].kind not in _RETURNS or "at_it" in events[back].details:
            break
        end, rounds = back + 1, rounds + 1
    return end if rounds >= 3 else None


def _is_by_a_caller(event: TraceEvent) -> bool:
    """Whether it is a receive, and not one of a mapping's."""
    return event.kind in _RECEIVES and "function" not in event.details


def _is_by_a_function(event: TraceEvent) -> bool:
    return event.kind in _RECEIVES and "function" in event.details


def _runs_in(cycle: list[TraceEvent], at: Callable[[int], str]) -> list[str]:
    """The runs of a cycle that is folded, those that ended in the same way on one line."""
    runs: dict[tuple[str, str], list[Note]] = {}
    for event in cycle:
        if isinstance(event, Note):
            runs.setdefault((event.resource, event.how), []).append(event)
    lines = []
    for (_, how), notes in runs.items():
        if len(notes) == 1 or not how:
            lines += [f"{at(note.time_ns)}  {note.text}" for note in notes]
            continue
        numbers = [str(note.details["run"]) for note in notes if note.details.get("run")]
        which = f"runs {', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) > 1 else f"{len(notes)} runs"
        if len(numbers) > 6:
            which = f"runs {', '.join(numbers[:3])} … {numbers[-1]}"
        name = escaped(notes[0].resource, 80)
        lines.append(f"{at(notes[0].time_ns)} to {at(notes[-1].time_ns)}  {which} of {name}: {how}")
    return lines
