"""Application Auto Scaling clients: scalable targets, their policies and schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.autoscaling.service import SERVICE, AutoScaling
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import ApplicationAutoscalingBase, AsyncApplicationAutoscalingBase
else:
    ApplicationAutoscalingBase, AsyncApplicationAutoscalingBase = Client, AsyncClient

__all__ = ["ApplicationAutoscalingClient", "AsyncApplicationAutoscalingClient"]


class ApplicationAutoscalingClient(ApplicationAutoscalingBase):
    """A boto3-like Application Auto Scaling client."""

    service = SERVICE
    delete_scaling_policy = sync_method(AutoScaling.delete_scaling_policy)
    delete_scheduled_action = sync_method(AutoScaling.delete_scheduled_action)
    deregister_scalable_target = sync_method(AutoScaling.deregister_scalable_target)
    describe_scalable_targets = sync_method(AutoScaling.describe_scalable_targets)
    describe_scaling_activities = sync_method(AutoScaling.describe_scaling_activities)
    describe_scaling_policies = sync_method(AutoScaling.describe_scaling_policies)
    describe_scheduled_actions = sync_method(AutoScaling.describe_scheduled_actions)
    list_tags_for_resource = sync_method(AutoScaling.list_tags_for_resource)
    put_scaling_policy = sync_method(AutoScaling.put_scaling_policy)
    put_scheduled_action = sync_method(AutoScaling.put_scheduled_action)
    register_scalable_target = sync_method(AutoScaling.register_scalable_target)
    tag_resource = sync_method(AutoScaling.tag_resource)
    untag_resource = sync_method(AutoScaling.untag_resource)


class AsyncApplicationAutoscalingClient(AsyncApplicationAutoscalingBase):
    """An aiobotocore-like Application Auto Scaling client."""

    service = SERVICE
    delete_scaling_policy = async_method(AutoScaling.delete_scaling_policy)
    delete_scheduled_action = async_method(AutoScaling.delete_scheduled_action)
    deregister_scalable_target = async_method(AutoScaling.deregister_scalable_target)
    describe_scalable_targets = async_method(AutoScaling.describe_scalable_targets)
    describe_scaling_activities = async_method(AutoScaling.describe_scaling_activities)
    describe_scaling_policies = async_method(AutoScaling.describe_scaling_policies)
    describe_scheduled_actions = async_method(AutoScaling.describe_scheduled_actions)
    list_tags_for_resource = async_method(AutoScaling.list_tags_for_resource)
    put_scaling_policy = async_method(AutoScaling.put_scaling_policy)
    put_scheduled_action = async_method(AutoScaling.put_scheduled_action)
    register_scalable_target = async_method(AutoScaling.register_scalable_target)
    tag_resource = async_method(AutoScaling.tag_resource)
    untag_resource = async_method(AutoScaling.untag_resource)
