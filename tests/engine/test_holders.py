"""A virtual clock does not pass the end of a visibility timeout while a thread is at work on the message.

A consumer that is right sees no duplicate that real time would not have given it, whatever its handler waits for. And
the other way round: nobody waits for a thread that is not at it.
"""

from __future__ import annotations

import asyncio
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine.holders import Holder, Patience
from tests.kinesis.support import make_queue as make_queue_on_stream
from tests.support.clouds import bodies, make_queue, send
from tests.support.depth import deep, is_deep
from tests.support.threads import Worker, run_python

WAITS = (0.02, 0.1, 0.3)
"""Seconds of real time for which handlers wait."""
LONG_WAITS = (1.0,)
AT_ONCE = 20.0
"""Seconds in which something happens that waits for nobody, on however busy a machine; far less than the patience."""


# --- what a handler may wait for --------------------------------------------------------------------------------------


class _Slow(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(float(self.path[1:]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def a_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def request(seconds: float) -> None:
    with a_server() as url, urllib.request.urlopen(f"{url}/{seconds}") as answer:
        answer.read()


def run_a_process(seconds: float) -> None:
    subprocess.run([sys.executable, "-S", "-c", f"import time; time.sleep({seconds})"], check=True)


def ask_a_pool(seconds: float) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, seconds).result()


def wait_for_a_lock(seconds: float) -> None:
    lock = threading.Lock()
    with lock:
        timer = threading.Timer(seconds, lock.release)
        timer.start()
        lock.acquire()
        timer.join()


def wait_for_an_event(seconds: float) -> None:
    threading.Event().wait(timeout=seconds)


def write_a_file(seconds: float) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(bytes(round(seconds * 50_000_000)))
        file.flush()
        os.fsync(file.fileno())


def run_a_loop(seconds: float) -> None:
    asyncio.run(asyncio.sleep(seconds))


def run_a_loop_beside_a_thread(seconds: float) -> None:
    with asyncio.Runner() as runner:
        runner.run(asyncio.to_thread(time.sleep, seconds))


ROADS: dict[str, Callable[[float], object]] = {
    "sleep": time.sleep,
    "request": request,
    "subprocess": run_a_process,
    "executor": ask_a_pool,
    "lock": wait_for_a_lock,
    "event": wait_for_an_event,
    "disk": write_a_file,
    "a loop": run_a_loop,
    "a loop and its pool": run_a_loop_beside_a_thread,
}


def make(**options: Any) -> tuple[minicloud.Cloud, str]:
    clock = minicloud.VirtualClock(patience=60)
    cloud = minicloud.Cloud(**{"clock": clock, "trace": True, **options})
    return cloud, make_queue(cloud, VisibilityTimeout=30)


class Consumers:
    """Threads that receive, handle and delete until they are stopped."""

    def __init__(
        self, cloud: minicloud.Cloud, handle: Callable[[Any], object], count: int = 2, name: str = "queue"
    ) -> None:
        self.cloud = cloud
        self.handle = handle
        self.name = name
        self.handled: list[str] = []
        self.over = threading.Event()
        self.workers = [Worker(self.consume) for _ in range(count)]

    def consume(self) -> None:
        sqs = self.cloud.client("sqs")
        while not self.over.is_set():
            for message in sqs.receive_message(QueueUrl=self.name, WaitTimeSeconds=20).get("Messages", []):
                self.at_work(message)

    def at_work(self, message: Any) -> None:
        self.handle(message)
        self.handled.append(message["Body"])
        self.cloud.client("sqs").delete_message(QueueUrl=self.name, ReceiptHandle=message["ReceiptHandle"])

    def stop_when_empty(self) -> list[str]:
        while len(self.cloud.queue(self.name)):
            time.sleep(0.002)
        time.sleep(0.02)  # whoever is late has it twice
        self.over.set()
        for worker in self.workers:
            worker.result()
        return self.handled


# --- no duplicate -----------------------------------------------------------------------------------------------------


@pytest.mark.stress
@pytest.mark.parametrize("road", ROADS)
def test_whatever_a_handler_waits_for_its_message_comes_once(road: str) -> None:
    for wait in WAITS * deep(4) + LONG_WAITS if is_deep() else (0.1,):
        cloud, url = make()
        for body in "abc":
            send(cloud, url, body)
        consumers = Consumers(cloud, lambda _, wait=wait: ROADS[road](wait))
        assert sorted(consumers.stop_when_empty()) == ["a", "b", "c"], cloud.trace.render()


class HandingOver(Consumers):
    """One thread receives, others do the work."""

    def __init__(self, cloud: minicloud.Cloud, handle: Callable[[Any], object], hand_over: Callable[[Any], object]):
        self.hand_over = hand_over
        super().__init__(cloud, handle, 1)

    def at_work(self, message: Any) -> None:
        self.hand_over(lambda: super(HandingOver, self).at_work(message))


class TestHandedFromThreadToThread:
    """The thread that received it polls again, or has ended; the message is in the hands of another one."""

    def test_to_a_pool_whose_workers_are_fewer_than_the_messages(self) -> None:
        cloud, url = make()
        for body in "abcdef":
            send(cloud, url, body)
        with ThreadPoolExecutor(2) as pool:
            consumers = HandingOver(cloud, lambda _: time.sleep(0.05), pool.submit)
            assert sorted(consumers.stop_when_empty()) == list("abcdef")

    def test_by_a_queue(self) -> None:
        cloud, url = make()
        for body in "abcd":
            send(cloud, url, body)
        jobs: queue.Queue[Any] = queue.Queue()

        def work() -> None:
            while (job := jobs.get()) is not None:
                job()

        workers = [Worker(work) for _ in range(2)]
        consumers = HandingOver(cloud, lambda _: time.sleep(0.05), jobs.put)
        assert sorted(consumers.stop_when_empty()) == list("abcd")
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            worker.result()

    def test_by_a_thread_that_ends(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        sqs = cloud.client("sqs")
        (message,) = Worker(lambda: sqs.receive_message(QueueUrl=url)["Messages"]).result()
        other = Worker(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []))
        third = Worker(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []))

        def delete_later(handle: str) -> None:
            time.sleep(0.1)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

        worker = Worker(lambda: delete_later(message["ReceiptHandle"]))
        assert (other.result(), third.result()) == ([], [])
        worker.result()
        cloud.sleep(40)
        assert len(cloud.queue(url)) == 0
        assert cloud.ledger[message["MessageId"]].receive_count == 1

    def test_a_resource_of_boto3_is_a_way_to_hold_it(self) -> None:
        cloud, url = make()
        jobs = cloud.resource("sqs").Queue(url)
        for body in "ab":
            send(cloud, url, body)
        handled = []

        def handle(message: Any) -> None:
            time.sleep(0.05)
            handled.append(message.body)
            message.delete()

        with ThreadPoolExecutor(1) as pool:
            poller = Worker(
                lambda: [
                    pool.submit(handle, message)
                    for _ in range(4)
                    for message in jobs.receive_messages(WaitTimeSeconds=20)
                ]
            )
            for job in poller.result():
                job.result()
        assert handled == ["a", "b"]


def test_who_makes_its_timeout_longer_is_waited_for_anew() -> None:
    cloud, url = make()
    send(cloud, url, "m")
    cloud_clock: Any = cloud.clock
    cloud_clock.patience = 0.2

    def handle(message: Any) -> None:
        for _ in range(4):
            time.sleep(0.1)
            cloud.client("sqs").change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=60
            )

    assert Consumers(cloud, handle).stop_when_empty() == ["m"]


