"""What a request asks for: which operation of which service, in which protocol, region and account.

A credential scope alone does not decide: many send none, or a wrong one, and one scope may serve two protocols. What a
request says of itself decides in this order: ``X-Amz-Target``, ``Action``, a path of REST, and last the scope and the
host. What AWS's front doors say to what they cannot place is here as well. [seen on AWS, 2013 to 2020, for Kinesis]
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from ..core.arns import is_account_id
from ..core.hosts import read_host
from ..core.operation import operations_of
from ..core.shown import escaped
from ..services.registry import SERVICE_NAMES, load_service, module_of
from .http_request import HttpError, HttpRequest
from .unrouted import (
    access_denied,
    bare_error,
    elsewhere,
    invalid_action,
    missing_action,
    no_such_version,
    not_served,
    refused,
    unknown_operation_page,
)

if TYPE_CHECKING:
    from .http_known import KnownHead

__all__ = ["REGION", "Route", "client_of", "require_kind_of_kinesis", "route_of"]

_JSON: Final = "application/x-amz-json-1."
_CBOR: Final = "application/x-amz-cbor-1.1"
_TARGETS: Final = {
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
    "AnyScaleFrontendService": "application-autoscaling",
    "Firehose_20150804": "firehose",
    "GraniteServiceVersion20100801": "cloudwatch",
    "Kinesis_20131202": "kinesis",
    "Logs_20140328": "logs",
}
_OTHER_TARGETS: Final = {
    "AWSStepFunctions": ("Step Functions", elsewhere("SFN")),
    "AmazonSNS": ("SNS in JSON", "send it as a form, as AWS's SDKs do"),
    "DynamoDBStreams_20120810": ("DynamoDB Streams", elsewhere("DynamoDB Streams")),
    "DynamoDB_20120810": ("DynamoDB", elsewhere("DynamoDB")),
}
"""What of AWS's minicloud does not serve, and what to do about it."""
_VERSIONS: Final = {
    "2010-03-31": "sns",
    "2010-05-08": "iam",
    "2010-08-01": "cloudwatch",
    "2011-06-15": "sts",
    "2012-11-05": "sqs",
}
_QUERY: Final = ("sqs", "sns", "sts", "iam", "cloudwatch")
_SIGNED_AS: Final = {"monitoring": "cloudwatch"}
"""Services by the name that signatures have for them, where that is another one."""
_RPC_CBOR: Final = "smithy-rpc-v2-cbor"
_SCOPE = re.compile(r"Credential=([^/,\s]+)/([^,\s]+)")
_IN_XML: Final = frozenset({"cloudfront", "route53", "s3-outposts", "s3express"})
"""Services of AWS's that answer in XML and say by method and path what is asked."""
_AS_SDKS_DO: Final = "send it as AWS's SDKs do, in the service's own protocol"
_WITHOUT_A_QUEUE: Final = frozenset({"CreateQueue", "ListQueues"})
REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]+")
_LONGEST_NAME: Final = 80
_RPC = re.compile(r"/service/([A-Za-z0-9_]+)/operation/([A-Za-z0-9_]+)")
_REST: Final = {
    "lambda": re.compile(r"/20[0-9]{2}-[0-9]{2}-[0-9]{2}/"),
    "pipes": re.compile(r"/v1/pipes(?:/|$)|/tags/arn(?::|%3A)aws[^/]*pipes", re.IGNORECASE),
    "scheduler": re.compile(r"/schedule(?:s|-groups)(?:/|$)|/tags/arn(?::|%3A)aws[^/]*scheduler", re.IGNORECASE),
}
"""The services whose requests say by method and path what they are, and how their paths begin."""


def client_of(request: HttpRequest | KnownHead) -> str:
    """Who asks, as the trace has it: the access key, and the first word of the user agent."""
    signed = request.headers.get("authorization", "").partition("Credential=")[2]
    agent = request.headers.get("user-agent", "").partition(" ")[0]
    return _shown_client(signed.partition("/")[0], agent)


@lru_cache(256)
def _shown_client(access_key: str, agent: str) -> str:
    name = f"{access_key} {agent}".strip()
    return escaped(name, _LONGEST_NAME) if name else "somebody"


