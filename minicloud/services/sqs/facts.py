"""What SQS tells of itself to whoever watches: one function a fact.

A fact has the same details wherever it is told, because it is told here and nowhere else: no other file of this folder
knows the name of a kind or of a detail. Nothing is decided here, and nothing is changed. Callers ask first whether
anybody watches (``if trace is not None``), so that a fact costs one test where nobody does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ...core.facts import (
    CHAOS,
    POLICY_WOULD_REFUSE,
    SQS_DELETE_IN_VAIN,
    SQS_DELETE_REFUSED,
    SQS_ENTRY_REFUSED,
    SQS_MESSAGE_DEDUPLICATED,
    SQS_MESSAGE_DELETED,
    SQS_MESSAGE_EXPIRED,
    SQS_MESSAGE_MOVED_TO_DLQ,
    SQS_MESSAGE_RECEIVED,
    SQS_MESSAGE_RETURNED,
    SQS_MESSAGE_SENT,
    SQS_MESSAGE_VISIBILITY_CHANGED,
    SQS_MESSAGE_VISIBLE,
    SQS_POLL_ABANDONED,
    SQS_POLL_BEGAN,
    SQS_POLL_ENDED_EMPTY,
    SQS_POLL_FILLED,
    SQS_QUEUE_CREATED,
    SQS_QUEUE_DELETED,
    SQS_QUEUE_PURGED,
    SQS_RECEIVE_EMPTY,
)
from ...core.timeline import SECOND
from ...core.world import Trace
from .message import DELAYED, Message


class Named(Protocol):
    """A queue, as far as its messages' ways inside of it are concerned."""

    name: str


class Store(Named, Protocol):
    """A queue, as far as it keeps messages."""

    arn: str


class Queue(Store, Protocol):
    """A queue, as facts know it."""

    @property
    def size(self) -> int:
        """Messages in it."""

    delayed: int
    in_flight: int

    def awaited(self) -> tuple[Message, int] | None:
        """The hidden message that will be visible first, and how many of its group wait for it."""


# --- queues ----------------------------------------------------------------------------------------------------------


def queue_created(trace: Trace, now: int, queue: Queue) -> None:
    """A queue has been made."""
    trace(now, SQS_QUEUE_CREATED, queue.name, arn=queue.arn)


def queue_deleted(trace: Trace, now: int, queue: Queue) -> None:
    """A queue is going, with the messages that are in it."""
    trace(now, SQS_QUEUE_DELETED, queue.name, messages=queue.size, arn=queue.arn)


def queue_purged(trace: Trace, now: int, queue: Queue) -> None:
    """The messages that are in a queue are going."""
    trace(now, SQS_QUEUE_PURGED, queue.name, messages=queue.size, arn=queue.arn)


# --- messages come ---------------------------------------------------------------------------------------------------


def sent(
    trace: Trace,
    now: int,
    queue: Queue,
    message: Message,
    delay_ns: int,
    origin: str | None = None,
    redriven_from: str | None = None,
) -> None:
    """A message comes into a queue: ``origin`` is the publication that it carries, ``redriven_from`` its former id."""
    trace(
        now,
        SQS_MESSAGE_SENT,
        queue.name,
        message_id=message.message_id,
        body=message.body,
        attributes=message.attributes,
        group_id=message.group_id,
        deduplication_id=message.deduplication_id,
        delay_seconds=delay_ns // SECOND,
        origin=origin,
        redriven_from=redriven_from,
        arn=queue.arn,
    )


def deduplicated(
    trace: Trace, now: int, queue: Queue, message: Message, earlier_group_id: str | None, origin: str | None
) -> None:
    """A send was taken for a duplicate; the message has the id of the earlier one, which may be of another group."""
    groups = {"group_id": message.group_id, "earlier_group_id": earlier_group_id}
    trace(
        now,
        SQS_MESSAGE_DEDUPLICATED,
        queue.name,
        message_id=message.message_id,
        deduplication_id=message.deduplication_id,
        origin=origin,
        arn=queue.arn,
        **(groups if message.group_id != earlier_group_id else {}),
    )


