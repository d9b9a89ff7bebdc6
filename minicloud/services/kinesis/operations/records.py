"""Records: putting them, and reading them through iterators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....core.chaos import Chaos
from ....core.constraints import members_of, violation
from ....core.md5 import md5
from ....core.operation import operation
from ....core.shapes import Blob, Timestamp
from ....core.timeline import SECOND
from ....core.tokens import LIFETIME
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import errors, facts, notes, shapes
from ..constraints import (
    HASH_KEY,
    ITERATOR_TYPE,
    PAGE_LIMIT,
    PARTITION_KEY,
    SEQUENCE_NUMBER,
    SHARD_ID,
    SHARD_ITERATOR,
    STREAM_ARN,
    STREAM_NAME,
    check,
)
from ..record import KEYLESS, Record, as_answers
from ..sequence import parse, time_stamp
from ..shard import HASH_KEYS, Shard, notify_listeners, shard_id_of
from ..start_position import Start, start_position
from ..state import KinesisState
from ..stream import Stream
from ..throughput import MEBIBYTE

__all__ = ["RecordOperations"]

_LONGEST_KEY: Final = 256
_LONGEST_ITERATOR: Final = 512
_MOST_ENTRIES: Final = 500
_MOST_READ: Final = 10_000
_MOST_BYTES: Final = 10 * MEBIBYTE
_NOT_PLAIN: Final = 1 << 63
"""Larger than any record: what is to be looked at more closely."""
_LARGEST_RECORD: Final = 10 * MEBIBYTE
"""What the model says of data. A stream's own limit is another matter, that of the service and not of its front."""


