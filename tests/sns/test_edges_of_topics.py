"""Topics at their edges: what archives let go of, who has opted out."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.effects import Change, Deliver
from minicloud.inspection.verdicts import judge
from minicloud.services.sns.archive import Archive
from minicloud.services.sns.attempts import HttpDelivery
from minicloud.services.sns.delivery import FunctionDelivery
from minicloud.services.sns.envelope import Notification
from minicloud.services.sns.notes import no_token
from tests.support.answers import refusal

DAY = 86_400 * 10**9


def test_an_archive_holds_no_more_than_its_days() -> None:
    archive = Archive(0, 2)
    for time in (DAY, 2 * DAY, 3 * DAY, 4 * DAY, 4 * DAY + 1):
        publication: Any = SimpleNamespace(time=time, happened=True)
        archive.keep(time, publication)
        assert [one.time for one in archive._kept] == [one.time for one in archive.between(time, 0, None)]
    assert [one.time for one in archive._kept] == [3 * DAY, 4 * DAY, 4 * DAY + 1]


def test_the_record_says_why_a_telephone_got_nothing(cloud: minicloud.Cloud) -> None:
    cloud.opt_out("+15555550100")
    told = cloud.client("sns").publish(PhoneNumber="+15555550100", Message="x")
    (fact,) = cloud.trace.of("sns.delivery.failed")
    assert (fact.resource, fact.details) == (
        "+15555550100",
        {"message_id": told["MessageId"], "reason": "opted out"},
    )


@pytest.mark.parametrize("role", ["role", "arn:aws:iam::role", "a:b:c:d:e"])
def test_an_arn_of_a_role_has_six_elements(sns: Any, role: str) -> None:
    arn = sns.create_topic(Name="t")["TopicArn"]
    name = "SQSSuccessFeedbackRoleArn"
    code, text = refusal(sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue=role)
    assert code == "InvalidParameter"
    assert text.endswith(f"{name} Reason: An ARN must have at least 6 elements, not {role.count(':') + 1}")
    for right in ("arn:aws:iam::123456789012:role/r", "a:b:c:d:e:f", "a:b:c:d:e:f:g", ""):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=right)


def test_filters_of_bodies_look_at_what_the_subscribers_of_a_protocol_get(cloud: minicloud.Cloud) -> None:
    """Also where that is no queue, and where another filter has been asked before."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sqs.create_queue(QueueName="q")
    calls: list[str] = []
    function = cloud.function("f", lambda event, _: calls.append(event["Records"][0]["Sns"]["Message"]))
    endpoints = [("sqs", cloud.queue("q").arn), ("sms", "+15555550100"), ("lambda", function)]
    for protocol, endpoint in endpoints:
        policy = {"FilterPolicyScope": "MessageBody", "FilterPolicy": json.dumps({"for": [protocol]})}
        if protocol == "sqs":
            policy["RawMessageDelivery"] = "true"
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=policy)
    for mistaken in (False, True):
        texts = {protocol: json.dumps({"for": "nobody" if mistaken else protocol}) for protocol, _ in endpoints}
        for protocol in texts if mistaken else ():
            sns.publish(
                TopicArn=topic,
                Message=json.dumps({"default": "x", **dict.fromkeys(texts, json.dumps({"for": protocol}))}),
                MessageStructure="json",
            )
        sns.publish(TopicArn=topic, Message=json.dumps({"default": "x", **texts}), MessageStructure="json")
    cloud.run_until_idle()
    assert cloud.queue("q").bodies == ['{"for": "sqs"}'] * 2
    assert [one.body for one in cloud.outbox] == ['{"for": "sms"}'] * 2
    assert calls == ['{"for": "lambda"}'] * 2


