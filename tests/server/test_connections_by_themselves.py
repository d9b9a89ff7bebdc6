"""Connections and the ends of calls, and what of them is seen where something fails, ends, or goes the short way."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import minicloud
from minicloud.inspection import snapshot
from minicloud.server import aio_connection, aio_follow, commands
from minicloud.server.aio_connection import Connection
from minicloud.server.aio_http2 import Http2Connection
from minicloud.server.aio_server import Listener
from minicloud.server.aio_waits import Waits
from minicloud.server.guard import Guard
from minicloud.server.http2_hpack import Decoder, encode
from minicloud.server.http_request import HttpError, HttpRequest, RequestParser
from minicloud.server.unrouted import invalid_action
from minicloud.wire.protocol import Answer
from tests.server.controlled import Controlled
from tests.server.support import Raw, call, request
from tests.support.strikes_within import struck_within

from .test_at_once import _json
from .test_http2 import DATA, HEADERS, SETTINGS, frame, frames, head, session

# --- what fails -------------------------------------------------------------------------------------------------------


def test_a_request_whose_answer_fails_here_ends_its_connection_and_no_other(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: Any) -> Any:
        raise LookupError("a mistake of the server's")

    with cloud.serve() as server:
        first, other = Raw(server.url, 5), Raw(server.url)
        with monkeypatch.context() as patched:
            patched.setattr(aio_connection, "answer_to", fail)
            assert first.send(request("GET", "/")).rest() == b""
        assert other.send(call("AmazonSQS.ListQueues", {})).answer().status == 200
    assert "LookupError: a mistake of the server's" in capsys.readouterr().err


def test_a_cloud_that_is_closed_as_its_snapshot_is_taken_is_said_to_be(
    cloud: minicloud.Cloud, control: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = snapshot.take

    def take_late(engine: Any) -> Any:
        cloud.close()
        return take(engine)

    monkeypatch.setattr(snapshot, "take", take_late)
    status, text = control.error("POST", "snapshot")
    assert (status, "closed" in text) == (503, True)


def test_what_nobody_got_goes_back_wherever_that_is_interrupted() -> None:
    """Once it is noted, the next call does the rest."""

    def struck_at(n: int) -> int:
        cloud = minicloud.Cloud(clock="virtual")
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]

        async def main() -> int:
            waits = Waits(cloud)
            client: Any = cloud.async_client("sqs")
            client._wait = waits.wait
            polling = asyncio.create_task(client.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            for _ in range(5):
                await asyncio.sleep(0)
            sqs.send_message(QueueUrl=url, MessageBody="m")
            await polling
            waiter = waits.handed.pop(polling)
            assert cloud.queue("q").counts.in_flight == 1
            functions = ("State.take_back", "State.mend", "State._take_back")
            places, _ = struck_within(partial(waits.take_back, waiter), functions, n)
            return places

        places = asyncio.run(main())
        [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
        assert message["Attributes"]["ApproximateReceiveCount"] == "1", n
        assert not cloud.forsaken, n
        return places

    places = struck_at(0)
    assert places > 5
    for n in range(1, places + 1):
        struck_at(n)


# --- the end of a connection ------------------------------------------------------------------------------------------


def test_after_its_end_a_connection_of_http_2_hears_nothing_more(cloud: minicloud.Cloud) -> None:
    """Though its transport had read something more."""

    async def main() -> None:
        written, closed = bytearray(), []
        transport: Any = SimpleNamespace(
            write=written.extend,
            close=lambda: closed.append("closed"),
            set_protocol=lambda _: None,
            is_closing=lambda: False,
        )
        connection = Http2Connection(Listener(cloud), transport)
        connection.begin(frame(SETTINGS, 0, 0))
        assert written
        connection.data_received(frame(DATA, 0, 0, b"of no stream"))
        assert closed == ["closed"]
        written.clear()
        connection.data_received(frame(HEADERS, 5, 1, head("GET")))
        assert (written, closed, connection._tasks) == (b"", ["closed"], {})
        connection.connection_lost(None)

    asyncio.run(main())


def test_a_server_of_one_address_listens_once(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two times somebody else could take its port."""
    listened = []

    async def listen(self: Listener, port: int) -> Any:
        listened.append(port)
        return SimpleNamespace(sockets=[SimpleNamespace(getsockname=lambda: ("127.0.0.1", 5001))])

    monkeypatch.setattr(Listener, "_listen", listen)
    listener = Listener(cloud)
    asyncio.run(listener.start())
    assert (listened, listener.port) == ([0], 5001)
    cloud.end_serving("http://127.0.0.1:5001/")


