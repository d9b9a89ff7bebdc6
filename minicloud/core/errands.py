"""Errands: effects that run foreign code.

``Post``     An HTTP request to a subscriber's URL.
``Invoke``   A run of a Lambda function.
``Call``     A test's own callable, which wants to be told of something.
``Abandon``  No errand, but the end of one: its time is over, nobody waits for its outcome any more.

They are performed after the lock is released, and their outcome comes back as a state change of its own. The cloud
gives an errand its ``target`` while it drains:

    errand.target = target              # a callable that takes the errand
    outcome, error = errand.perform()   # = target(errand), without the lock
    errand.complete(now, outcome, error)

The target of a ``Post`` returns the HTTP status; raising anything is a connection that failed. Where nobody listens to
the URL, ``post.departure`` goes to ``cloud.outbox`` and the errand is completed at once with status 200; ``complete``
passes the outcome to whoever sent the post (``settle``), who knows about retries and dead letters. The target of an
``Invoke`` runs the handler and returns what came of it; what follows is the affair of the run, which an ``Invoke`` is.

Where and when an errand is performed is the engine's affair (``engine.turns``). A kind of errand has its say by
``at_once``, ``keeps_assertions`` and ``owed``. ``waits(now)`` is called, under the lock, when its handler is about to
wait on the cloud's clock for the first time: whoever has a deadline for it puts that on the timeline then, and appends
``Abandon(errand)`` when it is over.
"""

from __future__ import annotations

from collections.abc import Callable

from .effects import Cause, Departure, Effect
from .shown import escaped

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, TypeAlias

__all__ = [
    "Abandon",
    "Call",
    "Errand",
    "Invoke",
    "Post",
    "Settle",
    "Undeliverable",
]

Settle: TypeAlias = "Callable[[int, Any, BaseException | None], object]"
"""``settle(now, outcome, error)``: takes note of how an errand ended."""


class Errand(Effect):
    """Something that runs foreign code: a Lambda handler, an HTTP endpoint.

    ``perform`` is called without the lock and may take its time or raise; whatever comes of it is handed to
    ``complete`` under the lock. An exception never reaches the caller whose request led to the errand. When something
    comes into it after its handler has ended, ``perform`` is called once more, and goes on from what ``came``.
    """

    # What most errands never change is the class's: each message may make one.
    at_once: bool = False
    """Whether it is performed at once also where handlers are held: somebody waits for its outcome."""
    keeps_assertions: bool = False
    """Whether an ``AssertionError`` that it ends with is kept for the test, which is told of it later."""
    came: tuple[Any, BaseException | None] | None = None
    """What its handler has returned or raised, as soon as it has: from then on it is not called again."""
    ending: tuple[Any, BaseException | None] | None = None
    """How it ended, from then on until that is noted."""
    target: Callable[[Any], Any] | None = None
    """What performs it, once it has been found."""
    is_called: bool = True
    """Whether its handler may have been called; what comes in while it has not is no end of it."""

    @property
    def owed(self) -> str:
        """What it is, in words, for whoever asks what is still to be done: ``"bill of 3 messages of orders"``."""
        return "an errand"

    @property
    def is_over(self) -> bool:
        """Whether what comes of it is ignored, for its time was over first."""
        return False

    def perform(self) -> Any:
        """Do it; what came of it, or an awaitable of that. Runs outside of the lock."""
        if self.target is None:
            raise Undeliverable("nothing carries this out")
        return self.target(self)

    def complete(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Take note of what ``perform`` returned (or raised). Runs under the lock."""
        raise NotImplementedError

    def waits(self, now: int) -> None:
        """Its handler is about to wait on the cloud's clock, for the first time. Called under the lock."""


class Abandon(Effect):
    """Have an errand that is under way given up: its time is over.

    The task of an ``async def`` handler is cancelled. A plain handler cannot be ended. Either way the outcome is handed
    to ``complete`` when there is one, and it is for the sender to ignore it.
    """

    __slots__ = ("cause", "errand")

    def __init__(self, errand: Errand, cause: Cause | None = None) -> None:
        self.cause = cause
        self.errand = errand


class Undeliverable(Exception):
    """The receiver does not exist or refuses for good: trying again would not help."""


class Post(Errand):
    """POST ``departure.body`` with ``departure.headers`` to the URL ``departure.endpoint``."""

    def __init__(self, departure: Departure, settle: Settle, cause: Cause | None = None) -> None:
        self.cause = cause
        self.departure = departure
        self.settle = settle

    @property
    def url(self) -> str:
        """Where to."""
        return self.departure.endpoint

    @property
    def owed(self) -> str:
        """What it is, in words."""
        return f"a post to {escaped(self.url, 120)}"

    def complete(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Tell the sender."""
        self.settle(now, outcome, error)


class Call(Errand):
    """Call what a test has registered, with what happened. What it raises harms nobody but the test.

    It is called once: what comes in before is no end of it, and what comes in afterwards does not have it called again.
    """

    keeps_assertions = True
    is_called = False

    def __init__(
        self, handler: Callable[..., object], arguments: tuple[object, ...], what: str, cause: Cause | None = None
    ) -> None:
        self.cause = cause
        self.handler = handler
        self.arguments = arguments
        self.what = what
        """What it is called for, in words: ``"alarm deep"``."""

    @property
    def owed(self) -> str:
        """What it is, in words."""
        return f"a call for {self.what}"

    def perform(self) -> Any:
        """Call it."""
        if self.came is None:
            arguments = self.arguments
            self.is_called = True
            self.came = self.handler(*arguments), None  # in one step with its end
            if hasattr(self.came[0], "__await__"):
                return self._then(self.came[0])
        return self.came[0]

    async def _then(self, awaitable: Any) -> Any:
        self.came = None  # it runs, and is not known to have ended
        self.came = await awaitable, None
        return self.came[0]

    def complete(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Nobody waits for what came of it."""


class Invoke(Errand):
    """Run a function once. Who knows what a run is makes a kind of this."""

    request_id: str
    """Which run it is."""

    @property
    def name(self) -> str:
        """The function's."""
        raise NotImplementedError

    def accept(self, now: int) -> bool:
        """It will be performed, as soon as the lock is released; False if not. May be asked again."""
        raise NotImplementedError
