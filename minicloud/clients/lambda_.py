"""The Lambda clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.lambda_.service import SERVICE, Lambda
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncLambdaBase, LambdaBase
else:
    LambdaBase, AsyncLambdaBase = Client, AsyncClient

__all__ = ["AsyncLambdaClient", "LambdaClient"]


class LambdaClient(LambdaBase):
    """A boto3-like Lambda client."""

    service = SERVICE
    create_function = sync_method(Lambda.create_function)
    delete_function = sync_method(Lambda.delete_function)
    get_function = sync_method(Lambda.get_function)


class AsyncLambdaClient(AsyncLambdaBase):
    """An aiobotocore-like Lambda client."""

    service = SERVICE
    create_function = async_method(Lambda.create_function)
    delete_function = async_method(Lambda.delete_function)
    get_function = async_method(Lambda.get_function)
