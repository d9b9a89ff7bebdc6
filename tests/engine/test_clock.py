"""The clocks: what time it is, what moves it, and what happens on the way."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

import minicloud
from minicloud import FrozenClock, RealClock, UsageError, VirtualClock
from tests.support.clouds import bodies, make_queue
from tests.support.threads import PATIENCE, Worker

START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = 1_000_000_000


class Ticker:
    """A clock of a user's own: whoever holds it says what time it is."""

    def __init__(self, now: int = 0) -> None:
        self.now = now

    def time_ns(self) -> int:
        return self.now


class TestReading:
    @pytest.mark.parametrize("name", ["virtual", "frozen"])
    def test_manual_clocks_start_at_a_fixed_instant_and_stand_still(self, name: str) -> None:
        clock = minicloud.Cloud(clock=name).clock
        assert clock.now() == START
        assert clock.time() == START.timestamp()
        assert clock.time_ns() == int(START.timestamp()) * SECOND
        assert clock.now() == START

    def test_the_time_of_all_calls_is_the_clock_s(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        cloud.clock.advance(1.5)
        sqs.send_message(QueueUrl=url, MessageBody="m")
        message = sqs.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp"])["Messages"][0]
        assert message["Attributes"]["SentTimestamp"] == str(int(START.timestamp() * 1000) + 1500)

    def test_a_real_clock_is_the_wall_s(self) -> None:
        clock = minicloud.Cloud().clock
        before = time.time_ns()
        assert before <= clock.time_ns() <= time.time_ns()
        assert before <= clock.time() * SECOND + 1000
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=10)

    def test_a_real_clock_reads_the_time_module_at_each_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = minicloud.Cloud().clock
        monkeypatch.setattr(time, "time_ns", lambda: 7 * SECOND)
        assert clock.time_ns() == 7 * SECOND
        monkeypatch.setattr(time, "time_ns", lambda: 5 * SECOND)
        assert clock.time_ns() == 5 * SECOND

    @pytest.mark.parametrize("clock_type", [VirtualClock, FrozenClock])
    def test_a_clock_may_start_elsewhere(self, clock_type: type[FrozenClock]) -> None:
        start = datetime(2030, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)
        assert minicloud.Cloud(clock=clock_type(start)).clock.now() == start
        assert clock_type(start.replace(tzinfo=None)).now() == start
        assert clock_type(start.astimezone(timezone(timedelta(hours=9)))).now() == start

    def test_a_clock_of_one_s_own_is_followed_both_ways(self) -> None:
        ticker = Ticker(1_000 * SECOND)
        cloud = minicloud.Cloud(clock=ticker)
        sqs = cloud.client("sqs")
        url = make_queue(cloud, VisibilityTimeout=30)
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]
        ticker.now += 30 * SECOND - 1
        assert bodies(sqs.receive_message(QueueUrl=url)) == []
        ticker.now += 1
        assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]
        ticker.now = 500 * SECOND
        assert cloud.clock.time_ns() == 500 * SECOND
        assert bodies(sqs.receive_message(QueueUrl=url)) == []
        assert sqs.send_message(QueueUrl=url, MessageBody="earlier")

    def test_a_module_will_do_as_well(self) -> None:
        assert abs(minicloud.Cloud(clock=time).clock.time_ns() - time.time_ns()) < 10 * SECOND