def test_a_replay_that_is_over_sends_nothing_whatever_the_filter_says(cloud: minicloud.Cloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(
        Name="t.fifo",
        Attributes={"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod": 7}'},
    )["TopicArn"]
    sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})

    def publish(text: str) -> None:
        colour = {"colour": {"DataType": "String", "StringValue": text.partition("-")[0]}}
        given = {"MessageGroupId": "g", "MessageDeduplicationId": text}
        sns.publish(TopicArn=topic, Message=text, MessageAttributes=colour, **given)

    def at(seconds: int) -> str:
        return (cloud.clock.now() + timedelta(seconds=seconds)).isoformat()

    for text in ("red-1", "blue-1"):
        publish(text)
    policy = {"PointType": "Timestamp", "StartingPoint": at(-10), "EndingPoint": at(10)}
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=cloud.queue("q.fifo").arn,
        Attributes={
            "ReplayPolicy": json.dumps(policy),
            "RawMessageDelivery": "true",
            "FilterPolicy": '{"colour": ["red"]}',
        },
    )
    for number, seconds in ((2, 10), (3, 1), (4, 0)):
        for colour in ("red", "blue"):
            publish(f"{colour}-{number}")
        cloud.clock.advance(seconds)
    assert cloud.queue("q.fifo").bodies == ["red-1", "red-2", "red-3"]


def test_a_token_is_good_until_its_time_is_over() -> None:
    subscription: Any = SimpleNamespace(gone=False)
    assert no_token(7, subscription, 2, 5) == "its endpoint has another subscription to this topic by now"
    assert no_token(5 * 10**9 + 1, subscription, 0, 5 * 10**9).startswith("it was sent 5 s ago on this cloud's clock")
    subscription.gone = True
    assert no_token(7, subscription, 2, 5) == "its subscription has been ended"


@pytest.mark.parametrize("length", [1, 64, 65, 66, 200])
def test_the_subject_of_an_announcement_has_a_hundred_letters_at_most(cloud: minicloud.Cloud, length: int) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15555550100")
    name = "a" * length
    made = sns.create_platform_application(
        Name=name, Platform="GCM", Attributes={"PlatformCredential": "key", "EventEndpointCreated": topic}
    )
    sns.create_platform_endpoint(PlatformApplicationArn=made["PlatformApplicationArn"], Token="token")
    (told,) = cloud.topic("t").published
    assert told.subject == f"EndpointCreated event for app {name} (GCM)"[:100]


def test_who_was_interrupted_announces_again(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    given = {"PlatformCredential": "key", "EventEndpointCreated": topic}
    made = sns.create_platform_application(Name="app", Platform="GCM", Attributes=given)
    (service,) = cloud.services("sns")
    service.mend(cloud.clock.time_ns())
    sns.create_platform_endpoint(PlatformApplicationArn=made["PlatformApplicationArn"], Token="token")
    assert len(cloud.topic("t").published) == 1


SECOND = 10**9


class World:
    """What a post needs of a cloud."""

    trace = None

    def __init__(self) -> None:
        self.outbox: list[Any] = []
        self.timeline = self
        self.due: list[tuple[int, Any]] = []

    def schedule(self, due: int, callback: Any) -> None:
        self.due.append((due, callback))


class Posts:
    """A delivery to a web server that is tried twice more, a second after each failure."""

    def __init__(self, endpoint: str = "https://example.com", throttle: int | None = None) -> None:
        self.world = World()
        self.given_up: list[str] = []
        retries = {
            "minDelayTarget": 1,
            "maxDelayTarget": 2,
            "numRetries": 2,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 1,
            "backoffFunction": "linear",
        }
        policy = {
            "requestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
            "healthyRetryPolicy": retries,
            "throttlePolicy": None if throttle is None else {"maxReceivesPerSecond": throttle},
        }
        topic = SimpleNamespace(arn="arn:t", name="t")
        self.subscription: Any = SimpleNamespace(
            arn="arn:s", topic=topic, endpoint=endpoint, protocol="https", gone=False, next_post=0
        )
        self.subscription.delivery_policy = lambda: policy
        self.cause = Change()
        publication: Any = SimpleNamespace(subject=None, attributes=None)
        world: Any = self.world
        self.delivery = HttpDelivery(
            world, self.fail, self.cause, self.subscription, "Notification", "id", "body", publication=publication
        )

    def fail(self, now: int, subscription: Any, publication: Any, reason: str, *rest: Any) -> None:
        self.given_up.append(reason)

    def settle(self, number: int, now: int, outcome: Any, error: Exception | None = None) -> None:
        """Tell a post how it has ended: twice, as after an interruption."""
        for _ in range(2):
            self.world.outbox[number].settle(now, outcome, error)


def test_a_post_is_tried_again_once_whoever_is_told_twice() -> None:
    posts = Posts()
    posts.delivery.start(5)
    posts.cause.happened = True
    posts.settle(0, 6, 500)
    times = [due for due, _ in posts.world.due]
    assert set(times) == {6 + SECOND}
    for due, go_on in posts.world.due:
        go_on(due)
    assert len(posts.world.outbox) == 2
    first, second = posts.world.outbox
    assert (first.cause, second.cause.happened) == (posts.cause, True)
    posts.settle(0, 7, 500)
    assert len(posts.world.due) == len(times)
    posts.world.due.clear()
    posts.settle(1, 8 + SECOND, None, ConnectionError("down"))
    assert {due for due, _ in posts.world.due} == {8 + 2 * SECOND}
    due, go_on = posts.world.due[0]
    go_on(due)
    posts.settle(2, due, 503)
    assert posts.given_up == ["HTTP status 503"]


def test_credentials_are_sent_once() -> None:
    posts = Posts("https://me:secret@example.com")
    posts.delivery.start(5)
    posts.cause.happened = True
    posts.settle(0, 6, 401)
    first, second = posts.world.outbox
    assert "Authorization" not in first.departure.headers
    assert second.departure.headers["Authorization"].startswith("Basic ")
    assert (posts.world.due, second.cause.happened) == ([], True)
    posts.settle(1, 7, 401)
    assert (len(posts.world.outbox), posts.world.due, posts.given_up) == (2, [], ["HTTP status 401"])


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        *((status, True) for status in (300, 302, 404, 428, 430, 499)),
        *((status, False) for status in (199, 429, 500, None)),
    ],
)
def test_which_answers_are_tried_again(status: int | None, is_over: bool) -> None:
    posts = Posts()
    posts.delivery.start(5)
    posts.cause.happened = True
    posts.settle(0, 6, status)
    assert (bool(posts.given_up), bool(posts.world.due)) == (is_over, not is_over)


