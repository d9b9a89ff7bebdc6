"""What is asked for, name by name: by commands of a server, by who asks S3 for a side of something, of AWS's others."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.server import commands
from minicloud.server.http_request import HttpRequest
from minicloud.server.s3_requests import operation_of_s3
from minicloud.services.s3.rest import PATHS
from minicloud.services.s3.rest_refused import PATHS as REFUSED

from .controlled import ACCOUNT, Controlled
from .support import request
from .test_routing import JSON, refused

# --- by commands ------------------------------------------------------------------------------------------------------

CLOCK = '{"now": "t", "kind": "real", "frozen": false, "speed": 1, "next_due": null, "next_due_is": null}'


@contextmanager
def asked_of(body: str) -> Iterator[tuple[str, list[tuple[str, str, str | None]]]]:
    """The URL of a server that notes what it is asked: method, path, and what is accepted."""
    asked: list[tuple[str, str, str | None]] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.command, self.path, self.headers["Accept"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("command", "body", "method", "path"),
    [
        ("clock", CLOCK, "GET", "clock"),
        ("freeze", CLOCK, "POST", "clock/freeze"),
        ("thaw", CLOCK, "POST", "clock/thaw"),
        ("advance 30", CLOCK, "POST", "clock/advance?seconds=30.0"),
        ("advance 1h30m", CLOCK, "POST", "clock/advance?duration=1h30m"),
        ("queues", '{"queues": []}', "GET", "queues"),
        ("messages a/b", '{"messages": []}', "GET", "queues/a%2Fb/messages?"),
        (
            "messages q --state delayed --limit 3",
            '{"messages": []}',
            "GET",
            "queues/q/messages?state=delayed&limit=3",
        ),
        ("reset", "{}", "POST", "reset?"),
        ("reset --delivery aws", "{}", "POST", "reset?delivery=aws"),
        ("trace", "", "GET", "trace?"),
        ("trace --kind call,sqs", "", "GET", "trace?kind=call%2Csqs"),
        ("trace --follow", "", "GET", "trace?"),
    ],
)
def test_what_a_command_asks_of_a_server(command: str, body: str, method: str, path: str) -> None:
    with asked_of(body) as (url, asked):
        assert main([*command.split(), "--url", url]) == 0
    accepted = "text/event-stream" if "--follow" in command else "application/json"
    assert asked == [(method, f"/_minicloud/{path}", accepted)]


def test_a_command_has_ten_minutes_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is moved far may have much to do. Where nothing says a server, it is the usual one."""
    given: list[Any] = []

    class Opener:
        def open(self, asked: Any, timeout: float) -> Any:
            given.append((asked.full_url, timeout))
            return io.BytesIO(CLOCK.encode())

    def build_opener(*handlers: Any) -> Opener:
        given.append([handler.proxies for handler in handlers])
        return Opener()

    monkeypatch.setattr("urllib.request.build_opener", build_opener)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert main(["clock"]) == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://h:1/")
    assert main(["clock"]) == 0
    assert given == [
        [{}],
        ("http://127.0.0.1:4566/_minicloud/clock", 600.0),
        [{}],
        ("http://h:1/_minicloud/clock", 600.0),
    ]


@pytest.mark.parametrize(
    ("clock", "lines"),
    [
        ({}, ["t (real clock)", "nothing is due"]),
        ({"speed": 60.0}, ["t (real clock, 60 times as fast)", "nothing is due"]),
        ({"speed": 60.0, "frozen": True}, ["t (real clock, standing still)", "nothing is due"]),
        ({"kind": "frozen", "frozen": True}, ["t (frozen clock)", "nothing is due"]),
        ({"next_due": "u", "next_due_is": "a thing"}, ["t (real clock)", "next due: u, a thing"]),
    ],
)
def test_what_a_command_says_of_a_clock(
    capsys: pytest.CaptureFixture[str], clock: dict[str, Any], lines: list[str]
) -> None:
    plain = {"now": "t", "kind": "real", "frozen": False, "speed": 1, "next_due": None, "next_due_is": None}
    commands._say_clock({**plain, **clock})
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_server_that_runs_no_command(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """As nothing is wrong with that, the status is that of success."""
    out: Any = io.StringIO()
    ended: list[str] = []

    def flush() -> None:
        if not ended:
            ended.append(out.getvalue())
            os.kill(os.getpid(), number)

    out.flush = flush
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["serve", "--port", "0", "--max-connections", "10"]) == 0
    assert ended[0].startswith("Listening on http://127.0.0.1:")


