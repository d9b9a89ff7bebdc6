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
from ...core.shown import escaped
from ...core.timeline import SECOND
from . import facts
from .delivery_policy import retry_delays
from .endpoints import basic_credentials
from .envelope import http_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from ...core.effects import Cause, Settle
    from ...core.timeline import Timeline
    from ...core.world import World
    from .publication import Publication
    from .subscription import Subscription

    Fail = Callable[[int, Subscription, Publication, str, str | None, None, Cause], object]
    """``fail(now, subscription, publication, reason, body, None, cause)``: a delivery has failed for good."""

__all__ = ["FUNCTION_ATTEMPTS", "FunctionCall", "FunctionDelivery", "HttpDelivery", "retries_owed"]

_FUNCTION_RETRIES = (60 * SECOND, 120 * SECOND)
FUNCTION_ATTEMPTS = 1 + len(_FUNCTION_RETRIES)
"""How often a function is called with one message, if it fails each time."""


class Attempt:
    """One attempt of a delivery, and the cause of what follows it: another attempt, or that it is given up.

    An interruption may let it go on, or its outcome be noted, a second time. So whatever follows it is put into the
    outbox first; then it ``happened``, and nothing will follow a second time.
    """

    __slots__ = ("_delivery", "happened", "headers", "number")

    def __init__(self, delivery: HttpDelivery | FunctionDelivery, number: int, headers: Mapping[str, str]) -> None:
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


class FunctionCall:
    """One call of a function, as ``Invoke`` wants it."""

    __slots__ = ("event", "function_arn", "request_id", "settle")

    at_once = False
    keeps_assertions = False

    def __init__(self, function_arn: str, event: dict[str, Any], request_id: str, settle: Settle) -> None:
        self.function_arn = function_arn
        self.event = event
        self.request_id = request_id
        self.settle = settle

    @property
    def owed(self) -> str:
        """What it is, in words."""
        return f"a run of {escaped(self.function_arn.partition(':function:')[2] or self.function_arn, 120)}"

    def accept(self, now: int) -> bool:
        """It will be performed."""
        return True

    def ran(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Tell the delivery."""
        self.settle(now, outcome, error)

    def waits(self, now: int) -> None:
        """It has no deadline."""


class FunctionDelivery:
    """One message for one Lambda function: handed over once, called up to three times."""

    __slots__ = ("_fail", "_publication", "_request_id", "_subscription", "_text", "_world")

    def __init__(
        self, world: World, fail: Fail, subscription: Subscription, publication: Publication, text: str
    ) -> None:
        self._world = world
        self._fail = fail
        self._subscription = subscription
        self._publication = publication
        self._text = text
        self._request_id = world.ids.uuids("sns/invocation").next()

    def start(self, now: int) -> None:
        """Make the first attempt."""
        self.attempt(now, self._publication, 1, {})

    def attempt(self, now: int, cause: Cause, number: int, headers: Mapping[str, str]) -> None:
        """Call the function, with an event of its own, as soon as ``cause`` has happened."""
        arn = self._subscription.endpoint
        event = self._publication.notification.lambda_event(self._text, self._subscription.arn)
        call = FunctionCall(arn, event, self._request_id, Attempt(self, number, headers).settle)
        self._world.outbox.append(Invoke(call, cause))

    def settle(self, now: int, attempt: Attempt, outcome: Any, error: BaseException | None) -> None:
        """Take note of how a call ended."""
        if error is None:
            return
        subscription = self._subscription
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, Undeliverable):
            self._fail(now, subscription, self._publication, reason, None, None, attempt)
            attempt.happened = True
            return
        trace, number = self._world.trace, attempt.number
        if trace is not None:
            facts.function_failed(trace, now, subscription, self._publication, number, reason)
        if number <= len(_FUNCTION_RETRIES):
            self._world.timeline.schedule(now + _FUNCTION_RETRIES[number - 1], attempt.go_on)
