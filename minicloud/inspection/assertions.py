"""What a test says about messages: ``cloud.assert_sent("orders", body={"id": 7}, times=1)`` and its sisters.

They read the trace, so they also see what has been consumed since. When one fails, it lists what was there, the
nearest first, with the fields that differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from .bodies import excerpt, excerpt_of_bytes, message_inside
from .text import clock_time, short_id
from .trace import Trace
from .views.queues import all_queues, find_queue
from .views.stream_queues import all_stream_queues
from .views.streams import find_stream
from .views.topics import find_topic

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["Sent", "assert_drained", "assert_empty", "assert_published", "assert_put", "assert_sent"]

__unittest = True  # the runner of unittest leaves the frames of this file out

ANYTHING: Any = ...
"""Stands for whatever there is; None is a value like any other."""

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
        self.group_id: str | None = details.get("group_id")
        self.deduplication_id: str | None = details.get("deduplication_id")
        self.subject: str | None = details.get("subject")
        self.partition_key: str | None = details.get("partition_key")
        self.shard_id: str | None = details.get("shard_id")
        self.time_ns = event.time_ns

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime_of(self.time_ns)

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{short_id(self.message_id)} at {clock_time(self.time_ns)}: {shown(self.body)}>"


def assert_sent(
    engine: Engine,
    queue: str,
    body: Any = ANYTHING,
    *,
    attributes: Mapping[str, Any] | None = None,
    group_id: Any = ANYTHING,
    deduplication_id: Any = ANYTHING,
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
    wanted = {"body": body, "attributes": attributes, "group_id": group_id, "deduplication_id": deduplication_id}
    return _check(engine, sent, wanted, times, f"sent to {queue}")


def assert_published(
    engine: Engine,
    topic: str,
    message: Any = ANYTHING,
    *,
    subject: Any = ANYTHING,
    attributes: Mapping[str, Any] | None = None,
    group_id: Any = ANYTHING,
    deduplication_id: Any = ANYTHING,
    times: int | None = None,
) -> list[Sent]:
    """``Cloud.assert_published``."""
    __tracebackhide__ = True
    told = _facts(engine, "assert_published", facts.SNS_MESSAGE_PUBLISHED, _arn(engine, "sns", topic))
    sent = [Sent(event, event.details["body"]) for event in told]
    wanted = {
        "message": message,
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
    times: int | None = None,
) -> list[Sent]:
    """``Cloud.assert_put``."""
    __tracebackhide__ = True
    told = _facts(engine, "assert_put", facts.KINESIS_RECORD_PUT, _arn(engine, "kinesis", stream))
    sent = [Sent(event, event.details["data"]) for event in told]
    wanted = {"data": data, "partition_key": partition_key, "shard_id": shard_id}
    return _check(engine, sent, wanted, times, f"put into {stream}")


def assert_empty(engine: Engine, queue: str) -> None:
    """``Cloud.assert_empty``."""
    __tracebackhide__ = True
    view = find_queue(engine, queue)
    messages = view.messages
    if messages:
        raise AssertionError(
            f"{escaped(queue, 200)} is not empty, it has {counted(len(messages), 'message')}:\n{_listed(messages)}"
        )


def assert_drained(engine: Engine, ignoring: Collection[str] = ()) -> None:
    """``Cloud.assert_drained``."""
    __tracebackhide__ = True
    if isinstance(ignoring, str):
        ignoring = (ignoring,)
    of_streams = all_stream_queues(engine)
    known = {name for view in of_streams for name in (view.name, view.arn)}
    spared = {queue if queue in known else find_queue(engine, queue).arn for queue in ignoring}
    complaints = []
    for view in all_queues(engine):
        messages = [] if view.arn in spared else view.messages
        if messages:
            complaints.append(f"{view!r}\n{_listed(messages)}")
    for stream_view in of_streams:
        records = [] if {stream_view.name, stream_view.arn} & spared else stream_view.records
        if records:
            lines = [f"  {record!r}" for record in records[:_SHOWN]]
            if len(records) > _SHOWN:
                lines.append(f"  … and {len(records) - _SHOWN} more")
            complaints.append("\n".join([f"{stream_view!r}", *lines]))
    if complaints:
        raise AssertionError("there are messages left:\n" + "\n".join(complaints))


def _listed(messages: Sequence[Any]) -> str:
    lines = [
        f"  {short_id(message.message_id)} {excerpt(message.body)}: {message.state.replace('_', ' ')}, "
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


def _check(engine: Engine, sent: list[Sent], wanted: Mapping[str, Any], times: int | None, what: str) -> list[Sent]:
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
    raise AssertionError(_complaint(engine, compared, asked, matching, times, what))


def _differences(message: Sent, asked: Mapping[str, Any]) -> list[tuple[float, str]]:
    """How a message differs from what was asked for: each with a distance from 0 to 1, in words."""
    found: list[tuple[float, str]] = []
    for name, value in asked.items():
        if name == "attributes":
            for attribute, expected in value.items():
                found += _compare(f"attributes[{shown(attribute)}]", expected, _attribute(message, attribute, expected))
        else:
            actual = getattr(message, _FIELDS.get(name, name))
            differing = _compare(name, value, actual, is_text=name in _FIELDS)
            inside = message_inside(actual) if differing and name == "body" else None
            if inside is not None:
                differing = _compare(name, value, inside, is_text=True)
            found += differing
    return found


def _attribute(message: Sent, name: str, expected: Any) -> Any:
    """A message attribute, as it is when the whole is asked for, its value otherwise."""
    attribute = message.attributes.get(name)
    if attribute is None or (isinstance(expected, Mapping) and "DataType" in expected):
        return attribute
    value = attribute.get("StringValue", attribute.get("BinaryValue"))
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        try:
            return float(value) if isinstance(expected, float) else int(value)
        except (TypeError, ValueError):
            return value
    return value


def _compare(name: str, expected: Any, actual: Any, *, is_text: bool = False) -> list[tuple[float, str]]:
    if is_text and isinstance(actual, bytes) and not isinstance(expected, bytes):
        try:
            actual = actual.decode()
        except UnicodeDecodeError:
            return [(1.0, f"{name}: is not text: {_shown(actual)}")]
    if callable(expected) and not isinstance(expected, type):
        return [] if expected(actual) else [(0.5, f"{name}: {_name(expected)} says no to {_shown(actual)}")]
    if is_text and isinstance(expected, Mapping | list):
        try:
            actual = json.loads(actual)
        except (RecursionError, ValueError):
            return [(1.0, f"{name}: is not JSON: {_shown(actual)}")]
    return _deep(name, expected, actual)


def _deep(path: str, expected: Any, actual: Any) -> list[tuple[float, str]]:
    """The places where two values differ."""
    if expected == actual:
        return []
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        found: list[tuple[float, str]] = []
        for key, value in expected.items():
            if key in actual:
                found += _deep(f"{path}[{shown(key)}]", value, actual[key])
            else:
                found.append((1.0, f"{path}[{shown(key)}]: expected {_shown(value)}, and there is none"))
        found += [
            (1.0, f"{path}[{shown(key)}]: not expected, is {_shown(value)}")
            for key, value in actual.items()
            if key not in expected
        ]
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [difference for place, (one, other) in pairs for difference in _deep(f"{path}[{place}]", one, other)]
    return [(_distance(expected, actual), f"{path}: expected {_shown(expected)}, is {_shown(actual)}")]


def _distance(expected: Any, actual: Any) -> float:
    if type(expected) is not type(actual):
        return 1.0
    if isinstance(expected, str | bytes):
        matcher = SequenceMatcher(None, expected[:500], actual[:500], autojunk=False)
        return 1.0 - 0.9 * matcher.ratio()
    return 0.7


def _shown(value: Any) -> str:
    return shown(value, 120)


def _name(predicate: Any) -> str:
    name = getattr(predicate, "__name__", None)
    return escaped(name, 80) if isinstance(name, str) else shown(predicate, 80)


def _complaint(
    engine: Engine,
    compared: Sequence[tuple[Sent, list[tuple[float, str]]]],
    asked: Mapping[str, Any],
    matching: Sequence[Sent],
    times: int | None,
    what: str,
) -> str:
    terms = ", ".join(f"{name}={_name(value) if callable(value) else _shown(value)}" for name, value in asked.items())
    with_terms = f" with {terms}" if terms else ""
    noun = "record" if what.startswith("put") else "message"
    wanted = "nothing" if times is None else f"{len(matching)} and not {counted(times, noun)}"
    lines = [f"{wanted} {what}{with_terms}"]
    if not compared:
        lines[0] += ": nothing at all was"
    if matching:
        lines.append(f"{counted(len(matching), noun)} like that:")
        lines += [f"  {_title(message)}" for message in matching[:_SHOWN]]
        if len(matching) > _SHOWN:
            lines.append(f"  … and {len(matching) - _SHOWN} more")
    others = sorted(
        ((message, differences) for message, differences in compared if differences),
        key=lambda pair: (sum(distance for distance, _ in pair[1]), pair[0].time_ns),
    )
    if others and (times is None or len(matching) < times):
        lines.append(f"{counted(len(others), noun)} unlike it, the nearest first:")
        for message, differences in others[:_SHOWN]:
            lines.append(f"  {_title(message)}")
            lines += [f"      {text}" for _, text in differences[:8]]
        if len(others) > _SHOWN:
            lines.append(f"  … and {len(others) - _SHOWN} more")
    dropped = Trace(engine).dropped
    if dropped:
        lines.append(
            f"the trace has forgotten {counted(dropped, 'event')}: call cloud.trace.start(limit=None) to keep all"
        )
    return "\n".join(escaped(line, _LONGEST_LINE) for line in lines)


def _title(message: Sent) -> str:
    body = excerpt(message.body, 60) if isinstance(message.body, str) else excerpt_of_bytes(message.body, 60)
    where = f" in {message.shard_id}" if message.shard_id else ""
    identity = short_id(message.message_id) if not message.shard_id else f"…{message.message_id[-8:]}"
    return f"{identity} {body} at {clock_time(message.time_ns)}{where}"
