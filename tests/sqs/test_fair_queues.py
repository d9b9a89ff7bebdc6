"""Fair queues: on a standard queue a group that floods it waits, and the others do not.

Numbers are those of AWS where a test says nothing else, or few, so that a test can be read.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.retention import SLACK
from tests.support.ways import MakeClient

from .support import NewQueue, arn_of, change, counts, delete, receive, received_bodies, redrive

FEW = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)
few = pytest.mark.minicloud(limits=FEW)


def send_grouped(sqs: Any, url: str, *bodies: str, **params: Any) -> None:
    """``a1`` goes to the group ``a``, ``-1`` to none."""
    for body in bodies:
        group = {} if body[0] == "-" else {"MessageGroupId": body[0]}
        sqs.send_message(QueueUrl=url, MessageBody=body, **group, **params)


def flood(sqs: Any, url: str, group: str, count: int) -> None:
    for start in range(0, count, 10):
        entries = [
            {"Id": str(number), "MessageBody": f"{group}{number}", "MessageGroupId": group}
            for number in range(start, min(start + 10, count))
        ]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


# --- the rule --------------------------------------------------------------------------------------------------------


def test_one_tenant_floods_and_the_others_do_not_wait(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    flood(sqs, url, "a", 100)
    for _ in range(3):
        assert [body[0] for body in received_bodies(sqs, url)] == ["a"] * 10
    assert cloud.queue("queue").noisy_groups == ["a"]
    send_grouped(sqs, url, "b1", "c1", "-1", "b2")
    assert received_bodies(sqs, url) == ["b1", "c1", "-1", "b2", "a30", "a31", "a32", "a33", "a34", "a35"]


def test_thirty_in_flight_are_needed_and_more_than_a_tenth(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    url, other = new_queue("few"), new_queue("small-share")
    flood(sqs, url, "a", 40)
    for _ in range(2):
        receive(sqs, url)
    receive(sqs, url, maximum=9)
    assert cloud.queue("few").noisy_groups == []
    receive(sqs, url, maximum=1)
    assert cloud.queue("few").noisy_groups == ["a"]

    send_grouped(sqs, other, *(f"-{number}" for number in range(270)))
    for _ in range(27):
        receive(sqs, other)
    flood(sqs, other, "a", 40)
    for _ in range(3):
        receive(sqs, other)
    assert cloud.queue("small-share").noisy_groups == []  # 30 of 300
    receive(sqs, other, maximum=1)
    assert cloud.queue("small-share").noisy_groups == ["a"]


@few
def test_among_the_quiet_and_among_the_noisy_the_oldest_comes_first(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "a2", "b1", "b2", "a3", "b3", "a4", "b4")
    assert received_bodies(sqs, url, maximum=4) == ["a1", "a2", "b1", "b2"]
    send_grouped(sqs, url, "c1", "d1", "-1", "c2")
    assert cloud.queue("queue").noisy_groups == ["a", "b"]
    assert [message.body for message in cloud.queue("queue").peek(6)] == ["c1", "d1", "-1", "c2", "a3", "b3"]
    assert received_bodies(sqs, url) == ["c1", "d1", "-1", "c2", "a3", "b3", "a4", "b4"]


@few
def test_messages_without_a_group_are_never_noisy(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, *(f"-{number}" for number in range(9)), "a1")
    receive(sqs, url, maximum=5)
    assert cloud.queue("queue").noisy_groups == []
    assert received_bodies(sqs, url) == ["-5", "-6", "-7", "-8", "a1"]


@few
def test_a_group_stays_noisy_until_its_backlog_is_gone(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    view = cloud.queue("queue")
    send_grouped(sqs, url, "a1", "a2", "a3", "a4")
    # A consumer that finishes what it has before it asks for more.
    delete(sqs, url, *receive(sqs, url, maximum=2))
    assert counts(sqs, url) == (2, 0, 0)
    assert view.noisy_groups == ["a"]
    send_grouped(sqs, url, "b1")
    delete(sqs, url, *receive(sqs, url, maximum=1))
    assert view.bodies == ["a3", "a4"]
    delete(sqs, url, *receive(sqs, url))
    assert view.noisy_groups == []
    send_grouped(sqs, url, "a5", "b2")
    assert received_bodies(sqs, url) == ["a5", "b2"]


@few
def test_a_group_is_noisy_as_long_as_it_has_too_much_in_flight(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "a2")
    first = receive(sqs, url)
    send_grouped(sqs, url, "a3", "b1")
    assert received_bodies(sqs, url, maximum=1) == ["b1"]
    delete(sqs, url, first[0])
    send_grouped(sqs, url, "b2")
    assert cloud.queue("queue").noisy_groups == []
    assert received_bodies(sqs, url) == ["a3", "b2"]


@few
def test_a_group_that_sends_nothing_for_five_minutes_is_quiet(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    view = cloud.queue("queue")
    send_grouped(sqs, url, "a1", "a2", "a3", "a4")
    receive(sqs, url, maximum=2, VisibilityTimeout=3600)
    cloud.clock.advance(299)
    send_grouped(sqs, url, "b1")
    assert view.noisy_groups == ["a"]
    assert received_bodies(sqs, url, maximum=1) == ["b1"]
    send_grouped(sqs, url, "b2")
    cloud.clock.advance(1)
    assert view.noisy_groups == []
    assert received_bodies(sqs, url, maximum=2) == ["a3", "a4"]
    # It is what it sends that counts: it has too much in flight, and it is heard of again.
    send_grouped(sqs, url, "a5")
    assert view.noisy_groups == ["a"]
    assert received_bodies(sqs, url) == ["b2", "a5"]


@few
def test_five_minutes_of_silence_count_when_nobody_looks(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "a2", "a3", "b1")
    delete(sqs, url, *receive(sqs, url, maximum=2))
    cloud.clock.advance(300)
    send_grouped(sqs, url, "a4")
    assert received_bodies(sqs, url) == ["a3", "b1", "a4"]


@few
def test_a_peek_does_not_empty_a_backlog(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "a2", "a3")
    delete(sqs, url, *receive(sqs, url, maximum=2))
    assert received_bodies(sqs, url, VisibilityTimeout=0) == ["a3"]
    assert cloud.queue("queue").noisy_groups == ["a"]
    send_grouped(sqs, url, "b1")
    assert received_bodies(sqs, url) == ["b1", "a3"]


@few
def test_what_comes_back_takes_its_old_place_among_its_own(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "b1", "a2", "a3")
    first = receive(sqs, url, maximum=3)
    change(sqs, url, first[1], 0)
    change(sqs, url, first[0], 0)
    # Two were in flight as the receive ended.
    assert cloud.queue("queue").noisy_groups == ["a"]
    assert received_bodies(sqs, url) == ["b1", "a1", "a3"]


@few
def test_a_receive_that_hides_nothing_makes_nobody_noisy(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send_grouped(sqs, url, "a1", "a2", "a3", "b1")
    for _ in range(3):
        assert received_bodies(sqs, url, VisibilityTimeout=0) == ["a1", "a2", "a3", "b1"]
    assert cloud.queue("queue").noisy_groups == []


@few
def test_looking_changes_nothing(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    for looks in (False, True):
        url = new_queue(f"looks-{looks}")
        view = cloud.queue(f"looks-{looks}")
        send_grouped(sqs, url, "a1", "a2", "a3", "b1")
        first = receive(sqs, url, maximum=2, VisibilityTimeout=0)
        second = receive(sqs, url, maximum=2)
        for message in (*first, *second):
            if looks:
                assert (view.noisy_groups, len(view.peek())) in ((["a"], 2), (["a"], 1))
            delete(sqs, url, message)
        send_grouped(sqs, url, "a4", "c1")
        assert received_bodies(sqs, url) == ["b1", "c1", "a3", "a4"]


# --- other ways in and out -------------------------------------------------------------------------------------------


@few
def test_by_way_of_a_topic(cloud: minicloud.Cloud, sqs: Any, make_client: Any, new_queue: NewQueue) -> None:
    sns = make_client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name, raw in (("raw", "true"), ("enveloped", "false")):
        new_queue(name)
        attributes = {"RawMessageDelivery": raw}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(name), Attributes=attributes)
    for message in ("a1", "a2", "a3", "b1"):
        sns.publish(TopicArn=topic, Message=message, MessageGroupId=message[0])
    for name in ("raw", "enveloped"):
        url = cloud.queue(name).url
        receive(sqs, url, maximum=2)
        rest = receive(sqs, url, AttributeNames=["MessageGroupId"])
        assert [message["Attributes"]["MessageGroupId"] for message in rest] == ["b", "a"]


@few
def test_a_long_poll_gets_what_is_quiet(cloud: minicloud.Cloud) -> None:
    async def main() -> list[str]:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        for body in ("a1", "a2"):
            await sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="a")
        await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2, WaitTimeSeconds=20))
        await asyncio.sleep(0)
        entries: Any = [{"Id": body, "MessageBody": body, "MessageGroupId": body[0]} for body in ("a3", "b1", "c1")]
        await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        return [message["Body"] for message in (await poll)["Messages"]]

    assert asyncio.run(main()) == ["b1", "c1"]


@few
def test_who_is_cancelled_makes_nobody_noisy(cloud: minicloud.Cloud) -> None:
    async def main() -> None:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, WaitTimeSeconds=20))
        await asyncio.sleep(0)
        entries: Any = [{"Id": body, "MessageBody": body, "MessageGroupId": "a"} for body in ("a1", "a2", "a3", "a4")]
        await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)

    asyncio.run(main())
    view = cloud.queue("q")
    assert (view.counts.visible, view.noisy_groups) == (4, [])


@few
def test_dead_letters_keep_their_groups(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead")
    url = new_queue("source", RedrivePolicy=redrive("dead"))
    send_grouped(sqs, url, "a1", "a2", "a3", "a4", "b1")
    receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    receive(sqs, dead, maximum=2)
    assert cloud.queue("dead").noisy_groups == ["a"]
    # A move task takes quiet groups first as well.
    sqs.start_message_move_task(SourceArn=arn_of("dead"), DestinationArn=arn_of("source"))
    assert cloud.queue("source").bodies == ["b1", "a3", "a4"]


@few
def test_a_queue_that_is_its_own_dead_letter_queue(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("source")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive("source", 1)})
    send_grouped(sqs, url, "a1", "a2", "b1")
    receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert received_bodies(sqs, url) == ["a1", "a2", "b1"]


@few
def test_a_backlog_that_a_queue_moves_to_itself_is_still_there(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    url = new_queue("source")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive("source", 1)})
    send_grouped(sqs, url, "a1", "a2", "a3", "a4")
    delete(sqs, url, *receive(sqs, url, maximum=2))
    assert received_bodies(sqs, url, maximum=1, VisibilityTimeout=0) == ["a3"]
    last = receive(sqs, url)
    delete(sqs, url, *last)
    assert [message["Body"] for message in last] == ["a4"]
    assert (cloud.queue("source").bodies, cloud.queue("source").noisy_groups) == (["a3"], ["a"])


@few
def test_groups_on_a_queue_that_has_had_none(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue")
    send_grouped(sqs, url, *(f"-{number}" for number in range(30)))
    for _ in range(3):
        receive(sqs, url)
    send_grouped(sqs, url, "a1", "a2", "a3", "b1")
    receive(sqs, url, maximum=2)
    # What was in flight before counts: 2 of 32 are no tenth.
    assert cloud.queue("queue").noisy_groups == []
    assert received_bodies(sqs, url, maximum=1) == ["a3"]
    assert cloud.queue("queue").noisy_groups == []


@few
def test_expiry_and_purge(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", MessageRetentionPeriod=60)
    view = cloud.queue("queue")
    send_grouped(sqs, url, "a1", "a2", "a3")
    receive(sqs, url, maximum=2)
    cloud.clock.advance(59)
    send_grouped(sqs, url, "b1")
    cloud.clock.advance(1)
    assert (view.bodies, view.noisy_groups) == (["b1"], [])
    send_grouped(sqs, url, "a4", "a5", "a6")
    receive(sqs, url, maximum=3)
    assert view.noisy_groups == ["a"]
    sqs.purge_queue(QueueUrl=url)
    assert view.noisy_groups == []
    send_grouped(sqs, url, "a7", "b2")
    assert received_bodies(sqs, url) == ["a7", "b2"]


@few
def test_a_fifo_queue_has_no_noisy_groups(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    for body in ("a1", "a2", "a3"):
        sqs.send_message(QueueUrl=fifo, MessageBody=body, MessageGroupId="a", MessageDeduplicationId=body)
    receive(sqs, fifo, maximum=2)
    assert cloud.queue("queue.fifo").noisy_groups == []


@few
def test_a_snapshot_has_who_is_noisy(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    view = cloud.queue("queue")
    plain = cloud.snapshot()
    send_grouped(sqs, url, "a1", "a2", "a3", "b1")
    delete(sqs, url, *receive(sqs, url, maximum=2))
    snapshot = cloud.snapshot()
    for _ in range(2):
        assert view.noisy_groups == ["a"]
        assert received_bodies(sqs, url) == ["b1", "a3"]
        cloud.restore(snapshot)
    cloud.restore(plain)
    assert view.noisy_groups == []
    send_grouped(sqs, url, "-1", "a1")
    assert received_bodies(sqs, url) == ["-1", "a1"]


@pytest.mark.minicloud(delivery="aws", seed=3, limits=FEW)
def test_what_aws_may_do_to_a_fair_queue_loses_nothing(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    sent = [f"{group}{number}" for number in range(10) for group in "aab-"]
    send_grouped(sqs, url, *sent)
    received: set[str] = set()
    while cloud.queue("queue").counts.visible + cloud.queue("queue").counts.in_flight:
        messages = receive(sqs, url, maximum=3)
        received.update(message["Body"] for message in messages)
        delete(sqs, url, *messages)
    assert received == set(sent)


def test_few_groups_cost_little_memory_when_they_have_gone(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    for number in range(100):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId=f"g{number}")
        delete(sqs, url, *receive(sqs, url))
    engine: Any = cloud
    (service,) = engine.services("sqs")
    receive(sqs, url)
    assert service.queues["queue"]._fair is None


def test_groups_that_have_gone_cost_little_memory_behind_another(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    groups = SLACK + 20
    send_grouped(sqs, url, "a1")
    for number in range(groups):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId=f"g{number}")
    _, *messages = [message for _ in range(0, groups, 10) for message in receive(sqs, url, VisibilityTimeout=10)]
    cloud.clock.advance(10)
    for gone in ([], messages, []):
        delete(sqs, url, *gone)
        (message,) = receive(sqs, url, maximum=1, VisibilityTimeout=0)
        assert message["Body"] == "a1"
    engine: Any = cloud
    (service,) = engine.services("sqs")
    assert len(service.queues["queue"]._fair._quiet) < 20


def test_a_delayed_message_that_expires_was_in_no_group(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("short", MessageRetentionPeriod="60")
    send_grouped(sqs, url, "a1", "b1", DelaySeconds=100)
    cloud.clock.advance(30)
    send_grouped(sqs, url, "b2", "c1")
    cloud.clock.advance(30)
    assert counts(sqs, url) == (2, 0, 0)
    assert received_bodies(sqs, url) == ["b2", "c1"]


def test_what_a_topic_shares_among_groups_is_received_as_anything_else(
    cloud: minicloud.Cloud, make_client: MakeClient, sqs: Any, new_queue: NewQueue
) -> None:
    sns = make_client("sns", "us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    urls = [new_queue(name, VisibilityTimeout="10") for name in ("one", "two")]
    for name in ("one", "two"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(name))
    sent = cloud.clock.time()
    sns.publish(TopicArn=topic, Message="m", MessageGroupId="g")
    cloud.clock.advance(5)
    for count in (1, 2):
        for url in urls:
            [message] = receive(sqs, url, AttributeNames=["All"])
            shown = message["Attributes"]
            assert shown.pop("SenderId")
            assert shown == {
                "SentTimestamp": str(round(sent * 1000)),
                "ApproximateReceiveCount": str(count),
                "ApproximateFirstReceiveTimestamp": str(round((sent + 5) * 1000)),
                "MessageGroupId": "g",
            }
        cloud.clock.advance(10)
