"""A receive without MessageAttributeNames gets no attributes: the report says which, and how to get them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import report
from tests.support.clouds import make_queue

KIND = {"kind": {"DataType": "String", "StringValue": "book"}}
HINT = (
    ' from jobs without its message attribute kind, as the call did not ask for it: pass MessageAttributeNames=["All"]'
)


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        yield made


def hints(cloud: minicloud.Cloud) -> list[str]:
    return [line for line in report(list(cloud.trace)).splitlines() if "did not ask for" in line or "same way" in line]


def test_a_receive_that_does_not_ask(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs", VisibilityTimeout="0")
    message_id = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=KIND)["MessageId"]
    sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    sqs.receive_message(QueueUrl=url, MessageAttributeNames=["kind"])
    assert hints(cloud) == []
    sqs.receive_message(QueueUrl=url, AttributeNames=["All"])
    sqs.receive_message(QueueUrl=url)
    assert hints(cloud) == [f'received {message_id[:8]} "x"{HINT}']


def test_messages_without_attributes_are_nobodys_business(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    assert hints(cloud) == []


def test_only_the_first_are_told(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs")
    two = {**KIND, "size": {"DataType": "Number", "StringValue": "3"}}
    for number in range(5):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageAttributes=two)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    told = hints(cloud)
    assert len(told) == 4
    asks = 'the call did not ask for them: pass MessageAttributeNames=["All"]'
    assert told[0].endswith(f" without its message attributes kind, size, as {asks}")
    assert told[-1] == "… and 2 more messages in the same way"


@pytest.mark.parametrize("asks", [True, False])
def test_a_receive_that_waited(cloud: minicloud.Cloud, asks: bool) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs")
    got: list[Any] = []
    names = {"MessageAttributeNames": ["All"]} if asks else {}
    other = make_queue(cloud, "other")
    sqs.send_message(QueueUrl=other, MessageBody="z", MessageAttributes=KIND)

    def wait() -> None:
        got.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, **names))

    sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=KIND, DelaySeconds=5)
    thread = threading.Thread(target=wait, name="worker")
    thread.start()
    thread.join()
    assert [message["Body"] for message in got[0]["Messages"]] == ["x"]
    assert ("MessageAttributes" in got[0]["Messages"][0]) is asks
    assert len(hints(cloud)) == (0 if asks else 1)
