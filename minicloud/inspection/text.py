"""Events in words: what happened, to which message, and when, on one line each and fit to be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, cut, escaped, shown
from ..core.timeline import SECOND
from ..services.kinesis.record import record_id_of
from .bodies import excerpt
from .jumps import words
from .object_texts import event_of, object_created, object_removed, sender, told
from .times import clock_time

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = [
    "describe",
    "endpoint_name",
    "id_of",
    "ordinal",
    "reason_of_filter",
    "refusal_of",
    "run_of",
    "shard_label",
    "shard_number",
    "short_id",
    "short_record_id",
    "short_sequence_number",
    "subject_of",
    "target_name",
    "what_hides",
]

_LONGEST_CALL = 2_000
_LONGEST_DESCRIPTION = 500


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th …"""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def short_id(message_id: str) -> str:
    """The part of an id that tells it from others at a glance."""
    return message_id[:8]


def short_record_id(record_id: str) -> str:
    """The part of a RecordId that tells it from others at a glance: the end of its sequence number."""
    try:
        return f"…{int(record_id, 16) % 100_000_000:08d}"
    except ValueError:
        return short_id(record_id)


def short_sequence_number(sequence_number: str) -> str:
    """The part of a sequence number that tells it from others at a glance: its end."""
    return f"…{sequence_number[-8:]}"


def shard_label(stream: str, shard_id: str) -> str:
    """A shard in short: ``clicks/0``."""
    return f"{escaped(stream, 80)}/{shard_number(shard_id)}"


def shard_number(shard_id: str) -> str:
    """What tells a shard from others at a glance: its number."""
    return shard_id.removeprefix("shardId-").lstrip("0") or "0"


def id_of(event: TraceEvent) -> str:
    """The id of the message, or the RecordId of the record, that an event is about; empty when it is about none."""
    details = event.details
    if event.kind == facts.KINESIS_RECORD_PUT and "sequence_number" in details:
        return record_id_of(details["sequence_number"])
    return details.get("record_id") or details.get("message_id") or details.get("event_id") or ""


def subject_of(event: TraceEvent, bodies: Mapping[str, str]) -> str:
    """Which message an event is about, with an excerpt of its body; empty when it is about none."""
    if event.kind.startswith("call"):
        return ""
    message_id = id_of(event)
    if not message_id:
        return ""
    is_record = "message_id" not in event.details and "event_id" not in event.details
    identity = short_record_id(message_id) if is_record else short_id(message_id)
    body = bodies.get(message_id)
    return identity if body is None else f"{identity} {body}"


def describe(event: TraceEvent) -> str:
    """What happened, in words, without when and to what: on one line, and fit to be shown."""
    if event.kind.startswith("call"):
        return escaped(_call(event), _LONGEST_CALL)
    words = _WORDS.get(event.kind)
    return escaped(_in_general(event) if words is None else words(event.details), _LONGEST_DESCRIPTION)


def _in_general(event: TraceEvent) -> str:
    what = event.kind.split(".", 1)[-1].replace(".", " ").replace("_", " ")
    details = ", ".join(
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in event.details.items()
        if value is not None and name not in facts.FOR_PROGRAMS and name not in ("message_id", "record_id")
    )
    return f"{what} ({details})" if details else what


def _value(value: Any, limit: int = 60) -> str:
    return cut(value, limit) if isinstance(value, str) else shown(value, limit)


def _call(event: TraceEvent) -> str:
    params = ", ".join(
        f"{name}={'…' if name == 'ShardIterator' else shown(value, 60)}"
        for name, value in event.details.items()
        if name not in ("error", "message", "notes") or event.kind == facts.CALL
    )
    text = f"{event.resource}({params})"
    if event.kind == facts.CALL_REFUSED:
        text = f"{text} refused: {event.details['error']}: {_value(event.details['message'], 160)}"
        notes = event.details.get("notes")
        if notes:
            text = f"{text} ({'; '.join(notes)})"
    return text


