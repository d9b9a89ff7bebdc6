"""What is to be seen of worlds after strikes, without a look at each of them: it follows from the state they are in."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from itertools import count
from typing import Any, Generic, TypeVar

from minicloud.engine import turns

from .states import State, Tracked, Unseen, shared_by, state_of

__all__ = ["Looks"]

W = TypeVar("W")

TRIES = 40
"""How often in a row a state may be new, or not be told, before no more is compared."""
CHECKED = 40
"""Every how many-th look that is spared is taken all the same, and has to show what was seen in that state."""
_NOTHING_SET = Context()


class Looks(Generic[W]):
    """What is to be seen of the worlds of a row after strikes, by their states.

    What is to be seen, now and later, follows from the state. So where a strike leaves the same state as an earlier
    one, there is no need to look. Nor is there for another world where what the strike has changed can be put back.
    """

    def __init__(self, look: Callable[[W], Any], one: W, other: W) -> None:
        self.look = look
        self.found: dict[tuple[State, State], Any] = {}
        """By the state: what was seen, or the error that came of looking."""
        self.tracked: Tracked | None = None
        """The world that is struck, as it was when it was new."""
        self.at_first: State | None = None
        """How all of them are when they are new."""
        self.process: State = ()
        """What was outside of it then, and what there was after the latest strike."""
        self.process_after: State = ()
        self.spared = 0
        self.put = 0
        """How often a world was put back."""
        self.is_spared = False
        """Whether nobody has looked after the latest strike."""
        self.tries = 0
        self.tables = [
            table
            for name, module in [*sys.modules.items()]
            if name.startswith("minicloud.")
            for table in vars(module).values()
            if type(table) in (list, dict, set, deque)
        ]
        """What modules keep. Most of it is filled by the first call."""
        with suppress(Unseen):
            self.shared = shared_by(one, other)
            """Tables and the like that are no world's own: they are gone into once, and at the end again."""
            self.state_of_shared = state_of([*self.shared.values()])
            self.tries = TRIES

    def begin(self, world: W) -> None:
        """Learn how a world is before it is struck."""
        self.is_spared = False
        turns._nobodies = count(-1000, -1)
        if self.tries <= 0 or (self.tracked is not None and self.tracked.root is world):
            return
        self.tracked = None
        try:
            tracked = Tracked(world, self.shared)
            self.process = self._state_of_process()
        except Unseen:
            self.tries -= 1
            return
        if self.at_first is None:
            self.at_first = tracked.state
        if self.at_first == tracked.state:
            self.tracked = tracked
        else:
            self.tries -= 1

    def seen(self, world: W) -> Any:
        """What is to be seen of a world that was struck."""
        self.is_spared = False
        state = self._state_after()
        if state is None:
            return self.look(world)
        if state not in self.found:
            self.tries -= 1
            self.found[state] = self._outcome(world)
        else:
            self.tries = TRIES
            self.spared += 1
            self.is_spared = self.spared % CHECKED != 0
            if not self.is_spared:
                seen, before = self._outcome(world), self.found[state]
                assert seen == before or repr(seen) == repr(before), "what is to be seen does not follow from the state"
        if isinstance(self.found[state], Exception):
            raise self.found[state]
        return self.found[state]

    def _state_after(self) -> tuple[State, State] | None:
        """The state in which a strike has left everything, if it can be told. Apart: here it is told in no handler."""
        if self.tracked is not None:
            try:
                self.process_after = self._state_of_process()
                return self.process_after, self.tracked.changes()
            except Unseen:
                self.tries -= 1
        return None

    def put_back(self, world: W) -> bool:
        """Have a world be as it was before it was struck, and looked at; whether that could be done."""
        if self.tracked is None:
            return False
        try:
            process = self.process_after if self.is_spared else self._state_of_process()
            if self.tries > 0 and process == self.process and self.tracked.put_back(self.is_spared):
                self.put += 1
                if self.put % CHECKED == 1:
                    self._check_put_back(world)
                return True
        except Unseen:
            pass
        self.tracked = None
        return False

    def end(self) -> None:
        """See that the last world is as it was, and that what the worlds share made no difference."""
        if self.tracked is not None and self.put:
            self._check_put_back(self.tracked.root)
        if self.found:
            assert state_of([*self.shared.values()]) == self.state_of_shared, "what worlds share has changed"

    def _check_put_back(self, world: object) -> None:
        assert state_of(world, self.shared) == self.at_first, "a world was not put back"

    def _outcome(self, world: W) -> Any:
        try:
            return self.look(world)
        except Exception as error:
            return error.with_traceback(None)

    def _state_of_process(self) -> State:
        """What a call may leave behind outside of a world."""
        for variable, value in copy_context().items():
            # What was set back to what it is by default stays in the context.
            if variable.name.startswith("minicloud") and value is not _NOTHING_SET.run(variable.get):
                raise Unseen(variable)
        return (
            *map(len, (*self.tables, os.environ, sys.path, sys.modules)),
            *map(id, (sys.stdout, sys.stderr, os.environ)),
        )
