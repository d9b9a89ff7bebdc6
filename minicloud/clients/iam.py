"""IAM clients: roles and managed policies, kept without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.hosts import global_region_of
from ..services.iam.service import SERVICE, Iam
from .aio import AsyncClient
from .base import BaseClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .declared import AsyncIamBase, IamBase
else:
    IamBase, AsyncIamBase = Client, AsyncClient

__all__ = ["AsyncIamClient", "IamClient"]


class _OfAllRegions(BaseClient):
    """A client that is of the same region, as boto3's is, whichever it is made with."""

    def __init__(self, cloud: Engine, account_id: str, region_name: str, *options: Any) -> None:
        super().__init__(cloud, account_id, global_region_of(region_name), *options)


class IamClient(_OfAllRegions, IamBase):
    """A boto3-like IAM client."""

    service = SERVICE
    attach_role_policy = sync_method(Iam.attach_role_policy)
    create_policy = sync_method(Iam.create_policy)
    create_role = sync_method(Iam.create_role)
    delete_policy = sync_method(Iam.delete_policy)
    delete_role = sync_method(Iam.delete_role)
    delete_role_policy = sync_method(Iam.delete_role_policy)
    detach_role_policy = sync_method(Iam.detach_role_policy)
    get_policy = sync_method(Iam.get_policy)
    get_role = sync_method(Iam.get_role)
    get_role_policy = sync_method(Iam.get_role_policy)
    list_attached_role_policies = sync_method(Iam.list_attached_role_policies)
    list_roles = sync_method(Iam.list_roles)
    put_role_policy = sync_method(Iam.put_role_policy)


class AsyncIamClient(_OfAllRegions, AsyncIamBase):
    """An aiobotocore-like IAM client."""

    service = SERVICE
    attach_role_policy = async_method(Iam.attach_role_policy)
    create_policy = async_method(Iam.create_policy)
    create_role = async_method(Iam.create_role)
    delete_policy = async_method(Iam.delete_policy)
    delete_role = async_method(Iam.delete_role)
    delete_role_policy = async_method(Iam.delete_role_policy)
    detach_role_policy = async_method(Iam.detach_role_policy)
    get_policy = async_method(Iam.get_policy)
    get_role = async_method(Iam.get_role)
    get_role_policy = async_method(Iam.get_role_policy)
    list_attached_role_policies = async_method(Iam.list_attached_role_policies)
    list_roles = async_method(Iam.list_roles)
    put_role_policy = async_method(Iam.put_role_policy)
