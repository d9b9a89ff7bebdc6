"""A lane of a shard: one batch after the other, each until it is done or given up.

All that is true of a lane is its ``progress``, which is replaced as a whole: how far it is done, which batch is at
hand, and the run that handles it. So whatever is interrupted, a batch counts as done, divided or given up in full,
together with what is told to its destination, or not at all. What was *gathered* for a batch that is still open is
derived: it is gathered anew.

A batch is gathered from the shard until it is large enough or its window ends; records that the filters do not want are
passed over. Its run ends in one of these ways:

* All is done: the lane goes on behind it.
* Some of it is done (ReportBatchItemFailures): the rest comes again, and counts its runs anew.
* It failed: what is too old by now, or was tried as often as it may be, is given up; with BisectBatchOnFunctionError
  both halves follow, the first one first; otherwise the same comes again. In all cases after a pause that doubles.
* It was throttled: it comes again after a pause, and its runs are not counted.

With a tumbling window a batch has records of one window, and when the lane is done with these, and the window is over,
the function is run once more, without any.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import takewhile
from typing import NamedTuple

from ...core.effects import Change, Deliver
from ...core.timeline import FOREVER, Event
from . import facts
from .gathering import Gathering, Line
from .invocation import Run
from .mapping import CALL_FAILED, OK
from .stream_batch import Batch, Window, backoff
from .stream_events import failure_record
from .stream_reading import StreamReading
from .stream_result import MOST_STATE, first_failed, window_state
from .stream_work import StreamWork

__all__ = ["Lane", "Progress"]


class Progress(NamedTuple):
    """How a lane gets on."""

    position: int
    """Its records before it are done."""
    batch: Batch | None = None
    """What is being handled, or comes next."""
    rest: tuple[Batch, ...] = ()
    """What follows it, for it was divided."""
    run: Run | None = None
    """What handles the batch, while it does."""
    failures: int = 0
    """Runs in a row that failed and did nothing."""
    throttles: int = 0
    """Runs in a row that were not let begin."""
    due: int = 0
    """When the batch may be tried."""
    window: Window | None = None
    """The tumbling window that is open."""

    def beyond(self, done: Batch) -> Progress:
        """When this batch, the one at hand, is over."""
        batch, rest = (self.rest[0], self.rest[1:]) if self.rest else (None, ())
        return Progress(done.end, batch, rest, window=self.window)


class Lane:
    """One of the lanes of a shard."""

    def __init__(self, mapping: StreamReading, line: Line, number: int, position: int) -> None:
        self._mapping = mapping
        self._line = line
        self._number = number
        self.progress = Progress(position)
        self._gathered = Gathering(mapping, line, number, position)
        self._alarm: Event | None = None

    @property
    def in_flight(self) -> int:
        """How many records its run was begun with."""
        progress = self.progress
        return 0 if progress.run is None or progress.batch is None else len(progress.batch.records)

    def has_ended(self) -> bool:
        """Whether it will never have anything to do any more."""
        progress = self.progress
        if progress.batch is not None or progress.window is not None or self._gathered.records:
            return False
        return self._line.shard.has_ended_at(progress.position)

    def is_open(self, now: int) -> bool:
        """Whether it has something to do, now or later, if nothing more is put."""
        progress = self.progress
        return (
            progress.batch is not None
            or progress.window is not None
            or max(progress.position, self._line.shard.horizon(now)) < self._line.shard.tip
        )

    def stop(self) -> None:
        """Begin nothing more. What is not done will be gathered anew; a run that is under way ends."""
        progress = self.progress
        if progress.run is None:
            self.progress = Progress(progress.position, window=progress.window)
        self.forget()

    def forget(self) -> None:
        """Have gathered nothing, and wait for nothing. Doing it again changes nothing."""
        progress = self.progress
        self._gather_from(progress.position if progress.batch is None else self._behind(progress))
        self._wake_at(FOREVER)

    def _gather_from(self, position: int) -> None:
        self._gathered = Gathering(self._mapping, self._line, self._number, position)

    def _behind(self, progress: Progress) -> int:
        last = progress.rest[-1] if progress.rest else progress.batch
        return progress.position if last is None else last.end

    def look(self, now: int) -> None:
        """Begin whatever can begin now; wait for what comes later."""
        while self._step(now):
            pass

    def _step(self, now: int) -> bool:
        """One step; whether there may be another one now."""
        progress = self.progress
        if progress.run is not None:
            return False
        if progress.batch is None:
            batch = self._next_batch(now)
            if batch is None:
                return False
            self.progress = progress = self.progress._replace(batch=batch)
            if not batch.closes:
                self._gather_from(batch.end)
        if progress.due > now:
            self._wake_at(progress.due)
            return False
        return self._drop_expired(now) or self._drop_old(now) or self._start(now)

    def _wake_at(self, due: int) -> None:
        """Look again then, at the latest. ``FOREVER``: only at news."""
        alarm, timeline = self._alarm, self._mapping.world.timeline
        if alarm is not None:
            if alarm.due == due and alarm.callback is not None:
                return
            self._alarm = None
            timeline.cancel(alarm)
        if due < FOREVER:
            self._alarm = timeline.schedule(due, self._awake)

    def _awake(self, now: int) -> None:
        self._alarm = None
        self._line.look(now)

    # --- gathering ----------------------------------------------------------------------------------------------------

    def _next_batch(self, now: int) -> Batch | None:
        """A batch that is complete; None when there is none yet: then it looks again in time."""
        gathered, shard = self._gathered, self._line.shard
        settings = self._mapping.stream_settings
        gathered.gather(now, self.progress.window)
        if not gathered.records and self.progress.position < gathered.cursor:
            self.progress = self.progress._replace(position=gathered.cursor)  # nothing before it is for this lane
        has_ended = shard.has_ended_at(gathered.cursor)
        open_window = self.progress.window
        if open_window is not None:
            others = bool(gathered.records) and gathered.window != open_window[:2]
            over = not gathered.records and (now >= open_window.end or has_ended)
            if open_window.early or others or over:
                return Batch((), (), self.progress.position, window=open_window[:2], closes=True)
        if not gathered.records:
            self._wake_at(FOREVER if open_window is None else open_window.end)
            return None
        window_is_over = gathered.window is not None and now >= gathered.window[1]
        wait = 0 if gathered.is_full or has_ended or window_is_over else settings.batching_window
        if gathered.until == FOREVER:
            gathered.until = now + wait
        if wait and now < gathered.until:
            self._wake_at(gathered.until if gathered.window is None else min(gathered.until, gathered.window[1]))
            return None
        return self._fewer(now, Batch(gathered.records, gathered.positions, gathered.cursor, window=gathered.window))

    def _fewer(self, now: int, batch: Batch) -> Batch:
        """A batch, or a part of it where AWS may do anything: it promises no more than an upper limit."""
        world, most = self._mapping.world, len(batch.records)
        count = most if world.chaos is None else world.chaos.fewer(most)
        if count == most:
            return batch
        if world.trace is not None:
            choice = f"a batch of {count} of {most} records"
            facts.records_chaos(world.trace, now, self._mapping, self._line.shard.shard_id, choice)
        return batch.part(0, count)

    def _is_repeated(self, now: int, batch: Batch) -> bool:
        """Whether a batch that is done comes again, where AWS may do anything. [Lambda developer guide: at least once]

        Once at most; never in a tumbling window, whose state would not be that of its records any more.
        """
        world = self._mapping.world
        if world.chaos is None or batch.comes_again or batch.window is not None or not world.chaos.is_repeated():
            return False
        if world.trace is not None:
            choice = "a batch that was handled comes again"
            facts.records_chaos(world.trace, now, self._mapping, self._line.shard.shard_id, choice)
        return True

    # --- running ------------------------------------------------------------------------------------------------------

    def _drop_expired(self, now: int) -> bool:
        """Pass over what the stream keeps no longer; whether there was any."""
        progress, batch = self.progress, self.progress.batch
        if batch is None or not batch.records:
            return False
        gone = bisect_left(batch.positions, self._line.shard.horizon(now))
        if not gone:
            return False
        if gone == len(batch.records):
            self.progress = progress.beyond(batch)
        else:
            self.progress = progress._replace(position=batch.positions[gone], batch=batch.rest(gone))
        trace = self._mapping.world.trace
        if trace is not None:
            numbers = batch.numbers[:gone]
            facts.records_discarded(trace, now, self._mapping, self._line.shard.shard_id, numbers, "expired", None)
        return True

    def _drop_old(self, now: int) -> bool:
        """Give up what was too old before anything was tried with it; whether there was any."""
        progress, batch = self.progress, self.progress.batch
        if batch is None or batch.attempts:
            return False
        old = self._too_old(now, batch)
        if not old:
            return False
        following = (
            progress.beyond(batch)
            if old == len(batch.records)
            else progress._replace(position=batch.positions[old], batch=batch.rest(old))
        )
        self._give_up(now, batch.part(0, old), "RecordAgeExceeded", None, following)
        return True

    def _too_old(self, now: int, batch: Batch) -> int:
        """How many records at the beginning of a batch are older than they may be."""
        oldest = now - self._mapping.stream_settings.maximum_age
        return sum(1 for _ in takewhile(lambda record: record.arrival < oldest, batch.records))

    def _start(self, now: int) -> bool:
        """Have the function run with the batch at hand. False: for this moment that is all."""
        progress, mapping = self.progress, self._mapping
        batch, resolved = progress.batch, mapping.function()
        if batch is None or resolved is None:
            return False
        change = Change()
        work = StreamWork(mapping, self._line.shard.shard_id, batch, progress.window, self._ended)
        run = Run(resolved, work, attempt=batch.attempts + 1, cause=change)
        if not run.start(now):
            following = progress._replace(throttles=progress.throttles + 1, due=now + backoff(progress.throttles + 1))
            self._fail(now, batch, following, run, "throttled")
            return True
        following = progress._replace(run=run)
        # One step from here on: nothing is called.
        self.progress = following
        change.happened = True
        self._wake_at(FOREVER)
        trace = mapping.world.trace
        if trace is not None:
            shard_id = self._line.shard.shard_id
            facts.records_taken(trace, now, mapping, shard_id, batch.numbers, run.attempt, run.request_id)
        return False

    # --- what came of it ----------------------------------------------------------------------------------------------

    def _ended(self, now: int, run: Run) -> None:
        """A run has come to its end. Called again for the same one, it changes nothing."""
        progress = self.progress
        batch = progress.batch
        if progress.run is not run or batch is None:
            return
        failed, window = self._judge(run, batch)
        trace = self._mapping.world.trace
        if trace is not None:
            shard_id = self._line.shard.shard_id
            last = batch.records[-1].arrival if batch.records else None
            facts.records_handled(trace, now, self._mapping, shard_id, batch.numbers, failed, run.request_id, last)
        if failed is None:
            self._mapping.note_result(now, OK)
            following = progress._replace(window=window).beyond(batch)
            if self._is_repeated(now, batch):
                following = progress._replace(run=None, batch=batch.once_more(), failures=0, throttles=0)
            self.progress = following
        else:
            self._mapping.note_result(now, CALL_FAILED)
            self._fail_from(now, batch, failed, progress._replace(run=None, window=window, throttles=0), run)
        self._line.look(now)

    def _judge(self, run: Run, batch: Batch) -> tuple[int | None, Window | None]:
        """Which record failed first, None when all are done; and the window after that."""
        settings, window = self._mapping.stream_settings, self.progress.window
        if run.outcome != "success":
            return 0, window
        failed = first_failed(run.result, batch.numbers) if settings.reports else None
        if batch.closes:
            return failed, window if failed is not None else None
        if batch.window is None or failed == 0:
            return failed, window
        state = window_state(run.result)
        if state is None:
            return 0, window
        return failed, Window(*batch.window, state, early=len(state.encode()) > MOST_STATE)

    def _fail_from(self, now: int, batch: Batch, failed: int, progress: Progress, run: Run) -> None:
        """The records of a batch from this one on have failed."""
        if failed:
            left = batch.rest(failed)
            following = progress._replace(position=left.start, batch=left, failures=1, due=now + backoff(1))
        else:
            left = batch.again()
            failures = progress.failures + 1
            following = progress._replace(batch=left, failures=failures, due=now + backoff(failures))
        self._fail(now, left, following, run, "" if failed else "failed")

    def _fail(self, now: int, batch: Batch, progress: Progress, run: Run, how: str) -> None:
        """Find what follows where ``progress`` is what comes of a batch that failed, if nothing speaks against it.

        ``how``: it ``"failed"`` as a whole, it was ``"throttled"``, or it is what is left, and counts anew.
        """
        settings = self._mapping.stream_settings
        old = self._too_old(now, batch)
        if not self._line.may_read:
            self.progress = progress
        elif old:
            given_up = batch.part(0, old)
            given_up = batch if old == len(batch.records) else given_up
            following = (
                progress.beyond(batch)
                if given_up is batch
                else progress._replace(position=batch.positions[old], batch=batch.rest(old))
            )
            self._give_up(now, given_up, "RecordAgeExceeded", run, following, attempts=batch.attempts)
        elif how == "failed" and settings.bisects and len(batch.records) > 1:
            first, second = batch.halves()
            self.progress = progress._replace(batch=first, rest=(second, *progress.rest))
            trace = self._mapping.world.trace
            if trace is not None:
                shard_id, count = self._line.shard.shard_id, len(first.records)
                facts.records_bisected(trace, now, self._mapping, shard_id, batch.numbers, count, progress.due)
        elif how == "failed" and batch.attempts > settings.retries:
            self._give_up(now, batch, "RetryAttemptsExhausted", run, progress.beyond(batch), attempts=batch.attempts)
        else:
            self.progress = progress
            trace = self._mapping.world.trace
            if trace is not None:
                shard_id = self._line.shard.shard_id
                facts.records_retried(trace, now, self._mapping, shard_id, batch.numbers, run.outcome, progress.due)

    def _give_up(
        self, now: int, batch: Batch, condition: str, run: Run | None, following: Progress, attempts: int = 0
    ) -> None:
        """Discard a batch, and tell the destination if there is one."""
        mapping = self._mapping
        # There is no record of a window's end that a destination could be told of.
        destination = None if batch.closes else mapping.stream_settings.destination
        change = Change()
        if batch.closes:
            following = following._replace(window=None)
        if destination is not None:
            text = failure_record(
                now,
                batch,
                condition=condition,
                request_id=mapping.next_request_id() if run is None else run.request_id,
                function_arn=mapping.resolved.arn,
                executed_version="" if run is None else run.executed_version,
                function_error=None if run is None else run.function_error,
                invoke_count=max(attempts, 1),
                shard_id=self._line.shard.shard_id,
                stream_arn=mapping.source.stream_arn,
            )
            mapping.world.outbox.append(
                # Without a source: the function's role lets it send, and no policy of the queue or the topic has to.
                Deliver(destination, text, trigger=mapping.trigger, on_failure=mapping.destination_failed, cause=change)
            )
        # One step from here on: nothing is called.
        self.progress = following
        change.happened = True
        trace = mapping.world.trace
        if trace is not None:
            shard_id = self._line.shard.shard_id
            facts.records_discarded(trace, now, mapping, shard_id, batch.numbers, condition, destination)
