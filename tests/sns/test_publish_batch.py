"""PublishBatch: what fails as a whole, what fails alone, and what arrives."""

from __future__ import annotations

import json

import pytest

ACCOUNT = "123456789012"


def entries(count, **more):
    return [{"Id": f"id{number}", "Message": f"m{number}", **more} for number in range(count)]


@pytest.fixture
def batch(sns, topic):
    return lambda items, arn=topic: sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=items)


def test_a_batch_arrives_in_full(topic, batch, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true")
    answer = batch(entries(10))
    assert [item["Id"] for item in answer["Successful"]] == [f"id{number}" for number in range(10)]
    assert all(set(item) == {"Id", "MessageId"} for item in answer["Successful"])
    assert answer["Failed"] == []
    assert sorted(message["Body"] for message in received()) == [f"m{number}" for number in range(10)]


def test_batches_that_fail_as_a_whole(batch, topic, refused, subscribed):
    received = subscribed(topic, "q")
    cases = [
        ([], "EmptyBatchRequest", "The batch request doesn't contain any entries."),
        (entries(11), "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."),
        (
            entries(2) + entries(1),
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.",
        ),
        (
            [{"Id": "a b", "Message": "x"}],
            "InvalidBatchEntryId",
            "The Id of a batch entry in the batch request contains an impermissible character: a b",
        ),
        (
            [{"Id": "x" * 81, "Message": "x"}],
            "InvalidBatchEntryId",
            f"The Id of a batch entry in the batch request is too long: {'x' * 81}",
        ),
        (
            [{"Id": "a", "Message": "x" * 131_072}, {"Id": "b", "Message": "x" * 131_073}],
            "BatchRequestTooLong",
            "The length of all the messages put together is more than the limit.",
        ),
        (
            [*entries(1), {"Id": "a", "Message": "{}", "MessageStructure": "json"}],
            "InvalidParameter",
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
    ]
    for items, code, text in cases:
        refused(batch, code, text, items=items)
    assert received() == []


def test_the_largest_batch(batch):
    answer = batch([{"Id": "a", "Message": "x" * 131_072}, {"Id": "b", "Message": "x" * 131_072, "Subject": "s"}])
    assert len(answer["Successful"]) == 2


def test_attributes_count_for_the_size_of_a_batch(batch, refused):
    value = {"a": {"DataType": "Binary", "BinaryValue": b"x" * 7}}  # 14 bytes
    items = [
        {"Id": "a", "Message": "x" * 131_072},
        {"Id": "b", "Message": "x" * (131_072 - 14), "MessageAttributes": value},
    ]
    batch(items)
    items[0]["Message"] += "x"
    text = "The length of all the messages put together is more than the limit."
    refused(batch, "BatchRequestTooLong", text, items=items)


def test_the_topic_is_looked_at_first(batch, refused):
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere"
    refused(batch, "NotFound", "Topic does not exist", arn=arn, items=[])
    refused(batch, "InvalidParameter", "Invalid parameter: TopicArn", arn=arn.replace("us-east", "us-west"), items=[])


def test_some_entries_fail_alone(batch, topic, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true")
    answer = batch(
        [
            {"Id": "good", "Message": "1"},
            {"Id": "subject", "Message": "2", "Subject": "two\nlines"},
            {"Id": "empty", "Message": ""},
            {"Id": "also-good", "Message": "4"},
        ]
    )
    assert [item["Id"] for item in answer["Successful"]] == ["good", "also-good"]
    assert answer["Failed"][0] == {
        "Id": "subject",
        "Code": "InvalidParameter",
        "Message": "Invalid parameter: Subject",
        "SenderFault": True,
    }
    assert [(item["Id"], item["Code"]) for item in answer["Failed"]] == [
        ("subject", "InvalidParameter"),
        ("empty", "InvalidParameter"),
    ]
    assert sorted(message["Body"] for message in received()) == ["1", "4"]


def test_a_wrong_message_attribute_fails_the_whole_batch(batch, topic, subscribed, refused):
    received = subscribed(topic, "q")
    text = (
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'."
    )
    wrong = {"Id": "wrong", "Message": "2", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}}
    refused(batch, "ParameterValueInvalid", text, items=[{"Id": "good", "Message": "1"}, wrong])
    assert received() == []


def test_the_fifo_parameters_of_one_entry_fail_the_whole_batch(batch, sns, topic, fifo_topic, refused):
    text = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
    good = entries(2, MessageGroupId="g", MessageDeduplicationId="d")
    refused(batch, "InvalidParameter", text, arn=fifo_topic, items=[*good, {"Id": "x", "Message": "x"}])
    text = (
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled "
        "or MessageDeduplicationId provided explicitly"
    )
    wrong = {"Id": "x", "Message": "x", "MessageGroupId": "g"}
    refused(batch, "InvalidParameter", text, arn=fifo_topic, items=[*good, wrong])
    text = "Invalid parameter: Message Structure - No default entry in JSON message body"
    wrong = {"Id": "x", "Message": "{}", "MessageStructure": "json"}
    refused(batch, "InvalidParameter", text, arn=fifo_topic, items=[*good, wrong])
    batch(entries(3, MessageGroupId="g"))


def test_a_fifo_batch_keeps_its_order_and_its_sequence(batch, fifo_topic, subscribed):
    received = subscribed(fifo_topic, "q.fifo", RawMessageDelivery="true")
    items = [{**item, "MessageGroupId": "g", "MessageDeduplicationId": item["Id"]} for item in entries(10)]
    answer = batch(items, fifo_topic)
    numbers = [int(item["SequenceNumber"]) for item in answer["Successful"]]
    assert numbers == sorted(numbers)
    assert [message["Body"] for message in received()] == [item["Message"] for item in items]
    again = batch(items, fifo_topic)
    assert again["Successful"] == answer["Successful"]
    assert received() == []


def test_structures_entry_by_entry(batch, topic, subscribed):
    received = subscribed(topic, "q")
    structured = json.dumps({"default": "for all", "sqs": "for queues"})
    batch(
        [
            {"Id": "plain", "Message": structured},
            {"Id": "own", "Message": structured, "MessageStructure": "json"},
            {"Id": "default", "Message": '{"default":"for all","email":"x"}', "MessageStructure": "json"},
        ]
    )
    found = sorted(json.loads(message["Body"])["Message"] for message in received())
    assert found == sorted([structured, "for queues", "for all"])


def test_filters_look_at_each_entry(batch, topic, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true", FilterPolicy='{"a":["x"]}')
    batch(
        [
            {"Id": value, "Message": value, "MessageAttributes": {"a": {"DataType": "String", "StringValue": value}}}
            for value in ("x", "y")
        ]
    )
    assert [message["Body"] for message in received()] == ["x"]
