"""Invoices are uploaded, and added up; one cannot be read."""

import json

import boto3
import invoices
import pytest


@pytest.fixture
def queue(mock_aws):
    """A bucket that tells a queue of what comes into in/; the queue's URL."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    sqs.create_queue(QueueName="dead")
    redrive = {"deadLetterTargetArn": mock_aws.queue("dead").arn, "maxReceiveCount": 3}
    url = sqs.create_queue(QueueName="uploads", Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    s3.create_bucket(Bucket="invoices")
    told = {
        "QueueArn": mock_aws.queue("uploads").arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
    }
    s3.put_bucket_notification_configuration(
        Bucket="invoices", NotificationConfiguration={"QueueConfigurations": [told]}
    )
    return url


@pytest.mark.minicloud(region_name="us-east-1")
def test_invoices_are_added_up(mock_aws, queue, tmp_path):
    s3 = boto3.client("s3")
    (tmp_path / "invoice").write_text("1\n20\n")
    s3.upload_file(str(tmp_path / "invoice"), "invoices", "in/März 1.txt")
    s3.put_object(Bucket="invoices", Key="in/bad.txt", Body=b"many")
    for _ in range(4):
        invoices.work(queue)
        mock_aws.clock.advance(30)
    assert mock_aws.bucket("invoices").keys == ["in/März 1.txt", "in/bad.txt", "totals/März 1.txt"]
    (total,) = [one.text for one in mock_aws.bucket("invoices").objects if one.key.startswith("totals/")]
    assert total == "21"
    (given_up,) = mock_aws.queue("dead").bodies
    assert json.loads(given_up)["Records"][0]["s3"]["object"]["key"] == "in/bad.txt"
    assert [event.key for event in mock_aws.bucket("invoices").events] == ["in/März 1.txt", "in/bad.txt"]
