"""SQS dead-letter queues"""

from __future__ import annotations

import json
from typing import Any

import minicloud

from .issues import issue


def redrive(cloud: minicloud.Cloud, name: str, most: int) -> str:
    return json.dumps({"deadLetterTargetArn": cloud.queue(name).arn, "maxReceiveCount": most})


@issue("fakecloud#1675", symptom="The dead-letter queue is gone, and the message with it.")
def test_a_deleted_dead_letter_queue(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """A message that cannot be moved stays in its queue."""
    dead = new_queue("dead")
    url = new_queue("jobs", VisibilityTimeout=0, RedrivePolicy=redrive(cloud, "dead", 1))
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.delete_queue(QueueUrl=dead)
    for _ in range(3):
        sqs.receive_message(QueueUrl=url)
    assert cloud.queue("jobs").bodies == ["x"]


@issue(
    "elasticmq#582",
    "localstack#8234",
    "fake_sqs#37",
    symptom="A message moves one receive too early or too late, and does not say where it came from.",
)
def test_when_a_message_moves(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """It is received `maxReceiveCount` times; the next receive moves it, and it keeps its id and its source."""
    dead = new_queue("dead")
    url = new_queue("jobs", VisibilityTimeout=0, RedrivePolicy=redrive(cloud, "dead", 2))
    sent = sqs.send_message(QueueUrl=url, MessageBody="x")
    for _ in range(2):
        assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
        assert cloud.queue("dead").bodies == []
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    (message,) = sqs.receive_message(QueueUrl=dead, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == cloud.queue("jobs").arn


@issue(
    "floci#899",
    "floci#900",
    "moto#10265",
    symptom="Move tasks are missing, lose messages, or the messages bounce back at once.",
)
def test_move_tasks(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """Without a destination each message goes back to its source, with a receive count of nought."""
    new_queue("dead")
    url = new_queue("jobs", VisibilityTimeout=0, RedrivePolicy=redrive(cloud, "dead", 2))
    for number in range(5):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    for _ in range(3):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    assert len(cloud.queue("dead").bodies) == 5
    sqs.start_message_move_task(SourceArn=cloud.queue("dead").arn)
    cloud.clock.advance(60)
    assert sorted(cloud.queue("jobs").bodies) == list("01234")
    assert cloud.queue("dead").bodies == []
    (task,) = sqs.list_message_move_tasks(SourceArn=cloud.queue("dead").arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 5)
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 5
    assert cloud.queue("dead").bodies == []
