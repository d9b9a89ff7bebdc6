"""How a pipe reads a stream: shard by shard, in order, one batch of a shard at a time.

Nothing is taken from a stream. A *cursor* stands at each shard and keeps what is true of it in one value, ``Progress``,
which is replaced in one step: up to where it has read, the batches at hand, and what is under way with the first of
them. A batch that failed comes again after a pause, from the first record that failed on, or in halves where that was
asked for; one that was tried as often as it may be, or has got too old, is given up, and the dead-letter queue is told.
[EventBridge user guide: Pipes error handling]

A shard that took over from others is read when those are done. When the stream is made anew it is read from where the
pipe starts.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...core.effects import Change, Deliver
from ...core.record_sources import RecordShard, RecordSource, StreamRecord
from ...core.shown import counted, escaped
from ...core.timeline import FOREVER, SECOND, Event
from ...core.timestamps import datetime_of
from . import facts
from .template import as_json
from .work import Item, Work

if TYPE_CHECKING:
    from .pipe import Pipe

__all__ = ["StreamReader"]

CONTENT: Final = "data"
_FIRST_PAUSE: Final = SECOND // 2
_LONGEST_PAUSE: Final = 60 * SECOND
_CHUNK: Final = 1_000


class Progress(NamedTuple):
    """How far a shard is read."""

    position: int
    """Behind all that is in ``batches``."""
    batches: tuple[tuple[StreamRecord, ...], ...] = ()
    """What is read and not done, in order."""
    attempts: int = 0
    """How often the first of these has failed."""
    due: int = 0
    """When it is tried again."""
    work: Work | None = None
    """What is under way with it."""

    def beyond(self) -> Progress:
        """Without the first of the batches."""
        return Progress(self.position, self.batches[1:])


class Cursor:
    """How far a pipe has read a shard."""

    def __init__(self, reader: StreamReader, shard: RecordShard, position: int) -> None:
        self._reader = reader
        self._pipe = reader.pipe
        self.shard = shard
        self.progress = Progress(position)
        self._until = FOREVER
        """When the window of what there is now is over."""
        self._event: Event | None = None

    # --- in line ------------------------------------------------------------------------------------------------------

    def note(self) -> None:
        """There is news; what it is shows when it looks."""

    def mend(self, now: int) -> None:
        """The stream is whole again; the reader sees to it that this goes on."""

    def look(self, now: int) -> None:
        """Do what can be done now. O(what is read)."""
        if self.shard.is_closed:
            self._reader.add_descendants(self)
        while self._reader.may_read(self):
            progress = self.progress
            if progress.work is not None:
                progress.work.begin(now)
                return
            if progress.batches:
                if now < progress.due:
                    self._wake_at(progress.due)
                    return
                if not self._drop_old(now):
                    self._start(now)
            elif not self._gather(now):
                if self.shard.has_ended_at(self.progress.position):
                    self._reader.shard_ended(now, self)
                return

    def stop(self) -> None:
        """Be told of nothing any more."""
        self.shard.remove_reader(self)
        if self._event is not None:
            self._pipe.world.timeline.cancel(self._event)
            self._event = None

    def _wake_at(self, due: int) -> None:
        event = self._event
        if event is not None:
            if event.due == due and event.callback is not None:
                return
            self._pipe.world.timeline.cancel(event)
        self._event = self._pipe.world.timeline.schedule(due, self._awake)

    def _awake(self, now: int) -> None:
        self._event = None
        self.look(now)

    # --- reading ------------------------------------------------------------------------------------------------------

    def _gather(self, now: int) -> bool:
        """Make a batch of what there is, if that is enough, or has waited for as long as it may."""
        settings, filters = self._pipe.settings, self._pipe.settings.filters
        position = max(self.progress.position, self.shard.horizon(now))
        wanted: list[StreamRecord] = []
        others: list[StreamRecord] = []
        limit, size = self._pipe.world.limits.lambda_payload_sync, 0
        is_full = False
        while not is_full:
            found = self.shard.read(now, position, _CHUNK)
            for record in found:
                if filters is None or filters.accept(*self._filtered(record)):
                    size += 2 * len(record.data) + 1_000
                    if wanted and size > limit:
                        is_full = True
                        break
                    wanted.append(record)
                    is_full = len(wanted) >= settings.batch_size
                else:
                    others.append(record)
                position += 1
                if is_full:
                    break
            if not found:
                break
        if not wanted and not others:
            self._until = FOREVER
            return False
        if wanted and settings.window and not is_full:
            if self._until == FOREVER:
                self._until = now + settings.window
            if now < self._until:
                self._wake_at(self._until)
                return False
        trace = self._pipe.world.trace
        if trace is not None and others:
            facts.filtered(trace, now, self._pipe, [self._id_of(record) for record in others])
        self._until = FOREVER
        self.progress = Progress(position, (tuple(wanted),) if wanted else ())
        return True

    def _filtered(self, record: StreamRecord) -> tuple[dict[str, Any], str | None]:
        return self._frame(record), _text_of(record)

    def _id_of(self, record: StreamRecord) -> str:
        return f"{self.shard.shard_id}:{record.sequence_number}"

    def _frame(self, record: StreamRecord) -> dict[str, Any]:
        """A record as a pipe sends it on: that of a function's event, without its frame. [docs]"""
        pipe = self._pipe
        return {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": record.sequence_number,
            "data": b64encode(record.data).decode("ascii"),
            "approximateArrivalTimestamp": record.arrival // 1_000_000 / 1000,
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": self._id_of(record),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": pipe.settings.given["RoleArn"],
            "awsRegion": pipe.source_arn.split(":")[3],
            "eventSourceARN": pipe.source_arn,
        }

    # --- batches ------------------------------------------------------------------------------------------------------

    def _start(self, now: int) -> None:
        progress = self.progress
        records = progress.batches[0]
        items = [Item(self._id_of(one), self._frame(one), CONTENT, _text_of(one)) for one in records]
        trace = self._pipe.world.trace
        if trace is not None:
            facts.taken(trace, now, self._pipe, [item.identifier for item in items])
        self.progress = progress._replace(work=Work(self._pipe, self, items))

    def _drop_old(self, now: int) -> bool:
        """Give up what has got too old; whether there was any."""
        age = self._pipe.settings.maximum_age
        records = self.progress.batches[0]
        old = 0 if age is None else sum(1 for record in records if record.arrival < now - age)
        if not old:
            return False
        rest = (records[old:],) if old < len(records) else ()
        following = self.progress._replace(batches=(*rest, *self.progress.batches[1:]), attempts=0, due=0)
        self._give_up(now, records[:old], "RecordAgeExceeded", following)
        return True

    def done(self, now: int, work: Work, failed: Sequence[str]) -> None:
        """A batch is done, or comes again from the first of its records on that has failed."""
        progress = self.progress
        if progress.work is not work:
            return
        trace = self._pipe.world.trace
        if trace is not None:
            facts.handled(trace, now, self._pipe, [item.identifier for item in work.items], failed, work.reason)
        if not failed:
            self.progress = progress.beyond()
        else:
            self._failed(now, progress, {item.identifier: place for place, item in enumerate(work.items)}, failed)
        self.look(now)

    def _failed(self, now: int, progress: Progress, places: dict[str, int], failed: Sequence[str]) -> None:
        settings, records = self._pipe.settings, progress.batches[0]
        first = min((places.get(one, 0) for one in failed), default=0)
        rest = records[first:]
        attempts = 1 if first else progress.attempts + 1
        pause = min(_FIRST_PAUSE << min(attempts - 1, 20), _LONGEST_PAUSE)
        following = progress._replace(
            batches=(rest, *progress.batches[1:]), attempts=attempts, due=now + pause, work=None
        )
        if settings.bisects and len(rest) > 1:
            middle = len(rest) // 2
            self.progress = following._replace(batches=(rest[:middle], rest[middle:], *progress.batches[1:]))
        elif settings.retries is not None and attempts > settings.retries:
            self._give_up(now, rest, "RetryAttemptsExhausted", following.beyond())
        else:
            self.progress = following

    def _give_up(self, now: int, records: Sequence[StreamRecord], condition: str, following: Progress) -> None:
        pipe, change = self._pipe, Change()
        queue = pipe.settings.dead_letter_arn
        if queue is not None:
            text = self._failure(now, records, condition)
            pipe.world.outbox.append(
                Deliver(queue, text, source_arn=pipe.arn, trigger=f"pipe:{pipe.name}", cause=change)
            )
        # One step from here on: nothing is called.
        self.progress = following
        change.happened = True
        trace = pipe.world.trace
        if trace is not None:
            facts.given_up(trace, now, pipe, [self._id_of(record) for record in records], condition, queue)

    def _failure(self, now: int, records: Sequence[StreamRecord], condition: str) -> str:
        """What the dead-letter queue is told: which records, not what is in them."""

        def moment(nanoseconds: int) -> str:
            return f"{datetime_of(nanoseconds):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"

        return as_json(
            {
                "context": {"partnerResourceArn": self._pipe.arn, "condition": condition},
                "version": "1.0",
                "timestamp": moment(now),
                "KinesisBatchInfo": {
                    "shardId": self.shard.shard_id,
                    "startSequenceNumber": records[0].sequence_number,
                    "endSequenceNumber": records[-1].sequence_number,
                    "approximateArrivalOfFirstRecord": moment(records[0].arrival),
                    "approximateArrivalOfLastRecord": moment(records[-1].arrival),
                    "batchSize": len(records),
                    "streamArn": self._pipe.source_arn,
                },
            }
        )

    def behind(self, now: int) -> int:
        """How many records are not done."""
        progress = self.progress
        ahead = max(self.shard.tip - max(progress.position, self.shard.horizon(now)), 0)
        return ahead + sum(map(len, progress.batches))


