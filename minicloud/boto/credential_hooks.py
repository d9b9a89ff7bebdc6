"""botocore's credentials inside of a mock: they live on the cloud's time, and nobody outside is asked for any.

*roles*    Credentials from STS (a profile with ``role_arn``, a web identity) are fetched from the cloud, expire on its
           clock, and are of no use elsewhere: outside of the mock, or in the next one, they are fetched anew. No cache
           of the application's gets to see them.
*outside*  Credentials that a command, a container's or a machine's endpoint, or a login would give are fake ones. What
           an application made inside of a mock asks them when it is over, and for services that are let through.
*none*     A client that was made before the mock, and found none, signs URLs and forms inside with fake ones.
"""

from __future__ import annotations

import datetime
import weakref
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

from .accounts import OUTSIDE, AsyncInjectedCredentials, InjectedCredentials, are_fake, fake_credentials
from .activation import state
from .code_patch import original_function, patch_code
from .import_hooks import when_imported

__all__ = ["install_async_credentials", "install_credentials"]

_FETCHED_FOR = "_minicloud_fetched_for"
"""Where credentials keep for which cloud they were fetched, as a weak reference."""
_LONG_AFTER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def install_credentials() -> None:
    """Put the hooks into ``botocore.credentials``, which is imported."""
    from botocore import credentials

    refreshable: Any = credentials.RefreshableCredentials
    if not isinstance(vars(refreshable).get("_time_fetcher"), _TimeFetcher):
        refreshable._time_fetcher = _TimeFetcher()
    _hook(refreshable, "_set_from_data", "self, data", _note_cloud)
    _hook(refreshable, "_refresh", "self", _refresh_hook)
    _hook(refreshable, "get_frozen_credentials", "self", _frozen_hook)
    fetcher = credentials.CachedCredentialFetcher
    _hook(fetcher, "_load_from_cache", "self", lambda original: lambda one: None if state.cloud else original(one))
    _hook(
        fetcher,
        "_write_to_cache",
        "self, response",
        lambda original: lambda one, response: None if state.cloud else original(one, response),
    )
    for name, is_configured in _PROVIDERS.items():
        _hook(getattr(credentials, name, None), "load", "self", partial(_later, is_configured))
    sourcer = credentials.CanonicalNameCredentialSourcer
    _hook(sourcer, "source_credentials", "self, source_name", partial(_later, _is_outside))
    when_imported("botocore.signers", _install_signers)


def _install_signers() -> None:
    from botocore.signers import RequestSigner

    sign = original_function(RequestSigner, "get_auth_instance", "botocore")
    patch_code(sign, _parameters_of(sign), _sign_hook)


def install_async_credentials() -> None:
    """The same for ``aiobotocore.credentials``, which inherits what is not awaitable."""
    from aiobotocore import credentials

    refreshable = credentials.AioRefreshableCredentials
    _hook(refreshable, "_refresh", "self", _async_refresh_hook, "aiobotocore")
    _hook(refreshable, "get_frozen_credentials", "self", _async_frozen_hook, "aiobotocore")
    for name, is_configured in _PROVIDERS.items():
        owner = getattr(credentials, f"Aio{name}", None)
        _hook(owner, "load", "self", partial(_later_async, is_configured), "aiobotocore")
    sourcer = credentials.AioCanonicalNameCredentialSourcer
    hook = partial(_later_async, _is_outside)
    _hook(sourcer, "source_credentials", "self, source_name", hook, "aiobotocore")
    when_imported("aiobotocore.signers", _install_async_signers)


def _install_async_signers() -> None:
    from aiobotocore.signers import AioRequestSigner

    sign = original_function(AioRequestSigner, "get_auth_instance", "aiobotocore")
    patch_code(sign, _parameters_of(sign), _async_sign_hook)


def _parameters_of(function: FunctionType) -> str:
    """The parameters of one that takes some by their places, and then any by their names."""
    code = function.__code__
    return ", ".join((*code.co_varnames[: code.co_argcount], f"**{code.co_varnames[code.co_argcount]}"))


def _hook(owner: Any, name: str, parameters: str, make_hook: Callable[..., Any], package: str = "botocore") -> None:
    if owner is None:  # a release that has no such credentials
        return
    function: FunctionType = original_function(owner, name, package)
    patch_code(function, parameters, make_hook)


# --- credentials that expire -----------------------------------------------------------------------------------------


