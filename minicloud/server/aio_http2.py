"""A connection that speaks HTTP/2, as the Kinesis clients of JavaScript and Java do: requests side by side.

A request is a task, here as in HTTP/1.1 (``aio_connection.py``), and ends with its stream: a client that resets it, or
goes away, has taken nothing. What is said on the connection is the affair of ``http2_session.py``.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import TYPE_CHECKING, Any

from ..exceptions import UsageError
from .aio_answers import HEARTBEAT, Shared, answer_to, refusal
from .aio_calls import EventStreamAnswer
from .http2_session import OF_CONNECTIONS, ConnectionFault, Session
from .http_request import HttpError, HttpRequest
from .routing import client_of

if TYPE_CHECKING:
    from ..wire.protocol import Answer

__all__ = ["Http2Connection"]


class Http2Connection(asyncio.Protocol):
    """What one client says in HTTP/2, and gets to hear."""

    def __init__(self, listener: Shared, transport: asyncio.Transport) -> None:
        self._listener = listener
        self._transport = transport
        self._session = Session(listener.most_of_a_body, listener.guard.check)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._progress = asyncio.Event()
        """Is set when something has been written, or a stream has ended."""
        self._can_write = True
        self._timer: asyncio.TimerHandle | None = None
        self._wants: str | None = None
        """What the timer is for."""
        self._ends = False

    def begin(self, data: bytes) -> None:
        """Take over the connection; ``data`` came behind the preface."""
        self._transport.set_protocol(self)
        if not self._listener.enter(self):
            self._end()
            return
        self.data_received(data)

    # --- what the transport tells -------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """More bytes have come."""
        if self._ends:
            return
        try:
            told = self._session.feed(data)
        except ConnectionFault as fault:
            self._session.go_away(fault.code, str(fault))
            self._end()
            return
        for stream_id, what in told:
            if what is None:
                self._give_up(stream_id)
            elif isinstance(what, HttpError):
                self._refuse(stream_id, what)
            else:
                self._start(stream_id, what)
        self._write()
        self._be_patient()

    def eof_received(self) -> bool:
        """The client will say nothing more, and not even grant more: it is gone."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone, and what was asked on it is wanted no more."""
        self._ends = True
        self._listener.leave(self)
        if self._timer is not None:
            self._timer.cancel()
        self._progress.set()
        for task in list(self._tasks.values()):
            task.cancel()

    def pause_writing(self) -> None:
        """The client does not read: nor is it listened to."""
        self._can_write = False
        self._transport.pause_reading()
        self._be_patient()

    def resume_writing(self) -> None:
        """It does again."""
        self._can_write = True
        if not self._transport.is_closing():
            self._transport.resume_reading()
        self._progress.set()
        self._be_patient()

    # --- requests -----------------------------------------------------------------------------------------------------

    def _start(self, stream_id: int, request: HttpRequest) -> None:
        name = client_of(request)
        self._tasks[stream_id] = asyncio.get_running_loop().create_task(self._serve(stream_id, request), name=name)

    def _give_up(self, stream_id: int) -> None:
        task = self._tasks.get(stream_id)
        if task is not None:
            task.cancel()

    async def _serve(self, stream_id: int, request: HttpRequest) -> None:
        waits = self._listener.calls.waits
        task = self._tasks[stream_id]
        try:
            await self._answer(stream_id, request)
            waits.handed.pop(task, None)  # it is on its way
        except asyncio.CancelledError:
            self._session.reset(stream_id)
        except (TimeoutError, UsageError):  # it reads no more; the cloud was reset or closed in the middle of a stream
            self._session.reset(stream_id)
        except Exception as error:  # noqa: BLE001  # one request's failure is not the server's
            traceback.print_exception(error, file=sys.stderr)
            self._session.reset(stream_id)
        finally:
            waiter = waits.handed.pop(task, None)
            if waiter is not None:  # nobody got what it had been handed
                waits.take_back(waiter)
            del self._tasks[stream_id]
        self._write()
        self._be_patient()
        if self._listener.ends and not self._tasks:
            self._end()

    async def _answer(self, stream_id: int, request: HttpRequest) -> None:
        answer = await answer_to(self._listener, request)
        if answer is None:
            self._transport.abort()
            return
        if isinstance(answer, EventStreamAnswer):
            await self._stream(stream_id, answer)
            return
        self._reply(stream_id, answer, is_bare=request.method == "HEAD")
        await self._drained(stream_id)

    async def _stream(self, stream_id: int, answer: EventStreamAnswer) -> None:
        loop = asyncio.get_running_loop()
        self._session.begin(stream_id, answer.status, _fields(answer))
        self._session.send(stream_id, answer.body)
        frames = answer.frames()
        try:
            while self._session.is_open(stream_id):
                await self._drained(stream_id)
                beat = loop.call_later(HEARTBEAT, answer.stream.heartbeat)
                try:
                    frame = await anext(frames, None)
                finally:
                    beat.cancel()
                self._session.send(stream_id, frame or b"", ends=frame is None)
                if frame is None:
                    break
            await self._drained(stream_id)
        finally:
            await frames.aclose()  # type: ignore[attr-defined]  # a generator
            answer.stream.close()

    async def _drained(self, stream_id: int) -> None:
        """Wait until the client has been sent all that there is. Raises ``TimeoutError`` when it does not want it."""
        self._write()
        async with asyncio.timeout(self._listener.patience["answer"]):
            while not self._ends and (self._session.is_blocked(stream_id) or not self._can_write):
                self._progress.clear()
                await self._progress.wait()

    # --- answers ------------------------------------------------------------------------------------------------------

    def _refuse(self, stream_id: int, error: HttpError) -> None:
        self._reply(stream_id, refusal(self._listener, error))

    def _reply(self, stream_id: int, answer: Answer, *, is_bare: bool = False) -> None:
        is_bare = is_bare or not answer.body
        self._session.begin(stream_id, answer.status, _fields(answer), ends=is_bare)
        if not is_bare:
            self._session.send(stream_id, answer.body, ends=True)

    def _write(self) -> None:
        outgoing = self._session.outgoing
        if outgoing and not self._transport.is_closing():
            self._transport.write(bytes(outgoing))
        outgoing.clear()
        self._progress.set()

    # --- the end ------------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Write what is to be written, and be gone."""
        self._write()
        self._ends = True
        self._transport.close()

    def stop(self) -> None:
        """The server ends: at once if nothing is asked, else with the answers."""
        self._session.go_away()
        if not self._tasks:
            self._end()
            return
        self._write()
        for task in list(self._tasks.values()):
            if self._listener.calls.waits.is_waiting(task):
                task.cancel()

    def abort(self) -> None:
        """It has had its time."""
        self._transport.abort()

    def _be_patient(self) -> None:
        wants: str | None = "answer" if not self._can_write else self._session.waits_for
        if self._timer is not None:
            if wants == self._wants == "head":
                return  # slow bytes of a head buy no more time
            self._timer.cancel()
            self._timer = None
        self._wants = wants
        if wants is not None and not self._transport.is_closing():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._listener.patience[wants], self._lose_patience, wants)

    def _lose_patience(self, wants: str) -> None:
        self._timer = None
        if wants == "answer":
            self._transport.abort()
        elif wants or not self._tasks:
            self._session.go_away()
            self._end()


def _fields(answer: Answer) -> list[tuple[str, Any]]:
    """The headers of an answer, as HTTP/2 has them."""
    return [
        (name.lower(), str(value).replace("\r", " ").replace("\n", " "))
        for name, value in answer.headers.items()
        if name.lower() not in OF_CONNECTIONS
    ]
