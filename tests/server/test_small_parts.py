"""Parts of the endpoint by themselves: what a connection does with who reads late, what names and texts lead where."""

from __future__ import annotations

import asyncio
import json
import socket
from http import HTTPStatus
from struct import pack
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

import minicloud
from minicloud import UsageError
from minicloud.__main__ import main
from minicloud.server import aio_connection, aio_http2, aio_server
from minicloud.server.aio_answers import Answer
from minicloud.server.aio_server import Listener
from minicloud.server.aio_waits import Waits
from minicloud.server.http2_hpack import encode
from minicloud.server.http2_session import OF_CONNECTIONS
from minicloud.server.http_request import MOST_HEADERS, HttpError, HttpRequest, RequestParser
from minicloud.server.s3_requests import operation_of_s3
from tests.server.controlled import Controlled, fill
from tests.server.support import Raw, call, request, until
from tests.support.strikes_within import struck_within
from tests.support.threads import Worker
from tests.support.words import Words

from .test_http2 import DATA, HEADERS, RST, SETTINGS, WINDOW, Http2, frame, frames, head, session
from .test_who_and_where import scope

SIZE = 12 << 20
"""Bytes of an answer: more than the system keeps for who does not read."""


@pytest.fixture
def large(cloud: minicloud.Cloud) -> str:
    """The URL of a queue with a message, beside an object that is large."""
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=bytes(SIZE))
    url: str = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    return url


# --- who reads late ---------------------------------------------------------------------------------------------------


def test_what_waits_behind_an_answer_that_nobody_reads_comes_when_it_is_read(
    cloud: minicloud.Cloud, raw: Raw, large: str
) -> None:
    asked = request("GET", "/bucket/k", host="s3.localhost")
    raw.send(asked + call("AmazonSQS.ReceiveMessage", {"QueueUrl": large}))
    until(lambda: cloud.queue("q").counts.in_flight)
    read = bytearray()
    while b'"Body"' not in read[-1_000:]:
        read += raw.socket.recv(1 << 20)
    assert read.count(0) == SIZE