class _TimeFetcher:
    """``_time_fetcher`` of all credentials: gives the cloud's time, and what credentials were given outside of it."""

    def __get__(self, credentials: Any, owner: type) -> Any:
        return self if credentials is None else partial(_now, credentials)

    def __set__(self, credentials: Any, fetch: Callable[[], datetime.datetime]) -> None:
        vars(credentials)["_time_fetcher"] = fetch


def _now(credentials: Any) -> datetime.datetime:
    cloud = _cloud_of_sts()
    fetched_for = vars(credentials).get(_FETCHED_FOR)
    if fetched_for is not None and fetched_for() is not cloud:
        return _LONG_AFTER
    now: datetime.datetime = vars(credentials)["_time_fetcher"]() if cloud is None else cloud.clock.now()
    return now


def _cloud_of_sts() -> Any:
    """The cloud that gives credentials; None outside of a mock, and where another mock gives them."""
    activation = state.activation
    return None if activation is None or "sts" in activation.passthrough else activation.cloud


def _note_cloud(original: Callable[..., Any]) -> Callable[..., Any]:
    def _set_from_data(self: Any, data: Any) -> None:
        cloud = _cloud_of_sts()
        if cloud is not None:
            vars(self)[_FETCHED_FOR] = weakref.ref(cloud)  # first: what is a cloud's must never pass for real
        original(self, data)
        if cloud is None:
            vars(self).pop(_FETCHED_FOR, None)

    return _set_from_data


def _refresh_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: None if self.method in OUTSIDE and are_fake() else original(self)


def _frozen_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: fake_credentials() if self.method in OUTSIDE and are_fake() else original(self)


def _async_refresh_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _refresh(self: Any) -> None:
        if self.method not in OUTSIDE or not are_fake():
            await original(self)

    return _refresh


def _async_frozen_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def get_frozen_credentials(self: Any) -> Any:
        return fake_credentials() if self.method in OUTSIDE and are_fake() else await original(self)

    return get_frozen_credentials


# --- clients without any ----------------------------------------------------------------------------------------------


def _sign_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_auth_instance(signer: Any, *args: Any, **kwargs: Any) -> Any:
        if signer._credentials is None and are_fake():
            signer._credentials = InjectedCredentials()
        return original(signer, *args, **kwargs)

    return get_auth_instance


def _async_sign_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def get_auth_instance(signer: Any, *args: Any, **kwargs: Any) -> Any:
        if signer._credentials is None and are_fake():
            signer._credentials = AsyncInjectedCredentials()
        return await original(signer, *args, **kwargs)

    return get_auth_instance


# --- credentials from outside ----------------------------------------------------------------------------------------


def _has_process(provider: Any) -> bool:
    return provider._credential_process is not None


def _has_container(provider: Any) -> bool:
    return provider.ENV_VAR in provider._environ or provider.ENV_VAR_FULL in provider._environ


def _has_login(provider: Any) -> bool:
    return "login_session" in provider._load_config().get("profiles", {}).get(provider._profile_name, {})


_PROVIDERS: dict[str, Callable[[Any], bool]] = {
    "ProcessProvider": _has_process,
    "ContainerProvider": _has_container,
    "LoginProvider": _has_login,
}
"""Those that ask at once, when a client is made, and whether they have somebody to ask. (SSO is asked later.)"""


def _is_outside(sourcer: Any, source_name: str) -> bool:
    """Whether the ``credential_source`` of a profile is a container or a machine."""
    return str(source_name).lower() in ("ecscontainer", "ec2instancemetadata")


def _later(is_asked: Callable[..., bool], original: Callable[..., Any]) -> Callable[..., Any]:
    def load(*args: Any) -> Any:
        if are_fake() and is_asked(*args):
            return InjectedCredentials(_Later(partial(original, *args)))
        return original(*args)

    return load


def _later_async(is_asked: Callable[..., bool], original: Callable[..., Any]) -> Callable[..., Any]:
    async def load(*args: Any) -> Any:
        if are_fake() and is_asked(*args):
            return AsyncInjectedCredentials(_AsyncLater(partial(original, *args)))
        return await original(*args)

    return load


class _Later:
    """Credentials that are asked for when somebody signs with them."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._found: Any = None

    def get_frozen_credentials(self) -> Any:
        """What was found; None if nothing was."""
        if self._found is None:
            self._found = self._load()
        return None if self._found is None else self._found.get_frozen_credentials()


class _AsyncLater(_Later):
    async def get_frozen_credentials(self) -> Any:
        if self._found is None:
            self._found = await self._load()
        return None if self._found is None else await self._found.get_frozen_credentials()
