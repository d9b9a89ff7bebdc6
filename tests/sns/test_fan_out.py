"""From a topic into queues: envelopes, raw delivery, filters, regions, accounts, dead letters."""

from __future__ import annotations

import base64
import json
import re

import pytest

from minicloud.services.sns.signature import string_to_sign, verify

ACCOUNT = "123456789012"
ATTRIBUTES = {
    "text": {"DataType": "String", "StringValue": 'quoted "é"'},
    "number": {"DataType": "Number", "StringValue": "100.12"},
    "array": {"DataType": "String.Array", "StringValue": '["a","b"]'},
    "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
}


def test_the_envelope_key_by_key(cloud, sns, topic, subscribed):
    received = subscribed(topic, "q")
    cloud.clock.advance(0.1239)
    answer = sns.publish(TopicArn=topic, Message='a "message"\n', Subject="a subject", MessageAttributes=ATTRIBUTES)
    (message,) = received()
    assert "MessageAttributes" not in message
    body = json.loads(message["Body"])
    assert list(body) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
        "MessageAttributes",
    ]
    assert body["Type"] == "Notification"
    assert body["MessageId"] == answer["MessageId"]
    assert body["TopicArn"] == topic
    assert body["Subject"] == "a subject"
    assert body["Message"] == 'a "message"\n'
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123Z", body["Timestamp"])
    assert body["SignatureVersion"] == "1"
    url = r"https://sns\.us-east-1\.amazonaws\.com/SimpleNotificationService-[0-9a-f]{32}\.pem"
    assert re.fullmatch(url, body["SigningCertURL"])
    assert body["UnsubscribeURL"] == (
        f"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={received.subscription_arn}"
    )
    assert body["MessageAttributes"] == {
        "text": {"Type": "String", "Value": 'quoted "é"'},
        "number": {"Type": "Number", "Value": "100.12"},
        "array": {"Type": "String.Array", "Value": '["a","b"]'},
        "bytes": {"Type": "Binary", "Value": base64.b64encode(b"\x00\xff").decode()},
    }
    assert message["Body"].startswith('{\n  "Type" : "Notification",\n  "MessageId" : "')


def test_what_is_not_there_is_left_out(sns, topic, subscribed):
    received = subscribed(topic, "q")
    sns.publish(TopicArn=topic, Message="x")
    body = json.loads(received()[0]["Body"])
    assert not {"Subject", "MessageAttributes", "SequenceNumber"} & set(body)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": "s"}])
def test_envelopes_are_signed(sns, topic, subscribed, version, subject):
    received = subscribed(topic, "q")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    sns.publish(TopicArn=topic, Message="x", **subject)
    body = json.loads(received()[0]["Body"])
    assert body["SignatureVersion"] == version
    assert verify(string_to_sign(body), body["Signature"], version)
    assert not verify(string_to_sign(body | {"Message": "y"}), body["Signature"], version)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_queue_counts_every_byte_of_an_envelope(sns, sqs, topic, subscribed, version):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    received = subscribed(topic, "q")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    sns.publish(TopicArn=topic, Message="é" * 500)
    size = len(received()[0]["Body"].encode())
    for limit, arrives in ((size, 1), (size - 1, 0)):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": str(limit)})
        sns.publish(TopicArn=topic, Message="é" * 500)
        assert len(received()) == arrives


def test_raw_delivery(sns, topic, subscribed):
    received = subscribed(topic, "q", RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="text", Subject="lost", MessageAttributes=ATTRIBUTES)
    (message,) = received()
    assert message["Body"] == "text"
    assert message["MessageAttributes"] == ATTRIBUTES


def test_switching_to_raw_delivery_later(sns, topic, subscribed):
    received = subscribed(topic, "q")
    for value in ("true", "false"):
        sns.set_subscription_attributes(
            SubscriptionArn=received.subscription_arn, AttributeName="RawMessageDelivery", AttributeValue=value
        )
        sns.publish(TopicArn=topic, Message="text")
        assert (received()[0]["Body"] == "text") == (value == "true")


def test_one_publish_serves_a_hundred_and_fifty_queues(sns, topic, subscribed):
    queues = [
        subscribed(topic, f"q{number}", RawMessageDelivery="true" if number % 2 else "false") for number in range(150)
    ]
    answer = sns.publish(TopicArn=topic, Message="x", MessageAttributes=ATTRIBUTES)
    for number, received in enumerate(queues):
        (message,) = received()
        if number % 2:
            assert message["Body"] == "x"
        else:
            body = json.loads(message["Body"])
            assert body["MessageId"] == answer["MessageId"]
            assert body["UnsubscribeURL"].endswith(received.subscription_arn)


def test_any_region(cloud, sns, topic, subscribed):
    here, there = subscribed(topic, "q"), subscribed(topic, "q", region_name="eu-west-1")
    sns.publish(TopicArn=topic, Message="x")
    assert [len(here()), len(there())] == [1, 1]


