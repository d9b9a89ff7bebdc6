"""The hooks in aiobotocore: those of ``hooks``, awaitable. A long poll sleeps as a task does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.shown import escaped
from ..exceptions import ParamValidationError, pass_notes_on
from .accounts import AsyncInjectedCredentials, credentials_of_async, inject_credentials
from .activation import GUARDED_SERVICES, LEFTOVER, GuardedCall, PassthroughCall, current_call, state
from .adaptive_retries import install_async_buckets
from .clock_patch import CloudAsyncio, cloud_sleep
from .code_patch import find_original, original_function, patch_code
from .http_call import HttpCall, call_in_pipeline
from .import_hooks import when_imported
from .other_mocks import call_let_through
from .param_checks import TakeFullPipeline
from .pipeline_steps import compile_are_wrapped
from .raw_bodies import raw_of
from .refusals import is_on_this_machine, refusal_of, sending_unless_it_connects
from .responder import RESPONDER, CallFailed, Responder

if TYPE_CHECKING:
    from .activation import Activation, Guard

__all__ = ["install_aiobotocore"]


def install_aiobotocore() -> None:
    """Put the hooks in; aiobotocore is imported."""
    import asyncio

    # While aiobotocore.client is being imported it is no attribute of its package yet.
    from aiobotocore import endpoint, waiter
    from aiobotocore.client import AioBaseClient

    call = original_function(AioBaseClient, "_make_api_call", "aiobotocore")
    patch_code(call, "self, operation_name, api_params", _call_hook)
    for name, parameters in (("close", "self"), ("__aexit__", "self, exc_type, exc_val, exc_tb")):
        if (closing := find_original(AioBaseClient, name, "aiobotocore")) is not None:
            patch_code(closing, parameters, _closing_hook)
    for session in _session_classes():
        patch_code(original_function(session, "send", "aiobotocore"), "self, request", _send_hook)
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


def _session_classes() -> list[type]:
    """What sends requests."""
    from aiobotocore.httpsession import AIOHTTPSession

    try:
        from aiobotocore.httpxsession import HttpxSession
    except ImportError:  # releases that only have aiohttp
        return [AIOHTTPSession]
    return [AIOHTTPSession, HttpxSession]


def _install_credentials() -> None:
    from .credential_hooks import install_async_credentials

    install_async_credentials()


def _closing_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    """What a client had found out on the fast path, which does not look whether it is closed, is forgotten."""

    async def close(self: Any, *arguments: Any) -> Any:
        if (responder := self.__dict__.get(RESPONDER)) is not None:
            responder.fast_methods = {}
        return await original(self, *arguments)

    return close


def _is_closed(client: Any) -> bool:
    """Whether aiobotocore refuses the client's calls, because it was closed. Releases before 3 open it again."""
    return _is_closed_session(client._endpoint.http_session)


def _is_closed_session(session: Any) -> bool:
    return getattr(session, "_sessions", session) is None


def _call_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.client import AioBaseClient
    from aiobotocore.endpoint import AioEndpoint
    from botocore.exceptions import ClientError, NoCredentialsError
    from botocore.history import get_global_history_recorder

    history = get_global_history_recorder()
    are_wrapped = compile_are_wrapped(AioBaseClient, AioEndpoint, _session_classes())

    async def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        activation = state.activation
        if activation is None:
            guard = state.guard
            if guard is not None and self.meta.service_model.service_name in GUARDED_SERVICES:
                return await run_guarded(guard, self, operation_name, api_params)
            if RESPONDER in self.__dict__:
                return await run_as(LEFTOVER, self, operation_name, api_params)
            return await original(self, operation_name, api_params)
        responder = self.__dict__.get(RESPONDER)
        if (
            responder is None
            or responder.activation is not activation
            or responder.emitter._lookup_cache is not responder.lookups
            or history._enabled
            or are_wrapped()
            or (method := responder.fast_methods.get(operation_name)) is None
        ):
            responder = await _responder_for(self, activation)
            method = None if responder is None or _is_closed(self) else responder.fast_method(operation_name)
            if method is None or history._enabled or are_wrapped():
                return await run_full_pipeline(activation, responder, self, operation_name, api_params, None)
        try:
            return await method(**api_params)
        except CallFailed as failure:
            if not responder.may_be_retried(failure, api_params):
                raise responder.exception(failure) from None
            error: Exception | None = failure.error
        except (TakeFullPipeline, ParamValidationError):
            error = None  # botocore says what is wrong, or, where it is told not to look, the service
        return await run_full_pipeline(activation, responder, self, operation_name, api_params, error)

    async def run_full_pipeline(
        activation: Activation,
        responder: Responder | None,
        client: Any,
        operation_name: str,
        api_params: dict[str, Any],
        error: Exception | None,
    ) -> Any:
        if responder is None:
            if activation.other is not None:
                inject_credentials(client, AsyncInjectedCredentials)
            call = call_let_through(activation, client, operation_name, api_params)
            return await run_as(call, client, operation_name, api_params)
        inject_credentials(client, AsyncInjectedCredentials)
        try:
            call = call_in_pipeline(responder, client, operation_name, error)
            return await run_as(call, client, operation_name, api_params)
        finally:
            responder.pipeline_ended()

    async def run_guarded(guard: Guard, client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        call = GuardedCall(f"{client.meta.service_model.service_name}.{operation_name}")
        try:
            return await run_as(call, client, operation_name, api_params)
        except NoCredentialsError:
            url = client.meta.endpoint_url
            if is_on_this_machine(urlsplit(url).hostname or ""):
                raise
            raise guard.refusal(f"{call.name} of a real client", f"call {escaped(url, 200)}") from None

    async def run_as(call: Any, client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
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

    return _make_api_call


async def _responder_for(client: Any, activation: Activation) -> Responder | None:
    if activation.lets_through(client.meta.service_model.service_name):
        return None
    responder: Responder | None = client.__dict__.get(RESPONDER)
    if responder is None or responder.activation is not activation:
        credentials = await credentials_of_async(client)
        responder = client.__dict__[RESPONDER] = Responder(client, activation, credentials, is_async=True)
    return responder


def _send_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from aiobotocore.awsrequest import AioAWSResponse
    from botocore.awsrequest import HeadersDict

    async def call_closed(self: Any, request: Any) -> Any:
        try:
            return await original(self, request)
        except Exception as error:
            error.add_note("this client was closed before the call: its `async with` was left, or close() was called")
            raise

    async def send(self: Any, request: Any) -> Any:
        call = current_call.get()
        if isinstance(call, HttpCall) and call.http_session is self:
            if _is_closed_session(self):
                return await call_closed(self, request)
            answer = await call.answer_async(request)
            return AioAWSResponse(request.url, answer.status, HeadersDict(answer.headers), call.raw_async(answer))
        if isinstance(call, PassthroughCall) and call.other is not None:
            found = await call.other.answer_async(request, call)
            return AioAWSResponse(request.url, found.status_code, HeadersDict(found.headers), raw_of(found.content))
        refusal = refusal_of(request, call)
        if refusal is None:
            return await original(self, request)
        with sending_unless_it_connects(refusal, self):
            return await original(self, request)

    return send
