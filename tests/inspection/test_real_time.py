"""A test that sleeps, and a message that comes on the cloud's clock: sleeping does not move it, says the report."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import section

REMARK = (
    "the test took 1.2 s of real time and none of the cloud's: time.sleep() moves no clock; cloud.clock.advance() "
    "does, and so does time.sleep() itself under @pytest.mark.minicloud(time=True)"
)


def remarks(cloud: minicloud.Cloud, seconds: float) -> list[str]:
    text = section(cloud, list(cloud.trace), real_seconds=seconds)[1]
    return [line for line in text.splitlines() if "real time" in line]


def cloud_with_a_message(clock: Any = "virtual") -> tuple[minicloud.Cloud, Any, str]:
    cloud = minicloud.Cloud(clock=clock, seed=1, trace=True)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes={"DelaySeconds": "1", "VisibilityTimeout": "5"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    return cloud, sqs, url


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_a_message_that_would_have_been_there(clock: str) -> None:
    cloud, sqs, url = cloud_with_a_message(clock)
    assert remarks(cloud, 1.2) == []  # nobody has looked for it
    sqs.receive_message(QueueUrl=url)
    assert remarks(cloud, 1.2) == [REMARK]
    assert remarks(cloud, 0.95) == remarks(cloud, 0.0) == []  # it would not have been there
    cloud.clock.advance(1)
    assert remarks(cloud, 1.2) == []  # the clock does move


def test_a_message_in_flight_and_a_clock_that_is_real() -> None:
    cloud, sqs, url = cloud_with_a_message()
    cloud.clock.advance(1)
    sqs.receive_message(QueueUrl=url)
    mark = cloud.trace.mark()
    sqs.receive_message(QueueUrl=url)
    since = cloud.trace.since(mark)
    assert ["real time" in section(cloud, since, real_seconds=seconds)[1] for seconds in (4.9, 5.0)] == [False, True]
    cloud, sqs, url = cloud_with_a_message("real")
    sqs.receive_message(QueueUrl=url)
    assert remarks(cloud, 3600.0) == []
