"""Faults that end the caller: where its process dies, and what it leaves behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import Crash
from minicloud.faults import CrashCaller, Fault


@pytest.fixture
def url(sqs: Any) -> str:
    created: str = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    return created


def worker(sqs: Any, url: str, done: list[str]) -> None:
    """A careful one: it survives whatever its work raises."""
    while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
        try:
            done.append(messages[0]["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
        except Exception:
            done.append("survived")


@pytest.mark.parametrize(("when", "expected"), [("before", ["a", "a", "b"]), ("after", ["a", "b"])])
def test_a_caller_dies_before_or_after_its_call_took_effect(
    cloud: minicloud.Cloud, sqs: Any, url: str, when: Any, expected: list[str]
) -> None:
    cloud.faults.crash(operation="DeleteMessage", when=when, nth=1)
    sqs.send_message(QueueUrl=url, MessageBody="a")
    done: list[str] = []
    with pytest.raises(Crash, match=rf"ended the caller of sqs\.DeleteMessage, {when} it "):
        worker(sqs, url, done)
    assert len(cloud.queue("jobs").messages) == (when == "before")
    cloud.clock.advance(30)
    sqs.send_message(QueueUrl=url, MessageBody="b")
    worker(sqs, url, done)
    assert done == expected


def test_without_a_word_it_dies_before(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.crash(operation="SendMessage")
    with pytest.raises(Crash, match="before it took effect"):
        sqs.send_message(QueueUrl=url, MessageBody="a")
    assert cloud.queue("jobs").messages == []


def test_what_it_had_received_is_hidden_until_its_timeout_is_over(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.crash(operation="ReceiveMessage", when="after", nth=1)
    sqs.send_message(QueueUrl=url, MessageBody="a", DelaySeconds=5)
    with pytest.raises(Crash):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)  # it has waited for it
    assert [message.state for message in cloud.queue("jobs").messages] == ["in_flight"]
    assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])) == 0
    assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]) == 1


def test_nobody_is_left_to_see_a_refusal(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.crash(operation="SendMessage", when="after")
    with pytest.raises(Crash):
        sqs.send_message(QueueUrl=url, MessageBody="\x00")


def test_a_task_dies_and_its_awaiter_hears_of_it(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.crash(operation="SendMessage", when="after", nth=2)

    async def send(body: str) -> None:
        await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody=body)

    async def main() -> list[str]:
        tasks = [asyncio.create_task(send(body)) for body in "abc"]
        return [type(result).__name__ for result in await asyncio.gather(*tasks, return_exceptions=True)]

    assert asyncio.run(main()) == ["NoneType", "Crash", "NoneType"]
    assert cloud.queue("jobs").bodies == ["a", "b", "c"]


def test_the_record_says_it_in_words(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    fault = cloud.faults.crash("after", operation="SendMessage")
    assert repr(fault) == "Fault(CrashCaller(when='after'), operation='SendMessage') <seen 0, fired 0>"
    with pytest.raises(Crash):
        sqs.send_message(QueueUrl=url, MessageBody="a")
    (fired,) = [event for event in cloud.trace if event.kind == "fault.fired"]
    assert (fired.resource, fired.details["fault"]) == ("sqs.SendMessage", "the caller crashes after it takes effect")


def test_a_time_of_a_crash_that_there_is_not(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.UsageError, match="when='during' is not when a caller crashes: give 'before' or"):
        Fault(CrashCaller("during"))
    never: Any = None
    with pytest.raises(minicloud.UsageError, match="give 'before' or"):
        cloud.faults.crash(never)
