"""What happened, as text: a line per event, in words, in order of time; what repeats is folded.

    00:00:00.000  orders       5f3c9a1e "order 1": sent
    00:00:00.000  orders       5f3c9a1e "order 1": received (1st time), hidden for 30 s
    00:00:30.000  orders       5f3c9a1e "order 1": visible again, as it was not deleted in time

The name of the thread or task is added where there is more than one. Receives without a result are one line a queue,
until something else happens there; a fold says what differs between the lines that it stands for. ``timeline`` is for
a report, which has room for some lines only: there, the making of queues, topics and streams is one line as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped
from ..core.timeline import SECOND
from .bodies import WIDTH, bodies_of
from .jumps import folded
from .runs import runs_joined
from .text import describe, id_of, ordinal, subject_of, what_hides
from .times import clock_time, day_format

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["in_order", "render", "timeline", "worth_telling"]

_FOLD_AT = 4
"""How often the same has to happen to be folded."""
_LONGEST_CYCLE = 8
_MOST_NAMED = 3
"""Of what was made at the beginning, so many of a kind are named."""

_UNSPOKEN = frozenset({facts.KINESIS_POLL_FILLED, facts.SNS_MESSAGE_FANNED_OUT, facts.SQS_POLL_FILLED})
"""What other events say better."""

_POLLS_BEGIN = frozenset({facts.KINESIS_POLL_BEGAN, facts.SQS_POLL_BEGAN})
_POLLS_END = frozenset({facts.KINESIS_POLL_ENDED_EMPTY, facts.SQS_POLL_ENDED_EMPTY})
_POLLS_FILLED = frozenset({facts.KINESIS_POLL_FILLED, facts.SQS_POLL_FILLED})
_FOUND_NOTHING = _POLLS_END | {facts.KINESIS_READ_EMPTY, facts.SQS_RECEIVE_EMPTY}

_OF_ANY_SHARD = frozenset({facts.KINESIS_ITERATOR_MADE, facts.KINESIS_RECORD_PUT, facts.KINESIS_RECORDS_READ})

_MADE = {
    facts.SQS_QUEUE_CREATED: "queue",
    facts.SNS_TOPIC_CREATED: "topic",
    facts.SNS_SUBSCRIPTION_CREATED: "subscription",
    facts.KINESIS_STREAM_CREATED: "stream",
    facts.KINESIS_QUEUE_CREATED: "queue on a stream",
    facts.KINESIS_CHANNEL_CREATED: "channel",
    facts.BUCKET_CREATED: "bucket",
    facts.LAMBDA_FUNCTION_CREATED: "function",
    facts.MAPPING_CREATED: "mapping",
    facts.PIPE_CREATED: "pipe",
    facts.DELIVERY_STREAM_CREATED: "delivery stream",
    facts.SCHEDULE_CREATED: "schedule",
}
_UNNAMED = ("subscription", "channel", "mapping")
_PLURALS = {"queue on a stream": "queues on streams"}
_LOOKS = ("Describe", "Get", "List")
"""How operations are named that change nothing. A report leaves them out, but for those that were refused."""


def render(events: Iterable[TraceEvent], last: int | None = None, *, width: int = WIDTH) -> str:
    """The lines of all events; only the ``last`` ones when given. ``width`` is that of the bodies."""
    events = list(events)
    told = worth_telling(events)
    writer = _Writer(told, bodies_of(events, width))
    lines = [line for block in _folded(_rows(folded(told)), writer) for line in block.lines]
    if last is not None and len(lines) > last:
        lines = lines[-last:] if last else []
    return "\n".join(lines)


def timeline(events: Iterable[TraceEvent], budget: int, bodies: Mapping[str, str]) -> str:
    """At most about ``budget`` lines, those about messages first, the latest of them; says what it leaves out."""
    told = [event for event in worth_telling(events) if not _only_looks(event)]
    writer = _Writer(told, bodies)
    blocks = _folded(_set_up(_rows(folded(told))), writer)
    chosen: set[int] = set()
    lines = 0
    for weight in (True, False):
        for place in range(len(blocks) - 1, -1, -1):
            block = blocks[place]
            if block.matters is not weight:
                continue
            if lines + len(block.lines) > budget and chosen:
                break
            chosen.add(place)
            lines += len(block.lines)
    shown = [line for place in sorted(chosen) for line in blocks[place].lines]
    left_out = sum(len(block.lines) for place, block in enumerate(blocks) if place not in chosen)
    if left_out:
        shown.insert(0, f"    ⋮ {counted(left_out, 'more line')}: print(cloud.trace.render()) shows all")
    return "\n".join(shown)


def worth_telling(events: Iterable[TraceEvent]) -> list[TraceEvent]:
    """In the order of time, without what other events say better."""
    told = [event for event in in_order(events) if not event.told]
    # That a receive waited is said by its end, when it ended with nothing, or by what it got.
    ended = {_poll(event) for event in told if event.kind in _POLLS_FILLED}
    return runs_joined(
        [
            event
            for event in told
            if event.kind not in _UNSPOKEN
            and not (event.kind == facts.EVENT_MATCHED and not event.details["is_scheduled"])
            and not (event.kind in _POLLS_BEGIN and _poll(event) in ended)
        ]
    )


def in_order(events: Iterable[TraceEvent]) -> list[TraceEvent]:
    """By time; what happened at the same time stays as it was recorded."""
    return sorted(events, key=lambda event: event.time_ns)


def _poll(event: TraceEvent) -> tuple[str, int]:
    return event.details["arn"], event.details["poll"]


def _only_looks(event: TraceEvent) -> bool:
    return event.kind == facts.CALL and event.resource.partition(".")[2].startswith(_LOOKS)


# --- rows: events that share a line ----------------------------------------------------------------------------------


class _Row:
    """One event, or several that are told together."""

    def __init__(self, event: TraceEvent) -> None:
        self.events = [event]
        self.polls: list[tuple[int, int]] | None = None
        """When receives without a result began and ended."""
        self.made: Counter[str] | None = None
        """What was made at the beginning, by kind."""

    @property
    def first(self) -> TraceEvent:
        return self.events[0]

    @property
    def matters(self) -> bool:
        """Whether it is about messages, or something went wrong."""
        kind = self.first.kind
        waits = self.polls is not None or kind in _POLLS_BEGIN
        if kind == facts.CLOCK_JUMPED:
            return "holder" in self.first.details
        if kind == facts.KINESIS_ITERATOR_MADE:
            return bool(self.first.details.get("start") == "LATEST" and self.first.details["before"])
        return not (waits or self.made is not None or kind in _MADE or kind == facts.CALL)

    @property
    def sign(self) -> tuple[Any, ...]:
        """What has to be the same for two rows to be folded."""
        event = self.first
        details = event.details
        # Records of one batch go to many shards, and readers go from shard to shard: that is the same for all.
        shard_id = None if event.kind in _OF_ANY_SHARD else details.get("shard_id")
        which = details.get("was"), details.get("error"), details.get("choice"), details.get("at_it")
        reported = bool(details.get("reported"))
        kind = "polls" if self.polls is not None else event.kind
        return kind, event.resource, event.actor, which, shard_id, reported


def _rows(told: Sequence[TraceEvent]) -> list[_Row]:
    """A row for each event; for receives of a queue without a result one, until something else happens there."""
    rows: list[_Row] = []
    began: dict[tuple[str, int], TraceEvent] = {}
    ends = {_poll(event) for event in told if event.kind in _POLLS_END}
    open_rows: dict[str, _Row] = {}
    for event in told:
        if event.kind in _POLLS_BEGIN and _poll(event) in ends:
            began[_poll(event)] = event
            event_row = _wait_row(event, rows, open_rows)
            event_row.events.append(event)
            continue
        if event.kind in _FOUND_NOTHING:
            beginning = began.pop(_poll(event), event) if event.kind in _POLLS_END else event
            row = _wait_row(event, rows, open_rows)
            row.events.append(event)
            if row.polls is not None:
                row.polls.append((beginning.time_ns, event.time_ns))
            continue
        if not event.kind.startswith("call"):
            open_rows.pop(event.resource, None)
        rows.append(_Row(event))
    return [row for row in rows if row.polls is None or row.polls]


def _wait_row(event: TraceEvent, rows: list[_Row], open_rows: dict[str, _Row]) -> _Row:
    """The row of a queue's receives without a result that an event belongs to."""
    row = open_rows.get(event.resource)
    if row is None:
        row = open_rows[event.resource] = _Row(event)
        row.events.clear()
        row.polls = []
        rows.append(row)
    return row


