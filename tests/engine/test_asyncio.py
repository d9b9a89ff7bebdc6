"""Tasks that wait: who gets what and when, and that nothing is lost when they are cancelled, at whatever moment."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from tests.support.clouds import bodies, make_queue, redrive

TICKS = 8
"""More turns of the loop than a poll's task takes from being filled to being over."""


@pytest.fixture
def virtual() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual")


@pytest.fixture
def frozen() -> minicloud.Cloud:
    return minicloud.Cloud(clock="frozen")


def elapsed(cloud: minicloud.Cloud) -> float:
    """Seconds of a manual clock since its start."""
    return (cloud.clock.now() - minicloud.FrozenClock().now()).total_seconds()


async def turns(count: int = TICKS) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def poller(cloud: minicloud.Cloud, queue: str = "queue", wait: int = 20, **options: Any) -> Callable[[], Any]:
    """A function that polls once; its result: the bodies, and the time at which they came."""
    client = cloud.async_client("sqs")

    async def poll() -> tuple[list[str], float]:
        answer = await client.receive_message(QueueUrl=queue, WaitTimeSeconds=wait, **options)
        return bodies(answer), elapsed(cloud) if cloud.clock.manual else 0

    return poll


class TestAutojump:
    def test_a_lone_poll_ends_at_its_deadline(self, virtual: minicloud.Cloud) -> None:
        make_queue(virtual)
        assert asyncio.run(poller(virtual, wait=7)()) == ([], 7)

    def test_a_call_that_need_not_wait_needs_no_loop(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)
        sqs = virtual.async_client("sqs")
        call = sqs.send_message(QueueUrl=url, MessageBody="m")
        assert isinstance(call, Coroutine)
        with pytest.raises(StopIteration) as ended:
            call.send(None)
        assert ended.value.value["MD5OfMessageBody"]

    @pytest.mark.parametrize("clock", ["real", "virtual", "frozen"])
    @pytest.mark.parametrize("fails", [False, True], ids=["answered", "refused"])
    def test_a_task_that_calls_over_and_over_lets_others_run(self, clock: str, fails: bool) -> None:
        # On a network every call is a turn of the loop, and consumers rely on it.
        cloud = minicloud.Cloud(clock=clock)
        url = make_queue(cloud)

        async def main() -> int:
            sqs = cloud.async_client("sqs")
            calls = 0

            async def busy() -> None:
                nonlocal calls
                for _ in range(100_000):
                    calls += 1
                    try:
                        await sqs.receive_message(QueueUrl=url + "x" if fails else url)
                    except sqs.exceptions.QueueDoesNotExist:
                        assert fails

            task = asyncio.create_task(busy())
            await turns()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return calls

        assert asyncio.run(main()) <= 256 * TICKS

    def test_a_receive_that_is_cancelled_in_its_turn_has_taken_nothing(self) -> None:
        cloud = minicloud.Cloud()
        url = make_queue(cloud)
        for _ in range(1000):
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")

        async def main() -> int:
            sqs = cloud.async_client("sqs")
            received = 0

            async def busy() -> None:
                nonlocal received
                while True:
                    received += len((await sqs.receive_message(QueueUrl=url)).get("Messages", []))

            task = asyncio.create_task(busy())
            await turns(2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return received

        assert 0 < asyncio.run(main()) == cloud.queue("queue").counts.in_flight < 1000

    def test_the_first_in_line_is_served_first(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)
        sqs = virtual.client("sqs")
        for number in range(5):
            sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=10 - 2 * number)

        async def main() -> list[Any]:
            return await asyncio.gather(*(poller(virtual)() for _ in range(6)))

        assert asyncio.run(main()) == [
            (["4"], 2),
            (["3"], 4),
            (["2"], 6),
            (["1"], 8),
            (["0"], 10),
            ([], 20),
        ]

    @pytest.mark.parametrize("receivers", [1, 3, 50])
    def test_any_number_of_polls_come_to_their_end(self, virtual: minicloud.Cloud, receivers: int) -> None:
        make_queue(virtual)

        async def main() -> list[Any]:
            return await asyncio.gather(*(poller(virtual, wait=1 + number % 20)() for number in range(receivers)))

        assert asyncio.run(main()) == [([], 1 + number % 20) for number in range(receivers)]

    @pytest.mark.parametrize("steps", [0, 1, 2, 3, 10, 100])
    def test_a_task_that_has_something_to_do_is_not_overtaken(self, virtual: minicloud.Cloud, steps: int) -> None:
        url = make_queue(virtual)
        sqs = virtual.async_client("sqs")

        async def produce() -> None:
            await turns(steps)
            await sqs.send_message(QueueUrl=url, MessageBody="m")

        async def main() -> list[Any]:
            return (await asyncio.gather(poller(virtual)(), poller(virtual)(), produce()))[:2]

        assert asyncio.run(main()) == [(["m"], 0), ([], 20)]

    def test_nor_are_tasks_that_wake_each_other(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)
        sqs = virtual.async_client("sqs")

        async def main() -> Any:
            line: asyncio.Queue[int] = asyncio.Queue()

            async def hand_on() -> None:
                number = await line.get()
                if number:
                    await asyncio.create_task(put(number - 1))
                else:
                    await sqs.send_message(QueueUrl=url, MessageBody="m")

            async def put(number: int) -> None:
                await line.put(number)

            poll = asyncio.create_task(poller(virtual)())
            tasks = [asyncio.create_task(hand_on()) for _ in range(10)]
            await put(9)
            await asyncio.gather(*tasks)
            return await poll

        assert asyncio.run(main()) == (["m"], 0)

    def test_nor_is_one_that_has_been_at_work_for_long(self, virtual: minicloud.Cloud) -> None:
        """What a long step leads to has not had its turn when the step is over."""
        make_queue(virtual)

        async def worker() -> None:
            await turns(3)
            end = time.process_time() + 0.15
            while time.process_time() < end:
                pass
            await turns(2)
            await virtual.async_client("sqs").send_message(QueueUrl="queue", MessageBody="m")

        async def main() -> Any:
            poll = asyncio.create_task(poller(virtual)())
            await worker()
            return await poll

        assert asyncio.run(main()) == (["m"], 0)

    def test_nor_is_a_socket_that_has_something_to_read(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)

        async def main() -> tuple[list[str], float]:
            loop = asyncio.get_running_loop()
            ours, theirs = socket.socketpair()
            with ours, theirs:
                loop.add_reader(ours, lambda: (loop.remove_reader(ours), send(ours.recv(1).decode())))

                def send(body: str) -> None:
                    virtual.client("sqs").send_message(QueueUrl=url, MessageBody=body)

                theirs.send(b"m")
                return await poller(virtual)()

        assert asyncio.run(main()) == (["m"], 0)

    def test_a_conversation_takes_the_time_it_takes(self, virtual: minicloud.Cloud) -> None:
        """Each answer leads to the next question, which comes with a delay: 20 of them, at the delays' own times."""
        there, back = make_queue(virtual, "there", DelaySeconds=3), make_queue(virtual, "back", DelaySeconds=4)
        sqs = virtual.async_client("sqs")

        async def answer() -> None:
            for _ in range(20):
                (body,) = (await poller(virtual, there, VisibilityTimeout=3600)())[0]
                await sqs.send_message(QueueUrl=back, MessageBody=body + "!")

        async def main() -> Any:
            answering = asyncio.create_task(answer())
            for number in range(20):
                await sqs.send_message(QueueUrl=there, MessageBody=str(number))
                assert await poller(virtual, back, VisibilityTimeout=3600)() == ([f"{number}!"], 7 * (number + 1))
            await answering

        asyncio.run(main())

    def test_two_clouds_on_one_loop_have_times_of_their_own(self, virtual: minicloud.Cloud) -> None:
        other = minicloud.Cloud(clock="virtual")
        for cloud in (virtual, other):
            make_queue(cloud)
        other.client("sqs").send_message(QueueUrl="queue", MessageBody="m", DelaySeconds=5)

        async def main() -> list[Any]:
            return await asyncio.gather(poller(virtual)(), poller(other)(), poller(virtual, wait=3)())

        assert asyncio.run(main()) == [([], 20), (["m"], 5), ([], 3)]

    def test_a_loop_that_is_never_idle_does_not_hold_time_up(self, virtual: minicloud.Cloud) -> None:
        make_queue(virtual)

        async def main() -> Any:
            poll = asyncio.create_task(poller(virtual)())
            while not poll.done():
                await turns(1)
            return await poll

        assert asyncio.run(main()) == ([], 20)

    def test_polls_of_two_loops_in_two_threads(self, virtual: minicloud.Cloud) -> None:
        make_queue(virtual)
        virtual.client("sqs").send_message(QueueUrl="queue", MessageBody="m", DelaySeconds=8)

        async def main() -> list[Any]:
            here = asyncio.create_task(poller(virtual)())
            there = asyncio.create_task(asyncio.to_thread(asyncio.run, poller(virtual)()))
            return [(await here)[0], (await there)[0]]

        assert sorted(asyncio.run(main())) == [[], ["m"]]
        assert elapsed(virtual) >= 20

    def test_a_sync_poll_in_another_thread(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)
        virtual.client("sqs").send_message(QueueUrl=url, MessageBody="m", DelaySeconds=8)
        receive = virtual.client("sqs").receive_message

        async def main() -> list[Any]:
            here = asyncio.create_task(poller(virtual)())
            poll = asyncio.to_thread(lambda: bodies(receive(QueueUrl=url, WaitTimeSeconds=20)))
            there = asyncio.create_task(poll)
            return [(await here)[0], await there]

        assert sorted(asyncio.run(main())) == [[], ["m"]]

    def test_a_sync_call_in_another_thread_wakes_a_poll(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen)

        async def main() -> Any:
            poll = asyncio.create_task(poller(frozen)())
            await asyncio.sleep(0)
            await asyncio.to_thread(frozen.client("sqs").send_message, QueueUrl=url, MessageBody="m")
            return await poll

        assert asyncio.run(main()) == (["m"], 0)

    def test_a_sync_poll_in_the_loop_s_own_thread(self, virtual: minicloud.Cloud) -> None:
        """It holds the loop up, and moves time for the tasks as well."""
        url = make_queue(virtual)
        sqs = virtual.client("sqs")
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=8)

        async def main() -> Any:
            poll = asyncio.create_task(poller(virtual)())
            await asyncio.sleep(0)
            assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=15)) == []
            return (await poll)[0]

        assert asyncio.run(main()) == ["m"]
        assert elapsed(virtual) == 15

    def test_a_sleep_on_the_cloud_s_clock(self, virtual: minicloud.Cloud) -> None:
        url = make_queue(virtual)

        async def produce() -> None:
            await virtual.async_sleep(6.5)
            await virtual.async_client("sqs").send_message(QueueUrl=url, MessageBody="m")

        async def main() -> Any:
            return (await asyncio.gather(poller(virtual)(), produce()))[0]

        assert asyncio.run(main()) == (["m"], 6.5)


