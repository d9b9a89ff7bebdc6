"""Calls of SNS into which an exception comes: they have happened as a whole, or not at all, at whatever place it was.

An exception may come into a call wherever CPython looks for signals: when a function is entered, and when a call into C
has returned. Here one comes at these places in turn, and what can be seen of the cloud afterwards, at once and when
everything had its time, has to be what can be seen when nothing was done, or when all of it was done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.depth import is_deep
from tests.support.strikes import FORMS, STRIDE, Form, Row, by_profile, is_where_handlers_are_called

from .interrupted import DAY, HOUR, OTHER, World

pytestmark = pytest.mark.stress

Act = Callable[[World], Any]


# --- the rows --------------------------------------------------------------------------------------------------------


def dead_letters(w: World) -> dict[str, str]:
    return {"deadLetterTargetArn": w.queue("dead")}


def everybody(w: World) -> str:
    """A topic with subscribers of every kind, many of which get it in the end only, or not at all."""
    t = w.topic()
    w.subscribe(t, "sqs", w.queue("q"))
    w.subscribe(t, "sqs", w.queue("raw"), RawMessageDelivery="true")
    w.subscribe(t, "sqs", w.queue("filtered"), FilterPolicy={"kind": ["other"]})
    w.subscribe(t, "sqs", "arn:aws:sqs:us-east-1:123456789012:missing", RedrivePolicy=dead_letters(w))
    w.subscribe(t, "lambda", w.function("f"))
    w.subscribe(t, "lambda", w.function("fails-twice", 2))
    w.subscribe(t, "lambda", "arn:aws:lambda:us-east-1:123456789012:function:missing", RedrivePolicy=dead_letters(w))
    w.subscribe(t, "sms", "+15550100")
    w.subscribe(t, "sms", "+15550199", RedrivePolicy=dead_letters(w))
    w.cloud.opt_out("+15550199")
    w.subscribe(t, "email", "a@example.com")
    w.subscribe(t, "email", "b@example.com")
    return t


def publish(message: str = "news", topic: str = "t", **params: Any) -> Act:
    def act(w: World) -> None:
        group = {"MessageGroupId": "g"} if topic.endswith(".fifo") else {}
        w.sns.publish(TopicArn=w.cloud.topic(topic).arn, Message=message, **group, **params)

    return act


def batch(*messages: str, topic: str = "t") -> Act:
    def act(w: World) -> None:
        group = {"MessageGroupId": "g"} if topic.endswith(".fifo") else {}
        entries = [{"Id": message, "Message": message, **group} for message in messages]
        w.sns.publish_batch(TopicArn=w.cloud.topic(topic).arn, PublishBatchRequestEntries=entries)

    return act


def fifo(w: World, **attributes: str) -> str:
    t = w.topic("t.fifo", ArchivePolicy='{"MessageRetentionPeriod":"30"}')
    w.subscribe(t, "sqs", w.queue("q.fifo"))
    w.subscribe(t, "sqs", w.queue("q"), RawMessageDelivery="true")
    publish("earlier", "t.fifo")(w)
    return t


def servers(*answers: int, **attributes: Any) -> Act:
    def make(w: World) -> None:
        t = w.topic()
        given = {"RedrivePolicy": dead_letters(w), **attributes}
        w.confirmed_server(t, "https://me:secret@example.com/1", *answers, **given)
        w.confirmed_server(t, "https://example.com/2", 500, **given)

    return make


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def published(make: Act) -> Act:
    return lambda w: (make(w), publish()(w), None)[2]


POLICY = {"healthyRetryPolicy": {"numRetries": 2, "minDelayTarget": 1, "maxDelayTarget": 5}}
THROTTLE = {**POLICY, "throttlePolicy": {"maxReceivesPerSecond": 1}}


def pending(w: World) -> dict[str, str]:
    """A web server's subscription that is not confirmed; what the server was posted."""
    w.subscribe(w.topic(), "https", w.server("https://example.com/1"))
    kept: dict[str, str] = w.kept
    w.called.clear()
    return kept


