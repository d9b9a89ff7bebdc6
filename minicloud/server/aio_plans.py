"""What requests of one kind ask for, and how they are read and answered: found once, if their heads say it all.

In JSON they do: the target names the operation. In the query protocol the form in the body does, and all else is in the
head. There the plan is kept with the kind of heads (for forms, one for each action), and then has the code that reads
just these requests, and all that is the same in the heads of their answers.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode

from ..clients.compiled import bare_method
from ..services.registry import load_service
from ..wire import trace_header
from ..wire.headers import headers_of, second_id_of
from ..wire.json_compiled import reader_of, writer_of
from ..wire.model import declared_operation
from ..wire.protocol import load_protocol
from .unrouted import elsewhere, not_served

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.model import DeclaredOperation
    from .http_known import KnownHead
    from .http_request import HttpRequest
    from .routing import Route

__all__ = ["WITH_URLS", "Plan", "form_of", "plan_of"]

WITH_URLS: Final = frozenset({"CreateQueue", "GetQueueUrl", "ListQueues", "ListDeadLetterSourceQueues"})
_KEPT: Final = frozenset(
    {"application-autoscaling", "cloudwatch", "events", "firehose", "iam", "kinesis", "logs", "sns", "sqs", "sts"}
)
"""Services the heads of whose answers differ in nothing but the request's ids, the date and a length."""
_LONGEST_KNOWN: Final = 200
_MOST_FORMS: Final = 100
"""Operations of one kind of heads."""

_compiled: dict[tuple[str, str, str], tuple[Any, Any, Any]] = {}
"""What reads the requests of an operation in a protocol, what writes its answers, and what performs it, once made."""


