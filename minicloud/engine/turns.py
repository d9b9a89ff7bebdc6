"""Turns: whose errands are whose, and who is inside of a handler.

A *turn* is one outermost call with all that follows from it: it performs the errands that the call has led to, and
those that their handlers lead to, first come, first served. A call that is made inside of a handler leaves its errands
in the turn's line and returns, so the stack does not grow, however long the chain is.

An *execution* is one errand that is being performed. While it is, a context variable holds it, so tasks that a handler
starts are inside as well, and threads that are given its context (``asyncio.to_thread``). It has an end: what a handler
leaves behind is not inside any more.

``Lines`` are the errands that wait, by their owner:

* a ``Turn``, whose handler has caused them;
* the ident of a thread, whose call has drained them, and performs them before it returns. A task takes what its call
  has drained before its next ``await``, so this is right for tasks, too;
* a negative number: nobody. A view, or a call that was refused or interrupted, has settled what was due. Whoever
  performs errands next takes them first.

No errand is performed here, and nothing sleeps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from types import MappingProxyType

from ..core.errands import Errand, Invoke, Post
from ..core.shown import escaped, shown
from ..exceptions import UsageError

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .held_handlers import Held
else:
    Protocol = object

__all__ = [
    "DEEPEST",
    "ENDS_AN_ERRAND",
    "NAMED",
    "Execution",
    "Lines",
    "Runner",
    "Turn",
    "current_execution",
    "ended_by",
    "inside",
    "name_of",
    "tell_that_it_waits",
]

ENDS_AN_ERRAND = (Exception, SystemExit)
"""What a handler may raise: it ends the errand, which has failed. A function that exits is a failed invocation on AWS.
Anything else (Ctrl-C) is the test's own: the errand has failed as well, and it goes on to the caller."""
DEEPEST = 50
"""How many handlers may be inside of each other, each of which waits for what the next one does."""
NAMED = 50
"""Of so many errands of a turn, the last ones, the names are told when it makes no end."""


class Runner(Protocol):
    """Who performs the errands of a cloud (``errands``), as those know it who stand below."""

    state: Any
    held: Held
    pending: int
    taken: dict[Errand, object]
    in_tasks: dict[Errand, Execution]

    def run(self) -> bool:
        """Perform what waits for this thread, unless it is inside of a handler."""

    def run_waiting(self) -> bool:
        """The same for a call that waits: inside of a handler as well."""

    def perform_all(self, turn: Turn, waiting: Execution | None = None, also: Turn | None = None) -> None:
        """Perform what waits for a turn."""

    def perform_due(self) -> None:
        """Have a task of this thread's loop perform what has come due there."""

    def begin_to_wait(self, execution: Execution) -> None:
        """A handler is about to wait."""

    def check_depth(self, execution: Execution) -> None:
        """Raise ``UsageError`` when too many wait inside of each other."""

    async def before_waiting(self) -> None:
        """A task is about to wait."""

    def tell_those_in_tasks(self, now: int) -> None:
        """Time is about to move."""

    def complete(self, errand: Errand, outcome: Any, failure: BaseException | None, turn: Turn) -> None:
        """Take note of how an errand ended."""

    def pass_through(self, turn: Turn, error: BaseException) -> None:
        """A handler has raised what is the test's own."""

    def keep(self, error: BaseException) -> None:
        """Keep something for the test."""

    def leave(self, turn: Turn) -> None:
        """A turn was interrupted."""

    def give_back(self, taken_by: object, owner: Turn) -> None:
        """Put back what was taken and not completed."""

    def give_back_one(self, errand: Errand) -> None:
        """Put back one that was taken and not begun."""

    def wait_for_posts(self, patience: float = ...) -> None:
        """Wait until no post is under way."""

    def wait_a_moment(self) -> None:
        """Wait for posts as long as a publisher does."""


_NO_TASKS: MappingProxyType[Any, Any] = MappingProxyType({})


