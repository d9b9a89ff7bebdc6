"""``ConsumerMachine`` with a consumer that is a loop of its own: where it dies, how it ends, what is left."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

import minicloud
from minicloud.hypothesis import ConsumerMachine, Crash
from tests.support.depth import deep

FINDS = settings(
    max_examples=500,  # they are others whenever the source of any module that is loaded has other constants
    deadline=None,
    derandomize=True,
    stateful_step_count=5,
    phases=[Phase.generate, Phase.shrink],
)
HOLDS = settings(max_examples=deep(15), stateful_step_count=10, deadline=None)


class Shipping(ConsumerMachine):
    """What was shipped has to be what was sent."""

    delivery = "readable"

    def __init__(self) -> None:
        super().__init__()
        self.shipped: list[str] = []

    def check(self, sent: list[str]) -> None:
        assert sorted(self.shipped) == sorted(sent)


def poll(sqs: Any, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])
    return found


class ShipsAgain(Shipping):
    """Ships, and then deletes."""

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        while True:
            for message in poll(sqs, queue_url):
                try:
                    self.shipped.append(message["Body"])
                    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                except Exception:
                    pytest.fail("a consumer does not survive its own end")


class Loses(Shipping):
    """Deletes, and then ships; between them it makes a call."""

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        for message in poll(sqs, queue_url):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            sqs.list_queues()
            self.shipped.append(message["Body"])


class ShipsOnce(Shipping):
    """Remembers what it has shipped."""

    delivery = "aws"

    def run_consumer(self, sqs: Any, queue_url: str) -> Any:
        while True:
            for message in poll(sqs, queue_url):
                if message["Body"] not in self.shipped:
                    self.shipped.append(message["Body"])
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


class ShipsOnceInOrder(ShipsOnce):
    """The same from a FIFO queue, whose attributes say nothing of it."""

    queue_name = "jobs.fifo"

    def check(self, sent: list[str]) -> None:
        assert self.shipped == sent


TestShipsOnce = ShipsOnce.TestCase
TestShipsOnce.settings = HOLDS
TestShipsOnceInOrder = ShipsOnceInOrder.TestCase
TestShipsOnceInOrder.settings = HOLDS


class ShipsOnceAsync(Shipping):
    """The same in tasks, which die with it, on a loop in the cloud's time."""

    async def run_consumer(self, sqs: Any, queue_url: str) -> None:
        workers = [asyncio.create_task(self.work(sqs, queue_url)) for _ in range(2)]
        await asyncio.Event().wait()
        assert not workers

    async def work(self, sqs: Any, queue_url: str) -> None:
        while True:
            answer = await sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                await asyncio.sleep(5)
                if message["Body"] not in self.shipped:
                    self.shipped.append(message["Body"])
                await sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


TestShipsOnceAsync = ShipsOnceAsync.TestCase
TestShipsOnceAsync.settings = HOLDS


def failing_steps(machine: type[ConsumerMachine], **more: Any) -> list[str]:
    """What hypothesis prints of the simplest example that breaks a consumer, without the timeline."""
    with pytest.raises(AssertionError) as failed:
        run_state_machine_as_test(machine, settings=settings(FINDS, **more))
    lines = "\n".join(failed.value.__notes__).splitlines()
    steps = [line for line in lines if line.startswith(("state.", "crash() "))]
    assert steps.pop(0) == "state.begin(random=HypothesisRandom(generated data))"
    assert steps.pop() == "state.teardown()"
    return steps


def test_a_crash_between_the_work_and_the_delete() -> None:
    assert failing_steps(ShipsAgain) == [
        "state.send()",
        "crash() ends the consumer at its call 2, sqs.DeleteMessage, before it takes effect",
        "state.crash()",
    ]


def test_a_crash_between_the_delete_and_the_work() -> None:
    first, died, last = failing_steps(Loses)
    assert (first, last) == ("state.send()", "state.crash()")
    assert died in (
        "crash() ends the consumer at its call 2, sqs.DeleteMessage, after it takes effect",
        "crash() ends the consumer at its call 3, sqs.ListQueues, before it takes effect",
    )


class ShipsAgainAsync(ShipsOnceAsync):
    """Does not remember."""

    async def work(self, sqs: Any, queue_url: str) -> None:
        while True:
            answer = await sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                self.shipped.append(message["Body"])
                await sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def test_tasks_die_with_their_process(caplog: pytest.LogCaptureFixture) -> None:
    sent, died, crashed = failing_steps(ShipsAgainAsync)
    assert (sent, crashed) == ("state.send()", "state.crash()")
    assert "sqs.DeleteMessage, before it takes effect" in died
    assert caplog.messages == []  # asyncio has nothing to say of tasks that nobody awaited


# --- real clients ----------------------------------------------------------------------------------------------------


class RealShipsOnce(ShipsOnce):
    """Given a client of boto3's, and makes another one as well."""

    real_clients = True

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        import boto3
        from botocore.client import BaseClient

        assert isinstance(sqs, BaseClient)
        boto3.client("sqs", region_name="us-east-1").list_queues()
        super().run_consumer(sqs, queue_url)


class RealShipsAgain(ShipsAgain):
    """The one that does not remember."""

    real_clients = True