def _set_up(rows: list[_Row]) -> list[_Row]:
    """The rows, what only makes things at the beginning as one."""
    place = 0
    while place < len(rows) and (rows[place].first.kind in _MADE or rows[place].first.kind == facts.CALL):
        place += 1
    if place < 2:
        return rows
    whole = _Row(rows[0].first)
    whole.events = [event for row in rows[:place] for event in row.events]
    whole.made = Counter(_MADE.get(event.kind, "") for event in whole.events)
    return [whole, *rows[place:]]


# --- lines -----------------------------------------------------------------------------------------------------------


class _Block:
    """Lines that are shown together or not at all."""

    def __init__(self, lines: list[str], matters: bool) -> None:
        self.lines = lines
        self.matters = matters


class _Writer:
    """Writes a line for a row, with as much of a date and of names as the whole needs."""

    def __init__(self, events: Sequence[TraceEvent], bodies: Mapping[str, str]) -> None:
        self._day = day_format(event.time_ns for event in events)
        actors = {event.actor for event in events if event.kind not in facts.BY_THEMSELVES and event.kind not in _MADE}
        self._has_actors = len(actors) > 1
        self._width = min(max((len(_place(event)) for event in events), default=0), 40)
        self.bodies = bodies

    def line(self, row: _Row) -> str:
        """The line of a row."""
        event = row.first
        if row.made is not None:
            return self._line(event, "", _set_up_text(row.events, row.made), ())
        place = escaped(_place(event), 80)
        if row.polls is not None:
            return self._line(event, place, _polls_text(row), [one.actor for one in row.events])
        nobody = event.kind in facts.BY_THEMSELVES or event.kind in _MADE or _is_for_function(event)
        actors = () if nobody else (event.actor,)
        subject = subject_of(event, self.bodies)
        text = describe(event)
        if _is_fault_of_call(event):
            text = f"{escaped(event.resource, 80)}: {text}"
        return self._line(event, place, f"{subject}: {text}" if subject else text, actors)

    def _line(self, event: TraceEvent, place: str, text: str, actors: Iterable[str]) -> str:
        day = f"{event.time:{self._day}}" if self._day else ""
        names = [escaped(name, 80) for name in dict.fromkeys(actors)] if self._has_actors else []
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        who = f"  [{', '.join(names[:_MOST_NAMED])}{more}]" if names else ""
        return f"{day}{clock_time(event.time_ns)}  {place:<{self._width}}  {text}{who}"

    def body(self, event: TraceEvent) -> str:
        """The excerpt of the body of the message that an event is about; else its id; empty when it is about none."""
        return self.bodies.get(id_of(event)) or subject_of(event, {})


