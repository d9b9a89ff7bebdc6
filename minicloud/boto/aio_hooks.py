"""The hooks in aiobotocore: those of ``hooks``, awaitable. A long poll sleeps as a task does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..exceptions import ParamValidationError, pass_notes_on
from .accounts import AsyncInjectedCredentials, credentials_of_async, inject_credentials
from .activation import LEFTOVER, PASSTHROUGH, current_call, state
from .adaptive_retries import install_async_buckets
from .clock_patch import CloudAsyncio, cloud_sleep
from .code_patch import original_function, patch_code
from .http_call import HttpCall, refuse_leftover, refuse_request
from .import_hooks import when_imported
from .param_checks import TakeFullPipeline
from .responder import RESPONDER, CallFailed, Responder

if TYPE_CHECKING:
    from .activation import Activation

__all__ = ["install_aiobotocore"]


def install_aiobotocore() -> None:
    """Put the hooks in; aiobotocore is imported."""
    import asyncio

    # While aiobotocore.client is being imported it is no attribute of its package yet.
    from aiobotocore import endpoint, waiter
    from aiobotocore.client import AioBaseClient
    from aiobotocore.httpsession import AIOHTTPSession

    call = original_function(AioBaseClient, "_make_api_call", "aiobotocore")
    patch_code(call, "self, operation_name, api_params", _call_hook)
    send = original_function(AIOHTTPSession, "send", "aiobotocore")
    patch_code(send, "self, request", _send_hook)
    waiter.asyncio = CloudAsyncio(asyncio, skips_when_frozen=False)
    endpoint.asyncio = CloudAsyncio(asyncio, skips_when_frozen=True)
    when_imported("aiobotocore.retries.bucket", install_async_buckets)
    when_imported("aiobotocore.credentials", _install_credentials)
    # Where requests go out through httpx, its own library sleeps.
    for owner, skips_when_frozen in (("AnyioWaiter", False), ("AnyioEndpoint", True)):
        found = getattr(waiter, owner, None) or getattr(endpoint, owner, None)
        if found is not None:
            sleep = partial(cloud_sleep, skips_when_frozen=skips_when_frozen)
            patch_code(original_function(found, "_sleep", "aiobotocore"), "self, sleep_amount", sleep)
    try:
        from aiobotocore.httpxsession import HttpxSession
    except ImportError:  # releases that only have aiohttp
        return
    send = original_function(HttpxSession, "send", "aiobotocore")
    patch_code(send, "self, request", _send_hook)


def _install_credentials() -> None:
    from .credential_hooks import install_async_credentials

    install_async_credentials()


def _call_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.endpoint import AioEndpoint
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError
    from botocore.history import get_global_history_recorder

    history = get_global_history_recorder()
    prepare_request = original_function(Endpoint, "prepare_request", "botocore")

    async def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        activation = state.activation
        if activation is None:
            if RESPONDER in self.__dict__:
                return await run_leftover(self, operation_name, api_params)
            return await original(self, operation_name, api_params)
        responder = self.__dict__.get(RESPONDER)
        if (
            responder is None
            or responder.activation is not activation
            or responder.emitter._lookup_cache is not responder.lookups
            or history._enabled
            or AioEndpoint.prepare_request is not prepare_request
            or (method := responder.fast_methods.get(operation_name)) is None
        ):
            responder = await _responder_for(self, activation)
            method = None if responder is None else responder.fast_method(operation_name)
            if method is None or history._enabled or AioEndpoint.prepare_request is not prepare_request:
                return await run_full_pipeline(responder, self, operation_name, api_params, None)
        try:
            return await method(**api_params)
        except CallFailed as failure:
            if not responder.may_be_retried(failure, api_params):
                raise responder.exception(failure) from None
            error: Exception | None = failure.error
        except (TakeFullPipeline, ParamValidationError):
            error = None  # botocore says what is wrong, or, where it is told not to look, the service
        return await run_full_pipeline(responder, self, operation_name, api_params, error)

    async def run_full_pipeline(
        responder: Responder | None,
        client: Any,
        operation_name: str,
        api_params: dict[str, Any],
        error: Exception | None,
    ) -> Any:
        if responder is not None:
            inject_credentials(client, AsyncInjectedCredentials)
        call = PASSTHROUGH if responder is None else HttpCall(responder, client, operation_name, error)
        before = current_call.get()
        try:
            current_call.set(call)
            return await original(client, operation_name, api_params)
        except ClientError as raised:
            if isinstance(call, HttpCall) and call.failure is not None:
                pass_notes_on(call.failure, raised)
            raise
        finally:
            current_call.set(before)
            if responder is not None:
                responder.pipeline_ended()

    async def run_leftover(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        before = current_call.get()
        try:
            current_call.set(LEFTOVER)
            return await original(client, operation_name, api_params)
        finally:
            current_call.set(before)

    return _make_api_call


async def _responder_for(client: Any, activation: Activation) -> Responder | None:
    if client.meta.service_model.service_name in activation.passthrough:
        return None
    responder: Responder | None = client.__dict__.get(RESPONDER)
    if responder is None or responder.activation is not activation:
        credentials = await credentials_of_async(client)
        responder = client.__dict__[RESPONDER] = Responder(client, activation, credentials, is_async=True)
    return responder


def _send_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.awsrequest import AioAWSResponse
    from botocore.awsrequest import HeadersDict

    async def send(self: Any, request: Any) -> Any:
        call = current_call.get()
        if call is PASSTHROUGH:
            return await original(self, request)
        if call is LEFTOVER or (call is None and state.activation is None):
            refuse_leftover(request)
            if state.activation is None:
                return await original(self, request)
        if call is None or call is LEFTOVER or call.http_session is not self:
            raise refuse_request(request)
        answer = await call.answer_async(request)
        return AioAWSResponse(request.url, answer.status, HeadersDict(answer.headers), call.raw_async(answer))

    return send
