"""What rules and schedules deliver to their targets: tried again while that may help, then given up.

A *target* is whatever has an ARN (``effects.Deliver``). The service that delivers derives a class from
``TargetDelivery`` for what it delivers, says there what its dead letters say, and what is told of it; it makes an
object for each delivery and calls ``start``. From then on nothing of it is kept by the service: what is to be tried
again is an event of the timeline, which ``retries_owed`` finds there.

For a queue the delivery is itself the message on its way (``effects.ToQueue``) the first time that it is tried: nearly
all that EventBridge delivers is that, and needs neither an object for the message nor one for the attempt. An
``Attempt`` is made when one fails, or goes elsewhere.

    | an attempt       | then                                                                                     |
    |------------------|------------------------------------------------------------------------------------------|
    | is taken         | it is the target's affair                                                                |
    | fails for good   | given up at once: there is no such target, or it refuses                                 |
    | fails for now    | (``effects.Transient``) tried again, as long as neither of the two limits is reached     |

The waits are 1 s, 2 s, 4 s and so on up to 8 minutes: with them 185 retries take the 24 hours that AWS gives, too.
[EventBridge user guide: up to 24 hours and 185 times, exponential backoff with jitter; the waits themselves: inferred]

**Nothing torn.** Each attempt is the cause of what follows from its failure, once. What follows is put into the outbox
or on the timeline first, and then the attempt is marked; so a failure that is noted a second time leads to nothing.
No service is known here, and no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .effects import NO_SUCH_THING, Cause, Deliver, Depart, Departure, ToQueue, Transient
from .shown import escaped
from .timeline import SECOND, Timeline
from .value import Value
from .world import World

__all__ = ["AGE_EXCEEDED", "RETRIES_EXHAUSTED", "Failure", "RetryPolicy", "TargetDelivery", "retries_owed"]

RETRIES_EXHAUSTED: Final = "MaximumRetryAttempts"
AGE_EXCEEDED: Final = "MaximumEventAgeInSeconds"
"""Why a delivery that may still succeed was given up, as dead letters say it."""

_FIRST_WAIT: Final = SECOND
_LONGEST_WAIT: Final = 480 * SECOND
_QUEUE_MISSING: Final = ("AWS.SimpleQueueService.NonExistentQueue",)
_SAID_OF_QUEUES: Final = "The specified queue does not exist."
_MISSING: Final = frozenset(
    {NO_SUCH_THING, "AWS.SimpleQueueService.NonExistentQueue", "ResourceNotFoundException", "NotFound"}
)


class RetryPolicy(Value):
    """How long a delivery is tried."""

    retries: int = 185
    """MaximumRetryAttempts."""
    age: int = 86_400
    """MaximumEventAgeInSeconds."""


class Failure:
    """Why an attempt has failed."""

    __slots__ = ("code", "is_transient", "text")

    def __init__(self, reason: str) -> None:
        self.text = str(reason)
        """The whole of it."""
        self.code = self.text.partition(": ")[0]
        """The code of the error that the target's service has answered with."""
        self.is_transient = isinstance(reason, Transient)
        """Whether trying again may help."""

    @property
    def message(self) -> str:
        """What the target's service has said beside the code: a sentence where it has said nothing. [inferred]"""
        said = self.text.partition(": ")[2]
        if said:
            return said
        if self.is_missing:
            return _SAID_OF_QUEUES if self.code in _QUEUE_MISSING else "The target does not exist."
        return f"The target has refused the request: {self.code}"

    @property
    def is_missing(self) -> bool:
        """Whether there is no such target."""
        return self.code in _MISSING