def _text_of(record: StreamRecord) -> str | None:
    try:
        return record.data.decode()
    except UnicodeDecodeError:
        return None


class StreamReader:
    """Reads the shards of a stream for a pipe."""

    def __init__(self, pipe: Pipe, source: RecordSource) -> None:
        self.pipe = pipe
        self._source = source
        self.cursors: dict[str, Cursor] = {}
        """By shard, those that are not at their end."""
        self._life: object = None
        """What was the source when these were made."""

    # --- what cursors ask ---------------------------------------------------------------------------------------------

    def may_read(self, cursor: Cursor) -> bool:
        """Whether a shard may be read: the pipe runs, and everything that came before is done."""
        cursors, shard = self.cursors, cursor.shard
        return (
            self.pipe.is_running
            and self._life is self._source.life is not None
            and cursors.get(shard.shard_id) is cursor
            and not any(parent in cursors for parent in shard.parents)
        )

    def add_descendants(self, cursor: Cursor) -> None:
        """Have cursors for all shards that took over from one; they wait until it is done."""
        ahead = [cursor]
        while ahead:
            for child in ahead.pop().shard.children():
                if child.shard_id not in self.cursors:
                    self.cursors[child.shard_id] = Cursor(self, child, 0)
                    child.add_reader(self.cursors[child.shard_id])
                    ahead.append(self.cursors[child.shard_id])

    def shard_ended(self, now: int, cursor: Cursor) -> None:
        """A shard has come to its end: what took over from it is read, from its start."""
        self.add_descendants(cursor)
        self.cursors.pop(cursor.shard.shard_id, None)
        cursor.stop()
        for child in cursor.shard.children():
            following = self.cursors.get(child.shard_id)
            if following is not None:
                following.look(now)

    # --- life ---------------------------------------------------------------------------------------------------------

    def look(self, now: int) -> bool:
        """Begin whatever can begin. Nothing is ever taken from a stream: False."""
        life = self._source.life
        if not self.pipe.is_running or life is None:
            return False
        if self._life is not life:
            self._read_from_the_start(now)
        for cursor in list(self.cursors.values()):
            if self.cursors.get(cursor.shard.shard_id) is cursor:
                cursor.shard.add_reader(cursor)
                cursor.look(now)
        return False

    def _read_from_the_start(self, now: int) -> None:
        for cursor in list(self.cursors.values()):
            cursor.stop()
        life = self._source.life
        starts = self._source.starts(now, *self.pipe.settings.start)
        cursors = {shard.shard_id: Cursor(self, shard, position) for shard, position in starts}
        # One step from here on: nothing is called.
        self.cursors, self._life = cursors, life

    def go_on(self, now: int) -> None:
        """Begin and end what has to be."""
        if self.pipe.has_ended:
            self._source.detach(self)
        else:
            self._source.attach(self)
        if self.pipe.is_running:
            self.look(now)
        else:
            for cursor in list(self.cursors.values()):
                cursor.stop()

    def mend(self, now: int) -> None:
        """Go on when all that is due has happened."""
        self.pipe.world.timeline.schedule(now, self.go_on)

    def forget(self) -> None:
        """The pipe is as if it had never been."""
        self._source.detach(self)
        for cursor in list(self.cursors.values()):
            cursor.stop()

    def owed(self, now: int) -> str:
        """The records that are not done, in words."""
        if not self.pipe.is_running or self._life is not self._source.life:
            return ""
        behind = sum(cursor.behind(now) for cursor in self.cursors.values())
        return f"{counted(behind, 'record')} for the pipe {escaped(self.pipe.name, 120)}" if behind else ""
