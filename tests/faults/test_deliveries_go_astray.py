"""Faults of deliveries from SNS to queues."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.faults import Drop, Duplicate, Fault


@pytest.fixture
def topic(cloud: minicloud.Cloud, sqs: Any, sns: Any) -> str:
    """A topic with two queues, which take the plain text."""
    arn: str = sns.create_topic(Name="news")["TopicArn"]
    for name in ("one", "two"):
        sqs.create_queue(QueueName=name)
        sns.subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=cloud.queue(name).arn,
            Attributes={"RawMessageDelivery": "true"},
        )
    return arn


def publish(sns: Any, topic: str, *texts: str) -> None:
    for text in texts:
        sns.publish(TopicArn=topic, Message=text)


def test_a_delivery_is_dropped(cloud: minicloud.Cloud, sns: Any, topic: str) -> None:
    fault = cloud.faults.drop(resource="one", nth=2)
    publish(sns, topic, "a", "b", "c")
    assert cloud.queue("one").bodies == ["a", "c"]
    assert cloud.queue("two").bodies == ["a", "b", "c"]
    assert (fault.seen, fault.fired) == (3, 1)


def test_a_delivery_is_made_several_times(cloud: minicloud.Cloud, sns: Any, topic: str) -> None:
    cloud.faults.duplicate(3, where=lambda delivery: delivery["Body"] == "b" and delivery["QueueArn"].endswith("two"))
    publish(sns, topic, "a", "b")
    assert cloud.queue("one").bodies == ["a", "b"]
    assert cloud.queue("two").bodies == ["a", "b", "b", "b"]
    assert len({message.message_id for message in cloud.queue("two").messages}) == 4


def test_a_delivery_is_late(cloud: minicloud.Cloud, sns: Any, topic: str) -> None:
    cloud.faults.postpone(30, resource="news", nth=1)
    publish(sns, topic, "a")
    assert (cloud.queue("one").bodies, cloud.queue("two").bodies) == ([], ["a"])
    cloud.clock.advance(29)
    assert cloud.queue("one").bodies == []
    cloud.clock.advance(1)
    assert cloud.queue("one").bodies == ["a"]


def test_a_delivery_is_overtaken_by_the_next(cloud: minicloud.Cloud, sns: Any, topic: str) -> None:
    cloud.faults.reorder(resource="one", nth=[1, 4])
    publish(sns, topic, "a", "b", "c", "d")
    assert cloud.queue("one").bodies == ["b", "a", "c"]
    cloud.clock.advance(1)
    assert cloud.queue("one").bodies == ["b", "a", "c", "d"]
    assert cloud.queue("two").bodies == ["a", "b", "c", "d"]


def test_a_poll_waits_for_a_late_delivery(cloud: minicloud.Cloud, sqs: Any, sns: Any, topic: str) -> None:
    cloud.faults.postpone(12)
    publish(sns, topic, "a")
    url = cloud.queue("one").url
    before = cloud.clock.time()
    assert sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]["Body"] == "a"
    assert cloud.clock.time() - before == 12


def test_what_is_sent_directly_is_no_delivery(cloud: minicloud.Cloud, sqs: Any, sns: Any, topic: str) -> None:
    fault = cloud.faults.drop(resource="one", optional=True)
    sqs.send_message(QueueUrl=cloud.queue("one").url, MessageBody="m")
    assert cloud.queue("one").bodies == ["m"]
    cloud.faults.remove(fault)
    publish(sns, topic, "a")
    assert cloud.queue("one").bodies == ["m", "a"]


def test_deliveries_have_no_operation() -> None:
    with pytest.raises(minicloud.UsageError, match="not with an operation"):
        Fault(Drop(), operation="Publish")
    with pytest.raises(minicloud.UsageError, match="give 2 or more"):
        Duplicate(1)
