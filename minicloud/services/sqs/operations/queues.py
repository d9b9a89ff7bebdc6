"""The operations on queues as such: create, find, list, configure, tag, empty, delete."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ....core.chaos import Chaos
from ....core.listing import Listing
from ....core.notes import meant
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, facts, notes
from ..attributes import READABLE_NAMES, QueueAttributes
from ..permissions import add_permission, remove_permission
from ..queue import Queue
from ..shapes import (
    CreateQueueResult,
    GetQueueAttributesResult,
    GetQueueUrlResult,
    ListDeadLetterSourceQueuesResult,
    ListQueuesResult,
    ListQueueTagsResult,
    QueueAttributeName,
)
from ..state import SqsState
from ..tags import check_tag_keys, check_tags

_PAGE = 1000
"""What a listing returns at the most."""
_TOKEN = "NextToken"
"""The kind of token of both listings, for one that is used with the other is not unknown but of another request."""


class QueueOperations(SqsState):
    """Operations on queues."""

    @operation("CreateQueue")
    def create_queue(
        self,
        now: int,
        *,
        QueueName: str,
        Attributes: Mapping[QueueAttributeName, str] = UNSET,
        tags: Mapping[str, str] = UNSET,
    ) -> CreateQueueResult:
        """Make a queue, or find the one that has this name and these attributes already. O(1).

        Raises QueueNameExists when an attribute differs from the existing queue's current value,
        QueueDeletedRecently within 60 seconds of deleting the name, InvalidAttributeName and InvalidAttributeValue.
        """
        requested = Attributes or {}
        existing = self.queues.get(QueueName)
        attributes = QueueAttributes.parse_for_create(
            QueueName,
            requested,
            self.world.limits,
            queue_arn=self.arn_of(QueueName),
            targets=self,
        )
        if tags:
            check_tags(QueueName, {}, tags)
        if existing is not None:
            different = existing.attributes.first_difference(attributes, requested)
            if different is not None:
                error = errors.queue_name_exists(different)
                raise error.noting(notes.other_attribute(existing, different, attributes))
            return {"QueueUrl": existing.url}
        deleted_at = self.deleted_at.get(QueueName)
        if deleted_at is not None:
            limit = self.world.limits.sqs_recreate_seconds * SECOND
            if now - deleted_at < limit:
                note = notes.deleted_recently(QueueName, now, deleted_at, limit)
                raise errors.queue_deleted_recently().noting(note)
            del self.deleted_at[QueueName]
        return {"QueueUrl": self.add(now, QueueName, attributes, dict(tags or {})).url}

    @operation("DeleteQueue")
    def delete_queue(self, now: int, *, QueueUrl: str) -> None:
        """Delete a queue with its messages, at once. O(messages). Its name is free again after 60 seconds."""
        self.drop(now, self.own_queue(QueueUrl, "DeleteQueue"))

    @operation("GetQueueUrl")
    def get_queue_url(self, now: int, *, QueueName: str, QueueOwnerAWSAccountId: str = UNSET) -> GetQueueUrlResult:
        """The URL of a queue by name, of this account or another. O(1). Raises QueueDoesNotExist."""
        if not QueueName:
            raise errors.missing_parameter("QueueName")
        if QueueOwnerAWSAccountId and QueueOwnerAWSAccountId != self.account_id:
            queue = self.queue_of(QueueOwnerAWSAccountId, QueueName)
            if queue is None:
                raise errors.queue_not_accessible().noting(*notes.no_queue(self, QueueName))
            return {"QueueUrl": queue.url}
        queue = self.queues.get(QueueName)
        if queue is None:
            raise errors.queue_does_not_exist().noting(*notes.no_queue(self, QueueName))
        return {"QueueUrl": queue.url}

    @operation("ListQueues")
    def list_queues(
        self,
        now: int,
        *,
        QueueNamePrefix: str = UNSET,
        NextToken: str = UNSET,
        MaxResults: int = UNSET,
    ) -> ListQueuesResult:
        """The URLs of the account's queues in the region, in order of their names. O(page).

        Without MaxResults at most 1000 and never a NextToken. [SQS API: ListQueues]
        """
        prefix = QueueNamePrefix or ""
        page, token = self._page(now, self.queue_list, "prefix", prefix, NextToken, MaxResults)
        result: ListQueuesResult = {}
        if page:
            result["QueueUrls"] = [self.queues[name].url for name in page]
        if token is not None:
            result["NextToken"] = token
        return result

    @operation("ListDeadLetterSourceQueues")
    def list_dead_letter_source_queues(
        self, now: int, *, QueueUrl: str, NextToken: str = UNSET, MaxResults: int = UNSET
    ) -> ListDeadLetterSourceQueuesResult:
        """The URLs of the queues whose RedrivePolicy names this one. O(page)."""
        queue = self.queue(QueueUrl)
        sources = self.sources_of(queue.arn)
        page, token = self._page(now, sources, "queue", queue.arn, NextToken, MaxResults)
        result: ListDeadLetterSourceQueuesResult = {"queueUrls": [sources.items[name].url for name in page]}
        if token is not None:
            result["NextToken"] = token
        return result

    @operation("GetQueueAttributes")
    def get_queue_attributes(
        self, now: int, *, QueueUrl: str, AttributeNames: Sequence[QueueAttributeName] = UNSET
    ) -> GetQueueAttributesResult:
        """The attributes asked for, as strings; counters are exact. O(1) but for what has become due.

        Raises InvalidAttributeName for a name that no queue has; names that this queue lacks are left out.
        """
        queue = self.queue(QueueUrl)
        names = AttributeNames or ()
        for name in names:
            if name != "All" and name not in READABLE_NAMES:
                raise errors.unknown_attribute(name).noting(meant(name, READABLE_NAMES))
        if not names:
            return {}
        queue.refresh(now)
        values = _all_attributes(queue, self.world.chaos)
        if "All" not in names:
            values = {name: value for name, value in values.items() if name in names}
        return {"Attributes": values} if values else {}

    @operation("SetQueueAttributes")
    def set_queue_attributes(self, now: int, *, QueueUrl: str, Attributes: Mapping[QueueAttributeName, str]) -> None:
        """Change attributes, all of them or none; in force at once. O(1), O(n) for a FIFO queue's delay."""
        if not Attributes:
            raise errors.missing_parameter("Attribute.Name")
        queue = self.own_queue(QueueUrl, "SetQueueAttributes")
        attributes = queue.attributes.merged(Attributes, self.world.limits, queue_arn=queue.arn, targets=self)
        queue.refresh(now)
        queue.attributes = attributes
        queue.modified = now
        self.apply_redrive(queue)
        queue.attributes_changed(now)
        queue.offer(now)

    @operation("PurgeQueue")
    def purge_queue(self, now: int, *, QueueUrl: str) -> None:
        """Drop every message, visible, delayed or in flight, and what a FIFO queue remembers of ids. O(n).

        Raises PurgeQueueInProgress within 60 seconds of the last purge.
        """
        queue = self.queue(QueueUrl)
        limit = self.world.limits.sqs_purge_seconds * SECOND
        if queue.purged_at is not None and now - queue.purged_at < limit:
            raise errors.purge_in_progress(queue.name).noting(notes.purged_recently(now, queue.purged_at, limit))
        trace = self.world.trace
        if trace is not None:
            facts.queue_purged(trace, now, queue)
        self.world.carry_through(lambda: queue.purge(now))

    @operation("TagQueue")
    def tag_queue(self, now: int, *, QueueUrl: str, Tags: Mapping[str, str]) -> None:
        """Add tags; a key that is there already gets the new value. O(tags)."""
        if not Tags:
            raise errors.missing_parameter("Tags")
        queue = self.own_queue(QueueUrl, "TagQueue")
        check_tags(queue.name, queue.tags, Tags)
        queue.tags = {**queue.tags, **Tags}

    @operation("UntagQueue")
    def untag_queue(self, now: int, *, QueueUrl: str, TagKeys: Sequence[str]) -> None:
        """Remove tags; keys that are not there are ignored. O(keys)."""
        queue = self.own_queue(QueueUrl, "UntagQueue")
        if not TagKeys:
            raise errors.tag_key_length()
        check_tag_keys(TagKeys)
        going = set(TagKeys)
        queue.tags = {key: value for key, value in queue.tags.items() if key not in going}

    @operation("ListQueueTags")
    def list_queue_tags(self, now: int, *, QueueUrl: str) -> ListQueueTagsResult:
        """The queue's tags. O(tags)."""
        queue = self.own_queue(QueueUrl, "ListQueueTags")
        return {"Tags": dict(queue.tags)} if queue.tags else {}

    @operation("AddPermission")
    def add_permission(
        self, now: int, *, QueueUrl: str, Label: str, AWSAccountIds: Sequence[str], Actions: Sequence[str]
    ) -> None:
        """Append a statement to the queue's policy. Stored and shown, not enforced. O(size of the policy)."""
        if not Label:
            raise errors.missing_parameter("Label")
        if not Actions:
            raise errors.missing_parameter("Actions")
        queue = self.own_queue(QueueUrl, "AddPermission")
        policy = add_permission(queue.attributes.policy, queue.arn, Label, AWSAccountIds, Actions)
        queue.attributes = queue.attributes.with_policy(policy)
        queue.modified = now

    @operation("RemovePermission")
    def remove_permission(self, now: int, *, QueueUrl: str, Label: str) -> None:
        """Remove the statement with that label; the last one takes the policy with it. O(size of the policy)."""
        if not Label:
            raise errors.missing_parameter("Label")
        queue = self.own_queue(QueueUrl, "RemovePermission")
        policy = remove_permission(queue.attributes.policy, Label)
        queue.attributes = queue.attributes.with_policy(policy)
        queue.modified = now

    def _page(
        self, now: int, queues: Listing[str, Queue], parameter: str, value: str, next_token: str, max_results: int
    ) -> tuple[list[str], str | None]:
        """The names of one page, and the token for the next, good for a request with this parameter. O(page)."""
        if max_results is not UNSET and not 1 <= max_results <= _PAGE:
            raise errors.invalid_max_results()
        after = None
        if next_token is not UNSET:
            if max_results is UNSET:
                raise errors.max_results_required()
            read = self.tokens.read(_TOKEN, next_token)
            if read is None:
                raise errors.invalid_next_token()
            *request, after = read[1]
            if request != [parameter, value]:
                raise errors.next_token_of_other_request()
        size = _PAGE if max_results is UNSET else max_results
        prefix = value if parameter == "prefix" else ""
        names = queues.page(size + 1, after=after, since=prefix)
        # They are in order, so those with the prefix come first.
        names = names[: bisect_left(names, True, key=lambda name: not name.startswith(prefix))]
        page = names[:size]
        if max_results is UNSET or len(names) <= size:
            return page, None
        return page, self.tokens.make(_TOKEN, now, parameter, value, page[-1])

    def redrive_target(self, arn: str) -> _Target | None:
        """The queue that a RedrivePolicy names, as its rules look at it."""
        queue = self.queue_by_arn(arn)
        return None if queue is None else _Target(queue)

    def without_redrive_target(self, arn: str) -> list[str]:
        """What is known of an ARN that no queue here has."""
        return notes.no_queue_at(self, arn)


class _Target:
    """A dead-letter queue to be, as the redrive rules look at it."""

    def __init__(self, queue: Queue) -> None:
        self.is_fifo = queue.is_fifo
        self.allows_source = queue.attributes.allows_source


def _all_attributes(queue: Queue, chaos: Chaos | None) -> dict[str, str]:
    counts = [queue.size - queue.delayed - queue.in_flight, queue.in_flight, queue.delayed]
    if chaos is not None and queue.is_chaotic:
        counts = [chaos.count(exact) for exact in counts]
    visible, in_flight, delayed = counts
    return {
        "QueueArn": queue.arn,
        "ApproximateNumberOfMessages": str(visible),
        "ApproximateNumberOfMessagesNotVisible": str(in_flight),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
        "CreatedTimestamp": str(queue.created // SECOND),
        "LastModifiedTimestamp": str(queue.modified // SECOND),
        **queue.attributes.as_text_map(),
    }
