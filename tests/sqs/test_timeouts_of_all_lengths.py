"""Messages that are hidden for times of different lengths come back in their order; what was told; ids of entries."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.facts import SQS_MESSAGE_DELETED, SQS_MESSAGE_SENT, SQS_QUEUE_PURGED
from minicloud.services.sqs.facts import not_so
from minicloud.services.sqs.message_content import are_valid_entry_ids


@pytest.mark.parametrize("times", list(permutations((100, 200, 300, 400), 4))[::3])
def test_who_is_hidden_longer_keeps_nobody_hidden(cloud: minicloud.Cloud, times: tuple[int, ...]) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for seconds in times:
        sqs.send_message(QueueUrl=url, MessageBody=str(seconds))
    for seconds in times:
        [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=seconds)["Messages"]
        assert message["Body"] == str(seconds)
    for passed in (100, 200, 300, 400):
        assert cloud.queue("q").counts.in_flight == 5 - passed // 100
        cloud.clock.advance(99)
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        cloud.clock.advance(1)
        [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=1_000)["Messages"]
        assert message["Body"] == str(passed)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@pytest.mark.parametrize("times", list(permutations((100, 200, 300, 400), 4))[::3])
def test_who_was_hidden_longer_by_the_queue_keeps_nobody_hidden(cloud: minicloud.Cloud, times: tuple[int, ...]) -> None:
    """Where the queue itself says for how long."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for seconds in times:
        sqs.send_message(QueueUrl=url, MessageBody=str(seconds))
    for seconds in times:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == str(seconds)
    for passed in (100, 200, 300, 400):
        cloud.clock.advance(100)
        [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=1_000)["Messages"]
        assert message["Body"] == str(passed)


def test_what_was_told_and_has_not_happened() -> None:
    """Of all that was told, from the first on."""
    queue = SimpleNamespace(all_messages=lambda: [SimpleNamespace(message_id="there")])
    queues = {"q": queue}

    def told(kind: str, message_id: str = "", arn: str = "q") -> tuple[int, str, str, dict[str, Any]]:
        return 0, kind, "q", {"message_id": message_id, "arn": arn}

    sent, deleted = SQS_MESSAGE_SENT, SQS_MESSAGE_DELETED
    assert not_so([told(sent, "gone")], queues.get) == [0]
    assert not_so([told(sent, "there")], queues.get) == []
    assert not_so([told(deleted, "there")], queues.get) == [0]
    assert not_so([told(deleted, "gone")], queues.get) == []
    assert not_so([told(sent, "gone"), told(deleted, "gone")], queues.get) == []
    assert not_so([told(sent, "there"), told(sent, "there")], queues.get) == [0]
    assert not_so([told(sent, "gone"), told(SQS_QUEUE_PURGED)], queues.get) == []
    assert not_so([told(sent, "gone", "nobody")], queues.get) == []
    assert not_so([], queues.get) == []


@pytest.mark.parametrize(
    ("ids", "are_valid"),
    [
        (["a"], True),
        (["a", "B-9_"], True),
        (["x" * 80], True),
        (["x" * 81], False),
        ([""], False),
        (["a\nb"], False),
        (["a", "b\n"], False),
        (["a", "b\nc", "d"], False),
        (["a", "b.c"], False),
    ],
)
def test_ids_of_entries(ids: list[str], are_valid: bool) -> None:
    """All at once, each by itself: what has a line's end in it is not two."""
    assert are_valid_entry_ids(ids) is are_valid
