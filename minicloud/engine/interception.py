"""What a client's call shows to whoever watches it, and to whoever meddles with it.

``cloud.probe`` is None as long as nobody does either: a call then pays two tests of a local. Else it is a ``Probe``,
which has up to two sides:

*watcher*  is told how each call ended: ``answered`` or ``refused``. The trace recorder is one.
*meddler*  is asked before each call what is to become of it: ``fate`` returns None for the usual, or a ``Fate``, and
           the client carries that out (``clients.fates``). The faults are one.

Both are asked outside of the cloud's lock. A probe never changes: whoever comes or goes has another one put in place
(``with_watcher``, ``with_meddler``), so that a call in another thread sees the one or the other, whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..core.operation import Operation
    from ..exceptions import AwsError

__all__ = ["Fate", "Meddler", "Probe", "Watcher", "with_meddler", "with_watcher"]


class Watcher(Protocol):
    """Is told of calls that have ended, with every parameter of the operation; some may be ``UNSET``."""

    def answered(self, operation: Operation[..., Any], service: str, values: tuple[Any, ...], now: int) -> None:
        """A call was answered, or began to wait for its answer. ``values`` are its parameters', in their order."""

    def refused(
        self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int, error: AwsError
    ) -> None:
        """A call was answered with an error."""


class Meddler(Protocol):
    """Decides what becomes of calls."""

    def fate(self, client: Any, operation: Operation[..., Any], params: Mapping[str, Any]) -> Fate | None:
        """What is to become of this call of a client's; None when nothing out of the ordinary is."""


class Fate:
    """What becomes of one call: it takes its time, and then at most one of the other things happens."""

    __slots__ = ("disconnect", "entries", "error", "lose_answer", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        """Of the cloud's clock, before anything else happens."""
        self.error: AwsError | None = None
        """The service refuses; the operation is not performed."""
        self.disconnect: str | None = None
        """The name of the exception for a request that never arrived."""
        self.lose_answer: str | None = None
        """The name of the exception for an answer that never arrived; the operation is performed."""
        self.entries: Mapping[int, AwsError] = {}
        """The entries of a batch that fail, by their place, and how; the others are performed."""


class Probe:
    """Both sides of ``cloud.probe``. Immutable."""

    __slots__ = ("answered", "meddler", "refused", "watcher")

    def __init__(self, watcher: Watcher | None, meddler: Meddler | None) -> None:
        self.watcher = watcher
        self.meddler = meddler
        self.answered: Callable[..., None] = _nobody if watcher is None else watcher.answered
        self.refused: Callable[..., None] = _nobody if watcher is None else watcher.refused


def with_watcher(probe: Probe | None, watcher: Watcher | None) -> Probe | None:
    """``probe`` with another watcher, or with none."""
    return _probe(watcher, None if probe is None else probe.meddler)


def with_meddler(probe: Probe | None, meddler: Meddler | None) -> Probe | None:
    """``probe`` with another meddler, or with none."""
    return _probe(None if probe is None else probe.watcher, meddler)


def _probe(watcher: Watcher | None, meddler: Meddler | None) -> Probe | None:
    return None if watcher is None and meddler is None else Probe(watcher, meddler)


def _nobody(*_: object) -> None:
    """Nobody watches."""
