"""The control API: every path, what it answers, and what it says to what is wrong."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.server import aio_follow
from minicloud.server.control import Control
from minicloud.server.control_clock import span_of
from minicloud.server.http2_hpack import encode
from minicloud.server.http_request import PREFACE, HttpRequest
from tests.server.support import Answer, Raw, call, request
from tests.server.test_http import poll, until
from tests.server.test_http2 import HEADERS, HELLO, frame
from tests.support.depth import deep

from .controlled import ACCOUNT, Controlled, fill


def test_it_says_that_it_runs_and_what_time_it_is(cloud: minicloud.Cloud, control: Controlled) -> None:
    health = control.get("health")
    assert (health["status"], health["version"], health["clock"]) == ("running", minicloud.__version__, "virtual")
    assert (health["account_id"], health["region_name"], health["seed"]) == (ACCOUNT, "us-east-1", cloud.seed)
    assert health["services"]["sqs"] == "running"
    assert control.get("clock") == {
        "kind": "virtual",
        "now": "2026-01-01T00:00:00.000000Z",
        "time": 1767225600.0,
        "time_ns": 1767225600000000000,
        "frozen": False,
        "speed": 1.0,
        "next_due": None,
        "next_due_is": None,
    }
    head = control("HEAD", "health")
    assert (head.status, head.headers["content-type"]) == (200, "application/json")


def test_time_is_moved_and_polls_are_answered(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    assert control.get("clock")["next_due"] == "2026-01-01T00:00:30.000000Z"
    assert "orders" in control.get("clock")["next_due_is"]
    assert control.post("clock/advance", {"seconds": 0.5})["now"] == "2026-01-01T00:00:00.500000Z"
    assert control.post("clock/advance", {"duration": "29s500ms"})["now"] == "2026-01-01T00:00:30.000000Z"
    assert cloud.queue("orders").counts.in_flight == 0
    assert control.post("clock/advance?duration=PT30S")["now"] == "2026-01-01T00:01:00.000000Z"
    assert control.post("clock/advance_to", {"time": "2026-01-01T02:00:00+01:00"})["time"] == 1767229200.0
    assert control.post("clock/advance_to?time=1767229200.5")["now"] == "2026-01-01T01:00:00.500000Z"
    # What is due between two microseconds has happened when its moment is given back.
    assert control.post("clock/advance_to", {"time": "2026-01-01T01:00:00.500000001Z"})["time_ns"] % 10_000 == 1000
    cloud.client("sqs").purge_queue(QueueUrl=url)
    waiting = [Raw(control.raw.url).send(poll(url)) for _ in range(2)]
    until(lambda: len(cloud.world.waiters) == 2)
    control.post("clock/advance?seconds=20")
    assert [raw.answer().json for raw in waiting] == [{}, {}]
    now = cloud.clock.now()
    assert control.post("clock/advance", {"seconds": 0})["time"] == now.timestamp()  # what is due now happens
    for way, body, complaint in (
        ("advance", {"seconds": -0.001}, "the clock cannot go back by 0.001 seconds"),
        ("advance", {"seconds": -1}, "the clock cannot go back by 1 seconds"),
        ("advance", {"duration": "soon"}, "'soon' is not a duration: give 30s"),
        ("advance", {"duration": 30}, "30 is not a duration"),
        ("advance", {"seconds": "x"}, "seconds='x' is not a number of seconds"),
        ("advance", {"seconds": True}, "seconds=True is not a number of seconds"),
        ("advance", {"seconds": 1e300}, "cannot go beyond the year 9998"),
        ("advance", {}, 'say for how long: {"seconds": 30}'),
        ("advance", {"secs": 30}, "there is no parameter 'secs' here"),
        ("advance_to", {}, "say to which moment"),
        ("advance_to", {"time": "2025-01-01"}, "the clock cannot go back to 2025-01-01"),
        ("advance_to", {"time": "9999-01-02"}, "cannot go beyond the year 9998"),
        ("advance_to", {"time": "tomorrow"}, "'tomorrow' is not a moment"),
        ("advance_to", {"time": 1e300}, "is not a moment"),
        ("advance_to", {"time": None}, "say to which moment"),
    ):
        status, text = control.error("POST", f"clock/{way}", body)
        assert status == 400
        assert complaint in text
    assert cloud.clock.now() == now
    for pace in ("freeze", "thaw", "run?speed=2"):
        status, text = control.error("POST", f"clock/{pace}")
        assert status == 409, text
        assert "a virtual clock stands still by itself" in text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("1h30m", 5400), ("250ms", 0.25), ("2d", 172_800), ("1.5s", 1.5)],
        *[("PT90S", 90), ("P1DT2H", 93_600), ("pt5m", 300), ("PT2H3M4.5S", 7_384.5)],
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert span_of(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "30", "s", "P", "PT", "P1D2H", "1x", "-1s", "1 h", "9" * 13 + "s", "1h1"])
def test_what_is_no_duration(text: str) -> None:
    assert span_of(text) is None


def test_a_real_clock_stands_still_and_runs_faster() -> None:
    with minicloud.Cloud(clock="real") as cloud, cloud.serve() as server:
        control = Controlled(server.url)
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        frozen = control.post("clock/freeze")
        assert (frozen["kind"], frozen["frozen"], frozen["speed"]) == ("real", True, 1.0)
        assert control.get("clock")["time_ns"] == cloud.time_ns() == frozen["time_ns"]
        # Who waits in a cloud that stands still waits until time is moved: over the wire, in a thread.
        outside = Raw(server.url).send(poll(url, 20))
        got: list[Any] = []
        inside = threading.Thread(target=lambda: got.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
        inside.start()
        until(lambda: len(cloud.world.waiters) == 2)
        assert control.post("clock/advance?seconds=19")["frozen"]
        assert len(cloud.world.waiters) == 2
        control.post("clock/advance?seconds=1")
        inside.join(10)
        assert outside.answer().json == {}
        assert got[0].get("Messages") is None
        assert cloud.time_ns() == frozen["time_ns"] + 20 * 10**9
        # An hour passes in a moment, for those who wait as well.
        sqs.send_message(QueueUrl=url, MessageBody="in an hour", DelaySeconds=900)
        waits = threading.Thread(target=lambda: cloud.sleep(900))
        waits.start()
        until(lambda: cloud.world.waiters)
        assert control.post("clock/run", {"speed": 100_000})["speed"] == 100_000
        waits.join(10)
        assert not waits.is_alive()
        assert sqs.receive_message(QueueUrl=url)["Messages"]
        assert control.post("clock/freeze")["speed"] == 100_000
        assert control.post("clock/thaw")["frozen"] is False
        assert control.post("clock/run?speed=1")["speed"] == 1
        assert "times as fast" not in repr(cloud.clock)
        for speed in (0, -1, "fast", 1e9, None):
            assert control.error("POST", "clock/run", {"speed": speed})[0] == 400


def test_faults(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    made = control.post("faults", {"refuse": "RequestThrottled", "operation": "SendMessage", "nth": [1]}, 201)
    assert made == {
        "id": "1",
        "seen": 0,
        "fired": 0,
        "fault": "Fault(Refuse(error='RequestThrottled'), operation='SendMessage', nth=[1]) <seen 0, fired 0>",
    }
    raw = Raw(control.raw.url)
    refused = raw.send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"})).answer()
    assert (refused.status, refused.headers["x-amzn-query-error"]) == (403, "RequestThrottled;Sender")
    assert raw.send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"})).answer().status == 200
    assert (control.get("faults/1")["seen"], control.get("faults/1")["fired"]) == (2, 1)
    # Those of the test itself are among them.
    cloud.faults.drop(resource="orders", optional=True)
    assert [one["id"] for one in control.get("faults")["faults"]] == ["1", "2"]
    assert control("DELETE", "faults/1").json["fired"] == 1
    assert control.error("GET", "faults/1") == (404, "there is no fault '1'; there are: 2")
    for body, repr_ in (
        ({"delay": 5, "service": "sqs"}, "Fault(Delay(seconds=5), service='sqs')"),
        ({"refuse": ["Broken", "It is broken.", 503]}, "Fault(Refuse(error=('Broken', 'It is broken.', 503)))"),
        ({"crash": "after", "every": 2}, "Fault(the caller"),
        ({"crash": True, "function": "bill"}, "Fault(Crash(after=False), function='bill')"),
        ({"fail_entries": [0, "a"], "error": "InternalError"}, "Fault(FailEntries(entries=(0, 'a')"),
        ({"duplicate": 3, "probability": 0.5}, "Fault(Duplicate(times=3), probability=0.5)"),
        ({"reorder": True, "optional": True}, "Fault(Reorder(within=1.0"),
        ({"postpone": 2.5, "first": 1}, "Fault(Postpone(seconds=2.5), first=1)"),
        ({"throttle": True}, "Fault(Throttle())"),
        ({"time_out": True}, "Fault(TimeOut())"),
        ({"disconnect": True}, "Fault(Disconnect("),
        ({"lose_answer": "ConnectionClosedError"}, "Fault(LoseAnswer(exception='ConnectionClosedError'))"),
    ):
        shown = control.post("faults", body, 201)["fault"]
        assert shown.startswith(repr_) or repr_ == "Fault(the caller"
    by_query = control.post("faults?refuse=InternalError&operation=Publish&first=2", status=201)
    assert "first=2" in by_query["fault"]
    before = len(cloud.faults)
    for body in (
        {},
        {"refuse": "NoSuchError"},
        {"refuse": 5},
        {"refuse": "InternalError", "delay": 1},
        {"drop": 1},
        {"drop": True, "operation": "SendMessage"},
        {"delay": "1"},
        {"delay": -1},
        {"duplicate": 1.5},
        {"lose_answer": False},
        {"drop": True, "where": "1"},
        {"drop": True, "resource": 5},
        {"drop": True, "nth": []},
        {"drop": True, "nth": ["a"]},
        {"drop": True, "nth": 1, "every": 1},
        {"drop": True, "optional": "maybe"},
        {"drop": True, "probability": 2},
        {"drop": True, "error": "InternalError"},
        {"fail_entries": [True]},
    ):
        assert control.error("POST", "faults", body)[0] == 400, body
    maybe = {"drop": True, "optional": "maybe"}
    assert control.error("POST", "faults", maybe) == (400, "optional='maybe' is neither true nor false")
    assert len(cloud.faults) == before
    assert control("DELETE", "faults").json == {"faults": []}
    assert len(cloud.faults) == 0


def test_an_answer_that_is_lost_closes_the_connection(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    for effect, sent in (("disconnect", 0), ("lose_answer", 1)):
        cloud.client("sqs").purge_queue(QueueUrl=url)
        cloud.clock.advance(60)
        control.post("faults", {effect: True, "operation": "SendMessage", "first": 1}, 201)
        raw = Raw(control.raw.url).send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"}))
        assert raw.rest() == b""
        assert len(cloud.queue("orders")) == sent


def test_snapshots_and_starting_over(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    taken = control.post("snapshot", status=201)
    assert taken["id"] == "1"
    control.post("clock/advance?seconds=7")
    cloud.client("sqs").purge_queue(QueueUrl=url)
    assert control.post("restore", {"id": "1"})["now"] == "2026-01-01T00:00:00.000000Z"
    assert len(control.get("queues/orders/messages")["messages"]) == 3
    assert control.post("restore?id=1")["time_ns"] == cloud.time_ns()
    assert control.error("POST", "restore", {"id": "7"}) == (
        404,
        "there is no snapshot '7'; there are: 1 (the latest 100 are kept)",
    )
    assert control.error("POST", "restore") == (400, 'say to which snapshot: {"id": "1"}, as it was answered')
    for number in range(2, 102):
        assert control.post("snapshot", status=201)["id"] == str(number)
    assert control.error("POST", "restore", {"id": "1"})[0] == 404  # the latest hundred are kept
    cloud.client("sqs").purge_queue(QueueUrl=url)
    cloud.client("sqs").receive_message(QueueUrl=url)
    waiting, gone = (Raw(control.raw.url).send(poll(url)) for _ in range(2))
    until(lambda: len(cloud.world.waiters) == 2)
    status, text = control.error("POST", "snapshot")
    assert (status, "waiting in the cloud cannot be part of a snapshot" in text) == (409, True)
    # A poll that a reset ends is empty; whose client has gone by then is nobody's.
    gone.close()
    assert control.post("reset") == {"status": "ok"}
    assert waiting.answer().json == {}
    assert cloud.queues() == []
    answer = waiting.send(poll(url, 0)).answer()
    assert (answer.status, answer.json["__type"]) == (400, "com.amazonaws.sqs#QueueDoesNotExist")
    assert not cloud.world.waiters
    assert control.error("POST", "reset?service=sqs")[0] == 400


def test_the_trace_is_told_in_lines_and_as_it_happens(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    answer = control("GET", "trace")
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["seq"] for line in lines] == [event.number for event in cloud.trace]
    assert set(lines[0]) == {"seq", "time", "kind", "resource", "actor", "details"}
    numbers = [event.number for event in cloud.trace]
    for limit in (0, 1, 2, len(numbers), len(numbers) + 9):
        latest = [json.loads(line)["seq"] for line in control("GET", f"trace?limit={limit}").body.splitlines()]
        assert latest == numbers[max(len(numbers) - limit, 0) :]
    paged = [json.loads(line)["seq"] for line in control("GET", "trace?since=3&limit=2").body.splitlines()]
    assert paged == [4, 5]
    kinds = {json.loads(line)["kind"] for line in control("GET", "trace?kind=sqs.message,call").body.splitlines()}
    assert kinds == {"sqs.message.sent", "sqs.message.received", "call"}

    misspelt = control("GET", "trace?kind=call,sqs.mesage")
    assert misspelt.status == 400
    assert misspelt.json["error"].startswith("no event is of the kind 'sqs.mesage': there are sqs.delete.in_vain, ")
    assert misspelt.json["error"].endswith("; did you mean 'sqs.message'?")
    assert ": there are alarm, bucket, call, " in control("GET", "trace?kind=messages").json["error"]
    in_words = [json.loads(line)["text"] for line in control("GET", "trace?text=1&kind=sqs.message").body.splitlines()]
    assert in_words[0].endswith('"first": sent')

    follower = Raw(control.raw.url)
    sent = {"Accept": "text/event-stream", "Last-Event-ID": str(lines[-1]["seq"])}
    follower.send(request("GET", "/_minicloud/trace?kind=sqs", sent))
    head = follower.answer(has_body=False)
    assert (head.status, head.headers["content-type"]) == (200, "text/event-stream")
    signed = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/sqs/aws4_request, "
        "SignedHeaders=host, Signature=0",
        "X-Amz-Date": "20260101T000000Z",
    }
    body = json.dumps({"QueueUrl": url, "MessageBody": "x" * 2_000}).encode()
    headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0", **signed}
    sender = Raw(control.raw.url).send(request(headers={**headers, "User-Agent": "Boto3/1.43 md/x"}, body=body))
    assert sender.answer().status == 200
    told = follower.until(b"\n\n", b"data: ")
    event = json.loads(told.partition(b"data: ")[2].splitlines()[0])
    assert (event["kind"], event["actor"]) == ("sqs.message.sent", "AKIDEXAMPLE Boto3/1.43")
    assert f"id: {event['seq']}\n".encode() in told
    assert event["details"]["body"].startswith("x" * 900)
    assert len(event["details"]["body"]) < 1_100
    numbers = [event["seq"]]
    for _ in range(3):
        assert (
            sender.send(request(headers={**headers, "User-Agent": "Boto3/1.43 md/x"}, body=body)).answer().status == 200
        )
        more = follower.until(b"\n\n", b"data: ").decode()
        numbers += [int(line.removeprefix("id: ")) for line in more.splitlines() if line.startswith("id: ")]
    assert numbers == sorted(set(numbers))  # each is told once
    control.post("reset")
    assert b"event: reset" in follower.until(b"event: reset")
    follower.close()
    cloud.client("sqs").create_queue(QueueName="first")
    last = cloud.trace.of("sqs.queue.created")[-1].number
    of_all = Raw(control.raw.url)
    of_all.send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream", "Last-Event-ID": str(last)}))
    of_all.answer(has_body=False)
    until(lambda: control.get("health"))
    cloud.client("sqs").create_queue(QueueName="second")
    told = of_all.until(b"second").decode()
    assert next(line for line in told.splitlines() if line.startswith("id: ")) == f"id: {last + 1}"
    control.post("reset")
    assert b"event: reset" in of_all.until(b"event: reset")
    cloud.client("sqs").create_queue(QueueName="third")
    assert b"id: 1\n" in of_all.until(b"third")
    of_all.close()
    with minicloud.Cloud(trace=False) as untraced, untraced.serve() as server:
        status, text = Controlled(server.url).error("GET", "trace")
    assert (status, "the trace is off" in text) == (409, True)


def test_who_follows_is_told_what_ends_by_itself_and_that_the_connection_is_alive(
    cloud: minicloud.Cloud, control: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aio_follow, "_LOOK", 0.001)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="a")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=5)
    follower = Raw(control.raw.url)
    since = str(max(event.number for event in cloud.trace))
    follower.send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream", "Last-Event-ID": since}))
    follower.answer(has_body=False)
    assert b"data: " not in follower.until(b": nothing has happened\n\n")
    cloud.clock.advance(5)
    assert b"q" in follower.until(b"visible")
    follower.close()


def test_who_has_followed_another_server_is_told_to_begin_anew(cloud: minicloud.Cloud, control: Controlled) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    follower = Raw(control.raw.url)
    follower.send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream", "Last-Event-ID": "1000"}))
    told = follower.until(b"event: reset", b"id: 1\n")
    assert told.index(b"event: reset") < told.index(b"id: 1\n")
    follower.close()


def test_who_follows_is_let_go_when_the_server_ends(cloud: minicloud.Cloud) -> None:
    with cloud.serve() as server:
        follower = Raw(server.url).send(request("GET", "/_minicloud/trace?follow=1"))
        assert follower.answer(has_body=False).headers["transfer-encoding"] == "chunked"
    assert follower.rest().endswith(b"\r\n0\r\n\r\n")


def test_a_poll_that_its_client_abandons_is_told(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    gone = Raw(control.raw.url).send(poll(url))
    until(lambda: cloud.world.waiters)
    gone.close()
    until(lambda: not cloud.world.waiters)
    kinds = [json.loads(line)["kind"] for line in control("GET", "trace?kind=sqs.poll").body.splitlines()]
    assert kinds == ["sqs.poll.began", "sqs.poll.abandoned"]
    assert "was abandoned, and has taken nothing" in cloud.trace.render()


def test_what_a_handler_asserts_is_the_tests(cloud: minicloud.Cloud, control: Controlled) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("as the test has it")

    cloud.function("f", never)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.event_source_mapping("q", "f")
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=1)
    assert control.post("clock/advance?seconds=1")["now"] == "2026-01-01T00:00:01.000000Z"
    assert control.post("clock/advance?seconds=1")["now"] == "2026-01-01T00:00:02.000000Z"
    with pytest.raises(AssertionError, match="as the test has it"):
        cloud.clock.advance(0)


def test_a_handler_s_misuse_is_told_to_who_moves_time_and_to_the_test(
    cloud: minicloud.Cloud, control: Controlled
) -> None:
    """What is wrong with the move itself is told to who asks alone."""

    def misuse(*_: Any) -> None:
        raise minicloud.UsageError("as the handler has it")

    cloud.function("f", misuse)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.event_source_mapping("q", "f")
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=1)
    assert control.error("POST", "clock/advance?seconds=1") == (400, "as the handler has it")
    with pytest.raises(minicloud.UsageError, match=r"^as the handler has it$"):
        cloud.clock.advance(0)
    assert control.error("POST", "clock/advance?seconds=-1")[0] == 400
    cloud.clock.advance(0)


def test_a_handler_may_be_a_client_of_the_server_that_moves_time(cloud: minicloud.Cloud, control: Controlled) -> None:
    sqs = cloud.client("sqs")
    jobs, done = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("jobs", "done"))

    def handler(*_: Any) -> Any:
        return Raw(control.raw.url).send(poll(done, 0)).answer().status

    cloud.function("f", handler)
    cloud.event_source_mapping("jobs", "f")
    sqs.send_message(QueueUrl=jobs, MessageBody="m", DelaySeconds=5)
    control.post("clock/advance?seconds=10")
    assert cloud.invocations.last.result == 200


def test_two_clients_at_once_move_time_by_both(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    others = [Controlled(control.raw.url) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda one=one: [one.post("clock/advance?seconds=1") for _ in range(20)])
        for one in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert control.get("clock")["now"] == "2026-01-01T00:00:40.000000Z"


def test_the_pages_need_nothing_else(control: Controlled) -> None:
    for path in ("", "timeline"):
        page = control("GET", path)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"] == "default-src 'self' 'unsafe-inline'; img-src data:"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.body.startswith(b"<!DOCTYPE html>")
        for outside in (b"src=", b"http://", b"https://", b"@import", b"url("):
            assert outside not in page.body
    assert b"What happens" in control.raw.send(request("GET", "/_minicloud")).answer().body


def test_what_is_wrong_is_said(cloud: minicloud.Cloud, control: Controlled) -> None:
    for method, path, status, text in (
        ("GET", "nowhere", 404, "the control API has nothing at /nowhere: it has alarms, buckets, buses, clock"),
        ("GET", "queues/a/b/c/d", 404, "nothing at /queues/a/b/c/d"),
        ("PUT", "queues", 405, "PUT means nothing here: use GET, HEAD"),
        ("GET", "clock/advance", 405, "use POST"),
        ("GET", "clock?fast=1", 400, "there is no parameter 'fast' here; it takes none"),
    ):
        found = control(method, path)
        assert (found.status, text in found.json["error"]) == (status, True), found.json
        assert ("allow" in found.headers) == (status == 405)
    for body in (b"{", b"[1]", b'"a"', b"\xff", b"NaN", b'{"seconds": Infinity}', b"[" * 5_000):
        answer = control.raw.send(request("POST", "/_minicloud/clock/advance", {}, body)).answer()
        assert (answer.status, list(answer.json)) == (400, ["error"]), body
    evil = control.raw.send(request("GET", "/_minicloud/health", {"Origin": "https://evil.example"})).answer()
    assert (evil.status, evil.body.decode()) == (
        403,
        "minicloud does not serve pages of 'https://evil.example': if the page is yours, start the server with "
        "--allow-origin ORIGIN\n",
    )
    foreign = Raw(control.raw.url).send(request("POST", "/_minicloud/reset", host="evil.example")).answer()
    assert (foreign.status, b"--allow-host" in foreign.body) == (403, True)
    mine = {"Origin": "http://localhost:3000"}
    allowed = Raw(control.raw.url).send(request("GET", "/_minicloud/health", mine)).answer()
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    with cloud.serve(control=False) as server:
        answer = Raw(server.url).send(request("GET", "/_minicloud/health")).answer()
        text = b"this server has no control API: start it without --no-control\n"
        assert (answer.status, answer.body) == (404, text)
    closed = minicloud.Cloud()
    with closed.serve() as server:
        closed.close()
        told = 503, "this Cloud is closed: start a server for another one"
        assert Controlled(server.url).error("GET", "queues") == told


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "30s", "orders", "1", "2026-01-01", "InternalError", "true", "\ud800", "sqs"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=5,
)  # fmt: skip
_NAMES = st.sampled_from(
    ["seconds", "duration", "time", "speed", "id", "service", "operation", "resource", "function", "nth", "every",
     "first", "probability", "optional", "refuse", "delay", "drop", "duplicate", "fail_entries", "crash", "lose_answer",
     "reorder", "postpone", "throttle", "error", "message", "message_attributes", "state", "limit", "since", "kind",
     "event"]
)  # fmt: skip
_PATHS = st.sampled_from(
    ["clock/advance", "clock/advance_to", "clock/run", "clock/freeze", "faults", "faults/1", "reset", "snapshot",
     "restore", "queues", "queues/orders/messages", "topics/shop/explain", "streams/clicks/records", "invocations",
     "outbox", "trace", "buses/default/explain", "x/y", "queues//messages", "queues/%FF", "%00", "clock/"]
)  # fmt: skip


@settings(max_examples=deep(400))
@given(
    st.lists(
        st.tuples(st.sampled_from(["GET", "POST", "DELETE"]), _PATHS, st.dictionaries(_NAMES, _VALUES, max_size=4)),
        max_size=5,
    )
)
def test_bodies_of_any_kind_are_answered_in_its_own_words(asked: list[tuple[str, str, Any]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        fill(cloud)
        control = Control(cloud)
        for method, path, body in asked:
            made = HttpRequest(method, f"/_minicloud/{path}", {"host": "localhost"}, True)
            made.body = json.dumps(body).encode()
            answer = control.answer(made, "http://localhost/")
            assert answer.status in (200, 201, 400, 404, 405, 409)
            if answer.status >= 400:
                assert list(json.loads(answer.body)) == ["error"]


def test_paths_of_other_emulators(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    sns = cloud.client("sns")
    sns.subscribe(
        TopicArn=cloud.topic("shop").arn, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True
    )
    pending = cloud.topic("shop").subscriptions[-1].arn

    def ask(method: str, path: str, **headers: str) -> Answer:
        return control.raw.send(request(method, path, headers)).answer()

    assert ask("GET", "/_localstack/health").json["services"]["sqs"] == "running"
    assert ask("GET", "/health").json["edition"] == "community"
    assert ask("GET", "/_localstack/info").json["version"] == minicloud.__version__
    shown = ask("GET", f"/_aws/sqs/messages?QueueUrl={url}&ShowInvisible=true")
    assert (shown.status, shown.headers["content-type"].partition(";")[0]) == (200, "text/xml")
    assert shown.body.count(b"<Message>") == 2
    by_place = ask("GET", f"/_aws/sqs/messages/us-east-1/{ACCOUNT}/orders?ShowDelayed=1", Accept="application/json")
    assert by_place.status == 200
    messages = by_place.json["ReceiveMessageResponse"]["ReceiveMessageResult"]["Message"]
    assert [one["Body"] for one in messages] == ["caf\u00e9", "later"]
    assert messages[0]["ReceiptHandle"] == "SQS/BACKDOOR/ACCESS"
    texts = ask("GET", "/_aws/sns/sms-messages").json
    assert [one["Message"] for one in texts["sms_messages"]["+15550100"]] == ["hello"]
    assert ask("GET", "/_aws/sns/platform-endpoint-messages").json["platform_endpoint_messages"] == {}
    token = ask("GET", f"/_aws/sns/subscription-tokens/{pending}").json["subscription_token"]
    confirmed = sns.confirm_subscription(TopicArn=cloud.topic("shop").arn, Token=token)
    assert confirmed["SubscriptionArn"] == pending
    for path, status, text in [
        (f"sns/subscription-tokens/{pending}", 404, f"no subscription '{pending}' waits to be confirmed"),
        ("sqs/messages", 400, "say which queue: ?QueueUrl=http://\u2026/account/name"),
    ]:
        answer = ask("GET", f"/_aws/{path}")
        assert (answer.status, answer.json) == (status, {"error": text})
    assert ask("GET", "/_aws/sqs/messages?QueueUrl=nope").status == 404
    assert ask("GET", "/_aws/what").status == 404
    for path in ("/moto-api/reset", "/_localstack/state/reset"):
        cloud.client("sqs").create_queue(QueueName="q")
        assert ask("POST", path).json == {"status": "ok"}
        assert cloud.queues() == []


def test_the_trace_is_followed_in_http_2(cloud: minicloud.Cloud) -> None:
    pseudo = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/_minicloud/trace?follow=1"),
        (":authority", "localhost"),
    ]
    with cloud.serve() as server:
        raw = Raw(server.url).send(PREFACE + HELLO + frame(HEADERS, 5, 1, encode(pseudo)))
        raw.until(b"retry: 1000\n\n")
        cloud.client("sqs").create_queue(QueueName="q")
        assert b'"sqs.queue.created"' in raw.until(b"id: 1\ndata: ")
        assert Raw(server.url).send(request("GET", "/_minicloud/health")).answer().status == 200
        raw.close()
