"""The control API's queues, topics, streams and outbox: the views of ``Cloud``, as JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..core.hosts import partition_of
from ..core.shown import shown
from ..core.timestamps import nanoseconds_of
from ..exceptions import UsageError
from ..inspection.jsonl import time_text
from ..inspection.views.contents import all_topics, attributes_of, explain_message, oldest_of
from ..inspection.views.lookup import AmbiguousName
from ..inspection.views.queues import MessageView, QueueView, all_queues, find_queue
from ..inspection.views.streams import StreamView, all_streams, find_stream
from ..inspection.views.topics import SubscriptionView, TopicView, find_topic
from .control_ask import NAME, Ask, Refused, Routes

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["ROUTES", "found", "moment", "plain"]

T = TypeVar("T")

_STATES: Final = ("visible", "delayed", "in_flight")
_MOST_PUBLISHED: Final = 100
"""So many of what was published to a topic are shown, the latest."""


def plain(value: Any) -> Any:
    """A value in words of JSON, as AWS's own JSON has it: bytes in base64, moments in UTC."""
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inside) for inside in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return shown(value)


def moment(when: datetime | None) -> str | None:
    """A moment in UTC."""
    return None if when is None else time_text(nanoseconds_of(when))


def found(ask: Ask, find: Callable[[Engine, str], T], form: str) -> T:
    """What the name in the path means; ``form`` is that of an ARN. Raises ``Refused`` (404)."""
    name = ask.named[0]
    if name.count("/") == 2 and "://" not in name and not name.startswith("arn:"):
        region, account, bare = name.split("/")
        name = form.format(partition=partition_of(region), region=region, account=account, name=bare)
    try:
        return find(ask.cloud, name)
    except AmbiguousName:
        raise
    except UsageError as error:
        raise Refused(503 if ask.cloud.closed else 404, str(error)) from None


def some(items: Iterable[T], limit: int | None) -> list[T]:
    """The first so many."""
    return list(items) if limit is None else list(items)[:limit]


# --- queues -----------------------------------------------------------------------------------------------------------

_QUEUE_ARN: Final = "arn:{partition}:sqs:{region}:{account}:{name}"


def _queues(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"queues": [_queue_of(ask, queue) for queue in all_queues(ask.cloud)]}


def _queue(ask: Ask) -> dict[str, Any]:
    ask.given()
    return _queue_of(ask, found(ask, find_queue, _QUEUE_ARN))


def _queue_of(ask: Ask, queue: QueueView) -> dict[str, Any]:
    counts = queue.counts
    attributes = attributes_of(queue)
    redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
    return {
        "name": queue.name,
        "url": ask.base_url + queue.url.split("://", 1)[1].partition("/")[2],
        "arn": queue.arn,
        "counts": {"visible": counts.visible, "delayed": counts.delayed, "in_flight": counts.in_flight},
        "oldest_sent": moment(oldest_of(queue)),
        "dead_letter_target": redrive.get("deadLetterTargetArn"),
        "is_dead_letter_queue": queue.is_dead_letter_queue,
        "attributes": attributes,
    }


def _messages(ask: Ask) -> dict[str, Any]:
    known = ("state", "limit")
    state, limit = ask.choice("state", _STATES, *known), ask.count("limit", *known)
    queue = found(ask, find_queue, _QUEUE_ARN)
    wanted = (message for message in queue.messages if not state or message.state == state)
    return {"messages": [_message_of(message) for message in some(wanted, limit)]}


def _message_of(message: MessageView) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "body": message.body,
        "attributes": plain(message.attributes),
        "message_attributes": plain(message.message_attributes),
        "state": message.state,
        "receive_count": message.receive_count,
        "group_id": message.group_id,
        "sent": moment(message.sent),
        "visible_at": moment(message.visible_at),
        "moves_to": message.moves_to,
    }


# --- topics -----------------------------------------------------------------------------------------------------------

_TOPIC_ARN: Final = "arn:{partition}:sns:{region}:{account}:{name}"


def _topics(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"topics": [_topic_of(topic) for topic in all_topics(ask.cloud)]}


def _topic(ask: Ask) -> dict[str, Any]:
    ask.given()
    topic = found(ask, find_topic, _TOPIC_ARN)
    published = [
        {
            "message_id": one.message_id,
            "message": one.message,
            "subject": one.subject,
            "message_attributes": plain(one.message_attributes),
            "group_id": one.group_id,
            "time": moment(one.time),
        }
        for one in topic.published[-_MOST_PUBLISHED:]
    ]
    return {**_topic_of(topic), "published": published}


def _topic_of(topic: TopicView) -> dict[str, Any]:
    return {
        "name": topic.name,
        "arn": topic.arn,
        "subscriptions": [_subscription_of(one) for one in topic.subscriptions],
        "published_count": len(topic.published),
    }


