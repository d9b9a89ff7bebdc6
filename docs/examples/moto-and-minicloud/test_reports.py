"""SQS and S3 are minicloud's, DynamoDB is moto's (pytest.ini says so): one fixture begins both, and ends both."""

import boto3
import minicloud
import pytest
from reports import BUCKET, QUEUE, TABLE, order, read, state, work_once


def set_up():
    """What the application finds."""
    boto3.client("sqs").create_queue(QueueName=QUEUE)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "report", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "report", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def cloud(mock_aws):
    """The cloud that answers, with all that the application needs."""
    set_up()
    return mock_aws


def test_a_report_is_made(cloud):
    order("march", [1, 2, 3])
    assert state("march") == "ordered"
    cloud.assert_sent(QUEUE, {"report": "march", "rows": [1, 2, 3]}, times=1)

    assert work_once() == 1
    assert (state("march"), read("march")) == ("made", "3 rows, 6 in all")
    cloud.assert_drained()


def test_a_report_is_made_though_the_bucket_was_missing_at_first(cloud):
    s3 = boto3.client("s3")
    s3.delete_bucket(Bucket=BUCKET)
    order("april", [4])
    with pytest.raises(s3.exceptions.NoSuchBucket):
        work_once()
    s3.create_bucket(Bucket=BUCKET)

    cloud.clock.advance(10)
    assert work_once() == 1  # its long poll moves the clock on to where the visibility timeout ends
    assert read("april") == "1 rows, 4 in all"


@minicloud.mock_aws(clock="virtual")
def test_a_decorator_does_as_well():
    set_up()
    assert state("may") is None
    order("may", [])
    cloud = minicloud.current_cloud()
    assert len(cloud.queue(QUEUE)) == 1


def test_what_neither_has_is_no_call_to_aws(cloud):
    with pytest.raises(minicloud.UsageError):
        boto3.client("chime-sdk-meetings").list_attendees(MeetingId="1")
