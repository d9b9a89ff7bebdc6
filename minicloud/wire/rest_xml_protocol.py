"""AWS's REST-XML protocol: S3.

A request is a method and a path, where the bucket is in the host (``photos.s3.amazonaws.com``) or begins the path; what
it says besides lies in the query, in headers, and in the body, which is XML, or the object's bytes as they are. These
may come in chunks with their checksum behind them (``aws-chunked``). Which lies where is said by the model. An answer
has a status, headers and a body in the same way; an error is XML, but to HEAD nothing than its status.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

from ..core.service import REST_XML, Service
from ..exceptions import AwsError
from ..services.s3 import rest
from ..services.s3.names import Assumed
from .bodies import error_xml, escaped_xml, scalar_text
from .rest_json_protocol import located, place, scalar_of, text_of

__all__ = ["as_asked_for", "place_in", "read_request", "write_answer", "write_error"]

_BODY = ""
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


# --- requests ---------------------------------------------------------------------------------------------------------


def place_in(url: str, host: str) -> tuple[str, str]:
    """The bucket and the key that a URL is about; empty where it has none. ``host`` is for URLs that have none."""
    parts = urlsplit(url)
    bucket = _bucket_of(parts.hostname or host.rpartition(":")[0] or host)
    path = parts.path.removeprefix("/")
    if not bucket:
        bucket, _, path = path.partition("/")
        bucket = unquote(bucket)
    return bucket, unquote(path)


def _bucket_of(host: str) -> str:
    """The bucket that is in a host's name; none where it begins the path."""
    labels = host.split(".")
    for number in range(len(labels) - 1, -1, -1):
        if labels[number] == "s3" or labels[number].startswith("s3-"):
            return ".".join(labels[:number])
    return ".".join(labels[:-1]) if labels[-1] == "localhost" else ""