def moved_to_dead_letter_queue(trace: Trace, now: int, source: Named, message: Message, target: Queue) -> None:
    """A message was received too often."""
    trace(
        now,
        SQS_MESSAGE_MOVED_TO_DLQ,
        source.name,
        message_id=message.message_id,
        receive_count=message.receive_count,
        dead_letter_queue=target.name,
        arn=target.arn,
    )


def not_so(told: Sequence[tuple[int, str, str, dict[str, Any]]], find: Callable[[str], Any]) -> list[int]:
    """The numbers of sends and deletes that have not happened; ``find`` has the queue of an ARN, if it is there.

    A message that was sent is in its queue, or something was told of it later; one that was deleted is not.
    """
    wrong: list[int] = []
    later: set[tuple[str, str]] = set()
    there: dict[str, set[str] | None] = {}
    for number in range(len(told) - 1, -1, -1):
        _, kind, _, details = told[number]
        message_id, arn = details.get("message_id", ""), details.get("arn", "")
        if kind in (SQS_QUEUE_DELETED, SQS_QUEUE_PURGED):
            there[arn] = None  # what was there before is not known
        elif kind in (SQS_MESSAGE_SENT, SQS_MESSAGE_DELETED):
            if arn not in there:
                queue = find(arn)
                there[arn] = None if queue is None else {message.message_id for message in queue.all_messages()}
            ids = there[arn]
            if (message_id, kind) in later:
                wrong.append(number)  # it was told once more
            elif ids is not None:
                is_known = message_id in ids or (kind == SQS_MESSAGE_SENT and (message_id, "") in later)
                if is_known == (kind == SQS_MESSAGE_DELETED):
                    wrong.append(number)
            later.add((message_id, kind))
        later.add((message_id, ""))
    return wrong


# --- messages are received -------------------------------------------------------------------------------------------


def received(trace: Trace, now: int, queue: Store, message: Message, visibility_ns: int) -> None:
    """A message was delivered, under its latest handle."""
    trace(
        now,
        SQS_MESSAGE_RECEIVED,
        queue.name,
        message_id=message.message_id,
        receive_count=message.receive_count,
        visibility_seconds=visibility_ns // SECOND,
        handle=message.handle,
        arn=queue.arn,
    )


def received_and_visible(trace: Trace, now: int, queue: Store, message: Message, moves_to: str | None) -> None:
    """The same for no time at all: the next receive moves it to ``moves_to``, if there is one."""
    more = {} if moves_to is None else {"moves_to": moves_to}
    trace(
        now,
        SQS_MESSAGE_RECEIVED,
        queue.name,
        message_id=message.message_id,
        receive_count=message.receive_count,
        visibility_seconds=0,
        handle=message.handle,
        arn=queue.arn,
        **more,
    )


def received_nothing(trace: Trace, now: int, queue: Queue) -> None:
    """A receive found no message, and did not wait for one."""
    trace(
        now,
        SQS_RECEIVE_EMPTY,
        queue.name,
        in_flight=queue.in_flight,
        delayed=queue.delayed,
        arn=queue.arn,
        **_what_is_hidden(queue),
    )


def _what_is_hidden(queue: Queue) -> dict[str, Any]:
    """What a receive that finds nothing could have waited for."""
    found = queue.awaited()
    if found is None:
        return {}
    message, behind = found
    hidden = {"next_id": message.message_id, "next_body": message.body, "next_due_ns": message.due}
    was = "delayed" if message.state == DELAYED else "in flight"
    return {**hidden, "next_was": was, "next_group_id": message.group_id, "behind": behind}


def poll_returned(trace: Trace, now: int, queue: Named, message: Message, handle: str | None) -> None:
    """A delivery was undone, for the caller is no more."""
    trace(now, SQS_MESSAGE_RETURNED, queue.name, message_id=message.message_id, handle=handle)


def visible(trace: Trace, now: int, queue: Named, message: Message, *, was_delayed: bool, moves_to: str | None) -> None:
    """The time of a message that was hidden has come; the next receive moves it to ``moves_to``, if there is one."""
    was = "delayed" if was_delayed else "in flight"
    more = {} if moves_to is None else {"moves_to": moves_to}
    trace(now, SQS_MESSAGE_VISIBLE, queue.name, message_id=message.message_id, was=was, **more)


