"""Publish and PublishBatch.

A message is checked as a whole before anything happens, then gets its id and is handed to the deliveries. On a FIFO
topic it first meets the deduplication window: a duplicate is answered with the original's id and sequence number and
goes no further.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ....core.operation import operation
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import errors, facts, notes, shapes
from ..attributes import STANDARD_MESSAGE_SIZE
from ..endpoints import is_phone_number
from ..publication import (
    Attributes,
    Publication,
    check_attributes,
    check_fifo_id,
    check_message,
    check_subject,
    read_structure,
    size_of_attributes,
)
from ..push import PlatformEndpoint
from ..state import SnsState
from ..topic import Topic

__all__ = ["PublishOperations"]

_MOST_ENTRIES = 10
_LONGEST_TEXT_MESSAGE = 1600
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]*")


@operation("Publish")
def _publish_in_short(
    self: PublishOperations,
    now: int,
    *,
    TopicArn: str = UNSET,
    Message: str,
    Subject: str = UNSET,
    MessageAttributes: Mapping[str, shapes.MessageAttributeValue] = UNSET,
) -> shapes.PublishResponse:
    """What nearly all give who publish to a topic that is not FIFO. A message alone goes a way of its own."""
    topic = self.topics.get(TopicArn)
    if topic is not None and MessageAttributes is UNSET and Subject is UNSET and not topic.fifo:
        size = check_message(Message)
        if size <= topic.maximum_message_size:
            return {"MessageId": self.accept(now, topic, Message).message_id}
    return PublishOperations.publish.handler(
        self, now, TopicArn=TopicArn, Message=Message, Subject=Subject, MessageAttributes=MessageAttributes
    )


class PublishOperations(SnsState):
    """Messages to topics, to platform endpoints and to telephone numbers."""

    @operation("Publish", plain_answer=(1, 294), short=_publish_in_short)
    def publish(
        self,
        now: int,
        *,
        TopicArn: str = UNSET,
        TargetArn: str = UNSET,
        PhoneNumber: str = UNSET,
        Message: str,
        Subject: str = UNSET,
        MessageStructure: str = UNSET,
        MessageAttributes: Mapping[str, shapes.MessageAttributeValue] = UNSET,
        MessageDeduplicationId: str = UNSET,
        MessageGroupId: str = UNSET,
    ) -> shapes.PublishResponse:
        """Publish a message. O(subscriptions of the topic), a microsecond or so for each queue."""
        topic = self.topics.get(TopicArn)
        if topic is None or TargetArn is not UNSET or PhoneNumber is not UNSET:
            target = self._target(TopicArn, TargetArn, PhoneNumber)
            if not isinstance(target, Topic):
                return self._publish_directly(
                    now, target, Message, Subject, MessageStructure, MessageAttributes, MessageDeduplicationId
                )
            topic = target
        size = check_message(Message)
        attributes = None
        if MessageAttributes is not UNSET:
            attributes = check_attributes(MessageAttributes)
            size += size_of_attributes(attributes)
        if size > topic.maximum_message_size:
            note = notes.too_long(size, size_of_attributes(attributes), topic.maximum_message_size)
            raise errors.message_long().noting(note)
        structure = None if MessageStructure is UNSET else read_structure(MessageStructure, Message)
        if Subject is not UNSET:
            check_subject(Subject)
        if topic.fifo or MessageGroupId is not UNSET or MessageDeduplicationId is not UNSET:
            _check_fifo_parameters(topic, MessageGroupId, MessageDeduplicationId)
        publication = self.accept(
            now, topic, Message, structure, Subject, attributes, MessageGroupId, MessageDeduplicationId
        )
        if publication.sequence_number is None:
            return {"MessageId": publication.message_id}
        return {"MessageId": publication.message_id, "SequenceNumber": publication.sequence_number}

    @operation("PublishBatch")
    def publish_batch(
        self, now: int, *, TopicArn: str, PublishBatchRequestEntries: Sequence[shapes.PublishBatchRequestEntry]
    ) -> shapes.PublishBatchResponse:
        """Publish up to ten messages, in order; a wrong one keeps no other back. O(entries * subscriptions)."""
        topic = self.topic(TopicArn, "PublishBatch")
        checked = _check_batch(topic, PublishBatchRequestEntries)
        answer: shapes.PublishBatchResponse = {"Successful": [], "Failed": []}
        for entry, (attributes, structure) in zip(PublishBatchRequestEntries, checked, strict=True):
            try:
                _check_entry(entry)
            except AwsError as error:
                answer["Failed"].append(
                    {"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}
                )
                continue
            publication = self.accept(
                now,
                topic,
                entry["Message"],
                structure,
                entry.get("Subject", UNSET),
                attributes,
                entry.get("MessageGroupId", UNSET),
                entry.get("MessageDeduplicationId", UNSET),
            )
            result: shapes.PublishBatchResultEntry = {"Id": entry["Id"], "MessageId": publication.message_id}
            if publication.sequence_number is not None:
                result["SequenceNumber"] = publication.sequence_number
            answer["Successful"].append(result)
        return answer

    # --- what is not a topic ----------------------------------------------------------------------------------------

    def _target(self, topic_arn: Any, target_arn: Any, number: Any) -> Topic | PlatformEndpoint | str:
        """What a message goes to: a topic, a platform endpoint, or a telephone number."""
        given = [value for value in (topic_arn, target_arn, number) if value is not UNSET]
        if not given:
            raise errors.target_required()
        if len(given) > 1:
            raise errors.targets_many()
        if topic_arn is not UNSET:
            return self.topic(topic_arn, "Publish")
        if number is not UNSET:
            if not is_phone_number(number):
                raise errors.phone_number_target(number=number)
            valid: str = number
            return valid
        elements = target_arn.split(":", 5)
        if len(elements) < 6 or not elements[5].startswith("endpoint/"):
            return self.topic(target_arn, "Publish", "TargetArn")
        endpoint = self.endpoint(target_arn, "Publish", "TargetArn")
        if endpoint is None:
            raise errors.target_missing()
        if not endpoint.application.enabled:
            raise errors.application_disabled()
        if not endpoint.enabled:
            raise errors.endpoint_disabled().noting(notes.DISABLED)
        return endpoint

    def _publish_directly(
        self,
        now: int,
        target: PlatformEndpoint | str,
        message: str,
        subject: Any,
        message_structure: Any,
        given: Any,
        deduplication_id: Any,
    ) -> shapes.PublishResponse:
        """Send a message to one device or one telephone."""
        attributes = check_attributes(given) if given else None
        if check_message(message) + size_of_attributes(attributes) > STANDARD_MESSAGE_SIZE:
            raise errors.message_long()
        structure = None
        if message_structure is not UNSET:
            key = "sms" if isinstance(target, str) else target.application.platform
            structure = read_structure(message_structure, message, needs_default=False)
            if key not in structure and "default" not in structure:
                raise errors.structure_default()
        if isinstance(target, str):
            text = message if structure is None else structure.get("sms", structure.get("default", ""))
            if len(text) > _LONGEST_TEXT_MESSAGE:
                raise errors.message_long()
        if subject is not UNSET:
            check_subject(subject)
        if deduplication_id is not UNSET:
            raise errors.deduplication_of_standard_topic()
        publication = Publication(
            None,
            "",
            self.message_ids.next(),
            now,
            message,
            structure,
            None if subject is UNSET else subject,
            attributes,
        )
        if isinstance(target, str):
            sent = self.deliveries.send_text_message(now, target, publication, publication.text_for("sms"))
            if not sent and (trace := self.world.trace) is not None:
                facts.text_message_failed(trace, now, target, publication)
        else:
            self.deliveries.push(now, target, publication)
        return {"MessageId": publication.message_id}


# --- the rules of requests -------------------------------------------------------------------------------------------


def _check_fifo_parameters(topic: Topic, group_id: Any, deduplication_id: Any) -> None:
    """Raise ``InvalidParameter`` where group and deduplication id do not suit the topic."""
    if topic.fifo:
        if group_id is UNSET:
            raise errors.group_required().noting(notes.needs_group(topic))
        if deduplication_id is UNSET and not topic.content_based:
            raise errors.deduplication_required().noting(notes.needs_deduplication(topic))
    elif deduplication_id is not UNSET:
        raise errors.deduplication_of_standard_topic().noting(notes.is_standard(topic))
    if group_id is not UNSET:
        check_fifo_id("MessageGroupId", group_id)
    if deduplication_id is not UNSET:
        check_fifo_id("MessageDeduplicationId", deduplication_id)


def _check_batch(
    topic: Topic, entries: Sequence[shapes.PublishBatchRequestEntry]
) -> list[tuple[Attributes | None, dict[str, str] | None]]:
    """Raise what makes a batch fail as a whole; the message attributes and the texts by protocol of its entries."""
    if not entries:
        raise errors.batch_empty()
    if len(entries) > _MOST_ENTRIES:
        raise errors.batch_entries()
    if len({entry["Id"] for entry in entries}) != len(entries):
        raise errors.batch_ids()
    for entry in entries:
        entry_id = entry["Id"]
        if not entry_id or not _ENTRY_ID.fullmatch(entry_id):
            raise errors.batch_id_character(id=entry_id)
        if len(entry_id) > 80:
            raise errors.batch_id_long(id=entry_id)
    if sum(map(_rough_size, entries)) > topic.maximum_message_size:
        # All together may have what one alone may. [SNS API: PublishBatch, 2026]
        raise errors.batch_long()
    # One wrong message attribute fails the batch, as a wrong structure does.
    checked = [
        (
            check_attributes(given) if (given := entry.get("MessageAttributes")) else None,
            read_structure(entry["MessageStructure"], entry["Message"]) if "MessageStructure" in entry else None,
        )
        for entry in entries
    ]
    for entry in entries:
        _check_fifo_parameters(topic, entry.get("MessageGroupId", UNSET), entry.get("MessageDeduplicationId", UNSET))
    return checked


def _check_entry(entry: shapes.PublishBatchRequestEntry) -> None:
    """Raise what makes one entry of a batch fail. It is not too long, or the batch were."""
    check_message(entry["Message"])
    if "Subject" in entry:
        check_subject(entry["Subject"])


def _rough_size(entry: shapes.PublishBatchRequestEntry) -> int:
    """The size of an entry that has not been checked yet."""
    size = len(entry["Message"].encode("utf-8", "replace"))
    part: Any  # blobs are bytes by now
    for name, value in (entry.get("MessageAttributes") or {}).items():
        for part in (name, value["DataType"], value.get("StringValue"), value.get("BinaryValue")):
            size += len(part.encode("utf-8", "replace")) if isinstance(part, str) else len(part or b"")
    return size
