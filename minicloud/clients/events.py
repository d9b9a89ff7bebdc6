"""EventBridge clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.events.service import SERVICE, Events
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncEventsBase, EventsBase
else:
    EventsBase, AsyncEventsBase = Client, AsyncClient

__all__ = ["AsyncEventsClient", "EventsClient"]


class EventsClient(EventsBase):
    """A boto3-like EventBridge client."""

    service = SERVICE
    cancel_replay = sync_method(Events.cancel_replay)
    create_archive = sync_method(Events.create_archive)
    create_event_bus = sync_method(Events.create_event_bus)
    delete_archive = sync_method(Events.delete_archive)
    delete_event_bus = sync_method(Events.delete_event_bus)
    delete_rule = sync_method(Events.delete_rule)
    describe_archive = sync_method(Events.describe_archive)
    describe_event_bus = sync_method(Events.describe_event_bus)
    describe_replay = sync_method(Events.describe_replay)
    describe_rule = sync_method(Events.describe_rule)
    disable_rule = sync_method(Events.disable_rule)
    enable_rule = sync_method(Events.enable_rule)
    list_archives = sync_method(Events.list_archives)
    list_event_buses = sync_method(Events.list_event_buses)
    list_replays = sync_method(Events.list_replays)
    list_rule_names_by_target = sync_method(Events.list_rule_names_by_target)
    list_rules = sync_method(Events.list_rules)
    list_tags_for_resource = sync_method(Events.list_tags_for_resource)
    list_targets_by_rule = sync_method(Events.list_targets_by_rule)
    put_events = sync_method(Events.put_events)
    put_permission = sync_method(Events.put_permission)
    put_rule = sync_method(Events.put_rule)
    put_targets = sync_method(Events.put_targets)
    remove_permission = sync_method(Events.remove_permission)
    remove_targets = sync_method(Events.remove_targets)
    start_replay = sync_method(Events.start_replay)
    tag_resource = sync_method(Events.tag_resource)
    test_event_pattern = sync_method(Events.test_event_pattern)
    untag_resource = sync_method(Events.untag_resource)
    update_archive = sync_method(Events.update_archive)
    update_event_bus = sync_method(Events.update_event_bus)


class AsyncEventsClient(AsyncEventsBase):
    """An aiobotocore-like EventBridge client."""

    service = SERVICE
    cancel_replay = async_method(Events.cancel_replay)
    create_archive = async_method(Events.create_archive)
    create_event_bus = async_method(Events.create_event_bus)
    delete_archive = async_method(Events.delete_archive)
    delete_event_bus = async_method(Events.delete_event_bus)
    delete_rule = async_method(Events.delete_rule)
    describe_archive = async_method(Events.describe_archive)
    describe_event_bus = async_method(Events.describe_event_bus)
    describe_replay = async_method(Events.describe_replay)
    describe_rule = async_method(Events.describe_rule)
    disable_rule = async_method(Events.disable_rule)
    enable_rule = async_method(Events.enable_rule)
    list_archives = async_method(Events.list_archives)
    list_event_buses = async_method(Events.list_event_buses)
    list_replays = async_method(Events.list_replays)
    list_rule_names_by_target = async_method(Events.list_rule_names_by_target)
    list_rules = async_method(Events.list_rules)
    list_tags_for_resource = async_method(Events.list_tags_for_resource)
    list_targets_by_rule = async_method(Events.list_targets_by_rule)
    put_events = async_method(Events.put_events)
    put_permission = async_method(Events.put_permission)
    put_rule = async_method(Events.put_rule)
    put_targets = async_method(Events.put_targets)
    remove_permission = async_method(Events.remove_permission)
    remove_targets = async_method(Events.remove_targets)
    start_replay = async_method(Events.start_replay)
    tag_resource = async_method(Events.tag_resource)
    test_event_pattern = async_method(Events.test_event_pattern)
    untag_resource = async_method(Events.untag_resource)
    update_archive = async_method(Events.update_archive)
    update_event_bus = async_method(Events.update_event_bus)
