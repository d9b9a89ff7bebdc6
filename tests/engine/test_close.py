"""The end of a cloud, and its new beginning: whoever waits is told, at once, and whoever calls later too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine.blocking import Sleepers
from tests.support.clouds import bodies, make_queue
from tests.support.threads import Worker

CLOCKS = ["real", "virtual", "frozen"]


class _Source:
    """A clock of the test's own."""

    def __init__(self, time_ns: Callable[[], int]) -> None:
        self.time_ns = time_ns


def _interrupted(_: object) -> None:
    raise KeyboardInterrupt


def wait_for_pollers(cloud: minicloud.Cloud, queue: str, count: int) -> None:
    """Return when so many polls are in line: each message that is sent then goes straight into flight."""
    sqs = cloud.client("sqs")
    for _ in range(count):
        sqs.send_message(QueueUrl=queue, MessageBody="m")
    while cloud.queue(queue).counts.in_flight < count:
        pass


def test_a_poll_that_has_its_message_when_the_cloud_is_closed_returns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both come about as the poll's thread is about to fall asleep."""
    cloud = minicloud.Cloud(clock="real")
    sqs = cloud.client("sqs")
    url = make_queue(cloud)
    fall_asleep = Sleepers._sleep_until_due

    def late(sleepers: Any, *args: Any) -> None:
        sqs.send_message(QueueUrl=url, MessageBody="m")
        cloud.close()
        fall_asleep(sleepers, *args)

    monkeypatch.setattr(Sleepers, "_sleep_until_due", late)
    assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) == ["m"]