class Route:
    """What a request asks for."""

    __slots__ = (
        "access_key",
        "account_id",
        "form",
        "is_signed",
        "operation_name",
        "protocol",
        "queue_url",
        "region_name",
        "service_name",
        "token",
    )

    def __init__(self, request: HttpRequest) -> None:
        self.service_name = ""
        self.operation_name = ""
        self.protocol = ""
        """``"json"``, ``"cbor"``, ``"query"``, ``"rest-json"``, ``"rest-xml"`` or ``"smithy-rpc-v2-cbor"``."""
        self.form: dict[str, str] = {}
        """What a request in the query protocol says."""
        self.queue_url = ""
        """The path that the request was sent to, where that may be a queue's."""
        self.region_name = ""
        """Empty where the request does not say."""
        self.account_id = ""
        self.access_key: str | None = None
        self.token = request.headers.get("x-amz-security-token")
        self.is_signed = False


def route_of(request: HttpRequest, is_bucket: Callable[[str], bool]) -> Route:
    """What a request asks for. Raises ``HttpError`` with AWS's answer to what it cannot place, or ours.

    ``is_bucket`` says of a name whether a bucket has it: a request that says nothing else may be for an object in it.
    """
    route = Route(request)
    scope = _read_scope(route, request)
    content_type = request.content_type
    if request.headers.get("smithy-protocol") or (scope != "s3" and request.path.startswith("/service/")):
        _by_rpc_path(route, request)
        _read_place(route, request)
        return route
    target = request.headers.get("x-amz-target")
    if target is not None:
        _by_target(route, target, scope, content_type, request)
    elif scope == "s3" and (request.path != "/" or request.method != "POST"):  # whatever an object says it is
        _by_bucket(route, request)
    elif content_type == "application/x-www-form-urlencoded" or "Action=" in request.query:
        text = request.body.decode("utf-8", "replace") if content_type.endswith("urlencoded") else ""
        route.form = dict(parse_qsl(f"{request.query}&{text}", keep_blank_values=True))
        _by_action(route, scope, request)
    elif scope == "s3" or (not scope and _is_of_s3(request)):
        _by_bucket(route, request)
    elif (service_name := _rest_service(request.path, scope)) is not None:
        _by_path(route, request, service_name)
    elif not scope and not _queue_path(request) and is_bucket(_bucket_of(request)):
        _by_bucket(route, request)
    else:
        _unplaced(scope, content_type, request)
    _read_place(route, request)
    return route


# --- who and where ----------------------------------------------------------------------------------------------------


def _read_scope(route: Route, request: HttpRequest) -> str:
    """The service of the credential scope; region and key go into the route."""
    authorization = request.headers.get("authorization", "")
    found = _SCOPE.search(authorization)
    text = None
    if found is not None:
        text = f"{found[1]}/{found[2]}"
    elif "X-Amz-Credential=" in request.query:
        text = unquote(dict(parse_qsl(request.query)).get("X-Amz-Credential", ""))
        route.token = route.token or dict(parse_qsl(request.query)).get("X-Amz-Security-Token")
    elif authorization.startswith("AWS ") and ":" in authorization:
        route.access_key, route.is_signed = authorization[4:].partition(":")[0], True
        return "s3"  # which alone was signed so
    elif "AWSAccessKeyId=" in request.query:
        given = dict(parse_qsl(request.query))
        route.access_key, route.is_signed = given.get("AWSAccessKeyId"), True
        route.token = route.token or given.get("SecurityToken")
        if "SignatureVersion" not in given and "Signature" in given:  # as boto3 presigns objects to this day
            route.token = route.token or given.get("x-amz-security-token")
            return "s3"
    if not text:
        return ""
    parts = text.split("/")
    route.is_signed = True
    route.access_key = parts[0]
    if len(parts) >= 5:
        route.region_name = parts[-3]
    elif len(parts) == 4:  # of SigV4a, which has its regions in a header
        region = request.headers.get("x-amz-region-set", "").partition(",")[0].strip()
        route.region_name = region if REGION.fullmatch(region) else ""
    return _SIGNED_AS.get(parts[-2], parts[-2]) if len(parts) >= 4 else ""


def _read_place(route: Route, request: HttpRequest) -> None:
    if not REGION.fullmatch(route.region_name):
        host = read_host(request.host.partition(":")[0])
        route.region_name = "" if host is None else host.region_name
    key = route.access_key
    if key and is_account_id(key):
        route.account_id, route.access_key = key, None


# --- which operation --------------------------------------------------------------------------------------------------


@cache
def _names(service_name: str) -> frozenset[str]:
    return frozenset(operation.name for operation in operations_of(load_service(service_name).api).values())


