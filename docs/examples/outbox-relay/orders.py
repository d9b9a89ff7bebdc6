"""A transactional outbox: orders and what is to be told of them are one commit, and a relay tells it afterwards."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import boto3

TOPIC = "orders.fifo"
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, item TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL, event TEXT NOT NULL);
"""


def place(database: sqlite3.Connection, customer: str, item: str) -> None:
    """An order and its event, both or neither."""
    with database:
        order = database.execute("INSERT INTO orders (customer, item) VALUES (?, ?)", (customer, item)).lastrowid
        event = json.dumps({"type": "placed", "order": order, "item": item})
        database.execute("INSERT INTO outbox (customer, event) VALUES (?, ?)", (customer, event))


class Relay:
    """Publishes what is in the outbox, each customer's events in order, and forgets it once SNS has it.

    A crash in between publishes it once more; the topic drops that for five minutes by the deduplication id.
    """

    # One for each customer: in a batch, what follows an entry that fails would overtake it.
    NEXT = "SELECT MIN(id), customer, event FROM outbox GROUP BY customer ORDER BY 1 LIMIT 10"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._sns = boto3.client("sns")
        self._topic = self._sns.create_topic(Name=TOPIC, Attributes={"FifoTopic": "true"})["TopicArn"]

    def work_once(self) -> int:
        """Publishes up to ten events. How many have gone."""
        rows = self._database.execute(self.NEXT).fetchall()
        if not rows:
            return 0
        answer = self._sns.publish_batch(
            TopicArn=self._topic, PublishBatchRequestEntries=[self._entry(*row) for row in rows]
        )
        self.forget([entry["Id"] for entry in answer["Successful"]])
        return len(answer["Successful"])

    def forget(self, ids: list[str]) -> None:
        """Takes events out of the outbox."""
        with self._database:
            self._database.executemany("DELETE FROM outbox WHERE id = ?", [(number,) for number in ids])

    @staticmethod
    def _entry(number: int, customer: str, event: str) -> dict[str, Any]:
        return {
            "Id": str(number),
            "Message": event,
            "MessageGroupId": customer,
            "MessageDeduplicationId": f"outbox-{number}",
        }
