"""Fan-out against a model: each queue gets what its filter lets pass, once and in order, whatever else happens."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from tests.support.depth import deep

COLOURS = ("red", "green", "blue")
QUEUES = ("q0", "q1", "q2")
filters = st.none() | st.lists(st.sampled_from(COLOURS), min_size=1, unique=True)

steps = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from(COLOURS) | st.none()),
    st.tuples(st.just("batch"), st.lists(st.sampled_from(COLOURS) | st.none(), min_size=1, max_size=10)),
    st.tuples(st.just("subscribe"), st.sampled_from(QUEUES), filters, st.booleans()),
    st.tuples(st.just("unsubscribe"), st.sampled_from(QUEUES)),
    st.tuples(st.just("filter"), st.sampled_from(QUEUES), filters),
)


def attributes_of(colour):
    return {"colour": {"DataType": "String", "StringValue": colour}} if colour else {}


def policy_of(colours):
    return json.dumps({"colour": colours}) if colours else ""


def check(cloud):
    """What SNS derives is what it would derive anew."""
    for service in cloud.services("sns"):
        service.check()


def text_of(body, raw):
    return body if raw else json.loads(body)["Message"]


@settings(max_examples=deep(100))
@given(st.lists(steps, max_size=40))
def test_every_queue_gets_what_its_filter_lets_pass(sequence):
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        topic = sns.create_topic(Name="t")["TopicArn"]
        for name in QUEUES:
            sqs.create_queue(QueueName=name)
        expected = {name: [] for name in QUEUES}
        subscribed = {}  # queue: (ARN, colours or None, raw)
        count = 0

        def sent(colour):
            nonlocal count
            count += 1
            for name, (_, colours, raw) in subscribed.items():
                if colours is None or colour in colours:
                    expected[name].append((str(count), raw))
            return str(count)

        for kind, *details in sequence:
            if kind == "publish":
                sns.publish(TopicArn=topic, Message=sent(details[0]), MessageAttributes=attributes_of(details[0]))
            elif kind == "batch":
                entries = [
                    {"Id": str(number), "Message": sent(colour), "MessageAttributes": attributes_of(colour)}
                    for number, colour in enumerate(details[0])
                ]
                sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
            elif kind == "subscribe":
                name, colours, raw = details
                if name not in subscribed:
                    arn = sns.subscribe(
                        TopicArn=topic,
                        Protocol="sqs",
                        Endpoint=cloud.queue(name).arn,
                        Attributes={"FilterPolicy": policy_of(colours), "RawMessageDelivery": str(raw)},
                    )["SubscriptionArn"]
                    subscribed[name] = (arn, colours, raw)
            elif details[0] in subscribed:
                name = details[0]
                arn, _, raw = subscribed[name]
                if kind == "unsubscribe":
                    sns.unsubscribe(SubscriptionArn=arn)
                    del subscribed[name]
                else:
                    sns.set_subscription_attributes(
                        SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy_of(details[1])
                    )
                    subscribed[name] = (arn, details[1], raw)
            check(cloud)
        for name in QUEUES:
            found = [
                text_of(body, raw) for body, (_, raw) in zip(cloud.queue(name).bodies, expected[name], strict=True)
            ]
            assert found == [message for message, _ in expected[name]]


publishes = st.lists(
    st.tuples(
        st.sampled_from(["g0", "g1", "g2"]),
        st.sampled_from(["d0", "d1", "d2", "d3"]),
        st.sampled_from([0, 0, 1, 100, 299, 300]),
    ),
    max_size=40,
)


@settings(max_examples=deep(100))
@given(publishes, st.booleans())
def test_a_fifo_topic_keeps_order_and_delivers_once_in_five_minutes(sequence, per_group):
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        attributes = {"FifoTopic": "true", "FifoThroughputScope": "MessageGroup" if per_group else "Topic"}
        topic = sns.create_topic(Name="t.fifo", Attributes=attributes)["TopicArn"]
        # Queues whose own deduplication can not get in the way of what is seen.
        scope = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
        for name in ("a.fifo", "b.fifo", "c"):
            fifo = {"FifoQueue": "true", **(scope if per_group else {})} if name.endswith(".fifo") else {}
            sqs.create_queue(QueueName=name, Attributes=fifo)
            sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=cloud.queue(name).arn,
                Attributes={"RawMessageDelivery": "true"},
            )
        accepted = {}  # key: (time, answer)
        expected = []
        now = 0
        last = 0
        for number, (group, deduplication_id, wait) in enumerate(sequence):
            cloud.clock.advance(wait)
            now += wait
            answer = sns.publish(
                TopicArn=topic, Message=str(number), MessageGroupId=group, MessageDeduplicationId=deduplication_id
            )
            key = (group if per_group else None, deduplication_id)
            since, original = accepted.get(key, (None, None))
            if since is not None and now < since + 300:
                assert answer["MessageId"] == original["MessageId"]
                assert answer["SequenceNumber"] == original["SequenceNumber"]
            else:
                accepted[key] = (now, answer)
                expected.append((group, str(number)))
                assert int(answer["SequenceNumber"]) > last
                last = int(answer["SequenceNumber"])
            check(cloud)
        assert cloud.queue("c").bodies == [message for _, message in expected]
        for name in ("a.fifo", "b.fifo"):
            messages = cloud.queue(name).messages
            for group in ("g0", "g1", "g2"):
                mine = [message.body for message in messages if message.group_id == group]
                assert mine == [message for other, message in expected if other == group]
