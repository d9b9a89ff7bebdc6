"""From facts to counts: which metrics a fact of a service adds to, and how much.

A fact becomes rows, one for each metric. A row names what it is of by ARN, which says whose account and which region;
what a fact does not say (its queue's ARN, sizes) has to be added to the facts of the service, not found out here. A row
may have a mark, by which a later fact finds it: what a topic has sent is delivered, unless it is told that it failed.
Those of Kinesis, Lambda and EventBridge are made in files of their own. This file changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from ...core import facts
from .counted_events import MAKERS as OF_EVENTS
from .counted_functions import MAKERS as OF_FUNCTIONS
from .counted_streams import MAKERS as OF_STREAMS
from .metric import MINUTE, Key
from .rows import Details, Fact, Maker, Rows

__all__ = ["counts_of"]


def counts_of(told: Iterable[Fact]) -> dict[tuple[str, str], dict[tuple[Key, int, str], dict[float, float]]]:
    """How often each value came, by account and region, metric, minute and unit. O(facts)."""
    found: dict[tuple[str, str], dict[tuple[Key, int, str], dict[float, float]]] = {}
    marked: dict[object, tuple[dict[float, float], float]] = {}
    sent: dict[tuple[str, str, int], dict[float, float]] = {}
    for now, kind, resource, details in told:
        if kind == facts.SQS_MESSAGE_SENT:  # what there is most of: as sizes first
            of = details["arn"], resource, now - now % MINUTE
            sizes = sent.get(of)
            if sizes is None:
                sizes = sent[of] = {}
            size = _size_of_message(details)
            sizes[size] = sizes.get(size, 0.0) + 1.0
            continue
        make = _MAKERS.get(kind)
        if make is None:
            continue
        wrong = _corrected(kind, details)
        if wrong in marked:
            counts, value = marked.pop(wrong)
            counts[value] -= 1.0
            if not counts[value]:
                del counts[value]
        minute = now - now % MINUTE
        for arn, namespace, name, dimensions, unit, value, mark in make(now, resource, details):
            values = found.setdefault(_place_of(arn), {})
            counts = values.setdefault(((namespace, name, dimensions), minute, unit), {})
            counts[value] = counts.get(value, 0.0) + 1.0
            if mark is not None:
                marked[mark] = counts, value
    for (arn, resource, minute), sizes in sent.items():
        values, dimensions = found.setdefault(_place_of(arn), {}), (("QueueName", resource),)
        values[("AWS/SQS", "NumberOfMessagesSent", dimensions), minute, "Count"] = {1.0: sum(sizes.values())}
        values[("AWS/SQS", "SentMessageSize", dimensions), minute, "Bytes"] = sizes
    return {place: {at: counts for at, counts in values.items() if counts} for place, values in found.items()}


@lru_cache(4096)
def _place_of(arn: str) -> tuple[str, str]:
    _, _, _, region_name, account_id, _ = arn.split(":", 5)
    return account_id, region_name


def size_of(text: str) -> int:
    """The length of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _size_of_attributes(attributes: Mapping[str, Any] | None) -> int:
    if not attributes:
        return 0
    size = 0
    for name, attribute in attributes.items():
        content = attribute.get("BinaryValue")
        length = size_of(attribute.get("StringValue", "")) if content is None else len(content)
        size += size_of(name) + size_of(attribute["DataType"]) + length
    return size


# --- SQS --------------------------------------------------------------------------------------------------------------


def _of_queue(name: str) -> Maker:
    def make(now: int, resource: str, details: Details) -> Rows:
        return [(details["arn"], "AWS/SQS", name, (("QueueName", resource),), "Count", 1.0, None)]

    return make


def _size_of_message(details: Details) -> float:
    body, attributes = details["body"], details["attributes"]
    size = len(body) if body.isascii() else size_of(body)
    return float(size + _size_of_attributes(attributes)) if attributes else float(size)


