"""CloudWatch Logs clients: what functions and applications have logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.logs.service import SERVICE, Logs
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncLogsBase, LogsBase
else:
    LogsBase, AsyncLogsBase = Client, AsyncClient

__all__ = ["AsyncLogsClient", "LogsClient"]


class LogsClient(LogsBase):
    """A boto3-like CloudWatch Logs client."""

    service = SERVICE
    create_log_group = sync_method(Logs.create_log_group)
    create_log_stream = sync_method(Logs.create_log_stream)
    delete_log_group = sync_method(Logs.delete_log_group)
    delete_log_stream = sync_method(Logs.delete_log_stream)
    delete_retention_policy = sync_method(Logs.delete_retention_policy)
    describe_log_groups = sync_method(Logs.describe_log_groups)
    describe_log_streams = sync_method(Logs.describe_log_streams)
    filter_log_events = sync_method(Logs.filter_log_events)
    get_log_events = sync_method(Logs.get_log_events)
    put_log_events = sync_method(Logs.put_log_events)
    put_retention_policy = sync_method(Logs.put_retention_policy)


class AsyncLogsClient(AsyncLogsBase):
    """An aiobotocore-like CloudWatch Logs client."""

    service = SERVICE
    create_log_group = async_method(Logs.create_log_group)
    create_log_stream = async_method(Logs.create_log_stream)
    delete_log_group = async_method(Logs.delete_log_group)
    delete_log_stream = async_method(Logs.delete_log_stream)
    delete_retention_policy = async_method(Logs.delete_retention_policy)
    describe_log_groups = async_method(Logs.describe_log_groups)
    describe_log_streams = async_method(Logs.describe_log_streams)
    filter_log_events = async_method(Logs.filter_log_events)
    get_log_events = async_method(Logs.get_log_events)
    put_log_events = async_method(Logs.put_log_events)
    put_retention_policy = async_method(Logs.put_retention_policy)
