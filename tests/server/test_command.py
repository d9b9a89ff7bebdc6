"""``python3 -m minicloud serve``, and processes that are its clients."""

from __future__ import annotations

import io
import queue
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.server import aio_command
from tests.server.support import Raw, call, form, until
from tests.support.source import PACKAGE
from tests.support.threads import Worker


def serve(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "minicloud", "serve", *arguments]
    return subprocess.Popen(command, text=True, cwd=PACKAGE.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_cleanly(number: int, tmp_path: Path) -> None:
    init = tmp_path / "init.py"
    init.write_text("cloud.client('sqs').create_queue(QueueName='made')\nprint('begun')\n")
    with serve("--port", "0", "--init", str(init)) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("Listening on http://127.0.0.1:")
        raw = Raw(first.split()[-1])
        [url] = raw.send(call("AmazonSQS.ListQueues", {})).answer().json["QueueUrls"]
        raw.send(call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
        raw.send(b"")
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "begun\n")


def test_as_many_are_connected_as_the_system_lets() -> None:
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 128)); "
    run = "from minicloud.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", limited + run, "serve", "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, cwd=PACKAGE.parent, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        many = [Raw(url).send(call("AmazonSQS.ListQueues", {})) for _ in range(64)]
        assert [raw.answer().status for raw in many] == [200] * 64
        assert Raw(url).answer().status == 503
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert "limit of open files (128) lets 64 clients" in err


def test_a_command_runs_with_the_environment_of_a_client() -> None:
    script = (
        "import os, sys; from urllib.request import urlopen; "
        "print(urlopen(os.environ['AWS_ENDPOINT_URL'] + '/?Action=ListQueues&Version=2012-11-05').read().decode()); "
        "sys.exit(7)"
    )
    with serve("--port", "0", "--", sys.executable, "-c", script) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (7, "")
    assert "<ListQueuesResult" in out


def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path) -> None:
    init = tmp_path / "init.py"
    init.write_text("1 / 0\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        runs = [
            serve("--port", port),
            serve("--account", "me"),
            serve("--init", str(init)),
            serve("--clock", "sundial"),
            serve("--init", str(tmp_path / "nobody.py")),
            serve("--port", "65536"),
        ]
        ends = [(run.communicate(timeout=20)[1], run.returncode) for run in runs]
    (in_use, _), (account, _), (failed, _), _, (absent, _), (port_of_nobody, _) = ends
    assert [status for _, status in ends] == [2, 2, 1, 2, 2, 2]
    assert absent.count("\n") == port_of_nobody.count("\n") == 1
    assert "nobody.py: No such file" in absent
    assert port in in_use
    assert "account" in account
    assert "ZeroDivisionError" in failed


def test_what_is_said_of_a_server_is_said_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Called in this process: what it says, and the status it ends with."""
    few = ["--max-connections", "10"]

    def say(*arguments: str) -> tuple[int, list[str], list[str]]:
        status = main(["serve", *few, *arguments])
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    open_to_all = ["--port", "0", "--host", "0.0.0.0"]
    status, [first], [remark] = say(*open_to_all, "--", sys.executable, "-c", "import sys; sys.exit(7)")
    port = first.rpartition(":")[2]
    known = f"minicloud serve: whoever reaches port {port} can read and change everything in this cloud"
    assert (status, first.startswith("Listening on http://"), remark) == (7, True, known)
    assert say(*open_to_all, "--quiet", "--", sys.executable, "-c", "")[::2] == (0, [])
    for host in ("localhost", "127.0.0.1"):
        assert say("--port", "0", "--host", host, "--", sys.executable, "-c", "")[::2] == (0, [])
    ends_it = "import os, signal, time; os.kill(os.getppid(), signal.SIGTERM); time.sleep(60)"
    assert say("--port", "0", "--", sys.executable, "-c", ends_it)[::2] == (128 + 15, [])
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert say("--port", "0", "--", sys.executable, "-c", killed)[::2] == (128 + 15, [])
    absent = "minicloud serve: /nobody/here cannot be run: No such file or directory"
    assert say("--port", "0", "--", "/nobody/here")[::2] == (127, [absent])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, out, [text] = say("--port", port)
    assert (status, out) == (2, [])
    assert text.startswith(f"minicloud serve: port {port} cannot be had: ")


def test_where_it_listens_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads it by a pipe does not wait until there is more."""
    events: list[str] = []
    out: Any = io.StringIO()
    out.flush = lambda: events.append(out.getvalue())
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["serve", "--port", "0", "--max-connections", "10", "--", sys.executable, "-c", ""]) == 0
    assert events
    assert events[0].startswith("Listening on http://127.0.0.1:")


def test_who_waits_as_the_command_ends_is_answered(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    said: queue.Queue[str] = queue.Queue()
    out: Any = io.StringIO()
    out.flush = lambda: said.put(out.getvalue())
    monkeypatch.setattr(sys, "stdout", out)
    end = tmp_path / "end"

    def wait() -> Any:
        raw = Raw(said.get(timeout=60).split()[-1])
        raw.send(call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
        until(lambda: cloud.world.waiters)
        end.touch()
        return raw.answer().json

    waiting = Worker(wait)
    script = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.001)"
    options = {"host": "127.0.0.1", "port": 0, "most_connections": 10}
    assert aio_command.serve(cloud, options, [sys.executable, "-c", script, str(end)], quiet=True) == 0
    assert waiting.result() == {}


@pytest.mark.parametrize(
    ("soft", "hard", "lets", "asked"),
    [
        (100, 128, 64, [128]),
        (100, 64, 1, [64]),
        (100, -1, 0, [100 + 64]),
        (163, 1_000, 0, [164]),
        (164, 164, 0, []),
        (-1, -1, 0, []),
    ],
)
def test_how_many_may_be_connected(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    soft: int,
    hard: int,
    lets: int,
    asked: list[int],
) -> None:
    """A hundred are wanted, and some files are open beside."""
    resource = pytest.importorskip("resource")
    set_to: list[int] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: set_to.append(limits[0]))
    assert main(["serve", "--port", "0", "--max-connections", "100", "--", sys.executable, "-c", ""]) == 0
    limit = f"minicloud serve: the system's limit of open files ({asked[0] if asked else soft}) lets {lets} clients be "
    assert (set_to, capsys.readouterr().err) == (asked, f"{limit}connected\n" if lets else "")


