"""The service, deployed by its own script, with boto3 as it is."""

import json
from datetime import timedelta

import boto3
import pytest
from deploy import deploy


@pytest.fixture
def orders(mock_aws):
    return deploy()


def send(orders, number, amount):
    boto3.client("sqs").send_message(QueueUrl=orders, MessageBody=json.dumps({"id": number, "amount": amount}))


def test_an_order_is_billed(mock_aws, orders):
    send(orders, 7, 100)
    assert mock_aws.queue("bills").bodies == ['{"bill": 7}']  # the function has run when send_message returns
    mock_aws.assert_empty("orders")
    (run,) = mock_aws.invocations
    assert (run.function, run.trigger, run.outcome) == ("billing", "sqs:orders", "success")


def test_an_order_that_cannot_be_billed_is_a_dead_letter(mock_aws, orders):
    send(orders, 8, -1)
    send(orders, 9, 5)
    assert mock_aws.queue("bills").bodies == ['{"bill": 9}']
    assert mock_aws.run_until_idle() == timedelta(seconds=180)  # three visibility timeouts
    assert [json.loads(body)["id"] for body in mock_aws.queue("orders-dlq").bodies] == [8]
    assert [str(run.error) for run in mock_aws.invocations.failed] == ["order 8 cannot be billed"] * 3


def test_the_log_tells_what_happened(mock_aws, orders):
    send(orders, 7, 100)
    send(orders, 8, -1)
    logs = boto3.client("logs")
    events = logs.filter_log_events(logGroupName="/aws/lambda/billing")["events"]
    messages = [event["message"] for event in events]
    assert any("[INFO]" in message and "billed order 7" in message for message in messages)
    assert any(message.startswith("[ERROR] ValueError: order 8 cannot be billed") for message in messages)


def test_new_code_is_what_runs_from_then_on(mock_aws, orders):
    functions = boto3.client("lambda")
    described = functions.get_function_configuration(FunctionName="billing")
    assert described["Environment"]["Variables"]["BILLS_URL"].endswith("/bills")
    functions.update_function_configuration(FunctionName="billing", Timeout=20)
    functions.get_waiter("function_updated_v2").wait(FunctionName="billing")
    functions.put_function_concurrency(FunctionName="billing", ReservedConcurrentExecutions=0)
    send(orders, 7, 100)
    assert mock_aws.queue("bills").bodies == []  # nothing may run
    functions.delete_function_concurrency(FunctionName="billing")
    mock_aws.run_until_idle()
    assert mock_aws.queue("bills").bodies == ['{"bill": 7}']
