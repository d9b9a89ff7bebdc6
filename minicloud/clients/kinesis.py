"""The Kinesis clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.kinesis.service import SERVICE, Kinesis
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncKinesisBase, KinesisBase
else:
    KinesisBase, AsyncKinesisBase = Client, AsyncClient

__all__ = ["AsyncKinesisClient", "KinesisClient"]


class KinesisClient(KinesisBase):
    """A boto3-like Kinesis client."""

    service = SERVICE
    acknowledge_dead_letter_queue_records = sync_method(Kinesis.acknowledge_dead_letter_queue_records)
    acknowledge_queue_records = sync_method(Kinesis.acknowledge_queue_records)
    add_tags_to_stream = sync_method(Kinesis.add_tags_to_stream)
    create_channel = sync_method(Kinesis.create_channel)
    create_queue = sync_method(Kinesis.create_queue)
    create_stream = sync_method(Kinesis.create_stream)
    decrease_stream_retention_period = sync_method(Kinesis.decrease_stream_retention_period)
    delete_channel = sync_method(Kinesis.delete_channel)
    delete_queue = sync_method(Kinesis.delete_queue)
    delete_resource_policy = sync_method(Kinesis.delete_resource_policy)
    delete_stream = sync_method(Kinesis.delete_stream)
    deregister_stream_consumer = sync_method(Kinesis.deregister_stream_consumer)
    describe_account_settings = sync_method(Kinesis.describe_account_settings)
    describe_channel = sync_method(Kinesis.describe_channel)
    describe_limits = sync_method(Kinesis.describe_limits)
    describe_queue = sync_method(Kinesis.describe_queue)
    describe_stream = sync_method(Kinesis.describe_stream)
    describe_stream_consumer = sync_method(Kinesis.describe_stream_consumer)
    describe_stream_summary = sync_method(Kinesis.describe_stream_summary)
    disable_enhanced_monitoring = sync_method(Kinesis.disable_enhanced_monitoring)
    enable_enhanced_monitoring = sync_method(Kinesis.enable_enhanced_monitoring)
    get_records = sync_method(Kinesis.get_records)
    get_resource_policy = sync_method(Kinesis.get_resource_policy)
    get_shard_iterator = sync_method(Kinesis.get_shard_iterator)
    increase_stream_retention_period = sync_method(Kinesis.increase_stream_retention_period)
    list_channels = sync_method(Kinesis.list_channels)
    list_queues = sync_method(Kinesis.list_queues)
    list_shards = sync_method(Kinesis.list_shards)
    list_stream_consumers = sync_method(Kinesis.list_stream_consumers)
    list_streams = sync_method(Kinesis.list_streams)
    list_tags_for_resource = sync_method(Kinesis.list_tags_for_resource)
    list_tags_for_stream = sync_method(Kinesis.list_tags_for_stream)
    merge_shards = sync_method(Kinesis.merge_shards)
    put_record = sync_method(Kinesis.put_record)
    put_records = sync_method(Kinesis.put_records)
    put_resource_policy = sync_method(Kinesis.put_resource_policy)
    receive_dead_letter_queue_records = sync_method(Kinesis.receive_dead_letter_queue_records)
    receive_queue_records = sync_method(Kinesis.receive_queue_records)
    register_stream_consumer = sync_method(Kinesis.register_stream_consumer)
    remove_tags_from_stream = sync_method(Kinesis.remove_tags_from_stream)
    restore_dead_letter_queue_records = sync_method(Kinesis.restore_dead_letter_queue_records)
    split_shard = sync_method(Kinesis.split_shard)
    start_stream_encryption = sync_method(Kinesis.start_stream_encryption)
    stop_stream_encryption = sync_method(Kinesis.stop_stream_encryption)
    subscribe_to_shard = sync_method(Kinesis.subscribe_to_shard)
    tag_resource = sync_method(Kinesis.tag_resource)
    untag_resource = sync_method(Kinesis.untag_resource)
    update_account_settings = sync_method(Kinesis.update_account_settings)
    update_channel = sync_method(Kinesis.update_channel)
    update_dead_letter_queue_records_visibility = sync_method(Kinesis.update_dead_letter_queue_records_visibility)
    update_max_record_size = sync_method(Kinesis.update_max_record_size)
    update_queue = sync_method(Kinesis.update_queue)
    update_queue_records_visibility = sync_method(Kinesis.update_queue_records_visibility)
    update_shard_count = sync_method(Kinesis.update_shard_count)
    update_stream_mode = sync_method(Kinesis.update_stream_mode)
    update_stream_record_distribution_strategy = sync_method(Kinesis.update_stream_record_distribution_strategy)
    update_stream_warm_throughput = sync_method(Kinesis.update_stream_warm_throughput)


class AsyncKinesisClient(AsyncKinesisBase):
    """An aiobotocore-like Kinesis client."""

    service = SERVICE
    acknowledge_dead_letter_queue_records = async_method(Kinesis.acknowledge_dead_letter_queue_records)
    acknowledge_queue_records = async_method(Kinesis.acknowledge_queue_records)
    add_tags_to_stream = async_method(Kinesis.add_tags_to_stream)
    create_channel = async_method(Kinesis.create_channel)
    create_queue = async_method(Kinesis.create_queue)
    create_stream = async_method(Kinesis.create_stream)
    decrease_stream_retention_period = async_method(Kinesis.decrease_stream_retention_period)
    delete_channel = async_method(Kinesis.delete_channel)
    delete_queue = async_method(Kinesis.delete_queue)
    delete_resource_policy = async_method(Kinesis.delete_resource_policy)
    delete_stream = async_method(Kinesis.delete_stream)
    deregister_stream_consumer = async_method(Kinesis.deregister_stream_consumer)
    describe_account_settings = async_method(Kinesis.describe_account_settings)
    describe_channel = async_method(Kinesis.describe_channel)
    describe_limits = async_method(Kinesis.describe_limits)
    describe_queue = async_method(Kinesis.describe_queue)
    describe_stream = async_method(Kinesis.describe_stream)
    describe_stream_consumer = async_method(Kinesis.describe_stream_consumer)
    describe_stream_summary = async_method(Kinesis.describe_stream_summary)
    disable_enhanced_monitoring = async_method(Kinesis.disable_enhanced_monitoring)
    enable_enhanced_monitoring = async_method(Kinesis.enable_enhanced_monitoring)
    get_records = async_method(Kinesis.get_records)
    get_resource_policy = async_method(Kinesis.get_resource_policy)
    get_shard_iterator = async_method(Kinesis.get_shard_iterator)
    increase_stream_retention_period = async_method(Kinesis.increase_stream_retention_period)
    list_channels = async_method(Kinesis.list_channels)
    list_queues = async_method(Kinesis.list_queues)
    list_shards = async_method(Kinesis.list_shards)
    list_stream_consumers = async_method(Kinesis.list_stream_consumers)
    list_streams = async_method(Kinesis.list_streams)
    list_tags_for_resource = async_method(Kinesis.list_tags_for_resource)
    list_tags_for_stream = async_method(Kinesis.list_tags_for_stream)
    merge_shards = async_method(Kinesis.merge_shards)
    put_record = async_method(Kinesis.put_record)
    put_records = async_method(Kinesis.put_records)
    put_resource_policy = async_method(Kinesis.put_resource_policy)
    receive_dead_letter_queue_records = async_method(Kinesis.receive_dead_letter_queue_records)
    receive_queue_records = async_method(Kinesis.receive_queue_records)
    register_stream_consumer = async_method(Kinesis.register_stream_consumer)
    remove_tags_from_stream = async_method(Kinesis.remove_tags_from_stream)
    restore_dead_letter_queue_records = async_method(Kinesis.restore_dead_letter_queue_records)
    split_shard = async_method(Kinesis.split_shard)
    start_stream_encryption = async_method(Kinesis.start_stream_encryption)
    stop_stream_encryption = async_method(Kinesis.stop_stream_encryption)
    subscribe_to_shard = async_method(Kinesis.subscribe_to_shard)
    tag_resource = async_method(Kinesis.tag_resource)
    untag_resource = async_method(Kinesis.untag_resource)
    update_account_settings = async_method(Kinesis.update_account_settings)
    update_channel = async_method(Kinesis.update_channel)
    update_dead_letter_queue_records_visibility = async_method(Kinesis.update_dead_letter_queue_records_visibility)
    update_max_record_size = async_method(Kinesis.update_max_record_size)
    update_queue = async_method(Kinesis.update_queue)
    update_queue_records_visibility = async_method(Kinesis.update_queue_records_visibility)
    update_shard_count = async_method(Kinesis.update_shard_count)
    update_stream_mode = async_method(Kinesis.update_stream_mode)
    update_stream_record_distribution_strategy = async_method(Kinesis.update_stream_record_distribution_strategy)
    update_stream_warm_throughput = async_method(Kinesis.update_stream_warm_throughput)
