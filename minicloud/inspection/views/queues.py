"""Looking into a queue without receiving from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...core.shown import counted, escaped
from ...core.timestamps import datetime_of
from ...exceptions import AwsError
from ...services.sqs.message import DELAYED, IN_FLIGHT, Message
from ...services.sqs.queue import Queue
from ..bodies import excerpt
from ..envelope import SnsEnvelope, sns_of
from ..message_ledger import MessageLedger
from ..text import short_id
from ..trace import Trace
from .lookup import find

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["MessageState", "MessageView", "QueueCounts", "QueueView", "all_queues", "find_queue"]


MessageState: TypeAlias = Literal["visible", "delayed", "in_flight"]
"""Where a message of a queue stands."""


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many messages are in which state; exact."""

    visible: int
    """That a receive may get."""
    delayed: int
    """That were sent with a delay which is not over."""
    in_flight: int
    """That were received, and hidden until their visibility timeouts end."""


@dataclass(frozen=True, slots=True, repr=False)
class MessageView:
    """A message as it was when it was looked at."""

    message_id: str
    """The id that its send was answered with."""
    body: str
    """The body."""
    attributes: Mapping[str, str]
    """The system attributes that a receive would show (``SentTimestamp``, ``MessageGroupId`` …)."""
    message_attributes: Mapping[str, Any]
    """By name, as they were sent: ``{"DataType": ..., "StringValue" | "BinaryValue": ...}``."""
    state: MessageState
    """``"visible"``, ``"delayed"`` or ``"in_flight"``."""
    receive_count: int
    """How often it was received."""
    group_id: str | None
    """Its message group; None without one."""
    sent: datetime
    """When it was sent, as its ``SentTimestamp`` says."""
    visible_at: datetime | None
    """When its delay or its visibility timeout is over; None when it is visible."""
    moves_to: str | None = None
    """The dead-letter queue to which the next receive moves it, as it was received as often as it may be."""
    _trace: Trace | None = field(default=None, repr=False, compare=False)
    _looked_at: int = field(default=0, repr=False, compare=False)
    """How far the trace had come then."""
    _receiver: str | None = field(default=None, repr=False, compare=False)
    """Of a copy, which leads to no cloud."""

    @property
    def received_by(self) -> str | None:
        """The thread or task that received it last; None while nobody has, or when the trace was off. O(events)."""
        if not self.receive_count or self._trace is None:
            return self._receiver
        return self._trace.receiver_of(self.message_id, self._looked_at)

    def __reduce__(self) -> tuple[Any, ...]:
        alone = {"_trace": None, "_receiver": self.received_by}
        return MessageView, tuple(alone.get(one.name, getattr(self, one.name)) for one in fields(self))

    def json(self) -> Any:
        """The body, parsed. Raises ``ValueError`` when it is not JSON."""
        return json.loads(self.body)

    @property
    def sns(self) -> SnsEnvelope:
        """The envelope in which a topic delivered it: ``.sns.message``, ``.sns.json()``. ``UsageError`` without one."""
        return sns_of(self.body)

    def __repr__(self) -> str:
        group = "" if self.group_id is None else f", group {escaped(self.group_id, 80)}"
        return (
            f"<{short_id(self.message_id)} {excerpt(self.body)}: {self.state.replace('_', ' ')}{group}, "
            f"received {counted(self.receive_count, 'time')}"
            f"{f'; moves to {escaped(self.moves_to, 80)} at the next receive' if self.moves_to else ''}>"
        )

    @classmethod
    def of(cls, message: Message, queue: Queue, trace: Trace) -> MessageView:
        """The view of a message."""
        state: MessageState = (
            "in_flight" if message.state == IN_FLIGHT else "delayed" if message.state == DELAYED else "visible"
        )
        return cls(
            message.message_id,
            message.body,
            message.system_attributes(),
            {name: dict(value) for name, value in (message.attributes or {}).items()},
            state,
            message.receive_count,
            message.group_id,
            datetime_of(message.sent),
            None if state == "visible" else datetime_of(message.due),
            queue.moves_to(message) if state == "visible" else None,
            trace,
            trace.mark()[1],
        )


