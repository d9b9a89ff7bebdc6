"""Each benchmark in a process of its own: what the one before it left in memory is no business of the next.

A million messages that are gone leave a heap behind in which new objects lie scattered, and a call that touches many
of them (a record in one of 1,000 shards) is then a third dearer, while the floor it is compared with is not.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection

from .report import Measure, Options, Progress, Row

__all__ = ["measure_apart"]


def measure_apart(measure: Measure, options: Options, progress: Progress) -> list[Row]:
    """The rows of a benchmark that a new process has measured; its steps are reported here."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(measure, options, sending))
    process.start()
    sending.close()
    try:
        while isinstance(message := receiving.recv(), str):
            progress.step(message)
    except EOFError:
        raise SystemExit("a benchmark has failed: see above") from None
    finally:
        process.join()
    rows: list[Row] = message
    return rows


def _measure(measure: Measure, options: Options, sending: Connection) -> None:
    sending.send(measure(options, _Reported(sending.send)))
    sending.close()


class _Reported(Progress):
    """Steps that are told to another process."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__(1)
        self._tell = tell

    def step(self, label: str) -> None:
        """One more step is done."""
        self._tell(label)
