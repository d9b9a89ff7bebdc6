"""A subscription: who gets a topic's messages, how, and which of them.

What the subscriber chose is a ``Settings`` value. A change makes a changed copy, checks it as a whole, and only then
takes the old one's place, so that a refused change leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from ...core.arns import caller_arn
from ...core.json_text import JsonTextError, compact, parse_json, read_json
from ...core.notes import meant
from . import errors
from .archive import Replay, read_replay_policy
from .attributes import read_boolean, read_role
from .delivery_policy import effective_subscription_policy, read_subscription_policy
from .endpoints import RAW_PROTOCOLS, is_queue_arn
from .errors import AT_CHANGE, AT_CREATION
from .filter.policy import FilterPolicy, compile_policy

if TYPE_CHECKING:
    from ...core.timeline import Event
    from .publication import Publication
    from .topic import Topic

__all__ = ["Settings", "Subscription", "read_settings"]

_BY_ATTRIBUTES = "MessageAttributes"
_BY_BODY = "MessageBody"


class Settings:
    """What a subscriber chose. Texts are kept as they were given; empty when not set."""

    __slots__ = (
        "dead_letter_arn",
        "delivery_policy",
        "delivery_text",
        "filter_policy",
        "filter_scope",
        "filter_text",
        "raw",
        "redrive_text",
        "replay",
        "role_arn",
    )

    def __init__(self) -> None:
        self.raw = False
        self.filter_scope = _BY_ATTRIBUTES
        self.filter_text = ""
        self.filter_policy: FilterPolicy | None = None
        self.redrive_text = ""
        self.dead_letter_arn: str | None = None
        self.delivery_text = ""
        self.delivery_policy: Mapping[str, Any] | None = None
        self.role_arn = ""
        self.replay: Replay | None = None

    def agrees_with(self, given: Mapping[str, str], other: Settings) -> bool:
        """Whether the attributes named in ``given`` have the same meaning in both."""
        return all(_meaning(self, name) == _meaning(other, name) for name in given)


def _meaning(settings: Settings, name: str) -> object:
    """What an attribute comes down to, whatever its spelling."""
    if name == "RawMessageDelivery":
        return settings.raw
    if name == "FilterPolicyScope":
        return settings.filter_scope
    if name == "FilterPolicy":
        return parse_json(settings.filter_text) if settings.filter_text else None
    if name == "RedrivePolicy":
        return settings.dead_letter_arn
    if name == "DeliveryPolicy":
        return settings.delivery_policy
    if name == "SubscriptionRoleArn":
        return settings.role_arn
    return settings.replay and (settings.replay.start, settings.replay.end)


def read_settings(given: Mapping[str, str], topic: Topic, protocol: str, endpoint: str) -> Settings:
    """The settings that the attributes of Subscribe ask for. Raises ``InvalidParameter``."""
    reader = _Reader(topic, protocol, endpoint, AT_CREATION)
    for name in given:
        if name not in _READERS:
            raise errors.attribute_unknown(prefix=AT_CREATION, name=name).noting(meant(name, _READERS))
    settings = Settings()
    for name, read in _READERS.items():  # the scope before the policy, whatever the order they came in
        if name in given:
            read(reader, settings, given[name])
    return settings


class _Reader:
    """Reads attributes of one subscription into settings; the prefix stands before every text."""

    def __init__(self, topic: Topic, protocol: str, endpoint: str, prefix: str) -> None:
        self.topic = topic
        self.protocol = protocol
        self.endpoint = endpoint
        self.prefix = prefix

    def raw(self, settings: Settings, value: str) -> None:
        settings.raw = read_boolean("RawMessageDelivery", value, self.prefix) == "true"
        if settings.raw and self.protocol not in RAW_PROTOCOLS:
            raise errors.raw_protocol(prefix=self.prefix, protocol=self.protocol)

    def scope(self, settings: Settings, value: str) -> None:
        if value not in (_BY_ATTRIBUTES, _BY_BODY):
            raise errors.filter_scope(prefix=self.prefix, value=value)
        settings.filter_scope = value
        if settings.filter_text:
            self.filter(settings, settings.filter_text)

    def filter(self, settings: Settings, value: str) -> None:
        settings.filter_policy = None
        settings.filter_text = ""
        if value and not _is_empty_object(value):
            settings.filter_policy = compile_policy(value, settings.filter_scope, prefix=self.prefix)
            settings.filter_text = value

    def redrive(self, settings: Settings, value: str) -> None:
        try:
            policy = read_json(value)
        except JsonTextError as error:
            raise errors.redrive_json(prefix=self.prefix, reason=error) from None
        if not isinstance(policy, dict):
            raise errors.redrive_missing(prefix=self.prefix)
        for name in policy:
            if name != "deadLetterTargetArn":
                raise errors.redrive_unknown(prefix=self.prefix, name=name)
        arn = policy.get("deadLetterTargetArn")
        if arn is None or arn == "":
            raise errors.redrive_missing(prefix=self.prefix)
        if not isinstance(arn, str) or not arn.startswith("arn:") or arn.count(":") < 5:
            raise errors.redrive_arn(prefix=self.prefix)
        _, _, service, region_name, _, _ = arn.split(":", 5)
        if service != "sqs":
            raise errors.redrive_queue(prefix=self.prefix)
        if not is_queue_arn(arn):
            raise errors.redrive_arn(prefix=self.prefix)
        if region_name != self.topic.region_name:
            raise errors.redrive_region(prefix=self.prefix)
        if self.topic.fifo and self.endpoint.endswith(".fifo") and not arn.endswith(".fifo"):
            raise errors.redrive_fifo(prefix=self.prefix)
        settings.dead_letter_arn = arn
        settings.redrive_text = value

    def delivery(self, settings: Settings, value: str) -> None:
        settings.delivery_policy = read_subscription_policy(value, self.prefix) if value else None
        settings.delivery_text = value

    def role(self, settings: Settings, value: str) -> None:
        settings.role_arn = read_role("SubscriptionRoleArn", value, self.prefix)
        if self.protocol == "firehose" and not value:
            raise errors.endpoint_firehose_role()

    def replay(self, settings: Settings, value: str) -> None:
        settings.replay = read_replay_policy(value, self.topic.archive is not None, self.prefix)


_READERS = {
    "RawMessageDelivery": _Reader.raw,
    "FilterPolicyScope": _Reader.scope,
    "FilterPolicy": _Reader.filter,
    "RedrivePolicy": _Reader.redrive,
    "DeliveryPolicy": _Reader.delivery,
    "SubscriptionRoleArn": _Reader.role,
    "ReplayPolicy": _Reader.replay,
}


def _is_empty_object(text: str) -> bool:
    try:
        return bool(parse_json(text) == {})
    except ValueError:
        return False


class Subscription:
    """One subscription. What the hot path reads is kept as plain attributes."""

    __slots__ = (
        "arn",
        "authenticate_on_unsubscribe",
        "authenticated",
        "confirmed",
        "endpoint",
        "expiry",
        "filter_policy",
        "gone",
        "has_filter",
        "next_post",
        "own_serial",
        "owner",
        "protocol",
        "queue_filter",
        "raw",
        "replay",
        "serial",
        "settings",
        "takes_group",
        "to_queue",
        "topic",
    )

    def __init__(
        self,
        topic: Topic,
        arn: str,
        serial: int,
        owner: str,
        own_serial: int,
        protocol: str,
        endpoint: str,
        settings: Settings,
    ) -> None:
        self.topic = topic
        self.arn = arn
        self.serial = serial
        """Rises from subscription to subscription of a topic: the order of listings."""
        self.owner = owner
        """The account that subscribed."""
        self.own_serial = own_serial
        """Rises from subscription to subscription of its owner."""
        self.protocol = protocol
        self.endpoint = endpoint
        self.confirmed = False
        self.authenticated = False
        """ConfirmationWasAuthenticated."""
        self.authenticate_on_unsubscribe = False
        self.expiry: Event | None = None
        """Takes the subscription away if it stays pending."""
        self.gone = False
        """It was deleted; what is still under way to it is given up."""
        self.next_post = 0
        """The earliest moment of the next post, under a throttle policy."""

        self.to_queue = protocol == "sqs"
        self.takes_group = self.to_queue and (not topic.fifo or endpoint.endswith(".fifo"))
        """Whether the endpoint gets the message group."""
        self.apply(settings)

    def apply(self, settings: Settings) -> None:
        """Let these settings hold from now on."""
        self.settings = settings
        self.raw = settings.raw
        self.filter_policy = settings.filter_policy
        self.replay = settings.replay
        self.has_filter = settings.filter_policy is not None or settings.replay is not None
        """Whether a message may be kept from the subscriber."""
        self.queue_filter = settings.filter_policy if self.to_queue and settings.replay is None else None
        """The filter policy of a queue for which nothing else decides."""

    def changed(self, name: str, value: str | None) -> Settings:
        """The settings with one attribute changed, or unset (None). Raises ``InvalidParameter``."""
        read = _READERS.get(name)
        if read is None:
            raise errors.attribute_name().noting(meant(name, _READERS))
        settings = copy(self.settings)
        if name == "RedrivePolicy" and value is None:
            settings.dead_letter_arn = None
            settings.redrive_text = ""
        else:
            read(_Reader(self.topic, self.protocol, self.endpoint, AT_CHANGE), settings, value or "")
        return settings

    def accepts(self, now: int, publication: Publication) -> bool:
        """Whether the subscriber wants a message: by its filter policy, and by its ReplayPolicy's end."""
        if self.replay is not None and not self.replay.includes(now):
            return False
        policy = self.filter_policy
        return policy is None or policy.accepts(publication.candidate(self.protocol))

    def delivery_policy(self) -> dict[str, Any]:
        """How posts to the subscriber are retried, in full."""
        return effective_subscription_policy(self.settings.delivery_policy, self.topic.delivery_policy)

    def describe(self, now: int) -> dict[str, str]:
        """The attributes as GetSubscriptionAttributes shows them."""
        settings = self.settings
        shown = {
            "Owner": self.owner,
            "RawMessageDelivery": "true" if settings.raw else "false",
            "TopicArn": self.topic.arn,
            "Endpoint": self.endpoint,
            "Protocol": self.protocol,
            "PendingConfirmation": "false" if self.confirmed else "true",
            "ConfirmationWasAuthenticated": "true" if self.authenticated else "false",
            "SubscriptionArn": self.arn,
            "SubscriptionPrincipal": caller_arn(self.owner, self.topic.region_name),
        }
        if settings.filter_text:
            shown["FilterPolicy"] = settings.filter_text
            shown["FilterPolicyScope"] = settings.filter_scope
        if settings.redrive_text:
            shown["RedrivePolicy"] = settings.redrive_text
        if settings.delivery_text:
            shown["DeliveryPolicy"] = settings.delivery_text
        if self.protocol in ("http", "https"):
            shown["EffectiveDeliveryPolicy"] = compact(self.delivery_policy())
        if settings.role_arn:
            shown["SubscriptionRoleArn"] = settings.role_arn
        if settings.replay is not None:
            shown["ReplayPolicy"] = settings.replay.text
            shown["ReplayStatus"] = settings.replay.status(now)
        return shown
