"""AWS's event-stream framing: how SubscribeToShard's events go over the wire.

A frame is: total length, length of the headers, CRC-32 of those eight bytes, headers, payload, CRC-32 of all before.
"""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import AsyncIterator, Iterator
from struct import pack
from typing import Any

from ..exceptions import EventStreamError
from .cbor import dumps
from .cbor_protocol import CONTENT_TYPE as CBOR
from .cbor_protocol import document_of
from .json_protocol import value_of

__all__ = ["frames", "frames_async", "initial_frame"]

_STRING = 7


def initial_frame(result: dict[str, Any], shape: Any, content_type: str) -> bytes:
    """The first frame: the members of the answer beside its stream, as an answer without one would have them."""
    rest = {name: value for name, value in result.items() if name in shape.members and name != shape.event_stream_name}
    kind = {"message-type": "event", "event-type": "initial-response"}
    if content_type == CBOR:
        return _framed(kind, dumps(document_of(shape, rest)), content_type)
    return _frame(kind, value_of(shape, rest), content_type)


def frames(stream: Any, shape: Any) -> Iterator[bytes]:
    """The frames of a native event stream; an error ends them as one of their own."""
    events = shape.members[shape.event_stream_name]
    try:
        for event in stream:
            yield _event(event, events)
    except EventStreamError as error:
        yield _exception(error, events)


async def frames_async(stream: Any, shape: Any, content_type: str = "application/json") -> AsyncIterator[bytes]:
    """The same for asyncio; with payloads in CBOR where that is the content type."""
    events = shape.members[shape.event_stream_name]
    try:
        async for event in stream:
            if content_type == CBOR:
                [(name, content)] = event.items()
                payload = dumps(document_of(events.members[name], content))
                yield _framed({"message-type": "event", "event-type": name}, payload, CBOR)
            else:
                yield _event(event, events)
    except EventStreamError as error:
        yield _exception(error, events)


def _event(event: dict[str, Any], shape: Any) -> bytes:
    [(name, content)] = event.items()
    return _frame({"message-type": "event", "event-type": name}, value_of(shape.members[name], content))


def _exception(error: EventStreamError, shape: Any) -> bytes:
    details = error.response["Error"]
    if details["Code"] in shape.members:
        kind = {"message-type": "exception", "exception-type": details["Code"]}
        return _frame(kind, {"message": details["Message"]})
    return _frame({"message-type": "error", "error-code": details["Code"], "error-message": details["Message"]}, {})


def _frame(kind: dict[str, str], content: dict[str, Any], content_type: str = "application/json") -> bytes:
    return _framed(kind, json.dumps(content, separators=(",", ":")).encode(), content_type)


def _framed(kind: dict[str, str], payload: bytes, content_type: str) -> bytes:
    kind = {**kind, "content-type": content_type}
    headers = b"".join(
        pack(f"!B{len(name) + 1}sBH", len(name) + 1, f":{name}".encode(), _STRING, len(value.encode())) + value.encode()
        for name, value in kind.items()
    )
    start = pack("!II", 16 + len(headers) + len(payload), len(headers))
    frame = start + pack("!I", crc32(start)) + headers + payload
    return frame + pack("!I", crc32(frame))
