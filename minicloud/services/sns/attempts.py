"""Deliveries that take more than one attempt: to a web server, and to a Lambda function.

Where the receiver does not exist or refuses (``Undeliverable``, a 4xx status), trying again is pointless; where it
broke (a 5xx status, no connection), a web server is tried again by the delivery policy. One that asks for credentials
(401) gets those of its URL at once, over HTTPS only. A Lambda function that raises has been delivered to, as far as SNS
can tell: Lambda itself calls it twice more, after one and after two minutes, and gives up.

No foreign code runs here: an attempt is an errand in the outbox, whose outcome comes back to ``settle`` under the lock.
Deliveries are given the world, not its trace: whether anybody records may change from one attempt to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.effects import Departure, Invoke, Post, Undeliverable
from ...core.timeline import SECOND
from . import facts
from .delivery_policy import retry_delays
from .endpoints import basic_credentials
from .envelope import http_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...core.world import World
    from .publication import Publication
    from .subscription import Subscription

    Fail = Callable[[int, Subscription, Publication, str, str | None], object]
    """``fail(now, subscription, publication, reason, body)``: a delivery has failed for good."""

__all__ = ["FunctionDelivery", "HttpDelivery"]

_FUNCTION_RETRIES = (60 * SECOND, 120 * SECOND)


class HttpDelivery:
    """One message for one web server, until it is taken or given up."""

    __slots__ = (
        "_attempts",
        "_body",
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
        self._attempts = 0

    def start(self, now: int) -> None:
        """Make the first attempt, as soon as the throttle policy allows."""
        self._attempt_at(now, now)

    def _attempt_at(self, now: int, due: int) -> None:
        if self._throttle is not None:
            subscription = self._subscription
            due = max(due, subscription.next_post)
            subscription.next_post = due + SECOND // self._throttle
        if due <= now:
            self.attempt(now)
        else:
            self._world.timeline.schedule(due, self.attempt)

    def attempt(self, now: int) -> None:
        """Post it."""
        subscription, publication = self._subscription, self._publication
        if subscription.gone and publication is not None:
            return
        self._attempts += 1
        departure = Departure(
            subscription.protocol,
            subscription.endpoint,
            self._body,
            time_ns=now,
            subject=None if publication is None else publication.subject,
            headers=self._headers,
            attributes=None if publication is None else publication.attributes,
            message_id=self._message_id,
        )
        self._world.outbox.append(Post(departure, self.settle))

    def settle(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Take note of the answer: done, once more, or over."""
        status = outcome if isinstance(outcome, int) else 0
        if error is None and 200 <= status < 300:
            return
        if status == 401 and "Authorization" not in self._headers:
            credentials = basic_credentials(self._subscription.endpoint)
            if credentials is not None:
                self._headers = {**self._headers, "Authorization": credentials}
                self._attempts -= 1  # the answer to a challenge is no retry
                self.attempt(now)
                return
        reason = f"HTTP status {status}" if error is None else f"{type(error).__name__}: {error}"
        refused = isinstance(error, Undeliverable) or (error is None and 300 <= status < 500 and status != 429)
        subscription, trace = self._subscription, self._world.trace
        if not refused and self._attempts <= len(self._delays):
            due = now + self._delays[self._attempts - 1]
            if trace is not None:
                facts.delivery_retried(trace, now, subscription, self._message_id, self._attempts, reason)
            self._attempt_at(now, due)
        elif self._publication is not None:
            self._fail(now, subscription, self._publication, reason, self._body)
        elif trace is not None:
            facts.confirmation_failed(trace, now, subscription, reason)


class FunctionDelivery:
    """One message for one Lambda function: handed over once, called up to three times."""

    __slots__ = ("_attempts", "_fail", "_publication", "_request_id", "_subscription", "_text", "_world")

    def __init__(
        self, world: World, fail: Fail, subscription: Subscription, publication: Publication, text: str
    ) -> None:
        self._world = world
        self._fail = fail
        self._subscription = subscription
        self._publication = publication
        self._text = text
        self._request_id = world.ids.uuids("sns/invocation").next()
        self._attempts = 0

    def attempt(self, now: int) -> None:
        """Call the function, with an event of its own."""
        self._attempts += 1
        subscription = self._subscription
        event = self._publication.notification.lambda_event(self._text, subscription.arn)
        self._world.outbox.append(Invoke(subscription.endpoint, event, self._request_id, self.settle))

    def settle(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Take note of how the call ended."""
        if error is None:
            return
        subscription = self._subscription
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, Undeliverable):
            self._fail(now, subscription, self._publication, reason, None)
            return
        trace = self._world.trace
        if trace is not None:
            facts.function_failed(trace, now, subscription, self._publication, self._attempts, reason)
        if self._attempts <= len(_FUNCTION_RETRIES):
            self._world.timeline.schedule(now + _FUNCTION_RETRIES[self._attempts - 1], self.attempt)
