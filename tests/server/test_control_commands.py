"""``python3 -m minicloud advance 30s`` and its like: processes that ask a server."""

from __future__ import annotations

import errno
import io
import json
import os
import socket
import subprocess
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.core.shown import cut
from minicloud.server.commands import add
from tests.server.controlled import Controlled
from tests.server.support import Raw, form
from tests.server.test_command import serve
from tests.support.source import PACKAGE


def run(*arguments: str, **environ: str) -> tuple[int, str, str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "minicloud", *arguments]
    env = {**os.environ, **environ}
    done = subprocess.run(command, check=False, text=True, cwd=PACKAGE.parent, capture_output=True, timeout=20, env=env)
    return done.returncode, done.stdout, done.stderr


def test_a_process_moves_the_time_of_another(tmp_path: Path) -> None:
    init = tmp_path / "init.py"
    init.write_text(
        "sqs = cloud.client('sqs')\n"
        "url = sqs.create_queue(QueueName='orders')['QueueUrl']\n"
        "sqs.send_message(QueueUrl=url, MessageBody='later', DelaySeconds=60)\n"
    )
    with serve("--port", "0", "--clock", "frozen", "--init", str(init), "--quiet") as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            status, out, err = run("advance", "59s", AWS_ENDPOINT_URL=url)
            assert (status, err) == (0, "")
            first, second = out.splitlines()
            assert first == "2026-01-01T00:00:59.000000Z (frozen clock)"
            assert second.startswith("next due: 2026-01-01T00:01:00.000000Z, message ")
            assert run("queues", "--url", url)[1] == "orders  0 visible, 1 delayed, 0 in flight\n"
        finally:
            process.terminate()


