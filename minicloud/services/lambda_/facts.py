"""What Lambda tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder, so that a fact has the same details wherever it is told. Whoever calls has looked whether anybody records:
``if trace is not None: facts.function_created(trace, now, function)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .function import Function

__all__ = ["function_changed", "function_created", "function_deleted"]


# --- functions --------------------------------------------------------------------------------------------------------


def function_created(trace: Trace, now: int, function: Function) -> None:
    """A function was made."""
    trace(now, kinds.LAMBDA_FUNCTION_CREATED, function.name, arn=function.arn)


def function_changed(trace: Trace, now: int, function: Function) -> None:
    """A function has other code, or other settings."""
    trace(now, kinds.LAMBDA_FUNCTION_CHANGED, function.name, arn=function.arn)


def function_deleted(trace: Trace, now: int, function: Function) -> None:
    """A function was deleted, with its versions and aliases."""
    trace(now, kinds.LAMBDA_FUNCTION_DELETED, function.name, arn=function.arn)
