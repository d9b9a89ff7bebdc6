"""What is said to requests that reach no operation: AWS's answers, byte for byte, and minicloud's own 501.

AWS's are those of its front doors, which each protocol and nearly each service has of its own. [seen on AWS's Kinesis,
2013 to 2020, and on SQS; those of the other services are in their documentation, or inferred]
"""

from __future__ import annotations

import re
from typing import Any, Final

from ..core.service import Service
from ..core.shown import escaped
from ..exceptions import AwsError
from ..wire import rpc_cbor_protocol
from ..wire.bodies import XML_NAMESPACES, error_xml, json_text, query_error
from ..wire.cbor import dumps
from ..wire.cbor_protocol import CONTENT_TYPE as CBOR
from .http_request import HttpError

__all__ = [
    "REQUEST_ID",
    "access_denied",
    "bare_error",
    "elsewhere",
    "invalid_action",
    "missing_action",
    "no_such_version",
    "not_served",
    "of_a_server",
    "refused",
    "unknown_operation_page",
    "unsupported",
]


_BY_A_MOCK: Final = re.compile(
    r"let the service through with mock_aws\(passthrough=\([^()]*\)\) where something else answers it"
    r"|have another mock be S3, mock_aws\(other='moto', passthrough=\('s3',\)\)"
)
"""What reasons say of calls that something else is to answer."""
REQUEST_ID: Final = "00000000-0000-0000-0000-000000000000"
"""Stands for the id of the request, until somebody knows it."""


def _answer(status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> HttpError:
    made = HttpError(status, "", content_type=content_type, headers=headers, closes=False)
    made.body = body
    return made


def bare_error(name: str, protocol: str, service: Service | None = None) -> HttpError:
    """An error without a message."""
    if protocol == "output":
        text = {"Output": {"__type": f"com.amazon.coral.service#{name}"}, "Version": "1.0"}
        return _answer(400 if name == "SerializationException" else 404, json_text(text), "application/json")
    if protocol == "cbor":
        return _answer(400, dumps({"__type": name}), CBOR)
    if protocol == "smithy-rpc-v2-cbor":
        return _answer(400, dumps({"__type": name}), rpc_cbor_protocol.CONTENT_TYPE, dict(rpc_cbor_protocol.PROTOCOL))
    content_type = "application/x-amz-json-1.1" if service is None else service.content_type
    return _answer(400, json_text({"__type": name}), content_type)


def unknown_operation_page() -> HttpError:
    """What SQS says to a request without an action."""
    return _answer(404, b"<UnknownOperationException/>\n", "text/xml")


def access_denied() -> HttpError:
    """What is said to a request that might be anybody's."""
    text = (
        "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n"
        "</AccessDeniedException>\n"
    )
    return _answer(403, text.encode(), "")


def _query_error(service_name: str, status: int, code: str, message: str) -> HttpError:
    error: Any = AwsError(code, message, status)
    details = {"Code": code, "Message": message}
    no_service: Any = None
    namespace = XML_NAMESPACES.get(service_name, XML_NAMESPACES["sqs"])
    body = query_error(no_service, error, details, [], REQUEST_ID, namespace)
    return _answer(status, body, "text/xml")


def invalid_action(service_name: str, action: str) -> HttpError:
    """An action that the service has not."""
    text = f"The action {escaped(action, 200)} is not valid for this endpoint."
    return _query_error(service_name, 400, "InvalidAction", text)


def missing_action(service_name: str) -> HttpError:
    """No action at all. [inferred]"""
    return _query_error(service_name, 400, "MissingAction", "The request must contain the parameter Action.")


def no_such_version(service_name: str, version: str) -> HttpError:
    """A version of the API that never was."""
    text = f"The requested version ( {escaped(version, 100)} ) is not valid."
    return _query_error(service_name, 400, "NoSuchVersion", text)


def not_served(what: str, protocol: str, to_do: str) -> HttpError:
    """What AWS has and minicloud has not: no word of AWS's, so that nobody takes it for one."""
    return unsupported(f"minicloud does not serve {escaped(what, 400)}: {to_do}", protocol)


def elsewhere(service_id: str = "") -> str:
    """How the calls of a service reach another server, while those of others come to this one."""
    name = service_id.upper().replace(" ", "_")
    variable = f"AWS_ENDPOINT_URL_{name}" if name else "a variable of its own (as AWS_ENDPOINT_URL_DYNAMODB)"
    return f"have something else answer it, to which {variable} or the client's endpoint_url leads"


def refused(service: Service, operation_name: str, protocol: str) -> HttpError:
    """An operation that the service has at AWS and not here, with the reason that it has of its own, if any."""
    why = service.refused.get(operation_name) or f"leave the call out, or {elsewhere(service.service_id)}"
    return not_served(f"{service.service_id}.{operation_name}", protocol, of_a_server(why, service.service_id))


def of_a_server(text: str, service_id: str) -> str:
    """The same advice for a client of another process, which has no ``mock_aws()`` that it could let calls through."""
    return _BY_A_MOCK.sub(elsewhere(service_id), text)


def unsupported(text: str, protocol: str) -> HttpError:
    """The same in words of one's own."""
    if protocol == "query":
        return _query_error("sqs", 501, "UnsupportedOperation", text)
    if protocol == "rest-xml":
        body = error_xml(AwsError("UnsupportedOperation", text, 501), REQUEST_ID)
        return _answer(501, body, "application/xml")
    details = {"__type": "UnsupportedOperation", "message": text}
    if protocol == "cbor":
        return _answer(501, dumps(details), CBOR)
    if protocol == "smithy-rpc-v2-cbor":
        return _answer(501, dumps(details), rpc_cbor_protocol.CONTENT_TYPE, dict(rpc_cbor_protocol.PROTOCOL))
    return _answer(501, json_text(details), "application/json", {"x-amzn-errortype": "UnsupportedOperation"})