# --- of S3 ------------------------------------------------------------------------------------------------------------

SIDES = (
    "abac accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory "
    "legal-hold lifecycle location logging metadataAnnotationTable metadataConfiguration metadataInventoryTable "
    "metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus "
    "publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent "
    "uploads versioning versions website"
)
"""Those that AWS has. [botocore's model]"""


def operation(method: str, target: str) -> tuple[str, bool]:
    return operation_of_s3(HttpRequest(method, target, {"host": "localhost"}, True))


@pytest.mark.parametrize("side", SIDES.split())
def test_a_side_of_something_is_never_taken_for_the_thing(side: str) -> None:
    whole = ("ListBuckets", "ListObjects", "GetObject", "PutObject", "DeleteObject", "HeadObject", "CreateBucket")
    for method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
        for place in ("/bucket", "/bucket/key", "/bucket/k/e/y"):
            for query in (side, f"{side}=", f"a=b&{side}", f"versionId=1&{side}&x=y"):
                name, _ = operation(method, f"{place}?{query}")
                assert name not in whole, (method, place, query)


def test_operations_are_known_by_their_places() -> None:
    """Those that minicloud has, and those of which it says why it has them not."""
    by_headers = ("CopyObject", "UploadPart", "UploadPartCopy", "AbortMultipartUpload", "ListParts")
    for paths, is_known in ((PATHS, True), (REFUSED, False)):
        for name, (method, path) in paths.items():
            if name not in by_headers:
                target = path.replace("{Bucket}", "bucket").replace("{Key+}", "key")
                assert operation(method, target) == (name, is_known)


@pytest.mark.parametrize("length", [99, 100, 101])
def test_what_nobody_knows_is_told_by_its_place(length: int) -> None:
    path = "/bucket/" + "k" * (length - 8)
    assert operation("PATCH", path) == (f"PATCH {path[:100]}", False)
    assert operation("PATCH", f"{path}?torrent") == (f"PATCH {path[:100]}?torrent", False)


def test_objects_are_listed_in_two_ways() -> None:
    assert operation("GET", "/bucket?list-type=2&prefix=a") == ("ListObjectsV2", True)
    assert operation("GET", "/bucket?list-type=1") == ("ListObjects", True)
    assert operation("GET", "/bucket") == ("ListObjects", True)


# --- of others --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "what", "to_do"),
    [
        ("AWSStepFunctions", "Step Functions", "SFN"),
        ("DynamoDB_20120810", "DynamoDB", "DYNAMODB"),
        ("DynamoDBStreams_20120810", "DynamoDB Streams", "DYNAMODB_STREAMS"),
        ("AmazonSNS", "SNS in JSON", ""),
    ],
)
def test_what_to_do_about_what_is_not_served(target: str, what: str, to_do: str) -> None:
    advice = (
        f"have something else answer it, to which AWS_ENDPOINT_URL_{to_do} or the client's endpoint_url leads"
        if to_do
        else "send it as a form, as AWS's SDKs do"
    )
    answer = refused(headers={"X-Amz-Target": f"{target}.Do", "Content-Type": JSON}, body=b"{}")
    text = f'{{"__type":"UnsupportedOperation","message":"minicloud does not serve {what}: Do: {advice}"}}'
    assert answer == (501, f"application/json {text}")


# --- of the control API -----------------------------------------------------------------------------------------------


