"""Amazon Kinesis Data Streams: the 39 operations of one account in one region."""

from __future__ import annotations

from .consumer_operations import ConsumerOperations
from .settings_operations import SettingsOperations
from .shard_operations import ShardOperations
from .tag_operations import TagOperations

__all__ = ["Kinesis"]


class Kinesis(ConsumerOperations, SettingsOperations, ShardOperations, TagOperations):
    """The Kinesis of one account in one region."""
