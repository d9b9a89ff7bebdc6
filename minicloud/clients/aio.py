"""The asyncio client: the same operations, awaitable.

A call that does not have to wait takes the cloud's lock for microseconds, as a sync call does, and mostly does not
suspend: a turn of the event loop costs more than the call. But every call that goes over a network does, and there are
applications that rely on it: a consumer that asks for records over and over, without a sleep, is no less polite for it.
So now and then, at every 256th call of a cloud at the latest, a call first lets the loop have its turn; before it does
anything, so that a task that is cancelled meanwhile has lost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..core.waiter import Waiter
from .base import BaseClient

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..engine.interception import Intervention
    from .paginate import AsyncPaginator
    from .streams import AsyncEventStream
    from .waiters import AsyncServiceWaiter

__all__ = ["AsyncClient"]


class AsyncClient(BaseClient):
    """An aiobotocore-like client; also usable in ``async with``."""

    is_async = True

    def get_paginator(self, operation_name: str) -> AsyncPaginator:
        """A paginator for the operation (the method's name); iterate it with ``async for``."""
        from .paginate import AsyncPaginator, pagination_of

        return AsyncPaginator(getattr(self, operation_name, None), pagination_of(self.service, operation_name))

    def get_waiter(self, waiter_name: str) -> AsyncServiceWaiter:
        """A waiter by boto3's name; ``await waiter.wait(...)``. Raises ``ValueError`` for an unknown one."""
        from .waiters import AsyncServiceWaiter, waiter_model_of

        return AsyncServiceWaiter(self, waiter_name, waiter_model_of(self.service, waiter_name))

    async def close(self) -> None:
        """Nothing to release; the cloud and other clients go on."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _wait(self, waiter: Waiter) -> Any:
        from ..engine.aio_blocking import wait

        return await wait(self._cloud, waiter)

    async def _intervene(
        self, operation: Operation[..., Any], intervention: Intervention, params: dict[str, Any]
    ) -> Any:
        from .interventions import intervene_async

        return await intervene_async(self, operation, intervention, params)

    async def _let_others_run(self) -> None:
        from ..engine.aio_blocking import take_a_turn

        await take_a_turn()

    async def _run_errands(self) -> None:
        from ..engine.aio_turns import run_errands

        await run_errands(self._cloud.errand_runner)

    def _stream(self, operation: Operation[..., Any], subscription: Any) -> AsyncEventStream:
        from .streams import AsyncEventStream

        return AsyncEventStream(self, operation, subscription)
