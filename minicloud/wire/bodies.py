"""Bodies of answers as they go over the wire.

Native clients send nothing; how long a body is they tell in ``content-length``. Protocols, which do
write answers, write errors and XML with the same functions.
"""

from __future__ import annotations

import base64
import datetime
import json
from typing import Any, TypeAlias
from urllib.parse import quote

from ..core.operation import Http, Operation
from ..core.service import REST_JSON, REST_XML, Service
from ..exceptions import AwsError
from ..services.s3.request_ids import second_request_id

__all__ = [
    "XML_NAMESPACES",
    "Node",
    "answer_body",
    "error_body",
    "error_members",
    "error_xml",
    "escaped_xml",
    "json_error",
    "json_text",
    "query_error",
    "rest_json_error",
    "scalar_text",
    "xml",
]

XML_NAMESPACES = {
    "cloudwatch": "http://monitoring.amazonaws.com/doc/2010-08-01/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
    "sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
_SHAPE_NAMESPACES = {"sqs": "com.amazonaws.sqs#"}
"""What stands before the name of a modelled error in JSON."""
_OTHER_NAMESPACES = {"sqs": "com.amazon.coral.service#"}

Node: TypeAlias = tuple[str, "str | list[Node]"]
"""An XML element: its name, and its text or its children."""


def answer_body(service: Service, operation: Operation[..., Any], result: dict[str, Any], request_id: str) -> bytes:
    """The body of an answer; that of an operation without output is empty in JSON."""
    is_empty = operation.result is type(None)
    if service.content_type == REST_JSON:
        return b"" if is_empty else rest_json_body(operation.http, result)
    if "json" in service.content_type:
        return b"" if is_empty else json_text(result)
    parts: list[Node] = [] if is_empty else [(f"{operation.name}Result", _nodes(result))]
    parts.append(("ResponseMetadata", [("RequestId", request_id)]))
    return xml((f"{operation.name}Response", parts), XML_NAMESPACES[service.name])


def error_body(service: Service, error: AwsError, request_id: str) -> bytes:
    """The body of an error."""
    if service.content_type == REST_JSON:
        return rest_json_error(error)
    if service.content_type == REST_XML:
        return b"" if error.code.isdigit() else error_xml(error, request_id)
    if "json" in service.content_type:
        return json_error(service, error)
    details = service.error_response(error)["Error"]
    return query_error(service, error, details, [], request_id, XML_NAMESPACES[service.name])


def json_text(content: dict[str, Any]) -> bytes:
    """JSON as AWS writes it: bytes are base64, timestamps are seconds."""
    return json.dumps(content, separators=(",", ":"), default=_plain).encode()


def json_error(service: Service, error: AwsError) -> bytes:
    """An error in JSON."""
    return json_text(error_members(service, error))


def error_members(service: Service, error: AwsError) -> dict[str, Any]:
    """What an error says in JSON, and in what is like it."""
    details = service.error_response(error)["Error"]
    # boto3 shows the name that the wire carries in one of two places, by whether a header says the older one.
    name = details.get("QueryErrorCode", details["Code"])
    namespaces = _SHAPE_NAMESPACES if name in service.exceptions else _OTHER_NAMESPACES
    content: dict[str, Any] = {"__type": namespaces.get(service.name, "") + name}
    if details["Message"] and "Message" not in (error.members or ()):
        # [seen on AWS's Kinesis, 2013 to 2020: of what does not fit the model the text has a capital letter]
        is_large = service.name == "kinesis" and name == "SerializationException"
        content["Message" if is_large else "message"] = details["Message"]
    return {**content, **(error.members or {})}


def rest_json_body(http: Http, result: dict[str, Any]) -> bytes:
    """What of an answer is in its body, where status and headers have a part of it."""
    if http.payload:
        payload: bytes = result.get(http.payload, b"")
        return payload
    elsewhere = {http.status, *http.headers}
    content = {name: value for name, value in result.items() if name not in elsewhere}
    status = result.get(http.status, 200) if isinstance(http.status, str) else http.status
    return json_text(content) if content or status == 200 else b""


def rest_json_error(error: AwsError) -> bytes:
    """An error in JSON whose name a header tells."""
    return json_text(dict(error.members) if error.members else {"message": error.message})


def error_xml(error: AwsError, request_id: str) -> bytes:
    """An error in the XML of S3."""
    members = {"Code": error.code, "Message": error.message, **(error.members or {})}
    members |= {"RequestId": request_id, "HostId": second_request_id(request_id[:16])}  # it may be of another form
    content = "".join(f"<{name}>{escaped_xml(str(value))}</{name}>" for name, value in members.items())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}<Error>{content}</Error>".encode("utf-8", "surrogatepass")