class TestCancelling:
    @pytest.mark.parametrize("ticks_before", range(4))
    @pytest.mark.parametrize("ticks_after", range(5))
    @pytest.mark.parametrize("name", ["queue", "queue.fifo"])
    def test_takes_nothing_at_any_tick(
        self, frozen: minicloud.Cloud, name: str, ticks_before: int, ticks_after: int
    ) -> None:
        """Cancelled before its message comes, at the moment it comes, or up to when the task would have ended."""
        url = make_queue(frozen, name)
        sqs = frozen.client("sqs")
        group = {"MessageGroupId": "g"} if name.endswith(".fifo") else {}

        async def main() -> list[str]:
            poll = asyncio.create_task(poller(frozen, name)())
            await turns(ticks_before)
            sqs.send_message(QueueUrl=url, MessageBody="m", **group)
            await turns(ticks_after)
            poll.cancel()
            (outcome,) = await asyncio.gather(poll, return_exceptions=True)
            return [] if isinstance(outcome, asyncio.CancelledError) else outcome[0]

        got = asyncio.run(main())
        (message,) = frozen.queue(name).messages
        if got:
            assert (message.state, message.receive_count) == ("in_flight", 1)
        else:
            assert (message.state, message.receive_count) == ("visible", 0)
            (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
            assert message["Attributes"]["ApproximateReceiveCount"] == "1"

    def test_what_goes_back_goes_to_the_next_in_line(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen)

        async def main() -> list[Any]:
            first, second, third = (asyncio.create_task(poller(frozen)()) for _ in range(3))
            await turns()
            frozen.client("sqs").send_message(QueueUrl=url, MessageBody="one")
            first.cancel()
            frozen.client("sqs").send_message(QueueUrl=url, MessageBody="two")
            return [await second, await third]

        assert asyncio.run(main()) == [(["two"], 0), (["one"], 0)]

    def test_many_messages_go_back_in_their_order(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen, "queue.fifo")
        sqs = frozen.client("sqs")
        for body in ("lock", "one", "two", "three"):
            sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
        (lock,) = sqs.receive_message(QueueUrl=url)["Messages"]

        async def main() -> None:
            poll = asyncio.create_task(poller(frozen, url, MaxNumberOfMessages=10)())
            await turns()
            sqs.delete_message(QueueUrl=url, ReceiptHandle=lock["ReceiptHandle"])
            assert frozen.queue(url).counts.in_flight == 3
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)

        asyncio.run(main())
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
        found = [(message["Body"], message["Attributes"]["ApproximateReceiveCount"]) for message in messages]
        assert found == [("one", "1"), ("two", "1"), ("three", "1")]

    def test_a_message_that_another_has_by_now_stays_there(self, frozen: minicloud.Cloud) -> None:
        """Its visibility timeout was over before the cancelled task could run: the delivery to another one holds."""
        url = make_queue(frozen)
        sqs = frozen.client("sqs")

        async def main() -> None:
            poll = asyncio.create_task(poller(frozen, VisibilityTimeout=5)())
            await turns()
            sqs.send_message(QueueUrl=url, MessageBody="m")
            frozen.clock.advance(5)
            (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
            assert message["Attributes"]["ApproximateReceiveCount"] == "2"
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            assert frozen.queue(url).counts.in_flight == 1
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=9)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        asyncio.run(main())
        assert len(frozen.queue(url)) == 0

    def test_a_message_deleted_by_then_stays_deleted(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen)
        sqs = frozen.client("sqs")

        async def main() -> None:
            poll = asyncio.create_task(poller(frozen)())
            await turns()
            sqs.send_message(QueueUrl=url, MessageBody="m")
            sqs.purge_queue(QueueUrl=url)
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)

        asyncio.run(main())
        assert len(frozen.queue(url)) == 0

    def test_a_poll_that_only_waited_leaves_the_line(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen)

        async def main() -> list[str]:
            poll = asyncio.create_task(poller(frozen)())
            await turns()
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            frozen.client("sqs").send_message(QueueUrl=url, MessageBody="m")
            return bodies(await frozen.async_client("sqs").receive_message(QueueUrl=url))

        assert asyncio.run(main()) == ["m"]

    @pytest.mark.parametrize("clock", ["real", "frozen"])
    def test_wait_for(self, clock: str) -> None:
        cloud = minicloud.Cloud(clock=clock)
        url = make_queue(cloud)

        async def main() -> list[str]:
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(poller(cloud)(), 0.001)
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
            found: list[str] = (await asyncio.wait_for(poller(cloud)(), 10))[0]
            return found

        assert asyncio.run(main()) == ["m"]

    def test_a_time_out_that_is_never_reached(self, virtual: minicloud.Cloud) -> None:
        make_queue(virtual)

        async def main() -> Any:
            async with asyncio.timeout(3600):
                return await poller(virtual)()

        assert asyncio.run(main()) == ([], 20)

    def test_a_whole_group_of_tasks(self, frozen: minicloud.Cloud) -> None:
        url = make_queue(frozen)

        async def fail() -> None:
            await turns()
            frozen.client("sqs").send_message(QueueUrl=url, MessageBody="m")
            raise LookupError

        async def main() -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(poller(frozen)())
                group.create_task(fail())

        with pytest.raises(ExceptionGroup) as caught:
            asyncio.run(main())
        assert caught.group_contains(LookupError)

    def test_at_an_errand_that_comes_before_the_wait(self, frozen: minicloud.Cloud) -> None:
        """A poll may find a function to run first, and be cancelled while that one takes its time."""
        url = make_queue(frozen)
        sns = frozen.async_client("sns")
        begun = []

        async def handler(event: Any, context: Any) -> None:
            begun.append(event)
            await asyncio.Event().wait()

        async def main() -> None:
            topic = (await sns.create_topic(Name="topic"))["TopicArn"]
            for name in ("one", "two"):
                await sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=frozen.function(name, handler))
            tasks = [asyncio.create_task(sns.publish(TopicArn=topic, Message="m"))]
            await turns()
            tasks.append(asyncio.create_task(poller(frozen)()))
            await turns()
            assert len(begun) == 2
            for task in reversed(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(main())
        frozen.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        assert frozen.queue(url).counts.visible == 1

    def test_a_loop_that_is_closed_with_its_tasks(self, frozen: minicloud.Cloud) -> None:
        """Nobody runs the task any more: what is sent later is for others."""
        url = make_queue(frozen)
        sqs = frozen.client("sqs")
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)  # the task is destroyed, as is the purpose
        poll = loop.create_task(poller(frozen)())
        loop.run_until_complete(turns())
        loop.close()
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]
        frozen.clock.advance(60)
        del poll

    def test_a_loop_that_is_closed_when_another_thread_sends(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud)
        sqs = cloud.client("sqs")
        tasks = []

        def leave_a_poll_behind() -> None:
            loop = asyncio.new_event_loop()
            loop.set_exception_handler(lambda *_: None)
            tasks.append(loop.create_task(poller(cloud)()))
            loop.run_until_complete(turns())
            loop.close()

        thread = threading.Thread(target=leave_a_poll_behind)
        thread.start()
        thread.join()
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)) == ["m"]


