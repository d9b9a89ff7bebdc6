"""What a fault does to a call, or to a delivery from SNS to a queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from .. import exceptions
from ..core.effects import ToQueue
from ..core.shown import shown
from ..core.timeline import SECOND, Event, Timeline
from ..exceptions import UsageError
from .errors import ErrorName, check_error_name, entry_error, named_error

if TYPE_CHECKING:
    from ..engine.interception import Intervention
    from .targets import Target

OF_DELIVERIES = (
    "AcknowledgeDeadLetterQueueRecords",
    "AcknowledgeQueueRecords",
    "RestoreDeadLetterQueueRecords",
    "UpdateDeadLetterQueueRecordsVisibility",
    "UpdateQueueRecordsVisibility",
)
"""The batches of Kinesis whose entries have no ids: their receipt handles name them."""

BATCHES = {
    **dict.fromkeys(OF_DELIVERIES, "Entries"),
    "ChangeMessageVisibilityBatch": "Entries",
    "DeleteMessageBatch": "Entries",
    "PublishBatch": "PublishBatchRequestEntries",
    "PutRecords": "Records",
    "SendMessageBatch": "Entries",
}
"""The operations with entries that can fail alone, and the parameter that has them."""

Onward = Callable[[int, ToQueue], None]


class Call(NamedTuple):
    """A call that something may happen to."""

    service: str
    operation_name: str
    params: Mapping[str, Any]
    """Those that were given."""
    resource: str | None
    """The name of the queue, topic or stream it is about; of a queue or channel on a stream its own."""
    account_id: str


class Effect:
    """Something that can happen."""

    decisive: ClassVar[bool] = True
    """Whether nothing else happens to the same call."""

    def check(self, target: Target) -> None:
        """Raise ``UsageError`` when it cannot happen to what a fault sees."""

    def applies(self, call: Call) -> bool:
        """Whether it can happen to this call."""
        return True

    def refused(self, call: Call) -> list[tuple[Any, Any]] | None:
        """Keys and data of the records that are refused while others of the call are stored, for the trace."""
        return None

    def decide(self, intervention: Intervention, call: Call) -> None:
        """Write down what happens to a call."""
        raise NotImplementedError

    @property
    def told(self) -> str:
        """What the trace says that has happened."""
        return repr(self)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={shown(value)}" for name, value in vars(self).items() if not name.startswith("_"))
        return f"{type(self).__name__}({fields})"


class Refuse(Effect):
    """The service answers with an error and does nothing.

    ``error`` is the name of a modelled exception or the code of an error of AWS's (``"RequestThrottled"``,
    ``"InternalError"``), which brings its text and HTTP status; or (code, message) or (code, message, status).
    """

    def __init__(self, error: ErrorName) -> None:
        self.error = error

    def check(self, target: Target) -> None:
        """The error has to be one of the services that have such calls."""
        _check_error(self.error, target)

    def decide(self, intervention: Intervention, call: Call) -> None:
        """By the error of that service."""
        intervention.error = named_error(call.service, self.error, call.resource or "", call.account_id)


class _BrokenConnection(Effect):
    def __init__(self, exception: str) -> None:
        found = getattr(exceptions, exception, None)
        if not (isinstance(found, type) and issubclass(found, exceptions.ConnectionError | exceptions.HTTPClientError)):
            raise UsageError(
                f"{shown(exception)} is not an exception of a broken connection: give ConnectTimeoutError, "
                "EndpointConnectionError, ReadTimeoutError or ConnectionClosedError"
            )
        self.exception = exception


class Disconnect(_BrokenConnection):
    """The request never arrives: nothing is performed."""

    def __init__(self, exception: str = "EndpointConnectionError") -> None:
        super().__init__(exception)

    def decide(self, intervention: Intervention, call: Call) -> None:
        """By an exception, at once."""
        intervention.disconnect = self.exception


class LoseAnswer(_BrokenConnection):
    """The answer never arrives: the operation was performed, or refused, and the caller does not know which.

    A real client of boto3's tries again by itself, as it does with AWS: what was sent is then there twice.
    """

    def __init__(self, exception: str = "ReadTimeoutError") -> None:
        super().__init__(exception)

    def decide(self, intervention: Intervention, call: Call) -> None:
        """By an exception, in the end."""
        intervention.lose_answer = self.exception


class CrashCaller(Effect):
    """The process of whoever calls dies there: ``when`` says whether ``"before"`` or ``"after"`` it took effect.

    It dies of ``minicloud.exceptions.Crash``, which is no ``Exception``, and which botocore tries nothing against.
    """

    def __init__(self, when: str = "before") -> None:
        if when not in ("before", "after"):
            raise UsageError(f"when={shown(when)} is not when a caller crashes: give 'before' or 'after' (its effect)")
        self.when = when

    def decide(self, intervention: Intervention, call: Call) -> None:
        """By an exception, before or in the end."""
        intervention.crash = self.when

    @property
    def told(self) -> str:
        """In words."""
        return f"the caller crashes {self.when} it takes effect"


class Delay(Effect):
    """The call takes so many seconds of the cloud's clock before it is performed."""

    decisive = False

    def __init__(self, seconds: float) -> None:
        self.seconds = _duration(seconds)

    def decide(self, intervention: Intervention, call: Call) -> None:
        """Later."""
        intervention.seconds += self.seconds


