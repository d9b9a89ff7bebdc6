"""Client methods, compiled from operations.

A client class says ``send_message = sync_method(Sqs.send_message)``. Type checkers see the operation's exact
keyword-only signature; at run time the first look at the method writes its source, straight-line code without a
wrapper or a dict of arguments, compiles it and puts the function into the class. The source is registered with
``linecache``, so tracebacks and debuggers show it.

Compiling is put off to the first use because a test uses five operations of a hundred.
"""

from __future__ import annotations

import linecache
from collections.abc import Awaitable, Callable, Collection
from types import FunctionType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, ParamSpec, TypeVar, overload

from ..core.fast_validation import FastCheck
from ..core.operation import Operation
from ..core.service import REST_JSON, REST_XML, Service
from ..core.waiter import Waiter
from ..exceptions import AwsError
from ..wire.headers import HttpHeaders, http_date_of, plain_headers, second_request_id

if TYPE_CHECKING:
    from inspect import Signature

    from ..core.shapes import Answer

__all__ = ["async_method", "bare_method", "sync_method", "unintercepted_method"]

P = ParamSpec("P")
R = TypeVar("R")

# Not keyword-only: the default of such a one is looked up in a dict when it is not given, which is 0.02 µs of a receive
# and 0.03 µs of a publish (CPython 3.11). What is given by position comes into ``refused`` first.
_SOURCE = """\
{helpers}
{define} {name}(self, refused=UNSET, /, {signature}*args, **unknown):
{check}{interception}{turn}    lock = cloud.lock
    if cloud.inside is not None and lock._is_owned():
        raise cloud.reentered(OPERATION)
    try:
        lock.acquire()  # inside of the try: an RLock that is not held refuses to be released
        cloud.inside = OPERATION
        clock = cloud.manual_clock
        now = cloud.time_ns() if clock is None else clock.now_ns
        if now >= cloud.timeline.next_due:
            cloud.settle(now)
{work}        if cloud.effects:
            cloud.drain(now)
{request_id}        cloud.inside = None
        lock.release()
    except AwsError as error:
        cloud.inside = None
        if cloud.errands:
            cloud.disown()
        lock.release()
        if interception is not None:
            interception.refused(OPERATION, self._service_name, {params}, now, error)
        raise self._error(OPERATION, error) from None
    except BaseException:  # nothing that could be interrupted may come before these two are set
        cloud.timeline.torn = cloud.timeline.next_due = -1
        try:
            cloud.interrupted()
        finally:
            try:
                lock.release()
            except RuntimeError:
                pass
        raise
{after}{stream}{empty}{own_id}{own_status}{headers}{payload}{end}"""

_CHECK = """\
    if refused is not UNSET or unknown or {is_unclear}:
        {assign}self._validate(OPERATION, () if refused is UNSET else (refused, *args), unknown{values})
    cloud, service = self._bound_to
    interception = cloud.interception
"""
_CHECK_OF_SHORT = """\
{read}    cloud, service = self._bound_to
    interception = cloud.interception
    if (
        refused is not UNSET or unknown or (interception is not None and interception.interceptor is not None)
        or {is_unclear}
    ):
        given = {{name: value for name, value in {params}.items() if value is not UNSET}}
        return {whole}(self, refused, **given, **unknown)
"""
_WORK = "        result = HANDLER(service, now{given})\n"
_PLAIN_WORK = """\
        try:
            target = service.{attribute}[{parameter}]
        except KeyError:
            result = None
        else:
            result = target.{method}(service, now{others})
        if result is None:
    """
