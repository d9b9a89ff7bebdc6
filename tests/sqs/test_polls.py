"""Long polls: how long they take on the cloud's clock, what ends them, and who of several gets a message."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any

import pytest

import minicloud

from .support import (
    NewQueue,
    arn_of,
    bodies,
    change,
    counts,
    delete,
    receive,
    receive_one,
    received_bodies,
    send,
    send_to_groups,
)

# --- one caller: time passes while it waits ------------------------------------------------------------------------


@pytest.mark.parametrize("wait", [1, 20])
def test_a_poll_that_gets_nothing_takes_its_time(cloud: minicloud.Cloud, sqs: Any, url: str, wait: int) -> None:
    start = cloud.clock.time_ns()
    assert list(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait)) == ["ResponseMetadata"]
    assert cloud.clock.time_ns() - start == wait * 10**9


def test_the_queues_own_wait_and_overriding_it(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", ReceiveMessageWaitTimeSeconds=7)
    start = cloud.clock.time()
    assert receive(sqs, url) == []
    assert cloud.clock.time() - start == 7
    assert receive(sqs, url, WaitTimeSeconds=0) == []
    assert cloud.clock.time() - start == 7
    assert receive(sqs, url, WaitTimeSeconds=2) == []
    assert cloud.clock.time() - start == 9


def test_a_poll_does_not_wait_for_a_full_batch(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b")
    start = cloud.clock.time()
    assert received_bodies(sqs, url, 10, WaitTimeSeconds=20) == ["a", "b"]
    assert cloud.clock.time() == start


def test_a_delay_that_ends(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "late", DelaySeconds=5)
    send(sqs, url, "later", DelaySeconds=6)
    start = cloud.clock.time()
    assert received_bodies(sqs, url, 10, WaitTimeSeconds=20) == ["late"]
    assert cloud.clock.time() - start == 5


def test_a_visibility_timeout_that_ends(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    receive_one(sqs, url, VisibilityTimeout=3)
    start = cloud.clock.time()
    assert received_bodies(sqs, url, WaitTimeSeconds=20) == ["x"]
    assert cloud.clock.time() - start == 3


def test_what_becomes_visible_at_the_deadline_is_in_time(sqs: Any, url: str) -> None:
    send(sqs, url, "x", DelaySeconds=20)
    assert received_bodies(sqs, url, WaitTimeSeconds=20) == ["x"]


def test_an_attempt_that_waits_and_hides_nothing(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo", DelaySeconds=5)
    send_to_groups(sqs, url, "g-1")
    params = {"ReceiveRequestAttemptId": "a", "WaitTimeSeconds": 20, "AttributeNames": ["ApproximateReceiveCount"]}
    assert receive_one(sqs, url, VisibilityTimeout=0, **params)["Attributes"] == {"ApproximateReceiveCount": "1"}
    assert receive_one(sqs, url, **params)["Attributes"] == {"ApproximateReceiveCount": "2"}


def test_what_becomes_visible_after_the_deadline_is_not(sqs: Any, url: str) -> None:
    send(sqs, url, "x", DelaySeconds=20)
    assert received_bodies(sqs, url, WaitTimeSeconds=19) == []
    assert received_bodies(sqs, url, WaitTimeSeconds=1) == ["x"]


def test_a_lock_that_ends(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    assert received_bodies(sqs, fifo, 1, VisibilityTimeout=4) == ["g-1"]
    start = cloud.clock.time()
    assert received_bodies(sqs, fifo, WaitTimeSeconds=20) == ["g-1", "g-2"]
    assert cloud.clock.time() - start == 4


def test_a_lock_that_expires_with_its_message(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    """A poll is answered when the retention ends of what another one waits behind."""
    url = new_queue("queue.fifo", MessageRetentionPeriod=60, VisibilityTimeout=600)
    start = cloud.clock.time()
    send_to_groups(sqs, url, "g-1")
    receive(sqs, url)
    cloud.clock.advance(30)
    send_to_groups(sqs, url, "g-2")
    cloud.clock.advance(20)
    assert received_bodies(sqs, url, WaitTimeSeconds=20) == ["g-2"]
    assert cloud.clock.time() - start == 60


def test_a_head_that_moves_to_the_dead_letter_queue(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo")
    policy = json.dumps({"deadLetterTargetArn": arn_of("dead.fifo"), "maxReceiveCount": 1})
    url = new_queue("queue.fifo", RedrivePolicy=policy)
    send_to_groups(sqs, url, "g-1", "g-2")
    receive(sqs, url, 1, VisibilityTimeout=5)
    assert received_bodies(sqs, url, WaitTimeSeconds=20) == ["g-2"]
    assert received_bodies(sqs, dead) == ["g-1"]


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=1))
def test_a_poll_at_the_limit_of_messages_in_flight(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b")
    receive(sqs, url, VisibilityTimeout=10)
    start = cloud.clock.time()
    assert receive(sqs, url, WaitTimeSeconds=5) == []
    assert cloud.clock.time() - start == 5
    assert received_bodies(sqs, url, WaitTimeSeconds=10) == ["a"]
    assert cloud.clock.time() - start == 10


def test_the_timeout_begins_when_the_poll_is_answered(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "x", DelaySeconds=10)
    asked = {"AttributeNames": ["ApproximateFirstReceiveTimestamp"], "WaitTimeSeconds": 20, "VisibilityTimeout": 5}
    message = receive_one(sqs, url, **asked)
    now = round(cloud.clock.time() * 1000)
    assert message["Attributes"] == {"ApproximateFirstReceiveTimestamp": str(now)}
    cloud.clock.advance(4)
    assert counts(sqs, url) == (0, 1, 0)
    cloud.clock.advance(1)
    assert counts(sqs, url) == (1, 0, 0)


# --- several callers at once, on one event loop ----------------------------------------------------------------------


class Several:
    """Polls of one queue that wait while the test goes on."""

    def __init__(self, cloud: minicloud.Cloud, url: str) -> None:
        self.client = cloud.async_client("sqs")
        self.url = url
        self.polls: list[asyncio.Task[list[str]]] = []

    async def poll(self, number: int = 1, maximum: int = 1, **params: Any) -> None:
        """Put polls in line, one after the other."""
        for _ in range(number):
            self.polls.append(asyncio.create_task(self._receive(maximum, params)))
            await asyncio.sleep(0)

    async def _receive(self, maximum: int, params: dict[str, Any]) -> list[str]:
        params = {"WaitTimeSeconds": 20, "MaxNumberOfMessages": maximum, **params}
        answer = await self.client.receive_message(QueueUrl=self.url, **params)
        return bodies(answer.get("Messages", []))

    async def answers(self) -> list[list[str]]:
        return await asyncio.gather(*self.polls)


@pytest.fixture
def native(cloud: minicloud.Cloud) -> Any:
    return cloud.client("sqs")


@pytest.fixture
def place(native: Any) -> str:
    """A standard queue."""
    url: str = native.create_queue(QueueName="queue")["QueueUrl"]
    return url


@pytest.fixture
def line(native: Any) -> str:
    """A FIFO queue."""
    url: str = native.create_queue(QueueName="queue.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return url


def test_a_send_goes_to_the_poll_that_waits_longest(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(4)
        send(native, place, "a", "b", "c")
        return await several.answers()

    assert asyncio.run(scenario()) == [["a"], ["b"], ["c"], []]
    assert counts(native, place) == (0, 3, 0)


def test_a_batch_is_complete_before_a_poll_sees_it(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(3, maximum=2)
        entries = [{"Id": body, "MessageBody": body} for body in "abc"]
        native.send_message_batch(QueueUrl=place, Entries=entries)
        native.send_message(QueueUrl=place, MessageBody="d")
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["a", "b"], ["c"], ["d"]]
    assert cloud.clock.time() == start
    assert counts(native, place) == (0, 4, 0)


def test_a_delayed_batch_wakes_a_poll_all_at_once(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(2, maximum=10)
        entries = [{"Id": body, "MessageBody": body, "DelaySeconds": 3} for body in "abc"]
        native.send_message_batch(QueueUrl=place, Entries=entries)
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["a", "b", "c"], []]
    assert cloud.clock.time() - start == 20


def test_releasing_a_message_wakes_a_poll(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    send(native, place, "x")
    message = receive_one(native, place)

    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll()
        change(native, place, message, 0)
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["x"]]
    assert cloud.clock.time() == start


def test_a_timeout_made_longer_or_shorter_while_a_poll_waits(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    send(native, place, "longer", "shorter")
    longer, shorter = receive(native, place, VisibilityTimeout=10)

    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(2)
        change(native, place, longer, 18)
        change(native, place, shorter, 2)
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["shorter"], ["longer"]]
    assert cloud.clock.time() - start == 18


def test_deleting_the_head_of_a_group_wakes_a_poll(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    send_to_groups(native, line, "g-1", "g-2")
    head = receive_one(native, line, maximum=1)

    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll()
        delete(native, line, head)
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["g-2"]]
    assert cloud.clock.time() == start


def test_a_shorter_delay_wakes_a_poll(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    native.set_queue_attributes(QueueUrl=line, Attributes={"DelaySeconds": "10"})
    send_to_groups(native, line, "g-1")

    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll()
        native.set_queue_attributes(QueueUrl=line, Attributes={"DelaySeconds": "0"})
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["g-1"]]
    assert cloud.clock.time() == start


def test_a_shorter_retention_wakes_a_poll(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    """The head of a group, in flight, expires by it; what waits behind it can be received at once."""
    send_to_groups(native, line, "g-1")
    receive(native, line, VisibilityTimeout=3600)
    cloud.clock.advance(100)
    send_to_groups(native, line, "g-2")

    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll()
        native.set_queue_attributes(QueueUrl=line, Attributes={"MessageRetentionPeriod": "60"})
        assert cloud.queue(line).messages[0].state == "in_flight"
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["g-2"]]
    assert cloud.clock.time() == start


def test_a_batch_of_deletes_wakes_a_poll(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    send_to_groups(native, line, "g-1", "g-2", "g-3")
    heads = receive(native, line, 2)

    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll()
        entries = [{"Id": str(number), "ReceiptHandle": head["ReceiptHandle"]} for number, head in enumerate(heads)]
        native.delete_message_batch(QueueUrl=line, Entries=entries)
        return await several.answers()

    assert asyncio.run(scenario()) == [["g-3"]]


def test_a_group_is_not_given_to_two_polls(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll(2)
        send_to_groups(native, line, "g1-1", "g1-2", "g2-1")
        return await several.answers()

    assert asyncio.run(scenario()) == [["g1-1"], ["g2-1"]]


def test_the_end_of_a_queue_ends_its_polls(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(2)
        native.delete_queue(QueueUrl=place)
        return await several.answers()

    assert asyncio.run(scenario()) == [[], []]


@pytest.mark.minicloud(region_name="us-east-1")  # which is in the ARNs here
def test_moving_back_wakes_a_poll(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    native.create_queue(QueueName="dead")
    policy = json.dumps({"deadLetterTargetArn": arn_of("dead"), "maxReceiveCount": 1})
    native.set_queue_attributes(QueueUrl=place, Attributes={"RedrivePolicy": policy})
    send(native, place, "x")
    receive(native, place, VisibilityTimeout=0)
    assert receive(native, place) == []

    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll()
        native.start_message_move_task(SourceArn=arn_of("dead"))
        return await several.answers()

    assert asyncio.run(scenario()) == [["x"]]


@pytest.mark.parametrize("filled", [False, True])
def test_a_cancelled_poll_took_nothing(cloud: minicloud.Cloud, native: Any, place: str, filled: bool) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(2)
        cancelled = several.polls.pop(0)
        if filled:
            # The message is handed over, and the task has not run again when it is cancelled.
            send(native, place, "x")
            cancelled.cancel()
        else:
            cancelled.cancel()
            await asyncio.sleep(0)
            send(native, place, "x")
        answers = await several.answers()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return answers

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [["x"]]
    assert cloud.clock.time() == start
    [message] = cloud.queue(place).messages
    assert (message.state, message.receive_count) == ("in_flight", 1)
    assert message.attributes["ApproximateFirstReceiveTimestamp"] == str(round(start * 1000))


def test_after_a_cancelled_poll_a_message_is_received_for_the_first_time(
    cloud: minicloud.Cloud, native: Any, place: str
) -> None:
    async def scenario() -> None:
        several = Several(cloud, place)
        await several.poll()
        [cancelled] = several.polls
        send(native, place, "x")
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled

    asyncio.run(scenario())
    [message] = cloud.queue(place).messages
    assert (message.state, message.receive_count) == ("visible", 0)
    cloud.clock.advance(7)
    attributes = receive_one(native, place, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes["ApproximateFirstReceiveTimestamp"] == str(round(cloud.clock.time() * 1000))
    assert counts(native, place) == (0, 1, 0)


def test_a_retried_attempt_that_had_to_wait(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll(ReceiveRequestAttemptId="a")
        send_to_groups(native, line, "g-1")
        return await several.answers()

    assert asyncio.run(scenario()) == [["g-1"]]
    assert received_bodies(native, line, ReceiveRequestAttemptId="a") == ["g-1"]
    assert received_bodies(native, line, ReceiveRequestAttemptId="b") == []


def test_an_attempt_that_had_to_wait_and_hides_nothing(cloud: minicloud.Cloud, native: Any, line: str) -> None:
    async def scenario() -> list[list[str]]:
        several = Several(cloud, line)
        await several.poll(ReceiveRequestAttemptId="a", VisibilityTimeout=0)
        send_to_groups(native, line, "g-1")
        return await several.answers()

    assert asyncio.run(scenario()) == [["g-1"]]
    assert counts(native, line) == (1, 0, 0)
    again = receive_one(native, line, ReceiveRequestAttemptId="a", AttributeNames=["ApproximateReceiveCount"])
    assert again["Attributes"] == {"ApproximateReceiveCount": "2"}


@pytest.mark.minicloud(clock="frozen")
def test_advancing_answers_polls(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    send(native, place, "x", DelaySeconds=5)

    async def scenario() -> list[list[str]]:
        several = Several(cloud, place)
        await several.poll(2)
        cloud.clock.advance(4)
        await asyncio.sleep(0)
        assert [poll.done() for poll in several.polls] == [False, False]
        cloud.clock.advance(16)
        return await several.answers()

    assert asyncio.run(scenario()) == [["x"], []]


def test_polls_that_leave_from_anywhere_in_the_line(cloud: minicloud.Cloud, native: Any, place: str) -> None:
    """The message goes to the oldest that is left, and nobody is kept in mind who has gone."""

    async def main() -> list[int]:
        client = cloud.async_client("sqs")
        polls = [asyncio.create_task(client.receive_message(QueueUrl=place, WaitTimeSeconds=20)) for _ in range(300)]
        await asyncio.sleep(0)
        staying = [7, 150, 151, 299]
        for number in Random(3).sample(range(300), 300):
            if number not in staying:
                polls[number].cancel()
        await asyncio.sleep(0)
        filled = []
        for _ in staying:
            native.send_message(QueueUrl=place, MessageBody="x")
            waiting = [polls[number] for number in staying if number not in filled]
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            filled += [number for number in staying if polls[number] in done]
        return filled

    assert asyncio.run(main()) == [7, 150, 151, 299]
