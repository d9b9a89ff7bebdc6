"""From a publication to effects: one for each subscriber that the filters let have it.

Queues are the hot path. All a queue costs is its own effect: the JSON envelope is written once for all (only the
subscription's ARN in it differs, and a body is put together when somebody looks at it), raw text and attributes are the
publisher's own, and a failure needs no closure because the effect itself takes it. Everything else goes through
``Deliveries.deliver``. Nothing is sent here: a delivery ends in the outbox, and its failure comes back to ``fail``.

A queue that does not exist or refuses is not tried again; a web server that broke is (see ``attempts``). What failed
for good goes to the subscription's dead-letter queue, just as the endpoint would have got it, or is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...core.effects import Cause, Change, Deliver, Depart, Departure, ToQueue
from ...core.json_text import parse_object
from ...core.listing import Listing
from ...core.shared_text import SharedText
from ...core.world import World
from . import errors, facts, push
from .attempts import HttpDelivery
from .endpoints import plain_number
from .envelope import (
    confirm_url,
    subscription_confirmation,
    timestamp_text,
    unsubscribe_confirmation,
    unsubscribe_link,
    with_links,
)

if TYPE_CHECKING:
    from .publication import Publication
    from .push import PlatformEndpoint
    from .push_events import PushEvents
    from .subscription import Subscription
    from .topic import Topic

__all__ = ["Deliveries", "QueueDelivery"]

_SENDER_ID = "AIDAIT2UOQQY3AUEKVGXU"
"""What SQS shows as the SenderId of SNS."""
_MOST_QUEUE_ATTRIBUTES = 10
_DEFAULT_SUBJECT = "AWS Notification Message"
_CONFIRMATION_SUBJECT = "AWS Notification - Subscription Confirmation"


class QueueDelivery(ToQueue):
    """A publication on its way into a subscriber's queue."""

    __slots__ = ("deliveries", "publication", "subscription")

    sender_id: str | None = _SENDER_ID
    trace_header: str | None = None

    def __init__(
        self,
        deliveries: Deliveries,
        subscription: Subscription,
        publication: Publication,
        shared: SharedText,
        insert: str,
        attributes: Mapping[str, Any] | None,
    ) -> None:
        self.shared: SharedText = shared
        self.insert = insert
        self.deliveries = deliveries
        self.subscription = subscription
        self.publication = publication
        self.queue_arn = subscription.endpoint
        self.attributes = attributes
        if subscription.takes_group:
            self.group_id = publication.group_id
            self.deduplication_id = publication.deduplication_id
        else:
            self.group_id = None
            self.deduplication_id = None

    @property
    def body(self) -> str:  # type: ignore[override]  # made when it is looked at
        """The whole body. One concatenation each time."""
        return self.shared.body(self.insert)

    @property
    def source_arn(self) -> str | None:  # type: ignore[override]  # the publication knows
        """The topic."""
        return self.publication.topic_arn

    @property
    def origin(self) -> str:
        """The id of the publication."""
        return self.publication.message_id

    @property
    def is_due(self) -> bool:
        """Whether the publication has happened. (The slot for the cause stays empty: it would only say so again.)"""
        return self.publication.happened

    def on_failure(self, now: int, reason: str) -> None:
        """The queue does not exist, or refuses the message."""
        self.deliveries.fail(now, self.subscription, self.publication, reason, self.body, self.attributes, self)


class TracedDelivery(QueueDelivery):
    """A publication that may have a trace header (``tracing``)."""

    __slots__ = ()

    @property
    def trace_header(self) -> str | None:  # type: ignore[override]  # the publication knows
        """That of the request that it was published by."""
        return self.publication.trace_header


class ReplayedDelivery(TracedDelivery):
    """A publication of earlier, on its way once more because of a change of the subscription."""

    __slots__ = ("change",)

    change: Change
    """Why."""

    @property
    def is_due(self) -> bool:
        """Whether the change has happened."""
        return self.change.happened