_READ = "    read_{name} = UNSET\n"
_REQUEST_ID = """\
        pool = cloud.request_ids.pool
        request_id = pool.pop() if pool else cloud.request_ids.next()
"""
# S3 tells it to those who are notified, so the service may have made it already.
_REQUEST_ID_OF_S3 = "        request_id = service.take_request_id()\n"
_HEADERS = """\
    headers = HttpHeaders()
    headers["x-amzn-requestid"] = request_id
    headers.made_of = WHICH, now, result.copy()  # the answer itself would be part of a cycle
"""
_PLAIN_HEADERS = """\
    moment, span, headers = DATED_{number}
    if now is not moment:  # as long as a clock stands, it tells the time by the same number
        begin, end = span
        if now < begin or now >= end:
            headers = dated_{number}(now)
    headers = headers.copy()
    headers["x-amzn-requestid"] = request_id
"""
_INTERCEPTION = """\
    if interception is not None and interception.interceptor is not None:
        intervention = interception.interceptor.intercept(self, OPERATION, {params})
        if intervention is not None:
            return {intervene}(OPERATION, intervention, {params})
"""
# Ids are made a few dozen at a time, so this is a count of calls that costs next to nothing.
_TURN = """\
    if not cloud.request_ids.pool:
        await self._let_others_run()
"""
_AFTER = """\
    if interception is not None:
        interception.answered(OPERATION, self._service_name, {tuple}, now)
    if cloud.errands:
        {errands}
"""
_AFTER_A_POLL = """\
    try:
        if result.__class__ is Waiter:
            result.wake = int  # somebody is here, and will look whether it is done
            if interception is not None:
                interception.answered(OPERATION, self._service_name, {tuple}, now)
            if cloud.errands:
                {errands}
            result = {wait}(result)
            now = cloud.time_ns()
        else:
            if interception is not None:
                interception.answered(OPERATION, self._service_name, {tuple}, now)
            if cloud.errands:
                {errands}
    except BaseException:
        if result.__class__ is Waiter:  # nobody will have its answer; noted as ``State.take_back`` tells
            cloud.timeline.torn = cloud.timeline.torn or 1
            cloud.timeline.next_due = -1
            cloud.forsaken[result] = None
            cloud.take_back()
        raise
"""
_OWN_ID = '    request_id = result.pop("{name}", request_id)\n'
_OWN_STATUS = '    status = result.pop("{name}", {usual})\n'
_STREAM = '    result["EventStream"] = self._stream(OPERATION, result["EventStream"])\n'
# After the headers: these tell how long the body is. It is the last member, but of S3.
_PAYLOAD = '    result["{name}"] = PAYLOAD(result.pop("{name}"))\n'
_XML_PAYLOAD = '    result["{name}"] = PAYLOAD(result["{name}"])\n'
_METADATA = """\
{{
        "RequestId": request_id,
        "HTTPStatusCode": {status},
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }}
"""
_END = f'    result["ResponseMetadata"] = {_METADATA}    return result\n'
# Of REST-JSON, botocore shows what is not in the body before what is.
_REST_END = f"    metadata = {_METADATA}" + '    return {{"ResponseMetadata": metadata, **result}}\n'
_XML_HEADERS = """\
    headers = HttpHeaders()
    headers["x-amz-id-2"] = host_id = second_request_id(request_id)
    headers["x-amz-request-id"] = request_id
    headers.made_of = WHICH, now, result.copy()
"""
_XML_METADATA = _METADATA.replace('"HTTPStatusCode"', '"HostId": host_id,\n        "HTTPStatusCode"')
_XML_END = f"    metadata = {_XML_METADATA}" + '    return {{"ResponseMetadata": metadata, **result}}\n'
# For whoever writes an answer itself: it has no metadata.
_BARE_END = "    return request_id, result, now\n"
_SYNC = {
    "define": "def",
    "whole": "WHOLE",
    "intervene": "self._intervene",
    "turn": "",
    "errands": "cloud.run_errands()",
    "wait": "cloud.wait",
}
_ASYNC = {
    "define": "async def",
    "whole": "await WHOLE",
    "intervene": "await self._intervene",
    "turn": _TURN,
    "errands": "await self._run_errands()",
    "wait": "await self._wait",
}


_BARE = {**_SYNC, "errands": "pass"}


def compile_method(
    operation: Operation[..., Any], service: Service, flavour: dict[str, str], *, unintercepted: bool = False
) -> Callable[..., Any]:
    """The function that clients carry for ``operation``; ``unintercepted`` asks no interceptor."""
    short = None if unintercepted else operation.short
    if short is None:
        return _compiled(operation, operation, service, flavour, None, unintercepted=unintercepted)
    return _compiled(operation, short, service, flavour, _Whole(operation, service, flavour))


class _Whole:
    """The method of an operation with all of its parameters, compiled when the one in short is not enough."""

    def __init__(self, *made_of: Any) -> None:
        self._made_of = made_of
        self._method: Callable[..., Any] | None = None

    def __call__(self, client: Any, refused: Any, /, **params: Any) -> Any:
        method = self._method
        if method is None:
            operation, service, flavour = self._made_of
            method = self._method = _compiled(operation, operation, service, flavour, None)
        return method(client, refused, **params)


def bare_method(operation: Operation[..., Any], service: Service) -> Callable[..., Any]:
    """A function as a client's, which asks no interceptor, and returns the request's id, the answer and its time.

    For operations whose answers have their members in the body alone. That of an operation which may wait is a
    coroutine's; of the others whoever calls it sees to errands.
    """
    flavour = _ASYNC if operation.blocking else _BARE
    return _compiled(operation, operation, service, flavour, None, unintercepted=True, is_bare=True)


