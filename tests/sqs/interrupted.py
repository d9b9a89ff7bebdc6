"""A cloud that calls of SQS are interrupted in, and a picture of all that can be seen of it."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import Any

from minicloud.core.deduplication import WINDOW
from minicloud.exceptions import ClientError
from tests.support import strikes

from .consistency import check

__all__ = ["World"]

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9]{20}\b")
_TURNS = 6


class World(strikes.World):
    """A cloud, and who waits in it."""

    LONG = 6 * 60

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sqs: Any = self.cloud.client("sqs")
        self.loop: asyncio.AbstractEventLoop | None = None
        self.polls: list[asyncio.Task[Any]] = []

    def queue(self, name: str = "q", dead: str = "", most: int = 1, **attributes: str) -> str:
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
        if dead:
            policy = {"deadLetterTargetArn": self.cloud.queue(dead).arn, "maxReceiveCount": most}
            attributes["RedrivePolicy"] = json.dumps(policy)
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    def send(self, body: str, name: str = "q", **params: Any) -> None:
        if name.endswith(".fifo"):
            params = {"MessageGroupId": "g", **params}
        self.sqs.send_message(QueueUrl=self.url(name), MessageBody=body, **params)

    def send_batch(self, *bodies: str, name: str = "q") -> None:
        group = {"MessageGroupId": "g"} if name.endswith(".fifo") else {}
        entries = [{"Id": body, "MessageBody": body, **group} for body in bodies]
        self.sqs.send_message_batch(QueueUrl=self.url(name), Entries=entries)

    def receive(self, name: str = "q", most: int = 10, **params: Any) -> list[str]:
        """The handles of what comes."""
        answer = self.sqs.receive_message(QueueUrl=self.url(name), MaxNumberOfMessages=most, **params)
        return [message["ReceiptHandle"] for message in answer.get("Messages", [])]

    def url(self, name: str) -> str:
        return f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"

    # --- who waits ----------------------------------------------------------------------------------------------------

    def poll(self, name: str = "q", **params: Any) -> None:
        """A task that waits for a message; for clouds whose clock is frozen."""
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        params = {"WaitTimeSeconds": 20, "MaxNumberOfMessages": 10, **params}
        call = self.cloud.async_client("sqs").receive_message(QueueUrl=self.url(name), **params)
        self.polls.append(self.loop.create_task(call))
        self.turn()

    def turn(self) -> None:
        """Let the tasks run that have something to do."""

        async def turns() -> None:
            for _ in range(_TURNS):
                await asyncio.sleep(0)

        if self.loop is not None:
            self.loop.run_until_complete(turns())

    def close(self) -> None:
        if self.loop is not None:
            for task in self.polls:
                task.cancel()
            self.turn()
            self.loop.close()

    # --- what can be seen ---------------------------------------------------------------------------------------------

    def picture(self) -> dict[str, Any]:
        at_once = super().picture()
        return {**at_once, "received": self.drain()}

    def check(self) -> None:
        check(self.cloud)

    def look(self) -> Any:
        sqs = self.sqs
        sqs.list_queues()  # what is due happens, and who waited for it takes note
        self.turn()
        seen: dict[str, Any] = {}
        for url in sqs.list_queues().get("QueueUrls", []):
            view = self.cloud.queue(url)
            seen[url] = (
                sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"],
                sqs.list_queue_tags(QueueUrl=url).get("Tags"),
                sqs.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"],
                sqs.list_message_move_tasks(SourceArn=view.arn, MaxResults=10).get("Results", []),
                [(one.body, one.state, one.receive_count, one.group_id) for one in view.messages],
            )
            for task in seen[url][3]:
                task.pop("TaskHandle", None)
        engine: Any = self.cloud
        for service in engine.services("sqs"):
            for queue in service.queues.values():
                seen["remembered", queue.name] = queue.purged_at, self.memory_of(queue)
            seen["deleted"] = [
                name for name, at in service.deleted_at.items() if self.cloud.clock.time_ns() - at < 60e9
            ]
        seen["polls"] = [answer for task in self.polls if (answer := self.answer_of(task)) is not None]
        self.check()
        return _IDS.sub("#", repr(seen))

    def memory_of(self, queue: Any) -> Any:
        """What a queue remembers of sends and receives; what has lapsed may be there still."""
        if not queue.is_fifo:
            return None
        now = self.cloud.clock.time_ns()
        scopes = queue._scope, queue.scope_changed_at and queue._former_scope, queue.scope_changed_at
        sends = sorted(repr((key, sent[1:])) for key, sent in queue.accepted.by_key.items() if sent[0] + WINDOW > now)
        return scopes, sends, sorted(key for key, (at, _) in queue._attempts.by_key.items() if at + WINDOW > now)

    def answer_of(self, task: asyncio.Task[Any]) -> Any:
        """What a task received; None when it was struck itself, and is no more."""
        if not task.done():
            return "waits"
        if isinstance(task.exception(), strikes.Struck):
            return None
        return [message["Body"] for message in task.result().get("Messages", [])]

    def drain(self) -> dict[str, list[str]]:
        """What a receiver gets that takes everything that is left, by queue; it deletes it by the handles."""
        received: dict[str, list[str]] = {}
        for _ in range(2):  # what a receive moves to a dead-letter queue is there the second time
            for url in self.sqs.list_queues().get("QueueUrls", []):
                bodies = received.setdefault(url, [])
                with suppress(ClientError):
                    while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                        bodies += [message["Body"] for message in messages]
                        for message in messages:
                            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        self.check()
        return received
