"""Threads that share a cloud: no message is lost, none comes twice, and nobody sleeps on when there is something."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections import Counter
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine.frames import frames_of_others
from minicloud.engine.idle_threads import OtherThreads
from tests.support.clouds import bodies, make_queue
from tests.support.depth import deep
from tests.support.threads import Worker, run_python


def poll(cloud: minicloud.Cloud, wait: int = 20, queue: str = "queue", **options: Any) -> list[str]:
    return bodies(cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=wait, **options))


def send(cloud: minicloud.Cloud, body: str, queue: str = "queue", **options: Any) -> None:
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=body, **options)


class TestThroughput:
    @pytest.mark.stress
    def test_many_messages_from_8_senders_to_8_receivers(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud, VisibilityTimeout=3600)
        count, senders, receivers = deep(100_000), 8, 8
        left = count
        counting = threading.Lock()

        def send_all(sender: int) -> None:
            sqs = cloud.client("sqs")
            names = [f"{sender}/{number}" for number in range(count // senders)]
            while names:
                batch, names = names[:10], names[10:]
                if len(names) % 500 < 10:
                    for name in batch:
                        sqs.send_message(QueueUrl=url, MessageBody=name)
                else:
                    entries = [{"Id": str(place), "MessageBody": name} for place, name in enumerate(batch)]
                    assert "Failed" not in sqs.send_message_batch(QueueUrl=url, Entries=entries)

        def receive_all(receiver: int) -> list[str]:
            nonlocal left
            sqs = cloud.client("sqs")
            got = []
            while left:
                # No longer: it may begin just after the last message was taken, and nobody ends it then.
                answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
                messages = answer.get("Messages", [])
                got += [message["Body"] for message in messages]
                if receiver % 2:
                    for message in messages:
                        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                elif messages:
                    entries = [
                        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                        for place, message in enumerate(messages)
                    ]
                    assert "Failed" not in sqs.delete_message_batch(QueueUrl=url, Entries=entries)
                with counting:
                    left -= len(messages)
                    over = left == 0
                if over:  # the others wait for messages that will not come
                    cloud.clock.advance(20)
            return got

        workers = [Worker(lambda receiver=number: receive_all(receiver)) for number in range(receivers)]
        sending = [Worker(lambda sender=number: send_all(sender)) for number in range(senders)]
        for worker in sending:
            worker.result()
        got = Counter(name for worker in workers for name in worker.result())
        assert set(got.values()) == {1}
        assert len(got) == count
        assert len(cloud.queue(url)) == 0

    def test_in_a_fifo_queue_each_group_stays_in_order(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        url = make_queue(cloud, "queue.fifo")
        groups, count = 5, 100
        seen: dict[str, list[int]] = {str(group): [] for group in range(groups)}
        done = threading.Event()

        def send_group(group: str) -> None:
            for number in range(count):
                send(cloud, f"{group} {number}", url, MessageGroupId=group)

        def receive_some() -> None:
            sqs = cloud.client("sqs")
            while not done.is_set():
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, WaitTimeSeconds=20).get(
                    "Messages", []
                ):
                    group, number = message["Body"].split()
                    seen[group].append(int(number))  # nobody else has a message of this group now
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                if sum(map(len, seen.values())) == groups * count:
                    done.set()
                    cloud.clock.advance(20)

        receiving = [Worker(receive_some) for _ in range(4)]
        sending = [Worker(lambda group=group: send_group(group)) for group in seen]
        for worker in sending + receiving:
            worker.result()
        assert seen == {group: list(range(count)) for group in seen}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals that interrupt Python code")
def test_an_interrupt_at_any_moment_leaves_the_cloud_usable() -> None:
    """Ctrl-C, or a test's time limit, in the midst of a call: whoever tidies up afterwards must not hang."""
    # Recording makes garbage collections, and Python ignores an interrupt in one's callbacks (hypothesis has one).
    cloud = minicloud.Cloud(trace=False)
    url = make_queue(cloud)
    sqs = cloud.client("sqs")

    class InterruptError(Exception):
        pass

    def interrupt(*_: object) -> None:
        raise InterruptError

    before = signal.signal(signal.SIGVTALRM, interrupt)
    try:
        for number in range(60):
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0.0003 + number / 100_000)
                while True:
                    sqs.get_queue_url(QueueName="queue")
            except InterruptError:
                assert Worker(lambda: sqs.get_queue_url(QueueName="queue")["QueueUrl"]).result() == url
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class TestReal:
    def test_a_send_wakes_a_poll(self) -> None:
        cloud = minicloud.Cloud(clock="real")
        make_queue(cloud)
        for number in range(200):
            worker = Worker(lambda: poll(cloud, VisibilityTimeout=3600))
            send(cloud, str(number))
            assert worker.result() == [str(number)]

    def test_the_first_that_wakes_another_has_to_keep_it_awake(self) -> None:
        """Two threads hand a message to and fro, each of them waiting for the other: no wake-up may be lost."""
        cloud = minicloud.Cloud(clock="real")
        make_queue(cloud, "ping")
        make_queue(cloud, "pong")

        def play(receive_from: str, send_to: str) -> None:
            for _ in range(1_000):
                (body,) = poll(cloud, queue=receive_from, VisibilityTimeout=3600)
                send(cloud, body, send_to)

        players = [Worker(lambda: play("ping", "pong")), Worker(lambda: play("pong", "ping"))]
        send(cloud, "ball", "ping")
        for player in players:
            player.result()

    def test_time_outs_and_sends_cross(self) -> None:
        """A poll ends at its deadline or with the message; if it ends, the message is still there."""
        cloud = minicloud.Cloud(clock="real")
        make_queue(cloud)
        for _ in range(200):
            worker = Worker(lambda: poll(cloud, 1))
            sender = Worker(lambda: send(cloud, "m"))
            cloud.clock.advance(1)
            sender.result()
            got = worker.result() or poll(cloud)
            assert got == ["m"]
            cloud.client("sqs").purge_queue(QueueUrl="queue")
            cloud.clock.advance(60)

    def test_a_poll_ends_by_itself_when_its_time_is_over(self) -> None:
        """Also where something holds the wall clock still, and for tasks as for threads.

        An earlier event is not slept through: a thread sleeps until its own deadline; what another one causes comes
        before.
        """

        class Still:
            def time_ns(self) -> int:
                return 0

        clouds = [minicloud.Cloud(clock=clock) for clock in ("real", "real", Still(), Still())]
        for cloud in clouds:
            make_queue(cloud)
        receive = clouds[3].async_client("sqs").receive_message
        before = time.monotonic()
        workers = [
            Worker(lambda: poll(clouds[0], 20)),
            Worker(lambda: poll(clouds[1], 1)),
            Worker(lambda: poll(clouds[2], 1)),
            Worker(lambda: bodies(asyncio.run(receive(QueueUrl="queue", WaitTimeSeconds=1)))),
        ]
        send(clouds[0], "m", DelaySeconds=1)
        assert [worker.result() for worker in workers] == [["m"], [], [], []]
        assert 0.95 < time.monotonic() - before < 15