def test_a_message_behind_an_answer_that_nobody_reads_goes_back(cloud: minicloud.Cloud, raw: Raw, large: str) -> None:
    sqs = cloud.client("sqs")
    sqs.purge_queue(QueueUrl=large)
    asked = request("GET", "/bucket/k", host="s3.localhost")
    raw.send(asked + call("AmazonSQS.ReceiveMessage", {"QueueUrl": large, "WaitTimeSeconds": 20}))
    until(lambda: cloud.world.waiters)
    sqs.send_message(QueueUrl=large, MessageBody="m")
    until(lambda: cloud.queue("q").counts.in_flight)
    raw.close()
    until(lambda: cloud.queue("q").counts.visible)
    [message] = sqs.receive_message(QueueUrl=large, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_who_reads_late_over_http_2_is_listened_to_again(cloud: minicloud.Cloud, large: str) -> None:
    pseudo = [(":method", "GET"), (":scheme", "http"), (":path", "/bucket/k"), (":authority", "s3.localhost")]
    most = pack("!I", (1 << 31) - 1 - 65_535)
    with cloud.serve() as server:
        client = Http2(server.url)
        client.send(frame(WINDOW, 0, 0, most) + frame(HEADERS, 5, 1, encode(pseudo)) + frame(WINDOW, 0, 1, most))
        until(lambda: any(getattr(one, "_can_write", True) is False for one in server._listener._connections))
        client.send(frame(HEADERS, 5, 3, head("HEAD")))
        size, ended = 0, set()
        while ended != {1, 3}:
            kind, flags, stream, payload = client.frame()
            size += len(payload) if kind == DATA else 0
            if flags & 1 and kind in (DATA, HEADERS):
                ended.add(stream)
        assert size == SIZE
        client.close()


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_http_2", [False, True])
def test_a_call_that_runs_as_the_server_ends_has_its_answer(
    monkeypatch: pytest.MonkeyPatch, cloud: minicloud.Cloud, is_http_2: bool
) -> None:
    """Also where there was nobody before it: a connection has come and gone. Nobody waits longer than for that."""
    monkeypatch.setattr(aio_server, "_END", 3600)
    begun, end = SimpleNamespace(is_so=False), SimpleNamespace(is_so=False)

    def work(event: Any, _: Any) -> Any:
        begun.is_so = True
        until(lambda: end.is_so)
        return event

    cloud.function("f", work)
    path = "/2015-03-31/functions/f/invocations"
    server: Any = cloud.serve()
    Raw(server.url).close()
    until(server._listener._empty.is_set)
    if is_http_2:
        client = Http2(server.url)
        pseudo = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost")]
        client.send(frame(HEADERS, 4, 1, encode(pseudo)) + frame(DATA, 1, 1, b"7"))
    else:
        raw = Raw(server.url).send(request("POST", path, {}, b"7"))
    until(lambda: begun.is_so)
    stopping = Worker(server.stop)
    until(lambda: server._listener.ends)
    end.is_so = True
    if is_http_2:
        while (one := client.frame())[0] != DATA:
            pass
        assert one[2:] == (1, b"7")
        client.raw.rest()
        client.close()
    else:
        assert raw.answer().body == b"7"
        assert raw.rest() == b""
    stopping.result()


def test_who_asks_for_nothing_keeps_no_server_from_ending(
    monkeypatch: pytest.MonkeyPatch, cloud: minicloud.Cloud
) -> None:
    monkeypatch.setattr(aio_server, "_END", 3600)
    server = cloud.serve()
    clients = [Raw(server.url), Http2(server.url).raw, Raw(server.url).send(call("AmazonSQS.ListQueues", {}))]
    clients[2].answer()
    until(lambda: len(server._listener._connections) == 3)
    Worker(server.stop).result()
    assert [client.rest() for client in (clients[0], clients[2])] == [b"", b""]


def test_slow_bytes_of_a_head_buy_no_more_time() -> None:
    async def main() -> None:
        patience = {"head": 60.0, "body": 60.0, "answer": 60.0, "": 60.0}
        listener: Any = SimpleNamespace(most_of_a_body=1_000, guard=SimpleNamespace(check=None), patience=patience)
        connection = aio_http2.Http2Connection(listener, SimpleNamespace(is_closing=lambda: False))
        told: Any = SimpleNamespace(waits_for="head")
        connection._session = told
        kept = {}
        for wants in ("head", "body", "", None):
            told.waits_for = wants
            connection._be_patient()
            first = connection._timer
            connection._be_patient()
            kept[wants] = connection._timer is first
            assert (first is None) == (wants is None)
        assert kept == {"head": True, "body": False, "": False, None: True}
        connection._can_write = False
        connection._be_patient()
        assert connection._wants == "answer"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("now", "is_used", "wants", "does"),
    [
        (50.0, False, "head", ["at 100"]),
        (99.9, False, "", ["at 100"]),
        (100.0, False, "", ["ends"]),
        (101.0, True, "", ["patient"]),
        (101.0, False, None, []),
        (101.0, False, "head", ["408", "ends"]),
        (101.0, False, "answer", ["aborts"]),
    ],
)
def test_when_patience_is_lost(now: float, is_used: bool, wants: str | None, does: list[str]) -> None:
    """At the deadline, and not before: a timer may strike for an earlier one."""
    done: list[str] = []
    connection: Any = SimpleNamespace(
        _timer=object(),
        _waits_for=wants,
        _is_used=is_used,
        _deadline=100.0,
        _time=lambda: now,
        _task=None,
        _loop=SimpleNamespace(call_at=lambda when, _: done.append(f"at {when:g}")),
        _lose_patience=None,
        _be_patient=lambda _: done.append("patient"),
        _can_write=asyncio.Event(),
        _transport=SimpleNamespace(is_closing=lambda: False, abort=lambda: done.append("aborts")),
        _parser=SimpleNamespace(waits_for=wants),
        _listener=SimpleNamespace(request_id=lambda: "id", date=lambda: "date"),
        _write=lambda answer, _: done.append(str(answer.status)),
        _end=lambda: done.append("ends"),
    )
    aio_connection.Connection._lose_patience(connection)
    assert done == does
    assert not connection._is_used


