"""The blocking client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from .base import BaseClient

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from ..engine.interception import Intervention
    from .paginate import Paginator
    from .streams import EventStream
    from .waiters import ServiceWaiter

__all__ = ["Client"]


class Client(BaseClient):
    """A boto3-like client. Its methods are compiled from the service's operations."""

    def get_paginator(self, operation_name: str) -> Paginator:
        """A paginator for the operation (the method's name). Raises ``OperationNotPageableError``."""
        from .paginate import Paginator, pagination_of

        return Paginator(getattr(self, operation_name, None), pagination_of(self.service, operation_name))

    def get_waiter(self, waiter_name: str) -> ServiceWaiter:
        """A waiter by boto3's name. Waits on the cloud's clock. Raises ``ValueError`` for an unknown one."""
        from .waiters import ServiceWaiter, waiter_model_of

        return ServiceWaiter(self, waiter_name, waiter_model_of(self.service, waiter_name))

    def close(self) -> None:
        """Nothing to release; the cloud and other clients go on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _stream(self, operation: Operation[..., Any], subscription: Any) -> EventStream:
        from .streams import EventStream

        return EventStream(self, operation, subscription)

    def _intervene(self, operation: Operation[..., Any], intervention: Intervention, params: dict[str, Any]) -> Any:
        from .interventions import intervene

        return intervene(self, operation, intervention, params)
