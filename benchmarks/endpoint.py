"""The endpoint: what a request costs the server, how long a client waits, how soon it is there, what a poll weighs.

What a request costs is processor time of the server's thread alone: the client is another one. It is compared with an
asyncio server that reads the same head, finds the length of the body, and gives a canned answer, in the same run.
Latencies and the start are by the clock on the wall.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import subprocess
import sys
import threading
import tracemalloc
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter_ns, thread_time_ns
from typing import Any, Self
from urllib.parse import urlencode

import minicloud
from minicloud.server.aio_server import Listener

from .report import Options, Progress, Row, at_least, at_most, ratio

__all__ = ["latency", "latency_steps", "peer", "peer_steps", "requests", "requests_steps"]

ROOT = Path(__file__).parents[1]
ANSWER = (
    b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\nContent-Type: "
    b"application/x-amz-json-1.0\r\nContent-Length: 166\r\n\r\n" + b"x" * 166
)
CANNED = "floor: an asyncio server with a canned answer"

Start = Callable[[], Awaitable[int]]
"""Starts a server on the running loop; returns its port."""


URL = "http://127.0.0.1/123456789012/bench"


def _request(operation: str, **content: Any) -> bytes:
    """A request to SQS as boto3 sends it."""
    head = f"X-Amz-Target: AmazonSQS.{operation}\r\nContent-Type: application/x-amz-json-1.0\r\n"
    body = json.dumps({"QueueUrl": URL, **content})
    return _signed("sqs", f"{head}x-amzn-query-mode: true\r\n", body)


def _form(service: str, **fields: str) -> bytes:
    """The same in the query protocol."""
    head = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    return _signed(service, head, urlencode(fields))


def _record(**content: str) -> bytes:
    """A PutRecord of Kinesis."""
    head = "X-Amz-Target: Kinesis_20131202.PutRecord\r\nContent-Type: application/x-amz-json-1.1\r\n"
    return _signed("kinesis", head, json.dumps({"StreamName": "bench", **content}))


def _signed(service: str, head: str, body: str) -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nAccept-Encoding: identity\r\n{head}"
        "User-Agent: Boto3/1.43.117 md/Botocore#1.43.117 ua/2.1\r\nX-Amz-Date: 20260101T000000Z\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=minicloud/20260101/us-east-1/{service}/aws4_request, SignedHeaders="
        f"content-type;host;x-amz-date;x-amz-target, Signature={'0' * 64}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, request: bytes) -> None:
        """Ask for something."""
        self._socket.sendall(request)

    def answer(self) -> bytes:
        """The body of the next answer."""
        length = 0
        while (line := self._file.readline()) not in (b"\r\n", b""):
            if line[:16].lower() == b"content-length: ":
                length = int(line[16:])
        return self._file.read(length)

    def close(self) -> None:
        """Be gone."""
        self._file.close()
        self._socket.close()


class _Canned(asyncio.Protocol):
    """Reads a head and the length of its body, and answers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport: Any = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """More has come."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        headers = {}
        for line in self._buffer[:end].decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        whole = end + 4 + int(headers["content-length"])
        if len(self._buffer) >= whole:
            self._buffer = self._buffer[whole:]
            self._transport.write(ANSWER)


async def _canned() -> int:
    server = await asyncio.get_running_loop().create_server(_Canned, "127.0.0.1", 0)
    _kept.append(server)
    port: int = server.sockets[0].getsockname()[1]
    return port


_kept: list[Any] = []
"""Servers of the loop that runs: nobody else holds them."""


def _ours(*, trace: bool) -> Start:
    async def start() -> int:
        cloud = minicloud.Cloud(clock="real", trace=trace)
        cloud.client("sqs").create_queue(QueueName="bench")
        cloud.client("sns").create_topic(Name="bench")
        cloud.client("kinesis").create_stream(StreamName="bench", ShardCount=1)
        listener = Listener(cloud)
        await listener.start()
        _kept.append(listener)
        return listener.port

    return start


class Served:
    """A server on a thread of its own, whose processor time is known."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._begun = threading.Event()
        self.port = 0
        self.taken = 0
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),))

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self.port = await self._start()
        self._begun.set()
        began = thread_time_ns()
        await self._end.wait()
        self.taken = thread_time_ns() - began
        _kept.clear()


def _cost(start: Start, request: bytes, count: int) -> float:
    """Processor time of the server for each request, in nanoseconds."""
    served = Served(start)
    with served:
        client = Client(served.port)
        for _ in range(count):
            client.send(request)
            client.answer()
        client.close()
    return served.taken / count


# --- requests ---------------------------------------------------------------------------------------------------------


def requests_steps(options: Options) -> int:
    """How many steps ``requests`` reports."""
    return options.rounds


