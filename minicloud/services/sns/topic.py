"""A topic: its attributes, its subscriptions, and what was published to it.

A topic holds its subscriptions, and each of them its topic: they are two halves of one thing, so the two files name
each other's class (this one for type checkers only). No other files of this folder lead in a circle.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...core.json_text import compact, parse_json
from ...core.listing import Listing
from .access_policy import default_policy
from .attributes import STANDARD_MESSAGE_SIZE, archive_days
from .delivery_policy import effective_topic_policy

if TYPE_CHECKING:
    from ...core.deduplication import Deduplication
    from ...core.effects import Change
    from .archive import Archive
    from .publication import Publication
    from .subscription import Settings, Subscription

__all__ = ["Topic", "is_topic_name"]

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def is_topic_name(name: str, fifo: bool) -> bool:
    """Whether a topic of the given kind may have this name."""
    if not 1 <= len(name) <= 256 or name.endswith(".fifo") != fifo:
        return False
    return _NAME.fullmatch(name.removesuffix(".fifo")) is not None


_FIRST_SEQUENCE = 10_000_000_000_000_000_000
KEPT_PUBLICATIONS = 10_000
"""How many publications a view of a topic shows at the most."""


class Topic:
    """One topic. What the hot path reads is kept as plain attributes beside the attributes' texts."""

    __slots__ = (
        "account_id",
        "archive",
        "arn",
        "attributes",
        "by_endpoint",
        "confirmed",
        "content_based",
        "data_protection_policy",
        "deduplication",
        "deleted",
        "delivery_policy",
        "display_name",
        "fifo",
        "filtered",
        "group_scope",
        "maximum_message_size",
        "name",
        "policy",
        "published",
        "region_name",
        "sequence",
        "serial",
        "signature_version",
        "subscription_list",
        "subscriptions",
        "tags",
    )

    def __init__(self, arn: str, serial: int) -> None:
        self.arn = arn
        self.region_name, self.account_id, self.name = arn.split(":")[3:]
        self.serial = serial
        """Rises from topic to topic: the order of listings."""
        self.fifo = self.name.endswith(".fifo")

        self.attributes: dict[str, str] = {}
        """The attributes that were explicitly set, as they are shown."""
        self.tags: dict[str, str] = {}
        self.data_protection_policy = ""
        self.policy: dict[str, Any] | None = None
        """None: the default one."""
        self.delivery_policy: Mapping[str, Any] | None = None
        self.display_name = ""
        self.content_based = False
        self.group_scope = False
        self.maximum_message_size = STANDARD_MESSAGE_SIZE
        self.signature_version = "1"

        self.subscriptions: dict[str, Subscription] = {}
        """By ARN, pending ones included."""
        self.subscription_list: Listing[int, Subscription] = Listing()
        """By serial number."""
        self.by_endpoint: dict[tuple[str, str], Subscription] = {}
        """By protocol and endpoint."""
        self.confirmed: dict[str, Subscription] = {}
        """Those that get messages, by ARN, in the order of their confirmation."""
        self.deleted = 0
        self.filtered = 0
        """How many subscriptions have a filter policy."""
        self.deduplication: Deduplication[tuple[int, Publication]] | None = None
        """FIFO topics only; so are the archive and the sequence."""
        self.archive: Archive | None = None
        self.sequence = _FIRST_SEQUENCE
        """The last SequenceNumber."""
        self.published: deque[Publication] = deque(maxlen=KEPT_PUBLICATIONS)
        """The latest of what was published, duplicates not counted; for views."""

    def assign(self, name: str, text: str) -> None:
        """Take over an attribute's checked text; an empty one unsets it (an empty DisplayName is one)."""
        policy = parse_json(text) if text and name in ("Policy", "DeliveryPolicy") else None
        size = int(text) if text and name == "MaximumMessageSize" else STANDARD_MESSAGE_SIZE
        # One step from here on: nothing is called.
        if text or name == "DisplayName":
            self.attributes[name] = text
        elif name in self.attributes:
            del self.attributes[name]
        if name == "Policy":
            self.policy = policy
        elif name == "DeliveryPolicy":
            self.delivery_policy = policy
        elif name == "DisplayName":
            self.display_name = text
        elif name == "ContentBasedDeduplication":
            self.content_based = text == "true"
        elif name == "FifoThroughputScope":
            self.group_scope = text == "MessageGroup"
        elif name == "MaximumMessageSize":
            self.maximum_message_size = size
        elif name == "SignatureVersion":
            self.signature_version = text

    @property
    def archive_days(self) -> int:
        """How long the archive keeps messages; 0 when there is no archive."""
        return archive_days(self.attributes.get("ArchivePolicy", ""))

    def current_policy(self) -> dict[str, Any]:
        """The access policy, its statements a list that can be changed."""
        policy = self.policy if self.policy is not None else default_policy(self.arn, self.account_id)
        statements = policy["Statement"]
        return {**policy, "Statement": [statements] if isinstance(statements, dict) else list(statements)}

    def default_policy_text(self) -> str:
        """The policy of a topic that was given none, as it is shown."""
        return compact(default_policy(self.arn, self.account_id))

    def describe(self, now: int) -> dict[str, str]:
        """The attributes as GetTopicAttributes shows them."""
        confirmed = len(self.confirmed)
        shown = {
            "Policy": self.default_policy_text(),
            "Owner": self.account_id,
            "SubscriptionsPending": str(len(self.subscriptions) - confirmed),
            "TopicArn": self.arn,
            "EffectiveDeliveryPolicy": compact(effective_topic_policy(self.delivery_policy)),
            "SubscriptionsConfirmed": str(confirmed),
            "DisplayName": "",
            "SubscriptionsDeleted": str(self.deleted),
        }
        if self.fifo:
            shown["FifoTopic"] = "true"
            shown["ContentBasedDeduplication"] = "false"
        shown |= self.attributes
        if not self.fifo:
            shown.pop("FifoTopic", None)
        if self.archive is not None:
            shown["BeginningArchiveTime"] = self.archive.beginning_text(now)
        return shown

    # --- subscriptions ----------------------------------------------------------------------------------------------

    # Each of these is one step up to where it calls something; what comes after that can be derived.

    def add(self, subscription: Subscription, subscribed: dict[str, Subscription], change: Change) -> None:
        """Take in a subscription, also among what its owner has subscribed to. O(1)."""
        arn = subscription.arn
        self.subscriptions[arn] = subscribed[arn] = subscription
        subscription.gone = False
        change.happened = True
        self.by_endpoint[subscription.protocol, subscription.endpoint] = subscription
        self.filtered += subscription.filter_policy is not None
        if subscription.confirmed:
            self.confirmed[arn] = subscription
        self.subscription_list.add(subscription.serial, subscription)

    def change(self, subscription: Subscription, settings: Settings, change: Change) -> None:
        """Let other settings hold for one of the subscriptions. O(1)."""
        self.filtered += (settings.filter_policy is not None) - (subscription.filter_policy is not None)
        subscription.apply(settings)
        change.happened = True

    def remove(self, subscription: Subscription, subscribed: dict[str, Subscription], change: Change) -> None:
        """Part with a subscription, also among what its owner has subscribed to. O(1)."""
        arn = subscription.arn
        del self.subscriptions[arn], subscribed[arn]
        subscription.gone = True
        change.happened = True
        del self.by_endpoint[subscription.protocol, subscription.endpoint]
        self.filtered -= subscription.filter_policy is not None
        if subscription.confirmed:
            del self.confirmed[arn]
            self.deleted += 1
        self.subscription_list.remove(subscription.serial)

    def mend(self) -> None:
        """Derive anew what can be: ``subscriptions`` is true, and of publications, what happened. O(everything)."""
        subscriptions = self.subscriptions
        self.subscription_list.renew({one.serial: one for one in subscriptions.values()})
        self.by_endpoint = {(one.protocol, one.endpoint): one for one in subscriptions.values()}
        self.filtered = sum(one.filter_policy is not None for one in subscriptions.values())
        confirmed = {arn: one for arn, one in self.confirmed.items() if subscriptions.get(arn) is one}
        self.confirmed = confirmed | {arn: one for arn, one in subscriptions.items() if one.confirmed}
        if not all(publication.happened for publication in self.published):
            self.published = deque((one for one in self.published if one.happened), KEPT_PUBLICATIONS)
        if self.deduplication is not None:
            self.deduplication.keep(lambda accepted: accepted[1].happened)
            self.sequence = int(self.published[-1].sequence_number or 0) if self.published else _FIRST_SEQUENCE
        if self.archive is not None:
            self.archive.mend()
