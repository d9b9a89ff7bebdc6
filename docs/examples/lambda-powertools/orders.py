"""Handlers of an order service, as they are deployed to AWS."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes import SNSEvent, event_source
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.parser.models import SqsRecordModel
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Json


class Order(BaseModel):
    """What a message is about."""

    id: int
    amount: int


class OrderRecord(SqsRecordModel):
    """A message with an order."""

    body: Json[Order]  # type: ignore[assignment]


messages = BatchProcessor(event_type=EventType.SQS, model=OrderRecord)
clicks = BatchProcessor(event_type=EventType.KinesisDataStreams)
charged: list[int] = []
counted: list[str] = []
announced: list[str] = []


def _charge(record: OrderRecord) -> None:
    charged.append(record.body.id)  # type: ignore[attr-defined]


def charge(event: dict[str, Any], context: LambdaContext) -> Any:
    """For messages of a queue: says which ones have failed."""
    return process_partial_response(event=event, record_handler=_charge, processor=messages, context=context)


def _count(record: KinesisStreamRecord) -> None:
    counted.append(record.kinesis.data_as_json()["page"])


def count(event: dict[str, Any], context: LambdaContext) -> Any:
    """For records of a stream: says where it has failed."""
    return process_partial_response(event=event, record_handler=_count, processor=clicks, context=context)


@event_source(data_class=SNSEvent)
def announce(event: SNSEvent, context: LambdaContext) -> None:
    """For a topic."""
    announced.append(f"{event.sns_message}, says {context.function_name}")
