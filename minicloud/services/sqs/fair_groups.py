"""Fair queues: the message groups of a standard queue, and which of them are noisy.

A group of a standard queue stands for a tenant who shares it with others. One that has much in flight is *noisy*, all
others are *quiet*, and a receive takes what quiet groups have before anything of noisy ones. There is no more to it: no
order inside of a group, no lock. A message without a group is a group of its own, and always quiet.

Each group keeps its visible messages in order. The groups that have any stand in one of two lines, the quiet and the
noisy ones, by the oldest message of each: so a receive takes oldest first among quiet groups, then oldest first among
noisy ones. A group that is at the head of the quiet line is looked at before something is taken from it, and goes over
to the other line when it has become noisy; a group goes back when it is quiet again.

All of this can be derived from the messages but for one thing: that a group was found noisy is remembered until its
backlog is gone (``FairGroup.noisy``). That is found out when a receive is over, and not before, so a receive that was
interrupted before it delivered has made nobody noisy: what it took is *pending* until the next call looks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush
from typing import Final

from ...core.limits import Limits
from ...core.timeline import SECOND
from .message import IN_FLIGHT, TAKEN, VISIBLE, Message
from .ordered import OrderedQueue
from .retention import SLACK

__all__ = ["FairGroup", "FairGroups", "is_noisy"]

SILENCE: Final = 300 * SECOND
"""How long a noisy group has to send nothing to be quiet again, whatever it left behind."""


class FairGroup:
    """One message group of a standard queue."""

    __slots__ = ("in_flight", "key", "last_sent", "line", "name", "noisy", "visible")

    def __init__(self, name: str | None) -> None:
        self.name = name
        """None for all messages that have no group."""
        self.line: OrderedQueue[tuple[int, Message]] = OrderedQueue()
        """Its visible messages in the order of their sending, and stale entries."""
        self.visible: set[int] = set()
        """Their places in that order."""
        self.in_flight: set[int] = set()
        """Of its messages that were delivered and have neither gone nor come back."""
        self.last_sent = -SILENCE
        """When the latest message was sent of those that could be received so far."""
        self.noisy = False
        """Whether it was found to be noisy, and is not quiet again."""
        self.key: int | None = None
        """Its place in the line in which it stands: that of the oldest message, or of one that has gone since."""


def is_noisy(group: FairGroup, in_flight: int, now: int, limits: Limits) -> bool:
    """Whether a group is noisy, being one of a queue with so many messages in flight. The whole rule is here.

    A group becomes noisy by having ``sqs_noisy_group_in_flight`` messages in flight, 30, that are more than
    ``sqs_noisy_group_percent`` of all that are in flight, 10 %. It stays noisy until none of its messages is visible,
    or until it has sent nothing for five minutes. [SQS developer guide: fair queues, the numbers approximately]

    AWS also looks at the share of the processing time, and does not say how it is measured. The share of what is in
    flight is that of the time which is being spent at this moment, and all that minicloud looks at.
    """
    if group.name is None or now - group.last_sent >= SILENCE:
        return False
    if group.noisy and group.visible:
        return True
    own = len(group.in_flight)
    return own >= limits.sqs_noisy_group_in_flight and 100 * own > limits.sqs_noisy_group_percent * in_flight


class FairGroups:
    """The groups of one queue, and which message is next."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._groups: dict[str | None, FairGroup] = {}
        """Those that have a message visible or in flight."""
        self._quiet: OrderedQueue[tuple[int, FairGroup]] = OrderedQueue()
        self._noisy: OrderedQueue[tuple[int, FairGroup]] = OrderedQueue()
        self._silences: list[tuple[int, int, FairGroup]] = []
        """A heap: when a noisy group will have sent nothing for long enough, as far as was known."""
        self._number = 0
        """Of what was put into that heap."""
        self._in_flight = 0
        """Of all groups."""
        self._now = 0
        """When a receive last looked."""
        self.pending: list[Message] = []
        """What the last receive took, until its groups have been looked at."""

    # --- what a receive does ----------------------------------------------------------------------------------------

    def begin(self, now: int) -> None:
        """A receive begins, or a view looks. O(1) amortised, O(log groups) for each that has become quiet again."""
        self.settle()
        self._now = now
        silences = self._silences
        while silences and silences[0][0] <= now:
            _, _, group = heappop(silences)
            if not group.noisy:
                continue
            if now - group.last_sent < SILENCE:
                self._watch(group)
            else:
                self._calm(group)

    def add(self, message: Message) -> None:
        """A message has become visible, for the first time or again. O(log n), O(1) where messages come in order."""
        if message.state != VISIBLE:
            return  # what was said of it is no longer so
        group, place, sent = self._group(message.group_id), message.sequence, message.sent
        if place in group.in_flight:
            group.in_flight.remove(place)
            self._in_flight -= 1
        if group.noisy and sent - group.last_sent >= SILENCE:
            self._calm(group)
        group.last_sent = max(group.last_sent, sent)
        if place not in group.visible:
            group.visible.add(place)
            group.line.push((place, message))
            if group.key is None or place < group.key:
                self._stand_in_line(group, place)

    def take(self) -> Message | None:
        """Take out the next message; None when there is none. O(log groups) amortised."""
        while (entry := self._quiet.head()) is not None:
            self._quiet.pop()
            place, group = entry
            if group.key != place or group.noisy:
                continue
            if is_noisy(group, self._in_flight, self._now, self._limits):
                self._make_noisy(group)
            elif (message := self._take_from(group)) is not None:
                return message
        while (entry := self._noisy.head()) is not None:
            self._noisy.pop()
            place, group = entry
            if group.key == place and group.noisy and (message := self._take_from(group)) is not None:
                return message
        return None

    def _take_from(self, group: FairGroup) -> Message | None:
        """Take out the message of the group's key and give the group the place of its next one; None: it has gone."""
        line, visible = group.line, group.visible
        message = None
        while (entry := line.head()) is not None and (entry[0] == group.key or entry[0] not in visible):
            line.pop()
            if entry[0] in visible:
                visible.remove(entry[0])
                message = entry[1]
        if entry is None:
            group.key = None
        else:
            self._stand_in_line(group, entry[0])
        return message

    def settle(self) -> None:
        """Look at the groups of what the last receive delivered. O(messages delivered)."""
        pending = self.pending
        if not pending:
            return
        groups = {}
        for message in pending:
            group = groups[message.group_id] = self._group(message.group_id)
            group.last_sent = max(group.last_sent, message.sent)
            # It may be back already, or have gone; but it was in flight, unless it was received with a timeout of 0.
            if message.due > message.received_at and message.sequence not in group.in_flight:
                group.in_flight.add(message.sequence)
                self._in_flight += 1
        for group in groups.values():
            if not group.noisy and is_noisy(group, self._in_flight, self._now, self._limits):
                self._make_noisy(group)
            self._look_after(group)
        self.pending = []

    def removed(self, message: Message) -> None:
        """A message has left the queue. O(1) amortised."""
        self.settle()
        group = self._groups.get(message.group_id)
        if group is None:
            return
        place = message.sequence
        if place in group.in_flight:
            group.in_flight.remove(place)
            self._in_flight -= 1
        elif place in group.visible:
            group.visible.remove(place)
            if len(group.line) > 2 * len(group.visible) + SLACK:
                group.line.keep(lambda entry: entry[0] in group.visible)
        self._look_after(group)

    def noisy_groups(self) -> list[str]:
        """The groups that a receive would find noisy, by name. O(groups)."""
        return sorted(
            name
            for name, group in self._groups.items()
            if name is not None and is_noisy(group, self._in_flight, self._now, self._limits)
        )

    # --- groups -----------------------------------------------------------------------------------------------------

    def _group(self, name: str | None) -> FairGroup:
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = FairGroup(name)
        return group

    def _make_noisy(self, group: FairGroup) -> None:
        group.noisy = True
        self._watch(group)
        if group.key is not None:
            self._stand_in_line(group, group.key)

    def _calm(self, group: FairGroup) -> None:
        group.noisy = False
        if group.key is not None:
            self._stand_in_line(group, group.key)

    def _look_after(self, group: FairGroup) -> None:
        """Have a group quiet whose backlog is gone, and forget it with its last message."""
        if not group.visible:
            group.noisy = False
            group.key = None
            if not group.in_flight:
                self._groups.pop(group.name, None)

    def _stand_in_line(self, group: FairGroup, place: int) -> None:
        group.key = place
        line = self._noisy if group.noisy else self._quiet
        line.push((place, group))
        if len(line) > 2 * len(self._groups) + SLACK:
            noisy = group.noisy
            line.keep(lambda entry: entry[1].key == entry[0] and entry[1].noisy == noisy)

    def _watch(self, group: FairGroup) -> None:
        """Look at a noisy group again when it may have been silent for long enough."""
        self._number = number = self._number + 1
        heappush(self._silences, (group.last_sent + SILENCE, number, group))
        if len(self._silences) > 2 * len(self._groups) + SLACK:
            # Any entry of a group will do, for none is too late.
            self._silences = list({entry[2]: entry for entry in self._silences if entry[2].noisy}.values())
            heapify(self._silences)

    # --- mending ----------------------------------------------------------------------------------------------------

    @classmethod
    def derived(cls, limits: Limits, messages: Iterable[Message], former: FairGroups | None) -> FairGroups:
        """The groups of these messages, oldest first; what ``former`` remembers of groups still holds. O(n)."""
        groups = cls(limits)
        if former is not None:
            groups._now = former._now
        for message in messages:
            if message.state == VISIBLE:
                groups.add(message)
            elif message.state in (IN_FLIGHT, TAKEN):
                groups._group(message.group_id).in_flight.add(message.sequence)
                groups._in_flight += 1
        for name, known in former._groups.items() if former is not None else ():
            group = groups._groups.get(name)
            if group is not None and group.visible:
                group.last_sent = max(group.last_sent, known.last_sent)
                if known.noisy:
                    groups._make_noisy(group)
        return groups

    def disregard(self, undelivered: Collection[Message]) -> None:
        """Nobody got these messages, although a receive took them. O(messages of a receive)."""
        self.pending = [message for message in self.pending if message not in undelivered]