def test_what_is_a_count(cloud: minicloud.Cloud, control: Controlled) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    limit: Any
    for limit in (0, 1, "0", "9" * 18, 10**30):
        answer = control("GET", "queues/q/messages", {"limit": limit})
        assert (answer.status, answer.json) == (200, {"messages": []}), limit
    for limit in ("9" * 19, -1, "-1", "+1", "", "1.0", 1.0, True, [1], "\u0661"):
        answer = control("GET", "queues/q/messages", {"limit": limit})
        assert (answer.status, answer.json) == (400, {"error": f"limit={limit!r} is not a count: give a whole number"})


def test_a_parameter_of_the_body_beats_that_of_the_query_string(control: Controlled) -> None:
    moved = control.post("clock/advance?seconds=5", {"seconds": 7})
    assert moved["now"] == "2026-01-01T00:00:07.000000Z"
    moved = control.post("clock/advance?seconds=5", {"duration": None})
    assert moved["now"] == "2026-01-01T00:00:12.000000Z"
    answer = control.raw.send(request("POST", "/_minicloud/clock/advance?seconds=1", {}, b" \r\n ")).answer()
    assert answer.json["now"] == "2026-01-01T00:00:13.000000Z"


def test_where_a_name_in_a_path_leads(cloud: minicloud.Cloud, control: Controlled) -> None:
    cloud.client("sqs", "us-east-1").create_queue(QueueName="q")
    found = {
        path: control("GET", f"queues/{path}").status
        for path in (
            f"us-east-1/{ACCOUNT}/q",
            f"us-east-1/{ACCOUNT}/q/messages",
            f"eu-west-1/{ACCOUNT}/q",
            "us-east-1/111122223333/q",
            f"nowhere/{ACCOUNT}/q",
            "us-east-1/1/q",
            f"us-east-1/{ACCOUNT}/",
            f"a/us-east-1/{ACCOUNT}/q",
            "",
            "/messages",
        )
    }
    assert list(found.values()) == [200, 200, *[404] * 8], found


def test_everything_has_a_place_of_its_own(control: Controlled, cloud: minicloud.Cloud) -> None:
    """Its region, its account and its name; also where the region is of another partition."""
    region = "cn-north-1"
    place, arn = f"{region}/{ACCOUNT}/thing", f"{region}:{ACCOUNT}"
    cloud.client("sqs", region).create_queue(QueueName="thing")
    cloud.client("sns", region).create_topic(Name="thing")
    cloud.client("kinesis", region).create_stream(StreamName="thing", ShardCount=1)
    cloud.client("events", region).create_event_bus(Name="thing")
    cloud.client("logs", region).create_log_group(logGroupName="thing")
    cloud.client("s3", region).create_bucket(Bucket="thing", CreateBucketConfiguration={"LocationConstraint": region})
    cloud.function("thing", lambda *_: None)
    found = {room: control.get(f"{room}/{place}")["arn"] for room in ("queues", "topics", "streams", "buses", "logs")}
    assert found == {
        "queues": f"arn:aws-cn:sqs:{arn}:thing",
        "topics": f"arn:aws-cn:sns:{arn}:thing",
        "streams": f"arn:aws-cn:kinesis:{arn}:stream/thing",
        "buses": f"arn:aws-cn:events:{arn}:event-bus/thing",
        "logs": f"arn:aws-cn:logs:{arn}:log-group:thing",
    }
    assert control.get(f"buckets/{place}")["name"] == "thing"
    assert control.get(f"functions/{cloud.region_name}/{ACCOUNT}/thing")["name"] == "thing"
    elsewhere = place.replace("cn-north-1", "cn-northwest-1")
    for room in found:
        assert control.error("GET", f"{room}/{elsewhere}")[0] == 404, room
    for wrong in (f"{region}/{ACCOUNT}/thing", f"{cloud.region_name}/111122223333/thing"):
        assert control.error("GET", f"functions/{wrong}")[0] == 404
