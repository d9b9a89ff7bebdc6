"""What SNS tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder, so that a fact has the same details wherever it is told. Whoever calls has looked whether anybody records:
``if trace is not None: facts.published(trace, now, topic, publication)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .publication import Publication
    from .subscription import Subscription
    from .topic import Topic

__all__ = [
    "confirmation_failed",
    "dead_lettered",
    "deduplicated",
    "delivered",
    "delivery_failed",
    "delivery_retried",
    "fanned_out",
    "filtered",
    "lost",
    "published",
    "subscription_confirmed",
    "subscription_created",
    "subscription_deleted",
    "text_message_failed",
    "topic_created",
    "topic_deleted",
    "unconfirmed",
]


# --- topics and subscriptions ----------------------------------------------------------------------------------------


def topic_created(trace: Trace, now: int, topic: Topic) -> None:
    """A topic was made."""
    trace(now, kinds.SNS_TOPIC_CREATED, topic.name, arn=topic.arn)


def topic_deleted(trace: Trace, now: int, topic: Topic) -> None:
    """A topic was deleted, with its subscriptions."""
    trace(now, kinds.SNS_TOPIC_DELETED, topic.name, arn=topic.arn)


def subscription_created(trace: Trace, now: int, subscription: Subscription, pending: bool) -> None:
    """Somebody subscribed; pending until the endpoint has confirmed."""
    trace(
        now,
        kinds.SNS_SUBSCRIPTION_CREATED,
        subscription.topic.name,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        pending=pending,
    )


def subscription_confirmed(trace: Trace, now: int, subscription: Subscription) -> None:
    """A pending subscription was confirmed."""
    trace(now, kinds.SNS_SUBSCRIPTION_CONFIRMED, subscription.topic.name, endpoint=subscription.endpoint)


def subscription_deleted(trace: Trace, now: int, subscription: Subscription) -> None:
    """A subscription was ended, by itself or as it stayed pending."""
    trace(now, kinds.SNS_SUBSCRIPTION_DELETED, subscription.topic.name, endpoint=subscription.endpoint)


def confirmation_failed(trace: Trace, now: int, subscription: Subscription, reason: str) -> None:
    """A web server did not take the message with the token."""
    topic_name = subscription.topic.name
    trace(now, kinds.SNS_CONFIRMATION_FAILED, topic_name, endpoint=subscription.endpoint, reason=reason)


# --- messages --------------------------------------------------------------------------------------------------------


def published(trace: Trace, now: int, topic: Topic, publication: Publication) -> None:
    """A topic accepted a message."""
    trace(
        now,
        kinds.SNS_MESSAGE_PUBLISHED,
        topic.name,
        message_id=publication.message_id,
        body=publication.message,
        subject=publication.subject,
        attributes=publication.attributes,
        group_id=publication.group_id,
        deduplication_id=publication.deduplication_id,
        arn=topic.arn,
    )


def not_so(told: Sequence[tuple[int, str, str, dict[str, Any]]], topics: Mapping[str, Topic]) -> list[int]:
    """The numbers of facts about publications to these topics that have not happened; the rest is not known."""
    missing: set[str] = set()
    for _, kind, _, details in told:
        topic = topics.get(details["arn"]) if kind == kinds.SNS_MESSAGE_PUBLISHED else None
        if topic is not None and len(topic.published) != topic.published.maxlen:  # then the oldest ones are known
            message_id = details["message_id"]
            if not any(one.message_id == message_id and one.happened for one in topic.published):
                missing.add(message_id)
    about = (
        kinds.SNS_DELIVERY_UNCONFIRMED,
        kinds.SNS_MESSAGE_FANNED_OUT,
        kinds.SNS_MESSAGE_FILTERED,
        kinds.SNS_MESSAGE_PUBLISHED,
    )
    return [
        number
        for number, (_, kind, _, details) in enumerate(told)
        if kind in about and details.get("message_id") in missing
    ]


def deduplicated(trace: Trace, now: int, topic: Topic, original: Publication) -> None:
    """A message was taken for a duplicate of ``original``, and goes no further."""
    trace(now, kinds.SNS_MESSAGE_DEDUPLICATED, topic.name, message_id=original.message_id)


def fanned_out(
    trace: Trace,
    now: int,
    topic: Topic,
    publication: Publication,
    queues: Sequence[str],
    subscriptions: Sequence[tuple[str, str, str, str, str]],
) -> None:
    """A message is on its way to these queues, and to these subscriptions altogether.

    Of each subscription its ARN, protocol, endpoint, filter policy and the policy's scope, as they are now.
    """
    trace(
        now,
        kinds.SNS_MESSAGE_FANNED_OUT,
        topic.name,
        message_id=publication.message_id,
        queues=queues,
        subscriptions=subscriptions,
        arn=topic.arn,
    )


def filtered(trace: Trace, now: int, subscription: Subscription, publication: Publication) -> None:
    """A subscriber does not get a message: its filter policy does not let it, or its replay is over.

    What a reader needs to say why is here; nobody finds out before somebody asks.
    """
    settings = subscription.settings
    trace(
        now,
        kinds.SNS_MESSAGE_FILTERED,
        subscription.topic.name,
        message_id=publication.message_id,
        subscription=subscription.arn,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        policy=settings.filter_text,
        scope=settings.filter_scope,
        attributes=publication.attributes,
        body=publication.text_for(subscription.protocol),
        arn=subscription.topic.arn,
    )


def unconfirmed(trace: Trace, now: int, subscription: Subscription, publication: Publication) -> None:
    """A subscriber does not get a message: it has not confirmed yet that it wants any."""
    trace(
        now,
        kinds.SNS_DELIVERY_UNCONFIRMED,
        subscription.topic.name,
        message_id=publication.message_id,
        subscription=subscription.arn,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        arn=subscription.topic.arn,
    )


# --- deliveries ------------------------------------------------------------------------------------------------------


def delivery_retried(
    trace: Trace, now: int, subscription: Subscription, message_id: str, attempt: int, reason: str
) -> None:
    """A web server broke, and is going to be tried again."""
    trace(
        now,
        kinds.SNS_DELIVERY_RETRIED,
        subscription.topic.name,
        message_id=message_id,
        subscription=subscription.arn,
        endpoint=subscription.endpoint,
        attempt=attempt,
        reason=reason,
    )


def delivered(trace: Trace, now: int, subscription: Subscription, message_id: str) -> None:
    """A web server took a message."""
    trace(
        now,
        kinds.SNS_DELIVERY_SUCCEEDED,
        subscription.topic.name,
        message_id=message_id,
        subscription=subscription.arn,
        endpoint=subscription.endpoint,
        arn=subscription.topic.arn,
    )


def delivery_failed(trace: Trace, now: int, subscription: Subscription, publication: Publication, reason: str) -> None:
    """A delivery has failed for good."""
    trace(
        now,
        kinds.SNS_DELIVERY_FAILED,
        subscription.topic.name,
        message_id=publication.message_id,
        subscription=subscription.arn,
        endpoint=subscription.endpoint,
        reason=reason,
        arn=subscription.topic.arn,
    )


def text_message_failed(trace: Trace, now: int, number: str, publication: Publication) -> None:
    """A message to a telephone itself was not sent, as its number has opted out."""
    trace(now, kinds.SNS_DELIVERY_FAILED, number, message_id=publication.message_id, reason="opted out")


def dead_lettered(trace: Trace, now: int, subscription: Subscription, publication: Publication, queue_arn: str) -> None:
    """What failed for good is on its way to the subscription's dead-letter queue."""
    trace(
        now,
        kinds.SNS_MESSAGE_DEAD_LETTERED,
        subscription.topic.name,
        message_id=publication.message_id,
        subscription=subscription.arn,
        queue=queue_arn,
        arn=subscription.topic.arn,
    )


def lost(
    trace: Trace, now: int, subscription: Subscription, publication: Publication, queue_arn: str, reason: str
) -> None:
    """The dead-letter queue does not exist, or refuses it."""
    trace(
        now,
        kinds.SNS_MESSAGE_LOST,
        subscription.topic.name,
        message_id=publication.message_id,
        subscription=subscription.arn,
        queue=queue_arn,
        reason=reason,
        arn=subscription.topic.arn,
    )