class RealShipsAgainAsync(ShipsAgainAsync):
    """The one that does not remember, given a client of aiobotocore's."""

    real_clients = True

    async def run_consumer(self, sqs: Any, queue_url: str) -> None:
        from aiobotocore.client import AioBaseClient

        assert isinstance(sqs, AioBaseClient)
        await super().run_consumer(sqs, queue_url)


@pytest.mark.needs("boto3")
def test_a_consumer_with_boto3() -> None:
    run_state_machine_as_test(RealShipsOnce, settings=settings(HOLDS, max_examples=5))
    assert failing_steps(RealShipsAgain) == [
        "state.send()",
        "crash() ends the consumer at its call 2, sqs.DeleteMessage, before it takes effect",
        "state.crash()",
    ]


@pytest.mark.needs("aiobotocore")
def test_a_consumer_with_aiobotocore() -> None:
    found_is_enough = [Phase.generate]
    assert "state.crash()" in failing_steps(RealShipsAgainAsync, phases=found_is_enough)


# --- how it ends -----------------------------------------------------------------------------------------------------


class Diary(ConsumerMachine):
    """Notes how its runs end."""

    delivery = "readable"
    ends: list[str]

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        try:
            while True:
                for message in poll(sqs, queue_url):
                    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        except Crash as end:
            self.ends.append(str(end))
            with pytest.raises(Crash):
                sqs.list_queues()  # the dead make no calls
            raise RuntimeError("which nobody hears, as it comes of its end") from end


def an_example(machine: type[ConsumerMachine], sends: int = 1) -> Any:
    """A machine that has begun, and so many messages."""
    from random import Random

    made: Any = machine()
    made.begin(Random(1))
    for _ in range(sends):
        made.send()
    return made


def test_an_endless_loop_ends_when_nothing_is_left() -> None:
    machine = an_example(Diary)
    machine.ends = []
    machine.run()
    machine.run()  # there is nothing to run for
    machine.teardown()
    nothing = "the machine has ended the consumer: there is nothing for it to receive, and it asks again and again"
    assert machine.ends == [nothing]


class Confused(ConsumerMachine):
    """Puts what it gets back at once, for ever."""

    delivery = "readable"

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        while True:
            for message in poll(sqs, queue_url):
                sqs.change_message_visibility(
                    QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )


def test_a_loop_that_goes_round_in_a_circle_ends_and_is_told() -> None:
    machine = an_example(Confused, 2)
    with pytest.raises(AssertionError, match=r"^2 messages of jobs are left, and 3 more runs of the consumer did not"):
        machine.teardown()
    assert machine.cloud.closed


def test_an_error_of_the_consumers_own_fails_the_example() -> None:
    class Broken(ConsumerMachine):
        def run_consumer(self, sqs: Any, queue_url: str) -> None:
            poll(sqs, queue_url)
            raise ZeroDivisionError

    machine = an_example(Broken)
    with pytest.raises(ZeroDivisionError):
        machine.run()
    assert len(machine.cloud.faults) == 0
    with pytest.raises(ZeroDivisionError):
        machine.teardown()


def test_faults_of_the_tests_own_do_not_keep_it_alive() -> None:
    machine = an_example(Diary)
    machine.ends = []
    fault = machine.cloud.faults.lose_answer(operation="DeleteMessage", nth=1)
    with pytest.raises(minicloud.exceptions.ReadTimeoutError):
        machine.run()
    assert fault.fired == 1
    machine.cloud.faults.clear()
    machine.teardown()


class Threaded(Diary):
    """Works in a thread, which dies with it."""

    def run_consumer(self, sqs: Any, queue_url: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(super().run_consumer, sqs, queue_url).result()


def test_threads_die_with_their_process() -> None:
    machine = an_example(Threaded, 2)
    machine.ends = []
    machine._crash_place = 3, "before"
    machine.crash()
    assert (
        machine.ends.pop()
        == "a fault of this test (cloud.faults) ended the caller of sqs.ReceiveMessage, before it took effect"
    )
    machine.teardown()


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_a_machine_has_one_consumer() -> None:
    class Neither(ConsumerMachine):
        pass

    class Both(ShipsOnce):
        def consume(self, message: dict[str, Any]) -> None: ...

    with pytest.raises(minicloud.UsageError, match="Neither has no consumer: define one of run_consumer"):
        Neither()
    with pytest.raises(minicloud.UsageError, match="Both has run_consumer and consume: define one of"):
        Both()


def test_a_consumer_of_messages_gets_no_client() -> None:
    class Real(ConsumerMachine):
        real_clients = True

        def consume(self, message: dict[str, Any]) -> None: ...

    with pytest.raises(minicloud.UsageError, match="Real has real_clients and consume"):
        Real()


def test_a_delivery_that_there_is_not() -> None:
    class Odd(ShipsOnce):
        delivery: Any = "odd"

    class Elsewhere(ShipsOnce):
        cloud_options = {"delivery": "readable"}

    for machine in (Odd, Elsewhere):
        with pytest.raises(minicloud.UsageError, match='say delivery = "aws" or "readable", in the class itself'):
            machine()


def test_rules_of_a_childs_own_stay() -> None:
    class WithMore(ShipsOnce):
        @rule()
        def receive(self) -> None:
            """A rule of its own, of a name that machines of the other kind have."""

    names = {each.function.__name__ for each in WithMore.setup_state().rules}
    assert names == {"crash", "receive", "run", "send", "wait"}
    assert {each.function.__name__ for each in ShipsOnce.setup_state().rules} == {"crash", "run", "send", "wait"}