class TestRealClock:
    def test_a_send_wakes_a_poll_at_once(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud)

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(cloud)()) for _ in range(3)]
            await turns()
            for number in range(3):
                await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
            return await asyncio.wait_for(asyncio.gather(*polls), 10)

        assert asyncio.run(main()) == [(["0"], 0), (["1"], 0), (["2"], 0)]

    def test_so_does_advancing(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud)
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m", DelaySeconds=15)

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(cloud)()) for _ in range(2)]
            await turns()
            cloud.clock.advance(15)
            cloud.clock.advance(5)
            return await asyncio.wait_for(asyncio.gather(*polls), 10)

        assert asyncio.run(main()) == [(["m"], 0), ([], 0)]

    def test_a_poll_that_leaves_early_takes_nobody_with_it(self) -> None:
        """The loop's timer was set for the shorter poll; that one is filled, and its time comes."""

        async def main(cloud: minicloud.Cloud, loop: HurriedLoop) -> list[Any]:
            short = asyncio.create_task(poller(cloud, wait=1)())
            long = asyncio.create_task(poller(cloud, wait=20)())
            await turns()
            await cloud.async_client("sqs").send_message(QueueUrl="queue", MessageBody="m")
            return [(await short)[0], (await long)[0], round(loop.time())]

        assert in_a_hurry(main) == [["m"], [], 20]

    def test_what_comes_earlier_sets_the_loop_s_timer_anew(self) -> None:
        async def main(cloud: minicloud.Cloud, loop: HurriedLoop) -> list[Any]:
            ends = []

            async def poll(wait: int, queue: str) -> None:
                await poller(cloud, queue, wait)()
                ends.append((wait, round(loop.time())))

            make_queue(cloud, "other")
            async with asyncio.TaskGroup() as group:
                group.create_task(poll(20, "queue"))
                await turns()
                group.create_task(poll(2, "queue"))
                await turns()
                cloud.client("sqs").send_message(QueueUrl="other", MessageBody="m", DelaySeconds=5)
                group.create_task(poll(10, "other"))
                group.create_task(poll(1, "queue"))
            return ends

        assert in_a_hurry(main) == [(1, 1), (2, 2), (10, 5), (20, 20)]

    def test_two_clouds_on_one_loop(self) -> None:
        clouds = [minicloud.Cloud(clock="real"), minicloud.Cloud(clock="virtual")]
        for cloud in clouds:
            make_queue(cloud)

        async def main() -> list[Any]:
            real = asyncio.create_task(poller(clouds[0])())
            virtual = await poller(clouds[1])()
            await clouds[0].async_client("sqs").send_message(QueueUrl="queue", MessageBody="m")
            return [await asyncio.wait_for(real, 10), virtual]

        assert asyncio.run(main()) == [(["m"], 0), ([], 20)]