class QueueView:
    """A queue, read-only. Each property looks anew; nothing is consumed and no receive is counted."""

    def __init__(self, engine: Engine, queue: Queue) -> None:
        self._engine = engine
        self._queue = queue

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._queue.name

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return self._queue.arn

    @property
    def url(self) -> str:
        """The queue's URL."""
        return self._queue.url

    @property
    def is_dead_letter_queue(self) -> bool:
        """Whether a queue of the same account and region names it in its redrive policy. O(queues)."""
        with self._engine.gate("a view"):
            _, _, _, region_name, account_id, _ = self._queue.arn.split(":")
            service = self._engine.find_service("sqs", account_id, region_name)
            return bool(service.sources_of(self._queue.arn).items)

    @property
    def messages(self) -> list[MessageView]:
        """Every message in the queue, oldest first, in whatever state. O(n log n)."""
        return self._engine.look("a view", self._messages)

    def _messages(self, now: int) -> list[MessageView]:
        self._queue.refresh(now)
        trace = Trace(self._engine)
        return [MessageView.of(message, self._queue, trace) for message in self._queue.live_messages()]

    @property
    def bodies(self) -> list[str]:
        """The bodies of ``messages``."""
        return self._engine.look("a view", self._bodies)

    def _bodies(self, now: int) -> list[str]:
        self._queue.refresh(now)
        return [message.body for message in self._queue.live_messages()]

    @property
    def counts(self) -> QueueCounts:
        """How many messages are visible, delayed and in flight. O(1)."""
        return self._engine.look("a view", self._counts)

    def _counts(self, now: int) -> QueueCounts:
        queue = self._queue
        queue.refresh(now)
        return QueueCounts(queue.size - queue.delayed - queue.in_flight, queue.delayed, queue.in_flight)

    @property
    def noisy_groups(self) -> list[str]:
        """The message groups of a standard queue that are noisy at the moment, by name. O(groups).

        What is visible of the others is received first. Always empty for a FIFO queue.
        """
        return self._engine.look("a view", self._queue.noisy_groups)

    def peek(self, count: int = 10) -> list[MessageView]:
        """The next ``count`` messages that can be received, oldest first: none is hidden, no receive is counted.

        A FIFO queue withholds what lies behind a message in flight, and ``peek`` does so too. On a standard queue those
        of noisy groups come last. O(n log n).
        """
        return self._engine.look("a view", lambda now: self._ahead(now, count))

    def _ahead(self, now: int, count: int) -> list[MessageView]:
        queue = self._queue
        queue.refresh(now)
        withheld: set[str | None] = set()
        found: list[MessageView] = []
        trace = Trace(self._engine)
        messages = queue.live_messages()
        if noisy := set(queue.noisy_groups(now)):
            messages.sort(key=lambda message: message.group_id in noisy)
        for message in messages:
            if len(found) >= count:
                break
            if queue.is_fifo and message.group_id in withheld:
                continue
            if message.state in (IN_FLIGHT, DELAYED):
                withheld.add(message.group_id)
            else:
                found.append(MessageView.of(message, self._queue, trace))
        return found

    def ledger(self, message_id: str) -> MessageLedger:
        """What became of a message, delivery by delivery. Needs the trace. O(events)."""
        return Trace(self._engine).ledger()[message_id]

    def __len__(self) -> int:
        counts = self.counts
        return counts.visible + counts.delayed + counts.in_flight

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        # Without the lock, and nothing is settled: a debugger shows it in the midst of a call.
        visible, delayed, in_flight = self._queue.counts_at(self._engine.seen_ns())
        return f"<queue {self.name}: {visible} visible, {delayed} delayed, {in_flight} in flight>"


def find_queue(engine: Engine, queue: str) -> QueueView:
    """The view of a queue by name (of the cloud's own account and region first), URL or ARN."""
    return QueueView(engine, find(engine, ("queue", "sqs"), queue, _get, lambda service: service.queues))


def _get(service: Any, name: str) -> Queue | None:
    try:
        found: Queue = service.queue(name)
    except AwsError:
        return None
    return found


def all_queues(engine: Engine) -> list[QueueView]:
    """Views of the queues of every account and region, in the order of their making."""
    with engine.gate("a view"):
        return _all_queues(engine)


def _all_queues(engine: Engine) -> list[QueueView]:
    # Apart: what comes into the jump back of a loop passes by the `with` that the loop stands in (CPython 3.13).
    return [QueueView(engine, queue) for service in engine.services("sqs") for queue in service.queues.values()]
