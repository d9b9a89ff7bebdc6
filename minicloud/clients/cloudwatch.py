"""CloudWatch clients: metrics and alarms."""

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
    delete_alarms = sync_method(CloudWatch.delete_alarms)
    describe_alarm_history = sync_method(CloudWatch.describe_alarm_history)
    describe_alarms = sync_method(CloudWatch.describe_alarms)
    describe_alarms_for_metric = sync_method(CloudWatch.describe_alarms_for_metric)
    disable_alarm_actions = sync_method(CloudWatch.disable_alarm_actions)
    enable_alarm_actions = sync_method(CloudWatch.enable_alarm_actions)
    get_metric_data = sync_method(CloudWatch.get_metric_data)
    get_metric_statistics = sync_method(CloudWatch.get_metric_statistics)
    list_metrics = sync_method(CloudWatch.list_metrics)
    list_tags_for_resource = sync_method(CloudWatch.list_tags_for_resource)
    put_composite_alarm = sync_method(CloudWatch.put_composite_alarm)
    put_metric_alarm = sync_method(CloudWatch.put_metric_alarm)
    put_metric_data = sync_method(CloudWatch.put_metric_data)
    set_alarm_state = sync_method(CloudWatch.set_alarm_state)
    tag_resource = sync_method(CloudWatch.tag_resource)
    untag_resource = sync_method(CloudWatch.untag_resource)


class AsyncCloudwatchClient(AsyncCloudwatchBase):
    """An aiobotocore-like CloudWatch client."""

    service = SERVICE
    delete_alarms = async_method(CloudWatch.delete_alarms)
    describe_alarm_history = async_method(CloudWatch.describe_alarm_history)
    describe_alarms = async_method(CloudWatch.describe_alarms)
    describe_alarms_for_metric = async_method(CloudWatch.describe_alarms_for_metric)
    disable_alarm_actions = async_method(CloudWatch.disable_alarm_actions)
    enable_alarm_actions = async_method(CloudWatch.enable_alarm_actions)
    get_metric_data = async_method(CloudWatch.get_metric_data)
    get_metric_statistics = async_method(CloudWatch.get_metric_statistics)
    list_metrics = async_method(CloudWatch.list_metrics)
    list_tags_for_resource = async_method(CloudWatch.list_tags_for_resource)
    put_composite_alarm = async_method(CloudWatch.put_composite_alarm)
    put_metric_alarm = async_method(CloudWatch.put_metric_alarm)
    put_metric_data = async_method(CloudWatch.put_metric_data)
    set_alarm_state = async_method(CloudWatch.set_alarm_state)
    tag_resource = async_method(CloudWatch.tag_resource)
    untag_resource = async_method(CloudWatch.untag_resource)
