"""What leaves the cloud: web servers with their retries, Lambda functions, mail, Firehose."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

import minicloud
from minicloud.services.sns.signature import string_to_sign, verify

ACCOUNT = "123456789012"
URL = "http://example.com/hook"


@pytest.fixture
def server(cloud, sns, topic):
    """A web server that confirmed its subscription, and what it was sent; ``answers`` are given first, then 200."""

    class Server:
        def __init__(self):
            self.answers = []
            self.requests = []
            self.times = []
            self.arn = None

        def __call__(self, request):
            self.requests.append(request)
            self.times.append(cloud.clock.now())
            answer = self.answers.pop(0) if self.answers else 200
            if isinstance(answer, Exception):
                raise answer
            return answer

        def subscribe(self, **attributes):
            arn = sns.subscribe(
                TopicArn=topic, Protocol="http", Endpoint=URL, Attributes=attributes, ReturnSubscriptionArn=True
            )["SubscriptionArn"]
            sns.confirm_subscription(TopicArn=topic, Token=self.requests.pop().json()["Token"])
            self.times.clear()
            self.arn = arn
            return self

        @property
        def waits(self):
            return [(later - earlier).total_seconds() for earlier, later in pairwise(self.times)]

    made = Server()
    cloud.http_endpoint(URL, made)
    return made


# --- web servers -----------------------------------------------------------------------------------------------------


def test_the_confirmation_that_a_web_server_is_sent(cloud, sns, topic, server):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    (request,) = server.requests
    body = request.json()
    assert list(body) == [
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
    assert body["Message"] == (
        f"You have chosen to subscribe to the topic {topic}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    assert body["SubscribeURL"] == (
        f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}&Token={body['Token']}"
    )
    assert verify(string_to_sign(body), body["Signature"], "1")
    assert request.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert request.headers["x-amz-sns-message-id"] == body["MessageId"]
    assert "x-amz-sns-subscription-arn" not in request.headers


def test_visiting_the_link_confirms_without_authentication(cloud, sns, topic, server):
    arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert cloud.visit(server.requests[0].json()["SubscribeURL"]) == arn
    shown = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"]) == ("false", "false")


def test_a_notification(sns, topic, server):
    server.subscribe()
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    answer = sns.publish(TopicArn=topic, Message="text é", Subject="s", MessageAttributes=attributes)
    (request,) = server.requests
    body = request.json()
    assert (body["Type"], body["Message"], body["Subject"]) == ("Notification", "text é", "s")
    assert body["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}}
    assert verify(string_to_sign(body), body["Signature"], "1")
    expected = {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": answer["MessageId"],
        "x-amz-sns-topic-arn": topic,
        "x-amz-sns-subscription-arn": server.arn,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Length": str(len(request.body)),
        "User-Agent": "Amazon Simple Notification Service Agent",
        "Host": "example.com",
    }
    assert expected.items() <= dict(request.headers).items()
    assert "x-amz-sns-rawdelivery" not in request.headers


def test_a_raw_notification_with_another_content_type(sns, topic, server):
    server.subscribe(
        RawMessageDelivery="true", DeliveryPolicy='{"requestPolicy":{"headerContentType":"application/json"}}'
    )
    sns.publish(TopicArn=topic, Message='{"a":1}', Subject="lost")
    (request,) = server.requests
    assert request.body == b'{"a":1}'
    assert request.headers["x-amz-sns-rawdelivery"] == "true"
    assert request.headers["Content-Type"] == "application/json"


def test_the_unsubscribe_link_ends_the_subscription_and_offers_to_restore_it(cloud, sns, topic, server):
    server.subscribe()
    sns.publish(TopicArn=topic, Message="x")
    cloud.visit(server.requests.pop().json()["UnsubscribeURL"])
    assert sns.list_subscriptions()["Subscriptions"] == []
    request = server.requests.pop()
    body = request.json()
    assert request.headers["x-amz-sns-message-type"] == "UnsubscribeConfirmation"
    assert request.headers["x-amz-sns-subscription-arn"] == server.arn
    assert body["Message"] == (
        f"You have chosen to deactivate subscription {server.arn}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    )
    sns.publish(TopicArn=topic, Message="unheard")
    assert cloud.visit(body["SubscribeURL"]) == server.arn
    sns.publish(TopicArn=topic, Message="heard")
    assert [request.json()["Message"] for request in server.requests] == ["heard"]
    assert sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"] == server.arn


def test_unsubscribing_by_the_api_is_not_announced(sns, topic, server):
    server.subscribe()
    sns.unsubscribe(SubscriptionArn=server.arn)
    assert server.requests == []


def test_subscribing_anew_asks_once_more_for_a_confirmation(sns, topic, server):
    """[SNS API: Subscribe, ConfirmSubscription]"""
    for _ in range(2):
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    kinds = [request.headers["x-amz-sns-message-type"] for request in server.requests]
    assert kinds == ["SubscriptionConfirmation"] * 2
    sns.confirm_subscription(TopicArn=topic, Token=server.requests[-1].json()["Token"])
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    assert len(server.requests) == 2
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


def test_a_second_question_for_a_confirmation_is_tried_again_as_well(cloud, sns, topic, server):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    server.answers = [500]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    assert len(server.requests) == 2
    cloud.clock.advance(20)
    assert len(server.requests) == 3
    assert server.requests[2].body == server.requests[1].body


def test_a_link_works_as_often_as_one_likes(cloud, sns, topic, server):
    server.subscribe()
    sns.publish(TopicArn=topic, Message="x")
    link = server.requests.pop().json()["UnsubscribeURL"]
    for _ in range(2):
        cloud.visit(link)
        assert sns.list_subscriptions()["Subscriptions"] == []


def test_an_authenticated_confirmation_can_keep_the_link_from_working(cloud, sns, topic, server):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    token = server.requests.pop().json()["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    sns.publish(TopicArn=topic, Message="x")
    link = server.requests.pop().json()["UnsubscribeURL"]
    with pytest.raises(sns.exceptions.ClientError, match="is not authorized to perform: SNS:Unsubscribe"):
        cloud.visit(link)
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/?Action=Unsubscribe&SubscriptionArn=x",
        "https://sns.us-east-1.amazonaws.com/?Action=Publish&TopicArn=x",
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x",
        "nonsense",
    ],
)
def test_other_links_can_not_be_visited(cloud, url):
    with pytest.raises(minicloud.UsageError, match="is not an SNS link"):
        cloud.visit(url)


def test_a_link_that_was_tampered_with(cloud, sns, topic, server):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL)
    link = server.requests[0].json()["SubscribeURL"]
    for url, text in (
        (link + "0", "Invalid parameter: Token"),
        (link + "x", "Invalid token"),
        (link.replace(topic, topic + "s"), "Invalid parameter: Topic"),
        (link.replace(topic, "x"), "Invalid parameter: Topic"),
    ):
        with pytest.raises(sns.exceptions.ClientError, match=text) as caught:
            cloud.visit(url)
        assert caught.value.operation_name == "ConfirmSubscription"


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://user:p%40ss@example.com/hook", [None, "Basic dXNlcjpwQHNz"]),
        ("https://user@example.com/hook", [None, "Basic dXNlcjo="]),
        ("https://example.com/@hook", [None]),
        ("http://user:p%40ss@example.com/hook", [None]),
    ],
)
def test_the_credentials_of_a_url_answer_a_challenge_over_https_only(cloud, sns, topic, url, given):
    seen = []

    def server(request):
        seen.append(request.headers.get("Authorization"))
        assert request.headers["Host"] == "example.com"
        return 401

    cloud.http_endpoint(url, server)
    sns.subscribe(TopicArn=topic, Protocol=url.partition(":")[0], Endpoint=url)
    cloud.clock.advance(3600)
    assert seen == given


def test_the_answer_to_a_challenge_is_no_retry(cloud, sns, topic):
    answers = []

    def server(request):
        answers.append(401 if "Authorization" not in request.headers else 503)
        return answers[-1]

    url = "https://user:secret@example.com/hook"
    cloud.http_endpoint(url, server)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=url)
    cloud.clock.advance(3600)
    assert answers == [401, 503, 503, 503, 503]


def test_where_nobody_listens_posts_end_up_in_the_outbox(sns, topic, outbox):
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://elsewhere.example/")
    (departure,) = outbox.to("https://elsewhere.example/")
    assert departure.protocol == "https"
    sns.confirm_subscription(TopicArn=topic, Token=json.loads(departure.body)["Token"])
    answer = sns.publish(TopicArn=topic, Message="x", Subject="s")
    departure = outbox[-1]
    assert json.loads(departure.body)["Message"] == "x"
    assert (departure.message_id, departure.subject) == (answer["MessageId"], "s")
    assert departure.headers["x-amz-sns-message-type"] == "Notification"


# --- retries ---------------------------------------------------------------------------------------------------------


def test_three_retries_twenty_seconds_apart(cloud, sns, topic, server):
    server.subscribe()
    server.answers = [500, ConnectionError("refused"), 429]
    answer = sns.publish(TopicArn=topic, Message="x")
    assert len(server.requests) == 1
    cloud.clock.advance(3600)
    assert server.waits == [20, 20, 20]
    assert {request.headers["x-amz-sns-message-id"] for request in server.requests} == {answer["MessageId"]}
    assert len({request.body for request in server.requests}) == 1


def test_after_the_last_retry_the_message_is_gone(cloud, sns, topic, server):
    server.subscribe()
    server.answers = [503] * 10
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(3600)
    assert len(server.requests) == 4


@pytest.mark.parametrize("failure", [400, 404, 302])
def test_a_refusal_is_not_retried(cloud, sns, topic, server, queue, failure):
    arn, dead_letters = queue("dead-letters")
    server.subscribe(RedrivePolicy=json.dumps({"deadLetterTargetArn": arn}))
    server.answers = [failure]
    answer = sns.publish(TopicArn=topic, Message="x")
    (message,) = dead_letters()
    assert json.loads(message["Body"])["MessageId"] == answer["MessageId"]
    assert message["Body"].encode() == server.requests[0].body
    cloud.clock.advance(3600)
    assert len(server.requests) == 1


def test_what_failed_for_good_is_a_dead_letter(cloud, sns, topic, server, queue):
    arn, dead_letters = queue("dead-letters")
    server.subscribe(RawMessageDelivery="true", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn}))
    server.answers = [500] * 4
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(59)
    assert dead_letters() == []
    cloud.clock.advance(1)
    assert [message["Body"] for message in dead_letters()] == ["x"]


def test_a_handler_that_raises_does_not_raise_at_the_publisher(cloud, sns, topic, server):
    server.subscribe()
    server.answers = [ValueError("a bug in the test's own server")]
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(20)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("policy", "waits"),
    [
        (
            {"minDelayTarget": 1, "maxDelayTarget": 9, "numRetries": 9}
            | {"numNoDelayRetries": 2, "numMinDelayRetries": 2, "numMaxDelayRetries": 2},
            [0, 0, 1, 1, 1, 5, 9, 9, 9],
        ),
        ({"minDelayTarget": 1, "maxDelayTarget": 20, "numRetries": 6, "backoffFunction": "exponential"}, None),
        ({"minDelayTarget": 2, "maxDelayTarget": 32, "numRetries": 5, "backoffFunction": "geometric"}, None),
        ({"minDelayTarget": 1, "maxDelayTarget": 13, "numRetries": 4, "backoffFunction": "arithmetic"}, [1, 3, 7, 13]),
        ({"numRetries": 0}, []),
        ({"minDelayTarget": 1800, "maxDelayTarget": 1800, "numRetries": 5}, [1800, 1800]),
    ],
)
def test_the_phases_of_a_delivery_policy(cloud, sns, topic, server, policy, waits):
    known = {"exponential": [1, 2, 4, 8, 16, 20], "geometric": [2, 4, 8, 16, 32]}
    server.subscribe(DeliveryPolicy=json.dumps({"healthyRetryPolicy": policy}))
    server.answers = [500] * 101
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(86_400)
    expected = known[policy["backoffFunction"]] if waits is None else waits
    assert server.waits == pytest.approx(expected, abs=1e-6)


def test_the_topics_policy_holds_where_the_subscription_has_none(cloud, sns, topic, server):
    policy = {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 1}}}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(policy))
    server.subscribe()
    server.answers = [500] * 5
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(100)
    assert server.waits == [1]


def test_a_throttle_spreads_deliveries(cloud, sns, topic, server):
    server.subscribe(DeliveryPolicy='{"throttlePolicy":{"maxReceivesPerSecond":2}}')
    for number in range(4):
        sns.publish(TopicArn=topic, Message=str(number))
    cloud.clock.advance(10)
    assert server.waits == [0.5, 0.5, 0.5]
    assert [request.json()["Message"] for request in server.requests] == ["0", "1", "2", "3"]


def test_retries_end_with_the_subscription(cloud, sns, topic, server):
    server.subscribe()
    server.answers = [500] * 5
    sns.publish(TopicArn=topic, Message="x")
    sns.unsubscribe(SubscriptionArn=server.arn)
    cloud.clock.advance(3600)
    assert len(server.requests) == 1


def test_confirmations_are_retried_and_are_no_dead_letters(cloud, sns, topic, server, queue):
    arn, dead_letters = queue("dead-letters")
    server.answers = [500] * 10
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})}
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=URL, Attributes=policy)
    cloud.clock.advance(3600)
    assert len(server.requests) == 4
    assert dead_letters() == []


# --- Lambda ----------------------------------------------------------------------------------------------------------


def test_the_event_of_a_function(cloud, sns, topic):
    events = []
    arn = cloud.function("handler", lambda event, _: events.append(event))
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)["SubscriptionArn"]
    answer = sns.publish(TopicArn=topic, Message="x")
    (event,) = events
    (record,) = event["Records"]
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    assert record["EventSubscriptionArn"] == subscription
    message = record["Sns"]
    assert (message["Message"], message["MessageId"], message["TopicArn"]) == ("x", answer["MessageId"], topic)
    assert message["Subject"] is None
    assert message["MessageAttributes"] == {}
    assert {"SigningCertUrl", "UnsubscribeUrl", "Signature", "SignatureVersion", "Timestamp", "Type"} <= set(message)


def test_the_event_that_asks_a_function_of_another_account(cloud, make_client):
    events = []
    arn = cloud.function("handler", lambda event, _: events.append(event))
    sns = make_client("sns", "us-east-1", account_id="111111111111")
    topic = sns.create_topic(Name="theirs")["TopicArn"]
    answer = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn, ReturnSubscriptionArn=True)
    (event,) = events
    (record,) = event["Records"]
    message = record.pop("Sns")
    assert record == {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": answer["SubscriptionArn"],
    }
    assert (message["Type"], message["TopicArn"]) == ("SubscriptionConfirmation", topic)
    assert f"Token={message['Token']}" in message["SubscribeUrl"]
    sns.confirm_subscription(TopicArn=topic, Token=message["Token"])
    sns.publish(TopicArn=topic, Message="x")
    assert events[1]["Records"][0]["Sns"]["Message"] == "x"


def test_every_function_gets_an_event_of_its_own(cloud, sns, topic):
    seen = []

    def vandal(event, context):
        seen.append(event["Records"][0]["Sns"].pop("Message"))

    for name in ("one", "two"):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function(name, vandal))
    sns.publish(TopicArn=topic, Message="x")
    assert seen == ["x", "x"]


def test_a_function_that_raises_is_called_twice_more(cloud, sns, topic, queue):
    arn, dead_letters = queue("dead-letters")
    times = []

    def fail(event, context):
        times.append(cloud.clock.now())
        event.clear()
        raise RuntimeError("on purpose")

    sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=cloud.function("handler", fail),
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})},
    )
    sns.publish(TopicArn=topic, Message="x")
    cloud.clock.advance(86_400)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert waits == [60, 120]
    assert dead_letters() == []  # SNS did deliver it


def test_a_function_that_does_not_exist_is_a_client_error(cloud, sns, topic, queue):
    arn, dead_letters = queue("dead-letters")
    sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nowhere",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})},
    )
    sns.publish(TopicArn=topic, Message="x")
    (message,) = dead_letters()
    assert json.loads(message["Body"])["Message"] == "x"


# --- people and streams ----------------------------------------------------------------------------------------------


def confirmed(sns, topic, outbox, protocol, endpoint):
    sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    token = outbox[-1].body.split("Token=")[1].split('"')[0].split()[0]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    outbox.clear()


def test_mail(cloud, sns, topic, outbox):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="The Shop")
    confirmed(sns, topic, outbox, "email", "a@example.com")
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    answer = sns.publish(TopicArn=topic, Message="text", Subject="subject", MessageAttributes=attributes)
    sns.publish(TopicArn=topic, Message="text")
    first, second = outbox.to("a@example.com")
    assert (first.protocol, first.subject, first.body) == ("email", "subject", "text")
    assert first.headers["From"] == "The Shop <no-reply@sns.amazonaws.com>"
    (arn,) = (one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"])
    # It leads to where the client called: of an endpoint, to that server.
    assert first.headers["List-Unsubscribe"] == f"<{sns.meta.endpoint_url}/?Action=Unsubscribe&SubscriptionArn={arn}>"
    assert first.attributes == attributes
    assert first.message_id == answer["MessageId"]
    assert first.time == cloud.clock.now()
    assert second.subject == "AWS Notification Message"


def test_mail_as_json(sns, topic, outbox):
    confirmed(sns, topic, outbox, "email-json", "a@example.com")
    sns.publish(TopicArn=topic, Message="text", Subject="subject")
    (departure,) = outbox
    body = json.loads(departure.body)
    assert (body["Type"], body["Message"], body["Subject"]) == ("Notification", "text", "subject")
    assert verify(string_to_sign(body), body["Signature"], "1")


def test_a_queue_that_gets_a_text_of_its_own_as_it_is(cloud, sns, topic):
    queue = cloud.client("sqs").create_queue(QueueName="raw")["QueueUrl"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(queue).arn, Attributes=raw)
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    text = json.dumps({"default": "for all", "sqs": "for queues"})
    sns.publish(TopicArn=topic, Message=text, MessageStructure="json", MessageAttributes=attributes)
    sns.publish(TopicArn=topic, Message=text, MessageStructure="json")
    assert cloud.queue(queue).bodies == ["for queues"] * 2


@pytest.mark.parametrize("raw", ["true", "false"])
def test_firehose(sns, topic, outbox, raw):
    stream = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/stream"
    role = f"arn:aws:iam::{ACCOUNT}:role/firehose"
    attributes = {"SubscriptionRoleArn": role, "RawMessageDelivery": raw}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=stream, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="text", Subject="s")
    (departure,) = outbox.of("firehose")
    assert departure.endpoint == stream
    if raw == "true":
        assert departure.body == "text"
    else:
        body = json.loads(departure.body)
        assert list(body) == ["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "UnsubscribeURL"]
        assert "\n" not in departure.body


def test_the_token_of_a_deleted_subscription_is_worth_nothing(sns, topic, outbox):
    arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True)
    token = outbox[0].body.split("Token=")[1].split()[0]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    sns.unsubscribe(SubscriptionArn=arn["SubscriptionArn"])
    with pytest.raises(sns.exceptions.ClientError, match="Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token=token)