def _subscription_of(subscription: SubscriptionView) -> dict[str, Any]:
    return {
        "arn": subscription.arn,
        "protocol": subscription.protocol,
        "endpoint": subscription.endpoint,
        "confirmed": subscription.confirmed,
        "raw": subscription.raw,
        "filter_policy": plain(subscription.filter_policy),
        "filter_policy_scope": subscription.filter_policy_scope,
    }


def _explain(ask: Ask) -> dict[str, Any]:
    """Who would get a message, and why: nothing is published."""
    known = ("message", "message_attributes")
    given = ask.given(*known)
    message, attributes = given.get("message", ""), given.get("message_attributes", {})
    if not isinstance(message, str):
        message = json.dumps(message, ensure_ascii=False)
    if isinstance(attributes, str):
        try:
            attributes = json.loads(attributes)
        except ValueError:
            attributes = None
    if not isinstance(attributes, dict):
        raise Refused(400, 'message_attributes are an object of JSON: {"store": "books", "price": 5}')
    topic = found(ask, find_topic, _TOPIC_ARN)
    return {"subscriptions": [_explained(one, message, attributes) for one in topic.subscriptions]}


def _explained(subscription: SubscriptionView, message: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    explanation = explain_message(subscription, message, attributes)
    return {**_subscription_of(subscription), "gets_it": bool(explanation), "reason": str(explanation.reason)}


# --- streams ----------------------------------------------------------------------------------------------------------

_STREAM_ARN: Final = "arn:{partition}:kinesis:{region}:{account}:stream/{name}"


def _streams(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"streams": [_stream_of(stream) for stream in all_streams(ask.cloud)]}


def _stream(ask: Ask) -> dict[str, Any]:
    ask.given()
    return _stream_of(found(ask, find_stream, _STREAM_ARN))


def _stream_of(stream: StreamView) -> dict[str, Any]:
    shards = [
        {
            "shard_id": shard.shard_id,
            "is_open": shard.is_open,
            "parent_shard_id": shard.parent_shard_id,
            "adjacent_parent_shard_id": shard.adjacent_parent_shard_id,
            # Larger than what other languages read as a number.
            "starting_hash_key": str(shard.starting_hash_key),
            "ending_hash_key": str(shard.ending_hash_key),
            "records": len(shard.records),
        }
        for shard in stream.shards
    ]
    queues = [{"name": one.name, "arn": one.arn, "status": one.status, "records": len(one)} for one in stream.queues]
    channels = [{"name": one.name, "arn": one.arn, "status": one.status} for one in stream.channels]
    return {
        "name": stream.name,
        "arn": stream.arn,
        "status": stream.status,
        "shards": shards,
        "queues": queues,
        "channels": channels,
    }


def _records(ask: Ask) -> dict[str, Any]:
    known = ("shard_id", "limit")
    shard_id, limit = ask.text("shard_id", *known), ask.count("limit", *known)
    stream = found(ask, find_stream, _STREAM_ARN)
    ids = [shard.shard_id for shard in stream.shards]
    if shard_id and shard_id not in ids:
        raise Refused(404, f"there is no shard {shown(shard_id)}; there are: {', '.join(ids)}")
    wanted = (record for record in stream.records if shard_id in ("", record.shard_id))
    return {
        "records": [
            {
                "sequence_number": record.sequence_number,
                "partition_key": record.partition_key,
                "data": plain(record.data),
                "shard_id": record.shard_id,
                "time": moment(record.time),
            }
            for record in some(wanted, limit)
        ]
    }


# --- the outbox -------------------------------------------------------------------------------------------------------


def _outbox(ask: Ask) -> dict[str, Any]:
    known = ("protocol", "to")
    protocol, to = ask.text("protocol", *known), ask.text("to", *known)
    left = [one for one in ask.cloud.outbox if protocol in ("", one.protocol) and to in ("", one.endpoint)]
    return {
        "outbox": [
            {
                "protocol": one.protocol,
                "endpoint": one.endpoint,
                "subject": one.subject,
                "body": one.body,
                "headers": plain(one.headers),
                "attributes": plain(one.attributes),
                "message_id": one.message_id,
                "time": time_text(one.time_ns),
            }
            for one in left
        ]
    }


def _clear_outbox(ask: Ask) -> dict[str, Any]:
    ask.given()
    ask.cloud.outbox.clear()
    return {"outbox": []}


ROUTES: Routes = (
    (("queues",), {"GET": _queues}),
    (("queues", NAME), {"GET": _queue}),
    (("queues", NAME, "messages"), {"GET": _messages}),
    (("topics",), {"GET": _topics}),
    (("topics", NAME), {"GET": _topic}),
    (("topics", NAME, "explain"), {"POST": _explain}),
    (("streams",), {"GET": _streams}),
    (("streams", NAME), {"GET": _stream}),
    (("streams", NAME, "records"), {"GET": _records}),
    (("outbox",), {"GET": _outbox, "DELETE": _clear_outbox}),
)
