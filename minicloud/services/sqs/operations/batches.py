"""The same for up to ten messages at once, with AWS's rules of what fails a whole call and what only its entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ....core.operation import operation
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import errors, facts
from ..message_content import are_valid_entry_ids
from ..queue import Queue
from ..shapes import (
    ChangeMessageVisibilityBatchRequestEntry,
    ChangeMessageVisibilityBatchResult,
    DeleteMessageBatchRequestEntry,
    DeleteMessageBatchResult,
    SendMessageBatchRequestEntry,
    SendMessageBatchResult,
)
from .messages import MAXIMUM_VISIBILITY, MessageOperations

_MAXIMUM_ENTRIES = 10


class BatchOperations(MessageOperations):
    """Operations on batches. ``Successful`` and ``Failed`` keep the order of the request; an empty one is left out."""

    @operation("SendMessageBatch")
    def send_message_batch(
        self, now: int, *, QueueUrl: str, Entries: Sequence[SendMessageBatchRequestEntry]
    ) -> SendMessageBatchResult:
        """Send up to ten messages of together at most 1 MiB. O(entries).

        On a standard queue a bad entry fails alone; on a FIFO queue it fails the whole call, and nothing is sent.
        """
        queue = self.by_url.get(QueueUrl) or self.queue_for(now, QueueUrl, "SendMessage")
        self.throttle(now, queue, "SendMessage")
        _check_entries(Entries, "SendMessageBatchRequestEntry")
        total = sum(map(_size_of, Entries))
        limit = self.world.limits.sqs_message_size
        if total > limit:
            raise errors.batch_too_long(limit, total)
        prepared = []
        failed = []
        for number, entry in enumerate(Entries, 1):
            try:
                body = entry["MessageBody"]
                if not body:
                    # What fails a whole call is told in the words of the single one.
                    if queue.is_fifo:
                        raise errors.missing_parameter("MessageBody")
                    raise errors.entry_body_empty(number)
                if len(entry) == 2:  # an id and a body: nothing else to look for
                    ready = self.prepare(now, queue, body)
                else:
                    get: Any = entry.get
                    ready = self.prepare(
                        now,
                        queue,
                        body,
                        get("DelaySeconds", UNSET),
                        get("MessageAttributes", UNSET),
                        get("MessageSystemAttributes", UNSET),
                        get("MessageDeduplicationId", UNSET),
                        get("MessageGroupId", UNSET),
                    )
            except AwsError as error:
                if queue.is_fifo:
                    if "MessageGroupId" not in entry and entry["MessageBody"]:
                        # A batch misses the other id first, and this one under another code than the single call.
                        if "MessageDeduplicationId" not in entry and not queue.attributes.content_based_deduplication:
                            raise errors.deduplication_id_required() from None
                        raise errors.entry_group_id_missing() from None
                    raise
                failed.append(_failure(entry["Id"], error))
            else:
                prepared.append((entry["Id"], ready))
        successful = []
        # Who waits for ten messages gets them, not the first alone.
        has_polls = queue.has_polls
        if has_polls:
            queue.hold()
        for entry_id, (message, delay_ns, system_digest) in prepared:
            self.accept(now, queue, message, delay_ns)
            # The model's order differs from the single call's: the id comes first.
            answer = {"Id": entry_id, "MessageId": message.message_id, "MD5OfMessageBody": message.digest.hex()}
            if message.attributes_md5:
                answer["MD5OfMessageAttributes"] = message.attributes_md5
            if system_digest:
                answer["MD5OfMessageSystemAttributes"] = system_digest
            if message.sequence_number is not None:
                answer["SequenceNumber"] = message.sequence_number
            successful.append(answer)
        if has_polls:
            queue.offer(now)
        return cast(
            "SendMessageBatchResult",
            self._partly(now, queue, successful, failed) if failed else {"Successful": successful},
        )

    @operation("DeleteMessageBatch")
    def delete_message_batch(
        self, now: int, *, QueueUrl: str, Entries: Sequence[DeleteMessageBatchRequestEntry]
    ) -> DeleteMessageBatchResult:
        """Delete up to ten messages by their receipt handles. O(entries). A bad handle fails only its entry."""
        queue = self.by_url.get(QueueUrl) or self.queue_for(now, QueueUrl, "DeleteMessage")
        self.throttle(now, queue, "DeleteMessage")
        _check_entries(Entries, "DeleteMessageBatchRequestEntry")
        successful, failed = [], []
        if queue.is_fifo or queue.is_chaotic or self.world.trace is not None:
            for entry in Entries:
                try:
                    self.delete(now, queue, entry["ReceiptHandle"])
                except AwsError as error:
                    failed.append(_failure(entry["Id"], error))
                else:
                    successful.append({"Id": entry["Id"]})
        else:
            # There is nothing to tell or to ask: all in one go takes half the time.
            found = []
            handles = queue.handles
            for entry in Entries:
                handle = entry["ReceiptHandle"]
                if handle in handles:
                    found.append(handles[handle])
                else:
                    try:
                        self.check_handle(queue, handle)
                    except AwsError as error:
                        failed.append(_failure(entry["Id"], error))
                        continue
                successful.append({"Id": entry["Id"]})
            queue.remove_all(found)
            if queue.has_polls:
                queue.offer(now)
        return cast(
            "DeleteMessageBatchResult",
            self._partly(now, queue, successful, failed) if failed else {"Successful": successful},
        )

    @operation("ChangeMessageVisibilityBatch")
    def change_message_visibility_batch(
        self, now: int, *, QueueUrl: str, Entries: Sequence[ChangeMessageVisibilityBatchRequestEntry]
    ) -> ChangeMessageVisibilityBatchResult:
        """Change the visibility timeouts of up to ten messages. O(entries). A bad one fails only its entry."""
        queue = self.by_url.get(QueueUrl) or self.queue_for(now, QueueUrl, "ChangeMessageVisibility")
        self.throttle(now, queue, "ChangeMessageVisibility")
        _check_entries(Entries, "ChangeMessageVisibilityBatchRequestEntry")
        successful, failed = [], []
        for number, entry in enumerate(Entries, 1):
            try:
                if "VisibilityTimeout" not in entry:
                    raise errors.entry_visibility_missing(number)
                seconds = entry["VisibilityTimeout"]
                if not 0 <= seconds <= MAXIMUM_VISIBILITY:
                    raise errors.invalid_entry_visibility(seconds)
                self.change_visibility(now, queue, entry["ReceiptHandle"], seconds)
            except AwsError as error:
                failed.append(_failure(entry["Id"], error))
            else:
                successful.append({"Id": entry["Id"]})
        return cast(
            "ChangeMessageVisibilityBatchResult",
            self._partly(now, queue, successful, failed) if failed else {"Successful": successful},
        )

    def _partly(self, now: int, queue: Queue, successful: list[Any], failed: list[Any]) -> dict[str, Any]:
        trace = self.world.trace
        if trace is not None:
            for entry in failed:
                facts.entry_refused(trace, now, queue, entry)
        return {"Successful": successful, "Failed": failed} if successful else {"Failed": failed}


def _check_entries(entries: Sequence[Mapping[str, Any]], kind: str) -> None:
    """Raise what fails a whole batch, in AWS's order."""
    if not entries:
        raise errors.empty_batch(kind)
    if len(entries) > _MAXIMUM_ENTRIES:
        raise errors.too_many_entries(len(entries))
    ids = [entry["Id"] for entry in entries]
    if not are_valid_entry_ids(ids):
        raise errors.invalid_entry_id()
    if len(set(ids)) < len(ids):
        raise errors.entry_id_repeated(next(one for place, one in enumerate(ids) if one in ids[:place]))


def _size_of(entry: Mapping[str, Any]) -> int:
    """The bytes an entry counts for: body, and names, types and values of its attributes."""
    body: str = entry["MessageBody"]
    size = len(body) if body.isascii() else len(body.encode(errors="surrogatepass"))
    if len(entry) == 2:
        return size
    for name, value in entry.get("MessageAttributes", {}).items():
        size += len(name.encode(errors="surrogatepass")) + len(value["DataType"].encode(errors="surrogatepass"))
        size += len(value.get("StringValue", "").encode(errors="surrogatepass")) + len(value.get("BinaryValue", b""))
    return size


def _failure(entry_id: str, error: AwsError) -> dict[str, Any]:
    return {"Id": entry_id, "SenderFault": error.fault == "Sender", "Code": error.code, "Message": error.message}
