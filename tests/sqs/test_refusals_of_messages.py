"""What is refused when messages are sent, received, hidden and deleted. One row for each text of AWS's.

Each row is run through every way in; code, text and the whole form of the error are checked, and that nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud

from .support import LEGACY, Stage, binary, change, delete, receive, receive_one, send, send_to_groups, text

IPV = "InvalidParameterValue"
NOT_THIS_TYPE = "The request include parameter that is not valid for this queue type."
TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."

# --- sending -------------------------------------------------------------------------------------------------------


def send_plain(body: str = "x", **params: Any) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.send_message(QueueUrl=stage.url, MessageBody=body, **params)


def send_fifo(body: str = "x", **params: Any) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.send_message(QueueUrl=stage.fifo, MessageBody=body, **params)


# fmt: off
SEND_ROWS = [
    ("MissingParameter", "The request must contain the parameter MessageBody.", send_plain("")),
    ("MissingParameter", "The request must contain the parameter MessageBody.", send_fifo("", MessageGroupId="g")),
    (IPV, "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
     send_plain(DelaySeconds=901)),
    (IPV, "Value -1 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
     send_plain(DelaySeconds=-1)),
    (IPV, f"Value 1 for parameter DelaySeconds is invalid. Reason: {NOT_THIS_TYPE}",
     send_fifo(MessageGroupId="g", MessageDeduplicationId="d", DelaySeconds=1)),
    (IPV, f"Value d for parameter MessageDeduplicationId is invalid. Reason: {NOT_THIS_TYPE}",
     send_plain(MessageDeduplicationId="d")),
    (IPV, f"Value d for parameter MessageDeduplicationId is invalid. Reason: {NOT_THIS_TYPE}",
     send_plain(MessageDeduplicationId="d", MessageGroupId="g")),
    ("MissingParameter", "The request must contain the parameter MessageGroupId.",
     send_fifo(MessageDeduplicationId="d")),
    ("MissingParameter", "The request must contain the parameter MessageGroupId.", send_fifo()),
    (IPV, "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
          "explicitly", send_fifo(MessageGroupId="g")),
    (IPV, TOO_LONG, send_plain("x" * 1025)),
    (IPV, TOO_LONG, send_plain("é" * 512 + "x")),
    (IPV, TOO_LONG, send_plain("x" * 1017, MessageAttributes={"k": text("v")})),
    ("InvalidMessageContents",
     "Invalid binary character '#x1B' was found in the message body, the set of allowed characters is "
     "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].", send_plain("ok \x1b[0m \x00")),
    *[(IPV,
       f"Invalid binary character '#xFFFE' was found in the message attribute 'k' {part}, the set of allowed "
       "characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
       send_plain(MessageAttributes={"k": wrong}))
      for part, wrong in (("value", text("\ufffe")), ("type", text("x", "String.\ufffe")))],
]
# fmt: on


@pytest.mark.parametrize(("code", "message", "call"), SEND_ROWS)
def test_sending(stage: Stage, code: str, message: str, call: Callable[[Stage], Any]) -> None:
    stage.refuse(code, message, call)


@pytest.mark.parametrize("wrong", ["", " ", "a b", "é", "a\n", "\x7f", "x" * 129])
def test_group_and_deduplication_ids(stage: Stage, wrong: str) -> None:
    reason = "can only include alphanumeric and punctuation characters. 1 to 128 in length."
    group = f"Value {wrong} for parameter MessageGroupId is invalid. Reason: MessageGroupId {reason}"
    stage.refuse(IPV, group, send_plain(MessageGroupId=wrong))
    stage.refuse(IPV, group, send_fifo(MessageGroupId=wrong, MessageDeduplicationId="d"))
    once = f"Value {wrong} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId {reason}"
    stage.refuse(IPV, once, send_fifo(MessageGroupId="g", MessageDeduplicationId=wrong))


RESERVED = (
    "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. "
    "These strings are reserved for internal use."
)
PREFIXES = "You must use only the following supported type prefixes: Binary, Number, String."
LISTS = "Message attribute list values in SendMessage operation are not supported."
BYTES = {"BinaryValue": b"x"}

# fmt: off
ATTRIBUTE_ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("", text("x"), "The request must contain non-empty message (user) attribute names."),
    ("AWS.x", text("x"), RESERVED),
    ("aws.x", text("x"), RESERVED),
    ("Amazon.x", text("x"), RESERVED),
    ("aMaZoN.x", text("x"), RESERVED),
    (".n", text("x"), "Message (user) attribute name must not begin with character '.'."),
    ("n.", text("x"), "Message (user) attribute name must not end with character '.'."),
    ("a..b", text("x"), "Message (user) attribute name must not have successive '.' characters."),
    ("n" * 257, text("x"), "Message (user) attribute name must be shorter than 256 bytes."),
    ("é" * 129, text("x"), "Message (user) attribute name must be shorter than 256 bytes."),
    ("n", text("x", ""), "The message (user) attribute 'n' must contain a non-empty message attribute type."),
    ("n", text("x", f"String.{'t' * 250}"), "Message (user) attribute type must be shorter than 256 bytes."),
    *[("n", text("x", wrong), f"The type of message (user) attribute 'n' is invalid. {PREFIXES}")
      for wrong in ("string", "Strings", "Text", ".String", "String.", "Float.x", "StringSet")],
    ("n", {"DataType": "String"},
     "The message (user) attribute 'n' must contain a non-empty message attribute value."),
    ("n", {"DataType": "Binary.gif"},
     "The message (user) attribute 'n' must contain a non-empty message attribute value."),
    ("n", text(""), "Message (user) attribute 'n' must contain a non-empty value of type 'String'."),
    ("n", text("", "Number.int"), "Message (user) attribute 'n' must contain a non-empty value of type 'Number.int'."),
    ("n", binary(b""), "Message (user) attribute 'n' must contain a non-empty value of type 'Binary'."),
    ("n", {"DataType": "String", **BYTES}, "Message (user) attribute 'n' with type 'String' must use field 'String'."),
    ("n", {"DataType": "Number", **BYTES}, "Message (user) attribute 'n' with type 'Number' must use field 'String'."),
    ("n", text("x", "Binary"), "Message (user) attribute 'n' with type 'Binary' must use field 'Binary'."),
    ("n", {**text("x"), **BYTES}, "Message (user) attribute 'n' must have a single value."),
    ("n", text("ten", "Number"), "Can't cast the value of message (user) attribute 'n' to a number."),
    ("n", text("", "Number"), "Message (user) attribute 'n' must contain a non-empty value of type 'Number'."),
]
# fmt: on


@pytest.mark.parametrize(("name", "value", "message"), ATTRIBUTE_ROWS)
def test_message_attributes(stage: Stage, name: str, value: dict[str, Any], message: str) -> None:
    stage.refuse(IPV, message, send_plain(MessageAttributes={"good": text("x"), name: value}))
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    stage.refuse(IPV, message, send_fifo(MessageAttributes={name: value}, **ids))


@pytest.mark.parametrize("wrong", ["a b", "a/b", "$", "a\n", "€"])
def test_characters_of_attribute_names(stage: Stage, wrong: str) -> None:
    message = (
        f"The message attribute name '{wrong}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), "
        "hyphen (-), and period (.) characters."
    )
    stage.refuse(IPV, message, send_plain(MessageAttributes={wrong: text("x")}))


@pytest.mark.parametrize("member", [{"StringListValues": ["x"]}, {"BinaryListValues": [b"x"]}])
def test_lists_as_attribute_values(stage: Stage, member: dict[str, Any]) -> None:
    value = {"DataType": "String", **member}
    stage.refuse(f"{LEGACY}UnsupportedOperation", LISTS, send_plain(MessageAttributes={"n": value}))


def test_eleven_attributes(stage: Stage) -> None:
    attributes = {f"n{number}": text("x") for number in range(11)}
    message = "Number of message attributes [11] exceeds the allowed maximum [10]."
    stage.refuse(IPV, message, send_plain(MessageAttributes=attributes))


def test_system_attributes(stage: Stage) -> None:
    def sent(**attributes: Any) -> Callable[[Stage], Any]:
        return send_plain(MessageSystemAttributes=attributes)

    stage.refuse(IPV, "Message system attribute name 'SenderId' is invalid.", sent(SenderId=text("x")))
    empty = "Message system attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'."
    stage.refuse(IPV, empty, sent(AWSTraceHeader=text("")))
    missing = "The message system attribute 'AWSTraceHeader' must contain a non-empty message attribute value."
    stage.refuse(IPV, missing, sent(AWSTraceHeader={"DataType": "String"}))
    with pytest.raises(stage.sqs.exceptions.ClientError, match="The type of message system attribute"):
        sent(AWSTraceHeader=text("1", "Number"))(stage)


# --- receiving -----------------------------------------------------------------------------------------------------

NUMBER = "Value {} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
WAIT = "Value {} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
HIDE = "Value {} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided."


@pytest.mark.parametrize(
    ("code", "message", "params"),
    [
        (IPV, NUMBER.format(0), {"MaxNumberOfMessages": 0}),
        (IPV, NUMBER.format(11), {"MaxNumberOfMessages": 11}),
        (IPV, NUMBER.format(-5), {"MaxNumberOfMessages": -5}),
        (IPV, WAIT.format(21), {"WaitTimeSeconds": 21}),
        (IPV, WAIT.format(-1), {"WaitTimeSeconds": -1}),
        (IPV, HIDE.format(43201), {"VisibilityTimeout": 43201}),
        (IPV, HIDE.format(-1), {"VisibilityTimeout": -1}),
        ("InvalidAttributeName", "Unknown Attribute Foo.", {"AttributeNames": ["Foo"]}),
        ("InvalidAttributeName", "Unknown Attribute senderId.", {"MessageSystemAttributeNames": ["All", "senderId"]}),
    ],
)
@pytest.mark.parametrize("queue", ["url", "fifo"])
def test_receiving(stage: Stage, code: str, message: str, params: dict[str, Any], queue: str) -> None:
    stage.refuse(code, message, lambda s: s.sqs.receive_message(QueueUrl=getattr(s, queue), **params))


@pytest.mark.parametrize("wrong", ["", "a b", "é", "x" * 129])
def test_receive_attempt_ids(stage: Stage, wrong: str) -> None:
    message = (
        f"Value {wrong} for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId can only "
        "include alphanumeric and punctuation characters. 1 to 128 in length."
    )
    stage.refuse(IPV, message, lambda s: s.sqs.receive_message(QueueUrl=s.fifo, ReceiveRequestAttemptId=wrong))


# --- receipt handles -----------------------------------------------------------------------------------------------

NO_HANDLE = 'The input receipt handle "{}" is not a valid receipt handle.'
EXPIRED = "Value <fifo handle> for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
UNAVAILABLE = (
    "Value {} for parameter ReceiptHandle is invalid. "
    "Reason: Message does not exist or is not available for visibility timeout change."
)
TWELVE_HOURS = (
    "Value {} for parameter VisibilityTimeout is invalid. "
    "Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
)


def remove(handle: str, queue: str = "url") -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.delete_message(QueueUrl=getattr(stage, queue), ReceiptHandle=handle)


def hide(handle: str, seconds: int, queue: str = "url") -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.change_message_visibility(
        QueueUrl=getattr(stage, queue), ReceiptHandle=handle, VisibilityTimeout=seconds
    )


@pytest.mark.parametrize("handle", ["nonsense", "AQEBnonsense", "AQEB", "é", " "])
@pytest.mark.parametrize("queue", ["url", "fifo"])
def test_what_is_no_handle(stage: Stage, handle: str, queue: str) -> None:
    stage.refuse("ReceiptHandleIsInvalid", NO_HANDLE.format(handle), remove(handle, queue))
    stage.refuse("ReceiptHandleIsInvalid", NO_HANDLE.format(handle), hide(handle, 1, queue))


@pytest.mark.parametrize("queue", ["url", "fifo"])
def test_handles_that_are_empty(stage: Stage, queue: str) -> None:
    message = "The request must contain the parameter ReceiptHandle."
    stage.refuse("MissingParameter", message, remove("", queue))
    stage.refuse("MissingParameter", message, hide("", 1, queue))


def test_handles_of_another_queue(stage: Stage) -> None:
    message = 'The receipt handle "<handle>" is not valid for this queue.'
    stage.refuse("ReceiptHandleIsInvalid", message, lambda s: remove(s.handle, "fifo")(s))
    stage.refuse("ReceiptHandleIsInvalid", message, lambda s: hide(s.handle, 5, "fifo")(s))


@pytest.mark.parametrize("seconds", [-1, 43_201, 10**12])
def test_visibility_timeouts(stage: Stage, seconds: int) -> None:
    message = f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200."
    stage.refuse(IPV, message, lambda s: hide(s.handle, seconds)(s))


def test_twelve_hours_in_all(stage: Stage) -> None:
    stage.refuse(IPV, TWELVE_HOURS.format(43_200), lambda s: hide(s.handle, 43_200)(s))
    stage.cloud.clock.advance(10)
    hide(stage.handle, 43_189)(stage)
    stage.refuse(IPV, TWELVE_HOURS.format(43_190), lambda s: hide(s.handle, 43_190)(s))


def test_hiding_what_was_deleted(stage: Stage) -> None:
    remove(stage.handle)(stage)
    stage.refuse(IPV, UNAVAILABLE.format("<handle>"), lambda s: hide(s.handle, 5)(s))
    remove(stage.fifo_handle, "fifo")(stage)
    stage.refuse(IPV, UNAVAILABLE.format("<fifo handle>"), lambda s: hide(s.fifo_handle, 5, "fifo")(s))


def test_fifo_handles_whose_time_is_over(stage: Stage) -> None:
    stage.cloud.clock.advance(30)
    stage.refuse(IPV, EXPIRED, lambda s: remove(s.fifo_handle, "fifo")(s))
    stage.refuse(IPV, UNAVAILABLE.format("<fifo handle>"), lambda s: hide(s.fifo_handle, 5, "fifo")(s))
    receive_one(stage.sqs, stage.fifo, maximum=1)
    stage.refuse(IPV, EXPIRED, lambda s: remove(s.fifo_handle, "fifo")(s))
    stage.refuse(IPV, UNAVAILABLE.format("<fifo handle>"), lambda s: hide(s.fifo_handle, 0, "fifo")(s))


def test_a_fifo_message_that_was_released(stage: Stage) -> None:
    hide(stage.fifo_handle, 0, "fifo")(stage)
    stage.refuse(IPV, EXPIRED, lambda s: remove(s.fifo_handle, "fifo")(s))


# --- batches -------------------------------------------------------------------------------------------------------

ENTRY_ID = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)
BATCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "send_message_batch": ("SendMessageBatchRequestEntry", {"MessageBody": "x"}),
    "delete_message_batch": ("DeleteMessageBatchRequestEntry", {"ReceiptHandle": "nonsense"}),
    "change_message_visibility_batch": (
        "ChangeMessageVisibilityBatchRequestEntry",
        {"ReceiptHandle": "nonsense", "VisibilityTimeout": 1},
    ),
}


@pytest.mark.parametrize("operation", BATCHES)
def test_batches(stage: Stage, operation: str) -> None:
    kind, entry = BATCHES[operation]

    def with_ids(*ids: str) -> Callable[[Stage], Any]:
        return lambda s: getattr(s.sqs, operation)(QueueUrl=s.url, Entries=[{"Id": one, **entry} for one in ids])

    empty = f"There should be at least one {kind} in the request."
    stage.refuse(f"{LEGACY}EmptyBatchRequest", empty, with_ids())
    many = "Maximum number of entries per request are 10. You have sent 11."
    stage.refuse(f"{LEGACY}TooManyEntriesInBatchRequest", many, with_ids(*["not an id"] * 11))
    for wrong in ("", "a b", "é", "a.b", "x" * 81, "a\n"):
        stage.refuse(f"{LEGACY}InvalidBatchEntryId", ENTRY_ID, with_ids("a", "a", wrong))
    stage.refuse(f"{LEGACY}BatchEntryIdsNotDistinct", "Id 2 repeated.", with_ids("1", "2", "2", "1"))


def test_the_size_of_a_batch(stage: Stage) -> None:
    message = "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."
    entries = [{"Id": str(number), "MessageBody": "x" * 104_857} for number in range(10)]
    entries[3]["MessageAttributes"] = {"k": text("v")}  # 8 bytes more
    entries[3]["MessageBody"] = "x" * 104_856
    stage.refuse(
        f"{LEGACY}BatchRequestTooLong",
        message,
        lambda s: s.sqs.send_message_batch(QueueUrl=s.url, Entries=entries),
    )


# --- too much in flight --------------------------------------------------------------------------------------------


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=2))
def test_too_many_in_flight(stage: Stage) -> None:
    send(stage.sqs, stage.url, "third")
    message = (
        "Too many messages have been received without being deleted. Please delete your received messages or let "
        "them timeout before receiving more."
    )
    second = receive_one(stage.sqs, stage.url)
    stage.refuse("OverLimit", message, lambda s: s.sqs.receive_message(QueueUrl=s.url))
    assert receive(stage.sqs, stage.url, WaitTimeSeconds=1) == []
    change(stage.sqs, stage.url, second, 0)
    [second] = receive(stage.sqs, stage.url)
    delete(stage.sqs, stage.url, second)
    assert len(receive(stage.sqs, stage.url)) == 1


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_fifo=2))
def test_too_many_in_flight_on_a_fifo_queue(stage: Stage) -> None:
    send_to_groups(stage.sqs, stage.fifo, "a-1", "b-1")
    assert len(receive(stage.sqs, stage.fifo)) == 1
    assert receive(stage.sqs, stage.fifo) == []
