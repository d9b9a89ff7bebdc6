"""Works off a queue of pictures in threads of its own, until it is told to stop."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import boto3

QUEUE = "thumbnails"
VISIBILITY = 30
GIVE_BACK_AFTER = 5


def enqueue(picture: str) -> None:
    """Asks for a thumbnail."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"picture": picture}))


class Worker:
    """Threads that receive, handle and delete. A picture that cannot be handled is tried again in five seconds."""

    def __init__(self, handle: Callable[[str], None], threads: int = 2) -> None:
        self._handle = handle
        self._sqs = boto3.client("sqs")  # threads may share a client
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}") for n in range(threads)]

    def start(self) -> None:
        """Begins to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when every thread has ended what it was at."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        url = self._sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        while not self._stopping.is_set():
            answer = self._sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, VisibilityTimeout=VISIBILITY)
            for message in answer.get("Messages", []):
                self._work_on(message, {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]})

    def _work_on(self, message: Any, handle: dict[str, str]) -> None:
        try:
            self._handle(json.loads(message["Body"])["picture"])
        except Exception:  # whatever a handler raises, the thread goes on
            self._sqs.change_message_visibility(**handle, VisibilityTimeout=GIVE_BACK_AFTER)
        else:
            self._sqs.delete_message(**handle)


def shrink(picture: str) -> None:
    """What takes its time."""
    time.sleep(0.01)


if __name__ == "__main__":
    worker = Worker(shrink)
    worker.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        worker.stop()
