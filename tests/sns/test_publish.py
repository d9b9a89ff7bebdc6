"""Publish: targets, and every rule that a message has to keep."""

from __future__ import annotations

import json
import re

import pytest

ACCOUNT = "123456789012"


def attribute(value, data_type=None):
    if isinstance(value, bytes):
        return {"DataType": data_type or "Binary", "BinaryValue": value}
    return {"DataType": data_type or "String", "StringValue": value}


def test_a_message_id_is_a_uuid(sns, topic):
    answer = sns.publish(TopicArn=topic, Message="x")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", answer["MessageId"])
    assert set(answer) == {"MessageId", "ResponseMetadata"}


# --- targets ---------------------------------------------------------------------------------------------------------


def test_a_topic_may_be_the_target(sns, topic, subscribed):
    received = subscribed(topic, "q")
    sns.publish(TargetArn=topic, Message="x")
    assert len(received()) == 1


def test_some_target_is_needed_and_one_is_enough(sns, topic, refused):
    text = "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
    refused(sns.publish, "InvalidParameter", text, Message="x")
    for targets in (
        {"TopicArn": topic, "TargetArn": topic},
        {"TopicArn": topic, "PhoneNumber": "+1234"},
        {"TargetArn": topic, "PhoneNumber": "+1234"},
    ):
        text = "Invalid parameter: Only one of TopicArn, TargetArn and PhoneNumber may be given"
        refused(sns.publish, "InvalidParameter", text, Message="x", **targets)


def test_targets_that_are_none(sns, refused):
    text = "Invalid parameter: TargetArn Reason: An ARN must have at least 6 elements, not 1"
    refused(sns.publish, "InvalidParameter", text, TargetArn="nothing", Message="x")
    refused(sns.publish, "InvalidParameter", text, TargetArn="", Message="x")
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere"
    refused(sns.publish, "NotFound", "Topic does not exist", TargetArn=arn, Message="x")


@pytest.mark.parametrize("number", ["+1a234", "NAA+15551234567", "InvalidPhoneNumber", "", "+1--2"])
def test_numbers_that_are_none(sns, refused, outbox, number):
    text = f"Invalid parameter: PhoneNumber Reason: {number} is not valid to publish to"
    refused(sns.publish, "InvalidParameter", text, PhoneNumber=number, Message="x")
    assert list(outbox) == []


# --- message, subject, size ------------------------------------------------------------------------------------------


def test_an_empty_message(sns, topic, refused):
    refused(sns.publish, "InvalidParameter", "Invalid parameter: Empty message", TopicArn=topic, Message="")


@pytest.mark.parametrize(
    ("message", "attributes"),
    [
        ("x" * 262_144, {}),
        ("é" * 131_072, {}),
        ("x" * (262_144 - 13), {"name": attribute("abc")}),
        ("x" * (262_144 - 13), {"name": attribute(b"abc")}),
        ("x" * (262_144 - 14), {"name": attribute("éab")}),
    ],
)
def test_the_size_counts_bytes_of_everything(sns, topic, refused, message, attributes):
    sns.publish(TopicArn=topic, Message=message, MessageAttributes=attributes)
    text = "Invalid parameter: Message too long"
    refused(
        sns.publish,
        "InvalidParameter",
        text,
        TopicArn=topic,
        Message=message + "x",
        MessageAttributes=attributes,
    )


def test_a_topic_can_have_a_limit_of_its_own(sns, topic, refused):
    for size in (1024, 1_048_576):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="MaximumMessageSize", AttributeValue=str(size))
        sns.publish(TopicArn=topic, Message="x" * size)
        text = "Invalid parameter: Message too long"
        refused(sns.publish, "InvalidParameter", text, TopicArn=topic, Message="x" * (size + 1))


def test_with_a_structure_the_whole_text_counts(sns, topic, refused):
    message = json.dumps({"default": "x", "email": "y" * 262_144})
    refused(
        sns.publish,
        "InvalidParameter",
        "Invalid parameter: Message too long",
        TopicArn=topic,
        Message=message,
        MessageStructure="json",
    )


