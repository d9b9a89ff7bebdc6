"""Requests and answers as they go over the wire: which protocol, and what all of them share.

Read and written from a model of an operation, which whoever asks brings along (``model``): botocore's own, so a client
of any release gets its own names and its own protocol; or that of the declarations, for requests from a network.
Nothing of botocore is imported.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol, cast

from ..core.service import Service
from ..core.shown import cut, shown
from ..exceptions import AwsError, UsageError

__all__ = [
    "MOST_ECHOED",
    "PROTOCOLS",
    "Answer",
    "UnknownMember",
    "WireProtocol",
    "integer_of",
    "load_protocol",
    "timestamp_of",
    "unknown_member",
]

PROTOCOLS: Final = {
    "application-autoscaling": "json",
    "cloudwatch": "json",
    "events": "json",
    "iam": "query",
    "kinesis": "json",
    "lambda": "rest-json",
    "logs": "json",
    "s3": "rest-xml",
    "firehose": "json",
    "pipes": "rest-json",
    "scheduler": "rest-json",
    "sns": "query",
    "sqs": "json",
    "sts": "query",
}
"""The protocol that each service speaks with clients of today. Only these take the fast path."""

MOST_ECHOED: Final = 200
"""So many characters of what somebody sent are in the text of an error."""

_MODULES = {
    "cbor": ".cbor_protocol",
    "json": ".json_protocol",
    "query": ".query_protocol",
    "query-json": ".query_json_protocol",
    "rest-json": ".rest_json_protocol",
    "rest-xml": ".rest_xml_protocol",
    "smithy-rpc-v2-cbor": ".rpc_cbor_protocol",
}


class Answer:
    """An HTTP answer. ``events`` are what a stream goes on with, as native events, after its first one."""

    __slots__ = ("body", "events", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes, events: Iterable[Any] | None = None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.events = events


class UnknownMember(UsageError):
    """A request has what the model of it has not: ``what`` says what that is, and of which structure."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__(text)
        self.what = what


class WireProtocol(Protocol):
    """One protocol: what a module that speaks it has."""

    def read_request(self, body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
        """The parameters of a request. Raises ``AwsError``, and ``UsageError`` for what the model does not have."""

    def write_answer(self, result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
        """Headers that are a part of the answer itself, content type and body of an answer."""

    def write_error(
        self, error: AwsError, service: Service, model: Any, request_id: str
    ) -> tuple[dict[str, str], str, bytes]:
        """Headers that only errors have, content type and body of an error."""


@cache
def load_protocol(protocol: str) -> WireProtocol:
    """The module that speaks a protocol. Raises ``UsageError`` for one that minicloud does not speak."""
    module = _MODULES.get(protocol)
    if module is None:
        known = ", ".join(_MODULES)
        raise UsageError(
            f"minicloud does not speak the protocol {shown(protocol)} of this client: it speaks {known}; use a release "
            "of botocore whose client does"
        )
    return cast("WireProtocol", import_module(module, __package__))


def unknown_member(name: str, shape: Any) -> UnknownMember:
    """What to say of a member that a request has and botocore's model of it has not: something else has put it there.

    A service might leave it out. Here that would hide what it was to do, or a misspelt name.
    """
    name = cut(name, MOST_ECHOED)
    return UnknownMember(
        f"the request has {name!r}, which {shape.name} has not in the model of the client's botocore: minicloud does "
        "not leave out what it does not know; look for the handler that puts it there, or take it out of the form",
        f"the member {name!r} of {shape.name}",
    )


def integer_of(text: str) -> int:
    """The whole number in a text. Raises ``ValueError`` for what only Python takes for one (``1_0``, `` 1``)."""
    if not (text.isascii() and text.lstrip("+-").isdigit()):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def timestamp_of(value: float) -> datetime.datetime:
    """The timestamp that seconds since the epoch stand for."""
    return datetime.datetime.fromtimestamp(value, datetime.UTC)
