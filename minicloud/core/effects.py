"""The only words that services say to the rest of the world.

A service that wants something to happen elsewhere appends an effect to the outbox and returns. The cloud drains the
outbox under the same hold of its lock, at the same ``now`` and in order. A reader sees every edge between services
here.

``ToQueue``  A message for an SQS queue.
``Deliver``  Something for whatever has an ARN: a queue, a topic, a function.
``Depart``   Something left for a person or a system that is not emulated (an email, a text message, a mobile push, a
             record for Firehose). It is appended to ``cloud.outbox``; nothing comes back.
``ToBucket`` An object for a bucket of S3.
``ToLog``    Lines for a log stream of CloudWatch Logs; group and stream are made when they are not there.
``ToAlarms`` Alarms that CloudWatch is to have, or no more, for a service that acts on them.
``Sequel``   What a service does itself once its call has come to its end.

and *errands* (``errands``), which run foreign code.

A call may be interrupted before the cloud drains the outbox. Each effect therefore knows its ``cause``: what it follows
from, and whether that ``happened``. If it did, the effect is carried out all the same; else nothing of it is left. So
whoever makes a change that has effects appends these first, and then makes the change and sets ``happened`` in one
step. An effect without a cause follows from its call, or from its event, which has come to its end or will run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .shared_text import SharedText
from .shown import escaped, shown
from .timestamps import datetime_of

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Final, Protocol

    from .dates import datetime
else:
    Protocol = object

__all__ = [
    "NO_SUCH_THING",
    "Cause",
    "Change",
    "Deliver",
    "Depart",
    "Departure",
    "Effect",
    "Sequel",
    "ToAlarms",
    "ToBucket",
    "ToLog",
    "ToQueue",
    "Transient",
]


class Cause(Protocol):
    """What an effect follows from."""

    @property
    def happened(self) -> bool:
        """Whether it has, for good."""


NO_SUCH_THING: Final = "there is nothing of that ARN"
"""Why a delivery fails for which there is no target."""


class Transient(str):
    """A reason of a failed delivery that may pass: trying again may help."""

    __slots__ = ()


class Change:
    """A cause: a change that is being made."""

    __slots__ = ("happened",)

    def __init__(self) -> None:
        self.happened = False


class Effect:
    """Something that is to happen outside of the service that asks for it."""

    __slots__ = ()

    cause: Cause | None = None
    """What it follows from; None for the call or the event that led to it."""

    @property
    def is_due(self) -> bool:
        """Whether what it follows from has happened for good, also if the call that led to it is interrupted now."""
        cause = self.cause
        return cause is not None and cause.happened


class ToQueue(Effect):
    """Put a message into an SQS queue of any account and region."""

    __slots__ = (
        "attributes",
        "body",
        "cause",
        "deduplication_id",
        "group_id",
        "insert",
        "message",
        "on_failure",
        "queue_arn",
        "sender_id",
        "shared",
        "source_arn",
        "trace_header",
    )

    def __init__(
        self,
        queue_arn: str,
        body: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        sender_id: str | None = None,
        trace_header: str | None = None,
        source_arn: str | None = None,
        on_failure: Callable[[int, str], object] | None = None,
        cause: Cause | None = None,
    ) -> None:
        self.cause = cause
        self.queue_arn = queue_arn
        self.body = body
        self.attributes = attributes
        """Message attributes in SQS's own form: name to ``{"DataType", "StringValue" | "BinaryValue"}``."""
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.sender_id = sender_id
        self.trace_header = trace_header
        self.source_arn = source_arn
        """The ARN of what sends it, as policies name it."""
        self.message: object = None
        """The message that was made of it."""
        self.shared: SharedText | None = None
        """What the body has in common with those of other deliveries."""
        self.insert = ""
        """What is its own, where it shares the rest."""
        self.on_failure = on_failure
        """``on_failure(now, reason)`` when the queue does not exist or refuses the message."""

    @property
    def origin(self) -> str | None:
        """The id of the publication that it carries; for observers."""
        return None

    @property
    def happened(self) -> bool:
        """As the cause of what follows from its failure: never for good, for its failure will show again."""
        return False


