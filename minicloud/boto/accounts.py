"""For which account a real client acts: its access key says, where STS of a cloud has made it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..sts.keys import account_of_key
from .state import state

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = [
    "AsyncLentCredentials",
    "LentCredentials",
    "account_of",
    "account_of_async",
    "forget_credentials",
    "lend_credentials",
]


def account_of(client: Any, cloud: Cloud) -> str:
    """The account of a client. Credentials that are fetched when they are needed are fetched now."""
    credentials = client._request_signer._credentials
    if credentials is None:
        return cloud.account_id
    return account_of_key(credentials.get_frozen_credentials().access_key) or cloud.account_id


async def account_of_async(client: Any, cloud: Cloud) -> str:
    """The same for aiobotocore."""
    credentials = client._request_signer._credentials
    if credentials is None:
        return cloud.account_id
    frozen = await credentials.get_frozen_credentials()
    return account_of_key(frozen.access_key) or cloud.account_id


def lend_credentials(client: Any, lent: type[LentCredentials]) -> None:
    """Have a client without credentials sign while a mock is active, and only then."""
    signer = client._request_signer
    if signer._credentials is None:
        signer._credentials = lent()


class LentCredentials:
    """What a client that was made without credentials signs with. Outside of a mock it has none, as before."""

    method = "minicloud"

    def get_frozen_credentials(self) -> Any:
        """Fake ones, or None."""
        if state.cloud is None:
            return None
        from botocore.credentials import ReadOnlyCredentials

        return ReadOnlyCredentials("testing", "testing", None)


class AsyncLentCredentials(LentCredentials):
    """The same for aiobotocore."""

    async def get_frozen_credentials(self) -> Any:
        """Fake ones, or None."""
        return LentCredentials.get_frozen_credentials(self)


def forget_credentials(access_key: str) -> None:
    """Have boto3's default session look for credentials anew, if it has found the fake ones of a mock."""
    session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    inner: Any = getattr(session, "_session", None)
    credentials = getattr(inner, "_credentials", None)
    if getattr(credentials, "method", None) == "env" and getattr(credentials, "access_key", None) == access_key:
        inner._credentials = None