class TestFrozen:
    def test_advancing_ends_a_poll(self, frozen: minicloud.Cloud) -> None:
        make_queue(frozen)

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(frozen, wait=wait)()) for wait in (5, 10)]
            await turns()
            frozen.clock.advance(timedelta(seconds=5))
            first = await polls[0]
            frozen.clock.advance(5)
            return [first, await polls[1]]

        assert asyncio.run(main()) == [([], 5), ([], 10)]

    def test_what_is_due_at_the_same_moment_happens_in_the_order_of_the_calls(self, frozen: minicloud.Cloud) -> None:
        queues = [make_queue(frozen, f"queue-{number}") for number in range(20)]
        order = []

        async def poll(queue: str) -> None:
            await poller(frozen, queue)()
            order.append(queue)

        async def main() -> None:
            async with asyncio.TaskGroup() as group:
                for queue in queues:
                    group.create_task(poll(queue))
                await turns()
                frozen.clock.advance(20)

        asyncio.run(main())
        assert order == queues

    def test_nobody_there_to_advance(self, frozen: minicloud.Cloud) -> None:
        """After some seconds of real time without a call; here they pass in no time."""
        make_queue(frozen)
        loop = HurriedLoop()

        async def main() -> list[Any]:
            return await asyncio.gather(poller(frozen)(), poller(frozen, wait=3)(), return_exceptions=True)

        try:
            outcomes = loop.run_until_complete(main())
        finally:
            loop.close()
        assert [type(outcome) for outcome in outcomes] == [UsageError, UsageError]
        assert "frozen clock that nobody moves" in str(outcomes[0])
        assert "ReceiveMessage on queue, 20 s; Task-" in str(outcomes[0])
        frozen.client("sqs").send_message(QueueUrl="queue", MessageBody="m")
        assert frozen.queue("queue").counts.visible == 1

    def test_a_freed_place_among_the_messages_in_flight(self) -> None:
        limits = minicloud.Limits(sqs_in_flight_standard=2)
        cloud = minicloud.Cloud(clock="frozen", limits=limits)
        url = make_queue(cloud)
        sqs = cloud.client("sqs")
        for number in range(4):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        handles = [message["ReceiptHandle"] for message in received]

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(cloud)()) for _ in range(2)]
            await turns()
            sqs.delete_message(QueueUrl=url, ReceiptHandle=handles[0])
            sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": handles[1]}])
            return await asyncio.gather(*polls)

        assert asyncio.run(main()) == [(["2"], 0), (["3"], 0)]

    @pytest.mark.parametrize("names", [("one", "other"), ("one.fifo", "other.fifo")])
    def test_dead_letters_between_two_queues_with_polls(self, frozen: minicloud.Cloud, names: tuple[str, str]) -> None:
        """Each is the other's dead-letter queue, and a task waits at both: the message goes to and fro, and ends."""
        one, other = (make_queue(frozen, name) for name in names)
        redrive(frozen, names[0], names[1], 1)
        redrive(frozen, names[1], names[0], 1)
        sqs = frozen.client("sqs")
        sqs.send_message(QueueUrl=one, MessageBody="m", **({"MessageGroupId": "g"} if "fifo" in names[0] else {}))
        sqs.receive_message(QueueUrl=one, VisibilityTimeout=5)

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(frozen, url)()) for url in (one, other, one, other)]
            await turns()
            frozen.clock.advance(20)
            return await asyncio.gather(*polls)

        assert asyncio.run(main()) == [([], 20)] * 4
        assert len(frozen.queue(names[0])) + len(frozen.queue(names[1])) == 1

    def test_dead_letters_for_a_task_that_waits(self, frozen: minicloud.Cloud) -> None:
        source, dead = make_queue(frozen, "source"), make_queue(frozen, "dead")
        redrive(frozen, "source", "dead", 1)
        sqs = frozen.client("sqs")
        sqs.send_message(QueueUrl=source, MessageBody="m")
        sqs.receive_message(QueueUrl=source, VisibilityTimeout=5)

        async def main() -> list[Any]:
            polls = [asyncio.create_task(poller(frozen, url)()) for url in (source, dead)]
            await turns()
            frozen.clock.advance(20)
            return await asyncio.gather(*polls)

        assert asyncio.run(main()) == [([], 20), (["m"], 20)]
        (message,) = frozen.queue("dead").messages
        assert message.attributes["ApproximateFirstReceiveTimestamp"] == message.attributes["SentTimestamp"]
        assert message.receive_count == 2