class FailEntries(Effect):
    """Chosen entries of a batch fail alone; the others are performed.

    ``entries``  places (from 0), ``Id`` s, or predicates of an entry; all entries when there are none. An entry without
                 ids is named by its ``ReceiptHandle``.
    ``error``    as for ``Refuse``; AWS's own failure when it is None.
    """

    def __init__(
        self, *entries: int | str | Callable[[Mapping[str, Any]], object], error: ErrorName | None = None
    ) -> None:
        self.entries = entries
        self.error = error

    def check(self, target: Target) -> None:
        """The operation has to have entries, and the error to be known."""
        if target.operation is not None and target.operation not in BATCHES:
            raise UsageError(f"operation={shown(target.operation)} takes no entries: give one of {', '.join(BATCHES)}")
        if self.error is not None:
            _check_error(self.error, target)

    def applies(self, call: Call) -> bool:
        """To batches with such an entry."""
        return call.operation_name in BATCHES and bool(self._chosen(call))

    def refused(self, call: Call) -> list[tuple[Any, Any]] | None:
        """Of PutRecords, whose entries have no ids."""
        if call.operation_name != "PutRecords":
            return None
        entries = call.params["Records"]
        return [(entries[place].get("PartitionKey"), entries[place]["Data"]) for place in self._chosen(call)]

    def decide(self, intervention: Intervention, call: Call) -> None:
        """In part."""
        error = entry_error(call.service, self.error, call.resource or "", call.account_id)
        intervention.entries = dict.fromkeys(self._chosen(call), error)

    def _chosen(self, call: Call) -> list[int]:
        return [
            place
            for place, entry in enumerate(call.params[BATCHES[call.operation_name]])
            if not self.entries or any(_is_meant(choice, place, entry) for choice in self.entries)
        ]


def _check_error(error: ErrorName, target: Target) -> None:
    services = target.services()
    check_error_name(services[0] if len(services) == 1 else None, error)


def _is_meant(choice: Any, place: int, entry: Mapping[str, Any]) -> bool:
    if callable(choice):
        return bool(choice(entry))
    return bool(choice == (place if isinstance(choice, int) else entry.get("Id", entry.get("ReceiptHandle"))))


class DeliveryEffect(Effect):
    """Something that happens to a delivery from SNS to a queue."""

    def check(self, target: Target) -> None:
        """Deliveries belong to no operation."""
        if target.service not in (None, "sns", "sqs") or target.operation is not None:
            raise UsageError(
                f"{self!r} happens to deliveries from SNS to queues: choose them with resource= (a queue or a topic) "
                "and where=, not with an operation"
            )

    def deliver(self, now: int, delivery: ToQueue, onward: Onward, timeline: Timeline) -> None:
        """Make the delivery, by ``onward``, as it is to be made. Called under the cloud's lock."""
        raise NotImplementedError


class Drop(DeliveryEffect):
    """The delivery is lost."""

    def deliver(self, now: int, delivery: ToQueue, onward: Onward, timeline: Timeline) -> None:
        """Nothing."""


class Duplicate(DeliveryEffect):
    """The delivery is made several times."""

    def __init__(self, times: int = 2) -> None:
        if not isinstance(times, int) or times < 2:
            raise UsageError(f"times={shown(times)} is not how often a duplicate is delivered: give 2 or more")
        self.times = times

    def deliver(self, now: int, delivery: ToQueue, onward: Onward, timeline: Timeline) -> None:
        """So many times."""
        for _ in range(self.times):
            onward(now, delivery)


class Postpone(DeliveryEffect):
    """The delivery is made some seconds of the cloud's clock later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = _duration(seconds)

    def deliver(self, now: int, delivery: ToQueue, onward: Onward, timeline: Timeline) -> None:
        """Later."""
        timeline.schedule(now + round(self.seconds * SECOND), lambda due: onward(due, delivery))


class Reorder(DeliveryEffect):
    """The delivery is made after the next one to the same queue, or after ``within`` seconds when there is none."""

    def __init__(self, within: float = 1.0) -> None:
        self.within = _duration(within)
        self._held: dict[str, list[tuple[ToQueue, Event]]] = {}
        self._timeline: Timeline | None = None

    def deliver(self, now: int, delivery: ToQueue, onward: Onward, timeline: Timeline) -> None:
        """Hold it back."""
        self._timeline = timeline

        def late(due: int) -> None:
            self._held[delivery.queue_arn].remove(entry)
            onward(due, delivery)

        entry = (delivery, timeline.schedule(now + round(self.within * SECOND), late))
        self._held.setdefault(delivery.queue_arn, []).append(entry)

    def release(self, now: int, latest: ToQueue, onward: Onward) -> None:
        """``latest`` has had its turn: make those that were held back for it."""
        held = self._held.get(latest.queue_arn)
        if not held or any(delivery is latest for delivery, _ in held):
            return
        assert self._timeline is not None
        waiting, held[:] = held[:], []
        for delivery, event in waiting:
            self._timeline.cancel(event)
            onward(now, delivery)


def _duration(seconds: float) -> float:
    if not hasattr(seconds, "__float__") or not isfinite(seconds) or seconds < 0:
        raise UsageError(f"{shown(seconds)} is not a number of seconds: give zero or more")
    return seconds
