"""The consumer under all that AWS reserves the right to do: with one seed, with faults, and with hypothesis."""

import contextlib
import sqlite3

import boto3
import minicloud
import pytest
from hypothesis import given, settings
from minicloud.exceptions import Crash
from minicloud.hypothesis import clouds
from minicloud.verdicts import max_receives
from payments import Cashier, request_payment

ORDERS = {1: 500, 2: 1250, 3: 80}


def work_off(cloud):
    """Sends all orders, works until nothing is left, and returns what was charged. A cashier that dies is replaced."""
    boto3.client("sqs").create_queue(QueueName="payments")
    for order_id, cents in ORDERS.items():
        request_payment(order_id, cents)
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        while cloud.queue("payments").messages:
            with contextlib.suppress(Crash):
                Cashier(database).work_once()  # its long poll moves the clock until a visibility timeout is over
        return dict(database.execute("SELECT order_id, cents FROM charges"))


@pytest.mark.minicloud(delivery="aws", verdicts=("queues_empty",))
def test_once_though_delivery_is_at_least_once(mock_aws):
    assert work_off(mock_aws) == ORDERS


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessage"])
def test_once_though_an_answer_is_lost(mock_aws, operation):
    lost = mock_aws.faults.lose_answer(operation=operation, first=5)  # as often as botocore tries
    assert work_off(mock_aws) == ORDERS
    assert lost.fired == 5


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.minicloud(verdicts=("queues_empty", max_receives(2)))
def test_once_though_a_process_dies_at_a_delete(mock_aws, nth, when):
    mock_aws.faults.crash(operation="DeleteMessage", when=when, nth=nth)
    assert work_off(mock_aws) == ORDERS


@settings(max_examples=30)
@given(clouds())
def test_no_schedule_breaks_it(cloud):
    with minicloud.mock_aws(cloud=cloud):
        assert work_off(cloud) == ORDERS
