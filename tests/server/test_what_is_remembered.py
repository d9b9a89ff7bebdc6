"""How much a server remembers of those who ask: what is more begins anew, and is answered all the same."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.server.aio_calls import Calls
from minicloud.server.aio_connection import Connection
from minicloud.server.aio_plans import Plan
from minicloud.server.control_ask import Ask, Memory
from minicloud.server.control_trace import Following
from minicloud.server.guard import Guard
from minicloud.server.http_request import HttpRequest
from minicloud.server.routing import _shown_client

from .test_at_once import _form, _json
from .test_connections_edges import in_a_loop


def test_so_many_hosts_are_known() -> None:
    guard = Guard()

    def ask(host: str) -> int:
        guard.check(HttpRequest("GET", "/", {"host": host}, True))
        return len(guard._served)

    assert [ask(f"h{number}") for number in range(100)] == list(range(1, 101))
    assert ask("h0") == 100
    assert ask("h100") == 1
    assert ask("h0") == 2


def test_so_many_clients_of_a_server_are_kept(cloud: minicloud.Cloud) -> None:
    """One for each that differs in whose it is, or where."""
    calls = Calls(cloud)

    def client(region: str = "", **differs: Any) -> Any:
        whose = {"account_id": "", "access_key": None, "token": None, **differs}
        return calls._client(SimpleNamespace(service_name="sqs", region_name=region, **whose), {})  # type: ignore[arg-type]

    plain = client()
    assert client() is client(cloud.region_name) is plain
    others = [client("eu-west-1"), client(account_id="111122223333"), client(access_key="AKID"), client(token="t")]
    assert len({id(one) for one in (plain, *others)}) == 5
    assert len(calls._clients) == 5
    for number in range(995):
        client(access_key=f"AKID{number}")
    assert len(calls._clients) == 1_000
    assert client() is plain
    client(access_key="another")
    assert len(calls._clients) == 1
    assert client() is not plain
    assert calls._threads._max_workers == 256


def test_so_many_urls_of_queues_are_known_of_a_kind(cloud: minicloud.Cloud) -> None:
    """A client for each, as a URL may say a region. Those that are known are not looked for again."""

    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)

        def ask(url: str) -> int:
            connection.data_received(_json("AmazonSQS.PurgeQueue", QueueUrl=url))
            plan: Plan = connection._kinds[0].plan
            assert plan.is_kept
            return len(plan.clients)

        asked = [ask(f"http://localhost/123456789012/q{number}") for number in range(101)]
        assert asked == list(range(101))  # the first one makes the kind known
        assert ask("http://localhost/123456789012/q100") == 100
        assert ask("http://localhost/123456789012/q101") == 1
        connection.connection_lost(None)

    in_a_loop(work, cloud)


def test_of_a_kind_that_is_known_the_plan_is_made_once(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its head is read again, as it comes in two parts."""
    kept = []
    keep = Plan.keep

    def noting(self: Plan, known: Any) -> None:
        kept.append(self.model.name)
        keep(self, known)

    monkeypatch.setattr(Plan, "keep", noting)

    def work(listener: Any, transport: Any) -> None:
        connection = Connection(listener)
        connection.connection_made(transport)
        for one in (_json("AmazonSQS.ListQueues"), _json("AmazonSQS.ListQueues")):
            connection.data_received(one[:50])
            connection.data_received(one[50:])
        for one in (_form("sns", "ListTopics", "2010-03-31"), _form("sns", "ListTopics", "2010-03-31")):
            connection.data_received(one)
        assert transport.written.count(b"HTTP/1.1 200 ") == 4
        connection.connection_lost(None)

    in_a_loop(work, cloud)
    assert kept == ["ListQueues", "ListTopics"]


def test_so_many_who_ask_are_known_by_their_names() -> None:
    assert _shown_client.cache_info().maxsize == 256


# --- who follows the trace --------------------------------------------------------------------------------------------


def following(cloud: minicloud.Cloud, kinds: str = "", since: int = 0, *, with_words: bool = False) -> Following:
    request = HttpRequest("GET", "/_minicloud/trace", {}, True)
    ask = Ask(cloud, Memory(), request, [], "http://localhost/")
    return Following(ask, frozenset(kinds.split(",")) - {""}, since, with_words=with_words)


def events(data: bytes) -> list[tuple[str, str]]:
    """The fields of server-sent events, each as it stands there."""
    text = data.decode()
    assert text == "" or text.endswith("\n\n")
    found = []
    for event in text.split("\n\n")[:-1]:
        first, second = event.split("\n")
        found.append((first, second))
    return found


def test_events_of_the_trace_have_their_number_and_their_json(cloud: minicloud.Cloud) -> None:
    cloud.trace.start()
    told = following(cloud)
    assert (told.headers["content-type"], told.headers["transfer-encoding"]) == ("text/event-stream", "chunked")
    assert "content-length" not in told.headers
    assert told.body == b"retry: 1000\n\n"
    assert told.more(catch_up=False) == b""
    cloud.client("sqs").create_queue(QueueName="a")
    assert told.has_news
    found = events(told.more(catch_up=False))
    assert [first for first, _ in found] == [f"id: {event.number}" for event in cloud.trace]
    assert all(second.startswith('data: {"seq": ') for _, second in found)
    assert not told.has_news
    assert told.more(catch_up=True) == b""
    before = len(cloud.trace)
    cloud.client("sqs").create_queue(QueueName="b")
    found = events(told.more(catch_up=False))
    assert [first for first, _ in found] == [f"id: {event.number}" for event in list(cloud.trace)[before:]]


def test_who_follows_hears_of_a_reset_once_and_of_all_behind_it(cloud: minicloud.Cloud) -> None:
    cloud.trace.start()
    cloud.client("sqs").create_queue(QueueName="a")
    told = following(cloud)
    told.more(catch_up=False)
    cloud.reset()
    cloud.client("sqs").create_queue(QueueName="b")
    first, *others = events(told.more(catch_up=False))
    assert first == ("event: reset", "data: {}")
    assert [number for number, _ in others] == [f"id: {event.number}" for event in cloud.trace]
    assert "b" in [json.loads(data.removeprefix("data: "))["resource"] for _, data in others]
    assert told.more(catch_up=False) == b""


def test_who_has_seen_so_much_is_told_the_rest(cloud: minicloud.Cloud) -> None:
    """All again, behind a word of it, where that is more than there is."""
    cloud.trace.start()
    for name in "abc":
        cloud.client("sqs").create_queue(QueueName=name)
    last = list(cloud.trace)[-1].number
    for since in range(last + 2):
        found = [number for number, _ in events(following(cloud, since=since).more(catch_up=False))]
        beginning = ["event: reset"] if since > last else []
        first = 0 if since > last else since
        assert found == [*beginning, *(f"id: {number}" for number in range(first + 1, last + 1))], since


def test_who_follows_some_kinds_hears_of_no_others(cloud: minicloud.Cloud) -> None:
    cloud.trace.start()
    told = following(cloud, "sqs.queue,sns.topic.created", with_words=True)
    cloud.client("sqs").create_queue(QueueName="a")
    cloud.client("sns").create_topic(Name="t")
    found = [json.loads(second.removeprefix("data: ")) for _, second in events(told.more(catch_up=False))]
    assert {event["kind"] for event in found} <= {"sqs.queue.created", "sns.topic.created"}
    assert found
    assert all(event["text"] for event in found)
