"""STS clients: who is calling."""

from __future__ import annotations

from ..sts.api import Sts
from ..sts.service import SERVICE
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

__all__ = ["AsyncStsClient", "StsClient"]


class StsClient(Client):
    """A boto3-like STS client: ``get_caller_identity``."""

    service = SERVICE
    get_caller_identity = sync_method(Sts.get_caller_identity)


class AsyncStsClient(AsyncClient):
    """An aiobotocore-like STS client: ``get_caller_identity``."""

    service = SERVICE
    get_caller_identity = async_method(Sts.get_caller_identity)