class TestAdvancing:
    @pytest.mark.parametrize(
        ("duration", "nanoseconds"),
        [
            (1, SECOND),
            (0.1, SECOND // 10),
            (0.000_000_001, 1),
            (1_000_000.3, 1_000_000_300_000_000),
            (0, 0),
            (timedelta(days=2, microseconds=1), 2 * 86_400 * SECOND + 1000),
        ],
    )
    @pytest.mark.parametrize("name", ["virtual", "frozen"])
    def test_by_a_duration(self, name: str, duration: float | timedelta, nanoseconds: int) -> None:
        clock = minicloud.Cloud(clock=name).clock
        before = clock.time_ns()
        clock.advance(duration)
        assert clock.time_ns() - before == nanoseconds

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC),
            datetime(2026, 1, 1, 12, 0, 0, 1),  # noqa: DTZ001  # a naive one counts as UTC
            datetime(2026, 1, 1, 10, 0, 0, 1, tzinfo=timezone(timedelta(hours=-2))),
        ],
    )
    def test_to_a_moment(self, moment: datetime) -> None:
        clock = minicloud.Cloud(clock="virtual").clock
        clock.advance_to(moment)
        assert clock.now() == datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC)
        clock.advance_to(moment)
        assert clock.now() == datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC)

    def test_adds_to_a_real_clock(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=900)
        before = time.time_ns()
        cloud.clock.advance(900)
        cloud.clock.advance(timedelta(seconds=100))
        ahead = cloud.clock.time_ns() - before
        assert 1_000 * SECOND <= ahead < 1_030 * SECOND
        assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]

    def test_adds_to_a_clock_of_one_s_own(self) -> None:
        ticker = Ticker(100)
        clock = minicloud.Cloud(clock=ticker).clock
        clock.advance(1)
        assert clock.time_ns() == SECOND + 100
        ticker.now = 150
        assert clock.time_ns() == SECOND + 150
        clock.advance_to(datetime.fromtimestamp(2, UTC))
        assert clock.time_ns() == 2 * SECOND

    @pytest.mark.parametrize("name", ["real", "virtual", "frozen"])
    def test_never_back(self, name: str) -> None:
        clock = minicloud.Cloud(clock=name).clock
        before = clock.time_ns()
        with pytest.raises(UsageError, match="cannot go back"):
            clock.advance(-0.5)
        with pytest.raises(UsageError, match="cannot go back"):
            clock.advance(timedelta(microseconds=-1))
        with pytest.raises(UsageError, match="cannot go back"):
            clock.advance_to(clock.now() - timedelta(seconds=1))
        assert 0 <= clock.time_ns() - before < 10 * SECOND

    @pytest.mark.parametrize("name", ["real", "virtual", "frozen"])
    def test_to_the_end_of_the_calendar(self, name: str) -> None:
        """And what is due on the way has happened at its own time, and there what is due a while later goes on."""
        cloud = minicloud.Cloud(clock=name)
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="q")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="early", DelaySeconds=60)
        cloud.clock.advance_to(datetime(9998, 12, 31, tzinfo=UTC))
        assert cloud.clock.now().date() == date(9998, 12, 31)
        client.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=60)
        assert "Messages" not in client.receive_message(QueueUrl=url)
        before = cloud.clock.time_ns()
        with pytest.raises(UsageError, match="cannot go beyond the year 9998"):
            cloud.clock.advance(timedelta(1))
        cloud.clock.advance(60)
        assert 60 <= (cloud.clock.time_ns() - before) / SECOND < 70
        assert [m["Body"] for m in client.receive_message(QueueUrl=url)["Messages"]] == ["late"]

    @pytest.mark.parametrize("nonsense", ["5", None, float("nan"), float("inf"), [1], START])
    def test_by_nothing_but_a_duration(self, nonsense: object) -> None:
        with pytest.raises(UsageError, match="is not a duration"):
            minicloud.Cloud(clock="virtual").clock.advance(nonsense)

    @pytest.mark.parametrize("nonsense", [5, "2030-01-01", None, timedelta(1)])
    def test_to_nothing_but_a_moment(self, nonsense: object) -> None:
        with pytest.raises(UsageError, match="is not a point in time"):
            minicloud.Cloud(clock="virtual").clock.advance_to(nonsense)

    def test_of_a_clock_without_a_cloud(self) -> None:
        clock = VirtualClock()
        clock.advance(5)
        assert clock.now() == START + timedelta(seconds=5)
        assert minicloud.Cloud(clock=clock).clock.now() == START + timedelta(seconds=5)

    def test_everything_happens_on_the_way_at_its_own_time(self) -> None:
        """Delay over at 5: the first poll gets it. Its visibility timeout over at 8: the next. The rest is to come."""
        cloud = minicloud.Cloud(clock="frozen")
        sqs = cloud.async_client("sqs")

        async def main() -> list[list[tuple[str, str, str]]]:
            url = make_queue(cloud)
            await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=5)

            async def poll(wait: int) -> list[tuple[str, str, str]]:
                answer = await sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=wait, VisibilityTimeout=3, AttributeNames=["All"]
                )
                found = []
                for message in answer.get("Messages", []):
                    attributes = message["Attributes"]
                    since = int(attributes["ApproximateFirstReceiveTimestamp"]) - int(attributes["SentTimestamp"])
                    found.append((message["Body"], attributes["ApproximateReceiveCount"], str(since)))
                return found

            polls = [asyncio.create_task(poll(wait)) for wait in (4, 20, 20, 10, 20)]
            await asyncio.sleep(0)
            cloud.clock.advance(10)
            return list(await asyncio.gather(*polls[:4]))

        assert asyncio.run(main()) == [[], [("m", "1", "5000")], [("m", "2", "5000")], []]
        assert cloud.clock.now() == START + timedelta(seconds=10)
        assert cloud.queue("queue").counts.in_flight == 1

    def test_advancing_in_steps_or_at_once_is_the_same(self) -> None:
        def history(steps: list[float]) -> list[tuple[float, str, str]]:
            cloud = minicloud.Cloud(clock="frozen", seed=1)
            source, target = make_queue(cloud, "source"), make_queue(cloud, "target")
            sqs = cloud.client("sqs")
            policy = f'{{"deadLetterTargetArn": "{cloud.queue(target).arn}", "maxReceiveCount": 1}}'
            sqs.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": policy})
            for number in range(5):
                sqs.send_message(QueueUrl=target, MessageBody=str(number))
            cloud.trace.start()
            task = {"SourceArn": cloud.queue(target).arn, "DestinationArn": cloud.queue(source).arn}
            sqs.start_message_move_task(**task, MaxNumberOfMessagesPerSecond=2)
            for step in steps:
                cloud.clock.advance(step)
            return [(event.time_ns, event.kind, event.resource) for event in cloud.trace if event.kind != "call"]

        assert history([60]) == history([0.5, 0.25, 0.25, 0.5, 58.5])

    def test_reset_keeps_the_time(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        cloud.clock.advance(5)
        cloud.reset()
        assert cloud.clock.now() == START + timedelta(seconds=5)


class TestChoosing:
    @pytest.mark.parametrize(
        ("choice", "kind"),
        [(None, RealClock), ("real", RealClock), ("virtual", VirtualClock), ("frozen", FrozenClock)],
    )
    def test_by_name(self, choice: str | None, kind: type) -> None:
        assert type(minicloud.Cloud(clock=choice).clock) is kind

    @pytest.mark.parametrize("nonsense", ["", "Virtual", "sundial", 5, object()])
    def test_of_something_else(self, nonsense: object) -> None:
        with pytest.raises(UsageError, match='use "real", "virtual", "frozen" or an object with time_ns'):
            minicloud.Cloud(clock=nonsense)

    def test_one_for_each_cloud(self) -> None:
        clock = VirtualClock()
        minicloud.Cloud(clock=clock)
        with pytest.raises(UsageError, match="give each Cloud a clock of its own"):
            minicloud.Cloud(clock=clock)


class TestSeveralAtOnce:
    @pytest.mark.parametrize("name", ["virtual", "frozen", "real"])
    def test_what_threads_advance_by_adds_up_and_each_event_happens_once(self, name: str) -> None:
        cloud = minicloud.Cloud(clock=name, trace=True)
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        for delay in range(1, 9):
            sqs.send_message(QueueUrl=url, MessageBody=str(delay), DelaySeconds=delay)
        began = time.monotonic()
        start = cloud.clock.time()
        together = threading.Barrier(8, timeout=PATIENCE)

        def advance() -> None:
            together.wait()
            cloud.clock.advance(1)

        for worker in [Worker(advance) for _ in range(8)]:
            worker.result()
        passed = cloud.clock.time() - start
        if name == "real":  # its own seconds come on top, as many as a busy machine takes for all this
            assert 8 <= passed < 8.1 + time.monotonic() - began
        else:
            assert passed == 8
        assert cloud.queue("queue").counts.visible == 8
        assert len(cloud.trace.of("sqs.message.visible")) == 8

    @pytest.mark.parametrize("is_async", [False, True])
    def test_a_handler_on_the_way_moves_on_from_where_it_is(self, is_async: bool) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        moments = []

        def handler(event: Any, context: Any) -> None:
            moments.append(cloud.clock.now() - START)
            if len(moments) > 1:
                cloud.clock.advance(1)
                moments.append(cloud.clock.now() - START)
            raise RuntimeError("try again later")

        async def async_handler(event: Any, context: Any) -> None:
            handler(event, context)

        sns = cloud.client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        function = cloud.function("ship", async_handler if is_async else handler)
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
        sns.publish(TopicArn=topic, Message="m")
        first = moments[0]
        cloud.clock.advance(90)
        assert moments[1] < timedelta(seconds=90)
        assert moments[2] == moments[1] + timedelta(seconds=1)
        assert cloud.clock.now() - START == first + timedelta(seconds=90)


class TestStandingWallClock:
    """Something holds the wall clock still: freezegun, time-machine, a source of the user's own."""

    def test_a_long_wait_ends_beside_endless_short_ones(self) -> None:
        cloud = minicloud.Cloud(clock=Ticker())
        done = threading.Event()

        def naps() -> None:
            while not done.is_set():
                cloud.sleep(0.01)

        napper = Worker(naps)
        sleeper = Worker(lambda: cloud.sleep(0.05))
        try:
            sleeper.result()
        finally:
            done.set()
        napper.result()

    def test_the_same_in_tasks(self) -> None:
        async def main(cloud: minicloud.Cloud) -> float:
            async def naps() -> None:
                while True:
                    await cloud.async_sleep(0.01)

            napper = asyncio.create_task(naps())
            await cloud.async_sleep(0.05)
            napper.cancel()
            return cloud.clock.time()

        async def in_a_loop_of_its_own() -> float:
            return await asyncio.wait_for(main(minicloud.Cloud(clock=Ticker())), PATIENCE)

        assert asyncio.run(in_a_loop_of_its_own()) == pytest.approx(0.05)
        assert Worker(lambda: minicloud.run(main, clock=Ticker())).result() == pytest.approx(0.05)

    def test_what_was_waited_has_passed(self) -> None:
        cloud = minicloud.Cloud(clock=Ticker(5 * SECOND))
        cloud.sleep(0.02)
        assert cloud.clock.time() == pytest.approx(5.02)
