"""Adds up invoices that were uploaded: a worker behind a queue that a bucket tells of them."""

import json
from urllib.parse import unquote_plus

import boto3


def uploads_in(message):
    """Bucket and key of each upload that a message tells of; none of S3's test message."""
    for record in json.loads(message["Body"]).get("Records", ()):
        yield record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])


def add_up(s3, bucket, key):
    """Writes the total of an invoice, one amount a line, beside it."""
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().split()
    total = sum(int(line) for line in lines)
    s3.put_object(Bucket=bucket, Key=key.replace("in/", "totals/"), Body=str(total).encode())


def work(queue_url):
    """Handles what is there, and leaves in the queue what it cannot read."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    for message in sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", ()):
        try:
            for bucket, key in uploads_in(message):
                add_up(s3, bucket, key)
        except ValueError:
            continue
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
