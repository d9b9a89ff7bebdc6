"""What ``Invoke`` answers with is a stream, read once, like botocore's at each client's seat."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

import minicloud
from minicloud.boto.raw_bodies import raw_of
from minicloud.clients.payload import AsyncPayload, Payload

TEXT = b'{"a": 1}\n{"b": 2}\r\n\n' + b"x" * 3000


@pytest.fixture
def echo(cloud):
    """A function that answers with its event."""
    cloud.function("echo", lambda event, _: event)


@pytest.mark.parametrize(
    ("given", "told"), [(b'{"a": ["\xc3\xa4"]}', b'{"a": ["\\u00e4"]}'), (b"", b"{}"), (b"null", b"null")]
)
def test_the_payload_of_a_run(lambda_, echo, given, told):
    answer = lambda_.invoke(FunctionName="echo", Payload=given)
    assert next(iter(answer)) == "ResponseMetadata"
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-executed-version"] == "$LATEST"
    payload = answer["Payload"]
    read = payload.read()
    if asyncio.iscoroutine(read):
        read = asyncio.run(read)
    assert json.loads(read) == json.loads(told)
    assert int(headers["content-length"]) == len(read)


def test_files_and_texts_may_be_payloads(cloud, echo):
    client = cloud.client("lambda")
    for given in (io.BytesIO(b"[1]"), "[1]", bytearray(b"[1]")):
        assert client.invoke(FunctionName="echo", Payload=given)["Payload"].read() == b"[1]"


def readers():
    yield lambda stream: [stream.read(), stream.read(), stream.tell()]
    yield lambda stream: [stream.read(5), stream.read(5), stream.tell(), stream.read()]
    yield lambda stream: [*stream.iter_lines()]
    yield lambda stream: [*stream.iter_lines(keepends=True)]
    yield lambda stream: [*stream.iter_chunks(), stream.read()]
    yield lambda stream: [*stream.iter_chunks(chunk_size=7)]
    yield lambda stream: [*stream]
    yield lambda stream: [next(stream), stream.readlines(), stream.readable()]


def test_a_stream_is_read_as_botocores_is():
    for read in readers():
        assert b"".join(part for part in read(Payload(TEXT)) if isinstance(part, bytes)).startswith(b'{"a')
    with Payload(TEXT) as stream:
        stream.set_socket_timeout(5)
        assert stream.read(1) == b"{"
    assert not stream.readable()


@pytest.mark.needs("botocore")
def test_a_stream_is_read_to_the_byte_as_botocores_is():
    from botocore.response import StreamingBody

    for read in readers():
        assert read(Payload(TEXT)) == read(StreamingBody(io.BytesIO(TEXT), len(TEXT)))


def test_a_stream_of_asyncio_is_awaited():
    async def main():
        stream = AsyncPayload(TEXT)
        assert await stream.read(5) == TEXT[:5]
        assert stream.tell() == 5
        assert await stream.readlines() == TEXT[5:].splitlines(keepends=True)
        assert [line async for line in AsyncPayload(TEXT).iter_lines()] == [*Payload(TEXT).iter_lines()]
        assert [chunk async for chunk in AsyncPayload(TEXT)] == [*Payload(TEXT)]
        async with AsyncPayload(TEXT) as other:
            assert await other.read() == TEXT

    asyncio.run(main())


@pytest.mark.needs("aiobotocore")
def test_the_stream_of_aiobotocore():
    from aiobotocore.session import get_session

    async def main():
        async with minicloud.mock_aws(clock="virtual") as cloud, get_session().create_client("lambda") as client:
            cloud.function("echo", lambda event, _: event)
            answer = await client.invoke(FunctionName="echo", Payload=b"[1]")
            async with answer["Payload"] as stream:
                assert await stream.read() == b"[1]"
            answer = await client.invoke(FunctionName="echo", Payload=b"[1]")
            assert [
                await answer["Payload"].read(2),
                await answer["Payload"].read(),
                await answer["Payload"].read(),
            ] == [
                b"[1",
                b"]",
                b"",
            ]
            answer = await client.invoke(FunctionName="echo", Payload=b"[1]")
            assert [chunk async for chunk in answer["Payload"].iter_chunks()] == [b"[1]"]

    asyncio.run(main())


def test_what_aiobotocore_2_hands_out_in_a_with_is_read_as_aiohttps_answer():
    """Whole, or what of its content is left: it has no sizes, so that a program which gives one fails here as well."""

    async def main():
        raw = raw_of(b"abcdef")
        async with raw as stream:
            with pytest.raises(TypeError):
                await stream.read(4)
            assert await stream.content.read(4) == b"abcd"
            assert [await stream.read(), await stream.read(), await stream.content.read()] == [b"ef", b"ef", b""]
        assert [await read() for read in (raw_of(b"x").read, raw_of(b"x").aread)] == [b"x", b"x"]

    asyncio.run(main())
