"""Putting records into delivery streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from ....core.operation import operation
from ....core.shapes import Minimum
from .. import errors, facts, shapes
from ..constraints import PUT, check
from ..state import DIRECT, FirehoseState
from ..stream import DeliveryStream

__all__ = ["RecordOperations"]

_MOST_BYTES: Final = 4 << 20
_LARGEST: Final = 1_024_000


class RecordOperations(FirehoseState):
    """The operations on records."""

    @operation("PutRecord")
    def put_record(
        self, now: int, *, DeliveryStreamName: shapes.DeliveryStreamName, Record: shapes.Record
    ) -> shapes.PutRecordOutput:
        """Put a record, which is delivered with others when the buffer is full, or in time. O(1).

        Raises ResourceNotFoundException, InvalidSourceException, ValidationException.
        """
        check({"DeliveryStreamName": DeliveryStreamName}, PUT)
        (record_id,) = self._put(now, self.stream(DeliveryStreamName), [Record], "PutRecord")
        return {"RecordId": record_id, "Encrypted": False}

    @operation("PutRecordBatch")
    def put_record_batch(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        Records: Annotated[Sequence[shapes.Record], Minimum(1)],
    ) -> shapes.PutRecordBatchOutput:
        """Put up to 500 records of up to 4 MiB together. O(records).

        Raises ResourceNotFoundException, InvalidSourceException, InvalidArgumentException, ValidationException.
        """
        check({"DeliveryStreamName": DeliveryStreamName, "Records": Records}, PUT)
        ids = self._put(now, self.stream(DeliveryStreamName), Records, "PutRecordBatch")
        entries: list[shapes.PutRecordBatchResponseEntry] = [{"RecordId": one} for one in ids]
        return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": entries}

    def _put(self, now: int, stream: DeliveryStream, records: Sequence[shapes.Record], by: str) -> list[str]:
        if stream.kind != DIRECT:
            raise errors.not_direct()
        contents = [_bytes_of(one["Data"]) for one in records]
        violations = [
            f"Value at '{'record' if by == 'PutRecord' else f'records.{number}.member'}.data' failed to satisfy "
            f"constraint: Member must have length less than or equal to {_LARGEST}"
            for number, one in enumerate(contents, start=1)
            if len(one) > _LARGEST
        ]
        if violations:
            raise errors.validation_failed(violations)
        if sum(map(len, contents)) > _MOST_BYTES:
            raise errors.batch_too_large()
        items = stream.made(now, contents)
        if (trace := self.world.trace) is not None:
            facts.records_taken(trace, now, stream, len(items), by)
        stream.put(now, items)
        return [item.record_id for item in items]


def _bytes_of(data: Any) -> bytes:
    return data.encode() if isinstance(data, str) else bytes(data)
