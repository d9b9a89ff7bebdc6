"""Invoices are uploaded, and added up; one cannot be read."""

import json

import boto3
import invoices
import pytest

pytestmark = pytest.mark.minicloud(region_name="us-east-1")  # elsewhere create_bucket() has to say where


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


def test_what_a_bucket_tells_first_is_no_upload(mock_aws, queue):
    (test_message,) = mock_aws.queue("uploads").bodies
    assert json.loads(test_message)["Event"] == "s3:TestEvent"
    invoices.work(queue)
    assert mock_aws.queue("uploads").bodies == []


def test_a_worker_that_stops_has_lost_nothing(mock_aws, queue):
    invoices.work(queue)
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    s3.put_object(Bucket="invoices", Key="in/2.txt", Body=b"5 6")
    s3.put_object(Bucket="invoices", Key="elsewhere/3.txt", Body=b"7")  # nobody is told
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1  # taken, and not handled
    invoices.work(queue)
    assert mock_aws.bucket("invoices").keys == ["elsewhere/3.txt", "in/2.txt"]
    mock_aws.clock.advance(30)
    invoices.work(queue)
    assert "totals/2.txt" in mock_aws.bucket("invoices").keys
    assert mock_aws.queue("uploads").bodies == []
