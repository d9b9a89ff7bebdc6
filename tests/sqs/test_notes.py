"""What is noted of a refusal beside AWS's text, which stays as it is: the reason that the cloud knows."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

import minicloud
from tests.support.notes import Noted

from .support import OTHER_ACCOUNT, Connect, NewQueue, arn_of, text

MISSING = "AWS.SimpleQueueService.NonExistentQueue"


def test_a_queue_that_is_in_another_region(sqs: Any, connect: Connect, noted: Noted) -> None:
    url = connect("eu-west-1").create_queue(QueueName="jobs")["QueueUrl"]
    assert noted(sqs.get_queue_url, MISSING, QueueName="jobs") == [
        "there is a queue of this name in eu-west-1, and this call went to us-east-1: make the client with "
        'region_name="eu-west-1"'
    ]
    assert noted(sqs.send_message, "InvalidAddress", QueueUrl=url, MessageBody="x") == [
        'it is of eu-west-1, and this call went to us-east-1: make the client with region_name="eu-west-1"'
    ]
    assert noted(sqs.get_queue_url, MISSING, QueueName="jbos") == [
        "there is a queue 'jobs' in eu-west-1, and this call went to us-east-1"
    ]
    assert noted(sqs.get_queue_url, MISSING, QueueName="something") == [
        "this cloud has no queue in us-east-1; there are, in eu-west-1: jobs"
    ]


def test_of_queues_in_other_regions_three_are_told(sqs: Any, connect: Connect, noted: Noted) -> None:
    for region_name in ("eu-west-1", "eu-west-2", "us-west-1", "us-west-2"):
        connect(region_name).create_queue(QueueName=f"jobs-{region_name[-4:]}")
    assert noted(sqs.get_queue_url, MISSING, QueueName="something") == [
        "this cloud has no queue in us-east-1; there are, in eu-west-1: jobs-st-1; in eu-west-2: jobs-st-2; "
        "in us-west-1: jobs-st-1"
    ]


def test_a_queue_of_a_name_like_it(sqs: Any, new_queue: NewQueue, noted: Noted) -> None:
    assert noted(sqs.get_queue_url, MISSING, QueueName="jobs") == [
        "this cloud has no queue at all: the test has to make it first, on this cloud"
    ]
    url = new_queue("jobs")
    new_queue("orders")
    wrong = url.replace("jobs", "jbos")
    near = ["there is a queue 'jobs': did you mean that one?"]
    assert noted(sqs.send_message, MISSING, QueueUrl=wrong, MessageBody="x") == near
    assert noted(sqs.receive_message, MISSING, QueueUrl=wrong) == near
    assert noted(sqs.get_queue_url, MISSING, QueueName="customers") == ["there are, in us-east-1: jobs, orders"]


def test_a_queue_of_another_account(sqs: Any, connect: Connect, new_queue: NewQueue, noted: Noted) -> None:
    connect(account_id=OTHER_ACCOUNT).create_queue(QueueName="jobs")
    assert noted(sqs.get_queue_url, MISSING, QueueName="jobs") == [
        f"account {OTHER_ACCOUNT} has a queue of this name, and this call was made for account 123456789012"
    ]
    url = new_queue("jobs")
    assert noted(connect(account_id=OTHER_ACCOUNT).delete_queue, "AccessDenied", QueueUrl=url) == [
        "the queue is of account 123456789012, which alone may do this, and this call was made for account "
        f"{OTHER_ACCOUNT}"
    ]


def test_a_principal_that_cannot_exist(sqs: Any, new_queue: NewQueue, noted: Noted) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:orders"
    statement = {"Effect": "Allow", "Principal": {"AWS": topic}, "Action": "sqs:SendMessage", "Resource": "*"}
    attributes = {"Policy": json.dumps({"Statement": [statement]})}
    url = new_queue("jobs")
    assert noted(sqs.set_queue_attributes, "InvalidAttributeValue", QueueUrl=url, Attributes=attributes) == [
        f"nobody can be '{topic}': a principal is an account, or the ARN of a user, role or session"
    ]


def test_a_url_of_another_account(sqs: Any, new_queue: NewQueue, noted: Noted) -> None:
    new_queue("jobs")
    habit = "http://localhost:4566/000000000000/jobs"
    assert noted(sqs.send_message, MISSING, QueueUrl=habit, MessageBody="x") == [
        "this URL is of account 000000000000, and the queue of this name is of 123456789012: take the URL that "
        "get_queue_url() returns, or give the cloud the account by account_id="
    ]
    for url in (habit.replace("jobs", "jbos"), "http://localhost/jobs", "/jobs", "/"):
        assert not any("this URL" in note for note in noted(sqs.purge_queue, MISSING, QueueUrl=url))


def test_a_name_that_was_deleted(cloud: minicloud.Cloud, sqs: Any, url: str, noted: Noted) -> None:
    cloud.clock.advance(2)
    sqs.delete_queue(QueueUrl=url)
    cloud.clock.advance(3.5)
    assert noted(sqs.send_message, MISSING, QueueUrl=url, MessageBody="x") == [
        "a queue of this name was deleted at 00:00:02.000 of this cloud's clock"
    ]
    code = "AWS.SimpleQueueService.QueueDeletedRecently"
    (note,) = noted(sqs.create_queue, code, QueueName="queue")
    assert note == (
        "'queue' was deleted 3.5 s ago on this cloud's clock; in a test: cloud.clock.advance(57), or "
        'limits="relaxed", which drops this rule (for a suite, in pytest\'s ini file: minicloud_limits = relaxed)'
    )
    cloud.clock.advance(57)  # as it says
    sqs.create_queue(QueueName="queue")


def test_a_purge_too_soon(cloud: minicloud.Cloud, sqs: Any, url: str, noted: Noted) -> None:
    sqs.purge_queue(QueueUrl=url)
    cloud.clock.advance(10)
    (note,) = noted(sqs.purge_queue, "AWS.SimpleQueueService.PurgeQueueInProgress", QueueUrl=url)
    assert note.startswith("it was purged 10 s ago on this cloud's clock; in a test: cloud.clock.advance(50), or ")


def test_a_queue_with_another_attribute(sqs: Any, url: str, noted: Noted) -> None:
    given = {"QueueName": "queue", "Attributes": {"VisibilityTimeout": "60"}}
    assert noted(sqs.create_queue, "QueueAlreadyExists", **given) == [
        "the queue's VisibilityTimeout is '30', and this call asks for '60': set_queue_attributes() changes that of a "
        "queue which is there"
    ]


def test_an_arn_is_not_a_url(sqs: Any, url: str, noted: Noted) -> None:
    (note,) = noted(sqs.receive_message, "InvalidAddress", QueueUrl=arn_of("queue"))
    assert note == f"an ARN is not a QueueUrl: this queue's is {url}"
    (note,) = noted(sqs.receive_message, "InvalidAddress", QueueUrl=arn_of("jobs"))
    assert note == "an ARN is not a QueueUrl: get_queue_url() finds it by the queue's name"


def test_handles_of_others(sqs: Any, connect: Connect, new_queue: NewQueue, noted: Noted) -> None:
    def handle(client: Any, url: str) -> str:
        client.send_message(QueueUrl=url, MessageBody="x")
        found: str = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
        return found

    jobs, orders = new_queue("jobs"), new_queue("orders")
    other = connect("eu-west-1")
    foreign = handle(other, other.create_queue(QueueName="far")["QueueUrl"])
    call, code = sqs.delete_message, "ReceiptHandleIsInvalid"
    assert noted(call, code, QueueUrl=jobs, ReceiptHandle=handle(sqs, orders)) == [
        "this receipt handle is of orders, and the call is about jobs"
    ]
    assert noted(call, code, QueueUrl=jobs, ReceiptHandle=foreign) == [
        "it is of the queue far in eu-west-1 of account 123456789012"
    ]
    message_id = sqs.send_message(QueueUrl=jobs, MessageBody="x")["MessageId"]
    assert noted(call, code, QueueUrl=jobs, ReceiptHandle=message_id) == [
        "this is a MessageId: the handle of a received message is message['ReceiptHandle']"
    ]
    assert noted(call, code, QueueUrl=jobs, ReceiptHandle="AQEB") == [
        "no queue of this cloud has issued it: it is of another cloud, of a deleted queue, or not a handle at all"
    ]


def test_handles_of_fifo_queues(cloud: minicloud.Cloud, sqs: Any, fifo: str, noted: Noted) -> None:
    sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1")
    handle = sqs.receive_message(QueueUrl=fifo)["Messages"][0]["ReceiptHandle"]
    cloud.clock.advance(31)
    ended = [
        "its visibility timeout ended 1 s ago on this cloud's clock, 30 s after the receive: receive it again, and use "
        "the new handle, hide it for longer (VisibilityTimeout), or extend it in time (ChangeMessageVisibility)"
    ]
    given = {"QueueUrl": fifo, "ReceiptHandle": handle}
    assert noted(sqs.delete_message, "InvalidParameterValue", **given) == ended
    change = {**given, "VisibilityTimeout": 5}
    assert noted(sqs.change_message_visibility, "InvalidParameterValue", **change) == ended
    latest = sqs.receive_message(QueueUrl=fifo)["Messages"][0]["ReceiptHandle"]
    assert noted(sqs.delete_message, "InvalidParameterValue", **given) == [
        "the message was received again at 00:00:31.000 of this cloud's clock (2 receives by now): only the handle of "
        "that receive is good"
    ]
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=latest)
    (note,) = noted(sqs.change_message_visibility, "InvalidParameterValue", **change)
    assert note.startswith("the message has gone")


def test_numbers_that_are_too_high(cloud: minicloud.Cloud, sqs: Any, fifo: str, url: str, noted: Noted) -> None:
    code = "InvalidParameterValue"
    assert noted(sqs.send_message, code, QueueUrl=url, MessageBody="x" * 1_048_577) == [
        "it has 1048577 bytes: 1048577 of the body and 0 of message attributes"
    ]
    given = {"QueueUrl": url, "MessageBody": "x" * 1_048_570, "MessageAttributes": {"a": text("bcdef")}}
    assert noted(sqs.send_message, code, **given) == [
        "it has 1048582 bytes: 1048570 of the body and 12 of message attributes"
    ]
    assert noted(sqs.send_message, code, QueueUrl=fifo, MessageBody="x", MessageGroupId="g") == [
        "ContentBasedDeduplication of queue.fifo is false: set it to true, or give a MessageDeduplicationId"
    ]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    cloud.clock.advance(10)
    given = {"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 43_195}
    assert noted(sqs.change_message_visibility, code, **given) == [
        "it was received 10 s ago on this cloud's clock: 43189 s from now on is the most"
    ]
    sqs.change_message_visibility(**{**given, "VisibilityTimeout": 43_189})  # as it says


def test_targets_of_redrive_policies(sqs: Any, new_queue: NewQueue, noted: Noted) -> None:
    new_queue("jobs-dlq")

    def create(arn: str) -> list[str]:
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
        given = {"QueueName": "jobs", "Attributes": {"RedrivePolicy": policy}}
        return noted(sqs.create_queue, "InvalidParameterValue", **given)

    assert create(arn_of("jobs_dlq")) == ["there is a queue 'jobs-dlq': did you mean that one?"]
    code, call = "ResourceNotFoundException", sqs.start_message_move_task
    assert noted(call, code, SourceArn=arn_of("job-dlq")) == ["there is a queue 'jobs-dlq': did you mean that one?"]
    (note,) = noted(call, code, SourceArn=arn_of("jobs-dlq", "eu-west-1"))
    assert note.startswith("it is of eu-west-1, and this call went to us-east-1")
    assert noted(call, "InvalidParameterValue", SourceArn=arn_of("jobs-dlq")) == [
        "no queue of this account and region has a RedrivePolicy that names jobs-dlq"
    ]


@pytest.mark.parametrize("rate", [1, 2])
def test_a_queue_that_is_being_moved(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, noted: Noted, rate: int
) -> None:
    dead = new_queue("jobs-dlq")
    policy = json.dumps({"deadLetterTargetArn": arn_of("jobs-dlq"), "maxReceiveCount": 3})
    new_queue("jobs", RedrivePolicy=policy)
    for number in range(5):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))
    call, given = sqs.start_message_move_task, {"SourceArn": arn_of("jobs-dlq"), "DestinationArn": arn_of("jobs")}
    call(**given, MaxNumberOfMessagesPerSecond=rate)
    cloud.clock.advance(1)
    moved = cloud.queue("jobs").counts.visible
    (note,) = noted(call, "InvalidParameterValue", **given)
    assert note == (
        f"it was started 1 s ago on this cloud's clock, and has moved {moved} of 5 messages, at {rate} a "
        "second: cloud.clock.advance() lets it go on, CancelMessageMoveTask ends it"
    )


def test_names_of_queues_and_attributes(sqs: Any, url: str, fifo: str, noted: Noted) -> None:
    create, code = sqs.create_queue, "InvalidParameterValue"
    assert noted(create, code, QueueName="jobs.fifo") == [
        'a name that ends in .fifo is that of a FIFO queue: Attributes={"FifoQueue": "true"} makes one'
    ]
    assert noted(create, code, QueueName="jobs", Attributes={"FifoQueue": "true"}) == ["'jobs' does not end in .fifo"]
    assert noted(create, code, QueueName="jo bs") == []
    given = {"QueueName": "jobs", "Attributes": {"VisibilityTimeut": "3"}}
    assert noted(create, "InvalidAttributeName", **given) == ["did you mean VisibilityTimeout?"]
    given["Attributes"] = {"DeduplicationScope": "queue"}
    assert noted(create, "InvalidAttributeName", **given) == ["DeduplicationScope is an attribute of FIFO queues"]
    for attributes, note in (
        ({"DelaySeconds": "901"}, "DelaySeconds is a text of digits, from 0 to 900"),
        ({"SqsManagedSseEnabled": "yes"}, "SqsManagedSseEnabled is true or false"),
    ):
        assert noted(create, "InvalidAttributeValue", QueueName="jobs", Attributes=attributes) == [note]
    given = {"QueueUrl": fifo, "Attributes": {"DeduplicationScope": "all"}}
    assert noted(sqs.set_queue_attributes, "InvalidAttributeValue", **given) == [
        "DeduplicationScope is one of queue, messageGroup"
    ]
    names = {"QueueUrl": url, "AttributeNames": ["QueueARN"]}
    assert noted(sqs.get_queue_attributes, "InvalidAttributeName", **names) == ["did you mean QueueArn?"]
    names["AttributeNames"] = ["SentTimestmp"]
    assert noted(sqs.receive_message, "InvalidAttributeName", **names) == ["did you mean SentTimestamp?"]


def test_what_only_one_kind_of_queue_knows(sqs: Any, url: str, fifo: str, noted: Noted) -> None:
    send = sqs.send_message
    assert noted(send, "MissingParameter", QueueUrl=fifo, MessageBody="x") == [
        "queue.fifo is a FIFO queue: each of its messages has a group, inside of which order is kept"
    ]
    given = {"QueueUrl": url, "MessageBody": "x", "MessageDeduplicationId": "1"}
    assert noted(send, "InvalidParameterValue", **given) == [
        "queue is a standard queue, which knows no duplicates: leave it out, or send to a FIFO queue"
    ]
    given |= {"QueueUrl": fifo, "MessageGroupId": "g", "DelaySeconds": 5}
    assert noted(send, "InvalidParameterValue", **given) == [
        "queue.fifo is a FIFO queue, which delays all messages alike: set its attribute DelaySeconds"
    ]


def test_an_error_that_says_all_has_no_note(sqs: Any, url: str, noted: Noted) -> None:
    assert noted(sqs.send_message, "InvalidParameterValue", QueueUrl=url, MessageBody="x", DelaySeconds=901) == []


def test_notes_are_told_by_the_trace(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, noted: Noted) -> None:
    new_queue("jobs")
    notes = noted(sqs.get_queue_url, MISSING, QueueName="jbos")
    (refused,) = [event for event in cloud.trace if event.kind == "call.refused"]
    assert refused.details["notes"] == notes
    assert cloud.trace.render().endswith(f"The specified queue does not exist. ({notes[0]})")


def test_notes_go_along_into_another_process(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="jobs")
    copied = pickle.loads(pickle.dumps(caught.value))
    assert copied.__notes__ == caught.value.__notes__
    assert str(copied) == str(caught.value)


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=2))
def test_how_many_are_in_flight_is_noted(sqs: Any, url: str, noted: Noted) -> None:
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    notes = noted(sqs.receive_message, "OverLimit", QueueUrl=url)
    assert notes == ["queue has 2 messages in flight, of 2 that may be"]
