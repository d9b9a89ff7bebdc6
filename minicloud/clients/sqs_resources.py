"""boto3's resources of SQS: the service, queues, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..services.sqs.service import Sqs
from .resources import LoadedResource, Resource, action, collection, made

if TYPE_CHECKING:
    from ..services.sqs.shapes import MessageAttributeValue
    from .peers import SqsClient
else:
    from .sqs import SqsClient

__all__ = ["Message", "Queue", "SqsResource"]


class Message(Resource[SqsClient], name="sqs.Message", subresources=("Queue",)):
    """A message that was received. One that was made from its receipt handle alone has no other attributes."""

    def __init__(self, queue_url: str, receipt_handle: str, *, client: SqsClient) -> None:
        super().__init__(client, queue_url=queue_url, receipt_handle=receipt_handle)

    change_visibility = action(Sqs.change_message_visibility, QueueUrl="queue_url", ReceiptHandle="receipt_handle")
    delete = action(Sqs.delete_message, QueueUrl="queue_url", ReceiptHandle="receipt_handle")

    @property
    def queue_url(self) -> str:
        """The URL of the message's queue."""
        return self._identifiers["queue_url"]

    @property
    def receipt_handle(self) -> str:
        """What names this receive of the message."""
        return self._identifiers["receipt_handle"]

    @property
    def message_id(self) -> str:
        """The message's id."""
        found: str = self._member("MessageId")
        return found

    @property
    def body(self) -> str:
        """The text of the message."""
        found: str = self._member("Body")
        return found

    @property
    def md5_of_body(self) -> str:
        """The MD5 digest of the body, in hexadecimal."""
        found: str = self._member("MD5OfBody")
        return found

    @property
    def attributes(self) -> dict[str, str] | None:
        """The system attributes that were asked for; None without any."""
        found: dict[str, str] | None = self._member("Attributes")
        return found

    @property
    def message_attributes(self) -> dict[str, MessageAttributeValue] | None:
        """The message's own attributes that were asked for; None without any."""
        found: dict[str, MessageAttributeValue] | None = self._member("MessageAttributes")
        return found

    @property
    def md5_of_message_attributes(self) -> str | None:
        """The MD5 digest of those attributes; None without any."""
        found: str | None = self._member("MD5OfMessageAttributes")
        return found

    def Queue(self) -> Queue:
        """The message's queue."""
        return Queue(self.queue_url, client=self.meta.client)


class Queue(LoadedResource[SqsClient], name="sqs.Queue", subresources=("Message",)):
    """A queue, by its URL. Whether there is one shows at the first call."""

    def __init__(self, url: str, *, client: SqsClient) -> None:
        super().__init__(client, url=url)

    add_permission = action(Sqs.add_permission, QueueUrl="url")
    change_message_visibility_batch = action(Sqs.change_message_visibility_batch, QueueUrl="url")
    dead_letter_source_queues = collection(
        Sqs.list_dead_letter_source_queues, lambda: Queue, "queueUrls", QueueUrl="url"
    )
    delete = action(Sqs.delete_queue, QueueUrl="url")
    delete_messages = action(Sqs.delete_message_batch, QueueUrl="url")
    purge = action(Sqs.purge_queue, QueueUrl="url")
    remove_permission = action(Sqs.remove_permission, QueueUrl="url")
    send_message = action(Sqs.send_message, QueueUrl="url")
    send_messages = action(Sqs.send_message_batch, QueueUrl="url")
    set_attributes = action(Sqs.set_queue_attributes, QueueUrl="url")

    def receive_messages(self, *args: Any, **params: Any) -> list[Message]:
        """Receive messages; takes the parameters of ReceiveMessage."""
        answer: Any = self._perform(Sqs.receive_message, {"QueueUrl": "url"}, args, params)
        messages = []
        for received in answer.get("Messages", ()):
            message = self.Message(received["ReceiptHandle"])
            message.meta.data = received
            messages.append(message)
        return messages

    def load(self, *args: Any, **params: Any) -> None:
        """Ask the service for the queue's attributes, now."""
        asked: dict[str, Any] = {"AttributeNames": ["All"], **params}
        answer: Any = self._perform(Sqs.get_queue_attributes, {"QueueUrl": "url"}, args, asked)
        self.meta.data = answer

    @property
    def url(self) -> str:
        """The queue's URL."""
        return self._identifiers["url"]

    def Message(self, receipt_handle: str) -> Message:
        """A message of this queue, by the receipt handle of a receive."""
        return Message(self.url, receipt_handle, client=self.meta.client)


class SqsResource(Resource[SqsClient], name="sqs.ServiceResource", subresources=("Message", "Queue")):
    """What ``resource("sqs")`` makes."""

    create_queue = made(Sqs.create_queue, Queue, "QueueUrl")
    get_queue_by_name = made(Sqs.get_queue_url, Queue, "QueueUrl")
    queues = collection(Sqs.list_queues, lambda: Queue, "QueueUrls")

    def Queue(self, url: str) -> Queue:
        """A queue by its URL; makes none, and does not ask whether there is one."""
        return Queue(url, client=self.meta.client)

    def Message(self, queue_url: str, receipt_handle: str) -> Message:
        """A message of a queue, by the receipt handle of a receive."""
        return Message(queue_url, receipt_handle, client=self.meta.client)
