"""Paginators and waiters of the asyncio clients; how they work is in ``paginate`` and ``waiters``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ..engine.aio_blocking import sleep
from ..exceptions import ClientError
from .paginate import BasePageIterator, BasePaginator, Walk, compile_jmespath
from .waiters import BaseServiceWaiter, Polls

__all__ = ["AsyncPageIterator", "AsyncPaginator", "AsyncServiceWaiter"]


class AsyncPageIterator(BasePageIterator):
    """The pages of one ``paginate()``, for ``async for``."""

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        walk = Walk(self)
        while not walk.done:
            page: dict[str, Any] = await self._method(**walk.params)
            walk.trim(page)
            yield page
            walk.go_on(page)

    async def build_full_result(self) -> dict[str, Any]:
        """All pages as one: the items, and ``NextToken`` when ``MaxItems`` has left some."""
        total: dict[str, Any] = {}
        async for page in self:
            self._add(page, total)
        return self._complete(total)

    def search(self, expression: str) -> AsyncIterator[Any]:
        """What a JMESPath expression finds on each page; lists item by item. Needs the package ``jmespath``."""
        return self._search(compile_jmespath(expression))

    async def _search(self, compiled: Any) -> AsyncIterator[Any]:
        async for page in self:
            found = compiled.search(page)
            for item in found if isinstance(found, list) else (found,):
                yield item


class AsyncPaginator(BasePaginator):
    """aiobotocore's paginator of one operation."""

    def paginate(self, **params: Any) -> AsyncPageIterator:
        """The pages of a call with these parameters, for ``async for``; see ``Paginator.paginate``."""
        return AsyncPageIterator(**self._arguments(params))


class AsyncServiceWaiter(BaseServiceWaiter):
    """aiobotocore's waiter."""

    async def wait(self, **params: Any) -> None:
        """Call the operation with these parameters until the state is reached; see ``ServiceWaiter.wait``."""
        polls = Polls(self, params)
        while True:
            error = None
            try:
                response = await self._method(**polls.params)
            except ClientError as refused:
                response, error = refused.response, refused
            if polls.is_over(response, error):
                return
            await sleep(self._cloud, polls.delay)
