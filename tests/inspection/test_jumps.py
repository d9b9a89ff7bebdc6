"""The jumps of a virtual clock: each is an event with its reason, and what is shown tells many as one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import minicloud
from minicloud.inspection.jumps import remark, span
from tests.support.clouds import bodies, make_queue, send, traced


def poll(cloud: minicloud.Cloud, url: str, wait: int = 20) -> list[str]:
    return bodies(cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=wait))


def lines(cloud: minicloud.Cloud) -> list[str]:
    return [line.split("  ", 1)[1].strip() for line in cloud.trace.render().splitlines()]


def test_a_jump_is_an_event() -> None:
    cloud = traced()
    poll(cloud, make_queue(cloud), 7)
    (jump,) = cloud.trace.of("clock.jumped")
    start = minicloud.VirtualClock().time_ns()
    assert jump.details == {"from_ns": start, "to_ns": start + 7 * 10**9, "why": "every thread waits"}
    assert jump.time_ns == start
    assert lines(cloud)[1:] == [
        "queue  a receive waited for 7 s and found nothing",
        "--- time jumps 7 s: every thread waits ---",
    ]


def test_a_jump_for_a_call_that_blocks_the_event_loop() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        poll(cloud, make_queue(cloud), 7)

    cloud = traced()
    minicloud.run(main, cloud=cloud)
    assert lines(cloud)[-1] == "--- time jumps 7 s: every thread waits, one in a call that blocks its event loop ---"


def test_a_jump_of_tasks() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        await cloud.async_sleep(2)

    cloud = traced()
    minicloud.run(main, cloud=cloud)
    assert "--- time jumps 2 s: every task waits ---" in lines(cloud)


def test_no_event_where_nobody_jumps() -> None:
    cloud = traced()
    cloud.clock.advance(60)
    real = minicloud.Cloud(clock="real", trace=True)
    real.sleep(0.001)
    assert cloud.trace.of("clock.jumped") == real.trace.of("clock.jumped") == []


def test_many_are_told_as_one() -> None:
    cloud = traced()
    url = make_queue(cloud)
    for _ in range(186):
        poll(cloud, url)
    send(cloud, url, "m")
    poll(cloud, url)
    told = lines(cloud)
    assert told.count("--- time jumps 186 times, 1 h 2 min in all: every thread waits ---") == 1
    assert sum("time jumps" in line for line in told) == 1
    assert len(cloud.trace.of("clock.jumped")) == 186


def test_an_idle_poller_beside_a_test_that_sleeps() -> None:
    cloud = traced()
    url = make_queue(cloud)

    def consume() -> None:
        while len(cloud.trace.of("clock.jumped")) < 190:
            poll(cloud, url)

    thread = threading.Thread(target=consume)
    thread.start()
    while thread.is_alive():
        thread.join(1)  # with a limit, which nobody has to wake it from: it counts as awake
    told = "\n".join(lines(cloud))
    assert " in all: others are awake, and made no call ---" in told
    assert "by itself while nothing was sent" in remark(cloud.trace)


def test_what_a_reader_should_know_first() -> None:
    cloud = traced()
    url = make_queue(cloud, MessageRetentionPeriod=60)
    other = make_queue(cloud, "other")
    for _ in range(180):
        poll(cloud, url)
    assert remark(cloud.trace) == ""
    poll(cloud, url)
    assert remark(cloud.trace).startswith("time jumped 1 h 20 s by itself while nothing was sent (181 jumps): on a")
    send(cloud, url, "m")
    for _ in range(3):
        poll(cloud, other)
    cloud.client("sqs").receive_message(QueueUrl=url)
    assert remark(cloud.trace).startswith("time jumped past the end of the retention period of 1 message: on a")


def test_the_page_has_them(tmp_path: Path) -> None:
    cloud = traced()
    poll(cloud, make_queue(cloud))
    cloud.trace.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "--- time jumps 20 s: every thread waits ---" in page
    assert '"name":"clock"' in page


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.05, "0.05 s"), (20, "20 s"), (59.5, "59.5 s"), (60, "1 min"), (90, "1 min 30 s"), (3_720, "1 h 2 min"),
     (74_880, "20 h 48 min"), (345_600, "4 d"), (86_400 + 7, "1 d 7 s")],
)  # fmt: skip
def test_how_long_something_is(seconds: float, text: str) -> None:
    assert span(round(seconds * 10**9)) == text
