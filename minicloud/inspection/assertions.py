"""What a test says about messages: ``cloud.assert_sent("orders", body={"id": 7}, times=1)`` and its sisters.

They read the trace, so they also see what has been consumed since. When one fails, it lists what was there, the
nearest first, with the fields that differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from .bodies import excerpts
from .comparing import Difference, compare, compare_part, name_of
from .envelope import SnsEnvelope, envelope_of, sns_of
from .handled_by import mappings_of, why_not_done
from .text import short_id, short_sequence_number
from .times import clock_time
from .trace import Trace
from .views.deliveries import kept_from
from .views.lookup import AmbiguousName
from .views.queues import QueueView, all_queues, find_queue
from .views.stream_queues import all_stream_queues
from .views.streams import StreamView, find_queue_or_stream, find_stream
from .views.topics import find_topic

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["Sent", "assert_drained", "assert_empty", "assert_published", "assert_put", "assert_sent"]

__unittest = True  # the runner of unittest leaves the frames of this file out

ANYTHING: Any = ...
"""Stands for whatever there is; None is a value like any other."""

Part = str | bytes | Mapping[str, Any] | list[Any]
"""A text that has to be in the text, or what has to be in the JSON that it is."""
Wanted = str | Mapping[str, Any] | list[Any] | Callable[[Any], object]
"""A text, what the JSON text has to be once parsed, or a predicate that takes the text."""

_SHOWN = 5
_LONGEST_LINE = 1_000


class Sent:
    """A message that was sent to a queue, published to a topic, or put into a stream."""

    def __init__(self, event: TraceEvent, body: str | bytes) -> None:
        details = event.details
        self.body = body
        """The body, the message or the data, as it was given."""
        self.message_id: str = details.get("message_id") or details["sequence_number"]
        """For a record of a stream, its sequence number."""
        self.attributes: Mapping[str, Any] = details.get("attributes") or {}
        """Its message attributes by name, in AWS's form."""
        self.group_id: str | None = details.get("group_id")
        """Its message group; None without one."""
        self.deduplication_id: str | None = details.get("deduplication_id")
        """The one that it was given; None without one."""
        self.subject: str | None = details.get("subject")
        """Of a publication; None without one."""
        self.partition_key: str | None = details.get("partition_key")
        """Of a record; None without one."""
        self.shard_id: str | None = details.get("shard_id")
        """The shard that a record was put into."""
        self.time_ns = event.time_ns
        """When, in nanoseconds since the epoch."""

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime_of(self.time_ns)

    @property
    def _text(self) -> str:
        return self.body if isinstance(self.body, str) else self.body.decode("utf-8", "backslashreplace")

    @property
    def _identity(self) -> str:
        """The part of its id that tells it from others at a glance."""
        return short_sequence_number(self.message_id) if self.shard_id else short_id(self.message_id)

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def sns(self) -> SnsEnvelope:
        """The envelope in which a topic delivered it. Raises ``UsageError`` when it has none."""
        return sns_of(self.body)

    @cached_property
    def _envelope(self) -> SnsEnvelope | None:
        """The same; None when it has none."""
        return envelope_of(self.body)

    def __repr__(self) -> str:
        return f"<{self._identity} at {clock_time(self.time_ns)}: {shown(self.body)}>"


def assert_sent(
    engine: Engine,
    queue: str,
    body: Any = ANYTHING,
    *,
    attributes: Mapping[str, Any] | None = None,
    group_id: Any = ANYTHING,
    deduplication_id: Any = ANYTHING,
    contains: Any = ANYTHING,
    times: int | None = None,
) -> list[Sent]:
    """``Cloud.assert_sent``."""
    __tracebackhide__ = True
    arn = _arn(engine, "sqs", queue)
    sent = [
        Sent(event, event.details["body"])
        for event in _facts(engine, "assert_sent", facts.SQS_MESSAGE_SENT, arn)
        if event.details.get("redriven_from") is None
    ]
    wanted = {
        "body": body,
        "contains": contains,
        "attributes": attributes,
        "group_id": group_id,
        "deduplication_id": deduplication_id,
    }
    return _check(engine, sent, wanted, times, f"sent to {queue}", lambda: kept_from(engine, arn))


def assert_published(
    engine: Engine,
    topic: str,
    message: Any = ANYTHING,
    *,
    subject: Any = ANYTHING,
    attributes: Mapping[str, Any] | None = None,
    group_id: Any = ANYTHING,
    deduplication_id: Any = ANYTHING,
    contains: Any = ANYTHING,
    times: int | None = None,
) -> list[Sent]:
    """``Cloud.assert_published``."""
    __tracebackhide__ = True
    told = _facts(engine, "assert_published", facts.SNS_MESSAGE_PUBLISHED, _arn(engine, "sns", topic))
    sent = [Sent(event, event.details["body"]) for event in told]
    wanted = {
        "message": message,
        "contains": contains,
        "subject": subject,
        "attributes": attributes,
        "group_id": group_id,
        "deduplication_id": deduplication_id,
    }
    return _check(engine, sent, wanted, times, f"published to {topic}")