def ended(w: World) -> str:
    """A web server's subscription that was ended by a link; the link that restores it."""
    t = w.topic()
    w.confirmed_server(t, "https://example.com/1")
    publish()(w)
    w.cloud.visit(w.kept["UnsubscribeURL"])
    url: str = w.kept["SubscribeURL"]
    return url


def devices(w: World) -> dict[str, str]:
    """An application that tells a topic what happens to its endpoints, one of which is disabled and subscribed."""
    events = w.topic("events")
    w.subscribe(events, "sqs", w.queue("events"))
    names = ("EventEndpointCreated", "EventEndpointDeleted", "EventEndpointUpdated", "EventDeliveryFailure")
    attributes = {"PlatformCredential": "key", **dict.fromkeys(names, events)}
    app = w.sns.create_platform_application(Name="app", Platform="GCM", Attributes=attributes)
    app_arn = app["PlatformApplicationArn"]
    on, off = (
        w.sns.create_platform_endpoint(
            PlatformApplicationArn=app_arn, Token=f"token-{enabled}", Attributes={"Enabled": enabled}
        )["EndpointArn"]
        for enabled in ("true", "false")
    )
    t = w.topic()
    w.subscribe(t, "application", on)
    w.subscribe(t, "application", off, RedrivePolicy=dead_letters(w))
    w.subscribe(t, "sqs", w.queue("q"))
    return {"app": app_arn, "on": on, "off": off}


def replayed(w: World) -> str:
    t = fifo(w)
    batch("m1", "m2", topic="t.fifo")(w)
    w.cloud.clock.advance(HOUR)
    w.queue("s.fifo")
    return w.subscribe(t, "sqs", w.queue("r.fifo"))


REPLAY = '{"PointType":"Timestamp","StartingPoint":"2026-01-01T00:00:00.000Z"}'


def set_subscription(name: str, value: str) -> Act:
    return lambda w: w.sns.set_subscription_attributes(SubscriptionArn=w.kept, AttributeName=name, AttributeValue=value)


def set_topic(name: str, value: str, topic: str = "t") -> Act:
    return lambda w: w.sns.set_topic_attributes(
        TopicArn=w.cloud.topic(topic).arn, AttributeName=name, AttributeValue=value
    )


def of_others(w: World) -> str:
    """A topic to which another account has subscribed."""
    t = everybody(w)
    w.cloud.client("sqs", account_id=OTHER).create_queue(QueueName="theirs")
    arn: str = w.other.subscribe(TopicArn=t, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{OTHER}:theirs")[
        "SubscriptionArn"
    ]
    return arn


def too_many(w: World) -> None:
    w.subscribe(w.topic(), "sqs", w.queue("q"), RawMessageDelivery="true", RedrivePolicy=dead_letters(w))
    w.subscribe(w.topic(), "sqs", w.queue("r"), RawMessageDelivery="true", RedrivePolicy=dead_letters(w))


ELEVEN = {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(11)}
KNOWN = {"Token": "token-true"}