def _deduplicated(details: Any) -> str:
    if "earlier_group_id" not in details:
        return "sent again: a duplicate, not stored"
    group, earlier = _value(details["group_id"], 40), _value(details["earlier_group_id"], 40)
    return (
        f"sent again in group {group}: a duplicate of the one in group {earlier}, not stored, as the queue's "
        "DeduplicationScope is not messageGroup"
    )


def _sent(details: Any) -> str:
    parts = ["sent"]
    if details.get("origin"):
        kind, colon, name = details["origin"].partition(":")
        source = sender(kind, name) if colon and kind != "event" else f"{kind} {short_id(name)}"
        parts = [f"delivered from {source if colon else f'publication {short_id(kind)}'}"]
    elif details.get("redriven_from"):
        parts = [f"put back by a move task (was {short_id(details['redriven_from'])})"]
    if details.get("group_id"):
        parts.append(f"in group {_value(details['group_id'], 80)}")
    if details.get("delay_seconds"):
        parts.append(f"delayed for {details['delay_seconds']} s")
    return ", ".join(parts)


def _received(details: Any) -> str:
    seconds = details.get("visibility_seconds")
    hidden = f"hidden for {seconds} s" if seconds else "left visible"
    what = "received as a dead letter" if details.get("is_dead_letter") else "received"
    by = f" by {_value(details['function'], 80)}" if details.get("function") else ""
    return f"{what} ({ordinal(details['receive_count'])} time){by}, {hidden}"


def _visible(details: Any) -> str:
    if details.get("was") == "delayed":
        return "visible, as its delay is over"
    return f"visible again, as it was not deleted in time{_at_it(details)}"


def _at_it(details: Any) -> str:
    who = details.get("at_it")
    return f" (the clock jumped; {escaped(who, 80)} was still at it)" if who else ""


def _changed(details: Any) -> str:
    seconds = details["seconds"]
    return f"timeout changed, hidden for {seconds} s" if seconds else "given up, visible again at once"


def _empty(details: Any) -> str:
    hidden = [
        f"{details[name]} {word}"
        for name, word in (("in_flight", "in flight"), ("delayed", "delayed"))
        if details.get(name)
    ]
    counts = f" ({', '.join(hidden)})" if hidden else ""
    return f"a receive found nothing{counts}{what_hides(details)}"


def what_hides(details: Any) -> str:
    """What a receive that found nothing could have waited for, if there is something."""
    if details.get("next_id") is None:
        return ""
    until = f"until {clock_time(details['next_due_ns'])}"
    body = excerpt(details["next_body"])
    if details["next_was"] == "delayed":
        return f": {body} is delayed {until}"
    if not details["behind"] or details["next_group_id"] is None:
        return f": {body} is in flight {until}"
    group = _value(details["next_group_id"], 40)
    return f": group {group} waits for {body}, in flight {until}; {details['behind']} behind it"


def _retried(details: Any) -> str:
    failed = f"delivery to {_value(details['endpoint'], 120)} failed, {ordinal(details['attempt'])} time"
    return f"{failed} ({_value(details['reason'], 160)}): again later"


def endpoint_name(details: Any) -> str:
    """What a subscription delivers to, in short: the name of a queue or a function, else the endpoint."""
    endpoint: str = details["endpoint"]
    name = endpoint.rpartition(":")[2] if details["protocol"] in ("sqs", "lambda", "firehose") else endpoint
    return _value(name, 120)


def reason_of_filter(details: Any) -> str:
    """Why a subscription did not get a message that was filtered out. For people: it compiles the policy."""
    from ..services.sns.filter.explain import explain_text  # not loaded by who does not use SNS

    found = explain_text(details["policy"], details["scope"], details["attributes"], details["body"])
    return "its replay is over" if found else found.reason


def refusal_of(details: Any) -> str:
    """What AWS would not let happen, by a policy, and why not."""
    if details["source_arn"] is not None:
        return f"AWS would not deliver this: {details['reason']}"
    return f"AWS would refuse {details['principal']} {details['action']}: {details['reason']}"


def _failed(details: Any) -> str:
    where = f" to {_value(details['endpoint'], 120)}" if details.get("endpoint") else ""
    return f"delivery{where} failed for good ({_value(details['reason'], 160)})"


