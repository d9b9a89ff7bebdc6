"""EventBridge Scheduler clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.scheduler.service import SERVICE, Scheduler
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncSchedulerBase, SchedulerBase
else:
    SchedulerBase, AsyncSchedulerBase = Client, AsyncClient

__all__ = ["AsyncSchedulerClient", "SchedulerClient"]


class SchedulerClient(SchedulerBase):
    """A boto3-like EventBridge Scheduler client."""

    service = SERVICE
    create_schedule = sync_method(Scheduler.create_schedule)
    create_schedule_group = sync_method(Scheduler.create_schedule_group)
    delete_schedule = sync_method(Scheduler.delete_schedule)
    delete_schedule_group = sync_method(Scheduler.delete_schedule_group)
    get_schedule = sync_method(Scheduler.get_schedule)
    get_schedule_group = sync_method(Scheduler.get_schedule_group)
    list_schedule_groups = sync_method(Scheduler.list_schedule_groups)
    list_schedules = sync_method(Scheduler.list_schedules)
    list_tags_for_resource = sync_method(Scheduler.list_tags_for_resource)
    tag_resource = sync_method(Scheduler.tag_resource)
    untag_resource = sync_method(Scheduler.untag_resource)
    update_schedule = sync_method(Scheduler.update_schedule)


class AsyncSchedulerClient(AsyncSchedulerBase):
    """An aiobotocore-like EventBridge Scheduler client."""

    service = SERVICE
    create_schedule = async_method(Scheduler.create_schedule)
    create_schedule_group = async_method(Scheduler.create_schedule_group)
    delete_schedule = async_method(Scheduler.delete_schedule)
    delete_schedule_group = async_method(Scheduler.delete_schedule_group)
    get_schedule = async_method(Scheduler.get_schedule)
    get_schedule_group = async_method(Scheduler.get_schedule_group)
    list_schedule_groups = async_method(Scheduler.list_schedule_groups)
    list_schedules = async_method(Scheduler.list_schedules)
    list_tags_for_resource = async_method(Scheduler.list_tags_for_resource)
    tag_resource = async_method(Scheduler.tag_resource)
    untag_resource = async_method(Scheduler.untag_resource)
    update_schedule = async_method(Scheduler.update_schedule)
