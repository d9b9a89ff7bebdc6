"""What AWS's own hosts answer to requests that come from no client of AWS's. Those of SNS:

    https://sns.<region>.amazonaws.com/SimpleNotificationService-....pem
    https://sns.<region>.amazonaws.com/?Action=ConfirmSubscription&TopicArn=...&Token=...
    https://sns.<region>.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=...
    https://sns.<region>.amazonaws.com/?Action=Publish&...&X-Amz-Signature=...

The first three are in messages, and nobody signs them. What is signed is any call: a presigned URL, or a form that
somebody signed by hand. Signatures are not verified and do not expire: who signs takes the machine's clock for it, and
not the cloud's.

Those of SQS and Kinesis, whatever comes before the service's name: calls in JSON, signed by hand, which say by the
header X-Amz-Target what they are.

Those of the buckets of the cloud (``photos.s3.amazonaws.com``, ``s3.amazonaws.com/photos``): presigned URLs, which say
by method, path and query what they are. As the endpoint does, they answer without a signature, too.
"""

from __future__ import annotations

import json
import re
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from ..core.hosts import is_of_aws, read_host
from ..core.shown import escaped
from ..exceptions import ClientError, UsageError
from ..services.registry import load_service
from ..wire.bodies import XML_NAMESPACES, Node, xml
from ..wire.protocol import Answer
from .activation import Activation, state

if TYPE_CHECKING:
    from .http_call import HttpCall

__all__ = ["Request", "answer", "answer_async", "bytes_of", "is_ours", "request_of"]

_VERSION = "2010-03-31"
_CREDENTIAL = re.compile(r"\bCredential=([^/,\s]+)")


class Request:
    """An HTTP request. The names of headers are in lower case."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body


def is_ours(host: str | None) -> bool:
    """Whether the active cloud answers for this host."""
    activation = state.activation
    if activation is None or not host:
        return False
    found = read_host(host)
    if found is not None and found.service_name in ("kinesis", "sns", "sqs"):
        return not activation.is_named(found.service_name)
    return _has_objects(activation, host)


def _has_objects(activation: Activation, host: str) -> bool:
    """Whether a host is a bucket's, or the one that all buckets of a region share."""
    name, found, _ = f".{host.lower()}".partition(".s3")
    if not found or not is_of_aws(host) or activation.lets_through("s3"):
        return False
    buckets = [one for service in activation.cloud.services("s3") for one in service.buckets]
    return name[1:] in buckets or (bool(buckets) and not name[1:])


def answer(request: Request) -> Answer:
    """Answer a request. Raises ``ConnectionResetError`` where a fault takes the answer away."""
    found = _look(request, is_async=False)
    if isinstance(found, Answer):
        return found
    from botocore.exceptions import BotoCoreError

    try:
        return found.answer(request)
    except BotoCoreError as error:
        raise ConnectionResetError(str(error)) from None


async def answer_async(request: Request) -> Answer:
    """The same for a task of an event loop."""
    found = _look(request, is_async=True)
    if isinstance(found, Answer):
        return found
    from botocore.exceptions import BotoCoreError

    try:
        return await found.answer_async(request)
    except BotoCoreError as error:
        raise ConnectionResetError(str(error)) from None