def test_a_limit_of_open_files_that_cannot_be_raised_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("not permitted")

    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 1_000))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert main(["serve", "--port", "0", "--max-connections", "100", "--", sys.executable, "-c", ""]) == 0
    limit = "minicloud serve: the system's limit of open files (100) lets 36 clients be connected\n"
    assert capsys.readouterr().err == limit


def test_the_environment_of_a_client(cloud: minicloud.Cloud) -> None:
    with cloud.serve() as server:
        assert server.environ == {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "minicloud",
            "AWS_SECRET_ACCESS_KEY": "minicloud",
            "AWS_REGION": cloud.region_name,
            "AWS_DEFAULT_REGION": cloud.region_name,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        assert repr(server) == f"<minicloud server {server.url}>"


def test_a_file_that_is_run_first_may_exit(tmp_path: Path) -> None:
    init = tmp_path / "init.py"
    runs = []
    for code in ("0", "3", "'no schema'"):
        init.write_text(f"import sys\nsys.exit({code})\n")
        with serve("--port", "0", "--init", str(init), "--", sys.executable, "-c", "print('run')") as process:
            out, err = process.communicate(timeout=20)
            runs.append((out.splitlines()[1:], err, process.returncode))
    told = f"minicloud serve: --init {init} exits"
    assert runs == [
        (["run"], "", 0),
        ([], f"{told} with 3, so nobody is served\n", 3),
        ([], f"{told}: no schema, so nobody is served\n", 1),
    ]


def test_a_process_of_its_own_works_on_the_cloud_of_the_test(cloud: minicloud.Cloud, cloud_server: Any) -> None:
    worker = (
        "import json, os; from urllib.request import Request, urlopen\n"
        "def call(name, **params):\n"
        "    headers = {'X-Amz-Target': f'AmazonSQS.{name}', 'Content-Type': 'application/x-amz-json-1.0'}\n"
        "    body = json.dumps(params).encode()\n"
        "    return json.load(urlopen(Request(os.environ['AWS_ENDPOINT_URL'], body, headers)))\n"
        "url = call('GetQueueUrl', QueueName='jobs')['QueueUrl']\n"
        "[job] = call('ReceiveMessage', QueueUrl=url, WaitTimeSeconds=20)['Messages']\n"
        "call('SendMessage', QueueUrl=url.replace('jobs', 'done'), MessageBody=job['Body'].upper())\n"
    )
    sqs = cloud.client("sqs")
    jobs, done = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("jobs", "done"))
    sqs.send_message(QueueUrl=jobs, MessageBody="work")
    subprocess.run([sys.executable, "-c", worker], check=True, timeout=20)
    [message] = sqs.receive_message(QueueUrl=done)["Messages"]
    assert message["Body"] == "WORK"
    assert cloud.queue("jobs").messages[0].state == "in_flight"


def test_links_of_messages_are_followed_unsigned(cloud: minicloud.Cloud, cloud_server: Any) -> None:
    posts: list[Any] = []
    cloud.http_endpoint("https://example.com/hook", lambda request: posts.append(request.json()))
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/hook")
    address, _, query = posts[0]["SubscribeURL"].partition("?")
    assert address == f"{cloud_server.url}/"
    raw = Raw(cloud_server.url)
    answer = raw.send(f"GET /?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).answer()
    assert answer.status == 200
    assert b"<ConfirmSubscriptionResult>" in answer.body
    # What the call leads to runs beside the server, and may be its client.
    raw.send(form(f"Action=Publish&Version=2010-03-31&TopicArn={topic}&Message=hello"))
    assert raw.answer().status == 200
    assert posts[-1]["Message"] == "hello"
    # The link out leads here as well, and what was signed is as it was.
    address, _, query = posts[-1]["UnsubscribeURL"].partition("?")
    assert address == f"{cloud_server.url}/"
    assert posts[-1]["SigningCertURL"].startswith("https://sns.us-east-1.amazonaws.com/")
    pem = posts[-1]["SigningCertURL"].partition("amazonaws.com")[2]
    assert raw.send(f"GET {pem} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).answer().body.startswith(b"-----BEGIN")
    assert raw.send(f"GET /?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).answer().status == 200
    assert cloud.topic("t").subscriptions == []
    assert cloud.visit(posts[-1]["SubscribeURL"]) == cloud.topic("t").subscriptions[0].arn


def test_links_lead_to_the_region_of_their_topic(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns", "eu-west-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    with cloud.serve() as server:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
        link = next(word for word in cloud.outbox[-1].body.split() if word.startswith("http"))
        assert link.startswith(server.url)
        with urlopen(link) as answer:
            assert b"<ConfirmSubscriptionResult>" in answer.read()
    assert cloud.topic("t").subscriptions[0].confirmed
    sns.publish(TopicArn=topic, Message="m")
    assert cloud.outbox[-1].headers["List-Unsubscribe"].startswith("<https://sns.eu-west-1.amazonaws.com/?")
