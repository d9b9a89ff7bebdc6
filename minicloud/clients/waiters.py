"""Waiters: an operation polled until the service has reached a state, as botocore's waiters do it.

Between two polls a waiter sleeps on the cloud's clock: on a virtual one that takes no time, and what happens on the
timeline meanwhile has happened at the next poll.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.service import Service, WaiterModel
from ..exceptions import AwsError, ClientError, WaiterError, visible

if TYPE_CHECKING:
    from .base import BaseClient

__all__ = ["AsyncServiceWaiter", "BaseServiceWaiter", "Polls", "ServiceWaiter", "waiter_model_of"]


def waiter_model_of(service: Service, waiter_name: str) -> WaiterModel:
    """A service's waiter by boto3's name (``"stream_exists"``). Raises ``ValueError``, as boto3, for an unknown one."""
    model = service.waiters.get(waiter_name)
    if model is None:
        raise ValueError(f"Waiter does not exist: {waiter_name}")
    return model


class Polls:
    """The polls of one ``wait()``: what their outcomes mean. Makes none itself."""

    def __init__(self, waiter: BaseServiceWaiter, params: dict[str, Any]) -> None:
        config = params.pop("WaiterConfig", {})
        self.params = params
        self.delay: float = config.get("Delay", waiter.config.delay)
        self._attempts_left: int = config.get("MaxAttempts", waiter.config.max_attempts)
        self._waiter = waiter
        self._has_accepted = False

    def is_over(self, response: dict[str, Any], error: ClientError | None) -> bool:
        """Whether the state is reached. Raises ``WaiterError`` when it never will be, or the attempts are used up."""
        self._attempts_left -= 1
        refusal = None if error is None else _as_data(error)
        result = response if error is None else None
        acceptors = self._waiter.config.acceptors
        accepted = next((acceptor for acceptor in acceptors if acceptor.matches(result, refusal)), None)
        if accepted is not None:
            self._has_accepted = True
            if accepted.state == "success":
                return True
            if accepted.state == "failure":
                reason = f"Waiter encountered a terminal failure state: {accepted.explanation}"
                raise self._failure(reason, response)
        elif refusal is not None:
            raise self._failure(f"An error occurred ({refusal.code}): {refusal.message}", response)
        if self._attempts_left <= 0:
            reason = "Max attempts exceeded"
            if self._has_accepted:  # what botocore shows is the last acceptor where none matches any more
                reason += f". Previously accepted state: {(accepted or acceptors[-1]).explanation}"
            raise self._failure(reason, response)
        return False

    def _failure(self, reason: str, response: dict[str, Any]) -> Exception:
        return visible(WaiterError)(name=self._waiter.name, reason=reason, last_response=response)


class BaseServiceWaiter:
    """What sync and asyncio waiters share."""

    def __init__(self, client: BaseClient, waiter_name: str, model: WaiterModel) -> None:
        self.name = "".join(word.capitalize() for word in waiter_name.split("_"))
        """In AWS's spelling (``"StreamExists"``)."""
        self.config = model
        """``operation``, ``delay`` (seconds), ``max_attempts``, ``acceptors``."""
        self._cloud = client._cloud
        self._method: Any = getattr(client, model.operation)


class ServiceWaiter(BaseServiceWaiter):
    """boto3's waiter."""

    def wait(self, **params: Any) -> None:
        """Call the operation with these parameters until the state is reached.

        ``WaiterConfig`` may have ``Delay`` (seconds of the cloud's clock) and ``MaxAttempts``. Raises ``WaiterError``
        when the attempts are used up, and for an error of the service's that the waiter does not wait for.
        """
        polls = Polls(self, params)
        while True:
            error = None
            try:
                response = self._method(**polls.params)
            except ClientError as refused:
                response, error = refused.response, refused
            if polls.is_over(response, error):
                return
            self._cloud.pause(polls.delay)


class AsyncServiceWaiter(BaseServiceWaiter):
    """aiobotocore's waiter."""

    async def wait(self, **params: Any) -> None:
        """Call the operation with these parameters until the state is reached; see ``ServiceWaiter.wait``."""
        from ..engine.aio_blocking import sleep

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


def _as_data(error: ClientError) -> AwsError:
    details = error.response["Error"]
    return AwsError(details["Code"], details["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"])