def _is_for_function(event: TraceEvent) -> bool:
    """Whether a mapping has received something: nobody's thread has it in hand."""
    return event.kind == facts.SQS_MESSAGE_RECEIVED and "function" in event.details


def _is_fault_of_call(event: TraceEvent) -> bool:
    """Whether it is a fault of a call, and not one of a delivery or a run, which is told of a queue or a function."""
    return event.kind == facts.FAULT_FIRED and not {"message_id", "request_id"}.intersection(event.details)


def _place(event: TraceEvent) -> str:
    """The queue, topic or stream that an event is about, as far as it is known."""
    if event.kind.startswith("call"):
        return ""
    if _is_fault_of_call(event):
        return event.details.get("resource_name") or ""
    return event.resource


def _set_up_text(events: Sequence[TraceEvent], made: Mapping[str, int]) -> str:
    parts = []
    for kind, number in made.items():
        if kind:
            names = [escaped(event.resource, 80) for event in events if _MADE.get(event.kind) == kind]
            named = f" ({', '.join(names)})" if number <= _MOST_NAMED and kind not in _UNNAMED else ""
            parts.append(f"{counted(number, kind, _PLURALS.get(kind, ''))}{named}")
    calls = dict.fromkeys(event.resource.partition(".")[2] for event in events if event.kind == facts.CALL)
    return f"set up: {', '.join([*parts, *calls])}"


def _polls_text(row: _Row) -> str:
    polls = row.polls or []
    ends = [event for event in row.events if event.kind in _FOUND_NOTHING]
    waited = max(end for _, end in polls) - min(begin for begin, _ in polls)
    seconds = f"{waited / SECOND:g}"
    if all(event.kind == facts.KINESIS_READ_EMPTY for event in ends):
        if len(ends) == 1:
            return describe(ends[0])
        shards = list(dict.fromkeys(event.details["shard_id"] for event in ends))
        where = shards[0] if len(shards) == 1 else f"{len(shards)} shards"
        return f"{len(ends)} reads of {where} found nothing{f' in {seconds} s' if waited else ''}"
    if len(polls) == 1:
        if waited:
            return f"a receive waited for {seconds} s and found nothing{what_hides(ends[0].details)}"
        if ends[0].kind not in _POLLS_END:
            return describe(ends[0])
        return "a receive found nothing"
    texts = [describe(event) for event in ends]
    why = texts[-1].partition("found nothing")[2] if len(set(texts)) == 1 else ""
    return f"{len(polls)} receives found nothing{f' in {seconds} s' if waited else ''}{why}"