def _compiled(
    operation: Operation[..., Any],
    declared: Operation[..., Any],
    service: Service,
    flavour: dict[str, str],
    whole: Callable[..., Any] | None,
    *,
    unintercepted: bool = False,
    is_bare: bool = False,
) -> Callable[..., Any]:
    """The same with the parameters and the handler of ``declared``, and with ``whole`` for what that does not have."""
    check = FastCheck(declared)
    names = list(declared.input.members)
    plain = plain_headers(service, operation)
    is_xml = service.content_type == REST_XML
    end = _XML_END if is_xml else _REST_END if service.content_type == REST_JSON else _END
    headers = (_XML_HEADERS if is_xml else _HEADERS) if plain is None else _source_of_headers(operation, plain)
    turn = flavour["turn"]
    if is_bare:
        end, headers, turn = _BARE_END, "", ""
    params = "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"
    source = _SOURCE.format(
        helpers=check.helpers,
        define=flavour["define"],
        name=operation.method_name,
        signature="".join(f"{name}=UNSET, " for name in names),
        check=(_CHECK if whole is None else _CHECK_OF_SHORT).format(
            read="".join(_READ.format(name=name) for name in declared.readers),
            is_unclear=check.is_unclear,
            assign=f"({', '.join(names)},) = " if names else "",
            values="".join(f", {name}" for name in names),
            params=params,
            whole=flavour["whole"],
        ),
        work=_work(operation, declared),
        params=params,
        interception=""
        if unintercepted or whole
        else _INTERCEPTION.format(params=params, intervene=flavour["intervene"]),
        turn=turn.replace("cloud.request_ids", "service.request_ids") if is_xml else turn,
        request_id=_REQUEST_ID_OF_S3 if is_xml else _REQUEST_ID,
        after=(_AFTER_A_POLL if operation.blocking else _AFTER).format(tuple=_tuple(operation, names), **flavour),
        own_id=_OWN_ID.format(name=operation.http.request_id) if operation.http.request_id else "",
        own_status=_OWN_STATUS.format(name=operation.http.other_status, usual=operation.http.status)
        if operation.http.other_status
        else "",
        stream=_STREAM if operation.streaming else "",
        payload=(_XML_PAYLOAD if is_xml else _PAYLOAD).format(name=operation.http.payload)
        if operation.http.payload
        else "",
        end=end.format(status=_status(operation)),
        empty="    result = {}\n" if operation.result is type(None) else "",
        headers=headers,
    )
    kind = " bare" if is_bare else "" if whole is None else " in short"
    file_name = f"<minicloud {flavour['define']} {operation.name}{kind}>"
    namespace: dict[str, Any] = {
        **check.constants,
        "OPERATION": operation,
        "HANDLER": positional(declared.handler),
        "WHOLE": whole,
        "WHICH": (service, operation),
        "HttpHeaders": HttpHeaders,
        "second_request_id": second_request_id,
        "AwsError": AwsError,
        "Waiter": Waiter,
    }
    if operation.http.payload:
        from . import payload

        namespace["PAYLOAD"] = payload.AsyncPayload if flavour is _ASYNC else payload.Payload
    for number, (_, known) in enumerate(plain or ()):
        namespace[f"DATED_{number}"] = (None, (0, 0), {})
        namespace[f"dated_{number}"] = _dated_in(namespace, f"DATED_{number}", known)
    exec(compile(source, file_name, "exec"), namespace)
    linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
    method: Any = namespace[operation.method_name]
    method.__doc__ = operation.__doc__
    method.__module__ = __name__
    method.__wrapped__ = _Declared(operation)
    return method  # type: ignore[no-any-return]


class _Declared:
    """Stands behind a compiled method as that which it wraps: ``inspect.signature`` finds the declaration's there."""

    def __init__(self, operation: Operation[..., Any]) -> None:
        self._operation = operation

    def __call__(self, *args: Any, **params: Any) -> NoReturn:
        raise TypeError("this only tells of the method's parameters: call the method")

    @property
    def __signature__(self) -> Signature:
        from .signatures import signature_of

        return signature_of(self._operation)


def _given(name: str, operation: Operation[..., Any], declared: Operation[..., Any]) -> str:
    """What the service gets for a parameter: what the caller gave, or what clients add; as it was read, if it is."""
    if name in declared.readers:
        return f"read_{name}"
    attribute = operation.assumes.get(name)
    return name if attribute is None else f"(self.{attribute} if {name} is UNSET else {name})"


