"""SNS posts to the application as a web server would get it; retries take no real time."""

import io
import json

import boto3
import pytest
from receiver import Receiver

URL = "https://shop.example.com/sns"


def post(application, body):
    """Has the WSGI application answer a post, and returns the status."""
    statuses = []
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    list(application(environ, lambda status, headers: statuses.append(int(status[:3]))))
    return statuses[0]


@pytest.fixture
def topic(mock_aws):
    """A topic of the real client's."""
    return boto3.client("sns").create_topic(Name="orders")["TopicArn"]


@pytest.fixture
def handled(mock_aws, topic):
    """What the application has handled; its subscription to the topic is confirmed."""
    messages = []
    application = Receiver(topic, messages.append)
    mock_aws.http_endpoint(URL, lambda request: post(application, request.body))
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint=URL)
    return messages


def test_it_confirms_itself(mock_aws, topic, handled):
    (subscription,) = mock_aws.topic("orders").subscriptions
    assert subscription.confirmed


@pytest.mark.parametrize("version", ["1", "2"])
def test_it_is_told(topic, handled, version):
    sns = boto3.client("sns")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    sns.publish(TopicArn=topic, Message="order 7", Subject="new")
    assert handled == ["order 7"]


def test_it_is_told_again_after_an_error(mock_aws, topic):
    handled = []

    def handle(message):
        handled.append((mock_aws.clock.time(), message))
        if len(handled) < 3:
            raise OSError("the database is away")

    application = Receiver(topic, handle)
    mock_aws.http_endpoint(URL, lambda request: post(application, request.body))
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint=URL)
    boto3.client("sns").publish(TopicArn=topic, Message="order 8")
    mock_aws.clock.advance(60)

    began = handled[0][0]
    assert [(moment - began, message) for moment, message in handled] == [(after, "order 8") for after in (0, 20, 40)]


@pytest.mark.parametrize("change", [{"Message": "pay Mallory"}, {"TopicArn": "another"}])
def test_a_forgery_is_refused(mock_aws, topic, handled, change):
    posts = []
    mock_aws.http_endpoint(URL, lambda request: posts.append(request.json()) or 200)
    boto3.client("sns").publish(TopicArn=topic, Message="order 9")
    application = Receiver(topic, handled.append)

    genuine = json.dumps(posts[-1]).encode()
    assert [post(application, genuine) for _ in range(2)] == [200, 200]  # as when the first answer got lost
    assert post(application, json.dumps(posts[-1] | change).encode()) == 403
    assert handled == ["order 9"]
