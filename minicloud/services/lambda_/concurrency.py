"""How many runs may be under way at once: of one function that has concurrency reserved, and of all others together.

What is counted is which runs are under way, which each run keeps up to date itself (``Function.running``,
``State.running``); so nothing here can be torn. Only runs that last matter: one that ends at the instant at which it
began is not in anybody's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .function import Function

__all__ = ["ACCOUNT", "RESERVED", "reason_to_throttle", "under_way"]

ACCOUNT: Final = "ConcurrentInvocationLimitExceeded"
RESERVED: Final = "ReservedFunctionConcurrentInvocationLimitExceeded"


def under_way(function: Function) -> list[int]:
    """How many runs of a function are under way, of all functions of its account, and of those without a reserve.

    O(functions with a reserve).
    """
    every = unreserved = len(function.state.running)
    for other in function.state.with_reserve():
        unreserved -= len(other.running)
    return [len(function.running), every, unreserved]


def reason_to_throttle(function: Function) -> str | None:
    """Why no further run of a function may begin, as ``TooManyRequestsException`` says it; None when one may.

    O(functions with a reserve), which are few. [Lambda developer guide: concurrency]
    """
    reserved = function.reserved_concurrency
    if reserved is not None:
        return None if len(function.running) < reserved else RESERVED
    state = function.state
    left: int = state.world.limits.lambda_concurrency - len(state.running)
    reserving = state.reserving
    for other in state.with_reserve() if reserving is None else reserving:
        left += len(other.running) - (other.reserved_concurrency or 0)
    return None if left > 0 else ACCOUNT