def _work(operation: Operation[..., Any], declared: Operation[..., Any]) -> str:
    """The source of what gets the answer."""
    given = {name: f", {_given(name, operation, declared)}" for name in declared.input.members}
    source = _WORK.format(given="".join(given.values()))
    if declared.plain_way is not None:
        attribute, parameter, method = declared.plain_way
        del given[parameter]
        plain = _PLAIN_WORK.format(
            attribute=attribute, parameter=parameter, method=method, others="".join(given.values())
        )
        source = plain + source
    return source


def _status(operation: Operation[..., Any]) -> str:
    status = operation.http.status
    if operation.http.other_status:
        return "status"
    if operation.http.partial:
        return f"206 if {operation.http.partial!r} in result else {status}"
    return f"result[{status!r}]" if isinstance(status, str) else str(status)


def _tuple(operation: Operation[..., Any], names: Collection[str]) -> str:
    """The source of all parameters as observers are told them, of which ``names`` are known."""
    values = [name if name in names else "UNSET" for name in operation.input.members]
    return f"({', '.join(values)},)" if values else "()"


def _source_of_headers(operation: Operation[..., Any], plain: list[tuple[str, dict[str, str]]]) -> str:
    """The source that makes the headers of an answer at once where it is a plain one."""
    if operation.result is type(None):
        return _PLAIN_HEADERS.format(number=0)
    ways = [
        f"    {'elif' if number else 'if'} {test}:\n{_deeper(_PLAIN_HEADERS.format(number=number))}"
        for number, (test, _) in enumerate(plain)
    ]
    return f"{''.join(ways)}    else:\n{_deeper(_HEADERS)}"


def _dated_in(namespace: dict[str, Any], name: str, headers: dict[str, str]) -> Callable[[int], dict[str, str]]:
    """What keeps, under a name, a method's headers, when they were asked for, and the second whose date they tell.

    They are copied for each answer, which takes half of what it takes to write them down (CPython 3.11: 0.06 µs).
    """

    def dated(now: int) -> dict[str, str]:
        begin, end, date = http_date_of(now)
        made = {"x-amzn-requestid": "", "date": date, **headers}
        namespace[name] = now, (begin, end), made
        return made

    return dated


def _deeper(source: str) -> str:
    return "".join(f"    {line}" for line in source.splitlines(keepends=True))


def unintercepted_method(client: Any, operation: Operation[..., Any]) -> Callable[..., Any]:
    """The method of a client that performs ``operation`` without asking an interceptor."""
    cls = type(client)
    methods: dict[str, Callable[..., Any]] = cls.__dict__.get("_unintercepted") or {}
    if operation.name not in methods:
        flavour = _ASYNC if client.is_async else _SYNC
        made = compile_method(operation, client.service, flavour, unintercepted=True)
        methods = cls._unintercepted = {**methods, operation.name: made}
    method: Callable[..., Any] = methods[operation.name].__get__(client)
    return method


def positional(handler: Callable[..., Any]) -> Callable[..., Any]:
    """``handler`` with its keyword-only parameters made positional, in the same order.

    Compiled methods pass every parameter, so the names would only be matched for nothing: a send is 0.1 µs cheaper
    this way (CPython 3.11, seven parameters).
    """
    code = handler.__code__
    if not code.co_kwonlyargcount:
        return handler
    flat = code.replace(co_argcount=code.co_argcount + code.co_kwonlyargcount, co_kwonlyargcount=0)
    return FunctionType(flat, handler.__globals__, handler.__name__, None, handler.__closure__)


class _Method:
    """A descriptor that replaces itself by the compiled function when it is first looked at."""

    flavour = _SYNC

    def __init__(self, operation: Operation[..., Any]) -> None:
        self.operation = operation

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner: Any = owner
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        function = compile_method(self.operation, self._owner.service, self.flavour)
        setattr(self._owner, self._name, function)
        return function if instance is None else function.__get__(instance)


class sync_method(_Method, Generic[P, R]):
    """The blocking client method of an operation."""

    def __init__(self, operation: Operation[P, R]) -> None:
        super().__init__(operation)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Callable[..., R]: ...
    @overload
    def __get__(self: sync_method[P, None], instance: object, owner: type | None = None) -> Callable[P, Answer]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Callable[P, R]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return super().__get__(instance, owner)


class async_method(_Method, Generic[P, R]):
    """The awaitable client method of an operation."""

    flavour = _ASYNC

    def __init__(self, operation: Operation[P, R]) -> None:
        super().__init__(operation)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Callable[..., Awaitable[R]]: ...
    @overload
    def __get__(
        self: async_method[P, None], instance: object, owner: type | None = None
    ) -> Callable[P, Awaitable[Answer]]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Callable[P, Awaitable[R]]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return super().__get__(instance, owner)
