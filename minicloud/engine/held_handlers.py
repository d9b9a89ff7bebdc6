"""Handlers that are held: errands wait until the test lets time pass, or until a block has come to its end.

An application that makes a call while it holds a lock, or inside of a transaction, would meet its own handler there,
which never happens on AWS. While handlers are held, errands are kept in a line of their own, which is nobody's. It is
let go by whoever *lets go*: the end of ``hold_handlers()``, and, as long as they last, ``clock.advance()``,
``cloud.sleep()``, ``run_until()`` and ``run_until_idle()`` of the test. What other threads and tasks cause meanwhile is
held as well, and performed by who lets go. What somebody waits for (``at_once``) is not held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..core.shown import shown
from ..exceptions import UsageError

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Final, Protocol

    from ..core.errands import Errand
else:
    Protocol = object

__all__ = ["ALWAYS", "NOTHING_IS_HELD", "Held", "Holding", "check_handlers"]


def check_handlers(handlers: object) -> bool:
    """Whether they are held; raises ``UsageError`` for what is neither of the two names."""
    if handlers not in (None, "at_once", "held"):
        raise UsageError(f'handlers={shown(handlers)}: give "at_once", or "held" until the test lets time pass')
    return handlers == "held"


ALWAYS: Final = "always"
"""Holds handlers for as long as there is the cloud."""


class Held:
    """What is held of one cloud, and who lets it go. Used under the cloud's lock, but for ``letting_go``."""

    def __init__(self) -> None:
        self.holders: set[object] = set()
        """Who wants handlers to be held: blocks, and ``ALWAYS``."""
        self.line: deque[Errand] = deque()
        self.letting: dict[object, Callable[[], object]] = {}
        """Who lets go at the moment (threads by their idents), and what has them look."""

    def take(self, errand: Errand) -> None:
        """Hold one, and tell who lets go."""
        self.line.append(errand)
        for poke in list(self.letting.values()):
            poke()

    def renew(self) -> None:
        """Begin another line: somebody has taken the one that was there."""
        self.line = deque()

    @contextmanager
    def letting_go(self, who: object, poke: Callable[[], object]) -> Iterator[None]:
        """For ``with``: the caller lets go what is held."""
        before = self.letting.get(who)
        try:
            self.letting[who] = poke
            yield
        finally:
            if before is None:
                self.letting.pop(who, None)


NOTHING_IS_HELD = Held()
"""Of all clouds that have never held any."""


class Holding:
    """``cloud.hold_handlers()``: for ``with``. It ends with the block, also if something comes into its end."""

    def __init__(self, runner: Holder) -> None:
        self._mark = object()
        self._runner = runner

    def __enter__(self) -> None:
        try:
            self._runner.hold(self._mark)
        except BaseException:
            self._runner.hold_no_more(self._mark)
            raise

    def __del__(self) -> None:
        if hasattr(self, "_runner"):  # its making may have been interrupted
            self._runner.held.holders.discard(self._mark)  # without the lock, as in one step

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        try:
            self._runner.hold_no_more(self._mark)
        except UsageError as misuse:
            if error is None:
                raise
            error.add_note(f"a handler that was held: {misuse}")


class Holder(Protocol):
    """Who performs errands, as this knows it."""

    held: Held

    def hold(self, who: object) -> None:
        """Have handlers held."""

    def hold_no_more(self, who: object) -> None:
        """Perform what was held, unless somebody else holds it."""
