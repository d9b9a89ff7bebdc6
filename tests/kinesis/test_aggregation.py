"""Aggregated records: worked vectors, and that what was packed is unpacked."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicloud.kinesis import aggregate, deaggregate

HELLO_WORLD = bytes.fromhex(
    "f3899ac20a01610a01621a0908001a0568656c6c6f1a0908011a05776f726c647cf45228cd79941b056e6743990bf8ab"
)
HI = bytes.fromhex("f3899ac20a01611201301a08080010001a026869164bcabe56a546563779921b33f61957")

keys = st.text(min_size=1, max_size=20)
hash_keys = st.integers(0, 2**128 - 1).map(str)
entry = st.tuples(keys, st.none() | hash_keys, st.binary(max_size=300))


def unpacked(data: bytes) -> list[tuple[str | None, str | None, bytes]]:
    return [(record.partition_key, record.explicit_hash_key, record.data) for record in deaggregate(data)]


def test_vectors() -> None:
    assert aggregate([("a", b"hello"), ("b", b"world")]) == HELLO_WORLD
    assert unpacked(HELLO_WORLD) == [("a", None, b"hello"), ("b", None, b"world")]
    assert aggregate([("a", "0", b"hi")]) == HI
    assert unpacked(HI) == [("a", "0", b"hi")]


@given(st.lists(entry, min_size=1, max_size=200))
def test_what_was_packed_is_unpacked(entries: list[tuple[str, str | None, bytes]]) -> None:
    assert unpacked(aggregate(entries)) == entries


@given(st.binary())
def test_plain_data_is_its_own_record(data: bytes) -> None:
    assert unpacked(data) == [(None, None, data)]


@given(st.binary())
def test_any_message_with_the_right_digest_is_taken_or_left_whole(message: bytes) -> None:
    data = b"\xf3\x89\x9a\xc2" + message + md5(message, usedforsecurity=False).digest()
    records = unpacked(data)
    assert records == [(None, None, data)] or all(key is not None for key, _, _ in records)


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_changed_byte_makes_it_plain(place: int) -> None:
    data = bytearray(HELLO_WORLD)
    data[place] ^= 1
    assert unpacked(bytes(data)) == [(None, None, bytes(data))]


@pytest.mark.parametrize("size", [127, 128, 129, 255, 256, 16_383, 16_384])
def test_sizes_around_those_of_protocol_buffers(size: int) -> None:
    data = aggregate([("k" * size, b"d" * size)])
    assert unpacked(data) == [("k" * size, None, b"d" * size)]


def with_digest(message: bytes) -> bytes:
    return b"\xf3\x89\x9a\xc2" + message + md5(message, usedforsecurity=False).digest()


def test_a_number_of_64_bits_at_most() -> None:
    """A number of Protocol Buffers has ten bytes at most. [their specification: encoding]"""
    key, record = b"\x0a\x01a", b"\x1a\x06\x08\x00\x1a\x02hi"
    for size, expected in ((10, ("a", None, b"hi")), (11, None)):
        message = key + b"\x20" + b"\x80" * (size - 1) + b"\x01" + record
        data = with_digest(message)
        assert unpacked(data) == [expected or (None, None, data)]


@pytest.mark.parametrize(
    "message",
    [
        b"\x0a\x01a\x1a\x06\x08\x00\x1a\x02hi\x23",  # a group, which is no more
        b"\x0a\x01a\x1a\x06\x08\x00\x1a\x02hi\x29" + bytes(7),  # eight bytes of which one is missing
        b"\x0a\x01a\x1a\x06\x08\x00\x1a\x02hi\x35" + bytes(3),  # four
        b"\x0a\x01a\x1a\x07\x08\x00\x1a\x02hi",  # a record that says it has a byte more
        b"\x0a\x01a\x1a\x06\x08\x01\x1a\x02hi",  # a key that is not there
        b"\x0a\x01a\x1a\x08\x08\x00\x10\x00\x1a\x02hi",  # a hash key that is not there
        b"\x0a\x01a\x1a\x04\x1a\x02hi",  # no key
        b"\x0a\x01a\x1a\x02\x08\x00",  # no data
        b"\x0a\x01\xff\x1a\x06\x08\x00\x1a\x02hi",  # a key that is no UTF-8
    ],
)
def test_a_message_of_another_form_is_left_whole(message: bytes) -> None:
    data = with_digest(message)
    assert unpacked(data) == [(None, None, data)]


def test_keys_are_stored_once() -> None:
    one = len(aggregate([("a long partition key", b"x")]))
    two = len(aggregate([("a long partition key", b"x")] * 2))
    assert two - one == 7


def test_fields_that_are_not_known_are_skipped() -> None:
    message = (
        b"\x0a\x01a"  # partition key "a"
        b"\x20\x05"  # field 4, a number
        b"\x29"
        + bytes(8)
        + b"\x35"
        + bytes(4)  # fields 5 and 6, fixed
        + b"\x1a\x0d\x08\x00\x1a\x02hi\x22\x05\x0a\x03tag"  # a record with a tag
    )
    data = b"\xf3\x89\x9a\xc2" + message + md5(message, usedforsecurity=False).digest()
    assert unpacked(data) == [("a", None, b"hi")]


@pytest.mark.parametrize(
    "entries", [[], [("a",)], [("a", "b")], [(b"a", b"b")], [("a", 1, b"b")], [("a", "1", b"b", 0)]]
)
def test_what_can_not_be_packed(entries: Any) -> None:
    with pytest.raises(ValueError, match="entry"):
        aggregate(entries)


def test_an_aggregate_goes_through_a_stream(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", PartitionKey="a", Data=aggregate([("x", b"1"), ("y", b"2")]))
    place = kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    (record,) = kinesis.get_records(ShardIterator=place["ShardIterator"])["Records"]
    assert unpacked(record["Data"]) == [("x", None, b"1"), ("y", None, b"2")]