@pytest.mark.parametrize("status", [200, 201, 299])
def test_which_answers_are_good(status: int) -> None:
    posts = Posts()
    posts.delivery.start(5)
    posts.settle(0, 6, status)
    assert (posts.given_up, posts.world.due, len(posts.world.outbox)) == ([], [], 1)


def test_posts_keep_to_their_rate() -> None:
    posts = Posts(throttle=2)
    posts.delivery.start(5)
    assert (len(posts.world.outbox), posts.subscription.next_post) == (1, 5 + SECOND // 2)
    posts.delivery.start(5)
    ((due, go_on),) = posts.world.due
    assert (due, posts.subscription.next_post) == (5 + SECOND // 2, 5 + SECOND)
    go_on(due)
    assert len(posts.world.outbox) == 1  # as what it follows from has not happened
    posts.cause.happened = True
    posts.subscription.gone = True
    go_on(due)
    assert len(posts.world.outbox) == 1
    posts.subscription.gone = False
    posts.delivery.attempt(due, Change(), 1, {})
    assert len(posts.world.outbox) == 2


def test_who_has_mended_knows_devices_by_their_tokens(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    given = {"PlatformCredential": "key"}
    made = sns.create_platform_application(Name="app", Platform="GCM", Attributes=given)["PlatformApplicationArn"]
    devices = {token: sns.create_platform_endpoint(PlatformApplicationArn=made, Token=token) for token in ("a", "b")}
    (service,) = cloud.services("sns")
    service.applications[made].by_token = {}
    service.mend(cloud.clock.time_ns())
    for token, device in devices.items():
        again = sns.create_platform_endpoint(PlatformApplicationArn=made, Token=token)
        assert again["EndpointArn"] == device["EndpointArn"]
    assert len(sns.list_endpoints_by_platform_application(PlatformApplicationArn=made)["Endpoints"]) == 2


def test_what_was_under_way_for_a_topic_that_is_deleted_is_given_up(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    seen: list[Any] = []

    def answer(request: Any) -> int:
        seen.append(request.headers["x-amz-sns-message-type"])
        if seen[-1] == "SubscriptionConfirmation":
            sns.confirm_subscription(TopicArn=topic, Token=request.json()["Token"])
            return 200
        return 500

    cloud.http_endpoint("https://example.com/", answer)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(1)
    before = list(seen)
    assert before[:2] == ["SubscriptionConfirmation", "Notification"]
    sns.delete_topic(TopicArn=topic)
    cloud.clock.advance(3_600)
    assert seen == before


def test_a_fifo_queue_gets_its_confirmation_in_a_group_of_its_own(cloud: minicloud.Cloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs", account_id="111111111111")
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    body = json.loads(message["Body"])
    assert body["Type"] == "SubscriptionConfirmation"
    attributes = message["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == (body["Type"], body["MessageId"])


def test_a_delivery_stream_gets_what_is_published_where_there_is_one(cloud: minicloud.Cloud) -> None:
    sns, firehose = cloud.client("sns", "us-east-1"), cloud.client("firehose", "us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    cloud.client("s3", "us-east-1").create_bucket(Bucket="lake")
    role = "arn:aws:iam::123456789012:role/r"
    to: dict[str, Any] = {"RoleARN": role, "BucketARN": "arn:aws:s3:::lake"}
    made = firehose.create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=to)
    raw = {"SubscriptionRoleArn": role, "RawMessageDelivery": "true"}
    for endpoint in (made["DeliveryStreamARN"], f"{made['DeliveryStreamARN']}-nobody"):
        sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=endpoint, Attributes=raw)
    sns.publish(TopicArn=topic, Message="x")
    cloud.run_until_idle()
    assert [one.body for one in cloud.bucket("lake").objects] == [b"x"]
    assert list(cloud.outbox) == []
    (failed,) = cloud.trace.of("sns.delivery.failed")
    assert failed.details["endpoint"].endswith("/d-nobody")


@pytest.mark.parametrize(
    ("number", "shown"), [("0", "0"), ("-0", "0"), ("-0.5", "-0.5"), ("1.50", "1.5"), ("-7", "-7")]
)
def test_numbers_are_explained_as_they_are_compared(number: str, shown: str) -> None:
    explanation = minicloud.explain_filter(
        {"a": [{"numeric": ["=", 9]}]}, attributes={"a": {"DataType": "Number", "StringValue": number}}
    )
    assert str(explanation) == f'no match: "a" is {shown}, which does not meet [{{"numeric":["=",9]}}]'


def test_all_that_is_derived_is_derived_anew(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    for name, attributes in (("a", {}), ("b.fifo", {"FifoTopic": "true"}), ("c.fifo", {"FifoTopic": "true"})):
        sns.create_topic(Name=name, Attributes=attributes)
    topic = cloud.topic("a").arn
    for number in range(3):
        policy = {"FilterPolicy": '{"a": ["b"]}'} if number else {}
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=f"+1555555010{number}", Attributes=policy)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    for name in ("app", "other"):
        given = {"PlatformCredential": "key"}
        made = sns.create_platform_application(Name=name, Platform="GCM", Attributes=given)["PlatformApplicationArn"]
        for token in ("a", "b"):
            sns.create_platform_endpoint(PlatformApplicationArn=made, Token=token)
    for number in ("+15555550100", "+15555550101"):
        cloud.opt_out(number)
    sns.publish(TopicArn=topic, Message="x")
    (service,) = cloud.services("sns")
    before = service._derived()
    one, undone = service.topics[topic], []
    tokens = list(service._tokens_in_order)
    assert len(tokens) == 1
    service.undo, service.fifo_topics, service.push_events._busy = (lambda: undone.append(1)), 99, True
    one.by_endpoint, one.confirmed, one.filtered = {}, dict(one.subscriptions), 99
    service._tokens_in_order.clear()
    for application in service.applications.values():
        application.endpoints, application.by_token = {}, {}
        application.endpoint_list.renew({})
    lists = [service.topic_list, service.subscription_list, service.application_list, one.subscription_list]
    for listing in (*lists, service.deliveries.opted_out_list):
        listing.renew({})
    one.confirmed = {arn: one for arn, one in one.confirmed.items() if one.confirmed}
    service.mend(0)
    assert (service._derived(), undone) == (before, [1])
    assert (service.push_events._busy, list(service._tokens_in_order)) == (False, tokens)


LINKS = "http://localhost:4566/"


def test_links_lead_to_where_the_cloud_is_served(cloud: minicloud.Cloud) -> None:
    """In envelopes, in mails, and in what is to be confirmed; whatever the message itself says."""
    sns = cloud.client("sns", region_name="us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    (service,) = cloud.services("sns")
    service.world.links = LINKS
    aws = "https://sns.us-east-1.amazonaws.com/?"
    bodies: dict[str, str] = {}

    def answer(request: Any) -> int:
        kind = request.headers["x-amz-sns-message-type"]
        bodies[kind] = request.body.decode()
        if kind == "SubscriptionConfirmation":
            sns.confirm_subscription(TopicArn=topic, Token=request.json()["Token"])
        return 200

    cloud.http_endpoint("https://example.com/", answer)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    for protocol in ("email", "email-json"):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint="me@example.com")
        asked = cloud.outbox.of(protocol)[-1].body
        assert f"{LINKS}?Action=ConfirmSubscription&TopicArn={topic}&Token=" in asked
        token = asked.split("Token=")[1].split('"')[0].split()[0]
        sns.confirm_subscription(TopicArn=topic, Token=token)
    text = f'"UnsubscribeURL" : "{aws}Action=Unsubscribe&SubscriptionArn=mine"'
    sns.publish(TopicArn=topic, Message=text)
    arns = {one["Protocol"]: one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"]}
    assert (
        f'"SubscribeURL" : "{LINKS}?Action=ConfirmSubscription&TopicArn={topic}&Token='
        in bodies["SubscriptionConfirmation"]
    )
    for protocol, body in (
        ("https", bodies["Notification"]),
        ("email-json", cloud.outbox.of("email-json")[-1].body),
    ):
        told = json.loads(body)
        assert told["Message"] == text
        assert told["UnsubscribeURL"] == f"{LINKS}?Action=Unsubscribe&SubscriptionArn={arns[protocol]}"
    mail = cloud.outbox.of("email")[-1]
    assert mail.headers["List-Unsubscribe"] == f"<{LINKS}?Action=Unsubscribe&SubscriptionArn={arns['email']}>"
    service.world.links = ""
    sns.publish(TopicArn=topic, Message="x")
    mail = cloud.outbox.of("email")[-1]
    assert mail.headers["List-Unsubscribe"] == f"<{aws}Action=Unsubscribe&SubscriptionArn={arns['email']}>"


def test_numbers_that_no_sandbox_can_have(sns: Any) -> None:
    calls = (
        (sns.create_sms_sandbox_phone_number, {}),
        (sns.verify_sms_sandbox_phone_number, {"OneTimePassword": "123456"}),
        (sns.delete_sms_sandbox_phone_number, {}),
    )
    for number in ("+" + "1" * 20, "number"):
        told = {refusal(call, PhoneNumber=number, **more) for call, more in calls}
        assert len(told) == 1
        ((code, _),) = told
        assert code not in ("ResourceNotFound", "UserError")
    for call, more in calls[1:]:
        assert refusal(call, PhoneNumber="+15555550100", **more) == (
            "ResourceNotFound",
            "No such destination phone number: +15555550100",
        )


@pytest.mark.parametrize("kind", ["String", "Number", "Binary"])
def test_a_type_has_256_bytes_at_most(sns: Any, kind: str) -> None:
    topic = sns.create_topic(Name="t")["TopicArn"]
    value = {"BinaryValue": b"1"} if kind == "Binary" else {"StringValue": "1"}
    for label, is_short in (
        ("x" * (255 - len(kind)), True),
        ("x" * (256 - len(kind)), False),
        ("é" + "x" * (253 - len(kind)), True),
        ("é" + "x" * (254 - len(kind)), False),
    ):
        given = {"a": {"DataType": f"{kind}.{label}", **value}}
        if is_short:
            sns.publish(TopicArn=topic, Message="x", MessageAttributes=given)
        else:
            code, _ = refusal(sns.publish, TopicArn=topic, Message="x", MessageAttributes=given)
            assert code == "ParameterValueInvalid"


def test_what_a_function_gets_as_a_text() -> None:
    notification = Notification(
        message_id="id", topic_arn="arn:aws:sns:us-east-1:123456789012:t", timestamp="now", subject="é"
    )
    publication: Any = SimpleNamespace(notification=notification, message_id="id")
    topic = SimpleNamespace(arn="arn:t", name="t")
    subscription: Any = SimpleNamespace(arn="arn:s", endpoint="arn:f", topic=topic)
    deliveries: Any = None
    delivery = FunctionDelivery(deliveries, subscription, publication, "text", Change())
    assert json.loads(delivery.body) == delivery.event()
    assert delivery.body == json.dumps(delivery.event(), separators=(",", ":"), ensure_ascii=False)
    assert delivery.event()["Records"][0]["Sns"]["Message"] == "text"
    assert (delivery.source_arn, delivery.trigger, delivery.origin) == ("arn:t", "sns:t", "id")
    assert delivery.about == {"message_id": "id", "subscription": "arn:s"}


VALUES = [
    *(("TracingConfig", value) for value in ("PassThrough", "Active")),
    *(("SignatureVersion", value) for value in ("1", "2")),
    *(("MaximumMessageSize", str(value)) for value in (1_024, 262_144)),
    *(
        (f"{protocol}SuccessFeedbackSampleRate", value)
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for value in ("0", "100")
    ),
    *(("DisplayName", value) for value in ("", "x" * 100)),
]


def test_values_that_attributes_of_topics_take(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name, value in VALUES:
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
        assert sns.get_topic_attributes(TopicArn=topic)["Attributes"][name] == value, name
        other = sns.create_topic(Name="other", Attributes={name: value})["TopicArn"]
        assert sns.get_topic_attributes(TopicArn=other)["Attributes"][name] == value, name
        sns.delete_topic(TopicArn=other)


def test_posts_that_are_to_be_tried_again_are_owed(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    status = 500

    def answer(request: Any) -> int:
        if request.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation":
            sns.confirm_subscription(TopicArn=topic, Token=request.json()["Token"])
            return 200
        return status

    cloud.http_endpoint("https://example.com/", answer)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    assert judge(cloud, ["nothing_owed"]) == ""
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(1)
    assert "a delivery of t to https://example.com/" in judge(cloud, ["nothing_owed"])
    status = 200
    cloud.run_until_idle()
    assert judge(cloud, ["nothing_owed"]) == ""


def test_a_topic_takes_what_other_services_deliver_once(cloud: minicloud.Cloud) -> None:
    arn = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    (service,) = cloud.services("sns")
    delivery = Deliver(arn, "body", subject="subject")
    service.target(arn)(cloud.clock.time_ns(), delivery)
    cloud.run_until_idle()
    (told,) = cloud.topic("t").published
    assert (told.message, told.subject) == ("body", "subject")


def test_why_a_queue_does_not_take_a_raw_message(cloud: minicloud.Cloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sqs.create_queue(QueueName="q")
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn, Attributes=raw)
    for count in (10, 11):
        given = {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(count)}
        sns.publish(TopicArn=topic, Message=str(count), MessageAttributes=given)
    assert cloud.queue("q").bodies == ["10"]
    (failed,) = cloud.trace.of("sns.delivery.failed")
    assert failed.details["reason"] == "SQS takes at most 10 message attributes"


def test_topics_of_one_kind_do_not_count_for_the_other() -> None:
    limits = minicloud.Limits.named("aws").replace(sns_topics=2, sns_fifo_topics=1)
    with minicloud.Cloud(clock="virtual", seed=1, limits=limits) as cloud:
        sns = cloud.client("sns")
        sns.create_topic(Name="a.fifo", Attributes={"FifoTopic": "true"})
        for name in ("a", "b"):
            sns.create_topic(Name=name)
        for name, attributes in (("c", {}), ("b.fifo", {"FifoTopic": "true"})):
            code, _ = refusal(sns.create_topic, Name=name, Attributes=attributes)
            assert code == "TopicLimitExceeded"
