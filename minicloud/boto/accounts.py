"""For which account, and as whom, a real client acts: its credentials say, where STS of a cloud has made them."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from .activation import FAKE_KEY, FAKE_KEYS, goes_out, state

__all__ = [
    "OUTSIDE",
    "AsyncInjectedCredentials",
    "InjectedCredentials",
    "are_fake",
    "credentials_of",
    "credentials_of_async",
    "fake_credentials",
    "forget_credentials",
    "inject_credentials",
]

OUTSIDE = frozenset({"sso", "login", "custom-process", "container-role", "iam-role"})
"""botocore's names for credentials that somebody outside would be asked for: a user who logs in, a command, a
container's or a machine's endpoint."""


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
    """Whether there are none, or those that somebody outside would be asked for, which nobody is in a test."""
    method = getattr(credentials, "method", None)
    return credentials is None or method == "minicloud" or method in OUTSIDE


def are_fake() -> bool:
    """Whether credentials from outside are fake ones now: inside of a mock, but for services that are let through."""
    return state.activation is not None and not goes_out()


def fake_credentials() -> Any:
    """What is signed with inside of a mock."""
    from botocore.credentials import ReadOnlyCredentials

    return ReadOnlyCredentials(FAKE_KEY, "testing", None)


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

    @property
    def access_key(self) -> Any:
        """Of the frozen credentials."""
        return getattr(self.get_frozen_credentials(), "access_key", None)

    @property
    def secret_key(self) -> Any:
        """Of the frozen credentials."""
        return getattr(self.get_frozen_credentials(), "secret_key", None)

    @property
    def token(self) -> Any:
        """Of the frozen credentials."""
        return getattr(self.get_frozen_credentials(), "token", None)

    account_id = None

    def get_deferred_property(self, name: str) -> Any:
        """What gives one of these when it is needed."""
        return lambda: getattr(self, name)

    def get_frozen_credentials(self) -> Any:
        """Fake ones; outside of a mock the client's own, if it has some."""
        if are_fake() or (self._own is None and state.activation is not None):
            return fake_credentials()
        return None if self._own is None else self._own.get_frozen_credentials()


class AsyncInjectedCredentials(InjectedCredentials):
    """The same for aiobotocore."""

    async def get_access_key(self) -> Any:
        """Of the frozen credentials."""
        return getattr(await self.get_frozen_credentials(), "access_key", None)

    async def get_secret_key(self) -> Any:
        """Of the frozen credentials."""
        return getattr(await self.get_frozen_credentials(), "secret_key", None)

    async def get_token(self) -> Any:
        """Of the frozen credentials."""
        return getattr(await self.get_frozen_credentials(), "token", None)

    async def get_account_id(self) -> Any:
        """Unknown."""
        return None

    # As aiobotocore has it, these are not to be had without waiting.
    access_key = secret_key = token = property(lambda _: None)

    async def get_frozen_credentials(self) -> Any:
        """Fake ones; outside of a mock the client's own, if it has some."""
        frozen = InjectedCredentials.get_frozen_credentials(self)
        return await frozen if inspect.isawaitable(frozen) else frozen


def forget_credentials() -> None:
    """Have boto3's default session look for credentials anew, if it has found the fake ones of a mock."""
    session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    inner: Any = getattr(session, "_session", None)
    credentials = getattr(inner, "_credentials", None)
    if getattr(credentials, "method", None) == "env" and getattr(credentials, "access_key", None) in FAKE_KEYS:
        inner._credentials = None
