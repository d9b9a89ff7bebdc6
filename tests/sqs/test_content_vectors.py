"""What messages may contain, their digests, and which attributes a receive gets: AWS's own vectors."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from .support import binary, text


@pytest.fixture
def client(sqs: Any) -> Any:
    return sqs


def refusal(error: Any) -> tuple[str, str]:
    answer = error.value.response["Error"]
    return answer["Code"], answer["Message"]


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        ("message", "78e731027d8fd50ed642340b7c9a63b3"),
        ("héllo ✓ 😀", "537f5718566dd425639556ce037d44ff"),
    ],
)
def test_digest_of_a_body(client: Any, url: str, body: str, digest: str) -> None:
    assert client.send_message(QueueUrl=url, MessageBody=body)["MD5OfMessageBody"] == digest
    [received] = client.receive_message(QueueUrl=url)["Messages"]
    assert (received["Body"], received["MD5OfBody"]) == (body, digest)


@pytest.mark.parametrize(
    ("attributes", "digest"),
    [
        ({"k": text("x")}, "a45daa70926828a2f0a1db3418e6feb4"),
        (
            {
                "b": text("42", "Number.int"),
                "A": text("é"),
                "bin": binary(b"\x00\x01\xff", "Binary.png"),
            },
            "c4adb843f8dd237ceaed75d6e983c71d",
        ),
        ({"timestamp": text("1493147359900", "Number")}, "235c5c510d26fb653d073faed50ae77c"),
        ({"MyAttribute": text("foobar")}, "adb59cd4678ea5a855436b949cd07ab6"),
        (
            {"attr1": binary(b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01")},
            "8cbe4db156db8a94db8b801b7addb984",
        ),
    ],
)
def test_digest_of_attributes(client: Any, url: str, attributes: dict[str, Any], digest: str) -> None:
    sent = client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    assert sent["MD5OfMessageAttributes"] == digest
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert received["MessageAttributes"] == attributes
    assert received["MD5OfMessageAttributes"] == digest


def test_digest_of_system_attributes_is_apart(client: Any, url: str) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    sent = client.send_message(
        QueueUrl=url,
        MessageBody="x",
        MessageAttributes={"k": text("x")},
        MessageSystemAttributes={"AWSTraceHeader": text(trace)},
    )
    assert sent["MD5OfMessageAttributes"] == "a45daa70926828a2f0a1db3418e6feb4"
    assert sent["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88"
    [received] = client.receive_message(QueueUrl=url, MessageSystemAttributeNames=["AWSTraceHeader"])["Messages"]
    assert received["Attributes"] == {"AWSTraceHeader": trace}


EVERYTHING = "4c360f3fdafd970e05fae2f149d997f5"


@pytest.mark.parametrize(
    ("names", "selected", "digest"),
    [
        (["All"], {"Help.Me", "Hello", "General"}, EVERYTHING),
        ([".*"], {"Help.Me", "Hello", "General"}, EVERYTHING),
        (["*"], {"Help.Me", "Hello", "General"}, EVERYTHING),
        (["Hel.*", "Gen.*"], {"Help.Me", "Hello", "General"}, EVERYTHING),
        (["General", "Hello"], {"Hello", "General"}, "fca026605781cb4126a1e9044df24232"),
        (["Hello", "Help"], {"Hello"}, "a311262e065454b75da111d535b8dacd"),
        (["Hello", "AWS.", "..foo"], {"Hello"}, "a311262e065454b75da111d535b8dacd"),
        (["Hel.*"], {"Hello", "Help.Me"}, "83fee93c1bcd8b9a5a923ffacdc636c7"),
    ],
)
def test_selected_attributes_and_their_digest(
    client: Any, url: str, names: list[str], selected: set[str], digest: str
) -> None:
    attributes = {"Help.Me": text("Me"), "Hello": text("There"), "General": text("Kenobi")}
    client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=names)["Messages"]
    assert received["MessageAttributes"] == {name: attributes[name] for name in selected}
    assert received["MD5OfMessageAttributes"] == digest


@pytest.mark.parametrize("names", [[], ["Help"], ["hello"], ["He*"], ["AWS."], ["..foo"]])
def test_nothing_selected_leaves_the_members_out(client: Any, url: str, names: list[str]) -> None:
    attributes = {"Help.Me": text("Me"), "Hello": text("There")}
    client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=names)["Messages"]
    assert not received.keys() & {"MessageAttributes", "MD5OfMessageAttributes"}


def test_attributes_are_copied_on_the_way_in_and_out(client: Any, url: str) -> None:
    attributes = {"k": text("x")}
    client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    attributes["k"]["StringValue"] = "changed by the sender"
    for _ in range(2):
        [received] = client.receive_message(QueueUrl=url, VisibilityTimeout=0, MessageAttributeNames=["All"])[
            "Messages"
        ]
        assert received["MessageAttributes"] == {"k": text("x")}
        received["MessageAttributes"]["k"]["StringValue"] = "changed by the receiver"


def test_size_counts_names_types_and_values(client: Any) -> None:
    url = client.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    attributes = {
        "b": text("42", "Number.int"),
        "A": text("é"),
        "bin": binary(b"\x00\x01\xff", "Binary.png"),
    }
    client.send_message(QueueUrl=url, MessageBody="x" * (1024 - 38), MessageAttributes=attributes)
    with pytest.raises(client.exceptions.ClientError) as error:
        client.send_message(QueueUrl=url, MessageBody="x" * (1025 - 38), MessageAttributes=attributes)
    assert refusal(error) == (
        "InvalidParameterValue",
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    )


@pytest.mark.parametrize(
    "body", ["\t\n\r ~\x7f\x80", "\ud7ff\ue000\ufffd", "\U00010000\U0010ffff", "\uffc0", "&quot;\r"]
)
def test_allowed_characters_come_back(client: Any, url: str, body: str) -> None:
    client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes={"k": text(body)})
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=["k"])["Messages"]
    assert received["Body"] == received["MessageAttributes"]["k"]["StringValue"] == body


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("\x00", "0"),
        ("fine\x1ftoo late\x01", "1F"),
        ("\x0b", "B"),
        ("\ufffe", "FFFE"),
        ("é\uffff", "FFFF"),
        ("\ud800", "D800"),
        ("\x08\ud800", "8"),
    ],
)
def test_forbidden_characters(client: Any, url: str, wrong: str, named: str) -> None:
    text_of_error = (
        f"Invalid binary character '#x{named}' was found in the message body, the set of allowed characters is "
        "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]."
    )
    with pytest.raises(client.exceptions.InvalidMessageContents) as error:
        client.send_message(QueueUrl=url, MessageBody=wrong)
    assert refusal(error) == ("InvalidMessageContents", text_of_error)
    # The same in an attribute has another code.
    with pytest.raises(client.exceptions.ClientError) as error:
        client.send_message(QueueUrl=url, MessageBody="fine", MessageAttributes={"k": text(wrong)})
    in_attribute = text_of_error.replace("message body", "message attribute 'k' value")
    assert refusal(error) == ("InvalidParameterValue", in_attribute)


def test_of_all_control_characters_three_are_allowed(client: Any, url: str) -> None:
    allowed = []
    for code in range(0x20):
        try:
            client.send_message(QueueUrl=url, MessageBody=chr(code))
        except client.exceptions.InvalidMessageContents:
            continue
        allowed.append(chr(code))
    assert allowed == ["\t", "\n", "\r"]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"n": text("")}, "Message (user) attribute 'n' must contain a non-empty value of type 'String'."),
        (
            {"n": text("x", "string")},
            (
                "The type of message (user) attribute 'n' is invalid. "
                "You must use only the following supported type prefixes: Binary, Number, String."
            ),
        ),
        ({"n": text("ten", "Number")}, "Can't cast the value of message (user) attribute 'n' to a number."),
        (
            {f"n{number}": text("x") for number in range(11)},
            "Number of message attributes [11] exceeds the allowed maximum [10].",
        ),
        ({".n": text("x")}, "Message (user) attribute name must not begin with character '.'."),
        ({"a..b": text("x")}, "Message (user) attribute name must not have successive '.' characters."),
        ({"n" * 257: text("x")}, "Message (user) attribute name must be shorter than 256 bytes."),
        (
            {"n": {"DataType": "String"}},
            "The message (user) attribute 'n' must contain a non-empty message attribute value.",
        ),
    ],
)
def test_refused_attributes(client: Any, url: str, attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(client.exceptions.ClientError) as error:
        client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    assert refusal(error) == ("InvalidParameterValue", message)
    assert "Messages" not in client.receive_message(QueueUrl=url)


def test_names_outside_ascii(client: Any, url: str) -> None:
    """AWS takes letters of all scripts, and sorts names by their bytes. [another emulator's tests, modelled on AWS]"""
    attributes = {name: text("x") for name in ("attr.1øßä", "attr.1z", "Ž", "ж2", "é" * 128)}
    sent = client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    whole = b""
    for name in sorted(attributes, key=str.encode):
        for part in (name, "String"):
            whole += len(part.encode()).to_bytes(4, "big") + part.encode()
        whole += b"\x01" + (1).to_bytes(4, "big") + b"x"
    assert sent["MD5OfMessageAttributes"] == hashlib.md5(whole).hexdigest()
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert received["MessageAttributes"] == attributes
    assert received["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_names_count_in_bytes(client: Any) -> None:
    url = client.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    attributes = {"éé": text("x")}
    client.send_message(QueueUrl=url, MessageBody="x" * (1024 - 11), MessageAttributes=attributes)
    with pytest.raises(client.exceptions.ClientError, match="shorter than 1024 bytes"):
        client.send_message(QueueUrl=url, MessageBody="x" * (1024 - 10), MessageAttributes=attributes)


@pytest.mark.parametrize("number", ["0", "-12.50", "+.5", "1e126", "1e-128", "9" * 38, "12345678901234567890e3"])
def test_numbers_come_back_as_sent(client: Any, url: str, number: str) -> None:
    client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"n": text(number, "Number")})
    [received] = client.receive_message(QueueUrl=url, MessageAttributeNames=["n"])["Messages"]
    assert received["MessageAttributes"]["n"] == text(number, "Number")


@pytest.mark.parametrize("number", ["9" * 39, "1e127", "1e-129", " 1", "1_0", "NaN", "0x1", "٣"])
def test_what_is_no_number_for_sqs(client: Any, url: str, number: str) -> None:
    with pytest.raises(client.exceptions.ClientError, match="Can't cast the value"):
        client.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"n": text(number, "Number")})
