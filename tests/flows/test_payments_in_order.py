"""Payments over a FIFO topic and two FIFO queues to functions: each customer's are handled in order, and once."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient


def test_each_customer_in_order_and_once(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, sns, lambda_ = make_client("sqs"), make_client("sns"), make_client("lambda")
    topic = sns.create_topic(Name="payments.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    fifo = {"FifoQueue": "true"}
    dlq = sqs.create_queue(QueueName="dlq.fifo", Attributes=fifo)["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue(dlq).arn, "maxReceiveCount": 3})
    books: dict[str, list[tuple[str, int]]] = {"book": [], "notify": []}

    def handler(name: str) -> Any:
        def handle(event: dict[str, Any], _: Any) -> dict[str, Any]:
            stopped: set[str] = set()
            failed = []
            for record in event["Records"]:
                customer, number = json.loads(record["body"])
                if customer in stopped or (name == "book" and (customer, number) == ("broke", 2)):
                    stopped.add(customer)
                    failed.append({"itemIdentifier": record["messageId"]})
                else:
                    books[name].append((customer, number))
            return {"batchItemFailures": failed}

        return handle

    for name in books:
        attributes = {**fifo, "RedrivePolicy": redrive, "VisibilityTimeout": "30"}
        url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]
        arn = cloud.queue(url).arn
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        cloud.function(name, handler(name), timeout=10)
        lambda_.create_event_source_mapping(
            EventSourceArn=arn, FunctionName=name, FunctionResponseTypes=["ReportBatchItemFailures"]
        )
    with pytest.raises(sns.exceptions.ClientError, match="Invalid protocol type: lambda"):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("f", handler("book")))

    def pay(customer: str, number: int) -> None:
        sns.publish(
            TopicArn=topic,
            Message=json.dumps([customer, number]),
            MessageGroupId=customer,
            MessageDeduplicationId=f"{customer}-{number}",
        )

    for number in range(1, 5):
        for customer in ("ann", "broke", "cid"):
            pay(customer, number)
            pay(customer, number)  # the shop's server was not sure
    fine = [(customer, number) for number in range(1, 5) for customer in ("ann", "broke", "cid")]
    assert books["notify"] == fine
    assert [entry for entry in books["book"] if entry[0] != "broke"] == [one for one in fine if one[0] != "broke"]
    assert [number for customer, number in books["book"] if customer == "broke"] == [1]
    cloud.clock.advance(90)
    assert [number for customer, number in books["book"] if customer == "broke"] == [1, 3, 4]
    assert cloud.queue(dlq).bodies == ['["broke", 2]']
    assert all(not cloud.queue(f"{name}.fifo").messages for name in books)