ROWS: dict[str, Row[World]] = {
    "publish to everybody": Row(everybody, publish()),
    "publish a batch to everybody": Row(everybody, batch("m1", "m2"), (batch("m1"),)),
    "publish, FIFO": Row(fifo, publish(topic="t.fifo")),
    "publish, FIFO, and again": Row(fifo, publish(topic="t.fifo"), again=True),
    "publish a duplicate": Row(fifo, publish("earlier", "t.fifo")),
    "publish a batch, FIFO": Row(fifo, batch("m1", "m2", topic="t.fifo"), (batch("m1", topic="t.fifo"),)),
    "publish a batch, FIFO, and again": Row(fifo, batch("m1", "m2", topic="t.fifo"), again=True),
    "publish with too many attributes": Row(too_many, publish(MessageAttributes=ELEVEN)),
    "publish to servers": Row(servers(500, 503, 200), publish()),
    "publish to a server that asks for credentials": Row(servers(401), publish()),
    "publish to a server that refuses": Row(servers(404), publish()),
    "publish to a server that asks twice": Row(servers(401, 401), publish()),
    "publish under a throttle": Row(
        servers(DeliveryPolicy=THROTTLE), lambda w: (publish("1")(w), publish("2")(w)), (publish("1"),)
    ),
    "retries": Row(published(servers(500, 503, 500, 500, DeliveryPolicy=POLICY)), wait(40)),
    "retries under a throttle": Row(published(servers(500, 503, 200, DeliveryPolicy=THROTTLE)), wait(40)),
    "retries with credentials": Row(published(servers(500, 401, 500, 200)), wait(200)),
    "retries of functions": Row(published(everybody), wait(HOUR)),
    "publish to devices": Row(devices, publish()),
    "publish a batch to devices": Row(devices, batch("m1", "m2"), (batch("m1"),)),
    "subscribe a server elsewhere": Row(World.topic, lambda w: w.subscribe(w.kept, "https", "https://e.com")),
    "subscribe a server": Row(World.topic, lambda w: w.subscribe(w.kept, "https", w.server("https://e.com"))),
    "subscribe a server that fails": Row(
        World.topic, lambda w: w.subscribe(w.kept, "https", w.server("https://e.com", 500), DeliveryPolicy=THROTTLE)
    ),
    "subscribe a server once more": Row(pending, lambda w: w.subscribe(w.topic(), "https", "https://example.com/1")),
    "subscribe an email": Row(everybody, lambda w: w.subscribe(w.kept, "email", "c@example.com")),
    "subscribe a queue of others": Row(
        everybody, lambda w: w.subscribe(w.kept, "sqs", f"arn:aws:sqs:us-east-1:{OTHER}:q", FilterPolicy={"a": ["b"]})
    ),
    "subscribe to a topic of others": Row(
        everybody,
        lambda w: w.other.subscribe(TopicArn=w.kept, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{OTHER}:q"),
    ),
    "subscribe and replay": Row(
        replayed,
        lambda w: w.subscribe(w.cloud.topic("t.fifo").arn, "sqs", w.cloud.queue("s.fifo").arn, ReplayPolicy=REPLAY),
    ),
    "confirm": Row(
        pending,
        lambda w: w.sns.confirm_subscription(
            TopicArn=w.kept["TopicArn"], Token=w.kept["Token"], AuthenticateOnUnsubscribe="true"
        ),
    ),
    "confirm by a link": Row(pending, lambda w: w.cloud.visit(w.kept["SubscribeURL"])),
    "stay pending": Row(pending, wait(4 * DAY)),
    "confirm, and three days": Row(
        pending,
        lambda w: (w.cloud.visit(w.kept["SubscribeURL"]), wait(4 * DAY)(w)),
        (
            lambda w: w.cloud.visit(w.kept["SubscribeURL"]),
            wait(4 * DAY),
        ),
    ),
    "unsubscribe by a link": Row(
        servers(), lambda w: (publish()(w), w.cloud.visit(w.kept["UnsubscribeURL"])), (publish(),)
    ),
    "restore by a link": Row(ended, lambda w: w.cloud.visit(w.kept)),
    "unsubscribe": Row(replayed, lambda w: w.sns.unsubscribe(SubscriptionArn=w.kept)),
    "unsubscribe from a topic of others": Row(of_others, lambda w: w.other.unsubscribe(SubscriptionArn=w.kept)),
    "make a topic": Row(everybody, lambda w: w.topic("n", DisplayName="N")),
    "make a topic, FIFO": Row(everybody, lambda w: w.topic("n.fifo", ArchivePolicy='{"MessageRetentionPeriod":"3"}')),
    "delete a topic": Row(everybody, lambda w: w.sns.delete_topic(TopicArn=w.kept)),
    "delete a topic of others": Row(of_others, lambda w: w.sns.delete_topic(TopicArn=w.cloud.topic("t").arn)),
    "delete a topic, and again": Row(of_others, lambda w: w.sns.delete_topic(TopicArn=w.topic("u")), again=True),
    "replay": Row(replayed, set_subscription("ReplayPolicy", REPLAY)),
    "set a filter": Row(replayed, set_subscription("FilterPolicy", '{"a": ["b"]}')),
    "set raw delivery": Row(replayed, set_subscription("RawMessageDelivery", "true")),
    "set a policy": Row(
        everybody,
        set_topic(
            "DeliveryPolicy",
            json.dumps(
                {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 2, "numRetries": 3}}}
            ),
        ),
    ),
    "set the largest size": Row(everybody, set_topic("MaximumMessageSize", "2048")),
    "end an archive": Row(fifo, set_topic("ArchivePolicy", "{}", "t.fifo")),
    "keep an archive shorter": Row(fifo, set_topic("ArchivePolicy", '{"MessageRetentionPeriod":"3"}', "t.fifo")),
    "make an endpoint": Row(
        devices, lambda w: w.sns.create_platform_endpoint(PlatformApplicationArn=w.kept["app"], Token="new")
    ),
    "delete an endpoint": Row(devices, lambda w: w.sns.delete_endpoint(EndpointArn=w.kept["on"])),
    "disable an endpoint": Row(
        devices,
        lambda w: w.sns.set_endpoint_attributes(
            EndpointArn=w.kept["on"], Attributes={"Enabled": "false", "Token": "another"}
        ),
    ),
    "delete an application": Row(
        devices, lambda w: w.sns.delete_platform_application(PlatformApplicationArn=w.kept["app"])
    ),
    "opt out": Row(everybody, lambda w: w.cloud.opt_out("+15550100")),
    "opt in": Row(everybody, lambda w: w.sns.opt_in_phone_number(phoneNumber="+15550199")),
    "add a sandbox number": Row(everybody, lambda w: w.sns.create_sms_sandbox_phone_number(PhoneNumber="+15550100")),
    "send a sandbox number another password": Row(
        lambda w: w.sns.create_sms_sandbox_phone_number(PhoneNumber="+15550100"),
        lambda w: w.sns.create_sms_sandbox_phone_number(PhoneNumber="+15550100"),
    ),
}


