"""Firehose clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.firehose.service import SERVICE, Firehose
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncFirehoseBase, FirehoseBase
else:
    FirehoseBase, AsyncFirehoseBase = Client, AsyncClient

__all__ = ["AsyncFirehoseClient", "FirehoseClient"]


class FirehoseClient(FirehoseBase):
    """A boto3-like Firehose client."""

    service = SERVICE
    create_delivery_stream = sync_method(Firehose.create_delivery_stream)
    delete_delivery_stream = sync_method(Firehose.delete_delivery_stream)
    describe_delivery_stream = sync_method(Firehose.describe_delivery_stream)
    list_delivery_streams = sync_method(Firehose.list_delivery_streams)
    list_tags_for_delivery_stream = sync_method(Firehose.list_tags_for_delivery_stream)
    put_record = sync_method(Firehose.put_record)
    put_record_batch = sync_method(Firehose.put_record_batch)
    tag_delivery_stream = sync_method(Firehose.tag_delivery_stream)
    untag_delivery_stream = sync_method(Firehose.untag_delivery_stream)
    update_destination = sync_method(Firehose.update_destination)


class AsyncFirehoseClient(AsyncFirehoseBase):
    """An aiobotocore-like Firehose client."""

    service = SERVICE
    create_delivery_stream = async_method(Firehose.create_delivery_stream)
    delete_delivery_stream = async_method(Firehose.delete_delivery_stream)
    describe_delivery_stream = async_method(Firehose.describe_delivery_stream)
    list_delivery_streams = async_method(Firehose.list_delivery_streams)
    list_tags_for_delivery_stream = async_method(Firehose.list_tags_for_delivery_stream)
    put_record = async_method(Firehose.put_record)
    put_record_batch = async_method(Firehose.put_record_batch)
    tag_delivery_stream = async_method(Firehose.tag_delivery_stream)
    untag_delivery_stream = async_method(Firehose.untag_delivery_stream)
    update_destination = async_method(Firehose.update_destination)