def visibility_changed(
    trace: Trace, now: int, queue: Named, message: Message, handle: str, seconds: int, moves_to: str | None
) -> None:
    """A message is hidden for another time, or no longer: then the next receive may move it to ``moves_to``."""
    more = {} if seconds or moves_to is None else {"moves_to": moves_to}
    trace(
        now,
        SQS_MESSAGE_VISIBILITY_CHANGED,
        queue.name,
        message_id=message.message_id,
        seconds=seconds,
        handle=handle,
        **more,
    )


# --- messages go -----------------------------------------------------------------------------------------------------


def deleted(trace: Trace, now: int, queue: Store, message: Message, handle: str) -> None:
    """A message was deleted under this handle."""
    trace(now, SQS_MESSAGE_DELETED, queue.name, message_id=message.message_id, handle=handle, arn=queue.arn)


def deleted_in_vain(trace: Trace, now: int, queue: Store, handle: str) -> None:
    """The handle is one of the queue's, and its message has gone."""
    trace(now, SQS_DELETE_IN_VAIN, queue.name, reason="the message has gone", handle=handle, arn=queue.arn)


def delete_refused(trace: Trace, now: int, queue: Named, message: Message, handle: str) -> None:
    """A FIFO queue does not delete a message whose visibility timeout has ended."""
    reason = "the visibility timeout has ended"
    trace(now, SQS_DELETE_REFUSED, queue.name, message_id=message.message_id, reason=reason, handle=handle)


def expired(trace: Trace, now: int, queue: Named, message: Message) -> None:
    """A message has outlived its retention."""
    trace(now, SQS_MESSAGE_EXPIRED, queue.name, message_id=message.message_id)


# --- polls -----------------------------------------------------------------------------------------------------------


def poll_began(trace: Trace, now: int, queue: Queue, number: int, wait_ns: int) -> None:
    """A receive found nothing, and waits; ``number`` counts the queue's polls."""
    trace(now, SQS_POLL_BEGAN, queue.name, poll=number, wait_seconds=wait_ns // SECOND, arn=queue.arn)


def poll_filled(trace: Trace, now: int, queue: Queue, number: int, taken: list[Message]) -> None:
    """A receive that waited has got these messages."""
    trace(now, SQS_POLL_FILLED, queue.name, poll=number, handles=[message.handle for message in taken], arn=queue.arn)


def poll_abandoned(trace: Trace, now: int, queue: Queue, number: int) -> None:
    """The caller of a receive that waited is no more."""
    trace(now, SQS_POLL_ABANDONED, queue.name, poll=number, arn=queue.arn)


def poll_ended_empty(trace: Trace, now: int, queue: Queue, number: int) -> None:
    """A receive has waited in vain."""
    trace(now, SQS_POLL_ENDED_EMPTY, queue.name, poll=number, arn=queue.arn, **_what_is_hidden(queue))


# --- policies --------------------------------------------------------------------------------------------------------


def would_refuse(
    trace: Trace,
    now: int,
    queue: Named,
    action: str,
    principal: str,
    source_arn: str | None,
    reason: str,
    origin: str | None,
) -> None:
    """AWS would not let this happen, by the queue's policy; ``origin`` is the publication that is delivered."""
    trace(
        now,
        POLICY_WOULD_REFUSE,
        queue.name,
        action=action,
        principal=principal,
        source_arn=source_arn,
        reason=reason,
        message_id=origin,
    )


# --- chaos -----------------------------------------------------------------------------------------------------------


def chaos(trace: Trace, now: int, queue: Queue, choice: str, message: Message | None = None) -> None:
    """The queue did what AWS reserves the right to do."""
    if message is None:
        trace(now, CHAOS, queue.name, choice=choice, arn=queue.arn)
    else:
        trace(now, CHAOS, queue.name, choice=choice, message_id=message.message_id, arn=queue.arn)


def entry_refused(trace: Trace, now: int, queue: Queue, entry: dict[str, Any]) -> None:
    """An entry of a batch failed alone: the caller finds it in the answer's ``Failed``."""
    trace(
        now, SQS_ENTRY_REFUSED, queue.name, id=entry["Id"], code=entry["Code"], reason=entry["Message"], arn=queue.arn
    )