@pytest.mark.parametrize(("is_served", "is_closing"), [(True, False), (False, True), (True, True)])
def test_who_is_served_or_gone_is_not_sent_away(is_served: bool, is_closing: bool) -> None:
    done: list[str] = []
    connection: Any = SimpleNamespace(
        _timer=object(),
        _waits_for="head",
        _is_used=False,
        _deadline=100.0,
        _time=lambda: 101.0,
        _task=object() if is_served else None,
        _transport=SimpleNamespace(is_closing=lambda: is_closing),
        _parser=SimpleNamespace(waits_for="head"),
        _write=lambda *_: done.append("writes"),
        _end=lambda: done.append("ends"),
        _listener=SimpleNamespace(request_id=lambda: "id", date=lambda: "date"),
    )
    Connection._lose_patience(connection)
    assert done == []


def test_who_follows_is_told_so_often_that_the_connection_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what has ended by itself is looked for with each tenth look alone."""
    looks: list[float] = []
    caught_up: list[int] = []

    async def sleep(seconds: float) -> None:
        looks.append(seconds)

    async def run(work: Any) -> bytes:
        caught_up.append(len(looks) + 1)
        assert work.keywords == {"catch_up": True}
        return b""

    monkeypatch.setattr(aio_follow, "asyncio", SimpleNamespace(sleep=sleep))
    following: Any = SimpleNamespace(headers={}, body=b"", has_news=False, more=bytes)
    cloud = SimpleNamespace(closed=False)
    listener: Any = SimpleNamespace(ends=False, cloud=cloud, calls=SimpleNamespace(run=run))

    async def main() -> list[int]:
        pieces = aio_follow.TraceStream(following, listener).frames()
        told = []
        for _ in range(3):
            assert await anext(pieces) == b": nothing has happened\n\n"
            told.append(len(looks) + 1)
        return told

    assert asyncio.run(main()) == [151, 302, 453]
    assert caught_up == list(range(10, 453, 10))


def test_what_is_told_buys_who_follows_time_until_the_next_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many looks as at first."""
    looks = 0

    async def sleep(_: float) -> None:
        nonlocal looks
        looks += 1

    async def run(_: Any) -> bytes:
        return b"news" if looks == 99 else b""

    monkeypatch.setattr(aio_follow, "asyncio", SimpleNamespace(sleep=sleep))
    following: Any = SimpleNamespace(headers={}, body=b"", has_news=False, more=bytes)
    cloud = SimpleNamespace(closed=False)
    listener: Any = SimpleNamespace(ends=False, cloud=cloud, calls=SimpleNamespace(run=run))

    async def main() -> list[tuple[int, bytes]]:
        pieces = aio_follow.TraceStream(following, listener).frames()
        return [(looks, await anext(pieces)) for _ in range(3)]

    found = asyncio.run(main())
    assert [piece for _, piece in found] == [b"news", *[b": nothing has happened\n\n"] * 2]
    assert looks == 99 + 150 + 151


# --- ways ------------------------------------------------------------------------------------------------------------