class FunctionDelivery(Deliver):
    """A publication on its way to a subscribed function: once Lambda has it, what becomes of it is Lambda's affair."""

    def __init__(
        self, deliveries: Deliveries, subscription: Subscription, publication: Publication, text: str, cause: Cause
    ) -> None:
        self.cause = cause
        self.target_arn = subscription.endpoint
        self._deliveries = deliveries
        self._subscription = subscription
        self._publication = publication
        self._text = text

    @property
    def source_arn(self) -> str:  # type: ignore[override]  # the subscription knows
        """The topic."""
        return self._subscription.topic.arn

    @property
    def trigger(self) -> str:  # type: ignore[override]  # made when it is looked at
        """The topic."""
        return f"sns:{self._subscription.topic.name}"

    @property
    def origin(self) -> str:  # type: ignore[override]
        """The id of the publication."""
        return self._publication.message_id

    @property
    def about(self) -> Mapping[str, Any]:
        """What was published, and for whom."""
        return {"message_id": self._publication.message_id, "subscription": self._subscription.arn}

    def event(self) -> dict[str, Any]:
        """The event with its one record."""
        return self._publication.notification.lambda_event(self._text, self._subscription.arn)

    @property
    def body(self) -> str:  # type: ignore[override]  # made when it is looked at
        """The same as text: few want it, for a signature costs something."""
        return json.dumps(self.event(), separators=(",", ":"), ensure_ascii=False)

    def fail(self, now: int, reason: str) -> None:
        """There is no such function."""
        reason = "Undeliverable: there is no such function"
        self._deliveries.fail(now, self._subscription, self._publication, reason, None, None, self)


