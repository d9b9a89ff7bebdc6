"""Looking into a topic: who subscribed, and what was published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core.shown import counted, escaped
from ...core.timestamps import datetime_of
from ...services.sns.filter.explain import FilterExplanation, explain_text
from ...services.sns.publication import Publication
from ...services.sns.subscription import Subscription
from ...services.sns.topic import Topic
from ..bodies import excerpt
from ..text import short_id
from ..trace import Trace
from .deliveries import DeliveryView, deliveries_of, filtered_of
from .lookup import find

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["DeliveryView", "PublicationView", "SubscriptionView", "TopicView", "find_topic"]


@dataclass(frozen=True, slots=True, repr=False)
class SubscriptionView:
    """A subscription as it was when it was looked at."""

    arn: str
    """Its ARN, which it has before it is confirmed, too."""
    protocol: str
    """``"sqs"``, ``"lambda"``, ``"https"``, ``"email"`` ..."""
    endpoint: str
    """The ARN, URL, address or number that messages go to."""
    confirmed: bool
    """Whether it is; until then it gets nothing."""
    raw: bool
    """Whether messages are delivered without an envelope."""
    filter_policy: Any = None
    """The filter policy, parsed; None when there is none."""
    filter_policy_scope: str = "MessageAttributes"
    """What the policy looks at: ``"MessageAttributes"`` or ``"MessageBody"``."""
    _filter_text: str = field(default="", repr=False, compare=False)

    def explain(self, publication: PublicationView) -> FilterExplanation:
        """Whether a message that was published is one for this subscription as it is now, and why.

        False as long as the subscription is not confirmed. What it did get and why is ``publication.deliveries``.
        """
        if not self.confirmed:
            return FilterExplanation(False, "the subscription is not confirmed yet")
        published = publication._publication
        text = published.text_for(self.protocol)
        return explain_text(self._filter_text, self.filter_policy_scope, published.attributes, text)

    def __repr__(self) -> str:
        words = [word for word, holds in (("raw", self.raw), ("pending", not self.confirmed)) if holds]
        return (
            f"<subscription of {self.protocol} {escaped(self.endpoint, 120)}{''.join(f', {word}' for word in words)}>"
        )

    @classmethod
    def of(cls, subscription: Subscription) -> SubscriptionView:
        """The view of a subscription."""
        settings = subscription.settings
        return cls(
            subscription.arn,
            subscription.protocol,
            subscription.endpoint,
            subscription.confirmed,
            subscription.raw,
            json.loads(settings.filter_text) if settings.filter_text else None,
            settings.filter_scope,
            settings.filter_text,
        )


@dataclass(frozen=True, slots=True, repr=False)
class PublicationView:
    """A message that was published."""

    message_id: str
    """The id that the publish was answered with."""
    message: str
    """As it was published; with MessageStructure json, the whole JSON text."""
    subject: str | None
    """The subject; None without one."""
    message_attributes: Mapping[str, Any]
    """By name, as they were published."""
    group_id: str | None
    """Its message group; None without one."""
    deduplication_id: str | None
    """Of a FIFO topic, what it is a duplicate by: given, or made of its content."""
    sequence_number: str | None
    """Of a FIFO topic."""
    time: datetime
    """When, as an aware datetime in UTC."""
    _publication: Publication = field(repr=False, compare=False)
    _trace: Trace | None = field(repr=False, compare=False)

    @property
    def deliveries(self) -> list[DeliveryView]:
        """What became of it for each subscription that it was for, in the order of their confirmation.

        Read from the trace: raises ``UsageError`` when that was off, or has forgotten it. O(events).
        """
        return deliveries_of(self._trace, self._publication)

    @property
    def filtered(self) -> list[DeliveryView]:
        """The subscriptions that did not get it, and why not: by their filter policy, or not confirmed at the time.

        Read from the trace, as ``deliveries``.
        """
        return filtered_of(self._trace, self._publication)

    def __getstate__(self) -> list[Any]:
        """What a copy has of it, also in another process: all but the way to its cloud's trace."""
        return [None if one.name == "_trace" else getattr(self, one.name) for one in fields(self)]

    def json(self) -> Any:
        """The message, parsed. Raises ``ValueError`` when it is not JSON."""
        return json.loads(self.message)

    def __repr__(self) -> str:
        return f"<{short_id(self.message_id)} {excerpt(self.message)} published at {self.time:%H:%M:%S}>"

    @classmethod
    def of(cls, publication: Publication, trace: Trace) -> PublicationView:
        """The view of a publication."""
        return cls(
            publication.message_id,
            publication.message,
            publication.subject,
            {name: dict(value) for name, value in (publication.attributes or {}).items()},
            publication.group_id,
            publication.deduplication_id,
            publication.sequence_number,
            datetime_of(publication.time),
            publication,
            trace,
        )


class TopicView:
    """A topic, read-only. Each property looks anew."""

    def __init__(self, engine: Engine, topic: Topic) -> None:
        self._engine = engine
        self._topic = topic

    @property
    def name(self) -> str:
        """The topic's name."""
        return self._topic.name

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        return self._topic.arn

    @property
    def subscriptions(self) -> list[SubscriptionView]:
        """Every subscription, pending ones included, in the order of subscribing."""
        return self._engine.look("a view", self._subscriptions)

    def _subscriptions(self, _: int) -> list[SubscriptionView]:
        found = sorted(self._topic.subscriptions.values(), key=lambda subscription: subscription.serial)
        return [SubscriptionView.of(subscription) for subscription in found]

    @property
    def published(self) -> list[PublicationView]:
        """What was published, oldest first, duplicates not counted; the latest 10,000."""
        return self._engine.look("a view", self._published)

    def _published(self, _: int) -> list[PublicationView]:
        trace = Trace(self._engine)
        return [PublicationView.of(publication, trace) for publication in self._topic.published]

    @property
    def messages(self) -> list[str]:
        """The texts of ``published``."""
        return [publication.message for publication in self.published]

    def __repr__(self) -> str:
        # Without the lock, and nothing is settled: a debugger shows it in the midst of a call.
        subscriptions = counted(len(self._topic.subscriptions), "subscription")
        return f"<topic {self.name}: {subscriptions}, {len(self._topic.published)} published>"


def _get(service: Any, name: str) -> Topic | None:
    topics: dict[str, Topic] = service.topics
    for topic in topics.values():  # no generator: what comes into one that is just ended is lost
        if topic.name == name:
            return topic
    return None


def _names(service: Any) -> list[str]:
    return [topic.name for topic in service.topics.values()]


def find_topic(engine: Engine, topic: str) -> TopicView:
    """The view of a topic by name (of the cloud's own account and region first) or ARN."""
    return TopicView(engine, find(engine, ("topic", "sns"), topic, _get, _names))
