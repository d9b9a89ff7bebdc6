"""What queues keep, beside what can be derived from their messages: it has to be the same after every call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minicloud.core.deduplication import WINDOW
from minicloud.core.timeline import FOREVER, SECOND
from minicloud.services.sqs.fair_groups import FairGroups
from minicloud.services.sqs.fifo_queue import FifoQueue
from minicloud.services.sqs.mending import handles_of
from minicloud.services.sqs.message import DELAYED, GONE, IN_FLIGHT, VISIBLE, Message
from minicloud.services.sqs.move_task import KEPT_TASKS
from minicloud.services.sqs.retention import SLACK
from minicloud.services.sqs.standard_queue import StandardQueue

__all__ = ["check"]


def check(cloud: Any) -> None:
    """Fail where what is kept is not what can be derived. O(messages); looks only."""
    with cloud.lock:
        assert not cloud.timeline.torn
        assert cloud.world.redo is None
        assert cloud.carried == -1
        _check_timeline(cloud.timeline)
        for service in cloud.services("sqs"):
            _check_service(service)
            for queue in service.queues.values():
                _check_messages(queue)
                _check_hidden(queue)
                _check_polls(queue, cloud)
                if isinstance(queue, FifoQueue):
                    _check_groups(queue)
                    if cloud.clock.manual:  # on a clock that is put back, how long it remembers is nobody's affair
                        _check_memory(queue.accepted, cloud.time_ns())
                        _check_memory(queue._attempts, cloud.time_ns())
                        _check_last_sent(queue, cloud.time_ns())
                else:
                    _check_standard(queue)
        waiters = [poll.waiter for service in cloud.services("sqs") for poll in _polls_of(service.queues.values())]
        assert all(waiter in cloud.world.waiters for waiter in waiters)
        assert not any(waiter.done for waiter in cloud.world.waiters)


def _polls_of(queues: Iterable[Any]) -> list[Any]:
    return [poll for queue in queues for poll in queue._line.polls if not poll.waiter.done]


def _check_timeline(timeline: Any) -> None:
    heap = timeline.heap
    assert timeline._hollow == sum(event.callback is None for event in heap)
    assert timeline.next_due == min((event.due for event in heap if event.callback is not None), default=FOREVER)
    assert not any(heap[place] < heap[(place - 1) // 2] for place in range(1, len(heap)))


# --- the service -----------------------------------------------------------------------------------------------------


def _check_listing(listing: Any) -> None:
    assert [key for run in listing._runs for key in run] == sorted(listing.items)


def _check_service(service: Any) -> None:
    queues = service.queues
    assert queues is service.queue_list.items
    _check_listing(service.queue_list)
    assert all(queue.name == name for name, queue in queues.items())
    assert service.by_url == {queue.url: queue for queue in queues.values()}
    assert service.by_handle_prefix == {queue.handle_prefix: queue for queue in queues.values()}
    own = {arn: sink for arn, sink in service.world.sinks.items() if arn.startswith(service.arn_of(""))}
    assert own == {queue.arn: queue for queue in queues.values()}
    sources: dict[str, dict[str, Any]] = {}
    for queue in queues.values():
        policy = queue.attributes.redrive
        assert queue.dead_letter_arn == (None if policy is None else policy.target_arn)
        assert queue.max_receive_count == (0 if policy is None else policy.max_receive_count)
        assert (queue.move_to_dead_letter_queue is None) == (policy is None)
        if policy is not None:
            sources.setdefault(policy.target_arn, {})[queue.name] = queue
    assert {arn: listing.items for arn, listing in service.source_lists.items()} == sources
    for listing in service.source_lists.values():
        _check_listing(listing)
    assert service._moving is None
    _check_tasks(service)


def _check_tasks(service: Any) -> None:
    tasks = list(service.tasks.values())
    active = [task for task in tasks if task.is_active]
    assert [task for task in service.active_tasks if task.is_active] == active
    for arn, listed in service.move_tasks.items():
        assert listed == [task for task in tasks if task.source is service.queue_by_arn(arn)][-KEPT_TASKS:]
    for task in active:
        if service.queues.get(task.source.name) is task.source:
            assert service.move_tasks[task.source.arn][-1] is task
        steps = [event.callback for event in service.world.timeline.heap if event.callback is not None]
        cells = [{id(cell.cell_contents) for cell in getattr(step, "__closure__", None) or ()} for step in steps]
        assert any(id(task) in inside for inside in cells), "a move task without a next step"


# --- messages --------------------------------------------------------------------------------------------------------


def _check_messages(queue: Any) -> None:
    messages = queue.all_messages()
    states = [message.state for message in messages]
    assert set(states) <= {VISIBLE, DELAYED, IN_FLIGHT}
    assert (queue.size, queue.delayed, queue.in_flight) == (
        len(messages),
        states.count(DELAYED),
        states.count(IN_FLIGHT),
    )
    sequences = [message.sequence for message in messages]
    assert len(set(sequences)) == len(sequences)
    assert max(sequences, default=0) <= queue.sequence
    assert queue.handles == {handle: message for message in messages for handle in handles_of(message)}
    for message in messages:
        assert len(handles_of(message)) <= message.receive_count
        assert bool(message.first_received) == bool(message.receive_count)
        if message.state == IN_FLIGHT:
            assert message.handle == f"{queue.handle_prefix}{message.sequence}/{message.receive_count}="
    assert not queue._taking
    assert not queue._came_meanwhile
    assert not queue._line._returning
    late = [(kept_from, message) for kept_from, _, message in queue._late_arrivals if message.state != GONE]
    there = [*late, *((message.sent, message) for message in queue._arrivals if message.state != GONE)]
    retention = queue.attributes.retention_seconds * SECOND
    assert queue._next_expiry <= min((kept_from + retention for kept_from, _ in there), default=FOREVER)
    assert len(queue._arrivals) + len(queue._late_arrivals) <= 2 * queue.size + SLACK
    sent = [message.sent for message in queue._arrivals]
    assert sent == sorted(sent)
    assert queue._latest_send() >= max(sent, default=0)
    if queue._plain_since < FOREVER:
        assert queue._next_expiry < FOREVER
        assert not queue.has_polls
        assert queue._settings_are_plain()


def _check_hidden(queue: Any) -> None:
    hidden = queue._hidden
    assert sorted(hidden.run) == list(hidden.run)
    assert not any(hidden.rest[place] < hidden.rest[(place - 1) // 2] for place in range(1, len(hidden.rest)))
    entries = {(due, id(message)) for due, _, message in (*hidden.run, *hidden.rest)}
    dues = [message.due for message in queue.all_messages() if message.state != VISIBLE]
    assert queue._next_due <= min(dues, default=FOREVER)
    for message in queue.all_messages():
        if message.state != VISIBLE:
            assert (message.due, id(message)) in entries, "hidden for ever"


def _check_polls(queue: Any, cloud: Any) -> None:
    polls = _polls_of([queue])
    assert queue.has_polls == bool(polls)
    heap = [event for event in cloud.timeline.heap if event.callback is not None]
    for poll in polls:
        assert poll.deadline in heap
        assert poll.deadline.due == poll.waiter.deadline
        assert not poll.taken
    if queue._watched is not None:
        assert queue._watched in heap
    if polls:
        due = min(queue._next_due, queue._next_expiry)
        assert (FOREVER if queue._watched is None else queue._watched.due) == due
        if queue.in_flight < queue.in_flight_limit and not queue.is_chaotic:
            assert not _available(queue), "somebody waits for what is there"


def _available(queue: Any) -> list[Message]:
    """What a receive may take: of a FIFO queue the first of each group, oldest first."""
    messages = sorted(queue.all_messages(), key=lambda message: message.sequence)
    if not queue.is_fifo:
        return [message for message in messages if message.state == VISIBLE]
    heads: dict[str | None, Message] = {}
    for message in messages[: queue._look_ahead]:
        heads.setdefault(message.group_id, message)
    return [message for message in heads.values() if message.state == VISIBLE]


# --- what the kinds of queue differ in -------------------------------------------------------------------------------


def _check_standard(queue: StandardQueue) -> None:
    fresh = [message for message in queue._fresh if message.state == VISIBLE]
    assert [message.sequence for message in fresh] == sorted({message.sequence for message in fresh})
    returned = [message for _, message in (*queue._returned.run, *queue._returned.rest)]
    assert sorted(queue._returned.run) == list(queue._returned.run)
    there = {id(message) for message in (*fresh, *returned)}
    if queue._fair is not None:
        there |= _check_fair(queue._fair, queue.all_messages())
    for message in _available(queue):
        assert id(message) in there, "shown and never received"
    assert {message.sequence for message in fresh} <= {message.sequence for message in queue.all_messages()}


def _check_fair(fair: FairGroups, messages: Iterable[Message]) -> set[int]:
    """What is kept of the groups; the ids of the messages that are in one's line."""
    by_place = {message.sequence: message for message in messages}
    pending = {message.sequence for message in fair._pending}
    lines = [(fair._quiet, False), (fair._noisy, True)]
    entries = [(*entry, aside) for line, aside in lines for entry in (*line.run, *line.rest)]
    there = set()
    for name, group in fair._groups.items():
        assert group.name == name
        in_line = {place: id(message) for place, message in group.line}
        places = [place for place, owner in fair._visible.items() if owner is group]
        assert group.visible == len(places)
        assert group.in_flight == [*fair._in_flight.values()].count(group)
        for place in places:
            if by_place[place].state == VISIBLE:
                assert in_line[place] == id(by_place[place])
                assert group.key is not None
                assert group.key <= place
                there.add(in_line[place])
        if group.key is not None:
            assert (group.key, group, group.stands_aside) in entries, "a group that nobody receives from"
    for place, message in by_place.items():
        if message.state == IN_FLIGHT:
            assert place in fair._in_flight or place in pending
        if place in fair._in_flight:
            assert fair._in_flight[place].name == message.group_id
    assert fair._in_flight.keys() <= by_place.keys()
    assert fair._visible.keys() <= by_place.keys()
    return there


