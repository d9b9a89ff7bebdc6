"""The operations on subscriptions: made, confirmed, described, changed, ended, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....core.effects import Change
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, facts, notes, shapes
from ..attributes import STANDARD_MESSAGE_SIZE
from ..endpoints import PROTOCOLS, check_endpoint, needs_confirmation
from ..errors import AT_CREATION
from ..paging import page_of
from ..rates import quota
from ..state import TOKEN_LIFE, SnsState, is_token
from ..subscription import Settings, Subscription, read_settings
from ..topic import Topic
from .topics import check_large_messages

__all__ = ["SubscriptionOperations"]

_PENDING_LIFE = 3 * 86_400 * SECOND
_PENDING = "pending confirmation"
"""What stands for the ARN in the answer of Subscribe."""
_PENDING_IN_LISTS = "PendingConfirmation"


class SubscriptionOperations(SnsState):
    """Subscriptions. A topic's owner keeps them; what an account subscribed to it also finds in its own list."""

    @operation("Subscribe")
    def subscribe(
        self,
        now: int,
        *,
        TopicArn: str,
        Protocol: str,
        Endpoint: str = UNSET,
        Attributes: Mapping[str, str] = UNSET,
        ReturnSubscriptionArn: bool = UNSET,
    ) -> shapes.SubscribeResponse:
        """Subscribe an endpoint, or find its subscription if it agrees with what is asked for. O(1)."""
        self.pace(now, "Subscribe")
        endpoint: str = Endpoint or ""
        given: Mapping[str, str] = Attributes or {}
        self.owner_of(TopicArn, "Subscribe")
        if Protocol not in PROTOCOLS:
            raise errors.protocol_unknown(protocol=Protocol)
        topic = self.topic(TopicArn, "Subscribe")
        check_endpoint(Protocol, endpoint, fifo_topic=topic.fifo)
        if Protocol == "application" and self._find_endpoint(endpoint) is None:
            raise errors.endpoint_application_missing(endpoint=endpoint)
        if Protocol == "firehose" and not given.get("SubscriptionRoleArn"):
            raise errors.endpoint_firehose_role()
        settings = read_settings(given, topic, Protocol, endpoint)

        subscription = topic.by_endpoint.get((Protocol, endpoint))
        if subscription is not None:
            if not settings.agrees_with(given, subscription.settings):
                error = errors.subscription_has_other_attributes(prefix=AT_CREATION)
                raise error.noting(notes.other_settings(subscription, given))
            if not subscription.confirmed:
                change = Change()
                self._send_token(now, change, subscription)
                change.happened = True
        else:
            self._check_quotas(topic, Protocol, settings)
            subscription = self._add(now, topic, Protocol, endpoint, settings)
        shown = subscription.confirmed or ReturnSubscriptionArn is True
        return {"SubscriptionArn": subscription.arn if shown else _PENDING}

    @operation("ConfirmSubscription")
    def confirm_subscription(
        self, now: int, *, TopicArn: str, Token: str, AuthenticateOnUnsubscribe: str = UNSET
    ) -> shapes.ConfirmSubscriptionResponse:
        """Confirm a subscription with the token that its endpoint was sent. O(1)."""
        to_unsubscribe = AuthenticateOnUnsubscribe is not UNSET and AuthenticateOnUnsubscribe.lower() == "true"
        return {"SubscriptionArn": self._confirm(now, TopicArn, Token, True, to_unsubscribe).arn}

    def confirm_by_link(self, now: int, topic_arn: str, token: str) -> str:
        """What visiting a SubscribeURL does: an unsigned ConfirmSubscription; the subscription's ARN."""
        return self._confirm(now, topic_arn, token).arn

    @operation("Unsubscribe")
    def unsubscribe(self, now: int, *, SubscriptionArn: str) -> None:
        """End a subscription; one that does not exist has ended already, a pending one ends by itself. O(1)."""
        self.pace(now, "Unsubscribe")
        subscription = self._subscription_to_end(SubscriptionArn)
        if subscription is not None:
            if not subscription.confirmed:
                raise errors.subscription_pending().noting(notes.PENDING)
            self._end(now, subscription)

    def unsubscribe_by_link(self, now: int, subscription_arn: str) -> None:
        """What visiting an UnsubscribeURL does: an unsigned Unsubscribe. A web server is told, and can take it back."""
        subscription = self._subscription_to_end(subscription_arn)
        if subscription is None:
            return
        if subscription.authenticate_on_unsubscribe:
            raise self.not_authorized("Unsubscribe", subscription_arn)
        change = Change()
        if subscription.protocol in ("http", "https"):
            owner = self.peer(subscription.topic.account_id, self.region_name)
            token = owner.new_token(now, subscription, restores=True)
            owner.deliveries.confirm_end(now, change, subscription, owner.message_ids.next(), token)
        self._end(now, subscription, change)

    @operation("GetSubscriptionAttributes")
    def get_subscription_attributes(
        self, now: int, *, SubscriptionArn: str
    ) -> shapes.GetSubscriptionAttributesResponse:
        """A subscription's attributes, also of a pending one. O(1)."""
        subscription = self.subscription(SubscriptionArn, "GetSubscriptionAttributes")
        if subscription is None:
            raise errors.subscription_missing().noting(notes.no_subscription(self, SubscriptionArn))
        return {"Attributes": subscription.describe(now)}

    @operation("SetSubscriptionAttributes")
    def set_subscription_attributes(
        self, now: int, *, SubscriptionArn: str, AttributeName: str, AttributeValue: str = UNSET
    ) -> None:
        """Set one attribute of a subscription; an empty or missing value unsets one that can be. O(1).

        A RedrivePolicy is unset by a missing value alone.
        """
        subscription = self.subscription(SubscriptionArn, "SetSubscriptionAttributes")
        if subscription is None:
            raise errors.subscription_missing().noting(notes.no_subscription(self, SubscriptionArn))
        settings = subscription.changed(AttributeName, None if AttributeValue is UNSET else AttributeValue)
        if settings.filter_policy is not None and subscription.filter_policy is None:
            self._check_filter_quota(subscription.topic)
        change = Change()
        if AttributeName == "ReplayPolicy":
            self._replay(now, change, subscription, settings)
        subscription.topic.change(subscription, settings, change)

    @operation("ListSubscriptions")
    def list_subscriptions(self, now: int, *, NextToken: str = UNSET) -> shapes.ListSubscriptionsResponse:
        """What this account subscribed to in this region, a hundred at a time. O(page)."""
        self.pace(now, "ListSubscriptions")
        page, token = page_of(self.page_tokens, now, self.subscription_list, "subscriptions", NextToken)
        answer: shapes.ListSubscriptionsResponse = {"Subscriptions": _listed(page)}
        if token is not None:
            answer["NextToken"] = token
        return answer

    @operation("ListSubscriptionsByTopic")
    def list_subscriptions_by_topic(
        self, now: int, *, TopicArn: str, NextToken: str = UNSET
    ) -> shapes.ListSubscriptionsByTopicResponse:
        """The subscriptions of a topic, a hundred at a time. O(page)."""
        self.pace(now, "ListSubscriptionsByTopic")
        topic = self.topic(TopicArn, "ListSubscriptionsByTopic")
        page, token = page_of(self.page_tokens, now, topic.subscription_list, "subscriptions-by-topic", NextToken)
        answer: shapes.ListSubscriptionsByTopicResponse = {"Subscriptions": _listed(page)}
        if token is not None:
            answer["NextToken"] = token
        return answer

    # --- making and ending ------------------------------------------------------------------------------------------

    def _add(self, now: int, topic: Topic, protocol: str, endpoint: str, settings: Settings) -> Subscription:
        owner = self.peer(topic.account_id, self.region_name)
        arn = f"{topic.arn}:{owner.subscription_ids.next()}"
        subscription = Subscription(
            topic, arn, owner.next_serial(), self.account_id, self.next_serial(), protocol, endpoint, settings
        )
        pending = needs_confirmation(protocol, endpoint, self.account_id)
        subscription.confirmed = subscription.authenticated = not pending
        change = Change()
        if pending:

            def expire(now: int) -> None:
                if change.happened and not subscription.gone and not subscription.confirmed:
                    self._end(now, subscription)

            subscription.expiry = self.world.timeline.schedule(now + _PENDING_LIFE, expire)
            self._send_token(now, change, subscription)
        elif settings.replay is not None:
            self._replay(now, change, subscription, settings)
        topic.add(subscription, self.subscriptions, change)
        self.subscription_list.add(subscription.own_serial, subscription)
        if (trace := self.world.trace) is not None:
            facts.subscription_created(trace, now, subscription, pending)
        return subscription

    def _send_token(self, now: int, change: Change, subscription: Subscription) -> None:
        owner = self.peer(subscription.topic.account_id, self.region_name)
        token = owner.new_token(now, subscription)
        owner.deliveries.ask_to_confirm(now, change, subscription, owner.message_ids.next(), token)

    def _confirm(
        self, now: int, topic_arn: str, token: str, authenticated: bool = False, to_unsubscribe: bool = False
    ) -> Subscription:
        if topic_arn.count(":") < 5:
            raise errors.token_of_other_topic()
        # Whether there is such a topic is not asked: what there is to say is said of the token.
        owner = self.owner_of(topic_arn, "ConfirmSubscription")
        found = owner.confirmations.get(token)
        if found is None:
            if not is_token(token):
                raise errors.token_malformed()
            raise errors.token_unknown().noting(notes.token_unknown(owner))
        sent, subscription, restores = found
        topic = subscription.topic
        if topic.arn != topic_arn:
            raise errors.token_of_other_topic()
        if owner.topics.get(topic_arn) is not topic:
            raise errors.token_unknown()
        taken = topic.by_endpoint.get((subscription.protocol, subscription.endpoint), subscription)
        if now - sent > TOKEN_LIFE or (subscription.gone and not restores) or taken is not subscription:
            raise errors.token_unknown().noting(notes.no_token(now, subscription, sent, TOKEN_LIFE))
        if subscription.gone:
            _check_message_size(topic, subscription.protocol)
        subscriber = self.peer(subscription.owner, self.region_name)
        was_confirmed = subscription.confirmed
        # One step up to what is called next, which has one of its own.
        subscription.authenticated |= authenticated
        subscription.authenticate_on_unsubscribe |= to_unsubscribe
        if not was_confirmed and not subscription.gone:
            subscription.confirmed = True
            topic.confirmed[subscription.arn] = subscription
            self.stays(subscription)
            if (trace := self.world.trace) is not None:
                facts.subscription_confirmed(trace, now, subscription)
        elif subscription.gone:
            topic.add(subscription, subscriber.subscriptions, Change())
            subscriber.subscription_list.add(subscription.own_serial, subscription)
        return subscription

    def _subscription_to_end(self, arn: str) -> Subscription | None:
        if arn.count(":") + 1 == 6:
            raise errors.subscription_id()
        return self.subscription(arn, "Unsubscribe")

    def _end(self, now: int, subscription: Subscription, change: Change | None = None) -> None:
        topic = subscription.topic
        owner = self.peer(topic.account_id, self.region_name)
        subscriber = self.peer(subscription.owner, self.region_name)
        topic.remove(subscription, subscriber.subscriptions, change or Change())
        self.forget(subscription)
        owner.lapse_tokens(now)
        if (trace := self.world.trace) is not None:
            facts.subscription_deleted(trace, now, subscription)

    def _replay(self, now: int, change: Change, subscription: Subscription, settings: Settings) -> None:
        """Send again what the archive has of a ReplayPolicy's span, as far as it is in the past. O(archive)."""
        replay, archive = settings.replay, subscription.topic.archive
        if replay is None or archive is None or subscription.gone or not subscription.confirmed:
            return
        deliveries, policy = self.deliveries, settings.filter_policy
        for publication in archive.between(now, replay.start, replay.end):
            if policy is None or policy.accepts(publication.candidate(subscription.protocol)):
                deliveries.deliver(now, subscription, publication, change)

    # --- quotas -----------------------------------------------------------------------------------------------------

    def _check_quotas(self, topic: Topic, protocol: str, settings: Settings) -> None:
        _check_message_size(topic, protocol)
        most = quota(self.world.limits, "sns_fifo_subscriptions" if topic.fifo else "sns_subscriptions")
        if most is not None and len(topic.subscriptions) >= most:
            raise errors.subscription_limit()
        if settings.filter_policy is not None:
            self._check_filter_quota(topic)

    def _check_filter_quota(self, topic: Topic) -> None:
        most = quota(self.world.limits, "sns_filter_policies")
        if most is not None and topic.filtered >= most:
            raise errors.filter_policy_limit()


def _check_message_size(topic: Topic, protocol: str) -> None:
    """Raise ``InvalidParameter`` when a topic of large messages cannot have a subscription of that protocol as well."""
    if topic.maximum_message_size > STANDARD_MESSAGE_SIZE:
        check_large_messages([*(other.protocol for other in topic.subscriptions.values()), protocol])


def _listed(page: Sequence[Subscription]) -> list[shapes.Subscription]:
    """Subscriptions as the lists show them; pending ones without their ARN."""
    return [
        {
            "SubscriptionArn": subscription.arn if subscription.confirmed else _PENDING_IN_LISTS,
            "Owner": subscription.owner,
            "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic.arn,
        }
        for subscription in page
    ]