def requests(options: Options, progress: Progress) -> list[Row]:
    """Requests on one kept connection, each as often as the others."""
    body = "x" * 100
    send = _request("SendMessage", MessageBody=body)
    empty = _request("ReceiveMessage")
    form = _form("sqs", Action="SendMessage", Version="2012-11-05", QueueUrl=URL, MessageBody=body)
    topic = "arn:aws:sns:us-east-1:123456789012:bench"
    publish = _form("sns", Action="Publish", Version="2010-03-31", TopicArn=topic, Message=body)
    put = _record(Data=b64encode(body.encode()).decode(), PartitionKey="key")
    ways = {
        CANNED: (_canned, send),
        "SendMessage": (_ours(trace=False), send),
        "SendMessage, traced": (_ours(trace=True), send),
        "ReceiveMessage that finds nothing": (_ours(trace=False), empty),
        "SendMessage in the query protocol": (_ours(trace=False), form),
        "Publish": (_ours(trace=False), publish),
        "PutRecord": (_ours(trace=False), put),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, (start, request) in ways.items():
            times[name].append(_cost(start, request, options.calls))
        progress.step("endpoint: requests")
    floor = times[CANNED]
    rows = [Row.of(CANNED, floor)]
    for name in list(ways)[1:]:
        target = at_most(2) if name == "SendMessage" else None
        rows.append(Row.of(name, times[name], reference=CANNED, ratio=ratio(times[name], floor), target=target))
    return rows


# --- waiting ----------------------------------------------------------------------------------------------------------

POLLS = 1_000


def latency_steps(options: Options) -> int:
    """How many steps ``latency`` reports."""
    return 3


def latency(options: Options, progress: Progress) -> list[Row]:
    """From a request to its answer, alone and beside many polls; the memory of a poll; the start of the command."""
    polls = 50 if options.quick else POLLS
    send, poll = _request("SendMessage", MessageBody="x"), _request("ReceiveMessage", WaitTimeSeconds=20)
    listed = _request("GetQueueAttributes", AttributeNames=["QueueArn"])
    with Served(_ours(trace=False)) as served:
        client = Client(served.port)
        alone, sends = _times(client, listed, options.calls), _times(client, send, options.calls)
        client.send(_request("PurgeQueue"))
        client.answer()
        progress.step("endpoint: latency")
        gc.collect()
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            waiting = [Client(served.port) for _ in range(polls)]
            for one in waiting:
                one.send(poll)
            _times(client, listed, 20)  # they have been read
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        beside = _times(client, listed, options.calls)
        for one in (*waiting, client):
            one.close()
        progress.step("endpoint: polls")
    starts = [_start() for _ in range(3 if options.quick else 15)]
    progress.step("endpoint: the start")
    name = "GetQueueAttributes (wall time)"
    return [
        Row.of("SendMessage (wall time)", sends),
        Row.of(name, alone),
        Row.of(
            f"the same, beside {polls:,} polls", beside, reference=name, ratio=ratio(beside, alone), target=at_most(2)
        ),
        Row("memory of a poll that waits, with its client", grown / polls, "bytes"),
        Row.of("serve: from the command to its first answer", starts, target=at_most(300e6, "value")),
    ]


def _times(client: Client, request: bytes, count: int) -> list[float]:
    found = []
    for _ in range(count):
        began = perf_counter_ns()
        client.send(request)
        client.answer()
        found.append(float(perf_counter_ns() - began))
    return found


def _start() -> float:
    began = perf_counter_ns()
    command = [sys.executable, "-m", "minicloud", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("a pipe has no end")
        client = Client(int(process.stdout.readline().rpartition(":")[2]))
        client.send(_request("ListQueues"))
        client.answer()
        taken = perf_counter_ns() - began
        client.close()
        process.terminate()
    return float(taken)


# --- a peer -----------------------------------------------------------------------------------------------------------


def peer_steps(options: Options) -> int:
    """How many steps ``peer`` reports."""
    return 2


def peer(options: Options, progress: Progress) -> list[Row]:
    """A boto3 client of a server: minicloud's, and moto's, both in threads of this process. Wall time of a send."""
    import boto3
    from moto.server import ThreadedMotoServer

    def sends(url: str) -> list[float]:
        options_of_client: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = boto3.client("sqs", region_name="us-east-1", endpoint_url=url, **options_of_client)
        queue = client.create_queue(QueueName="bench")["QueueUrl"]
        found = []
        for _ in range(options.calls):
            began = perf_counter_ns()
            client.send_message(QueueUrl=queue, MessageBody="x" * 100)
            found.append(float(perf_counter_ns() - began))
        return found

    with minicloud.Cloud(clock="real", trace=False) as cloud, cloud.serve() as server:
        ours = sends(server.url)
    progress.step("peer: minicloud's server")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request is not what is measured
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        theirs = sends(f"http://{host}:{port}")
    finally:
        moto.stop()
    progress.step("peer: moto's server")
    name = "minicloud's server, boto3: send (wall time)"
    return [
        Row.of(name, ours),
        Row.of("moto's server, boto3: send (wall time)", theirs, "ns", name, ratio(theirs, ours), at_least(1)),
    ]