def _check(route: Route, protocol: str) -> None:
    """Raise for an operation that there is not: AWS's word where AWS has none either, and ours otherwise."""
    service = load_service(route.service_name)
    if route.operation_name in _names(route.service_name):
        return
    if route.operation_name in service.refused or (service.is_partial and route.operation_name):
        raise refused(service, route.operation_name, protocol)
    if protocol == "query":
        raise invalid_action(route.service_name, route.operation_name)
    name = "UnknownOperationException"
    raise bare_error(f"com.amazon.coral.service#{name}" if route.service_name == "sqs" else name, protocol, service)


def _by_target(route: Route, target: str, scope: str, content_type: str, request: HttpRequest) -> None:
    prefix, _, operation = target.rpartition(".")
    if prefix in _OTHER_TARGETS:
        what, to_do = _OTHER_TARGETS[prefix]
        raise not_served(f"{what}: {operation[:100]}", "json", to_do)
    is_cbor = content_type == _CBOR
    service_name = _TARGETS.get(prefix)
    if service_name == "kinesis":
        require_kind_of_kinesis(content_type, request.body)
    if service_name is None and scope and scope not in SERVICE_NAMES:
        raise not_served(f"the service {scope[:100]!r}: {operation[:100]}", "json", elsewhere())
    if service_name is None:
        raise bare_error("UnknownOperationException", "json" if content_type.startswith(_JSON) else "cbor")
    route.service_name, route.operation_name = service_name, operation
    route.protocol = "cbor" if is_cbor else "json"
    if service_name == "sqs":
        route.queue_url = _queue_path(request)
    _check(route, route.protocol)
    if service_name == "kinesis" and not request.body:
        raise bare_error("SerializationException", route.protocol)


def require_kind_of_kinesis(content_type: str, body: bytes) -> None:
    """Raise ``HttpError`` for a body of a kind that Kinesis does not read. [seen on AWS, 2013 to 2020]"""
    if content_type == "application/json":
        raise bare_error("UnknownOperationException" if _is_json(body) else "SerializationException", "output")
    if not content_type.startswith(_JSON) and content_type != _CBOR:
        if content_type and body:
            raise unknown_operation_page()
        raise bare_error("SerializationException" if not body else "UnknownOperationException", "cbor")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _by_action(route: Route, scope: str, request: HttpRequest) -> None:
    form = route.form
    action, version = form.get("Action", ""), form.get("Version", "")
    queue_path = _queue_path(request)
    host = read_host(request.host.partition(":")[0])
    service_name = _VERSIONS.get(version, "")
    if scope in _QUERY or (scope in SERVICE_NAMES and not service_name):
        service_name = scope
    elif scope and not service_name:
        raise not_served(f"the service {scope[:100]!r}: {action[:100]}", "query", elsewhere())
    if not service_name and queue_path:
        service_name = "sqs"
    if not service_name:
        having = [name for name in _QUERY if action in _names(name)]
        service_name = having[0] if len(having) == 1 else ""
    if not service_name and host is not None:
        service_name = host.service_name
    if not action:
        if service_name in _QUERY[1:]:
            raise missing_action(service_name)
        raise unknown_operation_page()
    if not service_name:
        raise invalid_action("sqs", action)
    if service_name not in _QUERY:
        raise not_served(f"{service_name} in the query protocol", "query", _AS_SDKS_DO)
    if version and _VERSIONS.get(version) != service_name:
        raise no_such_version(service_name, version)
    route.service_name, route.operation_name, route.protocol = service_name, action, "query"
    if service_name == "sqs":
        route.queue_url = queue_path
        if queue_path and action in _WITHOUT_A_QUEUE:
            raise invalid_action("sqs", action)
    _check(route, "query")


def _by_rpc_path(route: Route, request: HttpRequest) -> None:
    """Of Smithy's RPC v2: the path says all. Without its header AWS refuses it. [Smithy: RPC v2 CBOR]"""
    spoken = request.headers.get("smithy-protocol")
    found = _RPC.fullmatch(request.path)
    if spoken != "rpc-v2-cbor" or found is None:
        if spoken in (None, "rpc-v2-cbor"):
            raise bare_error("UnknownOperationException", _RPC_CBOR)
        raise not_served(f"the protocol {spoken[:100]!r}", "json", _AS_SDKS_DO)
    if _TARGETS.get(found[1]) != "cloudwatch":  # the others do not speak it
        raise not_served(f"{_TARGETS.get(found[1]) or found[1][:100]} in rpc-v2-cbor", _RPC_CBOR, _AS_SDKS_DO)
    route.service_name, route.operation_name, route.protocol = "cloudwatch", found[2], _RPC_CBOR
    _check(route, _RPC_CBOR)


