"""Writes reports to S3, keeps their states in DynamoDB, and hands the work on by SQS."""

from __future__ import annotations

import json
from typing import Any

import boto3

BUCKET, TABLE, QUEUE = "reports", "report-states", "report-jobs"


def order(report: str, rows: list[int]) -> None:
    """Asks for a report."""
    sqs = boto3.client("sqs")
    _set_state(report, "ordered")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"report": report, "rows": rows}))


def work_once() -> int:
    """Makes what is ordered. How many jobs there were."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    jobs = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20).get("Messages", [])
    for job in jobs:
        make(**json.loads(job["Body"]))
        sqs.delete_message(QueueUrl=url, ReceiptHandle=job["ReceiptHandle"])
    return len(jobs)


def make(report: str, rows: list[int]) -> None:
    """Writes the report, and says so."""
    text = f"{len(rows)} rows, {sum(rows)} in all"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"{report}.txt", Body=text.encode())
    _set_state(report, "made")


def state(report: str) -> str | None:
    """What has become of a report; None when nobody ordered it."""
    found: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=TABLE, Key={"report": {"S": report}})
    return found["Item"]["state"]["S"] if "Item" in found else None


def read(report: str) -> str:
    """The text of a report."""
    answer = boto3.client("s3").get_object(Bucket=BUCKET, Key=f"{report}.txt")
    return str(answer["Body"].read().decode())


def _set_state(report: str, state: str) -> None:
    item = {"report": {"S": report}, "state": {"S": state}}
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
