"""What other services deliver to streams: each delivery is a record."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ....core.effects import Deliver, Transient
from ....core.service_state import Target
from ....exceptions import AwsError
from .records import RecordOperations

__all__ = ["Deliveries"]

_PASSES: Final = "ProvisionedThroughputExceededException"
_LOOKED_AT: Final = 16
"""Records of a shard among which that of an interrupted delivery is: nothing came after it."""


class Deliveries(RecordOperations):
    """Streams as targets."""

    def target(self, arn: str) -> Target | None:
        """A stream takes a delivery as PutRecord does, by the partition key that it brings."""
        name = arn.removeprefix(self.arn_prefix)
        return None if arn == name or name not in self.streams else partial(self._put, arn)

    def _put(self, arn: str, now: int, delivery: Deliver) -> None:
        data: Any = getattr(delivery, "made", None)
        if data is None:
            delivery.made = data = delivery.body.encode()
        elif self._has(arn, data):
            return
        try:
            key = delivery.partition_key or "-"
            put = type(self).put_record.handler
            put(self, now, Data=data, PartitionKey=key, StreamARN=arn)
        except AwsError as error:
            reason = f"{error.code}: {error.message}"
            delivery.fail(now, Transient(reason) if error.code == _PASSES else reason)

    def _has(self, arn: str, data: object) -> bool:
        """Whether these very bytes are among the latest records."""
        stream = self.streams[arn.removeprefix(self.arn_prefix)]
        return any(record.data is data for shard in stream.shards.values() for record in shard.records[-_LOOKED_AT:])
