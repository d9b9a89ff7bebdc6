"""What happened, as text and as a page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.clouds import delete, make_queue, make_queue_with_dlq, make_topic, receive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


def lines(cloud: minicloud.Cloud) -> list[str]:
    """The lines without message ids."""
    return [re.sub(r"\b[0-9a-f]{8} ", "", line) for line in cloud.trace.render().splitlines()]


def test_cause_and_effect(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=1)
    send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(40)
    receive(cloud, url)
    assert lines(cloud) == [
        "00:00:00.000  orders-dlq  queue created",
        "00:00:00.000  orders      queue created",
        '00:00:00.000  orders      "m": sent',
        '00:00:00.000  orders      "m": received (1st time), hidden for 30 s',
        '00:00:30.000  orders      "m": visible again, as it was not deleted in time',
        '00:00:40.000  orders      "m": moved to orders-dlq after 1 receive',
        "00:00:40.000  orders      a receive found nothing",
    ]


def test_time_that_has_passed_is_told_without_a_call(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(31)
    assert lines(cloud)[-1].endswith("visible again, as it was not deleted in time")


def test_repeats_are_folded(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    for number in range(50):
        send(cloud, url, f"m{number}")
        (message,) = receive(cloud, url)
        delete(cloud, url, message)
    told = lines(cloud)
    assert len(told) == 8
    assert told[4] == '    ⋮ the 3 lines above, 48 more times: "m1" … "m48"'
    assert '"m49": deleted' in told[-1]
    assert len(cloud.trace.render(last=3).splitlines()) == 3


def test_calls_that_nothing_else_tells_of(cloud: minicloud.Cloud) -> None:
    make_queue(cloud, "orders")
    sqs = cloud.client("sqs")
    sqs.list_queues()
    with pytest.raises(ClientError):
        sqs.delete_message(QueueUrl="orders", ReceiptHandle="nonsense")
    told = lines(cloud)
    assert told[1].endswith("sqs.ListQueues()")
    assert "refused: ReceiptHandleIsInvalid: " in told[2]
    assert "UNSET" not in str(list(cloud.trace))


def test_polls_and_topics(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    receive(cloud, url, WaitTimeSeconds=20)
    topic = make_topic(cloud, "events", "orders")
    published = cloud.client("sns").publish(TopicArn=topic, Message="hello")["MessageId"]
    told = cloud.trace.render()
    assert "00:00:00.000  orders  a receive waited for 20 s and found nothing" in told
    assert f'"hello": delivered from publication {published[:8]}' in told  # the message inside, not the envelope


def test_days_are_told_when_there_are_several(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    cloud.clock.advance(5 * 86_400)
    assert lines(cloud)[0].startswith("01-01 00:00:00.000")
    assert lines(cloud)[-1] == '01-05 00:00:00.000  orders  "m": dropped, as its retention period is over'


# --- the page --------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: Any = None
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_data = dict(attrs).get("id") == "data"

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data = json.loads(data)
            self._in_data = False


def page_of(cloud: minicloud.Cloud, folder: Path) -> tuple[_Page, str]:
    path = folder / "page.html"
    cloud.trace.to_html(path)
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    return page, text


def test_lanes_events_and_bars(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    url = make_queue_with_dlq(cloud)
    topic = make_topic(cloud, "events", "orders")
    cloud.client("sns").publish(TopicArn=topic, Message="hello")
    (message,) = receive(cloud, url)
    cloud.clock.advance(10)
    delete(cloud, url, message)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(10)
    kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
    page, _ = page_of(cloud, tmp_path)
    lanes = [(lane["group"], lane["name"]) for lane in page.data["lanes"]]
    assert lanes[:5] == [
        ("topics", "events"),
        ("streams", "clicks"),
        ("streams", "clicks, shard 0"),
        ("queues", "orders-dlq"),
        ("queues", "orders"),
    ]
    assert lanes[5][0] == "consumers"
    (bar,) = [bar for bar in page.data["bars"] if bar["id"]]
    assert (bar["t1"] - bar["t0"], bar["hue"], lanes[bar["lane"]][1]) == (10_000_000, "done", "orders")
    times = [event["t"] for event in page.data["events"]]
    assert times == sorted(times)
    assert page.data["messages"][message["MessageId"]]["lines"][-1].endswith("deleted")


def test_the_page_needs_nothing_else(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    page, text = page_of(cloud, tmp_path)
    assert not [tag for tag, _ in page.tags if tag in {"link", "img", "iframe", "object"}]
    assert not [attributes for _, attributes in page.tags if "src" in attributes or "href" in attributes]
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text


def test_bodies_can_not_break_out_of_the_page(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    url = make_queue(cloud, "orders")
    body = "</script><script>alert('x')</script><!-- \u2028 &amp; {title}"
    send(cloud, url, body)
    page, text = page_of(cloud, tmp_path)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert "alert('x')" not in text.replace("\\u003cscript>alert('x')", "")
    assert page.data["events"][-1]["about"].endswith('"')


def test_a_trace_that_is_empty_makes_a_page(tmp_path: Path) -> None:
    page, _ = page_of(traced(), tmp_path)
    assert page.data["events"] == []


def test_what_is_moved_arrives_in_the_lane_of_the_dead_letter_queue(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    url = make_queue_with_dlq(cloud, receives=1)
    send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(40)
    receive(cloud, url)
    page, _ = page_of(cloud, tmp_path)
    arrivals = [event for event in page.data["events"] if event["to"] >= 0]
    assert [(event["kind"], page.data["lanes"][event["to"]]["name"]) for event in arrivals] == [
        ("sqs.message.moved_to_dlq", "orders-dlq")
    ]


def test_bodies_are_in_the_page_as_far_as_there_is_room(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    url = make_queue(cloud, "orders")
    send(cloud, url, '{"id": 7}')
    send(cloud, url, "ä" * 100_000)
    send(cloud, url, "b" * 100_000)
    send(cloud, url, "last")
    topic = cloud.client("sns").create_topic(Name="news")["TopicArn"]
    cloud.client("sns").publish(TopicArn=topic, Message="published")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(10)
    kinesis.put_record(StreamName="clicks", Data=b"\xffput", PartitionKey="k")
    page, _ = page_of(cloud, tmp_path)
    bodies = page.data["bodies"]
    assert [body[:9] for body in bodies.values()] == ['{"id": 7}', "ä" * 9, "last", "published", "\\xffput"]
    assert list(page.data["leftOut"].values()) == [100_000]
    told = {event["id"] for event in page.data["events"]}
    assert bodies.keys() | page.data["leftOut"].keys() <= told