class _Passed(ToQueue):
    """What was handed to whatever has an ARN, which is a queue's."""

    __slots__ = ()

    @property
    def origin(self) -> str | None:
        """What that follows from."""
        return getattr(self.cause, "origin", None)


class Deliver(Effect):
    """Hand something to whatever has an ARN, in any service, account and region.

    To a queue it goes as a ``ToQueue``; a topic publishes it; to a function it is an asynchronous event. What has the
    ARN is asked of its service (``ServiceState.target``), which carries this out under the lock and in one go; after an
    interruption it may be carried out again, and what it had put into the outbox is gone unless its cause has happened.
    """

    # What most deliveries never have is the class's: each publication may make one.
    attributes: Mapping[str, Any] | None = None
    """Message attributes: name to ``{"DataType", "StringValue" | "BinaryValue"}``."""
    subject: str | None = None
    """For a topic."""
    group_id: str | None = None
    deduplication_id: str | None = None
    partition_key: str | None = None
    """For a stream."""
    request_id = ""
    """For a function: the id of the request that it follows from, which its runs have; empty: one is made."""
    origin: str | None = None
    """What it follows from, by the name that facts of that have; for observers."""
    source_arn: str | None = None
    """The ARN of what sends it, as policies name it."""
    trigger: str = ""
    """What sends it, as ``cloud.invocations`` names it: ``"sns:orders"``."""
    on_failure: Callable[[int, str], object] | None = None
    """``on_failure(now, reason)`` when nothing has the ARN, or it refuses."""
    begun: int | None = None
    """Where in the outbox what follows from it begins, once it is being carried out."""
    happened = False
    """Whether it has been carried out; the cause of what follows from it."""
    made: object
    """What a target has made of it, by which it is known again after an interruption; most targets set nothing."""
    may_be_refused: bool = False
    """Whether a fault may refuse it, as it refuses a client's call: AWS makes it by a call of the target's service."""

    def __init__(
        self,
        target_arn: str,
        body: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        subject: str | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        partition_key: str | None = None,
        source_arn: str | None = None,
        trigger: str = "",
        on_failure: Callable[[int, str], object] | None = None,
        cause: Cause | None = None,
    ) -> None:
        self.cause = cause
        self.target_arn = target_arn
        self.body = body
        """A text; for a function, JSON."""
        self.attributes = attributes
        self.subject = subject
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.partition_key = partition_key
        self.source_arn = source_arn
        self.trigger = trigger
        self.on_failure = on_failure

    @property
    def about(self) -> Mapping[str, Any]:
        """What facts of it say beside their own details; for observers."""
        return {} if self.origin is None else {"origin": self.origin}

    def event(self) -> Any:
        """What a function's handler gets: each time a fresh one, with which it may do what it likes."""
        from json import loads

        return loads(self.body)

    def to_queue(self) -> ToQueue:
        """It as a message for the queue that has its ARN."""
        return _Passed(
            self.target_arn,
            self.body,
            attributes=self.attributes,
            group_id=self.group_id,
            deduplication_id=self.deduplication_id,
            source_arn=self.source_arn,
            on_failure=self.on_failure,
            cause=self,
        )

    def fail(self, now: int, reason: str) -> None:
        """Tell the sender that it cannot be delivered."""
        if self.on_failure is not None:
            self.on_failure(now, reason)


class ToBucket(Deliver):
    """Put an object into a bucket. Its ARN is what S3 has for that (``S3State.place_of``)."""

    may_be_refused = True

    def __init__(
        self,
        target_arn: str,
        bucket_name: str,
        key: str,
        content: bytes,
        *,
        source_arn: str,
        trigger: str,
        on_success: Callable[[int], object],
        on_failure: Callable[[int, str], object],
        cause: Cause,
    ) -> None:
        super().__init__(target_arn, "", source_arn=source_arn, trigger=trigger, on_failure=on_failure, cause=cause)
        self.bucket_name = bucket_name
        self.key = key
        self.content = content
        self.on_success = on_success
        """``on_success(now)`` when the object is there; may be told again."""
        self.made = None

    @property
    def origin(self) -> str:  # type: ignore[override]
        """Who puts it."""
        return f"{self.trigger}/{self.key}"


