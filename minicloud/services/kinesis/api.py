"""Amazon Kinesis Data Streams: the 39 operations of one account in one region."""

from __future__ import annotations

from .operations.consumers import ConsumerOperations
from .operations.settings import SettingsOperations
from .operations.shards import ShardOperations
from .operations.tags import TagOperations

__all__ = ["Kinesis"]


class Kinesis(ConsumerOperations, SettingsOperations, ShardOperations, TagOperations):
    """The Kinesis of one account in one region."""
