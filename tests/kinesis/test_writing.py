"""Putting records: answers, sizes, partial failures, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, data_of, read_all
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient

KIB = 1024
MIB = 1024 * KIB

Make = Callable[..., tuple[Any, Any]]


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def entries(*datas: bytes, key: str = "p") -> list[dict[str, Any]]:
    return [{"Data": data, "PartitionKey": key} for data in datas]


def test_put_record(kinesis: Any, stream: str) -> None:
    response = answer(kinesis.put_record(StreamName=stream, Data=b"hello", PartitionKey="p"))
    assert set(response) == {"ShardId", "SequenceNumber"}
    assert response["ShardId"] == "shardId-000000000000"
    (record,) = read_all(kinesis, stream, 0)
    assert record["SequenceNumber"] == response["SequenceNumber"]


def test_put_records_answers_in_order(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)
    response = answer(
        kinesis.put_records(
            StreamARN=f"{ARN}s",
            Records=[{"Data": key.encode(), "PartitionKey": key} for key in ("a", "b", "a")],
        )
    )
    assert set(response) == {"FailedRecordCount", "Records"}
    assert response["FailedRecordCount"] == 0
    assert [set(record) for record in response["Records"]] == [{"SequenceNumber", "ShardId"}] * 3
    assert [record["ShardId"][-1] for record in response["Records"]] == ["0", "1", "0"]
    assert data_of(read_all(kinesis, "s", 0)) == [b"a", b"a"]
    assert data_of(read_all(kinesis, "s", 1)) == [b"b"]


def test_data_may_be_empty_and_come_in_any_form(kinesis: Any, stream: str) -> None:
    for data in (b"", "text", bytearray(b"array")):
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey="p")
    assert data_of(read_all(kinesis, stream, 0)) == [b"", b"text", b"array"]


def test_a_bytearray_that_changes_later_is_another_matter(kinesis: Any, stream: str) -> None:
    data = bytearray(b"before")
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey="p")
    kinesis.put_records(StreamName=stream, Records=[{"Data": data, "PartitionKey": "p"}])
    data[:] = b"after!"
    assert data_of(read_all(kinesis, stream, 0)) == [b"before", b"before"]


def test_data_is_not_copied(kinesis: Any, way: str, stream: str) -> None:
    data = b"x" * 1000
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey="p")
    kinesis.put_records(StreamName=stream, Records=entries(data))
    same = [record["Data"] is data for record in read_all(kinesis, stream, 0)]
    assert same == [way != "full-pipeline"] * 2  # which writes requests and answers


# --- sizes ----------------------------------------------------------------------------------------------------------


def too_large(path: str, size: int = MIB) -> tuple[str, str]:
    return (
        "ValidationException",
        f"1 validation error detected: Value at '{path}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {size}",
    )


@pytest.mark.parametrize("key", ["key", "k" * 256, "é" * 10])
def test_a_record_of_one_mebibyte_passes_and_not_a_byte_more(kinesis: Any, stream: str, key: str) -> None:
    data = bytes(MIB - len(key.encode()))
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey=key)
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey=key, ExplicitHashKey="0")
    kinesis.put_records(StreamName=stream, Records=entries(data, key=key))
    assert refusal(kinesis.put_record, StreamName=stream, Data=data + b"x", PartitionKey=key) == too_large("data")
    assert refusal(kinesis.put_records, StreamName=stream, Records=entries(b"", data + b"x", key=key)) == (
        too_large("records.2.member.data")
    )


@pytest.mark.modelled("kinesis.UpdateMaxRecordSize")
def test_larger_records(kinesis: Any, stream: str) -> None:
    kinesis.update_max_record_size(StreamARN=f"{ARN}s", MaxRecordSizeInKiB=10_240)
    kinesis.put_record(StreamName=stream, Data=bytes(10 * MIB - 1), PartitionKey="p")
    assert refusal(kinesis.put_record, StreamName=stream, Data=bytes(10 * MIB), PartitionKey="p") == (
        too_large("data", 10 * MIB)
    )
    [record] = entries(bytes(10 * MIB - 1))
    kinesis.put_records(StreamName=stream, Records=[{**record, "ExplicitHashKey": "0"}])


def test_the_sum_of_a_put_records(kinesis: Any, stream: str) -> None:
    records = entries(*[bytes(MIB - 1)] * 10)
    assert kinesis.put_records(StreamName=stream, Records=records)["FailedRecordCount"] == 0
    assert refusal(kinesis.put_records, StreamName=stream, Records=[*records, *entries(b"")]) == (
        "InvalidArgumentException",
        "Records size exceeds 10 MB limit",
    )
    assert len(read_all(kinesis, stream, 0)) == 10


def test_the_sum_is_looked_at_before_a_streams_own_limit(limited: Any) -> None:
    _, kinesis = limited(put_records_size=5 * MIB)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert refusal(kinesis.put_records, StreamName="s", Records=entries(*[bytes(MIB)] * 5)) == (
        "InvalidArgumentException",
        "Records size exceeds 5 MB limit",
    )
    assert refusal(kinesis.put_records, StreamName="s", Records=entries(bytes(10 * MIB))) == (
        too_large("records.1.member.data")
    )


def test_500_records_at_once(kinesis: Any, stream: str) -> None:
    response = kinesis.put_records(StreamName=stream, Records=entries(*[b""] * 500))
    assert len(response["Records"]) == 500
    assert refusal(kinesis.put_records, StreamName=stream, Records=entries(*[b""] * 501)) == (
        "ValidationException",
        "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length less "
        "than or equal to 500",
    )
    assert refusal(kinesis.put_records, StreamName="unknown", Records=entries(*[b""] * 501))[0] == (
        "ValidationException"
    )


def test_partition_keys(kinesis: Any, stream: str) -> None:
    kinesis.put_record(StreamName=stream, Data=b"", PartitionKey="日" * 256)
    text = "Value '{}' at '{}' failed to satisfy constraint: Member must have length less than or equal to 256"
    key = "k" * 257
    assert refusal(kinesis.put_record, StreamName=stream, Data=b"", PartitionKey=key) == (
        "ValidationException",
        "1 validation error detected: " + text.format(key, "partitionKey"),
    )
    assert refusal(kinesis.put_records, StreamName=stream, Records=[*entries(b""), *entries(b"", b"", key=key)]) == (
        "ValidationException",
        "2 validation errors detected: "
        + "; ".join(text.format(key, f"records.{number}.member.partitionKey") for number in (2, 3)),
    )


@pytest.mark.parametrize("hash_key", ["", "01", "-1", "x", "1" * 40, "1 "])
def test_what_is_no_hash_key(kinesis: Any, stream: str, hash_key: str) -> None:
    def text(path: str) -> str:
        return (
            f"1 validation error detected: Value '{hash_key}' at '{path}' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: 0|([1-9]\d{0,38})"
        )

    entry = {"Data": b"", "PartitionKey": "p", "ExplicitHashKey": hash_key}
    assert refusal(kinesis.put_record, StreamName=stream, **entry) == (
        "ValidationException",
        text("explicitHashKey"),
    )
    assert refusal(kinesis.put_records, StreamName=stream, Records=[entry]) == (
        "ValidationException",
        text("records.1.member.explicitHashKey"),
    )


def test_the_hash_key_is_looked_at_before_the_number_for_ordering(kinesis: Any, stream: str) -> None:
    record = {"Data": b"", "PartitionKey": "p", "ExplicitHashKey": str(2**128), "SequenceNumberForOrdering": "9" * 56}
    assert refusal(kinesis.put_record, StreamName=stream, **record) == (
        "InvalidArgumentException",
        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
        "340282366920938463463374607431768211456",
    )


def test_a_refused_call_stores_nothing(kinesis: Any, stream: str) -> None:
    good = entries(b"good")
    for bad in (
        {"Data": bytes(MIB), "PartitionKey": "p"},
        {"Data": b"", "PartitionKey": "k" * 257},
        {"Data": b"", "PartitionKey": "p", "ExplicitHashKey": "x"},
        {"Data": b"", "PartitionKey": "p", "ExplicitHashKey": str(2**128)},
    ):
        told = refusal(kinesis.put_records, StreamName=stream, Records=[*good, bad])
        alone = refusal(kinesis.put_records, StreamName=stream, Records=[bad])
        assert alone[0] == told[0]
    assert read_all(kinesis, stream, 0) == []


def test_encrypted_records_say_so(kinesis: Any, stream: str) -> None:
    kinesis.put_record(StreamName=stream, Data=b"plain", PartitionKey="p")
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    assert kinesis.put_record(StreamName=stream, Data=b"one", PartitionKey="p")["EncryptionType"] == "KMS"
    response = kinesis.put_records(StreamName=stream, Records=entries(b"two"))
    assert response["EncryptionType"] == "KMS"
    assert "EncryptionType" not in response["Records"][0]
    kinesis.stop_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    assert "EncryptionType" not in kinesis.put_record(StreamName=stream, Data=b"plain", PartitionKey="p")
    types = [record.get("EncryptionType") for record in read_all(kinesis, stream, 0)]
    assert types == [None, "KMS", "KMS", None]


# --- throughput -----------------------------------------------------------------------------------------------------


def test_without_strict_limits_nothing_is_throttled(kinesis: Any, stream: str) -> None:
    for _ in range(5):
        assert kinesis.put_records(StreamName=stream, Records=entries(*[bytes(KIB)] * 500))["FailedRecordCount"] == 0
    assert len(read_all(kinesis, stream, 0)) == 2500


@pytest.mark.minicloud(limits="strict")
def test_a_shard_takes_1000_records_a_second(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    for _ in range(2):
        assert kinesis.put_records(StreamName="s", Records=entries(*[b""] * 500))["FailedRecordCount"] == 0
    expected = "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012."
    assert refusal(kinesis.put_record, StreamName="s", Data=b"", PartitionKey="p") == (
        "ProvisionedThroughputExceededException",
        expected,
    )
    cloud.clock.advance(0.01)
    response = answer(kinesis.put_records(StreamName="s", Records=entries(*[b"x"] * 12)))
    assert response["FailedRecordCount"] == 2
    assert (
        response["Records"][10:]
        == [{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": expected}] * 2
    )
    assert len(read_all(kinesis, "s", 0)) == 1010
    cloud.clock.advance(1)
    assert kinesis.put_records(StreamName="s", Records=entries(*[b""] * 500))["FailedRecordCount"] == 0


@pytest.mark.minicloud(limits="strict")
def test_a_shard_takes_a_mebibyte_a_second(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)

    def put(size: int, hash_key: int = 0) -> int:
        entry = {"Data": bytes(size - 1), "PartitionKey": "p", "ExplicitHashKey": str(hash_key)}
        return kinesis.put_records(StreamName="s", Records=[entry])["FailedRecordCount"]

    assert put(MIB) == 0
    assert put(1) == 1
    assert put(MIB, 2**127) == 0  # the other shard has its own
    cloud.clock.advance(0.5)
    assert put(MIB // 2 + 1) == 1
    assert put(MIB // 2) == 0


@pytest.mark.minicloud(limits="strict")
def test_what_fails_keeps_nothing_else_out(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    response = kinesis.put_records(StreamName="s", Records=entries(bytes(MIB - KIB), bytes(2 * KIB), b"small"))
    assert response["FailedRecordCount"] == 1
    assert ["ErrorCode" in record for record in response["Records"]] == [False, True, False]
    assert data_of(read_all(kinesis, "s", 0)) == [bytes(MIB - KIB), b"small"]


@pytest.mark.modelled("kinesis.CreateStream.MaxRecordSizeInKiB")
@pytest.mark.minicloud(limits="strict")
def test_large_records_come_in_bursts(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1, MaxRecordSizeInKiB=10_240)
    assert kinesis.put_records(StreamName="s", Records=entries(bytes(10 * MIB - 1)))["FailedRecordCount"] == 0
    cloud.clock.advance(5)
    assert kinesis.put_records(StreamName="s", Records=entries(bytes(5 * MIB)))["FailedRecordCount"] == 1
    assert kinesis.put_records(StreamName="s", Records=entries(bytes(5 * MIB - 1)))["FailedRecordCount"] == 0


@pytest.mark.modelled("kinesis.CreateStream.MaxRecordSizeInKiB")
@pytest.mark.minicloud(limits="strict")
@pytest.mark.parametrize(("largest", "taken"), [(1024, 1), (1025, 10)])
def test_only_a_stream_of_large_records_takes_bursts(kinesis: Any, largest: int, taken: int) -> None:
    """[developer guide: large records; 1 MiB is the least that a stream can have as its largest record]"""
    kinesis.create_stream(StreamName="s", ShardCount=2, MaxRecordSizeInKiB=largest)
    record = {"Data": bytes(MIB - 1), "PartitionKey": "p"}
    for _ in range(taken):
        kinesis.put_record(StreamName="s", ExplicitHashKey="0", **record)
    assert refusal(kinesis.put_record, StreamName="s", ExplicitHashKey="0", **record)[0] == (
        "ProvisionedThroughputExceededException"
    )
    response = kinesis.put_records(StreamName="s", Records=[{"ExplicitHashKey": str(2**127), **record}] * 10)
    assert response["FailedRecordCount"] == 10 - taken


@pytest.mark.minicloud(limits="strict")
def test_children_have_their_own_throughput(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert kinesis.put_records(StreamName="s", Records=entries(bytes(MIB - 1)))["FailedRecordCount"] == 0
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(2**127))
    assert kinesis.put_records(StreamName="s", Records=entries(bytes(MIB - 1)))["FailedRecordCount"] == 0


def test_a_stream_of_another_account(make_client: MakeClient, kinesis: Any, stream: str) -> None:
    other = make_client("kinesis", account_id="210987654321")
    params = {"StreamARN": f"{ARN}{stream}", "PartitionKey": "p"}
    assert other.put_record(Data=b"x", **params)["ShardId"] == "shardId-000000000000"
    assert refusal(other.put_record, StreamName=stream, Data=b"x", PartitionKey="p") == (
        "ResourceNotFoundException",
        "Stream s under account 210987654321 not found.",
    )
    assert refusal(other.put_record, Data=b"x", PartitionKey="p", StreamARN=f"{ARN}unknown") == (
        "ResourceNotFoundException",
        f"Stream unknown under account {ACCOUNT} not found.",
    )


def test_what_was_told_and_has_not_happened() -> None:
    """As where an exception came between the fact and what it tells: metrics do not count it."""
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        kinesis = cloud.client("kinesis", "us-east-1")
        for name in ("s", "gone"):
            kinesis.create_stream(StreamName=name, ShardCount=1)
            for data in (b"0", b"1"):
                kinesis.put_record(StreamName=name, Data=data, PartitionKey="p")
        kinesis.delete_stream(StreamName="gone")
        facts = [(0, one.kind, one.resource, dict(one.details)) for one in cloud.trace]
        [service] = cloud.services("kinesis")

        def put(position: int, name: str = "s", shard: int = 0) -> tuple[int, str, str, dict[str, Any]]:
            details = {"arn": f"{ARN}{name}", "shard_id": f"shardId-{shard:012d}", "position": position}
            return 0, "kinesis.record.put", name, details

        end = len(facts)
        assert service.not_so(facts) == []
        assert sorted(service.not_so([*facts, put(2), put(3)])) == [end, end + 1]
        assert service.not_so([*facts, put(2, "never"), put(0, "gone"), put(2, shard=7)]) == []
        [again] = service.not_so([*facts, put(1)])  # it was told once more
        assert (facts[again][1], facts[again][3]["position"]) == ("kinesis.record.put", 1)
        kinesis.create_stream(StreamName="gone", ShardCount=1)
        assert service.not_so(facts) == []
        assert service.not_so([*facts, put(0, "gone")]) == [end]