def test_fifo_queues() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "jobs.fifo", VisibilityTimeout=30)
    for body in "abc":
        send(cloud, url, body, MessageGroupId="g")
    consumers = Consumers(cloud, lambda _: time.sleep(0.03), name="jobs.fifo")
    assert consumers.stop_when_empty() == ["a", "b", "c"]


def test_a_receive_that_is_asked_for_again_is_in_the_hands_of_who_asks() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    url = make_queue(cloud, "jobs.fifo", VisibilityTimeout=30)
    send(cloud, url, "m", MessageGroupId="g")
    sqs = cloud.client("sqs")

    def receive() -> Any:
        return sqs.receive_message(QueueUrl=url, ReceiveRequestAttemptId="attempt")["Messages"][0]

    Worker(lambda: receive()["Body"]).result()  # its answer was lost

    def handle() -> None:
        message = receive()
        time.sleep(0.1)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    worker = Worker(handle)
    polls = [Worker(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) for _ in range(2)]
    worker.result()
    assert [bodies(one.result()) for one in polls] == [[], []]
    cloud.sleep(30)
    assert len(cloud.queue(url)) == 0


def test_queues_on_streams() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(60)
    attributes = {"VisibilityTimeoutSeconds": 10}
    arn = make_queue_on_stream(kinesis, QueueAttributes=attributes)
    cloud.clock.advance(60)
    handled: list[bytes] = []

    def consume() -> None:
        for _ in range(4):
            for record in kinesis.receive_queue_records(QueueARN=arn).get("QueueRecords", []):
                time.sleep(0.05)
                handled.append(record["Data"])
                kinesis.acknowledge_queue_records(QueueARN=arn, Entries=[{"ReceiptHandle": record["ReceiptHandle"]}])

    workers = [Worker(consume) for _ in range(2)]
    for data in (b"a", b"b", b"c"):
        kinesis.put_record(StreamName="s", Data=data, PartitionKey="k")
    for worker in workers:
        worker.result()
    assert sorted(handled) == [b"a", b"b", b"c"]