def read_request(body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (MalformedXML, InvalidArgument) for what does not fit the model.

    Raises ``UsageError`` for a member that is not in the model.
    """
    shape = model.input_shape
    if shape is None:
        return {}
    given = {name.lower(): text_of(value) for name, value in headers.items()}
    bucket, key = place_in(url, given.get("host", ""))
    params: dict[str, Any] = {}
    if "Bucket" in shape.members and bucket:
        params["Bucket"] = bucket
    if key and shape.members.get("Key") is not None and shape.members["Key"].serialization.get("location") == "uri":
        params["Key"] = key
    queried = parse_qs(urlsplit(url).query, keep_blank_values=True)
    for name, member in located(shape, "querystring"):
        texts = queried.get(place(member, name))
        if texts is not None:
            params[name] = _scalar(member, texts[-1], "iso8601", name)
    body = _unchunked(body, given)
    for name, member in located(shape, "header"):
        text = given.get(place(member, name).lower())
        if text is None:
            continue
        if member.type_name == "list":
            params[name] = [one.strip() for one in text.split(",")]
        else:
            params[name] = _scalar(member, text, "rfc822", name)
    for name, member in located(shape, "headers"):
        prefix = place(member, name).lower()
        found = {one.removeprefix(prefix): text for one, text in given.items() if one.startswith(prefix)}
        if found:
            params[name] = found
    payload = shape.serialization.get("payload")
    if payload is not None and body:
        member = shape.members[payload]
        params[payload] = body if member.type_name == "blob" else _read(member, _element(body))
    return params


def _scalar(member: Any, text: str, timestamps: str, name: str) -> Any:
    try:
        return scalar_of(member, text, timestamps)
    except AwsError:
        raise AwsError(
            "InvalidArgument",
            f"Provided argument {name} is not valid",
            members={"ArgumentName": name, "ArgumentValue": text},
        ) from None


def _unchunked(body: bytes, headers: dict[str, str]) -> bytes:
    """The body without what is there for its way alone; what comes behind it is put among the headers."""
    encodings = [one.strip() for one in headers.get("content-encoding", "").split(",") if one.strip()]
    is_chunked = headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    if "aws-chunked" in encodings:
        is_chunked = True
        encodings.remove("aws-chunked")
        headers["content-encoding"] = ",".join(encodings)
        if not encodings:
            del headers["content-encoding"]
    if not is_chunked:
        return body
    headers.pop("content-length", None)
    pieces, begin = [], 0
    while True:
        end = body.find(b"\r\n", begin)
        if end < 0:
            raise _malformed()
        try:
            size = int(body[begin:end].partition(b";")[0], 16)
        except ValueError:
            raise _malformed() from None
        if size == 0:
            break
        pieces.append(body[end + 2 : end + 2 + size])
        begin = end + 2 + size + 2
    for line in body[end + 2 :].decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return b"".join(pieces)


def _element(body: bytes) -> Any:
    from xml.etree.ElementTree import ParseError, XMLParser

    parser = XMLParser()
    try:
        parser.feed(body)
        return parser.close()
    except (ParseError, ValueError):
        raise _malformed() from None


def _read(shape: Any, node: Any) -> Any:
    """What an element stands for."""
    kind = shape.type_name
    if kind == "structure":
        found: dict[str, Any] = {}
        children: dict[str, list[Any]] = {}
        for child in node:
            children.setdefault(_local(child.tag), []).append(child)
        for name, member in shape.members.items():
            if member.serialization.get("xmlAttribute"):
                text = node.get(f"{{{_XSI}}}type")
                if text is not None:
                    found[name] = text
                continue
            nodes = children.pop(place(member, name), [])
            if not nodes:
                continue
            if member.type_name == "list" and member.serialization.get("flattened"):
                found[name] = [_read(member.member, one) for one in nodes]
            else:
                found[name] = _read(member, nodes[-1])
        if children:
            raise _malformed()
        return found
    if kind == "list":
        return [_read(shape.member, one) for one in node]
    return _scalar(shape, node.text or "", "iso8601", _local(node.tag))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _malformed() -> AwsError:
    return AwsError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
    )


# --- answers ----------------------------------------------------------------------------------------------------------


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """The headers that are members, content type and body of an answer. One without output has an empty body."""
    shape = model.output_shape
    if shape is None:
        return {}, "", b""
    headers = {
        place(member, name): _header_text(member, result[name])
        for name, member in located(shape, "header")
        if result.get(name) is not None
    }
    for name, member in located(shape, "headers"):
        prefix = place(member, name)
        headers |= {f"{prefix}{key}": value for key, value in result.get(name, {}).items()}
    content_type = headers.pop("Content-Type", "")
    length = headers.pop("Content-Length", None)
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name == "blob":
        return headers, content_type, result.get(payload, b"")
    if length is not None:  # of what is not sent: to HEAD
        headers["Content-Length"] = length
        return headers, content_type, b""
    root = rest.ROOTS.get(model.name, "")
    if not root:
        # [recorded: of HEAD without an object, the type is there and the XML is not]
        return headers, REST_XML if model.name == "HeadBucket" else content_type, b""
    if model.name == "GetBucketLocation":
        return headers, REST_XML, _xml(root, escaped_xml(result.get("LocationConstraint") or ""))
    members = dict(located(shape, _BODY))
    value = result
    if payload is not None:
        members, value = shape.members[payload].members, result.get(payload, {})
    return headers, REST_XML, _xml(root, "".join(_members(members, value)))


def as_asked_for(result: dict[str, Any]) -> dict[str, Any]:
    """An answer as it would have come to boto3's clients, which ask for keys as in URLs."""
    if result.get("EncodingType").__class__ is not Assumed:
        return result
    return {name: _in_urls(name, value) for name, value in result.items()}


def _in_urls(name: str, value: Any) -> Any:
    if isinstance(value, list) and isinstance(value[0], dict):
        return [{key: _in_urls(key, item) for key, item in row.items()} for row in value]
    if value.__class__ is Assumed:
        return str(value)
    return quote_plus(value, safe="/") if name in _KEYS else value


_KEYS: Final = frozenset(
    {"Delimiter", "Key", "KeyMarker", "Marker", "NextKeyMarker", "NextMarker", "Prefix", "StartAfter"}
)


def _xml(root: str, content: str) -> bytes:
    return f'{_HEAD}<{root} xmlns="{rest.NAMESPACE}">{content}</{root}>'.encode("utf-8", "surrogatepass")


def _members(members: Mapping[str, Any], value: Mapping[str, Any]) -> Iterable[str]:
    for name, member in members.items():
        found = value.get(name)
        if found.__class__ is Assumed:
            found = found.sent
        if found is not None and not member.serialization.get("xmlAttribute"):
            yield from _nodes(member, place(member, name), found)


def _nodes(shape: Any, name: str, value: Any) -> Iterable[str]:
    kind = shape.type_name
    if kind == "structure":
        attributes = "".join(
            f' xmlns:xsi="{_XSI}" xsi:type="{_quoted(value[one])}"'
            for one, member in shape.members.items()
            if member.serialization.get("xmlAttribute") and one in value
        )
        yield f"<{name}{attributes}>{''.join(_members(shape.members, value))}</{name}>"
    elif kind == "list" and shape.serialization.get("flattened"):
        for item in value:
            yield from _nodes(shape.member, name, item)
    elif kind == "list":
        item_name = shape.member.serialization.get("name", "member")
        items = "".join(node for item in value for node in _nodes(shape.member, item_name, item))
        yield f"<{name}>{items}</{name}>"
    else:
        yield f"<{name}>{escaped_xml(scalar_text(value))}</{name}>"


def _header_text(member: Any, value: Any) -> str:
    if isinstance(value, datetime.datetime):
        if member.serialization.get("timestampFormat") == "iso8601":
            return scalar_text(value)
        from email.utils import format_datetime

        return format_datetime(value.astimezone(datetime.UTC), usegmt=True)
    return scalar_text(value)


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error."""
    if model is not None and (model.http["method"] == "HEAD" or error.status == 304):
        return service.error_headers(error), REST_XML, b""
    return service.error_headers(error), REST_XML, error_xml(error, request_id)


def _quoted(text: str) -> str:
    """What stands between the quotes of an attribute."""
    return escaped_xml(text).replace("\n", "&#10;").replace("\t", "&#9;").replace('"', "&quot;")
