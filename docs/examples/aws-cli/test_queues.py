"""The script against a cloud of the test's: what it makes is looked at from inside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def queues(cloud_server, monkeypatch):
    """Runs the script with the `aws` that is installed beside this Python; returns what it prints."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")

    def queues(*words):
        done = subprocess.run(["bash", "queues.sh", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return queues


def test_a_queue_has_its_dead_letters(cloud, cloud_server, queues):
    assert queues("deploy", "orders") == f"{cloud_server.url}/{cloud.account_id}/orders"
    redrive = cloud.client("sqs").get_queue_attributes(QueueUrl="orders", AttributeNames=["RedrivePolicy"])[
        "Attributes"
    ]
    assert json.loads(redrive["RedrivePolicy"]) == {
        "deadLetterTargetArn": cloud.queue("orders-dead").arn,
        "maxReceiveCount": 2,
    }


def test_what_waits_is_counted(cloud, queues):
    queues("deploy", "orders")
    sqs = cloud.client("sqs")
    for number in range(3):
        sqs.send_message(QueueUrl="orders", MessageBody=str(number))
    assert queues("count", "orders") == "3 0"


def test_dead_letters_go_back(cloud, queues):
    queues("deploy", "orders")
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl="orders", MessageBody="broken")
    for _ in range(3):
        sqs.receive_message(QueueUrl="orders", VisibilityTimeout=0)
    assert [message.body for message in cloud.queue("orders-dead").messages] == ["broken"]
    queues("redrive", "orders")
    cloud.clock.advance(60)

    assert [message.body for message in cloud.queue("orders").messages] == ["broken"]
