"""What EventBridge Pipes tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ...core import facts as kinds
from ...core.world import Trace

__all__ = ["filtered", "given_up", "handled", "pipe_changed", "pipe_created", "pipe_deleted", "taken"]


class Pipe(Protocol):
    """A pipe, as facts tell of it."""

    name: str
    arn: str

    @property
    def source_arn(self) -> str:
        """What it reads from."""

    @property
    def target_arn(self) -> str:
        """What it leads to."""


def pipe_created(trace: Trace, now: int, pipe: Pipe) -> None:
    """A pipe is there."""
    trace(now, kinds.PIPE_CREATED, pipe.name, **_details(pipe))


def pipe_changed(trace: Trace, now: int, pipe: Pipe, target_arn: str, state: str) -> None:
    """A pipe gets other settings, or is started or stopped: where it leads from now on."""
    details = {**_details(pipe), "target": target_arn}
    trace(now, kinds.PIPE_CHANGED, pipe.name, **details, state=state)


def pipe_deleted(trace: Trace, now: int, pipe: Pipe) -> None:
    """A pipe is no more."""
    trace(now, kinds.PIPE_DELETED, pipe.name, **_details(pipe))


def taken(trace: Trace, now: int, pipe: Pipe, ids: Sequence[str]) -> None:
    """A pipe has taken messages."""
    trace(now, kinds.PIPE_TAKEN, pipe.name, **_details(pipe), message_ids=list(ids))


def filtered(trace: Trace, now: int, pipe: Pipe, ids: Sequence[str]) -> None:
    """The filters of a pipe do not want these."""
    trace(now, kinds.PIPE_FILTERED, pipe.name, **_details(pipe), message_ids=list(ids))


def handled(trace: Trace, now: int, pipe: Pipe, ids: Sequence[str], failed: Sequence[str], reason: str) -> None:
    """A pipe is done with a batch; some of it may have failed, and comes back."""
    trace(
        now, kinds.PIPE_HANDLED, pipe.name, **_details(pipe), message_ids=list(ids), failed=list(failed), reason=reason
    )


def given_up(
    trace: Trace, now: int, pipe: Pipe, ids: Sequence[str], condition: str, dead_letter_queue: str | None
) -> None:
    """Records are given up; a dead-letter queue is told, where there is one."""
    details = _details(pipe)
    trace(
        now,
        kinds.PIPE_GIVEN_UP,
        pipe.name,
        **details,
        numbers=list(ids),
        condition=condition,
        dead_letter_queue=dead_letter_queue,
    )


def _details(pipe: Pipe) -> dict[str, Any]:
    return {"arn": pipe.arn, "source": pipe.source_arn, "target": pipe.target_arn}
