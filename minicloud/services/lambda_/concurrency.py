"""How many runs may be under way at once: of one function that has concurrency reserved, and of all others together.

What is counted is which runs are under way, which each run keeps up to date itself (``Function.running``,
``Place.running``); so nothing here can be torn. Only runs that last matter: one that ends at the instant at which it
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

    O(functions of the account).
    """
    reserved = unreserved = 0
    for other in function.state.functions.values():
        if other.reserved_concurrency is None:
            unreserved += len(other.running)
        else:
            reserved += len(other.running)
    return [len(function.running), reserved + unreserved, unreserved]


def reason_to_throttle(function: Function) -> str | None:
    """Why no further run of a function may begin, as ``TooManyRequestsException`` says it; None when one may.

    O(1), or O(functions of the account) where that is not far from its limit. [Lambda developer guide: concurrency]
    """
    reserved = function.reserved_concurrency
    if reserved is not None:
        return None if len(function.running) < reserved else RESERVED
    state = function.state
    left = state.world.limits.lambda_concurrency
    reserved = state.reserved
    if reserved is None:
        reserved = state.reserved = state.reserved_concurrency()
    if len(state.running) + reserved < left:
        return None  # even if all that runs did so without a reservation
    for other in state.functions.values():
        left -= len(other.running) if other.reserved_concurrency is None else other.reserved_concurrency
    return None if left > 0 else ACCOUNT
