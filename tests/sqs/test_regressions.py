"""What users of other SQS emulators have suffered from: one test for each pain, which its first line tells."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

import minicloud

from .support import (
    NewQueue,
    arn_of,
    attributes,
    binary,
    bodies,
    change,
    counts,
    delete,
    receive,
    receive_one,
    received_bodies,
    redrive,
    send,
    send_to_groups,
    text,
)

# --- time and polling ----------------------------------------------------------------------------------------------


def test_a_long_poll_ends_with_its_own_wait(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    """Long polls hung until the visibility timeout instead of WaitTimeSeconds. [moto#891, localstack#52]"""
    send(sqs, url, "x")
    receive(sqs, url, VisibilityTimeout=600)
    start, real = cloud.clock.time(), time.monotonic()
    assert receive(sqs, url, WaitTimeSeconds=2) == []
    assert cloud.clock.time() - start == 2
    assert time.monotonic() - real < 1


def test_a_long_poll_sees_a_delayed_message(sqs: Any, url: str) -> None:
    """A message whose delay ended during a long poll was only found by the next one. [elasticmq#65]"""
    send(sqs, url, "x", DelaySeconds=1)
    assert received_bodies(sqs, url, WaitTimeSeconds=5) == ["x"]


def test_an_idle_poll_costs_nothing(sqs: Any, url: str) -> None:
    """A poll that waited burned a whole processor. [moto#871]"""
    used = time.process_time()
    for _ in range(50):
        receive(sqs, url, WaitTimeSeconds=20)
    assert time.process_time() - used < 1


def test_minutes_pass_without_sleeping(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    """Tests of visibility and dead letters really slept for minutes. [odc-tools#210, moto#947]"""
    dead = new_queue("dead")
    url = new_queue("queue", VisibilityTimeout=600, RedrivePolicy=redrive("dead", 2))
    send(sqs, url, "x")
    for _ in range(2):
        assert received_bodies(sqs, url) == ["x"]
        cloud.clock.advance(600)
    assert receive(sqs, url) == []
    assert received_bodies(sqs, dead) == ["x"]


# --- FIFO ----------------------------------------------------------------------------------------------------------


def test_a_group_is_locked_across_receives(sqs: Any, fifo: str) -> None:
    """Two consumers got messages of one group at the same time. [localstack#10098, kumo#650]"""
    send_to_groups(sqs, fifo, "g1-1", "g1-2", "g1-3", "g2-1")
    first = receive_one(sqs, fifo, maximum=1)
    assert received_bodies(sqs, fifo) == ["g2-1"]
    delete(sqs, fifo, first)
    assert received_bodies(sqs, fifo, 1) == ["g1-2"]


def test_a_group_is_not_locked_against_its_own_batch(sqs: Any, fifo: str) -> None:
    """A batch returned one message of a group at a time. [localstack#6766, floci#2104]"""
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    assert received_bodies(sqs, fifo) == ["g-1", "g-2", "g-3"]


def test_a_failed_message_comes_back_before_the_next(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    """A message that was released went to the end of its group. [localstack#6762]"""
    send_to_groups(sqs, fifo, "g-1", "g-2")
    change(sqs, fifo, receive_one(sqs, fifo, maximum=1), 0)
    send_to_groups(sqs, fifo, "g-3")
    assert received_bodies(sqs, fifo) == ["g-1", "g-2", "g-3"]


def test_a_resend_after_the_delete_is_a_duplicate(sqs: Any, fifo: str) -> None:
    """Only messages still in the queue were looked at for duplicates. [elasticmq#354, moto]"""
    first: dict[str, Any] = {}
    again: dict[str, Any] = {}
    for answer in (first, again):
        answer.update(sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d"))
        delete(sqs, fifo, *receive(sqs, fifo))
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert counts(sqs, fifo) == (0, 0, 0)


def test_the_scope_message_group_is_honoured(sqs: Any, new_queue: NewQueue) -> None:
    """DeduplicationScope=messageGroup was ignored. [localstack#8146, floci#901]"""
    url = new_queue("queue.fifo", DeduplicationScope="messageGroup", ContentBasedDeduplication="true")
    for group in ("g1", "g2", "g1"):
        sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId=group)
    assert received_bodies(sqs, url) == ["same", "same"]


def test_a_purge_forgets_deduplication_ids(sqs: Any, fifo: str) -> None:
    """After a purge the same message could not be sent again. [elasticmq#437, ministack#1326]"""
    send_to_groups(sqs, fifo, "g-1")
    sqs.purge_queue(QueueUrl=fifo)
    send_to_groups(sqs, fifo, "g-1")
    assert received_bodies(sqs, fifo) == ["g-1"]


def test_deleting_with_an_expired_handle_fails_on_fifo_only(
    cloud: minicloud.Cloud, sqs: Any, url: str, fifo: str
) -> None:
    """The emulator deleted what AWS refuses to delete. [localstack#12278, aws-sdk-js#1750]"""
    send(sqs, url, "x")
    send_to_groups(sqs, fifo, "g-1")
    plain, ordered = receive_one(sqs, url), receive_one(sqs, fifo)
    cloud.clock.advance(31)
    delete(sqs, url, plain)
    with pytest.raises(sqs.exceptions.ClientError, match=r"The receipt handle has expired\."):
        delete(sqs, fifo, ordered)
    assert counts(sqs, fifo) == (1, 0, 0)


def test_sequence_numbers_are_in_order(sqs: Any, fifo: str) -> None:
    """SequenceNumber was twenty random digits. [moto]"""
    send_to_groups(sqs, fifo, "g1-1", "g2-1", "g1-2", "g2-2")
    messages = receive(sqs, fifo, AttributeNames=["SequenceNumber"])
    numbers = {message["Body"]: int(message["Attributes"]["SequenceNumber"]) for message in messages}
    assert numbers["g1-1"] < numbers["g2-1"] < numbers["g1-2"] < numbers["g2-2"]


# --- dead letters --------------------------------------------------------------------------------------------------


def test_the_move_happens_on_the_receive_that_would_be_one_too_many(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    """Emulators moved a message at its last timeout, or one receive too late. [localstack#8234, elasticmq#582]"""
    dead = new_queue("dead")
    url = new_queue("queue", RedrivePolicy=redrive("dead", 2))
    send(sqs, url, "x")
    for _ in range(2):
        assert received_bodies(sqs, url) == ["x"]
        cloud.clock.advance(30)
    assert counts(sqs, dead) == (0, 0, 0)
    assert receive(sqs, url) == []
    assert counts(sqs, dead) == (1, 0, 0)


def test_a_dead_letter_tells_where_it_came_from(sqs: Any, new_queue: NewQueue) -> None:
    """A dead letter had no DeadLetterQueueSourceArn. [moto]"""
    dead = new_queue("dead")
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    [message] = receive(sqs, dead, AttributeNames=["DeadLetterQueueSourceArn"])
    assert message["Attributes"] == {"DeadLetterQueueSourceArn": arn_of("queue")}


def test_a_moved_message_does_not_bounce_back(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    """Move tasks lost messages without a destination, or kept their receive counts. [localstack#10414, floci#900]"""
    dead = new_queue("dead")
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    sqs.start_message_move_task(SourceArn=arn_of("dead"))
    cloud.clock.advance(1)
    assert received_bodies(sqs, url) == ["x"]
    assert counts(sqs, dead) == (0, 0, 0)


def test_a_redrive_allow_policy_is_kept_and_meant(sqs: Any, new_queue: NewQueue) -> None:
    """RedriveAllowPolicy was dropped. [moto]"""
    dead = new_queue("dead", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    assert json.loads(attributes(sqs, dead)["RedriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
    with pytest.raises(sqs.exceptions.ClientError):
        new_queue("queue", RedrivePolicy=redrive("dead"))


# --- contents ------------------------------------------------------------------------------------------------------


def test_digests_of_attributes(sqs: Any, url: str) -> None:
    """SDKs refused answers for a wrong or superfluous MD5OfMessageAttributes. [moto#918, localstack#3022]"""
    custom = {"b": text("42", "Number.int"), "A": text("é"), "bin": binary(b"\x00\x01\xff", "Binary.png")}
    sent = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=custom)
    assert sent["MD5OfMessageAttributes"] == "c4adb843f8dd237ceaed75d6e983c71d"
    assert "MD5OfMessageAttributes" not in sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={})
    first, second = receive(sqs, url, MessageAttributeNames=["All"])
    assert first["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert "MD5OfMessageAttributes" not in second


def test_the_digest_is_of_the_attributes_returned(sqs: Any, url: str) -> None:
    """A receive that asked for some attributes got the digest of all. [localstack#6794]"""
    send(sqs, url, "x", MessageAttributes={"Help.Me": text("Me"), "Hello": text("There"), "General": text("Kenobi")})
    [message] = receive(sqs, url, MessageAttributeNames=["Hello"])
    assert message["MD5OfMessageAttributes"] == "a311262e065454b75da111d535b8dacd"


def test_counters_tell_delayed_from_in_flight(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    """Delayed messages were counted as in flight, or their counter was absent. [floci#1281, localstack#6416]"""
    assert counts(sqs, url) == (0, 0, 0)
    send(sqs, url, "x", DelaySeconds=10)
    send(sqs, url, "y", "z")
    receive_one(sqs, url, maximum=1)
    assert counts(sqs, url) == (1, 1, 1)
    cloud.clock.advance(10)
    assert counts(sqs, url) == (2, 1, 0)


def test_one_mebibyte(sqs: Any, url: str) -> None:
    """Messages above 256 KiB were refused for months after AWS allowed them. [localstack#12956]"""
    send(sqs, url, "x" * 1_048_576)
    assert len(receive_one(sqs, url)["Body"]) == 1_048_576


def test_groups_on_a_standard_queue(sqs: Any, url: str) -> None:
    """MessageGroupId on standard queues was refused after fair queues had come. [elasticmq#1180, moto#9146]"""
    send(sqs, url, "x", MessageGroupId="tenant")
    [message] = receive(sqs, url, AttributeNames=["MessageGroupId"])
    assert message["Attributes"] == {"MessageGroupId": "tenant"}


def test_attributes_count_for_the_size_and_in_bytes(sqs: Any, new_queue: NewQueue) -> None:
    """Characters were counted, and attributes were not. [localstack#7147]"""
    url = new_queue("queue", MaximumMessageSize=1024)
    send(sqs, url, "é" * 508, MessageAttributes={"k": text("v")})
    with pytest.raises(sqs.exceptions.ClientError, match="shorter than 1024 bytes"):
        send(sqs, url, "é" * 509, MessageAttributes={"k": text("v")})


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=5))
def test_the_limit_of_messages_in_flight(sqs: Any, url: str) -> None:
    """The limit could not be tested at all, or only with 120,000 messages. [elasticmq#160]"""
    send(sqs, url, *"abcdef")
    assert bodies(receive(sqs, url)) == list("abcde")
    with pytest.raises(sqs.exceptions.OverLimit):
        receive(sqs, url)


def test_codes_of_both_protocols(sqs: Any) -> None:
    """Applications look at the old code, the new one, or the class. [moto#6286, elasticmq#812, localstack#8268]"""
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        send(sqs, "https://sqs.us-east-1.amazonaws.com/123456789012/nothing", "x")
    error = caught.value.response["Error"]
    assert error["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert error["QueryErrorCode"] == "QueueDoesNotExist"
    assert error["Type"] == "Sender"


# --- more that moto gets wrong -------------------------------------------------------------------------------------


def test_listing_keeps_to_max_results(sqs: Any, new_queue: NewQueue) -> None:
    """list_queues(MaxResults=10) returned all. [moto]"""
    for number in range(12):
        new_queue(f"q{number:02}")
    page = sqs.list_queues(MaxResults=10)
    assert len(page["QueueUrls"]) == 10
    assert len(sqs.list_queues(MaxResults=10, NextToken=page["NextToken"])["QueueUrls"]) == 2


def test_a_deduplication_id_is_for_fifo_queues(sqs: Any, url: str) -> None:
    """MessageDeduplicationId on a standard queue was accepted. [moto]"""
    with pytest.raises(sqs.exceptions.ClientError, match="not valid for this queue type"):
        send(sqs, url, "x", MessageDeduplicationId="d")


def test_a_large_backlog_is_received_quickly(sqs: Any, url: str) -> None:
    """One receive over a backlog of 2,000 messages took 0.15 seconds. [moto, localstack#5690]"""
    for start in range(0, 2000, 10):
        entries = [{"Id": str(number), "MessageBody": str(start + number)} for number in range(10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    used = time.process_time()
    received = [body for _ in range(200) for body in received_bodies(sqs, url)]
    assert time.process_time() - used < 2
    assert received == [str(number) for number in range(2000)]
