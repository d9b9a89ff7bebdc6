"""Deliveries that take more than one attempt: to a web server.

Where the receiver does not exist or refuses (``Undeliverable``, a 4xx status), trying again is pointless; where it
broke (a 5xx status, no connection), a web server is tried again by the delivery policy. One that asks for credentials
(401) gets those of its URL at once, over HTTPS only.

No foreign code runs here: an attempt is an errand in the outbox, whose outcome comes back to ``settle`` under the lock.
Deliveries are given the world, not its trace: whether anybody records may change from one attempt to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.effects import Departure
from ...core.errands import Post, Undeliverable
from ...core.shown import escaped
from ...core.timeline import SECOND
from . import facts
from .delivery_policy import retry_delays
from .endpoints import basic_credentials
from .envelope import http_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from ...core.effects import Cause
    from ...core.timeline import Timeline
    from ...core.world import World
    from .publication import Publication
    from .subscription import Subscription

    Fail = Callable[[int, Subscription, Publication, str, str | None, None, Cause], object]
    """``fail(now, subscription, publication, reason, body, None, cause)``: a delivery has failed for good."""

__all__ = ["HttpDelivery", "retries_owed"]


class Attempt:
    """One attempt of a delivery, and the cause of what follows it: another attempt, or that it is given up.

    An interruption may let it go on, or its outcome be noted, a second time. So whatever follows it is put into the
    outbox first; then it ``happened``, and nothing will follow a second time.
    """

    __slots__ = ("_delivery", "happened", "headers", "number")

    def __init__(self, delivery: HttpDelivery, number: int, headers: Mapping[str, str]) -> None:
        self._delivery = delivery
        self.number = number
        """1 for the first one; 0 stands for the wait before it."""
        self.headers = headers
        self.happened = False

    def go_on(self, now: int) -> None:
        """Make the next attempt."""
        if not self.happened:
            self._delivery.attempt(now, self, self.number + 1, self.headers)
            self.happened = True

    def settle(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Take note of how it ended."""
        if not self.happened:
            self._delivery.settle(now, self, outcome, error)

    @property
    def subscription(self) -> Subscription:
        """Whom it is for."""
        return self._delivery._subscription


def retries_owed(timeline: Timeline, topics: Collection[str]) -> Iterator[str]:
    """What will be tried again of the deliveries of these topics, in words. O(events)."""
    for event in timeline.heap:
        attempt = getattr(event.callback, "__self__", None)
        if isinstance(attempt, Attempt) and not attempt.happened:
            subscription = attempt.subscription
            if subscription.topic.arn in topics and not subscription.gone:
                yield f"a delivery of {subscription.topic.name} to {escaped(subscription.endpoint, 120)}"


class HttpDelivery:
    """One message for one web server, until it is taken or given up."""

    __slots__ = (
        "_body",
        "_cause",
        "_delays",
        "_fail",
        "_headers",
        "_message_id",
        "_publication",
        "_subscription",
        "_throttle",
        "_world",
    )

    def __init__(
        self,
        world: World,
        fail: Fail,
        cause: Cause,
        subscription: Subscription,
        kind: str,
        message_id: str,
        body: str,
        *,
        raw: bool = False,
        publication: Publication | None = None,
    ) -> None:
        policy = subscription.delivery_policy()
        self._world = world
        self._fail = fail
        self._cause = cause
        """What the delivery follows from: a publication, or a change of the subscription."""
        self._subscription = subscription
        self._publication = publication
        self._message_id = message_id
        self._body = body
        self._headers = http_headers(
            kind,
            subscription.endpoint,
            body.encode(),
            message_id=message_id,
            topic_arn=subscription.topic.arn,
            subscription_arn=subscription.arn,
            raw=raw,
            content_type=policy["requestPolicy"]["headerContentType"],
        )
        self._delays = retry_delays(policy["healthyRetryPolicy"])
        self._throttle: int | None = (policy["throttlePolicy"] or {}).get("maxReceivesPerSecond")

    def start(self, now: int) -> None:
        """Make the first attempt, as soon as the throttle policy allows."""
        due = self._allowed_at(now)
        if due <= now:
            self.attempt(now, self._cause, 1, self._headers)
        else:
            self._world.timeline.schedule(due, Attempt(self, 0, self._headers).go_on)

    def _allowed_at(self, due: int) -> int:
        """When the throttle policy allows a post that is due then."""
        if self._throttle is not None:
            subscription = self._subscription
            due = max(due, subscription.next_post)
            subscription.next_post = due + SECOND // self._throttle
        return due

    def attempt(self, now: int, cause: Cause, number: int, headers: Mapping[str, str]) -> None:
        """Post it, as soon as ``cause`` has happened; unless what the delivery follows from never did."""
        subscription, publication = self._subscription, self._publication
        if subscription.gone and publication is not None:
            return
        if cause is not self._cause and not self._cause.happened:
            return
        departure = Departure(
            subscription.protocol,
            subscription.endpoint,
            self._body,
            time_ns=now,
            subject=None if publication is None else publication.subject,
            headers=headers,
            attributes=None if publication is None else publication.attributes,
            message_id=self._message_id,
        )
        self._world.outbox.append(Post(departure, Attempt(self, number, headers).settle, cause))

    def settle(self, now: int, attempt: Attempt, outcome: Any, error: BaseException | None) -> None:
        """Take note of the answer to an attempt: done, once more, or over."""
        status = outcome if isinstance(outcome, int) else 0
        if error is None and 200 <= status < 300:
            trace = self._world.trace
            if trace is not None and self._publication is not None:
                facts.delivered(trace, now, self._subscription, self._message_id)
            return
        subscription, number = self._subscription, attempt.number
        if status == 401 and "Authorization" not in attempt.headers:
            credentials = basic_credentials(subscription.endpoint)
            if credentials is not None:
                # The answer to a challenge is no retry.
                self.attempt(now, attempt, number, {**attempt.headers, "Authorization": credentials})
                attempt.happened = True
                return
        reason = f"HTTP status {status}" if error is None else f"{type(error).__name__}: {error}"
        refused = isinstance(error, Undeliverable) or (error is None and 300 <= status < 500 and status != 429)
        trace = self._world.trace
        if not refused and number <= len(self._delays):
            if trace is not None:
                facts.delivery_retried(trace, now, subscription, self._message_id, number, reason)
            due = self._allowed_at(now + self._delays[number - 1])
            if due <= now:
                attempt.go_on(now)
            else:
                self._world.timeline.schedule(due, attempt.go_on)
            return
        if self._publication is not None:
            self._fail(now, subscription, self._publication, reason, self._body, None, attempt)
        elif trace is not None:
            facts.confirmation_failed(trace, now, subscription, reason)
        attempt.happened = True