class Sequel(Effect):
    """What the service that puts it into the outbox does itself, once what it follows from has happened.

    Done under the lock and in one go; after an interruption it may be done again, and what it had put into the outbox
    is gone unless its cause has happened.
    """

    __slots__ = ("begun", "cause", "happened")

    def __init__(self, cause: Cause | None) -> None:
        self.cause = cause
        self.begun: int | None = None
        """Where in the outbox what follows from it begins, once it is being carried out."""
        self.happened = False
        """Whether it has been carried out; the cause of what follows from it."""

    def carry_out(self, now: int) -> None:
        """Do it."""
        raise NotImplementedError


class ToLog(Effect):
    """Write lines to a log stream: each becomes an event, of the moment at which this is carried out or of its own."""

    __slots__ = ("account_id", "cause", "events", "log_group", "log_stream", "messages", "region_name")

    def __init__(
        self,
        account_id: str,
        region_name: str,
        log_group: str,
        log_stream: str,
        messages: Sequence[str | tuple[int, str]],
        *,
        cause: Cause | None = None,
    ) -> None:
        self.cause = cause
        self.account_id = account_id
        self.region_name = region_name
        self.log_group = log_group
        """Its name: ``"/aws/lambda/bill"``."""
        self.log_stream = log_stream
        self.messages = messages
        """Texts, or pairs of a time in nanoseconds and a text. Empty ones CloudWatch Logs does not take."""
        self.events: Sequence[object] = ()
        """The events that were made of them."""


class ToAlarms(Effect):
    """Have CloudWatch have alarms, and others no more. May be carried out again: what is already so stays so."""

    __slots__ = ("account_id", "actions_gone", "cause", "gone", "put", "region_name")

    def __init__(
        self,
        account_id: str,
        region_name: str,
        *,
        put: Sequence[Mapping[str, Any]] = (),
        gone: Sequence[str] = (),
        actions_gone: Sequence[str] = (),
        cause: Cause | None = None,
    ) -> None:
        self.cause = cause
        self.account_id = account_id
        self.region_name = region_name
        self.put = put
        """Parameters of PutMetricAlarm, which CloudWatch was asked about before (``AlarmKeeper.check_alarm``)."""
        self.gone = gone
        """Names. Those of which there is no alarm do no harm."""
        self.actions_gone = actions_gone
        """ARNs that are no action of any alarm any more."""


class Departure:
    """One thing that left the cloud, as ``cloud.outbox`` shows it."""

    __slots__ = ("attributes", "body", "endpoint", "headers", "message_id", "protocol", "subject", "time_ns")

    def __init__(
        self,
        protocol: str,
        endpoint: str,
        body: str,
        *,
        time_ns: int,
        subject: str | None = None,
        headers: Mapping[str, str] | None = None,
        attributes: Mapping[str, Any] | None = None,
        message_id: str | None = None,
    ) -> None:
        self.protocol = protocol
        """``"sms"``, ``"email"``, ``"email-json"``, ``"http"``, ``"https"``, ``"application"`` or ``"firehose"``."""
        self.endpoint = endpoint
        """A telephone number, an address, a URL or an ARN, as the subscriber gave it."""
        self.body = body
        """The text; of a mobile push or for Firehose, JSON."""
        self.subject = subject
        """None when there is none."""
        self.headers: Mapping[str, str] = headers or {}
        """HTTP headers, or what an email or a push carries beside its text."""
        self.attributes: Mapping[str, Any] = attributes or {}
        """The message attributes it was published with: name to ``{"DataType", "StringValue" | "BinaryValue"}``."""
        self.message_id = message_id
        """The id of the publication that it came from; None of what comes from none."""
        self.time_ns = time_ns
        """When it left, in nanoseconds since the epoch."""

    @property
    def time(self) -> datetime:
        """When it left, as an aware datetime in UTC."""
        return datetime_of(self.time_ns)

    def __repr__(self) -> str:
        return f"<{self.protocol} to {escaped(self.endpoint, 120)} at {self.time:%H:%M:%S}: {shown(self.body, 60)}>"


class Depart(Effect):
    """Let something leave the cloud for good."""

    __slots__ = ("cause", "departure")

    def __init__(self, departure: Departure, cause: Cause | None = None) -> None:
        self.cause = cause
        self.departure = departure
