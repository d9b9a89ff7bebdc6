"""Lambda"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

import minicloud

from .issues import issue


def redrive(cloud: minicloud.Cloud, most: int) -> str:
    return json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": most})


@issue("moto#9916", "localstack#4513", symptom="A queue's function needs a container, or never runs.")
def test_a_function_is_a_callable(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """It is a Python callable in the test's own process, which has run when the send returns."""
    seen: list[str] = []
    url = new_queue("jobs")
    cloud.function("worker", lambda event, _: seen.extend(found["body"] for found in event["Records"]))
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert seen == ["x"]


@issue(
    "ministack#287",
    "floci#208",
    "localstack#5301",
    symptom="`batchItemFailures` is ignored, and messages that failed are deleted.",
)
def test_partial_batches(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """What the answer names stays in the queue, and what it does not name is deleted."""
    url = new_queue("jobs")

    def handler(event: Any, context: Any) -> Any:
        bad = [found["messageId"] for found in event["Records"] if found["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in bad]}

    cloud.function("worker", handler)
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker", FunctionResponseTypes=["ReportBatchItemFailures"])
    entries = [{"Id": body, "MessageBody": body} for body in ("good", "bad", "fine")]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert cloud.queue("jobs").bodies == ["bad"]


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"wrong": "key"}]},
        {"batchItemFailures": "text"},
    ],
)
@issue("floci#3152", symptom="An answer with empty, null or unknown identifiers deletes the batch.")
def test_answers_that_make_no_sense(sqs: Any, new_queue: Any, cloud: minicloud.Cloud, answer: Any) -> None:
    """An answer that cannot be understood fails the whole batch."""
    url = new_queue("jobs")
    cloud.function("worker", lambda *_: answer)
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker", FunctionResponseTypes=["ReportBatchItemFailures"])
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": body, "MessageBody": body} for body in "ab"])
    assert sorted(cloud.queue("jobs").bodies) == ["a", "b"]


@issue("floci#1419", "floci#1416", symptom="Messages that a function fails at never get to the dead-letter queue.")
def test_the_way_to_the_dead_letter_queue(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """Each run counts as a receive; the queue's redrive policy does the rest."""
    new_queue("dead")
    url = new_queue("jobs", VisibilityTimeout=30, RedrivePolicy=redrive(cloud, 3))

    def fails(event: Any, context: Any) -> None:
        raise ValueError("no")

    cloud.function("worker", fails)
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    cloud.run_until_idle()
    assert len(cloud.invocations) == 3
    assert cloud.queue("dead").bodies == ["x"]


@issue(
    "localstack#11262", symptom="With partial failures of a stream's batch the on-failure destination is told nothing."
)
def test_a_destination_and_partial_failures(kinesis: Any, stream: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """What is given up is told, whether the function raised or reported."""
    name = stream("clicks")
    new_queue("given-up")

    def handler(event: Any, context: Any) -> Any:
        bad = [
            found["kinesis"]["sequenceNumber"]
            for found in event["Records"]
            if b64decode(found["kinesis"]["data"]) == b"bad"
        ]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in bad[:1]]}

    cloud.function("worker", handler)
    cloud.event_source_mapping(
        name,
        "worker",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": cloud.queue("given-up").arn}},
    )
    records = [{"Data": data, "PartitionKey": "k"} for data in (b"1", b"bad", b"3")]
    kinesis.put_records(StreamName=name, Records=records)
    cloud.clock.advance(60)
    told = [json.loads(body) for body in cloud.queue("given-up").bodies]
    assert [one["requestContext"]["condition"] for one in told] == ["RetryAttemptsExhausted"]


@issue("localstack#5982", symptom="A mapping that was updated goes on as before.")
def test_an_update_of_a_mapping(sqs: Any, lambdas: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """The next batch is of the new size, and a disabled mapping takes nothing."""
    url, sizes = new_queue("jobs"), []
    cloud.function("worker", lambda event, _: sizes.append(len(event["Records"])))
    mapping = lambdas.create_event_source_mapping(
        EventSourceArn=cloud.queue("jobs").arn, FunctionName="worker", BatchSize=1
    )["UUID"]
    cloud.clock.advance(60)

    def send_four() -> None:
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": body, "MessageBody": body} for body in "abcd"])

    send_four()
    lambdas.update_event_source_mapping(UUID=mapping, BatchSize=10)
    cloud.clock.advance(60)
    send_four()
    lambdas.update_event_source_mapping(UUID=mapping, Enabled=False)
    cloud.clock.advance(60)
    send_four()
    assert sizes == [1, 1, 1, 1, 4]
    assert len(cloud.queue("jobs").bodies) == 4


@issue("yulin#909", symptom="A batching window cannot be tested without waiting for it.")
def test_a_batching_window(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """The window is over when the cloud's clock says so."""
    url, sizes = new_queue("jobs"), []
    cloud.function("worker", lambda event, _: sizes.append(len(event["Records"])))
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker", BatchSize=100, MaximumBatchingWindowInSeconds=20)
    for number in range(15):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    cloud.clock.advance(19)
    assert sizes == []
    cloud.clock.advance(1)
    assert sum(sizes) == 15
