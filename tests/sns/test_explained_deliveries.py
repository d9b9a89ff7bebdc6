"""A publication says of each subscription why it got there, or did not."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import minicloud

BOOKS = "arn:aws:sqs:us-east-1:123456789012:books"
CASE = '"kind" is "Book", which does not meet ["book"] (upper and lower case differ)'


def kind(value):
    return {"kind": {"DataType": "String", "StringValue": value}}


@pytest.fixture
def books(sns, sqs, topic):
    """Subscribes a queue ``books`` to the topic, with a filter policy."""

    def subscribe(policy=None, **attributes):
        sqs.create_queue(QueueName="books")
        attributes["FilterPolicy"] = json.dumps(policy or {"kind": ["book"]})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=BOOKS, Attributes=attributes)

    return subscribe


def reasons(cloud):
    """Why the only subscriber of the topic did not get each publication."""
    return [view.reason for publication in cloud.topic("topic").published for view in publication.filtered]


def test_a_filtered_publication_is_told(cloud, sns, topic, books):
    books()
    message_id = sns.publish(TopicArn=topic, Message="a book", MessageAttributes=kind("Book"))["MessageId"]
    assert f'topic  {message_id[:8]} "a book": not for books: {CASE}' in cloud.trace.render()
    with pytest.raises(AssertionError) as caught:
        cloud.assert_sent("books", times=1)
    assert str(caught.value).endswith(f'1 publication to topic was not for it:\n  {message_id[:8]} "a book": {CASE}')
    (publication,) = cloud.topic("topic").published
    assert publication.deliveries == []
    (view,) = publication.filtered
    assert (view.protocol, view.endpoint, view.outcome, view.reason) == ("sqs", BOOKS, "filtered", CASE)
    assert view.subscription_arn == cloud.topic("topic").subscriptions[0].arn
    assert repr(view) == f"<filtered, books: {CASE}>"


def test_what_was_sent_is_not_missed(cloud, sns, topic, books):
    books()
    sns.publish(TopicArn=topic, Message="a book", MessageAttributes=kind("Book"))
    sns.publish(TopicArn=topic, Message="a book", MessageAttributes=kind("book"))
    cloud.assert_sent("books", times=1)
    with pytest.raises(AssertionError, match="expected 0 messages sent to books, 1 was") as caught:
        cloud.assert_sent("books", times=0)
    assert "not for it" not in str(caught.value)


def test_only_the_first_are_listed(cloud, sns, topic, books):
    books()
    for number in range(7):
        sns.publish(TopicArn=topic, Message=str(number), MessageAttributes=kind("film"))
    with pytest.raises(AssertionError, match="7 publications to topic were not for it") as caught:
        cloud.assert_sent("books")
    assert str(caught.value).splitlines()[-1] == "  … and 2 more"


def test_keys_that_are_where_the_policy_does_not_look(cloud, sns, topic, books):
    books({"kind": ["book"], "price": [{"exists": False}]})
    hint = '"kind" is in the body: FilterPolicyScope="MessageBody" looks there'
    sns.publish(TopicArn=topic, Message='{"kind": "book"}', MessageAttributes={"other": kind("book")["kind"]})
    sns.publish(TopicArn=topic, Message='{"kind": "book"}')
    sns.publish(TopicArn=topic, Message='{"kind": "book"}', MessageAttributes=kind("film"))
    sns.publish(TopicArn=topic, Message='["kind"]')
    sns.publish(TopicArn=topic, Message='{"kind": ')
    assert [hint in reason for reason in reasons(cloud)] == [True, True, False, False, False]


def test_attributes_where_the_policy_looks_at_the_body(cloud, sns, topic, books):
    books({"kind": ["book"], "order": {"price": [5]}}, FilterPolicyScope="MessageBody")
    hint = '"kind" is among the message attributes: FilterPolicyScope="MessageAttributes" looks there'
    sns.publish(TopicArn=topic, Message='{"id": 5}', MessageAttributes=kind("book"))
    sns.publish(TopicArn=topic, Message="a book", MessageAttributes=kind("book"))
    sns.publish(TopicArn=topic, Message='{"order": {"price": 6}}', MessageAttributes=kind("book"))
    assert [hint in reason for reason in reasons(cloud)] == [True, True, False]


def test_pending_subscriptions(cloud, sns, topic):
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/sns")
    sns.publish(TopicArn=topic, Message="m")
    assert '"m": not for https://example.com/sns: not confirmed yet' in cloud.trace.render()
    (publication,) = cloud.topic("topic").published
    (view,) = publication.filtered
    assert (view.outcome, view.reason) == ("unconfirmed", "not confirmed yet")
    (subscription,) = cloud.topic("topic").subscriptions
    assert str(subscription.explain(publication)) == "no match: the subscription is not confirmed yet"


def test_deliveries_and_their_outcomes(cloud, sns, sqs, topic, books):
    def broken(event, context):
        raise ValueError("no")

    books()
    dead = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": BOOKS.replace("books", "dead")})}
    for protocol, endpoint, attributes in (
        ("sqs", BOOKS.replace("books", "gone"), {}),
        ("sqs", BOOKS.replace("books", "away"), dead),
        ("lambda", cloud.function("f", lambda *_: None), {}),
        ("lambda", cloud.function("broken", broken), {}),
    ):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="m", MessageAttributes=kind("book"))

    def outcomes():
        return [(view.outcome, view.reason) for view in cloud.topic("topic").published[0].deliveries]

    books_, gone, away, function, failing = outcomes()
    assert books_ == ("delivered", '"kind" is "book", which meets "book"')
    assert gone[0] == "failed"
    assert away[0] == "lost"
    assert function == ("delivered", "the subscription has no filter policy")
    assert failing[0] == "retried"
    cloud.clock.advance(86_400)
    assert outcomes()[-1][0] == "failed"
    assert cloud.topic("topic").published[0].filtered == []


def test_subscriptions_have_their_policy(cloud, sns, topic, books):
    books()
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=BOOKS.replace("books", "all"))
    for value in ("book", "Book"):
        sns.publish(TopicArn=topic, Message="m", MessageAttributes=kind(value))
    filtering, plain = cloud.topic("topic").subscriptions
    assert (filtering.filter_policy, filtering.filter_policy_scope) == ({"kind": ["book"]}, "MessageAttributes")
    assert plain.filter_policy is None
    one, other = cloud.topic("topic").published
    assert filtering.explain(one)
    assert not filtering.explain(other)
    assert filtering.explain(other).reason == CASE
    assert str(plain.explain(other)) == "match: the subscription has no filter policy"


def test_the_policy_of_then_counts(cloud, sns, topic, books):
    books()
    sns.publish(TopicArn=topic, Message="m", MessageAttributes=kind("film"))
    (subscription,) = cloud.topic("topic").subscriptions
    change = {"AttributeName": "FilterPolicy", "AttributeValue": '{"kind": ["film"]}'}
    sns.set_subscription_attributes(SubscriptionArn=subscription.arn, **change)
    (publication,) = cloud.topic("topic").published
    assert publication.filtered[0].reason == '"kind" is "film", which does not meet ["book"]'
    assert cloud.topic("topic").subscriptions[0].explain(publication)


def test_texts_by_protocol_are_what_is_looked_at(cloud, sns, topic, books):
    books(FilterPolicyScope="MessageBody")
    structure = {"default": '{"kind": "book"}', "sqs": '{"kind": "film"}'}
    sns.publish(TopicArn=topic, Message=json.dumps(structure), MessageStructure="json")
    assert reasons(cloud) == ['"kind" is "film", which does not meet ["book"]']


def test_without_a_trace_nothing_is_known():
    with minicloud.Cloud(clock="virtual", trace=False) as cloud:
        sns = cloud.client("sns")
        arn = sns.create_topic(Name="topic")["TopicArn"]
        sns.publish(TopicArn=arn, Message="m")
        (publication,) = cloud.topic("topic").published
        with pytest.raises(minicloud.UsageError, match="needs the trace, which is off"):
            publication.deliveries  # noqa: B018
        cloud.trace.start()
        with pytest.raises(minicloud.UsageError, match="is not in the trace: it was off at the time"):
            publication.filtered  # noqa: B018


@pytest.mark.parametrize("do", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_publication_leads_to_no_cloud(do):
    with minicloud.Cloud(clock="virtual", trace=True) as cloud:
        sns = cloud.client("sns")
        arn = sns.create_topic(Name="topic")["TopicArn"]
        sns.publish(TopicArn=arn, Message="m", MessageAttributes=kind("book"))
        (publication,) = cloud.topic("topic").published
        copied = do(publication)
        assert copied == publication
        with pytest.raises(minicloud.UsageError, match="a copy of a publication does not know what became of it"):
            copied.deliveries  # noqa: B018
