"""A library that sends mail jobs by a queue and takes a client of its user's; typed, as boto3-stubs have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True)
class Mail:
    """What is to be sent, to whom."""

    to: str
    subject: str


class Mailbox:
    """A queue of mails."""

    def __init__(self, sqs: SQSClient, queue_name: str) -> None:
        self._sqs = sqs
        self._url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]

    def put(self, mail: Mail, *, delay: int = 0) -> str:
        """Sends it on its way, and returns the id."""
        answer = self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(asdict(mail)), DelaySeconds=delay)
        return answer["MessageId"]

    @contextmanager
    def next(self, *, wait: int = 20) -> Iterator[Mail | None]:
        """The next mail, which is done when the block ends; if it raises, the mail is given back at once."""
        messages = self._sqs.receive_message(QueueUrl=self._url, WaitTimeSeconds=wait).get("Messages", [])
        if not messages:
            yield None
            return
        (message,) = messages
        try:
            yield Mail(**json.loads(message.get("Body", "")))
        except BaseException:
            self._give_back(message)
            raise
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.get("ReceiptHandle", ""))

    def _give_back(self, message: MessageTypeDef) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.get("ReceiptHandle", ""), VisibilityTimeout=0
        )