class TestVirtual:
    def test_threads_that_all_wait_move_time(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        make_queue(cloud)
        workers = [Worker(lambda wait=wait: poll(cloud, wait)) for wait in (3, 20, 7)]
        assert [worker.result() for worker in workers] == [[], [], []]

    def test_a_thread_that_has_its_answer_is_let_speak(self) -> None:
        """Waking up and sending the next message takes the other thread no time of the cloud's.

        In a process of its own, where no other thread is alive, and with more patience than a busy machine needs.
        """
        script = """
            import threading
            import minicloud
            from minicloud.engine import blocking

            blocking.QUIET = 10
            cloud = minicloud.Cloud(clock="virtual")
            sqs = cloud.client("sqs")
            for name in ("there", "back"):
                sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "3600"})

            def receive(queue):
                return sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]["Body"]

            def answer():
                for _ in range(50):
                    sqs.send_message(QueueUrl="back", MessageBody=receive("there") + "!", DelaySeconds=2)

            thread = threading.Thread(target=answer)
            thread.start()
            for number in range(50):
                sqs.send_message(QueueUrl="there", MessageBody=str(number), DelaySeconds=3)
                assert receive("back") == f"{number}!"
            thread.join()
            print(cloud.clock.time() - minicloud.VirtualClock().time())
        """
        assert float(run_python(script)) == 250

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has had the processor")
    def test_a_thread_is_not_overtaken_while_nobody_could_look(self) -> None:
        """A collection of garbage, for instance, lets no other thread run; who had it still has its turn after it."""
        script = """
            import threading
            import minicloud

            cloud = minicloud.Cloud(clock="virtual")
            sqs = cloud.client("sqs")
            url = sqs.create_queue(QueueName="queue")["QueueUrl"]

            def work():
                sum(range(600_000))  # a single call into C
                cloud.sleep(5)
                sum(range(600_000))
                sqs.send_message(QueueUrl=url, MessageBody="m")

            for _ in range(20):
                thread = threading.Thread(target=work)
                thread.start()
                cloud.sleep(4)  # so that it is this thread that moves time to where the other one has its turn
                assert "Messages" in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                thread.join()
            print(cloud.clock.time() - minicloud.VirtualClock().time())
        """
        assert float(run_python(script)) == 100

    def test_a_thread_that_only_advances(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        make_queue(cloud)
        send(cloud, "m", DelaySeconds=900)
        worker = Worker(lambda: poll(cloud))
        cloud.clock.advance(900)
        assert worker.result() in (["m"], [])  # whichever was first: the poll may have moved time to its end

    def test_sleeping(self) -> None:
        cloud = minicloud.Cloud(clock="virtual")
        order: list[int] = []

        def sleep(seconds: int) -> None:
            cloud.sleep(seconds)
            order.append(seconds)

        workers = [Worker(lambda seconds=seconds: sleep(seconds)) for seconds in (30, 10, 20)]
        for worker in workers:
            worker.result()
        assert sorted(order) == [10, 20, 30]


class TestFrozen:
    def test_another_thread_advances(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud)
        send(cloud, "m", DelaySeconds=10)
        worker = Worker(lambda: poll(cloud))
        while worker.is_alive():
            cloud.clock.advance(0.5)
        assert worker.result() == ["m"]

    def test_another_thread_sends(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud)
        worker = Worker(lambda: poll(cloud))
        send(cloud, "m")
        assert worker.result() == ["m"]

    def test_threads_that_only_another_can_wake_will_not_move_time(self) -> None:
        """They are not waited for: with the patience set here, that would take longer than the process may."""
        script = """
            import queue, threading
            from concurrent.futures import ThreadPoolExecutor
            import minicloud
            import minicloud.engine.blocking
            from minicloud.engine.idle_threads import count_running

            minicloud.engine.blocking.STALL = 3_600
            cloud = minicloud.Cloud(clock="frozen")
            sqs = cloud.client("sqs")
            url = sqs.create_queue(QueueName="queue")["QueueUrl"]

            def poll():
                try:
                    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                except minicloud.UsageError as error:
                    print(error)

            over, letters, condition = threading.Event(), queue.Queue(), threading.Condition()

            def wait_for_condition():
                with condition:
                    condition.wait()

            idle, busy = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
            idle.submit(int).result()
            parked = [threading.Thread(target=wait) for wait in (over.wait, letters.get, wait_for_condition)]
            parked.append(threading.Thread(target=parked[0].join))
            parked.append(threading.Thread(target=lambda: busy.submit(over.wait).result()))
            for thread in parked:
                thread.start()
            while threading.active_count() - count_running() < 7:
                pass
            poll()
            poller = threading.Thread(target=poll)
            poller.start()
            poller.join()
            over.set()
            letters.put(None)
            with condition:
                condition.notify()
            for thread in parked:
                thread.join()
        """
        assert run_python(script).count("a frozen clock that nobody moves") == 2

    def test_who_is_about_to_be_parked_has_the_processor_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a busy machine that may take longer than the clock is left alone for."""
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud)
        looks: list[object] = []

        class Others:
            def are_running(self, *seen: object) -> bool:
                looks.append(seen)
                if len(looks) == 4:
                    send(cloud, "m")
                return True

        monkeypatch.setattr("minicloud.engine.blocking.STALL", 0.01)
        monkeypatch.setattr("minicloud.engine.blocking.OtherThreads", Others)
        assert Worker(lambda: poll(cloud)).result() == ["m"]

    def test_nor_is_a_cloud_on_a_real_clock_waited_for_that_sees_to_itself(self) -> None:
        script = """
            import threading
            import minicloud
            from minicloud.engine.idle_threads import count_running

            with minicloud.Cloud(clock="real") as other:
                other.client("sqs").create_queue(QueueName="orders")
                other.function("work", lambda *_: None)
                other.event_source_mapping("orders", "work")  # its messages become visible without a call
                assert threading.active_count() == 2
                while count_running() > 1:
                    pass
                cloud = minicloud.Cloud(clock="virtual", trace=True)
                url = cloud.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
                cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
                print([event.details["why"] for event in cloud.trace if event.kind == "clock.jumped"])
        """
        assert run_python(script) == "['every thread waits']\n"

    def test_who_waits_is_named_with_the_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("minicloud.engine.blocking.STALL", 0.01)
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud, "jobs")
        told: list[str] = []

        def wait(call: Any) -> None:
            try:
                call()
            except UsageError as error:
                told.append(str(error))

        calls = {"consumer-0": lambda: poll(cloud, 20, "jobs"), "sleeper": lambda: cloud.sleep(2.5)}
        threads = [threading.Thread(target=wait, args=(call,), name=name) for name, call in calls.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(told) == 2
        assert any("(waiting: consumer-0: ReceiveMessage on jobs, 20 s" in text for text in told)
        assert any("sleeper: sleep(), 2.5 s" in text for text in told)

    @pytest.mark.parametrize("calls", [5, 6, 8])
    def test_five_of_those_who_wait_are_named(self, monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
        monkeypatch.setattr("minicloud.engine.aio_driver.WATCH", 0.01)
        monkeypatch.setattr("minicloud.engine.aio_driver.STALL", 0.01)
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud, "jobs")

        async def main() -> list[str]:
            sqs = cloud.async_client("sqs")
            tasks = [
                asyncio.create_task(sqs.receive_message(QueueUrl="jobs", WaitTimeSeconds=20), name=f"t{number}")
                for number in range(calls)
            ]
            return [str(error) for error in await asyncio.gather(*tasks, return_exceptions=True)]

        named = "; ".join(f"t{number}: ReceiveMessage on jobs, 20 s" for number in range(5))
        more = {5: "", 6: "; and 1 more call", 8: "; and 3 more calls"}[calls]
        assert any(text.endswith(f" (waiting: {named}{more})") for text in asyncio.run(main()))

    def test_nobody_moves_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """This thread is alive and does nothing of the kind: the poll waits for a while and gives up."""
        monkeypatch.setattr("minicloud.engine.blocking.STALL", 0.01)
        cloud = minicloud.Cloud(clock="frozen")
        make_queue(cloud)
        with pytest.raises(UsageError, match="a frozen clock that nobody moves"):
            Worker(lambda: poll(cloud)).result()
        send(cloud, "m")
        assert poll(cloud) == ["m"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread has had of the processor")
def test_who_reads_a_module_is_on_its_way_to_a_call(tmp_path: Path) -> None:
    """A thread's first call loads what it needs, and the disk may take longer than a thread has that does nothing."""
    path = tmp_path / "module.py"
    os.mkfifo(path)
    spec = spec_from_file_location("module", path)
    assert spec is not None
    assert spec.loader is not None
    worker = Worker(partial(spec.loader.exec_module, module_from_spec(spec)))
    while "get_data" not in {frame.f_code.co_name for frame in frames_of_others().values()}:
        time.sleep(0.001)
    others = OtherThreads()
    others.are_running("no call")
    waited_for = others.are_running("no call")
    path.write_text("")  # the disk answers
    worker.result()
    assert waited_for


def test_garbage_does_not_stop_who_looks_at_other_threads() -> None:
    """CPython 3.11 deadlocks when a threading.local is collected while the frames of all threads are listed."""
    printed = run_python(
        """
        import gc, threading
        import minicloud

        done = threading.Event()
        thread = threading.Thread(target=done.wait)
        thread.start()
        cloud = minicloud.Cloud(clock="virtual")
        gc.set_threshold(1, 1, 1)
        for _ in range(300):
            garbage = [threading.local()]
            garbage[0].me = garbage
            garbage.append(garbage)
            del garbage
            cloud.sleep(1)
        done.set()
        print(cloud.clock.now())
        """
    )
    assert printed.startswith("2026-01-01 00:05:00")