@pytest.fixture
def say(cloud: minicloud.Cloud, cloud_server: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command in this process; what it prints."""

    def say(*arguments: str, status: int = 0) -> str:
        assert main(arguments) == status
        out, err = capsys.readouterr()
        assert (err == "") == (status == 0)
        return out or err

    return say


def test_commands_say_what_there_is(cloud: minicloud.Cloud, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = cloud.client("sqs")
    assert say("queues") == "there is no queue\n"
    assert say("clock").endswith("nothing is due\n")
    dead = sqs.create_queue(QueueName="d.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    policy = json.dumps({"deadLetterTargetArn": cloud.queue("d.fifo").arn, "maxReceiveCount": 1})
    sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true", "RedrivePolicy": policy})
    sqs.send_message(QueueUrl=dead, MessageBody="two\nlines \u202e[1m", MessageGroupId="g", MessageDeduplicationId="1")
    sqs.receive_message(QueueUrl=dead)
    status = say("status").splitlines()
    assert status[0].startswith(f"minicloud {minicloud.__version__} is running: account 123456789012, us-east-1, seed=")
    assert status[-1] == "orders.fifo  0 visible, 0 delayed, 0 in flight; dead letters go to d.fifo"
    head, body = say("messages", "d.fifo", "--state", "in_flight", "--limit", "1").splitlines()
    assert head.endswith("  in flight until 2026-01-01T00:00:30.000000Z, received 1 time, group g")
    assert body == "    two\\nlines \\u202e[1m"
    assert say("messages", cloud.queue("orders.fifo").arn) == "there is no message\n"
    assert say("advance", "1.5").startswith("2026-01-01T00:00:01.500000Z (virtual clock)\n")
    events = [json.loads(line) for line in say("trace", "--kind", "sqs.message").splitlines()]
    assert [event["kind"] for event in events] == ["sqs.message.sent", "sqs.message.received"]
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", Data=b"y" * 2_000, PartitionKey="k")
    monkeypatch.setattr(sys, "stdin", io.StringIO(say("trace")))
    assert '"yyyyyy' in say("render", "-")  # what is long is cut, and can be read all the same
    assert say("reset") == "the cloud is empty\n"
    assert cloud.queues() == []


def test_commands_say_what_is_wrong(
    cloud: minicloud.Cloud, say: Any, cloud_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say("advance", "soon", status=2).startswith("minicloud advance: 'soon' is not a duration: give 30s")
    assert "there is no queue 'nope'" in say("messages", "nope", status=1)
    assert "a virtual clock stands still by itself" in say("freeze", status=1)
    assert say("thaw", status=1).startswith("minicloud thaw: ")
    with cloud.serve(control=False) as bare:
        text = "this server has no control API: start it without --no-control"
        bare_text = f"minicloud clock: what listens at {bare.url} has no control API: {text}\n"
        assert say("clock", "--url", bare.url, status=1) == bare_text
        gone = bare.url
    text = say("reset", "--url", gone, status=1)
    assert text.startswith(f"minicloud reset: no server can be reached at {gone} (")
    assert "start one with python3 -m minicloud serve" in text
    assert "is not the URL of a server" in say("clock", "--url", "nonsense", status=2)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "file:///etc/passwd")
    assert "is not the URL of a server" in say("clock", status=2)
    with pytest.raises(SystemExit) as caught:
        main(["advance"])
    assert caught.value.code == 2


def test_the_time_of_a_server_whose_clock_is_the_real_one(say: Any) -> None:
    with minicloud.Cloud(clock="real") as cloud, cloud.serve() as server:
        where = ("--url", server.url)
        assert say("freeze", *where).splitlines()[0].endswith("Z (real clock, standing still)")
        assert say("thaw", *where).splitlines()[0].endswith("Z (real clock)")
        Controlled(server.url).post("clock/run", {"speed": 60})
        assert say("clock", *where).splitlines()[0].endswith("Z (real clock, 60 times as fast)")


def test_urls_of_nobody(say: Any) -> None:
    """What is long is cut."""
    url = "http://[" + "x" * 300
    text = f"minicloud clock: {cut(url, 200)} is not the URL of a server: give one such as http://127.0.0.1:4566\n"
    for one in (url, url.replace("http://[", "gopher://")):
        assert say("clock", "--url", one, status=2) == text.replace(cut(url, 200), cut(one, 200))
    assert say("clock", "--url", "gopher://x~//", status=2) == text.replace(cut(url, 200), "gopher://x~")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/{'x' * 300}"
        text = (
            f"minicloud clock: no server can be reached at {cut(url, 200)} ({os.strerror(errno.ECONNREFUSED)}): start "
        )
        assert say("clock", "--url", url, status=1).startswith(text)


@pytest.mark.parametrize(
    ("code", "body", "status", "text"),
    [
        (500, '{"error": "it is so"}', 1, "it is so"),
        (400, '{"error": "it is so"}', 2, "it is so"),
        (404, "", 1, "what listens at {url} has no control API: not found"),
        (404, " [] \n", 1, "what listens at {url} has no control API: []"),
        (503, "later\n", 1, "{url} answers 503: later"),
        (502, "x" * 300, 1, f"{{url}} answers 502: {'x' * 199}…"),
        (400, "{}", 2, "{url} answers 400: {{}}"),
    ],
)
def test_what_another_server_says_is_told(say: Any, code: int, body: str, status: int, text: str) -> None:
    with something_else(body, code) as url:
        told = f"minicloud queues: {text.format(url=url)}\n"
        assert say("queues", "--url", f"{url}/", status=status) == told


def test_help_says_what_the_documentation_does() -> None:
    commands = ArgumentParser().add_subparsers()
    add(commands)
    page = (PACKAGE.parent / "docs/reference/command-line.md").read_text("utf-8")
    for name, parser in commands.choices.items():
        assert f"| [`{name}`](#{name}) | {parser.description} |" in page
        _, _, section = page.partition(f"\n## `{name}`\n")
        section = section.partition("\n## ")[0]
        for action in parser._actions[1:]:
            assert f": {action.help}\n" in f"{section}\n"


@contextmanager
def something_else(body: str, status: int = 200) -> Iterator[str]:
    """A server that is not minicloud's, and answers each request with that; its URL."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_events_of_the_trace_are_all_that_is_shown_of_a_stream(say: Any) -> None:
    """Not that it was cleared, nor that nothing happens. [HTML: server-sent events]"""
    stream = (
        "id: 1\ndata: {1}\n\n"
        ": nothing has happened\n\n"
        "event: reset\ndata: {}\n\n"
        "data: {2}\r\n\r\n"
        "event: other\ndata: {3}\ndata: {4}\n\n"
        "data: {data: 5}\n\n"
    )
    with something_else(stream) as url:
        assert say("trace", "--follow", "--url", url) == "{1}\n{2}\n{data: 5}\n"


def test_what_is_no_server_of_minicloud_is_said(say: Any) -> None:
    with something_else("<html>") as url:
        text = "what listens there is no server of minicloud: give its URL by --url"
        assert say("queues", "--url", url, status=1) == f"minicloud queues: {text}\n"


def test_the_trace_is_followed_until_the_server_ends(cloud: minicloud.Cloud) -> None:
    with cloud.serve() as server:
        command = [sys.executable, "-m", "minicloud", "trace", "--follow", "--kind", "sqs.queue", "--url", server.url]
        with subprocess.Popen(command, text=True, cwd=PACKAGE.parent, stdout=subprocess.PIPE) as follower:
            assert isinstance(follower.stdout, io.TextIOBase)
            Raw(server.url).send(form("Action=CreateQueue&QueueName=a&Version=2012-11-05")).answer()
            assert json.loads(follower.stdout.readline())["resource"] == "a"
            cloud.reset()
            Raw(server.url).send(form("Action=CreateQueue&QueueName=b&Version=2012-11-05")).answer()
            assert json.loads(follower.stdout.readline())["resource"] == "b"
            server.stop()
            assert follower.wait(10) == 0
