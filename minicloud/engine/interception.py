"""Observing clients' calls, and intervening in them.

``cloud.interception`` is None as long as nobody does either: a call then pays two tests of a local. Else it is an
``Interception``, which has up to two sides:

*observer*     is told how each call ended: ``answered`` or ``refused``. The trace recorder is one.
*interceptor*  is asked before each call: ``intercept`` returns None for the usual, or an ``Intervention``, which the
               client carries out (``clients.interventions``). The faults are one.

Both are asked outside of the cloud's lock. An ``Interception`` never changes: whoever comes or goes has another one put
in its place (``with_observer``, ``with_interceptor``), so that a call in another thread sees the one or the other,
whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..core.operation import Operation
    from ..exceptions import AwsError

__all__ = ["Interception", "Interceptor", "Intervention", "Observer", "with_interceptor", "with_observer"]


class Observer(Protocol):
    """Is told of calls that have ended, with every parameter of the operation; some may be ``UNSET``."""

    def answered(self, operation: Operation[..., Any], service: str, values: tuple[Any, ...], now: int) -> None:
        """A call was answered, or began to wait for its answer. ``values`` are its parameters', in their order."""

    def refused(
        self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int, error: AwsError
    ) -> None:
        """A call was answered with an error."""


class Interceptor(Protocol):
    """Decides what is to happen to calls."""

    def intercept(self, client: Any, operation: Operation[..., Any], params: Mapping[str, Any]) -> Intervention | None:
        """What is to happen to this call of a client's; None when it goes its usual way."""


class Intervention:
    """What happens to one call: it takes its time, and then at most one of the other things."""

    __slots__ = ("crash", "disconnect", "entries", "error", "lose_answer", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        """Of the cloud's clock, before anything else happens."""
        self.error: AwsError | None = None
        """The service refuses; the operation is not performed."""
        self.disconnect: str | None = None
        """The name of the exception for a request that never arrived."""
        self.lose_answer: str | None = None
        """The name of the exception for an answer that never arrived; the operation is performed."""
        self.crash: str | None = None
        """The caller dies, and not by an exception of botocore's: ``"before"`` or ``"after"`` it is performed."""
        self.entries: Mapping[int, AwsError] = {}
        """The entries of a batch that fail, by their place, and how; the others are performed."""


class Interception:
    """Both sides of ``cloud.interception``. Immutable."""

    __slots__ = ("answered", "interceptor", "observer", "refused")

    def __init__(self, observer: Observer | None, interceptor: Interceptor | None) -> None:
        self.observer = observer
        self.interceptor = interceptor
        self.answered: Callable[..., None] = _unobserved if observer is None else observer.answered
        self.refused: Callable[..., None] = _unobserved if observer is None else observer.refused


def with_observer(interception: Interception | None, observer: Observer | None) -> Interception | None:
    """``interception`` with another observer, or with none."""
    return _interception(observer, None if interception is None else interception.interceptor)


def with_interceptor(interception: Interception | None, interceptor: Interceptor | None) -> Interception | None:
    """``interception`` with another interceptor, or with none."""
    return _interception(None if interception is None else interception.observer, interceptor)


def _interception(observer: Observer | None, interceptor: Interceptor | None) -> Interception | None:
    return None if observer is None and interceptor is None else Interception(observer, interceptor)


def _unobserved(*_: object) -> None:
    """Nobody is told."""
