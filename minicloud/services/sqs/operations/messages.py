"""Sending, receiving, deleting and hiding messages, one call at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ....core.md5 import md5
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, facts, notes
from ..fifo_queue import FifoQueue
from ..message import GONE, IN_FLIGHT, VISIBLE, DetailedMessage, Message, Selection
from ..message_content import PlainAttributes, check_body, in_dicts, is_valid_id, message_attributes, read_plainly
from ..policy_evaluation import RequestContext, tell_refusal
from ..queue import Poll, Queue
from ..selections import selection_of
from ..shapes import (
    MessageAttributeValue,
    MessageSystemAttributeName,
    MessageSystemAttributeValue,
    ReceiveMessageResult,
    SendMessageResult,
)
from ..state import SqsState
from ..store import HANDLE_PREFIX_LENGTH

MAXIMUM_VISIBILITY = 43_200


@operation("SendMessage", readers={"MessageAttributes": read_plainly}, plain_way=("by_url", "QueueUrl", "send_plainly"))
def _send_in_short(
    self: MessageOperations,
    now: int,
    *,
    QueueUrl: str,
    MessageBody: str,
    MessageAttributes: Mapping[str, MessageAttributeValue] = UNSET,
    MessageDeduplicationId: str = UNSET,
    MessageGroupId: str = UNSET,
) -> SendMessageResult:
    """What nearly all sends give, the attributes as they were read. What does not go the plain way comes here."""
    return self.send(
        now,
        self.by_url.get(QueueUrl),
        QueueUrl,
        MessageBody,
        UNSET,
        MessageAttributes,
        UNSET,
        MessageDeduplicationId,
        MessageGroupId,
    )


@operation("ReceiveMessage", blocking=True)
def _receive_in_short(
    self: MessageOperations,
    now: int,
    *,
    QueueUrl: str,
    AttributeNames: Sequence[MessageSystemAttributeName] = UNSET,
    MessageAttributeNames: Sequence[str] = UNSET,
    MaxNumberOfMessages: int = UNSET,
    VisibilityTimeout: int = UNSET,
    WaitTimeSeconds: int = UNSET,
) -> ReceiveMessageResult:
    """What nearly all receives give. One message without attributes goes the plain way."""
    queue = self.by_url.get(QueueUrl)
    if (
        AttributeNames is UNSET
        and MessageAttributeNames is UNSET
        and queue is not None
        and (WaitTimeSeconds is UNSET or 0 <= WaitTimeSeconds <= 20)
        and VisibilityTimeout is UNSET
        and (MaxNumberOfMessages is UNSET or 1 <= MaxNumberOfMessages <= 10)
    ):
        maximum = 1
        if MaxNumberOfMessages is UNSET or MaxNumberOfMessages == 1:
            message = queue.deliver_plainly(now)
            if message is not None:
                return {
                    "Messages": [
                        {
                            "MessageId": message.message_id,
                            "ReceiptHandle": message.handles,  # type: ignore[typeddict-item]  # the only one
                            "MD5OfBody": message.digest.hex(),
                            "Body": message.body,
                        }
                    ]
                }
        else:
            maximum = MaxNumberOfMessages
        if self.world.limits.rates:
            self.throttle(now, queue, "ReceiveMessage")
        return self.receive_from(now, queue, maximum, None, None, WaitTimeSeconds, None)
    return self.receive(
        now,
        QueueUrl,
        AttributeNames,
        UNSET,
        MessageAttributeNames,
        MaxNumberOfMessages,
        VisibilityTimeout,
        WaitTimeSeconds,
        UNSET,
    )


class MessageOperations(SqsState):
    """Operations on single messages, and the steps that the batches share with them.

    Most calls are *plain*: they give little, and their queue is about to do nothing out of the ordinary. These go the
    plain ways of queues (``Queue.send_plainly`` and its like), which ask all that could matter before they change
    anything, and leave the rest to the general ways. A client asks for that of a send itself.
    """

    @operation(
        "SendMessage",
        plain_answer=(2, 106),
        longer_answers={"SequenceNumber": 146, "MD5OfMessageAttributes": 166},
        short=_send_in_short,
    )
    def send_message(
        self,
        now: int,
        *,
        QueueUrl: str,
        MessageBody: str,
        DelaySeconds: int = UNSET,
        MessageAttributes: Mapping[str, MessageAttributeValue] = UNSET,
        MessageSystemAttributes: Mapping[str, MessageSystemAttributeValue] = UNSET,
        MessageDeduplicationId: str = UNSET,
        MessageGroupId: str = UNSET,
    ) -> SendMessageResult:
        """Put a message into a queue. O(1) on a standard queue, O(log groups) on a FIFO queue.

        A duplicate within five minutes on a FIFO queue succeeds, with the first send's id, and stores nothing.
        """
        queue = self.by_url.get(QueueUrl)
        if (
            queue is not None
            and DelaySeconds is UNSET
            and MessageSystemAttributes is UNSET
            and MessageAttributes is UNSET
        ):
            nothing: Any = UNSET
            answer = queue.send_plainly(self, now, MessageBody, nothing, MessageDeduplicationId, MessageGroupId)
            if answer is not None:
                return answer
        return self.send(
            now,
            queue,
            QueueUrl,
            MessageBody,
            DelaySeconds,
            MessageAttributes,
            MessageSystemAttributes,
            MessageDeduplicationId,
            MessageGroupId,
        )

    def send(
        self,
        now: int,
        queue: Queue | None,
        url: str,
        body: str,
        delay_seconds: int,
        attributes: Mapping[str, MessageAttributeValue] | PlainAttributes,
        system_attributes: Mapping[str, MessageSystemAttributeValue],
        deduplication_id: str,
        group_id: str,
    ) -> SendMessageResult:
        """Send the general way. The queue may not be one of this account's; the attributes may have been read."""
        if not body:
            raise errors.missing_parameter("MessageBody")
        if queue is None:
            queue = self.queue_for(now, url, "SendMessage")
        if self.world.limits.rates:
            self.throttle(now, queue, "SendMessage")
        message, delay_ns, system_digest = self.prepare(
            now, queue, body, delay_seconds, attributes, system_attributes, deduplication_id, group_id
        )
        if queue.is_fifo:
            self.commit_fifo(now, cast("FifoQueue", queue), message, message.deduplication_id)
        else:
            self.commit(now, queue, message, delay_ns)
        answer: Any = {"MD5OfMessageBody": message.digest.hex()}
        if message.attributes_md5:
            answer["MD5OfMessageAttributes"] = message.attributes_md5
        if system_digest:
            answer["MD5OfMessageSystemAttributes"] = system_digest
        answer["MessageId"] = message.message_id
        if message.sequence_number is not None:
            answer["SequenceNumber"] = message.sequence_number
        return answer  # type: ignore[no-any-return]  # built in the model's order, member by member

    def throttle(self, now: int, queue: Queue, action: str) -> None:
        """Refuse a call beyond the rate of a FIFO queue, where rates are enforced."""
        if self.world.limits.rates and isinstance(queue, FifoQueue):
            queue.throttle(now, action)

    def prepare(
        self,
        now: int,
        queue: Queue,
        body: str,
        delay_seconds: int = UNSET,
        attributes: Mapping[str, Any] | PlainAttributes = UNSET,
        system_attributes: Mapping[str, Any] = UNSET,
        deduplication_id: str = UNSET,
        group_id: str = UNSET,
    ) -> tuple[DetailedMessage, int, str | None]:
        """Check a send, change nothing, and make its message, which has no identity yet.

        Returned with its delay and the digest of its system attributes.
        """
        settings = queue.attributes
        if queue.is_fifo:
            self._check_fifo(queue, group_id, deduplication_id, delay_seconds)
        elif deduplication_id is not UNSET:
            error = errors.not_for_this_queue_type(deduplication_id, "MessageDeduplicationId")
            raise error.noting(notes.is_standard(queue))
        elif group_id is not UNSET and not is_valid_id(group_id):
            raise errors.invalid_id(group_id, "MessageGroupId")
        if delay_seconds is UNSET:
            delay_ns = settings.delay_seconds * SECOND
        elif 0 <= delay_seconds <= 900:
            delay_ns = delay_seconds * SECOND
        else:
            raise errors.invalid_delay(delay_seconds)
        stored: Any = None
        digest = trace_header = system_digest = None
        size = 0
        if attributes is not UNSET and attributes:
            stored, size, digest = (
                in_dicts(attributes) if isinstance(attributes, tuple) else message_attributes(attributes)
            )
        if system_attributes is not UNSET and system_attributes:
            system, _, system_digest = message_attributes(system_attributes, "system")
            trace_header = system["AWSTraceHeader"]["StringValue"]
        data = check_body(body)
        if len(data) + size > settings.maximum_message_size:
            raise errors.message_too_long(settings.maximum_message_size).noting(notes.sizes(len(data), size))
        message = DetailedMessage(
            body,
            md5(data).digest(),
            now,
            self.sender_id,
            stored,
            digest,
            trace_header,
            None if group_id is UNSET else group_id,
            None if deduplication_id is UNSET else deduplication_id,
        )
        return message, delay_ns, system_digest

    def _check_fifo(self, queue: Queue, group_id: str, deduplication_id: str, delay_seconds: int) -> None:
        if group_id is UNSET:
            raise errors.missing_parameter("MessageGroupId").noting(notes.needs_group(queue))
        if not is_valid_id(group_id):
            raise errors.invalid_id(group_id, "MessageGroupId")
        if deduplication_id is UNSET:
            if not queue.attributes.content_based_deduplication:
                raise errors.deduplication_id_required().noting(notes.needs_deduplication(queue))
        elif not is_valid_id(deduplication_id):
            raise errors.invalid_id(deduplication_id, "MessageDeduplicationId")
        if delay_seconds is not UNSET and delay_seconds != 0:
            error = errors.not_for_this_queue_type(delay_seconds, "DelaySeconds")
            raise error.noting(notes.delays_as_a_whole(queue))

    def accept(self, now: int, queue: Queue, message: DetailedMessage, delay_ns: int) -> None:
        """Carry out a send that has been checked."""
        if isinstance(queue, FifoQueue):
            self.commit_fifo(now, queue, message, message.deduplication_id)
        else:
            self.commit(now, queue, message, delay_ns)

    @operation("ReceiveMessage", blocking=True, short=_receive_in_short)
    def receive_message(
        self,
        now: int,
        *,
        QueueUrl: str,
        AttributeNames: Sequence[MessageSystemAttributeName] = UNSET,
        MessageSystemAttributeNames: Sequence[MessageSystemAttributeName] = UNSET,
        MessageAttributeNames: Sequence[str] = UNSET,
        MaxNumberOfMessages: int = UNSET,
        VisibilityTimeout: int = UNSET,
        WaitTimeSeconds: int = UNSET,
        ReceiveRequestAttemptId: str = UNSET,
    ) -> ReceiveMessageResult:
        """Receive up to ten messages and hide them. O(messages returned), O(log groups) more on a FIFO queue.

        Waits for up to WaitTimeSeconds of the cloud's clock while there is nothing to receive, and returns as soon as
        there is something. The result has no ``Messages`` when there was none. Raises OverLimit for a short poll on a
        standard queue with too many messages in flight.
        """
        if MessageSystemAttributeNames is UNSET and ReceiveRequestAttemptId is UNSET:
            return _receive_in_short.handler(
                self,
                now,
                QueueUrl=QueueUrl,
                AttributeNames=AttributeNames,
                MessageAttributeNames=MessageAttributeNames,
                MaxNumberOfMessages=MaxNumberOfMessages,
                VisibilityTimeout=VisibilityTimeout,
                WaitTimeSeconds=WaitTimeSeconds,
            )
        return self.receive(
            now,
            QueueUrl,
            AttributeNames,
            MessageSystemAttributeNames,
            MessageAttributeNames,
            MaxNumberOfMessages,
            VisibilityTimeout,
            WaitTimeSeconds,
            ReceiveRequestAttemptId,
        )

    def receive(
        self,
        now: int,
        url: str,
        attribute_names: Sequence[str],
        system_attribute_names: Sequence[str],
        message_attribute_names: Sequence[str],
        maximum: int,
        visibility_seconds: int,
        wait_seconds: int,
        request_attempt_id: str,
    ) -> ReceiveMessageResult:
        """Receive the general way."""
        queue = self.by_url.get(url) or self.queue_for(now, url, "ReceiveMessage")
        if self.world.limits.rates:
            self.throttle(now, queue, "ReceiveMessage")
        if maximum is UNSET:
            maximum = 1
        elif not 1 <= maximum <= 10:
            raise errors.invalid_max_number_of_messages(maximum)
        visibility_ns = None
        if visibility_seconds is not UNSET:
            if not 0 <= visibility_seconds <= MAXIMUM_VISIBILITY:
                raise errors.invalid_receive_visibility(visibility_seconds)
            visibility_ns = visibility_seconds * SECOND
        if wait_seconds is not UNSET and not 0 <= wait_seconds <= 20:
            raise errors.invalid_wait_time(wait_seconds)
        attempt_id = None
        if request_attempt_id is not UNSET:
            if not is_valid_id(request_attempt_id):
                raise errors.invalid_id(request_attempt_id, "ReceiveRequestAttemptId")
            if queue.is_fifo:
                attempt_id = request_attempt_id
        selection = None
        # Not by their truth: asking UNSET for it costs three calls, 0.2 µs (CPython 3.11).
        if attribute_names is not UNSET or system_attribute_names is not UNSET or message_attribute_names is not UNSET:
            selection = selection_of(
                () if attribute_names is UNSET else tuple(attribute_names),
                () if system_attribute_names is UNSET else tuple(system_attribute_names),
                () if message_attribute_names is UNSET else tuple(message_attribute_names),
            )
        return self.receive_from(now, queue, maximum, visibility_ns, selection, wait_seconds, attempt_id)

    def receive_from(
        self,
        now: int,
        queue: Queue,
        maximum: int,
        visibility_ns: int | None,
        selection: Selection | None,
        wait_seconds: int,
        attempt_id: str | None,
    ) -> ReceiveMessageResult:
        """Receive, what is asked for being known to be valid; ``wait_seconds`` may be UNSET."""
        taken: list[Message] | None
        if attempt_id is None:
            taken = None if queue.is_chaotic and queue.comes_empty(now) else queue.take(now, maximum, visibility_ns)
        else:
            queue = cast("FifoQueue", queue)
            taken = queue.retried(now, attempt_id)
            if taken is None:
                taken = queue.take(now, maximum, visibility_ns)
                if taken:
                    queue.remember_attempt(now, attempt_id, taken, visibility_ns)
        if taken:
            return {"Messages": queue.answer(taken, selection)}  # type: ignore[typeddict-item]  # they are plain dicts
        if wait_seconds is UNSET:
            wait_seconds = queue.attributes.wait_seconds
        if wait_seconds:
            poll = Poll(maximum, visibility_ns, selection, attempt_id)
            return cast("ReceiveMessageResult", queue.poll(now, poll, wait_seconds * SECOND))
        if not queue.is_fifo and queue.in_flight >= queue.in_flight_limit:
            raise errors.too_many_in_flight().noting(notes.many_in_flight(queue))
        trace = self.world.trace
        if trace is not None:
            facts.received_nothing(trace, now, queue)
        return {}

    @operation("DeleteMessage")
    def delete_message(self, now: int, *, QueueUrl: str, ReceiptHandle: str) -> None:
        """Delete the message that was received under this handle. O(1) amortised.

        Deleting again succeeds. A FIFO queue refuses a handle whose visibility timeout has ended or that a later
        receive has replaced; a standard queue takes any handle the message ever had.
        """
        if not ReceiptHandle:
            raise errors.missing_parameter("ReceiptHandle")
        queue = self.by_url.get(QueueUrl) or self.queue_for(now, QueueUrl, "DeleteMessage")
        if queue.forget_plainly(now, ReceiptHandle):
            return
        if self.world.limits.rates:
            self.throttle(now, queue, "DeleteMessage")
        self.delete(now, queue, ReceiptHandle)

    def delete(self, now: int, queue: Queue, handle: str) -> None:
        """Delete by handle, as the single call and the batch do."""
        trace = self.world.trace
        message = queue.handles.get(handle)
        if message is None:
            self.check_handle(queue, handle)
            if trace is not None:
                facts.deleted_in_vain(trace, now, queue, handle)
            return
        if queue.is_fifo or trace is not None:
            queue.refresh(now)
            if message.state == GONE:
                return  # it expired just now
            if queue.is_fifo and (message.state != IN_FLIGHT or message.handle != handle):
                if trace is not None:
                    facts.delete_refused(trace, now, queue, message, handle)
                note = notes.handle_is_stale(queue, now, message, handle)
                raise errors.receipt_handle_expired(handle).noting(note)
        if trace is not None:
            facts.deleted(trace, now, queue, message, handle)
            if queue.attributes.policy is not None:
                tell_refusal(trace, now, queue, RequestContext("DeleteMessage", self.account_id))
        if not (queue.is_chaotic and queue.survives(now, message)):
            queue.remove(message)
        if queue.has_polls:
            queue.offer(now)

    @operation("ChangeMessageVisibility")
    def change_message_visibility(self, now: int, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        """Hide a received message for so many seconds from now on, or show it at once (0). O(1) amortised.

        The time has to end less than twelve hours after the receive. A standard queue takes any handle that the message
        ever had; when the message is visible again, that has no effect.
        """
        if not ReceiptHandle:
            raise errors.missing_parameter("ReceiptHandle")
        queue = self.by_url.get(QueueUrl) or self.queue_for(now, QueueUrl, "ChangeMessageVisibility")
        self.throttle(now, queue, "ChangeMessageVisibility")
        if not 0 <= VisibilityTimeout <= MAXIMUM_VISIBILITY:
            raise errors.invalid_visibility(VisibilityTimeout)
        self.change_visibility(now, queue, ReceiptHandle, VisibilityTimeout)

    def change_visibility(self, now: int, queue: Queue, handle: str, seconds: int) -> None:
        """Change a timeout by handle, as the single call and the batch do."""
        queue.refresh(now)
        message = queue.handles.get(handle)
        if message is None:
            self.check_handle(queue, handle)
            raise errors.message_not_available(handle).noting(notes.MESSAGE_GONE)
        if queue.is_fifo and (message.state != IN_FLIGHT or message.handle != handle):
            note = notes.handle_is_stale(queue, now, message, handle)
            raise errors.message_not_available(handle).noting(note)
        if message.state == VISIBLE:
            return  # the delivery that the handle stands for is over: AWS says OK and does nothing
        # Some time has always passed since the receive, so twelve hours in full are refused. [SQS API]
        if now - message.received_at + seconds * SECOND >= MAXIMUM_VISIBILITY * SECOND:
            raise errors.total_visibility_too_long(seconds).noting(notes.received_long_ago(now, message))
        trace = self.world.trace
        if trace is not None:
            facts.visibility_changed(trace, now, queue, message, handle, seconds, queue.moves_to(message))
            if queue.attributes.policy is not None:
                tell_refusal(trace, now, queue, RequestContext("ChangeMessageVisibility", self.account_id))
        queue.change_visibility(now, message, seconds * SECOND)

    def check_handle(self, queue: Queue, handle: str) -> None:
        """Raise unless the handle is one that the queue has issued at some time."""
        if not handle:
            raise errors.missing_parameter("ReceiptHandle")
        if queue.issued(handle):
            return
        other = self.by_handle_prefix.get(handle[:HANDLE_PREFIX_LENGTH])
        if other is not None and other.issued(handle):
            raise errors.receipt_handle_of_other_queue(handle).noting(notes.handle_of_other(other, queue))
        error = errors.invalid_receipt_handle(handle)
        raise error.noting(*notes.no_handle(self, handle, HANDLE_PREFIX_LENGTH))
