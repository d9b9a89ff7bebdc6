"""What the operations of SNS share: the state of one account in one region, and how ARNs lead into it.

No operation stands here. What belongs to one topic, subscription or application is kept by that object; here is how
they are found. Another account or region is reached through ``peer`` alone.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...core.arns import caller_arn, is_account_id
from ...core.listing import Listing
from ...core.notes import STRICT
from ...core.rates import CallRates
from ...core.service_state import ServiceState, Target
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import Trace, World
from . import errors, facts, notes
from .arns import check_endpoint_arn, elements_of, topic_arn
from .attempts import retries_owed
from .delivery import Deliveries, QueueDelivery
from .publication import Attributes, DeliveredPublication, Publication, size_of_attributes
from .push_events import PushEvents
from .rates import CALLS_PER_SECOND
from .sms import SmsSettings

if TYPE_CHECKING:
    from random import Random

    from ...core.effects import Deliver
    from .push import PlatformApplication, PlatformEndpoint
    from .subscription import Subscription
    from .topic import Topic

__all__ = ["TOKEN_LIFE", "SnsState", "is_token"]

_TOKEN_START = "2336412f37"
_TOKEN_DIGITS = 214
_TOKEN = re.compile(r"[0-9a-fA-F]*")
TOKEN_LIFE = 2 * 86_400 * SECOND
"""How long a token is good. [SNS API: ConfirmSubscription]"""


def is_token(text: str) -> bool:
    """Whether it looks like the token of a confirmation: nothing but hexadecimal digits."""
    return _TOKEN.fullmatch(text) is not None


class SnsState(ServiceState):
    """One account's SNS in one region."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self.reset()

    def reset(self) -> None:
        """Forget everything, as if just made."""
        self.topics: dict[str, Topic] = {}
        """By ARN."""
        self.topic_list: Listing[int, Topic] = Listing()
        """By serial number, as the other lists are."""
        self.fifo_topics = 0
        """How many of them are FIFO topics."""
        self.subscriptions: dict[str, Subscription] = {}
        """What this account subscribed to, by ARN; to topics of its own or of others."""
        self.subscription_list: Listing[int, Subscription] = Listing()
        self.confirmations: dict[str, tuple[int, Subscription, bool]] = {}
        """For this account's topics, by token: when it was sent, and what it confirms (or, when true, restores)."""
        self._tokens_in_order: deque[tuple[int, str]] = deque()
        self.applications: dict[str, PlatformApplication] = {}
        """By ARN."""
        self.application_list: Listing[int, PlatformApplication] = Listing()
        self.endpoints: dict[str, PlatformEndpoint] = {}
        """By ARN."""
        self.sms = SmsSettings()
        self.rates = CallRates()
        self.push_events = PushEvents(self.topics, self.accept)
        self.deliveries = Deliveries(self.world, self._find_endpoint, self.push_events)
        self.undo: Callable[[], object] | None = None
        """Takes back a change that has not come to its end: that of an endpoint, which a topic is still to be told."""
        self._serial = 0
        ids = self.world.ids
        self.message_ids = ids.uuids("sns/message")
        self.subscription_ids = ids.uuids("sns/subscription")
        self.endpoint_ids = ids.uuids("sns/endpoint")
        self._random: Random | None = None
        self.page_tokens = TokenMaker(ids.digest("sns/tokens"))

    @property
    def random(self) -> Random:
        """What the tokens of confirmations are drawn from; made when the first one is."""
        random = self._random
        if random is None:
            random = self._random = self.world.ids.random(f"sns/{self.account_id}/{self.region_name}")
        return random

    def owed(self, now: int) -> Iterable[str]:
        """The deliveries that will be tried again. O(events of the cloud)."""
        return retries_owed(self.world.timeline, self.topics)

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn. O(everything).

        The dicts by ARN are true: topics, their subscriptions, applications, endpoints. All else is derived anew.
        """
        if self.undo is not None:
            self.undo()
            self.undo = None
        self.push_events.mend()
        self.topic_list.renew({topic.serial: topic for topic in self.topics.values()})
        self.fifo_topics = sum(topic.fifo for topic in self.topics.values())
        for topic in self.topics.values():
            topic.mend()
        for subscription in list(self.subscriptions.values()):
            topic = subscription.topic
            if self.peer(topic.account_id, self.region_name).topics.get(topic.arn) is not topic:
                self.forget(subscription)
        self.subscription_list.renew({one.own_serial: one for one in self.subscriptions.values()})
        self._tokens_in_order = deque((sent, token) for token, (sent, _, _) in self.confirmations.items())
        self.application_list.renew({one.serial: one for one in self.applications.values()})
        self.endpoints = {
            arn: one
            for arn, one in self.endpoints.items()
            if self.applications.get(one.application.arn) is one.application
        }
        of_application: dict[str, list[PlatformEndpoint]] = {arn: [] for arn in self.applications}
        for endpoint in self.endpoints.values():
            of_application[endpoint.application.arn].append(endpoint)
        for arn, application in self.applications.items():
            application.mend(of_application[arn])
        opted_out = self.deliveries.opted_out
        self.deliveries.opted_out_list.renew({serial: number for number, serial in opted_out.items()})

    def check(self) -> None:
        """Raise ``AssertionError`` unless all that is derived is what it would be if derived anew. For tests."""
        kept = self._derived()
        self.mend(0)
        for one, other in zip(kept, self._derived(), strict=True):
            if one != other:
                raise AssertionError(f"{one!r} and not {other!r}")

    def _derived(self) -> list[object]:
        lists: list[Listing[int, Any]] = [self.topic_list, self.subscription_list, self.application_list]
        lists += [self.deliveries.opted_out_list]
        lists += [topic.subscription_list for topic in self.topics.values()]
        lists += [application.endpoint_list for application in self.applications.values()]
        return [
            self.undo,
            self.fifo_topics,
            dict(self.subscriptions),
            dict(self.endpoints),
            list(self._tokens_in_order),
            *((one.items, one.page(len(one.items) + 1)) for one in lists),
            *((one.filtered, one.sequence, list(one.published)) for one in self.topics.values()),
            *((one.by_endpoint, list(one.confirmed)) for one in self.topics.values()),
            *((one.endpoints, one.by_token) for one in self.applications.values()),
        ]

    def next_serial(self) -> int:
        """A number higher than all before."""
        self._serial += 1
        return self._serial

    def arn_of(self, name: str) -> str:
        """The ARN of a topic here, or of what else has a name in SNS."""
        return topic_arn(self.region_name, self.account_id, name)

    def peer(self, account_id: str, region_name: str) -> SnsState:
        """SNS of another account or region of the same cloud."""
        found: SnsState = self.world.find_service("sns", account_id, region_name)
        return found

    def pace(self, now: int, action: str) -> None:
        """Raise ``Throttling`` where strict limits find that an operation is called too often."""
        if self.world.limits.rates and not self.rates.admit(now, action, CALLS_PER_SECOND[action]):
            raise errors.rate_exceeded().noting(STRICT)

    # --- publishing -------------------------------------------------------------------------------------------------

    def accept(
        self,
        now: int,
        topic: Topic,
        message: str,
        structure: Mapping[str, str] | None = None,
        subject: Any = UNSET,
        attributes: Attributes | None = None,
        group_id: Any = UNSET,
        deduplication_id: Any = UNSET,
        make: Callable[..., Publication] = Publication,
    ) -> Publication:
        """Give a checked message to a topic; the publication, or the one it is a duplicate of. O(subscriptions).

        As long as it has not ``happened``, nothing of it counts: see ``Effect.cause`` and ``Topic.mend``.
        """
        key = None
        if topic.deduplication is not None:
            if deduplication_id is UNSET:
                deduplication_id = sha256(message.encode()).hexdigest()
            key = (group_id if topic.group_scope else None, deduplication_id)
            earlier = topic.deduplication.find(now, key)
            if earlier is not None:
                _, original = earlier
                if (trace := self.world.trace) is not None:
                    facts.deduplicated(trace, now, topic, original)
                return original
        pool = self.message_ids.pool
        publication = make(
            topic.arn,
            topic.signature_version,
            pool.pop() if pool else self.message_ids.next(),
            now,
            message,
            structure,
            None if subject is UNSET else subject,
            attributes,
            None if group_id is UNSET else group_id,
            None if deduplication_id is UNSET else deduplication_id,
        )
        if key is not None and topic.deduplication is not None:
            topic.sequence += 1000
            publication.sequence_number = str(topic.sequence)
            topic.deduplication.remember(key, (now, publication))
            if topic.archive is not None:
                topic.archive.keep(now, publication)
        topic.published.append(publication)
        trace = self.world.trace
        if trace is None:
            self.deliveries.fan_out(now, topic, publication)
            publication.happened = True
            return publication
        facts.published(trace, now, topic, publication)
        self.deliveries.fan_out(now, topic, publication)
        to_queues = {
            effect.subscription: effect.queue_arn
            for effect in self.world.outbox
            if isinstance(effect, QueueDelivery) and effect.publication is publication
        }
        getting = [
            subscription
            for subscription in topic.confirmed.values()
            if not subscription.has_filter
            or subscription in to_queues
            or subscription.accepts(now, publication)  # not a queue, or one that holds no so many attributes
        ]
        facts.fanned_out(
            trace,
            now,
            topic,
            publication,
            list(to_queues.values()),
            [
                (one.arn, one.protocol, one.endpoint, one.settings.filter_text, one.settings.filter_scope)
                for one in getting
            ],
        )
        if len(getting) < len(topic.subscriptions):
            self._tell_who_does_not(trace, now, topic, publication, getting)
        publication.happened = True
        return publication

    def not_so(self, told: Sequence[tuple[int, str, str, dict[str, Any]]]) -> Iterable[int]:
        """Publications that have not happened, with what was told of whom they go to. O(facts, publications)."""
        return facts.not_so(told, self.topics)

    def target(self, arn: str) -> Target | None:
        """A topic publishes what is delivered to it."""
        topic = self.topics.get(arn)
        return None if topic is None else partial(self._publish, topic)

    def _publish(self, topic: Topic, now: int, delivery: Deliver) -> None:
        attributes: Any = delivery.attributes
        size = len(delivery.body.encode()) + size_of_attributes(attributes)
        if size > topic.maximum_message_size:
            delivery.fail(now, f"InvalidParameter: {errors.message_long().message}")
        elif topic.fifo and delivery.group_id is None:
            delivery.fail(now, "InvalidParameter: a FIFO topic takes no message without a group")
        else:
            self.accept(
                now,
                topic,
                delivery.body,
                None,
                delivery.subject or UNSET,
                attributes,
                delivery.group_id or UNSET,
                delivery.deduplication_id or UNSET,
                partial(DeliveredPublication, delivery),
            )

    def _tell_who_does_not(
        self, trace: Trace, now: int, topic: Topic, publication: Publication, getting: list[Subscription]
    ) -> None:
        """Tell of the subscribers that do not get a message."""
        chosen = set(getting)
        for subscription in topic.subscriptions.values():
            if not subscription.confirmed:
                facts.unconfirmed(trace, now, subscription, publication)
            elif subscription not in chosen:
                facts.filtered(trace, now, subscription, publication)

    # --- from ARNs to things ----------------------------------------------------------------------------------------

    def topic(self, arn: str, action: str, parameter: str = "TopicArn") -> Topic:
        """The topic that a parameter names, of this account or another. O(1).

        Raises ``InvalidParameter`` for what is not the ARN of a topic in this region, ``NotFound`` when there is no
        such topic, and ``AuthorizationError`` when it would be another account's.
        """
        topic = self.topics.get(arn)
        if topic is not None:
            return topic
        owner = self.owner_of(arn, action, parameter)
        topic = owner.topics.get(arn)
        if topic is not None:
            return topic
        if owner is self:
            raise errors.topic_missing().noting(*notes.no_topic(self, arn))
        raise self.not_authorized(action, arn)

    def owner_of(self, arn: str, action: str, parameter: str = "TopicArn") -> SnsState:
        """The account whose topic an ARN names, whether the topic exists or not. Raises as ``topic`` does."""
        elements = elements_of(arn, parameter)
        if len(elements) != 6 or elements[:4] != self.arn_of("").split(":")[:4] or not elements[5]:
            raise errors.parameter_wrong(parameter=parameter).noting(notes.wrong_arn(self, elements))
        account_id = elements[4]
        if account_id == self.account_id:
            return self
        if not is_account_id(account_id):
            raise self.not_authorized(action, arn)
        return self.peer(account_id, self.region_name)

    def subscription(self, arn: str, action: str) -> Subscription | None:
        """The subscription that a SubscriptionArn names; None when there is none. O(1).

        Raises ``InvalidParameter`` for what is no ARN of SNS in this region, and ``AuthorizationError`` for one of a
        topic and a subscriber that are both foreign.
        """
        subscription = self.subscriptions.get(arn)
        if subscription is not None:
            return subscription
        elements = elements_of(arn, "SubscriptionArn")
        if elements[:4] != self.arn_of("").split(":")[:4]:
            raise errors.parameter_wrong(parameter="SubscriptionArn").noting(notes.wrong_arn(self, elements))
        if len(elements) != 7:
            return None
        if elements[4] != self.account_id:
            raise self.not_authorized(action, arn)
        topic = self.topics.get(arn.rpartition(":")[0])
        return topic.subscriptions.get(arn) if topic is not None else None

    def endpoint(self, arn: str, action: str, parameter: str = "EndpointArn") -> PlatformEndpoint | None:
        """The platform endpoint that a parameter names; None when there is none. Raises as ``topic`` does."""
        endpoint = self.endpoints.get(arn)
        if endpoint is not None:
            return endpoint
        check_endpoint_arn(arn, parameter)
        self.check_owner(arn, action, parameter)
        return None

    def check_owner(self, arn: str, action: str, parameter: str) -> None:
        """Raise where a parameter names something of another service, region or account."""
        elements = elements_of(arn, parameter)
        if elements[:4] != self.arn_of("").split(":")[:4]:
            raise errors.parameter_wrong(parameter=parameter).noting(notes.wrong_arn(self, elements))
        if elements[4] != self.account_id:
            raise self.not_authorized(action, arn)

    def not_authorized(self, action: str, resource: str) -> Exception:
        """What a caller hears of the resources of others."""
        user = caller_arn(self.account_id, self.region_name)
        error = errors.not_authorized(user=user, action=action, resource=resource)
        return error.noting(notes.of_other_account(resource, self.account_id))

    def new_token(self, now: int, subscription: Subscription, *, restores: bool = False) -> str:
        """A token that confirms a subscription to one of this account's topics, or restores it."""
        token = f"{_TOKEN_START}{self.random.getrandbits(4 * _TOKEN_DIGITS):0{_TOKEN_DIGITS}x}"
        self.lapse_tokens(now)
        self.confirmations[token] = (now, subscription, restores)
        self._tokens_in_order.append((now, token))
        return token

    def lapse_tokens(self, now: int) -> None:
        """Forget the tokens that are good for nothing any more. O(1) amortised."""
        in_order = self._tokens_in_order
        while in_order and now - in_order[0][0] > TOKEN_LIFE:
            del self.confirmations[in_order.popleft()[1]]

    def forget(self, subscription: Subscription) -> None:
        """Let go of a subscription that its topic has parted with."""
        subscription.gone = True
        subscriber = self.peer(subscription.owner, self.region_name)
        subscriber.subscriptions.pop(subscription.arn, None)
        subscriber.subscription_list.remove(subscription.own_serial)
        self.stays(subscription)

    def stays(self, subscription: Subscription) -> None:
        """No longer take a subscription away because it stays pending."""
        expiry, subscription.expiry = subscription.expiry, None
        if expiry is not None:
            self.world.timeline.cancel(expiry)

    def _find_endpoint(self, arn: str) -> PlatformEndpoint | None:
        """The platform endpoint that a subscription names, wherever it is."""
        endpoint = self.endpoints.get(arn)
        if endpoint is None:
            _, _, _, region_name, account_id, _ = arn.split(":", 5)
            endpoint = self.peer(account_id, region_name).endpoints.get(arn)
        return endpoint
