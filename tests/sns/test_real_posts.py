"""Posts that are really made: to a server of the test's own, on this machine and nowhere else."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import minicloud
from minicloud.engine import errands


@pytest.fixture
def cloud():
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        yield cloud


@pytest.fixture
def server():
    """A server that listens to all addresses; ``requests`` are method, path and body of what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests.append(("POST", self.path, body))
            if self.path == "/slow" and b"SubscriptionConfirmation" not in body:
                server.go_on.wait(20)
            if self.path == "/gone" and b"SubscriptionConfirmation" not in body:
                self.send_error(404)
                return
            moved = self.path == "/moved"
            self.send_response(302 if moved else 200)
            if moved:
                self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.end_headers()

        def do_GET(self):
            server.requests.append(("GET", self.path, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
    server.requests = []
    server.go_on = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def subscribe(cloud, url):
    """Subscribe a URL, and wait for the confirmation to be posted."""
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    cloud.clock.advance(1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "0.0.0.0", "user:p%40ss@127.0.0.1"])
def test_hosts_that_are_this_machine(cloud, server, host):
    subscribe(cloud, f"http://{host}:{server.server_port}/hook")
    ((method, path, body),) = server.requests
    assert (method, path) == ("POST", "/hook")
    assert b'"Type" : "SubscriptionConfirmation"' in body
    assert len(cloud.outbox) == 0


def test_redirects_are_failures_and_not_followed(cloud, server):
    cloud.trace.start()
    subscribe(cloud, f"http://127.0.0.1:{server.server_port}/moved")
    assert [(method, path) for method, path, _ in server.requests] == [("POST", "/moved")]
    (failure,) = [event for event in cloud.trace if event.kind == "sns.confirmation.failed"]
    assert "HTTP status 302" in str(failure)


def confirmed(cloud, server, path, **attributes):
    """A topic with a function, and with a path of the server; what the function has been told."""
    sns, told = cloud.client("sns"), []
    topic = sns.create_topic(Name="t")["TopicArn"]
    url = f"http://127.0.0.1:{server.server_port}{path}"
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url, Attributes=attributes)
    cloud.clock.advance(1)
    body = json.loads(server.requests[0][2])
    sns.confirm_subscription(TopicArn=topic, Token=body["Token"])
    function = cloud.function("f", lambda event, _: told.append(event["Records"][0]["Sns"]["Message"]))
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    return topic, told


def test_nobody_waits_long_for_a_slow_server(cloud, server, monkeypatch):
    """And the functions of the same topic run in the thread of the call."""
    monkeypatch.setattr(errands, "_PATIENCE", 0.01)
    topic, told = confirmed(cloud, server, "/slow")
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert (told, cloud.errand_runner.pending) == (["m"], 1)
    server.go_on.set()
    cloud.run_until_idle()
    assert (cloud.errand_runner.pending, len(server.requests)) == (0, 2)


def test_a_loop_of_another_library_does_not_wait_for_a_slow_server(cloud, server, monkeypatch):
    """As trio's, which drives an asyncio client's call step by step: there is nothing of asyncio's to wait with."""
    monkeypatch.setattr(errands, "_PATIENCE", 0.01)
    topic, told = confirmed(cloud, server, "/slow")
    with pytest.raises(StopIteration) as returned:
        cloud.async_client("sns").publish(TopicArn=topic, Message="m").send(None)
    assert (bool(returned.value.value["MessageId"]), told, cloud.errand_runner.pending) == (True, ["m"], 1)
    server.go_on.set()
    cloud.run_until_idle()
    assert (cloud.errand_runner.pending, len(server.requests)) == (0, 2)


def test_a_quick_server_has_answered_when_the_call_returns(server, monkeypatch):
    monkeypatch.setattr(errands, "_PATIENCE", 20)
    with minicloud.Cloud(clock="virtual") as cloud:
        topic, _ = confirmed(cloud, server, "/hook")
        for number in range(20):
            cloud.client("sns").publish(TopicArn=topic, Message=str(number))
            assert (len(server.requests), cloud.errand_runner.pending) == (number + 2, 0)


def test_what_follows_from_a_post_that_fails_is_performed(cloud, server):
    """A dead letter, and the function of its queue."""
    ran = threading.Event()
    cloud.client("sqs").create_queue(QueueName="dead")
    cloud.function("look", lambda *_: ran.set())
    cloud.event_source_mapping("dead", "look")
    policy = json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn})
    topic, _ = confirmed(cloud, server, "/gone", RedrivePolicy=policy)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert ran.wait(20)