def _look(request: Request, *, is_async: bool) -> Answer | HttpCall:
    """The answer to a request, or the call that it is. The request is left with the call's form as body."""
    activation = state.activation
    if activation is None:
        raise ConnectionResetError("the mock that was to answer has ended")
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if _has_objects(activation, host):
        return _look_for_object(activation, request, is_async=is_async)
    service_name, region_name = read_host(host)  # type: ignore[misc]  # it is ours
    if service_name != "sns":
        return _look_for_target(activation, service_name, region_name, request, is_async=is_async)
    if parts.path.endswith(".pem"):
        try:
            certificate = activation.cloud.signing_certificate(request.url)
        except UsageError:
            return Answer(404, {"content-type": "text/plain"}, b"Not Found")
        return Answer(200, {"content-type": "application/x-pem-file"}, certificate)
    text = "&".join(filter(None, [parts.query, request.body.decode(errors="replace")]))
    form = dict(parse_qsl(text, keep_blank_values=True))
    action = form.get("Action", "")
    access_key = _signer_of(request, form)
    if access_key is None:
        return _visit(activation, f"https://{host}/?{text}", action)
    if not action:
        return _refusal(activation, 400, "MissingAction", "The request must contain the parameter Action.")
    version = form.get("Version", _VERSION)
    if version != _VERSION:
        text = f"The requested version ( {escaped(version, 100)} ) is not valid."
        return _refusal(activation, 400, "NoSuchVersion", text)
    if action not in _model("sns").operation_names:
        text = f"The action {escaped(action, 200)} is not valid for this endpoint."
        return _refusal(activation, 400, "InvalidAction", text)
    token = form.get("X-Amz-Security-Token") or request.headers.get("x-amz-security-token")
    request.body = text.encode()
    credentials = {"aws_access_key_id": access_key, "aws_session_token": token}
    return _call(activation, "sns", region_name, action, credentials, is_async=is_async)


def _look_for_target(
    activation: Activation, service_name: str, region_name: str, request: Request, *, is_async: bool
) -> Answer | HttpCall:
    """The call that a request in JSON is. Raises ``UsageError`` for one in another protocol, and for a stream."""
    prefix, _, action = request.headers.get("x-amz-target", "").partition(".")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if prefix != _model(service_name).metadata["targetPrefix"] or not action or "cbor" in content_type:
        raise UsageError(
            f"{escaped(request.url, 200)} was fetched without a client of AWS's and without a header X-Amz-Target that "
            f"names an operation of {service_name}, or in CBOR; and minicloud answers such requests to {service_name} "
            f"in JSON only: use a client, or let them through with mock_aws(passthrough=({service_name!r},))"
        )
    access_key = _signer_of(request, {})
    if access_key is None:
        # [the status is that of the JSON protocol's other refusals; not seen on AWS]
        details = {"__type": "MissingAuthenticationTokenException", "message": "Missing Authentication Token"}
        return Answer(400, {"content-type": "application/x-amz-json-1.1"}, json.dumps(details).encode())
    if service_name == "kinesis":
        refused = _refused_by_kinesis(content_type, request.body)
        if refused is not None:
            return refused
    token = request.headers.get("x-amz-security-token")
    credentials = {"aws_access_key_id": access_key, "aws_session_token": token}
    call = _call(activation, service_name, region_name, action, credentials, is_async=is_async)
    if call.is_streaming:
        raise UsageError(
            f"minicloud does not answer {service_name}.{action} without a client of AWS's: its answer is a stream of "
            "events, which botocore's client reads"
        )
    return call


def _refused_by_kinesis(content_type: str, body: bytes) -> Answer | None:
    """What Kinesis answers to a body of a kind that it does not read, and to none at all."""
    from ..server.http_request import HttpError
    from ..server.routing import require_kind_of_kinesis
    from ..server.unrouted import bare_error

    try:
        require_kind_of_kinesis(content_type, body)
        if not body:
            raise bare_error("SerializationException", "json")
    except HttpError as error:
        return Answer(error.status, {"content-type": error.content_type}, error.body)
    return None


def _look_for_object(activation: Activation, request: Request, *, is_async: bool) -> HttpCall:
    """The call that a request to a bucket's host is. Raises ``UsageError`` for what minicloud's S3 has not."""
    from ..server.http_request import HttpRequest
    from ..server.s3_requests import operation_of_s3

    parts = urlsplit(request.url)
    request.headers.setdefault("host", parts.netloc)
    target = f"{parts.path or '/'}?{parts.query}"
    action, is_known = operation_of_s3(HttpRequest(request.method, target, request.headers, keep_alive=False))
    if not is_known:
        why = load_service("s3").refused.get(action, "have a client of AWS's do in the test what a browser would")
        raise UsageError(f"minicloud does not answer {escaped(action, 200)} of S3 without a client of AWS's: {why}")
    form = dict(parse_qsl(parts.query))
    access_key = _signer_of(request, form) or form.get("AWSAccessKeyId")
    token = form.get("X-Amz-Security-Token") or form.get("x-amz-security-token")
    credentials = {
        "aws_access_key_id": access_key,
        "aws_session_token": token or request.headers.get("x-amz-security-token"),
    }
    return _call(activation, "s3", activation.cloud.region_name, action, credentials, is_async=is_async)