@pytest.mark.parametrize("loop", ["asyncio's", "the cloud's"])
def test_a_thread_beside_tasks(loop: str) -> None:
    """The poll of a task moves time as well."""
    cloud, url = make()
    send(cloud, url, "m")

    async def poll() -> list[str]:
        sqs = cloud.async_client("sqs")
        found = []
        for _ in range(3):
            found += bodies(await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        return found

    taken = threading.Event()

    def handle(_: Any) -> None:
        taken.set()
        time.sleep(0.1)

    consumers = Consumers(cloud, handle, 1)
    taken.wait()
    found = asyncio.run(poll()) if loop == "asyncio's" else minicloud.run(poll(), cloud=cloud)
    assert found == []
    assert consumers.stop_when_empty() == ["m"]


class LateThread(threading.Thread):
    """One that takes its time to begin, as on a busy machine."""

    def _bootstrap(self) -> None:
        time.sleep(0.1)
        super()._bootstrap()  # type: ignore[misc]


def test_who_begins_a_thread_waits_for_nobody_that_is_not_there() -> None:
    """Though nobody else is awake: who has begun will be."""
    cloud, url = make()
    send(cloud, url, "m")

    def handle(_: Any) -> None:
        thread = LateThread(target=time.sleep, args=(0,))
        thread.start()
        thread.join()
        consumers.over.set()

    consumers = Consumers(cloud, handle)
    for worker in consumers.workers:
        worker.result()
    assert consumers.handled == ["m"], cloud.trace.render()


# --- nobody to wait for -----------------------------------------------------------------------------------------------


def soon(act: Callable[[], Any]) -> Any:
    """What it returns; it may not have taken long."""
    before = time.monotonic()
    made = act()
    assert time.monotonic() - before < AT_ONCE
    return made


def poll(cloud: minicloud.Cloud, url: str = "queue") -> list[str]:
    return bodies(cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))


def take(cloud: minicloud.Cloud, url: str = "queue") -> Any:
    """A message that nobody deletes."""
    return cloud.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=10)["Messages"][0]


