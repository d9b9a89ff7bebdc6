"""For which account, and as whom, a real client acts: its credentials say, where STS of a cloud has made them."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from .activation import state

__all__ = [
    "AsyncInjectedCredentials",
    "InjectedCredentials",
    "credentials_of",
    "credentials_of_async",
    "forget_credentials",
    "inject_credentials",
]


def credentials_of(client: Any) -> dict[str, str | None]:
    """What a native client is to be made with. Credentials that are fetched when they are needed are fetched now."""
    credentials = client._request_signer._credentials
    return {} if _are_unusable(credentials) else _as_options(credentials.get_frozen_credentials())


async def credentials_of_async(client: Any) -> dict[str, str | None]:
    """The same for aiobotocore."""
    credentials = client._request_signer._credentials
    return {} if _are_unusable(credentials) else _as_options(await credentials.get_frozen_credentials())


def _as_options(frozen: Any) -> dict[str, str | None]:
    return {"aws_access_key_id": frozen.access_key, "aws_session_token": frozen.token}


def _are_unusable(credentials: Any) -> bool:
    """Whether there are none, or those that somebody would have to log in for, which nobody does in a test."""
    return credentials is None or getattr(credentials, "method", None) in ("minicloud", "sso")


def inject_credentials(client: Any, injected: type[InjectedCredentials]) -> None:
    """Have a client without credentials of use in a test sign while a mock is active, and only then."""
    signer = client._request_signer
    credentials = signer._credentials
    if _are_unusable(credentials) and not isinstance(credentials, InjectedCredentials):
        signer._credentials = injected(credentials)


class InjectedCredentials:
    """What a client that was made without credentials signs with. Outside of a mock it has what it had before."""

    method = "minicloud"

    def __init__(self, own: Any = None) -> None:
        self._own = own

    def get_frozen_credentials(self) -> Any:
        """Fake ones; outside of a mock the client's own, if it has some."""
        if state.cloud is None:
            return None if self._own is None else self._own.get_frozen_credentials()
        from botocore.credentials import ReadOnlyCredentials

        return ReadOnlyCredentials("testing", "testing", None)


class AsyncInjectedCredentials(InjectedCredentials):
    """The same for aiobotocore."""

    async def get_frozen_credentials(self) -> Any:
        """Fake ones; outside of a mock the client's own, if it has some."""
        frozen = InjectedCredentials.get_frozen_credentials(self)
        return await frozen if inspect.isawaitable(frozen) else frozen


def forget_credentials(access_key: str) -> None:
    """Have boto3's default session look for credentials anew, if it has found the fake ones of a mock."""
    session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    inner: Any = getattr(session, "_session", None)
    credentials = getattr(inner, "_credentials", None)
    if getattr(credentials, "method", None) == "env" and getattr(credentials, "access_key", None) == access_key:
        inner._credentials = None
