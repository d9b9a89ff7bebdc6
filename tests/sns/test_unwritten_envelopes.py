"""An envelope is written when somebody looks at it: nobody can tell, whatever happens between the publish and the look.

Two clouds of one seed do the same; in one of them envelopes are written as they are published.
"""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.services.sns.publication import Publication
from tests.support.depth import deep

QUEUES = ("big", "small", "tiny", "redriven", "lost")

plain = st.text(st.characters(min_codepoint=1, max_codepoint=127), min_size=1, max_size=30)
texts = st.one_of(
    plain,
    st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.builds(lambda text, count: (text * count)[:2_500], plain, st.integers(1, 300)),
)
subjects = st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=100)
structures = st.builds(lambda text: json.dumps({"default": "d", "sqs": text}), texts)
steps = st.one_of(
    st.tuples(st.just("publish"), texts, subjects),
    st.tuples(st.just("structure"), structures),
    st.tuples(st.just("receive"), st.sampled_from(QUEUES)),
    st.tuples(st.just("look"), st.sampled_from(QUEUES)),
    st.tuples(st.just("version"), st.sampled_from("12")),
    st.tuples(st.just("limit"), st.integers(1_024, 4_000)),
    st.tuples(st.sampled_from(["snapshot", "restore", "trace", "advance", "drop", "move"])),
)


class Written(Publication):
    """One whose envelope is there at once."""

    __slots__ = ()

    def shared_envelope(self, protocol):
        envelope = self.notification.envelope(self.text_for(protocol))
        assert envelope.head
        return envelope


class Life:
    """A cloud, a topic and its queues: some hold less than others, one has a dead-letter queue."""

    def __init__(self, written, trace):
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, trace=trace)
        self.sns, self.sqs = self.cloud.client("sns"), self.cloud.client("sqs")
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]
        (service,) = self.cloud.services("sns")
        if written:
            accept = service.accept
            service.accept = lambda *given, make=Written: accept(*given, make=make)
        self.urls = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in reversed(QUEUES)}
        self.attribute("small", MaximumMessageSize="2000")
        self.attribute("tiny", MaximumMessageSize="1024")
        lost = json.dumps({"deadLetterTargetArn": self.cloud.queue("lost").arn, "maxReceiveCount": 1})
        self.attribute("redriven", RedrivePolicy=lost)
        for name in QUEUES[:-1]:
            policy = json.dumps({"deadLetterTargetArn": self.cloud.queue("lost").arn})
            arn = self.cloud.queue(name).arn
            self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes={"RedrivePolicy": policy})
        self.snapshot = self.cloud.snapshot()

    def attribute(self, name, **attributes):
        self.sqs.set_queue_attributes(QueueUrl=self.urls[name], Attributes=attributes)

    def look(self, name):
        return [message.body for message in self.cloud.queue(name).messages], self.cloud.queue(name).counts

    def do(self, kind, *details):
        cloud, sns, sqs = self.cloud, self.sns, self.sqs
        if kind == "publish":
            subject = {} if details[1] is None else {"Subject": details[1]}
            return sns.publish(TopicArn=self.topic, Message=details[0], **subject)
        if kind == "structure":
            return sns.publish(TopicArn=self.topic, Message=details[0], MessageStructure="json")
        if kind == "receive":
            return sqs.receive_message(QueueUrl=self.urls[details[0]], MaxNumberOfMessages=10, AttributeNames=["All"])
        if kind == "look":
            return self.look(details[0])
        if kind == "version":
            value = {"AttributeName": "SignatureVersion", "AttributeValue": details[0]}
            return sns.set_topic_attributes(TopicArn=self.topic, **value)
        if kind == "limit":
            return self.attribute("small", MaximumMessageSize=str(details[0]))
        if kind == "snapshot":
            self.snapshot = cloud.snapshot()
        elif kind == "restore":
            cloud.restore(self.snapshot)
        elif kind == "trace":
            return str(cloud.trace)
        elif kind == "advance":
            cloud.clock.advance(31.234)
        elif kind == "drop":
            sns.delete_topic(TopicArn=self.topic)
            self.topic = sns.create_topic(Name="t")["TopicArn"]
        else:
            return sqs.start_message_move_task(SourceArn=cloud.queue("lost").arn, DestinationArn=cloud.queue("big").arn)
        return None

    def try_to_do(self, step):
        try:
            return self.do(*step)
        except minicloud.exceptions.AwsError as error:
            return str(error)


def without_ids(answer):
    if isinstance(answer, dict):
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return answer


@settings(max_examples=deep(300))
@given(st.lists(steps, max_size=25), st.booleans())
def test_nobody_can_tell_when_an_envelope_was_written(sequence, trace):
    lazy, written = Life(written=False, trace=trace), Life(written=True, trace=trace)
    for step in sequence:
        assert without_ids(lazy.try_to_do(step)) == without_ids(written.try_to_do(step)), step
    for name in QUEUES:
        assert lazy.look(name) == written.look(name)
    lazy.cloud.close()
    written.cloud.close()


def test_a_queue_takes_exactly_what_it_may_hold(sns, topic, subscribed, cloud, sqs):
    """Where the bound is too much, the bytes are counted."""
    received = subscribed(topic, "q")
    url = cloud.queue("q").url
    message = '\x01"\n' * 100 + "x"
    sns.publish(TopicArn=topic, Message=message)
    (whole,) = received()
    size = len(whole["Body"])
    for spare in (-1, 0, 1):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": str(size + spare)})
        sns.publish(TopicArn=topic, Message=message)
        assert [len(one["Body"]) for one in received()] == [size] * (spare >= 0)


def test_the_bound_is_one_for_the_longest_of_everything(sns, topic, subscribed):
    name = "n" * 256
    arn = sns.create_topic(Name=name)["TopicArn"]
    received = subscribed(arn, "q")
    message, subject = "\x01" * 2_000, '"' * 100
    publication = Publication(arn, "2", "0" * 36, 0, message, subject=subject)
    envelope = publication.shared_envelope("sqs")
    assert envelope.size >= envelope.counted() == len(envelope.head) + len(envelope.tail)
    sns.publish(TopicArn=arn, Message=message, Subject=subject)
    assert json.loads(received()[0]["Body"])["Message"] == message
