"""The frames of SubscribeToShard's events, taken apart, and whole ones that botocore was seen to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from struct import unpack
from typing import Any, NamedTuple
from zlib import crc32

import pytest

import minicloud
from minicloud.exceptions import EventStreamError
from minicloud.wire import cbor
from minicloud.wire.event_stream import frames
from minicloud.wire.model import declared_operation
from tests.server.support import Raw, request

JSON, CBOR = "application/x-amz-json-1.1", "application/x-amz-cbor-1.1"


class Frame(NamedTuple):
    headers: dict[str, str]
    payload: bytes


def frames_of(data: bytes) -> Iterator[Frame]:
    """The frames, each whole and with the right checksums."""
    while data:
        size, of_headers, check = unpack("!III", data[:12])
        assert check == crc32(data[:8])
        frame, data = data[:size], data[size:]
        assert unpack("!I", frame[-4:])[0] == crc32(frame[:-4])
        headers, left = {}, frame[12 : 12 + of_headers]
        while left:
            name, left = left[1 : 1 + left[0]], left[1 + left[0] :]
            kind, length = unpack("!BH", left[:3])
            assert kind == 7  # a text
            headers[name.decode()], left = left[3 : 3 + length].decode(), left[3 + length :]
        yield Frame(headers, frame[12 + of_headers : -4])


def unchunked(data: bytes) -> bytes:
    found = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        found, data = found + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return found


def event(kind: str) -> dict[str, str]:
    return {":message-type": "event", ":event-type": kind}


@pytest.mark.parametrize("content_type", [JSON, CBOR])
@pytest.mark.parametrize("ends", ["in time", "as the stream is deleted"])
def test_frames(raw: Raw, cloud: minicloud.Cloud, content_type: str, ends: str) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    arn = cloud.stream("s").arn
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    put_at = cloud.clock.time()
    number = kinesis.put_record(StreamName="s", Data=b"\x00one", PartitionKey="k\u00e9")["SequenceNumber"]
    asked: dict[str, Any] = {
        "ConsumerARN": consumer,
        "ShardId": "shardId-000000000000",
        "StartingPosition": {"Type": "TRIM_HORIZON"},
    }
    headers = {"X-Amz-Target": "Kinesis_20131202.SubscribeToShard", "Content-Type": content_type}
    body = cbor.dumps(asked) if content_type == CBOR else json.dumps(asked).encode()
    raw.send(request(headers=headers, body=body)).answer()
    seen = b""
    while b"ContinuationSequenceNumber" not in seen:
        seen += raw._buffer or raw.socket.recv(65536)
        raw._buffer = b""
    if ends == "in time":
        cloud.clock.advance(300)
    else:
        kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
    while not seen.endswith(b"\r\n0\r\n\r\n"):
        seen += raw.socket.recv(65536)
    first, second, *more = frames_of(unchunked(seen.removesuffix(b"0\r\n\r\n")))
    assert first.headers == {**event("initial-response"), ":content-type": content_type}
    assert first.payload == (b"\xa0" if content_type == CBOR else b"{}")
    of_events = CBOR if content_type == CBOR else "application/json"
    assert second.headers == {**event("SubscribeToShardEvent"), ":content-type": of_events}
    content = cbor.loads(second.payload) if content_type == CBOR else json.loads(second.payload)
    arrived = content["Records"][0].pop("ApproximateArrivalTimestamp")
    assert (arrived.value / 1000 if content_type == CBOR else arrived) == put_at
    data = b"\x00one" if content_type == CBOR else "AG9uZQ=="
    assert content == {
        "Records": [{"SequenceNumber": number, "Data": data, "PartitionKey": "k\u00e9"}],
        "ContinuationSequenceNumber": number,
        "MillisBehindLatest": 0,
    }
    if ends == "in time":
        assert {one.headers.get(":event-type") for one in more} <= {"SubscribeToShardEvent"}
    else:
        [last] = more
        assert last.headers == {
            ":message-type": "exception",
            ":exception-type": "ResourceNotFoundException",
            ":content-type": "application/json",
        }
        assert json.loads(last.payload) == {"message": "Stream s under account 123456789012 not found."}


SHAPE = declared_operation("kinesis", "SubscribeToShard", "json")


def ending_in(code: str, message: str, *events: Any) -> Iterator[Any]:
    yield from events
    raise EventStreamError({"Error": {"Code": code, "Message": message}}, "SubscribeToShard")


def test_whole_frames() -> None:
    """[computed, and parsed by botocore]"""
    assert SHAPE is not None
    idle = {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}
    found = list(
        frames(ending_in("ResourceInUseException", "busy", {"SubscribeToShardEvent": idle}), SHAPE.output_shape)
    )
    assert [one.hex() for one in found] == [
        "000000b10000005bb43c76b10d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507001553756273637269"
        "6265546f53686172644576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b225265636f726473"
        "223a5b5d2c22436f6e74696e756174696f6e53657175656e63654e756d626572223a2231222c224d696c6c6973426568696e644c6174657374"
        "223a307d50787a05",
        "0000008600000064115b3f1a0d3a6d6573736167652d74797065070009657863657074696f6e0f3a657863657074696f6e2d7479706507001652"
        "65736f75726365496e557365457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b226d"
        "657373616765223a2262757379227d736f9977",
    ]


def test_an_error_that_is_not_modelled() -> None:
    assert SHAPE is not None
    [frame] = frames_of(b"".join(frames(ending_in("Odd", "what \u00e9"), SHAPE.output_shape)))
    assert frame.headers == {
        ":message-type": "error",
        ":error-code": "Odd",
        ":error-message": "what \u00e9",
        ":content-type": "application/json",
    }
    assert frame.payload == b"{}"
