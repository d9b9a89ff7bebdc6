"""One connection: bytes in, requests answered in their order, bytes out.

A request that waits is a task (``aio_step.py``). While it runs the connection goes on reading, for that is how a
client's going away is noticed: a poll that waits is ended then, and has taken nothing. A request that is cut off is
none. What one connection does wrong ends that connection and nothing else.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final, cast

from ..exceptions import UsageError
from ..wire.protocol import Answer
from .aio_answers import HEARTBEAT, Shared, answer_to, base_url_of, refusal
from .aio_calls import EventStreamAnswer, WholeAnswer
from .aio_step import Step, as_a_task, enter, failing, leave, the_rest_of
from .http_known import KnownHead
from .http_request import PREFACE, HttpError, HttpRequest, RequestParser
from .routing import client_of

if TYPE_CHECKING:
    from .aio_calls import Begun
    from .aio_plans import Plan

__all__ = ["Connection"]

_AT_ONCE: Final = 32
"""So many requests of one connection are answered before others have their turn."""
_MOST_KINDS: Final = 16
_REASONS: Final = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


class Connection(asyncio.Protocol, Step):
    """What one client says, and gets to hear."""

    def __init__(self, listener: Shared) -> None:
        self._listener = listener
        self._parser = RequestParser(listener.most_of_a_body, listener.guard.check, listener.heads)
        self._transport: Any = None
        self._task: asyncio.Task[None] | None = None
        """Answers a request that waits."""
        self._request: HttpRequest | KnownHead | None = None
        """The one that is answered."""
        self._first = b""
        """The first bytes, as long as they may be the preface of HTTP/2."""
        self._is_new = True
        self._is_idle = False
        """Whether nothing is asked, no byte waits to be read, and the client reads."""
        self._is_used = False
        """Whether it has been answered on the short way since its timer struck."""
        self._kinds: list[KnownHead] = []
        """The kinds of requests that it has brought and that are known; the newest first."""
        self._ends = False
        """Whether nothing more will be read: the client has said so, or what it said cannot be read."""
        self._streams = False
        """Whether its answer is one that goes on."""
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._timer: asyncio.TimerHandle | None = None
        self._waits_for: str | None = None
        """What the client has its time for, until the deadline; None while it is served."""
        self._deadline = 0.0
        self._loop = asyncio.get_running_loop()
        self._time = self._loop.time

    # --- what the transport tells -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)
        if self._listener.ends:  # who comes as the server goes
            self._transport.abort()
            return
        if not self._listener.enter(self):
            self._refuse(HttpError(503, "too many connections: see --max-connections\n"))
            return
        self._be_patient("head")

    def data_received(self, data: bytes) -> None:
        """More bytes have come."""
        if self._ends:
            return
        if self._is_idle:
            if self._kinds and self._answer_at_once(data):
                return
            self._is_idle = False
        if self._is_new:
            data = self._first = self._first + data
            if len(data) < len(PREFACE) and PREFACE.startswith(data):
                return  # it may become one
            self._is_new, self._first = False, b""
            if data.startswith(PREFACE):
                self._hand_over(data[len(PREFACE) :])
                return
        waited_for = self._parser.waits_for
        self._parser.feed(data)
        if self._task is None:
            self._go_on(waited_for)
        elif self._parser.buffered > self._listener.most_of_a_body:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The client will say nothing more. A call is answered all the same; a poll or a stream that waits is ended."""
        self._ends = True
        if self._streams:
            return False
        return self._task is not None and not self._listener.calls.waits.is_waiting(self._task)

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone, and what was asked on it is wanted no more."""
        self._ends = True
        self._listener.leave(self)
        if self._timer is not None:
            self._timer.cancel()
        self._can_write.set()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client does not read."""
        self._is_idle = False
        self._can_write.clear()
        self._be_patient("answer")

    def resume_writing(self) -> None:
        """It does again."""
        self._can_write.set()

    def _hand_over(self, data: bytes) -> None:
        """What comes from here on is HTTP/2."""
        from .aio_http2 import Http2Connection

        self._ends = True
        if self._timer is not None:
            self._timer.cancel()
        self._listener.leave(self)
        Http2Connection(self._listener, self._transport).begin(data)

    # --- requests -----------------------------------------------------------------------------------------------------

    def get_name(self) -> str:
        """Who asks."""
        request = self._request
        if request is None:
            return "somebody"
        return request.client if isinstance(request, KnownHead) else client_of(request)

    def done(self) -> bool:
        """Whether nothing is asked."""
        return self._request is None

    def _go_on(self, waited_for: str = "") -> None:
        """Answer what is there, and give the client its time for what is not; ``waited_for`` is what it was about."""
        self._advance()
        if self._task is None and not self._ends:
            wants = self._parser.waits_for
            # Slow bytes of a head buy no more time.
            if wants != "head" or waited_for != "head" or self._waits_for is None:
                self._be_patient(wants)
            self._is_idle = not wants and self._can_write.is_set()

    def _advance(self) -> None:
        """Answer the requests that are there, until one has to wait."""
        for _ in range(_AT_ONCE):
            if self._task is not None or self._ends or not (self._parser.buffered or self._parser.waits_for):
                return
            try:
                request = self._parser.next()
            except HttpError as error:
                self._refuse(error)
                continue
            if request is None:
                if self._parser.wants_continue:
                    self._parser.wants_continue = False
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            self._waits_for, self._request = None, request
            self._task = self.take(self._serve(request), self._loop)
            known = request.known
            if known is not None and known not in self._kinds and (known.plan is not None or known.forms is not None):
                self._kinds = [known, *self._kinds[: _MOST_KINDS - 1]]
        if self._parser.buffered:
            self._loop.call_soon(self._go_on)

    def _answer_at_once(self, data: bytes) -> bool:
        """Answer ``data``, if it is one whole request of a kind that is known; False where it is to be read.

        The short way for nearly all requests. The answer is the same, byte for byte: what is not plainly right, what
        fails, and what waits goes on as any other request.
        """
        body = None
        for kind in self._kinds:
            body = kind.body_in(data)
            if body is not None:
                break
        listener = self._listener
        if body is None or listener.ends or len(body) > listener.most_of_a_body:
            return False
        is_seen = listener.cloud.interception is not None
        if is_seen and not self.can_stand_for_a_task:
            return False
        calls = listener.calls
        read = calls.read(kind, body)
        if read is None:
            return False
        plan, client, params = read
        rest: Begun | None = None
        result: Any = None
        if is_seen:  # somebody wants to know who asks
            kind.client = kind.client or client_of(kind)
            self._request = kind
            enter(self._loop, self)
        try:
            result = plan.bare(client, **params)
            if plan.may_wait or listener.cloud.errands:
                call: Begun = result if plan.may_wait else calls.with_errands(client, result)
                call.send(None)
                rest = the_rest_of(call)
        except StopIteration as ended:  # it did not wait
            result = ended.value
        except Exception as error:  # noqa: BLE001  # told as that of any other request
            rest = failing(error)
        finally:
            if is_seen:
                leave(self._loop, self)
        if rest is None:
            base_url = base_url_of(listener, kind) if plan.gives_urls else ""
            self._transport.write(calls.end(plan, result, base_url))
            self._is_used = True
            if is_seen:
                self._request = None
            return True
        self._is_idle, self._waits_for = False, None
        self._request = request = kind.another([])
        self._task = self.take(self._serve(request, (plan, rest)), self._loop)
        self._go_on()
        return True

    async def _serve(self, request: HttpRequest, begun: tuple[Plan, Begun] | None = None) -> None:
        try:
            await self._answer(request, begun)
        except asyncio.CancelledError:
            self._transport.abort()
        except UsageError:  # the cloud was reset or closed in the middle of a stream
            self._transport.abort()
        except Exception as error:  # noqa: BLE001  # as below
            traceback.print_exception(error, file=sys.stderr)
            self._transport.abort()
        finally:
            task, self._task, self._request = self._task, None, None
            if task is not None:
                waiter = self._listener.calls.waits.handed.pop(task, None)
                if waiter is not None:  # nobody got what it had been handed
                    self._listener.calls.waits.take_back(waiter)
        if self._transport.is_closing():
            return
        if not request.keep_alive or self._ends or self._listener.ends:
            self._end()
            return
        if task is not None:
            self._transport.resume_reading()
            self._loop.call_soon(self._go_on)  # which may not be done within a task

    async def _answer(self, request: HttpRequest, begun: tuple[Plan, Begun] | None) -> None:
        listener = self._listener
        answer = await answer_to(listener, request, begun)
        if answer is None:
            self._transport.abort()
            return
        if not self._can_write.is_set():
            await as_a_task()
            await self._can_write.wait()
        if self._transport.is_closing():
            return
        if answer.__class__ is WholeAnswer:
            self._transport.write(answer.body)
        elif isinstance(answer, EventStreamAnswer):
            await self._stream(request, answer)
            return
        else:
            self._write(answer, request)
        if self._task is not None:
            listener.calls.waits.handed.pop(self._task, None)  # it is on its way

    async def _stream(self, request: HttpRequest, answer: EventStreamAnswer) -> None:
        self._streams = True
        self._write(answer, request, is_stream=True)
        frames = answer.frames()
        try:
            await as_a_task()
            while True:
                beat = self._loop.call_later(HEARTBEAT, answer.stream.heartbeat)
                try:
                    frame = await anext(frames, None)
                finally:
                    beat.cancel()
                if frame is None:
                    break
                self._chunk(frame)
                await self._can_write.wait()
            self._transport.write(b"0\r\n\r\n")
        finally:
            self._streams = False
            await frames.aclose()  # type: ignore[attr-defined]  # a generator
            answer.stream.close()

    # --- answers ------------------------------------------------------------------------------------------------------

    def _write(self, answer: Answer, request: HttpRequest | None, *, is_stream: bool = False) -> None:
        headers = answer.headers
        if request is not None and not request.keep_alive:
            headers["connection"] = "close"
        if answer.status == 204:
            headers.pop("content-length", None)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):  # what somebody said is in it
            lines = "".join(f"{name}: {_safe(value)}\r\n" for name, value in headers.items())
        reason = _REASONS.get(answer.status, "Status")
        head = f"HTTP/1.1 {answer.status} {reason}\r\n{lines}\r\n".encode("latin-1", "replace")
        if is_stream:
            self._transport.write(head)
            self._chunk(answer.body)
            return
        is_bare = answer.status == 204 or (request is not None and request.method == "HEAD")
        self._transport.write(head if is_bare else head + answer.body)

    def _chunk(self, data: bytes) -> None:
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _refuse(self, error: HttpError) -> None:
        self._write(refusal(self._listener, error), None)
        if error.closes:
            self._end()

    # --- the end ------------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Write what is to be written, and be gone."""
        self._ends = True
        self._transport.close()

    def stop(self) -> None:
        """The server ends: at once if nothing is asked, else with the answer."""
        if self._task is None:
            self._end()
        elif not self._listener.calls.waits.is_waiting(self._task):
            return
        else:
            self._task.cancel()

    def abort(self) -> None:
        """It has had its time."""
        self._transport.abort()

    def _be_patient(self, wants: str) -> None:
        """Give the client its time for something. One timer is enough: where it strikes too early it is set anew."""
        self._waits_for = wants
        self._deadline = self._time() + self._listener.patience[wants]
        if self._timer is None or self._deadline < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._lose_patience)

    def _lose_patience(self) -> None:
        self._timer, wants = None, self._waits_for
        if wants is None:
            return  # it is served
        if self._is_used:
            self._is_used = False
            self._be_patient(wants)
            return
        if self._time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._lose_patience)
            return
        if wants == "answer":
            if not self._can_write.is_set():
                self._transport.abort()
            return
        if self._task is None and not self._transport.is_closing():
            if wants and self._parser.waits_for:
                self._write(
                    refusal(self._listener, HttpError(408, "the rest of the request did not come in time\n")), None
                )
            self._end()


def _safe(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
