"""Waiters and retries of real clients wait on the cloud's clock.

botocore's modules call ``time.sleep``, aiobotocore's ``asyncio.sleep``. These stand in for the two modules there, and
there only: what an application does with its own ``time`` is its own. On a real clock, and outside of any mock, the
real functions sleep, whatever they have been replaced with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .activation import is_let_through, state

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["LEAST_WAIT", "CloudAsyncio", "CloudTime", "cloud_sleep", "cloud_that_waits"]


LEAST_WAIT = 0.001
"""Seconds. What is still missing of a token after a wait may be less than a float's step of the time of day: then the
clock would not move at all, and the wait would not end."""


def cloud_that_waits() -> Cloud | None:
    """The cloud whose clock botocore is to wait on; None when that is the real one."""
    cloud = state.cloud
    if cloud is None or not cloud.clock.manual or is_let_through():
        return None
    return cloud


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
        cloud = cloud_that_waits()
        if cloud is None:
            time.sleep(seconds)
        elif cloud.clock.autojump or not self._skips_when_frozen:
            cloud.pause(seconds)


class CloudAsyncio:
    """The ``asyncio`` of a module of aiobotocore's."""

    def __init__(self, asyncio: Any, *, skips_when_frozen: bool) -> None:
        self._asyncio = asyncio
        self._skips_when_frozen = skips_when_frozen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Sleep, on the clock that counts."""
        cloud = cloud_that_waits()
        if cloud is None:
            await self._asyncio.sleep(seconds)
        elif cloud.clock.autojump or not self._skips_when_frozen:
            await cloud.async_sleep(seconds)

    async def wait_for(self, awaitable: Any, seconds: float | None) -> Any:
        """Wait for what will not come before the time is up, as nobody else moves the cloud's clock."""
        cloud = cloud_that_waits()
        if cloud is None or seconds is None:
            return await self._asyncio.wait_for(awaitable, seconds)
        awaitable.close()
        await cloud.async_sleep(max(seconds, LEAST_WAIT))
        raise TimeoutError


def cloud_sleep(original: Callable[..., Any], *, skips_when_frozen: bool) -> Callable[..., Any]:
    """A hook for a method that sleeps."""

    async def _sleep(self: Any, sleep_amount: float) -> None:
        cloud = cloud_that_waits()
        if cloud is None:
            await original(self, sleep_amount)
        elif cloud.clock.autojump or not skips_when_frozen:
            await cloud.async_sleep(sleep_amount)

    return _sleep