def _rest_service(path: str, scope: str) -> str | None:
    """Whose path it is; None when it is of none that has paths. Signed requests say so themselves."""
    if scope in _REST:
        return scope
    if scope and scope not in SERVICE_NAMES:
        return None  # of another service, whose paths may begin like these
    return next((name for name, pattern in _REST.items() if pattern.match(path)), None)


def _by_path(route: Route, request: HttpRequest, service_name: str) -> None:
    found = _rest_operation(service_name, request.method, request.target.partition("?")[0])
    if found is None:
        name = _refused_rest_operation(service_name, request)
        if name is not None:
            raise refused(load_service(service_name), name, "rest-json")
        to_do = f"leave the call out, or {elsewhere(service_name)}"
        raise not_served(f"{request.method} {request.path[:200]} of {service_name}", "rest-json", to_do)
    route.service_name, route.operation_name, route.protocol = service_name, found, "rest-json"


def _is_of_s3(request: HttpRequest) -> bool:
    """Whether a request without a signature can only be one to S3."""
    return "s3" in request.host.partition(":")[0].split(".") or "x-amz-content-sha256" in request.headers


def _bucket_of(request: HttpRequest) -> str:
    from .s3_requests import place_in

    return place_in(request.target, request.host)[0]


def _by_bucket(route: Route, request: HttpRequest) -> None:
    from .s3_requests import operation_of_s3  # a server that nobody asks for S3 does not load it

    if "x-amz-account-id" in request.headers:
        what = f"S3 Control: {request.method} {request.path[:200]}"
        raise not_served(what, "query", elsewhere("S3 Control"))
    name, is_known = operation_of_s3(request)
    if not is_known:
        raise refused(load_service("s3"), name, "rest-xml")
    route.service_name, route.operation_name, route.protocol = "s3", name, "rest-xml"


@cache
def _rest_paths(service_name: str) -> list[tuple[str, re.Pattern[str], str]]:
    rest: Any = import_module(f"..services.{module_of(service_name)}.rest", __package__)
    rows = []
    for name, (method, template) in rest.PATHS.items():
        rows.append((method, _pattern(template), name))
    return rows


def _pattern(template: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in re.split(r"\{[^}]*\}", template))
    return re.compile("([^/]+)".join(parts) + "/?")


def _rest_operation(service_name: str, method: str, path: str) -> str | None:
    rows = _rest_paths(service_name)
    return next((name for known, pattern, name in rows if known == method and pattern.fullmatch(path)), None)


def _refused_rest_operation(service_name: str, request: HttpRequest) -> str | None:
    """The operation that a request asks for, where it is one of which minicloud says why it is refused."""
    if service_name != "lambda":
        return None
    from ..services.lambda_.rest_refused import PATHS  # only those need it who ask for such a thing

    path = request.target.partition("?")[0]
    asked = []
    for name, (method, template) in PATHS.items():
        place, _, side = template.partition("?")
        if method == request.method and _pattern(place).fullmatch(path) and side in ("", *request.query.split("&")):
            asked.append((len(side), name))
    return max(asked)[1] if asked else None  # what its query says names it best


def _queue_path(request: HttpRequest) -> str:
    """The path, if it may be that of a queue: what ends in account and name."""
    parts = request.path.strip("/").split("/")
    return request.path if len(parts) >= 2 and is_account_id(parts[-2]) and parts[-1] else ""


def _unplaced(scope: str, content_type: str, request: HttpRequest) -> None:
    host = read_host(request.host.partition(":")[0])
    if _queue_path(request) or scope == "sqs" or (host is not None and host.service_name == "sqs"):
        raise unknown_operation_page()
    versioned = _VERSIONS.get(dict(parse_qsl(request.query)).get("Version", ""), "")
    if scope in _QUERY[1:] or versioned in _QUERY[1:]:
        raise missing_action(scope if scope in _QUERY[1:] else versioned)
    if scope and scope not in SERVICE_NAMES:
        what = f"the service {scope[:100]!r}: {request.method} {request.path[:200]}"
        raise not_served(what, "query" if scope in _IN_XML else "json", elsewhere())
    raise _unknown_to_all(content_type, request)


def _unknown_to_all(content_type: str, request: HttpRequest) -> HttpError:
    if request.method != "POST" or (request.body and not content_type):
        return access_denied()
    if content_type == "application/x-amz-json-1.1":
        return bare_error("UnknownOperationException", "json")
    return bare_error("UnknownOperationException", "cbor")
