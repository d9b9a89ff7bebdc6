"""The event stream of SubscribeToShard as boto3 gives it: an iterable of event dicts that can be closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..core.waiter import Waiter
from ..exceptions import AwsError, EventStreamError, UsageError, pass_notes_on, visible
from .async_items import AsyncItems

if TYPE_CHECKING:
    from typing import Self

    from .base import BaseClient

__all__ = ["AsyncEventStream", "EventStream"]


class _Stream:
    """What both kinds of event stream share."""

    def __init__(self, client: BaseClient, operation: Operation[..., Any], subscription: Any) -> None:
        self._client: Any = client  # a client of either kind
        self._cloud = client._cloud
        self._operation = operation
        self._subscription = subscription
        self._seen: object = None
        """The last event, or error, that the reader has got: set in one step with handing it over."""

    def close(self) -> None:
        """End the subscription."""
        self._cloud.change("the end of a subscription", lambda _: self._subscription.close(), also_when_closed=True)

    def heartbeat(self) -> None:
        """Have a reader that waits get an event now, be it an empty one."""
        self._cloud.change("an idle event of a stream", self._subscription.heartbeat)

    def _next(self) -> Any:
        """The next event, a waiter for it, or None at the end."""
        return self._cloud.change(
            "the next event of a stream", lambda now: self._subscription.next_event(now, self._seen)
        )

    def _error(self, error: AwsError) -> Exception:
        return pass_notes_on(
            error, visible(EventStreamError)(self._client._error_response(error), self._operation.name)
        )


class EventStream(_Stream):
    """Events, one dict each. Iterating waits on the cloud's clock; it ends after five minutes or with the shard."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            while (event := self._get()) is not None:
                self._seen = event
                yield event
        except AwsError as error:
            raised = self._error(error)
            self._seen = error
            raise raised from None

    def _get(self) -> Any:
        """The next event, or None at the end."""
        try:
            event = self._next()
            return self._cloud.wait(event) if isinstance(event, Waiter) else event
        except (AwsError, UsageError):
            raise
        except BaseException:
            waiter = self._subscription.waiter
            if waiter is not None and not waiter.done:  # nobody sleeps for it; noted as ``State.take_back`` tells
                self._cloud.timeline.torn = self._cloud.timeline.torn or 1
                self._cloud.timeline.next_due = -1
                self._cloud.forsaken[waiter] = None
                self._cloud.take_back()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncEventStream(_Stream):
    """The same for ``async for``; cancelling the reader loses no record."""

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        return AsyncItems(self._next_event)

    async def _next_event(self) -> dict[str, Any]:
        try:
            event: dict[str, Any] | None = await self._get()
        except AwsError as error:
            raised = self._error(error)
            self._seen = error
            raise raised from None
        if event is None:
            raise StopAsyncIteration
        self._seen = event
        return event

    async def _get(self) -> Any:
        """The next event, or None at the end."""
        try:
            event = self._next()
            return await self._client._wait(event) if isinstance(event, Waiter) else event
        except (AwsError, UsageError):
            raise
        except BaseException:
            waiter = self._subscription.waiter
            if waiter is not None and not waiter.done:  # nobody sleeps for it; noted as ``State.take_back`` tells
                self._cloud.timeline.torn = self._cloud.timeline.torn or 1
                self._cloud.timeline.next_due = -1
                self._cloud.forsaken[waiter] = None
                self._cloud.take_back()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
