"""A delivery stream: records are gathered, transformed, gathered again, and put as objects.

| place       | what is there                                       | leaves it                                 |
|-------------|-----------------------------------------------------|-------------------------------------------|
| ``entry``   | records as they came                                | as a batch for the function, or an object |
| ``works``   | batches that a function transforms (``transform``)  | into ``outputs``                          |
| ``outputs`` | what functions have made of records; backups        | as objects                                |
| ``puts``    | objects on their way to a bucket (``put``)          | when they are there, or given up          |

A buffer leaves when it is large enough or its first record has waited for long enough, whichever comes first. [Firehose
developer guide: buffering hints] That is looked at whenever something came in, and by one event of the timeline.

**Nothing torn.** These four, and how far a source is read, are what is true. Whatever goes from one to another leaves
and arrives in one step, in which nothing is called; sizes and the event are derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...core.timeline import FOREVER, Event
from ...core.timestamps import datetime_of, datetime_to_the_millisecond
from . import facts
from .item import Item
from .prefix import evaluate, evaluate_error
from .protocols import Output, State
from .put import Put
from .settings import DESTINATION_ID, Destination
from .transform import Transform

if TYPE_CHECKING:
    from .source import StreamReader

__all__ = ["BACKUP", "DATA", "FAILURES", "DeliveryStream"]

DATA: Final = "data"
FAILURES: Final = "failures"
BACKUP: Final = "backup"

_PLAIN: Final[Output] = (DATA, ())
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class DeliveryStream:
    """One delivery stream."""

    def __init__(
        self,
        state: State,
        name: str,
        arn: str,
        kind: str,
        source: Mapping[str, str] | None,
        destination: Destination,
        tags: Mapping[str, str],
        now: int,
    ) -> None:
        self.state = state
        self.world = state.world
        self.name = name
        self.arn = arn
        self.kind = kind
        """DeliveryStreamType."""
        self.source_arn = "" if source is None else source["KinesisStreamARN"]
        self.source = source
        """KinesisStreamSourceConfiguration, if it has one."""
        self.setting: tuple[int, Destination, int | None] = (1, destination, None)
        """The version, what is set, and when that was changed; replaced in one step."""
        self.tags = tags
        """Replaced, never changed."""
        self.created = now
        self.has_ended = False
        """Whether it was deleted."""
        self.reader: StreamReader | None = None
        self.entry: list[Item] = []
        self.entry_size = 0
        self.works: dict[Any, None] = {}
        """Of Transforms."""
        self.outputs: dict[Output, list[Item]] = {}
        self.puts: dict[Any, None] = {}
        """Of Puts."""
        self.count = 0
        """How many records were put; their ids follow from it."""
        self._event: Event | None = None

    @property
    def destination(self) -> Destination:
        """Where it delivers to."""
        return self.setting[1]

    # --- what comes in ------------------------------------------------------------------------------------------------

    def record_id(self, number: int) -> str:
        """The id of the record of a number: digits, as AWS's. [inferred]"""
        return f"{self.state.first_id + number:050d}000000"

    def made(self, now: int, contents: Sequence[bytes]) -> list[Item]:
        """Records that are to be put; they are not yet. O(n)."""
        count = self.count
        return [
            Item(self.record_id(count + number), content, now, now) for number, content in enumerate(contents, start=1)
        ]

    def put(self, now: int, items: list[Item]) -> None:
        """Take records in. O(n), and what they lead to."""
        size, count = self.entry_size + sum(len(one.data) for one in items), self.count + len(items)
        # One step: nothing is called.
        self.entry += items
        self.entry_size, self.count = size, count
        self.came(now, len(items))

    def came(self, now: int, count: int) -> None:
        """So many records have come in: look, unless they only wait with others. O(1) then."""
        limits: Any = self.destination.processing or self.destination
        if self.entry_size >= limits.size or len(self.entry) <= count or self._event is None:
            self.look(now)

    # --- what leaves --------------------------------------------------------------------------------------------------

    def look(self, now: int) -> None:
        """Let everything leave that is large enough, or has waited for long enough. O(buffers), and what leaves."""
        if self.has_ended:
            return
        while self._entry_leaves(now):
            pass
        destination = self.destination
        for output in list(self.outputs) if self.outputs else ():
            limits = destination if output[0] != BACKUP or destination.backup is None else destination.backup
            while (items := self.outputs.get(output)) and _is_ready(now, items, limits.size, limits.interval):
                self._output_leaves(now, output, items, limits)
        self._arm(now)

    def _entry_leaves(self, now: int) -> bool:
        items, destination = self.entry, self.destination
        if not items:
            return False
        processing = destination.processing
        limits: Any = destination if processing is None else processing
        if self.entry_size < limits.size and now < items[0].entered + limits.interval:
            return False
        taken, rest = _parted(items, limits.size)
        size = sum(len(one.data) for one in rest)
        if processing is None:
            puts = [self._object(now, _PLAIN, taken)]
            if destination.backup is not None:
                puts.append(self._object(now, (BACKUP, ()), taken))
            added = dict.fromkeys(puts)
            # One step: nothing is called.
            self.entry, self.entry_size, self.puts = rest, size, {**self.puts, **added}
            for put in puts:
                put.begin(now)
            return True
        work = Transform(self, taken, processing, self.state.invocation_ids.next())
        outputs = self.outputs
        if destination.backup is not None:
            copies = [one.moved(now) for one in taken]
            key = BACKUP, ()
            outputs = {**outputs, key: [*outputs.get(key, ()), *copies]}
        # One step: nothing is called.
        self.entry, self.entry_size, self.outputs, self.works = rest, size, outputs, {**self.works, work: None}
        work.begin(now)
        return True

    def _output_leaves(self, now: int, output: Output, items: list[Item], limits: Destination) -> None:
        taken, rest = _parted(items, limits.size)
        put = self._object(now, output, taken)
        others = {key: value for key, value in self.outputs.items() if key != output}
        outputs = {**others, output: rest} if rest else others
        # One step: nothing is called.
        self.outputs, self.puts = outputs, {**self.puts, put: None}
        put.begin(now)

    def transformed(self, now: int, work: Transform, made: Mapping[Output, list[Item]]) -> None:
        """A function is done with a batch, which is one of ``works``."""
        outputs = dict(self.outputs)
        for output, items in made.items():
            outputs[output] = [*outputs.get(output, ()), *items]
        works = {one: None for one in self.works if one is not work}
        # One step: nothing is called.
        self.outputs, self.works = outputs, works
        self.look(now)

    def _object(self, now: int, output: Output, items: Sequence[Item]) -> Put:
        kind, partition = output
        version, destination, _ = self.setting
        place = destination
        if kind == BACKUP and destination.backup is not None:
            place = destination.backup
        time = datetime_of(min(one.arrival for one in items))
        if kind == FAILURES:
            before = evaluate_error(place.prefix, place.error_prefix, time, self._random_string)
        else:
            before = evaluate(place.prefix, time, self._random_string, dict(partition))
        unique = self.state.object_ids.next()
        key = f"{before}{self.name}-{version}-{time:%Y-%m-%d-%H-%M-%S}-{unique}"
        delimiter = destination.delimiter if kind == DATA else b""
        content = b"".join([one.data + delimiter for one in items])
        if kind == FAILURES:
            return Put(self, place, key, content, content, items, kind)
        name = key.rpartition("/")[2]
        return Put(self, place, f"{key}{place.extension}", place.compressed(content, name), content, items, kind)

    def _random_string(self) -> str:
        digits, text = int(self.state.object_ids.next().replace("-", ""), 16), ""
        for _ in range(11):
            digits, place = divmod(digits, len(_LETTERS))
            text += _LETTERS[place]
        return text

    # --- time ---------------------------------------------------------------------------------------------------------

    def buffer_due(self) -> int:
        """When a buffer has waited for as long as it may; ``FOREVER`` when nothing is buffered. O(partitions)."""
        destination, due = self.destination, FOREVER
        if self.entry:
            limits: Any = destination.processing or destination
            due = self.entry[0].entered + limits.interval
        for (kind, _), items in self.outputs.items():
            place = destination.backup if kind == BACKUP and destination.backup is not None else destination
            due = min(due, items[0].entered + place.interval)
        return due

    def _arm(self, now: int) -> None:
        due, event = self.buffer_due(), self._event
        if event is not None and event.due == due and event.callback is not None:
            return
        if event is not None:
            self.world.timeline.cancel(event)
            self._event = None
        if due < FOREVER and not self.has_ended:
            self._event = self.world.timeline.schedule(max(due, now), self._awake)

    def _awake(self, now: int) -> None:
        self._event = None
        self.look(now)

    # --- life ---------------------------------------------------------------------------------------------------------

    def change(self, now: int, destination: Destination) -> None:
        """Deliver elsewhere from now on, also what has been gathered."""
        if (trace := self.world.trace) is not None:
            facts.stream_changed(trace, now, self)
        self.setting = self.setting[0] + 1, destination, now
        self.look(now)

    def end(self) -> None:
        """Deliver nothing any more, nor what was to be tried again. Doing it again changes nothing."""
        self.has_ended = True
        self.works, self.puts = {}, {}
        if self.reader is not None:
            self.reader.stop()
        if self._event is not None:
            self.world.timeline.cancel(self._event)
            self._event = None

    def mend(self, now: int) -> None:
        """Derive anew what can be derived, and see to it that all goes on when what is due has happened. O(records)."""
        self.entry_size = sum(len(one.data) for one in self.entry)
        if not self.has_ended:
            self.world.timeline.schedule(now, self.go_on)

    def go_on(self, now: int) -> None:
        """Begin whatever should have begun. Doing it again changes nothing."""
        if self.has_ended:
            return
        if self.reader is not None:
            self.reader.go_on(now)
        for work in list(self.works):
            work.begin(now)
        for put in list(self.puts):
            put.begin(now)
        self.look(now)

    def held(self) -> int:
        """How many records are on their way."""
        count = len(self.entry) + sum(len(work.items) for work in self.works)
        count += sum(len(items) for (kind, _), items in self.outputs.items() if kind != BACKUP)
        count += sum(put.count for put in self.puts if put.kind != BACKUP)
        return int(count)

    # --- as answers show it -------------------------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        """As DescribeDeliveryStream shows it."""
        version, destination, changed = self.setting
        answer: dict[str, Any] = {
            "DeliveryStreamName": self.name,
            "DeliveryStreamARN": self.arn,
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": self.kind,
            "VersionId": str(version),
            "CreateTimestamp": datetime_to_the_millisecond(self.created),
        }
        if changed is not None:
            answer["LastUpdateTimestamp"] = datetime_to_the_millisecond(changed)
        if self.source is not None and self.source_arn:
            started = datetime_to_the_millisecond(self.created)
            described = {**self.source, "DeliveryStartTimestamp": started}
            answer["Source"] = {"KinesisStreamSourceDescription": described}
        answer["Destinations"] = [{"DestinationId": DESTINATION_ID, **destination.describe()}]
        answer["HasMoreDestinations"] = False
        return answer


def _is_ready(now: int, items: Sequence[Item], size: int, interval: int) -> bool:
    return now >= items[0].entered + interval or sum(len(one.data) for one in items) >= size


def _parted(items: list[Item], size: int) -> tuple[list[Item], list[Item]]:
    """As many items as make up a size, and the rest."""
    total = 0
    for number, item in enumerate(items, start=1):
        total += len(item.data)
        if total >= size:
            return items[:number], items[number:]
    return items, []
