"""The SQS clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.sqs.service import SERVICE, Sqs
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncSqsBase, SqsBase
else:
    SqsBase, AsyncSqsBase = Client, AsyncClient

__all__ = ["AsyncSqsClient", "SqsClient"]


class SqsClient(SqsBase):
    """A boto3-like SQS client."""

    service = SERVICE
    add_permission = sync_method(Sqs.add_permission)
    cancel_message_move_task = sync_method(Sqs.cancel_message_move_task)
    change_message_visibility = sync_method(Sqs.change_message_visibility)
    change_message_visibility_batch = sync_method(Sqs.change_message_visibility_batch)
    create_queue = sync_method(Sqs.create_queue)
    delete_message = sync_method(Sqs.delete_message)
    delete_message_batch = sync_method(Sqs.delete_message_batch)
    delete_queue = sync_method(Sqs.delete_queue)
    get_queue_attributes = sync_method(Sqs.get_queue_attributes)
    get_queue_url = sync_method(Sqs.get_queue_url)
    list_dead_letter_source_queues = sync_method(Sqs.list_dead_letter_source_queues)
    list_message_move_tasks = sync_method(Sqs.list_message_move_tasks)
    list_queue_tags = sync_method(Sqs.list_queue_tags)
    list_queues = sync_method(Sqs.list_queues)
    purge_queue = sync_method(Sqs.purge_queue)
    receive_message = sync_method(Sqs.receive_message)
    remove_permission = sync_method(Sqs.remove_permission)
    send_message = sync_method(Sqs.send_message)
    send_message_batch = sync_method(Sqs.send_message_batch)
    set_queue_attributes = sync_method(Sqs.set_queue_attributes)
    start_message_move_task = sync_method(Sqs.start_message_move_task)
    tag_queue = sync_method(Sqs.tag_queue)
    untag_queue = sync_method(Sqs.untag_queue)


class AsyncSqsClient(AsyncSqsBase):
    """An aiobotocore-like SQS client."""

    service = SERVICE
    add_permission = async_method(Sqs.add_permission)
    cancel_message_move_task = async_method(Sqs.cancel_message_move_task)
    change_message_visibility = async_method(Sqs.change_message_visibility)
    change_message_visibility_batch = async_method(Sqs.change_message_visibility_batch)
    create_queue = async_method(Sqs.create_queue)
    delete_message = async_method(Sqs.delete_message)
    delete_message_batch = async_method(Sqs.delete_message_batch)
    delete_queue = async_method(Sqs.delete_queue)
    get_queue_attributes = async_method(Sqs.get_queue_attributes)
    get_queue_url = async_method(Sqs.get_queue_url)
    list_dead_letter_source_queues = async_method(Sqs.list_dead_letter_source_queues)
    list_message_move_tasks = async_method(Sqs.list_message_move_tasks)
    list_queue_tags = async_method(Sqs.list_queue_tags)
    list_queues = async_method(Sqs.list_queues)
    purge_queue = async_method(Sqs.purge_queue)
    receive_message = async_method(Sqs.receive_message)
    remove_permission = async_method(Sqs.remove_permission)
    send_message = async_method(Sqs.send_message)
    send_message_batch = async_method(Sqs.send_message_batch)
    set_queue_attributes = async_method(Sqs.set_queue_attributes)
    start_message_move_task = async_method(Sqs.start_message_move_task)
    tag_queue = async_method(Sqs.tag_queue)
    untag_queue = async_method(Sqs.untag_queue)
