"""What requests of one kind ask for, and how they are read and answered: found once, if their heads say it all.

In JSON they do: the target names the operation. There the plan is kept with the kind of heads, and then has the code
that reads just these requests, and all that is the same in the heads of their answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..wire import trace_header
from ..wire.headers import headers_of
from ..wire.json_compiled import reader_of, writer_of
from ..wire.model import declared_operation
from ..wire.protocol import load_protocol
from .front_doors import not_served

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.model import DeclaredOperation
    from .http_known import KnownHead
    from .http_request import HttpRequest
    from .routing import Route

__all__ = ["WITH_URLS", "Plan", "plan_of"]

WITH_URLS: Final = frozenset({"CreateQueue", "GetQueueUrl", "ListQueues", "ListDeadLetterSourceQueues"})
_KEPT: Final = frozenset({"application-autoscaling", "cloudwatch", "events", "logs", "sqs"})
"""Services the heads of whose answers differ in nothing but the request's id, the date and a length."""

_compiled: dict[tuple[str, str], tuple[Any, Any]] = {}
"""What reads and writes an operation's JSON, once it is made."""


class Plan:
    """What a request asks for, and how it is read and answered."""

    begin: str
    middle: str
    end: str
    """What stands in the head of an answer before the request's id, between the date and the length, and at its end."""
    write: Callable[[dict[str, Any]], str]
    _read: Callable[[bytes], dict[str, Any]]

    def __init__(self, route: Route, model: DeclaredOperation, protocol: str) -> None:
        self.route = route
        self.model = model
        self.protocol: Any = load_protocol(protocol)
        self.method_name = model.operation.method_name
        self.gives_urls = model.service.name == "sqs" and model.name in WITH_URLS
        self.traces = model.name in trace_header.OPERATIONS[model.service.name]
        """Whether a header says in which trace the call is."""
        self.takes_path = bool(route.queue_url) and "QueueUrl" in model.operation.input.members
        self.is_kept = False

    def params(self, request: HttpRequest) -> dict[str, Any]:
        """What the request says. Raises what the protocol's ``read_request`` does."""
        route = self.route
        if self.is_kept:
            params = self._read(request.body)
        else:
            body = urlencode(route.form).encode() if route.protocol == "query" else request.body
            params = self.protocol.read_request(body, request.target, request.headers, self.model)
        if self.takes_path:
            params.setdefault("QueueUrl", route.queue_url)
        return params

    def keep(self, known: KnownHead) -> None:
        """Serve all requests of a kind, if that can be."""
        service, operation = self.model.service, self.model.operation
        if (
            self.route.protocol != "json"
            or service.name not in _KEPT
            or "x-amz-target" not in known.headers
            or operation.streaming
            or operation.http.payload
            or operation.http.status != 200
        ):
            return
        key = service.name, operation.name
        found = _compiled.get(key)
        if found is None:
            found = _compiled[key] = reader_of(self.model), writer_of(self.model)
        self._read, self.write = found
        content_type = f"application/x-amz-json-{self.model.metadata['jsonVersion']}"
        headers = headers_of(service, "", 0, 0, content_type)
        names = list(headers)
        if names[:2] != ["x-amzn-requestid", "date"] or names[3:4] != ["content-length"]:
            return
        self.begin = "HTTP/1.1 200 OK\r\nx-amzn-requestid: "
        self.middle = f"\r\ncontent-type: {content_type}\r\ncontent-length: "
        rest = "".join(f"\r\n{name}: {headers[name]}" for name in names[4:])
        self.end = f"{rest}\r\n\r\n"
        self.is_kept = True
        self.traces = False  # heads that say so are of no kind
        known.plan = self


def plan_of(request: HttpRequest, route: Route) -> Plan:
    """The plan for a request that was not planned for. Raises ``HttpError`` for what is not served."""
    model = declared_operation(route.service_name, route.operation_name, route.protocol)
    if model is None:
        raise not_served(f"{route.service_name}.{route.operation_name}", route.protocol)
    protocol = route.protocol
    if protocol == "query" and request.headers.get("accept", "").startswith("application/json"):
        protocol = "query-json"
    return Plan(route, model, protocol)