# --- what repeats ----------------------------------------------------------------------------------------------------


def _folded(rows: Sequence[_Row], writer: _Writer) -> list[_Block]:
    """The lines; of a cycle that goes round four times or more, the first and the last round."""
    signs = [row.sign for row in rows]
    blocks: list[_Block] = []
    place = 0
    while place < len(rows):
        period, rounds = _cycle(signs, place)
        if rounds >= _FOLD_AT:
            end = place + period * rounds
            lines = [writer.line(row) for row in rows[place : place + period]]
            lines.append(f"    ⋮ {_difference(rows[place:end], period, writer)}")
            lines += [writer.line(row) for row in rows[end - period : end]]
            blocks.append(_Block(lines, any(row.matters for row in rows[place:end])))
            place = end
        else:
            blocks.append(_Block([writer.line(rows[place])], rows[place].matters))
            place += 1
    return blocks


def _cycle(signs: Sequence[Any], place: int) -> tuple[int, int]:
    """The length of the shortest cycle that begins here and how often it goes round."""
    for period in range(1, _LONGEST_CYCLE + 1):
        first = signs[place : place + period]
        rounds = 1
        while len(first) == period and signs[place + rounds * period : place + (rounds + 1) * period] == first:
            rounds += 1
        if rounds >= _FOLD_AT:
            return period, rounds
    return 1, 1


def _difference(rows: Sequence[_Row], period: int, writer: _Writer) -> str:
    """What a fold says of the rounds between the first and the last."""
    middle = rows[period:-period]
    rounds = len(middle) // period
    messages = dict.fromkeys((_message(row), writer.body(row.first)) for row in middle if _message(row))
    bodies = [body for _, body in messages]
    if period > 1:
        lines = f"the {period} lines above, {rounds} more times"
        if len(messages) > 1:
            how_many = f" ({len(messages)} messages)" if len(messages) != rounds else ""
            return f"{lines}: {_from_to(bodies)}{how_many}"
        return f"{lines}{_times(middle)}"
    if len(messages) > 1:
        noun = "record" if rows[0].first.kind.startswith("kinesis") else "message"
        return f"{_from_to(bodies)}: {_texts(middle)} ({counted(len(messages), noun)})"
    texts = dict.fromkeys(describe(row.first) for row in middle)
    if list(texts) == [describe(rows[0].first)] or _times(middle) or middle[0].polls is not None:
        return f"the line above, {rounds} more times{_times(middle)}"
    return f"{_texts(middle)} ({rounds} more times)"


def _message(row: _Row) -> str:
    return "" if row.first.kind.startswith("call") else id_of(row.first)


def _from_to(texts: Sequence[str]) -> str:
    return f"{texts[0]} … {texts[-1]}"


def _times(rows: Sequence[_Row]) -> str:
    """Which receives of a message they were, when that is all that differs."""
    counts = [row.first.details["receive_count"] for row in rows if "receive_count" in row.first.details]
    if len(counts) < 2 or counts[0] == counts[-1]:
        return ""
    return f" ({ordinal(counts[0])} to {ordinal(counts[-1])} time)"


def _texts(rows: Sequence[_Row]) -> str:
    """What happened in some rows, in few words."""
    if rows[0].first.kind == facts.KINESIS_RECORD_PUT:
        shards = Counter(row.first.details["shard_id"] for row in rows)
        into = [f"{number} into {shard_id}" for shard_id, number in sorted(shards.items())]
        keys = list(dict.fromkeys(f"{row.first.details['partition_key']!r}" for row in rows))
        named = f", {'key' if len(keys) == 1 else 'keys'} {keys[0] if len(keys) == 1 else _from_to(keys)}"
        return f"put, {', '.join(into)}{escaped(named, 120)}"
    texts = Counter(describe(row.first) for row in rows)
    if len(texts) == 1:
        return next(iter(texts))
    if len(texts) <= _MOST_NAMED:
        return ", ".join(f"{text} ({number})" for text, number in texts.items())
    return _from_to(list(texts))