class HurriedSelector(selectors.DefaultSelector):
    """Where a loop would sleep, its time goes on at once."""

    hurried = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.hurried += timeout
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers go off in order and without delay."""

    def __init__(self) -> None:
        self.selector = HurriedSelector()
        self.started = 0.0
        super().__init__(self.selector)
        self.started = super().time()

    def time(self) -> float:
        """Seconds since the loop was made, as near to none as they may be, and those it did not sleep."""
        return super().time() - self.started + self.selector.hurried

    def time_ns(self) -> int:
        """Makes it a clock for a cloud."""
        return round(self.time() * 1_000_000_000)


def in_a_hurry(main: Callable[[minicloud.Cloud, HurriedLoop], Coroutine[Any, Any, Any]]) -> Any:
    """What ``main`` returns, run on a hurried loop with a cloud that has a queue and the loop's own time."""
    loop = HurriedLoop()
    cloud = minicloud.Cloud(clock=loop)
    make_queue(cloud)
    try:
        return loop.run_until_complete(main(cloud, loop))
    finally:
        loop.close()


class TestErrandsOfCancelledTasks:
    """The publication was accepted, so its deliveries happen, whatever becomes of the publisher."""

    @staticmethod
    async def publish(cloud: minicloud.Cloud, *handlers: Callable[..., Any]) -> asyncio.Task[Any]:
        sns: Any = cloud.async_client("sns")
        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        for number, handler in enumerate(handlers):
            function = cloud.function(f"ship-{number}", handler)
            await sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
        return asyncio.create_task(sns.publish(TopicArn=topic, Message="m"), name="publisher")

    @pytest.mark.parametrize("when", range(6))
    def test_all_handlers_run_to_their_end(self, virtual: minicloud.Cloud, when: int) -> None:
        done: list[str] = []

        async def ship(event: Any, context: Any) -> None:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            done.append(context.function_name)

        async def main() -> bool:
            publisher = await self.publish(virtual, ship, ship)
            await turns(when)
            publisher.cancel()
            await asyncio.gather(publisher, return_exceptions=True)
            await turns(20)
            return publisher.cancelled()

        cancelled = asyncio.run(main())
        # Cancelled before it began, it has published nothing.
        assert done == ([] if when == 0 else ["ship-0", "ship-1"])
        assert cancelled or when == 5

    def test_a_handler_that_the_end_of_the_loop_stops_has_failed(self, virtual: minicloud.Cloud) -> None:
        calls = []

        async def ship(event: Any, context: Any) -> None:
            calls.append(virtual.clock.now())
            if len(calls) == 1:
                await asyncio.Event().wait()

        async def main() -> None:
            publisher = await self.publish(virtual, ship)
            await turns()
            publisher.cancel()
            await asyncio.gather(publisher, return_exceptions=True)

        asyncio.run(main())
        assert len(calls) == 1
        virtual.clock.advance(timedelta(hours=1))
        assert len(calls) == 2  # the retry

    def test_calls_of_a_handler_are_the_publisher_s(self) -> None:
        cloud = minicloud.Cloud(clock="virtual", trace=True)

        async def ship(event: Any, context: Any) -> None:
            await cloud.async_client("sqs").list_queues()

        async def main() -> None:
            await (await self.publish(cloud, ship))

        asyncio.run(main())
        (call,) = (event for event in cloud.trace.of("call") if event.resource == "sqs.ListQueues")
        assert call.actor == "publisher"