def query_error(
    service: Service, error: AwsError, details: dict[str, Any], extra: list[Node], request_id: str, namespace: str
) -> bytes:
    """An error in XML; ``details`` are its code and message as they are to be shown."""
    members = [(name, str(value)) for name, value in (error.members or {}).items() if name != "Message"]
    named = [("Type", error.fault), ("Code", details["Code"]), ("Message", details["Message"]), *members, *extra]
    return xml(("ErrorResponse", [("Error", named), ("RequestId", request_id)]), namespace)


def xml(root: Node, namespace: str) -> bytes:
    """The text of an element in AWS's layout: one to a line, two blanks for each level; of SQS, all on one line."""
    if namespace == XML_NAMESPACES["sqs"]:
        parts = ['<?xml version="1.0"?>']
        _write_on_one_line(root, f' xmlns="{namespace}"', parts)
        return "".join(parts).encode("utf-8", "surrogatepass")
    lines: list[str] = []
    _write(root, f' xmlns="{namespace}"', "", lines)
    lines.append("")
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def scalar_text(value: object) -> str:
    """A number, text, blob, timestamp or policy document in XML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):  # a policy document of IAM's, which is a text to AWS
        return quote(json.dumps(value, separators=(",", ":")), safe="")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def _nodes(members: dict[str, Any]) -> list[Node]:
    return [(name, _content(name, value)) for name, value in members.items()]


def _content(name: str, value: Any) -> str | list[Node]:
    if isinstance(value, dict) and not name.endswith("PolicyDocument"):
        # What is a map, and not a structure, has this name in all answers of SNS; STS has none.
        if name.lower() == "attributes":
            return [("entry", [("key", key), ("value", scalar_text(item))]) for key, item in value.items()]
        return _nodes(value)
    if isinstance(value, list):
        return [("member", _content("member", item)) for item in value]
    return scalar_text(value)


def escaped_xml(text: str) -> str:
    """A text as it stands in XML."""
    # As xml.sax.saxutils.escape, which loads what talks to web servers. Parsers make a line feed of a carriage return.
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;").replace("\r", "&#xD;")


def _write_on_one_line(node: Node, attribute: str, parts: list[str]) -> None:
    name, content = node
    if not content:
        parts.append(f"<{name}{attribute}/>")
        return
    parts.append(f"<{name}{attribute}>")
    if isinstance(content, str):
        parts.append(escaped_xml(content).replace('"', "&quot;"))
    else:
        for child in content:
            _write_on_one_line(child, "", parts)
    parts.append(f"</{name}>")


def _write(node: Node, attribute: str, indent: str, lines: list[str]) -> None:
    name, content = node
    if isinstance(content, str):
        text = escaped_xml(content)
        lines.append(f"{indent}<{name}{attribute}>{text}</{name}>" if text else f"{indent}<{name}{attribute}/>")
    elif not content:
        lines.append(f"{indent}<{name}{attribute}/>")
    else:
        lines.append(f"{indent}<{name}{attribute}>")
        for child in content:
            _write(child, "", indent + "  ", lines)
        lines.append(f"{indent}</{name}>")