def test_the_end_of_a_poll_that_is_interrupted_is_taken_back_by_the_next_call() -> None:
    """What comes into the end of a poll leaves nobody in line who has gone."""

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
            assert waits._polls
            places, _ = struck_within(waits.end_all, ("Waits._end_empty",), n)
            polling.cancel()
            await asyncio.wait([polling])
            return places

        places = asyncio.run(main())
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert cloud.queue("q").counts.visible == 1, n
        assert not cloud.world.waiters, n
        return places

    places = struck_at(0)
    assert places > 5
    for n in range(1, places + 1):
        struck_at(n)


# --- texts ------------------------------------------------------------------------------------------------------------


def test_what_somebody_says_is_no_line_of_a_head() -> None:
    """Nor are the headers of one connection those of another."""
    answer = Answer(
        200, {"X-A": "a\rb\nc", "Connection": "close", "Transfer-Encoding": "chunked", "Keep-Alive": "1"}, b""
    )
    assert aio_http2._fields(answer) == [("x-a", "a b c")]


@pytest.mark.parametrize("name", ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])
def test_headers_of_a_connection_are_none_of_a_stream(name: str) -> None:
    """[RFC 9113, 8.2.2]"""
    assert name in OF_CONNECTIONS
    made = session()
    told = made.feed(b"\0\0\0\4\0\0\0\0\0" + frame(HEADERS, 5, 1, head("GET", **{name: "x"})))
    assert [what for _, what in told if isinstance(what, HttpRequest)] == []
    assert (RST, 0, 1, pack("!I", 1)) in frames(bytes(made.outgoing))


def test_a_frame_is_as_long_as_the_client_takes() -> None:
    for longest in (16_384, 20_000):
        made = session()
        made.feed(frame(SETTINGS, 0, 0, pack("!HIHI", 5, longest, 4, 1 << 20)) + frame(HEADERS, 5, 1, head("GET")))
        made.begin(1, 200, [])
        made.outgoing.clear()
        made.send(1, bytes(longest + 1), ends=True)
        assert [(len(data), flags) for _, flags, _, data in frames(bytes(made.outgoing))] == [(longest, 0), (1, 1)]


@pytest.mark.parametrize(("more", "is_taken"), [(0, True), (1, False)])
def test_a_head_of_so_many_fields(more: int, is_taken: bool) -> None:
    made = session()
    fields = {f"x-{number}": "" for number in range(MOST_HEADERS - 4 + more)}
    [(_, what)] = made.feed(b"\0\0\0\4\0\0\0\0\0" + frame(HEADERS, 5, 1, head("GET", **fields)))
    assert isinstance(what, HttpRequest) is is_taken
    if not is_taken:
        assert isinstance(what, HttpError)
        assert what.status == 431