def test_filters_decide_for_each_subscription(sns, topic, subscribed):
    every = subscribed(topic, "every", RawMessageDelivery="true")
    red = subscribed(topic, "red", RawMessageDelivery="true", FilterPolicy='{"colour":["red"]}')
    body = subscribed(
        topic,
        "body",
        RawMessageDelivery="true",
        FilterPolicy='{"size":[{"numeric":[">",10]}]}',
        FilterPolicyScope="MessageBody",
    )

    def publish(size, colour):
        attributes = {"colour": {"DataType": "String", "StringValue": colour}}
        sns.publish(TopicArn=topic, Message=json.dumps({"size": size}), MessageAttributes=attributes)

    publish(5, "red")
    publish(50, "blue")
    sns.publish(TopicArn=topic, Message="no json")
    assert [len(every()), len(red()), len(body())] == [3, 1, 1]
    sns.set_subscription_attributes(
        SubscriptionArn=red.subscription_arn, AttributeName="FilterPolicy", AttributeValue=""
    )
    publish(5, "blue")
    assert [len(every()), len(red()), len(body())] == [1, 1, 0]


def test_a_body_filter_looks_at_the_text_of_its_protocol(sns, topic, subscribed):
    received = subscribed(topic, "q", FilterPolicy='{"a":["b"]}', FilterPolicyScope="MessageBody")
    for text in ('{"a":"b"}', '{"a":"c"}'):
        message = json.dumps({"default": '{"a":"b"}', "sqs": text})
        sns.publish(TopicArn=topic, Message=message, MessageStructure="json")
    assert [json.loads(message["Body"])["Message"] for message in received()] == ['{"a":"b"}']


def test_the_group_reaches_standard_queues_of_a_standard_topic(sns, topic, subscribed):
    received, raw = subscribed(topic, "q"), subscribed(topic, "raw", RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="x", MessageGroupId="tenant")
    for message in (*received(), *raw()):
        assert message["Attributes"]["MessageGroupId"] == "tenant"
        assert "MessageDeduplicationId" not in message["Attributes"]
        assert "tenant" not in message["Body"]


def test_unsubscribed_queues_get_nothing(sns, topic, subscribed):
    received = subscribed(topic, "q")
    sns.unsubscribe(SubscriptionArn=received.subscription_arn)
    sns.publish(TopicArn=topic, Message="x")
    assert received() == []


# --- dead letters ----------------------------------------------------------------------------------------------------


def dead_letters_to(arn):
    return json.dumps({"deadLetterTargetArn": arn})


@pytest.mark.parametrize("raw", ["true", "false"])
def test_a_deleted_queue_sends_its_messages_to_the_dead_letter_queue(cloud, sns, sqs, topic, subscribed, queue, raw):
    dead_letter_arn, dead_letters = queue("dead-letters")
    received = subscribed(topic, "q", RawMessageDelivery=raw)
    sqs.delete_queue(QueueUrl=received.queue_url)
    sns.publish(TopicArn=topic, Message="gone for ever")
    sns.set_subscription_attributes(
        SubscriptionArn=received.subscription_arn,
        AttributeName="RedrivePolicy",
        AttributeValue=dead_letters_to(dead_letter_arn),
    )
    answer = sns.publish(TopicArn=topic, Message="text", MessageAttributes=ATTRIBUTES)
    (message,) = dead_letters()
    if raw == "true":
        assert message["Body"] == "text"
        assert message["MessageAttributes"] == ATTRIBUTES
    else:
        assert "MessageAttributes" not in message
        body = json.loads(message["Body"])
        assert (body["MessageId"], body["Message"]) == (answer["MessageId"], "text")
        assert set(body["MessageAttributes"]) == set(ATTRIBUTES)


def test_a_dead_letter_keeps_the_message_group_that_its_queue_would_have_got(sns, topic, fifo_topic, queue):
    """It is what the queue would have got. [recorded; inferred for the group]"""
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    dead_letter_arn, dead_letters = queue("dead-letters")
    attributes = {"RedrivePolicy": dead_letters_to(dead_letter_arn)}
    group = {"MessageGroupId": "tenant"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=gone, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="x", **group)
    (message,) = dead_letters()
    assert message["Attributes"]["MessageGroupId"] == "tenant"
    # A standard queue on a FIFO topic gets none, and so do its dead letters.
    sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=gone, Attributes=attributes)
    sns.publish(TopicArn=fifo_topic, Message="y", MessageDeduplicationId="d", **group)
    (message,) = dead_letters()
    assert not {"MessageGroupId", "MessageDeduplicationId"} & set(message["Attributes"])


def test_more_than_ten_attributes_do_not_fit_into_a_queue(sns, topic, subscribed, queue):
    dead_letter_arn, dead_letters = queue("dead-letters")
    raw = subscribed(topic, "raw", RawMessageDelivery="true", RedrivePolicy=dead_letters_to(dead_letter_arn))
    enveloped = subscribed(topic, "enveloped")
    ten = {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(10)}
    sns.publish(TopicArn=topic, Message="ten", MessageAttributes=ten)
    eleven = ten | {"more": {"DataType": "String", "StringValue": "x"}}
    sns.publish(TopicArn=topic, Message="eleven", MessageAttributes=eleven)
    assert [message["Body"] for message in raw()] == ["ten"]
    assert [message["Body"] for message in dead_letters()] == ["eleven"]
    assert len(enveloped()) == 2


