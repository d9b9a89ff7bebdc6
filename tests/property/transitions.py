"""Watches every change of every message's state, which has to be one of ``TRANSITIONS``; of other things likewise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from minicloud.services.sqs.message import TRANSITIONS, VISIBLE, Message
from tests.sqs.consistency import check

__all__ = ["Watch", "WatchedMachine", "watched"]


class Watch:
    """Stands in for the slot that holds the state. Beside keeping the state it notes what became what."""

    def __init__(self, slot: Any, table: Mapping[int, Collection[int]], first: int) -> None:
        self._slot = slot
        self._table = table
        self._first = first
        self.seen: set[tuple[int, int]] = set()
        """The transitions so far."""
        self.forbidden: list[tuple[int | None, int]] = []
        """Those that are not in the table, and states in which messages began other than visible (from None)."""

    def __get__(self, message: Any, owner: type | None = None) -> Any:
        return self if message is None else self._slot.__get__(message, owner)

    def __set__(self, message: Any, state: int) -> None:
        before = self._slot.__get__(message) if self._is_set(message) else None
        self._slot.__set__(message, state)
        if before is None:
            if state != self._first:
                self.forbidden.append((None, state))
        elif state != before:
            self.seen.add((before, state))
            if state not in self._table[before]:
                self.forbidden.append((before, state))

    def _is_set(self, message: Any) -> bool:
        try:
            self._slot.__get__(message)
        except AttributeError:
            return False
        return True


@contextmanager
def watched(
    kind: Any = Message, table: Mapping[int, Collection[int]] = TRANSITIONS, first: int = VISIBLE
) -> Iterator[Watch]:
    """All messages of this process, meanwhile; or all of another ``kind``, which begin in the state ``first``."""
    slot = kind.__dict__["state"]
    kind.state = watch = Watch(slot, table, first)
    try:
        yield watch
    finally:
        kind.state = slot


class WatchedMachine(RuleBasedStateMachine):
    """A machine whose messages keep to the table, and whose queues keep what can be derived, at every step."""

    cloud: Any = None

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.watch = self._stack.enter_context(watched())

    @invariant()
    def messages_change_as_the_table_allows(self) -> None:
        assert self.watch.forbidden == []

    @invariant()
    def queues_keep_what_can_be_derived(self) -> None:
        if self.cloud is not None:
            check(self.cloud)

    def teardown(self) -> None:
        self._stack.close()
        super().teardown()
