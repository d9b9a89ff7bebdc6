"""The hooks in botocore. Put in once, beneath all wrappers (``code_patch``); outside of any mock they do nothing.

``BaseClient._make_api_call``  every call of every client
``URLLib3Session.send``        every request, also of calls that go around the clients' methods
``time.sleep``                 as waiters and retries use it: they wait on the cloud's clock
``TokenBucket.acquire``        as retries of the mode ``adaptive`` use it: the same
``credentials``                those that expire, and those from outside (``credential_hooks``)
``get_config_variable``        a region that a mock has put into the environment steps back behind a profile's own
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.shown import escaped
from ..exceptions import ParamValidationError, UsageError, pass_notes_on
from .accounts import InjectedCredentials, credentials_of, inject_credentials
from .activation import GUARDED_SERVICES, LEFTOVER, GuardedCall, PassthroughCall, current_call, state
from .adaptive_retries import install_buckets
from .clock_patch import CloudTime
from .code_patch import original_function, patch_code
from .http_call import HttpCall, call_in_pipeline
from .import_hooks import when_imported
from .kombu_hooks import install_kombu
from .left_threads import left_thread
from .other_mocks import call_let_through
from .param_checks import TakeFullPipeline
from .pipeline_steps import compile_are_wrapped
from .refusals import is_on_this_machine, leftover_of_thread, refusal_of, sending_unless_it_connects
from .responder import RESPONDER, CallFailed, Responder
from .url_fetches import install_fetch

if TYPE_CHECKING:
    from .activation import Activation, Guard

__all__ = ["install"]

_installed: set[str] = set()


def install() -> None:
    """Put the hooks in where botocore and aiobotocore are imported, and have them put in when they will be."""
    if "" not in _installed:
        when_imported("botocore.client", lambda: _once("botocore", _install_botocore))
        when_imported("aiobotocore.client", lambda: _once("aiobotocore", _install_aiobotocore))
        install_fetch()
        install_kombu()
        _installed.add("")  # last, as each of these bears to be done again


def _once(package: str, action: Callable[[], None]) -> None:
    if package not in _installed:
        action()
        _installed.add(package)


def _install_botocore() -> None:
    # While botocore.client is being imported it is no attribute of its package yet.
    from botocore import endpoint, waiter
    from botocore.client import BaseClient
    from botocore.httpsession import URLLib3Session

    when_imported("botocore.session", _install_session)
    when_imported("botocore.credentials", _install_credentials)
    call = original_function(BaseClient, "_make_api_call", "botocore")
    patch_code(call, "self, operation_name, api_params", _call_hook)
    send = original_function(URLLib3Session, "send", "botocore")
    patch_code(send, "self, request", _send_hook)
    waiter.time = CloudTime(skips_when_frozen=False)
    endpoint.time = CloudTime(skips_when_frozen=True)
    when_imported("botocore.retries.bucket", install_buckets)


def _install_session() -> None:
    from botocore.session import Session

    get = original_function(Session, "get_config_variable", "botocore")
    patch_code(get, "self, logical_name, methods", _config_hook)


def _install_credentials() -> None:
    from .credential_hooks import install_credentials

    install_credentials()


def _install_aiobotocore() -> None:
    from .aio_hooks import install_aiobotocore

    install_aiobotocore()


def _call_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from botocore.client import BaseClient
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError, NoCredentialsError
    from botocore.history import get_global_history_recorder
    from botocore.httpsession import URLLib3Session

    history = get_global_history_recorder()
    are_wrapped = compile_are_wrapped(BaseClient, Endpoint, [URLLib3Session])

    def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        activation = state.activation
        if activation is None:
            guard = state.guard
            if guard is not None and self.meta.service_model.service_name in GUARDED_SERVICES:
                return run_guarded(guard, self, operation_name, api_params)
            if RESPONDER in self.__dict__:
                return run_leftover(self, operation_name, api_params)
            return original(self, operation_name, api_params)
        responder = self.__dict__.get(RESPONDER)
        if (
            responder is None
            or responder.activation is not activation
            or responder.emitter._lookup_cache is not responder.lookups
            or history._enabled
            or are_wrapped()
            or (method := responder.fast_methods.get(operation_name)) is None
        ):
            responder = _responder_for(self, activation)
            method = None if responder is None else responder.fast_method(operation_name)
            if method is None or history._enabled or are_wrapped():
                return run_full_pipeline(activation, responder, self, operation_name, api_params, None)
        try:
            return method(**api_params)
        except CallFailed as failure:
            if not responder.may_be_retried(failure, api_params):
                raise responder.exception(failure) from None
            error: Exception | None = failure.error
        except (TakeFullPipeline, ParamValidationError):
            error = None  # botocore says what is wrong, or, where it is told not to look, the service
        return run_full_pipeline(activation, responder, self, operation_name, api_params, error)

    def run_full_pipeline(
        activation: Activation,
        responder: Responder | None,
        client: Any,
        operation_name: str,
        api_params: dict[str, Any],
        error: Exception | None,
    ) -> Any:
        if responder is None:
            if activation.other is not None:
                inject_credentials(client, InjectedCredentials)
            call = call_let_through(activation, client, operation_name, api_params)
            return run_as(call, client, operation_name, api_params)
        inject_credentials(client, InjectedCredentials)
        try:
            call = call_in_pipeline(responder, client, operation_name, error)
            return run_as(call, client, operation_name, api_params)
        finally:
            responder.pipeline_ended()

    def run_leftover(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        try:
            return run_as(LEFTOVER, client, operation_name, api_params)
        except NoCredentialsError as error:
            thread = None if isinstance(error, UsageError) else left_thread()
            if thread is None or is_on_this_machine(urlsplit(client.meta.endpoint_url).hostname or ""):
                raise
            raise leftover_of_thread(f"{client.meta.service_model.service_name}.{operation_name}", thread) from None

    def run_guarded(guard: Guard, client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        call = GuardedCall(f"{client.meta.service_model.service_name}.{operation_name}")
        try:
            return run_as(call, client, operation_name, api_params)
        except NoCredentialsError:
            url = client.meta.endpoint_url
            if is_on_this_machine(urlsplit(url).hostname or ""):
                raise
            raise guard.refusal(f"{call.name} of a real client", f"call {escaped(url, 200)}") from None

    def run_as(call: Any, client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        before = current_call.get()
        try:
            current_call.set(call)
            return original(client, operation_name, api_params)
        except ClientError as raised:
            if isinstance(call, HttpCall) and call.failure is not None:
                pass_notes_on(call.failure, raised)
            raise
        finally:
            current_call.set(before)

    return _make_api_call


def _responder_for(client: Any, activation: Activation) -> Responder | None:
    """The responder of a client, another one for another activation; None for a service that is let through."""
    if activation.lets_through(client.meta.service_model.service_name):
        return None
    responder: Responder | None = client.__dict__.get(RESPONDER)
    if responder is None or responder.activation is not activation:
        credentials = credentials_of(client)
        responder = client.__dict__[RESPONDER] = Responder(client, activation, credentials, is_async=False)
    return responder


def _send_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from botocore.awsrequest import AWSResponse, HeadersDict

    def send(self: Any, request: Any) -> Any:
        call = current_call.get()
        if isinstance(call, HttpCall) and call.http_session is self:
            answer = call.answer(request)
            return AWSResponse(request.url, answer.status, HeadersDict(answer.headers), call.raw(answer))
        if isinstance(call, PassthroughCall) and call.other is not None:
            return call.other.answer(request, call)
        refusal = refusal_of(request, call)
        if refusal is None:
            return original(self, request)
        with sending_unless_it_connects(refusal, self):
            return original(self, request)

    return send


def _config_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_config_variable(self: Any, logical_name: str, methods: Any) -> Any:
        value = original(self, logical_name, methods)
        if logical_name != "region" or value is None or value != state.injected_region:
            return value
        if self.instance_variables().get("region") is not None:
            return value
        return self.get_scoped_config().get("region", value)

    return get_config_variable
