"""``ResponseMetadata``: what an answer tells of itself, its HTTP headers included.

Nearly nobody looks at the headers, and to know the length of a body costs more than most calls, so they are made when
somebody looks. Where the length is known beforehand, as that of a plain send's answer, a dict is made at once: that is
half of what the other takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..core.operation import Operation
from ..core.service import REST_XML, Service
from ..core.timeline import SECOND
from ..exceptions import AwsError
from ..services.s3.request_ids import request_id_of, second_request_id

__all__ = [
    "STREAM_TYPE",
    "HttpHeaders",
    "headers_of",
    "http_date_of",
    "metadata_of_error",
    "metadata_of_result",
    "plain_headers",
    "request_id_for",
    "second_id_of",
    "second_request_id",
]

STREAM_TYPE = "application/vnd.amazon.eventstream"
"""The content type of an answer that goes on as a stream of events."""


class HttpHeaders(dict[str, str]):
    """The headers of an answer: a dict in all respects, made when it is first looked at. Copies are plain dicts.

    Who makes one puts the request's id in at once: what asks a dict's size without calling it (the JSON encoder of the
    standard library does) is not to find it empty.
    """

    __slots__ = ("made_of",)

    made_of: tuple[tuple[Service, Operation[..., Any]], int, dict[str, Any]] | None
    """The operation, the time, and the answer without its metadata; None once the headers are made."""

    def _make(self) -> None:
        made_of = getattr(self, "made_of", None)
        if made_of is None:
            return
        (service, operation), now, result = made_of
        if service.content_type == REST_XML:
            self._make_of_xml(service, operation, now, result)
            return
        request_id = dict.__getitem__(self, "x-amzn-requestid")
        if operation.streaming:
            made = headers_of(service, request_id, now, None, STREAM_TYPE)
        else:
            from .bodies import answer_body

            body = answer_body(service, operation, result, request_id)
            named = operation.http.headers.items()
            more = {header.lower(): str(result[name]) for name, header in named if name in result}
            made = headers_of(service, request_id, now, len(body), service.content_type, more)
        for name, value in made.items():
            dict.setdefault(self, name, value)
        self.made_of = None

    def _make_of_xml(self, service: Service, operation: Operation[..., Any], now: int, result: dict[str, Any]) -> None:
        from .xml_answers import rest_xml_answer

        request_id = dict.__getitem__(self, "x-amz-request-id")
        more, body = rest_xml_answer(service, operation, result, request_id)
        for name, value in headers_of(service, request_id, now, len(body), "", more).items():
            dict.setdefault(self, name, value)
        self.made_of = None

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return dict, (dict(self),)


def _after_making(method: Callable[..., Any]) -> Callable[..., Any]:
    def look(self: HttpHeaders, *args: Any, **kwargs: Any) -> Any:
        self._make()
        for other in args:
            if type(other) is HttpHeaders:
                other._make()
        return method(self, *args, **kwargs)

    look.__name__ = method.__name__
    look.__doc__ = method.__doc__
    return look


# All of a dict's methods but ``__setitem__``: what is set before the headers are made stays.
# fmt: off
for _name in (
    "__contains__", "__delitem__", "__eq__", "__ge__", "__getitem__", "__gt__", "__ior__", "__iter__", "__le__",
    "__len__", "__lt__", "__ne__", "__or__", "__repr__", "__reversed__", "__ror__", "__sizeof__", "clear", "copy",
    "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
):
    setattr(HttpHeaders, _name, _after_making(getattr(dict, _name)))
# fmt: on


def headers_of(
    service: Service,
    request_id: str,
    now: int,
    length: int | None,
    content_type: str,
    more: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers of an answer, in AWS's order. ``length`` is None where nobody knows it when the answer begins."""
    if service.content_type == REST_XML:
        return _headers_of_s3(request_id, now, length, content_type, more or {})
    headers = {"x-amzn-requestid": request_id}
    if service.name == "kinesis":
        headers["x-amz-id-2"] = second_id_of(request_id)
    headers["date"] = _http_date(now)
    headers.update(more or {})
    if content_type:
        headers["content-type"] = content_type
    if length is None:
        headers["transfer-encoding"] = "chunked"
    else:
        headers["content-length"] = str(length)
    if service.name not in ("iam", "sts"):
        headers["connection"] = "keep-alive"
    return headers