def test_a_poll_that_finds_something_needs_no_task(cloud: minicloud.Cloud) -> None:
    """Nor does the first of its kind: only what waits does."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    tasks: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def make(of: Any, work: Any, **options: Any) -> asyncio.Task[Any]:
            tasks.append(work.__qualname__)
            return asyncio.Task(work, loop=of, **options)

        async with cloud.serve_async() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            loop.set_task_factory(make)
            for _ in range(3):
                writer.write(_json("AmazonSQS.ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20))
                answer = await reader.readuntil(b"}]}")
                assert b'"Body"' in answer
            assert tasks == []
            writer.write(_json("AmazonSQS.ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20))
            while not cloud.world.waiters:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0)
            assert tasks == ["Connection._serve"]
            loop.set_task_factory(None)
            writer.close()

    asyncio.run(main())


@pytest.mark.parametrize("host", ["sns.eu-west-1.amazonaws.com", "localhost"])
def test_links_are_followed_unsigned_wherever_they_are_asked(cloud: minicloud.Cloud, host: str) -> None:
    """So one who may only end a subscription signed does not end it by its link."""
    sns = cloud.client("sns", "eu-west-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    with cloud.serve() as server:
        raw = Raw(server.url)

        def follow(link: str) -> int:
            return raw.send(request("GET", f"/?{urlsplit(link).query}", host=host)).answer().status

        def link_of_a_subscription() -> str:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
            return next(word for word in cloud.outbox[-1].body.split() if word.startswith("http"))

        def link_of_its_end() -> str:
            sns.publish(TopicArn=topic, Message="m")
            return cloud.outbox[-1].headers["List-Unsubscribe"].strip("<>")

        assert follow(link_of_a_subscription()) == 200
        assert cloud.topic("t").subscriptions[0].confirmed
        assert follow(link_of_its_end()) == 200
        assert cloud.topic("t").subscriptions == []
        [token] = parse_qs(urlsplit(link_of_a_subscription()).query)["Token"]
        sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
        arn = cloud.topic("t").subscriptions[0].arn
        assert follow(f"?Action=Unsubscribe&SubscriptionArn={arn}") == 403
        assert len(cloud.topic("t").subscriptions) == 1


def test_a_link_of_another_region_leads_to_nothing(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns", "eu-west-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    link = next(word for word in cloud.outbox[-1].body.split() if word.startswith("http"))
    with cloud.serve() as server:
        asked = request("GET", f"/?{urlsplit(link).query}", host="sns.us-east-1.amazonaws.com")
        assert Raw(server.url).send(asked).answer().status == 400
    assert not cloud.topic("t").subscriptions[0].confirmed


@pytest.mark.parametrize("said", ["b\r", "b\n", "b\r\n"])
def test_no_sign_of_a_line_s_end_gets_into_a_head(said: str) -> None:
    sent = bytearray()
    connection: Any = SimpleNamespace(_transport=SimpleNamespace(write=sent.extend))
    Connection._write(connection, Answer(200, {"a": f"{said}c: d", "e": "f"}, b"x"), None)
    assert sent == f"HTTP/1.1 200 OK\r\na: b{' ' * (len(said) - 1)}c: d\r\ne: f\r\n\r\nx".encode()


@pytest.mark.parametrize(("length", "shown"), [(200, "evil." * 40), (201, "evil." * 39 + "evil\u2026")])
def test_so_much_is_told_of_a_host_or_a_page_that_is_not_served(length: int, shown: str) -> None:
    guard, name = Guard((), ()), ("evil." * 41)[:length]
    for headers in ({"host": name}, {"host": "localhost", "origin": name}):
        with pytest.raises(HttpError) as caught:
            guard.check(HttpRequest("GET", "/", headers, True))
        assert caught.value.status == 403
        assert f" {shown!r}: " in caught.value.body.decode()


@pytest.mark.parametrize(("length", "shown"), [(200, "a" * 200), (201, "a" * 199 + "\u2026")])
def test_so_much_is_told_of_an_action_that_there_is_not(length: int, shown: str) -> None:
    error = invalid_action("sqs", "a" * length)
    assert error.status == 400
    assert f"The action {shown} is not valid for this endpoint." in error.body.decode()


def test_the_host_of_a_request_in_http_2_may_be_a_header_s() -> None:
    """[RFC 9113, 8.3.1: of what came by way of HTTP/1.1 there is no authority]"""
    fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "a.localhost")]
    [(_, asked)] = session().feed(frame(SETTINGS, 0, 0) + frame(HEADERS, 5, 1, encode(fields)))
    assert isinstance(asked, HttpRequest)
    assert asked.host == "a.localhost"


def test_a_server_may_have_the_last_port_that_there_is(cloud: minicloud.Cloud) -> None:
    assert Listener(cloud, port=65_535).port == 65_535


# --- what is said of a body -------------------------------------------------------------------------------------------


def test_a_body_that_is_awaited_in_http_2_is_asked_for_by_a_head_of_its_own() -> None:
    made = session()
    assert made.feed(frame(SETTINGS, 0, 0) + frame(HEADERS, 4, 1, head(expect="100-continue"))) == []
    kind, flags, stream, block = frames(bytes(made.outgoing))[-1]
    assert (kind, flags, stream) == (HEADERS, 4, 1)
    assert Decoder().decode(block, 1000) == [(":status", "100")]


def test_a_body_in_http_2_may_be_said_to_be_as_long_as_it_may_be() -> None:
    said = frame(HEADERS, 4, 1, head(content_length="1000"))
    [(stream, asked)] = session().feed(frame(SETTINGS, 0, 0) + said + frame(DATA, 1, 1, bytes(1000)))
    assert isinstance(asked, HttpRequest)
    assert (stream, asked.body) == (1, bytes(1000))


@pytest.mark.parametrize(
    ("body", "is_awaited"),
    [
        (b"Content-Length: 5\r\n\r\nhell", True),
        (b"Content-Length: 5\r\n\r\nhello", False),
        (b"Transfer-Encoding: chunked\r\n\r\n", True),
    ],
)
def test_a_body_is_asked_for_as_long_as_it_has_not_come(body: bytes, is_awaited: bool) -> None:
    parser = RequestParser(1_000, lambda _: None)
    parser.feed(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + body)
    asked = parser.next()
    assert (parser.wants_continue, asked is None) == (is_awaited, is_awaited)


# --- the control API --------------------------------------------------------------------------------------------------


def test_of_the_outbox_is_shown_what_went_to_one_address(cloud: minicloud.Cloud, control: Controlled) -> None:
    for number in ("+15550100", "+15550101"):
        cloud.client("sns").publish(PhoneNumber=number, Message=f"to {number}")
    assert [one["body"] for one in control.get("outbox?to=%2B15550101")["outbox"]] == ["to +15550101"]
    assert control.get("outbox?to=%2B15550102") == {"outbox": []}


@pytest.mark.parametrize(
    ("said", "has_words"), [("", False), ("0", False), ("false", False), ("1", True), ("true", True), ("no", True)]
)
def test_what_may_be_said_of_a_switch(cloud: minicloud.Cloud, control: Controlled, said: str, has_words: bool) -> None:
    cloud.trace.start()
    cloud.client("sqs").create_queue(QueueName="q")
    [event, *_] = [json.loads(line) for line in control("GET", f"trace?text={said}").body.splitlines()]
    assert ("text" in event) is has_words
    for value in (has_words, int(has_words), said):  # of JSON
        [event, *_] = [json.loads(line) for line in control("GET", "trace", {"text": value}).body.splitlines()]
        assert ("text" in event) is has_words


@pytest.mark.parametrize(("length", "shown"), [(200, "d" * 200), (201, "d" * 199 + "\u2026")])
def test_so_much_is_said_of_what_is_due_next(capsys: pytest.CaptureFixture[str], length: int, shown: str) -> None:
    now = "2026-01-01T00:00:00.000000Z"
    clock = {"now": now, "kind": "virtual", "speed": 1, "frozen": True, "next_due": now, "next_due_is": "d" * length}
    commands._say_clock(clock)
    assert capsys.readouterr().out.splitlines() == [f"{now} (virtual clock)", f"next due: {now}, {shown}"]


def test_entries_may_fail_with_an_error_of_one_s_own(cloud: minicloud.Cloud, control: Controlled) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    control.post("faults", {"fail_entries": [0], "error": ["Broken", "It is broken."]}, 201)
    entries: Any = [{"Id": name, "MessageBody": name} for name in "ab"]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["Message"]) == ("a", "Broken", "It is broken.")


@pytest.mark.parametrize("is_longer", [False, True])
def test_so_much_is_shown_of_the_error_of_a_run(cloud: minicloud.Cloud, control: Controlled, is_longer: bool) -> None:
    error = ValueError("e" * (1_000 - len("ValueError('')") + is_longer))

    def fail(*_: Any) -> None:
        raise error

    cloud.function("f", fail)
    cloud.client("lambda").invoke(FunctionName="f", Payload=b"{}")
    [run] = control.get("invocations")["invocations"]
    whole = repr(error)
    assert run["error"] == (whole[:999] + "\u2026 (1,001 characters)" if is_longer else whole)