@pytest.mark.parametrize("subject", ["", "two\nlines", "two\rlines", "a\ttab", "\x00", "x" * 101, "\u2028"])
def test_subjects_that_are_refused(sns, topic, refused, subject):
    text = "Invalid parameter: Subject"
    refused(sns.publish, "InvalidParameter", text, TopicArn=topic, Message="x", Subject=subject)


@pytest.mark.parametrize("subject", ["x", " ", "ünïcödé 漢字", "x" * 100])
def test_subjects_that_are_accepted(sns, topic, subscribed, subject):
    received = subscribed(topic, "q")
    sns.publish(TopicArn=topic, Message="x", Subject=subject)
    assert json.loads(received()[0]["Body"])["Subject"] == subject


def test_what_no_wire_can_carry_is_refused(sns, topic):
    for params in ({"Message": "\ud800"}, {"Message": "a\0"}, {"Message": "x", "Subject": "\ud800"}):
        # A real client fails to write the request.
        with pytest.raises((sns.exceptions.InvalidParameterException, UnicodeEncodeError)):
            sns.publish(TopicArn=topic, **params)


def test_what_no_wire_can_carry_is_refused_in_an_attribute(cloud, topic):
    sns = cloud.client("sns", region_name="us-east-1")
    for kind in ("String", "Number", "String.own"):
        attributes = {"a": {"DataType": kind, "StringValue": "\ud800"}}
        with pytest.raises(sns.exceptions.ClientError, match="The message attribute 'a' contains invalid characters"):
            sns.publish(TopicArn=topic, Message="x", MessageAttributes=attributes)


# --- structure -------------------------------------------------------------------------------------------------------

NO_DEFAULT = "Invalid parameter: Message Structure - No default entry in JSON message body"
NO_JSON = "Invalid parameter: Message Structure - JSON message body failed to parse"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("{}", NO_DEFAULT),
        ('{"sqs":"x"}', NO_DEFAULT),
        ('{"default":7}', NO_DEFAULT),
        ('{"default":null}', NO_DEFAULT),
        ('{"default":{"a":1}}', NO_DEFAULT),
        ("no json", NO_JSON),
        ('"default"', NO_JSON),
        ('["default"]', NO_JSON),
        ('{"default":"a"} }', NO_JSON),
        ('{"default":NaN}', NO_JSON),
        ("[" * 100_000, NO_JSON),
    ],
)
def test_structures_that_are_refused(sns, topic, refused, message, text):
    refused(sns.publish, "InvalidParameter", text, TopicArn=topic, Message=message, MessageStructure="json")


def test_a_structure_may_repeat_a_key(sns, topic, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message='{"default":"a","default":"b"}', MessageStructure="json")
    assert [message["Body"] for message in received()] == ["b"]


def test_json_is_the_only_structure(sns, topic):
    for structure in ("xml", "", "JSON"):
        with pytest.raises(sns.exceptions.InvalidParameterException):
            sns.publish(TopicArn=topic, Message='{"default":"x"}', MessageStructure=structure)


def test_each_protocol_gets_its_own_text(sns, topic, subscribed, outbox):
    received, raw = subscribed(topic, "q"), subscribed(topic, "raw", RawMessageDelivery="true")
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+123")
    message = {"default": "for all", "sqs": "for queues", "lambda": 7, "unknown": "ignored"}
    sns.publish(TopicArn=topic, Message=json.dumps(message), MessageStructure="json")
    assert json.loads(received()[0]["Body"])["Message"] == "for queues"
    assert raw()[0]["Body"] == "for queues"
    assert [departure.body for departure in outbox.of("sms")] == ["for all"]


def test_a_text_may_be_empty_or_hold_half_a_character(sns, topic, subscribed):
    received = subscribed(topic, "q")
    sns.publish(TopicArn=topic, Message='{"default":"x","sqs":""}', MessageStructure="json")
    sns.publish(TopicArn=topic, Message='{"default":"\\ud800!"}', MessageStructure="json")
    assert sorted(json.loads(message["Body"])["Message"] for message in received()) == ["", "?!"]