class RecordOperations(KinesisState):
    """The operations on records."""

    # --- writing ------------------------------------------------------------------------------------------------------

    @operation("PutRecord")
    def put_record(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        Data: Blob,
        PartitionKey: shapes.PartitionKey = UNSET,
        ExplicitHashKey: str = UNSET,
        SequenceNumberForOrdering: str = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
        DryRun: bool = UNSET,
    ) -> shapes.PutRecordOutput:
        """Append a record to the shard whose hash keys contain its key's. O(log shards).

        A stream that distributes records itself (``RecordDistributionStrategy``) needs no key, and gives the record to
        the next shard. ``DryRun`` ends in DryRunOperationException where the call would be answered.
        """
        data: Any = Data  # bytes, whatever the caller gave
        stream = self._writable(StreamName, StreamARN)
        if PartitionKey is UNSET:
            key, size = b"", _NOT_PLAIN
        else:
            key = PartitionKey.encode("utf-8", "surrogatepass")
            size = len(data) + len(key)
        if (
            stream is None
            or size > stream.largest_plain
            or not 1 <= len(PartitionKey) <= _LONGEST_KEY
            or ExplicitHashKey is not UNSET
            or SequenceNumberForOrdering is not UNSET
            or DryRun is not UNSET
        ):
            check(
                ("sequenceNumberForOrdering", SEQUENCE_NUMBER, SequenceNumberForOrdering),
                ("partitionKey", PARTITION_KEY, PartitionKey),
                ("explicitHashKey", HASH_KEY, ExplicitHashKey),
                ("streamName", STREAM_NAME, StreamName),
                ("streamARN", STREAM_ARN, StreamARN),
            )
            if stream is None:
                stream = self._find_writable(StreamName, StreamARN)
            size = len(data) + len(key)
            if size > stream.max_record_size:
                raise errors.validation_failed([_too_large("data", stream)])
            hash_key = b""
            if not stream.distributes:
                if PartitionKey is UNSET:
                    raise errors.key_missing(["partitionKey"])
                hash_key = md5(key).digest() if ExplicitHashKey is UNSET else _explicit(ExplicitHashKey)
            if SequenceNumberForOrdering is not UNSET:
                if stream.distributes:
                    raise errors.ordering_of_distributed(stream.name, stream.account_id)
                self._check_ordering(now, stream, SequenceNumberForOrdering)
            if DryRun is not UNSET and DryRun:
                raise self.dry_run(now, stream)
            shard = stream.next_shard() if stream.distributes else stream.shard_of(hash_key)
            if PartitionKey is UNSET:
                PartitionKey = ""
        else:
            shard = stream.shard_of(md5(key).digest())

        if shard.writing is not None and not shard.writing.admit(now, size, stream.max_record_kib > 1024):
            raise self._throttled(now, stream, shard, "PutRecord", notes.WRITE_RATE)
        stream.sweep_sometimes(now)
        trace = self.world.trace
        if trace is not None:
            number = shard.next_sequence_number(time_stamp(now))
            facts.record_put(trace, now, stream, shard, number, PartitionKey, data, ["PutRecord", 1, 0, len(data)])
        encrypted = stream.key_id is not None
        marks = encrypted if PartitionKey else encrypted | KEYLESS
        record = shard.append(now, time_stamp(now), data, PartitionKey, size, marks)
        if shard.listeners:
            shard.notify_listeners(now)
        if encrypted:
            return {
                "ShardId": shard.shard_id,
                "SequenceNumber": record.sequence_number,
                "EncryptionType": "KMS",
            }
        return {"ShardId": shard.shard_id, "SequenceNumber": record.sequence_number}

    @operation("PutRecords")
    def put_records(
        self,
        now: int,
        *,
        Records: shapes.PutRecordsRequestEntries,
        StreamName: shapes.StreamName = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
        DryRun: bool = UNSET,
    ) -> shapes.PutRecordsOutput:
        """Append up to 500 records; some may fail while others are stored. O(log shards) a record.

        Each is stored by itself: of a call into which an exception comes the first ones may be there, and no others.
        ``DryRun`` ends in one DryRunOperationException where the call would be answered.
        """
        stream = self._writable(StreamName, StreamARN)
        if stream is None or not 1 <= len(Records) <= _MOST_ENTRIES:
            _check_entries(Records, StreamName, StreamARN, is_keyless=True)
            stream = self._find_writable(StreamName, StreamARN)
        sizes, hash_keys = self._measure(stream, Records)
        if DryRun is not UNSET and DryRun:
            raise self.dry_run(now, stream)
        shards = [stream.next_shard() for _ in sizes] if stream.distributes else stream.shards_of(hash_keys)

        answers: list[shapes.PutRecordsResultEntry] = []
        awaited: dict[Shard, None] = {}
        failed = 0
        encrypted = stream.key_id is not None
        is_large = stream.max_record_kib > 1024
        trace = self.world.trace
        stream.sweep_sometimes(now)
        stamp = time_stamp(now)
        entry: Any  # its data is bytes, whatever the caller gave
        for entry, size, shard in zip(Records, sizes, shards, strict=True):
            if shard.writing is not None and not shard.writing.admit(now, size, is_large):
                error = errors.shard_rate_exceeded(shard.shard_id, stream.name, stream.account_id)
                answers.append({"ErrorCode": error.code, "ErrorMessage": error.message})
                failed += 1
                if trace is not None:
                    call = _call_of(Records, answers) if len(answers) == len(sizes) else None
                    facts.record_throttled(trace, now, stream, shard, entry, call)
                continue
            if trace is not None:
                call = _call_of(Records, answers, stored=True) if len(answers) + 1 == len(sizes) else None
                number, given = shard.next_sequence_number(stamp), entry.get("PartitionKey", "")
                facts.record_put(trace, now, stream, shard, number, given, entry["Data"], call)
            try:
                key = entry["PartitionKey"]
            except KeyError:
                record = shard.append(now, stamp, entry["Data"], "", size, encrypted | KEYLESS)
            else:
                record = shard.append(now, stamp, entry["Data"], key, size, encrypted)
            answers.append({"SequenceNumber": record.sequence_number, "ShardId": shard.shard_id})
            if shard.listeners:
                awaited[shard] = None
        if awaited:
            notify_listeners(awaited, now)
        answer: shapes.PutRecordsOutput = {"FailedRecordCount": failed, "Records": answers}
        if encrypted:
            answer["EncryptionType"] = "KMS"
        return answer

    def _measure(self, stream: Stream, entries: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[bytes]]:
        """The sizes and the hash keys of the entries. Raises for anything that keeps all of them out."""
        sizes: list[int] = []
        hash_keys: list[bytes] = []
        largest = stream.max_record_size
        suspicious = False
        for entry in entries:
            try:
                partition_key = entry["PartitionKey"]
            except KeyError:
                partition_key = ""  # none that may be given
            key = partition_key.encode("utf-8", "surrogatepass")
            size = len(entry["Data"]) + len(key)
            if size > largest or not 1 <= len(partition_key) <= _LONGEST_KEY or "ExplicitHashKey" in entry:
                suspicious = True
            sizes.append(size)
            hash_keys.append(md5(key).digest())
        if suspicious:
            _check_entries(entries, is_keyless=stream.distributes)
            if max(sizes) > _LARGEST_RECORD:
                raise _too_large_entries(stream, sizes, _LARGEST_RECORD)
        if sum(sizes) > self.limits.kinesis_put_records_size:
            raise errors.records_too_large(self.limits.kinesis_put_records_size // MEBIBYTE)
        if suspicious:
            if max(sizes) > largest:
                raise _too_large_entries(stream, sizes, largest)
            for place, entry in enumerate(() if stream.distributes else entries):
                if "ExplicitHashKey" in entry:
                    hash_keys[place] = _explicit(entry["ExplicitHashKey"])
        return sizes, hash_keys

    def _writable(self, name: str, arn: str) -> Stream | None:
        """The stream, in the plain case: named, there, and ready; else None."""
        if arn is UNSET:
            stream = None if name is UNSET else self.streams.get(name)
        elif name is UNSET and arn.startswith(self.arn_prefix):
            stream = self.streams.get(arn[len(self.arn_prefix) :])
        else:
            return None
        return stream if stream is not None and stream.exists else None

    def _find_writable(self, name: str, arn: str) -> Stream:
        stream = self.find_stream(name, arn)
        if not stream.exists:
            raise errors.stream_not_found(stream.name, stream.account_id).noting(notes.changing(stream))
        return stream

    def _check_ordering(self, now: int, stream: Stream, text: str) -> None:
        """Raise InvalidArgumentException for what cannot be the number of an earlier put."""
        number = parse(text)
        latest = max(now // SECOND, stream.newest_second)
        if number is None or number.second > latest:
            raise errors.number_for_ordering_invalid(text, stream.name, stream.account_id)

    # --- reading ------------------------------------------------------------------------------------------------------

    @operation("GetShardIterator")
    def get_shard_iterator(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ShardId: shapes.ShardId,
        ShardIteratorType: shapes.ShardIteratorType,
        StartingSequenceNumber: str = UNSET,
        Timestamp: Timestamp = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
        DryRun: bool = UNSET,
    ) -> shapes.GetShardIteratorOutput:
        """Where to read from, for GetRecords; good for five minutes. O(log n) in the shard's records.

        ``DryRun`` ends in DryRunOperationException where the call would be answered.
        """
        check(
            ("shardId", SHARD_ID, ShardId),
            ("shardIteratorType", ITERATOR_TYPE, ShardIteratorType),
            ("startingSequenceNumber", SEQUENCE_NUMBER, StartingSequenceNumber),
            ("streamName", STREAM_NAME, StreamName),
            ("streamARN", STREAM_ARN, StreamARN),
        )
        account_id, stream_name, stream = self.look_up_stream(StreamName, StreamARN)
        index = self.shard_index(ShardId, stream_name, account_id)
        if stream is None:
            error = errors.shard_does_not_exist(shard_id_of(index), stream_name, account_id)
            raise error.noting(*notes.no_stream(self, stream_name, account_id))
        shard = self.find_readable_shard(now, stream, index)
        start = Start(ShardIteratorType, StartingSequenceNumber, Timestamp, "GetShardIterator")
        if DryRun is not UNSET and DryRun:
            start_position(now, stream, shard, start)
            raise self.dry_run(now, stream)
        if self.world.limits.rates and not self.within_rate(now, "GetShardIterator", (stream.serial, shard.index)):
            error = errors.shard_rate_exceeded(shard.shard_id, stream.name, stream.account_id)
            raise error.noting(notes.ITERATOR_RATE)
        position = start_position(now, stream, shard, start)
        iterator = self._iterator(now, stream, shard, position)
        trace = self.world.trace
        if trace is not None:
            facts.iterator_made(trace, now, stream, shard, ShardIteratorType, position, iterator)
        return {"ShardIterator": iterator}

    def find_readable_shard(self, now: int, stream: Stream, index: int) -> Shard:
        """The shard with this index. Raises ResourceNotFoundException in the words of the reading operations."""
        stream.expire(now)
        shard = stream.shards.get(index)
        if shard is None or not stream.exists:
            error = errors.shard_does_not_exist(shard_id_of(index), stream.name, stream.account_id)
            raise error.noting(notes.other_shards(stream) if stream.exists else notes.changing(stream))
        return shard

    @operation("GetRecords")
    def get_records(
        self,
        now: int,
        *,
        ShardIterator: shapes.ShardIterator,
        Limit: shapes.PageLimit = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
        DryRun: bool = UNSET,
    ) -> shapes.GetRecordsOutput:
        """The records from an iterator's position on. O(log n) beside what it returns.

        At most ``Limit`` (10,000) records and 10 MiB. The iterator itself is not used up. At the end of a closed shard
        there is no ``NextShardIterator`` any more, and ``ChildShards`` names the shards to go on with.

        ``DryRun`` ends in DryRunOperationException where the call would be answered.
        """
        if (
            not 1 <= len(ShardIterator) <= _LONGEST_ITERATOR
            or (Limit is not UNSET and not 1 <= Limit <= _MOST_READ)
            or StreamARN is not UNSET
        ):
            check(
                ("limit", PAGE_LIMIT, Limit),
                ("shardIterator", SHARD_ITERATOR, ShardIterator),
                ("streamARN", STREAM_ARN, StreamARN),
            )
            if StreamARN is not UNSET:
                self.require_here(StreamARN)
        stream, shard, position = self._read_iterator(now, ShardIterator, StreamARN)
        if DryRun is not UNSET and DryRun:
            raise self.dry_run(now, stream)
        if shard.reading is not None and not shard.reading.admit(now):
            raise self._throttled(now, stream, shard, "GetRecords", notes.READ_RATE)
        stream.trim(now, shard)
        position = max(position, shard.horizon)
        records = shard.read(position, _MOST_READ if Limit is UNSET else Limit, _MOST_BYTES)
        if records and self.world.chaos is not None:
            records = self._fewer(now, stream, shard, records, self.world.chaos)
        if shard.reading is not None:
            shard.reading.count(now, shard.size_of(records))
        position += len(records)

        answer: shapes.GetRecordsOutput = {"Records": as_answers(records)}
        if shard.has_ended_at(position):
            answer["MillisBehindLatest"] = shard.millis_since_end(now, records)
            answer["ChildShards"] = shard.describe_children()
        else:
            answer["NextShardIterator"] = self._iterator(now, stream, shard, position)
            answer["MillisBehindLatest"] = shard.millis_behind(now, position, records)
        trace = self.world.trace
        if trace is not None:
            first, following = position - len(records), answer.get("NextShardIterator")
            facts.records_read(trace, now, stream, shard, records, first, ShardIterator, following)
        return answer

    def _throttled(self, now: int, stream: Stream, shard: Shard, operation: str, note: str) -> AwsError:
        """What a call is refused with that its shard has no more room for this second."""
        trace = self.world.trace
        if trace is not None:
            facts.call_throttled(trace, now, stream, shard, operation)
        return errors.shard_rate_exceeded(shard.shard_id, stream.name, stream.account_id).noting(note)

    def _fewer(self, now: int, stream: Stream, shard: Shard, records: list[Record], chaos: Chaos) -> list[Record]:
        """What is returned of the records that could be, where AWS may return fewer, or none."""
        most = len(records)
        count = 0 if chaos.is_empty(f"{stream.arn}/{shard.shard_id}") else chaos.fewer(most)
        trace = self.world.trace
        if trace is not None and count < most:
            facts.fewer_records(trace, now, stream, shard, count, most)
        return records[:count]

    def _iterator(self, now: int, stream: Stream, shard: Shard, position: int) -> str:
        return self.tokens.make(
            "iterator", now, self.region_name, stream.account_id, stream.name, stream.serial, shard.index, position
        )

    def _read_iterator(self, now: int, iterator: str, arn: str) -> tuple[Stream, Shard, int]:
        """The stream, the shard and the position that an iterator stands for."""
        found = self.tokens.read("iterator", iterator)
        if found is None or found[1][0] != self.region_name:
            if iterator[:1] == iterator[-1:] == '"':
                # AWS's decoder passes over quotes around an iterator, which come from careless unpacking of JSON.
                return self._read_iterator(now, iterator[1:-1], arn)
            raise errors.invalid_iterator().noting(found and notes.wrong_region(found[1][0], self.region_name))
        made, (_, account_id, stream_name, serial, index, position) = found
        stream = self.peer(account_id).streams.get(stream_name)
        if now - made > LIFETIME:
            trace = self.world.trace
            if trace is not None and stream is not None and stream.serial == int(serial):
                facts.iterator_expired(trace, now, stream, shard_id_of(int(index)), now - made, iterator)
            raise errors.expired_iterator(made, now).noting(notes.expired(made, now, LIFETIME))
        if stream is not None and stream.serial != int(serial):
            raise errors.internal_failure().noting(notes.MADE_ANEW)
        shard = None
        if stream is not None:
            stream.expire(now)
            shard = stream.shards.get(int(index))
        if stream is None or shard is None:
            error = errors.shard_does_not_exist(shard_id_of(int(index)), stream_name, account_id)
            if stream is None:
                raise error.noting(*notes.no_stream(self, stream_name, account_id))
            raise error.noting(notes.other_shards(stream))
        if arn is not UNSET and arn != stream.arn:
            raise errors.iterator_of_other_stream(arn)
        return stream, shard, int(position)


def _call_of(
    entries: Sequence[Mapping[str, Any]], answers: Sequence[shapes.PutRecordsResultEntry], *, stored: bool = False
) -> facts.Call:
    """What a call of PutRecords comes to, whose last entry is ``stored`` or has its answer."""
    throttled = sum("ErrorCode" in answer for answer in answers)
    size = sum(len(entry["Data"]) for entry, answer in zip(entries, answers, strict=False) if "ErrorCode" not in answer)
    return ["PutRecords", len(entries), throttled, size + (len(entries[-1]["Data"]) if stored else 0)]


def _explicit(text: str) -> bytes:
    """An explicit hash key as 16 bytes. Raises InvalidArgumentException when it is too high."""
    hash_key = int(text)
    if hash_key >= HASH_KEYS:
        raise errors.hash_key_too_high(text)
    return hash_key.to_bytes(16, "big")


def _too_large(path: str, stream: Stream) -> str:
    # AWS does not show the value of data, and counts the partition key in.
    return violation(path, f"Member must have length less than or equal to {stream.max_record_size}")


def _too_large_entries(stream: Stream, sizes: list[int], largest: int) -> AwsError:
    return errors.validation_failed(
        [_too_large(f"records.{number}.member.data", stream) for number, size in enumerate(sizes, 1) if size > largest]
    )


def _check_entries(
    entries: Sequence[Mapping[str, Any]], name: str = UNSET, arn: str = UNSET, *, is_keyless: bool
) -> None:
    """Raise ValidationException for entries that break a constraint of the model, and for too many of them.

    Unless ``is_keyless``, also for those without a partition key.
    """
    if not entries:
        text = "Member must have length greater than or equal to 1"
        raise errors.validation_failed([violation("records", text, "Value '[]'")])
    if len(entries) > _MOST_ENTRIES:
        text = f"Member must have length less than or equal to {_MOST_ENTRIES}"
        raise errors.validation_failed([violation("records", text)])
    members = members_of("records", entries, {"PartitionKey": PARTITION_KEY, "ExplicitHashKey": HASH_KEY})
    check(*members, ("streamName", STREAM_NAME, name), ("streamARN", STREAM_ARN, arn))
    keyless = [number for number, entry in enumerate(entries, 1) if "PartitionKey" not in entry]
    if keyless and not is_keyless:
        raise errors.key_missing([f"records.{number}.member.partitionKey" for number in keyless])
