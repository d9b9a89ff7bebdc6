"""AWS's REST-JSON protocol: Lambda.

A request is a method and a path, and its parameters lie in four places: in the path, in the query, in headers, and in
the body, which is JSON, or one member as it is (the *payload*). Which lies where is said by the model. An answer has a
status, headers and a body in the same way; the name of an error is in a header, and its body has the members of the
exception.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ..core.service import REST_JSON, Service
from ..core.shown import escaped
from ..exceptions import AwsError
from .bodies import json_text, rest_json_error
from .json_protocol import content_of, read_value, value_of
from .protocol import MOST_ECHOED, integer_of, timestamp_of

__all__ = ["located", "place", "read_request", "scalar_of", "text_of", "write_answer", "write_error"]

_BODY = ""
"""Where a member is that is not said to be somewhere else."""

# --- requests ---------------------------------------------------------------------------------------------------------


def read_request(body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (SerializationException) for what does not fit the model.

    Raises ``UsageError`` for a member that is not in the model.
    """
    shape = model.input_shape
    if shape is None:
        return {}
    params = dict(_of_path(url, model))
    params |= _of_query(url, shape)
    params |= _of_headers(headers, shape)
    params |= _of_body(body, shape)
    return params


def _of_path(url: str, model: Any) -> Iterator[tuple[str, Any]]:
    names = {place(member, name): (name, member) for name, member in located(model.input_shape, "uri")}
    found = _pattern(model.http["requestUri"]).search(urlsplit(url).path)
    if found is None:
        raise _malformed(f"the path is not one of {model.name}")
    # The names of groups cannot be those of members, which need not be names in Python.
    for blank, text in zip(_blanks(model.http["requestUri"]), found.groups(), strict=True):
        name, member = names[blank]
        yield name, scalar_of(member, unquote(text), "iso8601")


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What the path of a request is like, whose template has blanks in braces; one with a plus takes slashes, too."""
    parts = re.split(r"\{[^}]*\}", template.partition("?")[0])
    blanks = re.findall(r"\{([^}]*)\}", template.partition("?")[0])
    source = re.escape(parts[0])
    for blank, part in zip(blanks, parts[1:], strict=True):
        source += ("(.+)" if blank.endswith("+") else "([^/]+)") + re.escape(part)
    return re.compile(source + "/?$")


def _blanks(template: str) -> list[str]:
    return [blank.rstrip("+") for blank in re.findall(r"\{([^}]*)\}", template.partition("?")[0])]


def _of_query(url: str, shape: Any) -> dict[str, Any]:
    given = parse_qs(urlsplit(url).query, keep_blank_values=True)
    params: dict[str, Any] = {}
    for name, member in located(shape, "querystring"):
        texts = given.get(place(member, name))
        if texts is None:
            continue
        if member.type_name == "list":
            params[name] = [scalar_of(member.member, text, "iso8601") for text in texts]
        else:
            params[name] = scalar_of(member, texts[-1], "iso8601")
    return params


def _of_headers(headers: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    given = {name.lower(): text_of(value) for name, value in headers.items()}
    params: dict[str, Any] = {}
    for name, member in located(shape, "header"):
        text = given.get(place(member, name).lower())
        if text is not None:
            params[name] = scalar_of(member, text, "rfc822")
    return params


def _of_body(body: bytes, shape: Any) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    if payload is not None:  # a blob: of no operation that there is it is anything else
        return {payload: body} if body else {}
    known = dict(located(shape, _BODY))
    if not known:
        return {}
    return read_value(_Part(shape, known), content_of(body))  # type: ignore[no-any-return]


class _Part:
    """A shape that has some of the members of another one."""

    type_name = "structure"

    def __init__(self, shape: Any, members: dict[str, Any]) -> None:
        self.name: str = shape.name
        self.members = members


def scalar_of(shape: Any, text: str, timestamps: str) -> Any:
    """What a text in a path, a query or a header stands for. Raises ``AwsError`` for one that does not fit."""
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return integer_of(text)
        if kind in ("double", "float"):
            return float(text)
        if kind == "timestamp":
            return _moment(text, shape.serialization.get("timestampFormat", timestamps))
    except (ValueError, OverflowError, OSError):
        raise _malformed(f"'{escaped(text, MOST_ECHOED)}' can not be converted to {kind}") from None
    if kind == "boolean":
        return text.lower() == "true"  # older releases of botocore write True into headers
    return text


def _moment(text: str, form: str) -> datetime.datetime:
    if form == "rfc822":
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(text)
    if form == "unixTimestamp":
        return timestamp_of(float(text))
    return datetime.datetime.fromisoformat(text)


# --- answers ----------------------------------------------------------------------------------------------------------


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """The headers that are members, content type and body of an answer. One without output has an empty body."""
    shape = model.output_shape
    if shape is None:
        return {}, REST_JSON, b""
    headers = {place(member, name): str(result[name]) for name, member in located(shape, "header") if name in result}
    payload = shape.serialization.get("payload")
    if payload is not None:
        return headers, REST_JSON, result.get(payload, b"")
    content = {name: result[name] for name, _ in located(shape, _BODY) if name in result}
    status = next((result[name] for name, _ in located(shape, "statusCode") if name in result), None)
    if not content and (status or model.http.get("responseCode", 200)) != 200:
        return headers, REST_JSON, b""
    return headers, REST_JSON, json_text(value_of(shape, content))


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error."""
    return service.error_headers(error), REST_JSON, rest_json_error(error)


def located(shape: Any, location: str) -> Iterable[tuple[str, Any]]:
    """The members of a shape that lie in a place."""
    return [
        (name, member)
        for name, member in shape.members.items()
        if member.serialization.get("location", _BODY) == location
    ]


def place(shape: Any, name: str) -> str:
    """What a member is called where it lies."""
    return str(shape.serialization.get("name", name))


def text_of(value: Any) -> str:
    """The text of a header."""
    return value.decode() if isinstance(value, bytes) else str(value)


def _malformed(text: str) -> AwsError:
    return AwsError("SerializationException", text)
