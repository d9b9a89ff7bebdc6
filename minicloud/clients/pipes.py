"""EventBridge Pipes clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.pipes.service import SERVICE, Pipes
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncPipesBase, PipesBase
else:
    PipesBase, AsyncPipesBase = Client, AsyncClient

__all__ = ["AsyncPipesClient", "PipesClient"]


class PipesClient(PipesBase):
    """A boto3-like EventBridge Pipes client."""

    service = SERVICE
    create_pipe = sync_method(Pipes.create_pipe)
    delete_pipe = sync_method(Pipes.delete_pipe)
    describe_pipe = sync_method(Pipes.describe_pipe)
    list_pipes = sync_method(Pipes.list_pipes)
    list_tags_for_resource = sync_method(Pipes.list_tags_for_resource)
    start_pipe = sync_method(Pipes.start_pipe)
    stop_pipe = sync_method(Pipes.stop_pipe)
    tag_resource = sync_method(Pipes.tag_resource)
    untag_resource = sync_method(Pipes.untag_resource)
    update_pipe = sync_method(Pipes.update_pipe)


class AsyncPipesClient(AsyncPipesBase):
    """An aiobotocore-like EventBridge Pipes client."""

    service = SERVICE
    create_pipe = async_method(Pipes.create_pipe)
    delete_pipe = async_method(Pipes.delete_pipe)
    describe_pipe = async_method(Pipes.describe_pipe)
    list_pipes = async_method(Pipes.list_pipes)
    list_tags_for_resource = async_method(Pipes.list_tags_for_resource)
    start_pipe = async_method(Pipes.start_pipe)
    stop_pipe = async_method(Pipes.stop_pipe)
    tag_resource = async_method(Pipes.tag_resource)
    untag_resource = async_method(Pipes.untag_resource)
    update_pipe = async_method(Pipes.update_pipe)
