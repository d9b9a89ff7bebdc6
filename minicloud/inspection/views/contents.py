"""What there is in a cloud, kind by kind, for who shows the whole of it; and what views leave to the API to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core.timestamps import datetime_of
from ...services.sns.filter.explain import FilterExplanation, attribute_of, explain_text
from .alarms import AlarmView
from .buckets import BucketView
from .buses import BusView
from .queues import QueueView
from .schedules import ScheduleView
from .topics import SubscriptionView, TopicView

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = [
    "all_alarms",
    "all_buckets",
    "all_buses",
    "all_delivery_streams",
    "all_functions",
    "all_mappings",
    "all_pipes",
    "all_scaling_targets",
    "all_schedules",
    "all_topics",
    "attributes_of",
    "explain_message",
    "oldest_of",
]


def all_topics(engine: Engine) -> list[TopicView]:
    """Views of the topics of every account and region, in the order of their making."""
    found = _all(engine, "sns", lambda service: service.topics.values())
    return [TopicView(engine, topic) for topic in found]


def all_alarms(engine: Engine) -> list[AlarmView]:
    """Views of the alarms of every account and region."""
    found = _all(engine, "cloudwatch", lambda service: service.alarms.items.values())
    return [AlarmView(engine, alarm) for alarm in found]


def all_buckets(engine: Engine) -> list[BucketView]:
    """Views of the buckets of every account and region, in the order of their making."""
    return [BucketView(engine, bucket) for bucket in _all(engine, "s3", lambda service: service.buckets.values())]


def all_buses(engine: Engine) -> list[BusView]:
    """Views of the event buses of every account and region, in the order of their making."""
    found = _all(engine, "events", lambda service: service.buses.items.values())
    return [BusView(engine, bus) for bus in found]


def all_scaling_targets(engine: Engine) -> list[Any]:
    """What is scaled in every account and region, in the order of their making."""
    return _all(engine, "application-autoscaling", lambda service: service.targets.values())


def all_schedules(engine: Engine) -> list[ScheduleView]:
    """Views of the schedules of every account and region, in the order of their making."""
    found = _all(engine, "scheduler", lambda service: service.schedules.items.values())
    return [ScheduleView(engine, schedule) for schedule in found]


def all_delivery_streams(engine: Engine) -> list[tuple[Any, int]]:
    """The delivery streams of every account and region, each with how many of its records are not delivered yet."""

    def read(now: int) -> list[tuple[Any, int]]:
        streams = _each(engine, "firehose", lambda service: service.streams.items.values())
        return [(one, one.held() + (0 if one.reader is None else one.reader.behind(now))) for one in streams]

    return engine.look("a view", read)


def all_pipes(engine: Engine) -> list[tuple[Any, str]]:
    """The pipes of every account and region, each with what it will still do, in words."""

    def read(now: int) -> list[tuple[Any, str]]:
        pipes = _each(engine, "pipes", lambda service: service.pipes.items.values())
        return [(one, one.reader.owed(now)) for one in pipes]

    return engine.look("a view", read)


def all_functions(engine: Engine) -> list[Any]:
    """The functions of every account and region, in the order of their making."""
    return _all(engine, "lambda", lambda service: service.functions.values())


def all_mappings(engine: Engine) -> list[Any]:
    """The event source mappings of every account and region that there are."""
    return _all(engine, "lambda", lambda service: service.mappings.values())


def _all(engine: Engine, service_name: str, of: Any) -> list[Any]:
    # No loop stands inside of the gate: what comes into its jump back would pass by it (CPython 3.13).
    with engine.gate("a view"):
        return _each(engine, service_name, of)


def _each(engine: Engine, service_name: str, of: Any) -> list[Any]:
    return [one for service in engine.services(service_name) for one in of(service)]


def attributes_of(view: QueueView) -> dict[str, str]:
    """All attributes of a queue, as GetQueueAttributes answers them; empty when it is gone. Tells nothing."""
    engine, queue = view._engine, view._queue
    _, _, _, region_name, account_id, name = queue.arn.split(":")
    service = engine.find_service("sqs", account_id, region_name)

    def read(now: int) -> dict[str, str]:
        if service.queues.get(name) is not queue:
            return {}
        read_attributes = service.get_queue_attributes.handler
        answer: dict[str, dict[str, str]] = read_attributes(service, now, QueueUrl=name, AttributeNames=["All"])
        return answer["Attributes"]

    return engine.look("a view", read)


def oldest_of(view: QueueView) -> datetime | None:
    """When the oldest message came into a queue; None when there is none. O(1) for most queues."""

    def read(now: int) -> int | None:
        view._queue.refresh(now)
        return view._queue.oldest()

    found = view._engine.look("a view", read)
    return None if found is None else datetime_of(found)


def explain_message(view: SubscriptionView, message: str, attributes: Mapping[str, Any]) -> FilterExplanation:
    """Whether a message would be one for a subscription, and why: attributes as plain values, or as SNS takes them.

    Raises ``UsageError`` for a value that no attribute has.
    """
    if not view.confirmed:
        return FilterExplanation(False, "the subscription is not confirmed yet")
    given = {name: attribute_of(name, value) for name, value in attributes.items()}
    return explain_text(view._filter_text, view.filter_policy_scope, given, message)
