"""What a fault does to a run of a function: it is throttled, it dies, it takes too long.

Whether a run is struck is decided when it starts, under the cloud's lock; what then happens is the run's affair
(``services.lambda_.invocation``). All ways to a function count alike: calls of Invoke, asynchronous events, mappings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.shown import shown
from ..core.timeline import SECOND
from ..exceptions import UsageError
from .effects import Delay, Effect
from .targets import name_of

if TYPE_CHECKING:
    from .targets import Target

__all__ = ["Crash", "InvocationEffect", "Throttle", "TimeOut", "check_of_invocations", "is_for", "strike"]

_REASON = "ConcurrentInvocationLimitExceeded"


class InvocationEffect(Effect):
    """Something that happens to a run of a function."""

    def strike(self, run: Any) -> None:
        """Write down what happens to a run that starts."""
        raise NotImplementedError


class Throttle(InvocationEffect):
    """The run is throttled, as if too many were under way: whoever asked for it goes on as it does then on AWS."""

    def strike(self, run: Any) -> None:
        """It does not run."""
        run.throttled_by = _REASON


class Crash(InvocationEffect):
    """The run's process dies, ``Runtime.ExitError``: before the handler has begun, or, ``after``, when it has ended.

    With ``after=True`` what the handler did has happened, and its success is lost: the test of idempotence.
    """

    def __init__(self, after: bool = False) -> None:
        if not isinstance(after, bool):
            raise UsageError(f"after={shown(after)} does not say when a run dies: give True or False")
        self.after = after

    def strike(self, run: Any) -> None:
        """It dies."""
        run.crashes = "after" if self.after else "before"


class TimeOut(InvocationEffect):
    """The run takes too long: its handler is called, and its timeout comes first."""

    def strike(self, run: Any) -> None:
        """It lasts."""
        run.times_out = True


def check_of_invocations(effect: Effect, target: Target) -> None:
    """Raise ``UsageError`` for a fault of runs that cannot be one."""
    if not isinstance(effect, (InvocationEffect, Delay)):
        raise UsageError(
            f"{effect!r} does not happen to runs of functions: give Throttle(), Crash(), TimeOut(), Delay()"
        )
    if any(target.parts()):
        raise UsageError(
            f"{effect!r} happens to runs of a function: choose them with function=, nth=, every=, first= or "
            "probability=, not with a service, an operation, a resource or where="
        )


def is_for(function: str | None, run: Any) -> bool:
    """Whether a fault that names this function sees a run."""
    return function is None or name_of(function) == run.resolved.function.name


def strike(effect: Effect, run: Any) -> None:
    """Have it happen."""
    if isinstance(effect, InvocationEffect):
        effect.strike(run)
    elif isinstance(effect, Delay):
        run.delay += round(effect.seconds * SECOND)
