"""The SQS of one account in one region: which queues there are, and how a call finds the one it means."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...core.arns import caller_arn, is_account_id
from ...core.effects import ToQueue
from ...core.gauges import Gauges
from ...core.hosts import dns_suffix_of, partition_of, read_host
from ...core.ids import UuidStream
from ...core.listing import Listing
from ...core.md5 import md5
from ...core.service_state import ServiceState
from ...core.shared_text import SharedText
from ...core.timeline import SECOND
from ...core.world import World
from ...exceptions import AwsError
from . import errors, facts, notes
from .chaotic import ChaoticQueue
from .fifo_queue import SEQUENCE_STEP, FifoQueue
from .gauges import gauges_of
from .message import (
    DELAYED,
    GONE,
    VISIBLE,
    DetailedMessage,
    Message,
    MovedMessage,
    SharedDetailedMessage,
    SharedMessage,
)
from .message_content import check_body, is_valid_id, message_attributes
from .move_task import KEPT_TASKS, MoveTask
from .policy_evaluation import BY_POLICY, RequestContext, tell_refusal
from .queue import Queue
from .retention import SLACK
from .source import QueueSource
from .standard_queue import StandardQueue

if TYPE_CHECKING:
    from ...core.tokens import TokenMaker

__all__ = ["SqsState"]

_SEQUENCE_START = 18_849_000_000_000_000_000


class SqsState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    sources: Mapping[str, QueueSource] = MappingProxyType({})
    """By the ARNs of queues, those that somebody has wanted to read from."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self.partition = partition_of(region_name)
        self.host = f"sqs.{region_name}.{dns_suffix_of(region_name)}"
        self.queues: dict[str, Queue] = {}
        self.reset()

    def catch_up(self, now: int) -> None:
        """Have every queue notice which of its timeouts have ended by ``now``. O(queues, and what has ended)."""
        for queue in self.queues.values():
            queue.refresh(now)

    def not_so(self, told: Sequence[tuple[int, str, str, dict[str, Any]]]) -> Iterable[int]:
        """Sends and deletes that have not happened. O(facts, messages of the queues that they are about)."""
        return facts.not_so(told, self.queue_by_arn)

    def gauges(self, now: int, arn: str | None = None) -> Iterable[Gauges]:
        """What the queues measure, or one of them. O(queues), and more for some (``gauges_of``)."""
        only = None if arn is None else self.queue_by_arn(arn)
        queues = self.queues.values() if arn is None else () if only is None else (only,)
        for queue in queues:
            yield gauges_of(queue, now)

    def reset(self) -> None:
        """Forget every queue, as if just made."""
        for queue in self.queues.values():
            self.world.sinks.pop(queue.arn, None)
            if queue.arn in self.sources:
                self.sources[queue.arn].found(None)  # who reads from it leaves the line when his service forgets him
        self.queue_list: Listing[str, Queue] = Listing()
        self.queues = self.queue_list.items
        """By name."""
        self.source_lists: dict[str, Listing[str, Queue]] = {}
        """For each ARN that is some queue's dead-letter queue, those queues by name."""
        self.by_url: dict[str, Queue] = {}
        self.by_handle_prefix: dict[str, Queue] = {}
        self.deleted_at: dict[str, int] = {}
        """When a name was last deleted, in nanoseconds; some may be too long ago to matter."""
        self._most_deleted = SLACK
        """How many names there may be before those are looked for."""
        ids = self.world.ids
        self.message_ids: UuidStream = ids.uuids("sqs/message")
        self.sender_id = ids.user_id(self.account_id)
        self._tokens: TokenMaker | None = None
        self._tokens_made = self._sequences_begun = 0
        """How many queues have drawn what their handles begin with, and where their sequence numbers start."""
        self.tasks: dict[str, MoveTask] = {}
        """Message move tasks by their ids."""
        self.move_tasks: dict[str, list[MoveTask]] = {}
        """The latest of each source that is there, by its ARN, oldest first."""
        self.active_tasks: list[MoveTask] = []
        """Those that were active when one was last started."""
        self._moving: tuple[Message, Message, Queue, MoveTask | None, int] | None = None
        """A message that is being moved, its copy, where to, and of which task it is the how many-th."""

    def next_due(self, now: int) -> tuple[int, str] | None:
        """When the next message becomes visible in one of the queues, and which. O(queues)."""
        found: tuple[int, str] | None = None
        for queue in self.queues.values():
            queue.refresh(now)
            message = queue.next_hidden()
            if message is not None and (found is None or message.due < found[0]):
                how = "is visible, as its delay is over" if message.state == DELAYED else "is visible again"
                found = message.due, f"message {message.message_id[:8]} in {queue.name} {how}"
        return found

    def owed(self, now: int) -> Iterable[str]:
        """The move tasks that run: messages wait for who receives them. O(tasks)."""
        return [f"a move task from {task.source.name}" for task in self.active_tasks if task.is_active]

    def flights(self, until: int) -> list[Message]:
        """The messages in flight that are visible again by ``until``. O(queues, and as many)."""
        return [message for queue in self.queues.values() for message in queue.flights(until)]

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn.

        True is which queues have a name, the attributes of each, and what ``mending`` tells of its messages.
        """
        moving = self._moving
        if moving is not None:
            original, copy, target, task, number = moving
            if any(message is copy for message in target.all_messages()):
                original.state = GONE
                if task is not None:
                    task.moved = number
            self._moving = None
        self.queue_list.mend()
        queues = self.queues.values()
        self.by_url = {queue.url: queue for queue in queues}
        self.by_handle_prefix = {queue.handle_prefix: queue for queue in queues}
        sinks = self.world.sinks
        for arn in [arn for arn in sinks if arn.startswith(self.arn_of("")) and self.queue_by_arn(arn) is None]:
            del sinks[arn]
        sinks.update({queue.arn: queue for queue in queues})
        self.source_lists = {}
        for queue in queues:
            queue.dead_letter_arn = None
            self.apply_redrive(queue)
        for arn, source in self.sources.items():
            source.mend(self.queue_by_arn(arn))
        for queue in queues:
            queue.mend(now)
        self.active_tasks = [task for task in self.tasks.values() if task.is_active]
        self.move_tasks = {}
        for task in self.tasks.values():
            if self.queues.get(task.source.name) is task.source:
                self.list_task(task)

    # --- names ------------------------------------------------------------------------------------------------------

    def arn_of(self, name: str) -> str:
        """The ARN of a queue of this account and region."""
        return f"arn:{self.partition}:sqs:{self.region_name}:{self.account_id}:{name}"

    def url_of(self, name: str) -> str:
        """The URL of a queue of this account and region."""
        return f"https://{self.host}/{self.account_id}/{name}"

    @property
    def tokens(self) -> TokenMaker:
        """What makes and reads the NextTokens of listings."""
        if self._tokens is None:
            # Not at the top of the file: a test that lists no queues in pages need not load hashlib.
            from ...core.tokens import TokenMaker

            self._tokens = TokenMaker(self.world.ids.digest("sqs/tokens"))
        return self._tokens

    def new_token(self) -> str:
        """What the receipt handles of one queue begin with, 44 characters of base64."""
        self._tokens_made = number = self._tokens_made + 1
        return b2a_base64(self._drawn("handles", number, 33), newline=False).decode()

    def first_sequence_number(self) -> int:
        """Where a FIFO queue's sequence numbers start, 20 digits."""
        self._sequences_begun = number = self._sequences_begun + 1
        return _SEQUENCE_START + int.from_bytes(self._drawn("sequence", number, 16), "big") % 10**15 * SEQUENCE_STEP

    def _drawn(self, purpose: str, number: int, size: int) -> bytes:
        return self.world.ids.digest(f"sqs/{purpose}/{self.account_id}/{self.region_name}/{number}", size)

    # --- finding a queue --------------------------------------------------------------------------------------------

    def queue(self, url: str) -> Queue:
        """The queue a QueueUrl means: a URL, anything that ends in ``account/name``, or a bare name. O(1).

        Raises QueueDoesNotExist, or InvalidAddress for the host of another region and for an ARN.
        """
        queue = self.by_url.get(url)
        return queue if queue is not None else self._resolve(url)

    def queue_for(self, now: int, url: str, action: str) -> Queue:
        """The same for an action that a policy can allow others; tells if AWS would refuse it to this account."""
        queue = self.queue(url)
        trace = self.world.trace
        if trace is not None and self.queues.get(queue.name) is not queue:
            tell_refusal(trace, now, queue, RequestContext(action, self.account_id))
        return queue

    def own_queue(self, url: str, action: str) -> Queue:
        """The same for an action that is never allowed across accounts."""
        queue = self.queue(url)
        if self.queues.get(queue.name) is not queue:
            caller = caller_arn(self.account_id, self.region_name)
            error = errors.access_denied(caller=caller, action=action.lower(), resource=queue.arn)
            raise error.noting(notes.of_other_account(queue, self.account_id))
        return queue

    def queue_by_arn(self, arn: str) -> Queue | None:
        """The queue of this account and region with that ARN."""
        account, _, name = arn.rpartition(":")
        queue = self.queues.get(name)
        return queue if queue is not None and queue.arn == arn and account else None

    def source(self, arn: str) -> QueueSource | None:
        """The queue of that ARN, for event source mappings; None when there is none."""
        source = self.sources.get(arn)
        if source is not None and source.exists:
            return source
        queue = self.queue_by_arn(arn)
        if queue is None:
            return None
        source = QueueSource(arn, self.world, self.delete)
        source.found(queue)
        self.sources = {**self.sources, arn: source}
        return source

    def delete(self, now: int, queue: Queue, handle: str) -> None:
        """Delete by handle."""
        raise NotImplementedError

    def _resolve(self, url: str) -> Queue:
        if not url:
            raise errors.missing_parameter("QueueUrl")
        if "/" not in url:
            if url.startswith("arn:"):
                raise errors.invalid_address(url).noting(notes.arn_for_url(self, url))
            name, queue = url, self.queues.get(url)
        else:
            if "://" in url:
                host = read_host(url.split("://", 1)[1].split("/", 1)[0])
                if host is not None and host.service_name == "sqs" and host.region_name != self.region_name:
                    raise errors.invalid_address(url).noting(notes.url_of_other_region(self, host))
            path, _, name = url.rstrip("/").rpartition("/")
            queue = self.queue_of(path.rpartition("/")[2], name)
        if queue is None:
            raise errors.queue_does_not_exist().noting(*notes.no_queue_at_url(self, url, name))
        return queue

    def queue_of(self, account_id: str, name: str) -> Queue | None:
        """The queue of that account, in this region."""
        if account_id == self.account_id:
            return self.queues.get(name)
        if not is_account_id(account_id):
            return None
        peer: SqsState = self.world.find_service("sqs", account_id, self.region_name)
        return peer.queues.get(name)

    # --- queues come and go -----------------------------------------------------------------------------------------

    def add(self, now: int, name: str, attributes: Any, tags: dict[str, str]) -> Queue:
        """Make a queue."""
        world = self.world
        kind: type[Queue] = FifoQueue
        if not attributes.fifo:
            kind = StandardQueue if world.chaos is None else ChaoticQueue
        queue = kind(name, self.arn_of(name), self.url_of(name), attributes, tags, now, world, self.new_token())
        queue.ingest = partial(self._ingest, queue)
        if world.trace is not None:
            facts.queue_created(world.trace, now, queue)
        self.queue_list.add(name, queue)  # from now on it is there; the rest can be derived
        self.by_url[queue.url] = queue
        self.by_handle_prefix[queue.handle_prefix] = queue
        world.sinks[queue.arn] = queue
        self.apply_redrive(queue)
        if self.sources and queue.arn in self.sources:
            self.sources[queue.arn].found(queue)
        return queue

    def drop(self, now: int, queue: Queue) -> None:
        """Delete a queue with all that is in it."""
        trace = self.world.trace
        if trace is not None:
            facts.queue_deleted(trace, now, queue)
        self.world.carry_through(lambda: self._drop(now, queue))

    def _drop(self, now: int, queue: Queue) -> None:
        self.queue_list.remove(queue.name)
        self._list_source(queue, None)
        self.by_url.pop(queue.url, None)
        self.by_handle_prefix.pop(queue.handle_prefix, None)
        self.world.sinks.pop(queue.arn, None)
        self.move_tasks.pop(queue.arn, None)
        self.deleted_at[queue.name] = now
        if len(self.deleted_at) > self._most_deleted:
            horizon = now - self.world.limits.sqs_recreate_seconds * SECOND
            self.deleted_at = {name: at for name, at in self.deleted_at.items() if at > horizon}
            self._most_deleted = 2 * len(self.deleted_at) + SLACK
        queue.purge(now)
        if queue.arn in self.sources:
            self.sources[queue.arn].found(None)
        queue.end_polls()

    def apply_redrive(self, queue: Queue) -> None:
        """Put the queue's redrive policy into force."""
        policy = queue.attributes.redrive
        self._list_source(queue, None if policy is None else policy.target_arn)
        queue.max_receive_count = 0 if policy is None else policy.max_receive_count
        queue.move_to_dead_letter_queue = None if policy is None else self._move_to_dead_letter_queue

    def _list_source(self, queue: Queue, arn: str | None) -> None:
        """Keep in mind what the queue's dead-letter queue is from now on."""
        former, queue.dead_letter_arn = queue.dead_letter_arn, arn
        if former == arn:
            return
        if former is not None and (sources := self.source_lists.get(former)) is not None:
            sources.remove(queue.name)
            if not sources.items:
                del self.source_lists[former]
        if arn is not None:
            self.source_lists.setdefault(arn, Listing()).add(queue.name, queue)

    def sources_of(self, arn: str) -> Listing[str, Queue]:
        """The queues whose dead-letter queue is ``arn``, by name. O(1)."""
        return self.source_lists.get(arn) or Listing()

    # --- messages ---------------------------------------------------------------------------------------------------

    def commit(
        self,
        now: int,
        queue: Queue,
        message: Message,
        delay_ns: int,
        *,
        origin: str | None = None,
        redriven_from: str | None = None,
    ) -> None:
        """Give an accepted message its identity and put it into its queue.

        ``origin`` is the publication that it carries, ``redriven_from`` the message that it was in a dead-letter queue.
        """
        queue.sequence = message.sequence = queue.sequence + 1
        pool = self.message_ids.pool
        message.message_id = pool.pop() if pool else self.message_ids.next()
        trace = self.world.trace
        if trace is not None:
            facts.sent(trace, now, queue, message, delay_ns, origin, redriven_from)
            if origin is redriven_from is None and queue.attributes.policy is not None:
                tell_refusal(trace, now, queue, RequestContext("SendMessage", self.account_id))
        queue.put(now, message, delay_ns)

    def sequence_number(self, queue: Queue) -> str:
        """The next sequence number of a FIFO queue: 20 digits, rising, not consecutive."""
        number = queue.sequence_number or self.first_sequence_number()
        queue.sequence_number = number + SEQUENCE_STEP
        return str(number)

    def _move_to_dead_letter_queue(self, source: Queue, now: int, message: Message) -> bool:
        """Move a message that was received too often. It keeps its id, body, attributes and receive count."""
        policy = source.attributes.redrive
        target = None if policy is None else self.queue_by_arn(policy.target_arn)
        if target is None:
            return False
        # Retention goes on counting from the original send, but on FIFO queues it starts anew.
        moved = MovedMessage.copy_of(message, now if target.is_fifo else message.sent)
        target.sequence = moved.sequence = target.sequence + 1
        moved.message_id = message.message_id
        if target.is_fifo:
            moved.deduplication_id = message.message_id
            moved.sequence_number = self.sequence_number(target)
        moved.receive_count = message.receive_count
        moved.first_received = message.first_received
        moved.dead_letter_source = source.arn
        moved.moved = now
        trace = self.world.trace
        if trace is not None:
            facts.moved_to_dead_letter_queue(trace, now, source, message, target)
        has_polls = target.has_polls
        if has_polls:
            target.hold()
        # Between the two steps the message is in both queues, or twice in one; this tells which one counts.
        self._moving = message, moved, target, None, 0
        target.put(now, moved)
        source.remove(message)
        self._moving = None
        if has_polls:
            target.offer(now)
        return True

    def list_task(self, task: MoveTask) -> None:
        """Put a move task among the latest of its source."""
        latest = self.move_tasks.setdefault(task.source.arn, [])
        latest.append(task)
        del latest[:-KEPT_TASKS]

    def _ingest(self, queue: Queue, now: int, effect: ToQueue) -> None:
        """Take in what another service delivers to one of these queues."""
        shared = effect.shared
        data = b""
        try:
            if shared is None:
                if self.world.trace is None and queue.ingest_plainly(now, effect, self.message_ids, self.sender_id):
                    return
                data = check_body(effect.body)
                size = len(data)
                if not size:
                    raise errors.missing_parameter("MessageBody")
                if effect.group_id is not None:  # of what shares its text, a service has checked them
                    _check_ids(effect)
            else:
                size = shared.size or _size_of(shared)
                inset = effect.insert
                if inset:
                    if inset is not queue.known_inset:
                        queue.known_inset, queue.inset_size = inset, len(check_body(inset))
                    size += queue.inset_size
            attributes = attributes_digest = None
            if effect.attributes:
                found = None if shared is None else shared.attributes
                if found is None:
                    found = message_attributes(effect.attributes)
                    if shared is not None:
                        shared.attributes = found
                attributes, attributes_size, attributes_digest = found
                size += attributes_size
            settings = queue.attributes
            if size > settings.maximum_message_size:
                most = settings.maximum_message_size
                if shared is None or size - shared.size + shared.counted() > most:
                    raise errors.message_too_long(most)
            if queue.is_fifo:
                if effect.group_id is None:
                    raise errors.missing_parameter("MessageGroupId")
                if shared is None and effect.deduplication_id is None and not settings.content_based_deduplication:
                    raise errors.deduplication_id_required()
        except AwsError as error:
            if effect.on_failure is not None:
                effect.on_failure(now, error.code)
            return
        sender = effect.sender_id or self.sender_id
        trace_header, group_id = effect.trace_header, effect.group_id
        message: Any
        if shared is None:
            digest = md5(data).digest()
            message = DetailedMessage(
                effect.body, digest, now, sender, attributes, attributes_digest, trace_header, group_id
            )
        elif attributes is trace_header is group_id is None and not queue.is_fifo:
            message = SharedMessage()
            message.shared = shared
            message.inset = effect.insert
            message.sent = now
            message.sender_id = sender
            message.state = VISIBLE
            message.receive_count = message.first_received = 0
            message.handles = None
        else:
            message = SharedDetailedMessage(
                shared, effect.insert, now, sender, attributes, attributes_digest, trace_header, group_id
            )
        effect.message = message
        if isinstance(queue, FifoQueue):
            self._judge_delivery(now, queue, effect)
            self.commit_fifo(now, queue, message, effect.deduplication_id, effect.origin)
        elif self.world.trace is None:
            # As `commit` does, but for its call.
            queue.sequence = message.sequence = queue.sequence + 1
            pool = self.message_ids.pool
            message.message_id = pool.pop() if pool else self.message_ids.next()
            if group_id is not None or not queue.arrive_plainly(now, message):
                queue.put(now, message, settings.delay_seconds * SECOND)
        else:
            self._judge_delivery(now, queue, effect)
            self.commit(now, queue, message, settings.delay_seconds * SECOND, origin=effect.origin)

    def _judge_delivery(self, now: int, queue: Queue, effect: ToQueue) -> None:
        """Tell if AWS would not deliver this, by the queue's policy."""
        trace, source_arn = self.world.trace, effect.source_arn
        if trace is not None and source_arn is not None:
            _, _, service, _, account_id, *_ = source_arn.split(":")
            if service in BY_POLICY:
                tell_refusal(trace, now, queue, RequestContext("SendMessage", account_id, source_arn), effect.origin)

    def commit_fifo(
        self,
        now: int,
        queue: FifoQueue,
        message: DetailedMessage,
        deduplication_id: str | None,
        origin: str | None = None,
    ) -> None:
        """Put a message into a FIFO queue unless it duplicates an earlier one; then it takes on that one's identity."""
        if deduplication_id is None:
            from hashlib import sha256

            deduplication_id = sha256(message.body.encode()).hexdigest()
        message.deduplication_id = deduplication_id
        per_group = queue.attributes.deduplication_scope == "messageGroup"
        key: Hashable = (message.group_id, deduplication_id) if per_group else deduplication_id
        if queue.scope_changed_at is None:
            earlier = queue.accepted.find(now, key)
        else:
            key, earlier = queue.find_after_change(now, message.group_id, deduplication_id)
        if earlier is not None:
            _, message.message_id, number, group_id = earlier
            message.sequence_number = str(number)
            trace = self.world.trace
            if trace is not None:
                facts.deduplicated(trace, now, queue, message, group_id, origin)
            return
        number = queue.sequence_number or self.first_sequence_number()
        queue.sequence_number = number + SEQUENCE_STEP
        message.sequence_number = str(number)
        queue.last_sent = message
        self.commit(now, queue, message, queue.attributes.delay_seconds * SECOND, origin=origin)
        queue.accepted.remember(key, (now, message.message_id, number, message.group_id))


def _check_ids(effect: ToQueue) -> None:
    """A path of a pipe may find anything, or nothing."""
    for value, parameter in (
        (effect.group_id, "MessageGroupId"),
        (effect.deduplication_id, "MessageDeduplicationId"),
    ):
        if value is not None and not is_valid_id(value):
            raise errors.invalid_id(value, parameter)


def _size_of(shared: SharedText) -> int:
    """The bytes of what bodies share. Raises for what SQS does not carry. Found out once: O(length)."""
    shared.size = size = len(check_body(shared.head_to_check())) + len(check_body(shared.tail))
    if not size:
        raise errors.missing_parameter("MessageBody")
    return size