class TestClosed:
    @pytest.mark.parametrize("clock", CLOCKS)
    def test_every_later_call_is_refused(self, clock: str) -> None:
        cloud = minicloud.Cloud(clock=clock)
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        snapshot = cloud.snapshot()
        cloud.close()
        calls: list[Callable[[], Any]] = [
            sqs.list_queues,
            lambda: sqs.send_message(QueueUrl=url, MessageBody="m"),
            lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20),
            lambda: cloud.client("sqs").list_queues(),
            lambda: cloud.client("sts").get_caller_identity(),
            lambda: asyncio.run(cloud.async_client("sqs").list_queues()),
            lambda: asyncio.run(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)),
            lambda: cloud.sleep(1),
            lambda: cloud.clock.advance(1),
            lambda: cloud.clock.advance_to(cloud.clock.now() + timedelta(seconds=1)),
            cloud.snapshot,
            lambda: cloud.restore(snapshot),
            cloud.reset,
        ]
        for call in calls:
            with pytest.raises(UsageError, match="this Cloud is closed"):
                call()

    def test_closing_twice_is_fine(self) -> None:
        cloud = minicloud.Cloud()
        cloud.close()
        cloud.close()
        assert "closed" in repr(cloud)

    def test_a_context_manager_closes(self) -> None:
        with minicloud.Cloud() as cloud:
            sqs = cloud.client("sqs")
            sqs.list_queues()
        with pytest.raises(UsageError, match="this Cloud is closed"):
            sqs.list_queues()

    def test_a_client_s_end_is_not_the_cloud_s(self) -> None:
        cloud = minicloud.Cloud()
        with cloud.client("sqs") as sqs:
            sqs.list_queues()
        sqs.close()
        assert cloud.client("sqs").list_queues()

    def test_closing_one_cloud_leaves_others(self) -> None:
        one, other = minicloud.Cloud(), minicloud.Cloud()
        one.close()
        assert other.client("sqs").list_queues()

    def test_what_only_looks_sees_what_there_was_at_the_close(self) -> None:
        cloud = minicloud.Cloud(clock="frozen", trace=True)
        sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
        url = make_queue(cloud, "jobs", VisibilityTimeout=30)
        topic = sns.create_topic(Name="events")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("jobs").arn)
        sns.publish(TopicArn=topic, Message="published")
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
        sqs.receive_message(QueueUrl=url)
        cloud.clock.advance(10)
        kinesis.put_record(StreamName="clicks", Data=b"put", PartitionKey="a")
        jobs, events, clicks = cloud.queue("jobs"), cloud.topic("events"), cloud.stream("clicks")

        def seen() -> list[Any]:
            found: list[Any] = []
            for queue in (jobs, cloud.queue("jobs"), cloud.queues()[0]):
                found += [queue.counts, queue.messages, queue.bodies, queue.peek(), queue.noisy_groups, repr(queue)]
            for topics in (events, cloud.topic("events")):
                found += [topics.subscriptions, topics.published, repr(topics)]
            for stream in (clicks, cloud.stream("clicks")):
                found += [stream.status, stream.shards, stream.records, stream.queues, stream.channels, repr(stream)]
            found += [cloud.trace.render(), str(cloud.ledger), str(cloud.check_history()), list(cloud.outbox)]
            for assertion in (lambda: cloud.assert_empty("jobs"), cloud.assert_drained):
                with pytest.raises(AssertionError) as failed:
                    assertion()
                found.append(str(failed.value))
            found.append([event.number for event in cloud.trace])
            return found

        before = seen()
        cloud.close()
        assert seen() == before
        assert cloud.assert_sent("jobs", "published")
        with pytest.raises(UsageError, match="there is no queue 'other'"):
            cloud.queue("other")

    def test_time_goes_on_and_what_is_seen_does_not(self) -> None:
        now = 1_800_000_000 * 10**9
        cloud = minicloud.Cloud(clock=_Source(lambda: now), trace=False)
        url = make_queue(cloud, VisibilityTimeout=30)
        sqs = cloud.client("sqs")
        sqs.send_message(QueueUrl=url, MessageBody="taken")
        sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=5)
        sqs.receive_message(QueueUrl=url)
        view = cloud.queue(url)
        now += 10 * 10**9  # nobody looks before it is closed
        cloud.close()
        now += 3600 * 10**9
        assert [(message.body, message.state) for message in view.messages] == [
            ("taken", "in_flight"),
            ("late", "visible"),
        ]
        assert repr(view) == "<queue queue: 1 visible, 0 delayed, 1 in flight>"

    def test_a_look_that_was_interrupted_is_made_good(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        url = make_queue(cloud)
        for number in range(3):
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
        view = cloud.queue(url)
        cloud.close()
        with monkeypatch.context() as patch:
            patch.setattr(type(view._queue), "live_messages", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                _ = view.bodies
        assert view.bodies == ["0", "1", "2"]


class TestEndingPolls:
    @pytest.mark.parametrize("end", ["close", "reset"])
    @pytest.mark.parametrize("clock", ["real", "frozen"])
    def test_in_threads(self, clock: str, end: str) -> None:
        """A hundred times, for the end may come when a poll has left the lock and does not sleep yet."""
        for _ in range(100):
            cloud = minicloud.Cloud(clock=clock)
            url = make_queue(cloud)
            sqs = cloud.client("sqs")
            poll = partial(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
            workers = [Worker(poll) for _ in range(3)]
            getattr(cloud, end)()
            for worker in workers:
                with pytest.raises((UsageError, sqs.exceptions.QueueDoesNotExist)) as ended:
                    worker.result()
                if isinstance(ended.value, UsageError):
                    assert re.search(f"this Cloud is closed|the cloud was {end}", str(ended.value))
                else:
                    assert end == "reset"

    @pytest.mark.parametrize("end", ["close", "reset"])
    def test_that_have_been_waiting_in_threads(self, end: str) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud)
        receive = cloud.client("sqs").receive_message

        def receive_twice() -> None:
            assert bodies(receive(QueueUrl=url, WaitTimeSeconds=20, VisibilityTimeout=3600)) == ["m"]
            receive(QueueUrl=url, WaitTimeSeconds=20)

        workers = [Worker(receive_twice) for _ in range(3)]
        wait_for_pollers(cloud, url, 3)
        getattr(cloud, end)()
        for worker in workers:
            with pytest.raises((UsageError, cloud.client("sqs").exceptions.QueueDoesNotExist)):
                worker.result()

    @pytest.mark.parametrize("end", ["close", "reset"])
    @pytest.mark.parametrize("clock", CLOCKS)
    def test_in_tasks(self, clock: str, end: str) -> None:
        cloud = minicloud.Cloud(clock=clock)
        url = make_queue(cloud)
        receive = cloud.async_client("sqs").receive_message

        async def main() -> list[Any]:
            polls = [asyncio.create_task(receive(QueueUrl=url, WaitTimeSeconds=20)) for _ in range(3)]
            await asyncio.sleep(0)
            getattr(cloud, end)()
            return await asyncio.wait_for(asyncio.gather(*polls, return_exceptions=True), 10)

        for outcome in asyncio.run(main()):
            assert isinstance(outcome, UsageError)
            assert f"the cloud was {end}" in str(outcome)
            assert "stop its pollers before the test ends" in str(outcome)

    @pytest.mark.parametrize("clock", ["real", "frozen"])
    def test_of_a_task_s_from_another_thread(self, clock: str) -> None:
        cloud = minicloud.Cloud(clock=clock)
        url = make_queue(cloud)

        async def main() -> None:
            poll = asyncio.create_task(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0)
            await asyncio.to_thread(cloud.close)
            await asyncio.wait_for(poll, 10)

        with pytest.raises(UsageError, match="the cloud was closed while this call was waiting"):
            asyncio.run(main())

    def test_a_filled_poll_keeps_its_answer(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        url = make_queue(cloud)

        async def main() -> list[str]:
            poll = asyncio.create_task(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0)
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
            cloud.close()
            return bodies(await poll)

        assert asyncio.run(main()) == ["m"]

    def test_a_deleted_queue_s_polls_end_empty(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        url = make_queue(cloud)

        async def main() -> list[str]:
            poll = asyncio.create_task(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0)
            cloud.client("sqs").delete_queue(QueueUrl=url)
            return bodies(await poll)

        assert asyncio.run(main()) == []


class TestReset:
    def test_forgets_queues_and_goes_on(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        sqs = cloud.client("sqs")
        for region in ("us-east-1", "eu-west-1"):
            cloud.client("sqs", region).create_queue(QueueName="queue")
        sqs.send_message(QueueUrl="queue", MessageBody="m", DelaySeconds=5)
        cloud.reset()
        assert "QueueUrls" not in sqs.list_queues()
        assert "QueueUrls" not in cloud.client("sqs", "eu-west-1").list_queues()
        url = make_queue(cloud)
        assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) == []

    def test_a_deleted_name_is_free_again(self) -> None:
        cloud = minicloud.Cloud()
        sqs = cloud.client("sqs")
        sqs.delete_queue(QueueUrl=make_queue(cloud))
        cloud.reset()
        assert make_queue(cloud)

    def test_a_handle_of_before_deletes_nothing(self) -> None:
        cloud = minicloud.Cloud()
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        sqs.send_message(QueueUrl=url, MessageBody="m")
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        cloud.reset()
        make_queue(cloud)
        sqs.send_message(QueueUrl=url, MessageBody="n")
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        assert cloud.queue(url).bodies == ["n"]

    def test_a_cancelled_task_of_before_takes_nothing_along(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        url = make_queue(cloud)
        receive = cloud.async_client("sqs").receive_message

        async def main() -> None:
            polls = [asyncio.create_task(receive(QueueUrl=url, WaitTimeSeconds=20)) for _ in range(2)]
            await asyncio.sleep(0)
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
            cloud.reset()
            for poll in polls:
                poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)

        asyncio.run(main())
        make_queue(cloud)
        assert len(cloud.queue(url)) == 0
        cloud.clock.advance(60)