# --- striking them ---------------------------------------------------------------------------------------------------


def who_was_called(picture: dict[str, Any]) -> set[str]:
    return {who for who, _ in picture["called"]}


def failed_delivery(place: str, seen: Any, allowed: list[Any]) -> bool:
    """Whether a handler was called there, or a post was under way, which has failed then: it is tried again."""
    is_under_way = is_where_handlers_are_called(place) or re.search(
        r"engine.(errands|handlers)\.py|core.(effects|errands)\.py", place
    )
    return bool(is_under_way) and who_was_called(seen) in map(who_was_called, allowed)


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World, failed_delivery)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_chaos_chooses_an_interrupted_publication_reaches_all_or_none(seed: int) -> None:
    def make(**options: Any) -> World:
        world = World(delivery="aws", **options)
        topic = world.topic()
        for name in ("a", "b", "c"):
            world.subscribe(topic, "sqs", world.queue(name), RawMessageDelivery="true")
        return world

    world = make(seed=seed)
    places, _ = by_profile(lambda: publish()(world), 0)
    for n in range(1 + seed % 5, places + 1, STRIDE if is_deep() else 15):
        world = make(seed=seed)
        _, place = by_profile(lambda world=world: publish()(world), n)
        world.cloud.clock.advance(5)
        copies = [queue.bodies.count("news") for queue in world.cloud.queues()]
        assert copies == [0, 0, 0] or all(1 <= count <= 2 for count in copies), (n, place, copies)
