"""Invoke and InvokeAsync.

A synchronous invocation starts a run, and its caller waits for the outcome, as a long poll waits for a message. An
asynchronous one is a delivery to the function, like those of SNS and others, and answered before it is tried.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any, Final, NoReturn, cast

from ....core.effects import Deliver
from ....core.json_text import find_fault, located
from ....core.operation import Http, operation
from ....core.shapes import Blob
from ....core.timeline import SECOND
from ....core.unset import UNSET
from ....core.waiter import Waiter
from ....exceptions import UsageError
from .. import constraints, errors, shapes
from ..constraints import check
from ..function import Resolved
from ..invocation import Run
from ..state import LambdaState

__all__ = ["InvocationOperations"]

_LARGEST_ARGS: Final = 262_144
"""The largest payload of InvokeAsync. [Lambda API: InvokeAsync]"""
_LARGEST_CONTEXT: Final = 3_583
_REQUEST_ID: Final = "RequestId"
"""The id of a call is that of the run, as its context has it, or of all runs of its event. [observed]"""
_LONGEST_QUOTE: Final = 500


class InvocationOperations(LambdaState):
    """Functions are run."""

    @operation(
        "Invoke",
        blocking=True,
        http=Http(
            status="StatusCode",
            payload="Payload",
            headers={
                "FunctionError": "X-Amz-Function-Error",
                "LogResult": "X-Amz-Log-Result",
                "ExecutedVersion": "X-Amz-Executed-Version",
                "DurableExecutionArn": "X-Amz-Durable-Execution-Arn",
            },
            request_id=_REQUEST_ID,
        ),
    )
    def invoke(
        self,
        now: int,
        *,
        FunctionName: shapes.NamespacedFunctionName,
        InvocationType: str = UNSET,
        LogType: str = UNSET,
        ClientContext: str = UNSET,
        DurableExecutionName: shapes.DurableExecutionName = UNSET,
        Payload: Blob = UNSET,
        Qualifier: shapes.NumericLatestPublishedOrAliasQualifier = UNSET,
        TenantId: shapes.TenantId = UNSET,
    ) -> shapes.InvocationResponse:
        """Run a function and wait for what it returns, or (``Event``) have it run. O(payload), and what the run costs.

        A function that fails is an answer with ``FunctionError``. Raises ``ResourceNotFoundException``,
        ``InvalidRequestContentException`` for a payload that is not JSON, ``RequestTooLargeException``, and
        ``TooManyRequestsException`` when as many runs are under way as may be.
        """
        check(locals(), constraints.INVOCATION)
        for name, value in (("DurableExecutionName", DurableExecutionName), ("TenantId", TenantId)):
            if value is not UNSET:
                raise UsageError(f"minicloud does not emulate {name} of Invoke: leave it out")
        resolved = self.resolve(FunctionName, Qualifier)
        limits = self.world.limits
        if InvocationType == "DryRun":
            return cast("shapes.InvocationResponse", {"StatusCode": 204, "Payload": b""})
        if InvocationType == "Event":
            text = _text_of(Payload, limits.lambda_payload_async)
            request_id = self._deliver(resolved, text)
            return cast("shapes.InvocationResponse", {"StatusCode": 202, "Payload": b"", _REQUEST_ID: request_id})
        context = None if ClientContext is UNSET else _client_context(ClientContext)
        text = _text_of(Payload, limits.lambda_payload_sync)
        return self._run(now, resolved, text, context, with_log=LogType == "Tail")

    @operation("InvokeAsync", http=Http(status="Status", request_id=_REQUEST_ID))
    def invoke_async(
        self, now: int, *, FunctionName: shapes.NamespacedFunctionName, InvokeArgs: Blob
    ) -> shapes.InvokeAsyncResponse:
        """Have a function run, as ``Invoke`` does with the type ``Event``. Deprecated by AWS. O(payload)."""
        check({"FunctionName": FunctionName}, constraints.NAME_AND_QUALIFIER)
        resolved = self.resolve(FunctionName)
        request_id = self._deliver(resolved, _text_of(InvokeArgs, _LARGEST_ARGS))
        return cast("shapes.InvokeAsyncResponse", {"Status": 202, _REQUEST_ID: request_id})

    def _deliver(self, resolved: Resolved, text: str) -> str:
        """Have a function run; the id of the request, which its runs have."""
        delivery = Deliver(resolved.arn, text, trigger="invoke-async")
        delivery.request_id = resolved.function.state.request_ids.next()
        self.world.outbox.append(delivery)
        return delivery.request_id

    def _run(
        self, now: int, resolved: Resolved, text: str, context: dict[str, Any] | None, *, with_log: bool
    ) -> shapes.InvocationResponse:
        call = _Call(text, with_log=with_log)
        run = Run(resolved, call, client_context=context, at_once=True)
        if not run.start(now):
            raise errors.too_many_requests(run.throttled_by or "")
        timeout = 0 if run.version is None else round(run.version.timeout * SECOND)
        waiter = Waiter(now + timeout, _leave, self.world.waiters, ("Invoke", resolved.function.name))
        call.waiter = waiter
        waiter.on_abandon = lambda _: None if waiter.done else waiter.leave()
        return cast("shapes.InvocationResponse", waiter)


class _Call:
    """The work of a call that waits for what the function returns."""

    __slots__ = ("_text", "_with_log", "waiter")

    trigger = "invoke"

    def __init__(self, text: str, *, with_log: bool) -> None:
        self._text = text
        self._with_log = with_log
        self.waiter: Waiter | None = None
        """Who waits; until the end of the run."""

    def make_event(self) -> Any:
        """The payload."""
        return json.loads(self._text)

    def about(self) -> dict[str, Any]:
        """Nothing that facts do not say."""
        return {}

    def ended(self, _: int, run: Run) -> None:
        """Answer."""
        waiter = self.waiter
        if waiter is not None and not waiter.done:
            waiter.finish(_answer(run, with_log=self._with_log))
        self.waiter = None


def _leave(_: int) -> None:
    """Nobody waits for the outcome any more: the run goes on."""


def _answer(run: Run, *, with_log: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"StatusCode": 200, _REQUEST_ID: run.request_id}
    if run.function_error is not None:
        answer["FunctionError"] = run.function_error
    if with_log:
        answer["LogResult"] = run.log_tail()
    answer["Payload"] = run.payload.encode("utf-8", "surrogatepass")
    answer["ExecutedVersion"] = run.executed_version
    return answer


def _text_of(payload: Any, limit: int) -> str:
    """The JSON text of a payload; an empty one is ``{}``, as functions get it.

    Raises ``RequestTooLargeException``, and ``InvalidRequestContentException`` for what is not JSON.
    """
    if payload is UNSET or not payload:
        return "{}"
    content = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else bytes(payload)
    if len(content) > limit:
        raise errors.payload_too_large(limit, "InvokeFunction")
    try:
        text = content.decode()
        json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise errors.payload_not_json(_fault_of(content)) from None
    return text


def _fault_of(content: bytes) -> str:
    """What Jackson says of bytes that are no JSON: it counts bytes, and quotes the first 500.

    Users of the second AWS command line quote it, which takes payloads for base64 unless told otherwise. The place of
    an unexpected character may be one further right. [inferred]
    """
    cut = len(content) - _LONGEST_QUOTE
    quoted = content[:_LONGEST_QUOTE].decode("utf-8", "replace")
    source = f'(byte[])"{quoted}"{f"[truncated {cut} bytes]" if cut > 0 else ""}'
    fault = find_fault(content.decode("latin-1"), source)
    if fault is not None:
        return fault
    try:
        content.decode()
    except UnicodeDecodeError as error:
        which = "start" if error.reason == "invalid start byte" else "middle"
        text = f"Invalid UTF-8 {which} byte 0x{content[error.start]:x}"
        return located(text, error.start + 2, source=source)
    return located("Malformed JSON", len(content) + 1, source=source)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _client_context(text: str) -> dict[str, Any]:
    try:
        decoded = b64decode(text, validate=True)
        context = json.loads(decoded)
    except (Base64Error, ValueError):
        raise errors.client_context_not_json() from None
    if not isinstance(context, dict) or len(text) > _LARGEST_CONTEXT:
        raise errors.client_context_not_json()
    return context
