"""The handler under what AWS may do: run it again, and deliver twice."""

import boto3
import charges
import pytest


@pytest.fixture
def orders(mock_aws):
    """The URL of the queue whose messages are charged."""
    charges.memory.records.clear()
    charges.charged.clear()
    url = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    mock_aws.function("charge", charges.handler)
    mock_aws.event_source_mapping(url, "charge")
    return url


def test_a_run_whose_success_is_lost(mock_aws, orders):
    mock_aws.faults.crash("after", function="charge", first=1)  # the handler has run, and nobody knows
    boto3.client("sqs").send_message(QueueUrl=orders, MessageBody="order 7")
    mock_aws.run_until_idle()
    assert [run.outcome for run in mock_aws.invocations] == ["error", "success"]
    assert charges.charged == ["order 7"]
    mock_aws.assert_empty("orders")


def test_a_run_that_dies_before_it_charges(mock_aws, orders):
    mock_aws.faults.crash("before", function="charge", first=1)
    boto3.client("sqs").send_message(QueueUrl=orders, MessageBody="order 7")
    assert charges.charged == []
    mock_aws.run_until_idle()
    assert charges.charged == ["order 7"]


@pytest.mark.minicloud(delivery="aws")
def test_all_that_aws_may_do(mock_aws, orders):
    for number in range(20):
        boto3.client("sqs").send_message(QueueUrl=orders, MessageBody=f"order {number}")
    mock_aws.run_until_idle()
    assert sorted(charges.charged) == sorted(f"order {number}" for number in range(20))