# --- message attributes ----------------------------------------------------------------------------------------------


def type_error(name):
    return (
        f"The message attribute '{name}' has an invalid message attribute type, "
        "the set of supported type prefixes is Binary, Number, and String."
    )


def empty_error(name, data_type):
    return (
        f"The message attribute '{name}' must contain non-empty message attribute value "
        f"for message attribute type '{data_type}'."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"DataType": "", "StringValue": "x"}, type_error("a")),
        ({"DataType": "Text", "StringValue": "x"}, type_error("a")),
        ({"DataType": "string", "StringValue": "x"}, type_error("a")),
        ({"DataType": "String.", "StringValue": "x"}, type_error("a")),
        ({"DataType": "Strings", "StringValue": "x"}, type_error("a")),
        ({"DataType": "String." + "x" * 250, "StringValue": "x"}, type_error("a")),
        ({"DataType": "String." + "é" * 125, "StringValue": "x"}, type_error("a")),
        ({"DataType": "Text"}, type_error("a")),
        ({"DataType": "String"}, empty_error("a", "String")),
        ({"DataType": "String", "StringValue": ""}, empty_error("a", "String")),
        ({"DataType": "Binary", "BinaryValue": b""}, empty_error("a", "Binary")),
        ({"DataType": "Number.int"}, empty_error("a", "Number.int")),
        (
            {"DataType": "Binary", "StringValue": "x"},
            "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
        ),
        (
            {"DataType": "String.x", "BinaryValue": b"x"},
            "The message attribute 'a' with type 'String.x' must use field 'String'.",
        ),
        (
            {"DataType": "Number", "BinaryValue": b"1"},
            "The message attribute 'a' with type 'Number' must use field 'String'.",
        ),
        *[
            ({"DataType": "Number", "StringValue": text}, "Could not cast message attribute 'a' value to number.")
            for text in ("x", "1,5", "nan", "inf", "\u0661", "1_000", " 1", "0x1", "1e99999")
        ],
    ],
)
def test_message_attributes_that_are_refused(sns, topic, refused, value, text):
    answer = refused(
        sns.publish, "ParameterValueInvalid", text, TopicArn=topic, Message="x", MessageAttributes={"a": value}
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(sns.exceptions.InvalidParameterValueException):
        sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": value})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "The message attribute name must not be empty."),
        (".a", "Invalid message attribute name starting with character '.' was found."),
        ("a.", "Invalid message attribute name ending with character '.' was found."),
        ("a..b", "Message attribute name can not have successive '.' character."),
        *(
            (
                name,
                f"Invalid non-alphanumeric character '#x{code}' was found in the message attribute name. Can only "
                "include alphanumeric characters, hyphens, underscores, or dots.",
            )
            for name, code in (("a b", "20"), ("é", "E9"), ("a:b", "3A"), ("\u212a", "212A"))
        ),
        ("x" * 257, "Length of message attribute name must be less than 256 bytes."),
        *(
            (name, f"The message attribute name '{name}' starts with a reserved prefix, AWS. or Amazon.")
            for name in ("AWS.x", "aws.x", "Amazon.x")
        ),
        ("AMAZON.", "Invalid message attribute name ending with character '.' was found."),
    ],
)
def test_names_of_message_attributes_that_are_refused(sns, topic, refused, name, text):
    given = {"TopicArn": topic, "Message": "x", "MessageAttributes": {name: attribute("x")}}
    refused(sns.publish, "ParameterValueInvalid", text, **given)


@pytest.mark.parametrize("name", ["a", "A-b_c.9", "x" * 256, "AWS.SNS.SMS.SenderID", "AWS.MM.SMS.EntityId", "awesome"])
def test_names_of_message_attributes_that_are_accepted(cloud, sns, topic, name):
    sns.publish(TopicArn=topic, Message="x", MessageAttributes={name: attribute("x")})
    assert dict(cloud.topic(topic).published[0].message_attributes) == {name: attribute("x")}


