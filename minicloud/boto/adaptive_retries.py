"""The rate limit that clients with retries of the mode ``adaptive`` set themselves once they have been throttled.

botocore keeps it with a bucket of tokens that fills with time. Under a mock on a virtual clock that is the cloud's
time, and who waits for a token moves it; on a frozen one nobody has to wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..engine import locks
from ..engine.forks import tell_in_forked_processes
from .clock_patch import LEAST_WAIT, CloudAsyncio, cloud_that_waits
from .code_patch import original_function, patch_code

__all__ = ["install_async_buckets", "install_buckets"]


def install_buckets() -> None:
    """Put the hooks into ``botocore.retries.bucket``, which has been imported."""
    from botocore.retries import bucket

    bucket.time = _ContinuousTime()
    patch_code(original_function(bucket.TokenBucket, "acquire", "botocore"), "self, amount, block", _acquire_hook)


def install_async_buckets() -> None:
    """The same for ``aiobotocore.retries.bucket``."""
    import asyncio

    from aiobotocore.retries import bucket

    bucket.asyncio = CloudAsyncio(asyncio, skips_when_frozen=True)
    acquire = original_function(bucket.AsyncTokenBucket, "acquire", "aiobotocore")
    patch_code(acquire, "self, amount, block", _async_acquire_hook)
    # Where requests go out through httpx, its own library waits.
    other = getattr(bucket, "AnyioTokenBucket", None)
    if other is not None:
        wait = original_function(other, "_wait_for_new_fill_rate", "aiobotocore")
        patch_code(wait, "self, sleep_amount", _wait_hook)


class _ContinuousTime:
    """The ``time`` of a bucket: it goes on from where it was when another clock takes over, for it may not go back."""

    def __init__(self) -> None:
        self._lock = locks.lock()
        self._source: object = None
        self._offset = 0.0
        self._last = time.time()
        tell_in_forked_processes(self)

    def is_a_copy(self) -> None:
        """Another thread may have held the lock, and was not copied."""
        self._lock = locks.lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        """Seconds, of which only differences mean something."""
        cloud = cloud_that_waits()
        with self._lock:
            read = time.time() if cloud is None else cloud.clock.time()
            if self._source is not cloud:
                self._source = cloud
                self._offset = self._last - read
            self._last = read + self._offset
            return self._last


class _Condition:
    """The condition on which threads wait for tokens; on a virtual clock they wait for the cloud's time to pass."""

    def __init__(self, condition: Any) -> None:
        self._condition = condition

    def __getattr__(self, name: str) -> Any:
        return getattr(self._condition, name)

    def __enter__(self) -> Any:
        return self._condition.__enter__()

    def __exit__(self, *error: object) -> Any:
        return self._condition.__exit__(*error)

    def wait(self, timeout: float | None = None) -> Any:
        """Wait, without the lock."""
        cloud = cloud_that_waits()
        if cloud is None or timeout is None:
            return self._condition.wait(timeout)
        self._condition.release()
        try:
            cloud.pause(max(timeout, LEAST_WAIT))
        finally:
            self._condition.acquire()
        return False


def _acquire_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire(self: Any, amount: Any, block: Any) -> Any:
        cloud = cloud_that_waits()
        if cloud is not None:
            if not cloud.clock.autojump:
                return True
            if not isinstance(self._new_fill_rate_condition, _Condition):
                self._new_fill_rate_condition = _Condition(self._new_fill_rate_condition)
        return original(self, amount, block)

    return acquire


def _async_acquire_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def acquire(self: Any, amount: Any, block: Any) -> Any:
        cloud = cloud_that_waits()
        if cloud is not None and not cloud.clock.autojump:
            return True
        return await original(self, amount, block)

    return acquire


def _wait_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _wait_for_new_fill_rate(self: Any, sleep_amount: float) -> None:
        cloud = cloud_that_waits()
        if cloud is None:
            await original(self, sleep_amount)
        else:
            await cloud.async_sleep(max(sleep_amount, LEAST_WAIT))

    return _wait_for_new_fill_rate
