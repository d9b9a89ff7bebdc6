"""Charges orders, once each."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency import exceptions as idempotency
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

charged: list[str] = []


class InMemory(BasePersistenceLayer):
    """Where Powertools remembers what has been done; ``DynamoDBPersistenceLayer`` in production."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, DataRecord] = {}

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.records:
            raise idempotency.IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        if data_record.idempotency_key in self.records:
            raise idempotency.IdempotencyItemAlreadyExistsError
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        del self.records[data_record.idempotency_key]


memory = InMemory()
config = IdempotencyConfig()


@idempotent_function(data_keyword_argument="order", persistence_store=memory, config=config)
def charge(order: str) -> None:
    """Charge an order, unless that has been done."""
    charged.append(order)


def handler(event: dict[str, Any], context: Any) -> None:
    """For messages of a queue."""
    config.register_lambda_context(context)
    for record in event["Records"]:
        charge(order=record["body"])