def test_what_a_queue_refuses_is_a_dead_letter(sns, sqs, topic, subscribed, queue):
    dead_letter_arn, dead_letters = queue("dead-letters")
    received = subscribed(topic, "q", RawMessageDelivery="true", RedrivePolicy=dead_letters_to(dead_letter_arn))
    sqs.set_queue_attributes(QueueUrl=received.queue_url, Attributes={"MaximumMessageSize": "1024"})
    sns.publish(TopicArn=topic, Message="x" * 1025)
    assert received() == []
    assert len(dead_letters()) == 1


def test_an_envelope_is_as_long_as_what_it_writes(sns, sqs, topic, subscribed, queue):
    """A control character takes six in JSON: what a queue refuses for that is a dead letter."""
    dead_letter_arn, dead_letters = queue("dead-letters")
    received = subscribed(topic, "q", RedrivePolicy=dead_letters_to(dead_letter_arn))
    sqs.set_queue_attributes(QueueUrl=received.queue_url, Attributes={"MaximumMessageSize": "60400"})
    sns.publish(TopicArn=topic, Message="\x01" * 10_000)
    assert received() == []
    assert len(dead_letters()) == 1
    sqs.set_queue_attributes(QueueUrl=received.queue_url, Attributes={"MaximumMessageSize": "62000"})
    sns.publish(TopicArn=topic, Message="\x01" * 10_000)
    assert len(received()) == 1


def test_a_topic_takes_nothing_too_long_from_other_services(cloud, topic):
    cloud.function("f", lambda *_: "x" * 300_000)
    lambda_ = cloud.client("lambda")
    lambda_.put_function_event_invoke_config(FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": topic}})
    lambda_.invoke(FunctionName="f", InvocationType="Event")
    (lost,) = cloud.trace.of("lambda.lost")
    assert lost.details["reason"] == "InvalidParameter: Invalid parameter: Message too long"
    assert list(cloud.topic(topic).published) == []


def test_no_queue_holds_an_empty_text(sns, topic, subscribed, queue):
    dead_arn, dead = queue("dead")
    raw = subscribed(
        topic, "raw", RawMessageDelivery="true", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn})
    )
    enveloped = subscribed(topic, "enveloped")
    sns.publish(TopicArn=topic, Message='{"default":"text","sqs":""}', MessageStructure="json")
    assert [json.loads(message["Body"])["Message"] for message in enveloped()] == [""]
    assert raw() == dead() == []


def test_a_dead_letter_queue_that_is_missing_too_bothers_nobody(cloud, sns, topic):
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:nowhere"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RedrivePolicy": dead_letters_to(arn)})
    cloud.trace.start()
    sns.publish(TopicArn=topic, Message="x")
    kinds = [event.kind for event in cloud.trace]
    assert "sns.delivery.failed" in kinds
    assert "sns.message.lost" in kinds


def test_a_filtered_message_is_no_dead_letter(sns, topic, subscribed, queue):
    dead_letter_arn, dead_letters = queue("dead-letters")
    subscribed(topic, "q", FilterPolicy='{"a":["b"]}', RedrivePolicy=dead_letters_to(dead_letter_arn))
    sns.publish(TopicArn=topic, Message="x")
    assert dead_letters() == []


@pytest.mark.parametrize("traced", [True, pytest.param(False, marks=pytest.mark.minicloud(trace=False))])
def test_the_delay_of_a_queue_holds_for_what_a_topic_sends(cloud, sns, sqs, topic, subscribed, traced):
    """[SQS developer guide: delay queues]"""
    assert cloud.trace.is_on is traced
    received = subscribed(topic, "q", RawMessageDelivery="true")
    sqs.set_queue_attributes(QueueUrl=received.queue_url, Attributes={"DelaySeconds": "10"})
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(9.999)
    assert received() == []
    cloud.clock.advance(0.001)
    assert [message["Body"] for message in received()] == ["x"]


@pytest.mark.parametrize("filtered", ["email", "sqs", "lambda"])
def test_who_is_passed_over_keeps_nothing_from_the_next(cloud, sns, topic, subscribed, outbox, filtered):
    policy = {"FilterPolicy": '{"wanted":["yes"]}'}
    if filtered == "email":
        endpoint = {"Protocol": "email", "Endpoint": "a@example.com"}
        arn = sns.subscribe(TopicArn=topic, **endpoint, Attributes=policy, ReturnSubscriptionArn=True)[
            "SubscriptionArn"
        ]
        assert arn
        token = re.search(r"Token=([0-9a-f]+)", outbox.of("email")[0].body)[1]
        sns.confirm_subscription(TopicArn=topic, Token=token)
    elif filtered == "lambda":
        endpoint = {"Protocol": "lambda", "Endpoint": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"}
        sns.subscribe(TopicArn=topic, **endpoint, Attributes=policy)
    else:
        subscribed(topic, "choosy", **policy)
    received = subscribed(topic, "q", RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="x")
    assert [message["Body"] for message in received()] == ["x"]