def _signer_of(request: Request, form: dict[str, str]) -> str | None:
    """The access key that a request is signed with; None when it is not signed."""
    if form.get("X-Amz-Signature"):
        return form.get("X-Amz-Credential", "").partition("/")[0] or None
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    return found and found[1]


def _visit(activation: Activation, url: str, action: str) -> Answer:
    """What a request that is not signed gets: SNS's links are followed."""
    try:
        arn = activation.cloud.visit(url)
    except UsageError:
        return _refusal(activation, 403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    except ClientError as error:
        details, metadata = error.response["Error"], error.response["ResponseMetadata"]
        status, request_id = metadata["HTTPStatusCode"], metadata["RequestId"]
        return _refusal(activation, status, details["Code"], details["Message"], details["Type"], request_id)
    parts: list[Node] = []
    if action == "ConfirmSubscription":
        parts.append((f"{action}Result", [("SubscriptionArn", arn)]))
    parts.append(("ResponseMetadata", [("RequestId", _request_id(activation))]))
    return Answer(200, {"content-type": "text/xml"}, xml((f"{action}Response", parts), XML_NAMESPACES["sns"]))


def _refusal(
    activation: Activation, status: int, code: str, message: str, kind: str = "Sender", request_id: str | None = None
) -> Answer:
    details: list[Node] = [("Type", kind), ("Code", code), ("Message", message)]
    parts: list[Node] = [("Error", details), ("RequestId", request_id or _request_id(activation))]
    return Answer(status, {"content-type": "text/xml"}, xml(("ErrorResponse", parts), XML_NAMESPACES["sns"]))


def _request_id(activation: Activation) -> str:
    cloud = activation.cloud
    with cloud.gate("an answer"):
        return cloud.request_ids.next()


# --- calls -----------------------------------------------------------------------------------------------------------


@cache
def _model(service_name: str) -> Any:
    """botocore's model of a service, which has the names of the wire."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service_name, "service-2"), service_name)


class _Signer:
    """As much of a client as a responder and an ``HttpCall`` ask for."""

    def __init__(self, service_name: str, region_name: str) -> None:
        self.meta = SimpleNamespace(service_model=_model(service_name), events=None, region_name=region_name)
        self._endpoint = SimpleNamespace(http_session=None)


def _call(
    activation: Activation,
    service_name: str,
    region_name: str,
    action: str,
    credentials: dict[str, str | None],
    *,
    is_async: bool,
) -> HttpCall:
    from .http_call import HttpCall
    from .responder import Responder

    signer = _Signer(service_name, region_name)
    return HttpCall(Responder(signer, activation, credentials, is_async=is_async), signer, action)


# --- bytes -----------------------------------------------------------------------------------------------------------


def request_of(host: str, data: bytes) -> Request | None:
    """The request that bytes on a connection to ``host`` are; None while there is more to come."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, *_ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        joined = _joined(body)
        if joined is None:
            return None
        body = joined
    elif len(body) < int(headers.get("content-length", "0")):
        return None
    return Request(method, target if "://" in target else f"https://{host}{target}", headers, body)


def _joined(chunks: bytes) -> bytes | None:
    """The body that comes in chunks; None while there are more to come."""
    body = b""
    while True:
        size_line, end, rest = chunks.partition(b"\r\n")
        if not end:
            return None
        size = int(size_line.partition(b";")[0], 16)
        if len(rest) < size + 2:
            return None
        if size == 0:
            return body
        body += rest[:size]
        chunks = rest[size + 2 :]


def bytes_of(found: Answer) -> bytes:
    """An answer as it goes over a connection, which it closes."""
    from http import HTTPStatus

    # To HEAD the length is said, and nothing follows.
    headers = {"content-length": str(len(found.body)), **found.headers, "connection": "close"}
    lines = [f"HTTP/1.1 {found.status} {HTTPStatus(found.status).phrase}", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + found.body
