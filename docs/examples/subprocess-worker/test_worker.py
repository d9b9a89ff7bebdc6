"""The worker as a process: what it logs is when to look, and the cloud is where."""

import json
import subprocess
import sys

import pytest


@pytest.fixture
def queues(cloud):
    """The worker's queues, in the test's own cloud."""
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="jobs-dead")
    policy = {"deadLetterTargetArn": cloud.queue("jobs-dead").arn, "maxReceiveCount": 2}
    sqs.create_queue(QueueName="jobs", Attributes={"RedrivePolicy": json.dumps(policy)})
    sqs.create_queue(QueueName="results")
    return lambda **job: sqs.send_message(QueueUrl="jobs", MessageBody=json.dumps(job))


@pytest.fixture
def start(cloud_server, queues):
    """Starts workers that are stopped at the test's end: the environment of this process leads them to the cloud."""
    workers = []

    def start():
        workers.append(subprocess.Popen([sys.executable, "worker.py"], stdout=subprocess.PIPE, text=True))
        assert workers[-1].stdout.readline() == "ready\n"
        return workers[-1]

    yield start
    cloud_server.stop()  # polls are answered
    for worker in workers:
        worker.kill()
        worker.communicate()


def test_jobs_are_done(cloud, queues, start):
    worker = start()
    for number in (1, 2, 4):
        queues(id=number, by=number)
    assert [worker.stdout.readline() for _ in range(3)] == ["done 1\n", "done 2\n", "done 4\n"]

    assert [message.json()["result"] for message in cloud.queue("results").messages] == [100, 50, 25]
    assert cloud.queue("jobs").messages == []


def test_what_fails_twice_is_a_dead_letter(cloud, queues, start):
    worker = start()
    queues(id=1, by=0)
    assert worker.stdout.readline().startswith("failed 1")
    assert cloud.queue("jobs").counts.in_flight == 1
    cloud.clock.advance(30)  # the worker waits in a long poll, and gets it at once
    assert worker.stdout.readline().startswith("failed 1")
    cloud.clock.advance(30)
    queues(id=2, by=1)
    assert worker.stdout.readline() == "done 2\n"

    assert [message.json()["id"] for message in cloud.queue("jobs-dead").messages] == [1]


def test_a_worker_that_is_killed_takes_nothing_with_it(cloud, queues, start):
    worker = start()
    worker.kill()  # in the middle of a poll
    worker.wait()  # its connection is closed: until then it may be given a message
    queues(id=1, by=1)
    assert start().stdout.readline() == "done 1\n"

    assert len(cloud.queue("results").messages) == 1
