"""A mapping of a queue: pollers that take messages, and batches of them that the function is run with.

While the mapping has a free *slot* it stands in the queue's line, and takes what there is: ten messages at a time,
which are hidden for the queue's visibility timeout then. What the filters do not want is deleted. The rest is a batch
at once, or, with a batching window, joins the batch that is open until that is full or its window ends. What runs,
waits to be run or is open has a slot.

When a run has ended well its messages are deleted, or those that it does not report as failed; the others come back
when their visibility timeout is over. A batch that is throttled keeps its slot and is tried again until then.

The truth is ``batches``: a batch is there from the moment on at which one of its takes has happened, until all that
follows from its run is done. Which of them is open, what waits to be begun, the place in line, and the timeline are
derived. Nothing here knows what a queue is made of: it is reached as a ``MessageSource``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as Parameters
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from ...core.batch_result import failed_messages
from ...core.message_records import queue_record
from ...core.shown import counted
from ...core.sources import MessageSource
from ...core.timeline import SECOND, Event
from . import errors, facts
from .batches import Batch, Take, backoff
from .filters import Filters, filters_of
from .invocation import Run
from .mapping import CALL_FAILED, FUNCTION_GONE, OK, Mapping

if TYPE_CHECKING:
    from ...core.world import Trace

__all__ = ["QueueMapping", "check_visibility"]

_A_TAKE: Final = 10
"""Messages that one receive returns at most. [SQS API: ReceiveMessage]"""
_MOST_SLOTS: Final = 1_000
"""Batches that a mapping handles at once at most. [Lambda developer guide: SQS, scaling]"""
_MINUTE: Final = 60 * SECOND
_handle = itemgetter("ReceiptHandle")


def check_visibility(source: MessageSource, timeout: float) -> None:
    """Raise ``InvalidParameterValueException`` when a queue shows messages again before a run has timed out."""
    if source.exists and source.visibility_timeout < timeout * SECOND:
        raise errors.visibility_too_short(source.visibility_timeout // SECOND, f"{timeout:g}")


class QueueMapping(Mapping):
    """A mapping from a queue to a function."""

    user_action = "USER_INITIATED"
    shows_result = False
    source: MessageSource

    def _set_up(self) -> None:
        self.batches: dict[Batch, None] = {}
        """Those that have a slot, oldest first."""
        self._open: Batch | None = None
        self._to_begin: list[Batch] = []
        """Those that are complete and whose run was not begun."""
        self._to_drop: list[Take] = []
        """Those of whose messages some are to be deleted unseen."""
        self._slots_at_first = self._slots = self.world.limits.lambda_pollers_at_first
        """How many batches there may be, as long as the mapping does not say less."""
        self._growth: Event | None = None
        """When there may be more."""
        self._in_line = False
        self._filters: Filters | None
        self._reads: bool
        """``is_reading``, as it was when that last changed."""
        self._take_over()
        self._reads = False  # until it goes on

    def _take_over(self) -> None:
        """Make of the settings what is asked for with each message."""
        settings = self.settings
        self._batch_size: int = settings["BatchSize"]
        self._window: int = settings["MaximumBatchingWindowInSeconds"] * SECOND
        self._most_slots: int = (settings.get("ScalingConfig") or {}).get("MaximumConcurrency") or _MOST_SLOTS
        self._room = min(self._slots, self._most_slots)
        self._reports = self.reports_failures
        self._filters = filters_of(settings, "body")
        self._reads = self.is_reading

    @property
    def in_flight(self) -> int:
        """How many messages are taken and not done."""
        return sum(batch.count for batch in self.batches)

    def check_timeout(self, timeout: float) -> None:
        """Raise ``InvalidParameterValueException`` when a run may last longer than messages are hidden for it."""
        check_visibility(self.source, timeout)

    # --- taking ------------------------------------------------------------------------------------------------------

    def look(self, now: int) -> bool:
        """Take what there is, up to ten messages, if there is room; whether something was taken."""
        if not self._has_room():
            return False
        room = self._batch_size if self._open is None else self._batch_size - self._open.count
        take = Take(now + self.source.visibility_timeout)
        messages = self.source.take_for(now, min(room, _A_TAKE), take)
        if not messages:
            self._stay_small()
            return False
        wanted: list[Parameters[str, Any]] = messages  # type: ignore[assignment]  # nobody changes them
        if self._filters is not None:
            wanted = [message for message in messages if self._is_wanted(message)]
            if len(wanted) < len(messages):
                kept = {message["ReceiptHandle"] for message in wanted}
                take.dropped = [one["ReceiptHandle"] for one in messages if one["ReceiptHandle"] not in kept]
                self._to_drop.append(take)
        self._put_into_batches(now, take, wanted)
        trace = self.world.trace
        if trace is not None:
            self._tell_of(trace, now, messages, wanted)
        take.happened = True
        self._carry_on(now)
        return True

    def _has_room(self) -> bool:
        return self._reads and (self._open is not None or len(self.batches) < self._room)

    def _is_wanted(self, message: Parameters[str, Any]) -> bool:
        frame = queue_record(message, self.source_arn, is_windowed=False)
        return self._filters is None or self._filters.accept(frame, frame["body"])

    def _put_into_batches(self, now: int, take: Take, messages: list[Parameters[str, Any]]) -> None:
        """Let messages into the open batch; into another one when that is full, or its event would be too large."""
        limit = self.world.limits.lambda_payload_sync
        batch = self._open
        if batch is None and not self._window and messages:
            batch = Batch(self, now)
            if batch.is_all_of(take, messages, limit):
                self.batches[batch] = None
                batch.is_open = False
                self._to_begin.append(batch)
                return
            batch = None
        for message in messages:
            if batch is not None and not batch.fits(message, limit):
                self._close(batch)
                batch = None
            if batch is None:
                batch = self._open = Batch(self, now + self._window)
                batch.is_windowed = self._window > 0
                self.batches[batch] = None
            batch.add(take, message)
        if batch is not None and (not self._window or batch.count >= self._batch_size or self._is_early(now, batch)):
            self._close(batch)

    def _is_early(self, now: int, batch: Batch) -> bool:
        """Whether a batch is closed before it is full and its window over, as AWS may: many pollers collect."""
        chaos = self.world.chaos
        if chaos is None or not chaos.is_early():
            return False
        trace = self.world.trace
        if trace is not None:
            choice = f"a batch of {counted(batch.count, 'message')} before its window is over"
            facts.chaos(trace, now, self.source_name, choice, self.source_arn)
        return True

    def _close(self, batch: Batch) -> None:
        batch.is_open = False
        self._to_begin.append(batch)
        self._open = None

    def _tell_of(self, trace: Trace, now: int, taken: Iterable[Any], wanted: Iterable[Any]) -> None:
        kept = [message["MessageId"] for message in wanted]
        filtered = [message["MessageId"] for message in taken if message["MessageId"] not in kept]
        if kept:
            facts.messages_taken(trace, now, self, kept)
        if filtered:
            facts.messages_filtered(trace, now, self, filtered)

    # --- what follows ------------------------------------------------------------------------------------------------

    def _carry_on(self, now: int) -> None:
        """Do what was left to do. Whatever it was, it may be done again after an interruption."""
        while self._to_drop:
            take = self._to_drop[0]
            if take.happened:
                self.source.delete_taken(now, take.dropped)
            self._to_drop.pop(0)
        while self._to_begin:
            self._begin(now, self._to_begin[0])
            self._to_begin.pop(0)
        batch = self._open
        if batch is not None and batch.event is None:
            batch.event = self._at(batch.closes, self._window_over, batch)
        self._stand_in_line(now)

    def _at(self, due: int, then: Callable[[Batch, int], object], batch: Batch) -> Event:
        return self.world.timeline.schedule(due, lambda now: then(batch, now))

    def _window_over(self, batch: Batch, now: int) -> None:
        if batch is self._open:
            self._close(batch)
        self._carry_on(now)

    def _begin(self, now: int, batch: Batch) -> None:
        """Have the function run with a batch."""
        if batch.event is not None:
            self._forget_event(batch)
        if batch not in self.batches or batch.happened:
            return
        current = self.current
        if self.has_ended or not current.settings["Enabled"]:
            self._give_up(now, batch)
            return
        batch.tried_at = None
        batch.run = run = Run(current.resolved, batch, cause=batch)
        try:
            begins = run.start(now)
        except LookupError:  # the function is gone, or its version or its alias
            if self.function() in (None, current.resolved):
                self._give_up(now, batch)
            else:  # there is another one of that name
                self._begin(now, batch)
            return
        if begins:
            batch.happened = True
            return
        batch.run = None
        batch.throttles += 1
        batch.tried_at = min(now + backoff(batch.throttles), batch.hidden_until)
        self._wait(batch)

    def _wait(self, batch: Batch) -> None:
        """Try a batch again that was throttled."""
        if batch.tried_at is not None:
            batch.event = self._at(batch.tried_at, self._try_again, batch)

    def _try_again(self, batch: Batch, now: int) -> None:
        if now >= batch.hidden_until:
            self._let_go(batch)  # its messages are the queue's again
        elif batch.tried_at is not None and batch not in self._to_begin:
            self._to_begin.append(batch)
        self._carry_on(now)
        self.source.offer(now)

    def _give_up(self, now: int, batch: Batch) -> None:
        """There is nothing to run (any more)."""
        if self.is_enabled:
            self.note_result(now, FUNCTION_GONE)
            self._reads = False
        self._let_go(batch)

    def _let_go(self, batch: Batch) -> None:
        """Do nothing with a batch: its messages come back when their time is over."""
        self._forget_event(batch)
        self.batches.pop(batch, None)
        if self._open is batch:
            self._open = None

    def _forget_event(self, batch: Batch) -> None:
        event, batch.event = batch.event, None
        if event is not None:
            self.world.timeline.cancel(event)

    def ended(self, batch: Batch, now: int, run: Run) -> None:
        """A run has ended. Called again as long as that was interrupted."""
        if batch not in self.batches:
            self._stand_in_line(now)
            self.source.offer(now)
            return
        failed: Collection[str] = ()
        messages = batch.messages
        if run.outcome != "success":
            failed = batch.message_ids
        elif self._reports:
            failed = failed_messages(run.result, dict.fromkeys(batch.message_ids))
        if failed:
            messages = [message for message in messages if message["MessageId"] not in failed]
        may_have_more = bool(messages) and self.source.delete_taken(now, list(map(_handle, messages)))
        # A function that reports failures has not failed itself.
        self.last_result = OK if messages else CALL_FAILED
        trace = self.world.trace
        if trace is not None:
            facts.batch_handled(trace, now, self, run.request_id, batch.message_ids, list(failed))
        del self.batches[batch]
        batch.run, batch.takes = None, ()  # the run is remembered, and its event
        if self._in_line and not may_have_more:  # there was room before, and nothing to take
            if self._growth is not None or (self._slots != self._slots_at_first and not self.batches):
                self._stay_small()
            return
        self._stand_in_line(now)
        self.source.offer(now)
        if self._has_room():
            self._stay_small()  # what there was has been taken

    # --- the place in line -------------------------------------------------------------------------------------------

    def _stand_in_line(self, now: int) -> None:
        """Be in line exactly while there is room; else there is more of it in a minute, if there may be."""
        stands = self._has_room()
        if stands != self._in_line:
            self._in_line = stands
            if stands:
                self.source.attach(self)
            else:
                self.source.detach(self)
        if self._reads and not stands:
            if self._growth is None and self._slots < self._most_slots:
                self._growth = self.world.timeline.schedule(now + _MINUTE, self._grow)
        elif not self._reads:
            self._stay_small()

    def _grow(self, now: int) -> None:
        """There has been a backlog for a minute. [Lambda developer guide: SQS, scaling]"""
        self._growth = None
        self._have_slots(min(self._slots + self.world.limits.lambda_pollers_per_minute, _MOST_SLOTS))
        self._stand_in_line(now)
        self.source.offer(now)

    def _stay_small(self) -> None:
        """There is no backlog (any more)."""
        growth = self._growth
        if growth is not None:
            self._growth = None
            self.world.timeline.cancel(growth)
        if not self.batches:
            self._have_slots(self._slots_at_first)

    def _have_slots(self, slots: int) -> None:
        self._slots = slots
        self._room = min(slots, self._most_slots)

    # --- life --------------------------------------------------------------------------------------------------------

    def go_on(self, now: int) -> None:
        """Begin and end what has to be. What was taken and is not running is let go of when it is disabled."""
        self._take_over()
        if not self.is_enabled:
            for idle in [batch for batch in self.batches if batch.run is None]:
                self._let_go(idle)
        batch = self._open
        if batch is not None and (not self._window or batch.count >= self._batch_size):
            self._close(batch)  # by the settings that there are now
        self._carry_on(now)
        if self._reads:
            self.source.offer(now)

    def forget(self) -> None:
        """The same; it does not come into line again when a run ends."""
        super().forget()
        self._reads = False

    def mend(self, now: int) -> None:
        """Derive anew what waits to be begun and what is on the timeline, and go on when all that is due has happened.

        True are the batches with what was really taken, the runs that are sure to run, and ``current``.
        """
        timeline = self.world.timeline
        self._open, self._to_begin = None, []
        self._to_drop = [take for take in self._to_drop if take.happened]
        for batch in list(self.batches):
            self._forget_event(batch)
            if not batch.mend():
                self.batches.pop(batch)
            elif batch.happened:
                continue
            elif batch.is_open:
                self._open = batch
            elif batch.tried_at is not None:
                batch.run = None
                self._wait(batch)
            else:
                batch.run = None
                self._to_begin.append(batch)
        if self._growth is not None:
            timeline.cancel(self._growth)
            self._growth = None
        self._in_line = False
        self.source.detach(self)
        timeline.schedule(now, self.go_on)

    def owed(self, now: int) -> Iterable[str]:
        """The messages of its queue, in whatever state they are and whoever has them. O(1) in most cases."""
        if self.is_reading:
            count = self.source.count(now)
            if count:
                yield f"{counted(count, 'message')} of {self.source_name} for {self.resolved.function.name}"
