"""Charges each order once, though SQS delivers at least once, out of order, and answers may get lost."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import Any

import boto3
import botocore.exceptions

QUEUE = "payments"
SCHEMA = "CREATE TABLE IF NOT EXISTS charges (order_id INTEGER PRIMARY KEY, cents INTEGER NOT NULL)"
LOST = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError, botocore.exceptions.ClientError)


def request_payment(order_id: int, cents: int) -> None:
    """Asks for money."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"order_id": order_id, "cents": cents}))


class Cashier:
    """What was charged is in a database; that an order is there once is what its primary key is for."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._sqs = boto3.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        self._database = database
        database.execute(SCHEMA)

    def work_once(self) -> int:
        """Receives a batch and handles it. How many messages there were."""
        messages = self._receive()
        for message in messages:
            self.charge(json.loads(message["Body"]))
            self._delete(message["ReceiptHandle"])
        return len(messages)

    def charge(self, payment: dict[str, Any]) -> None:
        """Does nothing for an order that was charged already."""
        with self._database:
            self._database.execute("INSERT OR IGNORE INTO charges VALUES (:order_id, :cents)", payment)

    def _receive(self) -> list[Any]:
        try:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=20)
        except LOST:
            return []  # what was received comes again when its visibility timeout is over
        return answer.get("Messages", [])

    def _delete(self, handle: str) -> None:
        with contextlib.suppress(*LOST):  # it comes again, and is deleted then
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=handle)
