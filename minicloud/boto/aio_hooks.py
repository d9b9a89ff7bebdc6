"""The hooks in aiobotocore: those of ``hooks``, awaitable. A long poll sleeps as a task does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..exceptions import ParamValidationError
from .accounts import AsyncLentCredentials, credentials_of_async, lend_credentials
from .activation import LEFT_OVER, PASSING, current_call, state
from .adaptive_retries import install_async_buckets
from .clock_patch import CloudAsyncio, cloud_sleep
from .code_patch import genuine, put_beneath
from .http_call import Road, refuse_left_over, refuse_request
from .import_hooks import when_imported
from .responder import SEAT, Refused, Seat

if TYPE_CHECKING:
    from .activation import Era

__all__ = ["install_aiobotocore"]


def install_aiobotocore() -> None:
    """Put the hooks in; aiobotocore is imported."""
    import asyncio

    # While aiobotocore.client is being imported it is no attribute of its package yet.
    from aiobotocore import endpoint, waiter
    from aiobotocore.client import AioBaseClient
    from aiobotocore.httpsession import AIOHTTPSession

    call = genuine(AioBaseClient, "_make_api_call", "aiobotocore")
    put_beneath(call, "self, operation_name, api_params", _call_hook)
    send = genuine(AIOHTTPSession, "send", "aiobotocore")
    put_beneath(send, "self, request", _send_hook)
    waiter.asyncio = CloudAsyncio(asyncio, skips_when_frozen=False)
    endpoint.asyncio = CloudAsyncio(asyncio, skips_when_frozen=True)
    when_imported("aiobotocore.retries.bucket", install_async_buckets)
    # Where requests go out through httpx, its own library sleeps.
    for owner, skips_when_frozen in (("AnyioWaiter", False), ("AnyioEndpoint", True)):
        found = getattr(waiter, owner, None) or getattr(endpoint, owner, None)
        if found is not None:
            sleep = partial(cloud_sleep, skips_when_frozen=skips_when_frozen)
            put_beneath(genuine(found, "_sleep", "aiobotocore"), "self, sleep_amount", sleep)
    try:
        from aiobotocore.httpxsession import HttpxSession
    except ImportError:  # releases that only have aiohttp
        return
    send = genuine(HttpxSession, "send", "aiobotocore")
    put_beneath(send, "self, request", _send_hook)


def _call_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.endpoint import AioEndpoint
    from botocore.endpoint import Endpoint
    from botocore.history import get_global_history_recorder

    history = get_global_history_recorder()
    prepare_request = genuine(Endpoint, "prepare_request", "botocore")

    async def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        era = state.era
        if era is None:
            if SEAT in self.__dict__:
                return await leave_over(self, operation_name, api_params)
            return await original(self, operation_name, api_params)
        seat = self.__dict__.get(SEAT)
        if (
            seat is None
            or seat.era is not era
            or seat.emitter._lookup_cache is not seat.lookups
            or history._enabled
            or AioEndpoint.prepare_request is not prepare_request
            or (method := seat.fast.get(operation_name)) is None
        ):
            seat = await _seat_for(self, era)
            seen = history._enabled or AioEndpoint.prepare_request is not prepare_request
            method = None if seat is None else seat.way(operation_name, seen)
            if method is None:
                return await take_road(seat, self, operation_name, api_params, None)
        try:
            return await method(**api_params)
        except Refused as refused:
            if not seat.may_be_retried(refused, api_params):
                raise seat.exception(refused) from None
            first: Exception | None = refused.error
        except ParamValidationError:
            first = None  # botocore says what is wrong, or, where it is told not to look, the service
        return await take_road(seat, self, operation_name, api_params, first)

    async def take_road(
        seat: Seat | None, client: Any, operation_name: str, api_params: dict[str, Any], first: Exception | None
    ) -> Any:
        if seat is not None:
            lend_credentials(client, AsyncLentCredentials)
        call = PASSING if seat is None else Road(seat, client, operation_name, first)
        token = current_call.set(call)
        try:
            return await original(client, operation_name, api_params)
        finally:
            current_call.reset(token)
            if seat is not None:
                seat.call_ends()

    async def leave_over(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        token = current_call.set(LEFT_OVER)
        try:
            return await original(client, operation_name, api_params)
        finally:
            current_call.reset(token)

    return _make_api_call


async def _seat_for(client: Any, era: Era) -> Seat | None:
    if client.meta.service_model.service_name in era.passthrough:
        return None
    seat: Seat | None = client.__dict__.get(SEAT)
    if seat is None or seat.era is not era:
        seat = client.__dict__[SEAT] = Seat(client, era, await credentials_of_async(client), is_async=True)
    return seat


def _send_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.awsrequest import AioAWSResponse
    from botocore.awsrequest import HeadersDict

    async def send(self: Any, request: Any) -> Any:
        call = current_call.get()
        if call is PASSING or (call is None and state.era is None):
            return await original(self, request)
        if call is LEFT_OVER:
            refuse_left_over(request)
            if state.era is None:
                return await original(self, request)
        if call is None or call is LEFT_OVER or call.http_session is not self:
            raise refuse_request(request)
        answer = await call.answer_async(request)
        return AioAWSResponse(request.url, answer.status, HeadersDict(answer.headers), call.raw_async(answer))

    return send
