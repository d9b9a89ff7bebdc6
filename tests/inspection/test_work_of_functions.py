"""What functions have not done: the verdict, the check of histories, and what failed assertions say of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from minicloud import Cloud
from minicloud.inspection.verdicts import judge


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(clock="virtual", seed=1, trace=True)


def fail(event: Any, context: Any) -> None:
    raise ValueError("no such order")


def mapped(cloud: Cloud, handler: Any, **attributes: str) -> str:
    url = cloud.client("sqs").create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    cloud.function("bill", handler)
    cloud.event_source_mapping(url, "bill")
    return url


def complaints(cloud: Cloud, verdict: str) -> list[str]:
    return [line.strip() for line in judge(cloud, [verdict]).splitlines()[1:-1]]


def test_invocations_are_well_when_what_failed_has_been_done_in_the_end(cloud: Cloud) -> None:
    outcomes = [ValueError("once"), None]

    def bill(event: Any, context: Any) -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    url = mapped(cloud, bill, VisibilityTimeout="30")
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="7")
    assert complaints(cloud, "invocations_ok") == [
        "bill has failed at 1 message of orders, and not been done with it since (ValueError: once, run 1)"
    ]
    cloud.run_until_idle()
    assert judge(cloud, ["invocations_ok", "nothing_owed", "history_holds"]) == ""


def test_what_is_given_up_lost_or_left_failing_is_told(cloud: Cloud) -> None:
    sqs, client = cloud.client("sqs"), cloud.client("lambda")
    sqs.create_queue(QueueName="dlq")
    redrive = {"deadLetterTargetArn": cloud.queue("dlq").arn, "maxReceiveCount": 2}
    url = mapped(cloud, fail, RedrivePolicy=json.dumps(redrive))
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="7")
    gone = cloud.queue(sqs.create_queue(QueueName="gone")["QueueUrl"])
    client.put_function_event_invoke_config(
        FunctionName="bill", DestinationConfig={"OnFailure": {"Destination": gone.arn}}
    )
    client.invoke(FunctionName="bill", InvocationType="Event")
    client.invoke(FunctionName="bill")
    cloud.function("busy", fail, reserved_concurrency=0)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.invoke(FunctionName="busy")
    sqs.delete_queue(QueueUrl=gone.url)
    cloud.run_until_idle()
    assert complaints(cloud, "invocations_ok") == [
        "bill has failed at 2 messages of orders, and not been done with them since (ValueError: no such order, run 5)",
        "bill has given up 1 event of invoke-async (RetriesExhausted: ValueError: no such order, run 7)",
        "bill has failed at 1 event of invoke (ValueError: no such order, run 4)",
        "busy has failed at 1 event of invoke (throttled (ReservedFunctionConcurrentInvocationLimitExceeded))",
        "bill: a record lost, as gone did not take it (AWS.SimpleQueueService.NonExistentQueue)",
    ]
    assert cloud.check_history(checks=["mapped"])  # the messages are in the dead-letter queue


def test_what_a_mapping_took_is_done_or_somewhere(cloud: Cloud) -> None:
    """Or it is a violation; but for what the handler, or somebody else, has deleted."""
    url = mapped(cloud, fail, MessageRetentionPeriod="60", VisibilityTimeout="30")
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="7")
    assert cloud.check_history(checks=["mapped"])
    cloud.clock.advance(60)
    report = cloud.check_history(checks=["mapped"])
    (violation,) = report.violations
    assert violation.text.endswith(
        '"7" was dropped at the end of its retention period, and bill had not been done with it'
    )
    assert str(report).splitlines()[:2] == ["1 message, 2 deliveries", "  mapped: 1 violation"]

    def delete_and_fail(event: Any, context: Any) -> None:
        for record in event["Records"]:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])
        raise ValueError

    cloud.function("bill", delete_and_fail)
    sqs.send_message(QueueUrl=url, MessageBody="8")
    assert len(cloud.check_history(checks=["mapped"]).violations) == 1


def test_records_are_done_or_told_to_somebody(cloud: Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.function("count", fail)
    first = cloud.event_source_mapping("clicks", "count", MaximumRetryAttempts=0)
    kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="p")
    first.delete()
    (violation,) = cloud.check_history().violations
    assert str(violation) == (
        "mapped: 01-01 00:00:00.000 clicks: 1 record of clicks/0 given up by count (RetryAttemptsExhausted), "
        "and no destination was told"
    )
    assert cloud.check_history("clicks", checks=["mapped"]).violations

    dlq = cloud.queue(cloud.client("sqs").create_queue(QueueName="dlq")["QueueUrl"])
    cloud.trace.clear()
    cloud.event_source_mapping(
        "clicks", "count", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": dlq.arn}}
    )
    cloud.run_until_idle()
    assert len(dlq.messages) == 1
    assert cloud.check_history().of("mapped") == []


def test_assertions_name_the_mapping_that_reads_or_does_not(cloud: Cloud) -> None:
    url = mapped(cloud, fail)
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="bills")
    client = cloud.client("lambda")
    (mapping,) = client.list_event_source_mappings()["EventSourceMappings"]
    sqs.send_message(QueueUrl=url, MessageBody="7")
    assert _lines(cloud.assert_drained)[-1] == (
        "  its mapping to bill reads it; the last run: PROBLEM: Function call failed"
    )
    assert _lines(lambda: cloud.assert_sent("bills"))[-1] == (
        "bill has failed at 1 message of orders, and not been done with it since (ValueError: no such order, run 1)"
    )
    cloud.client("lambda").put_function_concurrency(FunctionName="bill", ReservedConcurrentExecutions=0)
    assert _lines(lambda: cloud.assert_empty("orders"))[-1] == (
        "  its mapping to bill has nothing run, as the function's reserved concurrency is 0"
    )
    client.delete_function(FunctionName="bill")
    assert _lines(cloud.assert_drained)[-1] == "  its mapping to bill takes nothing, as there is no such function"
    client.update_event_source_mapping(UUID=mapping["UUID"], FunctionName=cloud.function("bill", fail), Enabled=False)
    disabled = "its mapping to bill is disabled, and takes nothing until it is enabled"
    assert _lines(lambda: cloud.assert_empty("orders"))[-1] == f"  {disabled}"
    assert f"orders: {disabled}" in _lines(lambda: cloud.assert_sent("bills"))
    cloud.invocations.clear()
    assert _lines(lambda: cloud.assert_invoked("bill")) == [
        "bill was not run: it has not been run at all",
        f"orders: {disabled}",
    ]


def test_a_cloud_that_does_not_come_to_rest_says_what_fails(cloud: Cloud) -> None:
    url = mapped(cloud, fail)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="7")
    with pytest.raises(AssertionError, match="it still owes 1 message of orders for bill") as caught:
        cloud.run_until_idle(limit=60)
    assert caught.value.__notes__ == [
        "bill has failed at 1 message of orders, and not been done with it since (ValueError: no such order, run 3)"
    ]


def _lines(check: Any) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value).splitlines()
