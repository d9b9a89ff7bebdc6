"""Predicates of the test's own, which nobody awaits."""

from __future__ import annotations

from types import CoroutineType
from typing import TypeVar

from ..exceptions import UsageError

__all__ = ["plain", "said"]

T = TypeVar("T")


def said(answer: T, who: str, otherwise: str) -> T:
    """The answer. Raises ``UsageError`` for a coroutine, which nobody awaits here, and which would count as true."""
    if isinstance(answer, CoroutineType):
        answer.close()
        raise _is_async(who, otherwise)
    return answer


def plain(predicate: T, who: str, otherwise: str) -> T:
    """The predicate. Raises ``UsageError`` where it is an ``async def``."""
    from inspect import iscoroutinefunction

    if iscoroutinefunction(predicate):
        raise _is_async(who, otherwise)
    return predicate


def _is_async(who: str, otherwise: str) -> UsageError:
    return UsageError(f"{who} is an async def, whose coroutine always counts as true: {otherwise}")