def assert_put(
    engine: Engine,
    stream: str,
    data: Any = ANYTHING,
    *,
    partition_key: Any = ANYTHING,
    shard_id: Any = ANYTHING,
    contains: Any = ANYTHING,
    times: int | None = None,
) -> list[Sent]:
    """``Cloud.assert_put``."""
    __tracebackhide__ = True
    told = _facts(engine, "assert_put", facts.KINESIS_RECORD_PUT, _arn(engine, "kinesis", stream))
    sent = [Sent(event, event.details["data"]) for event in told]
    wanted = {"data": data, "contains": contains, "partition_key": partition_key, "shard_id": shard_id}
    return _check(engine, sent, wanted, times, f"put into {stream}")


def assert_empty(engine: Engine, queue: str) -> None:
    """``Cloud.assert_empty``."""
    __tracebackhide__ = True
    view = _queue(engine, queue)
    messages = view.messages
    if messages:
        raise AssertionError(
            f"{escaped(queue, 200)} is not empty, it has {counted(len(messages), 'message')}:\n{_listed(messages)}"
            + _and_who_reads(engine, view.arn)
        )


def _queue(engine: Engine, queue: str) -> QueueView:
    """The queue. Raises ``UsageError`` for a stream as well, and says what to ask of one."""
    view = find_queue_or_stream(engine, queue)
    if isinstance(view, StreamView):
        raise UsageError(
            f"{escaped(queue, 200)} is a stream, which keeps a record when it was read: look at "
            f"[reader.behind for reader in cloud.stream({shown(queue)}).readers], or judge by the verdict streams_read"
        )
    return view


def assert_drained(engine: Engine, ignoring: Collection[str] = ()) -> None:
    """``Cloud.assert_drained``."""
    __tracebackhide__ = True
    if isinstance(ignoring, str):
        ignoring = (ignoring,)
    of_streams = all_stream_queues(engine)
    known = {name for view in of_streams for name in (view.name, view.arn)}
    spared = {queue if queue in known else _queue(engine, queue).arn for queue in ignoring}
    complaints = []
    for view in all_queues(engine):
        messages = [] if view.arn in spared else view.messages
        if messages:
            complaints.append(f"{view!r}\n{_listed(messages)}{_and_who_reads(engine, view.arn)}")
    for stream_view in of_streams:
        records = [] if {stream_view.name, stream_view.arn} & spared else stream_view.records
        if records:
            lines = [f"  {record!r}" for record in records[:_SHOWN]]
            if len(records) > _SHOWN:
                lines.append(f"  … and {len(records) - _SHOWN} more")
            complaints.append("\n".join([f"{stream_view!r}", *lines]))
    if complaints:
        raise AssertionError("there are messages left:\n" + "\n".join(complaints))


def _and_who_reads(engine: Engine, arn: str) -> str:
    return "".join(f"\n  {escaped(line, _LONGEST_LINE)}" for line in mappings_of(engine, arn))


def _listed(messages: Sequence[Any]) -> str:
    bodies = excerpts({message.message_id: message.body for message in messages[:_SHOWN]})
    lines = [
        f"  {short_id(message.message_id)} {bodies[message.message_id]}: {message.state.replace('_', ' ')}, "
        f"received {counted(message.receive_count, 'time')}"
        for message in messages[:_SHOWN]
    ]
    if len(messages) > _SHOWN:
        lines.append(f"  … and {len(messages) - _SHOWN} more")
    return "\n".join(lines)


# --- reading the trace -----------------------------------------------------------------------------------------------


def _facts(engine: Engine, purpose: str, kind: str, arn: str) -> list[TraceEvent]:
    trace = Trace(engine)
    trace.demand(purpose)
    return [event for event in trace.of(kind) if event.details["arn"] == arn]


def _arn(engine: Engine, service: str, name: str) -> str:
    """The ARN that a name, URL or ARN means; of something deleted, the one it had."""
    if name.startswith("arn:"):
        return name
    find: Callable[[Engine, str], Any] = {"sqs": find_queue, "sns": find_topic, "kinesis": find_stream}[service]
    try:
        arn: str = find(engine, name).arn
    except AmbiguousName:
        raise
    except UsageError:
        last = name.rstrip("/").rsplit("/", 1)[-1]
        for event in Trace(engine):
            arn = event.details.get("arn", "")
            if event.resource == last and event.kind.startswith(f"{service}.") and arn:
                return arn
        raise
    return arn


# --- comparing -------------------------------------------------------------------------------------------------------

_FIELDS = {"body": "body", "message": "body", "data": "body"}


