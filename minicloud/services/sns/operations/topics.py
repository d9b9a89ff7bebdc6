"""The operations on topics and their attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....core.deduplication import Deduplication
from ....core.notes import kind_of_name
from ....core.operation import operation
from ....core.unset import UNSET
from .. import errors, facts, notes, shapes
from ..archive import Archive
from ..attributes import STANDARD_MESSAGE_SIZE, archive_days, read_topic_attribute, read_topic_attributes
from ..data_protection import check_data_protection_policy
from ..errors import AT_CREATION
from ..paging import page_of
from ..rates import quota
from ..state import SnsState
from ..tags import check_tags, merged_tags
from ..topic import Topic, is_topic_name

__all__ = ["TopicOperations", "check_large_messages"]

_MOST_OF_LARGE_MESSAGES = 100
"""Subscriptions of a topic with messages above 256 KiB."""
_TAKE_LARGE_MESSAGES = frozenset({"sqs", "lambda", "firehose"})
"""The protocols that they may have."""


class TopicOperations(SnsState):
    """Topics: made, listed, described, changed, deleted."""

    @operation("CreateTopic")
    def create_topic(
        self,
        now: int,
        *,
        Name: str,
        Attributes: Mapping[str, str] = UNSET,
        Tags: Sequence[shapes.Tag] = UNSET,
        DataProtectionPolicy: str = UNSET,
    ) -> shapes.CreateTopicResponse:
        """Make a topic, or find the one of this name if it agrees with what is asked for. O(1)."""
        given = Attributes or {}
        fifo = given.get("FifoTopic", "false").lower() == "true"
        if not is_topic_name(Name, fifo):
            raise errors.topic_name().noting(None if fifo else kind_of_name("topic", "FifoTopic", Name))
        arn = self.arn_of(Name)
        attributes = read_topic_attributes(given, arn)
        tags = check_tags(Tags or [])
        if DataProtectionPolicy is not UNSET:
            if fifo and DataProtectionPolicy:
                raise errors.data_protection_fifo()
            check_data_protection_policy(DataProtectionPolicy)

        existing = self.topics.get(arn)
        if existing is not None:
            _check_agreement(existing, attributes, tags)
            return {"TopicArn": arn}
        self._check_topic_quota(fifo)
        topic = Topic(arn, self.next_serial())
        for name, text in attributes.items():
            topic.assign(name, text)
        topic.tags = merged_tags({}, tags)
        topic.data_protection_policy = DataProtectionPolicy or ""
        if fifo:
            topic.deduplication = Deduplication()
            topic.archive = _archive(now, topic, topic.archive_days)
        self.topics[arn] = topic
        self.fifo_topics += fifo
        self.topic_list.add(topic.serial, topic)
        if (trace := self.world.trace) is not None:
            facts.topic_created(trace, now, topic)
        return {"TopicArn": arn}

    @operation("DeleteTopic")
    def delete_topic(self, now: int, *, TopicArn: str) -> None:
        """Delete a topic with its subscriptions; one that does not exist is deleted already. O(subscriptions)."""
        owner = self.owner_of(TopicArn, "DeleteTopic")
        topic = owner.topics.get(TopicArn)
        if topic is None:
            if owner is not self:
                raise self.not_authorized("DeleteTopic", TopicArn)
            return
        if topic.archive is not None:
            raise errors.topic_archived().noting(notes.archived(topic))
        del owner.topics[TopicArn]
        owner.fifo_topics -= topic.fifo
        owner.topic_list.remove(topic.serial)
        for subscription in list(topic.subscriptions.values()):
            owner.forget(subscription)
        if (trace := self.world.trace) is not None:
            facts.topic_deleted(trace, now, topic)

    @operation("GetTopicAttributes")
    def get_topic_attributes(self, now: int, *, TopicArn: str) -> shapes.GetTopicAttributesResponse:
        """A topic's attributes. O(attributes)."""
        return {"Attributes": self.topic(TopicArn, "GetTopicAttributes").describe(now)}

    @operation("SetTopicAttributes")
    def set_topic_attributes(self, now: int, *, TopicArn: str, AttributeName: str, AttributeValue: str = UNSET) -> None:
        """Set one attribute of a topic; an empty or missing value unsets one that can be. O(1)."""
        topic = self.topic(TopicArn, "SetTopicAttributes")
        text = read_topic_attribute(AttributeName, AttributeValue or "", topic.arn)
        if AttributeName == "FifoThroughputScope" and topic.group_scope and text == "Topic":
            raise errors.throughput_scope_back()
        if AttributeName == "MaximumMessageSize" and int(text or 0) > STANDARD_MESSAGE_SIZE:
            check_large_messages([subscription.protocol for subscription in topic.subscriptions.values()])
        if AttributeName != "ArchivePolicy":
            topic.assign(AttributeName, text)
            return
        days = archive_days(text)
        archive = _archive(now, topic, days)
        topic.assign(AttributeName, text)
        topic.archive = archive
        if archive is not None:
            archive.days = days

    @operation("ListTopics")
    def list_topics(self, now: int, *, NextToken: str = UNSET) -> shapes.ListTopicsResponse:
        """The topics of this account and region, a hundred at a time. O(page)."""
        self.pace(now, "ListTopics")
        page, token = page_of(self.page_tokens, now, self.topic_list, "topics", NextToken)
        answer: shapes.ListTopicsResponse = {"Topics": [{"TopicArn": topic.arn} for topic in page]}
        if token is not None:
            answer["NextToken"] = token
        return answer

    def _check_topic_quota(self, fifo: bool) -> None:
        most = quota(self.world.limits, "sns_fifo_topics" if fifo else "sns_topics")
        if most is not None and (self.fifo_topics if fifo else len(self.topics) - self.fifo_topics) >= most:
            raise errors.topic_limit()


def _archive(now: int, topic: Topic, days: int) -> Archive | None:
    """The archive that a topic is to have when it keeps messages for so many days: the one it has, or a new one."""
    return (topic.archive or Archive(now, days)) if days else None


def _check_agreement(topic: Topic, attributes: Mapping[str, str], tags: Sequence[shapes.Tag]) -> None:
    """Raise ``InvalidParameter`` when a topic is other than a second CreateTopic asks for."""
    for name, text in attributes.items():
        if name == "FifoTopic" and text == "false":
            continue
        if topic.attributes.get(name) != text:
            error = errors.topic_has_other_attributes(prefix=AT_CREATION)
            raise error.noting(notes.other_attribute(topic, name, text))
    for tag in tags:
        if topic.tags.get(tag["Key"]) != tag["Value"]:
            raise errors.topic_has_other_tags()


def check_large_messages(protocols: Sequence[str]) -> None:
    """Raise ``InvalidParameter`` when a topic with these subscriptions cannot have messages above 256 KiB. O(as many).

    Pending ones count as well. [SNS API: SetTopicAttributes, 2026]
    """
    if len(protocols) > _MOST_OF_LARGE_MESSAGES or not _TAKE_LARGE_MESSAGES.issuperset(protocols):
        raise errors.maximum_message_size_subscriptions()