class Deliveries:
    """Delivers what is published in one account and region."""

    def __init__(
        self, world: World, find_endpoint: Callable[[str], PlatformEndpoint | None], push_events: PushEvents
    ) -> None:
        self.world = world
        self._push_events = push_events
        self._find_endpoint = find_endpoint
        self.opted_out: dict[str, int] = {}
        """Telephone numbers (a plus and digits) that want no messages, each with its serial number."""
        self.opted_out_list: Listing[int, str] = Listing()
        """The same by serial number."""

    # --- fan-out ----------------------------------------------------------------------------------------------------

    def fan_out(self, now: int, topic: Topic, publication: Publication) -> None:
        """Deliver to every confirmed subscription whose filter lets the message pass. O(subscriptions)."""
        append = self.world.outbox.append
        raw = envelope = candidate = None
        attributes = publication.attributes
        too_many = False if attributes is None else len(attributes) > _MOST_QUEUE_ATTRIBUTES
        for subscription in topic.confirmed.values():
            if subscription.has_filter:
                policy = subscription.queue_filter
                if policy is None:
                    if not subscription.accepts(now, publication):
                        continue
                else:
                    # What `accepts` does, without asking anew for what all queues have in common.
                    if candidate is None:
                        candidate = publication.candidate("sqs")
                    if not policy.accepts(candidate):
                        continue
            if not subscription.to_queue or (too_many and subscription.raw):
                self.deliver(now, subscription, publication, publication)
            elif subscription.raw:
                if raw is None:
                    raw = publication.shared_text("sqs")
                append(QueueDelivery(self, subscription, publication, raw, "", attributes))
            else:
                if envelope is None:
                    envelope = publication.shared_envelope("sqs")
                append(QueueDelivery(self, subscription, publication, envelope, subscription.arn, None))

    def deliver(
        self, now: int, subscription: Subscription, publication: Publication, cause: Publication | Change
    ) -> None:
        """Deliver to one subscription, by its protocol: because it was just published, or replayed by a change."""
        protocol = subscription.protocol
        text = publication.text_for(protocol)
        if protocol == "sqs":
            self._to_queue(now, subscription, publication, text, cause)
        elif protocol == "lambda":
            self.world.outbox.append(FunctionDelivery(self, subscription, publication, text, cause))
        elif protocol in ("http", "https"):
            self._post_notification(now, subscription, publication, text)
        elif protocol == "application":
            self._push(now, subscription, publication)
        elif protocol == "sms":
            self._text_message(now, subscription, publication, text)
        elif protocol == "firehose" and self._has_firehose(subscription.endpoint):
            self._to_delivery_stream(subscription, publication, text, cause)
        else:
            self.world.outbox.append(Depart(self._departure(now, subscription, publication, text), publication))

    def fail(
        self,
        now: int,
        subscription: Subscription,
        publication: Publication,
        reason: str,
        body: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        cause: Cause | None = None,
    ) -> None:
        """A delivery has failed for good: to the dead-letter queue with it, if there is one."""
        trace = self.world.trace
        if trace is not None:
            facts.delivery_failed(trace, now, subscription, publication, reason)
        queue_arn = subscription.settings.dead_letter_arn
        if queue_arn is None:
            return
        if body is None:
            text = publication.text_for(subscription.protocol)
            raw = subscription.raw
            body = text if raw else publication.notification.envelope(text).for_subscription(subscription.arn)
        ordered = queue_arn.endswith(".fifo")

        def lost(now: int, reason: str) -> None:
            trace = self.world.trace
            if trace is not None:
                facts.lost(trace, now, subscription, publication, queue_arn, reason)

        self.world.outbox.append(
            ToQueue(
                queue_arn,
                body,
                attributes=attributes,
                group_id=publication.group_id if ordered or subscription.takes_group else None,
                deduplication_id=publication.deduplication_id if ordered else None,
                sender_id=_SENDER_ID,
                trace_header=publication.trace_header,
                source_arn=publication.topic_arn,
                on_failure=lost,
                cause=cause,
            )
        )
        if trace is not None:
            facts.dead_lettered(trace, now, subscription, publication, queue_arn)

    # --- protocols --------------------------------------------------------------------------------------------------

    def _to_queue(
        self, now: int, subscription: Subscription, publication: Publication, text: str, cause: Publication | Change
    ) -> None:
        attributes = publication.attributes
        if not subscription.raw:
            shared: SharedText = publication.notification.envelope(text)
            if isinstance(cause, Change):
                shared = SharedText(shared.head, shared.tail.removesuffix("\n}") + ',\n  "Replayed" : true\n}')
            insert, attributes = subscription.arn, None
        elif attributes is not None and len(attributes) > _MOST_QUEUE_ATTRIBUTES:
            # No queue could hold them, the dead-letter queue neither: it gets the text alone.
            reason = "SQS takes at most 10 message attributes"
            self.fail(now, subscription, publication, reason, text, cause=cause)
            return
        else:
            shared, insert = publication.shared_text("sqs"), ""
        if isinstance(cause, Change):
            delivery = ReplayedDelivery(self, subscription, publication, shared, insert, attributes)
            delivery.change = cause
            self.world.outbox.append(delivery)
        else:
            self.world.outbox.append(TracedDelivery(self, subscription, publication, shared, insert, attributes))

    def _post_notification(self, now: int, subscription: Subscription, publication: Publication, text: str) -> None:
        raw = subscription.raw
        body = text
        if not raw:
            body = publication.notification.envelope(text).for_subscription(subscription.arn)
            body = with_links(body, subscription.topic.arn, self.world.links)
        HttpDelivery(
            self.world,
            self.fail,
            publication,
            subscription,
            "Notification",
            publication.message_id,
            body,
            raw=raw,
            publication=publication,
        ).start(now)

    def _has_firehose(self, arn: str) -> bool:
        _, _, name, region_name, account_id, _ = arn.split(":", 5)
        return self.world.known_service(name, account_id, region_name) is not None

    def _to_delivery_stream(
        self, subscription: Subscription, publication: Publication, text: str, cause: Publication | Change
    ) -> None:
        body = text if subscription.raw else publication.notification.firehose_record(text, subscription.arn) + "\n"
        attempt = Change()

        def lost(now: int, reason: str) -> None:
            if not attempt.happened:
                self.fail(now, subscription, publication, reason, cause=attempt)
                attempt.happened = True

        topic = subscription.topic
        self.world.outbox.append(
            Deliver(
                subscription.endpoint,
                body,
                source_arn=topic.arn,
                trigger=f"sns:{topic.name}",
                on_failure=lost,
                cause=cause,
            )
        )

    def _departure(self, now: int, subscription: Subscription, publication: Publication, text: str) -> Departure:
        protocol, topic = subscription.protocol, subscription.topic
        headers = None
        subject = publication.subject
        if protocol == "firehose":
            body = text if subscription.raw else publication.notification.firehose_record(text, subscription.arn)
        else:
            subject = subject or _DEFAULT_SUBJECT
            headers = self._mail_headers(topic)
            headers["List-Unsubscribe"] = f"<{unsubscribe_link(topic.arn, subscription.arn, self.world.links)}>"
            body = text
            if protocol == "email-json":
                body = publication.notification.envelope(text).for_subscription(subscription.arn)
                body = with_links(body, topic.arn, self.world.links)
        return Departure(
            protocol,
            subscription.endpoint,
            body,
            time_ns=now,
            subject=subject,
            headers=headers,
            attributes=publication.attributes,
            message_id=publication.message_id,
        )

    def _mail_headers(self, topic: Topic) -> dict[str, str]:
        return {"From": f"{topic.display_name or 'AWS Notifications'} <no-reply@sns.amazonaws.com>"}

    def _text_message(self, now: int, subscription: Subscription, publication: Publication, text: str) -> None:
        display_name = subscription.topic.display_name
        if display_name:
            text = f"{display_name[:10]}> {text}"
        if not self.send_text_message(now, subscription.endpoint, publication, text):
            self.fail(now, subscription, publication, "the number has opted out", cause=publication)

    def send_text_message(self, now: int, number: str, publication: Publication, text: str) -> bool:
        """Send an SMS; False when the number has opted out."""
        if self.opted_out and plain_number(number) in self.opted_out:
            return False
        departure = Departure(
            "sms",
            number,
            text,
            time_ns=now,
            subject=publication.subject,
            attributes=publication.attributes,
            message_id=publication.message_id,
        )
        self.world.outbox.append(Depart(departure, publication))
        return True

    def _push(self, now: int, subscription: Subscription, publication: Publication) -> None:
        endpoint = self._find_endpoint(subscription.endpoint)
        if endpoint is None:
            self.fail(now, subscription, publication, "the platform endpoint does not exist", cause=publication)
        elif not endpoint.enabled or not endpoint.application.enabled:
            self.fail(now, subscription, publication, "the platform endpoint is disabled", cause=publication)
            self._push_events.announce(
                now,
                publication,
                "DeliveryFailure",
                endpoint,
                DeliveryAttempts=1,
                FailureMessage=errors.endpoint_disabled().message,
                FailureType="EndpointDisabled",
                MessageId=publication.message_id,
            )
        else:
            self.push(now, endpoint, publication)

    def push(self, now: int, endpoint: PlatformEndpoint, publication: Publication) -> None:
        """Send a mobile push."""
        platform = endpoint.application.platform
        departure = Departure(
            "application",
            endpoint.arn,
            push.payload_for(platform, publication),
            time_ns=now,
            subject=publication.subject,
            headers={"Platform": platform, "Token": endpoint.token},
            attributes=publication.attributes,
            message_id=publication.message_id,
        )
        self.world.outbox.append(Depart(departure, publication))

    # --- confirmations ----------------------------------------------------------------------------------------------

    def ask_to_confirm(self, now: int, change: Change, subscription: Subscription, message_id: str, token: str) -> None:
        """Send the message with the token to a pending subscriber, as soon as the change has happened."""
        topic, protocol = subscription.topic, subscription.protocol
        if protocol == "email":
            body = (
                f"You have chosen to subscribe to the topic:\n{topic.arn}\n\n"
                "To confirm this subscription, click or visit the link below "
                "(If this was in error no action is necessary):\n"
                f"{confirm_url(topic.arn, token, self.world.links)}\n"
            )
        else:
            body = subscription_confirmation(
                message_id=message_id,
                token=token,
                topic_arn=topic.arn,
                timestamp=timestamp_text(now),
                signature_version=topic.signature_version,
                links=self.world.links,
            )
        if protocol in ("http", "https"):
            kind = "SubscriptionConfirmation"
            HttpDelivery(self.world, self.fail, change, subscription, kind, message_id, body).start(now)
        elif protocol == "sqs":
            group = "SubscriptionConfirmation" if subscription.endpoint.endswith(".fifo") else None
            self.world.outbox.append(
                ToQueue(
                    subscription.endpoint,
                    body,
                    group_id=group,
                    deduplication_id=group and message_id,
                    sender_id=_SENDER_ID,
                    source_arn=topic.arn,
                    cause=change,
                )
            )
        elif protocol == "lambda":
            event = json.dumps(_confirmation_event(subscription, body), separators=(",", ":"), ensure_ascii=False)
            delivery = Deliver(
                subscription.endpoint, event, source_arn=topic.arn, trigger=f"sns:{topic.name}", cause=change
            )
            self.world.outbox.append(delivery)
        else:
            departure = Departure(
                protocol,
                subscription.endpoint,
                body,
                time_ns=now,
                subject=_CONFIRMATION_SUBJECT,
                headers=self._mail_headers(topic),
                message_id=message_id,
            )
            self.world.outbox.append(Depart(departure, change))

    def confirm_end(self, now: int, change: Change, subscription: Subscription, message_id: str, token: str) -> None:
        """Tell a web server that its subscription was ended by the UnsubscribeURL, and how to restore it."""
        topic = subscription.topic
        body = unsubscribe_confirmation(
            message_id=message_id,
            token=token,
            topic_arn=topic.arn,
            subscription_arn=subscription.arn,
            timestamp=timestamp_text(now),
            signature_version=topic.signature_version,
            links=self.world.links,
        )
        kind = "UnsubscribeConfirmation"
        HttpDelivery(self.world, self.fail, change, subscription, kind, message_id, body).start(now)


def _confirmation_event(subscription: Subscription, body: str) -> dict[str, Any]:
    """The event that asks the function of another account to confirm."""
    members = parse_object(body)
    for name in ("SubscribeURL", "SigningCertURL"):
        members[name.replace("URL", "Url")] = members.pop(name)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription.arn,
                "Sns": members,
            }
        ]
    }
