"""Waiters and retries of real clients wait on the cloud's clock.

botocore's modules call ``time.sleep``, aiobotocore's ``asyncio.sleep``. These stand in for the two modules there, and
there only: what an application does with its own ``time`` is its own. On a real clock, and outside of any mock, the
real functions sleep, whatever they have been replaced with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .state import PASSING, current_call, state

__all__ = ["CloudAsyncio", "CloudTime", "cloud_sleep"]


def _is_for_cloud() -> bool:
    cloud = state.cloud
    return cloud is not None and cloud.clock.manual and current_call.get() is not PASSING


class CloudTime:
    """The ``time`` of a module of botocore's.

    ``skips_when_frozen``: retries have nothing to wait for on a clock that stands still; waiters have.
    """

    def __init__(self, *, skips_when_frozen: bool) -> None:
        self._skips_when_frozen = skips_when_frozen

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        """Sleep, on the clock that counts."""
        cloud = state.cloud
        if cloud is None or not _is_for_cloud():
            time.sleep(seconds)
        elif cloud.clock.autojump or not self._skips_when_frozen:
            cloud.sleep(seconds)


class CloudAsyncio:
    """The ``asyncio`` of a module of aiobotocore's."""

    def __init__(self, asyncio: Any, *, skips_when_frozen: bool) -> None:
        self._asyncio = asyncio
        self._skips_when_frozen = skips_when_frozen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Sleep, on the clock that counts."""
        cloud = state.cloud
        if cloud is None or not _is_for_cloud():
            await self._asyncio.sleep(seconds)
        elif cloud.clock.autojump or not self._skips_when_frozen:
            await cloud.async_sleep(seconds)


def cloud_sleep(original: Callable[..., Any], *, skips_when_frozen: bool) -> Callable[..., Any]:
    """A hook for a method that sleeps."""

    async def _sleep(self: Any, sleep_amount: float) -> None:
        cloud = state.cloud
        if cloud is None or not _is_for_cloud():
            await original(self, sleep_amount)
        elif cloud.clock.autojump or not skips_when_frozen:
            await cloud.async_sleep(sleep_amount)

    return _sleep