class TargetDelivery(ToQueue):
    """One thing for one target, until it is taken or given up. Derived from by who delivers."""

    __slots__ = ("_first", "begun", "is_to_queue", "world")

    _first: Attempt
    """The first attempt, once it has failed."""

    # What no such message has.
    attributes = None
    deduplication_id = None
    sender_id = None
    trace_header = None
    shared = None
    insert = ""

    group_id: str | None = None
    """For a FIFO queue or topic."""
    partition_key: str | None = None
    """For a stream."""
    subject: str | None = None
    """For a topic."""
    source_arn: str | None = None
    """The ARN of what sends it, as policies name it."""
    trigger: str = ""
    """What sends it, as ``cloud.invocations`` names it: ``"events:nightly"``."""
    dead_letter_arn: str | None = None
    policy: RetryPolicy = RetryPolicy()
    owner: object = None
    """The service of an account in a region that it belongs to."""

    def __init__(self, world: World, target_arn: str, body: str, cause: Cause | None) -> None:
        self.world = world
        self.queue_arn = target_arn
        """The target's, whatever it is."""
        self.body = body
        self.cause = cause
        """What it follows from; None for the call or the event that leads to it."""
        self.is_to_queue = target_arn.startswith("arn:") and target_arn.split(":", 3)[2] == "sqs"
        self.begun = 0

    # --- what is the sender's -----------------------------------------------------------------------------------------

    @property
    def about(self) -> Mapping[str, Any]:
        """What facts of the target say beside their own details."""
        return {}

    def is_wanted(self) -> bool:
        """Whether it is still to be tried again."""
        return True

    def dead_letter(self, failure: Failure, retries: int, condition: str | None) -> tuple[str, Mapping[str, str]]:
        """The body of its dead letter and the attributes, which are strings. ``condition`` is the limit, if one was."""
        raise NotImplementedError

    def failed(self, now: int, failure: Failure, number: int, due: int) -> None:
        """An attempt has failed, and the next one is due then: tell it."""

    def given_up(self, now: int, failure: Failure, retries: int, condition: str | None) -> None:
        """It was given up, and its dead letter is on its way, if it has one: tell it."""

    def lost(self, now: int, reason: str) -> None:
        """Its dead-letter queue does not exist, or refuses it: tell it."""

    # --- its life -----------------------------------------------------------------------------------------------------

    def start(self, now: int) -> None:
        """Try it, for the first time. O(1)."""
        self.begun = now
        self._try(now, 1, self.cause)

    @property
    def ends(self) -> int:
        """When it is too old."""
        return self.begun + self.policy.age * SECOND

    def _try(self, now: int, number: int, cause: Cause | None) -> None:
        arn, world = self.queue_arn, self.world
        if self.is_to_queue and world.refusals is None:
            # The short way: what a Deliver would come to.
            world.outbox.append(self if number == 1 else _Send(Attempt(self, number), cause))
        elif ":firehose:" in arn and _has_no_firehose(world, arn):
            departure = Departure("firehose", arn, self.body, time_ns=now)
            world.outbox.append(Depart(departure, cause))
        else:
            world.outbox.append(_Call(Attempt(self, number), cause))

    def on_failure(self, now: int, reason: str) -> None:
        """The queue does not exist, or refuses the message, the first time."""
        attempt = getattr(self, "_first", None)
        if attempt is None:
            attempt = self._first = Attempt(self, 1)
        attempt.fail(now, reason)

    def _failed(self, now: int, attempt: Attempt, reason: str) -> None:
        failure, number, policy = Failure(reason), attempt.number, self.policy
        if not failure.is_transient:
            self._give_up(now, attempt, failure, None)
        elif number > policy.retries:
            self._give_up(now, attempt, failure, RETRIES_EXHAUSTED)
        else:
            due = min(now + min(_FIRST_WAIT << min(number - 1, 30), _LONGEST_WAIT), self.ends)
            self.world.timeline.schedule(due, attempt.go_on)
            attempt.failure = failure
            self.failed(now, failure, number, due)

    def _give_up(self, now: int, attempt: Attempt, failure: Failure, condition: str | None) -> None:
        arn, outbox, retries = self.dead_letter_arn, self.world.outbox, attempt.number - 1
        if arn is not None and not any(effect.cause is attempt for effect in outbox):
            body, texts = self.dead_letter(failure, retries, condition)
            attributes = {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}
            outbox.append(
                ToQueue(
                    arn,
                    body,
                    attributes=attributes,
                    source_arn=self.source_arn,
                    on_failure=self.lost,
                    cause=attempt,
                )
            )
        attempt.failure, attempt.happened = failure, True
        self.given_up(now, failure, retries, condition)