@pytest.mark.parametrize(
    ("value", "data_type"),
    [
        ("text", "String"),
        ("text", "String.custom"),
        ("text", "String." + "x" * 249),
        ("text", "String." + "é" * 124),
        ('["a", 1, true, null]', "String.Array"),
        ("7", "Number"),
        ("-1.5e3", "Number"),
        ("100.12", "Number.float"),
        (b"\x00\xff", "Binary"),
        (b"png", "Binary.png"),
        ("a\ttab", "String"),
    ],
)
def test_message_attributes_that_are_accepted(cloud, sns, topic, value, data_type):
    sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": attribute(value, data_type)})
    assert dict(cloud.topic(topic).published[0].message_attributes) == {"a": attribute(value, data_type)}


@pytest.mark.parametrize("text", ["no json", "{}", '[{"a":1}]', "[[1]]", "[NaN]", "[" * 5000])
def test_an_array_that_is_none_is_published_and_passes_no_filter(sns, topic, subscribed, text):
    every = subscribed(topic, "every")
    filtered = subscribed(topic, "filtered", FilterPolicy='{"a":[{"exists":true}]}')
    sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": attribute(text, "String.Array")})
    assert [len(every()), len(filtered())] == [1, 0]


def test_a_lone_value_counts_as_an_array_of_one(sns, topic, subscribed):
    received = subscribed(topic, "q", FilterPolicy='{"a":[100]}')
    sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": attribute("100", "String.Array")})
    assert len(received()) == 1


@pytest.mark.parametrize(
    ("text", "passes"),
    [("1e999", False), ("-1e999", False), ("1e-999", True), ("9" * 100, False), ("0." + "1" * 98, True)],
)
def test_numbers_of_any_size_meet_filters(sns, topic, subscribed, text, passes):
    """Beyond 5*10^9 in either direction a number is in no range."""
    received = subscribed(topic, "q", FilterPolicy='{"a":[{"numeric":["<",100]},5]}')
    sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": attribute(text, "Number")})
    assert bool(received()) is passes


def test_what_the_publisher_changes_afterwards_changes_nothing(sns, topic, subscribed):
    received = subscribed(topic, "raw", RawMessageDelivery="true")
    attributes = {"a": attribute("before")}
    sns.publish(TopicArn=topic, Message="x", MessageAttributes=attributes)
    attributes["a"]["StringValue"] = "after"
    attributes.clear()
    assert received()[0]["MessageAttributes"]["a"]["StringValue"] == "before"


# --- FIFO parameters -------------------------------------------------------------------------------------------------


def test_groups_and_deduplication_ids_where_they_belong(sns, topic, fifo_topic, refused):
    publish = sns.publish
    group = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
    refused(publish, "InvalidParameter", group, TopicArn=fifo_topic, Message="x")
    refused(publish, "InvalidParameter", group, TopicArn=fifo_topic, Message="x", MessageDeduplicationId="d")
    text = (
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled "
        "or MessageDeduplicationId provided explicitly"
    )
    refused(publish, "InvalidParameter", text, TopicArn=fifo_topic, Message="x", MessageGroupId="g")
    text = (
        "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
        "that is not valid for this topic type"
    )
    refused(publish, "InvalidParameter", text, TopicArn=topic, Message="x", MessageDeduplicationId="d")
    publish(TopicArn=topic, Message="x", MessageGroupId="g")


@pytest.mark.parametrize("value", ["", "x" * 129, "a b", "é", "a\n"])
def test_ids_of_groups_and_deduplication_have_a_form(sns, topic, fifo_topic, value):
    for params in (
        {"TopicArn": fifo_topic, "MessageGroupId": value, "MessageDeduplicationId": "d"},
        {"TopicArn": fifo_topic, "MessageGroupId": "g", "MessageDeduplicationId": value},
        {"TopicArn": topic, "MessageGroupId": value},
    ):
        with pytest.raises(sns.exceptions.ClientError):
            sns.publish(Message="x", **params)


def test_ids_may_hold_all_punctuation(sns, fifo_topic):
    value = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ9"
    sns.publish(TopicArn=fifo_topic, Message="x", MessageGroupId=value, MessageDeduplicationId=value)
