"""Fair queues: the message groups of a standard queue, and which of them are noisy.

A group of a standard queue stands for a tenant who shares it with others. One that has much in flight is *noisy*, all
others are *quiet*, and a receive takes what quiet groups have before anything of noisy ones. There is no more to it: no
order inside of a group, no lock. A message without a group is a tenant of its own, and always quiet.

Each group keeps its visible messages in order. The groups that have any stand in one of two lines, quiet or noisy, by
the oldest message of each: so a receive takes oldest first among quiet groups, then oldest first among noisy ones. Who
is noisy is asked as a receive *begins*; that a group had too much in flight as one *ended* is remembered until its
backlog is gone. Other calls only keep the books.

That memory (``FairGroup.remembered``) is all that cannot be derived from the messages. A receive has ended when the
next call looks: until then what it took is *pending*, so one that was interrupted has made nobody noisy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush
from typing import Final

from ...core.limits import Limits
from ...core.ordered import OrderedQueue
from ...core.timeline import SECOND
from .message import IN_FLIGHT, TAKEN, VISIBLE, Message
from .retention import SLACK

__all__ = ["FairGroup", "FairGroups", "is_noisy"]

SILENCE: Final = 300 * SECOND
"""How long a noisy group has to send nothing to be quiet again, whatever it left behind."""


class FairGroup:
    """One message group of a standard queue."""

    __slots__ = ("in_flight", "key", "last_sent", "line", "name", "remembered", "stands_aside", "visible")

    def __init__(self, name: str | None) -> None:
        self.name = name
        """None for all messages that have no group."""
        # A plain heap, and counters: there may be a million groups with a message each.
        self.line: list[tuple[int, Message]] = []
        """A heap: its visible messages by their places in the order of the queue, and stale entries."""
        self.visible = 0
        """How many are visible."""
        self.in_flight = 0
        """How many were delivered and have neither gone nor come back."""
        self.last_sent = -SILENCE
        """When the latest of its messages was sent, of those that could be received so far."""
        self.remembered = False
        """Whether it had too much in flight as a receive ended, and its backlog has not been gone since."""
        self.stands_aside = False
        """Whether it stands in the line of the noisy ones."""
        self.key: int | None = None
        """Its place in its line: that of its oldest visible message, or of one that has gone since."""


def is_noisy(group: FairGroup, in_flight: int, now: int, limits: Limits) -> bool:
    """Whether a group is noisy, in a queue with so many messages in flight. The whole rule is here.

    A group is noisy that has ``sqs_noisy_group_in_flight`` messages in flight, 30, which are more than
    ``sqs_noisy_group_percent`` of all that are in flight, 10 %. It stays so until its backlog is gone (a receive begins
    or ends with none of its messages visible), or until it has sent nothing for five minutes.
    [SQS developer guide: fair queues, approximately]

    AWS also looks at the share of the processing time, and does not say how it is measured. The share of what is in
    flight is that of the time which is being spent at this moment, and all that minicloud looks at.
    """
    if group.name is None or now - group.last_sent >= SILENCE:
        return False
    if group.remembered and group.visible:
        return True
    own = group.in_flight
    return own >= limits.sqs_noisy_group_in_flight and 100 * own > limits.sqs_noisy_group_percent * in_flight


class FairGroups:
    """The groups of one queue, and which message is next."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._groups: dict[str | None, FairGroup] = {}
        """Those that have a message visible or in flight, and some that had."""
        self._quiet: OrderedQueue[tuple[int, FairGroup]] = OrderedQueue()
        self._noisy: OrderedQueue[tuple[int, FairGroup]] = OrderedQueue()
        self._aside: list[FairGroup] = []
        """Those that stand aside for one receive, having too much in flight as it begins."""
        self._silences: list[tuple[int, int, FairGroup]] = []
        """A heap: when a group that is remembered will have sent nothing for long enough, as far as was known."""
        self._number = 0
        """Of what was put into that heap."""
        self._drained: dict[FairGroup, None] = {}
        """Those that lost their last visible message since a receive began."""
        self._visible: dict[int, FairGroup] = {}
        """The groups of the visible messages, by their places in the order of the queue."""
        self._in_flight: dict[int, FairGroup] = {}
        """The same of those in flight."""
        self._now = 0
        """When somebody last looked."""
        self._pending: list[Message] = []
        """What the last receive took, until somebody looks."""

    def __bool__(self) -> bool:
        """Whether there is any group."""
        return bool(self._groups)

    # --- the books --------------------------------------------------------------------------------------------------

    def took(self, messages: list[Message]) -> None:
        """A receive is about to deliver these messages."""
        self._pending = messages

    def disregard(self, undelivered: Collection[Message]) -> None:
        """Nobody got these messages, although a receive took them. O(messages of a receive)."""
        self._pending = [message for message in self._pending if message not in undelivered]

    def settle(self) -> None:
        """The last receive has ended: look at the groups of what it delivered. O(messages delivered)."""
        pending = self._pending
        if not pending:
            return
        groups: dict[FairGroup, bool] = {}
        for message in pending:
            group = self._group(message.group_id)
            # It may be back by now, or have gone; but it was in flight, unless it was received with a timeout of 0.
            was_hidden = message.due > message.received_at
            groups[group] = groups.get(group, False) or not was_hidden
            if was_hidden:
                self._takes_off(group, message.sequence)
        for group, has_visible in groups.items():
            if not (group.visible or has_visible):
                self._forget(group)
            elif not group.remembered and is_noisy(group, len(self._in_flight), self._now, self._limits):
                self._remember(group)
        self._pending = []

    def add(self, message: Message) -> None:
        """A message has become visible, for the first time or again. O(log n), O(1) where messages come in order."""
        if message.state != VISIBLE:
            return  # what was said of it is no longer so
        group, place, sent = self._group(message.group_id), message.sequence, message.sent
        if place in self._in_flight:
            del self._in_flight[place]
            group.in_flight -= 1
        if sent > group.last_sent:
            if sent - group.last_sent >= SILENCE:
                self._forget(group)
            group.last_sent = sent
        if place not in self._visible:
            self._visible[place] = group
            group.visible += 1
            heappush(group.line, (place, message))
            if group.key is None or place < group.key:
                self._stand_in_line(group, place)

    def removed(self, message: Message) -> None:
        """A message has left the queue. O(1) amortised."""
        self.settle()
        group = self._groups.get(message.group_id)
        if group is None:
            return
        place = message.sequence
        if place in self._in_flight:
            del self._in_flight[place]
            group.in_flight -= 1
        elif place in self._visible:
            del self._visible[place]
            group.visible -= 1
            if len(group.line) > 2 * group.visible + SLACK:
                group.line = [entry for entry in dict.fromkeys(group.line) if entry[0] in self._visible]
                heapify(group.line)
        if not group.visible:
            self._drained[group] = None

    # --- receiving --------------------------------------------------------------------------------------------------

    def begin(self, now: int) -> None:
        """A receive begins. O(1) amortised, O(log groups) for each that changes its line."""
        self._now = now
        for group in self._drained:
            if not group.visible:
                self._forget(group)
                group.key = None
                if not group.in_flight:
                    self._groups.pop(group.name, None)
        self._drained = {}
        silences = self._silences
        while silences and silences[0][0] <= now:
            _, _, group = heappop(silences)
            if group.remembered:
                if now - group.last_sent >= SILENCE:
                    self._forget(group)
                else:
                    self._watch(group)
        aside, self._aside = self._aside, []
        for group in aside:
            if group.key is not None:
                self._stand_in_line(group, group.key)

    def take(self) -> Message | None:
        """Take out the next message; None when there is none. O(log groups) amortised."""
        while (entry := self._quiet.head()) is not None:
            self._quiet.pop()
            place, group = entry
            if group.key != place or group.stands_aside:
                continue
            if is_noisy(group, len(self._in_flight), self._now, self._limits):
                self._stand_aside(group, place)
            elif (message := self._take_from(group)) is not None:
                return message
        while (entry := self._noisy.head()) is not None:
            self._noisy.pop()
            place, group = entry
            if group.key == place and group.stands_aside and (message := self._take_from(group)) is not None:
                return message
        return None

    def _take_from(self, group: FairGroup) -> Message | None:
        """Take out the message of the group's key and give the group the place of its next one; None: it has gone."""
        line, visible, key = group.line, self._visible, group.key
        message = None
        while line and (line[0][0] == key or line[0][0] not in visible):
            place, first = heappop(line)
            if place in visible:
                del visible[place]
                group.visible -= 1
                message = first
        if not line:
            group.key = None
        elif group.stands_aside:
            self._stand_aside(group, line[0][0])
        else:
            self._stand_in_line(group, line[0][0])
        return message

    def noisy_groups(self, now: int) -> list[str]:
        """The groups that a receive would find noisy, by name. O(groups)."""
        return sorted(
            name
            for name, group in self._groups.items()
            if name is not None and is_noisy(group, len(self._in_flight), now, self._limits)
        )

    # --- groups -----------------------------------------------------------------------------------------------------

    def _group(self, name: str | None) -> FairGroup:
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = FairGroup(name)
        return group

    def _takes_off(self, group: FairGroup, place: int) -> None:
        """The message of that place is in flight."""
        if place not in self._in_flight:
            self._in_flight[place] = group
            group.in_flight += 1

    def _stand_in_line(self, group: FairGroup, place: int) -> None:
        """Among the quiet ones, where it will be looked at."""
        group.key, group.stands_aside = place, False
        self._quiet.push((place, group))
        if len(self._quiet) > 2 * len(self._groups) + SLACK:
            self._quiet.keep(lambda entry: entry[1].key == entry[0] and not entry[1].stands_aside)

    def _stand_aside(self, group: FairGroup, place: int) -> None:
        """Among the noisy ones; for this receive alone, unless it is remembered.

        Of the former there are few, each having more than its share in flight.
        """
        if not group.remembered and not group.stands_aside:
            self._aside.append(group)
        group.key, group.stands_aside = place, True
        self._noisy.push((place, group))
        if len(self._noisy) > 2 * len(self._groups) + SLACK:
            self._noisy.keep(lambda entry: entry[1].key == entry[0] and entry[1].stands_aside)

    def _remember(self, group: FairGroup) -> None:
        group.remembered = True
        self._watch(group)

    def _forget(self, group: FairGroup) -> None:
        group.remembered = False
        if group.stands_aside:
            self._aside.append(group)

    def _watch(self, group: FairGroup) -> None:
        """Look at a group that is remembered again when it may have been silent for long enough."""
        self._number = number = self._number + 1
        heappush(self._silences, (group.last_sent + SILENCE, number, group))
        if len(self._silences) > 2 * len(self._groups) + SLACK:
            # Any entry of a group will do, for none is too late.
            self._silences = list({entry[2]: entry for entry in self._silences if entry[2].remembered}.values())
            heapify(self._silences)

    # --- mending ----------------------------------------------------------------------------------------------------

    def interrupted(self, undelivered: Collection[Message]) -> None:
        """Remember what there is to remember, for all else will be derived anew. These messages come back. O(n)."""
        self.disregard(undelivered)
        for message in undelivered:
            self._visible[message.sequence] = self._group(message.group_id)
        for group in self._groups.values():
            group.visible = group.in_flight = 0
        for group in self._visible.values():
            group.visible += 1
        for group in self._in_flight.values():
            group.in_flight += 1
        self.settle()

    @classmethod
    def derived(cls, limits: Limits, messages: Iterable[Message], former: FairGroups | None) -> FairGroups:
        """The groups of these messages, oldest first; what ``former`` remembers of a group still holds. O(n)."""
        groups = cls(limits)
        if former is not None:
            groups._now = former._now
            for name, known in former._groups.items():
                group = groups._group(name)
                group.last_sent = known.last_sent
                if known.remembered:
                    groups._remember(group)
        for message in messages:
            if message.state == VISIBLE:
                groups.add(message)
            elif message.state in (IN_FLIGHT, TAKEN):
                groups._takes_off(groups._group(message.group_id), message.sequence)
        groups._drained = {group: None for group in groups._groups.values() if not group.visible}
        return groups