_MAKERS: Final[dict[str, Maker]] = {
    facts.SQS_DELETE_IN_VAIN: _of_queue("NumberOfMessagesDeleted"),
    facts.SQS_MESSAGE_DEDUPLICATED: _of_queue("NumberOfDeduplicatedSentMessages"),
    facts.SQS_MESSAGE_DELETED: _of_queue("NumberOfMessagesDeleted"),
    facts.SQS_MESSAGE_RECEIVED: _of_queue("NumberOfMessagesReceived"),
    facts.SQS_POLL_ENDED_EMPTY: _of_queue("NumberOfEmptyReceives"),
    facts.SQS_RECEIVE_EMPTY: _of_queue("NumberOfEmptyReceives"),
}


# --- SNS --------------------------------------------------------------------------------------------------------------


def _of_topic(arn: str, resource: str, *names: str, mark: object = None) -> Rows:
    return [(arn, "AWS/SNS", name, (("TopicName", resource),), "Count", 1.0, mark) for name in names]


def _published(now: int, resource: str, details: Details) -> Rows:
    arn = details["arn"]
    size = size_of(details["body"]) + _size_of_attributes(details["attributes"])
    rows = _of_topic(arn, resource, "NumberOfMessagesPublished")
    rows.append((arn, "AWS/SNS", "PublishSize", (("TopicName", resource),), "Bytes", float(size), None))
    return rows


def _fanned_out(now: int, resource: str, details: Details) -> Rows:
    """What goes to a web server is delivered when that says so; all else now, unless it is told that it failed."""
    rows: Rows = []
    for arn, protocol, *_ in details["subscriptions"]:
        if protocol not in ("http", "https"):
            mark = "sns", arn, details["message_id"]
            rows += _of_topic(details["arn"], resource, "NumberOfNotificationsDelivered", mark=mark)
    return rows


def _filtered(now: int, resource: str, details: Details) -> Rows:
    if not details["policy"]:
        return []  # a replay that is over
    if details["scope"] == "MessageBody":
        why = "MessageBody" if _is_json_object(details["body"]) else "InvalidMessageBody"
    elif not details["attributes"]:
        why = "NoMessageAttributes"
    else:
        why = "InvalidAttributes" if _has_wrong_array(details["attributes"]) else "MessageAttributes"
    name = "NumberOfNotificationsFilteredOut"
    return _of_topic(details["arn"], resource, name, f"{name}-{why}")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _has_wrong_array(attributes: Mapping[str, Any]) -> bool:
    for attribute in attributes.values():
        if attribute["DataType"].startswith("String.Array"):
            try:
                json.loads(attribute.get("StringValue", ""))
            except ValueError:
                return True
    return False


def _delivered(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], resource, "NumberOfNotificationsDelivered")


def _failed(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], resource, "NumberOfNotificationsFailed") if "arn" in details else []


def _redriven(now: int, resource: str, details: Details) -> Rows:
    mark = "dlq", details["subscription"], details["message_id"]
    return _of_topic(details["arn"], resource, "NumberOfNotificationsRedrivenToDlq", mark=mark)


def _lost(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], resource, "NumberOfNotificationsFailedToRedriveToDlq")


_MAKERS.update(
    {
        facts.SNS_DELIVERY_FAILED: _failed,
        facts.SNS_DELIVERY_SUCCEEDED: _delivered,
        facts.SNS_MESSAGE_DEAD_LETTERED: _redriven,
        facts.SNS_MESSAGE_FANNED_OUT: _fanned_out,
        facts.SNS_MESSAGE_FILTERED: _filtered,
        facts.SNS_MESSAGE_LOST: _lost,
        facts.SNS_MESSAGE_PUBLISHED: _published,
        **OF_EVENTS,
        **OF_STREAMS,
        **OF_FUNCTIONS,
    }
)


def _corrected(kind: str, details: Details) -> object:
    """The mark of the row that a fact says was wrong; None for most facts."""
    if kind == facts.SNS_DELIVERY_FAILED and "subscription" in details:
        return "sns", details["subscription"], details["message_id"]
    if kind == facts.SNS_MESSAGE_LOST:
        return "dlq", details["subscription"], details["message_id"]
    return None