def _check(
    engine: Engine,
    sent: list[Sent],
    wanted: Mapping[str, Any],
    times: int | None,
    what: str,
    missed: Callable[[], list[str]] = list,
) -> list[Sent]:
    __tracebackhide__ = True
    if times is not None and (not isinstance(times, int) or times < 0):
        raise UsageError(f"times={shown(times)} is not a count: give 0, 1, 2 …, or None for at least once")
    asked = {name: value for name, value in wanted.items() if value is not ANYTHING}
    if not asked.get("attributes"):
        asked.pop("attributes", None)
    compared = [(message, _differences(message, asked)) for message in sent]
    matching = [message for message, differences in compared if not differences]
    if matching if times is None else len(matching) == times:
        return matching
    lines = [_complaint(engine, compared, asked, matching, times, what)]
    if times is None or len(matching) < times:
        lines += [escaped(line, _LONGEST_LINE) for line in [*missed(), *why_not_done(engine)]]
    raise AssertionError("\n".join(lines))


def _differences(message: Sent, asked: Mapping[str, Any]) -> list[Difference]:
    """How a message differs from what was asked for."""
    found: list[Difference] = []
    for name, value in asked.items():
        if name == "attributes":
            for attribute, expected in value.items():
                found += compare(f"attributes[{shown(attribute)}]", expected, _attribute(message, attribute, expected))
        elif name == "contains":
            found += compare_part(value, message.body) and compare_part(value, _inside(message))
        else:
            is_text = name in _FIELDS
            differing = compare(name, value, getattr(message, _FIELDS.get(name, name)), is_text=is_text)
            if differing and name == "body" and message._envelope is not None:
                differing = compare(name, value, message._envelope.message, is_text=True)
            found += differing
    return found


def _inside(message: Sent) -> str | bytes:
    """What was published, of what a topic delivered; else the body."""
    return message.body if message._envelope is None else message._envelope.message


def _attribute(message: Sent, name: str, expected: Any) -> Any:
    """A message attribute, as it is when the whole is asked for, its value otherwise; that in an envelope counts."""
    attribute = message.attributes.get(name)
    if attribute is None and message._envelope is not None:
        attribute = message._envelope.message_attributes.get(name)
    if attribute is None or (isinstance(expected, Mapping) and "DataType" in expected):
        return attribute
    value = attribute.get("StringValue", attribute.get("BinaryValue"))
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        try:
            return float(value) if isinstance(expected, float) else int(value)
        except (TypeError, ValueError):
            return value
    return value


def _far(differences: Sequence[Difference]) -> tuple[bool, float]:
    """How far a message is from what was asked for: what is not JSON, though that was asked for, comes last."""
    return any(difference.is_other_kind for difference in differences), sum(one.distance for one in differences)


def _complaint(
    engine: Engine,
    compared: Sequence[tuple[Sent, list[Difference]]],
    asked: Mapping[str, Any],
    matching: Sequence[Sent],
    times: int | None,
    what: str,
) -> str:
    bodies = excerpts({message.message_id: message._text for message, _ in compared})
    terms = ", ".join(
        f"{name}={name_of(value) if callable(value) else shown(value, 120)}" for name, value in asked.items()
    )
    with_terms = f" with {terms}" if terms else ""
    noun = "record" if what.startswith("put") else "message"
    if times is None:
        lines = [f"nothing {what}{with_terms}{'' if compared else ': nothing at all was'}"]
    else:
        were = "1 was" if len(matching) == 1 else f"{len(matching) or 'none'} were"
        lines = [f"expected {counted(times, noun)} {what}{with_terms}, {were if compared else 'nothing at all was'}"]
    if matching:
        lines.append(f"{counted(len(matching), noun)} like that:")
        lines += [f"  {_title(message, bodies)}" for message in matching[:_SHOWN]]
        if len(matching) > _SHOWN:
            lines.append(f"  … and {len(matching) - _SHOWN} more")
    others = sorted(
        ((message, differences) for message, differences in compared if differences),
        key=lambda pair: (_far(pair[1]), pair[0].time_ns),
    )
    if others and (times is None or len(matching) < times):
        lines.append(f"{counted(len(others), noun)} unlike it, the nearest first:")
        for message, differences in others[:_SHOWN]:
            lines.append(f"  {_title(message, bodies)}")
            lines += [f"      {difference.text}" for difference in differences[:8]]
        if len(others) > _SHOWN:
            lines.append(f"  … and {len(others) - _SHOWN} more")
    dropped = Trace(engine).dropped
    if dropped:
        lines.append(
            f"the trace has forgotten {counted(dropped, 'event')}: call cloud.trace.start(limit=None) to keep all"
        )
    return "\n".join(escaped(line, _LONGEST_LINE) for line in lines)


def _title(message: Sent, bodies: Mapping[str, str]) -> str:
    body = bodies[message.message_id]
    where = f" in {message.shard_id}" if message.shard_id else ""
    return f"{message._identity} {body} at {clock_time(message.time_ns)}{where}"
