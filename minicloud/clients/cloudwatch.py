"""CloudWatch clients: metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.cloudwatch.service import SERVICE, CloudWatch
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncCloudwatchBase, CloudwatchBase
else:
    CloudwatchBase, AsyncCloudwatchBase = Client, AsyncClient

__all__ = ["AsyncCloudwatchClient", "CloudwatchClient"]


class CloudwatchClient(CloudwatchBase):
    """A boto3-like CloudWatch client."""

    service = SERVICE
    get_metric_data = sync_method(CloudWatch.get_metric_data)
    get_metric_statistics = sync_method(CloudWatch.get_metric_statistics)
    list_metrics = sync_method(CloudWatch.list_metrics)
    list_tags_for_resource = sync_method(CloudWatch.list_tags_for_resource)
    put_metric_data = sync_method(CloudWatch.put_metric_data)
    tag_resource = sync_method(CloudWatch.tag_resource)
    untag_resource = sync_method(CloudWatch.untag_resource)


class AsyncCloudwatchClient(AsyncCloudwatchBase):
    """An aiobotocore-like CloudWatch client."""

    service = SERVICE
    get_metric_data = async_method(CloudWatch.get_metric_data)
    get_metric_statistics = async_method(CloudWatch.get_metric_statistics)
    list_metrics = async_method(CloudWatch.list_metrics)
    list_tags_for_resource = async_method(CloudWatch.list_tags_for_resource)
    put_metric_data = async_method(CloudWatch.put_metric_data)
    tag_resource = async_method(CloudWatch.tag_resource)
    untag_resource = async_method(CloudWatch.untag_resource)