def _put_on_bus(details: Any) -> str:
    rules = ", ".join(_value(name, 80) for name in details["rules"])
    return f"{_what_was_put(details)} put: {f'matched by {rules}' if rules else 'matched by no rule'}"


def _what_was_put(details: Any) -> str:
    return f"{_value(details['source'], 80)} {shown(details['detail_type'], 80)}"


def _matched(details: Any) -> str:
    names = ", ".join(_value(target_name(arn), 80) for arn in details["targets"])
    what = "its schedule has made an event" if details["is_scheduled"] else "matched"
    return f"{what}{f', for {names}' if names else ', and it has no targets'}"


def _not_taken(details: Any) -> str:
    failed = f"{_value(target_name(details['target']), 80)} did not take it ({_value(details['reason'], 160)})"
    if details["due"] is not None:
        return f"{failed}: again at {clock_time(details['due'])}"
    if details["dead_letter_arn"] is not None:
        return f"{failed}: moved to {_value(target_name(details['dead_letter_arn']), 80)}"
    return f"{failed}: given up"


def target_name(arn: str) -> str:
    """What has an ARN, in short: ``orders``."""
    return arn.rpartition(":")[2].rpartition("/")[2]


def run_of(details: Any) -> str:
    """Which run of a function it is, and what it is about: ``"run 1 with 3 messages of orders"``."""
    trigger = details.get("trigger") or ""
    source = _value(trigger.partition(":")[2], 80)
    number = f"run {details['run']}" if details.get("run") else "a run"
    if "message_ids" in details:
        what = f" with {counted(len(details['message_ids']), 'message')} of {source}"
    elif details.get("records"):
        what = f" with {counted(details['records'], 'record')} of {shard_label(source, details['shard'])}"
    elif "records" in details:
        what = f" at the end of a tumbling window of {shard_label(source, details['shard'])}"
    else:
        what = f" for {_value(trigger, 120)}" if trigger else ""
    attempt = details.get("attempt") or 1
    return f"{number}{what}{f', {ordinal(attempt)} attempt' if attempt > 1 else ''}"


def _ended(details: Any, how: str) -> str:
    lasted = details.get("lasted")
    return f"{run_of(details)}{f', after {lasted / SECOND:g} s' if lasted else ''}: {how}"


def _succeeded(details: Any) -> str:
    reported = details.get("reported")
    return _ended(details, f"{reported} reported as failed" if reported else "succeeded")


def _timed_out(details: Any) -> str:
    return f"{run_of(details)}: timed out after {details.get('lasted', 0) / SECOND:g} s"


def _again(details: Any) -> str:
    return f"again at {clock_time(details['due'])}" if details.get("due") else "again later"


def _last(arn: str) -> str:
    """What is last in an ARN: a name."""
    return arn.rpartition(":")[2]


def _but_disabled(details: Any) -> str:
    return "" if details["state"] == "Enabled" else ", but disabled"


def _taken(details: Any) -> str:
    """How much a mapping took at once."""
    if "message_ids" in details:
        return counted(len(details["message_ids"]), "message")
    stream = details["arn"].split("/")[1]
    if not details["records"]:
        return f"the end of a tumbling window of {shard_label(stream, details['shard'])}"
    return f"{counted(details['records'], 'record')} of {shard_label(stream, details['shard'])}"


def _discarded(details: Any) -> str:
    """What a mapping has given up."""
    if details["why"] == "expired":
        return f"{_taken(details)} gone before {details['function']} was done with them"
    told = "" if details["destination"] is None else f", {details['destination'].rpartition(':')[2]} is told"
    return f"{_taken(details)} given up by {details['function']} ({details['why']}){told}"


def _beginning(details: Any) -> str:
    """Where somebody begins to read, and how much lies before it."""
    before = details["before"]
    behind = f", behind {counted(before, 'record')}" if before else ""
    return f"{details['start']}{behind}"


def _gives(details: Any) -> str:
    return "gives" if details["operation"] == "GetRecords" else "takes"


