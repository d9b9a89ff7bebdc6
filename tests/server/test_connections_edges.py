"""Connections by themselves: how many requests have a turn, which timers there are, what ends with them."""

from __future__ import annotations

import asyncio
import gc
import inspect
import socket
from collections.abc import AsyncIterator, Callable
from struct import pack
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.server import aio_http2
from minicloud.server.aio_answers import HEARTBEAT, PATIENCE
from minicloud.server.aio_calls import Calls, EventStreamAnswer
from minicloud.server.aio_connection import Connection
from minicloud.server.aio_http2 import Http2Connection
from minicloud.server.aio_server import Listener
from minicloud.server.aio_thread import Server
from minicloud.wire.protocol import Answer
from tests.server.support import Raw, call, request, until

from .test_at_once import _json
from .test_http2 import DATA, HEADERS, RST, SETTINGS, Http2, frame, frames, head
from .test_http2 import call as call_http_2


class Transport:
    """Notes what is done to it."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.done: list[str] = []

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return "close" in self.done or "abort" in self.done

    def set_protocol(self, _: Any) -> None:
        """It has one."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: self.done.append(name)


async def by_the_loop(work: Callable[..., Any], *arguments: Any) -> None:
    """Do that outside of any task, as what a transport tells is told."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def act() -> None:
        try:
            done.set_result(work(*arguments))
        except BaseException as error:
            done.set_exception(error)

    loop.call_soon(act)
    await done


def in_a_loop(work: Callable[[Any, Any], Any], cloud: minicloud.Cloud, **options: Any) -> None:
    """Do that with what all connections share, and a transport."""

    async def main() -> None:
        listener = Listener(cloud, **options)
        if inspect.iscoroutinefunction(work):
            await work(listener, Transport())
        else:
            await by_the_loop(work, listener, Transport())

    asyncio.run(main())


# --- turns ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "at_once"), [(31, 31), (32, 32), (33, 32), (65, 32)])
def test_so_many_requests_of_a_connection_have_a_turn(cloud: minicloud.Cloud, count: int, at_once: int) -> None:
    """Then others have theirs."""

    async def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        answered = []

        def come() -> None:
            connection.data_received(request("GET", "/_x") * count)
            answered.append(transport.written.count(b"HTTP/1.1 403 "))

        await by_the_loop(come)
        assert answered == [at_once]
        while transport.written.count(b"HTTP/1.1 403 ") < count:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert transport.written.count(b"HTTP/1.1 ") == count
        await by_the_loop(connection.connection_lost, None)

    in_a_loop(work, cloud)


def test_so_many_kinds_of_requests_of_a_connection_are_looked_for(cloud: minicloud.Cloud) -> None:
    """The newest sixteen, and these from the newest on."""

    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        for number in range(18):
            one = _json("AmazonSQS.ListQueues").replace(b"User-Agent: Tests/1", b"User-Agent: Tests/%d" % number)
            connection.data_received(one)
            assert connection._kinds[0].headers["user-agent"] == f"Tests/{number}"
            connection.data_received(one)
            assert len(connection._kinds) == min(number + 1, 16)
        agents = [kind.headers["user-agent"] for kind in connection._kinds]
        assert agents == [f"Tests/{number}" for number in range(17, 1, -1)]
        connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_who_does_not_read_is_answered_on_no_short_way(cloud: minicloud.Cloud) -> None:
    """Until it does again: what it asks meanwhile waits for that."""

    async def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        for _ in range(3):
            await by_the_loop(connection.data_received, _json("AmazonSQS.ListQueues"))
        assert transport.written.count(b"HTTP/1.1 200 ") == 3
        assert connection._is_idle
        await by_the_loop(connection.pause_writing)
        await by_the_loop(connection.data_received, _json("AmazonSQS.ListQueues"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert transport.written.count(b"HTTP/1.1 200 ") == 3
        await by_the_loop(connection.resume_writing)
        for _ in range(5):
            await asyncio.sleep(0)
        assert transport.written.count(b"HTTP/1.1 200 ") == 4
        await by_the_loop(connection.connection_lost, None)

    in_a_loop(work, cloud)


def test_what_is_too_much_for_a_body_is_not_read_behind_a_call_that_runs(cloud: minicloud.Cloud) -> None:
    """Until the call has its answer."""

    async def work(listener: Any, transport: Any) -> None:
        url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        connection = Connection(listener)
        connection.connection_made(transport)
        await by_the_loop(
            connection.data_received, call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20})
        )
        for _ in range(3):
            await asyncio.sleep(0)
        more = request("POST", "/", {}, b"x" * 1_000)
        await by_the_loop(connection.data_received, more[: 1_000 - 500])
        await by_the_loop(connection.data_received, more[500:1_000])
        assert transport.done == []
        await by_the_loop(connection.data_received, more[1_000:1_001])
        assert transport.done == ["pause_reading"]
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        for _ in range(5):
            await asyncio.sleep(0)
        assert b'"Body":"m"' in transport.written
        assert transport.done == ["pause_reading", "resume_reading"]
        await by_the_loop(connection.connection_lost, None)

    in_a_loop(work, cloud, most_of_a_body=1_000)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_a_body_of_a_kind_that_is_known_may_be_as_long_as_any(cloud: minicloud.Cloud, more: int, status: int) -> None:
    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        connection.data_received(_json("AmazonSQS.ListQueues", QueueNamePrefix="p"))
        connection.data_received(_json("AmazonSQS.ListQueues", QueueNamePrefix="p"))
        transport.written.clear()
        length = len('{"QueueNamePrefix": ""}')
        connection.data_received(_json("AmazonSQS.ListQueues", QueueNamePrefix="p" * (100 - length + more)))
        assert transport.written.startswith(b"HTTP/1.1 %d " % status)
        connection.connection_lost(None)

    in_a_loop(work, cloud, most_of_a_body=100)


def test_who_comes_as_the_server_goes_hears_nothing(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, transport: Any) -> None:
        listener.ends = True
        connection = Connection(listener)
        connection.connection_made(transport)
        assert (transport.written, transport.done, listener._connections) == (b"", ["abort"], set())
        connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_who_is_one_too_many_is_told_so(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, _: Any) -> None:
        transports: Any = [Transport() for _ in range(3)]
        for one in transports:
            Connection(listener).connection_made(one)
        assert [one.done for one in transports] == [[], [], ["close"]]
        assert transports[2].written.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert transports[2].written.endswith(b"too many connections: see --max-connections\n")

    in_a_loop(work, cloud, most_connections=2)


# --- time -------------------------------------------------------------------------------------------------------------


class Loop:
    """What a loop is asked to do later."""

    def __init__(self) -> None:
        self.timers: list[Any] = []

    def call_at(self, when: float, *_: Any) -> Any:
        made = SimpleNamespace(when=lambda: when, is_cancelled=False)
        made.cancel = lambda: setattr(made, "is_cancelled", True)
        self.timers.append(made)
        return made

    def call_later(self, delay: float, *of: Any) -> Any:
        return self.call_at(delay, *of)


def test_a_connection_has_one_timer(cloud: minicloud.Cloud) -> None:
    """It is set anew for an earlier moment only: where it strikes too early, it sees that then."""
    loop = Loop()
    connection: Any = SimpleNamespace(
        _listener=SimpleNamespace(patience=PATIENCE),
        _loop=loop,
        _timer=None,
        _time=lambda: 1_000.0,
        _lose_patience=None,
    )
    for wants, timers in (("body", [1_060.0]), ("answer", [1_060.0]), ("", [1_060.0]), ("head", [1_060.0, 1_010.0])):
        Connection._be_patient(connection, wants)
        assert (connection._waits_for, connection._deadline) == (wants, 1_000.0 + PATIENCE[wants])
        assert [one.when() for one in loop.timers] == timers
        assert [one.is_cancelled for one in loop.timers] == [*[True] * (len(timers) - 1), False]
    assert connection._timer is loop.timers[1]


def test_slow_bytes_of_a_head_of_http_1_buy_no_more_time(cloud: minicloud.Cloud) -> None:
    """Those of a body do, and a head behind an answer has its own time."""

    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        start = connection._time()
        now = [start]
        connection._time = lambda: now[0]
        connection.connection_made(transport)
        assert connection._deadline == start + 10
        for passed, data, wants, until_then in (
            (5, b"POST / HT", "head", 15),
            (6, b"TP/1.1\r\n", "head", 15),
            (7, b"Host: localhost\r\nContent-Length: 3\r\n\r\n", "body", 67),
            (8, b"a", "body", 68),
            (9, b"b", "body", 69),
            (10, b"c", "", 130),
            (11, b"GE", "head", 21),
            (20, b"T / HTTP/1.1\r\n", "head", 21),
            (20.5, b"Host: localhost\r\n\r\nG", "head", 30.5),
            (21, b"E", "head", 30.5),
        ):
            now[0] = start + passed
            connection.data_received(data)
            assert (connection._waits_for, connection._deadline) == (wants, start + until_then), data
        connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_who_is_too_slow_is_told_so(cloud: minicloud.Cloud) -> None:
    """Where something has come of a request; else there is nothing to say."""

    def work(listener: Any, _: Any) -> None:
        for sent, body in ((b"GET / HTTP/1.1\r\n", b"the rest of the request did not come in time\n"), (b"", b"")):
            transport: Any = Transport()
            connection = Connection(listener)
            connection.connection_made(transport)
            connection.data_received(sent)
            timer: Any = connection._timer
            connection._deadline = 0.0
            connection._lose_patience()
            timer.cancel()
            assert transport.written.startswith(b"HTTP/1.1 408 Request Timeout\r\n") is bool(sent)
            assert transport.written.endswith(b"\r\n\r\n" + body) or not sent
            assert transport.done == ["close"]
            connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_what_a_client_has_time_for() -> None:
    """In seconds."""
    assert PATIENCE == {"head": 10.0, "body": 60.0, "": 120.0, "answer": 60.0}
    assert HEARTBEAT == 5.0


@pytest.mark.parametrize("is_http_2", [False, True])
def test_a_stream_says_that_it_is_silent_as_long_as_it_is(monkeypatch: pytest.MonkeyPatch, is_http_2: bool) -> None:
    """Each time that something comes begins anew, and nothing is said behind the end."""
    loop = Loop()
    done: list[str] = []

    class Silent(EventStreamAnswer):
        async def frames(self) -> AsyncIterator[bytes]:
            for piece in (b"a", b"b"):
                assert [one.is_cancelled for one in loop.timers] == [*[True] * (len(loop.timers) - 1), False]
                yield piece

    stream = SimpleNamespace(heartbeat=None, close=lambda: done.append("closed"))
    answer = Silent({}, b"first", stream, None, "")

    async def main() -> None:
        if is_http_2:
            monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
            sent: list[tuple[Any, ...]] = []
            session = SimpleNamespace(
                begin=lambda *what: sent.append(what),
                is_open=lambda _: True,
                send=lambda _, data, ends=False: sent.append((data, ends)),
            )

            async def drained(_: int) -> None:
                """It is."""

            connection: Any = SimpleNamespace(_session=session, _drained=drained)
            await Http2Connection._stream(connection, 1, answer)
            assert sent == [(1, 200, []), (b"first", False), (b"a", False), (b"b", False), (b"", True)]
        else:
            written: list[bytes] = []
            can_write = asyncio.Event()
            can_write.set()
            plain: Any = SimpleNamespace(
                _loop=loop,
                _can_write=can_write,
                _transport=SimpleNamespace(write=written.append),
                _write=lambda *_, **__: written.append(b"head"),
                _chunk=written.append,
                _streams=False,
            )
            await Connection._stream(plain, SimpleNamespace(), answer)  # type: ignore[arg-type]
            assert (written, plain._streams) == ([b"head", b"a", b"b", b"0\r\n\r\n"], False)
        assert done == ["closed"]
        assert [(one.when(), one.is_cancelled) for one in loop.timers] == [(HEARTBEAT, True)] * 3

    asyncio.run(main())


def test_who_has_gone_is_not_waited_for(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        timer: Any = connection._timer
        assert not timer.cancelled()
        connection.connection_lost(None)
        assert timer.cancelled()
        assert listener._connections == set()
        connection.data_received(request("GET", "/"))
        assert transport.written == b""

    in_a_loop(work, cloud)


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_client_of_http_2_that_says_no_more_is_gone(cloud: minicloud.Cloud) -> None:
    """It could not even grant more."""
    with cloud.serve() as server:
        client = Http2(server.url)
        assert client.frame()[0] == SETTINGS
        client.raw.socket.settimeout(5)
        client.raw.socket.shutdown(socket.SHUT_WR)
        client.raw.rest()
        until(lambda: not server._listener._connections)
        client.close()


def test_what_a_client_of_http_2_waited_for_is_wanted_no_more_when_it_has_gone(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    with cloud.serve() as server:
        client = Http2(server.url)
        client.send(call_http_2(1, "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
        until(lambda: cloud.world.waiters)
        client.close()
        until(lambda: not server._listener._connections)
        until(lambda: not server._listener.calls.waits._waiting)
    assert [event.kind for event in cloud.trace if event.kind.startswith("sqs.poll")] == [
        "sqs.poll.began",
        "sqs.poll.abandoned",
    ]


def test_a_request_of_http_2_whose_answer_fails_here_ends_its_stream_and_no_other(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: Any) -> Any:
        raise LookupError("a mistake of the server's")

    with cloud.serve() as server:
        client = Http2(server.url)
        client.raw.socket.settimeout(5)
        with monkeypatch.context() as patched:
            patched.setattr(aio_http2, "answer_to", fail)
            client.send(call_http_2(1, "AmazonSQS.ListQueues", {}))
            while (one := client.frame())[0] != RST:
                pass
        assert one == (RST, 0, 1, pack("!I", 8))
        assert client.send(call_http_2(3, "AmazonSQS.ListQueues", {})).answer() == (3, 200, {})
        client.close()
    assert "LookupError: a mistake of the server's" in capsys.readouterr().err


@pytest.mark.parametrize("effect", ["disconnect", "lose_answer", "crash"])
def test_an_answer_of_http_2_that_is_lost_is_no_mistake_of_the_server_s(
    cloud: minicloud.Cloud, capsys: pytest.CaptureFixture[str], effect: str
) -> None:
    getattr(cloud.faults, effect)(operation="ListQueues", first=1)
    with cloud.serve() as server:
        client = Http2(server.url)
        assert client.frame()[0] == SETTINGS
        client.send(call_http_2(1, "AmazonSQS.ListQueues", {}))
        with pytest.raises(ConnectionError):
            client.answer()
        client.close()
        until(lambda: not server._listener._connections)
    assert capsys.readouterr().err == ""


def test_who_does_not_read_over_http_2_is_not_listened_to(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, transport: Any) -> None:
        connection = Http2Connection(listener, transport)
        connection.begin(frame(SETTINGS, 0, 0))
        connection.pause_writing()
        assert transport.done == ["pause_reading"]
        assert connection._wants == "answer"
        connection.resume_writing()
        assert transport.done == ["pause_reading", "resume_reading"]
        assert connection._wants == ""
        transport.done.append("close")
        connection.resume_writing()
        assert transport.done == ["pause_reading", "resume_reading", "close"]
        connection.connection_lost(None)
        assert connection._timer is None or connection._timer.cancelled()

    in_a_loop(work, cloud)


def test_who_is_one_too_many_of_http_2_is_sent_away(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, transport: Any) -> None:
        listener.ends = True
        connection = Http2Connection(listener, transport)
        connection.begin(frame(SETTINGS, 0, 0) + frame(HEADERS, 5, 1, head("GET")))
        assert (transport.done, connection._tasks, listener._connections) == (["close"], {}, set())
        assert [kind for kind, *_ in frames(bytes(transport.written))] == [SETTINGS, 8]

    in_a_loop(work, cloud)


def test_what_is_refused_of_http_2_has_its_text(cloud: minicloud.Cloud) -> None:
    def work(listener: Any, transport: Any) -> None:
        connection = Http2Connection(listener, transport)
        connection.begin(frame(SETTINGS, 0, 0))
        transport.written.clear()
        connection.data_received(frame(HEADERS, 5, 1, head("BREW")))
        kinds = [(kind, flags, stream) for kind, flags, stream, _ in frames(bytes(transport.written))]
        assert kinds == [(HEADERS, 4, 1), (DATA, 1, 1)]
        assert transport.written.endswith(b"minicloud does not know this method")
        connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_a_client_of_http_2_has_its_time_again_behind_an_answer(cloud: minicloud.Cloud) -> None:
    async def work(listener: Any, transport: Any) -> None:
        connection = Http2Connection(listener, transport)
        wanted = []

        def begin() -> None:
            connection.begin(frame(SETTINGS, 0, 0) + call_http_2(1, "AmazonSQS.ListQueues", {}))
            wanted.append((connection._wants, connection._timer))

        await by_the_loop(begin)
        assert wanted == [(None, None)]
        while connection._tasks:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
        assert connection._wants == ""
        assert connection._timer is not None
        await by_the_loop(connection.connection_lost, None)
        assert connection._timer.cancelled()

    in_a_loop(work, cloud)


def test_work_whose_client_goes_before_it_has_begun_to_wait_fails_for_nobody(cloud: minicloud.Cloud) -> None:
    """What it was to lead to happens all the same; that it failed is nobody's affair, and no warning of asyncio's."""

    async def main() -> None:
        told: list[Any] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, what: told.append(what))
        calls = Calls(cloud)
        ran: list[int] = []

        def fail() -> None:
            ran.append(1)
            raise LookupError("a mistake")

        def begin_and_go() -> None:
            work = calls.run(fail)
            work.send(None)
            with pytest.raises(asyncio.CancelledError):
                work.throw(asyncio.CancelledError())

        loop.call_soon(begin_and_go)
        while not ran:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
        calls._threads.shutdown(wait=True)
        for _ in range(5):
            await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)
        assert told == []

    asyncio.run(main())


# --- the thread -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "text"),
    [(OSError(98, "Address in use"), "Address in use"), (OSError("why not"), "why not"), (ValueError("what"), "what")],
)
def test_a_server_that_cannot_begin_says_why(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    async def start(_: Any) -> None:
        raise error

    monkeypatch.setattr(Listener, "start", start)
    with pytest.raises(UsageError) as caught:
        Server.started(cloud, port=7)
    expected = f"minicloud cannot listen at port 7: {text}; give another port, or 0 for any"
    assert str(caught.value) == expected


def test_a_server_without_its_control_api_goes_on_behind_who_asks_for_it(cloud: minicloud.Cloud) -> None:
    with cloud.serve(control=False) as server:
        raw = Raw(server.url)
        for _ in range(2):
            answer = raw.send(request("GET", "/_minicloud/health")).answer()
            assert (answer.status, answer.headers.get("connection")) == (404, None)
        raw.close()


def test_words_of_a_status_that_has_none(cloud: minicloud.Cloud) -> None:
    transport: Any = Transport()
    connection: Any = SimpleNamespace(_transport=transport)
    Connection._write(connection, Answer(299, {}, b""), None)
    assert transport.written == b"HTTP/1.1 299 Status\r\n\r\n"