class TestNobodyIsAtIt:
    def test_a_thread_that_has_died(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")

        def die() -> None:
            take(cloud)
            raise KeyError

        with pytest.raises(KeyError):
            Worker(die).result()
        assert soon(lambda: Worker(lambda: poll(cloud)).result()) == ["m"]

    def test_who_joins_the_consumer(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        message = take(cloud)
        found: list[str] = []
        thread = threading.Thread(target=lambda: found.extend(poll(cloud)))
        thread.start()
        soon(thread.join)
        assert found == ["m"] == [message["Body"]]

    def test_who_joins_it_with_a_limit_or_waits_for_its_result(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        message = take(cloud)
        assert soon(lambda: Worker(lambda: poll(cloud)).result()) == ["m"] == [message["Body"]]
        with ThreadPoolExecutor(1) as pool:
            assert soon(lambda: pool.submit(poll, cloud).result(timeout=30)) == []
            assert soon(lambda: pool.submit(poll, cloud).result(timeout=30)) == ["m"]

    def test_who_polls_in_a_loop_of_its_own(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        message = take(cloud)
        worker = Worker(lambda: poll(cloud))
        answer: Any = asyncio.run(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
        assert [*bodies(answer), *soon(worker.result)] == ["m"] == [message["Body"]]

    def test_who_polls_itself(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        message = take(cloud)
        assert soon(lambda: poll(cloud)) == ["m"] == [message["Body"]]

    def test_a_consumer_whose_handler_failed_and_that_polls_again(self) -> None:
        """This thread is awake all the time, and has never had the message."""
        cloud, url = make()
        send(cloud, url, "m")
        seen: list[Any] = []

        def consume() -> None:
            sqs = cloud.client("sqs")
            while len(seen) < 3:
                seen.extend(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []))

        worker = Worker(consume)

        def wait() -> None:
            while len(seen) < 3:
                time.sleep(0.005)

        soon(wait)
        worker.result()

    def test_a_pool_s_thread_whose_job_is_over(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")
        with ThreadPoolExecutor(2) as pool:
            body = pool.submit(lambda: take(cloud)["Body"]).result()
            job = pool.submit(poll, cloud)

            def wait() -> None:
                while not job.done():
                    time.sleep(0.005)

            soon(wait)
            assert job.result() == [body]

    def test_a_thread_that_sleeps_in_the_cloud_s_time(self) -> None:
        cloud, url = make()
        send(cloud, url, "m")

        taken = threading.Event()

        def hold() -> None:
            message = take(cloud)
            taken.set()
            cloud.sleep(60)
            assert message["Body"] == "m"

        worker = Worker(hold)
        taken.wait()  # the timeout may be over already when this thread has its turn
        assert soon(lambda: Worker(lambda: poll(cloud)).result()) == ["m"]
        worker.result()


# --- patience ---------------------------------------------------------------------------------------------------------


class TestPatience:
    def test_it_is_counted_for_one_who_holds_the_same(self) -> None:
        """Whoever holds something new, or for longer, is waited for anew; and nobody for more than it is."""
        held: Any = [object(), object()]
        one, same = (Holder("a", held[0], 1, None) for _ in range(2))
        longer, other = Holder("a", held[0], 2, None), Holder("a", held[1], 2, None)
        patience = Patience()
        rows = [
            (None, 5.0, False),
            (one, 5.0, True),  # it has not been waited for yet
            (one, 0.5, True),
            (same, 0.25, True),
            (same, 0.25, False),  # a second, and no less
            (longer, 5.0, True),
            (longer, 1.0, False),
            (longer, 1.0, False),
            (other, 5.0, True),
            (None, 5.0, False),
            (other, 5.0, True),
        ]
        assert [(holder, waited, patience.holds(holder, waited, 1.0)) for holder, waited, _ in rows] == rows
        assert not Patience().holds(one, 0.0, 0.0)

    def test_who_makes_no_end_of_it_is_overtaken_and_the_record_says_so(self) -> None:
        cloud = minicloud.Cloud(clock=minicloud.VirtualClock(patience=0.05), trace=True)
        url = make_queue(cloud, VisibilityTimeout=30)
        send(cloud, url, "m")
        over = threading.Event()

        def hold() -> None:
            take(cloud)
            over.wait(30)

        holder = threading.Thread(target=hold, name="holder")
        holder.start()
        while not cloud.queue(url).counts.in_flight:
            time.sleep(0.001)
        assert Worker(lambda: poll(cloud)).result() == ["m"]
        over.set()
        holder.join()
        (story,) = [account.message_id for account in cloud.ledger]
        assert f"--- time jumps 10 s although holder has been holding {story[:8]} for 0." in cloud.trace.render()
        again = "visible again, as it was not deleted in time (the clock jumped; holder was still at it)"
        assert again in str(cloud.ledger[story])
        (jump,) = cloud.trace.of("clock.jumped")
        assert (jump.details["holder"], jump.details["held"]) == ("holder", story)
        assert jump.details["to_ns"] - jump.details["from_ns"] == 10 * 10**9

    def test_none_at_all_is_as_before(self) -> None:
        cloud = minicloud.Cloud(clock=minicloud.VirtualClock(patience=0))
        url = make_queue(cloud)
        send(cloud, url, "m")
        message = take(cloud)
        worker = Worker(lambda: poll(cloud))
        while worker.is_alive():
            time.sleep(0.001)
        assert worker.result() == [message["Body"]]

    @pytest.mark.parametrize("patience", [-1, "long", float("nan"), None])
    def test_what_is_not_a_number_of_seconds(self, patience: Any) -> None:
        with pytest.raises(UsageError, match=r"^patience=.* is not a number of seconds: give zero or more$"):
            minicloud.VirtualClock(patience=patience)


def test_a_new_thread_is_not_taken_for_one_that_has_died() -> None:
    """Their idents are the same, as the system gives them out again."""
    printed = run_python(
        """
        import threading, time
        import minicloud

        cloud = minicloud.Cloud(clock="virtual")
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m")
        idents, over = [], threading.Event()

        def die():
            idents.append(threading.get_ident())
            sqs.receive_message(QueueUrl=url)

        def idle():
            idents.append(threading.get_ident())
            over.wait(30)

        for target in (die, idle):
            thread = threading.Thread(target=target)
            thread.start()
            if target is die:
                thread.join()
        before = time.monotonic()
        body = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [{"Body": "none"}])[0]["Body"]
        body = body + sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]["Body"]
        took = time.monotonic() - before
        over.set()
        print(len(set(idents)), body, took < 1)
        """
    )
    assert printed.split()[1:] == ["nonem", "True"]