_WORDS: dict[str, Callable[[Any], str]] = {
    facts.SQS_MESSAGE_SENT: _sent,
    facts.SQS_MESSAGE_RECEIVED: _received,
    facts.SQS_MESSAGE_VISIBLE: _visible,
    facts.SQS_MESSAGE_VISIBILITY_CHANGED: _changed,
    facts.SQS_MESSAGE_DELETED: lambda _: "deleted",
    facts.SQS_MESSAGE_EXPIRED: lambda _: "dropped, as its retention period is over",
    facts.SQS_MESSAGE_MOVED_TO_DLQ: lambda details: (
        f"moved to {details['dead_letter_queue']} after {counted(details['receive_count'], 'receive')}"
    ),
    facts.SQS_MESSAGE_DEDUPLICATED: _deduplicated,
    facts.SQS_MESSAGE_RETURNED: lambda _: "given back, as its receiver was cancelled",
    facts.CHAOS: lambda details: f"as AWS may do: {details['choice']}",
    facts.POLICY_WOULD_REFUSE: refusal_of,
    facts.FAULT_FIRED: lambda details: f"fault: {details['fault']}",
    facts.CLOCK_JUMPED: words,
    facts.SQS_DELETE_IN_VAIN: lambda _: "a delete came too late: the message has gone",
    facts.SQS_ENTRY_REFUSED: lambda details: (
        f"entry {_value(details['id'], 80)} of a batch refused: {_value(details['code'], 80)}: "
        f"{_value(details['reason'], 160)}"
    ),
    facts.SQS_DELETE_REFUSED: lambda _: "a delete was refused, as the visibility timeout has ended",
    facts.SQS_RECEIVE_EMPTY: _empty,
    facts.SQS_POLL_BEGAN: lambda details: f"a receive waits for up to {details['wait_seconds']} s",
    facts.SQS_POLL_FILLED: lambda details: f"the receive that waited got {counted(len(details['handles']), 'message')}",
    facts.SQS_POLL_ABANDONED: lambda _: "the receive that waited was abandoned, and has taken nothing",
    facts.SQS_POLL_ENDED_EMPTY: lambda details: f"the receive that waited ended with nothing{what_hides(details)}",
    facts.SQS_QUEUE_CREATED: lambda _: "queue created",
    facts.SQS_QUEUE_DELETED: lambda details: f"queue deleted, and {counted(details['messages'], 'message')} with it",
    facts.SQS_QUEUE_PURGED: lambda details: f"purged of {counted(details['messages'], 'message')}",
    facts.SNS_MESSAGE_PUBLISHED: lambda _: "published",
    facts.SNS_MESSAGE_DEDUPLICATED: lambda _: "published again: a duplicate, not delivered",
    facts.SNS_TOPIC_CREATED: lambda _: "topic created",
    facts.SNS_SUBSCRIPTION_CREATED: lambda details: (
        f"{details['protocol']} {details['endpoint']} subscribed{', to be confirmed' if details.get('pending') else ''}"
    ),
    facts.SNS_TOPIC_DELETED: lambda _: "topic deleted",
    facts.SNS_SUBSCRIPTION_CONFIRMED: lambda details: f"subscription of {details['endpoint']} confirmed",
    facts.SNS_SUBSCRIPTION_DELETED: lambda details: f"subscription of {details['endpoint']} deleted",
    facts.SNS_DELIVERY_RETRIED: _retried,
    facts.SNS_DELIVERY_UNCONFIRMED: lambda details: f"not for {endpoint_name(details)}: not confirmed yet",
    facts.SNS_MESSAGE_FILTERED: lambda details: f"not for {endpoint_name(details)}: {reason_of_filter(details)}",
    facts.SNS_DELIVERY_FAILED: _failed,
    facts.EVENT_PUT: _put_on_bus,
    facts.EVENT_MATCHED: _matched,
    facts.EVENT_FAILED: _not_taken,
    facts.EVENT_LOST: lambda details: f"{_what_was_put(details)} put on a bus that there is not: it goes nowhere",
    facts.EVENT_REFUSED: lambda details: (
        f"entry {details['entry']} of a call refused: {details['code']}: {details['reason']}"
    ),
    facts.ALARM_CHANGED: lambda details: f"{details['old']} -> {details['state']}: {_value(details['reason'], 160)}",
    facts.SCALING_CHANGED: lambda details: f"{details['old']} -> {details['new']}: {_value(details['cause'], 160)}",
    facts.DELIVERY_STREAM_CREATED: lambda details: (
        f"delivery stream made: {_last(details['source']) or 'puts'} -> {_last(details['bucket'])}"
    ),
    facts.DELIVERY_STREAM_CHANGED: lambda _: "delivery stream changed",
    facts.DELIVERY_STREAM_DELETED: lambda details: (
        f"delivery stream deleted, and {counted(details['lost'], 'record')} with it"
    ),
    facts.DELIVERY_STREAM_TAKEN: lambda details: f"{counted(details['count'], 'record')} taken",
    facts.DELIVERY_STREAM_TRANSFORMED: lambda details: (
        f"{counted(details['count'], 'record')} transformed: {details['dropped']} dropped, {details['failed']} failed"
        + (f" ({_value(details['reason'], 160)})" if details["reason"] else "")
    ),
    facts.DELIVERY_STREAM_DELIVERED: lambda details: (
        f"{counted(details['count'], 'record')} delivered to {_value(details['bucket'], 80)}: "
        f"{_value(details['key'], 160)}"
    ),
    facts.DELIVERY_STREAM_PUT_FAILED: lambda details: (
        f"{counted(details['count'], 'record')} could not be put ({_value(details['reason'], 160)})"
        + (", and are given up" if details["given_up"] else "")
    ),
    facts.PIPE_CREATED: lambda details: f"pipe made: {_last(details['source'])} -> {_last(details['target'])}",
    facts.PIPE_CHANGED: lambda details: f"pipe changed: {details['state']}",
    facts.PIPE_DELETED: lambda _: "pipe deleted",
    facts.PIPE_TAKEN: lambda details: f"{counted(len(details['message_ids']), 'message')} taken",
    facts.PIPE_FILTERED: lambda details: f"{counted(len(details['message_ids']), 'message')} filtered out",
    facts.PIPE_GIVEN_UP: lambda details: (
        f"{counted(len(details['numbers']), 'record')} given up ({details['condition']})"
        + (f", {_last(details['dead_letter_queue'])} is told" if details["dead_letter_queue"] else "")
    ),
    facts.PIPE_HANDLED: lambda details: (
        f"{counted(len(details['message_ids']), 'message')} through to {_last(details['target'])}"
        + (f": {len(details['failed'])} failed ({_value(details['reason'], 160)})" if details["failed"] else "")
    ),
    facts.SCHEDULE_CREATED: lambda details: (
        f"schedule made: {_value(details['expression'], 80)} -> {_value(_last(details['target']), 120)}"
    ),
    facts.SCHEDULE_CHANGED: lambda details: (
        f"schedule changed: {_value(details['expression'], 80)}, {_value(details['state'], 40)}"
    ),
    facts.SCHEDULE_DELETED: lambda details: f"schedule deleted: {details['why']}",
    facts.SCHEDULE_FIRED: lambda details: f"its time has come: {_value(_last(details['target']), 120)} is invoked",
    facts.SCHEDULE_RETRIED: lambda details: (
        f"{_value(_last(details['target']), 120)} is invoked {_again(details)} ({_value(details['reason'], 160)})"
    ),
    facts.SCHEDULE_FAILED: lambda details: (
        f"invocation of {_value(_last(details['target']), 120)} given up ({_value(details['reason'], 160)})"
        + (f", dead letter to {_last(details['dead_letter_queue'])}" if details["dead_letter_queue"] else "")
    ),
    facts.SCHEDULE_DEAD_LETTER_LOST: lambda details: (
        f"dead letter lost, as {_last(details['dead_letter_queue'])} did not take it ({_value(details['reason'], 160)})"
    ),
    facts.BUCKET_CREATED: lambda _: "bucket created",
    facts.BUCKET_DELETED: lambda _: "bucket deleted",
    facts.OBJECT_CREATED: object_created,
    facts.OBJECT_REMOVED: object_removed,
    facts.NOTIFICATION_SENT: lambda details: f"{told(details)} told of {event_of(details)}",
    facts.NOTIFICATION_FAILED: lambda details: (
        f"{told(details)} could not be told of {event_of(details)}: {_value(details['reason'], 160)}"
    ),
    facts.LAMBDA_FUNCTION_CREATED: lambda _: "function created",
    facts.LAMBDA_FUNCTION_CHANGED: lambda _: "function changed",
    facts.LAMBDA_FUNCTION_DELETED: lambda _: "function deleted",
    facts.LAMBDA_VERSION_PUBLISHED: lambda details: f"version {_value(details['version'])} published",
    facts.LAMBDA_INVOKED: lambda details: f"{run_of(details)} begins",
    facts.LAMBDA_FAILED: lambda details: _ended(details, f"failed ({_value(details['reason'], 160)})"),
    facts.LAMBDA_TIMED_OUT: _timed_out,
    facts.LAMBDA_SUCCEEDED: _succeeded,
    facts.LAMBDA_THROTTLED: lambda details: f"{run_of(details)}: throttled ({details['reason']})",
    facts.LAMBDA_RETRIED: lambda details: f"event of {_value(details['trigger'], 120)} is run {_again(details)}",
    facts.LAMBDA_GIVEN_UP: lambda details: f"event of {details['trigger']} given up ({details['condition']})",
    facts.LAMBDA_DEAD_LETTERED: lambda details: f"{details['what']} sent to {details['to'].rpartition(':')[2]}",
    facts.LAMBDA_LOST: lambda details: (
        f"{details['what']} lost, as {details['to'].rpartition(':')[2]} did not take it "
        f"({_value(details['reason'], 160)})"
    ),
    facts.MAPPING_CREATED: lambda details: f"mapped to the function {details['function']}{_but_disabled(details)}",
    facts.MAPPING_CHANGED: lambda details: f"its mapping to {details['function']} changed: {details['state']}",
    facts.MAPPING_DELETED: lambda details: f"its mapping to {details['function']} deleted",
    facts.MAPPING_TAKEN: lambda details: f"{_taken(details)} taken for {details['function']}",
    facts.MAPPING_FILTERED: lambda details: f"{_taken(details)} not for {details['function']}, by its filters",
    facts.MAPPING_HANDLED: lambda details: (
        f"{details['function']} is done with {_taken(details)}"
        + (f": {len(details['failed'])} failed" if details["failed"] else "")
    ),
    facts.MAPPING_RETRIED: lambda details: (
        f"{_taken(details)} for {details['function']} {_again(details)} ({details['outcome']})"
    ),
    facts.MAPPING_BISECTED: lambda details: (
        f"{_taken(details)} divided, as {details['function']} has failed: "
        f"{details['first']} and {details['records'] - details['first']}"
    ),
    facts.MAPPING_DISCARDED: _discarded,
    facts.MAPPING_DESTINATION_FAILED: lambda details: (
        f"{details['destination'].rpartition(':')[2]} was not told of what {details['function']} has given up "
        f"({_value(details['reason'], 160)})"
    ),
    facts.SNS_MESSAGE_DEAD_LETTERED: lambda details: f"moved to {details['queue'].rpartition(':')[2]}",
    facts.SNS_MESSAGE_LOST: lambda details: (
        f"lost, as {details['queue'].rpartition(':')[2]} did not take it ({_value(details['reason'], 160)})"
    ),
    facts.KINESIS_STREAM_DELETED: lambda _: "stream deleted",
    facts.KINESIS_STREAM_SCALED: lambda details: f"stream scaled to {counted(details['shards'], 'shard')}",
    facts.KINESIS_SHARD_SPLIT: lambda details: f"{details['shard_id']} split into {' and '.join(details['children'])}",
    facts.KINESIS_SHARDS_MERGED: lambda details: (
        f"{details['shard_id']} merged into {' and '.join(details['children'])}"
    ),
    facts.KINESIS_STREAM_CREATED: lambda details: f"stream created with {counted(details['shards'], 'shard')}",
    facts.KINESIS_RECORD_PUT: lambda details: (
        f"put into {details['shard_id']}, "
        + ("without a key" if details["partition_key"] is None else f"key {shown(details['partition_key'], 80)}")
    ),
    facts.KINESIS_CHANNEL_CREATED: lambda details: (
        f"channel created, from {_value(details['stream'], 80)} to {details['destination']}"
    ),
    facts.KINESIS_CHANNEL_DELETED: lambda _: "channel deleted",
    facts.KINESIS_QUEUE_CREATED: lambda details: f"queue created on {_value(details['stream'], 80)}",
    facts.KINESIS_QUEUE_DELETED: lambda _: "queue deleted",
    facts.KINESIS_QUEUE_UPDATED: lambda details: (
        f"queue changed: hides for {details['visibility_seconds']} s, "
        + (
            f"a dead letter after {counted(details['max_receive_count'], 'receive')}"
            if details["max_receive_count"]
            else "no dead letters"
        )
    ),
    facts.KINESIS_RECORD_RECEIVED: _received,
    facts.KINESIS_RECORD_VISIBLE: lambda details: f"visible again, as it was not acknowledged in time{_at_it(details)}",
    facts.KINESIS_RECORD_VISIBILITY_CHANGED: _changed,
    facts.KINESIS_RECORD_RETURNED: lambda _: "given back, as its receiver was cancelled",
    facts.KINESIS_RECORD_ACKNOWLEDGED: lambda _: "acknowledged",
    facts.KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN: lambda _: "an acknowledgement came too late: the handle is good no more",
    facts.KINESIS_RECORD_DEAD_LETTERED: lambda details: (
        f"a dead letter after {counted(details['receive_count'], 'receive')}"
    ),
    facts.KINESIS_RECORD_RESTORED: lambda _: "restored, a dead letter no more",
    facts.KINESIS_RECORD_EXPIRED: lambda _: "dropped, as its stream keeps it no longer",
    facts.KINESIS_POLL_BEGAN: lambda details: f"a receive waits for up to {details['wait_seconds']} s",
    facts.KINESIS_POLL_FILLED: lambda details: (
        f"the receive that waited got {counted(len(details['handles']), 'record')}"
    ),
    facts.KINESIS_POLL_ABANDONED: lambda _: "the receive that waited was abandoned, and has taken nothing",
    facts.KINESIS_POLL_ENDED_EMPTY: lambda _: "the receive that waited ended with nothing",
    facts.KINESIS_ITERATOR_MADE: lambda details: f"an iterator of {details['shard_id']} from {_beginning(details)}",
    facts.KINESIS_ITERATOR_EXPIRED: lambda details: (
        f"the iterator of {details['shard_id']} had expired: it was {details['seconds']} s old"
    ),
    facts.KINESIS_READ_EMPTY: lambda details: (
        f"read nothing from {details['shard_id']}{f', {left} left' if (left := details['left']) else ''}"
    ),
    facts.KINESIS_SHARD_SUBSCRIBED: lambda details: (
        f"{_value(details['consumer'], 80)} subscribed to {details['shard_id']} from {_beginning(details)}"
    ),
    facts.KINESIS_RECORDS_READ: lambda details: (
        f"{counted(details['count'], 'record')} read from {details['shard_id']}"
    ),
    facts.KINESIS_RECORDS_PUSHED: lambda details: (
        f"{counted(details['count'], 'record')} of {details['shard_id']} pushed to {details['consumer']}"
    ),
    facts.KINESIS_RECORDS_COPIED: lambda details: (
        f"{counted(details['read'], 'record')} of {details['shard_id']} copied by the channel {details['channel']}"
    ),
    facts.KINESIS_CALL_THROTTLED: lambda details: (
        f"{details['operation']} was refused, as {details['shard_id']} {_gives(details)} no more"
    ),
    facts.KINESIS_SUBSCRIPTION_REFUSED: lambda details: (
        f"{_value(details['consumer'], 80)} was not subscribed to {details['shard_id']}, as it has been just now"
    ),
    facts.KINESIS_RECORD_THROTTLED: lambda details: f"an entry was refused, as {details['shard_id']} takes no more",
}
