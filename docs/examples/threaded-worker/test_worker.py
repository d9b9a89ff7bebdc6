"""Threads on a virtual clock: retries and dead letters take no real time, and no message is seen twice by accident."""

import json
from collections import Counter

import boto3
import pytest
from worker import Worker, enqueue, shrink

pytestmark = pytest.mark.minicloud(verdicts=("no_in_flight", "no_blocked_pollers", "no_users_left"))


@pytest.fixture
def cloud_with_queues(mock_aws):
    """The application's queues, in a cloud that answers boto3 in every thread of the process."""
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="thumbnails-dead")
    policy = {"deadLetterTargetArn": mock_aws.queue("thumbnails-dead").arn, "maxReceiveCount": "3"}
    sqs.create_queue(QueueName="thumbnails", Attributes={"RedrivePolicy": json.dumps(policy)})
    return mock_aws


@pytest.fixture
def work(cloud_with_queues):
    """Starts a worker that is stopped at the test's end."""
    workers = []

    def start(handle):
        workers.append(Worker(handle))
        workers[-1].start()

    yield start
    for worker in workers:
        worker.stop()


def test_each_picture_is_handled_once(cloud_with_queues, work):
    handled = Counter()

    def handle(picture):
        shrink(picture)  # sleeps: virtual time does not pass the end of the visibility timeout meanwhile
        handled[picture] += 1

    for number in range(20):
        enqueue(f"{number}.png")
    work(handle)
    cloud_with_queues.run_until(lambda: not cloud_with_queues.queue("thumbnails").messages)

    assert handled == {f"{number}.png": 1 for number in range(20)}


def test_a_failure_is_tried_again_after_five_seconds(cloud_with_queues, work):
    moments = []

    def handle(picture):
        moments.append(cloud_with_queues.clock.time())
        if len(moments) == 1:
            raise OSError("disk full")

    enqueue("cat.png")
    work(handle)
    cloud_with_queues.run_until(lambda: len(moments) == 2)

    assert moments[1] - moments[0] == 5


def test_what_fails_three_times_is_a_dead_letter(cloud_with_queues, work):
    def handle(picture):
        raise ValueError("not a picture")

    enqueue("essay.txt")
    work(handle)
    dead = cloud_with_queues.queue("thumbnails-dead")
    cloud_with_queues.run_until(lambda: dead.messages)

    assert [message.json() for message in dead.messages] == [{"picture": "essay.txt"}]
    assert "received (3rd time)" in cloud_with_queues.trace.render()
