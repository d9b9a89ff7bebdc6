"""Posts that are really made: to a server of the test's own, on this machine and nowhere else."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import minicloud


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
