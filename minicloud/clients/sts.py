"""STS clients: who is calling, and credentials of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.sts.service import SERVICE, Sts
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncStsBase, StsBase
else:
    StsBase, AsyncStsBase = Client, AsyncClient

__all__ = ["AsyncStsClient", "StsClient"]


class StsClient(StsBase):
    """A boto3-like STS client."""

    service = SERVICE
    assume_role = sync_method(Sts.assume_role)
    assume_role_with_web_identity = sync_method(Sts.assume_role_with_web_identity)
    get_access_key_info = sync_method(Sts.get_access_key_info)
    get_caller_identity = sync_method(Sts.get_caller_identity)
    get_session_token = sync_method(Sts.get_session_token)


class AsyncStsClient(AsyncStsBase):
    """An aiobotocore-like STS client."""

    service = SERVICE
    assume_role = async_method(Sts.assume_role)
    assume_role_with_web_identity = async_method(Sts.assume_role_with_web_identity)
    get_access_key_info = async_method(Sts.get_access_key_info)
    get_caller_identity = async_method(Sts.get_caller_identity)
    get_session_token = async_method(Sts.get_session_token)