class Turn:
    """An outermost call that performs errands, or what goes on of it in an event loop."""

    # What most turns never change is the class's: each call that leads to a handler makes one.
    runs = 0
    """How many errands it has performed."""
    lets_go = False
    """Whether what its handlers cause is not held back: the test lets time pass."""
    has_caller = True
    """Whether somebody is there who will be told what is to be told."""
    misuse: UsageError | None = None
    """A handler broke its contract: the test is to know, not the retries alone."""
    too_deep: UsageError | None = None
    """Its handlers wait inside of each other: it ends with this."""
    error: BaseException | None = None
    """What a task of a handler raised that passes through to the caller."""
    awaits = False
    """Whether it is a task's, so that the event loop goes on when it has started ``async def`` handlers."""
    go_on: Callable[[], object] | None = None
    """Has what is new performed in a task of the event loop; None as long as it has started no handler there."""
    poke: Callable[[], object] | None = None
    """Called under the lock when there is something new for it: it sleeps, or nobody performs it any more."""

    latest: tuple[str, ...] = ()
    """What ran last, once it is about to be too much."""
    tasks: dict[Any, Execution] | MappingProxyType[Any, Execution] = _NO_TASKS
    """The tasks of the ``async def`` handlers that it has started."""

    def __init__(self, runner: object, outer: Execution | None = None) -> None:
        self.runner = runner
        self.outer = outer
        """The execution inside of which the call was made: of another cloud's, or one that waits."""

    def add(self, task: Any, execution: Execution) -> None:
        """It has started a handler as a task."""
        if not isinstance(self.tasks, dict):
            self.tasks = {}
        self.tasks[task] = execution

    def forget(self, task: Any) -> None:
        """A task has ended."""
        if isinstance(self.tasks, dict):
            self.tasks.pop(task, None)

    def check(self, errand: Errand, most: int) -> None:
        """One more is about to run, of the last that may. Raises ``UsageError`` when there are too many."""
        if self.too_deep is not None:
            raise self.too_deep
        if self.runs > most - NAMED:
            if self.runs > most:
                names = sorted(set(self.latest))
                circle = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
                raise UsageError(
                    f"{most:,} handlers have run for one call, the last ones in a circle: {circle}. What one does "
                    "leads to the next: have that end, look at the first round inside of cloud.hold_handlers(), or "
                    "allow more by Limits(invocations_per_call=...)"
                )
            self.latest += (name_of(errand),)


class Execution:
    """One errand that is being performed."""

    __slots__ = ("depth", "ended", "errand", "has_waited", "outer", "task", "turn")

    def __init__(self, turn: Turn, errand: Errand, outer: Execution | None) -> None:
        self.turn = turn
        self.errand = errand
        self.outer = outer
        """The execution that waits for what this one does, or that belongs to another cloud."""
        self.depth: int = 1 if outer is None or outer.turn.runner is not turn.runner else outer.depth + 1
        self.ended = False
        self.has_waited = False
        """Whether it has waited on the cloud's clock, and its errand was told."""
        self.task: Any = None
        """Of an ``async def`` handler."""


current_execution: ContextVar[Execution | None] = ContextVar("minicloud_execution", default=None)


def inside(runner: object) -> Execution | None:
    """The execution of this cloud's inside of which the caller is; None outside of any."""
    execution = current_execution.get()
    while execution is not None and execution.turn.runner is not runner:
        execution = execution.outer
    return None if execution is None or execution.ended else execution


def name_of(errand: Errand) -> str:
    """The function or the URL that an errand is for."""
    if isinstance(errand, Invoke):
        return escaped(errand.name, 120)
    return escaped(errand.url, 120) if isinstance(errand, Post) else errand.owed


def ended_by(error: BaseException) -> RuntimeError:
    """What an errand has failed with whose handler raised what is the test's own."""
    return RuntimeError(f"its handler was ended by {shown(error)}")


def tell_that_it_waits(execution: Execution, now: int) -> None:
    """Tell an errand that its handler waits. Called under the lock."""
    execution.errand.waits(now)
    execution.has_waited = True


_nobodies = count(-1, -1)
"""Owners that are nobody."""


class Lines(dict[object, "deque[Errand]"]):
    """The errands that wait, by owner. True when there are any: each call asks that. Used under the lock."""

    __slots__ = ()

    def add(self, owner: object, errand: Errand) -> None:
        """Put one into its owner's line. In one step, the last one."""
        line = self.get(owner)
        if line is None:
            self[owner] = deque((errand,))
        else:
            line.append(errand)

    def disown(self, owner: object) -> bool:
        """Have what waits for an owner belong to nobody; whether there was anything."""
        line = self.get(owner)
        if line is None:
            return False
        self[next(_nobodies)] = line  # interrupted here, both have the same line
        del self[owner]
        return True

    def owner_of_next(self, turn: Turn | None, caller: int, also: Turn | None = None) -> object:
        """In whose line is what a turn of this thread performs next; None when there is nothing for it.

        What is nobody's comes first, for it was due first. O(owners), which are few.
        """
        if caller in self and len(self) == 1 and self[caller]:
            return caller  # as it is in most cases
        found: object = None
        for owner, line in list(self.items()):
            if not line:
                del self[owner]  # what took the last one was interrupted
            elif owner == caller or owner is turn or (owner is also and also is not None):
                if found is None or owner == caller:
                    found = owner
            elif isinstance(owner, int) and owner < 0:
                return owner
        return found

    def put_back(self, errand: Errand, owner: object) -> None:
        """Have one that was taken, and could not be performed, be the first again, of this owner or of nobody."""
        if owner is None:
            owner = next(_nobodies)
        line = self.get(owner)
        if line is None:
            self[owner] = deque((errand,))
        else:
            line.appendleft(errand)

    def has(self, errand: object) -> bool:
        """Whether it waits. O(errands)."""
        return any(errand in line for line in self.values())

    def all(self) -> list[Errand]:
        """All that wait. O(errands)."""
        return [errand for line in self.values() for errand in line]
