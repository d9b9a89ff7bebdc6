"""The hooks in botocore. Put in once, beneath all wrappers (``beneath``); outside of any mock they do nothing.

``BaseClient._make_api_call``  every call of every client
``URLLib3Session.send``        every request, also of calls that go around the clients' methods
``time.sleep``                 as waiters and retries use it: they wait on the cloud's clock
``TokenBucket.acquire``        as retries of the mode ``adaptive`` use it: the same
``get_config_variable``        a region that a mock has put into the environment steps back behind a profile's own
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..exceptions import ParamValidationError
from .accounts import LentCredentials, credentials_of, lend_credentials
from .activation import LEFT_OVER, PASSING, current_call, state
from .adaptive_retries import install_buckets
from .clock_patch import CloudTime
from .code_patch import genuine, put_beneath
from .http_call import Road, refuse_left_over, refuse_request
from .import_hooks import when_imported
from .responder import SEAT, Refused, Seat
from .url_fetches import install_fetch

if TYPE_CHECKING:
    from .activation import Era

__all__ = ["install"]

_installed: set[str] = set()


def install() -> None:
    """Put the hooks in where botocore and aiobotocore are imported, and have them put in when they will be."""
    if not _installed:
        _installed.add("")
        when_imported("botocore.client", lambda: _once("botocore", _install_botocore))
        when_imported("aiobotocore.client", lambda: _once("aiobotocore", _install_aiobotocore))
        install_fetch()


def _once(package: str, action: Callable[[], None]) -> None:
    if package not in _installed:
        _installed.add(package)
        action()


def _install_botocore() -> None:
    # While botocore.client is being imported it is no attribute of its package yet.
    from botocore import endpoint, waiter
    from botocore.client import BaseClient
    from botocore.httpsession import URLLib3Session

    when_imported("botocore.session", _install_session)
    call = genuine(BaseClient, "_make_api_call", "botocore")
    put_beneath(call, "self, operation_name, api_params", _call_hook)
    send = genuine(URLLib3Session, "send", "botocore")
    put_beneath(send, "self, request", _send_hook)
    waiter.time = CloudTime(skips_when_frozen=False)
    endpoint.time = CloudTime(skips_when_frozen=True)
    when_imported("botocore.retries.bucket", install_buckets)


def _install_session() -> None:
    from botocore.session import Session

    put_beneath(genuine(Session, "get_config_variable", "botocore"), "self, logical_name, methods", _config_hook)


def _install_aiobotocore() -> None:
    from .aio_hooks import install_aiobotocore

    install_aiobotocore()


def _call_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from botocore.endpoint import Endpoint
    from botocore.history import get_global_history_recorder

    history = get_global_history_recorder()
    prepare_request = genuine(Endpoint, "prepare_request", "botocore")

    def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        era = state.era
        if era is None:
            if SEAT in self.__dict__:
                return leave_over(self, operation_name, api_params)
            return original(self, operation_name, api_params)
        seat = self.__dict__.get(SEAT)
        if (
            seat is None
            or seat.era is not era
            or seat.emitter._lookup_cache is not seat.lookups
            or history._enabled
            or Endpoint.prepare_request is not prepare_request
            or (method := seat.fast.get(operation_name)) is None
        ):
            seat = _seat_for(self, era)
            seen = history._enabled or Endpoint.prepare_request is not prepare_request
            method = None if seat is None else seat.way(operation_name, seen)
            if method is None:
                return take_road(seat, self, operation_name, api_params, None)
        try:
            return method(**api_params)
        except Refused as refused:
            if not seat.may_be_retried(refused, api_params):
                raise seat.exception(refused) from None
            first: Exception | None = refused.error
        except ParamValidationError:
            first = None  # botocore says what is wrong, or, where it is told not to look, the service
        return take_road(seat, self, operation_name, api_params, first)

    def take_road(
        seat: Seat | None, client: Any, operation_name: str, api_params: dict[str, Any], first: Exception | None
    ) -> Any:
        if seat is not None:
            lend_credentials(client, LentCredentials)
        call = PASSING if seat is None else Road(seat, client, operation_name, first)
        token = current_call.set(call)
        try:
            return original(client, operation_name, api_params)
        finally:
            current_call.reset(token)
            if seat is not None:
                seat.call_ends()

    def leave_over(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        token = current_call.set(LEFT_OVER)
        try:
            return original(client, operation_name, api_params)
        finally:
            current_call.reset(token)

    return _make_api_call


def _seat_for(client: Any, era: Era) -> Seat | None:
    """The seat of a client, a new one for a new era; None for a service that is let through."""
    if client.meta.service_model.service_name in era.passthrough:
        return None
    seat: Seat | None = client.__dict__.get(SEAT)
    if seat is None or seat.era is not era:
        seat = client.__dict__[SEAT] = Seat(client, era, credentials_of(client), is_async=False)
    return seat


def _send_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    from botocore.awsrequest import AWSResponse, HeadersDict

    def send(self: Any, request: Any) -> Any:
        call = current_call.get()
        if call is PASSING or (call is None and state.era is None):
            return original(self, request)
        if call is LEFT_OVER:
            refuse_left_over(request)
            if state.era is None:
                return original(self, request)
        if call is None or call is LEFT_OVER or call.http_session is not self:
            raise refuse_request(request)
        answer = call.answer(request)
        return AWSResponse(request.url, answer.status, HeadersDict(answer.headers), call.raw(answer))

    return send


def _config_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_config_variable(self: Any, logical_name: str, methods: Any) -> Any:
        value = original(self, logical_name, methods)
        if logical_name != "region" or value is None or value != state.lent_region:
            return value
        if self.instance_variables().get("region") is not None:
            return value
        return self.get_scoped_config().get("region", value)

    return get_config_variable
