"""Batches: what fails as a whole, what fails alone, and in which order the answers come."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud

from .support import LEGACY, NewQueue, counts, receive, received_bodies, send, send_to_groups, text

TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."
TRACE = text("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")


def failure(entry_id: str, code: str, message: str) -> dict[str, Any]:
    return {"Id": entry_id, "SenderFault": True, "Code": code, "Message": message}


# --- sending -------------------------------------------------------------------------------------------------------


def test_what_sending_answers(sqs: Any, url: str) -> None:
    entries = [
        {"Id": "plain", "MessageBody": "a"},
        {
            "Id": "full",
            "MessageBody": "b",
            "DelaySeconds": 0,
            "MessageAttributes": {"k": text("x")},
            "MessageSystemAttributes": {"AWSTraceHeader": TRACE},
            "MessageGroupId": "tenant",
        },
    ]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert list(answer) == ["Successful", "ResponseMetadata"]
    plain, full = answer["Successful"]
    assert list(plain) == ["Id", "MessageId", "MD5OfMessageBody"]
    digests = ["MD5OfMessageBody", "MD5OfMessageAttributes", "MD5OfMessageSystemAttributes"]
    assert list(full) == ["Id", "MessageId", *digests]
    assert full["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88"
    received = receive(sqs, url)
    assert [(message["MessageId"], message["Body"]) for message in received] == [
        (plain["MessageId"], "a"),
        (full["MessageId"], "b"),
    ]


def test_what_sending_to_a_fifo_queue_answers(sqs: Any, fifo: str) -> None:
    ids = [("1", "d1"), ("2", "d2"), ("3", "d1")]
    entries = [
        {"Id": one, "MessageBody": one, "MessageGroupId": "g", "MessageDeduplicationId": once} for one, once in ids
    ]
    first, second, duplicate = sqs.send_message_batch(QueueUrl=fifo, Entries=entries)["Successful"]
    assert list(first) == ["Id", "MessageId", "MD5OfMessageBody", "SequenceNumber"]
    assert int(first["SequenceNumber"]) < int(second["SequenceNumber"])
    assert (duplicate["MessageId"], duplicate["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert received_bodies(sqs, fifo) == ["1", "2"]


def test_entries_of_a_standard_queue_fail_alone(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", MaximumMessageSize=1024)
    delay = "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
    character = (
        "Invalid binary character '#x1' was found in the message body, the set of allowed characters is "
        "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]."
    )
    empty = "The request must contain the parameter SendMessageBatchRequestEntry.5.MessageBody."
    attribute = "Message (user) attribute 'k' must contain a non-empty value of type 'String'."
    once = (
        "Value d for parameter MessageDeduplicationId is invalid. "
        "Reason: The request include parameter that is not valid for this queue type."
    )
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good-1", "MessageBody": "first"},
            {"Id": "delay", "MessageBody": "x", "DelaySeconds": 901},
            {"Id": "character", "MessageBody": "\x01"},
            {"Id": "size", "MessageBody": "x" * 1025},
            {"Id": "empty", "MessageBody": ""},
            {"Id": "attribute", "MessageBody": "x", "MessageAttributes": {"k": text("")}},
            {"Id": "once", "MessageBody": "x", "MessageDeduplicationId": "d"},
            {"Id": "good-2", "MessageBody": "second"},
        ],
    )
    assert list(answer) == ["Successful", "Failed", "ResponseMetadata"]
    assert [entry["Id"] for entry in answer["Successful"]] == ["good-1", "good-2"]
    assert answer["Failed"] == [
        failure("delay", "InvalidParameterValue", delay),
        failure("character", "InvalidMessageContents", character),
        failure("size", "InvalidParameterValue", TOO_LONG),
        failure("empty", "EmptyValue", empty),
        failure("attribute", "InvalidParameterValue", attribute),
        failure("once", "InvalidParameterValue", once),
    ]
    assert list(answer["Failed"][0]) == ["Id", "SenderFault", "Code", "Message"]
    assert received_bodies(sqs, url) == ["first", "second"]


def test_successful_is_absent_when_all_fail(sqs: Any, url: str) -> None:
    answer = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": ""}])
    assert list(answer) == ["Failed", "ResponseMetadata"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


NOT_THIS_TYPE = "The request include parameter that is not valid for this queue type."


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        (
            {"MessageDeduplicationId": None},
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly",
        ),
        # Another code than SendMessage's, and the deduplication id first. [seen on AWS, 2019 and 2020; the order is
        # that of another emulator]
        ({"MessageGroupId": None}, "InvalidParameterValue", "The request must contain the parameter MessageGroupId."),
        (
            {"MessageGroupId": None, "MessageDeduplicationId": None},
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly",
        ),
        (
            {"DelaySeconds": 5},
            "InvalidParameterValue",
            f"Value 5 for parameter DelaySeconds is invalid. Reason: {NOT_THIS_TYPE}",
        ),
        ({"MessageBody": "x" * 1025}, "InvalidParameterValue", TOO_LONG),
        ({"MessageBody": ""}, "MissingParameter", "The request must contain the parameter MessageBody."),
    ],
)
def test_a_wrong_entry_fails_the_whole_call_on_a_fifo_queue(
    sqs: Any, new_queue: NewQueue, refused: Any, wrong: dict[str, Any], code: str, message: str
) -> None:
    url = new_queue("queue.fifo", MaximumMessageSize=1024)
    good = {"MessageBody": "x", "MessageGroupId": "g"}
    entries = [{"Id": f"e{number}", **good, "MessageDeduplicationId": f"d{number}"} for number in range(3)]
    entries[2] = {key: value for key, value in {**entries[2], **wrong}.items() if value is not None}
    refused(sqs.send_message_batch, code, message, QueueUrl=url, Entries=entries)
    assert counts(sqs, url) == (0, 0, 0)
    # Nor is anything remembered of the entries that were right.
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries[:2])["Successful"]) == 2
    assert counts(sqs, url) == (2, 0, 0)


def test_the_sum_may_be_above_the_queues_own_maximum(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", MaximumMessageSize=1024)
    entries = [{"Id": str(number), "MessageBody": "x" * 1024} for number in range(10)]
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10


def test_the_largest_batch(sqs: Any, url: str) -> None:
    entries: list[Any] = [{"Id": "a", "MessageBody": "é" * 2**18}, {"Id": "b", "MessageBody": "x" * (2**19 - 8)}]
    entries[1]["MessageAttributes"] = {"k": text("v")}
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 2
    entries[1]["MessageBody"] += "x"
    with pytest.raises(sqs.exceptions.BatchRequestTooLong, match=r"You have sent 1048577 bytes\."):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


@pytest.mark.parametrize("one", ["a", "A-z_0", "x" * 80])
def test_ids(sqs: Any, url: str, one: str) -> None:
    answer = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": one, "MessageBody": "x"}])
    assert answer["Successful"][0]["Id"] == one


# --- what is wrong with a whole call, in its order -------------------------------------------------------------------

WRONGS: list[tuple[str, Any]] = [
    (f"{LEGACY}NonExistentQueue", lambda call: {**call, "QueueUrl": "nothing"}),
    (f"{LEGACY}TooManyEntriesInBatchRequest", lambda call: {**call, "Entries": call["Entries"] * 6}),
    (
        f"{LEGACY}InvalidBatchEntryId",
        lambda call: {**call, "Entries": [*call["Entries"], {"Id": " ", "MessageBody": ""}]},
    ),
    (
        f"{LEGACY}BatchEntryIdsNotDistinct",
        lambda call: {**call, "Entries": [call["Entries"][0], *call["Entries"]]},
    ),
    (
        f"{LEGACY}BatchRequestTooLong",
        lambda call: {**call, "Entries": [call["Entries"][0], {"Id": "b", "MessageBody": "x" * 2**20}]},
    ),
]


def test_the_order_of_checks(sqs: Any, url: str) -> None:
    call: dict[str, Any] = {
        "QueueUrl": url,
        "Entries": [{"Id": "a", "MessageBody": "x"}, {"Id": "b", "MessageBody": ""}],
    }
    for code, spoil in reversed(WRONGS):
        call = spoil(call)
        with pytest.raises(sqs.exceptions.ClientError) as caught:
            sqs.send_message_batch(**call)
        assert caught.value.response["Error"]["Code"] == code


# --- deleting ------------------------------------------------------------------------------------------------------


TRACED_OR_NOT = pytest.mark.parametrize(
    "traced", [True, pytest.param(False, marks=pytest.mark.minicloud(trace=False))], ids=["traced", "untraced"]
)
"""A cloud that is not traced deletes all messages of a batch in one go."""


@TRACED_OR_NOT
def test_deleting(cloud: minicloud.Cloud, sqs: Any, url: str, traced: bool) -> None:
    assert cloud.trace.is_on is traced
    send(sqs, url, "a", "b", "c")
    a, b, _ = (message["ReceiptHandle"] for message in receive(sqs, url))
    sqs.delete_message(QueueUrl=url, ReceiptHandle=b)
    answer = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "a", "ReceiptHandle": a},
            {"Id": "bad", "ReceiptHandle": "nonsense"},
            {"Id": "already", "ReceiptHandle": b},
            {"Id": "again", "ReceiptHandle": a},
            {"Id": "empty", "ReceiptHandle": ""},
        ],
    )
    assert list(answer) == ["Successful", "Failed", "ResponseMetadata"]
    assert answer["Successful"] == [{"Id": "a"}, {"Id": "already"}, {"Id": "again"}]
    invalid = 'The input receipt handle "nonsense" is not a valid receipt handle.'
    assert answer["Failed"] == [
        failure("bad", "ReceiptHandleIsInvalid", invalid),
        failure("empty", "MissingParameter", "The request must contain the parameter ReceiptHandle."),
    ]
    assert counts(sqs, url) == (0, 1, 0)


@TRACED_OR_NOT
def test_a_queue_that_was_emptied_goes_on(cloud: minicloud.Cloud, sqs: Any, url: str, traced: bool) -> None:
    for bodies in (("a", "b", "c"), ("d",), ("e", "f")):
        send(sqs, url, *bodies)
        messages = receive(sqs, url)
        assert sorted(message["Body"] for message in messages) == list(bodies)
        entries = [{"Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages]
        answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        assert answer["Successful"] == [{"Id": message["Body"]} for message in messages]
        assert "Failed" not in answer
        assert counts(sqs, url) == (0, 0, 0)
        cloud.clock.advance(100)
        assert receive(sqs, url) == []


@TRACED_OR_NOT
def test_what_is_deleted_may_be_visible_or_delayed_again(
    cloud: minicloud.Cloud, sqs: Any, url: str, traced: bool
) -> None:
    send(sqs, url, "hidden", "shown", "stays")
    handles = {message["Body"]: message["ReceiptHandle"] for message in receive(sqs, url)}
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handles["shown"], VisibilityTimeout=0)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handles["stays"], VisibilityTimeout=50)
    assert counts(sqs, url) == (1, 2, 0)
    entries = [{"Id": body, "ReceiptHandle": handles[body]} for body in ("shown", "hidden")]
    assert len(sqs.delete_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 2
    assert counts(sqs, url) == (0, 1, 0)
    cloud.clock.advance(50)
    assert received_bodies(sqs, url) == ["stays"]


def test_deleting_from_a_fifo_queue(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-1", "g2-1")
    [first] = receive(sqs, fifo, 1, VisibilityTimeout=5)
    [second] = receive(sqs, fifo, 1)
    cloud.clock.advance(5)
    entries = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate((first, second))
    ]
    answer = sqs.delete_message_batch(QueueUrl=fifo, Entries=entries)
    handle = first["ReceiptHandle"]
    expired = f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    assert answer["Successful"] == [{"Id": "1"}]
    assert answer["Failed"] == [failure("0", "InvalidParameterValue", expired)]
    assert counts(sqs, fifo) == (1, 0, 0)


# --- hiding --------------------------------------------------------------------------------------------------------


def test_changing_visibility(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b", "c", "d")
    a, b, c, d = (message["ReceiptHandle"] for message in receive(sqs, url))
    sqs.delete_message(QueueUrl=url, ReceiptHandle=d)
    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "show", "ReceiptHandle": a, "VisibilityTimeout": 0},
            {"Id": "range", "ReceiptHandle": b, "VisibilityTimeout": 43_201},
            {"Id": "total", "ReceiptHandle": b, "VisibilityTimeout": 43_200},
            {"Id": "missing", "ReceiptHandle": b},
            {"Id": "bad", "ReceiptHandle": "nonsense", "VisibilityTimeout": 1},
            {"Id": "gone", "ReceiptHandle": d, "VisibilityTimeout": 1},
            {"Id": "longer", "ReceiptHandle": c, "VisibilityTimeout": 100},
        ],
    )
    assert list(answer) == ["Successful", "Failed", "ResponseMetadata"]
    assert answer["Successful"] == [{"Id": "show"}, {"Id": "longer"}]
    wrong = "for parameter VisibilityTimeout is invalid. Reason:"
    gone = "Message does not exist or is not available for visibility timeout change."
    parameter = "ChangeMessageVisibilityBatchRequestEntry.4.VisibilityTimeout"
    assert answer["Failed"] == [
        failure(
            "range",
            "InvalidParameterValue",
            f"Value 43201 {wrong} VisibilityTimeout must be an integer between 0 and 43200.",
        ),
        failure(
            "total",
            "InvalidParameterValue",
            f"Value 43200 {wrong} Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
        ),
        failure("missing", "MissingParameter", f"The request must contain the parameter {parameter}."),
        failure("bad", "ReceiptHandleIsInvalid", 'The input receipt handle "nonsense" is not a valid receipt handle.'),
        failure("gone", "InvalidParameterValue", f"Value {d} for parameter ReceiptHandle is invalid. Reason: {gone}"),
    ]
    assert received_bodies(sqs, url) == ["a"]
    cloud.clock.advance(99)
    assert "c" not in received_bodies(sqs, url)
    cloud.clock.advance(1)
    assert received_bodies(sqs, url) == ["c"]


@TRACED_OR_NOT
def test_deleting_a_message_twice_in_one_batch(sqs: Any, new_queue: NewQueue, traced: bool) -> None:
    url = new_queue(VisibilityTimeout=0)
    send(sqs, url, "a")
    handles = [receive(sqs, url)[0]["ReceiptHandle"] for _ in range(3)]  # each of them deletes it
    assert len(set(handles)) == 3
    entries = [{"Id": str(place), "ReceiptHandle": handle} for place, handle in enumerate([*handles, handles[0]])]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert answer["Successful"] == [{"Id": entry["Id"]} for entry in entries]
    assert counts(sqs, url) == (0, 0, 0)