class Attempt:
    """One attempt, and the cause of what follows from its failure: another one, or a dead letter."""

    __slots__ = ("delivery", "failure", "happened", "number")

    def __init__(self, delivery: TargetDelivery, number: int) -> None:
        self.delivery = delivery
        self.number = number
        """1 for the first one."""
        self.failure: Failure | None = None
        """Why it has failed, once that is seen to."""
        self.happened = False
        """Whether what follows from it does."""

    def fail(self, now: int, reason: str) -> None:
        """It has failed. May be told again."""
        if self.failure is None:
            self.delivery._failed(now, self, reason)

    def go_on(self, now: int) -> None:
        """Make the next one, or give up. May be asked for again."""
        delivery, failure = self.delivery, self.failure
        if self.happened or failure is None or not delivery.is_wanted():
            return
        if now >= delivery.ends:
            delivery._give_up(now, self, failure, AGE_EXCEEDED)
            return
        delivery._try(now, self.number + 1, self)
        self.happened = True

    @property
    def owed(self) -> str:
        """What it is, in words."""
        delivery = self.delivery
        return f"a delivery of {escaped(delivery.trigger, 120)} to {escaped(delivery.queue_arn, 160)}"


class _Send(ToQueue):
    """An attempt on its way to a queue that is not the first one, or was a ``Deliver``."""

    __slots__ = ("_attempt",)

    attributes = None
    deduplication_id = None
    sender_id = None
    trace_header = None
    shared = None
    insert = ""

    def __init__(self, attempt: Attempt, cause: Cause | None) -> None:
        delivery = attempt.delivery
        self._attempt = attempt
        self.cause = cause
        self.queue_arn = delivery.queue_arn
        self.body = delivery.body
        self.group_id = delivery.group_id
        self.source_arn = delivery.source_arn
        self.message = None

    @property
    def origin(self) -> str | None:
        """What it carries."""
        return self._attempt.delivery.origin

    def on_failure(self, now: int, reason: str) -> None:
        """The queue does not exist, or refuses the message."""
        self._attempt.fail(now, reason)


class _Call(Deliver):
    """An attempt on its way to something that is not a queue, or which faults may refuse."""

    __slots__ = ("_attempt", "_is_carried_out")

    may_be_refused = True

    def __init__(self, attempt: Attempt, cause: Cause | None) -> None:
        delivery = attempt.delivery
        self._attempt = attempt
        self._is_carried_out = False
        super().__init__(
            delivery.queue_arn,
            delivery.body,
            subject=delivery.subject,
            group_id=delivery.group_id,
            partition_key=delivery.partition_key,
            source_arn=delivery.source_arn,
            trigger=delivery.trigger,
            on_failure=attempt.fail,
            cause=cause,
        )

    @property
    def happened(self) -> bool:
        """Whether it has been carried out: also when something came in as its failure had been seen to.

        A fault that has refused it might let it pass when it is made once more.
        """
        return self._is_carried_out or self._attempt.failure is not None

    @happened.setter
    def happened(self, happened: bool) -> None:
        self._is_carried_out = happened

    @property
    def origin(self) -> str | None:  # type: ignore[override]
        """What it carries."""
        return self._attempt.delivery.origin

    @property
    def about(self) -> Mapping[str, Any]:
        """What facts of it say beside their own details."""
        return self._attempt.delivery.about

    def to_queue(self) -> ToQueue:
        """It as a message, which says what it carries."""
        return _Send(self._attempt, self)


def _has_no_firehose(world: World, arn: str) -> bool:
    _, _, name, region_name, account_id, *_ = arn.split(":")
    return world.known_service(name, account_id, region_name) is None


def retries_owed(timeline: Timeline, owner: object) -> Iterator[str]:
    """What will be tried again of an owner's deliveries, in words. O(events)."""
    for event in timeline.heap:
        attempt = getattr(event.callback, "__self__", None)
        if (
            isinstance(attempt, Attempt)
            and not attempt.happened
            and attempt.failure is not None
            and attempt.delivery.owner is owner
            and attempt.delivery.is_wanted()
        ):
            yield attempt.owed