def _headers_of_s3(
    request_id: str, now: int, length: int | None, content_type: str, more: dict[str, str]
) -> dict[str, str]:
    headers = {"x-amz-id-2": second_request_id(request_id), "x-amz-request-id": request_id, "date": _http_date(now)}
    headers.update((name.lower(), value) for name, value in more.items())
    if content_type:
        headers["content-type"] = content_type
    headers.setdefault("content-length", str(length or 0))
    headers["server"] = "AmazonS3"
    return headers


def request_id_for(service: Service, request_id: str) -> str:
    """The id of a request as the service has them."""
    return request_id_of(request_id) if service.content_type == REST_XML else request_id


def plain_headers(service: Service, operation: Operation[..., Any]) -> list[tuple[str, dict[str, str]]] | None:
    """Of each answer whose headers can be made at once, an expression that tells it, and those headers; None if none.

    The expression is of ``result``, which has no metadata yet. The headers lack the request's id and the date.
    """
    if service.name not in ("sqs", "sns"):  # the others' have parts that differ, or that nobody is in a hurry for
        return None
    if operation.result is type(None):
        lengths = {"True": 0}
        if "json" not in service.content_type:
            from .bodies import answer_body

            lengths = {"True": len(answer_body(service, operation, {}, "-" * 36))}
    elif operation.plain_answer is not None:
        members, length = operation.plain_answer
        lengths = {f"len(result) == {members}": length}
        for name, length in operation.longer_answers.items():
            lengths[f"{name!r} in result and len(result) == {members + 1}"] = length
    else:
        return None
    found = []
    for test, length in lengths.items():
        made = headers_of(service, "", 0, length, service.content_type)
        del made["x-amzn-requestid"], made["date"]
        found.append((test, made))
    return found


def http_date_of(now: int) -> tuple[int, int, str]:
    """From when until when the date of answers' headers stays the same, which is a second, and that date."""
    begin = now - now % SECOND
    return begin, begin + SECOND, _http_date(now)


def _http_date(now: int) -> str:
    return _date_of(now // SECOND)


@lru_cache(16)
def _date_of(seconds: int) -> str:
    # email.utils.formatdate, without 10 ms for the import of email.
    moment = time.gmtime(seconds)
    day, month = _DAYS[moment.tm_wday], _MONTHS[moment.tm_mon - 1]
    return f"{day}, {moment.tm_mday:02} {month} {moment.tm_year:04} {time.strftime('%H:%M:%S', moment)} GMT"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def second_id_of(request_id: str) -> str:
    """Another id of the request, which AWS's support asks for; 96 characters."""
    from base64 import b64encode
    from hashlib import shake_128

    return b64encode(shake_128(request_id.encode()).digest(72)).decode()


def metadata_of_result(
    service: Service, operation: Operation[..., Any], request_id: str, now: int, result: dict[str, Any]
) -> dict[str, Any]:
    """``ResponseMetadata`` of a batch's answer, as compiled methods make it in place."""
    headers = HttpHeaders()
    headers["x-amzn-requestid"] = request_id
    headers.made_of = (service, operation), now, result
    return {"RequestId": request_id, "HTTPStatusCode": 200, "HTTPHeaders": headers, "RetryAttempts": 0}


def metadata_of_error(service: Service, error: AwsError, request_id: str, now: int) -> dict[str, Any]:
    """``ResponseMetadata`` of an error."""
    from .bodies import error_body

    length = len(error_body(service, error, request_id))
    headers = headers_of(service, request_id, now, length, service.content_type, service.error_headers(error))
    if service.content_type == REST_XML:
        return {
            "RequestId": request_id,
            "HostId": second_request_id(request_id),
            "HTTPStatusCode": error.status,
            "HTTPHeaders": headers,
            "RetryAttempts": 0,
        }
    return {"RequestId": request_id, "HTTPStatusCode": error.status, "HTTPHeaders": headers, "RetryAttempts": 0}
