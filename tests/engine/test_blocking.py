"""Long polls of one thread: a virtual clock jumps to the answer, a frozen one says that it can not move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.clients.sqs import SqsClient
from tests.support.clouds import bodies, make_queue, redrive
from tests.support.threads import run_python


@pytest.fixture
def virtual() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual")


@pytest.fixture
def client(virtual: minicloud.Cloud) -> SqsClient:
    return virtual.client("sqs")


def poll(cloud: minicloud.Cloud, url: str, wait: int = 20, **options: Any) -> tuple[list[str], float]:
    """What a poll got, and how many seconds of the cloud's time it took."""
    before = cloud.clock.now()
    answer = cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=wait, **options)
    return bodies(answer), (cloud.clock.now() - before).total_seconds()


class TestAutojump:
    def test_ends_empty_at_its_deadline(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)
        assert poll(virtual, url, 7) == ([], 7)

    def test_waits_as_the_queue_says(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual, ReceiveMessageWaitTimeSeconds=13)
        before = virtual.clock.now()
        assert bodies(virtual.client("sqs").receive_message(QueueUrl=url)) == []
        assert virtual.clock.now() - before == timedelta(seconds=13)
        assert poll(virtual, url, 0) == ([], 0)

    def test_does_not_move_time_when_there_is_something(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        client.send_message(QueueUrl=url, MessageBody="m")
        assert poll(virtual, url) == (["m"], 0)

    def test_gets_what_becomes_visible(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        client.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=9)
        client.send_message(QueueUrl=url, MessageBody="sooner", DelaySeconds=4)
        assert poll(virtual, url, VisibilityTimeout=3) == (["sooner"], 4)
        assert poll(virtual, url, VisibilityTimeout=3) == (["sooner"], 3)
        assert poll(virtual, url, VisibilityTimeout=30, MaxNumberOfMessages=10) == (["later"], 2)

    def test_what_becomes_visible_at_the_deadline_is_in_time(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        client.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=5)
        assert poll(virtual, url, 4) == ([], 4)
        assert poll(virtual, url, 1) == (["m"], 1)

    def test_a_jump_is_a_jump_for_all_queues(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url, other = make_queue(virtual, "one"), make_queue(virtual, "other")
        client.send_message(QueueUrl=other, MessageBody="m", DelaySeconds=10)
        assert poll(virtual, url) == ([], 20)
        assert virtual.queue("other").counts.visible == 1

    def test_nothing_comes_from_a_message_that_expires_meanwhile(
        self, virtual: minicloud.Cloud, client: SqsClient
    ) -> None:
        url = make_queue(virtual, MessageRetentionPeriod=60)
        client.send_message(QueueUrl=url, MessageBody="m")
        client.receive_message(QueueUrl=url, VisibilityTimeout=62)
        virtual.clock.advance(50)
        assert poll(virtual, url) == ([], 20)

    def test_an_expired_message_unlocks_its_group(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual, "queue.fifo", MessageRetentionPeriod=60)
        client.send_message(QueueUrl=url, MessageBody="first", MessageGroupId="g")
        client.receive_message(QueueUrl=url, VisibilityTimeout=3600)
        virtual.clock.advance(50)
        client.send_message(QueueUrl=url, MessageBody="second", MessageGroupId="g")
        assert poll(virtual, url) == (["second"], 10)

    def test_a_shorter_retention_unlocks_a_group(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual, "queue.fifo")
        client.send_message(QueueUrl=url, MessageBody="first", MessageGroupId="g")
        client.receive_message(QueueUrl=url, VisibilityTimeout=3600)
        virtual.clock.advance(50)
        client.send_message(QueueUrl=url, MessageBody="second", MessageGroupId="g")
        client.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
        assert poll(virtual, url) == (["second"], 10)

    def test_the_move_to_a_dead_letter_queue_is_no_answer(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        dead = make_queue(virtual, "dead")
        redrive(virtual, "queue", "dead", 1)
        client.send_message(QueueUrl=url, MessageBody="m")
        assert poll(virtual, url, VisibilityTimeout=5) == (["m"], 0)
        assert poll(virtual, url) == ([], 20)
        assert poll(virtual, dead) == (["m"], 0)

    def test_a_deleted_queue_s_time_out_is_of_no_effect(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url, other = make_queue(virtual), make_queue(virtual, "other")
        client.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=3)
        client.delete_queue(QueueUrl=url)
        assert poll(virtual, other) == ([], 20)

    def test_sleep_is_a_wait_like_others(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        client.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=5)
        before = virtual.clock.now()
        virtual.sleep(4.5)
        assert virtual.clock.now() - before == timedelta(seconds=4.5)
        assert poll(virtual, url) == (["m"], 0.5)
        with pytest.raises(UsageError, match="give zero or more"):
            virtual.sleep(-1)


class TestRound:
    """A dead-letter queue that is its own, or two that are each other's: a message moves once a receive."""

    def test_a_queue_that_is_its_own_dead_letter_queue(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        url = make_queue(virtual)
        redrive(virtual, "queue", "queue", 1)
        client.send_message(QueueUrl=url, MessageBody="m")
        assert poll(virtual, url, VisibilityTimeout=0) == (["m"], 0)
        assert poll(virtual, url) == ([], 20)
        (message,) = virtual.queue("queue").messages
        assert (message.state, message.receive_count) == ("visible", 1)

    def test_two_that_are_each_other_s(self, virtual: minicloud.Cloud, client: SqsClient) -> None:
        one, other = make_queue(virtual, "one.fifo"), make_queue(virtual, "other.fifo")
        redrive(virtual, "one.fifo", "other.fifo", 1)
        redrive(virtual, "other.fifo", "one.fifo", 2)
        for body in "ab":
            client.send_message(QueueUrl=one, MessageBody=body, MessageGroupId="g")
        assert poll(virtual, one, VisibilityTimeout=0, MaxNumberOfMessages=10) == (["a", "b"], 0)
        assert poll(virtual, one, 1) == ([], 1)
        assert poll(virtual, other, VisibilityTimeout=0, MaxNumberOfMessages=10) == (["a", "b"], 0)
        assert poll(virtual, other, 1) == ([], 1)
        assert poll(virtual, one, 1) == ([], 1)
        assert virtual.queue("other.fifo").bodies == ["a", "b"]
        assert virtual.queue("one.fifo").bodies == []


class TestFrozen:
    def test_a_lone_thread_is_told_at_once(self) -> None:
        script = """
            import time, minicloud
            cloud = minicloud.Cloud(clock="frozen")
            sqs = cloud.client("sqs")
            url = sqs.create_queue(QueueName="queue")["QueueUrl"]
            before = time.monotonic()
            for wait in (lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), lambda: cloud.sleep(3)):
                try:
                    wait()
                except minicloud.UsageError as error:
                    print(error)
            assert time.monotonic() - before < 2
            sqs.send_message(QueueUrl=url, MessageBody="m")
            assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]) == 1  # no poll is in line
        """
        first, second = run_python(script).splitlines()
        assert first.startswith("this call waits for up to 20 more seconds on a frozen clock that nobody moves")
        assert "cloud.clock.advance()" in first
        assert second.startswith("this call waits for up to 3 more seconds on a frozen clock")

    def test_a_receive_that_need_not_wait_is_fine(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        url = make_queue(cloud)
        assert bodies(cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=0)) == []
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        assert bodies(cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)) == ["m"]
