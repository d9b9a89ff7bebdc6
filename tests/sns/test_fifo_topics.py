"""FIFO topics: order, deduplication, sequence numbers, archive and replay."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from itertools import pairwise

import pytest

ACCOUNT = "123456789012"
DAY = 86_400


@pytest.fixture
def publish(sns, fifo_topic):
    count = iter(range(10**6))

    def send(message, group="g", deduplication_id=None, **more):
        return sns.publish(
            TopicArn=fifo_topic,
            Message=message,
            MessageGroupId=group,
            MessageDeduplicationId=deduplication_id or f"d{next(count)}",
            **more,
        )

    return send


@pytest.fixture
def by_content(sns, fifo_topic):
    sns.set_topic_attributes(TopicArn=fifo_topic, AttributeName="ContentBasedDeduplication", AttributeValue="true")

    def send(message, group="g", **more):
        return sns.publish(TopicArn=fifo_topic, Message=message, MessageGroupId=group, **more)

    return send


def bodies(messages):
    return [message["Body"] for message in messages]


def test_sequence_numbers_rise_by_a_thousand(publish):
    """[seen on AWS]"""
    numbers = [publish("x")["SequenceNumber"] for _ in range(5)]
    assert {len(number) for number in numbers} == {20}
    assert {(number[:10], number[-3:]) for number in numbers} == {("1000000000", "000")}
    assert {int(later) - int(earlier) for earlier, later in pairwise(numbers)} == {1000}


def test_the_envelope_of_a_fifo_topic(publish, subscribed, fifo_topic):
    received, plain = subscribed(fifo_topic, "q.fifo"), subscribed(fifo_topic, "q")
    answer = publish("x", "group", "deduplication", Subject="s")
    (message,) = received()
    body = json.loads(message["Body"])
    assert list(body) == [
        "Type",
        "MessageId",
        "SequenceNumber",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "UnsubscribeURL",
    ]
    assert body["SequenceNumber"] == answer["SequenceNumber"]
    attributes = message["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("group", "deduplication")
    assert attributes["SequenceNumber"] != answer["SequenceNumber"]
    (message,) = plain()
    assert json.loads(message["Body"])["SequenceNumber"] == answer["SequenceNumber"]
    assert not {"MessageGroupId", "MessageDeduplicationId"} & set(message["Attributes"])


def test_every_queue_gets_the_same_order(publish, subscribed, fifo_topic):
    queues = [subscribed(fifo_topic, f"q{number}.fifo", RawMessageDelivery="true") for number in range(3)]
    for number in range(30):
        publish(str(number), f"g{number % 3}")
    for received in queues:
        found = bodies(received())
        for group in range(3):
            mine = [int(body) for body in found if int(body) % 3 == group]
            assert mine == sorted(mine)
        assert len(found) == 30


def test_content_based_deduplication(by_content, subscribed, fifo_topic):
    received = subscribed(fifo_topic, "q.fifo", RawMessageDelivery="true")
    by_content("Test")
    (message,) = received()
    assert message["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"Test").hexdigest()
    by_content("Test", MessageDeduplicationId="explicit")
    (message,) = received()
    assert message["Attributes"]["MessageDeduplicationId"] == "explicit"


def test_a_duplicate_gets_the_answer_of_the_original(cloud, publish, subscribed, fifo_topic):
    received, plain = subscribed(fifo_topic, "q.fifo"), subscribed(fifo_topic, "q")
    first = publish("a", deduplication_id="d")
    cloud.clock.advance(299)
    second = publish("another", "another-group", deduplication_id="d")
    assert (second["MessageId"], second["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert [len(received()), len(plain())] == [1, 1]
    cloud.clock.advance(1)
    third = publish("a", deduplication_id="d")
    assert third["MessageId"] != first["MessageId"]
    assert [len(received()), len(plain())] == [1, 1]


def test_a_duplicate_does_not_prolong_the_window(cloud, publish):
    first = publish("a", deduplication_id="d")
    cloud.clock.advance(200)
    publish("a", deduplication_id="d")
    cloud.clock.advance(100)
    assert publish("a", deduplication_id="d")["MessageId"] != first["MessageId"]


def test_deduplication_does_not_need_a_subscriber(publish, subscribed, fifo_topic):
    publish("a", deduplication_id="d")
    received = subscribed(fifo_topic, "q.fifo")
    publish("a", deduplication_id="d")
    assert received() == []


def test_the_group_can_be_the_scope(sns, by_content, subscribed, fifo_topic):
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true")
    by_content("same", "one")
    by_content("same", "two")
    assert bodies(received()) == ["same"]
    sns.set_topic_attributes(TopicArn=fifo_topic, AttributeName="FifoThroughputScope", AttributeValue="MessageGroup")
    for group in ("three", "four", "three"):
        by_content("same", group)
    assert bodies(received()) == ["same", "same"]


def test_dead_letters_of_a_fifo_topic(sns, sqs, publish, subscribed, queue, fifo_topic):
    arn, dead_letters = queue("dead.fifo")
    received = subscribed(fifo_topic, "q.fifo", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn}))
    sqs.delete_queue(QueueUrl=received.queue_url)
    answers = [publish(str(number), "group", f"id{number}") for number in range(3)]
    messages = dead_letters()
    assert [json.loads(message["Body"])["Message"] for message in messages] == ["0", "1", "2"]
    for number, message in enumerate(messages):
        attributes = message["Attributes"]
        assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("group", f"id{number}")
        assert json.loads(message["Body"])["SequenceNumber"] == answers[number]["SequenceNumber"]


def test_a_standard_queue_is_sent_no_group(cloud, sns, sqs, publish, subscribed, queue, fifo_topic):
    """Neither the one that is subscribed nor the one for its dead letters."""
    arn, dead_letters = queue("dead")
    received = subscribed(fifo_topic, "q", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn}))
    publish("delivered")
    (message,) = received()
    assert not message["Attributes"].keys() & {"MessageGroupId", "MessageDeduplicationId"}
    sqs.delete_queue(QueueUrl=received.queue_url)
    publish("dead letter")
    (message,) = dead_letters()
    assert json.loads(message["Body"])["Message"] == "dead letter"
    assert not message["Attributes"].keys() & {"MessageGroupId", "MessageDeduplicationId"}


# --- archive and replay ----------------------------------------------------------------------------------------------


@pytest.fixture
def archive(sns, fifo_topic):
    def keep(days=30):
        sns.set_topic_attributes(
            TopicArn=fifo_topic,
            AttributeName="ArchivePolicy",
            AttributeValue=json.dumps({"MessageRetentionPeriod": days}),
        )

    keep()
    return keep


@pytest.fixture
def replay(sns, cloud):
    def start(received, start, end=None):
        def text(seconds):
            return (cloud.clock.now() + timedelta(seconds=seconds)).isoformat()

        policy = {"PointType": "Timestamp", "StartingPoint": text(start)}
        if end is not None:
            policy["EndingPoint"] = text(end)
        sns.set_subscription_attributes(
            SubscriptionArn=received.subscription_arn,
            AttributeName="ReplayPolicy",
            AttributeValue=json.dumps(policy),
        )

    return start


def status(sns, received):
    attributes = sns.get_subscription_attributes(SubscriptionArn=received.subscription_arn)["Attributes"]
    return attributes.get("ReplayStatus")


@pytest.mark.parametrize("period", ["0", "366", 0, 366, "x", "1.5", 1.5, True, None, [1], "-1", "٣"])
def test_the_retention_of_an_archive(sns, fifo_topic, refused, period):
    text = "Invalid parameter: Attributes Reason: ArchivePolicy: MessageRetentionPeriod value is invalid"
    attributes = {"FifoTopic": "true", "ArchivePolicy": json.dumps({"MessageRetentionPeriod": period})}
    refused(sns.create_topic, "InvalidParameter", text, Name="t.fifo", Attributes=attributes)


def test_a_topic_with_an_archive_can_not_be_deleted(sns, fifo_topic, archive, refused):
    text = "Invalid state: Cannot delete a topic with an ArchivePolicy"
    refused(sns.delete_topic, "InvalidState", text, TopicArn=fifo_topic)
    assert "BeginningArchiveTime" in sns.get_topic_attributes(TopicArn=fifo_topic)["Attributes"]
    no_json = "failed to parse JSON"
    for wrong, text in (
        ("", no_json),
        ("no json", no_json),
        ("[]", no_json),
        ('{"Days":1}', "invalid JSON. Attribute Days is unknown."),
    ):
        given = {"TopicArn": fifo_topic, "AttributeName": "ArchivePolicy", "AttributeValue": wrong}
        refused(sns.set_topic_attributes, "InvalidParameter", f"Invalid parameter: ArchivePolicy: {text}", **given)
    sns.set_topic_attributes(TopicArn=fifo_topic, AttributeName="ArchivePolicy", AttributeValue="{}")
    assert "BeginningArchiveTime" not in sns.get_topic_attributes(TopicArn=fifo_topic)["Attributes"]
    sns.delete_topic(TopicArn=fifo_topic)


def test_a_replay_sends_the_same_messages_again(cloud, sns, publish, subscribed, fifo_topic, archive, replay):
    answers = []
    for number in range(3):
        answers.append(publish(str(number)))
        cloud.clock.advance(600)
    received = subscribed(fifo_topic, "q")
    replay(received, -1300)  # the second and the third one
    messages = [json.loads(message["Body"]) for message in received()]
    assert [message["Message"] for message in messages] == ["1", "2"]
    assert [message["MessageId"] for message in messages] == [answer["MessageId"] for answer in answers[1:]]
    assert all(message["Replayed"] is True for message in messages)
    assert status(sns, received) == "Completed"
    publish("new")
    (message,) = received()
    assert "Replayed" not in json.loads(message["Body"])


def test_a_replay_with_an_end_leaves_the_subscription_at_rest(
    cloud, sns, publish, subscribed, fifo_topic, archive, replay
):
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true")
    publish("a")
    cloud.clock.advance(10)
    publish("b")
    assert len(received()) == 2
    cloud.clock.advance(10)
    replay(received, -30, 30)
    assert bodies(received()) == ["a", "b"]
    assert status(sns, received) == "In progress"
    publish("within")
    cloud.clock.advance(31)
    assert status(sns, received) == "Completed"
    publish("after")
    assert bodies(received()) == ["within"]
    replay(received, -1)
    publish("again")
    assert bodies(received()) == ["after", "again"]


def test_filters_apply_to_replays(sns, publish, subscribed, fifo_topic, archive, replay):
    publish("no")
    publish("yes", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true", FilterPolicy='{"a":["b"]}')
    replay(received, -10)
    assert bodies(received()) == ["yes"]


def test_the_archive_forgets(cloud, sns, publish, subscribed, fifo_topic, archive, replay):
    archive(1)
    publish("old")
    cloud.clock.advance(DAY + 1)
    publish("new")
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true")
    replay(received, -10 * DAY)
    assert bodies(received()) == ["new"]


def test_what_is_too_old_is_not_replayed_though_nothing_came_after_it(
    cloud, sns, publish, subscribed, fifo_topic, archive, replay
):
    archive(1)
    publish("old")
    cloud.clock.advance(1)
    publish("oldest that is kept")
    cloud.clock.advance(DAY)
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true")
    replay(received, -10 * DAY)
    assert bodies(received()) == ["oldest that is kept"]


def test_both_ends_of_a_replay_are_included(cloud, sns, publish, subscribed, fifo_topic, archive, replay):
    for number in range(4):
        publish(str(number))
        cloud.clock.advance(10)
    received = subscribed(fifo_topic, "q", RawMessageDelivery="true")
    replay(received, -30, -20)
    assert bodies(received()) == ["1", "2"]


def test_subscribing_with_a_replay(cloud, sns, publish, fifo_topic, archive, queue):
    publish("before")
    arn, received = queue("q.fifo")
    policy = {"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00.000Z"}
    attributes = {"ReplayPolicy": json.dumps(policy), "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=fifo_topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    assert bodies(received()) == ["before"]


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ("no json", "failed to parse JSON"),
        ("[]", "failed to parse JSON"),
        ({"PointType": "Timestamp"}, "StartingPoint value is invalid"),
        ({"StartingPoint": "2026-01-01T00:00:00Z"}, "PointType must be Timestamp"),
        ({"PointType": "Sequence", "StartingPoint": "2026-01-01T00:00:00Z"}, "PointType must be Timestamp"),
        ({"PointType": "Timestamp", "StartingPoint": "yesterday"}, "StartingPoint value is invalid"),
        ({"PointType": "Timestamp", "StartingPoint": 7}, "StartingPoint value is invalid"),
        ({"PointType": "Timestamp", "StartingPoint": "2026-01-01T00:00:00"}, "StartingPoint value is invalid"),
        *(
            (
                {"PointType": "Timestamp", "StartingPoint": "2026-01-01T00:00:00Z", "EndingPoint": end},
                "EndingPoint must be later than StartingPoint",
            )
            for end in ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
        ),
        (
            {"PointType": "Timestamp", "StartingPoint": "2026-01-01T00:00:00Z", "EndingPoint": "x"},
            "EndingPoint value is invalid",
        ),
        (
            {"PointType": "Timestamp", "StartingPoint": "2026-01-01T00:00:00Z", "More": 1},
            "invalid JSON. Attribute More is unknown.",
        ),
    ],
)
def test_replay_policies_that_are_refused(sns, subscribed, fifo_topic, archive, refused, policy, why):
    received = subscribed(fifo_topic, "q")
    text = policy if isinstance(policy, str) else json.dumps(policy)
    refused(
        sns.set_subscription_attributes,
        "InvalidParameter",
        f"Invalid parameter: ReplayPolicy: {why}",
        SubscriptionArn=received.subscription_arn,
        AttributeName="ReplayPolicy",
        AttributeValue=text,
    )
    assert status(sns, received) is None


def test_without_an_archive_there_is_no_replay(sns, subscribed, fifo_topic, replay):
    received = subscribed(fifo_topic, "q")
    why = "only subscriptions to a FIFO topic with an ArchivePolicy can be replayed"
    with pytest.raises(sns.exceptions.ClientError, match=f": Invalid parameter: ReplayPolicy: {why}$"):
        replay(received, -1)