def _check_groups(queue: FifoQueue) -> None:
    messages = queue.live_messages()
    window, beyond = messages[: queue._look_ahead], messages[queue._look_ahead :]
    assert [message for message in queue._beyond if message.state != GONE] == beyond
    assert queue._beyond_size == len(beyond)
    assert queue._current is None
    by_group: dict[str | None, list[Message]] = {}
    for message in window:
        by_group.setdefault(message.group_id, []).append(message)
    assert queue._groups.keys() == by_group.keys()
    ready = [entry for entry in (*queue._ready.run, *queue._ready.rest) if entry[1].key is entry[0]]
    heads = {message.group_id: message for message in _available(queue)}
    for name, group in queue._groups.items():
        assert group.name == name
        assert group.size == len(by_group[name])
        waiting = {id(message) for message in (*group.fresh, *(message for _, message in group.returned))}
        locked = {id(message) for _, message in group.locked}
        for message in by_group[name]:
            assert id(message) in (locked if message.state == IN_FLIGHT else waiting), "lost in its group"
        head = heads.get(name)
        assert group.head() is head
        if head is not None:  # a group without one may still be in line: a receive passes it by
            assert group.key == (head.visible_since, head.turn, head.sequence)
            assert any(entry[1] is group for entry in ready), "a group that nobody receives from"


def _check_memory(memory: Any, now: int) -> None:
    assert (memory.next_lapse == FOREVER) == (not memory.by_key)
    # What has lapsed may lie there, but not for ever.
    assert memory.next_lapse <= max(min((at for at, *_ in memory.by_key.values()), default=FOREVER), now) + WINDOW


def _check_last_sent(queue: FifoQueue, now: int) -> None:
    """The send that may have been interrupted is remembered, or a second one would be no duplicate."""
    message = queue.last_sent
    if message is not None and message in queue.all_messages() and now < message.sent + WINDOW:
        sends = [sent for at, sent, *_ in queue.accepted.by_key.values() if at == message.sent]
        assert message.message_id in sends
