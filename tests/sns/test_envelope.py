"""What SNS sends, byte for byte: envelopes, confirmations, Lambda events, Firehose records, HTTP headers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicloud.services.sns.envelope import (
    Notification,
    confirm_url,
    http_headers,
    subscription_confirmation,
    timestamp_text,
    unsubscribe_confirmation,
    unsubscribe_url,
)
from minicloud.services.sns.signature import signing_cert_url, string_to_sign, verify
from tests.support.depth import deep

TOPIC = "arn:aws:sns:eu-west-1:111122223333:orders"
SUBSCRIPTION = TOPIC + ":5be8f5b7-6c45-4b62-9a1c-4f1e1bd0f1a2"
MESSAGE_ID = "dc1e94d9-56c5-5e96-808d-cc7f68faa162"
TIMESTAMP = "2025-01-01T12:45:07.123Z"
CERTIFICATE = signing_cert_url("eu-west-1")
UNSUBSCRIBE = f"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}"
ATTRIBUTES = {
    "kind": {"DataType": "String", "StringValue": 'a "b"'},
    "price": {"DataType": "Number", "StringValue": "100.12"},
    "data": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    "list": {"DataType": "String.Array", "StringValue": '["a",1]'},
}


def notification(**members):
    return Notification(**({"message_id": MESSAGE_ID, "topic_arn": TOPIC, "timestamp": TIMESTAMP} | members))


def test_the_envelope_byte_for_byte():
    text = (
        notification(subject="A subject", attributes=ATTRIBUTES)
        .envelope('Hé\n"you"\t\\')
        .for_subscription(SUBSCRIPTION)
    )
    signature = json.loads(text)["Signature"]
    assert text == (
        "{\n"
        '  "Type" : "Notification",\n'
        f'  "MessageId" : "{MESSAGE_ID}",\n'
        f'  "TopicArn" : "{TOPIC}",\n'
        '  "Subject" : "A subject",\n'
        '  "Message" : "Hé\\n\\"you\\"\\t\\\\",\n'
        f'  "Timestamp" : "{TIMESTAMP}",\n'
        '  "SignatureVersion" : "1",\n'
        f'  "Signature" : "{signature}",\n'
        f'  "SigningCertURL" : "{CERTIFICATE}",\n'
        f'  "UnsubscribeURL" : "{UNSUBSCRIBE}",\n'
        '  "MessageAttributes" : {\n'
        '    "kind" : {"Type":"String","Value":"a \\"b\\""},\n'
        '    "price" : {"Type":"Number","Value":"100.12"},\n'
        '    "data" : {"Type":"Binary","Value":"AP8="},\n'
        '    "list" : {"Type":"String.Array","Value":"[\\"a\\",1]"}\n'
        "  }\n"
        "}"
    )


def test_without_subject_and_attributes():
    text = notification().envelope("Hello").for_subscription(SUBSCRIPTION)
    assert list(json.loads(text)) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
    ]
    assert text.endswith(f'  "UnsubscribeURL" : "{UNSUBSCRIBE}"\n}}')


def test_a_fifo_topic_has_a_sequence_number_and_no_signature():
    text = notification(sequence_number="10000000000000003000", subject="S", attributes=ATTRIBUTES).envelope("Hello")
    envelope = json.loads(text.for_subscription(SUBSCRIPTION))
    assert list(envelope) == [
        "Type",
        "MessageId",
        "SequenceNumber",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "UnsubscribeURL",
        "MessageAttributes",
    ]
    assert envelope["SequenceNumber"] == "10000000000000003000"


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [None, "S"])
def test_the_signature_is_of_what_is_in_the_envelope(version, subject):
    envelope = notification(signature_version=version, subject=subject, attributes=ATTRIBUTES).envelope("Hello\n")
    fields = json.loads(envelope.for_subscription(SUBSCRIPTION))
    assert fields["SignatureVersion"] == version
    assert verify(string_to_sign(fields), fields["Signature"], version)
    assert not verify(string_to_sign(fields | {"Message": "Hello"}), fields["Signature"], version)


def test_subscribers_share_the_envelope():
    shared = notification()
    envelope = shared.envelope("Hello")
    assert shared.envelope("Hello") is envelope
    first, second = envelope.for_subscription(SUBSCRIPTION), envelope.for_subscription(SUBSCRIPTION[:-1] + "3")
    assert first != second
    assert json.loads(first) | {"UnsubscribeURL": ""} == json.loads(second) | {"UnsubscribeURL": ""}
    assert json.loads(shared.envelope("for lambda").for_subscription(SUBSCRIPTION))["Message"] == "for lambda"


@settings(max_examples=deep(30))
@given(st.text(), st.text(min_size=1), st.text(min_size=1))
def test_any_text_survives(message, subject, value):
    attributes = {"name": {"DataType": "String", "StringValue": value}}
    sender = notification(subject=subject, attributes=attributes)
    fields = json.loads(sender.envelope(message).for_subscription(SUBSCRIPTION))
    assert (fields["Message"], fields["Subject"]) == (message, subject)
    assert fields["MessageAttributes"] == {"name": {"Type": "String", "Value": value}}
    assert verify(string_to_sign(fields), fields["Signature"])
    record = sender.firehose_record(message, SUBSCRIPTION)
    assert "\n" not in record
    assert json.loads(record)["Message"] == message


def test_the_event_of_a_function():
    event = notification(subject="S", attributes=ATTRIBUTES).lambda_event("Hello", SUBSCRIPTION)
    [record] = event["Records"]
    signature = record["Sns"]["Signature"]
    assert event == {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": SUBSCRIPTION,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": MESSAGE_ID,
                    "TopicArn": TOPIC,
                    "Subject": "S",
                    "Message": "Hello",
                    "Timestamp": TIMESTAMP,
                    "SignatureVersion": "1",
                    "Signature": signature,
                    "SigningCertUrl": CERTIFICATE,
                    "UnsubscribeUrl": UNSUBSCRIBE,
                    "MessageAttributes": {
                        "kind": {"Type": "String", "Value": 'a "b"'},
                        "price": {"Type": "String", "Value": "100.12"},
                        "data": {"Type": "Binary", "Value": "AP8="},
                        "list": {"Type": "String", "Value": '["a",1]'},
                    },
                },
            }
        ]
    }
    assert list(record["Sns"])[6:10] == ["SignatureVersion", "Signature", "SigningCertUrl", "UnsubscribeUrl"]
    assert verify(string_to_sign(record["Sns"]), signature)


def test_the_event_of_a_function_without_subject_in_version_2():
    [record] = notification(signature_version="2").lambda_event("Hello", SUBSCRIPTION)["Records"]
    fields = record["Sns"]
    assert (fields["Subject"], fields["MessageAttributes"], fields["SignatureVersion"]) == (None, {}, "2")
    del fields["Subject"]
    assert verify(string_to_sign(fields), fields["Signature"], "2")


def test_events_share_nothing():
    sender = notification(attributes=ATTRIBUTES)
    sender.lambda_event("Hello", SUBSCRIPTION)["Records"][0]["Sns"]["MessageAttributes"].clear()
    assert sender.lambda_event("Hello", SUBSCRIPTION)["Records"][0]["Sns"]["MessageAttributes"]


def test_the_record_of_a_stream():
    record = notification(subject="S", attributes={"kind": ATTRIBUTES["kind"]}).firehose_record("Hello", SUBSCRIPTION)
    assert record == (
        f'{{"Type":"Notification","MessageId":"{MESSAGE_ID}","TopicArn":"{TOPIC}","Subject":"S","Message":"Hello",'
        f'"Timestamp":"{TIMESTAMP}","UnsubscribeURL":"{UNSUBSCRIBE}",'
        '"MessageAttributes":{"kind":{"Type":"String","Value":"a \\"b\\""}}}'
    )
    bare = notification().firehose_record("Hello", SUBSCRIPTION)
    assert list(json.loads(bare)) == ["Type", "MessageId", "TopicArn", "Message", "Timestamp", "UnsubscribeURL"]


CONFIRMATION_KEYS = [
    "Type",
    "MessageId",
    "Token",
    "TopicArn",
    "Message",
    "SubscribeURL",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
]


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_confirmation_of_a_subscription(version):
    text = subscription_confirmation(
        message_id=MESSAGE_ID, token="2336412f37", topic_arn=TOPIC, timestamp=TIMESTAMP, signature_version=version
    )
    fields = json.loads(text)
    subscribe = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
    assert list(fields) == CONFIRMATION_KEYS
    assert text == (
        "{\n"
        '  "Type" : "SubscriptionConfirmation",\n'
        f'  "MessageId" : "{MESSAGE_ID}",\n'
        '  "Token" : "2336412f37",\n'
        f'  "TopicArn" : "{TOPIC}",\n'
        f'  "Message" : "You have chosen to subscribe to the topic {TOPIC}.\\n'
        'To confirm the subscription, visit the SubscribeURL included in this message.",\n'
        f'  "SubscribeURL" : "{subscribe}",\n'
        f'  "Timestamp" : "{TIMESTAMP}",\n'
        f'  "SignatureVersion" : "{version}",\n'
        f'  "Signature" : "{fields["Signature"]}",\n'
        f'  "SigningCertURL" : "{CERTIFICATE}"\n'
        "}"
    )
    assert verify(string_to_sign(fields), fields["Signature"], version)
    assert fields["SubscribeURL"] == confirm_url(TOPIC, "2336412f37")


def test_the_confirmation_of_the_end_of_a_subscription():
    text = unsubscribe_confirmation(
        message_id=MESSAGE_ID, token="2336", topic_arn=TOPIC, subscription_arn=SUBSCRIPTION, timestamp=TIMESTAMP
    )
    fields = json.loads(text)
    assert list(fields) == CONFIRMATION_KEYS
    assert fields["Type"] == "UnsubscribeConfirmation"
    assert fields["Message"] == (
        f"You have chosen to deactivate subscription {SUBSCRIPTION}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    )
    assert verify(string_to_sign(fields), fields["Signature"])


def test_urls():
    assert unsubscribe_url(TOPIC, SUBSCRIPTION) == UNSUBSCRIBE
    china = "arn:aws-cn:sns:cn-north-1:111122223333:orders"
    assert confirm_url(china, "t").startswith("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription")
    assert signing_cert_url("cn-north-1").startswith("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotification")


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_735_735_507_123_999_999, "2025-01-01T12:45:07.123Z"),
        (1_735_735_507_000_000_000, "2025-01-01T12:45:07.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_timestamps(now, text):
    assert timestamp_text(now) == text


def test_headers_of_a_notification():
    headers = http_headers(
        "Notification",
        "https://user:secret@example.com:8443/path?x=1",
        "Hé".encode(),
        message_id=MESSAGE_ID,
        topic_arn=TOPIC,
        subscription_arn=SUBSCRIPTION,
    )
    assert headers == {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": MESSAGE_ID,
        "x-amz-sns-topic-arn": TOPIC,
        "x-amz-sns-subscription-arn": SUBSCRIPTION,
        "Content-Length": "3",
        "Content-Type": "text/plain; charset=UTF-8",
        "Host": "example.com:8443",
        "Connection": "Keep-Alive",
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate",
    }


def test_headers_of_raw_deliveries_and_confirmations():
    members = {"message_id": MESSAGE_ID, "topic_arn": TOPIC, "subscription_arn": SUBSCRIPTION}
    raw = http_headers("Notification", "http://x/", b"", raw=True, content_type="application/json", **members)
    assert raw["x-amz-sns-rawdelivery"] == "true"
    assert raw["Content-Type"] == "application/json"
    confirmation = http_headers("SubscriptionConfirmation", "http://x/", b"", **members)
    assert "x-amz-sns-subscription-arn" not in confirmation
    assert "x-amz-sns-rawdelivery" not in confirmation
    assert (
        http_headers("UnsubscribeConfirmation", "http://x/", b"", **members)["x-amz-sns-subscription-arn"]
        == SUBSCRIPTION
    )
