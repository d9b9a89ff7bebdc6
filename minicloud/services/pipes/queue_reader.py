"""How a pipe reads a queue: it takes messages while it stands in the queue's line, and gathers batches of them.

What the filters do not want is deleted. The rest is a batch at once, or, with a batching window, joins the batch that
is open until that is full or its window over; then it goes its way (``work``). When it is done its messages are
deleted; those that failed come back when their visibility timeout is over, and the queue's redrive policy has the last
word.

True are ``works``: those whose takes have happened. Everything else is derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...core.message_records import queue_record, upper_bound
from ...core.shown import counted, escaped
from ...core.sources import MessageSource
from . import facts
from .work import Item, Work

if TYPE_CHECKING:
    from ...core.timeline import Event
    from .pipe import Pipe

__all__ = ["QueueReader"]

_A_TAKE: Final = 10
"""Messages that one receive returns at most. [SQS API: ReceiveMessage]"""
_MOST: Final = 1_000
"""Batches that a pipe handles at once at most. [EventBridge quotas: concurrent executions of a pipe]"""
CONTENT: Final = "body"


class Take:
    """What was taken in one go: the cause of its messages being with the pipe."""

    __slots__ = ("dropped", "happened")

    def __init__(self) -> None:
        self.happened = False
        self.dropped: Sequence[str] = ()
        """The handles of what the filters do not want."""


class Gathered:
    """A batch of messages, and the work that it becomes."""

    __slots__ = ("closes", "event", "is_open", "parts", "size", "work")

    def __init__(self, closes: int) -> None:
        self.closes = closes
        self.event: Event | None = None
        self.is_open = True
        self.parts: list[tuple[Take, list[Mapping[str, Any]]]] = []
        self.size = 0
        self.work: Work | None = None

    @property
    def messages(self) -> list[Mapping[str, Any]]:
        """What it has, in order."""
        return [message for _, messages in self.parts for message in messages]


class QueueReader:
    """Reads a queue for a pipe."""

    def __init__(self, pipe: Pipe, source: MessageSource) -> None:
        self._pipe = pipe
        self._source = source
        self.batches: dict[Gathered, None] = {}
        """Those that are not done, oldest first."""
        self._of: dict[Work, Gathered] = {}
        self._open: Gathered | None = None
        self._to_begin: list[Gathered] = []
        """Those that are complete and have not left."""
        self._to_drop: list[Take] = []
        self._in_line = False

    # --- taking -------------------------------------------------------------------------------------------------------

    def look(self, now: int) -> bool:
        """Take what there is, up to ten messages, if there is room; whether something was taken."""
        if not self._has_room():
            return False
        settings = self._pipe.settings
        room = settings.batch_size - (0 if self._open is None else len(self._open.messages))
        take = Take()
        messages = self._source.take_for(now, min(room, _A_TAKE), take)
        if not messages:
            return False
        wanted = [message for message in messages if self._is_wanted(message)]
        if len(wanted) < len(messages):
            kept = {message["ReceiptHandle"] for message in wanted}
            take.dropped = [one["ReceiptHandle"] for one in messages if one["ReceiptHandle"] not in kept]
            self._to_drop.append(take)
        self._gather(now, take, wanted)
        trace = self._pipe.world.trace
        if trace is not None:
            ids = [message["MessageId"] for message in wanted]
            others = [message["MessageId"] for message in messages if message["MessageId"] not in ids]
            if ids:
                facts.taken(trace, now, self._pipe, ids)
            if others:
                facts.filtered(trace, now, self._pipe, others)
        take.happened = True
        self._carry_on(now)
        return True

    def _has_room(self) -> bool:
        return self._pipe.is_running and (self._open is not None or len(self.batches) < _MOST)

    def _is_wanted(self, message: Mapping[str, Any]) -> bool:
        filters = self._pipe.settings.filters
        if filters is None:
            return True
        record = queue_record(message, self._pipe.source_arn, is_windowed=False)
        return filters.accept(record, record[CONTENT])

    def _gather(self, now: int, take: Take, messages: Sequence[Mapping[str, Any]]) -> None:
        settings, limit = self._pipe.settings, self._pipe.world.limits.lambda_payload_sync
        for message in messages:
            batch, size = self._open, upper_bound(message)
            if batch is not None and batch.size + size > limit:
                self._close(batch)
                batch = None
            if batch is None:
                batch = self._open = Gathered(now + settings.window)
                self.batches[batch] = None
            if not batch.parts or batch.parts[-1][0] is not take:
                batch.parts.append((take, []))
            batch.parts[-1][1].append(message)
            batch.size += size
        batch = self._open
        if batch is not None and (not settings.window or len(batch.messages) >= settings.batch_size):
            self._close(batch)

    def _close(self, batch: Gathered) -> None:
        batch.is_open = False
        self._to_begin.append(batch)
        self._open = None

    # --- what follows -------------------------------------------------------------------------------------------------

    def _carry_on(self, now: int) -> None:
        """Do what was left to do. Whatever it was, it may be done again after an interruption."""
        while self._to_drop:
            take = self._to_drop[0]
            if take.happened:
                self._source.delete_taken(now, take.dropped)
            self._to_drop.pop(0)
        while self._to_begin:
            batch = self._to_begin[0]
            if batch in self.batches:
                self._begin(now, batch)
            if self._to_begin and self._to_begin[0] is batch:
                self._to_begin.pop(0)
        still_open = self._open
        if still_open is not None and still_open.event is None:
            still_open.event = self._pipe.world.timeline.schedule(still_open.closes, self._window_over)
        self._stand_in_line()

    def _begin(self, now: int, batch: Gathered) -> None:
        event, batch.event = batch.event, None
        if event is not None:
            self._pipe.world.timeline.cancel(event)
        if batch.work is None:
            arn = self._pipe.source_arn
            records = [queue_record(message, arn, is_windowed=False) for message in batch.messages]
            work = Work(
                self._pipe, self, [Item(record["messageId"], record, CONTENT, record[CONTENT]) for record in records]
            )
            self._of[work] = batch
            batch.work = work
        batch.work.begin(now)

    def _window_over(self, now: int) -> None:
        batch = self._open
        if batch is not None and batch.closes <= now:
            self._close(batch)
        self._carry_on(now)

    def done(self, now: int, work: Work, failed: Sequence[str]) -> None:
        """A batch is done; what has failed of it comes back."""
        batch = self._of.get(work)
        if batch is None or batch not in self.batches:
            return
        handles = [one["ReceiptHandle"] for one in batch.messages if one["MessageId"] not in failed]
        self._source.delete_taken(now, handles)
        trace = self._pipe.world.trace
        if trace is not None:
            facts.handled(trace, now, self._pipe, [item.identifier for item in work.items], failed, work.reason)
        self.batches.pop(batch, None)
        self._of.pop(work, None)
        self._stand_in_line()
        self._source.offer(now)

    def _stand_in_line(self) -> None:
        stands = self._has_room()
        if stands != self._in_line:
            self._in_line = stands
            if stands:
                self._source.attach(self)
            else:
                self._source.detach(self)

    # --- life ---------------------------------------------------------------------------------------------------------

    def go_on(self, now: int) -> None:
        """Begin and end what has to be. What was taken and has not begun is let go of when the pipe does not run."""
        if not self._pipe.is_running:
            for batch in list(self.batches):
                if batch.work is None:
                    self._let_go(batch)
        now_open = self._open
        if now_open is not None and not self._pipe.settings.window:
            self._close(now_open)  # by the settings that there are now
        self._carry_on(now)
        if self._pipe.is_running:
            self._source.offer(now)

    def _let_go(self, batch: Gathered) -> None:
        if batch.event is not None:
            self._pipe.world.timeline.cancel(batch.event)
        self.batches.pop(batch, None)
        if self._open is batch:
            self._open = None

    def mend(self, now: int) -> None:
        """Be without what was not taken in the end, and go on when all that is due has happened."""
        for batch in list(self.batches):
            batch.parts = [part for part in batch.parts if part[0].happened]
            if not batch.parts:
                self._let_go(batch)
        self._of = {batch.work: batch for batch in self.batches if batch.work is not None}
        still_open = [batch for batch in self.batches if batch.is_open]
        self._open = still_open[-1] if still_open else None
        self._to_begin = [batch for batch in self.batches if not batch.is_open]
        self._in_line = False
        self._pipe.world.timeline.schedule(now, self.go_on)

    def forget(self) -> None:
        """The pipe is as if it had never been."""
        self._source.detach(self)

    def owed(self, now: int) -> str:
        """What it will still do if time passes: with what is in the queue, if it runs, and what it has begun."""
        name = escaped(self._pipe.name, 120)
        if self.batches:
            return f"{counted(len(self.batches), 'batch', 'batches')} of the pipe {name}"
        if self._pipe.is_running and (waiting := self._source.count(now)):
            return f"{counted(waiting, 'message')} for the pipe {name}"
        return ""