def test_an_expectation_that_nobody_knows_is_cut() -> None:
    expected = "x" * 300
    for told in (
        session().feed(b"\0\0\0\4\0\0\0\0\0" + frame(HEADERS, 4, 1, head(expect=expected))),
        [(0, refused(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: " + expected.encode() + b"\r\n\r\n"))],
    ):
        [(_, error)] = told
        assert isinstance(error, HttpError)
        assert error.status == 417
        assert error.body.decode().endswith(f", and not {expected[:200]!r}")


def test_a_method_that_nobody_knows_is_told_those_that_there_are() -> None:
    for told in (
        session().feed(b"\0\0\0\4\0\0\0\0\0" + frame(HEADERS, 5, 1, head("BREW"))),
        [(0, refused(b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n"))],
    ):
        [(_, error)] = told
        assert isinstance(error, HttpError)
        assert (error.status, "GET" in error.headers["allow"].split(", ")) == (405, True)


def refused(data: bytes) -> HttpError:
    parser = RequestParser(1_000, lambda _: None)
    parser.feed(data)
    with pytest.raises(HttpError) as caught:
        parser.next()
    return caught.value


def test_only_options_are_asked_of_all_there_is() -> None:
    parser = RequestParser(1_000, lambda _: None)
    parser.feed(b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
    one = parser.next()
    assert one is not None
    assert (one.method, one.path) == ("OPTIONS", "*")
    assert refused(b"GET * HTTP/1.1\r\nHost: h\r\n\r\n").status == 400


def test_what_reaches_no_operation_has_an_id_and_the_end_of_its_connection(raw: Raw, cloud: minicloud.Cloud) -> None:
    answer = raw.send(b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n").answer()
    assert len(answer.headers["x-amzn-requestid"]) == 36
    assert (answer.headers["connection"], answer.headers["content-length"]) == ("close", str(len(answer.body)))
    assert answer.headers["date"].endswith("GMT")
    assert raw.rest() == b""


def test_what_is_well_has_its_words_too() -> None:
    """Of HTTP/1.1, in the first line of an answer."""
    well = {status: words for status, words in aio_connection._REASONS.items() if status < 400}
    assert well == {status: HTTPStatus(status).phrase for status in (200, 201, 202, 204, 206, 304)}


def test_what_somebody_says_is_no_line_of_a_head_of_http_1(raw: Raw, cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    query = "response-content-disposition=a%0D%0Ax-evil%3A%201&X-Amz-Credential=" + quote(scope("us-east-1"), safe="")
    answer = raw.send(request("GET", f"/bucket/k?{query}", host="s3.localhost")).answer()
    assert "x-evil" not in answer.headers
    assert answer.status != 200 or answer.headers["content-disposition"] == "a  x-evil: 1"
    transport: Any = SimpleNamespace(sent=b"")
    transport.write = lambda data: setattr(transport, "sent", transport.sent + data)
    connection: Any = SimpleNamespace(_transport=transport)
    aio_connection.Connection._write(connection, Answer(200, {"a": "b\r\nc: d", "e": "f"}, b"x"), None)
    assert transport.sent == b"HTTP/1.1 200 OK\r\na: b  c: d\r\ne: f\r\n\r\nx"


def test_a_connection_that_is_not_kept_says_so(raw: Raw) -> None:
    headers = {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"}
    assert raw.send(request(headers=headers, body=b"{}")).answer().headers["connection"] == "keep-alive"
    closed = raw.send(request(headers={**headers, "Connection": "close"}, body=b"{}")).answer()
    assert closed.headers["connection"] == "close"
    assert raw.rest() == b""


def test_a_closed_cloud_answers_that_it_is() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    with cloud.serve() as server:
        raw = Raw(server.url)
        cloud.close()
        answer = raw.send(call("AmazonSQS.ListQueues", {})).answer()
        assert Controlled(server.url)("POST", "snapshots").status == 503
    assert (answer.status, answer.json["__type"]) == (503, "InternalFailure")
    assert "closed" in answer.json["message"]


def test_uploads_of_parts_have_operations_of_their_own() -> None:
    def operation(method: str, query: str, **headers: str) -> tuple[str, bool]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return operation_of_s3(HttpRequest(method, f"/bucket/key?{query}", {"host": "localhost", **named}, True))

    assert operation("PUT", "partNumber=1&uploadId=u") == ("UploadPart", True)
    assert operation("PUT", "partNumber=1&uploadId=u", x_amz_copy_source="a/b") == ("UploadPartCopy", True)
    assert operation("POST", "uploadId=u") == ("CompleteMultipartUpload", True)
    assert operation("POST", "uploads") == ("CreateMultipartUpload", True)
    assert operation("DELETE", "uploadId=u") == ("AbortMultipartUpload", True)
    assert operation("GET", "uploadId=u") == ("ListParts", True)
    assert operation("PUT", "", x_amz_copy_source="a/b") == ("CopyObject", True)


def test_a_misuse_of_a_handler_s_is_kept_for_the_test(raw: Raw, cloud: minicloud.Cloud) -> None:
    def work(event: Any, _: Any) -> None:
        raise UsageError("a mistake")

    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=cloud.function("f", work))
    form = f"Action=Publish&Version=2010-03-31&TopicArn={quote(arn, safe='')}&Message=m".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert raw.send(request(headers=headers, body=form)).answer().status == 200
    with pytest.raises(UsageError, match=r"^a mistake$"):
        cloud.clock.advance(0)


def test_what_a_server_allows_when_nobody_says_otherwise(cloud: minicloud.Cloud) -> None:
    listener = Listener(cloud)
    assert (listener._most_connections, listener.most_of_a_body, listener.port) == (4_000, 16 << 20, 0)
    with cloud.serve() as server:
        assert server._listener._most_connections == 4_000


def test_a_server_at_two_ports_has_the_smaller_one_at_both_addresses(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened, closed = [], []

    async def listen(self: Listener, port: int) -> Any:
        listened.append(port)
        ports = [5002, 5001] if not port else [port, port]
        sockets = [SimpleNamespace(getsockname=lambda port=port: ("127.0.0.1", port)) for port in ports]
        return SimpleNamespace(sockets=sockets, close=lambda: closed.append(port))

    monkeypatch.setattr(Listener, "_listen", listen)
    listener = Listener(cloud)
    asyncio.run(listener.start())
    assert (listened, closed, listener.port, listener.address) == ([0, 5001], [0], 5001, "127.0.0.1:5001")
    cloud.end_serving("http://127.0.0.1:5001/")


# --- the control API --------------------------------------------------------------------------------------------------


def test_what_other_emulators_tell_of_messages_is_asked_by_their_parameters(
    cloud: minicloud.Cloud, control: Controlled
) -> None:
    fill(cloud)
    sns = cloud.client("sns")
    sns.publish(PhoneNumber="+15550101", Message="other")
    application = sns.create_platform_application(Name="a", Platform="GCM", Attributes={"PlatformCredential": "k"})
    endpoints = [
        sns.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token=token)
        for token in "ab"
    ]
    for endpoint in endpoints:
        sns.publish(TargetArn=endpoint["EndpointArn"], Message="push")

    def ask(path: str, **headers: str) -> Any:
        return control.raw.send(request("GET", f"/_aws/{path}", headers)).answer()

    found = ask("sns/sms-messages?accountId=1&region=r").json["sms_messages"]
    assert set(found) == {"+15550100", "+15550101"}
    assert set(ask("sns/sms-messages?phoneNumber=%2B15550101").json["sms_messages"]) == {"+15550101"}
    assert ask("sns/sms-messages?phone=1").status == 400
    [one] = found["+15550101"]
    assert (one["PhoneNumber"], one["Message"], one["Subject"]) == ("+15550101", "other", None)
    assert (one["MessageId"] is not None, one["MessageAttributes"]) == (True, None)
    arn = endpoints[0]["EndpointArn"]
    pushes = ask(f"sns/platform-endpoint-messages?endpointArn={quote(arn)}&accountId=1&region=r").json
    assert set(pushes["platform_endpoint_messages"]) == {arn}
    assert pushes["region"] == cloud.region_name
    [push] = pushes["platform_endpoint_messages"][arn]
    assert (push["TargetArn"], json.loads(push["Message"])) == (arn, {"data": {"default": "push"}})
    assert ask("sns/platform-endpoint-messages?arn=1").status == 400
    messages = ask("sqs/messages/us-east-1/123456789012/orders", Accept="application/json")
    assert messages.headers["content-type"] == "application/json"


def test_what_other_emulators_tell_of_a_message(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    sqs = cloud.client("sqs")
    sqs.purge_queue(QueueUrl=url)
    attributes = {"n": {"DataType": "Number", "StringValue": "5"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attributes)
    asked = request("GET", f"/_aws/sqs/messages?QueueUrl={url}", {"Accept": "application/json"})
    result = control.raw.send(asked).answer().json["ReceiveMessageResponse"]["ReceiveMessageResult"]
    [message] = result["Message"]
    assert set(message) == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body", "Attributes", "MessageAttributes"}
    assert (message["MessageId"], message["MD5OfBody"]) == (sent["MessageId"], sent["MD5OfMessageBody"])
    assert message["Attributes"]["SentTimestamp"] == str(int(cloud.clock.time() * 1_000))
    assert message["MessageAttributes"] == attributes


def test_a_client_that_says_no_more_follows_no_more(cloud: minicloud.Cloud, control: Controlled) -> None:
    raw = Raw(control.raw.url).send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream"}))
    cloud.client("sqs").create_queue(QueueName="a")
    raw.until(b"sqs.queue.created")
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.rest() == b""
    raw.close()


@pytest.mark.parametrize("state", ["visible", "delayed", "in_flight"])
def test_a_command_shows_the_messages_of_a_state(
    cloud: minicloud.Cloud, cloud_server: Any, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    fill(cloud)
    assert main(["messages", "orders", "--state", state]) == 0
    out = capsys.readouterr().out
    bodies = {"visible": "caf\u00e9", "delayed": "later", "in_flight": "first"}
    assert [body for body in bodies.values() if f"    {body}\n" in out] == [bodies[state]]


def test_the_latest_of_what_there_was_is_shown(cloud: minicloud.Cloud, control: Controlled) -> None:
    events, sns = cloud.client("events"), cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for begin in range(0, 110, 10):
        entries: Any = [{"Source": "shop", "DetailType": f"{begin + number}", "Detail": "{}"} for number in range(10)]
        events.put_events(Entries=entries)
        for number in range(10):
            sns.publish(TopicArn=topic, Message=f"{begin + number}")
    bus = control.get("buses/default")
    assert bus["events_count"] == 110
    assert [event["detail-type"] for event in bus["events"]] == [str(number) for number in range(10, 110)]
    shown = control.get("topics/t")
    assert shown["published_count"] == 110
    assert [one["message"] for one in shown["published"]] == [str(number) for number in range(10, 110)]


def test_an_arn_is_never_a_place_and_a_name(control: Controlled) -> None:
    arn = "arn:aws:sqs:us-east-1:123456789012:a/b/c"
    status, text = control.error("GET", f"queues/{quote(arn, safe='')}")
    assert (status, f"'{arn}'" in text) == (404, True), text


def test_who_follows_is_told_all_that_comes_behind_a_reset(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")

    def begin_anew() -> None:
        cloud.reset()
        sqs.create_queue(QueueName="b")

    with cloud.serve() as server:
        raw = Raw(server.url).send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream"}))
        sqs.create_queue(QueueName="a")
        raw.until(b"sqs.queue.created")
        loop: Any = server._loop
        loop.call_soon_threadsafe(begin_anew)  # at once: who follows has had no turn in between
        assert b"id: 1\n" in raw.until(b"event: reset", b"sqs.queue.created").partition(b"event: reset")[2]
        raw.close()


def test_what_the_endpoint_calls_what_it_does(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the text of who calls the cloud from inside of it."""
    url = fill(cloud)
    arn = cloud.topic("shop").arn
    with cloud.serve() as server:
        control = Controlled(server.url)
        words = Words(monkeypatch)
        control.get("clock")
        control.raw.send(request("GET", f"/_aws/sns/subscription-tokens/{arn}")).answer()
        control.raw.send(request("GET", f"/_aws/sqs/messages?QueueUrl={url}")).answer()
        poll = Raw(server.url).send(call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 1}))
        poll.answer()
        control.get("queues")
        poll.send(call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
        until(lambda: cloud.world.waiters)
    assert poll.answer().json == {}
    assert words.said <= {
        "a call that waits",
        "a look at what is due next",
        "a view",
        "an answer",
        "another call",
        "the end of a poll",
    }, words.said
    assert words.said >= {
        "a call that waits",
        "a look at what is due next",
        "a view",
        "an answer",
        "the end of a poll",
    }
    with minicloud.Cloud(clock="real") as real, real.serve() as server:
        Controlled(server.url).post("clock/freeze")
    assert "a change of the clock's pace" in words.said