class Plan:
    """What a request asks for, and how it is read and answered."""

    begin: str
    middle: str
    end: str
    """What stands in the head of an answer before the request's id, between the date and the length, and at its end."""
    bare: Callable[..., Any]
    """Performs the operation, for a client: the request's id, the answer, and the time of it."""
    read: Callable[[Any], dict[str, Any]]
    """What a request of a kind says: of its body, or of its form. Raises what ``params`` does."""
    version: str | None
    """What a form says of the version of the API, where a form is what says the operation."""
    _write: Callable[..., str]

    def __init__(self, route: Route, model: DeclaredOperation, protocol: str) -> None:
        self.route = route
        self.model = model
        self.protocol: Any = load_protocol(protocol)
        self.method_name = model.operation.method_name
        self.gives_urls = model.service.name == "sqs" and model.name in WITH_URLS
        self.traces = trace_header.is_read(model.service.name, model.name)
        """Whether a header says in which trace the call is."""
        self.takes_path = bool(route.queue_url) and "QueueUrl" in model.operation.input.members
        self.may_wait = model.operation.blocking
        """Whether ``bare`` is a coroutine's."""
        self.is_kept = False
        self.clients: dict[str | None, Any] = {}
        """By the URL of the queue, which may say a region, and by None."""
        self._name = protocol
        self._has_second_id = model.service.name == "kinesis"

    def params(self, request: HttpRequest) -> dict[str, Any]:
        """What the request says. Raises what the protocol's ``read_request`` does."""
        route = self.route
        if self.is_kept and self._name == "json":
            params = self.read(request.body)
        else:
            body = request.body
            if route.protocol == "query":
                form, route.form = route.form, {}  # a plan that is kept does not hold on to it
                body = urlencode(form).encode()
            params = self.protocol.read_request(body, request.target, request.headers, self.model)
        if self.takes_path:
            params.setdefault("QueueUrl", route.queue_url)
        return params

    def whole_answer(self, request_id: str, result: dict[str, Any], date: str) -> bytes:
        """An answer as it goes over the wire of HTTP/1.1."""
        if self._name == "json":  # all of it in ASCII
            body = self._write(result)
            if self._has_second_id:
                request_id = f"{request_id}\r\nx-amz-id-2: {second_id_of(request_id)}"
            text = f"{self.begin}{request_id}\r\ndate: {date}{self.middle}{len(body)}{self.end}{body}"
            return text.encode("ascii")
        content = self._write(result, request_id).encode("utf-8", "surrogatepass")
        head = f"{self.begin}{request_id}\r\ndate: {date}{self.middle}{len(content)}{self.end}"
        return head.encode("ascii") + content

    def keep(self, known: KnownHead) -> None:
        """Serve all requests of a kind, if that can be."""
        service, operation, route = self.model.service, self.model.operation, self.route
        if (
            self._name not in ("json", "query")
            or service.name not in _KEPT
            or operation.streaming
            or operation.http.payload
            or operation.http.status != 200
            or operation.http.headers
            or operation.http.request_id
            or (route.protocol == "json") != ("x-amz-target" in known.headers)
            or (route.protocol == "query" and (known.query or "Action" not in route.form))
        ):
            return
        key = service.name, operation.name, self._name
        found = _compiled.get(key)
        if found is None:
            found = _compiled[key] = _compile(self.model, self._name)
        self.read, self._write, self.bare = found
        content_type = (
            "text/xml" if self._name == "query" else f"application/x-amz-json-{self.model.metadata['jsonVersion']}"
        )
        headers = headers_of(service, "", 0, 0, content_type)
        names = list(headers)
        before = ["x-amzn-requestid", "x-amz-id-2", "date"] if self._has_second_id else ["x-amzn-requestid", "date"]
        if names[: len(before) + 2] != [*before, "content-type", "content-length"]:
            return
        self.begin = "HTTP/1.1 200 OK\r\nx-amzn-requestid: "
        self.middle = f"\r\ncontent-type: {content_type}\r\ncontent-length: "
        rest = "".join(f"\r\n{name}: {headers[name]}" for name in names[len(before) + 2 :])
        self.end = f"{rest}\r\n\r\n"
        self.is_kept = True
        self.traces = False  # heads that say so are of no kind
        if self._name == "json":
            known.plan = self
            return
        if known.forms is None:
            known.forms = {}
        if len(known.forms) < _MOST_FORMS:
            known.forms[route.form["Action"]] = self
            self.version = route.form.get("Version")


def _compile(model: DeclaredOperation, protocol: str) -> tuple[Any, Any, Any]:
    bare = bare_method(model.operation, model.service)
    if protocol == "json":
        return reader_of(model), writer_of(model), bare
    from ..wire.query_compiled import form_reader_of, xml_writer_of

    return form_reader_of(model), xml_writer_of(model), bare


def form_of(body: bytes) -> dict[str, str]:
    """What a form says, by name: the last word where one comes twice. Raises ``ValueError`` if it is unusual."""
    form = {}
    for pair in body.decode("ascii").split("&"):
        name, found, value = pair.partition("=")
        if not found or "%" in name or "+" in name:
            raise ValueError("a name that is not plain")
        if "%" in value or "+" in value:
            value = _short(value) if len(value) < _LONGEST_KNOWN else _unquoted(value)
        form[name] = value
    return form


def _unquoted(value: str) -> str:
    return unquote(value.replace("+", " "))


_short = lru_cache(1_000)(_unquoted)
"""URLs and ARNs come again and again."""


def plan_of(request: HttpRequest, route: Route) -> Plan:
    """The plan for a request that was not planned for. Raises ``HttpError`` for what is not served."""
    model = declared_operation(route.service_name, route.operation_name, route.protocol)
    if model is None:
        to_do = f"leave the call out, or {elsewhere(load_service(route.service_name).service_id)}"
        raise not_served(f"{route.service_name}.{route.operation_name}", route.protocol, to_do)
    protocol = route.protocol
    if protocol == "query" and request.headers.get("accept", "").startswith("application/json"):
        protocol = "query-json"
    return Plan(route, model, protocol)
