"""The handlers, run by what leads to them on AWS."""

import json

import boto3
import orders

PARTIAL = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def test_a_message_that_is_no_order_ends_in_the_dead_letter_queue(mock_aws):
    orders.charged.clear()
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="dead-orders")
    redrive = json.dumps({"deadLetterTargetArn": mock_aws.queue("dead-orders").arn, "maxReceiveCount": 3})
    url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    mock_aws.function("charge", orders.charge)
    mock_aws.event_source_mapping(url, "charge", **PARTIAL)

    bodies = ['{"id": 1, "amount": 10}', '{"id": "?"}', '{"id": 2, "amount": 20}']
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)])
    assert orders.charged == [1, 2]
    mock_aws.run_until_idle()
    assert orders.charged == [1, 2]
    assert mock_aws.queue("dead-orders").bodies == ['{"id": "?"}']
    assert len(mock_aws.invocations.of("charge")) == 3


def test_a_record_that_is_no_click_is_given_up(mock_aws):
    orders.counted.clear()
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    boto3.client("sqs").create_queue(QueueName="given-up")
    mock_aws.function("count", orders.count)
    destination = {"OnFailure": {"Destination": mock_aws.queue("given-up").arn}}
    mock_aws.event_source_mapping("clicks", "count", MaximumRetryAttempts=1, DestinationConfig=destination, **PARTIAL)

    pages = [b'{"page": "/"}', b"no click", b'{"page": "/cart"}']
    kinesis.put_records(StreamName="clicks", Records=[{"Data": page, "PartitionKey": "visitor"} for page in pages])
    mock_aws.run_until_idle()
    (lost,) = map(json.loads, mock_aws.queue("given-up").bodies)
    assert lost["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert orders.counted[0] == "/"


def test_a_topic(mock_aws):
    orders.announced.clear()
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=mock_aws.function("announce", orders.announce))
    sns.publish(TopicArn=topic, Message="shipped")
    assert orders.announced == ["shipped, says announce"]
